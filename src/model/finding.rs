//! What the door tells the sender: findings, and what was normalised.

use crate::model::lang::Text;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Keeps the resource from being published when it is introduced by the submission.
    Violation,
    /// Published, but somebody should look at it.
    Warning,
    /// Worth knowing.
    Info,
}

/// One thing that is wrong, or worth knowing, about one resource of a submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub severity: Severity,
    /// The profile whose shape says so; `None` when it is a rule of the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// A stable code: the local name of the shape, or the door's rule, such as `unknown-id`.
    pub rule: String,
    /// The resource as the sender calls it: its IRI, or a description when it has none.
    pub subject: String,
    /// Our IRI of the entity, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The property concerned, as an IRI, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The offending value, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong and what to do.
    pub message: Text,
    /// Tells findings apart that share rule and property, and that nobody reads: which
    /// constraint of which shape it was.
    #[serde(skip)]
    pub kind: u64,
}

impl Finding {
    /// A finding of the door itself (no profile, no entity yet).
    pub fn door(
        severity: Severity,
        rule: &str,
        subject: impl Into<String>,
        path: Option<&str>,
        value: Option<&str>,
        message: Text,
    ) -> Self {
        Self {
            severity,
            profile: None,
            rule: rule.to_owned(),
            subject: subject.into(),
            entity: None,
            path: path.map(str::to_owned),
            value: value.map(str::to_owned),
            message,
            kind: 0,
        }
    }
}

/// How reports call a resource that has no IRI, in either language: its name and its class.
pub fn without_iri(class: &str, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("“{name}” ({class})"),
        None => format!("({class})"),
    }
}

/// One value that the door rewrote, so that the sender can see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Normalisation {
    /// The resource as the sender calls it.
    pub subject: String,
    /// The number of the rule, as in `docs/reference/normalisation.md`.
    pub rule: u8,
    /// The property whose value was rewritten, as an IRI; empty when it is the subject itself.
    pub property: String,
    pub before: String,
    pub after: String,
}
