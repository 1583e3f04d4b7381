//! The Ed25519 key of a data folder, which signs what is published for good: notices of
//! redactions, releases and the head of the change log.
//!
//! Signatures of files have the form of minisign (<https://jedisct1.github.io/minisign/>, "Signature
//! format"), so that its own program verifies them.

use crate::store::log::LogError;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use blake2::{Blake2b512, Digest as _};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// The ending of the file that holds the signature of another.
pub const SIGNATURE_EXTENSION: &str = "minisig";
/// Ed25519 over the bytes themselves; also the algorithm in front of a public key.
const PLAIN: &[u8; 2] = b"Ed";
/// Ed25519 over the BLAKE2b-512 of the bytes, so that a file of any size is read once.
const HASHED: &[u8; 2] = b"ED";

/// The key of a data folder: 32 random bytes in `private/redaction.key`, mode 0600. The first
/// thing that it signed gave the file its name.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// Reads the key of a data folder, or makes one.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds something else.
    pub fn of(folder: &Path) -> Result<Self, LogError> {
        let private = folder.join("private");
        let path = private.join("redaction.key");
        let io = |error| LogError::io(&path, error);
        let seed = match fs::read_to_string(&path) {
            Ok(text) => from_hex(text.trim()).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut seed = vec![0; 32];
                crate::store::fill_random(&mut seed);
                fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(&private)
                    .map_err(io)?;
                let part = private.join("redaction.key.part");
                let _ = fs::remove_file(&part);
                let mut file = OpenOptions::new()
                    .create_new(true)
                    .write(true)
                    .mode(0o600)
                    .open(&part)
                    .map_err(io)?;
                file.write_all(format!("{}\n", hex(&seed)).as_bytes())
                    .and_then(|()| file.sync_all())
                    .and_then(|()| fs::rename(&part, &path))
                    .and_then(|()| fs::File::open(&private)?.sync_all())
                    .map_err(io)?;
                seed
            }
            Err(error) => return Err(io(error)),
        };
        Ed25519KeyPair::from_seed_unchecked(&seed)
            .map(Self)
            .map_err(|_| {
                io(io::Error::other(
                    "it does not hold 64 hexadecimal digits; put the key back from a backup, or move the file away to have another made",
                ))
            })
    }

    /// The public key, hexadecimal.
    pub fn public(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Who can verify what this key signs.
    pub fn verifying(&self) -> VerifyingKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.0.public_key().as_ref());
        VerifyingKey(key)
    }

    /// The signature of these very bytes.
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }

    /// The signature of a file, as the text of a file beside it. `comment` is signed too; it is
    /// one line.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn sign_file(&self, bytes: impl Read, comment: &str) -> io::Result<String> {
        let comment: String = comment.chars().filter(|c| !c.is_control()).collect();
        let signature = self.sign(&digest(bytes)?);
        let id = self.verifying().id();
        let first = [HASHED.as_slice(), &id, &signature].concat();
        let global = self.sign(&[signature.as_slice(), comment.as_bytes()].concat());
        Ok(format!(
            "untrusted comment: signature of key {}\n{}\ntrusted comment: {comment}\n{}\n",
            shown(&id),
            BASE64_STANDARD.encode(first),
            BASE64_STANDARD.encode(global),
        ))
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    #[error(
        "this is no public key of minisign; give the line of 56 characters from the file, or the file"
    )]
    NoKey,
    #[error("this is no signature in minisign's form")]
    NoSignature,
    #[error("it was signed by the key {found}, not by {wanted}")]
    OtherKey { found: String, wanted: String },
    #[error("the signature does not fit the bytes; they were changed, or are not complete")]
    Wrong,
}

/// A public key, as minisign writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// The number by which minisign tells keys apart: here the first bytes of the key's hash, so
    /// that it need not be kept.
    fn id(&self) -> [u8; 8] {
        let digest = Blake2b512::digest(self.0);
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        id
    }

    /// The key itself, as notices have it.
    pub fn hexadecimal(&self) -> String {
        hex(&self.0)
    }

    /// The line by which minisign's `-P` takes it.
    pub fn line(&self) -> String {
        BASE64_STANDARD.encode([PLAIN.as_slice(), &self.id(), &self.0].concat())
    }

    /// The text of its file, as minisign's `-p` takes it.
    pub fn file(&self) -> String {
        format!(
            "untrusted comment: minisign public key {}\n{}\n",
            shown(&self.id()),
            self.line()
        )
    }

    /// Reads what [`Self::line`] or [`Self::file`] gave.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self, SignatureError> {
        let line = text.trim().lines().last().unwrap_or_default().trim();
        let bytes = BASE64_STANDARD
            .decode(line)
            .map_err(|_| SignatureError::NoKey)?;
        let key = bytes
            .strip_prefix(PLAIN)
            .and_then(|rest| rest.get(8..))
            .and_then(|key| <[u8; 32]>::try_from(key).ok())
            .ok_or(SignatureError::NoKey)?;
        Ok(Self(key))
    }

    /// Verifies the signature of a file, and gives the comment that was signed with it.
    ///
    /// # Errors
    /// When `bytes` cannot be read, or the signature is not this key's for them.
    pub fn verify_file(
        &self,
        bytes: impl Read,
        signature: &str,
    ) -> io::Result<Result<String, SignatureError>> {
        let hash = digest(bytes)?;
        Ok(self.verify_digest(&hash, signature))
    }

    fn verify_digest(&self, hash: &[u8], signature: &str) -> Result<String, SignatureError> {
        let wrong = SignatureError::NoSignature;
        let lines: Vec<&str> = signature.lines().collect();
        let &[first, body, comment, global] = lines.as_slice() else {
            return Err(wrong);
        };
        let decode = |text: &str| {
            BASE64_STANDARD
                .decode(text)
                .map_err(|_| SignatureError::NoSignature)
        };
        let comment = comment
            .strip_prefix("trusted comment: ")
            .filter(|_| first.starts_with("untrusted comment: "))
            .ok_or(wrong.clone())?;
        let (body, global) = (decode(body)?, decode(global)?);
        let rest = body.strip_prefix(HASHED).ok_or(wrong.clone())?;
        let (id, signed) = rest.split_at_checked(8).ok_or(wrong)?;
        if signed.len() != 64 {
            return Err(SignatureError::NoSignature);
        }
        if id != self.id() {
            return Err(SignatureError::OtherKey {
                found: shown(id),
                wanted: shown(&self.id()),
            });
        }
        let key = UnparsedPublicKey::new(&ED25519, self.0);
        key.verify(hash, signed)
            .and_then(|()| key.verify(&[signed, comment.as_bytes()].concat(), &global))
            .map_err(|_| SignatureError::Wrong)?;
        Ok(comment.to_owned())
    }
}

/// What is signed of a file.
fn digest(mut bytes: impl Read) -> io::Result<Vec<u8>> {
    let mut hasher = Blake2b512::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => return Ok(hasher.finalize().to_vec()),
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The number of a key as minisign shows it: that of a little-endian integer.
fn shown(id: &[u8]) -> String {
    id.iter().rev().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|index| u8::from_str_radix(text.get(index..index + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verify(key: &VerifyingKey, bytes: &[u8], signature: &str) -> Result<String, SignatureError> {
        key.verify_file(bytes, signature).expect("memory")
    }

    #[test]
    fn a_signature_holds_for_its_bytes_comment_and_key_alone() {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::of(folder.path()).unwrap();
        let public = key.verifying();
        let signature = key.sign_file(&b"bytes"[..], "release\n12").unwrap();
        assert_eq!(verify(&public, b"bytes", &signature).unwrap(), "release12");
        assert_eq!(
            verify(&public, b"byte", &signature),
            Err(SignatureError::Wrong)
        );
        assert_eq!(
            verify(
                &public,
                b"bytes",
                &signature.replace("release12", "release13")
            ),
            Err(SignatureError::Wrong)
        );
        let other = SigningKey::of(tempfile::tempdir().unwrap().path()).unwrap();
        assert!(matches!(
            verify(&other.verifying(), b"bytes", &signature),
            Err(SignatureError::OtherKey { .. })
        ));
        assert_eq!(
            verify(&public, b"bytes", "untrusted comment: x"),
            Err(SignatureError::NoSignature)
        );
    }

    #[test]
    fn a_key_is_read_from_its_line_and_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let public = SigningKey::of(folder.path()).unwrap().verifying();
        assert_eq!(VerifyingKey::parse(&public.line()), Ok(public));
        assert_eq!(VerifyingKey::parse(&public.file()), Ok(public));
        assert_eq!(public.line().len(), 56);
        for text in ["", "RWQ", "é", &public.line()[1..]] {
            assert_eq!(VerifyingKey::parse(text), Err(SignatureError::NoKey));
        }
    }
}
