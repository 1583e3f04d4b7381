//! How quality moved: once a day, the numbers of each source and profile. They cannot be computed
//! again from what is there now, so they are kept apart from what can
//! (docs/decisions/0022-quality-over-time-is-a-file.md): `DIR/quality/history.jsonl`, one line a day, only
//! ever added to. A line that a crash left incomplete counts for nothing, and is cut off before
//! another one is added.

use crate::app::quality::figures::Figures;
use crate::model::Severity;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

const FILE: &str = "history.jsonl";
/// How many rules are told of each source and profile: the commonest.
const RULES: usize = 5;

/// The measurements of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// In UTC, as `2026-11-22`.
    pub date: String,
    pub generation: u64,
    /// The identity of the log.
    pub log: String,
    pub measured: Vec<Measured>,
}

/// One source, or all of them together, and one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// `None` for all entities, whoever speaks of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    pub profile: String,
    pub asked: u64,
    pub meets: u64,
    /// The commonest rules that are broken, and by how many entities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<(String, u64)>,
}

/// The file, and what is in it but the rules.
#[derive(Debug)]
pub struct History {
    path: PathBuf,
    days: Mutex<Vec<Day>>,
}

impl History {
    /// Reads what was measured.
    ///
    /// # Errors
    /// When the file cannot be read, or a line in it is no measurement.
    pub fn open(kept: &Path) -> io::Result<Self> {
        let path = kept.join(FILE);
        let mut days = Vec::new();
        for mut day in read(&path)? {
            day.measured
                .iter_mut()
                .for_each(|row| row.rules = Vec::new());
            days.push(day);
        }
        Ok(Self {
            path,
            days: Mutex::new(days),
        })
    }

    /// The numbers, oldest first, without the rules.
    pub fn days(&self) -> Vec<Day> {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.clone()
    }

    /// The same with the rules, from the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn with_rules(&self) -> io::Result<Vec<Day>> {
        let _nobody_writes = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        read(&self.path)
    }

    /// The last day that was measured.
    pub fn last(&self) -> Option<String> {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.last().map(|day| day.date.clone())
    }

    /// Whether this day is still to be measured.
    pub fn wants(&self, date: &str) -> bool {
        let days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        days.last().is_none_or(|last| last.date.as_str() < date)
    }

    /// Writes the numbers of a day down, if it is the first time that day and there are any.
    ///
    /// # Errors
    /// When they cannot be written; nothing half of them is kept.
    pub fn measure(&self, figures: &Figures, log: &str, date: &str) -> io::Result<bool> {
        let mut days = self.days.lock().unwrap_or_else(PoisonError::into_inner);
        if days.last().is_some_and(|last| last.date.as_str() >= date) {
            return Ok(false);
        }
        let mut day = Day {
            date: date.to_owned(),
            generation: figures.generation.0,
            log: log.to_owned(),
            measured: measured(figures),
        };
        if day.measured.is_empty() {
            return Ok(false);
        }
        let mut line = serde_json::to_vec(&day)?;
        line.push(b'\n');
        append(&self.path, &line)?;
        day.measured
            .iter_mut()
            .for_each(|row| row.rules = Vec::new());
        days.push(day);
        Ok(true)
    }
}

fn measured(figures: &Figures) -> Vec<Measured> {
    let mut rows = Vec::new();
    for (place, column) in figures.columns.iter().enumerate() {
        if column.is_rehearsal {
            continue;
        }
        let everybody = std::iter::once((None, &figures.all));
        let each = figures.sources.iter();
        let each = each.map(|source| (Some(source.name.clone()), &source.sheets));
        for (source, sheets) in everybody.chain(each) {
            let Some(sheet) = sheets.get(place).filter(|sheet| sheet.tally.asked() > 0) else {
                continue;
            };
            let broken = sheet.findings.iter();
            let broken = broken.filter(|finding| finding.severity == Severity::Violation);
            rows.push(Measured {
                source,
                profile: column.name.clone(),
                asked: sheet.tally.asked(),
                meets: sheet.tally.meets,
                rules: broken
                    .take(RULES)
                    .map(|finding| (finding.rule.clone(), finding.count))
                    .collect(),
            });
        }
    }
    rows
}

/// The whole lines of the file. Reading changes nothing: the folder may be open to be read only.
fn read(path: &Path) -> io::Result<Vec<Day>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let whole = bytes.get(..end_of_lines(&bytes)).unwrap_or_default();
    let lines = whole.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    Ok(lines
        .filter_map(|line| {
            // Numbers about the past are no reason not to start.
            serde_json::from_slice(line)
                .inspect_err(|error| {
                    tracing::warn!(%error, file = %path.display(), "a measurement cannot be read");
                })
                .ok()
        })
        .collect())
}

/// Where the last whole line ends.
fn end_of_lines(bytes: &[u8]) -> usize {
    let last = bytes.iter().rposition(|byte| *byte == b'\n');
    last.map_or(0, |place| place + 1)
}

fn append(path: &Path, line: &[u8]) -> io::Result<()> {
    let is_new = !path.exists();
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let end = end_of_lines(&bytes) as u64;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let written = file.write_all(line).and_then(|()| file.sync_all());
    if written.is_err() {
        file.set_len(end)?;
        file.sync_all()?;
    }
    written?;
    if is_new {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
