//! JSON-LD.

use super::Importer;
use crate::rdf::parse::Syntax;

pub(super) const IMPORTER: Importer = Importer {
    name: "jsonld",
    media_types: &["application/ld+json", "application/json"],
    extensions: &["jsonld", "json"],
    about: (
        "JSON-LD, avec le contexte de schema.org, le nôtre ou le sien",
        "JSON-LD, with the context of schema.org, ours or its own",
    ),
    recognises: |start| {
        // `[` opens a blank node in Turtle as well, `{` a graph in TriG: JSON has a quoted key,
        // another bracket or its end next.
        let next = start.chars().skip(1).find(|c| !c.is_whitespace());
        (start.starts_with('{') || start.starts_with('['))
            && matches!(next, Some('"' | '{' | '[' | '}'))
            && start.contains("\"@")
    },
    read: |bytes, options| super::read(bytes, Syntax::JsonLd, options),
};
