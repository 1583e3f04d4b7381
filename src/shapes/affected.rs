//! Which focus nodes a change can touch.
//!
//! Whether a node conforms follows from the triples that its shapes read, and from nothing else.
//! What they read, and from where, is listed once, when the shapes are compiled
//! ([`crate::shapes::reads`]). A changed triple is looked up in that list, and from each place
//! that reads it the way is walked back to focus nodes.
//!
//! If a node's results differ before and after a change, take the first reading, going out from
//! the node, that gave something else: up to there everything was the same in both states, so the
//! way to it exists in both. A removed triple then leads back in the state before, an added one
//! in the state after. Where it is the class hierarchy that gave something else, the type that it
//! was asked about stands in both states, and leads back in either.

use crate::model::vocabulary::rdf;
use crate::rdf::{Quads, QuadsError};
use crate::shapes::classes::Classes;
use crate::shapes::path::Direction;
use crate::shapes::reader::as_subject;
use crate::shapes::reads::{Back, Position, Reads};
use crate::shapes::shape::{ShapeId, Shapes};
use indexmap::IndexSet;
use oxrdf::{NamedNode, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::ops::ControlFlow;

/// A change of the data, seen from both sides.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    pub before: &'a dyn Quads,
    pub after: &'a dyn Quads,
    /// The class hierarchy on each side; the same one twice when it does not move, which spares
    /// comparing them.
    pub classes_before: &'a Classes,
    pub classes_after: &'a Classes,
    /// What the state after has and the one before has not.
    pub added: &'a [Triple],
    /// What the state before has and the one after has not.
    pub removed: &'a [Triple],
}

/// The nodes whose results a change may change: more perhaps, never fewer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Affected {
    /// They need not be targets: [`crate::shapes::validate_focus`] looks at what each node is.
    Nodes(IndexSet<Term>),
    /// More than the most that was asked for, or so far away that looking for them was given up;
    /// they were not listed to the end.
    TooMany,
}

/// How many triples may be looked at for each of the `most` nodes that are wanted.
const STEPS_PER_NODE: usize = 16;
/// And how many at least.
const STEPS: usize = 1 << 12;

/// What a change can affect, as long as that is no more than `most` nodes. With `usize::MAX` it
/// always says which.
///
/// # Errors
/// When the data cannot be read.
pub fn affected(shapes: &Shapes, change: &Change<'_>, most: usize) -> Result<Affected, QuadsError> {
    let mut found = Found {
        nodes: IndexSet::new(),
        most,
        steps_left: most.saturating_mul(STEPS_PER_NODE).max(STEPS),
    };
    let outcome = match search(&shapes.reads, change, &mut found)? {
        ControlFlow::Continue(()) => whole_targets(shapes, change, &mut found)?,
        ControlFlow::Break(()) => ControlFlow::Break(()),
    };
    Ok(match outcome {
        ControlFlow::Continue(()) => Affected::Nodes(found.nodes),
        ControlFlow::Break(()) => Affected::TooMany,
    })
}

fn search(reads: &Reads, change: &Change<'_>, found: &mut Found) -> Sought {
    let mut before = Walk::new(reads, change.before);
    for triple in change.removed {
        for (position, node) in reads.of_triple(triple, change.classes_before) {
            if before.back_from(position, node, found)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    let mut after = Walk::new(reads, change.after);
    for triple in change.added {
        for (position, node) in reads.of_triple(triple, change.classes_after) {
            if after.back_from(position, node, found)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    if std::ptr::eq(change.classes_before, change.classes_after) {
        return Ok(ControlFlow::Continue(()));
    }
    for (class, positions) in reads.of_classes() {
        let below_before = change.classes_before.with_below(class);
        let below_after = change.classes_after.with_below(class);
        for moved in below_before.symmetric_difference(&below_after) {
            let instances = change
                .after
                .matching(None, Some(rdf::TYPE), Some(moved.as_ref()));
            for triple in instances {
                let node = Term::from(triple?.subject);
                for position in positions {
                    if after.back_from(*position, node.clone(), found)?.is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Adds all targets of the shapes whose queries read a changed triple without a way to it from
/// the focus node. A node that is a target in one of the states only is found by its target.
fn whole_targets(shapes: &Shapes, change: &Change<'_>, found: &mut Found) -> Sought {
    let concerned: FxHashSet<ShapeId> = change
        .added
        .iter()
        .chain(change.removed)
        .flat_map(|triple| shapes.reads.of_all_targets(triple))
        .collect();
    if concerned.is_empty() {
        return Ok(ControlFlow::Continue(()));
    }
    let is_concerned = |ids: &[ShapeId]| ids.iter().any(|id| concerned.contains(id));
    let (targets, data) = (&shapes.targets, change.after);
    for (node, _) in targets.nodes.iter().filter(|(_, ids)| is_concerned(ids)) {
        if found.add(node.clone()).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    for (class, _) in targets.classes.iter().filter(|(_, ids)| is_concerned(ids)) {
        for class in change.classes_after.with_below(class) {
            for triple in data.matching(None, Some(rdf::TYPE), Some(class.as_ref())) {
                if found.add(triple?.subject.into()).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
    }
    for (property, _) in targets
        .subjects_of
        .iter()
        .filter(|(_, ids)| is_concerned(ids))
    {
        for triple in data.matching(None, Some(property.as_ref()), None) {
            if found.add(triple?.subject.into()).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    for (property, _) in targets
        .objects_of
        .iter()
        .filter(|(_, ids)| is_concerned(ids))
    {
        for triple in data.matching(None, Some(property.as_ref()), None) {
            if found.add(triple?.object).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }
    Ok(ControlFlow::Continue(()))
}

/// Whether the search goes on.
type Sought = Result<ControlFlow<()>, QuadsError>;

/// The focus nodes so far, and how much more may be looked at.
struct Found {
    nodes: IndexSet<Term>,
    most: usize,
    steps_left: usize,
}

impl Found {
    fn add(&mut self, node: Term) -> ControlFlow<()> {
        self.nodes.insert(node);
        if self.nodes.len() > self.most {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

/// One state of the data, walked backwards; what was walked from once is not walked again.
struct Walk<'a> {
    reads: &'a Reads,
    data: &'a dyn Quads,
    nodes: IndexSet<Term, FxBuildHasher>,
    /// Nodes by their place in `nodes`, at the positions where they were met.
    met: FxHashSet<(usize, Position)>,
    open: Vec<(usize, Position)>,
}

impl<'a> Walk<'a> {
    fn new(reads: &'a Reads, data: &'a dyn Quads) -> Self {
        Self {
            reads,
            data,
            nodes: IndexSet::default(),
            met: FxHashSet::default(),
            open: Vec::new(),
        }
    }

    /// Finds the focus nodes from which validation gets to the node at this position.
    fn back_from(&mut self, position: Position, node: Term, found: &mut Found) -> Sought {
        let (index, _) = self.nodes.insert_full(node);
        if self.meet(position, index, found).is_break() {
            return Ok(ControlFlow::Break(()));
        }
        while let Some((index, position)) = self.open.pop() {
            let reads = self.reads;
            for back in reads.back(position) {
                let went_on = match back {
                    Back::Same(from) => self.meet(*from, index, found),
                    Back::Over(from, predicate, direction) => {
                        self.step_back(*from, (predicate, *direction), index, found)?
                    }
                };
                if went_on.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Over every triple that leads to the node, to its other end.
    fn step_back(
        &mut self,
        from: Position,
        (predicate, direction): (&NamedNode, Direction),
        index: usize,
        found: &mut Found,
    ) -> Sought {
        let Some(node) = self.nodes.get_index(index).cloned() else {
            return Ok(ControlFlow::Continue(()));
        };
        let predicate = Some(predicate.as_ref());
        let subject = as_subject(&node);
        let triples = match (direction, &subject) {
            (Direction::Forward, _) => self.data.matching(None, predicate, Some(node.as_ref())),
            (Direction::Backward, Some(subject)) => {
                self.data.matching(Some(subject.as_ref()), predicate, None)
            }
            // A literal has no properties.
            (Direction::Backward, None) => return Ok(ControlFlow::Continue(())),
        };
        for triple in triples {
            let triple = triple?;
            let Some(steps_left) = found.steps_left.checked_sub(1) else {
                return Ok(ControlFlow::Break(()));
            };
            found.steps_left = steps_left;
            let (index, _) = self.nodes.insert_full(match direction {
                Direction::Forward => triple.subject.into(),
                Direction::Backward => triple.object,
            });
            if self.meet(from, index, found).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn meet(&mut self, position: Position, index: usize, found: &mut Found) -> ControlFlow<()> {
        if self.met.insert((index, position)) {
            if self.reads.is_focus(position) {
                found.nodes.extend(self.nodes.get_index(index).cloned());
                if found.nodes.len() > found.most {
                    return ControlFlow::Break(());
                }
            }
            self.open.push((index, position));
        }
        ControlFlow::Continue(())
    }
}
