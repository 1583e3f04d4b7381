//! What is on in some days: a page of it in the order of the clocks of its places, what is apart,
//! and how much there is of what.
//!
//! One pass looks at the start of every row; everything else is in proportion to what is on in the
//! days that are asked for.

use super::{
    BLOCK, Block, CANCELLED, COLUMNS, Column, FACETS, Facet, FacetCounts, Filter, KIND,
    PERFORMANCE, Start, Table, number_of,
};
use crate::app::following::entities::Entity;
use crate::app::statistics::performances::NEVER;
use jiff::civil::Date;

/// What no longer has a date.
const POSTPONED: &str = "EventPostponed";
/// Whom everybody may join: what is open to all, and what says nothing else.
const OPEN: &[&str] = &["ouvert-a-tous", "scolaires-et-tout-public"];
/// Chooses whatever the access is.
pub const ALL: &str = "all";
/// What stands in a list by day where no kind is asked for.
const LISTED: &[&str] = &[PERFORMANCE, "meeting"];
/// What is on for several days, and is told apart.
const APART: &[&str] = &["festival", "series"];
/// How many halves of a second a day has: see [`Start`].
const DAY: i64 = 2 * 86_400;

/// The facets of what is on, in the order in which they are shown.
pub fn facets() -> impl Iterator<Item = &'static Facet> {
    const SHOWN: &[&str] = &[
        "discipline",
        "region",
        "department",
        "town",
        "place",
        "organiser",
        "accessibility",
        "audience",
        "language",
        "access",
        "price",
    ];
    let named = SHOWN.iter().filter_map(|name| Facet::named(name));
    named.chain([&KIND])
}

/// The facet of a name, in addresses.
pub fn named(name: &str) -> Option<&'static Facet> {
    let status = FACETS.iter().find(|facet| facet.name == super::STATUS);
    facets().chain(status).find(|facet| facet.name == name)
}

/// A circle on the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// In degrees.
    pub latitude: f64,
    pub longitude: f64,
    pub kilometres: f64,
}

/// What somebody asks for.
pub struct Wanted<'w> {
    pub filters: &'w [Filter<'w>],
    pub near: Option<Near>,
    /// The first and the last day, where the clock is so many minutes ahead of UTC.
    pub days: &'w dyn Fn(i16) -> (Date, Date),
    /// How many are left out before the page, and how many are on it.
    pub offset: usize,
    pub limit: usize,
    /// How many are named of what is apart.
    pub apart: usize,
    /// By which facets all of it is counted.
    pub facets: &'w [&'static Facet],
}

/// What is on.
#[derive(Clone, Debug, Default)]
pub struct Agenda {
    /// How many take place.
    pub total: u64,
    /// How many stand in the list: with those that were cancelled.
    pub listed: usize,
    /// The part of the list that was asked for, by day and time.
    pub page: Vec<Entry>,
    /// What was put off and has no new date.
    pub postponed: Apart,
    /// What began before the days and is still on, and festivals and series.
    pub ongoing: Apart,
    pub facets: Vec<FacetCounts>,
}

/// What is no part of the list.
#[derive(Clone, Debug, Default)]
pub struct Apart {
    pub total: usize,
    /// The first of them.
    pub entries: Vec<Entry>,
}

/// Something that is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub start: Start,
    pub entity: Entity,
    pub days: u16,
    pub offset: i16,
    /// Its place in the table.
    pub row: u32,
}

impl Entry {
    /// The day on which it starts, where it is.
    pub fn day(&self) -> Date {
        day_of(self.start)
    }
}

fn day_of(start: Start) -> Date {
    let days = i32::try_from(start.div_euclid(DAY)).unwrap_or_default();
    let span = jiff::Span::new().days(days);
    Date::constant(1970, 1, 1)
        .checked_add(span)
        .unwrap_or(Date::MAX)
}

/// The start of a day.
fn start_of(day: Date) -> Start {
    let span = Date::constant(1970, 1, 1).until(day);
    i64::from(span.map_or(0, |span| span.get_days())) * DAY
}

/// A filter as it is asked of rows: by set of its column, whether it lets it pass.
struct Sieve {
    facet: Option<&'static Facet>,
    column: Column,
    accepted: Vec<bool>,
}

impl Sieve {
    fn passes(&self, block: &Block, at: usize) -> bool {
        let set = block.cells[self.column.place()][at] as usize;
        self.accepted.get(set).copied().unwrap_or(false)
    }
}

impl Table {
    /// What is on.
    pub fn agenda(&self, wanted: &Wanted<'_>) -> Agenda {
        let sieves = self.sieves(wanted);
        let is_status_asked = wanted
            .filters
            .iter()
            .any(|filter| filter.facet.name == super::STATUS);
        let is_kind_asked = wanted
            .filters
            .iter()
            .any(|filter| filter.facet.name == KIND.name);
        let status = |wanted: &str| -> Vec<bool> {
            let known = self.dictionary(Column::Status);
            let sets = (0..).take(known.sets.len());
            sets.map(|set| !is_status_asked && known.has(set, wanted))
                .collect()
        };
        let (cancelled, postponed) = (status(CANCELLED), status(POSTPONED));
        let kinds = self.sets_with(Column::Kind, APART);
        let mut tallies: [Vec<u32>; COLUMNS] =
            std::array::from_fn(|column| vec![0; self.dictionaries[column].sets.len()]);
        let mut nearly: Vec<Vec<u32>> = sieves
            .iter()
            .map(|sieve| vec![0; self.tallies[sieve.column.place()].len()])
            .collect();
        let columns: Vec<usize> = {
            let mut columns: Vec<usize> = wanted
                .facets
                .iter()
                .map(|facet| facet.column.place())
                .collect();
            columns.sort_unstable();
            columns.dedup();
            columns
        };
        let mut bounds = Bounds::new(wanted.days);
        let mut agenda = Agenda::default();
        let mut list: Vec<Entry> = Vec::new();
        for (number, block) in self.blocks.iter().enumerate() {
            for (at, start) in block.starts.iter().enumerate() {
                if *start == NEVER {
                    continue;
                }
                let (from, until) = bounds.of(block.offsets[at]);
                if *start >= until {
                    continue;
                }
                let days = block.days[at];
                let is_before = *start < from;
                if is_before && (days == 0 || *start + i64::from(days) * DAY < from) {
                    continue;
                }
                let is_apart = is_before
                    || (!is_kind_asked && has(&kinds, block.cells[Column::Kind.place()][at]));
                let mut failed = None;
                let mut failures = 0;
                for (which, sieve) in sieves.iter().enumerate() {
                    // What is told apart is of other kinds.
                    let is_of_kind = sieve.facet.is_some_and(|facet| facet.name == KIND.name);
                    let passes = sieve.passes(block, at)
                        || (is_of_kind
                            && is_apart
                            && !is_kind_asked
                            && has(&kinds, block.cells[sieve.column.place()][at]));
                    if !passes {
                        failures += 1;
                        failed = Some(which);
                        if failures > 1 || is_apart {
                            break;
                        }
                    }
                }
                if failures > 1 || (failures == 1 && is_apart) {
                    continue;
                }
                let set = block.cells[Column::Status.place()][at];
                let is_cancelled = has(&cancelled, set);
                let is_postponed = has(&postponed, set);
                let entry = Entry {
                    start: *start,
                    entity: block.entities[at],
                    days,
                    offset: block.offsets[at],
                    row: number_of(number * BLOCK + at),
                };
                match failed {
                    Some(which) => {
                        if !is_cancelled && !is_postponed {
                            let column = sieves[which].column.place();
                            count(&mut nearly[which], block.cells[column][at]);
                        }
                    }
                    None if is_postponed => agenda.postponed.entries.push(entry),
                    None if is_apart && is_cancelled => {}
                    None if is_apart => agenda.ongoing.entries.push(entry),
                    None => {
                        list.push(entry);
                        if !is_cancelled {
                            agenda.total += 1;
                            for column in &columns {
                                count(&mut tallies[*column], block.cells[*column][at]);
                            }
                        }
                    }
                }
            }
        }
        agenda.listed = list.len();
        agenda.page = page(list, wanted.offset, wanted.limit);
        for apart in [&mut agenda.postponed, &mut agenda.ongoing] {
            apart.total = apart.entries.len();
            apart.entries = page(std::mem::take(&mut apart.entries), 0, wanted.apart);
        }
        agenda.facets = wanted
            .facets
            .iter()
            .map(|facet| {
                let mut tally = tallies[facet.column.place()].clone();
                for (sieve, nearly) in sieves.iter().zip(&nearly) {
                    if sieve.facet.is_some_and(|own| std::ptr::eq(own, *facet)) {
                        tally.iter_mut().zip(nearly).for_each(|(a, b)| *a += b);
                    }
                }
                self.counts(facet, &tally)
            })
            .collect();
        agenda
    }

    /// How far ahead of UTC the clocks are of what is in the table, in minutes, sorted.
    pub fn offsets(&self) -> Vec<i16> {
        let mut offsets: Vec<i16> = Vec::new();
        let mut last = None;
        for block in &self.blocks {
            for offset in &block.offsets {
                if last != Some(*offset) {
                    last = Some(*offset);
                    if let Err(place) = offsets.binary_search(offset) {
                        offsets.insert(place, *offset);
                    }
                }
            }
        }
        offsets
    }

    fn sieves(&self, wanted: &Wanted<'_>) -> Vec<Sieve> {
        let is_asked = |name: &str| {
            let mut filters = wanted.filters.iter();
            filters.any(|filter| filter.facet.name == name)
        };
        let mut sieves: Vec<Sieve> = wanted
            .filters
            .iter()
            .filter(|filter| !(filter.facet.name == "access" && filter.keys.contains(&ALL)))
            .map(|filter| Sieve {
                facet: Some(filter.facet),
                column: filter.facet.column,
                accepted: self.accepted(filter),
            })
            .collect();
        if !is_asked("access") {
            let known = self.dictionary(Column::Access);
            let open = self.sets_with(Column::Access, OPEN);
            sieves.push(Sieve {
                facet: Facet::named("access"),
                column: Column::Access,
                accepted: known
                    .sets
                    .iter()
                    .zip(open)
                    .map(|(set, is_open)| set.is_empty() || is_open)
                    .collect(),
            });
        }
        if !is_asked(KIND.name) {
            sieves.push(Sieve {
                facet: Some(&KIND),
                column: Column::Kind,
                accepted: self.sets_with(Column::Kind, LISTED),
            });
        }
        if let Some(near) = wanted.near {
            let known = self.dictionary(Column::Place);
            let is_near: Vec<bool> = known
                .values
                .values()
                .map(|value| value.point.is_some_and(|point| near.has(point)))
                .collect();
            let is_near = |place: &u32| is_near.get(*place as usize).copied().unwrap_or(false);
            sieves.push(Sieve {
                facet: None,
                column: Column::Place,
                accepted: known
                    .sets
                    .iter()
                    .map(|set| set.iter().any(is_near))
                    .collect(),
            });
        }
        sieves
    }

    /// By set of a column, whether it has one of some keys.
    fn sets_with(&self, column: Column, keys: &[&str]) -> Vec<bool> {
        let known = self.dictionary(column);
        let sets = (0..).take(known.sets.len());
        sets.map(|set| keys.iter().any(|key| known.has(set, key)))
            .collect()
    }
}

fn has(sets: &[bool], set: u32) -> bool {
    sets.get(set as usize).copied().unwrap_or(false)
}

fn count(tally: &mut [u32], set: u32) {
    if let Some(count) = tally.get_mut(set as usize) {
        *count += 1;
    }
}

/// The first and the end of the last day by the offset of a clock; there are few of them.
struct Bounds<'b> {
    days: &'b dyn Fn(i16) -> (Date, Date),
    known: Vec<(i16, (Start, Start))>,
}

impl<'b> Bounds<'b> {
    fn new(days: &'b dyn Fn(i16) -> (Date, Date)) -> Self {
        Self {
            days,
            known: Vec::new(),
        }
    }

    fn of(&mut self, offset: i16) -> (Start, Start) {
        match self.known.iter().find(|(known, _)| *known == offset) {
            Some((_, bounds)) => *bounds,
            None => {
                let (from, until) = (self.days)(offset);
                let bounds = (start_of(from), start_of(until) + DAY);
                self.known.push((offset, bounds));
                bounds
            }
        }
    }
}

/// Some of a list in its order, without ordering the rest.
fn page(mut list: Vec<Entry>, offset: usize, limit: usize) -> Vec<Entry> {
    let end = offset.saturating_add(limit).min(list.len());
    if offset >= end {
        return Vec::new();
    }
    if end < list.len() {
        list.select_nth_unstable(end);
        list.truncate(end);
    }
    if offset > 0 {
        list.select_nth_unstable(offset);
        list.drain(..offset);
    }
    list.sort_unstable();
    list
}

impl Near {
    /// Whether a point, in millionths of a degree, is within the circle.
    fn has(&self, (latitude, longitude): (i32, i32)) -> bool {
        const EARTH_KM: f64 = 6371.0;
        let degrees = |millionths: i32| f64::from(millionths) / 1e6;
        let (a, b) = (self.latitude.to_radians(), degrees(latitude).to_radians());
        let apart = (degrees(longitude) - self.longitude).to_radians();
        // The haversine formula, which is right for what is close as well.
        let half = ((b - a) / 2.0).sin().powi(2) + a.cos() * b.cos() * (apart / 2.0).sin().powi(2);
        2.0 * EARTH_KM * half.sqrt().min(1.0).asin() <= self.kilometres
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_where_it_starts() {
        let day = Date::constant(2026, 11, 22);
        assert_eq!(day_of(start_of(day)), day);
        assert_eq!(day_of(start_of(day) + DAY - 1), day);
        assert_eq!(day_of(start_of(day) - 1), Date::constant(2026, 11, 21));
        let before = Date::constant(1969, 12, 31);
        assert_eq!(day_of(start_of(before) + 1), before);
    }

    #[test]
    fn pages_have_everything_once_and_in_order() {
        let list: Vec<Entry> = (0..997_u64)
            .map(|number| Entry {
                start: i64::try_from(number * 7919 % 101).unwrap_or_default(),
                entity: number,
                days: 0,
                offset: 60,
                row: 0,
            })
            .collect();
        let mut sorted = list.clone();
        sorted.sort_unstable();
        let pages: Vec<Entry> = (0..=20)
            .flat_map(|number| page(list.clone(), number * 50, 50))
            .collect();
        assert_eq!(pages, sorted);
        assert!(page(list, 1000, 50).is_empty());
    }

    #[test]
    fn distance_is_that_on_the_globe() {
        // Rennes to Nantes: about 100 km.
        let near = |kilometres| Near {
            latitude: 48.117,
            longitude: -1.678,
            kilometres,
        };
        let nantes = (47_218_000, -1_553_000);
        assert!(near(105.0).has(nantes) && !near(95.0).has(nantes));
        // Across the date line.
        let suva = Near {
            latitude: -17.0,
            longitude: 179.9,
            kilometres: 50.0,
        };
        assert!(suva.has((-17_000_000, -179_900_000)));
    }
}
