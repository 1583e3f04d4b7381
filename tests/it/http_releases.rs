//! Releases over HTTP: files that can be resumed, pages that can be cited, data that can be asked.

use crate::released::{self, hex};
use crate::site::{PROGRAMME, Site};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::process::Command;

const DATE: &str = "2026-11-22";
const FILE: &str = "/releases/2026-11-22/affiche.nq.gz";
const COUNT: &str = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }";

fn released() -> Site {
    let site = Site::new();
    released::release(&site.app, DATE);
    site
}

fn asked(query: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("query", query)
        .finish()
}

#[tokio::test]
async fn a_file_is_what_the_manifest_says_and_is_never_coded_again() {
    let site = released();
    let manifest = site
        .get("/releases/2026-11-22/manifest.json", &[])
        .await
        .json();
    let files = manifest["files"].as_array().unwrap();
    assert_eq!(files.len(), 4);
    for file in files {
        let name = file["name"].as_str().unwrap();
        let address = format!("/releases/{DATE}/{name}");
        let answer = site
            .get(&address, &[("accept-encoding", "zstd, br, gzip")])
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        let sum = Sha256::digest(&answer.bytes);
        assert_eq!(hex(&sum), file["sha256"].as_str().unwrap(), "{name}");
        assert_eq!(
            answer.header("etag"),
            format!("\"{}\"", hex(&sum)),
            "{name}"
        );
        assert_eq!(answer.header("content-encoding"), "", "{name}");
        assert_eq!(answer.header("vary"), "", "{name}");
        assert_eq!(answer.header("content-length"), file["bytes"].to_string());
        assert_eq!(
            answer.header("repr-digest"),
            format!("sha-256=:{}:", BASE64_STANDARD.encode(sum))
        );
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert_eq!(
            answer.header("cache-control"),
            "public, max-age=86400, immutable"
        );
        assert_eq!(
            answer.header("content-disposition"),
            format!("attachment; filename=\"{name}\"")
        );
        let media_type = match name.rsplit('.').next().unwrap() {
            "gz" => "application/gzip",
            "zst" => "application/zstd",
            _ => "text/csv; charset=utf-8",
        };
        assert_eq!(answer.header("content-type"), media_type);
        assert!(!answer.header("last-modified").is_empty());
        assert_eq!(answer.header("affiche-release"), DATE);
        let head = site.ask(Method::HEAD, &address, &[], Body::empty()).await;
        assert_eq!(
            head.header("content-length"),
            answer.header("content-length")
        );
        assert_eq!(head.header("etag"), answer.header("etag"));
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_what_was_asked_for() {
    let site = released();
    let whole = site.get(FILE, &[]).await;
    let size = whole.bytes.len();
    let last = size - 1;
    let tag = whole.header("etag").to_owned();
    let modified = whole.header("last-modified").to_owned();
    for (range, expected) in [
        ("bytes=0-9", Some((0, 9))),
        ("bytes=100-", Some((100, last))),
        ("bytes=-7", Some((size - 7, last))),
        ("bytes=10-99999999999", Some((10, last))),
        ("bytes=-99999999999", Some((0, last))),
        (&format!("bytes={last}-"), Some((last, last))),
        // Several are answered whole, which RFC 9110 §14.2 allows.
        ("bytes=0-1,5-6", None),
        ("bytes=9-1", None),
        ("bytes=a-b", None),
        ("items=0-1", None),
    ] {
        for headers in [
            vec![("range", range)],
            vec![("range", range), ("if-range", &tag)],
            vec![("range", range), ("accept-encoding", "gzip, zstd")],
        ] {
            let answer = site.get(FILE, &headers).await;
            match expected {
                Some((first, last)) => {
                    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT, "{headers:?}");
                    assert_eq!(answer.bytes, whole.bytes.slice(first..=last), "{headers:?}");
                    assert_eq!(
                        answer.header("content-range"),
                        format!("bytes {first}-{last}/{size}")
                    );
                    assert_eq!(
                        answer.header("content-length"),
                        (last - first + 1).to_string()
                    );
                    assert_eq!(answer.header("repr-digest"), whole.header("repr-digest"));
                }
                None => {
                    assert_eq!(answer.status, StatusCode::OK, "{headers:?}");
                    assert_eq!(answer.bytes, whole.bytes, "{headers:?}");
                    assert_eq!(answer.header("content-range"), "");
                }
            }
            assert_eq!(answer.header("content-encoding"), "");
            assert_eq!(answer.header("etag"), tag);
        }
        for known in ["\"other\"", "W/\"weak\"", &modified] {
            let answer = site
                .get(FILE, &[("range", range), ("if-range", known)])
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{range} of {known}");
            assert_eq!(answer.bytes, whole.bytes);
        }
        // Ranges are for GET (RFC 9110 §14.2).
        let head = site
            .ask(Method::HEAD, FILE, &[("range", range)], Body::empty())
            .await;
        assert_eq!(head.status, StatusCode::OK);
        assert_eq!(head.header("content-length"), size.to_string());
    }
    for range in ["bytes=99999999-", "bytes=-0", &format!("bytes={size}-")] {
        let answer = site.get(FILE, &[("range", range)]).await;
        assert_eq!(answer.status, StatusCode::RANGE_NOT_SATISFIABLE, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes */{size}"));
        assert_eq!(answer.problem(), "range-not-satisfiable");
    }
    let known = site
        .get(FILE, &[("range", "bytes=0-9"), ("if-none-match", &tag)])
        .await;
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn only_what_the_manifest_lists_is_a_file() {
    let site = released();
    let folder = site.app.releases.folder().join(DATE);
    std::fs::write(folder.join("secret"), "secret").unwrap();
    for name in [
        "secret",
        "withdrawn.json",
        "checkpoint",
        "checkpoint%2FCURRENT",
        "..%2F..%2Flock",
        "%2e%2e",
        "affiche.nq",
    ] {
        let answer = site.get(&format!("/releases/{DATE}/{name}"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
    }
    for date in ["..", "%2e%2e", "2026-11-22.part", "1999-01-01", "latest%2F"] {
        let answer = site
            .get(&format!("/releases/{date}/manifest.json"), &[])
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{date}");
    }
}

#[tokio::test]
async fn a_manifest_that_names_a_path_leads_nowhere() {
    let site = released();
    let path = site.app.releases.folder().join(DATE).join("manifest.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("affiche.nq.gz", "../../lock")).unwrap();
    site.app.releases.refresh().unwrap();
    let answer = site.get("/releases/2026-11-22/..%2F..%2Flock", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn latest_leads_to_the_last_release_that_stands() {
    let site = Site::new();
    for address in [
        "/releases/latest",
        "/releases/latest/",
        "/releases/latest/affiche.nq.gz",
    ] {
        let answer = site.get(address, &[]).await;
        assert_eq!(answer.problem(), "unknown-release", "{address}");
        assert!(answer.text().contains("/dumps/"), "{}", answer.text());
    }
    for date in ["2026-11-21", "2026-11-22", "2026-11-22.2"] {
        released::release(&site.app, date);
    }
    let leads_to = async |date: &str| {
        for (address, expected) in [
            ("/releases/latest", format!("{date}/")),
            (
                "/releases/latest/?format=json",
                format!("../{date}/?format=json"),
            ),
            (
                "/releases/latest/affiche.nq.gz",
                format!("../{date}/affiche.nq.gz"),
            ),
            (
                "/releases/latest/manifest.json",
                format!("../{date}/manifest.json"),
            ),
            (
                "/releases/latest/sparql?query=x",
                format!("../{date}/sparql?query=x"),
            ),
        ] {
            let answer = site.get(address, &[]).await;
            assert_eq!(answer.status, StatusCode::TEMPORARY_REDIRECT, "{address}");
            assert_eq!(answer.header("location"), expected, "{address}");
            assert_eq!(answer.header("cache-control"), "no-cache", "{address}");
        }
    };
    leads_to("2026-11-22.2").await;
    released::withdraw(&site.app, "2026-11-22.2");
    leads_to("2026-11-22").await;
    let nothing = site.get("/releases/latest/nothing", &[]).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_release_has_a_page_in_both_languages_and_its_manifest_for_programs() {
    let site = released();
    let address = format!("/releases/{DATE}/");
    let manifest = site.get(&format!("{address}manifest.json"), &[]).await;
    let key = site.get("/.well-known/minisign.pub", &[]).await.text();
    let line = key.lines().last().unwrap();
    for (lang, title) in [("fr", "Parution du"), ("en", "Release of")] {
        let page = site
            .get(
                &format!("{address}?lang={lang}"),
                &[("accept", "text/html")],
            )
            .await;
        let text = page.text();
        assert!(text.contains(title), "{text}");
        for file in manifest.json()["files"].as_array().unwrap() {
            for member in ["name", "sha256"] {
                assert!(text.contains(file[member].as_str().unwrap()), "{member}");
            }
        }
        assert!(text.contains("CC BY 4.0"));
        assert!(text.contains("Le &#60;b&#62;Théâtre"), "it is escaped");
        assert!(
            text.contains("<code>office</code>"),
            "what is left out is named"
        );
        assert!(text.contains(&format!("minisign -Vm manifest.json -P {line}")));
        assert!(text.contains("https://data.example.org/releases/2026-11-22/"));
        assert!(page.header("link").contains("rel=\"cite-as\""));
    }
    let data = site.get(&address, &[("accept", "application/json")]).await;
    assert_eq!(data.bytes, manifest.bytes);
    let without = site.get(&format!("/releases/{DATE}"), &[]).await;
    assert_eq!(without.header("location"), format!("{DATE}/"));
}

#[tokio::test]
async fn the_list_is_for_people_programs_and_feed_readers() {
    let site = released();
    released::release(&site.app, "2026-11-23");
    released::withdraw(&site.app, DATE);
    let page = site
        .get("/releases/", &[("accept", "text/html")])
        .await
        .text();
    let (newer, older) = (
        page.find("/releases/2026-11-23/"),
        page.find("/releases/2026-11-22/"),
    );
    assert!(newer.is_some() && newer < older, "the newest comes first");
    let list = site
        .get("/releases/", &[("accept", "application/json")])
        .await
        .json();
    assert_eq!(list["latest"], "2026-11-23");
    assert_eq!(
        list["releases"][1]["withdrawn"]["because"],
        "a <court> order"
    );
    let feed = site.get("/releases/?format=atom&lang=en", &[]).await;
    assert_eq!(feed.header("content-type"), "application/atom+xml");
    let text = feed.text();
    assert!(
        text.contains("<id>https://data.example.org/releases/2026-11-23/</id>"),
        "{text}"
    );
    assert!(text.contains("withdrawn"), "{text}");
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_and_says_why() {
    let site = released();
    let manifest = site.get("/releases/2026-11-22/manifest.json", &[]).await;
    released::withdraw(&site.app, DATE);
    // Again changes nothing, and keeps the first reason.
    released::withdraw(&site.app, DATE);
    for accept in ["text/html", "application/json", "image/png"] {
        let page = site
            .get("/releases/2026-11-22/", &[("accept", accept)])
            .await;
        assert_eq!(page.status, StatusCode::GONE, "{accept}");
        let because = ["a &#60;court&#62; order", "a <court> order"];
        assert!(
            because.iter().any(|it| page.text().contains(it)),
            "{}",
            page.text()
        );
    }
    for file in [
        "affiche.nq.gz",
        "affiche.ttl.gz",
        "performances.csv",
        "nothing",
        "sparql",
    ] {
        let answer = site.get(&format!("/releases/{DATE}/{file}"), &[]).await;
        assert_eq!(answer.status, StatusCode::GONE, "{file}");
        assert_eq!(answer.problem(), "release-withdrawn");
        assert_eq!(answer.json()["because"], "a <court> order");
    }
    let stays = site.get("/releases/2026-11-22/manifest.json", &[]).await;
    assert_eq!(stays.bytes, manifest.bytes);
    let left: Vec<String> = std::fs::read_dir(site.app.releases.folder().join(DATE))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[tokio::test]
async fn a_release_answers_the_same_whatever_is_written_later() {
    let site = released();
    let csv = [("accept", "text/csv")];
    let before = site.query(COUNT, &csv).await.text();
    let at = format!("/releases/{DATE}/sparql?{}", asked(COUNT));
    let first = site.get(&at, &csv).await;
    assert_eq!(first.text(), before);
    let generation = first.header("affiche-generation").to_owned();
    site.submit("theatre", PROGRAMME);
    assert_ne!(site.query(COUNT, &csv).await.text(), before);
    for address in [at, format!("/sparql?release={DATE}&{}", asked(COUNT))] {
        let later = site.get(&address, &csv).await;
        assert_eq!(later.text(), before, "{address}");
        assert_eq!(later.header("affiche-generation"), generation);
        assert_eq!(later.header("affiche-release"), DATE);
        assert_eq!(later.header("affiche-complete"), "true");
        assert_eq!(later.header("etag"), first.header("etag"));
        assert_eq!(later.header("cache-control"), "public, max-age=3600");
        let known = [csv[0], ("if-none-match", first.header("etag"))];
        let again = site.get(&address, &known).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{address}");
    }
    let form = [
        csv[0],
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let posted = format!("release={DATE}&{}", asked(COUNT));
    let posted = site.ask(Method::POST, "/sparql", &form, posted).await;
    assert_eq!(posted.text(), before);
    // The last one may be another tomorrow.
    let latest = site
        .get(&format!("/sparql?release=latest&{}", asked(COUNT)), &csv)
        .await;
    assert_eq!(latest.text(), before);
    assert_eq!(latest.header("cache-control"), "no-cache");
    // The present is asked as before.
    assert_ne!(site.query(COUNT, &csv).await.text(), before);
}

#[tokio::test]
async fn the_endpoint_of_a_release_describes_itself_and_has_a_form() {
    let site = released();
    let address = format!("/releases/{DATE}/sparql");
    let described = site.get(&address, &[("accept", "text/turtle")]).await;
    let text = described.text();
    assert!(
        text.contains("https://data.example.org/releases/2026-11-22/sparql"),
        "{text}"
    );
    assert!(
        !text.contains("endpoint <https://data.example.org/sparql>"),
        "{text}"
    );
    for address in [address.clone(), format!("/sparql?release={DATE}")] {
        let page = site.get(&address, &[("accept", "text/html")]).await.text();
        assert!(
            page.contains("action=\"/releases/2026-11-22/sparql\""),
            "{address}"
        );
        assert!(page.contains("href=\"/releases/2026-11-22/\""), "{address}");
    }
    let html = [("accept", "text/html")];
    let answered = site
        .get(&format!("{address}?{}", asked(COUNT)), &html)
        .await;
    assert_eq!(answered.status, StatusCode::OK);
    assert!(
        answered
            .text()
            .contains("/releases/2026-11-22/sparql?query=")
    );
}

#[tokio::test]
async fn a_release_that_cannot_be_asked_is_a_clear_problem() {
    let site = released();
    let json = [("accept", "application/json")];
    for (address, slug) in [
        ("/releases/1999-01-01/sparql".to_owned(), "unknown-release"),
        (
            format!("/sparql?release=1999-01-01&{}", asked(COUNT)),
            "unknown-release",
        ),
        (
            format!("/sparql?release=a&release=b&{}", asked(COUNT)),
            "bad-request",
        ),
        (
            format!("/releases/{DATE}/sparql?release=other&{}", asked(COUNT)),
            "bad-request",
        ),
        (
            format!("/releases/{DATE}/sparql?{}", asked("SELECT")),
            "query-syntax",
        ),
        (
            format!("/releases/{DATE}/sparql?update=x"),
            "update-refused",
        ),
    ] {
        let answer = site.get(&address, &json).await;
        assert_eq!(answer.problem(), slug, "{address}");
    }
    let unknown = site.get("/sparql?release=1999-01-01", &json).await.json();
    assert_eq!(unknown["latest"], DATE);
    std::fs::remove_dir_all(site.app.releases.folder().join(DATE).join("checkpoint")).unwrap();
    let address = format!("/releases/{DATE}/sparql?{}", asked(COUNT));
    assert_eq!(
        site.get(&address, &json).await.problem(),
        "release-not-queryable"
    );
}

#[tokio::test]
async fn limits_hold_for_releases_too() {
    let site = Site::with_limits(|limits| limits.result_rows = 5);
    released::release(&site.app, DATE);
    let all = asked("SELECT * { ?s ?p ?o }");
    let answer = site
        .get(
            &format!("/releases/{DATE}/sparql?{all}"),
            &[("accept", "text/csv, application/problem+json;q=0.1")],
        )
        .await;
    assert_eq!(answer.problem(), "result-too-large");
}

/// Whether a program is there; a test that needs one says so where it is not.
fn has(program: &str) -> bool {
    let found = Command::new(program).arg("-v").output().is_ok();
    if !found {
        eprintln!("skipped: there is no `{program}` here");
    }
    found
}

#[tokio::test]
async fn minisign_verifies_the_manifest_with_the_published_key() {
    if !has("minisign") {
        return;
    }
    let site = released();
    let folder = tempfile::tempdir().unwrap();
    for name in ["manifest.json", "manifest.json.minisig"] {
        let answer = site.get(&format!("/releases/{DATE}/{name}"), &[]).await;
        std::fs::write(folder.path().join(name), &answer.bytes).unwrap();
    }
    let key = site.get("/.well-known/minisign.pub", &[]).await;
    std::fs::write(folder.path().join("minisign.pub"), &key.bytes).unwrap();
    let verify = || {
        let mut minisign = Command::new("minisign");
        minisign.current_dir(folder.path());
        minisign.args(["-V", "-m", "manifest.json", "-p", "minisign.pub"]);
        minisign.output().unwrap()
    };
    let sound = verify();
    assert!(
        sound.status.success(),
        "{}",
        String::from_utf8_lossy(&sound.stderr)
    );
    std::fs::write(folder.path().join("manifest.json"), "{}").unwrap();
    assert!(!verify().status.success(), "other bytes");
}
