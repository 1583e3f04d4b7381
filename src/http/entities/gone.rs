//! An entity that was withdrawn: 410 with what remains of it.

use super::links;
use crate::html;
use crate::http::Server;
use crate::http::answer::Answer;
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{Problem, WITHDRAWN};
use crate::http::reader::Reader;
use crate::model::vocabulary::{dct, foaf, rdf as rdf_terms, schema, skos, xsd};
use crate::model::{Base, Lang, Noid, Text};
use crate::store::{StoreError, Tombstone, View};
use axum::http::header::LINK;
use axum::response::{IntoResponse, Response};
use oxrdf::{Literal, NamedNode, Term, Triple};

/// What remains, in the format that is asked for; whatever that is, the status is 410.
pub(super) fn gone_as_asked(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    tombstone: &Tombstone,
    reader: &Reader,
) -> Result<Response, Problem> {
    let (_, by_suffix) = super::split_suffix(&reader.path);
    let offer = by_suffix
        .or_else(|| reader.choose(&super::offers()).ok())
        .unwrap_or(HTML);
    gone(server, view, noid, tombstone, offer, reader)
}

/// When, by whom and why: as a page or in any RDF format.
pub(in crate::http) fn gone(
    server: &Server,
    view: View<'_>,
    noid: &Noid,
    tombstone: &Tombstone,
    offer: Offer,
    reader: &Reader,
) -> Result<Response, Problem> {
    let base = view.base();
    let iri = base.id(noid);
    let reason = reason(&tombstone.reason);
    let answer = if offer == HTML {
        let shown = html::Tombstone {
            name: last_names(view, &iri)?,
            kind: tombstone.kind,
            history: base.join(&format!("doc/{noid}/history")),
            iri,
            since: Some(tombstone.time.clone()),
            by: tombstone.source.as_ref().map(ToString::to_string),
            reason: Some(reason.get(reader.lang).to_owned()),
        };
        page(server, reader, view.generation()?, |site| shown.page(site))?
    } else {
        let triples = triples(base, noid, tombstone, &reason);
        let body = super::rdf(&triples, offer, &server.app.context)?;
        Answer::of(offer, body).at(view.generation()?)
    };
    let links = links::of_gone(base, noid);
    let here = reader.path.starts_with("/doc/").then_some("doc");
    Ok(answer
        .with_status(WITHDRAWN.status)
        .varying(super::BY_ACCEPT)
        .with(LINK, &links::header(&links, base, here))
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

pub(in crate::http) fn reason(code: &str) -> Text {
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

fn triples(base: &Base, noid: &Noid, tombstone: &Tombstone, reason: &Text) -> Vec<Triple> {
    let iri = base.id(noid);
    let document = base.doc(noid);
    let time = Literal::new_typed_literal(&tombstone.time, xsd::DATE_TIME);
    let mut triples = vec![
        Triple::new(iri.clone(), base.sv("withdrawn"), time.clone()),
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
    triples.extend([
        Triple::new(document.clone(), rdf_terms::TYPE, foaf::DOCUMENT),
        Triple::new(document.clone(), foaf::PRIMARY_TOPIC, iri),
        Triple::new(document.clone(), dct::MODIFIED, time),
    ]);
    for lang in Lang::ALL {
        let text = Literal::new_language_tagged_literal_unchecked(reason.get(lang), lang.tag());
        triples.push(Triple::new(document.clone(), dct::DESCRIPTION, text));
    }
    triples
}
