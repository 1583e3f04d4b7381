//! What an answer to a query says of itself, and when it is not computed again.

use crate::site::{Answer, PROGRAMME, Site};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use http_body_util::BodyExt as _;
use std::time::Duration;

const NAMES: &str = "PREFIX schema: <http://schema.org/> SELECT ?name { ?s a schema:PerformingArtsEvent ; schema:name ?name } ORDER BY ?name";
/// The same, written otherwise.
const NAMES_AGAIN: &str = "prefix s: <http://schema.org/>\n# a comment\nselect ?name where { ?s a s:PerformingArtsEvent . ?s s:name ?name . } order by ?name";
const ALL: &str = "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }";
/// More than is sent, or kept, as a whole.
const LONG: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 3000";
/// More than any limit.
const ENDLESS: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";
const ENDLESS_COUNT: &str = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }";

fn address(parameters: &[(&str, &str)]) -> String {
    let parameters = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    format!("/sparql?{parameters}")
}

async fn ask(site: &Site, query: &str, more: &[(&str, &str)], headers: &[(&str, &str)]) -> Answer {
    let mut parameters = vec![("query", query)];
    parameters.extend(more);
    site.get(&address(&parameters), headers).await
}

#[tokio::test]
async fn the_same_query_at_the_same_generation_is_not_modified() {
    let site = Site::new();
    let answer = site.query(NAMES, &[]).await;
    let tag = answer.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    assert_eq!(answer.header("cache-control"), "no-cache");
    assert_eq!(
        answer.header("affiche-generation"),
        site.app.store.generation().to_string()
    );
    for query in [NAMES, NAMES_AGAIN] {
        let again = site.query(query, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{query}");
        assert!(again.bytes.is_empty());
        assert_eq!(again.header("etag"), tag);
        assert_eq!(
            again.header("affiche-generation"),
            answer.header("affiche-generation")
        );
    }
    // Another format, data set or language is another answer.
    let other_format = ask(
        &site,
        NAMES,
        &[("format", "csv")],
        &[("if-none-match", &tag)],
    )
    .await;
    assert_eq!(other_format.status, StatusCode::OK);
    let graph = [(
        "default-graph-uri",
        "https://data.example.org/graph/source/theatre",
    )];
    let other_data = ask(&site, NAMES, &graph, &[("if-none-match", &tag)]).await;
    assert_eq!(other_data.status, StatusCode::OK);
    let page = [("accept", "text/html"), ("accept-language", "fr")];
    let page = site.query(NAMES, &page).await.header("etag").to_owned();
    for (lang, status) in [("fr", StatusCode::NOT_MODIFIED), ("en", StatusCode::OK)] {
        let headers = [
            ("accept", "text/html"),
            ("accept-language", lang),
            ("if-none-match", page.as_str()),
        ];
        assert_eq!(site.query(NAMES, &headers).await.status, status, "{lang}");
    }
    // A change makes all of them new.
    site.submit("theatre", PROGRAMME);
    let changed = site.query(NAMES, &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), tag);
    assert!(!changed.text().contains("compagnie"), "{}", changed.text());
}

#[tokio::test]
async fn a_kept_answer_is_the_answer_of_the_current_generation() {
    for bytes in [64 << 20, 0] {
        let site = Site::with_limits(|limits| limits.cache_bytes = bytes);
        let first = site.query(NAMES, &[]).await;
        for query in [NAMES, NAMES, NAMES_AGAIN] {
            let again = site.query(query, &[]).await;
            assert_eq!(again.bytes, first.bytes);
            for name in [
                "etag",
                "content-type",
                "affiche-generation",
                "affiche-rows",
                "vary",
            ] {
                assert_eq!(again.header(name), first.header(name), "{name}");
            }
        }
        site.submit("theatre", PROGRAMME);
        let changed = site.query(NAMES, &[]).await;
        assert_eq!(
            changed.json()["results"]["bindings"]
                .as_array()
                .map(Vec::len),
            Some(1)
        );
        assert_eq!(
            changed.header("affiche-generation"),
            site.app.store.generation().to_string()
        );
    }
}

#[tokio::test]
async fn what_may_be_another_each_time_is_neither_kept_nor_tagged() {
    let site = Site::new();
    for call in ["NOW()", "RAND()", "UUID()", "STRUUID()", "BNODE()"] {
        let query = format!("SELECT ({call} AS ?x) {{}}");
        let answer = site.query(&query, &[("if-none-match", "*")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{call}");
        assert_eq!(answer.header("etag"), "", "{call}");
        assert_eq!(answer.header("cache-control"), "no-store", "{call}");
        assert!(!answer.header("affiche-generation").is_empty());
        let again = site.query(&query, &[]).await;
        if call != "BNODE()" {
            assert_ne!(answer.bytes, again.bytes, "{call}");
        }
    }
}

#[tokio::test]
async fn a_whole_answer_says_how_many_rows_it_has() {
    let site = Site::new();
    for (query, rows) in [
        (NAMES, "2"),
        ("ASK {}", "1"),
        ("SELECT * { ?s <http://nowhere.example/> ?o }", "0"),
        (
            "CONSTRUCT { ?s a ?s } { VALUES ?s { <http://a.example/> <http://b.example/> } }",
            "2",
        ),
    ] {
        for _ in 0..2 {
            let answer = site.query(query, &[]).await;
            assert_eq!(answer.header("affiche-rows"), rows, "{query}");
            assert_eq!(answer.header("affiche-complete"), "true", "{query}");
        }
    }
    // A page shows a part.
    let page = site.query(ALL, &[("accept", "text/html")]).await;
    assert_eq!(page.header("affiche-complete"), "");
}

#[tokio::test]
async fn a_streamed_answer_says_it_in_trailers_compressed_or_not() {
    let site = Site::with_limits(|limits| limits.cache_bytes = 0);
    let (mut rows, mut bytes) = (Vec::new(), 0);
    for encoding in ["identity", "gzip", "br", "zstd"] {
        let headers = [("te", "trailers"), ("accept-encoding", encoding)];
        let address = address(&[("query", LONG), ("format", "tsv")]);
        let response = site
            .send(Method::GET, &address, &headers, Body::empty())
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(
            response.headers()["trailer"],
            "Affiche-Rows, Affiche-Complete"
        );
        assert!(!response.headers().contains_key("affiche-complete"));
        let whole = response.into_body().collect().await.expect("a whole body");
        let trailers = whole.trailers().cloned().expect("trailers");
        assert_eq!(trailers["affiche-complete"], "true", "{encoding}");
        rows.push(
            trailers["affiche-rows"]
                .to_str()
                .expect("a number")
                .to_owned(),
        );
        let body = whole.to_bytes();
        if encoding == "identity" {
            bytes = body.len();
            let lines = body.iter().filter(|byte| **byte == b'\n').count();
            assert_eq!(rows, [(lines - 1).to_string()]);
        } else {
            assert!(body.len() * 2 < bytes, "{encoding}");
        }
    }
    // Who does not take them gets none.
    let answer = ask(&site, LONG, &[("format", "tsv")], &[]).await;
    assert_eq!(answer.header("trailer"), "");
}

#[tokio::test]
async fn a_cut_answer_is_never_a_whole_one_however_it_is_compressed() {
    let site = Site::with_limits(|limits| limits.result_bytes = 3_000_000);
    for encoding in ["identity", "gzip", "br", "zstd"] {
        let headers = [("te", "trailers"), ("accept-encoding", encoding)];
        let address = address(&[("query", ENDLESS)]);
        let response = site
            .send(Method::GET, &address, &headers, Body::empty())
            .await;
        assert_eq!(response.status(), StatusCode::OK);
        let read = response.into_body().collect().await;
        assert!(read.is_err(), "{encoding}");
    }
}

#[tokio::test]
async fn each_limit_is_named_with_its_value_and_what_to_do() {
    let rows = Site::with_limits(|limits| limits.result_rows = 10);
    let answer = rows.query(ALL, &[("accept-language", "en")]).await;
    assert_eq!(answer.problem(), "result-too-large");
    assert_eq!(answer.json()["limit"], "limits.result_rows");
    assert_eq!(answer.json()["limit-value"], "10");
    assert!(answer.text().contains("OFFSET"), "{}", answer.text());
    let bytes = Site::with_limits(|limits| limits.result_bytes = 1000);
    let answer = bytes.query(ALL, &[("accept-language", "fr")]).await;
    assert_eq!(answer.problem(), "result-too-large");
    assert_eq!(answer.json()["limit"], "limits.result_bytes");
    assert!(answer.text().contains("format=csv"), "{}", answer.text());
    let site = Site::new();
    let answer = ask(&site, ENDLESS_COUNT, &[("timeout", "0.5")], &[]).await;
    assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
    assert_eq!(answer.json()["limit"], "timeout");
    assert_eq!(answer.json()["limit-value"], "500ms");
}

#[tokio::test]
async fn a_request_may_ask_for_less_time_and_is_told_what_it_gets() {
    let site = Site::new();
    for (timeout, told) in [("2.5", "2.5"), ("1000000", "30"), ("1e400", "30")] {
        let answer = ask(&site, NAMES, &[("timeout", timeout)], &[]).await;
        assert_eq!(answer.header("affiche-timeout"), told, "{timeout}");
    }
    assert_eq!(site.query(NAMES, &[]).await.header("affiche-timeout"), "");
    for wrong in ["0", "-1", "soon"] {
        let answer = ask(&site, NAMES, &[("timeout", wrong)], &[]).await;
        assert_eq!(answer.problem(), "bad-request", "{wrong}");
    }
}

#[tokio::test]
async fn head_gives_the_head_of_get_and_runs_nothing() {
    let site = Site::new();
    let head = async |query: &str| {
        let address = address(&[("query", query)]);
        site.ask(Method::HEAD, &address, &[], Body::empty()).await
    };
    // It would never end.
    let unseen = head(ENDLESS_COUNT).await;
    assert_eq!(unseen.status, StatusCode::OK);
    assert_eq!(unseen.header("content-length"), "");
    let before = head(NAMES).await;
    let answer = site.query(NAMES, &[]).await;
    let after = head(NAMES).await;
    for name in [
        "content-type",
        "etag",
        "affiche-generation",
        "vary",
        "cache-control",
    ] {
        assert_eq!(before.header(name), answer.header(name), "{name}");
        assert_eq!(after.header(name), answer.header(name), "{name}");
    }
    assert!(before.bytes.is_empty() && after.bytes.is_empty());
    assert_eq!(
        after.header("content-length"),
        answer.bytes.len().to_string()
    );
    assert_eq!(head("SELECT").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_words_of_other_clients_are_understood() {
    let site = Site::new();
    let graph = "CONSTRUCT { ?s a ?c } { ?s a ?c }";
    for (query, parameters, media_type) in [
        (
            NAMES,
            vec![("format", "xml")],
            "application/sparql-results+xml",
        ),
        // SPARQLWrapper says it three times.
        (
            NAMES,
            vec![("format", "json"), ("output", "json"), ("results", "json")],
            "application/sparql-results+json",
        ),
        (NAMES, vec![("output", "csv")], "text/csv; charset=utf-8"),
        (
            NAMES,
            vec![("format", "application/sparql-results+xml")],
            "application/sparql-results+xml",
        ),
        (graph, vec![("format", "xml")], "application/rdf+xml"),
        (graph, vec![("format", "json")], "application/ld+json"),
        (
            graph,
            vec![("results", "turtle")],
            "text/turtle; charset=utf-8",
        ),
        (graph, vec![("format", "trig")], "application/trig"),
        (graph, vec![("format", "nq")], "application/n-quads"),
        // A wish that cannot be met is passed over, as everything unknown.
        (
            NAMES,
            vec![("output", "text"), ("soft-limit", "1")],
            "application/sparql-results+json",
        ),
        (
            NAMES,
            vec![("default-graph-uri", "")],
            "application/sparql-results+json",
        ),
    ] {
        let answer = ask(&site, query, &parameters, &[]).await;
        assert_eq!(answer.header("content-type"), media_type, "{parameters:?}");
    }
    let answer = ask(&site, graph, &[("format", "csv")], &[]).await;
    assert_eq!(answer.problem(), "not-acceptable");
    assert!(answer.text().contains("text/turtle"), "{}", answer.text());
    let twice = ask(&site, NAMES, &[("query", "ASK {}")], &[]).await;
    assert_eq!(twice.problem(), "bad-request");
}

#[tokio::test]
async fn a_posted_query_may_name_graphs_in_its_address_and_these_win_over_from() {
    let site = Site::new();
    let count = "SELECT (COUNT(*) AS ?n) FROM <https://data.example.org/graph/source/theatre> { ?s a <http://schema.org/PerformingArtsEvent> }";
    let headers = [
        ("content-type", "application/sparql-query"),
        ("accept", "text/csv"),
    ];
    let answer = site.ask(Method::POST, "/sparql", &headers, count).await;
    assert_eq!(answer.text(), "n\r\n2\r\n");
    let graphs = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "default-graph-uri",
            "https://data.example.org/graph/source/office",
        )
        .append_pair(
            "default-graph-uri",
            "https://data.example.org/graph/source/nobody",
        )
        .finish();
    let answer = site
        .ask(Method::POST, &format!("/sparql?{graphs}"), &headers, count)
        .await;
    assert_eq!(answer.text(), "n\r\n0\r\n");
    // A form has them in its body.
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair(
            "query",
            "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s a <http://schema.org/PerformingArtsEvent> } }",
        )
        .append_pair(
            "named-graph-uri",
            "https://data.example.org/graph/source/theatre",
        )
        .finish();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "text/csv"),
    ];
    let answer = site.ask(Method::POST, "/sparql", &headers, form).await;
    assert_eq!(answer.text(), "n\r\n2\r\n");
    let both = site
        .ask(
            Method::POST,
            &address(&[("query", NAMES)]),
            &headers,
            "query=ASK+%7B%7D",
        )
        .await;
    assert_eq!(both.problem(), "bad-request");
}

#[tokio::test]
async fn a_page_of_any_origin_may_ask_and_read_our_headers() {
    let site = Site::new();
    let asks = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type, accept"),
    ];
    let leave = site
        .ask(Method::OPTIONS, "/sparql", &asks, Body::empty())
        .await;
    assert!(leave.status.is_success());
    assert_eq!(leave.header("access-control-allow-origin"), "*");
    assert!(
        leave
            .header("access-control-allow-methods")
            .contains("POST")
    );
    let allowed = leave.header("access-control-allow-headers");
    assert_eq!(allowed, "*");
    assert_eq!(leave.header("access-control-max-age"), "86400");
    assert_eq!(leave.header("access-control-allow-credentials"), "");
    let answer = site
        .query(NAMES, &[("origin", "https://elsewhere.example")])
        .await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let exposed = answer.header("access-control-expose-headers");
    for name in [
        "affiche-generation",
        "affiche-rows",
        "affiche-complete",
        "affiche-timeout",
        "etag",
    ] {
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
}

#[tokio::test]
async fn a_syntax_error_is_told_in_the_readers_language_and_shown_at_its_place() {
    let site = Site::new();
    let query = "SELECT *\nWHERE { ?s ?p }";
    for (lang, said) in [("fr", "Attendu ici : "), ("en", "Expected here: ")] {
        let answer = site.query(query, &[("accept-language", lang)]).await;
        assert_eq!(answer.problem(), "query-syntax");
        assert_eq!(answer.json()["line"], 2);
        assert_eq!(answer.json()["column"], 15);
        let detail = answer.json()["detail"]
            .as_str()
            .expect("a detail")
            .to_owned();
        assert!(detail.contains(said), "{detail}");
    }
    let page = site.query(query, &[("accept", "text/html")]).await;
    assert!(
        page.text().contains("WHERE { ?s ?p }\n              ^"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn small_answers_are_not_compressed_and_large_ones_are() {
    let site = Site::new();
    for encoding in ["gzip", "br", "zstd"] {
        let headers = [("accept-encoding", encoding)];
        let small = site.query("ASK {}", &headers).await;
        assert_eq!(small.header("content-encoding"), "", "{encoding}");
        let large = site.query(ALL, &headers).await;
        assert_eq!(large.header("content-encoding"), encoding, "{encoding}");
        for answer in [small, large] {
            assert!(answer.header("vary").ends_with("Accept-Encoding"));
        }
    }
}

#[tokio::test]
async fn many_who_ask_the_same_at_once_all_get_it() {
    let site = Site::with_limits(|limits| {
        limits.queries = Some(1);
        limits.worker_wait = Duration::from_secs(60);
    });
    // Not known to be cheap, and small when it is there.
    let query = "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o . FILTER(STRLEN(STR(?o)) > 3) }";
    let asked = std::iter::repeat_with(|| site.query(query, &[])).take(12);
    let answers = futures_like::join_all(asked.collect()).await;
    for answer in &answers {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.bytes, answers[0].bytes);
    }
}

/// What little is needed to wait for many at once.
mod futures_like {
    use std::pin::Pin;
    use std::task::Poll;

    type Waiting<F> = (Pin<Box<F>>, Option<<F as Future>::Output>);

    pub async fn join_all<F: Future>(all: Vec<F>) -> Vec<F::Output> {
        let mut waiting: Vec<Waiting<F>> =
            all.into_iter().map(|one| (Box::pin(one), None)).collect();
        std::future::poll_fn(move |context| {
            for (future, output) in &mut waiting {
                if output.is_none()
                    && let Poll::Ready(value) = future.as_mut().poll(context)
                {
                    *output = Some(value);
                }
            }
            if waiting.iter().any(|(_, output)| output.is_none()) {
                return Poll::Pending;
            }
            let outputs = waiting.iter_mut().filter_map(|(_, output)| output.take());
            Poll::Ready(outputs.collect())
        })
        .await
    }
}

#[tokio::test]
async fn the_bare_address_describes_the_service_in_rdf() {
    let site = Site::new();
    let mut follower = affiche::app::statistics::Follower::new(&site.app, &|| false);
    while follower.step().expect("it counts") {}
    let answer = site.get("/sparql", &[("accept", "*/*")]).await;
    assert_eq!(answer.header("content-type"), "text/turtle; charset=utf-8");
    let text = answer.text();
    for said in [
        "sd:endpoint <https://data.example.org/sparql>",
        "sd:supportedLanguage sd:SPARQL11Query",
        "<http://www.w3.org/ns/formats/SPARQL_Results_JSON>",
        "<http://www.w3.org/ns/formats/N-Quads>",
        "sd:extensionFunction",
        "<http://www.opengis.net/def/function/geosparql/distance>",
        "sd:name <https://data.example.org/graph/source/theatre>",
        "sd:name <https://data.example.org/graph/registry>",
        "sv:limitValue \"PT30S\"^^xsd:duration",
        "void:triples",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    assert!(!text.contains("UnionDefaultGraph"));
    let tag = answer.header("etag").to_owned();
    let again = site.get("/sparql", &[("if-none-match", &tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    for (accept, media_type) in [
        ("application/rdf+xml", "application/rdf+xml"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
    ] {
        let answer = site.get("/sparql", &[("accept", accept)]).await;
        assert_eq!(answer.header("content-type"), media_type);
    }
    // What is told of a graph is what a query counts.
    let graph = "https://data.example.org/graph/source/theatre";
    let count = format!("SELECT (COUNT(*) AS ?n) {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}");
    let counted = ask(&site, &count, &[("format", "csv")], &[]).await.text();
    let counted = counted.lines().nth(1).expect("a number").to_owned();
    let lines = site.get("/sparql?format=nt", &[]).await.text();
    let of_graph = "sparql#graph/graph/source/theatre> <http://rdfs.org/ns/void#triples>";
    let said = lines.lines().find(|line| line.contains(of_graph));
    let said = said.expect("it is told");
    assert!(said.contains(&format!("\"{counted}\"")), "{said}");
    // The numbers leave out what says them, so they are not those of the whole default graph.
    let told = |of: &str| {
        let triples = format!("<https://data.example.org/{of}> <http://rdfs.org/ns/void#triples>");
        lines.lines().any(|line| line.starts_with(&triples))
    };
    assert!(told(".well-known/void") && !told("sparql#default-graph"));
}

#[tokio::test]
async fn odd_values_come_back_as_they_are_in_every_format() {
    use sparesults::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
    let site = Site::new();
    let odd = r#""a,\"b\"\r\n\tc\\", " ", "<&>'", "é\u2028\u0085"@fr-CA, "-01.50"^^<http://www.w3.org/2001/XMLSchema#decimal>, "x"^^<http://a.example/t,y>, "1"^^<http://www.w3.org/2001/XMLSchema#integer>"#;
    let values: Vec<&str> = odd.split(", ").collect();
    let query = format!(
        "SELECT ?x ?none {{ VALUES ?x {{ <http://a.example/b,c> {} }} }}",
        values.join(" ")
    );
    let mut all = Vec::new();
    for (name, format) in [
        ("json", QueryResultsFormat::Json),
        ("xml", QueryResultsFormat::Xml),
        ("tsv", QueryResultsFormat::Tsv),
    ] {
        let answer = ask(&site, &query, &[("format", name)], &[]).await;
        let parser = QueryResultsParser::from_format(format);
        let parsed = parser.for_slice(&answer.bytes).expect("it can be read");
        let SliceQueryResultsParserOutput::Solutions(rows) = parsed else {
            panic!("{name}");
        };
        let rows: Vec<_> = rows
            .map(|row| row.expect("it can be read").get("x").cloned())
            .collect();
        assert_eq!(rows.len(), values.len() + 1, "{name}");
        assert!(rows.iter().all(Option::is_some), "{name}");
        all.push(rows);
    }
    assert!(all.iter().all(|rows| *rows == all[0]));
    let answer = ask(&site, &query, &[("format", "csv")], &[]).await;
    let mut reader = csv::Reader::from_reader(&answer.bytes[..]);
    let texts: Vec<String> = reader
        .records()
        .map(|row| row.expect("CSV")[0].to_owned())
        .collect();
    assert_eq!(
        texts[..3],
        ["http://a.example/b,c", "a,\"b\"\r\n\tc\\", " "]
    );
    // What XML has no way to say is an error, and no document.
    let control = "SELECT (\"\\u0001\" AS ?x) {}";
    let refused = ask(&site, control, &[("format", "xml")], &[]).await;
    assert_eq!(refused.problem(), "not-acceptable");
    assert!(refused.text().contains("U+0001"), "{}", refused.text());
    let property = "CONSTRUCT { <http://a.example/s> <http://a.example/12> 1 } {}";
    let refused = ask(&site, property, &[("format", "rdf")], &[]).await;
    assert_eq!(refused.problem(), "not-acceptable");
}

#[tokio::test]
async fn blank_nodes_stay_themselves_in_every_graph_format() {
    use oxrdf::Triple;
    let site = Site::new();
    let query = "CONSTRUCT { _:a <http://a.example/p> _:b , [ <http://a.example/q> _:a ] . _:b <http://a.example/p> _:a } { VALUES ?x { 1 2 } }";
    let mut graphs: Vec<Vec<Triple>> = Vec::new();
    for name in ["nt", "ttl", "rdf", "trig", "nq"] {
        let answer = ask(&site, query, &[("format", name)], &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
        let bytes = &answer.bytes[..];
        let triples: Vec<Triple> = match name {
            "rdf" => oxrdfxml::RdfXmlParser::new()
                .for_slice(bytes)
                .map(|triple| triple.expect("RDF/XML"))
                .collect(),
            _ => oxttl::TriGParser::new()
                .for_slice(bytes)
                .map(|quad| quad.expect("TriG").into())
                .collect(),
        };
        assert_eq!(triples.len(), 8, "{name}");
        graphs.push(triples);
    }
    for graph in &graphs {
        let alike = affiche::rdf::sophia::are_isomorphic(graph, &graphs[0]);
        assert!(alike.expect("comparable"));
    }
}
