//! N-Triples.

use super::Importer;
use crate::rdf::parse::Syntax;

pub(super) const IMPORTER: Importer = Importer {
    name: "ntriples",
    media_types: &["application/n-triples"],
    extensions: &["nt"],
    about: (
        "N-Triples : un triplet par ligne",
        "N-Triples: one triple a line",
    ),
    recognises: |start| super::opens_with_statement(start, Syntax::NTriples),
    read: |bytes, options| super::read(bytes, Syntax::NTriples, options),
};
