//! All other properties: nothing that is published is missing from the page.

use crate::html::entity::facts::{bounded, is_placed};
use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds};
use crate::html::shown::Row;
use crate::html::{PageError, render};
use askama::Template;
use oxrdf::{NamedNode, Term};
use std::collections::{BTreeSet, HashMap, HashSet};

pub(super) const SECTION: Section = Section {
    name: "more",
    write,
};

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<dl>{% for row in rows %}{{ row }}
{% endfor %}</dl>"#
)]
struct Rows {
    rows: Vec<Row>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let (contribution, agent) = (given.sv("contribution"), given.sv("agent"));
    let agents: BTreeSet<&str> = given
        .facts
        .links(given.iri(), &contribution)
        .flat_map(|part| given.facts.links(part.as_str(), &agent))
        .map(NamedNode::as_str)
        .collect();
    // A property such as `schema:director` that links only agents whom the credits name.
    let mut is_repeated: HashMap<&str, bool> = HashMap::new();
    for triple in given.facts.about(given.iri()) {
        let names_agent = match &triple.object {
            Term::NamedNode(node) => agents.contains(node.as_str()),
            _ => false,
        };
        *is_repeated.entry(triple.predicate.as_str()).or_insert(true) &= names_agent;
    }
    let left_out: HashSet<&str> = is_repeated
        .into_iter()
        .filter(|(predicate, is_repeated)| *is_repeated || is_placed(predicate, given))
        .map(|(predicate, _)| predicate)
        .collect();
    let mut rows = given
        .facts
        .rows(given.iri(), &|predicate| left_out.contains(predicate), 0);
    rows.truncate(bounds::VOICES);
    for row in &mut rows {
        row.values = bounded(std::mem::take(&mut row.values), given);
    }
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(render(&Rows { rows })?))
}
