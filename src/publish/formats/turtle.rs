//! Turtle: for people who read RDF, and for most harvesters.

use super::Format;
use crate::publish::{Context, Document};
use crate::rdf::write::{turtle, write_prefixes, write_statements};
use crate::rdf::xml::WriteError;
use oxrdf::Triple;
use std::io::Write;

pub const TURTLE: Format = Format {
    name: "turtle",
    media_type: "text/turtle",
    extension: "ttl",
    about: "format-turtle",
    has_graphs: false,
    write,
    write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    let metadata = document.metadata(context);
    let description = &document.description.triples;
    let position = |iri: &str| context.properties.position(iri);
    let mut all = description.iter().chain(&metadata);
    write_prefixes(out, &context.prefixes, Some(&mut all))?;
    writeln!(out)?;
    write_statements(out, description, &context.prefixes, &position)?;
    if !metadata.is_empty() {
        writeln!(
            out,
            "\n# About this document, not about what it describes.\n"
        )?;
        write_statements(out, &metadata, &context.prefixes, &position)?;
    }
    Ok(())
}

pub(super) fn write_triples(
    triples: &[Triple],
    context: &Context,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    let position = |iri: &str| context.properties.position(iri);
    Ok(turtle(out, triples, &context.prefixes, &position)?)
}
