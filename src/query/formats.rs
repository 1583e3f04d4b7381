//! The formats in which results can be had.
//!
//! *To add one*: a row in [`FORMATS`], and its writer in `src/query/run.rs`.

use crate::query::Form;

/// A format of results.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// The name after `?format=`.
    pub name: &'static str,
    pub media_type: &'static str,
    /// Another media type by which the same is asked for.
    pub also: Option<&'static str>,
    pub writes: Writes,
}

/// What a format is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writes {
    Json,
    Xml,
    Csv,
    Tsv,
    Turtle,
    NTriples,
    JsonLd,
    RdfXml,
    TriG,
    NQuads,
}

impl Writes {
    /// Whether it is for graphs; else for solutions and truth values.
    pub fn is_graph(self) -> bool {
        !matches!(self, Self::Json | Self::Xml | Self::Csv | Self::Tsv)
    }
}

const fn format(
    name: &'static str,
    media_type: &'static str,
    also: Option<&'static str>,
    writes: Writes,
) -> Format {
    Format {
        name,
        media_type,
        also,
        writes,
    }
}

/// All formats; of each kind the first one is for readers who do not mind.
pub static FORMATS: &[Format] = &[
    format(
        "json",
        "application/sparql-results+json",
        Some("application/json"),
        Writes::Json,
    ),
    format(
        "xml",
        "application/sparql-results+xml",
        Some("application/xml"),
        Writes::Xml,
    ),
    format("csv", "text/csv", None, Writes::Csv),
    format("tsv", "text/tab-separated-values", None, Writes::Tsv),
    format("ttl", "text/turtle", None, Writes::Turtle),
    format("nt", "application/n-triples", None, Writes::NTriples),
    format("jsonld", "application/ld+json", None, Writes::JsonLd),
    format("rdf", "application/rdf+xml", None, Writes::RdfXml),
    format("trig", "application/trig", None, Writes::TriG),
    format("nq", "application/n-quads", None, Writes::NQuads),
];

/// The formats for the results of a form.
pub fn formats_of(form: Form) -> impl Iterator<Item = &'static Format> {
    FORMATS
        .iter()
        .filter(move |format| format.writes.is_graph() == form.is_graph())
}

/// The format with this name.
pub fn format_named(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
