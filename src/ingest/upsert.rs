//! Mode `upsert`: a submission that describes some resources anew and leaves the others alone.
//!
//! A resource that nothing else in the submission points to is described whole. One that is only
//! embedded (the place of a performance, with nothing but its name) is there to be pointed to, so
//! what the source said of it before stays, but for the properties that are given (DESIGN, "One
//! door in").

use crate::ingest::identify::Draft;
use crate::model::Source;
use crate::model::vocabulary::rdf;
use crate::store::{StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;

/// Adds to what a draft says of embedded entities what the source said of them before in the
/// properties that the draft does not give.
///
/// # Errors
/// When the storage fails.
pub fn keep_unsaid(view: &View<'_>, source: &Source, draft: &mut Draft) -> Result<(), StoreError> {
    for entity in embedded(draft) {
        let Some(drafted) = draft.entities.get_mut(&entity) else {
            continue;
        };
        let former: Vec<Triple> = view
            .claims_of(&source.name, &entity)?
            .into_iter()
            .map(Triple::from)
            .collect();
        let node = NamedOrBlankNode::from(entity);
        let given: FxHashSet<&NamedNode> = drafted
            .claims
            .iter()
            .filter(|triple| triple.subject == node && triple.predicate != rdf::TYPE)
            .map(|triple| &triple.predicate)
            .collect();
        let mut by_subject: FxHashMap<&NamedOrBlankNode, Vec<&Triple>> = FxHashMap::default();
        for triple in &former {
            by_subject.entry(&triple.subject).or_default().push(triple);
        }
        let mut kept: Vec<Triple> = by_subject
            .get(&node)
            .into_iter()
            .flatten()
            .filter(|triple| !given.contains(&triple.predicate))
            .map(|triple| (*triple).clone())
            .collect();
        // With the parts that what stays points to.
        let mut seen = FxHashSet::from_iter([node]);
        let mut next = 0;
        while let Some(triple) = kept.get(next) {
            next += 1;
            if let Term::NamedNode(object) = &triple.object {
                let part = NamedOrBlankNode::from(object.clone());
                if by_subject.contains_key(&part) && seen.insert(part.clone()) {
                    kept.extend(by_subject[&part].iter().map(|triple| (*triple).clone()));
                }
            }
        }
        let said: FxHashSet<Triple> = drafted.claims.iter().cloned().collect();
        kept.retain(|triple| !said.contains(triple));
        drafted.claims.extend(kept);
    }
    Ok(())
}

/// The entities of a draft that another one of it points to.
fn embedded(draft: &Draft) -> BTreeSet<NamedNode> {
    draft
        .entities
        .iter()
        .flat_map(|(entity, drafted)| {
            drafted
                .claims
                .iter()
                .filter_map(move |triple| match &triple.object {
                    Term::NamedNode(object) if object != entity => Some(object),
                    _ => None,
                })
        })
        .filter(|object| draft.entities.contains_key(*object))
        .cloned()
        .collect()
}
