//! The page of one release; its manifest and its description in RDF for programs.

use super::{LATEST, RELEASE, known, signing_key, to_latest};
use crate::app::catalogue::released;
use crate::app::releases::Release;
use crate::html;
use crate::http::answer::{Answer, etag_of_bytes};
use crate::http::entities::{kept, offers, rdf, redirect};
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{Problem, RELEASE_WITHDRAWN};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::publish::catalogue::of_release;
use crate::publish::released::{DESCRIPTIONS, Link, Released, STYLES, dataset};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{LINK, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fs;

const VARYING: &str = "Accept, Accept-Language";

/// `GET /releases/{date}`: the page has its slash, so that its files are below it.
pub async fn without_slash(
    Injected(server): Injected<Shared>,
    Path(date): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if date == LATEST {
        return to_latest(&server, "", "/", query.as_deref());
    }
    let date = known(&server, &date)?.manifest.date;
    let query = kept(query.as_deref());
    Ok(redirect(StatusCode::MOVED_PERMANENTLY, &format!("{date}/{query}")).into_response())
}

/// `GET /releases/{date}/`.
pub async fn landing(
    Injected(server): Injected<Shared>,
    Path(date): Path<String>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    if date == LATEST {
        return to_latest(&server, "../", "/", query.as_deref());
    }
    let release = known(&server, &date)?;
    let mut offers = offers();
    offers.push(JSON);
    let offer = match reader.choose(&offers) {
        // That it is gone matters more than how that is told.
        Err(_) if release.withdrawal.is_some() => HTML,
        chosen => chosen
            .map_err(|problem| problem.with_header(VARY, HeaderValue::from_static(VARYING)))?,
    };
    server
        .read(move |server, _| {
            with_described(server, &release, |described| {
                answer(server, &reader, offer, &release, described)
            })
        })
        .await
}

/// What the descriptions of a release are made of.
pub(super) fn with_described<T>(
    server: &Server,
    release: &Release,
    make: impl FnOnce(&Released<'_>) -> T,
) -> T {
    let responsible = server.app.responsible();
    let all = server.app.releases.all();
    let described = released(&server.app, &all, &responsible);
    let previous = described
        .iter()
        .find(|one| one.manifest.number == release.manifest.number)
        .and_then(|one| one.previous);
    make(&Released {
        base: server.app.store.base(),
        manifest: &release.manifest,
        withdrawal: release.withdrawal.as_ref(),
        previous,
        is_queryable: release.is_queryable(),
        responsible: &responsible,
    })
}

fn answer(
    server: &Server,
    reader: &Reader,
    offer: Offer,
    release: &Release,
    described: &Released<'_>,
) -> Result<Response, Problem> {
    let answer = if offer == HTML {
        for_people(server, reader, release, described)?
    } else if offer == JSON {
        for_programs(release)?
    } else {
        Answer::of(
            offer,
            rdf(&of_release(described), offer, &server.app.context)?,
        )
    };
    let answer = answer
        .at(release.manifest.generation)
        .with(RELEASE, &release.manifest.date)
        .varying(VARYING);
    let answer = match release.withdrawal {
        Some(_) => answer.with_status(RELEASE_WITHDRAWN.status),
        None => answer.with(LINK, &header(described)),
    };
    Ok(answer.into_response())
}

fn for_people(
    server: &Server,
    reader: &Reader,
    release: &Release,
    described: &Released<'_>,
) -> Result<Answer, Problem> {
    let all = server.app.releases.all();
    let number = release.manifest.number;
    let mut later = all.iter().filter(|other| other.withdrawal.is_none());
    let after = later.find(|other| other.manifest.number > number);
    let citations = STYLES
        .iter()
        .map(|style| (style.name, (style.write)(described, reader.lang)));
    let shown = html::releases::Release {
        manifest: release.manifest.clone(),
        withdrawal: release.withdrawal.clone(),
        key: signing_key(server)?.verifying().line(),
        previous: described.previous.map(str::to_owned),
        next: after.map(|other| other.manifest.date.clone()),
        is_queryable: release.is_queryable(),
        citations: citations.collect(),
        descriptions: DESCRIPTIONS
            .iter()
            .map(|description| (description.name, description.about))
            .collect(),
        dataset: dataset::of_release(described).to_string(),
    };
    let generation = release.manifest.generation;
    page(server, reader, generation, |site| shown.page(site))
}

/// The manifest, byte for byte as it was signed; of a release that was withdrawn with the notice.
fn for_programs(release: &Release) -> Result<Answer, Problem> {
    if let Some(withdrawal) = &release.withdrawal {
        let both = json!({ "withdrawn": withdrawal, "manifest": release.manifest });
        return Ok(Answer::of(JSON, format!("{both:#}\n")));
    }
    let bytes = fs::read(release.manifest_path()).map_err(Problem::internal)?;
    let tag = etag_of_bytes(&bytes);
    Ok(Answer::of(JSON, bytes).known_as(&tag, ""))
}

/// Where its parts and descriptions are, for programs that read no page (RFC 8288).
fn header(described: &Released<'_>) -> String {
    let links = described.links();
    let links: Vec<String> = links.iter().map(written).collect();
    links.join(", ")
}

fn written(link: &Link) -> String {
    let mut text = format!("<{}>; rel=\"{}\"", link.target, link.rel);
    if let Some(media_type) = &link.media_type {
        text.push_str(&format!("; type=\"{media_type}\""));
    }
    if let Some(profile) = link.profile {
        text.push_str(&format!("; profile=\"{profile}\""));
    }
    text
}
