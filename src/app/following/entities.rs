//! Entities as followers know them: by number, by who speaks of them, by what a change touches.

use crate::model::{Base, Noid, SourceName};
use crate::store::{StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term};
use std::collections::BTreeSet;

/// An entity, as [`Noid::to_number`] has it.
pub type Entity = u64;

/// The number of the entity that an IRI is, or is a part of.
pub fn number_of(base: &Base, iri: &str) -> Option<Entity> {
    let noid = base.entity_of(iri)?.ok()?;
    Some(noid.to_number())
}

/// The IRI of the entity with a number.
pub fn iri_of(base: &Base, entity: Entity) -> NamedNode {
    base.id(&Noid::of_number(entity))
}

/// Notes the entity that a quad is about, and the one under whose IRI that is published.
///
/// # Errors
/// When the storage fails.
pub fn touch(
    view: View<'_>,
    quad: &Quad,
    touched: &mut BTreeSet<NamedNode>,
) -> Result<(), StoreError> {
    let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
        return Ok(());
    };
    if view.base().entity_of(subject.as_str()).is_none() {
        return Ok(());
    }
    // A merge or its end also concerns the one that the other is merged into.
    if let Term::NamedNode(other) = &quad.object
        && quad.predicate == view.base().sv("mergedInto")
    {
        touched.insert(other.clone());
    }
    let whole = view.whole_of(subject);
    if !touched.contains(&whole) {
        touched.insert(view.survivor(&whole)?);
        touched.insert(whole);
    }
    Ok(())
}

/// The sources that speak of a published entity, by name, `system` left out.
///
/// # Errors
/// When the storage fails.
pub fn sources_of(
    view: View<'_>,
    entity: &NamedNode,
    has_merges: bool,
) -> Result<Vec<SourceName>, StoreError> {
    let mut sources = view.sources_of(entity)?;
    if has_merges {
        for member in view.members(entity)?.iter().skip(1) {
            sources.extend(view.sources_of(member)?);
        }
        sources.sort_unstable();
        sources.dedup();
    }
    sources.retain(|source| !source.is_system());
    Ok(sources)
}
