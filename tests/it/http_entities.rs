//! Entities at their addresses.

use crate::site::{PROGRAMME, Site};
use axum::body::Body;
use axum::http::{Method, StatusCode};

const PAGE: (&str, &str) = ("accept", "text/html");
const TURTLE: (&str, &str) = ("accept", "text/turtle");

#[tokio::test]
async fn a_thing_leads_to_its_document_relatively() {
    let site = Site::new();
    let noid = site.noid("un");
    for method in [Method::GET, Method::HEAD] {
        let answer = site
            .ask(method, &format!("/id/{noid}"), &[], Body::empty())
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("location"), format!("../doc/{noid}"));
        assert!(answer.bytes.is_empty());
    }
}

#[tokio::test]
async fn a_document_comes_in_the_format_that_the_reader_prefers() {
    let site = Site::new();
    let path = format!("/doc/{}", site.noid("un"));
    for (accept, media_type, start) in [
        ("text/turtle", "text/turtle; charset=utf-8", "@prefix"),
        ("application/ld+json", "application/ld+json", "{"),
        ("application/n-triples", "application/n-triples", "<"),
        ("text/html", "text/html; charset=utf-8", "<!doctype html>"),
        ("*/*", "text/html; charset=utf-8", "<!doctype html>"),
        (
            "text/html;q=0.2, text/turtle;q=0.9",
            "text/turtle; charset=utf-8",
            "@prefix",
        ),
    ] {
        let answer = site.get(&path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{accept}");
        assert_eq!(answer.header("content-type"), media_type);
        assert!(answer.text().starts_with(start), "{accept}");
        assert!(answer.header("vary").contains("Accept"), "{accept}");
        assert_eq!(
            answer.header("affiche-generation"),
            site.app.store.generation().to_string()
        );
        let head = site
            .ask(Method::HEAD, &path, &[("accept", accept)], Body::empty())
            .await;
        assert_eq!(head.status, StatusCode::OK);
        assert_eq!(head.header("etag"), answer.header("etag"));
        assert!(head.bytes.is_empty());
    }
}

#[tokio::test]
async fn a_suffix_chooses_the_format_whatever_is_accepted() {
    let site = Site::new();
    let noid = site.noid("un");
    let answer = site.get(&format!("/doc/{noid}.ttl"), &[PAGE]).await;
    assert_eq!(answer.header("content-type"), "text/turtle; charset=utf-8");
    assert_eq!(answer.header("content-location"), format!("{noid}.ttl"));
    let link = answer.header("link");
    assert!(
        link.contains(&format!(
            "<{noid}.jsonld>; rel=\"alternate\"; type=\"application/ld+json\""
        )),
        "{link}"
    );
}

#[tokio::test]
async fn the_turtle_of_a_document_is_the_entity_and_its_parts() {
    let site = Site::new();
    let noid = site.noid("un");
    let answer = site.get(&format!("/doc/{noid}.nt"), &[]).await;
    let entity = format!("<https://data.example.org/id/{noid}");
    let document = format!("<https://data.example.org/doc/{noid}>");
    let text = answer.text();
    assert!(text.contains("\"12.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>"));
    assert!(
        text.lines()
            .any(|line| line.starts_with(&format!("{entity}#offer")))
    );
    assert!(
        text.lines().all(|line| line.starts_with(&entity)
            || line.starts_with(&document)
            || line.starts_with("<https://data.example.org/source/")),
        "{text}"
    );
}

#[tokio::test]
async fn a_format_that_does_not_exist_is_refused_with_those_that_do() {
    let site = Site::new();
    let path = format!("/doc/{}", site.noid("un"));
    let answer = site.get(&path, &[("accept", "image/png")]).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(answer.problem(), "not-acceptable");
    assert!(answer.header("vary").contains("Accept"));
    for name in ["html", "ttl", "jsonld", "nt"] {
        assert!(answer.text().contains(&format!("`{name}`")), "{name}");
    }
    let answer = site.get(&format!("{path}?format=docx"), &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
}

#[tokio::test]
async fn an_unchanged_document_is_not_sent_again() {
    let site = Site::new();
    let path = format!("/doc/{}.ttl", site.noid("un"));
    let first = site.get(&path, &[]).await;
    let etag = first.header("etag").to_owned();
    assert!(!first.header("last-modified").is_empty());
    let again = site.get(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!(again.header("etag"), etag);
    assert!(again.bytes.is_empty());

    // Another entity's change leaves its tag alone; its own changes it. A page shows others too.
    let page = format!("/doc/{}.html", site.noid("un"));
    let page_etag = site.get(&page, &[]).await.header("etag").to_owned();
    site.submit(
        "theatre",
        &format!("{PROGRAMME}t:pierre a schema:Person ; schema:name \"Pierre\" ."),
    );
    let again = site.get(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let again = site.get(&page, &[("if-none-match", &page_etag)]).await;
    assert_eq!(again.status, StatusCode::OK);
    site.submit("theatre", &PROGRAMME.replace("première", "dernière"));
    let changed = site.get(&path, &[("if-none-match", &etag)]).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.text().contains("dernière"));
}

#[tokio::test]
async fn a_mistyped_name_is_told_apart_from_an_unknown_one() {
    let site = Site::new();
    let noid = site.noid("un");
    let last = if noid.ends_with('0') { '1' } else { '0' };
    let mistyped = format!("{}{last}", &noid[..noid.len() - 1]);
    for folder in ["id", "doc"] {
        let answer = site.get(&format!("/{folder}/{mistyped}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.problem(), "mistyped");
        for unknown in ["000000000000", "nothing", "a%00b"] {
            let answer = site.get(&format!("/{folder}/{unknown}"), &[]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{unknown}");
            assert_eq!(answer.problem(), "not-found", "{unknown}");
        }
    }
}

#[tokio::test]
async fn a_withdrawn_entity_leaves_a_tombstone_and_comes_back_under_its_name() {
    let site = Site::new();
    let noid = site.noid("deux");
    site.submit("theatre", PROGRAMME);
    for path in [format!("/id/{noid}"), format!("/doc/{noid}")] {
        let page = site.get(&path, &[PAGE]).await;
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.header("content-type").starts_with("text/html"));
        let data = site.get(&path, &[TURTLE]).await;
        assert_eq!(data.status, StatusCode::GONE);
        assert!(
            data.text().contains("sv:withdrawnBecause"),
            "{}",
            data.text()
        );
        let head = site.ask(Method::HEAD, &path, &[], Body::empty()).await;
        assert_eq!(head.status, StatusCode::GONE);
    }
    site.submit("theatre", &format!("{PROGRAMME}{}", crate::site::EVIL));
    assert_eq!(site.noid("deux"), noid);
    let back = site.get(&format!("/doc/{noid}"), &[TURTLE]).await;
    assert_eq!(back.status, StatusCode::OK);
}

#[tokio::test]
async fn text_from_data_is_never_markup() {
    let site = Site::new();
    site.count();
    for path in [format!("/doc/{}", site.noid("deux")), "/".to_owned()] {
        let page = site.get(&path, &[PAGE]).await.text();
        assert!(page.contains("compagnie"), "{path}");
        for markup in ["<script>alert", "1 < 2", "& \"compagnie"] {
            assert!(!page.contains(markup), "{path}: {markup}");
        }
    }
}

#[tokio::test]
async fn a_page_speaks_the_readers_language() {
    let site = Site::new();
    let path = format!("/doc/{}", site.noid("un"));
    for (language, expected) in [("fr", "lang=\"fr\""), ("en-GB, fr;q=0.5", "lang=\"en\"")] {
        let page = site
            .get(&path, &[PAGE, ("accept-language", language)])
            .await;
        assert!(
            page.text().contains(&format!("<html {expected}")),
            "{language}"
        );
        assert!(page.header("vary").contains("Accept-Language"));
    }
    let page = site
        .get(
            &format!("{path}?lang=en"),
            &[PAGE, ("accept-language", "fr")],
        )
        .await;
    assert!(page.text().contains("<html lang=\"en\""));
}
