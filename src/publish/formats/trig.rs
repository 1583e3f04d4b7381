//! TriG: the document, and what each source says of the entity, each in a graph of its own.

use super::{Format, graphs, turtle};
use crate::publish::{Context, Document};
use crate::rdf::write::{write_full_iri, write_prefixes, write_statements};
use crate::rdf::xml::WriteError;
use oxrdf::GraphName;
use std::io::Write;

pub const TRIG: Format = Format {
    name: "trig",
    media_type: "application/trig",
    extension: "trig",
    about: "format-trig",
    has_graphs: true,
    write,
    write_triples: turtle::write_triples,
};

fn write(document: &Document, context: &Context, out: &mut dyn Write) -> Result<(), WriteError> {
    let graphs = graphs(document, context);
    let position = |iri: &str| context.properties.position(iri);
    let mut all = graphs.iter().flat_map(|(_, triples)| triples);
    write_prefixes(out, &context.prefixes, Some(&mut all))?;
    for (graph, triples) in &graphs {
        writeln!(out)?;
        let GraphName::NamedNode(graph) = graph else {
            write_statements(out, triples, &context.prefixes, &position)?;
            continue;
        };
        // Without the keyword, which older readers do not know (TriG §2.2).
        write_full_iri(out, graph.as_str())?;
        writeln!(out, " {{")?;
        write_statements(out, triples, &context.prefixes, &position)?;
        writeln!(out, "}}")?;
    }
    Ok(())
}
