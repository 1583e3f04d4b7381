//! Bad and hostile input: each a clear error, and nothing changed.

use crate::support::{BASE, Folder, PREFIXES, name, values};
use affiche::ingest::{Outcome, SubmitError};
use affiche::store::State;

/// Sends bytes that cannot be read and gives what the sender is told.
fn unreadable(format: &str, bytes: &[u8]) -> String {
    let mut folder = Folder::with_sources(&["theatre"]);
    let before = folder.export();
    let error = folder.submit_bytes("theatre", bytes, format, false);
    let Err(SubmitError::Read { document, error }) = error else {
        panic!("it was read: {error:?}");
    };
    assert_eq!(document, "-");
    assert_eq!(folder.export(), before);
    folder.check();
    error.to_string()
}

/// Sends Turtle that is refused and gives the rules of the violations.
fn refused(turtle: &str) -> Vec<String> {
    let mut folder = Folder::with_sources(&["theatre", "autre"]);
    let before = folder.export();
    let report = folder.submit("theatre", turtle);
    assert_eq!(report.outcome, Outcome::Refused, "{:#?}", report.findings);
    assert_eq!(folder.export(), before);
    report
        .findings
        .into_iter()
        .filter(|finding| finding.severity == affiche::model::Severity::Violation)
        .map(|finding| finding.rule)
        .collect()
}

#[test]
fn a_truncated_file_is_refused_with_its_place() {
    let whole = format!("{PREFIXES}t:a a schema:Person ; schema:name \"Anne");
    let error = unreadable("turtle", whole.as_bytes());
    assert!(error.contains("line 8"), "{error}");
    let json = r#"{"@context": "https://schema.org", "@graph": [{"@id": "https://a.example/1", "@type": "Person""#;
    assert!(!unreadable("jsonld", json.as_bytes()).is_empty());
}

#[test]
fn a_format_that_cannot_be_read_names_those_that_can() {
    let error = unreadable("application/pdf", b"%PDF-1.7");
    assert!(
        error.contains("application/pdf") && error.contains("text/turtle"),
        "{error}"
    );
}

#[test]
fn json_nested_ten_thousand_deep_is_refused_by_its_limit() {
    let mut json = String::from(
        r#"{"@context": "https://schema.org", "@id": "https://a.example/1", "name": "#,
    );
    json.push_str(&r#"{"about":"#.repeat(10_000));
    json.push('1');
    json.push_str(&"}".repeat(10_001));
    let error = unreadable("jsonld", json.as_bytes());
    assert!(error.contains("100"), "the limit is named: {error}");
    let mut turtle = format!("{PREFIXES}t:a schema:about ");
    turtle.push_str(&"[ schema:about ".repeat(10_000));
    turtle.push_str("1 ");
    turtle.push_str(&"]".repeat(10_000));
    turtle.push('.');
    assert!(unreadable("turtle", turtle.as_bytes()).contains("100"));
}

#[test]
fn a_relative_iri_without_a_base_is_said_to_be_one() {
    let error = unreadable("turtle", b"<agenda/1> a <http://schema.org/Event> .");
    assert!(error.contains("base"), "{error}");
}

#[test]
fn bytes_that_are_not_utf_8_are_refused_with_their_place() {
    let error = unreadable(
        "turtle",
        b"<https://a.example/1> <http://schema.org/name> \"Th\xe9\xe2tre\" .",
    );
    assert!(
        error.to_lowercase().contains("utf-8") && error.contains("line 1"),
        "{error}"
    );
}

#[test]
fn an_iri_with_spaces_is_refused_with_its_place() {
    let error = unreadable(
        "turtle",
        b"<https://a.example/a b> <http://schema.org/name> \"A\" .",
    );
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn a_remote_context_is_never_fetched() {
    let error = unreadable("jsonld", br#"{"@context": "http://127.0.0.1:9/context.jsonld", "@id": "https://a.example/1", "name": "A"}"#);
    assert!(
        error.contains("http://127.0.0.1:9/context.jsonld"),
        "{error}"
    );
}

#[test]
fn a_javascript_iri_never_becomes_a_value() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let report = folder.submit(
        "theatre",
        r#"t:a a schema:Person ; schema:name "A" ; schema:url <javascript:alert(1)> , "javascript:alert(2)" ; schema:sameAs <data:text/html,x> ."#,
    );
    assert!(
        !folder.export().to_lowercase().contains("javascript:"),
        "{:#?}",
        report.findings
    );
    assert!(!folder.export().contains("data:text"));
    assert!(report.findings.iter().any(|finding| {
        finding
            .value
            .as_deref()
            .is_some_and(|value| value.contains("javascript:"))
    }));
}

#[test]
fn a_script_in_a_name_is_reduced_to_text() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let report = folder.submit(
        "theatre",
        r#"t:a a schema:Person ; schema:name "<b>Anne</b> &amp; <script>alert(1)</script>Bob" ; schema:description "<p>Un</p><p>Deux<img src=x onerror=alert(1)></p>"@fr ."#,
    );
    assert_eq!(report.outcome, Outcome::Accepted);
    let public = folder.public("theatre", "https://theatre.example/a");
    assert_eq!(
        values(&public, "http://schema.org/name"),
        ["\"Anne & Bob\""]
    );
    let description = values(&public, "http://schema.org/description").concat();
    assert!(
        !description.contains('<') && description.contains("Un") && description.contains("Deux"),
        "{description}"
    );
    assert!(
        report
            .normalisations
            .iter()
            .any(|note| note.rule == 6 && note.before.contains("<script>"))
    );
}

#[test]
fn graph_names_are_ignored_and_told_even_another_sources() {
    let mut folder = Folder::with_sources(&["theatre", "autre"]);
    let trig = format!(
        "{PREFIXES}<{BASE}/graph/source/autre> {{ t:a a schema:Person ; schema:name \"A\" . }}\n<{BASE}/graph/registry> {{ t:b a schema:Person ; schema:name \"B\" . }}"
    );
    let report = folder
        .submit_bytes("theatre", trig.as_bytes(), "trig", false)
        .unwrap();
    assert_eq!(report.outcome, Outcome::Accepted);
    let ignored = report
        .findings
        .iter()
        .filter(|finding| finding.rule == "graph-name-ignored")
        .count();
    assert_eq!(ignored, 2);
    let snapshot = folder.store.snapshot().unwrap();
    assert!(
        snapshot
            .view()
            .described_by(&name("autre"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        snapshot
            .view()
            .described_by(&name("theatre"))
            .unwrap()
            .len(),
        2
    );
    folder.check();
}

#[test]
fn an_iri_of_ours_that_was_never_given_out_is_refused() {
    for turtle in [
        format!("<{BASE}/id/0123456789bc> a schema:Person ; schema:name \"A\" ."),
        format!(
            "t:a a schema:Person ; schema:name \"A\" ; schema:worksFor <{BASE}/id/0123456789bc> ."
        ),
        format!("t:a a schema:Person ; schema:name \"A\" ; schema:worksFor <{BASE}/id/nonsense> ."),
    ] {
        assert!(
            refused(&turtle).contains(&"unknown-id".to_owned()),
            "{turtle}"
        );
    }
}

#[test]
fn nobody_but_the_program_speaks_of_its_own_terms() {
    for iri in [
        "ns#agent",
        "vocab/disciplines/theatre",
        "shapes/minimum",
        "graph/registry",
        "source/autre",
    ] {
        let rules = refused(&format!(
            "<{BASE}/{iri}> a skos:Concept ; skos:prefLabel \"Autre\"@fr ."
        ));
        assert_eq!(rules, ["reserved-iri"], "{iri}");
    }
    let mut folder = Folder::with_sources(&["theatre"]);
    let source = affiche::model::SourceName::system();
    let submission = affiche::ingest::Submission {
        is_partial: Some(false),
        allows_withdrawals: true,
        ..affiche::ingest::Submission::new(&source, &[])
    };
    let error = affiche::ingest::submit(
        &folder.store,
        folder.door,
        &submission,
        folder.now,
        &mut |_| {},
    )
    .unwrap_err();
    assert!(matches!(error, SubmitError::System));
    let error = folder
        .try_submit("nobody", "t:a a schema:Person .", false)
        .unwrap_err();
    assert!(
        error.to_string().contains("affiche source add nobody"),
        "{error}"
    );
}

#[test]
fn a_computed_property_is_never_taken_from_a_claim() {
    let mut folder = Folder::with_sources(&["theatre"]);
    folder.submit("theatre", &format!("t:a a schema:Place ; schema:name \"A\" ; sv:departement <{BASE}/vocab/territoires/75> ; <http://www.w3.org/2002/07/owl#sameAs> t:b ."));
    let public = folder.public("theatre", "https://theatre.example/a");
    assert!(values(&public, &format!("{BASE}/ns#departement")).is_empty());
    assert!(values(&public, "http://www.w3.org/2002/07/owl#sameAs").is_empty());
}

#[test]
fn a_resource_without_a_class_is_told_not_lost() {
    let rules = refused("t:a schema:name \"Quoi ?\" .");
    assert_eq!(rules, ["unknown-class"]);
}

#[test]
fn a_circle_of_blank_nodes_ends() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let report = folder.submit(
        "theatre",
        "t:a a schema:Place ; schema:name \"A\" ; schema:amenityFeature _:x . _:x a schema:LocationFeatureSpecification ; schema:value _:y . _:y a schema:PropertyValue ; schema:value _:x .",
    );
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(
        report
            .findings
            .iter()
            .any(|finding| finding.rule == "nested-too-deep"),
        "{:#?}",
        report.findings
    );
}

#[test]
fn a_name_of_a_megabyte_and_a_thousand_values_are_taken_as_they_are() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let long = "é".repeat(500_000);
    let mut turtle = format!("t:a a schema:Person ; schema:name \"{long}\"");
    for index in 0..1000 {
        turtle.push_str(&format!(" ; schema:alternateName \"{index}\""));
    }
    turtle.push_str(" .");
    let report = folder.submit("theatre", &turtle);
    assert_eq!(report.outcome, Outcome::Accepted);
    assert_eq!(
        values(
            &folder.public("theatre", "https://theatre.example/a"),
            "http://schema.org/alternateName"
        )
        .len(),
        1000
    );
    let entity = folder.entity("theatre", "https://theatre.example/a");
    assert_eq!(
        folder
            .store
            .snapshot()
            .unwrap()
            .view()
            .state_of(&entity)
            .unwrap(),
        State::Current
    );
}

#[test]
fn two_writers_at_once_both_succeed_one_after_the_other() {
    let mut folder = Folder::with_sources(&["alpha", "beta"]);
    let before = folder.store.generation().0;
    let send = |source: &str| {
        let source = name(source);
        for number in 0..5 {
            let text = format!(
                "{PREFIXES}t:{source}{number} a schema:Person ; schema:name \"{source} {number}\" ."
            );
            let document = affiche::ingest::Document {
                name: "-",
                bytes: text.as_bytes(),
                format: Some("turtle"),
                base: None,
            };
            let submission = affiche::ingest::Submission {
                is_partial: Some(false),
                allows_withdrawals: true,
                ..affiche::ingest::Submission::new(&source, std::slice::from_ref(&document))
            };
            let report = affiche::ingest::submit(
                &folder.store,
                folder.door,
                &submission,
                folder.now,
                &mut affiche::store::fill_random,
            )
            .unwrap();
            assert_eq!(report.outcome, Outcome::Accepted);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| send("alpha"));
        scope.spawn(|| send("beta"));
    });
    assert_eq!(folder.store.generation().0, before + 10);
    folder.check();
    folder.submit(
        "alpha",
        "t:alpha4 a schema:Person ; schema:name \"alpha 4\" .",
    );
}
