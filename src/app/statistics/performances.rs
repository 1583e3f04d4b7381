//! What the table of performances says of one, read from the public data.
//!
//! What a performance does not say itself is read down: from what is performed, else from what it
//! is part of. Its place stands for its town and department, and counts for the building that it
//! is in.

use crate::app::following::entities::number_of;
use crate::app::statistics::facets::{COLUMNS, Column, Said, Start, Table, Value};
use crate::model::SourceName;
use crate::model::vocabulary::{rdfs, schema, skos, xsd};
use crate::rdf::{Quads, QuadsError};
use crate::store::{GraphView, View};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
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
/// A start that is after all others, of performances that say none.
pub const NEVER: Start = Start::MIN;

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
        }
    }

    /// The row of a performance, of which `triples` are said.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn row(
        &mut self,
        iri: &NamedNode,
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
        let text = |predicate| {
            let mut texts = literals(triples, predicate);
            texts.next().map(Literal::value)
        };
        let start = text(schema::START_DATE);
        if let Some(day) = start.and_then(|start| start.get(..10)) {
            cells[Column::Day.place()].push(Said::Text(day.to_owned()));
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
        let start = literals(triples, schema::START_DATE)
            .filter_map(start_of)
            .min();
        let row = super::facets::Row {
            entity,
            start: start.unwrap_or(NEVER),
            cells: self.interned(cells, table)?,
        };
        Ok(Some(row))
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
            value.department = department;
            value.town = town;
        }
        value.iri = Some(iri.into_string());
        Ok(value)
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
                town = town.or(towns.iter().filter_map(text).min());
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

/// When something starts that says it so; `None` for what is no date.
pub fn start_of(literal: &Literal) -> Option<Start> {
    let text = literal.value();
    if literal.datatype() == xsd::DATE {
        let day: Date = text.get(..10)?.parse().ok()?;
        let midnight = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
        return Some(midnight.as_second() * 2 + 1);
    }
    let instant = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })?;
    Some(instant.as_second() * 2)
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
