//! SHACL-SPARQL: constraints that a query expresses (SHACL part 2).
//!
//! A query is read and judged once, when the shapes are compiled: [`query`] parses it within
//! limits, [`limitations`] refuses what pre-binding forbids, [`constraint`] and [`components`] say
//! which shape asks which query. [`evaluate`] then puts the values of one focus node into a copy
//! of its algebra ([`prebind`]) and runs it on the data ([`dataset`]), with every triple counted.
//! [`reads`] derives from the algebra which triples a query looks at, and how the focus node
//! leads to them.
//!
//! Never here: a query made from strings, another server, or a graph besides the data and the
//! shapes.

mod components;
mod constraint;
mod dataset;
mod evaluate;
mod limitations;
mod message;
mod note;
mod prebind;
mod prefixes;
mod query;
mod reads;
mod walk;

pub(super) use components::Components;
pub(super) use constraint::{QueryConstraint, constraint};
pub(super) use dataset::Meter;
pub(super) use evaluate::Solution;
pub use note::Note;
pub(super) use note::notes;
pub(super) use reads::{Pattern, Places, reads};

#[cfg(test)]
mod tests;
