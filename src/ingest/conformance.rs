//! Which profiles entities meet.
//!
//! A profile is asked about an entity when one of its shapes targets the entity or a part of it.
//! The entity meets it when none of the results is a violation; warnings are told and count for
//! nothing.

use crate::ingest::{Door, Profile};
use crate::model::Severity;
use crate::shapes::{Bounds, Validation, ValidationError, ValidationResult};
use crate::store::{StoreError, View};
use oxrdf::{NamedNode, Term};
use std::ops::ControlFlow;

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
    let public = view.public();
    let validation = Validation::new(&profile.shapes, &public, door.classes()).within(bounds);
    let mut nodes: Vec<Term> = vec![entity.clone().into()];
    for triple in view.public_description(entity)? {
        let subject = Term::from(triple.subject);
        if nodes.last() != Some(&subject) {
            nodes.push(subject);
        }
    }
    nodes.sort_by(|a, b| crate::rdf::order::compare_terms(a.as_ref(), b.as_ref()));
    nodes.dedup();
    let mut results = Vec::new();
    validation.focus(&nodes, &mut |result| {
        results.push(result);
        ControlFlow::Continue(())
    })?;
    let falls_short = results
        .iter()
        .any(|result| result.severity == Severity::Violation);
    let standing = if falls_short {
        Standing::FallsShort
    } else if is_asked(&validation, &nodes)? {
        Standing::Meets
    } else {
        Standing::NotAsked
    };
    Ok(Judgement { standing, results })
}

fn is_asked(validation: &Validation<'_>, nodes: &[Term]) -> Result<bool, ValidationError> {
    for node in nodes {
        if validation.is_target(node)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Why an entity could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Validation(#[from] ValidationError),
}
