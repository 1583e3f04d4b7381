//! SPARQL Query Results XML.

use crate::query::write::WriteError;
use crate::rdf::xml::text;
use oxrdf::{Term, Variable};
use std::io::{self, Write};

/// Writes what stands before the solutions.
pub(super) fn head(out: &mut dyn Write, variables: &[Variable]) -> Result<(), WriteError> {
    begin(out)?;
    for variable in variables {
        out.write_all(b"<variable name=\"")?;
        text(out, variable.as_str())?;
        out.write_all(b"\"/>")?;
    }
    out.write_all(b"</head>\n<results>\n")?;
    Ok(())
}

fn begin(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sparql xmlns=\"http://www.w3.org/2005/sparql-results#\">\n<head>",
    )
}

/// Writes a truth value.
pub(super) fn truth(out: &mut dyn Write, value: bool) -> io::Result<()> {
    begin(out)?;
    writeln!(out, "</head>\n<boolean>{value}</boolean>\n</sparql>")
}

/// Writes one solution.
pub(super) fn row(
    out: &mut dyn Write,
    variables: &[Variable],
    values: &[Option<&Term>],
) -> Result<(), WriteError> {
    out.write_all(b"<result>")?;
    for (variable, value) in variables.iter().zip(values) {
        let Some(term) = value else { continue };
        out.write_all(b"<binding name=\"")?;
        text(out, variable.as_str())?;
        out.write_all(b"\">")?;
        match term {
            Term::NamedNode(node) => {
                out.write_all(b"<uri>")?;
                text(out, node.as_str())?;
                out.write_all(b"</uri>")?;
            }
            Term::BlankNode(node) => {
                out.write_all(b"<bnode>")?;
                text(out, node.as_str())?;
                out.write_all(b"</bnode>")?;
            }
            Term::Literal(literal) => {
                let (value, datatype, language) = literal.clone().destruct();
                out.write_all(b"<literal")?;
                if let Some(language) = language {
                    out.write_all(b" xml:lang=\"")?;
                    text(out, &language)?;
                    out.write_all(b"\"")?;
                } else if let Some(datatype) = datatype {
                    out.write_all(b" datatype=\"")?;
                    text(out, datatype.as_str())?;
                    out.write_all(b"\"")?;
                }
                out.write_all(b">")?;
                text(out, &value)?;
                out.write_all(b"</literal>")?;
            }
        }
        out.write_all(b"</binding>")?;
    }
    out.write_all(b"</result>\n")?;
    Ok(())
}

/// Writes what stands after the solutions.
pub(super) fn end(out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"</results>\n</sparql>\n")
}
