//! Making a release: one pass over one state of the store writes all files.
//!
//! The state is a checkpoint, which becomes a part of the release; nobody waits for the pass. The
//! storage is read once, graph by graph, by one thread; each file is written by a thread of its
//! own, which gets what is read in batches. Everything is written into `{date}.part` and appears
//! by one renaming, after every file was read again. What follows a crash or a failure is the
//! release before.

use crate::app::releases::file::{Message, Written, write_file};
use crate::app::releases::sorted::{SortError, Sorted, sort};
use crate::app::releases::{CHECKPOINT, PART, ReleaseError, Releases, WithdrawError};
use crate::app::{App, profiles};
use crate::ingest::Without;
use crate::ingest::conformance::FollowError;
use crate::model::vocabulary::rdf;
use crate::model::{Activity, Generation, Kind, Progress, SourceName};
use crate::publish::dump::owner;
use crate::publish::release::{
    MANIFEST, MANIFEST_VERSION, Manifest, ReleasedFile, ReleasedSource, Selection,
};
use crate::publish::reread::RereadError;
use crate::publish::tables::{TABLES, Table};
use crate::publish::{DUMPS, DumpFormat};
use crate::store::{Checkpoint, LogError, SIGNATURE_EXTENSION, SigningKey, StoreError, View};
use jiff::Timestamp;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
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
/// So many graphs are read and sorted while another is written.
const SORTED_AHEAD: usize = 1;

#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(
        "a release says who publishes it and under which licence, and the configuration does not: set {}",
        .0.join(", ")
    )]
    Unconfigured(Vec<&'static str>),
    #[error("`releases.profiles` names `{name}`, and there is {}", .known.join(", "))]
    UnknownProfile { name: String, known: Vec<String> },
    #[error("another release is being made; wait until it is there")]
    Busy,
    #[error(
        "a large change came in just now, and what it meets of the profiles is not known yet; try again in a moment"
    )]
    Behind,
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
    #[error(transparent)]
    Withdraw(#[from] WithdrawError),
}

impl MakeError {
    pub(super) fn io(path: &Path) -> impl Fn(io::Error) -> Self {
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

/// How much a release holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The files of the whole public data alone, with what each source says in its graph.
    Whole,
    /// Those of each profile and source too, and the tables.
    Everything,
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
    make_of(app, Extent::Everything, now, is_called_off)
}

/// The same of less than everything, for whoever wants to know what it costs.
///
/// # Errors
/// As [`make`].
pub fn make_of(
    app: &App,
    extent: Extent,
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
    let known = app.door.profiles();
    for name in &app.config.release_profiles {
        if !known.iter().any(|profile| profile.name == *name) {
            return Err(MakeError::UnknownProfile {
                name: name.clone(),
                known: known
                    .iter()
                    .map(|profile| profile.name.to_string())
                    .collect(),
            });
        }
    }
    profiles::bring_up_to_date(app, &Progress::default())?;
    let folder = app.releases.folder();
    let (number, date) = next(&app.releases, now);
    let part = folder.join(format!("{date}.{PART}"));
    fs::create_dir_all(folder).map_err(MakeError::io(folder))?;
    app.releases
        .remove_unfinished()
        .map_err(MakeError::io(folder))?;
    fs::create_dir(&part).map_err(MakeError::io(&part))?;
    let made = made_in(app, &part, (number, &date), extent, is_called_off).and_then(|outcome| {
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

/// What a release is called, and what it is of.
pub(super) struct About {
    pub number: u64,
    pub date: String,
    /// The identity of the log.
    pub log: String,
    pub generation: Generation,
    pub header_sha256: String,
    /// The redaction after which it was made again.
    pub redacted_by: Option<Generation>,
}

/// Makes everything in the folder of a release that is not there yet.
fn made_in(
    app: &App,
    part: &Path,
    (number, date): (u64, &str),
    extent: Extent,
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
        if let Some(former) = former
            && is_only_described(app, former.manifest.generation, generation)?
        {
            return Ok(Outcome::Unchanged(former.manifest.clone()));
        }
        app.store.checkpoint(&checkpoint)?;
        (generation, app.store.record(generation)?.header_sha256())
    };
    let about = About {
        number,
        date: date.to_owned(),
        log: app.store.identity().to_owned(),
        generation,
        header_sha256,
        redacted_by: None,
    };
    let base = app.store.base().clone();
    let state = Checkpoint::open(&checkpoint, base, about.log.clone())?;
    if state.view().profiles_behind()?.is_some() {
        return Err(MakeError::Behind);
    }
    fill(app, part, &state, about, extent, is_called_off).map(Outcome::Made)
}

/// Makes the files of a release out of a state, and its signed manifest.
///
/// # Errors
/// As [`make`].
pub(super) fn fill(
    app: &App,
    part: &Path,
    state: &Checkpoint,
    about: About,
    extent: Extent,
    is_called_off: &(dyn Fn() -> bool + Sync),
) -> Result<Manifest, MakeError> {
    let view = state.view();
    let modified = view
        .change(about.generation)?
        .map_or_else(String::new, |(time, _)| time);
    let releasing = Releasing::new(app, state, part, extent, is_called_off)?;
    let all = Pass::new(&releasing, view)?.run()?;
    let mut comment = format!(
        "{}/releases/{} generation {}",
        app.store.base(),
        about.date,
        about.generation
    );
    if let Some(redaction) = about.redacted_by {
        comment.push_str(&format!(
            ", made again after the redaction of generation {redaction}"
        ));
    }
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        base: app.store.base().to_string(),
        number: about.number,
        date: about.date,
        log: about.log,
        generation: about.generation,
        modified,
        header_sha256: about.header_sha256,
        sources: releasing.sources,
        left_out: releasing.left_out.into_iter().collect(),
        entities: all.entities.into_iter().collect(),
        files: all.files,
        state: all.state,
    };
    write_manifest(app.store.folder(), part, &manifest, &comment)?;
    Ok(manifest)
}

/// Whether nothing but the description of the data set was published since, which names the last
/// release: else every release would be the reason for the next one.
fn is_only_described(app: &App, since: Generation, to: Generation) -> Result<bool, StoreError> {
    for generation in since.0 + 1..=to.0 {
        let record = app.store.record(Generation(generation))?;
        if record.header.activity != Activity::Statistics {
            return Ok(false);
        }
    }
    Ok(since <= to)
}

/// Writes the manifest, its signature and the sums.
fn write_manifest(
    data: &Path,
    folder: &Path,
    manifest: &Manifest,
    comment: &str,
) -> Result<(), MakeError> {
    let text = manifest.text();
    let path = folder.join(MANIFEST);
    let signature = SigningKey::of(data)?
        .sign_file(text.as_bytes(), comment)
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
pub(super) fn sync_tree(folder: &Path) -> Result<(), MakeError> {
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
    Claims {
        source: SourceName,
        graph: NamedNode,
    },
    /// Any other, which only the state of the log holds.
    Other(GraphName),
}

/// An entity with its parts, or a concept, as one graph has it.
#[derive(Debug)]
pub struct Entity {
    /// Whose the triples are, as far as it has an IRI.
    pub iri: Option<NamedNode>,
    /// Of what is public, and of our own.
    pub kind: Option<&'static Kind>,
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

/// What all threads know that make a release.
pub struct Releasing<'a> {
    pub app: &'a App,
    /// What is released.
    pub state: &'a Checkpoint,
    /// The folder in which it is made.
    pub part: &'a Path,
    extent: Extent,
    is_called_off: &'a (dyn Fn() -> bool + Sync),
    /// Whose data are in it.
    pub sources: Vec<ReleasedSource>,
    /// The sources that have said something and have no licence.
    pub left_out: BTreeSet<SourceName>,
    /// The profiles that have files of their own: names and graphs.
    profiles: Vec<(Arc<str>, NamedNode)>,
}

impl<'a> Releasing<'a> {
    fn new(
        app: &'a App,
        state: &'a Checkpoint,
        part: &'a Path,
        extent: Extent,
        is_called_off: &'a (dyn Fn() -> bool + Sync),
    ) -> Result<Self, MakeError> {
        let view = state.view();
        let base = view.base();
        let mut sources = Vec::new();
        let mut left_out = BTreeSet::new();
        for source in view.sources()? {
            if !view.has_graph(&base.source_graph(&source.name))? {
                continue;
            }
            match source.licence {
                Some(licence) => sources.push(ReleasedSource {
                    name: source.name,
                    publisher: source.publisher,
                    licence: licence.into_string(),
                }),
                None => {
                    left_out.insert(source.name);
                }
            }
        }
        let profiles = app.config.release_profiles.iter().map(|name| {
            let graph = base.shapes_graph(name);
            (Arc::from(name.as_str()), graph)
        });
        Ok(Self {
            app,
            state,
            part,
            extent,
            is_called_off,
            sources,
            left_out,
            profiles: profiles.collect(),
        })
    }

    /// A state of it as it may be given out.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn without<'v>(&self, view: View<'v>) -> Result<Without<'v>, StoreError>
    where
        'a: 'v,
    {
        Without::new(view, &self.app.door, self.left_out.clone())
    }

    /// The files that are written from the beginning to the end, in the order in which the manifest
    /// has them.
    fn wanted(&self) -> Vec<Wanted> {
        let mut wanted = self.dumps(STEM, &Selection::All, &self.sources);
        wanted.extend(
            DUMPS
                .iter()
                .filter(|format| format.has_graphs)
                .map(|format| Wanted {
                    stem: format!("{STEM}-claims"),
                    selection: Selection::Claims,
                    form: Form::Dump(format),
                    sources: self.sources.clone(),
                }),
        );
        if self.extent == Extent::Whole {
            return wanted;
        }
        for (profile, _) in &self.profiles {
            wanted.extend(self.dumps(
                &format!("{STEM}-profile-{profile}"),
                &Selection::Profile(profile.to_string()),
                &self.sources,
            ));
        }
        wanted.extend(TABLES.iter().map(|table| Wanted {
            stem: format!("{STEM}-{}", table.name),
            selection: Selection::Table(table.name.to_owned()),
            form: Form::Table(table),
            sources: self.sources.clone(),
        }));
        wanted
    }

    /// The files of a source that is released.
    fn wanted_of(&self, layer: &Layer) -> Vec<Wanted> {
        let Layer::Claims { source, .. } = layer else {
            return Vec::new();
        };
        if self.extent == Extent::Whole {
            return Vec::new();
        }
        let mut sources = self.sources.clone();
        sources.retain(|released| released.name == *source);
        let stem = format!("{STEM}-source-{source}");
        self.dumps(&stem, &Selection::Source(source.clone()), &sources)
    }

    /// A file in each format. TriG is Turtle where nothing has a graph of its own.
    fn dumps(&self, stem: &str, selection: &Selection, sources: &[ReleasedSource]) -> Vec<Wanted> {
        let formats = DUMPS.iter().filter(|format| format.name != "trig");
        formats
            .map(|format| Wanted {
                stem: stem.to_owned(),
                selection: selection.clone(),
                form: Form::Dump(format),
                sources: sources.to_vec(),
            })
            .collect()
    }

    /// The graph that something is read from.
    fn layer(&self, graph: &GraphName) -> Layer {
        let named = match graph {
            GraphName::DefaultGraph => return Layer::Public,
            GraphName::NamedNode(named) => named,
            GraphName::BlankNode(_) => return Layer::Other(graph.clone()),
        };
        let source = self.app.store.base().source_of_graph(named.as_str());
        match source.filter(|source| !self.left_out.contains(source)) {
            Some(source) => Layer::Claims {
                source,
                graph: named.clone(),
            },
            None => Layer::Other(graph.clone()),
        }
    }
}

/// All that a pass gave.
struct All {
    entities: BTreeMap<String, u64>,
    files: Vec<ReleasedFile>,
    state: Option<ReleasedFile>,
}

/// A file that is to be written.
pub struct Wanted {
    stem: String,
    pub selection: Selection,
    pub form: Form,
    /// What is in it is theirs; it says so in its first statements.
    pub sources: Vec<ReleasedSource>,
}

/// What a file is written as.
#[derive(Clone, Copy)]
pub enum Form {
    Dump(&'static DumpFormat),
    Table(&'static Table),
}

impl Wanted {
    /// Its name without the ending of a compression.
    pub fn name(&self) -> String {
        let extension = match self.form {
            Form::Dump(format) => format.extension,
            Form::Table(_) => "csv",
        };
        format!("{}.{extension}", self.stem)
    }

    /// The name of its format, and its media type.
    pub fn format(&self) -> (&'static str, &'static str) {
        match self.form {
            Form::Dump(format) => (format.name, format.media_type),
            Form::Table(_) => ("csv", "text/csv"),
        }
    }
}

/// A thread that writes a file.
struct Writer<'scope> {
    sender: SyncSender<Message>,
    thread: ScopedJoinHandle<'scope, Result<Written, MakeError>>,
}

/// One pass over a state: what reads.
struct Pass<'a> {
    releasing: &'a Releasing<'a>,
    view: View<'a>,
    without: Without<'a>,
    entities: BTreeMap<String, u64>,
}

impl<'a> Pass<'a> {
    fn new(releasing: &'a Releasing<'a>, view: View<'a>) -> Result<Self, MakeError> {
        Ok(Self {
            without: releasing.without(view)?,
            releasing,
            view,
            entities: BTreeMap::new(),
        })
    }

    fn run(mut self) -> Result<All, MakeError> {
        let releasing = self.releasing;
        let mut graphs = vec![GraphName::DefaultGraph];
        graphs.extend(self.view.named_graphs()?.into_iter().map(GraphName::from));
        let (state, files) = thread::scope(|scope| {
            let begin = |wanted: Wanted| {
                let (sender, receiver) = sync_channel(WAITING);
                let thread = scope.spawn(move || write_file(releasing, &wanted, &receiver));
                Writer { sender, thread }
            };
            let state = Wanted {
                stem: "state".to_owned(),
                selection: Selection::State,
                form: Form::Dump(&DUMPS[0]),
                sources: Vec::new(),
            };
            let mut writers = vec![begin(state)];
            writers.extend(releasing.wanted().into_iter().map(begin));
            let mut of_sources = Vec::new();
            let mut waiting = VecDeque::new();
            let mut ahead = VecDeque::new();
            let mut next = graphs.iter().enumerate();
            let mut read = Ok(());
            for graph in &graphs {
                while ahead.len() < SORTED_AHEAD
                    && let Some((number, graph)) = next.next()
                {
                    ahead.push_back(scope.spawn(move || sorted(releasing, graph, number)));
                }
                let sorted = match ahead.pop_front().map(ScopedJoinHandle::join) {
                    Some(Ok(sorted)) => sorted,
                    _ => Err(MakeError::Panicked),
                };
                let wanted = releasing.wanted_of(&releasing.layer(graph));
                let own: Vec<Writer<'_>> = wanted.into_iter().map(begin).collect();
                read = sorted.and_then(|sorted| self.read(graph, sorted, &writers, &own));
                waiting.push_back(end(own, read.is_ok()));
                if read.is_err() {
                    break;
                }
                // They still read again what they wrote.
                while waiting.len() > SORTED_AHEAD
                    && let Some(threads) = waiting.pop_front()
                {
                    of_sources.push(join(threads));
                }
            }
            let whole = join(end(writers, read.is_ok()));
            of_sources.extend(waiting.into_iter().map(join));
            // What stopped the writing of a file goes before what then stopped the reading.
            let mut of_sources_files = Vec::new();
            for files in of_sources {
                of_sources_files.extend(files?);
            }
            let mut files = whole?;
            read?;
            let state = files.remove(0);
            files.extend(of_sources_files);
            Ok::<_, MakeError>((state, files))
        })?;
        Ok(All {
            entities: self.entities,
            files: files.into_iter().flat_map(|file| file.files).collect(),
            state: state.files.into_iter().next(),
        })
    }

    /// Gives what is in a graph to those who write.
    fn read(
        &mut self,
        graph: &GraphName,
        mut sorted: Sorted,
        writers: &[Writer<'_>],
        own: &[Writer<'_>],
    ) -> Result<(), MakeError> {
        let tell = |message: &Message| {
            writers.iter().chain(own).try_for_each(|writer| {
                let sent = writer.sender.send(message.clone());
                // Who has ended has failed, and says so when it is asked.
                sent.map_err(|_| MakeError::Panicked)
            })
        };
        let layer = self.releasing.layer(graph);
        let part = self.releasing.part;
        tell(&Message::Begin(layer.clone()))?;
        let mut batch = Vec::new();
        let mut triples = 0;
        let mut pending: Option<Vec<Triple>> = None;
        loop {
            let next = sorted.next_subject().map_err(MakeError::io(part))?;
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
                if (self.releasing.is_called_off)() {
                    return Err(MakeError::CalledOff);
                }
                triples = 0;
                let batch = Batch {
                    layer: layer.clone(),
                    entities: std::mem::take(&mut batch),
                };
                tell(&Message::Batch(Arc::new(batch)))?;
            }
            if is_over {
                return Ok(());
            }
        }
    }

    fn entity(&mut self, triples: Vec<Triple>, layer: &Layer) -> Result<Entity, MakeError> {
        let iri = triples.first().and_then(|triple| match &triple.subject {
            NamedOrBlankNode::NamedNode(_) => {
                Some(NamedNode::new_unchecked(owner(&triple.subject)))
            }
            NamedOrBlankNode::BlankNode(_) => None,
        });
        let mut entity = Entity {
            iri,
            kind: None,
            stored: triples,
            released: None,
            meets: Vec::new(),
        };
        if let (Layer::Public, Some(iri)) = (layer, &entity.iri) {
            let released = self.without.public(iri)?;
            entity.released = released.filter(|released| *released != entity.stored);
            entity.kind = self.kind_of(iri, entity.public());
            if let Some(kind) = entity.kind {
                *self.entities.entry(kind.name.to_owned()).or_default() += 1;
                // What is said to meet them is what is stored.
                if entity.released.is_none() && !self.releasing.profiles.is_empty() {
                    entity.meets = self.met_by(iri)?;
                }
            }
        }
        Ok(entity)
    }

    /// The kind of something of ours, by what is public of it.
    fn kind_of(&self, iri: &NamedNode, public: &[Triple]) -> Option<&'static Kind> {
        self.view.base().entity_of(iri.as_str())?.ok()?;
        let own = public
            .iter()
            .filter(|triple| triple.subject.as_ref() == iri.as_ref().into());
        let classes = own.filter(|triple| triple.predicate == rdf::TYPE);
        let classes = classes.filter_map(|triple| match &triple.object {
            Term::NamedNode(class) => Some(class.as_str()),
            _ => None,
        });
        self.view.kinds().of_classes(classes)
    }

    /// The released profiles that an entity meets.
    fn met_by(&self, iri: &NamedNode) -> Result<Vec<Arc<str>>, StoreError> {
        let met = self.view.met_by(iri)?;
        let profiles = self.releasing.profiles.iter();
        let met = profiles.filter(|(_, graph)| {
            let mut objects = met.iter().map(|quad| &quad.object);
            objects.any(|object| matches!(object, Term::NamedNode(node) if node == graph))
        });
        Ok(met.map(|(name, _)| Arc::clone(name)).collect())
    }
}

/// Whether two runs of triples are about the same entity.
fn is_of(pending: &[Triple], next: &[Triple]) -> bool {
    match (pending.last(), next.first()) {
        (Some(last), Some(first)) => owner(&last.subject) == owner(&first.subject),
        _ => false,
    }
}

/// Reads a graph, which is one of those that are read.
fn sorted(
    releasing: &Releasing<'_>,
    graph: &GraphName,
    number: usize,
) -> Result<Sorted, MakeError> {
    let file = releasing.part.join(format!("sorted.{number}"));
    let view = releasing.state.view();
    sort(view, graph.as_ref(), &file).map_err(|error| match error {
        SortError::Store(error) => MakeError::Store(error),
        SortError::Io(error) => MakeError::io(&file)(error),
    })
}

type Threads<'scope> = Vec<ScopedJoinHandle<'scope, Result<Written, MakeError>>>;

/// Tells those who write that there is no more.
fn end<'scope>(writers: Vec<Writer<'scope>>, is_whole: bool) -> Threads<'scope> {
    let mut threads = Vec::new();
    for writer in writers {
        if is_whole {
            // Who does not hear of the end any more says why not.
            let _ = writer.sender.send(Message::End);
        }
        threads.push(writer.thread);
    }
    threads
}

/// Waits until files are written and read again. One that did not hear of the end is called off.
fn join(threads: Threads<'_>) -> Result<Vec<Written>, MakeError> {
    let mut files = Vec::new();
    let mut failed = None;
    for thread in threads {
        match thread.join().unwrap_or(Err(MakeError::Panicked)) {
            Ok(written) => files.push(written),
            Err(MakeError::CalledOff) => {}
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(files), Err)
}
