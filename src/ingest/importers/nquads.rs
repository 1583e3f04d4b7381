//! N-Quads.

use super::Importer;
use crate::rdf::parse::Syntax;

pub(super) const IMPORTER: Importer = Importer {
    name: "nquads",
    media_types: &["application/n-quads", "text/x-nquads"],
    extensions: &["nq"],
    about: (
        "N-Quads : un quad par ligne, dont les noms de graphes sont ignorés",
        "N-Quads: one quad a line, whose graph names are ignored",
    ),
    recognises: |start| {
        super::opens_with_statement(start, Syntax::NQuads)
            && !super::opens_with_statement(start, Syntax::NTriples)
    },
    read: |bytes, options| super::read(bytes, Syntax::NQuads, options),
};
