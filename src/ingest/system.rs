//! The built-in source `system`: ontology, vocabularies and shapes enter through the same door.

use crate::ingest::apply::Application;
use crate::ingest::identify::{Identifying, identify};
use crate::ingest::submit::SubmitError;
use crate::ingest::{Door, builtin};
use crate::model::{Activity, Generation, Source, SourceName, time};
use crate::rdf::canonical::with_canonical_labels;
use crate::rdf::{Graph, order};
use crate::store::{Store, Write, quad, registry_of_source};
use jiff::Timestamp;
use oxrdf::{GraphName, Literal, NamedNode, Quad, Triple};
use sha2::{Digest, Sha256};

/// The licence of what the program itself says.
const LICENCE: &str = "http://creativecommons.org/publicdomain/zero/1.0/";

/// Publishes the built-in ontology, vocabularies and shapes when they are not what the store
/// has; gives the new generation if there was something to do. It is the first change of every
/// folder.
///
/// # Errors
/// When the store fails.
pub fn bring_up_to_date(
    store: &Store,
    door: &Door,
    now: Timestamp,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Option<Generation>, SubmitError> {
    let base = store.base();
    let node = base.source(&SourceName::system());
    let fingerprint = quad(
        base,
        node.clone(),
        base.sv("builtin"),
        Literal::new_simple_literal(fingerprint()),
    );
    let current = store.snapshot()?.view().registry(&node)?;
    if current.contains(&fingerprint) {
        return Ok(None);
    }
    let source = Source {
        licence: Some(NamedNode::new_unchecked(LICENCE)),
        publisher: Some("Affiche".to_owned()),
        rank: 0,
        ..Source::new(SourceName::system())
    };
    let mut write = store.write()?;
    let mut wanted = registry_of_source(base, &source);
    wanted.push(fingerprint);
    write.replace(current, wanted);
    write_shapes(&mut write, door)?;
    let draft = identify(Identifying {
        view: write.before(),
        source: &source,
        sources: &[],
        graph: &door.ontology,
        refused: &[],
        random,
    })?;
    let current = write.before().described_by(&source.name)?;
    let mut application = Application::new(&mut write, door, &source, draft, now)?;
    application.plan_withdrawals(&current)?;
    application.settle(true, &current)?;
    let generation = write.commit(&time::utc(now), &source.name, Activity::System)?;
    Ok(Some(generation))
}

/// Each profile's shapes go to a graph of their own, with blank nodes under canonical labels.
fn write_shapes(write: &mut Write<'_>, door: &Door) -> Result<(), SubmitError> {
    let base = write.before().base().clone();
    for (profile, shapes) in &door.shapes {
        let graph = GraphName::from(base.shapes_graph(profile));
        let current: Vec<Quad> = write
            .after()
            .quads(None, None, None, Some(graph.as_ref()))
            .collect::<Result<_, _>>()?;
        let wanted = shapes
            .iter()
            .map(|triple| triple.clone().in_graph(graph.clone()))
            .collect();
        write.replace(current, wanted);
    }
    Ok(())
}

/// The triples of a shapes file with canonical blank-node labels that no other profile has.
///
/// # Errors
/// When the file's blank nodes cannot be told apart in reasonable time.
pub fn labelled(
    graph: &Graph,
    profile: &str,
) -> Result<Vec<Triple>, crate::rdf::canonical::CanonicalError> {
    let mut triples = with_canonical_labels(graph.iter().cloned().collect(), profile)?;
    triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
    Ok(triples)
}

/// What tells one version of the built-in files from another.
fn fingerprint() -> String {
    let mut hasher = Sha256::new();
    for (path, bytes) in builtin::files()
        .filter(|(path, _)| path.starts_with("ontology/") || path.starts_with("shapes/"))
    {
        hasher.update((path.len() as u64).to_be_bytes());
        hasher.update(&path);
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(&bytes);
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
