//! The rows of a spreadsheet as a graph.
//!
//! What a performance, a production, a room, a festival is known by from one submission to the
//! next is an IRI of the scheme `csv:`, made of its identifier, else of what tells it from the
//! others. These IRIs never leave the folder; reports show them.

use super::columns::{Column, Field};
use super::dates;
use super::{Header, shortened};
use crate::ingest::identify::normalised_name;
use crate::ingest::importers::{ReadOptions, Reading, finding};
use crate::ingest::normalise;
use crate::ingest::vocabulary::label_key;
use crate::model::vocabulary::{rdf, schema, xsd};
use crate::model::{Base, Finding, Severity};
use crate::rdf::Graph;
use ::csv::StringRecord;
use jiff::ToSpan;
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rustc_hash::{FxHashMap, FxHashSet};

/// What stands in an IRI as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b':')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The most characters of a name in a key; the rest makes no difference.
const KEY_CHARS: usize = 200;

pub(super) struct Rows<'a> {
    options: &'a ReadOptions,
    graph: Graph,
    findings: Vec<Finding>,
    is_incomplete: bool,
    blanks: usize,
    /// Nodes that several rows share, by what they are known by.
    places: FxHashMap<Vec<String>, BlankNode>,
    organisations: FxHashMap<String, BlankNode>,
    /// What was said already of productions: single values, and the rest by what makes it.
    said: FxHashMap<(NamedNode, &'static str), String>,
    added: FxHashSet<(NamedNode, Vec<String>)>,
    /// The line on which a performance first stood.
    performances: FxHashMap<NamedNode, u64>,
}

impl<'a> Rows<'a> {
    pub fn new(options: &'a ReadOptions, findings: Vec<Finding>) -> Self {
        Self {
            options,
            graph: Graph::default(),
            findings,
            is_incomplete: false,
            blanks: 0,
            places: FxHashMap::default(),
            organisations: FxHashMap::default(),
            said: FxHashMap::default(),
            added: FxHashSet::default(),
            performances: FxHashMap::default(),
        }
    }

    pub fn tell(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// The file ends in the middle of this line: there may have been more.
    pub fn cut_off(&mut self, line: u64) {
        self.is_incomplete = true;
        self.findings.push(finding(
            Severity::Violation,
            "cut-off",
            &line.to_string(),
            None,
            format!("ligne {line} : le fichier s’arrête au milieu de la ligne ; il a sans doute été coupé, renvoyez-le entier"),
            format!("line {line}: the file ends in the middle of the line; it was probably cut off, send the whole file"),
        ));
    }

    pub fn finish(self) -> Reading {
        Reading {
            graph: self.graph,
            findings: self.findings,
            is_incomplete: self.is_incomplete,
            ..Reading::default()
        }
    }

    pub fn add(&mut self, header: &Header, record: &StringRecord, line: u64) {
        let row = Row {
            header,
            record,
            line,
        };
        if let Some(cell) = row.beyond() {
            self.findings.push(too_many_cells(&row, cell));
        }
        let Some(title) = row.cell(Field::Title) else {
            self.is_incomplete = true;
            self.findings.push(no_title(&row));
            return;
        };
        let when = self.when(&row);
        let place = self.place(&row);
        let production = self.production(&row, title);
        let performance = self.performance_iri(&row, title, &when.key);
        if let Some(first) = self.performances.get(&performance).copied() {
            self.findings.push(again(&row, first, &performance));
        } else {
            self.performances.insert(performance.clone(), line);
        }
        let node = NamedOrBlankNode::from(performance);
        self.describe_event(&row, &node);
        self.text(&node, schema::NAME, title);
        if let Some(start) = when.start {
            self.text(&node, schema::START_DATE, &start);
        }
        if let Some(end) = when.end {
            self.text(&node, schema::END_DATE, &end);
        }
        if let Some(place) = place {
            self.insert(&node, schema::LOCATION, place);
        }
        self.insert(&node, schema::WORK_PERFORMED, production);
        self.offers(&row, &node);
        self.belonging(&row, &node);
    }

    /// Start and end, and what of them the performance is known by.
    fn when(&mut self, row: &Row<'_>) -> When {
        let Some(date) = row.cell(Field::Date) else {
            return When::default();
        };
        let time_cell = row.cell(Field::Time);
        let time = time_cell.and_then(dates::time);
        let moment = dates::moment(date);
        let start = match (moment, time_cell) {
            (Some(moment), None) => written(moment.day, moment.time),
            (Some(moment), Some(_)) if time.is_some() => written(moment.day, time),
            // With an offset, or in one of the other ways that any sender may write a moment.
            (None, None) if normalise::is_moment(date) => date.to_owned(),
            (moment, time_cell) => {
                // What cannot be read goes on as it is: validation refuses the performance, and
                // its last accepted version must not go because its key is no longer found.
                self.is_incomplete |= row.cell(Field::Id).is_none();
                let field = if moment.is_none() {
                    Field::Date
                } else {
                    Field::Time
                };
                self.findings.push(unreadable(row, field));
                [Some(date), time_cell]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" ")
            }
        };
        if moment.is_some_and(|moment| moment.is_another_weekday) {
            self.findings.push(another_weekday(row, date));
        }
        let end = row.cell(Field::End).map(|end| {
            let start = moment.map(|moment| (moment.day, time.or(moment.time)));
            match (dates::time(end), dates::moment(end), start) {
                (_, Some(end), _) => written(end.day, end.time),
                (Some(end), None, Some((day, start))) => {
                    let is_next_day = start.is_some_and(|start| end <= start);
                    let day = if is_next_day {
                        day.checked_add(1.day()).unwrap_or(day)
                    } else {
                        day
                    };
                    written(day, Some(end))
                }
                (None, None, _) if !normalise::is_moment(end) => {
                    self.findings.push(unreadable(row, Field::End));
                    end.to_owned()
                }
                _ => end.to_owned(),
            }
        });
        When {
            key: start.clone(),
            start: Some(start),
            end,
        }
    }

    fn performance_iri(&self, row: &Row<'_>, title: &str, start: &str) -> NamedNode {
        if let Some(id) = row.cell(Field::Id) {
            return identified("performance", id);
        }
        let of = |field| row.cell(field).map(slug).unwrap_or_default();
        let mut parts = vec![
            slug(title),
            utf8_percent_encode(start, KEPT).to_string(),
            of(Field::Place),
            of(Field::Town),
            of(Field::Room),
        ];
        parts.retain(|part| !part.is_empty());
        iri("performance", &parts.join("/"))
    }

    fn describe_event(&mut self, row: &Row<'_>, node: &NamedOrBlankNode) {
        let event_type = row.cell(Field::EventType);
        let is_performance = event_type.is_none_or(|text| {
            matches!(
                label_key(text).as_str(),
                "representation" | "performance" | "spectacle" | "show"
            )
        });
        let class = if is_performance {
            schema::PERFORMING_ARTS_EVENT
        } else {
            schema::EVENT
        };
        self.insert(node, rdf::TYPE, class.into_owned());
        let ours = |local: &str| self.options.terms.sv(local);
        let (kind, admission, accessibility) =
            (ours("typeEvenement"), ours("acces"), ours("accessibilite"));
        if let Some(text) = event_type.filter(|_| !is_performance) {
            self.text(node, kind.as_ref(), text);
        }
        if let Some(text) = row.cell(Field::Admission) {
            self.text(node, admission.as_ref(), text);
        }
        for text in row.values(Field::Accessibility) {
            self.text(node, accessibility.as_ref(), text);
        }
        for text in row.values(Field::Url) {
            self.text(node, schema::URL, text);
        }
        if let Some(text) = row.cell(Field::Doors) {
            let time = dates::time(text).map(|time| time.strftime("%H:%M").to_string());
            self.text(node, schema::DOOR_TIME, time.as_deref().unwrap_or(text));
        }
    }

    /// The place, in it the room.
    fn place(&mut self, row: &Row<'_>) -> Option<Term> {
        const ADDRESS: &[(Field, &str)] = &[
            (Field::Street, "http://schema.org/streetAddress"),
            (Field::PostalCode, "http://schema.org/postalCode"),
            (Field::Town, "http://schema.org/addressLocality"),
            (Field::Country, "http://schema.org/addressCountry"),
            (Field::Insee, "http://rdf.insee.fr/def/geo#codeINSEE"),
        ];
        let name = row.cell(Field::Place);
        let room = row.cell(Field::Room);
        let address: Vec<(&str, &str)> = ADDRESS
            .iter()
            .filter_map(|(field, property)| Some((*property, row.cell(*field)?)))
            .collect();
        // A room alone is known by its own name; an address alone is a place without a name,
        // which validation tells.
        let name = match (name, room) {
            (None, None) if address.is_empty() => return None,
            (None, Some(room)) => Some(room),
            (name, _) => name,
        };
        let key: Vec<String> = std::iter::once(("", name.unwrap_or_default()))
            .chain(address.iter().copied())
            .map(|(property, value)| format!("{property} {value}"))
            .collect();
        let place = match self.places.get(&key) {
            Some(place) => place.clone(),
            None => {
                let place = self.blank();
                self.places.insert(key, place.clone());
                let node = NamedOrBlankNode::from(place.clone());
                self.insert(&node, rdf::TYPE, schema::PLACE.into_owned());
                if let Some(name) = name {
                    self.text(&node, schema::NAME, name);
                }
                if !address.is_empty() {
                    let is_french = row.cell(Field::Country).is_none_or(|country| {
                        matches!(label_key(country).as_str(), "fr" | "fra" | "france")
                    });
                    let part = self.blank();
                    self.insert(&node, schema::ADDRESS, part.clone());
                    let part = NamedOrBlankNode::from(part);
                    self.insert(&part, rdf::TYPE, schema::POSTAL_ADDRESS.into_owned());
                    for (property, value) in address {
                        let property = NamedNodeRef::new_unchecked(property);
                        // A number that lost its zero, as spreadsheets make of codes: as a
                        // number, it gets it back.
                        let has_lost_its_zero = is_french
                            && property == schema::POSTAL_CODE
                            && value.len() == 4
                            && value.bytes().all(|byte| byte.is_ascii_digit());
                        if has_lost_its_zero {
                            let number = Literal::new_typed_literal(value, xsd::INTEGER);
                            self.insert(&part, property, number);
                        } else {
                            self.text(&part, property, value);
                        }
                    }
                }
                place
            }
        };
        let (Some(room), Some(of)) = (room, row.cell(Field::Place)) else {
            return Some(place.into());
        };
        let town = row.cell(Field::Town).map(slug).unwrap_or_default();
        let hall = iri("room", &format!("{}/{town}/{}", slug(of), slug(room)));
        let node = NamedOrBlankNode::from(hall.clone());
        self.insert(&node, rdf::TYPE, schema::PLACE.into_owned());
        self.text(&node, schema::NAME, room);
        self.insert(&node, schema::CONTAINED_IN_PLACE, place);
        Some(hall.into())
    }

    /// The production, to which each row may add.
    fn production(&mut self, row: &Row<'_>, title: &str) -> NamedNode {
        let production = match row.cell(Field::ProductionId) {
            Some(id) => identified("production", id),
            None => iri("production", &slug(title)),
        };
        let node = NamedOrBlankNode::from(production.clone());
        let class = NamedNode::new_unchecked("http://kg.artsdata.ca/ontology/LivePerformanceWork");
        self.insert(&node, rdf::TYPE, class);
        self.insert(&node, rdf::TYPE, schema::CREATIVE_WORK.into_owned());
        self.single(
            row,
            &production,
            schema::NAME.as_str(),
            Field::Title,
            title.to_owned(),
        );
        if let Some(text) = row.cell(Field::Description) {
            self.single(
                row,
                &production,
                schema::DESCRIPTION.as_str(),
                Field::Description,
                text.to_owned(),
            );
        }
        if let Some(text) = row.cell(Field::Duration) {
            let is_bare = text.bytes().all(|byte| byte.is_ascii_digit());
            let text = if is_bare {
                format!("{text} min")
            } else {
                text.replace(':', "h")
            };
            self.single(
                row,
                &production,
                "http://schema.org/timeRequired",
                Field::Duration,
                text,
            );
        }
        if let Some(text) = row.cell(Field::Age) {
            self.single(
                row,
                &production,
                "http://schema.org/typicalAgeRange",
                Field::Age,
                ages(text),
            );
        }
        for text in row.values(Field::Genre) {
            self.text(
                &node,
                NamedNodeRef::new_unchecked("http://schema.org/genre"),
                text,
            );
        }
        let warning = self.options.terms.sv("avertissement");
        for text in row.values(Field::Warning) {
            self.text(&node, warning.as_ref(), text);
        }
        for text in row.values(Field::Audience) {
            if self.is_new(&production, &["audience", text]) {
                let part = self.part(
                    &node,
                    NamedNodeRef::new_unchecked("http://schema.org/audience"),
                    schema::AUDIENCE,
                );
                self.text(
                    &part,
                    NamedNodeRef::new_unchecked("http://schema.org/audienceType"),
                    text,
                );
            }
        }
        for url in row.values(Field::Image) {
            if self.is_new(&production, &["image", url]) {
                let part = self.part(&node, schema::IMAGE, schema::IMAGE_OBJECT);
                self.text(&part, schema::CONTENT_URL, url);
                if let Some(credit) = row.cell(Field::ImageCredit) {
                    self.text(
                        &part,
                        NamedNodeRef::new_unchecked("http://schema.org/creditText"),
                        credit,
                    );
                }
            }
        }
        for name in row.values(Field::Company) {
            let company = self.organisation(name, "http://schema.org/PerformingGroup");
            self.insert(
                &node,
                NamedNodeRef::new_unchecked("http://schema.org/performer"),
                company,
            );
        }
        self.contributions(row, &production);
        production
    }

    fn contributions(&mut self, row: &Row<'_>, production: &NamedNode) {
        let terms: &Base = &self.options.terms;
        let (contribution, function, mention) = (
            terms.sv("contribution"),
            terms.sv("fonction"),
            terms.sv("mention"),
        );
        for (column, cell) in row.filled() {
            let Field::Function(concept) = column.field else {
                continue;
            };
            for name in several(cell) {
                if !self.is_new(production, &["contribution", concept, name]) {
                    continue;
                }
                let node = NamedOrBlankNode::from(production.clone());
                let role = self.part(&node, contribution.as_ref(), schema::ROLE);
                let concept = self
                    .options
                    .terms
                    .join(&format!("vocab/fonctions/{concept}"));
                self.insert(&role, function.as_ref(), concept);
                self.text(&role, mention.as_ref(), name);
            }
        }
    }

    /// Prices, tickets, and whether there are any left.
    fn offers(&mut self, row: &Row<'_>, node: &NamedOrBlankNode) {
        let status = row.cell(Field::Status).map(|text| (text, label_key(text)));
        let availability = match status.as_ref().map(|(_, key)| key.as_str()) {
            Some("complet" | "sold out" | "soldout") => Some("SoldOut"),
            Some("dernieres places" | "last seats" | "limited" | "few left") => {
                Some("LimitedAvailability")
            }
            Some(_) | None => None,
        };
        if let Some((text, key)) = status
            && availability.is_none()
        {
            // The word may also mean that the date is a new one; the reference of the columns says
            // that here it does not, which is `reprogrammé`.
            let text = match key.as_str() {
                "reporte" | "reportee" => "EventPostponed",
                _ => text,
            };
            self.text(node, schema::EVENT_STATUS, text);
        }
        let free = row
            .cell(Field::Free)
            .map(|text| match label_key(text).as_str() {
                "x" | "oui" | "yes" | "gratuit" | "gratuite" | "free" | "entree libre" => "true",
                "payant" | "paid" => "false",
                _ => text,
            });
        let mut is_free = free == Some("true");
        let mut prices = Vec::new();
        for (column, cell) in row.filled() {
            let Field::Price(usual_name) = column.field else {
                continue;
            };
            for price in several(cell) {
                let (name, price) = match price.split_once(':') {
                    Some((name, price)) if !price.trim().is_empty() => (
                        Some(name.trim()).filter(|name| !name.is_empty()),
                        price.trim(),
                    ),
                    _ => (usual_name, price),
                };
                if normalise::is_free(price) && name.is_none() {
                    is_free = true;
                } else {
                    prices.push((name, price));
                }
            }
        }
        if let Some(text) = free.or(is_free.then_some("true")) {
            self.text(
                node,
                NamedNodeRef::new_unchecked("http://schema.org/isAccessibleForFree"),
                text,
            );
        }
        let url = row.cell(Field::TicketUrl);
        if prices.is_empty() && (url.is_some() || availability.is_some()) {
            self.offer(row, node, None, url, availability);
        }
        for price in prices {
            self.offer(row, node, Some(price), url, availability);
        }
    }

    fn offer(
        &mut self,
        row: &Row<'_>,
        node: &NamedOrBlankNode,
        price: Option<(Option<&str>, &str)>,
        url: Option<&str>,
        availability: Option<&str>,
    ) {
        let offer = self.part(node, schema::OFFERS, schema::OFFER);
        if let Some((name, price)) = price {
            if let Some(name) = name {
                self.text(&offer, schema::NAME, name);
            }
            self.text(&offer, schema::PRICE, price);
            // A price that names its currency is left to normalisation.
            let names_none = price
                .chars()
                .all(|c| c.is_ascii_digit() || c.is_whitespace() || matches!(c, ',' | '.' | '-'));
            if names_none || normalise::is_free(price) {
                let currency = row.cell(Field::Currency).unwrap_or("EUR");
                self.text(&offer, schema::PRICE_CURRENCY, currency);
            }
        }
        if let Some(url) = url {
            self.text(&offer, schema::URL, url);
        }
        if let Some(availability) = availability {
            let member = NamedNode::new_unchecked(format!("{}{availability}", schema::NS));
            let property = NamedNodeRef::new_unchecked("http://schema.org/availability");
            self.insert(&offer, property, member);
        }
    }

    /// Organiser, festival and season.
    fn belonging(&mut self, row: &Row<'_>, node: &NamedOrBlankNode) {
        for name in row.values(Field::Organiser) {
            let organiser = self.organisation(name, schema::ORGANIZATION.as_str());
            self.insert(node, schema::ORGANIZER, organiser);
        }
        let season = self.options.terms.sv("Saison");
        for (field, kind, class) in [
            (Field::Festival, "festival", schema::FESTIVAL),
            (Field::Season, "season", season.as_ref()),
        ] {
            if let Some(name) = row.cell(field) {
                let whole = iri(kind, &slug(name));
                self.insert(node, schema::SUPER_EVENT, whole.clone());
                let whole = NamedOrBlankNode::from(whole);
                self.insert(&whole, rdf::TYPE, class.into_owned());
                self.text(&whole, schema::NAME, name);
            }
        }
    }

    fn organisation(&mut self, name: &str, class: &'static str) -> BlankNode {
        if let Some(node) = self.organisations.get(name) {
            return node.clone();
        }
        let node = self.blank();
        self.organisations.insert(name.to_owned(), node.clone());
        let subject = NamedOrBlankNode::from(node.clone());
        self.insert(&subject, rdf::TYPE, NamedNode::new_unchecked(class));
        self.text(&subject, schema::NAME, name);
        node
    }

    /// A value of which a production has one: the first counts, and another is told.
    fn single(
        &mut self,
        row: &Row<'_>,
        production: &NamedNode,
        property: &'static str,
        field: Field,
        text: String,
    ) {
        match self.said.get(&(production.clone(), property)) {
            Some(said) if *said != text => self.findings.push(differs(row, field, said)),
            Some(_) => {}
            None => {
                let node = NamedOrBlankNode::from(production.clone());
                self.text(&node, NamedNodeRef::new_unchecked(property), &text);
                self.said.insert((production.clone(), property), text);
            }
        }
    }

    /// Whether a production was not given this part before.
    fn is_new(&mut self, production: &NamedNode, parts: &[&str]) -> bool {
        let parts = parts.iter().map(|part| (*part).to_owned()).collect();
        self.added.insert((production.clone(), parts))
    }

    fn part(
        &mut self,
        node: &NamedOrBlankNode,
        property: NamedNodeRef<'_>,
        class: NamedNodeRef<'_>,
    ) -> NamedOrBlankNode {
        let part = self.blank();
        self.insert(node, property, part.clone());
        let part = NamedOrBlankNode::from(part);
        self.insert(&part, rdf::TYPE, class.into_owned());
        part
    }

    fn blank(&mut self) -> BlankNode {
        self.blanks += 1;
        BlankNode::new_unchecked(format!("f{}r{}", self.options.file, self.blanks))
    }

    fn text(&mut self, node: &NamedOrBlankNode, property: NamedNodeRef<'_>, text: &str) {
        self.insert(node, property, Literal::new_simple_literal(text));
    }

    fn insert(
        &mut self,
        node: &NamedOrBlankNode,
        property: NamedNodeRef<'_>,
        value: impl Into<Term>,
    ) {
        self.graph
            .insert(Triple::new(node.clone(), property.into_owned(), value));
    }
}

#[derive(Default)]
struct When {
    key: String,
    start: Option<String>,
    end: Option<String>,
}

fn written(day: jiff::civil::Date, time: Option<jiff::civil::Time>) -> String {
    match time {
        Some(time) => day.to_datetime(time).strftime("%Y-%m-%dT%H:%M").to_string(),
        None => day.to_string(),
    }
}

/// One row, by what its columns say.
struct Row<'a> {
    header: &'a Header,
    record: &'a StringRecord,
    line: u64,
}

impl<'a> Row<'a> {
    /// The cells that have a column with a meaning, and something in them.
    fn filled(&self) -> impl Iterator<Item = (&'static Column, &'a str)> {
        self.header
            .columns
            .iter()
            .zip(self.record.iter())
            .filter_map(|(column, cell)| Some(((*column)?, cell.trim())))
            .filter(|(_, cell)| !cell.is_empty())
    }

    /// The first that is filled of the columns for this.
    fn cell(&self, field: Field) -> Option<&'a str> {
        self.filled()
            .find_map(|(column, cell)| (column.field == field).then_some(cell))
    }

    /// Each value of all columns for this.
    fn values(&self, field: Field) -> impl Iterator<Item = &'a str> {
        self.filled()
            .filter(move |(column, _)| column.field == field)
            .flat_map(|(_, cell)| several(cell))
    }

    /// What stands in a cell that has no column.
    fn beyond(&self) -> Option<&'a str> {
        self.record
            .iter()
            .skip(self.header.columns.len())
            .find(|cell| !cell.trim().is_empty())
    }

    /// Line and name of the column for this, as reports show them.
    fn place(&self, field: Field) -> String {
        let name = self
            .header
            .names
            .iter()
            .zip(&self.header.columns)
            .find_map(|(name, column)| (*column)?.field.eq(&field).then_some(name));
        match name {
            Some(name) => format!("{}, {name}", self.line),
            None => self.line.to_string(),
        }
    }
}

/// The values of a cell, which stand apart by `|` or on lines of their own.
fn several(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['|', '\n', '\r'])
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

/// A name in an IRI, without what makes no difference.
fn slug(name: &str) -> String {
    let name = name.trim();
    let slug: String = normalised_name(name).chars().take(KEY_CHARS).collect();
    let text = if slug.is_empty() {
        name.chars().take(KEY_CHARS).collect()
    } else {
        slug
    };
    utf8_percent_encode(&text, KEPT).to_string()
}

fn iri(kind: &str, path: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("csv:{kind}/{path}"))
}

/// What an identifier stands for: itself when it is a web address.
fn identified(kind: &str, id: &str) -> NamedNode {
    if (id.starts_with("https://") || id.starts_with("http://"))
        && let Ok(iri) = NamedNode::new(id)
    {
        return iri;
    }
    iri(kind, &utf8_percent_encode(id, KEPT).to_string())
}

/// `dès 8 ans` as schema.org writes it, `8-`; `8 à 12 ans` as `8-12`.
fn ages(text: &str) -> String {
    let numbers: Vec<&str> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|number| !number.is_empty())
        .collect();
    let key = label_key(text);
    let is_about_years = !key.contains("mois") && !key.contains("month");
    match numbers.as_slice() {
        [one] if is_about_years && one.len() < 3 => format!("{one}-"),
        [from, to] if is_about_years && from.len() < 3 && to.len() < 3 => format!("{from}-{to}"),
        _ => text.to_owned(),
    }
}

fn unreadable(row: &Row<'_>, field: Field) -> Finding {
    let value = shortened(row.cell(field).unwrap_or_default());
    let example = if field == Field::Time {
        "20h30"
    } else {
        "31/12/2026"
    };
    finding(
        Severity::Violation,
        "unreadable-cell",
        &row.place(field),
        Some(&value),
        format!(
            "ligne {} : `{value}` ne peut pas être lu ; écrivez par exemple `{example}`",
            row.line
        ),
        format!(
            "line {}: `{value}` cannot be read; write for example `{example}`",
            row.line
        ),
    )
}

fn no_title(row: &Row<'_>) -> Finding {
    finding(
        Severity::Violation,
        "row-without-title",
        &row.place(Field::Title),
        None,
        format!(
            "ligne {} : il n’y a pas de titre, la ligne n’est pas reprise ; donnez-en un, ou retirez la ligne",
            row.line
        ),
        format!(
            "line {}: there is no title, the row is left out; give one, or remove the row",
            row.line
        ),
    )
}

fn too_many_cells(row: &Row<'_>, cell: &str) -> Finding {
    let (cells, columns, cell) = (row.record.len(), row.header.columns.len(), shortened(cell));
    finding(
        Severity::Warning,
        "too-many-cells",
        &row.line.to_string(),
        Some(&cell),
        format!(
            "ligne {} : {cells} cellules pour {columns} colonnes, `{cell}` n’est d’aucune ; un texte qui contient le séparateur se met entre guillemets",
            row.line
        ),
        format!(
            "line {}: {cells} cells for {columns} columns, `{cell}` is of none; a text with the separator in it stands in quotation marks",
            row.line
        ),
    )
}

fn again(row: &Row<'_>, first: u64, performance: &NamedNode) -> Finding {
    finding(
        Severity::Warning,
        "row-again",
        &row.line.to_string(),
        Some(performance.as_str()),
        format!(
            "ligne {} : c’est la même représentation qu’à la ligne {first}, les deux n’en font qu’une ; retirez une ligne, ou donnez à chacune un identifiant (`id`)",
            row.line
        ),
        format!(
            "line {}: this is the same performance as on line {first}, the two are one; remove a row, or give each an identifier (`id`)",
            row.line
        ),
    )
}

fn another_weekday(row: &Row<'_>, date: &str) -> Finding {
    let date = shortened(date);
    finding(
        Severity::Warning,
        "another-weekday",
        &row.place(Field::Date),
        Some(&date),
        format!(
            "ligne {} : `{date}` n’est pas ce jour de la semaine ; vérifiez la date",
            row.line
        ),
        format!(
            "line {}: `{date}` is not that day of the week; check the date",
            row.line
        ),
    )
}

fn differs(row: &Row<'_>, field: Field, said: &str) -> Finding {
    let value = shortened(row.cell(field).unwrap_or_default());
    let said = shortened(said);
    finding(
        Severity::Info,
        "row-differs",
        &row.place(field),
        Some(&value),
        format!(
            "ligne {} : une ligne précédente dit `{said}` du même spectacle, c’est elle qui compte",
            row.line
        ),
        format!(
            "line {}: a row before says `{said}` of the same production, and counts",
            row.line
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_written_as_schema_org_does() {
        for (text, expected) in [
            ("dès 8 ans", "8-"),
            ("8+", "8-"),
            ("de 8 à 12 ans", "8-12"),
            ("8-12", "8-12"),
            ("6 mois", "6 mois"),
            ("tout public", "tout public"),
        ] {
            assert_eq!(ages(text), expected);
        }
    }

    #[test]
    fn names_that_read_alike_make_one_key_and_signs_alone_their_own() {
        assert_eq!(slug("Les  Heures CLAIRES !"), slug("les heures-claires"));
        assert_ne!(slug("???"), slug("!!!"));
        assert!(NamedNode::new(iri("production", &slug("Слава / «…»")).as_str()).is_ok());
    }
}
