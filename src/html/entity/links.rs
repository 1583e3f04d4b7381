//! What points to the entity, by what it is to it: the first of each, and a way to all. What
//! other sections show already is not told again.

use crate::html::entity::given::Given;
use crate::html::entity::pointing::{self, Group, Row};
use crate::html::entity::{Section, bounds, functions};
use crate::html::shown::{Link, Time, Words};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use askama::Template;
use std::collections::BTreeSet;

pub(super) const SECTION: Section = Section {
    name: "links",
    write,
};

#[derive(Template)]
#[template(path = "entity/links.html")]
pub(super) struct Links<'a> {
    pub site: Site<'a>,
    pub groups: Vec<Listed>,
    /// Where all of them are.
    pub all: Option<String>,
}

/// What points here in one way, as it is shown.
pub(super) struct Listed {
    pub label: Words,
    pub total: String,
    pub rows: Vec<Line>,
    pub left: usize,
    pub all: String,
}

pub(super) struct Line {
    link: Link,
    kind: Option<String>,
    date: Option<Time>,
    place: Option<Words>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let groups = pointing::groups(given.document);
    let is_indexed = given.document.links.generation.is_some();
    let groups: Vec<Group<'_>> = groups
        .into_iter()
        .filter(|group| !is_date(group, is_indexed) && !is_role(group.relation, given))
        .collect();
    if groups.is_empty() {
        return Ok(None);
    }
    Ok(Some(render(&Links {
        site: given.site,
        groups: all_listed(given, &groups),
        all: Some(format!("{}/links", given.address())),
    })?))
}

/// Whether the dates of the page tell these already: with an index they are all performances that
/// point here.
fn is_date(group: &Group<'_>, is_indexed: bool) -> bool {
    let relation = group.relation.rsplit('/').next().unwrap_or_default();
    (is_indexed || ["workPerformed", "location"].contains(&relation))
        && group
            .rows
            .iter()
            .all(|row| row.date.is_some() && row.kind.is_none_or(|kind| kind.name == "performance"))
}

/// Whether it is what an agent does, or who played a character.
pub(super) fn is_role(relation: &str, given: &Given<'_>) -> bool {
    functions::name_of(relation, given.site.base).is_some()
        || relation == given.sv("contribution")
        || relation == given.sv("personnage")
        || relation
            .strip_prefix(crate::model::vocabulary::schema::NS)
            .is_some_and(|local| ROLES.contains(&local))
}

/// Properties of schema.org that say what an agent does.
const ROLES: &[&str] = &[
    "author",
    "composer",
    "contributor",
    "creator",
    "director",
    "lyricist",
    "musicBy",
    "performer",
    "producer",
    "sponsor",
    "translator",
];

/// Groups as they are shown. Those that would be called the same are told apart by their kinds.
pub(super) fn all_listed(given: &Given<'_>, groups: &[Group<'_>]) -> Vec<Listed> {
    let mut all: Vec<Listed> = groups.iter().map(|group| listed(given, group)).collect();
    let labels: Vec<Words> = all.iter().map(|one| one.label.clone()).collect();
    for (one, group) in all.iter_mut().zip(groups) {
        if labels.iter().filter(|label| **label == one.label).count() > 1 {
            let kind = given.site.say(&format!("kind-{}", group.kind.name));
            one.label.text = format!("{} · {kind}", one.label.text);
        }
    }
    all
}

fn listed(given: &Given<'_>, group: &Group<'_>) -> Listed {
    let mut seen = BTreeSet::new();
    let rows: Vec<&Row<'_>> = group
        .rows
        .iter()
        .filter(|row| seen.insert(row.iri))
        .take(bounds::LINKS)
        .collect();
    Listed {
        label: Words::plain(label(given, group.relation)),
        total: given.site.number(&(group.total as u64)),
        left: group.total.saturating_sub(rows.len()),
        rows: rows.into_iter().map(|row| line(given, row)).collect(),
        all: format!(
            "{}/links?relation={}&kind={}",
            given.address(),
            crate::html::shown::encoded(group.relation),
            group.kind.name,
        ),
    }
}

fn line(given: &Given<'_>, row: &Row<'_>) -> Line {
    Line {
        link: given.link(row.iri),
        kind: row
            .kind
            .map(|kind| given.site.say(&format!("kind-{}", kind.name))),
        date: row.date.map(|date| Time {
            iso: date.to_owned(),
            words: time::short(date, given.site.lang),
        }),
        place: row
            .place
            .filter(|place| place.as_str() != given.iri())
            .map(|place| given.link(place.as_str()).words),
    }
}

/// What a property means seen from its value: "performances here" rather than "location".
pub(super) fn label(given: &Given<'_>, relation: &str) -> String {
    if functions::name_of(relation, given.site.base).is_some() {
        return given.facts.name(relation).text;
    }
    let local = relation.rsplit(['#', '/']).next().unwrap_or_default();
    let key = format!("incoming-{local}");
    if i18n::has(&key) {
        return given.site.say(&key);
    }
    let name = given.facts.name(relation).text;
    given.site.say_with("incoming-other", "property", &name)
}
