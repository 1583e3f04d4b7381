//! Property paths: from a node to its value nodes, and back.

use crate::rdf::QuadsError;
use crate::shapes::reader::Reader;
use indexmap::IndexSet;
use oxrdf::{NamedNode, Term};
use rustc_hash::FxBuildHasher;
use std::fmt;

/// Nodes, each once, in the order in which they were found.
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

    /// The nodes at the other end of the path.
    pub(super) fn evaluate(
        &self,
        reader: &Reader<'_>,
        from: &Term,
        direction: Direction,
    ) -> Result<Nodes, QuadsError> {
        match self {
            Path::Predicate(predicate) => {
                let found = match direction {
                    Direction::Forward => reader.objects(from, predicate.as_ref())?,
                    Direction::Backward => reader.subjects(predicate.as_ref(), from)?,
                };
                Ok(found.into_iter().collect())
            }
            Path::Inverse(path) => path.evaluate(reader, from, direction.reversed()),
            Path::Sequence(steps) => {
                let mut nodes = Nodes::from_iter([from.clone()]);
                for step in 0..steps.len() {
                    let step = match direction {
                        Direction::Forward => &steps[step],
                        Direction::Backward => &steps[steps.len() - 1 - step],
                    };
                    let mut next = Nodes::default();
                    for node in &nodes {
                        next.extend(step.evaluate(reader, node, direction)?);
                    }
                    nodes = next;
                }
                Ok(nodes)
            }
            Path::Alternative(paths) => {
                let mut nodes = Nodes::default();
                for path in paths {
                    nodes.extend(path.evaluate(reader, from, direction)?);
                }
                Ok(nodes)
            }
            Path::ZeroOrMore(path) => {
                let start = Nodes::from_iter([from.clone()]);
                path.closure(reader, start, direction)
            }
            Path::OneOrMore(path) => {
                let start = path.evaluate(reader, from, direction)?;
                path.closure(reader, start, direction)
            }
            Path::ZeroOrOne(path) => {
                let mut nodes = Nodes::from_iter([from.clone()]);
                nodes.extend(path.evaluate(reader, from, direction)?);
                Ok(nodes)
            }
        }
    }

    /// `start` and all that repeating the path leads to; a node is walked from once.
    fn closure(
        &self,
        reader: &Reader<'_>,
        mut nodes: Nodes,
        direction: Direction,
    ) -> Result<Nodes, QuadsError> {
        let mut next = 0;
        while let Some(node) = nodes.get_index(next).cloned() {
            nodes.extend(self.evaluate(reader, &node, direction)?);
            next += 1;
        }
        Ok(nodes)
    }
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
