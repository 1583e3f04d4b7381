//! A query in a worker: what is handed over, and what comes back.

use super::{Head, QueryError, Task, rules};
use crate::app::worker::{Caps, Input, Job, Output, WorkerError};
use crate::app::{App, CONTEXT_FILE};
use crate::ingest::builtin;
use crate::model::{Base, Generation, Text};
use crate::publish::Context;
use crate::query::{self, Bounds, Order, Outcome, Refusal, Rules, RunError, format_named};
use crate::store::{CancellationToken, Checkpoint, RequestedDataset};
use oxrdf::NamedNode;
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

pub const JOB: Job = Job {
    name: "query",
    open_files: OPEN_FILES,
    run,
};

/// The storage opens its files when it needs them, and keeps this many of them open.
const OPEN_FILES: u64 = 1024;
/// What is parsed and evaluated is nested; see `src/http/blocking.rs`.
const STACK_BYTES: usize = 64 << 20;
/// Results are sent in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;

/// What is shown on a page is no larger.
const SHOWN_BYTES: u64 = 16 << 20;

/// Messages of the worker.
const HEAD: u8 = b'h';
const BYTES: u8 = b'b';
const ROWS: u8 = b'r';
const FAULT: u8 = b'f';

/// What a worker opens before it hears of a query.
#[derive(Serialize, Deserialize)]
struct Ready {
    checkpoint: PathBuf,
    base: String,
    identity: String,
}

/// A [`Question`] on its way.
#[derive(Serialize, Deserialize)]
struct Asked {
    text: String,
    rules: Rules,
    default_graphs: Vec<String>,
    named_graphs: Vec<String>,
    bounds: Bounds,
    format: String,
}

/// Why the worker has no answer, or no whole one.
#[derive(Serialize, Deserialize)]
enum Fault {
    Refused(Box<Refusal>),
    Rows(u64),
    Unwritable(Text),
    Failed(String),
}

fn not_told(error: serde_json::Error) -> WorkerError {
    WorkerError::Failed(error.to_string())
}

/// Has a worker answer a query over a checkpoint of a log. `begin` is told what stands before the results, once, before the
/// first byte is written.
///
/// # Errors
/// When the query fails, a limit is reached, nobody wants the answer any more, or `out` fails.
pub(super) fn order<W: Write>(
    app: &App,
    (checkpoint, identity): (&Path, &str),
    task: &Task,
    begin: &mut dyn FnMut(Head, &mut W),
    out: &mut W,
    token: &CancellationToken,
) -> Result<Outcome, QueryError> {
    let limits = &app.config.limits;
    let ready = Ready {
        checkpoint: checkpoint.to_owned(),
        base: app.store.base().to_string(),
        identity: identity.to_owned(),
    };
    let question = &task.question;
    let iris = |graphs: &[NamedNode]| graphs.iter().map(|iri| iri.as_str().to_owned()).collect();
    let asked = Asked {
        text: question.text.clone(),
        rules: rules(limits),
        default_graphs: iris(&question.dataset.default_graphs),
        named_graphs: iris(&question.dataset.named_graphs),
        bounds: question.bounds,
        format: task.format.name.to_owned(),
    };
    let caps = Caps {
        memory_bytes: limits.query_memory_bytes,
        time: question.timeout.min(limits.query_timeout),
        output_bytes: match question.bounds {
            Bounds::Most(_) => limits.result_bytes,
            // It is kept in memory, to be shown.
            Bounds::First(_) => limits.result_bytes.min(SHOWN_BYTES),
        },
    };
    let told = |error| why(not_told(error), caps);
    let ready = serde_json::to_vec(&ready).map_err(told)?;
    let asked = serde_json::to_vec(&asked).map_err(told)?;
    let input: [&[u8]; 2] = [&ready, &asked];
    let (mut rows, mut fault) = (None, None);
    let is_unwanted = || token.is_cancelled();
    let take = &mut |kind: u8, message: &[u8]| {
        match kind {
            HEAD => begin(
                Head {
                    generation: Generation(serde_json::from_slice(message)?),
                },
                out,
            ),
            BYTES => out.write_all(message)?,
            ROWS => rows = Some(serde_json::from_slice(message)?),
            FAULT => fault = Some(serde_json::from_slice(message)?),
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
        Ok(())
    };
    let done = app.workers.run(JOB.name, &input, caps, &is_unwanted, take);
    match (fault, done, rows) {
        // It said so itself before it ended.
        (Some(Fault::Refused(refusal)), ..) => Err(QueryError::Refused(refusal)),
        (Some(Fault::Rows(most)), ..) => Err(RunError::Rows(most).into()),
        (Some(Fault::Unwritable(text)), ..) => Err(RunError::Unwritable(text).into()),
        (Some(Fault::Failed(text)), ..) => Err(QueryError::Failed(text)),
        (None, Err(error), _) => Err(why(error, caps)),
        (None, Ok(()), Some(rows)) => Ok(Outcome { rows }),
        (None, Ok(()), None) => Err(QueryError::Failed("it said no end".to_owned())),
    }
}

fn why(error: WorkerError, caps: Caps) -> QueryError {
    match error {
        WorkerError::Time => QueryError::Time(caps.time),
        WorkerError::Memory => QueryError::Memory(caps.memory_bytes),
        WorkerError::Output => QueryError::Bytes(caps.output_bytes),
        WorkerError::Unwanted => QueryError::Unwanted,
        WorkerError::Taking(error) => RunError::Io(error).into(),
        WorkerError::Failed(text) => QueryError::Failed(text),
    }
}

// ── The worker's end ─────────────────────────────────────────────────────────────────────────

fn run(input: &mut Input, output: &mut Output) -> io::Result<()> {
    let ready: Ready = serde_json::from_slice(&input.part()?)?;
    let base: Base = ready.base.parse().map_err(io::Error::other)?;
    let context = context(&base)?;
    let checkpoint =
        Checkpoint::open(&ready.checkpoint, base, ready.identity).map_err(io::Error::other)?;
    // The process ends with its job: nothing has to be put away.
    let checkpoint: &Checkpoint = Box::leak(Box::new(checkpoint));
    let asked: Asked = serde_json::from_slice(&input.part()?)?;
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || {
                match answer(checkpoint, &context, &asked, output) {
                    Ok(outcome) => output.send(ROWS, &serde_json::to_vec(&outcome.rows)?),
                    Err(Stop::Fault(fault)) => output.send(FAULT, &serde_json::to_vec(&fault)?),
                    Err(Stop::Io(error)) => Err(error),
                }
            })?;
        thread
            .join()
            .unwrap_or_else(|_| Err(io::Error::other("it panicked")))
    })
}

fn context(base: &Base) -> io::Result<Context> {
    let file = builtin::file(CONTEXT_FILE)
        .ok_or_else(|| io::Error::other("the JSON-LD context is missing"))?;
    Context::new(base.clone(), &String::from_utf8_lossy(&file)).map_err(io::Error::other)
}

enum Stop {
    Fault(Fault),
    /// Nobody takes what is sent.
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn answer(
    checkpoint: &Checkpoint,
    context: &Context,
    asked: &Asked,
    output: &mut Output,
) -> Result<Outcome, Stop> {
    let failed = |what: &dyn std::fmt::Display| Stop::Fault(Fault::Failed(what.to_string()));
    let view = checkpoint.view();
    let prepared = query::prepare(&asked.text, view.base(), asked.rules)
        .map_err(|refusal| Stop::Fault(Fault::Refused(refusal)))?;
    let format = format_named(&asked.format).ok_or_else(|| failed(&"there is no such format"))?;
    let graphs = |iris: &[String]| {
        let graphs: Result<Vec<_>, _> = iris.iter().map(NamedNode::new).collect();
        graphs.map_err(|error| failed(&error))
    };
    let dataset = RequestedDataset {
        default_graphs: graphs(&asked.default_graphs)?,
        named_graphs: graphs(&asked.named_graphs)?,
    };
    let generation = view.generation().map_err(|error| failed(&error))?;
    output.send(
        HEAD,
        &serde_json::to_vec(&generation.0).map_err(io::Error::from)?,
    )?;
    let order = Order {
        prepared: &prepared,
        dataset: &dataset,
        format,
        bounds: asked.bounds,
        context,
    };
    let mut pieces = BufWriter::with_capacity(PIECE_BYTES, Pieces(output));
    let token = CancellationToken::new();
    let outcome = query::run(view, order, &mut pieces, &token).map_err(|error| match error {
        RunError::Rows(most) => Stop::Fault(Fault::Rows(most)),
        RunError::Unwritable(text) => Stop::Fault(Fault::Unwritable(text)),
        RunError::Io(error) => Stop::Io(error),
        RunError::Evaluation(error) => failed(&error),
        // Nobody else answers in a worker.
        RunError::Foreign(why) => failed(&why),
    })?;
    pieces.flush()?;
    Ok(outcome)
}

struct Pieces<'a>(&'a mut Output);

impl Write for Pieces<'_> {
    /// One long literal comes in pieces as well: whoever takes them keeps one at a time.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let piece = bytes.get(..PIECE_BYTES).unwrap_or(bytes);
        self.0.send(BYTES, piece)?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
