//! Terms by number: each kept once, in one text.

use hashbrown::HashTable;
use oxrdf::vocab::xsd;
use oxrdf::{BlankNodeRef, LiteralRef, NamedNodeRef, TermRef};
use std::hash::{BuildHasher, Hasher, RandomState};

/// The number of a term among its [`Terms`], from 0 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TermId(pub(super) u32);

impl TermId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a term is besides its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Iri,
    Blank,
    /// A literal of the datatype `xsd:string`. Language tags are kept as such too.
    Plain,
    /// A literal with this IRI as its datatype, or this plain literal as its language.
    With(TermId),
}

/// Numbers for terms. A term has some twenty bytes here besides its text, where an owned
/// [`oxrdf::Term`] has a hundred.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    texts: String,
    /// Where each text ends; it begins where the one before ends.
    ends: Vec<usize>,
    kinds: Vec<Kind>,
    numbers: HashTable<TermId>,
    /// Seeded anew for each, so that no file can be written to make its terms collide.
    hasher: RandomState,
}

impl Terms {
    /// How many terms there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The number of a term, which is kept from now on.
    pub fn number(&mut self, term: TermRef<'_>) -> TermId {
        let (text, beside) = parts(term);
        let kind = match beside {
            Beside::Nothing(kind) => kind,
            Beside::Term(kind, text) => Kind::With(self.intern(kind, text)),
        };
        self.intern(kind, text)
    }

    /// The number of a term that is known.
    pub fn find(&self, term: TermRef<'_>) -> Option<TermId> {
        let (text, beside) = parts(term);
        let kind = match beside {
            Beside::Nothing(kind) => kind,
            Beside::Term(kind, text) => Kind::With(self.find_text(kind, text)?),
        };
        self.find_text(kind, text)
    }

    /// The term with this number, which must be of these terms.
    pub fn get(&self, id: TermId) -> TermRef<'_> {
        let text = self.text(id);
        match self.kinds[id.index()] {
            Kind::Iri => NamedNodeRef::new_unchecked(text).into(),
            Kind::Blank => BlankNodeRef::new_unchecked(text).into(),
            Kind::Plain => LiteralRef::new_simple_literal(text).into(),
            Kind::With(other) => match self.kinds[other.index()] {
                Kind::Iri => {
                    let datatype = NamedNodeRef::new_unchecked(self.text(other));
                    LiteralRef::new_typed_literal(text, datatype).into()
                }
                _ => {
                    LiteralRef::new_language_tagged_literal_unchecked(text, self.text(other)).into()
                }
            },
        }
    }

    /// Whether the term is an IRI or a blank node.
    pub fn can_be_subject(&self, id: TermId) -> bool {
        matches!(self.kinds[id.index()], Kind::Iri | Kind::Blank)
    }

    /// Forgets all but the first terms. A datatype or language tag is numbered before the
    /// literals that have it, so that none of those stays without it.
    fn truncate(&mut self, len: usize) {
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.retain(|id| id.index() < len);
        self.numbers = numbers;
        self.texts
            .truncate(len.checked_sub(1).map_or(0, |last| self.ends[last]));
        self.ends.truncate(len);
        self.kinds.truncate(len);
    }

    /// Gives memory back that was kept for more terms.
    pub(super) fn shrink(&mut self) {
        self.texts.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.kinds.shrink_to_fit();
    }

    fn text(&self, id: TermId) -> &str {
        let start = match id.index() {
            0 => 0,
            index => self.ends[index - 1],
        };
        &self.texts[start..self.ends[id.index()]]
    }

    fn find_text(&self, kind: Kind, text: &str) -> Option<TermId> {
        let hash = self.hash(kind, text);
        self.numbers
            .find(hash, |id| self.is_text(*id, kind, text))
            .copied()
    }

    fn intern(&mut self, kind: Kind, text: &str) -> TermId {
        let hash = self.hash(kind, text);
        if let Some(id) = self.numbers.find(hash, |id| self.is_text(*id, kind, text)) {
            return *id;
        }
        let id = TermId(row(self.kinds.len()));
        self.texts.push_str(text);
        self.ends.push(self.texts.len());
        self.kinds.push(kind);
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.insert_unique(hash, id, |id| {
            self.hash(self.kinds[id.index()], self.text(*id))
        });
        self.numbers = numbers;
        id
    }

    fn is_text(&self, id: TermId, kind: Kind, text: &str) -> bool {
        self.kinds[id.index()] == kind && self.text(id) == text
    }

    fn hash(&self, kind: Kind, text: &str) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        let kind = match kind {
            Kind::Iri => u32::MAX,
            Kind::Blank => u32::MAX - 1,
            Kind::Plain => u32::MAX - 2,
            Kind::With(TermId(number)) => number,
        };
        hasher.write_u32(kind);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// The terms of a graph and, after them, those that it lacks: what a look-up asks for, or all
/// that is read of a graph without numbers.
#[derive(Debug)]
pub struct MoreTerms<'a> {
    first: Option<&'a Terms>,
    more: Terms,
}

impl<'a> MoreTerms<'a> {
    pub fn after(first: Option<&'a Terms>) -> Self {
        Self {
            first,
            more: Terms::default(),
        }
    }

    /// The number of a term, which is kept from now on.
    pub fn number(&mut self, term: TermRef<'_>) -> TermId {
        match self.first {
            None => self.more.number(term),
            Some(first) => match first.find(term) {
                Some(id) => id,
                None => TermId(row(first.len() + self.more.number(term).index())),
            },
        }
    }

    /// The term with this number, which must be one of these.
    pub fn get(&self, id: TermId) -> TermRef<'_> {
        let (terms, id) = self.place(id);
        terms.get(id)
    }

    /// Whether the term is an IRI or a blank node.
    pub fn can_be_subject(&self, id: TermId) -> bool {
        let (terms, id) = self.place(id);
        terms.can_be_subject(id)
    }

    /// Whether the term is one of the graph's.
    pub fn is_first(&self, id: TermId) -> bool {
        self.first.is_some_and(|first| id.index() < first.len())
    }

    /// How many terms there are after those of the graph.
    pub fn more(&self) -> usize {
        self.more.len()
    }

    /// Forgets all but this many of the terms after those of the graph.
    pub fn keep(&mut self, more: usize) {
        self.more.truncate(more);
    }

    fn place(&self, id: TermId) -> (&Terms, TermId) {
        match self.first {
            None => (&self.more, id),
            Some(first) if id.index() < first.len() => (first, id),
            Some(first) => (&self.more, TermId(row(id.index() - first.len()))),
        }
    }
}

fn row(index: usize) -> u32 {
    u32::try_from(index).expect("2^32 terms would take more memory than a process is given")
}

/// What stands beside a term's text: nothing, or the term that is its datatype or language.
enum Beside<'a> {
    Nothing(Kind),
    Term(Kind, &'a str),
}

fn parts(term: TermRef<'_>) -> (&str, Beside<'_>) {
    match term {
        TermRef::NamedNode(iri) => (iri.as_str(), Beside::Nothing(Kind::Iri)),
        TermRef::BlankNode(node) => (node.as_str(), Beside::Nothing(Kind::Blank)),
        TermRef::Literal(literal) => {
            let beside = match (literal.language(), literal.datatype()) {
                (Some(language), _) => Beside::Term(Kind::Plain, language),
                (None, xsd::STRING) => Beside::Nothing(Kind::Plain),
                (None, datatype) => Beside::Term(Kind::Iri, datatype.as_str()),
            };
            (literal.value(), beside)
        }
    }
}
