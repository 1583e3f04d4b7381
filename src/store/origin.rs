//! Where the log of a copy begins that does not have all records: with the whole state after one of
//! them.
//!
//! Beside the segments then stand [`ORIGIN`], which says after which record, and [`STATE`], all
//! quads of the store as they were, which take the place of the records up to there
//! (docs/decisions/0039-a-copy-begins-with-a-state.md).

use crate::model::{Base, Generation};
use crate::store::StoreError;
use crate::store::log::{Hash, LogError};
use oxrdf::Quad;
use oxttl::NQuadsParser;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Its file in the folder of the log.
pub const ORIGIN: &str = "origin.json";
/// The state, as N-Quads compressed with zstd.
pub const STATE: &str = "state.nq.zst";
const VERSION: u32 = 1;

/// An identity that a log had before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerLog {
    pub log: String,
    /// The last generation that was written under it.
    pub until: Generation,
}

/// What a log begins with in place of its first records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The version of the form.
    pub version: u32,
    /// The identity of the log after that record.
    pub log: String,
    pub base: String,
    /// The last record that is not there.
    pub generation: Generation,
    /// The SHA-256 of its header, which the first record that is there names.
    pub header_sha256: String,
    /// The identities before, the first one first.
    pub former: Vec<FormerLog>,
    /// Of [`STATE`].
    pub state_bytes: u64,
    pub state_sha256: String,
}

impl Origin {
    pub const VERSION: u32 = VERSION;

    /// That of a log's folder; `None` when the log has all its records.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, LogError> {
        let path = folder.join(ORIGIN);
        let damaged = |what: String| LogError::Damaged {
            path: path.clone(),
            offset: 0,
            what,
        };
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LogError::io(&path, error)),
        };
        let origin: Self =
            serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
        if origin.version != VERSION {
            return Err(damaged(format!(
                "its version is {}, and this program knows {VERSION}",
                origin.version
            )));
        }
        Ok(Some(origin))
    }

    /// Writes it into a log's folder, in which the state is already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), LogError> {
        let path = folder.join(ORIGIN);
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        fs::write(&path, text).map_err(|error| LogError::io(&path, error))
    }

    /// # Errors
    /// When it is no base IRI.
    pub(super) fn base(&self) -> Result<Base, LogError> {
        self.base.parse().map_err(|error| LogError::Damaged {
            path: ORIGIN.into(),
            offset: 0,
            what: format!("`{}`: {error}", self.base),
        })
    }

    /// All quads of the state in this file, once its sum has been verified.
    ///
    /// # Errors
    /// When the file is not the one that was signed; an item is an error when it is no quad.
    pub fn quads(
        &self,
        state: &Path,
    ) -> Result<impl Iterator<Item = Result<Quad, StoreError>> + use<>, StoreError> {
        let io = |error| StoreError::io(state, error);
        let mut hash = Hash::default();
        io::copy(&mut File::open(state).map_err(io)?, &mut hash).map_err(io)?;
        let (sha256, bytes) = hash.finish();
        if sha256 != self.state_sha256 || bytes != self.state_bytes {
            return Err(LogError::Damaged {
                path: state.to_owned(),
                offset: 0,
                what: "its SHA-256 is not the one that was signed".to_owned(),
            }
            .into());
        }
        let reader = zstd::Decoder::new(File::open(state).map_err(io)?).map_err(io)?;
        let path = state.to_owned();
        Ok(NQuadsParser::new().for_reader(reader).map(move |quad| {
            quad.map_err(|error| StoreError::io(&path, io::Error::other(error.to_string())))
        }))
    }
}
