//! Taking a release back: what it was stays told, what it held is removed.

use super::{Release, ReleaseError, Releases, WITHDRAWN};
use crate::publish::release::{MANIFEST, Withdrawal};
use crate::store::SIGNATURE_EXTENSION;
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    #[error("there is no release `{date}`; {}", there_are(.known))]
    Unknown { date: String, known: Vec<String> },
    #[error("say why with --because TEXT; the notice keeps it for all to read")]
    NoReason,
    #[error(transparent)]
    Unreadable(#[from] ReleaseError),
    #[error("`{path}` could not be {done}: {error}; mend that and run the same command again")]
    Io {
        path: PathBuf,
        done: &'static str,
        error: io::Error,
    },
}

fn there_are(dates: &[String]) -> String {
    if dates.is_empty() {
        "nothing was released in this folder".to_owned()
    } else {
        format!("there are {}", dates.join(", "))
    }
}

/// Withdraws the release of a date. Its notice is on the disk before the first file goes, so a
/// withdrawal that was cut off is completed by the same again; the first reason stays.
///
/// # Errors
/// When there is no such release, no reason, or its folder cannot be written.
pub fn withdraw(
    releases: &Releases,
    date: &str,
    because: &str,
    now: Timestamp,
) -> Result<Release, WithdrawError> {
    let because = because.trim();
    let Some(release) = releases.get(date) else {
        let all = releases.all();
        return Err(WithdrawError::Unknown {
            date: date.to_owned(),
            known: all.iter().map(|it| it.manifest.date.clone()).collect(),
        });
    };
    if release.withdrawal.is_none() {
        if because.is_empty() {
            return Err(WithdrawError::NoReason);
        }
        let notice = Withdrawal {
            time: now.to_string(),
            because: because.to_owned(),
        };
        let path = release.folder.join(WITHDRAWN);
        write(&path, &notice).map_err(|error| WithdrawError::Io {
            path,
            done: "written",
            error,
        })?;
        // From here on nobody is given a file.
        releases.refresh()?;
    }
    remove_files(&release.folder)?;
    Ok(releases.get(date).unwrap_or(release))
}

/// Writes the notice so that it is there whole or not at all, whatever happens.
fn write(path: &Path, notice: &Withdrawal) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(notice)?;
    text.push('\n');
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Removes all but what tells what the release was. Who is being sent a file gets it to its end.
fn remove_files(folder: &Path) -> Result<(), WithdrawError> {
    let signature = format!("{MANIFEST}.{SIGNATURE_EXTENSION}");
    let stays = [WITHDRAWN, MANIFEST, signature.as_str(), super::SUMS];
    let at = |path: &Path| {
        let path = path.to_owned();
        move |error| WithdrawError::Io {
            path,
            done: "removed",
            error,
        }
    };
    for entry in fs::read_dir(folder).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let path = entry.path();
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| stays.contains(&name))
        {
            continue;
        }
        let kind = entry.file_type().map_err(at(&path))?;
        let removed = if kind.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(at(&path))?;
    }
    Ok(())
}
