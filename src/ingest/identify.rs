//! The third stage of the door: which entity each resource of a submission is, and what the
//! source says about it under our IRIs.
//!
//! Who is the same as whom (data model, "Who is the same as whom"): within one kind only; by the
//! sender's own IRI, scoped to the source; by an external identifier of a listed scheme; by a
//! `schema:sameAs` that names the IRI under which another source sends it; a place, organisation
//! or person without an IRI by its name within its source. Never by url.

use crate::ingest::external;
use crate::ingest::parts;
use crate::model::finding::without_iri;
use crate::model::vocabulary::{rdf, schema, skos};
use crate::model::{Base, Finding, Kind, Noid, Severity, Source, Text};
use crate::rdf::Graph;
use crate::store::{State, StoreError, View};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Parts nested deeper than this are refused: nobody describes a show so.
const PART_DEPTH: usize = 16;

/// A submission read, normalised and identified, not yet accepted.
#[derive(Debug, Default)]
pub struct Draft {
    pub entities: BTreeMap<NamedNode, Drafted>,
    /// Resources that cannot be taken; each has a finding.
    pub refused: Vec<Refused>,
    /// Entities that the source takes back.
    pub withdrawn: BTreeSet<NamedNode>,
    pub findings: Vec<Finding>,
}

/// What a submission says about one entity.
#[derive(Debug)]
pub struct Drafted {
    pub kind: &'static Kind,
    /// The resource as the sender calls it, for reports.
    pub subject: String,
    /// The sender's IRI for it, which stands for it again should it be refused.
    pub sender_iri: Option<NamedNode>,
    /// The sender's identifiers that will stand for it.
    pub keys: BTreeSet<String>,
    /// Whether its IRI was minted for this draft.
    pub is_new: bool,
    /// What the source says about it and its parts.
    pub claims: Vec<Triple>,
}

/// A resource that is not taken.
#[derive(Debug)]
pub struct Refused {
    /// The entity that it is known as, whose last accepted version stays.
    pub entity: Option<NamedNode>,
}

/// What [`identify`] works with.
pub struct Identifying<'a> {
    pub view: View<'a>,
    pub source: &'a Source,
    /// All sources.
    pub sources: &'a [Source],
    pub graph: &'a Graph,
    /// Resources that normalisation refused, with a finding of its own each.
    pub refused: &'a [NamedOrBlankNode],
    /// Fills a buffer with random bytes.
    pub random: &'a mut dyn FnMut(&mut [u8]),
}

/// Finds or mints an IRI for each resource and writes the claims under it. Deterministic but for
/// the minted names.
///
/// # Errors
/// When the storage fails.
pub fn identify(mut work: Identifying<'_>) -> Result<Draft, StoreError> {
    let mut draft = Draft::default();
    let resources = classify(&work, &mut draft);
    let groups = group(&work, &resources, &mut draft)?;
    let identities = resolve(&mut work, groups, &mut draft)?;
    describe(&work, &resources, identities, &mut draft)?;
    Ok(draft)
}

/// What each subject of the submission is.
enum Resource {
    Entity(&'static Kind),
    /// Described inside the entity that points to it.
    Part,
    Refused,
}

type Resources<'a> = FxHashMap<&'a NamedOrBlankNode, Resource>;

fn classify<'a>(work: &Identifying<'a>, draft: &mut Draft) -> Resources<'a> {
    let base = work.view.base();
    let refused: FxHashSet<&NamedOrBlankNode> = work.refused.iter().collect();
    let mut resources = Resources::default();
    for subject in work.graph.subjects() {
        if refused.contains(subject) {
            resources.insert(subject, Resource::Refused);
            continue;
        }
        let kind = work.view.kinds().of_classes(classes(work.graph, subject));
        let resource = match (kind, subject) {
            (Some(kind), _)
                if !kind.has_own_iri && matches!(subject, NamedOrBlankNode::BlankNode(_)) =>
            {
                refuse(draft, concept_without_iri(work.graph, subject));
                Resource::Refused
            }
            (_, NamedOrBlankNode::NamedNode(iri))
                if is_reserved(base, iri) && !work.source.name.is_system() =>
            {
                refuse(draft, reserved(work.graph, subject));
                Resource::Refused
            }
            (Some(kind), _) => Resource::Entity(kind),
            (None, _) => Resource::Part,
        };
        resources.insert(subject, resource);
    }
    resources
}

/// Whether only the source `system` may speak of it: all under the base but entities.
fn is_reserved(base: &Base, iri: &NamedNode) -> bool {
    base.owns(iri.as_str()) && base.entity_of(iri.as_str()).is_none()
}

/// Resources that are one, because they share an identifier.
struct Group<'a> {
    kind: &'static Kind,
    nodes: Vec<&'a NamedOrBlankNode>,
    keys: BTreeSet<String>,
    external: BTreeSet<String>,
    /// Other IRIs that the sender says are the same.
    same_as: BTreeSet<String>,
}

fn group<'a>(
    work: &Identifying<'a>,
    resources: &Resources<'a>,
    draft: &mut Draft,
) -> Result<Vec<Group<'a>>, StoreError> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    let mut joined = Joined::default();
    // Several nodes may be known already, so each identifier remembers all that have it.
    let mut by_label: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for subject in work.graph.subjects() {
        let Some(Resource::Entity(kind)) = resources.get(subject) else {
            continue;
        };
        let index = groups.len();
        let key = key_of(work.graph, subject, kind);
        let external = external_identifiers(work.graph, subject);
        let same_as: BTreeSet<String> = iris(work.graph, subject, schema::SAME_AS)
            .map(str::to_owned)
            .collect();
        let known = match &key {
            Some(key) => work.view.identified(&work.source.name, key)?,
            None => None,
        };
        joined.add(known);
        // Only what identifies joins here, and the IRI of another resource of the submission: two
        // that share a page of a social network are two.
        let described = same_as.iter().filter(|iri| {
            let node = NamedOrBlankNode::from(NamedNode::new_unchecked(iri.as_str()));
            matches!(resources.get(&node), Some(Resource::Entity(other)) if other == kind)
        });
        let labels: BTreeSet<String> = key
            .iter()
            .chain(&external)
            .chain(described)
            .map(|label| format!("{} = {label}", kind.name))
            .collect();
        for label in labels {
            let others = by_label.entry(label).or_default();
            let mut conflict = None;
            for other in others.iter() {
                conflict = joined.join(index, *other).err().or(conflict);
            }
            if let Some((one, other)) = conflict
                && is_open(&work.view, &one, &other)?
            {
                let subject = display(work.graph, subject);
                draft
                    .findings
                    .push(possible_duplicate(&subject, &one, &other));
            }
            // Later ones need to meet each set once.
            if !others.iter().any(|other| joined.are_one(index, *other)) {
                others.push(index);
            }
        }
        groups.push(Group {
            kind,
            nodes: vec![subject],
            keys: key.into_iter().collect(),
            external,
            same_as,
        });
    }
    let mut together: BTreeMap<usize, Group<'a>> = BTreeMap::new();
    for (index, group) in groups.into_iter().enumerate() {
        match together.entry(joined.first(index)) {
            Entry::Vacant(place) => {
                place.insert(group);
            }
            Entry::Occupied(mut place) => {
                let into = place.get_mut();
                into.nodes.extend(group.nodes);
                into.keys.extend(group.keys);
                into.external.extend(group.external);
                into.same_as.extend(group.same_as);
            }
        }
    }
    Ok(together.into_values().collect())
}

/// Which resources are one: each points to one before it, or to itself when it is the first.
#[derive(Default)]
struct Joined {
    before: Vec<usize>,
    /// The entity that a first one and all that are one with it are known as.
    known: Vec<Option<NamedNode>>,
}

impl Joined {
    fn add(&mut self, known: Option<NamedNode>) {
        self.before.push(self.before.len());
        self.known.push(known);
    }

    fn first(&mut self, mut index: usize) -> usize {
        while self.before[index] != index {
            self.before[index] = self.before[self.before[index]];
            index = self.before[index];
        }
        index
    }

    fn are_one(&mut self, a: usize, b: usize) -> bool {
        self.first(a) == self.first(b)
    }

    /// Makes two one, but not two that are known as different entities already: joining what is
    /// public is for a person to decide. The error is these two entities.
    fn join(&mut self, a: usize, b: usize) -> Result<(), (NamedNode, NamedNode)> {
        let (a, b) = (self.first(a), self.first(b));
        match (&self.known[a], &self.known[b]) {
            (Some(one), Some(other)) if one != other => return Err((one.clone(), other.clone())),
            (Some(one), None) => self.known[b] = Some(one.clone()),
            (None, Some(one)) => self.known[a] = Some(one.clone()),
            _ => {}
        }
        self.before[a.max(b)] = a.min(b);
        Ok(())
    }
}

/// The sender's identifier of a resource: its IRI, else what the data model keys it by.
pub(super) fn key_of(
    graph: &Graph,
    subject: &NamedOrBlankNode,
    kind: &'static Kind,
) -> Option<String> {
    if let NamedOrBlankNode::NamedNode(iri) = subject {
        return Some(iri.as_str().to_owned());
    }
    let text = |predicate| text_of(graph, subject, predicate);
    if let Some(identifier) = text(schema::IDENTIFIER) {
        return Some(format!("{}:#{identifier}", kind.name));
    }
    let name = normalised_name(&text(schema::NAME)?);
    if name.is_empty() {
        return None;
    }
    let mut key = format!("{}:{name}", kind.name);
    if kind.name == "place" {
        let address = graph.objects(subject, schema::ADDRESS).find_map(as_subject);
        let in_address = |predicate| {
            address
                .as_ref()
                .and_then(|node| text_of(graph, node, predicate))
        };
        for part in [
            in_address(schema::POSTAL_CODE),
            in_address(schema::ADDRESS_LOCALITY),
        ] {
            key.push('|');
            key.push_str(&normalised_name(&part.unwrap_or_default()));
        }
    } else if kind.is_event {
        key.push('|');
        key.push_str(&text(schema::START_DATE).unwrap_or_default());
    }
    Some(key)
}

fn external_identifiers(graph: &Graph, subject: &NamedOrBlankNode) -> BTreeSet<String> {
    let own = match subject {
        NamedOrBlankNode::NamedNode(iri) => Some(iri.as_str()),
        NamedOrBlankNode::BlankNode(_) => None,
    };
    iris(graph, subject, schema::SAME_AS)
        .chain(own)
        .filter(|iri| external::is_identifier(iri))
        .map(str::to_owned)
        .collect()
}

/// Which entity each node is.
struct Identities<'a> {
    of_node: FxHashMap<&'a NamedOrBlankNode, NamedNode>,
}

fn resolve<'a>(
    work: &mut Identifying<'a>,
    groups: Vec<Group<'a>>,
    draft: &mut Draft,
) -> Result<Identities<'a>, StoreError> {
    let mut identities = Identities {
        of_node: FxHashMap::default(),
    };
    for group in groups {
        let kind = group.kind;
        let first = group.nodes[0];
        let (entity, is_new) = match find(work, &group, draft)? {
            Found::Entity(entity) => (entity, false),
            Found::Nothing if !kind.has_own_iri => match first {
                NamedOrBlankNode::NamedNode(iri) => {
                    (iri.clone(), work.view.state_of(iri)? == State::Unknown)
                }
                NamedOrBlankNode::BlankNode(_) => continue,
            },
            Found::Nothing if group.keys.is_empty() => {
                let finding = without_key(work.graph, first, kind);
                refuse(draft, finding);
                continue;
            }
            Found::Nothing => (work.view.base().id(&Noid::mint(work.random)), true),
            Found::SplitIri(iri) => {
                refuse(draft, split_id(&display(work.graph, first), &iri));
                continue;
            }
            Found::UnknownIri(iri) => {
                refuse(draft, unknown_id(&display(work.graph, first), &iri, None));
                continue;
            }
        };
        for node in &group.nodes {
            identities.of_node.insert(node, entity.clone());
        }
        let sender_iri = group.nodes.iter().find_map(|node| match node {
            NamedOrBlankNode::NamedNode(iri) => Some(iri.clone()),
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let keys = group
            .keys
            .into_iter()
            .filter(|key| kind.has_own_iri && !work.view.base().owns(key));
        // Two that share no identifier may still be known as one entity.
        draft
            .entities
            .entry(entity)
            .or_insert_with(|| Drafted {
                kind,
                subject: display(work.graph, first),
                sender_iri,
                keys: BTreeSet::new(),
                is_new,
                claims: Vec::new(),
            })
            .keys
            .extend(keys);
    }
    Ok(identities)
}

enum Found {
    Entity(NamedNode),
    Nothing,
    UnknownIri(String),
    SplitIri(String),
}

fn find(work: &Identifying<'_>, group: &Group<'_>, draft: &mut Draft) -> Result<Found, StoreError> {
    let base = work.view.base();
    let kind = group.kind;
    let mut known: Vec<NamedNode> = Vec::new();
    for key in &group.keys {
        match base.entity_of(key) {
            Some(Ok(noid)) if !key.contains('#') => match work.view.state(&noid)? {
                State::Unknown => return Ok(Found::UnknownIri(key.clone())),
                // What is said of a merged entity stays under its own IRI, so that the merge can
                // be taken back.
                _ => match work.view.meant_by(&work.source.name, &base.id(&noid))? {
                    Some(entity) => known.push(entity),
                    None => return Ok(Found::SplitIri(key.clone())),
                },
            },
            Some(_) => return Ok(Found::UnknownIri(key.clone())),
            None => known.extend(work.view.identified(&work.source.name, key)?),
        }
    }
    for iri in &group.external {
        known.extend(said_to_be(&work.view, iri, kind)?);
    }
    // Two sources may use one IRI for two things, so an IRI is scoped to its source; but a
    // sender who writes `sameAs` says that it is one thing, whichever of the two came first.
    // One who writes `sameAs` with an IRI of ours, as he found it here, says so even more plainly.
    for iri in group.same_as.difference(&group.external) {
        if let Some(Ok(noid)) = base.entity_of(iri)
            && !iri.contains('#')
        {
            let entity = base.id(&noid);
            if work.view.kind_of(&entity)? == Some(kind) {
                known.push(entity);
            }
        }
        for source in work.sources {
            if let Some(entity) = work.view.identified(&source.name, iri)?
                && work.view.kind_of(&entity)? == Some(kind)
            {
                known.push(entity);
            }
        }
    }
    for key in group
        .keys
        .iter()
        .filter(|key| key.starts_with("http") && base.entity_of(key).is_none())
    {
        known.extend(said_to_be(&work.view, key, kind)?);
    }
    let mut distinct: Vec<NamedNode> = Vec::new();
    for entity in known {
        // An identifier that was not told where to go when its entity was split names none.
        if !distinct.contains(&entity) && !work.view.is_split(&entity)? {
            distinct.push(entity);
        }
    }
    // Joining two entities that are both public already is for a person to decide.
    if let [first, others @ ..] = distinct.as_slice() {
        for other in others {
            if is_open(&work.view, first, other)? {
                draft.findings.push(possible_duplicate(
                    &display(work.graph, group.nodes[0]),
                    first,
                    other,
                ));
            }
        }
        return Ok(Found::Entity(first.clone()));
    }
    Ok(Found::Nothing)
}

/// Whether nobody has decided yet whether two entities are one.
fn is_open(view: &View<'_>, one: &NamedNode, other: &NamedNode) -> Result<bool, StoreError> {
    Ok(!view.are_one(one, other)? && !view.are_different(one, other)?)
}

/// The entities of this kind of which some source says that they are the same as this IRI, oldest
/// first.
fn said_to_be(
    view: &View<'_>,
    iri: &str,
    kind: &'static Kind,
) -> Result<Vec<NamedNode>, StoreError> {
    let object = NamedNode::new_unchecked(iri);
    let mut entities = Vec::new();
    for quad in view.quads(
        None,
        Some(schema::SAME_AS),
        Some(object.as_ref().into()),
        None,
    ) {
        let quad = quad?;
        // The public view has them under the survivor of a merge, the claims under each one's IRI.
        if !quad.graph_name.is_default_graph()
            && let NamedOrBlankNode::NamedNode(subject) = &quad.subject
            && view.base().entity_of(subject.as_str()).is_some()
            && view.is_whole(subject)
            && view.kind_of(subject)? == Some(kind)
        {
            entities.push((view.minted_at(subject)?, subject.clone()));
        }
    }
    entities.sort_unstable();
    entities.dedup();
    Ok(entities.into_iter().map(|(_, entity)| entity).collect())
}

fn describe<'a>(
    work: &Identifying<'a>,
    resources: &Resources<'a>,
    mut identities: Identities<'a>,
    draft: &mut Draft,
) -> Result<(), StoreError> {
    let subjects = work.graph.subjects();
    let (mut claims, attached) = loop {
        let mut attached: FxHashSet<&NamedOrBlankNode> = FxHashSet::default();
        let mut claims: BTreeMap<NamedNode, Vec<Triple>> = BTreeMap::new();
        let mut failed: BTreeMap<NamedNode, Finding> = BTreeMap::new();
        for node in &subjects {
            let Some(entity) = identities.of_node.get(*node) else {
                continue;
            };
            let mut writer = Writer {
                work,
                resources,
                identities: &identities,
                entity,
                subject: draft
                    .entities
                    .get(entity)
                    .map_or("", |drafted| drafted.subject.as_str()),
                attached: &mut attached,
                parts: FxHashMap::default(),
            };
            match writer.describe(node, 0) {
                Ok(triples) => claims.entry(entity.clone()).or_default().extend(triples),
                Err(Unwritable::Finding(finding)) => {
                    failed.entry(entity.clone()).or_insert(*finding);
                }
                Err(Unwritable::Store(error)) => return Err(error),
            }
        }
        if failed.is_empty() {
            break (claims, attached);
        }
        // What pointed to a failed one is written again, pointing to the sender's own IRI: ours
        // was perhaps never published.
        identities
            .of_node
            .retain(|_, entity| !failed.contains_key(entity));
        for (entity, finding) in failed {
            if let Some(drafted) = draft.entities.remove(&entity) {
                draft.refused.push(Refused {
                    entity: (!drafted.is_new).then_some(entity),
                });
            }
            draft.findings.push(finding);
        }
    };
    for (entity, drafted) in &mut draft.entities {
        let mut triples = claims.remove(entity).unwrap_or_default();
        triples.extend(
            work.view
                .kinds()
                .stored_as(drafted.kind)
                .iter()
                .map(|class| Triple::new(entity.clone(), rdf::TYPE, class.clone())),
        );
        if let Some(iri) = &drafted.sender_iri
            && drafted.kind.has_own_iri
            && external::is_identifier(iri.as_str())
        {
            triples.push(Triple::new(entity.clone(), schema::SAME_AS, iri.clone()));
        }
        drafted.claims = triples;
    }
    let attached = with_parts_of_refused(work, resources, &identities, attached);
    for node in subjects {
        if matches!(resources.get(node), Some(Resource::Part)) && !attached.contains(node) {
            let entity = match node {
                NamedOrBlankNode::NamedNode(iri) => {
                    work.view.identified(&work.source.name, iri.as_str())?
                }
                NamedOrBlankNode::BlankNode(_) => None,
            };
            draft.refused.push(Refused { entity });
            draft.findings.push(unattached(work.graph, node));
        }
    }
    Ok(())
}

/// The parts of a refused resource are not taken with it: that needs no finding of its own.
fn with_parts_of_refused<'a>(
    work: &Identifying<'a>,
    resources: &Resources<'a>,
    identities: &Identities<'a>,
    mut attached: FxHashSet<&'a NamedOrBlankNode>,
) -> FxHashSet<&'a NamedOrBlankNode> {
    let mut queue: Vec<NamedOrBlankNode> = resources
        .iter()
        .filter(|(node, resource)| match resource {
            Resource::Entity(_) => !identities.of_node.contains_key(*node),
            Resource::Refused => true,
            Resource::Part => false,
        })
        .map(|(node, _)| (*node).clone())
        .collect();
    while let Some(node) = queue.pop() {
        for object in work
            .graph
            .about(&node)
            .filter_map(|t| as_subject(&t.object))
        {
            if let Some((key, Resource::Part)) = resources.get_key_value(&object)
                && attached.insert(key)
            {
                queue.push(object);
            }
        }
    }
    attached
}

/// Writes the claims of one entity.
struct Writer<'w, 'a> {
    work: &'w Identifying<'a>,
    resources: &'w Resources<'a>,
    identities: &'w Identities<'a>,
    entity: &'w NamedNode,
    subject: &'w str,
    attached: &'w mut FxHashSet<&'a NamedOrBlankNode>,
    /// Parts that are described already, under their names. Without it, parts that point to each
    /// other several times over would be described exponentially often.
    parts: FxHashMap<&'a NamedOrBlankNode, NamedNode>,
}

/// Why a resource cannot be written.
enum Unwritable {
    /// The whole resource is refused.
    Finding(Box<Finding>),
    Store(StoreError),
}

impl From<StoreError> for Unwritable {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Finding> for Unwritable {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

impl<'a> Writer<'_, 'a> {
    /// The claims of a node under the entity's IRI, with those of its parts.
    fn describe(
        &mut self,
        node: &NamedOrBlankNode,
        depth: usize,
    ) -> Result<Vec<Triple>, Unwritable> {
        let mut triples = Vec::new();
        for triple in self.work.graph.about(node) {
            let (object, nested) = self.object(&triple.predicate, &triple.object, depth)?;
            triples.extend(nested);
            triples.extend(
                object.map(|object| {
                    Triple::new(self.entity.clone(), triple.predicate.clone(), object)
                }),
            );
        }
        Ok(triples)
    }

    /// The object as it is stored, with the triples of the part that it is. Without an object,
    /// the triple is left out.
    fn object(
        &mut self,
        predicate: &NamedNode,
        object: &Term,
        depth: usize,
    ) -> Result<(Option<Term>, Vec<Triple>), Unwritable> {
        let Some(node) = as_subject(object) else {
            return Ok((Some(object.clone()), Vec::new()));
        };
        if let Some(entity) = self.identities.of_node.get(&node) {
            return Ok((self.link(predicate, &node, entity.clone()), Vec::new()));
        }
        match self.resources.get_key_value(&node) {
            Some((key, Resource::Part)) if *predicate != rdf::TYPE => self.part(key, depth),
            _ => Ok((self.reference(predicate, &node)?, Vec::new())),
        }
    }

    fn part(
        &mut self,
        node: &'a NamedOrBlankNode,
        depth: usize,
    ) -> Result<(Option<Term>, Vec<Triple>), Unwritable> {
        self.attached.insert(node);
        if let Some(part) = self.parts.get(node) {
            return Ok((Some(part.clone().into()), Vec::new()));
        }
        if depth >= PART_DEPTH {
            return Err(too_deep(self.subject).into());
        }
        let triples = self.describe(node, depth + 1)?;
        let (part, triples) = parts::name(
            self.entity,
            &self.work.source.name,
            self.work.view.base(),
            triples,
        );
        self.parts.insert(node, part.clone());
        Ok((Some(part.into()), triples))
    }

    /// What stands for a resource that the submission does not describe, or not acceptably: the
    /// entity that we know it as, else the sender's own IRI, else nothing.
    fn reference(
        &self,
        predicate: &NamedNode,
        node: &NamedOrBlankNode,
    ) -> Result<Option<Term>, Unwritable> {
        let NamedOrBlankNode::NamedNode(iri) = node else {
            return Ok(None);
        };
        let view = &self.work.view;
        if let Some(noid) = view.base().entity_of(iri.as_str()) {
            let is_known = match noid {
                Ok(noid) => view.state(&noid)? != State::Unknown,
                Err(_) => false,
            };
            if !is_known {
                let path = Some(predicate.as_str());
                return Err(unknown_id(self.subject, iri.as_str(), path).into());
            }
            let is_split = view.is_split(iri)?;
            let moved = match is_split {
                true => view.identified(&self.work.source.name, iri.as_str())?,
                false => None,
            };
            return Ok(self.link(predicate, node, moved.unwrap_or_else(|| iri.clone())));
        }
        let known = view.identified(&self.work.source.name, iri.as_str())?;
        Ok(self.link(predicate, node, known.unwrap_or_else(|| iri.clone())))
    }

    /// A link to an entity. That the entity is the same as itself says nothing, but the IRI that
    /// the sender calls it by does.
    fn link(
        &self,
        predicate: &NamedNode,
        node: &NamedOrBlankNode,
        entity: NamedNode,
    ) -> Option<Term> {
        if *predicate != schema::SAME_AS || entity != *self.entity {
            return Some(entity.into());
        }
        match node {
            NamedOrBlankNode::NamedNode(iri) if !self.work.view.base().owns(iri.as_str()) => {
                Some(iri.clone().into())
            }
            _ => None,
        }
    }
}

pub(super) fn classes<'a>(
    graph: &'a Graph,
    subject: &NamedOrBlankNode,
) -> impl Iterator<Item = &'a str> {
    iris(graph, subject, rdf::TYPE)
}

fn iris<'a>(
    graph: &'a Graph,
    subject: &NamedOrBlankNode,
    predicate: NamedNodeRef<'a>,
) -> impl Iterator<Item = &'a str> {
    graph
        .objects(subject, predicate)
        .filter_map(|object| match object {
            Term::NamedNode(iri) => Some(iri.as_str()),
            _ => None,
        })
}

fn as_subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(iri) => Some(iri.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

/// The first value, in a fixed order, that is a text.
fn text_of(
    graph: &Graph,
    subject: &NamedOrBlankNode,
    predicate: NamedNodeRef<'_>,
) -> Option<String> {
    let predicate = predicate.into_owned();
    graph
        .about(subject)
        .filter(|triple| triple.predicate == predicate)
        .filter_map(|triple| match &triple.object {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        })
        .min()
        .map(str::to_owned)
}

/// How a report calls a resource: its IRI, else its name and kind.
pub(super) fn display(graph: &Graph, subject: &NamedOrBlankNode) -> String {
    match subject {
        NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(_) => {
            let class = classes(graph, subject)
                .next()
                .and_then(|class| class.rsplit(['/', '#']).next())
                .unwrap_or("resource");
            let name = text_of(graph, subject, schema::NAME)
                .or_else(|| text_of(graph, subject, skos::PREF_LABEL));
            without_iri(class, name.as_deref())
        }
    }
}

/// A name as it is compared: without case, accents, punctuation and doubled spaces.
pub fn normalised_name(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        if c.is_alphanumeric() {
            text.extend(c.to_lowercase());
        } else if !text.is_empty() && !text.ends_with('-') {
            text.push('-');
        }
    }
    if text.ends_with('-') {
        text.pop();
    }
    text
}

fn refuse(draft: &mut Draft, finding: Finding) {
    draft.refused.push(Refused { entity: None });
    draft.findings.push(finding);
}

fn concept_without_iri(graph: &Graph, node: &NamedOrBlankNode) -> Finding {
    Finding::door(
        Severity::Violation,
        "concept-without-iri",
        display(graph, node),
        None,
        None,
        Text::new(
            "un concept doit avoir un IRI à lui ; donnez-lui un identifiant (`@id`)",
            "a concept must have an IRI of its own; give it an identifier (`@id`)",
        ),
    )
}

fn reserved(graph: &Graph, node: &NamedOrBlankNode) -> Finding {
    Finding::door(
        Severity::Violation,
        "reserved-iri",
        display(graph, node),
        None,
        None,
        Text::new(
            "cet IRI appartient au serveur, aucune source ne peut le décrire ; utilisez un IRI de votre propre site",
            "this IRI belongs to the server and no source can describe it; use an IRI of your own site",
        ),
    )
}

fn unknown_id(subject: &str, iri: &str, path: Option<&str>) -> Finding {
    Finding::door(
        Severity::Violation,
        "unknown-id",
        subject,
        path,
        Some(iri),
        Text::new(
            format!(
                "`{iri}` n'a jamais été attribué par ce serveur ; vérifiez que l'identifiant est bien recopié, ou utilisez votre propre IRI"
            ),
            format!(
                "`{iri}` was never given out by this server; check that it is copied rightly, or use an IRI of your own"
            ),
        ),
    )
}

fn split_id(subject: &str, iri: &str) -> Finding {
    Finding::door(
        Severity::Violation,
        "split-id",
        subject,
        None,
        Some(iri),
        Text::new(
            format!(
                "`{iri}` désignait plusieurs choses et a été remplacé ; choisissez sur sa page laquelle vous décrivez"
            ),
            format!(
                "`{iri}` stood for several things and was replaced; choose on its page which one you describe"
            ),
        ),
    )
}

fn without_key(graph: &Graph, node: &NamedOrBlankNode, kind: &Kind) -> Finding {
    Finding::door(
        Severity::Violation,
        "no-identifier",
        display(graph, node),
        None,
        None,
        Text::new(
            format!(
                "rien ne permet de reconnaître cette ressource ({}) la prochaine fois ; donnez-lui un `@id`, un `identifier` ou un nom",
                kind.name
            ),
            format!(
                "nothing lets this resource ({}) be recognised next time; give it an `@id`, an `identifier` or a name",
                kind.name
            ),
        ),
    )
}

fn possible_duplicate(subject: &str, kept: &NamedNode, other: &NamedNode) -> Finding {
    let (kept, other) = (kept.as_str(), other.as_str());
    Finding::door(
        Severity::Warning,
        "possible-duplicate",
        subject,
        Some(schema::SAME_AS.as_str()),
        Some(other),
        Text::new(
            format!(
                "un identifiant partagé fait penser que {kept} et {other} sont la même chose ; une personne doit le confirmer (`affiche merge {kept} {other}`) ou l'écarter (`affiche differ {kept} {other}`)"
            ),
            format!(
                "a shared identifier suggests that {kept} and {other} are the same; a person must confirm it (`affiche merge {kept} {other}`) or refuse it (`affiche differ {kept} {other}`)"
            ),
        ),
    )
}

fn unattached(graph: &Graph, node: &NamedOrBlankNode) -> Finding {
    let class = classes(graph, node).next().map(str::to_owned);
    Finding::door(
        Severity::Violation,
        "unknown-class",
        display(graph, node),
        Some(rdf::TYPE.as_str()),
        class.as_deref(),
        Text::new(
            "rien ne dit de quoi il s'agit : ni une classe du modèle, ni une ressource qui y renvoie ; ajoutez un type (par exemple schema:PerformingArtsEvent)",
            "nothing says what this is: neither a class of the model nor a resource that points to it; add a type (for example schema:PerformingArtsEvent)",
        ),
    )
}

fn too_deep(subject: &str) -> Finding {
    Finding::door(
        Severity::Violation,
        "nested-too-deep",
        subject,
        None,
        None,
        Text::new(
            format!(
                "la description est imbriquée sur plus de {PART_DEPTH} niveaux, ou tourne en rond ; donnez des IRI aux ressources imbriquées"
            ),
            format!(
                "the description is nested more than {PART_DEPTH} levels deep, or goes round in a circle; give the nested resources IRIs"
            ),
        ),
    )
}
