//! The one write: quads change inside an uncommitted transaction, then log, then commit.

use crate::model::vocabulary::{prov, rdf};
use crate::model::{Activity, Generation, SourceName};
use crate::store::log::{Entry, Log, Patch};
use crate::store::registry::{generation_literal, quad, time_literal};
use crate::store::view::{View, generation_quad};
use crate::store::{Snapshot, Store, StoreError};
use oxigraph::store::Transaction;
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Quad};
use rustc_hash::FxHashSet;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

/// The one write under way. Dropping it leaves no trace.
pub struct Write<'a> {
    store: &'a Store,
    log: MutexGuard<'a, Log>,
    before: Snapshot<'a>,
    transaction: Transaction<'a>,
    additions: FxHashSet<Quad>,
    deletions: FxHashSet<Quad>,
}

impl<'a> Write<'a> {
    pub(super) fn begin(store: &'a Store) -> Result<Self, StoreError> {
        let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
        if store.is_stopped() || log.is_stopped() {
            return Err(crate::store::LogError::Stopped.into());
        }
        Ok(Self {
            store,
            log,
            before: store.snapshot()?,
            transaction: store.quads.start_transaction()?,
            additions: FxHashSet::default(),
            deletions: FxHashSet::default(),
        })
    }

    /// The state before this write.
    pub fn before(&self) -> View<'_> {
        self.before.view()
    }

    /// The state with all that this write did so far.
    pub fn after(&self) -> View<'_> {
        View::new(self.store, &self.transaction)
    }

    /// The number that this change will have.
    pub fn generation(&self) -> Generation {
        self.log.generation().next()
    }

    /// Adds a quad; `false` when it was there already.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn insert(&mut self, quad: Quad) -> Result<bool, StoreError> {
        if self.transaction.contains(&quad)? {
            return Ok(false);
        }
        self.transaction.insert(&quad);
        if !self.deletions.remove(&quad) {
            self.additions.insert(quad);
        }
        Ok(true)
    }

    /// Removes a quad; `false` when it was not there.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn remove(&mut self, quad: Quad) -> Result<bool, StoreError> {
        if !self.transaction.contains(&quad)? {
            return Ok(false);
        }
        self.transaction.remove(&quad);
        if !self.additions.remove(&quad) {
            self.deletions.insert(quad);
        }
        Ok(true)
    }

    /// Replaces `current`, which the caller has just read of this write's own state, by `wanted`,
    /// and gives what really changed: additions, then deletions.
    pub fn replace(&mut self, current: Vec<Quad>, wanted: Vec<Quad>) -> (Vec<Quad>, Vec<Quad>) {
        let current: FxHashSet<Quad> = current.into_iter().collect();
        let wanted: FxHashSet<Quad> = wanted.into_iter().collect();
        let added: Vec<Quad> = wanted.difference(&current).cloned().collect();
        let removed: Vec<Quad> = current.difference(&wanted).cloned().collect();
        // Removals first: should two written forms of one value be the same to the store, it stays.
        for quad in &removed {
            self.transaction.remove(quad);
            if !self.additions.remove(quad) {
                self.deletions.insert(quad.clone());
            }
        }
        for quad in &added {
            self.transaction.insert(quad);
            if !self.deletions.remove(quad) {
                self.additions.insert(quad.clone());
            }
        }
        (added, removed)
    }

    /// Whether anything differs from the state before.
    pub fn is_empty(&self) -> bool {
        self.additions.is_empty() && self.deletions.is_empty()
    }

    /// How many quads the change adds and removes so far.
    pub fn len(&self) -> (usize, usize) {
        (self.additions.len(), self.deletions.len())
    }

    /// Appends the change to the log, waits until it is on the disk, and publishes it.
    ///
    /// # Errors
    /// When nothing could be written, nothing is changed. When it is unknown whether the disk
    /// has it, or the store could not follow the log, writing stops until the next opening,
    /// which replays it.
    pub fn commit(
        mut self,
        time: &str,
        source: &SourceName,
        activity: Activity,
    ) -> Result<Generation, StoreError> {
        let generation = self.generation();
        let base = &self.store.base;
        self.stamp_changed_entities(generation)?;
        let change = base.change(generation);
        self.insert(quad(
            base,
            change.clone(),
            rdf::TYPE.into_owned(),
            base.sv("Change"),
        ))?;
        self.insert(quad(
            base,
            change.clone(),
            prov::STARTED_AT_TIME.into_owned(),
            time_literal(time),
        ))?;
        self.insert(quad(
            base,
            change,
            prov::WAS_ASSOCIATED_WITH.into_owned(),
            base.source(source),
        ))?;
        if generation.0 > 1 {
            self.remove(generation_quad(base, Generation(generation.0 - 1)))?;
        }
        self.insert(generation_quad(base, generation))?;
        let entry = Entry {
            time,
            source,
            activity,
        };
        let patch = Patch {
            deletions: self.deletions.into_iter().collect(),
            additions: self.additions.into_iter().collect(),
        };
        if let Err(error) = self.log.append(&entry, &patch) {
            if self.log.is_stopped() {
                self.store.is_stopped.store(true, Ordering::Release);
            }
            return Err(error.into());
        }
        if let Err(error) = self.transaction.commit() {
            // The change is accepted, since the log has it; only the next opening can publish it.
            self.log.stop();
            self.store.is_stopped.store(true, Ordering::Release);
            return Err(StoreError::Behind { generation, error });
        }
        self.store.generation.store(generation.0, Ordering::Release);
        Ok(generation)
    }

    /// Begins a new identity of the log with a change of its own, which names the former one.
    ///
    /// # Errors
    /// As [`Write::commit`].
    pub(super) fn restart(mut self, identity: &str, time: &str) -> Result<Generation, StoreError> {
        let base = &self.store.base;
        let former = Literal::new_simple_literal(self.log.identity());
        let change = base.change(self.generation());
        self.insert(quad(base, change, base.sv("formerLog"), former))?;
        self.log.begin_identity(identity);
        self.commit(time, &SourceName::system(), Activity::Restore)
    }

    /// Writes down in which generation each entity's public description last changed.
    fn stamp_changed_entities(&mut self, generation: Generation) -> Result<(), StoreError> {
        let base = &self.store.base;
        let mut entities: Vec<NamedNode> = self
            .additions
            .iter()
            .chain(&self.deletions)
            .filter(|quad| quad.graph_name.is_default_graph())
            .filter_map(|quad| match &quad.subject {
                NamedOrBlankNode::NamedNode(subject) => Some(self.after().whole_of(subject)),
                NamedOrBlankNode::BlankNode(_) => None,
            })
            .collect();
        entities.sort_unstable();
        entities.dedup();
        let predicate = base.sv("changedAt");
        for entity in entities {
            let current = self
                .after()
                .registry(&entity)?
                .into_iter()
                .filter(|quad| quad.predicate == predicate)
                .collect();
            let wanted = quad(
                base,
                entity,
                predicate.clone(),
                generation_literal(generation),
            );
            self.replace(current, vec![wanted]);
        }
        Ok(())
    }
}
