//! A folder that takes another's place in one step: made aside as `staged.part`, renamed to
//! `staged`, which is the moment it counts from, then moved into place entry by entry. A crash
//! before that moment leaves the folder as it was; after it, the next opening goes on.

use crate::store::{StoreError, clear};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const PART: &str = "staged.part";
const WHOLE: &str = "staged";
/// What is moved out of the way and then removed.
const REMOVED: &str = "staged.removed";
const LOCK: &str = "lock";

/// A new, empty folder in which the next state is made.
///
/// # Errors
/// When it cannot be made.
pub fn begin(folder: &Path) -> Result<PathBuf, StoreError> {
    let part = folder.join(PART);
    clear(&part)?;
    fs::create_dir(&part).map_err(|error| StoreError::io(&part, error))?;
    Ok(part)
}

/// From here on what was made is the state of the folder.
///
/// # Errors
/// When the disk does not take it; then the folder is as it was.
pub fn commit(folder: &Path) -> Result<(), StoreError> {
    let part = folder.join(PART);
    sync_tree(&part)?;
    fs::rename(&part, folder.join(WHOLE)).map_err(|error| StoreError::io(&part, error))?;
    sync(folder)
}

/// Moves what was committed into place, and removes what was not and what was replaced. Nobody
/// may have the store open.
///
/// # Errors
/// When the disk does not take it; the next call goes on.
pub fn finish(folder: &Path) -> Result<(), StoreError> {
    clear(&folder.join(PART))?;
    let staged = folder.join(WHOLE);
    let removed = folder.join(REMOVED);
    if staged.is_dir() {
        let io = |error| StoreError::io(&staged, error);
        fs::create_dir_all(&removed).map_err(io)?;
        let entries: Vec<fs::DirEntry> = fs::read_dir(&staged)
            .and_then(Iterator::collect)
            .map_err(io)?;
        for entry in entries {
            let name = entry.file_name();
            if name == LOCK {
                continue;
            }
            let (from, to) = (staged.join(&name), folder.join(&name));
            if to.exists() {
                let aside = removed.join(&name);
                clear(&aside)?;
                fs::rename(&to, &aside).map_err(|error| StoreError::io(&to, error))?;
            }
            fs::rename(&from, &to).map_err(|error| StoreError::io(&to, error))?;
        }
        sync(folder)?;
        // What was made of the former state can be made again of this one.
        clear(&folder.join("index"))?;
        clear(&staged)?;
        sync(folder)?;
    }
    if removed.exists() {
        clear(&removed)?;
        sync(folder)?;
    }
    Ok(())
}

/// Whether a committed state waits to be moved into place.
pub fn is_under_way(folder: &Path) -> bool {
    folder.join(WHOLE).is_dir()
}

/// Whether a folder holds nothing but what an interrupted staging left.
///
/// # Errors
/// When it cannot be read.
pub fn is_empty(folder: &Path) -> Result<bool, StoreError> {
    let io = |error| StoreError::io(folder, error);
    for entry in fs::read_dir(folder).map_err(io)? {
        let name = entry.map_err(io)?.file_name();
        if name != LOCK && name != PART {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Waits until all files and folders in a folder are on the disk.
pub(super) fn sync_tree(folder: &Path) -> Result<(), StoreError> {
    let io = |error| StoreError::io(folder, error);
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_type().map_err(io)?.is_dir() {
            sync_tree(&entry.path())?;
        } else {
            sync(&entry.path())?;
        }
    }
    sync(folder)
}

pub(super) fn sync(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::io(path, error))
}
