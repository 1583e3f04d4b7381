//! One page of a list of entities, as data: a part of a collection that names its neighbours, and
//! of each entity what a list says of it.
//!
//! Whoever makes a list fills a [`Listing`]; it comes in each of [`FORMATS`] through its
//! [`document`](Listing::document), and as lines of CSV and as JSON. The order of the list is that
//! of CSV and JSON; RDF has none.
//!
//! [`FORMATS`]: crate::publish::FORMATS

use crate::model::kind::iri_of;
use crate::model::vocabulary::{hydra, rdf, schema};
use crate::model::{Base, Description, Kind, Lang, Text};
use crate::publish::Document;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use serde_json::{Map, Value, json};

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The address of the list from its `/` on, with what was asked for, but without the number of
    /// the page, the language and the format.
    pub address: String,
    pub title: Text,
    /// How many there are on all pages.
    pub total: usize,
    /// From 1 on.
    pub page: usize,
    pub per_page: usize,
    pub items: Vec<Item>,
}

/// What a list says of an entity.
#[derive(Clone, Debug)]
pub struct Item {
    pub iri: NamedNode,
    pub kind: &'static Kind,
    pub names: Vec<Literal>,
    /// `schema:startDate`, as it is stored.
    pub start: Option<Literal>,
    /// `schema:endDate`, as it is stored.
    pub end: Option<Literal>,
    /// `schema:eventStatus`.
    pub status: Option<NamedNode>,
    /// The first place, and what it is called.
    pub place: Option<(NamedNode, Vec<Literal>)>,
    /// What the place is a room of, for people: its name alone says little.
    pub house: Option<(NamedNode, Vec<Literal>)>,
    /// The town of the place, or of the entity itself.
    pub town: Option<String>,
}

impl Item {
    /// One of which no more is known than what it is called.
    pub fn new(iri: NamedNode, kind: &'static Kind, names: Vec<Literal>) -> Self {
        Self {
            iri,
            kind,
            names,
            start: None,
            end: None,
            status: None,
            place: None,
            house: None,
            town: None,
        }
    }
}

impl Listing {
    /// How many pages there are: one at least, be it empty.
    pub fn pages(&self) -> usize {
        self.total.div_ceil(self.per_page.max(1)).max(1)
    }

    /// The pages that this one names, by what they are to it.
    pub fn neighbours(&self) -> Vec<(&'static str, usize)> {
        let last = self.pages();
        let mut neighbours = vec![("first", 1)];
        if self.page > 1 {
            neighbours.push(("prev", (self.page - 1).min(last)));
        }
        if self.page < last {
            neighbours.push(("next", self.page + 1));
        }
        neighbours.push(("last", last));
        neighbours
    }

    /// The address of another page of the list.
    pub fn page_address(&self, page: usize) -> String {
        if page == 1 {
            return self.address.clone();
        }
        let separator = if self.address.contains('?') { '&' } else { '?' };
        format!("{}{separator}page={page}", self.address)
    }

    /// The page as what the formats of documents write. It is about no entity, so the formats add
    /// nothing of their own.
    pub fn document(&self, base: &Base) -> Document {
        let description = Description {
            iri: iri_at(base, &self.address),
            triples: self.triples(base),
        };
        // A list is not among the kinds of entities; no format asks for it.
        let kind = Kind::named("concept").expect("it is a row of the table");
        Document::new(description, kind)
    }

    /// The page in RDF: the collection, this part of it, then its members.
    pub fn triples(&self, base: &Base) -> Vec<Triple> {
        let mut triples = Vec::new();
        let mut say = |subject: &NamedNode, property: NamedNodeRef<'_>, value: Term| {
            triples.push(Triple::new(subject.clone(), property, value));
        };
        let collection = iri_at(base, &self.address);
        say(
            &collection,
            rdf::TYPE,
            hydra::COLLECTION.into_owned().into(),
        );
        for lang in Lang::ALL {
            let title = self.title.get(lang);
            let title = Literal::new_language_tagged_literal_unchecked(title, lang.tag());
            say(&collection, hydra::TITLE, title.into());
        }
        let total = i64::try_from(self.total).unwrap_or(i64::MAX);
        say(&collection, hydra::TOTAL_ITEMS, Literal::from(total).into());
        // The first page has the address of the list itself, so that this part of it is told
        // apart by a fragment.
        let part = |page: usize| match page {
            1 => iri_at(base, &format!("{}#page-1", self.address)),
            page => iri_at(base, &self.page_address(page)),
        };
        let here = part(self.page);
        say(&collection, hydra::VIEW, here.clone().into());
        say(
            &here,
            rdf::TYPE,
            hydra::PARTIAL_COLLECTION_VIEW.into_owned().into(),
        );
        for (name, page) in self.neighbours() {
            let property = match name {
                "first" => hydra::FIRST,
                "prev" => hydra::PREVIOUS,
                "next" => hydra::NEXT,
                _ => hydra::LAST,
            };
            say(&here, property, part(page).into());
        }
        for item in &self.items {
            say(&collection, hydra::MEMBER, item.iri.clone().into());
        }
        for item in &self.items {
            let iri = &item.iri;
            for class in item.kind.stored_as {
                say(iri, rdf::TYPE, iri_of(base, class).into());
            }
            for name in &item.names {
                say(iri, schema::NAME, name.clone().into());
            }
            for (property, date) in [
                (schema::START_DATE, &item.start),
                (schema::END_DATE, &item.end),
            ] {
                if let Some(date) = date {
                    say(iri, property, date.clone().into());
                }
            }
            if let Some(status) = &item.status {
                say(iri, schema::EVENT_STATUS, status.clone().into());
            }
            if let Some((place, names)) = &item.place {
                say(iri, schema::LOCATION, place.clone().into());
                for name in names {
                    say(place, schema::NAME, name.clone().into());
                }
            }
        }
        let mut seen = std::collections::HashSet::new();
        triples.retain(|triple| seen.insert(triple.clone()));
        triples
    }

    /// The page as a table; the first line names the columns. `name` gives the one of several
    /// names that suits the reader.
    pub fn lines(&self, name: &dyn Fn(&[Literal]) -> String) -> Vec<Vec<String>> {
        let mut lines = vec![
            [
                "iri",
                "kind",
                "name",
                "start",
                "end",
                "status",
                "place",
                "place_iri",
                "town",
            ]
            .map(str::to_owned)
            .to_vec(),
        ];
        for item in &self.items {
            let text = |literal: &Option<Literal>| {
                literal
                    .as_ref()
                    .map_or_else(String::new, |literal| literal.value().to_owned())
            };
            let (place, names) = item.place.clone().unzip();
            lines.push(vec![
                item.iri.as_str().to_owned(),
                item.kind.name.to_owned(),
                name(&item.names),
                text(&item.start),
                text(&item.end),
                status_name(item).unwrap_or_default().to_owned(),
                names.map(|names| name(&names)).unwrap_or_default(),
                place.map_or_else(String::new, NamedNode::into_string),
                item.town.clone().unwrap_or_default(),
            ]);
        }
        lines
    }

    /// The page as JSON.
    pub fn json(&self, base: &Base) -> Value {
        let mut page = Map::new();
        let absolute = |address: &str| iri_at(base, address).into_string();
        page.insert("url".to_owned(), json!(absolute(&self.address)));
        page.insert(
            "title".to_owned(),
            Lang::ALL
                .iter()
                .map(|lang| (lang.tag().to_owned(), json!(self.title.get(*lang))))
                .collect::<Map<_, _>>()
                .into(),
        );
        page.insert("total".to_owned(), json!(self.total));
        page.insert("page".to_owned(), json!(self.page));
        page.insert("pages".to_owned(), json!(self.pages()));
        page.insert("perPage".to_owned(), json!(self.per_page));
        for (name, number) in self.neighbours() {
            let address = absolute(&self.page_address(number));
            page.insert(name.to_owned(), json!(address));
        }
        let items: Vec<Value> = self.items.iter().map(json_item).collect();
        page.insert("items".to_owned(), Value::Array(items));
        Value::Object(page)
    }
}

fn json_item(item: &Item) -> Value {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| {
        object.insert(name.to_owned(), value);
    };
    put("iri", json!(item.iri.as_str()));
    put("kind", json!(item.kind.name));
    put("name", by_language(&item.names));
    for (name, date) in [("start", &item.start), ("end", &item.end)] {
        if let Some(date) = date {
            put(name, json!(date.value()));
        }
    }
    if let Some(status) = status_name(item) {
        put("status", json!(status));
    }
    if let Some((place, names)) = &item.place {
        put(
            "place",
            json!({"iri": place.as_str(), "name": by_language(names)}),
        );
    }
    if let Some(town) = &item.town {
        put("town", json!(town));
    }
    Value::Object(object)
}

/// The status by the short name that it has at schema.org.
fn status_name(item: &Item) -> Option<&str> {
    let status = item.status.as_ref()?.as_str();
    Some(status.strip_prefix(schema::NS).unwrap_or(status))
}

/// Names by language, `und` where none is said; of several in one language the first.
pub fn by_language(names: &[Literal]) -> Value {
    let mut by_language = Map::new();
    for name in names {
        let tag = name.language().unwrap_or("und");
        if !by_language.contains_key(tag) {
            by_language.insert(tag.to_owned(), json!(name.value()));
        }
    }
    Value::Object(by_language)
}

fn iri_at(base: &Base, address: &str) -> NamedNode {
    base.join(address.strip_prefix('/').unwrap_or(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::{FORMATS, sample};
    use crate::rdf::sophia::are_isomorphic;

    fn listing(page: usize) -> Listing {
        let french = |text: &str| vec![Literal::new_language_tagged_literal_unchecked(text, "fr")];
        let node = |path: &str| sample::base().join(path);
        let performance = Kind::named("performance").expect("a row");
        Listing {
            address: "/agenda?discipline=danse".to_owned(),
            title: Text::new("À l’affiche", "What is on"),
            total: 5,
            page,
            per_page: 2,
            items: vec![
                Item {
                    start: Some(Literal::new_typed_literal(
                        "2027-03-02T20:30:00+01:00",
                        crate::model::vocabulary::xsd::DATE_TIME,
                    )),
                    status: Some(schema::EVENT_CANCELLED.into_owned()),
                    place: Some((node("id/bq7n4zr2kt5x"), french("La Grange"))),
                    town: Some("Port-Sillon".to_owned()),
                    ..Item::new(
                        node("id/3f8kz2m9q0cx"),
                        performance,
                        french("Les Marées \"du\" grenier"),
                    )
                },
                Item::new(node("id/bq7n4zr2kt5x"), performance, Vec::new()),
            ],
        }
    }

    #[test]
    fn every_format_of_documents_says_the_same_of_a_page() {
        let listing = listing(2);
        let context = sample::context();
        let document = listing.document(&context.base);
        let expected = listing.triples(&context.base);
        for format in FORMATS {
            let mut out = Vec::new();
            (format.write)(&document, &context, &mut out).expect("memory");
            let text = String::from_utf8(out).expect("text");
            let read: Vec<Triple> = match format.name {
                "jsonld" => sample::read_jsonld(&text),
                "turtle" | "ntriples" => oxttl::TurtleParser::new()
                    .for_slice(text.as_bytes())
                    .collect::<Result<_, _>>()
                    .expect("Turtle"),
                // Each is read again by its own test.
                _ => continue,
            };
            assert!(
                are_isomorphic(&read, &expected).expect("comparable"),
                "{}\n{text}",
                format.name
            );
        }
    }

    #[test]
    fn a_page_names_its_neighbours() {
        let names = |page| listing(page).neighbours();
        assert_eq!(names(1), [("first", 1), ("next", 2), ("last", 3)]);
        assert_eq!(
            names(2),
            [("first", 1), ("prev", 1), ("next", 3), ("last", 3)]
        );
        assert_eq!(names(3), [("first", 1), ("prev", 2), ("last", 3)]);
        let empty = Listing {
            total: 0,
            ..listing(1)
        };
        assert_eq!(empty.neighbours(), [("first", 1), ("last", 1)]);
        let json = listing(2).json(&sample::base());
        assert_eq!(
            json["next"],
            "https://data.example.org/agenda?discipline=danse&page=3"
        );
        assert_eq!(
            json["prev"],
            "https://data.example.org/agenda?discipline=danse"
        );
        assert_eq!(json["items"][0]["name"]["fr"], "Les Marées \"du\" grenier");
    }

    #[test]
    fn a_table_has_a_cell_for_each_column() {
        let lines = listing(1).lines(&|names| {
            names
                .first()
                .map_or_else(String::new, |name| name.value().to_owned())
        });
        assert!(lines.iter().all(|line| line.len() == lines[0].len()));
        assert_eq!(lines[1][5], "EventCancelled");
        assert_eq!(lines[1][6], "La Grange");
    }
}
