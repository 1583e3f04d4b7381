//! `affiche source add` and `affiche source list`

use super::{Ending, open, print};
use crate::app::Purpose;
use crate::cli::{SourceAdd, SourceList};
use crate::ingest::sources;
use crate::model::Source;
use jiff::Timestamp;

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
        is_partial: options.partial,
        is_closed: false,
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
    print(&text)?;
    Ok(Ending::Done)
}

pub fn list(options: &SourceList) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Read)?;
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
            "{}\trank {}\t{}\t{}\t{}\n",
            source.name,
            source.rank,
            source.zone,
            source.publisher.as_deref().unwrap_or("publisher unknown"),
            source
                .licence
                .as_ref()
                .map_or("licence unknown", |licence| licence.as_str()),
        ));
    }
    print(&text)?;
    Ok(Ending::Done)
}
