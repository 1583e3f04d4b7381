//! What the planner knows of the data. A follower of the store keeps it
//! (`src/app/statistics/`).

use oxrdf::NamedNode;
use rustc_hash::FxHashMap;

/// Numbers of the default graph at one generation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    pub triples: u64,
    pub properties: FxHashMap<NamedNode, Property>,
    /// How many resources have this `rdf:type`.
    pub classes: FxHashMap<NamedNode, u64>,
    /// Quads in each named graph.
    pub graphs: FxHashMap<NamedNode, u64>,
}

/// Numbers of one property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Property {
    pub triples: u64,
    pub subjects: u64,
    pub objects: u64,
    /// The most objects that one subject has, or more.
    pub most_objects: u64,
    /// The most subjects that one object has, or more.
    pub most_subjects: u64,
}
