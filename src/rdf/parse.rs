//! Reading RDF syntaxes into a [`Graph`], whole or not at all.
//!
//! Graph names are dropped and counted: what a sender says goes into the sender's own graph.
//! Nothing is ever fetched: the JSON-LD contexts that are known are built in, any other is an
//! error. Errors are for the person who sent the file: where, what, and what to do.

use crate::rdf::compact::Builder;
use crate::rdf::nesting::{Nesting, open_elements, too_deep};
use crate::rdf::{CompactGraph, Graph};
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::{BlankNode, GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxrdfxml::{RdfXmlParser, RdfXmlSyntaxError};
use oxttl::{NQuadsParser, NTriplesParser, TriGParser, TurtleParser, TurtleSyntaxError};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

/// The small schema.org context that stands in for the official one.
pub const SCHEMA_CONTEXT: &str = include_str!("schema-context.jsonld");

/// The IRIs under which schema.org's context is known. The final slash makes no difference.
const SCHEMA_CONTEXT_IRIS: &[&str] = &[
    "http://schema.org",
    "https://schema.org",
    "http://www.schema.org",
    "https://www.schema.org",
    "http://schema.org/docs/jsonldcontext.json",
    "https://schema.org/docs/jsonldcontext.json",
    "http://schema.org/docs/jsonldcontext.jsonld",
    "https://schema.org/docs/jsonldcontext.jsonld",
];

/// Room for the parsers that recurse: nesting is limited, so this never fills.
const STACK_BYTES: usize = 32 << 20;

/// The syntaxes that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    NTriples,
    NQuads,
    Turtle,
    TriG,
    JsonLd,
    RdfXml,
}

/// What the reader needs to know besides the bytes.
#[derive(Clone, Debug)]
pub struct ParseOptions {
    /// What relative IRIs are resolved against; without it they are an error.
    pub base: Option<String>,
    /// The most levels that brackets may nest.
    pub depth: usize,
    /// The most bytes that are read.
    pub size_bytes: usize,
    /// Put before every blank node's label, so that two files of one submission share none.
    pub blank_prefix: String,
    /// JSON-LD contexts that are built in besides schema.org's: IRI and document.
    pub contexts: Vec<(String, Vec<u8>)>,
    /// Takes a value of JSON-LD that should be an IRI and is none, such as an address with a
    /// space or with `{search_term}` in it, as a text, rather than refuse the file for it.
    pub takes_faulty_links: bool,
}

impl ParseOptions {
    pub const DEPTH: usize = 100;
    pub const SIZE_BYTES: usize = 256 << 20;
}

impl Default for ParseOptions {
    fn default() -> Self {
        Self {
            base: None,
            depth: Self::DEPTH,
            size_bytes: Self::SIZE_BYTES,
            blank_prefix: "b".to_owned(),
            contexts: Vec::new(),
            takes_faulty_links: false,
        }
    }
}

/// What was read.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    pub graph: Graph,
    /// The names of graphs in the file, which mean nothing here, and how many statements each
    /// held.
    pub ignored_graphs: BTreeMap<String, usize>,
    /// JSON-LD keys that no context gives a meaning, and how often each stood there. The
    /// JSON-LD standard drops them; the sender should know.
    pub ignored_keys: BTreeMap<String, usize>,
}

/// A place in a text; both numbers start at 1, columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub line: u64,
    pub column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why nothing was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error(
        "the file has {size_bytes} bytes, more than the limit of {limit_bytes}; split it, or raise the limit"
    )]
    TooLarge {
        size_bytes: usize,
        limit_bytes: usize,
    },
    #[error(
        "{position} (byte {offset}): not UTF-8; save the file with the encoding UTF-8 and send it again"
    )]
    NotUtf8 { position: Position, offset: usize },
    #[error(
        "{position}: brackets nest more than {limit} levels deep, which is the limit; flatten the file"
    )]
    TooDeep { position: Position, limit: usize },
    #[error(
        "with its entities expanded, the file has more than the limit of {limit_bytes} bytes; write the text of the entities in their place"
    )]
    Entities { limit_bytes: usize },
    #[error(
        "`{base}` cannot be the base IRI of a file: {reason}; write for example `https://www.example.org/`"
    )]
    Base { base: String, reason: String },
    #[error(
        "{}`{iri}` is a relative IRI and the file has no base; write whole IRIs, give the file a base (`@base`), or name one when sending it", at(*.position)
    )]
    RelativeIri {
        position: Option<Position>,
        iri: String,
    },
    #[error("{}`{iri}` is not an IRI: {reason}", at(*.position))]
    Iri {
        position: Option<Position>,
        iri: String,
        reason: String,
    },
    #[error("{}`{tag}` is not a language tag; write for example `fr` or `fr-CA`", at(*.position))]
    Language {
        position: Option<Position>,
        tag: String,
    },
    #[error(
        "{}the context `{iri}` is not built in, and no context is ever fetched; write the context into the file, or use `https://schema.org/`", at(*.position)
    )]
    UnknownContext {
        position: Option<Position>,
        iri: String,
    },
    #[error("{}the file ends too early: {message}; it was probably cut off, send the whole file", at(*.position))]
    Truncated {
        position: Option<Position>,
        message: String,
    },
    #[error("{}{message}", at(*.position))]
    Syntax {
        position: Option<Position>,
        message: String,
    },
    #[error(
        "the file could not be read: the reader stopped at something it does not know; nothing was taken"
    )]
    Reader,
}

impl ParseError {
    /// Where reading stopped, where that is known.
    pub fn position(&self) -> Option<Position> {
        match self {
            Self::NotUtf8 { position, .. } | Self::TooDeep { position, .. } => Some(*position),
            Self::RelativeIri { position, .. }
            | Self::Iri { position, .. }
            | Self::Language { position, .. }
            | Self::UnknownContext { position, .. }
            | Self::Truncated { position, .. }
            | Self::Syntax { position, .. } => *position,
            Self::TooLarge { .. } | Self::Entities { .. } | Self::Base { .. } | Self::Reader => {
                None
            }
        }
    }

    /// The same error in the middle of a larger text, of which `lines` lines stand before what
    /// was read.
    #[must_use]
    pub fn after_lines(mut self, lines: u64) -> Self {
        let position = match &mut self {
            Self::NotUtf8 { position, .. } | Self::TooDeep { position, .. } => Some(position),
            Self::RelativeIri { position, .. }
            | Self::Iri { position, .. }
            | Self::Language { position, .. }
            | Self::UnknownContext { position, .. }
            | Self::Truncated { position, .. }
            | Self::Syntax { position, .. } => position.as_mut(),
            Self::TooLarge { .. } | Self::Entities { .. } | Self::Base { .. } | Self::Reader => {
                None
            }
        };
        if let Some(position) = position {
            position.line = position.line.saturating_add(lines);
        }
        self
    }
}

fn at(position: Option<Position>) -> String {
    position.map_or_else(String::new, |position| format!("{position}: "))
}

/// What was read and means nothing here; see [`Parsed`].
#[derive(Clone, Debug, Default)]
pub struct Ignored {
    pub graphs: BTreeMap<String, usize>,
    pub keys: BTreeMap<String, usize>,
}

/// Reads a whole text.
///
/// # Errors
/// When any of it cannot be read; then nothing of it is taken.
pub fn parse(bytes: &[u8], syntax: Syntax, options: &ParseOptions) -> Result<Parsed, ParseError> {
    let mut graph = Graph::default();
    let ignored = parse_each(bytes, syntax, options, &mut |triple| {
        graph.insert(triple);
    })?;
    Ok(Parsed {
        graph,
        ignored_graphs: ignored.graphs,
        ignored_keys: ignored.keys,
    })
}

/// Reads a whole text into a graph of the small kind, keeping no other copy of it.
///
/// # Errors
/// When any of it cannot be read.
pub fn parse_compact(
    bytes: &[u8],
    syntax: Syntax,
    options: &ParseOptions,
) -> Result<(CompactGraph, Ignored), ParseError> {
    let mut builder = Builder::default();
    let ignored = parse_each(bytes, syntax, options, &mut |triple| {
        builder.push(triple.as_ref());
    })?;
    Ok((builder.finish(), ignored))
}

/// Hands each triple over as it is read; one that stands twice comes twice. All but JSON-LD is
/// read without keeping it.
///
/// # Errors
/// When any of it cannot be read; what was handed over before is to be thrown away.
pub fn parse_each(
    bytes: &[u8],
    syntax: Syntax,
    options: &ParseOptions,
    take: &mut (dyn FnMut(Triple) + Send),
) -> Result<Ignored, ParseError> {
    let text = text(bytes, options.size_bytes)?;
    let bytes = text.as_bytes();
    let nesting = match syntax {
        Syntax::JsonLd => Some(Nesting::Json),
        Syntax::Turtle | Syntax::TriG => Some(Nesting::Turtle),
        Syntax::RdfXml => Some(Nesting::Xml),
        Syntax::NTriples | Syntax::NQuads => None,
    };
    if let Some(offset) =
        nesting.and_then(|nesting| too_deep(text.as_bytes(), nesting, options.depth))
    {
        return Err(ParseError::TooDeep {
            position: position_of(bytes, offset),
            limit: options.depth,
        });
    }
    if let Some(base) = &options.base
        && let Err(error) = NamedNode::new(base)
    {
        return Err(ParseError::Base {
            base: base.clone(),
            reason: error.to_string(),
        });
    }
    on_a_large_stack(|| {
        let mut reading = Reading::new(options, take);
        match syntax {
            Syntax::NTriples => {
                for triple in NTriplesParser::new().for_slice(text) {
                    let triple = triple.map_err(|error| turtle_error(&error, text, options))?;
                    reading.add(triple.in_graph(GraphName::DefaultGraph));
                }
            }
            Syntax::NQuads => {
                for quad in NQuadsParser::new().for_slice(text) {
                    reading.add(quad.map_err(|error| turtle_error(&error, text, options))?);
                }
            }
            Syntax::Turtle => {
                let parser = with_base(TurtleParser::new(), options, TurtleParser::with_base_iri)?;
                for triple in parser.for_slice(text) {
                    let triple = triple.map_err(|error| turtle_error(&error, text, options))?;
                    reading.add(triple.in_graph(GraphName::DefaultGraph));
                }
            }
            Syntax::TriG => {
                let parser = with_base(TriGParser::new(), options, TriGParser::with_base_iri)?;
                for quad in parser.for_slice(text) {
                    reading.add(quad.map_err(|error| turtle_error(&error, text, options))?);
                }
            }
            Syntax::JsonLd => json_ld(text, options, &mut reading)?,
            Syntax::RdfXml => rdf_xml(text, options, &mut reading)?,
        }
        Ok(reading.ignored)
    })
}

/// Whether a file is within the limit.
///
/// # Errors
/// When it is larger.
pub fn check_size(bytes: &[u8], limit_bytes: usize) -> Result<(), ParseError> {
    if bytes.len() > limit_bytes {
        return Err(ParseError::TooLarge {
            size_bytes: bytes.len(),
            limit_bytes,
        });
    }
    Ok(())
}

/// The text of a file, without its byte order mark.
///
/// # Errors
/// When it is larger than the limit or no UTF-8.
pub fn text(bytes: &[u8], limit_bytes: usize) -> Result<&str, ParseError> {
    check_size(bytes, limit_bytes)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| ParseError::NotUtf8 {
        position: position_of(bytes, error.valid_up_to()),
        offset: error.valid_up_to(),
    })
}

/// Runs a parser where a panic of it, or its hunger for stack, ends nothing but the reading.
fn on_a_large_stack(
    read: impl FnOnce() -> Result<Ignored, ParseError> + Send,
) -> Result<Ignored, ParseError> {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("reader".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, read)
            .map_or(Err(ParseError::Reader), |reader| {
                reader.join().unwrap_or(Err(ParseError::Reader))
            })
    })
}

pub(super) fn with_base<P, E: fmt::Display>(
    parser: P,
    options: &ParseOptions,
    set: impl FnOnce(P, String) -> Result<P, E>,
) -> Result<P, ParseError> {
    match &options.base {
        None => Ok(parser),
        Some(base) => set(parser, base.clone()).map_err(|error| ParseError::Base {
            base: base.clone(),
            reason: error.to_string(),
        }),
    }
}

/// The labels of one file's blank nodes, which depend on nothing but their order.
pub(super) struct Labels<'a> {
    labels: FxHashMap<BlankNode, BlankNode>,
    prefix: &'a str,
}

impl<'a> Labels<'a> {
    pub(super) fn new(options: &'a ParseOptions) -> Self {
        Self {
            labels: FxHashMap::default(),
            prefix: &options.blank_prefix,
        }
    }

    pub(super) fn subject(&mut self, node: NamedOrBlankNode) -> NamedOrBlankNode {
        match node {
            NamedOrBlankNode::BlankNode(node) => self.of(node).into(),
            node => node,
        }
    }

    pub(super) fn object(&mut self, term: Term) -> Term {
        match term {
            Term::BlankNode(node) => self.of(node).into(),
            term => term,
        }
    }

    fn of(&mut self, node: BlankNode) -> BlankNode {
        let next = self.labels.len();
        let prefix = self.prefix;
        self.labels
            .entry(node)
            .or_insert_with(|| BlankNode::new_unchecked(format!("{prefix}{next}")))
            .clone()
    }
}

/// Hands statements on.
struct Reading<'a> {
    take: &'a mut (dyn FnMut(Triple) + Send),
    ignored: Ignored,
    labels: Labels<'a>,
}

impl<'a> Reading<'a> {
    fn new(options: &'a ParseOptions, take: &'a mut (dyn FnMut(Triple) + Send)) -> Self {
        Self {
            take,
            ignored: Ignored::default(),
            labels: Labels::new(options),
        }
    }

    fn add(&mut self, quad: Quad) {
        match quad.graph_name {
            GraphName::DefaultGraph => {}
            GraphName::NamedNode(name) => self.ignore_graph(name.into_string()),
            // A blank graph's label says nothing to the sender.
            GraphName::BlankNode(_) => self.ignore_graph("_:".to_owned()),
        }
        let subject = self.labels.subject(quad.subject);
        let object = self.labels.object(quad.object);
        (self.take)(Triple::new(subject, quad.predicate, object));
    }

    fn ignore_graph(&mut self, name: String) {
        *self.ignored.graphs.entry(name).or_default() += 1;
    }
}

fn rdf_xml(
    text: &str,
    options: &ParseOptions,
    reading: &mut Reading<'_>,
) -> Result<(), ParseError> {
    if expanded_bytes(text) > options.size_bytes {
        return Err(ParseError::Entities {
            limit_bytes: options.size_bytes,
        });
    }
    let parser = with_base(RdfXmlParser::new(), options, RdfXmlParser::with_base_iri)?;
    let mut triples = parser.for_slice(text);
    while let Some(triple) = triples.next() {
        let triple = triple.map_err(|error| {
            let offset = usize::try_from(triples.buffer_position()).unwrap_or(text.len());
            rdf_xml_error(&error, text, offset.min(text.len()), options)
        })?;
        reading.add(triple.in_graph(GraphName::DefaultGraph));
    }
    // The parser takes a file that ends in the middle of its elements for whole.
    let has_element = text
        .split('<')
        .skip(1)
        .any(|rest| rest.starts_with(|c: char| c.is_alphabetic() || c == '_'));
    let open = open_elements(text.as_bytes(), usize::MAX).unwrap_or_default();
    if has_element && open == 0 {
        return Ok(());
    }
    Err(ParseError::Truncated {
        position: Some(position_of(text.as_bytes(), text.len())),
        message: format!("{open} elements are still open"),
    })
}

/// How long an XML text is once its entities stand for what they are declared to be. Each may be
/// made of those declared before it, so that ten lines can ask for gigabytes.
fn expanded_bytes(text: &str) -> usize {
    let mut sizes: FxHashMap<&str, usize> = FxHashMap::default();
    let expanded = |text: &str, sizes: &FxHashMap<&str, usize>| -> usize {
        text.split('&')
            .skip(1)
            .filter_map(|rest| sizes.get(rest.split_once(';')?.0))
            .fold(text.len(), |sum, size| sum.saturating_add(*size))
    };
    let mut declared = 0_usize;
    for declaration in text.split("<!ENTITY").skip(1) {
        let mut quoted = declaration.splitn(3, '"');
        let name = quoted.next().unwrap_or_default();
        let name = name.trim().trim_start_matches('%').trim();
        let Some(value) = quoted.next() else {
            continue;
        };
        let size = expanded(value, &sizes);
        declared = declared.saturating_add(size);
        let known = sizes.entry(name).or_default();
        *known = size.max(*known);
    }
    declared.saturating_add(expanded(text, &sizes))
}

fn rdf_xml_error(
    error: &RdfXmlSyntaxError,
    text: &str,
    offset: usize,
    options: &ParseOptions,
) -> ParseError {
    let position = Some(position_of(text.as_bytes(), offset));
    let message = sentence(&error.to_string());
    if let Some((iri, reason)) = message
        .strip_prefix("error while parsing IRI '")
        .and_then(|rest| rest.rsplit_once("': "))
    {
        return iri_error(position, iri, reason, options);
    }
    if text.get(offset..).unwrap_or_default().trim().is_empty() {
        ParseError::Truncated { position, message }
    } else {
        ParseError::Syntax { position, message }
    }
}

fn json_ld(
    text: &str,
    options: &ParseOptions,
    reading: &mut Reading<'_>,
) -> Result<(), ParseError> {
    // The parser in its strict mode silently drops what has an IRI that it cannot read. In its
    // lenient mode it hands everything over, and the check below says what is wrong.
    let parser = with_base(
        JsonLdParser::new().lenient(),
        options,
        JsonLdParser::with_base_iri,
    )?;
    let unknown = Arc::new(Mutex::new(None));
    let refused = Arc::clone(&unknown);
    let contexts = options.contexts.clone();
    let parser = parser
        .for_slice(text)
        .with_load_document_callback(move |iri, _| match built_in_context(iri, &contexts) {
            Some(document) => Ok(JsonLdRemoteDocument {
                document,
                document_url: iri.to_owned(),
            }),
            None => {
                if let Ok(mut refused) = refused.lock() {
                    refused.get_or_insert_with(|| iri.to_owned());
                }
                Err(format!("`{iri}` is not built in").into())
            }
        });
    // What a key without a meaning held is known to be nobody else's only at the end.
    let mut graph = Graph::default();
    let mut collect = |triple| {
        graph.insert(triple);
    };
    let mut collecting = Reading::new(options, &mut collect);
    let mut orphans = Vec::new();
    for quad in parser {
        let quad = quad.map_err(|error| {
            if let Some(iri) = unknown.lock().ok().and_then(|mut iri| iri.take()) {
                return ParseError::UnknownContext {
                    position: position_of_json_text(text, &iri),
                    iri,
                };
            }
            let offset = error
                .location()
                .and_then(|location| usize::try_from(location.start.offset).ok())
                .map(|offset| offset.min(text.len()));
            let position = offset.map(|offset| position_of(text.as_bytes(), offset));
            let message = error.to_string();
            // The position stands in front of our message already.
            let message = match message.split_once(": ") {
                Some((place, message)) if place.starts_with("Parser error at") => message,
                _ => message.as_str(),
            };
            let message = sentence(message);
            if offset.is_some_and(|offset| offset >= text.trim_end().len())
                || (offset.is_some() && message.contains("end of file"))
            {
                ParseError::Truncated { position, message }
            } else {
                ParseError::Syntax { position, message }
            }
        })?;
        match checked(quad, text, options)? {
            Checked::Quad(quad) => collecting.add(quad),
            Checked::Key(key, value) => {
                *collecting.ignored.keys.entry(key).or_default() += 1;
                if let Term::BlankNode(node) = value {
                    orphans.push(collecting.labels.of(node));
                }
            }
        }
    }
    reading.ignored = collecting.ignored;
    let gone = gone(&graph, orphans);
    graph
        .into_iter()
        .filter(|triple| !gone.contains(&triple.subject))
        .for_each(&mut reading.take);
    Ok(())
}

/// These nodes, unless something points to them, and what only they pointed to.
fn gone(graph: &Graph, nodes: Vec<BlankNode>) -> FxHashSet<NamedOrBlankNode> {
    let mut gone: FxHashSet<NamedOrBlankNode> = FxHashSet::default();
    let mut waiting = nodes;
    while let Some(node) = waiting.pop() {
        let is_pointed_to = graph
            .pointing_to(&node.clone().into())
            .any(|triple| !gone.contains(&triple.subject));
        let node = NamedOrBlankNode::from(node);
        if is_pointed_to || !gone.insert(node.clone()) {
            continue;
        }
        waiting.extend(
            graph
                .about(&node)
                .filter_map(|triple| match &triple.object {
                    Term::BlankNode(child) => Some(child.clone()),
                    _ => None,
                }),
        );
    }
    gone
}

fn built_in_context(iri: &str, contexts: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    if let Some((_, document)) = contexts.iter().find(|(known, _)| known == iri) {
        return Some(document.clone());
    }
    SCHEMA_CONTEXT_IRIS
        .contains(&iri.trim_end_matches('/'))
        .then(|| SCHEMA_CONTEXT.as_bytes().to_vec())
}

enum Checked {
    Quad(Quad),
    /// A key that no context gives a meaning, and its value.
    Key(String, Term),
}

/// Checks what the lenient JSON-LD parser let pass.
fn checked(quad: Quad, text: &str, options: &ParseOptions) -> Result<Checked, ParseError> {
    let predicate = quad.predicate.as_str();
    if !predicate.contains(':') {
        return Ok(Checked::Key(predicate.to_owned(), quad.object));
    }
    check_iri(predicate, text)?;
    if let NamedOrBlankNode::NamedNode(iri) = &quad.subject {
        check_iri(iri.as_str(), text)?;
    }
    if let NamedOrBlankNode::BlankNode(node) = &quad.subject {
        check_label(node, text)?;
    }
    let object = match quad.object {
        Term::NamedNode(iri) => match check_iri(iri.as_str(), text) {
            Err(ParseError::Iri { iri, .. }) if options.takes_faulty_links => {
                Term::Literal(Literal::new_simple_literal(iri))
            }
            checked => {
                checked?;
                Term::NamedNode(iri)
            }
        },
        Term::BlankNode(node) => {
            check_label(&node, text)?;
            Term::BlankNode(node)
        }
        Term::Literal(literal) => Term::Literal(check_literal(literal, text)?),
    };
    Ok(Checked::Quad(Quad::new(
        quad.subject,
        quad.predicate,
        object,
        quad.graph_name,
    )))
}

fn check_iri(iri: &str, text: &str) -> Result<(), ParseError> {
    match NamedNode::new(iri) {
        Ok(_) => Ok(()),
        Err(error) => {
            let position = position_of_json_text(text, iri);
            let reason = sentence(&error.to_string());
            let iri = iri.to_owned();
            Err(if has_scheme(&iri) || iri.contains(char::is_whitespace) {
                ParseError::Iri {
                    position,
                    iri,
                    reason,
                }
            } else {
                ParseError::RelativeIri { position, iri }
            })
        }
    }
}

fn check_label(node: &BlankNode, text: &str) -> Result<(), ParseError> {
    BlankNode::new(node.as_str())
        .map(|_| ())
        .map_err(|_| ParseError::Syntax {
            position: position_of_json_text(text, node.as_str()),
            message: format!(
                "`_:{}` is not the label of a blank node; use letters and digits",
                node.as_str()
            ),
        })
}

fn check_literal(literal: Literal, text: &str) -> Result<Literal, ParseError> {
    if let Some(tag) = literal.language() {
        // Java and POSIX write `fr_FR`; nothing else can be meant.
        return Literal::new_language_tagged_literal(literal.value(), tag.replace('_', "-"))
            .map_err(|_| ParseError::Language {
                position: position_of_json_text(text, tag),
                tag: tag.to_owned(),
            });
    }
    check_iri(literal.datatype().as_str(), text)?;
    Ok(literal)
}

/// Whether the text starts like an absolute IRI (RFC 3986 §3.1).
fn has_scheme(iri: &str) -> bool {
    iri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Says what an oxttl error means for the sender.
fn turtle_error(error: &TurtleSyntaxError, text: &str, options: &ParseOptions) -> ParseError {
    let location = error.location();
    let offset = |offset: u64| usize::try_from(offset).map_or(text.len(), |o| o.min(text.len()));
    let (start, end) = (offset(location.start.offset), offset(location.end.offset));
    let position = Some(position_of(text.as_bytes(), start));
    let found = text.get(start..end).unwrap_or_default();
    let message = sentence(error.message());
    // At the very end of the text: the parser wanted more, or the last statement has no end.
    let at_the_end = text.get(end..).unwrap_or_default().trim().is_empty();
    if at_the_end && (message.contains("unexpected end") || !text.trim_end().ends_with(['.', '}']))
    {
        return ParseError::Truncated { position, message };
    }
    if let Some(iri) = found
        .strip_prefix('<')
        .map(|iri| iri.strip_suffix('>').unwrap_or(iri))
        && !iri.contains('>')
    {
        return iri_error(position, iri, &message, options);
    }
    let message = if found.is_empty() {
        message
    } else {
        format!("found `{}`: {message}", shortened(found))
    };
    ParseError::Syntax { position, message }
}

/// An IRI that cannot be read, or one that needs a base which nobody gave.
fn iri_error(
    position: Option<Position>,
    iri: &str,
    reason: &str,
    options: &ParseOptions,
) -> ParseError {
    if options.base.is_none() && !has_scheme(iri) && !iri.contains(char::is_whitespace) {
        ParseError::RelativeIri {
            position,
            iri: iri.to_owned(),
        }
    } else {
        ParseError::Iri {
            position,
            iri: shortened(iri),
            reason: reason.to_owned(),
        }
    }
}

/// A library's message as ours: one line, lower case at the start.
fn sentence(message: &str) -> String {
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = message.chars();
    match chars.next() {
        Some(first) if !chars.as_str().starts_with(|c: char| c.is_uppercase()) => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => message,
    }
}

/// At most eighty characters of what was found.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// The line and column of a byte offset.
fn position_of(bytes: &[u8], offset: usize) -> Position {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line_start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let lines = before.iter().filter(|byte| **byte == b'\n').count();
    let columns = String::from_utf8_lossy(before.get(line_start..).unwrap_or_default())
        .chars()
        .count();
    Position {
        line: lines as u64 + 1,
        column: columns as u64 + 1,
    }
}

/// Where a value stands in a JSON text, if it stands there as it is. The JSON-LD parser tells no
/// positions, and this one is right unless a context put the value together.
fn position_of_json_text(text: &str, value: &str) -> Option<Position> {
    let quoted = serde_json::to_string(value).ok()?;
    let offset = text.find(&quoted).or_else(|| {
        let inner = quoted.trim_matches('"');
        // The end of what a context or a base completed.
        let tail = inner.rsplit(['/', '#', ':']).next()?;
        (!tail.is_empty()).then(|| text.find(tail)).flatten()
    })?;
    Some(position_of(text.as_bytes(), offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, syntax: Syntax) -> Result<Parsed, ParseError> {
        parse(text.as_bytes(), syntax, &ParseOptions::default())
    }

    fn error(text: &str, syntax: Syntax) -> String {
        match read(text, syntax) {
            Ok(parsed) => panic!("read {} triples", parsed.graph.len()),
            Err(error) => error.to_string(),
        }
    }

    fn with_base(text: &str, syntax: Syntax) -> Parsed {
        let options = ParseOptions {
            base: Some("https://theatre.example/".to_owned()),
            ..ParseOptions::default()
        };
        parse(text.as_bytes(), syntax, &options).expect("it reads")
    }

    #[test]
    fn graph_names_are_dropped_and_counted() {
        let parsed = read(
            "<http://a.example/s> <http://a.example/p> \"1\" <http://a.example/g> .\n\
             <http://a.example/s> <http://a.example/p> \"2\" <http://a.example/g> .\n\
             <http://a.example/s> <http://a.example/p> \"1\" .\n",
            Syntax::NQuads,
        )
        .expect("it reads");
        assert_eq!(parsed.graph.len(), 2);
        assert_eq!(
            parsed.ignored_graphs,
            BTreeMap::from([("http://a.example/g".to_owned(), 2)])
        );
        let parsed = read(
            "@prefix ex: <http://a.example/> . ex:g { ex:s ex:p 1, 2 } ex:s ex:p 3 . [] { ex:s ex:p 4 }",
            Syntax::TriG,
        )
        .expect("it reads");
        assert_eq!(parsed.graph.len(), 4);
        assert_eq!(parsed.ignored_graphs.len(), 2);
    }

    #[test]
    fn labels_depend_on_their_order_only() {
        let text = "[] <http://a.example/p> [ <http://a.example/q> _:x ] . _:x <http://a.example/p> _:b0 .";
        let one = read(text, Syntax::Turtle).expect("it reads");
        let two = read(text, Syntax::Turtle).expect("it reads");
        assert!(one.graph.iter().eq(two.graph.iter()));
        let options = ParseOptions {
            blank_prefix: "f1b".to_owned(),
            ..ParseOptions::default()
        };
        let other = parse(text.as_bytes(), Syntax::Turtle, &options).expect("it reads");
        assert!(other.graph.subjects().iter().all(|s| match s {
            NamedOrBlankNode::BlankNode(node) => node.as_str().starts_with("f1b"),
            NamedOrBlankNode::NamedNode(_) => false,
        }));
    }

    #[test]
    fn a_turtle_error_says_where_and_what() {
        let message = error(
            "@prefix ex: <http://a.example/> .\nex:s ex:p ex:o .\nex:s é ex:o .\n",
            Syntax::Turtle,
        );
        assert!(message.starts_with("line 3, column 6: found"), "{message}");
        let message = error("ex:s ex:p ex:o .", Syntax::Turtle);
        assert!(message.starts_with("line 1, column 1"), "{message}");
        assert!(message.contains("ex:"), "{message}");
    }

    #[test]
    fn a_truncated_file_is_an_error_in_every_syntax() {
        for (syntax, text) in [
            (
                Syntax::NTriples,
                "<http://a.example/s> <http://a.example/p> \"1\" .\n<http://a.example/s> <http://a.exa",
            ),
            (
                Syntax::NTriples,
                "<http://a.example/s> <http://a.example/p> \"1\" .\n<http://a.example/s> <http://a.example/p>",
            ),
            (
                Syntax::NQuads,
                "<http://a.example/s> <http://a.example/p> \"1\" .\n<http://a.example/s> <http://a.example/p> \"abc",
            ),
            (
                Syntax::Turtle,
                "@prefix ex: <http://a.example/> .\nex:s ex:p ex:o ;\n  ex:q \"abc",
            ),
            (
                Syntax::Turtle,
                "@prefix ex: <http://a.example/> .\nex:s ex:p ex:o ;\n  ex:q [ ex:p 1 ;",
            ),
            (
                Syntax::Turtle,
                "@prefix ex: <http://a.example/> .\nex:s ex:p ex:o ;\n  ex:q ",
            ),
            (
                Syntax::TriG,
                "@prefix ex: <http://a.example/> .\nex:g { ex:s ex:p ex:o .",
            ),
            (
                Syntax::JsonLd,
                "{\"@context\": \"https://schema.org\",\n \"@type\": \"Event\", \"name\": \"abc",
            ),
            (
                Syntax::JsonLd,
                "{\"@context\": \"https://schema.org\",\n \"@type\": \"Event\", \"location\": {\"name\": \"abc\"}",
            ),
        ] {
            let message = error(text, syntax);
            assert!(message.contains("ends too early"), "{syntax:?}: {message}");
        }
    }

    #[test]
    fn relative_iris_without_a_base_are_named_and_with_one_resolved() {
        let turtle = "\n<programme/1> <http://a.example/p> \"x\" .";
        let message = error(turtle, Syntax::Turtle);
        assert!(
            message.starts_with("line 2, column 1: `programme/1` is a relative IRI"),
            "{message}"
        );
        let json =
            "{\"@context\": \"https://schema.org/\",\n\"@id\": \"programme/1\", \"name\": \"x\"}";
        let message = error(json, Syntax::JsonLd);
        assert!(
            message.starts_with("line 2, column 8: `programme/1` is a relative IRI"),
            "{message}"
        );
        for parsed in [
            with_base(turtle, Syntax::Turtle),
            with_base(json, Syntax::JsonLd),
        ] {
            assert_eq!(
                parsed.graph.subjects()[0].to_string(),
                "<https://theatre.example/programme/1>"
            );
        }
    }

    #[test]
    fn an_iri_with_spaces_is_an_error_that_shows_it() {
        let message = error(
            "<http://a.example/s p> <http://a.example/p> 1 .",
            Syntax::Turtle,
        );
        assert!(message.contains("is not an IRI"), "{message}");
        let message = error(
            "<http://a.example/s> <http://a.example/p> <http://a.example/o o> .",
            Syntax::NTriples,
        );
        assert!(message.contains("is not an IRI"), "{message}");
        for json in [
            "{\"@context\": \"https://schema.org/\", \"@id\": \"http://a.example/s p\", \"name\": \"x\"}",
            "{\"@context\": \"https://schema.org/\", \"@id\": \"http://a.example/s\", \"url\": \"http://a.example/u u\"}",
        ] {
            let message = error(json, Syntax::JsonLd);
            assert!(
                message.contains("line 1, column") && message.contains("is not an IRI"),
                "{message}"
            );
        }
        let json = "{\"@context\": \"https://schema.org/\", \"@id\": \"a b\", \"name\": \"x\"}";
        let options = ParseOptions {
            base: Some("https://theatre.example/".to_owned()),
            ..ParseOptions::default()
        };
        assert!(parse(json.as_bytes(), Syntax::JsonLd, &options).is_err());
    }

    #[test]
    fn invalid_utf_8_is_shown_with_its_line_and_byte() {
        let bytes = b"<http://a.example/s> <http://a.example/p> \"a\" .\n# \xE9t\xE9\n";
        for syntax in [Syntax::NTriples, Syntax::Turtle, Syntax::JsonLd] {
            assert_eq!(
                parse(bytes, syntax, &ParseOptions::default()).map(|p| p.graph.len()),
                Err(ParseError::NotUtf8 {
                    position: Position { line: 2, column: 3 },
                    offset: 50
                })
            );
        }
    }

    #[test]
    fn deep_nesting_is_an_error_that_names_the_limit() {
        let json = format!(
            "{{\"@context\": \"https://schema.org/\", \"location\": {}{}}}",
            "{\"location\":".repeat(10_000),
            "1".to_owned() + &"}".repeat(10_000)
        );
        let message = error(&json, Syntax::JsonLd);
        assert!(message.contains("100 levels"), "{message}");
        let turtle = format!(
            "<http://a.example/s> <http://a.example/p> {}",
            "[<http://a.example/p>".repeat(10_000)
        );
        assert!(error(&turtle, Syntax::Turtle).contains("100 levels"));
        assert!(error(&turtle, Syntax::TriG).contains("100 levels"));
    }

    #[test]
    fn nesting_at_the_limit_is_read() {
        let json = format!(
            "{{\"@context\": \"https://schema.org/\", \"location\": {}\"x\"{}}}",
            "{\"location\":".repeat(98),
            "}".repeat(98)
        );
        assert_eq!(
            read(&json, Syntax::JsonLd).expect("it reads").graph.len(),
            99
        );
    }

    #[test]
    fn a_file_over_the_size_limit_is_not_begun() {
        let options = ParseOptions {
            size_bytes: 10,
            ..ParseOptions::default()
        };
        let result = parse(b"# a comment", Syntax::Turtle, &options);
        assert!(matches!(result, Err(ParseError::TooLarge { .. })));
    }

    #[test]
    fn schema_org_s_context_is_built_in_under_all_its_names_and_no_other() {
        for context in [
            "http://schema.org",
            "https://schema.org",
            "http://schema.org/",
            "https://schema.org/",
            "https://schema.org/docs/jsonldcontext.json",
            "https://schema.org/docs/jsonldcontext.jsonld",
        ] {
            let json = format!(
                "{{\"@context\": \"{context}\", \"@id\": \"http://a.example/1\", \"@type\": \"Event\", \
                 \"url\": \"http://a.example/u\", \"name\": {{\"@value\": \"Nuit\", \"@language\": \"FR\"}}, \
                 \"eventStatus\": \"https://schema.org/EventScheduled\"}}"
            );
            let parsed = read(&json, Syntax::JsonLd).expect("it reads");
            let lines: Vec<String> = parsed.graph.iter().map(ToString::to_string).collect();
            assert_eq!(
                lines,
                [
                    "<http://a.example/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Event>",
                    "<http://a.example/1> <http://schema.org/url> <http://a.example/u>",
                    "<http://a.example/1> <http://schema.org/name> \"Nuit\"@fr",
                    "<http://a.example/1> <http://schema.org/eventStatus> \"https://schema.org/EventScheduled\"",
                ]
            );
        }
        let message = error(
            "{\n\"@context\": [\"https://schema.org\", \"https://evil.example/c\"], \"name\": \"x\"}",
            Syntax::JsonLd,
        );
        assert!(
            message.starts_with(
                "line 2, column 36: the context `https://evil.example/c` is not built in"
            ),
            "{message}"
        );
    }

    #[test]
    fn a_context_of_ours_can_be_built_in() {
        let options = ParseOptions {
            contexts: vec![(
                "https://data.example.org/context.jsonld".to_owned(),
                br#"{"@context": {"nom": "http://schema.org/name"}}"#.to_vec(),
            )],
            ..ParseOptions::default()
        };
        let json = r#"{"@context": "https://data.example.org/context.jsonld", "@id": "http://a.example/1", "nom": "x"}"#;
        let parsed = parse(json.as_bytes(), Syntax::JsonLd, &options).expect("it reads");
        assert_eq!(parsed.graph.len(), 1);
    }

    #[test]
    fn keys_without_a_meaning_are_counted() {
        let json = r#"{"@context": {"name": "http://schema.org/name"}, "@id": "http://a.example/1", "name": "x", "prix": 12, "lieu": {"name": "y"}}"#;
        let parsed = read(json, Syntax::JsonLd).expect("it reads");
        assert_eq!(
            parsed.ignored_keys,
            BTreeMap::from([("lieu".to_owned(), 1), ("prix".to_owned(), 1)])
        );
        assert_eq!(parsed.graph.len(), 1);
    }

    #[test]
    fn a_language_tag_in_java_s_spelling_is_understood_and_nonsense_is_not() {
        let json = |tag: &str| {
            format!(
                r#"{{"@context": "https://schema.org/", "@id": "http://a.example/1", "name": {{"@value": "x", "@language": "{tag}"}}}}"#
            )
        };
        let parsed = read(&json("fr_CA"), Syntax::JsonLd).expect("it reads");
        assert!(
            parsed
                .graph
                .iter()
                .any(|t| t.object.to_string() == "\"x\"@fr-ca")
        );
        assert!(error(&json("français"), Syntax::JsonLd).contains("language tag"));
    }

    #[test]
    fn keys_in_any_order_are_read() {
        let json = r#"{"name": {"@language": "fr", "@value": "x"}, "startDate": {"@type": "http://www.w3.org/2001/XMLSchema#date", "@value": "2026-11-25"}, "@id": "http://a.example/1", "@type": "Event", "@context": "https://schema.org/"}"#;
        assert_eq!(read(json, Syntax::JsonLd).expect("it reads").graph.len(), 3);
    }

    #[test]
    fn json_that_is_no_json_says_where() {
        let message = error("{\n  \"name\": 'x'\n}", Syntax::JsonLd);
        assert!(message.starts_with("line 2, column 11"), "{message}");
    }

    /// What senders write, in each syntax.
    const SAMPLES: &[(Syntax, &str)] = &[
        (
            Syntax::JsonLd,
            r#"{"@context": "https://schema.org/", "@id": "http://a.example/1", "@type": ["Event", "TheaterEvent"], "name": {"@value": "Été", "@language": "fr"}, "location": {"@type": "Place", "name": "x", "url": "http://a.example/u"}, "performer": [{"@id": "_:a"}, 12.5, true, null]}"#,
        ),
        (
            Syntax::Turtle,
            "<http://a.example/s> a <http://a.example/C> ; <http://a.example/p> \"é\\n\"@fr-CA, [ <http://a.example/q> ( 1 2.5 \"\"\"long \"text\"\"\" ) ], true .",
        ),
        (
            Syntax::TriG,
            "<http://a.example/g> { <http://a.example/s> <http://a.example/p> 'é'^^<http://a.example/d>, _:b }",
        ),
        (
            Syntax::NTriples,
            "<http://a.example/s> <http://a.example/p> \"\\u00E9\"@fr .",
        ),
        (
            Syntax::RdfXml,
            "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY s \"http://schema.org/\">]><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:s=\"http://schema.org/\"><s:Event r:about=\"http://a.example/1\"><s:name xml:lang=\"fr\">Été &amp; &s;</s:name><s:location r:parseType=\"Resource\"><s:name>x</s:name></s:location><s:x r:parseType=\"Literal\"><b/></s:x></s:Event></r:RDF>",
        ),
        (
            Syntax::NQuads,
            "_:a <http://a.example/p> <http://a.example/o> <http://a.example/g> .",
        ),
    ];

    #[test]
    fn entities_are_read_and_a_bomb_of_them_stops_at_the_limit() {
        let rdf = |doctype: &str, name: &str| {
            format!(
                "<!DOCTYPE r [{doctype}]><r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:s=\"http://schema.org/\"><r:Description r:about=\"http://a.example/1\"><s:name>{name}</s:name></r:Description></r:RDF>"
            )
        };
        let parsed = read(
            &rdf("<!ENTITY t \"Théâtre\"><!ENTITY u \"&t; !\">", "&u;"),
            Syntax::RdfXml,
        )
        .expect("it reads");
        assert!(
            parsed
                .graph
                .iter()
                .any(|t| t.object.to_string() == "\"Théâtre !\"")
        );
        // Each is ten times the one before: a billion laughs.
        let mut laughs = "<!ENTITY l0 \"lol lol lol \">".to_owned();
        for level in 1..12 {
            let ten = format!("&l{};", level - 1).repeat(10);
            laughs.push_str(&format!("<!ENTITY l{level} \"{ten}\">"));
        }
        let message = error(&rdf(&laughs, "&l11;"), Syntax::RdfXml);
        assert!(message.contains("entities"), "{message}");
        // One long one, used often.
        let long = format!("<!ENTITY l \"{}\">", "x".repeat(1 << 20));
        let message = error(&rdf(&long, &"&l;".repeat(1 << 10)), Syntax::RdfXml);
        assert!(message.contains("entities"), "{message}");
    }

    #[test]
    fn an_error_in_xml_says_where() {
        let head = "<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n";
        let message = error(
            &format!("{head}<r:Description r:about=\"a\"/>\n</r:RDF>"),
            Syntax::RdfXml,
        );
        assert!(
            message.starts_with("line 2") && message.contains("relative IRI"),
            "{message}"
        );
        let message = error(
            &format!("{head}<r:Description>\n</r:Bag></r:RDF>"),
            Syntax::RdfXml,
        );
        assert!(message.starts_with("line 3"), "{message}");
    }

    #[test]
    fn a_statement_cut_anywhere_is_an_error() {
        for (syntax, text) in SAMPLES {
            assert!(read(text, *syntax).is_ok(), "{syntax:?}");
            for end in 1..text.len() {
                let cut = text.as_bytes().get(..end).expect("within the text");
                let result = parse(cut, *syntax, &ParseOptions::default());
                let what = String::from_utf8_lossy(cut);
                assert!(result.is_err(), "{syntax:?} {what}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_bytes_are_an_error_and_no_panic(
            sample in 0..SAMPLES.len(),
            at: proptest::sample::Index,
            insert in "\\PC{0,6}|[\\[{(<\"'\\\\:@,;._ -]{0,6}",
            removed in 0..12_usize,
        ) {
            let (syntax, text) = SAMPLES[sample];
            let mut bytes = text.as_bytes().to_vec();
            let at = at.index(bytes.len());
            let end = (at + removed).min(bytes.len());
            bytes.splice(at..end, insert.bytes());
            let result = parse(&bytes, syntax, &ParseOptions::default());
            proptest::prop_assert!(!matches!(result, Err(ParseError::Reader)));
        }
    }
}
