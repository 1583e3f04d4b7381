//! The validation report of the Recommendation (§3.6), written result by result, so that a
//! million results need no memory.

use crate::rdf::write::write_term;
use crate::shapes::path::Path;
use crate::shapes::report::ValidationResult;
use crate::shapes::vocabulary as sh;
use oxrdf::{Literal, Term, TermRef};
use serde_json::{Value, json};
use std::io::{self, Write};

/// The syntaxes in which a report can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportSyntax {
    Turtle,
    JsonLd,
}

/// Writes one report. What was written is whole only after [`ReportWriter::end`].
pub struct ReportWriter<W: Write> {
    out: W,
    syntax: ReportSyntax,
    results: u64,
}

impl<W: Write> ReportWriter<W> {
    /// Writes what stands before the first result.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(mut out: W, syntax: ReportSyntax) -> io::Result<Self> {
        match syntax {
            // No label of a reader's has this form, so it meets none of the data's.
            ReportSyntax::Turtle => write!(
                out,
                "@prefix sh: <{}> .\n\n_:report a sh:ValidationReport .\n",
                sh::NS
            )?,
            ReportSyntax::JsonLd => write!(
                out,
                "{{\"@context\":{{\"sh\":\"{}\"}},\"@type\":\"sh:ValidationReport\",\"sh:result\":[",
                sh::NS
            )?,
        }
        Ok(Self {
            out,
            syntax,
            results: 0,
        })
    }

    /// Writes one result.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn add(&mut self, result: &ValidationResult) -> io::Result<()> {
        match self.syntax {
            ReportSyntax::Turtle => self.add_turtle(result)?,
            ReportSyntax::JsonLd => {
                let comma = if self.results == 0 { "\n" } else { ",\n" };
                self.out.write_all(comma.as_bytes())?;
                serde_json::to_writer(&mut self.out, &json_ld(result))?;
            }
        }
        self.results += 1;
        Ok(())
    }

    /// Writes whether the data conforms, which is known only now (§3.6.1.1: it does when there
    /// is no result, of whatever severity), and gives `out` back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(mut self) -> io::Result<W> {
        let conforms = self.results == 0;
        match self.syntax {
            ReportSyntax::Turtle => writeln!(self.out, "\n_:report sh:conforms {conforms} .")?,
            ReportSyntax::JsonLd => writeln!(self.out, "\n],\"sh:conforms\":{conforms}}}")?,
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn add_turtle(&mut self, result: &ValidationResult) -> io::Result<()> {
        let out = &mut self.out;
        write!(out, "\n_:report sh:result [\n    a sh:ValidationResult ;\n")?;
        property(out, "focusNode", result.focus.as_ref())?;
        if let Some(path) = &result.path {
            write!(out, "    sh:resultPath ")?;
            turtle_path(out, path)?;
            writeln!(out, " ;")?;
        }
        if let Some(value) = &result.value {
            property(out, "value", value.as_ref())?;
        }
        for message in &result.messages {
            property(out, "resultMessage", message.as_ref().into())?;
        }
        property(out, "resultSeverity", result.severity_iri.as_ref().into())?;
        property(out, "sourceShape", result.source_shape.as_ref())?;
        let component = result.component.as_ref();
        property(out, "sourceConstraintComponent", component.into())?;
        if let Some(constraint) = &result.source_constraint {
            property(out, "sourceConstraint", constraint.as_ref())?;
        }
        writeln!(out, "] .")
    }
}

fn property(out: &mut dyn Write, local: &str, value: TermRef<'_>) -> io::Result<()> {
    write!(out, "    sh:{local} ")?;
    write_node(out, value)?;
    writeln!(out, " ;")
}

/// A term, shorter where it is one of SHACL.
fn write_node(out: &mut dyn Write, term: TermRef<'_>) -> io::Result<()> {
    if let TermRef::NamedNode(node) = term
        && let Some(local) = node.as_str().strip_prefix(sh::NS)
        && !local.is_empty()
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return write!(out, "sh:{local}");
    }
    write_term(out, term)
}

/// A path as SHACL writes it (§2.3.1); nesting is limited by the compiler.
fn turtle_path(out: &mut dyn Write, path: &Path) -> io::Result<()> {
    let list = |out: &mut dyn Write, paths: &[Path]| {
        write!(out, "( ")?;
        for path in paths {
            turtle_path(out, path)?;
            write!(out, " ")?;
        }
        write!(out, ")")
    };
    let (local, inner) = match path {
        Path::Predicate(predicate) => return write_term(out, predicate.as_ref().into()),
        Path::Sequence(paths) => return list(out, paths),
        Path::Alternative(paths) => {
            write!(out, "[ sh:alternativePath ")?;
            list(out, paths)?;
            return write!(out, " ]");
        }
        Path::Inverse(inner) => ("inversePath", inner),
        Path::ZeroOrMore(inner) => ("zeroOrMorePath", inner),
        Path::OneOrMore(inner) => ("oneOrMorePath", inner),
        Path::ZeroOrOne(inner) => ("zeroOrOnePath", inner),
    };
    write!(out, "[ sh:{local} ")?;
    turtle_path(out, inner)?;
    write!(out, " ]")
}

fn json_ld(result: &ValidationResult) -> Value {
    let node = |term: Term| json_node(&term);
    let mut object = json!({
        "@type": "sh:ValidationResult",
        "sh:focusNode": json_node(&result.focus),
        "sh:resultSeverity": node(result.severity_iri.clone().into()),
        "sh:sourceShape": json_node(&result.source_shape),
        "sh:sourceConstraintComponent": node(result.component.clone().into()),
    });
    if let Some(path) = &result.path {
        object["sh:resultPath"] = json_path(path);
    }
    if let Some(constraint) = &result.source_constraint {
        object["sh:sourceConstraint"] = json_node(constraint);
    }
    if let Some(value) = &result.value {
        object["sh:value"] = json_node(value);
    }
    if !result.messages.is_empty() {
        object["sh:resultMessage"] = result.messages.iter().map(json_literal).collect();
    }
    object
}

fn json_node(term: &Term) -> Value {
    match term {
        Term::NamedNode(node) => json!({ "@id": node.as_str() }),
        Term::BlankNode(node) => json!({ "@id": node.to_string() }),
        Term::Literal(literal) => json_literal(literal),
    }
}

/// The text as it is: a JSON number would lose its spelling.
fn json_literal(literal: &Literal) -> Value {
    match literal.language() {
        Some(language) => json!({ "@value": literal.value(), "@language": language }),
        None => json!({ "@value": literal.value(), "@type": literal.datatype().as_str() }),
    }
}

fn json_path(path: &Path) -> Value {
    let list = |paths: &[Path]| json!({ "@list": paths.iter().map(json_path).collect::<Vec<_>>() });
    match path {
        Path::Predicate(predicate) => json!({ "@id": predicate.as_str() }),
        Path::Sequence(paths) => list(paths),
        Path::Alternative(paths) => json!({ "sh:alternativePath": list(paths) }),
        Path::Inverse(inner) => json!({ "sh:inversePath": json_path(inner) }),
        Path::ZeroOrMore(inner) => json!({ "sh:zeroOrMorePath": json_path(inner) }),
        Path::OneOrMore(inner) => json!({ "sh:oneOrMorePath": json_path(inner) }),
        Path::ZeroOrOne(inner) => json!({ "sh:zeroOrOnePath": json_path(inner) }),
    }
}
