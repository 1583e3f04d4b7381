//! What a validation found, for people: grouped, counted, with a few examples and where they
//! stand. It travels from the worker that validates to whoever shows it, so it is bounded.

use crate::model::finding::Severity;
use crate::model::lang::Text;
use serde::{Deserialize, Serialize};

/// What was found in some files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// SHACL's own word (§3.6.1.1): no result of any severity.
    pub conforms: bool,
    /// The files with the data, as whoever sent them calls them.
    pub files: Vec<String>,
    /// Triples in the data, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triples: Option<u64>,
    /// How many values were rewritten before the check, as the door does; `None` when the data
    /// was checked as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rewritten: Option<u64>,
    pub counts: Tally,
    pub profiles: Vec<ProfileAssessment>,
    /// The worst first, of these the most frequent.
    pub groups: Vec<AssessedGroup>,
    /// Findings of further groups, counted above and not listed.
    pub not_listed: u64,
    /// What was noticed while reading, such as keys without a meaning; no results of SHACL.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
}

/// How many findings of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub violations: u64,
    pub warnings: u64,
    pub infos: u64,
}

impl Tally {
    pub fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Violation => self.violations += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Info => self.infos += 1,
        }
    }

    pub fn all(self) -> u64 {
        self.violations + self.warnings + self.infos
    }

    pub fn of(self, severity: Severity) -> u64 {
        match severity {
            Severity::Violation => self.violations,
            Severity::Warning => self.warnings,
            Severity::Info => self.infos,
        }
    }
}

/// How the data as a whole stands with one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileAssessment {
    pub name: String,
    /// What it is called, for people.
    pub title: Text,
    /// What not meeting it costs; empty when nobody has said.
    #[serde(default)]
    pub purpose: Text,
    pub standing: Standing,
    pub counts: Tally,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Nothing in the data is what the profile is about, so that nothing was checked.
    NotAsked,
    /// No violation; there may be warnings.
    Meets,
    FallsShort,
}

/// Findings of one profile and rule on one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessedGroup {
    pub severity: Severity,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The rule's stable code: the local name of the shape or of the constraint component.
    pub rule: String,
    /// The property concerned, as an IRI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What people call the property.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Text>,
    /// What is wrong and what to write instead, as the first of them says it.
    pub message: Text,
    pub count: u64,
    pub examples: Vec<AssessedExample>,
}

/// One finding of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessedExample {
    /// The resource: its IRI, or a description when it has none.
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Where it stands, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What this one says, when the group's message is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Text>,
}

/// A line of a file, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u64,
}

/// Something that was noticed while a file was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// A stable code, such as `unknown-key`.
    pub rule: String,
    /// The file, and the place in it where there is one.
    pub subject: String,
    pub message: Text,
}
