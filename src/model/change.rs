//! Changes and their numbers.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// The number of an accepted change: 1, 2, 3 … without gaps; 0 is the empty folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize)]
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

/// What kind of act made a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activity {
    /// The built-in ontology, vocabularies and shapes were brought up to date.
    System,
    /// A source was added or its settings changed.
    Source,
    /// A submission in mode `replace`.
    Replace,
}

impl Activity {
    const ALL: [Activity; 3] = [Activity::System, Activity::Source, Activity::Replace];

    /// The name in records and reports.
    pub fn name(self) -> &'static str {
        match self {
            Activity::System => "system",
            Activity::Source => "source",
            Activity::Replace => "replace",
        }
    }
}

impl FromStr for Activity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Activity::ALL
            .into_iter()
            .find(|activity| activity.name() == text)
            .ok_or_else(|| format!("`{text}` is no activity of this version"))
    }
}
