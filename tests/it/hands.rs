//! What people decide about who is who.

use crate::support::{self, Folder, values};
use affiche::ingest::Outcome;
use affiche::ingest::hands::{self, Differ, HandError, Merge, Report, Unmerge};
use affiche::store::{State, Store};
use oxrdf::{NamedNode, Triple};
use proptest::prelude::*;

const NAME: &str = "http://schema.org/name";
const TELEPHONE: &str = "http://schema.org/telephone";
const LOCATION: &str = "http://schema.org/location";
const OWL_SAME_AS: &str = "http://www.w3.org/2002/07/owl#sameAs";

fn place(host: &str, name: &str, telephone: &str) -> String {
    format!(
        "<https://{host}.example/salle> a schema:Place ; schema:name \"{name}\"@fr ; schema:telephone \"{telephone}\" ;\n\
         schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n"
    )
}

fn performance(host: &str) -> String {
    format!(
        "<https://{host}.example/p> a schema:PerformingArtsEvent ; schema:name \"Soir chez {host}\"@fr ;\n\
         schema:startDate \"2099-01-10T20:30:00+01:00\"^^xsd:dateTime ; schema:location <https://{host}.example/salle> .\n"
    )
}

/// A folder where several sources have a place and a performance there each, oldest first.
fn folder(hosts: &[&str]) -> Folder {
    let mut folder = Folder::with_sources(hosts);
    for (number, host) in hosts.iter().enumerate() {
        let text =
            place(host, &format!("Salle {host}"), &format!("0{number}")) + &performance(host);
        let report = folder.submit(host, &text);
        assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    }
    folder
}

fn salle(folder: &Folder, host: &str) -> NamedNode {
    folder.entity(host, &format!("https://{host}.example/salle"))
}

fn state(folder: &Folder, entity: &NamedNode) -> State {
    folder
        .store
        .snapshot()
        .unwrap()
        .view()
        .state_of(entity)
        .unwrap()
}

fn described(folder: &Folder, entity: &NamedNode) -> Vec<Triple> {
    let snapshot = folder.store.snapshot().unwrap();
    snapshot.view().public_description(entity).unwrap()
}

fn try_merge(folder: &Folder, one: &NamedNode, other: &NamedNode) -> Result<Report, HandError> {
    let merge = Merge {
        one: one.as_str(),
        other: other.as_str(),
        ..Merge::default()
    };
    hands::merge(&folder.store, folder.door, &merge, folder.now)
}

fn merge(folder: &Folder, one: &NamedNode, other: &NamedNode) -> Report {
    let report = try_merge(folder, one, other).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    whole(folder);
    report
}

fn try_unmerge(
    folder: &Folder,
    one: &NamedNode,
    other: Option<&NamedNode>,
) -> Result<Report, HandError> {
    let unmerge = Unmerge {
        entity: one.as_str(),
        other: other.map(NamedNode::as_str),
        ..Unmerge::default()
    };
    hands::unmerge(&folder.store, folder.door, &unmerge, folder.now)
}

fn unmerge(folder: &Folder, one: &NamedNode, other: Option<&NamedNode>) -> Report {
    let report = try_unmerge(folder, one, other).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    whole(folder);
    report
}

/// Log, store and public view fit each other, and the log alone gives the same bytes.
fn whole(folder: &Folder) {
    folder.check();
    let copy = tempfile::TempDir::new().unwrap();
    let target = copy.path().join("data");
    support::copy_folder(&folder.path.join("log"), &target.join("log"));
    let rebuilt = Store::rebuild(&target, &support::opening(false)).unwrap();
    assert_eq!(support::export(&rebuilt), folder.export());
}

/// The public view of entities, without what is about the server's own files.
fn public_view(folder: &Folder) -> Vec<String> {
    let snapshot = folder.store.snapshot().unwrap();
    let mut lines: Vec<String> = snapshot
        .view()
        .quads(None, None, None, Some(oxrdf::GraphNameRef::DefaultGraph))
        .map(|quad| quad.unwrap().to_string())
        .filter(|line| line.contains("/id/"))
        .collect();
    lines.sort_unstable();
    lines
}

#[test]
fn two_merged_entities_are_published_under_the_older_iri_in_whichever_order_they_are_given() {
    for is_reversed in [false, true] {
        let folder = folder(&["alpha", "beta"]);
        let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
        let report = if is_reversed {
            merge(&folder, &b, &a)
        } else {
            merge(&folder, &a, &b)
        };
        assert_eq!(report.entities, [a.as_str(), b.as_str()]);
        assert_eq!(state(&folder, &b), State::Merged(a.clone()));
        assert!(described(&folder, &b).is_empty());
        let public = described(&folder, &a);
        // One name, from the source that is followed; telephones add up.
        assert_eq!(values(&public, NAME), ["\"Salle alpha\"@fr"]);
        assert_eq!(values(&public, TELEPHONE), ["\"00\"", "\"01\""]);
        assert_eq!(values(&public, OWL_SAME_AS), [b.to_string()]);
        for triple in &public {
            assert!(triple.subject.to_string().contains(a.as_str()), "{triple}");
        }
    }
}

#[test]
fn what_points_to_a_merged_entity_points_to_the_one_that_stays() {
    let mut folder = folder(&["alpha", "beta"]);
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    merge(&folder, &a, &b);
    let at = |folder: &Folder| values(&folder.public("beta", "https://beta.example/p"), LOCATION);
    assert_eq!(at(&folder), [a.to_string()]);
    // Also what comes later.
    let text = place("beta", "Salle beta", "01") + &performance("beta").replace("Soir", "Nuit");
    folder.submit("beta", &text);
    assert_eq!(at(&folder), [a.to_string()]);
    whole(&folder);
}

#[test]
fn a_merge_then_updates_from_both_sides_then_an_unmerge_leave_what_each_says() {
    let hosts = ["alpha", "beta"];
    let mut merged = folder(&hosts);
    let mut never = folder(&hosts);
    let (a, b) = (salle(&merged, "alpha"), salle(&merged, "beta"));
    merge(&merged, &a, &b);
    for folder in [&mut merged, &mut never] {
        for (host, telephone) in [("alpha", "08"), ("beta", "09")] {
            let text = place(host, &format!("Salle {host}"), telephone) + &performance(host);
            assert_eq!(folder.submit(host, &text).outcome, Outcome::Accepted);
            folder.check();
        }
    }
    assert_eq!(
        values(&described(&merged, &a), TELEPHONE),
        ["\"08\"", "\"09\""]
    );
    unmerge(&merged, &b, None);
    assert_eq!(public_view(&merged), public_view(&never));
    assert_eq!(state(&merged, &b), State::Current);
    assert_eq!(values(&described(&merged, &b), TELEPHONE), ["\"09\""]);
}

#[test]
fn chains_lead_to_the_survivor_in_one_hop_and_come_apart_in_the_middle() {
    let folder = folder(&["alpha", "beta", "gamma"]);
    let [a, b, c] = ["alpha", "beta", "gamma"].map(|host| salle(&folder, host));
    merge(&folder, &c, &b);
    merge(&folder, &b, &a);
    assert_eq!(state(&folder, &b), State::Merged(a.clone()));
    assert_eq!(state(&folder, &c), State::Merged(a.clone()));
    let by_way = try_unmerge(&folder, &a, Some(&c)).unwrap_err();
    assert!(by_way.to_string().contains(b.as_str()), "{by_way}");
    unmerge(&folder, &b, Some(&a));
    assert_eq!(state(&folder, &b), State::Current);
    assert_eq!(state(&folder, &c), State::Merged(b.clone()));
    assert_eq!(
        values(&described(&folder, &b), TELEPHONE),
        ["\"01\"", "\"02\""]
    );
    assert_eq!(values(&described(&folder, &a), TELEPHONE), ["\"00\""]);
}

#[test]
fn an_older_one_that_joins_later_stands_for_all() {
    let folder = folder(&["alpha", "beta", "gamma"]);
    let [a, b, c] = ["alpha", "beta", "gamma"].map(|host| salle(&folder, host));
    merge(&folder, &b, &c);
    merge(&folder, &c, &a);
    assert_eq!(state(&folder, &c), State::Merged(a.clone()));
    assert_eq!(state(&folder, &b), State::Merged(a.clone()));
    // Several are merged with the middle one, but only one of them leads to the survivor.
    unmerge(&folder, &c, None);
    assert_eq!(state(&folder, &c), State::Merged(b.clone()));
    assert_eq!(state(&folder, &a), State::Current);
}

#[test]
fn entities_of_different_kinds_unknown_ones_and_mistyped_ones_are_not_merged() {
    let folder = folder(&["alpha"]);
    let before = folder.export();
    let a = salle(&folder, "alpha");
    let event = folder.entity("alpha", "https://alpha.example/p");
    assert!(matches!(
        try_merge(&folder, &a, &event),
        Err(HandError::Kinds { .. })
    ));
    assert!(matches!(
        try_merge(&folder, &a, &a),
        Err(HandError::Same(_))
    ));
    for wrong in [
        "https://alpha.example/salle",
        "https://data.example.org/id/xxxxxxxxxxxx",
        "",
        "x",
    ] {
        let merge = Merge {
            one: a.as_str(),
            other: wrong,
            ..Merge::default()
        };
        let error = hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap_err();
        assert!(
            matches!(
                error,
                HandError::NotAnEntity(_) | HandError::Mistyped(_) | HandError::Unknown(_)
            ),
            "{wrong}: {error}"
        );
    }
    assert_eq!(folder.export(), before);
}

#[test]
fn an_unmerge_leaves_them_different_for_good() {
    let mut folder = folder(&["alpha", "beta"]);
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    merge(&folder, &a, &b);
    unmerge(&folder, &a, None);
    assert!(matches!(
        try_merge(&folder, &a, &b),
        Err(HandError::Different { .. })
    ));
    // Both claim one identifier, which would be proposed to a person otherwise.
    for host in ["alpha", "beta"] {
        let text = place(host, "Salle du Bac", "00").replace(
            "schema:telephone",
            "schema:sameAs <http://www.wikidata.org/entity/Q42> ; schema:telephone",
        );
        let report = folder.submit(host, &(text + &performance(host)));
        assert_eq!(report.outcome, Outcome::Accepted);
        assert!(
            report
                .findings
                .iter()
                .all(|finding| finding.rule != "possible-duplicate"),
            "{:#?}",
            report.findings
        );
    }
    assert_eq!(salle(&folder, "beta"), b);
    assert_eq!(state(&folder, &b), State::Current);
    let merge = Merge {
        one: a.as_str(),
        other: b.as_str(),
        is_despite_different: true,
        ..Merge::default()
    };
    let report = hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    whole(&folder);
}

#[test]
fn a_withdrawal_by_one_side_leaves_the_survivor_published_by_the_other() {
    let mut folder = folder(&["alpha", "beta"]);
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    merge(&folder, &a, &b);
    folder.submit(
        "alpha",
        "<https://alpha.example/cie> a schema:Organization ; schema:name \"Cie\" .",
    );
    whole(&folder);
    assert_eq!(state(&folder, &a), State::Current);
    assert_eq!(values(&described(&folder, &a), NAME), ["\"Salle beta\"@fr"]);
    folder.submit(
        "beta",
        "<https://beta.example/cie> a schema:Organization ; schema:name \"Cie\" .",
    );
    whole(&folder);
    assert!(matches!(state(&folder, &a), State::Withdrawn(_)));
    assert_eq!(state(&folder, &b), State::Merged(a.clone()));
    unmerge(&folder, &a, None);
    assert!(matches!(state(&folder, &b), State::Withdrawn(_)));
    folder.submit("beta", &place("beta", "Salle beta", "01"));
    assert_eq!(state(&folder, &b), State::Current);
    whole(&folder);
}

#[test]
fn a_merge_that_breaks_the_minimum_is_refused_and_leaves_no_trace() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    let show = |host: &str, more: &str| {
        format!(
            "{} <https://{host}.example/p> {more} .",
            place(host, "Salle", "00") + &performance(host)
        )
    };
    folder.submit("alpha", &show("alpha", "schema:isAccessibleForFree true"));
    folder.submit(
        "beta",
        &show(
            "beta",
            "schema:offers [ a schema:Offer ; schema:price 12 ; schema:priceCurrency \"EUR\" ]",
        ),
    );
    let before = folder.export();
    let [a, b] =
        ["alpha", "beta"].map(|host| folder.entity(host, &format!("https://{host}.example/p")));
    let report = try_merge(&folder, &a, &b).unwrap();
    assert_eq!(report.outcome, Outcome::Refused, "{report:#?}");
    assert!(!report.findings.is_empty());
    assert_eq!(folder.export(), before);
}

#[test]
fn a_dry_run_tells_and_changes_nothing_and_a_reason_names_nobody() {
    let folder = folder(&["alpha", "beta"]);
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    let before = folder.export();
    let wish = Merge {
        one: a.as_str(),
        other: b.as_str(),
        is_dry_run: true,
        ..Merge::default()
    };
    let report = hands::merge(&folder.store, folder.door, &wish, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    for because in ["see jeanne@example.org", "call 02 47 00 00 00"] {
        let merge = Merge {
            because: Some(because),
            is_dry_run: false,
            ..wish
        };
        let error = hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap_err();
        assert!(matches!(error, HandError::Personal), "{because}");
    }
    assert_eq!(folder.export(), before);
    let merge = Merge {
        because: Some("same address"),
        is_dry_run: false,
        ..wish
    };
    hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
    assert!(folder.export().contains("\"same address\""));
    whole(&folder);
}

#[test]
fn different_ones_are_not_merged_unless_told_to() {
    let folder = folder(&["alpha", "beta"]);
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    let wish = Differ {
        one: b.as_str(),
        other: a.as_str(),
        ..Differ::default()
    };
    let report = hands::differ(&folder.store, folder.door, &wish, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    let report = hands::differ(&folder.store, folder.door, &wish, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Unchanged);
    assert!(matches!(
        try_merge(&folder, &a, &b),
        Err(HandError::Different { .. })
    ));
    assert!(matches!(
        try_unmerge(&folder, &a, None),
        Err(HandError::NotMerged(_))
    ));
    whole(&folder);
}

/// One thing that happens to a folder with three places.
#[derive(Clone, Debug)]
enum Act {
    Update {
        host: usize,
        telephone: u8,
        is_known: bool,
    },
    Leave {
        host: usize,
    },
    Merge {
        one: usize,
        other: usize,
    },
    Unmerge {
        one: usize,
        other: usize,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => (0..3_usize, 0..4_u8, any::<bool>()).prop_map(|(host, telephone, is_known)| Act::Update { host, telephone, is_known }),
        1 => (0..3_usize).prop_map(|host| Act::Leave { host }),
        4 => (0..3_usize, 0..3_usize).prop_map(|(one, other)| Act::Merge { one, other }),
        2 => (0..3_usize, 0..3_usize).prop_map(|(one, other)| Act::Unmerge { one, other }),
    ]
}

const HOSTS: [&str; 3] = ["alpha", "beta", "gamma"];

fn update(folder: &mut Folder, act: &Act) {
    match act {
        Act::Update {
            host,
            telephone,
            is_known,
        } => {
            let host = HOSTS[*host];
            let mut text = place(
                host,
                &format!("Salle {telephone}"),
                &format!("0{telephone}"),
            ) + &performance(host);
            if *is_known {
                text.push_str(&format!("<https://{host}.example/salle> schema:sameAs <http://www.wikidata.org/entity/Q{telephone}> .\n"));
            }
            let report = folder.submit(host, &text);
            assert_ne!(report.outcome, Outcome::Refused, "{report:#?}");
        }
        Act::Leave { host } => {
            let host = HOSTS[*host];
            let text = format!(
                "<https://{host}.example/cie> a schema:Organization ; schema:name \"Cie\" ."
            );
            folder.submit(host, &text);
        }
        Act::Merge { .. } | Act::Unmerge { .. } => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    #[test]
    fn merges_that_are_taken_back_leave_no_trace_in_public(acts in prop::collection::vec(act(), 1..9)) {
        let mut merged = folder(&HOSTS);
        let mut never = folder(&HOSTS);
        let places = HOSTS.map(|host| salle(&merged, host));
        for act in &acts {
            update(&mut merged, act);
            update(&mut never, act);
            match act {
                Act::Merge { one, other } if one != other => {
                    let wish = Merge {
                        one: places[*one].as_str(),
                        other: places[*other].as_str(),
                        is_despite_different: true,
                        ..Merge::default()
                    };
                    let report = hands::merge(&merged.store, merged.door, &wish, merged.now).unwrap();
                    prop_assert_ne!(report.outcome, Outcome::Refused);
                }
                Act::Unmerge { one, other } => {
                    // Not merged with each other is all right too.
                    let _ = try_unmerge(&merged, &places[*one], Some(&places[*other]));
                }
                _ => {}
            }
            merged.check();
        }
        for one in &places {
            for other in &places {
                let _ = try_unmerge(&merged, one, Some(other));
            }
        }
        whole(&merged);
        prop_assert_eq!(public_view(&merged), public_view(&never));
    }
}

#[tokio::test]
async fn a_merged_iri_leads_to_the_survivor_in_one_hop() {
    let site = crate::site::Site::of(folder(&["alpha", "beta", "gamma"]));
    let view = |host: &str| {
        let snapshot = site.app.store.snapshot().unwrap();
        let iri = format!("https://{host}.example/salle");
        snapshot
            .view()
            .identified(&support::name(host), &iri)
            .unwrap()
            .unwrap()
    };
    let [a, b, c] = ["alpha", "beta", "gamma"].map(view);
    for (one, other) in [(&b, &c), (&a, &b)] {
        let merge = Merge {
            one: one.as_str(),
            other: other.as_str(),
            ..Merge::default()
        };
        hands::merge(
            &site.app.store,
            &site.app.door,
            &merge,
            support::at(support::NOW),
        )
        .unwrap();
    }
    let noid = |iri: &NamedNode| iri.as_str().rsplit('/').next().unwrap().to_owned();
    let answer = site.get(&format!("/id/{}", noid(&c)), &[]).await;
    assert_eq!(answer.status, 301);
    assert_eq!(answer.header("location"), format!("../id/{}", noid(&a)));
    let answer = site.get(&format!("/doc/{}.ttl", noid(&b)), &[]).await;
    assert_eq!(answer.status, 301);
    assert_eq!(
        answer.header("location"),
        format!("../doc/{}.ttl", noid(&a))
    );
    let answer = site.get(&format!("/doc/{}.ttl", noid(&a)), &[]).await;
    assert!(answer.text().contains("owl:sameAs"), "{}", answer.text());
    let page = site.get(&format!("/doc/{}.html", noid(&a)), &[]).await;
    assert_eq!(page.status, 200);
    for host in ["alpha", "beta", "gamma"] {
        assert!(page.text().contains(&format!("Salle {host}")), "{host}");
    }
}

fn share(text: &str) -> hands::Share {
    text.parse().unwrap()
}

fn try_split(
    folder: &Folder,
    entity: &NamedNode,
    into: &[hands::Share],
) -> Result<Report, HandError> {
    let split = hands::Split {
        entity: entity.as_str(),
        into,
        because: None,
        is_dry_run: false,
    };
    hands::split(
        &folder.store,
        folder.door,
        &split,
        folder.now,
        &mut affiche::store::fill_random,
    )
}

/// Two sources whose places were taken for one, because both name the same identifier.
fn joined() -> (Folder, NamedNode) {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for (number, host) in ["alpha", "beta"].into_iter().enumerate() {
        folder.submit(host, &known_place(host, number));
    }
    let entity = salle(&folder, "alpha");
    assert_eq!(salle(&folder, "beta"), entity);
    (folder, entity)
}

fn known_place(host: &str, number: usize) -> String {
    place(host, &format!("Salle {host}"), &format!("0{number}")).replace(
        "schema:telephone",
        "schema:sameAs <http://www.wikidata.org/entity/Q42> ; schema:telephone",
    ) + &performance(host)
}

#[test]
fn what_was_several_is_replaced_by_them_and_each_source_goes_on_with_its_own() {
    let (mut folder, entity) = joined();
    let report = try_split(&folder, &entity, &[share("new=alpha"), share("new2=beta")]).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    whole(&folder);
    let (y, z) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    let mut successors = vec![y.clone(), z.clone()];
    successors.sort_unstable();
    assert_eq!(state(&folder, &entity), State::Split(successors));
    assert!(described(&folder, &entity).is_empty());
    for (number, (host, place)) in [("alpha", &y), ("beta", &z)].into_iter().enumerate() {
        assert_eq!(
            values(&described(&folder, place), TELEPHONE),
            [format!("\"0{number}\"")]
        );
        let event = folder.public(host, &format!("https://{host}.example/p"));
        assert_eq!(values(&event, LOCATION), [place.to_string()]);
        // The next submission finds its own again, and proposes nothing.
        let before = folder.export();
        let report = folder.submit(host, &known_place(host, number));
        assert_eq!(report.outcome, Outcome::Unchanged, "{report:#?}");
        assert!(
            report
                .findings
                .iter()
                .all(|f| f.rule != "possible-duplicate")
        );
        assert_eq!(folder.export(), before);
    }
    // Merging them takes it back: the former IRI leads to the one that stays.
    let merge = Merge {
        one: y.as_str(),
        other: z.as_str(),
        is_despite_different: true,
        ..Merge::default()
    };
    let report = hands::merge(&folder.store, folder.door, &merge, folder.now).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    let survivor = NamedNode::new(report.entities[0].as_str()).unwrap();
    assert_eq!(state(&folder, &entity), State::Merged(survivor));
    whole(&folder);
}

#[test]
fn a_split_says_what_it_leaves_open_and_then_changes_nothing() {
    let (folder, entity) = joined();
    let before = folder.export();
    for (into, word) in [
        (vec!["new=alpha"], "two different"),
        (vec!["new=alpha", "new=beta"], "two different"),
        (vec!["new=alpha", "new2=alpha"], "`beta`"),
        (vec!["new=alpha", "new2=gamma"], "`gamma`"),
        (
            vec!["new=alpha", "new2=beta:https://beta.example/other"],
            "other",
        ),
    ] {
        let into: Vec<hands::Share> = into.into_iter().map(share).collect();
        let error = try_split(&folder, &entity, &into).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
    assert_eq!(folder.export(), before);
}

#[test]
fn a_split_into_one_that_is_there_moves_the_claims_to_it() {
    let (mut folder, entity) = joined();
    folder.add(&affiche::model::Source::new(support::name("gamma")));
    folder.submit("gamma", &place("gamma", "Salle gamma", "02"));
    let third = salle(&folder, "gamma");
    let into = [
        share("new=alpha"),
        share(&format!("{}=beta", third.as_str())),
    ];
    let report = try_split(&folder, &entity, &into).unwrap();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    whole(&folder);
    assert_eq!(
        values(&described(&folder, &third), TELEPHONE),
        ["\"01\"", "\"02\""]
    );
    assert_eq!(salle(&folder, "beta"), third);
}

#[tokio::test]
async fn a_split_iri_leads_to_a_document_that_names_its_successors() {
    let (folder, entity) = joined();
    try_split(&folder, &entity, &[share("new=alpha"), share("new2=beta")]).unwrap();
    let successors = [salle(&folder, "alpha"), salle(&folder, "beta")];
    let site = crate::site::Site::of(folder);
    let noid = entity.as_str().rsplit('/').next().unwrap();
    let answer = site.get(&format!("/id/{noid}"), &[]).await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), format!("../doc/{noid}"));
    let data = site.get(&format!("/doc/{noid}.nt"), &[]).await;
    assert_eq!(data.status, 200);
    let page = site.get(&format!("/doc/{noid}.html"), &[]).await;
    assert_eq!(page.status, 200);
    for successor in &successors {
        let line = format!("{entity} <http://purl.org/dc/terms/isReplacedBy> {successor} .");
        assert!(data.text().contains(&line), "{}", data.text());
        let noid = successor.as_str().rsplit('/').next().unwrap();
        assert!(page.text().contains(noid), "{}", page.text());
    }
}

fn proposals(folder: &Folder) -> Vec<(String, String)> {
    let snapshot = folder.store.snapshot().unwrap();
    let proposals = hands::duplicates(&snapshot.view()).unwrap();
    proposals
        .into_iter()
        .map(|proposal| (proposal.one, proposal.other))
        .collect()
}

fn ordered(one: &NamedNode, other: &NamedNode) -> (String, String) {
    let (one, other) = (one.as_str().to_owned(), other.as_str().to_owned());
    if one <= other {
        (one, other)
    } else {
        (other, one)
    }
}

/// How often a report proposes something.
fn proposed(report: &affiche::ingest::Report) -> usize {
    report
        .findings
        .iter()
        .filter(|finding| finding.rule == "possible-duplicate")
        .count()
}

#[test]
fn a_place_with_almost_the_same_name_in_the_same_town_is_proposed_once_until_it_is_decided() {
    let mut folder = Folder::with_sources(&["alpha", "beta", "gamma"]);
    assert_eq!(
        proposed(&folder.submit("alpha", &place("alpha", "Le Grand Théâtre", "00"))),
        0
    );
    // Another town.
    let elsewhere = place("gamma", "Grand Théâtre", "02").replace("Tours", "Nancy");
    assert_eq!(proposed(&folder.submit("gamma", &elsewhere)), 0);
    let text = place("beta", "Grand Theatre", "01");
    let report = folder.submit("beta", &text);
    assert_eq!(proposed(&report), 1, "{report:#?}");
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    let message = &report
        .findings
        .iter()
        .find(|f| f.rule == "possible-duplicate")
        .unwrap()
        .message
        .en;
    for command in ["affiche merge", "affiche differ", a.as_str(), b.as_str()] {
        assert!(message.contains(command), "{message}");
    }
    assert_eq!(proposals(&folder), [ordered(&a, &b)]);
    // Told once; the list remembers.
    assert_eq!(
        proposed(&folder.submit("beta", &text.replace("\"01\"", "\"09\""))),
        0
    );
    assert_eq!(proposals(&folder), [ordered(&a, &b)]);
    whole(&folder);
    // It goes away with what suggested it, and comes back with it.
    folder.submit("beta", &place("beta", "Petit Théâtre", "01"));
    assert!(proposals(&folder).is_empty());
    folder.submit("beta", &text);
    assert_eq!(proposals(&folder).len(), 1);
    // A merge decides it, and so does an un-merge, for good.
    merge(&folder, &a, &b);
    assert!(proposals(&folder).is_empty());
    unmerge(&folder, &a, Some(&b));
    assert!(proposals(&folder).is_empty());
    assert_eq!(
        proposed(&folder.submit("beta", &place("beta", "Le grand théâtre", "05"))),
        0
    );
    assert!(proposals(&folder).is_empty());
}

#[test]
fn rooms_that_differ_by_their_number_are_not_proposed() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    folder.submit("alpha", &place("alpha", "Salle 1", "00"));
    assert_eq!(
        proposed(&folder.submit("beta", &place("beta", "Salle 2", "01"))),
        0
    );
}

#[test]
fn a_performance_at_the_same_time_in_the_same_place_is_proposed_also_once_its_places_are_merged() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    for host in ["alpha", "beta"] {
        let text = place(host, &format!("Salle {host}"), "00") + &performance(host);
        folder.submit(
            host,
            &text.replace(&format!("Soir chez {host}"), "Le Bac, d'après Vian"),
        );
    }
    assert!(proposals(&folder).is_empty());
    merge(&folder, &salle(&folder, "alpha"), &salle(&folder, "beta"));
    let [a, b] =
        ["alpha", "beta"].map(|host| folder.entity(host, &format!("https://{host}.example/p")));
    assert_eq!(proposals(&folder), [ordered(&a, &b)]);
    let wish = Differ {
        one: a.as_str(),
        other: b.as_str(),
        ..Differ::default()
    };
    hands::differ(&folder.store, folder.door, &wish, folder.now).unwrap();
    assert!(proposals(&folder).is_empty());
}

#[test]
fn two_that_share_an_identifier_stand_in_the_list_until_one_is_withdrawn() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    folder.submit("alpha", &place("alpha", "Une salle", "00"));
    folder.submit("beta", &place("beta", "Autre chose", "01"));
    for (number, host) in ["alpha", "beta"].into_iter().enumerate() {
        folder.submit(host, &known_place(host, number));
    }
    let (a, b) = (salle(&folder, "alpha"), salle(&folder, "beta"));
    assert_eq!(proposals(&folder), [ordered(&a, &b)]);
    update(&mut folder, &Act::Leave { host: 1 });
    assert!(proposals(&folder).is_empty());
    whole(&folder);
}

#[test]
fn the_commands_list_merge_and_take_apart_and_say_how_it_went() {
    let folder = tempfile::TempDir::new().unwrap();
    let run = |code: i32, arguments: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_affiche"))
            .args(arguments)
            .args(["--data", "data"])
            .current_dir(folder.path())
            .env_clear()
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let told = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{told}");
        text(&output.stdout)
    };
    for host in ["alpha", "beta"] {
        let file = format!("{host}.ttl");
        let text = format!(
            "{}{}",
            support::PREFIXES,
            place(host, "Le Grand Théâtre", "00")
        );
        std::fs::write(folder.path().join(&file), text).unwrap();
        run(0, &["source", "add", host]);
        run(0, &["submit", "--source", host, &file]);
    }
    let list = run(0, &["duplicates", "--report", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let one = list[0]["one"].as_str().unwrap();
    let other = list[0]["other"].as_str().unwrap();
    assert!(
        run(0, &["duplicates", "--lang", "en"]).contains(&format!("affiche merge {one} {other}"))
    );
    let noid = one.rsplit('/').next().unwrap();
    run(0, &["merge", noid, other]);
    assert!(run(0, &["duplicates", "--lang", "fr"]).contains("rien"));
    run(0, &["unmerge", noid, "--report", "json"]);
    run(2, &["merge", one, other]);
    assert!(run(0, &["split", one, "--show"]).contains("statements"));
    run(2, &["split", one, "--into", "new=alpha"]);
    run(0, &["check"]);
}
