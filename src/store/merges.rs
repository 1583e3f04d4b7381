//! What the registry says of entities that are one thing, and of those that are not.
//!
//! What people declared is kept pair by pair: `sv:mergedWith` joins two entities, and
//! `sv:differentFrom` keeps two apart for good. What follows from it is kept as well:
//! `sv:mergedInto` leads from each joined entity to the oldest one in a single hop.

use crate::store::{StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use std::collections::BTreeSet;

impl View<'_> {
    /// The entity under whose IRI this one is published: itself, unless it is merged.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn survivor(&self, entity: &NamedNode) -> Result<NamedNode, StoreError> {
        let merged_into = self.base().sv("mergedInto");
        Ok(match self.registry_value(entity, &merged_into)? {
            Some(Term::NamedNode(survivor)) => survivor,
            _ => entity.clone(),
        })
    }

    /// Whether any entity is merged: most folders need not look further.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn has_merges(&self) -> Result<bool, StoreError> {
        let merged_into = self.base().sv("mergedInto");
        let graph = self.base().registry_graph();
        let mut merged = self.quads(
            None,
            Some(merged_into.as_ref()),
            None,
            Some(graph.as_ref().into()),
        );
        Ok(merged.next().transpose()?.is_some())
    }

    /// The entities that are published under this IRI: itself, then those merged into it by IRI.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn members(&self, survivor: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        let mut members = self.registry_subjects("mergedInto", survivor)?;
        members.sort_unstable();
        members.insert(0, survivor.clone());
        Ok(members)
    }

    /// The entities with which a person declared this one to be one.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn merged_with(&self, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
        self.in_pairs("mergedWith", entity)
    }

    /// The entities from which a person declared this one to be different.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn different_from(&self, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
        self.in_pairs("differentFrom", entity)
    }

    /// The entities that this one seems to be one with, for a person to decide.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn possible_duplicates(
        &self,
        entity: &NamedNode,
    ) -> Result<BTreeSet<NamedNode>, StoreError> {
        self.in_pairs("possibleDuplicate", entity)
    }

    /// Whether two entities are published as one already.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn are_one(&self, one: &NamedNode, other: &NamedNode) -> Result<bool, StoreError> {
        Ok(one == other || self.survivor(one)? == self.survivor(other)?)
    }

    /// Whether a person declared two entities different, or any that are merged with them.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn are_different(&self, one: &NamedNode, other: &NamedNode) -> Result<bool, StoreError> {
        let others = self.members(&self.survivor(other)?)?;
        for member in self.members(&self.survivor(one)?)? {
            let different = self.different_from(&member)?;
            if others.iter().any(|other| different.contains(other)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The other ends of all pairs that an entity is in.
    fn in_pairs(&self, local: &str, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
        let mut others = self.registry_objects(entity, &self.base().sv(local))?;
        others.extend(self.registry_subjects(local, entity)?);
        Ok(others.into_iter().collect())
    }

    pub(super) fn registry_objects(
        &self,
        entity: &NamedNode,
        predicate: &NamedNode,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let graph = self.base().registry_graph();
        let mut objects = Vec::new();
        for quad in self.quads(
            Some(entity.as_ref().into()),
            Some(predicate.as_ref()),
            None,
            Some(graph.as_ref().into()),
        ) {
            if let Term::NamedNode(object) = quad?.object {
                objects.push(object);
            }
        }
        Ok(objects)
    }

    fn registry_subjects(
        &self,
        local: &str,
        object: &NamedNode,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let predicate = self.base().sv(local);
        let graph = self.base().registry_graph();
        let mut subjects = Vec::new();
        for quad in self.quads(
            None,
            Some(predicate.as_ref()),
            Some(object.as_ref().into()),
            Some(graph.as_ref().into()),
        ) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
                subjects.push(subject);
            }
        }
        Ok(subjects)
    }
}
