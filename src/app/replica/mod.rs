//! A copy of another server's data folder, made and kept from what that one publishes of its log,
//! and from nothing that does not verify.
//!
//! [`fetch`] reads, [`assemble`] makes a whole log aside (at the beginning, after a redaction, or
//! when the log goes on from another past), [`follow`] takes what is new. Nothing is believed before
//! the chain of headers ends where the signed head says
//! (docs/decisions/0039-a-copy-begins-with-a-state.md).

mod assemble;
mod fetch;
mod follow;

pub use assemble::begin;
pub use fetch::Source;
pub use follow::{Follower, Step};

use crate::store::{LogError, StoreError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What came in and is not part of the copy yet, below the data folder.
const INCOMING: &str = "incoming";

#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// It is tried again.
    #[error("the server could not be read: {0}")]
    Unreachable(String),
    /// What was read is not what was signed.
    #[error("what the server publishes does not verify: {0}")]
    Unverified(String),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("it was interrupted")]
    Interrupted,
}

impl CopyError {
    fn io(path: &Path, error: io::Error) -> Self {
        Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}

/// How it goes with the copy, for whoever asks.
#[derive(Default)]
pub struct Copying {
    /// How often the server is asked; `None` when nobody follows it.
    pub interval: Option<Duration>,
    /// Why nothing is served.
    refusal: Mutex<Option<String>>,
    /// Why it is not in step, and goes on serving.
    trouble: Mutex<Option<String>>,
    wants_reopening: AtomicBool,
}

impl Copying {
    /// Why nothing is served, if so.
    pub fn refusal(&self) -> Option<String> {
        self.refusal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Why it may be behind, if so.
    pub fn trouble(&self) -> Option<String> {
        self.trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Whether another state waits in the folder for the next opening.
    pub fn wants_reopening(&self) -> bool {
        self.wants_reopening.load(Ordering::Acquire)
    }

    fn refuse(&self, why: Option<String>) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }

    fn tell(&self, trouble: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    fn reopen(&self) {
        self.wants_reopening.store(true, Ordering::Release);
    }
}
