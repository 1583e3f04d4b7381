//! The built-in source `system`: ontology, vocabularies and shapes enter through the same door.

use crate::ingest::apply::Application;
use crate::ingest::identify::{Identifying, identify};
use crate::ingest::submit::SubmitError;
use crate::ingest::{Door, builtin, conformance, queries};
use crate::model::{Activity, Base, Generation, Source, SourceName, time};
use crate::rdf::canonical::with_canonical_labels;
use crate::rdf::{Graph, order};
use crate::store::{Store, StoreError, View, Write, quad, registry_of_source};
use jiff::Timestamp;
use oxrdf::{GraphName, Literal, NamedNode, Quad, Term, Triple};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The licence of what the program itself says.
const LICENCE: &str = "http://creativecommons.org/publicdomain/zero/1.0/";

/// To be raised when the same shapes come to another judgement than before: then all that is
/// published is judged anew.
const JUDGING: [u8; 1] = [1];

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
    publish(store, door, fingerprint(door), now, random)
}

/// Whether what is built in is what this state has: else it is not by these shapes that entities
/// were judged.
///
/// # Errors
/// When the storage fails.
pub fn is_up_to_date(view: &View<'_>, door: &Door) -> Result<bool, StoreError> {
    let system = view.base().source(&SourceName::system());
    let wanted = builtin_quad(view.base(), fingerprint(door));
    Ok(view.registry(&system)?.contains(&wanted))
}

fn builtin_quad(base: &Base, fingerprint: String) -> Quad {
    quad(
        base,
        base.source(&SourceName::system()),
        base.sv("builtin"),
        Literal::new_simple_literal(fingerprint),
    )
}

fn publish(
    store: &Store,
    door: &Door,
    fingerprint: String,
    now: Timestamp,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Option<Generation>, SubmitError> {
    let base = store.base();
    let node = base.source(&SourceName::system());
    let fingerprint = builtin_quad(base, fingerprint);
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
    let listed = base.sv("profile");
    for profile in door.profiles() {
        let shapes = base.shapes_graph(&profile.name);
        wanted.push(quad(base, node.clone(), listed.clone(), shapes));
    }
    let before: Vec<NamedNode> = current
        .iter()
        .filter(|quad| quad.predicate == listed)
        .filter_map(|quad| match &quad.object {
            Term::NamedNode(shapes) => Some(shapes.clone()),
            _ => None,
        })
        .collect();
    write.replace(current, wanted);
    write_shapes(&mut write, door, before)?;
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
    // The shapes, or how they are checked, may be others than those by which all was judged. In
    // the first change of a folder there is nothing yet to judge.
    if write.generation() > Generation(1) {
        conformance::leave_behind(&mut write)?;
    }
    let generation = write.commit(&time::utc(now), &source.name, Activity::System)?;
    Ok(Some(generation))
}

/// Each profile's shapes go to a graph of their own, with blank nodes under canonical labels; the
/// graph of one that was there before and is no longer a profile is emptied.
fn write_shapes(
    write: &mut Write<'_>,
    door: &Door,
    before: Vec<NamedNode>,
) -> Result<(), SubmitError> {
    let base = write.before().base().clone();
    let mut graphs: BTreeMap<NamedNode, &[Triple]> =
        before.into_iter().map(|graph| (graph, &[][..])).collect();
    for profile in door.profiles() {
        graphs.insert(base.shapes_graph(&profile.name), &profile.triples);
    }
    for (name, triples) in graphs {
        let graph = GraphName::from(name);
        let current: Vec<Quad> = write
            .after()
            .quads(None, None, None, Some(graph.as_ref()))
            .collect::<Result<_, _>>()?;
        let wanted = triples
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
    // A label starts with anything but a hyphen.
    let prefix = if profile.starts_with('-') {
        format!("_{profile}")
    } else {
        profile.to_owned()
    };
    let mut triples = with_canonical_labels(graph.iter().cloned().collect(), &prefix)?;
    triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
    Ok(triples)
}

/// What tells one version of the built-in files and the operator's profiles from another.
fn fingerprint(door: &Door) -> String {
    let mut hasher = Sha256::new();
    hasher.update(JUDGING);
    let mut add = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    for (path, bytes) in builtin::ontology(door.cap_data.as_deref()) {
        add(path.as_bytes());
        add(&bytes);
    }
    for triple in queries::described(door.queries(), &door.base) {
        add(triple.to_string().as_bytes());
    }
    for profile in door.profiles() {
        add(profile.name.as_bytes());
        add(&(profile.triples.len() as u64).to_be_bytes());
        for triple in &profile.triples {
            add(triple.to_string().as_bytes());
        }
    }
    hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::{Document, Outcome, Submission, sources, submit, verify};
    use crate::model::vocabulary::skos;
    use crate::store::{Opening, State};
    use tempfile::TempDir;

    fn random(bytes: &mut [u8]) {
        crate::store::fill_random(bytes);
    }

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("an instant")
    }

    fn opened(base: &str) -> (TempDir, Store, Door) {
        let folder = TempDir::new().unwrap();
        let base: Base = base.parse().unwrap();
        let opening = Opening {
            base: None,
            default_base: base.clone(),
            create: true,
        };
        let store = Store::open(folder.path(), &opening).unwrap();
        (folder, store, Door::new(&base).unwrap())
    }

    #[test]
    fn the_built_in_files_are_published_once_also_under_a_base_with_a_path() {
        let (_folder, store, door) = opened("https://data.example.org/spectacle/vivant/");
        let bring = || bring_up_to_date(&store, &door, now(), &mut random).unwrap();
        assert_eq!(bring(), Some(Generation(1)));
        assert_eq!(bring(), None);
        let problems = verify::verify(&store.snapshot().unwrap().view(), &door).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn a_concept_that_an_upgrade_drops_gets_a_tombstone_and_what_uses_it_stays() {
        let (_folder, store, mut door) = opened("https://data.example.org");
        bring_up_to_date(&store, &door, now(), &mut random).unwrap();
        let source = Source::new("theatre".parse().unwrap());
        sources::add(&store, &source, now()).unwrap();
        let text = "<https://theatre.example/1> a <http://kg.artsdata.ca/ontology/LivePerformanceWork> ; \
            <http://schema.org/name> \"Un\" ; <http://schema.org/genre> \
            <https://data.example.org/vocab/disciplines/magie>, <https://data.example.org/vocab/disciplines/cirque> .";
        let send = |door: &Door, text: &str| {
            let documents = [Document {
                name: "-",
                bytes: text.as_bytes(),
                format: Some("turtle"),
                base: None,
            }];
            let submission = Submission {
                is_partial: Some(false),
                ..Submission::new(&source.name, &documents)
            };
            submit(&store, door, &submission, now(), &mut random).unwrap()
        };
        assert_eq!(send(&door, text).outcome, Outcome::Accepted);

        let magic = store.base().join("vocab/disciplines/magie");
        let circus = store.base().join("vocab/disciplines/cirque");
        door.ontology = door
            .ontology
            .iter()
            .filter(|triple| triple.subject != magic.clone().into())
            .cloned()
            .map(|mut triple| {
                if triple.subject == circus.clone().into() && triple.predicate == skos::PREF_LABEL {
                    triple.object =
                        Literal::new_language_tagged_literal_unchecked("arts du cirque", "fr")
                            .into();
                }
                triple
            })
            .collect();
        publish(&store, &door, "another".to_owned(), now(), &mut random).unwrap();

        let snapshot = store.snapshot().unwrap();
        let view = snapshot.view();
        assert!(matches!(
            view.state_of(&magic).unwrap(),
            State::Withdrawn(_)
        ));
        let labels: Vec<Term> = view
            .public_description(&circus)
            .unwrap()
            .into_iter()
            .filter(|triple| triple.predicate == skos::PREF_LABEL)
            .map(|triple| triple.object)
            .collect();
        assert_eq!(labels.len(), 1, "{labels:?}");
        let work = view
            .identified(&source.name, "https://theatre.example/1")
            .unwrap()
            .unwrap();
        assert!(!view.public_description(&work).unwrap().is_empty());
        let problems = verify::verify(&view, &door).unwrap();
        assert!(problems.is_empty(), "{problems:?}");
        // Its violation was there before, so the sender is told and not refused.
        let report = send(&door, &text.replace("Un", "Deux"));
        assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
        assert!(!report.findings.is_empty());
    }
}
