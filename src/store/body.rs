//! The body of a log record, written row by row: the whole text of a large one is never in
//! memory.
//!
//! Rows are sorted as lines of text. Each term is written once; the lines then sort as their
//! terms do, since no written term is the beginning of another one but by a character that is
//! larger than the space between them.

#[cfg(test)]
use crate::store::log::Patch;
use crate::store::overlay::{Overlay, Row};
use oxrdf::Term;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Rows are handed on in pieces of about this size.
const PIECE_BYTES: usize = 64 * 1024;

/// The rows of one change, in the order in which they are written.
pub(super) struct Body {
    /// The terms as they are written, one after the other.
    texts: String,
    /// Where each term's text starts and ends, in the order of the texts.
    spans: Vec<(usize, usize)>,
    /// Terms by their place in that order; the graph is one more, 0 for the default graph.
    deletions: Vec<Row>,
    additions: Vec<Row>,
}

impl Body {
    pub fn of(overlay: &Overlay) -> Self {
        let mut texts = String::new();
        let mut spans: Vec<(usize, usize)> = Vec::with_capacity(overlay.terms().len());
        for term in overlay.terms() {
            let start = texts.len();
            write_term(&mut texts, term);
            spans.push((start, texts.len()));
        }
        let mut order: Vec<u32> = (0..).take(spans.len()).collect();
        let text = |number: &u32| {
            let (start, end) = spans[*number as usize];
            &texts[start..end]
        };
        order.sort_unstable_by(|a, b| text(a).cmp(text(b)));
        let mut place = vec![0_u32; order.len()];
        for (index, number) in (0..).zip(&order) {
            place[*number as usize] = index;
        }
        let sorted = |rows: &mut dyn Iterator<Item = Row>| {
            let mut rows: Vec<Row> = rows
                .map(|row| {
                    let [subject, predicate, object, _] = row;
                    let graph = Overlay::graph_of(row).map_or(0, |graph| place[graph as usize] + 1);
                    [
                        place[subject as usize],
                        place[predicate as usize],
                        place[object as usize],
                        graph,
                    ]
                })
                .collect();
            rows.sort_unstable();
            rows
        };
        let deletions = sorted(&mut overlay.removed_rows());
        let additions = sorted(&mut overlay.added_rows());
        let spans = order.iter().map(|number| spans[*number as usize]).collect();
        Self {
            texts,
            spans,
            deletions,
            additions,
        }
    }

    pub fn deletions(&self) -> u64 {
        self.deletions.len() as u64
    }

    pub fn additions(&self) -> u64 {
        self.additions.len() as u64
    }

    /// Writes all rows, the same bytes each time.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut piece = String::with_capacity(PIECE_BYTES * 2);
        piece.push_str("TX .\n");
        for (letter, rows) in [("D ", &self.deletions), ("A ", &self.additions)] {
            for [subject, predicate, object, graph] in rows {
                piece.push_str(letter);
                for term in [subject, predicate, object] {
                    piece.push_str(self.text(*term));
                    piece.push(' ');
                }
                if let Some(graph) = graph.checked_sub(1) {
                    piece.push_str(self.text(graph));
                    piece.push(' ');
                }
                piece.push_str(".\n");
                if piece.len() >= PIECE_BYTES {
                    out.write_all(piece.as_bytes())?;
                    piece.clear();
                }
            }
        }
        piece.push_str("TC .\n");
        out.write_all(piece.as_bytes())
    }

    fn text(&self, place: u32) -> &str {
        let (start, end) = self.spans[place as usize];
        &self.texts[start..end]
    }
}

#[cfg(test)]
impl From<&Patch> for Body {
    fn from(patch: &Patch) -> Self {
        let mut overlay = Overlay::default();
        for quad in &patch.deletions {
            overlay.remove(quad.clone());
        }
        for quad in &patch.additions {
            overlay.add(quad.clone());
        }
        Self::of(&overlay)
    }
}

fn write_term(text: &mut String, term: &Term) {
    // Writing to a string never fails.
    let _ = write!(text, "{term}");
}
