//! Links as a sorted sequence of rows, from which those that point to one thing are found in the
//! logarithm of how many there are.
//!
//! A row takes 24 bytes and sorts by what is pointed to, how, by what kind of thing, and when that
//! begins. The rows are in blocks that former states go on using, so that a change copies a few
//! blocks and not the table.

use crate::model::kind::{KINDS, Kind};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use std::sync::Arc;

/// How many rows a new block has; one that has twice as many is cut in two.
const BLOCK: usize = 512;

/// What points or is pointed to: the number of an entity, or, from [`FIRST_NAMED`] on, a place
/// among the names of everything else.
pub type Node = u64;
/// How something points: a place among the relations.
pub type Relation = u16;

const NODE_BITS: u32 = 54;
const KIND_BITS: u32 = 4;
const START_BITS: u32 = 44;
const OFFSET_BITS: u32 = 6;

/// One more than the number of the last name that can be given to an entity: 29¹¹.
pub const FIRST_NAMED: Node = 29_u64.pow(11);
/// One more than the last node that has room in a row.
pub const NODES: Node = 1 << NODE_BITS;
const _: () = assert!(FIRST_NAMED < NODES && KINDS.len() <= 1 << KIND_BITS);

/// Of what has no date; it sorts after all dates.
const UNDATED: u64 = (1 << START_BITS) - 1;
/// Where 1970 is among the starts.
const EPOCH: i64 = 1 << (START_BITS - 1);
/// The offset from UTC in half hours, from here on.
const NO_OFFSET: i32 = 26;

/// An instant as twice the seconds since 1970, and one more for a day without a time.
pub type Start = i64;

/// When something begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub start: Start,
    /// How many half hours its place is ahead of UTC.
    pub half_hours: i32,
}

impl Moment {
    /// As the data has it: the local time with its offset, or the day.
    pub fn text(self) -> Option<String> {
        let time = self.local()?;
        Some(if self.is_day() {
            time.date().to_string()
        } else {
            time.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
        })
    }

    /// The day where it is.
    pub fn day(self) -> Option<Date> {
        Some(self.local()?.date())
    }

    /// Whether only the day is known.
    pub fn is_day(self) -> bool {
        self.start & 1 == 1
    }

    fn local(self) -> Option<jiff::Zoned> {
        let instant = Timestamp::from_second(self.start.div_euclid(2)).ok()?;
        let offset = Offset::from_seconds(self.half_hours * 1800).ok()?;
        Some(instant.to_zoned(TimeZone::fixed(offset)))
    }
}

/// How an event stands, as far as a list tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Status {
    #[default]
    Unsaid,
    Scheduled,
    Cancelled,
    Postponed,
    Rescheduled,
    MovedOnline,
}

/// By name in schema.org.
const STATUSES: [(Status, &str); 5] = [
    (Status::Scheduled, "EventScheduled"),
    (Status::Cancelled, "EventCancelled"),
    (Status::Postponed, "EventPostponed"),
    (Status::Rescheduled, "EventRescheduled"),
    (Status::MovedOnline, "EventMovedOnline"),
];

impl Status {
    /// The status of a name in schema.org.
    pub fn named(name: &str) -> Self {
        let row = STATUSES.iter().find(|(_, known)| *known == name);
        row.map_or(Self::Unsaid, |(status, _)| *status)
    }

    /// Its name in schema.org.
    pub fn name(self) -> Option<&'static str> {
        let row = STATUSES.iter().find(|(known, _)| *known == self);
        row.map(|(_, name)| *name)
    }

    fn of_number(number: u64) -> Self {
        let row = STATUSES.iter().find(|(status, _)| *status as u64 == number);
        row.map_or(Self::Unsaid, |(status, _)| *status)
    }
}

/// That something points to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    target: Node,
    /// The relation, the kind of the subject, its start.
    how: u64,
    /// The subject, its status, the offset of its start.
    subject: u64,
}

impl Row {
    pub fn new(
        target: Node,
        relation: Relation,
        subject: Node,
        kind: &'static Kind,
        moment: Option<Moment>,
        status: Status,
    ) -> Self {
        let half_hours = moment.map_or(0, |moment| moment.half_hours);
        let offset = (half_hours + NO_OFFSET).clamp(0, (1 << OFFSET_BITS) - 1) as u64;
        Self {
            subject: subject << (64 - NODE_BITS) | (status as u64) << OFFSET_BITS | offset,
            ..Self::bound(target, relation, number_of(kind), moment.map(|m| m.start))
        }
    }

    /// Before all rows that begin then or later, of those that are alike.
    pub fn bound(target: Node, relation: Relation, kind: u64, start: Option<Start>) -> Self {
        let start = start.map_or(UNDATED, |start| {
            (start.clamp(-EPOCH, EPOCH - 2) + EPOCH) as u64
        });
        Self {
            target,
            how: u64::from(relation) << 48 | kind << START_BITS | start,
            subject: 0,
        }
    }

    /// After all undated rows that are alike.
    pub fn after_undated(self) -> Self {
        Self {
            how: self.how | UNDATED,
            subject: u64::MAX,
            ..self
        }
    }

    pub fn relation(self) -> Relation {
        (self.how >> 48) as Relation
    }

    pub fn kind(self) -> &'static Kind {
        KINDS.get(self.kind_number() as usize).unwrap_or(&KINDS[0])
    }

    pub fn kind_number(self) -> u64 {
        self.how >> START_BITS & ((1 << KIND_BITS) - 1)
    }

    pub fn moment(self) -> Option<Moment> {
        let start = self.how & UNDATED;
        let offset = (self.subject & ((1 << OFFSET_BITS) - 1)) as i32;
        (start != UNDATED).then(|| Moment {
            start: start as i64 - EPOCH,
            half_hours: offset - NO_OFFSET,
        })
    }

    pub fn subject(self) -> Node {
        self.subject >> (64 - NODE_BITS)
    }

    pub fn status(self) -> Status {
        Status::of_number(self.subject >> OFFSET_BITS & 0b1111)
    }

    /// The numbers of which [`Row::of_words`] makes it again.
    pub fn words(self) -> [u64; 3] {
        [self.target, self.how, self.subject]
    }

    pub fn of_words([target, how, subject]: [u64; 3]) -> Self {
        Self {
            target,
            how,
            subject,
        }
    }
}

/// The place of a kind in the table of kinds.
pub fn number_of(kind: &'static Kind) -> u64 {
    let place = KINDS.iter().position(|known| known == kind);
    place.unwrap_or(0) as u64
}

/// All links.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// None is empty.
    blocks: Vec<Arc<Vec<Row>>>,
    rows: usize,
}

/// Where a row is, or would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    block: usize,
    at: usize,
}

impl Table {
    /// The table of rows, which are in order and each there once.
    pub fn of_sorted(rows: &[Row]) -> Self {
        Self {
            blocks: rows
                .chunks(BLOCK)
                .map(|block| Arc::new(block.to_vec()))
                .collect(),
            rows: rows.len(),
        }
    }

    pub fn len(&self) -> usize {
        self.rows
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many bytes the rows take.
    pub fn bytes(&self) -> usize {
        let blocks = self.blocks.iter();
        let rows: usize = blocks.map(|block| block.capacity()).sum();
        rows * size_of::<Row>() + self.blocks.capacity() * size_of::<Arc<Vec<Row>>>()
    }

    /// All rows, in order.
    pub fn rows(&self) -> impl Iterator<Item = Row> {
        self.blocks.iter().flat_map(|block| block.iter().copied())
    }

    fn place(&self, row: Row) -> Place {
        let block = self
            .blocks
            .partition_point(|block| block.last().is_some_and(|last| *last < row));
        let at = self
            .blocks
            .get(block)
            .map_or(0, |rows| rows.partition_point(|known| *known < row));
        Place { block, at }
    }

    /// Adds a row; `false` when it is there already.
    pub fn insert(&mut self, row: Row) -> bool {
        let mut place = self.place(row);
        if place.block == self.blocks.len() {
            // After all others: the last block may have room.
            match self.blocks.last() {
                Some(last) => {
                    place = Place {
                        block: place.block - 1,
                        at: last.len(),
                    }
                }
                None => self.blocks.push(Arc::default()),
            }
        }
        let Some(block) = self.blocks.get_mut(place.block) else {
            return false;
        };
        if block.get(place.at) == Some(&row) {
            return false;
        }
        let rows = Arc::make_mut(block);
        rows.insert(place.at, row);
        if rows.len() > 2 * BLOCK {
            let rest = rows.split_off(BLOCK);
            self.blocks.insert(place.block + 1, Arc::new(rest));
        }
        self.rows += 1;
        true
    }

    /// Takes a row away; `false` when it was not there.
    pub fn remove(&mut self, row: Row) -> bool {
        let place = self.place(row);
        let Some(block) = self.blocks.get_mut(place.block) else {
            return false;
        };
        if block.get(place.at) != Some(&row) {
            return false;
        }
        let rows = Arc::make_mut(block);
        rows.remove(place.at);
        if rows.is_empty() {
            self.blocks.remove(place.block);
        }
        self.rows -= 1;
        true
    }

    /// The rows from one bound to before another.
    pub fn span(&self, from: Row, to: Row) -> Span<'_> {
        let (from, to) = (self.place(from), self.place(to));
        let len = if from.block == to.block {
            to.at.saturating_sub(from.at)
        } else {
            let between = self.blocks.get(from.block..to.block).unwrap_or_default();
            let rows: usize = between.iter().map(|block| block.len()).sum();
            (rows + to.at).saturating_sub(from.at)
        };
        Span {
            table: self,
            from,
            len,
        }
    }
}

/// Rows that stand next to each other.
#[derive(Clone, Copy)]
pub struct Span<'a> {
    table: &'a Table,
    from: Place,
    len: usize,
}

impl<'a> Span<'a> {
    pub fn len(&self) -> usize {
        self.len
    }

    /// The first of them.
    pub fn first(&self) -> Option<Row> {
        self.page(0, 1, false).pop()
    }

    /// Some of them, after so many; from the end when it is reversed.
    pub fn page(&self, offset: usize, limit: usize, is_reversed: bool) -> Vec<Row> {
        let limit = limit.min(self.len.saturating_sub(offset));
        let skipped = if is_reversed {
            self.len - offset.min(self.len) - limit
        } else {
            offset
        };
        let mut rows: Vec<Row> = self.after(skipped).take(limit).collect();
        if is_reversed {
            rows.reverse();
        }
        rows
    }

    fn after(&self, mut skipped: usize) -> impl Iterator<Item = Row> + use<'a> {
        let mut place = self.from;
        while let Some(block) = self.table.blocks.get(place.block) {
            let here = block.len() - place.at;
            if skipped < here {
                place.at += skipped;
                break;
            }
            skipped -= here;
            place = Place {
                block: place.block + 1,
                at: 0,
            };
        }
        let blocks = self.table.blocks.get(place.block..).unwrap_or_default();
        let mut first = place.at;
        blocks.iter().flat_map(move |block| {
            let rows = block.get(first..).unwrap_or_default();
            first = 0;
            rows.iter().copied()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn kind(name: &str) -> &'static Kind {
        Kind::named(name).expect("a kind")
    }

    fn row(number: u64) -> Row {
        let moment = Moment {
            start: (number * 7919 % 1000) as i64 * 2,
            half_hours: 2,
        };
        let relation = (number % 3) as Relation;
        let performance = kind("performance");
        Row::new(
            number % 10,
            relation,
            number,
            performance,
            Some(moment),
            Status::Cancelled,
        )
    }

    #[test]
    fn a_row_gives_back_what_it_was_made_of() {
        for start in [-6_000_000_001, -1, 0, 1, 3_600_000_000_001] {
            for half_hours in [-24, -19, 0, 1, 28] {
                let moment = Moment { start, half_hours };
                let person = kind("concept");
                let row = Row::new(
                    NODES - 1,
                    65_535,
                    FIRST_NAMED,
                    person,
                    Some(moment),
                    Status::MovedOnline,
                );
                assert_eq!(row.moment(), Some(moment));
                assert_eq!((row.target, row.subject()), (NODES - 1, FIRST_NAMED));
                assert_eq!((row.relation(), row.kind().name), (65_535, "concept"));
                assert_eq!(row.status(), Status::MovedOnline);
                assert_eq!(Row::of_words(row.words()), row);
            }
        }
        let undated = Row::new(1, 2, 3, kind("person"), None, Status::Unsaid);
        assert_eq!((undated.moment(), undated.status()), (None, Status::Unsaid));
    }

    #[test]
    fn a_moment_is_written_as_it_was_said() {
        for (start, half_hours, text) in [
            (1_803_929_400_i64 * 2, 2, "2027-03-01T20:30:00+01:00"),
            (1_803_929_400 * 2, -19, "2027-03-01T10:00:00-09:30"),
            (1_803_859_200 * 2 + 1, 0, "2027-03-01"),
        ] {
            let moment = Moment { start, half_hours };
            assert_eq!(moment.text().as_deref(), Some(text));
        }
    }

    #[test]
    fn rows_come_and_go_and_stay_in_order() {
        let mut table = Table::default();
        let mut expected = BTreeSet::new();
        let mut states = Vec::new();
        for number in 0..6000_u64 {
            assert!(table.insert(row(number)) && !table.insert(row(number)));
            expected.insert(row(number));
            if number % 3 == 0 {
                assert!(table.remove(row(number / 2)) == expected.remove(&row(number / 2)));
            }
            if number % 1000 == 0 {
                states.push((table.clone(), expected.clone()));
            }
        }
        for number in 6000..9000 {
            assert!(!table.remove(row(number)));
        }
        states.push((table, expected));
        for (table, expected) in states {
            assert_eq!(table.len(), expected.len());
            assert!(table.rows().eq(expected.iter().copied()));
            let sorted: Vec<Row> = expected.iter().copied().collect();
            let made = Table::of_sorted(&sorted);
            assert!(made.rows().eq(sorted.iter().copied()));
            for target in 0..10 {
                let (from, to) = (
                    Row::bound(target, 1, 0, Some(0)),
                    Row::bound(target, 2, 0, Some(0)),
                );
                let there: Vec<Row> = sorted
                    .iter()
                    .copied()
                    .filter(|row| row.target == target && row.relation() == 1)
                    .collect();
                let span = table.span(from, to);
                assert_eq!(span.len(), there.len());
                for (offset, limit) in [(0, 7), (5, 1000), (200, 3), (9999, 1)] {
                    let page = there.iter().copied().skip(offset).take(limit);
                    assert!(span.page(offset, limit, false).into_iter().eq(page));
                    let page = there.iter().rev().copied().skip(offset).take(limit);
                    assert!(span.page(offset, limit, true).into_iter().eq(page));
                }
            }
        }
    }

    #[test]
    fn a_table_that_empties_keeps_no_block() {
        let mut table = Table::default();
        (0..2000).for_each(|number| assert!(table.insert(row(number))));
        (0..2000).for_each(|number| assert!(table.remove(row(number))));
        assert!(table.is_empty() && table.blocks.is_empty());
        assert_eq!(table.span(row(1), row(2)).len(), 0);
    }
}
