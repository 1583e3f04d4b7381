//! Puts an accepted change into the storage. Readers see all of it or nothing.
//!
//! A small change is one transaction. A large one would need gigabytes as one: its additions are
//! loaded in bulk, beside the storage, and then, behind a gate that readers wait at, its
//! deletions, its additions and its generation go in one after the other. The generation comes
//! last, and doing all of it twice is the same as once: a crash in between replays it.

use crate::model::{Progress, Stage};
use crate::store::StoreError;
use oxigraph::store::Store as Quads;
use oxrdf::Quad;
use std::fs;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// A change of more quads than this is loaded in bulk.
pub(super) const LARGE: usize = 100_000;
/// Quads removed in one transaction while readers wait.
const CHUNK: usize = 50_000;
/// What the bulk loader may use, roughly: it counts one kilobyte for a quad. Less means more files
/// that overlap, which are slow to read until the storage has put them together.
const BULK_MEGABYTES: usize = 800;
const BULK_THREADS: usize = 2;

/// A change on its way into the storage.
pub(super) struct Change<D, A> {
    pub deletions: D,
    pub additions: A,
    /// How many quads it has, both together.
    pub quads: usize,
    /// The generation before, if there was one, and the one that it makes.
    pub generations: (Option<Quad>, Quad),
}

/// What a new reader waits at while a large change goes in.
#[derive(Debug, Default)]
pub(super) struct Gate {
    /// Whether the storage holds half a change, because the rest of it failed.
    is_half: RwLock<bool>,
}

impl Gate {
    /// Lets a reader in.
    pub fn pass(&self) -> Result<RwLockReadGuard<'_, bool>, StoreError> {
        let is_half = self.is_half.read().unwrap_or_else(PoisonError::into_inner);
        if *is_half {
            return Err(StoreError::Half);
        }
        Ok(is_half)
    }
}

/// Applies a change. After an error the storage has none of it, or the gate is closed.
pub(super) fn apply<D, A>(
    quads: &Quads,
    gate: &Gate,
    change: Change<D, A>,
    progress: Option<&Progress>,
) -> Result<(), StoreError>
where
    D: Iterator<Item = Result<Quad, StoreError>>,
    A: Iterator<Item = Result<Quad, StoreError>>,
{
    let (former, generation) = change.generations;
    // The storage is told which generation it has at the very end.
    let tells = |quad: &Result<Quad, StoreError>| {
        quad.as_ref().is_ok_and(|quad| {
            quad.predicate == generation.predicate && quad.subject == generation.subject
        })
    };
    let deletions = change.deletions.filter(|quad| !tells(quad));
    let additions = change.additions.filter(|quad| !tells(quad));
    let tell = |transaction: &mut oxigraph::store::Transaction<'_>| {
        if let Some(former) = &former {
            transaction.remove(former);
        }
        transaction.insert(&generation);
    };
    if change.quads <= LARGE {
        let mut transaction = quads.start_transaction()?;
        for quad in deletions {
            transaction.remove(&quad?);
        }
        for quad in additions {
            transaction.insert(&quad?);
        }
        tell(&mut transaction);
        return Ok(transaction.commit()?);
    }
    if let Some(progress) = progress {
        progress.begin(Stage::Storing, change.quads);
    }
    let mut loader = quads
        .bulk_loader()
        .with_num_threads(BULK_THREADS)
        .with_max_memory_size_in_megabytes(BULK_MEGABYTES);
    let mut additions = additions.inspect(|_| {
        if let Some(progress) = progress {
            progress.advance(1);
        }
    });
    let first = additions.next().transpose()?;
    loader.load_ok_quads::<StoreError, StoreError>(additions)?;
    // Each further batch waits for an earlier one to be done, so that readers need not.
    for _ in 0..BULK_THREADS {
        loader.load_quads(first.clone())?;
    }
    let mut is_half = gate.is_half.write().unwrap_or_else(PoisonError::into_inner);
    *is_half = true;
    let mut deletions = deletions.peekable();
    while deletions.peek().is_some() {
        let mut transaction = quads.start_transaction()?;
        for quad in deletions.by_ref().take(CHUNK) {
            transaction.remove(&quad?);
        }
        transaction.commit()?;
    }
    loader.commit()?;
    let mut transaction = quads.start_transaction()?;
    tell(&mut transaction);
    transaction.commit()?;
    *is_half = false;
    Ok(())
}

/// Removes what a bulk load left behind that was interrupted.
pub(super) fn remove_leftovers(store_folder: &Path) {
    for entry in fs::read_dir(store_folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("bulk-") && name.ends_with(".sst") {
            // They are in nobody's way; another opening may remove them.
            let _ = fs::remove_file(entry.path());
        }
    }
}
