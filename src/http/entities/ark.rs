//! Entities by their ARKs, where the configuration names a NAAN: `/ark:/NAAN/{noid}`, and without
//! the slash after the colon, as newer ARKs are written. They answer as `/id/{noid}` does; with an
//! inflection (`?`, `??`, `?info`), a short record of what is named and what is promised.

use super::identify::lead;
use super::names::{self, Name};
use crate::html::best_name;
use crate::http::answer::Answer;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::{Naan, Noid};
use crate::publish::select;
use crate::store::{State, View};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::CONTENT_LANGUAGE;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;

/// `GET /ark:/{naan}/{noid}`, with or without a slash behind it.
pub async fn ark(
    server: Injected<Shared>,
    path: Path<(String, String)>,
    query: RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    let up = if reader.path.ends_with('/') {
        "../../../"
    } else {
        "../../"
    };
    answer(server, path, query, reader, up).await
}

/// `GET /ark:{naan}/{noid}`, likewise.
pub async fn ark_without_slash(
    server: Injected<Shared>,
    path: Path<(String, String)>,
    query: RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    let up = if reader.path.ends_with('/') {
        "../../"
    } else {
        "../"
    };
    answer(server, path, query, reader, up).await
}

async fn answer(
    Injected(server): Injected<Shared>,
    Path((naan, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    reader: Reader,
    up: &'static str,
) -> Result<Response, Problem> {
    let ours = server.app.config.naan.clone();
    let ours = ours.ok_or_else(|| {
        Problem::new(&NOT_FOUND).with_detail(
            "Ce serveur ne publie pas d'ARK.",
            "This server does not publish ARKs.",
        )
    })?;
    if !ours.is(&naan) {
        return Err(Problem::new(&NOT_FOUND).with_detail(
            format!("Les ARK de ce serveur commencent par `ark:/{ours}/`."),
            format!("The ARKs of this server begin with `ark:/{ours}/`."),
        ));
    }
    if matches!(query.as_deref(), Some("" | "?" | "info")) {
        return server
            .read(move |server, _| {
                let snapshot = server.app.store.snapshot()?;
                record(server, snapshot.view(), &ours, &name, &reader)
            })
            .await;
    }
    // An ARK may be written with hyphens and in capitals, and means the same: no detour.
    let name = match names::read(&name) {
        Name::Respelled(noid) => noid.as_str().to_owned(),
        _ => name,
    };
    lead(server, name, up, query, reader).await
}

/// The Kernel elements (who, what, when, where) of an entity, then how it is kept.
fn record(
    server: &Server,
    view: View<'_>,
    naan: &Naan,
    name: &str,
    reader: &Reader,
) -> Result<Response, Problem> {
    let (Name::Exact(noid) | Name::Respelled(noid)) = names::read(name) else {
        return Err(Problem::new(&NOT_FOUND));
    };
    let state = view.state(&noid)?;
    let base = view.base();
    let iri = match &state {
        State::Unknown => return Err(Problem::new(&NOT_FOUND)),
        State::Merged(survivor) => survivor.clone(),
        _ => base.id(&noid),
    };
    let document = select::bare_document(&view, &iri)?;
    let names = select::labels(&view, &BTreeSet::from([iri.clone()]))?;
    let names = names.get(iri.as_str()).map_or(&[][..], Vec::as_slice);
    let what = best_name(names, reader.lang).unwrap_or("(:unav)");
    let who: Vec<String> = document
        .iter()
        .flat_map(|document| &document.sources)
        .map(|share| {
            let publisher = share.source.publisher.clone();
            publisher.unwrap_or_else(|| share.source.name.to_string())
        })
        .collect();
    let who = if who.is_empty() {
        "(:unav)".to_owned()
    } else {
        who.join("; ")
    };
    let when = match &state {
        State::Withdrawn(tombstone) => tombstone.time.clone(),
        _ => document.map_or_else(String::new, |document| document.modified),
    };
    let status = match &state {
        State::Current | State::Unknown => "(:current) published",
        State::Merged(_) => "(:merged) lives on under another name, given above",
        State::Split(_) => "(:replaced) was several things; its document names them",
        State::Withdrawn(_) => "(:withdrawn) no longer published; a tombstone remains",
    };
    let id = ark_of(server, naan, &noid);
    let publisher = server.app.config.publisher_name.as_deref();
    let lines = [
        ("erc", ""),
        ("who", &who),
        ("what", what),
        ("when", &when),
        ("where", iri.as_str()),
        ("how", status),
        ("erc-support", ""),
        ("who", publisher.unwrap_or("(:unav)")),
        (
            "what",
            "(:permanent) the name is never given to something else and never just disappears",
        ),
        ("where", &base.join("about/persistence").into_string()),
        ("ark", &id),
    ]
    .map(|(element, value)| line(element, value));
    Ok(Answer::new("text/plain", lines.concat())
        .at(view.generation()?)
        .with(CONTENT_LANGUAGE, reader.lang.tag())
        .varying("Accept-Language")
        .into_response())
}

fn ark_of(server: &Server, naan: &Naan, noid: &Noid) -> String {
    format!("{}/{}", server.app.store.base(), naan.ark(noid))
}

/// A line of ANVL: no value can begin another.
fn line(element: &str, value: &str) -> String {
    let value: String = value
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("{}\n", format!("{element}: {value}").trim_end())
}
