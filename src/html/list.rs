//! What pages of lists have in common: the entities of one page, the links to the other pages,
//! and the list as data.

use crate::html::head::Head;
use crate::html::shown::{Link, Time, Words, best, name};
use crate::html::{PageError, Site, render, time};
use crate::model::vocabulary::schema;
use crate::publish::{Item, Listing};
use askama::Template;
use askama::filters::HtmlSafe;
use oxrdf::{Literal, NamedNode};

/// The links to the other pages of a list; nothing where there is one page.
#[derive(Template)]
#[template(path = "pager.html")]
pub(crate) struct Pager<'a> {
    site: Site<'a>,
    previous: Option<String>,
    next: Option<String>,
    /// The number, how it is written and its address; `None` stands for those left out between
    /// two.
    pages: Vec<Option<(usize, String, String)>>,
    here: usize,
}

impl HtmlSafe for Pager<'_> {}

/// How many pages on each side of this one are named.
const AROUND: usize = 2;

impl<'a> Pager<'a> {
    pub fn of(listing: &Listing, site: Site<'a>) -> Self {
        let (here, last) = (listing.page, listing.pages());
        let href = |page: usize| site.at(&listing.page_address(page));
        let is_named = |page: &usize| *page == 1 || *page == last || page.abs_diff(here) <= AROUND;
        let near = here.saturating_sub(AROUND).max(1)..=(here + AROUND).min(last);
        let mut named: Vec<usize> = [1, last].into_iter().chain(near).filter(is_named).collect();
        named.sort_unstable();
        named.dedup();
        let mut pages = Vec::new();
        let mut former = 0;
        for page in named {
            if page > former + 1 {
                pages.push(None);
            }
            pages.push(Some((page, site.number(&(page as u64)), href(page))));
            former = page;
        }
        Self {
            previous: (here > 1).then(|| href(here - 1)),
            next: (here < last).then(|| href(here + 1)),
            pages,
            here,
            site,
        }
    }
}

/// A list as data: the name of each format and where it is.
#[derive(Template)]
#[template(path = "formats.html")]
pub(crate) struct Formats<'a> {
    site: Site<'a>,
    formats: Vec<(&'static str, String)>,
}

impl HtmlSafe for Formats<'_> {}

impl<'a> Formats<'a> {
    /// This page of a list in each format.
    pub fn of(listing: &Listing, site: Site<'a>) -> Self {
        let here = site.at(&listing.page_address(listing.page));
        let separator = if here.contains('?') { '&' } else { '?' };
        // A list has no graphs.
        let formats = crate::publish::FORMATS.iter();
        let formats = formats.filter(|format| !format.has_graphs);
        let names = formats.map(|format| format.extension);
        Self {
            formats: names
                .chain(["json", "csv"])
                .map(|name| (name, format!("{here}{separator}format={name}")))
                .collect(),
            site,
        }
    }
}

/// A line of a list.
pub(crate) struct Line {
    pub link: Link,
    pub kind: String,
    pub date: Option<Time>,
    pub places: Vec<Link>,
    pub town: Option<String>,
    /// The class of a badge, and its text.
    pub status: Option<(&'static str, String)>,
    pub is_cancelled: bool,
}

impl Line {
    pub fn of(item: &Item, site: &Site<'_>) -> Self {
        let start = item.start.as_ref().map(Literal::value);
        Self {
            link: link(&item.iri, &item.names, site),
            kind: site.say(&format!("kind-{}", item.kind.name)),
            date: start.map(|start| Time {
                iso: start.to_owned(),
                words: match &item.end {
                    Some(end) if !item.kind.is_performance() => {
                        time::period(start, Some(end.value()), site.lang)
                    }
                    _ => time::short(start, site.lang),
                },
            }),
            places: places(item, site),
            town: item.town.as_deref().map(name),
            status: item.status.as_ref().and_then(|status| badge(status, site)),
            is_cancelled: item.status.as_ref() == Some(&schema::EVENT_CANCELLED.into_owned()),
        }
    }
}

/// Where it is: the room, and the house that it is in.
pub(crate) fn places(item: &Item, site: &Site<'_>) -> Vec<Link> {
    let places = [&item.place, &item.house].into_iter().flatten();
    places.map(|(iri, names)| link(iri, names, site)).collect()
}

/// What a reader must know of a status at once: the class of a badge, and its text.
pub(crate) fn badge(status: &NamedNode, site: &Site<'_>) -> Option<(&'static str, String)> {
    match status.as_str().strip_prefix(schema::NS)? {
        "EventCancelled" => Some(("bad", site.say("status-cancelled"))),
        "EventPostponed" => Some(("warn", site.say("status-postponed"))),
        "EventRescheduled" => Some(("warn", site.say("status-rescheduled"))),
        _ => None,
    }
}

/// A link to an entity by the name that suits the reader best.
pub(crate) fn link(iri: &NamedNode, names: &[Literal], site: &Site<'_>) -> Link {
    let words = best(names, site.lang).map_or_else(
        || Words::plain(site.say("no-name")),
        |name| Words::name(name, site),
    );
    Link::to(iri.as_str(), words, site)
}

/// The entities of a page of a list, in its order, with the links to the other pages and formats:
/// what stands below the heading of any list that needs no more.
#[derive(Template)]
#[template(path = "list.html")]
pub(crate) struct List<'a> {
    site: Site<'a>,
    lines: Vec<Line>,
    pager: Pager<'a>,
    formats: Formats<'a>,
}

impl HtmlSafe for List<'_> {}

impl<'a> List<'a> {
    pub fn of(listing: &Listing, site: Site<'a>) -> Self {
        Self {
            lines: listing
                .items
                .iter()
                .map(|item| Line::of(item, &site))
                .collect(),
            pager: Pager::of(listing, site),
            formats: Formats::of(listing, site),
            site,
        }
    }
}

#[derive(Template)]
#[template(path = "list-page.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    title: String,
    total: String,
    list: List<'a>,
}

/// A plain page of a list.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn list(listing: &Listing, site: Site<'_>) -> Result<String, PageError> {
    let total = site.count("list-total", &listing.total);
    render(&Page {
        head: Head::of(
            &listing.page_address(listing.page),
            listing.title.get(site.lang),
            &total,
            &site,
        ),
        title: listing.title.get(site.lang).to_owned(),
        total,
        list: List::of(listing, site),
        site,
    })
}
