//! History: which changes touched which entity, so that an entity's past is read from the log
//! without reading anybody else's.
//!
//! The [`Follower`] reads each record of the log once and notes its entities. What it knows is
//! kept in `DIR/index/history` ([`index`]): sorted by entity, to find the changes of one, and in
//! the order of the changes, to find what a change touched. It holds numbers only, no text of the
//! data, and can be made again from the log at any time.

mod follow;
mod index;

pub use crate::changes::entities::Touched;
pub use follow::Follower;

use crate::app::following::entities::{Entity, iri_of, number_of};
use crate::app::following::{Pass, Progress};
use crate::changes::{Aspects, Touch, Touches};
use crate::model::Generation;
use crate::store::{Store, StoreError};
use index::State;
use jiff::Timestamp;
use oxrdf::NamedNode;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// So many changes that are not in the index yet are looked through one by one.
const LOOKED_THROUGH: u64 = 256;

#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// The index does not reach far enough yet.
    #[error("the history is known up to generation {at} only")]
    Behind { at: Generation },
    /// The program ends.
    #[error("the reading of the log was interrupted")]
    Interrupted,
}

/// A place in the order of all that was touched: by change, and within one by the numbers of the
/// entities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub generation: Generation,
    /// After this entity of the change; `None` after all of them.
    pub entity: Option<Entity>,
}

impl Place {
    /// After all that a change touched.
    pub fn after(generation: Generation) -> Self {
        Self {
            generation,
            entity: None,
        }
    }
}

/// What is known, for all who want to read it.
pub struct History {
    current: RwLock<Arc<State>>,
    pass: Pass,
    folder: PathBuf,
}

impl History {
    /// That of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            current: RwLock::default(),
            pass: Pass::default(),
            folder: data.join("index").join("history"),
        }
    }

    /// The generation up to which the index goes.
    pub fn generation(&self) -> Generation {
        self.current().generation
    }

    /// How far the reading of a long log is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.pass.progress()
    }

    /// The changes up to a generation that touched an entity, the first one first. Where the index
    /// is a little behind, the log is asked.
    ///
    /// # Errors
    /// [`HistoryError::Behind`] when it is far behind; else when something cannot be read.
    pub fn touches(
        &self,
        store: &Store,
        entity: &NamedNode,
        to: Generation,
    ) -> Result<Vec<Touch>, HistoryError> {
        let state = self.current();
        if to.0.saturating_sub(state.generation.0) > LOOKED_THROUGH {
            return Err(HistoryError::Behind {
                at: state.generation,
            });
        }
        let Some(number) = number_of(store.base(), entity.as_str()) else {
            return Ok(Vec::new());
        };
        let mut touches = state.of(number).map_err(|error| self.io(error))?;
        touches.retain(|touch| touch.generation <= to);
        for generation in state.generation.0 + 1..=to.0 {
            let generation = Generation(generation);
            let excerpt = store.excerpt(generation, entity)?;
            let aspects = Aspects::of_excerpt(store.base(), &excerpt);
            if !aspects.is_none() {
                touches.push(Touch {
                    generation,
                    aspects,
                });
            }
        }
        Ok(touches)
    }

    /// As [`Touches`], once it is known that the index reaches far enough.
    ///
    /// # Errors
    /// [`HistoryError::Behind`] when it is far behind a generation.
    pub fn reaching<'a>(
        &'a self,
        store: &'a Store,
        to: Generation,
    ) -> Result<Box<Touches<'a>>, HistoryError> {
        let at = self.generation();
        if to.0.saturating_sub(at.0) > LOOKED_THROUGH {
            return Err(HistoryError::Behind { at });
        }
        Ok(Box::new(move |entity, to| {
            self.touches(store, entity, to)
                .map_err(|error| match error {
                    HistoryError::Store(error) => error,
                    HistoryError::Io { path, error } => StoreError::Io { path, error },
                    other => StoreError::Unreadable(other.to_string()),
                })
        }))
    }

    /// What was touched after a generation, in the order of the changes, as far as the index goes,
    /// which is given too; at most so many.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn since(
        &self,
        store: &Store,
        after: Generation,
        most: usize,
    ) -> Result<(Vec<Touched>, Generation), HistoryError> {
        self.since_place(store, Place::after(after), most)
    }

    /// The same after a place, which may be within a change.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn since_place(
        &self,
        store: &Store,
        after: Place,
        most: usize,
    ) -> Result<(Vec<Touched>, Generation), HistoryError> {
        let state = self.current();
        let pairs = state.since(after, most).map_err(|error| self.io(error))?;
        let touched = pairs
            .into_iter()
            .map(|(generation, (entity, aspects, turn))| Touched {
                generation,
                entity: iri_of(store.base(), entity),
                aspects,
                turn,
            })
            .collect();
        Ok((touched, state.generation))
    }

    /// When a change was accepted, as far as the index goes.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn time(&self, generation: Generation) -> Result<Option<Timestamp>, HistoryError> {
        let times = self.current().time(generation);
        let times = times.map_err(|error| self.io(error))?;
        Ok(times.and_then(|(time, _)| instant(time)))
    }

    /// The latest time at which this change or one before it was accepted: it never goes back,
    /// even where the clock did.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn latest_time(&self, generation: Generation) -> Result<Option<Timestamp>, HistoryError> {
        let times = self.current().time(generation);
        let times = times.map_err(|error| self.io(error))?;
        Ok(times.and_then(|(_, latest)| instant(latest)))
    }

    /// The change after which all are that were accepted at an instant or later.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn before(&self, instant: Timestamp) -> Result<Generation, HistoryError> {
        let state = self.current();
        let time = u64::try_from(instant.as_millisecond()).unwrap_or(0);
        let first = state.first_at(time).map_err(|error| self.io(error))?;
        Ok(first.map_or(state.generation, |first| Generation(first.0 - 1)))
    }

    fn current(&self) -> Arc<State> {
        let current = self.current.read();
        Arc::clone(&current.unwrap_or_else(PoisonError::into_inner))
    }

    fn publish(&self, state: Arc<State>) {
        let former = {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, state)
        };
        // Not while readers wait.
        drop(former);
    }

    fn io(&self, error: io::Error) -> HistoryError {
        HistoryError::Io {
            path: self.folder.clone(),
            error,
        }
    }
}

fn instant(milliseconds: u64) -> Option<Timestamp> {
    let milliseconds = i64::try_from(milliseconds).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
