//! Counting triples: all of them, or by how much a change moved the counts. Both are counted here
//! in the same way, subject by subject, so that what is kept in step is what counting anew gives.

use crate::model::Counts;
use crate::model::counts::{ClassCounts, PropertyCounts};
use crate::model::vocabulary::{owl, rdf, schema, skos};
use crate::rdf::QuadsError;
use indexmap::IndexSet;
use oxrdf::{NamedNode, NamedNodeRef, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The properties that lead to the same thing, or one like it, in other data sets.
pub const LINKS: &[NamedNodeRef<'static>] = &[
    schema::SAME_AS,
    owl::SAME_AS,
    skos::EXACT_MATCH,
    skos::CLOSE_MATCH,
    skos::BROAD_MATCH,
    skos::NARROW_MATCH,
    skos::RELATED_MATCH,
];

/// Says which classes something is of.
pub type ClassesOf<'a> = dyn FnMut(&NamedNode) -> Result<Arc<[NamedNode]>, QuadsError> + 'a;

/// The number of a name.
type Id = u32;
/// By property and host, how many triples lead there.
pub type Links = BTreeMap<(String, String), u64>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Target {
    Class(Id),
    Datatype(Id),
    Untyped,
}

/// How many there are of what; or, of a change, by how many it is more or fewer.
#[derive(Debug, Default)]
pub struct Tally {
    names: IndexSet<String, FxBuildHasher>,
    triples: i64,
    subjects: i64,
    properties: FxHashMap<Id, Property>,
    classes: FxHashMap<Id, i64>,
    /// Triples and subjects by class of the subject and property.
    partitions: FxHashMap<(Id, Id), (i64, i64)>,
    targets: FxHashMap<(Id, Id, Target), i64>,
    links: FxHashMap<(Id, Id), i64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Property {
    triples: i64,
    subjects: i64,
    objects: i64,
    most_objects: u64,
    most_subjects: u64,
}

/// The kept counts are not those of the state before the change.
#[derive(Debug, thiserror::Error)]
#[error("there would be fewer than none of something")]
pub struct Misfit;

impl Tally {
    /// Counts what is said of one subject, `by` times: 1, or −1 to take it away. `classes_of` says
    /// which classes an object is of.
    ///
    /// # Errors
    /// When `classes_of` fails.
    pub fn subject(
        &mut self,
        triples: &[Triple],
        by: i64,
        is_ours: &dyn Fn(&str) -> bool,
        classes_of: &mut ClassesOf<'_>,
    ) -> Result<(), QuadsError> {
        if triples.is_empty() {
            return Ok(());
        }
        self.triples += by * triples.len() as i64;
        self.subjects += by;
        let classes: Vec<Id> = classes_in(triples)
            .map(|class| self.id(class.as_str()))
            .collect();
        for class in &classes {
            *self.classes.entry(*class).or_default() += by;
        }
        let mut seen: Vec<(Id, u64)> = Vec::new();
        for triple in triples {
            let property = self.id(triple.predicate.as_str());
            self.properties.entry(property).or_default().triples += by;
            let place = match seen.iter().position(|(known, _)| *known == property) {
                Some(place) => {
                    seen[place].1 += 1;
                    None
                }
                None => {
                    seen.push((property, 1));
                    Some(())
                }
            };
            let subjects = if place.is_some() { by } else { 0 };
            let targets = self.targets_of(&triple.object, classes_of)?;
            for class in &classes {
                let (triples, members) = self.partitions.entry((*class, property)).or_default();
                *triples += by;
                *members += subjects;
                for target in &targets {
                    *self.targets.entry((*class, property, *target)).or_default() += by;
                }
            }
            if let Term::NamedNode(object) = &triple.object
                && LINKS.contains(&triple.predicate.as_ref())
                && !is_ours(object.as_str())
                && let Some(host) = host_of(object.as_str())
            {
                let host = self.id(&host);
                *self.links.entry((property, host)).or_default() += by;
            }
        }
        for (property, count) in seen {
            let known = self.properties.entry(property).or_default();
            known.subjects += by;
            if by > 0 {
                known.most_objects = known.most_objects.max(count);
            }
        }
        Ok(())
    }

    /// Counts distinct objects of a property, of which none has more subjects than `most_subjects`.
    pub fn objects(&mut self, property: &str, by: i64, most_subjects: u64) {
        let property = self.id(property);
        let known = self.properties.entry(property).or_default();
        known.objects += by;
        known.most_subjects = known.most_subjects.max(most_subjects);
    }

    /// Moves counts by what was counted here.
    ///
    /// # Errors
    /// When there would be fewer than none of something; the counts are then of no use.
    pub fn apply(&self, counts: &mut Counts, links: &mut Arc<Links>) -> Result<(), Misfit> {
        let mut misfits = false;
        let mut step = |count: &mut u64, by: i64| match count.checked_add_signed(by) {
            Some(moved) => *count = moved,
            None => misfits = true,
        };
        step(&mut counts.triples, self.triples);
        step(&mut counts.subjects, self.subjects);
        for (id, by) in &self.properties {
            let known = counts.properties.entry(self.name(*id)).or_default();
            step(&mut known.triples, by.triples);
            step(&mut known.subjects, by.subjects);
            step(&mut known.objects, by.objects);
            known.most_objects = known.most_objects.max(by.most_objects);
            known.most_subjects = known.most_subjects.max(by.most_subjects);
        }
        for (id, by) in self.classes.iter().filter(|(_, by)| **by != 0) {
            step(&mut class(counts, self.name(*id)).entities, *by);
        }
        let moved = self.partitions.iter();
        for ((id, property), (triples, subjects)) in moved.filter(|(_, by)| **by != (0, 0)) {
            let class = class(counts, self.name(*id));
            let partition = class.properties.entry(self.name(*property)).or_default();
            step(&mut partition.triples, *triples);
            step(&mut partition.subjects, *subjects);
        }
        let moved = self.targets.iter();
        for ((id, property, target), by) in moved.filter(|(_, by)| **by != 0) {
            let class = class(counts, self.name(*id));
            let partition = class.properties.entry(self.name(*property)).or_default();
            let count = match target {
                Target::Class(id) => partition.classes.entry(self.name(*id)).or_default(),
                Target::Datatype(id) => partition.datatypes.entry(self.name(*id)).or_default(),
                Target::Untyped => &mut partition.untyped,
            };
            step(count, *by);
            partition.classes.retain(|_, count| *count > 0);
            partition.datatypes.retain(|_, count| *count > 0);
        }
        for ((property, host), by) in self.links.iter().filter(|(_, by)| **by != 0) {
            let links = Arc::make_mut(links);
            let key = (self.name(*property), self.name(*host));
            let count = links.entry(key.clone()).or_default();
            step(count, *by);
            if *count == 0 {
                links.remove(&key);
            }
        }
        counts.properties.retain(|_, property| property.triples > 0);
        for (id, _) in self.partitions.keys() {
            let empty = |class: &Arc<ClassCounts>| {
                class.properties.values().any(|known| known.triples == 0)
            };
            if let Some(known) = counts.classes.get_mut(self.named(*id))
                && empty(known)
            {
                let properties = &mut Arc::make_mut(known).properties;
                properties.retain(|_, partition| partition.triples > 0);
            }
        }
        counts.classes.retain(|_, class| class.entities > 0);
        if misfits { Err(Misfit) } else { Ok(()) }
    }

    /// The properties that were counted.
    pub fn properties(&self) -> Vec<String> {
        let known = self.properties.keys();
        known.map(|property| self.name(*property)).collect()
    }

    fn targets_of(
        &mut self,
        object: &Term,
        classes_of: &mut ClassesOf<'_>,
    ) -> Result<Vec<Target>, QuadsError> {
        Ok(match object {
            Term::Literal(literal) => vec![Target::Datatype(self.id(literal.datatype().as_str()))],
            Term::BlankNode(_) => vec![Target::Untyped],
            Term::NamedNode(node) => {
                let classes = classes_of(node)?;
                if classes.is_empty() {
                    vec![Target::Untyped]
                } else {
                    let classes = classes.iter();
                    classes
                        .map(|class| Target::Class(self.id(class.as_str())))
                        .collect()
                }
            }
        })
    }

    fn id(&mut self, name: &str) -> Id {
        let place = match self.names.get_index_of(name) {
            Some(place) => place,
            None => self.names.insert_full(name.to_owned()).0,
        };
        Id::try_from(place).expect("there are fewer than 2^32 names in memory")
    }

    fn named(&self, id: Id) -> &str {
        self.names.get_index(id as usize).map_or("", String::as_str)
    }

    fn name(&self, id: Id) -> String {
        self.named(id).to_owned()
    }
}

/// The counts of a class, to be moved.
fn class(counts: &mut Counts, name: String) -> &mut ClassCounts {
    Arc::make_mut(counts.classes.entry(name).or_default())
}

/// The classes of a subject, from what is said of it.
pub fn classes_in(triples: &[Triple]) -> impl Iterator<Item = &NamedNode> {
    let types = triples
        .iter()
        .filter(|triple| triple.predicate == rdf::TYPE);
    types.filter_map(|triple| match &triple.object {
        Term::NamedNode(class) => Some(class),
        Term::BlankNode(_) | Term::Literal(_) => None,
    })
}

/// The host of an http(s) IRI, in small letters.
fn host_of(iri: &str) -> Option<String> {
    let rest = iri
        .strip_prefix("https://")
        .or_else(|| iri.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

/// As [`Counts`], as they are written down: what is shared is written where it is.
#[derive(serde::Serialize, serde::Deserialize)]
pub struct Written {
    triples: u64,
    subjects: u64,
    properties: BTreeMap<String, PropertyCounts>,
    classes: BTreeMap<String, ClassCounts>,
}

impl From<&Counts> for Written {
    fn from(counts: &Counts) -> Self {
        let classes = counts.classes.iter();
        Self {
            triples: counts.triples,
            subjects: counts.subjects,
            properties: counts.properties.clone(),
            classes: classes
                .map(|(name, class)| (name.clone(), class.as_ref().clone()))
                .collect(),
        }
    }
}

impl From<Written> for Counts {
    fn from(written: Written) -> Self {
        let classes = written.classes.into_iter();
        Self {
            triples: written.triples,
            subjects: written.subjects,
            properties: written.properties,
            classes: classes
                .map(|(name, class)| (name, Arc::new(class)))
                .collect(),
        }
    }
}
