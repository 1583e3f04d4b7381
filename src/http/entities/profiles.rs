//! What the profiles of documents are: `/profiles` and `/profiles/{name}`.

use super::split_suffix;
use crate::html;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::publish::{DocumentProfile, PROFILES};
use axum::extract::{Path, State as Injected};
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};

/// `GET /profiles`: all of them.
pub async fn profiles(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&super::offers())?;
    let all: Vec<&'static DocumentProfile> = PROFILES.iter().collect();
    described(&server, &reader, &all, offer)
}

/// `GET /profiles/{name}` and `/profiles/{name}.{suffix}`.
pub async fn profile(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, by_suffix) = split_suffix(&name);
    let profile = DocumentProfile::named(stem).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let offer = by_suffix.map_or_else(|| reader.choose(&super::offers()), Ok)?;
    described(&server, &reader, &[profile], offer)
}

fn described(
    server: &Server,
    reader: &Reader,
    profiles: &[&'static DocumentProfile],
    offer: Offer,
) -> Result<Response, Problem> {
    let base = server.app.store.base();
    let generation = server.app.store.generation();
    let variant = format!("profiles-{}-{}", reader.lang, offer.name);
    let tag = etag(server.app.store.identity(), generation, &variant);
    let answer = if offer == HTML {
        page(server, reader, generation, |site| {
            html::document_profiles(profiles, site)
        })?
    } else {
        let triples: Vec<_> = profiles
            .iter()
            .flat_map(|profile| profile.triples(base))
            .collect();
        let body = super::rdf(&triples, offer, &server.app.context)?;
        Answer::of(offer, body).at(generation)
    };
    Ok(answer
        .known_as(&tag, "")
        .with(VARY, "Accept, Accept-Language")
        .unless_known_to(&reader.headers)
        .into_response())
}
