//! Which entities senders mean by an IRI, whoever of them wrote it: one look-up instead of one for
//! each source.
//!
//! The registry keeps a sender's identifiers under the sender's name, so that nobody speaks for
//! another. The [`Follower`] reads them out of the log behind the store and keeps them the other way
//! round, in memory; `DIR/index/identifiers` can be made again at any time. Nothing is decided by
//! it: what an entity is now is read from the store.

mod follow;
mod keep;

pub use follow::Follower;

use crate::app::following::entities::{Entity, iri_of, number_of};
use crate::model::{Base, Generation, SourceName};
use crate::store::{StoreError, key_of_alias};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked whether the index has come so far.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

#[derive(Debug, thiserror::Error)]
pub enum IdentifiersError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// The program ends.
    #[error("the indexing of identifiers was interrupted")]
    Interrupted,
}

/// An identifier, shortened to what tells it from all others: no sender can find two alike.
type Key = [u64; 2];
/// That a source means an entity by an identifier; the source is shortened too, it is only to be
/// told from the few others that use the same one.
type Use = (Key, Entity, u32);

/// What is known at one generation.
#[derive(Debug, Default)]
struct Index {
    generation: Generation,
    uses: BTreeSet<Use>,
}

/// What is known, for all who want to read it.
pub struct Identifiers {
    index: RwLock<Option<Index>>,
    folder: PathBuf,
}

impl Identifiers {
    /// Those of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            index: RwLock::new(None),
            folder: data.join("index").join("identifiers"),
        }
    }

    /// The generation of which everything is known; `None` while the index is being made.
    pub fn generation(&self) -> Option<Generation> {
        self.read(|index| index.generation)
    }

    /// How many identifiers are known; one that two sources use counts twice.
    pub fn count(&self) -> usize {
        self.read(|index| index.uses.len()).unwrap_or_default()
    }

    /// Waits until all is known of a generation, and no longer than so. Gives of which generation
    /// all is known then.
    pub fn wait_for(&self, generation: Generation, patience: Duration) -> Option<Generation> {
        let end = Instant::now() + patience;
        loop {
            let known = self.generation();
            if known >= Some(generation) || Instant::now() >= end {
                return known;
            }
            thread::sleep(LOOK_AGAIN);
        }
    }

    /// The entities that senders mean by an identifier, in the order of their names.
    pub fn meant_by(&self, base: &Base, identifier: &str) -> Vec<NamedNode> {
        let key = key_of(identifier);
        let entities = self.read(|index| {
            let uses = index.uses.range((key, 0, 0)..=(key, Entity::MAX, u32::MAX));
            let mut entities: Vec<Entity> = uses.map(|(_, entity, _)| *entity).collect();
            entities.dedup();
            entities
        });
        let entities = entities.unwrap_or_default().into_iter();
        entities.map(|entity| iri_of(base, entity)).collect()
    }

    fn read<T>(&self, what: impl FnOnce(&Index) -> T) -> Option<T> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.as_ref().map(what)
    }

    fn put(&self, index: Index) {
        let mut current = self.index.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(index);
    }

    fn change(&self, what: impl FnOnce(&mut Index)) {
        let mut current = self.index.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = current.as_mut() {
            what(index);
        }
    }
}

/// What a quad of the registry says of a sender's identifier. Those that are no IRIs, such as a
/// name that stands for one, are of use to their sender alone.
fn use_in(base: &Base, quad: &Quad) -> Option<Use> {
    let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(object)) =
        (&quad.subject, &quad.object)
    else {
        return None;
    };
    let (source, identifier) = key_of_alias(base, subject.as_str())?;
    let is_iri = identifier.contains("://") || identifier.starts_with("urn:");
    let entity = number_of(base, object.as_str())?;
    is_iri.then(|| (key_of(&identifier), entity, mark_of(&source)))
}

fn key_of(identifier: &str) -> Key {
    let hash = Sha256::digest(identifier.as_bytes());
    let number = |from: usize| {
        let bytes = hash
            .get(from..from + 8)
            .and_then(|bytes| bytes.try_into().ok());
        u64::from_be_bytes(bytes.unwrap_or_default())
    };
    [number(0), number(8)]
}

fn mark_of(source: &SourceName) -> u32 {
    let hash = Sha256::digest(source.as_str().as_bytes());
    let bytes = hash.get(..4).and_then(|bytes| bytes.try_into().ok());
    u32::from_be_bytes(bytes.unwrap_or_default())
}
