//! A list of IRIs, one a line (RFC 2483 §5): what is to be withdrawn.

use super::{Importer, ReadError, ReadOptions, Reading};
use crate::model::vocabulary::{rdf, rdfs};
use crate::rdf::parse::{ParseError, Position, text};
use oxrdf::{NamedNode, Triple};

pub(super) const IMPORTER: Importer = Importer {
    name: "iris",
    media_types: &["text/uri-list"],
    extensions: &["uris"],
    about: (
        "Liste d'IRI, un par ligne, à retirer ; `#` commence un commentaire",
        "List of IRIs, one a line, to withdraw; `#` begins a comment",
    ),
    recognises: |_| false,
    read,
};

/// Characters of a wrong line that the message repeats.
const SHOWN: usize = 200;

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    let text = text(bytes, options.size_bytes)?;
    let mut reading = Reading::default();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let iri = NamedNode::new(line).map_err(|error| ParseError::Iri {
            position: Some(Position {
                line: number,
                column: 1,
            }),
            iri: line.chars().take(SHOWN).collect(),
            reason: error.to_string(),
        })?;
        reading
            .graph
            .insert(Triple::new(iri, rdf::TYPE, rdfs::RESOURCE));
    }
    Ok(reading)
}
