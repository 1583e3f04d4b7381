//! Keeps the index of names in step with the store, from behind.
//!
//! After a change the log says what became different; each entity of which something is said
//! otherwise, and each whose entry tells something of those, is read again. What a change costs is
//! so in proportion to it. Where too much became different, all is read again over one snapshot,
//! in blocks, while the former state goes on answering.

use crate::app::App;
use crate::app::following::entities::{iri_of, number_of, touch};
use crate::app::following::quads_between;
use crate::app::search::read::{Reading, path_of};
use crate::app::search::{FollowError, Search};
use crate::app::statistics::within;
use crate::model::vocabulary::{rdf, schema, skos};
use crate::model::{Activity, Generation};
use crate::rdf::Quads as _;
use crate::search::{Names, Standing, Writer};
use crate::store::{Snapshot, View};
use oxrdf::{GraphName, GraphNameRef, NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::BTreeSet;
use std::thread;
use std::time::Instant;

/// A change with more quads is not followed: to read everything takes less.
const MOST_QUADS: u64 = 200_000;
/// How many entities are read between two looks at the clock.
const CHUNK: usize = 64;

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    index: Option<Open>,
    is_stopped: &'a dyn Fn() -> bool,
}

/// The index, while it is written.
struct Open {
    /// Before the index, whose folder it holds.
    writer: Writer,
    names: Names,
    at: Option<Generation>,
}

impl<'a> Follower<'a> {
    /// A follower that has seen nothing yet. `is_stopped` is asked now and then, and yes ends
    /// what it is doing.
    pub fn new(app: &'a App, is_stopped: &'a dyn Fn() -> bool) -> Self {
        Self {
            app,
            index: None,
            is_stopped,
        }
    }

    /// Brings the index up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read or written, or it was stopped. The next step goes on from the
    /// last state that was written down.
    pub fn step(&mut self) -> Result<bool, FollowError> {
        let latest = self.app.store.generation();
        if self.index.as_ref().and_then(|open| open.at) == Some(latest) {
            return Ok(false);
        }
        let snapshot = self.app.store.snapshot()?;
        let generation = snapshot.view().generation()?;
        let mut open = match self.index.take() {
            Some(open) => open,
            None => self.open(generation)?,
        };
        if open.at == Some(generation) {
            self.index = Some(open);
            return Ok(false);
        }
        match self.bring_up(&mut open, &snapshot, generation) {
            Ok(()) => {
                self.index = Some(open);
                Ok(true)
            }
            // What was not committed goes with the writer.
            Err(error) => Err(error),
        }
    }

    fn search(&self) -> &'a Search {
        &self.app.search
    }

    fn go_on(&self) -> Result<(), FollowError> {
        if (self.is_stopped)() {
            return Err(FollowError::Interrupted);
        }
        Ok(())
    }

    /// Opens what there is, if it is of this log.
    fn open(&self, latest: Generation) -> Result<Open, FollowError> {
        let search = self.search();
        let mut names = Names::open(&search.folder)?;
        let standing = names.standing()?;
        let log = self.app.store.identity();
        let is_ours = |standing: &Standing| standing.is_of(log) && standing.generation() <= latest;
        let at = standing
            .filter(is_ours)
            .map(|standing| standing.generation());
        match at {
            Some(at) => search.publish(names.searching()?, at),
            None => {
                drop(names);
                names = Names::anew(&search.folder)?;
            }
        }
        Ok(Open {
            writer: names.writer()?,
            names,
            at,
        })
    }

    fn bring_up(
        &self,
        open: &mut Open,
        snapshot: &Snapshot<'_>,
        to: Generation,
    ) -> Result<(), FollowError> {
        let view = snapshot.view();
        let touched = match open.at {
            Some(from) => self.touched(view, from, to)?,
            None => None,
        };
        match touched {
            Some(touched) => self.follow(open, view, &touched)?,
            None => self.read_all(open, view)?,
        }
        let standing = Standing::new(self.app.store.identity(), to);
        open.writer.commit(&standing)?;
        open.at = Some(to);
        self.search().publish(open.names.searching()?, to);
        Ok(())
    }

    fn follow(
        &self,
        open: &Open,
        view: View<'_>,
        touched: &BTreeSet<NamedNode>,
    ) -> Result<(), FollowError> {
        let reading = Reading::new(view)?;
        for iri in touched {
            self.go_on()?;
            let Some(path) = path_of(view.base(), iri.as_str()) else {
                continue;
            };
            match reading.entry(iri)? {
                Some(entry) => open.writer.put(&entry)?,
                None => open.writer.remove(path),
            }
        }
        Ok(())
    }

    /// The entities whose entries say something else after the changes since a generation; `None`
    /// when they are too many, or something was struck from the records.
    fn touched(
        &self,
        after: View<'_>,
        from: Generation,
        to: Generation,
    ) -> Result<Option<BTreeSet<NamedNode>>, FollowError> {
        let mut touched = BTreeSet::new();
        let mut moved = Moved::default();
        let is_all = quads_between(
            &self.app.store,
            (from, to),
            MOST_QUADS,
            &|| self.go_on(),
            &|record| record.header.activity != Activity::Redact,
            &mut |_, quad| {
                // Verdicts of profiles and registry entries about sources say nothing of names.
                if after.claimant(&quad).is_some() || is_of_merges(after, &quad) {
                    touch(after, &quad, &mut touched)?;
                } else if quad.graph_name == GraphName::DefaultGraph {
                    moved.note(after, &quad, &mut touched);
                }
                Ok::<(), FollowError>(())
            },
        )?;
        if !is_all {
            return Ok(None);
        }
        moved.settle(after, &mut touched)?;
        Ok(Some(touched))
    }

    /// Reads everything, over one snapshot.
    fn read_all(&self, open: &Open, view: View<'_>) -> Result<(), FollowError> {
        let search = self.search();
        let _under_way = search.pass.begin();
        open.writer.clear()?;
        let (entities, concepts) = self.published(view)?;
        search.pass.expect((entities.len() + concepts.len()) as u64);
        let reading = Reading::new(view)?;
        let entities = entities
            .into_iter()
            .map(|number| iri_of(view.base(), number));
        let mut begun = Instant::now();
        for (place, iri) in entities.chain(concepts).enumerate() {
            self.go_on()?;
            if let Some(entry) = reading.entry(&iri)? {
                open.writer.add(&entry)?;
            }
            if (place + 1).is_multiple_of(CHUNK) {
                search.pass.advance(CHUNK as u64);
                // A fifth of a processor stays free for whoever asks.
                thread::sleep(begun.elapsed() / 4);
                begun = Instant::now();
            }
        }
        Ok(())
    }

    /// All published entities by number, and all concepts, in order.
    fn published(&self, view: View<'_>) -> Result<(Vec<u64>, Vec<NamedNode>), FollowError> {
        let (mut entities, mut concepts) = (Vec::new(), Vec::new());
        let types = view.quads(
            None,
            Some(rdf::TYPE),
            None,
            Some(GraphNameRef::DefaultGraph),
        );
        for (place, quad) in types.enumerate() {
            if place.is_multiple_of(1024) {
                self.go_on()?;
            }
            let quad = quad?;
            let NamedOrBlankNode::NamedNode(subject) = quad.subject else {
                continue;
            };
            if path_of(view.base(), subject.as_str()).is_none() {
                continue;
            }
            match number_of(view.base(), subject.as_str()) {
                Some(number) => entities.push(number),
                None if quad.object == Term::from(skos::CONCEPT) => concepts.push(subject),
                None => {}
            }
        }
        entities.sort_unstable();
        entities.dedup();
        concepts.sort_unstable();
        Ok((entities, concepts))
    }
}

fn is_of_merges(view: View<'_>, quad: &Quad) -> bool {
    quad.predicate == view.base().sv("mergedInto")
}

/// What moved in the public data and concerns the entries of others.
#[derive(Default)]
struct Moved {
    /// Contributions whose functions are others.
    contributions: BTreeSet<NamedNode>,
    /// What starts at another time, or no longer takes place.
    rescheduled: BTreeSet<NamedNode>,
    /// What may be elsewhere.
    relocated: BTreeSet<NamedNode>,
}

impl Moved {
    /// Notes what a quad moves: the one that it is about, and the one that it points to.
    fn note(&mut self, view: View<'_>, quad: &Quad, touched: &mut BTreeSet<NamedNode>) {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            return;
        };
        let base = view.base();
        let whole = view.whole_of(subject);
        if path_of(base, whole.as_str()).is_none() {
            return;
        }
        if let Term::NamedNode(object) = &quad.object
            && base.entity_of(object.as_str()).is_some()
        {
            let pointed_to = view.whole_of(object);
            if pointed_to != whole {
                touched.insert(pointed_to);
            }
        }
        if quad.predicate == base.sv("fonction") {
            self.contributions.insert(subject.clone());
        }
        if [schema::START_DATE, schema::EVENT_STATUS].contains(&quad.predicate.as_ref()) {
            self.rescheduled.insert(whole.clone());
        }
        let is_of_address = [
            schema::ADDRESS,
            schema::ADDRESS_LOCALITY,
            schema::POSTAL_CODE,
            schema::CONTAINED_IN_PLACE,
            COUNTRY,
        ];
        if is_of_address.contains(&quad.predicate.as_ref())
            || quad.predicate == base.sv("departement")
        {
            self.relocated.insert(whole.clone());
        }
        touched.insert(whole);
    }

    /// Adds those whose entries tell something of what moved.
    fn settle(&self, view: View<'_>, touched: &mut BTreeSet<NamedNode>) -> Result<(), FollowError> {
        let public = view.public();
        let agent = view.base().sv("agent");
        let mut add = |subject: &NamedNode, property| -> Result<(), FollowError> {
            for triple in public.matching(Some(subject.as_ref().into()), Some(property), None) {
                if let Term::NamedNode(object) = triple?.object {
                    touched.insert(object);
                }
            }
            Ok(())
        };
        for contribution in &self.contributions {
            add(contribution, agent.as_ref())?;
        }
        for performance in &self.rescheduled {
            add(performance, schema::WORK_PERFORMED)?;
            add(performance, schema::SUPER_EVENT)?;
        }
        for place in &self.relocated {
            touched.extend(within(&public, place)?);
        }
        Ok(())
    }
}

const COUNTRY: oxrdf::NamedNodeRef<'static> =
    oxrdf::NamedNodeRef::new_unchecked("http://schema.org/addressCountry");
