//! Backups of a data folder, and folders made again from them.
//!
//! A backup is a folder of its own below the one that is named for backups. It holds the log up to
//! its last complete record, a checkpoint of the store where the folder could be opened, and what
//! cannot be made again: `private/`, `quality/`, `releases/`, the configuration. What is as it was in the
//! backup before is a hard link to it. The manifest is written last and the folder gets its name
//! after that, so that what has a name is whole.

use crate::model::{Base, Generation};
use crate::store::log::{Log, LogError};
use crate::store::replica::PRIMARY;
use crate::store::staged::{self, sync, sync_tree};
use crate::store::{Opening, Store, StoreError, clear, format, lock, random_identity};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

/// The version of the manifest.
const VERSION: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// How the folder of a backup under way begins.
const PART: &str = "part-";
/// What is copied as it is; log and store have ways of their own.
const COPIED: &[&str] = &[
    "private",
    "quality",
    "releases",
    "affiche.toml",
    PRIMARY,
    "format",
];
/// For the owner alone: backups hold `private/`.
const OWNER_ONLY: u32 = 0o700;

#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("`{0}` is in the data folder; keep backups elsewhere, at best on another disk")]
    Inside(PathBuf),
    #[error("a redaction or a restoration is under way in `{0}`; try again when it is done")]
    UnderWay(PathBuf),
    #[error("there is no whole backup in `{0}`; name a folder that `affiche backup` wrote into")]
    NoBackup(PathBuf),
    #[error("the manifest `{path}` cannot be read: {what}")]
    Manifest { path: PathBuf, what: String },
    #[error("`{path}` is not as it was saved: {what}; take another backup")]
    Damaged { path: PathBuf, what: &'static str },
    #[error(
        "`{0}` is not empty; restore into a new folder, and move it when you have looked at it"
    )]
    NotEmpty(PathBuf),
    #[error(
        "generation {published} was published and the backup ends at {backup}: under the same identity, readers would take other changes for those that they have. Leave --same-identity out"
    )]
    Behind {
        published: Generation,
        backup: Generation,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the manifest.
    pub version: u32,
    /// The version of the stored format.
    pub format: u32,
    /// When it was made: xsd:dateTime, UTC.
    pub time: String,
    /// The identity of the log.
    pub log: String,
    pub base: String,
    /// The last change that it holds.
    pub generation: u64,
    /// Whether it holds a checkpoint of the store, which is made from the log otherwise.
    pub store: bool,
    /// By path.
    pub files: Vec<SavedFile>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFile {
    /// From the backup's folder, with `/`.
    pub path: String,
    pub bytes: u64,
    pub sha256: String,
}

/// A backup that was made.
#[derive(Debug)]
pub struct Backup {
    pub folder: PathBuf,
    pub manifest: Manifest,
    /// Files that are hard links to the backup before.
    pub linked: usize,
}

/// Saves the data folder `data` below `target`. `store` is that folder when this process has it
/// open; without it the backup is made of the log alone, which another process may be writing.
///
/// # Errors
/// When something cannot be read or written, or a record is not as it was written.
pub fn backup(
    data: &Path,
    store: Option<&Store>,
    base: &Base,
    target: &Path,
    time: &str,
) -> Result<Backup, BackupError> {
    let io = |error| StoreError::io(target, error);
    fs::create_dir_all(target).map_err(io)?;
    let within = |error| StoreError::io(data, error);
    if fs::canonicalize(target)
        .map_err(io)?
        .starts_with(fs::canonicalize(data).map_err(within)?)
    {
        return Err(BackupError::Inside(target.to_owned()));
    }
    let version = format::version_of(data)?;
    for entry in fs::read_dir(target).map_err(io)? {
        let entry = entry.map_err(io)?;
        if entry.file_name().to_string_lossy().starts_with(PART) {
            clear(&entry.path())?;
        }
    }
    let former = latest(target)?;
    let stamp: String = time.chars().filter(char::is_ascii_alphanumeric).collect();
    let part = target.join(format!("{PART}{stamp}"));
    fs::create_dir(&part).map_err(io)?;
    fs::set_permissions(&part, Permissions::from_mode(OWNER_ONLY)).map_err(io)?;
    let mut saving = Saving {
        data,
        part: &part,
        former: former.as_ref(),
        linked: 0,
    };
    if let Some(store) = store {
        // Before the log, so that the store is never ahead of it.
        saving.checkpoint(store)?;
    }
    refuse_staged(data)?;
    saving.tree("log")?;
    for name in COPIED {
        saving.tree(name)?;
    }
    refuse_staged(data)?;
    let linked = saving.linked;
    // Cuts off what another process was just writing, and reads every record.
    let log = Log::open(&part.join("log"), base, false, "")?;
    for generation in log.generations() {
        log.record(generation)?;
    }
    let manifest = Manifest {
        version: VERSION,
        format: version,
        time: time.to_owned(),
        log: log.identity().to_owned(),
        base: log.base().to_string(),
        generation: log.generation().0,
        store: store.is_some(),
        files: saved_files(&part)?,
    };
    let text = serde_json::to_string_pretty(&manifest).unwrap_or_default();
    fs::write(part.join(MANIFEST), text + "\n").map_err(io)?;
    sync_tree(&part)?;
    let name = format!("{stamp}-generation-{}", manifest.generation);
    let mut folder = target.join(&name);
    for number in 2.. {
        if !folder.exists() {
            break;
        }
        folder = target.join(format!("{name}-{number}"));
    }
    fs::rename(&part, &folder).map_err(io)?;
    sync(target)?;
    Ok(Backup {
        folder,
        manifest,
        linked,
    })
}

/// Files must not change places while they are copied.
fn refuse_staged(data: &Path) -> Result<(), BackupError> {
    if staged::is_begun(data) {
        return Err(BackupError::UnderWay(data.to_owned()));
    }
    Ok(())
}

/// A backup under way.
struct Saving<'a> {
    data: &'a Path,
    part: &'a Path,
    former: Option<&'a (PathBuf, Manifest)>,
    linked: usize,
}

impl Saving<'_> {
    fn checkpoint(&mut self, store: &Store) -> Result<(), StoreError> {
        let folder = self.part.join("store");
        store.quads.backup(&folder)?;
        for path in files_below(&folder)? {
            if let Some(former) = self.same_before(&path, &path)? {
                let io = |error| StoreError::io(&path, error);
                fs::remove_file(&path).map_err(io)?;
                fs::hard_link(former, &path).map_err(io)?;
            }
        }
        Ok(())
    }

    /// Copies a file or a folder of the data folder, if it is there.
    fn tree(&mut self, name: &str) -> Result<(), StoreError> {
        let from = self.data.join(name);
        let Ok(metadata) = fs::symlink_metadata(&from) else {
            return Ok(());
        };
        if metadata.is_file() {
            return self.file(&from);
        }
        for path in files_below(&from)? {
            self.file(&path)?;
        }
        if metadata.is_dir() {
            let to = self.part.join(name);
            fs::create_dir_all(&to)
                .and_then(|()| fs::set_permissions(&to, metadata.permissions()))
                .map_err(|error| StoreError::io(&to, error))?;
        }
        Ok(())
    }

    fn file(&mut self, from: &Path) -> Result<(), StoreError> {
        let to = self.part.join(from.strip_prefix(self.data).unwrap_or(from));
        let io = |error| StoreError::io(&to, error);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(io)?;
        }
        if let Some(former) = self.same_before(from, &to)? {
            return fs::hard_link(former, &to).map_err(io);
        }
        match fs::copy(from, &to) {
            // A draft may have been published, a token revoked.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            copied => copied.map(|_| ()).map_err(io),
        }
    }

    /// The file of the backup before that has what `from` has and is to be called `to`.
    fn same_before(&mut self, from: &Path, to: &Path) -> Result<Option<PathBuf>, StoreError> {
        let Some((folder, manifest)) = self.former else {
            return Ok(None);
        };
        let name = to.strip_prefix(self.part).unwrap_or(to);
        let saved = manifest
            .files
            .iter()
            .find(|file| Path::new(&file.path) == name);
        let path = folder.join(name);
        let (Some(saved), Ok(now), Ok(before)) = (saved, fs::metadata(from), fs::metadata(&path))
        else {
            return Ok(None);
        };
        if now.len() != saved.bytes || before.len() != saved.bytes || now.mode() != before.mode() {
            return Ok(None);
        }
        // Two links to one file, as checkpoints on one disk make them.
        let is_linked = (now.dev(), now.ino()) == (before.dev(), before.ino());
        // Both are read: what is copied must be whole, whatever the manifest says.
        if !is_linked && (sha256_of(from)? != saved.sha256 || sha256_of(&path)? != saved.sha256) {
            return Ok(None);
        }
        self.linked += 1;
        Ok((!is_linked).then_some(path))
    }
}

/// What is known of what was published after a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The last generation that was published, as far as it is known.
    pub published: Option<Generation>,
    /// Whether the operator says that nothing was published after the backup.
    pub is_nothing: bool,
}

/// What was restored.
#[derive(Debug)]
pub struct Restored {
    /// The backup's folder.
    pub from: PathBuf,
    pub manifest: Manifest,
    /// The generation of the folder now, and the new identity, if it has one.
    pub generation: Generation,
    pub new_identity: Option<String>,
}

/// Makes a data folder from a backup: one that [`backup`] made, or the last one below `from`.
///
/// # Errors
/// When the backup is not as it was saved, or `data` is not empty. Nothing is left then.
pub fn restore(
    from: &Path,
    data: &Path,
    base: &Base,
    since: Since,
    time: &str,
) -> Result<Restored, BackupError> {
    let (folder, manifest) = if from.join(MANIFEST).is_file() {
        (from.to_owned(), read_manifest(from)?)
    } else {
        latest(from)?.ok_or_else(|| BackupError::NoBackup(from.to_owned()))?
    };
    let last = Generation(manifest.generation);
    let is_behind = since.published.map(|published| published > last);
    if let Some(published) = since.published
        && since.is_nothing
        && published > last
    {
        return Err(BackupError::Behind {
            published,
            backup: last,
        });
    }
    if manifest.format > format::VERSION {
        return Err(StoreError::NewerFormat {
            path: folder,
            found: manifest.format,
        }
        .into());
    }
    let io = |error| StoreError::io(data, error);
    fs::create_dir_all(data).map_err(io)?;
    if !staged::is_empty(data)? {
        return Err(BackupError::NotEmpty(data.to_owned()));
    }
    let _lock = lock(data)?;
    let part = staged::begin(data)?;
    // Unknown counts as behind: a new identity costs readers one full harvest, a wrong one changes.
    // A copy begins nothing of its own: it goes on with what it copies.
    let is_copy = manifest.files.iter().any(|file| file.path == PRIMARY);
    let is_new = !is_copy && is_behind.unwrap_or(!since.is_nothing);
    let staged = stage(&folder, &manifest, &part, base, is_new, time);
    let (generation, new_identity) = match staged {
        Ok(staged) => staged,
        Err(error) => {
            // Nobody was told that anything is here.
            let _ = clear(&part);
            return Err(error);
        }
    };
    staged::commit(data)?;
    staged::finish(data)?;
    Ok(Restored {
        from: folder,
        manifest,
        generation,
        new_identity,
    })
}

/// Makes the folder aside; gives its last generation, and its new identity if it has one.
fn stage(
    folder: &Path,
    manifest: &Manifest,
    part: &Path,
    base: &Base,
    is_new: bool,
    time: &str,
) -> Result<(Generation, Option<String>), BackupError> {
    for file in &manifest.files {
        take(folder, part, file)?;
    }
    let opening = Opening {
        base: None,
        default_base: base.clone(),
        create: true,
    };
    let store = Store::open(part, &opening)?;
    let last = store.generation();
    if last != Generation(manifest.generation) {
        return Err(BackupError::Damaged {
            path: folder.to_owned(),
            what: "its log does not end where the manifest says",
        });
    }
    let new_identity = is_new.then(random_identity);
    let generation = match &new_identity {
        Some(identity) => store.write()?.restart(identity, time)?,
        None => last,
    };
    store.quads.flush().map_err(StoreError::from)?;
    Ok((generation, new_identity))
}

/// Copies one file of a backup, and verifies what was copied.
fn take(folder: &Path, part: &Path, file: &SavedFile) -> Result<(), BackupError> {
    let from = folder.join(&file.path);
    let damaged = |what| BackupError::Damaged {
        path: from.clone(),
        what,
    };
    let is_below = Path::new(&file.path)
        .components()
        .all(|component| matches!(component, Component::Normal(_)));
    if !is_below {
        return Err(damaged("its path leads out of the backup"));
    }
    let to = part.join(&file.path);
    if let (Some(parent), Some(former)) = (to.parent(), from.parent()) {
        let modes = |error| StoreError::io(parent, error);
        fs::create_dir_all(parent).map_err(modes)?;
        if let Ok(metadata) = fs::metadata(former)
            && parent != part
        {
            fs::set_permissions(parent, metadata.permissions()).map_err(modes)?;
        }
    }
    match fs::copy(&from, &to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(damaged("it is missing"));
        }
        copied => copied.map_err(|error| StoreError::io(&to, error))?,
    };
    if sha256_of(&to)? != file.sha256 {
        return Err(damaged("its SHA-256 is another"));
    }
    Ok(())
}

/// The last whole backup below a folder.
fn latest(target: &Path) -> Result<Option<(PathBuf, Manifest)>, BackupError> {
    let io = |error| StoreError::io(target, error);
    let mut backups = BTreeMap::new();
    for entry in fs::read_dir(target).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.join(MANIFEST).is_file() && !path.to_string_lossy().contains(PART) {
            let manifest = read_manifest(&path)?;
            let named = (manifest.time.clone(), path.clone());
            backups.insert(named, (path, manifest));
        }
    }
    Ok(backups.into_values().next_back())
}

fn read_manifest(folder: &Path) -> Result<Manifest, BackupError> {
    let path = folder.join(MANIFEST);
    let fault = |what: String| BackupError::Manifest {
        path: path.clone(),
        what,
    };
    let text = fs::read(&path).map_err(|error| fault(error.to_string()))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).map_err(|error| fault(error.to_string()))?;
    if manifest.version > VERSION {
        return Err(fault(format!(
            "it is of version {}, written by a newer program; use that one",
            manifest.version
        )));
    }
    Ok(manifest)
}

/// All files of a backup, by path.
fn saved_files(part: &Path) -> Result<Vec<SavedFile>, StoreError> {
    let mut files = Vec::new();
    for path in files_below(part)? {
        let bytes = fs::metadata(&path)
            .map_err(|error| StoreError::io(&path, error))?
            .len();
        let name = path.strip_prefix(part).unwrap_or(&path);
        files.push(SavedFile {
            path: name.to_string_lossy().into_owned(),
            bytes,
            sha256: sha256_of(&path)?,
        });
    }
    Ok(files)
}

/// The regular files below a folder, sorted; links and sockets are none.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let io = |error| StoreError::io(folder, error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let kind = entry.file_type().map_err(io)?;
        if kind.is_dir() {
            files.extend(files_below(&entry.path())?);
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// The SHA-256 of a file, hexadecimal.
///
/// # Errors
/// When it cannot be read.
pub fn sha256_of(path: &Path) -> Result<String, StoreError> {
    let io = |error| StoreError::io(path, error);
    let mut file = File::open(path).map_err(io)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).map_err(io)?;
        if count == 0 {
            break;
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
    Ok(hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        }))
}
