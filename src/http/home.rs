//! The home page: what is here, and what is on next.

use crate::app::statistics::{SourceCounts, State};
use crate::html;
use crate::http::Shared;
use crate::http::answer::{etag, is_known};
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::kind::{KINDS, Kind};
use crate::model::vocabulary::schema;
use crate::model::{SourceName, time};
use crate::store::{StoreError, View};
use axum::extract::State as Injected;
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term};

/// How many times a place may be in another one.
const CONTAINERS: usize = 4;

/// How many of the next performances are shown.
const UPCOMING: usize = 20;

/// `GET /`.
pub async fn home(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let current = view.generation()?;
            let Some(statistics) = server.app.statistics.current() else {
                let home = uncounted(view)?;
                let answer = page(server, &reader, current, |site| home.page(site))?;
                return Ok(answer
                    .with(CACHE_CONTROL, "no-store")
                    .with(VARY, "Accept, Accept-Language")
                    .into_response());
            };
            let counted = statistics.generation;
            // What is next moves on with the clock, even where the data does not.
            let now = Timestamp::now();
            let time = time::utc(now);
            let hour = time.get(..13).unwrap_or_default();
            let variant = format!("{counted}-{hour}-{}-home", reader.lang);
            let tag = etag(view.identity(), current, &variant);
            let home = if is_known(&tag, &reader.headers) {
                html::Home::default()
            } else {
                html::Home {
                    is_counted: true,
                    counts: counts(&statistics),
                    upcoming: upcoming(view, &statistics, now)?,
                    sources: sources(view, Some(&statistics))?,
                }
            };
            Ok(page(server, &reader, counted, |site| home.page(site))?
                .known_as(&tag, "")
                .with(VARY, "Accept, Accept-Language")
                .unless_known_to(&reader.headers)
                .into_response())
        })
        .await
}

/// `GET /about`: what this server is, and what its readers can count on.
pub async fn about(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, html::about)?
        .varying("Accept, Accept-Language")
        .into_response())
}

/// What can be shown before anything is counted.
fn uncounted(view: View<'_>) -> Result<html::Home, Problem> {
    Ok(html::Home {
        sources: sources(view, None)?,
        ..html::Home::default()
    })
}

/// How many entities of each kind are published.
fn counts(statistics: &State) -> Vec<html::Count> {
    in_order()
        .into_iter()
        .map(|kind| html::Count {
            kind,
            total: statistics.kinds.get(kind.name).copied().unwrap_or(0),
        })
        .collect()
}

/// The kinds of entities in the order in which they are shown.
pub(super) fn in_order() -> Vec<&'static Kind> {
    let order = |kind: &&Kind| KINDS_SHOWN.iter().position(|name| *name == kind.name);
    let mut kinds: Vec<&'static Kind> = KINDS.iter().filter(|kind| kind.has_own_iri).collect();
    kinds.sort_by_key(|kind| order(kind).unwrap_or(usize::MAX));
    kinds
}

/// What readers look for first comes first; kinds that are not named follow.
const KINDS_SHOWN: &[&str] = &[
    "performance",
    "production",
    "work",
    "series",
    "festival",
    "person",
    "organisation",
    "place",
];

/// The next performances, soonest first. One that was withdrawn since they were counted is left
/// out.
fn upcoming(
    view: View<'_>,
    statistics: &State,
    now: Timestamp,
) -> Result<Vec<html::Upcoming>, Problem> {
    let mut upcoming = Vec::new();
    for iri in statistics.upcoming(view.base(), now, UPCOMING) {
        let start = literals(view, &iri, schema::START_DATE)?;
        if let Some(start) = start.first() {
            let start = start.value().to_owned();
            upcoming.push(performance(view, iri, start)?);
        }
    }
    Ok(upcoming)
}

fn performance(
    view: View<'_>,
    iri: NamedNode,
    start: String,
) -> Result<html::Upcoming, StoreError> {
    let place = node(view, &iri, schema::LOCATION)?;
    let town = match &place {
        Some(place) => town_of(view, place.clone())?,
        None => None,
    };
    Ok(html::Upcoming {
        name: literals(view, &iri, schema::NAME)?,
        status: node(view, &iri, schema::EVENT_STATUS)?,
        place: match place {
            Some(place) => {
                let name = literals(view, &place, schema::NAME)?;
                Some((place, name))
            }
            None => None,
        },
        town,
        start,
        iri,
    })
}

/// The town in a place's address, or in that of the building that it is in.
fn town_of(view: View<'_>, mut place: NamedNode) -> Result<Option<String>, StoreError> {
    for _ in 0..CONTAINERS {
        if let Some(address) = node(view, &place, schema::ADDRESS)?
            && let Some(town) = literals(view, &address, schema::ADDRESS_LOCALITY)?.first()
        {
            return Ok(Some(town.value().to_owned()));
        }
        match node(view, &place, schema::CONTAINED_IN_PLACE)? {
            Some(container) => place = container,
            None => break,
        }
    }
    Ok(None)
}

fn objects(
    view: View<'_>,
    subject: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Vec<Term>, StoreError> {
    view.quads(
        Some(subject.as_ref().into()),
        Some(predicate),
        None,
        Some(GraphNameRef::DefaultGraph),
    )
    .map(|quad| quad.map(|quad| quad.object))
    .collect()
}

/// The first by IRI of the nodes that a property leads to.
fn node(
    view: View<'_>,
    subject: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Option<NamedNode>, StoreError> {
    Ok(objects(view, subject, predicate)?
        .into_iter()
        .filter_map(|term| match term {
            Term::NamedNode(node) => Some(node),
            _ => None,
        })
        .min())
}

fn literals(
    view: View<'_>,
    subject: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Vec<Literal>, StoreError> {
    Ok(objects(view, subject, predicate)?
        .into_iter()
        .filter_map(|term| match term {
            Term::Literal(literal) => Some(literal),
            _ => None,
        })
        .collect())
}

fn sources(
    view: View<'_>,
    statistics: Option<&State>,
) -> Result<Vec<html::SourceSummary>, Problem> {
    let entities = |name: &SourceName| {
        let counted = statistics?.sources.get(name.as_str());
        Some(counted.map_or(0, SourceCounts::entities))
    };
    let sources = view.sources()?.into_iter();
    Ok(sources
        .filter(|source| !source.name.is_system())
        .map(|source| html::SourceSummary {
            entities: entities(&source.name),
            source,
        })
        .collect())
}
