//! The schema.org view of a document: what search engines and simple programs ask of it.
//!
//! It holds schema.org's own terms only, in one language, with what the entity leaves to its
//! production, series or building filled in (the model's "reading down"). It is bounded in depth
//! and size, whatever the data holds.

use super::DocumentProfile;
use crate::model::iri::without_fragment;
use crate::model::lang::best;
use crate::model::property::Properties;
use crate::model::vocabulary::{owl, rdf, schema, xsd};
use crate::model::{Base, Lang};
use crate::publish::Document;
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use serde_json::{Map, Value, json};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

/// Nodes inside nodes deeper than this are links.
const MAX_DEPTH: usize = 3;
/// The most values of one property.
const MAX_VALUES: usize = 50;
/// The most characters of one text.
const MAX_TEXT: usize = 5_000;
/// About how many bytes there are in all.
const MAX_BYTES: usize = 50_000;
/// What a value costs besides its text.
const VALUE_BYTES: usize = 60;
/// How many times a place may be in another one.
const CONTAINERS: usize = 4;

/// Text, of which one is enough.
const SINGLE: &[&str] = &[
    "name",
    "description",
    "caption",
    "disambiguatingDescription",
];

/// What is told of an entity that the described one only points to.
const OF_LINKED: &[&str] = &[
    "name",
    "startDate",
    "endDate",
    "genre",
    "author",
    "inLanguage",
    "containedInPlace",
    "address",
    "geo",
    "telephone",
    "url",
    "sameAs",
];

/// What a performance has from its production and work, else from its series, unless it says so
/// itself: the property, and where it is found there.
const READ_DOWN: &[(&str, &[&str])] = &[
    ("description", &["description"]),
    ("duration", &["timeRequired", "duration"]),
    ("audience", &["audience"]),
    ("typicalAgeRange", &["typicalAgeRange"]),
    ("inLanguage", &["inLanguage"]),
    ("image", &["image"]),
];

/// What it has from its series alone.
const OF_SERIES: &[&str] = &["organizer", "offers"];

/// Who takes part in a performance: those of the production and those of the evening. These are
/// the properties that schema.org gives an event.
const TAKING_PART: &[&str] = &[
    "performer",
    "actor",
    "director",
    "composer",
    "translator",
    "contributor",
    "sponsor",
    "funder",
];

/// Properties whose values are concepts of ours and schema.org's text.
const NAMED: &[&str] = &["genre", "keywords"];

pub(super) const SCHEMA_ORG: DocumentProfile = DocumentProfile {
    name: "schema",
    title: ("Vue schema.org", "schema.org view"),
    about: (
        "Ce que lisent les moteurs de recherche et les programmes simples : les seuls termes de schema.org, dans une langue, avec ce que la représentation tient de son spectacle, de sa série ou de son lieu déjà rempli. En JSON-LD, le contexte est `https://schema.org`, et les dates et les énumérations sont des textes ; dans les autres formats elles ont leur type.",
        "What search engines and simple programs read: schema.org’s terms alone, in one language, with what a performance has from its production, series or place filled in. In JSON-LD the context is `https://schema.org`, and dates and enumerations are texts; in the other formats they have their type.",
    ),
    leaves_out: (
        "Les termes qui ne sont pas de schema.org : les fonctions exactes des participations, les rôles, l’accessibilité de la représentation, les surtitres, les conditions d’accès, le département, les avertissements. Les autres langues. Qui a dit quoi. Les textes au-delà de 5 000 caractères, les listes au-delà de 50 valeurs, et le tout au-delà d’environ 50 ko.",
        "Terms that are not schema.org’s: the exact functions of contributions, characters, the accessibility of the performance, surtitles, who is admitted, the department, warnings. The other languages. Who said what. Texts beyond 5,000 characters, lists beyond 50 values, and all beyond about 50 kB.",
    ),
    is_profile_of: "https://schema.org/",
    reads_neighbours: true,
    is_in_one_language: true,
    formats: &["jsonld", "turtle", "ntriples", "rdfxml"],
    write: |document, format, context, lang, out| {
        if format.name == "jsonld" {
            let json = json(document, &context.base, lang);
            serde_json::to_writer_pretty(&mut *out, &json).map_err(io::Error::from)?;
            Ok(writeln!(out)?)
        } else {
            let triples = triples(document, &context.base, lang);
            (format.write_triples)(&triples, context, out)
        }
    },
};

/// The view as JSON-LD with the context `https://schema.org`, written as search engines read it:
/// dates and enumerations are texts.
pub fn json(document: &Document, base: &Base, lang: Lang) -> Value {
    let mut object = Map::new();
    object.insert("@context".to_owned(), json!("https://schema.org"));
    object.extend(View::new(document, base, lang).entity().into_json());
    Value::Object(object)
}

/// The view as triples: dates with their datatypes, enumerations as schema.org's IRIs.
pub fn triples(document: &Document, base: &Base, lang: Lang) -> Vec<Triple> {
    let mut triples = Vec::new();
    View::new(document, base, lang)
        .entity()
        .add_triples(&mut triples);
    let mut seen = BTreeSet::new();
    triples.retain(|triple: &Triple| seen.insert(triple.to_string()));
    triples
}

/// One thing of the view.
struct Node {
    iri: NamedNode,
    /// Classes of schema.org, without the namespace.
    types: Vec<String>,
    /// Properties of schema.org, without the namespace.
    properties: Vec<(String, Vec<Item>)>,
}

enum Item {
    Literal(Literal),
    /// A member of one of schema.org's enumerations.
    Member(NamedNode),
    Link(NamedNode),
    Node(Node),
}

impl Node {
    fn has(&self, local: &str) -> bool {
        self.properties.iter().any(|(name, _)| name == local)
    }

    /// A text without the difference of capitals.
    fn text(&self, local: &str) -> Option<String> {
        let items = self.properties.iter().find(|(name, _)| name == local);
        items?.1.iter().find_map(|item| match item {
            Item::Literal(literal) => Some(literal.value().to_lowercase()),
            _ => None,
        })
    }

    fn town(&self) -> Option<String> {
        let address = self.properties.iter().find(|(name, _)| name == "address");
        address?.1.iter().find_map(|item| match item {
            Item::Node(address) => address.text("addressLocality"),
            _ => None,
        })
    }

    fn set(&mut self, local: &str, items: Vec<Item>) {
        if items.is_empty() {
            return;
        }
        match self.properties.iter_mut().find(|(name, _)| name == local) {
            Some((_, old)) => *old = items,
            None => self.properties.push((local.to_owned(), items)),
        }
    }

    fn into_json(self) -> Map<String, Value> {
        let mut object = Map::new();
        if !self.types.is_empty() {
            let types = self.types.into_iter().map(Value::String).collect();
            object.insert("@type".to_owned(), one_or_many(types));
        }
        object.insert("@id".to_owned(), json!(self.iri.as_str()));
        for (local, items) in self.properties {
            let values = items.into_iter().map(Item::into_json).collect();
            object.insert(local, one_or_many(values));
        }
        object
    }

    fn add_triples(&self, triples: &mut Vec<Triple>) {
        for local in &self.types {
            triples.push(Triple::new(self.iri.clone(), rdf::TYPE, term(local)));
        }
        for (local, items) in &self.properties {
            for item in items {
                let object: Term = match item {
                    Item::Literal(literal) => literal.clone().into(),
                    Item::Member(node) | Item::Link(node) => node.clone().into(),
                    Item::Node(node) => node.iri.clone().into(),
                };
                triples.push(Triple::new(self.iri.clone(), term(local), object));
            }
        }
        for (_, items) in &self.properties {
            for item in items {
                if let Item::Node(node) = item {
                    node.add_triples(triples);
                }
            }
        }
    }
}

impl Item {
    fn into_json(self) -> Value {
        match self {
            Self::Literal(literal) => json_of_literal(&literal),
            Self::Member(node) => {
                let local = node.as_str().strip_prefix(schema::NS);
                json!(format!("https://schema.org/{}", local.unwrap_or_default()))
            }
            Self::Link(node) => json!(node.as_str()),
            Self::Node(node) => Value::Object(node.into_json()),
        }
    }

    /// What it is, to tell two of them apart.
    fn key(&self) -> String {
        match self {
            Self::Literal(literal) => literal.to_string(),
            Self::Member(node) | Self::Link(node) => node.as_str().to_owned(),
            Self::Node(node) => node.iri.as_str().to_owned(),
        }
    }
}

fn term(local: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{}{local}", schema::NS))
}

fn one_or_many(mut values: Vec<Value>) -> Value {
    if values.len() == 1 {
        values.swap_remove(0)
    } else {
        Value::Array(values)
    }
}

fn json_of_literal(literal: &Literal) -> Value {
    let text = literal.value();
    let datatype = literal.datatype();
    if datatype == xsd::BOOLEAN {
        return json!(text == "true" || text == "1");
    }
    let is_number = [xsd::INTEGER, xsd::DECIMAL, xsd::DOUBLE].contains(&datatype);
    match serde_json::from_str::<serde_json::Number>(text) {
        Ok(number) if is_number => Value::Number(number),
        _ => json!(text),
    }
}

/// A document seen as schema.org.
struct View<'a> {
    document: &'a Document,
    base: &'a Base,
    lang: Lang,
    properties: Properties,
    about: HashMap<&'a str, Vec<&'a Triple>>,
    /// The bytes that may still be used.
    left: Cell<usize>,
}

impl<'a> View<'a> {
    fn new(document: &'a Document, base: &'a Base, lang: Lang) -> Self {
        let mut about: HashMap<&str, Vec<&Triple>> = HashMap::new();
        let beside = document.around.iter().chain(&document.agents);
        for triple in document
            .description
            .triples
            .iter()
            .chain(beside.flat_map(|description| &description.triples))
        {
            if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
                about.entry(subject.as_str()).or_default().push(triple);
            }
        }
        Self {
            document,
            base,
            lang,
            properties: Properties::new(base),
            about,
            left: Cell::new(MAX_BYTES),
        }
    }

    fn entity(&self) -> Node {
        let iri = &self.document.description.iri;
        let mut node = self.node(iri, 0);
        if node.types.is_empty() {
            node.types.push("Thing".to_owned());
        }
        if self.document.kind.is_event {
            self.read_down(iri.as_str(), &mut node);
        }
        let former = self.objects(iri.as_str(), owl::SAME_AS.as_str());
        let former: Vec<Item> = former
            .filter_map(|object| match object {
                Term::NamedNode(node) => Some(Item::Link(node.clone())),
                _ => None,
            })
            .take(MAX_VALUES)
            .collect();
        if !former.is_empty() {
            let mut same = self.values(iri.as_str(), "sameAs", 0);
            same.extend(former);
            node.set("sameAs", same);
        }
        let page = self.page();
        node.set("mainEntityOfPage", page.into_iter().collect());
        node
    }

    /// The document itself: in which language this view is, how recent and under which licence.
    fn page(&self) -> Option<Item> {
        let iri = self.document.iri(self.base);
        if iri == self.document.description.iri {
            return None;
        }
        let mut page = Node {
            iri,
            types: vec!["AboutPage".to_owned()],
            properties: Vec::new(),
        };
        if !self.document.modified.is_empty() {
            let modified = Literal::new_typed_literal(&self.document.modified, xsd::DATE_TIME);
            page.set("dateModified", vec![Item::Literal(modified)]);
        }
        let language = Literal::new_simple_literal(self.lang.tag());
        page.set("inLanguage", vec![Item::Literal(language)]);
        let licence = self.document.licence().cloned().map(Item::Link);
        page.set("license", licence.into_iter().collect());
        Some(Item::Node(page))
    }

    fn objects<'s>(
        &'s self,
        subject: &str,
        predicate: &'s str,
    ) -> impl Iterator<Item = &'a Term> + use<'a, 's> {
        self.about
            .get(subject)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter(move |triple| triple.predicate.as_str() == predicate)
            .map(|triple| &triple.object)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The IRIs to which a property of schema.org leads.
    fn links(&self, subject: &str, local: &str) -> Vec<&'a str> {
        self.objects(subject, &format!("{}{local}", schema::NS))
            .filter_map(|object| match object {
                Term::NamedNode(node) => Some(node.as_str()),
                _ => None,
            })
            .collect()
    }

    fn node(&self, iri: &NamedNode, depth: usize) -> Node {
        let subject = iri.as_str();
        let mut types: Vec<String> = self
            .objects(subject, rdf::TYPE.as_str())
            .filter_map(|class| match class {
                Term::NamedNode(class) => class.as_str().strip_prefix(schema::NS),
                _ => None,
            })
            .map(str::to_owned)
            .collect();
        types.sort_unstable();
        types.dedup();
        let mut node = Node {
            iri: iri.clone(),
            types,
            properties: Vec::new(),
        };
        let is_linked = depth > 0 && !subject.contains('#');
        let mut locals: BTreeSet<(usize, &str)> = BTreeSet::new();
        for triple in self.about.get(subject).map_or(&[][..], Vec::as_slice) {
            let predicate = triple.predicate.as_str();
            if let Some(local) = predicate.strip_prefix(schema::NS)
                && (!is_linked || OF_LINKED.contains(&local))
            {
                locals.insert((self.properties.position(predicate), local));
            }
        }
        for (_, local) in locals {
            node.set(local, self.values(subject, local, depth));
        }
        if !node.has("name")
            && let Some(name) = self.name(subject)
        {
            node.properties
                .insert(0, ("name".to_owned(), vec![Item::Literal(name)]));
        }
        self.mend(&mut node);
        self.sort(&mut node);
        node
    }

    /// What schema.org says in another way than the stored form.
    fn mend(&self, node: &mut Node) {
        // A range of prices is an offer of its own kind.
        if node.types == ["Offer"]
            && !node.has("price")
            && (node.has("lowPrice") || node.has("highPrice"))
        {
            node.types = vec!["AggregateOffer".to_owned()];
        }
        // A room is where its building is.
        let mut place = node.iri.as_str();
        for _ in 0..CONTAINERS {
            if node.has("address") || !node.has("containedInPlace") {
                break;
            }
            let Some(container) = self.links(place, "containedInPlace").into_iter().min() else {
                break;
            };
            place = container;
            for local in ["address", "geo"] {
                if !node.has(local) {
                    node.set(local, self.values(place, local, MAX_DEPTH - 1));
                }
            }
        }
    }

    /// The values of a property of schema.org, in the order of the data; of texts those in the
    /// language of the view.
    fn values(&self, subject: &str, local: &str, depth: usize) -> Vec<Item> {
        let predicate = format!("{}{local}", schema::NS);
        let objects: Vec<&Term> = self.objects(subject, &predicate).collect();
        let literals = || {
            objects.iter().filter_map(|object| match object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            })
        };
        let spoken = best(literals(), self.lang).and_then(Literal::language);
        let mut items = Vec::new();
        for object in &objects {
            if items.len() >= MAX_VALUES {
                break;
            }
            let item = match object {
                Term::Literal(literal)
                    if literal.language().is_some() && literal.language() != spoken =>
                {
                    None
                }
                Term::Literal(literal) => self.literal(literal),
                Term::NamedNode(node) => self.item(node, local, depth),
                Term::BlankNode(_) => None,
            };
            items.extend(item);
        }
        if SINGLE.contains(&local) {
            items.truncate(1);
        }
        if local == "location" {
            // Two sources may name the same room, each in its own way.
            let mut known = BTreeSet::new();
            items.retain(|item| match item {
                Item::Node(place) => place
                    .text("name")
                    .is_none_or(|name| known.insert((name, place.town()))),
                _ => true,
            });
        }
        items
    }

    /// Whether there is room for so many bytes more, which are then used.
    fn takes(&self, bytes: usize) -> bool {
        let left = self.left.get().checked_sub(bytes + VALUE_BYTES);
        self.left.set(left.unwrap_or(self.left.get()));
        left.is_some()
    }

    fn literal(&self, literal: &Literal) -> Option<Item> {
        let text = literal.value();
        let shown = match text.char_indices().nth(MAX_TEXT) {
            None => literal.clone(),
            Some((end, _)) => {
                let cut = text.get(..end).unwrap_or_default();
                // Not in the middle of a word.
                let cut = cut.rsplit_once(' ').map_or(cut, |(words, _)| words);
                let cut = format!("{cut} …");
                match literal.language() {
                    Some(language) => Literal::new_language_tagged_literal_unchecked(cut, language),
                    None => Literal::new_simple_literal(cut),
                }
            }
        };
        self.takes(shown.value().len())
            .then_some(Item::Literal(shown))
    }

    fn item(&self, node: &NamedNode, local: &str, depth: usize) -> Option<Item> {
        let iri = node.as_str();
        if iri.starts_with(schema::NS) {
            return Some(Item::Member(node.clone()));
        }
        if NAMED.contains(&local)
            && let Some(name) = self.label(iri)
        {
            return self.literal(name);
        }
        let is_ours = matches!(self.base.entity_of(iri), Some(Ok(_)));
        if !is_ours || iri == self.document.description.iri.as_str() {
            return self.takes(iri.len()).then(|| Item::Link(node.clone()));
        }
        if !self.takes(iri.len()) {
            return None;
        }
        if iri.contains('#') {
            // A part without a class of schema.org says nothing to those who read this.
            let part = (depth < MAX_DEPTH).then(|| self.node(node, depth + 1))?;
            return (!part.types.is_empty()).then_some(Item::Node(part));
        }
        Some(if depth < MAX_DEPTH {
            Item::Node(self.node(node, depth + 1))
        } else {
            Item::Link(node.clone())
        })
    }

    fn label(&self, iri: &str) -> Option<&'a Literal> {
        best(self.document.labels.get(iri)?, self.lang)
    }

    fn name(&self, iri: &str) -> Option<Literal> {
        let name = self.label(iri)?;
        match self.literal(name)? {
            Item::Literal(name) => Some(name),
            _ => None,
        }
    }

    /// Fills in what a performance leaves to its production, its series, and their production.
    fn read_down(&self, iri: &str, node: &mut Node) {
        let works = self.links(iri, "workPerformed");
        let series = self.links(iri, "superEvent");
        let of_series = series
            .iter()
            .flat_map(|series| self.links(series, "workPerformed"));
        let levels = [works, series.clone(), of_series.collect()];
        let first = |locals: &[&str], levels: &[Vec<&str>]| {
            levels
                .iter()
                .map(|level| {
                    let of_level = level.iter().flat_map(|above| {
                        let values = locals.iter().map(|local| self.values(above, local, 1));
                        values.into_iter().find(|values| !values.is_empty())
                    });
                    of_level.flatten().take(MAX_VALUES).collect::<Vec<Item>>()
                })
                .find(|items| !items.is_empty())
                .unwrap_or_default()
        };
        for (local, above) in READ_DOWN {
            if !node.has(local) {
                let mut items = first(above, &levels);
                if SINGLE.contains(local) {
                    items.truncate(1);
                }
                node.set(local, items);
            }
        }
        for local in OF_SERIES {
            if !node.has(local) {
                node.set(local, first(&[local], std::slice::from_ref(&series)));
            }
        }
        let replaced = self.replaced(iri);
        for local in TAKING_PART {
            let mut items = self.values(iri, local, 0);
            let mut known: BTreeSet<String> = items.iter().map(Item::key).collect();
            for item in first(&[local], &levels) {
                let key = item.key();
                if !replaced.contains(key.as_str()) && known.insert(key) {
                    items.push(item);
                }
            }
            items.truncate(MAX_VALUES);
            node.set(local, items);
        }
        self.sort(node);
    }

    /// Those for whom others stand in this evening.
    fn replaced(&self, iri: &str) -> BTreeSet<&'a str> {
        let (contribution, replaces) = (self.base.sv("contribution"), self.base.sv("remplace"));
        self.objects(iri, contribution.as_str())
            .filter_map(|part| match part {
                Term::NamedNode(part) => Some(part.as_str()),
                _ => None,
            })
            .flat_map(|part| self.objects(part, replaces.as_str()))
            .filter_map(|agent| match agent {
                Term::NamedNode(agent) => Some(without_fragment(agent.as_str())),
                _ => None,
            })
            .collect()
    }

    /// Brings properties into the order of the model again.
    fn sort(&self, node: &mut Node) {
        let mut sorted: BTreeMap<(usize, String), Vec<Item>> = BTreeMap::new();
        for (local, items) in node.properties.drain(..) {
            let position = self.properties.position(term(&local).as_str());
            sorted.insert((position, local), items);
        }
        node.properties = sorted
            .into_iter()
            .map(|((_, local), items)| (local, items))
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use crate::rdf::parse::SCHEMA_CONTEXT;
    use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};

    /// The triples as a reader of the JSON sees them: everything that has no IRI of its own is
    /// plain text.
    fn as_texts(triples: &[Triple]) -> BTreeSet<String> {
        let plain = |triple: &Triple| {
            let object = match &triple.object {
                // A number of JSON has no datatype but its own.
                Term::Literal(literal) => match literal.value().parse::<f64>() {
                    Ok(number) => number.to_string(),
                    Err(_) => format!("{:?}", literal.value()),
                },
                Term::NamedNode(node) if triple.predicate != rdf::TYPE => {
                    let local = node.as_str().strip_prefix(schema::NS);
                    local.map_or(node.to_string(), |local| {
                        format!("{:?}", format!("https://schema.org/{local}"))
                    })
                }
                other => other.to_string(),
            };
            format!("{} {} {object}", triple.subject, triple.predicate)
        };
        triples.iter().map(plain).collect()
    }

    fn read(json: &Value) -> Vec<Triple> {
        JsonLdParser::new()
            .for_slice(json.to_string().as_bytes())
            .with_load_document_callback(|url, _| {
                assert_eq!(url, "https://schema.org");
                Ok(JsonLdRemoteDocument {
                    document: SCHEMA_CONTEXT.as_bytes().to_vec(),
                    document_url: url.to_owned(),
                })
            })
            .map(|quad| quad.map(Triple::from))
            .collect::<Result<_, _>>()
            .expect("JSON-LD")
    }

    #[test]
    fn json_and_triples_say_the_same() {
        let base = sample::base();
        for document in [sample::performance(), sample::place(), sample::production()] {
            let of_json = read(&json(&document, &base, Lang::Fr));
            let own = triples(&document, &base, Lang::Fr);
            assert_eq!(as_texts(&of_json), as_texts(&own));
        }
    }

    #[test]
    fn every_term_is_of_schema_org() {
        for document in [sample::performance(), sample::place(), sample::production()] {
            for triple in triples(&document, &sample::base(), Lang::En) {
                let predicate = triple.predicate.as_str();
                assert!(
                    triple.predicate == rdf::TYPE || predicate.starts_with(schema::NS),
                    "{triple}"
                );
                if triple.predicate == rdf::TYPE {
                    assert!(triple.object.to_string().contains(schema::NS), "{triple}");
                }
            }
        }
    }

    #[test]
    fn a_performance_has_what_a_rich_result_asks_for() {
        let view = json(&sample::performance(), &sample::base(), Lang::Fr);
        assert_eq!(view["@context"], "https://schema.org");
        assert_eq!(view["name"], "Les Marées du grenier");
        assert_eq!(view["startDate"], "2027-03-02T20:30:00+01:00");
        assert_eq!(view["previousStartDate"], "2027-02-23T20:30:00+01:00");
        assert_eq!(view["eventStatus"], "https://schema.org/EventRescheduled");
        let place = &view["location"];
        assert_eq!(place["name"], "Théâtre de la Grande Ourse");
        assert_eq!(place["address"]["@type"], "PostalAddress");
        assert_eq!(place["address"]["addressLocality"], "Port-Sillon");
        assert_eq!(view["offers"][0]["price"], json!(18.5));
        assert_eq!(
            view["offers"][0]["availability"],
            "https://schema.org/LimitedAvailability"
        );
        assert_eq!(view["organizer"]["@type"][1], "TheaterGroup");
        assert_eq!(view["organizer"]["name"], "Compagnie du Sillon");
        assert_eq!(view["performer"]["@type"], "Person");
        let english = json(&sample::performance(), &sample::base(), Lang::En);
        assert_eq!(english["name"], "The Tides in the Attic");
    }

    #[test]
    fn what_the_production_says_is_read_down_and_who_is_replaced_is_left_out() {
        let base = sample::base();
        let mut document = sample::performance();
        let iri = document.description.iri.clone();
        let work = base.join("id/c4w9vhs6m3pd");
        let [fleur, malo] =
            ["k3t8czm5w2qh", "h9x2pzv6c4mr"].map(|noid| base.join(&format!("id/{noid}")));
        let around = document
            .around
            .iter_mut()
            .find(|description| description.iri == work)
            .expect("the production");
        for agent in [&fleur, &malo] {
            around
                .triples
                .push(Triple::new(work.clone(), term("performer"), agent.clone()));
        }
        around.triples.push(Triple::new(
            work.clone(),
            term("typicalAgeRange"),
            Literal::new_simple_literal("12-"),
        ));
        let names = |document: &Document| -> Vec<String> {
            let view = json(document, &base, Lang::Fr);
            let of = |value: &Value| value["@id"].as_str().unwrap_or_default().to_owned();
            match &view["performer"] {
                Value::Array(all) => all.iter().map(of).collect(),
                one => vec![of(one)],
            }
        };
        assert!(names(&document).contains(&fleur.as_str().to_owned()));
        let part = base.join("id/3f8kz2m9q0cx#contribution-77b0");
        document
            .description
            .triples
            .push(Triple::new(part, base.sv("remplace"), fleur.clone()));
        let left = names(&document);
        assert!(!left.contains(&fleur.as_str().to_owned()), "{left:?}");
        assert!(left.contains(&malo.as_str().to_owned()));
        let view = json(&document, &base, Lang::Fr);
        assert_eq!(view["duration"], "PT1H30M");
        // Its own value replaces that of the production.
        assert_eq!(view["typicalAgeRange"], "8-");
        assert_eq!(view["@id"], iri.as_str());
    }

    #[test]
    fn a_room_is_where_its_building_is() {
        let base = sample::base();
        let mut document = sample::performance();
        let place = base.join("id/bq7n4zr2kt5x");
        let room = base.join("id/k3t8czm5w2qh");
        for triple in &mut document.description.triples {
            if triple.predicate == schema::LOCATION {
                triple.object = room.clone().into();
            }
        }
        document.around.push(crate::model::Description {
            iri: room.clone(),
            triples: vec![
                Triple::new(room.clone(), rdf::TYPE, schema::PLACE),
                Triple::new(room, schema::CONTAINED_IN_PLACE, place),
            ],
        });
        let view = json(&document, &base, Lang::Fr);
        assert_eq!(view["location"]["address"]["postalCode"], "29999");
    }

    #[test]
    fn it_stays_small_whatever_there_is() {
        let base = sample::base();
        let mut document = sample::performance();
        let iri = document.description.iri.clone();
        let long = "un mot ".repeat(200_000);
        for number in 0..2_000 {
            let text = format!("{number} {}", &long[..1_000]);
            document.description.triples.push(Triple::new(
                iri.clone(),
                term("keywords"),
                Literal::new_simple_literal(text),
            ));
            document.description.triples.push(Triple::new(
                iri.clone(),
                term("superEvent"),
                iri.clone(),
            ));
        }
        document.description.triples.push(Triple::new(
            iri.clone(),
            schema::DESCRIPTION,
            Literal::new_language_tagged_literal_unchecked(&long, "fr"),
        ));
        let view = json(&document, &base, Lang::Fr);
        assert!(view.to_string().len() < 2 * MAX_BYTES);
        let keywords = view["keywords"].as_array().map_or(0, Vec::len);
        assert!((2..=MAX_VALUES).contains(&keywords), "{keywords}");
        assert_eq!(view["name"], "Les Marées du grenier");
    }
}
