//! Sitemaps for search engines: an index, and files of at most 50,000 documents each
//! (sitemaps.org, protocol 0.9).

use crate::app::sitemap::{SitemapError, State};
use crate::http::answer::Answer;
use crate::http::problem::{NOT_FOUND, NOT_INDEXED_YET, Problem};
use crate::http::{Server, Shared};
use axum::extract::{Path, State as Injected};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// How long somebody waits before asking again for what is not indexed yet.
const AGAIN_SECONDS: u64 = 5;

/// `GET /sitemap.xml`.
pub async fn index(Injected(server): Injected<Shared>) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let state = known(server)?;
            let snapshot = server.app.store.snapshot()?;
            let index = state.index(snapshot.view()).map_err(problem)?;
            Ok(Answer::new("application/xml", index)
                .at(state.generation)
                .into_response())
        })
        .await
}

/// `GET /sitemaps/{n}.xml.gz`.
pub async fn file(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let number = name.strip_suffix(".xml.gz");
    // One spelling of each: no sign and no zero before it.
    let number = number.filter(|number| !number.starts_with(['0', '+']));
    let number: usize = number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
    server
        .read(move |server, _| {
            let state = known(server)?;
            let file = state.file(number).ok_or_else(|| Problem::new(&NOT_FOUND))?;
            let snapshot = server.app.store.snapshot()?;
            let packed = file.packed(snapshot.view()).map_err(problem)?;
            Ok(Answer::new("application/gzip", packed)
                .at(state.generation)
                .into_response())
        })
        .await
}

fn known(server: &Server) -> Result<Arc<State>, Problem> {
    let known = server.app.sitemap.current();
    known.ok_or_else(|| Problem::new(&NOT_INDEXED_YET).retry_after(AGAIN_SECONDS))
}

fn problem(error: SitemapError) -> Problem {
    match error {
        SitemapError::Store(error) => Problem::from(error),
        error => Problem::internal(error),
    }
}
