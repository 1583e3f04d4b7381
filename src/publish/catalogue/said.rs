//! What is said, triple by triple.

use super::Area;
use super::codes::{self, Code};
use crate::model::vocabulary::{dcat, dct, foaf, rdf, skos, xsd};
use crate::model::{Base, Lang, Text};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};

const WKT: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.opengis.net/ont/geosparql#wktLiteral");

/// The words by which people look for such data.
const KEYWORDS: &[(&str, &str)] = &[
    ("spectacle vivant", "performing arts"),
    ("représentation", "performance"),
    ("théâtre", "theatre"),
    ("danse", "dance"),
    ("musique", "music"),
    ("cirque", "circus"),
    ("agenda culturel", "cultural calendar"),
];

pub struct Said<'a> {
    pub base: &'a Base,
    pub triples: Vec<Triple>,
}

impl<'a> Said<'a> {
    pub fn new(base: &'a Base) -> Self {
        Self {
            base,
            triples: Vec::new(),
        }
    }

    pub fn say(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, value: impl Into<Term>) {
        let triple = Triple::new(subject.clone(), property.into_owned(), value);
        self.triples.push(triple);
    }

    pub fn text(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, text: &str) {
        self.say(subject, property, Literal::new_simple_literal(text));
    }

    /// In both languages.
    pub fn texts(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, text: &Text) {
        for lang in Lang::ALL {
            self.in_language(subject, property, text.get(lang), lang);
        }
    }

    fn in_language(
        &mut self,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
        text: &str,
        lang: Lang,
    ) {
        let text = Literal::new_language_tagged_literal_unchecked(text, lang.tag());
        self.say(subject, property, text);
    }

    pub fn integer(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, number: u64) {
        self.typed(subject, property, &number.to_string(), xsd::INTEGER);
    }

    pub fn time(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, time: &str) {
        if !time.is_empty() {
            self.typed(subject, property, time, xsd::DATE_TIME);
        }
    }

    pub fn date(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, date: &str) {
        self.typed(subject, property, date, xsd::DATE);
    }

    pub fn typed(
        &mut self,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
        value: &str,
        datatype: NamedNodeRef<'_>,
    ) {
        let literal = Literal::new_typed_literal(value, datatype.into_owned());
        self.say(subject, property, literal);
    }

    /// A code of an authority table, with its name and its table.
    pub fn code(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, code: &Code) {
        let node = NamedNode::new_unchecked(code.iri());
        self.say(subject, property, node.clone());
        self.say(&node, rdf::TYPE, code.class);
        self.texts(&node, skos::PREF_LABEL, &Text::new(code.fr, code.en));
        let scheme = NamedNode::new_unchecked(code.scheme());
        self.say(&node, skos::IN_SCHEME, scheme);
    }

    pub fn document(
        &mut self,
        subject: &NamedNode,
        property: NamedNodeRef<'_>,
        document: &NamedNode,
    ) {
        self.say(subject, property, document.clone());
        self.say(document, rdf::TYPE, foaf::DOCUMENT);
    }

    pub fn standard(&mut self, subject: &NamedNode, standard: &str) {
        let standard = NamedNode::new_unchecked(standard);
        self.say(subject, dct::CONFORMS_TO, standard.clone());
        self.say(&standard, rdf::TYPE, dct::STANDARD);
    }

    /// The table of themes that the catalogue uses.
    pub fn taxonomy(&mut self, catalogue: &NamedNode) {
        let scheme = NamedNode::new_unchecked(codes::CULTURE.scheme());
        self.say(catalogue, dcat::THEME_TAXONOMY, scheme.clone());
        self.say(&scheme, rdf::TYPE, skos::CONCEPT_SCHEME);
        self.texts(
            &scheme,
            dct::TITLE,
            &Text::new("Thème de données", "Data theme"),
        );
    }

    pub fn theme(&mut self, subject: &NamedNode) {
        self.code(subject, dcat::THEME, &codes::CULTURE);
    }

    pub fn keywords(&mut self, subject: &NamedNode) {
        for (fr, en) in KEYWORDS {
            self.texts(subject, dcat::KEYWORD, &Text::new(*fr, *en));
        }
    }

    pub fn period(&mut self, period: &NamedNode, (from, until): &(String, String)) {
        self.say(period, rdf::TYPE, dct::PERIOD_OF_TIME);
        self.date(period, dcat::START_DATE, from);
        self.date(period, dcat::END_DATE, until);
    }

    pub fn area(&mut self, location: &NamedNode, area: &Area) {
        let Area {
            south,
            west,
            north,
            east,
        } = area;
        self.say(location, rdf::TYPE, dct::LOCATION);
        let polygon = format!(
            "POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"
        );
        self.typed(location, dcat::BBOX, &polygon, WKT);
        let (x, y) = ((west + east) / 2.0, (south + north) / 2.0);
        let point = format!("POINT({x:.6} {y:.6})");
        self.typed(location, dcat::CENTROID, &point, WKT);
    }
}
