//! Applying a draft inside the one write: claims, fusion and validation, until nothing more is
//! refused.

use crate::ingest::conformance::{self, Names};
use crate::ingest::fuse::{Fusing, LeftOut, Unit, kind_of, unit_of};
use crate::ingest::gate;
use crate::ingest::hands::duplicates;
use crate::ingest::identify::{Draft, Drafted};
use crate::ingest::parts;
use crate::ingest::report::{Outcome, ProfileReport, Report};
use crate::ingest::submit::{SubmitError, sources_by_name};
use crate::ingest::verify::{self, left_out};
use crate::ingest::{Door, MINIMUM};
use crate::model::iri::without_fragment;
use crate::model::vocabulary::{dct, rdf, schema};
use crate::model::{Activity, Finding, Severity, Source, SourceName, Stage, Text, time};
use crate::shapes::{Affected, Change, Shapes, ValidationResult, affected, findings};
use crate::store::{
    Said, State, StoreError, View, Write, about_node, alias_node, generation_literal,
    is_of_tombstone, quad, time_literal,
};
use indexmap::IndexSet;
use jiff::{Timestamp, civil};
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Refused,
}

/// A draft on its way into the store.
pub struct Application<'w, 's> {
    write: &'w mut Write<'s>,
    door: &'w Door,
    source: &'w Source,
    sources: BTreeMap<SourceName, Source>,
    draft: BTreeMap<NamedNode, Drafted>,
    now: Timestamp,
    /// Entities that the source no longer mentions.
    pub withdrawn: BTreeSet<NamedNode>,
    /// Entities that stay as the source last described them.
    kept: BTreeSet<NamedNode>,
    /// Entities whose last accepted version stays because the new one is refused.
    held: BTreeSet<NamedNode>,
    /// Entities that others still describe, but below the minimum: no longer published.
    below_minimum: BTreeSet<NamedNode>,
    left_out: BTreeMap<NamedNode, LeftOut>,
    /// Results of the minimum by the entity that they are about.
    results: BTreeMap<NamedNode, Vec<ValidationResult>>,
    /// The same for the profiles that gate the source, by their names, of what it describes.
    gated: BTreeMap<String, BTreeMap<NamedNode, Vec<ValidationResult>>>,
    findings: Vec<Finding>,
    refused: BTreeSet<NamedNode>,
    touched: BTreeSet<NamedNode>,
    /// As what entities were published before a person joined them or took them apart.
    former: BTreeMap<NamedNode, BTreeSet<NamedNode>>,
    /// Whether any entity is merged: most folders need not look who is.
    has_merges: bool,
    /// Entities whose public description is no longer what it was.
    renewed: BTreeSet<NamedNode>,
    /// Entities that nobody speaks of now, to be fused anew because of what decides between
    /// sources.
    again: BTreeSet<NamedNode>,
    /// Why entities that no source describes any more are withdrawn; see [`Tombstone`].
    reason: &'static str,
    /// How what is described stands with the profiles that inform; `None` when that is too much
    /// to be judged at once.
    profiles: Option<Vec<ProfileReport>>,
}

impl<'w, 's> Application<'w, 's> {
    /// # Errors
    /// When the storage fails.
    pub fn new(
        write: &'w mut Write<'s>,
        door: &'w Door,
        source: &'w Source,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        // The settings that hold once this write is done.
        let sources = sources_by_name(&write.after())?;
        let has_merges = write.after().has_merges()?;
        Ok(Self {
            write,
            door,
            source,
            sources,
            draft: draft.entities,
            now,
            withdrawn: BTreeSet::new(),
            kept: BTreeSet::new(),
            held: BTreeSet::new(),
            below_minimum: BTreeSet::new(),
            left_out: BTreeMap::new(),
            results: BTreeMap::new(),
            gated: BTreeMap::new(),
            findings: Vec::new(),
            refused: BTreeSet::new(),
            touched: BTreeSet::new(),
            former: BTreeMap::new(),
            has_merges,
            renewed: BTreeSet::new(),
            again: BTreeSet::new(),
            reason: "left-out",
            profiles: None,
        })
    }

    /// Has the source take entities back, whatever it says of the others.
    pub fn withdraw(&mut self, entities: BTreeSet<NamedNode>, reason: &'static str) {
        self.withdrawn = entities;
        self.reason = reason;
    }

    /// Has entities fused anew although their claims stay as they are: what decides between
    /// sources has changed.
    pub fn fuse_again(&mut self, entities: impl IntoIterator<Item = NamedNode>) {
        self.again.extend(entities);
    }

    /// Holds on to the last accepted version of entities that the submission got wrong.
    pub fn keep(&mut self, entities: impl IntoIterator<Item = NamedNode>) {
        self.held.extend(entities);
    }

    /// Decides which of the source's `current` entities the submission withdraws: those that it
    /// leaves out, but not what is over, nor what was refused, nor what either points to.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn plan_withdrawals(&mut self, current: &[NamedNode]) -> Result<(), StoreError> {
        let left: BTreeSet<&NamedNode> = current
            .iter()
            .filter(|entity| !self.draft.contains_key(*entity))
            .collect();
        let mut kept: BTreeSet<NamedNode> = BTreeSet::new();
        let mut queue: Vec<NamedNode> = self.held.iter().cloned().collect();
        for entity in &left {
            if !self.held.contains(*entity) && self.is_over(entity)? {
                kept.insert((*entity).clone());
                queue.push((*entity).clone());
            }
        }
        while let Some(entity) = queue.pop() {
            for quad in self.write.before().claims_of(&self.source.name, &entity)? {
                if let Term::NamedNode(object) = quad.object
                    && left.contains(&object)
                    && !self.held.contains(&object)
                    && kept.insert(object.clone())
                {
                    queue.push(object);
                }
            }
        }
        self.withdrawn = left
            .into_iter()
            .filter(|entity| !kept.contains(*entity) && !self.held.contains(*entity))
            .cloned()
            .collect();
        self.kept = kept;
        Ok(())
    }

    /// Whether an event ended (or, without an end, began) before now.
    fn is_over(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let view = self.write.before();
        if !view.kind_of(entity)?.is_some_and(|kind| kind.is_event) {
            return Ok(false);
        }
        let latest = |triples: Vec<Triple>| {
            triples
                .into_iter()
                .filter(|triple| {
                    triple.predicate == schema::START_DATE || triple.predicate == schema::END_DATE
                })
                .filter_map(|triple| match &triple.object {
                    Term::Literal(literal) => instant(literal.value()),
                    _ => None,
                })
                .max()
        };
        let own = view.claims_of(&self.source.name, entity)?;
        let own = latest(own.into_iter().map(Triple::from).collect());
        // A source that only adds to what another one dates.
        let latest = match own {
            Some(latest) => Some(latest),
            None => latest(view.public_description(&view.survivor(entity)?)?),
        };
        Ok(latest.is_some_and(|latest| latest < self.now))
    }

    /// Applies the draft and validates, again and again, until nothing more is refused or
    /// withdrawn. In whole mode one refusal refuses all, after one full round of findings.
    ///
    /// # Errors
    /// When the storage fails or the shapes cannot be evaluated.
    pub fn settle(
        &mut self,
        is_partial: bool,
        current: &[NamedNode],
    ) -> Result<Verdict, SubmitError> {
        let mut dirty: BTreeSet<NamedNode> = self.draft.keys().cloned().collect();
        dirty.extend(self.withdrawn.iter().chain(&self.again).cloned());
        // Who an event's own source is follows from the aliases, so they come before fusion.
        for (entity, drafted) in &self.draft {
            set_aliases(self.write, self.source, entity, &drafted.keys)?;
        }
        let mut changed = Changed::default();
        loop {
            self.round(&dirty, &mut changed)?;
            let faults = self.faults(&changed)?;
            if faults.is_empty() {
                self.register()?;
                self.judge()?;
                return Ok(Verdict::Accepted);
            }
            // What leaving claims out changed is validated with the next round.
            changed = faults.changed;
            // Nothing of it will be public, so this is when its faults can be told.
            for entity in &faults.below_minimum {
                let found = self.findings_of(entity, true)?;
                self.findings.extend(found);
            }
            dirty = faults.below_minimum.clone();
            self.below_minimum.extend(faults.below_minimum);
            if !faults.refused.is_empty() {
                if !is_partial {
                    self.note_refusals(&faults.refused)?;
                    return Ok(Verdict::Refused);
                }
                dirty.extend(self.refuse(faults.refused)?);
                let withdrawn = self.withdrawn.clone();
                self.plan_withdrawals(current)?;
                // What a refused resource points to stays too.
                dirty.extend(withdrawn.symmetric_difference(&self.withdrawn).cloned());
            }
        }
    }

    /// Publishes entities anew after a person joined them or took them apart. What that breaks
    /// refuses it, but for an entity in `apart`: it was only whole together with another, so it
    /// is no longer published.
    ///
    /// # Errors
    /// When the storage fails or the shapes cannot be evaluated.
    pub fn settle_hands(&mut self, hands: Hands) -> Result<Verdict, SubmitError> {
        self.former = hands.former;
        self.left_out.extend(hands.left_out);
        let mut changed = Changed::default();
        let mut dirty = hands.touched;
        loop {
            self.round(&dirty, &mut changed)?;
            self.validate_again(&changed)?;
            changed = Changed::default();
            dirty = BTreeSet::new();
            let entities: Vec<NamedNode> = self.results.keys().cloned().collect();
            for entity in entities {
                if self.introduced(&entity)?.is_empty() {
                    continue;
                }
                if !hands.apart.contains(&entity) {
                    if !hands.may_break_others {
                        self.note_refusals(&BTreeSet::from([entity]))?;
                    }
                } else if let Some(left_out) = self.left_out_before(&entity)? {
                    self.left_out.insert(entity.clone(), left_out);
                    dirty.insert(entity);
                } else if self.below_minimum.insert(entity.clone()) {
                    let found = self.findings_of(&entity, true)?;
                    self.findings.extend(found);
                    dirty.insert(entity);
                }
            }
            if !self.refused.is_empty() {
                return Ok(Verdict::Refused);
            }
            if dirty.is_empty() {
                self.register()?;
                self.judge()?;
                return Ok(Verdict::Accepted);
            }
        }
    }

    /// What was kept out of public view of what an entity was published as, unless that is tried
    /// already.
    fn left_out_before(&self, entity: &NamedNode) -> Result<Option<LeftOut>, StoreError> {
        let mut left_out = left_out(&self.write.before(), entity)?;
        for former in self.former.get(entity).into_iter().flatten() {
            left_out.extend(verify::left_out(&self.write.before(), former)?);
        }
        let is_new = !left_out.is_empty() && self.left_out.get(entity) != Some(&left_out);
        Ok(is_new.then_some(left_out))
    }

    /// The findings of a change by hand.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn tell_hands(&mut self) -> Result<Vec<Finding>, StoreError> {
        let mut told = std::mem::take(&mut self.findings);
        let entities: Vec<NamedNode> = self.results.keys().cloned().collect();
        for entity in entities {
            told.extend(self.findings_of(&entity, true)?);
        }
        Ok(told)
    }

    /// Writes claims and public view of these entities, and notes what that changes in public.
    fn round(
        &mut self,
        dirty: &BTreeSet<NamedNode>,
        changed: &mut Changed,
    ) -> Result<(), StoreError> {
        self.write.begin_stage(Stage::Publishing, dirty.len())?;
        let mut published: BTreeSet<NamedNode> = dirty.clone();
        for entity in dirty {
            self.write_claims(entity)?;
            if self.has_merges {
                published.insert(self.write.after().survivor(entity)?);
            }
        }
        for entity in &published {
            self.write.step()?;
            self.touched.insert(entity.clone());
            // What the registry keeps out of view stays out of it, unless the source says
            // something about the entity now: then it is decided anew.
            if !self.is_decided_anew(entity)? && !self.left_out.contains_key(entity) {
                let left_out = left_out(&self.write.before(), entity)?;
                self.left_out.insert(entity.clone(), left_out);
            }
            self.publish(entity, changed)?;
        }
        self.follow_territories(changed)
    }

    /// Fuses the events anew whose place has moved to another territory, where ranks of sources
    /// depend on territories.
    fn follow_territories(&mut self, changed: &mut Changed) -> Result<(), StoreError> {
        let mut rules = self.sources.values().flat_map(|source| &source.ranks);
        if !rules.any(|rule| rule.territory.is_some()) {
            return Ok(());
        }
        let department = self.write.before().base().sv("departement");
        let places: BTreeSet<NamedNode> = changed
            .added
            .iter()
            .chain(&changed.removed)
            .filter(|triple| triple.predicate == department)
            .filter_map(|triple| match &triple.subject {
                NamedOrBlankNode::NamedNode(place) => Some(place.clone()),
                NamedOrBlankNode::BlankNode(_) => None,
            })
            .collect();
        for place in places {
            let mut events = BTreeSet::new();
            for quad in self.write.after().quads(
                None,
                Some(schema::LOCATION),
                Some(place.as_ref().into()),
                Some(oxrdf::GraphNameRef::DefaultGraph),
            ) {
                if let NamedOrBlankNode::NamedNode(event) = quad?.subject {
                    events.insert(event);
                }
            }
            for event in events {
                self.touched.insert(event.clone());
                self.publish(&event, changed)?;
            }
        }
        Ok(())
    }

    /// Those of some entities that are published as this one.
    fn published_as(
        &self,
        entity: &NamedNode,
        is_one: impl Fn(&NamedNode) -> bool,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let mut members = if self.has_merges {
            self.write.after().members(entity)?
        } else {
            vec![entity.clone()]
        };
        members.retain(is_one);
        Ok(members)
    }

    /// The drafted entities that are published as this one.
    fn drafted_as(&self, entity: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        self.published_as(entity, |member| self.draft.contains_key(member))
    }

    fn write_claims(&mut self, entity: &NamedNode) -> Result<(), StoreError> {
        let base = self.write.before().base().clone();
        let graph = base.source_graph(&self.source.name);
        let before = self.write.before().claims_of(&self.source.name, entity)?;
        let wanted: Vec<Quad> = if let Some(drafted) = self.draft.get(entity) {
            drafted
                .claims
                .iter()
                .map(|triple| triple.clone().in_graph(graph.clone()))
                .collect()
        } else if self.withdrawn.contains(entity) {
            Vec::new()
        } else {
            before.clone()
        };
        let recency = self.recency(entity, &before, &wanted)?;
        let current = self.write.after().claims_of(&self.source.name, entity)?;
        self.write.replace(current, wanted);
        let about = about_node(&base, &self.source.name, entity);
        let mut current = self.write.after().registry(&about)?;
        current.retain(|quad| quad.predicate != base.sv("leftOut"));
        let recency = recency
            .into_iter()
            .map(|(property, time)| {
                quad(
                    &base,
                    about.clone(),
                    NamedNode::new_unchecked(property),
                    time_literal(&time),
                )
            })
            .collect();
        self.write.replace(current, recency);
        Ok(())
    }

    /// When the source last changed each block of what it says about an entity.
    fn recency(
        &self,
        entity: &NamedNode,
        before: &[Quad],
        wanted: &[Quad],
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let view = self.write.before();
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let now = time::utc(self.now);
        if before.is_empty() {
            return Ok(BTreeMap::from([(
                view.base().sv("since").into_string(),
                now,
            )]));
        }
        let mut recency = view.recency(&self.source.name, entity)?;
        let old = by_unit(&view, entity, before);
        let new = by_unit(&view, entity, wanted);
        for unit in old.keys().chain(new.keys()) {
            if matches!(unit, Unit::Whole(_)) && old.get(unit) != new.get(unit) {
                recency.insert(unit.property().to_owned(), now.clone());
            }
        }
        Ok(recency)
    }

    fn fusing(&self) -> Fusing<'_> {
        Fusing {
            vocabulary: &self.door.vocabulary,
            sources: &self.sources,
            has_merges: self.has_merges,
        }
    }

    fn publish(&mut self, entity: &NamedNode, changed: &mut Changed) -> Result<(), StoreError> {
        let wanted = if self.below_minimum.contains(entity) {
            Vec::new()
        } else {
            let fusing = self.fusing();
            let none = LeftOut::new();
            let left_out = self.left_out.get(entity).unwrap_or(&none);
            fusing.fuse(&self.write.after(), entity, left_out)?
        };
        let current = self.write.after().public_description(entity)?;
        let public = |triples: Vec<Triple>| {
            triples
                .into_iter()
                .map(|triple| triple.in_graph(GraphName::DefaultGraph))
                .collect()
        };
        let (added, removed) = self.write.replace(public(current), public(wanted));
        if !added.is_empty() || !removed.is_empty() {
            self.renewed.insert(entity.clone());
        }
        changed.added.extend(added.into_iter().map(Triple::from));
        changed
            .removed
            .extend(removed.into_iter().map(Triple::from));
        Ok(())
    }

    /// Validates what the last round can have affected, and decides what follows from each
    /// violation that this change introduces.
    fn faults(&mut self, changed: &Changed) -> Result<Faults, SubmitError> {
        self.validate_again(changed)?;
        let mut faults = Faults::default();
        let entities: Vec<NamedNode> = self.results.keys().cloned().collect();
        for entity in entities {
            let introduced = self.introduced(&entity)?;
            if introduced.is_empty() {
                continue;
            }
            let is_said = self.is_decided_anew(&entity)?;
            if is_said && self.leave_others_out(&entity, &introduced, &mut faults.changed)? {
                continue;
            }
            let drafted = self.drafted_as(&entity)?;
            if is_said && self.is_left_below_minimum(&entity)? {
                faults.below_minimum.insert(entity);
            } else if !drafted.is_empty() {
                faults.refused.extend(drafted);
            } else if self.is_fused_again(&entity)? {
                faults.refused.insert(entity);
            } else {
                // It only points to what changed: whoever brought that is refused, but what a
                // withdrawal leaves behind stays, with its finding.
                faults.refused.extend(self.culprits(&entity, &introduced)?);
            }
        }
        self.gate(changed, &mut faults)?;
        Ok(faults)
    }

    /// Refuses what the source describes and breaks anew of a profile that gates it. Others are
    /// not held to that profile, so nothing of theirs is left out or refused for it.
    fn gate(&mut self, changed: &Changed, faults: &mut Faults) -> Result<(), SubmitError> {
        for name in &self.source.gates {
            let Some(profile) = self.door.profile(name) else {
                continue;
            };
            let is_first = !self.gated.contains_key(name);
            let mut results = self.gated.remove(name).unwrap_or_default();
            for entity in self.entities_to_validate(&profile.shapes, changed, is_first)? {
                let drafted = self.drafted_as(&entity)?;
                results.remove(&entity);
                if drafted.is_empty() {
                    continue;
                }
                let found = self.validate(
                    &profile.shapes,
                    &self.write.after(),
                    &self.nodes([&entity])?,
                )?;
                let introduced = self.new_since(&profile.shapes, &entity, &found)?;
                if !introduced.is_empty() {
                    results.insert(entity, introduced);
                    faults.refused.extend(drafted);
                }
            }
            self.gated.insert(name.clone(), results);
        }
        Ok(())
    }

    /// Renews the results of all that the last round can have affected.
    fn validate_again(&mut self, changed: &Changed) -> Result<(), SubmitError> {
        self.write.begin_stage(Stage::Validating, 0)?;
        let minimum = self.door.minimum();
        let is_first = self.results.is_empty();
        let entities = self.entities_to_validate(minimum, changed, is_first)?;
        let focus = self.nodes(&entities)?;
        let results = self.validate(minimum, &self.write.after(), &focus)?;
        for node in &focus {
            if let Term::NamedNode(iri) = node {
                let entity = self.write.after().whole_of(iri);
                self.results.remove(&entity);
            }
        }
        for result in results {
            if let Term::NamedNode(iri) = &result.origin {
                let entity = self.write.after().whole_of(iri);
                self.results.entry(entity).or_default().push(result);
            }
        }
        Ok(())
    }

    /// What to validate: all that the change can affect, and at first all of the draft, so that
    /// each report is whole. All of an entity is validated together, since its results are
    /// replaced.
    fn entities_to_validate(
        &self,
        shapes: &Shapes,
        changed: &Changed,
        is_first: bool,
    ) -> Result<BTreeSet<NamedNode>, StoreError> {
        let view = self.write.after();
        let change = Change {
            before: &self.write.before().public(),
            after: &view.public(),
            classes_before: &self.door.classes,
            classes_after: &self.door.classes,
            added: &changed.added,
            removed: &changed.removed,
        };
        // The gate waits for nobody, however much a change affects.
        let affected = match affected(shapes, &change, usize::MAX) {
            Ok(Affected::Nodes(nodes)) => nodes,
            Ok(Affected::TooMany) => IndexSet::new(),
            Err(error) => return Err(StoreError::Unreadable(error.to_string())),
        };
        let mut entities: BTreeSet<NamedNode> = affected
            .iter()
            .filter_map(|term| match term {
                Term::NamedNode(iri) => Some(view.whole_of(iri)),
                _ => None,
            })
            .collect();
        if is_first {
            for entity in self.draft.keys() {
                entities.insert(view.survivor(entity)?);
            }
        }
        Ok(entities)
    }

    /// Entities with their parts, as they are now.
    fn nodes<'e>(
        &self,
        entities: impl IntoIterator<Item = &'e NamedNode>,
    ) -> Result<IndexSet<Term>, StoreError> {
        let mut nodes = IndexSet::new();
        for entity in entities {
            nodes.insert(entity.clone().into());
            for triple in self.write.after().public_description(entity)? {
                nodes.insert(triple.subject.into());
            }
        }
        Ok(nodes)
    }

    fn validate(
        &self,
        shapes: &Shapes,
        view: &View<'_>,
        focus: &IndexSet<Term>,
    ) -> Result<Vec<ValidationResult>, SubmitError> {
        Ok(gate::examine(self.door, shapes, view, focus)?)
    }

    /// The violations of the minimum by an entity that were not there before this change.
    fn introduced(&self, entity: &NamedNode) -> Result<Vec<ValidationResult>, SubmitError> {
        let results = self.results.get(entity).map_or(&[][..], Vec::as_slice);
        self.new_since(self.door.minimum(), entity, results)
    }

    /// The violations among the results of an entity that were not there before this change.
    fn new_since(
        &self,
        shapes: &Shapes,
        entity: &NamedNode,
        results: &[ValidationResult],
    ) -> Result<Vec<ValidationResult>, SubmitError> {
        let violations: Vec<&ValidationResult> = results
            .iter()
            .filter(|result| result.severity == Severity::Violation)
            .collect();
        if violations.is_empty() {
            return Ok(Vec::new());
        }
        let mut focus: IndexSet<Term> = violations
            .iter()
            .map(|result| result.origin.clone())
            .collect();
        let former = self.former.get(entity);
        for entity in former.into_iter().flatten() {
            for triple in self.write.before().public_description(entity)? {
                focus.insert(triple.subject.into());
            }
        }
        // A part is named by what it says, so that a changed one has another IRI.
        let is_named_so = |term: &Term| match term {
            Term::NamedNode(iri) => iri != entity && iri.as_str().contains('#'),
            _ => false,
        };
        let is_part = |result: &ValidationResult| {
            [
                Some(&result.origin),
                Some(&result.focus),
                result.value.as_ref(),
            ]
            .into_iter()
            .flatten()
            .any(is_named_so)
        };
        if violations.iter().any(|result| is_part(result)) {
            for triple in self.write.before().public_description(entity)? {
                focus.insert(triple.subject.into());
            }
        }
        let mut before = self.validate(shapes, &self.write.before(), &focus)?;
        let mut introduced = Vec::new();
        for result in violations {
            if let Some(same) = before.iter().position(|earlier| earlier == result) {
                before.swap_remove(same);
                continue;
            }
            // Under another IRI, the same fault is not a new one.
            let same = before.iter().position(|earlier| {
                (former.is_some() || (is_part(result) && is_part(earlier)))
                    && earlier.source_shape == result.source_shape
                    && earlier.component == result.component
                    && earlier.path == result.path
            });
            match same {
                // Of entities that were joined, one earlier fault may stand for several.
                Some(_) if former.is_some() => {}
                Some(same) => {
                    before.swap_remove(same);
                }
                None => introduced.push(result.clone()),
            }
        }
        Ok(introduced)
    }

    /// Whether this change decides anew which claims on an entity are published.
    fn is_decided_anew(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let is_so = |entity: &NamedNode| {
            self.draft.contains_key(entity)
                || self.withdrawn.contains(entity)
                || self.again.contains(entity)
        };
        Ok(is_so(entity) || !self.published_as(entity, is_so)?.is_empty())
    }

    /// Whether an entity is fused anew with claims that stay as they are.
    fn is_fused_again(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let members = self.published_as(entity, |member| self.again.contains(member))?;
        Ok(!members.is_empty())
    }

    /// Whether an entity is below the minimum through no fault of the submission: the source
    /// withdraws it, or says of it what it said when another one withdrew it.
    fn is_left_below_minimum(&self, entity: &NamedNode) -> Result<bool, StoreError> {
        let members = self.write.after().members(entity)?;
        if members.iter().any(|member| self.withdrawn.contains(member)) {
            return Ok(true);
        }
        let before = self.write.before();
        if matches!(before.state_of(entity)?, State::Withdrawn(_)) {
            for member in members {
                if !before.claims_of(&self.source.name, &member)?.is_empty() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Looks for lower-ranked claims of other sources that break the minimum together with what
    /// the source says; leaves them out if that mends it, and notes what that changes in public.
    fn leave_others_out(
        &mut self,
        entity: &NamedNode,
        violations: &[ValidationResult],
        changed: &mut Changed,
    ) -> Result<bool, SubmitError> {
        let former = self.left_out.get(entity).cloned().unwrap_or_default();
        for candidate in self.candidates(entity, violations)? {
            let left_out: LeftOut = former.union(&candidate).cloned().collect();
            if left_out.len() == former.len() {
                continue;
            }
            self.left_out.insert(entity.clone(), left_out);
            self.publish(entity, changed)?;
            let focus = self.nodes([entity])?;
            let results = self.validate(self.door.minimum(), &self.write.after(), &focus)?;
            let earlier = self.results.insert(entity.clone(), results);
            if self.introduced(entity)?.is_empty() {
                return Ok(true);
            }
            self.results
                .extend(earlier.map(|earlier| (entity.clone(), earlier)));
        }
        self.left_out.insert(entity.clone(), former);
        self.publish(entity, changed)?;
        Ok(false)
    }

    /// What may be left out to mend violations, in the order in which it is tried: what is left
    /// out already, what lower-ranked sources say of the very properties, what they say of any
    /// one property, and all that they say.
    fn candidates(
        &self,
        entity: &NamedNode,
        violations: &[ValidationResult],
    ) -> Result<Vec<LeftOut>, StoreError> {
        let mut stored = left_out(&self.write.before(), entity)?;
        let mut lower = LeftOut::new();
        if !self.drafted_as(entity)?.is_empty() || self.is_fused_again(entity)? {
            let view = self.write.after();
            let said = view.said_of(entity, self.has_merges)?;
            let ranks = self.fusing().ranks(&view, entity, &said)?;
            let rank = |name: &SourceName| ranks.get(name).copied().unwrap_or(Source::DEFAULT_RANK);
            let own = (rank(&self.source.name), &self.source.name);
            for Said {
                source: name,
                triples,
                ..
            } in &said
            {
                if (rank(name), name) > own {
                    lower.extend(
                        triples
                            .iter()
                            .filter(|triple| triple.predicate != rdf::TYPE)
                            .map(|triple| (name.clone(), triple.predicate.as_str().to_owned())),
                    );
                }
            }
        }
        let properties: BTreeSet<&str> = violations
            .iter()
            .filter_map(|result| Some(result.path.as_ref()?.first_predicate()?.as_str()))
            .collect();
        let named = lower
            .iter()
            .filter(|(_, property)| properties.contains(property.as_str()))
            .cloned()
            .collect();
        let mut candidates = vec![stored.clone(), named];
        candidates.extend(lower.iter().map(|one| LeftOut::from([one.clone()])));
        stored.extend(lower);
        candidates.push(stored);
        Ok(candidates)
    }

    /// The drafted entities whose change broke an entity that the submission does not describe:
    /// the values complained of, else all that it points to or that point to it and changed.
    fn culprits(
        &self,
        entity: &NamedNode,
        violations: &[ValidationResult],
    ) -> Result<BTreeSet<NamedNode>, StoreError> {
        let view = self.write.after();
        let mut culprits = BTreeSet::new();
        let mut is_named = true;
        for violation in violations {
            match &violation.value {
                Some(Term::NamedNode(value)) => {
                    culprits.insert(view.whole_of(value));
                }
                _ => is_named = false,
            }
        }
        if !is_named {
            for triple in view.public_description(entity)? {
                if let Term::NamedNode(object) = triple.object {
                    culprits.insert(view.whole_of(&object));
                }
            }
            for quad in view.quads(
                None,
                None,
                Some(entity.as_ref().into()),
                Some(oxrdf::GraphNameRef::DefaultGraph),
            ) {
                if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
                    culprits.insert(view.whole_of(&subject));
                }
            }
        }
        let mut changed = BTreeSet::new();
        for culprit in culprits {
            let drafted = self.drafted_as(&culprit)?;
            if drafted.is_empty() {
                continue;
            }
            let before = self.write.before().public_description(&culprit)?;
            if before != view.public_description(&culprit)? {
                changed.extend(drafted);
            }
        }
        Ok(changed)
    }

    /// Takes resources out of the draft: their last accepted version stays, and what points to
    /// one that has none keeps the sender's own IRI. Gives what must be written again.
    fn refuse(&mut self, refused: BTreeSet<NamedNode>) -> Result<BTreeSet<NamedNode>, StoreError> {
        self.note_refusals(&refused)?;
        let mut again = refused.clone();
        let mut gone: BTreeMap<NamedNode, Option<NamedNode>> = BTreeMap::new();
        for entity in &refused {
            if let Some(drafted) = self.draft.remove(entity) {
                for key in &drafted.keys {
                    let alias = alias_node(self.write.before().base(), &self.source.name, key);
                    let current = self.write.after().registry(&alias)?;
                    let former = self.write.before().registry(&alias)?;
                    self.write.replace(current, former);
                }
                if drafted.is_new {
                    gone.insert(entity.clone(), drafted.sender_iri);
                } else {
                    self.held.insert(entity.clone());
                }
            }
            let survivor = self.write.after().survivor(entity)?;
            self.results.remove(&survivor);
            for results in self.gated.values_mut() {
                results.remove(&survivor);
            }
            self.left_out.remove(&survivor);
        }
        for (entity, drafted) in &mut self.draft {
            let mut is_changed = false;
            drafted.claims.retain_mut(|triple| {
                let Term::NamedNode(object) = &triple.object else {
                    return true;
                };
                match gone.get(object) {
                    None => true,
                    Some(sender_iri) => {
                        is_changed = true;
                        if let Some(iri) = sender_iri {
                            triple.object = iri.clone().into();
                        }
                        sender_iri.is_some()
                    }
                }
            });
            if is_changed {
                // Names of parts follow from what they point to.
                let claims = std::mem::take(&mut drafted.claims);
                let base = self.write.before().base();
                drafted.claims = parts::rename(entity, &self.source.name, base, claims);
                again.insert(entity.clone());
            }
        }
        Ok(again)
    }

    /// Remembers the findings of what is refused, under the names that the sender knows.
    fn note_refusals(&mut self, refused: &BTreeSet<NamedNode>) -> Result<(), StoreError> {
        for entity in refused {
            let found = self.findings_of(entity, false)?;
            self.findings.extend(found);
        }
        self.refused.extend(refused.iter().cloned());
        Ok(())
    }

    /// The findings on an entity, under the names that the sender knows: the IRI of what was
    /// never published means nothing to anybody.
    fn findings_of(
        &self,
        entity: &NamedNode,
        is_published: bool,
    ) -> Result<Vec<Finding>, StoreError> {
        let survivor = self.write.after().survivor(entity)?;
        let of_minimum = self.results.get(&survivor);
        let mut found = findings(of_minimum.map_or(&[][..], Vec::as_slice), MINIMUM);
        for (profile, results) in &self.gated {
            found.extend(findings(
                results.get(&survivor).map_or(&[][..], Vec::as_slice),
                profile,
            ));
        }
        let drafted = self.drafted_as(&survivor)?;
        let subject = match drafted.first() {
            Some(drafted) if !self.draft.contains_key(entity) => self.subject(drafted),
            _ => self.subject(entity),
        };
        let is_hidden = |entity: &str| {
            !is_published
                && self
                    .draft
                    .get(&NamedNode::new_unchecked(without_fragment(entity)))
                    .is_some_and(|drafted| drafted.is_new)
        };
        Ok(found
            .into_iter()
            .map(|finding| Finding {
                subject: subject.clone(),
                entity: finding.entity.filter(|entity| !is_hidden(entity)),
                value: finding.value.map(|value| {
                    if is_hidden(&value) {
                        self.subject(&NamedNode::new_unchecked(without_fragment(&value)))
                    } else {
                        value
                    }
                }),
                ..finding
            })
            .collect())
    }

    /// What the sender calls an entity.
    fn subject(&self, entity: &NamedNode) -> String {
        self.draft.get(entity).map_or_else(
            || entity.as_str().to_owned(),
            |drafted| drafted.subject.clone(),
        )
    }

    /// Writes down who is who and what is no longer published.
    fn register(&mut self) -> Result<(), StoreError> {
        let base = self.write.before().base().clone();
        let generation = self.write.generation();
        self.write
            .begin_stage(Stage::Registering, self.touched.len())?;
        for entity in self.touched.clone() {
            self.write.step()?;
            let current = self.write.after().registry(&entity)?;
            let lives_on_elsewhere = current.iter().any(|quad| {
                quad.predicate == base.sv("mergedInto") || quad.predicate == dct::IS_REPLACED_BY
            });
            if lives_on_elsewhere {
                let mut wanted = current.clone();
                wanted.retain(|quad| quad.predicate != base.sv("nameKey"));
                self.write.replace(current, wanted);
                continue;
            }
            let public = self.write.after().public_description(&entity)?;
            let is_renewed = self.renewed.contains(&entity);
            let mut wanted: Vec<Quad> = current
                .iter()
                .filter(|quad| !is_of_tombstone(&base, quad))
                .filter(|quad| quad.predicate != base.sv("leftOut"))
                .filter(|quad| !is_renewed || quad.predicate != base.sv("nameKey"))
                .cloned()
                .collect();
            if public.is_empty() {
                if current.is_empty() {
                    continue;
                }
                let former = current.iter().filter(|quad| is_of_tombstone(&base, quad));
                if former.clone().next().is_some() {
                    wanted.extend(former.cloned());
                } else {
                    let reason = if self.below_minimum.contains(&entity) {
                        "below-minimum"
                    } else {
                        self.reason
                    };
                    let mut add = |local: &str, object: Term| {
                        wanted.push(quad(&base, entity.clone(), base.sv(local), object))
                    };
                    add("withdrawn", time_literal(&time::utc(self.now)).into());
                    add("withdrawnBy", base.source(&self.source.name).into());
                    add(
                        "withdrawnBecause",
                        Literal::new_simple_literal(reason).into(),
                    );
                }
            } else {
                if let Some(kind) = kind_of(&self.write.after(), &entity, &public) {
                    wanted.retain(|quad| quad.predicate != base.sv("kind"));
                    wanted.push(quad(
                        &base,
                        entity.clone(),
                        base.sv("kind"),
                        Literal::new_simple_literal(kind.name),
                    ));
                    if is_renewed {
                        let view = self.write.after();
                        wanted.extend(duplicates::keys(&view, &entity, kind, &public));
                    }
                }
                if base.entity_of(entity.as_str()).is_some()
                    && !wanted
                        .iter()
                        .any(|quad| quad.predicate == base.sv("minted"))
                {
                    wanted.push(quad(
                        &base,
                        entity.clone(),
                        base.sv("minted"),
                        generation_literal(generation),
                    ));
                }
            }
            self.write.replace(current, wanted);
            self.register_left_out(&entity, public.is_empty())?;
        }
        self.propose_duplicates()
    }

    /// Writes which profiles all that this changes meets now, and keeps what is to be told of it.
    fn judge(&mut self) -> Result<(), SubmitError> {
        let mut names = Names::new();
        let are_few = self.draft.len() <= self.door.judged_at_once;
        for entity in self.draft.keys().filter(|_| are_few) {
            let survivor = self.write.after().survivor(entity)?;
            names
                .entry(survivor)
                .or_insert_with(|| self.subject(entity));
        }
        let names = are_few.then_some(&names);
        self.profiles = conformance::keep_in_step(self.write, self.door, names)?;
        Ok(())
    }

    /// Looks for what may be there twice, now that all that is published has its keys.
    fn propose_duplicates(&mut self) -> Result<(), StoreError> {
        for entity in self.renewed.clone() {
            let others = duplicates::propose(self.write, &entity)?;
            let drafted = self.drafted_as(&entity)?;
            let Some(drafted) = drafted.first() else {
                continue;
            };
            let subject = self.subject(drafted);
            for other in others {
                let view = self.write.after();
                let finding = duplicates::finding(&view, &subject, &entity, &other)?;
                self.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Writes down which claims on an entity are kept out of the public view, and by whom.
    fn register_left_out(
        &mut self,
        entity: &NamedNode,
        is_withdrawn: bool,
    ) -> Result<(), StoreError> {
        let base = self.write.before().base().clone();
        let predicate = base.sv("leftOut");
        let left_out = match self.left_out.get(entity) {
            Some(left_out) if !is_withdrawn => left_out.clone(),
            _ => LeftOut::new(),
        };
        let mut names = Vec::new();
        for member in self.published_as(entity, |_| true)? {
            names.extend(self.write.after().sources_of(&member)?);
        }
        // It may have said something until now.
        names.push(self.source.name.clone());
        if !self.former.is_empty() {
            let former = verify::left_out(&self.write.before(), entity)?;
            names.extend(former.into_iter().map(|(name, _)| name));
        }
        for name in names {
            let about = about_node(&base, &name, entity);
            let mut current = self.write.after().registry(&about)?;
            current.retain(|quad| quad.predicate == predicate);
            let wanted = left_out
                .iter()
                .filter(|(source, _)| *source == name)
                .map(|(_, property)| {
                    let property = NamedNode::new_unchecked(property.clone());
                    quad(&base, about.clone(), predicate.clone(), property)
                })
                .collect();
            self.write.replace(current, wanted);
        }
        for (name, property) in &left_out {
            let subject = self.subject(entity);
            self.findings
                .push(left_out_finding(subject, name, property));
        }
        Ok(())
    }

    /// Puts counts and findings into the report.
    ///
    /// # Errors
    /// When the storage fails or the shapes cannot be evaluated.
    pub fn tell(&mut self, report: &mut Report, verdict: Verdict) -> Result<(), SubmitError> {
        report.counts.refused += self.refused.len();
        report.counts.kept = self.kept.len();
        report.counts.withdrawn = self.withdrawn.len();
        let graph = self.write.before().base().source_graph(&self.source.name);
        let taken = self
            .draft
            .iter()
            .filter(|(entity, _)| !self.refused.contains(*entity));
        for (entity, drafted) in taken {
            let before = self.write.before().claims_of(&self.source.name, entity)?;
            let wanted: BTreeSet<String> = drafted
                .claims
                .iter()
                .map(|t| t.clone().in_graph(graph.clone()).to_string())
                .collect();
            let count = if before.is_empty() {
                &mut report.counts.created
            } else if before.iter().map(Quad::to_string).collect::<BTreeSet<_>>() == wanted {
                &mut report.counts.unchanged
            } else {
                &mut report.counts.changed
            };
            *count += 1;
        }
        report.findings.append(&mut self.findings);
        let entities: Vec<NamedNode> = self.results.keys().cloned().collect();
        for entity in entities {
            let found = self.findings_of(&entity, verdict == Verdict::Accepted)?;
            report.findings.extend(found);
        }
        for entity in self.draft.keys() {
            report.findings.extend(self.status_disagreement(entity)?);
        }
        if verdict == Verdict::Accepted {
            report.profiles = self.profiles.take();
        }
        Ok(())
    }

    /// What each source says of an entity, under any IRI that it has.
    fn voices_on(&self, entity: &NamedNode) -> Result<Vec<(SourceName, Vec<Triple>)>, StoreError> {
        let view = self.write.after();
        let said = view
            .said_of(&view.survivor(entity)?, self.has_merges)?
            .into_iter();
        Ok(said.map(|said| (said.source, said.triples)).collect())
    }

    /// A different event status in another source is always a finding: somebody may stand
    /// before a closed door.
    fn status_disagreement(&self, entity: &NamedNode) -> Result<Option<Finding>, StoreError> {
        let is_event = self
            .draft
            .get(entity)
            .is_some_and(|drafted| drafted.kind.is_event);
        if !is_event {
            return Ok(None);
        }
        let claims = self.voices_on(entity)?;
        let mut statuses: BTreeMap<String, Vec<&SourceName>> = BTreeMap::new();
        for (name, triples) in &claims {
            for triple in triples
                .iter()
                .filter(|triple| triple.predicate == schema::EVENT_STATUS)
            {
                statuses
                    .entry(triple.object.to_string())
                    .or_default()
                    .push(name);
            }
        }
        if statuses.len() < 2 {
            return Ok(None);
        }
        let list = statuses
            .iter()
            .map(|(status, names)| {
                let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
                format!(
                    "{} ({})",
                    status
                        .trim_matches(['<', '>'])
                        .rsplit('/')
                        .next()
                        .unwrap_or(status),
                    names.join(", ")
                )
            })
            .collect::<Vec<_>>()
            .join(", ");
        Ok(Some(Finding {
            entity: Some(entity.as_str().to_owned()),
            ..Finding::door(
                Severity::Warning,
                "status-disagreement",
                self.subject(entity),
                Some(schema::EVENT_STATUS.as_str()),
                None,
                Text::new(
                    format!(
                        "les sources ne disent pas la même chose de l'état de cette représentation : {list}"
                    ),
                    format!("sources do not agree on the status of this performance: {list}"),
                ),
            )
        }))
    }
}

/// What a person's decision asks of the public view.
#[derive(Default)]
pub struct Hands {
    /// Entities whose description, or whose way of being published, the decision changes.
    pub touched: BTreeSet<NamedNode>,
    /// As what entities were published before.
    pub former: BTreeMap<NamedNode, BTreeSet<NamedNode>>,
    /// What is kept out of public view to begin with.
    pub left_out: BTreeMap<NamedNode, LeftOut>,
    /// Entities that stand for themselves from now on.
    pub apart: BTreeSet<NamedNode>,
    /// Whether what points to them may be left with a finding.
    pub may_break_others: bool,
}

/// Completes the report on a change, and commits what was accepted unless it is only tried.
///
/// # Errors
/// As [`Write::commit`].
pub fn conclude(
    write: Write<'_>,
    verdict: Verdict,
    report: &mut Report,
    activity: Activity,
    now: Timestamp,
) -> Result<(), StoreError> {
    report.outcome = match verdict {
        Verdict::Refused => Outcome::Refused,
        Verdict::Accepted if write.is_empty() => Outcome::Unchanged,
        Verdict::Accepted => {
            if !report.is_dry_run {
                report.generation = write.commit(&time::utc(now), &report.source, activity)?;
            }
            Outcome::Accepted
        }
    };
    report.sort();
    Ok(())
}

/// What a round changed in the public view.
#[derive(Default)]
struct Changed {
    added: Vec<Triple>,
    removed: Vec<Triple>,
}

/// What follows from the violations that a round introduced.
#[derive(Default)]
struct Faults {
    refused: BTreeSet<NamedNode>,
    below_minimum: BTreeSet<NamedNode>,
    /// What leaving claims out changed in public.
    changed: Changed,
}

impl Faults {
    fn is_empty(&self) -> bool {
        self.refused.is_empty()
            && self.below_minimum.is_empty()
            && self.changed.added.is_empty()
            && self.changed.removed.is_empty()
    }
}

/// Lets the sender's identifiers stand for an entity, and for no other one.
fn set_aliases(
    write: &mut Write<'_>,
    source: &Source,
    entity: &NamedNode,
    keys: &BTreeSet<String>,
) -> Result<(), StoreError> {
    let base = write.before().base().clone();
    for key in keys {
        let alias = alias_node(&base, &source.name, key);
        let current = write.after().registry(&alias)?;
        let wanted = quad(&base, alias, base.sv("identifies"), entity.clone());
        write.replace(current, vec![wanted]);
    }
    Ok(())
}

/// An entity's claims by unit; what its parts say belongs to the property that points to them.
fn by_unit(
    view: &View<'_>,
    entity: &NamedNode,
    quads: &[Quad],
) -> BTreeMap<Unit, BTreeSet<String>> {
    let mut units: BTreeMap<Unit, BTreeSet<String>> = BTreeMap::new();
    let mut of_parts: FxHashMap<Term, Vec<&Quad>> = FxHashMap::default();
    for quad in quads {
        let subject = Term::from(quad.subject.clone());
        of_parts.entry(subject).or_default().push(quad);
    }
    for quad in quads {
        let own =
            matches!(&quad.subject, NamedOrBlankNode::NamedNode(subject) if subject == entity);
        if !own {
            continue;
        }
        if let Some(unit) = unit_of(view, &Triple::from(quad.clone())) {
            let said = units.entry(unit).or_default();
            said.insert(quad.object.to_string());
            // A part's name follows from its key only; its other values count too.
            said.extend(
                of_parts
                    .get(&quad.object)
                    .into_iter()
                    .flatten()
                    .map(|nested| nested.to_string()),
            );
        }
    }
    units
}

/// The instant of an xsd:dateTime with its offset; for an xsd:date, the end of that day in UTC.
fn instant(value: &str) -> Option<Timestamp> {
    value.parse::<Timestamp>().ok().or_else(|| {
        let date: civil::Date = value.parse().ok()?;
        let end = date
            .tomorrow()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()?;
        Some(end.timestamp())
    })
}

fn left_out_finding(subject: String, source: &SourceName, property: &str) -> Finding {
    Finding::door(
        Severity::Warning,
        "claim-left-out",
        subject,
        Some(property),
        Some(source.as_str()),
        Text::new(
            format!(
                "ce que « {source} » dit de cette propriété contredit le profil minimum ; ce n'est pas publié"
            ),
            format!(
                "what `{source}` says of this property goes against the minimum profile; it is not published"
            ),
        ),
    )
}
