//! What the table of performances says of one, or of a meeting, series or festival, read from the
//! public data.
//!
//! What a performance does not say itself is read down: from what is performed, else from what it
//! is part of. Its place stands for its town and department, and counts for the building that it
//! is in.

use crate::app::following::entities::number_of;
use crate::app::statistics::facets::{COLUMNS, Column, FREE, Said, Start, Table, Value};
use crate::model::vocabulary::{rdfs, schema, skos, xsd};
use crate::model::{Kind, SourceName};
use crate::rdf::{Quads, QuadsError};
use crate::store::{GraphView, View};
use jiff::civil::{Date, DateTime};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many works and series are remembered while many performances are read.
const REMEMBERED: usize = 50_000;
/// How many times a place may be in another one, and a concept below another one.
const DEPTH: usize = 4;
/// How many values of one column are kept of a performance.
const MOST_VALUES: usize = 32;
/// The longest text that is a value.
const VALUE_CHARS: usize = 120;
/// The start of what says none: before all others, and never on.
pub const NEVER: Start = Start::MIN;
/// The zone of what says neither its own nor where it is.
const ZONE: &str = "Europe/Paris";
/// Before this hour it is still the evening before.
const MORNING: i8 = 9;
/// For so many days something may be on.
const MOST_DAYS: i64 = 3660;

/// What is said of something in each column.
type Cells = [Vec<Said>; COLUMNS];

/// Reads performances of one state.
pub struct Reading<'a> {
    view: View<'a>,
    public: GraphView<'a>,
    /// What was read of works and series.
    above: FxHashMap<NamedNode, Arc<Cells>>,
    /// What stands above concepts and places.
    containing: FxHashMap<NamedNode, Arc<[NamedNode]>>,
    /// The zones of departments, by code.
    zones: FxHashMap<String, TimeZone>,
}

/// The columns that are read down, with the property that fills them.
fn read_down(view: View<'_>) -> [(Column, NamedNode); 5] {
    [
        (Column::Discipline, schema::GENRE.into_owned()),
        (Column::Organiser, schema::ORGANIZER.into_owned()),
        (Column::Accessibility, view.base().sv("accessibilite")),
        (Column::Audience, schema::HAS_AUDIENCE.into_owned()),
        (Column::Language, schema::IN_LANGUAGE.into_owned()),
    ]
}

/// Whether something said of a work or series with this property is read down to performances.
pub fn is_read_down(view: View<'_>, property: &NamedNode) -> bool {
    read_down(view).iter().any(|(_, known)| known == property) || *property == schema::AUDIENCE_TYPE
}

impl<'a> Reading<'a> {
    pub fn new(view: View<'a>) -> Self {
        Self {
            view,
            public: view.public(),
            above: FxHashMap::default(),
            containing: FxHashMap::default(),
            zones: FxHashMap::default(),
        }
    }

    /// The row of something of a kind, of which `triples` are said.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn row(
        &mut self,
        iri: &NamedNode,
        kind: &Kind,
        triples: &[Triple],
        sources: &[SourceName],
        table: &mut Table,
    ) -> Result<Option<super::facets::Row>, QuadsError> {
        let Some(entity) = number_of(self.view.base(), iri.as_str()) else {
            return Ok(None);
        };
        let mut cells = self.own(iri, triples)?;
        for property in [schema::WORK_PERFORMED, schema::SUPER_EVENT] {
            if cells_are_full(&cells) {
                break;
            }
            // What several of them say adds up; but what stands nearer replaces it.
            let mut said: Cells = Cells::default();
            for above in nodes(triples, property) {
                let known = self.above(above)?;
                for (column, _) in read_down(self.view) {
                    let values = &known[column.place()];
                    said[column.place()].extend(values.iter().cloned());
                }
            }
            for (cell, said) in cells.iter_mut().zip(said) {
                if cell.is_empty() {
                    *cell = said;
                }
            }
        }
        let disciplines = std::mem::take(&mut cells[Column::Discipline.place()]);
        cells[Column::Discipline.place()] = self.with_all_above(disciplines, skos::BROADER)?;
        let starts = literals(triples, schema::START_DATE).filter_map(moment_of);
        let starts = starts.min_by_key(|moment| moment.start);
        if let Some(start) = &starts {
            cells[Column::Day.place()].push(Said::Text(start.day.to_string()));
        }
        let places = iris(triples, schema::LOCATION, &|iri| {
            // A place that is no part: not an address on the web.
            number_of(self.view.base(), iri).is_some() && !iri.contains('#')
        });
        cells[Column::Place.place()] = self.with_all_above(places, schema::CONTAINED_IN_PLACE)?;
        cells[Column::Access.place()] =
            iris(triples, self.view.base().sv("acces").as_ref(), &|_| true);
        cells[Column::Status.place()] = iris(triples, schema::EVENT_STATUS, &|_| true);
        cells[Column::Source.place()] = sources
            .iter()
            .map(|source| Said::Text(source.to_string()))
            .collect();
        cells[Column::Kind.place()] = vec![Said::Text(kind.name.to_owned())];
        cells[Column::Price.place()] = self.price(triples)?;
        let places = cells[Column::Place.place()].clone();
        let cells = self.interned(cells, table)?;
        let ends = literals(triples, schema::END_DATE).filter_map(moment_of);
        let end = ends.max_by_key(|moment| moment.start);
        let mut row = super::facets::Row {
            entity,
            start: NEVER,
            offset: 0,
            days: 0,
            cells,
        };
        if let Some(start) = starts {
            row.start = start.start;
            row.days = end.map_or(0, |end| days_between(&start, &end));
            row.offset = match start.offset {
                Some(offset) => offset,
                None => self.offset(&start, &places, table)?,
            };
        }
        Ok(Some(row))
    }

    /// Whether something is free, as far as it says so.
    fn price(&self, triples: &[Triple]) -> Result<Vec<Said>, QuadsError> {
        let said = |free: bool| vec![Said::Text(if free { FREE } else { "paid" }.to_owned())];
        if let Some(free) = literals(triples, FOR_FREE).next() {
            return Ok(said(["true", "1"].contains(&free.value())));
        }
        let mut is_free = None;
        for offer in nodes(triples, schema::OFFERS) {
            for property in [schema::PRICE, LOW_PRICE] {
                for price in objects(&self.public, offer, property)? {
                    let price = text(&price).and_then(|price| price.parse::<f64>().ok());
                    if let Some(price) = price {
                        is_free = Some(is_free.unwrap_or(true) && price == 0.0);
                    }
                }
            }
        }
        Ok(is_free.map(said).unwrap_or_default())
    }

    /// The offset of what says none: that of where it is.
    fn offset(
        &mut self,
        start: &Moment,
        places: &[Said],
        table: &Table,
    ) -> Result<i16, QuadsError> {
        let known = table.dictionary(Column::Place);
        let mut codes = places
            .iter()
            .filter_map(|place| known.value(place)?.department.clone());
        let zone = match codes.next() {
            Some(code) => self.zone(&code)?,
            None => zone_named(ZONE),
        };
        let time = start.day.at(12, 0, 0, 0);
        let zoned = time.to_zoned(zone).ok();
        Ok(zoned.map_or(0, |zoned| minutes(zoned.offset().seconds())))
    }

    fn zone(&mut self, code: &str) -> Result<TimeZone, QuadsError> {
        if let Some(zone) = self.zones.get(code) {
            return Ok(zone.clone());
        }
        let mut name = None;
        for territory in self.territories(code) {
            let names = objects(
                &self.public,
                &territory,
                self.view.base().sv("fuseau").as_ref(),
            )?;
            name = name.or(names.iter().filter_map(text).min());
        }
        let zone = zone_named(name.as_deref().unwrap_or(ZONE));
        self.zones.insert(code.to_owned(), zone.clone());
        Ok(zone)
    }

    /// The concepts that a code of a department can stand for.
    fn territories(&self, code: &str) -> [NamedNode; 2] {
        ["departement", "collectivite"].map(|kind| {
            let name = format!("vocab/territoires/{kind}-{code}");
            self.view.base().join(&name)
        })
    }

    /// The code of the region that a department is in.
    fn region(&self, code: &str) -> Result<Option<String>, QuadsError> {
        if !code.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Ok(None);
        }
        for territory in self.territories(code) {
            for region in objects(&self.public, &territory, skos::BROADER)? {
                if let Some(region) = node(&region) {
                    let codes = objects(&self.public, region, skos::NOTATION)?;
                    return Ok(codes.iter().filter_map(text).min());
                }
            }
        }
        Ok(None)
    }

    fn interned(
        &self,
        cells: Cells,
        table: &mut Table,
    ) -> Result<[super::facets::SetId; COLUMNS], QuadsError> {
        let mut sets = [0; COLUMNS];
        for ((column, mut said), set) in Column::ALL.into_iter().zip(cells).zip(&mut sets) {
            said.sort_unstable();
            said.dedup();
            said.truncate(MOST_VALUES);
            let describe = &mut |said: &Said| self.value(column, said);
            *set = table.intern(column, said, describe)?;
        }
        Ok(sets)
    }

    /// What something says itself in the columns that are read down.
    fn own(&self, iri: &NamedNode, triples: &[Triple]) -> Result<Cells, QuadsError> {
        let mut cells = Cells::default();
        let part = format!("{}#", iri.as_str());
        for (column, property) in read_down(self.view) {
            for triple in triples {
                if triple.predicate != property {
                    continue;
                }
                match &triple.object {
                    Term::NamedNode(node) if node.as_str().starts_with(&part) => {
                        // A part says in words who it is for.
                        let said = objects(&self.public, node, schema::AUDIENCE_TYPE)?;
                        cells[column.place()].extend(said.iter().filter_map(said_of));
                    }
                    object => cells[column.place()].extend(said_of(object)),
                }
            }
        }
        Ok(cells)
    }

    fn above(&mut self, iri: &NamedNode) -> Result<Arc<Cells>, QuadsError> {
        if let Some(known) = self.above.get(iri) {
            return Ok(Arc::clone(known));
        }
        let subject = Some(iri.as_ref().into());
        let triples: Vec<Triple> = self
            .public
            .matching(subject, None, None)
            .collect::<Result<_, _>>()?;
        let cells = Arc::new(self.own(iri, &triples)?);
        if self.above.len() >= REMEMBERED {
            self.above.clear();
        }
        self.above.insert(iri.clone(), Arc::clone(&cells));
        Ok(cells)
    }

    /// Concepts with those above them, and places with those around them: contemporary theatre is
    /// theatre, and what is performed in a room is performed in its building.
    fn with_all_above(
        &mut self,
        said: Vec<Said>,
        property: NamedNodeRef<'_>,
    ) -> Result<Vec<Said>, QuadsError> {
        let mut all: Vec<Said> = Vec::new();
        for one in said {
            if let Said::Iri(iri) = &one {
                let below = NamedNode::new_unchecked(iri.as_str());
                let above = match self.containing.get(&below) {
                    Some(known) => Arc::clone(known),
                    None => {
                        let above: Arc<[NamedNode]> =
                            all_above(&self.public, &below, property)?.into();
                        if self.containing.len() >= REMEMBERED {
                            self.containing.clear();
                        }
                        self.containing.insert(below, Arc::clone(&above));
                        above
                    }
                };
                let above = above.iter();
                all.extend(above.map(|iri| Said::Iri(iri.as_str().to_owned())));
            }
            all.push(one);
        }
        Ok(all)
    }

    /// What a value is called, and where it is.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn value(&self, column: Column, said: &Said) -> Result<Value, QuadsError> {
        let iri = match said {
            Said::Text(text) => {
                return Ok(Value {
                    key: text.clone(),
                    ..Value::default()
                });
            }
            Said::Iri(iri) => NamedNode::new_unchecked(iri.as_str()),
        };
        let mut value = Value {
            key: key_of(self.view, iri.as_str()),
            names: names(&self.public, &iri)?,
            ..Value::default()
        };
        if column == Column::Place {
            let (department, town) = self.whereabouts(&iri)?;
            value.region = match &department {
                Some(code) => self.region(code)?,
                None => None,
            };
            value.department = department;
            value.town = town;
            value.point = self.point(&iri)?;
        }
        value.iri = Some(iri.into_string());
        Ok(value)
    }

    /// Where a place is, or the building that it is in.
    fn point(&self, place: &NamedNode) -> Result<Option<(i32, i32)>, QuadsError> {
        let mut place = place.clone();
        for _ in 0..DEPTH {
            let mut found = objects(&self.public, &place, schema::GEO)?;
            found.sort_unstable_by_key(ToString::to_string);
            for geo in found.iter().filter_map(node) {
                let number = |property, most: f64| -> Result<Option<i32>, QuadsError> {
                    let found = objects(&self.public, geo, property)?;
                    let number = found.iter().filter_map(text).min();
                    let number = number.and_then(|number| number.parse::<f64>().ok());
                    let number = number.filter(|number| number.abs() <= most);
                    // It is less than 180 million in size.
                    Ok(number.map(|number| (number * 1e6).round() as i32))
                };
                let latitude = number(LATITUDE, 90.0)?;
                if let (Some(latitude), Some(longitude)) = (latitude, number(LONGITUDE, 180.0)?) {
                    return Ok(Some((latitude, longitude)));
                }
            }
            let containers = objects(&self.public, &place, schema::CONTAINED_IN_PLACE)?;
            match containers.iter().filter_map(node).min() {
                Some(container) => place = container.clone(),
                None => break,
            }
        }
        Ok(None)
    }

    /// The department and the town of a place, or of the building that it is in.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn whereabouts(
        &self,
        place: &NamedNode,
    ) -> Result<(Option<String>, Option<String>), QuadsError> {
        let department = self.view.base().sv("departement");
        let (mut found, mut town) = (None, None);
        let mut place = place.clone();
        for _ in 0..DEPTH {
            let territories = objects(&self.public, &place, department.as_ref())?;
            for territory in territories.iter().filter_map(node) {
                let codes = objects(&self.public, territory, skos::NOTATION)?;
                found = found.or(codes.iter().filter_map(text).min());
            }
            let mut addresses = objects(&self.public, &place, schema::ADDRESS)?;
            addresses.sort_unstable_by_key(ToString::to_string);
            for address in addresses.iter().filter_map(node) {
                let towns = objects(&self.public, address, schema::ADDRESS_LOCALITY)?;
                town = town.or(towns
                    .iter()
                    .filter_map(text)
                    .map(|town| town_of(&town))
                    .min());
                let codes = objects(&self.public, address, schema::POSTAL_CODE)?;
                let countries = objects(&self.public, address, COUNTRY)?;
                let is_french = countries.iter().all(|country| {
                    text(country).is_some_and(|text| FRANCE.contains(&text.as_str()))
                });
                let of_code = |code: String| is_french.then(|| department_of(&code)).flatten();
                found = found.or(codes.iter().filter_map(text).filter_map(of_code).min());
            }
            if found.is_some() && town.is_some() {
                break;
            }
            let containers = objects(&self.public, &place, schema::CONTAINED_IN_PLACE)?;
            match containers.iter().filter_map(node).min() {
                Some(container) => place = container.clone(),
                None => break,
            }
        }
        Ok((found, town))
    }
}

const COUNTRY: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://schema.org/addressCountry");
const LATITUDE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://schema.org/latitude");
const LONGITUDE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://schema.org/longitude");
const LOW_PRICE: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://schema.org/lowPrice");
const FOR_FREE: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://schema.org/isAccessibleForFree");
/// How France is written in addresses.
const FRANCE: &[&str] = &["FR", "France", "FRA"];

/// The department of a French postal code. It is that of the post office: in a few places on a
/// border it is the neighbour's, which only the code of the commune tells.
fn department_of(postal_code: &str) -> Option<String> {
    if postal_code.len() != 5 || !postal_code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let code = match postal_code.get(..3)? {
        "200" | "201" => "2A",
        "202" | "206" => "2B",
        overseas if overseas.starts_with("97") || overseas.starts_with("98") => overseas,
        _ => postal_code.get(..2)?,
    };
    (code != "00").then(|| code.to_owned())
}

/// A town as people write it: post offices write capitals, and the office after the name.
fn town_of(text: &str) -> String {
    const SMALL: &[&str] = &[
        "à", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lès",
        "sous", "sur",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_office = |word: &&str| word.eq_ignore_ascii_case("cedex");
    let end = words.iter().position(is_office);
    let town = words[..end.filter(|end| *end > 0).unwrap_or(words.len())].join(" ");
    if town.chars().any(char::is_lowercase) || town.chars().count() < 3 {
        return town;
    }
    let mut written = String::with_capacity(town.len());
    for word in town.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let lower = word.to_lowercase();
        let name = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
        if SMALL.contains(&name) && !written.is_empty() {
            written.push_str(&lower);
        } else {
            let mut letters = lower.chars();
            written.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            written.push_str(letters.as_str());
        }
    }
    written
}

fn cells_are_full(cells: &Cells) -> bool {
    let down = [
        Column::Discipline,
        Column::Organiser,
        Column::Accessibility,
        Column::Audience,
        Column::Language,
    ];
    down.iter().all(|column| !cells[column.place()].is_empty())
}

/// What a property leads to from something, step by step.
fn all_above(
    public: &GraphView<'_>,
    below: &NamedNode,
    property: NamedNodeRef<'_>,
) -> Result<Vec<NamedNode>, QuadsError> {
    let mut all: Vec<NamedNode> = Vec::new();
    let mut next = vec![below.clone()];
    for _ in 0..DEPTH {
        let mut above = Vec::new();
        for below in &next {
            for found in objects(public, below, property)? {
                if let Term::NamedNode(found) = found
                    && !all.contains(&found)
                {
                    all.push(found.clone());
                    above.push(found);
                }
            }
        }
        next = above;
    }
    Ok(all)
}

/// What a value is called in addresses and files: the last part of an IRI of ours or of schema.org.
fn key_of(view: View<'_>, iri: &str) -> String {
    let short = view.base().strip(iri).and_then(|rest| {
        let rest = rest.strip_prefix("vocab/").or(rest.strip_prefix("id/"))?;
        Some(rest.rsplit_once('/').map_or(rest, |(_, name)| name))
    });
    let short = short.or_else(|| iri.strip_prefix(schema::NS));
    short.unwrap_or(iri).to_owned()
}

/// What something is called: its names, or its labels.
///
/// # Errors
/// When the storage fails.
pub fn names(public: &GraphView<'_>, iri: &NamedNode) -> Result<Vec<Literal>, QuadsError> {
    for property in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
        let mut found: Vec<Literal> = objects(public, iri, property)?
            .into_iter()
            .filter_map(|object| match object {
                Term::Literal(literal) => Some(literal),
                Term::NamedNode(_) | Term::BlankNode(_) => None,
            })
            .collect();
        if !found.is_empty() {
            found.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// A date or time, on the clock of its place.
struct Moment {
    start: Start,
    day: Date,
    /// The hour, when it is said.
    hour: Option<i8>,
    /// In minutes, when it is said.
    offset: Option<i16>,
}

/// When something is that says it so; `None` for what is no date.
fn moment_of(literal: &Literal) -> Option<Moment> {
    let text = literal.value();
    if literal.datatype() == xsd::DATE {
        let day: Date = text.get(..10)?.parse().ok()?;
        return Some(Moment {
            start: seconds(day.at(0, 0, 0, 0))? * 2 + 1,
            day,
            hour: None,
            offset: None,
        });
    }
    let pieces = Pieces::parse(text).ok()?;
    let local = pieces.date().to_datetime(pieces.time()?);
    let offset = pieces.to_numeric_offset();
    Some(Moment {
        start: seconds(local)? * 2,
        day: local.date(),
        hour: Some(local.hour()),
        offset: offset.map(|offset| minutes(offset.seconds())),
    })
}

/// The seconds since 1970 of a time on a clock.
fn seconds(local: DateTime) -> Option<i64> {
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second())
}

fn minutes(seconds: i32) -> i16 {
    i16::try_from(seconds / 60).unwrap_or_default()
}

fn zone_named(name: &str) -> TimeZone {
    let zone = TimeZone::get(name).or_else(|_| TimeZone::get(ZONE));
    zone.unwrap_or(TimeZone::UTC)
}

/// How many days after the first one something is still on. An evening that ends after midnight
/// is one evening.
fn days_between(start: &Moment, end: &Moment) -> u16 {
    let span = start.day.until(end.day).map_or(0, |span| span.get_days());
    let days = i64::from(span);
    let is_one_evening = days == 1 && end.hour.is_some_and(|hour| hour < MORNING);
    if is_one_evening {
        return 0;
    }
    u16::try_from(days.clamp(0, MOST_DAYS)).unwrap_or_default()
}

/// The entities of which something is performed, or a part, so that what is said of it may be read
/// down to them.
///
/// # Errors
/// When the storage fails.
pub fn below(public: &GraphView<'_>, above: &NamedNode) -> Result<Vec<NamedNode>, QuadsError> {
    let mut below = Vec::new();
    for property in [schema::WORK_PERFORMED, schema::SUPER_EVENT] {
        below.extend(subjects(public, property, above)?);
    }
    Ok(below)
}

/// The performances in a place, and in the places that are in it.
///
/// # Errors
/// When the storage fails.
pub fn performed_in(
    public: &GraphView<'_>,
    place: &NamedNode,
) -> Result<Vec<NamedNode>, QuadsError> {
    let mut performed = subjects(public, schema::LOCATION, place)?;
    for inside in within(public, place)? {
        performed.extend(subjects(public, schema::LOCATION, &inside)?);
    }
    Ok(performed)
}

/// The places that are in a place, and those in them.
///
/// # Errors
/// When the storage fails.
pub fn within(public: &GraphView<'_>, place: &NamedNode) -> Result<Vec<NamedNode>, QuadsError> {
    let mut all = Vec::new();
    let mut next = vec![place.clone()];
    for _ in 0..DEPTH {
        let mut inside = Vec::new();
        for place in &next {
            inside.extend(subjects(public, schema::CONTAINED_IN_PLACE, place)?);
        }
        all.extend(inside.iter().cloned());
        next = inside;
    }
    Ok(all)
}

fn subjects(
    public: &GraphView<'_>,
    property: NamedNodeRef<'_>,
    object: &NamedNode,
) -> Result<Vec<NamedNode>, QuadsError> {
    let mut subjects = Vec::new();
    for triple in public.matching(None, Some(property), Some(object.as_ref().into())) {
        if let oxrdf::NamedOrBlankNode::NamedNode(subject) = triple?.subject {
            subjects.push(subject);
        }
    }
    Ok(subjects)
}

fn objects(
    public: &GraphView<'_>,
    subject: &NamedNode,
    property: NamedNodeRef<'_>,
) -> Result<Vec<Term>, QuadsError> {
    let found = public.matching(Some(subject.as_ref().into()), Some(property), None);
    found.map(|triple| Ok(triple?.object)).collect()
}

fn nodes<'t>(
    triples: &'t [Triple],
    property: NamedNodeRef<'t>,
) -> impl Iterator<Item = &'t NamedNode> {
    let found = triples
        .iter()
        .filter(move |triple| triple.predicate == property);
    found.filter_map(|triple| node(&triple.object))
}

fn literals<'t>(
    triples: &'t [Triple],
    property: NamedNodeRef<'t>,
) -> impl Iterator<Item = &'t Literal> {
    let found = triples
        .iter()
        .filter(move |triple| triple.predicate == property);
    found.filter_map(|triple| match &triple.object {
        Term::Literal(literal) => Some(literal),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    })
}

fn iris(
    triples: &[Triple],
    property: NamedNodeRef<'_>,
    is_wanted: &dyn Fn(&str) -> bool,
) -> Vec<Said> {
    let found = triples.iter().filter(|triple| triple.predicate == property);
    found
        .filter_map(|triple| node(&triple.object))
        .filter(|node| is_wanted(node.as_str()))
        .map(|node| Said::Iri(node.as_str().to_owned()))
        .collect()
}

fn said_of(term: &Term) -> Option<Said> {
    match term {
        Term::NamedNode(node) => Some(Said::Iri(node.as_str().to_owned())),
        Term::Literal(literal) => {
            let text: String = literal.value().chars().take(VALUE_CHARS).collect();
            (!text.is_empty()).then_some(Said::Text(text))
        }
        Term::BlankNode(_) => None,
    }
}

fn node(term: &Term) -> Option<&NamedNode> {
    match term {
        Term::NamedNode(node) => Some(node),
        Term::Literal(_) | Term::BlankNode(_) => None,
    }
}

fn text(term: &Term) -> Option<String> {
    match term {
        Term::Literal(literal) => Some(literal.value().chars().take(VALUE_CHARS).collect()),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_town_is_the_same_in_capitals_and_with_its_post_office() {
        for (text, town) in [
            ("SAINT-DENIS", "Saint-Denis"),
            ("RENNES CEDEX 7", "Rennes"),
            ("Rennes Cedex", "Rennes"),
            ("L'ISLE-SUR-LA-SORGUE", "L'Isle-sur-la-Sorgue"),
            ("LES ULIS", "Les Ulis"),
            ("Le Puy-en-Velay", "Le Puy-en-Velay"),
            ("Cedex", "Cedex"),
            ("EU", "EU"),
        ] {
            assert_eq!(town_of(text), town);
        }
    }

    #[test]
    fn an_evening_past_midnight_is_one_evening() {
        let moment = |text: &str| {
            moment_of(&Literal::new_typed_literal(text, xsd::DATE_TIME)).expect("a time")
        };
        let days = |start: &str, end: &str| days_between(&moment(start), &moment(end));
        let evening = "2026-11-22T20:30:00+01:00";
        assert_eq!(days(evening, "2026-11-22T22:00:00+01:00"), 0);
        assert_eq!(days(evening, "2026-11-23T01:30:00+01:00"), 0);
        assert_eq!(days(evening, "2026-11-23T20:00:00+01:00"), 1);
        assert_eq!(days(evening, "2026-11-21T20:00:00+01:00"), 0);
    }

    #[test]
    fn a_start_sorts_by_the_clock_of_its_place() {
        let start = |text: &str| {
            let literal = Literal::new_typed_literal(text, xsd::DATE_TIME);
            moment_of(&literal).expect("a time").start
        };
        // Earlier in time, later on its own clock.
        assert!(start("2026-11-22T21:00:00+04:00") > start("2026-11-22T20:00:00+01:00"));
        let day = Literal::new_typed_literal("2026-11-22", xsd::DATE);
        let day = moment_of(&day).expect("a day").start;
        assert!(
            day > start("2026-11-22T00:00:00+01:00") && day < start("2026-11-22T00:01:00+01:00")
        );
    }
}
