//! How a query would be run, asked without running it.

use crate::site::{Answer, Site};
use affiche::app::statistics::Follower;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use serde_json::Value;

const PREFIXES: &str = "PREFIX schema: <http://schema.org/> PREFIX schemas: <https://schema.org/> ";
/// It would take longer than anybody waits.
const ENDLESS: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }";

async fn explained(site: &Site, query: &str) -> Answer {
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", &format!("{PREFIXES}{query}"))
        .append_pair("lang", "en")
        .finish();
    site.get(
        &format!("/sparql/explain?{parameters}"),
        &[("accept", "application/json")],
    )
    .await
}

/// A site whose numbers are counted.
fn counted() -> Site {
    let site = Site::new();
    assert!(Follower::new(&site.app, &|| false).step().unwrap());
    site
}

fn warnings(answer: &Answer) -> Vec<(String, String, Value)> {
    let body = answer.json();
    let list = body["warnings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    list.iter()
        .map(|warning| {
            (
                text(&warning["kind"]),
                text(&warning["text"]),
                warning["instead"].clone(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_plan_is_told_in_words_with_its_cost_and_its_limits() {
    let site = counted();
    let query = "SELECT ?n { ?s a schema:Place ; schema:name ?n } ORDER BY ?n LIMIT 5";
    let answer = explained(&site, query).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.header("affiche-generation").is_empty());
    let body = answer.json();
    assert_eq!(body["form"], "SELECT");
    assert_eq!(body["runs"], "in-process", "{body}");
    assert_eq!(body["because"].as_array().unwrap().len(), 0);
    assert_eq!(body["cacheable"], true);
    assert!(body["estimate"]["reads"].as_f64().unwrap() > 1.0);
    assert_eq!(body["limits"]["limits.query_depth"], 100);
    assert_eq!(body["limits"]["limits.query_timeout"], "30s");
    let plan = body["plan"].to_string();
    for words in [
        "at most 5 rows",
        "sorts all rows by ?n",
        "loop by index",
        "reads ?s rdf:type schema:Place by the property and the object",
        "reads ?s schema:name ?n by the subject and the property",
    ] {
        assert!(plan.contains(words), "{words}: {plan}");
    }
    // The keys by which ORDER BY sorts kinds apart are ours, not the author's.
    assert!(!plan.contains("sort kind"), "{plan}");
    assert_eq!(warnings(&answer), []);
}

#[tokio::test]
async fn a_query_that_would_take_forever_is_explained_at_once() {
    let answer = explained(&counted(), ENDLESS).await;
    let body = answer.json();
    assert_eq!(body["runs"], "in-worker");
    let because = body["because"].to_string();
    assert!(because.contains("reads are expected"), "{because}");
    let warnings = warnings(&answer);
    let product = "This is a product of two unrelated patterns";
    assert!(
        warnings
            .iter()
            .any(|(_, text, _)| text.starts_with(product)),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn what_is_strange_about_a_query_is_told_with_what_was_perhaps_meant() {
    let site = counted();
    for (query, kind, instead) in [
        (
            "SELECT ?n { ?s schemas:name ?n }",
            "unknown-property",
            Some("schema:name"),
        ),
        (
            "SELECT ?n { ?s schema:nmae ?n }",
            "unknown-property",
            Some("schema:name"),
        ),
        (
            "SELECT ?s { ?s a schemas:Place }",
            "unknown-class",
            Some("schema:Place"),
        ),
        (
            "SELECT * { GRAPH <https://data.example.org/graph/registri> { ?s ?p ?o } }",
            "unknown-graph",
            Some("<https://data.example.org/graph/registry>"),
        ),
        ("SELECT ?name { ?s schema:name ?nmae }", "never-bound", None),
        (
            "SELECT ?naem { ?s schema:name ?name FILTER(?naem = 'x') }",
            "never-bound",
            None,
        ),
        (
            "SELECT ?s { ?s schema:name 'Salle du Bac' }",
            "never-true",
            Some("\"Salle du Bac\"@fr"),
        ),
        (
            "SELECT ?s { ?s schema:name ?n FILTER(?n = 'Salle du Bac') }",
            "never-true",
            Some("\"Salle du Bac\"@fr"),
        ),
        (
            "SELECT * { ?s schema:name ?n FILTER(1 = 2 && false) }",
            "no-result",
            None,
        ),
        ("SELECT (NOW() AS ?now) {}", "volatile", None),
        (
            "SELECT * { ?s a schema:Place OPTIONAL { ?s schema:name ?n } ?x schema:name ?n }",
            "optional-first",
            None,
        ),
        (
            "SELECT * { ?s a schema:Place OPTIONAL { ?x schema:name ?n } }",
            "product",
            None,
        ),
        (
            "SELECT * { ?s a schema:Place MINUS { ?x schema:name ?n } }",
            "minus-nothing",
            None,
        ),
        ("SELECT * { ?s schema:location* ?x }", "open-path", None),
    ] {
        let answer = explained(&site, query).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let warnings = warnings(&answer);
        let found = warnings.iter().find(|(found, _, _)| found == kind);
        let (_, _, meant) = found.unwrap_or_else(|| panic!("{query}: {warnings:?}"));
        if let Some(instead) = instead {
            assert_eq!(meant.as_str(), Some(instead), "{query}");
        }
    }
}

#[tokio::test]
async fn an_ordinary_query_raises_no_warning() {
    let site = counted();
    for query in [
        "SELECT ?s ?n { ?s schema:name ?n } LIMIT 10",
        "SELECT ?s ?d { ?s a schema:Event ; schema:location ?l ; schema:startDate ?d OPTIONAL { ?s schema:offers ?o . ?o schema:price ?p } } ORDER BY ?d",
        "SELECT ?l (COUNT(*) AS ?n) { ?s schema:location ?l } GROUP BY ?l HAVING (COUNT(*) > 1)",
        "SELECT ?s { ?s schema:name 'Salle du Bac'@fr }",
        "SELECT ?s { ?s a schema:Place FILTER NOT EXISTS { ?s schema:url ?u } }",
        "CONSTRUCT { ?s schema:name ?n } { ?s schema:name ?n }",
        "DESCRIBE ?s { ?s a schema:Place }",
        "ASK { { ?s a schema:Place } UNION { ?s a schema:Event } }",
    ] {
        let answer = explained(&site, query).await;
        let warnings = warnings(&answer);
        let of_small_data = |kind: &str| kind == "unknown-property";
        let others: Vec<_> = warnings
            .iter()
            .filter(|(kind, _, _)| !of_small_data(kind))
            .collect();
        assert!(others.is_empty(), "{query}: {others:?}");
    }
}

#[tokio::test]
async fn the_queries_that_come_with_the_program_raise_no_false_alarm() {
    let site = counted();
    let mut wrong = String::new();
    for entry in site.app.door.queries().values() {
        let example = entry.read.as_ref().unwrap();
        for (kind, text, _) in warnings(&explained(&site, &example.text).await) {
            if kind == "never-bound" {
                wrong.push_str(&format!("{}: {kind}: {text}\n", example.name));
            }
        }
    }
    assert_eq!(wrong, "");
    let one_row = "SELECT * { ?s schema:name ?n VALUES ?from { \"2026-01-01\" } FILTER (STR(?n) > ?from) } LIMIT 5";
    assert_eq!(warnings(&explained(&site, one_row).await), []);
}

#[tokio::test]
async fn aggregates_are_told_as_they_were_written() {
    let query = "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c \
                 HAVING (COUNT(DISTINCT ?s) > 1) ORDER BY DESC(COUNT(DISTINCT ?s))";
    let answer = explained(&counted(), query).await;
    let plan = answer.json()["plan"].to_string();
    for words in [
        "groups by ?c, computes COUNT(DISTINCT ?s)",
        "computes ?n = COUNT(DISTINCT ?s)",
        "where (COUNT(DISTINCT ?s) > ",
        "sorts all rows by DESC(COUNT(DISTINCT ?s))",
    ] {
        assert!(plan.contains(words), "{words}: {plan}");
    }
}

#[tokio::test]
async fn two_letters_that_changed_places_are_one_mistake() {
    let answer = explained(&counted(), "SELECT * { ?s schema:nmae ?n }").await;
    let told = warnings(&answer);
    assert!(
        told.iter().any(|(_, _, instead)| instead == "schema:name"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_query_that_is_refused_gets_its_problem() {
    let site = Site::new();
    for (query, problem) in [
        ("SELECT * {", "query-syntax"),
        (
            "SELECT * { SERVICE <http://a.example/> {} }",
            "query-refused",
        ),
        ("SELECT (<http://a.example/f>(1) AS ?x) {}", "query-refused"),
        ("INSERT DATA { <a> <b> <c> }", "update-refused"),
    ] {
        let answer = explained(&site, query).await;
        assert_eq!(answer.problem(), problem, "{query}");
    }
    let nothing = site
        .get("/sparql/explain", &[("accept", "application/json")])
        .await;
    assert_eq!(nothing.problem(), "bad-request");
}

#[tokio::test]
async fn people_get_a_page_in_their_language() {
    let site = counted();
    let empty = site
        .get("/sparql/explain", &[("accept", "text/html")])
        .await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.text().contains("<form"));
    let query = "SELECT * { ?s <http://a.example/%3Cscript%3E> \"<script>\" . ?x ?y ?z }";
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", query)
        .finish();
    for (lang, words) in [("fr", "À regarder"), ("en", "To look at")] {
        let address = format!("/sparql/explain?{parameters}&lang={lang}");
        let page = site.get(&address, &[("accept", "text/html")]).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(words), "{}", page.text());
        assert!(!page.text().contains("<script>\""));
    }
}

#[tokio::test]
async fn a_query_can_be_posted() {
    let site = Site::new();
    let posted = site
        .send(
            Method::POST,
            "/sparql/explain?lang=en",
            &[
                ("content-type", "application/sparql-query"),
                ("accept", "application/json"),
            ],
            Body::from("ASK {}"),
        )
        .await;
    assert_eq!(posted.status(), StatusCode::OK);
}
