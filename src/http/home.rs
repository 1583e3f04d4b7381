//! The home page: what is here, and what is on next.

use crate::html;
use crate::http::Shared;
use crate::http::answer::{etag, is_known};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::kind::{KINDS, Kind};
use crate::model::vocabulary::{rdf, schema};
use crate::model::{SourceName, time};
use crate::store::{StoreError, View};
use axum::extract::State as Injected;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};
use jiff::{Timestamp, ToSpan};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::BTreeMap;

const UPCOMING: usize = 20;
/// How many times a place may be in another one.
const CONTAINERS: usize = 4;

/// `GET /`.
pub async fn home(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let generation = view.generation()?;
            // Times are stored with the offset of their zone, and compared by their local part:
            // half a day of grace keeps what is on tonight anywhere in the territory.
            let now = Timestamp::now();
            let since = time::utc(now.checked_sub(12.hours()).unwrap_or(now));
            let hour = since.get(..13).unwrap_or_default();
            let tag = etag(
                view.identity(),
                generation,
                &format!("{hour}-{}-home", reader.lang),
            );
            if is_known(&tag, &reader.headers) {
                return Ok(page(server, &reader, generation, |_| Ok(String::new()))?
                    .known_as(&tag, "")
                    .unless_known_to(&reader.headers)
                    .into_response());
            }
            let home = read(view, &since)?;
            let answer = page(server, &reader, generation, |site| home.page(site))?;
            Ok(answer
                .known_as(&tag, "")
                .with(VARY, "Accept-Language")
                .into_response())
        })
        .await
}

/// `GET /about`: what this server is, and what its readers can count on.
pub async fn about(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, html::about)?
        .varying("Accept-Language")
        .into_response())
}

fn read(view: View<'_>, since: &str) -> Result<html::Home, StoreError> {
    Ok(html::Home {
        counts: counts(view)?,
        upcoming: upcoming(view, since)?,
        sources: sources(view)?,
    })
}

/// How many entities of each kind there are; an entity counts for the first kind that its
/// classes make it.
fn counts(view: View<'_>) -> Result<Vec<html::Count>, StoreError> {
    let mut classes: BTreeMap<NamedNode, Vec<NamedNode>> = BTreeMap::new();
    for quad in view.quads(
        None,
        Some(rdf::TYPE),
        None,
        Some(GraphNameRef::DefaultGraph),
    ) {
        let quad = quad?;
        if let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(class)) =
            (quad.subject, quad.object)
            && view.base().entity_of(subject.as_str()).is_some()
            && view.is_whole(&subject)
        {
            classes.entry(subject).or_default().push(class);
        }
    }
    let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
    for classes in classes.values() {
        if let Some(kind) = view
            .kinds()
            .of_classes(classes.iter().map(NamedNode::as_str))
        {
            *totals.entry(kind.name).or_default() += 1;
        }
    }
    let order = |kind: &&Kind| KINDS_SHOWN.iter().position(|name| *name == kind.name);
    let mut kinds: Vec<&'static Kind> = KINDS.iter().filter(|kind| kind.has_own_iri).collect();
    kinds.sort_by_key(|kind| order(kind).unwrap_or(usize::MAX));
    Ok(kinds
        .into_iter()
        .map(|kind| html::Count {
            kind,
            total: totals.get(kind.name).copied().unwrap_or(0),
        })
        .collect())
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

/// The next performances that are not over, soonest first.
fn upcoming(view: View<'_>, since: &str) -> Result<Vec<html::Upcoming>, StoreError> {
    let mut dates: Vec<(String, NamedNode)> = Vec::new();
    for quad in view.quads(
        None,
        Some(schema::START_DATE),
        None,
        Some(GraphNameRef::DefaultGraph),
    ) {
        let quad = quad?;
        if let (NamedOrBlankNode::NamedNode(subject), Term::Literal(date)) =
            (quad.subject, quad.object)
        {
            // A date without a time is over when the day is.
            let length = date.value().len().min(since.len()).min(19);
            if date.value().get(..length) >= since.get(..length) {
                dates.push((date.value().to_owned(), subject));
            }
        }
    }
    dates.sort();
    let mut upcoming = Vec::new();
    for (start, iri) in dates {
        if upcoming.len() == UPCOMING {
            break;
        }
        if view.kind_of(&iri)?.is_some_and(Kind::is_performance) {
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

fn sources(view: View<'_>) -> Result<Vec<html::SourceSummary>, StoreError> {
    let mut summaries = Vec::new();
    for source in view.sources()? {
        if source.name != SourceName::system() {
            let entities = view.described_by(&source.name)?.len();
            summaries.push(html::SourceSummary { source, entities });
        }
    }
    Ok(summaries)
}
