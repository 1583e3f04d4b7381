//! What an entity was after a change: its own rows of the log, replayed up to there.

use crate::changes::{Aspects, Touch, Touches, difference, versions};
use crate::model::vocabulary::owl;
use crate::model::{Base, Generation, Kind, SourceName};
use crate::rdf::order;
use crate::store::{Header, State, Store, StoreError, View, kind_among, state_in};
use oxrdf::{GraphName, NamedNode, Quad, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// What an entity was at a generation.
#[derive(Clone, Debug)]
pub struct Then {
    /// The change that had made it so.
    pub version: Generation,
    /// When that was accepted: xsd:dateTime in UTC.
    pub time: String,
    /// Whose change that was.
    pub source: SourceName,
    pub state: State,
    pub kind: Option<&'static Kind>,
    /// What was published of it, in the order of documents.
    pub triples: Vec<Triple>,
    /// What each source said of it, and of what was merged into it, in the order of documents.
    pub claims: BTreeMap<SourceName, Vec<Triple>>,
    /// How much of the log was read.
    pub bytes_read: u64,
}

/// What an entity was at a generation; `None` before there was anything of it.
///
/// # Errors
/// When the log cannot be read.
pub fn state_at(
    store: &Store,
    touches: &Touches<'_>,
    entity: &NamedNode,
    at: Generation,
) -> Result<Option<Then>, StoreError> {
    let touched = touches(entity, at)?;
    let Some(version) = versions(&touched).last().copied() else {
        return Ok(None);
    };
    let mut replay = Replay::default();
    let mut made_so = None;
    for touch in &touched {
        let header = replay.apply(store, entity, *touch)?;
        if touch.generation == version {
            made_so = Some(header);
        }
    }
    let Some(header) = made_so else {
        return Ok(None);
    };
    let base = store.base();
    let registry = replay.registry();
    let state = state_in(base, &registry, &mut |other| {
        survivor_at(store, touches, other, at)
    })?;
    let kind = kind_among(base, &registry);
    let triples = in_order(replay.public);
    let mut claims = replay.claims;
    let mut bytes_read = replay.bytes_read;
    for member in members(base, entity, &triples) {
        let mut replay = Replay::default();
        for touch in touches(&member, at)? {
            if touch.aspects.has(Aspects::CLAIMS) {
                replay.apply(store, &member, touch)?;
            }
        }
        bytes_read += replay.bytes_read;
        for (source, said) in replay.claims {
            // Under the IRI of what it was published as; parts keep their names.
            let said = said.into_iter().map(|mut triple| {
                if triple.subject == member.clone().into() {
                    triple.subject = entity.clone().into();
                }
                triple
            });
            claims.entry(source).or_default().extend(said);
        }
    }
    claims.retain(|_, said| !said.is_empty());
    Ok(Some(Then {
        version,
        time: header.time,
        source: header.source,
        state,
        kind,
        triples,
        claims: claims
            .into_iter()
            .map(|(source, said)| (source, in_order(said)))
            .collect(),
        bytes_read,
    }))
}

/// What was published of entities, read version by version: from what there was before, or from
/// what there is now, whichever is nearer. Of an entity that comes several times only what is new
/// is read again.
pub struct Versions<'a> {
    store: &'a Store,
    touches: &'a Touches<'a>,
    now: Option<View<'a>>,
    known: FxHashMap<NamedNode, (Generation, FxHashSet<Triple>)>,
}

impl<'a> Versions<'a> {
    /// `now` is the present state, where `touches` reaches that far.
    pub fn new(store: &'a Store, touches: &'a Touches<'a>, now: Option<View<'a>>) -> Self {
        Self {
            store,
            touches,
            now,
            known: FxHashMap::default(),
        }
    }

    /// What was published of an entity after a change, in the order of documents; none where it
    /// was not published then. Versions of one entity are asked for in their order.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn at(&mut self, entity: &NamedNode, at: Generation) -> Result<Vec<Triple>, StoreError> {
        if !self.known.contains_key(entity)
            && let Some(public) = self.back_from_now(entity, at)?
        {
            self.known.insert(entity.clone(), (at, public));
        }
        let (from, public) = self.known.entry(entity.clone()).or_default();
        for touch in (self.touches)(entity, at)? {
            if touch.generation <= *from || !touch.aspects.has(Aspects::PUBLIC) {
                continue;
            }
            let excerpt = self.store.excerpt(touch.generation, entity)?;
            for triple in difference::public(&excerpt.deletions) {
                public.remove(&triple);
            }
            public.extend(difference::public(&excerpt.additions));
        }
        *from = at;
        Ok(in_order(public.clone()))
    }

    /// What was published, from what is now and the changes since then; `None` where there are
    /// more of them than before.
    fn back_from_now(
        &self,
        entity: &NamedNode,
        at: Generation,
    ) -> Result<Option<FxHashSet<Triple>>, StoreError> {
        let Some(now) = self.now else {
            return Ok(None);
        };
        let mut touched = (self.touches)(entity, now.generation()?)?;
        touched.retain(|touch| touch.aspects.has(Aspects::PUBLIC));
        let before = touched.partition_point(|touch| touch.generation <= at);
        let since = touched.split_off(before);
        if since.len() >= touched.len() {
            return Ok(None);
        }
        let present = now.public_description(entity)?;
        let mut public: FxHashSet<Triple> = present.into_iter().collect();
        for touch in since.iter().rev() {
            let excerpt = self.store.excerpt(touch.generation, entity)?;
            for triple in difference::public(&excerpt.additions) {
                public.remove(&triple);
            }
            public.extend(difference::public(&excerpt.deletions));
        }
        Ok(Some(public))
    }
}

fn in_order(triples: FxHashSet<Triple>) -> Vec<Triple> {
    let mut triples: Vec<Triple> = triples.into_iter().collect();
    triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
    triples
}

/// The entities that were merged into this one: its description says so.
fn members(base: &Base, entity: &NamedNode, triples: &[Triple]) -> Vec<NamedNode> {
    let same = triples.iter().filter(|triple| {
        triple.predicate == owl::SAME_AS && triple.subject == entity.clone().into()
    });
    let objects = same.filter_map(|triple| match &triple.object {
        Term::NamedNode(other) => Some(other.clone()),
        Term::BlankNode(_) | Term::Literal(_) => None,
    });
    objects
        .filter(|other| base.entity_of(other.as_str()).is_some())
        .collect()
}

/// The entity under whose IRI another was published at a generation.
fn survivor_at(
    store: &Store,
    touches: &Touches<'_>,
    entity: &NamedNode,
    at: Generation,
) -> Result<NamedNode, StoreError> {
    let mut replay = Replay::default();
    for touch in touches(entity, at)? {
        if touch.aspects.has(Aspects::STATE) {
            replay.apply(store, entity, touch)?;
        }
    }
    let merged_into = store.base().sv("mergedInto");
    let quads = replay.registry();
    let merged = quads.iter().find(|quad| quad.predicate == merged_into);
    Ok(match merged.map(|quad| &quad.object) {
        Some(Term::NamedNode(survivor)) => survivor.clone(),
        _ => entity.clone(),
    })
}

/// The rows of one entity, as far as they were replayed.
#[derive(Default)]
struct Replay {
    public: FxHashSet<Triple>,
    registry: FxHashSet<Quad>,
    claims: BTreeMap<SourceName, FxHashSet<Triple>>,
    bytes_read: u64,
}

impl Replay {
    fn apply(
        &mut self,
        store: &Store,
        entity: &NamedNode,
        touch: Touch,
    ) -> Result<Header, StoreError> {
        let excerpt = store.excerpt(touch.generation, entity)?;
        self.bytes_read += excerpt.bytes_read;
        let base = store.base();
        for quad in excerpt.deletions {
            self.note(base, quad, false);
        }
        for quad in excerpt.additions {
            self.note(base, quad, true);
        }
        Ok(excerpt.header)
    }

    fn note(&mut self, base: &Base, quad: Quad, is_added: bool) {
        match &quad.graph_name {
            GraphName::DefaultGraph if is_added => {
                self.public.insert(quad.into());
            }
            GraphName::DefaultGraph => {
                self.public.remove(&Triple::from(quad));
            }
            GraphName::NamedNode(graph) if *graph == base.registry_graph() => {
                if is_added {
                    self.registry.insert(quad);
                } else {
                    self.registry.remove(&quad);
                }
            }
            GraphName::NamedNode(graph) => {
                if let Some(source) = base.source_of_graph(graph.as_str()) {
                    let said = self.claims.entry(source).or_default();
                    if is_added {
                        said.insert(quad.into());
                    } else {
                        said.remove(&Triple::from(quad));
                    }
                }
            }
            GraphName::BlankNode(_) => {}
        }
    }

    /// In a fixed order.
    fn registry(&self) -> Vec<Quad> {
        let mut quads: Vec<Quad> = self.registry.iter().cloned().collect();
        quads.sort_by_cached_key(ToString::to_string);
        quads
    }
}
