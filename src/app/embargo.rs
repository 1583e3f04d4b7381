//! Submissions that are not to be seen before a time: checked when they come, kept in
//! `DIR/private`, and taken through the door when the time has come, with the findings of that
//! moment.
//!
//! Each is a folder `DIR/private/embargo/{id}` with the files as they were sent, what is to be
//! done with them (`draft.json`), and the report of the check, which the report of the
//! publication replaces. Nothing of it is in the store or the log before its time. What was
//! published leaves only its report behind; what was refused at its time stays, so that nothing
//! is lost.

use crate::app::{App, private};
use crate::ingest::{Document, Outcome, Report, Submission, SubmitError, submit};
use crate::model::{Mode, Source, SourceName, time};
use crate::store::fill_random;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const DRAFT: &str = "draft.json";
const REPORT: &str = "report.json";

/// A submission that waits for its time, or the little that is kept of it afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    pub id: String,
    pub source: String,
    pub mode: String,
    partial: Option<bool>,
    allow_withdrawals: bool,
    /// When it came: xsd:dateTime, UTC.
    pub received: String,
    /// When it is to be published: xsd:dateTime, UTC.
    pub publish_at: String,
    pub state: HeldState,
    /// What went wrong when its time had come and it could not be read at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    documents: Vec<HeldDocument>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeldState {
    /// It waits for its time.
    Waiting,
    Published,
    /// When its time had come, it was refused; its files are still here.
    Refused,
}

impl HeldState {
    pub fn name(self) -> &'static str {
        match self {
            HeldState::Waiting => "waiting",
            HeldState::Published => "published",
            HeldState::Refused => "refused",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct HeldDocument {
    name: String,
    format: Option<String>,
    base: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum EmbargoError {
    #[error("{0} is over already; to publish at once, leave the time of publication out")]
    Past(Timestamp),
    #[error(
        "`{0}` is no time; write for example `2027-01-15T10:00` or `2027-01-15T10:00:00+01:00`"
    )]
    NoTime(String),
    #[error("there is no held submission `{0}`; `affiche embargo list` shows those that there are")]
    Unknown(String),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// Checks a submission as things are now, and keeps it until its time unless it is refused. The
/// report says what would be published now; its `held` names what is kept.
///
/// # Errors
/// When the time is over, or the submission cannot be read or kept.
pub fn hold(
    app: &App,
    submission: &Submission<'_>,
    publish_at: Timestamp,
    now: Timestamp,
) -> Result<Report, EmbargoError> {
    if publish_at <= now {
        return Err(EmbargoError::Past(publish_at));
    }
    let trial = Submission {
        is_dry_run: true,
        ..submission.clone()
    };
    let mut report = submit(&app.store, &app.door, &trial, now, &mut fill_random)?;
    if report.outcome == Outcome::Refused || submission.is_dry_run {
        return Ok(report);
    }
    let held = Held {
        id: private::random_name(),
        source: submission.source.to_string(),
        mode: submission.mode.name().to_owned(),
        partial: submission.is_partial,
        allow_withdrawals: submission.allows_withdrawals,
        received: time::utc(now),
        publish_at: time::utc(publish_at),
        state: HeldState::Waiting,
        error: None,
        documents: submission
            .documents
            .iter()
            .map(|document| HeldDocument {
                name: document.name.to_owned(),
                format: document.format.map(str::to_owned),
                base: document.base.map(str::to_owned),
            })
            .collect(),
    };
    report.outcome = Outcome::Held;
    report.held = Some(held.id.clone());
    report.publish_at = Some(held.publish_at.clone());
    let folder = folder(app).join(&held.id);
    for (number, document) in submission.documents.iter().enumerate() {
        write(&folder.join(number.to_string()), document.bytes)?;
    }
    write(&folder.join(REPORT), &json(&report))?;
    // Last: a folder without it was never promised to anybody.
    write(&folder.join(DRAFT), &json(&held))?;
    Ok(report)
}

/// The instant that somebody means; without an offset, it is in the source's zone.
///
/// # Errors
/// When it is no time, or the store fails.
pub fn instant(app: &App, source: &SourceName, text: &str) -> Result<Timestamp, EmbargoError> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let snapshot = app.store.snapshot().map_err(SubmitError::from)?;
    let source = snapshot.view().source(source).map_err(SubmitError::from)?;
    let zone = source.map_or_else(|| Source::DEFAULT_ZONE.to_owned(), |source| source.zone);
    text.parse::<jiff::civil::DateTime>()
        .and_then(|local| local.in_tz(&zone))
        .map(|time| time.timestamp())
        .map_err(|_| EmbargoError::NoTime(text.to_owned()))
}

/// All that is kept, by time of publication.
///
/// # Errors
/// When the private folder cannot be read.
pub fn list(app: &App) -> Result<Vec<Held>, EmbargoError> {
    let folder = folder(app);
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(EmbargoError::Io {
                path: folder,
                error,
            });
        }
    };
    let mut all = Vec::new();
    for entry in entries {
        let path = entry
            .map_err(|error| EmbargoError::Io {
                path: folder.clone(),
                error,
            })?
            .path()
            .join(DRAFT);
        if path.exists() {
            let bytes = read(&path)?;
            let held: Held = serde_json::from_slice(&bytes).map_err(|error| EmbargoError::Io {
                path,
                error: error.into(),
            })?;
            all.push(held);
        }
    }
    all.sort_by(|a, b| (&a.publish_at, &a.id).cmp(&(&b.publish_at, &b.id)));
    Ok(all)
}

/// The last report on something held, as JSON.
///
/// # Errors
/// When there is none.
pub fn report(app: &App, id: &str) -> Result<Vec<u8>, EmbargoError> {
    read(&existing(app, id)?.join(REPORT))
}

/// Throws something held away: it is never published.
///
/// # Errors
/// When there is nothing of that name.
pub fn cancel(app: &App, id: &str) -> Result<(), EmbargoError> {
    let path = existing(app, id)?;
    // Without its draft it is nothing any more, should the rest be cut off.
    let draft = path.join(DRAFT);
    fs::remove_file(&draft).map_err(|error| EmbargoError::Io { path: draft, error })?;
    fs::remove_dir_all(&path).map_err(|error| EmbargoError::Io { path, error })
}

/// Takes through the door what waits and whose time has come, in the order of the times. A
/// crash between the change and the note of it does it twice, which is the same as once.
///
/// # Errors
/// When the private folder cannot be used or the store fails. What cannot be published is no
/// error: it is kept, with its report.
pub fn publish_due(app: &App, now: Timestamp) -> Result<Vec<Report>, EmbargoError> {
    let mut reports = Vec::new();
    for held in list(app)? {
        let is_due = held
            .publish_at
            .parse::<Timestamp>()
            .is_ok_and(|time| time <= now);
        if held.state == HeldState::Waiting && is_due {
            reports.extend(publish(app, held, now)?);
        }
    }
    Ok(reports)
}

fn publish(app: &App, mut held: Held, now: Timestamp) -> Result<Option<Report>, EmbargoError> {
    let folder = folder(app).join(&held.id);
    let mut files = Vec::with_capacity(held.documents.len());
    for number in 0..held.documents.len() {
        files.push(read(&folder.join(number.to_string()))?);
    }
    let outcome = take(app, &held, &files, now);
    let report = match outcome {
        Ok(report) => {
            held.state = if report.outcome == Outcome::Refused {
                HeldState::Refused
            } else {
                HeldState::Published
            };
            write(&folder.join(REPORT), &json(&report))?;
            Some(report)
        }
        // The store may take it another time.
        Err(SubmitError::Store(error)) => return Err(SubmitError::Store(error).into()),
        Err(error) => {
            held.state = HeldState::Refused;
            held.error = Some(error.to_string());
            None
        }
    };
    write(&folder.join(DRAFT), &json(&held))?;
    if held.state == HeldState::Published {
        for number in 0..held.documents.len() {
            let path = folder.join(number.to_string());
            fs::remove_file(&path).map_err(|error| EmbargoError::Io { path, error })?;
        }
    }
    Ok(report)
}

fn take(app: &App, held: &Held, files: &[Vec<u8>], now: Timestamp) -> Result<Report, SubmitError> {
    let unreadable = |what: String| SubmitError::Draft(what);
    let source: SourceName = held
        .source
        .parse()
        .map_err(|error: crate::model::source::SourceNameError| unreadable(error.to_string()))?;
    let mode: Mode = held.mode.parse().map_err(unreadable)?;
    let documents: Vec<Document<'_>> = held
        .documents
        .iter()
        .zip(files)
        .map(|(document, bytes)| Document {
            name: &document.name,
            bytes,
            format: document.format.as_deref(),
            base: document.base.as_deref(),
        })
        .collect();
    let submission = Submission {
        mode,
        is_partial: held.partial,
        allows_withdrawals: held.allow_withdrawals,
        ..Submission::new(&source, &documents)
    };
    submit(&app.store, &app.door, &submission, now, &mut fill_random)
}

fn folder(app: &App) -> PathBuf {
    private::folder(app.store.folder()).join("embargo")
}

fn existing(app: &App, id: &str) -> Result<PathBuf, EmbargoError> {
    let unknown = || EmbargoError::Unknown(id.to_owned());
    let is_name = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let path = folder(app).join(if is_name { id } else { return Err(unknown()) });
    if path.join(DRAFT).exists() {
        Ok(path)
    } else {
        Err(unknown())
    }
}

fn json<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec_pretty(value).expect("plain structs of texts can be written as JSON")
}

fn read(path: &Path) -> Result<Vec<u8>, EmbargoError> {
    fs::read(path).map_err(|error| EmbargoError::Io {
        path: path.to_owned(),
        error,
    })
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), EmbargoError> {
    private::replace(path, bytes).map_err(|error| EmbargoError::Io {
        path: path.to_owned(),
        error,
    })
}
