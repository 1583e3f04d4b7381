//! Sitemaps: which documents are published, and when each of them last changed.
//!
//! The [`Follower`] reads the log behind the store. What it knows is one immutable [`State`]: the
//! entities in the order in which their names were given out, in [`File`]s of so many, so that an
//! entity stays in its file for good, a new one comes into the last, and a file changes only where
//! an entity in it does. It is in memory alone, 24 bytes an entity, and is read from the registry
//! again at each start.

use crate::app::App;
use crate::app::following::entities::{Entity, iri_of, number_of, touch};
use crate::app::following::{Current, quads_between};
use crate::model::{Base, Generation};
use crate::rdf::xml::{self, WriteError};
use crate::store::{self, StoreError, View};
use flate2::{Compression, GzBuilder};
use oxrdf::{NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;
use std::collections::{BTreeSet, hash_map};
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Instant;

/// How many entities a file has room for (sitemaps.org allows 50,000).
pub const ENTITIES: usize = 50_000;
/// A change with more quads is not followed: to read the registry again takes less.
const MOST_QUADS: u64 = 200_000;
/// How many entities are read between two looks at the clock.
const CHUNK: usize = 1024;

const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

#[derive(Debug, thiserror::Error)]
pub enum SitemapError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("a sitemap could not be written: {0}")]
    Write(#[from] WriteError),
    /// The program ends.
    #[error("the reading of the registry was interrupted")]
    Interrupted,
}

impl From<io::Error> for SitemapError {
    fn from(error: io::Error) -> Self {
        Self::Write(error.into())
    }
}

/// Whether an entity is published, and when that, or what is said of it, last changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    /// The generation in which its name was given out; then itself: the order of the entries.
    key: (Generation, Entity),
    /// The generation of its last change, doubled, and one more when it is published.
    changed: u64,
}

impl Entry {
    fn changed(&self) -> Generation {
        Generation(self.changed >> 1)
    }

    fn is_published(&self) -> bool {
        self.changed & 1 == 1
    }
}

/// The entities of one sitemap.
#[derive(Debug, Default)]
pub struct File {
    entries: Vec<Entry>,
    /// When it last changed.
    changed: Generation,
    /// The file, once somebody has asked for it.
    packed: OnceLock<Vec<u8>>,
}

/// A copy is about to become different.
impl Clone for File {
    fn clone(&self) -> Self {
        Self {
            entries: self.entries.clone(),
            changed: self.changed,
            packed: OnceLock::new(),
        }
    }
}

impl File {
    fn of(entries: Vec<Entry>) -> Self {
        let changed = entries.iter().map(Entry::changed).max();
        Self {
            entries,
            changed: changed.unwrap_or_default(),
            packed: OnceLock::new(),
        }
    }

    /// The published entities, each with its last change.
    pub fn published(&self) -> impl Iterator<Item = (Entity, Generation)> {
        let entries = self.entries.iter().filter(|entry| entry.is_published());
        entries.map(|entry| (entry.key.1, entry.changed()))
    }

    /// The sitemap, packed by gzip; made when it is first asked for.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn packed(&self, view: View<'_>) -> Result<&[u8], SitemapError> {
        if let Some(packed) = self.packed.get() {
            return Ok(packed);
        }
        let packed = self.pack(view)?;
        Ok(self.packed.get_or_init(|| packed))
    }

    fn pack(&self, view: View<'_>) -> Result<Vec<u8>, SitemapError> {
        // Without a time in its header, the same entities give the same file.
        let mut out = GzBuilder::new()
            .mtime(0)
            .write(Vec::new(), Compression::new(6));
        begin(&mut out, "urlset")?;
        let mut times = Times::default();
        for (entity, changed) in self.published() {
            let noid = iri_of(view.base(), entity);
            let noid = noid.as_str().rsplit('/').next().unwrap_or_default();
            let document = view.base().join(&format!("doc/{noid}"));
            let time = times.of(view, changed)?;
            entry(&mut out, "url", document.as_str(), time)?;
        }
        writeln!(out, "</urlset>")?;
        Ok(out.finish()?)
    }
}

/// What is known at one generation.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub generation: Generation,
    /// Each but the last is full.
    files: Vec<Arc<File>>,
}

impl State {
    /// The file of a number, which begins at 1; `None` when there is nothing in it.
    pub fn file(&self, number: usize) -> Option<&Arc<File>> {
        let file = self.files.get(number.checked_sub(1)?)?;
        file.published().next().is_some().then_some(file)
    }

    /// The index of all files.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn index(&self, view: View<'_>) -> Result<Vec<u8>, SitemapError> {
        let mut out = Vec::new();
        begin(&mut out, "sitemapindex")?;
        let mut times = Times::default();
        for number in 1..=self.files.len() {
            if let Some(file) = self.file(number) {
                let address = view.base().join(&format!("sitemaps/{number}.xml.gz"));
                let time = times.of(view, file.changed)?;
                entry(&mut out, "sitemap", address.as_str(), time)?;
            }
        }
        writeln!(out, "</sitemapindex>")?;
        Ok(out)
    }

    fn of(generation: Generation, mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable_by_key(|entry| entry.key);
        let files = entries.chunks(ENTITIES);
        Self {
            generation,
            files: files
                .map(|entries| Arc::new(File::of(entries.to_vec())))
                .collect(),
        }
    }

    /// Puts an entry in its place; `false` when it should have been there before. A file that
    /// others read is copied first.
    fn put(&mut self, entry: Entry) -> bool {
        let after = self.files.partition_point(|file| {
            let first = file.entries.first();
            first.is_some_and(|first| first.key <= entry.key)
        });
        let known = after.checked_sub(1).and_then(|place| {
            let file = self.files.get_mut(place)?;
            let found = file.entries.binary_search_by_key(&entry.key, |it| it.key);
            Some((file, found.ok()?))
        });
        if let Some((file, place)) = known {
            if file.entries.get(place) != Some(&entry) {
                let file = Arc::make_mut(file);
                file.entries[place] = entry;
                file.changed = file.changed.max(entry.changed());
            }
            return true;
        }
        let last = self.files.last().and_then(|file| file.entries.last());
        if last.is_some_and(|last| last.key > entry.key) {
            return false;
        }
        match self.files.last_mut() {
            Some(file) if file.entries.len() < ENTITIES => {
                let file = Arc::make_mut(file);
                file.entries.push(entry);
                file.changed = file.changed.max(entry.changed());
            }
            _ => self.files.push(Arc::new(File::of(vec![entry]))),
        }
        true
    }
}

/// When changes were accepted.
#[derive(Default)]
struct Times(FxHashMap<Generation, String>);

impl Times {
    fn of(&mut self, view: View<'_>, generation: Generation) -> Result<&str, StoreError> {
        Ok(match self.0.entry(generation) {
            hash_map::Entry::Occupied(known) => known.into_mut(),
            hash_map::Entry::Vacant(place) => {
                let time = view.change(generation)?.map(|(time, _)| time);
                place.insert(time.unwrap_or_default())
            }
        })
    }
}

fn begin(out: &mut dyn Write, element: &str) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<{element} xmlns=\"{NAMESPACE}\">")
}

fn entry(out: &mut dyn Write, element: &str, address: &str, time: &str) -> Result<(), WriteError> {
    write!(out, "<{element}><loc>")?;
    xml::text(out, address)?;
    write!(out, "</loc>")?;
    if !time.is_empty() {
        write!(out, "<lastmod>{time}</lastmod>")?;
    }
    Ok(writeln!(out, "</{element}>")?)
}

/// What is known, for all who want to read it.
#[derive(Default)]
pub struct Sitemap {
    current: Current<State>,
}

impl Sitemap {
    /// What is known; `None` before a [`Follower`] has made a step.
    pub fn current(&self) -> Option<Arc<State>> {
        self.current.get()
    }
}

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    is_stopped: &'a dyn Fn() -> bool,
}

impl<'a> Follower<'a> {
    /// `is_stopped` is asked now and then, and yes ends what it is doing.
    pub fn new(app: &'a App, is_stopped: &'a dyn Fn() -> bool) -> Self {
        Self { app, is_stopped }
    }

    /// Brings it up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, SitemapError> {
        let known = self.app.sitemap.current();
        let to = self.app.store.generation();
        if known.as_ref().is_some_and(|known| known.generation == to) {
            return Ok(false);
        }
        let snapshot = self.app.store.snapshot()?;
        let view = snapshot.view();
        let to = view.generation()?;
        let followed = match known {
            Some(known) if known.generation <= to => self.follow(&known, view, to)?,
            _ => None,
        };
        let state = match followed {
            Some(state) => state,
            None => self.read_all(view, to)?,
        };
        self.app.sitemap.current.set(state);
        Ok(true)
    }

    fn go_on(&self) -> Result<(), SitemapError> {
        if (self.is_stopped)() {
            return Err(SitemapError::Interrupted);
        }
        Ok(())
    }

    /// Follows the changes since; `None` when they are too many.
    fn follow(
        &self,
        known: &State,
        view: View<'_>,
        to: Generation,
    ) -> Result<Option<State>, SitemapError> {
        let mut touched = BTreeSet::new();
        let is_all = quads_between(
            &self.app.store,
            (known.generation, to),
            MOST_QUADS,
            &|| self.go_on(),
            &|_| true,
            &mut |_, quad| Ok::<(), SitemapError>(touch(view, &quad, &mut touched)?),
        )?;
        if !is_all {
            return Ok(None);
        }
        let mut entries = Vec::new();
        for entity in touched {
            let minted = view.minted_at(&entity)?;
            if let Some((number, minted)) = number_of(view.base(), entity.as_str()).zip(minted) {
                entries.push(read(view, number, minted)?);
            }
        }
        // New ones come in their order.
        entries.sort_unstable_by_key(|entry| entry.key);
        let mut state = State {
            generation: to,
            ..known.clone()
        };
        for entry in entries {
            if !state.put(entry) {
                return Ok(None);
            }
        }
        Ok(Some(state))
    }

    fn read_all(&self, view: View<'_>, at: Generation) -> Result<State, SitemapError> {
        let (base, registry) = (view.base(), view.base().registry_graph());
        let minted = base.sv("minted");
        let quads = view.quads(
            None,
            Some(minted.as_ref()),
            None,
            Some(registry.as_ref().into()),
        );
        let mut entries = Vec::new();
        let mut begun = Instant::now();
        for (place, quad) in quads.enumerate() {
            if place % CHUNK == CHUNK - 1 {
                self.go_on()?;
                // A fifth of a processor is left to whoever asks.
                thread::sleep(begun.elapsed() / 4);
                begun = Instant::now();
            }
            let quad = quad?;
            let (NamedOrBlankNode::NamedNode(entity), Term::Literal(minted)) =
                (&quad.subject, &quad.object)
            else {
                continue;
            };
            let minted = minted.value().parse().map(Generation).ok();
            if let Some((number, minted)) = number_of(base, entity.as_str()).zip(minted) {
                entries.push(read(view, number, minted)?);
            }
        }
        Ok(State::of(at, entries))
    }
}

/// What became of an entity.
fn read(view: View<'_>, entity: Entity, minted: Generation) -> Result<Entry, StoreError> {
    let base: &Base = view.base();
    let standing = view.standing(&iri_of(base, entity))?;
    let changed = standing.changed_at.unwrap_or_default();
    let is_published = standing.state == store::State::Current && changed > Generation(0);
    Ok(Entry {
        key: (minted, entity),
        changed: changed.0 << 1 | u64::from(is_published),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(minted: u64, entity: Entity, changed: u64) -> Entry {
        Entry {
            key: (Generation(minted), entity),
            changed: changed << 1 | 1,
        }
    }

    #[test]
    fn an_entity_stays_in_its_file_and_other_files_stay_as_they_are() {
        let entities = ENTITIES as u64;
        let all: Vec<Entry> = (0..2 * entities + 10)
            .map(|entity| entry(1, entity, 1))
            .collect();
        let before = State::of(Generation(1), all.clone());
        assert_eq!(before.files.len(), 3);
        let mut after = before.clone();
        assert!(after.put(entry(1, entities + 5, 2)));
        assert!(after.put(entry(2, 3, 2)));
        let is_same = |place: usize| Arc::ptr_eq(&before.files[place], &after.files[place]);
        assert!(is_same(0) && !is_same(1) && !is_same(2));
        assert_eq!(after.files[1].changed, Generation(2));
        assert_eq!(after.files[2].entries.len(), 11);
        // What is read anew is in the same files.
        let mut all = all;
        all[ENTITIES + 5] = entry(1, entities + 5, 2);
        all.push(entry(2, 3, 2));
        let anew = State::of(Generation(2), all);
        for (one, other) in anew.files.iter().zip(&after.files) {
            assert_eq!(one.entries, other.entries);
            assert_eq!(one.changed, other.changed);
        }
        // Nothing comes in between.
        assert!(!after.put(entry(1, 2 * entities + 11, 3)));
    }

    #[test]
    fn a_full_file_is_followed_by_another_one_and_an_empty_one_is_not_listed() {
        let all = (0..ENTITIES as u64).map(|entity| entry(1, entity, 1));
        let mut state = State::of(Generation(1), all.collect());
        assert_eq!(state.files.len(), 1);
        assert!(state.put(entry(1, ENTITIES as u64, 1)));
        assert_eq!(state.files.len(), 2);
        assert!(state.file(0).is_none() && state.file(3).is_none());
        let gone = Entry {
            changed: 4,
            ..entry(1, ENTITIES as u64, 2)
        };
        assert!(state.put(gone));
        assert!(state.file(2).is_none() && state.file(1).is_some());
    }
}
