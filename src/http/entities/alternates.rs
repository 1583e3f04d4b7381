//! The list of all representations of a document (W3C, Content Negotiation by Profile, §6.3).

use super::links::representations;
use crate::html;
use crate::http::Server;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::Noid;
use crate::model::vocabulary::{altr, dct, rdf as rdf_terms};
use crate::publish::PROFILES;
use crate::store::View;
use oxrdf::{Literal, NamedNode, Triple};

/// The list, as a page or as RDF.
pub(super) fn alternates(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    offer: Offer,
    reader: &Reader,
) -> Result<Answer, Problem> {
    let base = view.base();
    let document = base.doc(noid);
    let all = representations(base, noid);
    // It follows from the program alone.
    let variant = format!("alt-{}-{}", reader.lang, offer.name);
    let tag = etag(view.identity(), view.generation()?, &variant);
    if offer == HTML {
        let shown = html::Alternates {
            document,
            entity: base.id(noid),
            representations: all
                .into_iter()
                .map(|one| html::Representation {
                    address: NamedNode::new_unchecked(one.address),
                    media_type: one.media_type,
                    profile: one.profile,
                })
                .collect(),
        };
        let answer = page(server, reader, view.generation()?, |site| shown.page(site))?;
        return Ok(answer.known_as(&tag, ""));
    }
    let mut triples = Vec::new();
    for (index, one) in all.into_iter().enumerate() {
        let address = NamedNode::new_unchecked(one.address);
        let has = if index == 0 {
            altr::HAS_DEFAULT_REPRESENTATION
        } else {
            altr::HAS_REPRESENTATION
        };
        triples.push(Triple::new(document.clone(), has, address.clone()));
        triples.push(Triple::new(
            address.clone(),
            rdf_terms::TYPE,
            altr::REPRESENTATION,
        ));
        triples.push(Triple::new(
            address.clone(),
            dct::FORMAT,
            Literal::new_simple_literal(one.media_type),
        ));
        if let Some(profile) = one.profile {
            triples.push(Triple::new(address, dct::CONFORMS_TO, profile.iri(base)));
        }
    }
    triples.extend(PROFILES.iter().flat_map(|profile| profile.triples(base)));
    let body = super::rdf(&triples, offer, &server.app.context)?;
    Ok(Answer::of(offer, body)
        .at(view.generation()?)
        .known_as(&tag, ""))
}
