//! The public description of one entity.

use oxrdf::{NamedNode, Triple};

/// An entity's public quads: those whose subject is the entity or one of its parts, sorted
/// with the entity first, then its parts by IRI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub iri: NamedNode,
    pub triples: Vec<Triple>,
}
