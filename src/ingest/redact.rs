//! Publishing what remains after a redaction: a change of the source `system` like all others.

use crate::ingest::Door;
use crate::ingest::conformance;
use crate::ingest::fuse::{Fusing, kind_of};
use crate::ingest::gate;
use crate::ingest::hands::duplicates;
use crate::ingest::submit::{SubmitError, sources_by_name};
use crate::ingest::verify::left_out;
use crate::model::vocabulary::schema;
use crate::model::{Activity, Generation, Severity, SourceName, time};
use crate::shapes::ValidationResult;
use crate::store::{
    Plan, PublicChange, RedactError, Redaction, State, Store, StoreError, Strikes, View, Write,
    about_node, generation_literal, quad, time_literal,
};
use indexmap::IndexSet;
use jiff::Timestamp;
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// What a redaction did.
#[derive(Debug)]
pub struct Redacted {
    pub generation: Generation,
    /// Entities that lack something indispensable now, and are no longer published.
    pub withdrawn: Vec<NamedNode>,
}

#[derive(Debug, thiserror::Error)]
pub enum RedactionError {
    #[error(transparent)]
    Redact(#[from] RedactError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// Strikes what was planned out of a folder. It is done once this returns; a crash before leaves
/// all as it was, or the next opening goes on.
///
/// # Errors
/// When the reason cannot stand in a notice, the store fails or the disk does not take it.
pub fn redact(
    store: Store,
    door: &Door,
    strikes: &Strikes,
    plan: &Plan,
    because: &str,
    now: Timestamp,
) -> Result<Redacted, RedactionError> {
    let redaction = Redaction::prepare(&store, strikes, plan, because, &time::utc(now))?;
    let redacted = publish(&redaction, &store, door, plan, now)?;
    redaction.complete(store)?;
    Ok(redacted)
}

fn publish(
    redaction: &Redaction,
    former: &Store,
    door: &Door,
    plan: &Plan,
    now: Timestamp,
) -> Result<Redacted, RedactionError> {
    let former = former.snapshot()?;
    let mut write = redaction.staged.write()?;
    let mut withdrawn = BTreeSet::new();
    let mut entities = BTreeSet::new();
    for entity in &plan.entities {
        forget_recency(&mut write, entity)?;
        entities.extend(published_as(&write.after(), entity)?);
    }
    let mut events = BTreeSet::new();
    let mut published: BTreeSet<NamedNode> = plan.entities.union(&entities).cloned().collect();
    for entity in entities {
        if publish_entity(&mut write, &former.view(), door, &entity, now)? {
            withdrawn.insert(entity.clone());
        }
        events.extend(events_following(&former.view(), &write.after(), &entity)?);
    }
    for event in events {
        if publish_entity(&mut write, &former.view(), door, &event, now)? {
            withdrawn.insert(event.clone());
        }
        published.insert(event);
    }
    let change = public_change(&former.view(), &write.after(), &published)?;
    conformance::judge_change(&mut write, door, &former.view(), change)
        .map_err(SubmitError::from)?;
    for quad in &redaction.quads {
        let mut current = write.after().registry(&node_of(quad))?;
        current.retain(|other| other.predicate == quad.predicate);
        write.replace(current, vec![quad.clone()]);
    }
    let generation = write.commit(&time::utc(now), &SourceName::system(), Activity::Redact)?;
    Ok(Redacted {
        generation,
        withdrawn: withdrawn.into_iter().collect(),
    })
}

/// What is public of these entities now and was not, and the other way round.
fn public_change(
    former: &View<'_>,
    view: &View<'_>,
    entities: &BTreeSet<NamedNode>,
) -> Result<PublicChange, StoreError> {
    let mut change = PublicChange {
        entities: entities.clone(),
        ..PublicChange::default()
    };
    for entity in entities {
        let of = |view: &View<'_>| -> Result<FxHashSet<Triple>, StoreError> {
            Ok(view.public_description(entity)?.into_iter().collect())
        };
        let (before, after) = (of(former)?, of(view)?);
        change.removed.extend(before.difference(&after).cloned());
        change.added.extend(after.difference(&before).cloned());
    }
    Ok(change)
}

/// The events at a place that has moved to another territory: ranks of sources may depend on it.
fn events_following(
    former: &View<'_>,
    view: &View<'_>,
    place: &NamedNode,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let department = view.base().sv("departement");
    let departments = |view: &View<'_>| -> Result<Vec<Triple>, StoreError> {
        let mut public = view.public_description(place)?;
        public.retain(|triple| triple.predicate == department);
        Ok(public)
    };
    let mut events = BTreeSet::new();
    if departments(former)? == departments(view)? {
        return Ok(events);
    }
    for quad in view.quads(
        None,
        Some(schema::LOCATION),
        Some(place.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    ) {
        if let NamedOrBlankNode::NamedNode(event) = quad?.subject {
            events.insert(event);
        }
    }
    Ok(events)
}

/// The entities as which what is claimed of this one is published.
fn published_as(view: &View<'_>, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut published = BTreeSet::from([view.survivor(entity)?]);
    if let State::Split(successors) = view.state_of(entity)? {
        for successor in successors {
            published.insert(view.survivor(&successor)?);
        }
    }
    Ok(published)
}

fn node_of(quad: &Quad) -> NamedNode {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.clone(),
        NamedOrBlankNode::BlankNode(node) => NamedNode::new_unchecked(node.as_str()),
    }
}

/// Fuses what is still claimed of an entity. Gives whether it is withdrawn by that: nobody claims
/// anything any more, or something indispensable is missing that was there.
fn publish_entity(
    write: &mut Write<'_>,
    former: &View<'_>,
    door: &Door,
    entity: &NamedNode,
    now: Timestamp,
) -> Result<bool, RedactionError> {
    let was_withdrawn = matches!(write.after().state_of(entity)?, State::Withdrawn(_));
    let was_public = !former.public_description(entity)?.is_empty();
    if !was_withdrawn {
        let sources = sources_by_name(&write.after())?;
        let fusing = Fusing {
            vocabulary: &door.vocabulary,
            sources: &sources,
            has_merges: write.after().has_merges()?,
        };
        let left_out = left_out(&write.after(), entity)?;
        let fused = fusing.fuse(&write.after(), entity, &left_out)?;
        show(write, entity, fused)?;
        let before = violations(former, door, entity)?;
        let after = violations(&write.after(), door, entity)?;
        if after.iter().any(|violation| !before.contains(violation)) {
            show(write, entity, Vec::new())?;
        }
    }
    let public = write.after().public_description(entity)?;
    let base = write.after().base().clone();
    let current = write.after().registry(entity)?;
    let mut wanted = current.clone();
    let mut set = |local: &str, object: Term| {
        let predicate = base.sv(local);
        wanted.retain(|quad| quad.predicate != predicate);
        wanted.push(quad(&base, entity.clone(), predicate, object));
    };
    let is_withdrawn = was_public && public.is_empty();
    if is_withdrawn {
        set("withdrawn", time_literal(&time::utc(now)).into());
        set("withdrawnBy", base.source(&SourceName::system()).into());
        set(
            "withdrawnBecause",
            Literal::new_simple_literal("redacted").into(),
        );
    } else if let Some(kind) = kind_of(&write.after(), entity, &public) {
        set("kind", Literal::new_simple_literal(kind.name).into());
    }
    if former.public_description(entity)? != public {
        // The struck quads are gone from the records, so no difference of this change says it.
        set("changedAt", generation_literal(write.generation()).into());
    }
    // The keys of former names are struck, those of the former time and place are not.
    wanted.retain(|quad| quad.predicate != base.sv("nameKey"));
    if let Some(kind) = kind_of(&write.after(), entity, &public) {
        wanted.extend(duplicates::keys(&write.after(), entity, kind, &public));
    }
    write.replace(current, wanted);
    Ok(is_withdrawn)
}

fn show(write: &mut Write<'_>, entity: &NamedNode, public: Vec<Triple>) -> Result<(), StoreError> {
    let in_public = |triples: Vec<Triple>| {
        triples
            .into_iter()
            .map(|triple| triple.in_graph(GraphName::DefaultGraph))
            .collect()
    };
    let current = write.after().public_description(entity)?;
    write.replace(in_public(current), in_public(public));
    Ok(())
}

/// Removes when a source last said what it no longer says.
fn forget_recency(write: &mut Write<'_>, entity: &NamedNode) -> Result<(), StoreError> {
    for source in write.before().sources()? {
        if write.after().claims_of(&source.name, entity)?.is_empty() {
            let about = about_node(write.before().base(), &source.name, entity);
            let current = write.after().registry(&about)?;
            write.replace(current, Vec::new());
        }
    }
    Ok(())
}

fn violations(
    view: &View<'_>,
    door: &Door,
    entity: &NamedNode,
) -> Result<Vec<ValidationResult>, SubmitError> {
    let mut focus: IndexSet<Term> = IndexSet::from([entity.clone().into()]);
    for triple in view.public_description(entity)? {
        focus.insert(triple.subject.into());
    }
    let mut results = gate::examine(door, door.minimum(), view, &focus)?;
    results.retain(|result| result.severity == Severity::Violation);
    Ok(results)
}
