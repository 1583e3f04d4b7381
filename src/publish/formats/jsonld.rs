//! Compact JSON-LD: for programs that read JSON. Parts stand inside their entity.

use super::Format;
use crate::model::Base;
use crate::publish::{Context, Document};
use crate::rdf::jsonld::{self, document as jsonld_document, nodes};
use crate::rdf::xml::WriteError;
use oxrdf::{NamedOrBlankNodeRef, Triple};
use serde_json::Value;
use std::io::Write;

pub const JSON_LD: Format = Format {
    name: "jsonld",
    media_type: "application/ld+json",
    extension: "jsonld",
    about: "format-jsonld",
    has_graphs: false,
    write,
    write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut top = entity_nodes(&document.description.triples, context);
    top.extend(entity_nodes(&document.metadata(context), context));
    let json = jsonld_document(top, &context.terms);
    serde_json::to_writer_pretty(&mut *out, &json).map_err(std::io::Error::from)?;
    Ok(writeln!(out)?)
}

fn write_triples(
    triples: &[Triple],
    context: &Context,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let position = |iri: &str| context.properties.position(iri);
    Ok(jsonld::write(
        out,
        triples,
        &context.terms,
        &position,
        &|subject| subject.is_blank_node(),
    )?)
}

/// The nodes of some triples: entities, with their parts inside.
pub(crate) fn entity_nodes(triples: &[Triple], context: &Context) -> Vec<Value> {
    nodes(
        triples,
        &context.terms,
        &|iri| context.properties.position(iri),
        &|subject| is_part(&context.base, subject),
    )
}

/// Whether a subject is a part of an entity, so that it may stand inside it.
fn is_part(base: &Base, subject: NamedOrBlankNodeRef<'_>) -> bool {
    match subject {
        NamedOrBlankNodeRef::NamedNode(node) => base
            .strip(node.as_str())
            .is_some_and(|path| path.starts_with("id/") && path.contains('#')),
        NamedOrBlankNodeRef::BlankNode(_) => true,
    }
}
