//! A data folder to try things on, with a fixed clock and fixed random names.

use affiche::ingest::conformance::follow;
use affiche::ingest::{
    Document, Door, Report, Submission, SubmitError, redact, sources, submit, system,
};
use affiche::model::{Base, Generation, Mode, Progress, Source, SourceName};
use affiche::store::{Opening, Plan, Request, Store, StoreError, Strikes};
use jiff::Timestamp;
use oxrdf::{NamedNode, Triple};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use tempfile::TempDir;

pub const BASE: &str = "https://data.example.org";
/// The instant at which tests happen.
pub const NOW: &str = "2026-11-22T12:00:00Z";

pub const PREFIXES: &str = "\
@prefix schema: <http://schema.org/> .
@prefix ado: <http://kg.artsdata.ca/ontology/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sv: <https://data.example.org/ns#> .
@prefix fonctions: <https://data.example.org/vocab/fonctions/> .
@prefix t: <https://theatre.example/> .
";

pub fn base() -> Base {
    BASE.parse().expect("a base")
}

pub fn opening(create: bool) -> Opening {
    Opening {
        base: None,
        default_base: base(),
        create,
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

pub fn name(text: &str) -> SourceName {
    text.parse().expect("a source name")
}

/// The door is the same for every folder of one base.
fn door() -> &'static Door {
    static DOOR: OnceLock<Door> = OnceLock::new();
    DOOR.get_or_init(|| Door::new(&base()).expect("the built-in files are sound"))
}

/// A closed folder with nothing but the built-in source in it, from which others are copied.
fn template() -> &'static Path {
    static TEMPLATE: OnceLock<TempDir> = OnceLock::new();
    TEMPLATE
        .get_or_init(|| {
            let folder = TempDir::new().expect("a temporary folder");
            let store = open(folder.path(), true).expect("a new folder opens");
            let mut seed = 0;
            system::bring_up_to_date(&store, door(), at(NOW), &mut |bytes| fill(&mut seed, bytes))
                .expect("the built-in files are accepted");
            folder
        })
        .path()
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder is made");
    for entry in std::fs::read_dir(from).expect("the folder can be read") {
        let entry = entry.expect("the folder can be read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// A temporary data folder with the built-in source in it.
pub struct Folder {
    pub store: Store,
    pub door: &'static Door,
    pub path: PathBuf,
    seed: u64,
    pub now: Timestamp,
    /// Last, so that the store is closed before its files go.
    _temporary: TempDir,
}

impl Folder {
    pub fn new() -> Self {
        let temporary = TempDir::new().expect("a temporary folder");
        let path = temporary.path().join("data");
        copy_folder(template(), &path);
        let store = open(&path, false).expect("a copied folder opens");
        Self {
            store,
            door: door(),
            path,
            seed: 1,
            now: at(NOW),
            _temporary: temporary,
        }
    }

    /// Over a closed folder, whose temporary files go with it.
    pub fn reopened(temporary: TempDir) -> Self {
        let path = temporary.path().join("data");
        Self {
            store: open(&path, false).expect("a closed folder opens"),
            door: door(),
            path,
            seed: 1_000_000,
            now: at(NOW),
            _temporary: temporary,
        }
    }

    /// With the sources named, in the order of their ranks.
    pub fn with_sources(names: &[&str]) -> Self {
        let folder = Self::new();
        for (index, text) in names.iter().enumerate() {
            let source = Source {
                rank: 10 * (index as u32 + 1),
                ..Source::new(name(text))
            };
            folder.add(&source);
        }
        folder
    }

    /// With a door that judges no more than this within a change.
    pub fn judging_at_once(self, most: usize) -> Self {
        let mut door = Door::new(&base()).expect("the built-in files are sound");
        door.judged_at_once = most;
        Self {
            // There are a few of them in all tests together.
            door: Box::leak(Box::new(door)),
            ..self
        }
    }

    /// Brings up to date which profiles entities meet.
    pub fn follow(&self) -> Option<Generation> {
        let now = || self.now;
        follow(&self.store, self.door, &now, &Progress::default()).expect("all can be judged")
    }

    pub fn add(&self, source: &Source) {
        sources::add(&self.store, source, self.now).expect("a source is added");
    }

    /// The open store, and the folder that goes when it is dropped.
    pub fn into_store(self) -> (TempDir, Store) {
        (self._temporary, self.store)
    }

    /// Strikes something, and gives the folder opened again.
    pub fn redact(self, request: &Request) -> Self {
        let strikes = Strikes::new(&self.store, request).expect("it can be struck");
        let plan = Plan::new(&self.store, &strikes).expect("the log can be read");
        redact::redact(self.store, self.door, &strikes, &plan, "a reason", self.now)
            .expect("it is struck");
        let store = open(&self.path, false).expect("a redacted folder opens");
        Self { store, ..self }
    }

    /// Submits Turtle after the usual prefixes.
    pub fn submit(&mut self, source: &str, turtle: &str) -> Report {
        self.try_submit(source, turtle, false)
            .expect("it can be read")
    }

    pub fn submit_partial(&mut self, source: &str, turtle: &str) -> Report {
        self.try_submit(source, turtle, true)
            .expect("it can be read")
    }

    pub fn try_submit(
        &mut self,
        source: &str,
        turtle: &str,
        is_partial: bool,
    ) -> Result<Report, SubmitError> {
        let text = format!("{PREFIXES}{turtle}");
        self.submit_bytes(source, text.as_bytes(), "turtle", is_partial)
    }

    pub fn submit_bytes(
        &mut self,
        source: &str,
        bytes: &[u8],
        format: &str,
        is_partial: bool,
    ) -> Result<Report, SubmitError> {
        let source = name(source);
        let document = document(bytes, format);
        self.take(&Submission {
            is_partial: Some(is_partial),
            ..Submission::new(&source, std::slice::from_ref(&document))
        })
    }

    /// Submits Turtle after the usual prefixes, in a mode.
    pub fn send(&mut self, mode: Mode, source: &str, turtle: &str) -> Report {
        let text = format!("{PREFIXES}{turtle}");
        self.send_bytes(mode, source, text.as_bytes(), "turtle")
    }

    pub fn send_bytes(&mut self, mode: Mode, source: &str, bytes: &[u8], format: &str) -> Report {
        let source = name(source);
        let document = document(bytes, format);
        self.take(&Submission {
            mode,
            ..Submission::new(&source, std::slice::from_ref(&document))
        })
        .expect("it can be read")
    }

    /// Takes a submission through the door.
    pub fn take(&mut self, submission: &Submission<'_>) -> Result<Report, SubmitError> {
        let mut seed = self.seed;
        let report = submit(&self.store, self.door, submission, self.now, &mut |bytes| {
            fill(&mut seed, bytes)
        });
        self.seed = seed;
        report
    }

    /// The public description of what a source calls `iri`.
    pub fn public(&self, source: &str, iri: &str) -> Vec<Triple> {
        let snapshot = self.store.snapshot().expect("a snapshot");
        let view = snapshot.view();
        match view.identified(&name(source), iri).expect("it can be read") {
            Some(entity) => view.public_description(&entity).expect("it can be read"),
            None => Vec::new(),
        }
    }

    pub fn entity(&self, source: &str, iri: &str) -> NamedNode {
        let snapshot = self.store.snapshot().expect("a snapshot");
        snapshot
            .view()
            .identified(&name(source), iri)
            .expect("it can be read")
            .expect("the source has it")
    }

    /// All quads, sorted, as N-Quads.
    pub fn export(&self) -> String {
        export(&self.store)
    }

    /// Panics when log, store and public view do not fit each other.
    pub fn check(&self) {
        check(&self.store, self.door);
    }
}

/// One file without a name.
fn document<'a>(bytes: &'a [u8], format: &'a str) -> Document<'a> {
    Document {
        name: "-",
        bytes,
        format: Some(format),
        base: None,
    }
}

pub fn check(store: &Store, door: &Door) {
    let report = store.check().expect("it can be read");
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let snapshot = store.snapshot().expect("a snapshot");
    let problems = affiche::ingest::verify::verify(&snapshot.view(), door).expect("it can be read");
    let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

pub fn open(path: &Path, create: bool) -> Result<Store, StoreError> {
    Store::open(path, &opening(create))
}

pub fn export(store: &Store) -> String {
    let snapshot = store.snapshot().expect("a snapshot");
    let mut lines: Vec<String> = snapshot
        .view()
        .quads(None, None, None, None)
        .map(|quad| format!("{} .\n", quad.expect("it can be read")))
        .collect();
    lines.sort_unstable();
    lines.concat()
}

/// The values of a property, as they are written in N-Triples, sorted.
pub fn values(triples: &[Triple], property: &str) -> Vec<String> {
    let mut values: Vec<String> = triples
        .iter()
        .filter(|triple| triple.predicate.as_str() == property)
        .map(|triple| triple.object.to_string())
        .collect();
    values.sort_unstable();
    values
}

/// SplitMix64: names that differ from each other and are the same in every run.
fn fill(seed: &mut u64, bytes: &mut [u8]) {
    for byte in bytes {
        *seed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = *seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        *byte = (z ^ (z >> 31)) as u8;
    }
}
