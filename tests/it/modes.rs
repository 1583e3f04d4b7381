//! The modes of a submission, and what an operator does with a source.

use crate::support::{Folder, name, values};
use affiche::ingest::{Outcome, Submission, SubmitError, sources};
use affiche::model::{Kind, Mode, RankRule};
use affiche::store::State;

const NAME: &str = "http://schema.org/name";
const PHONE: &str = "http://schema.org/telephone";
const SALLE: &str = "https://theatre.example/salle";
const UN: &str = "https://theatre.example/un";

/// A place and two performances at it.
const SEASON: &str = r#"
t:salle a schema:Place, schema:PerformingArtsTheater ; schema:name "Salle du Bac" ; schema:telephone "02 47 00 00 00" ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "37000" ; schema:addressLocality "Tours" ] .
t:un a schema:PerformingArtsEvent ; schema:name "Un"@fr ; schema:startDate "2027-01-10T20:30:00" ; schema:location t:salle .
t:deux a schema:PerformingArtsEvent ; schema:name "Deux"@fr ; schema:startDate "2027-01-11T20:30:00" ; schema:location t:salle .
"#;

fn season() -> Folder {
    let mut folder = Folder::with_sources(&["theatre"]);
    let report = folder.submit("theatre", SEASON);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    folder
}

#[test]
fn an_upsert_describes_what_it_names_whole_and_leaves_the_rest_alone() {
    let mut folder = season();
    let deux = folder.public("theatre", "https://theatre.example/deux");
    let report = folder.send(
        Mode::Upsert,
        "theatre",
        r#"t:un a schema:PerformingArtsEvent ; schema:name "Un, enfin"@fr ; schema:startDate "2027-01-12T20:30:00" ;
           schema:location t:salle .
           t:trois a schema:PerformingArtsEvent ; schema:name "Trois"@fr ; schema:startDate "2027-01-13T20:30:00" ;
           schema:location t:salle ."#,
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!((report.counts.created, report.counts.changed), (1, 1));
    assert_eq!((report.counts.withdrawn, report.counts.kept), (0, 0));
    assert_eq!(
        values(&folder.public("theatre", UN), NAME),
        ["\"Un, enfin\"@fr"]
    );
    assert_eq!(
        folder.public("theatre", "https://theatre.example/deux"),
        deux
    );
    folder.check();
}

#[test]
fn an_embedded_stub_changes_only_the_properties_that_it_gives() {
    let mut folder = season();
    let report = folder.send(
        Mode::Upsert,
        "theatre",
        r#"t:un a schema:PerformingArtsEvent ; schema:name "Un"@fr ; schema:startDate "2027-01-10T20:30:00" ;
           schema:location t:salle .
           t:salle a schema:Place ; schema:name "Grande salle du Bac" ."#,
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let place = folder.public("theatre", SALLE);
    assert_eq!(values(&place, NAME), ["\"Grande salle du Bac\""]);
    assert_eq!(values(&place, PHONE), ["\"02 47 00 00 00\""]);
    assert_eq!(
        values(&place, "http://schema.org/postalCode"),
        ["\"37000\""]
    );
    let classes = values(&place, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type");
    assert!(
        classes.contains(&"<http://schema.org/PerformingArtsTheater>".to_owned()),
        "{classes:?}"
    );

    // Sent on its own, it is described whole: what it no longer has is gone.
    let report = folder.send(
        Mode::Upsert,
        "theatre",
        r#"t:salle a schema:Place ; schema:name "Salle du Bac" ."#,
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert!(values(&folder.public("theatre", SALLE), PHONE).is_empty());
    folder.check();
}

#[test]
fn an_upsert_that_is_refused_leaves_what_was_there() {
    let mut folder = season();
    let before = folder.export();
    let report = folder.send(
        Mode::Upsert,
        "theatre",
        r#"t:un a schema:PerformingArtsEvent ; schema:name "Un"@fr ; schema:location t:salle ."#,
    );
    assert_eq!(report.outcome, Outcome::Refused);
    assert_eq!(folder.export(), before);
    folder.check();
}

#[test]
fn withdrawing_takes_back_what_is_named_and_not_the_place_that_comes_with_it() {
    let mut folder = season();
    let un = folder.entity("theatre", UN);
    let report = folder.send(
        Mode::Withdraw,
        "theatre",
        r#"t:un a schema:PerformingArtsEvent ; schema:location t:salle . t:salle a schema:Place ; schema:name "x" ."#,
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(report.counts.withdrawn, 1);
    assert!(folder.public("theatre", UN).is_empty());
    assert!(!folder.public("theatre", SALLE).is_empty());
    let snapshot = folder.store.snapshot().expect("a snapshot");
    match snapshot.view().state_of(&un).expect("it can be read") {
        State::Withdrawn(tombstone) => assert_eq!(tombstone.reason, "withdrawn"),
        other => panic!("{other:?}"),
    }
    drop(snapshot);
    folder.check();

    // It comes back under the same IRI.
    let report = folder.send(Mode::Upsert, "theatre", SEASON);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(folder.entity("theatre", UN), un);
    assert!(!folder.public("theatre", UN).is_empty());
    folder.check();
}

#[test]
fn a_list_of_iris_withdraws_by_the_senders_names_and_by_ours() {
    let mut folder = season();
    let salle = folder.entity("theatre", SALLE);
    let list = format!(
        "# no longer ours\r\n{UN}\r\n{}\nhttps://theatre.example/never-sent\n",
        salle.as_str()
    );
    let report = folder.send_bytes(Mode::Withdraw, "theatre", list.as_bytes(), "iris");
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(report.counts.withdrawn, 2);
    let unknown: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "nothing-to-withdraw")
        .map(|finding| finding.subject.as_str())
        .collect();
    assert_eq!(unknown, ["https://theatre.example/never-sent"]);
    // The other performance stays, although its place is gone, and the sender is told.
    assert!(
        !folder
            .public("theatre", "https://theatre.example/deux")
            .is_empty()
    );
    let complaints = report
        .findings
        .iter()
        .filter(|finding| finding.path.as_deref() == Some("http://schema.org/location"));
    assert!(complaints.count() > 0, "{:#?}", report.findings);
    folder.check();
}

#[test]
fn only_a_list_to_withdraw_may_be_a_list_of_iris() {
    let mut folder = season();
    let before = folder.export();
    for mode in [Mode::Replace, Mode::Upsert] {
        let report = folder.send_bytes(mode, "theatre", UN.as_bytes(), "iris");
        assert_eq!(report.outcome, Outcome::Refused, "{mode:?} {report:#?}");
    }
    assert_eq!(folder.export(), before);
}

#[test]
fn one_source_cannot_withdraw_what_another_says() {
    let mut folder = season();
    folder.add(&affiche::model::Source::new(name("office")));
    let before = folder.public("theatre", UN);
    let report = folder.send_bytes(Mode::Withdraw, "office", UN.as_bytes(), "iris");
    assert_eq!(report.outcome, Outcome::Unchanged);
    let entity = folder.entity("theatre", UN);
    let report = folder.send_bytes(Mode::Withdraw, "office", entity.as_str().as_bytes(), "iris");
    assert_eq!(report.outcome, Outcome::Unchanged);
    assert_eq!(folder.public("theatre", UN), before);
}

#[test]
fn a_dry_run_reports_what_would_happen_and_changes_nothing() {
    let mut folder = season();
    let before = folder.export();
    let generation = folder.store.generation();
    let source = name("theatre");
    let text = format!("{}{SEASON}", crate::support::PREFIXES).replace("\"Un\"", "\"Autre\"");
    let document = affiche::ingest::Document {
        name: "-",
        bytes: text.as_bytes(),
        format: Some("turtle"),
        base: None,
    };
    let submission = Submission {
        is_dry_run: true,
        ..Submission::new(&source, std::slice::from_ref(&document))
    };
    let report = folder.take(&submission).expect("it can be read");
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!((report.counts.changed, report.is_dry_run), (1, true));
    assert_eq!(report.generation, generation);
    assert_eq!(folder.export(), before);
    let report = folder.take(&Submission {
        is_dry_run: false,
        ..submission
    });
    assert_eq!(report.expect("it can be read").counts.changed, 1);
}

#[test]
fn a_source_is_partial_by_default_when_it_is_set_so() {
    let mut folder = season();
    let set = |source: &mut affiche::model::Source| source.is_partial = true;
    sources::change(
        &folder.store,
        folder.door,
        &name("theatre"),
        set,
        folder.now,
    )
    .expect("the setting makes sense");
    let text = format!("{SEASON} t:faux a schema:PerformingArtsEvent ; schema:location t:salle .");
    let report = folder.send(Mode::Replace, "theatre", &text);
    assert_ne!(report.outcome, Outcome::Refused, "{:#?}", report.findings);
    assert_eq!(report.counts.refused, 1);
}

#[test]
fn a_closed_source_stays_published_and_takes_nothing_more() {
    let mut folder = season();
    let public = folder.public("theatre", UN);
    let close = |source: &mut affiche::model::Source| source.is_closed = true;
    sources::change(
        &folder.store,
        folder.door,
        &name("theatre"),
        close,
        folder.now,
    )
    .expect("it is there");
    let error = folder.try_submit("theatre", SEASON, false);
    assert!(matches!(error, Err(SubmitError::Closed(_))), "{error:?}");
    assert_eq!(folder.public("theatre", UN), public);
    folder.check();
}

#[test]
fn a_removed_source_leaves_tombstones_and_gets_its_iris_back_when_it_returns() {
    let mut folder = season();
    folder.add(&affiche::model::Source::new(name("office")));
    let salle = folder.entity("theatre", SALLE);
    let report = folder.submit(
        "office",
        &format!(
            "<https://office.example/salle> a schema:Place ; schema:name \"Le Bac\" ; schema:sameAs <{}> .",
            salle.as_str()
        ),
    );
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let un = folder.entity("theatre", UN);
    let before = folder.export();
    let trial = sources::remove(
        &folder.store,
        folder.door,
        &name("theatre"),
        true,
        folder.now,
    )
    .expect("it is there");
    assert_eq!(
        (trial.outcome, trial.counts.withdrawn),
        (Outcome::Accepted, 3)
    );
    assert_eq!(folder.export(), before);

    let report = sources::remove(
        &folder.store,
        folder.door,
        &name("theatre"),
        false,
        folder.now,
    )
    .expect("it is there");
    assert_eq!(report.outcome, Outcome::Accepted);
    let snapshot = folder.store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    assert!(matches!(view.state_of(&un), Ok(State::Withdrawn(_))));
    let described = view.described_by(&name("theatre"));
    assert!(described.expect("it can be read").is_empty());
    assert_eq!(
        values(
            &view.public_description(&salle).expect("it can be read"),
            NAME
        ),
        ["\"Le Bac\""]
    );
    drop(snapshot);
    folder.check();

    let open = |source: &mut affiche::model::Source| source.is_closed = false;
    sources::change(
        &folder.store,
        folder.door,
        &name("theatre"),
        open,
        folder.now,
    )
    .expect("it is there");
    let report = folder.submit("theatre", SEASON);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    assert_eq!(folder.entity("theatre", UN), un);
    folder.check();
}

#[test]
fn a_rank_decides_at_once_and_only_where_it_holds() {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let place = |iri: &str, label: &str, code: &str, same: &str| {
        format!(
            "<{iri}> a schema:Place ; schema:name \"{label}\"@fr {same} ; schema:address [ a schema:PostalAddress ; \
             schema:streetAddress \"1 rue\" ; <http://rdf.insee.fr/def/geo#codeINSEE> \"{code}\" ] .\n"
        )
    };
    let both = |first: &str, second: &str| {
        place("https://theatre.example/a", first, "97411", "")
            + &place("https://theatre.example/b", second, "37261", "")
    };
    let report = folder.submit("theatre", &both("A du théâtre", "B du théâtre"));
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let same = |local: &str| format!("; schema:sameAs <https://theatre.example/{local}>");
    let text = place(
        "https://office.example/a",
        "A de l'office",
        "97411",
        &same("a"),
    ) + &place(
        "https://office.example/b",
        "B de l'office",
        "37261",
        &same("b"),
    );
    let report = folder.submit("office", &text);
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
    let names = |folder: &Folder| {
        ["a", "b"].map(|local| {
            let public = folder.public("theatre", &format!("https://theatre.example/{local}"));
            values(&public, NAME).concat()
        })
    };
    assert_eq!(
        names(&folder),
        ["\"A du théâtre\"@fr", "\"B du théâtre\"@fr"]
    );

    let reunion = {
        let snapshot = folder.store.snapshot().expect("a snapshot");
        sources::territory(&snapshot.view(), "R04").expect("the region is known")
    };
    let rank = |source: &mut affiche::model::Source| {
        source.ranks = vec![RankRule {
            kind: Kind::named("place"),
            territory: Some(reunion),
            rank: 1,
        }];
    };
    let report = sources::change(
        &folder.store,
        folder.door,
        &name("office"),
        rank,
        folder.now,
    )
    .expect("the rank makes sense");
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(
        names(&folder),
        ["\"A de l'office\"@fr", "\"B du théâtre\"@fr"]
    );
    folder.check();

    let everywhere = |source: &mut affiche::model::Source| {
        source.ranks.clear();
        source.rank = 1;
    };
    sources::change(
        &folder.store,
        folder.door,
        &name("office"),
        everywhere,
        folder.now,
    )
    .expect("the rank makes sense");
    assert_eq!(
        names(&folder),
        ["\"A de l'office\"@fr", "\"B de l'office\"@fr"]
    );
    folder.check();
}
