//! Changes and their numbers.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The number of an accepted change: 1, 2, 3 … without gaps; 0 is the empty folder.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
pub struct Generation(pub u64);

impl Generation {
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How a submission relates to what its source said before (DESIGN, "One door in").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It is all that the source says from now on.
    Replace,
    /// It describes some resources anew and leaves the others as they are.
    Upsert,
    /// It names resources that the source takes back.
    Withdraw,
}

impl Mode {
    pub const ALL: [Mode; 3] = [Mode::Replace, Mode::Upsert, Mode::Withdraw];

    /// The name in commands, addresses and reports.
    pub fn name(self) -> &'static str {
        self.activity().name()
    }

    /// What the log calls a change that was made so.
    pub fn activity(self) -> Activity {
        match self {
            Mode::Replace => Activity::Replace,
            Mode::Upsert => Activity::Upsert,
            Mode::Withdraw => Activity::Withdraw,
        }
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Mode::ALL
            .into_iter()
            .find(|mode| mode.name() == text)
            .ok_or_else(|| format!("`{text}` is no mode; write replace, upsert or withdraw"))
    }
}

/// What kind of act made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// The built-in ontology, vocabularies and shapes were brought up to date.
    System,
    /// A source was added, closed or opened, or its settings changed.
    Source,
    /// A submission in mode `replace`.
    Replace,
    /// A submission in mode `upsert`.
    Upsert,
    /// A submission in mode `withdraw`, or a source that was removed.
    Withdraw,
    /// Two entities were declared to be one.
    Merge,
    /// A merge was taken back.
    Unmerge,
    /// One entity was declared to be several.
    Split,
    /// Two entities were declared to be different for good.
    Differ,
    /// Something was struck from the records.
    Redact,
    /// A backup went on under a new identity of the log.
    Restore,
    /// Which profiles entities meet was brought up to date after a change of very many.
    Profiles,
    /// The description of the data set in numbers was brought up to date.
    Statistics,
}

impl Activity {
    const ALL: [(Activity, &'static str); 13] = [
        (Activity::System, "system"),
        (Activity::Source, "source"),
        (Activity::Replace, "replace"),
        (Activity::Upsert, "upsert"),
        (Activity::Withdraw, "withdraw"),
        (Activity::Merge, "merge"),
        (Activity::Unmerge, "unmerge"),
        (Activity::Split, "split"),
        (Activity::Differ, "differ"),
        (Activity::Redact, "redact"),
        (Activity::Restore, "restore"),
        (Activity::Profiles, "profiles"),
        (Activity::Statistics, "statistics"),
    ];

    /// Whether it only wrote down what follows from the rest of the data.
    pub fn is_derived(self) -> bool {
        matches!(self, Activity::Profiles | Activity::Statistics)
    }

    /// The name in records and reports.
    pub fn name(self) -> &'static str {
        Activity::ALL
            .into_iter()
            .find(|(activity, _)| *activity == self)
            .map_or("", |(_, name)| name)
    }
}

impl FromStr for Activity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Activity::ALL
            .into_iter()
            .find(|(_, name)| *name == text)
            .map(|(activity, _)| activity)
            .ok_or_else(|| format!("`{text}` is no activity of this version"))
    }
}
