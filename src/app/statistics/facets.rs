//! The performances as a table of columns, from which any selection of them is counted. Meetings,
//! series and festivals stand in it too, for the agenda; they are no performances and are counted
//! apart (`agenda.rs`).
//!
//! A performance takes four bytes in each column: the number of a set of values, which are kept
//! once. The rows are in blocks that former states go on using, so that a change copies one block
//! and not the table. What all performances come to is kept; a selection is counted by one pass
//! over the columns.
//!
//! To add a facet: a row in [`FACETS`]; and a column in [`Column`], when none has it yet, which
//! `performances.rs` fills.

pub mod agenda;

use crate::app::following::entities::Entity;
use indexmap::{IndexMap, IndexSet};
use oxrdf::Literal;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::cmp::Ordering;
use std::sync::Arc;

/// How many performances are in a block.
const BLOCK: usize = 4096;

/// What is kept of a performance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Discipline,
    Day,
    Place,
    Organiser,
    Accessibility,
    Audience,
    Language,
    Access,
    Status,
    Source,
    Kind,
    Price,
}

/// How many columns there are.
pub const COLUMNS: usize = 12;

impl Column {
    pub const ALL: [Column; COLUMNS] = [
        Column::Discipline,
        Column::Day,
        Column::Place,
        Column::Organiser,
        Column::Accessibility,
        Column::Audience,
        Column::Language,
        Column::Access,
        Column::Status,
        Column::Source,
        Column::Kind,
        Column::Price,
    ];

    pub fn place(self) -> usize {
        self as usize
    }
}

/// A way to divide the performances.
#[derive(Debug)]
pub struct Facet {
    /// Its name in addresses and files, and in the keys of the interface text (`facet-{name}`).
    pub name: &'static str,
    pub column: Column,
    /// What a value of the column counts as; nothing, when it says nothing here.
    key: fn(&Value) -> Option<&str>,
    /// Whether its values go by their order and not by how many there are of each.
    pub is_in_order: bool,
    /// How its keys are written, where they are dates.
    pub form: Option<&'static str>,
}

const fn whole(name: &'static str, column: Column) -> Facet {
    Facet {
        name,
        column,
        key: |value| Some(&value.key),
        is_in_order: false,
        form: None,
    }
}

const fn date(name: &'static str, form: &'static str, key: fn(&Value) -> Option<&str>) -> Facet {
    Facet {
        name,
        column: Column::Day,
        key,
        is_in_order: true,
        form: Some(form),
    }
}

/// In the order in which they are shown.
pub static FACETS: &[Facet] = &[
    whole("discipline", Column::Discipline),
    date("year", "YYYY", |value| value.key.get(..4)),
    date("month", "YYYY-MM", |value| value.key.get(..7)),
    date("day", "YYYY-MM-DD", |value| value.key.get(..10)),
    Facet {
        key: |value| value.region.as_deref(),
        ..whole("region", Column::Place)
    },
    Facet {
        key: |value| value.department.as_deref(),
        ..whole("department", Column::Place)
    },
    Facet {
        key: |value| value.town.as_deref(),
        ..whole("town", Column::Place)
    },
    whole("place", Column::Place),
    whole("organiser", Column::Organiser),
    whole("accessibility", Column::Accessibility),
    whole("audience", Column::Audience),
    whole("language", Column::Language),
    whole("access", Column::Access),
    whole("price", Column::Price),
    whole("status", Column::Status),
    whole("source", Column::Source),
];

/// The facet that has those which do not take place.
const STATUS: &str = "status";
/// The status of those; they are counted only when they are asked for.
pub const CANCELLED: &str = "EventCancelled";
/// Divides what is on by what it is: the name of a kind.
pub static KIND: Facet = whole("kind", Column::Kind);
/// The kind that is counted where none is asked for.
pub const PERFORMANCE: &str = "performance";
/// What a performance that costs nothing says in its column.
pub const FREE: &str = "free";

impl Facet {
    /// No facet: nothing is divided by it.
    pub const NONE: Facet = Facet {
        key: |_| None,
        ..whole("", Column::Source)
    };

    /// The facet of a name.
    pub fn named(name: &str) -> Option<&'static Facet> {
        FACETS.iter().find(|facet| facet.name == name)
    }

    /// What a value of its column counts as.
    pub fn key_of<'v>(&self, value: &'v Value) -> Option<&'v str> {
        (self.key)(value)
    }

    /// Whether its values are those of its column, and not told from them.
    fn is_whole(&self) -> bool {
        !["region", "department", "town"].contains(&self.name) && !self.is_in_order
    }
}

/// What is said of a performance in one column: an IRI, or a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Said {
    Iri(String),
    Text(String),
}

/// A value of a column, as it is shown and asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// What addresses and files call it: a short name of ours, an IRI, or the text.
    pub key: String,
    pub iri: Option<String>,
    pub names: Vec<Literal>,
    /// The code of the region that a place is in, with its `R`.
    pub region: Option<String>,
    /// The code of the department that a place is in.
    pub department: Option<String>,
    /// The town that a place is in.
    pub town: Option<String>,
    /// Where a place is: latitude and longitude in millionths of a degree.
    pub point: Option<(i32, i32)>,
}

pub type SetId = u32;

/// The values of a column and the sets of them that occur. Neither is ever taken away.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    values: IndexMap<Said, Value, FxBuildHasher>,
    sets: IndexSet<Vec<u32>, FxBuildHasher>,
}

impl Dictionary {
    /// A dictionary, unless a set has a value that is not there.
    pub fn of(values: Vec<(Said, Value)>, sets: Vec<Vec<u32>>) -> Option<Self> {
        let is_known = |value: &u32| (*value as usize) < values.len();
        sets.iter().flatten().all(is_known).then(|| Self {
            values: values.into_iter().collect(),
            sets: sets.into_iter().collect(),
        })
    }

    pub fn value(&self, said: &Said) -> Option<&Value> {
        self.values.get(said)
    }

    pub fn values(&self) -> impl Iterator<Item = (&Said, &Value)> {
        self.values.iter()
    }

    pub fn sets(&self) -> impl ExactSizeIterator<Item = &[u32]> {
        self.sets.iter().map(Vec::as_slice)
    }

    /// The values of a set.
    pub fn values_in(&self, set: SetId) -> impl Iterator<Item = &Value> {
        let numbers = self.set(set).iter();
        numbers.filter_map(|number| Some(self.values.get_index(*number as usize)?.1))
    }

    fn has(&self, set: SetId, key: &str) -> bool {
        self.set(set).iter().any(|value| {
            let value = self.values.get_index(*value as usize);
            value.is_some_and(|(_, value)| value.key == key)
        })
    }

    fn set(&self, set: SetId) -> &[u32] {
        self.sets.get_index(set as usize).map_or(&[], Vec::as_slice)
    }
}

/// What the follower knows of one performance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub entity: Entity,
    pub start: Start,
    /// How many minutes the clock of its place is ahead of UTC when it starts.
    pub offset: i16,
    /// How many days after the one on which it starts it is still on.
    pub days: u16,
    pub cells: [SetId; COLUMNS],
}

/// When something starts on the clock of its place, as a number that sorts like the time: seconds
/// since 1970, doubled, and one more when only the day is known.
pub type Start = i64;

#[derive(Clone, Debug, Default)]
struct Block {
    entities: Vec<Entity>,
    starts: Vec<Start>,
    offsets: Vec<i16>,
    days: Vec<u16>,
    cells: [Vec<SetId>; COLUMNS],
}

/// All performances.
#[derive(Clone, Debug, Default)]
pub struct Table {
    blocks: Vec<Arc<Block>>,
    rows: usize,
    dictionaries: [Arc<Dictionary>; COLUMNS],
    /// By set, how many performances have it, those that do not take place left out, but of the
    /// statuses.
    tallies: [Arc<Vec<u32>>; COLUMNS],
}

impl Table {
    pub fn dictionary(&self, column: Column) -> &Dictionary {
        &self.dictionaries[column.place()]
    }

    /// The number of a set of values; `describe` says what a new one is.
    ///
    /// # Errors
    /// When `describe` fails.
    pub fn intern<E>(
        &mut self,
        column: Column,
        mut said: Vec<Said>,
        describe: &mut dyn FnMut(&Said) -> Result<Value, E>,
    ) -> Result<SetId, E> {
        said.sort_unstable();
        said.dedup();
        let dictionary = &mut self.dictionaries[column.place()];
        let mut numbers = Vec::with_capacity(said.len());
        for one in said {
            let number = match dictionary.values.get_index_of(&one) {
                Some(number) => number,
                None => {
                    let value = describe(&one)?;
                    Arc::make_mut(dictionary).values.insert_full(one, value).0
                }
            };
            numbers.push(number_of(number));
        }
        numbers.sort_unstable();
        let set = match dictionary.sets.get_index_of(&numbers) {
            Some(set) => set,
            None => Arc::make_mut(dictionary).sets.insert_full(numbers).0,
        };
        let tally = &mut self.tallies[column.place()];
        if tally.len() <= set {
            Arc::make_mut(tally).resize(set + 1, 0);
        }
        Ok(number_of(set))
    }

    /// Says anew what a value is, in each column where it occurs.
    ///
    /// # Errors
    /// When `describe` fails.
    pub fn describe<E>(
        &mut self,
        said: &Said,
        describe: &mut dyn FnMut(Column, &Said) -> Result<Value, E>,
    ) -> Result<(), E> {
        for (column, dictionary) in Column::ALL.into_iter().zip(&mut self.dictionaries) {
            if let Some(known) = dictionary.values.get(said) {
                let value = describe(column, said)?;
                if *known != value {
                    Arc::make_mut(dictionary).values.insert(said.clone(), value);
                }
            }
        }
        Ok(())
    }

    /// Adds a row; gives its place.
    pub fn push(&mut self, row: &Row) -> usize {
        if self.rows.is_multiple_of(BLOCK) {
            self.blocks.push(Arc::default());
        }
        let block = self.blocks.last_mut().expect("there is one with room");
        let block = Arc::make_mut(block);
        block.entities.push(row.entity);
        block.starts.push(row.start);
        block.offsets.push(row.offset);
        block.days.push(row.days);
        for (cells, cell) in block.cells.iter_mut().zip(row.cells) {
            cells.push(cell);
        }
        self.count(&row.cells, 1);
        self.rows += 1;
        self.rows - 1
    }

    /// The row at a place.
    pub fn row(&self, place: usize) -> Option<Row> {
        let block = self.blocks.get(place / BLOCK)?;
        let at = place % BLOCK;
        Some(Row {
            entity: *block.entities.get(at)?,
            start: *block.starts.get(at)?,
            offset: *block.offsets.get(at)?,
            days: *block.days.get(at)?,
            cells: std::array::from_fn(|column| block.cells[column][at]),
        })
    }

    /// Puts another row in the place of one.
    pub fn replace(&mut self, place: usize, row: &Row) {
        let Some(former) = self.row(place) else {
            return;
        };
        if former == *row {
            return;
        }
        let block = Arc::make_mut(&mut self.blocks[place / BLOCK]);
        let at = place % BLOCK;
        block.entities[at] = row.entity;
        block.starts[at] = row.start;
        block.offsets[at] = row.offset;
        block.days[at] = row.days;
        for (cells, cell) in block.cells.iter_mut().zip(row.cells) {
            cells[at] = cell;
        }
        self.count(&former.cells, -1);
        self.count(&row.cells, 1);
    }

    /// Takes a row away; the last one comes into its place, and is named.
    pub fn remove(&mut self, place: usize) -> Option<Entity> {
        let last = self.row(self.rows.checked_sub(1)?)?;
        let moved = (place + 1 < self.rows).then_some(last.entity);
        if moved.is_some() {
            self.replace(place, &last);
        }
        let block = Arc::make_mut(self.blocks.last_mut()?);
        block.entities.pop();
        block.starts.pop();
        block.offsets.pop();
        block.days.pop();
        for cells in &mut block.cells {
            cells.pop();
        }
        if block.entities.is_empty() {
            self.blocks.pop();
        }
        self.rows -= 1;
        self.count(&last.cells, -1);
        moved
    }

    fn count(&mut self, cells: &[SetId; COLUMNS], by: i32) {
        let kind = cells[Column::Kind.place()];
        if !self.dictionary(Column::Kind).has(kind, PERFORMANCE) {
            return;
        }
        let is_cancelled = self.is_cancelled(cells[Column::Status.place()]);
        for column in Column::ALL {
            if is_cancelled && column != Column::Status {
                continue;
            }
            let tally = Arc::make_mut(&mut self.tallies[column.place()]);
            if let Some(count) = tally.get_mut(cells[column.place()] as usize) {
                *count = count.saturating_add_signed(by);
            }
        }
    }

    fn is_cancelled(&self, status: SetId) -> bool {
        self.dictionary(Column::Status).has(status, CANCELLED)
    }

    /// Every row, in the order of the table.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        (0..self.rows).filter_map(|place| self.row(place))
    }

    /// Counts the performances that all filters let pass, by each facet; a facet that is filtered
    /// itself says how many there would be of its other values. Those that do not take place are
    /// counted only when their status is asked for.
    pub fn select(&self, filters: &[Filter<'_>]) -> Selection {
        if filters.is_empty() {
            return self.all();
        }
        let mut filters: Vec<(&Facet, Vec<bool>)> = filters
            .iter()
            .map(|filter| (filter.facet, self.accepted(filter)))
            .collect();
        if !filters.iter().any(|(facet, _)| facet.name == STATUS) {
            let status = self.dictionary(Column::Status);
            let sets = (0..).take(status.sets.len());
            let accepted = sets.map(|set| !status.has(set, CANCELLED)).collect();
            let facet = Facet::named(STATUS).expect("it is a row of the table");
            filters.push((facet, accepted));
        }
        let performances = Filter {
            facet: &KIND,
            keys: vec![PERFORMANCE],
        };
        filters.push((&KIND, self.accepted(&performances)));
        let empty = || -> Vec<u32> { Vec::new() };
        let mut tallies: [Vec<u32>; COLUMNS] =
            std::array::from_fn(|column| vec![0; self.tallies[column].len()]);
        // What one filter alone keeps away, in the column of its facet.
        let mut nearly: Vec<Vec<u32>> = filters
            .iter()
            .map(|(facet, _)| vec![0; self.tallies[facet.column.place()].len()])
            .collect();
        let (mut passing, mut failing) = (empty(), empty());
        let mut failed: Vec<(u8, u8)> = Vec::new();
        let mut total = 0;
        for block in &self.blocks {
            failed.clear();
            failed.resize(block.entities.len(), (0, 0));
            for (number, (facet, accepted)) in (0_u8..).zip(&filters) {
                let cells = &block.cells[facet.column.place()];
                for (cell, (count, which)) in cells.iter().zip(&mut failed) {
                    if !accepted.get(*cell as usize).copied().unwrap_or(false) {
                        *count = count.saturating_add(1);
                        *which = number;
                    }
                }
            }
            passing.clear();
            failing.clear();
            for (row, (count, _)) in (0_u32..).zip(&failed) {
                match count {
                    0 => passing.push(row),
                    1 => failing.push(row),
                    _ => {}
                }
            }
            total += passing.len() as u64;
            for (cells, tally) in block.cells.iter().zip(&mut tallies) {
                for row in &passing {
                    let cell = cells[*row as usize] as usize;
                    tally[cell] += 1;
                }
            }
            for row in &failing {
                let (_, which) = failed[*row as usize];
                let (facet, _) = &filters[usize::from(which)];
                let cell = block.cells[facet.column.place()][*row as usize] as usize;
                nearly[usize::from(which)][cell] += 1;
            }
        }
        let counts = FACETS.iter().map(|facet| {
            let mut tally = tallies[facet.column.place()].clone();
            for ((filtered, _), nearly) in filters.iter().zip(&nearly) {
                if std::ptr::eq(*filtered, facet) {
                    tally.iter_mut().zip(nearly).for_each(|(a, b)| *a += b);
                }
            }
            self.counts(facet, &tally)
        });
        Selection {
            total,
            facets: counts.collect(),
        }
    }

    fn all(&self) -> Selection {
        let total = self.tallies[Column::Source.place()].iter();
        Selection {
            total: total.map(|count| u64::from(*count)).sum(),
            facets: FACETS
                .iter()
                .map(|facet| self.counts(facet, &self.tallies[facet.column.place()]))
                .collect(),
        }
    }

    /// By set, whether a filter lets it pass.
    fn accepted(&self, filter: &Filter<'_>) -> Vec<bool> {
        let dictionary = self.dictionary(filter.facet.column);
        let values: Vec<bool> = dictionary
            .values
            .values()
            .map(|value| {
                let key = filter.facet.key_of(value);
                key.is_some_and(|key| filter.keys.contains(&key))
            })
            .collect();
        let is_wanted = |value: &u32| values.get(*value as usize).copied().unwrap_or(false);
        dictionary
            .sets
            .iter()
            .map(|set| set.iter().any(is_wanted))
            .collect()
    }

    /// What a facet makes of the counts of the sets of its column.
    fn counts(&self, facet: &'static Facet, tally: &[u32]) -> FacetCounts {
        let dictionary = self.dictionary(facet.column);
        let mut by_value: Vec<u64> = vec![0; dictionary.values.len()];
        let mut by_key: FxHashMap<&str, (u64, u32)> = FxHashMap::default();
        for (set, count) in dictionary.sets.iter().zip(tally) {
            if *count == 0 {
                continue;
            }
            if facet.is_whole() {
                for value in set {
                    by_value[*value as usize] += u64::from(*count);
                }
                continue;
            }
            // Two places of a performance in one town count once.
            let keys = set.iter().filter_map(|value| {
                let (_, known) = dictionary.values.get_index(*value as usize)?;
                Some((facet.key_of(known)?, *value))
            });
            let mut seen: Vec<&str> = Vec::new();
            for (key, value) in keys {
                if !seen.contains(&key) {
                    seen.push(key);
                    let (total, _) = by_key.entry(key).or_insert((0, value));
                    *total += u64::from(*count);
                }
            }
        }
        let whole = (0_u32..).zip(by_value).filter(|(_, count)| *count > 0);
        let mut values: Vec<(&str, &Said, ValueCount)> = whole
            .chain(by_key.into_values().map(|(count, value)| (value, count)))
            .filter_map(|(value, count)| {
                let (said, known) = dictionary.values.get_index(value as usize)?;
                Some((facet.key_of(known)?, said, ValueCount { value, count }))
            })
            .collect();
        values.sort_unstable_by(|(a, of_a, x), (b, of_b, y)| {
            let most = if facet.is_in_order {
                Ordering::Equal
            } else {
                y.count.cmp(&x.count)
            };
            most.then_with(|| (a, of_a).cmp(&(b, of_b)))
        });
        let values = values.into_iter().map(|(_, _, count)| count).collect();
        FacetCounts { facet, values }
    }

    /// The value that a count is of.
    pub fn value_of(&self, facet: &Facet, count: &ValueCount) -> Option<&Value> {
        let values = &self.dictionary(facet.column).values;
        values
            .get_index(count.value as usize)
            .map(|(_, value)| value)
    }

    /// The value that a key stands for, if there is one.
    pub fn value_with(&self, facet: &Facet, key: &str) -> Option<&Value> {
        let mut values = self.dictionary(facet.column).values.values();
        values.find(|value| facet.key_of(value) == Some(key))
    }

    /// The keys of a facet, those that nothing counts for among them.
    pub fn keys(&self, facet: &Facet) -> impl Iterator<Item = &str> {
        let values = self.dictionary(facet.column).values.values();
        values.filter_map(facet.key)
    }

    /// The parts from which a table can be made again: by column, the values and the sets.
    pub fn dictionaries(&self) -> &[Arc<Dictionary>; COLUMNS] {
        &self.dictionaries
    }

    /// A table without rows.
    pub fn of_dictionaries(dictionaries: [Dictionary; COLUMNS]) -> Self {
        Self {
            tallies: std::array::from_fn(|column| {
                Arc::new(vec![0; dictionaries[column].sets.len()])
            }),
            dictionaries: dictionaries.map(Arc::new),
            ..Self::default()
        }
    }
}

/// Lets those pass that have one of the keys in a facet.
#[derive(Clone, Debug)]
pub struct Filter<'a> {
    pub facet: &'static Facet,
    pub keys: Vec<&'a str>,
}

/// How many performances there are of what.
#[derive(Clone, Debug)]
pub struct Selection {
    pub total: u64,
    /// In the order of [`FACETS`].
    pub facets: Vec<FacetCounts>,
}

#[derive(Clone, Debug)]
pub struct FacetCounts {
    pub facet: &'static Facet,
    /// The most frequent first, or in order.
    pub values: Vec<ValueCount>,
}

/// How many there are of a value, or of all that count like it.
#[derive(Clone, Copy, Debug)]
pub struct ValueCount {
    value: u32,
    pub count: u64,
}

fn number_of(place: usize) -> u32 {
    u32::try_from(place).expect("there are fewer than 2^32 values in memory")
}
