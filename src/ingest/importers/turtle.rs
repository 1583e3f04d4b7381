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
    recognises: |start| {
        let first = super::first_line(start).to_ascii_lowercase();
        // TriG is Turtle with braces; what is no TriG is Turtle.
        ["@prefix", "@base", "prefix ", "base <"]
            .iter()
            .any(|word| first.starts_with(word))
    },
    read: |bytes, options| super::read(bytes, Syntax::Turtle, options),
};
