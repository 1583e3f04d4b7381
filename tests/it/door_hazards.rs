//! The door where sources meet, where resources are refused, and where identities are doubtful.

use crate::support::{BASE, Folder, at, name, values};
use affiche::ingest::{Outcome, Report};
use affiche::model::Source;
use affiche::store::State;
use oxrdf::NamedNode;

const PLACE: &str = r#"t:salle a schema:Place ; schema:name "Salle du Bac" ; schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ] .
"#;
const START: &str = r#"schema:startDate "2027-01-10T20:30:00+01:00"^^xsd:dateTime"#;
const FREE: &str = "http://schema.org/isAccessibleForFree";
const OFFERS: &str = "http://schema.org/offers";

/// The theatre's performance `t:un`, and what else it says of it.
fn theatre(more: &str) -> String {
    format!(
        "{PLACE}t:un a schema:PerformingArtsEvent ; schema:name \"Le Bac\"@fr ; {START} ; schema:location t:salle {more} .\n"
    )
}

/// What the office says of the theatre's performance: too little to stand alone.
fn office(more: &str) -> String {
    format!(
        "<https://office.example/1> a schema:PerformingArtsEvent ; schema:sameAs t:un {more} .\n"
    )
}

const FREE_CLAIM: &str = "; schema:isAccessibleForFree true";
const OFFER_CLAIM: &str =
    "; schema:offers [ a schema:Offer ; schema:price 12.0 ; schema:priceCurrency \"EUR\" ]";

fn rules(report: &Report) -> Vec<&str> {
    report
        .findings
        .iter()
        .map(|finding| finding.rule.as_str())
        .collect()
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

fn sum(report: &Report) -> usize {
    let c = &report.counts;
    c.created + c.changed + c.unchanged + c.refused
}

const UN: &str = "https://theatre.example/un";

// --- Claims left out ---------------------------------------------------------------------------

#[test]
fn a_lower_ranked_claim_that_breaks_the_minimum_is_left_out_whichever_property_it_is() {
    for (mine, theirs, kept, gone) in [
        (OFFER_CLAIM, FREE_CLAIM, OFFERS, FREE),
        (FREE_CLAIM, OFFER_CLAIM, FREE, OFFERS),
    ] {
        let mut folder = Folder::with_sources(&["theatre", "office"]);
        folder.submit("theatre", &theatre(""));
        folder.submit("office", &office(theirs));
        folder.check();
        let report = folder.submit("theatre", &theatre(mine));
        assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
        assert!(rules(&report).contains(&"claim-left-out"));
        let public = folder.public("theatre", UN);
        assert_eq!(values(&public, kept).len(), 1);
        assert!(values(&public, gone).is_empty());
        folder.check();
    }
}

#[test]
fn a_left_out_claim_stays_out_while_both_send_the_same_again_and_comes_back_with_its_reason_gone() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(""));
    folder.submit("office", &office(OFFER_CLAIM));
    folder.submit("theatre", &theatre(FREE_CLAIM));
    let public = folder.public("theatre", UN);
    assert!(values(&public, OFFERS).is_empty());
    for (source, text) in [
        ("office", office(OFFER_CLAIM)),
        ("theatre", theatre(FREE_CLAIM)),
        ("office", office(OFFER_CLAIM)),
    ] {
        let report = folder.submit(source, &text);
        assert_eq!(report.outcome, Outcome::Unchanged, "{:#?}", report.findings);
        assert!(rules(&report).contains(&"claim-left-out"), "{source}");
        assert_eq!(folder.public("theatre", UN), public);
        folder.check();
    }
    // The other source changes something else.
    let report = folder.submit(
        "office",
        &office(&format!("{OFFER_CLAIM} ; schema:alternateName \"Au bac\"")),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert!(values(&folder.public("theatre", UN), OFFERS).is_empty());
    folder.check();
    // A refused resource leaves everything as it was.
    let report = folder.submit_partial(
        "office",
        &office("; schema:genre <https://data.example.org/vocab/disciplines/rien>"),
    );
    assert_eq!(report.counts.refused, 1, "{:#?}", report.findings);
    assert!(values(&folder.public("theatre", UN), OFFERS).is_empty());
    folder.check();
    folder.submit("theatre", &theatre(""));
    assert_eq!(values(&folder.public("theatre", UN), OFFERS).len(), 1);
    folder.check();
}

#[test]
fn a_left_out_claim_comes_back_when_the_source_that_it_contradicts_goes() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(""));
    folder.submit(
        "office",
        &format!(
            "{PLACE}{}",
            office(&format!(
                "; schema:name \"Bac\" ; {START} ; schema:location t:salle {OFFER_CLAIM}"
            ))
        ),
    );
    folder.submit("theatre", &theatre(FREE_CLAIM));
    assert!(values(&folder.public("theatre", UN), OFFERS).is_empty());
    folder.check();
    let report = folder.submit("theatre", PLACE);
    assert_eq!(report.counts.withdrawn, 1);
    let public = folder.public("theatre", UN);
    assert_eq!(values(&public, OFFERS).len(), 1);
    folder.check();
    folder.submit("theatre", &theatre(FREE_CLAIM));
    assert!(values(&folder.public("theatre", UN), OFFERS).is_empty());
    folder.check();
}

#[test]
fn a_claim_that_breaks_the_minimum_of_a_higher_ranked_entity_is_refused() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(FREE_CLAIM));
    let report = folder.submit("office", &office(OFFER_CLAIM));
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(values(&folder.public("theatre", UN), OFFERS).is_empty());
    folder.check();
}

// --- Below the minimum -------------------------------------------------------------------------

#[test]
fn what_others_leave_below_the_minimum_is_a_finding_and_blocks_nobody() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(""));
    folder.submit("office", &office("; schema:alternateName \"Au bac\""));
    let un = folder.entity("theatre", UN);
    let report = folder.submit("theatre", PLACE);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let State::Withdrawn(tombstone) = state(&folder, &un) else {
        panic!("nobody describes it enough");
    };
    assert_eq!(tombstone.reason, "below-minimum");
    folder.check();
    // The office says what it said before, then something more.
    let report = folder.submit("office", &office("; schema:alternateName \"Au bac\""));
    assert_eq!(report.outcome, Outcome::Unchanged, "{:#?}", report.findings);
    assert!(!report.findings.is_empty());
    folder.check();
    let report = folder.submit("office", &office("; schema:alternateName \"Au Bac\""));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert!(matches!(state(&folder, &un), State::Withdrawn(_)));
    folder.check();
    // Either mends it.
    let report = folder.submit("theatre", &theatre(""));
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(folder.entity("theatre", UN), un);
    assert_eq!(state(&folder, &un), State::Current);
    assert_eq!(
        values(
            &folder.public("theatre", UN),
            "http://schema.org/alternateName"
        ),
        ["\"Au Bac\""]
    );
    folder.check();
    folder.submit("theatre", PLACE);
    let salle = folder.entity("theatre", "https://theatre.example/salle");
    let report = folder.submit(
        "office",
        &office(&format!(
            "; schema:name \"Le Bac\" ; {START} ; schema:location <{}>",
            salle.as_str()
        )),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(state(&folder, &un), State::Current);
    folder.check();
}

#[test]
fn a_withdrawn_place_leaves_those_that_point_to_it_and_refuses_nobody() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let cie = "t:cie a schema:Organization ; schema:name \"Cie\" .\n";
    folder.submit("theatre", &format!("{PLACE}{cie}"));
    let salle = folder.entity("theatre", "https://theatre.example/salle");
    let organiser = folder.entity("theatre", "https://theatre.example/cie");
    let text = format!(
        "<https://office.example/2> a schema:PerformingArtsEvent ; schema:name \"Deux\" ; {START} ; \
         schema:location <{}> ; schema:organizer <{}> .",
        salle.as_str(),
        organiser.as_str()
    );
    let report = folder.submit("office", &text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let report = folder.submit("theatre", cie);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert!(matches!(state(&folder, &salle), State::Withdrawn(_)));
    assert!(
        !folder
            .public("office", "https://office.example/2")
            .is_empty()
    );
    let deux = folder.entity("office", "https://office.example/2");
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.entity.as_deref() == Some(deux.as_str()))
    );
    folder.check();
    // The violation was there already.
    let report = folder.submit("office", &text.replace("Deux", "Trois"));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    folder.check();
}

// --- Refused resources -------------------------------------------------------------------------

#[test]
fn a_refused_agent_does_not_rename_the_contribution_at_each_sending() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = "t:oeuvre a ado:LivePerformanceWork ; schema:name \"Le Bac\" ; schema:director t:anne .\n\
                t:anne a schema:Person .\n";
    let report = folder.submit_partial("theatre", text);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (1, 1),
        "{:#?}",
        report.findings
    );
    folder.check();
    let again = folder.submit_partial("theatre", text);
    assert_eq!(again.outcome, Outcome::Unchanged);
    folder.check();
}

#[test]
fn what_is_refused_before_validation_is_pointed_to_by_the_senders_iri() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{}t:cie a schema:Organization ; schema:name \"Cie\" ; schema:location <{BASE}/id/00000000000x> .\n",
        theatre("; schema:organizer t:cie")
    );
    let report = folder.submit_partial("theatre", &text);
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (2, 1),
        "{:#?}",
        report.findings
    );
    assert_eq!(
        values(&folder.public("theatre", UN), "http://schema.org/organizer"),
        ["<https://theatre.example/cie>"]
    );
    folder.check();
    assert_eq!(
        folder.submit_partial("theatre", &text).outcome,
        Outcome::Unchanged
    );
}

#[test]
fn an_unknown_iri_of_ours_is_refused_also_when_the_submission_describes_it() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{}<{BASE}/id/00000000000x> a schema:Organization ; schema:name \"Cie\" .\n",
        theatre(&format!("; schema:organizer <{BASE}/id/00000000000x>"))
    );
    let report = folder.submit_partial("theatre", &text);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (1, 2),
        "{:#?}",
        report.findings
    );
    assert!(!folder.export().contains("00000000000x"));
    folder.check();
}

#[test]
fn a_resource_that_lost_its_class_keeps_its_last_accepted_version() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", &theatre(""));
    let un = folder.entity("theatre", UN);
    let report = folder.submit_partial(
        "theatre",
        &format!("{PLACE}t:un schema:name \"Le Bac\"@fr ."),
    );
    assert_eq!(
        (report.counts.refused, report.counts.withdrawn),
        (1, 0),
        "{:#?}",
        report.findings
    );
    assert_eq!(state(&folder, &un), State::Current);
    folder.check();
}

#[test]
fn the_parts_of_a_refused_resource_are_not_refused_a_second_time() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let text = format!(
        "{PLACE}t:deux a schema:PerformingArtsEvent ; schema:name \"Deux\" ; schema:location t:salle ; {START} ; \
         schema:organizer <{BASE}/id/00000000000x> ; \
         schema:offers [ a schema:Offer ; schema:price 3.0 ; schema:priceCurrency \"EUR\" ; schema:seller [ a schema:ContactPoint ; schema:telephone \"1\" ] ] ; \
         schema:image [ a schema:ImageObject ; schema:contentUrl <https://theatre.example/i.jpg> ] .\n"
    );
    let report = folder.submit_partial("theatre", &text);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (1, 1),
        "{:#?}",
        report.findings
    );
}

#[test]
fn a_refused_concept_keeps_its_last_accepted_version() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", "t:c a skos:Concept ; skos:prefLabel \"C\"@fr .");
    let report = folder.submit_partial(
        "theatre",
        "t:c a skos:Concept ; skos:prefLabel \"D\"@fr ; schema:sameAs <mailto:a@theatre.example> .",
    );
    let concept = NamedNode::new("https://theatre.example/c").unwrap();
    let public = folder
        .store
        .snapshot()
        .unwrap()
        .view()
        .public_description(&concept)
        .unwrap();
    if report.counts.refused == 1 {
        assert_eq!(report.counts.withdrawn, 0);
        assert_eq!(
            values(&public, "http://www.w3.org/2004/02/skos/core#prefLabel"),
            ["\"C\"@fr"]
        );
    }
    assert!(!public.is_empty(), "{:#?}", report.findings);
    folder.check();
}

#[test]
fn every_resource_is_counted_once_and_no_unpublished_iri_is_shown() {
    for is_partial in [true, false] {
        let mut folder = Folder::with_sources(&["theatre"]);
        folder.submit("theatre", &theatre(""));
        let text = format!(
            "{}t:cie a schema:Organization .\n\
             t:deux a schema:PerformingArtsEvent ; schema:name \"Deux\" ; {START} ; schema:location t:cie .\n\
             t:trois a schema:PerformingArtsEvent ; schema:name \"Trois\" ; {START} ; schema:location [ a schema:Place ] .\n\
             t:anne a schema:Person ; schema:name \"Anne\"@fr, \"Anna\"@fr .\n",
            theatre("")
        );
        let report = folder.try_submit("theatre", &text, is_partial).unwrap();
        assert_eq!(report.counts.unchanged, 2);
        // cie, deux, trois and the place without a name; in whole mode too.
        assert_eq!(
            report.counts.refused, 4,
            "{is_partial} {:#?}",
            report.findings
        );
        assert_eq!(sum(&report), 7, "{:?}", report.counts);
        let snapshot = folder.store.snapshot().unwrap();
        for finding in &report.findings {
            for text in [
                finding.entity.as_deref(),
                finding.value.as_deref(),
                Some(finding.subject.as_str()),
            ]
            .into_iter()
            .flatten()
            {
                if let Some(Ok(noid)) = crate::support::base().entity_of(text) {
                    assert_ne!(
                        snapshot.view().state(&noid).unwrap(),
                        State::Unknown,
                        "{finding:?}"
                    );
                }
            }
        }
        let anne = report
            .findings
            .iter()
            .find(|f| f.subject.ends_with("/anne"))
            .unwrap();
        assert_eq!(anne.entity.is_some(), is_partial, "{anne:?}");
    }
}

// --- Who is the same as whom -------------------------------------------------------------------

const ISNI: &str = "schema:sameAs <https://isni.org/isni/0000000121032683>";

#[test]
fn two_entities_that_are_both_public_are_not_joined_by_a_shared_identifier() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit(
        "theatre",
        "t:a a schema:Organization ; schema:name \"A\" . t:b a schema:Organization ; schema:name \"B\" .",
    );
    let (a, b) = (
        folder.entity("theatre", "https://theatre.example/a"),
        folder.entity("theatre", "https://theatre.example/b"),
    );
    let text = format!(
        "t:a a schema:Organization ; schema:name \"A\" ; {ISNI} . t:b a schema:Organization ; schema:name \"B\" ; {ISNI} ."
    );
    for _ in 0..2 {
        let report = folder.submit("theatre", &text);
        assert!(
            rules(&report).contains(&"possible-duplicate"),
            "{:#?}",
            report.findings
        );
        assert_eq!(report.counts.withdrawn, 0);
        assert_eq!(folder.entity("theatre", "https://theatre.example/a"), a);
        assert_eq!(folder.entity("theatre", "https://theatre.example/b"), b);
        assert_eq!(state(&folder, &b), State::Current);
        folder.check();
    }
}

#[test]
fn same_as_joins_within_one_submission_as_it_does_over_two() {
    let a = "t:a a schema:Organization ; schema:name \"A\" .\n";
    let b = "t:b a schema:Organization ; schema:name \"A\" ; schema:sameAs t:a .\n";
    let mut folder = Folder::with_sources(&["theatre"]);
    let report = folder.submit("theatre", &format!("{a}{b}"));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        folder.entity("theatre", "https://theatre.example/a"),
        folder.entity("theatre", "https://theatre.example/b")
    );
    assert_eq!(
        values(
            &folder.public("theatre", "https://theatre.example/a"),
            "http://schema.org/sameAs"
        ),
        ["<https://theatre.example/a>"]
    );
    folder.check();
    let report = folder.submit("theatre", &format!("{a}{b}"));
    assert_eq!(report.outcome, Outcome::Unchanged);

    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", a);
    let report = folder.submit("theatre", &format!("{a}{b}"));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        folder.entity("theatre", "https://theatre.example/a"),
        folder.entity("theatre", "https://theatre.example/b")
    );
    folder.check();
}

#[test]
fn same_as_our_own_iri_joins_within_one_kind() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(""));
    let un = folder.entity("theatre", UN);
    let report = folder.submit(
        "office",
        &format!("<https://office.example/1> a schema:PerformingArtsEvent ; schema:sameAs <{}> ; schema:alternateName \"Au bac\" .", un.as_str()),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(folder.entity("office", "https://office.example/1"), un);
    let public = folder.public("theatre", UN);
    assert!(values(&public, "http://schema.org/sameAs").is_empty());
    folder.check();
    let report = folder.submit(
        "office",
        &format!(
            "<https://office.example/p> a schema:Person ; schema:name \"P\" ; schema:sameAs <{}> .",
            un.as_str()
        ),
    );
    assert_eq!(report.counts.created, 1, "{:#?}", report.findings);
    assert_ne!(folder.entity("office", "https://office.example/p"), un);
    folder.check();
}

#[test]
fn two_resources_that_both_name_anothers_are_both_remembered() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(""));
    let un = folder.entity("theatre", UN);
    folder.submit(
        "office",
        "<https://office.example/1> a schema:PerformingArtsEvent ; schema:sameAs t:un . \
         <https://office.example/2> a schema:PerformingArtsEvent ; schema:sameAs t:un ; schema:alternateName \"Au bac\" .",
    );
    assert_eq!(folder.entity("office", "https://office.example/1"), un);
    assert_eq!(folder.entity("office", "https://office.example/2"), un);
    folder.check();
}

#[test]
fn a_source_describes_anothers_entity_under_our_iri_and_sends_its_parts_back() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    folder.submit("theatre", &theatre(OFFER_CLAIM));
    let text: String = folder
        .public("theatre", UN)
        .iter()
        .map(|triple| format!("{triple} .\n"))
        .collect();
    let report = folder.submit("office", &text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        (report.counts.created, report.counts.refused),
        (1, 0),
        "{:#?}",
        report.findings
    );
    folder.check();
    let report = folder.submit_partial(
        "office",
        &format!(
            "<{}#part-x> a schema:Place ; schema:name \"X\" .",
            folder.entity("theatre", UN).as_str()
        ),
    );
    assert_eq!(report.counts.refused, 1);
    folder.check();
}

// --- Fusion ------------------------------------------------------------------------------------

#[test]
fn the_house_is_followed_whichever_source_came_first() {
    let mut folder = Folder::with_sources(&["office"]);
    folder.add(&Source {
        rank: 90,
        speaks_for: vec![NamedNode::new("https://theatre.example/salle").unwrap()],
        ..Source::new(name("theatre"))
    });
    folder.submit(
        "office",
        "<https://office.example/1> a schema:PerformingArtsEvent ; schema:name \"Le Bac\"@fr ; \
         schema:startDate \"2027-01-10T21:00:00+01:00\"^^xsd:dateTime ; schema:location [ a schema:Place ; schema:name \"Salle\" ] .",
    );
    let report = folder.submit(
        "theatre",
        &theatre("; schema:sameAs <https://office.example/1>"),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(
        folder.entity("theatre", UN),
        folder.entity("office", "https://office.example/1")
    );
    folder.check();
    assert!(
        values(&folder.public("theatre", UN), "http://schema.org/startDate")[0].contains("T20:30")
    );
}

#[test]
fn a_house_is_known_by_an_external_identifier_too() {
    let mut folder = Folder::with_sources(&["office"]);
    folder.add(&Source {
        rank: 90,
        speaks_for: vec![NamedNode::new("https://isni.org/isni/0000000121032683").unwrap()],
        ..Source::new(name("theatre"))
    });
    folder.submit(
        "theatre",
        &format!(
            "t:cie a schema:Organization ; schema:name \"Cie\" ; {ISNI} .\n{}",
            theatre("; schema:organizer t:cie")
        ),
    );
    folder.submit(
        "office",
        &office("; schema:startDate \"2027-01-10T21:00:00+01:00\"^^xsd:dateTime"),
    );
    folder.check();
    assert!(
        values(&folder.public("theatre", UN), "http://schema.org/startDate")[0].contains("T20:30")
    );
}

#[test]
fn at_equal_rank_the_latest_change_of_a_block_wins_and_sending_the_same_again_is_no_change() {
    let mut folder = Folder::new();
    for source in ["theatre", "office"] {
        folder.add(&Source::new(name(source)));
    }
    let office_at = |hour: u8, more: &str| {
        office(&format!(
            "; schema:startDate \"2027-01-10T{hour}:00:00+01:00\"^^xsd:dateTime {more}"
        ))
    };
    folder.submit("theatre", &theatre(""));
    let start = |folder: &Folder| {
        values(&folder.public("theatre", UN), "http://schema.org/startDate")[0][12..17].to_owned()
    };
    folder.now = at("2026-11-22T13:00:00Z");
    folder.submit("office", &office_at(21, ""));
    assert_eq!(start(&folder), "21:00");
    folder.now = at("2026-11-22T14:00:00Z");
    folder.submit("theatre", &theatre("; schema:alternateName \"Bac\""));
    assert_eq!(start(&folder), "21:00", "another property is another block");
    folder.now = at("2026-11-22T15:00:00Z");
    folder.submit(
        "theatre",
        &theatre("; schema:endDate \"2027-01-10T22:30:00+01:00\"^^xsd:dateTime"),
    );
    assert_eq!(start(&folder), "20:30");
    folder.now = at("2026-11-22T16:00:00Z");
    folder.submit("office", &office_at(21, "; schema:alternateName \"X\""));
    assert_eq!(start(&folder), "20:30");
    folder.check();
    // What an offer says counts for all offers, also what is not in its name.
    let offer = |availability: &str| {
        format!(
            "; schema:offers [ a schema:Offer ; schema:price 12.0 ; schema:priceCurrency \"EUR\" ; schema:availability schema:{availability} ]"
        )
    };
    folder.now = at("2026-11-22T17:00:00Z");
    folder.submit("theatre", &theatre(&offer("InStock")));
    folder.now = at("2026-11-22T18:00:00Z");
    folder.submit("office", &office(&offer("InStock")));
    folder.now = at("2026-11-22T19:00:00Z");
    folder.submit("theatre", &theatre(&offer("SoldOut")));
    assert_eq!(
        values(
            &folder.public("theatre", UN),
            "http://schema.org/availability"
        ),
        ["<http://schema.org/SoldOut>"]
    );
    folder.check();
}

// --- Parts -------------------------------------------------------------------------------------

#[test]
fn parts_that_point_to_each_other_many_times_over_are_described_once() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let mut text = theatre("; schema:image _:p0");
    for level in 0..14 {
        text.push_str(&format!("_:p{level} a schema:ImageObject "));
        for property in [
            "image",
            "thumbnail",
            "associatedMedia",
            "about",
            "mentions",
            "hasPart",
        ] {
            text.push_str(&format!("; schema:{property} _:p{} ", level + 1));
        }
        text.push_str(".\n");
    }
    text.push_str(
        "_:p14 a schema:ImageObject ; schema:contentUrl <https://theatre.example/i.jpg> .\n",
    );
    let report = folder.submit("theatre", &text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    folder.check();
}

#[test]
fn one_contribution_that_two_sources_word_differently_has_one_credit_line() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let said = |prefix: &str, mention: &str| {
        format!(
            "<https://{prefix}.example/anne> a schema:Person ; schema:name \"Anne\" ; {ISNI} .\n\
             <https://{prefix}.example/o> a ado:LivePerformanceWork ; schema:name \"O\" ; schema:sameAs <http://www.wikidata.org/entity/Q1> ; \
             sv:contribution [ a schema:Role ; sv:agent <https://{prefix}.example/anne> ; sv:fonction fonctions:mise-en-scene ; sv:mention \"{mention}\" ] .\n"
        )
    };
    folder.submit("office", &said("office", "m.e.s. Anne"));
    folder.submit("theatre", &said("theatre", "mise en scène : Anne"));
    let public = folder.public("theatre", "https://theatre.example/o");
    assert_eq!(
        values(&public, "https://data.example.org/ns#mention"),
        ["\"mise en scène : Anne\""]
    );
    assert_eq!(values(&public, "http://schema.org/director").len(), 1);
    folder.check();
}

// --- What is over ------------------------------------------------------------------------------

#[test]
fn what_is_over_stays_whatever_kind_of_event_it_is() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let text = format!(
        "{PLACE}\
         t:rencontre a schema:Event ; schema:name \"Rencontre\" ; schema:location t:salle ; schema:startDate \"2026-12-01\"^^xsd:date .\n\
         t:serie a schema:EventSeries ; schema:name \"Série\" ; schema:endDate \"2026-12-02\"^^xsd:date ; schema:startDate \"2026-12-01\"^^xsd:date .\n\
         t:festival a schema:Festival ; schema:name \"Festival\" ; schema:startDate \"2026-12-01\"^^xsd:date ; schema:endDate \"2027-12-02\"^^xsd:date .\n\
         t:sans-date a schema:EventSeries ; schema:name \"Sans date\" .\n\
         t:un a schema:PerformingArtsEvent ; schema:name \"Un\" ; schema:location t:salle ; schema:startDate \"2026-12-01T20:30:00+01:00\"^^xsd:dateTime .\n"
    );
    folder.submit("theatre", &text);
    folder.submit("office", &office("; schema:alternateName \"Au bac\""));
    folder.now = at("2026-12-03T12:00:00Z");
    let other = "t:autre a schema:Person ; schema:name \"Autre\" .";
    let report = folder.submit("theatre", other);
    // The meeting, the series and the performance, and their place.
    assert_eq!(
        (report.counts.kept, report.counts.withdrawn),
        (4, 2),
        "{:#?}",
        report.findings
    );
    folder.check();
    // What the office says of the performance stays too: it is over, though the date is another's.
    let report = folder.submit(
        "office",
        "<https://office.example/p> a schema:Person ; schema:name \"P\" .",
    );
    assert_eq!(
        (report.counts.kept, report.counts.withdrawn),
        (1, 0),
        "{:#?}",
        report.findings
    );
    folder.check();
}

// --- Size --------------------------------------------------------------------------------------

/// Panics when four times as much takes far more than four times as long, three times running: a
/// quadratic step would take sixteen times as long, and others at work on the machine do not
/// slow down the same half every time.
fn takes_time_in_proportion(seconds: impl Fn(usize) -> f64, count: usize) {
    let mut measured = Vec::new();
    for _ in 0..3 {
        let (small, large) = (seconds(count), seconds(4 * count));
        if large < small * 10.0 {
            return;
        }
        measured.push((small, large));
    }
    panic!("seconds for one and for four times as much: {measured:?}");
}

#[test]
fn a_large_submission_of_which_much_is_refused_takes_time_in_proportion() {
    let seconds = |count: usize| {
        let mut folder = Folder::with_sources(&["theatre"]);
        let mut text = String::new();
        for n in 0..count {
            let name = if n % 4 == 0 {
                String::new()
            } else {
                format!("; schema:name \"Salle {n}\"")
            };
            text.push_str(&format!(
                "t:salle{n} a schema:Place {name} .\nt:p{n} a schema:PerformingArtsEvent ; schema:name \"P {n}\" ; {START} ; schema:location t:salle{n} .\n"
            ));
        }
        let started = std::time::Instant::now();
        let report = folder.submit_partial("theatre", &text);
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(report.counts.refused, count / 2);
        assert_eq!(report.counts.created, count * 3 / 2);
        seconds
    };
    takes_time_in_proportion(seconds, 240);
}

#[test]
fn many_performances_at_one_place_and_many_offers_of_one_performance_take_time_in_proportion() {
    let seconds = |count: usize| {
        let mut folder = Folder::with_sources(&["theatre"]);
        let mut text = String::from("t:anonyme a schema:Place .\n");
        for n in 0..count {
            text.push_str(&format!(
                "t:p{n} a schema:PerformingArtsEvent ; schema:name \"P {n}\" ; {START} ; schema:location t:anonyme .\n\
                 t:q{n} a schema:PerformingArtsEvent ; schema:name \"Q {n}\" ; {START} ; schema:location t:salle ; {ISNI} .\n"
            ));
        }
        let offers: String = (0..count)
            .map(|n| format!("; schema:offers [ a schema:Offer ; schema:price {n}.0 ; schema:priceCurrency \"EUR\" ]"))
            .collect();
        text.push_str(&theatre(&offers));
        let started = std::time::Instant::now();
        let report = folder.submit_partial("theatre", &text);
        let text = text.replace("EUR", "CHF");
        folder.submit_partial("theatre", &text);
        let seconds = started.elapsed().as_secs_f64();
        assert_eq!(report.counts.refused, count + 1, "{:?}", report.counts);
        seconds
    };
    takes_time_in_proportion(seconds, 200);
}

// --- The writer --------------------------------------------------------------------------------

#[test]
fn a_panic_inside_a_write_leaves_no_trace_and_does_not_stop_the_next() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let before = folder.export();
    let quad = oxrdf::Quad::new(
        NamedNode::new("https://theatre.example/x").unwrap(),
        NamedNode::new("http://schema.org/name").unwrap(),
        oxrdf::Literal::new_simple_literal("x"),
        oxrdf::GraphName::DefaultGraph,
    );
    let store = &folder.store;
    let outcome = std::thread::scope(|scope| {
        scope
            .spawn(|| {
                let mut write = store.write().unwrap();
                write.insert(quad.clone()).unwrap();
                panic!("inside the write");
            })
            .join()
    });
    assert!(outcome.is_err());
    assert!(!folder.store.is_stopped());
    assert_eq!(folder.export(), before);
    assert_eq!(
        folder.submit("theatre", &theatre("")).outcome,
        Outcome::Accepted
    );
    folder.check();
}

#[test]
fn a_reader_keeps_its_state_while_others_write_and_sees_nothing_uncommitted() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", &theatre(""));
    let un = folder.entity("theatre", UN);
    let (store, door, now) = (&folder.store, folder.door, folder.now);
    let snapshot = store.snapshot().unwrap();
    let before = snapshot.view().public_description(&un).unwrap();
    let generation = snapshot.view().generation().unwrap();
    let text = format!(
        "{}{}",
        crate::support::PREFIXES,
        theatre("; schema:alternateName \"Bac\"")
    );
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let source = name("theatre");
            let document = affiche::ingest::Document {
                name: "-",
                bytes: text.as_bytes(),
                format: Some("turtle"),
                base: None,
            };
            let submission = affiche::ingest::Submission {
                is_partial: Some(false),
                ..affiche::ingest::Submission::new(&source, std::slice::from_ref(&document))
            };
            affiche::ingest::submit(
                store,
                door,
                &submission,
                now,
                &mut affiche::store::fill_random,
            )
            .unwrap();
        });
    });
    assert_eq!(snapshot.view().public_description(&un).unwrap(), before);
    assert_eq!(snapshot.view().generation().unwrap(), generation);
    let mut write = store.write().unwrap();
    let later = store.snapshot().unwrap();
    assert_ne!(later.view().public_description(&un).unwrap(), before);
    assert_eq!(later.view().generation().unwrap(), store.generation());
    for triple in later.view().public_description(&un).unwrap() {
        write
            .remove(triple.in_graph(oxrdf::GraphName::DefaultGraph))
            .unwrap();
    }
    assert!(write.after().public_description(&un).unwrap().is_empty());
    assert!(
        !store
            .snapshot()
            .unwrap()
            .view()
            .public_description(&un)
            .unwrap()
            .is_empty()
    );
    drop(write);
    folder.check();
}
