//! Addresses that lead elsewhere.

use crate::http::answer::Answer;
use crate::http::problem::Problem;
use crate::model::Noid;
use crate::store::{StoreError, View};
use axum::http::header::{CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use oxrdf::NamedNode;
use percent_encoding::{CONTROLS, utf8_percent_encode};

/// How long a merge may be remembered: it can be undone.
const FOR_A_DAY: &str = "max-age=86400";

/// An answer that leads to an address, relative to the one that was asked for.
pub(in crate::http) fn redirect(status: StatusCode, location: &str) -> Answer {
    let answer = Answer {
        status,
        headers: HeaderMap::new(),
        body: Vec::new(),
    };
    answer.with(LOCATION, location)
}

/// To the survivor of a merge, in one hop: `before` and `after` stand around its name.
pub(in crate::http) fn merged(
    view: View<'_>,
    survivor: &NamedNode,
    before: &str,
    after: &str,
) -> Result<Response, Problem> {
    let Some(Ok(noid)) = view.base().entity_of(survivor.as_str()) else {
        return Err(StoreError::Unreadable(survivor.to_string()).into());
    };
    renamed(view, &noid, before, after)
}

/// To the one way to write a name.
pub(super) fn renamed(
    view: View<'_>,
    noid: &Noid,
    before: &str,
    after: &str,
) -> Result<Response, Problem> {
    let location = format!("{before}{noid}{after}");
    Ok(redirect(StatusCode::MOVED_PERMANENTLY, &location)
        .at(view.generation()?)
        .with(CACHE_CONTROL, FOR_A_DAY)
        .into_response())
}

/// The query of an address as it came, with its `?`; nothing when there is none.
pub(in crate::http) fn kept(query: Option<&str>) -> String {
    match query {
        None | Some("") => String::new(),
        Some(query) => format!("?{}", utf8_percent_encode(query, CONTROLS)),
    }
}
