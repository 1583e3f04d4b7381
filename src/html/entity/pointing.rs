//! What points to the entity, as the sections of the page need it.

use crate::model::Kind;
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
    pub total: usize,
    pub rows: Vec<Row<'a>>,
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
            total: dates.total,
            rows: dates.rows.iter().map(row).collect(),
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
            dates.total += group.total;
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
