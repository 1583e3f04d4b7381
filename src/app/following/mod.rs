//! What the followers share: reading in the log what became different, telling how far they are,
//! and a file that is whole or not there. A follower reads behind the store and keeps nobody
//! waiting; what it knows can be thrown away and made again.

pub mod entities;
pub mod file;

use crate::model::Generation;
use crate::store::{Record, Side, Store, StoreError};
use oxrdf::Quad;
use rustc_hash::FxHashSet;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Hands each quad of the changes after `from`, up to `to`, to `each`, in their order: of each
/// change first the deletions. Gives whether that was all; `false` when there are more than
/// `most`, or `wanted` refuses a record: then some may have been handed over. `go_on` is asked now
/// and then, and an error from it ends the reading.
///
/// # Errors
/// When the log cannot be read, or one of the functions fails.
pub fn quads_between<E: From<StoreError>>(
    store: &Store,
    (from, to): (Generation, Generation),
    most: u64,
    go_on: &dyn Fn() -> Result<(), E>,
    wanted: &dyn Fn(&Record) -> bool,
    each: &mut dyn FnMut(Side, Quad) -> Result<(), E>,
) -> Result<bool, E> {
    let mut quads = 0;
    for number in from.0 + 1..=to.0 {
        go_on()?;
        let record = store.record(Generation(number))?;
        quads += record.header.additions + record.header.deletions;
        if quads > most || !wanted(&record) {
            return Ok(false);
        }
        for side in [Side::Deletions, Side::Additions] {
            for quad in record.quads(side).map_err(StoreError::from)? {
                each(side, quad.map_err(StoreError::from)?)?;
            }
        }
    }
    Ok(true)
}

/// What several steps came to: what was added and taken away again is in neither.
#[derive(Clone, Debug)]
pub struct Net<T> {
    pub added: FxHashSet<T>,
    pub removed: FxHashSet<T>,
}

impl<T> Default for Net<T> {
    fn default() -> Self {
        Self {
            added: FxHashSet::default(),
            removed: FxHashSet::default(),
        }
    }
}

impl<T: Eq + Hash> Net<T> {
    /// Notes a step, so that only what is left of all steps counts.
    pub fn note(&mut self, side: Side, one: T) {
        let (noted, undone) = match side {
            Side::Additions => (&mut self.added, &mut self.removed),
            Side::Deletions => (&mut self.removed, &mut self.added),
        };
        if !undone.remove(&one) {
            noted.insert(one);
        }
    }
}

/// What a follower knows, for all who want to read it: nothing at first, then one immutable state
/// after the other. Whoever holds one keeps it as it is.
#[derive(Debug)]
pub struct Current<T>(RwLock<Option<Arc<T>>>);

impl<T> Default for Current<T> {
    fn default() -> Self {
        Self(RwLock::new(None))
    }
}

impl<T> Current<T> {
    /// The state that is known now, if any.
    pub fn get(&self) -> Option<Arc<T>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts another state in the place of the one before.
    pub fn set(&self, state: T) {
        let former = {
            let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
            current.replace(Arc::new(state))
        };
        // Not while readers wait.
        drop(former);
    }
}

/// A pass over all the data that may be under way.
#[derive(Debug, Default)]
pub struct Pass {
    is_under_way: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

/// How far a pass over all the data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

impl Pass {
    /// How far it is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.is_under_way.load(Ordering::Acquire).then(|| Progress {
            done: self.done.load(Ordering::Relaxed),
            total: self.total.load(Ordering::Relaxed),
        })
    }

    /// Says that it is under way, for as long as what it gives lives.
    pub fn begin(&self) -> UnderWay<'_> {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(0, Ordering::Relaxed);
        self.is_under_way.store(true, Ordering::Release);
        UnderWay(self)
    }

    /// Says how much there is to do.
    pub fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
    }

    /// Says that some more of it is done.
    pub fn advance(&self, by: u64) {
        self.done.fetch_add(by, Ordering::Relaxed);
    }
}

/// A pass is under way for as long as this lives.
pub struct UnderWay<'a>(&'a Pass);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.is_under_way.store(false, Ordering::Release);
    }
}
