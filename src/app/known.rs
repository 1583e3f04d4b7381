//! What is known of entities without asking the store: the versions of those that were read lately.
//! Whoever asks whether an entity is still as they have it is answered from here, without
//! a thread or a snapshot. It holds no content, and what is not in it is read.

use crate::app::following::entities::{Entity, number_of};
use crate::model::{Base, Generation};
use crate::publish::select::Version;
use crate::store::{Side, Store};
use oxrdf::{NamedNode, NamedOrBlankNode};
use rustc_hash::FxHashMap;
use std::sync::{Mutex, TryLockError};

/// How many entities are known at most; some 6 MB.
const ENTITIES: usize = 1 << 18;
/// After a larger change all is forgotten: to go through it costs more than to read again.
const QUADS: u64 = 10_000;

/// The versions of entities.
#[derive(Debug, Default)]
pub struct Known {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The generation at which all of it holds.
    at: Generation,
    versions: FxHashMap<Entity, Version>,
}

impl Known {
    /// The version of what is said about an entity that is published, and not merged or split, as
    /// of this generation, which is the current one. Never waits.
    pub fn version(&self, entity: Entity, current: Generation) -> Option<Version> {
        let inner = self.inner.try_lock().ok()?;
        (inner.at == current)
            .then(|| inner.versions.get(&entity).copied())
            .flatten()
    }

    /// Notes what a reader has found at a generation. Where the data has changed since the last
    /// note, forgets what the changes touched.
    pub fn note(&self, store: &Store, entity: Entity, version: Version, at: Generation) {
        let mut inner = match self.inner.try_lock() {
            Ok(inner) => inner,
            // Another reader brings it up to date; this one does not wait for that.
            Err(TryLockError::WouldBlock) => return,
            Err(TryLockError::Poisoned(inner)) => inner.into_inner(),
        };
        if inner.at > at {
            return;
        }
        if inner.at < at {
            inner.follow(store, at);
        }
        if inner.versions.len() >= ENTITIES {
            inner.versions.clear();
        }
        inner.versions.insert(entity, version);
    }
}

impl Inner {
    /// Forgets what changed up to a generation, or everything where that cannot be told at once.
    fn follow(&mut self, store: &Store, to: Generation) {
        let from = std::mem::replace(&mut self.at, to);
        if self.versions.is_empty() || self.forget(store, from, to).is_none() {
            self.versions.clear();
        }
    }

    fn forget(&mut self, store: &Store, from: Generation, to: Generation) -> Option<()> {
        let base = store.base();
        let mut quads = 0;
        for number in from.0 + 1..=to.0 {
            // A write may hold the log: nobody waits for it here.
            let record = store.record(Generation(number)).ok()?;
            quads += record.header.additions + record.header.deletions;
            if quads > QUADS {
                return None;
            }
            for side in [Side::Deletions, Side::Additions] {
                for quad in record.quads(side).ok()? {
                    let quad = quad.ok()?;
                    let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
                        continue;
                    };
                    // In any graph: one more source may say what is published already.
                    if let Some(entity) = number_of(base, subject.as_str()) {
                        self.versions.remove(&entity);
                    } else if is_source(base, subject) {
                        // Documents tell settings of their sources.
                        return None;
                    }
                }
            }
        }
        Some(())
    }
}

fn is_source(base: &Base, subject: &NamedNode) -> bool {
    let path = base.strip(subject.as_str());
    let name = path.and_then(|path| path.strip_prefix("source/"));
    name.is_some_and(|name| !name.contains('/'))
}
