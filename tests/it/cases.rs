//! A table of cases that venues and networks really bring: each is a folder of
//! `tests/fixtures/cases` with the files as they are sent, the steps (`case.toml`), and the public
//! result in words that a person can check (`.txt`). `UPDATE_GOLDEN=1` writes the results; read
//! the difference before you keep it.

use crate::support::{Folder, at, base, name};
use affiche::ingest::hands::{self, Merge, Unmerge};
use affiche::ingest::{Document, Outcome, Report, Submission};
use affiche::model::vocabulary::PREFIXES;
use affiche::model::{Mode, Source};
use affiche::store::{State, View};
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode, Term, Triple};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[expect(dead_code, reason = "it is for the reader of the file")]
    about: String,
    source: Vec<CaseSource>,
    step: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseSource {
    name: String,
    rank: u32,
    zone: Option<String>,
    #[serde(default)]
    speaks_for: Vec<String>,
}

/// One thing that happens, and what is to come of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// When; as the step before when it is not said.
    at: Option<String>,
    #[serde(default)]
    source: String,
    /// The file that is sent.
    send: Option<String>,
    /// Two that an operator makes one; each is a source and what it calls the entity.
    merge: Option<[String; 2]>,
    /// Two that an operator takes apart again.
    unmerge: Option<[String; 2]>,
    mode: Option<String>,
    #[serde(default)]
    partial: bool,
    #[serde(default)]
    outcome: Option<String>,
    /// The counts that matter.
    #[serde(default)]
    counts: BTreeMap<String, usize>,
    /// Rules of which there must be a finding.
    #[serde(default)]
    findings: Vec<String>,
    /// The message when it cannot be read at all.
    error: Option<String>,
    /// The file with the public result after this step.
    public: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases")
}

fn run(case_name: &str) {
    let path = root().join(case_name);
    let text = fs::read_to_string(path.join("case.toml")).expect("the case is there");
    let case: Case = toml::from_str(&text).expect("the case is well-formed");
    let mut folder = Folder::new();
    for source in &case.source {
        let mut added = Source::new(name(&source.name));
        added.rank = source.rank;
        if let Some(zone) = &source.zone {
            added.zone.clone_from(zone);
        }
        added.speaks_for = source
            .speaks_for
            .iter()
            .map(|iri| NamedNode::new(iri).expect("an IRI"))
            .collect();
        folder.add(&added);
    }
    for (number, step) in case.step.iter().enumerate() {
        if let Some(time) = &step.at {
            folder.now = at(time);
        }
        let place = format!("{case_name}, step {}", number + 1);
        if let Some(pair) = step.merge.as_ref().or(step.unmerge.as_ref()) {
            decide(&folder, pair, step.merge.is_some());
        } else {
            match send(&mut folder, &path, step) {
                Ok(report) => hold_to(&report, step, &place),
                Err(error) => {
                    let wanted = step.error.as_deref().unwrap_or("nothing");
                    assert!(error.contains(wanted), "{place}: {error}");
                }
            }
        }
        folder.check();
        if let Some(file) = &step.public {
            let shown = outline(&folder);
            let file = path.join(file);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&file, &shown).expect("the result is written");
            }
            let wanted = fs::read_to_string(&file).expect("the result is there");
            assert!(shown == wanted, "{place}: the public result is\n{shown}");
        }
    }
}

fn send(folder: &mut Folder, path: &Path, step: &Step) -> Result<Report, String> {
    let file = step.send.as_deref().expect("something happens");
    let bytes = fs::read(path.join(file)).expect("the file is there");
    let source = name(&step.source);
    let document = Document {
        name: file,
        bytes: &bytes,
        format: None,
        base: None,
    };
    let mode = step.mode.as_deref().unwrap_or("replace");
    let submission = Submission {
        mode: mode.parse::<Mode>().expect("a mode"),
        is_partial: Some(step.partial),
        ..Submission::new(&source, std::slice::from_ref(&document))
    };
    folder.take(&submission).map_err(|error| error.to_string())
}

/// Merges two entities, or takes their merge back.
fn decide(folder: &Folder, pair: &[String; 2], is_merge: bool) {
    let [one, other] = pair.each_ref().map(|label| entity(folder, label));
    let report = if is_merge {
        let merge = Merge {
            one: one.as_str(),
            other: other.as_str(),
            ..Merge::default()
        };
        hands::merge(&folder.store, folder.door, &merge, folder.now)
    } else {
        let unmerge = Unmerge {
            entity: one.as_str(),
            other: Some(other.as_str()),
            ..Unmerge::default()
        };
        hands::unmerge(&folder.store, folder.door, &unmerge, folder.now)
    };
    let report = report.expect("it can be decided");
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
}

/// The entity that stands in a case as `source https://…`.
fn entity(folder: &Folder, label: &str) -> NamedNode {
    let (source, key) = label.split_once(' ').expect("a source and a name");
    folder.entity(source, key)
}

fn hold_to(report: &Report, step: &Step, place: &str) {
    assert_eq!(step.error, None, "{place}: it could be read");
    let outcome = match report.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Unchanged => "unchanged",
        Outcome::Refused => "refused",
        Outcome::Held => "held",
    };
    let wanted = step.outcome.as_deref().unwrap_or("accepted");
    assert_eq!(outcome, wanted, "{place}: {:#?}", report.findings);
    let counts = serde_json::to_value(report.counts).expect("counts are plain");
    for (count, wanted) in &step.counts {
        assert_eq!(counts[count], *wanted, "{place}: {count} of {counts}");
    }
    let rules: BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect();
    for rule in &step.findings {
        assert!(
            rules.contains(rule.as_str()),
            "{place}: {rule} is not among {rules:?}"
        );
    }
}

/// All that is published of entities, and their tombstones, by what their senders call them.
fn outline(folder: &Folder) -> String {
    let snapshot = folder.store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    let mut entities: BTreeSet<NamedNode> = BTreeSet::new();
    for graph in [
        GraphNameRef::DefaultGraph,
        GraphNameRef::NamedNode(base().registry_graph().as_ref()),
    ] {
        for quad in view.quads(None, None, None, Some(graph)) {
            if let NamedOrBlankNode::NamedNode(subject) = quad.expect("it can be read").subject
                && base().entity_of(subject.as_str()).is_some()
            {
                entities.insert(view.whole_of(&subject));
            }
        }
    }
    let mut shown: Vec<String> = entities.iter().map(|entity| one(&view, entity)).collect();
    shown.sort();
    shown.join("\n")
}

fn one(view: &View<'_>, entity: &NamedNode) -> String {
    let mut text = format!("{}\n", label(view, entity));
    match view.state_of(entity).expect("it can be read") {
        State::Withdrawn(tombstone) => text.push_str(&format!(
            "    withdrawn by {}: {}\n",
            tombstone
                .source
                .map_or_else(String::new, |source| source.to_string()),
            tombstone.reason
        )),
        State::Merged(survivor) => {
            text.push_str(&format!("    merged into {}\n", label(view, &survivor)));
        }
        _ => {
            let triples = view.public_description(entity).expect("it can be read");
            for line in statements(view, &triples, entity) {
                text.push_str(&format!("    {line}\n"));
            }
        }
    }
    text
}

/// What is said of one node; parts are nested, since their names mean nothing to a reader.
fn statements(view: &View<'_>, triples: &[Triple], node: &NamedNode) -> Vec<String> {
    let mut lines: Vec<String> = triples
        .iter()
        .filter(|triple| triple.subject == NamedOrBlankNode::from(node.clone()))
        .map(|triple| {
            let object = match &triple.object {
                Term::NamedNode(iri) if !view.is_whole(iri) => {
                    format!("[ {} ]", statements(view, triples, iri).join(" ; "))
                }
                Term::NamedNode(iri) if base().entity_of(iri.as_str()).is_some() => {
                    format!("→ {}", label(view, iri))
                }
                Term::NamedNode(iri) => short(iri.as_str()),
                Term::Literal(literal) => match literal.language() {
                    Some(language) => format!("{:?}@{language}", literal.value()),
                    None => format!("{:?}", literal.value()),
                },
                Term::BlankNode(node) => node.to_string(),
            };
            format!("{} {object}", short(triple.predicate.as_str()))
        })
        .collect();
    lines.sort();
    lines
}

fn label(view: &View<'_>, entity: &NamedNode) -> String {
    let aliases = view.aliases(entity).expect("it can be read");
    let mut names: Vec<String> = aliases
        .into_iter()
        .map(|(source, key)| format!("{source} {key}"))
        .collect();
    names.sort();
    if names.is_empty() {
        return "(nobody's)".to_owned();
    }
    names.join(" = ")
}

fn short(iri: &str) -> String {
    if let Some(local) = base().strip(iri) {
        return local.to_owned();
    }
    PREFIXES
        .iter()
        .find_map(|(prefix, namespace)| {
            iri.strip_prefix(namespace)
                .map(|local| format!("{prefix}:{local}"))
        })
        .unwrap_or_else(|| format!("<{iri}>"))
}

#[test]
fn every_case_has_a_test() {
    let this = include_str!("cases.rs");
    for entry in fs::read_dir(root()).expect("the cases are there") {
        let folder = entry.expect("it can be read").file_name();
        let folder = folder.to_string_lossy();
        assert!(this.contains(&format!("run(\"{folder}\")")), "{folder}");
    }
}

#[test]
fn the_nightly_replace_that_lists_the_future_only_keeps_the_archive() {
    run("nightly-replace");
}

#[test]
fn an_empty_feed_withdraws_nothing() {
    run("empty-feed");
}

#[test]
fn a_feed_cut_at_a_line_end_withdraws_nothing() {
    run("cut-feed");
}

#[test]
fn one_bad_date_among_three_hundred_is_one_refusal() {
    run("one-bad-date");
}

#[test]
fn a_stub_that_embeds_a_place_with_only_a_name_takes_nothing_from_the_place() {
    run("stub-place");
}

#[test]
fn two_tourist_offices_and_a_theatre_speak_of_one_show_and_one_cancels_it() {
    run("two-offices-and-a-theatre");
}

#[test]
fn a_merge_then_updates_from_both_sides_then_an_unmerge_end_where_each_side_stands() {
    run("merge-and-unmerge");
}

#[test]
fn a_withdrawn_place_that_others_still_use_leaves_their_performances() {
    run("withdrawn-place");
}

#[test]
fn a_company_that_changes_its_name_keeps_its_iri() {
    run("renamed-company");
}

#[test]
fn a_twenty_fifth_performance_is_added_to_a_run() {
    run("twenty-fifth-performance");
}

#[test]
fn a_changed_price_renames_no_other_offer() {
    run("changed-price");
    let mut folder = Folder::with_sources(&["theatre"]);
    let mut offers = ["before.ttl", "after.ttl"].map(|file| {
        let bytes = fs::read(root().join("changed-price").join(file)).expect("the file is there");
        folder.send_bytes(Mode::Replace, "theatre", &bytes, "turtle");
        let public = folder.public("theatre", "https://theatre.example/un");
        BTreeSet::from_iter(crate::support::values(&public, "http://schema.org/offers"))
    });
    let [before, after] = &mut offers;
    assert_eq!((before.len(), after.len()), (3, 3));
    assert_eq!(before.intersection(after).count(), 2);
}

#[test]
fn nights_of_the_clock_change_and_reunion_have_the_right_offsets() {
    run("clock-change");
}
