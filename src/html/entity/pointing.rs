//! What points to the entity, as the sections of the page need it.

use crate::model::Kind;
use crate::model::vocabulary::schema;
use crate::publish::{Document, Incoming};
use oxrdf::NamedNode;

/// Something that points here.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub iri: &'a str,
    pub date: Option<&'a str>,
    pub place: Option<&'a NamedNode>,
    pub status: Option<&'a NamedNode>,
    pub kind: Option<&'static Kind>,
}

/// What points here in one way.
pub(super) struct Group<'a> {
    pub relation: &'a str,
    pub kind: &'static Kind,
    pub total: usize,
    pub rows: Vec<Row<'a>>,
}

/// Performances by date: those to come, soonest first, then those that are over, latest first.
#[derive(Default)]
pub(super) struct Dates<'a> {
    /// Those to come that take place.
    pub upcoming: usize,
    /// Those that are over and took place.
    pub past: usize,
    /// All of them, those that do not take place too.
    pub listed: usize,
    pub rows: Vec<Row<'a>>,
    /// The next days and the last ones, with how many take place; of performances beyond `rows` it
    /// is all that is known.
    pub days: &'a [(String, usize)],
    pub past_days: &'a [(String, usize)],
    /// Whether there may be more than what is counted here.
    pub is_cut: bool,
}

impl Dates<'_> {
    /// Whether there are more than its rows.
    pub fn is_partial(&self) -> bool {
        self.is_cut || self.rows.len() < self.listed
    }
}

impl Row<'_> {
    pub fn is_cancelled(&self) -> bool {
        self.status
            .is_some_and(|status| status.as_ref() == schema::EVENT_CANCELLED)
    }

    /// Whether it is put off, and nobody knows to when: its date is the one on which it is not.
    pub fn is_postponed(&self) -> bool {
        self.status
            .is_some_and(|status| status.as_ref() == schema::EVENT_POSTPONED)
    }
}

pub(super) fn groups(document: &Document) -> Vec<Group<'_>> {
    let groups = document.links.groups.iter();
    groups
        .map(|group| Group {
            relation: group.relation.as_str(),
            kind: group.kind,
            total: group.total,
            rows: group.rows.iter().map(row).collect(),
        })
        .collect()
}

pub(super) fn dates(document: &Document) -> Dates<'_> {
    let dates = &document.links.dates;
    if document.links.generation.is_some() {
        return Dates {
            upcoming: dates.upcoming,
            past: dates.total.saturating_sub(dates.upcoming),
            listed: dates.listed,
            rows: dates.rows.iter().map(row).collect(),
            days: &dates.days,
            past_days: &dates.past_days,
            is_cut: dates.is_cut,
        };
    }
    // While there is no index, the performances that point here themselves.
    let mut dates = Dates::default();
    for group in groups(document) {
        let is_date = [
            "http://schema.org/workPerformed",
            "http://schema.org/location",
        ];
        if is_date.contains(&group.relation) && group.kind.is_performance() {
            dates.listed += group.total;
            dates.rows.extend(group.rows);
        }
    }
    dates
}

fn row(incoming: &Incoming) -> Row<'_> {
    Row {
        iri: incoming.subject.as_str(),
        date: incoming.date.as_deref(),
        place: incoming.place.as_ref(),
        status: incoming.status.as_ref(),
        kind: Some(incoming.kind),
    }
}
