//! The SPARQL endpoint.

use crate::site::{Answer, Site};
use axum::body::{Body, to_bytes};
use axum::http::{Method, StatusCode};
use std::time::Duration;

const PERFORMANCES: &str = "PREFIX schema: <http://schema.org/> SELECT ?name { ?s a schema:PerformingArtsEvent ; schema:name ?name } ORDER BY ?name";
/// More rows than fit into the first chunk, and than can be counted in time.
const ENDLESS: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
const ENDLESS_COUNT: &str = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";

#[tokio::test]
async fn solutions_come_in_four_formats() {
    let site = Site::new();
    for (accept, media_type) in [
        (
            "application/sparql-results+json",
            "application/sparql-results+json",
        ),
        ("application/json", "application/json"),
        (
            "application/sparql-results+xml",
            "application/sparql-results+xml",
        ),
        ("text/csv", "text/csv; charset=utf-8"),
        (
            "text/tab-separated-values",
            "text/tab-separated-values; charset=utf-8",
        ),
        ("*/*", "application/sparql-results+json"),
    ] {
        let answer = site.query(PERFORMANCES, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        assert_eq!(answer.header("content-type"), media_type);
        assert!(answer.text().contains("Le Bac, première"), "{accept}");
        assert!(!answer.header("affiche-generation").is_empty());
        let truth = site.query("ASK { ?s ?p ?o }", &[("accept", accept)]).await;
        assert!(truth.text().contains("true"), "{accept}");
    }
    let answer = site.query(PERFORMANCES, &[("accept", "image/png")]).await;
    assert_eq!(answer.problem(), "not-acceptable");
}

#[tokio::test]
async fn graphs_come_as_rdf() {
    let site = Site::new();
    let query = "CONSTRUCT { ?s ?p ?o } { ?s a <http://schema.org/PerformingArtsEvent> ; ?p ?o }";
    for (accept, expected) in [
        ("text/turtle", "schema:PerformingArtsEvent"),
        (
            "application/n-triples",
            "<http://schema.org/PerformingArtsEvent>",
        ),
        ("application/ld+json", "\"PerformingArtsEvent\""),
        ("application/rdf+xml", "<rdf:RDF"),
        ("*/*", "@prefix"),
    ] {
        let answer = site.query(query, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        assert!(
            answer.text().contains(expected),
            "{accept}: {}",
            answer.text()
        );
        let again = site.query(query, &[("accept", accept)]).await;
        if accept != "application/rdf+xml" {
            assert_eq!(answer.bytes, again.bytes, "{accept}");
        }
    }
}

#[tokio::test]
async fn a_query_can_be_posted_both_ways() {
    let site = Site::new();
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", PERFORMANCES)
        .finish();
    for (media_type, body) in [
        ("application/x-www-form-urlencoded", form),
        (
            "application/sparql-query; charset=utf-8",
            PERFORMANCES.to_owned(),
        ),
    ] {
        let answer = site
            .ask(
                Method::POST,
                "/sparql",
                &[("content-type", media_type)],
                body,
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert!(answer.text().contains("Le Bac"));
    }
    let answer = site
        .ask(
            Method::POST,
            "/sparql",
            &[("content-type", "text/plain")],
            "x",
        )
        .await;
    assert_eq!(answer.problem(), "unsupported-media-type");
    let answer = site
        .ask(
            Method::POST,
            "/sparql",
            &[("content-type", "application/sparql-query")],
            Body::from(vec![b'x'; 2 << 20]),
        )
        .await;
    assert_eq!(answer.problem(), "body-too-large");
    assert_eq!(answer.json()["limit"], "limits.body_bytes");
    let answer = site
        .ask(
            Method::POST,
            "/sparql",
            &[("content-type", "application/sparql-query")],
            Body::from(vec![0xff, 0xfe]),
        )
        .await;
    assert_eq!(answer.problem(), "bad-request");
}

#[tokio::test]
async fn named_graphs_hold_what_each_source_says_and_a_request_may_choose_them() {
    let site = Site::new();
    let graph = "https://data.example.org/graph/source/theatre";
    let count = "SELECT (COUNT(*) AS ?n) { ?s a <http://schema.org/PerformingArtsEvent> }";
    let in_graph = format!(
        "SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s a <http://schema.org/PerformingArtsEvent> }} }}"
    );
    let csv = [("accept", "text/csv")];
    assert_eq!(site.query(&in_graph, &csv).await.text(), "n\r\n2\r\n");
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", count)
        .append_pair("default-graph-uri", graph)
        .finish();
    let answer = site.get(&format!("/sparql?{parameters}"), &csv).await;
    assert_eq!(answer.text(), "n\r\n2\r\n");
    let none = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", count)
        .append_pair(
            "default-graph-uri",
            "https://data.example.org/graph/source/office",
        )
        .finish();
    let answer = site.get(&format!("/sparql?{none}"), &csv).await;
    assert_eq!(answer.text(), "n\r\n0\r\n");
    let answer = site
        .get("/sparql?query=ASK%7B%7D&default-graph-uri=x", &[])
        .await;
    assert_eq!(answer.problem(), "bad-request");
}

#[tokio::test]
async fn a_syntax_error_names_its_place() {
    let site = Site::new();
    let answer = site.query("SELECT *\nWHERE { ?s ?p }", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.problem(), "query-syntax");
    assert_eq!(answer.json()["line"], 2);
    let page = site
        .query("SELECT *\nWHERE { ?s ?p }", &[("accept", "text/html")])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.text().contains("SELECT *"),
        "the query is there to be mended"
    );
}

#[tokio::test]
async fn nothing_is_written_and_nobody_is_called() {
    let site = Site::new();
    let before = site.app.store.generation();
    for query in ["DELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1:9/>"] {
        let answer = site.query(query, &[]).await;
        assert_eq!(answer.problem(), "update-refused");
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("PUT /sources/"), "{detail}");
    }
    let answer = site
        .ask(
            Method::POST,
            "/sparql",
            &[("content-type", "application/x-www-form-urlencoded")],
            "update=DROP+ALL",
        )
        .await;
    assert_eq!(answer.problem(), "update-refused");
    assert!(answer.text().contains("PUT /sources/"));
    let answer = site
        .query(
            "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
            &[],
        )
        .await;
    assert_eq!(answer.problem(), "query-refused");
    assert_eq!(site.app.store.generation(), before);
}

async fn post(site: &Site, query: String) -> Answer {
    let headers = [("content-type", "application/sparql-query")];
    site.ask(Method::POST, "/sparql", &headers, query).await
}

#[tokio::test]
async fn deep_nesting_is_refused_and_the_server_goes_on() {
    let site = Site::new();
    for opening in ["{", "(", "SELECT * { ?s ?p ?o FILTER(!", "["] {
        let answer = post(&site, opening.repeat(2_000)).await;
        assert_eq!(answer.problem(), "query-refused", "{opening}");
        assert!(answer.status.is_client_error());
    }
    let path = format!("SELECT * {{ ?s {}a ?o }}", "a/".repeat(15_000));
    assert_eq!(post(&site, path).await.problem(), "query-refused");
    for long in [
        format!("ASK {{ ?s {}a ?o }}", "a/".repeat(4_000)),
        format!("ASK {{ {{}} {} }}", "UNION {}".repeat(7_000)),
        format!("ASK {{ {} }}", "?s ?p ?o . ".repeat(4_000)),
    ] {
        assert_eq!(post(&site, long).await.problem(), "query-refused");
    }
    assert_eq!(site.query("ASK {}", &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn mixed_kinds_of_terms_can_be_sorted() {
    let site = Site::new();
    let query = r#"SELECT ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } UNION { VALUES ?o {
        1 2.5 "x" "x"@fr true "2026-01-01"^^<http://www.w3.org/2001/XMLSchema#date>
        "2026-01-01T00:00:00"^^<http://www.w3.org/2001/XMLSchema#dateTime>
        "2026-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime>
        "PT1H"^^<http://www.w3.org/2001/XMLSchema#duration> } } } ORDER BY ?o"#;
    let answer = site.query(query, &[("accept", "text/csv")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().lines().count() > 600);
    let descending = query.replace("ORDER BY ?o", "ORDER BY DESC(?o) LIMIT 3");
    let answer = site.query(&descending, &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.json()["head"]["vars"], serde_json::json!(["o"]));
}

#[tokio::test]
async fn a_query_that_takes_too_long_is_a_problem_that_names_the_limit() {
    let site = Site::with_limits(|limits| limits.query_timeout = Duration::from_millis(200));
    let answer = site.query(ENDLESS_COUNT, &[]).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(answer.problem(), "timeout");
    assert_eq!(answer.json()["limit"], "limits.query_timeout");
    let page = site.query(ENDLESS_COUNT, &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::GATEWAY_TIMEOUT);
    for there in ["<form", ENDLESS_COUNT, "limits.query_timeout"] {
        assert!(page.text().contains(there), "{there}: {}", page.text());
    }
}

#[tokio::test]
async fn a_stream_that_fails_is_cut_and_never_completed() {
    let site = Site::with_limits(|limits| limits.query_timeout = Duration::from_secs(8));
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", ENDLESS)
        .finish();
    let response = site
        .send(
            Method::GET,
            &format!("/sparql?{parameters}"),
            &[],
            Body::empty(),
        )
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
}

#[tokio::test]
async fn an_answer_past_its_limit_is_cut() {
    let site = Site::with_limits(|limits| limits.result_bytes = 200_000);
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", ENDLESS)
        .finish();
    let response = site
        .send(
            Method::GET,
            &format!("/sparql?{parameters}"),
            &[],
            Body::empty(),
        )
        .await;
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
}

#[tokio::test]
async fn when_all_slots_are_taken_only_cheap_queries_are_answered() {
    let site = Site::with_limits(|limits| {
        limits.queries = Some(1);
        limits.worker_wait = Duration::from_millis(50);
        limits.query_timeout = Duration::from_secs(20);
    });
    let parameters = form_urlencoded::Serializer::new(String::new())
        .append_pair("query", ENDLESS)
        .finish();
    // It has begun, and waits for its reader.
    let running = site
        .send(
            Method::GET,
            &format!("/sparql?{parameters}"),
            &[],
            Body::empty(),
        )
        .await;
    let cheap = site.query("ASK {}", &[]).await;
    assert_eq!(cheap.status, StatusCode::OK);
    let counting = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";
    let answer = site.query(counting, &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.problem(), "busy");
    assert!(!answer.header("retry-after").is_empty());
    drop(running);
}

#[tokio::test]
async fn people_get_a_form_and_programs_are_told_what_is_missing() {
    let site = Site::new();
    let page = site.get("/sparql", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("<form"));
    assert!(
        page.text().contains("formaction=\"/sparql/explain\""),
        "without a script, a query can be explained too"
    );
    for address in ["/sparql?query=", "/sparql?query=+"] {
        assert_eq!(site.get(address, &[]).await.problem(), "bad-request");
    }
    let results = [("accept", "application/sparql-results+json")];
    assert_eq!(site.get("/sparql", &results).await.problem(), "bad-request");
    let shown = site.query(PERFORMANCES, &[("accept", "text/html")]).await;
    assert!(shown.text().contains("Le Bac, première"));
    let yes = site.query("ASK {}", &[("accept", "text/html")]).await;
    assert!(yes.text().contains("format=csv"), "{}", yes.text());
}
