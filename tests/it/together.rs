//! What holds however the capabilities of the door are put together.

use crate::program::{affiche, run};
use crate::support::{self, Folder, at, name, values};
use affiche::ingest::hands::{self, Merge, Share, Split, Unmerge};
use affiche::ingest::{Outcome, sources, verify};
use affiche::model::{Activity, Mode, RankRule, SourceName};
use affiche::store::{Request, State, Store, Strikes};
use oxrdf::{Literal, NamedNode, Quad, Term};
use proptest::prelude::*;
use std::fmt::Write as _;

const SOURCES: [&str; 3] = ["alpha", "beta", "gamma"];
const THINGS: [&str; 3] = ["salle", "cie", "p"];

/// Log, store and public view fit each other, and the log alone gives the same bytes.
fn whole(folder: &Folder) {
    folder.check();
    let copy = tempfile::TempDir::new().unwrap();
    let target = copy.path().join("data");
    support::copy_folder(&folder.path.join("log"), &target.join("log"));
    let rebuilt = Store::rebuild(&target, &support::opening(false)).unwrap();
    assert!(support::export(&rebuilt) == folder.export());
}

const TELEPHONE: &str = "http://schema.org/telephone";

fn salle(folder: &Folder, host: &str) -> NamedNode {
    folder.entity(host, &format!("https://{host}.example/salle"))
}

fn place(iri: &str, name: &str, telephone: &str) -> String {
    format!(
        "<{iri}> a schema:Place ; schema:name \"{name}\"@fr ; schema:telephone \"{telephone}\" ;\n\
         schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
    )
}

fn place_of(host: &str, telephone: &str) -> String {
    let iri = format!("https://{host}.example/salle");
    place(&iri, &format!("Salle {host}"), telephone)
}

/// Two places that are one; the first stays.
fn merged() -> (Folder, NamedNode, NamedNode) {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    folder.submit("alpha", &place_of("alpha", "01 11 11 11 11"));
    folder.submit("beta", &place_of("beta", "02 22 22 22 22"));
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    let merge = Merge {
        one: a.as_str(),
        other: b.as_str(),
        ..Merge::default()
    };
    let report = hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    (folder, a, b)
}

fn unmerge(folder: &Folder, one: &NamedNode, other: &NamedNode) {
    let unmerge = Unmerge {
        entity: one.as_str(),
        other: Some(other.as_str()),
        ..Unmerge::default()
    };
    let report = hands::unmerge(&folder.store, folder.door, &unmerge, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
}

/// One place of two sources that is split: what replaces it, by source.
fn split() -> (Folder, NamedNode, NamedNode, NamedNode) {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    folder.submit("alpha", &place_of("alpha", "01 11 11 11 11"));
    let former = salle(&folder, "alpha");
    let text = place_of("beta", "02 22 22 22 22")
        + &format!(
            "<https://beta.example/salle> schema:sameAs <{}> .",
            former.as_str()
        );
    folder.submit("beta", &text);
    assert_eq!(salle(&folder, "beta"), former);
    let into: Vec<Share> = ["new=alpha", "new2=beta"]
        .iter()
        .map(|share| share.parse().unwrap())
        .collect();
    let split = Split {
        entity: former.as_str(),
        into: &into,
        because: None,
        is_dry_run: false,
    };
    let mut seed = 3_u8;
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            seed = seed.wrapping_mul(181).wrapping_add(89);
            *byte = seed;
        }
    };
    let report = hands::split(&folder.store, folder.door, &split, folder.now, &mut random).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    assert!(a != b && a != former && b != former);
    (folder, former, a, b)
}

fn telephones(folder: &Folder, entity: &NamedNode) -> Vec<String> {
    let snapshot = folder.store.snapshot().unwrap();
    let public = snapshot.view().public_description(entity).unwrap();
    values(&public, TELEPHONE)
}

fn state(folder: &Folder, entity: &NamedNode) -> State {
    let snapshot = folder.store.snapshot().unwrap();
    snapshot.view().state_of(entity).unwrap()
}

fn log_holds(folder: &Folder, text: &str) -> bool {
    std::fs::read_dir(folder.path.join("log"))
        .unwrap()
        .any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        })
}

fn subject(iri: &str) -> Request {
    Request {
        subjects: vec![iri.to_owned()],
        ..Request::default()
    }
}

#[test]
fn a_source_takes_back_what_it_says_of_a_merged_entity_by_the_iri_on_its_page() {
    for is_survivor in [true, false] {
        let (mut folder, a, b) = merged();
        let named = if is_survivor { &a } else { &b };
        let list = format!("{}\n", named.as_str());
        let report = folder.send_bytes(Mode::Withdraw, "beta", list.as_bytes(), "iris");
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
        assert_eq!(telephones(&folder, &a), ["\"01 11 11 11 11\""]);
        whole(&folder);
    }
}

#[test]
fn a_source_takes_back_its_side_of_what_was_split_by_the_former_iri() {
    let (mut folder, former, a, b) = split();
    let list = format!("{}\n", former.as_str());
    let report = folder.send_bytes(Mode::Withdraw, "beta", list.as_bytes(), "iris");
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    assert!(telephones(&folder, &b).is_empty());
    assert_eq!(telephones(&folder, &a), ["\"01 11 11 11 11\""]);
    whole(&folder);
}

#[test]
fn a_source_that_writes_the_iri_of_a_merge_still_speaks_of_its_own_side() {
    for mode in [Mode::Upsert, Mode::Replace] {
        let (mut folder, a, b) = merged();
        let text = place(a.as_str(), "Salle beta", "02 33 33 33 33");
        let report = folder.send(mode, "beta", &text);
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
        assert_eq!(
            telephones(&folder, &a),
            ["\"01 11 11 11 11\"", "\"02 33 33 33 33\""]
        );
        whole(&folder);
        unmerge(&folder, &a, &b);
        assert_eq!(telephones(&folder, &a), ["\"01 11 11 11 11\""]);
        assert_eq!(telephones(&folder, &b), ["\"02 33 33 33 33\""]);
        whole(&folder);
    }
}

#[test]
fn what_is_struck_of_one_who_was_merged_is_not_in_the_history_of_the_other() {
    let (folder, a, b) = merged();
    unmerge(&folder, &a, &b);
    let folder = folder.redact(&subject(b.as_str()));
    assert!(!log_holds(&folder, "02 22 22 22 22"));
    assert_eq!(telephones(&folder, &a), ["\"01 11 11 11 11\""]);
    assert!(matches!(state(&folder, &b), State::Withdrawn(_)));
    whole(&folder);
}

#[test]
fn a_member_of_a_merge_is_not_struck_alone_whatever_it_is_called() {
    let (folder, a, b) = merged();
    for iri in [b.as_str(), "https://beta.example/salle"] {
        let error = Strikes::new(&folder.store, &subject(iri)).unwrap_err();
        assert!(error.to_string().contains(a.as_str()), "{error}");
    }
    let folder = folder.redact(&subject("https://alpha.example/salle"));
    for telephone in ["01 11 11 11 11", "02 22 22 22 22"] {
        assert!(!log_holds(&folder, telephone));
    }
    whole(&folder);
}

#[test]
fn what_is_struck_of_one_who_was_split_off_is_not_in_the_history_of_what_was_split() {
    let (folder, _, a, b) = split();
    let mut folder = folder.redact(&subject(b.as_str()));
    assert!(!log_holds(&folder, "02 22 22 22 22"));
    assert_eq!(telephones(&folder, &a), ["\"01 11 11 11 11\""]);
    whole(&folder);
    folder.submit("alpha", &place_of("alpha", "01 44 44 44 44"));
    assert_eq!(telephones(&folder, &a), ["\"01 44 44 44 44\""]);
    whole(&folder);
}

#[test]
fn a_struck_town_moves_the_events_there_to_the_source_that_is_followed_now() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    let said = |host: &str, hour: u8| {
        format!(
            "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {host}\" ; schema:address [ a schema:PostalAddress ;
                 schema:addressLocality \"Saint-Denis\" ; schema:postalCode \"97400\" ; <http://rdf.insee.fr/def/geo#codeINSEE> \"97411\" ] .
             <https://{host}.example/p> a schema:PerformingArtsEvent ; schema:name \"P\" ; schema:sameAs <http://www.wikidata.org/entity/Q1> ;
                 schema:startDate \"2099-01-10T{hour}:00:00+04:00\"^^xsd:dateTime ; schema:location <https://{host}.example/salle> ."
        )
    };
    folder.submit("alpha", &said("alpha", 20));
    folder.submit("beta", &said("beta", 21));
    let territory = {
        let snapshot = folder.store.snapshot().unwrap();
        sources::territory(&snapshot.view(), "974").unwrap()
    };
    let edit = |source: &mut affiche::model::Source| {
        source.ranks = vec![RankRule {
            kind: None,
            territory: Some(territory.clone()),
            rank: 1,
        }];
    };
    sources::change(&folder.store, folder.door, &name("beta"), edit, folder.now).unwrap();
    let start = |folder: &Folder| {
        let public = folder.public("alpha", "https://alpha.example/p");
        values(&public, "http://schema.org/startDate")
    };
    assert!(start(&folder)[0].contains("T21:00"), "{:?}", start(&folder));
    let folder = folder.redact(&Request {
        texts: vec!["97411".to_owned()],
        ..Request::default()
    });
    whole(&folder);
    assert!(start(&folder)[0].contains("T20:00"), "{:?}", start(&folder));
}

/// What `affiche check` finds once these were put into the registry and taken out of it, log and
/// store agreeing.
fn found_with(additions: &[Quad], deletions: &[Quad]) -> Vec<String> {
    let (folder, ..) = merged();
    let mut write = folder.store.write().unwrap();
    for quad in deletions {
        assert!(write.remove(quad.clone()).unwrap(), "{quad}");
    }
    for quad in additions {
        assert!(write.insert(quad.clone()).unwrap(), "{quad}");
    }
    let system = SourceName::system();
    write
        .commit(support::NOW, &system, Activity::Source)
        .unwrap();
    assert!(folder.store.check().unwrap().problems.is_empty());
    let snapshot = folder.store.snapshot().unwrap();
    let problems = verify::verify(&snapshot.view(), folder.door).unwrap();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn a_registry_that_says_something_else_than_what_is_published_is_found() {
    let (folder, a, b) = merged();
    drop(folder);
    let base = support::base();
    let said = |entity: &NamedNode, local: &str, object: Term| {
        let graph = base.registry_graph();
        Quad::new(entity.clone(), base.sv(local), object, graph)
    };
    let text = |text: &str| Term::from(Literal::new_simple_literal(text));
    let into = said(&b, "mergedInto", a.clone().into());
    let (first, second) = if a < b { (&a, &b) } else { (&b, &a) };
    let with = said(first, "mergedWith", second.clone().into());
    let withdrawn = said(&a, "withdrawn", text(support::NOW));
    let key = said(&a, "nameKey", text("Place 37000 jeanne"));
    for (additions, deletions, what) in [
        (vec![withdrawn], vec![], "withdrawn"),
        (vec![key], vec![], "jeanne"),
        (vec![], vec![into.clone()], "merged with"),
        (vec![], vec![with.clone()], "nobody merged"),
        (
            vec![said(&a, "mergedInto", b.clone().into())],
            vec![],
            "merged itself",
        ),
        (vec![], vec![into, with], "claimed and not published"),
    ] {
        let found = found_with(&additions, &deletions);
        assert!(
            found.iter().any(|line| line.contains(what)),
            "{what}: {found:?}"
        );
    }
}

#[test]
fn a_redacted_folder_is_saved_restored_under_another_identity_and_redacted_again() {
    let (folder, _, _) = merged();
    let folder = folder.redact(&Request {
        texts: vec!["02 22 22 22 22".to_owned()],
        ..Request::default()
    });
    let path = folder.path.clone();
    let (temporary, store) = folder.into_store();
    drop(store);
    let backups = temporary.path().join("backups");
    let again = temporary.path().join("again");
    let on = |data: &std::path::Path, arguments: &[&str]| {
        run(affiche(arguments).arg("--data").arg(data)).with(0).out
    };
    on(&path, &["backup", backups.to_str().unwrap()]);
    on(&again, &["restore", backups.to_str().unwrap()]);
    on(&again, &["check"]);
    on(
        &again,
        &[
            "redact",
            "--yes",
            "--because",
            "a leak",
            "--containing",
            "01 11 11 11 11",
        ],
    );
    on(&again, &["check"]);
    let export = on(&again, &["export"]);
    assert!(!export.contains("11 11 11"));
    on(&again, &["rebuild"]);
    assert!(on(&again, &["export"]) == export);
    // What was redacted before and after comes back again.
    on(&again, &["backup", backups.to_str().unwrap()]);
    let third = temporary.path().join("third");
    on(&third, &["restore", backups.to_str().unwrap()]);
    on(&third, &["check"]);
}

/// What a source says of a place, a company and a performance.
#[derive(Clone, Debug)]
struct Said {
    things: [bool; 3],
    name: u8,
    telephone: u8,
    town: Option<u8>,
    day: u8,
    is_shared: bool,
}

fn said() -> impl Strategy<Value = Said> {
    (
        prop::array::uniform3(prop::bool::weighted(0.8)),
        0..3_u8,
        0..3_u8,
        prop::option::weighted(0.8, 0..3_u8),
        1..4_u8,
        any::<bool>(),
    )
        .prop_map(|(things, name, telephone, town, day, is_shared)| Said {
            things,
            name,
            telephone,
            town,
            day,
            is_shared,
        })
}

impl Said {
    fn turtle(&self, host: &str) -> String {
        let mut text = String::new();
        let (name, telephone, day) = (self.name, self.telephone, self.day);
        let same = |id: &str| {
            if self.is_shared {
                format!(" ; schema:sameAs <{id}>")
            } else {
                String::new()
            }
        };
        if self.things[0] {
            let _ = write!(
                text,
                "<https://{host}.example/salle> a schema:Place ; schema:name \"Salle {name}\" ; schema:telephone \"019900123{telephone}\""
            );
            if let Some(town) = self.town {
                let (insee, postcode) =
                    [("37261", "37000"), ("97411", "97400"), ("01053", "01000")][usize::from(town)];
                let _ = write!(
                    text,
                    " ; schema:address [ a schema:PostalAddress ; schema:addressLocality \"Ville {town}\" ; schema:postalCode \"{postcode}\" ; \
                     <http://rdf.insee.fr/def/geo#codeINSEE> \"{insee}\" ]"
                );
            }
            text.push_str(" .\n");
        }
        if self.things[1] {
            let _ = writeln!(
                text,
                "<https://{host}.example/cie> a schema:Organization ; schema:name \"Cie {name}\"{} .",
                same("https://isni.org/isni/0000000121032683")
            );
        }
        if self.things[2] {
            let _ = write!(
                text,
                "<https://{host}.example/p> a schema:PerformingArtsEvent ; schema:name \"Soir {name}\" ; \
                 schema:startDate \"2099-01-0{day}T20:00:00+01:00\"^^xsd:dateTime ; \
                 schema:location <https://{host}.example/salle>{}",
                same("http://www.wikidata.org/entity/Q1")
            );
            if self.things[1] {
                let _ = write!(text, " ; schema:organizer <https://{host}.example/cie>");
            }
            text.push_str(" .\n");
        }
        text
    }
}

/// One of the things of one of the sources.
type Thing = (usize, usize);

#[derive(Clone, Debug)]
enum Act {
    Send(u8, usize, Said),
    Rank(usize, u32, Option<&'static str>),
    Remove(usize),
    Merge(Thing, usize),
    Unmerge(Thing, Thing),
    Split(Thing),
    Redact(u8),
    RedactSubject(Thing),
}

fn act() -> impl Strategy<Value = Act> {
    let thing = || (0..3_usize, 0..3_usize);
    prop_oneof![
        8 => (0..6_u8, 0..3_usize, said()).prop_map(|(mode, source, said)| Act::Send(mode, source, said)),
        2 => (0..3_usize, 1..4_u32, prop::option::of(prop::sample::select(vec!["37", "974", "R84"])))
            .prop_map(|(source, rank, territory)| Act::Rank(source, rank, territory)),
        1 => (0..3_usize).prop_map(Act::Remove),
        5 => (thing(), 0..3_usize).prop_map(|(one, other)| Act::Merge(one, other)),
        3 => (thing(), thing()).prop_map(|(one, other)| Act::Unmerge(one, other)),
        1 => thing().prop_map(Act::Split),
        1 => (0..6_u8).prop_map(Act::Redact),
        1 => thing().prop_map(Act::RedactSubject),
    ]
}

fn iri((source, thing): Thing) -> String {
    format!("https://{}.example/{}", SOURCES[source], THINGS[thing])
}

/// The entity that a source calls so, if it ever did.
fn known(folder: &Folder, thing: Thing) -> Option<NamedNode> {
    let snapshot = folder.store.snapshot().unwrap();
    let source = name(SOURCES[thing.0]);
    snapshot.view().identified(&source, &iri(thing)).unwrap()
}

fn carry_out(mut folder: Folder, act: &Act) -> Folder {
    match act {
        Act::Send(mode, source, said) => {
            let host = SOURCES[*source];
            let change = |source: &mut affiche::model::Source| source.is_closed = false;
            sources::change(&folder.store, folder.door, &name(host), change, folder.now).unwrap();
            let text = said.turtle(host);
            match mode {
                0 | 1 => folder.submit(host, &text),
                2 => folder.submit_partial(host, &text),
                3 | 4 => folder.send(Mode::Upsert, host, &text),
                _ => folder.send(Mode::Withdraw, host, &text),
            };
        }
        Act::Rank(source, rank, code) => {
            let territory = code.map(|code| {
                let snapshot = folder.store.snapshot().unwrap();
                sources::territory(&snapshot.view(), code).unwrap()
            });
            let change = |source: &mut affiche::model::Source| match &territory {
                Some(territory) => {
                    source.ranks = vec![RankRule {
                        kind: None,
                        territory: Some(territory.clone()),
                        rank: *rank,
                    }];
                }
                None => source.rank = *rank,
            };
            let source = name(SOURCES[*source]);
            sources::change(&folder.store, folder.door, &source, change, folder.now).unwrap();
        }
        Act::Remove(source) => {
            let source = name(SOURCES[*source]);
            sources::remove(&folder.store, folder.door, &source, false, folder.now).unwrap();
        }
        Act::Merge(one, other) => {
            if let (Some(one), Some(other)) =
                (known(&folder, *one), known(&folder, (*other, one.1)))
            {
                let merge = Merge {
                    one: one.as_str(),
                    other: other.as_str(),
                    is_despite_different: true,
                    ..Merge::default()
                };
                let _ = hands::merge(&folder.store, folder.door, &merge, folder.now);
            }
        }
        Act::Unmerge(one, other) => {
            if let (Some(one), other) = (known(&folder, *one), known(&folder, *other)) {
                let unmerge = Unmerge {
                    entity: one.as_str(),
                    other: other.as_ref().map(NamedNode::as_str),
                    ..Unmerge::default()
                };
                if hands::unmerge(&folder.store, folder.door, &unmerge, folder.now).is_err() {
                    let unmerge = Unmerge {
                        other: None,
                        ..unmerge
                    };
                    let _ = hands::unmerge(&folder.store, folder.door, &unmerge, folder.now);
                }
            }
        }
        Act::Split(thing) => {
            if let Some(entity) = known(&folder, *thing) {
                let shares = {
                    let snapshot = folder.store.snapshot().unwrap();
                    hands::shares(&snapshot.view(), entity.as_str())
                };
                let into: Vec<Share> = shares
                    .into_iter()
                    .flatten()
                    .enumerate()
                    .map(|(number, (source, _))| Share {
                        to: format!("new{number}"),
                        source,
                        identifier: None,
                    })
                    .collect();
                let split = Split {
                    entity: entity.as_str(),
                    into: &into,
                    because: None,
                    is_dry_run: false,
                };
                let mut seed = folder.store.generation().0 as u8;
                let _ = hands::split(
                    &folder.store,
                    folder.door,
                    &split,
                    folder.now,
                    &mut |bytes| {
                        for byte in bytes {
                            seed = seed.wrapping_mul(181).wrapping_add(89);
                            *byte = seed;
                        }
                    },
                );
            }
        }
        Act::Redact(what) => {
            let text = match what {
                0..=2 => format!("019900123{what}"),
                _ => format!("Ville {}", what - 3),
            };
            folder = folder.redact(&Request {
                texts: vec![text],
                ..Request::default()
            });
        }
        Act::RedactSubject(thing) => {
            let request = Request {
                subjects: vec![iri(*thing)],
                ..Request::default()
            };
            if known(&folder, *thing).is_some() {
                folder = folder.redact(&request);
            }
        }
    }
    folder
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("AFFICHE_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(8),
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_done_in_whatever_order_log_store_and_public_view_fit(
        acts in prop::collection::vec(act(), 4..16),
    ) {
        let mut folder = Folder::with_sources(&SOURCES);
        for (hour, act) in acts.iter().enumerate() {
            folder.now = at(&format!("2026-11-22T{:02}:00:00Z", 1 + hour));
            folder = carry_out(folder, act);
            folder.check();
        }
        whole(&folder);
    }

    #[test]
    fn what_is_judged_afterwards_is_what_is_judged_within_each_change(
        acts in prop::collection::vec(act(), 2..8),
        most in 0_usize..6,
        follows in prop::collection::vec(any::<bool>(), 8),
    ) {
        let mut folder = Folder::with_sources(&SOURCES).judging_at_once(most);
        for (hour, (act, follows)) in acts.iter().zip(follows).enumerate() {
            folder.now = at(&format!("2026-11-22T{:02}:00:00Z", 1 + hour));
            folder = carry_out(folder, act);
            folder.check();
            if follows {
                folder.follow();
                folder.check();
            }
        }
        folder.follow();
        prop_assert_eq!(folder.follow(), None);
        whole(&folder);
    }
}
