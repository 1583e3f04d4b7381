//! The log over HTTP: its records byte for byte, and nothing else.

use crate::site::{Answer, PROGRAMME, Site};
use crate::support::Folder;
use affiche::changes::log::Head;
use affiche::store::{Request, SigningKey, find_records};
use axum::http::StatusCode;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Command;

async fn head(site: &Site) -> Head {
    let answer = site.get("/changes/head", &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    serde_json::from_slice(&answer.bytes).expect("a head")
}

/// The address that the link `next` leads to.
fn next(answer: &Answer) -> String {
    let link = answer.header("link");
    let (address, _) = link.split_once(">; rel=\"next\"").expect("it leads on");
    address.replace("<./", "/changes/")
}

fn log_bytes(site: &Site) -> Vec<u8> {
    let segments = site.app.store.segment_paths();
    let bytes = segments
        .iter()
        .map(|path| fs::read(path).expect("it is there"));
    bytes.flatten().collect()
}

fn folder() -> Folder {
    let mut folder = Folder::with_sources(&["theatre"]);
    for name in ["un", "deux", "trois"] {
        folder.submit(
            "theatre",
            &format!("t:p a schema:Person ; schema:name \"{name}\" ."),
        );
    }
    folder
}

/// Divides the log of a closed folder into files of two records each.
fn divide(log: &Path) -> Vec<PathBuf> {
    let whole = log.join("00000000000000000001.rdfp");
    let bytes = fs::read(&whole).expect("it is there");
    let records = find_records(&whole).expect("they are whole");
    let mut files = Vec::new();
    for pair in records.chunks(2) {
        let (first, last) = (&pair[0], &pair[pair.len() - 1]);
        let path = log.join(format!("{:020}.rdfp", first.generation.0));
        let range = first.offset as usize..(last.offset + last.bytes) as usize;
        fs::write(&path, &bytes[range]).expect("it is written");
        files.push(path);
    }
    files
}

/// A site whose log has several files.
fn divided(folder: Folder) -> Site {
    let (temporary, store) = folder.into_store();
    let log = store.folder().join("log");
    drop(store);
    divide(&log);
    Site::of(Folder::reopened(temporary))
}

#[tokio::test]
async fn the_records_after_a_cursor_are_those_of_the_log_byte_for_byte() {
    for most in [1, 1 << 16, 1 << 30] {
        let site = Site::configured(folder(), |config| config.limits.records_bytes = most);
        let whole = log_bytes(&site);
        let mut read = Vec::new();
        let mut address = "/changes/records".to_owned();
        let mut pages = 0;
        loop {
            let page = site.get(&address, &[]).await;
            assert_eq!(page.status, StatusCode::OK);
            if page.bytes.is_empty() {
                assert_eq!(next(&page), address);
                let tag = page.header("etag").to_owned();
                let again = site.get(&address, &[("if-none-match", &tag)]).await;
                assert_eq!(again.status, StatusCode::NOT_MODIFIED);
                break;
            }
            assert!(page.bytes.starts_with(b"affiche-record 1 "));
            assert!(page.bytes.ends_with(b"TC .\n"));
            read.extend_from_slice(&page.bytes);
            address = next(&page);
            pages += 1;
        }
        assert!(read == whole, "pages of {most} bytes");
        let records = site.app.store.generation().0;
        assert_eq!(pages == records, most == 1);
        assert_eq!(pages == 1, most == 1 << 30);
    }
}

#[tokio::test]
async fn a_page_of_records_is_resumed_where_it_was_cut_off() {
    let site = Site::configured(folder(), |config| config.limits.records_bytes = 1 << 30);
    let whole = site.get("/changes/records", &[]).await;
    let tag = whole.header("etag").to_owned();
    let rest = [("range", "bytes=1000-"), ("if-range", tag.as_str())];
    let answer = site.get("/changes/records", &rest).await;
    assert_eq!(answer.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(answer.bytes, whole.bytes.slice(1000..));
    // Another page than the one that was begun is sent whole.
    site.submit("theatre", "t:q a schema:Person ; schema:name \"quatre\" .");
    let answer = site.get("/changes/records", &rest).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.bytes.len() > whole.bytes.len());
}

#[tokio::test]
async fn a_closed_file_is_named_by_its_sum_and_a_redaction_leads_from_the_former_to_the_new_one() {
    let site = divided(folder());
    let files = site.app.store.segment_paths();
    let before = head(&site).await;
    assert_eq!(before.segments.len() + 1, files.len());
    for (segment, path) in before.segments.iter().zip(&files) {
        let answer = site.get(&format!("/changes/{}", segment.name), &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", segment.name);
        assert!(answer.bytes == fs::read(path).expect("it is there"));
        assert!(answer.header("cache-control").contains("immutable"));
        assert_eq!(answer.bytes.len() as u64, segment.bytes);
    }
    let unknown = format!("/changes/1-{}.rdfp", "0".repeat(16));
    assert_eq!(site.get(&unknown, &[]).await.problem(), "not-found");
    let named = before
        .segments
        .iter()
        .find(|it| it.last.0 == 4)
        .expect("it is closed");
    let (temporary, said) = (site.close(), "deux");
    let request = Request {
        literals: vec![said.to_owned()],
        ..Request::default()
    };
    let site = Site::of(Folder::reopened(temporary).redact(&request));
    let after = head(&site).await;
    let former = site.get(&format!("/changes/{}", named.name), &[]).await;
    let now = after.segments.iter().find(|it| it.first == named.first);
    let now = now.expect("it is closed still");
    assert_eq!(former.status, StatusCode::GONE);
    assert_eq!(former.problem(), "log-rewritten");
    let current = former.json()["current"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        current.ends_with(&format!("/changes/{}", now.name)),
        "{current}"
    );
    let file = site.get(&format!("/changes/{}", now.name), &[]).await;
    assert!(!String::from_utf8_lossy(&file.bytes).contains("\"deux\""));
    let [notice] = &after.redactions[..] else {
        panic!("there is one notice");
    };
    let address = format!("/changes/{}.redaction", notice.generation);
    assert!(former.json()["notices"].to_string().contains(&address));
    let text = site.get(&address, &[]).await.text();
    assert!(text.starts_with("affiche-redaction 1\n"), "{text}");
}

#[tokio::test]
async fn a_cursor_that_the_log_does_not_go_on_from_starts_again_and_is_told_from_what() {
    let site = Site::of(folder());
    let store = &site.app.store;
    let (log, at) = (store.identity().to_owned(), store.generation().0);
    let ahead = site
        .get(&format!("/changes/records?after={log}.{}", at + 1), &[])
        .await;
    assert_eq!(
        (ahead.status, ahead.problem()),
        (StatusCode::GONE, "start-again".to_owned())
    );
    let json = ahead.json();
    assert_eq!(json["cursor"], format!("{log}.{at}"));
    assert!(json["release"].is_null());
    assert!(
        json["head"]
            .as_str()
            .is_some_and(|it| it.ends_with("/changes/head"))
    );
    let other = "0".repeat(32);
    let other = site
        .get(&format!("/changes/records?after={other}.1"), &[])
        .await;
    assert_eq!(other.problem(), "start-again");
    assert!(other.json().get("holds-until").is_none());
    let none = site.get("/changes/records?after=yesterday", &[]).await;
    assert_eq!(
        (none.status, none.problem()),
        (StatusCode::BAD_REQUEST, "bad-request".to_owned())
    );
}

#[tokio::test]
async fn the_head_is_signed_anew_with_each_change_and_minisign_verifies_it() {
    let site = Site::new();
    let key = SigningKey::of(site.app.store.folder())
        .expect("a key")
        .verifying();
    let mut heads = Vec::new();
    for _ in 0..2 {
        let text = site.get("/changes/head", &[]).await.text();
        let signature = site.get("/changes/head.minisig", &[]).await.text();
        let verified = key
            .verify_file(text.as_bytes(), &signature)
            .expect("memory");
        assert!(verified.expect("it is signed").contains("head of the log"));
        // It is not signed anew for who asks again.
        assert_eq!(
            site.get("/changes/head.minisig", &[]).await.text(),
            signature
        );
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("head");
        fs::write(&path, &text).expect("it is written");
        fs::write(folder.path().join("head.minisig"), &signature).expect("it is written");
        let minisign = Command::new("minisign")
            .args(["-V", "-P", &key.line(), "-m"])
            .arg(&path)
            .output();
        match minisign {
            Ok(output) => assert!(output.status.success(), "{output:?}"),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                println!("not tested: there is no minisign here");
            }
            Err(error) => panic!("{error}"),
        }
        heads.push(text);
        site.submit("theatre", PROGRAMME);
    }
    assert_ne!(heads[0], heads[1]);
}
