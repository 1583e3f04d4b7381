//! What became different: the changes of an entity in the log, what it was at a time, and in what
//! two of its states differ. It reads the log's records and never writes.
//!
//! Which changes touched an entity is known to `app::history`; here they are read one by one, each
//! only as far as it concerns the entity, so that a past costs in proportion to the entity's own
//! changes.

pub mod cursor;
pub mod diff;
pub mod difference;
pub mod entities;
pub mod feed;
pub mod log;
pub mod past;
pub mod turn;

pub use cursor::Cursor;
pub use difference::{Event, Line, Value, difference};
pub use past::{Then, Versions, state_at};
pub use turn::Turn;

use crate::model::vocabulary::dct;
use crate::model::{Activity, Base, Generation};
use crate::store::{Excerpt, Store, StoreError};
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Quad};
use sha2::{Digest as _, Sha256};
use std::ops::BitOrAssign;

/// What stands for the redactions that the records of a store went through: eight hexadecimal
/// digits. What follows from some records alone is the same within an epoch.
pub fn epoch(store: &Store) -> String {
    let mut hash = Sha256::new();
    hash.update(store.identity());
    for redaction in store.redactions() {
        hash.update(redaction);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// In which respects a change touched an entity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aspects(u8);

impl Aspects {
    /// What is published of it.
    pub const PUBLIC: Aspects = Aspects(1);
    /// Whether and how it is published: merged, split, withdrawn.
    pub const STATE: Aspects = Aspects(2);
    /// What a source says of it.
    pub const CLAIMS: Aspects = Aspects(4);
    /// What is published of it, by a redaction: what was struck is in no record any more, so the
    /// registry alone says so.
    pub const REDACTED: Aspects = Aspects(8);

    pub fn has(self, other: Aspects) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether readers get something else since then, or in another place.
    pub fn are_public(self) -> bool {
        self.has(Self::PUBLIC) || self.has(Self::STATE) || self.has(Self::REDACTED)
    }

    /// As a number below 16.
    pub fn to_bits(self) -> u8 {
        self.0
    }

    pub fn of_bits(bits: u8) -> Self {
        Self(bits & 15)
    }

    /// In which respects a quad of a change is about an entity or a part of one, its subject.
    pub fn of(base: &Base, activity: Activity, quad: &Quad) -> Self {
        match &quad.graph_name {
            GraphName::DefaultGraph => Self::PUBLIC,
            GraphName::NamedNode(graph) if *graph == base.registry_graph() => {
                if decides(base, &quad.predicate) {
                    Self::STATE
                } else if activity == Activity::Redact && stamps(base, &quad.predicate) {
                    Self::REDACTED
                } else {
                    Self::default()
                }
            }
            GraphName::NamedNode(graph) => match base.source_of_graph(graph.as_str()) {
                Some(source) if !source.is_system() => Self::CLAIMS,
                _ => Self::default(),
            },
            GraphName::BlankNode(_) => Self::default(),
        }
    }

    /// In which respects a change touched the entity of its excerpt.
    pub fn of_excerpt(base: &Base, excerpt: &Excerpt) -> Self {
        let mut all = Self::default();
        for quad in excerpt.deletions.iter().chain(&excerpt.additions) {
            all |= Self::of(base, excerpt.header.activity, quad);
        }
        all
    }
}

impl BitOrAssign for Aspects {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Whether a property of the registry decides whether and as what an entity is published.
fn decides(base: &Base, predicate: &NamedNode) -> bool {
    const DECIDING: [&str; 6] = [
        "kind",
        "minted",
        "mergedInto",
        "withdrawn",
        "withdrawnBy",
        "withdrawnBecause",
    ];
    let local = base
        .strip(predicate.as_str())
        .and_then(|rest| rest.strip_prefix("ns#"));
    local.is_some_and(|local| DECIDING.contains(&local)) || *predicate == dct::IS_REPLACED_BY
}

/// Whether a property of the registry says when what is published of an entity last changed.
fn stamps(base: &Base, predicate: &NamedNode) -> bool {
    let local = base
        .strip(predicate.as_str())
        .and_then(|rest| rest.strip_prefix("ns#"));
    local == Some("changedAt")
}

/// A change that touched an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Touch {
    pub generation: Generation,
    pub aspects: Aspects,
}

/// Gives the changes up to a generation that touched an entity, the first one first.
pub type Touches<'a> = dyn Fn(&NamedNode, Generation) -> Result<Vec<Touch>, StoreError> + 'a;

/// The versions among the changes that touched an entity: after each of these, readers get
/// something else under its IRI. What was decided before anything was published is none.
pub fn versions(touches: &[Touch]) -> Vec<Generation> {
    let first = touches
        .iter()
        .find(|touch| touch.aspects.has(Aspects::PUBLIC));
    let first = first.map_or(Generation(0), |touch| touch.generation);
    touches
        .iter()
        .filter(|touch| touch.generation >= first)
        .filter(|touch| touch.aspects.has(Aspects::PUBLIC) || touch.aspects.has(Aspects::STATE))
        .map(|touch| touch.generation)
        .collect()
}

/// Whether a subject is an entity or a part of it.
pub(crate) fn is_about(entity: &NamedNode, subject: &NamedOrBlankNode) -> bool {
    let NamedOrBlankNode::NamedNode(subject) = subject else {
        return false;
    };
    let rest = subject.as_str().strip_prefix(entity.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}
