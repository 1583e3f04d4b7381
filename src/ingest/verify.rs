//! Whether the public view is what fusion makes of the claims.

use crate::ingest::Door;
use crate::ingest::fuse::{Fusing, LeftOut};
use crate::ingest::submit::sources_by_name;
use crate::store::{Problem, State, StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Triple};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Fuses every entity again and names those whose public view differs.
///
/// # Errors
/// When the storage fails.
pub fn verify(view: &View<'_>, door: &Door) -> Result<Vec<Problem>, StoreError> {
    let sources = sources_by_name(view)?;
    let fusing = Fusing {
        vocabulary: &door.vocabulary,
        sources: &sources,
        has_merges: view.has_merges()?,
    };
    let mut problems = Vec::new();
    let mut entities: BTreeSet<NamedNode> = public_entities(view)?;
    for name in sources.keys() {
        for entity in view.described_by(name)? {
            entities.insert(view.survivor(&entity)?);
        }
    }
    for entity in entities {
        let public: FxHashSet<Triple> = view.public_description(&entity)?.into_iter().collect();
        let state = view.state_of(&entity)?;
        let wanted: FxHashSet<Triple> = if matches!(state, State::Withdrawn(_)) {
            FxHashSet::default()
        } else {
            fusing
                .fuse(view, &entity, &left_out(view, &entity)?)?
                .into_iter()
                .collect()
        };
        let problem = |what: String| Problem::Public {
            entity: entity.as_str().to_owned(),
            what,
        };
        if let Some(triple) = wanted.difference(&public).next() {
            problems.push(problem(format!("`{triple}` is claimed and not published")));
        }
        if let Some(triple) = public.difference(&wanted).next() {
            problems.push(problem(format!("`{triple}` is published and not claimed")));
        }
    }
    Ok(problems)
}

fn public_entities(view: &View<'_>) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut entities = BTreeSet::new();
    for quad in view.quads(None, None, None, Some(oxrdf::GraphNameRef::DefaultGraph)) {
        if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
            entities.insert(view.whole_of(&subject));
        }
    }
    Ok(entities)
}

/// The claims on an entity that the registry keeps out of its public view.
///
/// # Errors
/// When the storage fails.
pub fn left_out(view: &View<'_>, entity: &NamedNode) -> Result<LeftOut, StoreError> {
    let mut left_out = LeftOut::new();
    for member in view.members(entity)? {
        for name in view.sources_of(&member)? {
            for property in view.left_out(&name, entity)? {
                left_out.insert((name.clone(), property));
            }
        }
    }
    Ok(left_out)
}
