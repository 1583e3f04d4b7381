//! N-Triples: one fact per line, for tools that read lines.

use super::Format;
use crate::publish::{Context, Document};
use crate::rdf::write::ntriples;
use std::io::{self, Write};

pub const N_TRIPLES: Format = Format {
    name: "ntriples",
    media_type: "application/n-triples",
    extension: "nt",
    about: "format-ntriples",
    write,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> io::Result<()> {
    ntriples(out, &document.description.triples)?;
    ntriples(out, &document.metadata(&context.base))
}
