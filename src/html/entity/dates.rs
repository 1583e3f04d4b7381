//! The performances of something: as a calendar, and as a list of those to come; those that are
//! over behind a fold.

use crate::html::entity::calendar::{Calendar, calendar};
use crate::html::entity::given::Given;
use crate::html::entity::pointing::{self, Row};
use crate::html::entity::{Section, bounds, header};
use crate::html::shown::{Link, Time, Words};
use crate::html::{PageError, Site, render, time};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "dates",
    write,
};

#[derive(Template)]
#[template(path = "entity/dates.html")]
struct Dates<'a> {
    site: Site<'a>,
    weekdays: Vec<(String, String)>,
    calendar: Calendar,
    first: Vec<Line>,
    folded: Vec<Line>,
    /// Put off without a new date.
    postponed: Vec<Line>,
    over: Vec<Line>,
    /// Whether these are the last of more.
    is_over_cut: bool,
    /// How many are not shown, and where they are.
    left: usize,
    all: String,
}

/// One performance in a list.
struct Line {
    date: Time,
    /// Where the performance has its page; the date leads there.
    href: Option<String>,
    /// Its name, when that is not the page's own.
    name: Option<Words>,
    place: Option<Link>,
    town: Option<Words>,
    status: Option<(&'static str, String)>,
    is_cancelled: bool,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let dates = pointing::dates(given.document);
    if dates.rows.is_empty() {
        return Ok(None);
    }
    let rows = || dates.rows.iter().take(bounds::DATES);
    let others = |row: &&Row<'_>| row.date.is_some() && row.iri != given.iri();
    let (postponed, dated): (Vec<&Row<'_>>, Vec<&Row<'_>>) =
        rows().filter(others).partition(|row| row.is_postponed());
    let (coming, over): (Vec<&Row<'_>>, Vec<&Row<'_>>) = dated
        .into_iter()
        .partition(|row| !row.date.is_some_and(|date| given.is_over(date)));
    if coming.is_empty() && over.is_empty() && postponed.is_empty() {
        return Ok(None);
    }
    let title = header::title(given);
    let lines = |rows: &[&Row<'_>]| -> Vec<Line> {
        rows.iter().map(|row| line(given, &title, row)).collect()
    };
    let mut first = lines(&coming);
    let folded = first.split_off(first.len().min(bounds::DATES_FIRST));
    Ok(Some(render(&Dates {
        site: given.site,
        weekdays: time::weekdays(given.site.lang),
        calendar: calendar(given, &dates),
        first,
        folded,
        postponed: lines(&postponed),
        is_over_cut: over.iter().filter(|row| !row.is_cancelled()).count() < dates.past,
        over: lines(&over),
        left: dates.listed.saturating_sub(rows().count()),
        all: given.all_dates(),
    })?))
}

fn line(given: &Given<'_>, title: &Words, row: &Row<'_>) -> Line {
    let date = row.date.unwrap_or_default();
    let is_here = |place: &str| place == given.iri();
    let place = row.place.map(|place| place.as_str());
    Line {
        date: Time {
            iso: date.to_owned(),
            words: time::short(date, given.site.lang),
        },
        href: given.site.href(row.iri),
        name: Some(given.link(row.iri).words).filter(|name| name.text != title.text),
        place: place
            .filter(|place| !is_here(place))
            .map(|place| given.link(place)),
        town: place
            .filter(|place| !is_here(place))
            .and_then(|place| given.town(place)),
        status: row.status.and_then(|status| given.status(status)),
        is_cancelled: row.is_cancelled() || row.is_postponed(),
    }
}

impl Given<'_> {
    /// Where all performances of the entity are listed.
    pub fn all_dates(&self) -> String {
        let base = self.site.base;
        let work = self.schema_links("workPerformed").into_iter().next();
        let of = work.and_then(|work| match base.entity_of(work.as_str()) {
            Some(Ok(noid)) => self.site.href(base.doc(&noid).as_str()),
            _ => None,
        });
        let of = of.unwrap_or_else(|| self.address());
        format!("{of}/links?kind=performance")
    }
}
