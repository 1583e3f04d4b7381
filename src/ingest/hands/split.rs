//! One entity was several.
//!
//! Whose claims belong to which of them is for a person to say, source by source: under the one
//! IRI, what a source says of two things cannot be told apart. Claims, identifiers and references
//! move with their source; the former IRI stays and names those that replace it.

use super::{Act, HandError, Report, carry_out, common_kind, entity_named, pair, reason};
use crate::ingest::apply::Hands;
use crate::ingest::verify::left_out;
use crate::ingest::{Door, parts};
use crate::model::vocabulary::dct;
use crate::model::{Activity, Finding, Noid, Severity, SourceName, Text};
use crate::store::{Store, StoreError, View, Write, about_node, alias_node, is_of_tombstone, quad};
use jiff::Timestamp;
use oxrdf::{NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// An entity that was several. It is an IRI of ours or the last part of one.
#[derive(Clone, Copy, Debug)]
pub struct Split<'a> {
    pub entity: &'a str,
    pub into: &'a [Share],
    pub because: Option<&'a str>,
    pub is_dry_run: bool,
}

/// What goes to one of the entities that replace another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// An IRI of ours or the last part of one, of an entity of the same kind; or `new`, `new2` …
    /// for one that does not exist yet.
    pub to: String,
    pub source: SourceName,
    /// Only this identifier of the source; `None` takes all that the source says, and the
    /// identifiers that no other share takes.
    pub identifier: Option<String>,
}

impl std::str::FromStr for Share {
    type Err = String;

    /// Reads `TO=SOURCE` or `TO=SOURCE:IDENTIFIER`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no share; write `new=my-source`, or an IRI instead of `new`");
        let (to, taken) = text.split_once('=').ok_or_else(wrong)?;
        let (source, identifier) = match taken.split_once(':') {
            Some((source, identifier)) => (source, Some(identifier.to_owned())),
            None => (taken, None),
        };
        if to.is_empty() {
            return Err(wrong());
        }
        Ok(Self {
            to: to.to_owned(),
            source: source.parse().map_err(|_| wrong())?,
            identifier,
        })
    }
}

/// What a person needs to know to split an entity: the sources that speak of it, with how many
/// statements, and the identifiers under which each knows it.
///
/// # Errors
/// When there is no such entity or the store fails.
pub fn shares(
    view: &View<'_>,
    entity: &str,
) -> Result<BTreeMap<SourceName, (usize, Vec<String>)>, HandError> {
    let entity = entity_named(view, entity)?;
    let mut shares: BTreeMap<SourceName, (usize, Vec<String>)> = BTreeMap::new();
    for (source, triples) in view.claims(&entity)? {
        shares.entry(source).or_default().0 = triples.len();
    }
    for (source, key) in view.aliases(&entity)? {
        shares.entry(source).or_default().1.push(key);
    }
    Ok(shares)
}

/// Replaces an entity by several. `random` fills a buffer with random bytes.
///
/// # Errors
/// When the shares leave something open, or the store fails. A split that would break the
/// `minimum` profile is no error: the report refuses it and says why.
pub fn split(
    store: &Store,
    door: &Door,
    split: &Split<'_>,
    now: Timestamp,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Report, HandError> {
    let because = reason(split.because)?;
    let mut write = store.write()?;
    let view = write.before();
    let entity = entity_named(&view, split.entity)?;
    if view.members(&view.survivor(&entity)?)?.len() > 1 {
        return Err(HandError::SplitMerged(entity));
    }
    let targets = targets(&view, &entity, split.into, random)?;
    let assigned = assign(&view, &entity, split.into, &targets)?;
    let successors: BTreeSet<NamedNode> = targets.values().cloned().collect();
    let mut hands = Hands::default();
    let mut findings = Vec::new();
    for (source, assignment) in &assigned {
        if assignment.is_mixed {
            findings.push(mixed(&entity, source, &assignment.claims_to));
        }
        move_claims(&mut write, source, &entity, &assignment.claims_to)?;
        for (key, target) in &assignment.identifiers {
            set_alias(&mut write, source, key, target)?;
        }
        // What the source says under the former IRI itself follows its claims.
        set_alias(&mut write, source, entity.as_str(), &assignment.claims_to)?;
    }
    redirect(
        &mut write,
        &entity,
        &assigned,
        &mut hands.touched,
        &mut findings,
    )?;
    register(&mut write, &entity, &successors)?;
    let kept_out = left_out(&write.before(), &entity)?;
    for successor in &successors {
        let mut left_out = left_out(&write.before(), successor)?;
        left_out.extend(kept_out.iter().cloned());
        hands.left_out.insert(successor.clone(), left_out);
        hands
            .former
            .insert(successor.clone(), BTreeSet::from([entity.clone()]));
    }
    hands.touched.extend(successors.iter().cloned());
    hands.touched.insert(entity.clone());
    let mut entities = vec![entity];
    entities.extend(successors);
    let act = Act {
        activity: Activity::Split,
        entities,
        because,
        is_dry_run: split.is_dry_run,
    };
    let mut report = carry_out(write, door, act, hands, now)?;
    report.findings.extend(findings);
    Ok(report)
}

/// The entities that replace one, by what the shares call them.
fn targets(
    view: &View<'_>,
    entity: &NamedNode,
    shares: &[Share],
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<BTreeMap<String, NamedNode>, HandError> {
    let mut targets: BTreeMap<String, NamedNode> = BTreeMap::new();
    for share in shares {
        if targets.contains_key(&share.to) {
            continue;
        }
        let target = if share.to.starts_with("new") {
            view.base().id(&Noid::mint(random))
        } else {
            let target = entity_named(view, &share.to)?;
            if target == *entity {
                return Err(HandError::Same(target));
            }
            common_kind(view, entity, &target)?;
            view.survivor(&target)?
        };
        targets.insert(share.to.clone(), target);
    }
    if targets.values().collect::<BTreeSet<_>>().len() < 2 {
        return Err(HandError::OnePiece(entity.clone()));
    }
    Ok(targets)
}

/// Where what one source says goes.
struct Assignment {
    claims_to: NamedNode,
    identifiers: BTreeMap<String, NamedNode>,
    /// Whether its claims may belong elsewhere in part.
    is_mixed: bool,
}

fn assign(
    view: &View<'_>,
    entity: &NamedNode,
    shares: &[Share],
    targets: &BTreeMap<String, NamedNode>,
) -> Result<BTreeMap<SourceName, Assignment>, HandError> {
    let known = self::shares(view, entity.as_str())?;
    let mut assigned = BTreeMap::new();
    for share in shares {
        let is_there = known.get(&share.source).is_some_and(|(_, keys)| {
            let identifier = share.identifier.as_ref();
            identifier.is_none_or(|identifier| keys.contains(identifier))
        });
        if !is_there {
            return Err(HandError::NoShare {
                entity: entity.clone(),
                source_name: share.source.clone(),
                identifier: share.identifier.clone(),
            });
        }
    }
    for (source, (_, keys)) in known {
        let of_source = || shares.iter().filter(|share| share.source == source);
        let rest = of_source()
            .find(|share| share.identifier.is_none())
            .and_then(|share| targets.get(&share.to));
        let mut identifiers = BTreeMap::new();
        for key in keys {
            let target = of_source()
                .find(|share| share.identifier.as_deref() == Some(key.as_str()))
                .and_then(|share| targets.get(&share.to))
                .or(rest)
                .ok_or_else(|| HandError::Unassigned {
                    entity: entity.clone(),
                    source_name: source.clone(),
                    identifier: Some(key.clone()),
                })?;
            identifiers.insert(key, target.clone());
        }
        let claims_to = rest
            .or_else(|| identifiers.values().next())
            .cloned()
            .ok_or_else(|| HandError::Unassigned {
                entity: entity.clone(),
                source_name: source.clone(),
                identifier: None,
            })?;
        let is_mixed = identifiers.values().any(|target| *target != claims_to);
        assigned.insert(
            source,
            Assignment {
                claims_to,
                identifiers,
                is_mixed,
            },
        );
    }
    Ok(assigned)
}

/// Moves what a source says of one entity, and when it last changed that, to another.
fn move_claims(
    write: &mut Write<'_>,
    source: &SourceName,
    from: &NamedNode,
    to: &NamedNode,
) -> Result<(), StoreError> {
    let base = write.before().base().clone();
    let current = write.after().claims_of(source, from)?;
    if current.is_empty() {
        return Ok(());
    }
    let there = write.after().claims_of(source, to)?;
    let triples: Vec<Triple> = current
        .iter()
        .cloned()
        .map(|quad| pointing_to(Triple::from(quad), from, to))
        .map(|mut triple| {
            if triple.subject == NamedOrBlankNode::from(from.clone()) {
                triple.subject = to.clone().into();
            }
            triple
        })
        .collect();
    let graph = base.source_graph(source);
    let moved = parts::rename(to, source, &base, triples)
        .into_iter()
        .map(|triple| triple.in_graph(graph.clone()));
    let mut wanted = there.clone();
    wanted.extend(moved);
    write.replace(current, Vec::new());
    let is_first = there.is_empty();
    write.replace(there, wanted);
    let (from, to) = (
        about_node(&base, source, from),
        about_node(&base, source, to),
    );
    let times = write.after().registry(&from)?;
    if is_first {
        let left_out = base.sv("leftOut");
        let moved = times
            .iter()
            .filter(|time| time.predicate != left_out)
            .map(|time| {
                quad(
                    &base,
                    to.clone(),
                    time.predicate.clone(),
                    time.object.clone(),
                )
            })
            .collect();
        let current = write.after().registry(&to)?;
        write.replace(current, moved);
    }
    write.replace(times, Vec::new());
    Ok(())
}

fn set_alias(
    write: &mut Write<'_>,
    source: &SourceName,
    key: &str,
    target: &NamedNode,
) -> Result<(), StoreError> {
    let base = write.before().base().clone();
    let alias = alias_node(&base, source, key);
    let current = write.after().registry(&alias)?;
    let wanted = quad(&base, alias, base.sv("identifies"), target.clone());
    write.replace(current, vec![wanted]);
    Ok(())
}

/// Lets each source's references lead to where its claims went; those of sources that do not
/// speak of the entity stay, with a finding.
fn redirect(
    write: &mut Write<'_>,
    entity: &NamedNode,
    assigned: &BTreeMap<SourceName, Assignment>,
    touched: &mut BTreeSet<NamedNode>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let base = write.before().base().clone();
    let mut pointing: BTreeSet<(SourceName, NamedNode)> = BTreeSet::new();
    for quad in write
        .after()
        .quads(None, None, Some(entity.as_ref().into()), None)
    {
        let quad = quad?;
        if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
            && let Some(source) = write.after().claimant(&quad)
        {
            pointing.insert((source, write.after().whole_of(subject)));
        }
    }
    for (source, subject) in pointing {
        touched.insert(subject.clone());
        let Some(assignment) = assigned.get(&source) else {
            findings.push(dangling(&subject, &source, entity));
            continue;
        };
        let current = write.after().claims_of(&source, &subject)?;
        let triples = current
            .iter()
            .cloned()
            .map(|quad| pointing_to(Triple::from(quad), entity, &assignment.claims_to))
            .collect();
        let graph = base.source_graph(&source);
        let wanted: Vec<Quad> = parts::rename(&subject, &source, &base, triples)
            .into_iter()
            .map(|triple| triple.in_graph(graph.clone()))
            .collect();
        write.replace(current, wanted);
    }
    Ok(())
}

fn pointing_to(mut triple: Triple, from: &NamedNode, to: &NamedNode) -> Triple {
    if matches!(&triple.object, Term::NamedNode(object) if object == from) {
        triple.object = to.clone().into();
    }
    triple
}

/// Writes down what replaces the entity, and that its successors are different.
fn register(
    write: &mut Write<'_>,
    entity: &NamedNode,
    successors: &BTreeSet<NamedNode>,
) -> Result<(), StoreError> {
    let base = write.before().base().clone();
    let mut apart = Vec::new();
    for one in successors {
        apart.push(quad(
            &base,
            entity.clone(),
            dct::IS_REPLACED_BY.into_owned(),
            one.clone(),
        ));
        for other in successors.range(one.clone()..).skip(1) {
            apart.push(pair(&write.before(), "differentFrom", one, other));
        }
    }
    for quad in apart {
        write.insert(quad)?;
    }
    let current = write.after().registry(entity)?;
    let wanted = current
        .iter()
        .filter(|quad| !is_of_tombstone(&base, quad))
        .cloned()
        .collect();
    write.replace(current, wanted);
    Ok(())
}

fn mixed(entity: &NamedNode, source: &SourceName, to: &NamedNode) -> Finding {
    Finding::door(
        Severity::Warning,
        "split-needs-resubmission",
        entity.as_str(),
        None,
        Some(source.as_str()),
        Text::new(
            format!(
                "ce que « {source} » en disait est maintenant dit de {to} ; ses autres identifiants n'auront une fiche qu'à son prochain envoi"
            ),
            format!(
                "what `{source}` said of it is now said of {to}; its other identifiers are described again with its next submission"
            ),
        ),
    )
}

fn dangling(subject: &NamedNode, source: &SourceName, entity: &NamedNode) -> Finding {
    Finding {
        entity: Some(subject.as_str().to_owned()),
        ..Finding::door(
            Severity::Warning,
            "split-reference",
            subject.as_str(),
            None,
            Some(entity.as_str()),
            Text::new(
                format!(
                    "« {source} » y renvoie sans en parler lui-même ; dites-lui par quoi {entity} est remplacé"
                ),
                format!(
                    "`{source}` points to it without speaking of it; tell them what replaces {entity}"
                ),
            ),
        )
    }
}
