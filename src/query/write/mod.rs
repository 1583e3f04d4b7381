//! Writes results in the formats of [`FORMATS`](crate::query::FORMATS), row by row, so that an
//! answer of any size takes no memory. What a format cannot hold is an error, never a broken or
//! changed document.

mod csv;
mod graph;
mod solutions;
mod tsv;
mod xml;

pub use graph::graph;
pub use solutions::{Solutions, truth};

pub use crate::rdf::xml::WriteError;
