//! Entities that seem to be one, for a person to decide.
//!
//! Two of one kind are proposed when an identifier of a listed scheme is shared, when one is said
//! to be the same as the other's IRI, or when their names are near-equal and they are in the same
//! town, or begin at the same time in the same place. An entity is compared with those that
//! share one of its keys (`sv:nameKey` in the registry), never with all.

use crate::ingest::external;
use crate::ingest::identify::normalised_name;
use crate::model::vocabulary::schema;
use crate::model::{Finding, Kind, Severity, Text};
use crate::store::{State, StoreError, View, Write, quad};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};
use serde::Serialize;
use std::collections::BTreeSet;

/// A key that more entities share tells nothing: half the theatres of a town are called theatre.
const KEY_SHARED: usize = 50;
/// How many words of a name make a key each, the longest first.
const WORDS: usize = 3;
/// How much of such a word counts, so that a slip in the rest does no harm.
const WORD_CHARS: usize = 4;
/// Shorter words (numbers of rooms, initials) must be the same.
const SHORT_CHARS: usize = 3;
/// A name with fewer characters allows one slip, a longer one two.
const LONG_NAME_CHARS: usize = 12;
const ARTICLES: [&str; 14] = [
    "le", "la", "les", "l", "un", "une", "du", "de", "des", "d", "et", "the", "of", "and",
];

/// Two entities that seem to be one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    pub kind: &'static str,
    pub one: String,
    pub one_name: String,
    pub other: String,
    pub other_name: String,
}

/// All proposals that nobody has decided on, by IRI.
///
/// # Errors
/// When the storage fails.
pub fn duplicates(view: &View<'_>) -> Result<Vec<Proposal>, StoreError> {
    let graph = view.base().registry_graph();
    let predicate = view.base().sv("possibleDuplicate");
    let mut proposals = Vec::new();
    for quad in view.quads(
        None,
        Some(predicate.as_ref()),
        None,
        Some(graph.as_ref().into()),
    ) {
        let quad = quad?;
        if let (NamedOrBlankNode::NamedNode(one), Term::NamedNode(other)) =
            (quad.subject, quad.object)
        {
            proposals.push(Proposal {
                kind: view.kind_of(&one)?.map_or("", |kind| kind.name),
                one_name: name(view, &one)?,
                other_name: name(view, &other)?,
                one: one.into_string(),
                other: other.into_string(),
            });
        }
    }
    proposals.sort_by(|a, b| (&a.one, &a.other).cmp(&(&b.one, &b.other)));
    Ok(proposals)
}

fn name(view: &View<'_>, entity: &NamedNode) -> Result<String, StoreError> {
    let mut names = names(view, entity)?;
    names.sort_unstable();
    Ok(names.into_iter().next().unwrap_or_default())
}

/// The registry quads by which an entity that is published so is found again.
pub fn keys(view: &View<'_>, entity: &NamedNode, kind: &Kind, public: &[Triple]) -> Vec<Quad> {
    let base = view.base();
    let mut keys: BTreeSet<String> = BTreeSet::new();
    if kind.is_event {
        for start in objects(public, entity, schema::START_DATE) {
            for place in objects(public, entity, schema::LOCATION) {
                if let (Term::Literal(start), Term::NamedNode(place)) = (start, place)
                    && view.is_whole(place)
                {
                    keys.insert(format!(
                        "{} {} {}",
                        kind.name,
                        start.value(),
                        place.as_str()
                    ));
                }
            }
        }
    } else if kind.has_own_iri {
        for town in towns(public, entity) {
            for name in objects(public, entity, schema::NAME) {
                let Term::Literal(name) = name else { continue };
                let mut words: Vec<String> = words(name.value()).into_iter().collect();
                keys.insert(format!("{} {town} = {}", kind.name, words.join(" ")));
                words.retain(|word| word.chars().count() > SHORT_CHARS);
                words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
                for word in words.iter().take(WORDS) {
                    let start: String = word.chars().take(WORD_CHARS).collect();
                    keys.insert(format!("{} {town} {start}", kind.name));
                }
            }
        }
    }
    keys.into_iter()
        .map(|key| {
            let key = Literal::new_simple_literal(key);
            quad(base, entity.clone(), base.sv("nameKey"), key)
        })
        .collect()
}

/// Brings the proposals on an entity up to date with how it is published now, and gives those
/// that are new because of its name.
///
/// # Errors
/// When the storage fails.
pub fn propose(write: &mut Write<'_>, entity: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
    let view = write.after();
    let is_public = view.state_of(entity)? == State::Current;
    let (by_identifier, by_name) = match view.kind_of(entity)? {
        Some(kind) if is_public && kind.has_own_iri => (
            sharing_identifiers(&view, entity, kind)?,
            with_near_names(&view, entity)?,
        ),
        _ => (BTreeSet::new(), BTreeSet::new()),
    };
    let mut wanted = BTreeSet::new();
    for other in by_identifier.union(&by_name) {
        if other != entity && !view.are_one(entity, other)? && !view.are_different(entity, other)? {
            wanted.insert(other.clone());
        }
    }
    let current = view.possible_duplicates(entity)?;
    let gone: Vec<Quad> = current
        .difference(&wanted)
        .map(|other| super::pair(&view, "possibleDuplicate", entity, other))
        .collect();
    let new: Vec<NamedNode> = wanted.difference(&current).cloned().collect();
    for quad in gone {
        write.remove(quad)?;
    }
    for other in &new {
        let pair = super::pair(&write.after(), "possibleDuplicate", entity, other);
        write.insert(pair)?;
    }
    Ok(new
        .into_iter()
        .filter(|other| !by_identifier.contains(other))
        .collect())
}

/// The entities of this kind that have an identifier of a listed scheme in common with this one,
/// or of which one is said to be the same as the other's IRI.
fn sharing_identifiers(
    view: &View<'_>,
    entity: &NamedNode,
    kind: &'static Kind,
) -> Result<BTreeSet<NamedNode>, StoreError> {
    let mut others: BTreeSet<NamedNode> = BTreeSet::new();
    let mut add = |other: NamedNode| -> Result<(), StoreError> {
        if view.base().entity_of(other.as_str()).is_some()
            && view.is_whole(&other)
            && view.kind_of(&other)? == Some(kind)
        {
            others.insert(other);
        }
        Ok(())
    };
    let mut shared = vec![entity.clone()];
    for quad in public(view, Some(entity), schema::SAME_AS, None) {
        if let Term::NamedNode(same) = quad?.object {
            if external::is_identifier(same.as_str()) {
                shared.push(same.clone());
            }
            add(same)?;
        }
    }
    for iri in shared {
        for quad in public(view, None, schema::SAME_AS, Some(&iri)).take(KEY_SHARED) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject {
                add(subject)?;
            }
        }
    }
    Ok(others)
}

/// The entities that share a key with this one and have a near-equal name.
fn with_near_names(view: &View<'_>, entity: &NamedNode) -> Result<BTreeSet<NamedNode>, StoreError> {
    let base = view.base();
    let graph = base.registry_graph();
    let predicate = base.sv("nameKey");
    let own: Vec<BTreeSet<String>> = names(view, entity)?
        .iter()
        .map(|name| words(name))
        .collect();
    let mut seen: BTreeSet<NamedNode> = BTreeSet::from([entity.clone()]);
    let mut near = BTreeSet::new();
    for key in view.registry(entity)? {
        if key.predicate != predicate {
            continue;
        }
        let sharing: Vec<Quad> = view
            .quads(
                None,
                Some(predicate.as_ref()),
                Some(key.object.as_ref()),
                Some(graph.as_ref().into()),
            )
            .take(KEY_SHARED + 1)
            .collect::<Result<_, _>>()?;
        if sharing.len() > KEY_SHARED {
            continue;
        }
        for quad in sharing {
            let NamedOrBlankNode::NamedNode(other) = quad.subject else {
                continue;
            };
            if !seen.insert(other.clone()) {
                continue;
            }
            let theirs = names(view, &other)?;
            let are_near = theirs
                .iter()
                .map(|name| words(name))
                .any(|other| own.iter().any(|own| are_near(own, &other)));
            if are_near {
                near.insert(other);
            }
        }
    }
    Ok(near)
}

fn public<'a>(
    view: &View<'a>,
    subject: Option<&NamedNode>,
    predicate: NamedNodeRef<'_>,
    object: Option<&NamedNode>,
) -> impl Iterator<Item = Result<Quad, StoreError>> + use<'a> {
    view.quads(
        subject.map(|subject| subject.as_ref().into()),
        Some(predicate),
        object.map(|object| object.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    )
}

fn names(view: &View<'_>, entity: &NamedNode) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    for quad in public(view, Some(entity), schema::NAME, None) {
        if let Term::Literal(name) = quad?.object {
            names.push(name.value().to_owned());
        }
    }
    Ok(names)
}

fn objects<'a>(
    public: &'a [Triple],
    subject: &NamedNode,
    predicate: NamedNodeRef<'static>,
) -> impl Iterator<Item = &'a Term> {
    let subject = NamedOrBlankNode::from(subject.clone());
    public
        .iter()
        .filter(move |triple| triple.subject == subject && triple.predicate == predicate)
        .map(|triple| &triple.object)
}

/// The towns of an entity's addresses, or their postal codes where there is no town, as they are
/// compared: without districts.
fn towns(public: &[Triple], entity: &NamedNode) -> BTreeSet<String> {
    let mut towns = BTreeSet::new();
    for address in objects(public, entity, schema::ADDRESS) {
        let Term::NamedNode(address) = address else {
            continue;
        };
        let mut found: Vec<String> = Vec::new();
        for town in objects(public, address, schema::ADDRESS_LOCALITY) {
            let Term::Literal(town) = town else { continue };
            let words: Vec<String> = normalised_name(town.value())
                .split('-')
                .filter(|word| *word != "cedex" && !word.starts_with(|c: char| c.is_ascii_digit()))
                .map(|word| match word {
                    "st" => "saint".to_owned(),
                    "ste" => "sainte".to_owned(),
                    word => word.to_owned(),
                })
                .collect();
            found.push(words.join("-"));
        }
        if found.is_empty() {
            for code in objects(public, address, schema::POSTAL_CODE) {
                if let Term::Literal(code) = code {
                    found.push(code.value().to_owned());
                }
            }
        }
        towns.extend(found.into_iter().filter(|town| !town.is_empty()));
    }
    towns
}

/// The words of a name that count.
fn words(name: &str) -> BTreeSet<String> {
    let name = normalised_name(name);
    let all = || name.split('-').map(str::to_owned);
    let words: BTreeSet<String> = all()
        .filter(|word| !ARTICLES.contains(&word.as_str()))
        .collect();
    if words.is_empty() {
        all().collect()
    } else {
        words
    }
}

/// Whether two names are the same but for the order of words or a slip of the pen.
fn are_near(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    if one == other {
        return true;
    }
    // `Salle 1` and `Salle 2` are two rooms, and so are `Studio A` and `Studio B`.
    let must_be_same = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words
            .iter()
            .filter(|word| {
                word.chars().count() <= SHORT_CHARS || word.chars().any(|c| c.is_ascii_digit())
            })
            .cloned()
            .collect()
    };
    if must_be_same(one) != must_be_same(other) {
        return false;
    }
    let text = |words: &BTreeSet<String>| -> Vec<char> {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        words.join(" ").chars().collect()
    };
    let (one, other) = (text(one), text(other));
    let slips = if one.len().min(other.len()) < LONG_NAME_CHARS {
        1
    } else {
        2
    };
    one.len().abs_diff(other.len()) <= slips && distance(&one, &other) <= slips
}

/// How many characters must be added, dropped or exchanged to make one text of the other
/// (Levenshtein).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut corner = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (b, above) in other.iter().zip(row.iter().skip(1)) {
            left = (corner + usize::from(a != b)).min(left + 1).min(above + 1);
            corner = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Tells a sender that what it describes may be there twice.
///
/// # Errors
/// When the storage fails.
pub fn finding(
    view: &View<'_>,
    subject: &str,
    entity: &NamedNode,
    other: &NamedNode,
) -> Result<Finding, StoreError> {
    let name = name(view, other)?;
    let (entity, other) = (entity.as_str(), other.as_str());
    Ok(Finding {
        entity: Some(entity.to_owned()),
        ..Finding::door(
            Severity::Warning,
            "possible-duplicate",
            subject,
            Some(schema::NAME.as_str()),
            Some(other),
            Text::new(
                format!(
                    "« {name} » ({other}) porte presque le même nom, dans la même ville ou au même moment au même endroit ; si c'est la même chose : `affiche merge {entity} {other}`, sinon : `affiche differ {entity} {other}`"
                ),
                format!(
                    "“{name}” ({other}) has almost the same name, in the same town or at the same time in the same place; if it is the same thing: `affiche merge {entity} {other}`, if not: `affiche differ {entity} {other}`"
                ),
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_near_when_they_differ_by_case_accents_articles_order_or_a_slip() {
        for (one, other, wanted) in [
            ("Théâtre de la Ville", "theatre  LA VILLE", true),
            ("Le Grand Théâtre", "Théâtre, Grand", true),
            (
                "Opéra national de Lorraine",
                "Opéra nationnal de Loraine",
                true,
            ),
            ("Olympia", "Olympya", true),
            ("Olympia", "Olimpya", false),
            ("Salle 1", "Salle 2", false),
            ("Studio A", "Studio B", false),
            ("Théâtre Nord", "Théâtre Sud", false),
            ("La", "Le", false),
        ] {
            assert_eq!(
                are_near(&words(one), &words(other)),
                wanted,
                "{one} / {other}"
            );
        }
    }
}
