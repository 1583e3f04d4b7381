//! The reports on submissions that came with an `Idempotency-Key`, kept for a day, so that who
//! sends the same again gets the same report and nothing is done twice. They are in
//! `DIR/private/replies`, one file each, and outlive a restart.

use crate::app::private;
use crate::ingest::Report;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How long a report is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How many are kept at most; the oldest go first.
const MOST: usize = 1000;

/// The reports that are kept.
#[derive(Debug)]
pub struct Replies {
    folder: PathBuf,
}

/// A report, and what it was the reply to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The SHA-256 of all that made the submission what it was.
    pub fingerprint: String,
    /// When the submission was done: RFC 3339.
    time: String,
    pub report: Report,
}

impl Replies {
    pub fn new(data: &Path) -> Self {
        Self {
            folder: private::folder(data).join("replies"),
        }
    }

    /// The reply that was given to whoever holds the token, when they sent this key less than a
    /// day ago.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    pub fn find(&self, token: &str, key: &str, now: Timestamp) -> io::Result<Option<Reply>> {
        let bytes = match fs::read(self.path(token, key)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let reply: Reply = serde_json::from_slice(&bytes)?;
        let is_kept = reply
            .time
            .parse::<Timestamp>()
            .is_ok_and(|time| now.duration_since(time) < KEPT);
        Ok(is_kept.then_some(reply))
    }

    /// Keeps a reply, and removes those that are too old.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(
        &self,
        token: &str,
        key: &str,
        fingerprint: &str,
        report: &Report,
        now: Timestamp,
    ) -> io::Result<()> {
        let reply = Reply {
            fingerprint: fingerprint.to_owned(),
            time: now.to_string(),
            report: report.clone(),
        };
        let mut bytes = serde_json::to_vec(&reply)?;
        bytes.push(b'\n');
        private::replace(&self.path(token, key), &bytes)?;
        self.remove_old(now)
    }

    fn path(&self, token: &str, key: &str) -> PathBuf {
        let name = Sha256::digest(format!("{token}\n{key}").as_bytes());
        self.folder
            .join(format!("{}.json", private::hexadecimal(&name)))
    }

    fn remove_old(&self, now: Timestamp) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let written = Timestamp::try_from(entry.metadata()?.modified()?).unwrap_or(now);
            files.push((written, entry.path()));
        }
        files.sort_unstable();
        let surplus = files.len().saturating_sub(MOST);
        for (place, (written, path)) in files.iter().enumerate() {
            if place < surplus || now.duration_since(*written) >= KEPT {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Generation, SourceName};
    use tempfile::TempDir;

    #[test]
    fn a_reply_is_found_for_a_day_by_the_same_token_and_key() {
        let folder = TempDir::new().expect("a folder");
        let replies = Replies::new(folder.path());
        let source: SourceName = "theatre".parse().expect("a name");
        let report = Report::new(source, Generation(7));
        let now = Timestamp::now();
        replies
            .keep("t", "k", "print", &report, now)
            .expect("it is kept");
        let reply = replies.find("t", "k", now).expect("it is read");
        assert_eq!(reply.map(|reply| reply.report), Some(report));
        for (token, key) in [("u", "k"), ("t", "l"), ("t\nk", ""), ("", "t\nk")] {
            assert_eq!(replies.find(token, key, now).expect("it is read"), None);
        }
        let tomorrow = now + SignedDuration::from_hours(25);
        assert_eq!(replies.find("t", "k", tomorrow).expect("it is read"), None);
        replies.remove_old(tomorrow).expect("they can be removed");
        let left = fs::read_dir(folder.path().join("private/replies")).expect("a folder");
        assert_eq!(left.count(), 0);
    }
}
