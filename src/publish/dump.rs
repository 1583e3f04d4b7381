//! Dumps: the whole public data in one file, written while it is read.

use crate::model::iri::without_fragment;
use crate::publish::Context;
use crate::publish::formats::entity_nodes;
use crate::rdf::write::{ntriples_line, write_prefixes, write_statements};
use oxrdf::{NamedOrBlankNode, Triple};
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
    begin: fn(&Context, &mut dyn Write) -> io::Result<()>,
    /// Writes one entity with its parts; the flag says whether it is the first.
    entity: fn(&[Triple], bool, &Context, &mut dyn Write) -> io::Result<()>,
    end: fn(&Context, &mut dyn Write) -> io::Result<()>,
}

pub static DUMPS: &[DumpFormat] = &[
    DumpFormat {
        name: "nquads",
        media_type: "application/n-quads",
        extension: "nq",
        about: "format-nquads",
        begin: |_, _| Ok(()),
        entity: |triples, _, _, out| {
            triples
                .iter()
                .try_for_each(|triple| ntriples_line(out, triple.as_ref()))
        },
        end: |_, _| Ok(()),
    },
    DumpFormat {
        name: "turtle",
        media_type: "text/turtle",
        extension: "ttl",
        about: "format-turtle",
        // Which prefixes will be used is not known yet, so all are declared.
        begin: |context, out| write_prefixes(out, &context.prefixes, None),
        entity: |triples, _, context, out| {
            writeln!(out)?;
            write_statements(out, triples, &context.prefixes, &|iri| {
                context.properties.position(iri)
            })
        },
        end: |_, _| Ok(()),
    },
    DumpFormat {
        name: "jsonld",
        media_type: "application/ld+json",
        extension: "jsonld",
        about: "format-jsonld",
        begin: |context, out| {
            let iri = serde_json::Value::from(context.terms.iri());
            write!(out, "{{\n\"@context\": {iri},\n\"@graph\": [")
        },
        entity: |triples, is_first, context, out| {
            let mut separator = if is_first { "\n" } else { ",\n" };
            for node in entity_nodes(triples, context) {
                write!(out, "{separator}{node}")?;
                separator = ",\n";
            }
            Ok(())
        },
        end: |_, out| writeln!(out, "\n]\n}}"),
    },
];

/// Writes a dump entity by entity, so that memory holds one entity at a time.
///
/// Triples come sorted by subject (an entity right before its parts, as IRIs sort), each once.
pub struct DumpWriter<'a, W: Write> {
    format: &'static DumpFormat,
    context: &'a Context,
    out: W,
    pending: Vec<Triple>,
    is_first: bool,
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
            pending: Vec::new(),
            is_first: true,
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
            .is_some_and(|last| owner(last) != owner(&triple))
        {
            self.flush_entity()?;
        }
        self.pending.push(triple);
        Ok(())
    }

    fn flush_entity(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            (self.format.entity)(&self.pending, self.is_first, self.context, &mut self.out)?;
            self.pending.clear();
            self.is_first = false;
        }
        Ok(())
    }

    /// Writes the end of the file and gives the output back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush_entity()?;
        (self.format.end)(self.context, &mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

/// The entity that a triple's subject is or is a part of; blank nodes, which only shapes have,
/// count as one.
fn owner(triple: &Triple) -> &str {
    match &triple.subject {
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
        String::from_utf8(writer.finish().expect("memory")).expect("text")
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
            let read: Vec<Triple> = if format.name == "jsonld" {
                sample::read_jsonld(&text)
            } else {
                oxttl::TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .collect::<Result<_, _>>()
                    .expect("Turtle")
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
