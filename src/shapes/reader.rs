//! Look-ups in the data, by the numbers of terms, with what was read of a node kept for its next
//! constraint.
//!
//! A graph that numbers its own terms is asked by number. Of any other one, terms get a number
//! when they are read, so that the engine above is the same for both. Every look-up counts
//! against the bounds of the validation.

use crate::model::vocabulary::rdf;
use crate::rdf::{CompactGraph, MoreTerms, Quads, TermId};
use crate::shapes::Classes;
use crate::shapes::validate::{Bounds, ValidationError};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, TermRef};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A subject with more triples than this is asked for each property instead of read whole.
const WHOLE_SUBJECT_TRIPLES: usize = 256;
/// How many subjects are kept before all are forgotten.
const KEPT_SUBJECTS: usize = 4096;
/// How many steps go by before it is asked again whether to stop.
const STEPS_BETWEEN_QUESTIONS: u64 = 1024;

type Properties = Rc<[[TermId; 2]]>;

/// One graph, read during one validation.
pub(super) struct Reader<'a> {
    data: &'a dyn Quads,
    compact: Option<&'a CompactGraph>,
    terms: MoreTerms<'a>,
    /// All properties of a subject, or `None` when there are too many to keep.
    about: FxHashMap<TermId, Option<Properties>>,
    /// Whether one class is another one or below it.
    below: FxHashMap<[TermId; 2], bool>,
    /// Whether a property has a value, of a graph that does not number its terms.
    value_of: FxHashMap<[TermId; 2], bool>,
    bounds: Bounds<'a>,
    steps: u64,
    next_question: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(data: &'a dyn Quads, bounds: Bounds<'a>) -> Self {
        let compact = data.compact();
        Self {
            data,
            compact,
            terms: MoreTerms::after(compact.map(CompactGraph::terms)),
            about: FxHashMap::default(),
            below: FxHashMap::default(),
            value_of: FxHashMap::default(),
            bounds,
            steps: 0,
            next_question: 0,
        }
    }

    /// Counts from here on, for another validation within the same bounds.
    pub(super) fn begin_to_count(&mut self) {
        self.steps = 0;
        self.next_question = 0;
    }

    /// Counts what was done, and ends it at its limit or when it is no longer wanted.
    pub(super) fn step(&mut self, steps: usize) -> Result<(), ValidationError> {
        self.steps = self.steps.saturating_add(steps as u64);
        if self.steps < self.next_question {
            return Ok(());
        }
        if self.steps > self.bounds.steps {
            return Err(ValidationError::Limit {
                name: "steps",
                most: self.bounds.steps,
            });
        }
        if (self.bounds.is_stopped)() {
            return Err(ValidationError::Stopped);
        }
        let next = self.steps.saturating_add(STEPS_BETWEEN_QUESTIONS);
        self.next_question = next.min(self.bounds.steps.saturating_add(1));
        Ok(())
    }

    /// What is left of the bounds, for what reads the data by itself; it tells the steps that it
    /// took to [`Reader::step`].
    pub(super) fn left(&self) -> Bounds<'a> {
        Bounds {
            steps: self.bounds.steps.saturating_sub(self.steps),
            ..self.bounds
        }
    }

    pub(super) fn data(&self) -> &'a dyn Quads {
        self.data
    }

    /// The number of a term.
    pub(super) fn number(&mut self, term: TermRef<'_>) -> TermId {
        self.terms.number(term)
    }

    /// The term of a number that this reader gave.
    pub(super) fn term(&self, id: TermId) -> TermRef<'_> {
        self.terms.get(id)
    }

    /// How many terms are remembered that the graph does not number itself.
    pub(super) fn remembered(&self) -> usize {
        self.terms.more()
    }

    /// Forgets all but so many of these terms, and what was read: their numbers will be given
    /// to others.
    pub(super) fn forget(&mut self, but: usize) {
        self.terms.keep(but);
        self.about.clear();
        self.below.clear();
        self.value_of.clear();
    }

    /// Adds the values of a property, each once.
    pub(super) fn objects(
        &mut self,
        subject: TermId,
        predicate: NamedNodeRef<'_>,
        into: &mut Vec<TermId>,
    ) -> Result<(), ValidationError> {
        let before = into.len();
        if let Some(graph) = self.compact {
            let predicate = self.terms.number(predicate.into());
            if self.terms.is_first(subject) && self.terms.is_first(predicate) {
                let triples = graph.with(subject, predicate);
                into.extend(triples.iter().map(|triple| triple[2]));
            }
        } else {
            match self.about(subject)? {
                Some(properties) => {
                    let predicate = self.terms.number(predicate.into());
                    let of_it = properties
                        .iter()
                        .filter(|[property, _]| *property == predicate);
                    into.extend(of_it.map(|[_, value]| *value));
                }
                None => {
                    let Some(subject) = self.subject(subject) else {
                        return Ok(());
                    };
                    let subject = Some(subject.as_ref());
                    for triple in self.data.matching(subject, Some(predicate), None) {
                        self.step(1)?;
                        into.push(self.terms.number(triple?.object.as_ref()));
                    }
                }
            }
        }
        self.step(1 + into.len() - before)
    }

    /// Whether the subject has the property at all.
    pub(super) fn has_property(
        &mut self,
        subject: TermId,
        predicate: NamedNodeRef<'_>,
    ) -> Result<bool, ValidationError> {
        self.step(1)?;
        if let Some(graph) = self.compact {
            let predicate = self.terms.number(predicate.into());
            return Ok(self.terms.is_first(subject)
                && self.terms.is_first(predicate)
                && !graph.with(subject, predicate).is_empty());
        }
        match self.about(subject)? {
            Some(properties) => {
                let predicate = self.terms.number(predicate.into());
                Ok(properties
                    .iter()
                    .any(|[property, _]| *property == predicate))
            }
            None => {
                let Some(subject) = self.subject(subject) else {
                    return Ok(false);
                };
                let subject = Some(subject.as_ref());
                let mut triples = self.data.matching(subject, Some(predicate), None);
                Ok(triples.next().transpose()?.is_some())
            }
        }
    }

    /// Whether the node is the object of the property.
    pub(super) fn is_value_of(
        &mut self,
        predicate: NamedNodeRef<'_>,
        object: TermId,
    ) -> Result<bool, ValidationError> {
        self.step(1)?;
        if let Some(graph) = self.compact {
            let predicate = self.terms.number(predicate.into());
            return Ok(self.terms.is_first(object)
                && self.terms.is_first(predicate)
                && graph.pointing(predicate, object).next().is_some());
        }
        let key = [self.terms.number(predicate.into()), object];
        if let Some(known) = self.value_of.get(&key) {
            return Ok(*known);
        }
        let object = self.terms.get(object);
        let mut triples = self.data.matching(None, Some(predicate), Some(object));
        let is_value = triples.next().transpose()?.is_some();
        drop(triples);
        self.value_of.insert(key, is_value);
        Ok(is_value)
    }

    /// Adds the subjects that have this value for the property, each once.
    pub(super) fn subjects(
        &mut self,
        predicate: NamedNodeRef<'_>,
        object: TermId,
        into: &mut Vec<TermId>,
    ) -> Result<(), ValidationError> {
        self.step(1)?;
        if let Some(graph) = self.compact {
            let predicate = self.terms.number(predicate.into());
            if self.terms.is_first(object) && self.terms.is_first(predicate) {
                for triple in graph.pointing(predicate, object) {
                    self.step(1)?;
                    into.push(triple[0]);
                }
            }
        } else {
            let object = self.terms.get(object).into_owned();
            for triple in self
                .data
                .matching(None, Some(predicate), Some(object.as_ref()))
            {
                self.step(1)?;
                into.push(self.terms.number(triple?.subject.as_ref().into()));
            }
        }
        Ok(())
    }

    /// Hands over subject and object of every triple with the property.
    pub(super) fn pairs(
        &mut self,
        predicate: NamedNodeRef<'_>,
        mut take: impl FnMut([TermId; 2]),
    ) -> Result<(), ValidationError> {
        self.step(1)?;
        if let Some(graph) = self.compact {
            let predicate = self.terms.number(predicate.into());
            if self.terms.is_first(predicate) {
                for [subject, _, object] in graph.with_predicate(predicate) {
                    self.step(1)?;
                    take([subject, object]);
                }
            }
        } else {
            for triple in self.data.matching(None, Some(predicate), None) {
                self.step(1)?;
                let triple = triple?;
                let subject = self.terms.number(triple.subject.as_ref().into());
                take([subject, self.terms.number(triple.object.as_ref())]);
            }
        }
        Ok(())
    }

    /// Every property of a node with its value.
    pub(super) fn properties(&mut self, node: TermId) -> Result<Vec<[TermId; 2]>, ValidationError> {
        let mut properties = Vec::new();
        if let Some(graph) = self.compact {
            if self.terms.is_first(node) {
                let triples = graph.about(node);
                self.step(triples.len())?;
                properties.extend(triples.iter().map(|triple| [triple[1], triple[2]]));
            }
        } else if let Some(kept) = self.about(node)? {
            properties.extend_from_slice(&kept);
        } else if let Some(subject) = self.subject(node) {
            for triple in self.data.matching(Some(subject.as_ref()), None, None) {
                self.step(1)?;
                let triple = triple?;
                let property = self.terms.number(triple.predicate.as_ref().into());
                properties.push([property, self.terms.number(triple.object.as_ref())]);
            }
        }
        self.step(1)?;
        Ok(properties)
    }

    /// Whether one of the node's types is the class or below it.
    pub(super) fn is_instance(
        &mut self,
        node: TermId,
        class: &Term,
        classes: &Classes,
    ) -> Result<bool, ValidationError> {
        let mut kinds = Vec::new();
        self.objects(node, rdf::TYPE, &mut kinds)?;
        if kinds.is_empty() {
            return Ok(false);
        }
        let upper = self.number(class.as_ref());
        Ok(kinds
            .into_iter()
            .any(|kind| self.is_below(kind, upper, class, classes)))
    }

    fn is_below(&mut self, lower: TermId, upper: TermId, class: &Term, classes: &Classes) -> bool {
        let terms = &self.terms;
        lower == upper
            || *self
                .below
                .entry([lower, upper])
                .or_insert_with(|| classes.is_below(&terms.get(lower).into_owned(), class))
    }

    fn about(&mut self, node: TermId) -> Result<Option<Properties>, ValidationError> {
        if let Some(known) = self.about.get(&node) {
            let known = known.clone();
            // To look again takes as many steps, so that a limit does not depend on what was
            // read before.
            self.step(
                known
                    .as_ref()
                    .map_or(WHOLE_SUBJECT_TRIPLES + 1, |kept| kept.len()),
            )?;
            return Ok(known);
        }
        let mut properties = Vec::new();
        if let Some(subject) = self.subject(node) {
            for triple in self.data.matching(Some(subject.as_ref()), None, None) {
                self.step(1)?;
                let triple = triple?;
                let property = self.terms.number(triple.predicate.as_ref().into());
                properties.push([property, self.terms.number(triple.object.as_ref())]);
                if properties.len() > WHOLE_SUBJECT_TRIPLES {
                    break;
                }
            }
        }
        let properties = (properties.len() <= WHOLE_SUBJECT_TRIPLES).then(|| properties.into());
        if self.about.len() >= KEPT_SUBJECTS {
            self.about.clear();
        }
        self.about.insert(node, properties.clone());
        Ok(properties)
    }

    /// The term as a subject; a literal cannot be one.
    fn subject(&self, id: TermId) -> Option<NamedOrBlankNode> {
        match self.terms.get(id) {
            TermRef::NamedNode(node) => Some(node.into_owned().into()),
            TermRef::BlankNode(node) => Some(node.into_owned().into()),
            TermRef::Literal(_) => None,
        }
    }
}

/// The term as a subject; a literal cannot be one.
pub(super) fn as_subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(node) => Some(node.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}
