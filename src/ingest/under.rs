//! What sources say of an entity and of those merged into it, brought under its IRI.
//!
//! Claims stay under the identifiers that they were stored with; only what is fused from them
//! speaks of the survivor alone. So a merge is taken back by fusing again.

use crate::ingest::parts;
use crate::model::SourceName;
use crate::model::vocabulary::{owl, schema};
use crate::rdf::order;
use crate::store::{StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;

/// What one source says of one of the entities that are published together.
pub struct Said {
    pub name: SourceName,
    /// The entity under whose IRI the claims are stored.
    pub member: NamedNode,
    /// The claims under the survivor's IRI, sorted.
    pub triples: Vec<Triple>,
}

/// An entity with those merged into it.
pub struct Under<'a, 'v> {
    pub view: &'a View<'v>,
    pub entity: &'a NamedNode,
    /// The entity first; empty when it is itself merged into another.
    members: Vec<NamedNode>,
    has_merges: bool,
}

impl<'a, 'v> Under<'a, 'v> {
    /// # Errors
    /// When the storage fails.
    pub fn new(view: &'a View<'v>, entity: &'a NamedNode) -> Result<Self, StoreError> {
        let has_merges = view.has_merges()?;
        let members = if !has_merges {
            vec![entity.clone()]
        } else if view.survivor(entity)? == *entity {
            view.members(entity)?
        } else {
            Vec::new()
        };
        Ok(Self {
            view,
            entity,
            members,
            has_merges,
        })
    }

    /// The claims on all members, by member and source.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn said(&self) -> Result<Vec<Said>, StoreError> {
        let mut said = Vec::new();
        for member in &self.members {
            for (name, claims) in self.view.claims(member)? {
                let triples = self.brought_under(&name, member, claims)?;
                said.push(Said {
                    name,
                    member: member.clone(),
                    triples,
                });
            }
        }
        Ok(said)
    }

    /// `owl:sameAs` to each IRI under which the entity was known.
    pub fn merged_iris(&self) -> impl Iterator<Item = Triple> {
        let others = self.members.iter().skip(1);
        others.map(|other| Triple::new(self.entity.clone(), owl::SAME_AS, other.clone()))
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

    /// Claims with every merged entity under its survivor's IRI. Names of parts follow from what
    /// the parts say, so they are named anew.
    fn brought_under(
        &self,
        source: &SourceName,
        member: &NamedNode,
        claims: Vec<Triple>,
    ) -> Result<Vec<Triple>, StoreError> {
        if !self.has_merges {
            return Ok(claims);
        }
        let mut survivors: FxHashMap<NamedNode, NamedNode> = FxHashMap::default();
        let mut is_changed = member != self.entity;
        let mut triples = Vec::with_capacity(claims.len());
        for mut triple in claims {
            let is_own =
                matches!(&triple.subject, NamedOrBlankNode::NamedNode(node) if node == member);
            if let Some(object) = self.entity_in(&triple.object) {
                let survivor = match survivors.get(&object) {
                    Some(survivor) => survivor.clone(),
                    None => {
                        let survivor = self.view.survivor(&object)?;
                        survivors.insert(object.clone(), survivor.clone());
                        survivor
                    }
                };
                // That two were the same, or that one was in the other, says nothing of the one
                // that they are now.
                if is_own
                    && survivor == *self.entity
                    && (object != *member || triple.predicate == schema::SAME_AS)
                {
                    is_changed = true;
                    continue;
                }
                if survivor != object {
                    is_changed = true;
                    triple.object = survivor.into();
                }
            }
            if is_own {
                triple.subject = self.entity.clone().into();
            }
            triples.push(triple);
        }
        if is_changed {
            let base = self.view.base();
            triples = parts::rename(self.entity, source, base, triples);
            triples.sort_by(|a, b| order::compare_triples(a.as_ref(), b.as_ref()));
            triples.dedup();
        }
        Ok(triples)
    }

    /// The entity of ours that a claim points to.
    fn entity_in(&self, object: &Term) -> Option<NamedNode> {
        match object {
            Term::NamedNode(object)
                if self.view.base().entity_of(object.as_str()).is_some()
                    && self.view.is_whole(object) =>
            {
                Some(object.clone())
            }
            _ => None,
        }
    }
}
