//! The one write: quads change in memory, over a snapshot; then the log, then the storage.

use crate::model::vocabulary::{prov, rdf};
use crate::model::{Activity, Generation, Progress, SourceName, Stage};
use crate::store::apply::{Change, apply};
use crate::store::body::Body;
use crate::store::log::{Entry, Log, Side};
use crate::store::overlay::{Overlay, Row, When};
use crate::store::registry::{generation_literal, quad, time_literal};
use crate::store::view::Stored;
use crate::store::view::{View, generation_quad};
use crate::store::{Snapshot, Store, StoreError};
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::FxHashSet;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

/// What changed in the public view.
#[derive(Debug, Default)]
pub struct PublicChange {
    pub added: Vec<Triple>,
    pub removed: Vec<Triple>,
    /// The entities that it is about, parts counted to their entity.
    pub entities: BTreeSet<NamedNode>,
}

/// The one write under way. Dropping it leaves no trace.
pub struct Write<'a> {
    store: &'a Store,
    log: MutexGuard<'a, Log>,
    before: Snapshot<'a>,
    overlay: RefCell<Overlay>,
    progress: Option<&'a Progress>,
}

impl<'a> Write<'a> {
    pub(super) fn begin(store: &'a Store) -> Result<Self, StoreError> {
        if let Some(primary) = &store.primary {
            return Err(StoreError::ReadOnly(primary.url.clone()));
        }
        let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
        if store.is_stopped() || log.is_stopped() {
            return Err(crate::store::LogError::Stopped.into());
        }
        Ok(Self {
            store,
            log,
            before: store.snapshot()?,
            overlay: RefCell::default(),
            progress: None,
        })
    }

    /// From now on tells there how far it is.
    pub fn report_to(&mut self, progress: Option<&'a Progress>) {
        self.progress = progress;
    }

    /// Tells whoever waits that a stage of so many steps begins.
    ///
    /// # Errors
    /// When it was asked to stop.
    pub fn begin_stage(&self, stage: Stage, steps: usize) -> Result<(), StoreError> {
        self.go_on()?;
        if let Some(progress) = self.progress {
            progress.begin(stage, steps);
        }
        Ok(())
    }

    /// Tells whoever waits that a step of the stage is done.
    ///
    /// # Errors
    /// When it was asked to stop.
    pub fn step(&self) -> Result<(), StoreError> {
        if let Some(progress) = self.progress {
            progress.advance(1);
        }
        self.go_on()
    }

    fn go_on(&self) -> Result<(), StoreError> {
        match self.progress {
            Some(progress) if progress.is_stopped() => Err(StoreError::Interrupted),
            _ => Ok(()),
        }
    }

    /// The state before this write.
    pub fn before(&self) -> View<'_> {
        self.view(When::Before)
    }

    /// The state with all that this write did so far.
    pub fn after(&self) -> View<'_> {
        self.view(When::After)
    }

    fn view(&self, when: When) -> View<'_> {
        View::new(
            &self.store.about,
            Stored::Transaction(&self.before.transaction),
            Some((&self.overlay, when)),
            None,
        )
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
        let is_there = self.after().contains(&quad)?;
        if !is_there {
            self.overlay.get_mut().add(quad);
        }
        Ok(!is_there)
    }

    /// Removes a quad; `false` when it was not there.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn remove(&mut self, quad: Quad) -> Result<bool, StoreError> {
        let is_there = self.after().contains(&quad)?;
        if is_there {
            self.overlay.get_mut().remove(quad);
        }
        Ok(is_there)
    }

    /// Replaces `current`, which the caller has just read of this write's own state, by `wanted`,
    /// and gives what really changed: additions, then deletions.
    pub fn replace(&mut self, current: Vec<Quad>, wanted: Vec<Quad>) -> (Vec<Quad>, Vec<Quad>) {
        let mut current: FxHashSet<Quad> = current.into_iter().collect();
        let mut kept: FxHashSet<Quad> = FxHashSet::default();
        let mut added: Vec<Quad> = Vec::new();
        for quad in wanted {
            if current.remove(&quad) {
                kept.insert(quad);
            } else if !kept.contains(&quad) {
                added.push(quad);
            }
        }
        let removed: Vec<Quad> = current.into_iter().collect();
        let overlay = self.overlay.get_mut();
        for quad in &removed {
            overlay.remove(quad.clone());
        }
        for quad in &added {
            overlay.add(quad.clone());
        }
        (added, removed)
    }

    /// Whether anything differs from the state before.
    pub fn is_empty(&self) -> bool {
        self.len() == (0, 0)
    }

    /// How many quads the change adds and removes so far.
    pub fn len(&self) -> (usize, usize) {
        self.overlay.borrow().len()
    }

    /// What this write changed in the public view so far, unless that concerns more than `most`
    /// entities.
    pub fn public_change(&self, most: usize) -> Option<PublicChange> {
        let view = self.before();
        let overlay = self.overlay.borrow();
        let is_public = |row: &Row| Overlay::graph_of(*row).is_none();
        let mut change = PublicChange::default();
        let mut subjects: FxHashSet<u32> = FxHashSet::default();
        let rows = overlay.added_rows().chain(overlay.removed_rows());
        for row in rows.filter(is_public) {
            if subjects.insert(row[0])
                && let Term::NamedNode(subject) = overlay.term(row[0])
                && view.base().entity_of(subject.as_str()).is_some()
            {
                change.entities.insert(view.whole_of(subject));
                if change.entities.len() > most {
                    return None;
                }
            }
        }
        let triple = |row| Triple::from(overlay.quad(row));
        change.added = overlay.added_rows().filter(is_public).map(triple).collect();
        change.removed = overlay
            .removed_rows()
            .filter(is_public)
            .map(triple)
            .collect();
        Some(change)
    }

    /// What the changes after a generation changed in the public view, and of whom they said
    /// anew which profiles are met; `None` when they have more than `most` quads. What was only
    /// brought up to date ([`Activity::is_derived`]) does not count.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn changed_since(
        &self,
        generation: Generation,
        most: usize,
    ) -> Result<Option<PublicChange>, StoreError> {
        let view = self.before();
        let conformance = GraphName::from(view.base().conformance_graph());
        let mut change = PublicChange::default();
        let mut quads = 0_usize;
        for number in generation.0 + 1..=self.log.generation().0 {
            let record = self.log.record(Generation(number))?;
            if record.header.activity.is_derived() {
                continue;
            }
            quads = quads.saturating_add(record.quad_count());
            if quads > most {
                return Ok(None);
            }
            for side in [Side::Deletions, Side::Additions] {
                for quad in record.quads(side)? {
                    let quad = quad?;
                    if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
                        && (quad.graph_name.is_default_graph() || quad.graph_name == conformance)
                        && view.base().entity_of(subject.as_str()).is_some()
                    {
                        change.entities.insert(view.whole_of(subject));
                    }
                    if quad.graph_name.is_default_graph() {
                        match side {
                            Side::Deletions => change.removed.push(quad.into()),
                            Side::Additions => change.added.push(quad.into()),
                        }
                    }
                }
            }
        }
        Ok(Some(change))
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
        let base = &self.store.about.base;
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
        let former =
            (generation.0 > 1).then(|| generation_quad(base, Generation(generation.0 - 1)));
        let current = generation_quad(base, generation);
        // Not read first: the storage remembers each one that there was for a while.
        let overlay = self.overlay.get_mut();
        if let Some(former) = former.clone() {
            overlay.remove(former);
        }
        overlay.add(current.clone());
        let entry = Entry {
            time,
            source,
            activity,
        };
        // The last moment at which it can be stopped.
        self.begin_stage(Stage::Logging, 0)?;
        if let Err(error) = self.log.append(&entry, &Body::of(&self.overlay.borrow())) {
            if self.log.is_stopped() {
                self.store.is_stopped.store(true, Ordering::Release);
            }
            return Err(error.into());
        }
        if let Some(progress) = self.progress {
            progress.begin(Stage::Storing, 0);
        }
        let overlay = self.overlay.take();
        let (additions, deletions) = overlay.len();
        let quad = |row| Ok(overlay.quad(row));
        let change = Change {
            deletions: overlay.removed_rows().map(quad),
            additions: overlay.added_rows().map(quad),
            quads: additions + deletions,
            generations: (former, current),
        };
        if let Err(error) = apply(&self.store.quads, &self.store.gate, change, self.progress) {
            // The change is accepted, since the log has it; only the next opening can publish it.
            self.log.stop();
            self.store.is_stopped.store(true, Ordering::Release);
            return Err(StoreError::Behind {
                generation,
                error: Box::new(error),
            });
        }
        self.store
            .about
            .generation
            .store(generation.0, Ordering::Release);
        Ok(generation)
    }

    /// Begins a new identity of the log with a change of its own, which names the former one.
    ///
    /// # Errors
    /// As [`Write::commit`].
    pub(super) fn restart(mut self, identity: &str, time: &str) -> Result<Generation, StoreError> {
        let base = &self.store.about.base;
        let former = Literal::new_simple_literal(self.log.identity());
        let change = base.change(self.generation());
        self.insert(quad(base, change, base.sv("formerLog"), former))?;
        self.log.begin_identity(identity);
        self.commit(time, &SourceName::system(), Activity::Restore)
    }

    /// Writes down in which generation each entity's public description last changed.
    fn stamp_changed_entities(&mut self, generation: Generation) -> Result<(), StoreError> {
        let base = &self.store.about.base;
        let mut entities: BTreeSet<NamedNode> = BTreeSet::new();
        let overlay = self.overlay.borrow();
        let changed = overlay.added_rows().chain(overlay.removed_rows());
        for row in changed.filter(|row| Overlay::graph_of(*row).is_none()) {
            if let Term::NamedNode(subject) = overlay.term(row[0]) {
                let is_known = self.before().is_whole(subject) && entities.contains(subject);
                if !is_known {
                    entities.insert(self.before().whole_of(subject));
                }
            }
        }
        drop(overlay);
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
