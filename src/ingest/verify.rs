//! Whether the public view is what fusion makes of the claims, and the registry says the same.

use crate::ingest::conformance::{Judge, bounds, met};
use crate::ingest::fuse::{Fusing, LeftOut, kind_of};
use crate::ingest::hands::duplicates;
use crate::ingest::submit::{SubmitError, sources_by_name};
use crate::ingest::{Door, system};
use crate::store::{Problem, State, StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Triple};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// Fuses every entity again and names those whose public view differs.
///
/// # Errors
/// When the storage fails or the shapes cannot be evaluated.
pub fn verify(view: &View<'_>, door: &Door) -> Result<Vec<Problem>, SubmitError> {
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
    // What is counted is nobody's claim.
    entities.remove(&view.base().void());
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
    problems.extend(registered(view)?);
    problems.extend(judged(view, door)?);
    Ok(problems)
}

/// Whether all of this state was judged by the shapes of the door, and not by former ones or not
/// yet.
///
/// # Errors
/// When the storage fails.
pub fn is_judged(view: &View<'_>, door: &Door) -> Result<bool, StoreError> {
    Ok(view.profiles_behind()?.is_none() && system::is_up_to_date(view, door)?)
}

/// Whether what entities are said to meet is what judging them again gives.
fn judged(view: &View<'_>, door: &Door) -> Result<Vec<Problem>, SubmitError> {
    let mut problems = Vec::new();
    if !is_judged(view, door)? {
        return Ok(problems);
    }
    let mut problem = |entity: &NamedNode, what: String| {
        problems.push(Problem::Public {
            entity: entity.as_str().to_owned(),
            what,
        });
    };
    let mut told = 0;
    let public = view.public();
    let mut judge = Judge::new(door, view, &public, bounds(&|| false));
    for entity in view.ever_published()? {
        let judgements = judge.by_all(&entity)?;
        let wanted = met(door, view, &entity, &judgements);
        let current = view.met_by(&entity)?;
        told += current.len();
        for quad in wanted.iter().filter(|quad| !current.contains(quad)) {
            problem(
                &entity,
                format!("it meets {}, and is not said to", quad.object),
            );
        }
        for quad in current.iter().filter(|quad| !wanted.contains(quad)) {
            problem(
                &entity,
                format!("it is said to meet {}, and does not", quad.object),
            );
        }
    }
    let all = view
        .all_met()
        .try_fold(0, |count, quad| quad.map(|_| count + 1))?;
    if told != all {
        problem(
            &view.base().conformance_graph(),
            format!("it says {} things of what was never published", all - told),
        );
    }
    Ok(problems)
}

/// Whether the registry says of each entity what became of it: published, or else withdrawn,
/// merged or split; and each merge what people declared.
fn registered(view: &View<'_>) -> Result<Vec<Problem>, StoreError> {
    let kind = view.base().sv("kind");
    let registry = view.base().registry_graph();
    let mut entities: BTreeSet<NamedNode> = BTreeSet::new();
    for quad in view.quads(
        None,
        Some(kind.as_ref()),
        None,
        Some(registry.as_ref().into()),
    ) {
        // Rules of ranks have kinds too.
        if let NamedOrBlankNode::NamedNode(entity) = quad?.subject
            && view.base().entity_of(entity.as_str()).is_some()
        {
            entities.insert(entity);
        }
    }
    let mut problems = Vec::new();
    for entity in entities {
        let public = view.public_description(&entity)?;
        let what = match (view.state_of(&entity)?, public.is_empty()) {
            (State::Current | State::Unknown, true) => {
                Some("it is not published, and nothing says why")
            }
            (State::Merged(_), false) => Some("it is merged, and published under its own IRI too"),
            (State::Split(_), false) => Some("it was split, and is published all the same"),
            (State::Withdrawn(_), false) => Some("it is withdrawn, and published all the same"),
            _ => None,
        };
        let survivor = view.survivor(&entity)?;
        let mut problem = |what: String| {
            problems.push(Problem::Public {
                entity: entity.as_str().to_owned(),
                what,
            });
        };
        if let Some(what) = what {
            problem(what.to_owned());
        }
        if view.survivor(&survivor)? != survivor {
            problem("it is merged into one that is merged itself".to_owned());
        }
        for other in view.merged_with(&entity)? {
            if !view.are_one(&entity, &other)? {
                problem(format!(
                    "it was merged with `{}`, and is not",
                    other.as_str()
                ));
            }
        }
        if survivor != entity && view.merged_with(&entity)?.is_empty() {
            problem(format!(
                "it is published as `{}`, and nobody merged it",
                survivor.as_str()
            ));
        }
        problems.extend(keys_of_nothing(view, &entity, &public)?);
    }
    Ok(problems)
}

/// Keys for duplicates that follow from nothing that is published: they would keep a name that
/// nobody says any more.
fn keys_of_nothing(
    view: &View<'_>,
    entity: &NamedNode,
    public: &[Triple],
) -> Result<Option<Problem>, StoreError> {
    let predicate = view.base().sv("nameKey");
    let mut keys = view.registry(entity)?;
    keys.retain(|quad| quad.predicate == predicate);
    if let Some(kind) = kind_of(view, entity, public) {
        let wanted = duplicates::keys(view, entity, kind, public);
        keys.retain(|key| !wanted.contains(key));
    }
    Ok(keys.first().map(|key| Problem::Public {
        entity: entity.as_str().to_owned(),
        what: format!("the key {} follows from nothing published", key.object),
    }))
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
