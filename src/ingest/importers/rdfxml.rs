//! RDF/XML.

use super::{Importer, ReadError, ReadOptions, Reading, encoding};
use crate::rdf::parse::Syntax;
use encoding_rs::{Encoding, UTF_8};

const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

pub(super) const IMPORTER: Importer = Importer {
    name: "rdfxml",
    media_types: &["application/rdf+xml", "application/xml", "text/xml"],
    extensions: &["rdf", "owl", "xml"],
    about: (
        "RDF/XML : ce qu'exportent les outils plus anciens et les éditeurs d'ontologies",
        "RDF/XML: what older tools and editors of ontologies export",
    ),
    recognises: |start| start.starts_with('<') && start.contains(RDF) && start.contains("xmlns"),
    read,
};

fn read(bytes: &[u8], options: &ReadOptions) -> Result<Reading, ReadError> {
    let declared = declared_encoding(bytes).filter(|encoding| *encoding != UTF_8);
    if bytes.len() > options.size_bytes
        || declared.or(Encoding::for_bom(bytes).map(|b| b.0)).is_none()
    {
        return super::read(bytes, Syntax::RdfXml, options);
    }
    // The parser takes UTF-8 alone, and believes what the declaration says.
    let decoded = encoding::decode(bytes, declared);
    let text = match decoded.text.split_once("?>") {
        Some((declaration, rest)) if declaration.trim_start().starts_with("<?xml") => rest,
        _ => &decoded.text,
    };
    super::read(text.as_bytes(), Syntax::RdfXml, options)
}

/// What the XML declaration says, which is in ASCII whatever follows (XML 1.0 §4.3.3).
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let end = bytes.windows(2).take(200).position(|two| two == b"?>")?;
    let declaration = std::str::from_utf8(bytes.get(..end)?).ok()?;
    let (_, value) = declaration.strip_prefix("<?xml")?.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split(quote).next()?;
    Encoding::for_label(label.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::importers::sniff;

    fn rdf(declaration: &str) -> String {
        format!(
            "{declaration}<r:RDF xmlns:r=\"{RDF}\" xmlns:s=\"http://schema.org/\"><s:Place r:about=\"http://a.example/1\" s:name=\"Théâtre\"/></r:RDF>"
        )
    }

    #[test]
    fn it_is_read_as_the_encoding_that_it_declares() {
        let latin: Vec<u8> = rdf("<?xml version='1.0' encoding='ISO-8859-1'?>\n")
            .chars()
            .map(|c| c as u8)
            .collect();
        let utf_8 = rdf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").into_bytes();
        let marked = [&b"\xef\xbb\xbf"[..], rdf("").as_bytes()].concat();
        for bytes in [latin, utf_8, marked] {
            let reading = read(&bytes, &ReadOptions::default()).expect("it reads");
            assert!(
                reading
                    .graph
                    .iter()
                    .any(|t| t.object.to_string() == "\"Théâtre\"")
            );
            assert_eq!(sniff(&bytes).map(|importer| importer.name), Ok("rdfxml"));
        }
    }
}
