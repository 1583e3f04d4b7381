//! The numbers on disk, so that a restart need not count everything again. They can be thrown away
//! at any time: `DIR/index/statistics/index.txt` is made again from the store.
//!
//! The first line is JSON: of which log and generation they are, and all but the entities. Then
//! each entity has a line: itself, its kind, its set of sources, and of what is on when it starts,
//! its offset, its further days and its cells.

use crate::app::following::file::{self, Lines};
use crate::app::statistics::facets::{COLUMNS, Dictionary, Row, Said, Table, Value};
use crate::app::statistics::known::Known;
use crate::app::statistics::tally::Written;
use crate::app::statistics::{Links, State};
use crate::model::{Generation, Kind};
use oxrdf::Literal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The version of the file.
const VERSION: u32 = 3;
const FILE: &str = "index.txt";

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    /// Another program may count otherwise.
    program: String,
    log: String,
    generation: u64,
    entities: usize,
    counts: Written,
    links: Vec<(String, String, u64)>,
    graphs: BTreeMap<String, u64>,
    publishers: BTreeMap<String, Option<String>>,
    labels: BTreeMap<String, Vec<Name>>,
    sources: Vec<Vec<String>>,
    columns: Vec<WrittenColumn>,
}

/// A literal that is a name: its text, and its language.
type Name = (String, Option<String>);

#[derive(Serialize, Deserialize)]
struct WrittenColumn {
    values: Vec<WrittenValue>,
    sets: Vec<Vec<u32>>,
}

#[derive(Serialize, Deserialize)]
struct WrittenValue {
    said: String,
    is_iri: bool,
    key: String,
    names: Vec<Name>,
    region: Option<String>,
    department: Option<String>,
    town: Option<String>,
    point: Option<(i32, i32)>,
}

/// Writes the numbers down, in one step.
///
/// # Errors
/// When they cannot be written; the ones before are still there then.
pub fn save(folder: &Path, known: &Known, log: &str) -> io::Result<()> {
    let state = &known.state;
    let links = state.links.iter();
    let labels = state.labels.iter();
    let head = Head {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        log: log.to_owned(),
        generation: state.generation.0,
        entities: known.len(),
        counts: Written::from(&state.counts),
        links: links
            .map(|((property, host), count)| (property.clone(), host.clone(), *count))
            .collect(),
        graphs: state.graphs.clone(),
        publishers: state.publishers.as_ref().clone(),
        labels: labels
            .map(|(name, labels)| (name.clone(), written_names(labels)))
            .collect(),
        sources: known.sources(),
        columns: written_columns(&state.performances),
    };
    let head = serde_json::to_string(&head)?;
    file::write(folder, FILE, |put| {
        put(&head)?;
        let mut line = String::new();
        for (entity, kind, sources, row) in known.members() {
            line.clear();
            line.push_str(&format!("{entity} {kind} {sources}"));
            if let Some(row) = row {
                line.push_str(&format!(" {} {} {}", row.start, row.offset, row.days));
                for cell in row.cells {
                    line.push_str(&format!(" {cell}"));
                }
            }
            put(&line)?;
        }
        Ok(())
    })
}

/// What was written down, if it is whole and of the same log.
pub fn load(folder: &Path, log: &str) -> Option<Known> {
    let mut lines = Lines::open(folder, FILE)?;
    let head: Head = serde_json::from_str(lines.read()?).ok()?;
    let is_of =
        head.version == VERSION && head.program == env!("CARGO_PKG_VERSION") && head.log == log;
    if !is_of {
        return None;
    }
    let labels = head.labels.into_iter();
    let mut known = Known::of(State {
        generation: Generation(head.generation),
        counts: head.counts.into(),
        links: Arc::new(links_of(head.links)),
        graphs: head.graphs,
        publishers: Arc::new(head.publishers),
        labels: Arc::new(
            labels
                .map(|(name, names)| (name, names_of(names)))
                .collect(),
        ),
        performances: table_of(head.columns)?,
        ..State::default()
    });
    known.reserve(head.entities);
    while let Some(line) = lines.read() {
        let mut words = line.split_ascii_whitespace();
        let entity = words.next()?.parse().ok()?;
        let kind = Kind::named(words.next()?)?;
        let sources: usize = words.next()?.parse().ok()?;
        let sources = head.sources.get(sources)?.clone();
        let row = match words.next() {
            None => None,
            Some(start) => {
                let offset = words.next()?.parse().ok()?;
                let days = words.next()?.parse().ok()?;
                let mut cells = [0; COLUMNS];
                for (column, cell) in cells.iter_mut().enumerate() {
                    *cell = words.next()?.parse().ok()?;
                    let sets = known.state.performances.dictionaries().get(column)?.sets();
                    if *cell as usize >= sets.len() {
                        return None;
                    }
                }
                Some(Row {
                    entity,
                    start: start.parse().ok()?,
                    offset,
                    days,
                    cells,
                })
            }
        };
        known.put(entity, kind, sources, row);
    }
    (lines.is_whole() && known.len() == head.entities).then_some(known)
}

fn links_of(links: Vec<(String, String, u64)>) -> Links {
    let links = links.into_iter();
    links
        .map(|(property, host, count)| ((property, host), count))
        .collect()
}

fn written_columns(table: &Table) -> Vec<WrittenColumn> {
    let dictionaries = table.dictionaries().iter();
    dictionaries
        .map(|dictionary| WrittenColumn {
            values: dictionary
                .values()
                .map(|(said, value)| {
                    let (said, is_iri) = match said {
                        Said::Iri(iri) => (iri, true),
                        Said::Text(text) => (text, false),
                    };
                    WrittenValue {
                        said: said.clone(),
                        is_iri,
                        key: value.key.clone(),
                        names: written_names(&value.names),
                        region: value.region.clone(),
                        department: value.department.clone(),
                        town: value.town.clone(),
                        point: value.point,
                    }
                })
                .collect(),
            sets: dictionary.sets().map(<[u32]>::to_vec).collect(),
        })
        .collect()
}

fn table_of(columns: Vec<WrittenColumn>) -> Option<Table> {
    let columns: Vec<Dictionary> = columns
        .into_iter()
        .map(|column| {
            let values = column.values.into_iter();
            let values = values.map(|written| {
                let value = Value {
                    key: written.key,
                    iri: written.is_iri.then(|| written.said.clone()),
                    names: names_of(written.names),
                    region: written.region,
                    department: written.department,
                    town: written.town,
                    point: written.point,
                };
                let said = if written.is_iri {
                    Said::Iri(written.said)
                } else {
                    Said::Text(written.said)
                };
                (said, value)
            });
            Dictionary::of(values.collect(), column.sets)
        })
        .collect::<Option<_>>()?;
    Some(Table::of_dictionaries(columns.try_into().ok()?))
}

fn written_names(names: &[Literal]) -> Vec<Name> {
    names
        .iter()
        .map(|name| (name.value().to_owned(), name.language().map(str::to_owned)))
        .collect()
}

fn names_of(names: Vec<Name>) -> Vec<Literal> {
    names
        .into_iter()
        .map(|(text, lang)| match lang {
            // It was a literal with this language before.
            Some(lang) => Literal::new_language_tagged_literal_unchecked(text, lang),
            None => Literal::new_simple_literal(text),
        })
        .collect()
}
