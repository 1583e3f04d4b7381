//! N-Quads: what TriG holds, one fact per line.

use super::{Format, ntriples, quads};
use crate::publish::{Context, Document};
use crate::rdf::write::nquads;
use crate::rdf::xml::WriteError;
use std::io::Write;

pub const N_QUADS: Format = Format {
    name: "nquads",
    media_type: "application/n-quads",
    extension: "nq",
    about: "format-nquads",
    has_graphs: true,
    write,
    write_triples: ntriples::write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    Ok(nquads(out, &quads(document, context))?)
}
