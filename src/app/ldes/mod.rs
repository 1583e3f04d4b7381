//! The event stream: every version of every entity, in pages whose bounds never move.
//!
//! The [`Follower`] goes behind the index of history and decides where a page ends: after so many
//! versions, or so much text. That follows from the log alone, so that pages made again are the
//! same. What is on a page is not kept: it is read from the log each time. `DIR/index/ldes` holds
//! where the pages end, and can be made again at any time.
//!
//! A redaction changes what old pages say, so all addresses of pages have an *epoch*, which
//! follows from the redactions; a new identity of the log begins another stream.

mod follow;
mod keep;

pub use follow::Follower;

use crate::app::following::Current;
use crate::app::following::entities::Entity;
use crate::app::history::{HistoryError, Place};
use crate::model::Generation;
use crate::store::{Store, StoreError};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How large the nodes of the tree are. Others make another tree, which has another epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// How many versions are on a page at most.
    pub members: u32,
    /// How much text is on a page at most, unless one version alone is more.
    pub bytes: u64,
    /// How many pages one node leads to, once it is full.
    pub pages: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            members: 250,
            bytes: 512 << 10,
            pages: 100,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LdesError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// The program ends.
    #[error("the reading of the log was interrupted")]
    Interrupted,
}

/// Some versions in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its first version comes after this place.
    pub after: Place,
    /// Its last version so far.
    pub last: (Generation, Entity),
    pub members: u32,
    /// When its first and its last version were published, in milliseconds since 1970.
    pub times: (u64, u64),
}

/// The pages of one generation. All but the last one are complete.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub generation: Generation,
    pub pages: Vec<Page>,
    /// How much text is on the last page.
    bytes: u64,
}

impl State {
    /// Puts a version on the last page, or on a new one.
    fn add(&mut self, bounds: &Bounds, version: (Generation, Entity), bytes: u64, time: u64) {
        let after = match self.pages.last_mut() {
            Some(page) if page.members < bounds.members && self.bytes + bytes <= bounds.bytes => {
                page.last = version;
                page.members += 1;
                page.times.1 = page.times.1.max(time);
                self.bytes += bytes;
                return;
            }
            Some(page) => Place {
                generation: page.last.0,
                entity: Some(page.last.1),
            },
            None => Place::default(),
        };
        self.bytes = bytes;
        self.pages.push(Page {
            after,
            last: version,
            members: 1,
            times: (time, time),
        });
    }

    /// Whether nothing is added to a page any more.
    pub fn is_complete(&self, page: usize) -> bool {
        page + 1 < self.pages.len()
    }
}

/// What is known of the pages, for all who want to read them.
pub struct Stream {
    pub bounds: Bounds,
    current: Current<State>,
    folder: PathBuf,
}

impl Stream {
    /// That of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            bounds: Bounds::default(),
            current: Current::default(),
            folder: data.join("index").join("ldes"),
        }
    }

    /// The pages, as far as they are known.
    pub fn current(&self) -> Option<Arc<State>> {
        self.current.get()
    }

    /// What stands for the log, the redactions that its records went through and the bounds of
    /// pages: eight hexadecimal digits.
    pub fn epoch(&self, store: &Store) -> String {
        let mut hash = Sha256::new();
        hash.update(format!("{} {:?}", store.identity(), self.bounds));
        for redaction in store.redactions() {
            hash.update(redaction);
        }
        let hash = hash.finalize();
        hash.iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_after_so_many_versions_or_so_much_text() {
        let (mut state, bounds) = (State::default(), Bounds::default());
        for entity in 0..u64::from(bounds.members) {
            state.add(&bounds, (Generation(2), entity), 10, 1000);
        }
        assert_eq!(state.pages.len(), 1);
        assert!(!state.is_complete(0));
        state.add(&bounds, (Generation(2), 250), 10, 1000);
        state.add(&bounds, (Generation(3), 1), bounds.bytes - 10, 2000);
        assert_eq!(state.pages.len(), 2);
        assert!(state.is_complete(0));
        state.add(&bounds, (Generation(4), 1), 2 * bounds.bytes, 3000);
        state.add(&bounds, (Generation(5), 1), 1, 4000);
        let members: Vec<u32> = state.pages.iter().map(|page| page.members).collect();
        assert_eq!(members, [250, 2, 1, 1]);
        assert_eq!(state.pages[1].times, (1000, 2000));
        for pages in state.pages.windows(2) {
            let place = Place {
                generation: pages[0].last.0,
                entity: Some(pages[0].last.1),
            };
            assert_eq!(pages[1].after, place);
        }
    }
}
