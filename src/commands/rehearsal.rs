//! `affiche rehearsal …`: shapes that are tried on all that is published

use super::{Console, Ending};
use crate::app::Purpose;
use crate::cli::{RehearsalAdd, RehearsalList, RehearsalRemove};
use crate::model::time;
use anyhow::bail;
use jiff::Timestamp;
use std::path::Path;

pub fn add(options: &RehearsalAdd, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let limits = &app.config.limits;
    let bytes = console.read(&options.shapes, limits.submission_bytes)?;
    if bytes.len() > limits.body_bytes {
        bail!(
            "`{}` has {} bytes, and `limits.body_bytes` allows {}",
            options.shapes.display(),
            bytes.len(),
            limits.body_bytes
        );
    }
    let format = match &options.format {
        Some(format) => format.clone(),
        None if options.shapes == Path::new("-") => "turtle".to_owned(),
        None => options.shapes.to_string_lossy().into_owned(),
    };
    let (rehearsal, was_there) = app.quality.rehearsals.put(
        &app.door,
        limits.rehearsals,
        &options.name,
        &bytes,
        &format,
        &time::utc(Timestamp::now()),
    )?;
    let done = if was_there { "replaced" } else { "registered" };
    console.print(&format!(
        "{done} the rehearsal `{}`; a running server shows at {}/quality?profile={} what would pass\n",
        options.name,
        app.store.base(),
        options.name
    ))?;
    for note in rehearsal.profile.shapes.notes() {
        console.print(&format!("note: {}: {}\n", note.place, note.text.en))?;
    }
    Ok(Ending::Done)
}

pub fn list(options: &RehearsalList, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let mut text = String::new();
    for rehearsal in app.quality.rehearsals.all() {
        text.push_str(&format!(
            "{}\tregistered {}\t{} triples\n",
            rehearsal.profile.name,
            rehearsal.registered,
            rehearsal.profile.triples.len()
        ));
    }
    if text.is_empty() {
        text.push_str("no rehearsals; `affiche rehearsal add NAME --shapes FILE` registers one\n");
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

pub fn remove(options: &RehearsalRemove, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    app.quality.rehearsals.remove(&options.name)?;
    console.print(&format!("forgot the rehearsal `{}`\n", options.name))?;
    Ok(Ending::Done)
}
