//! Names, and who has them: the index behind the search box, completion and the lists A–Z.
//!
//! It is pure over tantivy: [`Names`] is an index in a folder, a [`Writer`] puts entries in and
//! takes them out, [`Searching`] is one state of it that answers a [`Question`]. It reads no store;
//! `app/search` fills it. How names are compared is in [`fold`].
//!
//! To add a facet: a row in [`FACETS`], and a field in [`Entry`] that `fields.rs` writes for it.

mod ask;
mod entry;
mod fields;
pub mod fold;
mod tally;

pub use ask::{Answer, MOST_WORDS, Order, Question, Searching, Wanted};
pub use entry::{Entry, Name, day_of};
pub use fields::{FACETS, Facet};
pub use tally::Counts;

use crate::model::Generation;
use fields::Fields;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tantivy::directory::MmapDirectory;
use tantivy::{Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};

/// The version of the fields, and of how names are folded: with another one the index is made
/// again.
const VERSION: u32 = 1;
/// What is held in memory before it is written down.
const WRITER_BYTES: usize = 24_000_000;

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("the index of names could not be used: {0}")]
    Index(#[from] TantivyError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("the index of names holds what cannot be read: {0}")]
    Entry(#[from] serde_json::Error),
}

/// Of which log and generation an index is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    version: u32,
    /// Another program may write other entries.
    program: String,
    log: String,
    generation: u64,
}

impl Standing {
    pub fn new(log: &str, generation: Generation) -> Self {
        Self {
            version: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            log: log.to_owned(),
            generation: generation.0,
        }
    }

    pub fn generation(&self) -> Generation {
        Generation(self.generation)
    }

    /// Whether this program goes on with what is there of a log.
    pub fn is_of(&self, log: &str) -> bool {
        *self == Self::new(log, self.generation())
    }
}

/// An index of names in a folder.
pub struct Names {
    index: Index,
    fields: Fields,
    reader: IndexReader,
}

impl Names {
    /// Opens the index in a folder, or makes an empty one; one that cannot be read, is damaged, or
    /// has other fields is thrown away.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn open(folder: &Path) -> Result<Self, SearchError> {
        match Self::of(folder) {
            Ok(names) if names.is_whole() => return Ok(names),
            Ok(_) => tracing::warn!("the index of names is damaged and is made again"),
            Err(error) => tracing::warn!(%error, "the index of names is made again"),
        }
        Self::anew(folder)
    }

    /// Makes an empty index in a folder; nothing is left of what was there.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub fn anew(folder: &Path) -> Result<Self, SearchError> {
        match fs::remove_dir_all(folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(SearchError::Io {
                path: folder.to_owned(),
                error,
            }),
            _ => Self::of(folder),
        }
    }

    fn of(folder: &Path) -> Result<Self, SearchError> {
        fs::create_dir_all(folder).map_err(|error| SearchError::Io {
            path: folder.to_owned(),
            error,
        })?;
        let directory = MmapDirectory::open(folder).map_err(TantivyError::from)?;
        let (schema, fields) = Fields::new();
        let index = Index::open_or_create(directory, schema)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        Ok(Self {
            index,
            fields,
            reader,
        })
    }

    /// Whether all files are as they were written.
    fn is_whole(&self) -> bool {
        let damaged = self.index.validate_checksum();
        damaged.is_ok_and(|damaged| damaged.is_empty())
    }

    /// Of which log and generation it is; `None` while nothing was written.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn standing(&self) -> Result<Option<Standing>, SearchError> {
        let payload = self.index.load_metas()?.payload;
        Ok(payload.and_then(|payload| serde_json::from_str(&payload).ok()))
    }

    /// What writes into it; there is one at a time.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn writer(&self) -> Result<Writer, SearchError> {
        Ok(Writer {
            writer: self.index.writer_with_num_threads(1, WRITER_BYTES)?,
            fields: self.fields.clone(),
        })
    }

    /// Its present state, which stays as it is for whoever holds it.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn searching(&self) -> Result<Searching, SearchError> {
        self.reader.reload()?;
        Ok(Searching::new(self.reader.searcher(), self.fields.clone()))
    }
}

/// Puts entries into an index. Nothing of it is seen before [`Writer::commit`].
pub struct Writer {
    writer: IndexWriter,
    fields: Fields,
}

impl Writer {
    /// Puts an entry in, in the place of the former one of this path.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put(&self, entry: &Entry) -> Result<(), SearchError> {
        self.remove(&entry.path);
        self.add(entry)
    }

    /// Adds an entry, where it is known that there is no former one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&self, entry: &Entry) -> Result<(), SearchError> {
        let document: TantivyDocument = self.fields.document(entry)?;
        self.writer.add_document(document)?;
        Ok(())
    }

    /// Takes the entry of a path out, if there is one.
    pub fn remove(&self, path: &str) {
        self.writer
            .delete_term(Term::from_field_text(self.fields.path, path));
    }

    /// Takes all entries out.
    ///
    /// # Errors
    /// When the writer has failed before.
    pub fn clear(&self) -> Result<(), SearchError> {
        self.writer.delete_all_documents()?;
        Ok(())
    }

    /// Writes all down in one step, with what it is of: after a crash there is what was before, or
    /// all of this.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn commit(&mut self, standing: &Standing) -> Result<(), SearchError> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(standing)?);
        prepared.commit()?;
        Ok(())
    }

    /// Forgets what was not committed.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn forget(&mut self) -> Result<(), SearchError> {
        self.writer.rollback()?;
        Ok(())
    }
}
