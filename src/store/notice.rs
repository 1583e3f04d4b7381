//! The signed notices of redactions: which bodies of the log were blanked, when and why.
//!
//! A notice is the file `{generation}.redaction` beside the segments, byte for byte as
//! `docs/reference/log.md` says. The change of that generation names its SHA-256, so that the
//! chain vouches for it, and the signature says who blanked.

use crate::model::Generation;
use crate::store::log::{LogError, sha256_hex};
use crate::store::signing::{SigningKey, from_hex, hex};
use ring::signature::{ED25519, UnparsedPublicKey};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const FIRST_LINE: &str = "affiche-redaction 1";
const EXTENSION: &str = "redaction";

/// One body that quads were struck out of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blanked {
    pub generation: Generation,
    /// SHA-256 of the body before, hexadecimal.
    pub old: String,
    /// SHA-256 of the body as it is now.
    pub new: String,
    /// Rows struck.
    pub deletions: u64,
    pub additions: u64,
}

/// What a redaction says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The identity of the log at that time.
    pub log: String,
    pub base: String,
    /// The change that published what remained.
    pub generation: Generation,
    /// xsd:dateTime, UTC.
    pub time: String,
    pub because: String,
    /// The Ed25519 public key, hexadecimal.
    pub key: String,
    /// The entities whose description lost something, sorted.
    pub entities: Vec<String>,
    /// By generation.
    pub bodies: Vec<Blanked>,
}

impl Notice {
    pub fn file_name(&self) -> String {
        format!("{:020}.{EXTENSION}", self.generation.0)
    }

    /// The bytes of its file.
    pub fn signed(&self, key: &SigningKey) -> String {
        let mut text = self.unsigned();
        let signature = hex(&key.sign(text.as_bytes()));
        let _ = writeln!(text, "signature \"{signature}\"");
        text
    }

    fn unsigned(&self) -> String {
        let mut text = format!("{FIRST_LINE}\n");
        let mut row = |name: &str, values: &[&str]| {
            text.push_str(name);
            for value in values {
                let value = value.replace('\\', "\\\\").replace('"', "\\\"");
                let _ = write!(text, " \"{value}\"");
            }
            text.push('\n');
        };
        row("log", &[&self.log]);
        row("base", &[&self.base]);
        row("generation", &[&self.generation.to_string()]);
        row("time", &[&self.time]);
        row("because", &[&self.because]);
        row("key", &[&self.key]);
        for entity in &self.entities {
            row("entity", &[entity]);
        }
        for body in &self.bodies {
            row(
                "body",
                &[
                    &body.generation.to_string(),
                    &body.old,
                    &body.new,
                    &body.deletions.to_string(),
                    &body.additions.to_string(),
                ],
            );
        }
        text
    }

    /// Reads a notice and verifies its signature.
    fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        if lines.next() != Some(FIRST_LINE) {
            return Err(format!("it does not begin with `{FIRST_LINE}`"));
        }
        let mut rows = lines
            .map(|line| values(line).ok_or_else(|| format!("`{line}` is no row of a notice")))
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .peekable();
        let mut one = |name: &str| match rows.next() {
            Some((row, values)) if row == name && values.len() == 1 => {
                Ok(values.into_iter().next().unwrap_or_default())
            }
            _ => Err(format!("it has no row `{name}` where it should be")),
        };
        let mut notice = Self {
            log: one("log")?,
            base: one("base")?,
            generation: Generation(number(&one("generation")?)?),
            time: one("time")?,
            because: one("because")?,
            key: one("key")?,
            entities: Vec::new(),
            bodies: Vec::new(),
        };
        while let Some((_, values)) = rows.next_if(|(name, _)| name == "entity") {
            notice.entities.extend(values);
        }
        while let Some((_, values)) = rows.next_if(|(name, _)| name == "body") {
            let [generation, old, new, deletions, additions] = values.as_slice() else {
                return Err("a row `body` has not five values".to_owned());
            };
            notice.bodies.push(Blanked {
                generation: Generation(number(generation)?),
                old: old.clone(),
                new: new.clone(),
                deletions: number(deletions)?,
                additions: number(additions)?,
            });
        }
        let signature = match (rows.next(), rows.next()) {
            (Some((name, values)), None) if name == "signature" => values.concat(),
            _ => return Err("it does not end with its signature".to_owned()),
        };
        let unsigned = notice.unsigned();
        // Written in one way only, so that nothing is in the file that is not signed.
        let is_signed = text == format!("{unsigned}signature \"{signature}\"\n")
            && from_hex(&notice.key)
                .zip(from_hex(&signature))
                .is_some_and(|(key, signature)| {
                    UnparsedPublicKey::new(&ED25519, key)
                        .verify(unsigned.as_bytes(), &signature)
                        .is_ok()
                });
        if is_signed {
            Ok(notice)
        } else {
            Err("its signature does not fit what it says".to_owned())
        }
    }
}

/// The notices of a log, by generation.
#[derive(Clone, Debug, Default)]
pub struct Notices {
    /// With the path of each one's file and its SHA-256.
    all: Vec<(Notice, PathBuf, String)>,
}

impl Notices {
    /// Reads and verifies those in the folder of a log.
    ///
    /// # Errors
    /// When one cannot be read or is not as it was signed.
    pub fn read(folder: &Path) -> Result<Self, LogError> {
        let io = |error| LogError::io(folder, error);
        let mut notices = Self::default();
        for entry in fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.extension().is_none_or(|ending| ending != EXTENSION) {
                continue;
            }
            let bytes = fs::read(&path).map_err(|error| LogError::io(&path, error))?;
            let sha256 = sha256_hex(&bytes);
            let notice = String::from_utf8(bytes)
                .map_err(|_| "it is not UTF-8".to_owned())
                .and_then(|text| Notice::parse(&text))
                .map_err(|what| LogError::Damaged {
                    path: path.clone(),
                    offset: 0,
                    what,
                })?;
            notices.all.push((notice, path, sha256));
        }
        notices.all.sort_by_key(|(notice, ..)| notice.generation);
        Ok(notices)
    }

    /// Each with the path and the SHA-256 of its file.
    pub fn iter(&self) -> impl Iterator<Item = &(Notice, PathBuf, String)> {
        self.all.iter()
    }

    /// The SHA-256 that the body of a record has today, after what was struck out of it.
    pub fn body_sha256<'a>(&'a self, generation: Generation, written: &'a str) -> &'a str {
        self.all
            .iter()
            .flat_map(|(notice, ..)| &notice.bodies)
            .filter(|body| body.generation == generation)
            .fold(written, |sha256, body| {
                if body.old == sha256 {
                    &body.new
                } else {
                    sha256
                }
            })
    }
}

/// The name of a row and its values.
fn values(line: &str) -> Option<(String, Vec<String>)> {
    let (name, mut rest) = line.split_once(' ')?;
    let mut values = Vec::new();
    loop {
        rest = rest.strip_prefix('"')?;
        let mut value = String::new();
        let mut characters = rest.char_indices();
        let end = loop {
            match characters.next()? {
                (index, '"') => break index,
                (_, '\\') => value.push(characters.next()?.1),
                (_, character) => value.push(character),
            }
        };
        values.push(value);
        rest = rest.get(end + 1..)?;
        if rest.is_empty() {
            return Some((name.to_owned(), values));
        }
        rest = rest.strip_prefix(' ')?;
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number in it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(key: &SigningKey) -> Notice {
        Notice {
            log: "f0015170e4452d73f9216693b1beeb6b".to_owned(),
            base: "https://data.example.org".to_owned(),
            generation: Generation(57),
            time: "2026-11-22T12:00:00Z".to_owned(),
            because: "une \"fuite\" \\ un numéro".to_owned(),
            key: key.public(),
            entities: vec!["https://data.example.org/id/x".to_owned()],
            bodies: vec![Blanked {
                generation: Generation(3),
                old: "a".repeat(64),
                new: "b".repeat(64),
                deletions: 0,
                additions: 2,
            }],
        }
    }

    #[test]
    fn the_notice_in_the_reference_of_the_log_is_one() {
        let page = include_str!("../../docs/reference/log.md");
        let start = page.find(FIRST_LINE).unwrap();
        let text = page[start..].split("```").next().unwrap();
        assert_eq!(Notice::parse(text).unwrap().generation, Generation(4));
    }

    #[test]
    fn a_notice_reads_back_and_no_byte_of_it_can_change() {
        let folder = tempfile::TempDir::new().unwrap();
        let key = SigningKey::of(folder.path()).unwrap();
        assert_eq!(
            key.public(),
            SigningKey::of(folder.path()).unwrap().public()
        );
        let text = notice(&key).signed(&key);
        assert_eq!(Notice::parse(&text).unwrap(), notice(&key));
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8_lossy(&bytes);
            assert!(Notice::parse(&changed).is_err(), "byte {index}");
        }
        assert!(Notice::parse(&format!("{text}\n")).is_err());
    }
}
