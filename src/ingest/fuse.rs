//! The fused public view of one entity: what is published when several sources speak of it.
//!
//! A block (when it takes place), all offers together, or a single property is taken whole from
//! one source; the values of other properties add up (data model, "Fusion"). The result follows
//! from the claims and the registry alone, never from the order in which equal submissions came.

use crate::ingest::external;
use crate::ingest::under::Under;
use crate::ingest::vocabulary::Vocabulary;
use crate::model::property::Fusion;
use crate::model::vocabulary::{schema, skos};
use crate::model::{Base, Choice, Kind, Reason, Source, SourceName, time};
use crate::rdf::order;
use crate::store::{Said, StoreError, View};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet};

/// Claims that are kept out of the public view because they would break the `minimum` profile
/// for a source that is followed before theirs: source and property.
pub type LeftOut = BTreeSet<(SourceName, String)>;

/// What fusion works with, beside the state of the store.
pub struct Fusing<'a> {
    pub vocabulary: &'a Vocabulary,
    pub sources: &'a BTreeMap<SourceName, Source>,
    /// Whether any entity is merged.
    pub has_merges: bool,
}

impl Fusing<'_> {
    /// The public triples of an entity and its parts, sorted; empty when no source speaks of it.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn fuse(
        &self,
        view: &View<'_>,
        entity: &NamedNode,
        left_out: &LeftOut,
    ) -> Result<Vec<Triple>, StoreError> {
        self.fuse_without(view, entity, left_out, &BTreeSet::new())
    }

    /// The same as if some sources had said nothing.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn fuse_without(
        &self,
        view: &View<'_>,
        entity: &NamedNode,
        left_out: &LeftOut,
        silent: &BTreeSet<SourceName>,
    ) -> Result<Vec<Triple>, StoreError> {
        let under = Under::new(view, entity, self.has_merges);
        let mut said = under.said()?;
        said.retain(|said| !silent.contains(&said.source));
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let voices = self.voices(&under, said)?;
        let mut fusion = OneEntity {
            view,
            voices: &voices,
            left_out,
            triples: FxHashSet::default(),
        };
        let all: Vec<usize> = (0..voices.len()).collect();
        fusion.node(entity, &all);
        let mut triples: Vec<Triple> = fusion.triples.into_iter().collect();
        self.derive(view.base(), entity, &mut triples);
        if !triples.is_empty() {
            triples.extend(under.merged_iris()?);
        }
        triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
        triples.dedup();
        Ok(triples)
    }

    /// For what is taken from one of several sources: which one was followed, and why. It
    /// compares as [`Fusing::fuse`] does, and tells of the entity itself, not of its parts.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn choices(
        &self,
        view: &View<'_>,
        entity: &NamedNode,
        left_out: &LeftOut,
    ) -> Result<Vec<Choice>, StoreError> {
        let under = Under::new(view, entity, self.has_merges);
        let said = under.said()?;
        if said.len() < 2 {
            return Ok(Vec::new());
        }
        let voices = self.voices(&under, said)?;
        let fusion = OneEntity {
            view,
            voices: &voices,
            left_out,
            triples: FxHashSet::default(),
        };
        let all: Vec<usize> = (0..voices.len()).collect();
        let units = fusion.units(entity, &all);
        Ok(units
            .iter()
            .filter_map(|(unit, said)| fusion.choice(unit, said))
            .collect())
    }

    /// The sources that speak of an entity, and what decides between them.
    fn voices(&self, under: &Under<'_, '_>, said: Vec<Said>) -> Result<Vec<Voice>, StoreError> {
        // One voice needs no precedence, and most entities have one.
        let is_alone = said.len() == 1;
        let ranks = self.ranks(under.view, under.entity, &said)?;
        let mut own: BTreeSet<SourceName> = BTreeSet::new();
        if !is_alone {
            for source in ranks.keys().filter_map(|name| self.sources.get(name)) {
                if speaks_for(under, source, &said)? {
                    own.insert(source.name.clone());
                }
            }
        }
        let mut voices = Vec::with_capacity(said.len());
        for said in said {
            let mut recency = BTreeMap::new();
            if !is_alone {
                recency = under
                    .view
                    .recency(&said.source, &said.member)?
                    .into_iter()
                    .filter_map(|(property, time)| Some((property, time.parse().ok()?)))
                    .collect();
            }
            voices.push(Voice {
                rank: ranks
                    .get(&said.source)
                    .copied()
                    .unwrap_or(Source::DEFAULT_RANK),
                is_own: own.contains(&said.source),
                recency,
                name: said.source,
                member: said.member,
                triples: said.triples,
            });
        }
        Ok(voices)
    }

    /// The ranks that the sources which speak of an entity have on it.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn ranks(
        &self,
        view: &View<'_>,
        entity: &NamedNode,
        said: &[Said],
    ) -> Result<BTreeMap<SourceName, u32>, StoreError> {
        let sources: Vec<&Source> = said
            .iter()
            .filter_map(|said| self.sources.get(&said.source))
            .collect();
        // Most sources have one rank for everything.
        let has_rules = sources.len() > 1 && sources.iter().any(|source| !source.ranks.is_empty());
        let (kind, territories) = if has_rules {
            let all: Vec<Triple> = said
                .iter()
                .flat_map(|said| said.triples.iter().cloned())
                .collect();
            let territories = self.territories(view, entity, &all)?;
            (kind_of(view, entity, &all), territories)
        } else {
            (None, Vec::new())
        };
        Ok(sources
            .into_iter()
            .map(|source| (source.name.clone(), source.rank_on(kind, &territories)))
            .collect())
    }

    /// The departments and regions that an entity is in: those of its address as its sources
    /// give it, or of the place where it happens as that is published.
    fn territories(
        &self,
        view: &View<'_>,
        entity: &NamedNode,
        claims: &[Triple],
    ) -> Result<Vec<NamedNode>, StoreError> {
        let node = NamedOrBlankNode::from(entity.clone());
        let department = view.base().sv("departement");
        let mut found: BTreeSet<NamedNode> = BTreeSet::new();
        for triple in claims {
            match &triple.object {
                Term::Literal(code) if triple.predicate.as_str() == INSEE_CODE => {
                    found.extend(self.vocabulary.department(code.value()).cloned());
                }
                Term::NamedNode(place)
                    if triple.predicate == schema::LOCATION && triple.subject == node =>
                {
                    found.extend(objects(view, place, department.as_ref())?);
                }
                _ => {}
            }
        }
        let mut regions = Vec::new();
        for territory in &found {
            regions.extend(objects(view, territory, skos::BROADER)?);
        }
        found.extend(regions);
        Ok(found.into_iter().collect())
    }

    /// What the public view states beyond the claims: the direct property that a contribution's
    /// function names, and the department of an address.
    fn derive(&self, base: &Base, entity: &NamedNode, triples: &mut Vec<Triple>) {
        let agent = base.sv("agent");
        let function = base.sv("fonction");
        let contribution = base.sv("contribution");
        let mut by_subject: FxHashMap<Term, Vec<&Triple>> = FxHashMap::default();
        for triple in triples.iter() {
            let subject = Term::from(triple.subject.clone());
            by_subject.entry(subject).or_default().push(triple);
        }
        let of = |subject: &Term, predicate: &NamedNode| -> Vec<Term> {
            by_subject
                .get(subject)
                .into_iter()
                .flatten()
                .filter(|triple| triple.predicate == *predicate)
                .map(|triple| triple.object.clone())
                .collect()
        };
        let mut derived = Vec::new();
        for part in of(&entity.clone().into(), &contribution) {
            for function in of(&part, &function) {
                let Term::NamedNode(function) = function else {
                    continue;
                };
                let Some(property) = self.vocabulary.property_of_function(function.as_str()) else {
                    continue;
                };
                for agent in of(&part, &agent) {
                    derived.push(Triple::new(entity.clone(), property.clone(), agent));
                }
            }
        }
        let insee_code = NamedNode::new_unchecked(INSEE_CODE);
        for address in of(&entity.clone().into(), &schema::ADDRESS.into_owned()) {
            for code in of(&address, &insee_code) {
                let Term::Literal(code) = code else { continue };
                if let Some(department) = self.vocabulary.department(code.value()) {
                    derived.push(Triple::new(
                        entity.clone(),
                        base.sv("departement"),
                        department.clone(),
                    ));
                }
            }
        }
        triples.extend(derived);
    }
}

const INSEE_CODE: &str = "http://rdf.insee.fr/def/geo#codeINSEE";

/// The IRIs that a public property of something points to.
fn objects(
    view: &View<'_>,
    subject: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Vec<NamedNode>, StoreError> {
    let mut objects = Vec::new();
    for quad in view.quads(
        Some(subject.as_ref().into()),
        Some(predicate),
        None,
        Some(GraphNameRef::DefaultGraph),
    ) {
        if let Term::NamedNode(object) = quad?.object {
            objects.push(object);
        }
    }
    Ok(objects)
}

/// One source's voice on one entity. A source that has two entities which are merged has two.
struct Voice {
    name: SourceName,
    member: NamedNode,
    rank: u32,
    is_own: bool,
    recency: BTreeMap<String, Timestamp>,
    triples: Vec<Triple>,
}

/// Claims by what is taken together, each with the number of the voice that it is of.
type Units<'a> = BTreeMap<Unit, Vec<(usize, &'a Triple)>>;

struct OneEntity<'a, 'v> {
    view: &'a View<'v>,
    voices: &'a [Voice],
    left_out: &'a LeftOut,
    triples: FxHashSet<Triple>,
}

impl<'a> OneEntity<'a, '_> {
    /// What some voices say of one node, by what is taken together.
    fn units(&self, subject: &NamedNode, voices: &[usize]) -> Units<'a> {
        let subject_node = NamedOrBlankNode::from(subject.clone());
        let mut units: Units<'a> = BTreeMap::new();
        for index in voices {
            let voice = &self.voices[*index];
            // Sorted by subject, so the node's triples stand together.
            let start = voice.triples.partition_point(|triple| {
                order::compare_subjects(triple.subject.as_ref(), subject_node.as_ref()).is_lt()
            });
            for triple in voice.triples[start..]
                .iter()
                .take_while(|triple| triple.subject == subject_node)
            {
                let property = triple.predicate.as_str();
                if !self.left_out.is_empty()
                    && self
                        .left_out
                        .contains(&(voice.name.clone(), property.to_owned()))
                {
                    continue;
                }
                if let Some(unit) = unit_of(self.view, triple) {
                    units.entry(unit).or_default().push((*index, triple));
                }
            }
        }
        units
    }

    /// Whom a unit was taken from, when more than one source had it.
    fn choice(&self, unit: &Unit, said: &[(usize, &Triple)]) -> Option<Choice> {
        let Unit::Whole(text) = unit else {
            return None;
        };
        let mut who: Vec<usize> = said.iter().map(|(index, _)| *index).collect();
        who.sort_by(|a, b| self.compare(*a, *b, unit));
        who.dedup_by_key(|index| &self.voices[*index].name);
        let (first, second) = (who.first()?, who.get(1)?);
        let (first, second) = (&self.voices[*first], &self.voices[*second]);
        let property = unit.property();
        Some(Choice {
            property: property.to_owned(),
            language: text
                .split_once('@')
                .map(|(_, language)| language.to_owned())
                .filter(|language| !language.is_empty()),
            followed: first.name.clone(),
            before: second.name.clone(),
            reason: precedence(first, second, property).1,
        })
    }

    /// Fuses what some voices say of one node, and of the parts that it then has.
    fn node(&mut self, subject: &NamedNode, voices: &[usize]) {
        let units = self.units(subject, voices);
        let mut parts: BTreeMap<NamedNode, BTreeSet<usize>> = BTreeMap::new();
        let followed: BTreeMap<Unit, usize> = units
            .iter()
            .filter(|(unit, _)| matches!(unit, Unit::Whole(_)))
            .filter_map(|(unit, said)| {
                let voices = said.iter().map(|(index, _)| *index);
                Some((
                    unit.clone(),
                    voices.min_by(|a, b| self.compare(*a, *b, unit))?,
                ))
            })
            .collect();
        for (unit, said) in units {
            if self.gives_way(&unit, &followed) {
                continue;
            }
            let followed = followed.get(&unit).copied();
            for (index, triple) in said {
                if followed.is_some_and(|followed| followed != index) {
                    continue;
                }
                if let Term::NamedNode(object) = &triple.object
                    && !self.view.is_whole(object)
                {
                    parts.entry(object.clone()).or_default().insert(index);
                }
                self.triples.insert(triple.clone());
            }
        }
        for (part, voices) in parts {
            // The name of a part follows from its content, so parts never go round in a circle.
            let voices: Vec<usize> = voices.into_iter().collect();
            self.node(&part, &voices);
        }
    }

    fn compare(&self, a: usize, b: usize, unit: &Unit) -> std::cmp::Ordering {
        compare_voices(&self.voices[a], &self.voices[b], unit.property())
    }

    /// Whether a text without a language stands back: a source that is followed before its own
    /// has one with a language, and two names side by side would only be one name twice.
    fn gives_way(&self, unit: &Unit, followed: &BTreeMap<Unit, usize>) -> bool {
        let (Unit::Whole(text), Some(own)) = (unit, followed.get(unit)) else {
            return false;
        };
        text.ends_with('@')
            && followed.iter().any(|(other, voice)| {
                matches!(other, Unit::Whole(other) if other.len() > text.len() && other.starts_with(text))
                    && self.compare(*voice, *own, unit).is_lt()
            })
    }
}

/// What is taken from one source together, or adds up. The text is the property that stands for
/// it in the registry, with the language where there is one value a language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Many(String),
    Whole(String),
}

impl Unit {
    /// The IRI of the property under which the registry remembers when a source last changed it.
    pub fn property(&self) -> &str {
        let (Self::Many(text) | Self::Whole(text)) = self;
        text.split_once('@').map_or(text, |(property, _)| property)
    }
}

/// The unit that a claim belongs to; `None` when it is computed, never taken from a claim.
pub fn unit_of(view: &View<'_>, triple: &Triple) -> Option<Unit> {
    let property = triple.predicate.as_str();
    match view.properties().fusion(property) {
        Fusion::Many => Some(Unit::Many(property.to_owned())),
        Fusion::One => Some(Unit::Whole(property.to_owned())),
        Fusion::OnePerLanguage => {
            let language = match &triple.object {
                Term::Literal(literal) => literal.language().unwrap_or_default(),
                _ => "",
            };
            Some(Unit::Whole(format!("{property}@{language}")))
        }
        Fusion::Block(name) => Some(Unit::Whole(lead_of_block(name))),
        Fusion::Computed => None,
    }
}

/// The property that stands for a block.
fn lead_of_block(name: &str) -> String {
    match name {
        "schedule" => schema::START_DATE.as_str().to_owned(),
        "offers" => schema::OFFERS.as_str().to_owned(),
        other => other.to_owned(),
    }
}

/// The voice that is followed comes first.
fn compare_voices(a: &Voice, b: &Voice, property: &str) -> std::cmp::Ordering {
    precedence(a, b, property).0
}

/// Which of two voices is followed, and why: the own source of organiser or venue, then the lower
/// rank, then the more recent change, then the name. The reason tells of the one that is followed.
fn precedence(a: &Voice, b: &Voice, property: &str) -> (std::cmp::Ordering, Reason) {
    let own = b.is_own.cmp(&a.is_own);
    if own.is_ne() {
        return (own, Reason::OwnSource);
    }
    let rank = a.rank.cmp(&b.rank);
    if rank.is_ne() {
        return (rank, Reason::Rank(a.rank.min(b.rank), a.rank.max(b.rank)));
    }
    let (of_a, of_b) = (recency(a, property), recency(b, property));
    let recent = of_b.cmp(&of_a);
    if recent.is_ne() {
        return (recent, Reason::MostRecent(of_a.max(of_b).map(time::utc)));
    }
    let name = a.name.cmp(&b.name).then_with(|| a.member.cmp(&b.member));
    (name, Reason::Name)
}

fn recency(voice: &Voice, property: &str) -> Option<Timestamp> {
    let since = || {
        voice
            .recency
            .iter()
            .find(|(name, _)| name.ends_with("#since"))
            .map(|(_, time)| *time)
    };
    voice.recency.get(property).copied().or_else(since)
}

/// Whether a source is the declared own source of whoever organises the event, or of its venue.
fn speaks_for(under: &Under<'_, '_>, source: &Source, said: &[Said]) -> Result<bool, StoreError> {
    if source.speaks_for.is_empty() {
        return Ok(false);
    }
    let view = under.view;
    let concerned: FxHashSet<&NamedNode> = said
        .iter()
        .flat_map(|said| &said.triples)
        .filter(|triple| {
            triple.predicate == schema::ORGANIZER || triple.predicate == schema::LOCATION
        })
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(iri) => Some(iri),
            _ => None,
        })
        .collect();
    if concerned.is_empty() {
        return Ok(false);
    }
    for iri in &source.speaks_for {
        if concerned.contains(&under.survivor(iri)?) {
            return Ok(true);
        }
        if let Some(entity) = view.identified(&source.name, iri.as_str())?
            && concerned.contains(&under.survivor(&entity)?)
        {
            return Ok(true);
        }
        if external::is_identifier(iri.as_str()) {
            for entity in &concerned {
                for member in under.members_of(entity)? {
                    let said = view.quads(
                        Some(member.as_ref().into()),
                        Some(schema::SAME_AS),
                        Some(iri.as_ref().into()),
                        None,
                    );
                    for quad in said {
                        if !quad?.graph_name.is_default_graph() {
                            return Ok(true);
                        }
                    }
                }
            }
        }
    }
    Ok(false)
}

/// The kind that a public description makes its entity, by its classes.
pub fn kind_of(view: &View<'_>, entity: &NamedNode, triples: &[Triple]) -> Option<&'static Kind> {
    let entity = NamedOrBlankNode::from(entity.clone());
    view.kinds().of_classes(
        triples
            .iter()
            .filter(|triple| {
                triple.subject == entity && triple.predicate == crate::model::vocabulary::rdf::TYPE
            })
            .filter_map(|triple| match &triple.object {
                Term::NamedNode(class) => Some(class.as_str()),
                _ => None,
            }),
    )
}
