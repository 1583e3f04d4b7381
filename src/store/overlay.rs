//! What the write under way changes, in memory, over the snapshot that it began with.
//!
//! Terms are kept once and known by number; a quad is four numbers, found by its subject and by
//! its object. The write is read through it, so it answers the same patterns as the storage.

use indexmap::map::Entry;
use indexmap::{IndexMap, IndexSet};
use oxrdf::{
    GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad,
    QuadRef, Term, TermRef,
};
use rustc_hash::FxBuildHasher;
use std::sync::atomic::{AtomicU8, Ordering};

/// A quad: subject, predicate, object and graph, by number.
pub(super) type Row = [u32; 4];
/// The number of no term: it stands for the default graph, and for the end of a chain.
const NONE: u32 = u32::MAX;

/// Where a quad stands, before and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// New.
    Added,
    /// Added and taken away again.
    Gone,
    /// There before, and removed.
    Removed,
    /// Removed and put back.
    Back,
}

/// By which of its ends a term is looked up.
#[derive(Clone, Copy, Debug)]
enum End {
    Subject,
    Object,
}

#[derive(Debug, Default)]
pub(super) struct Overlay {
    terms: IndexSet<Term, FxBuildHasher>,
    rows: IndexMap<Row, State, FxBuildHasher>,
    /// For each row, the row before it with the same subject, and with the same object.
    before: Vec<[u32; 2]>,
    /// For each term, the last row that has it as subject, and as object.
    last: Vec<[u32; 2]>,
    /// For each term, what the storage was asked: two bits for each end (asked, found).
    asked: Vec<AtomicU8>,
    added: usize,
    removed: usize,
}

impl Overlay {
    /// How many quads are new, and how many are removed.
    pub fn len(&self) -> (usize, usize) {
        (self.added, self.removed)
    }

    /// Adds a quad that is not there; the storage does not have it, unless it was removed here.
    pub fn add(&mut self, quad: Quad) {
        let row = self.number(quad);
        match self.rows.entry(row) {
            Entry::Vacant(place) => {
                place.insert(State::Added);
                self.added += 1;
                self.link(row);
            }
            Entry::Occupied(mut place) => match place.get() {
                State::Gone => {
                    place.insert(State::Added);
                    self.added += 1;
                }
                State::Removed => {
                    place.insert(State::Back);
                    self.removed -= 1;
                }
                State::Added | State::Back => {}
            },
        }
    }

    /// Removes a quad that is there: in the storage, unless it was added here.
    pub fn remove(&mut self, quad: Quad) {
        let row = self.number(quad);
        match self.rows.entry(row) {
            Entry::Vacant(place) => {
                place.insert(State::Removed);
                self.removed += 1;
                self.link(row);
            }
            Entry::Occupied(mut place) => match place.get() {
                State::Added => {
                    place.insert(State::Gone);
                    self.added -= 1;
                }
                State::Back => {
                    place.insert(State::Removed);
                    self.removed += 1;
                }
                State::Gone | State::Removed => {}
            },
        }
    }

    /// Whether a quad is there, as far as the overlay decides it.
    pub fn contains(&self, quad: QuadRef<'_>) -> Option<bool> {
        let state = self.rows.get(&self.row_of(quad)?)?;
        Some(matches!(state, State::Added | State::Back))
    }

    /// Whether a quad of the storage is removed here.
    pub fn removes(&self, quad: QuadRef<'_>) -> bool {
        self.removed > 0 && self.contains(quad) == Some(false)
    }

    /// The quads that are new and match; `None` matches everything.
    pub fn added(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Added<'_> {
        let wanted = [
            subject.map(|term| self.number_of(term.into())),
            predicate.map(|term| self.number_of(term.into())),
            object.map(|term| self.number_of(term)),
            graph.map(|graph| self.number_of_graph(graph)),
        ];
        let mut pattern = [None; 4];
        for (place, wanted) in pattern.iter_mut().zip(wanted) {
            *place = match wanted {
                // A term that the overlay does not know is in none of its quads.
                Some(None) => return Added::none(self),
                Some(number) => number,
                None => None,
            };
        }
        let last = |number: u32, end: End| self.last[number as usize][end as usize];
        let rows = match pattern {
            [Some(subject), _, _, _] => Rows::Chain(last(subject, End::Subject), End::Subject),
            [None, _, Some(object), _] => Rows::Chain(last(object, End::Object), End::Object),
            [None, _, None, _] => Rows::All(0),
        };
        Added {
            overlay: self,
            pattern,
            rows,
        }
    }

    /// Whether the storage has nothing at all with this term as subject or as object: asked once,
    /// since what is new is read over and over. `ask` finds out; `None` when it is not known here.
    pub fn is_new(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        ask: impl FnOnce() -> bool,
    ) -> bool {
        let (number, end) = match (subject, object) {
            (Some(subject), _) => (self.number_of(subject.into()), End::Subject),
            (None, Some(object)) => (self.number_of(object), End::Object),
            (None, None) => (None, End::Subject),
        };
        let Some(asked) = number.and_then(|number| self.asked.get(number as usize)) else {
            return false;
        };
        let (is_asked, is_found) = match end {
            End::Subject => (1, 2),
            End::Object => (4, 8),
        };
        let known = asked.load(Ordering::Relaxed);
        if known & is_asked != 0 {
            return known & is_found == 0;
        }
        let found = ask();
        let answer = if found { is_asked | is_found } else { is_asked };
        asked.fetch_or(answer, Ordering::Relaxed);
        !found
    }

    /// The terms by number.
    pub fn terms(&self) -> impl ExactSizeIterator<Item = &Term> {
        self.terms.iter()
    }

    /// What is new, as numbers; the graph is `None` for the default graph.
    pub fn added_rows(&self) -> impl Iterator<Item = Row> {
        self.rows_in(State::Added)
    }

    /// What is removed, as numbers.
    pub fn removed_rows(&self) -> impl Iterator<Item = Row> {
        self.rows_in(State::Removed)
    }

    fn rows_in(&self, wanted: State) -> impl Iterator<Item = Row> {
        self.rows
            .iter()
            .filter(move |(_, state)| **state == wanted)
            .map(|(row, _)| *row)
    }

    /// The number of a row's graph; `None` for the default graph.
    pub fn graph_of(row: Row) -> Option<u32> {
        (row[3] != NONE).then_some(row[3])
    }

    pub fn term(&self, number: u32) -> &Term {
        &self.terms[number as usize]
    }

    pub fn quad(&self, row: Row) -> Quad {
        let [subject, predicate, object, _] = row;
        Quad {
            subject: as_subject(self.term(subject)),
            predicate: as_iri(self.term(predicate)),
            object: self.term(object).clone(),
            graph_name: match Self::graph_of(row) {
                Some(graph) => as_subject(self.term(graph)).into(),
                None => GraphName::DefaultGraph,
            },
        }
    }

    /// The numbers of a quad's terms, which are remembered from now on.
    fn number(&mut self, quad: Quad) -> Row {
        let graph = match quad.graph_name {
            GraphName::NamedNode(graph) => self.intern(graph.into()),
            GraphName::BlankNode(graph) => self.intern(graph.into()),
            GraphName::DefaultGraph => NONE,
        };
        [
            self.intern(quad.subject.into()),
            self.intern(quad.predicate.into()),
            self.intern(quad.object),
            graph,
        ]
    }

    fn intern(&mut self, term: Term) -> u32 {
        let (index, is_new) = self.terms.insert_full(term);
        if is_new {
            self.last.push([NONE; 2]);
            self.asked.push(AtomicU8::new(0));
        }
        number(index)
    }

    /// Puts the row that was added last into its chains.
    fn link(&mut self, row: Row) {
        let index = number(self.rows.len() - 1);
        let [subject, _, object, _] = row;
        let last = &mut self.last;
        let by_subject = &mut last[subject as usize][End::Subject as usize];
        let before_by_subject = std::mem::replace(by_subject, index);
        let by_object = &mut last[object as usize][End::Object as usize];
        let before_by_object = std::mem::replace(by_object, index);
        self.before.push([before_by_subject, before_by_object]);
    }

    fn row_of(&self, quad: QuadRef<'_>) -> Option<Row> {
        Some([
            self.number_of(quad.subject.into())?,
            self.number_of(quad.predicate.into())?,
            self.number_of(quad.object)?,
            self.number_of_graph(quad.graph_name)?,
        ])
    }

    fn number_of(&self, term: TermRef<'_>) -> Option<u32> {
        self.terms.get_index_of(&term.into_owned()).map(number)
    }

    fn number_of_graph(&self, graph: GraphNameRef<'_>) -> Option<u32> {
        match graph {
            GraphNameRef::NamedNode(graph) => self.number_of(graph.into()),
            GraphNameRef::BlankNode(graph) => self.number_of(graph.into()),
            GraphNameRef::DefaultGraph => Some(NONE),
        }
    }
}

/// The new quads that match a pattern.
pub(super) struct Added<'a> {
    overlay: &'a Overlay,
    pattern: [Option<u32>; 4],
    rows: Rows,
}

enum Rows {
    /// The row to look at next, and by which end the chain goes on.
    Chain(u32, End),
    /// All rows from this one.
    All(u32),
}

impl<'a> Added<'a> {
    fn none(overlay: &'a Overlay) -> Self {
        Self {
            overlay,
            pattern: [None; 4],
            rows: Rows::Chain(NONE, End::Subject),
        }
    }
}

impl Iterator for Added<'_> {
    type Item = Quad;

    fn next(&mut self) -> Option<Quad> {
        loop {
            let index = match &mut self.rows {
                Rows::Chain(next, end) => {
                    let index = *next;
                    *next = self.overlay.before.get(index as usize)?[*end as usize];
                    index
                }
                Rows::All(next) => {
                    let index = *next;
                    *next += 1;
                    index
                }
            };
            let (row, state) = self.overlay.rows.get_index(index as usize)?;
            let matches = row
                .iter()
                .zip(&self.pattern)
                .all(|(number, wanted)| wanted.is_none_or(|wanted| wanted == *number));
            if *state == State::Added && matches {
                return Some(self.overlay.quad(*row));
            }
        }
    }
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a submission is limited to far fewer than 2^32 terms and quads")
}

fn as_subject(term: &Term) -> NamedOrBlankNode {
    match term {
        Term::NamedNode(node) => node.clone().into(),
        Term::BlankNode(node) => node.clone().into(),
        Term::Literal(_) => unreachable!("the number was given to a subject or a graph"),
    }
}

fn as_iri(term: &Term) -> NamedNode {
    match term {
        Term::NamedNode(node) => node.clone(),
        Term::BlankNode(_) | Term::Literal(_) => {
            unreachable!("the number was given to a predicate")
        }
    }
}
