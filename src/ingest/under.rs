//! What sources say of an entity and of those merged into it, brought under its IRI.
//!
//! Claims stay under the identifiers that they were stored with; only what is fused from them
//! speaks of the survivor alone. So a merge is taken back by fusing again.

use crate::ingest::parts;
use crate::model::vocabulary::owl;
use crate::rdf::order;
use crate::store::{Said, StoreError, View};
use oxrdf::{NamedNode, Triple};

/// An entity with those merged into it.
pub struct Under<'a, 'v> {
    pub view: &'a View<'v>,
    pub entity: &'a NamedNode,
    has_merges: bool,
}

impl<'a, 'v> Under<'a, 'v> {
    /// `has_merges` says whether any entity at all is merged.
    pub fn new(view: &'a View<'v>, entity: &'a NamedNode, has_merges: bool) -> Self {
        Self {
            view,
            entity,
            has_merges,
        }
    }

    /// What each source says, under the entity's IRI. Names of parts follow from what the parts
    /// say, so they are named anew where that was rewritten. A merged entity has nothing said of
    /// it.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn said(&self) -> Result<Vec<Said>, StoreError> {
        if self.survivor(self.entity)? != *self.entity {
            return Ok(Vec::new());
        }
        let mut all = self.view.said_of(self.entity, self.has_merges)?;
        for said in all.iter_mut().filter(|said| said.is_rewritten) {
            let triples = std::mem::take(&mut said.triples);
            said.triples = parts::rename(self.entity, &said.source, self.view.base(), triples);
            said.triples
                .sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
            said.triples.dedup();
        }
        Ok(all)
    }

    /// `owl:sameAs` to each IRI under which the entity was known.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn merged_iris(&self) -> Result<Vec<Triple>, StoreError> {
        let members = self.members_of(self.entity)?;
        let others = members.into_iter().skip(1);
        Ok(others
            .map(|other| Triple::new(self.entity.clone(), owl::SAME_AS, other))
            .collect())
    }

    /// The entity under whose IRI this one is published.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn survivor(&self, entity: &NamedNode) -> Result<NamedNode, StoreError> {
        if self.has_merges {
            self.view.survivor(entity)
        } else {
            Ok(entity.clone())
        }
    }

    /// The entities that are published under an IRI.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn members_of(&self, entity: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        if self.has_merges {
            self.view.members(entity)
        } else {
            Ok(vec![entity.clone()])
        }
    }
}
