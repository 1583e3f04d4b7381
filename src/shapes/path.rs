//! Property paths: from a node to its value nodes, and back.

use crate::rdf::TermId;
use crate::shapes::reader::Reader;
use crate::shapes::validate::ValidationError;
use indexmap::IndexSet;
use oxrdf::{NamedNode, Term};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::fmt;

/// Terms, each once, in their order.
pub(super) type Nodes = IndexSet<Term, FxBuildHasher>;

/// A SHACL property path. It prints as the same path in SPARQL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    Predicate(NamedNode),
    Inverse(Box<Path>),
    /// One after the other; an empty sequence stays where it is.
    Sequence(Vec<Path>),
    Alternative(Vec<Path>),
    ZeroOrMore(Box<Path>),
    OneOrMore(Box<Path>),
    ZeroOrOne(Box<Path>),
}

/// In which direction a path is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    pub(super) fn reversed(self) -> Self {
        match self {
            Direction::Forward => Direction::Backward,
            Direction::Backward => Direction::Forward,
        }
    }
}

impl Path {
    /// Whether the path can be walked without a step, so that it leads from each node to itself.
    pub(super) fn may_stay(&self) -> bool {
        match self {
            Path::Predicate(_) => false,
            Path::ZeroOrMore(_) | Path::ZeroOrOne(_) => true,
            Path::Inverse(path) | Path::OneOrMore(path) => path.may_stay(),
            Path::Sequence(paths) => paths.iter().all(Path::may_stay),
            Path::Alternative(paths) => paths.iter().any(Path::may_stay),
        }
    }

    /// The property, when the path is one.
    pub fn predicate(&self) -> Option<&NamedNode> {
        match self {
            Path::Predicate(predicate) => Some(predicate),
            _ => None,
        }
    }

    /// The first property that the path names: the one to mend at the focus node.
    pub fn first_predicate(&self) -> Option<&NamedNode> {
        match self {
            Path::Predicate(predicate) => Some(predicate),
            Path::Inverse(path)
            | Path::ZeroOrMore(path)
            | Path::OneOrMore(path)
            | Path::ZeroOrOne(path) => path.first_predicate(),
            Path::Sequence(paths) | Path::Alternative(paths) => {
                paths.first().and_then(Path::first_predicate)
            }
        }
    }

    /// Every property that the path names.
    pub(super) fn predicates(&self) -> Vec<&NamedNode> {
        match self {
            Path::Predicate(predicate) => vec![predicate],
            Path::Inverse(path)
            | Path::ZeroOrMore(path)
            | Path::OneOrMore(path)
            | Path::ZeroOrOne(path) => path.predicates(),
            Path::Sequence(paths) | Path::Alternative(paths) => {
                paths.iter().flat_map(Path::predicates).collect()
            }
        }
    }

    /// The nodes at the other end of the path, each once, in the order in which they are found.
    pub(super) fn evaluate(
        &self,
        reader: &mut Reader<'_>,
        from: TermId,
        direction: Direction,
    ) -> Result<Vec<TermId>, ValidationError> {
        let mut nodes = Vec::new();
        self.walk(reader, from, direction, &mut nodes)?;
        // The values of a property are a set already.
        if self.predicate().is_none() {
            keep_first(&mut nodes);
        }
        Ok(nodes)
    }

    /// Adds the nodes at the other end of the path; some perhaps more than once.
    fn walk(
        &self,
        reader: &mut Reader<'_>,
        from: TermId,
        direction: Direction,
        into: &mut Vec<TermId>,
    ) -> Result<(), ValidationError> {
        reader.step(1)?;
        match self {
            Path::Predicate(predicate) => match direction {
                Direction::Forward => reader.objects(from, predicate.as_ref(), into)?,
                Direction::Backward => reader.subjects(predicate.as_ref(), from, into)?,
            },
            Path::Inverse(path) => path.walk(reader, from, direction.reversed(), into)?,
            Path::Sequence(steps) => {
                let mut nodes = vec![from];
                for step in 0..steps.len() {
                    let step = match direction {
                        Direction::Forward => &steps[step],
                        Direction::Backward => &steps[steps.len() - 1 - step],
                    };
                    let mut next = Vec::new();
                    for node in nodes {
                        step.walk(reader, node, direction, &mut next)?;
                    }
                    keep_first(&mut next);
                    nodes = next;
                }
                into.extend(nodes);
            }
            Path::Alternative(paths) => {
                for path in paths {
                    path.walk(reader, from, direction, into)?;
                }
            }
            Path::ZeroOrMore(path) => path.closure(reader, vec![from], direction, into)?,
            Path::OneOrMore(path) => {
                let start = path.evaluate(reader, from, direction)?;
                path.closure(reader, start, direction, into)?;
            }
            Path::ZeroOrOne(path) => {
                into.push(from);
                path.walk(reader, from, direction, into)?;
            }
        }
        Ok(())
    }

    /// Adds `nodes` and all that repeating the path leads to; a node is walked from once.
    fn closure(
        &self,
        reader: &mut Reader<'_>,
        mut nodes: Vec<TermId>,
        direction: Direction,
        into: &mut Vec<TermId>,
    ) -> Result<(), ValidationError> {
        let mut seen: FxHashSet<TermId> = nodes.iter().copied().collect();
        let mut found = Vec::new();
        let mut next = 0;
        while let Some(node) = nodes.get(next).copied() {
            self.walk(reader, node, direction, &mut found)?;
            nodes.extend(found.drain(..).filter(|node| seen.insert(*node)));
            next += 1;
        }
        into.extend(nodes);
        Ok(())
    }
}

/// So few nodes are compared with one another faster than they are hashed.
const FEW: usize = 8;

/// Keeps each node once, where it first stands.
fn keep_first(nodes: &mut Vec<TermId>) {
    if nodes.len() > FEW {
        let mut seen = FxHashSet::default();
        nodes.retain(|node| seen.insert(*node));
        return;
    }
    let mut kept = 0;
    for next in 0..nodes.len() {
        let node = nodes[next];
        if !nodes[..kept].contains(&node) {
            nodes[kept] = node;
            kept += 1;
        }
    }
    nodes.truncate(kept);
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, paths: &[Path], by: &str| {
            f.write_str("(")?;
            for (index, path) in paths.iter().enumerate() {
                if index > 0 {
                    f.write_str(by)?;
                }
                path.fmt(f)?;
            }
            f.write_str(")")
        };
        match self {
            Path::Predicate(predicate) => predicate.fmt(f),
            Path::Inverse(path) => write!(f, "^{path}"),
            Path::Sequence(paths) => joined(f, paths, "/"),
            Path::Alternative(paths) => joined(f, paths, "|"),
            // `^a*` is `^(a*)` in SPARQL, so an operator after another needs its brackets.
            Path::ZeroOrMore(path) => write!(f, "({path})*"),
            Path::OneOrMore(path) => write!(f, "({path})+"),
            Path::ZeroOrOne(path) => write!(f, "({path})?"),
        }
    }
}
