//! Writing over HTTP: tokens, modes, limits, and what the sender is told.

use crate::site::{Answer, PROGRAMME, Site};
use crate::support::{NOW, PREFIXES, at, name};
use affiche::app::tokens::Scope;
use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::convert::Infallible;
use std::io::Write as _;
use tokio_stream::StreamExt as _;

const DATA: &str = "/sources/theatre/data";
const PERSON: &str = "t:anne a schema:Person ; schema:name \"Anne\" .";
/// Something without a class that the model knows.
const FAULTY: &str = "t:quoi schema:name \"Quoi ?\" .";

fn turtle(text: &str) -> String {
    format!("{PREFIXES}{text}")
}

/// A token of a source, or of the operator.
fn token(site: &Site, source: Option<&str>) -> String {
    let scope = source.map_or(Scope::Operator, |source| Scope::Source(name(source)));
    let (secret, _) = site
        .app
        .tokens
        .create(scope, None, at(NOW))
        .expect("a token");
    format!("Bearer {secret}")
}

/// A site, and the theatre's token.
fn site() -> (Site, String) {
    let site = Site::new();
    let token = token(&site, Some("theatre"));
    (site, token)
}

async fn send(
    site: &Site,
    method: Method,
    path: &str,
    token: &str,
    further: &[(&str, &str)],
    body: impl Into<Body>,
) -> Answer {
    let mut headers = vec![("authorization", token)];
    if !further.iter().any(|(name, _)| *name == "content-type") {
        headers.push(("content-type", "text/turtle"));
    }
    headers.extend(further);
    site.ask(method, path, &headers, body).await
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("it fits");
    encoder.finish().expect("it fits")
}

#[tokio::test]
async fn put_replaces_post_adds_and_delete_withdraws() {
    let (site, token) = site();
    let put = send(&site, Method::PUT, DATA, &token, &[], turtle(PERSON)).await;
    // It withdraws four of four, which takes more than four: the limit is ten.
    assert_eq!(put.status, StatusCode::OK, "{}", put.text());
    assert_eq!(put.json()["outcome"], "accepted");
    assert_eq!(put.json()["mode"], "replace");
    assert_eq!(put.header("cache-control"), "no-store");
    let generation = put.json()["generation"].as_u64().expect("a number");
    assert_eq!(put.header("affiche-generation"), generation.to_string());
    let post = send(&site, Method::POST, DATA, &token, &[], turtle(PROGRAMME)).await;
    assert_eq!(post.json()["mode"], "upsert", "{}", post.text());
    assert_eq!(post.json()["counts"]["withdrawn"], 0);
    let shown = site.get(&format!("/doc/{}", site.noid("anne")), &[]).await;
    assert_eq!(shown.status, StatusCode::OK);
    let delete = send(
        &site,
        Method::DELETE,
        DATA,
        &token,
        &[("content-type", "text/uri-list")],
        "# Anne has left\r\nhttps://theatre.example/anne\r\n",
    )
    .await;
    assert_eq!(delete.json()["counts"]["withdrawn"], 1, "{}", delete.text());
    let gone = site.get(&format!("/doc/{}", site.noid("anne")), &[]).await;
    assert_eq!(gone.status, StatusCode::GONE);
    let iri = "/sources/theatre/data?iri=https%3A%2F%2Ftheatre.example%2Fun";
    let delete = site
        .ask(Method::DELETE, iri, &[("authorization", &token)], "")
        .await;
    assert_eq!(delete.json()["counts"]["withdrawn"], 1, "{}", delete.text());
}

#[tokio::test]
async fn the_same_again_changes_nothing() {
    let (site, token) = site();
    let first = send(&site, Method::PUT, DATA, &token, &[], turtle(PERSON)).await;
    let again = send(&site, Method::PUT, DATA, &token, &[], turtle(PERSON)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json()["outcome"], "unchanged");
    assert_eq!(again.json()["generation"], first.json()["generation"]);
    assert_eq!(again.header("etag"), first.header("etag"));
}

#[tokio::test]
async fn a_refusal_is_a_problem_with_the_report_in_it() {
    let (site, token) = site();
    let before = site.app.store.generation();
    let refused = send(&site, Method::POST, DATA, &token, &[], turtle(FAULTY)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.problem(), "refused");
    let json = refused.json();
    assert_eq!(json["outcome"], "refused");
    assert_eq!(json["findings"][0]["rule"], "unknown-class");
    assert!(
        json["instance"]
            .as_str()
            .expect("a text")
            .starts_with("urn:request:")
    );
    assert_eq!(site.app.store.generation(), before);
    // What can be is published when the sender says so.
    let partial = send(
        &site,
        Method::POST,
        "/sources/theatre/data?partial=true",
        &token,
        &[],
        turtle(&format!("{PERSON}\n{FAULTY}")),
    )
    .await;
    assert_eq!(partial.status, StatusCode::OK, "{}", partial.text());
    assert_eq!(partial.json()["counts"]["created"], 1);
    assert_eq!(partial.json()["counts"]["refused"], 1);
}

#[tokio::test]
async fn the_report_comes_as_the_sender_prefers_it() {
    let (site, token) = site();
    let send = async |accept: &str, body: &str| {
        send(
            &site,
            Method::POST,
            "/sources/theatre/data?dry-run=true",
            &token,
            &[("accept", accept), ("accept-language", "fr")],
            turtle(body),
        )
        .await
    };
    let text = send("text/plain", PERSON).await;
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(
        text.text().starts_with("theatre: serait accepté"),
        "{}",
        text.text()
    );
    let page = send("text/html", FAULTY).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text().starts_with("<!doctype html>"));
    assert!(page.text().contains("À corriger (1)"), "{}", page.text());
    assert!(page.text().contains("unknown-class"));
    let text = send("text/plain", FAULTY).await;
    assert_eq!(text.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(text.text().contains("refusé"), "{}", text.text());
    let none = send("image/png", PERSON).await;
    assert_eq!(none.problem(), "not-acceptable");
}

#[tokio::test]
async fn a_dry_run_reports_all_and_changes_nothing() {
    let (site, token) = site();
    let before = site.app.store.generation();
    let path = "/sources/theatre/data?dry-run=true";
    let answer = send(&site, Method::PUT, path, &token, &[], turtle(PERSON)).await;
    assert_eq!(answer.json()["dry_run"], true);
    assert_eq!(answer.json()["outcome"], "accepted");
    assert_eq!(answer.json()["counts"]["created"], 1);
    assert_eq!(site.app.store.generation(), before);
}

#[tokio::test]
async fn without_a_good_token_nothing_is_said_about_the_source() {
    let (site, token) = site();
    let other = crate::http_writes::token(&site, Some("office"));
    let revoked = {
        let scope = Scope::Source(name("theatre"));
        let (secret, token) = site
            .app
            .tokens
            .create(scope, None, at(NOW))
            .expect("a token");
        site.app.tokens.revoke(&token.id).expect("it is there");
        format!("Bearer {secret}")
    };
    let basic = token.replace("Bearer", "Basic");
    let longer = format!("{token}0");
    for path in [DATA, "/sources/nobody/data", "/sources/UPPER%20case/data"] {
        for method in [Method::PUT, Method::POST, Method::DELETE, Method::GET] {
            let headers = [("content-type", "text/turtle")];
            let none = site
                .ask(method.clone(), path, &headers, turtle(PERSON))
                .await;
            assert_eq!(none.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(none.problem(), "unauthorized");
            assert!(none.header("www-authenticate").starts_with("Bearer "));
            for wrong in [&*revoked, "Bearer ", "Bearer aff_0", "", &basic, &longer] {
                let answer = send(&site, method.clone(), path, wrong, &[], turtle(PERSON)).await;
                assert_eq!(answer.problem(), "unauthorized", "{method} {path} {wrong}");
            }
        }
    }
    for path in [
        DATA,
        "/sources/nobody/data",
        "/sources/UPPER%20case/data",
        "/sources/system/data",
    ] {
        let answer = send(&site, Method::PUT, path, &other, &[], turtle(PERSON)).await;
        assert_eq!(answer.problem(), "not-allowed", "{path}");
        assert!(
            answer
                .header("www-authenticate")
                .contains("insufficient_scope")
        );
    }
    // A token in the address is none.
    let secret = token.trim_start_matches("Bearer ");
    let path = format!("{DATA}?access_token={secret}");
    let answer = site
        .ask(
            Method::PUT,
            &path,
            &[("content-type", "text/turtle")],
            turtle(PERSON),
        )
        .await;
    assert_eq!(answer.problem(), "unauthorized");
    // Two are none either.
    let answer = send(
        &site,
        Method::PUT,
        DATA,
        &token,
        &[("authorization", &token)],
        "",
    )
    .await;
    assert_eq!(answer.problem(), "unauthorized");
    assert_eq!(
        site.app.store.generation(),
        Site::new().app.store.generation()
    );
}

#[tokio::test]
async fn the_operator_writes_as_any_source_but_the_program_itself() {
    let (site, _) = site();
    let operator = token(&site, None);
    let path = "/sources/office/data";
    let answer = send(&site, Method::PUT, path, &operator, &[], turtle(PERSON)).await;
    assert_eq!(answer.json()["source"], "office", "{}", answer.text());
    for (path, problem) in [
        ("/sources/nobody/data", "unknown-source"),
        ("/sources/system/data", "not-allowed"),
    ] {
        let answer = send(&site, Method::PUT, path, &operator, &[], turtle(PERSON)).await;
        assert_eq!(answer.problem(), problem, "{path}");
    }
}

#[tokio::test]
async fn a_closed_source_takes_nothing_more() {
    let (site, token) = site();
    affiche::ingest::sources::change(
        &site.app.store,
        &site.app.door,
        &name("theatre"),
        |source| source.is_closed = true,
        at(NOW),
    )
    .expect("it is closed");
    let answer = send(&site, Method::PUT, DATA, &token, &[], turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(answer.problem(), "source-closed");
    let status = site.get(DATA, &[("authorization", &token)]).await;
    assert_eq!(status.json()["closed"], true);
}

#[tokio::test]
async fn what_cannot_be_read_is_told_with_its_place() {
    let (site, token) = site();
    let broken = turtle("t:x a schema:Person ;\n schema:name \"never closed .");
    let answer = send(&site, Method::PUT, DATA, &token, &[], broken).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.problem(), "unreadable");
    assert!(
        answer.json()["line"].as_u64().expect("a line") >= 9,
        "{}",
        answer.text()
    );
    let latin = [b"<https://a.example/".as_slice(), &[0xE9], b"> a <b> ."].concat();
    let answer = send(&site, Method::PUT, DATA, &token, &[], latin).await;
    assert_eq!(answer.json()["line"], 1, "{}", answer.text());
    let empty = send(
        &site,
        Method::DELETE,
        DATA,
        &token,
        &[("content-type", "text/uri-list")],
        "not an IRI",
    )
    .await;
    assert_eq!(empty.problem(), "unreadable");
}

#[tokio::test]
async fn a_type_or_a_coding_that_is_not_read_is_told_with_those_that_are() {
    let (site, token) = site();
    for media_type in [
        "application/pdf",
        "application/x-www-form-urlencoded",
        "turtle",
        "",
    ] {
        let headers = [("content-type", media_type)];
        let answer = send(&site, Method::PUT, DATA, &token, &headers, turtle(PERSON)).await;
        assert_eq!(answer.problem(), "unsupported-media-type", "{media_type}");
        assert!(answer.header("accept").contains("application/ld+json"));
        assert!(
            answer.json()["detail"]
                .as_str()
                .expect("a text")
                .contains("text/turtle")
        );
    }
    for coding in ["br", "gzip, gzip", "deflate"] {
        let headers = [("content-encoding", coding)];
        let answer = send(&site, Method::PUT, DATA, &token, &headers, turtle(PERSON)).await;
        assert_eq!(answer.problem(), "unsupported-media-type", "{coding}");
        assert_eq!(answer.header("accept-encoding"), "gzip, zstd");
    }
}

#[tokio::test]
async fn a_parameter_that_is_not_understood_holds_the_submission_back() {
    let (site, token) = site();
    let before = site.app.store.generation();
    for query in [
        "publish=2030-01-01",
        "partial=yes",
        "dryrun=true",
        "dry-run=1",
    ] {
        let path = format!("{DATA}?{query}");
        let answer = send(&site, Method::PUT, &path, &token, &[], turtle(PERSON)).await;
        assert_eq!(answer.problem(), "bad-request", "{query}");
    }
    let path = format!("{DATA}?allow-withdrawals=true");
    let answer = send(&site, Method::POST, &path, &token, &[], turtle(PERSON)).await;
    assert_eq!(answer.problem(), "bad-request");
    assert_eq!(site.app.store.generation(), before);
}

#[tokio::test]
async fn compressed_bodies_are_read_and_bombs_stop_at_the_limit() {
    let site = Site::with_limits(|limits| limits.submission_bytes = 3 << 20);
    let token = token(&site, Some("theatre"));
    let text = turtle(PERSON);
    for (coding, bytes) in [
        ("gzip", gzip(text.as_bytes())),
        ("X-GZIP", gzip(text.as_bytes())),
        (
            "zstd",
            zstd::encode_all(text.as_bytes(), 0).expect("it fits"),
        ),
    ] {
        let headers = [("content-encoding", coding)];
        let answer = send(&site, Method::POST, DATA, &token, &headers, bytes).await;
        assert_eq!(answer.status, StatusCode::OK, "{coding} {}", answer.text());
    }
    let zeros = vec![b' '; 200 << 20];
    for (coding, bytes) in [
        ("gzip", gzip(&zeros)),
        ("zstd", zstd::encode_all(&zeros[..], 0).expect("it fits")),
    ] {
        let headers = [("content-encoding", coding)];
        let answer = send(&site, Method::POST, DATA, &token, &headers, bytes).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{coding}");
        assert_eq!(answer.json()["limit"], "limits.submission_bytes");
        assert_eq!(answer.json()["limit-value"], (3 << 20).to_string());
    }
    let cut = gzip(text.as_bytes());
    let cut = cut[..cut.len() - 3].to_vec();
    for bytes in [cut, text.clone().into_bytes()] {
        let headers = [("content-encoding", "gzip")];
        let answer = send(&site, Method::POST, DATA, &token, &headers, bytes).await;
        assert_eq!(answer.problem(), "unreadable");
    }
    let left = std::fs::read_dir(site.app.store.folder().join("private/incoming"));
    assert_eq!(left.expect("a folder").count(), 0);
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read_to_its_end() {
    let site = Site::with_limits(|limits| limits.submission_bytes = 1 << 20);
    let token = token(&site, Some("theatre"));
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(1);
    let pouring = tokio::spawn(async move {
        let mut poured = 0_u64;
        while sender
            .send(Ok(Bytes::from_static(&[b' '; 65_536])))
            .await
            .is_ok()
        {
            poured += 65_536;
        }
        poured
    });
    let endless = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
    let answer = send(&site, Method::PUT, DATA, &token, &[], endless).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["limit-value"], (1 << 20).to_string());
    assert!(pouring.await.expect("it ends") < 4 << 20);
    // One that says its length is not read at all.
    let long = [("content-length", "9999999999")];
    let answer = send(&site, Method::PUT, DATA, &token, &long, vec![b' '; 2 << 20]).await;
    assert_eq!(answer.problem(), "body-too-large");
}

#[tokio::test]
async fn a_large_body_is_taken_as_it_came() {
    let (site, token) = site();
    let many: String = (0..8000)
        .map(|number| {
            format!("t:p{number} a schema:Person ; schema:name \"Personne {number}, du Grand Théâtre de la Ville\" .\n")
        })
        .collect();
    let text = turtle(&many);
    assert!(text.len() > 600_000);
    let text = format!(
        "{text}{}",
        "# a comment that fills the room\n".repeat(30_000)
    );
    assert!(text.len() > 1 << 20);
    let pieces: Vec<Result<Bytes, Infallible>> = text
        .as_bytes()
        .chunks(10_007)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let body = Body::from_stream(tokio_stream::iter(pieces));
    let answer = send(&site, Method::POST, DATA, &token, &[], body).await;
    assert_eq!(
        answer.json()["counts"]["created"],
        8000,
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_leaves_no_trace() {
    let (site, token) = site();
    let before = site.app.store.generation();
    let pieces = tokio_stream::iter([
        Ok(Bytes::from(turtle(PERSON))),
        Err(std::io::Error::other("the client has left")),
    ]);
    let answer = send(
        &site,
        Method::PUT,
        DATA,
        &token,
        &[],
        Body::from_stream(pieces),
    )
    .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(site.app.store.generation(), before);
    // The token's turn is over with it.
    let answer = send(&site, Method::POST, DATA, &token, &[], turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_client_that_stops_sending_is_let_go() {
    let site =
        Site::with_limits(|limits| limits.idle_timeout = std::time::Duration::from_millis(50));
    let token = token(&site, Some("theatre"));
    let first = tokio_stream::iter([Ok::<_, Infallible>(Bytes::from(turtle(PERSON)))]);
    let stalled = Body::from_stream(first.chain(tokio_stream::pending()));
    let answer = send(&site, Method::PUT, DATA, &token, &[], stalled).await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(answer.json()["limit"], "limits.idle_timeout");
}

#[tokio::test]
async fn if_match_holds_back_what_was_made_for_another_state() {
    let (site, token) = site();
    let status = site.get(DATA, &[("authorization", &token)]).await;
    let tag = status.header("etag").to_owned();
    assert_eq!(status.json()["etag"], tag);
    let office = crate::http_writes::token(&site, Some("office"));
    send(
        &site,
        Method::PUT,
        "/sources/office/data",
        &office,
        &[],
        turtle(PERSON),
    )
    .await;
    // Another source's change is none of this one's.
    let if_match = [("if-match", &*tag)];
    let first = send(&site, Method::POST, DATA, &token, &if_match, turtle(PERSON)).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_ne!(first.header("etag"), tag);
    let late = turtle("t:bob a schema:Person ; schema:name \"Bob\" .");
    let second = send(&site, Method::POST, DATA, &token, &if_match, late.clone()).await;
    assert_eq!(second.status, StatusCode::PRECONDITION_FAILED);
    assert_eq!(second.problem(), "changed-meanwhile");
    assert_eq!(second.header("etag"), first.header("etag"));
    let either = format!("{tag}, {}", first.header("etag"));
    for tags in [&*either, "*"] {
        let answer = send(
            &site,
            Method::POST,
            DATA,
            &token,
            &[("if-match", tags)],
            late.clone(),
        )
        .await;
        // The second time it has changed by the first.
        assert!(answer.status == StatusCode::OK, "{tags}: {}", answer.text());
    }
    let head = site
        .ask(Method::HEAD, DATA, &[("authorization", &token)], "")
        .await;
    assert!(!head.header("etag").is_empty());
    assert!(head.bytes.is_empty());
}

#[tokio::test]
async fn the_same_key_does_the_same_submission_once() {
    let (site, token) = site();
    let key = [("idempotency-key", "\"night-42\"")];
    let path = format!("{DATA}?partial=false");
    let first = send(&site, Method::PUT, &path, &token, &key, turtle(PERSON)).await;
    assert_eq!(first.json()["outcome"], "accepted");
    // Others wrote meanwhile; the repetition must not undo that.
    send(&site, Method::PUT, DATA, &token, &[], turtle(PROGRAMME)).await;
    let generation = site.app.store.generation();
    let again = send(&site, Method::PUT, &path, &token, &key, turtle(PERSON)).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.json(), first.json());
    assert_eq!(site.app.store.generation(), generation);
    // The same bytes, compressed otherwise, are the same; another mode, body or parameter is not.
    let compressed = [key[0], ("content-encoding", "gzip")];
    let bytes = gzip(turtle(PERSON).as_bytes());
    let again = send(&site, Method::PUT, &path, &token, &compressed, bytes).await;
    assert_eq!(again.json(), first.json());
    for (method, path, body) in [
        (Method::PUT, &*path, FAULTY),
        (Method::POST, &*path, PERSON),
        (Method::PUT, DATA, PERSON),
    ] {
        let answer = send(&site, method.clone(), path, &token, &key, turtle(body)).await;
        assert_eq!(
            answer.problem(),
            "idempotency-key-reused",
            "{method} {path}"
        );
    }
    // Another sender's key is another key.
    let other = crate::http_writes::token(&site, Some("theatre"));
    let answer = send(&site, Method::POST, DATA, &other, &key, turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::OK);
    let long = "x".repeat(256);
    let answer = send(
        &site,
        Method::PUT,
        DATA,
        &token,
        &[("idempotency-key", &long)],
        "",
    )
    .await;
    assert_eq!(answer.problem(), "bad-request");
}

#[tokio::test]
async fn a_refusal_is_repeated_under_its_key_as_well() {
    let (site, token) = site();
    let key = [("idempotency-key", "k")];
    let first = send(&site, Method::POST, DATA, &token, &key, turtle(FAULTY)).await;
    let again = send(&site, Method::POST, DATA, &token, &key, turtle(FAULTY)).await;
    assert_eq!(again.problem(), "refused");
    assert_eq!(again.json()["findings"], first.json()["findings"]);
}

#[tokio::test]
async fn a_token_has_so_many_writes_a_minute() {
    let site = Site::with_limits(|limits| limits.writes_per_minute = 2);
    let token = token(&site, Some("theatre"));
    for _ in 0..2 {
        let answer = send(&site, Method::POST, DATA, &token, &[], turtle(PERSON)).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let answer = send(&site, Method::POST, DATA, &token, &[], turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.problem(), "too-many-writes");
    assert_eq!(answer.json()["limit"], "limits.writes_per_minute");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!((1..=31).contains(&wait), "{wait}");
    // Others are not held up by it.
    let office = crate::http_writes::token(&site, Some("office"));
    let path = "/sources/office/data";
    let answer = send(&site, Method::POST, path, &office, &[], turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_token_sends_one_submission_at_a_time() {
    let (site, token) = site();
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Bytes, Infallible>>(1);
    let slow = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(receiver));
    let first = send(&site, Method::POST, DATA, &token, &[], slow);
    let second = async {
        sender
            .send(Ok(Bytes::from(turtle(PERSON))))
            .await
            .expect("it reads");
        let second = send(&site, Method::POST, DATA, &token, &[], turtle(PERSON)).await;
        drop(sender);
        second
    };
    let (first, second) = tokio::join!(first, second);
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    assert_eq!(second.problem(), "too-many-writes");
    assert_eq!(second.header("retry-after"), "1");
}

#[tokio::test]
async fn who_need_not_wait_finds_the_report_at_an_address() {
    let (site, token) = site();
    let prefer = [("prefer", "respond-async")];
    let answer = send(&site, Method::POST, DATA, &token, &prefer, turtle(PERSON)).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
    assert_eq!(answer.header("preference-applied"), "respond-async");
    let address = answer.header("location").to_owned();
    assert!(
        address.starts_with("/sources/theatre/submissions/"),
        "{address}"
    );
    let own = [("authorization", &*token)];
    let ended = loop {
        let progress = site.get(&address, &own).await;
        assert_eq!(progress.status, StatusCode::OK);
        if progress.json()["state"] == "done" {
            break progress;
        }
        assert!(!progress.header("retry-after").is_empty());
        tokio::task::yield_now().await;
    };
    assert_eq!(ended.json()["report"]["outcome"], "accepted");
    let text = site
        .get(&address, &[own[0], ("accept", "text/plain")])
        .await;
    assert!(text.text().contains("1 cr"), "{}", text.text());
    let page = site.get(&address, &[own[0], ("accept", "text/html")]).await;
    assert!(page.text().starts_with("<!doctype html>"));
    let status = site.get(DATA, &own).await;
    assert_eq!(status.json()["submissions"][0]["href"], address);
    // It is the source's own affair.
    let office = crate::http_writes::token(&site, Some("office"));
    for (path, token, problem) in [
        (&*address, None, "unauthorized"),
        (&*address, Some(&office), "not-allowed"),
        (
            "/sources/theatre/submissions/0123456789abcdef",
            Some(&token),
            "not-found",
        ),
    ] {
        let headers: Vec<_> = token
            .iter()
            .map(|token| ("authorization", &***token))
            .collect();
        assert_eq!(site.get(path, &headers).await.problem(), problem, "{path}");
    }
    let by_operator = crate::http_writes::token(&site, None);
    let answer = site.get(&address, &[("authorization", &by_operator)]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_submission_goes_its_way_when_its_sender_leaves() {
    let (site, token) = site();
    let before = site.app.store.generation();
    let mut sending = Box::pin(send(&site, Method::POST, DATA, &token, &[], turtle(PERSON)));
    // Left as soon as it has been received.
    let own = [("authorization", &*token)];
    let received = async {
        loop {
            let status = site.get(DATA, &own).await;
            if status.json()["submissions"]
                .as_array()
                .is_some_and(|all| !all.is_empty())
            {
                break;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = &mut sending => {}
        () = received => {}
    }
    drop(sending);
    while site.app.store.generation() == before {
        tokio::task::yield_now().await;
    }
    site.get(&format!("/doc/{}", site.noid("anne")), &[]).await;
    let folder = site.app.store.check().expect("it can be read");
    assert!(folder.problems.is_empty());
}

#[tokio::test]
async fn no_page_elsewhere_can_write_for_its_visitor() {
    let (site, token) = site();
    for method in ["PUT", "POST", "DELETE"] {
        let preflight = site
            .ask(
                Method::OPTIONS,
                DATA,
                &[
                    ("origin", "https://elsewhere.example"),
                    ("access-control-request-method", method),
                    (
                        "access-control-request-headers",
                        "authorization,content-type",
                    ),
                ],
                "",
            )
            .await;
        assert_eq!(
            preflight.header("access-control-allow-origin"),
            "",
            "{method}"
        );
        assert_eq!(preflight.header("access-control-allow-methods"), "");
        assert_eq!(preflight.header("access-control-allow-headers"), "");
    }
    let origin = [("origin", "https://elsewhere.example")];
    let answer = send(&site, Method::POST, DATA, &token, &origin, turtle(PERSON)).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    assert_eq!(answer.header("set-cookie"), "");
}

#[tokio::test]
async fn a_wrong_method_is_told_those_that_are_right() {
    let (site, token) = site();
    let answer = send(&site, Method::PATCH, DATA, &token, &[], "").await;
    assert_eq!(answer.problem(), "method-not-allowed");
    for method in ["GET", "PUT", "POST", "DELETE"] {
        assert!(
            answer.header("allow").contains(method),
            "{}",
            answer.header("allow")
        );
    }
}

#[tokio::test]
async fn an_operator_merges_two_entities_and_takes_it_back() {
    let (site, theatres) = site();
    let operator = token(&site, None);
    let office = token(&site, Some("office"));
    let people = "t:anne a schema:Person ; schema:name \"Anne\" . t:ana a schema:Person ; schema:name \"Ana\" .";
    send(&site, Method::POST, DATA, &theatres, &[], turtle(people)).await;
    let (one, other) = (site.noid("anne"), site.noid("ana"));
    let body = format!("{{\"a\": \"{one}\", \"b\": \"{other}\", \"because\": \"one person\"}}");
    let json = [("content-type", "application/json")];
    let before = site.app.store.generation();
    for (token, problem) in [
        (&office, "not-allowed"),
        (&"Bearer x".to_owned(), "unauthorized"),
    ] {
        let answer = send(&site, Method::POST, "/merges", token, &json, body.clone()).await;
        assert_eq!(answer.problem(), problem);
    }
    for (body, problem) in [
        ("{", "bad-request"),
        ("{\"a\": \"x\"}", "bad-request"),
        ("{\"a\": \"x\", \"b\": \"y\", \"c\": 1}", "bad-request"),
        ("{\"a\": \"x\", \"b\": \"y\"}", "bad-request"),
    ] {
        let answer = send(&site, Method::POST, "/merges", &operator, &json, body).await;
        assert_eq!(answer.problem(), problem, "{body}");
    }
    let place = site.noid("salle");
    let kinds = format!("{{\"a\": \"{one}\", \"b\": \"{place}\"}}");
    let answer = send(&site, Method::POST, "/merges", &operator, &json, kinds).await;
    assert_eq!(answer.problem(), "not-to-be-decided", "{}", answer.text());
    assert_eq!(site.app.store.generation(), before);
    let merged = send(&site, Method::POST, "/merges", &operator, &json, body).await;
    assert_eq!(merged.json()["outcome"], "accepted", "{}", merged.text());
    assert_eq!(merged.json()["activity"], "merge");
    let moved = site.get(&format!("/id/{other}"), &[]).await;
    let moved = [moved, site.get(&format!("/id/{one}"), &[]).await];
    assert!(
        moved
            .iter()
            .any(|answer| answer.status == StatusCode::MOVED_PERMANENTLY)
    );
    let path = format!("/merges/{other}");
    let wrong = send(
        &site,
        Method::DELETE,
        &format!("{path}?dryrun=true"),
        &operator,
        &[],
        "",
    )
    .await;
    assert_eq!(wrong.problem(), "bad-request");
    let trial = send(
        &site,
        Method::DELETE,
        &format!("{path}?dry-run=true"),
        &operator,
        &[],
        "",
    )
    .await;
    assert_eq!(trial.json()["dry_run"], true, "{}", trial.text());
    let parted = send(
        &site,
        Method::DELETE,
        &path,
        &operator,
        &[("accept", "text/plain")],
        "",
    )
    .await;
    assert_eq!(parted.status, StatusCode::OK, "{}", parted.text());
    for noid in [one, other] {
        let answer = site.get(&format!("/doc/{noid}"), &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let again = send(&site, Method::DELETE, &path, &operator, &[], "").await;
    assert_eq!(again.problem(), "not-to-be-decided", "{}", again.text());
}

#[tokio::test]
async fn an_embargo_over_http_is_kept_out_of_sight() {
    let (site, token) = site();
    let before = site.app.store.generation();
    let path = format!("{DATA}?publish-at=2099-01-15T10:00");
    let held = send(&site, Method::POST, &path, &token, &[], turtle(PERSON)).await;
    assert_eq!(held.status, StatusCode::OK, "{}", held.text());
    assert_eq!(held.json()["outcome"], "held");
    // In the zone of the source.
    assert!(
        held.json()["publish_at"]
            .as_str()
            .expect("a time")
            .starts_with("2099-01-15T09:00")
    );
    assert_eq!(site.app.store.generation(), before);
    for time in ["2001-01-01T00:00", "tomorrow", ""] {
        let path = format!("{DATA}?publish-at={time}");
        let answer = send(&site, Method::POST, &path, &token, &[], turtle(PERSON)).await;
        assert_eq!(answer.problem(), "bad-request", "{time}");
    }
}
