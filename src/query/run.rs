//! Runs a query over one state of the store and writes its results.

use crate::model::Text;
use crate::publish::Context;
use crate::query::write::{self, Solutions, WriteError};
use crate::query::{Format, Prepared, functions};
use crate::store::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, RequestedDataset,
    View,
};
use oxrdf::Triple;
use serde::{Deserialize, Serialize};
use std::io;

/// How many rows, or triples, an answer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bounds {
    /// No more than these: one that has more fails.
    Most(u64),
    /// The first of them, and then it ends.
    First(u64),
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Rows or triples; one for a truth value.
    pub rows: u64,
}

/// Why there is no answer, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Evaluation(#[from] QueryEvaluationError),
    #[error("the answer has more than {0} rows")]
    Rows(u64),
    /// The format cannot hold it.
    #[error("{}", .0.en)]
    Unwritable(Text),
    /// What another engine answers cannot be read, or is not all.
    #[error("what the other engine answers cannot be used: {0}")]
    Foreign(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<WriteError> for RunError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => Self::Io(error),
            WriteError::Unwritable(text) => Self::Unwritable(text),
        }
    }
}

/// What is run, and how its results are written.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub prepared: &'a Prepared,
    pub dataset: &'a RequestedDataset,
    /// One for the query's form.
    pub format: &'a Format,
    pub bounds: Bounds,
    pub context: &'a Context,
}

/// Runs a query and writes all of its results, or fails. `token` stops what reads the store; see
/// [`View::evaluate`] for what it does not stop.
///
/// # Errors
/// When the evaluation fails, there are too many rows, or `out` does.
pub fn run(
    view: View<'_>,
    order: Order<'_>,
    out: &mut dyn io::Write,
    token: &CancellationToken,
) -> Result<Outcome, RunError> {
    let query = order.prepared.query.clone();
    let writes = order.format.writes;
    let mut count = Count::new(order.bounds);
    let extensions = functions::extensions(&order.prepared.functions);
    match view.evaluate_with(query, order.dataset, extensions, token.clone())? {
        QueryResults::Boolean(value) => {
            count.rows = 1;
            write::truth(out, writes, value)?;
        }
        QueryResults::Solutions(solutions) => solutions_to(out, order, solutions, &mut count)?,
        QueryResults::Graph(triples) => {
            let triples = triples.map(|triple| triple.map_err(RunError::from));
            write::graph(out, writes, order.context, triples, &mut count)?;
        }
    }
    // EXISTS, MINUS and OFFSET take a read that was called off for an ordinary one: the rows may
    // be wrong though none of them says so.
    if token.is_cancelled() {
        return Err(QueryEvaluationError::Cancelled.into());
    }
    Ok(Outcome { rows: count.rows })
}

/// Writes triples that are at hand, in one of the formats for graphs.
///
/// # Errors
/// When the format cannot hold them, or `out` fails.
pub fn write_triples(
    triples: Vec<Triple>,
    format: &Format,
    context: &Context,
    out: &mut dyn io::Write,
) -> Result<(), RunError> {
    let mut count = Count::new(Bounds::Most(u64::MAX));
    write::graph(
        out,
        format.writes,
        context,
        triples.into_iter().map(Ok),
        &mut count,
    )
}

fn solutions_to(
    out: &mut dyn io::Write,
    order: Order<'_>,
    solutions: QuerySolutionIter<'_>,
    count: &mut Count,
) -> Result<(), RunError> {
    let mut written = Solutions::begin(out, order.format.writes, solutions.variables())?;
    for solution in solutions {
        let solution = solution?;
        if !count.goes_on()? {
            break;
        }
        written.write(solution.values())?;
    }
    Ok(written.end()?)
}

/// Counts what is written, and says when it is enough or too much.
pub struct Count {
    rows: u64,
    bounds: Bounds,
}

impl Count {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { rows: 0, bounds }
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether one more is to be written.
    pub(super) fn goes_on(&mut self) -> Result<bool, RunError> {
        match self.bounds {
            Bounds::Most(most) if self.rows >= most => Err(RunError::Rows(most)),
            Bounds::First(first) if self.rows >= first => Ok(false),
            _ => {
                self.rows += 1;
                Ok(true)
            }
        }
    }
}
