//! The records of the log, as they stand in its files: the head, which is signed, closed segments,
//! pages of records, notices of redactions, and states to begin from. Nothing is told that is not
//! published yet.

use crate::app::head::Signed;
use crate::changes::Cursor;
use crate::changes::log::{parse_segment_name, segment_name};
use crate::html;
use crate::http::answer::{Answer, etag};
use crate::http::changes::files::{Part, RECORDS, send};
use crate::http::changes::{after, begin_from, not_in_copy};
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::{HTML, JSON};
use crate::http::pages::page;
use crate::http::problem::{NOT_FOUND, Problem, REWRITTEN};
use crate::http::reader::Reader;
use crate::http::router::ROUTES;
use crate::http::{Server, Shared};
use crate::model::Generation;
use axum::extract::{Path, State as Injected};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, LINK};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;

/// An address with this name holds the same bytes for as long as it answers.
const IMMUTABLE: &str = "public, max-age=86400, immutable";
const ZSTD: &str = "application/zstd";

/// The feeds, by address, with the key of the text that says what each is.
const FEEDS: &[(&str, &str)] = &[
    ("/changes/head", "changes-feed-head"),
    ("/changes/records", "changes-feed-records"),
    ("/changes/entities", "changes-feed-entities"),
    ("/changes/diff", "changes-feed-diff"),
    ("/ldes", "changes-feed-ldes"),
    ("/changes.atom", "changes-feed-atom"),
];

/// `GET /changes/`: which feeds there are, and the files of the log.
pub async fn index(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&[HTML, JSON]).map_err(varying_by_accept)?;
    let signed = signed(&server).await?;
    let feeds = FEEDS
        .iter()
        .filter(|(path, _)| ROUTES.iter().any(|route| route.path == *path));
    let head = &signed.head;
    let answer = if offer == HTML {
        let segments = head.segments.iter();
        let shown = html::Changes {
            feeds: feeds.copied().collect(),
            log: &head.log,
            generation: head.generation.0,
            time: &head.time,
            segments: segments
                .map(|segment| html::LogFile {
                    name: &segment.name,
                    first: segment.first.0,
                    last: segment.last.0,
                    bytes: segment.bytes,
                    sha256: &segment.sha256,
                })
                .collect(),
            redactions: head.redactions.iter().map(|it| it.generation.0).collect(),
            state: head
                .release
                .as_ref()
                .map(|start| (start.generation.0, format!("/changes/{}", start.state))),
        };
        page(&server, &reader, head.generation, |site| shown.page(site))?
    } else {
        let base = server.app.store.base();
        let join = |path: &str| base.join(path.trim_start_matches('/')).as_str().to_owned();
        let feeds = feeds.map(|(path, about)| {
            json!({ "name": about.trim_start_matches("changes-feed-"), "url": join(path) })
        });
        let segments = head.segments.iter().map(|segment| {
            json!({
                "url": join(&format!("changes/{}", segment.name)),
                "first": segment.first.0,
                "last": segment.last.0,
                "bytes": segment.bytes,
                "sha256": segment.sha256,
            })
        });
        let listing = json!({
            "generation": head.generation.0,
            "log": head.log,
            "feeds": feeds.collect::<Vec<Value>>(),
            "segments": segments.collect::<Vec<Value>>(),
        });
        Answer::of(JSON, format!("{listing:#}\n")).at(head.generation)
    };
    Ok(answer.varying("Accept, Accept-Language").into_response())
}

/// `GET /changes/head`: where the log stands, byte for byte as it is signed.
pub async fn head(Injected(server): Injected<Shared>) -> Result<Response, Problem> {
    let signed = signed(&server).await?;
    let signature = "<./head.minisig>; rel=\"describedby\"; type=\"text/plain\"";
    Ok(Answer::of(JSON, signed.text.as_bytes())
        .at(signed.head.generation)
        .with(LINK, signature)
        .into_response())
}

/// `GET /changes/head.minisig`: its signature.
pub async fn head_signature(Injected(server): Injected<Shared>) -> Result<Response, Problem> {
    let signed = signed(&server).await?;
    Ok(Answer::new("text/plain", signed.signature.as_bytes())
        .at(signed.head.generation)
        .into_response())
}

/// The head of now. What a new head costs is spent among the downloads.
async fn signed(server: &Shared) -> Result<Arc<Signed>, Problem> {
    let shared = Arc::clone(server);
    let signed = server
        .downloads
        .run(move |_| shared.app.heads.current(&shared.app))
        .await??;
    signed.ok_or_else(|| Problem::new(&NOT_FOUND))
}

/// `GET /changes/records?after=…`: the records after a cursor.
pub async fn records(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.allow_only(&["after", "lang"])?;
    let store = &server.app.store;
    let at = store.generation();
    let from = match reader.parameter("after") {
        Some(cursor) => after(&server, cursor, at)?,
        None => Generation(0),
    };
    if from < store.origin() {
        return Err(not_in_copy(&server));
    }
    let most = server.app.config.limits.records_bytes;
    let page = store.page(from, at, most)?;
    let last = page.as_ref().map_or(from, |page| page.last);
    let next = Cursor::after(store, last);
    let about = Answer::new(RECORDS, Vec::new())
        .at(last)
        .known_as(&etag(store.identity(), last, &format!("after-{from}")), "")
        .with(LINK, &format!("<./records?after={next}>; rel=\"next\""));
    match page {
        None => Ok(about.into_response()),
        Some(page) => {
            let part = Part {
                path: page.path.to_path_buf(),
                offset: page.offset,
                bytes: page.bytes,
            };
            send(&server, &reader.headers, part, about).await
        }
    }
}

/// `GET /changes/{file}`: a closed segment, or the notice of a redaction.
pub async fn file(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    if let Some((first, _)) = parse_segment_name(&name) {
        return segment(&server, first, &name, &reader).await;
    }
    let number = name.strip_suffix(".redaction").and_then(number);
    let generation = number.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let store = &server.app.store;
    let mut notices = store.redaction_notices().iter();
    let (_, path, sha256) = notices
        .find(|(notice, ..)| notice.generation == generation && generation <= store.generation())
        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let (path, tag) = (path.clone(), format!("\"{sha256}\""));
    server
        .read(move |_, _| {
            let notice = std::fs::read(&path)?;
            Ok(Answer::new("text/plain", notice)
                .at(generation)
                .known_as(&tag, "")
                .with(CACHE_CONTROL, IMMUTABLE)
                .into_response())
        })
        .await
}

async fn segment(
    server: &Shared,
    first: Generation,
    name: &str,
    reader: &Reader,
) -> Result<Response, Problem> {
    let signed = signed(server).await?;
    let mut segments = signed.head.segments.iter();
    let segment = segments
        .find(|segment| segment.first == first)
        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
    if segment.name != name {
        return Err(rewritten(server, &signed, first, &segment.sha256));
    }
    let store = &server.app.store;
    if segment.first <= store.origin() {
        return Err(not_in_copy(server));
    }
    let closed = store.closed_segments(segment.last);
    let closed = closed.into_iter().find(|closed| closed.first == first);
    let closed = closed
        .filter(|closed| closed.bytes == segment.bytes)
        .ok_or_else(|| not_in_copy(server))?;
    let about = Answer::new(RECORDS, Vec::new())
        .at(segment.last)
        .known_as(&format!("\"{}\"", segment.sha256), "")
        .with(CACHE_CONTROL, IMMUTABLE)
        .with(
            CONTENT_DISPOSITION,
            &format!("attachment; filename=\"{name}\""),
        );
    let part = Part {
        path: closed.path.to_path_buf(),
        offset: 0,
        bytes: closed.bytes,
    };
    send(server, &reader.headers, part, about).await
}

/// A name that the segment had, or never had: only a redaction changes what is in one.
fn rewritten(server: &Server, signed: &Signed, first: Generation, sha256: &str) -> Problem {
    if signed.head.redactions.is_empty() {
        return Problem::new(&NOT_FOUND);
    }
    let base = server.app.store.base();
    let current = base.join(&format!("changes/{}", segment_name(first, sha256)));
    let notices = signed.head.redactions.iter().map(|redaction| {
        let path = format!("changes/{}.redaction", redaction.generation);
        Value::from(base.join(&path).as_str())
    });
    Problem::new(&REWRITTEN)
        .with_member("current", current.as_str())
        .with_member("notices", notices.collect::<Vec<Value>>())
}

/// `GET /changes/state/{generation}.nq.zst`: all quads as they were in a release.
pub async fn state(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let generation = name.strip_suffix(".nq.zst").and_then(number);
    let generation = generation.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let state = server.app.heads.state(&server.app, generation);
    let (path, bytes, sha256) =
        state.ok_or_else(|| begin_from(&server, Problem::new(&NOT_FOUND)))?;
    let about = Answer::new(ZSTD, Vec::new())
        .at(generation)
        .known_as(&format!("\"{sha256}\""), "")
        .with(CACHE_CONTROL, IMMUTABLE)
        .with(
            CONTENT_DISPOSITION,
            &format!("attachment; filename=\"affiche-{generation}.nq.zst\""),
        );
    let part = Part {
        path,
        offset: 0,
        bytes,
    };
    send(&server, &reader.headers, part, about).await
}

fn number(text: &str) -> Option<Generation> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number).map(Generation)
}
