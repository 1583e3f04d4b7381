//! Reads each record of the log once, behind the store, and notes which entities it is about.

use crate::app::App;
use crate::app::following::entities::{Entity, number_of};
use crate::app::history::index::{Noted, State};
use crate::app::history::{History, HistoryError};
use crate::changes::Aspects;
use crate::changes::turn::Signs;
use crate::model::Generation;
use crate::store::{Side, StoreError};
use jiff::Timestamp;
use oxrdf::NamedOrBlankNode;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// How many quads are read between two looks at the clock.
const CHUNK: u64 = 4096;

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    known: Option<State>,
    is_stopped: &'a dyn Fn() -> bool,
    is_saved: bool,
}

impl<'a> Follower<'a> {
    /// A follower that has seen nothing yet. `is_stopped` is asked now and then, and yes ends
    /// what it is doing.
    pub fn new(app: &'a App, is_stopped: &'a dyn Fn() -> bool) -> Self {
        Self {
            app,
            known: None,
            is_stopped,
            is_saved: true,
        }
    }

    /// Brings the index up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read or written, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, HistoryError> {
        let to = self.app.store.generation();
        let mut known = match self.known.take() {
            Some(known) => known,
            None => self.taken_up(to),
        };
        let from = known.generation;
        let followed = self.follow(&mut known, to);
        self.known = Some(known);
        followed?;
        Ok(from < to)
    }

    /// Writes down what is in memory only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&mut self) -> Result<(), HistoryError> {
        if let Some(mut known) = self.known.take()
            && !self.is_saved
        {
            let kept = self.keep(&mut known);
            self.known = Some(known);
            kept?;
        }
        Ok(())
    }

    fn history(&self) -> &'a History {
        &self.app.history
    }

    fn go_on(&self) -> Result<(), HistoryError> {
        if (self.is_stopped)() {
            return Err(HistoryError::Interrupted);
        }
        Ok(())
    }

    /// What was written down, if it is of this log.
    fn taken_up(&self, to: Generation) -> State {
        let kept = State::load(&self.history().folder, self.app.store.identity());
        let origin = self.app.store.origin();
        let known = kept
            .filter(|kept| (origin..=to).contains(&kept.generation))
            .unwrap_or_else(|| State::after(origin));
        self.history().publish(Arc::new(known.clone()));
        known
    }

    fn follow(&mut self, known: &mut State, to: Generation) -> Result<(), HistoryError> {
        let _under_way = (known.generation.next() < to).then(|| {
            let under_way = self.history().pass.begin();
            self.history().pass.expect(to.0 - known.generation.0);
            under_way
        });
        while known.generation < to {
            let generation = known.generation.next();
            let (time, touched) = self.touched(generation)?;
            let is_due = known.note(generation, time, touched);
            self.is_saved = false;
            if is_due {
                self.keep(known)?;
            }
            self.history().pass.advance(1);
            if is_due || known.generation == to || generation.0.is_multiple_of(64) {
                self.history().publish(Arc::new(known.clone()));
            }
        }
        Ok(())
    }

    fn keep(&mut self, known: &mut State) -> Result<(), HistoryError> {
        let folder = &self.history().folder;
        known
            .keep(folder, self.app.store.identity())
            .map_err(|error| self.history().io(error))?;
        self.is_saved = true;
        Ok(())
    }

    /// When a change was accepted, in milliseconds since 1970, and the entities that it is about.
    fn touched(&self, generation: Generation) -> Result<(u64, Vec<Noted>), HistoryError> {
        self.go_on()?;
        let base = self.app.store.base();
        let record = self.app.store.record(generation)?;
        let time = record.header.time.parse::<Timestamp>();
        let time = time.map_or(0, |time| u64::try_from(time.as_millisecond()).unwrap_or(0));
        let activity = record.header.activity;
        let mut touched: FxHashMap<Entity, (Aspects, Signs)> = FxHashMap::default();
        let mut last: Option<(NamedOrBlankNode, Option<Entity>)> = None;
        let mut begun = Instant::now();
        let mut quads = 0_u64;
        for side in [Side::Deletions, Side::Additions] {
            for quad in record.quads(side).map_err(StoreError::from)? {
                let quad = quad.map_err(StoreError::from)?;
                quads += 1;
                if quads.is_multiple_of(CHUNK) {
                    self.go_on()?;
                    // A fifth of a processor is left to whoever asks.
                    thread::sleep(begun.elapsed() / 4);
                    begun = Instant::now();
                }
                let aspects = Aspects::of(base, activity, &quad);
                if aspects.is_none() {
                    continue;
                }
                let entity = match &last {
                    Some((subject, entity)) if *subject == quad.subject => *entity,
                    _ => {
                        let entity = match &quad.subject {
                            NamedOrBlankNode::NamedNode(subject) => {
                                number_of(base, subject.as_str())
                            }
                            NamedOrBlankNode::BlankNode(_) => None,
                        };
                        last = Some((quad.subject.clone(), entity));
                        entity
                    }
                };
                if let Some(entity) = entity {
                    let (noted, signs) = touched.entry(entity).or_default();
                    *noted |= aspects;
                    if aspects.has(Aspects::STATE) {
                        signs.note(base, side, &quad);
                    }
                }
            }
        }
        let touched = touched.into_iter();
        let touched = touched.map(|(entity, (aspects, signs))| (entity, aspects, signs.turn()));
        Ok((time, touched.collect()))
    }
}
