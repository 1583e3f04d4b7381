//! What can be read of one state of the store, by a reader or inside the write under way.

use crate::model::iri::without_fragment;
use crate::model::kind::Kinds;
use crate::model::property::Properties;
use crate::model::vocabulary::xsd;
use crate::model::{Base, Generation, Source, SourceName};
use crate::rdf::{self, QuadsError, order};
use crate::store::StoreError;
use crate::store::overlay::{Overlay, When};
use oxigraph::store::{GraphNameIter, QuadIter, StorageError, Store as Quads, Transaction};
use oxrdf::{
    GraphName, GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode,
    NamedOrBlankNodeRef, Quad, Term, TermRef, Triple,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// How many changes are remembered.
const KNOWN_CHANGES: usize = 10_000;

/// What every document asks of a state as a whole.
pub(super) struct Overall {
    /// By name.
    pub sources: Vec<Source>,
    /// When the settings of those last changed of which that is known, by name.
    pub settings: Vec<(SourceName, Generation)>,
    pub has_merges: bool,
}

/// What is known of a store beside its quads.
pub(super) struct About {
    pub base: Base,
    pub identity: String,
    /// The number of the last change that readers see.
    pub generation: AtomicU64,
    /// How often something was looked up or read, for whoever wants to know what it costs.
    pub reads: AtomicU64,
    /// What every document asks, as it was at a generation.
    pub overall: RwLock<Option<(Generation, Arc<Overall>)>>,
    /// When changes were accepted, and by which sources they were made: that stays so.
    pub changes: RwLock<FxHashMap<Generation, (String, SourceName)>>,
    pub kinds: Kinds,
    pub properties: Properties,
}

impl About {
    pub fn new(base: Base, identity: String) -> Self {
        Self {
            kinds: Kinds::new(&base),
            properties: Properties::new(&base),
            generation: AtomicU64::new(0),
            reads: AtomicU64::new(0),
            overall: RwLock::new(None),
            changes: RwLock::default(),
            base,
            identity,
        }
    }
}

/// Where the quads of a state are.
#[derive(Clone, Copy)]
pub(super) enum Stored<'a> {
    Transaction(&'a Transaction<'a>),
    /// Nobody writes there.
    Checkpoint(&'a Quads),
}

impl<'a> Stored<'a> {
    fn quads(
        self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> QuadIter<'a> {
        match self {
            Self::Transaction(stored) => {
                stored.quads_for_pattern(subject, predicate, object, graph)
            }
            Self::Checkpoint(stored) => stored.quads_for_pattern(subject, predicate, object, graph),
        }
    }

    fn graphs(self) -> GraphNameIter<'a> {
        match self {
            Self::Transaction(stored) => stored.named_graphs(),
            Self::Checkpoint(stored) => stored.named_graphs(),
        }
    }

    fn contains(self, quad: &Quad) -> Result<bool, StorageError> {
        match self {
            Self::Transaction(stored) => stored.contains(quad),
            Self::Checkpoint(stored) => stored.contains(quad),
        }
    }
}

/// One state of the store: a snapshot's, a checkpoint's, or one of the two that the write under way
/// knows.
#[derive(Clone, Copy)]
pub struct View<'a> {
    about: &'a About,
    pub(super) stored: Stored<'a>,
    /// The write under way, when it is a state of it.
    overlay: Option<(&'a RefCell<Overlay>, When)>,
    /// What was found out about this state, when it is one that stays.
    moment: Option<&'a Moment>,
}

/// What the readers of one state find out once.
#[derive(Default)]
pub(super) struct Moment {
    generation: OnceLock<Generation>,
    overall: OnceLock<Arc<Overall>>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        about: &'a About,
        stored: Stored<'a>,
        overlay: Option<(&'a RefCell<Overlay>, When)>,
        moment: Option<&'a Moment>,
    ) -> Self {
        Self {
            about,
            stored,
            overlay,
            moment,
        }
    }

    pub fn base(&self) -> &'a Base {
        &self.about.base
    }

    pub fn kinds(&self) -> &'a Kinds {
        &self.about.kinds
    }

    pub fn properties(&self) -> &'a Properties {
        &self.about.properties
    }

    /// The log identity that cursors and ETags carry.
    pub fn identity(&self) -> &'a str {
        &self.about.identity
    }

    /// The generation of this state.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn generation(&self) -> Result<Generation, StoreError> {
        let Some(moment) = self.moment else {
            return self.read_generation();
        };
        if let Some(generation) = moment.generation.get() {
            return Ok(*generation);
        }
        let generation = self.read_generation()?;
        Ok(*moment.generation.get_or_init(|| generation))
    }

    /// Whether a write can still change it.
    pub(super) fn is_under_way(&self) -> bool {
        self.overlay.is_some()
    }

    fn read_generation(&self) -> Result<Generation, StoreError> {
        // The storage remembers each former value for a while: asking whether it has the likely one
        // costs less than looking for the one that it has.
        let likely = Generation(self.about.generation.load(Ordering::Acquire));
        for generation in [likely, likely.next()] {
            let quad = generation_quad(self.base(), generation);
            if self.overlay.is_none() && self.stored.contains(&quad)? {
                return Ok(generation);
            }
        }
        self.stored_generation()
    }

    /// What every document asks, which is read once for all readers of a generation.
    pub(super) fn overall(&self) -> Result<Arc<Overall>, StoreError> {
        let Some(moment) = self.moment else {
            return self.read_overall();
        };
        if let Some(overall) = moment.overall.get() {
            return Ok(Arc::clone(overall));
        }
        let overall = self.read_overall()?;
        Ok(Arc::clone(moment.overall.get_or_init(|| overall)))
    }

    fn read_overall(&self) -> Result<Arc<Overall>, StoreError> {
        let read = || -> Result<Overall, StoreError> {
            let sources = self.sources()?;
            let mut settings = Vec::new();
            for source in &sources {
                let changed = self.changed_at(&self.base().source(&source.name))?;
                settings.extend(changed.map(|changed| (source.name.clone(), changed)));
            }
            Ok(Overall {
                sources,
                settings,
                has_merges: self.read_has_merges()?,
            })
        };
        if self.overlay.is_some() {
            return Ok(Arc::new(read()?));
        }
        let generation = self.generation()?;
        {
            let known = &self.about.overall;
            let known = known.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, overall)) = known.as_ref().filter(|(at, _)| *at == generation) {
                return Ok(Arc::clone(overall));
            }
        }
        let overall = Arc::new(read()?);
        let known = &self.about.overall;
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((generation, Arc::clone(&overall)));
        Ok(overall)
    }

    /// When a change was accepted and by which source it was made, if that is known without
    /// reading.
    pub(super) fn known_change(&self, generation: Generation) -> Option<(String, SourceName)> {
        let known = &self.about.changes;
        let known = known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&generation).cloned()
    }

    pub(super) fn note_change(&self, generation: Generation, change: &(String, SourceName)) {
        if self.overlay.is_some() {
            // It may yet come to nothing.
            return;
        }
        let known = &self.about.changes;
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_CHANGES {
            known.clear();
        }
        known.insert(generation, change.clone());
    }

    pub(super) fn stored_generation(&self) -> Result<Generation, StoreError> {
        let registry = self.base().registry_graph();
        match self.object(
            registry.as_ref().into(),
            self.base().sv("generation").as_ref(),
            registry.as_ref().into(),
        )? {
            None => Ok(Generation(0)),
            Some(Term::Literal(literal)) => literal
                .value()
                .parse()
                .map(Generation)
                .map_err(|_| StoreError::Unreadable(literal.to_string())),
            Some(term) => Err(StoreError::Unreadable(term.to_string())),
        }
    }

    /// All quads that match; `None` matches everything.
    pub fn quads(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> impl Iterator<Item = Result<Quad, StoreError>> + use<'a> {
        let known = self
            .known(subject, predicate, object, graph)
            .unwrap_or_else(|error| Known {
                quads: vec![Err(error)],
                is_all: true,
            });
        let stored = (!known.is_all).then(|| self.stored.quads(subject, predicate, object, graph));
        let overlay = self.overlay.filter(|(_, when)| *when == When::After);
        let reads = &self.about.reads;
        reads.fetch_add(1, Ordering::Relaxed);
        let stored = stored
            .into_iter()
            .flatten()
            .inspect(|_| {
                reads.fetch_add(1, Ordering::Relaxed);
            })
            .filter(move |quad| match (quad, overlay) {
                (Ok(quad), Some((overlay, _))) => !overlay.borrow().removes(quad.as_ref()),
                _ => true,
            })
            .map(|quad| quad.map_err(StoreError::from));
        known.quads.into_iter().chain(stored)
    }

    /// What the overlay has of a pattern: everything when there is a subject, else what is new.
    fn known(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Result<Known, StoreError> {
        let (quads, is_all) = match (self.overlay, subject) {
            (Some((overlay, when)), Some(subject)) => {
                self.fetch(overlay, subject)?;
                let overlay = overlay.borrow();
                (overlay.about(subject, predicate, object, graph, when), true)
            }
            (Some((overlay, When::After)), None) => {
                let is_new = object.is_some_and(|object| self.is_new(overlay, object));
                (overlay.borrow().added(predicate, object, graph), is_new)
            }
            (Some((_, When::Before)), None) | (None, _) => (Vec::new(), false),
        };
        Ok(Known {
            quads: quads.into_iter().map(Ok).collect(),
            is_all,
        })
    }

    /// Whether the storage has nothing with this object, as far as the overlay needs to know.
    fn is_new(&self, overlay: &RefCell<Overlay>, object: TermRef<'_>) -> bool {
        overlay.borrow_mut().is_new_object(object, || {
            self.stored
                .quads(None, None, Some(object), None)
                .next()
                .is_some()
        })
    }

    /// Brings what the storage has about a subject into the overlay, once.
    fn fetch(
        &self,
        overlay: &RefCell<Overlay>,
        subject: NamedOrBlankNodeRef<'_>,
    ) -> Result<(), StoreError> {
        if overlay.borrow().wants(subject) {
            let stored: Vec<Quad> = self
                .stored
                .quads(Some(subject), None, None, None)
                .collect::<Result<_, _>>()?;
            overlay.borrow_mut().fetched(subject, stored);
        }
        Ok(())
    }

    /// The named graphs that hold something, in the order of their names as N-Quads has them. What
    /// a write under way added is not among them.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn named_graphs(&self) -> Result<Vec<NamedNode>, StoreError> {
        let mut graphs = Vec::new();
        for graph in self.stored.graphs() {
            // Blank nodes are stored in shapes graphs alone, never as the name of one.
            if let NamedOrBlankNode::NamedNode(graph) = graph?
                && self.has_graph(&graph)?
            {
                graphs.push(graph);
            }
        }
        graphs.sort_by_cached_key(ToString::to_string);
        Ok(graphs)
    }

    /// Whether a named graph holds something.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn has_graph(&self, graph: &NamedNode) -> Result<bool, StoreError> {
        let mut quads = self.quads(None, None, None, Some(graph.as_ref().into()));
        Ok(quads.next().transpose()?.is_some())
    }

    /// Whether a quad is there.
    ///
    /// # Errors
    /// When the storage fails.
    pub(super) fn contains(&self, quad: &Quad) -> Result<bool, StoreError> {
        let mut same = self.quads(
            Some(quad.subject.as_ref()),
            Some(quad.predicate.as_ref()),
            Some(quad.object.as_ref()),
            Some(quad.graph_name.as_ref()),
        );
        Ok(same.next().transpose()?.is_some())
    }

    /// One value of a property, in a graph.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn object(
        &self,
        subject: NamedOrBlankNodeRef<'_>,
        predicate: NamedNodeRef<'_>,
        graph: GraphNameRef<'_>,
    ) -> Result<Option<Term>, StoreError> {
        self.quads(Some(subject), Some(predicate), None, Some(graph))
            .next()
            .map(|quad| quad.map(|quad| quad.object))
            .transpose()
    }

    /// One graph as [`Quads`].
    pub fn graph(&self, name: GraphName) -> GraphView<'a> {
        GraphView { view: *self, name }
    }

    /// The fused public data as [`Quads`].
    pub fn public(&self) -> GraphView<'a> {
        self.graph(GraphName::DefaultGraph)
    }

    /// The public quads about a resource and its parts, the resource first, then its parts by
    /// IRI; empty when nothing is published under this IRI.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn public_description(&self, iri: &NamedNode) -> Result<Vec<Triple>, StoreError> {
        let quads = self.with_parts(iri, |subject| {
            self.quads(Some(subject), None, None, Some(GraphNameRef::DefaultGraph))
                .collect()
        })?;
        let mut triples: Vec<Triple> = quads.into_iter().map(Triple::from).collect();
        triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
        Ok(triples)
    }

    /// What each source says about an entity and its parts.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn claims(&self, iri: &NamedNode) -> Result<BTreeMap<SourceName, Vec<Triple>>, StoreError> {
        let mut claims: BTreeMap<SourceName, Vec<Triple>> = BTreeMap::new();
        let quads = self.with_parts(iri, |subject| {
            self.quads(Some(subject), None, None, None)
                .filter(|quad| {
                    quad.as_ref()
                        .map_or(true, |quad| self.source_of(&quad.graph_name).is_some())
                })
                .collect()
        })?;
        for quad in quads {
            if let Some(source) = self.source_of(&quad.graph_name) {
                claims.entry(source).or_default().push(Triple::from(quad));
            }
        }
        for triples in claims.values_mut() {
            triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
        }
        Ok(claims)
    }

    /// What one source says about an entity and its parts, as quads of its graph.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn claims_of(&self, source: &SourceName, iri: &NamedNode) -> Result<Vec<Quad>, StoreError> {
        let graph = self.base().source_graph(source);
        self.with_parts(iri, |subject| {
            self.quads(Some(subject), None, None, Some(graph.as_ref().into()))
                .collect()
        })
    }

    /// The entities (and concepts) that a source speaks about.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn described_by(&self, source: &SourceName) -> Result<Vec<NamedNode>, StoreError> {
        let graph = self.base().source_graph(source);
        let mut entities: Vec<NamedNode> = Vec::new();
        for quad in self.quads(None, None, None, Some(graph.as_ref().into())) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject
                && self.is_whole(&subject)
                && entities.last() != Some(&subject)
            {
                entities.push(subject);
            }
        }
        entities.sort_unstable();
        entities.dedup();
        Ok(entities)
    }

    /// The source that says a quad; `None` when it is published or decided, not said.
    pub fn claimant(&self, quad: &Quad) -> Option<SourceName> {
        self.source_of(&quad.graph_name)
    }

    /// Whether an IRI is that of an entity or concept, not of a part of an entity; the description
    /// of the data set has parts too.
    pub fn is_whole(&self, iri: &NamedNode) -> bool {
        !iri.as_str().contains('#') || !self.may_have_parts(iri)
    }

    fn may_have_parts(&self, iri: &NamedNode) -> bool {
        let base = self.base();
        base.entity_of(iri.as_str()).is_some() || base.is_of_void(iri.as_str())
    }

    /// The entity that an IRI is or is a part of; other IRIs are themselves.
    pub fn whole_of(&self, iri: &NamedNode) -> NamedNode {
        if self.is_whole(iri) {
            iri.clone()
        } else {
            NamedNode::new_unchecked(without_fragment(iri.as_str()))
        }
    }

    pub(super) fn source_of(&self, graph: &GraphName) -> Option<SourceName> {
        match graph {
            GraphName::NamedNode(graph) => self.base().source_of_graph(graph.as_str()),
            GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
        }
    }

    /// The quads of an IRI and, following objects, of its parts.
    fn with_parts(
        &self,
        iri: &NamedNode,
        read: impl Fn(NamedOrBlankNodeRef<'_>) -> Result<Vec<Quad>, StoreError>,
    ) -> Result<Vec<Quad>, StoreError> {
        let may_have_parts = self.may_have_parts(iri);
        let prefix = format!("{}#", iri.as_str());
        let mut seen = FxHashSet::from_iter([iri.clone()]);
        let mut queue = VecDeque::from([iri.clone()]);
        let mut all = Vec::new();
        while let Some(subject) = queue.pop_front() {
            let quads = read(subject.as_ref().into())?;
            if may_have_parts {
                for quad in &quads {
                    if let Term::NamedNode(object) = &quad.object
                        && object.as_str().starts_with(&prefix)
                        && seen.insert(object.clone())
                    {
                        queue.push_back(object.clone());
                    }
                }
            }
            all.extend(quads);
        }
        Ok(all)
    }
}

/// What the overlay has of a pattern.
struct Known {
    quads: Vec<Result<Quad, StoreError>>,
    /// Whether the storage has nothing more.
    is_all: bool,
}

/// One graph of one state.
#[derive(Clone)]
pub struct GraphView<'a> {
    view: View<'a>,
    name: GraphName,
}

impl rdf::Quads for GraphView<'_> {
    fn matching<'b>(
        &'b self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'b> {
        Box::new(
            self.view
                .quads(subject, predicate, object, Some(self.name.as_ref()))
                .map(|quad| {
                    quad.map(Triple::from)
                        .map_err(|error| QuadsError(error.to_string()))
                }),
        )
    }
}

/// The quad by which the store knows its own generation.
pub(super) fn generation_quad(base: &Base, generation: Generation) -> Quad {
    let registry = base.registry_graph();
    Quad::new(
        registry.clone(),
        base.sv("generation"),
        Literal::new_typed_literal(generation.to_string(), xsd::INTEGER),
        registry,
    )
}
