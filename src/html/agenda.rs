//! What is on: by day, with a calendar of the month and everything that it can be narrowed by.

use crate::html::head::Head;
use crate::html::list::{Formats, Pager, badge, link, places};
use crate::html::shown::{Link, Time, Words, best, money, name};
use crate::html::statistics::{self, Choice, Division};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::vocabulary::schema;
use crate::publish::{Item, Listing};
use askama::Template;
use askama::filters::HtmlSafe;
use jiff::civil::Date;
use oxrdf::{Literal, NamedNode};

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Agenda {
    pub heading: Heading,
    /// How many take place.
    pub total: u64,
    /// How many of the list were cancelled.
    pub cancelled: u64,
    /// Those of the page, by day and time.
    pub entries: Vec<Shown>,
    /// What was put off and has no new date: how many, and the first of them.
    pub postponed: (usize, Vec<Shown>),
    /// What is on for several days.
    pub ongoing: (usize, Vec<Shown>),
    /// The address of the list of the latter.
    pub series: String,
    /// Key, address and whether it is this one.
    pub periods: Vec<(&'static str, String, bool)>,
    pub month: Month,
    /// What was chosen, by the name of the facet.
    pub chosen: Vec<(&'static str, Choice)>,
    pub divisions: Vec<Division>,
    /// The facet of which all values are shown, and nothing else.
    pub whole: Option<&'static str>,
    /// The address without it.
    pub here: String,
    pub form: Form,
    pub today: Date,
}

/// Of which days it is.
#[derive(Clone, Copy, Debug)]
pub enum Heading {
    Next,
    Between(Option<Date>, Option<Date>),
    Month(Date),
}

/// Something that is on.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The day on which it begins, where it is.
    pub day: Date,
    /// For how many days after that it is on.
    pub days: u16,
    pub item: Item,
    /// What is performed, where that has another name.
    pub production: Option<(NamedNode, Vec<Literal>)>,
    pub disciplines: Vec<Vec<Literal>>,
    pub accessibility: Vec<Vec<Literal>>,
    /// Who may come, where that is not everybody.
    pub access: Vec<Vec<Literal>>,
    pub price: Option<Price>,
}

/// What it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Price {
    Free,
    /// The lowest amount, and its currency.
    From(String, Option<String>),
}

/// A month, by weeks from Monday on; nothing where a day is of another month.
#[derive(Clone, Debug, Default)]
pub struct Month {
    pub first: Date,
    /// How many take place in it.
    pub total: u64,
    pub href: String,
    pub previous: String,
    pub next: String,
    pub weeks: Vec<Vec<Option<Day>>>,
}

#[derive(Clone, Debug)]
pub struct Day {
    pub date: Date,
    pub count: u64,
    pub href: Option<String>,
    pub is_today: bool,
    /// Whether it is among the days of the page.
    pub is_shown: bool,
}

/// The fields of the form that asks for days and a place.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub place: String,
    /// What else was chosen.
    pub kept: Vec<(String, String)>,
    /// What towns, departments and regions are called.
    pub places: Vec<Vec<Literal>>,
}

/// A line of an agenda.
pub(crate) struct Entry {
    time: Option<Time>,
    pub link: Link,
    pub production: Option<Link>,
    pub places: Vec<Link>,
    pub town: Option<String>,
    kind: Option<String>,
    disciplines: Vec<Words>,
    accessibility: Vec<Words>,
    access: Vec<Words>,
    price: Option<String>,
    status: Option<(&'static str, String)>,
    is_cancelled: bool,
}

impl Entry {
    /// `is_dated` says whether the day is to be told, and not only the time.
    pub fn of(shown: &Shown, is_dated: bool, site: &Site<'_>) -> Self {
        let item = &shown.item;
        let words = |names: &Vec<Vec<Literal>>| -> Vec<Words> {
            let best = names.iter().filter_map(|names| best(names, site.lang));
            best.map(|name| Words::name(name, site)).collect()
        };
        let start = item.start.as_ref().map(Literal::value);
        let end = item.end.as_ref().map(Literal::value);
        Self {
            time: start.and_then(|start| {
                let words = if shown.days > 0 {
                    time::period(start, end, site.lang)
                } else if is_dated {
                    time::short(start, site.lang)
                } else {
                    time::clock_of(start, site.lang)?
                };
                Some(Time {
                    iso: start.to_owned(),
                    words,
                })
            }),
            link: link(&item.iri, &item.names, site),
            production: shown
                .production
                .as_ref()
                .map(|(iri, names)| link(iri, names, site)),
            places: places(item, site),
            town: item.town.as_deref().map(name),
            kind: (!item.kind.is_performance())
                .then(|| site.say(&format!("kind-{}", item.kind.name))),
            disciplines: words(&shown.disciplines),
            accessibility: words(&shown.accessibility),
            access: words(&shown.access),
            price: shown.price.as_ref().map(|price| match price {
                Price::Free => site.say("price-free"),
                Price::From(amount, currency) => site.say_with(
                    "agenda-price-from",
                    "price",
                    money(amount, currency.as_deref(), site.lang),
                ),
            }),
            status: item.status.as_ref().and_then(|status| badge(status, site)),
            is_cancelled: item.status.as_ref() == Some(&schema::EVENT_CANCELLED.into_owned()),
        }
    }
}

/// Lines of an agenda, as a list.
#[derive(Template)]
#[template(path = "agenda-entries.html")]
pub(crate) struct Entries<'a> {
    site: Site<'a>,
    entries: Vec<Entry>,
}

impl HtmlSafe for Entries<'_> {}

impl<'a> Entries<'a> {
    pub fn of(shown: &[Shown], is_dated: bool, site: Site<'a>) -> Self {
        Self {
            entries: shown
                .iter()
                .map(|shown| Entry::of(shown, is_dated, &site))
                .collect(),
            site,
        }
    }
}

/// A day with what is on.
pub(crate) struct DayOf<'a> {
    pub anchor: String,
    pub number: i8,
    pub month: String,
    pub weekday: String,
    pub note: Option<String>,
    pub entries: Entries<'a>,
}

/// Entries by the day on which they begin.
pub(crate) fn by_day<'a>(shown: &[Shown], today: Date, site: Site<'a>) -> Vec<DayOf<'a>> {
    shown
        .chunk_by(|a, b| a.day == b.day)
        .map(|of_day| {
            let date = of_day.first().map_or(today, |first| first.day);
            DayOf {
                anchor: date.to_string(),
                number: date.day(),
                month: time::month(date.to_string().get(..7).unwrap_or_default(), site.lang),
                weekday: time::weekday(date, site.lang).to_owned(),
                note: note(date, today, &site),
                entries: Entries::of(of_day, false, site),
            }
        })
        .collect()
}

fn note(date: Date, today: Date, site: &Site<'_>) -> Option<String> {
    if date == today {
        return Some(site.say("agenda-today"));
    }
    (today.tomorrow().ok() == Some(date)).then(|| site.say("agenda-tomorrow"))
}

/// A month as a table.
#[derive(Template)]
#[template(path = "calendar.html")]
pub(crate) struct Calendar<'a> {
    site: Site<'a>,
    month: &'a Month,
    title: String,
    total: String,
    /// Short and long.
    weekdays: Vec<(String, String)>,
    weeks: Vec<Vec<Option<CalendarDay>>>,
}

struct CalendarDay {
    number: i8,
    iso: String,
    /// The address, and how many are on in words.
    link: Option<(String, String, String)>,
    is_today: bool,
    is_shown: bool,
}

impl HtmlSafe for Calendar<'_> {}

impl<'a> Calendar<'a> {
    pub fn of(month: &'a Month, site: Site<'a>) -> Self {
        let name = month.first.to_string();
        Self {
            title: time::month(name.get(..7).unwrap_or_default(), site.lang),
            total: counted(&site, "agenda-total", month.total),
            weekdays: time::weekdays(site.lang),
            weeks: month
                .weeks
                .iter()
                .map(|week| {
                    week.iter()
                        .map(|day| day.as_ref().map(|day| in_calendar(day, &site)))
                        .collect()
                })
                .collect(),
            month,
            site,
        }
    }
}

fn in_calendar(day: &Day, site: &Site<'_>) -> CalendarDay {
    CalendarDay {
        number: day.date.day(),
        iso: day.date.to_string(),
        link: day.href.as_ref().map(|href| {
            (
                site.at(href),
                site.number(&day.count),
                i18n::text(
                    site.lang,
                    "agenda-day-label",
                    &[
                        ("day", time::day(day.date, site.lang).into()),
                        ("n", day.count.into()),
                        ("shown", site.number(&day.count).into()),
                    ],
                ),
            )
        }),
        is_today: day.is_today,
        is_shown: day.is_shown,
    }
}

/// A text that counts many.
pub(crate) fn counted(site: &Site<'_>, key: &str, n: u64) -> String {
    i18n::text(
        site.lang,
        key,
        &[("n", n.into()), ("shown", site.number(&n).into())],
    )
}

struct Section {
    facet: &'static str,
    title: String,
    choices: Vec<statistics::Shown>,
    left: usize,
    all: String,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "agenda.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    days_heading: Option<String>,
    total: String,
    cancelled: Option<String>,
    days: Vec<DayOf<'a>>,
    postponed: Option<(String, Entries<'a>)>,
    ongoing: Option<(Entries<'a>, usize, String)>,
    periods: Vec<(String, String, bool)>,
    calendar: Calendar<'a>,
    chosen: Vec<(String, statistics::Shown)>,
    clear: String,
    sections: Vec<Section>,
    whole: Option<String>,
    here: String,
    form: FormShown,
    pager: Pager<'a>,
    formats: Formats<'a>,
}

struct FormShown {
    from: String,
    until: String,
    place: String,
    kept: Vec<(String, String)>,
    places: Vec<String>,
}

impl Agenda {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, listing: &Listing, site: Site<'_>) -> Result<String, PageError> {
        let facet = |name: &str| site.say(&format!("facet-{name}"));
        let is_first = listing.page == 1;
        let (postponed, ongoing) = (&self.postponed, &self.ongoing);
        let total = counted(&site, "agenda-total", self.total);
        let days = heading(self.heading, &site);
        let title = match &days {
            Some(days) => format!("{}{} {days}", site.say("agenda-title"), site.say("colon")),
            None => site.say("agenda-title"),
        };
        render(&Page {
            head: Head::of(
                &listing.page_address(listing.page),
                &title,
                &format!("{title}. {total}. {}", site.say("agenda-about")),
                &site,
            ),
            days_heading: days,
            total,
            cancelled: (self.cancelled > 0)
                .then(|| counted(&site, "agenda-cancelled", self.cancelled)),
            days: by_day(&self.entries, self.today, site),
            postponed: (is_first && !postponed.1.is_empty()).then(|| {
                (
                    counted(&site, "agenda-postponed", postponed.0 as u64),
                    Entries::of(&postponed.1, true, site),
                )
            }),
            ongoing: (is_first && !ongoing.1.is_empty()).then(|| {
                (
                    Entries::of(&ongoing.1, true, site),
                    ongoing.0.saturating_sub(ongoing.1.len()),
                    site.at(&self.series),
                )
            }),
            periods: self
                .periods
                .iter()
                .map(|(name, href, is_here)| {
                    (
                        site.say(&format!("agenda-period-{name}")),
                        site.at(href),
                        *is_here,
                    )
                })
                .collect(),
            calendar: Calendar::of(&self.month, site),
            chosen: self
                .chosen
                .iter()
                .map(|(name, choice)| (facet(name), statistics::shown(&site, name, choice)))
                .collect(),
            clear: site.at("/agenda"),
            sections: self
                .divisions
                .iter()
                .filter(|division| !division.choices.is_empty())
                .map(|division| Section {
                    facet: division.facet,
                    title: facet(division.facet),
                    is_open: self.whole.is_some()
                        || division.choices.iter().any(|choice| choice.is_chosen)
                        || ["discipline", "town"].contains(&division.facet),
                    choices: division
                        .choices
                        .iter()
                        .map(|choice| statistics::shown(&site, division.facet, choice))
                        .collect(),
                    left: division.left,
                    all: site.at(&division.all),
                })
                .collect(),
            whole: self.whole.map(facet),
            here: site.at(&self.here),
            form: FormShown {
                from: self
                    .form
                    .from
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                until: self
                    .form
                    .until
                    .map(|day| day.to_string())
                    .unwrap_or_default(),
                place: self.form.place.clone(),
                kept: self.form.kept.clone(),
                places: place_names(&self.form.places, &site),
            },
            pager: Pager::of(listing, site),
            formats: Formats::of(listing, site),
            site,
        })
    }
}

/// What places are called, each once.
pub(crate) fn place_names(places: &[Vec<Literal>], site: &Site<'_>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for place in places.iter().filter_map(|names| best(names, site.lang)) {
        let place = name(place.value());
        if !names.contains(&place) {
            names.push(place);
        }
    }
    names
}

fn heading(heading: Heading, site: &Site<'_>) -> Option<String> {
    let day = |day: Date| time::day(day, site.lang);
    match heading {
        Heading::Next => None,
        Heading::Month(first) => {
            let month = first.to_string();
            Some(time::month(month.get(..7).unwrap_or_default(), site.lang))
        }
        Heading::Between(Some(from), Some(until)) if from == until => Some(day(from)),
        Heading::Between(Some(from), Some(until)) => Some(i18n::text(
            site.lang,
            "agenda-between",
            &[("from", day(from).into()), ("until", day(until).into())],
        )),
        Heading::Between(Some(from), None) => Some(site.say_with("agenda-from", "from", day(from))),
        Heading::Between(None, Some(until)) => {
            Some(site.say_with("agenda-until", "until", day(until)))
        }
        Heading::Between(None, None) => None,
    }
}

#[derive(Template)]
#[template(path = "agenda-uncounted.html")]
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
