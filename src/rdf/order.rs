//! One fixed order of terms and triples, so that the same state gives the same bytes.

use oxrdf::{NamedOrBlankNodeRef, TermRef, TripleRef};
use std::cmp::Ordering;

/// IRIs, then blank nodes, then literals; each by its text, then datatype, then language.
pub fn compare_terms(a: TermRef<'_>, b: TermRef<'_>) -> Ordering {
    match (a, b) {
        (TermRef::NamedNode(a), TermRef::NamedNode(b)) => a.as_str().cmp(b.as_str()),
        (TermRef::BlankNode(a), TermRef::BlankNode(b)) => a.as_str().cmp(b.as_str()),
        (TermRef::Literal(a), TermRef::Literal(b)) => a
            .value()
            .cmp(b.value())
            .then_with(|| a.datatype().as_str().cmp(b.datatype().as_str()))
            .then_with(|| a.language().cmp(&b.language())),
        (a, b) => rank(a).cmp(&rank(b)),
    }
}

fn rank(term: TermRef<'_>) -> u8 {
    match term {
        TermRef::NamedNode(_) => 0,
        TermRef::BlankNode(_) => 1,
        TermRef::Literal(_) => 2,
    }
}

/// IRIs before blank nodes, each by its text.
pub fn compare_subjects(a: NamedOrBlankNodeRef<'_>, b: NamedOrBlankNodeRef<'_>) -> Ordering {
    compare_terms(a.into(), b.into())
}

/// By subject, predicate, object.
pub fn compare_triples(a: TripleRef<'_>, b: TripleRef<'_>) -> Ordering {
    compare_subjects(a.subject, b.subject)
        .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
        .then_with(|| compare_terms(a.object, b.object))
}
