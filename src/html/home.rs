//! The home page: what this is, what is in it, what is on next.

use crate::html::entity::licence_name;
use crate::html::shown::{Link, Time, Words, best};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::vocabulary::schema;
use crate::model::{Kind, Source};
use askama::Template;
use oxrdf::{Literal, NamedNode};

/// What the home page shows, read from one snapshot.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// Whether it is known how many there are of what, and what is next.
    pub is_counted: bool,
    /// How many entities there are of each kind, in the order in which they are shown.
    pub counts: Vec<Count>,
    /// The next performances, soonest first.
    pub upcoming: Vec<Upcoming>,
    /// The sources, without `system`.
    pub sources: Vec<SourceSummary>,
}

/// How many entities of a kind are published.
#[derive(Clone, Debug)]
pub struct Count {
    pub kind: &'static Kind,
    pub total: u64,
}

/// A performance to come.
#[derive(Clone, Debug)]
pub struct Upcoming {
    pub iri: NamedNode,
    /// Its `schema:name` literals.
    pub name: Vec<Literal>,
    /// Its `schema:startDate`, as it is stored.
    pub start: String,
    /// The first place and its names.
    pub place: Option<(NamedNode, Vec<Literal>)>,
    /// The `schema:addressLocality` of the place.
    pub town: Option<String>,
    /// Its `schema:eventStatus`.
    pub status: Option<NamedNode>,
}

/// A source and how much it describes.
#[derive(Clone, Debug)]
pub struct SourceSummary {
    pub source: Source,
    /// How many entities; `None` while they are being counted.
    pub entities: Option<u64>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page<'a> {
    site: Site<'a>,
    is_counted: bool,
    counts: Vec<(String, String)>,
    upcoming: Vec<Line>,
    sources: Vec<SourceLine>,
}

struct Line {
    date: Time,
    link: Link,
    place: Option<Link>,
    town: Option<String>,
    status: Option<(&'static str, String)>,
}

struct SourceLine {
    name: String,
    publisher: Option<String>,
    licence: Option<Link>,
    entities: String,
}

impl Home {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let words = |literals: &[Literal]| {
            best(literals, site.lang).map_or_else(
                || Words::plain(site.say("no-name")),
                |literal| Words::of(literal, &site),
            )
        };
        let kind = |count: &Count| {
            i18n::text(
                site.lang,
                &format!("kinds-{}", count.kind.name),
                &[("n", count.total.into())],
            )
        };
        render(&Page {
            site,
            is_counted: self.is_counted,
            counts: self
                .counts
                .iter()
                .filter(|count| count.total > 0)
                .map(|count| (site.number(&count.total), kind(count)))
                .collect(),
            upcoming: self
                .upcoming
                .iter()
                .map(|show| Line {
                    date: Time {
                        iso: show.start.clone(),
                        words: time::short(&show.start, site.lang),
                    },
                    link: Link::to(show.iri.as_str(), words(&show.name), &site),
                    place: show
                        .place
                        .as_ref()
                        .map(|(iri, name)| Link::to(iri.as_str(), words(name), &site)),
                    town: show.town.clone(),
                    status: show.status.as_ref().and_then(|status| {
                        match status.as_str().strip_prefix(schema::NS)? {
                            "EventCancelled" => Some(("bad", site.say("status-cancelled"))),
                            "EventPostponed" => Some(("warn", site.say("status-postponed"))),
                            "EventRescheduled" => Some(("warn", site.say("status-rescheduled"))),
                            _ => None,
                        }
                    }),
                })
                .collect(),
            sources: self
                .sources
                .iter()
                .map(|summary| SourceLine {
                    name: summary.source.name.to_string(),
                    publisher: summary.source.publisher.clone(),
                    licence: summary.source.licence.as_ref().map(|licence| {
                        let name = Words::plain(licence_name(licence.as_str()));
                        Link::to(licence.as_str(), name, &site)
                    }),
                    entities: summary.entities.map_or_else(
                        || site.say("counting"),
                        |entities| {
                            let entities = usize::try_from(entities).unwrap_or(usize::MAX);
                            site.count("entities-count", &entities)
                        },
                    ),
                })
                .collect(),
        })
    }
}
