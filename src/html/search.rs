//! What was found by name: the page of a search, and the lines and facets that it shares with the
//! lists A–Z.

use crate::html::head::Head;
use crate::html::list::{Formats, Pager, link};
use crate::html::shown::{Link, Time, Words, best};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Kind;
use crate::publish::Listing;
use askama::Template;
use askama::filters::HtmlSafe;
use oxrdf::{Literal, NamedNode};

/// One that was found, and what one needs to know it by.
#[derive(Clone, Debug)]
pub struct Found {
    pub iri: NamedNode,
    pub kind: &'static Kind,
    pub names: Vec<Literal>,
    /// What else it is called.
    pub others: Vec<Literal>,
    pub beside: Vec<Beside>,
}

/// Something that stands beside a name.
#[derive(Clone, Debug)]
pub enum Beside {
    /// What a concept is called, such as a discipline or a function.
    Concept(Vec<Literal>),
    Entity(NamedNode, Vec<Literal>),
    /// A town, say.
    Text(String),
    /// From when to when, as the data has it.
    Period(String, Option<String>),
    /// The next day of performance, as the data has it.
    Next(String),
    /// In how many productions somebody is credited.
    Credits(u64),
}

/// The values of a facet of what was found.
#[derive(Clone, Debug)]
pub struct Division {
    /// The key of the interface text of its title.
    pub title: &'static str,
    pub choices: Vec<Choice>,
    /// How many values are not shown.
    pub left: usize,
}

/// A value that can be chosen, or given up.
#[derive(Clone, Debug)]
pub struct Choice {
    pub label: Label,
    pub count: u64,
    pub href: String,
    pub is_chosen: bool,
}

/// What a value is called.
#[derive(Clone, Debug)]
pub enum Label {
    Names(Vec<Literal>),
    Kind(&'static Kind),
    Text(String),
}

/// What the page of a search shows.
#[derive(Clone, Debug)]
pub struct Search {
    /// What was asked for.
    pub text: String,
    /// Whether there is something to look for in it.
    pub is_asked: bool,
    /// How many of its words were too many.
    pub left_out: usize,
    /// Whether the index is there.
    pub is_made: bool,
    pub listing: Listing,
    /// In the order of the listing.
    pub found: Vec<Found>,
    pub divisions: Vec<Division>,
    /// Whether nothing is called so, and all that is shown is called nearly so.
    pub is_near: bool,
    /// Where nothing was found: what is called a little like it.
    pub near: Vec<Found>,
    /// The addresses of what is on, and of the places, in the town, department or region that is
    /// called so.
    pub territory: Option<(String, String)>,
    /// Whether it looks like an identifier, which can be resolved.
    pub is_identifier: bool,
}

/// A line of what was found.
pub(super) struct Line {
    link: Link,
    kind: String,
    others: Vec<Words>,
    beside: Vec<Piece>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% match self %}{% when Piece::Link(link) %}{{ link }}{% when Piece::Words(words) %}{{ words }}{% when Piece::Time(before, time) %}{{ before }}{{ time }}{% endmatch %}"#
)]
enum Piece {
    Link(Link),
    Words(Words),
    Time(String, Time),
}

impl HtmlSafe for Piece {}

/// How many other names are shown.
const OTHER_NAMES: usize = 3;

impl Line {
    pub(super) fn of(found: &Found, site: &Site<'_>) -> Self {
        let shown = best(&found.names, site.lang).map(Literal::value);
        let mut others: Vec<&Literal> = Vec::new();
        for name in found.names.iter().chain(&found.others) {
            let is_known = shown == Some(name.value())
                || others.iter().any(|other| other.value() == name.value());
            if !is_known && others.len() < OTHER_NAMES {
                others.push(name);
            }
        }
        Self {
            link: link(&found.iri, &found.names, site),
            kind: site.say(&format!("kind-{}", found.kind.name)),
            others: others
                .into_iter()
                .map(|name| Words::name(name, site))
                .collect(),
            beside: found
                .beside
                .iter()
                .filter_map(|beside| piece(beside, site))
                .collect(),
        }
    }
}

fn piece(beside: &Beside, site: &Site<'_>) -> Option<Piece> {
    let time = |iso: &str, words: String| Time {
        iso: iso.to_owned(),
        words,
    };
    Some(match beside {
        Beside::Concept(names) => Piece::Words(Words::name(best(names, site.lang)?, site)),
        Beside::Entity(iri, names) => Piece::Link(link(iri, names, site)),
        Beside::Text(text) => Piece::Words(Words::plain(text).shortened()),
        Beside::Period(start, end) => {
            let words = time::period(start, end.as_deref(), site.lang);
            Piece::Time(String::new(), time(start, words))
        }
        Beside::Next(day) => {
            let before = format!("{} ", site.say("browse-next"));
            Piece::Time(before, time(day, time::short(day, site.lang)))
        }
        Beside::Credits(count) => {
            let count = usize::try_from(*count).unwrap_or(usize::MAX);
            Piece::Words(Words::plain(site.count("browse-credits", &count)))
        }
    })
}

/// The lines of what was found.
#[derive(Template)]
#[template(path = "found.html")]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// Whether the kind stands in each line.
    has_kinds: bool,
}

impl HtmlSafe for Lines {}

impl Lines {
    pub(super) fn of(found: &[Found], has_kinds: bool, site: &Site<'_>) -> Self {
        Self {
            lines: found.iter().map(|found| Line::of(found, site)).collect(),
            has_kinds,
        }
    }
}

/// The facets beside what was found.
#[derive(Template)]
#[template(path = "divisions.html")]
pub(super) struct Divisions<'a> {
    site: Site<'a>,
    sections: Vec<Section>,
}

struct Section {
    anchor: String,
    title: String,
    choices: Vec<ShownChoice>,
    left: usize,
}

struct ShownChoice {
    words: Words,
    count: String,
    href: String,
    is_chosen: bool,
}

impl HtmlSafe for Divisions<'_> {}

impl<'a> Divisions<'a> {
    pub(super) fn of(divisions: &[Division], site: Site<'a>) -> Self {
        let sections = divisions
            .iter()
            .filter(|division| !division.choices.is_empty());
        let sections = sections.map(|division| Section {
            anchor: division.title.to_owned(),
            title: site.say(division.title),
            left: division.left,
            choices: division
                .choices
                .iter()
                .map(|choice| ShownChoice {
                    words: label(&choice.label, choice.count, &site),
                    count: site.number(&choice.count),
                    href: site.at(&choice.href),
                    is_chosen: choice.is_chosen,
                })
                .collect(),
        });
        Self {
            sections: sections.collect(),
            site,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sections.is_empty()
    }
}

fn label(label: &Label, count: u64, site: &Site<'_>) -> Words {
    match label {
        Label::Names(names) => best(names, site.lang).map_or_else(
            || Words::plain(site.say("no-name")),
            |name| Words::name(name, site),
        ),
        Label::Kind(kind) => Words::plain(capital(&kinds(kind, count, site))),
        Label::Text(text) => Words::plain(text).shortened(),
    }
}

/// A text with a capital at its beginning.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// A kind in the number that so many are.
pub(super) fn kinds(kind: &Kind, count: u64, site: &Site<'_>) -> String {
    i18n::text(
        site.lang,
        &format!("kinds-{}", kind.name),
        &[("n", count.into())],
    )
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    search: &'a Search,
    total: String,
    lines: Lines,
    near: Lines,
    divisions: Divisions<'a>,
    pager: Pager<'a>,
    formats: Formats<'a>,
    resolve: Option<String>,
    /// Address and text.
    territory: Vec<(String, String)>,
}

impl Search {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let resolve = self.is_identifier.then(|| {
            let query = form_urlencoded::Serializer::new(String::new())
                .append_pair("id", self.text.trim())
                .finish();
            site.at(&format!("/resolve?{query}"))
        });
        render(&Page {
            head: Head::of(
                &self.listing.page_address(self.listing.page),
                self.listing.title.get(site.lang),
                &site.say("search-lead"),
                &site,
            ),
            total: site.count("list-total", &self.listing.total),
            lines: Lines::of(&self.found, true, &site),
            near: Lines::of(&self.near, true, &site),
            divisions: Divisions::of(&self.divisions, site),
            pager: Pager::of(&self.listing, site),
            formats: Formats::of(&self.listing, site),
            resolve,
            territory: self
                .territory
                .iter()
                .flat_map(|(agenda, places)| {
                    [("search-agenda", agenda), ("search-places", places)].map(|(key, address)| {
                        (
                            site.at(address),
                            site.say_with(key, "text", self.text.trim()),
                        )
                    })
                })
                .collect(),
            search: self,
            site,
        })
    }
}
