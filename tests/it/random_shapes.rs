//! Shapes graphs, data and changes made at random from a small vocabulary, so that what they say
//! often meets. Every component, path and target of SHACL Core can come up.
//!
//! They are read off a tape of bytes. A shorter tape, or one with smaller bytes, makes a simpler
//! case, so that whoever holds the tape can shrink it; a tape that is over reads as zeros.

use affiche::rdf::Graph;
use affiche::shapes::{Shapes, ShapesError};
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::fmt::Write;

const PREFIXES: &str = "\
@prefix : <http://example.org/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";
const NODES: usize = 5;
const BLANK_NODES: usize = 2;
const CLASSES: usize = 4;
const PROPERTIES: [&str; 4] = [":p", ":q", ":r", "rdf:type"];
/// Two property shapes of one parent whose qualified value shapes exclude one another, and two that
/// ask the same of the values of two properties.
const SIBLINGS: &str = "siblings";
const SHARED: &str = "shared";
/// Shapes in shapes in shapes, and paths in paths.
const NESTING: usize = 3;

/// Literals of mixed types, some of them of the same value, some ill formed.
const LITERALS: &[&str] = &[
    "1",
    "2",
    "\"a\"",
    "\"b\"@en",
    "\"c\"@en",
    "\"b\"@fr",
    "\"d\"@EN-ca",
    "1.0",
    "\"01\"^^xsd:integer",
    "\"x\"^^xsd:integer",
    "3.0e0",
    "true",
    "\"1\"^^xsd:boolean",
    "\"2026-11-22\"^^xsd:date",
    "\"2026-11-22T12:00:00\"^^xsd:dateTime",
    "\"2026-11-22T12:00:00Z\"^^xsd:dateTime",
    "\"2026-11-23T03:00:00+01:00\"^^xsd:dateTime",
    "\"abc\"^^:own",
    "\"\"",
];

const NUMBERS: &[&str] = &["1", "2", "1.0", "\"01\"^^xsd:integer", "3.0e0", "-2.5"];

/// Which part of the language comes up.
#[derive(Clone, Copy)]
pub struct Words {
    pub literals: &'static [&'static str],
    /// Whether literals are targets.
    pub literal_targets: bool,
    /// Whether the data have literals as values, and whether nodes.
    pub literal_values: bool,
    pub node_values: bool,
    /// Whether there are paths of more than one property.
    pub paths: bool,
    /// Whether a shape, which has a path or not, may have this parameter with this value.
    pub allows: fn(&str, bool) -> bool,
}

impl Words {
    pub const ALL: Words = Words {
        literals: LITERALS,
        literal_targets: true,
        literal_values: true,
        node_values: true,
        paths: true,
        allows: |_, _| true,
    };
    /// Values that all compare with one another, and nothing that leads away from them.
    pub const NUMBERS: Words = Words {
        literals: NUMBERS,
        node_values: false,
        paths: false,
        ..Words::ALL
    };
}

pub struct Tape<'t> {
    bytes: &'t [u8],
    next: usize,
    words: Words,
}

impl<'t> Tape<'t> {
    pub fn new(bytes: &'t [u8], words: Words) -> Self {
        Self {
            bytes,
            next: 0,
            words,
        }
    }

    fn literal(&mut self) -> &'static str {
        let literals = self.words.literals;
        literals[self.below(literals.len())]
    }

    fn property(&mut self) -> &'static str {
        let count = if self.words.paths { 4 } else { 3 };
        PROPERTIES[self.below(count)]
    }

    fn below(&mut self, end: usize) -> usize {
        let byte = self.bytes.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(byte) % end
    }

    /// Never on a tape that is over.
    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// A well-formed shapes graph, in Turtle.
pub fn shapes(tape: &mut Tape<'_>) -> String {
    let count = 1 + tape.below(4);
    let kinds: Vec<Named> = (0..count)
        .map(|index| {
            let is_class = tape.happens(15);
            Named {
                iri: if is_class {
                    format!(":C{index}")
                } else {
                    format!(":S{index}")
                },
                is_class,
                has_path: tape.happens(25),
            }
        })
        .collect();
    let mut out = PREFIXES.to_owned();
    for index in 0..count {
        let writer = Writer {
            named: &kinds[index + 1..],
        };
        let named = &kinds[index];
        let kind = if named.has_path {
            "sh:PropertyShape"
        } else {
            "sh:NodeShape"
        };
        let class = if named.is_class { ", rdfs:Class" } else { "" };
        let _ = write!(out, "{} a {kind}{class}", named.iri);
        let targets = usize::from(index == 0 && !named.is_class) + tape.below(3);
        for _ in 0..targets {
            let kinds = if tape.words.literal_targets { 5 } else { 4 };
            let target = match tape.below(kinds) {
                0 => format!("sh:targetClass {}", class_name(tape)),
                1 => format!("sh:targetSubjectsOf {}", tape.property()),
                2 => format!("sh:targetObjectsOf {}", tape.property()),
                3 => format!("sh:targetNode {}", node_name(tape)),
                _ => format!("sh:targetNode {}", tape.literal()),
            };
            if (tape.words.allows)(&target, named.has_path) {
                let _ = write!(out, " ; {target}");
            }
        }
        let _ = writeln!(out, "{} .", writer.body(tape, named.has_path, 0));
    }
    out
}

/// The shapes compiled; `None` for those few where a sibling leads back to the shape itself.
pub fn compile(turtle: &str) -> Option<Shapes> {
    let graph: Graph = TurtleParser::new()
        .for_slice(turtle)
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error}\n{turtle}"));
    match Shapes::compile(&graph) {
        Ok(shapes) => Some(shapes),
        Err(ShapesError::IllFormed(faults))
            if faults.iter().all(|fault| fault.rule == "recursion") =>
        {
            None
        }
        Err(error) => panic!("{error}\n{turtle}"),
    }
}

struct Named {
    iri: String,
    is_class: bool,
    has_path: bool,
}

/// Writes one shape; it may refer to those that come after it.
struct Writer<'n> {
    named: &'n [Named],
}

impl Writer<'_> {
    /// What stands after the shape's types, each part with its `;` before it.
    fn body(&self, tape: &mut Tape<'_>, has_path: bool, depth: usize) -> String {
        let mut out = String::new();
        if has_path {
            let path = format!("sh:path {}", path(tape, 0));
            let is_allowed = (tape.words.allows)(&path, true);
            let _ = write!(out, " ; {}", if is_allowed { &path } else { "sh:path :p" });
        }
        let mut used = Vec::new();
        for _ in 0..=tape.below(2) {
            self.constraint(tape, has_path, depth, &mut used, &mut out);
        }
        if tape.happens(4) && (tape.words.allows)("sh:deactivated true", has_path) {
            out.push_str(" ; sh:deactivated true");
        }
        if tape.happens(10) {
            let severity = tape.one(&["sh:Info", "sh:Warning", ":Bad"]);
            let _ = write!(out, " ; sh:severity {severity}");
        }
        out
    }

    fn constraint(
        &self,
        tape: &mut Tape<'_>,
        has_path: bool,
        depth: usize,
        used: &mut Vec<&'static str>,
        out: &mut String,
    ) {
        // Those that read more of the data come more often.
        let on_any = [
            "sh:property",
            "sh:class",
            "sh:node",
            "sh:property",
            "sh:not",
            "sh:or",
            "sh:hasValue",
            "sh:class",
            "sh:xone",
            "sh:and",
            "sh:property",
            "sh:nodeKind",
            "sh:equals",
            "sh:class",
            "sh:disjoint",
            "sh:node",
            "sh:closed",
            "sh:in",
            "sh:property",
            "sh:datatype",
            "sh:minInclusive",
            "sh:maxExclusive",
            "sh:minLength",
            "sh:maxLength",
            "sh:pattern",
            "sh:languageIn",
            SIBLINGS,
            SHARED,
        ];
        let on_paths = [
            "sh:minCount",
            "sh:maxCount",
            "sh:qualifiedValueShape",
            "sh:qualifiedValueShape",
            "sh:minCount",
            "sh:maxCount",
            "sh:lessThan",
            "sh:uniqueLang",
            "sh:lessThanOrEquals",
        ];
        let parameter = if has_path && tape.happens(40) {
            on_paths[tape.below(on_paths.len())]
        } else {
            on_any[tape.below(on_any.len())]
        };
        let refers = [
            "sh:property",
            "sh:node",
            "sh:or",
            "sh:not",
            "sh:xone",
            "sh:and",
            "sh:qualifiedValueShape",
            SIBLINGS,
        ];
        if used.contains(&parameter) && parameter != "sh:property"
            || refers.contains(&parameter) && depth >= NESTING && self.named.is_empty()
        {
            return;
        }
        used.push(parameter);
        if parameter == SIBLINGS || parameter == SHARED {
            return self.pair(tape, parameter, depth, out);
        }
        let value = match parameter {
            "sh:property" => match self.reference(tape, Some(true), depth) {
                Some(shape) => shape,
                None => return,
            },
            "sh:node" => match self.reference(tape, Some(false), depth) {
                Some(shape) => shape,
                None => return,
            },
            "sh:not" => match self.reference(tape, None, depth) {
                Some(shape) => shape,
                None => return,
            },
            "sh:or" | "sh:xone" | "sh:and" => {
                let members: Vec<String> = (0..=tape.below(3))
                    .filter_map(|_| self.reference(tape, None, depth))
                    .collect();
                format!("( {} )", members.join(" "))
            }
            "sh:qualifiedValueShape" => {
                let Some(mut value) = self.reference(tape, None, depth) else {
                    return;
                };
                let which = tape.below(3);
                if which != 1 {
                    let _ = write!(value, " ; sh:qualifiedMinCount {}", tape.below(3));
                }
                if which != 0 {
                    let _ = write!(value, " ; sh:qualifiedMaxCount {}", tape.below(2));
                }
                if tape.happens(60) {
                    value.push_str(" ; sh:qualifiedValueShapesDisjoint true");
                }
                value
            }
            "sh:class" => class_name(tape),
            "sh:nodeKind" => tape
                .one(&[
                    "sh:IRI",
                    "sh:Literal",
                    "sh:BlankNode",
                    "sh:BlankNodeOrIRI",
                    "sh:BlankNodeOrLiteral",
                    "sh:IRIOrLiteral",
                ])
                .to_owned(),
            "sh:datatype" => tape
                .one(&[
                    "xsd:integer",
                    "xsd:string",
                    "rdf:langString",
                    "xsd:decimal",
                    "xsd:boolean",
                    "xsd:dateTime",
                    ":own",
                ])
                .to_owned(),
            "sh:in" => {
                let members: Vec<String> = (0..tape.below(4)).map(|_| term_name(tape)).collect();
                format!("( {} )", members.join(" "))
            }
            "sh:hasValue" => term_name(tape),
            "sh:equals" | "sh:disjoint" | "sh:lessThan" | "sh:lessThanOrEquals" => {
                tape.property().to_owned()
            }
            "sh:minInclusive" | "sh:maxExclusive" => {
                // Both bounds of each kind.
                let name = match (parameter, tape.happens(50)) {
                    ("sh:minInclusive", true) => "sh:minExclusive",
                    ("sh:maxExclusive", true) => "sh:maxInclusive",
                    (same, _) => same,
                };
                let value = tape.literal();
                if (tape.words.allows)(&format!("{name} {value}"), has_path) {
                    let _ = write!(out, " ; {name} {value}");
                }
                return;
            }
            "sh:minCount" | "sh:maxCount" => tape.below(3).to_string(),
            "sh:minLength" | "sh:maxLength" => [0, 1, 2, 22][tape.below(4)].to_string(),
            "sh:pattern" => tape
                .one(&[
                    "\"a\"",
                    "\"^[a-c]$\"",
                    "\"A\" ; sh:flags \"i\"",
                    "\"n[0-2]\"",
                    "\"\\\\d\"",
                ])
                .to_owned(),
            "sh:languageIn" => tape
                .one(&["( \"en\" )", "( \"fr\" \"EN-CA\" )", "( \"*\" )", "()"])
                .to_owned(),
            "sh:uniqueLang" => "true".to_owned(),
            "sh:closed" => {
                let ignored = match tape.below(3) {
                    0 => "",
                    1 => " ; sh:ignoredProperties ( rdf:type )",
                    _ => " ; sh:ignoredProperties ( :p rdf:type rdfs:subClassOf )",
                };
                format!("true{ignored}")
            }
            other => unreachable!("{other} has its values above"),
        };
        if (tape.words.allows)(&format!("{parameter} {value}"), has_path) {
            let _ = write!(out, " ; {parameter} {value}");
        }
    }

    /// Two property shapes that have to do with one another.
    fn pair(&self, tape: &mut Tape<'_>, what: &str, depth: usize, out: &mut String) {
        let shared = self.reference(tape, Some(false), NESTING);
        for _ in 0..2 {
            let constraint = if what == SIBLINGS {
                let Some(shape) = self.reference(tape, None, depth) else {
                    return;
                };
                let count = tape.one(&["sh:qualifiedMinCount 1", "sh:qualifiedMaxCount 0"]);
                format!(
                    "sh:qualifiedValueShape {shape} ; sh:qualifiedValueShapesDisjoint true ; {count}"
                )
            } else {
                let Some(shape) = &shared else {
                    return;
                };
                format!("sh:node {shape}")
            };
            let property = tape.property();
            if !(tape.words.allows)(&constraint, true) {
                continue;
            }
            let _ = write!(out, " ; sh:property [ sh:path {property} ; {constraint} ]");
        }
    }

    /// A shape to refer to, of the wanted sort: one that is named, or a new one in brackets.
    fn reference(
        &self,
        tape: &mut Tape<'_>,
        has_path: Option<bool>,
        depth: usize,
    ) -> Option<String> {
        let fitting: Vec<&Named> = self
            .named
            .iter()
            .filter(|named| has_path.is_none_or(|wanted| named.has_path == wanted))
            .collect();
        if !fitting.is_empty() && (depth >= NESTING || tape.happens(45)) {
            return Some(fitting[tape.below(fitting.len())].iri.clone());
        }
        if depth >= NESTING {
            return None;
        }
        let has_path = has_path.unwrap_or_else(|| tape.happens(40));
        let body = self.body(tape, has_path, depth + 1);
        Some(format!("[{}]", body.strip_prefix(" ;").unwrap_or(" ")))
    }
}

fn path(tape: &mut Tape<'_>, depth: usize) -> String {
    if depth >= NESTING || !tape.words.paths || !tape.happens(55) {
        return tape.property().to_owned();
    }
    let list = |tape: &mut Tape<'_>| {
        let steps: Vec<String> = (0..2 + tape.below(2))
            .map(|_| path(tape, depth + 1))
            .collect();
        format!("( {} )", steps.join(" "))
    };
    match tape.below(6) {
        0 => format!("[ sh:inversePath {} ]", path(tape, depth + 1)),
        1 => list(tape),
        2 => format!("[ sh:alternativePath {} ]", list(tape)),
        3 => format!("[ sh:zeroOrMorePath {} ]", path(tape, depth + 1)),
        4 => format!("[ sh:oneOrMorePath {} ]", path(tape, depth + 1)),
        _ => format!("[ sh:zeroOrOnePath {} ]", path(tape, depth + 1)),
    }
}

fn node_name(tape: &mut Tape<'_>) -> String {
    format!(":n{}", tape.below(NODES))
}

fn class_name(tape: &mut Tape<'_>) -> String {
    format!(":C{}", tape.below(CLASSES))
}

fn term_name(tape: &mut Tape<'_>) -> String {
    if tape.happens(30) {
        tape.literal().to_owned()
    } else {
        node_name(tape)
    }
}

/// Up to `most` triples, some of them twice perhaps.
pub fn triples(tape: &mut Tape<'_>, most: usize) -> Vec<Triple> {
    (0..tape.below(most + 1)).map(|_| triple(tape)).collect()
}

fn triple(tape: &mut Tape<'_>) -> Triple {
    let subject = if tape.happens(15) {
        format!("_:b{}", tape.below(BLANK_NODES))
    } else {
        node_name(tape)
    };
    let turtle = match tape.below(10) {
        0..=1 => format!("{subject} rdf:type {} .", class_name(tape)),
        2 => format!(
            "{} rdfs:subClassOf {} .",
            class_name(tape),
            class_name(tape)
        ),
        _ => {
            let (from, to) = match (tape.words.node_values, tape.words.literal_values) {
                (true, true) => (0, 10),
                (true, false) => (0, 7),
                (false, _) => (7, 10),
            };
            let object = match from + tape.below(to - from) {
                0..=5 => node_name(tape),
                6 => format!("_:b{}", tape.below(BLANK_NODES)),
                _ => tape.literal().to_owned(),
            };
            format!("{subject} {} {object} .", tape.one(&PROPERTIES[..3]))
        }
    };
    let (subject, predicate, object) = parse(&turtle);
    Triple::new(subject, predicate, object)
}

/// Blank nodes keep their labels, which the Turtle parser would exchange.
fn parse(turtle: &str) -> (NamedOrBlankNode, NamedNode, Term) {
    let mut parts = turtle.trim_end_matches(" .").splitn(3, ' ').map(term);
    let mut next = || parts.next().expect("a triple has three parts");
    let subject = match next() {
        Term::NamedNode(node) => node.into(),
        Term::BlankNode(node) => node.into(),
        Term::Literal(literal) => panic!("{literal} is no subject"),
    };
    let Term::NamedNode(predicate) = next() else {
        panic!("the vocabulary's predicates are IRIs");
    };
    (subject, predicate, next())
}

fn term(turtle: &str) -> Term {
    let iri = |prefixed: &str| {
        let (prefix, local) = prefixed.split_once(':').expect("a prefixed name");
        let namespace = match prefix {
            "" => "http://example.org/",
            "rdf" => "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "rdfs" => "http://www.w3.org/2000/01/rdf-schema#",
            "xsd" => "http://www.w3.org/2001/XMLSchema#",
            other => panic!("{other} is no prefix here"),
        };
        NamedNode::new_unchecked(format!("{namespace}{local}"))
    };
    let typed =
        |text: &str, datatype: &str| oxrdf::Literal::new_typed_literal(text, iri(datatype)).into();
    if let Some(label) = turtle.strip_prefix("_:") {
        return oxrdf::BlankNode::new_unchecked(label).into();
    }
    if let Some(quoted) = turtle.strip_prefix('"') {
        let (text, rest) = quoted.rsplit_once('"').expect("a closing quote");
        return match (rest.strip_prefix("^^"), rest.strip_prefix('@')) {
            (Some(datatype), _) => typed(text, datatype),
            (None, Some(language)) => {
                let language = language.to_ascii_lowercase();
                oxrdf::Literal::new_language_tagged_literal_unchecked(text, language).into()
            }
            (None, None) => oxrdf::Literal::new_simple_literal(text).into(),
        };
    }
    match turtle {
        "true" => typed("true", "xsd:boolean"),
        number if number.contains('e') && number.starts_with(|c: char| c.is_ascii_digit()) => {
            typed(number, "xsd:double")
        }
        number if number.contains('.') && !number.starts_with(':') => typed(number, "xsd:decimal"),
        number if number.starts_with(|c: char| c.is_ascii_digit()) => typed(number, "xsd:integer"),
        prefixed => iri(prefixed).into(),
    }
}

/// What a change takes away: some of these triples.
pub fn some_of(tape: &mut Tape<'_>, triples: &[Triple]) -> Vec<Triple> {
    triples
        .iter()
        .filter(|_| tape.happens(20))
        .cloned()
        .collect()
}

/// Every node of the vocabulary and of the data.
pub fn nodes(triples: &[Triple]) -> Vec<Term> {
    let mut nodes: Vec<Term> = (0..NODES).map(|n| term(&format!(":n{n}"))).collect();
    nodes.extend(LITERALS.iter().map(|literal| term(literal)));
    for triple in triples {
        nodes.push(triple.subject.clone().into());
        nodes.push(triple.object.clone());
    }
    nodes.sort_by_cached_key(Term::to_string);
    nodes.dedup();
    nodes
}
