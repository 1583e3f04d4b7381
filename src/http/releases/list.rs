//! The list of releases: a page, JSON, and a feed for people.

use crate::app::releases::Release;
use crate::html;
use crate::html::releases::{Released, Releases};
use crate::http::answer::Answer;
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::i18n;
use crate::model::Lang;
use crate::publish::atom::{self, Entry, Feed, Link};
use axum::extract::State as Injected;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LANGUAGE, VARY};
use axum::response::{IntoResponse, Response};
use serde_json::json;

const ATOM: Offer = Offer {
    name: "atom",
    media_type: atom::MEDIA_TYPE,
};
const OFFERS: &[Offer] = &[HTML, JSON, ATOM];
const VARYING: &str = "Accept, Accept-Language";
/// How many of the last ones the feed has.
const MOST_IN_FEED: usize = 50;

/// `GET /releases/`.
pub async fn list(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    let offer = reader
        .choose(OFFERS)
        .map_err(|problem| problem.with_header(VARY, HeaderValue::from_static(VARYING)))?;
    server
        .read(move |server, _| {
            let all = server.app.releases.all();
            let answer = if offer == HTML {
                let shown = Releases {
                    releases: all
                        .iter()
                        .map(|release| Released {
                            manifest: release.manifest.clone(),
                            withdrawal: release.withdrawal.clone(),
                        })
                        .collect(),
                };
                let generation = server.app.store.generation();
                page(server, &reader, generation, |site| shown.page(site))?
            } else if offer == JSON {
                Answer::of(JSON, in_json(server, &all))
            } else {
                let mut body = Vec::new();
                atom::write(&feed(server, &all, reader.lang), &mut body)
                    .map_err(Problem::internal)?;
                Answer::of(ATOM, body).with(CONTENT_LANGUAGE, reader.lang.tag())
            };
            Ok(answer.varying(VARYING).into_response())
        })
        .await
}

/// The newest first, each with where its manifest is.
fn in_json(server: &Server, all: &[Release]) -> String {
    let base = server.app.store.base();
    let releases = all.iter().rev().map(|release| {
        let it = &release.manifest;
        let address = format!("{base}/releases/{}/", it.date);
        let mut one = json!({
            "date": it.date,
            "number": it.number,
            "url": address,
            "manifest": format!("{address}manifest.json"),
            "log": it.log,
            "generation": it.generation.0,
            "modified": it.modified,
        });
        if let Some(withdrawal) = &release.withdrawal {
            one["withdrawn"] = json!(withdrawal);
        }
        one
    });
    let latest = all.iter().rfind(|release| release.withdrawal.is_none());
    let list = json!({
        "latest": latest.map(|release| &release.manifest.date),
        "releases": releases.collect::<Vec<_>>(),
    });
    format!("{list:#}\n")
}

fn feed(server: &Server, all: &[Release], lang: Lang) -> Feed {
    let base = server.app.store.base();
    let say = |key: &str| i18n::text(lang, key, &[]);
    let config = &server.app.config;
    let author = config.publisher_name.clone();
    let author = author.unwrap_or_else(|| "Affiche".to_owned());
    let address = format!("{base}/releases/");
    let entries: Vec<Entry> = all
        .iter()
        .rev()
        .take(MOST_IN_FEED)
        .map(|release| {
            let it = &release.manifest;
            let page = format!("{address}{}/", it.date);
            let mut lines = vec![i18n::text(
                lang,
                "releases-about",
                &[("generation", i18n::number(lang, it.generation.0).into())],
            )];
            let (term, key, updated) = match &release.withdrawal {
                Some(withdrawal) => {
                    lines = vec![say("releases-withdrawn"), withdrawal.because.clone()];
                    ("withdrawn", "releases-is-withdrawn", &withdrawal.time)
                }
                None => ("release", "releases-one", &it.modified),
            };
            Entry {
                id: page.clone(),
                title: html::releases::name(&it.date, lang),
                updated: updated.clone(),
                author: author.clone(),
                links: vec![
                    Link::new("alternate", page.clone()).of_type("text/html"),
                    Link::new("describedby", format!("{page}manifest.json"))
                        .of_type("application/json"),
                ],
                category: (term, say(key)),
                lines,
            }
        })
        .collect();
    let updated = entries.iter().map(|entry| entry.updated.clone()).max();
    Feed {
        id: address.clone(),
        title: say("releases-title"),
        subtitle: say("releases-lead"),
        // A feed has a time (RFC 4287 §4.1.1), also before anything was released.
        updated: updated.unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned()),
        author,
        lang: lang.tag(),
        links: vec![
            Link::new("self", format!("{address}?format=atom&lang={lang}"))
                .of_type(atom::MEDIA_TYPE),
            Link::new("alternate", address).of_type("text/html"),
        ],
        is_archive: false,
        entries,
    }
}
