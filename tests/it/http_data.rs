//! Dumps, the ontology, the vocabularies, the shapes and the context.

use crate::site::{PROGRAMME, Site};
use axum::http::StatusCode;
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::io::Read as _;

const FILES: [&str; 3] = ["affiche.nq.gz", "affiche.ttl.gz", "affiche.jsonld.gz"];

fn unzipped(bytes: &[u8]) -> String {
    let mut text = String::new();
    GzDecoder::new(bytes)
        .read_to_string(&mut text)
        .expect("gzip of text");
    text
}

#[tokio::test]
async fn dumps_are_the_public_data_with_their_checksums() {
    let site = Site::new();
    let sums = site.get("/dumps/SHA256SUMS", &[]).await.text();
    for name in FILES {
        let file = site.get(&format!("/dumps/{name}"), &[]).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.header("content-type"), "application/gzip");
        assert_eq!(file.header("content-encoding"), "");
        assert_eq!(file.header("content-length"), file.bytes.len().to_string());
        let sum: String = Sha256::digest(&file.bytes)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(sums.contains(&format!("{sum}  {name}\n")), "{sums}");
        assert!(unzipped(&file.bytes).contains("Le Bac, première"), "{name}");
        let etag = file.header("etag").to_owned();
        let again = site
            .get(&format!("/dumps/{name}"), &[("if-none-match", &etag)])
            .await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
    let nquads = unzipped(&site.get("/dumps/affiche.nq.gz", &[]).await.bytes);
    for quad in oxttl::NQuadsParser::new().for_slice(nquads.as_bytes()) {
        let graph = quad.expect("a quad").graph_name;
        assert!(graph.is_default_graph(), "only the public data: {graph}");
    }
    let count = site
        .query(
            "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
            &[("accept", "text/csv")],
        )
        .await;
    assert_eq!(count.text(), format!("n\r\n{}\r\n", nquads.lines().count()));
}

#[tokio::test]
async fn the_same_data_gives_the_same_files_and_a_change_gives_new_ones() {
    let site = Site::new();
    let first = site.get("/dumps/SHA256SUMS", &[]).await;
    let report = site.submit("theatre", PROGRAMME);
    let changed = site.get("/dumps/SHA256SUMS", &[]).await;
    assert_ne!(first.bytes, changed.bytes);
    assert_eq!(
        changed.header("affiche-generation"),
        report.generation.to_string()
    );
    let folder = site.app.store.folder().join("index").join("dumps");
    std::fs::remove_dir_all(folder).expect("it can be thrown away");
    let again = site.get("/dumps/SHA256SUMS", &[]).await;
    assert_eq!(again.bytes, changed.bytes);
}

#[tokio::test]
async fn a_download_can_be_resumed() {
    let site = Site::new();
    let whole = site.get("/dumps/affiche.nq.gz", &[]).await;
    let etag = whole.header("etag").to_owned();
    let rest = site
        .get(
            "/dumps/affiche.nq.gz",
            &[("range", "bytes=100-"), ("if-range", &etag)],
        )
        .await;
    assert_eq!(rest.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(rest.bytes, whole.bytes.slice(100..));
    assert_eq!(
        rest.header("content-range"),
        format!("bytes 100-{}/{}", whole.bytes.len() - 1, whole.bytes.len())
    );
    let beyond = site
        .get("/dumps/affiche.nq.gz", &[("range", "bytes=99999999-")])
        .await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
}

#[tokio::test]
async fn the_list_of_dumps_is_for_people_and_for_programs() {
    let site = Site::new();
    let page = site.get("/dumps/", &[("accept", "text/html")]).await;
    assert!(page.text().contains("affiche.nq.gz"));
    let list = site.get("/dumps/", &[("accept", "application/json")]).await;
    assert_eq!(list.json()["files"].as_array().map(Vec::len), Some(3));
    assert_eq!(list.json()["generation"], site.app.store.generation().0);
    for path in ["/dumps/other", "/dumps/..%2f..%2flog", "/dumps/affiche.nq"] {
        assert_eq!(site.get(path, &[]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_model_can_be_looked_up() {
    let site = Site::new();
    for (path, expected) in [
        ("/ns", "sv:agent"),
        ("/vocab/", "vocab/fonctions>"),
        ("/vocab/fonctions", "fonctions:mise-en-scene"),
        ("/vocab/fonctions/mise-en-scene", "skos:prefLabel"),
        ("/shapes/minimum", "sh:NodeShape"),
    ] {
        let turtle = site.get(path, &[("accept", "text/turtle")]).await;
        assert_eq!(turtle.status, StatusCode::OK, "{path}");
        assert!(
            turtle.text().contains(expected),
            "{path}: {}",
            turtle.text()
        );
        for accept in ["text/html", "application/ld+json", "application/n-triples"] {
            let answer = site.get(path, &[("accept", accept)]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path} {accept}");
            assert!(answer.header("content-type").starts_with(accept));
            assert!(!answer.header("etag").is_empty());
        }
        if path != "/vocab/" {
            let by_suffix = site.get(&format!("{path}.ttl"), &[]).await;
            assert_eq!(by_suffix.bytes, turtle.bytes, "{path}");
        }
    }
    for path in [
        "/vocab/nothing",
        "/vocab/fonctions/nothing",
        "/shapes/nothing",
        "/vocab/a%20b",
    ] {
        assert_eq!(site.get(path, &[]).await.problem(), "not-found", "{path}");
    }
    let context = site.get("/context.jsonld", &[]).await;
    assert_eq!(context.header("content-type"), "application/ld+json");
    assert!(!context.text().contains("{base}"));
    assert_eq!(context.header("access-control-allow-origin"), "*");
}
