//! The third stage of the door: which entity each resource of a submission is, and what the
//! source says about it under our IRIs.
//!
//! Who is the same as whom (data model, "Who is the same as whom"): within one kind only; by the
//! sender's own IRI, scoped to the source; by an external identifier of a listed scheme; by a
//! `schema:sameAs` that names the IRI under which another source sends it; a place, organisation
//! or person without an IRI by its name within its source. Never by url.

use crate::ingest::external;
use crate::ingest::parts;
use crate::model::vocabulary::{rdf, schema, skos};
use crate::model::{Base, Finding, Kind, Noid, Severity, Source, Text};
use crate::rdf::Graph;
use crate::store::{State, StoreError, View};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
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
    let groups = group(&work, &resources);
    let identities = resolve(&mut work, &resources, groups, &mut draft)?;
    describe(&work, &resources, &identities, &mut draft)?;
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

/// Resources that are one, because they share an identifier: for each entity node its group, and
/// for each group its keys and external identifiers.
struct Groups<'a> {
    of: FxHashMap<&'a NamedOrBlankNode, usize>,
    members: Vec<Group<'a>>,
}

#[derive(Default)]
struct Group<'a> {
    nodes: Vec<&'a NamedOrBlankNode>,
    keys: BTreeSet<String>,
    external: BTreeSet<String>,
    /// Other IRIs that the sender says are the same.
    same_as: BTreeSet<String>,
}

fn group<'a>(work: &Identifying<'a>, resources: &Resources<'a>) -> Groups<'a> {
    let mut groups = Groups {
        of: FxHashMap::default(),
        members: Vec::new(),
    };
    let mut by_key: FxHashMap<String, usize> = FxHashMap::default();
    for subject in work.graph.subjects() {
        let Some(Resource::Entity(kind)) = resources.get(subject) else {
            continue;
        };
        let key = key_of(work.graph, subject, kind);
        let external = external_identifiers(work.graph, subject);
        let labels: Vec<String> = key
            .iter()
            .cloned()
            .chain(external.iter().map(|iri| format!("{} = {iri}", kind.name)))
            .collect();
        let mut found: Vec<usize> = labels
            .iter()
            .filter_map(|label| by_key.get(label).copied())
            .collect();
        found.sort_unstable();
        found.dedup();
        let target = found.first().copied().unwrap_or_else(|| {
            groups.members.push(Group::default());
            groups.members.len() - 1
        });
        for other in found.into_iter().skip(1) {
            let moved = std::mem::take(&mut groups.members[other]);
            moved.nodes.iter().for_each(|node| {
                groups.of.insert(node, target);
            });
            by_key
                .values_mut()
                .filter(|group| **group == other)
                .for_each(|group| *group = target);
            let into = &mut groups.members[target];
            into.nodes.extend(moved.nodes);
            into.keys.extend(moved.keys);
            into.external.extend(moved.external);
            into.same_as.extend(moved.same_as);
        }
        labels.into_iter().for_each(|label| {
            by_key.insert(label, target);
        });
        groups.of.insert(subject, target);
        let into = &mut groups.members[target];
        into.nodes.push(subject);
        into.keys.extend(key);
        into.external.extend(external);
        into.same_as
            .extend(iris(work.graph, subject, schema::SAME_AS).map(str::to_owned));
    }
    groups
}

/// The sender's identifier of a resource: its IRI, else what the data model keys it by.
fn key_of(graph: &Graph, subject: &NamedOrBlankNode, kind: &'static Kind) -> Option<String> {
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
    resources: &Resources<'a>,
    groups: Groups<'a>,
    draft: &mut Draft,
) -> Result<Identities<'a>, StoreError> {
    let mut identities = Identities {
        of_node: FxHashMap::default(),
    };
    for group in groups
        .members
        .into_iter()
        .filter(|group| !group.nodes.is_empty())
    {
        let Some(kind) = group
            .nodes
            .iter()
            .filter_map(|node| match resources.get(node) {
                Some(Resource::Entity(kind)) => Some(*kind),
                _ => None,
            })
            .min_by_key(|kind| {
                crate::model::kind::KINDS
                    .iter()
                    .position(|row| row == *kind)
            })
        else {
            continue;
        };
        let first = group.nodes[0];
        let (entity, is_new) = match find(work, &group, kind, draft)? {
            Found::Entity(entity) => (entity, false),
            Found::Nothing if !kind.has_own_iri => match first {
                NamedOrBlankNode::NamedNode(iri) => (iri.clone(), true),
                NamedOrBlankNode::BlankNode(_) => continue,
            },
            Found::Nothing if group.keys.is_empty() => {
                let finding = without_key(work.graph, first, kind);
                refuse(draft, finding);
                continue;
            }
            Found::Nothing => (work.view.base().id(&Noid::mint(work.random)), true),
            Found::UnknownIri(iri) => {
                refuse(draft, unknown_id(&display(work.graph, first), &iri, None));
                continue;
            }
        };
        for node in &group.nodes {
            identities.of_node.insert(node, entity.clone());
        }
        draft.entities.insert(
            entity,
            Drafted {
                kind,
                subject: display(work.graph, first),
                sender_iri: group.nodes.iter().find_map(|node| match node {
                    NamedOrBlankNode::NamedNode(iri) => Some(iri.clone()),
                    NamedOrBlankNode::BlankNode(_) => None,
                }),
                keys: group
                    .keys
                    .into_iter()
                    .filter(|key| kind.has_own_iri && !work.view.base().owns(key))
                    .collect(),
                is_new,
                claims: Vec::new(),
            },
        );
    }
    Ok(identities)
}

enum Found {
    Entity(NamedNode),
    Nothing,
    UnknownIri(String),
}

fn find(
    work: &Identifying<'_>,
    group: &Group<'_>,
    kind: &'static Kind,
    draft: &mut Draft,
) -> Result<Found, StoreError> {
    let base = work.view.base();
    let mut known: Vec<NamedNode> = Vec::new();
    for key in &group.keys {
        match base.entity_of(key) {
            Some(Ok(noid)) if !key.contains('#') => match work.view.state(&noid)? {
                State::Merged(survivor) => known.push(survivor),
                State::Current | State::Withdrawn(_) => known.push(base.id(&noid)),
                State::Unknown => return Ok(Found::UnknownIri(key.clone())),
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
    for iri in group.same_as.difference(&group.external) {
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
        if !distinct.contains(&entity) {
            distinct.push(entity);
        }
    }
    // Joining two entities that are both public already is for a person to decide.
    if let [first, others @ ..] = distinct.as_slice() {
        for other in others {
            draft.findings.push(possible_duplicate(
                &display(work.graph, group.nodes[0]),
                first,
                other,
            ));
        }
        return Ok(Found::Entity(first.clone()));
    }
    Ok(Found::Nothing)
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
        if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
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
    identities: &Identities<'a>,
    draft: &mut Draft,
) -> Result<(), StoreError> {
    let mut attached: FxHashSet<&NamedOrBlankNode> = FxHashSet::default();
    let mut claims: BTreeMap<NamedNode, Vec<Triple>> = BTreeMap::new();
    let mut failed: BTreeMap<NamedNode, Finding> = BTreeMap::new();
    for node in work.graph.subjects() {
        let Some(entity) = identities.of_node.get(node) else {
            continue;
        };
        let mut writer = Writer {
            work,
            resources,
            identities,
            entity,
            subject: draft
                .entities
                .get(entity)
                .map_or_else(String::new, |drafted| drafted.subject.clone()),
            attached: &mut attached,
            known: FxHashMap::default(),
        };
        match writer.describe(node, 0)? {
            Ok(triples) => claims.entry(entity.clone()).or_default().extend(triples),
            Err(finding) => {
                failed.entry(entity.clone()).or_insert(*finding);
            }
        }
    }
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
    for (entity, finding) in failed {
        if let Some(drafted) = draft.entities.remove(&entity) {
            draft.refused.push(Refused {
                entity: (!drafted.is_new).then_some(entity),
            });
        }
        draft.findings.push(finding);
    }
    for node in work.graph.subjects() {
        if matches!(resources.get(node), Some(Resource::Part)) && !attached.contains(node) {
            refuse(draft, unattached(work.graph, node));
        }
    }
    Ok(())
}

/// Writes the claims of one entity.
struct Writer<'w, 'a> {
    work: &'w Identifying<'a>,
    resources: &'w Resources<'a>,
    identities: &'w Identities<'a>,
    entity: &'w NamedNode,
    subject: String,
    attached: &'w mut FxHashSet<&'a NamedOrBlankNode>,
    /// Whether an IRI of ours that a claim points to is one we know.
    known: FxHashMap<String, bool>,
}

type Described = Result<Vec<Triple>, Box<Finding>>;

impl<'a> Writer<'_, 'a> {
    /// The claims of a node under the entity's IRI. The inner error is a finding that refuses
    /// the whole resource.
    fn describe(&mut self, node: &NamedOrBlankNode, depth: usize) -> Result<Described, StoreError> {
        let mut triples = Vec::new();
        for triple in self.work.graph.about(node) {
            match self.object(&triple.predicate, &triple.object, depth)? {
                Ok(Some((object, nested))) => {
                    triples.push(Triple::new(
                        self.entity.clone(),
                        triple.predicate.clone(),
                        object,
                    ));
                    triples.extend(nested);
                }
                Ok(None) => {}
                Err(finding) => return Ok(Err(finding)),
            }
        }
        Ok(Ok(triples))
    }

    /// The object as it is stored, with the triples of the part that it is; `None` leaves the
    /// triple out.
    #[expect(
        clippy::type_complexity,
        reason = "two layers of errors and an option, used once"
    )]
    fn object(
        &mut self,
        predicate: &NamedNode,
        object: &Term,
        depth: usize,
    ) -> Result<Result<Option<(Term, Vec<Triple>)>, Box<Finding>>, StoreError> {
        let Some(node) = as_subject(object) else {
            return Ok(Ok(Some((object.clone(), Vec::new()))));
        };
        let described = self.resources.get_key_value(&node);
        match described {
            Some((_, Resource::Entity(_))) if self.identities.of_node.contains_key(&node) => {
                let entity = self.identities.of_node[&node].clone();
                Ok(Ok(Some((entity.into(), Vec::new()))))
            }
            // A resource that is refused leaves the sender's own IRI, or nothing.
            Some((_, Resource::Entity(_) | Resource::Refused)) => self.reference(&node),
            Some((key, Resource::Part)) if *predicate != rdf::TYPE => {
                self.attached.insert(key);
                if depth >= PART_DEPTH {
                    return Ok(Err(Box::new(too_deep(&self.subject))));
                }
                let nested = match self.describe(&node, depth + 1)? {
                    Ok(nested) => nested,
                    Err(finding) => return Ok(Err(finding)),
                };
                let (part, nested) = parts::name(
                    self.entity,
                    &self.work.source.name,
                    self.work.view.base(),
                    nested,
                );
                Ok(Ok(Some((part.into(), nested))))
            }
            Some(_) | None => {
                if let NamedOrBlankNode::NamedNode(iri) = &node {
                    match self.work.view.base().entity_of(iri.as_str()) {
                        Some(noid) => {
                            let is_known = match (self.known.get(iri.as_str()), noid) {
                                (Some(is_known), _) => *is_known,
                                (None, Ok(noid)) => self.work.view.state(&noid)? != State::Unknown,
                                (None, Err(_)) => false,
                            };
                            self.known.insert(iri.as_str().to_owned(), is_known);
                            if !is_known {
                                return Ok(Err(Box::new(unknown_id(
                                    &self.subject,
                                    iri.as_str(),
                                    Some(predicate.as_str()),
                                ))));
                            }
                            Ok(Ok(Some((object.clone(), Vec::new()))))
                        }
                        None => self.reference(&node),
                    }
                } else {
                    // A blank node of which nothing is said says nothing.
                    Ok(Ok(None))
                }
            }
        }
    }

    #[expect(clippy::type_complexity, reason = "the return type of `object`")]
    fn reference(
        &self,
        node: &NamedOrBlankNode,
    ) -> Result<Result<Option<(Term, Vec<Triple>)>, Box<Finding>>, StoreError> {
        Ok(Ok(match node {
            NamedOrBlankNode::NamedNode(iri) => {
                let known = self
                    .work
                    .view
                    .identified(&self.work.source.name, iri.as_str())?;
                Some((known.unwrap_or_else(|| iri.clone()).into(), Vec::new()))
            }
            NamedOrBlankNode::BlankNode(_) => None,
        }))
    }
}

fn classes<'a>(graph: &'a Graph, subject: &NamedOrBlankNode) -> impl Iterator<Item = &'a str> {
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
fn display(graph: &Graph, subject: &NamedOrBlankNode) -> String {
    match subject {
        NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(_) => {
            let class = classes(graph, subject)
                .next()
                .and_then(|class| class.rsplit(['/', '#']).next())
                .unwrap_or("resource");
            match text_of(graph, subject, schema::NAME)
                .or_else(|| text_of(graph, subject, skos::PREF_LABEL))
            {
                Some(name) => format!("{class} “{name}” without an IRI"),
                None => format!("{class} without an IRI or name"),
            }
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
    Finding::door(
        Severity::Warning,
        "possible-duplicate",
        subject,
        Some(schema::SAME_AS.as_str()),
        Some(other.as_str()),
        Text::new(
            format!(
                "un identifiant partagé fait penser que {kept} et {other} sont la même chose ; une personne doit le confirmer"
            ),
            format!(
                "a shared identifier suggests that {kept} and {other} are the same; a person must confirm it"
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
