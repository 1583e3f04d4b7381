//! Turtle, N-Triples and N-Quads, written so that the same triples give the same bytes.
//!
//! Turtle groups by subject in the order in which the caller's triples first name them, declares
//! only the prefixes that it uses, and sorts all else. Blank nodes keep their labels, so a
//! caller who wants stable bytes labels them canonically first (`rdf::canonical`).

use crate::model::Base;
use crate::model::vocabulary::{PREFIXES, rdf, xsd};
use crate::rdf::order::{compare_subjects, compare_terms, compare_triples};
use indexmap::IndexMap;
use oxrdf::{
    BlankNodeRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, QuadRef, TermRef, Triple,
    TripleRef,
};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The schemes whose concepts are written with a prefix of their own, as `{base}/vocab/{name}/`.
pub const SCHEMES: &[&str] = &[
    "acces",
    "accessibilite",
    "avertissements",
    "disciplines",
    "fonctions",
    "publics",
    "territoires",
    "types-evenement",
    "types-production",
];

/// Prefixes for one base IRI: those of the model, `sv` and our own schemes.
#[derive(Clone, Debug)]
pub struct Prefixes {
    /// Prefix and namespace, sorted by prefix.
    sorted: Vec<(String, String)>,
    /// Their places there, by namespace.
    by_namespace: FxHashMap<String, usize>,
}

impl Prefixes {
    pub fn new(base: &Base) -> Self {
        let mut prefixes: Vec<(String, String)> = PREFIXES
            .iter()
            .map(|(prefix, namespace)| ((*prefix).to_owned(), (*namespace).to_owned()))
            .collect();
        prefixes.push(("sv".to_owned(), base.sv("").into_string()));
        for scheme in SCHEMES {
            let namespace = base.join(&format!("vocab/{scheme}/")).into_string();
            prefixes.push(((*scheme).to_owned(), namespace));
        }
        prefixes.sort();
        let namespaces = prefixes.iter().map(|(_, namespace)| namespace.clone());
        Self {
            by_namespace: namespaces.zip(0..).collect(),
            sorted: prefixes,
        }
    }

    /// Prefix and namespace, sorted by prefix.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.sorted
            .iter()
            .map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    /// `prefix:local` for an IRI that may be written so without any escape.
    pub fn shorten<'p, 'i>(&'p self, iri: &'i str) -> Option<(&'p str, &'i str)> {
        // All namespaces end in one of these, and no local name holds one.
        let end = iri.rfind(['#', '/'])? + 1;
        let (namespace, local) = iri.split_at(end);
        let place = *self.by_namespace.get(namespace)?;
        let (prefix, _) = self.sorted.get(place)?;
        is_plain_local_name(local).then_some((prefix.as_str(), local))
    }
}

/// The part of Turtle's PN_LOCAL that needs no escape and that every reader gets right.
fn is_plain_local_name(local: &str) -> bool {
    let mut bytes = local.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphanumeric() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// Writes the `@prefix` lines of the prefixes that these triples use, or of all.
///
/// # Errors
/// Those of `out`.
pub fn write_prefixes(
    out: &mut dyn Write,
    prefixes: &Prefixes,
    used_by: Option<&mut dyn Iterator<Item = &Triple>>,
) -> io::Result<()> {
    let used = used_by.map(|triples| {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        for triple in triples {
            used.extend(prefixes_of(triple.as_ref(), prefixes));
        }
        used
    });
    for (prefix, namespace) in prefixes.iter() {
        if used.as_ref().is_none_or(|used| used.contains(prefix)) {
            write!(out, "@prefix {prefix}: <")?;
            write_iri_text(out, namespace)?;
            writeln!(out, "> .")?;
        }
    }
    Ok(())
}

fn prefixes_of<'p>(triple: TripleRef<'_>, prefixes: &'p Prefixes) -> Vec<&'p str> {
    let name_of = |iri: &str| prefixes.shorten(iri).map(|(prefix, _)| prefix);
    let mut names = Vec::new();
    if let NamedOrBlankNodeRef::NamedNode(subject) = triple.subject {
        names.extend(name_of(subject.as_str()));
    }
    if triple.predicate != rdf::TYPE {
        names.extend(name_of(triple.predicate.as_str()));
    }
    match triple.object {
        TermRef::NamedNode(object) => names.extend(name_of(object.as_str())),
        TermRef::Literal(literal)
            if !is_shorthand(literal)
                && literal.language().is_none()
                && literal.datatype() != xsd::STRING =>
        {
            names.extend(name_of(literal.datatype().as_str()));
        }
        _ => {}
    }
    names
}

/// Writes a Turtle document: the prefixes that are used, then [`write_statements`].
///
/// # Errors
/// Those of `out`.
pub fn turtle(
    out: &mut dyn Write,
    triples: &[Triple],
    prefixes: &Prefixes,
    position: &dyn Fn(&str) -> usize,
) -> io::Result<()> {
    write_prefixes(out, prefixes, Some(&mut triples.iter()))?;
    if !triples.is_empty() {
        writeln!(out)?;
    }
    write_statements(out, triples, prefixes, position)
}

/// Writes triples as Turtle statements, without prefix lines: subjects in the order in which
/// `triples` first names them, `a` first, then properties by `position` and IRI, objects sorted.
///
/// # Errors
/// Those of `out`.
pub fn write_statements(
    out: &mut dyn Write,
    triples: &[Triple],
    prefixes: &Prefixes,
    position: &dyn Fn(&str) -> usize,
) -> io::Result<()> {
    let mut subjects: IndexMap<NamedOrBlankNodeRef<'_>, Vec<Row<'_>>, FxBuildHasher> =
        IndexMap::default();
    let mut last: Option<(NamedOrBlankNodeRef<'_>, usize)> = None;
    for triple in triples {
        let triple = triple.as_ref();
        let row = Row {
            place: match triple.predicate {
                rdf::TYPE => 0,
                predicate => position(predicate.as_str()) + 1,
            },
            triple,
        };
        // Most of them come together.
        let place = match last {
            Some((subject, place)) if subject == triple.subject => place,
            _ => {
                let entry = subjects.entry(triple.subject);
                let place = entry.index();
                entry.or_default();
                place
            }
        };
        if let Some((_, rows)) = subjects.get_index_mut(place) {
            rows.push(row);
        }
        last = Some((triple.subject, place));
    }
    for (index, (subject, mut rows)) in subjects.into_iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        rows.sort_by(|a, b| {
            let (one, other) = (a.triple, b.triple);
            (a.place.cmp(&b.place))
                .then_with(|| one.predicate.as_str().cmp(other.predicate.as_str()))
                .then_with(|| compare_terms(one.object, other.object))
        });
        rows.dedup_by_key(|row| row.triple);
        write_subject(out, subject, prefixes)?;
        let mut previous: Option<NamedNodeRef<'_>> = None;
        for Row { triple: row, .. } in rows {
            if previous == Some(row.predicate) {
                out.write_all(b" ,\n        ")?;
            } else {
                out.write_all(if previous.is_some() {
                    b" ;\n    "
                } else {
                    b"\n    "
                })?;
                if row.predicate == rdf::TYPE {
                    out.write_all(b"a ")?;
                } else {
                    write_named(out, row.predicate.as_str(), prefixes)?;
                    out.write_all(b" ")?;
                }
            }
            write_object(out, row.object, prefixes)?;
            previous = Some(row.predicate);
        }
        out.write_all(b" .\n")?;
    }
    Ok(())
}

/// A statement about a subject.
struct Row<'a> {
    /// Where its property stands among the others.
    place: usize,
    triple: TripleRef<'a>,
}

fn write_subject(
    out: &mut dyn Write,
    subject: NamedOrBlankNodeRef<'_>,
    prefixes: &Prefixes,
) -> io::Result<()> {
    match subject {
        NamedOrBlankNodeRef::NamedNode(node) => write_named(out, node.as_str(), prefixes),
        NamedOrBlankNodeRef::BlankNode(node) => write_blank(out, node),
    }
}

fn write_blank(out: &mut dyn Write, node: BlankNodeRef<'_>) -> io::Result<()> {
    out.write_all(b"_:")?;
    out.write_all(node.as_str().as_bytes())
}

fn write_object(out: &mut dyn Write, object: TermRef<'_>, prefixes: &Prefixes) -> io::Result<()> {
    match object {
        TermRef::NamedNode(node) => write_named(out, node.as_str(), prefixes),
        TermRef::BlankNode(node) => write_blank(out, node),
        TermRef::Literal(literal) if is_shorthand(literal) => {
            out.write_all(literal.value().as_bytes())
        }
        TermRef::Literal(literal) => {
            let is_long = literal.value().contains('\n');
            let quotes: &[u8] = if is_long { b"\"\"\"" } else { b"\"" };
            out.write_all(quotes)?;
            write_string_text(out, literal.value(), is_long)?;
            out.write_all(quotes)?;
            if let Some(language) = literal.language() {
                write_language(out, language)
            } else if literal.datatype() == xsd::STRING {
                Ok(())
            } else {
                out.write_all(b"^^")?;
                write_named(out, literal.datatype().as_str(), prefixes)
            }
        }
    }
}

fn write_language(out: &mut dyn Write, language: &str) -> io::Result<()> {
    out.write_all(b"@")?;
    out.write_all(language.as_bytes())
}

fn write_named(out: &mut dyn Write, iri: &str, prefixes: &Prefixes) -> io::Result<()> {
    match prefixes.shorten(iri) {
        Some((prefix, local)) => {
            out.write_all(prefix.as_bytes())?;
            out.write_all(b":")?;
            out.write_all(local.as_bytes())
        }
        None => write_full_iri(out, iri),
    }
}

/// Whether a literal may stand in Turtle without quotes and read back with the same text
/// (Turtle §2.5.2 and §2.5.3, productions INTEGER, DECIMAL, DOUBLE and BooleanLiteral).
pub fn is_shorthand(literal: LiteralRef<'_>) -> bool {
    let text = literal.value();
    let datatype = literal.datatype();
    if datatype == xsd::BOOLEAN {
        return text == "true" || text == "false";
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let some_digits = |part: &str| !part.is_empty() && digits(part);
    if datatype == xsd::INTEGER {
        some_digits(unsigned)
    } else if datatype == xsd::DECIMAL {
        unsigned
            .split_once('.')
            .is_some_and(|(whole, fraction)| some_digits(whole) && some_digits(fraction))
    } else if datatype == xsd::DOUBLE {
        unsigned
            .split_once(['e', 'E'])
            .is_some_and(|(mantissa, exponent)| {
                let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
                let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
                some_digits(whole) && some_digits(fraction) && some_digits(exponent)
            })
    } else {
        false
    }
}

/// Writes what stands between the quotes of a string.
fn write_string_text(out: &mut dyn Write, text: &str, keep_line_ends: bool) -> io::Result<()> {
    // The first byte of U+FFFE and U+FFFF, and of much that is not escaped.
    let is_plain = |byte: u8| !matches!(byte, b'"' | b'\\' | 0..0x20 | 0x7f | 0xef);
    if text.bytes().all(is_plain) {
        return out.write_all(text.as_bytes());
    }
    let mut plain_from = 0;
    for (index, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' if keep_line_ends => continue,
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\0'..='\u{1f}' | '\u{7f}' | '\u{fffe}' | '\u{ffff}' => "",
            _ => continue,
        };
        out.write_all(&text.as_bytes()[plain_from..index])?;
        if escape.is_empty() {
            write!(out, "\\u{:04X}", u32::from(c))?;
        } else {
            out.write_all(escape.as_bytes())?;
        }
        plain_from = index + c.len_utf8();
    }
    out.write_all(&text.as_bytes()[plain_from..])
}

/// Writes what stands between `<` and `>`: characters that IRIREF forbids become `\u` escapes.
fn write_iri_text(out: &mut dyn Write, iri: &str) -> io::Result<()> {
    let is_forbidden = |byte: u8| {
        matches!(
            byte,
            0..=b' ' | b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\'
        )
    };
    let bytes = iri.as_bytes();
    let mut plain_from = 0;
    for (index, &byte) in bytes.iter().enumerate() {
        if is_forbidden(byte) {
            out.write_all(&bytes[plain_from..index])?;
            write!(out, "\\u{byte:04X}")?;
            plain_from = index + 1;
        }
    }
    out.write_all(&bytes[plain_from..])
}

/// Writes N-Triples, sorted, each triple once.
///
/// # Errors
/// Those of `out`.
pub fn ntriples(out: &mut dyn Write, triples: &[Triple]) -> io::Result<()> {
    let mut rows: Vec<TripleRef<'_>> = triples.iter().map(Triple::as_ref).collect();
    rows.sort_unstable_by(|a, b| compare_triples(*a, *b));
    rows.dedup();
    for row in rows {
        ntriples_line(out, row)?;
    }
    Ok(())
}

/// Writes one line of N-Triples, which is also a line of N-Quads in the default graph.
///
/// # Errors
/// Those of `out`.
pub fn ntriples_line(out: &mut dyn Write, triple: TripleRef<'_>) -> io::Result<()> {
    write_line(out, triple, None)
}

/// Writes one line of N-Quads.
///
/// # Errors
/// Those of `out`.
pub fn nquads_line(out: &mut dyn Write, quad: QuadRef<'_>) -> io::Result<()> {
    let triple = TripleRef::new(quad.subject, quad.predicate, quad.object);
    match quad.graph_name {
        oxrdf::GraphNameRef::DefaultGraph => write_line(out, triple, None),
        oxrdf::GraphNameRef::NamedNode(graph) => write_line(out, triple, Some(graph.into())),
        oxrdf::GraphNameRef::BlankNode(graph) => write_line(out, triple, Some(graph.into())),
    }
}

/// Writes N-Quads, sorted by graph (the default one first), then by triple, each quad once.
///
/// # Errors
/// Those of `out`.
pub fn nquads(out: &mut dyn Write, quads: &[oxrdf::Quad]) -> io::Result<()> {
    let mut rows: Vec<QuadRef<'_>> = quads.iter().map(oxrdf::Quad::as_ref).collect();
    let graph = |quad: &QuadRef<'_>| quad.graph_name.to_string();
    rows.sort_by(|a, b| {
        let default = |quad: &QuadRef<'_>| !quad.graph_name.is_default_graph();
        (default(a).cmp(&default(b)))
            .then_with(|| graph(a).cmp(&graph(b)))
            .then_with(|| {
                compare_triples(
                    TripleRef::new(a.subject, a.predicate, a.object),
                    TripleRef::new(b.subject, b.predicate, b.object),
                )
            })
    });
    rows.dedup();
    for row in rows {
        nquads_line(out, row)?;
    }
    Ok(())
}

fn write_line(
    out: &mut dyn Write,
    triple: TripleRef<'_>,
    graph: Option<NamedOrBlankNodeRef<'_>>,
) -> io::Result<()> {
    let node = |out: &mut dyn Write, node: NamedOrBlankNodeRef<'_>| match node {
        NamedOrBlankNodeRef::NamedNode(node) => write_full_iri(out, node.as_str()),
        NamedOrBlankNodeRef::BlankNode(node) => write_blank(out, node),
    };
    node(out, triple.subject)?;
    out.write_all(b" ")?;
    write_full_iri(out, triple.predicate.as_str())?;
    out.write_all(b" ")?;
    write_term(out, triple.object)?;
    if let Some(graph) = graph {
        out.write_all(b" ")?;
        node(out, graph)?;
    }
    out.write_all(b" .\n")
}

/// Writes a term as N-Triples does, which Turtle reads as well.
///
/// # Errors
/// Those of `out`.
pub fn write_term(out: &mut dyn Write, term: TermRef<'_>) -> io::Result<()> {
    match term {
        TermRef::NamedNode(node) => write_full_iri(out, node.as_str()),
        TermRef::BlankNode(node) => write_blank(out, node),
        TermRef::Literal(literal) => {
            out.write_all(b"\"")?;
            write_string_text(out, literal.value(), false)?;
            out.write_all(b"\"")?;
            if let Some(language) = literal.language() {
                write_language(out, language)
            } else if literal.datatype() == xsd::STRING {
                Ok(())
            } else {
                out.write_all(b"^^")?;
                write_full_iri(out, literal.datatype().as_str())
            }
        }
    }
}

/// Writes an IRI between `<` and `>`.
///
/// # Errors
/// Those of `out`.
pub fn write_full_iri(out: &mut dyn Write, iri: &str) -> io::Result<()> {
    out.write_all(b"<")?;
    write_iri_text(out, iri)?;
    out.write_all(b">")
}

/// Triples sorted as an entity's document wants them: the root first, then other IRIs, then
/// blank nodes, each by its text.
pub fn sort_from_root(triples: &mut [Triple], root: NamedNodeRef<'_>) {
    let is_not_root = |triple: &Triple| triple.subject.as_ref() != root.into();
    triples.sort_by(|a, b| {
        is_not_root(a)
            .cmp(&is_not_root(b))
            .then_with(|| compare_subjects(a.subject.as_ref(), b.subject.as_ref()))
            .then_with(|| compare_triples(a.as_ref(), b.as_ref()))
    });
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::rdf::sophia::are_isomorphic;
    use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term};
    use proptest::prelude::*;

    pub(crate) fn base() -> Base {
        "https://data.example.org".parse().expect("a base")
    }

    /// IRIs that are awkward to write in one way or another.
    pub(crate) fn iri() -> impl Strategy<Value = NamedNode> {
        prop_oneof![
            "[a-zA-Z][a-zA-Z0-9_.-]{0,6}".prop_map(|local| format!("http://schema.org/{local}")),
            "[a-z0-9-]{1,5}"
                .prop_map(|local| format!("https://data.example.org/vocab/fonctions/{local}")),
            "[a-z]{1,3}".prop_map(|local| format!("https://data.example.org/ns#{local}")),
            "[bcd]{1,2}".prop_map(|id| format!("https://data.example.org/id/{id}#part")),
            Just("http://schema.org/".to_owned()),
            Just("http://schema.org/a/b".to_owned()),
            Just("http://schema.org/é'()".to_owned()),
            Just("http://schema.org/a%20b".to_owned()),
            Just("mailto:a@example.org".to_owned()),
            Just("urn:isbn:1".to_owned()),
        ]
        .prop_map(NamedNode::new_unchecked)
    }

    pub(crate) fn literal() -> impl Strategy<Value = Literal> {
        let text = prop_oneof![
            "[a-z\"\\\\\n\r\t<>&é\u{1}\u{7f}\u{2028}\u{1f600}' ]{0,12}",
            Just("\"\"\"".to_owned()),
            Just("line\n\"".to_owned()),
            Just("\\".to_owned()),
        ];
        prop_oneof![
            text.clone().prop_map(Literal::from),
            (
                text.clone(),
                prop_oneof![Just("fr"), Just("en-ca"), Just("de-1996")]
            )
                .prop_map(|(text, lang)| {
                    Literal::new_language_tagged_literal_unchecked(text, lang)
                }),
            prop_oneof![
                Just("1"),
                Just("-5"),
                Just("+7"),
                Just("007"),
                Just("123456789012345678901"),
                Just("x")
            ]
            .prop_map(|text| Literal::new_typed_literal(text, xsd::INTEGER)),
            prop_oneof![
                Just("25"),
                Just("12.5"),
                Just("-0.10"),
                Just(".5"),
                Just("5.")
            ]
            .prop_map(|text| Literal::new_typed_literal(text, xsd::DECIMAL)),
            prop_oneof![
                Just("1E0"),
                Just("2.5e-3"),
                Just("NaN"),
                Just("1.E3"),
                Just("12")
            ]
            .prop_map(|text| Literal::new_typed_literal(text, xsd::DOUBLE)),
            prop_oneof![Just("true"), Just("false"), Just("1"), Just("True")]
                .prop_map(|text| Literal::new_typed_literal(text, xsd::BOOLEAN)),
            Just(Literal::new_typed_literal(
                "2027-03-02T20:30:00+01:00",
                xsd::DATE_TIME
            )),
            Just(Literal::new_typed_literal("2027-03-02", xsd::DATE)),
            Just(Literal::new_typed_literal(
                "x",
                NamedNode::new_unchecked("http://e.example/d t"[..18].to_owned())
            )),
        ]
    }

    pub(crate) fn triples(with_blank_nodes: bool) -> impl Strategy<Value = Vec<Triple>> {
        let blank = "[a-c]".prop_map(BlankNode::new_unchecked);
        let (subject, object) = if with_blank_nodes {
            (
                prop_oneof![
                    iri().prop_map(NamedOrBlankNode::from),
                    blank.clone().prop_map(NamedOrBlankNode::from)
                ]
                .boxed(),
                prop_oneof![
                    iri().prop_map(Term::from),
                    blank.prop_map(Term::from),
                    literal().prop_map(Term::from)
                ]
                .boxed(),
            )
        } else {
            (
                iri().prop_map(NamedOrBlankNode::from).boxed(),
                prop_oneof![iri().prop_map(Term::from), literal().prop_map(Term::from)].boxed(),
            )
        };
        let predicate = prop_oneof![4 => iri(), 1 => Just(rdf::TYPE.into_owned())];
        proptest::collection::vec(
            (subject, predicate, object).prop_map(|(s, p, o)| Triple::new(s, p, o)),
            0..25,
        )
    }

    fn read(text: &[u8]) -> Vec<Triple> {
        oxttl::TurtleParser::new()
            .for_slice(text)
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error} in\n{}", String::from_utf8_lossy(text)))
    }

    /// Reads with the independent reader, and gives N-Triples, which oxttl turns into terms.
    fn read_with_rio(text: &[u8]) -> Vec<Triple> {
        use rio_api::parser::TriplesParser;
        let mut lines = String::new();
        rio_turtle::TurtleParser::new(text, None)
            .parse_all(&mut |triple| {
                lines.push_str(&format!("{triple} .\n"));
                Ok::<_, rio_turtle::TurtleError>(())
            })
            .unwrap_or_else(|error| panic!("{error} in\n{}", String::from_utf8_lossy(text)));
        oxttl::NTriplesParser::new()
            .for_slice(lines.as_bytes())
            .collect::<Result<_, _>>()
            .expect("rio writes N-Triples")
    }

    fn write_turtle(triples: &[Triple]) -> Vec<u8> {
        let mut out = Vec::new();
        turtle(&mut out, triples, &Prefixes::new(&base()), &|_| 0).expect("memory");
        out
    }

    proptest! {
        #[test]
        fn turtle_is_read_back_the_same_by_two_readers(triples in triples(true)) {
            let text = write_turtle(&triples);
            prop_assert!(are_isomorphic(&read(&text), &triples).expect("comparable"));
            prop_assert!(are_isomorphic(&read_with_rio(&text), &triples).expect("comparable"));
        }

        #[test]
        fn lines_are_read_back_the_same_and_are_turtle_too(triples in triples(true)) {
            let mut text = Vec::new();
            ntriples(&mut text, &triples).expect("memory");
            prop_assert!(are_isomorphic(&read(&text), &triples).expect("comparable"));
            prop_assert!(are_isomorphic(&read_with_rio(&text), &triples).expect("comparable"));
            let quads: Vec<oxrdf::Quad> =
                triples.iter().map(|t| t.clone().in_graph(NamedNode::new_unchecked("http://g.example/"))).collect();
            let mut lines = Vec::new();
            nquads(&mut lines, &quads).expect("memory");
            let again: Vec<oxrdf::Quad> = oxttl::NQuadsParser::new()
                .for_slice(&lines).collect::<Result<_, _>>().expect("N-Quads");
            prop_assert!(again.iter().all(|quad| !quad.graph_name.is_default_graph()));
            let again: Vec<Triple> = again.into_iter().map(Triple::from).collect();
            prop_assert!(are_isomorphic(&again, &triples).expect("comparable"));
        }

        #[test]
        fn the_order_of_statements_does_not_matter_once_sorted(mut triples in triples(false)) {
            let root = NamedNode::new_unchecked("https://data.example.org/id/b");
            sort_from_root(&mut triples, root.as_ref());
            let one = write_turtle(&triples);
            triples.reverse();
            sort_from_root(&mut triples, root.as_ref());
            prop_assert_eq!(one, write_turtle(&triples));
        }
    }

    #[test]
    fn only_prefixes_in_use_are_declared_and_the_longest_namespace_wins() {
        let triple = Triple::new(
            NamedNode::new_unchecked("https://data.example.org/id/b"),
            NamedNode::new_unchecked("https://data.example.org/ns#fonction"),
            NamedNode::new_unchecked("https://data.example.org/vocab/fonctions/mise-en-scene"),
        );
        assert_eq!(
            String::from_utf8(write_turtle(&[triple])).expect("text"),
            "@prefix fonctions: <https://data.example.org/vocab/fonctions/> .\n\
             @prefix sv: <https://data.example.org/ns#> .\n\n\
             <https://data.example.org/id/b>\n    sv:fonction fonctions:mise-en-scene .\n"
        );
    }
}
