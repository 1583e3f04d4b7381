//! Validation in a worker: what whoever asks hands over, and what comes back.

use super::{Checked, Failure, Request};
use crate::app::OpenError;
use crate::app::worker::{Caps, Input, Job, Output, PIPES_ONLY, WorkerError, Workers};
use crate::ingest::importers::compression::CompressionError;
use crate::ingest::importers::{ReadError, ReadOptions};
use crate::ingest::{Document, Door, Origin, Profile, SubmitError};
use crate::model::{Assessment, Base};
use crate::rdf::write::ntriples;
use crate::shapes::{Bounds, ReportSyntax, ShapesError, ValidationError};
use serde::{Deserialize, Serialize};
use std::io::{self, BufWriter, Write};
use std::time::{Duration, Instant};

pub const JOB: Job = Job {
    name: "validate",
    open_files: PIPES_ONLY,
    run,
};

/// A file that somebody sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What reports call it.
    pub name: String,
    /// Name or media type of its format; `None` goes by the name, then by the content.
    pub format: Option<String>,
    pub bytes: Vec<u8>,
}

/// What somebody sent, and what they want to know.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub door: &'a Door,
    pub base: &'a Base,
    pub cap_data: Option<&'a str>,
    pub data: &'a [File],
    pub profiles: &'a [String],
    pub shapes: &'a [File],
    /// See [`Request::is_rewritten`].
    pub is_rewritten: bool,
    pub report: Wanted,
}

/// In which form the findings are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wanted {
    /// An [`Assessment`].
    Assessment,
    /// The report of the Recommendation.
    Turtle,
    JsonLd,
}

/// What a validation may take.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub caps: Caps,
    /// Of all files, unpacked.
    pub size_bytes: u64,
    pub depth: usize,
}

/// Why a stranger's validation came to no end. A cap is told by its kind: who set it knows its
/// name.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// The fault is in what was sent.
    #[error("{0}")]
    Fault(Fault),
    #[error(transparent)]
    Worker(#[from] WorkerError),
}

/// A fault in what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// A file cannot be read; line and column where they are known.
    #[error("{text}")]
    Unreadable {
        text: String,
        position: Option<(u64, u64)>,
    },
    #[error("{text}")]
    Shapes {
        text: String,
        faults: Vec<ShapesFault>,
    },
    /// There are more than so many bytes once they are unpacked.
    #[error("unpacked, there are more than {size_bytes} bytes")]
    Size { size_bytes: u64 },
    #[error("the validation took too long")]
    Time,
    #[error("the validation needed too much memory")]
    Memory,
    /// A constraint cannot be evaluated.
    #[error("{text}")]
    Evaluation { text: String },
    /// There is no such profile.
    #[error("{text}")]
    Profile { text: String },
}

/// One fault of a shapes graph, as [`crate::shapes::Fault`] tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShapesFault {
    pub place: String,
    pub parameter: Option<String>,
    pub rule: String,
    pub problem: String,
}

/// How many faults of a shapes graph are told.
const FAULTS: usize = 50;
/// The longest text of a fault that is told.
const FAULT_CHARS: usize = 2000;
/// How long a validation may go on, of the time it has: it tells of its end itself while it can.
const OWN_SHARE: f64 = 0.9;
/// The report is sent in pieces of this size.
const PIECE_BYTES: usize = 64 << 10;

/// Messages of the worker.
const BYTES: u8 = b'b';
const ASSESSMENT: u8 = b'a';
const FAULT: u8 = b'f';

#[derive(Serialize, Deserialize)]
struct Head {
    base: String,
    cap_data: Option<String>,
    data: Vec<Named>,
    profiles: Vec<String>,
    shapes: Vec<Named>,
    /// Profiles that do not come with the program, after the other files.
    further: Vec<Named>,
    is_rewritten: bool,
    report: Wanted,
    size_bytes: u64,
    depth: usize,
    time_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct Named {
    name: String,
    format: Option<String>,
}

impl From<&File> for Named {
    fn from(file: &File) -> Self {
        Self {
            name: file.name.clone(),
            format: file.format.clone(),
        }
    }
}

/// Has a worker validate what somebody sent. A report of the Recommendation is written to `out`
/// as it comes; it is whole only when this succeeds. An assessment is what this gives.
///
/// # Errors
/// When what was sent is at fault, a cap is reached, or nobody wants it any more.
pub fn order(
    workers: &Workers,
    order: &Order<'_>,
    room: Room,
    is_unwanted: &(dyn Fn() -> bool + Sync),
    out: &mut dyn Write,
) -> Result<Option<Assessment>, OrderError> {
    let further = operators_profiles(order);
    let head = Head {
        base: order.base.to_string(),
        cap_data: order.cap_data.map(str::to_owned),
        data: order.data.iter().map(Named::from).collect(),
        profiles: order.profiles.to_vec(),
        shapes: order.shapes.iter().map(Named::from).collect(),
        further: further.iter().map(Named::from).collect(),
        is_rewritten: order.is_rewritten,
        report: order.report,
        size_bytes: room.size_bytes,
        depth: room.depth,
        time_ms: u64::try_from(room.caps.time.as_millis()).unwrap_or(u64::MAX),
    };
    let failed = |error: serde_json::Error| WorkerError::Failed(error.to_string());
    let head = serde_json::to_vec(&head).map_err(failed)?;
    let files = order.data.iter().chain(order.shapes).chain(&further);
    let input: Vec<&[u8]> = std::iter::once(&head[..])
        .chain(files.map(|file| &file.bytes[..]))
        .collect();
    let (mut assessment, mut fault) = (None, None);
    let done = workers.run(
        JOB.name,
        &input,
        room.caps,
        is_unwanted,
        &mut |kind, message| {
            match kind {
                BYTES => out.write_all(message)?,
                ASSESSMENT => assessment = Some(serde_json::from_slice(message)?),
                FAULT => fault = Some(serde_json::from_slice(message)?),
                _ => return Err(io::ErrorKind::InvalidData.into()),
            }
            Ok(())
        },
    );
    match fault {
        // It said so itself before it ended.
        Some(fault) => Err(OrderError::Fault(fault)),
        None => {
            done?;
            Ok(assessment)
        }
    }
}

/// The profiles that are asked for and that a worker does not know, as N-Triples, which are Turtle
/// as well.
fn operators_profiles(order: &Order<'_>) -> Vec<File> {
    let asked = order.profiles.iter();
    let profiles = asked.filter_map(|name| order.door.profile(name));
    profiles
        .filter(|profile| profile.origin != Origin::Program)
        .filter_map(|profile| {
            let mut bytes = Vec::new();
            // Memory takes all that is written.
            ntriples(&mut bytes, &profile.triples).ok()?;
            Some(File {
                name: profile.name.clone(),
                format: None,
                bytes,
            })
        })
        .collect()
}

// ── The worker's end ─────────────────────────────────────────────────────────────────────────

fn run(input: &mut Input, output: &mut Output) -> io::Result<()> {
    let started = Instant::now();
    let fault = match receive(input) {
        Ok(received) => match validate(&received, started, output) {
            Ok(()) => return Ok(()),
            Err(error) => fault_of(error)?,
        },
        Err(error) if error.kind() == io::ErrorKind::OutOfMemory => Fault::Memory,
        Err(error) => return Err(error),
    };
    output.send(FAULT, &serde_json::to_vec(&fault)?)
}

/// What was handed over.
struct Received {
    head: Head,
    base: Base,
    data: Vec<File>,
    shapes: Vec<File>,
    further: Vec<File>,
}

fn receive(input: &mut Input) -> io::Result<Received> {
    let head: Head = serde_json::from_slice(&input.part()?)?;
    let mut files = |named: &[Named]| -> io::Result<Vec<File>> {
        let files = named.iter().map(|named| {
            Ok(File {
                name: named.name.clone(),
                format: named.format.clone(),
                bytes: input.part()?,
            })
        });
        files.collect()
    };
    Ok(Received {
        base: head.base.parse().map_err(io::Error::other)?,
        data: files(&head.data)?,
        shapes: files(&head.shapes)?,
        further: files(&head.further)?,
        head,
    })
}

fn validate(received: &Received, started: Instant, output: &mut Output) -> Result<(), Failure> {
    let head = &received.head;
    let mut door =
        Door::aligned(&received.base, head.cap_data.as_deref()).map_err(OpenError::from)?;
    for profile in &received.further {
        let read = Profile::read(&profile.name, &profile.bytes, &received.base, Origin::Guest);
        door.add_profile(read.map_err(Failure::Profile)?);
    }
    let options = ReadOptions {
        depth: head.depth,
        size_bytes: usize::try_from(head.size_bytes).unwrap_or(usize::MAX),
        ..door.read_options.clone()
    };
    let (data, shapes) = (documents(&received.data), documents(&received.shapes));
    let request = Request {
        data: &data,
        profiles: &head.profiles,
        shapes: &shapes,
        is_rewritten: head.is_rewritten,
    };
    let end = started + Duration::from_millis(head.time_ms).mul_f64(OWN_SHARE);
    let bounds = Bounds {
        is_stopped: &|| Instant::now() >= end,
        ..Bounds::NONE
    };
    let checked = Checked::read(&door, &options, &request)?;
    let syntax = match head.report {
        Wanted::Turtle => ReportSyntax::Turtle,
        Wanted::JsonLd => ReportSyntax::JsonLd,
        Wanted::Assessment => {
            let message = serde_json::to_vec(&checked.assess(bounds)?);
            let message = message.map_err(|error| Failure::Write(error.into()))?;
            return output.send(ASSESSMENT, &message).map_err(Failure::Write);
        }
    };
    let mut pieces = BufWriter::with_capacity(PIECE_BYTES, Pieces(output));
    checked.write_report(&mut pieces, syntax, bounds)?;
    pieces.flush().map_err(Failure::Write)
}

fn documents(files: &[File]) -> Vec<Document<'_>> {
    let files = files.iter().map(|file| Document {
        name: &file.name,
        bytes: &file.bytes,
        format: file.format.as_deref(),
        base: None,
    });
    files.collect()
}

struct Pieces<'a>(&'a mut Output);

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(BYTES, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What the sender is told.
///
/// # Errors
/// When it is none of the sender's faults.
fn fault_of(error: Failure) -> io::Result<Fault> {
    let text = cut(&error.to_string());
    if let Failure::Shapes {
        error: ShapesError::IllFormed(faults),
        ..
    } = &error
    {
        let faults = faults.iter().take(FAULTS).map(|fault| ShapesFault {
            place: cut(&fault.place),
            parameter: fault.parameter.map(str::to_owned),
            rule: fault.rule.to_owned(),
            problem: cut(&fault.problem),
        });
        let faults = faults.collect();
        return Ok(Fault::Shapes { text, faults });
    }
    Ok(match error {
        Failure::Submit(SubmitError::Read { error, .. }) => match error {
            ReadError::Compression(CompressionError::TooLarge { limit_bytes }) => Fault::Size {
                size_bytes: limit_bytes as u64,
            },
            error => Fault::Unreadable {
                text,
                position: error.position(),
            },
        },
        Failure::Incomplete(_) => Fault::Unreadable {
            text,
            position: None,
        },
        Failure::Shapes { .. } => Fault::Evaluation { text },
        Failure::UnknownProfile { .. } => Fault::Profile { text },
        Failure::Validation(ValidationError::Stopped) => Fault::Time,
        Failure::Validation(_) => Fault::Evaluation { text },
        Failure::Write(error) => return Err(error),
        error => return Err(io::Error::other(error)),
    })
}

fn cut(text: &str) -> String {
    let mut cut: String = text.chars().take(FAULT_CHARS).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
