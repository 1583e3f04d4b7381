//! Quality: which profiles the published entities meet, by source, how that moved, and which
//! other shapes they would meet.
//!
//! The [`Follower`] reads the log behind the store and keeps an [`index`] of all entities; it
//! writes nothing into the store and keeps nobody waiting. What is shown is counted from the
//! index ([`figures`]) and names the index's generation. What can be made again is in
//! `DIR/index/quality` ([`keep`]), what cannot is in `DIR/quality` ([`history`], [`rehearsals`]).

pub mod figures;
mod follow;
pub mod history;
mod index;
mod keep;
pub mod rehearsals;

pub use crate::app::following::Progress;
pub use follow::Follower;

use crate::app::following::Pass;
use crate::app::following::entities::number_of;
use crate::ingest::conformance::{self, Judge, JudgeError};
use crate::ingest::{Door, builtin};
use crate::model::{Base, Finding, Generation};
use crate::shapes;
use crate::store::{StoreError, View};
use figures::Figures;
use history::History;
use index::{Index, Known};
use oxrdf::NamedNode;
use rehearsals::{RehearsalError, Rehearsals, hash_of};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// What is kept for good, and backups take along.
const KEPT: &str = "quality";
#[derive(Debug, thiserror::Error)]
pub enum QualityError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the data could not be judged: {0}")]
    Quads(#[from] crate::rdf::QuadsError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Rehearsal(#[from] RehearsalError),
    /// The program ends.
    #[error("the judging was interrupted")]
    Interrupted,
}

/// What is known of quality, for all who want to read it.
pub struct Quality {
    index: RwLock<Option<Index>>,
    /// Moves with each change of the index.
    revision: AtomicU64,
    figures: Mutex<Option<(u64, Arc<Figures>)>>,
    pass: Pass,
    pub history: History,
    pub rehearsals: Rehearsals,
    /// Where the index is kept.
    folder: PathBuf,
    /// The hash of what verdicts follow from beside the data.
    rules: String,
}

impl Quality {
    /// What a data folder keeps.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(data: &Path, door: &Door) -> Result<Self, QualityError> {
        let kept = data.join(KEPT);
        let history = History::open(&kept).map_err(|error| QualityError::Io {
            path: kept.clone(),
            error,
        })?;
        Ok(Self {
            index: RwLock::new(None),
            revision: AtomicU64::new(0),
            figures: Mutex::new(None),
            pass: Pass::default(),
            history,
            rehearsals: Rehearsals::open(&kept, door)?,
            folder: data.join("index").join("quality"),
            rules: rules_of(door),
        })
    }

    /// The numbers, or `None` when nothing is judged yet. They are counted once for each state
    /// of the index.
    pub fn figures(&self, base: &Base) -> Option<Arc<Figures>> {
        let mut known = self.figures.lock().unwrap_or_else(PoisonError::into_inner);
        let revision = self.revision.load(Ordering::Acquire);
        if let Some((of, figures)) = &*known
            && *of == revision
        {
            return Some(Arc::clone(figures));
        }
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        let figures = Arc::new(figures::of(index.as_ref()?, base));
        *known = Some((revision, Arc::clone(&figures)));
        Some(figures)
    }

    /// The generation that is judged, if any.
    pub fn generation(&self) -> Option<Generation> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.as_ref().map(|index| index.generation)
    }

    /// How far the judging of all entities is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.pass.progress()
    }

    fn read<T>(&self, read: impl FnOnce(&Index) -> T) -> Option<T> {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        index.as_ref().map(read)
    }

    /// The profiles that find nothing wrong with an entity at a generation, as far as that is
    /// known: those that it meets, and those that ask nothing of it.
    fn faultless(&self, base: &Base, entity: &NamedNode, at: Generation) -> Vec<(String, Known)> {
        let Some(entity) = number_of(base, entity.as_str()) else {
            return Vec::new();
        };
        let found = self.read(|index| {
            if index.generation != at {
                return Vec::new();
            }
            let verdicts = index.verdicts_on(entity).into_iter();
            verdicts
                .filter(|(column, verdict)| !column.is_rehearsal && verdict.rules.is_empty())
                .map(|(column, verdict)| (column.name.clone(), verdict.known))
                .collect()
        });
        found.unwrap_or_default()
    }

    /// Another number after each change of the index.
    fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    /// Changes the index, quickly: readers wait.
    fn change<T>(&self, change: impl FnOnce(&mut Index) -> T) -> Option<T> {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let changed = index.as_mut().map(change);
        self.revision.fetch_add(1, Ordering::AcqRel);
        changed
    }

    fn replace(&self, new: Index) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        *index = Some(new);
        self.revision.fetch_add(1, Ordering::AcqRel);
    }
}

/// How one entity stands with a profile, judged now.
pub struct Standing {
    pub profile: String,
    pub meets: bool,
    /// What it lacks, or should have: each kind once, the worst first.
    pub findings: Vec<Finding>,
}

/// How an entity stands with the profiles in this state. One that asks nothing of it is left
/// out. What is known already to be without a fault is not judged again.
///
/// # Errors
/// When the storage fails.
pub fn standings(
    quality: &Quality,
    door: &Door,
    view: View<'_>,
    entity: &NamedNode,
) -> Result<Vec<Standing>, StoreError> {
    let public = view.public();
    let mut judge = Judge::new(door, &view, &public, conformance::bounds(&|| false));
    let mut standings = Vec::new();
    let faultless = quality.faultless(view.base(), entity, view.generation()?);
    for profile in door.profiles() {
        let known = faultless.iter().find(|(name, _)| *name == profile.name);
        match known.map(|(_, known)| known) {
            Some(Known::NotAsked) => continue,
            Some(Known::Meets) => {
                standings.push(Standing {
                    profile: profile.name.clone(),
                    meets: true,
                    findings: Vec::new(),
                });
                continue;
            }
            _ => {}
        }
        let judgement = match judge.by(profile, entity) {
            Ok(judgement) => judgement,
            Err(JudgeError::Store(error)) => return Err(error),
            Err(JudgeError::Validation(error)) => {
                return Err(StoreError::Unreadable(error.to_string()));
            }
        };
        if judgement.standing == conformance::Standing::NotAsked {
            continue;
        }
        let mut findings = shapes::findings(&judgement.results, &profile.name);
        let key = |finding: &Finding| {
            let Finding {
                severity,
                rule,
                path,
                kind,
                ..
            } = finding.clone();
            (severity, rule, path, kind)
        };
        findings.sort_by_key(key);
        findings.dedup_by_key(|finding| key(finding));
        standings.push(Standing {
            profile: profile.name.clone(),
            meets: judgement.standing == conformance::Standing::Meets,
            findings,
        });
    }
    Ok(standings)
}

/// Profiles, class hierarchy and program: when one of them is another, all is judged again.
fn rules_of(door: &Door) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(builtin::file("ontology/ontology.ttl").unwrap_or_default());
    for profile in door.profiles() {
        hash.update(&profile.name);
        hash.update(hash_of(&profile.triples));
    }
    super::private::hexadecimal(&hash.finalize())
}
