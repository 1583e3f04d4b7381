//! The signed head of the log, made when it changes and kept until it does again. A copy shows the
//! head that the server it copies has signed.

use crate::app::App;
use crate::changes::log::{Head, head, start};
use crate::model::Generation;
use crate::store::{SIGNATURE_EXTENSION, STATE, SigningKey, StoreError, sha256_of};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Where the sums of closed segments are kept, below `index/`.
const SUMS: &str = "segments";
/// Where a copy keeps the head that it is at, below the data folder.
pub const KEPT: &str = "replica";
const HEAD: &str = "head.json";

/// A head with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub head: Head,
    /// The bytes that are signed.
    pub text: String,
    pub signature: String,
}

/// By the name of the file: how long it is, when it was written, and its SHA-256.
type Sums = BTreeMap<String, (u64, String, String)>;

/// The heads of an app.
pub struct Heads {
    folder: PathBuf,
    index: PathBuf,
    current: Mutex<Option<Arc<Signed>>>,
    /// Of closed segments, once they were asked for.
    sums: Mutex<Option<Sums>>,
}

impl Heads {
    pub fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            index: folder.join("index"),
            current: Mutex::default(),
            sums: Mutex::default(),
        }
    }

    /// The head of now; `None` of a copy that has none yet.
    ///
    /// # Errors
    /// When log or key cannot be read.
    pub fn current(&self, app: &App) -> Result<Option<Arc<Signed>>, StoreError> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if app.store.primary().is_some() {
            if current.is_none() {
                *current = kept(&self.folder.join(KEPT)).map(Arc::new);
            }
            return Ok(current.clone());
        }
        let at = app.store.generation();
        let latest = app.releases.latest();
        let latest = latest.as_ref().map(|release| &release.manifest);
        let begins = latest.and_then(|manifest| start(&app.store, at, manifest));
        if let Some(signed) = current.as_ref()
            && signed.head.generation == at
            && signed.head.release == begins
        {
            return Ok(Some(Arc::clone(signed)));
        }
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let sums = sums.get_or_insert_with(|| read_sums(&self.index.join(SUMS)));
        let mut is_new = false;
        let head = head(&app.store, at, latest, &mut |segment| {
            let (sum, is_read) = sum_of(sums, &segment.path)?;
            is_new |= is_read;
            Ok(sum)
        })?;
        if is_new && let Err(error) = write_sums(&self.index, sums) {
            tracing::warn!(%error, "the sums of the log's files are read again at the next start");
        }
        let text = head.text();
        let key = SigningKey::of(app.store.folder())?;
        let comment = format!("head of the log {}, generation {at}", head.log);
        let signature =
            key.sign_file(text.as_bytes(), &comment)
                .map_err(|error| StoreError::Io {
                    path: self.folder.clone(),
                    error,
                })?;
        let signed = Arc::new(Signed {
            head,
            text,
            signature,
        });
        *current = Some(Arc::clone(&signed));
        Ok(Some(signed))
    }

    /// Shows a head from now on that the server which is copied has signed.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn show(&self, signed: Signed) -> io::Result<()> {
        keep(&self.folder.join(KEPT), &signed)?;
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(signed));
        Ok(())
    }

    /// The file with the state of a release of this generation.
    pub fn state(&self, app: &App, generation: Generation) -> Option<(PathBuf, u64, String)> {
        if let Some(origin) = app.store.begins_with()
            && origin.generation == generation
        {
            let path = app.store.folder().join("log").join(STATE);
            return Some((path, origin.state_bytes, origin.state_sha256.clone()));
        }
        let all = app.releases.all();
        let mut released = all.iter().rev().filter(|it| it.withdrawal.is_none());
        let release = released.find(|it| it.manifest.generation == generation)?;
        start(&app.store, app.store.generation(), &release.manifest)?;
        let state = release.manifest.state.as_ref()?;
        let path = release.folder.join(&state.name);
        Some((path, state.bytes, state.sha256.clone()))
    }
}

fn kept(folder: &Path) -> Option<Signed> {
    let text = fs::read_to_string(folder.join(HEAD)).ok()?;
    let signature = folder.join(format!("{HEAD}.{SIGNATURE_EXTENSION}"));
    Some(Signed {
        head: serde_json::from_str(&text).ok()?,
        signature: fs::read_to_string(signature).ok()?,
        text,
    })
}

/// Both files appear in one step each; one without the other is fetched again.
pub(super) fn keep(folder: &Path, signed: &Signed) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let signature = format!("{HEAD}.{SIGNATURE_EXTENSION}");
    for (name, text) in [
        (&signature, &signed.signature),
        (&HEAD.to_owned(), &signed.text),
    ] {
        let part = folder.join(format!("{name}.part"));
        fs::write(&part, text)?;
        fs::rename(&part, folder.join(name))?;
    }
    Ok(())
}

/// The SHA-256 of a segment, and whether it had to be read for it.
fn sum_of(sums: &mut Sums, path: &Path) -> Result<(String, bool), StoreError> {
    let io = |error| StoreError::Io {
        path: path.to_owned(),
        error,
    };
    let metadata = fs::metadata(path).map_err(io)?;
    let written = format!("{}.{:09}", metadata.mtime(), metadata.mtime_nsec());
    let name = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    if let Some((bytes, when, sum)) = sums.get(&name)
        && *bytes == metadata.len()
        && *when == written
    {
        return Ok((sum.clone(), false));
    }
    let sum = sha256_of(path)?;
    sums.insert(name, (metadata.len(), written, sum.clone()));
    Ok((sum, true))
}

/// Whatever cannot be read is summed again.
fn read_sums(path: &Path) -> Sums {
    let text = fs::read_to_string(path).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split(' ');
        let (name, bytes) = (words.next()?, words.next()?.parse().ok()?);
        let (written, sum) = (words.next()?, words.next()?);
        Some((name.to_owned(), (bytes, written.to_owned(), sum.to_owned())))
    };
    text.lines().filter_map(line).collect()
}

fn write_sums(index: &Path, sums: &Sums) -> io::Result<()> {
    fs::create_dir_all(index)?;
    let part = index.join(format!("{SUMS}.part"));
    let mut file = File::create(&part)?;
    for (name, (bytes, written, sum)) in sums {
        writeln!(file, "{name} {bytes} {written} {sum}")?;
    }
    fs::rename(&part, index.join(SUMS))
}
