//! The links of entities, read from what is published of them.
//!
//! What a part of an entity points to, the entity points to. A person or organisation is pointed
//! to by the function in which it contributes; the direct property that the function stands for
//! says the same and is left out.

use crate::app::following::entities::number_of;
use crate::app::links::table::{FIRST_NAMED, Moment, NODES, Node, Relation, Row, Start, Status};
use crate::model::kind::Kind;
use crate::model::vocabulary::{rdf, schema, xsd};
use crate::model::{Base, Noid};
use crate::store::{StoreError, View};
use indexmap::IndexSet;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::sync::Arc;

/// What has a number in the rows: the names of nodes that are no entities, and the relations.
/// None is ever taken away.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    pub names: Arc<IndexSet<String, FxBuildHasher>>,
    pub relations: Arc<IndexSet<String, FxBuildHasher>>,
}

impl Naming {
    /// The node of an IRI, if it has one.
    pub fn node(&self, base: &Base, iri: &str) -> Option<Node> {
        number_of(base, iri).or_else(|| {
            let place = self.names.get_index_of(iri)?;
            Some(FIRST_NAMED + place as Node)
        })
    }

    /// The IRI of a node.
    pub fn iri(&self, base: &Base, node: Node) -> NamedNode {
        match node.checked_sub(FIRST_NAMED) {
            None => base.id(&Noid::of_number(node)),
            Some(place) => {
                let name = self.names.get_index(place as usize);
                NamedNode::new_unchecked(name.map_or("", String::as_str))
            }
        }
    }

    pub fn relation(&self, iri: &str) -> Option<Relation> {
        let place = self.relations.get_index_of(iri)?;
        Relation::try_from(place).ok()
    }

    pub fn relation_iri(&self, relation: Relation) -> NamedNode {
        let iri = self.relations.get_index(usize::from(relation));
        NamedNode::new_unchecked(iri.map_or("", String::as_str))
    }

    /// The node of an IRI, a new one where it has none; `None` when there are too many.
    fn give_node(&mut self, base: &Base, iri: &str) -> Option<Node> {
        if let Some(node) = self.node(base, iri) {
            return Some(node);
        }
        let node = FIRST_NAMED + self.names.len() as Node;
        (node < NODES).then(|| {
            Arc::make_mut(&mut self.names).insert(iri.to_owned());
            node
        })
    }

    fn give_relation(&mut self, iri: &str) -> Option<Relation> {
        if let Some(relation) = self.relation(iri) {
            return Some(relation);
        }
        let relation = Relation::try_from(self.relations.len()).ok()?;
        Arc::make_mut(&mut self.relations).insert(iri.to_owned());
        Some(relation)
    }
}

/// The direct property that each function stands for, by IRI.
pub type Functions = FxHashMap<String, String>;

/// Reads which direct property each function stands for.
///
/// # Errors
/// When the storage fails.
pub fn functions(view: View<'_>) -> Result<Functions, StoreError> {
    let direct = view.base().sv("proprieteDirecte");
    let graph = Some(GraphNameRef::DefaultGraph);
    let mut functions = Functions::default();
    for quad in view.quads(None, Some(direct.as_ref()), None, graph) {
        let quad = quad?;
        if let (NamedOrBlankNode::NamedNode(function), Term::NamedNode(property)) =
            (quad.subject, quad.object)
        {
            functions.insert(function.into_string(), property.into_string());
        }
    }
    Ok(functions)
}

/// What a list says of what points.
#[derive(Clone, Copy)]
struct About {
    kind: &'static Kind,
    moment: Option<Moment>,
    status: Status,
}

/// Takes descriptions and gives their links.
pub struct Collector<'a> {
    view: View<'a>,
    naming: &'a mut Naming,
    functions: &'a Functions,
    agent: NamedNode,
    function: NamedNode,
    contribution: NamedNode,
    about: FxHashMap<Node, About>,
    links: Vec<(Node, Relation, Node)>,
    /// Links that say what a contribution says better.
    covered: FxHashSet<(Node, Relation, Node)>,
}

impl<'a> Collector<'a> {
    pub fn new(view: View<'a>, naming: &'a mut Naming, functions: &'a Functions) -> Self {
        Self {
            agent: view.base().sv("agent"),
            function: view.base().sv("fonction"),
            contribution: view.base().sv("contribution"),
            view,
            naming,
            functions,
            about: FxHashMap::default(),
            links: Vec::new(),
            covered: FxHashSet::default(),
        }
    }

    /// Takes all public triples of one subject.
    pub fn add<'t>(&mut self, triples: impl IntoIterator<Item = &'t Triple> + Clone) {
        let Some(first) = triples.clone().into_iter().next() else {
            return;
        };
        let NamedOrBlankNode::NamedNode(subject) = &first.subject else {
            return;
        };
        let base = self.view.base();
        if base.is_of_void(subject.as_str()) {
            return;
        }
        let whole = self.view.whole_of(subject);
        let is_whole = whole == *subject;
        let mut agents = Vec::new();
        let mut functions = Vec::new();
        let mut links = Vec::new();
        for triple in triples.clone() {
            let Term::NamedNode(object) = &triple.object else {
                continue;
            };
            if !is_whole && triple.predicate == self.agent {
                agents.push(object);
                continue;
            }
            if !is_whole && triple.predicate == self.function {
                functions.push(object.as_str());
            }
            links.push((triple.predicate.as_str(), object));
        }
        let about = is_whole.then(|| self.about(triples));
        let Some(from) = self.naming.give_node(base, whole.as_str()) else {
            return;
        };
        if let Some(about) = about {
            self.about.insert(from, about);
        }
        for agent in agents {
            for function in &functions {
                if let Some(link) = self.link(&whole, from, function, agent) {
                    self.links.push(link);
                }
                let covered = self.functions.get(*function);
                if let Some(link) =
                    covered.and_then(|direct| self.link(&whole, from, direct, agent))
                {
                    self.covered.insert(link);
                }
            }
            if functions.is_empty() {
                let contribution = self.contribution.clone();
                let link = self.link(&whole, from, contribution.as_str(), agent);
                self.links.extend(link);
            }
        }
        for (predicate, object) in links {
            if predicate != rdf::TYPE.as_str() {
                let link = self.link(&whole, from, predicate, object);
                self.links.extend(link);
            }
        }
    }

    /// A link to something of ours that is not the subject itself.
    fn link(
        &mut self,
        whole: &NamedNode,
        from: Node,
        relation: &str,
        object: &NamedNode,
    ) -> Option<(Node, Relation, Node)> {
        let base = self.view.base();
        if !base.owns(object.as_str()) {
            return None;
        }
        let target = self.view.whole_of(object);
        if target == *whole {
            return None;
        }
        let target = self.naming.give_node(base, target.as_str())?;
        let relation = self.naming.give_relation(relation)?;
        Some((target, relation, from))
    }

    fn about<'t>(&self, triples: impl IntoIterator<Item = &'t Triple>) -> About {
        let mut classes: Vec<&str> = Vec::new();
        let mut moment: Option<Moment> = None;
        let mut status = Status::default();
        for triple in triples {
            let predicate = triple.predicate.as_ref();
            match &triple.object {
                Term::NamedNode(class) if predicate == rdf::TYPE => classes.push(class.as_str()),
                Term::NamedNode(node) if predicate == schema::EVENT_STATUS => {
                    status = Status::named(node.as_str().trim_start_matches(schema::NS));
                }
                Term::Literal(date) if predicate == schema::START_DATE => {
                    let found = moment_of(date);
                    let is_first = |found: &Moment| moment.is_none_or(|m| found.start < m.start);
                    moment = found.filter(is_first).or(moment);
                }
                _ => {}
            }
        }
        About {
            kind: self
                .view
                .kinds()
                .of_classes(classes)
                .or(Kind::named("concept"))
                .expect("it is a row of the table"),
            moment,
            status,
        }
    }

    /// The links of all that was taken, in order.
    pub fn finish(self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .links
            .into_iter()
            .filter(|link| !self.covered.contains(link))
            .filter_map(|(target, relation, subject)| {
                let about = self.about.get(&subject)?;
                let About {
                    kind,
                    moment,
                    status,
                } = *about;
                Some(Row::new(target, relation, subject, kind, moment, status))
            })
            .collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}

/// When something starts that says it so, twice the seconds since 1970, and one more for a day
/// without a time; `None` for what is no date.
fn start_of(literal: &Literal) -> Option<Start> {
    let text = literal.value();
    if literal.datatype() == xsd::DATE {
        let day: Date = text.get(..10)?.parse().ok()?;
        let midnight = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(midnight.as_second() * 2 + 1);
    }
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(instant.as_second() * 2)
}

/// When something begins, and how far ahead of UTC that is.
fn moment_of(literal: &Literal) -> Option<Moment> {
    let start = start_of(literal)?;
    let offset = || {
        let text = literal.value();
        let zone = text.get(text.len().checked_sub(6)?..)?;
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        let half_hours: i32 = hours.parse::<i32>().ok()? * 2 + minutes.parse::<i32>().ok()? / 30;
        match zone.get(..1)? {
            "+" => Some(half_hours),
            "-" => Some(-half_hours),
            _ => None,
        }
    };
    let is_time = literal.datatype() == xsd::DATE_TIME;
    Some(Moment {
        start,
        half_hours: is_time.then(offset).flatten().unwrap_or(0),
    })
}
