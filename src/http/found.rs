//! What the index of names found, as lists show it: with what the store says of it now.

use crate::app::search::State;
use crate::app::statistics;
use crate::html::search::{Beside, Choice, Division, Found, Label};
use crate::http::Server;
use crate::http::problem::{NOT_COUNTED_YET, Problem};
use crate::model::vocabulary::{rdfs, schema, skos, xsd};
use crate::model::{Kind, Lang};
use crate::publish::Item;
use crate::publish::select::house_of;
use crate::search::{Counts, Entry, Facet, Name};
use crate::store::{StoreError, View};
use form_urlencoded::Serializer;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, Term};
use std::sync::Arc;

/// How many values of a facet are shown.
const SHOWN: usize = 12;
/// How many disciplines or functions stand beside a name.
const BESIDE: usize = 3;
/// How long somebody waits before asking again for what is not indexed yet.
const AGAIN_SECONDS: u64 = 5;
/// Whose day it is when it is said whether something is over.
const ZONE: &str = "Europe/Paris";
const PRODUCER: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://schema.org/producer");

/// The index, for those who get nothing else without it.
///
/// # Errors
/// 503 while it is being made.
pub(super) fn index(server: &Server) -> Result<Arc<State>, Problem> {
    server.app.search.current().ok_or_else(|| {
        Problem::new(&NOT_COUNTED_YET)
            .with_detail(
                "L'index des noms est en préparation.",
                "The index of names is being made.",
            )
            .retry_after(AGAIN_SECONDS)
    })
}

/// The present day, counted from 1970.
pub(super) fn today() -> i32 {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let today = Timestamp::now().to_zoned(zone).date();
    let since = today.since(date(1970, 1, 1));
    since.map_or(0, |since| since.get_days())
}

/// The folder of the vocabulary whose concepts are the values of a facet.
fn vocabulary(facet: &Facet) -> Option<&'static str> {
    match facet.name {
        "discipline" => Some("vocab/disciplines/"),
        "function" => Some("vocab/fonctions/"),
        _ => None,
    }
}

/// The value of a facet as an address has it.
fn key_of<'v>(facet: &Facet, value: &'v str) -> &'v str {
    let short = vocabulary(facet).and_then(|folder| value.strip_prefix(folder));
    short.unwrap_or(value)
}

/// The value that an address asks for.
pub(super) fn value_of(facet: &Facet, key: &str) -> String {
    match vocabulary(facet).filter(|_| !key.contains(['/', ':'])) {
        Some(folder) => format!("{folder}{key}"),
        None => key.to_owned(),
    }
}

/// Shows what was found over one state of the store.
pub(super) struct Shower<'a> {
    view: View<'a>,
    figures: Option<Arc<statistics::State>>,
    today: i32,
}

impl<'a> Shower<'a> {
    pub fn new(server: &Server, view: View<'a>, today: i32) -> Self {
        Self {
            view,
            figures: server.app.statistics.current(),
            today,
        }
    }

    /// An entry as data.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn item(&self, entry: &Entry) -> Result<Item, StoreError> {
        let iri = self.view.base().join(&entry.path);
        let mut item = Item::new(iri.clone(), kind_of(entry), literals(&entry.names));
        item.start = entry.start.as_deref().map(dated);
        item.end = entry.end.as_deref().map(dated);
        item.town.clone_from(&entry.town);
        if item.kind.is_event {
            item.status = self.nodes(&iri, schema::EVENT_STATUS)?.into_iter().next();
            item.place = self.place(&iri)?;
        }
        let room = match &item.place {
            Some((place, _)) => Some(place),
            None => Some(&iri).filter(|_| item.kind.name == "place"),
        };
        if let Some(room) = room {
            item.house = house_of(&self.view, room)?;
        }
        Ok(item)
    }

    /// An entry as people see it.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn found(&self, entry: &Entry) -> Result<Found, StoreError> {
        let iri = self.view.base().join(&entry.path);
        let kind = kind_of(entry);
        let mut beside = Vec::new();
        let concepts = |paths: &[String]| -> Result<Vec<Beside>, StoreError> {
            let paths = paths.iter().take(BESIDE);
            paths
                .map(|path| Ok(Beside::Concept(self.concept(path)?)))
                .collect()
        };
        let house = |place: &NamedNode| -> Result<Option<Beside>, StoreError> {
            let house = house_of(&self.view, place)?;
            Ok(house.map(|(house, names)| Beside::Entity(house, names)))
        };
        match kind.name {
            "person" | "organisation" => {
                beside.extend(concepts(&entry.functions)?);
                beside.extend(entry.town.clone().map(Beside::Text));
                if entry.credits > 0 {
                    beside.push(Beside::Credits(entry.credits));
                }
            }
            "place" => {
                beside.extend(house(&iri)?);
                beside.extend(entry.town.clone().map(Beside::Text));
                if let Some(code) = &entry.department {
                    beside.push(match self.department(code) {
                        [] => Beside::Text(code.clone()),
                        names => Beside::Concept(names.to_vec()),
                    });
                }
            }
            _ if kind.is_event || entry.start.is_some() => {
                let start = entry.start.clone();
                beside.extend(start.map(|start| Beside::Period(start, entry.end.clone())));
                if let Some((place, names)) = self.place(&iri)? {
                    let house = house(&place)?;
                    beside.push(Beside::Entity(place, names));
                    beside.extend(house);
                }
            }
            _ => {
                let companies = match self.nodes(&iri, schema::ORGANIZER)? {
                    none if none.is_empty() => self.nodes(&iri, PRODUCER)?,
                    some => some,
                };
                if let Some(company) = companies.into_iter().next() {
                    let names = self.names(&company)?;
                    beside.push(Beside::Entity(company, names));
                }
                beside.extend(concepts(&entry.disciplines)?);
            }
        }
        if let Some(day) = entry
            .next_day(self.today)
            .filter(|_| !kind.is_performance())
        {
            beside.push(Beside::Next(day_text(day)));
        }
        Ok(Found {
            iri,
            kind,
            names: literals(&entry.names),
            others: literals(&entry.others),
            beside,
        })
    }

    /// What the facets divide into; `href` gives the address that chooses a value, or none, of a
    /// facet.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn divisions(
        &self,
        facets: &[(&'static Facet, Counts)],
        chosen: &dyn Fn(&Facet) -> Option<String>,
        href: &dyn Fn(&Facet, Option<&str>) -> String,
    ) -> Result<Vec<Division>, StoreError> {
        let mut divisions = Vec::new();
        for (facet, counts) in facets {
            let Some(title) = title_of(facet) else {
                continue;
            };
            let chosen = chosen(facet);
            let mut values: Vec<(&String, &u64)> = counts.iter().collect();
            values.sort_by(|(a, x), (b, y)| {
                let is_chosen = |value: &String| Some(value) == chosen.as_ref();
                (is_chosen(b), y, a).cmp(&(is_chosen(a), x, b))
            });
            let left = values.len().saturating_sub(SHOWN);
            let mut choices = Vec::new();
            for (value, count) in values.into_iter().take(SHOWN) {
                let is_chosen = chosen.as_ref() == Some(value);
                let key = (!is_chosen).then(|| key_of(facet, value));
                choices.push(Choice {
                    label: self.label(facet, value)?,
                    count: *count,
                    href: href(facet, key),
                    is_chosen,
                });
            }
            divisions.push(Division {
                title,
                choices,
                left,
            });
        }
        Ok(divisions)
    }

    fn label(&self, facet: &Facet, value: &str) -> Result<Label, StoreError> {
        Ok(match facet.name {
            "kind" => match Kind::named(value) {
                Some(kind) => Label::Kind(kind),
                None => Label::Text(value.to_owned()),
            },
            "department" => match self.department(value) {
                [] => Label::Text(value.to_owned()),
                names => Label::Names(names.to_vec()),
            },
            "discipline" | "function" => match self.concept(value)? {
                none if none.is_empty() => Label::Text(value.to_owned()),
                names => Label::Names(names),
            },
            _ => Label::Text(value.to_owned()),
        })
    }

    fn department(&self, code: &str) -> &[Literal] {
        let figures = self.figures.as_ref();
        figures.map_or(&[], |figures| figures.label(code))
    }

    /// What a concept is called that an entry names.
    fn concept(&self, path: &str) -> Result<Vec<Literal>, StoreError> {
        if path.contains(':') {
            return match NamedNode::new(path) {
                Ok(iri) => self.names(&iri),
                Err(_) => Ok(Vec::new()),
            };
        }
        self.names(&self.view.base().join(path))
    }

    fn place(&self, iri: &NamedNode) -> Result<Option<(NamedNode, Vec<Literal>)>, StoreError> {
        let places = self.nodes(iri, schema::LOCATION)?;
        let mut places = places.into_iter().filter(|place| self.view.is_whole(place));
        let Some(place) = places.next() else {
            return Ok(None);
        };
        let names = self.names(&place)?;
        Ok(Some((place, names)))
    }

    fn names(&self, iri: &NamedNode) -> Result<Vec<Literal>, StoreError> {
        for property in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
            let objects = self.objects(iri, property)?.into_iter();
            let mut names: Vec<Literal> = objects
                .filter_map(|object| match object {
                    Term::Literal(literal) => Some(literal),
                    _ => None,
                })
                .collect();
            if !names.is_empty() {
                names.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
                return Ok(names);
            }
        }
        Ok(Vec::new())
    }

    /// In the order of their IRIs.
    fn nodes(
        &self,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
    ) -> Result<Vec<NamedNode>, StoreError> {
        let objects = self.objects(subject, property)?.into_iter();
        let mut nodes: Vec<NamedNode> = objects
            .filter_map(|object| match object {
                Term::NamedNode(node) => Some(node),
                _ => None,
            })
            .collect();
        nodes.sort_unstable();
        Ok(nodes)
    }

    fn objects(
        &self,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
    ) -> Result<Vec<Term>, StoreError> {
        let graph = Some(GraphNameRef::DefaultGraph);
        let quads = self
            .view
            .quads(Some(subject.as_ref().into()), Some(property), None, graph);
        quads.map(|quad| quad.map(|quad| quad.object)).collect()
    }
}

fn title_of(facet: &Facet) -> Option<&'static str> {
    Some(match facet.name {
        "kind" => "search-facet-kind",
        "department" => "search-facet-department",
        "discipline" => "search-facet-discipline",
        "function" => "search-facet-function",
        _ => return None,
    })
}

/// The kind of an entry.
pub(super) fn kind_of(entry: &Entry) -> &'static Kind {
    let kind = Kind::named(&entry.kind).or_else(|| Kind::named("concept"));
    kind.expect("it is a row of the table")
}

/// A day, counted from 1970, as the data has days.
fn day_text(day: i32) -> String {
    let from = date(1970, 1, 1);
    let day = jiff::Span::new().try_days(day);
    let day = day.and_then(|days| from.checked_add(days));
    day.unwrap_or(from).to_string()
}

/// A date as a literal of its type.
fn dated(text: &str) -> Literal {
    let datatype = if text.len() == 10 {
        xsd::DATE
    } else {
        xsd::DATE_TIME
    };
    Literal::new_typed_literal(text, datatype)
}

fn literals(names: &[Name]) -> Vec<Literal> {
    let names = names.iter();
    names
        .map(|name| match &name.lang {
            Some(lang) => Literal::new_language_tagged_literal_unchecked(&name.text, lang),
            None => Literal::new_simple_literal(&name.text),
        })
        .collect()
}

/// An address with some of these parameters: those that have a value.
pub(super) fn address(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// A text of the interface with a great number, with a capital.
pub(super) fn plural(kind: &Kind, lang: Lang) -> String {
    let key = format!("kinds-{}", kind.name);
    let text = crate::i18n::text(lang, &key, &[("n", 1000.into())]);
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => text,
    }
}
