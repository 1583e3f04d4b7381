//! What the write under way changes, in memory, over the snapshot that it began with.
//!
//! Terms are kept once and known by number; a quad is four numbers, found by its subject and by
//! its object. The write is read through it, so it answers the same patterns as the storage.
//! What the storage has about a subject is fetched once, since the door asks for it over and
//! over: from then on both states, before and after, are answered from memory.

use indexmap::map::Entry;
use indexmap::{IndexMap, IndexSet};
use oxrdf::{
    GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Quad,
    QuadRef, Term, TermRef,
};
use rustc_hash::FxBuildHasher;

/// A quad: subject, predicate, object and graph, by number.
pub(super) type Row = [u32; 4];
/// The number of no term: it stands for the default graph, and for the end of a chain.
const NONE: u32 = u32::MAX;

/// Where a quad stands, before and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// There before and now.
    Stored,
    /// There before, and removed.
    Removed,
    /// New.
    Added,
    /// Added and taken away again.
    Gone,
}

/// Which state is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Before,
    After,
}

impl State {
    fn is_there(self, when: When) -> bool {
        match self {
            Self::Stored => true,
            Self::Removed => when == When::Before,
            Self::Added => when == When::After,
            Self::Gone => false,
        }
    }
}

/// By which of its ends a term is looked up.
#[derive(Clone, Copy, Debug)]
enum End {
    Subject,
    Object,
}

/// What is known of a term in the storage.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Whether all that the storage has with this subject is here.
    is_fetched: bool,
    /// Whether the storage has anything with this object.
    is_object: Option<bool>,
}

#[derive(Debug, Default)]
pub(super) struct Overlay {
    terms: IndexSet<Term, FxBuildHasher>,
    rows: IndexMap<Row, State, FxBuildHasher>,
    /// For each row, the row before it with the same subject, and with the same object.
    before: Vec<[u32; 2]>,
    /// For each term, the last row that has it as subject, and as object.
    last: Vec<[u32; 2]>,
    /// For each term, what is known of it in the storage.
    known: Vec<Known>,
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
        self.put(quad, State::Added);
    }

    /// Removes a quad that is there: in the storage, unless it was added here.
    pub fn remove(&mut self, quad: Quad) {
        self.put(quad, State::Removed);
    }

    fn put(&mut self, quad: Quad, wanted: State) {
        let row = self.number(quad);
        let former = match self.rows.entry(row) {
            Entry::Vacant(place) => {
                place.insert(wanted);
                self.link(row);
                None
            }
            Entry::Occupied(mut place) => {
                let former = *place.get();
                place.insert(match (former, wanted) {
                    (State::Removed, State::Added) => State::Stored,
                    (State::Stored, State::Removed) => State::Removed,
                    (State::Gone, State::Added) => State::Added,
                    (State::Added, State::Removed) => State::Gone,
                    (same, _) => same,
                });
                Some(former)
            }
        };
        let now = self.rows[&row];
        self.added -= usize::from(former == Some(State::Added));
        self.removed -= usize::from(former == Some(State::Removed));
        self.added += usize::from(now == State::Added);
        self.removed += usize::from(now == State::Removed);
    }

    /// Whether what the storage has about a subject still has to be brought, by [`Self::fetched`].
    pub fn wants(&self, subject: NamedOrBlankNodeRef<'_>) -> bool {
        self.number_of(subject.into())
            .is_none_or(|number| !self.known[number as usize].is_fetched)
    }

    /// Takes all that the storage has about a subject.
    pub fn fetched(&mut self, subject: NamedOrBlankNodeRef<'_>, quads: Vec<Quad>) {
        let number = self.intern(TermRef::from(subject).into_owned());
        self.known[number as usize].is_fetched = true;
        for quad in quads {
            let row = self.number(quad);
            if let Entry::Vacant(place) = self.rows.entry(row) {
                place.insert(State::Stored);
                self.link(row);
            }
        }
    }

    /// Whether a quad of the storage is removed here.
    pub fn removes(&self, quad: QuadRef<'_>) -> bool {
        self.removed > 0 && self.state_of(quad) == Some(State::Removed)
    }

    fn state_of(&self, quad: QuadRef<'_>) -> Option<State> {
        self.rows.get(&self.row_of(quad)?).copied()
    }

    /// All quads about a subject that has been fetched.
    pub fn about(
        &self,
        subject: NamedOrBlankNodeRef<'_>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
        when: When,
    ) -> Vec<Quad> {
        self.matching(Some(subject), predicate, object, graph, |state| {
            state.is_there(when)
        })
    }

    /// The quads that are new and match, whatever their subject.
    pub fn added(
        &self,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
    ) -> Vec<Quad> {
        self.matching(None, predicate, object, graph, |state| {
            state == State::Added
        })
    }

    fn matching(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        graph: Option<GraphNameRef<'_>>,
        is_wanted: impl Fn(State) -> bool,
    ) -> Vec<Quad> {
        let wanted = [
            subject.map(|term| self.number_of(term.into())),
            predicate.map(|term| self.number_of(term.into())),
            object.map(|term| self.number_of(term)),
            graph.map(|graph| self.number_of_graph(graph)),
        ];
        let mut pattern = [None; 4];
        for (place, wanted) in pattern.iter_mut().zip(wanted) {
            *place = match wanted {
                // A term that is not known here is in no quad that is.
                Some(None) => return Vec::new(),
                Some(number) => number,
                None => None,
            };
        }
        let quad = |(row, state): (&Row, &State)| {
            let matches = row
                .iter()
                .zip(&pattern)
                .all(|(number, wanted)| wanted.is_none_or(|wanted| wanted == *number));
            (matches && is_wanted(*state)).then(|| self.quad(*row))
        };
        let end = match pattern {
            [Some(subject), ..] => Some((subject, End::Subject)),
            [None, _, object, _] => object.map(|object| (object, End::Object)),
        };
        match end {
            None => self.rows.iter().filter_map(quad).collect(),
            Some((number, end)) => {
                let first = self.last[number as usize][end as usize];
                std::iter::successors(Some(first), |index| {
                    Some(self.before.get(*index as usize)?[end as usize])
                })
                .map_while(|index| self.rows.get_index(index as usize))
                .filter_map(quad)
                .collect()
            }
        }
    }

    /// Whether the storage is known to have nothing with this object: what is new is asked for
    /// over and over. `ask` finds out whether it has.
    pub fn is_new_object(&mut self, object: TermRef<'_>, ask: impl FnOnce() -> bool) -> bool {
        let Some(number) = self.number_of(object) else {
            return false;
        };
        let known = &mut self.known[number as usize];
        !*known.is_object.get_or_insert_with(ask)
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
            self.known.push(Known::default());
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// One of a few quads, so that they meet.
    fn quad(seed: u8) -> Quad {
        let iri = |n: u8| NamedNode::new_unchecked(format!("https://e.example/{n}"));
        let graph = match seed / 27 % 2 {
            0 => GraphName::DefaultGraph,
            _ => iri(9).into(),
        };
        Quad::new(
            iri(seed % 3),
            iri(3 + seed / 3 % 3),
            iri(seed / 9 % 3),
            graph,
        )
    }

    fn texts<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> BTreeSet<String> {
        quads.into_iter().map(Quad::to_string).collect()
    }

    proptest! {
        #[test]
        fn both_states_are_what_the_same_steps_make_of_plain_sets(
            stored in prop::collection::vec(0_u8..54, 0..30),
            steps in prop::collection::vec((0_u8..54, 0_u8..3), 0..60),
        ) {
            let before: BTreeSet<u8> = stored.into_iter().collect();
            let mut after = before.clone();
            let mut overlay = Overlay::default();
            let fetch = |overlay: &mut Overlay, subject: &NamedOrBlankNode| {
                if overlay.wants(subject.as_ref()) {
                    let of_subject = before.iter().map(|seed| quad(*seed));
                    let of_subject = of_subject.filter(|quad| quad.subject == *subject).collect();
                    overlay.fetched(subject.as_ref(), of_subject);
                }
            };
            for (seed, step) in steps {
                let quad = quad(seed);
                match step {
                    0 if after.insert(seed) => overlay.add(quad),
                    1 if after.remove(&seed) => overlay.remove(quad),
                    2 => fetch(&mut overlay, &quad.subject),
                    _ => {}
                }
            }
            let all = |seeds: &BTreeSet<u8>| texts(&seeds.iter().map(|seed| quad(*seed)).collect::<Vec<_>>());
            let of_rows = |rows: Vec<Row>| {
                texts(&rows.into_iter().map(|row| overlay.quad(row)).collect::<Vec<_>>())
            };
            let added: BTreeSet<u8> = after.difference(&before).copied().collect();
            let removed: BTreeSet<u8> = before.difference(&after).copied().collect();
            prop_assert_eq!(overlay.len(), (added.len(), removed.len()));
            prop_assert_eq!(of_rows(overlay.added_rows().collect()), all(&added));
            prop_assert_eq!(of_rows(overlay.removed_rows().collect()), all(&removed));
            prop_assert_eq!(texts(&overlay.added(None, None, None)), all(&added));
            for seed in 0..54 {
                let quad = quad(seed);
                prop_assert_eq!(overlay.removes(quad.as_ref()), removed.contains(&seed));
                let by_object = overlay.added(None, Some(quad.object.as_ref()), None);
                prop_assert_eq!(
                    by_object.contains(&quad),
                    added.contains(&seed)
                );
                fetch(&mut overlay, &quad.subject);
                for (when, state) in [(When::Before, &before), (When::After, &after)] {
                    let found = overlay.about(
                        quad.subject.as_ref(),
                        Some(quad.predicate.as_ref()),
                        None,
                        Some(quad.graph_name.as_ref()),
                        when,
                    );
                    prop_assert_eq!(found.contains(&quad), state.contains(&seed));
                }
            }
        }
    }
}
