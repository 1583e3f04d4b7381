//! The home page: what is here, and what is on next.

use crate::html;
use crate::http::answer::{etag, is_known};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::kind::{KINDS, Kind};
use crate::model::vocabulary::schema;
use crate::model::{SourceName, time};
use crate::store::{CancellationToken, QueryResults, RequestedDataset, StoreError, View};
use axum::extract::State as Injected;
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term};
use spargebra::SparqlParser;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// How many times a place may be in another one.
const CONTAINERS: usize = 4;

/// `GET /`.
pub async fn home(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let generation = view.generation()?;
            // What is next moves on with the clock, even where the data does not.
            let now = time::utc(Timestamp::now());
            let hour = now.get(..13).unwrap_or_default();
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
            let home = current(server, view, &format!("{generation}-{hour}"))?;
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

/// What the page shows, read once for each generation and hour; others wait for who reads it.
fn current(server: &Server, view: View<'_>, at: &str) -> Result<Arc<html::Home>, Problem> {
    let mut known = server.home.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known_at, home)) = &*known
        && known_at == at
    {
        return Ok(Arc::clone(home));
    }
    let home = Arc::new(read(view)?);
    *known = Some((at.to_owned(), Arc::clone(&home)));
    Ok(home)
}

fn read(view: View<'_>) -> Result<html::Home, Problem> {
    Ok(html::Home {
        counts: counts(view)?,
        upcoming: upcoming(view)?,
        sources: sources(view)?,
    })
}

/// How many entities of each kind are published.
fn counts(view: View<'_>) -> Result<Vec<html::Count>, Problem> {
    let mut totals: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows(view, include_str!("counts.rq"))? {
        if let [Some(Term::Literal(kind)), Some(Term::Literal(total))] = row.as_slice() {
            let total = total.value().parse().unwrap_or_default();
            totals.insert(kind.value().to_owned(), total);
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

/// The next performances, soonest first.
fn upcoming(view: View<'_>) -> Result<Vec<html::Upcoming>, Problem> {
    rows(view, include_str!("upcoming.rq"))?
        .into_iter()
        .filter_map(|row| match <[Option<Term>; 2]>::try_from(row) {
            Ok([Some(Term::NamedNode(iri)), Some(Term::Literal(start))]) => {
                Some(performance(view, iri, start.value().to_owned()))
            }
            _ => None,
        })
        .map(|upcoming| Ok(upcoming?))
        .collect()
}

/// The answer to a query of ours, whose relative IRIs are those of the base.
fn rows(view: View<'_>, query: &str) -> Result<Vec<Vec<Option<Term>>>, Problem> {
    let query = SparqlParser::new()
        .with_base_iri(format!("{}/", view.base()))
        .map_err(Problem::internal)?
        .parse_query(query)
        .map_err(Problem::internal)?;
    let answer = view
        .evaluate(
            query,
            &RequestedDataset::default(),
            CancellationToken::new(),
        )
        .map_err(Problem::internal)?;
    let QueryResults::Solutions(solutions) = answer else {
        return Ok(Vec::new());
    };
    solutions
        .map(|solution| Ok(solution.map_err(Problem::internal)?.values().to_vec()))
        .collect()
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

fn sources(view: View<'_>) -> Result<Vec<html::SourceSummary>, Problem> {
    let mut totals: BTreeMap<SourceName, usize> = BTreeMap::new();
    for row in rows(view, include_str!("described.rq"))? {
        if let [Some(Term::NamedNode(graph)), Some(Term::Literal(total))] = row.as_slice()
            && let Some(name) = view.base().source_of_graph(graph.as_str())
        {
            totals.insert(name, total.value().parse().unwrap_or_default());
        }
    }
    let sources = view.sources()?.into_iter();
    Ok(sources
        .filter(|source| !source.name.is_system())
        .map(|source| html::SourceSummary {
            entities: totals.get(&source.name).copied().unwrap_or_default(),
            source,
        })
        .collect())
}
