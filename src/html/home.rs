//! The home page: what is on, and the ways into everything else.

use crate::html::agenda::{DayOf, Entries, Shown, by_day, counted, place_names};
use crate::html::head::{Head, script};
use crate::html::statistics::{self, Choice};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Kind;
use askama::Template;
use jiff::civil::Date;
use oxrdf::Literal;

/// What the home page shows, read from one snapshot.
#[derive(Clone, Debug)]
pub struct Home {
    /// Whether it is known how many there are of what, and what is next.
    pub is_counted: bool,
    /// The day that it is.
    pub today: Date,
    /// What is on, in days that follow each other.
    pub spans: Vec<Span>,
    /// What is on for several days.
    pub ongoing: Vec<Shown>,
    /// How much is to come.
    pub total: u64,
    pub disciplines: Vec<Choice>,
    /// How many entities there are of each kind, in the order in which they are shown.
    pub counts: Vec<Count>,
    /// What towns, departments and regions are called.
    pub places: Vec<Vec<Literal>>,
    /// Whether the script that asks the browser where the visitor is was built in.
    pub locates: bool,
    /// The data as schema.org's `Dataset`, for search engines, as JSON.
    pub dataset: Option<String>,
}

impl Home {
    /// That of a day on which nothing is known yet.
    pub fn uncounted(today: Date) -> Self {
        Self {
            is_counted: false,
            today,
            spans: Vec::new(),
            ongoing: Vec::new(),
            total: 0,
            disciplines: Vec::new(),
            counts: Vec::new(),
            places: Vec::new(),
            locates: false,
            dataset: None,
        }
    }
}

/// What is on in some days.
#[derive(Clone, Debug)]
pub struct Span {
    /// The end of the key of its title.
    pub name: &'static str,
    /// How many take place.
    pub total: u64,
    /// The first of them.
    pub entries: Vec<Shown>,
    /// The address of all.
    pub href: String,
}

/// How many entities of a kind are published.
#[derive(Clone, Debug)]
pub struct Count {
    pub kind: &'static Kind,
    pub total: u64,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    is_counted: bool,
    weekday: String,
    number: i8,
    month: String,
    iso: String,
    spans: Vec<Section<'a>>,
    ongoing: Option<Entries<'a>>,
    total: String,
    disciplines: Vec<statistics::Shown>,
    /// Number, kind, address.
    counts: Vec<(String, String, String)>,
    places: Vec<String>,
    locates: bool,
    /// JSON in which no character can end the block.
    dataset: Option<String>,
}

struct Section<'a> {
    name: &'static str,
    title: String,
    total: String,
    is_today: bool,
    days: Vec<DayOf<'a>>,
    /// The address of all, where more are on than are shown.
    more: Option<String>,
}

impl Home {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let kind = |count: &Count| {
            i18n::text(
                site.lang,
                &format!("kinds-{}", count.kind.name),
                &[("n", count.total.into())],
            )
        };
        let iso = self.today.to_string();
        render(&Page {
            head: Head::of("/", &site.say("home-title"), &site.say("home-lead"), &site),
            is_counted: self.is_counted,
            weekday: time::weekday(self.today, site.lang).to_owned(),
            number: self.today.day(),
            month: time::month(iso.get(..7).unwrap_or_default(), site.lang),
            iso,
            spans: self
                .spans
                .iter()
                .map(|span| Section {
                    name: span.name,
                    title: site.say(&format!("home-span-{}", span.name)),
                    total: counted(&site, "agenda-total", span.total),
                    is_today: span.name == "today",
                    days: by_day(&span.entries, self.today, site),
                    more: (span.total > span.entries.len() as u64).then(|| site.at(&span.href)),
                })
                .collect(),
            ongoing: (!self.ongoing.is_empty()).then(|| Entries::of(&self.ongoing, true, site)),
            total: counted(&site, "home-total", self.total),
            disciplines: self
                .disciplines
                .iter()
                .map(|choice| statistics::shown(&site, "discipline", choice))
                .collect(),
            counts: self
                .counts
                .iter()
                .filter(|count| count.total > 0)
                .map(|count| {
                    let href = site.at(&format!("/browse/{}", count.kind.name));
                    (site.number(&count.total), kind(count), href)
                })
                .collect(),
            places: place_names(&self.places, &site),
            locates: self.locates,
            dataset: self.dataset.as_deref().map(script),
            site,
        })
    }
}
