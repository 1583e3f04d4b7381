//! What happened to some entities, the last first: what a feed of them shows.
//!
//! Who follows an entity that was merged goes on with the one under whose IRI it is published, for
//! as long as it is merged.

use crate::changes::difference::public;
use crate::changes::{Aspects, Event, Line, Touches, difference, versions};
use crate::model::vocabulary::schema;
use crate::model::{Base, Generation, Noid, SourceName};
use crate::publish::select;
use crate::store::{Store, StoreError, View};
use oxrdf::{Literal, NamedNode, Term, Triple};
use std::collections::BTreeSet;
use std::fmt;

/// One change of one entity; the last one comes first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub generation: Generation,
    pub entity: NamedNode,
}

/// Where a page begins: after this change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub generation: Generation,
    pub noid: Noid,
}

impl Cursor {
    /// Reads it as [`Cursor`] writes it: `12-3f8kz2m9q0cb`.
    pub fn parse(text: &str) -> Option<Self> {
        let (generation, noid) = text.split_once('-')?;
        Some(Self {
            generation: Generation(generation.parse().ok()?),
            noid: Noid::parse(noid).ok()?,
        })
    }

    /// The place after a change.
    pub fn after(base: &Base, change: &Change) -> Option<Self> {
        let noid = base.entity_of(change.entity.as_str())?.ok()?;
        Some(Self {
            generation: change.generation,
            noid,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.generation, self.noid)
    }
}

/// The changes of some entities up to a generation, the last one first, at most so many, those
/// after a cursor. `has_merges` is what [`View::has_merges`] says.
///
/// # Errors
/// When the log cannot be read.
pub fn changes(
    store: &Store,
    touches: &Touches<'_>,
    entities: &mut dyn Iterator<Item = NamedNode>,
    to: Generation,
    before: Option<&Cursor>,
    most: usize,
    go_on: &dyn Fn() -> bool,
) -> Result<Vec<Change>, StoreError> {
    let base = store.base();
    let before = before.map(|cursor| Change {
        generation: cursor.generation,
        entity: base.id(&cursor.noid),
    });
    let mut last: BTreeSet<Change> = BTreeSet::new();
    let mut take = |generation: Generation, entity: &NamedNode| {
        let change = Change {
            generation,
            entity: entity.clone(),
        };
        if before.as_ref().is_some_and(|before| change >= *before) {
            return;
        }
        // Too long ago to be among the last ones.
        if last.len() >= most && last.first().is_some_and(|first| change < *first) {
            return;
        }
        last.insert(change);
        if last.len() > most {
            last.pop_first();
        }
    };
    for entity in entities {
        if !go_on() {
            break;
        }
        let touched = touches(&entity, to)?;
        for generation in versions(&touched) {
            take(generation, &entity);
        }
        // The first decision about an entity is that there is one.
        let decided = touched
            .iter()
            .filter(|touch| touch.aspects.has(Aspects::STATE));
        let decided: Vec<Generation> = decided.skip(1).map(|touch| touch.generation).collect();
        for (place, from) in decided.iter().enumerate() {
            let excerpt = store.excerpt(*from, &entity)?;
            let Event::MergedInto(survivor) = Event::of(base, &excerpt) else {
                continue;
            };
            let until = decided.get(place + 1).copied();
            for generation in versions(&touches(&survivor, to)?) {
                if generation > *from && until.is_none_or(|until| generation < until) {
                    take(generation, &survivor);
                }
            }
        }
    }
    Ok(last.into_iter().rev().collect())
}

/// A change, read.
#[derive(Clone, Debug)]
pub struct Told {
    pub event: Event,
    /// xsd:dateTime, UTC.
    pub time: String,
    /// Whose change it was.
    pub source: SourceName,
    /// What the entity is called now; what it was called, when it no longer is.
    pub names: Vec<Literal>,
    /// In what it differs from before.
    pub lines: Vec<Line>,
}

/// Reads a change.
///
/// # Errors
/// When the log or the store cannot be read.
pub fn told(store: &Store, view: &View<'_>, change: &Change) -> Result<Told, StoreError> {
    let excerpt = store.excerpt(change.generation, &change.entity)?;
    let (before, after) = (public(&excerpt.deletions), public(&excerpt.additions));
    let entity = BTreeSet::from([change.entity.clone()]);
    let mut names = select::labels(view, &entity)?
        .into_values()
        .next()
        .unwrap_or_default();
    if names.is_empty() {
        names = names_in(&after, &change.entity);
    }
    if names.is_empty() {
        names = names_in(&before, &change.entity);
    }
    Ok(Told {
        event: Event::of(store.base(), &excerpt),
        lines: difference(&change.entity, view.properties(), &before, &after),
        names,
        time: excerpt.header.time,
        source: excerpt.header.source,
    })
}

fn names_in(triples: &[Triple], entity: &NamedNode) -> Vec<Literal> {
    triples
        .iter()
        .filter(|triple| triple.predicate == schema::NAME)
        .filter(|triple| triple.subject == entity.clone().into())
        .filter_map(|triple| match &triple.object {
            Term::Literal(name) => Some(name.clone()),
            Term::NamedNode(_) | Term::BlankNode(_) => None,
        })
        .collect()
}
