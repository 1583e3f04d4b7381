//! What the editor proposes while a query is written: the terms that the data has, with how often,
//! and those that the ontology declares. One small document, kept by the browser until the data
//! changes.

use crate::http::Shared;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::vocabulary::{owl, rdf, rdfs};
use crate::model::{Counts, Lang};
use crate::query::FORMATS;
use crate::rdf::write::Prefixes;
use crate::store::{StoreError, View};
use axum::extract::State as Injected;
use axum::response::{IntoResponse, Response};
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Prefixes, formats, classes and properties.
#[derive(Serialize)]
struct Document<'a> {
    generation: u64,
    /// The generation of the counts; `None` while nobody has counted.
    counted: Option<u64>,
    prefixes: BTreeMap<&'a str, &'a str>,
    formats: Formats,
    classes: Vec<Entry>,
    properties: Vec<Entry>,
}

/// The names of the formats, by what a query gives.
#[derive(Serialize)]
struct Formats {
    solutions: Vec<&'static str>,
    graphs: Vec<&'static str>,
}

/// A class or a property.
#[derive(Serialize)]
struct Entry {
    iri: String,
    label: BTreeMap<String, String>,
    /// What it means, in a sentence.
    about: BTreeMap<String, String>,
    /// How often the data has it: members of a class, triples with a property. `None` while
    /// nobody has counted.
    count: Option<u64>,
    /// Of a class: how many triples with each property its members have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<String, u64>,
}

const CLASSES: [NamedNodeRef<'_>; 2] = [owl::CLASS, rdfs::CLASS];
const PROPERTIES: [NamedNodeRef<'_>; 3] =
    [rdf::PROPERTY, owl::OBJECT_PROPERTY, owl::DATATYPE_PROPERTY];

/// `GET /sparql/vocabulary.json`.
pub async fn vocabulary(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let generation = view.generation()?;
            let statistics = server.app.statistics.current();
            let counted = statistics.as_ref().map(|state| state.generation.0);
            let variant = format!("terms-{}", counted.unwrap_or_default());
            let tag = etag(view.identity(), generation, &variant);
            // Nothing is read for a browser that has it.
            let body = if is_known(&tag, &reader.headers) {
                Vec::new()
            } else {
                let counts = statistics.as_ref().map(|state| &state.counts);
                write(view, counts, counted).map_err(Problem::internal)?
            };
            Ok(Answer::new("application/json", body)
                .at(generation)
                .known_as(&tag, "")
                .unless_known_to(&reader.headers)
                .into_response())
        })
        .await
}

fn write(
    view: View<'_>,
    counts: Option<&Counts>,
    counted: Option<u64>,
) -> Result<Vec<u8>, Unwritable> {
    let prefixes = Prefixes::new(view.base());
    let mut classes = declared(view, &CLASSES)?;
    let mut properties = declared(view, &PROPERTIES)?;
    if let Some(counts) = counts {
        classes.extend(counts.classes.keys().cloned());
        properties.extend(counts.properties.keys().cloned());
    }
    let document = Document {
        generation: view.generation()?.0,
        counted,
        prefixes: prefixes.iter().collect(),
        formats: Formats {
            solutions: format_names(false),
            graphs: format_names(true),
        },
        classes: classes
            .into_iter()
            .map(|iri| {
                let mut entry = entry(view, iri)?;
                if let Some(counts) = counts {
                    entry.count = Some(counts.members(&entry.iri));
                    if let Some(class) = counts.class(&entry.iri) {
                        let used = class.properties.iter();
                        entry.properties = used
                            .map(|(iri, part)| (iri.clone(), part.triples))
                            .collect();
                    }
                }
                Ok(entry)
            })
            .collect::<Result<_, StoreError>>()?,
        properties: properties
            .into_iter()
            .map(|iri| {
                let mut entry = entry(view, iri)?;
                entry.count = counts.map(|counts| counts.property(&entry.iri).triples);
                Ok(entry)
            })
            .collect::<Result<_, StoreError>>()?,
    };
    Ok(serde_json::to_vec(&document)?)
}

fn format_names(is_graph: bool) -> Vec<&'static str> {
    FORMATS
        .iter()
        .filter(|format| format.writes.is_graph() == is_graph)
        .map(|format| format.name)
        .collect()
}

/// What the ontology declares as one of these.
fn declared(view: View<'_>, types: &[NamedNodeRef<'_>]) -> Result<BTreeSet<String>, StoreError> {
    let mut declared = BTreeSet::new();
    for class in types {
        for quad in view.quads(
            None,
            Some(rdf::TYPE),
            Some((*class).into()),
            Some(GraphNameRef::DefaultGraph),
        ) {
            if let NamedOrBlankNode::NamedNode(term) = quad?.subject {
                declared.insert(term.into_string());
            }
        }
    }
    Ok(declared)
}

fn entry(view: View<'_>, iri: String) -> Result<Entry, StoreError> {
    let node = NamedNode::new_unchecked(iri);
    Ok(Entry {
        label: texts(view, &node, rdfs::LABEL)?,
        about: texts(view, &node, rdfs::COMMENT)?,
        count: None,
        properties: BTreeMap::new(),
        iri: node.into_string(),
    })
}

/// What is said of a term in the languages of the interface.
fn texts(
    view: View<'_>,
    node: &NamedNode,
    property: NamedNodeRef<'_>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut texts = BTreeMap::new();
    for quad in view.quads(
        Some(node.as_ref().into()),
        Some(property),
        None,
        Some(GraphNameRef::DefaultGraph),
    ) {
        let Term::Literal(literal) = quad?.object else {
            continue;
        };
        if let Some(lang) = literal.language().and_then(Lang::from_tag) {
            texts.insert(lang.tag().to_owned(), literal.value().to_owned());
        }
    }
    Ok(texts)
}

/// Why the document was not made.
#[derive(Debug, thiserror::Error)]
enum Unwritable {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}
