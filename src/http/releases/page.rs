//! The page of one release, and its manifest for programs.

use super::{LATEST, RELEASE, known, signing_key, to_latest};
use crate::app::releases::Release;
use crate::html;
use crate::http::answer::{Answer, etag_of_bytes};
use crate::http::entities::redirect;
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{Problem, RELEASE_WITHDRAWN};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{LINK, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::fs;

const OFFERS: &[Offer] = &[HTML, JSON];
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
    let query = crate::http::entities::kept(query.as_deref());
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
    let offer = match reader.choose(OFFERS) {
        // That it is gone matters more than how that is told.
        Err(_) if release.withdrawal.is_some() => HTML,
        chosen => chosen
            .map_err(|problem| problem.with_header(VARY, HeaderValue::from_static(VARYING)))?,
    };
    server
        .read(move |server, _| {
            let answer = if offer == HTML {
                for_people(server, &reader, &release)?
            } else {
                for_programs(&release)?
            };
            let answer = answer
                .at(release.manifest.generation)
                .with(RELEASE, &release.manifest.date)
                .varying(VARYING);
            Ok(match release.withdrawal {
                Some(_) => answer.with_status(RELEASE_WITHDRAWN.status),
                None => answer.with(LINK, &links(server, &release)),
            }
            .into_response())
        })
        .await
}

fn for_people(server: &Server, reader: &Reader, release: &Release) -> Result<Answer, Problem> {
    let all = server.app.releases.all();
    let number = release.manifest.number;
    let standing = || all.iter().filter(|other| other.withdrawal.is_none());
    let before = standing().rfind(|other| other.manifest.number < number);
    let after = standing().find(|other| other.manifest.number > number);
    let date = |other: &Release| other.manifest.date.clone();
    let shown = html::releases::Release {
        manifest: release.manifest.clone(),
        withdrawal: release.withdrawal.clone(),
        key: signing_key(server)?.verifying().line(),
        previous: before.map(date),
        next: after.map(date),
        is_latest: after.is_none(),
        is_queryable: release.is_queryable(),
        citations: Vec::new(),
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

/// Where its parts are, for programs that read no page (RFC 8288).
fn links(server: &Server, release: &Release) -> String {
    let base = server.app.store.base();
    let here = format!("{base}/releases/{}/", release.manifest.date);
    let mut links = vec![
        format!("<{here}>; rel=\"cite-as\""),
        "<manifest.json>; rel=\"describedby\"; type=\"application/json\"".to_owned(),
        "<../>; rel=\"collection\"".to_owned(),
    ];
    links.extend(OFFERS.iter().map(|offer| {
        format!(
            "<?format={}>; rel=\"alternate\"; type=\"{}\"",
            offer.name, offer.media_type
        )
    }));
    links.join(", ")
}
