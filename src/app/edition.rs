//! Which edition of the program answers: its build, what it is configured to do, and what was struck
//! from the records. What readers get follows from the data and from the edition, so that both are
//! in its entity tag; without the edition an upgrade would leave old pages in caches, and a redaction
//! what it struck.

use crate::config::{Config, KEYS};
use crate::model::time;
use jiff::Timestamp;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::path::Path;

/// What differs between a server and its copies and changes no answer; the base is in the log.
const OF_THE_MACHINE: &[&str] = &[
    "data",
    "bind",
    "base",
    "proxies",
    "outgoing.networks",
    "log.format",
    "log.filter",
];

/// Where a folder keeps the last edition that it was opened with.
const FILE: &str = "edition";

/// The build, the configuration and the redactions, and since when this folder is served with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Eight hexadecimal digits.
    pub name: String,
    pub since: Timestamp,
}

impl Edition {
    /// The edition of this program with a configuration, over records from which these redactions
    /// struck something. It is as old as the folder knows it to be, so that a restart changes
    /// nothing.
    pub fn of(config: &Config, redactions: &[String], index: &Path, now: Timestamp) -> Self {
        let mut hasher = DefaultHasher::new();
        env!("PROGRAM_BUILD").hash(&mut hasher);
        for key in KEYS
            .iter()
            .filter(|key| !OF_THE_MACHINE.contains(&key.name))
        {
            (key.name, key.value(config)).hash(&mut hasher);
        }
        redactions.hash(&mut hasher);
        let name = format!("{:08x}", hasher.finish() >> 32);
        let since = known(index, &name).unwrap_or(now);
        Self { name, since }
    }

    /// Notes it in the folder.
    ///
    /// # Errors
    /// When it cannot be written; the next start then takes itself for a new edition.
    pub fn keep(&self, index: &Path) -> io::Result<()> {
        if known(index, &self.name) == Some(self.since) {
            return Ok(());
        }
        fs::create_dir_all(index)?;
        let text = format!("{} {}\n", self.name, time::utc(self.since));
        fs::write(index.join(FILE), text)
    }
}

/// Since when the folder knows an edition. A file that cannot be read knows none.
fn known(index: &Path, name: &str) -> Option<Timestamp> {
    let text = fs::read_to_string(index.join(FILE)).ok()?;
    let (known, since) = text.strip_suffix('\n')?.split_once(' ')?;
    (known == name).then(|| since.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    #[test]
    fn a_restart_changes_nothing_and_a_configuration_or_a_redaction_begins_an_edition() {
        let folder = TempDir::new().expect("a folder");
        let index = folder.path().join("index");
        let config = Config::default();
        let first = Edition::of(&config, &[], &index, at("2026-11-22T12:00:00Z"));
        first.keep(&index).expect("it can be written");
        let again = Edition::of(&config, &[], &index, at("2026-11-23T12:00:00Z"));
        assert_eq!(again, first);
        let mut copy = Config::default();
        copy.data.push("copy");
        let elsewhere = Edition::of(&copy, &[], &index, at("2026-11-23T12:00:00Z"));
        assert_eq!(elsewhere, first);
        let mut other = Config::default();
        other.languages.reverse();
        let later = at("2026-11-24T12:00:00Z");
        let other = Edition::of(&other, &[], &index, later);
        assert_ne!(other.name, first.name);
        assert_eq!(other.since, later);
        let struck = Edition::of(&config, &["aa".to_owned()], &index, later);
        assert_ne!(struck.name, first.name);
    }
}
