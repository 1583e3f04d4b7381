//! Dumps: the public data, or what sources say, in one file that is written while it is read.
//!
//! This is the one way in which files of more than one entity are written: those of a release, of
//! `/dumps/` and of `affiche export`.

use crate::model::iri::without_fragment;
use crate::publish::Context;
use crate::publish::formats::entity_nodes;
use crate::rdf::jsonld::document;
use crate::rdf::rdfxml::{self, RdfXml};
use crate::rdf::write::{nquads_line, write_full_iri, write_prefixes, write_statements};
use crate::rdf::xml::WriteError;
use oxrdf::{GraphNameRef, NamedNode, NamedOrBlankNode, QuadRef, Triple, TripleRef};
use std::borrow::Cow;
use std::io::{self, Write};

/// A format of dumps.
#[derive(Debug)]
pub struct DumpFormat {
    /// A short name, as in `affiche export --format`.
    pub name: &'static str,
    pub media_type: &'static str,
    /// The suffix of the file, without the dot and without that of a compression.
    pub extension: &'static str,
    /// What it is, for people, as a key of the interface texts.
    pub about: &'static str,
    /// Whether it has named graphs, so that it can also hold what each source says.
    pub has_graphs: bool,
    /// Whether `/dumps/` has it; the others are in releases only.
    pub is_on_demand: bool,
    /// Whether the format has a way to say this.
    holds: fn(TripleRef<'_>, &Context) -> bool,
    begin: fn(&Context, &mut dyn Write) -> io::Result<()>,
    /// Writes what stands before the statements of a named graph.
    open: fn(&NamedNode, &mut dyn Write) -> io::Result<()>,
    /// Writes one entity with its parts.
    entity: fn(&Part<'_>, &mut dyn Write) -> io::Result<()>,
    /// Writes what stands after the statements of a named graph.
    close: fn(&mut dyn Write) -> io::Result<()>,
    end: fn(&Context, &mut dyn Write) -> io::Result<()>,
}

/// What is written at once.
struct Part<'a> {
    triples: &'a [Triple],
    /// The graph that it stands in; `None` is the default one.
    graph: Option<&'a NamedNode>,
    /// Whether nothing was written before it.
    is_first: bool,
    context: &'a Context,
}

const EVERYTHING: fn(TripleRef<'_>, &Context) -> bool = |_, _| true;
const NOTHING: fn(&Context, &mut dyn Write) -> io::Result<()> = |_, _| Ok(());

pub static DUMPS: &[DumpFormat] = &[
    DumpFormat {
        name: "nquads",
        media_type: "application/n-quads",
        extension: "nq",
        about: "format-nquads",
        has_graphs: true,
        is_on_demand: true,
        holds: EVERYTHING,
        begin: NOTHING,
        open: |_, _| Ok(()),
        entity: |part, out| {
            let graph = part.graph.map_or(GraphNameRef::DefaultGraph, |graph| {
                GraphNameRef::NamedNode(graph.as_ref())
            });
            part.triples.iter().try_for_each(|triple| {
                let quad = QuadRef::new(
                    triple.subject.as_ref(),
                    triple.predicate.as_ref(),
                    triple.object.as_ref(),
                    graph,
                );
                nquads_line(out, quad)
            })
        },
        close: |_| Ok(()),
        end: NOTHING,
    },
    DumpFormat {
        name: "turtle",
        media_type: "text/turtle",
        extension: "ttl",
        about: "format-turtle",
        has_graphs: false,
        is_on_demand: true,
        holds: EVERYTHING,
        // Which prefixes will be used is not known yet, so all are declared.
        begin: |context, out| write_prefixes(out, &context.prefixes, None),
        open: |_, _| Ok(()),
        entity: statements,
        close: |_| Ok(()),
        end: NOTHING,
    },
    DumpFormat {
        name: "jsonld",
        media_type: "application/ld+json",
        extension: "jsonld",
        about: "format-jsonld",
        has_graphs: false,
        is_on_demand: true,
        holds: |triple, context| !context.terms.misreads(triple),
        begin: |context, out| {
            let iri = serde_json::Value::from(context.terms.iri());
            write!(out, "{{\n\"@context\": {iri},\n\"@graph\": [")
        },
        open: |_, _| Ok(()),
        entity: |part, out| {
            let mut separator = if part.is_first { "\n" } else { ",\n" };
            for node in entity_nodes(part.triples, part.context) {
                out.write_all(separator.as_bytes())?;
                serde_json::to_writer(&mut *out, &node)?;
                separator = ",\n";
            }
            Ok(())
        },
        close: |_| Ok(()),
        end: |_, out| writeln!(out, "\n]\n}}"),
    },
    DumpFormat {
        name: "ndjsonld",
        media_type: "application/x-ndjson",
        extension: "ndjsonld",
        about: "format-ndjsonld",
        has_graphs: false,
        is_on_demand: false,
        holds: |triple, context| !context.terms.misreads(triple),
        begin: NOTHING,
        open: |_, _| Ok(()),
        entity: |part, out| {
            for node in entity_nodes(part.triples, part.context) {
                let document = document(vec![node], &part.context.terms);
                serde_json::to_writer(&mut *out, &document)?;
                writeln!(out)?;
            }
            Ok(())
        },
        close: |_| Ok(()),
        end: NOTHING,
    },
    DumpFormat {
        name: "rdfxml",
        media_type: "application/rdf+xml",
        extension: "rdf",
        about: "format-rdfxml",
        has_graphs: false,
        is_on_demand: false,
        holds: |triple, _| rdfxml::holds(triple),
        begin: |_, out| RdfXml::default().begin(out),
        open: |_, _| Ok(()),
        entity: |part, out| {
            let mut document = RdfXml::going_on();
            for triple in part.triples {
                document
                    .triple(out, triple.as_ref())
                    .map_err(|error| match error {
                        WriteError::Io(error) => error,
                        WriteError::Unwritable(text) => io::Error::other(text.en),
                    })?;
            }
            document.pause(out)
        },
        close: |_| Ok(()),
        end: |_, out| RdfXml::going_on().end(out),
    },
    DumpFormat {
        name: "trig",
        media_type: "application/trig",
        extension: "trig",
        about: "format-trig",
        has_graphs: true,
        is_on_demand: false,
        holds: EVERYTHING,
        begin: |context, out| write_prefixes(out, &context.prefixes, None),
        open: |graph, out| {
            writeln!(out)?;
            // Without the keyword, which older readers do not know (TriG §2.2).
            write_full_iri(out, graph.as_str())?;
            writeln!(out, " {{")
        },
        entity: statements,
        close: |out| writeln!(out, "}}"),
        end: NOTHING,
    },
];

fn statements(part: &Part<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out)?;
    let context = part.context;
    write_statements(out, part.triples, &context.prefixes, &|iri| {
        context.properties.position(iri)
    })
}

impl DumpFormat {
    /// The format of this name, if there is one.
    pub fn named(name: &str) -> Option<&'static DumpFormat> {
        DUMPS.iter().find(|format| format.name == name)
    }
}

/// Writes a dump entity by entity, so that memory holds one entity at a time.
///
/// Triples come sorted by subject (an entity right before its parts, as IRIs sort), each once;
/// those of the default graph before those of named ones.
pub struct DumpWriter<'a, W: Write> {
    format: &'static DumpFormat,
    context: &'a Context,
    out: W,
    graph: Option<NamedNode>,
    pending: Vec<Triple>,
    is_first: bool,
    count: u64,
    unwritable: u64,
}

/// A dump that is written.
#[derive(Debug)]
pub struct Written<W> {
    pub out: W,
    /// The triples or quads in it.
    pub count: u64,
    /// Those that the format has no way to say, and that are therefore not in it.
    pub unwritable: u64,
}

impl<'a, W: Write> DumpWriter<'a, W> {
    /// Writes the beginning of the file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(format: &'static DumpFormat, context: &'a Context, mut out: W) -> io::Result<Self> {
        (format.begin)(context, &mut out)?;
        Ok(Self {
            format,
            context,
            out,
            graph: None,
            pending: Vec::new(),
            is_first: true,
            count: 0,
            unwritable: 0,
        })
    }

    /// Takes the next triple.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(&mut self, triple: Triple) -> io::Result<()> {
        if self
            .pending
            .last()
            .is_some_and(|last| owner(&last.subject) != owner(&triple.subject))
        {
            self.flush_entity()?;
        }
        self.pending.push(triple);
        Ok(())
    }

    /// Takes all triples of an entity and its parts.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_entity(&mut self, triples: &[Triple]) -> io::Result<()> {
        let holds = |triple: &Triple| (self.format.holds)(triple.as_ref(), self.context);
        let held = if triples.iter().all(holds) {
            Cow::Borrowed(triples)
        } else {
            triples
                .iter()
                .filter(|triple| holds(triple))
                .cloned()
                .collect()
        };
        self.unwritable += (triples.len() - held.len()) as u64;
        if held.is_empty() {
            return Ok(());
        }
        self.count += held.len() as u64;
        let part = Part {
            triples: &held,
            graph: self.graph.as_ref(),
            is_first: self.is_first,
            context: self.context,
        };
        (self.format.entity)(&part, &mut self.out)?;
        self.is_first = false;
        Ok(())
    }

    /// From now on statements stand in this graph, in formats that have graphs.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin_graph(&mut self, graph: &NamedNode) -> io::Result<()> {
        self.end_graph()?;
        (self.format.open)(graph, &mut self.out)?;
        self.graph = Some(graph.clone());
        Ok(())
    }

    fn end_graph(&mut self) -> io::Result<()> {
        self.flush_entity()?;
        match self.graph.take() {
            Some(_) => (self.format.close)(&mut self.out),
            None => Ok(()),
        }
    }

    fn flush_entity(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            let pending = std::mem::take(&mut self.pending);
            self.write_entity(&pending)?;
            self.pending = pending;
            self.pending.clear();
        }
        Ok(())
    }

    /// Writes the end of the file and gives the output back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(mut self) -> io::Result<Written<W>> {
        self.end_graph()?;
        (self.format.end)(self.context, &mut self.out)?;
        self.out.flush()?;
        Ok(Written {
            out: self.out,
            count: self.count,
            unwritable: self.unwritable,
        })
    }
}

/// The entity that a triple's subject is or is a part of; blank nodes, which only shapes have,
/// count as one.
pub fn owner(subject: &NamedOrBlankNode) -> &str {
    match subject {
        NamedOrBlankNode::NamedNode(node) => without_fragment(node.as_str()),
        NamedOrBlankNode::BlankNode(_) => "_:",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use crate::rdf::order::compare_triples;
    use crate::rdf::sophia::are_isomorphic;

    fn dump(format: &'static DumpFormat, triples: &[Triple]) -> String {
        let context = sample::context();
        let mut writer = DumpWriter::new(format, &context, Vec::new()).expect("memory");
        for triple in triples {
            writer.write(triple.clone()).expect("memory");
        }
        String::from_utf8(writer.finish().expect("memory").out).expect("text")
    }

    fn data() -> Vec<Triple> {
        let document = sample::performance();
        let around = document.around.into_iter().flat_map(|d| d.triples);
        let mut triples: Vec<Triple> = document
            .description
            .triples
            .into_iter()
            .chain(around)
            .collect();
        triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        triples
    }

    #[test]
    fn every_format_of_dumps_has_its_golden_file_and_says_the_same() {
        let data = data();
        for format in DUMPS {
            let text = dump(format, &data);
            sample::assert_golden(&format!("dump.{}", format.extension), &text);
            let read: Vec<Triple> = match format.name {
                "jsonld" => sample::read_jsonld(&text),
                "ndjsonld" => text.lines().flat_map(sample::read_jsonld).collect(),
                "rdfxml" => oxrdfxml::RdfXmlParser::new()
                    .for_slice(text.as_bytes())
                    .collect::<Result<_, _>>()
                    .expect("RDF/XML"),
                _ => oxttl::TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .collect::<Result<_, _>>()
                    .expect("Turtle"),
            };
            assert!(
                are_isomorphic(&read, &data).expect("comparable"),
                "{}",
                format.name
            );
        }
    }

    #[test]
    fn a_dump_of_nothing_can_be_read() {
        for format in DUMPS {
            let text = dump(format, &[]);
            if format.name == "jsonld" {
                assert!(sample::read_jsonld(&text).is_empty());
            }
        }
    }
}
