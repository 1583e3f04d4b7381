//! What points to the entity, as the sections of the page need it.

use crate::model::Kind;
use crate::publish::Document;
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
    let mut groups: Vec<Group<'_>> = Vec::new();
    for incoming in &document.incoming {
        let row = Row {
            iri: crate::model::iri::without_fragment(incoming.subject.as_str()),
            date: incoming.date.as_deref(),
            place: incoming.place.as_ref(),
            status: None,
            kind: None,
        };
        let relation = incoming.predicate.as_str();
        match groups.iter_mut().find(|group| group.relation == relation) {
            Some(group) => {
                group.total += 1;
                group.rows.push(row);
            }
            None => groups.push(Group {
                relation,
                total: 1,
                rows: vec![row],
            }),
        }
    }
    groups
}

pub(super) fn dates(document: &Document) -> Dates<'_> {
    let mut dates = Dates::default();
    for group in groups(document) {
        if [
            "http://schema.org/workPerformed",
            "http://schema.org/location",
        ]
        .contains(&group.relation)
        {
            dates.total += group.total;
            dates.rows.extend(group.rows);
        }
    }
    dates
}
