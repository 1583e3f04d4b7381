//! What identifiers stand for: IRIs of ours in any spelling, the IRIs that senders use, and
//! identifiers of other data sets.
//!
//! A [`Resolver`] reads one snapshot, and of it no more than what it answers. It writes nothing:
//! in which format an answer is sent is for whoever asked.

use crate::model::identifiers::{self, Reading};
use crate::model::noid::NoidError;
use crate::model::spelling::{self, Name};
use crate::model::vocabulary::schema;
use crate::model::{Base, Generation, Kind, Naan, Noid};
use crate::publish::{FORMATS, select};
use crate::store::{State, StoreError, Tombstone, View};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use percent_encoding::percent_decode_str;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// How many entities are given of which one identifier may be meant, and how many statements with
/// it are looked at.
const CANDIDATES: usize = 20;
const STATEMENTS: usize = 256;
/// For how many mistyped names in one go the right ones are looked for.
const PROPOSALS: usize = 200;

/// The scheme of our own IRIs, in [`Resolved::scheme`].
pub const OWN: &str = "affiche";
/// The scheme of the IRIs by which senders call what they describe.
pub const SOURCE: &str = "source";
/// The scheme of other IRIs of which it is said that they are the same (`schema:sameAs`).
pub const SAME_AS: &str = "same-as";

/// What is the matter with an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It stands for something that is published.
    Current,
    /// It is an IRI of ours, and another one goes on for it.
    Merged,
    /// It stands for what several entities replace.
    Split,
    /// It stands for something that is no longer published.
    Withdrawn,
    /// Nothing is known of it.
    Unknown,
    /// It stands for several entities.
    Ambiguous,
}

impl Status {
    /// All of them, in the order in which they are counted.
    pub const ALL: [Self; 6] = [
        Self::Current,
        Self::Merged,
        Self::Split,
        Self::Withdrawn,
        Self::Ambiguous,
        Self::Unknown,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Merged => "merged",
            Self::Split => "split",
            Self::Withdrawn => "withdrawn",
            Self::Unknown => "unknown",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// What one identifier stands for.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// As it was given.
    pub given: String,
    pub status: Status,
    /// How it was understood: [`OWN`], `ark`, [`SOURCE`], a scheme of other data sets,
    /// [`SAME_AS`]; nothing when it looks like nothing that is known here.
    pub scheme: Option<&'static str>,
    /// Whether its check character says that it has been mistyped.
    pub is_mistyped: bool,
    /// The IRI of ours that was given, without what is special about its spelling.
    pub own: Option<NamedNode>,
    /// What it stands for: of a merged one, the one that goes on.
    pub entity: Option<Found>,
    /// The part of the entity that was meant.
    pub part: Option<NamedNode>,
    /// Those that replace a split one, those that an ambiguous one may mean, or those that a
    /// mistyped one can have been.
    pub others: Vec<Found>,
    pub tombstone: Option<Tombstone>,
}

/// An entity, as far as an answer shows it.
#[derive(Clone, Debug)]
pub struct Found {
    pub iri: NamedNode,
    pub kind: Option<&'static Kind>,
    pub names: Vec<Literal>,
    /// The change that last touched it, and when that was (xsd:dateTime, UTC).
    pub changed: Option<(Generation, String)>,
}

/// Which entities senders mean by an IRI.
pub type BySender<'a> = &'a dyn Fn(&str) -> Vec<NamedNode>;

/// Finds what identifiers stand for, in one state of the store.
pub struct Resolver<'a> {
    view: View<'a>,
    /// The authority number of our ARKs, if they are published as such.
    naan: Option<&'a Naan>,
    by_sender: BySender<'a>,
    times: FxHashMap<Generation, String>,
    proposals_left: usize,
}

/// An IRI of ours, read.
enum Own {
    Entity {
        noid: Noid,
        fragment: Option<String>,
        scheme: &'static str,
    },
    Mistyped(String),
    /// A concept, a scheme, a class …
    Other(NamedNode),
    /// Under the base, and nothing that can be.
    Nothing,
}

/// What an entity is now.
struct Settled {
    status: Status,
    entity: Found,
    others: Vec<Found>,
    tombstone: Option<Tombstone>,
}

impl<'a> Resolver<'a> {
    pub fn new(view: View<'a>, naan: Option<&'a Naan>, by_sender: BySender<'a>) -> Self {
        Self {
            view,
            naan,
            by_sender,
            times: FxHashMap::default(),
            proposals_left: PROPOSALS,
        }
    }

    /// What an identifier stands for.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn resolve(&mut self, given: &str) -> Result<Resolved, StoreError> {
        let mut resolved = Resolved {
            given: given.to_owned(),
            status: Status::Unknown,
            scheme: None,
            is_mistyped: false,
            own: None,
            entity: None,
            part: None,
            others: Vec::new(),
            tombstone: None,
        };
        let text = given.trim();
        let text = text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
            .unwrap_or(text);
        if text.is_empty() || text.len() > identifiers::LONGEST {
            return Ok(resolved);
        }
        match own(self.view.base(), self.naan, text) {
            Some(Own::Entity {
                noid,
                fragment,
                scheme,
            }) => {
                let iri = self.view.base().id(&noid);
                resolved.scheme = Some(scheme);
                if let Some(settled) = self.settle(&iri)? {
                    resolved.own = Some(iri.clone());
                    resolved.part = match fragment {
                        Some(fragment) => self.part(&settled.entity.iri, &fragment)?,
                        None => None,
                    };
                    resolved.take(settled, &iri);
                }
            }
            Some(Own::Mistyped(name)) => {
                resolved.scheme = Some(OWN);
                resolved.others = self.proposals(&name)?;
                // What is too short or too long may be anything.
                resolved.is_mistyped = !resolved.others.is_empty()
                    || Noid::parse(&name) == Err(NoidError::CheckCharacter);
            }
            Some(Own::Other(iri)) => {
                resolved.scheme = Some(OWN);
                if let Some(settled) = self.settle(&iri)? {
                    resolved.own = Some(iri.clone());
                    resolved.take(settled, &iri);
                }
            }
            Some(Own::Nothing) => resolved.scheme = Some(OWN),
            None => self.resolve_foreign(text, &mut resolved)?,
        }
        Ok(resolved)
    }

    fn resolve_foreign(&mut self, text: &str, resolved: &mut Resolved) -> Result<(), StoreError> {
        let readings = identifiers::readings(text);
        let mut meant: Vec<(&'static str, NamedNode)> = Vec::new();
        for reading in &readings {
            match reading {
                Reading::Iri { scheme, iri } => {
                    let said = self.said_to_be(iri)?;
                    meant.extend(said.into_iter().map(|entity| (*scheme, entity)));
                }
                Reading::Value { schemes, value } => meant.extend(self.with_value(schemes, value)?),
                Reading::Mistyped { .. } => resolved.is_mistyped = true,
            }
        }
        if let Some((scheme, rest)) = text.split_once(':') {
            let mut senders = (self.by_sender)(text);
            // The same page moves from one to the other when a site is made secure.
            if senders.is_empty()
                && let Some(other) = other_scheme(scheme)
            {
                senders = (self.by_sender)(&format!("{other}:{rest}"));
            }
            meant.extend(senders.into_iter().map(|entity| (SOURCE, entity)));
        }
        if meant.is_empty() && NamedNode::new(text).is_ok() {
            let iri = NamedNode::new_unchecked(text);
            let said = self.said_to_be(text)?;
            meant.extend(said.into_iter().map(|entity| (SAME_AS, entity)));
            // Concepts keep their IRIs, wherever they are from.
            meant.push((SAME_AS, iri));
        }
        resolved.scheme = readings.first().map(Reading::scheme);
        let mut all: Vec<(&'static str, Settled)> = Vec::new();
        let mut seen = BTreeSet::new();
        for (scheme, entity) in meant {
            if let Some(settled) = self.settle(&entity)?
                && seen.insert(settled.entity.iri.clone())
            {
                all.push((scheme, settled));
            }
        }
        // What is published goes before what once was.
        let is_live =
            |settled: &Settled| matches!(settled.status, Status::Current | Status::Merged);
        if all.iter().any(|(_, settled)| is_live(settled)) {
            all.retain(|(_, settled)| is_live(settled));
        }
        if let Some((scheme, _)) = all.first() {
            resolved.scheme = Some(scheme);
            resolved.is_mistyped = false;
        }
        if all.len() > 1 {
            resolved.status = Status::Ambiguous;
            let entities = all.into_iter().map(|(_, settled)| settled.entity);
            resolved.others = entities.take(CANDIDATES).collect();
        } else if let Some((_, settled)) = all.pop() {
            let iri = settled.entity.iri.clone();
            resolved.take(settled, &iri);
        }
        Ok(())
    }

    /// What has become of an entity; `None` when there never was one.
    fn settle(&mut self, entity: &NamedNode) -> Result<Option<Settled>, StoreError> {
        let mut standing = self.view.standing(entity)?;
        let mut iri = entity.clone();
        let mut status = Status::Current;
        if let State::Merged(survivor) = standing.state {
            status = Status::Merged;
            standing = self.view.standing(&survivor)?;
            iri = survivor;
        }
        let mut settled = Settled {
            status,
            entity: Found {
                names: Vec::new(),
                kind: standing.kind,
                changed: None,
                iri,
            },
            others: Vec::new(),
            tombstone: None,
        };
        match standing.state {
            State::Unknown => return Ok(None),
            // The registry speaks of sources and changes too, which nobody links to.
            State::Current if standing.kind.is_none() => return Ok(None),
            // A survivor is not merged any further.
            State::Current | State::Merged(_) => {
                settled.entity.names = self.names(&settled.entity)?;
            }
            State::Split(successors) => {
                settled.status = Status::Split;
                for successor in successors.iter().take(CANDIDATES) {
                    settled.others.push(self.found(successor)?);
                }
            }
            State::Withdrawn(tombstone) => {
                settled.status = Status::Withdrawn;
                settled.tombstone = Some(tombstone);
            }
        }
        if let Some(generation) = standing.changed_at {
            settled.entity.changed = Some((generation, self.time(generation)?));
        }
        Ok(Some(settled))
    }

    fn found(&mut self, iri: &NamedNode) -> Result<Found, StoreError> {
        let standing = self.view.standing(iri)?;
        let mut found = Found {
            iri: iri.clone(),
            kind: standing.kind,
            names: Vec::new(),
            changed: None,
        };
        found.names = self.names(&found)?;
        if let Some(generation) = standing.changed_at {
            found.changed = Some((generation, self.time(generation)?));
        }
        Ok(found)
    }

    fn names(&self, found: &Found) -> Result<Vec<Literal>, StoreError> {
        if found.kind.is_none_or(|kind| !kind.has_own_iri) {
            let iris = BTreeSet::from([found.iri.clone()]);
            let labels = select::labels(&self.view, &iris)?;
            return Ok(labels.into_values().next().unwrap_or_default());
        }
        let mut names = Vec::new();
        for quad in self.view.quads(
            Some(found.iri.as_ref().into()),
            Some(schema::NAME),
            None,
            Some(GraphNameRef::DefaultGraph),
        ) {
            if let Term::Literal(name) = quad?.object {
                names.push(name);
            }
        }
        names.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
        Ok(names)
    }

    fn time(&mut self, generation: Generation) -> Result<String, StoreError> {
        if let Some(time) = self.times.get(&generation) {
            return Ok(time.clone());
        }
        let time = select::time_of(&self.view, generation)?;
        self.times.insert(generation, time.clone());
        Ok(time)
    }

    fn part(&self, entity: &NamedNode, fragment: &str) -> Result<Option<NamedNode>, StoreError> {
        let Ok(part) = NamedNode::new(format!("{}#{fragment}", entity.as_str())) else {
            return Ok(None);
        };
        let subject = Some(part.as_ref().into());
        let mut quads = self
            .view
            .quads(subject, None, None, Some(GraphNameRef::DefaultGraph));
        let is_there = quads.next().transpose()?.is_some();
        Ok(is_there.then_some(part))
    }

    /// The published entities that are said to be the same as an IRI.
    fn said_to_be(&self, iri: &str) -> Result<Vec<NamedNode>, StoreError> {
        let object = NamedNodeRef::new_unchecked(iri);
        let mut entities = Vec::new();
        let quads = self.view.quads(
            None,
            Some(schema::SAME_AS),
            Some(object.into()),
            Some(GraphNameRef::DefaultGraph),
        );
        for quad in quads.take(STATEMENTS) {
            if let NamedOrBlankNode::NamedNode(subject) = quad?.subject
                && self.view.is_whole(&subject)
            {
                entities.push(subject);
            }
        }
        Ok(entities)
    }

    /// The published entities that have a value as an identifier of one of these schemes.
    fn with_value(
        &self,
        schemes: &'static [&'static str],
        value: &str,
    ) -> Result<Vec<(&'static str, NamedNode)>, StoreError> {
        let literal = Literal::new_simple_literal(value);
        let mut entities = Vec::new();
        let quads = self.view.quads(
            None,
            Some(schema::VALUE),
            Some(literal.as_ref().into()),
            Some(GraphNameRef::DefaultGraph),
        );
        for quad in quads.take(STATEMENTS) {
            let NamedOrBlankNode::NamedNode(part) = quad?.subject else {
                continue;
            };
            let property = self.view.object(
                part.as_ref().into(),
                schema::PROPERTY_ID,
                GraphNameRef::DefaultGraph,
            )?;
            let Some(Term::Literal(property)) = property else {
                continue;
            };
            let known = schemes
                .iter()
                .find(|scheme| scheme.eq_ignore_ascii_case(property.value()));
            if let Some(scheme) = known {
                entities.push((*scheme, self.view.whole_of(&part)));
            }
        }
        Ok(entities)
    }

    /// The entities that a mistyped name can have meant.
    fn proposals(&mut self, name: &str) -> Result<Vec<Found>, StoreError> {
        let mut proposals = Vec::new();
        if self.proposals_left == 0 {
            return Ok(proposals);
        }
        self.proposals_left -= 1;
        for noid in Noid::near(name) {
            let iri = self.view.base().id(&noid);
            if self.view.state_of(&iri)? != State::Unknown {
                proposals.push(self.found(&iri)?);
            }
        }
        Ok(proposals)
    }
}

impl Resolved {
    fn take(&mut self, settled: Settled, asked: &NamedNode) {
        self.status = match settled.status {
            // Only an IRI of ours can have been merged; what others call it goes on.
            Status::Merged if self.own.as_ref() != Some(asked) => Status::Current,
            status => status,
        };
        self.entity = Some(settled.entity);
        self.others = settled.others;
        self.tombstone = settled.tombstone;
    }
}

fn other_scheme(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" => Some("https"),
        "https" => Some("http"),
        _ => None,
    }
}

/// Reads an IRI of ours in one of its spellings; `None` when it is none.
fn own(base: &Base, naan: Option<&Naan>, text: &str) -> Option<Own> {
    if let Some(path) = below(base.as_str(), text) {
        return Some(own_path(base, naan, path));
    }
    if let Some(name) = naan.and_then(|naan| ark_name(naan, ark_in(text)?)) {
        return Some(named(name, "ark"));
    }
    // A name alone; one that was mistyped is told from other numbers by its letters.
    let name = text.to_ascii_lowercase();
    match Noid::parse(&name) {
        Ok(noid) => Some(Own::Entity {
            noid,
            fragment: None,
            scheme: OWN,
        }),
        Err(NoidError::CheckCharacter)
            if !name.bytes().all(|byte| byte.is_ascii_digit())
                && identifiers::readings(text).is_empty() =>
        {
            Some(Own::Mistyped(name))
        }
        Err(_) => None,
    }
}

/// What follows the base, whether it was written with `http` or `https`.
fn below<'t>(base: &str, text: &'t str) -> Option<&'t str> {
    fn without_scheme(iri: &str) -> Option<&str> {
        let (scheme, rest) = iri.split_once("://")?;
        let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        is_web.then_some(rest)
    }
    let base = without_scheme(base)?;
    let text = without_scheme(text)?;
    let (begin, rest) = text.split_at_checked(base.len())?;
    if !begin.eq_ignore_ascii_case(base) {
        return None;
    }
    match rest {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    }
}

fn own_path(base: &Base, naan: Option<&Naan>, path: &str) -> Own {
    if let Some(rest) = path.strip_prefix("id/") {
        return named(rest, OWN);
    }
    if let Some(rest) = path.strip_prefix("doc/") {
        let rest = rest.split(['/', '?']).next().unwrap_or_default();
        return named(rest, OWN);
    }
    if let Some(ark) = path.strip_prefix("ark:") {
        return match naan.and_then(|naan| ark_name(naan, ark)) {
            Some(name) => named(name, "ark"),
            None => Own::Nothing,
        };
    }
    match NamedNode::new(format!("{base}/{path}")) {
        Ok(iri) if !path.is_empty() => Own::Other(iri),
        _ => Own::Nothing,
    }
}

/// What follows `ark:`, alone or behind one of the resolvers of all ARKs.
fn ark_in(text: &str) -> Option<&str> {
    let ark = ["https://n2t.net/", "http://n2t.net/", "https://arks.org/"]
        .iter()
        .find_map(|resolver| text.strip_prefix(resolver))
        .unwrap_or(text);
    let (label, rest) = ark.split_at_checked(4)?;
    label.eq_ignore_ascii_case("ark:").then_some(rest)
}

/// The name in an ARK of this authority, with or without the slash after `ark:`.
fn ark_name<'t>(naan: &Naan, ark: &'t str) -> Option<&'t str> {
    let (number, name) = ark.strip_prefix('/').unwrap_or(ark).split_once('/')?;
    naan.is(number).then_some(name)
}

/// An entity by its name, with what may stand behind it: read as its address is.
fn named(text: &str, scheme: &'static str) -> Own {
    let text = percent_decode_str(text).decode_utf8_lossy();
    let (name, fragment) = match text.split_once('#') {
        Some((name, fragment)) => (name, Some(fragment.to_owned())),
        None => (text.as_ref(), None),
    };
    let name = name.split('?').next().unwrap_or_default();
    let mut read = spelling::read(name);
    if let (Name::Nothing | Name::Mistyped(_), Some((stem, suffix))) =
        (&read, name.rsplit_once('.'))
        && FORMATS
            .iter()
            .map(|format| format.extension)
            .chain(["html"])
            .any(|extension| extension == suffix)
    {
        read = spelling::read(stem);
    }
    match read {
        Name::Exact(noid) | Name::Respelled(noid) => Own::Entity {
            noid,
            fragment,
            scheme,
        },
        Name::Mistyped(name) => Own::Mistyped(name),
        Name::Nothing => Own::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Own> {
        let base: Base = "https://data.example.org/x".parse().expect("a base");
        let naan: Naan = "12345".parse().expect("a number");
        own(&base, Some(&naan), text)
    }

    #[test]
    fn our_own_iris_are_read_in_every_spelling() {
        let mut next = 0_u8;
        let noid = Noid::mint(&mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(7);
            }
        });
        let name = noid.as_str();
        let (begin, end) = name.split_at(5);
        for text in [
            format!("https://data.example.org/x/id/{name}"),
            format!("http://data.example.org/x/id/{name}"),
            format!("HTTPS://DATA.example.org/x/id/{name}#address"),
            format!("https://data.example.org/x/id/{name}/"),
            format!("https://data.example.org/x/doc/{name}"),
            format!("https://data.example.org/x/doc/{name}.jsonld"),
            format!("https://data.example.org/x/doc/{name}?lang=fr"),
            format!("https://data.example.org/x/doc/{name}/history"),
            format!("https://data.example.org/x/id/{name}.ttl"),
            format!("https://data.example.org/x/id/{begin}-{end}"),
            format!("https://data.example.org/x/id/{name}%23offer-1"),
            format!("https://data.example.org/x/id/{name}."),
            format!("https://data.example.org/x/ark:/12345/{name}"),
            format!("https://data.example.org/x/ark:/123-45/{begin}-{end}"),
            format!("ark:/12345/{name}"),
            format!("ark:12345/{begin}-{end}"),
            format!("https://n2t.net/ark:12345/{name}"),
            name.to_owned(),
            name.to_ascii_uppercase(),
        ] {
            let found = match read(&text) {
                Some(Own::Entity { noid, .. }) => Some(noid),
                _ => None,
            };
            assert_eq!(found.as_ref(), Some(&noid), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_ours_is_not() {
        for text in [
            "https://data.example.org.evil.example/x/id/0",
            "https://data.example.org/xy/id/0",
            "ark:/99999/0000000000",
            "ark:",
            "é",
            "https://",
            "Théâtre",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
        assert!(matches!(
            read("https://data.example.org/x/id/no"),
            Some(Own::Nothing)
        ));
        for text in ["3f8kz2m9q0c", "3f8kz2m9q0cxx"] {
            let text = format!("https://data.example.org/x/id/{text}");
            assert!(matches!(read(&text), Some(Own::Mistyped(_))), "{text}");
        }
        assert!(matches!(
            read("https://data.example.org/x/vocab/a b"),
            Some(Own::Nothing)
        ));
    }
}
