//! What the registry says of entities that are one thing, and of those that are not.
//!
//! What people declared is kept pair by pair: `sv:mergedWith` joins two entities, and
//! `sv:differentFrom` keeps two apart for good. What follows from it is kept as well:
//! `sv:mergedInto` leads from each joined entity to the oldest one in a single hop.

use crate::model::SourceName;
use crate::model::vocabulary::{dct, schema};
use crate::store::{StoreError, View};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// What one source says of one of the entities that are published together.
#[derive(Clone, Debug)]
pub struct Said {
    pub source: SourceName,
    /// The entity under whose IRI the claims are stored.
    pub member: NamedNode,
    /// The claims, in a fixed order, with every merged entity under its survivor's IRI; parts
    /// keep their names.
    pub triples: Vec<Triple>,
    /// Whether that made a difference.
    pub is_rewritten: bool,
}

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

    /// Whether any entity is merged: most folders need not look further. To be asked once for
    /// many entities.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn has_merges(&self) -> Result<bool, StoreError> {
        if self.is_under_way() {
            return self.read_has_merges();
        }
        Ok(self.overall()?.has_merges)
    }

    pub(super) fn read_has_merges(&self) -> Result<bool, StoreError> {
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
        let merged_into = self.base().sv("mergedInto");
        let mut members = self.registry_subjects(merged_into.as_ref(), survivor)?;
        members.sort_unstable();
        members.insert(0, survivor.clone());
        Ok(members)
    }

    /// As [`View::members`], without looking where nothing is merged.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn members_if_merged(&self, survivor: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        if self.overall()?.has_merges {
            return self.members(survivor);
        }
        Ok(vec![survivor.clone()])
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

    /// The entity that a source means by an IRI of ours: where that one is merged, the side of
    /// which the source speaks already; where it was split, the one that its claims went to.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn meant_by(
        &self,
        source: &SourceName,
        entity: &NamedNode,
    ) -> Result<Option<NamedNode>, StoreError> {
        if self.is_split(entity)? {
            return self.identified(source, entity.as_str());
        }
        if !self.claims_of(source, entity)?.is_empty() {
            return Ok(Some(entity.clone()));
        }
        for member in self.members(&self.survivor(entity)?)? {
            if !self.claims_of(source, &member)?.is_empty() {
                return Ok(Some(member));
            }
        }
        Ok(Some(entity.clone()))
    }

    /// Whether two entities are published as one already.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn are_one(&self, one: &NamedNode, other: &NamedNode) -> Result<bool, StoreError> {
        Ok(one == other || self.survivor(one)? == self.survivor(other)?)
    }

    /// Whether several others replace an entity.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn is_split(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let replaced = dct::IS_REPLACED_BY.into_owned();
        Ok(self.registry_value(entity, &replaced)?.is_some())
    }

    /// The entities that were split into this one and others.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn split_into(&self, entity: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        self.registry_subjects(dct::IS_REPLACED_BY, entity)
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

    /// What each source says of an entity, and of those merged into it, as it is published;
    /// `has_merges` is what [`View::has_merges`] says.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn said_of(&self, entity: &NamedNode, has_merges: bool) -> Result<Vec<Said>, StoreError> {
        let members = if has_merges {
            self.members(entity)?
        } else {
            vec![entity.clone()]
        };
        let mut all = Vec::new();
        for member in members {
            for (source, triples) in self.claims(&member)? {
                let mut said = Said {
                    source,
                    member: member.clone(),
                    triples,
                    is_rewritten: false,
                };
                if has_merges {
                    self.bring_under(entity, &mut said)?;
                }
                all.push(said);
            }
        }
        Ok(all)
    }

    fn bring_under(&self, entity: &NamedNode, said: &mut Said) -> Result<(), StoreError> {
        let member = &said.member;
        let mut survivors: FxHashMap<NamedNode, NamedNode> = FxHashMap::default();
        let mut is_changed = member != entity;
        let mut triples = Vec::with_capacity(said.triples.len());
        for mut triple in std::mem::take(&mut said.triples) {
            let is_own =
                matches!(&triple.subject, NamedOrBlankNode::NamedNode(node) if node == member);
            if let Some(object) = self.entity_in(&triple.object) {
                let survivor = match survivors.get(&object) {
                    Some(survivor) => survivor.clone(),
                    None => {
                        let survivor = self.survivor(&object)?;
                        survivors.insert(object.clone(), survivor.clone());
                        survivor
                    }
                };
                // That two were the same, or that one was in the other, says nothing of the one
                // that they are now.
                if is_own
                    && survivor == *entity
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
                triple.subject = entity.clone().into();
            }
            triples.push(triple);
        }
        said.triples = triples;
        said.is_rewritten = is_changed;
        Ok(())
    }

    /// The entity of ours that a claim points to.
    fn entity_in(&self, object: &Term) -> Option<NamedNode> {
        match object {
            Term::NamedNode(object)
                if self.base().entity_of(object.as_str()).is_some() && self.is_whole(object) =>
            {
                Some(object.clone())
            }
            _ => None,
        }
    }

    /// Whether more than one voice speaks of what an entity is published as.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn is_said_by_several(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let members = self.members(&self.survivor(entity)?)?;
        Ok(members.len() > 1 || self.sources_of(entity)?.len() > 1)
    }

    /// The other ends of all pairs that an entity is in.
    fn in_pairs(&self, local: &str, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
        let predicate = self.base().sv(local);
        let mut others = self.registry_objects(entity, &predicate)?;
        others.extend(self.registry_subjects(predicate.as_ref(), entity)?);
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
        predicate: NamedNodeRef<'_>,
        object: &NamedNode,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let graph = self.base().registry_graph();
        let mut subjects = Vec::new();
        for quad in self.quads(
            None,
            Some(predicate),
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
