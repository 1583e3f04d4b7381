//! `affiche submit`

use super::{Ending, interrupt, open, print, progress, system_lang};
use crate::app::{App, Purpose, embargo};
use crate::cli::{ReportFormat, Submit};
use crate::ingest::{Document, Outcome, Submission, submit};
use crate::model::{Progress, Source, SourceName};
use crate::store::fill_random;
use anyhow::{Context as _, anyhow, bail};
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

pub fn run(options: &Submit) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Write)?;
    let mut room = app.config.limits.submission_bytes;
    let mut files = Vec::new();
    for path in &options.files {
        let bytes = read(path, room)?;
        room = room.saturating_sub(bytes.len() as u64);
        files.push((path.display().to_string(), bytes));
    }
    let documents: Vec<Document<'_>> = files
        .iter()
        .map(|(name, bytes)| Document {
            name,
            bytes,
            format: options.format.as_deref(),
            base: None,
        })
        .collect();
    let lang = options
        .lang
        .or_else(system_lang)
        .unwrap_or_else(|| app.config.default_lang());
    let progress = Arc::new(Progress::default());
    interrupt::listen(&progress, lang);
    let submission = Submission {
        progress: Some(&progress),
        mode: options.mode,
        is_partial: options.partial,
        is_dry_run: options.dry_run,
        allows_withdrawals: options.allow_withdrawals,
        ..Submission::new(&options.source, &documents)
    };
    let now = Timestamp::now();
    let report = match &options.publish_at {
        Some(text) => {
            let time = instant(&app, &options.source, text)?;
            embargo::hold(&app, &submission, time, now)?
        }
        None => progress::shown(&progress, lang, || {
            submit(&app.store, &app.door, &submission, now, &mut fill_random)
        })?,
    };
    let text = report.text(lang);
    let printed = match options.report {
        ReportFormat::Json => print(&format!("{}\n", serde_json::to_string_pretty(&report)?)),
        ReportFormat::Text => print(&text),
    };
    // Whoever cannot be given the report still learns whether the files were taken.
    printed.with_context(|| text.lines().next().unwrap_or_default().to_owned())?;
    Ok(match report.outcome {
        Outcome::Refused => Ending::Refused,
        Outcome::Accepted | Outcome::Unchanged | Outcome::Held => Ending::Done,
    })
}

/// The instant that was typed; without an offset, it is in the source's zone.
fn instant(app: &App, source: &SourceName, text: &str) -> anyhow::Result<Timestamp> {
    if let Ok(time) = text.parse() {
        return Ok(time);
    }
    let zone = app
        .store
        .snapshot()?
        .view()
        .source(source)?
        .map_or_else(|| Source::DEFAULT_ZONE.to_owned(), |source| source.zone);
    let local: jiff::civil::DateTime = text.parse().map_err(|_| {
        anyhow!("`{text}` is no time; write for example `2027-01-15T10:00` or `2027-01-15T10:00:00+01:00`")
    })?;
    Ok(local.in_tz(&zone)?.timestamp())
}

/// Reads a file, or the standard input for `-`, up to the limit.
fn read(path: &Path, room: u64) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(room + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(room + 1).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("`{}` could not be read", path.display()))?;
    if bytes.len() as u64 > room {
        bail!(
            "`{}` makes the submission larger than `limits.submission_bytes` allows; send it in parts, or raise the limit",
            path.display()
        );
    }
    Ok(bytes)
}
