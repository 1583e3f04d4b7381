//! Compiled shapes: what the compiler makes and the validation reads.

use crate::model::Severity;
use crate::shapes::component::{Check, Constraint};
use crate::shapes::path::Path;
use crate::shapes::reads::Reads;
use crate::shapes::sparql::Note;
use indexmap::IndexMap;
use oxrdf::{Literal, NamedNode, Term};
use rustc_hash::{FxBuildHasher, FxHashMap};

/// A shapes graph, compiled: immutable, to be shared between threads.
#[derive(Debug)]
pub struct Shapes {
    pub(super) shapes: Vec<Shape>,
    pub(super) targets: Targets,
    pub(super) reads: Reads,
    /// For each shape.
    pub(super) keeps: Vec<Keeps>,
    pub(super) notes: Vec<Note>,
}

impl Shapes {
    /// What is no fault, but should be known about these shapes: which changes have all targets
    /// of a shape checked again, and why.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Whether any shape has a target, without which they ask nothing of anything.
    pub fn has_targets(&self) -> bool {
        !self.targets.shapes().is_empty()
    }

    pub(super) fn shape(&self, id: ShapeId) -> &Shape {
        self.shapes
            .get(id.0)
            .expect("the compiler gives out only the positions of shapes that it keeps")
    }

    pub(super) fn keeps(&self, id: ShapeId) -> Keeps {
        self.keeps.get(id.0).copied().unwrap_or(Keeps::Nothing)
    }
}

/// The position of a shape among its [`Shapes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ShapeId(pub(super) usize);

/// A node shape, or with a path a property shape.
#[derive(Debug)]
pub(super) struct Shape {
    /// The node that it has in the shapes graph.
    pub(super) node: Term,
    pub(super) path: Option<Path>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) is_deactivated: bool,
    pub(super) severity: Severity,
    /// `sh:severity` as it stands in the graph, which may be somebody's own.
    pub(super) severity_iri: NamedNode,
    pub(super) messages: Vec<Literal>,
}

/// Which answers of a shape are kept: without them, shapes that refer to others twice, level
/// after level, would be checked over and over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// A shape that looks at the node itself only, and by no query, is asked again as fast.
    Nothing,
    /// Whether a node conforms, when only that is asked.
    Conforming,
    /// Since several shapes refer to it, also when its results are asked and there are none.
    All,
}

impl Keeps {
    /// For each shape.
    pub(super) fn of(shapes: &[Shape]) -> Vec<Self> {
        let mut references = vec![0_u32; shapes.len()];
        for constraint in shapes.iter().flat_map(|shape| &shape.constraints) {
            for id in constraint.check.shapes() {
                if let Some(references) = references.get_mut(id.0) {
                    *references += 1;
                }
            }
        }
        shapes
            .iter()
            .zip(references)
            .map(|(shape, references)| {
                let mut constraints = shape.constraints.iter();
                let refers = constraints.any(|constraint| {
                    let check = &constraint.check;
                    matches!(check, Check::Query(_)) || check.shapes().count() > 0
                });
                match (refers || shape.path.is_some(), references) {
                    (false, _) => Self::Nothing,
                    (true, 0 | 1) => Self::Conforming,
                    (true, _) => Self::All,
                }
            })
            .collect()
    }
}

/// Which nodes are looked at, arranged so that one node's shapes are found without listing the
/// members of any class. Deactivated shapes are not in it.
#[derive(Debug, Default)]
pub(super) struct Targets {
    pub(super) nodes: IndexMap<Term, Vec<ShapeId>, FxBuildHasher>,
    pub(super) classes: IndexMap<Term, Vec<ShapeId>, FxBuildHasher>,
    pub(super) subjects_of: IndexMap<NamedNode, Vec<ShapeId>, FxBuildHasher>,
    pub(super) objects_of: IndexMap<NamedNode, Vec<ShapeId>, FxBuildHasher>,
}

/// Every shape with a target, once.
impl Targets {
    pub(super) fn shapes(&self) -> Vec<ShapeId> {
        let mut found: FxHashMap<ShapeId, ()> = FxHashMap::default();
        let of_terms = self.nodes.values().chain(self.classes.values());
        let of_properties = self.subjects_of.values().chain(self.objects_of.values());
        for id in of_terms.chain(of_properties).flatten() {
            found.insert(*id, ());
        }
        let mut found: Vec<ShapeId> = found.into_keys().collect();
        found.sort_unstable();
        found
    }
}
