//! A thing: its name leads to the document about it, or says what became of it.

use super::moved::{kept, merged, redirect, renamed};
use super::names::{self, Name};
use super::offers::split;
use super::{asked, gone, links, mistyped};
use crate::http::Shared;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::model::Noid;
use crate::store::{State, View};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::StatusCode;
use axum::http::header::LINK;
use axum::response::{IntoResponse, Response};

/// `GET /id/{noid}`: where the thing's document is.
pub async fn identify(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    // Between the slashes there is nothing; after the name there may be one.
    let up = if reader.path.ends_with('/') {
        "../../"
    } else {
        "../"
    };
    lead(server, name, up, query, reader).await
}

/// What the name of a thing answers; `up` leads from the address asked for to the base.
pub(super) async fn lead(
    server: Shared,
    name: String,
    up: &'static str,
    query: Option<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let (stem, suffix) = split(&name, &asked::offers());
            let suffix = suffix.map_or_else(String::new, |offer| format!(".{}", offer.name));
            let rest = format!("{suffix}{}", kept(query.as_deref()));
            let noid = match names::read(stem) {
                Name::Exact(noid) => noid,
                Name::Respelled(noid) if view.state(&noid)? != State::Unknown => {
                    return renamed(view, &noid, &format!("{up}id/"), &rest);
                }
                Name::Mistyped(text) => return Err(mistyped::problem(view, &text)),
                Name::Respelled(_) | Name::Nothing => return Err(Problem::new(&NOT_FOUND)),
            };
            match view.state(&noid)? {
                State::Current | State::Split(_) => {
                    to_document(view, &noid, up, &rest, server.app.context.ark(&noid))
                }
                State::Merged(other) => merged(view, &other, &format!("{up}id/"), &rest),
                State::Withdrawn(tombstone) => {
                    gone::gone_as_asked(server, view, &noid, &tombstone, &reader)
                }
                State::Unknown => Err(Problem::new(&NOT_FOUND)),
            }
        })
        .await
}

/// httpRange-14: a thing is not a document, so its address leads to one.
fn to_document(
    view: View<'_>,
    noid: &Noid,
    up: &str,
    rest: &str,
    ark: Option<oxrdf::NamedNode>,
) -> Result<Response, Problem> {
    let links = links::of_thing(view.base(), noid, ark.as_ref());
    Ok(
        redirect(StatusCode::SEE_OTHER, &format!("{up}doc/{noid}{rest}"))
            .at(view.generation()?)
            .with(LINK, &links::header(&links, view.base(), None))
            .into_response(),
    )
}
