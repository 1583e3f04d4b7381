//! The document about a thing, in the format and profile that the reader prefers.

use super::asked::{self, Asked, VARYING, VARYING_WITH_SUFFIX, asked};
use super::moved::{kept, merged, renamed};
use super::names::{self, Name};
use super::offers::{offer, split};
use super::{alternates, gone, links, mistyped, page, replaced};
use crate::http::answer::{Answer, etag, etag_of_bytes, is_known};
use crate::http::history;
use crate::http::negotiate::{HTML, Offer};
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Noid;
use crate::publish::select::{self, Version};
use crate::publish::{DocumentProfile, Format};
use crate::store::{Standing, State, View};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_LOCATION, IF_NONE_MATCH, LINK, VARY};
use axum::response::{IntoResponse, Response};

/// Most documents are not longer.
const BODY_BYTES: usize = 8 << 10;

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
    // Of the past the log knows what was published, which is told in the formats of one graph.
    let has_past = by_suffix.is_none_or(|offer| super::offers().contains(&offer));
    let is_dated = has_past || reader.parameter("generation").is_some();
    let original = match names::read(&stem) {
        Name::Exact(noid) if up.is_empty() && is_dated => {
            Some(history::Original::new(&noid, by_suffix))
        }
        _ => None,
    };
    if let Some(original) = &original
        && let Some(when) = history::When::asked(&reader)?
    {
        let offer = asked::of_the_past(&reader, server.app.store.base(), by_suffix)?;
        return history::past(&server, original.clone(), offer, reader, when).await;
    }
    let base = server.app.store.base().clone();
    if let (Name::Exact(noid), true) = (names::read(&stem), up.is_empty())
        && let Some(answer) = unchanged(&server, &noid, by_suffix, &reader)
    {
        let mut response = answer.into_response();
        if let Some(original) = &original {
            history::point_to_past(response.headers_mut(), &base, original);
        }
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
            let standing = view.standing(&view.base().id(&noid))?;
            let mut answer = match &standing.state {
                State::Merged(other) => return merged(view, other, "../doc/", &rest),
                State::Withdrawn(tombstone) => {
                    return gone::gone_as_asked(server, view, &noid, tombstone, &reader);
                }
                State::Unknown => return Err(Problem::new(&NOT_FOUND)),
                State::Split(successors) => {
                    replaced::replaced(server, view, &noid, successors, offer_of(wanted?), &reader)?
                }
                State::Current => match wanted? {
                    Asked::Page => page::page_of(server, view, &noid, &reader)?,
                    Asked::Data(profile, format) => {
                        data(server, view, &noid, &standing, profile, format, &reader)?
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
    let version = server.app.known.version(noid.to_number(), current)?;
    let Ok(Asked::Data(profile, format)) = asked(reader, store.base(), by_suffix) else {
        return None;
    };
    let tag = own_tag(store.identity(), version, format);
    (is_own(profile, format) && is_known(&tag, &reader.headers)).then(|| {
        Answer::of(offer(format), "")
            .at(current)
            .known_as(&tag, "")
            .with(CONTENT_LOCATION, &address(noid, profile, format, reader))
            .varying(varying(by_suffix))
            .unless_known_to(&reader.headers)
    })
}

/// Whether all of it is written from the entity's own description and the settings of its sources,
/// so that it is known by when those last changed.
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
    standing: &Standing,
    profile: &'static DocumentProfile,
    format: &'static Format,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let iri = view.base().id(noid);
    let context = &server.app.context;
    let changed = standing.changed_at.unwrap_or_default();
    let address = address(noid, profile, format, reader);
    let is_own = is_own(profile, format);
    if is_own && reader.headers.contains_key(IF_NONE_MATCH) {
        let version = select::version(&view, changed, &select::sources(&view, &iri)?)?;
        note(server, view, noid, version)?;
        let tag = own_tag(view.identity(), version, format);
        if is_known(&tag, &reader.headers) {
            return Ok(Answer::of(offer(format), "")
                .at(view.generation()?)
                .known_as(&tag, &select::time_of(&view, version.changed)?)
                .with(CONTENT_LOCATION, &address));
        }
    }
    let document = if profile.reads_neighbours {
        select::document_with_neighbours(&view, &iri)?
    } else if format.has_graphs {
        select::document_with_claims(&view, &iri)?
    } else {
        select::bare_document_of(&view, &iri, standing)?
    };
    let document = document.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let mut body = Vec::with_capacity(BODY_BYTES);
    (profile.write)(&document, format, context, reader.lang, &mut body)?;
    let (tag, modified) = if is_own {
        let version = select::version(&view, changed, &document.sources)?;
        note(server, view, noid, version)?;
        let tag = own_tag(view.identity(), version, format);
        (tag, select::time_of(&view, version.changed)?)
    } else {
        (etag_of_bytes(&body), String::new())
    };
    let links = links::of_data(&document, context, noid, profile, format);
    let mut answer = Answer::of(offer(format), body)
        .at(view.generation()?)
        .known_as(&tag, &modified)
        .with(CONTENT_LOCATION, &address)
        .with(LINK, &links::header(&links, view.base(), Some("doc")));
    if profile.is_in_one_language {
        answer.set(CONTENT_LANGUAGE, reader.lang.tag());
    }
    Ok(answer)
}

/// The tag of data that is known by its version.
fn own_tag(identity: &str, version: Version, format: &Format) -> String {
    let variant = format!("{}-{:x}", format.extension, version.sources);
    etag(identity, version.changed, &variant)
}

/// Keeps in mind which version there is. Of what is merged it may be another by what is said under
/// another name, so that is looked up each time.
fn note(server: &Server, view: View<'_>, noid: &Noid, version: Version) -> Result<(), Problem> {
    if view.members_if_merged(&view.base().id(noid))?.len() == 1 {
        let store = &server.app.store;
        let known = &server.app.known;
        known.note(store, noid.to_number(), version, view.generation()?);
    }
    Ok(())
}

/// The format of what is asked for.
fn offer_of(asked: Asked) -> Offer {
    match asked {
        Asked::Page => HTML,
        Asked::Data(_, format) => offer(format),
        Asked::Alternates(offer) => offer,
    }
}
