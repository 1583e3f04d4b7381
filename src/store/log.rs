//! The change log: an append-only sequence of RDF Patch records in segment files.
//!
//! A record is, byte for byte (`docs/reference/log.md` says it at length):
//!
//! ```text
//! affiche-record 1 {header bytes} {body bytes} {SHA-256 of header and body, hexadecimal}\n
//! H log "…" .            ─┐
//! H generation "12" .     │ header: RDF Patch header rows, one a line, in a fixed order
//! …                      ─┘
//! TX .                   ─┐
//! D <s> <p> <o> <g> .     │ body: deletions then additions, each sorted
//! A <s> <p> <o> <g> .     │
//! TC .                   ─┘
//! ```
//!
//! The chain runs over headers (`H previous` is the SHA-256 of the header before), and a header
//! holds its body's SHA-256, so a body can be redacted without breaking the chain.

use crate::model::{Activity, Base, Generation, SourceName};
use crate::store::body::Body;
use crate::store::notice::Notices;
use crate::store::origin::{FormerLog, Origin};
use oxrdf::Quad;
use oxttl::NQuadsParser;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A segment is closed once it is this large.
const SEGMENT_BYTES: u64 = 64 * 1024 * 1024;
/// A frame line is far shorter; what is longer is no frame line.
const FRAME_LINE_BYTES: usize = 160;
/// Frame line and header together are rarely longer.
const HEAD_BYTES: usize = 1024;
const FRAME_WORD: &str = "affiche-record";
const FRAME_VERSION: &str = "1";

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error("the log at `{path}` could not be read or written: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("the disk that holds `{path}` is full; nothing was changed. Make room and try again")]
    DiskFull { path: PathBuf },
    #[error(
        "`{path}` is damaged at byte {offset}: {what}. Restore the folder from a backup; nothing was changed"
    )]
    Damaged {
        path: PathBuf,
        offset: u64,
        what: String,
    },
    #[error(
        "the folder belongs to `{found}`, not to `{wanted}`; leave --base out, or use another folder"
    )]
    OtherBase { found: String, wanted: String },
    #[error(
        "the disk did not confirm that it wrote to `{path}` ({error}), so whether the change was accepted is known only after a restart; mend the disk, and restart the program"
    )]
    Unconfirmed { path: PathBuf, error: io::Error },
    #[error("generation {0} is not in the log")]
    Unknown(Generation),
    #[error(
        "generation {generation} is not in this folder: it is a copy whose log begins after generation {origin}; ask the server that it copies"
    )]
    BeforeOrigin {
        generation: Generation,
        origin: Generation,
    },
    #[error(
        "an earlier write could not be completed, so its outcome is known only after a restart; restart the program"
    )]
    Stopped,
}

impl LogError {
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::StorageFull {
            return Self::DiskFull {
                path: path.to_owned(),
            };
        }
        Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}

/// What a record says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The random identity of the log.
    pub log: String,
    pub base: String,
    pub generation: Generation,
    /// When it was accepted: xsd:dateTime in UTC.
    pub time: String,
    /// Whose change it is: a source, never a person.
    pub source: SourceName,
    pub activity: Activity,
    pub deletions: u64,
    pub additions: u64,
    pub body_sha256: String,
    /// SHA-256 of the header before, 64 zeros in the first record.
    pub previous: String,
}

/// The effective change of the whole data set: nothing in `deletions` was absent, nothing in
/// `additions` was there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    pub deletions: Vec<Quad>,
    pub additions: Vec<Quad>,
}

/// What a new record is to say of itself.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub time: &'a str,
    pub source: &'a SourceName,
    pub activity: Activity,
}

/// Where a record is.
#[derive(Clone, Debug)]
struct Position {
    path: Arc<Path>,
    offset: u64,
    /// How long it is, with its frame line.
    bytes: u64,
}

impl Position {
    fn end(&self) -> u64 {
        self.offset + self.bytes
    }
}

/// Where the records are, for those who read them while another holds the log.
#[derive(Clone, Debug)]
pub(super) struct Records {
    /// The generation before the first one.
    origin: Generation,
    /// What the log begins with, when that is not nothing.
    begins_with: Option<Arc<Origin>>,
    /// By generation, the first one first.
    positions: Arc<RwLock<Vec<Position>>>,
    /// What was struck out of old bodies.
    notices: Arc<Notices>,
}

impl Records {
    fn len(&self) -> usize {
        self.positions
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    fn push(&self, position: Position) {
        self.positions
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(position);
    }

    /// What the log begins with, when that is not nothing.
    pub fn begins_with(&self) -> Option<&Origin> {
        self.begins_with.as_deref()
    }

    /// The generation before the first record; that of nothing, unless this is a copy.
    pub fn origin(&self) -> Generation {
        self.origin
    }

    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// The files of the log, the first one first.
    pub fn segment_paths(&self) -> Vec<Arc<Path>> {
        let positions = self
            .positions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut paths: Vec<Arc<Path>> = Vec::new();
        for position in positions.iter() {
            if paths.last() != Some(&position.path) {
                paths.push(Arc::clone(&position.path));
            }
        }
        paths
    }

    fn index_of(&self, generation: Generation) -> Result<usize, LogError> {
        if generation <= self.origin && generation > Generation(0) {
            return Err(LogError::BeforeOrigin {
                generation,
                origin: self.origin,
            });
        }
        self.index(generation).ok_or(LogError::Unknown(generation))
    }

    fn index(&self, generation: Generation) -> Option<usize> {
        let index = generation.0.checked_sub(self.origin.0 + 1)?;
        usize::try_from(index).ok()
    }

    /// The files that take no more records and hold none after `at`, the first one first.
    pub fn closed_segments(&self, at: Generation) -> Vec<ClosedSegment> {
        let positions = self
            .positions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let mut closed = Vec::new();
        let mut start = 0;
        while let Some(rest) = positions.get(start..)
            && let Some(first) = rest.first()
        {
            let count = rest.partition_point(|position| position.path <= first.path);
            let bytes = rest.get(count - 1).map_or(0, Position::end);
            let last = Generation(self.origin.0 + (start + count) as u64);
            let is_closed = count < rest.len() || bytes >= SEGMENT_BYTES;
            if !is_closed || last > at {
                break;
            }
            closed.push(ClosedSegment {
                first: Generation(self.origin.0 + start as u64 + 1),
                last,
                bytes,
                path: Arc::clone(&first.path),
            });
            start += count;
        }
        closed
    }

    /// The whole records after a generation and up to `at` that come to at most so many bytes and
    /// stand in one file, and one at least; `None` when there are none.
    ///
    /// # Errors
    /// When they are not there.
    pub fn page(
        &self,
        after: Generation,
        at: Generation,
        most_bytes: u64,
    ) -> Result<Option<Page>, LogError> {
        if after >= at {
            return Ok(None);
        }
        let start = self.index_of(after.next())?;
        let positions = self
            .positions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let until = self.index(at.next()).unwrap_or_default();
        let asked = positions.get(start..until.min(positions.len()));
        let asked = asked.unwrap_or_default();
        let first = asked.first().ok_or(LogError::Unknown(after.next()))?;
        let bound = first.offset.saturating_add(most_bytes);
        let count = asked
            .partition_point(|position| position.path == first.path && position.end() <= bound)
            .max(1);
        let end = asked.get(count - 1).map_or(first.end(), Position::end);
        Ok(Some(Page {
            first: after.next(),
            last: Generation(after.0 + count as u64),
            offset: first.offset,
            bytes: end - first.offset,
            path: Arc::clone(&first.path),
        }))
    }

    /// The SHA-256 of the notice of each redaction.
    pub fn redactions(&self) -> Vec<String> {
        let notices = self.notices.iter();
        notices.map(|(.., sha256)| sha256.clone()).collect()
    }

    /// Where a record is.
    ///
    /// # Errors
    /// When it is not there.
    pub fn place(&self, generation: Generation) -> Result<RecordPlace, LogError> {
        let index = self.index_of(generation)?;
        let positions = self
            .positions
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let position = positions.get(index).ok_or(LogError::Unknown(generation))?;
        Ok(RecordPlace {
            generation,
            path: Arc::clone(&position.path),
            offset: position.offset,
            notices: Arc::clone(&self.notices),
        })
    }
}

/// A file of the log that takes no more records.
#[derive(Clone, Debug)]
pub struct ClosedSegment {
    pub first: Generation,
    pub last: Generation,
    pub bytes: u64,
    pub path: Arc<Path>,
}

/// Whole records that stand one after the other in a file.
#[derive(Clone, Debug)]
pub struct Page {
    pub first: Generation,
    pub last: Generation,
    /// Where in the file they begin, and how long they are.
    pub offset: u64,
    pub bytes: u64,
    pub path: Arc<Path>,
}

/// Where a log stands, and what the next record must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    pub identity: String,
    pub base: String,
    pub generation: Generation,
    /// Of the last record's header; 64 zeros before the first.
    pub header_sha256: String,
}

/// A whole record in any file, with what is needed to see where it belongs.
#[derive(Clone, Debug)]
pub struct Found {
    pub generation: Generation,
    pub activity: Activity,
    pub offset: u64,
    pub bytes: u64,
    pub header_sha256: String,
    log: String,
    base: String,
    previous: String,
    /// SHA-256 of the body as it was written, and as it is.
    body_written: String,
    body_sha256: String,
}

impl Chain {
    /// Before the first record of a log that is not known yet.
    pub fn begin(identity: &str, base: &str) -> Self {
        Self {
            identity: identity.to_owned(),
            base: base.to_owned(),
            generation: Generation(0),
            header_sha256: NO_PREVIOUS.to_owned(),
        }
    }

    /// Goes on to a record.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub fn follow(&mut self, record: &Found, notices: &Notices) -> Result<(), String> {
        let wanted = self.generation.next();
        let generation = record.generation;
        if generation != wanted {
            return Err(format!(
                "generation {generation} stands where {wanted} should"
            ));
        }
        let is_restored = record.activity == Activity::Restore && is_identity(&record.log);
        if record.base != self.base || (record.log != self.identity && !is_restored) {
            return Err(format!("generation {generation} is of another log"));
        }
        if record.previous != self.header_sha256 {
            return Err(format!(
                "the header before generation {generation} is not the one it was written after"
            ));
        }
        if !record.is_as_noted(notices) {
            return Err(format!(
                "the body of generation {generation} is not as it was written, and no notice of a redaction says why"
            ));
        }
        self.identity.clone_from(&record.log);
        self.generation = generation;
        self.header_sha256.clone_from(&record.header_sha256);
        Ok(())
    }
}

impl Found {
    /// Whether its body is as it was written, or as the notices of redactions say.
    pub fn is_as_noted(&self, notices: &Notices) -> bool {
        *notices.body_sha256(self.generation, &self.body_written) == self.body_sha256
    }

    /// Whether with it a log goes on under another identity than this one.
    pub fn begins_identity(&self, identity: &str) -> bool {
        self.log != identity
    }
}

/// Finds the records that stand one after the other in a file, and verifies the sum of each.
///
/// # Errors
/// When there is anything else in it.
pub fn find_records(path: &Path) -> Result<Vec<Found>, LogError> {
    let io = |error| LogError::io(path, error);
    let file = File::open(path).map_err(io)?;
    let file_bytes = file.metadata().map_err(io)?.len();
    let mut reader = BufReader::new(file);
    let mut found = Vec::new();
    let mut offset = 0;
    while offset < file_bytes {
        let damaged = |what: String| LogError::Damaged {
            path: path.to_owned(),
            offset,
            what,
        };
        let (frame, line_bytes, head) = read_head(&mut reader, path, offset)?;
        let bytes = line_bytes + frame.header_bytes as u64 + frame.body_bytes as u64;
        if offset + bytes > file_bytes {
            return Err(damaged("the record ends too early".to_owned()));
        }
        let hashes = hash_body(&mut reader, &head, frame.body_bytes as u64).map_err(io)?;
        if hashes.record != frame.sha256 {
            return Err(damaged("its SHA-256 does not match".to_owned()));
        }
        let header = parse_header(&head).map_err(damaged)?;
        found.push(Found {
            generation: header.generation,
            activity: header.activity,
            offset,
            bytes,
            header_sha256: sha256_hex(&head),
            log: header.log,
            base: header.base,
            previous: header.previous,
            body_written: header.body_sha256,
            body_sha256: hashes.body,
        });
        offset += bytes;
    }
    Ok(found)
}

#[derive(Debug)]
struct Segment {
    path: Arc<Path>,
    bytes: u64,
}

/// The log of a data folder, open for appending by this process alone.
#[derive(Debug)]
pub struct Log {
    folder: PathBuf,
    identity: String,
    base: Base,
    segments: Vec<Segment>,
    records: Records,
    last_header_sha256: String,
    /// The identities that it had before, the first one first, each with the last generation that
    /// was written under it.
    former: Vec<FormerLog>,
    writer: Option<File>,
    is_stopped: bool,
    /// Bytes of an incomplete last record that opening cut off.
    pub cut_bytes: u64,
}

const NO_PREVIOUS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

impl Log {
    /// Opens the log in `folder`, cutting an incomplete last record off, or begins a new one for
    /// `base` under `new_identity` (nothing is written before the first record).
    ///
    /// # Errors
    /// When the folder belongs to another base, or anything but the end of the last record is
    /// not as it was written.
    pub fn open(
        folder: &Path,
        base: &Base,
        base_is_wanted: bool,
        new_identity: &str,
    ) -> Result<Self, LogError> {
        fs::create_dir_all(folder).map_err(|error| LogError::io(folder, error))?;
        let origin = Origin::read(folder)?;
        let (identity, own_base, former, last_header_sha256, begins_after) = match &origin {
            Some(origin) => (
                origin.log.clone(),
                origin.base()?,
                origin.former.clone(),
                origin.header_sha256.clone(),
                origin.generation,
            ),
            None => (
                new_identity.to_owned(),
                base.clone(),
                Vec::new(),
                NO_PREVIOUS.to_owned(),
                Generation(0),
            ),
        };
        let mut log = Self {
            folder: folder.to_owned(),
            identity,
            base: own_base,
            segments: Vec::new(),
            records: Records {
                origin: begins_after,
                begins_with: origin.map(Arc::new),
                positions: Arc::default(),
                notices: Arc::new(Notices::read(folder)?),
            },
            last_header_sha256,
            former,
            writer: None,
            is_stopped: false,
            cut_bytes: 0,
        };
        let paths = segment_paths(folder)?;
        let count = paths.len();
        for (index, path) in paths.into_iter().enumerate() {
            log.scan_segment(path, index + 1 == count)?;
        }
        if log.base != *base && base_is_wanted && log.generation() > Generation(0) {
            return Err(LogError::OtherBase {
                found: log.base.to_string(),
                wanted: base.to_string(),
            });
        }
        Ok(log)
    }

    pub fn identity(&self) -> &str {
        &self.identity
    }

    pub fn base(&self) -> &Base {
        &self.base
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was struck out of old bodies.
    pub fn notices(&self) -> &Notices {
        &self.records.notices
    }

    /// Where the records are, those that are still to come included.
    pub(super) fn records(&self) -> Records {
        self.records.clone()
    }

    /// Lets the next record, which must be of the activity `restore`, begin a new identity.
    pub fn begin_identity(&mut self, identity: &str) {
        let former = std::mem::replace(&mut self.identity, identity.to_owned());
        if former != self.identity {
            self.former.push(FormerLog {
                log: former,
                until: self.generation(),
            });
        }
    }

    /// The identities that it had before, the first one first, each with the last generation that
    /// was written under it.
    pub fn former(&self) -> &[FormerLog] {
        &self.former
    }

    /// Where it begins, when that is not with nothing.
    pub fn origin(&self) -> Option<&Origin> {
        self.records.begins_with()
    }

    /// The generations of all records, in their order.
    pub fn generations(&self) -> impl Iterator<Item = Generation> + use<> {
        let (origin, last) = (self.records.origin, self.generation());
        (origin.0 + 1..=last.0).map(Generation)
    }

    /// Where it stands.
    pub fn chain(&self) -> Chain {
        Chain {
            identity: self.identity.clone(),
            base: self.base.to_string(),
            generation: self.generation(),
            header_sha256: self.last_header_sha256.clone(),
        }
    }

    /// Appends records of a file that follow this log, and waits until they are on the disk. A
    /// new segment begins with each of `begins`, as it does where they were written.
    ///
    /// # Errors
    /// When one does not follow, or cannot be written: then the log takes no more records.
    pub fn take(
        &mut self,
        file: &Path,
        records: &[Found],
        begins: &BTreeSet<Generation>,
    ) -> Result<(), LogError> {
        if self.is_stopped {
            return Err(LogError::Stopped);
        }
        let mut chain = self.chain();
        if self.generation() == Generation(0) {
            // An empty log is nobody's.
            if let Some(first) = records.first() {
                chain = Chain::begin(&first.log, &first.base);
            }
        }
        for record in records {
            chain
                .follow(record, &self.records.notices)
                .map_err(|what| LogError::Damaged {
                    path: file.to_owned(),
                    offset: record.offset,
                    what,
                })?;
        }
        let io = |error| LogError::io(file, error);
        let mut source = File::open(file).map_err(io)?;
        // Half of this is cut off by the next opening.
        let taken = self.take_all(&mut source, records, begins);
        self.is_stopped |= taken.is_err();
        taken
    }

    fn take_all(
        &mut self,
        source: &mut File,
        records: &[Found],
        begins: &BTreeSet<Generation>,
    ) -> Result<(), LogError> {
        for record in records {
            if self.generation() == Generation(0) {
                self.base = record.base.parse().unwrap_or_else(|_| self.base.clone());
                self.identity.clone_from(&record.log);
            }
            let is_new = begins.contains(&record.generation)
                && self.segments.last().is_some_and(|last| last.bytes > 0);
            self.open_segment(record.generation, is_new)?;
            let segment = self.segments.len() - 1;
            let offset = self.segments[segment].bytes;
            let path = Arc::clone(&self.segments[segment].path);
            let io = |error| LogError::io(&path, error);
            let writer = self.writer.as_mut().expect("open_segment opened it");
            writer.seek(SeekFrom::Start(offset)).map_err(io)?;
            source.seek(SeekFrom::Start(record.offset)).map_err(io)?;
            let copied = io::copy(&mut source.take(record.bytes), writer).map_err(io)?;
            if copied != record.bytes {
                return Err(io(io::ErrorKind::UnexpectedEof.into()));
            }
            self.segments[segment].bytes = offset + copied;
            if record.begins_identity(&self.identity) {
                self.begin_identity(&record.log);
            }
            self.last_header_sha256.clone_from(&record.header_sha256);
            self.records.push(Position {
                path,
                offset,
                bytes: copied,
            });
        }
        if let (Some(writer), Some(last)) = (&self.writer, self.segments.last()) {
            writer.sync_data().map_err(|error| LogError::Unconfirmed {
                path: last.path.to_path_buf(),
                error,
            })?;
        }
        Ok(())
    }

    /// The generation of the last record; 0 when there is none.
    pub fn generation(&self) -> Generation {
        Generation(self.records.origin.0 + self.records.len() as u64)
    }

    /// Whether an earlier failure left it unknown whether a record is on the disk.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// No further record is taken until the folder is opened again.
    pub fn stop(&mut self) {
        self.is_stopped = true;
    }

    /// Appends one record and waits until it is on the disk.
    ///
    /// # Errors
    /// When the record could not be written, nothing of it is kept. When the disk does not
    /// confirm, the log stops taking records.
    pub fn append(&mut self, entry: &Entry<'_>, body: &Body) -> Result<Header, LogError> {
        if self.is_stopped {
            return Err(LogError::Stopped);
        }
        let mut hash = Hash::default();
        // Nothing of a hash can fail.
        let _ = body.write(&mut hash);
        let (body_sha256, body_bytes) = hash.finish();
        let header = Header {
            log: self.identity.clone(),
            base: self.base.to_string(),
            generation: self.generation().next(),
            time: entry.time.to_owned(),
            source: entry.source.clone(),
            activity: entry.activity,
            deletions: body.deletions(),
            additions: body.additions(),
            body_sha256,
            previous: self.last_header_sha256.clone(),
        };
        let head = write_header(&header);
        let mut hash = Hash::default();
        let _ = hash.write_all(head.as_bytes());
        let _ = body.write(&mut hash);
        let frame = frame_line(head.len(), body_bytes, &hash.finish().0);
        self.open_writer(header.generation)?;
        let segment = self.segments.len() - 1;
        let offset = self.segments[segment].bytes;
        let path = Arc::clone(&self.segments[segment].path);
        let writer = self.writer.as_mut().expect("open_writer opened it");
        // Whatever an earlier append left undone, the record goes where the last one ends.
        let written = writer.seek(SeekFrom::Start(offset)).and_then(|_| {
            writer.write_all(format!("{frame}{head}").as_bytes())?;
            body.write(writer)
        });
        if let Err(error) = written {
            // Nothing was promised yet: take the half-written record back.
            let taken_back = writer.set_len(offset).and_then(|()| writer.sync_data());
            self.writer = None;
            return Err(match taken_back {
                Ok(()) => LogError::io(&path, error),
                Err(error) => {
                    self.is_stopped = true;
                    LogError::Unconfirmed {
                        path: path.to_path_buf(),
                        error,
                    }
                }
            });
        }
        if let Err(error) = writer.sync_data() {
            // After a failed fsync nobody knows what is on the disk; a second one may lie.
            self.is_stopped = true;
            let path = path.to_path_buf();
            return Err(LogError::Unconfirmed { path, error });
        }
        let bytes = (frame.len() + head.len()) as u64 + body_bytes;
        self.segments[segment].bytes = offset + bytes;
        self.records.push(Position {
            path,
            offset,
            bytes,
        });
        self.last_header_sha256 = sha256_hex(head.as_bytes());
        Ok(header)
    }

    /// One record, with every hash of it verified, whole in memory.
    ///
    /// # Errors
    /// When it is not there or not as it was written.
    pub fn read(&self, generation: Generation) -> Result<(Header, Patch), LogError> {
        let record = self.record(generation)?;
        let patch = Patch {
            deletions: record.quads(Side::Deletions)?.collect::<Result<_, _>>()?,
            additions: record.quads(Side::Additions)?.collect::<Result<_, _>>()?,
        };
        Ok((record.header, patch))
    }

    /// One record, with every hash of it verified, its quads to be read one by one.
    ///
    /// # Errors
    /// When it is not there or not as it was written.
    pub fn record(&self, generation: Generation) -> Result<Record, LogError> {
        self.records.place(generation)?.read()
    }

    fn scan_segment(&mut self, path: PathBuf, is_last: bool) -> Result<(), LogError> {
        let io = |error| LogError::io(&path, error);
        let file = File::open(&path).map_err(io)?;
        let file_bytes = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::new(file);
        let mut offset = 0_u64;
        let shared: Arc<Path> = Arc::from(path.as_path());
        while offset < file_bytes {
            match self.scan_record(&mut reader, offset, file_bytes, is_last) {
                Ok(Scan::Record { bytes }) => {
                    self.records.push(Position {
                        path: Arc::clone(&shared),
                        offset,
                        bytes,
                    });
                    offset += bytes;
                }
                Ok(Scan::Incomplete) if is_last => {
                    self.cut_bytes = file_bytes - offset;
                    let writer = OpenOptions::new().write(true).open(&path).map_err(io)?;
                    writer
                        .set_len(offset)
                        .and_then(|()| writer.sync_all())
                        .map_err(io)?;
                    break;
                }
                Ok(Scan::Incomplete) => {
                    return Err(LogError::Damaged {
                        path: path.clone(),
                        offset,
                        what: "the record ends too early, and there are later segments".to_owned(),
                    });
                }
                Err(ScanError::Io(error)) => return Err(LogError::io(&path, error)),
                Err(ScanError::Damaged(what)) => {
                    return Err(LogError::Damaged {
                        path: path.clone(),
                        offset,
                        what,
                    });
                }
            }
        }
        self.segments.push(Segment {
            path: shared,
            bytes: offset,
        });
        Ok(())
    }

    /// Reads one record's frame and header, and checks them against the records before; the body
    /// too when nothing follows it, since that is the one a crash can have left incomplete.
    fn scan_record(
        &mut self,
        reader: &mut BufReader<File>,
        offset: u64,
        file_bytes: u64,
        is_last_segment: bool,
    ) -> Result<Scan, ScanError> {
        let mut line = Vec::new();
        reader
            .by_ref()
            .take(FRAME_LINE_BYTES as u64)
            .read_until(b'\n', &mut line)?;
        let reaches_end = offset + line.len() as u64 == file_bytes;
        if line.last() != Some(&b'\n') && reaches_end {
            return Ok(Scan::Incomplete);
        }
        let Some(frame) = Frame::parse(&line) else {
            // A power cut can leave blocks of zeros that were allocated and never written. A
            // record never holds a NUL, so this is no record that anybody was promised.
            let mut unwritten = line.iter().skip_while(|byte| **byte != 0);
            if is_last_segment
                && line.last() == Some(&0)
                && unwritten.all(|byte| *byte == 0)
                && rest_is_zero(reader)?
            {
                return Ok(Scan::Incomplete);
            }
            return Err(ScanError::Damaged("there is no record here".to_owned()));
        };
        let content_bytes = frame.header_bytes as u64 + frame.body_bytes as u64;
        let bytes = line.len() as u64 + content_bytes;
        if offset + bytes > file_bytes {
            return Ok(Scan::Incomplete);
        }
        let mut head = vec![0; frame.header_bytes];
        reader.read_exact(&mut head)?;
        let ends_file = is_last_segment && offset + bytes == file_bytes;
        if ends_file {
            let hashes = hash_body(reader, &head, frame.body_bytes as u64)?;
            if hashes.record != frame.sha256 {
                if hashes.last == Some(0) {
                    return Ok(Scan::Incomplete);
                }
                return Err(ScanError::Damaged("its SHA-256 does not match".to_owned()));
            }
        } else {
            reader.seek_relative(i64::try_from(frame.body_bytes).map_err(io::Error::other)?)?;
        }
        let header = parse_header(&head).map_err(ScanError::Damaged)?;
        self.check_header(&header)?;
        self.last_header_sha256 = sha256_hex(&head);
        Ok(Scan::Record { bytes })
    }

    fn check_header(&mut self, header: &Header) -> Result<(), ScanError> {
        if self.generation() == Generation(0) {
            self.identity.clone_from(&header.log);
            self.base = header
                .base
                .parse()
                .map_err(|error| ScanError::Damaged(format!("{error}")))?;
        }
        let wanted = self.generation().next();
        if header.generation != wanted {
            return Err(ScanError::Damaged(format!(
                "generation {} stands where {wanted} should",
                header.generation
            )));
        }
        if header.activity == Activity::Restore && is_identity(&header.log) {
            // A backup behind what was published goes on under another identity.
            self.begin_identity(&header.log);
        }
        if header.log != self.identity || header.base != self.base.as_str() {
            return Err(ScanError::Damaged(
                "it is a record of another log".to_owned(),
            ));
        }
        if header.previous != self.last_header_sha256 {
            return Err(ScanError::Damaged(
                "the header before it is not the one it was written after".to_owned(),
            ));
        }
        Ok(())
    }

    fn open_writer(&mut self, next: Generation) -> Result<(), LogError> {
        self.open_segment(next, false)
    }

    /// The same; `is_new` begins another segment though the last one is not full.
    fn open_segment(&mut self, next: Generation, is_new: bool) -> Result<(), LogError> {
        let is_full = self
            .segments
            .last()
            .is_none_or(|last| last.bytes >= SEGMENT_BYTES);
        if is_full || is_new {
            if let (Some(writer), Some(last)) = (&self.writer, self.segments.last()) {
                writer
                    .sync_data()
                    .map_err(|error| LogError::io(&last.path, error))?;
            }
            let path = self.folder.join(format!("{:020}.rdfp", next.0));
            let io = |error| LogError::io(&path, error);
            let file = OpenOptions::new()
                .create(true)
                .truncate(true)
                .write(true)
                .open(&path)
                .map_err(io)?;
            file.sync_all().map_err(io)?;
            // The new name must be on the disk too, or a power cut could lose the whole file.
            File::open(&self.folder)
                .and_then(|folder| folder.sync_all())
                .map_err(io)?;
            self.segments.push(Segment {
                path: path.into(),
                bytes: 0,
            });
            self.writer = Some(file);
        } else if self.writer.is_none()
            && let Some(last) = self.segments.last()
        {
            let io = |error| LogError::io(&last.path, error);
            let mut file = OpenOptions::new()
                .write(true)
                .open(&last.path)
                .map_err(io)?;
            file.seek(SeekFrom::Start(last.bytes)).map_err(io)?;
            self.writer = Some(file);
        }
        Ok(())
    }
}

fn is_identity(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The frame line of a record.
pub(super) fn frame_line(header_bytes: usize, body_bytes: u64, sha256: &str) -> String {
    format!("{FRAME_WORD} {FRAME_VERSION} {header_bytes} {body_bytes} {sha256}\n")
}

enum Scan {
    Record { bytes: u64 },
    Incomplete,
}

enum ScanError {
    Io(io::Error),
    Damaged(String),
}

impl From<io::Error> for ScanError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

fn rest_is_zero(reader: &mut BufReader<File>) -> io::Result<bool> {
    let mut buffer = [0; 8192];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(true);
        }
        if buffer[..count].iter().any(|byte| *byte != 0) {
            return Ok(false);
        }
    }
}

fn segment_paths(folder: &Path) -> Result<Vec<PathBuf>, LogError> {
    let io = |error| LogError::io(folder, error);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "rdfp")
        {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

struct Frame {
    header_bytes: usize,
    body_bytes: usize,
    sha256: String,
}

impl Frame {
    fn parse(line: &[u8]) -> Option<Self> {
        let line = std::str::from_utf8(line).ok()?.strip_suffix('\n')?;
        let words: Vec<&str> = line.split(' ').collect();
        match words.as_slice() {
            [FRAME_WORD, FRAME_VERSION, header_bytes, body_bytes, sha256] => Some(Self {
                header_bytes: header_bytes.parse().ok()?,
                body_bytes: body_bytes.parse().ok()?,
                sha256: (*sha256).to_owned(),
            }),
            _ => None,
        }
    }
}

fn write_header(header: &Header) -> String {
    let rows = [
        ("log", header.log.clone()),
        ("base", header.base.clone()),
        ("generation", header.generation.to_string()),
        ("time", header.time.clone()),
        ("source", header.source.to_string()),
        ("activity", header.activity.name().to_owned()),
        ("deletions", header.deletions.to_string()),
        ("additions", header.additions.to_string()),
        ("body-sha256", header.body_sha256.clone()),
        ("previous", header.previous.clone()),
    ];
    let mut text = String::new();
    for (name, value) in rows {
        // None of these values can hold a quote, a backslash or a line break.
        let _ = writeln!(text, "H {name} \"{value}\" .");
    }
    text
}

fn parse_header(bytes: &[u8]) -> Result<Header, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its header is not UTF-8".to_owned())?;
    let mut rows = text.lines();
    let mut row = |name: &str| -> Result<&str, String> {
        rows.next()
            .and_then(|line| line.strip_prefix("H "))
            .and_then(|line| line.strip_prefix(name))
            .and_then(|line| line.strip_prefix(" \""))
            .and_then(|line| line.strip_suffix("\" ."))
            .ok_or_else(|| format!("its header has no row `{name}` where it should be"))
    };
    let number = |text: &str| {
        text.parse::<u64>()
            .map_err(|_| format!("`{text}` is no number"))
    };
    Ok(Header {
        log: row("log")?.to_owned(),
        base: row("base")?.to_owned(),
        generation: Generation(number(row("generation")?)?),
        time: row("time")?.to_owned(),
        source: row("source")?
            .parse()
            .map_err(|error: crate::model::source::SourceNameError| error.to_string())?,
        activity: row("activity")?.parse()?,
        deletions: number(row("deletions")?)?,
        additions: number(row("additions")?)?,
        body_sha256: row("body-sha256")?.to_owned(),
        previous: row("previous")?.to_owned(),
    })
}

/// A record whose hashes fit, to be read row by row.
#[derive(Debug)]
pub struct Record {
    pub header: Header,
    path: PathBuf,
    offset: u64,
    body_offset: u64,
    body_bytes: u64,
    /// Of the body as it is now.
    pub(super) body_sha256: String,
    /// The bytes of the header.
    pub(super) head: Vec<u8>,
}

/// The rows of a body, in the order in which they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Deletions,
    Additions,
}

/// Where a record is, and what must be known to verify it.
#[derive(Debug)]
pub struct RecordPlace {
    pub(super) generation: Generation,
    pub(super) path: Arc<Path>,
    pub(super) offset: u64,
    notices: Arc<Notices>,
}

impl RecordPlace {
    /// The SHA-256 of the record's header, by which the next one names it.
    ///
    /// # Errors
    /// When there is no such record.
    pub fn header_sha256(&self) -> Result<(Header, String), LogError> {
        let (_, header, _) = self.open()?;
        Ok((header.clone(), sha256_hex(write_header(&header).as_bytes())))
    }

    /// The record, with every hash of it verified.
    ///
    /// # Errors
    /// When it is not as it was written.
    pub fn read(&self) -> Result<Record, LogError> {
        read_record(&self.path, self.offset, self.generation, &self.notices)
    }

    /// Opens the record without reading its body: gives its file, its header, and where in the
    /// file the body starts and ends.
    ///
    /// # Errors
    /// When there is no such record.
    pub(super) fn open(&self) -> Result<(File, Header, Range<u64>), LogError> {
        let io = |error| LogError::io(&self.path, error);
        let file = File::open(&self.path).map_err(io)?;
        let mut reader = BufReader::with_capacity(HEAD_BYTES, file);
        reader.seek(SeekFrom::Start(self.offset)).map_err(io)?;
        let (frame, line_bytes, head) = read_head(&mut reader, &self.path, self.offset)?;
        let header = parse_header(&head).map_err(|what| self.damaged(what))?;
        if header.generation != self.generation {
            return Err(self.damaged(format!("generation {} stands there", header.generation)));
        }
        let start = self.offset + line_bytes + head.len() as u64;
        let end = start + frame.body_bytes as u64;
        Ok((reader.into_inner(), header, start..end))
    }

    pub(super) fn damaged(&self, what: String) -> LogError {
        LogError::Damaged {
            path: self.path.to_path_buf(),
            offset: self.offset,
            what,
        }
    }
}

/// Reads the frame line, of which it gives the length too, and the header.
fn read_head(
    reader: &mut BufReader<File>,
    path: &Path,
    offset: u64,
) -> Result<(Frame, u64, Vec<u8>), LogError> {
    let io = |error| LogError::io(path, error);
    let mut line = Vec::new();
    let frame_bytes = FRAME_LINE_BYTES as u64;
    let mut start = reader.by_ref().take(frame_bytes);
    start.read_until(b'\n', &mut line).map_err(io)?;
    let frame = Frame::parse(&line).ok_or_else(|| LogError::Damaged {
        path: path.to_owned(),
        offset,
        what: "there is no record".to_owned(),
    })?;
    let mut head = vec![0; frame.header_bytes];
    reader.read_exact(&mut head).map_err(io)?;
    Ok((frame, line.len() as u64, head))
}

fn read_record(
    path: &Path,
    offset: u64,
    generation: Generation,
    notices: &Notices,
) -> Result<Record, LogError> {
    let file = File::open(path).map_err(|error| LogError::io(path, error))?;
    let mut reader = BufReader::new(file);
    reader
        .seek(SeekFrom::Start(offset))
        .map_err(|error| LogError::io(path, error))?;
    let damaged = |what: String| LogError::Damaged {
        path: path.to_owned(),
        offset,
        what,
    };
    let io = |error| LogError::io(path, error);
    let (frame, line_bytes, head) = read_head(&mut reader, path, offset)?;
    let hashes = hash_body(&mut reader, &head, frame.body_bytes as u64).map_err(io)?;
    if hashes.record != frame.sha256 {
        return Err(damaged("its SHA-256 does not match".to_owned()));
    }
    let header = parse_header(&head).map_err(damaged)?;
    if *notices.body_sha256(generation, &header.body_sha256) != hashes.body {
        return Err(damaged(
            "the body's SHA-256 does not match, and no notice of a redaction says why".to_owned(),
        ));
    }
    Ok(Record {
        header,
        path: path.to_owned(),
        offset,
        body_offset: offset + line_bytes + head.len() as u64,
        body_bytes: frame.body_bytes as u64,
        body_sha256: hashes.body,
        head,
    })
}

impl Record {
    /// How many quads it removes and adds, together.
    pub fn quad_count(&self) -> usize {
        usize::try_from(self.header.deletions + self.header.additions).unwrap_or(usize::MAX)
    }

    /// The SHA-256 of the header, which the next record names as the one before.
    pub fn header_sha256(&self) -> String {
        sha256_hex(&self.head)
    }

    /// The file that it is in.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The whole record as it is in its file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn bytes(&self) -> Result<io::Take<File>, LogError> {
        let end = self.body_offset + self.body_bytes;
        self.part(self.offset, end - self.offset)
    }

    /// The lines of the body as they are in the file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn body(&self) -> Result<BufReader<io::Take<File>>, LogError> {
        Ok(BufReader::new(
            self.part(self.body_offset, self.body_bytes)?,
        ))
    }

    fn part(&self, offset: u64, bytes: u64) -> Result<io::Take<File>, LogError> {
        let io = |error| LogError::io(&self.path, error);
        let mut file = File::open(&self.path).map_err(io)?;
        file.seek(SeekFrom::Start(offset)).map_err(io)?;
        Ok(file.take(bytes))
    }

    /// The quads of one side, read while they are taken.
    ///
    /// # Errors
    /// When the file cannot be read; an item is an error when a row is none.
    pub fn quads(
        &self,
        side: Side,
    ) -> Result<impl Iterator<Item = Result<Quad, LogError>> + use<>, LogError> {
        let (path, offset) = (self.path.clone(), self.offset);
        let rows = Rows {
            reader: self.body()?,
            side,
            line: Vec::new(),
            taken: 0,
            place: Place::Start,
        };
        Ok(NQuadsParser::new().for_reader(rows).map(move |quad| {
            quad.map_err(|error| LogError::Damaged {
                path: path.clone(),
                offset,
                what: error.to_string(),
            })
        }))
    }
}

/// The rows of one side of a body as N-Quads, for a parser.
struct Rows {
    reader: BufReader<io::Take<File>>,
    side: Side,
    line: Vec<u8>,
    /// How much of the line was given on.
    taken: usize,
    place: Place,
}

/// Where in a body the next line stands.
#[derive(PartialEq, Eq)]
enum Place {
    Start,
    Within,
    End,
}

impl Rows {
    /// Goes to the next row of the side; at the end of the body the line is empty.
    fn next_line(&mut self) -> io::Result<()> {
        let damaged = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        loop {
            self.line.clear();
            self.taken = 0;
            if self.place == Place::End {
                return Ok(());
            }
            self.reader.read_until(b'\n', &mut self.line)?;
            let (letter, is_ours) = match (&self.place, self.line.as_slice()) {
                (Place::Start, b"TX .\n") => {
                    self.place = Place::Within;
                    continue;
                }
                (Place::Within, b"TC .\n") => {
                    self.line.clear();
                    self.place = Place::End;
                    return Ok(());
                }
                // What a redaction says of itself.
                (Place::Within, [b'#', b' ', ..]) => continue,
                (Place::Within, [b'D', b' ', ..]) => (2, self.side == Side::Deletions),
                (Place::Within, [b'A', b' ', ..]) => (2, self.side == Side::Additions),
                (_, line) => {
                    let line = String::from_utf8_lossy(line);
                    return Err(damaged(format!(
                        "its body has the row `{}`",
                        line.trim_end()
                    )));
                }
            };
            if is_ours {
                self.taken = letter;
                return Ok(());
            }
        }
    }
}

impl Read for Rows {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < out.len() {
            if self.taken == self.line.len() {
                self.next_line()?;
                if self.line.is_empty() {
                    break;
                }
            }
            let rest = &self.line[self.taken..];
            let count = rest.len().min(out.len() - written);
            out[written..written + count].copy_from_slice(&rest[..count]);
            written += count;
            self.taken += count;
        }
        Ok(written)
    }
}

/// SHA-256 of what is written to it.
#[derive(Default)]
pub(super) struct Hash {
    hasher: Sha256,
    bytes: u64,
}

impl Hash {
    /// The hash in hexadecimal, and of how many bytes it is.
    pub(super) fn finish(self) -> (String, u64) {
        (hexadecimal(&self.hasher.finalize()), self.bytes)
    }
}

impl io::Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct BodyHashes {
    /// Of header and body.
    record: String,
    body: String,
    /// The record's last byte.
    last: Option<u8>,
}

/// Hashes the body that comes next, without holding it.
fn hash_body(reader: &mut impl Read, head: &[u8], body_bytes: u64) -> io::Result<BodyHashes> {
    let mut record = Hash::default();
    let mut body = Hash::default();
    record.write_all(head)?;
    let mut last = head.last().copied();
    let mut rest = body_bytes;
    let mut piece = vec![0; 64 * 1024];
    while rest > 0 {
        let wanted = usize::try_from(rest).map_or(piece.len(), |rest| rest.min(piece.len()));
        let piece = &mut piece[..wanted];
        reader.read_exact(piece)?;
        record.write_all(piece)?;
        body.write_all(piece)?;
        last = piece.last().copied();
        rest -= wanted as u64;
    }
    Ok(BodyHashes {
        record: record.finish().0,
        body: body.finish().0,
        last,
    })
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{GraphName, Literal, NamedNode};
    use std::path::Path;
    use tempfile::TempDir;

    fn open(folder: &Path) -> Result<Log, LogError> {
        let base = "https://data.example.org".parse().expect("a base");
        Log::open(folder, &base, true, "0123456789abcdef")
    }

    fn patch(text: &str) -> Patch {
        let quad = Quad::new(
            NamedNode::new_unchecked("https://data.example.org/id/x"),
            NamedNode::new_unchecked("http://schema.org/name"),
            Literal::new_simple_literal(text),
            GraphName::DefaultGraph,
        );
        Patch {
            deletions: Vec::new(),
            additions: vec![quad],
        }
    }

    fn three_records() -> (TempDir, PathBuf) {
        let folder = TempDir::new().unwrap();
        let mut log = open(folder.path()).unwrap();
        let entry = Entry {
            time: "2026-11-22T12:00:00Z",
            source: &SourceName::system(),
            activity: Activity::System,
        };
        for text in ["un", "deux\n\"A\" TC .\naffiche-record 1 2 3 x\n", "trois"] {
            log.append(&entry, &Body::from(&patch(text))).unwrap();
        }
        let path = segment_paths(folder.path()).unwrap().remove(0);
        (folder, path)
    }

    fn offset_of_the_third(folder: &Path) -> usize {
        let log = open(folder).unwrap();
        log.records.place(Generation(3)).unwrap().offset as usize
    }

    #[test]
    fn what_was_appended_is_read_back() {
        let (folder, _) = three_records();
        let log = open(folder.path()).unwrap();
        assert_eq!(log.generation(), Generation(3));
        assert_eq!(
            log.read(Generation(2)).unwrap().1,
            patch("deux\n\"A\" TC .\naffiche-record 1 2 3 x\n")
        );
        assert!(matches!(log.read(Generation(4)), Err(LogError::Unknown(_))));
        assert!(matches!(log.read(Generation(0)), Err(LogError::Unknown(_))));
    }

    #[test]
    fn a_last_record_cut_at_every_byte_is_cut_off() {
        let (folder, path) = three_records();
        let whole = fs::read(&path).unwrap();
        let last = offset_of_the_third(folder.path());
        for cut in last + 1..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let log = open(folder.path()).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
            assert_eq!(
                (log.generation(), log.cut_bytes),
                (Generation(2), (cut - last) as u64),
                "cut at {cut}"
            );
            assert_eq!(fs::read(&path).unwrap(), &whole[..last]);
        }
    }

    #[test]
    fn a_last_record_whose_end_was_never_written_is_cut_off() {
        let (folder, path) = three_records();
        let whole = fs::read(&path).unwrap();
        let last = offset_of_the_third(folder.path());
        for zeroed in [last, last + 20, whole.len() - 300, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[zeroed..].fill(0);
            fs::write(&path, &bytes).unwrap();
            let log =
                open(folder.path()).unwrap_or_else(|error| panic!("zeros from {zeroed}: {error}"));
            assert_eq!(log.generation(), Generation(2), "zeros from {zeroed}");
        }
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let (folder, path) = three_records();
        let whole = fs::read(&path).unwrap();
        for index in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[index] ^= 1;
            fs::write(&path, &bytes).unwrap();
            let noticed = open(folder.path()).and_then(|log| {
                (1..=3).try_for_each(|generation| log.read(Generation(generation)).map(|_| ()))
            });
            assert!(
                noticed.is_err(),
                "byte {index} was changed and nobody noticed"
            );
        }
    }

    #[test]
    fn a_new_record_continues_after_a_cut() {
        let (folder, path) = three_records();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        let mut log = open(folder.path()).unwrap();
        let entry = Entry {
            time: "2026-11-22T13:00:00Z",
            source: &SourceName::system(),
            activity: Activity::System,
        };
        log.append(&entry, &Body::from(&patch("encore"))).unwrap();
        let log = open(folder.path()).unwrap();
        assert_eq!(log.read(Generation(3)).unwrap().1, patch("encore"));
    }
}
