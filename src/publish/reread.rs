//! Reading a dump again before anybody gets it, with a reader that shares no code with the one
//! that wrote it: a fault in our writing shows here, not at whoever harvests.

use crate::publish::Context;
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdfxml::RdfXmlParser;
use rio_api::parser::{QuadsParser, TriplesParser};
use rio_turtle::{NQuadsParser, TriGParser, TurtleError, TurtleParser};
use std::io::{self, BufRead};

#[derive(Debug, thiserror::Error)]
pub enum RereadError {
    #[error("the independent reader cannot read it: {0}")]
    Syntax(#[from] TurtleError),
    #[error("the independent reader cannot read it: {0}")]
    Other(String),
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("{written} statements were written and {read} are read back")]
    Count { written: u64, read: u64 },
}

/// Reads a dump of the named format and compares the number of its statements. A format that
/// nobody else here knows passes unread; gives whether it was read.
///
/// # Errors
/// When it cannot be read or holds another number of statements.
pub fn reread(
    format: &str,
    dump: impl BufRead,
    written: u64,
    context: &ContextDocument<'_>,
) -> Result<bool, RereadError> {
    let read = match format {
        "jsonld" => count(json(dump, context))?,
        "ndjsonld" => count(json(Joined::new(dump, context), context))?,
        "rdfxml" => count(RdfXmlParser::new().for_reader(dump))?,
        "csv" => {
            let rows = csv::Reader::from_reader(dump).into_byte_records();
            count(rows)?
        }
        _ => match by_rio(format, dump)? {
            Some(read) => read,
            None => return Ok(false),
        },
    };
    if read == written {
        Ok(true)
    } else {
        Err(RereadError::Count { written, read })
    }
}

fn by_rio(format: &str, dump: impl BufRead) -> Result<Option<u64>, RereadError> {
    let mut read = 0_u64;
    let mut count = || -> Result<(), TurtleError> {
        read += 1;
        Ok(())
    };
    match format {
        "turtle" => TurtleParser::new(dump, None).parse_all(&mut |_| count())?,
        "trig" => TriGParser::new(dump, None).parse_all(&mut |_| count())?,
        "ntriples" | "nquads" => NQuadsParser::new(dump).parse_all(&mut |_| count())?,
        _ => return Ok(None),
    }
    Ok(Some(read))
}

fn count<T, E: ToString>(
    mut items: impl Iterator<Item = Result<T, E>>,
) -> Result<u64, RereadError> {
    items.try_fold(0, |count, item| match item {
        Ok(_) => Ok(count + 1),
        Err(error) => Err(RereadError::Other(error.to_string())),
    })
}

/// The context that JSON-LD documents name, so that nothing is fetched to read them again.
#[derive(Clone, Copy, Debug)]
pub struct ContextDocument<'a> {
    pub iri: &'a str,
    pub text: &'a str,
}

impl<'a> ContextDocument<'a> {
    /// `text` is what is published under the context's IRI.
    pub fn of(context: &'a Context, text: &'a str) -> Self {
        Self {
            iri: context.terms.iri(),
            text,
        }
    }
}

/// The lines of a file of JSON-LD documents as one document, since a reader would read the context
/// of each line anew.
struct Joined<R> {
    lines: R,
    /// What each line begins with, and the document once.
    head: String,
    ready: Vec<u8>,
    taken: usize,
    is_first: bool,
    is_over: bool,
}

impl<R: BufRead> Joined<R> {
    fn new(lines: R, context: &ContextDocument<'_>) -> Self {
        let head = format!("{{\"@context\":{},", serde_json::Value::from(context.iri));
        Self {
            ready: format!("{head}\"@graph\":[").into_bytes(),
            lines,
            head,
            taken: 0,
            is_first: true,
            is_over: false,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        let mut line = Vec::new();
        if self.lines.read_until(b'\n', &mut line)? == 0 {
            if !self.is_over {
                self.is_over = true;
                self.ready.extend_from_slice(b"]}");
            }
            return Ok(());
        }
        let rest = line
            .strip_prefix(self.head.as_bytes())
            .filter(|rest| rest.ends_with(b"}\n"))
            .ok_or_else(|| io::Error::other("a line is no whole document of its own"))?;
        if !self.is_first {
            self.ready.push(b',');
        }
        self.is_first = false;
        self.ready.push(b'{');
        self.ready.extend_from_slice(rest);
        Ok(())
    }
}

impl<R: BufRead> io::Read for Joined<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.fill()?;
        }
        let rest = self.ready.get(self.taken..).unwrap_or_default();
        let count = rest.len().min(bytes.len());
        bytes[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

fn json<'a>(
    dump: impl io::Read + 'a,
    context: &ContextDocument<'_>,
) -> impl Iterator<Item = Result<oxrdf::Quad, oxjsonld::JsonLdParseError>> + 'a {
    let (iri, text) = (context.iri.to_owned(), context.text.to_owned());
    JsonLdParser::new()
        // Else all of it would be read into memory first.
        .with_profile(oxjsonld::JsonLdProfile::Streaming)
        // Which puts `@type` before `@id`, and we do not.
        .lenient()
        .for_reader(dump)
        .with_load_document_callback(move |url, _| {
            if url == iri {
                Ok(JsonLdRemoteDocument {
                    document: text.clone().into_bytes(),
                    document_url: iri.clone(),
                })
            } else {
                Err(format!("it names the context {url}").into())
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTEXT: ContextDocument<'_> = ContextDocument {
        iri: "https://data.example.org/context.jsonld",
        text: r#"{"@context": {"name": "http://schema.org/name"}}"#,
    };

    fn reread(format: &str, dump: &[u8], written: u64) -> Result<bool, RereadError> {
        super::reread(format, dump, written, &CONTEXT)
    }

    const TWO: &str =
        "@prefix s: <http://schema.org/> . <http://a.example/1> s:name \"A\", \"B\" .";

    #[test]
    fn a_whole_dump_passes() {
        assert!(matches!(reread("turtle", TWO.as_bytes(), 2), Ok(true)));
        assert!(matches!(reread("unheard-of", TWO.as_bytes(), 2), Ok(false)));
        let one =
            r#"{"@context":"https://data.example.org/context.jsonld","@id":"urn:a","name":"A"}"#;
        assert!(matches!(reread("jsonld", one.as_bytes(), 1), Ok(true)));
        let lines = format!("{one}\n{one}\n");
        assert!(matches!(reread("ndjsonld", lines.as_bytes(), 2), Ok(true)));
        assert!(reread("ndjsonld", one.as_bytes(), 1).is_err());
        let rows = "a,b\n1,\"2\n3\"\n";
        assert!(reread("ndjsonld", one.as_bytes(), 1).is_err());
        assert!(matches!(reread("csv", rows.as_bytes(), 1), Ok(true)));
    }

    #[test]
    fn a_lost_triple_and_a_cut_file_are_noticed() {
        assert!(matches!(
            reread("turtle", TWO.as_bytes(), 3),
            Err(RereadError::Count { .. })
        ));
        assert!(matches!(
            reread("turtle", &TWO.as_bytes()[..60], 2),
            Err(RereadError::Syntax(_))
        ));
    }
}
