//! Rule 3: every time gets the offset of its zone, and an end the datatype of its start.

use super::Context;
use super::dates::{When, Zones};
use super::draft::{Draft, shown};
use crate::ingest::vocabulary::{Vocabulary, label_key};
use crate::model::vocabulary::{schema, xsd};
use crate::model::{Severity, Text};
use jiff::civil::Time;
use jiff::tz::TimeZone;
use oxrdf::{Literal, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::FxHashMap;

/// Properties whose times are on the clocks of the place, so that `Z` times are brought to them.
/// Others (when a record was changed) keep their `Z`.
const LOCAL: &[&str] = &[
    "http://schema.org/startDate",
    "http://schema.org/endDate",
    "http://schema.org/doorTime",
    "http://schema.org/previousStartDate",
    "http://schema.org/validFrom",
    "http://schema.org/validThrough",
    "http://schema.org/availabilityStarts",
    "http://schema.org/availabilityEnds",
];

const COUNTRY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://schema.org/addressCountry");
const REGION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://schema.org/addressRegion");
const INSEE_CODE: NamedNodeRef<'_> =
    NamedNodeRef::new_unchecked("http://rdf.insee.fr/def/geo#codeINSEE");

/// Neighbours with one zone, by [`label_key`] of their code or name.
const COUNTRIES: &[(&[&str], &str)] = &[
    (
        &["be", "bel", "belgique", "belgium", "belgie"],
        "Europe/Brussels",
    ),
    (
        &["ch", "che", "suisse", "switzerland", "schweiz"],
        "Europe/Zurich",
    ),
    (&["lu", "lux", "luxembourg"], "Europe/Luxembourg"),
    (&["mc", "mco", "monaco"], "Europe/Monaco"),
    (
        &["de", "deu", "allemagne", "germany", "deutschland"],
        "Europe/Berlin",
    ),
    (&["it", "ita", "italie", "italy", "italia"], "Europe/Rome"),
    (
        &["nl", "nld", "pays bas", "netherlands"],
        "Europe/Amsterdam",
    ),
    (
        &["gb", "gbr", "uk", "royaume uni", "united kingdom"],
        "Europe/London",
    ),
    (&["ad", "and", "andorre", "andorra"], "Europe/Andorra"),
];

/// France, and the codes that overseas territories have of their own.
const FRENCH: &[&str] = &[
    "fr", "fra", "france", "gp", "mq", "gf", "re", "yt", "pm", "bl", "mf", "tf", "wf", "pf", "nc",
];

pub(super) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let mut zones = Zones::new();
    let source_zone = zones.get(&context.source.zone);
    let mut known: FxHashMap<NamedOrBlankNode, Option<String>> = FxHashMap::default();
    for node in draft.subjects() {
        let has_times = draft
            .statements(&node)
            .iter()
            .any(|(_, value)| matches!(value, Term::Literal(literal) if is_time(literal)));
        let starts = draft.values(&node, schema::START_DATE).count();
        if !has_times && starts == 0 {
            continue;
        }
        if has_times {
            let name = zone_of(draft, context.vocabulary, &node, &mut known, 0);
            let zone = name
                .and_then(|name| zones.get(&name))
                .or_else(|| source_zone.clone());
            match zone {
                Some(zone) => offsets(draft, context, &node, &zone),
                None => unknown_zone(draft, context, &node),
            }
        }
        ends(
            draft,
            &node,
            known.get(&node).cloned().flatten(),
            &mut zones,
            source_zone.as_ref(),
        );
        midnight(draft, context, &node);
    }
}

fn is_time(literal: &Literal) -> bool {
    let datatype = literal.datatype();
    datatype == xsd::DATE_TIME
        || datatype.as_str() == "http://www.w3.org/2001/XMLSchema#dateTimeStamp"
}

fn offsets(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode, zone: &TimeZone) {
    let statements = draft.take(node);
    let mut kept = Vec::with_capacity(statements.len());
    for (property, value) in statements {
        let after = match &value {
            Term::Literal(literal) if is_time(literal) => {
                When::read(literal.value()).and_then(|when| {
                    let is_local = LOCAL.contains(&property.as_str());
                    let after = match when {
                        When::Universal(_) if !is_local => when,
                        when => when.in_zone(zone, context.source.z_means_local),
                    };
                    (after != when).then(|| (literal.value().to_owned(), after.literal()))
                })
            }
            _ => None,
        };
        match after {
            Some((before, after)) => {
                draft.rewrote(3, node, property.as_str(), before, after.value());
                kept.push((property, after.into()));
            }
            None => kept.push((property, value)),
        }
    }
    draft.put(node, kept);
}

fn unknown_zone(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode) {
    let zone = context.source.zone.as_str();
    draft.found(Severity::Warning, "unknown-zone", node, None, Some(zone), |subject| {
        Text::new(
            format!("les heures de `{subject}` restent sans décalage : `{zone}`, le fuseau de la source, n’existe pas ; écrivez par exemple `Europe/Paris` dans ses réglages"),
            format!("the times of `{subject}` stay without an offset: there is no zone `{zone}`, as the source's settings have it; write for example `Europe/Paris`"),
        )
    });
}

/// Brings the only end to the datatype of the only start.
fn ends(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    zone: Option<String>,
    zones: &mut Zones,
    source_zone: Option<&TimeZone>,
) {
    let (starts, ends) = (
        moments(draft, node, schema::START_DATE),
        moments(draft, node, schema::END_DATE),
    );
    let Some((_, start)) = starts.first() else {
        return;
    };
    let is_day = matches!(start, When::Day(_));
    if starts
        .iter()
        .any(|(_, other)| matches!(other, When::Day(_)) != is_day)
    {
        return;
    }
    for (before, end) in ends {
        if matches!(end, When::Day(_)) == is_day {
            continue;
        }
        let after = if is_day {
            When::Day(end.day())
        } else {
            // A day ends with its last second.
            let time = Time::constant(23, 59, 59, 0);
            let local = When::Local(end.day().to_datetime(time));
            let zone = zone
                .as_ref()
                .and_then(|name| zones.get(name))
                .or_else(|| source_zone.cloned());
            match zone {
                Some(zone) => local.in_zone(&zone, false),
                None => local,
            }
        };
        let after = after.literal();
        draft.rewrote(
            3,
            node,
            schema::END_DATE.as_str(),
            before.value(),
            after.value(),
        );
        replace(draft, node, schema::END_DATE, &before, after);
    }
}

fn replace(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    property: NamedNodeRef<'_>,
    before: &Literal,
    after: Literal,
) {
    let statements = draft
        .take(node)
        .into_iter()
        .map(|(known, value)| match &value {
            Term::Literal(literal) if known.as_ref() == property && literal == before => {
                (known, after.clone().into())
            }
            _ => (known, value),
        })
        .collect();
    draft.put(node, statements);
}

/// A start at midnight without an end is usually a time that nobody typed.
fn midnight(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode) {
    let is_event = draft
        .kind(node, context.kinds)
        .is_some_and(|kind| kind.is_event);
    if !is_event || draft.values(node, schema::END_DATE).next().is_some() {
        return;
    }
    let midnight = moments(draft, node, schema::START_DATE)
        .into_iter()
        .find(|(_, start)| start.time() == Some(Time::midnight()));
    if let Some((start, _)) = midnight {
        draft.found(
            Severity::Warning,
            "time-unknown",
            node,
            Some(schema::START_DATE.as_str()),
            Some(start.value()),
            |subject| {
                let value = start.value();
                let day = value.get(..10).unwrap_or(value);
                Text::new(
                    format!("`{subject}` commence à minuit (`{value}`) et n’a pas de fin : si l’heure est inconnue, écrivez `{day}`"),
                    format!("`{subject}` starts at midnight (`{value}`) and has no end: if the time is not known, write `{day}`"),
                )
            },
        );
    }
}

/// The readable values of a property with a date or time.
pub(super) fn moments(
    draft: &Draft,
    node: &NamedOrBlankNode,
    property: NamedNodeRef<'_>,
) -> Vec<(Literal, When)> {
    draft
        .values(node, property)
        .filter_map(|value| match value {
            Term::Literal(literal) if is_time(literal) || literal.datatype() == xsd::DATE => {
                Some((literal.clone(), When::read(literal.value())?))
            }
            _ => None,
        })
        .collect()
}

/// The zone of the clocks where something is: of its place, of what it is part of, of what it
/// is an offer for.
fn zone_of(
    draft: &Draft,
    vocabulary: &Vocabulary,
    node: &NamedOrBlankNode,
    known: &mut FxHashMap<NamedOrBlankNode, Option<String>>,
    depth: usize,
) -> Option<String> {
    if let Some(zone) = known.get(node) {
        return zone.clone();
    }
    // Against circles: nobody nests places and series deeper.
    if depth > 8 {
        return None;
    }
    known.insert(node.clone(), None);
    let zone = zone_of_address(draft, vocabulary, node).or_else(|| {
        let further: Vec<NamedOrBlankNode> = draft
            .statements(node)
            .iter()
            .filter(|(property, _)| {
                matches!(
                    property.as_str().strip_prefix(schema::NS),
                    Some("location" | "address" | "containedInPlace" | "superEvent")
                )
            })
            .filter_map(|(_, value)| as_node(value))
            .collect();
        further
            .iter()
            .find_map(|next| zone_of(draft, vocabulary, next, known, depth + 1))
            .or_else(|| {
                let (parent, property) = draft.parent(node)?;
                let (parent, is_offer) = (parent.clone(), property.as_ref() == schema::OFFERS);
                let is_sub_event = property.as_ref() == schema::SUB_EVENT;
                (is_offer || is_sub_event)
                    .then(|| zone_of(draft, vocabulary, &parent, known, depth + 1))
                    .flatten()
            })
    });
    known.insert(node.clone(), zone.clone());
    zone
}

fn as_node(value: &Term) -> Option<NamedOrBlankNode> {
    match value {
        Term::NamedNode(iri) => Some(iri.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

fn zone_of_address(
    draft: &Draft,
    vocabulary: &Vocabulary,
    node: &NamedOrBlankNode,
) -> Option<String> {
    let country = draft.values(node, COUNTRY).next().map(|value| {
        // A nested country has a name.
        let name = as_node(value).and_then(|country| draft.text(&country, schema::NAME));
        label_key(&name.map_or_else(|| local(&shown(value)), str::to_owned))
    });
    if let Some(country) = country
        && !FRENCH.contains(&country.as_str())
    {
        return COUNTRIES
            .iter()
            .find(|(names, _)| names.contains(&country.as_str()))
            .map(|(_, zone)| (*zone).to_owned());
    }
    let codes = [INSEE_CODE, schema::POSTAL_CODE];
    let by_code = codes
        .iter()
        .filter_map(|property| draft.text(node, *property))
        // A code of another form is of another country.
        .filter(|code| {
            code.len() == 5
                && code.bytes().enumerate().all(|(place, byte)| {
                    byte.is_ascii_digit() || (place == 1 && matches!(byte, b'A' | b'B'))
                })
        })
        .find_map(|code| vocabulary.zone_of_postal_code(code));
    by_code
        .or_else(|| {
            let region = draft.text(node, REGION)?;
            vocabulary.zone_of_territory(region)
        })
        .map(str::to_owned)
}

/// What follows the last `/` of a country's IRI; other texts as they are.
fn local(text: &str) -> String {
    if text.contains("://") {
        text.rsplit('/').next().unwrap_or(text).to_owned()
    } else {
        text.to_owned()
    }
}
