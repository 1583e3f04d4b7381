//! What the planner knows of the data. A follower of the store keeps it
//! (`src/app/statistics/`).

use crate::model::counts::{Counts, PropertyCounts};
use std::collections::BTreeMap;

/// Numbers of one state of the data.
#[derive(Clone, Copy, Debug)]
pub struct Statistics<'a> {
    /// Of the default graph.
    pub counts: &'a Counts,
    /// Quads in each named graph.
    pub graphs: &'a BTreeMap<String, u64>,
}

impl<'a> Statistics<'a> {
    pub(super) fn property(&self, iri: &str) -> Option<&'a PropertyCounts> {
        self.counts.properties.get(iri)
    }

    /// How many resources are of a class.
    pub(super) fn members(&self, class: &str) -> Option<u64> {
        self.counts.class(class).map(|class| class.entities)
    }

    /// The quads of all graphs.
    pub(super) fn quads(&self) -> u64 {
        self.graphs
            .values()
            .fold(self.counts.triples, |sum, quads| sum.saturating_add(*quads))
    }
}
