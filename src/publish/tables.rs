//! Tables of a release, for people who open them in a spreadsheet: one row for each entity of some
//! kinds, with what most of them ask for.
//!
//! They begin with a byte order mark, without which a spreadsheet reads the accents wrong, and no
//! cell of them is taken for a formula. All that is known is in the RDF files beside them.
//!
//! To add a column: a line in its table. To add a table: a row in [`TABLES`].

use crate::model::vocabulary::{schema, skos};
use crate::model::{Base, Kind, time};
use jiff::Timestamp;
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, Triple};
use std::cmp::Ordering;
use std::sync::Arc;

/// What a table begins with.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Between the values of one cell.
const BETWEEN: &str = " | ";
/// Longer cells cannot be opened by spreadsheets.
const CELL_CHARS: usize = 32_000;

/// One table.
#[derive(Debug)]
pub struct Table {
    /// As in the name of its file.
    pub name: &'static str,
    /// The kinds of entities that have a row in it.
    pub kinds: &'static [&'static str],
    /// In their order, by the name in the first line.
    pub columns: &'static [(&'static str, Column)],
}

type Column = fn(&Row<'_>) -> String;

/// All of them.
pub static TABLES: &[Table] = &[
    Table {
        name: "performances",
        kinds: &["performance", "meeting"],
        columns: &[
            ("iri", |row| row.iri.as_str().to_owned()),
            ("kind", |row| row.kind.name.to_owned()),
            ("name_fr", name_fr),
            ("name_en", name_en),
            ("start_local", |row| local(row.text(schema::START_DATE))),
            ("start_utc", |row| utc(row.text(schema::START_DATE))),
            ("end_local", |row| local(row.text(schema::END_DATE))),
            ("end_utc", |row| utc(row.text(schema::END_DATE))),
            ("status", |row| row.last_words(schema::EVENT_STATUS)),
            ("production", |row| row.names_of(schema::WORK_PERFORMED)),
            ("production_iri", |row| row.iris(schema::WORK_PERFORMED)),
            ("place", |row| row.names_of(schema::LOCATION)),
            ("place_iri", |row| row.iris(schema::LOCATION)),
            ("town", |row| row.of_place(town)),
            ("postal_code", |row| row.of_place(postal_code)),
            ("department", |row| row.of_place(department)),
            ("latitude", |row| row.of_place(latitude)),
            ("longitude", |row| row.of_place(longitude)),
            ("lowest_price", |row| row.price(Ordering::Less)),
            ("highest_price", |row| row.price(Ordering::Greater)),
            ("currency", |row| {
                row.all_of_parts(schema::OFFERS, schema::PRICE_CURRENCY)
            }),
            ("free", |row| row.text(IS_FREE)),
            ("organiser", |row| row.names_of(schema::ORGANIZER)),
            ("organiser_iri", |row| row.iris(schema::ORGANIZER)),
            ("age", |row| row.text(AGE)),
            ("url", |row| row.iris(schema::URL)),
            ("sources", |row| row.sources()),
            ("licences", |row| row.licences()),
        ],
    },
    Table {
        name: "productions",
        kinds: &["production", "work"],
        columns: &[
            ("iri", |row| row.iri.as_str().to_owned()),
            ("kind", |row| row.kind.name.to_owned()),
            ("name_fr", name_fr),
            ("name_en", name_en),
            ("discipline_fr", |row| row.labels_of(schema::GENRE, "fr")),
            ("discipline_en", |row| row.labels_of(schema::GENRE, "en")),
            ("duration", |row| row.text(TIME_REQUIRED)),
            ("contributors_fr", |row| row.contributors("fr")),
            ("contributors_en", |row| row.contributors("en")),
            ("contributor_iris", contributor_iris),
            ("age", |row| row.text(AGE)),
            ("url", |row| row.iris(schema::URL)),
            ("same_as", |row| row.iris(SAME_AS)),
            ("sources", |row| row.sources()),
            ("licences", |row| row.licences()),
        ],
    },
    Table {
        name: "people",
        kinds: &["person"],
        columns: &[
            ("iri", |row| row.iri.as_str().to_owned()),
            ("name", name_fr),
            ("given_name", |row| row.text(GIVEN_NAME)),
            ("family_name", |row| row.text(FAMILY_NAME)),
            ("url", |row| row.iris(schema::URL)),
            ("same_as", |row| row.iris(SAME_AS)),
            ("sources", |row| row.sources()),
            ("licences", |row| row.licences()),
        ],
    },
    Table {
        name: "organisations",
        kinds: &["organisation"],
        columns: &[
            ("iri", |row| row.iri.as_str().to_owned()),
            ("name_fr", name_fr),
            ("name_en", name_en),
            ("town", |row| town(row, row.iri)),
            ("postal_code", |row| postal_code(row, row.iri)),
            ("department", |row| department(row, row.iri)),
            ("url", |row| row.iris(schema::URL)),
            ("same_as", |row| row.iris(SAME_AS)),
            ("sources", |row| row.sources()),
            ("licences", |row| row.licences()),
        ],
    },
    Table {
        name: "places",
        kinds: &["place"],
        columns: &[
            ("iri", |row| row.iri.as_str().to_owned()),
            ("name_fr", name_fr),
            ("name_en", name_en),
            ("part_of", |row| row.names_of(schema::CONTAINED_IN_PLACE)),
            ("part_of_iri", |row| row.iris(schema::CONTAINED_IN_PLACE)),
            ("street", |row| address(row, row.iri, STREET_ADDRESS)),
            ("postal_code", |row| postal_code(row, row.iri)),
            ("town", |row| town(row, row.iri)),
            ("department", |row| department(row, row.iri)),
            ("insee_code", |row| address(row, row.iri, INSEE_CODE)),
            ("latitude", |row| latitude(row, row.iri)),
            ("longitude", |row| longitude(row, row.iri)),
            ("capacity", |row| row.text(CAPACITY)),
            ("accessibility_fr", |row| {
                row.labels_of_ours("accessibilite", "fr")
            }),
            ("accessibility_en", |row| {
                row.labels_of_ours("accessibilite", "en")
            }),
            ("url", |row| row.iris(schema::URL)),
            ("same_as", |row| row.iris(SAME_AS)),
            ("sources", |row| row.sources()),
            ("licences", |row| row.licences()),
        ],
    },
];

const fn property(iri: &'static str) -> NamedNodeRef<'static> {
    NamedNodeRef::new_unchecked(iri)
}

const AGE: NamedNodeRef<'static> = property("http://schema.org/typicalAgeRange");
const CAPACITY: NamedNodeRef<'static> = property("http://schema.org/maximumAttendeeCapacity");
const FAMILY_NAME: NamedNodeRef<'static> = property("http://schema.org/familyName");
const GIVEN_NAME: NamedNodeRef<'static> = property("http://schema.org/givenName");
const INSEE_CODE: NamedNodeRef<'static> = property("http://rdf.insee.fr/def/geo#codeINSEE");
const IS_FREE: NamedNodeRef<'static> = property("http://schema.org/isAccessibleForFree");
const HIGH_PRICE: NamedNodeRef<'static> = property("http://schema.org/highPrice");
const LATITUDE: NamedNodeRef<'static> = property("http://schema.org/latitude");
const LONGITUDE: NamedNodeRef<'static> = property("http://schema.org/longitude");
const LOW_PRICE: NamedNodeRef<'static> = property("http://schema.org/lowPrice");
const SAME_AS: NamedNodeRef<'static> = property("http://schema.org/sameAs");
const STREET_ADDRESS: NamedNodeRef<'static> = property("http://schema.org/streetAddress");
const TIME_REQUIRED: NamedNodeRef<'static> = property("http://schema.org/timeRequired");

/// A source that speaks of an entity: its name and its licence.
pub type Speaker = (String, String);

/// An entity that has a row.
pub struct Row<'a> {
    pub base: &'a Base,
    pub iri: &'a NamedNode,
    pub kind: &'static Kind,
    /// What is public of it and its parts, sorted.
    pub own: &'a [Triple],
    /// What is public of another subject.
    pub look: &'a dyn Fn(&NamedNode) -> Arc<[Triple]>,
    pub speakers: &'a [Speaker],
}

impl Table {
    /// Whether entities of this kind have a row in it.
    pub fn is_of(&self, kind: &str) -> bool {
        self.kinds.contains(&kind)
    }

    /// The first line.
    pub fn head(&self) -> impl Iterator<Item = &'static str> {
        self.columns.iter().map(|(name, _)| *name)
    }

    /// The cells of an entity's line.
    pub fn line(&self, row: &Row<'_>) -> impl Iterator<Item = String> {
        let cells = self.columns.iter().map(|(_, column)| column(row));
        cells.map(|cell| harmless(shortened(&cell)))
    }
}

fn shortened(cell: &str) -> &str {
    let end = cell.char_indices().nth(CELL_CHARS).map(|(end, _)| end);
    end.and_then(|end| cell.get(..end)).unwrap_or(cell)
}

/// A cell that no spreadsheet takes for a formula, whoever wrote its text. A number stays one.
pub fn harmless(cell: &str) -> String {
    let is_suspect =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_suspect && !is_number(cell) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(fraction)
}

/// The values of a property of a subject among some triples.
fn values<'t>(
    triples: &'t [Triple],
    subject: &NamedNode,
    property: NamedNodeRef<'_>,
) -> impl Iterator<Item = &'t Term> {
    let start = triples.partition_point(|triple| {
        crate::rdf::order::compare_subjects(triple.subject.as_ref(), subject.as_ref().into())
            .is_lt()
    });
    let subject = subject.as_ref();
    triples[start..]
        .iter()
        .take_while(move |triple| triple.subject.as_ref() == NamedOrBlankNodeRef::from(subject))
        .filter(move |triple| triple.predicate == property)
        .map(|triple| &triple.object)
}

fn literal(term: &Term) -> Option<&Literal> {
    match term {
        Term::Literal(literal) => Some(literal),
        _ => None,
    }
}

fn node(term: &Term) -> Option<&NamedNode> {
    match term {
        Term::NamedNode(node) => Some(node),
        _ => None,
    }
}

fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for text in texts {
        if !text.is_empty() && !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen.join(BETWEEN)
}

/// What something is called in a language: else, in French, without one or in any other.
fn name_in(triples: &[Triple], subject: &NamedNode, lang: &str) -> String {
    let names: Vec<&Literal> = [schema::NAME, skos::PREF_LABEL]
        .into_iter()
        .flat_map(|property| values(triples, subject, property))
        .filter_map(literal)
        .collect();
    let said = |wanted: &dyn Fn(Option<&str>) -> bool| {
        names
            .iter()
            .find(|name| wanted(name.language()))
            .map(|name| name.value().to_owned())
    };
    let own = said(&|found| found.is_some_and(|found| is_of(found, lang)));
    let other = || {
        if lang == "fr" {
            said(&|found| found.is_none()).or_else(|| said(&|_| true))
        } else {
            None
        }
    };
    own.or_else(other).unwrap_or_default()
}

/// Whether a language tag is of this language: `fr-CA` is French.
fn is_of(tag: &str, lang: &str) -> bool {
    tag.split('-').next() == Some(lang)
}

fn name_fr(row: &Row<'_>) -> String {
    name_in(row.own, row.iri, "fr")
}

fn name_en(row: &Row<'_>) -> String {
    name_in(row.own, row.iri, "en")
}

impl Row<'_> {
    fn own(&self, property: NamedNodeRef<'_>) -> impl Iterator<Item = &Term> {
        values(self.own, self.iri, property)
    }

    /// The first of the texts of a property.
    fn text(&self, property: NamedNodeRef<'_>) -> String {
        let mut texts = self.own(property).filter_map(literal);
        texts
            .next()
            .map_or_else(String::new, |text| text.value().to_owned())
    }

    fn iris(&self, property: NamedNodeRef<'_>) -> String {
        joined(self.own(property).map(|term| match term {
            Term::NamedNode(node) => node.as_str().to_owned(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(_) => String::new(),
        }))
    }

    /// The last part of the IRIs, as in `EventCancelled`.
    fn last_words(&self, property: NamedNodeRef<'_>) -> String {
        joined(self.own(property).filter_map(node).map(|node| {
            let iri = node.as_str();
            iri.rsplit(['/', '#']).next().unwrap_or(iri).to_owned()
        }))
    }

    /// What others that it points to are called.
    fn names_of(&self, property: NamedNodeRef<'_>) -> String {
        self.labels_of(property, "fr")
    }

    fn labels_of(&self, property: NamedNodeRef<'_>, lang: &str) -> String {
        joined(self.own(property).map(|term| match term {
            Term::NamedNode(node) => self.label(node, lang),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(_) => String::new(),
        }))
    }

    fn labels_of_ours(&self, local: &str, lang: &str) -> String {
        self.labels_of(self.base.sv(local).as_ref(), lang)
    }

    fn label(&self, node: &NamedNode, lang: &str) -> String {
        name_in(&self.described(node), node, lang)
    }

    /// What is public of a subject, be it a part of this entity or another.
    fn described(&self, node: &NamedNode) -> Arc<[Triple]> {
        let part = node
            .as_str()
            .strip_prefix(self.iri.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        if part {
            let own = self.own.iter();
            let own = own.filter(|triple| triple.subject.as_ref() == node.as_ref().into());
            own.cloned().collect()
        } else {
            (self.look)(node)
        }
    }

    /// What a function says of the place where it happens, or of the one that this is a room of.
    fn of_place(&self, of: fn(&Row<'_>, &NamedNode) -> String) -> String {
        joined(self.own(schema::LOCATION).filter_map(node).map(|place| {
            let own = of(self, place);
            if !own.is_empty() {
                return own;
            }
            let place_triples = self.described(place);
            let house = values(&place_triples, place, schema::CONTAINED_IN_PLACE)
                .filter_map(node)
                .next();
            house.map_or(own, |house| of(self, house))
        }))
    }

    /// The values of a property of the parts that another one points to.
    fn parts(&self, to: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> Vec<&Literal> {
        let parts = self.own(to).filter_map(node);
        parts
            .flat_map(|part| values(self.own, part, property))
            .filter_map(literal)
            .collect()
    }

    fn all_of_parts(&self, to: NamedNodeRef<'_>, property: NamedNodeRef<'_>) -> String {
        let found = self.parts(to, property).into_iter();
        joined(found.map(|literal| literal.value().to_owned()))
    }

    /// The lowest of the prices, or the highest.
    fn price(&self, order: Ordering) -> String {
        let mut found: Option<(f64, String)> = None;
        for property in [schema::PRICE, LOW_PRICE, HIGH_PRICE] {
            for price in self.parts(schema::OFFERS, property) {
                let Some(amount) = amount(price) else {
                    continue;
                };
                let is_further = found
                    .as_ref()
                    .is_none_or(|(known, _)| amount.partial_cmp(known) == Some(order));
                if is_further {
                    found = Some((amount, price.value().to_owned()));
                }
            }
        }
        found.map(|(_, price)| price).unwrap_or_default()
    }

    fn contributors(&self, lang: &str) -> String {
        let function = self.base.sv("fonction");
        let agent = self.base.sv("agent");
        let mention = self.base.sv("mention");
        let contribution = self.base.sv("contribution");
        let parts = self.own(contribution.as_ref()).filter_map(node);
        joined(parts.map(|part| {
            let said = values(self.own, part, mention.as_ref()).filter_map(literal);
            let said: Vec<String> = said.map(|said| said.value().to_owned()).collect();
            let agents = values(self.own, part, agent.as_ref()).filter_map(node);
            let who = agents
                .map(|agent| self.label(agent, "fr"))
                .chain(said)
                .find(|who| !who.is_empty())
                .unwrap_or_default();
            let functions = values(self.own, part, function.as_ref()).filter_map(node);
            let what: Vec<String> = functions
                .map(|function| self.label(function, lang))
                .filter(|what| !what.is_empty())
                .collect();
            match (who.is_empty(), what.is_empty()) {
                (true, _) => String::new(),
                (false, true) => who,
                (false, false) => format!("{who} ({})", what.join(", ")),
            }
        }))
    }

    fn sources(&self) -> String {
        joined(self.speakers.iter().map(|(name, _)| name.clone()))
    }

    fn licences(&self) -> String {
        joined(self.speakers.iter().map(|(_, licence)| licence.clone()))
    }
}

fn amount(price: &Literal) -> Option<f64> {
    price
        .value()
        .parse()
        .ok()
        .filter(|amount: &f64| amount.is_finite())
}

fn contributor_iris(row: &Row<'_>) -> String {
    let agent = row.base.sv("agent");
    let contribution = row.base.sv("contribution");
    let parts = row.own(contribution.as_ref()).filter_map(node);
    joined(
        parts
            .flat_map(|part| values(row.own, part, agent.as_ref()))
            .filter_map(node)
            .map(|agent| agent.as_str().to_owned()),
    )
}

/// A value of a part of a place: of its address, or of its coordinates.
fn of_part(
    row: &Row<'_>,
    place: &NamedNode,
    part: NamedNodeRef<'_>,
    property: NamedNodeRef<'_>,
) -> String {
    let triples = row.described(place);
    let parts = values(&triples, place, part).filter_map(node);
    joined(parts.take(1).flat_map(|part| {
        let triples = row.described(part);
        let found = values(&triples, part, property).filter_map(literal);
        found
            .take(1)
            .map(|literal| literal.value().to_owned())
            .collect::<Vec<_>>()
    }))
}

fn address(row: &Row<'_>, place: &NamedNode, property: NamedNodeRef<'_>) -> String {
    of_part(row, place, schema::ADDRESS, property)
}

fn town(row: &Row<'_>, place: &NamedNode) -> String {
    address(row, place, schema::ADDRESS_LOCALITY)
}

fn postal_code(row: &Row<'_>, place: &NamedNode) -> String {
    address(row, place, schema::POSTAL_CODE)
}

fn latitude(row: &Row<'_>, place: &NamedNode) -> String {
    of_part(row, place, schema::GEO, LATITUDE)
}

fn longitude(row: &Row<'_>, place: &NamedNode) -> String {
    of_part(row, place, schema::GEO, LONGITUDE)
}

fn department(row: &Row<'_>, place: &NamedNode) -> String {
    let triples = row.described(place);
    let departement = row.base.sv("departement");
    let found = values(&triples, place, departement.as_ref()).filter_map(node);
    joined(found.map(|department| row.label(department, "fr")))
}

/// A date, or a date and time, as the clocks of the place show it: `2027-03-02 20:30:00`.
fn local(date: String) -> String {
    match date.split_once('T') {
        Some((day, clock)) => {
            let end = clock.find(['Z', '+', '-']).unwrap_or(clock.len());
            format!("{day} {}", clock.get(..end).unwrap_or(clock))
        }
        None => date,
    }
}

/// The instant in UTC, `2027-03-02 19:30:00`; empty for a day, which is none.
fn utc(date: String) -> String {
    date.parse::<Timestamp>()
        .map(|instant| {
            let instant = time::utc(instant);
            let instant = instant.split('.').next().unwrap_or_default();
            instant.trim_end_matches('Z').replace('T', " ")
        })
        .unwrap_or_default()
}

/// The properties of others that cells tell, so that no more of them is kept in memory.
pub fn is_told(triple: &Triple, base: &Base) -> bool {
    let predicate = triple.predicate.as_ref();
    let known = [
        schema::NAME,
        skos::PREF_LABEL,
        schema::ADDRESS,
        schema::GEO,
        schema::CONTAINED_IN_PLACE,
        schema::ADDRESS_LOCALITY,
        schema::POSTAL_CODE,
        STREET_ADDRESS,
        INSEE_CODE,
        LATITUDE,
        LONGITUDE,
    ];
    known.contains(&predicate) || predicate == base.sv("departement").as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;
    use crate::rdf::order::compare_triples;

    #[test]
    fn no_cell_begins_a_formula_and_numbers_stay_numbers() {
        for text in [
            "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-", "-1.2.3",
        ] {
            assert!(harmless(text).starts_with('\''), "{text}");
        }
        for text in ["a=1", "-4.3", "12", "-0.25"] {
            assert_eq!(harmless(text), text);
        }
    }

    #[test]
    fn a_time_is_told_as_the_clocks_show_it_and_in_utc() {
        let start = "2027-03-02T20:30:00+01:00";
        assert_eq!(local(start.to_owned()), "2027-03-02 20:30:00");
        assert_eq!(utc(start.to_owned()), "2027-03-02 19:30:00");
        assert_eq!(local("2027-03-02".to_owned()), "2027-03-02");
        assert_eq!(utc("2027-03-02".to_owned()), "");
        assert_eq!(
            local("2027-03-02T20:30:00Z".to_owned()),
            "2027-03-02 20:30:00"
        );
    }

    #[test]
    fn a_performance_has_its_place_times_and_prices_in_one_line() {
        let document = sample::performance();
        let sorted = |mut triples: Vec<Triple>| {
            triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
            triples
        };
        let own = sorted(document.description.triples.clone());
        let around: Vec<Triple> = sorted(
            document
                .around
                .iter()
                .flat_map(|around| around.triples.clone())
                .collect(),
        );
        let look = |iri: &NamedNode| -> Arc<[Triple]> {
            around
                .iter()
                .filter(|triple| triple.subject.as_ref() == iri.as_ref().into())
                .cloned()
                .collect()
        };
        let base = sample::base();
        let speakers = [("theatre".to_owned(), "https://l.example/1".to_owned())];
        let row = Row {
            base: &base,
            iri: &document.description.iri,
            kind: Kind::named("performance").expect("a kind"),
            own: &own,
            look: &look,
            speakers: &speakers,
        };
        let table = &TABLES[0];
        let line: Vec<(&str, String)> = table.head().zip(table.line(&row)).collect();
        for expected in [
            ("name_fr", "Les Marées du grenier"),
            ("name_en", "The Tides in the Attic"),
            ("start_local", "2027-03-02 20:30:00"),
            ("start_utc", "2027-03-02 19:30:00"),
            ("status", "EventRescheduled"),
            ("place", "Théâtre de la Grande Ourse"),
            ("town", "Port-Sillon"),
            ("longitude", "-4.3"),
            ("lowest_price", "9"),
            ("highest_price", "18.5"),
            ("currency", "EUR"),
            ("licences", "https://l.example/1"),
        ] {
            let expected = (expected.0, expected.1.to_owned());
            assert!(line.contains(&expected), "{expected:?} in {line:?}");
        }
    }
}
