//! SHACL: shapes are compiled once from their graph, then data is checked against them through
//! the indexes behind [`crate::rdf::Quads`].
//!
//! The steps, each in its file: [`compile`](Shapes::compile) refuses an ill-formed shapes graph
//! and resolves every reference; [`validate`] looks at all targets, [`validate_focus`] at a few
//! nodes; [`affected`] says which nodes those are after a change; [`findings`] turns results into
//! what people read.
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
mod validate;
mod vocabulary;

pub use affected::{Affected, Change, affected};
pub use classes::Classes;
pub use compile::{Fault, ShapesError};
pub use path::Path;
pub use report::{ValidationResult, findings};
pub use report_writer::{ReportSyntax, ReportWriter};
pub use shape::Shapes;
pub use validate::{Bounds, Sink, Validation, ValidationError, validate, validate_focus};

#[cfg(test)]
mod minimum_tests;
#[cfg(test)]
mod profile_tests;
#[cfg(test)]
mod syntax_tests;
#[cfg(test)]
mod tests;
