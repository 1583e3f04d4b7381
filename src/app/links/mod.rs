//! What links here: for every entity and concept what points to it, by what it is to it, by kind
//! and by date, so that a page with ten thousand links reads those that it shows.
//!
//! The [`Follower`] reads the log behind the store; its cost is in proportion to the change. What
//! is known is one immutable [`State`], which readers share and which names its generation. It is
//! kept in `DIR/index/links` and can be made again from the store at any time. While there is
//! none, pages look into the store as far as a short look goes.

mod follow;
mod keep;
mod reading;
mod table;

pub use follow::Follower;
pub use table::{Moment, Status};

use crate::app::following::{Current, Pass, Progress};
use crate::model::vocabulary::schema;
use crate::model::{Base, Generation, Kind};
use crate::publish::select::Labels;
use crate::publish::{Dates, Incoming, LinkGroup, LinksHere};
use crate::rdf::QuadsError;
use crate::store::StoreError;
use jiff::Timestamp;
use oxrdf::NamedNode;
use reading::Naming;
use rustc_hash::FxHashSet;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use table::{Node, Relation, Row, Span, Start, Table, number_of};

#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the links could not be read: {0}")]
    Quads(#[from] QuadsError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// The program ends.
    #[error("the reading of links was interrupted")]
    Interrupted,
}

/// How many things that belong to one are looked at for its performances.
const BELONGING: usize = 500;
/// How far what belongs to something may be from it: a series in a festival of a recurring one.
const DEPTH: usize = 3;
/// How many performances of one thing are looked at, to come and over alike.
const PERFORMANCES: usize = 20_000;

/// How much of the links a page shows.
const ROWS: usize = 12;
const ALL_ROWS: usize = 96;
const NEXT: usize = 30;
const LAST: usize = 6;
const DAYS: usize = 366;
const PAST_DAYS: usize = 62;

const DAY_SECONDS: i64 = 86_400;

/// The links of one generation.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub generation: Generation,
    /// What the vocabulary's terms are called: classes, properties, concepts.
    pub labels: Arc<Labels>,
    naming: Naming,
    table: Table,
}

/// Which links are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter<'a> {
    /// The property, or function, that points.
    pub relation: Option<&'a str>,
    /// The kind of what points.
    pub kind: Option<&'static Kind>,
    pub when: When,
}

/// Links by when the one that points begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum When {
    /// First what is to come, then what is over, then what has no date.
    #[default]
    All,
    Upcoming,
    Past,
    Undated,
}

/// That something points here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub subject: NamedNode,
    pub relation: NamedNode,
    pub kind: &'static Kind,
    pub moment: Option<Moment>,
    pub status: Status,
}

/// How much points to something in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Total {
    pub relation: NamedNode,
    pub kind: &'static Kind,
    pub total: usize,
    pub upcoming: usize,
    pub past: usize,
}

/// Where a day begins, or the time to come: what begins on the same day, in UTC, may still be on.
pub fn today(now: Timestamp) -> Start {
    now.as_second().div_euclid(DAY_SECONDS) * DAY_SECONDS * 2
}

/// The links to one thing of one relation and kind.
#[derive(Clone, Copy)]
struct Group {
    relation: Relation,
    kind: u64,
}

impl State {
    /// How many links there are.
    pub fn len(&self) -> usize {
        self.table.len()
    }

    pub fn is_empty(&self) -> bool {
        self.table.is_empty()
    }

    /// How many bytes the links take in memory, without the names of what is no entity.
    pub fn bytes(&self) -> usize {
        self.table.bytes()
    }

    /// How much points to something, by relation and kind: first that of which most is to come.
    pub fn totals(&self, base: &Base, target: &NamedNode, today: Start) -> Vec<Total> {
        let Some(node) = self.naming.node(base, target.as_str()) else {
            return Vec::new();
        };
        let mut totals: Vec<Total> = self
            .groups(node)
            .into_iter()
            .map(|group| self.total(node, group, today))
            .collect();
        totals.sort_by(|a, b| order(a).cmp(&order(b)));
        totals
    }

    /// Some of what points to something, after so many, and how much there is in all.
    pub fn incoming(
        &self,
        base: &Base,
        target: &NamedNode,
        filter: &Filter<'_>,
        today: Start,
        offset: usize,
        limit: usize,
    ) -> (Vec<Link>, usize) {
        let Some(node) = self.naming.node(base, target.as_str()) else {
            return (Vec::new(), 0);
        };
        let mut rows = Vec::new();
        let mut before = 0;
        for total in self.totals(base, target, today) {
            let relation = total.relation.as_str();
            let is_wanted = filter.relation.is_none_or(|wanted| wanted == relation)
                && filter.kind.is_none_or(|wanted| wanted == total.kind);
            let Some(relation) = self.naming.relation(relation).filter(|_| is_wanted) else {
                continue;
            };
            let group = Group {
                relation,
                kind: number_of(total.kind),
            };
            for (span, is_reversed) in self.spans(node, group, filter.when, today) {
                let skipped = offset.saturating_sub(before).min(span.len());
                let room = limit - rows.len();
                if before + span.len() > offset && room > 0 {
                    rows.extend(span.page(skipped, room, is_reversed));
                }
                before += span.len();
            }
        }
        let links = rows.into_iter().map(|row| self.link(base, row)).collect();
        (links, before)
    }

    /// Some of the performances of something, and of what belongs to it, that begin in a range of
    /// time, by date, after so many; and how many there are in all. `true` when there may be more.
    pub fn performances(
        &self,
        base: &Base,
        target: &NamedNode,
        range: Range<Start>,
        offset: usize,
        limit: usize,
    ) -> (Vec<Link>, usize, bool) {
        let Some(node) = self.naming.node(base, target.as_str()) else {
            return (Vec::new(), 0, false);
        };
        let (belonging, mut is_cut) = self.belonging(node);
        let (rows, is_short) = self.performances_of(&belonging, range, false);
        is_cut |= is_short;
        let total = rows.len();
        let page = rows.into_iter().skip(offset).take(limit);
        (
            page.map(|row| self.link(base, row)).collect(),
            total,
            is_cut,
        )
    }

    /// What a page shows of what points to something.
    pub fn here(&self, base: &Base, target: &NamedNode, now: Timestamp) -> LinksHere {
        let today = today(now);
        let mut left = ALL_ROWS;
        let totals = self.totals(base, target, today).into_iter();
        let groups = totals.map(|total| {
            let filter = Filter {
                relation: Some(total.relation.as_str()),
                kind: Some(total.kind),
                when: When::All,
            };
            let (rows, _) = self.incoming(base, target, &filter, today, 0, ROWS.min(left));
            left -= rows.len();
            LinkGroup {
                kind: total.kind,
                total: total.total,
                upcoming: total.upcoming,
                rows: rows.into_iter().map(Into::into).collect(),
                relation: total.relation,
            }
        });
        LinksHere {
            groups: groups.collect(),
            dates: self.dates(base, target, today),
            generation: Some(self.generation),
            is_cut: false,
        }
    }

    /// The performances of something, for its page. Those that are cancelled, or put off without a
    /// new date, are shown and not counted.
    fn dates(&self, base: &Base, target: &NamedNode, today: Start) -> Dates {
        let Some(node) = self.naming.node(base, target.as_str()) else {
            return Dates::default();
        };
        let (belonging, mut is_cut) = self.belonging(node);
        let (next, is_short) = self.performances_of(&belonging, today..Start::MAX, false);
        is_cut |= is_short;
        let (last, is_short) = self.performances_of(&belonging, Start::MIN..today, true);
        is_cut |= is_short;
        let upcoming = next.iter().filter(|row| takes_place(row)).count();
        let rows = next.iter().take(NEXT).chain(last.iter().take(LAST));
        Dates {
            total: upcoming + last.iter().filter(|row| takes_place(row)).count(),
            upcoming,
            listed: next.len() + last.len(),
            is_cut,
            rows: rows.map(|row| self.link(base, *row).into()).collect(),
            days: by_day(&next, DAYS),
            past_days: by_day(&last, PAST_DAYS),
        }
    }

    /// The relations and kinds in which something is pointed to.
    fn groups(&self, target: Node) -> Vec<Group> {
        let end = Row::bound(target + 1, 0, 0, Some(Start::MIN));
        let mut groups = Vec::new();
        let mut from = Row::bound(target, 0, 0, Some(Start::MIN));
        while let Some(row) = self.table.span(from, end).first() {
            let group = Group {
                relation: row.relation(),
                kind: row.kind_number(),
            };
            groups.push(group);
            from = group.end(target);
        }
        groups
    }

    fn total(&self, target: Node, group: Group, today: Start) -> Total {
        let count = |when| {
            let spans = self.spans(target, group, when, today).into_iter();
            spans.map(|(span, _)| span.len()).sum()
        };
        let from = group.bound(target, Some(Start::MIN));
        let all = self.table.span(from, group.end(target));
        Total {
            relation: self.naming.relation_iri(group.relation),
            kind: all.first().map_or(&crate::model::kind::KINDS[0], Row::kind),
            total: all.len(),
            upcoming: count(When::Upcoming),
            past: count(When::Past),
        }
    }

    /// The rows of a group in the order in which they are shown; `true` where it is from the end.
    fn spans(&self, target: Node, group: Group, when: When, today: Start) -> Vec<(Span<'_>, bool)> {
        let first = group.bound(target, Some(Start::MIN));
        let (today, undated) = (group.bound(target, Some(today)), group.bound(target, None));
        let upcoming = (self.table.span(today, undated), false);
        let past = (self.table.span(first, today), true);
        let undated = (self.table.span(undated, group.end(target)), false);
        match when {
            When::All => vec![upcoming, past, undated],
            When::Upcoming => vec![upcoming],
            When::Past => vec![past],
            When::Undated => vec![undated],
        }
    }

    /// Something and what belongs to it: the productions of a person, the rooms of a building, the
    /// series of a festival. `true` when that was not all.
    fn belonging(&self, target: Node) -> (Vec<Node>, bool) {
        let contained = self.naming.relation(schema::CONTAINED_IN_PLACE.as_str());
        let mut all = vec![target];
        let mut known = FxHashSet::from_iter([target]);
        let mut first = 0;
        for _ in 0..DEPTH {
            let nodes: Vec<Node> = all.iter().skip(first).copied().collect();
            first = all.len();
            for node in nodes {
                for group in self.groups(node) {
                    let kind = crate::model::kind::KINDS.get(group.kind as usize);
                    let belongs = match kind.map(|kind| kind.name) {
                        Some("place") => Some(group.relation) == contained,
                        Some(kind) => BELONG.contains(&kind),
                        None => false,
                    };
                    if !belongs {
                        continue;
                    }
                    let from = group.bound(node, Some(Start::MIN));
                    let span = self.table.span(from, group.end(node));
                    // The newest ones, where they are too many.
                    for row in span.page(0, BELONGING, true) {
                        if all.len() >= BELONGING {
                            return (all, true);
                        }
                        if known.insert(row.subject()) {
                            all.push(row.subject());
                        }
                    }
                }
            }
        }
        (all, false)
    }

    /// The performances that point to any of these and begin in a range of time, each once, by
    /// date; the latest first when they are reversed. `true` when that was not all.
    fn performances_of(
        &self,
        targets: &[Node],
        range: Range<Start>,
        is_reversed: bool,
    ) -> (Vec<Row>, bool) {
        let mut rows: Vec<Row> = Vec::new();
        let mut is_cut = false;
        for target in targets {
            for group in self.groups(*target) {
                let kind = crate::model::kind::KINDS.get(group.kind as usize);
                if !kind.is_some_and(Kind::is_performance) {
                    continue;
                }
                let span = self.table.span(
                    group.bound(*target, Some(range.start)),
                    group.bound(*target, Some(range.end)),
                );
                let room = PERFORMANCES.saturating_sub(rows.len());
                is_cut |= span.len() > room;
                rows.extend(span.page(0, room, is_reversed));
            }
        }
        let key = |row: &Row| (row.moment().map(|moment| moment.start), row.subject());
        if is_reversed {
            rows.sort_unstable_by_key(|row| Reverse(key(row)));
        } else {
            rows.sort_unstable_by_key(key);
        }
        // What points to several of them counts once.
        rows.dedup_by_key(|row| row.subject());
        (rows, is_cut)
    }

    fn link(&self, base: &Base, row: Row) -> Link {
        Link {
            subject: self.naming.iri(base, row.subject()),
            relation: self.naming.relation_iri(row.relation()),
            kind: row.kind(),
            moment: row.moment(),
            status: row.status(),
        }
    }
}

fn takes_place(row: &Row) -> bool {
    !matches!(row.status(), Status::Cancelled | Status::Postponed)
}

/// How many performances take place on the first so many days that have any, by day.
fn by_day(rows: &[Row], most: usize) -> Vec<(String, usize)> {
    let mut days: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.iter().filter(|row| takes_place(row)) {
        if let Some(day) = row.moment().and_then(Moment::day) {
            let day = day.to_string();
            if days.len() >= most && !days.contains_key(&day) {
                break;
            }
            *days.entry(day).or_default() += 1;
        }
    }
    days.into_iter().collect()
}

/// The kinds whose performances are those of what they point to.
const BELONG: &[&str] = &[
    "production",
    "work",
    "series",
    "festival",
    "season",
    "recurring-festival",
];

impl Group {
    fn bound(self, target: Node, start: Option<Start>) -> Row {
        Row::bound(target, self.relation, self.kind, start)
    }

    /// After all its rows.
    fn end(self, target: Node) -> Row {
        self.bound(target, None).after_undated()
    }
}

/// The order in which groups are shown.
fn order(total: &Total) -> (Reverse<usize>, Reverse<usize>, &str, &str) {
    let relation = total.relation.as_str();
    (
        Reverse(total.upcoming),
        Reverse(total.total),
        relation,
        total.kind.name,
    )
}

impl From<Link> for Incoming {
    /// The link as documents have it, without its place.
    fn from(link: Link) -> Self {
        let status = link.status.name();
        Self {
            date: link.moment.and_then(Moment::text),
            status: status.map(|name| NamedNode::new_unchecked(format!("{}{name}", schema::NS))),
            ..Self::new(link.subject, link.kind)
        }
    }
}

/// What is known, for all who want to read it.
pub struct Links {
    current: Current<State>,
    pass: Pass,
    folder: PathBuf,
}

impl Links {
    /// Those of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            current: Current::default(),
            pass: Pass::default(),
            folder: data.join("index").join("links"),
        }
    }

    /// The links, or `None` while they are not read yet. They stay as they are for whoever holds
    /// them, and may be a moment behind the store: they say at which generation they are.
    pub fn current(&self) -> Option<Arc<State>> {
        self.current.get()
    }

    /// How far the reading of everything is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.pass.progress()
    }

    fn publish(&self, state: State) {
        self.current.set(state);
    }
}
