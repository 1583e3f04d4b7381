//! Which focus nodes a change can touch.
//!
//! Whether a node conforms follows from the triples that its shapes read. Each such reading is
//! "at a node that is reached from the focus node by a path, the triples with a predicate": its
//! **prefix** and its predicate. They are listed once, when the shapes are compiled. A changed
//! triple is then looked up by its predicate, and the prefixes are walked back to focus nodes.
//!
//! If a node's results differ before and after a change, take the first reading, going out from
//! the node, that gave something else: up to there everything was the same in both states, so its
//! prefix holds in both, and a removed triple leads back in the state before, or an added one in
//! the state after. (Since the prefix holds in both, either state would do for either.)
//!
//! The class hierarchy is taken as given: a change that moves it calls for a full validation.

use crate::model::vocabulary::rdf;
use crate::rdf::{Quads, QuadsError};
use crate::shapes::classes::Classes;
use crate::shapes::component::Check;
use crate::shapes::path::{Direction, Path};
use crate::shapes::reader::Reader;
use crate::shapes::shape::{Shape, ShapeId, Shapes, Targets};
use crate::shapes::validate::{Bounds, ValidationError};
use indexmap::IndexSet;
use oxrdf::{NamedNode, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// A change of the data, seen from both sides.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    pub before: &'a dyn Quads,
    pub after: &'a dyn Quads,
    /// The class hierarchy on each side; the same one twice when it does not move.
    pub classes_before: &'a Classes,
    pub classes_after: &'a Classes,
    pub added: &'a [Triple],
    pub removed: &'a [Triple],
}

/// The nodes whose results a change may change: more perhaps, never fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// They need not be targets: [`crate::shapes::validate_focus`] looks at what each node is.
    Nodes(IndexSet<Term>),
    /// More than the most that was asked for; they were not listed to the end.
    TooMany,
}

/// What a change can affect, as long as that is no more than `most` nodes.
///
/// # Errors
/// When the data cannot be read.
pub fn affected(shapes: &Shapes, change: &Change<'_>, most: usize) -> Result<Affected, QuadsError> {
    let mut found = IndexSet::new();
    let sides = [
        (change.removed, change.before, change.classes_before),
        (change.added, change.after, change.classes_after),
    ];
    for (triples, state, classes) in sides {
        let mut reader = Reader::new(state, Bounds::NONE);
        let mut walked: FxHashSet<(usize, Term)> = FxHashSet::default();
        for triple in triples {
            for read in shapes.reads.of_triple(triple, classes) {
                let node: Term = match read.direction {
                    Direction::Forward => triple.subject.clone().into(),
                    Direction::Backward => triple.object.clone(),
                };
                if walked.insert((read.prefix, node.clone()))
                    && let Some(prefix) = shapes.reads.prefixes.get_index(read.prefix)
                {
                    let start = reader.number(node.as_ref());
                    let nodes = prefix
                        .evaluate(&mut reader, start, Direction::Backward)
                        .map_err(|error| match error {
                            ValidationError::Quads(error) => error,
                            bound => QuadsError(bound.to_string()),
                        })?;
                    found.extend(nodes.into_iter().map(|id| reader.term(id).into_owned()));
                    if found.len() > most {
                        return Ok(Affected::TooMany);
                    }
                }
            }
        }
    }
    Ok(Affected::Nodes(found))
}

/// Every reading of every shape, by predicate.
#[derive(Debug, Default)]
pub(super) struct Reads {
    prefixes: IndexSet<Path, FxBuildHasher>,
    by_predicate: FxHashMap<NamedNode, IndexSet<Read, FxBuildHasher>>,
    /// Readings of `rdf:type` that only ask for a class or one below it.
    by_class: FxHashMap<Term, IndexSet<Read, FxBuildHasher>>,
    /// Readings of all properties of a node (`sh:closed`).
    of_all: IndexSet<Read, FxBuildHasher>,
}

/// One reading: at which end of the triple the node stands, and how the focus node leads to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Read {
    direction: Direction,
    prefix: usize,
}

impl Reads {
    pub(super) fn of(shapes: &[Shape], targets: &Targets) -> Self {
        let mut reads = Reads::default();
        let here = Path::here();
        for class in targets.classes.keys() {
            reads.class(class, &here);
        }
        for property in targets.subjects_of.keys() {
            reads.predicate(property, Direction::Forward, &here);
        }
        for property in targets.objects_of.keys() {
            reads.predicate(property, Direction::Backward, &here);
        }
        let mut seen = FxHashSet::default();
        for id in targets.shapes() {
            reads.shape(shapes, id, &here, &mut seen);
        }
        reads
    }

    fn of_triple(&self, triple: &Triple, classes: &Classes) -> impl Iterator<Item = &Read> {
        let by_class: Vec<&Read> = if triple.predicate.as_ref() == rdf::TYPE {
            classes
                .with_above(&triple.object)
                .iter()
                .filter_map(|class| self.by_class.get(class))
                .flatten()
                .collect()
        } else {
            Vec::new()
        };
        self.by_predicate
            .get(&triple.predicate)
            .into_iter()
            .flatten()
            .chain(&self.of_all)
            .chain(by_class)
    }

    fn shape(
        &mut self,
        shapes: &[Shape],
        id: ShapeId,
        prefix: &Path,
        seen: &mut FxHashSet<(ShapeId, Path)>,
    ) {
        let Some(shape) = shapes.get(id.0).filter(|shape| !shape.is_deactivated) else {
            return;
        };
        if !seen.insert((id, prefix.clone())) {
            return;
        }
        let values = match &shape.path {
            Some(path) => self.path(path, Direction::Forward, prefix),
            None => prefix.clone(),
        };
        for constraint in &shape.constraints {
            match &constraint.check {
                Check::Class(class) => self.class(class, &values),
                Check::Equals(property)
                | Check::Disjoint(property)
                | Check::LessThan(property)
                | Check::LessThanOrEquals(property) => {
                    self.predicate(property, Direction::Forward, prefix);
                }
                Check::Not(id) | Check::Node(id) | Check::Property(id) => {
                    self.shape(shapes, *id, &values, seen);
                }
                Check::And(ids) | Check::Or(ids) | Check::Xone(ids) => {
                    for id in ids {
                        self.shape(shapes, *id, &values, seen);
                    }
                }
                Check::QualifiedMinCount(qualified) | Check::QualifiedMaxCount(qualified) => {
                    self.shape(shapes, qualified.shape, &values, seen);
                    for id in &qualified.siblings {
                        self.shape(shapes, *id, &values, seen);
                    }
                }
                Check::Closed(_) => {
                    let read = self.read(Direction::Forward, &values);
                    self.of_all.insert(read);
                }
                // These look at the value nodes themselves, and read nothing more.
                Check::Datatype(_)
                | Check::NodeKind(_)
                | Check::MinCount(_)
                | Check::MaxCount(_)
                | Check::Range { .. }
                | Check::MinLength(_)
                | Check::MaxLength(_)
                | Check::Pattern(_)
                | Check::LanguageIn(_)
                | Check::UniqueLang
                | Check::HasValue(_)
                | Check::In(_) => {}
            }
        }
    }

    /// Lists what walking the path reads; gives the prefix of the nodes at its end.
    fn path(&mut self, path: &Path, direction: Direction, prefix: &Path) -> Path {
        let step = match direction {
            Direction::Forward => path.clone(),
            Direction::Backward => Path::Inverse(Box::new(path.clone())),
        };
        match path {
            Path::Predicate(predicate) => self.predicate(predicate, direction, prefix),
            Path::Inverse(inner) => {
                self.path(inner, direction.reversed(), prefix);
            }
            Path::Sequence(steps) => {
                let mut prefix = prefix.clone();
                let mut steps: Vec<&Path> = steps.iter().collect();
                if direction == Direction::Backward {
                    steps.reverse();
                }
                for step in steps {
                    prefix = self.path(step, direction, &prefix);
                }
            }
            Path::Alternative(paths) => {
                for path in paths {
                    self.path(path, direction, prefix);
                }
            }
            Path::ZeroOrMore(inner) | Path::OneOrMore(inner) => {
                let inner_step = match direction {
                    Direction::Forward => inner.clone(),
                    Direction::Backward => Box::new(Path::Inverse(inner.clone())),
                };
                let prefix = prefix.then(&Path::ZeroOrMore(inner_step));
                self.path(inner, direction, &prefix);
            }
            Path::ZeroOrOne(inner) => {
                self.path(inner, direction, prefix);
            }
        }
        prefix.then(&step)
    }

    fn predicate(&mut self, predicate: &NamedNode, direction: Direction, prefix: &Path) {
        let read = self.read(direction, prefix);
        self.by_predicate
            .entry(predicate.clone())
            .or_default()
            .insert(read);
    }

    fn class(&mut self, class: &Term, prefix: &Path) {
        let read = self.read(Direction::Forward, prefix);
        self.by_class.entry(class.clone()).or_default().insert(read);
    }

    fn read(&mut self, direction: Direction, prefix: &Path) -> Read {
        let prefix = match self.prefixes.get_index_of(prefix) {
            Some(index) => index,
            None => self.prefixes.insert_full(prefix.clone()).0,
        };
        Read { direction, prefix }
    }
}
