//! `affiche redact`

use super::{Console, Ending, open};
use crate::app::embargo::{self, HeldState};
use crate::app::releases::redacted;
use crate::app::{App, Purpose};
use crate::cli::Redact;
use crate::ingest::redact;
use crate::store::{Plan, Request, Strikes, files_with};
use anyhow::Context as _;
use jiff::Timestamp;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub fn run(options: &Redact, console: &Console) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Write)?;
    let request = Request {
        literals: options.literal.clone(),
        texts: options.containing.clone(),
        subjects: options.subject.clone(),
    };
    let strikes = Strikes::new(&app.store, &request)?;
    let plan = Plan::new(&app.store, &strikes)?;
    let folder = app.store.folder().to_owned();
    let mut text = told(&plan);
    text.push_str(&held(&app, &options.subject)?);
    if plan.is_empty() || !options.yes {
        let elsewhere = files_beside_the_log(&folder, &strikes)?;
        text.push_str(&named_files(&elsewhere));
        if plan.is_empty() {
            text.push_str("nothing in the log is to be struck\n");
        } else {
            text.push_str("nothing was changed; add --yes --because REASON to strike it\n");
        }
        console.print(&text)?;
        let is_done = !plan.is_empty() || elsewhere.is_empty();
        return Ok(if is_done {
            Ending::Done
        } else {
            Ending::Refused
        });
    }
    let because = options
        .because
        .as_deref()
        .context("say why with --because REASON; the notice keeps it for all to read")?;
    let from = plan.generations.keys().next().copied().unwrap_or_default();
    redacted::announce(&folder, app.store.generation().next(), from)?;
    let redacted = redact::redact(
        app.store,
        &app.door,
        &strikes,
        &plan,
        because,
        Timestamp::now(),
    )?;
    for entity in &redacted.withdrawn {
        let _ = writeln!(
            text,
            "{} lacks something indispensable now and is withdrawn",
            entity.as_str()
        );
    }
    let _ = writeln!(
        text,
        "redacted as generation {}; log, store and files made of them hold it no longer",
        redacted.generation
    );
    // Opening makes the releases again that hold it.
    let app = open(&options.folder, Purpose::Write)?;
    for release in app.releases.all().iter() {
        if release.withdrawal.is_none() && release.manifest.generation >= from {
            let _ = writeln!(
                text,
                "release {} was made again without it; its sums are others now",
                release.manifest.date
            );
        }
    }
    drop(app);
    let left = files_with(&folder, &strikes)?;
    text.push_str(&named_files(&left));
    text.push_str(
        "backups and copies made before still hold it: make a new backup and destroy the old ones. \
         A source that sends it again publishes it again: tell it\n",
    );
    console.print(&text)?;
    Ok(if left.is_empty() {
        Ending::Done
    } else {
        Ending::Refused
    })
}

/// A submission that waits for its time speaks of an entity in its sender's words, which only a
/// person can look for.
fn held(app: &App, subjects: &[String]) -> anyhow::Result<String> {
    let waiting = embargo::list(app)?
        .into_iter()
        .filter(|held| held.state != HeldState::Published);
    Ok(match waiting.count() {
        0 => String::new(),
        _ if subjects.is_empty() => String::new(),
        count => format!(
            "{count} submissions are held until their time; see with `affiche embargo list` whether one speaks of it, since it would publish it again\n"
        ),
    })
}

fn told(plan: &Plan) -> String {
    let mut text = format!(
        "{} rows in {} changes of the log, {} quads that are there now, {} entities\n",
        plan.rows,
        plan.generations.len(),
        plan.current,
        plan.entities.len()
    );
    for quad in &plan.named {
        let _ = writeln!(text, "- {quad}");
    }
    if plan.rows > plan.named.len() as u64 {
        text.push_str("- …\n");
    }
    if !plan.kept.is_empty() {
        text.push_str(
            "these hold it too and stay, being the program's own words or what the registry cannot do without:\n",
        );
        for quad in &plan.kept {
            let _ = writeln!(text, "- {quad}");
        }
    }
    text
}

/// The files that hold it and that a redaction does not make anew.
fn files_beside_the_log(
    folder: &Path,
    strikes: &Strikes,
) -> Result<Vec<PathBuf>, crate::store::StoreError> {
    let mut files = files_with(folder, strikes)?;
    files.retain(|file| {
        !["log", "store", "index", "releases"]
            .iter()
            .any(|part| file.starts_with(folder.join(part)))
    });
    Ok(files)
}

fn named_files(files: &[PathBuf]) -> String {
    files
        .iter()
        .map(|file| {
            format!(
                "`{}` holds it too; remove or mend that file by hand\n",
                file.display()
            )
        })
        .collect()
}
