//! Tokens: what a sender shows to write over HTTP. 256 random bits, shown once, kept as SHA-256
//! in `DIR/private/tokens.json`, for one source or for the operator.

use crate::app::private;
use crate::model::SourceName;
use crate::store::fill_random;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use subtle::ConstantTimeEq as _;

/// What every token begins with, so that it is recognised where it should not be.
pub const PREFIX: &str = "aff_";
const FILE: &str = "tokens.json";

#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(
        "`{path}` is not what this program wrote: {error}; restore it from a backup, or remove it and give out new tokens"
    )]
    Damaged {
        path: PathBuf,
        error: serde_json::Error,
    },
    #[error("there is no token `{0}`; `affiche token list` has them all")]
    Unknown(String),
}

/// What a token is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// To write as this source.
    Source(SourceName),
    /// To write as any source, and to do what operators do.
    Operator,
}

impl Scope {
    /// Whether it is good for a source.
    pub fn allows(&self, source: &SourceName) -> bool {
        match self {
            Scope::Source(own) => own == source,
            Scope::Operator => true,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scope::Source(source) => write!(f, "source {source}"),
            Scope::Operator => f.write_str("operator"),
        }
    }
}

/// What is known of a token; not the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// By which it is listed and revoked; no secret.
    pub id: String,
    pub scope: Scope,
    pub note: Option<String>,
    pub created: Date,
    /// The last day on which it was used.
    pub used: Option<Date>,
    sha256: [u8; 32],
}

/// As it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    /// `None` for the operator's.
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// Days as `2026-12-31`.
    created: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    used: Option<String>,
    sha256: String,
}

/// All tokens of a data folder, read when it is opened. The folder's lock sees to it that no
/// other process changes them meanwhile.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    rows: Mutex<Vec<Token>>,
}

impl Tokens {
    /// Reads the tokens of a data folder; none when it has no file of them.
    ///
    /// # Errors
    /// When the file cannot be read, or is damaged.
    pub fn open(data: &Path) -> Result<Self, TokenError> {
        let path = private::folder(data).join(FILE);
        let rows = match fs::read(&path) {
            Ok(bytes) => read(&bytes).map_err(|error| TokenError::Damaged {
                path: path.clone(),
                error,
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(TokenError::Io { path, error }),
        };
        Ok(Self {
            path,
            rows: Mutex::new(rows),
        })
    }

    /// All of them, in the order in which they were made.
    pub fn list(&self) -> Vec<Token> {
        self.rows().clone()
    }

    /// Makes a token. The text is the token itself, which is kept nowhere.
    ///
    /// # Errors
    /// When it could not be written down; then there is none.
    pub fn create(
        &self,
        scope: Scope,
        note: Option<String>,
        now: Timestamp,
    ) -> Result<(String, Token), TokenError> {
        let mut bits = [0_u8; 32];
        fill_random(&mut bits);
        let secret = format!("{PREFIX}{}", private::hexadecimal(&bits));
        let token = Token {
            id: private::random_name(),
            scope,
            note,
            created: day(now),
            used: None,
            sha256: digest(&secret),
        };
        let mut rows = self.rows();
        let mut changed = rows.clone();
        changed.push(token.clone());
        self.write(&changed)?;
        *rows = changed;
        Ok((secret, token))
    }

    /// Makes a token good for nothing, at once.
    ///
    /// # Errors
    /// When there is none with this id, or it could not be written down.
    pub fn revoke(&self, id: &str) -> Result<Token, TokenError> {
        let mut rows = self.rows();
        let place = rows
            .iter()
            .position(|token| token.id == id)
            .ok_or_else(|| TokenError::Unknown(id.to_owned()))?;
        let mut changed = rows.clone();
        let revoked = changed.remove(place);
        self.write(&changed)?;
        *rows = changed;
        Ok(revoked)
    }

    /// The token that somebody shows, if it is one of ours; notes the day.
    pub fn recognise(&self, shown: &str, now: Timestamp) -> Option<Token> {
        let shown = digest(shown);
        let mut rows = self.rows();
        // All of them are compared, each in the same time, so that the time tells nothing.
        let mut found = None;
        for (place, token) in rows.iter().enumerate() {
            if bool::from(token.sha256.ct_eq(&shown)) {
                found = Some(place);
            }
        }
        let token = rows.get_mut(found?)?;
        let today = day(now);
        if token.used != Some(today) {
            token.used = Some(today);
            let token = token.clone();
            // The day is for the operator's information; the sender need not suffer for it.
            if let Err(error) = self.write(&rows) {
                tracing::warn!(%error, "the day of a token's use could not be noted");
            }
            return Some(token);
        }
        Some(token.clone())
    }

    fn rows(&self) -> std::sync::MutexGuard<'_, Vec<Token>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, tokens: &[Token]) -> Result<(), TokenError> {
        let rows: Vec<Row> = tokens.iter().map(Row::of).collect();
        let mut bytes = serde_json::to_vec_pretty(&rows).map_err(|error| TokenError::Damaged {
            path: self.path.clone(),
            error,
        })?;
        bytes.push(b'\n');
        private::replace(&self.path, &bytes).map_err(|error| TokenError::Io {
            path: self.path.clone(),
            error,
        })
    }
}

impl Row {
    fn of(token: &Token) -> Self {
        Self {
            id: token.id.clone(),
            source: match &token.scope {
                Scope::Source(source) => Some(source.to_string()),
                Scope::Operator => None,
            },
            note: token.note.clone(),
            created: token.created.to_string(),
            used: token.used.map(|day| day.to_string()),
            sha256: private::hexadecimal(&token.sha256),
        }
    }
}

fn read(bytes: &[u8]) -> Result<Vec<Token>, serde_json::Error> {
    use serde::de::Error as _;
    let rows: Vec<Row> = serde_json::from_slice(bytes)?;
    rows.into_iter()
        .map(|row| {
            let scope = match row.source {
                Some(name) => Scope::Source(name.parse().map_err(serde_json::Error::custom)?),
                None => Scope::Operator,
            };
            let sha256 = binary(&row.sha256)
                .ok_or_else(|| serde_json::Error::custom("`sha256` has 64 hexadecimal digits"))?;
            Ok(Token {
                id: row.id,
                scope,
                note: row.note,
                created: row.created.parse().map_err(serde_json::Error::custom)?,
                used: match row.used {
                    Some(day) => Some(day.parse().map_err(serde_json::Error::custom)?),
                    None => None,
                },
                sha256,
            })
        })
        .collect()
}

fn binary(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 {
        return None;
    }
    let mut bytes = [0_u8; 32];
    for (place, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(place * 2..place * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use tempfile::TempDir;

    const NOW: &str = "2026-11-22T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().expect("an instant")
    }

    fn source(name: &str) -> Scope {
        Scope::Source(name.parse().expect("a name"))
    }

    #[test]
    fn a_token_is_recognised_until_it_is_revoked_also_after_a_restart() {
        let folder = TempDir::new().expect("a folder");
        let tokens = Tokens::open(folder.path()).expect("it opens");
        let (secret, token) = tokens
            .create(source("theatre"), Some("nightly".to_owned()), now())
            .expect("it is made");
        assert_eq!(secret.len(), PREFIX.len() + 64);
        assert!(tokens.recognise(&format!("{secret}0"), now()).is_none());
        assert!(tokens.recognise("", now()).is_none());
        let again = Tokens::open(folder.path()).expect("it opens");
        let known = again.recognise(&secret, now()).expect("it is known");
        assert_eq!((&known.id, &known.scope), (&token.id, &source("theatre")));
        assert_eq!(known.used, Some("2026-11-22".parse().expect("a day")));
        again.revoke(&token.id).expect("it is there");
        assert!(again.recognise(&secret, now()).is_none());
        assert!(matches!(
            again.revoke(&token.id),
            Err(TokenError::Unknown(_))
        ));
        let reopened = Tokens::open(folder.path()).expect("it opens");
        assert!(reopened.recognise(&secret, now()).is_none());
    }

    #[test]
    fn the_file_is_for_its_owner_alone_and_does_not_hold_the_token() {
        let folder = TempDir::new().expect("a folder");
        let tokens = Tokens::open(folder.path()).expect("it opens");
        let (secret, _) = tokens
            .create(Scope::Operator, None, now())
            .expect("it is made");
        let private = folder.path().join("private");
        let file = private.join(FILE);
        let mode = |path: &Path| {
            fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode()
        };
        assert_eq!(mode(&private) & 0o777, 0o700);
        assert_eq!(mode(&file) & 0o777, 0o600);
        let text = fs::read_to_string(&file).expect("it can be read");
        assert!(!text.contains(secret.trim_start_matches(PREFIX)), "{text}");
        assert_eq!(fs::read_dir(&private).expect("a folder").count(), 1);
    }

    #[test]
    fn a_damaged_file_is_told_and_opens_nothing() {
        let folder = TempDir::new().expect("a folder");
        let private = folder.path().join("private");
        fs::create_dir(&private).expect("a folder");
        for text in [
            "",
            "{}",
            r#"[{"id":"a","source":"THEATRE","created":"2026-01-01","sha256":"00"}]"#,
        ] {
            fs::write(private.join(FILE), text).expect("a file");
            let error = Tokens::open(folder.path()).expect_err("it is damaged");
            assert!(error.to_string().contains("tokens.json"), "{error}");
        }
    }

    #[test]
    fn a_token_of_a_source_is_good_for_that_source_alone() {
        let theatre: SourceName = "theatre".parse().expect("a name");
        let office: SourceName = "office".parse().expect("a name");
        assert!(source("theatre").allows(&theatre));
        assert!(!source("theatre").allows(&office));
        assert!(Scope::Operator.allows(&office));
    }
}
