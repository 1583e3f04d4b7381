//! What a redaction does to releases: each that may hold something of what was struck is made
//! again, from the log as it is now, as it was after the same change. It keeps number and date,
//! gets the signed notice beside its files, and its signature names it.
//!
//! Before the log is redacted, a note says from which change on releases are concerned. It goes
//! when all of them are made again; opening a folder that has one goes on with it. So a crash
//! leaves no release with what was struck.

use crate::app::App;
use crate::app::releases::make::{About, Extent, MakeError, fill, sync, sync_tree};
use crate::app::releases::{CHECKPOINT, PART, Release, withdraw};
use crate::model::Generation;
use crate::store::Checkpoint;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

const NOTE: &str = "redaction.json";
/// What the page of a release says that may hold what was struck, and is of a history that is gone.
const LOST: &str = "Elle contenait peut-être ce qui a été supprimé depuis, et ne peut être refaite. / It may have held what was struck since, and cannot be made again.";
/// The ending of a release that is made again and not yet in its place.
pub(super) const AGAIN: &str = "again";

/// What is known of a redaction that begins.
#[derive(Serialize, Deserialize)]
struct Note {
    /// The change that it will be.
    redaction: Generation,
    /// The first change that something is struck out of.
    from: Generation,
}

/// Notes that what was released since a change is to be made again once a redaction is done.
///
/// # Errors
/// When the disk does not take it.
pub fn announce(data: &Path, redaction: Generation, from: Generation) -> Result<(), MakeError> {
    let folder = data.join("releases");
    if !folder.is_dir() {
        return Ok(());
    }
    let path = folder.join(NOTE);
    let part = path.with_extension(PART);
    let text = serde_json::to_string(&Note { redaction, from }).unwrap_or_default();
    File::create(&part)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, &path))
        .map_err(MakeError::io(&path))?;
    sync(&folder)
}

/// Makes the releases again that a redaction concerns, if one has been done and they are not yet.
/// Gives their dates.
///
/// # Errors
/// When one of them cannot be made; the next call goes on.
pub fn finish(app: &App, now: Timestamp) -> Result<Vec<String>, MakeError> {
    let folder = app.releases.folder();
    let path = folder.join(NOTE);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(MakeError::io(&path)(error)),
    };
    let note: Note =
        serde_json::from_slice(&text).map_err(|error| MakeError::io(&path)(error.into()))?;
    let mut dates = Vec::new();
    // Else it ended before anything was struck.
    if app.store.generation() >= note.redaction {
        let notices = app.store.notice_files()?;
        let last = notices.last().and_then(|notice| notice.file_name());
        for release in app.releases.all().iter() {
            if release.withdrawal.is_some() || release.manifest.generation < note.from {
                continue;
            }
            let generation = release.manifest.generation;
            let is_of_this_log = generation <= app.store.generation()
                && app.store.record(generation)?.header_sha256() == release.manifest.header_sha256;
            if !is_of_this_log {
                // The log was restored to a state before it, so nobody can make it again.
                withdraw(&app.releases, &release.manifest.date, LOST, now)?;
                continue;
            }
            let is_done = last.is_some_and(|last| release.folder.join(last).exists());
            if !is_done {
                make_again(app, release, note.redaction)?;
            }
            dates.push(release.manifest.date.clone());
        }
    }
    fs::remove_file(&path).map_err(MakeError::io(&path))?;
    sync(folder)?;
    app.releases.refresh()?;
    Ok(dates)
}

fn make_again(app: &App, release: &Release, redaction: Generation) -> Result<(), MakeError> {
    let folder = app.releases.folder();
    let date = &release.manifest.date;
    let generation = release.manifest.generation;
    let part = folder.join(format!("{date}.{PART}"));
    let _ = fs::remove_dir_all(&part);
    fs::create_dir(&part).map_err(MakeError::io(&part))?;
    let former = folder.join(format!("replayed.{PART}"));
    let replayed = app.store.replayed(&former, generation)?;
    let checkpoint = part.join(CHECKPOINT);
    replayed.checkpoint(&checkpoint)?;
    drop(replayed);
    fs::remove_dir_all(&former).map_err(MakeError::io(&former))?;
    let log = release.manifest.log.clone();
    let state = Checkpoint::open(&checkpoint, app.store.base().clone(), log.clone())?;
    let about = About {
        number: release.manifest.number,
        date: date.clone(),
        log,
        generation,
        header_sha256: release.manifest.header_sha256.clone(),
        redacted_by: Some(redaction),
    };
    fill(app, &part, &state, about, Extent::Everything, &|| false)?;
    drop(state);
    for notice in app.store.notice_files()? {
        let target = part.join(notice.file_name().unwrap_or_default());
        fs::copy(&notice, &target).map_err(MakeError::io(&target))?;
    }
    sync_tree(&part)?;
    let again = folder.join(format!("{date}.{AGAIN}"));
    fs::rename(&part, &again).map_err(MakeError::io(&again))?;
    sync(folder)?;
    put_in_place(&again).map_err(MakeError::io(&again))
}

/// Puts a release that is made again in the place of the former one, which is removed.
pub(super) fn put_in_place(again: &Path) -> io::Result<()> {
    let place = again.with_extension("");
    let former = again.with_extension(PART);
    if place.exists() {
        fs::rename(&place, &former)?;
    }
    fs::rename(again, &place)?;
    if let Some(folder) = again.parent() {
        File::open(folder)?.sync_all()?;
    }
    match fs::remove_dir_all(&former) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
