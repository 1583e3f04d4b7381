//! The complete data to download.

use crate::app::dumps::{DumpError, DumpSet, SUMS};
use crate::html;
use crate::http::Shared;
use crate::http::answer::{Answer, etag_of_bytes};
use crate::http::entities::varying_by_accept;
use crate::http::files::{self, Sent, media_type};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{DISK_FULL, NOT_FOUND, Problem};
use crate::http::reader::Reader;
use axum::extract::{Path, State as Injected};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::io::ErrorKind;

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
    method: Method,
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
    let sent = Sent {
        media_type: media_type(file.format.media_type, Some("gzip")),
        name: file.name,
        path: file.path,
        bytes: file.bytes,
        sha256: file.sha256,
        generation: set.generation,
        modified: set.modified,
        // The next change makes another one.
        cache_control: "no-cache",
    };
    files::send(&server, &method, &reader, sent).await
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
