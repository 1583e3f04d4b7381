//! The home page: what is on, near somebody or by discipline, and the ways into everything else.

use crate::app::catalogue::{Described, mark};
use crate::app::statistics::State;
use crate::app::statistics::facets::Facet;
use crate::app::statistics::facets::agenda::{Agenda, Wanted};
use crate::html;
use crate::html::home::{Home, Span};
use crate::html::statistics::Choice;
use crate::http::Shared;
use crate::http::agenda::asked::{after, today, todays};
use crate::http::agenda::entries::Reading;
use crate::http::agenda::{day_here, known_places};
use crate::http::answer::{etag, is_known};
use crate::http::catalogue::living_dataset;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::model::kind::{KINDS, Kind};
use crate::model::time;
use axum::extract::State as Injected;
use axum::http::header::{CACHE_CONTROL, VARY};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

/// How many are shown of what is on in some days.
const SHOWN: usize = 8;
/// How many of what is on for several days.
const ONGOING: usize = 4;
/// How many disciplines.
const DISCIPLINES: usize = 12;
/// For so long what has begun is still shown, in halves of a second.
const STILL_ON: i64 = 2 * 3 * 3600;

/// `GET /`.
pub async fn home(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    server
        .read(move |server, _| {
            let now = (server.app.clock)();
            let current = server.app.store.generation();
            let Some(state) = server.app.statistics.current() else {
                let home = Home::uncounted(day_here(now, &[]));
                let answer = page(server, &reader, current, |site| home.page(site))?;
                return Ok(answer
                    .with(CACHE_CONTROL, "no-store")
                    .with(VARY, "Accept, Accept-Language")
                    .into_response());
            };
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            // What is next moves on with the clock, even where the data does not.
            let days = todays(now, state.offsets());
            let hour = time::utc(now);
            let hour = hour.get(11..13).unwrap_or_default();
            let variant = format!(
                "{}-{days}-{hour}-{}-{}-home",
                state.generation,
                mark(&server.app.releases.all()),
                reader.lang
            );
            let tag = etag(view.identity(), view.generation()?, &variant);
            let home = if is_known(&tag, &reader.headers) {
                Home::uncounted(day_here(now, &[]))
            } else {
                let mut home = shown(&state, now, &mut Reading::new(view, &state))?;
                let described = Described::of(&server.app, &state, view)?;
                home.dataset = Some(living_dataset(server, &described, reader.lang));
                home
            };
            Ok(
                page(server, &reader, state.generation, |site| home.page(site))?
                    .known_as(&tag, "")
                    .with(VARY, "Accept, Accept-Language")
                    .unless_known_to(&reader.headers)
                    .into_response(),
            )
        })
        .await
}

/// `GET /about`: what this server is, and what its readers can count on.
pub async fn about(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, html::about)?
        .varying("Accept, Accept-Language")
        .into_response())
}

/// Days that the page shows apart, told from today: what they are called, the first and the last,
/// and the address of all that is on in them.
fn spans(today: Date) -> Vec<(&'static str, Date, Date)> {
    let day = |days: i32| after(today, days);
    let to_saturday = i32::from(Weekday::Saturday.since(today.weekday()));
    let one = ("today", today, today);
    match today.weekday() {
        Weekday::Sunday => vec![one, ("next", day(1), Date::MAX)],
        Weekday::Saturday => vec![
            one,
            ("weekend", day(1), day(1)),
            ("next", day(2), Date::MAX),
        ],
        Weekday::Friday => vec![
            one,
            ("weekend", day(1), day(2)),
            ("next", day(3), Date::MAX),
        ],
        _ => vec![
            one,
            ("soon", day(1), day(to_saturday - 1)),
            ("weekend", day(to_saturday), day(to_saturday + 1)),
            ("next", day(to_saturday + 2), Date::MAX),
        ],
    }
}

fn shown(state: &State, now: Timestamp, reading: &mut Reading<'_>) -> Result<Home, Problem> {
    let here = day_here(now, state.offsets());
    let table = &state.performances;
    let by_discipline = Facet::named("discipline");
    let on = |days: &dyn Fn(i16) -> (Date, Date), limit, apart, facets: &[&'static Facet]| {
        table.agenda(&Wanted {
            filters: &[],
            near: None,
            days,
            offset: 0,
            limit,
            apart,
            facets,
        })
    };
    let mut shown = Vec::new();
    for (number, (name, from, until)) in spans(here).into_iter().enumerate() {
        // Where it is another day already, so are the days that are told from it.
        let of_days = |offset: i16| {
            let own = spans(today(now, offset));
            match own.iter().find(|(known, _, _)| *known == name) {
                Some((_, from, until)) => (*from, *until),
                None => (Date::MAX, Date::MIN),
            }
        };
        let is_today = number == 0;
        let mut found = on(&of_days, if is_today { 4 * SHOWN } else { SHOWN }, 0, &[]);
        if is_today {
            found.page.retain(|entry| {
                let clock = now.as_second() + i64::from(entry.offset) * 60;
                // A time of day that is not known may be yet to come.
                entry.start & 1 == 1 || entry.start + STILL_ON >= clock.div_euclid(3600) * 7200
            });
            found.page.truncate(SHOWN);
        }
        if !is_today && found.listed == 0 {
            continue;
        }
        shown.push(Span {
            name,
            total: found.total,
            entries: reading.all(&found.page)?,
            href: match name {
                "today" => "/agenda?period=today".to_owned(),
                "weekend" => "/agenda?period=weekend".to_owned(),
                _ if until == Date::MAX => format!("/agenda?from={from}"),
                _ => format!("/agenda?from={from}&until={until}"),
            },
        });
    }
    let all: Agenda = on(
        &|offset| (today(now, offset), Date::MAX),
        0,
        0,
        by_discipline.as_slice(),
    );
    let next_month = |offset: i16| {
        let day = today(now, offset);
        (day, after(day, 30))
    };
    let ongoing = on(&next_month, 0, ONGOING, &[]).ongoing;
    Ok(Home {
        is_counted: true,
        today: here,
        spans: shown,
        ongoing: reading.all(&ongoing.entries)?,
        total: all.total,
        disciplines: disciplines(state, &all),
        counts: counts(state),
        places: known_places(state),
        dataset: None,
        locates: html::Asset::named("near.js").is_some(),
    })
}

fn disciplines(state: &State, all: &Agenda) -> Vec<Choice> {
    let counts = all.facets.first();
    let counts = counts.into_iter().flat_map(|counts| {
        let values = counts.values.iter().take(DISCIPLINES);
        values.filter_map(|count| {
            let value = state.performances.value_of(counts.facet, count)?;
            Some((value, count.count))
        })
    });
    counts
        .map(|(value, count)| {
            let key = form_urlencoded::byte_serialize(value.key.as_bytes());
            Choice {
                key: value.key.clone(),
                names: value.names.clone(),
                publisher: None,
                count: Some(count),
                href: format!("/agenda?discipline={}", key.collect::<String>()),
                is_chosen: false,
            }
        })
        .collect()
}

/// How many entities of each kind are published.
fn counts(statistics: &State) -> Vec<html::Count> {
    in_order()
        .into_iter()
        .map(|kind| html::Count {
            kind,
            total: statistics.kinds.get(kind.name).copied().unwrap_or(0),
        })
        .collect()
}

/// The kinds of entities in the order in which they are shown.
pub(super) fn in_order() -> Vec<&'static Kind> {
    let order = |kind: &&Kind| KINDS_SHOWN.iter().position(|name| *name == kind.name);
    let mut kinds: Vec<&'static Kind> = KINDS.iter().filter(|kind| kind.has_own_iri).collect();
    kinds.sort_by_key(|kind| order(kind).unwrap_or(usize::MAX));
    kinds
}

/// What readers look for first comes first; kinds that are not named follow.
const KINDS_SHOWN: &[&str] = &[
    "performance",
    "production",
    "work",
    "series",
    "festival",
    "person",
    "organisation",
    "place",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_days_of_the_page_follow_each_other_and_leave_none_out() {
        for number in 0..14 {
            let today = after(Date::constant(2026, 11, 20), number);
            let spans = spans(today);
            assert_eq!(spans[0].1, today);
            for pair in spans.windows(2) {
                assert_eq!(after(pair[0].2, 1), pair[1].1, "{today}");
            }
            assert_eq!(spans.last().map(|span| span.2), Some(Date::MAX));
            for (name, from, _) in spans {
                let is_end = [Weekday::Saturday, Weekday::Sunday].contains(&from.weekday());
                assert!(name != "weekend" || is_end, "{today}");
            }
        }
    }
}
