//! The formats of an entity's document, one file each.
//!
//! The HTML page is not here: it is a view for people (`html`), these are the data.

pub mod graphs;
mod jsonld;
mod nquads;
mod ntriples;
mod rdfxml;
mod trig;
mod turtle;

pub(crate) use jsonld::entity_nodes;

use crate::publish::{Context, Document};
use crate::rdf::xml::WriteError;
use oxrdf::{GraphName, NamedNode, Quad, Triple};
use std::io::Write;

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
    /// Whether it has named graphs, so that it also holds what each source says.
    pub has_graphs: bool,
    /// Writes the document: the entity's triples, then those about the document.
    pub write: fn(&Document, &Context, &mut dyn Write) -> Result<(), WriteError>,
    /// Writes any triples.
    pub write_triples: fn(&[Triple], &Context, &mut dyn Write) -> Result<(), WriteError>,
}

/// In the order in which a client that takes them all alike gets them.
pub static FORMATS: &[Format] = &[
    turtle::TURTLE,
    jsonld::JSON_LD,
    ntriples::N_TRIPLES,
    rdfxml::RDF_XML,
    trig::TRIG,
    nquads::N_QUADS,
];

/// A document as a data set: the public description in the default graph, what each source says
/// in the source's graph, and what is said of the document itself in a graph of its name.
fn graphs(document: &Document, context: &Context) -> Vec<(GraphName, Vec<Triple>)> {
    let mut graphs = vec![(
        GraphName::DefaultGraph,
        document.description.triples.clone(),
    )];
    let metadata = document.metadata(context);
    if !metadata.is_empty() {
        graphs.push((document.iri(&context.base).into(), metadata));
    }
    for share in &document.sources {
        let graph: NamedNode = context.base.source_graph(&share.source.name);
        if !share.triples.is_empty() {
            graphs.push((graph.into(), share.triples.clone()));
        }
    }
    graphs
}

/// The same, quad by quad.
fn quads(document: &Document, context: &Context) -> Vec<Quad> {
    graphs(document, context)
        .into_iter()
        .flat_map(|(graph, triples)| {
            triples
                .into_iter()
                .map(move |triple| triple.in_graph(graph.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use crate::rdf::sophia::are_isomorphic;
    use std::collections::BTreeSet;

    fn written(format: &Format) -> String {
        let mut out = Vec::new();
        (format.write)(&sample::performance(), &sample::context(), &mut out).expect("memory");
        String::from_utf8(out).expect("text")
    }

    fn read(format: &Format, text: &str) -> Vec<Triple> {
        match format.name {
            "jsonld" => sample::read_jsonld(text),
            "rdfxml" => oxrdfxml::RdfXmlParser::new()
                .for_slice(text.as_bytes())
                .collect::<Result<_, _>>()
                .expect("RDF/XML"),
            _ => oxttl::TriGParser::new()
                .for_slice(text.as_bytes())
                .map(|quad| quad.map(Triple::from))
                .collect::<Result<_, _>>()
                .expect("TriG"),
        }
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
        expected.extend(document.metadata(&sample::context()));
        for format in FORMATS.iter().filter(|format| !format.has_graphs) {
            let text = written(format);
            assert!(
                are_isomorphic(&read(format, &text), &expected).expect("comparable"),
                "{}",
                format.name
            );
        }
    }

    #[test]
    fn formats_with_graphs_say_who_said_what() {
        let expected: BTreeSet<String> = quads(&sample::performance(), &sample::context())
            .iter()
            .map(ToString::to_string)
            .collect();
        let claims = "https://data.example.org/graph/source/office";
        assert!(expected.iter().any(|quad| quad.contains(claims)));
        for format in FORMATS.iter().filter(|format| format.has_graphs) {
            let text = written(format);
            let read: Result<Vec<Quad>, _> = if format.name == "trig" {
                oxttl::TriGParser::new()
                    .for_slice(text.as_bytes())
                    .collect()
            } else {
                oxttl::NQuadsParser::new()
                    .for_slice(text.as_bytes())
                    .collect()
            };
            let read: BTreeSet<String> = read
                .expect("quads")
                .iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(read, expected, "{}", format.name);
        }
    }

    #[test]
    fn every_format_writes_any_triples() {
        let triples = sample::performance().metadata(&sample::context());
        for format in FORMATS {
            let mut out = Vec::new();
            (format.write_triples)(&triples, &sample::context(), &mut out).expect("memory");
            let text = String::from_utf8(out).expect("text");
            assert!(
                are_isomorphic(&read(format, &text), &triples).expect("comparable"),
                "{}",
                format.name
            );
        }
    }
}
