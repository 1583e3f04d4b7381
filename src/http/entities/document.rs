//! The document about a thing, in the format and profile that the reader prefers.

use super::asked::{self, Asked, VARYING, VARYING_WITH_SUFFIX, asked};
use super::moved::{kept, merged, renamed};
use super::names::{self, Name};
use super::offers::{offer, split};
use super::{alternates, gone, links, mistyped, page, replaced};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::negotiate::HTML;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Noid;
use crate::publish::{Document, DocumentProfile, Format, select};
use crate::store::{State, View};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_LOCATION, LINK, VARY};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

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
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let (stem, by_suffix) = split(&name, &asked::offers());
            let suffix = by_suffix.map_or_else(String::new, |offer| format!(".{}", offer.name));
            let rest = format!("{suffix}{}", kept(query.as_deref()));
            let noid = match names::read(stem) {
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
                State::Merged(other) => return merged(view, &other, "", &rest),
                State::Withdrawn(tombstone) => {
                    return gone::gone(server, view, &noid, &tombstone, &reader);
                }
                State::Unknown => return Err(Problem::new(&NOT_FOUND)),
                State::Split(successors) => {
                    replaced::replaced(server, view, &noid, &successors, wanted?, &reader)?
                }
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
            let varying = if by_suffix.is_none() {
                VARYING
            } else {
                VARYING_WITH_SUFFIX
            };
            answer.set(VARY, varying);
            Ok(answer.unless_known_to(&reader.headers).into_response())
        })
        .await
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
    let mut address = format!("{noid}.{}", format.extension);
    if !profile.is_default() {
        address.push_str(&format!("?_profile={}", profile.name));
    }
    if profile.is_in_one_language {
        address.push_str(&format!("&lang={}", reader.lang));
    }
    // What is written from the entity's own description alone is known without writing it.
    let is_own = !profile.reads_neighbours && !format.has_graphs;
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
        let variant = format!("{}-{}", format.extension, short_hash(&body));
        etag(view.identity(), changed, &variant)
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

/// Twelve hexadecimal digits that follow from the content.
fn short_hash(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    hash.iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Whether the page of a document is asked for, for answers that have only that or RDF.
pub(super) fn offer_of(asked: Asked) -> crate::http::negotiate::Offer {
    match asked {
        Asked::Page => HTML,
        Asked::Data(_, format) => offer(format),
        Asked::Alternates(offer) => offer,
    }
}
