//! The ontology, the vocabularies, the alignments, the shapes and the JSON-LD context, each at its own address.

use crate::html;
use crate::http::answer::{Answer, etag};
use crate::http::entities::{offers, rdf, split_suffix, varying_by_accept};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::SourceName;
use crate::model::vocabulary::{rdf as rdf_terms, skos};
use crate::publish::select;
use crate::rdf::Quads;
use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use axum::extract::{Path, State as Injected};
use axum::http::header::VARY;
use axum::response::{IntoResponse, Response};
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::BTreeSet;

/// Where alignments are, below the base.
const ALIGNMENTS: &str = "alignments/";

const DEFINITION: &str = "http://www.w3.org/2004/02/skos/core#definition";

/// What stands at an address of the vocabulary.
enum Thing {
    /// The ontology.
    Ontology,
    /// The list of schemes.
    Schemes,
    Scheme(NamedNode),
    Concept(NamedNode),
    Alignment(NamedNode),
    Shapes(String),
}

/// `GET /ns` and `/ns.{suffix}`.
pub async fn ontology(server: Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    let (_, suffix) = split_suffix(&reader.path);
    answer(server, reader, suffix, |_| Thing::Ontology).await
}

/// `GET /vocab/`.
pub async fn schemes(server: Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    answer(server, reader, None, |_| Thing::Schemes).await
}

/// `GET /vocab/{scheme}` and `/vocab/{scheme}.{suffix}`.
pub async fn scheme(
    server: Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let stem = checked(stem)?;
    answer(server, reader, suffix, move |view| {
        Thing::Scheme(view.base().join(&format!("vocab/{stem}")))
    })
    .await
}

/// `GET /vocab/{scheme}/{concept}` and `/vocab/{scheme}/{concept}.{suffix}`.
pub async fn concept(
    server: Injected<Shared>,
    Path((scheme, name)): Path<(String, String)>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let (scheme, stem) = (checked(&scheme)?, checked(stem)?);
    answer(server, reader, suffix, move |view| {
        Thing::Concept(view.base().join(&format!("vocab/{scheme}/{stem}")))
    })
    .await
}

/// `GET /alignments/{target}` and `/alignments/{target}.{suffix}`.
pub async fn alignment(
    server: Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let stem = checked(stem)?;
    answer(server, reader, suffix, move |view| {
        Thing::Alignment(view.base().join(&format!("{ALIGNMENTS}{stem}")))
    })
    .await
}

/// `GET /shapes/{profile}` and `/shapes/{profile}.{suffix}`.
pub async fn shapes(
    server: Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let stem = checked(stem)?;
    answer(server, reader, suffix, move |_| Thing::Shapes(stem)).await
}

/// `GET /context.jsonld`.
pub async fn context(Injected(server): Injected<Shared>, reader: Reader) -> Response {
    let generation = server.app.store.generation();
    Answer::new("application/ld+json", server.app.context_document.clone())
        .at(generation)
        .known_as(
            &etag(server.app.store.identity(), generation, "context"),
            "",
        )
        .unless_known_to(&reader.headers)
        .into_response()
}

/// Names that we publish are plain; anything else in an address was never published, and could
/// not be part of an IRI.
fn checked(name: &str) -> Result<String, Problem> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !name.is_empty() && name.chars().all(is_plain) {
        Ok(name.to_owned())
    } else {
        Err(Problem::new(&NOT_FOUND))
    }
}

async fn answer(
    Injected(server): Injected<Shared>,
    reader: Reader,
    suffix: Option<Offer>,
    thing: impl FnOnce(View<'_>) -> Thing + Send + 'static,
) -> Result<Response, Problem> {
    let offer = match suffix {
        Some(offer) => offer,
        None => reader.choose(&offers()).map_err(varying_by_accept)?,
    };
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let thing = thing(view);
            let triples = read(server, view, &thing)?;
            if triples.is_empty() {
                return Err(Problem::new(&NOT_FOUND));
            }
            let generation = view.generation()?;
            let mut answer = if offer == HTML {
                let tag = etag(
                    view.identity(),
                    generation,
                    &format!("{}-html", reader.lang),
                );
                shown(server, view, &thing, &triples, &reader)?.known_as(&tag, "")
            } else {
                let tag = etag(view.identity(), generation, offer.name);
                let body = rdf(&triples, offer, &server.app.context)?;
                Answer::of(offer, body).at(generation).known_as(&tag, "")
            };
            answer.set(
                VARY,
                if suffix.is_none() {
                    "Accept, Accept-Language"
                } else {
                    "Accept-Language"
                },
            );
            Ok(answer.unless_known_to(&reader.headers).into_response())
        })
        .await
}

/// The triples at an address, sorted.
fn read(server: &Server, view: View<'_>, thing: &Thing) -> Result<Vec<Triple>, StoreError> {
    let mut triples = Vec::new();
    match thing {
        Thing::Ontology => {
            let elsewhere = ["vocab/", "queries/"].map(|path| view.base().join(path));
            for iri in view.described_by(&SourceName::system())? {
                let is_elsewhere = |folder: &NamedNode| iri.as_str().starts_with(folder.as_str());
                if !elsewhere.iter().any(is_elsewhere) {
                    triples.extend(view.public_description(&iri)?);
                }
            }
        }
        Thing::Schemes => {
            for scheme in instances(view, skos::CONCEPT_SCHEME.into_owned())? {
                triples.extend(view.public_description(&scheme)?);
            }
        }
        Thing::Scheme(scheme) => {
            triples.extend(view.public_description(scheme)?);
            for quad in view.quads(
                None,
                Some(skos::IN_SCHEME),
                Some(scheme.as_ref().into()),
                Some(GraphNameRef::DefaultGraph),
            ) {
                if let NamedOrBlankNode::NamedNode(concept) = quad?.subject {
                    triples.extend(view.public_description(&concept)?);
                }
            }
        }
        Thing::Concept(concept) => triples.extend(view.public_description(concept)?),
        // The store has them among all that is said of each term; only the files tell which is
        // of which alignment.
        Thing::Alignment(iri) => {
            let target = view.base().strip(iri.as_str());
            let target = target.and_then(|path| path.strip_prefix(ALIGNMENTS));
            if let Some(graph) = target.and_then(|target| server.app.door.alignment(target)) {
                triples.extend(graph.iter().cloned());
            }
        }
        Thing::Shapes(profile) => {
            let graph = GraphName::from(view.base().shapes_graph(profile));
            for triple in view.graph(graph).matching(None, None, None) {
                triples.push(triple.map_err(|error| StoreError::Unreadable(error.to_string()))?);
            }
        }
    }
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    triples.dedup();
    Ok(triples)
}

/// The published members of a class.
fn instances(view: View<'_>, class: NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut found = BTreeSet::new();
    for quad in view.quads(
        None,
        Some(rdf_terms::TYPE),
        Some(class.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    ) {
        if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
            found.insert(subject);
        }
    }
    Ok(found)
}

fn shown(
    server: &Server,
    view: View<'_>,
    thing: &Thing,
    triples: &[Triple],
    reader: &Reader,
) -> Result<Answer, Problem> {
    let generation = view.generation()?;
    let labels = select::labels(&view, &mentioned(triples))?;
    match thing {
        Thing::Ontology => page(server, reader, generation, |site| {
            html::ontology(triples, site)
        }),
        Thing::Schemes => {
            let mut schemes = Vec::new();
            for iri in instances(view, skos::CONCEPT_SCHEME.into_owned())? {
                let concepts = view
                    .quads(
                        None,
                        Some(skos::IN_SCHEME),
                        Some(iri.as_ref().into()),
                        Some(GraphNameRef::DefaultGraph),
                    )
                    .count();
                schemes.push(html::SchemeSummary {
                    labels: labels.get(iri.as_str()).cloned().unwrap_or_default(),
                    definitions: definitions(triples, &iri),
                    iri,
                    concepts,
                });
            }
            let alignments = server
                .app
                .door
                .alignments()
                .map(|target| view.base().join(&format!("{ALIGNMENTS}{target}")))
                .collect();
            let mut names = select::labels(&view, &alignments)?;
            let index = html::Vocabularies {
                schemes,
                alignments: alignments
                    .into_iter()
                    .map(|iri| {
                        let labels = names.remove(iri.as_str()).unwrap_or_default();
                        (iri, labels)
                    })
                    .collect(),
                profiles: profiles(server, None).collect(),
            };
            page(server, reader, generation, |site| index.page(site))
        }
        Thing::Scheme(iri) => page(server, reader, generation, |site| {
            html::scheme(iri, triples, site)
        }),
        Thing::Concept(iri) => {
            let used = view
                .quads(
                    None,
                    None,
                    Some(iri.as_ref().into()),
                    Some(GraphNameRef::DefaultGraph),
                )
                .count();
            page(server, reader, generation, |site| {
                html::concept(iri, triples, &labels, used, site)
            })
        }
        Thing::Alignment(iri) => page(server, reader, generation, |site| {
            html::alignment(iri, triples, &labels, site)
        }),
        Thing::Shapes(name) => {
            let mut profiles = profiles(server, Some(name));
            let profile = profiles.next().ok_or_else(|| Problem::new(&NOT_FOUND))?;
            page(server, reader, generation, |site| {
                html::shapes(&profile, triples, &labels, site)
            })
        }
    }
}

fn definitions(triples: &[Triple], iri: &NamedNode) -> Vec<Literal> {
    triples
        .iter()
        .filter(|triple| {
            triple.predicate.as_str() == DEFINITION
                && matches!(&triple.subject, NamedOrBlankNode::NamedNode(s) if s == iri)
        })
        .filter_map(|triple| match &triple.object {
            Term::Literal(text) => Some(text.clone()),
            _ => None,
        })
        .collect()
}

/// What people are told of the profiles of a name, or of all.
fn profiles(server: &Server, name: Option<&str>) -> impl Iterator<Item = html::ProfileSummary> {
    server
        .app
        .door
        .profiles()
        .iter()
        .filter(move |profile| name.is_none_or(|name| name == profile.name))
        .map(|profile| html::ProfileSummary {
            name: profile.name.clone(),
            title: profile.title.clone(),
            purpose: profile.purpose.clone(),
        })
}

fn mentioned(triples: &[Triple]) -> BTreeSet<NamedNode> {
    let mut iris = BTreeSet::new();
    for triple in triples {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            iris.insert(subject.clone());
        }
        iris.insert(triple.predicate.clone());
        if let Term::NamedNode(object) = &triple.object {
            iris.insert(object.clone());
        }
    }
    iris
}
