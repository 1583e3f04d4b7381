//! Two entities are one, and taking that back.

use super::{
    Act, HandError, Report, carry_out, common_kind, entity_named, pair, pointing_to, reason,
};
use crate::ingest::Door;
use crate::ingest::apply::Hands;
use crate::ingest::fuse::LeftOut;
use crate::ingest::verify::left_out;
use crate::model::Activity;
use crate::store::{Store, StoreError, View, Write, quad};
use jiff::Timestamp;
use oxrdf::{NamedNode, Quad};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Two entities that are one. Each is an IRI of ours or the last part of one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Merge<'a> {
    pub one: &'a str,
    pub other: &'a str,
    /// Why, for everybody to read.
    pub because: Option<&'a str>,
    /// Merge them although somebody declared them different.
    pub is_despite_different: bool,
    /// Report what would happen, and change nothing.
    pub is_dry_run: bool,
}

/// A merge that was wrong.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unmerge<'a> {
    pub entity: &'a str,
    /// What it is not the same as; may be left out when there is one candidate.
    pub other: Option<&'a str>,
    pub because: Option<&'a str>,
    pub is_dry_run: bool,
}

/// Two entities that are different, however alike they look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Differ<'a> {
    pub one: &'a str,
    pub other: &'a str,
    pub because: Option<&'a str>,
    pub is_dry_run: bool,
}

/// Publishes two entities as one, under the IRI that is older; the other leads there. What
/// sources say stays under the IRI that they say it of.
///
/// # Errors
/// When they cannot be one, or the store fails. A merge that would break the `minimum` profile is
/// no error: the report refuses it and says why.
pub fn merge(
    store: &Store,
    door: &Door,
    merge: &Merge<'_>,
    now: Timestamp,
) -> Result<Report, HandError> {
    let because = reason(merge.because)?;
    let mut write = store.write()?;
    let view = write.before();
    let one = entity_named(&view, merge.one)?;
    let other = entity_named(&view, merge.other)?;
    if one == other {
        return Err(HandError::Same(one));
    }
    common_kind(&view, &one, &other)?;
    let survivors = BTreeSet::from([view.survivor(&one)?, view.survivor(&other)?]);
    let mut members = BTreeSet::new();
    for survivor in &survivors {
        members.extend(view.members(survivor)?);
    }
    let is_new = survivors.len() > 1;
    if is_new && view.are_different(&one, &other)? {
        if !merge.is_despite_different {
            return Err(HandError::Different { one, other });
        }
        remove_pairs(&mut write, "differentFrom", &members)?;
    }
    let mut hands = Hands::default();
    if is_new {
        let together = pair(&write.before(), "mergedWith", &one, &other);
        write.insert(together)?;
        remove_pairs(&mut write, "possibleDuplicate", &members)?;
        let survivor = regroup(&mut write, &members)?;
        hands.touched = touched(&write.before(), &members)?;
        let mut kept_out = LeftOut::new();
        for former in &survivors {
            kept_out.extend(left_out(&write.before(), former)?);
        }
        hands.left_out = BTreeMap::from([(survivor.clone(), kept_out)]);
        hands.former = BTreeMap::from([(survivor, survivors)]);
    }
    let mut entities = vec![write.after().survivor(&one)?];
    entities.extend(
        [one, other]
            .into_iter()
            .filter(|entity| entity != &entities[0])
            .collect::<Vec<_>>(),
    );
    let act = Act {
        activity: Activity::Merge,
        entities,
        because,
        is_dry_run: merge.is_dry_run,
    };
    carry_out(write, door, act, hands, now)
}

/// Takes a merge back: each of the two is published as what its own sources say, and they are
/// different from now on, so that nothing joins or proposes them again.
///
/// # Errors
/// When they are not merged, or the store fails.
pub fn unmerge(
    store: &Store,
    door: &Door,
    unmerge: &Unmerge<'_>,
    now: Timestamp,
) -> Result<Report, HandError> {
    let because = reason(unmerge.because)?;
    let mut write = store.write()?;
    let view = write.before();
    let entity = entity_named(&view, unmerge.entity)?;
    let other = match unmerge.other {
        Some(other) => {
            let other = entity_named(&view, other)?;
            check_merged(&view, &entity, &other)?;
            other
        }
        None => the_other(&view, &entity)?,
    };
    let survivor = view.survivor(&entity)?;
    let members: BTreeSet<NamedNode> = view.members(&survivor)?.into_iter().collect();
    let (together, apart) = (
        pair(&view, "mergedWith", &entity, &other),
        pair(&view, "differentFrom", &entity, &other),
    );
    let mut hands = Hands {
        touched: touched(&view, &members)?,
        may_break_others: true,
        ..Hands::default()
    };
    write.remove(together)?;
    write.insert(apart)?;
    for side in [&entity, &other] {
        let members = connected(&write.after(), side)?;
        let root = regroup(&mut write, &members)?;
        // What had to be left out of both together may be right in each.
        hands.left_out.insert(root.clone(), LeftOut::new());
        if root != survivor {
            hands
                .former
                .insert(root.clone(), BTreeSet::from([survivor.clone()]));
        }
        hands.apart.insert(root);
    }
    let act = Act {
        activity: Activity::Unmerge,
        entities: vec![entity, other],
        because,
        is_dry_run: unmerge.is_dry_run,
    };
    carry_out(write, door, act, hands, now)
}

/// Declares two entities different for good: no proposal names them again, and nothing joins them.
///
/// # Errors
/// When they are merged, or the store fails.
pub fn differ(
    store: &Store,
    door: &Door,
    differ: &Differ<'_>,
    now: Timestamp,
) -> Result<Report, HandError> {
    let because = reason(differ.because)?;
    let mut write = store.write()?;
    let view = write.before();
    let one = entity_named(&view, differ.one)?;
    let other = entity_named(&view, differ.other)?;
    if one == other {
        return Err(HandError::Same(one));
    }
    if view.are_one(&one, &other)? {
        return Err(HandError::Merged { one, other });
    }
    let apart = pair(&view, "differentFrom", &one, &other);
    let mut members: BTreeSet<NamedNode> = BTreeSet::new();
    for entity in [&one, &other] {
        members.extend(view.members(&view.survivor(entity)?)?);
    }
    if write.insert(apart)? {
        remove_pairs(&mut write, "possibleDuplicate", &members)?;
    }
    let act = Act {
        activity: Activity::Differ,
        entities: vec![one, other],
        because,
        is_dry_run: differ.is_dry_run,
    };
    carry_out(write, door, act, Hands::default(), now)
}

/// Removes what the registry says of pairs among these entities.
fn remove_pairs(
    write: &mut Write<'_>,
    local: &str,
    entities: &BTreeSet<NamedNode>,
) -> Result<(), StoreError> {
    let view = write.after();
    let mut gone: Vec<Quad> = Vec::new();
    for entity in entities {
        let others = match local {
            "differentFrom" => view.different_from(entity)?,
            _ => view.possible_duplicates(entity)?,
        };
        gone.extend(
            others
                .intersection(entities)
                .map(|other| pair(&view, local, entity, other)),
        );
    }
    for quad in gone {
        write.remove(quad)?;
    }
    Ok(())
}

/// Lets the oldest of some entities that are one stand for all, and gives it.
fn regroup(write: &mut Write<'_>, members: &BTreeSet<NamedNode>) -> Result<NamedNode, StoreError> {
    let base = write.before().base().clone();
    let mut by_age = Vec::new();
    for member in members {
        by_age.push((write.before().minted_at(member)?, member));
    }
    by_age.sort_unstable();
    let survivor = by_age
        .first()
        .map(|(_, member)| (*member).clone())
        .ok_or_else(|| StoreError::Unreadable("a merge of nothing".to_owned()))?;
    let predicate = base.sv("mergedInto");
    for member in members {
        let mut current = write.after().registry(member)?;
        current.retain(|quad| quad.predicate == predicate);
        let wanted = if *member == survivor {
            Vec::new()
        } else {
            vec![quad(
                &base,
                member.clone(),
                predicate.clone(),
                survivor.clone(),
            )]
        };
        write.replace(current, wanted);
    }
    Ok(survivor)
}

/// What is fused again when entities are joined or taken apart: they, and what points to them.
fn touched(
    view: &View<'_>,
    members: &BTreeSet<NamedNode>,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut touched = pointing_to(view, members)?;
    touched.extend(members.iter().cloned());
    Ok(touched)
}

/// All that are one with an entity by what people declared.
fn connected(view: &View<'_>, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
    Ok(steps(view, entity)?
        .into_keys()
        .chain([entity.clone()])
        .collect())
}

/// All that are one with an entity, each with the next one on the way back to it.
fn steps(
    view: &View<'_>,
    entity: &NamedNode,
) -> Result<BTreeMap<NamedNode, NamedNode>, StoreError> {
    let mut steps: BTreeMap<NamedNode, NamedNode> = BTreeMap::new();
    let mut queue = VecDeque::from([entity.clone()]);
    while let Some(member) = queue.pop_front() {
        for next in view.merged_with(&member)? {
            if next != *entity && !steps.contains_key(&next) {
                steps.insert(next.clone(), member.clone());
                queue.push_back(next);
            }
        }
    }
    Ok(steps)
}

/// That two were declared to be one themselves, not by way of others.
fn check_merged(view: &View<'_>, one: &NamedNode, other: &NamedNode) -> Result<(), HandError> {
    if view.merged_with(one)?.contains(other) {
        return Ok(());
    }
    let back = steps(view, one)?;
    let mut path = Vec::new();
    let mut at = other;
    while let Some(next) = back.get(at) {
        path.push((next.clone(), at.clone()));
        at = next;
    }
    path.reverse();
    let (one, other) = (one.clone(), other.clone());
    Err(if path.is_empty() {
        HandError::NotMergedWith { one, other }
    } else {
        HandError::ByWayOf {
            one,
            other,
            steps: path,
        }
    })
}

/// What an entity is taken apart from when only it is named: the one by way of which it is part
/// of the merge, or the only one that is merged with it.
fn the_other(view: &View<'_>, entity: &NamedNode) -> Result<NamedNode, HandError> {
    let survivor = view.survivor(entity)?;
    if survivor != *entity
        && let Some(next) = steps(view, &survivor)?.remove(entity)
    {
        return Ok(next);
    }
    let mut others: Vec<NamedNode> = view.merged_with(entity)?.into_iter().collect();
    match (others.pop(), others.is_empty()) {
        (None, _) => Err(HandError::NotMerged(entity.clone())),
        (Some(other), true) => Ok(other),
        (Some(last), false) => {
            others.push(last);
            Err(HandError::Several {
                entity: entity.clone(),
                others,
            })
        }
    }
}
