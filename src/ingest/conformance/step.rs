//! Keeping what entities meet in step with a change, inside its write.

use crate::ingest::conformance::{Judge, JudgeError, Judgement, Standing, bounds, met};
use crate::ingest::{Door, ProfileReport};
use crate::model::{Finding, Groups};
use crate::rdf::Quads;
use crate::shapes::{Affected, Change, affected, findings};
use crate::store::{PublicChange, StoreError, View, Write, behind_quad};
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How long one write judges; what is left then is the follower's, and others can write.
/// Thousands of entities take less, unless a profile has costly queries.
const TIME_AT_ONCE: Duration = Duration::from_secs(3);

/// What a sender calls the entities that a report tells of.
pub type Names = BTreeMap<NamedNode, String>;

/// Judges all that this write can have affected so far, and writes what they meet. When that is
/// too many of them, it only notes that the profiles are behind. Gives how the entities with
/// `names` stand with the profiles that inform, if that was found out.
///
/// # Errors
/// When the storage fails.
pub fn keep_in_step(
    write: &mut Write<'_>,
    door: &Door,
    names: Option<&Names>,
) -> Result<Option<Vec<ProfileReport>>, JudgeError> {
    let Some(change) = write.public_change(door.judged_at_once) else {
        leave_behind(write)?;
        return Ok(None);
    };
    let entities = {
        let (before, after) = (write.before(), write.after());
        affected_entities(door, &before.public(), &after, change, door.judged_at_once)?
    };
    let Some(entities) = entities else {
        leave_behind(write)?;
        return Ok(None);
    };
    let mut telling = names.map(|names| Telling::new(door, names));
    if !judge_and_write(write, door, &entities, &mut telling)? {
        return Ok(None);
    }
    Ok(telling.map(Telling::told))
}

/// The same for a write whose state before does not have all that it takes away from the public
/// view: `before` has, and `change` says what that is. It tells nothing.
///
/// # Errors
/// When the storage fails.
pub fn judge_change(
    write: &mut Write<'_>,
    door: &Door,
    before: &View<'_>,
    change: PublicChange,
) -> Result<(), JudgeError> {
    let most = door.judged_at_once;
    match affected_entities(door, &before.public(), &write.after(), change, most)? {
        None => leave_behind(write)?,
        Some(entities) => {
            judge_and_write(write, door, &entities, &mut None)?;
        }
    }
    Ok(())
}

/// Judges entities, and those that are told of besides, and writes what the former meet; says
/// whether it did. Where that would keep others waiting, it only notes that the profiles are
/// behind.
fn judge_and_write(
    write: &mut Write<'_>,
    door: &Door,
    entities: &BTreeSet<NamedNode>,
    telling: &mut Option<Telling<'_>>,
) -> Result<bool, JudgeError> {
    let begun = Instant::now();
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    let is_done = 'judging: {
        let view = write.after();
        let public = view.public();
        let mut judge = Judge::new(door, &view, &public, bounds(&|| false));
        for entity in entities {
            if begun.elapsed() > TIME_AT_ONCE {
                break 'judging false;
            }
            let judgements = judge.by_all(entity)?;
            gone.extend(view.met_by(entity)?);
            new.extend(met(door, &view, entity, &judgements));
            if let Some(telling) = telling {
                telling.add(entity, &judgements);
            }
        }
        if let Some(telling) = telling {
            let others = telling.names.keys();
            for entity in others.filter(|entity| !entities.contains(*entity)) {
                if begun.elapsed() > TIME_AT_ONCE {
                    break 'judging false;
                }
                telling.add(entity, &judge.by_all(entity)?);
            }
        }
        true
    };
    if is_done {
        write.replace(gone, new);
    } else {
        leave_behind(write)?;
    }
    Ok(is_done)
}

/// A report in the making: only groups of findings are kept.
struct Telling<'a> {
    names: &'a Names,
    profiles: Vec<(ProfileReport, Groups)>,
}

impl<'a> Telling<'a> {
    fn new(door: &Door, names: &'a Names) -> Self {
        let informing = door.informing().iter();
        let profiles =
            informing.map(|profile| (ProfileReport::new(&profile.name), Groups::default()));
        Self {
            names,
            profiles: profiles.collect(),
        }
    }

    /// Takes the judgements of all profiles of the door on one entity.
    fn add(&mut self, entity: &NamedNode, judgements: &[Judgement]) {
        let Some(name) = self.names.get(entity) else {
            return;
        };
        // The first profile gates: what it finds is told among what decides.
        for (judgement, (report, groups)) in judgements.iter().skip(1).zip(&mut self.profiles) {
            report.asked += u64::from(judgement.standing != Standing::NotAsked);
            report.meets += u64::from(judgement.standing == Standing::Meets);
            let found = findings(&judgement.results, &report.profile).into_iter();
            groups.extend(found.map(|finding| Finding {
                subject: name.clone(),
                ..finding
            }));
        }
    }

    fn told(self) -> Vec<ProfileReport> {
        let asked = self
            .profiles
            .into_iter()
            .filter(|(report, _)| report.asked > 0);
        asked
            .map(|(report, groups)| ProfileReport {
                groups: groups.into_sorted(),
                ..report
            })
            .collect()
    }
}

/// Notes that what entities are said to meet is that of the generation before this write, if it
/// is not older already.
///
/// # Errors
/// When the storage fails.
pub fn leave_behind(write: &mut Write<'_>) -> Result<(), StoreError> {
    if write.after().profiles_behind()?.is_none() {
        let before = write.before();
        let mark = behind_quad(before.base(), before.generation()?);
        write.insert(mark)?;
    }
    Ok(())
}

/// The entities whose judgement by any profile a change can have changed; `None` when they are
/// more than `most`.
pub(super) fn affected_entities(
    door: &Door,
    before: &dyn Quads,
    after: &View<'_>,
    change: PublicChange,
    most: usize,
) -> Result<Option<BTreeSet<NamedNode>>, StoreError> {
    let public = after.public();
    let seen = Change {
        before,
        after: &public,
        classes_before: &door.classes,
        classes_after: &door.classes,
        added: &change.added,
        removed: &change.removed,
    };
    // Also those that no shape reads: a shape may target one by its name.
    let mut entities = change.entities;
    for profile in door.profiles() {
        let nodes = match affected(&profile.shapes, &seen, most) {
            Ok(Affected::Nodes(nodes)) => nodes,
            Ok(Affected::TooMany) => return Ok(None),
            Err(error) => return Err(StoreError::Unreadable(error.to_string())),
        };
        for node in nodes {
            if let Term::NamedNode(node) = node
                && after.base().entity_of(node.as_str()).is_some()
            {
                entities.insert(after.whole_of(&node));
            }
        }
        if entities.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(entities))
}
