//! The page of statistics: how many entities there are of each kind, who describes them, and the
//! performances divided in many ways.

use crate::html::shown::{NAME, Words, beginning, best, language_name, name as shortened};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Kind;
use askama::Template;
use oxrdf::Literal;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// The generation that was counted; `None` when nothing is yet.
    pub counted: Option<u64>,
    /// The generation of the store.
    pub current: u64,
    pub triples: u64,
    /// The kinds of which there is something, in order, with how many there are.
    pub totals: Vec<(&'static Kind, u64)>,
    pub rows: Vec<Row>,
    /// How many performances were selected.
    pub selected: u64,
    /// What was chosen, by the name of the facet.
    pub chosen: Vec<(&'static str, Choice)>,
    pub divisions: Vec<Division>,
    /// The facet of which all values are shown, and nothing else.
    pub whole: Option<&'static str>,
    /// The address of all facets.
    pub back: String,
    /// What was chosen, as the end of an address: empty, or from the `?` on.
    pub query: String,
}

/// What one source describes.
#[derive(Clone, Debug)]
pub struct Row {
    pub source: String,
    pub publisher: Option<String>,
    pub entities: u64,
    /// In the order of the totals.
    pub counts: Vec<u64>,
}

/// The performances divided by a facet.
#[derive(Clone, Debug)]
pub struct Division {
    pub facet: &'static str,
    pub choices: Vec<Choice>,
    /// How many values are not shown.
    pub left: usize,
    /// The address that shows them.
    pub all: String,
}

/// A value that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    pub key: String,
    pub names: Vec<Literal>,
    /// Of a source: who publishes it.
    pub publisher: Option<String>,
    pub count: Option<u64>,
    /// The address that chooses it, or without it when it is chosen.
    pub href: String,
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct Page<'a> {
    site: Site<'a>,
    state: String,
    is_behind: bool,
    is_counted: bool,
    /// Anchor, number, kind.
    totals: Vec<(String, String, String)>,
    heads: Vec<String>,
    rows: Vec<TableRow>,
    selected: String,
    chosen: Vec<(String, Shown)>,
    sections: Vec<Section>,
    whole: Option<String>,
    back: String,
    downloads: Vec<(String, String)>,
}

struct TableRow {
    name: String,
    code: String,
    href: String,
    entities: String,
    /// Anchor, label of the column, number; nothing where there is none.
    cells: Vec<(String, String, Option<String>)>,
}

struct Section {
    facet: &'static str,
    title: String,
    choices: Vec<Shown>,
    left: usize,
    all: String,
}

/// A choice, as pages write it.
pub(crate) struct Shown {
    pub words: Words,
    pub count: String,
    pub href: String,
    pub is_chosen: bool,
}

impl Statistics {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let state = match self.counted {
            None => site.say("statistics-counting"),
            Some(counted) if counted == self.current => {
                site.say_with("statistics-current", "generation", site.number(&counted))
            }
            Some(counted) => i18n::text(
                site.lang,
                "statistics-behind",
                &[
                    ("generation", site.number(&counted).into()),
                    ("current", site.number(&self.current).into()),
                ],
            ),
        };
        let title = |facet: &str| site.say(&format!("facet-{facet}"));
        let file = |parameters: &str| {
            let separator = if self.query.is_empty() { '?' } else { '&' };
            site.at(&format!("/statistics{}{separator}{parameters}", self.query))
        };
        let mut downloads = Vec::new();
        if self.counted.is_some() {
            downloads.push((site.say("statistics-json"), file("format=json")));
            downloads.push((site.say("statistics-csv"), file("format=csv")));
            let entities = site.at("/statistics?format=csv&table=entities");
            downloads.push((site.say("statistics-csv-entities"), entities));
        }
        let heads: Vec<String> = self
            .totals
            .iter()
            .map(|(kind, total)| counted_kind(&site, kind, *total))
            .collect();
        render(&Page {
            state,
            is_behind: self.counted.is_some_and(|counted| counted != self.current),
            is_counted: self.counted.is_some(),
            totals: self
                .totals
                .iter()
                .zip(&heads)
                .map(|((kind, total), head)| {
                    let anchor = format!("n-{}", kind.name);
                    (anchor, site.number(total), head.clone())
                })
                .collect(),
            rows: self
                .rows
                .iter()
                .map(|row| TableRow {
                    name: row
                        .publisher
                        .clone()
                        .unwrap_or_else(|| site.say("publisher-unknown")),
                    code: row.source.clone(),
                    href: site.at(&format!("/statistics?source={}", row.source)),
                    entities: site.number(&row.entities),
                    cells: self
                        .totals
                        .iter()
                        .zip(&heads)
                        .zip(&row.counts)
                        .map(|(((kind, _), head), count)| {
                            let anchor = format!("n-{}-{}", row.source, kind.name);
                            let number = (*count > 0).then(|| site.number(count));
                            (anchor, head.clone(), number)
                        })
                        .collect(),
                })
                .collect(),
            heads,
            selected: i18n::text(
                site.lang,
                "statistics-selected",
                &[
                    ("n", self.selected.into()),
                    ("shown", site.number(&self.selected).into()),
                ],
            ),
            chosen: self
                .chosen
                .iter()
                .map(|(facet, choice)| (title(facet), shown(&site, facet, choice)))
                .collect(),
            sections: self
                .divisions
                .iter()
                .filter(|division| !division.choices.is_empty())
                .map(|division| Section {
                    facet: division.facet,
                    title: title(division.facet),
                    choices: division
                        .choices
                        .iter()
                        .map(|choice| shown(&site, division.facet, choice))
                        .collect(),
                    left: division.left,
                    all: site.at(&division.all),
                })
                .collect(),
            whole: self.whole.map(title),
            back: site.at(&self.back),
            downloads,
            site,
        })
    }
}

/// A kind as the word beside a number of them.
fn counted_kind(site: &Site<'_>, kind: &Kind, total: u64) -> String {
    let key = format!("kinds-{}", kind.name);
    i18n::text(site.lang, &key, &[("n", total.into())])
}

pub(crate) fn shown(site: &Site<'_>, facet: &str, choice: &Choice) -> Shown {
    Shown {
        words: words(site, facet, choice),
        count: choice
            .count
            .map(|count| site.number(&count))
            .unwrap_or_default(),
        href: site.at(&choice.href),
        is_chosen: choice.is_chosen,
    }
}

/// What a value is called.
fn words(site: &Site<'_>, facet: &str, choice: &Choice) -> Words {
    let key = beginning(&choice.key, NAME);
    let name = best(&choice.names, site.lang);
    match facet {
        "department" => match name {
            Some(name) => Words {
                text: format!("{} ({key})", shortened(name.value())),
                ..Words::name(name, site)
            },
            None => Words::plain(key),
        },
        "access" if name.is_none() && key == "all" => Words::plain(site.say("agenda-access-all")),
        "price" | "kind" => {
            let text = format!("{facet}-{key}");
            Words::plain(if i18n::has(&text) {
                site.say(&text)
            } else {
                key.to_owned()
            })
        }
        "month" => Words::plain(time::month(key, site.lang)),
        "day" => Words::plain(time::short(key, site.lang)),
        "language" => Words::plain(language_name(key, site)),
        "source" => Words::plain(choice.publisher.as_deref().unwrap_or(key)),
        "status" => {
            let text = format!("event-status-{key}");
            Words::plain(if i18n::has(&text) {
                site.say(&text)
            } else {
                key.to_owned()
            })
        }
        _ => name.map_or_else(|| Words::plain(key), |name| Words::name(name, site)),
    }
}
