//! The class hierarchy, read once.

use crate::model::vocabulary::rdfs;
use crate::rdf::{Quads, QuadsError};
use indexmap::IndexSet;
use oxrdf::Term;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

/// Which class is below which, by `rdfs:subClassOf`.
#[derive(Clone, Debug, Default)]
pub struct Classes {
    above: FxHashMap<Term, Vec<Term>>,
    below: FxHashMap<Term, Vec<Term>>,
}

impl Classes {
    /// The hierarchy that a graph states.
    ///
    /// # Errors
    /// When the graph cannot be read.
    pub fn read(graph: &dyn Quads) -> Result<Classes, QuadsError> {
        Classes::default().and(graph)
    }

    /// This hierarchy, and what a graph adds to it.
    ///
    /// # Errors
    /// When the graph cannot be read.
    pub fn and(mut self, graph: &dyn Quads) -> Result<Classes, QuadsError> {
        let classes = &mut self;
        for triple in graph.matching(None, Some(rdfs::SUB_CLASS_OF), None) {
            let triple = triple?;
            let lower = Term::from(triple.subject);
            let above = classes.above.entry(lower.clone()).or_default();
            above.push(triple.object.clone());
            classes.below.entry(triple.object).or_default().push(lower);
        }
        Ok(self)
    }

    /// Whether the first class is the second one or below it, over any number of steps.
    pub fn is_below(&self, lower: &Term, upper: &Term) -> bool {
        if lower == upper {
            return true;
        }
        let mut seen = FxHashSet::default();
        let mut open = vec![lower];
        while let Some(class) = open.pop() {
            for next in self.above.get(class).into_iter().flatten() {
                if next == upper {
                    return true;
                }
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        false
    }

    /// The class and all above it.
    pub(super) fn with_above(&self, class: &Term) -> IndexSet<Term, FxBuildHasher> {
        walk(&self.above, class)
    }

    /// The class and all below it.
    pub(super) fn with_below(&self, class: &Term) -> IndexSet<Term, FxBuildHasher> {
        walk(&self.below, class)
    }
}

fn walk(edges: &FxHashMap<Term, Vec<Term>>, start: &Term) -> IndexSet<Term, FxBuildHasher> {
    let mut found = IndexSet::from_iter([start.clone()]);
    let mut next = 0;
    while let Some(class) = found.get_index(next) {
        let more: Vec<Term> = edges.get(class).into_iter().flatten().cloned().collect();
        found.extend(more);
        next += 1;
    }
    found
}
