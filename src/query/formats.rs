//! The formats in which results can be had.
//!
//! *To add one*: a row in [`FORMATS`], and its writer in `src/query/write/`.

use crate::query::Form;

/// A format of results.
#[derive(Debug, PartialEq, Eq)]
pub struct Format {
    /// The name after `?format=`.
    pub name: &'static str,
    /// Other names that clients use there.
    pub other_names: &'static [&'static str],
    pub media_type: &'static str,
    /// Other media types by which the same is asked for.
    pub also: &'static [&'static str],
    /// The W3C's IRI of the format, for the service description.
    pub iri: &'static str,
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

macro_rules! formats {
    ($($writes:ident $name:literal $media_type:literal $iri:literal
        names $other_names:tt also $also:tt;)*) => {
        /// All formats; of each kind the first one is for readers who do not mind.
        pub static FORMATS: &[Format] = &[$(Format {
            name: $name,
            other_names: &$other_names,
            media_type: $media_type,
            also: &$also,
            iri: concat!("http://www.w3.org/ns/formats/", $iri),
            writes: Writes::$writes,
        }),*];
    };
}

// Names and media types that are no standard's are those that SPARQLWrapper, rdflib, Jena, RDF4J
// and Virtuoso send.
formats! {
    Json "json" "application/sparql-results+json" "SPARQL_Results_JSON"
        names ["srj"] also ["application/json"];
    Xml "xml" "application/sparql-results+xml" "SPARQL_Results_XML"
        names ["srx", "rdf", "rdf+xml"] also ["application/xml", "text/xml"];
    Csv "csv" "text/csv" "SPARQL_Results_CSV"
        names [] also ["application/csv"];
    Tsv "tsv" "text/tab-separated-values" "SPARQL_Results_TSV"
        names ["tab"] also ["text/tsv"];
    Turtle "ttl" "text/turtle" "Turtle"
        names ["turtle", "n3"] also ["application/x-turtle", "text/n3", "text/rdf+n3"];
    NTriples "nt" "application/n-triples" "N-Triples"
        names ["ntriples", "n-triples", "text"] also ["text/plain"];
    JsonLd "jsonld" "application/ld+json" "JSON-LD"
        names ["json-ld", "json"] also ["application/json"];
    RdfXml "rdf" "application/rdf+xml" "RDF_XML"
        names ["rdfxml", "rdf+xml", "rdf-xml", "xml"] also ["application/xml", "text/xml"];
    TriG "trig" "application/trig" "TriG"
        names [] also ["application/x-trig"];
    NQuads "nq" "application/n-quads" "N-Quads"
        names ["nquads", "n-quads"] also ["text/x-nquads"];
}

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

/// The format that somebody asks for by one of its names or media types, in any spelling.
pub fn format_asked(form: Form, asked: &str) -> Option<&'static Format> {
    let asked = asked.split(';').next().unwrap_or_default().trim();
    // Who forgets to encode the `+` of a media type sends a space.
    let asked = asked.replace(' ', "+").to_ascii_lowercase();
    formats_of(form).find(|format| {
        format.name == asked
            || format.media_type == asked
            || format.other_names.contains(&asked.as_str())
            || format.also.contains(&asked.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_or_media_type_stands_for_two_formats_of_one_form() {
        for form in [Form::Select, Form::Construct] {
            let mut all: Vec<&str> = formats_of(form)
                .flat_map(|format| {
                    let names = format.other_names.iter().chain(format.also).copied();
                    names.chain([format.name, format.media_type])
                })
                .collect();
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            assert_eq!(all.len(), count);
        }
    }

    #[test]
    fn a_format_is_asked_for_in_the_words_of_many_clients() {
        for (form, asked, expected) in [
            (Form::Select, "json", Some("json")),
            (Form::Select, "SRJ", Some("json")),
            (
                Form::Select,
                "application/sparql-results+json",
                Some("json"),
            ),
            (Form::Ask, "application/sparql-results json", Some("json")),
            (Form::Select, "text/csv; charset=utf-8", Some("csv")),
            (Form::Construct, "json", Some("jsonld")),
            (Form::Construct, "xml", Some("rdf")),
            (Form::Describe, "turtle", Some("ttl")),
            (Form::Construct, "csv", None),
            (Form::Select, "ttl", None),
        ] {
            let found = format_asked(form, asked).map(|format| format.name);
            assert_eq!(found, expected, "{asked}");
        }
    }
}
