//! Keeps the numbers in step with the store, from behind.
//!
//! After a change the log says what became different. The state after it is read for the subjects
//! that it touches; the state before it is the one after it with the difference undone. Both are
//! counted alike, and the counts move by what they differ in. Where too much became different, or
//! the vocabulary did, everything is counted again over one snapshot, while the former numbers are
//! shown.

use crate::app::App;
use crate::app::following::entities::{Entity, number_of, sources_of, touch};
use crate::app::following::{Net, quads_between};
use crate::app::statistics::facets::{Column, Said};
use crate::app::statistics::known::Known;
use crate::app::statistics::performances::{
    Reading, below, is_read_down, names, performed_in, within,
};
use crate::app::statistics::tally::{Tally, classes_in};
use crate::app::statistics::{Statistics, StatisticsError, keep};
use crate::model::vocabulary::{rdf, schema, skos};
use crate::model::{Activity, Generation, SourceName};
use crate::rdf::{Quads, QuadsError};
use crate::store::{
    CancellationToken, GraphView, QueryResults, RequestedDataset, Side, Snapshot, StoreError, View,
};
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
use spargebra::SparqlParser;
use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher as _;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

/// A change with more quads is not followed: to count everything takes less.
const MOST_QUADS: u64 = 200_000;
/// Nor is one that changes the classes of what so many subjects point to.
const MOST_SUBJECTS: usize = 50_000;
/// How many subjects of an object are looked at, to find out how many it has at most.
const FEW: usize = 8;
/// How many quads are counted between two looks at the clock.
const CHUNK: u64 = 4096;

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    known: Option<Known>,
    is_stopped: &'a dyn Fn() -> bool,
    is_saved: bool,
}

/// What is said of a subject, before and after a change.
#[derive(Default)]
struct Moved {
    added: Vec<Triple>,
    removed: Vec<Triple>,
}

/// What became different between two generations.
#[derive(Default)]
struct Difference {
    public: Net<Triple>,
    graphs: BTreeMap<String, i64>,
    /// The entities of which something else is said, or published, or decided.
    touched: BTreeSet<NamedNode>,
    /// Whether something else is known of a source itself.
    is_about_sources: bool,
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

    /// Brings the numbers up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read or written, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, StatisticsError> {
        let at = |known: &Known| known.state.generation;
        if self.known.as_ref().map(at) == Some(self.app.store.generation()) {
            return Ok(false);
        }
        let snapshot = self.app.store.snapshot()?;
        let generation = snapshot.view().generation()?;
        if self.known.is_none() {
            self.take_up(generation);
        }
        if self.known.as_ref().map(at) == Some(generation) {
            return Ok(false);
        }
        match self.follow(snapshot.view(), generation) {
            Ok(true) => {}
            Ok(false) => self.count_all(&snapshot, generation)?,
            Err(error) => {
                // It may have been half moved.
                self.known = None;
                return Err(error);
            }
        }
        Ok(true)
    }

    /// Writes the numbers down, if they have changed since they were.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&mut self) -> Result<(), StatisticsError> {
        if let Some(known) = &self.known
            && !self.is_saved
        {
            let folder = &self.statistics().folder;
            keep::save(folder, known, self.app.store.identity()).map_err(|error| {
                StatisticsError::Io {
                    path: folder.clone(),
                    error,
                }
            })?;
            self.is_saved = true;
        }
        Ok(())
    }

    fn statistics(&self) -> &'a Statistics {
        &self.app.statistics
    }

    fn go_on(&self) -> Result<(), StatisticsError> {
        if (self.is_stopped)() {
            return Err(StatisticsError::Interrupted);
        }
        Ok(())
    }

    /// Takes up what was written down, if it is of this log.
    fn take_up(&mut self, at: Generation) {
        let kept = keep::load(&self.statistics().folder, self.app.store.identity());
        if let Some(mut known) = kept.filter(|known| known.state.generation <= at) {
            settle_claims(&mut known, self.app.store.base());
            self.statistics().publish(known.state.clone());
            self.known = Some(known);
        }
    }

    /// Moves the numbers by what the changes since did; `false` when everything is to be counted.
    fn follow(&mut self, after: View<'_>, at: Generation) -> Result<bool, StatisticsError> {
        let Some(from) = self.known.as_ref().map(|known| known.state.generation) else {
            return Ok(false);
        };
        let Some(difference) = self.difference(after, from, at)? else {
            return Ok(false);
        };
        let Some(mut known) = self.known.take() else {
            return Ok(false);
        };
        if !self.move_counts(&mut known, after, &difference)? {
            return Ok(false);
        }
        for (graph, by) in difference.graphs {
            let count = known.state.graphs.entry(graph).or_default();
            match count.checked_add_signed(by) {
                Some(moved) => *count = moved,
                None => return Ok(false),
            }
        }
        known.state.graphs.retain(|_, count| *count > 0);
        if difference.is_about_sources {
            known.state.publishers = Arc::new(publishers(after)?);
        }
        self.move_entities(&mut known, after, &difference.public, difference.touched)?;
        settle_claims(&mut known, after.base());
        label_new(&mut known, after)?;
        known.state.generation = at;
        self.statistics().publish(known.state.clone());
        self.known = Some(known);
        self.is_saved = false;
        Ok(true)
    }

    /// What the log says of the changes after a generation; `None` when it is too much, or the
    /// vocabulary is another.
    fn difference(
        &self,
        after: View<'_>,
        from: Generation,
        to: Generation,
    ) -> Result<Option<Difference>, StatisticsError> {
        let mut difference = Difference::default();
        let is_all = quads_between(
            &self.app.store,
            (from, to),
            MOST_QUADS,
            &|| self.go_on(),
            &|record| record.header.activity != Activity::System,
            &mut |side, quad| {
                difference.is_about_sources |= is_about_source(after, &quad);
                if let GraphName::NamedNode(graph) = &quad.graph_name {
                    let by = match side {
                        Side::Additions => 1,
                        Side::Deletions => -1,
                    };
                    let graph = graph.as_str();
                    match difference.graphs.get_mut(graph) {
                        Some(count) => *count += by,
                        None => {
                            difference.graphs.insert(graph.to_owned(), by);
                        }
                    }
                }
                touch(after, &quad, &mut difference.touched)?;
                if is_counted(after, &quad) {
                    difference.public.note(side, quad.into());
                }
                Ok::<(), StatisticsError>(())
            },
        )?;
        Ok(is_all.then_some(difference))
    }

    /// Moves the counts of triples; `false` when they do not fit, or too much is affected.
    fn move_counts(
        &self,
        known: &mut Known,
        after: View<'_>,
        difference: &Difference,
    ) -> Result<bool, StatisticsError> {
        let public = after.public();
        let mut subjects: FxHashMap<NamedOrBlankNode, Moved> = FxHashMap::default();
        let mut objects: FxHashMap<(&NamedNode, &Term), (usize, usize)> = FxHashMap::default();
        for triple in &difference.public.added {
            let moved = subjects.entry(triple.subject.clone()).or_default();
            moved.added.push(triple.clone());
            objects
                .entry((&triple.predicate, &triple.object))
                .or_default()
                .0 += 1;
        }
        for triple in &difference.public.removed {
            let moved = subjects.entry(triple.subject.clone()).or_default();
            moved.removed.push(triple.clone());
            objects
                .entry((&triple.predicate, &triple.object))
                .or_default()
                .1 += 1;
        }
        let Some(states) = self.states(after, subjects)? else {
            return Ok(false);
        };
        let mut tally = Tally::default();
        let base = after.base();
        let is_ours = |iri: &str| base.owns(iri);
        let mut elsewhere: FxHashMap<NamedNode, Arc<[NamedNode]>> = FxHashMap::default();
        for (by, is_after) in [(-1, false), (1, true)] {
            let mut classes_of = |node: &NamedNode| -> Result<Arc<[NamedNode]>, QuadsError> {
                if let Some(state) = states.get(&NamedOrBlankNode::from(node.clone())) {
                    let classes = if is_after {
                        &state.classes.1
                    } else {
                        &state.classes.0
                    };
                    return Ok(Arc::clone(classes));
                }
                if let Some(classes) = elsewhere.get(node) {
                    return Ok(Arc::clone(classes));
                }
                let classes = classes_of(&public, node)?;
                elsewhere.insert(node.clone(), Arc::clone(&classes));
                Ok(classes)
            };
            for state in states.values() {
                let triples = if is_after {
                    &state.triples.1
                } else {
                    &state.triples.0
                };
                tally.subject(triples, by, &is_ours, &mut classes_of)?;
            }
        }
        for ((property, object), (added, removed)) in objects {
            self.go_on()?;
            // Enough of them to know whether there were any before, and how many there are at most.
            let enough = if added > 0 { FEW.max(added + 1) } else { 1 };
            let found = public.matching(None, Some(property.as_ref()), Some(object.as_ref()));
            let found = found.take(enough).collect::<Result<Vec<_>, _>>()?;
            let is_after = !found.is_empty();
            let is_before = removed > 0 || found.len() > added;
            let most = if found.len() < enough {
                found.len() as u64
            } else {
                let former = known.state.counts.property(property.as_str()).most_subjects;
                former + added.saturating_sub(removed) as u64
            };
            let by = i64::from(is_after) - i64::from(is_before);
            tally.objects(property.as_str(), by, if added > 0 { most } else { 0 });
        }
        let state = &mut known.state;
        if let Err(misfit) = tally.apply(&mut state.counts, &mut state.links) {
            tracing::error!(%misfit, "the statistics do not fit the store and are counted again");
            return Ok(false);
        }
        Ok(true)
    }

    /// Both states of all subjects that count otherwise now; `None` when they are too many.
    fn states(
        &self,
        after: View<'_>,
        subjects: FxHashMap<NamedOrBlankNode, Moved>,
    ) -> Result<Option<FxHashMap<NamedOrBlankNode, Both>>, StatisticsError> {
        let public = &after.public();
        let mut states: FxHashMap<NamedOrBlankNode, Both> = FxHashMap::default();
        for (subject, moved) in subjects {
            self.go_on()?;
            let state = Both::of(public, &subject, moved)?;
            states.insert(subject, state);
        }
        // What points to something whose classes are others counts otherwise too.
        let changed: Vec<NamedOrBlankNode> = states
            .iter()
            .filter(|(_, state)| state.classes.0 != state.classes.1)
            .map(|(subject, _)| subject.clone())
            .collect();
        for object in changed {
            let object = Term::from(object);
            for (place, triple) in public
                .matching(None, None, Some(object.as_ref()))
                .enumerate()
            {
                let subject = triple?.subject;
                if place > MOST_SUBJECTS || states.len() > MOST_SUBJECTS + MOST_QUADS as usize {
                    return Ok(None);
                }
                if !states.contains_key(&subject) && !is_void(after, &subject) {
                    let state = Both::of(public, &subject, Moved::default())?;
                    states.insert(subject, state);
                }
            }
            self.go_on()?;
        }
        Ok(Some(states))
    }

    /// Reads anew what is kept of entities that a change touched, and of those that say less
    /// themselves than what it touched.
    fn move_entities(
        &self,
        known: &mut Known,
        after: View<'_>,
        public: &Net<Triple>,
        mut touched: BTreeSet<NamedNode>,
    ) -> Result<(), StatisticsError> {
        let graph = after.public();
        let mut read_down: BTreeSet<NamedNode> = BTreeSet::new();
        let mut values: BTreeSet<NamedNode> = BTreeSet::new();
        // Places that are in other buildings now.
        let mut moved: BTreeSet<NamedNode> = BTreeSet::new();
        for triple in public.added.iter().chain(&public.removed) {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
                let whole = after.whole_of(subject);
                if is_read_down(after, &triple.predicate) {
                    read_down.insert(whole.clone());
                }
                if triple.predicate == schema::CONTAINED_IN_PLACE {
                    moved.insert(whole.clone());
                }
                values.insert(whole);
            }
        }
        let is_performance = |known: &Known, iri: &NamedNode| {
            let number = number_of(after.base(), iri.as_str());
            number.is_some_and(|number| known.is_performance(number))
        };
        for above in read_down {
            if !is_performance(known, &above) {
                touched.extend(below(&graph, &above)?);
            }
        }
        for place in &moved {
            touched.extend(performed_in(&graph, place)?);
        }
        let mut reading = Reading::new(after);
        let has_merges = after.has_merges()?;
        for iri in &touched {
            self.go_on()?;
            let sources = || sources_of(after, iri, has_merges);
            let triples = described(&graph, iri)?;
            let sources = if triples.is_empty() {
                Vec::new()
            } else {
                sources()?
            };
            put(known, after, &mut reading, iri, &triples, sources)?;
        }
        // Names and towns are kept once, whoever performs there.
        let inside: Vec<NamedNode> = values
            .iter()
            .map(|value| within(&graph, value))
            .collect::<Result<Vec<_>, _>>()?
            .concat();
        for value in values.into_iter().chain(inside) {
            let said = Said::Iri(value.into_string());
            let table = &mut known.state.performances;
            table.describe(&said, &mut |column, said| reading.value(column, said))?;
        }
        Ok(())
    }

    /// Counts everything, over one snapshot.
    fn count_all(
        &mut self,
        snapshot: &Snapshot<'_>,
        at: Generation,
    ) -> Result<(), StatisticsError> {
        self.known = None;
        let statistics = self.statistics();
        let known = {
            let _under_way = statistics.pass.begin();
            self.counted(snapshot.view(), at)?
        };
        statistics.publish(known.state.clone());
        self.known = Some(known);
        self.is_saved = false;
        self.save()
    }

    fn counted(&self, view: View<'_>, at: Generation) -> Result<Known, StatisticsError> {
        let mut known = Known::default();
        known.state.generation = at;
        known.state.graphs = quads_by_graph(view)?;
        self.go_on()?;
        let speaking = self.speaking(view)?;
        let classes = self.classes(view)?;
        let mut tally = Tally::default();
        self.count_subjects(view, &classes, &speaking, &mut known, &mut tally)?;
        self.count_objects(view, &mut tally)?;
        let state = &mut known.state;
        if tally.apply(&mut state.counts, &mut state.links).is_err() {
            return Err(StoreError::Unreadable("fewer than no triples".to_owned()).into());
        }
        settle_claims(&mut known, view.base());
        known.state.publishers = Arc::new(publishers(view)?);
        known.state.labels = Arc::new(territories(view)?);
        label_new(&mut known, view)?;
        Ok(known)
    }

    /// The sources that speak of each entity under the name that they know it by.
    fn speaking(&self, view: View<'_>) -> Result<Speaking, StatisticsError> {
        let mut speaking = Speaking::default();
        for source in view.sources()? {
            if source.name.is_system() {
                continue;
            }
            let dataset = RequestedDataset {
                default_graphs: vec![view.base().source_graph(&source.name)],
                named_graphs: Vec::new(),
            };
            let mut rest = Rest::default();
            for row in rows(view, include_str!("subjects.rq"), &dataset)? {
                rest.tick(self)?;
                if let [Some(Term::NamedNode(subject))] = row?.as_slice()
                    && let Some(entity) = number_of(view.base(), subject.as_str())
                {
                    speaking.add(entity, &source.name);
                }
            }
        }
        Ok(speaking)
    }

    /// The classes of all that has some.
    fn classes(&self, view: View<'_>) -> Result<Classes, StatisticsError> {
        let mut classes = Classes::default();
        let mut rest = Rest::default();
        let graph = Some(GraphNameRef::DefaultGraph);
        for quad in view.quads(None, Some(rdf::TYPE), None, graph) {
            rest.tick(self)?;
            let quad = quad?;
            if is_counted(view, &quad)
                && let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(class)) =
                    (&quad.subject, &quad.object)
            {
                classes.add(subject, class);
            }
        }
        Ok(classes)
    }

    fn count_subjects(
        &self,
        view: View<'_>,
        classes: &Classes,
        speaking: &Speaking,
        known: &mut Known,
        tally: &mut Tally,
    ) -> Result<(), StatisticsError> {
        let has_merges = view.has_merges()?;
        let base = view.base();
        let is_ours = |iri: &str| base.owns(iri);
        let mut reading = Reading::new(view);
        let mut count = |triples: &[Triple]| -> Result<(), StatisticsError> {
            let Some(first) = triples.first() else {
                return Ok(());
            };
            tally.subject(triples, 1, &is_ours, &mut |node| Ok(classes.of(node)))?;
            let NamedOrBlankNode::NamedNode(subject) = &first.subject else {
                return Ok(());
            };
            if view.is_whole(subject)
                && let Some(entity) = number_of(base, subject.as_str())
            {
                let mut sources = speaking.of(entity);
                if has_merges {
                    for member in view.members(subject)?.iter().skip(1) {
                        let member = number_of(base, member.as_str());
                        sources
                            .extend(member.map(|member| speaking.of(member)).unwrap_or_default());
                    }
                    sources.sort_unstable();
                    sources.dedup();
                }
                put(known, view, &mut reading, subject, triples, sources)?;
            }
            Ok(())
        };
        let mut rest = Rest::default();
        let mut triples: Vec<Triple> = Vec::new();
        // The storage has the quads of a subject next to each other.
        for quad in view.quads(None, None, None, Some(GraphNameRef::DefaultGraph)) {
            rest.tick(self)?;
            let quad = quad?;
            if !is_counted(view, &quad) {
                continue;
            }
            if triples
                .last()
                .is_some_and(|last| last.subject != quad.subject)
            {
                count(&triples)?;
                triples.clear();
            }
            triples.push(quad.into());
        }
        count(&triples)
    }

    fn count_objects(&self, view: View<'_>, tally: &mut Tally) -> Result<(), StatisticsError> {
        for property in tally.properties() {
            let mut rest = Rest::default();
            let (mut objects, mut subjects, mut most) = (0, 0, 0);
            let mut last: Option<Term> = None;
            let property = NamedNode::new_unchecked(property);
            let graph = Some(GraphNameRef::DefaultGraph);
            // The storage has the quads of an object next to each other.
            for quad in view.quads(None, Some(property.as_ref()), None, graph) {
                rest.tick(self)?;
                let quad = quad?;
                if !is_counted(view, &quad) {
                    continue;
                }
                if last.as_ref() != Some(&quad.object) {
                    objects += 1;
                    subjects = 0;
                    last = Some(quad.object);
                }
                subjects += 1;
                most = most.max(subjects);
            }
            tally.objects(property.as_str(), objects, most);
        }
        Ok(())
    }
}

/// Keeps count of a long pass, and leaves a fifth of a processor to whoever asks.
struct Rest {
    quads: u64,
    begun: Instant,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            quads: 0,
            begun: Instant::now(),
        }
    }
}

impl Rest {
    fn tick(&mut self, follower: &Follower<'_>) -> Result<(), StatisticsError> {
        self.quads += 1;
        if self.quads.is_multiple_of(CHUNK) {
            follower.go_on()?;
            follower.statistics().pass.advance(CHUNK);
            thread::sleep(self.begun.elapsed() / 4);
            self.begun = Instant::now();
        }
        Ok(())
    }
}

/// What is said of one subject, and its classes, before and after a change.
struct Both {
    triples: (Vec<Triple>, Vec<Triple>),
    classes: (Arc<[NamedNode]>, Arc<[NamedNode]>),
}

impl Both {
    fn of(
        public: &GraphView<'_>,
        subject: &NamedOrBlankNode,
        moved: Moved,
    ) -> Result<Self, QuadsError> {
        let after: Vec<Triple> = public
            .matching(Some(subject.as_ref()), None, None)
            .collect::<Result<_, _>>()?;
        let added: FxHashSet<&Triple> = moved.added.iter().collect();
        let kept = after.iter().filter(|triple| !added.contains(triple));
        let before: Vec<Triple> = kept.chain(&moved.removed).cloned().collect();
        Ok(Self {
            classes: (sorted_classes(&before), sorted_classes(&after)),
            triples: (before, after),
        })
    }
}

fn sorted_classes(triples: &[Triple]) -> Arc<[NamedNode]> {
    let mut classes: Vec<NamedNode> = classes_in(triples).cloned().collect();
    classes.sort_unstable();
    classes.into()
}

fn classes_of(public: &GraphView<'_>, node: &NamedNode) -> Result<Arc<[NamedNode]>, QuadsError> {
    let types = public.matching(Some(node.as_ref().into()), Some(rdf::TYPE), None);
    let types: Vec<Triple> = types.collect::<Result<_, _>>()?;
    Ok(sorted_classes(&types))
}

/// Whether a quad is about a source, not about what it says.
fn is_about_source(view: View<'_>, quad: &Quad) -> bool {
    let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
        return false;
    };
    let rest = view.base().strip(subject.as_str());
    let name = rest.and_then(|rest| rest.strip_prefix("source/"));
    name.is_some_and(|name| !name.contains('/'))
}

fn publishers(view: View<'_>) -> Result<BTreeMap<String, Option<String>>, StoreError> {
    let sources = view.sources()?.into_iter();
    let sources = sources.filter(|source| !source.name.is_system());
    Ok(sources
        .map(|source| (source.name.to_string(), source.publisher))
        .collect())
}

/// Whether a quad is public and not one of those that say how many there are.
fn is_counted(view: View<'_>, quad: &Quad) -> bool {
    quad.graph_name == GraphName::DefaultGraph && !is_void(view, &quad.subject)
}

fn is_void(view: View<'_>, subject: &NamedOrBlankNode) -> bool {
    match subject {
        NamedOrBlankNode::NamedNode(subject) => view.base().is_of_void(subject.as_str()),
        NamedOrBlankNode::BlankNode(_) => false,
    }
}

/// Reads anew what is kept of an entity of which `triples` are published.
fn put(
    known: &mut Known,
    view: View<'_>,
    reading: &mut Reading<'_>,
    iri: &NamedNode,
    triples: &[Triple],
    sources: Vec<SourceName>,
) -> Result<(), StatisticsError> {
    let Some(entity) = number_of(view.base(), iri.as_str()) else {
        return Ok(());
    };
    let kind = view
        .kinds()
        .of_classes(classes_in(triples).map(NamedNode::as_str));
    let Some(kind) = kind else {
        known.remove(entity);
        return Ok(());
    };
    let table = &mut known.state.performances;
    let row = if kind.is_event {
        reading.row(iri, kind, triples, &sources, table)?
    } else {
        None
    };
    if kind.name == "place" {
        // So that places are known where nothing is on.
        let said = Said::Iri(iri.as_str().to_owned());
        table.intern(Column::Place, vec![said], &mut |said| {
            reading.value(Column::Place, said)
        })?;
    }
    let sources = sources.iter().map(SourceName::to_string).collect();
    known.put(entity, kind, sources, row);
    Ok(())
}

fn described(public: &GraphView<'_>, iri: &NamedNode) -> Result<Vec<Triple>, QuadsError> {
    public
        .matching(Some(iri.as_ref().into()), None, None)
        .collect()
}

/// The claims of each source are the quads of its graph.
fn settle_claims(known: &mut Known, base: &crate::model::Base) {
    let claims: Vec<(String, u64)> = known
        .state
        .graphs
        .iter()
        .filter_map(|(graph, quads)| {
            let source = base.source_of_graph(graph)?;
            Some((source.to_string(), *quads))
        })
        .collect();
    known.count_claims(claims);
}

/// Reads what classes and properties are called that were not there before.
fn label_new(known: &mut Known, view: View<'_>) -> Result<(), StatisticsError> {
    let state = &mut known.state;
    let names_of = state
        .counts
        .properties
        .keys()
        .chain(state.counts.classes.keys());
    let new: Vec<&String> = names_of
        .filter(|name| !state.labels.contains_key(*name))
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    let public = view.public();
    let labels = Arc::make_mut(&mut state.labels);
    for name in new {
        let found = names(&public, &NamedNode::new_unchecked(name.as_str()))?;
        labels.insert(name.clone(), found);
    }
    Ok(())
}

/// What regions, departments and collectivities are called, by code.
fn territories(view: View<'_>) -> Result<BTreeMap<String, Vec<Literal>>, StatisticsError> {
    let public = view.public();
    let scheme = view.base().join("vocab/territoires");
    let mut territories = BTreeMap::new();
    let concepts = public.matching(None, Some(skos::IN_SCHEME), Some(scheme.as_ref().into()));
    for concept in concepts {
        let NamedOrBlankNode::NamedNode(concept) = concept?.subject else {
            continue;
        };
        let codes = public.matching(Some(concept.as_ref().into()), Some(skos::NOTATION), None);
        for code in codes {
            if let Term::Literal(code) = code?.object {
                territories.insert(code.value().to_owned(), names(&public, &concept)?);
            }
        }
    }
    Ok(territories)
}

fn quads_by_graph(view: View<'_>) -> Result<BTreeMap<String, u64>, StatisticsError> {
    let mut graphs = BTreeMap::new();
    let dataset = RequestedDataset::default();
    for row in rows(view, include_str!("quads_by_graph.rq"), &dataset)? {
        if let [Some(Term::NamedNode(graph)), Some(Term::Literal(quads))] = row?.as_slice() {
            let quads = quads.value().parse().unwrap_or_default();
            graphs.insert(graph.as_str().to_owned(), quads);
        }
    }
    Ok(graphs)
}

/// A row of an answer.
type Solution = Vec<Option<Term>>;

/// The answer to a query of ours.
fn rows<'v>(
    view: View<'v>,
    query: &str,
    dataset: &RequestedDataset,
) -> Result<impl Iterator<Item = Result<Solution, StatisticsError>> + use<'v>, StatisticsError> {
    let query = SparqlParser::new()
        .parse_query(query)
        .map_err(|error| StoreError::Unreadable(error.to_string()))?;
    let solutions = match view.evaluate(query, dataset, CancellationToken::new())? {
        QueryResults::Solutions(solutions) => Some(solutions),
        QueryResults::Boolean(_) | QueryResults::Graph(_) => None,
    };
    let solutions = solutions.into_iter().flatten();
    Ok(solutions.map(|solution| Ok(solution?.values().to_vec())))
}

/// Which sources speak of which entity.
#[derive(Default)]
struct Speaking {
    names: Vec<SourceName>,
    sets: indexmap::IndexSet<Vec<u32>>,
    of: FxHashMap<Entity, u32>,
}

impl Speaking {
    /// To be called source after source.
    fn add(&mut self, entity: Entity, source: &SourceName) {
        if self.names.last() != Some(source) {
            self.names.push(source.clone());
        }
        let number = short(self.names.len() - 1);
        let former = self
            .of
            .get(&entity)
            .and_then(|set| self.sets.get_index(*set as usize));
        let mut set = former.cloned().unwrap_or_default();
        if set.last() != Some(&number) {
            set.push(number);
            let (set, _) = self.sets.insert_full(set);
            self.of.insert(entity, short(set));
        }
    }

    fn of(&self, entity: Entity) -> Vec<SourceName> {
        let set = self.of.get(&entity);
        let set = set.and_then(|set| self.sets.get_index(*set as usize));
        let numbers = set.into_iter().flatten();
        let mut names: Vec<SourceName> = numbers
            .filter_map(|number| self.names.get(*number as usize).cloned())
            .collect();
        names.sort_unstable();
        names
    }
}

/// Which classes everything is of. Subjects are known by two hashes whose keys nobody knows.
struct Classes {
    hashers: (RandomState, RandomState),
    sets: indexmap::IndexSet<Arc<[NamedNode]>>,
    of: FxHashMap<(u64, u64), u32>,
    none: Arc<[NamedNode]>,
}

impl Default for Classes {
    fn default() -> Self {
        Self {
            hashers: (RandomState::new(), RandomState::new()),
            sets: indexmap::IndexSet::new(),
            of: FxHashMap::default(),
            none: Arc::new([]),
        }
    }
}

impl Classes {
    fn key(&self, node: &NamedNode) -> (u64, u64) {
        let (first, second) = &self.hashers;
        (
            first.hash_one(node.as_str()),
            second.hash_one(node.as_str()),
        )
    }

    fn add(&mut self, node: &NamedNode, class: &NamedNode) {
        let key = self.key(node);
        let mut classes = self.of(node).to_vec();
        classes.push(class.clone());
        classes.sort_unstable();
        let set = self.sets.insert_full(classes.into()).0;
        self.of.insert(key, short(set));
    }

    fn of(&self, node: &NamedNode) -> Arc<[NamedNode]> {
        let set = self.of.get(&self.key(node));
        let set = set.and_then(|set| self.sets.get_index(*set as usize));
        Arc::clone(set.unwrap_or(&self.none))
    }
}

fn short(place: usize) -> u32 {
    u32::try_from(place).expect("there are fewer than 2^32 of them in memory")
}
