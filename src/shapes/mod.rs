//! SHACL: shapes are compiled once from their graph, then data is checked against them through
//! the indexes behind [`crate::rdf::Quads`].
//!
//! The steps, each in its file: [`compile`](Shapes::compile) refuses an ill-formed shapes graph
//! and resolves every reference; [`validate`] looks at all targets, [`validate_focus`] at a few
//! nodes; [`affected`] says which nodes those are after a change; [`findings`] turns results into
//! what people read.
//!
//! It works on any quads, without the rest of the program (`examples/validate.rs` does so with
//! files):
//!
//! ```
//! use affiche::rdf::parse::{ParseOptions, Syntax, parse};
//! use affiche::shapes::{Classes, Shapes, validate};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let read = |text: &str| parse(text.as_bytes(), Syntax::Turtle, &ParseOptions::default());
//! let shapes = read(
//!     "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e.example/> .
//!     e:shape sh:targetClass e:Show ; sh:property [ sh:path e:name ; sh:minCount 1 ] .",
//! )?;
//! let data = read("@prefix e: <http://e.example/> . e:one a e:Show . e:two a e:Show ; e:name 2 .")?;
//!
//! let shapes = Shapes::compile(&shapes.graph)?;
//! let classes = Classes::read(&data.graph)?;
//! let results = validate(&shapes, &data.graph, &classes)?;
//! assert_eq!(results.len(), 1);
//! assert_eq!(results[0].focus.to_string(), "<http://e.example/one>");
//! # Ok(())
//! # }
//! ```
//!
//! [`ReportWriter`] writes results as the report of the Recommendation.
//!
//! Never here: the store, the door's own rules, or a write of any kind. The class hierarchy comes
//! as [`Classes`], so that it is read once and from whom we trust.
//!
//! A new constraint component is one row in `component::COMPONENTS`, one variant of
//! `component::Check`, its evaluation in `validate` and, when it reads triples beyond its value
//! nodes, its reads in `reads`. The compiler points to each place.

mod affected;
mod classes;
mod compile;
mod component;
mod literal;
mod message;
mod path;
mod pattern;
mod reader;
mod reads;
mod report;
mod report_writer;
mod shape;
mod sparql;
mod validate;
mod vocabulary;

pub use affected::{Affected, Change, affected};
pub use classes::Classes;
pub use compile::{Fault, ShapesError};
pub use path::Path;
pub use report::{ValidationResult, findings};
pub use report_writer::{ReportSyntax, ReportWriter};
pub use shape::Shapes;
pub use sparql::Note;
pub use validate::{Bounds, Session, Sink, Validation, ValidationError, validate, validate_focus};

#[cfg(test)]
mod bounds_tests;
#[cfg(test)]
mod minimum_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod syntax_tests;
#[cfg(test)]
mod tests;
