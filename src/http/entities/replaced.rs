//! An entity that was several: its document names those that replace it.

use super::links;
use crate::html;
use crate::http::Server;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::Noid;
use crate::model::vocabulary::{dct, foaf, rdf as rdf_terms};
use crate::publish::select;
use crate::store::View;
use axum::http::header::{CONTENT_LOCATION, LINK};
use oxrdf::{NamedNode, Triple};

/// What replaces an entity.
pub(in crate::http) fn replaced(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    successors: &[NamedNode],
    offer: Offer,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let base = view.base();
    let iri = base.id(noid);
    let variant = format!("{}-{}", reader.lang, offer.name);
    let tag = etag(view.identity(), view.generation()?, &variant);
    let answer = if offer == HTML {
        let mut names = select::labels(&view, &successors.iter().cloned().collect())?;
        let successors = successors
            .iter()
            .map(|iri| (iri.clone(), names.remove(iri.as_str()).unwrap_or_default()))
            .collect();
        let replaced = html::Replaced { iri, successors };
        page(server, reader, view.generation()?, |site| {
            replaced.page(site)
        })?
    } else {
        let document = base.doc(noid);
        let mut triples: Vec<Triple> = successors
            .iter()
            .map(|successor| Triple::new(iri.clone(), dct::IS_REPLACED_BY, successor.clone()))
            .collect();
        triples.push(Triple::new(
            document.clone(),
            rdf_terms::TYPE,
            foaf::DOCUMENT,
        ));
        triples.push(Triple::new(document, foaf::PRIMARY_TOPIC, iri));
        let body = super::rdf(&triples, offer, &server.app.context)?;
        Answer::of(offer, body).at(view.generation()?)
    };
    let links = links::of_replaced(base, noid, successors);
    Ok(answer
        .known_as(&tag, "")
        .with(CONTENT_LOCATION, &format!("{noid}.{}", offer.name))
        .with(LINK, &links::header(&links, base, Some("doc"))))
}
