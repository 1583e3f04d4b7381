//! `affiche source add` and `affiche source list`

use super::{Ending, open};
use crate::app::Purpose;
use crate::cli::{SourceAdd, SourceList};
use crate::ingest::sources;
use crate::model::Source;
use jiff::Timestamp;
use std::io::{self, Write as _};

pub fn add(options: SourceAdd) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Create)?;
    let source = Source {
        licence: options.licence,
        publisher: options.publisher,
        rank: options.rank,
        zone: options.zone,
        z_means_local: options.z_means_local,
        speaks_for: options.speaks_for,
        keeps: options.keep,
        name: options.name,
    };
    let added = sources::add(&app.store, &source, Timestamp::now())?;
    let mut out = io::stdout().lock();
    match added {
        Some(generation) => writeln!(
            out,
            "added `{}` as generation {generation}; send its files with `affiche submit --data {} --source {} FILE`",
            source.name,
            app.store.folder().display(),
            source.name
        )?,
        None => writeln!(
            out,
            "`{}` was there already, with these settings",
            source.name
        )?,
    }
    if source.licence.is_none() || source.publisher.is_none() {
        writeln!(
            out,
            "its licence or publisher is unknown: its data is shown, but is in no release"
        )?;
    }
    Ok(Ending::Done)
}

pub fn list(options: &SourceList) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Read)?;
    let snapshot = app.store.snapshot()?;
    let mut out = io::stdout().lock();
    let mut sources = snapshot.view().sources()?;
    sources.retain(|source| !source.name.is_system());
    if sources.is_empty() {
        writeln!(
            out,
            "no sources yet; add one with `affiche source add NAME --data {}`",
            app.store.folder().display()
        )?;
    }
    for source in sources {
        writeln!(
            out,
            "{}\trank {}\t{}\t{}\t{}",
            source.name,
            source.rank,
            source.zone,
            source.publisher.as_deref().unwrap_or("publisher unknown"),
            source
                .licence
                .as_ref()
                .map_or("licence unknown", |licence| licence.as_str()),
        )?;
    }
    Ok(Ending::Done)
}
