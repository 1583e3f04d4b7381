//! Which queries run here, each with its reason.

use super::*;
use crate::model::counts::{ClassCounts, Counts, PropertyCounts};
use crate::model::{Base, Lang};
use crate::query::{Rules, prepare};
use oxrdf::NamedNode;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

const PREFIXES: &str = "\
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX geof: <http://www.opengis.net/def/function/geosparql/>
PREFIX g: <https://data.example.org/graph/>
PREFIX s: <https://data.example.org/graph/source/>
";
const THEATRE: &str = "<https://data.example.org/id/0000000000p1>";

/// Of fifty thousand performances, five thousand works and five hundred places.
fn numbers() -> (Counts, BTreeMap<String, u64>) {
    let iri = |name: &str| match name.split_once(':') {
        Some(("schema", local)) => format!("http://schema.org/{local}"),
        Some(("skos", local)) => format!("http://www.w3.org/2004/02/skos/core#{local}"),
        _ => format!("http://www.w3.org/1999/02/22-rdf-syntax-ns#{name}"),
    };
    let mut counts = Counts {
        triples: 1_000_000,
        subjects: 110_000,
        ..Counts::default()
    };
    for (name, triples, subjects, objects, most_objects, most_subjects) in [
        ("type", 120_000, 60_000, 20, 2, 50_000),
        ("schema:name", 60_000, 56_000, 30_000, 2, 200),
        ("schema:startDate", 50_000, 50_000, 9_000, 1, 40),
        ("schema:location", 50_000, 50_000, 500, 1, 900),
        ("schema:workPerformed", 50_000, 50_000, 5_000, 1, 60),
        ("schema:offers", 50_000, 50_000, 50_000, 1, 1),
        ("schema:price", 50_000, 50_000, 40, 1, 3_000),
        ("schema:url", 60_000, 58_000, 60_000, 3, 2),
        ("schema:address", 500, 500, 500, 1, 1),
        ("schema:addressLocality", 500, 500, 120, 1, 60),
        ("schema:genre", 5_000, 5_000, 40, 3, 900),
        ("schema:description", 55_000, 55_000, 54_000, 1, 100),
        ("skos:broader", 221, 221, 45, 1, 13),
        ("skos:prefLabel", 826, 413, 802, 2, 2),
    ] {
        let counted = PropertyCounts {
            triples,
            subjects,
            objects,
            most_objects,
            most_subjects,
        };
        counts.properties.insert(iri(name), counted);
    }
    for (name, entities) in [
        ("schema:Event", 50_000),
        ("schema:CreativeWork", 5_000),
        ("schema:Place", 500),
    ] {
        let class = ClassCounts {
            entities,
            ..ClassCounts::default()
        };
        counts.classes.insert(iri(name), Arc::new(class));
    }
    let graphs = [
        ("source/house", 900_000),
        ("registry", 400_000),
        ("conformance", 9_000),
    ];
    let graphs = graphs
        .into_iter()
        .map(|(name, quads)| (format!("https://data.example.org/graph/{name}"), quads))
        .collect();
    (counts, graphs)
}

fn planned_over(query: &Prepared, dataset: &RequestedDataset) -> Plan {
    let (counts, graphs) = numbers();
    let statistics = Statistics {
        counts: &counts,
        graphs: &graphs,
    };
    plan(query, dataset, Some(statistics))
}

fn prepared(query: &str) -> Prepared {
    let base: Base = "https://data.example.org".parse().expect("a base");
    let rules = Rules {
        bytes: 1 << 20,
        depth: 100,
        patterns: 10_000,
    };
    let text = format!("{PREFIXES}{}", query.replace("THEATRE", THEATRE));
    prepare(&text, &base, rules).unwrap_or_else(|refusal| panic!("{query}: {refusal:?}"))
}

fn planned(query: &str) -> Plan {
    planned_over(&prepared(query), &RequestedDataset::default())
}

fn reasons(plan: &Plan) -> String {
    let texts: Vec<&str> = plan.reasons.iter().map(|text| text.get(Lang::En)).collect();
    texts.join("; ")
}

#[test]
fn lookups_and_small_joins_run_here() {
    let mut wrong = String::new();
    for query in [
        "SELECT * { THEATRE ?p ?o }",
        "SELECT ?n { THEATRE schema:name ?n }",
        "ASK { THEATRE a schema:Place }",
        "ASK { ?s ?p ?o }",
        "DESCRIBE THEATRE",
        "CONSTRUCT { ?e schema:name ?n } { ?e schema:location THEATRE ; schema:name ?n }",
        "CONSTRUCT WHERE { THEATRE schema:address ?a . ?a schema:addressLocality ?l }",
        "SELECT * { ?s ?p ?o } LIMIT 100",
        "SELECT * { ?s ?p ?o } OFFSET 500 LIMIT 100",
        "SELECT ?e ?n { ?e a schema:Place ; schema:name ?n }",
        "SELECT ?e ?n { ?e a schema:Place ; schema:name ?n } ORDER BY ?n",
        "SELECT ?e ?n { ?e a schema:Place ; schema:name ?n } ORDER BY DESC(?n) ?e LIMIT 10",
        "SELECT ?e ?l { ?e a schema:Place ; schema:address ?a . ?a schema:addressLocality ?l }",
        "SELECT ?e ?l { ?e a schema:Place ; schema:address/schema:addressLocality ?l }",
        "SELECT ?e ?u { ?e a schema:Place OPTIONAL { ?e schema:url ?u } }",
        "SELECT ?e { ?e a schema:Place FILTER NOT EXISTS { ?e schema:url ?u } }",
        "SELECT ?l (COUNT(*) AS ?n) { ?e schema:addressLocality ?l } GROUP BY ?l ORDER BY DESC(?n)",
        "SELECT DISTINCT ?l { ?e schema:addressLocality ?l }",
        "SELECT ?e ?d { ?e schema:location THEATRE ; schema:startDate ?d } ORDER BY ?d LIMIT 20",
        "SELECT ?e ?d ?w ?n { ?e schema:location THEATRE ; schema:startDate ?d ; schema:workPerformed ?w . ?w schema:name ?n } LIMIT 50",
        "SELECT ?e { ?e schema:startDate '2026-11-22T20:00:00'^^xsd:dateTime }",
        "SELECT ?c ?n { ?c skos:broader+ <https://data.example.org/vocab/disciplines/theatre> ; skos:prefLabel ?n }",
        "SELECT ?c { <https://data.example.org/vocab/disciplines/opera> skos:broader* ?c }",
        "SELECT ?e { VALUES ?e { THEATRE <https://data.example.org/id/2> } ?e schema:name ?n }",
        "SELECT ?e { { ?e a schema:Place } UNION { THEATRE schema:name ?e } }",
        "SELECT ?n { THEATRE schema:name ?n FILTER(LANG(?n) = 'fr' || LANGMATCHES(LANG(?n), 'en')) }",
        "SELECT ?n { ?e a schema:Place ; schema:name ?n FILTER(REGEX(?n, '^salle', 'i')) }",
        "SELECT ?n { ?e a schema:Place ; schema:name ?n FILTER(CONTAINS(LCASE(STR(?n)), 'salle')) }",
        "SELECT (CONCAT(?n, ', ', ?l) AS ?t) { THEATRE schema:name ?n ; schema:address/schema:addressLocality ?l }",
        "SELECT (GROUP_CONCAT(?n; separator=', ') AS ?t) { THEATRE schema:name ?n }",
        "SELECT (REPLACE(?n, 'Salle', 'Théâtre') AS ?t) { THEATRE schema:name ?n }",
        "SELECT * { GRAPH s:house { THEATRE ?p ?o } }",
        "SELECT * { GRAPH ?g { THEATRE schema:name ?o } }",
        "SELECT ?g { GRAPH ?g {} }",
        "SELECT * FROM s:house { THEATRE ?p ?o }",
        "SELECT ?e { THEATRE schema:name ?n MINUS { THEATRE schema:url ?n } }",
        "SELECT ?e ?n { { SELECT ?e { ?e a schema:Place } LIMIT 10 } ?e schema:name ?n }",
        "SELECT ?d { THEATRE geo:asWKT ?w BIND(geof:distance(?w, 'POINT(2 48)'^^geo:wktLiteral, <http://qudt.org/vocab/unit/M>) AS ?d) }",
        "SELECT ?d { THEATRE geo:asWKT ?w FILTER(geof:sfWithin(?w, 'POLYGON((0 0, 1 0, 1 1, 0 0))'^^geo:wktLiteral)) }",
        "SELECT (xsd:integer(?p) AS ?i) { THEATRE schema:price ?p }",
        "SELECT ?n { THEATRE schema:name ?n FILTER(?n IN ('a', 'b', 'c')) }",
        "SELECT (NOW() AS ?now) (UUID() AS ?id) {}",
    ] {
        let plan = planned(query);
        if plan.place != Place::Here {
            let _ = writeln!(wrong, "{query}\n    {}", reasons(&plan));
        }
    }
    assert!(wrong.is_empty(), "sent to a worker:\n{wrong}");
}

/// `BIND(f(?v0) AS ?v1) BIND(f(?v1) AS ?v2) …`
fn chain(count: usize, call: impl Fn(&str) -> String) -> String {
    let mut text = "BIND('ab' AS ?v0)".to_owned();
    for step in 0..count {
        let call = call(&format!("?v{step}"));
        let _ = write!(text, " BIND({call} AS ?v{})", step + 1);
    }
    format!("SELECT * {{ {text} }}")
}

#[test]
fn what_may_take_long_goes_to_a_worker_with_its_reason() {
    let values = |count: usize| {
        let rows: Vec<String> = (0..count).map(|row| row.to_string()).collect();
        rows.join(" ")
    };
    let hundred = values(100);
    let mut wrong = String::new();
    for (query, reason) in [
        ("SELECT * { ?s ?p ?o } ORDER BY ?o".to_owned(), "at one go"),
        ("SELECT * { ?s ?p ?o } ORDER BY ?o LIMIT 1".to_owned(), "at one go"),
        ("SELECT * { ?s ?p ?o }".to_owned(), "reads are expected"),
        ("SELECT DISTINCT ?p { ?s ?p ?o }".to_owned(), "reads are expected"),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }".to_owned(), "at one go"),
        ("SELECT ?p (SAMPLE(?s) AS ?x) { ?s ?p ?o } GROUP BY ?p".to_owned(), "at one go"),
        ("SELECT * { ?s ?p ?o } OFFSET 900000 LIMIT 1".to_owned(), "at one go"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }".to_owned(), "reads are expected"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1".to_owned(), "at one go"),
        ("ASK { ?a ?b ?c . ?d ?e ?f FILTER(?a = ?d && ?c != ?f) }".to_owned(), "at one go"),
        (
            format!("SELECT * {{ VALUES ?a {{ {hundred} }} VALUES ?b {{ {hundred} }} VALUES ?c {{ {hundred} }} }}"),
            "reads are expected",
        ),
        (
            format!("SELECT (COUNT(*) AS ?n) {{ VALUES ?a {{ {hundred} }} VALUES ?b {{ {hundred} }} VALUES ?c {{ {hundred} }} VALUES ?d {{ {hundred} }} }}"),
            "at one go",
        ),
        (
            format!("ASK {{ VALUES ?a {{ {hundred} }} VALUES ?b {{ {hundred} }} VALUES ?c {{ {hundred} }} FILTER(?a + ?b + ?c < 0) }}"),
            "at one go",
        ),
        (
            format!("SELECT * {{ VALUES ?a {{ {hundred} }} VALUES ?b {{ {hundred} }} VALUES ?c {{ {hundred} }} FILTER(?a + ?b + ?c < 0) }} LIMIT 1"),
            "at one go",
        ),
        (format!("SELECT * {{ VALUES ?a {{ {} }} }}", values(5_000)), "VALUES has"),
        ("SELECT * { ?a schema:location* ?b }".to_owned(), "open at both ends"),
        ("SELECT * { ?a (schema:location|!schema:name)+ ?b } LIMIT 1".to_owned(), "open at both ends"),
        ("SELECT * { ?a schema:url? ?b } LIMIT 1".to_owned(), "open at both ends"),
        ("ASK { ?a (skos:broader/skos:broader)* ?b }".to_owned(), "open at both ends"),
        ("SELECT * { ?a (<x:p>|!<x:p>)* THEATRE }".to_owned(), "may follow"),
        ("SELECT * { THEATRE (^schema:location/schema:location)* ?b }".to_owned(), "may follow"),
        ("SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(a|aa)+$')) }".to_owned(), "reads are expected"),
        ("SELECT * { THEATRE ?p ?o FILTER(REGEX(?o, 'a{1000}{1000}')) }".to_owned(), "REGEX or REPLACE"),
        ("SELECT * { THEATRE ?p ?o FILTER(REGEX(?o, ?p)) }".to_owned(), "REGEX or REPLACE"),
        ("SELECT (REPLACE(?o, ?o, ?o) AS ?x) { THEATRE ?p ?o }".to_owned(), "REGEX or REPLACE"),
        (chain(26, |v| format!("CONCAT({v}, {v})")), "times as long"),
        (
            format!("SELECT * {{ VALUES ?a {{ 1 2 }} BIND(CONCAT('{}', STR(?a)) AS ?b) }}", "x".repeat(60_000)),
            "times as long",
        ),
        (
            format!("SELECT * {{ VALUES ?a {{ '{}' }} BIND(REPLACE(?a, 'xxxxx', 'y') AS ?b) }}", "x".repeat(60_000)),
            "times as long",
        ),
        (
            format!(
                "SELECT (COUNT(?c) AS ?n) {{ VALUES ?a {{ {0} }} VALUES ?b {{ {0} }} BIND(CONCAT('{1}', STR(?a)) AS ?c) }}",
                "1 ".repeat(100),
                "x".repeat(2_000)
            ),
            "",
        ),
        (chain(26, |v| format!("REPLACE({v}, 'a', 'aaaaaaaa')")), "times as long"),
        (chain(26, |v| format!("REPLACE({v}, '', '$0$0aa', 'x')")), "times as long"),
        (chain(26, |v| format!("ENCODE_FOR_URI({v})")), "times as long"),
        (chain(26, |v| format!("IF(true, CONCAT({v}, {v}), {v})")), "times as long"),
        (chain(26, |v| format!("COALESCE(CONCAT({v}, {v}), {v})")), "times as long"),
        (chain(26, |v| format!("STRDT(CONCAT({v}, {v}), <x:d>)")), "times as long"),
        (chain(26, |v| format!("IRI(CONCAT(STR({v}), STR({v})))")), "times as long"),
        (
            "SELECT * { { SELECT (CONCAT(?b, ?b, ?b, ?b, ?b, ?b) AS ?c) { { SELECT (CONCAT(?a, ?a, ?a, ?a, ?a, ?a) AS ?b) { THEATRE schema:name ?a } } } } }".to_owned(),
            "times as long",
        ),
        (
            "SELECT (GROUP_CONCAT(?t) AS ?u) { SELECT (GROUP_CONCAT(?o) AS ?t) { THEATRE ?p ?o } GROUP BY ?p }".to_owned(),
            "times as long",
        ),
        (
            "SELECT (CONCAT(?t, ?t) AS ?u) { SELECT (GROUP_CONCAT(?o) AS ?t) { THEATRE ?p ?o } GROUP BY ?p }".to_owned(),
            "times as long",
        ),
        (
            format!("SELECT ?a {{ THEATRE schema:name ?a }} GROUP BY ?a HAVING (STRLEN({}) > 1)", doubled(6)),
            "times as long",
        ),
        (
            format!("SELECT ?a {{ THEATRE schema:name ?a }} ORDER BY {}", doubled(6)),
            "times as long",
        ),
        (
            "SELECT * { { BIND('a' AS ?x) } UNION { BIND(CONCAT('a', 'a', 'a', 'a', 'a', 'a') AS ?x) } BIND(CONCAT(?x, ?x, ?x, ?x, ?x, ?x) AS ?y) }".to_owned(),
            "times as long",
        ),
        ("SELECT * { ?e a schema:Event ; schema:name ?n }".to_owned(), "reads are expected"),
        ("SELECT ?w (COUNT(*) AS ?n) { ?e schema:workPerformed ?w } GROUP BY ?w".to_owned(), "reads are expected"),
        ("SELECT * { ?e schema:startDate ?d } ORDER BY ?d LIMIT 10".to_owned(), "at one go"),
        ("SELECT * { ?e a schema:Place OPTIONAL { ?x schema:name ?n } }".to_owned(), "reads are expected"),
        ("SELECT * { ?e a schema:Place MINUS { ?e schema:description ?d . ?x schema:name ?n } }".to_owned(), "reads are expected"),
        // Inside EXISTS the optimiser joins nothing by loops.
        ("SELECT * { ?e a schema:Place FILTER EXISTS { ?x schema:location ?e . ?x schema:name ?n } }".to_owned(), "reads are expected"),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }".to_owned(), "reads are expected"),
        ("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g".to_owned(), "at one go"),
        ("SELECT * FROM s:house { ?s ?p ?o }".to_owned(), "reads are expected"),
        ("DESCRIBE ?e { ?e a schema:Event }".to_owned(), "reads are expected"),
        ("DESCRIBE * { ?e a schema:Place }".to_owned(), "reads are expected"),
        ("CONSTRUCT WHERE { ?s ?p ?o }".to_owned(), "reads are expected"),
        (
            "SELECT * { THEATRE geo:asWKT ?a, ?b FILTER(geof:sfIntersects(?a, ?b)) }".to_owned(),
            "the function <http://www.opengis.net/def/function/geosparql/sfIntersects>",
        ),
        (format!("ASK {{ {} }}", "?s ?p ?o . ".repeat(150)), "too many parts"),
        (format!("ASK {{ FILTER(?x IN ({})) }}", vec!["1"; 600].join(",")), "too many parts"),
        (
            format!("SELECT * {} {{ THEATRE ?p ?o }}", (0..20).map(|n| format!("FROM <x:{n}> ")).collect::<String>()),
            "names 20 graphs",
        ),
    ] {
        let plan = planned(&query);
        if plan.place != Place::Worker || !reasons(&plan).contains(reason) {
            let _ = writeln!(wrong, "{query}\n    not `{reason}`: {}", reasons(&plan));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn doubled(levels: usize) -> String {
    (0..levels).fold("?a".to_owned(), |inner, _| {
        format!("CONCAT({inner}, {inner})")
    })
}

#[test]
fn what_the_request_names_as_data_set_wins() {
    let query = prepared("SELECT * FROM g:conformance { ?s ?p ?o } LIMIT 10");
    let graphs: Vec<_> = (0..30)
        .map(|number| NamedNode::new_unchecked(format!("x:{number}")))
        .collect();
    let requested = RequestedDataset {
        default_graphs: graphs,
        named_graphs: Vec::new(),
    };
    let own = planned_over(&query, &RequestedDataset::default());
    assert_eq!(own.place, Place::Here, "{}", reasons(&own));
    let asked = planned_over(&query, &requested);
    assert!(reasons(&asked).contains("names 30 graphs"));
}

#[test]
fn without_statistics_only_what_starts_from_a_subject_or_ends_soon_runs_here() {
    let place = |query| plan(&prepared(query), &RequestedDataset::default(), None).place;
    for query in [
        "SELECT * { THEATRE schema:address ?a . ?a schema:addressLocality ?l }",
        "SELECT * { THEATRE schema:address ?a OPTIONAL { ?a schema:addressLocality ?l } }",
        "SELECT * { ?s schema:name ?o } LIMIT 10",
        "DESCRIBE THEATRE",
    ] {
        assert_eq!(place(query), Place::Here, "{query}");
    }
    for query in [
        "SELECT * { ?e schema:location THEATRE }",
        "SELECT * { ?e a schema:Place }",
        "SELECT * { THEATRE schema:address ?a . ?b schema:address ?a }",
        "SELECT * { ?e skos:broader+ THEATRE }",
    ] {
        assert_eq!(place(query), Place::Worker, "{query}");
    }
}
