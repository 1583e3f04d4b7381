//! Writes results in the formats of [`FORMATS`](crate::query::FORMATS), row by row, so that an
//! answer of any size takes no memory. What a format cannot hold is an error, never a broken or
//! changed document.

mod csv;
mod graph;
mod rdfxml;
mod solutions;
mod tsv;
mod xml;

pub use graph::graph;
pub use solutions::{Solutions, truth};

use crate::model::Text;
use std::io;

/// Why something was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The format has no way to say it.
    #[error("{}", .0.en)]
    Unwritable(Text),
}
