//! Where somebody stands who reads the changes one after the other, and whether the log can go on
//! from there.

use crate::model::Generation;
use crate::store::{FormerLog, Store};
use std::fmt;

/// After a change of a log: what was read up to there is known to whoever holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Of the log, 32 hexadecimal digits.
    pub identity: String,
    pub generation: Generation,
}

/// Why nobody can go on from a cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It is no cursor.
    Malformed,
    /// It is of another log. When that is the one from which this one was restored, what was read
    /// of it holds up to this generation.
    OtherLog { holds_until: Option<Generation> },
    /// The log ends before it.
    Ahead,
}

impl Cursor {
    /// After a change of this store's log.
    pub fn after(store: &Store, generation: Generation) -> Self {
        Self {
            identity: store.identity().to_owned(),
            generation,
        }
    }

    /// Reads it as it is written: `f0015170e4452d73f9216693b1beeb6b.12`.
    pub fn parse(text: &str) -> Option<Self> {
        let (identity, number) = text.split_once('.')?;
        let is_hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if identity.len() != 32 || !identity.bytes().all(is_hexadecimal) || !is_number {
            return None;
        }
        Some(Self {
            identity: identity.to_owned(),
            generation: Generation(number.parse().ok()?),
        })
    }

    /// The generation after which `store`, which readers see up to `at`, goes on.
    ///
    /// # Errors
    /// When what comes next in the log does not follow what was read.
    pub fn resume(text: &str, store: &Store, at: Generation) -> Result<Generation, Broken> {
        let cursor = Self::parse(text).ok_or(Broken::Malformed)?;
        let former = store.former_identities();
        cursor.resumed(store.identity(), former, at)
    }

    fn resumed(
        self,
        identity: &str,
        former: &[FormerLog],
        at: Generation,
    ) -> Result<Generation, Broken> {
        if self.identity != identity {
            let former = former.iter().find(|former| former.log == self.identity);
            let holds_until = former.map(|former| self.generation.min(former.until));
            return Err(Broken::OtherLog { holds_until });
        }
        if self.generation > at {
            return Err(Broken::Ahead);
        }
        Ok(self.generation)
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.identity, self.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "f0015170e4452d73f9216693b1beeb6b";
    const FORMER: &str = "00015170e4452d73f9216693b1beeb6b";

    fn resumed(text: &str) -> Result<u64, Broken> {
        let former = [FormerLog {
            log: FORMER.to_owned(),
            until: Generation(5),
        }];
        let cursor = Cursor::parse(text).ok_or(Broken::Malformed)?;
        let resumed = cursor.resumed(NOW, &former, Generation(9));
        resumed.map(|generation| generation.0)
    }

    #[test]
    fn a_cursor_of_the_log_goes_on_and_every_other_starts_again() {
        assert_eq!(resumed(&format!("{NOW}.0")), Ok(0));
        assert_eq!(resumed(&format!("{NOW}.9")), Ok(9));
        assert_eq!(resumed(&format!("{NOW}.10")), Err(Broken::Ahead));
        for (generation, until) in [(3, 3), (5, 5), (8, 5)] {
            let holds_until = Some(Generation(until));
            assert_eq!(
                resumed(&format!("{FORMER}.{generation}")),
                Err(Broken::OtherLog { holds_until })
            );
        }
        assert_eq!(
            resumed(&format!("{}.1", "a".repeat(32))),
            Err(Broken::OtherLog { holds_until: None })
        );
    }

    #[test]
    fn what_is_no_cursor_is_none() {
        for text in [
            "",
            "12",
            NOW,
            &format!("{NOW}."),
            &format!("{NOW}.+1"),
            &format!("{NOW}.-1"),
            &format!("{NOW}.1.2"),
            &format!("{}.1", NOW.to_uppercase()),
            &format!("{NOW}.99999999999999999999"),
            &format!("é{NOW}.1"),
        ] {
            assert_eq!(Cursor::parse(text), None, "{text}");
        }
    }
}
