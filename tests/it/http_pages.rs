//! What holds for every address: problems, headers, health, metrics.

use crate::site::Site;
use crate::support::{NOW, at};
use affiche::app::history;
use affiche::app::statistics::void;
use affiche::html::ASSETS;
use affiche::http::problem::PROBLEMS;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use std::io::Read as _;

#[tokio::test]
async fn an_address_with_nothing_is_a_problem_or_a_page_about_one() {
    let site = Site::new();
    let answer = site.get("/nothing/here", &[("accept", "*/*")]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.problem(), "not-found");
    let english = site.get("/nothing", &[("accept-language", "en")]).await;
    assert_eq!(english.json()["title"], "There is nothing at this address");
    let page = site.get("/nothing", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text().starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_wrong_method_is_refused_with_those_that_are_right() {
    let site = Site::new();
    for method in [Method::POST, Method::DELETE, Method::PUT] {
        let answer = site.ask(method, "/", &[], Body::empty()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(answer.problem(), "method-not-allowed");
        assert!(answer.header("allow").contains("GET"));
    }
}

#[tokio::test]
async fn every_kind_of_problem_has_a_page_at_its_address() {
    let site = Site::new();
    for row in PROBLEMS {
        let path = format!("/problems/{}", row.slug);
        let page = site
            .get(&path, &[("accept", "text/html"), ("accept-language", "en")])
            .await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let data = site.get(&path, &[("accept", "application/json")]).await;
        assert_eq!(data.json()["status"], row.status.as_u16());
    }
    assert_eq!(
        site.get("/problems/none", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn every_response_is_numbered_and_forbids_browsers_what_pages_do_not_need() {
    let site = Site::new();
    for path in ["/", "/nothing", "/health", "/validate", "/context.jsonld"] {
        let answer = site.get(path, &[("accept", "text/html")]).await;
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
        );
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(!answer.header("referrer-policy").is_empty());
        assert_eq!(answer.header("x-request-id").len(), 16);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}

#[tokio::test]
async fn text_is_compressed_for_who_can_read_it() {
    let site = Site::new();
    let plain = site.get("/ns.ttl", &[]).await;
    let gzip = site.get("/ns.ttl", &[("accept-encoding", "gzip")]).await;
    assert_eq!(gzip.header("content-encoding"), "gzip");
    let mut text = String::new();
    GzDecoder::new(&gzip.bytes[..])
        .read_to_string(&mut text)
        .expect("gzip");
    assert_eq!(text, plain.text());
    let dump = site
        .get("/dumps/affiche.nq.gz", &[("accept-encoding", "gzip")])
        .await;
    assert_eq!(dump.header("content-encoding"), "");
}

#[tokio::test]
async fn pages_load_only_files_that_are_here() {
    let site = Site::new();
    site.count();
    let described = site.app.statistics.current().expect("it is counted");
    void::publish(&site.app, &described, at(NOW)).expect("it can be written");
    // Every page leads to the feed of changes.
    let mut history = history::Follower::new(&site.app, &|| false);
    while history.step().expect("the log is read") {}
    for path in [
        "/",
        "/about",
        "/sparql",
        "/dumps/",
        "/vocab/",
        "/statistics",
    ] {
        let page = site.get(path, &[("accept", "text/html")]).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let text = page.text();
        for link in text.split("href=\"/").skip(1) {
            let address = link
                .split('"')
                .next()
                .unwrap_or_default()
                .replace("&amp;", "&");
            let target = site
                .get(&format!("/{address}"), &[("accept", "text/html")])
                .await;
            assert!(
                target.status.is_success() || target.status.is_redirection(),
                "{path} links to /{address}: {}",
                target.status
            );
        }
    }
    for asset in ASSETS.iter() {
        let answer = site.get(&format!("/assets/{}", asset.path), &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.header("cache-control").contains("immutable"));
    }
    assert_eq!(
        site.get("/assets/nothing.css", &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn health_and_metrics_tell_the_generation() {
    let site = Site::new();
    let health = site.get("/health", &[]).await;
    assert_eq!(health.status, StatusCode::OK);
    assert_eq!(health.json()["status"], "ok");
    let generation = site.app.store.generation();
    assert_eq!(health.json()["generation"], generation.0);
    site.get(&format!("/doc/{}", site.noid("un")), &[]).await;
    let metrics = site.get("/metrics", &[]).await.text();
    for line in [
        format!("affiche_generation {generation}"),
        "affiche_http_requests_total{route=\"/doc/{noid}\",method=\"GET\",status=\"2xx\"} 1"
            .to_owned(),
        "affiche_panics_total 0".to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line}\n---\n{metrics}");
    }
    let robots = site.get("/robots.txt", &[]).await;
    assert!(robots.text().contains("Disallow: /sparql"));
}
