//! What is published of the example queries, as RDF.

use crate::http::answer::Answer;
use crate::http::entities::rdf;
use crate::http::negotiate::Offer;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::queries::tag;
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::vocabulary::{rdf as rdf_terms, sh};
use crate::query::examples::Entry;
use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};

/// The formats of descriptions.
pub const DESCRIPTIONS: &[Offer] = &[
    Offer {
        name: "ttl",
        media_type: "text/turtle",
    },
    Offer {
        name: "jsonld",
        media_type: "application/ld+json",
    },
    Offer {
        name: "nt",
        media_type: "application/n-triples",
    },
];

/// The descriptions of all queries, and the prefixes that they use.
pub async fn all(server: &Shared, reader: &Reader, offer: Offer) -> Result<Response, Problem> {
    answer(server, reader, offer, |view| {
        let collection = view.base().join("queries/");
        let mut triples = with_parts(view, &collection, sh::DECLARE)?;
        let parameter = view.base().sv("parameter");
        for quad in view.quads(
            None,
            Some(rdf_terms::TYPE),
            Some(sh::SPARQL_EXECUTABLE.into()),
            Some(GraphNameRef::DefaultGraph),
        ) {
            if let NamedOrBlankNode::NamedNode(query) = quad?.subject {
                triples.extend(with_parts(view, &query, parameter.as_ref())?);
            }
        }
        Ok(triples)
    })
    .await
}

/// The description of one query.
pub async fn one(
    server: &Shared,
    reader: &Reader,
    entry: &Entry,
    offer: Offer,
) -> Result<Response, Problem> {
    let name = entry.name.clone();
    answer(server, reader, offer, move |view| {
        let query = view.base().join(&format!("queries/{name}"));
        with_parts(view, &query, view.base().sv("parameter").as_ref())
    })
    .await
}

/// What is said of a node, and of the nodes that this property leads to.
fn with_parts(
    view: View<'_>,
    node: &NamedNode,
    property: NamedNodeRef<'_>,
) -> Result<Vec<Triple>, StoreError> {
    let mut triples = view.public_description(node)?;
    let parts: Vec<NamedNode> = triples
        .iter()
        .filter(|triple| triple.predicate.as_ref() == property)
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(part) => Some(part.clone()),
            _ => None,
        })
        .collect();
    for part in parts {
        triples.extend(view.public_description(&part)?);
    }
    Ok(triples)
}

async fn answer(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    read: impl FnOnce(View<'_>) -> Result<Vec<Triple>, StoreError> + Send + 'static,
) -> Result<Response, Problem> {
    let headers = reader.headers.clone();
    server
        .read(move |server: &Server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let mut triples = read(view)?;
            if triples.is_empty() {
                return Err(Problem::new(&NOT_FOUND));
            }
            triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
            triples.dedup();
            let generation = view.generation()?;
            let body = rdf(&triples, offer, &server.app.context)?;
            let mut answer = Answer::of(offer, body)
                .at(generation)
                .known_as(&tag(server, generation, offer.name), "");
            answer.set(VARY, "Accept, Accept-Language");
            Ok(answer.unless_known_to(&headers).into_response())
        })
        .await
}
