//! Keeping what entities meet in step with a change, inside its write.

use crate::ingest::Door;
use crate::ingest::conformance::{JudgeError, Judgement, judge_by_all, met};
use crate::rdf::Quads;
use crate::shapes::{Affected, Change, affected};
use crate::store::{PublicChange, StoreError, View, Write, behind_quad};
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeMap, BTreeSet};

/// What a write found out about the entities that it judged.
pub type Judged = BTreeMap<NamedNode, Vec<Judgement>>;

/// Judges all that this write can have affected so far, and writes what they meet. When that is
/// too many of them, it only notes that the profiles are behind, and gives `None`.
///
/// # Errors
/// When the storage fails.
pub fn keep_in_step(write: &mut Write<'_>, door: &Door) -> Result<Option<Judged>, JudgeError> {
    let Some(change) = write.public_change(door.judged_at_once) else {
        leave_behind(write)?;
        return Ok(None);
    };
    let entities = {
        let (before, after) = (write.before(), write.after());
        affected_entities(door, &before.public(), &after, change, door.judged_at_once)?
    };
    judge_and_write(write, door, entities)
}

/// The same for a write whose state before does not have all that it takes away from the public
/// view: `before` has, and `change` says what that is.
///
/// # Errors
/// When the storage fails.
pub fn judge_change(
    write: &mut Write<'_>,
    door: &Door,
    before: &View<'_>,
    change: PublicChange,
) -> Result<Option<Judged>, JudgeError> {
    let most = door.judged_at_once;
    let entities = affected_entities(door, &before.public(), &write.after(), change, most)?;
    judge_and_write(write, door, entities)
}

fn judge_and_write(
    write: &mut Write<'_>,
    door: &Door,
    entities: Option<BTreeSet<NamedNode>>,
) -> Result<Option<Judged>, JudgeError> {
    let Some(entities) = entities else {
        leave_behind(write)?;
        return Ok(None);
    };
    let mut judged = Judged::new();
    for entity in entities {
        let view = write.after();
        let judgements = judge_by_all(door, &view, &entity, &|| false)?;
        let current = view.met_by(&entity)?;
        let wanted = met(door, &view, &entity, &judgements);
        write.replace(current, wanted);
        judged.insert(entity, judgements);
    }
    Ok(Some(judged))
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
