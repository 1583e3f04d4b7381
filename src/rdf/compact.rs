//! A graph that is made once and then only read, as small as it can be kept: for validating
//! large files.
//!
//! Unlike [`Graph`](crate::rdf::Graph) it takes no triple after it is made and forgets in which
//! order they came; a million triples take some 70 MB where that one takes ten times as much.
//! Triples are pushed into a [`Builder`] as they are read, so that no second copy exists:
//!
//! ```
//! use affiche::rdf::compact::Builder;
//! # use oxrdf::{NamedNode, Triple};
//! # let iri = NamedNode::new_unchecked("https://e.example/a");
//! # let triples = [Triple::new(iri.clone(), iri.clone(), iri)];
//! let mut builder = Builder::default();
//! for triple in &triples {
//!     builder.push(triple.as_ref());
//! }
//! let graph = builder.finish();
//! assert_eq!(graph.len(), 1);
//! ```

use crate::rdf::terms::{TermId, Terms};
use crate::rdf::{Quads, QuadsError};
use oxrdf::{
    NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef, Triple, TripleRef,
};

/// Takes triples and makes a graph of them.
#[derive(Debug, Default)]
pub struct Builder {
    terms: Terms,
    triples: Vec<[TermId; 3]>,
}

impl Builder {
    /// Adds a triple, if it is not there already.
    pub fn push(&mut self, triple: TripleRef<'_>) {
        let subject = self.terms.number(triple.subject.into());
        let predicate = self.terms.number(triple.predicate.into());
        let object = self.terms.number(triple.object);
        self.triples.push([subject, predicate, object]);
    }

    pub fn finish(self) -> CompactGraph {
        let Self {
            mut terms,
            mut triples,
        } = self;
        terms.shrink();
        triples.sort();
        triples.dedup();
        let all = row(triples.len());
        let by_subject = Places::of(terms.len(), 0..all, |row| triples[row as usize][0]);
        let by_predicate = Places::of(terms.len(), 0..all, |row| triples[row as usize][1]);
        // From the order by predicate, so that an object's rows are by predicate too.
        let order = by_predicate.rows.iter().copied();
        let by_object = Places::of(terms.len(), order, |row| triples[row as usize][2]);
        triples.shrink_to_fit();
        CompactGraph {
            terms,
            triples,
            subject_starts: by_subject.starts,
            by_predicate,
            by_object,
        }
    }
}

impl Extend<Triple> for Builder {
    fn extend<I: IntoIterator<Item = Triple>>(&mut self, triples: I) {
        for triple in triples {
            self.push(triple.as_ref());
        }
    }
}

/// The graph: terms by number, triples in the order of these numbers, and where to find them.
#[derive(Clone, Debug)]
pub struct CompactGraph {
    terms: Terms,
    /// Each once, by subject, predicate and object.
    triples: Vec<[TermId; 3]>,
    /// For each term and one more, where the triples with it as subject start.
    subject_starts: Vec<u32>,
    by_predicate: Places,
    /// An object's rows are by predicate, then by subject.
    by_object: Places,
}

/// Rows of triples, arranged by one of their terms.
#[derive(Clone, Debug)]
struct Places {
    /// For each term and one more, where its rows start.
    starts: Vec<u32>,
    rows: Vec<u32>,
}

impl Places {
    /// Counts, then puts each row in its place; rows of the same term stay in their order.
    fn of(
        terms: usize,
        rows: impl Iterator<Item = u32> + Clone,
        term_of: impl Fn(u32) -> TermId,
    ) -> Self {
        let mut starts = vec![0_u32; terms + 1];
        let mut count = 0;
        for row in rows.clone() {
            starts[term_of(row).index()] += 1;
            count += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        let mut next = starts.clone();
        let mut placed = vec![0_u32; count];
        for row in rows {
            let place = &mut next[term_of(row).index()];
            placed[*place as usize] = row;
            *place += 1;
        }
        Self {
            starts,
            rows: placed,
        }
    }

    fn at(&self, term: TermId) -> &[u32] {
        &self.rows[range(&self.starts, term)]
    }
}

fn range(starts: &[u32], term: TermId) -> std::ops::Range<usize> {
    starts[term.index()] as usize..starts[term.index() + 1] as usize
}

fn row(index: usize) -> u32 {
    u32::try_from(index).expect("2^32 triples would take more memory than a process is given")
}

impl CompactGraph {
    /// How many triples there are.
    pub fn len(&self) -> usize {
        self.triples.len()
    }

    pub fn is_empty(&self) -> bool {
        self.triples.is_empty()
    }

    /// The terms of the triples, and the datatypes and language tags that they need.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The triples with this subject, as numbers, by predicate.
    pub fn about(&self, subject: TermId) -> &[[TermId; 3]] {
        &self.triples[range(&self.subject_starts, subject)]
    }

    /// The triples with this subject and predicate, as numbers.
    pub fn with(&self, subject: TermId, predicate: TermId) -> &[[TermId; 3]] {
        equal_range(self.about(subject), |triple| triple[1].cmp(&predicate))
    }

    /// The triples with this predicate, as numbers.
    pub fn with_predicate(&self, predicate: TermId) -> impl Iterator<Item = [TermId; 3]> + '_ {
        self.rows(self.by_predicate.at(predicate))
    }

    /// The triples with this predicate and object, as numbers.
    pub fn pointing(
        &self,
        predicate: TermId,
        object: TermId,
    ) -> impl Iterator<Item = [TermId; 3]> + '_ {
        self.rows(equal_range(self.by_object.at(object), |row| {
            self.triples[*row as usize][1].cmp(&predicate)
        }))
    }

    fn rows<'a>(&'a self, rows: &'a [u32]) -> impl Iterator<Item = [TermId; 3]> + 'a {
        rows.iter().map(|row| self.triples[*row as usize])
    }

    fn triple(&self, [subject, predicate, object]: [TermId; 3]) -> Triple {
        Triple {
            subject: match self.terms.get(subject) {
                TermRef::NamedNode(node) => NamedOrBlankNode::from(node.into_owned()),
                TermRef::BlankNode(node) => node.into_owned().into(),
                TermRef::Literal(_) => unreachable!("the number was given to a subject"),
            },
            predicate: match self.terms.get(predicate) {
                TermRef::NamedNode(node) => node.into_owned(),
                _ => unreachable!("the number was given to a predicate"),
            },
            object: Term::from(self.terms.get(object)),
        }
    }
}

/// The part of a sorted slice that is equal.
fn equal_range<T>(sorted: &[T], compare: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let start = sorted.partition_point(|item| compare(item).is_lt());
    let rest = &sorted[start..];
    &rest[..rest.partition_point(|item| compare(item).is_eq())]
}

impl FromIterator<Triple> for CompactGraph {
    fn from_iter<I: IntoIterator<Item = Triple>>(triples: I) -> Self {
        let mut builder = Builder::default();
        builder.extend(triples);
        builder.finish()
    }
}

impl Quads for CompactGraph {
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a> {
        let wanted = [
            subject.map(TermRef::from),
            predicate.map(TermRef::from),
            object,
        ];
        let mut pattern = [None; 3];
        for (place, wanted) in pattern.iter_mut().zip(wanted) {
            if let Some(term) = wanted {
                let Some(id) = self.terms.find(term) else {
                    return Box::new(std::iter::empty());
                };
                *place = Some(id);
            }
        }
        let triples: Box<dyn Iterator<Item = [TermId; 3]> + 'a> = match pattern {
            [Some(subject), Some(predicate), _] => {
                Box::new(self.with(subject, predicate).iter().copied())
            }
            [Some(subject), None, _] => Box::new(self.about(subject).iter().copied()),
            [None, Some(predicate), Some(object)] => Box::new(self.pointing(predicate, object)),
            [None, None, Some(object)] => Box::new(self.rows(self.by_object.at(object))),
            [None, Some(predicate), None] => Box::new(self.with_predicate(predicate)),
            [None, None, None] => Box::new(self.triples.iter().copied()),
        };
        let object = pattern[2];
        Box::new(
            triples
                .filter(move |triple| object.is_none_or(|object| object == triple[2]))
                .map(|triple| Ok(self.triple(triple))),
        )
    }

    fn compact(&self) -> Option<&CompactGraph> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdf::Graph;
    use oxrdf::{BlankNode, Literal, NamedNode};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn iri(number: u8) -> NamedNode {
        NamedNode::new_unchecked(format!("https://e.example/{number}"))
    }

    fn subject(number: u8) -> NamedOrBlankNode {
        match number % 4 {
            0 => BlankNode::new_unchecked(format!("e{number}")).into(),
            _ => iri(number).into(),
        }
    }

    fn object(number: u8) -> Term {
        let text = (number % 3).to_string();
        match number {
            0..8 => subject(number).into(),
            8..11 => Literal::new_simple_literal(text).into(),
            11..14 => Literal::new_typed_literal(text, iri(number % 2)).into(),
            14..17 => Literal::new_language_tagged_literal_unchecked(text, "fr-CH").into(),
            _ => Literal::new_language_tagged_literal_unchecked(text, "en").into(),
        }
    }

    fn found(graph: &dyn Quads, pattern: [bool; 3], triple: &Triple) -> BTreeSet<String> {
        graph
            .matching(
                pattern[0].then_some(triple.subject.as_ref()),
                pattern[1].then_some(triple.predicate.as_ref()),
                pattern[2].then_some(triple.object.as_ref()),
            )
            .map(|triple| triple.expect("memory").to_string())
            .collect()
    }

    proptest! {
        #[test]
        fn every_pattern_finds_what_the_plain_graph_finds(
            triples in prop::collection::vec((0_u8..8, 0_u8..4, 0_u8..20), 0..60),
            asked in (0_u8..8, 0_u8..4, 0_u8..20),
        ) {
            let make = |(s, p, o): (u8, u8, u8)| Triple::new(subject(s), iri(p), object(o));
            let plain: Graph = triples.iter().copied().map(make).collect();
            let compact: CompactGraph = triples.iter().copied().map(make).collect();
            prop_assert_eq!(compact.len(), plain.len());
            let asked = std::iter::once(asked).chain(triples).map(make);
            for triple in asked {
                for pattern in 0..8_u8 {
                    let pattern = [pattern & 1 > 0, pattern & 2 > 0, pattern & 4 > 0];
                    prop_assert_eq!(
                        found(&compact, pattern, &triple),
                        found(&plain, pattern, &triple)
                    );
                }
            }
        }
    }
}
