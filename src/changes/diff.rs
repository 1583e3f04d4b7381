//! The difference of two generations: what is in one and not in the other, whatever happened in
//! between.
//!
//! A record holds effective changes only, so that additions and deletions of a quad take turns, and
//! what is left of all of them is the last one when there is an odd number. The rows are sorted:
//! in memory, as long as they are few, else piece by piece in files without a name, which are then
//! read side by side.

use crate::model::Generation;
use crate::rdf::write::nquads_line;
use crate::store::{Side, Store, StoreError};
use oxrdf::Quad;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// How many bytes of rows are kept in memory.
const MEMORY_BYTES: usize = 16 << 20;
/// What a row takes beside its text.
const ROW_BYTES: usize = 64;
/// How many quads are read between two looks whether to go on.
const CHUNK: u64 = 4096;

#[derive(Debug, thiserror::Error)]
pub enum DiffError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the rows of a difference could not be sorted: {0}")]
    Io(#[from] io::Error),
    /// Nobody waits for it any more.
    #[error("nobody waits for the difference any more")]
    Interrupted,
    /// More had to be read than may be.
    #[error("there are more than {0} quads in the changes between the two")]
    TooLarge(u64),
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub from: Generation,
    /// May be before `from`: then the way back is given.
    pub to: Generation,
    /// All graphs, or what is public alone: the default graph.
    pub has_graphs: bool,
    /// How many quads of the log may be read.
    pub most_quads: u64,
}

/// The rows that differ, as N-Quads, sorted by bytes.
#[derive(Debug)]
pub struct Difference {
    /// The last of them, in memory.
    rest: Vec<(Vec<u8>, Side)>,
    runs: Vec<File>,
    /// Whether what was added is gone and the other way round.
    is_way_back: bool,
}

/// Reads the difference. Files are made in a folder, and are gone with it.
///
/// # Errors
/// When the log cannot be read, there is too much in it, or the disk does not take the rows.
pub fn difference(
    store: &Store,
    asked: Asked,
    folder: &Path,
    go_on: &dyn Fn() -> bool,
) -> Result<Difference, DiffError> {
    let (first, last) = (asked.from.min(asked.to), asked.from.max(asked.to));
    let mut sorting = Sorting::new(folder);
    let mut quads = 0;
    for generation in first.0 + 1..=last.0 {
        let record = store.record(Generation(generation))?;
        for side in [Side::Deletions, Side::Additions] {
            for quad in record.quads(side).map_err(StoreError::from)? {
                if quads % CHUNK == 0 && !go_on() {
                    return Err(DiffError::Interrupted);
                }
                quads += 1;
                if quads > asked.most_quads {
                    return Err(DiffError::TooLarge(asked.most_quads));
                }
                let quad = quad.map_err(StoreError::from)?;
                if asked.has_graphs || quad.graph_name.is_default_graph() {
                    sorting.note(&quad, side)?;
                }
            }
        }
    }
    let rest = sorting.sorted();
    Ok(Difference {
        rest,
        runs: sorting.runs,
        is_way_back: asked.to < asked.from,
    })
}

/// Rows that are being sorted.
struct Sorting<'a> {
    folder: &'a Path,
    rows: FxHashMap<Vec<u8>, Side>,
    bytes: usize,
    memory_bytes: usize,
    runs: Vec<File>,
}

impl<'a> Sorting<'a> {
    fn new(folder: &'a Path) -> Self {
        Self {
            folder,
            rows: FxHashMap::default(),
            bytes: 0,
            memory_bytes: MEMORY_BYTES,
            runs: Vec::new(),
        }
    }

    fn note(&mut self, quad: &Quad, side: Side) -> io::Result<()> {
        let mut row = Vec::new();
        nquads_line(&mut row, quad.as_ref())?;
        let bytes = row.len() + ROW_BYTES;
        // The one undoes the other.
        if self.rows.remove(&row).is_some() {
            self.bytes -= bytes;
            return Ok(());
        }
        self.bytes += bytes;
        self.rows.insert(row, side);
        if self.bytes >= self.memory_bytes {
            self.spill()?;
        }
        Ok(())
    }

    fn sorted(&mut self) -> Vec<(Vec<u8>, Side)> {
        let mut rows: Vec<(Vec<u8>, Side)> = self.rows.drain().collect();
        rows.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        self.bytes = 0;
        rows
    }

    fn spill(&mut self) -> io::Result<()> {
        let rows = self.sorted();
        let mut out = BufWriter::new(tempfile::tempfile_in(self.folder)?);
        for (row, side) in rows {
            out.write_all(match side {
                Side::Deletions => b"D ",
                Side::Additions => b"A ",
            })?;
            out.write_all(&row)?;
        }
        self.runs.push(out.into_inner()?);
        Ok(())
    }
}

impl Difference {
    /// Hands over the rows of one side, each with its line end.
    ///
    /// # Errors
    /// When they cannot be read again, or one of `each`.
    pub fn rows(
        &self,
        side: Side,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let wanted = match (side, self.is_way_back) {
            (side, false) => side,
            (Side::Additions, true) => Side::Deletions,
            (Side::Deletions, true) => Side::Additions,
        };
        let mut sources: Vec<Source<'_>> = self.runs.iter().map(Source::of).collect();
        sources.push(Source::Rest(self.rest.iter()));
        let mut waiting: BinaryHeap<Reverse<(Vec<u8>, usize, bool)>> = BinaryHeap::new();
        for (place, source) in sources.iter_mut().enumerate() {
            if let Some((row, side)) = source.next()? {
                waiting.push(Reverse((row, place, side == Side::Additions)));
            }
        }
        // Rows that are the same come one after the other, in the order of the changes.
        let mut last: Option<(Vec<u8>, Vec<bool>)> = None;
        let is_wanted = |signs: &[bool]| {
            let is_left = !signs.len().is_multiple_of(2);
            is_left && signs.last() == Some(&(wanted == Side::Additions))
        };
        while let Some(Reverse((row, place, is_added))) = waiting.pop() {
            if let Some((next, side)) = sources.get_mut(place).map_or(Ok(None), Source::next)? {
                waiting.push(Reverse((next, place, side == Side::Additions)));
            }
            match &mut last {
                Some((known, signs)) if *known == row => signs.push(is_added),
                _ => {
                    if let Some((known, signs)) = last.replace((row, vec![is_added]))
                        && is_wanted(&signs)
                    {
                        each(&known)?;
                    }
                }
            }
        }
        match last {
            Some((known, signs)) if is_wanted(&signs) => each(&known),
            _ => Ok(()),
        }
    }
}

/// Rows in their order.
enum Source<'a> {
    Run(BufReader<At<'a>>),
    Rest(std::slice::Iter<'a, (Vec<u8>, Side)>),
}

impl<'a> Source<'a> {
    fn of(run: &'a File) -> Self {
        Self::Run(BufReader::new(At { run, offset: 0 }))
    }

    fn next(&mut self) -> io::Result<Option<(Vec<u8>, Side)>> {
        match self {
            Self::Rest(rows) => Ok(rows.next().cloned()),
            Self::Run(reader) => {
                let mut row = Vec::new();
                if reader.read_until(b'\n', &mut row)? == 0 {
                    return Ok(None);
                }
                let side = match row.first() {
                    Some(b'A') => Side::Additions,
                    _ => Side::Deletions,
                };
                Ok(Some((row.split_off(2.min(row.len())), side)))
            }
        }
    }
}

/// Reads a file from its beginning, whoever else does.
struct At<'a> {
    run: &'a File,
    offset: u64,
}

impl Read for At<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.run.read_at(bytes, self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::{GraphName, Literal, NamedNode};
    use std::collections::BTreeSet;
    use tempfile::TempDir;

    fn quad(number: u64) -> Quad {
        Quad::new(
            NamedNode::new_unchecked(format!("https://data.example.org/id/{}", number % 7)),
            NamedNode::new_unchecked("http://schema.org/name"),
            Literal::new_simple_literal(format!("\"{number}\"\n")),
            GraphName::DefaultGraph,
        )
    }

    #[test]
    fn what_came_and_went_is_in_no_difference_however_little_memory_there_is() {
        for memory_bytes in [1, 400, 5000, MEMORY_BYTES] {
            let folder = TempDir::new().expect("a folder");
            let mut sorting = Sorting::new(folder.path());
            sorting.memory_bytes = memory_bytes;
            let mut present: BTreeSet<u64> = (0..50).collect();
            let before = present.clone();
            let mut seed = 5_u64;
            for _ in 0..2000 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let number = (seed >> 33) % 100;
                let side = match present.remove(&number) {
                    true => Side::Deletions,
                    false => Side::Additions,
                };
                if side == Side::Additions {
                    present.insert(number);
                }
                sorting
                    .note(&quad(number), side)
                    .expect("it can be written");
            }
            let rest = sorting.sorted();
            let mut difference = Difference {
                rest,
                runs: sorting.runs,
                is_way_back: false,
            };
            let rows = |numbers: Vec<u64>| -> Vec<String> {
                let rows = numbers
                    .into_iter()
                    .map(|number| format!("{} .\n", quad(number)));
                let sorted: BTreeSet<String> = rows.collect();
                sorted.into_iter().collect()
            };
            let removed = rows(before.difference(&present).copied().collect());
            let added = rows(present.difference(&before).copied().collect());
            let of = |difference: &Difference, side| {
                let mut found = Vec::new();
                let mut take = |row: &[u8]| {
                    found.push(String::from_utf8_lossy(row).into_owned());
                    Ok(())
                };
                difference.rows(side, &mut take).expect("it can be read");
                found
            };
            assert_eq!(of(&difference, Side::Deletions), removed);
            assert_eq!(of(&difference, Side::Additions), added);
            difference.is_way_back = true;
            assert_eq!(of(&difference, Side::Deletions), added);
            assert_eq!(of(&difference, Side::Additions), removed);
            let left = std::fs::read_dir(folder.path())
                .expect("it is there")
                .count();
            assert_eq!(left, 0);
        }
    }
}
