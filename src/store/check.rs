//! Whether the log is as it was written, and the store is what the log says.

use crate::model::{Activity, Generation};
use crate::store::log::{Log, Side};
use crate::store::{LogError, STATE, Store, StoreError};
use oxrdf::{Quad, Term};
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};
use std::sync::PoisonError;

/// How many differing quads a report names.
const NAMED_QUADS: usize = 10;

/// What [`Store::check`] found.
#[derive(Debug)]
pub struct CheckReport {
    pub records: u64,
    pub quads: u64,
    pub problems: Vec<Problem>,
}

#[derive(Debug, thiserror::Error)]
pub enum Problem {
    #[error(transparent)]
    Log(LogError),
    #[error("generation {generation} removes `{quad}`, which was not there")]
    RemovesNothing {
        generation: Generation,
        quad: String,
    },
    #[error("generation {generation} adds `{quad}`, which was there already")]
    AddsNothing {
        generation: Generation,
        quad: String,
    },
    #[error("the log has `{0}`, the store does not")]
    MissingInStore(String),
    #[error("the store has `{0}`, the log does not")]
    MissingInLog(String),
    #[error("the notice `{path}` of generation {generation}: {what}")]
    Notice {
        path: String,
        generation: Generation,
        what: &'static str,
    },
    #[error("`{entity}`: {what}")]
    Public { entity: String, what: String },
}

pub(super) fn check(store: &Store) -> Result<CheckReport, StoreError> {
    let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
    let snapshot = store.snapshot()?;
    let mut problems = Vec::new();
    let mut from_log = SetHash::default();
    if let Some(origin) = log.origin() {
        for quad in origin.quads(&log.folder().join(STATE))? {
            from_log.add(&quad?);
        }
    }
    for generation in log.generations() {
        match from_log.replay(&log, generation) {
            Ok(()) => {}
            Err(error) => {
                problems.push(Problem::Log(error));
                return Ok(CheckReport {
                    records: generation.0 - 1,
                    quads: 0,
                    problems,
                });
            }
        }
    }
    check_notices(store, &log, &mut problems)?;
    let mut from_store = SetHash::default();
    for quad in snapshot.view().quads(None, None, None, None) {
        from_store.add(&quad?);
    }
    let records = log.generation().0;
    if from_log != from_store {
        name_differences(store, &log, &mut problems)?;
    }
    Ok(CheckReport {
        records,
        quads: from_store.count,
        problems,
    })
}

/// Every notice is of a redaction that the chain names, and what it blanked is blank.
fn check_notices(
    store: &Store,
    log: &crate::store::log::Log,
    problems: &mut Vec<Problem>,
) -> Result<(), StoreError> {
    for (notice, path, sha256) in log.notices().iter() {
        let generation = notice.generation;
        let mut problem = |what| {
            problems.push(Problem::Notice {
                path: path.display().to_string(),
                generation,
                what,
            });
        };
        if generation > log.generation() {
            problem("the log has no such change");
            continue;
        }
        if log
            .origin()
            .is_some_and(|origin| generation <= origin.generation)
        {
            // The state that the log begins with is what came of it.
            continue;
        }
        let (header, patch) = log.read(generation)?;
        let names_it = patch.additions.iter().any(|quad| {
            quad.predicate == store.about.base.sv("notice")
                && quad.subject == store.about.base.change(generation).into()
                && matches!(&quad.object, Term::Literal(literal) if literal.value() == sha256)
        });
        if header.activity != Activity::Redact || !names_it {
            problem("the change of that generation does not name it");
        }
        if header.log != notice.log || header.base != notice.base {
            problem("it is of another log");
        }
    }
    Ok(())
}

/// A hash of a set of quads that does not depend on their order and takes quads back, so that
/// two large sets are compared in constant memory.
#[derive(Default, PartialEq, Eq)]
struct SetHash {
    sum: u128,
    count: u64,
}

impl SetHash {
    fn replay(&mut self, log: &Log, generation: Generation) -> Result<(), LogError> {
        let record = log.record(generation)?;
        for quad in record.quads(Side::Deletions)? {
            self.remove(&quad?);
        }
        for quad in record.quads(Side::Additions)? {
            self.add(&quad?);
        }
        Ok(())
    }

    fn add(&mut self, quad: &Quad) {
        self.sum = self.sum.wrapping_add(Self::of(quad));
        self.count = self.count.wrapping_add(1);
    }

    fn remove(&mut self, quad: &Quad) {
        self.sum = self.sum.wrapping_sub(Self::of(quad));
        self.count = self.count.wrapping_sub(1);
    }

    fn of(quad: &Quad) -> u128 {
        let digest = Sha256::digest(quad.to_string());
        digest
            .iter()
            .take(16)
            .fold(0, |number, byte| (number << 8) | u128::from(*byte))
    }
}

/// Replays the log in memory and names some of the quads that differ.
fn name_differences(
    store: &Store,
    log: &Log,
    problems: &mut Vec<Problem>,
) -> Result<(), StoreError> {
    let mut quads: FxHashSet<Quad> = FxHashSet::default();
    if let Some(origin) = log.origin() {
        for quad in origin.quads(&log.folder().join(STATE))? {
            quads.insert(quad?);
        }
    }
    for generation in log.generations() {
        let (_, patch) = log.read(generation)?;
        for quad in patch.deletions {
            if !quads.remove(&quad) && problems.len() < NAMED_QUADS {
                problems.push(Problem::RemovesNothing {
                    generation,
                    quad: quad.to_string(),
                });
            }
        }
        for quad in patch.additions {
            if problems.len() < NAMED_QUADS && quads.contains(&quad) {
                problems.push(Problem::AddsNothing {
                    generation,
                    quad: quad.to_string(),
                });
            }
            quads.insert(quad);
        }
    }
    for quad in store.snapshot()?.view().quads(None, None, None, None) {
        let quad = quad?;
        if !quads.remove(&quad) && problems.len() < NAMED_QUADS {
            problems.push(Problem::MissingInLog(quad.to_string()));
        }
    }
    let mut missing: Vec<String> = quads.iter().map(Quad::to_string).collect();
    missing.sort_unstable();
    problems.extend(
        missing
            .into_iter()
            .take(NAMED_QUADS)
            .map(Problem::MissingInStore),
    );
    Ok(())
}
