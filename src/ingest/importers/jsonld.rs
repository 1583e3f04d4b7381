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
    read: |bytes, options| super::read(bytes, Syntax::JsonLd, options),
};
