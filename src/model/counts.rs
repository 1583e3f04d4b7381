//! How much there is of what in the public data: per property, per class, and per property of the
//! members of a class. VoID says it to programs, and queries are estimated with it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The triples of the public data, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub triples: u64,
    /// Distinct subjects.
    pub subjects: u64,
    pub properties: BTreeMap<String, PropertyCounts>,
    /// Shared with former counts, where nothing changed.
    pub classes: BTreeMap<String, Arc<ClassCounts>>,
}

impl Counts {
    /// What is known of a property; nothing has it when it is not there.
    pub fn property(&self, iri: &str) -> PropertyCounts {
        self.properties.get(iri).copied().unwrap_or_default()
    }

    /// How many are of a class, and what is said of them; `None` when nothing is of it.
    pub fn class(&self, iri: &str) -> Option<&ClassCounts> {
        self.classes.get(iri).map(Arc::as_ref)
    }

    /// How many are of a class.
    pub fn members(&self, class: &str) -> u64 {
        self.class(class).map_or(0, |class| class.entities)
    }
}

/// The triples with one property.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyCounts {
    pub triples: u64,
    /// Distinct ones.
    pub subjects: u64,
    /// Distinct ones.
    pub objects: u64,
    /// No subject has more objects than this. It may be more than any has, never less.
    pub most_objects: u64,
    /// No object has more subjects than this. It may be more than any has, never less.
    pub most_subjects: u64,
}

/// The members of one class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassCounts {
    pub entities: u64,
    pub properties: BTreeMap<String, Partition>,
}

/// The triples with one property whose subjects are of one class.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partition {
    pub triples: u64,
    /// Distinct subjects.
    pub subjects: u64,
    /// How many of the triples have an object of a class. One of several classes counts in each.
    pub classes: BTreeMap<String, u64>,
    /// How many of the triples have a literal of a datatype.
    pub datatypes: BTreeMap<String, u64>,
    /// How many of the triples have an IRI that is of no class here.
    pub untyped: u64,
}
