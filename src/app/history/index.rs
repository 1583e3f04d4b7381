//! Pairs of an entity and a change that touched it, on the disk, sorted in two ways.
//!
//! *Runs* are files of pairs sorted by entity. What is new is kept in memory and becomes a run once
//! it is large enough; runs of like size are merged, so that there are few of them. The *journal*
//! is one file of the same pairs in the order of the changes, and `times` one of when the changes
//! were accepted. Each pair takes 16 bytes. The file `index` names the files that count, and how far they go; what it does not name is left over
//! from a crash. One sum over all pairs, whatever their order, must be the same for the runs, the
//! journal and `index`, and another for the times: else nothing of it is believed.

use crate::app::following::entities::Entity;
use crate::app::following::file::{self, Lines};
use crate::app::history::Place;
use crate::changes::{Aspects, Touch, Turn};
use crate::model::Generation;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

const NAME: &str = "index";
const JOURNAL: &str = "journal";
const TIMES: &str = "times";
const VERSION: &str = "affiche-history 2";
/// So many pairs in memory become a run: half a megabyte.
const RUN_PAIRS: usize = 32_768;
const PAIR_BYTES: usize = 16;
/// How many pairs are read at once: one block of most disks.
const BLOCK_PAIRS: u64 = 256;

/// By which it is sorted, and the rest. In runs: the entity; the generation, then in its last eight
/// bits the turn and the aspects. In the journal: the generation; the entity, the turn and the
/// aspects. Of times: the latest time of all changes so far; that of this one.
type Pair = (u64, u64);

/// What a change did to an entity.
pub(super) type Noted = (Entity, Aspects, Turn);

/// The index of one generation.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub generation: Generation,
    /// The log begins after this one.
    origin: Generation,
    runs: Vec<Arc<Pairs>>,
    journal: Option<Arc<Pairs>>,
    /// What is in no file yet: sorted by entity, and in the order of the changes.
    tail: Vec<Pair>,
    recent: Vec<Pair>,
    times: Option<Arc<Pairs>>,
    recent_times: Vec<Pair>,
    sum: u64,
    times_sum: u64,
    /// The number of the next run.
    next: u64,
}

/// Sorted pairs in a file.
#[derive(Debug)]
struct Pairs {
    name: String,
    file: File,
    pairs: u64,
}

impl State {
    /// Nothing, of a log that begins after a generation.
    pub fn after(generation: Generation) -> Self {
        Self {
            generation,
            origin: generation,
            ..Self::default()
        }
    }

    /// The changes that touched an entity, the first one first.
    pub fn of(&self, entity: Entity) -> io::Result<Vec<Touch>> {
        let mut touches = Vec::new();
        let mut take = |(_, rest): Pair| {
            touches.push(Touch {
                generation: Generation(rest >> 8),
                aspects: Aspects::of_bits(rest as u8),
            });
        };
        for run in &self.runs {
            run.each_from((entity, 0), |pair| {
                let is_it = pair.0 == entity;
                if is_it {
                    take(pair);
                }
                is_it
            })?;
        }
        let start = self.tail.partition_point(|pair| pair.0 < entity);
        let tail = self.tail.get(start..).unwrap_or_default();
        tail.iter()
            .take_while(|pair| pair.0 == entity)
            .copied()
            .for_each(take);
        touches.sort_by_key(|touch| touch.generation);
        Ok(touches)
    }

    /// What was touched after a place, in the order of the changes and of entities' numbers; at
    /// most so many.
    pub fn since(&self, after: Place, most: usize) -> io::Result<Vec<(Generation, Noted)>> {
        let first = match after.entity {
            None => (after.generation.0.saturating_add(1), 0),
            Some(entity) => (after.generation.0, entity.saturating_add(1) << 8),
        };
        let mut found = Vec::new();
        let mut take = |(generation, rest): Pair| {
            if found.len() < most {
                let bits = rest as u8;
                let noted = (rest >> 8, Aspects::of_bits(bits), Turn::of_bits(bits >> 4));
                found.push((Generation(generation), noted));
            }
            found.len() < most
        };
        if let Some(journal) = &self.journal {
            journal.each_from(first, &mut take)?;
        }
        let start = self.recent.partition_point(|pair| *pair < first);
        for pair in self.recent.get(start..).unwrap_or_default() {
            if !take(*pair) {
                break;
            }
        }
        Ok(found)
    }

    /// When a change was accepted, and the latest time of it and all before, in milliseconds since
    /// 1970; `None` when it is not known yet.
    pub fn time(&self, generation: Generation) -> io::Result<Option<(u64, u64)>> {
        let Some(place) = generation.0.checked_sub(self.origin.0 + 1) else {
            return Ok(None);
        };
        let kept = self.times.as_ref().map_or(0, |times| times.pairs);
        let pair = match (&self.times, place.checked_sub(kept)) {
            (Some(times), None) => times.block(place, 1)?.first().copied(),
            (_, rest) => {
                let rest = rest.and_then(|rest| usize::try_from(rest).ok());
                rest.and_then(|rest| self.recent_times.get(rest)).copied()
            }
        };
        Ok(pair.map(|(latest, time)| (time, latest)))
    }

    /// The first change that was accepted at a time or later, or comes after one that was; `None`
    /// when there is none yet.
    pub fn first_at(&self, time: u64) -> io::Result<Option<Generation>> {
        let (mut start, mut end) = (self.origin.0 + 1, self.generation.0 + 1);
        while start < end {
            let middle = start + (end - start) / 2;
            let latest = self.time(Generation(middle))?;
            if latest.is_some_and(|(_, latest)| latest < time) {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        Ok((start <= self.generation.0).then_some(Generation(start)))
    }

    /// Notes when a change was made and what it touched, each entity once; `true` when it is time
    /// to [`State::keep`].
    pub fn note(&mut self, generation: Generation, time: u64, mut touched: Vec<Noted>) -> bool {
        let latest = match self.time(Generation(generation.0 - 1)) {
            Ok(Some((_, latest))) => latest.max(time),
            _ => time,
        };
        self.recent_times.push((latest, time));
        self.times_sum = self
            .times_sum
            .wrapping_add(mixed_time(generation.0, (latest, time)));
        touched.sort_unstable_by_key(|(entity, ..)| *entity);
        for (entity, aspects, turn) in touched {
            let bits = u64::from(aspects.to_bits() | turn.to_bits() << 4);
            self.tail.push((entity, generation.0 << 8 | bits));
            self.recent.push((generation.0, entity << 8 | bits));
            self.sum = self.sum.wrapping_add(mixed(entity, generation.0, bits));
        }
        // It consists of two sorted pieces.
        self.tail.sort();
        self.generation = generation;
        self.tail.len().max(self.recent_times.len()) >= RUN_PAIRS
    }

    /// Writes all that is in memory to the disk.
    ///
    /// # Errors
    /// When it cannot be written; what was there before still counts then.
    pub fn keep(&mut self, folder: &Path, identity: &str) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let mut kept = self.clone();
        if !kept.recent_times.is_empty() {
            let times = kept.times.as_ref().map_or(0, |times| times.pairs);
            kept.times = Some(append(folder, TIMES, times, &kept.recent_times)?);
            kept.recent_times.clear();
        }
        if !kept.tail.is_empty() {
            let journal = kept.journal.as_ref().map_or(0, |journal| journal.pairs);
            kept.journal = Some(append(folder, JOURNAL, journal, &kept.recent)?);
            let tail = std::mem::take(&mut kept.tail);
            kept.recent.clear();
            let mut run = kept.write(folder, tail.into_iter().map(Ok))?;
            while let Some(last) = kept.runs.pop() {
                if last.pairs >= 2 * run.pairs {
                    kept.runs.push(last);
                    break;
                }
                let merged = merge(last.read(), run.read());
                run = kept.write(folder, merged)?;
            }
            kept.runs.push(Arc::new(run));
        }
        file::write(folder, NAME, |line| {
            line(VERSION)?;
            line(identity)?;
            line(&format!("{} {}", kept.origin, kept.generation))?;
            line(&kept.sum.to_string())?;
            line(&kept.times_sum.to_string())?;
            for pairs in kept.times.iter().chain(&kept.journal).chain(&kept.runs) {
                line(&format!("{} {}", pairs.name, pairs.pairs))?;
            }
            Ok(())
        })?;
        *self = kept;
        self.remove_others(folder);
        Ok(())
    }

    /// What was kept; `None` when there is nothing, it is of another log, or it is damaged.
    pub fn load(folder: &Path, identity: &str) -> Option<Self> {
        let mut lines = Lines::open(folder, NAME)?;
        if lines.read()? != VERSION || lines.read()? != identity {
            return None;
        }
        let (origin, generation) = lines.read()?.split_once(' ')?;
        let (origin, generation) = (origin.parse().ok()?, generation.parse().ok()?);
        let sum = lines.read()?.parse().ok()?;
        let times_sum = lines.read()?.parse().ok()?;
        let mut state = Self {
            generation: Generation(generation),
            origin: Generation(origin),
            sum,
            times_sum,
            ..Self::default()
        };
        while let Some(line) = lines.read() {
            let (name, pairs) = line.split_once(' ')?;
            let pairs = Arc::new(Pairs::open(folder, name, pairs.parse().ok()?).ok()?);
            if name == JOURNAL {
                state.journal = Some(pairs);
            } else if name == TIMES {
                state.times = Some(pairs);
            } else {
                let number: u64 = name.strip_prefix("run-")?.parse().ok()?;
                state.next = state.next.max(number + 1);
                state.runs.push(pairs);
            }
        }
        (lines.is_whole() && state.fits().ok()?).then(|| {
            state.remove_others(folder);
            state
        })
    }

    /// Whether runs and journal hold the same pairs, in their order, and every change has a time.
    fn fits(&self) -> io::Result<bool> {
        let (mut changes, mut times_sum) = (0, 0_u64);
        for pair in self.times.iter().flat_map(|times| times.read()) {
            changes += 1;
            times_sum = times_sum.wrapping_add(mixed_time(self.origin.0 + changes, pair?));
        }
        if self.origin.0.checked_add(changes) != Some(self.generation.0)
            || times_sum != self.times_sum
        {
            return Ok(false);
        }
        let (mut by_entity, mut by_change) = (0_u64, 0_u64);
        for run in &self.runs {
            let mut last = None;
            for pair in run.read() {
                let (entity, rest) = pair?;
                if last >= Some((entity, rest)) || rest >> 8 > self.generation.0 {
                    return Ok(false);
                }
                last = Some((entity, rest));
                by_entity = by_entity.wrapping_add(mixed(entity, rest >> 8, rest & 0xFF));
            }
        }
        if let Some(journal) = &self.journal {
            let mut last = None;
            for pair in journal.read() {
                let (generation, rest) = pair?;
                if last >= Some((generation, rest)) || generation > self.generation.0 {
                    return Ok(false);
                }
                last = Some((generation, rest));
                by_change = by_change.wrapping_add(mixed(rest >> 8, generation, rest & 0xFF));
            }
        }
        Ok(by_entity == self.sum && by_change == self.sum)
    }

    /// Writes a run under the next free name.
    fn write(
        &mut self,
        folder: &Path,
        pairs: impl Iterator<Item = io::Result<Pair>>,
    ) -> io::Result<Pairs> {
        let name = format!("run-{}", self.next);
        self.next += 1;
        let mut out = BufWriter::new(File::create(folder.join(&name))?);
        let mut count = 0;
        for pair in pairs {
            out.write_all(&bytes_of(pair?))?;
            count += 1;
        }
        out.into_inner()?.sync_all()?;
        Pairs::open(folder, &name, count)
    }

    /// Removes the files that do not count; readers that have them open keep them.
    fn remove_others(&self, folder: &Path) {
        let is_kept = |name: &str| {
            let files = self.times.iter().chain(&self.journal).chain(&self.runs);
            name == NAME || files.into_iter().any(|pairs| pairs.name == name)
        };
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_none_or(|name| !is_kept(name)) {
                // It takes some room, and the next one tries again.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Pairs {
    fn open(folder: &Path, name: &str, pairs: u64) -> io::Result<Self> {
        let file = File::open(folder.join(name))?;
        if file.metadata()?.len() < pairs * PAIR_BYTES as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self {
            name: name.to_owned(),
            file,
            pairs,
        })
    }

    fn block(&self, first: u64, pairs: u64) -> io::Result<Vec<Pair>> {
        let pairs = pairs.min(self.pairs - first);
        let bytes = usize::try_from(pairs).map_err(io::Error::other)? * PAIR_BYTES;
        let mut block = vec![0; bytes];
        self.file
            .read_exact_at(&mut block, first * PAIR_BYTES as u64)?;
        Ok(block.chunks_exact(PAIR_BYTES).map(pair_of).collect())
    }

    /// Hands over the pairs from the first one on that is `first` or more, until told that it is
    /// enough.
    fn each_from(&self, first: Pair, mut each: impl FnMut(Pair) -> bool) -> io::Result<()> {
        let (mut start, mut end) = (0, self.pairs);
        while start < end {
            let middle = start + (end - start) / 2;
            let is_before = self.block(middle, 1)?.iter().any(|pair| *pair < first);
            if is_before {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        while start < self.pairs {
            for pair in self.block(start, BLOCK_PAIRS)? {
                if !each(pair) {
                    return Ok(());
                }
            }
            start += BLOCK_PAIRS;
        }
        Ok(())
    }

    /// All pairs, one after the other.
    fn read(&self) -> impl Iterator<Item = io::Result<Pair>> {
        let blocks = (0..self.pairs.div_ceil(BLOCK_PAIRS))
            .map(|block| self.block(block * BLOCK_PAIRS, BLOCK_PAIRS));
        blocks.flat_map(|block| {
            let (pairs, error) = match block {
                Ok(pairs) => (pairs, None),
                Err(error) => (Vec::new(), Some(error)),
            };
            pairs.into_iter().map(Ok).chain(error.map(Err))
        })
    }
}

/// Writes pairs behind so many that there are, and gives all.
fn append(folder: &Path, name: &str, present: u64, pairs: &[Pair]) -> io::Result<Arc<Pairs>> {
    let path = folder.join(name);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)?;
    // What a crash left behind them does not count.
    file.set_len(present * PAIR_BYTES as u64)?;
    file.seek(SeekFrom::End(0))?;
    let mut out = BufWriter::new(file);
    for pair in pairs {
        out.write_all(&bytes_of(*pair))?;
    }
    out.into_inner()?.sync_all()?;
    let all = present + pairs.len() as u64;
    Ok(Arc::new(Pairs::open(folder, name, all)?))
}

fn merge(
    one: impl Iterator<Item = io::Result<Pair>>,
    other: impl Iterator<Item = io::Result<Pair>>,
) -> impl Iterator<Item = io::Result<Pair>> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(Ok(first)), Some(Ok(second))) if second < first => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

fn bytes_of((key, rest): Pair) -> [u8; PAIR_BYTES] {
    let mut bytes = [0; PAIR_BYTES];
    let (first, second) = bytes.split_at_mut(PAIR_BYTES / 2);
    first.copy_from_slice(&key.to_be_bytes());
    second.copy_from_slice(&rest.to_be_bytes());
    bytes
}

fn pair_of(bytes: &[u8]) -> Pair {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
    let (key, rest) = bytes.split_at(PAIR_BYTES / 2);
    (number(key), number(rest))
}

/// The share of a pair in the sum (the last steps of SplitMix64).
fn mixed(entity: Entity, generation: u64, bits: u64) -> u64 {
    let mut z = entity ^ (generation << 8 | bits).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The share of a change's time in the sum of times.
fn mixed_time(generation: u64, (latest, time): Pair) -> u64 {
    mixed(latest, generation, 1).wrapping_add(mixed(time, generation, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tempfile::TempDir;

    /// Changes of which some touch very many.
    fn changes() -> Vec<Vec<Noted>> {
        let mut seed = 7_u64;
        let mut random = move || {
            seed = mixed(seed, 1, 1);
            seed
        };
        (0..300_u64)
            .map(|change| {
                let entities = if change.is_multiple_of(50) { 20_000 } else { 3 };
                let touched: BTreeMap<Entity, u8> = (0..entities)
                    .map(|_| (random() % 30_000, random() as u8 | 1))
                    .collect();
                let touched = touched.into_iter();
                touched
                    .map(|(entity, bits)| {
                        (entity, Aspects::of_bits(bits), Turn::of_bits(bits >> 4))
                    })
                    .collect()
            })
            .collect()
    }

    /// The clock is set back every tenth time.
    fn time(generation: u64) -> u64 {
        1_700_000_000_000 + generation * 1000 - u64::from(generation.is_multiple_of(10)) * 5000
    }

    fn check(state: &State, changes: &[Vec<Noted>]) {
        for (generation, latest) in [(1, 1), (9, 9), (10, 9), (11, 11), (14, 14), (300, 299)] {
            let found = state.time(Generation(generation)).unwrap();
            assert_eq!(found, Some((time(generation), time(latest))));
        }
        assert_eq!(state.time(Generation(0)).unwrap(), None);
        assert_eq!(state.time(Generation(301)).unwrap(), None);
        for (at, first) in [(0, Some(1)), (time(7), Some(7)), (time(9) + 1, Some(11))] {
            let first = first.map(Generation);
            assert_eq!(state.first_at(at).unwrap(), first, "{at}");
        }
        assert_eq!(state.first_at(time(301)).unwrap(), None);
        for entity in [0, 1, 77, 15_000, 29_999, 30_001] {
            let wanted: Vec<Touch> = (1..)
                .zip(changes)
                .flat_map(|(generation, touched)| {
                    let it = touched.iter().find(|(other, ..)| *other == entity);
                    it.map(|(_, aspects, _)| Touch {
                        generation: Generation(generation),
                        aspects: *aspects,
                    })
                })
                .collect();
            assert_eq!(state.of(entity).unwrap(), wanted, "{entity}");
        }
        for after in [0, 49, 50, 299, 300, 1000] {
            let wanted: Vec<(Generation, Noted)> = (1..)
                .zip(changes)
                .filter(|(generation, _)| *generation > after)
                .flat_map(|(generation, touched)| {
                    let touched = touched.iter();
                    touched.map(move |noted| (Generation(generation), *noted))
                })
                .take(1000)
                .collect();
            let after = Place::after(Generation(after));
            assert_eq!(state.since(after, 1000).unwrap(), wanted);
            // From the middle of a change on, too.
            if let [_, (generation, (entity, ..)), rest @ ..] = &wanted[..] {
                let after = Place {
                    generation: *generation,
                    entity: Some(*entity),
                };
                assert_eq!(state.since(after, rest.len()).unwrap(), rest);
            }
        }
    }

    #[test]
    fn what_touched_an_entity_is_found_in_memory_on_the_disk_and_after_a_start() {
        let folder = TempDir::new().unwrap();
        let changes = changes();
        let mut state = State::default();
        for (generation, touched) in (1..).zip(&changes) {
            if state.note(Generation(generation), time(generation), touched.clone()) {
                state.keep(folder.path(), "identity").unwrap();
            }
        }
        check(&state, &changes);
        assert!(!state.tail.is_empty(), "something is in memory only");
        state.keep(folder.path(), "identity").unwrap();
        assert!(state.runs.len() < 10, "{} runs", state.runs.len());
        check(&state, &changes);
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, state.runs.len() + 3, "nothing is left over");
        check(
            &State::load(folder.path(), "identity").expect("it was kept"),
            &changes,
        );
        assert!(State::load(folder.path(), "another").is_none());
    }

    #[test]
    fn no_changed_byte_is_believed() {
        let folder = TempDir::new().unwrap();
        let mut state = State::after(Generation(3));
        for generation in 4..=8 {
            let touched =
                (0..generation).map(|entity| (entity * 3, Aspects::PUBLIC, Turn::Published));
            state.note(Generation(generation), time(generation), touched.collect());
        }
        state.keep(folder.path(), "identity").unwrap();
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let whole = fs::read(&path).unwrap();
            // Of the file `index` the last byte only ends a line.
            let ends_in_line = path.ends_with(NAME);
            for place in 0..whole.len() - usize::from(ends_in_line) {
                let mut bytes = whole.clone();
                bytes[place] ^= 1;
                fs::write(&path, &bytes).unwrap();
                assert!(
                    State::load(folder.path(), "identity").is_none(),
                    "byte {place} of {}",
                    path.display()
                );
            }
            fs::write(&path, &whole).unwrap();
        }
        let loaded = State::load(folder.path(), "identity").expect("it was kept");
        assert_eq!(loaded.time(Generation(3)).unwrap(), None);
        let times = loaded.time(Generation(4)).unwrap();
        assert_eq!(times, Some((time(4), time(4))));
        let first = loaded.first_at(0).unwrap();
        assert_eq!(first, Some(Generation(4)));
    }
}
