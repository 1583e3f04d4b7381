//! One SPARQL query, from its text to its results. Nothing here knows HTTP, processes or time
//! limits: who runs a query bounds it.
//!
//! [`prepare`] decides whether a text may run at all, [`plan`] where, [`run`] runs it over one
//! state of the store and writes its results in one of the [`FORMATS`].

mod abroad;
pub mod examples;
mod formats;
mod functions;
mod normal;
mod order;
pub mod plan;
mod prepare;
mod run;
mod syntax;
mod values;
mod write;

pub use abroad::{Foreign, Written, relay, written};
pub use formats::{FORMATS, Format, Writes, format_asked, format_named, formats_of};
pub use functions::functions;
pub use prepare::prepare;
pub use run::{Bounds, Order, Outcome, RunError, run, write_triples};

use crate::model::Text;
use oxrdf::{NamedNode, Variable};
use serde::{Deserialize, Serialize};
use spargebra::Query;

/// What the text of a query may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    pub bytes: usize,
    pub depth: usize,
    /// Triple patterns, steps of paths, and what joins them.
    pub patterns: usize,
}

/// A query that may run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Rewritten so that it runs well; see [`prepare`].
    pub query: Query,
    /// The query as it was meant, the same for every way to write it: prefixes, white space and
    /// comments are gone.
    pub normal: String,
    /// Its answer may be another one each time, over the same data.
    pub is_volatile: bool,
    /// Triple patterns, steps of paths, and what joins them.
    pub patterns: usize,
    /// Operators, functions, constants and variables in expressions.
    pub expressions: usize,
    /// The functions that it calls beyond those of SPARQL.
    pub functions: Vec<NamedNode>,
    /// The variables that the query leaves open on purpose (`VALUES ?x { UNDEF }`), which is no
    /// longer in [`Prepared::query`].
    pub left_open: Vec<Variable>,
}

impl Prepared {
    pub fn form(&self) -> Form {
        match self.query {
            Query::Select { .. } => Form::Select,
            Query::Ask { .. } => Form::Ask,
            Query::Construct { .. } => Form::Construct,
            Query::Describe { .. } => Form::Describe,
        }
    }
}

/// The form of a query (SPARQL 1.1 Query §16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Form {
    Select,
    Ask,
    Construct,
    Describe,
}

impl Form {
    pub fn is_graph(self) -> bool {
        matches!(self, Self::Construct | Self::Describe)
    }
}

/// Why a text does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It is no SPARQL query.
    Syntax,
    /// It wants to write.
    Update,
    /// It is longer than queries may be.
    TooLong,
    /// It is a query, and one that is not run here.
    Refused,
}

/// A text that does not run, and what to tell who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub why: Why,
    pub detail: Option<Text>,
    /// Line and column, counted from 1.
    pub position: Option<(usize, usize)>,
    /// The key of the configuration that sets the limit which was hit, and its value.
    pub limit: Option<(String, String)>,
}

impl Refusal {
    /// In a box, since a result is as large as its error.
    fn new(why: Why) -> Box<Self> {
        Box::new(Self {
            why,
            detail: None,
            position: None,
            limit: None,
        })
    }

    fn limit(why: Why, key: &str, value: usize) -> Box<Self> {
        let mut refusal = Self::new(why);
        refusal.limit = Some((key.to_owned(), value.to_string()));
        refusal
    }

    fn with_detail(mut self: Box<Self>, detail: Text) -> Box<Self> {
        self.detail = Some(detail);
        self
    }

    fn at(mut self: Box<Self>, line: usize, column: usize) -> Box<Self> {
        self.position = Some((line, column));
        self
    }
}

#[cfg(test)]
mod hostile_tests;
