//! What changed, entity by entity: a page of it, each entity once with what last became of it.

use crate::changes::{Aspects, Turn};
use crate::model::vocabulary::{activity, dct, rdf, xsd};
use crate::model::{Base, Generation};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

/// A change of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub generation: Generation,
    pub entity: NamedNode,
    pub aspects: Aspects,
    /// What became of it.
    pub turn: Turn,
}

/// What whoever keeps a copy does about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes the entity in.
    Create,
    /// Takes it anew.
    Update,
    /// Lets go of it.
    Delete,
}

impl Act {
    /// What follows from what became of an entity.
    pub fn of(turn: Turn) -> Self {
        match turn {
            turn if turn.is_end() => Self::Delete,
            turn if turn.is_begin() => Self::Create,
            _ => Self::Update,
        }
    }

    /// Its class in Activity Streams 2.0.
    pub fn class(self) -> NamedNodeRef<'static> {
        match self {
            Self::Create => activity::CREATE,
            Self::Update => activity::UPDATE,
            Self::Delete => activity::DELETE,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
        }
    }
}

/// What became of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub entity: NamedNode,
    pub generation: Generation,
    pub turn: Turn,
    /// Something of it was struck from all records.
    pub is_redacted: bool,
    /// Under whose IRI it is published now: what it was merged or split into.
    pub into: Vec<NamedNode>,
    /// When: xsd:dateTime, UTC.
    pub time: String,
}

impl Entry {
    /// What it is called in data.
    pub fn name(&self) -> &'static str {
        match self.turn {
            Turn::Changed if self.is_redacted => "redacted",
            turn => turn.name(),
        }
    }
}

/// Whether readers of documents get something else by a change: it was published, and is
/// otherwise now.
pub fn is_seen(touched: &Touched) -> bool {
    // One that was only decided upon is told of when something is published.
    let is_decided_only = touched.turn == Turn::Published && !touched.aspects.has(Aspects::PUBLIC);
    touched.aspects.are_public() && !is_decided_only
}

/// What some changes in a row come to: each entity once, where it was touched last. Whoever did
/// not know an entity before still has it as published when it changed after that.
pub fn net(changes: &[Touched]) -> Vec<Entry> {
    let mut last: FxHashMap<&NamedNode, (usize, Turn, bool)> = FxHashMap::default();
    for (place, touched) in changes.iter().enumerate() {
        let is_redacted = touched.aspects.has(Aspects::REDACTED);
        let known = last
            .entry(&touched.entity)
            .or_insert((place, touched.turn, is_redacted));
        known.0 = place;
        known.2 |= is_redacted;
        if touched.turn != Turn::Changed {
            known.1 = touched.turn;
        }
    }
    let mut last: Vec<(&NamedNode, (usize, Turn, bool))> = last.into_iter().collect();
    last.sort_unstable_by_key(|(_, (place, ..))| *place);
    let entries = last
        .into_iter()
        .filter_map(|(entity, (place, turn, is_redacted))| {
            Some(Entry {
                entity: entity.clone(),
                generation: changes.get(place)?.generation,
                turn,
                is_redacted,
                into: Vec::new(),
                time: String::new(),
            })
        });
    entries.collect()
}

/// A page of what changed.
#[derive(Clone, Debug)]
pub struct Page {
    pub address: NamedNode,
    /// The log's identity, and the generation up to which it goes.
    pub log: String,
    pub generation: Generation,
    pub entries: Vec<Entry>,
    /// With what to come back for what comes next.
    pub cursor: String,
    /// Where that is already there.
    pub next: Option<NamedNode>,
    /// Where somebody begins who has nothing yet: the address of a release, and its cursor.
    pub start: Option<(NamedNode, String)>,
}

impl Page {
    /// As JSON, which is JSON-LD of the same that [`Page::triples`] says.
    pub fn json(&self, base: &Base) -> Value {
        let mut page = Map::new();
        page.insert("@context".to_owned(), context(base));
        page.insert("@id".to_owned(), json!(self.address.as_str()));
        page.insert("type".to_owned(), json!("CollectionPage"));
        page.insert("log".to_owned(), json!(self.log));
        page.insert("generation".to_owned(), json!(self.generation.0));
        if let Some((release, cursor)) = &self.start {
            let start = json!({ "release": release.as_str(), "cursor": cursor });
            page.insert("start".to_owned(), start);
        }
        let entries = self.entries.iter().map(|entry| self.entry(base, entry));
        page.insert("changes".to_owned(), entries.collect());
        page.insert("cursor".to_owned(), json!(self.cursor));
        if let Some(next) = &self.next {
            page.insert("next".to_owned(), json!(next.as_str()));
        }
        page.into()
    }

    /// Each entry as a line of JSON.
    pub fn lines(&self, base: &Base) -> String {
        let entries = self.entries.iter();
        entries
            .map(|entry| format!("{}\n", self.entry(base, entry)))
            .collect()
    }

    fn entry(&self, base: &Base, entry: &Entry) -> Value {
        let mut one = Map::new();
        one.insert("@id".to_owned(), json!(node(base, entry).as_str()));
        one.insert("type".to_owned(), json!(Act::of(entry.turn).name()));
        one.insert("change".to_owned(), json!(entry.name()));
        one.insert("entity".to_owned(), json!(entry.entity.as_str()));
        if let Some(document) = document(base, &entry.entity) {
            one.insert("document".to_owned(), json!(document.as_str()));
        }
        if !entry.into.is_empty() {
            let into = entry.into.iter().map(NamedNode::as_str);
            one.insert("into".to_owned(), into.collect());
        }
        one.insert("generation".to_owned(), json!(entry.generation.0));
        one.insert("time".to_owned(), json!(entry.time));
        one.into()
    }

    /// As triples, in terms of Activity Streams 2.0.
    pub fn triples(&self, base: &Base) -> Vec<Triple> {
        let mut triples = Vec::new();
        let mut say = |subject: &NamedNode, predicate: NamedNodeRef<'_>, object: Term| {
            triples.push(Triple::new(subject.clone(), predicate.into_owned(), object));
        };
        let number = |generation: Generation| -> Term {
            Literal::new_typed_literal(generation.to_string(), xsd::INTEGER).into()
        };
        let generation = base.sv("generation");
        let page = &self.address;
        let class = activity::COLLECTION_PAGE.into_owned();
        say(page, rdf::TYPE, class.into());
        say(page, generation.as_ref(), number(self.generation));
        let cursor = Literal::new_simple_literal(&self.cursor);
        say(page, dct::IDENTIFIER, cursor.into());
        if let Some(next) = &self.next {
            say(page, activity::NEXT, next.clone().into());
        }
        for entry in &self.entries {
            say(page, activity::ITEMS, node(base, entry).into());
        }
        for entry in &self.entries {
            let node = &node(base, entry);
            let class = Act::of(entry.turn).class().into_owned();
            say(node, rdf::TYPE, class.into());
            let name = Literal::new_simple_literal(entry.name());
            say(node, dct::TYPE, name.into());
            say(node, activity::OBJECT, entry.entity.clone().into());
            if let Some(document) = document(base, &entry.entity) {
                say(node, activity::URL, document.into());
            }
            for into in &entry.into {
                say(node, activity::TARGET, into.clone().into());
            }
            say(node, generation.as_ref(), number(entry.generation));
            let time = Literal::new_typed_literal(&entry.time, xsd::DATE_TIME);
            say(node, activity::PUBLISHED, time.into());
        }
        triples
    }
}

fn document(base: &Base, entity: &NamedNode) -> Option<NamedNode> {
    let noid = base.entity_of(entity.as_str())?.ok()?;
    Some(base.doc(&noid))
}

/// What an entry is called: the change, and in it the entity.
fn node(base: &Base, entry: &Entry) -> NamedNode {
    let noid = entry.entity.as_str().rsplit('/').next().unwrap_or_default();
    NamedNode::new_unchecked(format!("{}#{noid}", base.change(entry.generation).as_str()))
}

fn context(base: &Base) -> Value {
    let iri = |id: NamedNodeRef<'_>| json!({ "@id": id.as_str(), "@type": "@id" });
    json!({
        "@version": 1.1,
        "type": "@type",
        "CollectionPage": activity::COLLECTION_PAGE.as_str(),
        "Create": activity::CREATE.as_str(),
        "Update": activity::UPDATE.as_str(),
        "Delete": activity::DELETE.as_str(),
        "changes": activity::ITEMS.as_str(),
        "change": dct::TYPE.as_str(),
        "entity": iri(activity::OBJECT),
        "document": iri(activity::URL),
        "into": iri(activity::TARGET),
        "generation": base.sv("generation").as_str(),
        "time": { "@id": activity::PUBLISHED.as_str(), "@type": xsd::DATE_TIME.as_str() },
        "cursor": dct::IDENTIFIER.as_str(),
        "next": iri(activity::NEXT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touched(generation: u64, entity: &str, aspects: Aspects, turn: Turn) -> Touched {
        Touched {
            generation: Generation(generation),
            entity: NamedNode::new_unchecked(format!("https://data.example.org/id/{entity}")),
            aspects,
            turn,
        }
    }

    #[test]
    fn each_entity_is_told_of_once_where_it_was_touched_last() {
        let changes = [
            touched(2, "new", Aspects::PUBLIC, Turn::Published),
            touched(2, "gone", Aspects::PUBLIC, Turn::Changed),
            touched(3, "new", Aspects::PUBLIC, Turn::Changed),
            touched(4, "gone", Aspects::STATE, Turn::Withdrawn),
            touched(5, "blank", Aspects::REDACTED, Turn::Changed),
        ];
        let net = net(&changes);
        let told: Vec<(u64, &str)> = net
            .iter()
            .map(|entry| (entry.generation.0, entry.name()))
            .collect();
        assert_eq!(told, [(3, "published"), (4, "withdrawn"), (5, "redacted")]);
    }

    #[test]
    fn what_was_only_decided_upon_is_not_told() {
        let decided = touched(2, "x", Aspects::STATE, Turn::Published);
        assert!(!is_seen(&decided));
        assert!(!is_seen(&touched(2, "x", Aspects::CLAIMS, Turn::Changed)));
        assert!(is_seen(&touched(2, "x", Aspects::STATE, Turn::Withdrawn)));
        assert!(is_seen(&touched(2, "x", Aspects::PUBLIC, Turn::Published)));
    }
}
