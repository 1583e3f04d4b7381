//! The formats that can be sent in, one file each.
//!
//! An importer turns bytes into a graph and knows nothing of sources, rules or the store. To
//! add one: a file here with a `pub const IMPORTER`, and one line in [`IMPORTERS`]; help, docs,
//! recognition by content and the list of accepted media types follow. What is compressed is
//! unpacked before (`compression`), so that no importer needs to know.

pub mod compression;
pub mod csv;
pub(crate) mod encoding;
mod html;
mod iris;
mod jsonld;
pub mod lines;
mod nquads;
mod ntriples;
mod nyphil;
mod rdfxml;
mod trig;
mod turtle;

use crate::ingest::builtin;
use crate::model::{Base, Finding, Severity, Text};
use crate::rdf::Graph;
use crate::rdf::parse::{ParseError, ParseOptions, Parsed, Syntax, parse, parse_each};
use compression::without_ending;
use oxrdf::Triple;
use std::collections::BTreeMap;
use std::fmt;

/// A format that can be sent in.
pub struct Importer {
    /// Its name in `--format` and in reports.
    pub name: &'static str,
    /// Its media types, lower case, the registered one first.
    pub media_types: &'static [&'static str],
    /// Its file name extensions, lower case, without the dot, the usual one first.
    pub extensions: &'static [&'static str],
    /// One line for help and docs: French, English.
    pub about: (&'static str, &'static str),
    /// Whether the beginning of a file, without a byte order mark and spaces, can only be this.
    pub recognises: fn(&str) -> bool,
    /// Reads a whole file.
    pub read: fn(&[u8], &ReadOptions) -> Result<Reading, ReadError>,
}

impl fmt::Debug for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Importer({})", self.name)
    }
}

impl Importer {
    /// The syntax, when the format is one of RDF's that is read from its bytes as they are.
    pub fn syntax(&self) -> Option<Syntax> {
        match self.name {
            "turtle" => Some(Syntax::Turtle),
            "trig" => Some(Syntax::TriG),
            "ntriples" => Some(Syntax::NTriples),
            "nquads" => Some(Syntax::NQuads),
            "jsonld" => Some(Syntax::JsonLd),
            _ => None,
        }
    }

    /// Reads a whole file and hands its triples over one by one; of [`Reading`] the graph stays
    /// empty. A large file of RDF is never in memory as a graph.
    ///
    /// # Errors
    /// When the file cannot be read; what was handed over before is to be thrown away.
    pub fn read_each(
        &self,
        bytes: &[u8],
        options: &ReadOptions,
        take: &mut (dyn FnMut(Triple) + Send),
    ) -> Result<Reading, ReadError> {
        let Some(syntax) = self.syntax() else {
            let mut reading = (self.read)(bytes, options)?;
            for triple in std::mem::take(&mut reading.graph).iter() {
                take(triple.clone());
            }
            return Ok(reading);
        };
        let options = parse_options(options, blank_prefix(options));
        let ignored = parse_each(bytes, syntax, &options, take)?;
        Ok(Reading {
            ignored_graphs: ignored.graphs,
            ignored_keys: ignored.keys,
            ..Reading::default()
        })
    }

    /// What it reads, in both languages of the interface.
    pub fn about(&self) -> Text {
        Text::new(self.about.0, self.about.1)
    }
}

/// In the order in which help lists them.
pub static IMPORTERS: &[Importer] = &[
    turtle::IMPORTER,
    jsonld::IMPORTER,
    ntriples::IMPORTER,
    nquads::IMPORTER,
    trig::IMPORTER,
    rdfxml::IMPORTER,
    html::IMPORTER,
    csv::IMPORTER,
    iris::IMPORTER,
    nyphil::IMPORTER,
];

/// What an importer needs to know besides the bytes.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// What relative IRIs are resolved against; without it they are an error.
    pub base: Option<String>,
    /// The most levels that brackets may nest.
    pub depth: usize,
    /// The most bytes of one file.
    pub size_bytes: usize,
    /// The number of the file within its submission: blank nodes of two files stay apart.
    pub file: usize,
    /// IRI and document of our own JSON-LD context.
    pub context: Option<(String, Vec<u8>)>,
    /// Where our own terms are, for formats that have no IRIs of their own.
    pub terms: Base,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self {
            base: None,
            depth: ParseOptions::DEPTH,
            size_bytes: ParseOptions::SIZE_BYTES,
            file: 0,
            context: None,
            terms: "http://base.invalid/".parse().expect("it is a base"),
        }
    }
}

impl ReadOptions {
    /// The default limits, with our own context known as `{base}/context.jsonld`.
    pub fn of(base: &Base) -> Self {
        Self {
            context: builtin::file("ontology/context.jsonld").map(|document| {
                // The file is for any server: `{base}` stands for the base IRI in it.
                let document = String::from_utf8_lossy(&document).replace("{base}", base.as_str());
                (
                    base.join("context.jsonld").into_string(),
                    document.into_bytes(),
                )
            }),
            terms: base.clone(),
            ..Self::default()
        }
    }
}

/// What was read from one file.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub graph: Graph,
    /// Names of graphs in the file, which mean nothing here, and how many statements each held.
    pub ignored_graphs: BTreeMap<String, usize>,
    /// Keys without a meaning, and how often each was met.
    pub ignored_keys: BTreeMap<String, usize>,
    /// What else the sender should know, by the file's lines; a violation stands for something
    /// that was not read.
    pub findings: Vec<Finding>,
    /// Whether something in the file could not be read at all, so that what is missing from the
    /// graph may be there all the same: nothing is withdrawn for it.
    pub is_incomplete: bool,
}

/// Why a file could not be taken; nothing of it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Parse(#[from] ParseError),
    #[error("`{found}` is no format that can be read; send one of {}", accepted())]
    UnknownFormat { found: String },
    #[error("{0}")]
    Compression(#[from] compression::CompressionError),
    #[error("{0}")]
    Csv(#[from] csv::CsvError),
    #[error("{0}")]
    Html(#[from] html::HtmlError),
    #[error("{0}")]
    NyPhil(#[from] nyphil::NyPhilError),
    #[error(
        "this is a ZIP archive, or a spreadsheet (.xlsx, .ods): save the sheet as CSV, or unpack the archive, and send that"
    )]
    Archive,
    #[error(
        "the format cannot be told from the content; name it, one of {}",
        accepted()
    )]
    UnclearFormat,
}

impl ReadError {
    /// Line and column where reading stopped, where they are known; both start at 1.
    pub fn position(&self) -> Option<(u64, u64)> {
        match self {
            Self::Parse(error) => error.position().map(|place| (place.line, place.column)),
            _ => None,
        }
    }
}

/// Names and media types of all importers, for messages.
fn accepted() -> String {
    IMPORTERS
        .iter()
        .map(|importer| format!("{} ({})", importer.name, importer.media_types.join(", ")))
        .collect::<Vec<_>>()
        .join(", ")
}

/// The importer with this name, media type (parameters such as `charset` are ignored), file
/// name extension or file name.
///
/// # Errors
/// When there is none; the error lists the accepted ones.
pub fn importer_for(format: &str) -> Result<&'static Importer, ReadError> {
    let wanted = format
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let by_name = |importer: &&Importer| {
        importer.name == wanted || importer.media_types.contains(&wanted.as_str())
    };
    let extension = match wanted.rsplit_once('.') {
        Some((_, extension)) if !extension.contains('/') => extension,
        _ => wanted.as_str(),
    };
    IMPORTERS
        .iter()
        .find(by_name)
        .or_else(|| {
            IMPORTERS
                .iter()
                .find(|importer| importer.extensions.contains(&extension))
        })
        .ok_or_else(|| ReadError::UnknownFormat {
            found: format.trim().to_owned(),
        })
}

/// Endings and media types that say how a file is written and not what it says.
const GENERIC: &[&str] = &[
    "json",
    "xml",
    "application/json",
    "application/xml",
    "text/xml",
];

/// The importer for a file, already unpacked: by the format that was named, else by the ending of
/// its name, else by its content. Where format or ending only say that it is JSON or XML, the
/// content goes first.
///
/// # Errors
/// When there is none, or it is not clear which.
pub fn importer_of(
    format: Option<&str>,
    name: &str,
    bytes: &[u8],
) -> Result<&'static Importer, ReadError> {
    let said = match format {
        Some(format) => Some(without_ending(format)),
        None => {
            let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
            without_ending(name)
                .rsplit_once('.')
                .map(|(_, ending)| ending)
        }
    };
    let Some(said) = said else {
        return sniff(bytes);
    };
    let essence = said.split(';').next().unwrap_or_default().trim();
    if GENERIC
        .iter()
        .any(|known| known.eq_ignore_ascii_case(essence))
        && let Ok(importer) = sniff(bytes)
    {
        return Ok(importer);
    }
    match importer_for(said) {
        Err(_) if format.is_none() => sniff(bytes),
        found => found,
    }
}

/// The importer for content of which nobody said what it is. It only answers when the content
/// leaves no doubt.
///
/// # Errors
/// When the content could be several things, or none.
pub fn sniff(bytes: &[u8]) -> Result<&'static Importer, ReadError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Err(ReadError::Archive);
    }
    // Enough for the prefixes of every file that people write.
    let mut start = bytes.get(..bytes.len().min(64 << 10)).unwrap_or(bytes);
    if let Err(error) = std::str::from_utf8(start)
        && error.error_len().is_none()
    {
        // Cut within a character.
        start = start.get(..error.valid_up_to()).unwrap_or(start);
    }
    let start = encoding::decode(start, None);
    let start = start.text.trim_start();
    let mut found = IMPORTERS
        .iter()
        .filter(|importer| (importer.recognises)(start));
    match (found.next(), found.next()) {
        (Some(importer), None) => Ok(importer),
        _ => Err(ReadError::UnclearFormat),
    }
}

/// What a file of Turtle or a line of N-Triples starts with: the first line that is no comment.
fn first_line(start: &str) -> &str {
    start
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default()
}

/// Whether the first line alone is a statement in this syntax.
fn opens_with_statement(start: &str, syntax: Syntax) -> bool {
    let first = first_line(start);
    (first.starts_with('<') || first.starts_with("_:"))
        && parse(first.as_bytes(), syntax, &ParseOptions::default())
            .is_ok_and(|parsed| !parsed.graph.is_empty())
}

/// A finding about a place in a file.
fn finding(
    severity: Severity,
    rule: &str,
    place: &str,
    value: Option<&str>,
    fr: String,
    en: String,
) -> Finding {
    Finding::door(severity, rule, place, None, value, Text::new(fr, en))
}

/// What the readers of RDF syntaxes are told.
fn parse_options(options: &ReadOptions, blank_prefix: String) -> ParseOptions {
    ParseOptions {
        base: options.base.clone(),
        depth: options.depth,
        size_bytes: options.size_bytes,
        blank_prefix,
        contexts: options.context.clone().into_iter().collect(),
        ..ParseOptions::default()
    }
}

/// What stands before the labels of a file's blank nodes.
fn blank_prefix(options: &ReadOptions) -> String {
    format!("f{}n", options.file)
}

/// Reads one RDF syntax; the importers' files name which.
fn read(bytes: &[u8], syntax: Syntax, options: &ReadOptions) -> Result<Reading, ReadError> {
    let options = parse_options(options, blank_prefix(options));
    let Parsed {
        graph,
        ignored_graphs,
        ignored_keys,
    } = parse(bytes, syntax, &options)?;
    Ok(Reading {
        graph,
        ignored_graphs,
        ignored_keys,
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_media_types_and_extensions_belong_to_one_importer_each() {
        let mut seen = std::collections::BTreeSet::new();
        for importer in IMPORTERS {
            let keys = std::iter::once(&importer.name)
                .chain(importer.media_types)
                .chain(importer.extensions.iter().filter(|e| **e != importer.name));
            for key in keys {
                assert!(seen.insert(*key), "{key}");
                assert_eq!(key.to_ascii_lowercase(), *key);
                assert_eq!(importer_for(key).map(|found| found.name), Ok(importer.name));
            }
        }
    }

    #[test]
    fn a_media_type_with_parameters_and_a_file_name_are_understood() {
        for (text, name) in [
            ("Text/Turtle; charset=utf-8", "turtle"),
            ("application/ld+json;profile=\"x\"", "jsonld"),
            ("programme.2026.ttl", "turtle"),
            ("/data/feed/programme.JSONLD", "jsonld"),
        ] {
            assert_eq!(importer_for(text).map(|found| found.name), Ok(name));
        }
    }

    #[test]
    fn a_wrong_media_type_is_named_with_those_that_are_accepted() {
        let message = importer_for("application/pdf")
            .expect_err("no importer")
            .to_string();
        assert!(message.contains("`application/pdf`"), "{message}");
        assert!(message.contains("text/turtle"), "{message}");
        assert!(message.contains("application/ld+json"), "{message}");
    }

    #[test]
    fn content_is_recognised_only_when_it_leaves_no_doubt() {
        let name = |text: &str| sniff(text.as_bytes()).map(|importer| importer.name).ok();
        assert_eq!(
            name("\n# programme\n@prefix ex: <http://a.example/> ."),
            Some("turtle")
        );
        assert_eq!(name("PREFIX ex: <http://a.example/>\n"), Some("turtle"));
        assert_eq!(
            name("{\n \"@context\": \"https://schema.org\"}"),
            Some("jsonld")
        );
        assert_eq!(name("[{\"@id\": \"http://a.example/\"}]"), Some("jsonld"));
        assert_eq!(
            name("<http://a.example/s> <http://a.example/p> \"x\" .\n"),
            Some("ntriples")
        );
        assert_eq!(
            name("<http://a.example/s> <http://a.example/p> \"x\" <http://a.example/g> .\n"),
            Some("nquads")
        );
        for unclear in [
            "",
            "{}",
            "lieu;jauge\nx;y",
            "<rss>",
            "[] a <http://a.example/c> .",
            "%PDF-1.7",
            "{ <http://a.example/s> a 1 }",
        ] {
            assert_eq!(name(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn two_files_of_one_submission_share_no_blank_node() {
        let text = b"_:a <http://a.example/p> _:b .";
        let subjects = |file: usize| {
            let options = ReadOptions {
                file,
                ..ReadOptions::default()
            };
            let reading = read(text, Syntax::Turtle, &options).expect("it reads");
            reading.graph.subjects()[0].to_string()
        };
        assert_ne!(subjects(0), subjects(1));
    }

    #[test]
    fn our_own_context_is_known_and_speaks_of_our_base() {
        let base: Base = "https://data.example.org/x".parse().expect("a base");
        let json = br#"{"@context": "https://data.example.org/x/context.jsonld",
            "@id": "http://a.example/1", "@type": "TheaterEvent", "sv:sansParoles": true, "name": "x"}"#;
        let importer = importer_for("jsonld").expect("an importer");
        let reading = (importer.read)(json, &ReadOptions::of(&base)).expect("it reads");
        let predicates: Vec<&str> = reading.graph.iter().map(|t| t.predicate.as_str()).collect();
        assert!(
            predicates.contains(&"https://data.example.org/x/ns#sansParoles"),
            "{predicates:?}"
        );
        assert!(
            predicates.contains(&"http://schema.org/name"),
            "{predicates:?}"
        );
    }
}
