//! Keeps the links in step with the store, from behind.
//!
//! What an entity points to follows from its own public description alone. After a change the log
//! says what became different; the description after it is read for each entity that it touches,
//! the one before it is that with the difference undone, and the links move by what the two differ
//! in. Where too much became different, or the vocabulary did, everything is read again over one
//! snapshot, while the former links are shown.

use crate::app::App;
use crate::app::following::{Net, quads_between};
use crate::app::links::reading::{Collector, Functions, functions};
use crate::app::links::table::{Row, Table};
use crate::app::links::{Links, LinksError, State, keep};
use crate::model::{Activity, Generation, SourceName};
use crate::publish::select::{Labels, names_of};
use crate::store::{Snapshot, StoreError, View};
use oxrdf::{GraphName, GraphNameRef, NamedNode, NamedOrBlankNode, Triple};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// A change with more quads is not followed: to read everything takes less.
const MOST_QUADS: u64 = 200_000;
/// How many quads are read between two looks at the clock.
const CHUNK: u64 = 4096;

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    known: Option<Known>,
    is_stopped: &'a dyn Fn() -> bool,
    is_saved: bool,
}

/// What the follower keeps.
struct Known {
    state: State,
    functions: Functions,
}

/// What became different of one entity.
#[derive(Default)]
struct Moved {
    added: FxHashSet<Triple>,
    removed: Vec<Triple>,
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

    /// Brings the links up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read or written, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, LinksError> {
        let at = |known: &Known| known.state.generation;
        if self.known.as_ref().map(at) == Some(self.app.store.generation()) {
            return Ok(false);
        }
        let snapshot = self.app.store.snapshot()?;
        let generation = snapshot.view().generation()?;
        if self.known.is_none() {
            self.take_up(snapshot.view(), generation)?;
        }
        if self.known.as_ref().map(at) == Some(generation) {
            return Ok(false);
        }
        match self.follow(snapshot.view(), generation) {
            Ok(true) => {}
            Ok(false) => self.read_all(&snapshot, generation)?,
            Err(error) => {
                // It may have been half moved.
                self.known = None;
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Writes the links down, if they have changed since they were.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&mut self) -> Result<(), LinksError> {
        if let Some(known) = &self.known
            && !self.is_saved
        {
            let folder = &self.links().folder;
            keep::save(folder, &known.state, self.app.store.identity()).map_err(|error| {
                LinksError::Io {
                    path: folder.clone(),
                    error,
                }
            })?;
            self.is_saved = true;
        }
        Ok(())
    }

    fn links(&self) -> &'a Links {
        &self.app.links
    }

    fn go_on(&self) -> Result<(), LinksError> {
        if (self.is_stopped)() {
            return Err(LinksError::Interrupted);
        }
        Ok(())
    }

    /// Takes up what was written down, if it is of this log.
    fn take_up(&mut self, view: View<'_>, at: Generation) -> Result<(), LinksError> {
        let kept = keep::load(&self.links().folder, self.app.store.identity());
        if let Some(mut state) = kept.filter(|state| state.generation <= at) {
            state.labels = Arc::new(self.vocabulary(view)?);
            self.links().publish(state.clone());
            self.known = Some(Known {
                state,
                functions: functions(view)?,
            });
        }
        Ok(())
    }

    /// Moves the links by what the changes since did; `false` when everything is to be read.
    fn follow(&mut self, after: View<'_>, at: Generation) -> Result<bool, LinksError> {
        let Some(mut known) = self.known.take() else {
            return Ok(false);
        };
        let Some(public) = self.difference(after, known.state.generation, at)? else {
            return Ok(false);
        };
        let mut entities: BTreeMap<NamedNode, Moved> = BTreeMap::new();
        for triple in public.added {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
                let moved = entities.entry(after.whole_of(subject)).or_default();
                moved.added.insert(triple);
            }
        }
        for triple in public.removed {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
                let moved = entities.entry(after.whole_of(subject)).or_default();
                moved.removed.push(triple);
            }
        }
        for (entity, moved) in entities {
            self.go_on()?;
            if !move_entity(&mut known, after, &entity, moved)? {
                tracing::error!("the links do not fit the store and are read again");
                return Ok(false);
            }
        }
        known.state.generation = at;
        self.links().publish(known.state.clone());
        self.known = Some(known);
        self.is_saved = false;
        Ok(true)
    }

    /// What the log says became different in what is published after a generation; `None` when it
    /// is too much, or the vocabulary is another.
    fn difference(
        &self,
        after: View<'_>,
        from: Generation,
        to: Generation,
    ) -> Result<Option<Net<Triple>>, LinksError> {
        let mut public = Net::default();
        let is_all = quads_between(
            &self.app.store,
            (from, to),
            MOST_QUADS,
            &|| self.go_on(),
            &|record| record.header.activity != Activity::System,
            &mut |side, quad| {
                let is_void = matches!(&quad.subject, NamedOrBlankNode::NamedNode(subject)
                    if after.base().is_of_void(subject.as_str()));
                if quad.graph_name == GraphName::DefaultGraph && !is_void {
                    public.note(side, quad.into());
                }
                Ok::<(), LinksError>(())
            },
        )?;
        Ok(is_all.then_some(public))
    }

    /// Reads everything, over one snapshot.
    fn read_all(&mut self, snapshot: &Snapshot<'_>, at: Generation) -> Result<(), LinksError> {
        self.known = None;
        let known = {
            let _under_way = self.links().pass.begin();
            self.read(snapshot.view(), at)?
        };
        self.links().publish(known.state.clone());
        self.known = Some(known);
        self.is_saved = false;
        self.save()
    }

    fn read(&self, view: View<'_>, at: Generation) -> Result<Known, LinksError> {
        let functions = functions(view)?;
        let mut state = State {
            generation: at,
            labels: Arc::new(self.vocabulary(view)?),
            ..State::default()
        };
        let mut collector = Collector::new(view, &mut state.naming, &functions);
        let mut triples: Vec<Triple> = Vec::new();
        let (mut quads, mut begun) = (0_u64, Instant::now());
        // The storage has the quads of a subject next to each other.
        for quad in view.quads(None, None, None, Some(GraphNameRef::DefaultGraph)) {
            let quad = quad?;
            if triples
                .last()
                .is_some_and(|last| last.subject != quad.subject)
            {
                collector.add(&triples);
                triples.clear();
            }
            triples.push(quad.into());
            quads += 1;
            if quads.is_multiple_of(CHUNK) {
                self.go_on()?;
                self.links().pass.advance(CHUNK);
                // A fifth of a processor is for whoever asks.
                thread::sleep(begun.elapsed() / 4);
                begun = Instant::now();
            }
        }
        collector.add(&triples);
        state.table = Table::of_sorted(&collector.finish());
        Ok(Known { state, functions })
    }

    /// What the terms of the vocabulary are called.
    fn vocabulary(&self, view: View<'_>) -> Result<Labels, StoreError> {
        let mut labels = Labels::new();
        for term in view.described_by(&SourceName::system())? {
            let names = names_of(&view, &term)?;
            if !names.is_empty() {
                labels.insert(term.into_string(), names);
            }
        }
        Ok(labels)
    }
}

/// Moves the links of one entity; `false` when they are not those that are known.
fn move_entity(
    known: &mut Known,
    after: View<'_>,
    entity: &NamedNode,
    moved: Moved,
) -> Result<bool, LinksError> {
    let triples = after.public_description(entity)?;
    let mut before: Vec<Triple> = triples
        .iter()
        .filter(|triple| !moved.added.contains(triple))
        .cloned()
        .chain(moved.removed)
        .collect();
    before.sort_by(|a, b| crate::rdf::order::compare_triples(a.as_ref(), b.as_ref()));
    let mut links_of = |triples: &[Triple]| -> Vec<Row> {
        let mut collector = Collector::new(after, &mut known.state.naming, &known.functions);
        for of_subject in triples.chunk_by(|a, b| a.subject == b.subject) {
            collector.add(of_subject);
        }
        collector.finish()
    };
    let (before, now) = (links_of(&before), links_of(&triples));
    let table = &mut known.state.table;
    for row in &before {
        if now.binary_search(row).is_err() && !table.remove(*row) {
            return Ok(false);
        }
    }
    for row in &now {
        if before.binary_search(row).is_err() && !table.insert(*row) {
            return Ok(false);
        }
    }
    if known.state.labels.contains_key(entity.as_str()) {
        let names = names_of(&after, entity)?;
        Arc::make_mut(&mut known.state.labels).insert(entity.as_str().to_owned(), names);
    }
    Ok(true)
}
