//! N-Triples: one fact per line, for tools that read lines.

use super::Format;
use crate::publish::{Context, Document};
use crate::rdf::write::ntriples;
use crate::rdf::xml::WriteError;
use oxrdf::Triple;
use std::io::Write;

pub const N_TRIPLES: Format = Format {
    name: "ntriples",
    media_type: "application/n-triples",
    extension: "nt",
    about: "format-ntriples",
    has_graphs: false,
    write,
    write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    ntriples(out, &document.description.triples)?;
    Ok(ntriples(out, &document.metadata(context))?)
}

pub(super) fn write_triples(
    triples: &[Triple],
    _: &Context,
    out: &mut dyn Write,
) -> Result<(), WriteError> {
    Ok(ntriples(out, triples)?)
}
