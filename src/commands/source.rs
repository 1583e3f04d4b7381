//! `affiche source …`: the sources and their settings

use super::{Console, Ending, follow_profiles};
use crate::app::{App, Purpose};
use crate::cli::{
    SourceAdd, SourceClose, SourceList, SourceOpen, SourceRank, SourceRemove, SourceSet,
};
use crate::ingest::{Outcome, Report, sources};
use crate::model::{Progress, RankRule, Source, SourceName};
use jiff::Timestamp;

pub fn add(options: SourceAdd, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Create)?;
    let source = Source {
        licence: options.licence,
        publisher: options.publisher,
        rank: options.rank,
        ranks: Vec::new(),
        zone: options.zone,
        z_means_local: options.z_means_local,
        speaks_for: options.speaks_for,
        keeps: options.keep,
        is_partial: options.partial,
        is_closed: false,
        gates: gates(options.gate),
        name: options.name,
    };
    let added = sources::add(&app.store, &source, Timestamp::now())?;
    let mut text = match added {
        Some(generation) => format!(
            "added `{}` as generation {generation}; send its files with `affiche submit --data {} --source {} FILE`\n",
            source.name,
            app.store.folder().display(),
            source.name
        ),
        None => format!("`{}` was there already, with these settings\n", source.name),
    };
    if source.licence.is_none() || source.publisher.is_none() {
        text.push_str(
            "its licence or publisher is unknown: its data is shown, but is in no release\n",
        );
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

pub fn list(options: &SourceList, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let snapshot = app.store.snapshot()?;
    let mut text = String::new();
    let mut sources = snapshot.view().sources()?;
    sources.retain(|source| !source.name.is_system());
    if sources.is_empty() {
        text.push_str(&format!(
            "no sources yet; add one with `affiche source add NAME --data {}`\n",
            app.store.folder().display()
        ));
    }
    for source in sources {
        text.push_str(&format!(
            "{}\trank {}{}\t{}\t{}\t{}{}{}\n",
            source.name,
            source.rank,
            source.ranks.iter().map(shown).collect::<String>(),
            source.zone,
            source.publisher.as_deref().unwrap_or("publisher unknown"),
            source
                .licence
                .as_ref()
                .map_or("licence unknown", |licence| licence.as_str()),
            if source.gates.is_empty() {
                String::new()
            } else {
                format!("\tgated by {}", source.gates.join(", "))
            },
            if source.is_closed { "\tclosed" } else { "" },
        ));
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

/// The profiles that are named; `none` names none.
fn gates(mut named: Vec<String>) -> Vec<String> {
    named.retain(|name| name != "none");
    named.sort_unstable();
    named.dedup();
    named
}

/// A rank for some entities only, as the list shows it.
fn shown(rule: &RankRule) -> String {
    let kind = rule.kind.map_or("all", |kind| kind.name);
    let place = rule.territory.as_ref().map_or("", |territory| {
        territory.as_str().rsplit('/').next().unwrap_or_default()
    });
    format!(", {} for {kind} {place}", rule.rank)
        .trim_end()
        .to_owned()
}

pub fn set(options: SourceSet, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    change(&app, console, &options.name, |source| {
        source.licence = options.licence.or(source.licence.take());
        source.publisher = options.publisher.or(source.publisher.take());
        if let Some(zone) = options.zone {
            source.zone = zone;
        }
        source.z_means_local = options.z_means_local.unwrap_or(source.z_means_local);
        source.is_partial = options.partial.unwrap_or(source.is_partial);
        if !options.speaks_for.is_empty() {
            source.speaks_for = options.speaks_for;
        }
        if !options.keep.is_empty() {
            source.keeps = options.keep;
        }
        if !options.gate.is_empty() {
            source.gates = gates(options.gate);
        }
    })
}

pub fn rank(options: SourceRank, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let territory = match &options.territory {
        Some(code) => Some(sources::territory(&app.store.snapshot()?.view(), code)?),
        None => None,
    };
    change(&app, console, &options.name, |source| {
        if options.kind.is_none() && territory.is_none() {
            source.rank = options.rank.unwrap_or(Source::DEFAULT_RANK);
            return;
        }
        let rule = RankRule {
            kind: options.kind,
            territory,
            rank: options.rank.unwrap_or_default(),
        };
        source.ranks.retain(|other| other.key() != rule.key());
        if !options.forget {
            source.ranks.push(rule);
            source.ranks.sort_by(|a, b| a.key().cmp(&b.key()));
        }
    })
}

pub fn close(options: &SourceClose, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    change(&app, console, &options.name, |source| {
        source.is_closed = true
    })
}

pub fn reopen(options: &SourceOpen, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    change(&app, console, &options.name, |source| {
        source.is_closed = false
    })
}

pub fn remove(options: &SourceRemove, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let now = Timestamp::now();
    let report = sources::remove(&app.store, &app.door, &options.name, options.dry_run, now)?;
    follow_profiles(&app, console, &Progress::default());
    tell(&app, console, &report)
}

fn change(
    app: &App,
    console: &Console,
    name: &SourceName,
    edit: impl FnOnce(&mut Source),
) -> anyhow::Result<Ending> {
    let report = sources::change(&app.store, &app.door, name, edit, Timestamp::now())?;
    follow_profiles(app, console, &Progress::default());
    match report.outcome {
        // The counts of a report are those of a submission, and nothing was submitted.
        Outcome::Accepted if report.findings.is_empty() => {
            let generation = report.generation;
            console.print(&format!("changed `{name}` as generation {generation}\n"))?;
            Ok(Ending::Done)
        }
        Outcome::Unchanged => {
            console.print(&format!("`{name}` was set so already\n"))?;
            Ok(Ending::Done)
        }
        _ => tell(app, console, &report),
    }
}

fn tell(app: &App, console: &Console, report: &Report) -> anyhow::Result<Ending> {
    let lang = console.lang().unwrap_or_else(|| app.config.default_lang());
    console.print(&report.text(lang))?;
    Ok(match report.outcome {
        Outcome::Refused => Ending::Refused,
        Outcome::Accepted | Outcome::Unchanged | Outcome::Held => Ending::Done,
    })
}
