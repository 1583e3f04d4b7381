//! What identifiers stand for: the form to ask, and the answers as a table.

use crate::html::shown::{Link, Time, Words, best};
use crate::html::{PageError, Site, render, time};
use crate::publish::resolution::{Found, Resolved, Status};
use askama::Template;

/// What the page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolving {
    /// Nothing was asked yet.
    Nothing,
    List,
    /// One identifier, of which nothing is known.
    Unknown,
    /// One identifier that stands for several entities.
    Ambiguous,
}

/// The page at `/resolve`.
#[derive(Clone, Debug)]
pub struct Resolve<'a> {
    pub resolving: Resolving,
    pub resolved: &'a [Resolved],
    /// How many have each status; the others are left out.
    pub counts: &'a [(Status, usize)],
    /// How many identifiers one list may have.
    pub most: usize,
}

#[derive(Template)]
#[template(path = "resolve.html")]
struct Page<'a> {
    site: Site<'a>,
    title: String,
    lead: String,
    counts: Vec<(&'static str, String, String)>,
    lines: Vec<Line<'a>>,
    /// How many are not shown.
    further: usize,
    /// What was asked, to be asked again.
    again: String,
}

struct Line<'a> {
    given: &'a str,
    class: &'static str,
    status: String,
    note: Option<String>,
    entity: Option<Link>,
    kind: Option<String>,
    changed: Option<Time>,
    others_title: Option<String>,
    others: Vec<(Link, Option<String>)>,
}

impl Resolve<'_> {
    /// The page, with all that was asked.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        self.page_of(site, usize::MAX)
    }

    /// The page, with no more lines than so.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page_of(&self, site: Site<'_>, most: usize) -> Result<String, PageError> {
        let (title, lead) = match self.resolving {
            Resolving::Nothing | Resolving::List => ("resolve-title", "resolve-lead"),
            Resolving::Unknown => ("resolve-unknown-title", "resolve-unknown-lead"),
            Resolving::Ambiguous => ("resolve-ambiguous-title", "resolve-ambiguous-lead"),
        };
        let given: Vec<&str> = self.resolved.iter().map(|one| one.given.as_str()).collect();
        render(&Page {
            title: site.say(title),
            lead: site.say_with(lead, "most", site.number(&(self.most as u64))),
            counts: self
                .counts
                .iter()
                .filter(|_| self.resolved.len() > 1)
                .map(|(status, count)| {
                    let count = site.number(&(*count as u64));
                    (class(*status), site.say(key(*status)), count)
                })
                .collect(),
            lines: self
                .resolved
                .iter()
                .take(most)
                .map(|one| line(one, &site))
                .collect(),
            further: self.resolved.len().saturating_sub(most),
            again: given.join("\n"),
            site,
        })
    }
}

fn line<'a>(one: &'a Resolved, site: &Site<'_>) -> Line<'a> {
    let entity = one.entity.as_ref();
    let withdrawn = one
        .tombstone
        .as_ref()
        .map(|tombstone| site.say_with("resolve-withdrawn-on", "day", day(&tombstone.time, site)));
    let mistyped = one.is_mistyped.then(|| site.say("resolve-mistyped"));
    let others_title = match one.status {
        _ if one.others.is_empty() => None,
        Status::Split => Some("resolve-replaced-by"),
        Status::Ambiguous => Some("resolve-candidates"),
        _ => Some("resolve-proposals"),
    };
    Line {
        given: &one.given,
        class: class(one.status),
        status: site.say(key(one.status)),
        note: withdrawn.or(mistyped),
        entity: entity.map(|entity| link(entity, site)),
        kind: entity.and_then(|entity| kind(entity, site)),
        changed: entity
            .and_then(|entity| entity.changed.as_ref())
            .map(|(_, changed)| Time {
                words: day(changed, site),
                iso: changed.clone(),
            }),
        others_title: others_title.map(|key| site.say(key)),
        others: one
            .others
            .iter()
            .map(|other| (link(other, site), kind(other, site)))
            .collect(),
    }
}

/// The day of an instant.
fn day(instant: &str, site: &Site<'_>) -> String {
    time::moment(instant.get(..10).unwrap_or_default(), site.lang)
}

fn link(entity: &Found, site: &Site<'_>) -> Link {
    let words = match best(&entity.names, site.lang) {
        Some(name) => Words::name(name, site),
        None => Words::plain(entity.iri.as_str()),
    };
    Link::to(entity.iri.as_str(), words, site)
}

fn kind(entity: &Found, site: &Site<'_>) -> Option<String> {
    Some(site.say(&format!("kind-{}", entity.kind?.name)))
}

fn key(status: Status) -> &'static str {
    match status {
        Status::Current => "resolve-current",
        Status::Merged => "resolve-merged",
        Status::Split => "resolve-split",
        Status::Withdrawn => "resolve-withdrawn",
        Status::Ambiguous => "resolve-ambiguous",
        Status::Unknown => "resolve-unknown",
    }
}

fn class(status: Status) -> &'static str {
    match status {
        Status::Current => "good",
        Status::Merged | Status::Split | Status::Ambiguous => "note",
        Status::Withdrawn | Status::Unknown => "bad",
    }
}
