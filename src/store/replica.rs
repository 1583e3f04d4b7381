//! What a folder knows that is a copy of another server's log: whose it is, and how records of it
//! come in. They are applied as they are; nothing is minted, fused or judged.

use crate::model::Generation;
use crate::store::log::{Chain, ClosedSegment, Found, Header, LogError, Page};
use crate::store::origin::Origin;
use crate::store::staged::{self, sync};
use crate::store::{Notices, Opening, Store, StoreError, format};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

/// Its file in the data folder.
pub const PRIMARY: &str = "replica.json";

/// The server that a folder is a copy of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Primary {
    /// Where it is asked, without a final slash.
    pub url: String,
    /// The key that signs what it publishes: minisign's line.
    pub key: String,
}

impl Primary {
    /// That of a data folder; `None` when it is no copy.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(PRIMARY);
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|error| StoreError::io(&path, error.into())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::io(&path, error)),
        }
    }

    /// Makes a data folder the copy of this server.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), StoreError> {
        let part = folder.join(format!("{PRIMARY}.part"));
        let io = |error| StoreError::io(&part, error);
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        fs::write(&part, text).map_err(io)?;
        sync(&part)?;
        fs::rename(&part, folder.join(PRIMARY)).map_err(io)?;
        sync(folder)
    }
}

/// What became of records that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Readers see them.
    Published,
    /// The last one begins a new identity of the log: it is in the log, and the next opening
    /// publishes it.
    NewIdentity,
}

impl Store {
    /// Whose copy this is.
    pub fn primary(&self) -> Option<&Primary> {
        self.primary.as_ref()
    }

    /// What the log begins with in place of its first records, when this is such a copy.
    pub fn origin(&self) -> Generation {
        self.records.origin()
    }

    /// The notices of redactions.
    pub fn redaction_notices(&self) -> &Notices {
        self.records.notices()
    }

    /// The files of the log that take no more records, as far as readers see them.
    pub fn closed_segments(&self, at: Generation) -> Vec<ClosedSegment> {
        self.records.closed_segments(at)
    }

    /// The whole records after a generation and up to `at` that come to at most so many bytes and
    /// stand in one file, and one at least; `None` when there are none.
    ///
    /// # Errors
    /// When they are not there.
    pub fn page(
        &self,
        after: Generation,
        at: Generation,
        most_bytes: u64,
    ) -> Result<Option<Page>, LogError> {
        self.records.page(after, at, most_bytes)
    }

    /// The files of the log, the first one first.
    pub fn segment_paths(&self) -> Vec<Arc<Path>> {
        self.records.segment_paths()
    }

    /// What a record says of itself, and the SHA-256 by which the next one names it.
    ///
    /// # Errors
    /// When it is not there.
    pub fn header_of(&self, generation: Generation) -> Result<(Header, String), LogError> {
        self.records.place(generation)?.header_sha256()
    }

    /// Where the log stands.
    pub fn chain(&self) -> Chain {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .chain()
    }

    /// What the log of this folder begins with.
    pub fn begins_with(&self) -> Option<&Origin> {
        self.records.begins_with()
    }

    /// Takes records of a file that follow the log: into the log, then into the storage. Those
    /// after one that begins a new identity are left.
    ///
    /// # Errors
    /// When one does not follow; nothing is changed then. When the disk does not take them,
    /// nothing is taken until the next opening.
    pub fn take(
        &self,
        file: &Path,
        records: &[Found],
        begins: &BTreeSet<Generation>,
    ) -> Result<Taken, StoreError> {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let restored = records
            .iter()
            .position(|record| record.begins_identity(self.identity()));
        let before = records.get(..restored.unwrap_or(records.len()));
        let before = before.unwrap_or_default();
        let logged = log.take(file, before, begins);
        self.is_stopped.fetch_or(log.is_stopped(), Ordering::AcqRel);
        logged?;
        for record in before {
            let record = log.record(record.generation)?;
            if let Err(error) = self.replay(&record) {
                log.stop();
                self.is_stopped.store(true, Ordering::Release);
                return Err(error);
            }
            let generation = record.header.generation;
            self.about.generation.store(generation.0, Ordering::Release);
        }
        match restored.and_then(|index| records.get(index..=index)) {
            Some(restored) => {
                log.take(file, restored, begins)?;
                Ok(Taken::NewIdentity)
            }
            None => Ok(Taken::Published),
        }
    }
}

/// Another state of a data folder, made aside.
pub struct Staged {
    data: PathBuf,
    folder: PathBuf,
}

impl Staged {
    /// A new one, empty.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(data: &Path) -> Result<Self, StoreError> {
        let folder = staged::begin(data)?;
        format::write(&folder)?;
        Ok(Self {
            data: data.to_owned(),
            folder,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the store from the log that is in it, which verifies every record.
    ///
    /// # Errors
    /// When that is not as it was written.
    pub fn open(&self, opening: &Opening) -> Result<(), StoreError> {
        let store = Store::open(&self.folder, opening)?;
        Ok(store.quads.flush()?)
    }

    /// From here on it is the state of the folder: the next opening moves it into place.
    ///
    /// # Errors
    /// When the disk does not take it; then the folder is as it was.
    pub fn commit(self) -> Result<(), StoreError> {
        staged::commit(&self.data)
    }
}

/// A log under construction, in a folder of its own.
pub struct NewLog(super::log::Log);

impl NewLog {
    /// Opens what there is of it already.
    ///
    /// # Errors
    /// When what is there is damaged.
    pub fn open(
        folder: &Path,
        base: &crate::model::Base,
        identity: &str,
    ) -> Result<Self, LogError> {
        super::log::Log::open(folder, base, false, identity).map(Self)
    }

    pub fn chain(&self) -> Chain {
        self.0.chain()
    }

    pub fn notices(&self) -> &Notices {
        self.0.notices()
    }

    /// As [`Store::take`], without a storage.
    ///
    /// # Errors
    /// When one does not follow, or the disk does not take it.
    pub fn take(
        &mut self,
        file: &Path,
        records: &[Found],
        begins: &BTreeSet<Generation>,
    ) -> Result<(), LogError> {
        self.0.take(file, records, begins)
    }
}
