//! Runs SPARQL queries: here what is known to be cheap, everything else in a worker.
//!
//! A worker (`job.rs`) reads a checkpoint of the store (`checkpoints.rs`), so that it can be killed
//! whatever it does and never disturbs who writes. It prepares the query again by the same rules
//! and runs it by the same function as this process does: an answer does not depend on where it
//! was made.

mod checkpoints;
mod job;
mod slices;

pub use checkpoints::Checkpoints;
pub use job::JOB;
pub use slices::{SLICE, Slices};

pub mod cache;

use crate::app::App;
use crate::app::mirror::{self, MirrorError, Serving};
use crate::app::releases::Release;
use crate::app::statistics::State;
use crate::config::Limits;
use crate::model::Generation;
use crate::query::plan::{self, Explanation, Place, Plan, Statistics};
use crate::query::{
    self, Bounds, Form, Format, Order, Outcome, Prepared, Refusal, Rules, RunError,
};
use crate::store::{CancellationToken, QueryEvaluationError, RequestedDataset, StoreError};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// A query that somebody asks.
#[derive(Clone, Debug)]
pub struct Question {
    pub text: String,
    pub dataset: RequestedDataset,
    pub bounds: Bounds,
    /// No more than `limits.query_timeout`.
    pub timeout: Duration,
    /// What was released, if not the present data is asked.
    pub release: Option<Arc<Release>>,
}

/// Why there is no answer, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query does not run.
    #[error("{0:?}")]
    Refused(Box<Refusal>),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It ran longer than it may.
    #[error("the query took longer than {0:?}")]
    Time(Duration),
    /// It wanted more memory than it may have.
    #[error("the query needed more than {0} bytes of memory")]
    Memory(u64),
    /// Its answer is larger than answers may be.
    #[error("the answer has more than {0} bytes")]
    Bytes(u64),
    /// The client has left.
    #[error("nobody wants the answer any more")]
    Unwanted,
    /// The mirror that is to answer does not.
    #[error(transparent)]
    Mirror(#[from] MirrorError),
    /// The mirror that is to answer is not in step, and nobody answers in its place.
    #[error("the mirror is not in step")]
    Behind,
    /// A defect of ours, or no process could be started.
    #[error("the worker failed: {0}")]
    Failed(String),
}

/// What stands before the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub generation: Generation,
}

/// What became of a query that was tried here.
pub enum Tried {
    /// The whole answer.
    Answered {
        head: Head,
        body: Vec<u8>,
        outcome: Outcome,
    },
    /// It is for a worker.
    Elsewhere,
}

/// What queries may be, by the configuration.
pub fn rules(limits: &Limits) -> Rules {
    Rules {
        bytes: limits.query_bytes,
        depth: limits.query_depth,
        patterns: limits.query_patterns,
    }
}

/// A question that may be answered.
#[derive(Clone, Debug)]
pub struct Task {
    pub question: Question,
    pub prepared: Prepared,
    pub plan: Plan,
    /// One for the query's form.
    pub format: &'static Format,
    /// By which the reader knows the format.
    pub media_type: &'static str,
}

/// Prepares a query and finds out where it runs. To be called on a thread with a large stack.
///
/// # Errors
/// When it does not run at all.
pub fn prepare(
    app: &App,
    text: &str,
    dataset: &RequestedDataset,
) -> Result<(Prepared, Plan), Box<Refusal>> {
    let prepared = query::prepare(text, app.store.base(), rules(&app.config.limits))?;
    let state = numbers(app);
    let plan = plan::plan(&prepared, dataset, state.as_deref().map(statistics));
    Ok((prepared, plan))
}

/// Prepares a query as [`prepare`] does, and tells how it would run.
///
/// # Errors
/// When it does not run at all.
pub fn explain(
    app: &App,
    text: &str,
    dataset: &RequestedDataset,
) -> Result<(Prepared, Explanation), Box<Refusal>> {
    let prepared = query::prepare(text, app.store.base(), rules(&app.config.limits))?;
    let state = app.statistics.current();
    let statistics = state.as_deref().map(statistics);
    let explanation = plan::explain(&prepared, dataset, statistics, &app.context.prefixes);
    Ok((prepared, explanation))
}

/// The numbers of the data, unless they are of a former state: what came since may be large.
fn numbers(app: &App) -> Option<Arc<State>> {
    let state = app.statistics.current()?;
    (state.generation == app.store.generation()).then_some(state)
}

fn statistics(state: &State) -> Statistics<'_> {
    Statistics {
        counts: &state.counts,
        graphs: &state.graphs,
    }
}

/// What is answered here is kept in memory, and no larger.
const MOST_BYTES_HERE: usize = 1 << 20;

/// Answers a query here if it is known to be cheap, and turns out so: in one slice of time, with a
/// small answer. `token` is cancelled when the slice ends.
///
/// # Errors
/// When the evaluation fails, or the answer has too many rows.
pub fn try_here(app: &App, task: &Task, token: &CancellationToken) -> Result<Tried, QueryError> {
    // Only workers read what was released: here nothing but the store is open.
    if task.plan.place == Place::Worker || task.question.release.is_some() {
        return Ok(Tried::Elsewhere);
    }
    if let Err(error) = app.slices.begin(token.clone()) {
        tracing::error!(%error, "no thread could be started");
        return Ok(Tried::Elsewhere);
    }
    let snapshot = app.store.snapshot()?;
    let view = snapshot.view();
    let head = Head {
        generation: view.generation()?,
    };
    let order = Order {
        prepared: &task.prepared,
        dataset: &task.question.dataset,
        format: task.format,
        bounds: task.question.bounds,
        context: &app.context,
    };
    let mut body = Small(Vec::new());
    match query::run(view, order, &mut body, token) {
        Ok(outcome) => Ok(Tried::Answered {
            head,
            body: body.0,
            outcome,
        }),
        // Its slice is over, or its answer too large to be kept: nobody has seen any of it.
        Err(RunError::Evaluation(QueryEvaluationError::Cancelled) | RunError::Io(_)) => {
            app.metrics.query_moved();
            Ok(Tried::Elsewhere)
        }
        Err(error) => Err(error.into()),
    }
}

/// An answer that is kept while it is small.
struct Small(Vec<u8>);

impl io::Write for Small {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_BYTES_HERE {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers a query by the mirror if it is to answer them, else in a worker. `begin` is told what stands
/// before the results, once, before the first byte is written.
///
/// # Errors
/// When the evaluation fails, a limit is reached, or `out` fails.
pub fn elsewhere<W: io::Write>(
    app: &App,
    task: &Task,
    begin: &mut dyn FnMut(Head, &mut W),
    out: &mut W,
    token: &CancellationToken,
) -> Result<Outcome, QueryError> {
    // The mirror holds the present data alone.
    let serving = match task.question.release {
        Some(_) => Serving::Here,
        None => app.mirror.serving(),
    };
    match serving {
        Serving::Here => {}
        Serving::Nobody => return Err(QueryError::Behind),
        Serving::There(generation) => {
            let answered = mirror::answer(app, task, generation, begin, out, token);
            app.metrics.query_mirrored(match &answered {
                Ok(Some(_)) => "ok",
                // It could not be written for another engine.
                Ok(None) => "here",
                Err(QueryError::Mirror(_)) => "failed",
                Err(_) => "stopped",
            });
            if let Some(outcome) = answered? {
                return Ok(outcome);
            }
        }
    }
    by_worker(app, task, begin, out, token)
}

/// Answers a query in a worker. `begin` is told what stands before the results, once, before the
/// first byte is written.
///
/// # Errors
/// When the evaluation fails, a limit is reached, or `out` fails.
pub fn by_worker<W: io::Write>(
    app: &App,
    task: &Task,
    begin: &mut dyn FnMut(Head, &mut W),
    out: &mut W,
    token: &CancellationToken,
) -> Result<Outcome, QueryError> {
    let is_unwanted = || token.is_cancelled();
    let outcome = if let Some(release) = &task.question.release {
        let identity = release.manifest.log.as_str();
        job::order(
            app,
            (&release.checkpoint_path(), identity),
            task,
            begin,
            out,
            token,
        )
    } else {
        let Some(checkpoint) = app.checkpoints.newest(&app.store, &is_unwanted)? else {
            return Err(QueryError::Unwanted);
        };
        let state = (checkpoint.folder(), app.store.identity());
        job::order(app, state, task, begin, out, token)
    };
    app.metrics.query_worker(match &outcome {
        Ok(_) => "ok",
        Err(QueryError::Refused(_)) => "refused",
        Err(QueryError::Run(RunError::Rows(_))) => "rows",
        Err(QueryError::Bytes(_)) => "bytes",
        Err(QueryError::Time(_)) => "time",
        Err(QueryError::Memory(_)) => "memory",
        Err(QueryError::Unwanted | QueryError::Run(RunError::Io(_))) => "cancelled",
        Err(_) => "failed",
    });
    outcome
}

/// The format for results that are read again here, to be shown.
pub fn format_to_read(form: Form) -> &'static str {
    if form.is_graph() { "nt" } else { "json" }
}
