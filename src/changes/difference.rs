//! In what two states of an entity differ, as lines that can be read: a property, what is gone,
//! what is new.

use crate::changes::is_about;
use crate::model::property::Properties;
use crate::model::vocabulary::dct;
use crate::model::{Base, SourceName};
use crate::store::Excerpt;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;

/// What happened to an entity in a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// It was published for the first time.
    Published,
    /// Something else is published of it.
    Changed,
    /// It was withdrawn, for a reason of [`crate::store::Tombstone`].
    Withdrawn(String),
    /// It is published again.
    Returned,
    MergedInto(NamedNode),
    /// It was merged into this one, and is no longer.
    Separated(NamedNode),
    SplitInto(Vec<NamedNode>),
    /// It was split, and is one again.
    Joined,
}

impl Event {
    /// What happened, by the registry's rows.
    pub fn of(base: &Base, excerpt: &Excerpt) -> Self {
        let registry = base.registry_graph();
        let objects = |quads: &[Quad], predicate: &NamedNode| -> Vec<Term> {
            quads
                .iter()
                .filter(|quad| quad.graph_name == GraphName::from(registry.clone()))
                .filter(|quad| quad.predicate == *predicate)
                .map(|quad| quad.object.clone())
                .collect()
        };
        let nodes = |terms: Vec<Term>| -> Vec<NamedNode> {
            let nodes = terms.into_iter().filter_map(|term| match term {
                Term::NamedNode(node) => Some(node),
                Term::BlankNode(_) | Term::Literal(_) => None,
            });
            nodes.collect()
        };
        let (gone, new) = (&excerpt.deletions, &excerpt.additions);
        let merged_into = base.sv("mergedInto");
        if let Some(survivor) = nodes(objects(new, &merged_into)).pop() {
            return Self::MergedInto(survivor);
        }
        let replaced = dct::IS_REPLACED_BY.into_owned();
        let successors = nodes(objects(new, &replaced));
        if !successors.is_empty() {
            return Self::SplitInto(successors);
        }
        let withdrawn = base.sv("withdrawn");
        if !objects(new, &withdrawn).is_empty() {
            let reasons = objects(new, &base.sv("withdrawnBecause"));
            let reason = reasons.into_iter().find_map(|term| match term {
                Term::Literal(reason) => Some(reason.value().to_owned()),
                Term::NamedNode(_) | Term::BlankNode(_) => None,
            });
            return Self::Withdrawn(reason.unwrap_or_default());
        }
        if let Some(survivor) = nodes(objects(gone, &merged_into)).pop() {
            return Self::Separated(survivor);
        }
        if !objects(gone, &replaced).is_empty() {
            return Self::Joined;
        }
        if !objects(gone, &withdrawn).is_empty() {
            return Self::Returned;
        }
        if !objects(new, &base.sv("minted")).is_empty() {
            return Self::Published;
        }
        Self::Changed
    }

    /// Its name in data.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Changed => "changed",
            Self::Withdrawn(_) => "withdrawn",
            Self::Returned => "returned",
            Self::MergedInto(_) => "merged",
            Self::Separated(_) => "separated",
            Self::SplitInto(_) => "split",
            Self::Joined => "joined",
        }
    }
}

/// A property that has other values now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entity, or a part that was there before and still is.
    pub subject: NamedNode,
    pub property: NamedNode,
    pub removed: Vec<Value>,
    pub added: Vec<Value>,
}

/// A value that is gone or new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub term: Term,
    /// The sources that took it back, or brought it, in the same change.
    pub sources: Vec<SourceName>,
}

/// In what a state of an entity differs from the one before, by property in the order of the
/// model. Both are given without what they have in common, or with it. A part that is gone or new
/// as a whole is a value of the property that leads to it, and has no lines of its own.
pub fn difference(
    entity: &NamedNode,
    properties: &Properties,
    before: &[Triple],
    after: &[Triple],
) -> Vec<Line> {
    let (gone, new) = (net(before, after), net(after, before));
    let mut lines: BTreeMap<(bool, &str, usize, &str), Line> = BTreeMap::new();
    for (triples, is_added) in [(&gone, false), (&new, true)] {
        let shown_whole: FxHashSet<&NamedNode> = triples
            .iter()
            .filter_map(|triple| match &triple.object {
                Term::NamedNode(part) if part.as_str().contains('#') => Some(part),
                _ => None,
            })
            .collect();
        for triple in triples {
            let NamedOrBlankNode::NamedNode(subject) = &triple.subject else {
                continue;
            };
            if !is_about(entity, &triple.subject) || shown_whole.contains(subject) {
                continue;
            }
            let property = &triple.predicate;
            let key = (
                subject != entity,
                subject.as_str(),
                properties.position(property.as_str()),
                property.as_str(),
            );
            let line = lines.entry(key).or_insert_with(|| Line {
                subject: subject.clone(),
                property: property.clone(),
                removed: Vec::new(),
                added: Vec::new(),
            });
            let values = if is_added {
                &mut line.added
            } else {
                &mut line.removed
            };
            values.push(Value {
                term: triple.object.clone(),
                sources: Vec::new(),
            });
        }
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    for line in &mut lines {
        for values in [&mut line.removed, &mut line.added] {
            values.sort_by_cached_key(|value| value.term.to_string());
        }
    }
    lines
}

/// Names with each value of a change the sources that brought it or took it back.
pub fn name_sources(base: &Base, excerpt: &Excerpt, lines: &mut [Line]) {
    for line in lines {
        for (values, quads) in [
            (&mut line.removed, &excerpt.deletions),
            (&mut line.added, &excerpt.additions),
        ] {
            for value in values {
                let same = quads.iter().filter(|quad| {
                    quad.predicate == line.property
                        && quad.object == value.term
                        && quad.subject == NamedOrBlankNode::from(line.subject.clone())
                });
                value.sources = same
                    .filter_map(|quad| match &quad.graph_name {
                        GraphName::NamedNode(graph) => base.source_of_graph(graph.as_str()),
                        GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
                    })
                    .collect();
            }
        }
    }
}

/// The public quads among those of an excerpt.
pub fn public(quads: &[Quad]) -> Vec<Triple> {
    quads
        .iter()
        .filter(|quad| quad.graph_name.is_default_graph())
        .map(|quad| Triple::from(quad.clone()))
        .collect()
}

/// Those that the others lack.
fn net<'a>(triples: &'a [Triple], others: &[Triple]) -> Vec<&'a Triple> {
    let others: FxHashSet<&Triple> = others.iter().collect();
    triples
        .iter()
        .filter(|triple| !others.contains(triple))
        .collect()
}
