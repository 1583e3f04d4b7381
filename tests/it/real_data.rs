//! Real programmes, dirty in the usual ways. They are not in the repository: without
//! `../shared/data` these tests say so and pass.

use crate::support::{Folder, name};
use affiche::ingest::{Document, Outcome, Report, Submission, submit};
use affiche::model::{Severity, Source};
use oxrdf::{GraphNameRef, NamedOrBlankNode, Term};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(path);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: there is no {}", path.display());
    None
}

fn submit_files(folder: &Folder, source: &str, files: &[PathBuf], base: &str) -> Report {
    let contents: Vec<(String, Vec<u8>)> = files
        .iter()
        .map(|path| (path.display().to_string(), std::fs::read(path).unwrap()))
        .collect();
    let documents: Vec<Document<'_>> = contents
        .iter()
        .map(|(name, bytes)| Document {
            name,
            bytes,
            format: None,
            base: Some(base),
        })
        .collect();
    let source = name(source);
    let submission = Submission {
        is_partial: Some(true),
        ..Submission::new(&source, &documents)
    };
    submit(
        &folder.store,
        folder.door,
        &submission,
        folder.now,
        &mut affiche::store::fill_random,
    )
    .unwrap()
}

#[test]
fn at_least_400_of_lavals_594_events_are_published_and_each_other_one_has_its_finding() {
    let Some(file) = shared("laval/entities.ttl") else {
        return;
    };
    let folder = Folder::new();
    folder.add(&Source {
        zone: "America/Montreal".to_owned(),
        ..Source::new(name("laval"))
    });
    let report = submit_files(
        &folder,
        "laval",
        std::slice::from_ref(&file),
        "https://www.laval.ca/",
    );
    assert_eq!(report.outcome, Outcome::Accepted);

    let text = std::fs::read(&file).unwrap();
    let triples: Vec<oxrdf::Triple> = oxttl::TurtleParser::new()
        .with_base_iri("https://www.laval.ca/")
        .unwrap()
        .for_slice(&text)
        .collect::<Result<_, _>>()
        .unwrap();
    let events: BTreeSet<&str> = triples
        .iter()
        .filter(|triple| matches!(&triple.object, Term::NamedNode(class) if class.as_str() == "http://schema.org/Event"))
        .filter_map(|triple| match &triple.subject {
            NamedOrBlankNode::NamedNode(iri) => Some(iri.as_str()),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    assert_eq!(events.len(), 594);
    let with_violation: BTreeSet<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Violation)
        .map(|finding| finding.subject.as_str())
        .collect();
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let mut published = 0;
    for event in events {
        let is_public = match view.identified(&name("laval"), event).unwrap() {
            Some(entity) => view
                .quads(
                    Some(entity.as_ref().into()),
                    None,
                    None,
                    Some(GraphNameRef::DefaultGraph),
                )
                .next()
                .is_some(),
            None => false,
        };
        published += usize::from(is_public);
        assert!(
            is_public || with_violation.contains(event),
            "{event} was lost silently"
        );
    }
    println!(
        "{published} of 594 events are published; {:?}",
        report.counts
    );
    assert!(published >= 400, "{published}");
    folder.check();

    // The nightly export sends the same again.
    let again = submit_files(&folder, "laval", &[file], "https://www.laval.ca/");
    assert_eq!(again.outcome, Outcome::Unchanged);
}

#[test]
fn artsdatas_concept_schemes_are_accepted_as_concepts() {
    let Some(ontology) = shared("artsdata-skos/artsdata-ontology.ttl") else {
        return;
    };
    let folder = Folder::with_sources(&["artsdata"]);
    let files: Vec<PathBuf> = ["event-types", "genres", "organization-types", "place-types"]
        .iter()
        .map(|name| ontology.with_file_name(format!("skos-{name}.ttl")))
        .chain([ontology.clone()])
        .collect();
    let report = submit_files(&folder, "artsdata", &files, "http://kg.artsdata.ca/");
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(report.counts.refused, 0, "{:#?}", report.findings);
    let snapshot = folder.store.snapshot().unwrap();
    let concept = oxrdf::NamedNode::new("http://kg.artsdata.ca/resource/LivePerformance").unwrap();
    let kind = snapshot
        .view()
        .kind_of(&concept)
        .unwrap()
        .map(|kind| kind.name);
    assert!(report.counts.created > 100, "{:?}", report.counts);
    println!("{:?} {kind:?}", report.counts);
    folder.check();
}
