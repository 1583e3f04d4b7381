//! The embedded store and the change log beside it: the only module that names the Oxigraph store.
//!
//! Readers take a [`Snapshot`]; the one writer takes a [`Write`], whose commit first appends
//! the change to the log and fsyncs it, then commits to the store. Nothing here decides what
//! is published: that is `ingest`. A new read goes to `view`, what the registry holds to
//! `registry` and `merges`.

mod apply;
mod backup;
mod body;
mod check;
mod checkpoint;
mod conformance;
mod excerpt;
mod format;
mod log;
mod merges;
mod notice;
mod origin;
mod overlay;
mod past;
mod redact;
mod registry;
mod replica;
mod signing;
mod sparql;
mod staged;
mod view;
mod write;

pub use backup::{
    Backup, BackupError, Manifest, Restored, SavedFile, Since, backup, restore, sha256_of,
};
pub use check::{CheckReport, Problem};
pub use checkpoint::Checkpoint;
pub use conformance::{behind_quad, meets_quad};
pub use excerpt::Excerpt;
pub use log::{
    Chain, ClosedSegment, Found, Header, LogError, Page, Patch, Record, Side, find_records,
};
pub use merges::Said;
pub use notice::{Notice, Notices};
pub use origin::{FormerLog, ORIGIN, Origin, STATE};
pub use redact::{Plan, RedactError, Redaction, Request, Strikes, files_with};
pub use registry::{
    Standing, State, Tombstone, about_node, alias_node, generation_literal, is_of_tombstone,
    key_of_alias, kind_among, quad, registry_of_source, state_in, time_literal,
};
pub use replica::{NewLog, Primary, Staged, Taken};
pub use signing::{SIGNATURE_EXTENSION, SignatureError, SigningKey, VerifyingKey};
pub use sparql::{
    CancellationToken, Extension, QueryEvaluationError, QueryResults, QuerySolutionIter,
    QueryTripleIter, RequestedDataset,
};
pub use view::{GraphView, View};
pub use write::{PublicChange, Write};

use crate::model::property::Properties;
use crate::model::{Base, Generation};
use apply::{Change, Gate};
use log::{Log, Records};
use oxigraph::store::{StorageError, Store as Quads, Transaction};
use oxrdf::NamedNode;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use view::{About, Moment, Stored};

/// How long opening waits for one that is just ending: its lock outlives it for a moment when it
/// was starting another program.
const LOCK_WAIT: Duration = Duration::from_millis(200);

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error(
        "there is no data folder at `{0}`; create one with `affiche source add NAME --data {0}`, or check the path"
    )]
    NoFolder(PathBuf),
    #[error("`{0}` is open in another process; stop that one first, then try again")]
    AlreadyOpen(PathBuf),
    #[error(
        "the store is at generation {store} and its log ends at {log}: the log has been cut or replaced. Restore the folder from a backup, or move `store` away and run `affiche rebuild` to go back to what the log holds"
    )]
    AheadOfLog { store: Generation, log: Generation },
    #[error(transparent)]
    Log(#[from] LogError),
    #[error("the store failed: {0}")]
    Storage(#[from] StorageError),
    #[error(
        "the store in `{path}` cannot be opened: {error}; `affiche rebuild` makes it again from the log"
    )]
    Unopened { path: PathBuf, error: StorageError },
    #[error(
        "generation {generation} is accepted, since the log has it, but the store could not take it ({error}); mend that (make room on the disk), and the next opening publishes it"
    )]
    Behind {
        generation: Generation,
        error: Box<StoreError>,
    },
    #[error(
        "this is a copy of `{0}`, and nothing is written into it but what is read from there; send it there"
    )]
    ReadOnly(String),
    #[error("it was interrupted before it was accepted; nothing was changed")]
    Interrupted,
    #[error(
        "a large change is accepted and only half in the store; mend what the log of the program tells (make room on the disk), and restart the program, which then publishes all of it"
    )]
    Half,
    #[error("the disk that holds `{0}` is full; nothing was changed. Make room and try again")]
    DiskFull(PathBuf),
    #[error(
        "this user may not write `{0}`; run the program as the user who owns the folder, or change its rights"
    )]
    NotPermitted(PathBuf),
    #[error(
        "`{path}` has the stored format {found}, and this program knows those up to {}; use the program that wrote it, or a newer one",
        format::VERSION
    )]
    NewerFormat { path: PathBuf, found: u32 },
    #[error("the store holds `{0}`, which this version does not understand")]
    Unreadable(String),
}

impl StoreError {
    fn io(path: &Path, error: io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull => Self::DiskFull(path),
            io::ErrorKind::PermissionDenied => Self::NotPermitted(path),
            _ => Self::Io { path, error },
        }
    }

    fn unopened(path: &Path, error: StorageError) -> Self {
        let path = path.to_owned();
        if is_disk_full(&error) {
            Self::DiskFull(path)
        } else {
            Self::Unopened { path, error }
        }
    }

    /// Whether the cause is a full disk, so that the sender can be told so.
    pub fn is_disk_full(&self) -> bool {
        matches!(
            self,
            Self::DiskFull(_) | Self::Log(LogError::DiskFull { .. })
        ) || matches!(self, Self::Storage(error) if is_disk_full(error))
    }
}

/// How to open a data folder.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The base IRI that the caller asks for; `None` takes what the folder has.
    pub base: Option<Base>,
    /// The base IRI of a folder that has none yet, when the caller asks for none.
    pub default_base: Base,
    /// Whether a missing folder is created.
    pub create: bool,
}

/// A data folder, open in this process alone.
pub struct Store {
    folder: PathBuf,
    quads: Quads,
    log: Mutex<Log>,
    records: Records,
    about: About,
    /// The identities of the log before this one.
    former: Vec<FormerLog>,
    /// Whose copy this is.
    primary: Option<Primary>,
    is_stopped: AtomicBool,
    gate: Gate,
    /// What opening had to mend, in words for the operator.
    pub notices: Vec<String>,
    /// Held for as long as the folder is open; the operating system releases it at any end.
    _lock: File,
}

impl Store {
    /// Opens a data folder: locks it, opens its log, and replays what the store is behind.
    ///
    /// # Errors
    /// When another process has it open, it belongs to another base, it is damaged, or the store
    /// is ahead of its log.
    pub fn open(folder: &Path, options: &Opening) -> Result<Self, StoreError> {
        Self::open_inner(folder, options, false)
    }

    /// Opens a data folder after throwing its store away, so that all of it comes from the log.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn rebuild(folder: &Path, options: &Opening) -> Result<Self, StoreError> {
        Self::open_inner(folder, options, true)
    }

    fn open_inner(folder: &Path, options: &Opening, from_log: bool) -> Result<Self, StoreError> {
        let io = |error| StoreError::io(folder, error);
        if options.create {
            fs::create_dir_all(folder).map_err(io)?;
        } else if !folder.join("log").is_dir() && !staged::is_under_way(folder) {
            return Err(StoreError::NoFolder(folder.to_owned()));
        }
        let lock = lock(folder)?;
        staged::finish(folder)?;
        let notices = format::bring_up_to_date(folder)?;
        let base = options.base.as_ref().unwrap_or(&options.default_base);
        let log = Log::open(
            &folder.join("log"),
            base,
            options.base.is_some(),
            &random_identity(),
        )?;
        let store_folder = folder.join("store");
        let removed = folder.join("store.removed");
        clear(&removed)?;
        if from_log && store_folder.exists() {
            // In one step: what a crash leaves half removed must not be taken for the store.
            fs::rename(&store_folder, &removed).map_err(io)?;
            clear(&removed)?;
        }
        remove_old_notes(&store_folder);
        apply::remove_leftovers(&store_folder);
        let mut store = Self {
            quads: Quads::open(&store_folder)
                .map_err(|error| StoreError::unopened(&store_folder, error))?,
            about: About::new(log.base().clone(), log.identity().to_owned()),
            is_stopped: AtomicBool::new(false),
            gate: Gate::default(),
            notices,
            former: log.former().to_vec(),
            primary: Primary::read(folder)?,
            records: log.records(),
            log: Mutex::new(log),
            folder: folder.to_owned(),
            _lock: lock,
        };
        store.catch_up()?;
        Ok(store)
    }

    /// Replays the records that the store does not hold yet.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        let stored = self.snapshot()?.view().stored_generation()?;
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut notices = Vec::new();
        if log.cut_bytes > 0 {
            notices.push(format!(
                "the last record of the log was incomplete ({} bytes, never confirmed to anybody) and was cut off",
                log.cut_bytes
            ));
        }
        let last = log.generation();
        if stored > last {
            return Err(StoreError::AheadOfLog {
                store: stored,
                log: last,
            });
        }
        let begun = match log.origin() {
            Some(origin) if stored < origin.generation => {
                let change = Change {
                    deletions: std::iter::empty(),
                    additions: origin.quads(&log.folder().join(STATE))?,
                    quads: usize::MAX,
                    generations: (
                        None,
                        view::generation_quad(&self.about.base, origin.generation),
                    ),
                };
                apply::apply(&self.quads, &self.gate, change, None)?;
                origin.generation
            }
            _ => stored,
        };
        for number in begun.0 + 1..=last.0 {
            let record = log.record(Generation(number))?;
            self.replay(&record)?;
        }
        if last > stored {
            notices.push(format!(
                "{} changes were replayed from the log",
                last.0 - stored.0
            ));
        }
        drop(log);
        self.notices.append(&mut notices);
        self.about.generation.store(last.0, Ordering::Release);
        Ok(())
    }

    /// Puts the change of a record into the storage, which is at the generation before.
    fn replay(&self, record: &Record) -> Result<(), StoreError> {
        let generation = record.header.generation;
        let generation_quad = |generation| view::generation_quad(&self.about.base, generation);
        let former = Generation(generation.0.saturating_sub(1));
        let change = Change {
            deletions: record
                .quads(Side::Deletions)?
                .map(|quad| quad.map_err(StoreError::from)),
            additions: record
                .quads(Side::Additions)?
                .map(|quad| quad.map_err(StoreError::from)),
            quads: record.quad_count(),
            generations: (
                (former > Generation(0)).then(|| generation_quad(former)),
                generation_quad(generation),
            ),
        };
        apply::apply(&self.quads, &self.gate, change, None)
    }

    pub fn base(&self) -> &Base {
        &self.about.base
    }

    pub fn properties(&self) -> &Properties {
        &self.about.properties
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The random identity of the log; a restored or restarted log has another one, so ETags and
    /// cursors carry it.
    pub fn identity(&self) -> &str {
        &self.about.identity
    }

    /// The identities that the log had before, the first one first, each with the last generation
    /// that was written under it: up to there it is the same log.
    pub fn former_identities(&self) -> &[FormerLog] {
        &self.former
    }

    /// The number of the last change that readers see.
    pub fn generation(&self) -> Generation {
        Generation(self.about.generation.load(Ordering::Acquire))
    }

    /// The SHA-256 of the notice of each redaction that the records went through.
    pub fn redactions(&self) -> Vec<String> {
        self.records.redactions()
    }

    /// How many patterns were looked up since it was opened, and quads read of them.
    pub fn reads(&self) -> u64 {
        self.about.reads.load(Ordering::Relaxed)
    }

    /// Whether a failed write stopped all writing until a restart.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Acquire)
    }

    /// All that is published, as it is now and stays for this reader.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        let _inside = self.gate.pass()?;
        Ok(Snapshot {
            store: self,
            transaction: self.quads.start_transaction()?,
            moment: Moment::default(),
        })
    }

    /// Begins the one write; waits while another is under way.
    ///
    /// # Errors
    /// When writing has stopped or the storage fails.
    pub fn write(&self) -> Result<Write<'_>, StoreError> {
        Write::begin(self)
    }

    /// What a change did, as the log has it; a write that is under way keeps nobody waiting.
    ///
    /// # Errors
    /// When the record is not there or not as it was written.
    pub fn record(&self, generation: Generation) -> Result<Record, StoreError> {
        Ok(self.records.place(generation)?.read()?)
    }

    /// What a change did to one entity and its parts, without reading the rest of its record.
    ///
    /// # Errors
    /// As [`Store::record`].
    pub fn excerpt(
        &self,
        generation: Generation,
        entity: &NamedNode,
    ) -> Result<Excerpt, StoreError> {
        Ok(self.records.place(generation)?.excerpt(entity)?)
    }

    /// Compares the log with itself, the store with the log, and the public view with the
    /// registry, and gives all that does not fit.
    ///
    /// # Errors
    /// When something cannot be read at all.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        check::check(self)
    }
}

/// One state of the store, seen by one reader. It is an uncommitted transaction, which is what
/// Oxigraph has for a snapshot.
pub struct Snapshot<'a> {
    store: &'a Store,
    transaction: Transaction<'a>,
    moment: Moment,
}

impl Snapshot<'_> {
    pub fn view(&self) -> View<'_> {
        View::new(
            &self.store.about,
            Stored::Transaction(&self.transaction),
            None,
            Some(&self.moment),
        )
    }
}

/// Whether the storage says that the disk is full; it has no kind for it when a later step failed.
fn is_disk_full(error: &StorageError) -> bool {
    matches!(error, StorageError::Io(error) if error.kind() == io::ErrorKind::StorageFull)
        || error.to_string().contains("No space left on device")
}

/// Removes a folder, if it is there.
fn clear(folder: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::io(folder, error)),
        _ => Ok(()),
    }
}

/// Removes the notes that the storage wrote of earlier openings: each takes 120 kB, and it would
/// keep a thousand of them.
fn remove_old_notes(store_folder: &Path) {
    for entry in fs::read_dir(store_folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with("LOG.old.") {
            // They are in nobody's way; another opening may remove them.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| StoreError::io(&path, error))?;
    let end = Instant::now() + LOCK_WAIT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < end => {
                std::thread::sleep(LOCK_WAIT / 20);
            }
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::AlreadyOpen(folder.to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(StoreError::io(&path, error)),
        }
    }
}

fn random_identity() -> String {
    let mut bytes = [0_u8; 16];
    fill_random(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Random bytes from the operating system.
pub fn fill_random(bytes: &mut [u8]) {
    getrandom::fill(bytes)
        .expect("the operating system gives random bytes on every supported platform");
}
