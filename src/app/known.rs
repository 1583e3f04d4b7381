//! What is known of entities without asking the store: when those that were read lately last
//! changed. Whoever asks whether an entity is still as they have it is answered from here, without
//! a thread or a snapshot. It holds no content, and what is not in it is read.

use crate::app::following::entities::{Entity, number_of};
use crate::model::{Base, Generation};
use crate::store::{Side, Store};
use oxrdf::{GraphName, NamedOrBlankNode, Quad};
use rustc_hash::FxHashMap;
use std::sync::{Mutex, TryLockError};

/// How many entities are known at most; some 6 MB.
const ENTITIES: usize = 1 << 18;
/// After a larger change all is forgotten: to go through it costs more than to read again.
const QUADS: u64 = 10_000;

/// When entities last changed.
#[derive(Debug, Default)]
pub struct Known {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The generation at which all of it holds.
    at: Generation,
    changed: FxHashMap<Entity, Generation>,
}

impl Known {
    /// When an entity that is published, and not merged or split, last changed as of this
    /// generation, which is the current one. Never waits.
    pub fn changed_at(&self, entity: Entity, current: Generation) -> Option<Generation> {
        let inner = self.inner.try_lock().ok()?;
        (inner.at == current)
            .then(|| inner.changed.get(&entity).copied())
            .flatten()
    }

    /// Notes what a reader has found at a generation. Where the data has changed since the last
    /// note, forgets what the changes touched.
    pub fn note(&self, store: &Store, entity: Entity, changed: Generation, at: Generation) {
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
        if inner.changed.len() >= ENTITIES {
            inner.changed.clear();
        }
        inner.changed.insert(entity, changed);
    }
}

impl Inner {
    /// Forgets what changed up to a generation, or everything where that cannot be told at once.
    fn follow(&mut self, store: &Store, to: Generation) {
        let from = std::mem::replace(&mut self.at, to);
        if self.changed.is_empty() || self.forget(store, from, to).is_none() {
            self.changed.clear();
        }
    }

    fn forget(&mut self, store: &Store, from: Generation, to: Generation) -> Option<()> {
        let base = store.base();
        let registry = GraphName::from(base.registry_graph());
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
                    if quad.graph_name == registry
                        && let Some(entity) = subject(base, &quad)
                    {
                        self.changed.remove(&entity);
                    }
                }
            }
        }
        Some(())
    }
}

fn subject(base: &Base, quad: &Quad) -> Option<Entity> {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(subject) => number_of(base, subject.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    }
}
