//! The head of the page: what it is, what it is called, when and where.

use crate::html::entity::given::{Given, schema_iri};
use crate::html::entity::images::{self, Picture};
use crate::html::entity::{bounds, functions, pointing};
use crate::html::shown::{Link, Shown, Time, Words, age_range};
use crate::html::time;
use crate::model::vocabulary::schema;
use oxrdf::{Literal, Term};

pub(super) struct Header {
    pub kind: String,
    /// All of this kind.
    pub kind_href: String,
    pub title: Words,
    /// A title that needs smaller letters.
    pub is_long: bool,
    pub other_names: Vec<Words>,
    pub folded_names: Vec<Words>,
    pub badges: Vec<Badge>,
    pub is_cancelled: bool,
    pub when: Option<When>,
    /// What one wants to know first, on one line.
    pub strip: Vec<Shown>,
    pub picture: Option<Picture>,
}

pub(super) struct Badge {
    pub class: &'static str,
    pub text: String,
}

pub(super) struct When {
    pub start: Time,
    pub previous: Option<Time>,
    pub doors: Option<Time>,
    pub duration: Option<String>,
}

const GENRES: usize = 8;
const FUNCTIONS: usize = 4;

/// Characters from which on a title is written smaller.
const LONG_TITLE: usize = 48;

pub(super) fn header(given: &Given<'_>) -> Header {
    let title = title(given);
    let mut names = other_names(given, &title);
    let folded_names = names.split_off(names.len().min(bounds::NAMES_FIRST));
    let cancelled = |status: &&oxrdf::NamedNode| status.as_ref() == schema::EVENT_CANCELLED;
    Header {
        kind: given.site.say(&format!("kind-{}", given.kind())),
        kind_href: given.site.at(&format!("/browse/{}", given.kind())),
        is_long: title.text.chars().count() > LONG_TITLE,
        title,
        other_names: names,
        folded_names,
        badges: badges(given),
        is_cancelled: given.schema_links("eventStatus").iter().any(cancelled),
        when: when(given),
        strip: strip(given),
        picture: images::lead(given),
    }
}

pub(super) fn title(given: &Given<'_>) -> Words {
    let iri = given.iri();
    match given.facts.literal(iri, schema::NAME.as_str()) {
        Some(name) => given.words(name),
        None if given.facts.has_name(iri) => given.facts.name(iri),
        None => Words::plain(given.site.say("no-name")),
    }
}

/// Names in other languages and alternate ones, those in a language of the reader first.
fn other_names(given: &Given<'_>, title: &Words) -> Vec<Words> {
    let mut names: Vec<Words> = Vec::new();
    for predicate in [schema::NAME, schema::ALTERNATE_NAME] {
        for object in given.facts.objects(given.iri(), predicate.as_str()) {
            if let Term::Literal(literal) = object {
                let words = given.words(literal);
                if words.text != title.text && !names.contains(&words) {
                    names.push(words);
                }
            }
            if names.len() >= bounds::NAMES {
                return names;
            }
        }
    }
    let foreign = |words: &Words| match words.lang.as_deref() {
        None | Some("fr" | "en") => 0,
        Some(_) => 1,
    };
    names.sort_by_key(foreign);
    names
}

fn badges(given: &Given<'_>) -> Vec<Badge> {
    let mut badges = Vec::new();
    for status in given.schema_links("eventStatus") {
        if let Some((class, text)) = given.status(status) {
            badges.push(Badge { class, text });
        }
    }
    let mut badge = |class, key: &str| {
        badges.push(Badge {
            class,
            text: given.site.say(key),
        });
    };
    for mode in given.schema_links("eventAttendanceMode") {
        match mode.as_str().strip_prefix(schema::NS) {
            Some("OnlineEventAttendanceMode") => badge("note", "mode-online"),
            Some("MixedEventAttendanceMode") => badge("note", "mode-mixed"),
            _ => {}
        }
    }
    let end = given
        .schema("endDate")
        .or_else(|| given.schema("startDate"));
    if given.document.kind.is_event && end.is_some_and(|end| given.is_over(end.value())) {
        badge("note", "status-over");
    }
    if given
        .schema("isAccessibleForFree")
        .is_some_and(|value| value.value() == "true")
    {
        badge("good", "free");
    }
    for access in given.sv_links("acces") {
        badges.push(Badge {
            class: "note",
            text: given.facts.name(access.as_str()).text,
        });
    }
    badges
}

fn when(given: &Given<'_>) -> Option<When> {
    let lang = given.site.lang;
    let start = given.schema("startDate")?;
    let end = given.schema("endDate").map(Literal::value);
    Some(When {
        start: Time {
            iso: start.value().to_owned(),
            words: time::period(start.value(), end, lang),
        },
        previous: given.schema("previousStartDate").map(|date| Time {
            iso: date.value().to_owned(),
            words: time::moment(date.value(), lang),
        }),
        doors: given.schema("doorTime").map(|doors| Time {
            iso: doors.value().to_owned(),
            words: time::time_of_day(doors.value(), lang),
        }),
        duration: given
            .schema("duration")
            .map(|value| time::duration(value.value())),
    })
}

fn strip(given: &Given<'_>) -> Vec<Shown> {
    let mut strip: Vec<Shown> = Vec::new();
    let link = |iri: &str| Shown::Link(given.link(iri));
    let plain = |text: String| Shown::Words(Words::plain(text));
    match given.kind() {
        "person" | "organisation" => {
            let groups = pointing::groups(given.document);
            let functions = groups
                .iter()
                .filter(|group| functions::name_of(group.relation, given.site.base).is_some());
            // The same function in productions and in works is one.
            let mut known: Vec<Link> = Vec::new();
            for function in functions.map(|group| given.link(group.relation)) {
                if !known.iter().any(|other| other.words == function.words) {
                    known.push(function);
                }
            }
            strip.extend(known.into_iter().take(FUNCTIONS).map(Shown::Link));
        }
        "place" => strip.extend(given.town(given.iri()).map(Shown::Words)),
        _ => {
            // Two sources may name the same room, each in its own way.
            let mut known: Vec<(String, String)> = Vec::new();
            for place in given.schema_links("location").into_iter().take(2) {
                let (room, town) = (given.link(place.as_str()), given.town(place.as_str()));
                let name = |words: &Words| words.text.to_lowercase();
                let key = (
                    name(&room.words),
                    town.as_ref().map(name).unwrap_or_default(),
                );
                if known.contains(&key) {
                    continue;
                }
                known.push(key);
                strip.push(Shown::Link(room));
                strip.extend(town.map(Shown::Words));
            }
        }
    }
    let genres = given.inherited(&schema_iri("genre"));
    strip.extend(
        genres
            .into_iter()
            .take(GENRES)
            .filter_map(|genre| match genre {
                Term::NamedNode(genre) => Some(link(genre.as_str())),
                _ => None,
            }),
    );
    if given.schema("duration").is_none()
        && let Some(time) = given.inherited_literal(&schema_iri("timeRequired"))
    {
        strip.push(plain(time::duration(time.value())));
    }
    if let Some(age) = given.inherited_literal(&schema_iri("typicalAgeRange")) {
        strip.push(plain(age_range(age.value(), &given.site)));
    }
    for author in given.schema_links("author").into_iter().take(3) {
        if given.kind() == "work" {
            strip.push(link(author.as_str()));
        }
    }
    // A concept among them that nobody named would be an address in large letters.
    strip
        .retain(|shown| !matches!(shown, Shown::Link(Link { words, .. }) if words.text.is_empty()));
    strip
}
