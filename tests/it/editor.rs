//! The page at /sparql and what its editor needs: no word of it from elsewhere, and a plain form
//! where the editor was not built in.

use crate::site::Site;
use axum::http::StatusCode;
use serde_json::Value;

async fn vocabulary(site: &Site) -> Value {
    let answer = site.get("/sparql/vocabulary.json", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    serde_json::from_str(&answer.text()).expect("JSON")
}

#[tokio::test]
async fn the_vocabulary_has_prefixes_formats_classes_and_properties_with_labels() {
    let site = Site::new();
    let document = vocabulary(&site).await;
    assert_eq!(document["prefixes"]["schema"], "http://schema.org/");
    let ours = document["prefixes"]["sv"].as_str().expect("a namespace");
    assert!(ours.ends_with("/ns#"), "{ours}");
    let graphs = document["formats"]["graphs"].as_array().expect("formats");
    assert!(graphs.contains(&"ttl".into()) && !graphs.contains(&"csv".into()));
    for (list, iri, label) in [
        ("classes", "http://schema.org/Place", "Lieu"),
        ("properties", "http://schema.org/startDate", "début"),
    ] {
        let entry = document[list]
            .as_array()
            .expect("a list")
            .iter()
            .find(|entry| entry["iri"] == iri)
            .unwrap_or_else(|| panic!("{iri} is missing"));
        assert!(
            entry["count"].is_null() || entry["count"].is_u64(),
            "{entry}"
        );
        let shown = entry["label"]["fr"].as_str().unwrap_or_default();
        assert!(
            shown.to_lowercase().contains(&label.to_lowercase()),
            "{shown}"
        );
        assert!(entry["label"]["en"].is_string(), "{entry}");
    }
}

#[tokio::test]
async fn the_vocabulary_is_asked_for_again_only_when_something_was_published() {
    let site = Site::new();
    let first = site.get("/sparql/vocabulary.json", &[]).await;
    let tag = first.header("etag");
    let again = site
        .get("/sparql/vocabulary.json", &[("if-none-match", tag)])
        .await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.text().is_empty());
}

#[tokio::test]
async fn without_a_script_the_page_has_a_form_examples_prefixes_and_a_table() {
    let site = Site::new();
    let page = site
        .get(
            "/sparql?query=SELECT%20%28%22%3Cb%3E%22%20AS%20%3Ftext%29%20%7B%7D",
            &[("accept", "text/html")],
        )
        .await
        .text();
    assert!(page.contains("<textarea id=\"query\""));
    assert!(page.contains("<th scope=\"col\">?text</th>"));
    assert!(page.contains("&#60;b&#62;") && !page.contains("<td><b>"));
    assert!(page.contains("PREFIX schema: &#60;http://schema.org/&#62;"));
    assert!(page.matches("<summary>").count() > 5);
    // The script is an addition: nothing of this is made by it.
    for line in page.lines().filter(|line| line.contains("<script")) {
        assert!(
            line.contains(" src=\"/assets/") && line.contains(" defer"),
            "{line}"
        );
    }
}

#[test]
fn the_locks_of_what_is_bundled_name_no_host() {
    for lock in ["web/package-lock.json", "tests/browser/package-lock.json"] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(lock);
        let text = std::fs::read_to_string(path).expect("a lock file");
        for line in text.lines() {
            assert!(!line.contains("\"resolved\""), "{lock}: {line}");
        }
    }
}
