//! TriG.

use super::Importer;
use crate::rdf::parse::Syntax;

pub(super) const IMPORTER: Importer = Importer {
    name: "trig",
    media_types: &["application/trig", "application/x-trig"],
    extensions: &["trig"],
    about: (
        "TriG : du Turtle en plusieurs graphes, dont les noms sont ignorés",
        "TriG: Turtle in several graphs, whose names are ignored",
    ),
    recognises: |_| false,
    read: |bytes, options| super::read(bytes, Syntax::TriG, options),
};
