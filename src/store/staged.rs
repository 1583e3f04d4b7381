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

/// Whether another state is being made or waits to be moved into place.
pub fn is_begun(folder: &Path) -> bool {
    folder.join(PART).exists() || folder.join(WHOLE).exists() || folder.join(REMOVED).exists()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: PathBuf, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A folder with a state, and another one made aside.
    fn two_states() -> tempfile::TempDir {
        let folder = tempfile::TempDir::new().unwrap();
        for (part, text) in [("", "old"), (PART, "new")] {
            for name in ["log/1", "store/1"] {
                put(folder.path().join(part).join(name), text);
            }
        }
        put(folder.path().join("index/1"), "old");
        put(folder.path().join("private/key"), "kept");
        put(folder.path().join(PART).join(LOCK), "");
        folder
    }

    fn assert_finished(folder: &Path, wanted: &str) {
        finish(folder).unwrap();
        for name in ["log/1", "store/1"] {
            assert_eq!(fs::read_to_string(folder.join(name)).unwrap(), wanted);
        }
        assert_eq!(folder.join("index").exists(), wanted == "old");
        assert!(folder.join("private/key").exists());
        assert!(!is_begun(folder));
    }

    #[test]
    fn what_was_not_committed_leaves_no_trace() {
        assert_finished(two_states().path(), "old");
    }

    #[test]
    fn a_crash_between_any_two_moves_ends_in_the_new_state() {
        type Move = (&'static str, &'static str);
        let moves: [Move; 4] = [
            ("log", "staged.removed/log"),
            ("staged/log", "log"),
            ("store", "staged.removed/store"),
            ("staged/store", "store"),
        ];
        for done in 0..=moves.len() {
            let folder = two_states();
            let path = folder.path();
            commit(path).unwrap();
            fs::create_dir(path.join(REMOVED)).unwrap();
            for (from, to) in &moves[..done] {
                fs::rename(path.join(from), path.join(to)).unwrap();
            }
            assert_finished(path, "new");
        }
        let folder = two_states();
        commit(folder.path()).unwrap();
        fs::remove_dir_all(folder.path().join("index")).unwrap();
        assert_finished(folder.path(), "new");
    }
}
