//! Performances as months of days. The days are those of the places: what begins at 8 pm in
//! Saint-Denis stands on the day it has there.

use crate::html::entity::bounds;
use crate::html::entity::given::Given;
use crate::html::entity::pointing::{Dates, Row};
use crate::html::time;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

pub(super) struct Month {
    pub name: String,
    /// From Monday to Sunday; `None` outside the month.
    pub weeks: Vec<Vec<Option<Day>>>,
}

pub(super) struct Day {
    pub number: i8,
    pub class: &'static str,
    pub events: Vec<Event>,
    /// How many more there are.
    pub left: usize,
}

pub(super) struct Event {
    pub href: String,
    /// `20 h 30`, or a dot for one without a time.
    pub clock: String,
    /// All of it in words.
    pub label: String,
    pub is_cancelled: bool,
}

/// A calendar, and what it does not show.
#[derive(Default)]
pub(super) struct Calendar {
    pub months: Vec<Month>,
    /// Up to when it goes, when there are dates after that.
    pub until: Option<String>,
    /// From when on, when there are dates before that.
    pub from: Option<String>,
    /// The zones that a reader in metropolitan France could not guess.
    pub zones: String,
}

/// What happens on one day.
#[derive(Default)]
struct Events<'a> {
    rows: Vec<&'a Row<'a>>,
    /// How many take place, those that are not among the rows too.
    total: usize,
}

/// How many performances of one day are named in a calendar.
const EVENTS_OF_A_DAY: usize = 3;
/// How many zones are named.
const ZONES: usize = 4;

/// The months that have dates, from the one of the next date on; those that are over when nothing
/// is to come. One month with one date is better told by the list. A month of which not every date
/// is known is left out, so that no day looks empty that is not.
pub(super) fn calendar(given: &Given<'_>, dates: &Dates<'_>) -> Calendar {
    let mut days: BTreeMap<Date, Events<'_>> = BTreeMap::new();
    for row in dates.rows.iter().filter(|row| !row.is_postponed()) {
        if let Some(date) = row.date.and_then(time::date) {
            let day = days.entry(date).or_default();
            day.rows.push(row);
            day.total += usize::from(!row.is_cancelled());
        }
    }
    let (mut first, mut last) = (Date::MIN, Date::MAX);
    if dates.is_partial() {
        let counted = |days: &[(String, usize)]| -> (Vec<Date>, usize) {
            let dates = days.iter().filter_map(|(day, _)| time::date(day)).collect();
            (dates, days.iter().map(|(_, count)| count).sum())
        };
        let (next, next_total) = counted(dates.days);
        let (past, past_total) = counted(dates.past_days);
        if next_total < dates.upcoming || dates.is_cut {
            last = next.last().copied().unwrap_or(Date::MAX);
        }
        if past_total < dates.past || dates.is_cut {
            first = past.first().copied().unwrap_or(Date::MIN);
        }
        if dates.days.is_empty() && dates.past_days.is_empty() {
            return Calendar::default();
        }
        // A day may have some that are over and some to come.
        let mut totals: BTreeMap<Date, usize> = BTreeMap::new();
        for (day, count) in dates.past_days.iter().chain(dates.days) {
            if let Some(date) = time::date(day) {
                *totals.entry(date).or_default() += count;
            }
        }
        for (date, total) in totals {
            let day = days.entry(date).or_default();
            day.total = day.total.max(total);
        }
    }
    if days
        .values()
        .map(|day| day.total.max(day.rows.len()))
        .sum::<usize>()
        < 2
    {
        return Calendar::default();
    }
    let today = time::today(given.entity.now);
    let mut firsts: Vec<Date> = days.keys().map(|day| day.first_of_month()).collect();
    firsts.dedup();
    firsts.retain(|month| *month >= first.first_of_month() && month.last_of_month() <= last);
    // The month in which what is known begins is known in part.
    firsts.retain(|month| first == Date::MIN || *month >= first || month.last_of_month() >= today);
    let coming: Vec<Date> = firsts
        .iter()
        .copied()
        .filter(|first| first.last_of_month() >= today)
        .collect();
    let shown: Vec<Date> = if coming.is_empty() {
        let from = firsts.len().saturating_sub(bounds::MONTHS);
        firsts.split_off(from)
    } else {
        coming.into_iter().take(bounds::MONTHS).collect()
    };
    let (Some(begin), Some(end)) = (shown.first(), shown.last()) else {
        return Calendar::default();
    };
    let (begin, end) = (*begin, end.last_of_month());
    let lang = given.site.lang;
    let has_later = last != Date::MAX || days.keys().any(|day| *day > end);
    let has_earlier = end < today && (first != Date::MIN || days.keys().any(|day| *day < begin));
    let mut zones: Vec<String> = Vec::new();
    for (_, day) in days.range(begin..=end) {
        for zone in day.rows.iter().filter_map(|row| time::zone(row.date?)) {
            if zones.len() < ZONES && !zones.contains(&zone) {
                zones.push(zone);
            }
        }
    }
    Calendar {
        until: has_later.then(|| time::day(end, lang)),
        from: has_earlier.then(|| time::day(begin, lang)),
        zones: zones.join(", "),
        months: shown
            .into_iter()
            .map(|first| month(given, first, &days, today))
            .collect(),
    }
}

fn month(given: &Given<'_>, first: Date, days: &BTreeMap<Date, Events<'_>>, today: Date) -> Month {
    let lead = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
    let mut cells: Vec<Option<Day>> = (0..lead).map(|_| None).collect();
    let mut day = first;
    for _ in 0..first.days_in_month() {
        cells.push(Some(self::day(given, day, days.get(&day), today)));
        let Ok(next) = day.checked_add(1.day()) else {
            break;
        };
        day = next;
    }
    while !cells.len().is_multiple_of(7) {
        cells.push(None);
    }
    let mut weeks = Vec::new();
    let mut rest = cells.into_iter().peekable();
    while rest.peek().is_some() {
        weeks.push(rest.by_ref().take(7).collect());
    }
    Month {
        name: time::month(&first.strftime("%Y-%m").to_string(), given.site.lang),
        weeks,
    }
}

fn day(given: &Given<'_>, day: Date, events: Option<&Events<'_>>, today: Date) -> Day {
    let rows = events.map_or(&[][..], |events| events.rows.as_slice());
    let mut sorted: Vec<&&Row<'_>> = rows.iter().collect();
    sorted.sort_by_key(|row| (row.date, row.iri));
    let named: Vec<Event> = sorted
        .iter()
        .take(EVENTS_OF_A_DAY)
        .filter_map(|row| event(given, row))
        .collect();
    let total = events.map_or(0, |events| events.total.max(rows.len()));
    Day {
        number: day.day(),
        class: match (total == 0, day < today, day == today) {
            (false, true, _) => "has over",
            (false, _, true) => "has today",
            (false, ..) => "has",
            (true, true, _) => "over",
            (true, _, true) => "today",
            (true, ..) => "",
        },
        left: total.saturating_sub(named.len()),
        events: named,
    }
}

fn event(given: &Given<'_>, row: &Row<'_>) -> Option<Event> {
    let date = row.date?;
    let lang = given.site.lang;
    let mut label = time::moment(date, lang);
    if let Some(place) = row.place.filter(|place| place.as_str() != given.iri()) {
        label = format!("{label}, {}", given.link(place.as_str()).words.text);
    }
    if let Some((_, status)) = row.status.and_then(|status| given.status(status)) {
        label = format!("{label} ({status})");
    }
    Some(Event {
        href: given.site.href(row.iri)?,
        clock: time::short_clock(date, lang).unwrap_or_else(|| "•".to_owned()),
        label,
        is_cancelled: row.is_cancelled(),
    })
}
