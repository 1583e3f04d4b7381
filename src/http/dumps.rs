//! The complete data to download.

use crate::app::dumps::{DumpError, DumpFile, DumpSet, SUMS};
use crate::html;
use crate::http::Shared;
use crate::http::answer::{Answer, etag_of_bytes};
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{DISK_FULL, NOT_FOUND, Problem, RANGE_NOT_SATISFIABLE};
use crate::http::reader::Reader;
use axum::extract::{Path, State as Injected};
use axum::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, HeaderName, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Seek, SeekFrom};

const JSON: Offer = Offer {
    name: "json",
    media_type: "application/json",
};

/// `GET /dumps/`: the list of files.
pub async fn index(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&[HTML, JSON]).map_err(varying_by_accept)?;
    let set = current(&server).await?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let answer = if offer == HTML {
                let mut sources = snapshot.view().sources()?;
                sources.retain(|source| !source.name.is_system());
                let dumps = html::Dumps {
                    files: set
                        .files
                        .iter()
                        .map(|file| html::DumpFile {
                            name: file.name.clone(),
                            about: file.format.about,
                            bytes: file.bytes,
                            sha256: file.sha256.clone(),
                        })
                        .collect(),
                    made: Some(set.modified.clone()).filter(|made| !made.is_empty()),
                    triples: usize::try_from(set.triples).unwrap_or(usize::MAX),
                    sources,
                };
                page(server, &reader, set.generation, |site| dumps.page(site))?
            } else {
                Answer::of(JSON, listing(server.app.store.base().as_str(), &set)).at(set.generation)
            };
            Ok(answer.varying("Accept, Accept-Language").into_response())
        })
        .await
}

fn listing(base: &str, set: &DumpSet) -> String {
    let files: Vec<_> = set
        .files
        .iter()
        .map(|file| {
            json!({
                "name": file.name,
                "url": format!("{base}/dumps/{}", file.name),
                "mediaType": file.format.media_type,
                "compression": "application/gzip",
                "bytes": file.bytes,
                "sha256": file.sha256,
            })
        })
        .collect();
    let listing = json!({
        "generation": set.generation.0,
        "modified": set.modified,
        "triples": set.triples,
        "files": files,
    });
    format!("{listing:#}\n")
}

/// `GET /dumps/{name}`: one file, or the checksums of all.
pub async fn file(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let is_ours = |name: &str| {
        name == SUMS
            || crate::publish::DUMPS
                .iter()
                .filter(|format| format.is_on_demand)
                .any(|format| name == format!("affiche.{}.gz", format.extension))
    };
    if !is_ours(&name) {
        return Err(Problem::new(&NOT_FOUND));
    }
    let set = current(&server).await?;
    if name == SUMS {
        let sums = set.sums();
        let tag = etag_of_bytes(sums.as_bytes());
        return Ok(Answer::new("text/plain", sums)
            .at(set.generation)
            .known_as(&tag, &set.modified)
            .into_response());
    }
    let file = set
        .files
        .iter()
        .find(|file| file.name == name)
        .cloned()
        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
    send(&server, &set, file, &reader.headers).await
}

/// The files of the current generation, made now if need be.
async fn current(server: &Shared) -> Result<DumpSet, Problem> {
    let shared = server.clone();
    server
        .downloads
        .run(move |token| {
            let app = &shared.app;
            let snapshot = app.store.snapshot()?;
            app.dumps
                .of(
                    snapshot.view(),
                    (&app.context, app.context_for_readers()),
                    &|| token.is_cancelled(),
                )
                .map_err(|error| match error {
                    DumpError::Store(error) => Problem::from(error),
                    DumpError::Io { error, .. } if error.kind() == ErrorKind::StorageFull => {
                        Problem::new(&DISK_FULL)
                    }
                    error => Problem::internal(error),
                })
        })
        .await?
}

async fn send(
    server: &Shared,
    set: &DumpSet,
    file: DumpFile,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let etag = format!("\"{}\"", file.sha256);
    let about = Answer::new("application/gzip", Vec::new())
        .at(set.generation)
        .with(ACCEPT_RANGES, "bytes")
        .with(
            CONTENT_DISPOSITION,
            &format!("attachment; filename=\"{}\"", file.name),
        )
        .known_as(&etag, &set.modified)
        .unless_known_to(headers);
    if about.status == StatusCode::NOT_MODIFIED {
        return Ok(about.into_response());
    }
    let range = match wanted_range(headers, &etag, file.bytes) {
        Ok(range) => range,
        Err(()) => {
            return Err(Problem::new(&RANGE_NOT_SATISFIABLE).with_header(
                CONTENT_RANGE,
                HeaderValue::from_str(&format!("bytes */{}", file.bytes))
                    .map_err(Problem::internal)?,
            ));
        }
    };
    let (first, last) = range.unwrap_or((0, file.bytes.saturating_sub(1)));
    let length = if file.bytes == 0 { 0 } else { last - first + 1 };
    let path = file.path.clone();
    let (_, body) = server
        .downloads
        .stream(u64::MAX, move |writer, _| -> io::Result<()> {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(first))?;
            let copied = io::copy(&mut file.take(length), writer)?;
            if copied == length {
                Ok(())
            } else {
                Err(io::Error::from(io::ErrorKind::UnexpectedEof))
            }
        })
        .await?
        .map_err(Problem::internal)?;
    let mut response = Response::new(body);
    *response.headers_mut() = about.headers;
    let mut set_header = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    set_header(CONTENT_LENGTH, length.to_string());
    if range.is_some() {
        set_header(
            CONTENT_RANGE,
            format!("bytes {first}-{last}/{}", file.bytes),
        );
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// First and last byte of the one range asked for; `None` for the whole file, also when several
/// ranges are asked for or `If-Range` names another file (RFC 9110 §14.2, §13.1.5).
pub(super) fn wanted_range(
    headers: &HeaderMap,
    etag: &str,
    bytes: u64,
) -> Result<Option<(u64, u64)>, ()> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if text(IF_RANGE).is_some_and(|known| known != etag) {
        return Ok(None);
    }
    let Some((first, last)) = text(RANGE)
        .and_then(|range| range.strip_prefix("bytes="))
        .filter(|range| !range.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Ok(None);
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(bytes.saturating_sub(1))),
        (Ok(first), Err(_)) if last.is_empty() => (first, bytes.saturating_sub(1)),
        (Err(_), Ok(0)) if first.is_empty() => return Err(()),
        (Err(_), Ok(length)) if first.is_empty() => {
            (bytes.saturating_sub(length), bytes.saturating_sub(1))
        }
        // What is no range is not there (RFC 9110 §14.2).
        _ => return Ok(None),
    };
    if range.0 < bytes {
        Ok(Some(range))
    } else {
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_part_that_was_asked_for() {
        for (range, expected) in [
            ("bytes=0-9", Ok(Some((0, 9)))),
            ("bytes=90-", Ok(Some((90, 99)))),
            ("bytes=-10", Ok(Some((90, 99)))),
            ("bytes=-1000", Ok(Some((0, 99)))),
            ("bytes=50-1000", Ok(Some((50, 99)))),
            ("bytes=100-", Err(())),
            ("bytes=-0", Err(())),
            ("bytes=9-0", Ok(None)),
            ("bytes=0-1,3-4", Ok(None)),
            ("lines=1-2", Ok(None)),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, HeaderValue::from_static(range))]);
            assert_eq!(wanted_range(&headers, "\"x\"", 100), expected, "{range}");
        }
    }

    #[test]
    fn a_range_of_another_version_gives_the_whole_file() {
        let headers = HeaderMap::from_iter([
            (RANGE, HeaderValue::from_static("bytes=0-9")),
            (IF_RANGE, HeaderValue::from_static("\"old\"")),
        ]);
        assert_eq!(wanted_range(&headers, "\"new\"", 100), Ok(None));
    }
}
