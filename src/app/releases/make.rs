//! Making a release: one pass over one state of the store writes all files.
//!
//! The state is a checkpoint, which becomes a part of the release; nobody waits for the pass. The
//! storage is read once, graph by graph, by one thread; each file is written by a thread of its
//! own, which gets what is read in batches. Everything is written into `{date}.part` and appears
//! by one renaming, after every file was read again. What follows a crash or a failure is the
//! release before.

use crate::app::releases::file::{Message, Written, write_file};
use crate::app::releases::sorted::{self, SortError, Sorted};
use crate::app::releases::{CHECKPOINT, PART, ReleaseError, Releases};
use crate::app::{App, profiles};
use crate::ingest::Without;
use crate::ingest::conformance::FollowError;
use crate::model::{Progress, Source, SourceName};
use crate::publish::dump::owner;
use crate::publish::release::{
    MANIFEST, MANIFEST_VERSION, Manifest, ReleasedFile, ReleasedSource, Selection,
};
use crate::publish::reread::RereadError;
use crate::publish::{DUMPS, DumpFormat};
use crate::store::{Checkpoint, LogError, SIGNATURE_EXTENSION, SigningKey, StoreError, View};
use jiff::Timestamp;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, TryLockError};
use std::thread::{self, ScopedJoinHandle};

/// What the names of all files begin with.
const STEM: &str = "affiche";
/// The file with the sums of the others, as `sha256sum --check` reads it.
pub const SUMS: &str = "SHA256SUMS";
/// So many triples go from thread to thread at once, roughly.
const BATCH_TRIPLES: usize = 2_000;
/// How many batches wait for a thread.
const WAITING: usize = 2;

#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(
        "a release says who publishes it and under which licence, and the configuration does not: set {}",
        .0.join(", ")
    )]
    Unconfigured(Vec<&'static str>),
    #[error("another release is being made; wait until it is there")]
    Busy,
    #[error("nobody waits for the release any more; nothing was published")]
    CalledOff,
    #[error("nothing was published, since `{name}` cannot be trusted: {error}")]
    Unsound { name: String, error: RereadError },
    #[error("`{path}` could not be written: {error}; the release before stays the latest one")]
    Io { path: PathBuf, error: io::Error },
    #[error("a thread that wrote a file ended early")]
    Panicked,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Profiles(#[from] FollowError),
    #[error(transparent)]
    Release(#[from] ReleaseError),
}

impl MakeError {
    fn io(path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io {
            path: path.to_owned(),
            error,
        }
    }
}

/// What became of the wish to have a release.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is there.
    Made(Manifest),
    /// Nothing has changed since this one.
    Unchanged(Manifest),
}

/// Makes a release of what is published now, if something changed since the last one.
///
/// # Errors
/// When the configuration does not say what a release must say, or it cannot be written; then
/// there is nothing of it.
pub fn make(
    app: &App,
    now: Timestamp,
    is_called_off: &(dyn Fn() -> bool + Sync),
) -> Result<Outcome, MakeError> {
    let missing = missing(app);
    if !missing.is_empty() {
        return Err(MakeError::Unconfigured(missing));
    }
    let _alone = match app.releases.making.try_lock() {
        Ok(alone) => alone,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => return Err(MakeError::Busy),
    };
    profiles::bring_up_to_date(app, &Progress::default())?;
    let folder = app.releases.folder();
    let (number, date) = next(&app.releases, now);
    let part = folder.join(format!("{date}.{PART}"));
    fs::create_dir_all(folder).map_err(MakeError::io(folder))?;
    app.releases
        .remove_unfinished()
        .map_err(MakeError::io(folder))?;
    fs::create_dir(&part).map_err(MakeError::io(&part))?;
    let made = made_in(app, &part, (number, &date), is_called_off).and_then(|outcome| {
        if let Outcome::Made(_) = &outcome {
            sync_tree(&part)?;
            let target = folder.join(&date);
            fs::rename(&part, &target).map_err(MakeError::io(&target))?;
            sync(folder)?;
            app.releases.refresh()?;
        }
        Ok(outcome)
    });
    if !matches!(made, Ok(Outcome::Made(_))) {
        // What there is of it takes room, perhaps the last there was.
        let _ = fs::remove_dir_all(&part);
    }
    made
}

/// The keys of the configuration without which nothing is released.
pub fn missing(app: &App) -> Vec<&'static str> {
    let config = &app.config;
    let keys = [
        ("`licence`", config.licence.is_none()),
        ("`publisher.name`", config.publisher_name.is_none()),
        ("`publisher.contact`", config.publisher_contact.is_none()),
    ];
    let missing = keys.into_iter().filter(|(_, is_missing)| *is_missing);
    missing.map(|(key, _)| key).collect()
}

/// The number of the next release, and its date: a second one of a day is `2026-11-22.2`.
fn next(releases: &Releases, now: Timestamp) -> (u64, String) {
    let all = releases.all();
    let number = all.last().map_or(1, |last| last.manifest.number + 1);
    let day = now.strftime("%Y-%m-%d").to_string();
    let is_free = |date: &String| all.iter().all(|release| release.manifest.date != *date);
    let date = std::iter::once(day.clone())
        .chain((2_u64..).map(|count| format!("{day}.{count}")))
        .find(is_free)
        .unwrap_or(day);
    (number, date)
}

/// Makes everything in the folder of a release that is not there yet.
fn made_in(
    app: &App,
    part: &Path,
    (number, date): (u64, &str),
    is_called_off: &(dyn Fn() -> bool + Sync),
) -> Result<Outcome, MakeError> {
    let checkpoint = part.join(CHECKPOINT);
    let (generation, header_sha256) = {
        // While this is held, nothing is accepted.
        let _hold = app.store.write()?;
        let generation = app.store.generation();
        let all = app.releases.all();
        let former = all.iter().rev().find(|former| {
            former.withdrawal.is_none() && former.manifest.log == app.store.identity()
        });
        if let Some(former) = former.filter(|former| former.manifest.generation == generation) {
            return Ok(Outcome::Unchanged(former.manifest.clone()));
        }
        app.store.checkpoint(&checkpoint)?;
        (generation, app.store.record(generation)?.header_sha256())
    };
    let opened = Checkpoint::open(
        &checkpoint,
        app.store.base().clone(),
        app.store.identity().to_owned(),
    )?;
    let view = opened.view();
    let modified = view
        .change(generation)?
        .map_or_else(String::new, |(time, _)| time);
    let pass = Pass::new(app, view, part, is_called_off)?;
    let (sources, left_out) = (pass.sources.clone(), pass.left_out.clone());
    let all = pass.run()?;
    drop(opened);
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        base: app.store.base().to_string(),
        number,
        date: date.to_owned(),
        log: app.store.identity().to_owned(),
        generation,
        modified,
        header_sha256,
        sources,
        left_out: left_out.into_iter().collect(),
        entities: all.entities.into_iter().collect(),
        files: all.files,
        state: all.state,
    };
    write_manifest(app.store.folder(), part, &manifest)?;
    Ok(Outcome::Made(manifest))
}

/// Writes the manifest, its signature and the sums.
pub(super) fn write_manifest(
    data: &Path,
    folder: &Path,
    manifest: &Manifest,
) -> Result<(), MakeError> {
    let text = manifest.text();
    let comment = format!(
        "{}/releases/{} generation {}",
        manifest.base, manifest.date, manifest.generation
    );
    let path = folder.join(MANIFEST);
    let signature = SigningKey::of(data)?
        .sign_file(text.as_bytes(), &comment)
        .map_err(MakeError::io(&path))?;
    let files = [
        (path, text),
        (
            folder.join(format!("{MANIFEST}.{SIGNATURE_EXTENSION}")),
            signature,
        ),
        (folder.join(SUMS), manifest.sums()),
    ];
    for (path, text) in files {
        File::create(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(MakeError::io(&path))?;
    }
    Ok(())
}

/// Waits until all files and folders in a folder are on the disk.
fn sync_tree(folder: &Path) -> Result<(), MakeError> {
    for entry in fs::read_dir(folder).map_err(MakeError::io(folder))? {
        let path = entry.map_err(MakeError::io(folder))?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            sync(&path)?;
        }
    }
    sync(folder)
}

pub(super) fn sync(path: &Path) -> Result<(), MakeError> {
    File::open(path)
        .and_then(|file| file.sync_all())
        .map_err(MakeError::io(path))
}

/// What is read of the store, on its way to the files.
#[derive(Debug)]
pub struct Batch {
    pub layer: Layer,
    pub entities: Vec<Entity>,
}

/// The graph that something was read from.
#[derive(Clone, Debug)]
pub enum Layer {
    /// What is public.
    Public,
    /// What a source says that is released.
    Claims(NamedNode),
    /// Any other, which only the state of the log holds.
    Other(GraphName),
}

/// An entity with its parts, or a concept, as one graph has it.
#[derive(Debug)]
pub struct Entity {
    /// Whose the triples are, as far as it has an IRI.
    pub iri: Option<NamedNode>,
    pub stored: Vec<Triple>,
    /// What is public of it without the sources that are left out, where that is something else.
    pub released: Option<Vec<Triple>>,
    /// The names of the released profiles that it meets.
    pub meets: Vec<Arc<str>>,
}

impl Entity {
    /// What may be given out of it.
    pub fn public(&self) -> &[Triple] {
        self.released.as_deref().unwrap_or(&self.stored)
    }
}

/// One pass over a state.
struct Pass<'a> {
    app: &'a App,
    view: View<'a>,
    part: &'a Path,
    is_called_off: &'a (dyn Fn() -> bool + Sync),
    /// Whose data are in it.
    sources: Vec<ReleasedSource>,
    /// The sources that have said something and no licence.
    left_out: BTreeSet<SourceName>,
    without: Without<'a>,
    entities: BTreeMap<String, u64>,
}

/// All that a pass gave.
struct All {
    entities: BTreeMap<String, u64>,
    files: Vec<ReleasedFile>,
    state: Option<ReleasedFile>,
}

/// A file that is to be written.
pub struct Wanted {
    pub stem: String,
    pub selection: Selection,
    pub format: &'static DumpFormat,
    /// What is in it says so in its first statements.
    pub sources: Vec<ReleasedSource>,
}

/// A thread that writes a file.
struct Writer<'scope> {
    sender: SyncSender<Message>,
    thread: ScopedJoinHandle<'scope, Result<Written, MakeError>>,
}

impl<'a> Pass<'a> {
    fn new(
        app: &'a App,
        view: View<'a>,
        part: &'a Path,
        is_called_off: &'a (dyn Fn() -> bool + Sync),
    ) -> Result<Self, MakeError> {
        let mut sources = Vec::new();
        let mut left_out = BTreeSet::new();
        for source in view.sources()? {
            if !view.has_graph(&view.base().source_graph(&source.name))? {
                continue;
            }
            let Source {
                name,
                licence,
                publisher,
                ..
            } = source;
            match licence {
                Some(licence) => sources.push(ReleasedSource {
                    name,
                    publisher,
                    licence: licence.into_string(),
                }),
                None => {
                    left_out.insert(name);
                }
            }
        }
        Ok(Self {
            without: Without::new(view, &app.door, left_out.clone())?,
            app,
            view,
            part,
            is_called_off,
            sources,
            left_out,
            entities: BTreeMap::new(),
        })
    }

    /// The files of all that is public, in the order in which the manifest has them.
    fn wanted(&self) -> Vec<Wanted> {
        let files = |stem: &str, selection: Selection, has_graphs: bool| {
            let formats = DUMPS.iter();
            let formats = formats.filter(move |format| format.has_graphs || !has_graphs);
            formats
                // TriG is N-Quads for people; without graphs it is Turtle.
                .filter(move |format| has_graphs || format.name != "trig")
                .map(|format| Wanted {
                    stem: stem.to_owned(),
                    selection: selection.clone(),
                    format,
                    sources: self.sources.clone(),
                })
                .collect::<Vec<_>>()
        };
        let mut wanted = files(STEM, Selection::All, false);
        wanted.extend(files(&format!("{STEM}-claims"), Selection::Claims, true));
        wanted
    }

    fn run(mut self) -> Result<All, MakeError> {
        let app = self.app;
        let part = self.part;
        let wanted = self.wanted();
        let mut all = thread::scope(|scope| -> Result<All, MakeError> {
            let begin = |wanted: Wanted| -> Writer<'_> {
                let (sender, receiver) = sync_channel(WAITING);
                let thread = scope.spawn(move || write_file(app, part, &wanted, &receiver));
                Writer { sender, thread }
            };
            let state = Wanted {
                stem: "state".to_owned(),
                selection: Selection::State,
                format: &DUMPS[0],
                sources: Vec::new(),
            };
            let mut writers: Vec<Writer<'_>> = vec![begin(state)];
            writers.extend(wanted.into_iter().map(begin));
            let graphs = self.view.named_graphs()?;
            let read = self.read(GraphName::DefaultGraph, &writers).and_then(|()| {
                graphs
                    .into_iter()
                    .try_for_each(|graph| self.read(graph.into(), &writers))
            });
            let mut files = finish(writers, read)?.into_iter();
            let state = files
                .next()
                .and_then(|written| written.files.into_iter().next());
            Ok(All {
                entities: BTreeMap::new(),
                files: files.flat_map(|written| written.files).collect(),
                state,
            })
        })?;
        all.entities = self.entities;
        Ok(all)
    }

    /// Reads a graph and gives it to those who write.
    fn read(&mut self, graph: GraphName, writers: &[Writer<'_>]) -> Result<(), MakeError> {
        let layer = self.layer(&graph);
        let failed = |error| match error {
            SortError::Store(error) => MakeError::Store(error),
            SortError::Io(error) => MakeError::io(self.part)(error),
        };
        let mut sorted =
            sorted::sort(self.view, graph.as_ref(), self.part, None).map_err(failed)?;
        tell(writers, &Message::Begin(layer.clone()))?;
        let mut batch = Vec::new();
        let mut triples = 0;
        let mut pending: Option<Vec<Triple>> = None;
        loop {
            let next = next_of(&mut sorted).map_err(MakeError::io(self.part))?;
            let is_over = next.is_none();
            match (&mut pending, next) {
                (Some(pending), Some(next)) if is_of(pending, &next) => pending.extend(next),
                (_, next) => {
                    if let Some(entity) = std::mem::replace(&mut pending, next) {
                        triples += entity.len();
                        batch.push(self.entity(entity, &layer)?);
                    }
                }
            }
            if triples >= BATCH_TRIPLES || is_over {
                if (self.is_called_off)() {
                    return Err(MakeError::CalledOff);
                }
                triples = 0;
                let batch = Batch {
                    layer: layer.clone(),
                    entities: std::mem::take(&mut batch),
                };
                tell(writers, &Message::Batch(Arc::new(batch)))?;
            }
            if is_over {
                return Ok(());
            }
        }
    }

    fn layer(&self, graph: &GraphName) -> Layer {
        match graph {
            GraphName::DefaultGraph => Layer::Public,
            GraphName::NamedNode(name) => {
                let source = self.view.base().source_of_graph(name.as_str());
                match source {
                    Some(source) if !self.left_out.contains(&source) => Layer::Claims(name.clone()),
                    _ => Layer::Other(graph.clone()),
                }
            }
            GraphName::BlankNode(_) => Layer::Other(graph.clone()),
        }
    }

    fn entity(&mut self, triples: Vec<Triple>, layer: &Layer) -> Result<Entity, MakeError> {
        let whole = triples.first().and_then(|triple| match &triple.subject {
            NamedOrBlankNode::NamedNode(_) => {
                Some(NamedNode::new_unchecked(owner(&triple.subject)))
            }
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let mut entity = Entity {
            iri: whole,
            stored: triples,
            released: None,
            meets: Vec::new(),
        };
        if let (Layer::Public, Some(iri)) = (layer, &entity.iri) {
            entity.released = self.without.public(iri)?;
            if let Some(kind) = self.kind_of(iri, entity.public()) {
                *self.entities.entry(kind.to_owned()).or_default() += 1;
            }
        }
        Ok(entity)
    }

    /// The kind of something of ours, by what is public of it.
    fn kind_of(&self, iri: &NamedNode, public: &[Triple]) -> Option<&'static str> {
        self.view.base().entity_of(iri.as_str())?.ok()?;
        let classes = public.iter().filter_map(|triple| match &triple.object {
            Term::NamedNode(class)
                if triple.predicate == crate::model::vocabulary::rdf::TYPE
                    && triple.subject.as_ref() == iri.as_ref().into() =>
            {
                Some(class.as_str())
            }
            _ => None,
        });
        Some(self.view.kinds().of_classes(classes)?.name)
    }
}

fn next_of(sorted: &mut Sorted) -> io::Result<Option<Vec<Triple>>> {
    sorted.next_subject()
}

/// Whether two runs of triples are about the same entity.
fn is_of(pending: &[Triple], next: &[Triple]) -> bool {
    match (pending.last(), next.first()) {
        (Some(last), Some(first)) => owner(&last.subject) == owner(&first.subject),
        _ => false,
    }
}

/// Gives a message to all who write. Who has ended has failed, and says so when it is asked.
fn tell(writers: &[Writer<'_>], message: &Message) -> Result<(), MakeError> {
    for writer in writers {
        writer
            .sender
            .send(message.clone())
            .map_err(|_| MakeError::Panicked)?;
    }
    Ok(())
}

/// Waits until all files are written. What stopped one of them goes before what stopped reading.
fn finish(
    writers: Vec<Writer<'_>>,
    read: Result<(), MakeError>,
) -> Result<Vec<Written>, MakeError> {
    let is_whole = read.is_ok();
    let mut threads = Vec::new();
    for writer in writers {
        if is_whole {
            // Who does not hear of the end any more says why not.
            let _ = writer.sender.send(Message::End);
        }
        drop(writer.sender);
        threads.push(writer.thread);
    }
    let mut files = Vec::new();
    let mut failed = None;
    for thread in threads {
        match thread.join().unwrap_or(Err(MakeError::Panicked)) {
            Ok(written) => files.push(written),
            Err(MakeError::CalledOff) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    match (failed, read) {
        (Some(error), _) | (None, Err(error)) => Err(error),
        (None, Ok(())) => Ok(files),
    }
}
