//! What the graph `{base}/graph/conformance` holds: `<entity> dct:conformsTo <profile>` for each
//! profile that the entity meets, and the mark in the registry that this is behind.

use crate::model::vocabulary::dct;
use crate::model::{Base, Generation};
use crate::store::{StoreError, View, generation_literal, quad};
use oxrdf::{GraphNameRef, NamedNode, Quad, Term};

/// The quad that says that an entity meets a profile.
pub fn meets_quad(base: &Base, entity: NamedNode, profile: NamedNode) -> Quad {
    Quad::new(entity, dct::CONFORMS_TO, profile, base.conformance_graph())
}

/// The quad of the registry by which what entities meet is that of an earlier generation.
pub fn behind_quad(base: &Base, generation: Generation) -> Quad {
    // Not about the registry graph: of that the storage remembers every former generation for a
    // while, which is slow to look through.
    let (graph, predicate) = behind(base);
    quad(base, graph, predicate, generation_literal(generation))
}

fn behind(base: &Base) -> (NamedNode, NamedNode) {
    (base.conformance_graph(), base.sv("profilesAt"))
}

impl View<'_> {
    /// The quads that say which profiles an entity meets.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn met_by(&self, entity: &NamedNode) -> Result<Vec<Quad>, StoreError> {
        let graph = self.base().conformance_graph();
        self.quads(
            Some(entity.as_ref().into()),
            None,
            None,
            Some(graph.as_ref().into()),
        )
        .collect()
    }

    /// All quads that say which profiles entities meet.
    pub fn all_met(&self) -> impl Iterator<Item = Result<Quad, StoreError>> {
        let graph = self.base().conformance_graph();
        self.quads(None, None, None, Some(GraphNameRef::from(graph.as_ref())))
    }

    /// Every entity that is published, or once was.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn ever_published(&self) -> Result<Vec<NamedNode>, StoreError> {
        let graph = self.base().registry_graph();
        let predicate = self.base().sv("changedAt");
        let mut entities = Vec::new();
        for quad in self.quads(
            None,
            Some(predicate.as_ref()),
            None,
            Some(graph.as_ref().into()),
        ) {
            if let oxrdf::NamedOrBlankNode::NamedNode(entity) = quad?.subject
                && self.base().entity_of(entity.as_str()).is_some()
            {
                entities.push(entity);
            }
        }
        Ok(entities)
    }

    /// The generation of which the profiles are that entities are said to meet, while they are
    /// behind this state; `None` when they are in step with it.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn profiles_behind(&self) -> Result<Option<Generation>, StoreError> {
        let (graph, predicate) = behind(self.base());
        match self.registry_value(&graph, &predicate)? {
            None => Ok(None),
            Some(Term::Literal(literal)) => match literal.value().parse() {
                Ok(generation) => Ok(Some(Generation(generation))),
                Err(_) => Err(StoreError::Unreadable(literal.to_string())),
            },
            Some(term) => Err(StoreError::Unreadable(term.to_string())),
        }
    }

    /// The generation of which the profiles are that entities are said to meet.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn profiles_at(&self) -> Result<Generation, StoreError> {
        match self.profiles_behind()? {
            Some(generation) => Ok(generation),
            None => self.generation(),
        }
    }
}
