//! What went wrong, as a page for people: the HTML form of an RFC 9457 problem.

use crate::html::shown::{Link, Prose, Time, Words, best};
use crate::html::{PageError, Site, render, time};
use crate::model::Kind;
use askama::Template;
use oxrdf::{Literal, NamedNode};

/// A problem, in the reader's language.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: u16,
    pub title: String,
    /// What happened, to which thing.
    pub detail: Option<String>,
    /// What the reader can do.
    pub advice: Vec<String>,
    /// To be quoted when writing to the operator.
    pub request_id: Option<String>,
    /// Entities that may have been meant, with their names.
    pub near: Vec<(NamedNode, Vec<Literal>)>,
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    site: Site<'a>,
    problem: &'a Problem,
    detail: Option<Prose>,
    advice: Vec<Prose>,
    near: Vec<(Link, &'a str)>,
}

impl Problem {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        render(&ProblemPage {
            site,
            problem: self,
            detail: self.detail.as_deref().map(Prose::new),
            advice: self.advice.iter().map(|line| Prose::new(line)).collect(),
            near: self
                .near
                .iter()
                .map(|(iri, names)| (named(iri, names, &site), iri.as_str()))
                .collect(),
        })
    }
}

/// A link to an entity by its name, or by its IRI when it has none.
fn named(iri: &NamedNode, names: &[Literal], site: &Site<'_>) -> Link {
    let words = match best(names, site.lang) {
        Some(name) => Words::of(name, site),
        None => Words::plain(iri.as_str()),
    };
    Link::to(iri.as_str(), words, site)
}

/// An entity that was several, which replace it.
#[derive(Clone, Debug)]
pub struct Replaced {
    pub iri: NamedNode,
    /// Those that replace it, with their names.
    pub successors: Vec<(NamedNode, Vec<Literal>)>,
}

#[derive(Template)]
#[template(path = "replaced.html")]
struct ReplacedPage<'a> {
    site: Site<'a>,
    iri: Link,
    successors: Vec<Link>,
}

impl Replaced {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        render(&ReplacedPage {
            site,
            iri: Link {
                href: None,
                is_external: false,
                words: Words::plain(self.iri.as_str()),
            },
            successors: self
                .successors
                .iter()
                .map(|(iri, names)| named(iri, names, &site))
                .collect(),
        })
    }
}

/// An entity that was withdrawn: its IRI is kept and says so.
#[derive(Clone, Debug)]
pub struct Tombstone {
    pub iri: NamedNode,
    /// The names that it last had.
    pub name: Vec<Literal>,
    /// What it was.
    pub kind: Option<&'static Kind>,
    /// Where it is told how it changed.
    pub history: NamedNode,
    /// When it was withdrawn: an `xsd:dateTime` in UTC.
    pub since: Option<String>,
    /// Which source withdrew it.
    pub by: Option<String>,
    /// Why, in the reader's language.
    pub reason: Option<String>,
}

#[derive(Template)]
#[template(path = "tombstone.html")]
struct TombstonePage<'a> {
    site: Site<'a>,
    name: Option<Words>,
    kind: Option<String>,
    history: Option<String>,
    iri: Link,
    since: Option<Time>,
    by: Option<&'a str>,
    reason: Option<&'a str>,
}

impl Tombstone {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        render(&TombstonePage {
            site,
            name: best(&self.name, site.lang).map(|name| Words::of(name, &site)),
            kind: self
                .kind
                .map(|kind| site.say(&format!("kind-{}", kind.name))),
            history: site.href(self.history.as_str()),
            iri: Link {
                href: None,
                is_external: false,
                words: Words::plain(self.iri.as_str()),
            },
            since: self.since.as_ref().map(|since| Time {
                iso: since.clone(),
                words: time::instant(since, site.lang),
            }),
            by: self.by.as_deref(),
            reason: self.reason.as_deref(),
        })
    }
}
