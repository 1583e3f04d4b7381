//! RDF/XML: for tools that read XML. Some values cannot be written in it.

use super::Format;
use crate::publish::{Context, Document};
use crate::rdf::order::compare_triples;
use crate::rdf::rdfxml::RdfXml;
use crate::rdf::xml::WriteError;
use oxrdf::Triple;
use std::io::Write;

pub const RDF_XML: Format = Format {
    name: "rdfxml",
    media_type: "application/rdf+xml",
    extension: "rdf",
    about: "format-rdfxml",
    has_graphs: false,
    write,
    write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut triples = document.description.triples.clone();
    triples.extend(document.metadata(context));
    write_triples(&triples, context, out)
}

fn write_triples(triples: &[Triple], _: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    let mut rows: Vec<&Triple> = triples.iter().collect();
    rows.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    rows.dedup();
    let mut document = RdfXml::default();
    for triple in rows {
        document.triple(out, triple.as_ref())?;
    }
    Ok(document.end(out)?)
}
