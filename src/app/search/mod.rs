//! The index of names, kept in step with the store: who is called what.
//!
//! The [`Follower`] reads the log behind the store and keeps an index (`crate::search`) in
//! `DIR/index/search`, which can be thrown away at any time. Readers take one state of it, which
//! names its generation. What an entry holds is read in `read.rs`.

mod follow;
mod read;

pub use crate::app::following::Progress;
pub use follow::Follower;

use crate::app::following::{Current, Pass};
use crate::model::Generation;
use crate::rdf::QuadsError;
use crate::search::{SearchError, Searching};
use crate::store::StoreError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the data could not be read for the index of names: {0}")]
    Quads(#[from] QuadsError),
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The program ends.
    #[error("the index of names was interrupted")]
    Interrupted,
}

/// One state of the index.
pub struct State {
    /// The generation that it is of.
    pub generation: Generation,
    pub names: Searching,
}

/// The index, for all who want to read it.
pub struct Search {
    current: Current<State>,
    pass: Pass,
    folder: PathBuf,
}

impl Search {
    /// That of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            current: Current::default(),
            pass: Pass::default(),
            folder: data.join("index").join("search"),
        }
    }

    /// The index, or `None` while it is not made yet. It stays as it is for whoever holds it, and
    /// may be a moment behind the store.
    pub fn current(&self) -> Option<Arc<State>> {
        self.current.get()
    }

    /// The generation that it is of, if any.
    pub fn generation(&self) -> Option<Generation> {
        self.current().map(|state| state.generation)
    }

    /// How far the reading of everything is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.pass.progress()
    }

    fn publish(&self, names: Searching, generation: Generation) {
        self.current.set(State { generation, names });
    }
}
