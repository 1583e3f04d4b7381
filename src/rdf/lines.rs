//! At which line of a file something stands: a second look at the file for the few statements
//! that a person is told about, so that nobody keeps the lines of a million.

use crate::rdf::parse::{Labels, ParseOptions, Syntax, text, with_base};
use oxrdf::{NamedOrBlankNode, Term, Triple};
use oxttl::{NQuadsParser, NTriplesParser, TriGParser, TurtleParser};
use rustc_hash::FxHashMap;

/// A statement, as far as it is known; IRIs and texts without brackets and quotes, blank nodes
/// as `_:label` with the labels of [`parse`](super::parse::parse).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    pub subject: String,
    pub predicate: Option<String>,
    pub value: Option<String>,
}

/// How closely a line fits what was sought; the greatest is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Where the resource begins.
    Subject,
    /// Where the property first stands.
    Property,
    /// The very statement.
    Statement,
}

/// A line, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub fit: Fit,
    pub line: u64,
}

/// The best line for each of those sought; `None` where the file says nothing of it, or its
/// syntax (RDF/XML, JSON-LD) does not tell where. A file with a fault is read up to it.
pub fn find(
    bytes: &[u8],
    syntax: Syntax,
    options: &ParseOptions,
    sought: &[Sought],
) -> Vec<Option<Found>> {
    let mut search = Search::new(options, sought);
    if let Ok(text) = text(bytes, options.size_bytes) {
        search.read(text, syntax, options);
    }
    search.found
}

/// The line on which a text names an IRI as the thing that it goes on to describe: after `@id` or
/// `rdf:about`, else anywhere in quotation marks. For syntaxes that [`find`] does not read.
pub fn find_named(text: &str, iri: &str) -> Option<u64> {
    let quoted = format!("\"{iri}\"");
    let mut first = None;
    for (offset, _) in text.match_indices(&quoted) {
        let before = text.get(..offset).unwrap_or_default().trim_end();
        let before = before.trim_end_matches([':', '=']).trim_end();
        if ["\"@id\"", "\"id\"", ":about", "itemid"]
            .iter()
            .any(|key| before.ends_with(key))
        {
            return Some(line_of(text, offset));
        }
        first.get_or_insert(offset);
    }
    first.map(|offset| line_of(text, offset))
}

fn line_of(text: &str, offset: usize) -> u64 {
    let before = text.get(..offset).unwrap_or_default();
    before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1
}

struct Search<'a> {
    labels: Labels<'a>,
    sought: &'a [Sought],
    /// Which of them are about a subject.
    about: FxHashMap<&'a str, Vec<usize>>,
    found: Vec<Option<Found>>,
}

impl<'a> Search<'a> {
    fn new(options: &'a ParseOptions, sought: &'a [Sought]) -> Self {
        let mut about: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for (index, one) in sought.iter().enumerate() {
            about.entry(&one.subject).or_default().push(index);
        }
        Self {
            labels: Labels::new(options),
            sought,
            about,
            found: vec![None; sought.len()],
        }
    }

    fn read(&mut self, text: &str, syntax: Syntax, options: &ParseOptions) {
        // Each syntax's parser has the same three methods and no trait for them.
        macro_rules! line_by_line {
            ($parser:expr, $triple:expr) => {{
                let mut parser = $parser;
                let mut lines = Lines::default();
                for line in text.split_inclusive('\n') {
                    lines.begin(line);
                    parser.extend_from_slice(line.as_bytes());
                    while let Some(statement) = parser.parse_next() {
                        let Ok(statement) = statement else { return };
                        self.take($triple(statement), lines.of_statement());
                    }
                }
                parser.end();
                while let Some(Ok(statement)) = parser.parse_next() {
                    self.take($triple(statement), lines.of_statement());
                }
            }};
        }
        match syntax {
            Syntax::NTriples => line_by_line!(NTriplesParser::new().low_level(), Triple::from),
            Syntax::NQuads => line_by_line!(NQuadsParser::new().low_level(), Triple::from),
            Syntax::Turtle => {
                let parser = with_base(TurtleParser::new(), options, TurtleParser::with_base_iri);
                let Ok(parser) = parser else { return };
                line_by_line!(parser.low_level(), Triple::from);
            }
            Syntax::TriG => {
                let parser = with_base(TriGParser::new(), options, TriGParser::with_base_iri);
                let Ok(parser) = parser else { return };
                line_by_line!(parser.low_level(), Triple::from);
            }
            Syntax::JsonLd | Syntax::RdfXml => {}
        }
    }

    fn take(&mut self, triple: Triple, line: u64) {
        // Every blank node is given its label, sought or not: the labels count.
        let subject = self.labels.subject(triple.subject);
        let object = self.labels.object(triple.object);
        let subject = match &subject {
            NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(node) => node.to_string(),
        };
        let Some(indexes) = self.about.get(subject.as_str()) else {
            return;
        };
        for index in indexes {
            let (Some(sought), Some(found)) = (self.sought.get(*index), self.found.get_mut(*index))
            else {
                continue;
            };
            let fit = match (&sought.predicate, &sought.value) {
                (Some(predicate), value) if predicate == triple.predicate.as_str() => match value {
                    Some(value) if *value == plain(&object) => Fit::Statement,
                    _ => Fit::Property,
                },
                _ => Fit::Subject,
            };
            if found.is_none_or(|found| found.fit < fit) {
                *found = Some(Found { fit, line });
            }
        }
    }
}

fn plain(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

/// Where the reader is. A statement is known to be whole only with what follows its object: when
/// that opens a line, the statement stood on the one before.
#[derive(Default)]
struct Lines {
    current: u64,
    /// The last line with something on it, before the current one.
    previous: u64,
    last: u64,
    opens_with_mark: bool,
}

impl Lines {
    fn begin(&mut self, line: &str) {
        self.current += 1;
        let line = line.trim_start();
        if line.is_empty() || line.starts_with('#') {
            return;
        }
        self.previous = self.last;
        self.last = self.current;
        self.opens_with_mark = line.starts_with([';', ',', '.', ']', ')', '}']);
    }

    fn of_statement(&mut self) -> u64 {
        // Only the first statement that ends on a line can have stood on the one before.
        if std::mem::take(&mut self.opens_with_mark) && self.previous > 0 {
            self.previous
        } else {
            self.last.max(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sought(subject: &str, predicate: Option<&str>, value: Option<&str>) -> Sought {
        Sought {
            subject: subject.to_owned(),
            predicate: predicate.map(str::to_owned),
            value: value.map(str::to_owned),
        }
    }

    const TEXT: &str = "\
@prefix e: <http://e.org/> .
# a comment

e:a e:p 1 ;
    e:q \"\"\"two
lines\"\"\" , \"x\"

  ; e:r [
      e:s 5
    ] .
e:b e:p _:z .
_:z e:p \"end\" .
";

    #[test]
    fn statements_properties_and_resources_are_found_at_their_lines() {
        let e = |local: &str| format!("http://e.org/{local}");
        let sought = [
            sought(&e("a"), Some(&e("p")), Some("1")),
            sought(&e("a"), Some(&e("q")), Some("two\nlines")),
            sought(&e("a"), Some(&e("q")), Some("x")),
            sought(&e("a"), Some(&e("q")), Some("nothing")),
            sought(&e("a"), Some(&e("missing")), None),
            sought("_:b0", Some(&e("s")), Some("5")),
            sought("_:b1", Some(&e("p")), None),
            sought(&e("nobody"), None, None),
        ];
        let found = find(
            TEXT.as_bytes(),
            Syntax::Turtle,
            &ParseOptions::default(),
            &sought,
        );
        let lines: Vec<Option<(Fit, u64)>> = found
            .into_iter()
            .map(|found| found.map(|found| (found.fit, found.line)))
            .collect();
        assert_eq!(
            lines,
            [
                Some((Fit::Statement, 4)),
                Some((Fit::Statement, 6)),
                Some((Fit::Statement, 6)),
                Some((Fit::Property, 6)),
                Some((Fit::Subject, 4)),
                Some((Fit::Statement, 9)),
                Some((Fit::Property, 12)),
                None,
            ]
        );
    }

    #[test]
    fn every_line_of_ntriples_is_found() {
        let text: String = (0..1000)
            .map(|n| format!("<http://e.org/{n}> <http://e.org/p> \"{n}\" .\n"))
            .collect();
        for syntax in [
            Syntax::NTriples,
            Syntax::NQuads,
            Syntax::Turtle,
            Syntax::TriG,
        ] {
            let sought = [sought(
                "http://e.org/700",
                Some("http://e.org/p"),
                Some("700"),
            )];
            let found = find(text.as_bytes(), syntax, &ParseOptions::default(), &sought);
            assert_eq!(found[0].map(|found| found.line), Some(701), "{syntax:?}");
        }
    }

    #[test]
    fn what_json_describes_is_found_where_it_is_named() {
        let text = "{\n \"location\": \"http://e.org/1\",\n \"x\": {\"@id\" : \"http://e.org/1\"}}";
        assert_eq!(find_named(text, "http://e.org/1"), Some(3));
        assert_eq!(
            find_named("{\n\"url\": \"http://e.org/1\"}", "http://e.org/1"),
            Some(2)
        );
        assert_eq!(find_named(text, "http://e.org/2"), None);
    }
}
