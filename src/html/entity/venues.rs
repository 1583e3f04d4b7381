//! The places of a tour: a list by place with how many dates there are, and a map of the same.

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds, pointing};
use crate::html::map::{Map, Point};
use crate::html::shown::{Link, Time, Words};
use crate::html::{PageError, Site, render, time};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "venues",
    write,
};

#[derive(Template)]
#[template(path = "entity/venues.html")]
struct Venues<'a> {
    site: Site<'a>,
    map: Map,
    venues: Vec<Venue>,
    left: usize,
    /// Among how many dates these were counted, when there are more.
    among: Option<usize>,
    all: String,
}

struct Venue {
    place: Link,
    town: Option<Words>,
    dates: usize,
    first: Time,
    last: Option<Time>,
}

/// Dates at one place, as they are gathered.
struct Stop<'a> {
    iri: &'a str,
    dates: Vec<&'a str>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    // A place is where it is, and a performance happens once.
    if ["place", "performance"].contains(&given.kind()) {
        return Ok(None);
    }
    let dates = pointing::dates(given.document);
    let mut stops: Vec<Stop<'_>> = Vec::new();
    for row in &dates.rows {
        let takes_place = !row.is_cancelled() && !row.is_postponed();
        let (Some(place), Some(date), true) = (row.place, row.date, takes_place) else {
            continue;
        };
        match stops.iter_mut().find(|stop| stop.iri == place.as_str()) {
            Some(stop) => stop.dates.push(date),
            None => stops.push(Stop {
                iri: place.as_str(),
                dates: vec![date],
            }),
        }
    }
    if stops.len() < 2 {
        return Ok(None);
    }
    let counted = stops.iter().map(|stop| stop.dates.len()).sum();
    for stop in &mut stops {
        stop.dates.sort_unstable();
    }
    stops.sort_by_key(|stop| stop.dates.first().copied());
    let left = stops.len().saturating_sub(bounds::VENUES);
    stops.truncate(bounds::VENUES);
    let points: Vec<Point> = stops
        .iter()
        .filter_map(|stop| {
            let (latitude, longitude) = given.point(stop.iri)?;
            Some(Point {
                latitude,
                longitude,
                label: given.facts.name(stop.iri).text,
                href: given.site.href(stop.iri),
                count: stop.dates.len(),
            })
        })
        .collect();
    let map = Map::of(&given.site.say("venues-map"), &points, given.site)?;
    let venues = stops.iter().map(|stop| venue(given, stop)).collect();
    Ok(Some(render(&Venues {
        site: given.site,
        map,
        venues,
        left,
        among: dates.is_partial().then_some(counted),
        all: given.all_dates(),
    })?))
}

fn venue(given: &Given<'_>, stop: &Stop<'_>) -> Venue {
    let day = |date: &str| Time {
        iso: date.get(..10).unwrap_or(date).to_owned(),
        words: time::short(date.get(..10).unwrap_or(date), given.site.lang),
    };
    let first = stop.dates.first().map(|date| day(date));
    let last = stop.dates.last().map(|date| day(date));
    Venue {
        place: given.link(stop.iri),
        town: given.town(stop.iri),
        dates: stop.dates.len(),
        last: last.filter(|last| Some(last) != first.as_ref()),
        first: first.unwrap_or(Time {
            iso: String::new(),
            words: String::new(),
        }),
    }
}
