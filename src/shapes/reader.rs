//! Look-ups in the data, with what was read of a node kept for its next constraint.

use crate::model::vocabulary::rdf;
use crate::rdf::{Quads, QuadsError};
use crate::shapes::Classes;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A subject with more triples than this is asked for each property instead of read whole.
const WHOLE_SUBJECT_TRIPLES: usize = 256;
/// How many subjects are kept before all are forgotten.
const KEPT_SUBJECTS: usize = 4096;

type Properties = Rc<[(NamedNode, Term)]>;

/// One graph, read during one validation.
pub(super) struct Reader<'a> {
    data: &'a dyn Quads,
    /// All properties of a subject, or `None` when there are too many to keep.
    about: RefCell<FxHashMap<NamedOrBlankNode, Option<Properties>>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(data: &'a dyn Quads) -> Self {
        Self {
            data,
            about: RefCell::default(),
        }
    }

    pub(super) fn data(&self) -> &'a dyn Quads {
        self.data
    }

    /// The values of a property.
    pub(super) fn objects(
        &self,
        subject: &Term,
        predicate: NamedNodeRef<'_>,
    ) -> Result<Vec<Term>, QuadsError> {
        let Some(subject) = as_subject(subject) else {
            return Ok(Vec::new());
        };
        match self.about(&subject)? {
            Some(properties) => Ok(properties
                .iter()
                .filter(|(property, _)| property.as_ref() == predicate)
                .map(|(_, value)| value.clone())
                .collect()),
            None => self
                .data
                .matching(Some(subject.as_ref()), Some(predicate), None)
                .map(|triple| Ok(triple?.object))
                .collect(),
        }
    }

    /// Whether the subject has the property at all.
    pub(super) fn has_property(
        &self,
        subject: &Term,
        predicate: NamedNodeRef<'_>,
    ) -> Result<bool, QuadsError> {
        let Some(subject) = as_subject(subject) else {
            return Ok(false);
        };
        match self.about(&subject)? {
            Some(properties) => Ok(properties
                .iter()
                .any(|(property, _)| property.as_ref() == predicate)),
            None => self
                .data
                .matching(Some(subject.as_ref()), Some(predicate), None)
                .next()
                .map_or(Ok(false), |triple| triple.map(|_| true)),
        }
    }

    /// Whether the node is the object of the property.
    pub(super) fn is_value_of(
        &self,
        predicate: NamedNodeRef<'_>,
        object: &Term,
    ) -> Result<bool, QuadsError> {
        self.data
            .matching(None, Some(predicate), Some(object.as_ref()))
            .next()
            .map_or(Ok(false), |triple| triple.map(|_| true))
    }

    /// The subjects that have this value for the property.
    pub(super) fn subjects(
        &self,
        predicate: NamedNodeRef<'_>,
        object: &Term,
    ) -> Result<Vec<Term>, QuadsError> {
        self.data
            .matching(None, Some(predicate), Some(object.as_ref()))
            .map(|triple| Ok(triple?.subject.into()))
            .collect()
    }

    /// Every property of a node with its value.
    pub(super) fn properties(&self, subject: &Term) -> Result<Vec<(NamedNode, Term)>, QuadsError> {
        let Some(subject) = as_subject(subject) else {
            return Ok(Vec::new());
        };
        match self.about(&subject)? {
            Some(properties) => Ok(properties.to_vec()),
            None => self
                .data
                .matching(Some(subject.as_ref()), None, None)
                .map(|triple| triple.map(|triple| (triple.predicate, triple.object)))
                .collect(),
        }
    }

    /// Whether one of the node's types is the class or below it.
    pub(super) fn is_instance(
        &self,
        node: &Term,
        class: &Term,
        classes: &Classes,
    ) -> Result<bool, QuadsError> {
        Ok(self
            .objects(node, rdf::TYPE)?
            .iter()
            .any(|kind| classes.is_below(kind, class)))
    }

    fn about(&self, subject: &NamedOrBlankNode) -> Result<Option<Properties>, QuadsError> {
        if let Some(known) = self.about.borrow().get(subject) {
            return Ok(known.clone());
        }
        let mut triples = Vec::new();
        for triple in self.data.matching(Some(subject.as_ref()), None, None) {
            let triple = triple?;
            triples.push((triple.predicate, triple.object));
            if triples.len() > WHOLE_SUBJECT_TRIPLES {
                break;
            }
        }
        let properties = (triples.len() <= WHOLE_SUBJECT_TRIPLES).then(|| triples.into());
        let mut about = self.about.borrow_mut();
        if about.len() >= KEPT_SUBJECTS {
            about.clear();
        }
        about.insert(subject.clone(), properties.clone());
        Ok(properties)
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
