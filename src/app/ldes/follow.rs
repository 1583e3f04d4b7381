//! Puts each version on a page, behind the index of history.

use crate::app::App;
use crate::app::following::entities::{Entity, number_of};
use crate::app::history::{Place, Touched};
use crate::app::ldes::{LdesError, State, Stream, keep};
use crate::changes::Aspects;
use crate::changes::entities::is_seen;
use crate::model::Generation;
use crate::store::{Side, StoreError};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use rustc_hash::FxHashMap;
use std::thread;
use std::time::Instant;

/// How many changes are read from the index at once.
const AT_ONCE: usize = 1024;
/// How many quads are read between two looks at the clock.
const CHUNK: u64 = 4096;
/// Of so many entities it is remembered how much text is published of them.
const REMEMBERED: usize = 1 << 20;
/// After so many changes the pages are written down.
const KEPT_AFTER: u64 = 10_000;
/// What is said of a version beside its text.
const ABOUT_BYTES: u64 = 600;
/// What a fact takes beside its terms.
const FACT_BYTES: i64 = 80;

/// Follows the history of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    known: Option<State>,
    /// How much text is published of an entity, where that is remembered.
    sizes: FxHashMap<Entity, i64>,
    is_stopped: &'a dyn Fn() -> bool,
    saved: Generation,
}

impl<'a> Follower<'a> {
    /// A follower that has seen nothing yet. `is_stopped` is asked now and then, and yes ends
    /// what it is doing.
    pub fn new(app: &'a App, is_stopped: &'a dyn Fn() -> bool) -> Self {
        Self {
            app,
            known: None,
            sizes: FxHashMap::default(),
            is_stopped,
            saved: Generation(0),
        }
    }

    /// Brings the pages up to where the index of history is. Gives whether there was something.
    ///
    /// # Errors
    /// When something cannot be read or written, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, LdesError> {
        // A copy whose log begins later knows no former versions: it has no stream.
        if self.app.store.origin() > Generation(0) {
            return Ok(false);
        }
        let to = self.app.history.generation();
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
    pub fn save(&mut self) -> Result<(), LdesError> {
        if let Some(known) = self.known.take() {
            let kept = self.keep(&known);
            self.known = Some(known);
            kept?;
        }
        Ok(())
    }

    fn stream(&self) -> &'a Stream {
        &self.app.ldes
    }

    fn go_on(&self) -> Result<(), LdesError> {
        match (self.is_stopped)() {
            true => Err(LdesError::Interrupted),
            false => Ok(()),
        }
    }

    /// What the pages are of.
    fn of(&self) -> String {
        let store = &self.app.store;
        format!("{} {}", store.identity(), self.stream().epoch(store))
    }

    /// What was written down, if it is of this log as it is now.
    fn taken_up(&mut self, to: Generation) -> State {
        let kept = keep::load(&self.stream().folder, &self.of());
        let known = kept
            .filter(|kept| kept.generation <= to)
            .unwrap_or_default();
        self.saved = known.generation;
        self.stream().current.set(known.clone());
        known
    }

    fn keep(&mut self, known: &State) -> Result<(), LdesError> {
        if self.saved == known.generation {
            return Ok(());
        }
        let folder = &self.stream().folder;
        keep::save(folder, known, &self.of()).map_err(|error| LdesError::Io {
            path: folder.clone(),
            error,
        })?;
        self.saved = known.generation;
        Ok(())
    }

    fn follow(&mut self, known: &mut State, to: Generation) -> Result<(), LdesError> {
        while known.generation < to {
            let generation = known.generation.next();
            self.put(known, generation)?;
            known.generation = generation;
            if generation.0 - self.saved.0 >= KEPT_AFTER {
                self.keep(known)?;
            }
            if generation == to || generation.0.is_multiple_of(256) {
                self.stream().current.set(known.clone());
            }
        }
        Ok(())
    }

    /// Puts the versions that a change made on pages.
    fn put(&mut self, known: &mut State, generation: Generation) -> Result<(), LdesError> {
        self.go_on()?;
        let (app, base) = (self.app, self.app.store.base());
        let time = app.history.latest_time(generation)?;
        let time = time.map_or(0, |time| u64::try_from(time.as_millisecond()).unwrap_or(0));
        let mut place = Place::after(Generation(generation.0 - 1));
        let mut differences: Option<FxHashMap<Entity, i64>> = None;
        loop {
            let (touched, _) = app.history.since_place(&app.store, place, AT_ONCE)?;
            let is_last = touched.len() < AT_ONCE;
            for one in touched {
                if one.generation != generation {
                    return Ok(());
                }
                let Some(entity) = number_of(base, one.entity.as_str()) else {
                    continue;
                };
                place = Place {
                    generation,
                    entity: Some(entity),
                };
                if !is_seen(&one) {
                    continue;
                }
                if differences.is_none() {
                    differences = Some(self.differences(generation)?);
                }
                let difference = differences.as_ref().and_then(|all| all.get(&entity));
                let difference = difference.copied().unwrap_or(0);
                let size = self.size(entity, &one, difference)?;
                let bytes = u64::try_from(size).unwrap_or(0) + ABOUT_BYTES;
                known.add(&app.ldes.bounds, (generation, entity), bytes, time);
            }
            if is_last {
                return Ok(());
            }
        }
    }

    /// By how much a change made what is published of each entity longer.
    fn differences(&self, generation: Generation) -> Result<FxHashMap<Entity, i64>, LdesError> {
        let base = self.app.store.base();
        let record = self.app.store.record(generation)?;
        let mut differences: FxHashMap<Entity, i64> = FxHashMap::default();
        let mut last: Option<(NamedNode, Option<Entity>)> = None;
        let (mut begun, mut quads) = (Instant::now(), 0_u64);
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
                let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
                    continue;
                };
                if !quad.graph_name.is_default_graph() {
                    continue;
                }
                let entity = match &last {
                    Some((known, entity)) if known == subject => *entity,
                    _ => {
                        let entity = number_of(base, subject.as_str());
                        last = Some((subject.clone(), entity));
                        entity
                    }
                };
                if let Some(entity) = entity {
                    *differences.entry(entity).or_default() += signed(side, &quad);
                }
            }
        }
        Ok(differences)
    }

    /// How much text is published of an entity after a change that made so much a difference.
    fn size(
        &mut self,
        entity: Entity,
        touched: &Touched,
        difference: i64,
    ) -> Result<i64, LdesError> {
        if self.sizes.len() >= REMEMBERED {
            self.sizes.clear();
        }
        if let Some(size) = self.sizes.get_mut(&entity) {
            *size += difference;
            return Ok(*size);
        }
        let app = self.app;
        let before = Generation(touched.generation.0 - 1);
        let mut size = difference;
        for touch in app.history.touches(&app.store, &touched.entity, before)? {
            if touch.aspects.has(Aspects::PUBLIC) {
                self.go_on()?;
                let excerpt = app.store.excerpt(touch.generation, &touched.entity)?;
                for (side, quads) in [
                    (Side::Deletions, &excerpt.deletions),
                    (Side::Additions, &excerpt.additions),
                ] {
                    let public = quads.iter().filter(|it| it.graph_name.is_default_graph());
                    size += public.map(|quad| signed(side, quad)).sum::<i64>();
                }
            }
        }
        self.sizes.insert(entity, size);
        Ok(size)
    }
}

/// About how long a fact is when it is written, less than nothing when it is gone.
fn signed(side: Side, quad: &Quad) -> i64 {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().len(),
        NamedOrBlankNode::BlankNode(node) => node.as_str().len(),
    };
    let object = match &quad.object {
        Term::NamedNode(node) => node.as_str().len(),
        Term::BlankNode(node) => node.as_str().len(),
        Term::Literal(literal) => literal.value().len(),
    };
    let length = subject + quad.predicate.as_str().len() + object;
    let length = i64::try_from(length).unwrap_or(i64::MAX / 2) + FACT_BYTES;
    match side {
        Side::Additions => length,
        Side::Deletions => -length,
    }
}
