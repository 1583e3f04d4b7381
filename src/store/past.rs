//! The store as it was once, made again from the log in a folder of its own.

use crate::model::Generation;
use crate::store::{Opening, Store, StoreError, clear, format};
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

impl Store {
    /// Makes the store as it was after a change, as the log tells it now: without what was struck
    /// out of it since. `folder` is made anew; it takes the room of log and store.
    ///
    /// # Errors
    /// When the log cannot be read, or the disk does not take it.
    pub fn replayed(&self, folder: &Path, generation: Generation) -> Result<Store, StoreError> {
        clear(folder)?;
        let target = folder.join("log");
        let at = |error| StoreError::io(&target, error);
        fs::create_dir_all(&target).map_err(at)?;
        for number in 1..=generation.0 {
            let record = self.record(Generation(number))?;
            let path = target.join(record.path().file_name().unwrap_or_default());
            let mut segment = OpenOptions::new()
                .create(true)
                .append(true)
                .open(&path)
                .map_err(at)?;
            io::copy(&mut record.bytes()?, &mut segment).map_err(at)?;
        }
        for notice in self.notice_files()? {
            fs::copy(&notice, target.join(notice.file_name().unwrap_or_default())).map_err(at)?;
        }
        File::open(&target)
            .and_then(|target| target.sync_all())
            .map_err(at)?;
        format::write(folder)?;
        Store::open(
            folder,
            &Opening {
                base: None,
                default_base: self.base().clone(),
                create: false,
            },
        )
    }

    /// The files of the notices of all redactions, oldest first.
    ///
    /// # Errors
    /// When the folder of the log cannot be read.
    pub fn notice_files(&self) -> Result<Vec<std::path::PathBuf>, StoreError> {
        let folder = self.folder().join("log");
        let mut files = Vec::new();
        for entry in fs::read_dir(&folder).map_err(|error| StoreError::io(&folder, error))? {
            let path = entry
                .map_err(|error| StoreError::io(&folder, error))?
                .path();
            if path.extension().is_some_and(|ending| ending == "redaction") {
                files.push(path);
            }
        }
        files.sort_unstable();
        Ok(files)
    }
}
