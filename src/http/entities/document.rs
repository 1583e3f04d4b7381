//! The document about a thing, in the format and profile that the reader prefers.

use super::asked::{self, Asked, VARYING, VARYING_WITH_SUFFIX, asked};
use super::moved::{kept, merged, renamed};
use super::names::{self, Name};
use super::offers::{offer, split};
use super::{alternates, gone, links, mistyped, page, replaced, varying_by_accept};
use crate::http::answer::{Answer, etag, etag_of_bytes, is_known};
use crate::http::history;
use crate::http::negotiate::{HTML, Offer, not_acceptable};
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Noid;
use crate::publish::{Document, DocumentProfile, Format, select};
use crate::store::{State, View};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_LOCATION, IF_NONE_MATCH, LINK, VARY};
use axum::response::{IntoResponse, Response};

/// `GET /doc/{noid}` and `GET /doc/{noid}.{suffix}`: the document about a thing.
pub async fn document(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    let up = if reader.path.ends_with('/') {
        "../"
    } else {
        ""
    };
    let (stem, by_suffix) = split(&name, &asked::offers());
    let stem = stem.to_owned();
    let original = match names::read(&stem) {
        Name::Exact(noid) => Some(history::Original::new(&noid, by_suffix)),
        _ => None,
    };
    if let Some(original) = &original
        && let Some(when) = history::When::asked(&reader)?
    {
        // Of the past the log knows what was published, in the formats of one graph.
        let offers = super::offers();
        let offer = match by_suffix {
            Some(offer) if offers.contains(&offer) => offer,
            Some(_) => return Err(not_acceptable(&offers)),
            None => reader.choose(&offers).map_err(varying_by_accept)?,
        };
        return history::past(&server, original.clone(), offer, reader, when).await;
    }
    let base = server.app.store.base().clone();
    if let (Name::Exact(noid), true) = (names::read(&stem), up.is_empty())
        && let Some(answer) = unchanged(&server, &noid, by_suffix, &reader)
    {
        let mut response = answer.into_response();
        let original = history::Original::new(&noid, by_suffix);
        history::point_to_past(response.headers_mut(), &base, &original);
        return Ok(response);
    }
    let mut response = server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let suffix = by_suffix.map_or_else(String::new, |offer| format!(".{}", offer.name));
            let rest = format!("{suffix}{}", kept(query.as_deref()));
            let noid = match names::read(&stem) {
                Name::Exact(noid) if up.is_empty() => noid,
                Name::Exact(noid) | Name::Respelled(noid)
                    if view.state(&noid)? != State::Unknown =>
                {
                    return renamed(view, &noid, up, &rest);
                }
                Name::Mistyped(text) => return Err(mistyped::problem(view, &text)),
                _ => return Err(Problem::new(&NOT_FOUND)),
            };
            let wanted = asked(&reader, view.base(), by_suffix);
            let mut answer = match view.state(&noid)? {
                State::Merged(other) => return merged(view, &other, "../doc/", &rest),
                State::Withdrawn(tombstone) => {
                    return gone::gone_as_asked(server, view, &noid, &tombstone, &reader);
                }
                State::Unknown => return Err(Problem::new(&NOT_FOUND)),
                State::Split(successors) => replaced::replaced(
                    server,
                    view,
                    &noid,
                    &successors,
                    offer_of(wanted?),
                    &reader,
                )?,
                State::Current => match wanted? {
                    Asked::Page => page::page_of(server, view, &noid, &reader)?,
                    Asked::Data(profile, format) => {
                        data(server, view, &noid, profile, format, &reader)?
                    }
                    Asked::Alternates(offer) => {
                        alternates::alternates(server, view, &noid, offer, &reader)?
                    }
                },
            };
            answer.set(VARY, varying(by_suffix));
            Ok(answer.unless_known_to(&reader.headers).into_response())
        })
        .await?;
    if let Some(original) = original {
        history::point_to_past(response.headers_mut(), &base, &original);
    }
    Ok(response)
}

fn varying(by_suffix: Option<Offer>) -> &'static str {
    if by_suffix.is_none() {
        VARYING
    } else {
        VARYING_WITH_SUFFIX
    }
}

/// The answer to who has the data already, where that is known without asking the store: it costs
/// little more than any answer.
fn unchanged(
    server: &Server,
    noid: &Noid,
    by_suffix: Option<Offer>,
    reader: &Reader,
) -> Option<Answer> {
    if !reader.headers.contains_key(IF_NONE_MATCH) {
        return None;
    }
    let store = &server.app.store;
    let current = store.generation();
    let changed = server.app.known.changed_at(noid.to_number(), current)?;
    let Ok(Asked::Data(profile, format)) = asked(reader, store.base(), by_suffix) else {
        return None;
    };
    let tag = etag(store.identity(), changed, format.extension);
    (is_own(profile, format) && is_known(&tag, &reader.headers)).then(|| {
        Answer::of(offer(format), "")
            .at(current)
            .known_as(&tag, "")
            .with(CONTENT_LOCATION, &address(noid, profile, format, reader))
            .varying(varying(by_suffix))
            .unless_known_to(&reader.headers)
    })
}

/// Whether all of it is written from the entity's own description, so that it is known by when
/// that last changed.
fn is_own(profile: &DocumentProfile, format: &Format) -> bool {
    !profile.reads_neighbours && !format.has_graphs
}

/// The address of this very representation.
fn address(noid: &Noid, profile: &DocumentProfile, format: &Format, reader: &Reader) -> String {
    let mut address = format!("{noid}.{}", format.extension);
    if !profile.is_usual() {
        address.push_str(&format!("?_profile={}", profile.name));
    }
    if profile.is_in_one_language {
        address.push_str(&format!("&lang={}", reader.lang));
    }
    address
}

fn data(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    profile: &'static DocumentProfile,
    format: &'static Format,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let iri = view.base().id(noid);
    let context = &server.app.context;
    let changed = view.changed_at(&iri)?.unwrap_or_default();
    let address = address(noid, profile, format, reader);
    let is_own = is_own(profile, format);
    if is_own {
        let at = view.generation()?;
        let known = &server.app.known;
        known.note(&server.app.store, noid.to_number(), changed, at);
    }
    let own_tag = etag(view.identity(), changed, format.extension);
    if is_own && is_known(&own_tag, &reader.headers) {
        return Ok(Answer::of(offer(format), "")
            .at(view.generation()?)
            .known_as(&own_tag, &select::time_of(&view, changed)?)
            .with(CONTENT_LOCATION, &address));
    }
    let document = if profile.reads_neighbours {
        select::document_with_neighbours(&view, &iri)?
    } else if format.has_graphs {
        select::document_with_claims(&view, &iri)?
    } else {
        select::bare_document(&view, &iri)?
    };
    let document = document.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let mut body = Vec::new();
    (profile.write)(&document, format, context, reader.lang, &mut body)?;
    let tag = if is_own {
        own_tag
    } else {
        etag_of_bytes(&body)
    };
    let links = links::of_data(&document, context, noid, profile, format);
    let mut answer = Answer::of(offer(format), body)
        .at(view.generation()?)
        .known_as(&tag, modified(&document, is_own))
        .with(CONTENT_LOCATION, &address)
        .with(LINK, &links::header(&links, view.base(), Some("doc")));
    if profile.is_in_one_language {
        answer.set(CONTENT_LANGUAGE, reader.lang.tag());
    }
    Ok(answer)
}

/// When what is shown last changed, where that is the entity's own change.
fn modified(document: &Document, is_own: bool) -> &str {
    if is_own { &document.modified } else { "" }
}

/// The format of what is asked for.
fn offer_of(asked: Asked) -> Offer {
    match asked {
        Asked::Page => HTML,
        Asked::Data(_, format) => offer(format),
        Asked::Alternates(offer) => offer,
    }
}
