//! Graphs. A small one is sorted and grouped for the reader; a large one is written as it comes.

use crate::publish::Context;
use crate::query::Writes;
use crate::query::run::{Count, RunError};
use crate::query::write::WriteError;
use crate::rdf::jsonld;
use crate::rdf::order::compare_triples;
use crate::rdf::rdfxml::{self, RdfXml};
use crate::rdf::write::{self, ntriples_line};
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Triple};
use std::io::Write;

/// Graphs up to this size are sorted before they are written.
const SORTED_TRIPLES: usize = 10_000;

/// Writes a graph.
///
/// # Errors
/// Those of `triples`, of `count`, of `out`, and when the format cannot hold a triple: before
/// anything is written, unless the graph is a large one.
pub fn graph(
    out: &mut dyn Write,
    writes: Writes,
    context: &Context,
    mut triples: impl Iterator<Item = Result<Triple, RunError>>,
    count: &mut Count,
) -> Result<(), RunError> {
    let mut first: Vec<Triple> = triples
        .by_ref()
        .take(SORTED_TRIPLES)
        .collect::<Result<_, _>>()?;
    if writes == Writes::RdfXml {
        for triple in &first {
            rdfxml::check(triple.predicate.as_str())?;
        }
    }
    if first.len() == SORTED_TRIPLES {
        return streamed(out, writes, first.into_iter().map(Ok).chain(triples), count);
    }
    first.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    first.dedup();
    let kept = counted(first.into_iter().map(Ok), count).collect::<Result<Vec<_>, _>>()?;
    Ok(sorted(out, writes, context, &kept)?)
}

/// Those that are still to be written.
fn counted(
    mut triples: impl Iterator<Item = Result<Triple, RunError>>,
    count: &mut Count,
) -> impl Iterator<Item = Result<Triple, RunError>> {
    std::iter::from_fn(move || {
        let triple = match triples.next()? {
            Ok(triple) => triple,
            Err(error) => return Some(Err(error)),
        };
        match count.goes_on() {
            Ok(true) => Some(Ok(triple)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    })
}

fn sorted(
    out: &mut dyn Write,
    writes: Writes,
    context: &Context,
    triples: &[Triple],
) -> Result<(), WriteError> {
    let position = |iri: &str| context.properties.position(iri);
    match writes {
        // Under our context some IRIs would stand for others.
        Writes::JsonLd
            if triples
                .iter()
                .any(|triple| context.terms.misreads(triple.as_ref())) =>
        {
            let mut serializer = JsonLdSerializer::new().for_writer(out);
            for triple in triples {
                serializer.serialize_quad(triple.as_ref().in_graph(GraphNameRef::DefaultGraph))?;
            }
            serializer.finish()?;
        }
        Writes::JsonLd => jsonld::write(out, triples, &context.terms, &position, &|subject| {
            subject.is_blank_node()
        })?,
        Writes::NTriples | Writes::NQuads => write::ntriples(out, triples)?,
        Writes::RdfXml => {
            let mut document = RdfXml::default();
            for triple in triples {
                document.triple(out, triple.as_ref())?;
            }
            document.end(out)?;
        }
        _ => write::turtle(out, triples, &context.prefixes, &position)?,
    }
    Ok(())
}

fn streamed(
    out: &mut dyn Write,
    writes: Writes,
    triples: impl Iterator<Item = Result<Triple, RunError>>,
    count: &mut Count,
) -> Result<(), RunError> {
    let triples = counted(triples, count);
    match writes {
        Writes::RdfXml => {
            let mut document = RdfXml::default();
            for triple in triples {
                document.triple(out, triple?.as_ref())?;
            }
            document.end(out)?;
        }
        Writes::JsonLd => {
            let mut serializer = JsonLdSerializer::new().for_writer(out);
            for triple in triples {
                serializer.serialize_quad(triple?.as_ref().in_graph(GraphNameRef::DefaultGraph))?;
            }
            serializer.finish()?;
        }
        // N-Triples, which are also Turtle, TriG and N-Quads.
        _ => {
            for triple in triples {
                ntriples_line(out, triple?.as_ref())?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Bounds, FORMATS};
    use crate::rdf::sophia::are_isomorphic;
    use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term};
    use proptest::prelude::*;

    fn context() -> Context {
        let file = include_str!("../../../ontology/context.jsonld");
        let base = "https://data.example.org".parse().expect("a base");
        Context::new(base, file).expect("our context can be read")
    }

    fn written(writes: Writes, triples: &[Triple]) -> Result<Vec<u8>, RunError> {
        let mut bytes = Vec::new();
        let mut count = Count::new(Bounds::Most(u64::MAX));
        let triples = triples.iter().cloned().map(Ok);
        graph(&mut bytes, writes, &context(), triples, &mut count)?;
        Ok(bytes)
    }

    /// The JSON-LD refers to our context by its address, which nobody fetches here.
    fn with_context(bytes: &[u8]) -> Vec<u8> {
        let mut document: serde_json::Value = serde_json::from_slice(bytes).expect("JSON");
        let file = include_str!("../../../ontology/context.jsonld");
        let file = file.replace("{base}", "https://data.example.org");
        let context: serde_json::Value = serde_json::from_str(&file).expect("JSON");
        if document.get("@context").is_some() {
            document["@context"] = context["@context"].clone();
        }
        document.to_string().into_bytes()
    }

    /// Read with other readers than those of the family that writes, where there are any.
    fn read(writes: Writes, bytes: &[u8]) -> Vec<Triple> {
        use rio_api::parser::{QuadsParser as _, TriplesParser as _};
        let mut lines = String::new();
        let mut add = |line: String| {
            lines.push_str(&line);
            lines.push_str(" .\n");
            Ok(())
        };
        match writes {
            Writes::Turtle => rio_turtle::TurtleParser::new(bytes, None)
                .parse_all(&mut |t| add(t.to_string()))
                .map_err(|error: rio_turtle::TurtleError| error),
            Writes::NTriples => rio_turtle::NTriplesParser::new(bytes)
                .parse_all(&mut |t| add(t.to_string()))
                .map_err(|error: rio_turtle::TurtleError| error),
            Writes::TriG => rio_turtle::TriGParser::new(bytes, None)
                .parse_all(&mut |t| add(t.to_string()))
                .map_err(|error: rio_turtle::TurtleError| error),
            Writes::NQuads => rio_turtle::NQuadsParser::new(bytes)
                .parse_all(&mut |t| add(t.to_string()))
                .map_err(|error: rio_turtle::TurtleError| error),
            Writes::RdfXml => {
                for triple in oxrdfxml::RdfXmlParser::new().for_slice(bytes) {
                    add(triple.expect("RDF/XML").to_string()).unwrap_or_default();
                }
                Ok(())
            }
            _ => {
                for quad in oxjsonld::JsonLdParser::new().for_slice(&with_context(bytes)) {
                    add(quad.expect("JSON-LD").to_string()).unwrap_or_default();
                }
                Ok(())
            }
        }
        .expect("it can be read");
        oxttl::NTriplesParser::new()
            .for_slice(lines.as_bytes())
            .map(|triple| triple.expect("N-Triples"))
            .collect()
    }

    fn text() -> impl Strategy<Value = String> {
        let odd = vec![
            '"', '\\', '\n', '\r', '\t', '<', '&', ']', '>', '\'', ' ', '\u{85}', '\u{2028}', 'é',
            '{', '@',
        ];
        let any = any::<char>().prop_filter("XML has it", |c| {
            !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')
        });
        let one = prop_oneof![proptest::sample::select(odd), any];
        proptest::collection::vec(one, 0..10).prop_map(|chars| chars.into_iter().collect())
    }

    fn node() -> impl Strategy<Value = NamedOrBlankNode> {
        prop_oneof![
            proptest::sample::select(vec!["b0", "1", "b1", "a-b.c"])
                .prop_map(|label| BlankNode::new_unchecked(label).into()),
            proptest::sample::select(vec![
                "https://data.example.org/id/1",
                "http://a.example/é?x=1&y='2'",
                "schema:name",
                "urn:x",
            ])
            .prop_map(|iri| NamedNode::new_unchecked(iri).into()),
        ]
    }

    fn triple() -> impl Strategy<Value = Triple> {
        let predicate = proptest::sample::select(vec![
            "http://schema.org/name",
            "http://schema.org/location",
            "http://schema.org/startDate",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#_1",
            "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
            "http://a.example/9é-x",
            "schema:odd",
        ]);
        let number =
            proptest::sample::select(vec!["1", "-1.50", "1.0E3", "01", "2026-01-01", "true"]);
        let datatype = proptest::sample::select(vec![
            "http://www.w3.org/2001/XMLSchema#integer",
            "http://www.w3.org/2001/XMLSchema#decimal",
            "http://www.w3.org/2001/XMLSchema#double",
            "http://www.w3.org/2001/XMLSchema#boolean",
            "http://www.w3.org/2001/XMLSchema#date",
            "http://schema.org/Odd",
        ]);
        let object = prop_oneof![
            node().prop_map(Term::from),
            text().prop_map(|text| Literal::new_simple_literal(text).into()),
            text().prop_map(|text| {
                Literal::new_language_tagged_literal_unchecked(text, "fr-ca").into()
            }),
            (number, datatype).prop_map(|(text, datatype)| {
                Literal::new_typed_literal(text, NamedNode::new_unchecked(datatype)).into()
            }),
        ];
        (node(), predicate, object).prop_map(|(subject, predicate, object)| Triple {
            subject,
            predicate: NamedNode::new_unchecked(predicate),
            object,
        })
    }

    proptest! {
        #[test]
        fn every_format_gives_back_the_same_graph(
            triples in proptest::collection::vec(triple(), 0..12)
        ) {
            for format in FORMATS.iter().filter(|format| format.writes.is_graph()) {
                let bytes = written(format.writes, &triples).expect("it can be written");
                let back = read(format.writes, &bytes);
                prop_assert!(
                    are_isomorphic(&back, &triples).expect("comparable"),
                    "{}: {}", format.name, String::from_utf8_lossy(&bytes)
                );
            }
        }
    }

    #[test]
    fn a_large_graph_is_the_same_graph_too() {
        let triples: Vec<Triple> = (0..SORTED_TRIPLES + 10)
            .map(|number| Triple {
                subject: NamedNode::new_unchecked(format!("http://a.example/{}", number / 3))
                    .into(),
                predicate: NamedNode::new_unchecked(format!("http://a.example/p{}", number % 2)),
                object: match number % 3 {
                    0 => BlankNode::new_unchecked(format!("{number}")).into(),
                    1 => Literal::new_simple_literal(format!("\"{number}\"\r\n")).into(),
                    _ => NamedNode::new_unchecked("http://a.example/x").into(),
                },
            })
            .collect();
        for format in FORMATS.iter().filter(|format| format.writes.is_graph()) {
            let bytes = written(format.writes, &triples).expect("it can be written");
            let back = read(format.writes, &bytes);
            assert_eq!(back.len(), triples.len(), "{}", format.name);
            assert!(
                are_isomorphic(&back, &triples).expect("comparable"),
                "{}",
                format.name
            );
        }
    }

    #[test]
    fn what_is_no_element_name_fails_before_anything_is_written() {
        let triple = Triple::new(
            NamedNode::new_unchecked("http://a.example/s"),
            NamedNode::new_unchecked("http://a.example/12"),
            NamedNode::new_unchecked("http://a.example/o"),
        );
        let mut bytes = Vec::new();
        let mut count = Count::new(Bounds::Most(10));
        let triples = [Ok(triple)].into_iter();
        let failed = graph(&mut bytes, Writes::RdfXml, &context(), triples, &mut count);
        assert!(matches!(failed, Err(RunError::Unwritable(_))));
        assert!(bytes.is_empty());
    }
}
