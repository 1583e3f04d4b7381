//! SPARQL 1.1 Query Results TSV: terms as Turtle writes them, without prefixes.

use crate::rdf::write::{is_shorthand, write_term};
use oxrdf::{Term, Variable};
use std::io::{self, Write};

/// Writes the line of variables.
pub(super) fn head(out: &mut dyn Write, variables: &[Variable]) -> io::Result<()> {
    for (index, variable) in variables.iter().enumerate() {
        let before = if index > 0 { "\t" } else { "" };
        write!(out, "{before}?{}", variable.as_str())?;
    }
    out.write_all(b"\n")
}

/// Writes one solution; nothing stands for what is unbound (TSV §4.1).
pub(super) fn row(out: &mut dyn Write, values: &[Option<&Term>]) -> io::Result<()> {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.write_all(b"\t")?;
        }
        match value {
            None => {}
            Some(Term::Literal(literal)) if is_shorthand(literal.as_ref()) => {
                out.write_all(literal.value().as_bytes())?;
            }
            Some(term) => write_term(out, term.as_ref())?,
        }
    }
    out.write_all(b"\n")
}
