//! What a record of the log says of one entity, without reading the rest of it.
//!
//! The rows of a body are sorted as lines, deletions first, so those about an entity and its parts
//! stand next to each other in each of the two: they are found by bisection over the bytes. An
//! entity that came with a million others costs no more than one that came alone.
//!
//! The body's SHA-256 cannot be verified so. It was when the record was last read whole: by the
//! followers, which read each one, by `affiche check`, and at opening for the last one. What is
//! read here must still be rows in their form.

use crate::store::log::{Header, LogError, RecordPlace};
use oxrdf::{NamedNode, Quad};
use oxttl::NQuadsParser;
use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

/// How much is read to find the beginning of a line; a longer line takes several pieces.
const PIECE_BYTES: usize = 1024;

/// What one change did to one entity and its parts.
#[derive(Clone, Debug)]
pub struct Excerpt {
    pub header: Header,
    /// In the order in which they stand: parts by IRI, then the entity; all graphs.
    pub deletions: Vec<Quad>,
    pub additions: Vec<Quad>,
    /// How much of the body was read.
    pub bytes_read: u64,
}

impl RecordPlace {
    /// What the change did to an entity and its parts.
    ///
    /// # Errors
    /// When there is no such record, or what is read of it is not in its form.
    pub(super) fn excerpt(&self, entity: &NamedNode) -> Result<Excerpt, LogError> {
        let (file, header, body) = self.open()?;
        let mut reading = Reading {
            file,
            place: self,
            body,
            wanted: entity.to_string().trim_end_matches('>').to_owned(),
            bytes_read: 0,
        };
        Ok(Excerpt {
            deletions: reading.rows(Half::Deletions)?,
            additions: reading.rows(Half::Additions)?,
            bytes_read: reading.bytes_read,
            header,
        })
    }
}

/// Where in a body a line stands, in the order of bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Half {
    /// `TX .`, and what redactions say of themselves.
    Start,
    Deletions,
    Additions,
    End,
}

struct Reading<'a> {
    file: File,
    place: &'a RecordPlace,
    body: Range<u64>,
    /// How the entity's IRI is written, without its last `>`.
    wanted: String,
    bytes_read: u64,
}

impl Reading<'_> {
    fn rows(&mut self, half: Half) -> Result<Vec<Quad>, LogError> {
        let rows = self.first(half)?;
        let io = |error| LogError::io(&self.place.path, error);
        (&self.file).seek(SeekFrom::Start(rows)).map_err(io)?;
        let mut lines = BufReader::new((&self.file).take(self.body.end - rows));
        let (mut text, mut line) = (Vec::new(), Vec::new());
        loop {
            line.clear();
            self.bytes_read += lines.read_until(b'\n', &mut line).map_err(io)? as u64;
            let Some((of_line, row)) = half_of(&line) else {
                return Err(self.damaged(&line));
            };
            let after = row.strip_prefix(self.wanted.as_bytes());
            match after.and_then(<[u8]>::first) {
                _ if of_line != half => break,
                Some(b'>' | b'#') => text.extend_from_slice(row),
                // An IRI that begins with that of the entity, and sorts before its end.
                Some(next) if *next < b'>' => {}
                Some(_) | None => break,
            }
        }
        NQuadsParser::new()
            .for_slice(&text)
            .collect::<Result<_, _>>()
            .map_err(|error| self.place.damaged(error.to_string()))
    }

    /// Where the first line begins that stands in this half, or after it, and is not before the
    /// entity's.
    fn first(&mut self, half: Half) -> Result<u64, LogError> {
        let wanted = format!("{}#", self.wanted).into_bytes();
        let Range { mut start, mut end } = self.body.clone();
        // The first line at or after `start` is before the wanted one, or is it; that at or after
        // `end` is not before it.
        while start < end {
            let middle = start + (end - start) / 2;
            let Some((line, text)) = self.line_from(middle, wanted.len() + 2)? else {
                end = middle;
                continue;
            };
            let Some((of_line, row)) = half_of(&text) else {
                return Err(self.damaged(&text));
            };
            match of_line.cmp(&half).then_with(|| row.cmp(&wanted)) {
                Ordering::Less => start = line + 1,
                Ordering::Equal | Ordering::Greater => end = middle,
            }
        }
        Ok(self
            .line_from(start, 0)?
            .map_or(self.body.end, |(line, _)| line))
    }

    /// The first line that begins at a byte or after it, with so much of its text as there is up
    /// to a number of bytes; `None` when none begins there any more.
    fn line_from(
        &mut self,
        offset: u64,
        text_bytes: usize,
    ) -> Result<Option<(u64, Vec<u8>)>, LogError> {
        let mut line = offset;
        let mut piece = Vec::new();
        if offset > self.body.start {
            // A line begins after the end of another one.
            let mut searched = offset - 1;
            loop {
                piece = self.piece(searched, PIECE_BYTES.max(text_bytes))?;
                if piece.is_empty() {
                    return Ok(None);
                }
                if let Some(end) = piece.iter().position(|byte| *byte == b'\n') {
                    line = searched + end as u64 + 1;
                    piece.drain(..=end);
                    break;
                }
                searched += piece.len() as u64;
            }
        }
        if line >= self.body.end {
            return Ok(None);
        }
        if piece.len() < text_bytes {
            piece = self.piece(line, text_bytes)?;
        }
        piece.truncate(text_bytes);
        Ok(Some((line, piece)))
    }

    /// Some bytes of the body; fewer where it ends.
    fn piece(&mut self, offset: u64, bytes: usize) -> Result<Vec<u8>, LogError> {
        let rest = usize::try_from(self.body.end.saturating_sub(offset)).unwrap_or(bytes);
        let mut piece = vec![0; bytes.min(rest)];
        let read = self.file.read_exact_at(&mut piece, offset);
        read.map_err(|error: io::Error| LogError::io(&self.place.path, error))?;
        self.bytes_read += piece.len() as u64;
        Ok(piece)
    }

    fn damaged(&self, line: &[u8]) -> LogError {
        let line = String::from_utf8_lossy(line);
        self.place
            .damaged(format!("its body has the row `{}`", line.trim_end()))
    }
}

/// In which half a line stands, and what it says; `None` when it is no line of a body.
fn half_of(line: &[u8]) -> Option<(Half, &[u8])> {
    let half = match line {
        [b'D', b' ', ..] => Half::Deletions,
        [b'A', b' ', ..] => Half::Additions,
        [b'T', b'X', ..] | [b'#', b' ', ..] => Half::Start,
        [b'T', b'C', ..] => Half::End,
        _ => return None,
    };
    Some((half, line.get(2..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Activity, Generation, SourceName};
    use crate::store::body::Body;
    use crate::store::log::{Entry, Log, Patch};
    use oxrdf::{GraphName, Literal};
    use tempfile::TempDir;

    fn quad(subject: &str, text: &str) -> Quad {
        Quad::new(
            NamedNode::new_unchecked(format!("https://data.example.org/id/{subject}")),
            NamedNode::new_unchecked("http://schema.org/name"),
            Literal::new_simple_literal(text),
            GraphName::DefaultGraph,
        )
    }

    fn log_of(patch: &Patch) -> (TempDir, Log) {
        let folder = TempDir::new().unwrap();
        let base = "https://data.example.org".parse().unwrap();
        let mut log = Log::open(folder.path(), &base, true, "0123456789abcdef").unwrap();
        let entry = Entry {
            time: "2026-11-22T12:00:00Z",
            source: &SourceName::system(),
            activity: Activity::System,
        };
        for patch in [&Patch::default(), patch, &Patch::default()] {
            log.append(&entry, &Body::from(patch)).unwrap();
        }
        (folder, log)
    }

    fn excerpt(log: &Log, entity: &str) -> Excerpt {
        let entity = NamedNode::new_unchecked(format!("https://data.example.org/id/{entity}"));
        let place = log.records().place(Generation(2)).unwrap();
        place.excerpt(&entity).unwrap()
    }

    #[test]
    fn an_excerpt_is_what_the_whole_record_says_of_the_entity_and_its_parts() {
        let subjects = [
            "a", "b", "b#1", "b#2", "b/c", "b1", "b:", "bb", "bé", "c#1", "d", "z",
        ];
        let mut patch = Patch::default();
        for (index, subject) in subjects.iter().enumerate() {
            // Lines longer than a piece, and texts that look like the rows of a body.
            let long = "\nA <https://data.example.org/id/b> x".repeat(index * 40);
            patch.deletions.push(quad(subject, &format!("old{long}")));
            patch.additions.push(quad(subject, &long));
            patch.additions.push(quad(subject, "new"));
        }
        let (_folder, log) = log_of(&patch);
        for subject in ["a", "b", "c", "d", "e", "z", "0", "zz", "b1"] {
            let found = excerpt(&log, subject);
            let is_about = |quad: &&Quad| {
                let text = quad.subject.to_string();
                let iri = format!("<https://data.example.org/id/{subject}");
                text == format!("{iri}>") || text.starts_with(&format!("{iri}#"))
            };
            let sorted = |quads: &[Quad]| {
                let mut lines: Vec<String> = quads.iter().map(ToString::to_string).collect();
                lines.sort();
                lines
            };
            for (found, all) in [
                (&found.deletions, &patch.deletions),
                (&found.additions, &patch.additions),
            ] {
                let wanted: Vec<Quad> = all.iter().filter(is_about).cloned().collect();
                assert_eq!(sorted(found), sorted(&wanted), "{subject}");
            }
        }
    }

    #[test]
    fn one_of_very_many_is_found_in_few_bytes() {
        let read = |entities: usize| {
            let mut patch = Patch::default();
            for number in 0..entities {
                let quad = quad(
                    &format!("{number:09}"),
                    "a name of some length, as they are",
                );
                patch.additions.push(quad);
            }
            let (_folder, log) = log_of(&patch);
            let found = excerpt(&log, &format!("{:09}", entities / 3));
            assert_eq!(found.additions.len(), 1);
            found.bytes_read
        };
        let (few, many) = (read(100), read(20_000));
        assert!(
            many < few + 40 * PIECE_BYTES as u64,
            "{few} and {many} bytes"
        );
    }

    #[test]
    fn what_is_no_row_is_damage() {
        let mut patch = Patch::default();
        for number in 0..50 {
            patch.additions.push(quad(&format!("{number:02}"), "name"));
        }
        let (folder, log) = log_of(&patch);
        let path = folder.path().join("00000000000000000001.rdfp");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("\nA <", "\nB <")).unwrap();
        let entity = NamedNode::new_unchecked("https://data.example.org/id/25");
        let place = log.records().place(Generation(2)).unwrap();
        assert!(matches!(
            place.excerpt(&entity),
            Err(LogError::Damaged { .. })
        ));
    }
}
