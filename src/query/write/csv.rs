//! SPARQL 1.1 Query Results CSV: values without their types, lines that end in CR LF.

use oxrdf::{Term, Variable};
use std::io::{self, Write};

/// Writes the line of variables.
pub(super) fn head(out: &mut dyn Write, variables: &[Variable]) -> io::Result<()> {
    let names: Vec<&str> = variables.iter().map(Variable::as_str).collect();
    write!(out, "{}\r\n", names.join(","))
}

/// Writes one solution.
pub(super) fn row(out: &mut dyn Write, values: &[Option<&Term>]) -> io::Result<()> {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let text = match value {
            None => "",
            Some(Term::NamedNode(node)) => node.as_str(),
            Some(Term::BlankNode(node)) => {
                write!(out, "_:{}", node.as_str())?;
                continue;
            }
            Some(Term::Literal(literal)) => literal.value(),
        };
        // Programs skip empty lines: a lone value that is empty is quoted, which says the same.
        field(out, text, values.len() == 1 && text.is_empty())?;
    }
    out.write_all(b"\r\n")
}

/// CSV §3.2: what holds a quote, a comma or the end of a line is quoted, quotes are doubled. IRIs
/// may hold commas too.
fn field(out: &mut dyn Write, text: &str, must_quote: bool) -> io::Result<()> {
    let is_special = |byte: u8| matches!(byte, b'"' | b',' | b'\n' | b'\r');
    if !must_quote && !text.bytes().any(is_special) {
        return out.write_all(text.as_bytes());
    }
    out.write_all(b"\"")?;
    for (index, part) in text.split('"').enumerate() {
        if index > 0 {
            out.write_all(b"\"\"")?;
        }
        out.write_all(part.as_bytes())?;
    }
    out.write_all(b"\"")
}
