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

use crate::ingest::{Door, Profile, gate};
use crate::model::Severity;
use crate::rdf::order;
use crate::shapes::{Bounds, Session, ValidationError, ValidationResult};
use crate::store::{GraphView, StoreError, View, meets_quad};
use oxrdf::{NamedNode, Quad, Term};
use std::ops::ControlFlow;

/// What judging one entity by one profile may take. One that takes more falls short, always.
const STEPS: u64 = 200_000;
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

/// Judges one entity, as it is published in this state, by a profile. For many of them, a
/// [`Judge`] reads less.
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
    Judge::new(door, view, &view.public(), bounds).by(profile, entity)
}

/// The bounds of a judgement whose outcome is kept.
pub fn bounds(is_stopped: &dyn Fn() -> bool) -> Bounds<'_> {
    Bounds {
        steps: STEPS,
        results: RESULTS,
        is_stopped,
    }
}

/// Judges many entities as one state shows them: what is read for one of them is kept for the
/// next, which often points to the same place, show or season.
pub struct Judge<'a> {
    door: &'a Door,
    view: &'a View<'a>,
    session: Session<'a>,
    /// The entity judged last, and what it is made of.
    last: Option<(NamedNode, Vec<Term>)>,
}

impl<'a> Judge<'a> {
    /// `public` is the public graph of `view`; the bounds are those of each judgement.
    pub fn new(
        door: &'a Door,
        view: &'a View<'a>,
        public: &'a GraphView<'a>,
        bounds: Bounds<'a>,
    ) -> Self {
        Self {
            door,
            view,
            session: Session::new(public, door.classes(), bounds),
            last: None,
        }
    }

    /// The judgement of one profile. An entity falls short of one by which it cannot be judged
    /// within the bounds, and that is what it is told.
    ///
    /// # Errors
    /// When the storage fails, or it is stopped.
    pub fn by(
        &mut self,
        profile: &'a Profile,
        entity: &NamedNode,
    ) -> Result<Judgement, JudgeError> {
        let node = || Term::from(entity.clone());
        let result = match self.strictly(profile, entity) {
            Err(JudgeError::Validation(ValidationError::Limit { name, most })) => {
                gate::too_much(self.view, &node(), name, most)
            }
            Err(JudgeError::Validation(ValidationError::Query { problem, .. })) => {
                let texts = [
                    format!("une requête du profil n'a pas pu être évaluée ici : {problem}"),
                    format!("a query of the profile could not be answered here: {problem}"),
                ];
                gate::unfinished(self.view, &node(), "queryFailed", texts)
            }
            judged => return judged,
        };
        Ok(Judgement {
            standing: Standing::FallsShort,
            results: vec![result],
        })
    }

    /// The same, but a bound that is reached, or a query that fails, is an error.
    ///
    /// # Errors
    /// When the storage fails, or a bound is reached.
    pub fn strictly(
        &mut self,
        profile: &'a Profile,
        entity: &NamedNode,
    ) -> Result<Judgement, JudgeError> {
        if self.last.as_ref().is_none_or(|(last, _)| last != entity) {
            self.last = Some((entity.clone(), nodes_of(self.view, entity)?));
        }
        let nodes = self.last.as_ref().map(|(_, nodes)| &**nodes);
        let mut results = Vec::new();
        let focus = nodes.unwrap_or_default();
        let is_asked = self.session.focus(&profile.shapes, focus, &mut |result| {
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

    /// The judgements of all profiles of the door, in their order.
    ///
    /// # Errors
    /// When the storage fails, or it is stopped.
    pub fn by_all(&mut self, entity: &NamedNode) -> Result<Vec<Judgement>, JudgeError> {
        let mut judgements = Vec::new();
        for profile in self.door.profiles() {
            judgements.push(self.by(profile, entity)?);
        }
        Ok(judgements)
    }
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

/// Why an entity could not be judged.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Validation(#[from] ValidationError),
}
