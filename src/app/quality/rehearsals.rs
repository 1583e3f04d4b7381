//! Rehearsals: shapes that an aggregator tries on all that is published, under a name. They say
//! what would pass; nothing is published by them and nothing refused.
//!
//! They are `DIR/quality/rehearsals/{name}.json`, not in the store: what somebody tries out is no
//! part of the data. They cannot be made again, so backups take them along.

use crate::app::private;
use crate::ingest::importers::{ReadError, ReadOptions, importer_for};
use crate::ingest::{Door, Origin, Profile};
use crate::rdf::{Graph, write};
use crate::shapes::{Fault, Shapes, ShapesError};
use oxrdf::Triple;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The longest name.
const NAME_BYTES: usize = 64;
/// The formats in which shapes can be sent, by the names of their importers.
pub const FORMATS: &[&str] = &["turtle", "jsonld", "ntriples", "nquads", "trig", "rdfxml"];
/// The folder below the one of what is kept.
const FOLDER: &str = "rehearsals";
const ENDING: &str = "json";

#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    #[error(
        "`{0}` cannot be the name of a rehearsal; take 1 to 64 small letters, digits and hyphens"
    )]
    Name(String),
    #[error("`{0}` is the name of a profile of this server; take another one")]
    Taken(String),
    #[error("there are {0} rehearsals, and `limits.rehearsals` allows no more; remove one first")]
    TooMany(usize),
    #[error("there is no rehearsal `{0}`; `affiche rehearsal list` shows those that there are")]
    Unknown(String),
    #[error("{0} is no format of shapes; send one of {formats}", formats = FORMATS.join(", "))]
    Format(String),
    #[error("the shapes cannot be read: {0}")]
    Read(#[from] ReadError),
    #[error(
        "the shapes have no target, so that they ask nothing of anything: check that they are SHACL shapes with `sh:targetClass` or another target"
    )]
    NoTarget,
    #[error(transparent)]
    Shapes(#[from] ShapesError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
}

impl RehearsalError {
    /// All that is wrong with the shapes, when that is why.
    pub fn faults(&self) -> &[Fault] {
        match self {
            Self::Shapes(ShapesError::IllFormed(faults)) => faults,
            _ => &[],
        }
    }
}

/// Shapes that are tried.
pub struct Rehearsal {
    pub profile: Profile,
    /// When they were sent: xsd:dateTime, UTC.
    pub registered: String,
    /// The hash of its shapes.
    pub hash: String,
    /// The shapes as N-Triples.
    pub ntriples: String,
}

impl std::fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rehearsal({}, {})", self.profile.name, self.hash)
    }
}

/// A rehearsal as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    registered: String,
    ntriples: String,
}

/// Those that there are, by name.
#[derive(Debug)]
pub struct Rehearsals {
    folder: PathBuf,
    all: RwLock<BTreeMap<String, Arc<Rehearsal>>>,
}

impl Rehearsals {
    /// Reads those that are kept. One that this program no longer understands is left where it
    /// is, and told in the log.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(kept: &Path, door: &Door) -> Result<Self, RehearsalError> {
        let folder = kept.join(FOLDER);
        let mut all = BTreeMap::new();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => Some(entries),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(io_error(&folder, error)),
        };
        for entry in entries.into_iter().flatten() {
            let path = entry.map_err(|error| io_error(&folder, error))?.path();
            let name = path.file_stem().map(|name| name.to_string_lossy());
            let name = name.unwrap_or_default().into_owned();
            if path.extension().is_none_or(|ending| ending != ENDING) || !is_name(&name) {
                continue;
            }
            if door.profile(&name).is_some() {
                tracing::warn!(
                    rehearsal = name,
                    "a profile now has the name of a rehearsal, which is left out"
                );
                continue;
            }
            match read(&path, &name, door) {
                Ok(rehearsal) => {
                    all.insert(name, Arc::new(rehearsal));
                }
                Err(error) => {
                    tracing::error!(%error, rehearsal = name, "a rehearsal is left out");
                }
            }
        }
        Ok(Self {
            folder,
            all: RwLock::new(all),
        })
    }

    pub fn all(&self) -> Vec<Arc<Rehearsal>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    pub fn named(&self, name: &str) -> Option<Arc<Rehearsal>> {
        let all = self.all.read().unwrap_or_else(PoisonError::into_inner);
        all.get(name).cloned()
    }

    /// Registers shapes under a name, instead of those that it had; tells whether it had some.
    ///
    /// # Errors
    /// When the name cannot be taken, the shapes are not well formed, or nothing can be written.
    pub fn put(
        &self,
        door: &Door,
        most: usize,
        name: &str,
        bytes: &[u8],
        format: &str,
        time: &str,
    ) -> Result<(Arc<Rehearsal>, bool), RehearsalError> {
        if !is_name(name) {
            return Err(RehearsalError::Name(name.to_owned()));
        }
        if door.profile(name).is_some() {
            return Err(RehearsalError::Taken(name.to_owned()));
        }
        let importer = importer_for(format)?;
        if !FORMATS.contains(&importer.name) {
            return Err(RehearsalError::Format(format.to_owned()));
        }
        // Shapes published elsewhere may name theirs from where they are.
        let options = ReadOptions {
            base: Some(format!("urn:rehearsal:{name}")),
            ..door.read_options.clone()
        };
        let graph = (importer.read)(bytes, &options)?.graph;
        let rehearsal = compile(name, graph, time)?;
        // One at a time: what is kept and what is judged must be the same.
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(name) && all.len() >= most {
            return Err(RehearsalError::TooMany(most));
        }
        let kept = Kept {
            registered: rehearsal.registered.clone(),
            ntriples: rehearsal.ntriples.clone(),
        };
        let bytes = serde_json::to_vec(&kept).expect("two texts can be written as JSON");
        let path = self.path(name);
        private::replace(&path, &bytes).map_err(|error| io_error(&path, error))?;
        let rehearsal = Arc::new(rehearsal);
        let former = all.insert(name.to_owned(), Arc::clone(&rehearsal));
        Ok((rehearsal, former.is_some()))
    }

    /// Forgets a rehearsal.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn remove(&self, name: &str) -> Result<(), RehearsalError> {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(name) {
            return Err(RehearsalError::Unknown(name.to_owned()));
        }
        let path = self.path(name);
        fs::remove_file(&path).map_err(|error| io_error(&path, error))?;
        all.remove(name);
        Ok(())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.{ENDING}"))
    }
}

fn read(path: &Path, name: &str, door: &Door) -> Result<Rehearsal, RehearsalError> {
    let bytes = fs::read(path).map_err(|error| io_error(path, error))?;
    let kept: Kept =
        serde_json::from_slice(&bytes).map_err(|error| io_error(path, error.into()))?;
    let importer = importer_for("ntriples")?;
    let graph = (importer.read)(kept.ntriples.as_bytes(), &door.read_options)?.graph;
    compile(name, graph, &kept.registered)
}

fn compile(name: &str, graph: Graph, time: &str) -> Result<Rehearsal, RehearsalError> {
    let shapes = Shapes::compile(&graph)?;
    if !shapes.has_targets() {
        return Err(RehearsalError::NoTarget);
    }
    let triples: Vec<Triple> = graph.iter().cloned().collect();
    let mut ntriples = Vec::new();
    write::ntriples(&mut ntriples, &triples)
        .map_err(|error| io_error(Path::new("memory"), error))?;
    Ok(Rehearsal {
        hash: hash_of(&triples),
        ntriples: String::from_utf8_lossy(&ntriples).into_owned(),
        profile: Profile::new(name, &graph, shapes, triples, Origin::Guest),
        registered: time.to_owned(),
    })
}

/// What shapes are, in few characters.
pub fn hash_of(triples: &[Triple]) -> String {
    let mut lines: Vec<String> = triples.iter().map(ToString::to_string).collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    private::hexadecimal(&hash.finalize())
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= NAME_BYTES && name.bytes().all(is_allowed)
}

fn io_error(path: &Path, error: io::Error) -> RehearsalError {
    RehearsalError::Io {
        path: path.to_owned(),
        error,
    }
}
