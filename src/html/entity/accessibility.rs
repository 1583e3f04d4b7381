//! For whom, and under which conditions: accessibility of the performance and of the place apart,
//! audience, what to know before. In words, with a small drawing beside them. What is not said is
//! unknown, which is not a no.

use crate::html::entity::given::{Given, schema_iri};
use crate::html::entity::icons::{self, Icon};
use crate::html::entity::{Section, bounds};
use crate::html::shown::{Link, Shown, Words, age_range};
use crate::html::{PageError, Site, render, time};
use crate::model::vocabulary::schema;
use askama::Template;
use oxrdf::{NamedNode, Term};

pub(super) const SECTION: Section = Section {
    name: "accessibility",
    write,
};

#[derive(Template)]
#[template(path = "entity/accessibility.html")]
struct Accessibility<'a> {
    site: Site<'a>,
    lists: Vec<List>,
    /// Whether nothing is known of the accessibility of something that one goes to.
    is_unknown: bool,
}

struct List {
    title: String,
    /// Of which place, for what holds there.
    of: Option<Link>,
    lines: Vec<Line>,
}

struct Line {
    icon: Icon,
    value: Shown,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let site = given.site;
    let mut lists = Vec::new();
    let mut list = |key: &str, of: Option<Link>, lines: Vec<Line>| {
        if !lines.is_empty() {
            lists.push(List {
                title: site.say(key),
                of,
                lines,
            });
        }
    };
    let predicate = given.sv("accessibilite");
    let own = given.bearer(&predicate).unwrap_or(given.iri());
    let is_place = given.kind() == "place";
    let title = if is_place {
        "accessibility-of-place"
    } else {
        "accessibility-here"
    };
    list(title, None, adaptations(given, own));
    let mut places = given.schema_links("location");
    if is_place {
        places = given.schema_links("containedInPlace");
    }
    for place in places {
        let of = Some(given.link(place.as_str()));
        list(
            "accessibility-at-place",
            of,
            adaptations(given, place.as_str()),
        );
    }
    let is_unknown = lists.is_empty() && (given.kind() == "performance" || is_place);
    let mut list = |key: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            lists.push(List {
                title: site.say(key),
                of: None,
                lines,
            });
        }
    };
    list("accessibility-audience", audience(given));
    list("accessibility-to-know", to_know(given));
    if lists.is_empty() && !is_unknown {
        return Ok(None);
    }
    Ok(Some(render(&Accessibility {
        site,
        lists,
        is_unknown,
    })?))
}

/// The adaptations that an entity says it has.
fn adaptations(given: &Given<'_>, iri: &str) -> Vec<Line> {
    given
        .facts
        .links(iri, &given.sv("accessibilite"))
        .take(bounds::VALUES)
        .map(|node| Line {
            icon: icons::of_accessibility(last_part(node)),
            value: Shown::Link(given.link(node.as_str())),
        })
        .collect()
}

fn last_part(node: &NamedNode) -> &str {
    node.as_str().rsplit('/').next().unwrap_or_default()
}

fn audience(given: &Given<'_>) -> Vec<Line> {
    let line = |icon, value| Line { icon, value };
    let mut lines = Vec::new();
    for access in given.sv_links("acces") {
        lines.push(line(
            icons::TICKET,
            Shown::Link(given.link(access.as_str())),
        ));
    }
    if let Some(age) = given.inherited_literal(&schema_iri("typicalAgeRange")) {
        let words = Words::plain(age_range(age.value(), &given.site));
        lines.push(line(icons::PEOPLE, Shown::Words(words)));
    }
    for audience in given.inherited(schema::HAS_AUDIENCE.as_str()) {
        let value = match audience {
            Term::NamedNode(node) => {
                let kind = given
                    .facts
                    .literal(node.as_str(), schema::AUDIENCE_TYPE.as_str())
                    .or_else(|| given.facts.literal(node.as_str(), schema::NAME.as_str()));
                match kind {
                    Some(kind) => Shown::Words(given.words(kind)),
                    None if node.as_str().contains('#') => continue,
                    None => Shown::Link(given.link(node.as_str())),
                }
            }
            Term::Literal(literal) => Shown::Words(given.words(literal)),
            Term::BlankNode(_) => continue,
        };
        lines.push(line(icons::PEOPLE, value));
    }
    lines.truncate(bounds::VALUES);
    lines
}

fn to_know(given: &Given<'_>) -> Vec<Line> {
    let words = |icon, text: String| Line {
        icon,
        value: Shown::Words(Words::plain(text)),
    };
    let is_true = |local: &str| {
        given
            .inherited_literal(&given.sv(local))
            .map(|value| value.value() == "true")
    };
    let mut lines = Vec::new();
    let duration = given.schema("duration");
    let duration = duration.or_else(|| given.inherited_literal(&schema_iri("timeRequired")));
    if let Some(duration) = duration {
        let duration = time::duration(duration.value());
        lines.push(words(
            icons::CLOCK,
            given.site.say_with("know-duration", "duration", duration),
        ));
    }
    match is_true("entracte") {
        Some(true) => lines.push(words(icons::CLOCK, given.site.say("know-interval"))),
        Some(false) => lines.push(words(icons::CLOCK, given.site.say("know-no-interval"))),
        None => {}
    }
    if is_true("sansParoles") == Some(true) {
        lines.push(words(icons::SPEECH, given.site.say("know-no-words")));
    }
    for language in given.inherited(&given.sv("surtitrage")) {
        if let Term::Literal(language) = language {
            let language = crate::html::shown::language_name(language.value(), &given.site);
            lines.push(words(
                icons::CAPTIONS,
                given.site.say_with("know-surtitles", "language", language),
            ));
        }
    }
    for warning in given.inherited(&given.sv("avertissement")) {
        if let Term::NamedNode(warning) = warning {
            lines.push(Line {
                icon: icons::WARNING,
                value: Shown::Link(given.link(warning.as_str())),
            });
        }
    }
    lines.truncate(bounds::VALUES);
    lines
}
