//! Entities and their documents: `/id/{noid}` leads to `/doc/{noid}`, which has many formats.

use crate::app::quality::standings;
use crate::html;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::history;
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{MISTYPED, NOT_FOUND, Problem, WITHDRAWN};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::ingest::choices;
use crate::model::noid::NoidError;
use crate::model::vocabulary::{dct, schema, skos, xsd};
use crate::model::{Base, Noid, Text, time};
use crate::publish::{Context, FORMATS, Format, select};
use crate::rdf::{jsonld, write};
use crate::store::{State, StoreError, Tombstone, View};
use axum::extract::{Path, State as Injected};
use axum::http::header::{CONTENT_LOCATION, LINK, LOCATION, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, Literal, NamedNode, Term, Triple};
use std::io;
use std::sync::Arc;

pub(super) const BY_ACCEPT: &str = "Accept, Accept-Language";

/// The formats of a document, the page first: most who take anything show it to a person.
pub(super) fn offers() -> Vec<Offer> {
    std::iter::once(HTML)
        .chain(FORMATS.iter().map(|format| Offer {
            name: format.extension,
            media_type: format.media_type,
        }))
        .collect()
}

fn format_of(offer: Offer) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.extension == offer.name)
}

/// The name before a known suffix, and the offer that the suffix stands for.
pub(super) fn split_suffix(name: &str) -> (&str, Option<Offer>) {
    let offers = offers();
    name.rsplit_once('.')
        .and_then(|(stem, suffix)| {
            let offer = offers.iter().find(|offer| offer.name == suffix)?;
            Some((stem, Some(*offer)))
        })
        .unwrap_or((name, None))
}

/// `GET /id/{noid}`: where the thing's document is.
pub async fn identify(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let noid = parse(&name)?;
    let query = reader
        .address()
        .split_once('?')
        .map_or_else(String::new, |(_, query)| format!("?{query}"));
    let offers = offers();
    let for_tombstone = reader.clone();
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            match view.state(&noid)? {
                // httpRange-14: a thing is not a document, so its address leads to one.
                State::Current | State::Split(_) => Ok(redirect(
                    StatusCode::SEE_OTHER,
                    &format!("../doc/{noid}{query}"),
                )
                .at(view.generation()?)
                .into_response()),
                State::Merged(other) => moved(view, "id", &other, &query),
                State::Withdrawn(tombstone) => {
                    let offer = for_tombstone.choose(&offers)?;
                    gone(server, view, &noid, &tombstone, offer, &for_tombstone)
                }
                State::Unknown => Err(Problem::new(&NOT_FOUND)),
            }
        })
        .await
}

/// `GET /doc/{noid}` and `GET /doc/{noid}.{suffix}`: the document about a thing.
pub async fn document(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, by_suffix) = split_suffix(&name);
    let noid = parse(stem)?;
    let offer = match by_suffix {
        Some(offer) => offer,
        None => reader.choose(&offers()).map_err(varying_by_accept)?,
    };
    let original = history::Original::new(&noid, by_suffix);
    if let Some(when) = history::When::asked(&reader)? {
        return history::past(&server, original, offer, reader, when).await;
    }
    let mut response = server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let state = view.state(&noid)?;
            match state {
                State::Current => {}
                State::Merged(other) => {
                    let suffix = by_suffix.map_or_else(String::new, |o| format!(".{}", o.name));
                    return moved(view, "doc", &other, &suffix);
                }
                State::Split(successors) => {
                    let mut answer = replaced(server, view, &noid, &successors, offer, &reader)?;
                    describe(&mut answer, &noid, offer);
                    return Ok(answer.varying(BY_ACCEPT).into_response());
                }
                State::Withdrawn(tombstone) => {
                    return gone(server, view, &noid, &tombstone, offer, &reader);
                }
                State::Unknown => return Err(Problem::new(&NOT_FOUND)),
            }
            let iri = view.base().id(&noid);
            let mut answer = if offer == HTML {
                entity_page(server, view, &iri, &reader)?
            } else {
                entity_data(server, view, &iri, offer, &reader)?
            };
            describe(&mut answer, &noid, offer);
            if by_suffix.is_none() {
                answer.set(VARY, BY_ACCEPT);
            } else if offer == HTML {
                answer.set(VARY, "Accept-Language");
            }
            Ok(answer.unless_known_to(&reader.headers).into_response())
        })
        .await?;
    history::point_to_past(response.headers_mut(), server.app.store.base(), &original);
    Ok(response)
}

fn entity_page(
    server: &Server,
    view: View<'_>,
    iri: &NamedNode,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let instant = Timestamp::now();
    let now = time::utc(instant);
    // The page says what is still to come, so it also changes with the day.
    let today = now.get(..10).unwrap_or_default();
    let index = server.app.links.current();
    let linked = index.as_ref().map_or(0, |index| index.generation.0);
    let variant = format!("{today}-{linked}-{}-html", reader.lang);
    let etag = etag(view.identity(), view.generation()?, &variant);
    let modified = select::time_of(&view, view.generation()?)?;
    if is_known(&etag, &reader.headers) {
        return Ok(Answer::of(HTML, "")
            .at(view.generation()?)
            .known_as(&etag, &modified));
    }
    let (links, known) = match &index {
        Some(index) => {
            let mut links = index.here(view.base(), iri, instant);
            // Nothing is a performance of a performance: its page tells the other dates.
            let work = view.object(
                iri.as_ref().into(),
                schema::WORK_PERFORMED,
                GraphNameRef::DefaultGraph,
            )?;
            if let Some(Term::NamedNode(work)) = work {
                links.dates = index.here(view.base(), &work, instant).dates;
            }
            (links, Arc::clone(&index.labels))
        }
        None => (select::links_in_store(&view, iri, today)?, Arc::default()),
    };
    let mut document =
        select::document(&view, iri, links, &known)?.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    document.choices = choices(&view, &server.app.door, iri)?;
    let standings: Vec<html::quality::Standing> = standings(&server.app.door, view, iri)?
        .into_iter()
        .map(|standing| html::quality::Standing {
            profile: standing.profile,
            meets: standing.meets,
            findings: standing
                .findings
                .into_iter()
                .map(|finding| (finding.severity, finding.message))
                .collect(),
        })
        .collect();
    let answer = page(server, reader, view.generation()?, |site| {
        let entity = html::Entity {
            document: &document,
            standings: &standings,
            now: instant,
        };
        html::entity(entity, site)
    })?;
    Ok(answer.known_as(&etag, &modified))
}

fn entity_data(
    server: &Server,
    view: View<'_>,
    iri: &NamedNode,
    offer: Offer,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let changed = view.changed_at(iri)?.unwrap_or_default();
    let etag = etag(view.identity(), changed, offer.name);
    if is_known(&etag, &reader.headers) {
        return Ok(Answer::of(offer, "")
            .at(view.generation()?)
            .known_as(&etag, &select::time_of(&view, changed)?));
    }
    let document = select::bare_document(&view, iri)?.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let format = format_of(offer).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let mut body = Vec::new();
    (format.write)(&document, &server.app.context, &mut body).map_err(Problem::internal)?;
    Ok(Answer::of(offer, body)
        .at(view.generation()?)
        .known_as(&etag, &document.modified))
}

/// Where this very format is, what else there is, and what it is about.
fn describe(answer: &mut Answer, noid: &Noid, offer: Offer) {
    answer.set(CONTENT_LOCATION, &format!("{noid}.{}", offer.name));
    let mut links: Vec<String> = offers()
        .iter()
        .filter(|other| **other != offer)
        .map(|other| {
            format!(
                "<{noid}.{}>; rel=\"alternate\"; type=\"{}\"",
                other.name, other.media_type
            )
        })
        .collect();
    links.push(format!("<../id/{noid}>; rel=\"describes\""));
    answer.set(LINK, &links.join(", "));
}

pub(super) fn parse(name: &str) -> Result<Noid, Problem> {
    Noid::parse(name).map_err(|error| match error {
        NoidError::CheckCharacter => Problem::new(&MISTYPED),
        NoidError::Length | NoidError::Alphabet => Problem::new(&NOT_FOUND),
    })
}

pub(super) fn redirect(status: StatusCode, location: &str) -> Answer {
    let mut answer = Answer {
        status,
        headers: axum::http::HeaderMap::new(),
        body: Vec::new(),
    };
    answer.set(LOCATION, location);
    answer
}

pub(super) fn moved(
    view: View<'_>,
    folder: &str,
    other: &NamedNode,
    rest: &str,
) -> Result<Response, Problem> {
    let Some(Ok(noid)) = view.base().entity_of(other.as_str()) else {
        return Err(StoreError::Unreadable(other.to_string()).into());
    };
    Ok(redirect(
        StatusCode::MOVED_PERMANENTLY,
        &format!("../{folder}/{noid}{rest}"),
    )
    .at(view.generation()?)
    .into_response())
}

/// What replaces an entity that was several.
pub(super) fn replaced(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    successors: &[NamedNode],
    offer: Offer,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let iri = view.base().id(noid);
    if offer == HTML {
        let mut names = select::labels(&view, &successors.iter().cloned().collect())?;
        let successors = successors
            .iter()
            .map(|iri| (iri.clone(), names.remove(iri.as_str()).unwrap_or_default()))
            .collect();
        let replaced = html::Replaced { iri, successors };
        return page(server, reader, view.generation()?, |site| {
            replaced.page(site)
        });
    }
    let triples: Vec<Triple> = successors
        .iter()
        .map(|successor| Triple::new(iri.clone(), dct::IS_REPLACED_BY, successor.clone()))
        .collect();
    let body = rdf(&triples, offer, &server.app.context).map_err(Problem::internal)?;
    Ok(Answer::of(offer, body).at(view.generation()?))
}

/// 410 with what remains: when, by whom and why.
pub(super) fn gone(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    tombstone: &Tombstone,
    offer: Offer,
    reader: &Reader,
) -> Result<Response, Problem> {
    let iri = view.base().id(noid);
    let answer = if offer == HTML {
        let reason = reason(&tombstone.reason);
        let tombstone = html::Tombstone {
            name: last_names(view, &iri)?,
            iri,
            since: Some(tombstone.time.clone()),
            by: tombstone.source.as_ref().map(ToString::to_string),
            reason: Some(reason.get(reader.lang).to_owned()),
        };
        page(server, reader, view.generation()?, |site| {
            tombstone.page(site)
        })?
    } else {
        let triples = tombstone_triples(view.base(), &iri, tombstone);
        let body = rdf(&triples, offer, &server.app.context).map_err(Problem::internal)?;
        Answer::of(offer, body).at(view.generation()?)
    };
    Ok(answer
        .with_status(WITHDRAWN.status)
        .varying(BY_ACCEPT)
        .into_response())
}

/// What the entity was last called, as far as its sources still say so.
fn last_names(view: View<'_>, iri: &NamedNode) -> Result<Vec<Literal>, StoreError> {
    Ok(view
        .claims(iri)?
        .into_values()
        .flatten()
        .filter(|triple| [schema::NAME, skos::PREF_LABEL].contains(&triple.predicate.as_ref()))
        .filter_map(|triple| match triple.object {
            Term::Literal(name) => Some(name),
            _ => None,
        })
        .collect())
}

pub(super) fn reason(code: &str) -> Text {
    match code {
        "left-out" => Text::new(
            "Sa source ne l'annonce plus.",
            "Its source no longer announces it.",
        ),
        "withdrawn" => Text::new("Sa source l'a retirée.", "Its source took it back."),
        "source-removed" => Text::new(
            "La source qui la décrivait n'est plus publiée ici.",
            "The source that described it is no longer published here.",
        ),
        "below-minimum" => Text::new(
            "Il y manque désormais une information indispensable.",
            "It now lacks something that is indispensable.",
        ),
        "redacted" => Text::new(
            "Ce qui en était dit a été retiré des registres.",
            "What was said of it has been struck from the records.",
        ),
        other => Text::new(other, other),
    }
}

fn tombstone_triples(base: &Base, iri: &NamedNode, tombstone: &Tombstone) -> Vec<Triple> {
    let mut triples = vec![
        Triple::new(
            iri.clone(),
            base.sv("withdrawn"),
            Literal::new_typed_literal(&tombstone.time, xsd::DATE_TIME),
        ),
        Triple::new(
            iri.clone(),
            base.sv("withdrawnBecause"),
            Literal::new_simple_literal(&tombstone.reason),
        ),
    ];
    if let Some(source) = &tombstone.source {
        triples.push(Triple::new(
            iri.clone(),
            base.sv("withdrawnBy"),
            base.source(source),
        ));
    }
    triples
}

/// Triples in one of the formats of documents.
///
/// # Errors
/// Never in practice: it writes into memory.
pub(super) fn rdf(triples: &[Triple], offer: Offer, context: &Context) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    let position = |iri: &str| context.properties.position(iri);
    match offer.name {
        "jsonld" => jsonld::write(&mut body, triples, &context.terms, &position, &|subject| {
            subject.is_blank_node()
        })?,
        "nt" => write::ntriples(&mut body, triples)?,
        _ => write::turtle(&mut body, triples, &context.prefixes, &position)?,
    }
    Ok(body)
}

/// A refusal also depends on what was asked for.
pub(super) fn varying_by_accept(problem: Problem) -> Problem {
    problem.with_header(VARY, HeaderValue::from_static(BY_ACCEPT))
}
