//! Which profiles entities meet.
//!
//! A profile is asked about an entity when one of its shapes targets the entity or a part of it.
//! The entity meets it when none of the results is a violation; warnings are told and count for
//! nothing. What is not published meets nothing.
//!
//! Who meets what is published in the graph `{base}/graph/conformance`. [`step`] writes it inside
//! the write that changes what it follows from; what one write cannot judge in passing it marks,
//! and [`follow`] brings it up to date.

mod follow;
mod step;

pub use follow::{FollowError, follow};
pub use step::{Names, judge_change, keep_in_step, leave_behind};

use crate::ingest::{Door, Profile};
use crate::model::Severity;
use crate::rdf::{Quads, order};
use crate::shapes::{Bounds, Validation, ValidationError, ValidationResult};
use crate::store::{StoreError, View, meets_quad};
use oxrdf::{NamedNode, Quad, Term};
use std::ops::ControlFlow;

/// What judging one entity by one profile may take. One that takes more falls short, always.
const STEPS: u64 = 1_000_000;
/// As [`STEPS`], for the results.
const RESULTS: u64 = 10_000;

/// How an entity stands with a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The profile has nothing to say about such an entity.
    NotAsked,
    Meets,
    FallsShort,
}

/// What a profile says of one entity.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    pub standing: Standing,
    /// The results about the entity and its parts.
    pub results: Vec<ValidationResult>,
}

/// Judges one entity, as it is published in this state, by a profile.
///
/// # Errors
/// When the storage fails, or a bound is reached.
pub fn judge(
    profile: &Profile,
    door: &Door,
    view: &View<'_>,
    entity: &NamedNode,
    bounds: Bounds<'_>,
) -> Result<Judgement, JudgeError> {
    let nodes = nodes_of(view, entity)?;
    judge_nodes(profile, door, &view.public(), &nodes, bounds)
}

/// The judgements of all profiles of the door on one entity, in their order.
///
/// # Errors
/// When the storage fails, or `is_stopped` says so.
pub fn judge_by_all(
    door: &Door,
    view: &View<'_>,
    entity: &NamedNode,
    is_stopped: &dyn Fn() -> bool,
) -> Result<Vec<Judgement>, JudgeError> {
    let nodes = nodes_of(view, entity)?;
    let public = view.public();
    let bounds = Bounds {
        steps: STEPS,
        results: RESULTS,
        is_stopped,
    };
    let profiles = door.profiles().iter();
    profiles
        .map(
            |profile| match judge_nodes(profile, door, &public, &nodes, bounds) {
                Err(JudgeError::Validation(
                    ValidationError::Limit { .. } | ValidationError::Query { .. },
                )) => Ok(Judgement {
                    standing: Standing::FallsShort,
                    results: Vec::new(),
                }),
                judged => judged,
            },
        )
        .collect()
}

/// The quads that say which profiles an entity meets, by the judgements of all.
pub fn met(
    door: &Door,
    view: &View<'_>,
    entity: &NamedNode,
    judgements: &[Judgement],
) -> Vec<Quad> {
    let profiles = door.profiles().iter().zip(judgements);
    profiles
        .filter(|(_, judgement)| judgement.standing == Standing::Meets)
        .map(|(profile, _)| {
            let profile = view.base().shapes_graph(&profile.name);
            meets_quad(view.base(), entity.clone(), profile)
        })
        .collect()
}

/// What an entity is made of in public: itself, then its parts; nothing when it is not published.
fn nodes_of(view: &View<'_>, entity: &NamedNode) -> Result<Vec<Term>, StoreError> {
    let mut nodes: Vec<Term> = Vec::new();
    for triple in view.public_description(entity)? {
        let subject = Term::from(triple.subject);
        if nodes.last() != Some(&subject) {
            nodes.push(subject);
        }
    }
    nodes.sort_by(|a, b| order::compare_terms(a.as_ref(), b.as_ref()));
    nodes.dedup();
    Ok(nodes)
}

fn judge_nodes(
    profile: &Profile,
    door: &Door,
    public: &dyn Quads,
    nodes: &[Term],
    bounds: Bounds<'_>,
) -> Result<Judgement, JudgeError> {
    let validation = Validation::new(&profile.shapes, public, door.classes()).within(bounds);
    let mut results = Vec::new();
    let is_asked = validation.focus(nodes, &mut |result| {
        results.push(result);
        ControlFlow::Continue(())
    })?;
    let falls_short = results
        .iter()
        .any(|result| result.severity == Severity::Violation);
    let standing = if falls_short {
        Standing::FallsShort
    } else if is_asked {
        Standing::Meets
    } else {
        Standing::NotAsked
    };
    Ok(Judgement { standing, results })
}

/// Why an entity could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Validation(#[from] ValidationError),
}
