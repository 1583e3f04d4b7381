//! The formats of an entity's document, one file each.
//!
//! The HTML page is not here: it is a view for people (`html`), these are the data.

mod jsonld;
mod ntriples;
mod turtle;

pub(crate) use jsonld::entity_nodes;

use crate::publish::{Context, Document};
use std::io::{self, Write};

/// A format in which the document of an entity can be read.
pub struct Format {
    /// A short name for links and commands.
    pub name: &'static str,
    /// The media type, without parameters.
    pub media_type: &'static str,
    /// The suffix of the document's address, without the dot.
    pub extension: &'static str,
    /// What it is, for people, as a key of the interface texts.
    pub about: &'static str,
    /// Writes the document: the entity's triples, then those about the document.
    pub write: fn(&Document, &Context, &mut dyn Write) -> io::Result<()>,
}

/// In the order in which a client that takes them all alike gets them.
pub static FORMATS: &[Format] = &[turtle::TURTLE, jsonld::JSON_LD, ntriples::N_TRIPLES];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use crate::rdf::sophia::are_isomorphic;
    use oxrdf::Triple;

    fn written(format: &Format) -> String {
        let mut out = Vec::new();
        (format.write)(&sample::performance(), &sample::context(), &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn every_format_has_its_golden_file() {
        for format in FORMATS {
            sample::assert_golden(
                &format!("performance.{}", format.extension),
                &written(format),
            );
        }
    }

    #[test]
    fn every_format_says_the_same() {
        let document = sample::performance();
        let mut expected = document.description.triples.clone();
        expected.extend(document.metadata(&sample::context().base));
        for format in FORMATS {
            let text = written(format);
            let read: Vec<Triple> = if format.name == "jsonld" {
                sample::read_jsonld(&text)
            } else {
                oxttl::TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .collect::<Result<_, _>>()
                    .expect("Turtle")
            };
            assert!(
                are_isomorphic(&read, &expected).expect("comparable"),
                "{}",
                format.name
            );
        }
    }
}
