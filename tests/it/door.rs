//! The door: what comes in, what is refused, what is kept.

use crate::support::{Folder, at, name, values};
use affiche::ingest::Outcome;
use affiche::model::Source;
use affiche::store::State;
use oxrdf::NamedNode;

const SALLE: &str = r#"t:salle a schema:Place ; schema:name "Salle du Bac" ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] ."#;

fn performance(local: &str, start: &str) -> String {
    format!(
        "t:{local} a schema:PerformingArtsEvent, schema:Event ; schema:name \"Le Bac\"@fr ; \
         schema:startDate \"{start}\"^^xsd:dateTime ; schema:location t:salle .\n"
    )
}

const START: &str = "http://schema.org/startDate";

#[test]
fn a_programme_is_published_under_opaque_names_and_sending_it_again_changes_nothing() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{SALLE}\n{}",
        performance("un", "2027-01-10T20:30:00+01:00")
    );
    let report = folder.submit("theatre", &text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(report.counts.created, 2);
    let public = folder.public("theatre", "https://theatre.example/un");
    assert_eq!(
        values(&public, START),
        [r#""2027-01-10T20:30:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#]
    );
    assert!(public.iter().all(|triple| {
        triple
            .subject
            .to_string()
            .starts_with("<https://data.example.org/id/")
    }));

    let before = folder.export();
    let again = folder.submit("theatre", &text);
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(again.counts.unchanged, 2);
    assert_eq!(folder.export(), before);
    folder.check();
}

#[test]
fn a_refused_submission_leaves_no_trace_and_says_all_that_is_wrong() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let before = folder.export();
    let text = format!(
        "{SALLE}\n{}t:deux a schema:PerformingArtsEvent ; schema:location t:salle .\nt:trois a schema:Person .",
        performance("un", "2027-01-10T20:30:00+01:00")
    );
    let report = folder.submit("theatre", &text);
    assert_eq!(report.outcome, Outcome::Refused);
    let of = |subject: &str| {
        report
            .findings
            .iter()
            .filter(|finding| finding.subject.ends_with(subject))
            .count()
    };
    assert!(
        of("/deux") >= 2,
        "name and start are missing: {:#?}",
        report.findings
    );
    assert!(of("/trois") >= 1);
    assert_eq!(of("/un"), 0);
    assert_eq!(folder.export(), before);
    folder.check();
}

#[test]
fn in_partial_mode_what_can_be_published_is_and_what_depends_on_the_refused_is_not() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{SALLE}\n{}t:nulle-part a schema:Place .\n\
         t:deux a schema:PerformingArtsEvent ; schema:name \"Deux\" ; schema:location t:nulle-part ; \
         schema:startDate \"2027-01-10T20:30:00+01:00\"^^xsd:dateTime .",
        performance("un", "2027-01-10T20:30:00+01:00")
    );
    let report = folder.submit_partial("theatre", &text);
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (2, 2),
        "{:#?}",
        report.findings
    );
    assert!(
        !folder
            .public("theatre", "https://theatre.example/un")
            .is_empty()
    );
    assert!(
        folder
            .public("theatre", "https://theatre.example/deux")
            .is_empty()
    );
    folder.check();
}

#[test]
fn a_refused_resource_keeps_its_last_accepted_version() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{SALLE}\n{}",
        performance("un", "2027-01-10T20:30:00+01:00")
    );
    folder.submit("theatre", &text);
    let accepted = folder.public("theatre", "https://theatre.example/un");
    let broken = format!(
        "{SALLE}\nt:un a schema:PerformingArtsEvent ; schema:name \"Autre\" ; schema:location t:salle ."
    );
    let report = folder.submit_partial("theatre", &broken);
    assert_eq!(report.counts.refused, 1);
    assert_eq!(report.counts.withdrawn, 0);
    assert_eq!(
        folder.public("theatre", "https://theatre.example/un"),
        accepted
    );
    folder.check();
}

#[test]
fn what_a_replacement_leaves_out_is_withdrawn_but_not_what_is_over() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{SALLE}\n{}{}",
        performance("un", "2026-12-01T20:30:00+01:00"),
        performance("deux", "2027-01-10T20:30:00+01:00")
    );
    folder.submit("theatre", &text);
    let un = folder.entity("theatre", "https://theatre.example/un");
    let deux = folder.entity("theatre", "https://theatre.example/deux");
    folder.now = at("2026-12-15T12:00:00Z");
    let report = folder.submit(
        "theatre",
        &performance("trois", "2027-02-01T20:30:00+01:00")
            .replace("t:salle", "t:autre")
            .replace(
                ".\n",
                ". t:autre a schema:Place ; schema:name \"Autre\" .\n",
            ),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    // `un` is over, and stays with the place that it was at; `deux` was still to come.
    assert_eq!((report.counts.withdrawn, report.counts.kept), (1, 2));
    {
        let snapshot = folder.store.snapshot().unwrap();
        assert_eq!(snapshot.view().state_of(&un).unwrap(), State::Current);
        let State::Withdrawn(tombstone) = snapshot.view().state_of(&deux).unwrap() else {
            panic!("it is withdrawn");
        };
        assert_eq!(tombstone.reason, "left-out");
        assert_eq!(tombstone.source, Some(name("theatre")));
        assert_eq!(tombstone.kind.map(|kind| kind.name), Some("performance"));
    }
    // It comes back under the same IRI.
    let report = folder.submit("theatre", &text);
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(
        folder.entity("theatre", "https://theatre.example/deux"),
        deux
    );
    assert_eq!(
        folder
            .store
            .snapshot()
            .unwrap()
            .view()
            .state_of(&deux)
            .unwrap(),
        State::Current
    );
    folder.check();
}

#[test]
fn a_half_exported_programme_does_not_withdraw_the_rest() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let days: String = (10..30)
        .map(|day| performance(&format!("p{day}"), &format!("2027-01-{day}T20:30:00+01:00")))
        .collect();
    folder.submit("theatre", &format!("{SALLE}\n{days}"));
    let before = folder.export();
    let report = folder.submit("theatre", SALLE);
    assert_eq!(report.outcome, Outcome::Refused);
    assert_eq!(report.findings[0].rule, "too-many-withdrawals");
    assert_eq!(folder.export(), before);
}

#[test]
fn two_sources_with_the_same_isni_describe_one_entity_and_the_lower_rank_is_followed() {
    let mut folder = Folder::with_sources(&["theatre", "festival"]);
    let company = |prefix: &str, name: &str, town: &str| {
        format!(
            "<https://{prefix}.example/cie> a schema:Organization ; schema:name \"{name}\"@fr ; schema:alternateName \"{town}\" ; \
             schema:sameAs <https://isni.org/isni/0000000121032683> ."
        )
    };
    folder.submit(
        "festival",
        &company("festival", "Cie du Bac (invitée)", "B"),
    );
    folder.submit("theatre", &company("theatre", "Compagnie du Bac", "A"));
    let entity = folder.entity("festival", "https://festival.example/cie");
    assert_eq!(
        folder.entity("theatre", "https://theatre.example/cie"),
        entity
    );
    let public = folder.public("theatre", "https://theatre.example/cie");
    assert_eq!(
        values(&public, "http://schema.org/name"),
        ["\"Compagnie du Bac\"@fr"]
    );
    assert_eq!(
        values(&public, "http://schema.org/alternateName"),
        ["\"A\"", "\"B\""]
    );
    folder.check();
}

#[test]
fn a_performance_is_followed_from_its_own_house_whatever_the_ranks() {
    let mut folder = Folder::with_sources(&["office"]);
    folder.add(&Source {
        rank: 90,
        speaks_for: vec![NamedNode::new("https://theatre.example/salle").unwrap()],
        ..Source::new(name("theatre"))
    });
    folder.submit(
        "theatre",
        &format!(
            "{SALLE}\n{}",
            performance("un", "2027-01-10T20:00:00+01:00")
        ),
    );
    let un = folder.entity("theatre", "https://theatre.example/un");
    let text = "<https://office.example/1> a schema:PerformingArtsEvent ; schema:name \"Le Bac\"@fr ; schema:sameAs t:un ; \
         schema:startDate \"2027-01-10T20:30:00+01:00\"^^xsd:dateTime ; schema:location [ a schema:Place ; schema:name \"Salle\" ] .";
    let report = folder.submit("office", text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        folder.entity("office", "https://office.example/1"),
        un,
        "an explicit sameAs joins them"
    );
    let public = folder.public("theatre", "https://theatre.example/un");
    assert_eq!(
        values(&public, START),
        [r#""2027-01-10T20:00:00+01:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>"#]
    );
    folder.check();
}

#[test]
fn a_name_without_a_language_gives_way_to_one_with_a_language_of_a_source_that_is_followed() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let company = |host: &str, name: &str| {
        format!(
            "<https://{host}.example/cie> a schema:Organization ; schema:name {name} ; schema:sameAs <https://isni.org/isni/0000000121032683> ."
        )
    };
    folder.submit("theatre", &company("theatre", "\"Le Bac\"@fr"));
    folder.submit("office", &company("office", "\"LE BAC\", \"The Ferry\"@en"));
    let public = folder.public("office", "https://office.example/cie");
    assert_eq!(
        values(&public, "http://schema.org/name"),
        ["\"Le Bac\"@fr", "\"The Ferry\"@en"]
    );
    // Alone, or where the followed source gives no language, it stays.
    folder.submit("theatre", &company("theatre", "\"Le Bac\""));
    let public = folder.public("office", "https://office.example/cie");
    assert_eq!(
        values(&public, "http://schema.org/name"),
        ["\"Le Bac\"", "\"The Ferry\"@en"]
    );
    folder.check();
}
