//! The version of the stored format, in the file `format` of a data folder.
//!
//! A folder of a newer version is refused, one of an older version is brought up to date step by
//! step when it is opened. A change of what is stored is a row in [`UPGRADES`] and a test with a
//! folder of the version before.

use crate::store::StoreError;
use crate::store::staged::sync;
use std::fs;
use std::io;
use std::path::Path;

/// The version that this program writes.
pub const VERSION: u32 = 2;
const FILE: &str = "format";

/// A step from one version to the next.
pub struct Upgrade {
    pub from: u32,
    /// What is different afterwards, for the operator.
    pub what: &'static str,
    /// Brings the folder there; it may be called again after a crash.
    pub run: fn(&Path) -> Result<(), StoreError>,
}

/// By version, from the first on.
pub const UPGRADES: &[Upgrade] = &[Upgrade {
    from: 1,
    what: "the log may hold blanked bodies with their notices, and go on under a new identity",
    // All that a folder of version 1 holds means the same in version 2.
    run: |_| Ok(()),
}];

/// Brings a folder to this program's version, and tells what was done. A folder without a log is
/// a new one.
///
/// # Errors
/// When it is of a newer version, or the disk does not take it.
pub(super) fn bring_up_to_date(folder: &Path) -> Result<Vec<String>, StoreError> {
    let is_new = !fs::read_dir(folder.join("log"))
        .is_ok_and(|mut entries| entries.any(|entry| entry.is_ok()));
    let Some(found) = version(folder)?.or((!is_new).then_some(1)) else {
        write(folder)?;
        return Ok(Vec::new());
    };
    if found > VERSION {
        return Err(StoreError::NewerFormat {
            path: folder.to_owned(),
            found,
        });
    }
    let mut notices = Vec::new();
    for upgrade in UPGRADES.iter().filter(|upgrade| upgrade.from >= found) {
        (upgrade.run)(folder)?;
        write_version(folder, upgrade.from + 1)?;
        notices.push(format!(
            "the folder is now of format {}: {}",
            upgrade.from + 1,
            upgrade.what
        ));
    }
    Ok(notices)
}

/// The version of a folder that need not be brought up to date.
///
/// # Errors
/// When it is a newer one.
pub(super) fn version_of(folder: &Path) -> Result<u32, StoreError> {
    let found = version(folder)?.unwrap_or(1);
    if found > VERSION {
        return Err(StoreError::NewerFormat {
            path: folder.to_owned(),
            found,
        });
    }
    Ok(found)
}

/// Writes this program's version into a new folder.
pub(super) fn write(folder: &Path) -> Result<(), StoreError> {
    write_version(folder, VERSION)
}

fn write_version(folder: &Path, version: u32) -> Result<(), StoreError> {
    let part = folder.join("format.part");
    let io = |error| StoreError::io(&part, error);
    fs::write(&part, format!("{version}\n")).map_err(io)?;
    sync(&part)?;
    fs::rename(&part, folder.join(FILE)).map_err(io)?;
    sync(folder)
}

fn version(folder: &Path) -> Result<Option<u32>, StoreError> {
    let path = folder.join(FILE);
    match fs::read_to_string(&path) {
        Ok(text) => text
            .trim()
            .parse()
            .map(Some)
            .map_err(|_| StoreError::Unreadable(format!("{}: {}", path.display(), text.trim()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(&path, error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_before_this_one_has_its_step() {
        let steps: Vec<u32> = UPGRADES.iter().map(|upgrade| upgrade.from).collect();
        assert_eq!(steps, (1..VERSION).collect::<Vec<_>>());
    }
}
