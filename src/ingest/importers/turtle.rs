//! Turtle.

use super::Importer;
use crate::rdf::parse::Syntax;

pub(super) const IMPORTER: Importer = Importer {
    name: "turtle",
    media_types: &["text/turtle", "application/x-turtle"],
    extensions: &["ttl", "turtle"],
    about: (
        "Turtle : du RDF que l'on écrit à la main",
        "Turtle: RDF that people write by hand",
    ),
    read: |bytes, options| super::read(bytes, Syntax::Turtle, options),
};
