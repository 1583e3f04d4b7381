//! Any named graphs beside the default one, in the formats that have them.

use crate::publish::Context;
use crate::publish::formats::entity_nodes;
use crate::rdf::write::{nquads_line, write_full_iri, write_prefixes, write_statements};
use oxrdf::{NamedNode, QuadRef, Triple};
use serde_json::{Value, json};
use std::io::{self, Write};

/// What is in the default graph, and in others.
#[derive(Clone, Debug, Default)]
pub struct Graphs {
    pub default: Vec<Triple>,
    pub named: Vec<(NamedNode, Vec<Triple>)>,
}

/// A format that has named graphs.
pub struct GraphFormat {
    /// A short name for addresses.
    pub name: &'static str,
    /// The media type, without parameters.
    pub media_type: &'static str,
    pub write: fn(&Graphs, &Context, &Value, &mut dyn Write) -> io::Result<()>,
}

/// In the order in which a client that takes them all alike gets them.
pub static GRAPH_FORMATS: &[GraphFormat] = &[
    GraphFormat {
        name: "trig",
        media_type: "application/trig",
        write: trig,
    },
    GraphFormat {
        name: "nq",
        media_type: "application/n-quads",
        write: nquads,
    },
    GraphFormat {
        name: "jsonld",
        media_type: "application/ld+json",
        write: jsonld,
    },
];

fn trig(graphs: &Graphs, context: &Context, _: &Value, out: &mut dyn Write) -> io::Result<()> {
    let position = |iri: &str| context.properties.position(iri);
    let named = graphs.named.iter().flat_map(|(_, triples)| triples);
    let mut all = graphs.default.iter().chain(named);
    write_prefixes(out, &context.prefixes, Some(&mut all))?;
    writeln!(out)?;
    write_statements(out, &graphs.default, &context.prefixes, &position)?;
    for (graph, triples) in &graphs.named {
        writeln!(out)?;
        write_full_iri(out, graph.as_str())?;
        writeln!(out, " {{")?;
        write_statements(out, triples, &context.prefixes, &position)?;
        writeln!(out, "}}")?;
    }
    Ok(())
}

fn nquads(graphs: &Graphs, _: &Context, _: &Value, out: &mut dyn Write) -> io::Result<()> {
    let mut line = |triple: &Triple, graph| {
        let quad = QuadRef::new(
            triple.subject.as_ref(),
            triple.predicate.as_ref(),
            triple.object.as_ref(),
            graph,
        );
        nquads_line(&mut *out, quad)
    };
    for triple in &graphs.default {
        line(triple, oxrdf::GraphNameRef::DefaultGraph)?;
    }
    for (graph, triples) in &graphs.named {
        for triple in triples {
            line(triple, graph.as_ref().into())?;
        }
    }
    Ok(())
}

/// The context is given inline, so that nothing else need be fetched.
fn jsonld(
    graphs: &Graphs,
    context: &Context,
    terms: &Value,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut nodes = entity_nodes(&graphs.default, context);
    nodes.extend(graphs.named.iter().map(|(graph, triples)| {
        json!({ "@id": graph.as_str(), "@graph": entity_nodes(triples, context) })
    }));
    let document = json!({ "@context": terms, "@graph": nodes });
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use oxrdf::{GraphName, Quad};
    use std::collections::BTreeSet;

    #[test]
    fn every_format_says_the_same() {
        let description = sample::performance().description.triples;
        let graph = NamedNode::new_unchecked("https://data.example.org/doc/x?generation=7");
        let version = Triple::new(
            graph.clone(),
            crate::model::vocabulary::dct::IS_VERSION_OF,
            sample::performance().description.iri,
        );
        let graphs = Graphs {
            default: vec![version.clone()],
            named: vec![(graph.clone(), description.clone())],
        };
        let context = sample::context();
        let terms: Value =
            serde_json::from_str(&sample::CONTEXT.replace("{base}", context.base.as_str()))
                .expect("JSON");
        let terms = &terms["@context"];
        let named = description.into_iter().map(|it| it.in_graph(graph.clone()));
        let expected: BTreeSet<String> = named
            .chain([version.in_graph(GraphName::DefaultGraph)])
            .map(|quad| quad.to_string())
            .collect();
        for format in GRAPH_FORMATS {
            let mut out = Vec::new();
            (format.write)(&graphs, &context, terms, &mut out).expect("memory");
            let quads: Vec<Quad> = match format.name {
                "jsonld" => oxjsonld::JsonLdParser::new()
                    .for_slice(&out)
                    .collect::<Result<_, _>>()
                    .expect("JSON-LD"),
                "nq" => oxttl::NQuadsParser::new()
                    .for_slice(&out)
                    .collect::<Result<_, _>>()
                    .expect("N-Quads"),
                _ => oxttl::TriGParser::new()
                    .for_slice(&out)
                    .collect::<Result<_, _>>()
                    .expect("TriG"),
            };
            let found: BTreeSet<String> = quads.iter().map(ToString::to_string).collect();
            assert_eq!(found, expected, "{}", format.name);
        }
    }
}
