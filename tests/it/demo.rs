//! The demo's programme goes through the same door as everything else.

use crate::support::{Folder, name, values};
use affiche::ingest::conformance::{Standing, judge};
use affiche::ingest::{Document, Outcome, Report, Submission, builtin, submit};
use affiche::model::{Severity, Source};
use affiche::shapes::Bounds;
use oxrdf::NamedNode;
use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
struct Sources {
    source: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    licence: String,
    publisher: String,
    rank: u32,
    zone: Option<String>,
    #[serde(default)]
    speaks_for: Vec<String>,
    files: Vec<String>,
}

/// Sends the sources of the demo.
pub fn load(folder: &Folder) -> Vec<Report> {
    let list = builtin::file("examples/data/sources.toml").unwrap();
    let list: Sources = toml::from_slice(&list).unwrap();
    list.source
        .iter()
        .map(|entry| {
            folder.add(&Source {
                licence: Some(NamedNode::new(&entry.licence).unwrap()),
                publisher: Some(entry.publisher.clone()),
                rank: entry.rank,
                zone: entry
                    .zone
                    .clone()
                    .unwrap_or_else(|| Source::DEFAULT_ZONE.to_owned()),
                speaks_for: entry
                    .speaks_for
                    .iter()
                    .map(|iri| NamedNode::new(iri).unwrap())
                    .collect(),
                ..Source::new(name(&entry.name))
            });
            let contents: Vec<(&str, String)> = entry
                .files
                .iter()
                .map(|file| {
                    let bytes = builtin::file(&format!("examples/data/{file}")).unwrap();
                    let text = String::from_utf8(bytes.into_owned()).unwrap();
                    (
                        file.as_str(),
                        text.replace("http://127.0.0.1:7878/", "https://data.example.org/"),
                    )
                })
                .collect();
            let documents: Vec<Document<'_>> = contents
                .iter()
                .map(|(name, text)| Document {
                    name,
                    bytes: text.as_bytes(),
                    format: None,
                    base: None,
                })
                .collect();
            let source = name(&entry.name);
            let submission = Submission {
                is_partial: Some(false),
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
        })
        .collect()
}

#[test]
fn every_source_of_the_demo_is_accepted_whole() {
    let folder = Folder::new();
    for report in load(&folder) {
        let violations: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Violation)
            .collect();
        assert_eq!(
            report.outcome,
            Outcome::Accepted,
            "{}: {violations:#?}",
            report.source
        );
        println!("{}", report.text(affiche::model::Lang::Fr));
    }
    folder.check();
}

#[test]
fn in_the_demo_the_theatre_is_followed_for_its_own_start_times() {
    let folder = Folder::new();
    load(&folder);
    let iri = "https://theatre-du-confluent.example/id/rep-sirene-du-lavoir-20270219-2000";
    let entity = folder.entity("theatre-du-confluent", iri);
    let snapshot = folder.store.snapshot().unwrap();
    let claims = snapshot.view().claims(&entity).unwrap();
    assert_eq!(claims.len(), 2, "theatre and tourist office speak of it");
    let starts: Vec<String> = claims
        .values()
        .flat_map(|triples| values(triples, "http://schema.org/startDate"))
        .collect();
    assert_ne!(starts[0], starts[1], "they disagree on its start");
    let public = folder.public("theatre-du-confluent", iri);
    assert_eq!(
        values(&public, "http://schema.org/startDate"),
        ["\"2027-02-19T20:00:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime>"]
    );
}

/// The published entities of the demo, without the vocabularies.
fn entities(folder: &Folder) -> BTreeSet<NamedNode> {
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let sources = view.sources().unwrap();
    let sources = sources.iter().filter(|source| !source.name.is_system());
    sources
        .flat_map(|source| view.described_by(&source.name).unwrap())
        .map(|entity| view.survivor(&entity).unwrap())
        .collect()
}

#[test]
fn in_the_demo_some_entities_meet_each_profile_and_some_do_not() {
    let folder = Folder::new();
    load(&folder);
    let snapshot = folder.store.snapshot().unwrap();
    let view = snapshot.view();
    let mut seen: BTreeSet<(&str, &str, bool)> = BTreeSet::new();
    for entity in entities(&folder) {
        let Some(kind) = view.kind_of(&entity).unwrap() else {
            continue;
        };
        for profile in folder.door.informing() {
            let judgement = judge(profile, folder.door, &view, &entity, Bounds::NONE).unwrap();
            if judgement.standing != Standing::NotAsked {
                let meets = judgement.standing == Standing::Meets;
                seen.insert((&profile.name, kind.name, meets));
            }
        }
    }
    for (profile, kind) in [
        ("national", "performance"),
        ("national", "place"),
        ("google", "performance"),
        ("google", "place"),
        ("capdata", "performance"),
        ("capdata", "production"),
        ("capdata", "place"),
    ] {
        for meets in [true, false] {
            assert!(
                seen.contains(&(profile, kind, meets)),
                "{profile} {kind} {meets}"
            );
        }
    }
}
