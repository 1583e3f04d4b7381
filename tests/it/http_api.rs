//! The description of the HTTP interface, held to the interface.

use crate::site::{PROGRAMME, Site};
use crate::support::{NOW, PREFIXES, at};
use affiche::app::tokens::Scope;
use affiche::http::problem::PROBLEMS;
use affiche::http::router::ROUTES;
use axum::body::Body;
use axum::http::Method;
use serde_json::Value;
use std::collections::BTreeSet;

async fn description(site: &Site) -> Value {
    site.get("/openapi.json", &[]).await.json()
}

/// The members of an object.
fn names(value: &Value) -> BTreeSet<String> {
    let object = value.as_object().expect("an object");
    object.keys().cloned().collect()
}

#[tokio::test]
async fn every_address_is_described_with_the_methods_that_it_has() {
    let site = Site::new();
    let described = description(&site).await;
    assert_eq!(described["openapi"], "3.1.0");
    assert_eq!(
        described["servers"][0]["url"],
        site.app.store.base().as_str()
    );
    let paths: BTreeSet<String> = ROUTES.iter().map(|route| route.path.to_owned()).collect();
    let queries = site.app.door.queries().keys();
    let queries = queries.map(|name| format!("/queries/{name}"));
    let all: BTreeSet<String> = paths.iter().cloned().chain(queries).collect();
    assert_eq!(names(&described["paths"]), all);
    for path in paths {
        // No address has this one, so each tells which it has.
        let method = Method::from_bytes(b"BREW").expect("a method");
        let address = path.replace(['{', '}'], "");
        let answer = site.ask(method, &address, &[], Body::empty()).await;
        let mut allowed: BTreeSet<String> = answer
            .header("allow")
            .split(',')
            .map(|method| method.trim().to_lowercase())
            .collect();
        // Whoever may GET may HEAD, and what an address knows can be asked everywhere.
        allowed.remove("head");
        allowed.remove("options");
        assert_eq!(names(&described["paths"][&path]), allowed, "{path}");
    }
}

#[tokio::test]
async fn operations_have_names_of_their_own_and_tell_their_problems() {
    let site = Site::new();
    let described = description(&site).await;
    let mut seen = BTreeSet::new();
    let slugs: BTreeSet<&str> = PROBLEMS.iter().map(|row| row.slug).collect();
    let mut told = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().expect("an object") {
        for (method, operation) in operations.as_object().expect("an object") {
            let name = operation["operationId"].as_str().expect("a text");
            assert!(seen.insert(name.to_owned()), "{name} stands twice");
            let in_path = operation["parameters"]
                .as_array()
                .expect("a list")
                .iter()
                .filter(|parameter| parameter["in"] == "path")
                .count();
            assert_eq!(in_path, path.matches('{').count(), "{path}");
            for (status, response) in operation["responses"].as_object().expect("an object") {
                let text = response["description"].as_str().expect("a text");
                assert!(!text.is_empty(), "{method} {path} {status}");
                for slug in text.split('`').skip(1).step_by(2) {
                    if slugs.contains(slug) {
                        told.insert(slug.to_owned());
                        let row = PROBLEMS.iter().find(|row| row.slug == slug).expect("a row");
                        assert_eq!(row.status.as_str(), status, "{method} {path}: {slug}");
                    }
                }
            }
        }
    }
    // Those that no address answers alone: to a method that it has not, to a condition that any
    // request can have, and of a copy, whatever it is asked.
    let untold: Vec<&str> = slugs
        .into_iter()
        .filter(|slug| !told.contains(*slug))
        .collect();
    assert_eq!(
        untold,
        [
            "method-not-allowed",
            "precondition-failed",
            "read-only",
            "replica-unverified"
        ]
    );
}

#[tokio::test]
async fn reports_have_the_members_that_are_described() {
    let site = Site::new();
    let (secret, _) = site
        .app
        .tokens
        .create(Scope::Operator, None, at(NOW))
        .expect("a token");
    let token = format!("Bearer {secret}");
    let schemas = description(&site).await["components"]["schemas"].clone();
    let described = |name: &str| names(&schemas[name]["properties"]);
    let required = |name: &str| -> BTreeSet<String> {
        let all = schemas[name]["required"].as_array().expect("a list");
        all.iter()
            .map(|name| name.as_str().expect("a text").to_owned())
            .collect()
    };
    let check = |name: &str, value: &Value| {
        assert!(names(value).is_subset(&described(name)), "{name}: {value}");
        assert!(required(name).is_subset(&names(value)), "{name}: {value}");
    };
    let headers = [("authorization", &*token), ("content-type", "text/turtle")];
    let faulty =
        "t:quoi schema:name \"Quoi ?\" . t:anne a schema:Person ; schema:name \" Anne \" .";
    let body = format!("{PREFIXES}{PROGRAMME}{faulty}");
    let path = "/sources/theatre/data?partial=true";
    let report = site.ask(Method::PUT, path, &headers, body).await.json();
    check("Report", &report);
    check("Finding", &report["findings"][0]);
    check("Normalisation", &report["normalisations"][0]);
    assert_eq!(
        names(&report["counts"]),
        names(&schemas["Report"]["properties"]["counts"]["properties"])
    );
    let source = site.get("/sources/theatre/data", &headers).await.json();
    check("Source", &source);
    let address = source["submissions"][0]["href"]
        .as_str()
        .expect("an address");
    check("Submission", &site.get(address, &headers).await.json());
    let refused = site
        .ask(
            Method::POST,
            "/sources/theatre/data",
            &headers,
            format!("{PREFIXES}{faulty}"),
        )
        .await;
    assert_eq!(refused.problem(), "refused");
    let both: BTreeSet<String> = described("Problem")
        .union(&described("Report"))
        .cloned()
        .collect();
    assert!(names(&refused.json()).is_subset(&both));
    check("Problem", &site.get("/nothing", &[]).await.json());
}

#[tokio::test]
async fn the_description_can_be_read_by_people_in_both_languages() {
    let site = Site::new();
    for (lang, words) in [
        ("fr", "Tout ce que la source dit désormais"),
        ("en", "All that the source says from now on"),
    ] {
        let page = site
            .get(
                "/api",
                &[("accept-language", lang), ("accept", "text/html")],
            )
            .await
            .text();
        assert!(page.contains(words), "{page}");
        assert!(page.contains("PUT /sources/{source}/data"));
        assert!(!page.contains("<script>"), "a script in the page itself");
    }
    let first = site.get("/openapi.json", &[]).await;
    let again = site
        .get("/openapi.json", &[("if-none-match", first.header("etag"))])
        .await;
    assert_eq!(again.status.as_u16(), 304);
}
