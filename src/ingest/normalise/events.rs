//! Rule 14: an event is one date. What lasts longer, or holds others, is a series; several
//! starts are several performances.

use super::Context;
use super::dates::When;
use super::draft::{Draft, Statement, local_name, shown};
use super::schedule::moments;
use crate::model::vocabulary::{rdf, schema};
use crate::model::{Kind, Severity, Text};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many copied statements a submission may ask for per statement of its own.
const COPIES_PER_STATEMENT: usize = 50;

const DAY_SECONDS: i64 = 24 * 60 * 60;

/// Read from the series by readers and shapes, so that dates need no copy of their own.
const READ_DOWN: &[&str] = &["genre", "audience", "typicalAgeRange", "about"];

/// Of the whole, not of one date.
const NOT_OF_ONE_DATE: &[&str] = &[
    "sameAs",
    "identifier",
    "subEvent",
    "previousStartDate",
    "doorTime",
];

pub(super) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let holders = turn_around_sub_events(draft, context);
    // Each date is a copy: a hostile submission could ask for millions.
    let mut budget = COPIES_PER_STATEMENT * draft.len() + 10_000;
    for node in draft.subjects() {
        let Some(kind) = draft.kind(&node, context.kinds) else {
            continue;
        };
        if !is_one_date(kind) {
            continue;
        }
        if holders.contains(&node) {
            to_series(draft, context, &node, Because::Holds);
            continue;
        }
        let starts = distinct(moments(draft, &node, schema::START_DATE));
        if draft.values(&node, schema::START_DATE).count() > 1 {
            several_starts(draft, context, &node, &starts, &mut budget);
        } else {
            long(draft, context, &node);
        }
    }
}

/// Kinds that happen once.
fn is_one_date(kind: &Kind) -> bool {
    matches!(kind.name, "performance" | "meeting")
}

/// Kinds that can be part of an event.
fn is_in_time(kind: &Kind) -> bool {
    kind.is_event || matches!(kind.name, "season" | "recurring-festival")
}

/// Replaces every `subEvent` by the `superEvent` that it means, and returns what holds events.
fn turn_around_sub_events(draft: &mut Draft, context: &Context<'_>) -> FxHashSet<NamedOrBlankNode> {
    let mut holders = FxHashSet::default();
    let mut with_class = FxHashSet::default();
    for node in draft.subjects() {
        if draft.values(&node, schema::SUB_EVENT).next().is_none() {
            continue;
        }
        holders.insert(node.clone());
        let (subs, kept): (Vec<Statement>, Vec<Statement>) = draft
            .take(&node)
            .into_iter()
            .partition(|(property, _)| property.as_ref() == schema::SUB_EVENT);
        draft.put(&node, kept);
        if matches!(node, NamedOrBlankNode::BlankNode(_)) && draft.classes(&node).next().is_none() {
            let class = schema::EVENT_SERIES;
            draft.rewrote(9, &node, rdf::TYPE.as_str(), "", class.as_str());
            draft.add(&node, rdf::TYPE, class);
        }
        for (property, value) in subs {
            let described = as_node(&value).filter(|sub| draft.describes(sub) && *sub != node);
            match described {
                Some(sub) => {
                    if with_class.insert(sub.clone()) {
                        give_class(draft, context, &sub, &node);
                    }
                    draft.rewrote(
                        14,
                        &node,
                        property.as_str(),
                        shown(&value),
                        "schema:superEvent",
                    );
                    draft.add(&sub, schema::SUPER_EVENT, term(&node));
                }
                None => {
                    let value = shown(&value);
                    draft.rewrote(14, &node, property.as_str(), value.clone(), "");
                    draft.found(
                        Severity::Info,
                        "sub-event-not-described",
                        &node,
                        Some(property.as_str()),
                        Some(&value),
                        |subject| {
                            Text::new(
                                format!("`{subject}` renvoie par `subEvent` à `{value}`, que l’envoi ne décrit pas : le lien n’a pas été repris ; décrivez-le, ou donnez-lui `superEvent`"),
                                format!("`{subject}` points by `subEvent` to `{value}`, which the submission does not describe: the link was left out; describe it, or give it a `superEvent`"),
                            )
                        },
                    );
                }
            }
        }
    }
    for node in draft.subjects() {
        if draft.kind(&node, context.kinds).is_some_and(is_in_time) {
            holders.extend(
                draft
                    .values(&node, schema::SUPER_EVENT)
                    .filter_map(as_node)
                    .filter(|holder| *holder != node),
            );
        }
    }
    holders
}

/// A nested event without a class is of the class of what holds it, or simply an event.
fn give_class(
    draft: &mut Draft,
    context: &Context<'_>,
    sub: &NamedOrBlankNode,
    holder: &NamedOrBlankNode,
) {
    if draft.classes(sub).next().is_some() {
        return;
    }
    let class = draft
        .classes(holder)
        .find(|class| context.kinds.of_classes([*class]).is_some_and(is_one_date))
        .map_or_else(|| schema::EVENT.into_owned(), NamedNode::new_unchecked);
    draft.rewrote(9, sub, rdf::TYPE.as_str(), "", class.as_str());
    draft.add(sub, rdf::TYPE, class);
}

/// Each moment once, in order; two ways to write one moment are one.
fn distinct(mut all: Vec<(oxrdf::Literal, When)>) -> Vec<(oxrdf::Literal, When)> {
    all.sort_by(|(text, a), (other, b)| {
        a.seconds()
            .cmp(&b.seconds())
            .then_with(|| text.value().cmp(other.value()))
    });
    all.dedup_by_key(|(_, when)| when.seconds());
    all
}

/// Why something is a series.
#[derive(Clone, Copy)]
enum Because {
    Holds,
    Lasts,
    Repeats,
}

fn long(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode) {
    let (starts, ends) = (
        moments(draft, node, schema::START_DATE),
        moments(draft, node, schema::END_DATE),
    );
    let ([(_, start)], [(_, end)]) = (starts.as_slice(), ends.as_slice()) else {
        return;
    };
    if lasts_seconds(*start, *end) > DAY_SECONDS {
        to_series(draft, context, node, Because::Lasts);
    }
}

/// How long it is from a start to an end; a day counts whole.
fn lasts_seconds(start: When, end: When) -> i64 {
    let last = if matches!(end, When::Day(_)) {
        DAY_SECONDS
    } else {
        0
    };
    end.seconds()
        .saturating_sub(start.seconds())
        .saturating_add(last)
}

/// Replaces the classes of one date by those of a series.
fn to_series(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode, because: Because) {
    let (dropped, mut kept): (Vec<Statement>, Vec<Statement>) =
        draft.take(node).into_iter().partition(|(property, value)| {
            property.as_ref() == rdf::TYPE
                && matches!(value, Term::NamedNode(class)
                    if context.kinds.of_classes([class.as_str()]).is_some_and(is_one_date))
        });
    kept.insert(
        0,
        (
            rdf::TYPE.into_owned(),
            schema::EVENT_SERIES.into_owned().into(),
        ),
    );
    draft.put(node, kept);
    let before: Vec<String> = dropped.iter().map(|(_, class)| shown(class)).collect();
    draft.rewrote(
        14,
        node,
        rdf::TYPE.as_str(),
        before.join(" "),
        schema::EVENT_SERIES.as_str(),
    );
    let (fr, en) = match because {
        Because::Holds => ("contient d’autres événements", "holds other events"),
        Because::Lasts => ("dure plus de 24 heures", "lasts longer than 24 hours"),
        Because::Repeats => ("a plusieurs dates", "has several dates"),
    };
    draft.found(
        Severity::Info,
        "stored-as-series",
        node,
        Some(rdf::TYPE.as_str()),
        None,
        |subject| {
            Text::new(
                format!("`{subject}` {fr} : il est conservé comme série, et non comme représentation ; décrivez chaque date pour qu’elle soit annoncée"),
                format!("`{subject}` {en}: it is stored as a series, not as a performance; describe each date to have it announced"),
            )
        },
    );
}

/// One of the dates that several starts make.
struct Date {
    start: (oxrdf::Literal, When),
    end: Option<(oxrdf::Literal, When)>,
}

/// Pairs starts and ends; `None` when they do not pair.
fn pair(starts: &[(oxrdf::Literal, When)], ends: &[(oxrdf::Literal, When)]) -> Option<Vec<Date>> {
    if !ends.is_empty() && ends.len() != starts.len() {
        return None;
    }
    let is_day = |when: &When| matches!(when, When::Day(_));
    let mixes = |all: &[(oxrdf::Literal, When)]| {
        all.iter().any(|(_, when)| is_day(when)) && !all.iter().all(|(_, when)| is_day(when))
    };
    if mixes(starts) || mixes(ends) {
        return None;
    }
    let dates: Vec<Date> = starts
        .iter()
        .enumerate()
        .map(|(at, start)| Date {
            start: start.clone(),
            end: ends.get(at).cloned(),
        })
        .collect();
    let fits = dates.iter().enumerate().all(|(at, date)| {
        let Some((_, end)) = &date.end else {
            return true;
        };
        let next = dates.get(at + 1).map(|next| next.start.1.seconds());
        date.start.1.seconds() <= end.seconds() && next.is_none_or(|next| end.seconds() <= next)
    });
    fits.then_some(dates)
}

fn several_starts(
    draft: &mut Draft,
    context: &Context<'_>,
    node: &NamedOrBlankNode,
    starts: &[(oxrdf::Literal, When)],
    budget: &mut usize,
) {
    let unread = draft
        .values(node, schema::START_DATE)
        .filter(|value| !is_moment(value))
        .count();
    let ends = distinct(moments(draft, node, schema::END_DATE));
    let unread_ends = draft
        .values(node, schema::END_DATE)
        .filter(|value| !is_moment(value))
        .count();
    if unread == 0 && unread_ends == 0 && starts.len() == 1 && ends.len() <= 1 {
        // One moment written in several ways.
        keep_one(draft, node, starts, &ends);
        long(draft, context, node);
        return;
    }
    let dates = (unread == 0 && unread_ends == 0)
        .then(|| pair(starts, &ends))
        .flatten();
    let cost = dates.as_ref().map_or(0, |dates| {
        dates.len().saturating_mul(size(draft, context, node))
    });
    match (dates, budget.checked_sub(cost)) {
        (Some(dates), Some(rest)) => {
            *budget = rest;
            split(draft, context, node, &dates);
        }
        _ => refuse(draft, node),
    }
}

/// How many statements a copy of a resource with its parts has.
fn size(draft: &Draft, context: &Context<'_>, node: &NamedOrBlankNode) -> usize {
    let mut seen = FxHashSet::default();
    let mut waiting = vec![node.clone()];
    let mut size = 0_usize;
    while let Some(node) = waiting.pop() {
        size += draft.statements(&node).len() + 1;
        for (_, value) in draft.statements(&node) {
            if let Term::BlankNode(part) = value
                && draft.kind(&part.clone().into(), context.kinds).is_none()
                && seen.insert(part.clone())
            {
                waiting.push(part.clone().into());
            }
        }
    }
    size
}

fn is_moment(value: &Term) -> bool {
    matches!(value, Term::Literal(literal) if When::read(literal.value()).is_some())
}

fn keep_one(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    starts: &[(oxrdf::Literal, When)],
    ends: &[(oxrdf::Literal, When)],
) {
    let is_kept = |value: &Term, all: &[(oxrdf::Literal, When)]| {
        all.iter()
            .any(|(literal, _)| matches!(value, Term::Literal(l) if l == literal))
    };
    let (kept, dropped): (Vec<Statement>, Vec<Statement>) =
        draft.take(node).into_iter().partition(|(property, value)| {
            (property.as_ref() != schema::START_DATE || is_kept(value, starts))
                && (property.as_ref() != schema::END_DATE || is_kept(value, ends))
        });
    draft.put(node, kept);
    for (property, value) in dropped {
        draft.rewrote(14, node, property.as_str(), shown(&value), "");
    }
}

fn refuse(draft: &mut Draft, node: &NamedOrBlankNode) {
    let starts: Vec<String> = draft.values(node, schema::START_DATE).map(shown).collect();
    let ends = draft.values(node, schema::END_DATE).count();
    let value = starts.join(" ");
    draft.report.refused.insert(node.clone());
    draft.found(
        Severity::Violation,
        "several-starts",
        node,
        Some(schema::START_DATE.as_str()),
        Some(&value),
        |subject| {
            let count = starts.len();
            Text::new(
                format!("`{subject}` a {count} débuts et {ends} fins, qui ne vont pas ensemble : il n’est pas repris ; décrivez chaque date à part, avec sa fin"),
                format!("`{subject}` has {count} starts and {ends} ends, which do not go together: it is not taken; describe each date of its own, with its end"),
            )
        },
    );
}

/// Makes one performance of each date, and a series of what they share.
fn split(draft: &mut Draft, context: &Context<'_>, node: &NamedOrBlankNode, dates: &[Date]) {
    let statements = draft.take(node);
    let is = |property: &NamedNode, locals: &[&str]| {
        property
            .as_str()
            .strip_prefix(schema::NS)
            .is_some_and(|local| locals.contains(&local))
    };
    // The series keeps the span of its dates, and no offers: those are for one date.
    let mut series: Vec<Statement> = statements
        .iter()
        .filter(|(property, _)| !is(property, &["startDate", "endDate", "offers", "doorTime"]))
        .cloned()
        .collect();
    if let Some(first) = dates.first() {
        series.push((
            schema::START_DATE.into_owned(),
            first.start.0.clone().into(),
        ));
    }
    if let Some((end, _)) = dates.last().and_then(|last| last.end.as_ref()) {
        series.push((schema::END_DATE.into_owned(), end.clone().into()));
    }
    draft.put(node, series);
    let contribution = context.base.sv("contribution");
    let shared: Vec<Statement> = statements
        .into_iter()
        .filter(|(property, _)| {
            !is(property, &["startDate", "endDate"])
                && !is(property, NOT_OF_ONE_DATE)
                && !is(property, READ_DOWN)
                && *property != contribution
                && context
                    .vocabulary
                    .function_of_property(property.as_str())
                    .is_none()
        })
        .collect();
    let mut names = FxHashSet::default();
    for date in dates {
        let performance = name_of(draft, node, date.start.1, &mut names);
        let mut own: Vec<Statement> = Vec::with_capacity(shared.len() + 3);
        let mut copies = FxHashMap::default();
        for (property, value) in &shared {
            let value = copy(draft, context, value, &mut copies, 0);
            own.push((property.clone(), value));
        }
        own.push((schema::START_DATE.into_owned(), date.start.0.clone().into()));
        if let Some((end, _)) = &date.end {
            own.push((schema::END_DATE.into_owned(), end.clone().into()));
        }
        own.push((schema::SUPER_EVENT.into_owned(), term(node)));
        draft.put(&performance, own);
        let after = match &performance {
            NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(_) => "[ ]".to_owned(),
        };
        draft.rewrote(
            14,
            node,
            schema::START_DATE.as_str(),
            date.start.0.value(),
            after,
        );
        long(draft, context, &performance);
    }
    to_series(draft, context, node, Because::Repeats);
}

/// The name of one date: that of the whole with the start, so that the same date has the same
/// name tomorrow.
fn name_of(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    start: When,
    names: &mut FxHashSet<String>,
) -> NamedOrBlankNode {
    let NamedOrBlankNode::NamedNode(iri) = node else {
        return draft.new_node().into();
    };
    let literal = start.literal();
    let stamp: String = literal
        .value()
        .chars()
        .take(19)
        .filter(|c| c.is_ascii_digit() || *c == 'T')
        .collect();
    // An IRI has one fragment.
    let join = if iri.as_str().contains('#') { "-" } else { "#" };
    let mut name = format!("{}{join}start-{stamp}", iri.as_str());
    // The hour that comes twice in autumn.
    while !names.insert(name.clone()) {
        name.push_str("-2");
    }
    NamedNode::new_unchecked(name).into()
}

/// A value for one date: parts are copied, entities are shared.
fn copy(
    draft: &mut Draft,
    context: &Context<'_>,
    value: &Term,
    copies: &mut FxHashMap<oxrdf::BlankNode, oxrdf::BlankNode>,
    depth: usize,
) -> Term {
    let Term::BlankNode(part) = value else {
        return value.clone();
    };
    if let Some(copied) = copies.get(part) {
        return copied.clone().into();
    }
    let node = NamedOrBlankNode::from(part.clone());
    if depth > 8 || draft.kind(&node, context.kinds).is_some() {
        return value.clone();
    }
    let copied = draft.new_node();
    copies.insert(part.clone(), copied.clone());
    let statements: Vec<Statement> = draft.statements(&node).to_vec();
    let statements = statements
        .into_iter()
        .map(|(property, value)| {
            let value = copy(draft, context, &value, copies, depth + 1);
            (property, value)
        })
        .collect();
    draft.put(&copied.clone().into(), statements);
    copied.into()
}

pub(super) fn as_node(value: &Term) -> Option<NamedOrBlankNode> {
    match value {
        Term::NamedNode(iri) => Some(iri.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

pub(super) fn term(node: &NamedOrBlankNode) -> Term {
    match node {
        NamedOrBlankNode::NamedNode(iri) => iri.clone().into(),
        NamedOrBlankNode::BlankNode(node) => node.clone().into(),
    }
}

/// Rule 16: the classes that the stored form always carries, and labels of concepts.
pub(super) fn classes(draft: &mut Draft, context: &Context<'_>) {
    use crate::model::vocabulary::skos;
    for node in draft.subjects() {
        let Some(kind) = draft.kind(&node, context.kinds) else {
            concept_by_use(draft, &node);
            continue;
        };
        let before: Vec<String> = draft.classes(&node).map(str::to_owned).collect();
        if kind.is_performance() && before.iter().any(|class| class == DANCE) {
            let kept = draft
                .take(&node)
                .into_iter()
                .filter(|(property, value)| {
                    property.as_ref() != rdf::TYPE
                        || !matches!(value, Term::NamedNode(class) if class.as_str() == DANCE)
                })
                .collect();
            draft.put(&node, kept);
        }
        for class in context.kinds.stored_as(kind) {
            if !draft.has_class(&node, class.as_ref()) {
                draft.add(&node, rdf::TYPE, class.clone());
            }
        }
        let after: Vec<String> = draft.classes(&node).map(str::to_owned).collect();
        if after != before {
            draft.rewrote(
                16,
                &node,
                rdf::TYPE.as_str(),
                before.join(" "),
                after.join(" "),
            );
        }
        if kind.name == "concept"
            && draft.values(&node, skos::PREF_LABEL).next().is_none()
            && draft.has_class(&node, skos::CONCEPT)
        {
            let names: Vec<Term> = draft.values(&node, schema::NAME).cloned().collect();
            for name in names {
                draft.rewrote(16, &node, skos::PREF_LABEL.as_str(), "", shown(&name));
                draft.add(&node, skos::PREF_LABEL, name);
            }
        }
    }
}

/// A social dance, says schema.org: no show is one.
const DANCE: &str = "http://schema.org/DanceEvent";

/// What stands in a scheme is a concept, even when it only has the class of another ontology.
fn concept_by_use(draft: &mut Draft, node: &NamedOrBlankNode) {
    use crate::model::vocabulary::skos;
    if !matches!(node, NamedOrBlankNode::NamedNode(_)) {
        return;
    }
    let stands_in_a_scheme = draft.statements(node).iter().any(|(property, _)| {
        matches!(
            local_name(property.as_str()),
            "inScheme" | "topConceptOf" | "broader" | "prefLabel"
        ) && property.as_str().starts_with(skos::NS)
    });
    if stands_in_a_scheme {
        let before: Vec<String> = draft.classes(node).map(str::to_owned).collect();
        draft.rewrote(
            16,
            node,
            rdf::TYPE.as_str(),
            before.join(" "),
            skos::CONCEPT.as_str(),
        );
        draft.add(node, rdf::TYPE, skos::CONCEPT);
    }
}
