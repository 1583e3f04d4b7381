//! A graph read in the order of its subjects, in constant memory.
//!
//! The storage has an order of its own, in which subjects stand together without being sorted.
//! What is read of it, once, is sorted in memory as far as there is room, and beyond that in runs
//! on the disk that are merged while they are read. The files of the runs have no name any more
//! when they are read, so nothing of them stays behind.

use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use oxrdf::{
    BlankNode, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, NamedOrBlankNodeRef, Term,
    Triple,
};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// So much is sorted in memory.
const ROOM_BYTES: usize = 6 << 20;
/// Predicates and datatypes are few; those beyond these are written out.
const NAMES: usize = 1 << 12;
const WRITTEN_OUT: u16 = u16::MAX;
/// How much of a run is read at once.
const READ_BYTES: usize = 64 << 10;

#[derive(Debug, thiserror::Error)]
pub enum SortError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The triples of a graph, subject by subject: IRIs in the order of their texts, then blank nodes.
pub struct Sorted {
    names: Vec<NamedNode>,
    memory: Run,
    /// The position in memory of the next subject, when nothing is on the disk.
    next: usize,
    files: Vec<BufReader<File>>,
    heads: BinaryHeap<Head>,
}

/// What is next in a run on the disk.
struct Head {
    key: Vec<u8>,
    body: Vec<u8>,
    run: usize,
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the largest first.
        other.key.cmp(&self.key).then(other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}

/// Subjects with their triples, written down one after the other.
#[derive(Default)]
struct Run {
    bytes: Vec<u8>,
    /// Where each begins, how long its key is, and how long the rest.
    places: Vec<(usize, usize, usize)>,
}

impl Run {
    fn key(&self, (start, key, _): (usize, usize, usize)) -> &[u8] {
        &self.bytes[start..start + key]
    }

    fn sort(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.sort_unstable_by(|a, b| self.key(*a).cmp(self.key(*b)));
        self.places = places;
    }

    fn write(&mut self, path: &Path) -> io::Result<File> {
        self.sort();
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)?;
        fs::remove_file(path)?;
        let mut out = BufWriter::with_capacity(READ_BYTES, file);
        for &(start, key, body) in &self.places {
            for length in [key, body] {
                out.write_all(&length_of(length)?.to_le_bytes())?;
            }
            out.write_all(&self.bytes[start..start + key + body])?;
        }
        self.bytes.clear();
        self.places.clear();
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

fn length_of(bytes: usize) -> io::Result<u32> {
    u32::try_from(bytes).map_err(io::Error::other)
}

/// Reads a graph once. In a file of this name, which is gone at once, stands meanwhile what has no
/// room in memory.
///
/// # Errors
/// When the storage fails or the disk does not take it.
pub fn sort(view: View<'_>, graph: GraphNameRef<'_>, file: &Path) -> Result<Sorted, SortError> {
    let quads = view.quads(None, None, None, Some(graph));
    let triples = quads.map(|quad| quad.map(Triple::from));
    sort_in(triples, file, ROOM_BYTES)
}

/// `read` gives the triples of each subject together.
fn sort_in(
    read: impl Iterator<Item = Result<Triple, StoreError>>,
    file: &Path,
    room: usize,
) -> Result<Sorted, SortError> {
    let mut sorting = Sorting {
        numbers: FxHashMap::default(),
        sorted: Sorted {
            names: Vec::new(),
            memory: Run::default(),
            next: 0,
            files: Vec::new(),
            heads: BinaryHeap::new(),
        },
    };
    let mut triples: Vec<Triple> = Vec::new();
    for triple in read {
        let triple = triple?;
        if triples
            .last()
            .is_some_and(|last| last.subject != triple.subject)
        {
            sorting.add(&mut triples)?;
            if sorting.sorted.memory.bytes.len() > room {
                sorting.spill(file)?;
            }
        }
        triples.push(triple);
    }
    sorting.add(&mut triples)?;
    if !sorting.sorted.files.is_empty() {
        sorting.spill(file)?;
    }
    let mut sorted = sorting.sorted;
    if sorted.files.is_empty() {
        sorted.memory.sort();
    } else {
        sorted.memory = Run::default();
    }
    for run in 0..sorted.files.len() {
        sorted.fill(run)?;
    }
    Ok(sorted)
}

struct Sorting {
    numbers: FxHashMap<NamedNode, u16>,
    sorted: Sorted,
}

impl Sorting {
    fn spill(&mut self, file: &Path) -> io::Result<()> {
        let file = self.sorted.memory.write(file)?;
        let reader = BufReader::with_capacity(READ_BYTES, file);
        self.sorted.files.push(reader);
        Ok(())
    }

    /// Writes down what is said of one subject, and forgets it.
    fn add(&mut self, triples: &mut Vec<Triple>) -> io::Result<()> {
        triples.sort_unstable_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        let Some(first) = triples.first() else {
            return Ok(());
        };
        let start = self.sorted.memory.bytes.len();
        let bytes = &mut self.sorted.memory.bytes;
        match first.subject.as_ref() {
            NamedOrBlankNodeRef::NamedNode(node) => {
                bytes.push(0);
                bytes.extend_from_slice(node.as_str().as_bytes());
            }
            NamedOrBlankNodeRef::BlankNode(node) => {
                bytes.push(1);
                bytes.extend_from_slice(node.as_str().as_bytes());
            }
        }
        let key = bytes.len() - start;
        for triple in triples.drain(..) {
            self.name(&triple.predicate)?;
            match &triple.object {
                Term::NamedNode(node) => self.text(b'i', node.as_str())?,
                Term::BlankNode(node) => self.text(b'b', node.as_str())?,
                Term::Literal(literal) => match literal.language() {
                    Some(language) => {
                        self.text(b'l', literal.value())?;
                        self.text(b'@', language)?;
                    }
                    None => {
                        self.text(b'l', literal.value())?;
                        self.sorted.memory.bytes.push(b'^');
                        self.name(&literal.datatype().into_owned())?;
                    }
                },
            }
        }
        let body = self.sorted.memory.bytes.len() - start - key;
        self.sorted.memory.places.push((start, key, body));
        Ok(())
    }

    fn text(&mut self, kind: u8, text: &str) -> io::Result<()> {
        let bytes = &mut self.sorted.memory.bytes;
        bytes.push(kind);
        bytes.extend_from_slice(&length_of(text.len())?.to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn name(&mut self, name: &NamedNode) -> io::Result<()> {
        let known = self.numbers.get(name).copied();
        let number = match (known, u16::try_from(self.sorted.names.len())) {
            (Some(number), _) => number,
            (None, Ok(number)) if self.sorted.names.len() < NAMES => {
                self.sorted.names.push(name.clone());
                self.numbers.insert(name.clone(), number);
                number
            }
            (None, _) => WRITTEN_OUT,
        };
        let bytes = &mut self.sorted.memory.bytes;
        bytes.extend_from_slice(&number.to_le_bytes());
        if number == WRITTEN_OUT {
            self.text(b'n', name.as_str())?;
        }
        Ok(())
    }
}

impl Sorted {
    /// The triples of the next subject, sorted; none after the last one.
    ///
    /// # Errors
    /// When a run cannot be read.
    pub fn next_subject(&mut self) -> io::Result<Option<Vec<Triple>>> {
        if self.files.is_empty() {
            let Some(&place) = self.memory.places.get(self.next) else {
                return Ok(None);
            };
            self.next += 1;
            let (start, key, body) = place;
            let body = &self.memory.bytes[start + key..start + key + body];
            return read(self.memory.key(place), body, &self.names).map(Some);
        }
        let Some(head) = self.heads.pop() else {
            return Ok(None);
        };
        self.fill(head.run)?;
        read(&head.key, &head.body, &self.names).map(Some)
    }

    /// Reads the next subject of a run.
    fn fill(&mut self, run: usize) -> io::Result<()> {
        let Some(file) = self.files.get_mut(run) else {
            return Ok(());
        };
        if file.fill_buf()?.is_empty() {
            return Ok(());
        }
        let mut lengths = [0; 8];
        file.read_exact(&mut lengths)?;
        let length = |from: usize| -> usize {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&lengths[from..from + 4]);
            u32::from_le_bytes(bytes) as usize
        };
        let mut key = vec![0; length(0)];
        file.read_exact(&mut key)?;
        let mut body = vec![0; length(4)];
        file.read_exact(&mut body)?;
        self.heads.push(Head { key, body, run });
        Ok(())
    }
}

/// Reads what [`Sorting::add`] wrote.
fn read(key: &[u8], body: &[u8], names: &[NamedNode]) -> io::Result<Vec<Triple>> {
    let damaged = || io::Error::from(io::ErrorKind::InvalidData);
    let (kind, text) = key.split_first().ok_or_else(damaged)?;
    let text = std::str::from_utf8(text).map_err(io::Error::other)?;
    let subject: NamedOrBlankNode = match kind {
        0 => NamedNode::new_unchecked(text).into(),
        _ => BlankNode::new_unchecked(text).into(),
    };
    let mut reading = Reading { rest: body, names };
    let mut triples = Vec::new();
    while !reading.rest.is_empty() {
        let predicate = reading.name().ok_or_else(damaged)?;
        let object = reading.object().ok_or_else(damaged)?;
        triples.push(Triple::new(subject.clone(), predicate, object));
    }
    Ok(triples)
}

struct Reading<'a> {
    rest: &'a [u8],
    names: &'a [NamedNode],
}

impl<'a> Reading<'a> {
    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn text(&mut self) -> Option<(u8, &'a str)> {
        let [kind] = self.bytes()?;
        let length = u32::from_le_bytes(self.bytes()?) as usize;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some((kind, std::str::from_utf8(text).ok()?))
    }

    fn name(&mut self) -> Option<NamedNode> {
        match u16::from_le_bytes(self.bytes()?) {
            WRITTEN_OUT => Some(NamedNode::new_unchecked(self.text()?.1)),
            number => self.names.get(usize::from(number)).cloned(),
        }
    }

    fn object(&mut self) -> Option<Term> {
        let (kind, text) = self.text()?;
        Some(match kind {
            b'i' => NamedNode::new_unchecked(text).into(),
            b'b' => BlankNode::new_unchecked(text).into(),
            _ if self.rest.first() == Some(&b'@') => {
                let (_, language) = self.text()?;
                Literal::new_language_tagged_literal_unchecked(text, language).into()
            }
            _ => {
                let [_] = self.bytes()?;
                Literal::new_typed_literal(text, self.name()?).into()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdf::write::tests::literal;
    use proptest::prelude::*;

    fn read(mut sorted: Sorted) -> Vec<Triple> {
        let mut triples = Vec::new();
        while let Some(subject) = sorted.next_subject().unwrap() {
            triples.extend(subject);
        }
        triples
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_read_in_any_order_comes_out_in_the_fixed_one(
            objects in proptest::collection::vec((0_u8..40, 0_u8..9, literal()), 0..200),
        ) {
            let mut triples: Vec<Triple> = objects
                .into_iter()
                .map(|(subject, predicate, object)| {
                    let subject: NamedOrBlankNode = if subject < 5 {
                        BlankNode::new_unchecked(format!("b{subject}")).into()
                    } else {
                        NamedNode::new_unchecked(format!("urn:{}", u32::from(subject) * 37 % 40)).into()
                    };
                    let predicate = NamedNode::new_unchecked(format!("urn:p{predicate}"));
                    Triple::new(subject, predicate, object)
                })
                .collect();
            // As the storage gives them: together, in no order that is ours.
            triples.sort_by_key(|triple| {
                let subject = triple.subject.to_string();
                subject.bytes().rev().collect::<Vec<u8>>()
            });
            let mut expected = triples.clone();
            expected.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
            let folder = tempfile::tempdir().unwrap();
            for room in [1 << 20, 300, 0] {
                let given = triples.iter().cloned().map(Ok);
                let sorted = sort_in(given, &folder.path().join("run"), room).unwrap();
                prop_assert_eq!(&read(sorted), &expected);
                prop_assert!(fs::read_dir(folder.path()).unwrap().next().is_none());
            }
        }
    }
}
