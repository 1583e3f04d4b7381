//! The releases of a data folder, in `DIR/releases/{date}/`.
//!
//! A release appears in one step, by the renaming of its folder, and is never changed afterwards:
//! what is withdrawn keeps its manifest and gets a notice beside it. Beside its files stands
//! [`CHECKPOINT`], the store as it was, for queries.

mod file;
pub mod make;
pub mod output;
pub mod place;
pub mod redacted;
mod rows;
pub mod schedule;
mod sorted;
pub mod verify;
mod withdraw;

pub use make::SUMS;
pub use withdraw::{WithdrawError, withdraw};

use crate::publish::release::{MANIFEST, Manifest, ReleasedFile, Withdrawal};
use crate::store::SIGNATURE_EXTENSION;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// The store of a release, as a folder of hard links.
pub const CHECKPOINT: &str = "checkpoint";
/// The notice of a withdrawal.
const WITHDRAWN: &str = "withdrawn.json";
/// The ending of a folder whose release is not complete.
pub const PART: &str = "part";

#[derive(Debug, thiserror::Error)]
#[error("`{path}` could not be read: {error}; {ADVICE}")]
pub struct ReleaseError {
    path: PathBuf,
    error: io::Error,
}

const ADVICE: &str = "put the release back from a backup, or move its folder away";

/// One release.
#[derive(Clone, Debug)]
pub struct Release {
    pub folder: PathBuf,
    pub manifest: Manifest,
    pub withdrawal: Option<Withdrawal>,
}

impl Release {
    fn read(folder: PathBuf) -> Result<Self, ReleaseError> {
        let manifest = read_json(&folder.join(MANIFEST))?.ok_or_else(|| ReleaseError {
            path: folder.join(MANIFEST),
            error: io::ErrorKind::NotFound.into(),
        })?;
        let withdrawal = read_json(&folder.join(WITHDRAWN))?;
        Ok(Self {
            folder,
            manifest,
            withdrawal,
        })
    }

    /// Where its manifest is, byte for byte as it was signed.
    pub fn manifest_path(&self) -> PathBuf {
        self.folder.join(MANIFEST)
    }

    /// The store as it was, for queries; it may not be there.
    pub fn checkpoint_path(&self) -> PathBuf {
        let folder = self.folder.join(CHECKPOINT);
        // A worker works elsewhere.
        std::path::absolute(&folder).unwrap_or(folder)
    }

    /// Whether the store is there, as it was.
    pub fn is_queryable(&self) -> bool {
        self.withdrawal.is_none() && self.folder.join(CHECKPOINT).is_dir()
    }

    /// One of its files, by its name in the manifest.
    pub fn file(&self, name: &str) -> Option<&ReleasedFile> {
        self.manifest.files.iter().find(|file| file.name == name)
    }

    /// Where a file that the manifest names is. A manifest that was tampered with leads nowhere
    /// else.
    pub fn path_of(&self, file: &ReleasedFile) -> Option<PathBuf> {
        let mut parts = Path::new(&file.name).components();
        let is_plain = matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none();
        is_plain.then(|| self.folder.join(&file.name))
    }

    /// Where the signature of its manifest is.
    pub fn signature_path(&self) -> PathBuf {
        self.folder
            .join(format!("{MANIFEST}.{SIGNATURE_EXTENSION}"))
    }
}

/// All of them, as they are on the disk.
pub struct Releases {
    folder: PathBuf,
    /// In the order of their numbers.
    known: RwLock<Arc<Vec<Release>>>,
    /// Held while one is made.
    making: Mutex<()>,
}

impl Releases {
    /// Those of a data folder.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn open(data: &Path) -> Result<Self, ReleaseError> {
        let releases = Self {
            folder: data.join("releases"),
            known: RwLock::default(),
            making: Mutex::default(),
        };
        releases.refresh()?;
        Ok(releases)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes what a crash left of releases that were being made, and puts in place those that
    /// were made again.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove_unfinished(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let ending = path.extension().and_then(|ending| ending.to_str());
            if ending == Some(redacted::AGAIN) {
                redacted::put_in_place(&path)?;
            } else if ending == Some(PART) && path.is_dir() {
                fs::remove_dir_all(&path)?;
            } else if ending == Some(PART) {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// Reads the folder again, after something in it changed.
    ///
    /// # Errors
    /// When a release cannot be read.
    pub fn refresh(&self) -> Result<(), ReleaseError> {
        let mut all = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => {
                return Err(ReleaseError {
                    path: self.folder.clone(),
                    error,
                });
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let is_whole = path
                .extension()
                .is_none_or(|ending| ending != PART && ending != redacted::AGAIN);
            if path.is_dir() && is_whole {
                all.push(Release::read(path)?);
            }
        }
        all.sort_by_key(|release| release.manifest.number);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(all);
        Ok(())
    }

    /// All, in the order in which they were made.
    pub fn all(&self) -> Arc<Vec<Release>> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last one that is not withdrawn.
    pub fn latest(&self) -> Option<Release> {
        let all = self.all();
        all.iter()
            .rev()
            .find(|release| release.withdrawal.is_none())
            .cloned()
    }

    /// That of a date, as it stands in its address.
    pub fn get(&self, date: &str) -> Option<Release> {
        let all = self.all();
        all.iter()
            .find(|release| release.manifest.date == date)
            .cloned()
    }
}

/// The contents of a file; `None` when it is not there.
fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, ReleaseError> {
    let at = |error| ReleaseError {
        path: path.to_owned(),
        error,
    };
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| at(error.into())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(error)),
    }
}
