//! Bringing up to date what entities meet, after a change that affected too many of them to be
//! judged in passing, or when the shapes are others.
//!
//! All that is published is judged as one snapshot shows it, while others go on writing. What
//! they write is then read in the log, and what that can have affected is judged anew, until so
//! little is left that it can be done while nobody writes. The differences are written in parts,
//! so that nobody waits for all of them. The mark that the profiles are behind goes with the last
//! part: whatever ends this early leaves it, and it is begun again.

use crate::ingest::Door;
use crate::ingest::conformance::step::affected_entities;
use crate::ingest::conformance::{Judge, JudgeError, bounds, met};
use crate::model::{Activity, Generation, Progress, SourceName, Stage, time};
use crate::shapes::ValidationError;
use crate::store::{Store, StoreError, View, Write, behind_quad, meets_quad};
use indexmap::IndexSet;
use jiff::Timestamp;
use oxrdf::{NamedNode, Quad, Term};
use std::collections::BTreeMap;

/// Quads that one change writes at most.
const PART_QUADS: usize = 50_000;
/// A log that is longer than this, in quads, is not read on: all is judged anew.
const LOG_QUADS: usize = 200_000;
/// What others wrote meanwhile is judged while they wait when it is no more than this, in quads.
const LAST_QUADS: usize = 2_000;
/// As [`LAST_QUADS`], for the entities that it can have affected.
const LAST_ENTITIES: usize = 100;

#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// It was asked to stop; what is not done stays marked.
    #[error("the profiles were not brought up to date: it was stopped")]
    Stopped,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the profiles could not be brought up to date: {0}")]
    Validation(#[from] ValidationError),
}

impl From<JudgeError> for FollowError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Store(StoreError::Interrupted)
            | JudgeError::Validation(ValidationError::Stopped) => Self::Stopped,
            JudgeError::Store(error) => Self::Store(error),
            JudgeError::Validation(error) => Self::Validation(error),
        }
    }
}

/// Brings up to date what entities meet, if that is behind. Gives the generation that did, or
/// `None` when there was nothing to do. The time of each change is asked of `now`.
///
/// # Errors
/// When the storage fails or it is asked to stop. All can be done again.
pub fn follow(
    store: &Store,
    door: &Door,
    now: &dyn Fn() -> Timestamp,
    progress: &Progress,
) -> Result<Option<Generation>, FollowError> {
    loop {
        if store.snapshot()?.view().profiles_behind()?.is_none() {
            return Ok(None);
        }
        if let Some(generation) = judge_all_and_write(store, door, now, progress)? {
            return Ok(Some(generation));
        }
    }
}

/// `None` when so much was written meanwhile that all must be judged anew.
fn judge_all_and_write(
    store: &Store,
    door: &Door,
    now: &dyn Fn() -> Timestamp,
    progress: &Progress,
) -> Result<Option<Generation>, FollowError> {
    let following = Following { door, progress };
    let mut snapshot = store.snapshot()?;
    let mut generation = snapshot.view().generation()?;
    let mut differences = following.judge_all(&snapshot.view())?;
    loop {
        following.go_on()?;
        let mut write = store.write()?;
        let Some(change) = write.changed_since(generation, LOG_QUADS)? else {
            return Ok(None);
        };
        let is_little = change.added.len() + change.removed.len() <= LAST_QUADS;
        let view = snapshot.view();
        let most = door.judged_at_once.min(LAST_ENTITIES);
        let most = if is_little { most } else { 0 };
        let (before, after) = (view.public(), write.after());
        let anew = affected_entities(door, &before, &after, change, most)?;
        let Some(anew) = anew else {
            // Nobody waits while the rest is judged as a later snapshot shows it.
            let reached = write.before().generation()?;
            let Some(change) = write.changed_since(generation, LOG_QUADS)? else {
                return Ok(None);
            };
            let later = store.snapshot()?;
            drop(write);
            let after = later.view();
            let anew = affected_entities(door, &before, &after, change, usize::MAX)?;
            following.judge(&after, anew.into_iter().flatten(), &mut differences)?;
            drop(before);
            snapshot = later;
            generation = reached;
            continue;
        };
        following.judge(&after, anew, &mut differences)?;
        let is_last = write_part(&mut write, &mut differences)?;
        if is_last && let Some(at) = write.after().profiles_behind()? {
            let mark = behind_quad(store.base(), at);
            write.remove(mark)?;
        }
        let system = SourceName::system();
        let written = write.commit(&time::utc(now()), &system, Activity::Profiles)?;
        if is_last {
            return Ok(Some(written));
        }
        // Only when nobody wrote since does a new snapshot have what is known here.
        let later = store.snapshot()?;
        if later.view().generation()? == written {
            drop(before);
            snapshot = later;
            generation = written;
        }
    }
}

/// Takes some differences away and writes them; says whether those were the last.
fn write_part(write: &mut Write<'_>, differences: &mut Differences) -> Result<bool, StoreError> {
    let base = write.after().base().clone();
    let mut quads = 0;
    while quads < PART_QUADS {
        let Some((entity, number)) = differences.entities.pop_first() else {
            return Ok(true);
        };
        let Some(kind) = differences.kinds.get_index(number) else {
            continue;
        };
        let of = |profiles: &[NamedNode]| -> Vec<Quad> {
            let profiles = profiles.iter().cloned();
            profiles
                .map(|profile| meets_quad(&base, entity.clone(), profile))
                .collect()
        };
        let (removed, added) = (of(&kind.removed), of(&kind.added));
        quads += removed.len() + added.len();
        write.replace(removed, added);
    }
    Ok(differences.entities.is_empty())
}

/// What is to be written: by entity, which kind of difference.
#[derive(Default)]
struct Differences {
    entities: BTreeMap<NamedNode, usize>,
    /// There are few kinds, and many entities.
    kinds: IndexSet<Difference>,
}

/// The profiles that an entity is no longer, and newly, said to meet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Difference {
    removed: Vec<NamedNode>,
    added: Vec<NamedNode>,
}

impl Differences {
    fn set(&mut self, entity: NamedNode, current: &[Quad], wanted: &[Quad]) {
        let of = |these: &[Quad], others: &[Quad]| -> Vec<NamedNode> {
            let new = these.iter().filter(|quad| !others.contains(quad));
            let profiles = new.filter_map(|quad| match &quad.object {
                Term::NamedNode(profile) => Some(profile.clone()),
                _ => None,
            });
            let mut profiles: Vec<NamedNode> = profiles.collect();
            profiles.sort_unstable();
            profiles
        };
        let difference = Difference {
            removed: of(current, wanted),
            added: of(wanted, current),
        };
        if difference.removed.is_empty() && difference.added.is_empty() {
            self.entities.remove(&entity);
        } else {
            let (number, _) = self.kinds.insert_full(difference);
            self.entities.insert(entity, number);
        }
    }
}

struct Following<'a> {
    door: &'a Door,
    progress: &'a Progress,
}

impl Following<'_> {
    fn go_on(&self) -> Result<(), FollowError> {
        if self.progress.is_stopped() {
            return Err(FollowError::Stopped);
        }
        Ok(())
    }

    fn judge_all(&self, view: &View<'_>) -> Result<Differences, FollowError> {
        let entities = view.ever_published()?;
        self.progress.begin(Stage::Judging, entities.len());
        let mut differences = Differences::default();
        self.judge(view, entities, &mut differences)?;
        Ok(differences)
    }

    fn judge(
        &self,
        view: &View<'_>,
        entities: impl IntoIterator<Item = NamedNode>,
        differences: &mut Differences,
    ) -> Result<(), FollowError> {
        let is_stopped = || self.progress.is_stopped();
        let public = view.public();
        let mut judge = Judge::new(self.door, view, &public, bounds(&is_stopped));
        for entity in entities {
            self.go_on()?;
            let judgements = judge.by_all(&entity)?;
            let wanted = met(self.door, view, &entity, &judgements);
            differences.set(entity.clone(), &view.met_by(&entity)?, &wanted);
            self.progress.advance(1);
        }
        Ok(())
    }
}
