//! Which values of a parameter there are in one state of the data: a value of the right form may
//! still name nothing.

use crate::model::vocabulary::{rdf, skos};
use crate::query::examples::{Parameter, Type};
use crate::store::{StoreError, View};
use oxrdf::{GraphName, GraphNameRef, NamedNode, NamedNodeRef, NamedOrBlankNode};
use spargebra::term::GroundTerm;
use std::collections::BTreeSet;

/// No list that a person chooses from is longer.
const MOST_CHOICES: usize = 1000;

impl Parameter {
    /// Whether a value names something that is there, for the types of which all are known.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn is_known(&self, value: &GroundTerm, view: &View<'_>) -> Result<bool, StoreError> {
        let GroundTerm::NamedNode(iri) = value else {
            return Ok(true);
        };
        let has = |property: NamedNodeRef<'_>, object: NamedNodeRef<'_>| {
            let mut found = view.quads(
                Some(iri.as_ref().into()),
                Some(property),
                Some(object.into()),
                Some(GraphNameRef::DefaultGraph),
            );
            Ok(found.next().transpose()?.is_some())
        };
        match &self.takes {
            Type::Concept(scheme) => has(skos::IN_SCHEME, scheme.as_ref()),
            Type::Scheme => has(rdf::TYPE, skos::CONCEPT_SCHEME),
            Type::Source => match view.base().source_of_graph(iri.as_str()) {
                Some(name) => Ok(view.source(&name)?.is_some()),
                None => Ok(false),
            },
            Type::Profile => {
                let graph = GraphName::from(iri.clone());
                let mut found = view.quads(None, None, None, Some(graph.as_ref()));
                Ok(found.next().transpose()?.is_some())
            }
            _ => Ok(true),
        }
    }

    /// The value under which the data speaks of what a value names: of a merged entity, the one
    /// that it is published as.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn published(&self, value: &GroundTerm, view: &View<'_>) -> Result<GroundTerm, StoreError> {
        match (&self.takes, value) {
            (Type::Entity, GroundTerm::NamedNode(entity)) => Ok(view.survivor(entity)?.into()),
            _ => Ok(value.clone()),
        }
    }

    /// The values that there are, for the types of which all are known; empty for the others.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn choices(&self, view: &View<'_>) -> Result<Vec<NamedNode>, StoreError> {
        let about = |property: NamedNodeRef<'_>, object: NamedNodeRef<'_>| {
            let mut found = BTreeSet::new();
            let quads = view.quads(
                None,
                Some(property),
                Some(object.into()),
                Some(GraphNameRef::DefaultGraph),
            );
            for quad in quads.take(MOST_CHOICES) {
                if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
                    found.insert(subject);
                }
            }
            Ok(found.into_iter().collect())
        };
        match &self.takes {
            Type::Concept(scheme) => about(skos::IN_SCHEME, scheme.as_ref()),
            Type::Scheme => about(rdf::TYPE, skos::CONCEPT_SCHEME),
            Type::Source => {
                let sources = view.sources()?.into_iter();
                Ok(sources
                    .map(|source| view.base().source_graph(&source.name))
                    .collect())
            }
            _ => Ok(Vec::new()),
        }
    }
}
