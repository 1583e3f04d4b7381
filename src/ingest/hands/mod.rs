//! What people decide about who is who: two entities are one ([`merge`]), or not after all
//! ([`unmerge`], [`differ`]); one is several ([`split`]).
//!
//! Each decision is one function and one change of the source `system`, validated and logged like
//! all others. It changes the registry and has what it touches fused again; what sources said
//! stays as they said it, so each decision can be taken back. [`duplicates`] proposes.

pub(super) mod duplicates;
mod merge;
mod split;

pub use duplicates::{Proposal, duplicates};
pub use merge::{Differ, Merge, Unmerge, differ, merge, unmerge};
pub use split::{Share, Split, shares, split};

use crate::ingest::Door;
use crate::ingest::apply::{Application, Hands, Verdict};
use crate::ingest::identify::Draft;
use crate::ingest::report::{Outcome, write_findings};
use crate::ingest::submit::SubmitError;
use crate::model::{Activity, Finding, Generation, Kind, Lang, Noid, Source, SourceName, time};
use crate::store::{State, StoreError, View, Write, quad};
use jiff::Timestamp;
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Quad};
use serde::Serialize;
use std::collections::BTreeSet;

/// The longest reason that is kept.
const REASON_CHARS: usize = 500;
/// A number with this many digits in a reason is taken for a telephone number.
const TELEPHONE_DIGITS: usize = 9;

#[derive(Debug, thiserror::Error)]
pub enum HandError {
    #[error(
        "`{0}` is no entity of this server; write an IRI such as `{{base}}/id/b2tm5r8hq3k7`, or its last part"
    )]
    NotAnEntity(String),
    #[error(
        "`{0}` cannot be right: its check character does not fit, so it was mistyped; copy it again"
    )]
    Mistyped(String),
    #[error("`{0}` was never given out by this server; check that it is copied rightly")]
    Unknown(String),
    #[error(
        "`{one}` and `{other}` are of different kinds ({one_kind}, {other_kind}); only two of one kind can be the same"
    )]
    Kinds {
        one: NamedNode,
        one_kind: &'static str,
        other: NamedNode,
        other_kind: &'static str,
    },
    #[error("`{0}` is given twice; give two different entities")]
    Same(NamedNode),
    #[error(
        "`{one}` and `{other}` were declared different; if that was wrong, say so with --despite-different"
    )]
    Different { one: NamedNode, other: NamedNode },
    #[error("`{0}` is not merged with anything, so there is nothing to take back")]
    NotMerged(NamedNode),
    #[error("`{one}` and `{other}` are not merged, so there is nothing to take back")]
    NotMergedWith { one: NamedNode, other: NamedNode },
    #[error(
        "`{one}` and `{other}` are one by way of others; take back one of these merges: {}",
        pairs(.steps)
    )]
    ByWayOf {
        one: NamedNode,
        other: NamedNode,
        steps: Vec<(NamedNode, NamedNode)>,
    },
    #[error(
        "several are merged with `{entity}`; say which one is another thing: {}",
        list(.others)
    )]
    Several {
        entity: NamedNode,
        others: Vec<NamedNode>,
    },
    #[error("`{one}` and `{other}` are merged; take that back first with `affiche unmerge`")]
    Merged { one: NamedNode, other: NamedNode },
    #[error("`{entity}` was split; name one of those that replace it: {}", list(.successors))]
    WasSplit {
        entity: NamedNode,
        successors: Vec<NamedNode>,
    },
    #[error("`{0}` is merged with another; take that back first with `affiche unmerge`")]
    SplitMerged(NamedNode),
    #[error(
        "`{0}` would become one entity again; give at least two different ones, such as `--into new=one-source new2=another-source`"
    )]
    OnePiece(NamedNode),
    #[error(
        "`{source_name}` does not speak of `{entity}`{}; `affiche split --show` lists who does",
        under(.identifier)
    )]
    NoShare {
        entity: NamedNode,
        source_name: SourceName,
        identifier: Option<String>,
    },
    #[error(
        "nothing says where what `{source_name}` says of `{entity}`{} goes; add for example `new={source_name}`",
        under(.identifier)
    )]
    Unassigned {
        entity: NamedNode,
        source_name: SourceName,
        identifier: Option<String>,
    },
    #[error(
        "the reason is published with the change, and this one seems to hold a telephone number or an e-mail address; write it without"
    )]
    Personal,
    #[error("the reason is longer than {REASON_CHARS} characters; write a shorter one")]
    LongReason,
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

impl From<StoreError> for HandError {
    fn from(error: StoreError) -> Self {
        Self::Submit(error.into())
    }
}

fn under(identifier: &Option<String>) -> String {
    identifier
        .as_ref()
        .map(|identifier| format!(" as `{identifier}`"))
        .unwrap_or_default()
}

fn list(entities: &[NamedNode]) -> String {
    let list: Vec<String> = entities
        .iter()
        .map(|iri| format!("`{}`", iri.as_str()))
        .collect();
    list.join(", ")
}

fn pairs(pairs: &[(NamedNode, NamedNode)]) -> String {
    let list: Vec<String> = pairs
        .iter()
        .map(|(one, other)| format!("`{}` with `{}`", one.as_str(), other.as_str()))
        .collect();
    list.join(", ")
}

/// What became of a decision.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub activity: Activity,
    /// Whether this only tells what would happen: nothing was changed.
    #[serde(rename = "dry_run")]
    pub is_dry_run: bool,
    pub outcome: Outcome,
    /// The generation that holds the outcome.
    pub generation: Generation,
    /// The IRIs that it is about. Of a merge, the one that stays is the first.
    pub entities: Vec<String>,
    pub findings: Vec<Finding>,
}

impl Report {
    /// The report as a text for a person.
    pub fn text(&self, lang: Lang) -> String {
        let fr = lang == Lang::Fr;
        let entities = self.entities.join(" ");
        let outcome = match (self.outcome, fr) {
            (Outcome::Refused, true) => "refusé : rien n'a changé".to_owned(),
            (Outcome::Refused, false) => "refused: nothing was changed".to_owned(),
            (Outcome::Unchanged, true) => {
                format!("c'était déjà le cas à la génération {}", self.generation)
            }
            (Outcome::Unchanged, false) => {
                format!("that was so already at generation {}", self.generation)
            }
            (Outcome::Accepted, true) if self.is_dry_run => {
                "serait accepté ; c'était un essai, rien n'a changé".to_owned()
            }
            (Outcome::Accepted, false) if self.is_dry_run => {
                "would be accepted; this was a dry run, nothing was changed".to_owned()
            }
            (Outcome::Accepted | Outcome::Held, true) => {
                format!("fait : génération {}", self.generation)
            }
            (Outcome::Accepted | Outcome::Held, false) => {
                format!("done as generation {}", self.generation)
            }
        };
        let mut text = format!("{} {entities}\n{outcome}\n", self.activity.name());
        write_findings(&mut text, &self.findings, lang);
        text
    }
}

/// A decision as it is carried out.
struct Act<'a> {
    activity: Activity,
    entities: Vec<NamedNode>,
    because: Option<&'a str>,
    is_dry_run: bool,
}

/// Has fused again what a decision touches, validates and commits it. The decision itself stands
/// in the registry of this write already.
fn carry_out(
    mut write: Write<'_>,
    door: &Door,
    act: Act<'_>,
    hands: Hands,
    now: Timestamp,
) -> Result<Report, HandError> {
    let system = SourceName::system();
    let mut report = Report {
        activity: act.activity,
        is_dry_run: act.is_dry_run,
        outcome: Outcome::Unchanged,
        generation: write.before().generation()?,
        entities: act
            .entities
            .into_iter()
            .map(NamedNode::into_string)
            .collect(),
        findings: Vec::new(),
    };
    if write.is_empty() {
        return Ok(report);
    }
    let source = write
        .before()
        .source(&system)?
        .unwrap_or_else(|| Source::new(system.clone()));
    let mut application = Application::new(&mut write, door, &source, Draft::default(), now)?;
    let verdict = application.settle_hands(hands)?;
    report.findings = application.tell_hands()?;
    report.outcome = match verdict {
        Verdict::Accepted => Outcome::Accepted,
        Verdict::Refused => Outcome::Refused,
    };
    if verdict == Verdict::Refused || act.is_dry_run {
        return Ok(report);
    }
    if let Some(because) = act.because {
        let base = write.before().base();
        let change = base.change(write.generation());
        let reason = Literal::new_simple_literal(because);
        let reason = quad(base, change, base.sv("because"), reason);
        write.insert(reason)?;
    }
    report.generation = write.commit(&time::utc(now), &system, act.activity)?;
    Ok(report)
}

/// The reason of a decision, which is published and so must not be about a person.
fn reason(text: Option<&str>) -> Result<Option<&str>, HandError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > REASON_CHARS {
        return Err(HandError::LongReason);
    }
    let mut digits = 0;
    for c in text.chars() {
        match c {
            '@' => return Err(HandError::Personal),
            '0'..='9' => digits += 1,
            ' ' | '.' | '-' | '/' | '\u{a0}' => {}
            _ => digits = 0,
        }
        if digits >= TELEPHONE_DIGITS {
            return Err(HandError::Personal);
        }
    }
    Ok(Some(text))
}

/// The entity that a person names by its IRI or by the last part of it.
///
/// # Errors
/// When there never was one, or the storage fails.
pub fn entity_named(view: &View<'_>, text: &str) -> Result<NamedNode, HandError> {
    let base = view.base();
    let text = text.trim();
    let parsed = match base.entity_of(text) {
        Some(parsed) if !text.contains('#') => parsed,
        Some(_) => return Err(HandError::NotAnEntity(text.to_owned())),
        None => Noid::parse(text),
    };
    let noid = parsed.map_err(|error| match error {
        crate::model::noid::NoidError::CheckCharacter => HandError::Mistyped(text.to_owned()),
        _ => HandError::NotAnEntity(text.to_owned()),
    })?;
    let entity = base.id(&noid);
    match view.state_of(&entity)? {
        State::Unknown => Err(HandError::Unknown(text.to_owned())),
        State::Split(successors) => Err(HandError::WasSplit { entity, successors }),
        // It was split, and what replaced it was merged again.
        State::Merged(survivor) if view.is_split(&entity)? => Ok(survivor),
        State::Current | State::Merged(_) | State::Withdrawn(_) => Ok(entity),
    }
}

/// The kind of two entities.
fn common_kind(
    view: &View<'_>,
    one: &NamedNode,
    other: &NamedNode,
) -> Result<&'static Kind, HandError> {
    let of = |entity| -> Result<&'static Kind, HandError> {
        view.kind_of(entity)?
            .ok_or_else(|| HandError::Unknown(entity.as_str().to_owned()))
    };
    let (one_kind, other_kind) = (of(one)?, of(other)?);
    if one_kind != other_kind {
        return Err(HandError::Kinds {
            one: one.clone(),
            one_kind: one_kind.name,
            other: other.clone(),
            other_kind: other_kind.name,
        });
    }
    Ok(one_kind)
}

/// The entities whose claims point to one of these.
fn pointing_to(
    view: &View<'_>,
    entities: &BTreeSet<NamedNode>,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut pointing = BTreeSet::new();
    for entity in entities {
        for quad in view.quads(None, None, Some(entity.as_ref().into()), None) {
            let quad = quad?;
            if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
                && view.claimant(&quad).is_some()
            {
                pointing.insert(view.whole_of(subject));
            }
        }
    }
    Ok(pointing)
}

/// The registry quad that says something of a pair, whichever is named first.
fn pair(view: &View<'_>, local: &str, one: &NamedNode, other: &NamedNode) -> Quad {
    let base = view.base();
    let (first, second) = if one <= other {
        (one, other)
    } else {
        (other, one)
    };
    quad(base, first.clone(), base.sv(local), second.clone())
}
