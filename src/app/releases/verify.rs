//! Whether what somebody has is what was released: signature, sums, counts, and that it can be
//! read by a program other than the one that wrote it.
//!
//! Nothing that a manifest says is believed before its signature is verified, and nothing of a file
//! is unpacked before its sum is.

use super::make::SUMS;
use super::place::{Place, PlaceError};
use crate::app::CONTEXT_FILE;
use crate::ingest::builtin;
use crate::model::Base;
use crate::publish::Context;
use crate::publish::release::{MANIFEST, MANIFEST_VERSION, Manifest, ReleasedFile, Withdrawal};
use crate::publish::reread::{ContextDocument, reread};
use crate::store::{SIGNATURE_EXTENSION, VerifyingKey};
use flate2::read::GzDecoder;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Component, Path};

/// What is small is no larger.
const MOST_BYTES: u64 = 64 << 20;
const SIGNATURE_BYTES: u64 = 16 << 10;
const BUFFER_BYTES: usize = 64 << 10;

#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("there is no `{name}` beside it; take it from the address of the release")]
    Missing { name: String },
    #[error(
        "give the public key with `--key`: a line of 56 characters, or a file; the publisher has it at `/.well-known/minisign.pub`, and should tell it elsewhere too"
    )]
    NoKey,
    #[error("the manifest has the version {0}, which this program does not know; take a newer one")]
    Version(u64),
    #[error("`{0}` could not be read to its end: {1}")]
    Read(String, io::Error),
    #[error("the built-in JSON-LD context cannot be used: {0}")]
    Context(String),
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    pub is_sound: bool,
    pub release: Option<Identity>,
    pub signature: Signature,
    pub files: Vec<Checked>,
    /// What is wrong with the whole.
    pub faults: Vec<String>,
}

/// Which release it is, by its manifest.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    pub base: String,
    pub date: String,
    pub number: u64,
    pub log: String,
    pub generation: u64,
}

/// Who signed the manifest.
#[derive(Clone, Debug, Serialize)]
pub struct Signature {
    pub key: String,
    /// Whether the key was given by who asks; else it came from where the files come from.
    pub is_key_given: bool,
    /// What was signed with it.
    pub comment: Option<String>,
}

/// What was found of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    pub name: String,
    pub bytes: u64,
    /// Statements or rows, as the manifest has it.
    pub count: u64,
    /// Whether they were read and counted.
    pub is_read: bool,
    pub fault: Option<String>,
}

/// Verifies a release, or the one file of it that is named. Each file is told as it is done.
///
/// # Errors
/// When it cannot be found out: something cannot be read or fetched, or there is no key.
pub fn verify(
    place: &mut Place,
    only: Option<&str>,
    key: Option<VerifyingKey>,
    tell: &mut dyn FnMut(&Checked),
) -> Result<Verification, VerifyError> {
    let missing = |name: &str| VerifyError::Missing {
        name: name.to_owned(),
    };
    let bytes = place
        .small(MANIFEST, MOST_BYTES)?
        .ok_or_else(|| missing(MANIFEST))?;
    let (key, is_key_given) = match key {
        Some(key) => (key, true),
        None => {
            let key = place.key(SIGNATURE_BYTES)?.ok_or(VerifyError::NoKey)?;
            (
                VerifyingKey::parse(&key).map_err(|_| VerifyError::NoKey)?,
                false,
            )
        }
    };
    let mut found = Verification {
        is_sound: false,
        release: None,
        signature: Signature {
            key: key.line(),
            is_key_given,
            comment: None,
        },
        files: Vec::new(),
        faults: Vec::new(),
    };
    let name = format!("{MANIFEST}.{SIGNATURE_EXTENSION}");
    let signature = place
        .small(&name, SIGNATURE_BYTES)?
        .ok_or_else(|| missing(&name))?;
    let signature = String::from_utf8_lossy(&signature);
    let verified = key
        .verify_file(bytes.as_slice(), &signature)
        .map_err(|error| VerifyError::Read(MANIFEST.to_owned(), error))?;
    match verified {
        Ok(comment) => found.signature.comment = Some(comment),
        Err(error) => {
            let fault = format!("`{MANIFEST}`: {error}; nothing that it says can be trusted");
            found.faults.push(fault);
            return Ok(found);
        }
    }
    let manifest = match read(&bytes)? {
        Ok(manifest) => manifest,
        Err(fault) => {
            found.faults.push(fault);
            return Ok(found);
        }
    };
    found.release = Some(Identity {
        base: manifest.base.clone(),
        date: manifest.date.clone(),
        number: manifest.number,
        log: manifest.log.clone(),
        generation: manifest.generation.0,
    });
    if let Some(fault) = withdrawn(place)? {
        found.faults.push(fault);
        return Ok(found);
    }
    if only.is_none()
        && let Some(fault) = sums(place, &manifest)?
    {
        found.faults.push(fault);
    }
    let mut files: Vec<&ReleasedFile> = manifest.files.iter().collect();
    // A copy of all of the folder has it too; a site gives it out elsewhere.
    if let (Place::Folder(_), Some(state)) = (&*place, &manifest.state) {
        files.extend(place.file(&state.name, state.bytes)?.map(|_| state));
    }
    if let Some(only) = only {
        files.retain(|file| file.name == only);
        if files.is_empty() {
            let fault = format!("the manifest of this release has no file `{only}`");
            found.faults.push(fault);
        }
    }
    let reader = Reader::new(&manifest)?;
    let mut known = HashSet::new();
    for file in files {
        let checked = match reader.check(place, file, &mut known) {
            Err(VerifyError::Place(error @ PlaceError::Withdrawn(..))) => {
                found.faults.push(error.to_string());
                break;
            }
            checked => checked?,
        };
        tell(&checked);
        found.files.push(checked);
    }
    let is_whole = found.files.iter().all(|file| file.fault.is_none());
    found.is_sound = is_whole && found.faults.is_empty();
    Ok(found)
}

/// The manifest, whose signature is verified; a text says why it is none.
fn read(bytes: &[u8]) -> Result<Result<Manifest, String>, VerifyError> {
    let value: serde_json::Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return Ok(Err(format!("`{MANIFEST}` is no JSON: {error}"))),
    };
    let version = value.get("version").and_then(serde_json::Value::as_u64);
    if let Some(version) = version.filter(|version| *version > u64::from(MANIFEST_VERSION)) {
        return Err(VerifyError::Version(version));
    }
    let read = serde_json::from_value(value);
    Ok(read.map_err(|error| format!("`{MANIFEST}` is no manifest of a release: {error}")))
}

/// That the release was withdrawn, by the notice beside it.
fn withdrawn(place: &mut Place) -> Result<Option<String>, VerifyError> {
    // A site says so of each file.
    let Place::Folder(_) = place else {
        return Ok(None);
    };
    let notice = place.small(super::WITHDRAWN, MOST_BYTES)?;
    let notice = notice.and_then(|notice| serde_json::from_slice::<Withdrawal>(&notice).ok());
    Ok(notice.map(|notice| {
        format!(
            "the release was withdrawn on {}: {}",
            notice.time, notice.because
        )
    }))
}

/// What is wrong with the sums of all files.
fn sums(place: &mut Place, manifest: &Manifest) -> Result<Option<String>, VerifyError> {
    Ok(match place.small(SUMS, MOST_BYTES)? {
        None => Some(format!("`{SUMS}` is not there")),
        Some(sums) if sums != manifest.sums().as_bytes() => Some(format!(
            "`{SUMS}` says something else than the signed manifest"
        )),
        Some(_) => None,
    })
}

/// What it takes to read files again.
struct Reader {
    context: Context,
    document: String,
}

impl Reader {
    fn new(manifest: &Manifest) -> Result<Self, VerifyError> {
        let told = |error: &dyn std::fmt::Display| VerifyError::Context(error.to_string());
        let base: Base = manifest.base.parse().map_err(|error| told(&error))?;
        let file = builtin::file(CONTEXT_FILE).ok_or_else(|| told(&CONTEXT_FILE))?;
        let document = String::from_utf8_lossy(&file);
        Ok(Self {
            context: Context::new(base.clone(), &document).map_err(|error| told(&error))?,
            document: document.replace("{base}", base.as_str()),
        })
    }

    /// Checks one file. `known` are the sums of the contents that were read already: the same
    /// packed in another way need not be read again.
    fn check(
        &self,
        place: &mut Place,
        listed: &ReleasedFile,
        known: &mut HashSet<[u8; 32]>,
    ) -> Result<Checked, VerifyError> {
        let mut checked = Checked {
            name: listed.name.clone(),
            bytes: listed.bytes,
            count: listed.count,
            is_read: false,
            fault: None,
        };
        if !is_plain(&listed.name) {
            checked.fault = Some("its name is a path, which no file of a release has".to_owned());
            return Ok(checked);
        }
        let Some(mut file) = place.file(&listed.name, listed.bytes)? else {
            checked.fault = Some("it is not there".to_owned());
            return Ok(checked);
        };
        let failed = |error| VerifyError::Read(listed.name.clone(), error);
        checked.fault = packed(&mut file, listed).map_err(failed)?;
        if checked.fault.is_some() {
            return Ok(checked);
        }
        match self.unpacked(&file, listed, known) {
            Ok(is_read) => checked.is_read = is_read,
            Err(fault) => checked.fault = Some(fault),
        }
        Ok(checked)
    }

    /// Reads what is in a file whose sum is right; whether it could be read, or what is wrong.
    fn unpacked(
        &self,
        file: &File,
        listed: &ReleasedFile,
        known: &mut HashSet<[u8; 32]>,
    ) -> Result<bool, String> {
        let unpack = || open(file, listed);
        let told = |error: io::Error| format!("it cannot be unpacked: {error}");
        let mut first = unpack().map_err(told)?;
        io::copy(&mut first, &mut io::sink()).map_err(told)?;
        if first.bytes != listed.unpacked_bytes {
            return Err(format!(
                "unpacked it has {} bytes, and the manifest says {}",
                first.bytes, listed.unpacked_bytes
            ));
        }
        let sum: [u8; 32] = first.hasher.finalize().into();
        if known.contains(&sum) {
            return Ok(true);
        }
        let second = BufReader::with_capacity(BUFFER_BYTES, unpack().map_err(told)?);
        let context = ContextDocument::of(&self.context, &self.document);
        let is_read = reread(&listed.format, second, listed.count, &context)
            .map_err(|error| error.to_string())?;
        if is_read {
            known.insert(sum);
        }
        Ok(is_read)
    }
}

/// Whether a name leads into no other folder.
fn is_plain(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!(parts.next(), Some(Component::Normal(_))) && parts.next().is_none()
}

/// What is wrong with a file as it is.
fn packed(file: &mut File, listed: &ReleasedFile) -> io::Result<Option<String>> {
    let mut counted = Counted::new(file);
    io::copy(&mut counted, &mut io::sink())?;
    let sum: String = counted
        .hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    Ok(if counted.bytes < listed.bytes {
        Some(format!(
            "it has {} of {} bytes; go on with its download, as with `curl -C - -O`",
            counted.bytes, listed.bytes
        ))
    } else if sum != listed.sha256 {
        Some(format!(
            "its SHA-256 is {sum}, and the manifest says {}; it is another file, or was changed: download it again",
            listed.sha256
        ))
    } else {
        None
    })
}

/// Opens a file through its compression.
fn open<'f>(mut file: &'f File, listed: &ReleasedFile) -> io::Result<Counted<Box<dyn Read + 'f>>> {
    file.seek(SeekFrom::Start(0))?;
    let packed = BufReader::with_capacity(BUFFER_BYTES, file);
    let unpacked: Box<dyn Read + 'f> = match listed.compression.as_deref() {
        None => Box::new(packed),
        Some("gzip") => Box::new(GzDecoder::new(packed)),
        Some("zstd") => Box::new(zstd::Decoder::with_buffer(packed)?),
        Some(other) => {
            return Err(io::Error::other(format!(
                "this program does not know the compression `{other}`"
            )));
        }
    };
    Ok(Counted::new(unpacked))
}

/// Counts and hashes what is read through it.
struct Counted<R> {
    inner: R,
    bytes: u64,
    hasher: Sha256,
}

impl<R> Counted<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            bytes: 0,
            hasher: Sha256::new(),
        }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes += read as u64;
        self.hasher.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
