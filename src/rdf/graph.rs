//! A graph in memory, in the order in which it was read, with look-up from every side.

use crate::rdf::{Quads, QuadsError};
use indexmap::IndexSet;
use oxrdf::{
    NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef, Triple,
};
use rustc_hash::{FxBuildHasher, FxHashMap};

/// A set of triples that remembers in which order they came.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    triples: IndexSet<Triple, FxBuildHasher>,
    by_subject: FxHashMap<NamedOrBlankNode, Vec<u32>>,
    by_predicate: FxHashMap<NamedNode, Vec<u32>>,
    by_object: FxHashMap<Term, Vec<u32>>,
}

impl Graph {
    /// Adds a triple; `false` when it was there already.
    pub fn insert(&mut self, triple: Triple) -> bool {
        let (index, is_new) = self.triples.insert_full(triple);
        if is_new && let Some(triple) = self.triples.get_index(index) {
            let index = u32::try_from(index)
                .expect("a submission is limited to far fewer than 2^32 triples");
            self.by_subject
                .entry(triple.subject.clone())
                .or_default()
                .push(index);
            self.by_predicate
                .entry(triple.predicate.clone())
                .or_default()
                .push(index);
            self.by_object
                .entry(triple.object.clone())
                .or_default()
                .push(index);
        }
        is_new
    }

    pub fn len(&self) -> usize {
        self.triples.len()
    }

    pub fn is_empty(&self) -> bool {
        self.triples.is_empty()
    }

    pub fn contains(&self, triple: &Triple) -> bool {
        self.triples.contains(triple)
    }

    /// All triples, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = &Triple> {
        self.triples.iter()
    }

    /// The subjects, each once, in the order in which they first came.
    pub fn subjects(&self) -> Vec<&NamedOrBlankNode> {
        let mut first: Vec<(u32, &NamedOrBlankNode)> = self
            .by_subject
            .iter()
            .filter_map(|(subject, rows)| rows.first().map(|row| (*row, subject)))
            .collect();
        first.sort_unstable_by_key(|(row, _)| *row);
        first.into_iter().map(|(_, subject)| subject).collect()
    }

    /// The triples with this subject, in the order in which they came.
    pub fn about(&self, subject: &NamedOrBlankNode) -> impl Iterator<Item = &Triple> {
        self.rows(self.by_subject.get(subject))
    }

    /// The triples with this object, in the order in which they came.
    pub fn pointing_to(&self, object: &Term) -> impl Iterator<Item = &Triple> {
        self.rows(self.by_object.get(object))
    }

    /// The values of a property.
    pub fn objects<'a>(
        &'a self,
        subject: &NamedOrBlankNode,
        predicate: NamedNodeRef<'a>,
    ) -> impl Iterator<Item = &'a Term> {
        self.about(subject)
            .filter(move |triple| triple.predicate.as_ref() == predicate)
            .map(|triple| &triple.object)
    }

    fn rows<'a>(&'a self, rows: Option<&'a Vec<u32>>) -> impl Iterator<Item = &'a Triple> {
        rows.map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(|row| self.triples.get_index(*row as usize))
    }
}

impl IntoIterator for Graph {
    type Item = Triple;
    type IntoIter = indexmap::set::IntoIter<Triple>;

    /// All triples, in the order in which they came.
    fn into_iter(self) -> Self::IntoIter {
        self.triples.into_iter()
    }
}

impl FromIterator<Triple> for Graph {
    fn from_iter<I: IntoIterator<Item = Triple>>(triples: I) -> Self {
        let mut graph = Self::default();
        for triple in triples {
            graph.insert(triple);
        }
        graph
    }
}

impl Quads for Graph {
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a> {
        let subject = subject.map(NamedOrBlankNodeRef::into_owned);
        let predicate = predicate.map(NamedNodeRef::into_owned);
        let object = object.map(TermRef::into_owned);
        let mut candidates = [
            subject.as_ref().map(|s| self.by_subject.get(s)),
            object.as_ref().map(|o| self.by_object.get(o)),
            predicate.as_ref().map(|p| self.by_predicate.get(p)),
        ]
        .into_iter()
        .flatten();
        let first = candidates.next();
        let smallest = candidates.fold(first, |best, rows| {
            let length = |rows: Option<&Vec<u32>>| rows.map_or(0, Vec::len);
            if best.is_some_and(|best| length(best) <= length(rows)) {
                best
            } else {
                Some(rows)
            }
        });
        let triples: Box<dyn Iterator<Item = &'a Triple> + 'a> = match smallest {
            Some(rows) => Box::new(self.rows(rows)),
            None => Box::new(self.triples.iter()),
        };
        Box::new(
            triples
                .filter(move |triple| {
                    subject.as_ref().is_none_or(|s| *s == triple.subject)
                        && predicate.as_ref().is_none_or(|p| *p == triple.predicate)
                        && object.as_ref().is_none_or(|o| *o == triple.object)
                })
                .map(|triple| Ok(triple.clone())),
        )
    }
}
