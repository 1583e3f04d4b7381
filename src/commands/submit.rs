//! `affiche submit`

use super::{Console, Ending, follow_profiles, interrupt, progress, remote};
use crate::app::{App, Purpose, embargo};
use crate::cli::{ReportFormat, Submit};
use crate::ingest::{Document, Outcome, Report, Submission, submit};
use crate::model::{Lang, Progress, Stage};
use crate::store::fill_random;
use anyhow::Context as _;
use jiff::Timestamp;
use std::sync::Arc;

pub fn run(options: &Submit, console: &Console) -> anyhow::Result<Ending> {
    let lang = options.lang.or_else(|| console.lang());
    let (report, lang) = match &options.server {
        Some(server) => {
            let lang = lang.unwrap_or_default();
            (remote::submit(options, server, lang, console)?, lang)
        }
        None => {
            let app = console.open(&options.folder, Purpose::Write)?;
            let lang = lang.unwrap_or_else(|| app.config.default_lang());
            (submit_here(&app, options, lang, console)?, lang)
        }
    };
    let text = report.text(lang);
    let printed = match options.report {
        ReportFormat::Json => {
            console.print(&format!("{}\n", serde_json::to_string_pretty(&report)?))
        }
        ReportFormat::Text => console.print(&text),
    };
    // Whoever cannot be given the report still learns whether the files were taken.
    printed.with_context(|| text.lines().next().unwrap_or_default().to_owned())?;
    Ok(match report.outcome {
        Outcome::Refused => Ending::Refused,
        Outcome::Accepted | Outcome::Unchanged | Outcome::Held => Ending::Done,
    })
}

fn submit_here(
    app: &App,
    options: &Submit,
    lang: Lang,
    console: &Console,
) -> anyhow::Result<Report> {
    let mut room = app.config.limits.submission_bytes;
    let mut files = Vec::new();
    for path in &options.files {
        let bytes = console.read(path, room)?;
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
    let progress = Arc::new(Progress::default());
    let submission = Submission {
        progress: Some(&progress),
        mode: options.mode,
        is_partial: options.partial,
        is_dry_run: options.dry_run,
        allows_withdrawals: options.allow_withdrawals,
        ..Submission::new(&options.source, &documents)
    };
    let now = Timestamp::now();
    Ok(match &options.publish_at {
        Some(text) => {
            let time = embargo::instant(app, &options.source, text)?;
            embargo::hold(app, &submission, time, now)?
        }
        None => {
            let take = || {
                let taken = submit(&app.store, &app.door, &submission, now, &mut fill_random);
                if taken.is_ok() {
                    follow_profiles(app, console, &progress);
                }
                progress.begin(Stage::Done, 0);
                taken
            };
            match console {
                Console::Here => {
                    interrupt::listen(&progress, lang);
                    progress::shown(&progress, lang, take)?
                }
                // Signals and terminal are those of the server.
                Console::Served(..) => take()?,
            }
        }
    })
}
