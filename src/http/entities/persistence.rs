//! `/about/persistence`: what whoever links to an entity can rely on.

use crate::html;
use crate::http::Shared;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use axum::extract::State as Injected;
use axum::response::{IntoResponse, Response};

/// `GET /about/persistence`.
pub async fn persistence(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let config = &server.app.config;
    let shown = html::Persistence {
        naan: config.naan.clone(),
        publisher: config.publisher_name.clone(),
        contact: config.publisher_contact.clone(),
    };
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, |site| shown.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}
