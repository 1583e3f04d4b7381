//! What is on: by day, with a calendar of the month and everything that it can be narrowed by.

pub(super) mod asked;
pub(super) mod entries;

use crate::app::statistics::State;
use crate::app::statistics::facets::agenda::{self as table, Agenda, Entry, Wanted};
use crate::app::statistics::facets::{Facet, FacetCounts, Filter, KIND};
use crate::html::agenda as shown;
use crate::html::statistics::{Choice, Division};
use crate::http::answer::Answer;
use crate::http::lists;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{NOT_COUNTED_YET, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Text;
use crate::publish::Listing;
use asked::{Asked, Days, PERIODS, Period, after, today, todays};
use axum::extract::State as Injected;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use entries::Reading;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oxrdf::Literal;

const PATH: &str = "/agenda";
/// How long somebody waits before asking again for what is not counted yet.
pub(super) const AGAIN_SECONDS: u64 = 5;
/// How many values of a facet are shown when it is one of many, and when it alone is wanted.
const SHOWN: usize = 8;
const MOST_SHOWN: usize = 500;
/// How many are named of what stands apart, and of what is on for several days.
const APART: usize = 12;
const ONGOING: usize = 4;
/// How many towns are proposed.
const TOWNS: usize = 400;
/// Where the day is told from for a page that is of many places.
const USUAL_ZONE: &str = "Europe/Paris";

/// `GET /agenda`.
pub async fn agenda(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let listed = lists::asked(&reader)?;
    let asked = asked::asked(&reader)?;
    server
        .read(move |server, _| {
            let Some(state) = server.app.statistics.current() else {
                return uncounted(server, &reader, listed.offer == HTML);
            };
            let now = (server.app.clock)();
            let current = server.app.store.generation();
            let days = todays(now, state.offsets());
            let tag = listed.tag(
                server,
                state.generation,
                &reader,
                &format!("{current}-{days}-agenda"),
            );
            if let Some(answer) = lists::unchanged(&listed, &reader, state.generation, &tag) {
                return Ok(answer.into_response());
            }
            let snapshot = server.app.store.snapshot()?;
            let place = asked.place(&state);
            let filters = asked.filters(place.as_ref());
            let is_page = listed.offer == HTML;
            let facets: Vec<&'static Facet> = if is_page {
                table::facets().collect()
            } else {
                Vec::new()
            };
            let of_days = |offset: i16| asked.days.of(today(now, offset));
            let found = state.performances.agenda(&Wanted {
                filters: &filters,
                near: asked.near,
                days: &of_days,
                offset: listed.offset(),
                limit: listed.per_page,
                apart: if is_page { APART } else { 0 },
                facets: &facets,
            });
            let mut reading = Reading::new(snapshot.view(), &state);
            let entries = reading.all(&found.page)?;
            let here = day_here(now, state.offsets());
            let listing = Listing {
                address: listed.address.clone(),
                title: title(asked.days),
                total: found.listed,
                page: listed.page,
                per_page: listed.per_page,
                items: entries.iter().map(|entry| entry.item.clone()).collect(),
            };
            let narrowing = Narrowing {
                asked: &asked,
                state: &state,
            };
            let page = if is_page && listing.page <= listing.pages() {
                Some(shown::Agenda {
                    heading: heading(asked.days, here),
                    total: found.total,
                    cancelled: found.listed as u64 - found.total.min(found.listed as u64),
                    entries,
                    postponed: (
                        found.postponed.total,
                        reading.all(&found.postponed.entries)?,
                    ),
                    ongoing: {
                        let entries = found.ongoing.entries.iter().take(ONGOING);
                        let entries: Vec<Entry> = entries.copied().collect();
                        (found.ongoing.total, reading.all(&entries)?)
                    },
                    series: asked.choosing(PATH, &KIND, &["festival", "series"]),
                    periods: narrowing.periods(),
                    month: month(&asked, &state, &filters, here),
                    chosen: narrowing.choices(),
                    divisions: narrowing.divisions(&found),
                    whole: asked.whole.map(|facet| facet.name),
                    here: asked.on(PATH, asked.days),
                    form: form(&asked, &state, here),
                    today: here,
                })
            } else {
                None
            };
            let answer = lists::answer(
                server,
                &reader,
                &listed,
                &listing,
                (state.generation, &tag),
                |site| page.map_or_else(|| Ok(String::new()), |page| page.page(&listing, site)),
            )?;
            Ok(answer.into_response())
        })
        .await
}

/// The day that it is for a page that is of many places: that of metropolitan France, unless
/// nothing is on there.
pub(super) fn day_here(now: Timestamp, offsets: &[i16]) -> Date {
    let zone = TimeZone::get(USUAL_ZONE).unwrap_or(TimeZone::UTC);
    let usual = now.to_zoned(zone).offset().seconds() / 60;
    let is_there = |offset: &i16| (60..=120).contains(offset);
    match offsets.first() {
        Some(first) if !offsets.iter().any(is_there) => today(now, *first),
        _ => today(now, i16::try_from(usual).unwrap_or_default()),
    }
}

/// What can be said before anything is counted.
fn uncounted(server: &Server, reader: &Reader, is_page: bool) -> Result<Response, Problem> {
    if !is_page {
        return Err(Problem::new(&NOT_COUNTED_YET).retry_after(AGAIN_SECONDS));
    }
    let generation = server.app.store.generation();
    let answer: Answer = page(server, reader, generation, shown::uncounted)?;
    Ok(answer
        .with(CACHE_CONTROL, "no-store")
        .varying(lists::VARYING)
        .into_response())
}

fn title(days: Days) -> Text {
    let (fr, en) = match days {
        Days::Next => return Text::new("À l’affiche", "What is on"),
        Days::Period(Period::Today) => ("aujourd’hui".to_owned(), "today".to_owned()),
        Days::Period(Period::Weekend) => ("ce week-end".to_owned(), "this weekend".to_owned()),
        Days::Period(Period::Week) => ("les sept jours".to_owned(), "seven days".to_owned()),
        Days::Period(Period::Month) => ("ce mois-ci".to_owned(), "this month".to_owned()),
        Days::Day(day) => (day.to_string(), day.to_string()),
        Days::Month(day) => {
            let month = day.to_string();
            let month = month.get(..7).unwrap_or_default().to_owned();
            (month.clone(), month)
        }
        Days::Between(from, Date::MAX) => (format!("dès le {from}"), format!("from {from}")),
        Days::Between(Date::MIN, until) => (format!("jusqu’au {until}"), format!("until {until}")),
        Days::Between(from, until) => (
            format!("du {from} au {until}"),
            format!("{from} to {until}"),
        ),
    };
    Text::new(format!("À l’affiche : {fr}"), format!("What is on: {en}"))
}

fn heading(days: Days, today: Date) -> shown::Heading {
    let first_and_last = days.of(today);
    match days {
        Days::Next => shown::Heading::Next,
        Days::Period(_) | Days::Between(..) => {
            let (from, until) = first_and_last;
            shown::Heading::Between(
                (from != Date::MIN).then_some(from),
                (until != Date::MAX).then_some(until),
            )
        }
        Days::Day(day) => shown::Heading::Between(Some(day), Some(day)),
        Days::Month(day) => shown::Heading::Month(day),
    }
}

/// What can be chosen, and its addresses.
struct Narrowing<'a> {
    asked: &'a Asked,
    state: &'a State,
}

impl Narrowing<'_> {
    fn periods(&self) -> Vec<(&'static str, String, bool)> {
        let all = [("all", Days::Next)].into_iter();
        let periods = PERIODS
            .iter()
            .map(|(name, period)| (*name, Days::Period(*period)));
        periods
            .chain(all)
            .map(|(name, days)| (name, self.asked.on(PATH, days), days == self.asked.days))
            .collect()
    }

    fn names(&self, facet: &Facet, key: &str, names: &[Literal]) -> Vec<Literal> {
        match facet.name {
            "department" | "region" => self.state.label(key).to_vec(),
            "town" | "price" | "kind" => Vec::new(),
            _ => names.to_vec(),
        }
    }

    /// What was chosen, each with the address without it.
    fn choices(&self) -> Vec<(&'static str, Choice)> {
        let mut choices = Vec::new();
        for (facet, keys) in &self.asked.chosen {
            for key in keys {
                let others = keys.iter().filter(|other| *other != key);
                let others: Vec<&str> = others.map(String::as_str).collect();
                let value = self.state.performances.value_with(facet, key);
                let names = value.map_or(&[][..], |value| &value.names);
                choices.push((
                    facet.name,
                    Choice {
                        key: key.clone(),
                        names: self.names(facet, key, names),
                        publisher: None,
                        count: None,
                        href: self.asked.choosing(PATH, facet, &others),
                        is_chosen: true,
                    },
                ));
            }
        }
        let somewhere = |key: String| Choice {
            key,
            names: Vec::new(),
            publisher: None,
            count: None,
            href: self.asked.anywhere(PATH),
            is_chosen: true,
        };
        if let Some(place) = &self.asked.place {
            choices.push(("where", somewhere(place.clone())));
        }
        if let Some(near) = &self.asked.near {
            let key = format!(
                "{} km · {:.3}, {:.3}",
                near.kilometres, near.latitude, near.longitude
            );
            choices.push(("near", somewhere(key)));
        }
        choices
    }

    fn divisions(&self, found: &Agenda) -> Vec<Division> {
        let wanted = found.facets.iter().filter(|counts| {
            let whole = self.asked.whole;
            whole.is_none_or(|whole| whole.name == counts.facet.name)
        });
        wanted.map(|counts| self.division(counts)).collect()
    }

    fn division(&self, counts: &FacetCounts) -> Division {
        let facet = counts.facet;
        let chosen = self.asked.chosen(facet);
        let is_chosen = |key: &str| chosen.iter().any(|one| one == key);
        let most = if self.asked.whole.is_some() {
            MOST_SHOWN
        } else {
            SHOWN
        };
        let mut choices = Vec::new();
        for count in counts.values.iter().take(most) {
            let value = self.state.performances.value_of(facet, count);
            let Some((value, key)) = value.and_then(|value| Some((value, facet.key_of(value)?)))
            else {
                continue;
            };
            // Whoever chooses one value no longer wants all.
            let others = chosen.iter().map(String::as_str);
            let others = others.filter(|other| *other != table::ALL || facet.name != "access");
            let keys: Vec<&str> = if is_chosen(key) {
                others.filter(|other| *other != key).collect()
            } else {
                others.chain([key]).collect()
            };
            choices.push(Choice {
                key: key.to_owned(),
                names: self.names(facet, key, &value.names),
                publisher: None,
                count: Some(count.count),
                href: self.asked.choosing(PATH, facet, &keys),
                is_chosen: is_chosen(key),
            });
        }
        let here = self.asked.on(PATH, self.asked.days);
        let separator = if here.contains('?') { '&' } else { '?' };
        Division {
            facet: facet.name,
            left: counts.values.len().saturating_sub(most),
            all: format!("{here}{separator}facet={}", facet.name),
            choices,
        }
    }
}

/// The calendar of the month in which the shown days begin.
fn month(asked: &Asked, state: &State, filters: &[Filter<'_>], here: Date) -> shown::Month {
    let (from, until) = asked.days.of(here);
    let day = if from == Date::MIN { until } else { from };
    let day = if day == Date::MAX { here } else { day };
    let (first, last) = (day.first_of_month(), day.last_of_month());
    let Some(by_day) = Facet::named("day") else {
        return shown::Month::default();
    };
    let found = state.performances.agenda(&Wanted {
        filters,
        near: asked.near,
        days: &|_| (first, last),
        offset: 0,
        limit: 0,
        apart: 0,
        facets: &[by_day],
    });
    let mut counts = std::collections::HashMap::new();
    for counted in found.facets.iter().flat_map(|facet| &facet.values) {
        let value = state.performances.value_of(by_day, counted);
        let date = value.and_then(|value| value.key.parse::<Date>().ok());
        counts.extend(date.map(|date| (date, counted.count)));
    }
    let monday = after(first, -i32::from(first.weekday().to_monday_zero_offset()));
    let mut weeks = Vec::new();
    let mut start = monday;
    while start <= last && weeks.len() < 6 {
        let week = (0..7).map(|number| {
            let date = after(start, number);
            (date.month() == first.month()).then(|| {
                let count = counts.get(&date).copied().unwrap_or(0);
                shown::Day {
                    date,
                    count,
                    href: (count > 0).then(|| asked.on(PATH, Days::Day(date))),
                    is_today: date == here,
                    is_shown: (from..=until).contains(&date),
                }
            })
        });
        weeks.push(week.collect());
        start = after(start, 7);
    }
    shown::Month {
        first,
        total: found.total,
        href: asked.on(PATH, Days::Month(first)),
        previous: asked.on(PATH, Days::Month(after(first, -1).first_of_month())),
        next: asked.on(PATH, Days::Month(after(last, 1))),
        weeks,
    }
}

fn form(asked: &Asked, state: &State, here: Date) -> shown::Form {
    let (from, until) = match asked.days {
        Days::Next => (None, None),
        days => {
            let (from, until) = days.of(here);
            (
                (from != Date::MIN).then_some(from),
                (until != Date::MAX).then_some(until),
            )
        }
    };
    shown::Form {
        from,
        until,
        place: asked.place.clone().unwrap_or_default(),
        kept: asked.kept(),
        places: known_places(state),
    }
}

/// The towns, departments and regions that somebody may mean: the towns with the most
/// performances first.
pub(super) fn known_places(state: &State) -> Vec<Vec<Literal>> {
    let selection = state.select(&[]);
    let mut places = Vec::new();
    for (name, most) in [("town", TOWNS), ("department", TOWNS), ("region", TOWNS)] {
        let counts = selection
            .facets
            .iter()
            .find(|counts| counts.facet.name == name);
        for count in counts
            .into_iter()
            .flat_map(|counts| &counts.values)
            .take(most)
        {
            let facet = counts.map_or(&Facet::NONE, |counts| counts.facet);
            let Some(value) = state.performances.value_of(facet, count) else {
                continue;
            };
            match facet.key_of(value) {
                Some(key) if name == "town" => {
                    places.push(vec![Literal::new_simple_literal(key)]);
                }
                Some(key) => places.push(state.label(key).to_vec()),
                None => {}
            }
        }
    }
    places.retain(|names| !names.is_empty());
    places
}
