//! What one looks up: a line for each property that has a value.

use crate::html::entity::given::{Given, schema_iri};
use crate::html::entity::{Section, bounds};
use crate::html::facts::expanded;
use crate::html::shown::{Row, Shown, Words};
use crate::html::{PageError, render};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "facts",
    write,
};

/// The label's key, the property as a prefixed name, and whether a performance has it from its
/// production. A property whose lines come one after the other share a label.
pub(super) const LINES: &[(&str, &str, bool)] = &[
    ("fact-work", "schema:workPerformed", false),
    ("fact-series", "schema:superEvent", false),
    ("fact-organizer", "schema:organizer", false),
    ("fact-event-type", "sv:typeEvenement", false),
    ("fact-based-on", "schema:isBasedOn", false),
    ("fact-based-on", "ado:usesExpressionOf", false),
    ("fact-production-type", "sv:typeProduction", false),
    ("fact-premiere", "sv:premiere", true),
    ("fact-created", "schema:dateCreated", false),
    ("fact-within", "schema:containedInPlace", false),
    ("fact-department", "sv:departement", false),
    ("fact-capacity", "schema:maximumAttendeeCapacity", false),
    ("fact-managed-by", "ado:managedBy", false),
    ("fact-residents", "ado:hasResident", false),
    ("fact-members", "schema:member", false),
    ("fact-characters", "schema:character", false),
    ("fact-language", "schema:inLanguage", true),
    ("fact-phone", "schema:telephone", false),
    ("fact-email", "schema:email", false),
    ("fact-website", "schema:url", false),
];

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<dl class="key-facts">{% for row in rows %}{{ row }}
{% endfor %}</dl>"#
)]
struct Rows {
    rows: Vec<Row>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut rows: Vec<Row> = Vec::new();
    for (key, property, is_inherited) in LINES {
        let predicate = expanded(property, given.site.base);
        let bearer = if *is_inherited {
            given.bearer(&predicate)
        } else {
            Some(given.iri())
        };
        let Some(bearer) = bearer else { continue };
        let objects = given.facts.objects(bearer, &predicate);
        let values: Vec<Shown> = objects
            .map(|object| given.facts.shown(bearer, &predicate, object, 0))
            .collect();
        let values = bounded(values, given);
        if values.is_empty() {
            continue;
        }
        let label = Words::plain(given.site.say(key));
        match rows.last_mut().filter(|row| row.label == label) {
            Some(row) => {
                let new = values.into_iter();
                let new: Vec<Shown> = new.filter(|value| !row.values.contains(value)).collect();
                row.values.extend(new);
            }
            None => rows.push(Row { label, values }),
        }
    }
    if rows.is_empty() {
        return Ok(None);
    }
    Ok(Some(render(&Rows { rows })?))
}

/// The first values, each of a bounded length, and how many more there are.
pub(super) fn bounded(mut values: Vec<Shown>, given: &Given<'_>) -> Vec<Shown> {
    let left = values.len().saturating_sub(bounds::VALUES);
    values.truncate(bounds::VALUES);
    for value in &mut values {
        match value {
            Shown::Words(words) => words.text = bounds::cut(&words.text, bounds::VALUE),
            Shown::Link(link) => {
                link.words.text = bounds::cut(&link.words.text, bounds::TITLE);
            }
            Shown::Part(rows) => {
                rows.truncate(bounds::VALUES);
                for row in rows {
                    row.values = bounded(std::mem::take(&mut row.values), given);
                }
            }
            Shown::Time(_) => {}
        }
    }
    if left > 0 {
        let more = given.site.count("values-left", &left);
        values.push(Shown::Words(Words::plain(more)));
    }
    values
}

/// Whether a property has its place among these lines, or in a section of its own.
pub(super) fn is_placed(predicate: &str, given: &Given<'_>) -> bool {
    let base = given.site.base;
    LINES
        .iter()
        .any(|(_, property, _)| expanded(property, base) == predicate)
        || ELSEWHERE
            .iter()
            .any(|property| expanded(property, base) == predicate)
        || predicate == schema_iri("subEvent")
}

/// Properties that other sections show.
const ELSEWHERE: &[&str] = &[
    "rdf:type",
    "schema:name",
    "schema:alternateName",
    "schema:description",
    "schema:startDate",
    "schema:endDate",
    "schema:doorTime",
    "schema:duration",
    "schema:timeRequired",
    "schema:eventStatus",
    "schema:previousStartDate",
    "schema:eventAttendanceMode",
    "schema:location",
    "schema:genre",
    "schema:offers",
    "schema:isAccessibleForFree",
    "schema:typicalAgeRange",
    "schema:audience",
    "schema:address",
    "schema:geo",
    "schema:sameAs",
    "schema:identifier",
    "schema:image",
    "schema:license",
    "sv:contribution",
    "sv:accessibilite",
    "sv:acces",
    "sv:surtitrage",
    "sv:entracte",
    "sv:sansParoles",
    "sv:avertissement",
];
