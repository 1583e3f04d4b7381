//! The page of places: a map, and the same by region, department and town.

use crate::html::agenda::counted;
use crate::html::head::Head;
use crate::html::list::{Formats, Pager, link};
use crate::html::map::{self, Map};
use crate::html::shown::{self, Link, Words, best};
use crate::html::{PageError, Site, render};
use crate::publish::Listing;
use askama::Template;
use oxrdf::{Literal, NamedNode};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Places {
    /// The territories around what is shown, the widest first, and their addresses.
    pub trail: Vec<(Vec<Literal>, String)>,
    /// What is shown: nothing for all; without names for places in no known territory.
    pub here: Option<Vec<Literal>>,
    pub territories: Vec<Territory>,
    pub points: Vec<Point>,
    /// Those of this page of the list.
    pub places: Vec<Place>,
    /// How much is on in all of it.
    pub upcoming: u64,
    /// The address of that.
    pub agenda: Option<String>,
}

/// A region, a department or a town.
#[derive(Clone, Debug)]
pub struct Territory {
    /// Nothing for all that is in no known one.
    pub names: Vec<Literal>,
    pub code: Option<String>,
    pub places: usize,
    /// How much is on there, where that is known.
    pub upcoming: Option<u64>,
    pub href: String,
}

/// A mark on the map.
#[derive(Clone, Debug)]
pub struct Point {
    pub latitude: f64,
    pub longitude: f64,
    pub names: Vec<Literal>,
    pub href: Target,
    pub places: usize,
    pub upcoming: u64,
}

/// Where a mark leads.
#[derive(Clone, Debug)]
pub enum Target {
    Place(NamedNode),
    Page(String),
}

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Place {
    pub iri: NamedNode,
    pub names: Vec<Literal>,
    pub town: Option<String>,
    pub department: Vec<Literal>,
    pub upcoming: u64,
    /// The address of what is on there.
    pub agenda: String,
}

struct TerritoryLine {
    name: Words,
    code: Option<String>,
    about: String,
    href: String,
}

struct PlaceLine {
    link: Link,
    town: Option<String>,
    department: Option<Words>,
    /// How much is on there, and where that is listed.
    upcoming: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "places.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    title: Words,
    is_all: bool,
    total: String,
    agenda: Option<(String, String)>,
    trail: Vec<(Words, String)>,
    territories: Vec<TerritoryLine>,
    map: Map,
    places: Vec<PlaceLine>,
    pager: Pager<'a>,
    formats: Formats<'a>,
}

impl Places {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, listing: &Listing, site: Site<'_>) -> Result<String, PageError> {
        let name = |names: &[Literal]| {
            best(names, site.lang).map_or_else(
                || Words::plain(site.say("places-elsewhere")),
                |name| Words::name(name, &site),
            )
        };
        let title = match &self.here {
            None => Words::plain(site.say("places-title")),
            Some(names) => name(names),
        };
        let points: Vec<map::Point> = self
            .points
            .iter()
            .map(|point| map::Point {
                latitude: point.latitude,
                longitude: point.longitude,
                label: format!(
                    "{} · {}",
                    name(&point.names).text,
                    counted(&site, "agenda-total", point.upcoming)
                ),
                href: match &point.href {
                    Target::Place(iri) => site.href(iri.as_str()),
                    Target::Page(address) => Some(site.at(address)),
                },
                count: point.places,
            })
            .collect();
        let upcoming = counted(&site, "places-upcoming", self.upcoming);
        let total = counted(&site, "places-total", listing.total as u64);
        render(&Page {
            head: Head::of(
                &listing.page_address(listing.page),
                &title.text,
                &format!("{}. {total}. {}", title.text, site.say("places-about")),
                &site,
            ),
            map: Map::of(
                &site.say_with("places-map", "where", &title.text),
                &points,
                site,
            )?,
            is_all: self.here.is_none(),
            total,
            agenda: self
                .agenda
                .as_ref()
                .filter(|_| self.upcoming > 0)
                .map(|address| (upcoming, site.at(address))),
            trail: self
                .trail
                .iter()
                .map(|(names, address)| (name(names), site.at(address)))
                .collect(),
            territories: self
                .territories
                .iter()
                .map(|territory| TerritoryLine {
                    name: name(&territory.names),
                    code: territory.code.clone(),
                    about: {
                        let places = counted(&site, "places-total", territory.places as u64);
                        match territory.upcoming {
                            Some(upcoming) => {
                                format!("{places} · {}", counted(&site, "agenda-total", upcoming))
                            }
                            None => places,
                        }
                    },
                    href: site.at(&territory.href),
                })
                .collect(),
            places: self
                .places
                .iter()
                .map(|place| PlaceLine {
                    link: link(&place.iri, &place.names, &site),
                    town: place.town.as_deref().map(shown::name),
                    department: best(&place.department, site.lang)
                        .map(|name| Words::name(name, &site)),
                    upcoming: (place.upcoming > 0).then(|| {
                        let count = counted(&site, "agenda-total", place.upcoming);
                        (count, site.at(&place.agenda))
                    }),
                })
                .collect(),
            pager: Pager::of(listing, site),
            formats: Formats::of(listing, site),
            title,
            site,
        })
    }
}

#[derive(Template)]
#[template(path = "places-uncounted.html")]
struct Uncounted<'a> {
    site: Site<'a>,
}

/// The page before anything is counted.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn uncounted(site: Site<'_>) -> Result<String, PageError> {
    render(&Uncounted { site })
}
