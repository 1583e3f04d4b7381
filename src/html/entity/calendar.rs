//! Performances as months of days. The days are those of the places: what begins at 8 pm in
//! Saint-Denis stands on the day it has there.

use crate::html::entity::bounds;
use crate::html::entity::given::Given;
use crate::html::entity::pointing::Row;
use crate::html::time;
use crate::model::vocabulary::schema;
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

/// How many performances of one day are named in a calendar.
const EVENTS_OF_A_DAY: usize = 3;

/// The months that have dates, from the one of the next date on; those that are over when nothing
/// is to come. One month with one date is better told by the list.
pub(super) fn months(given: &Given<'_>, rows: &[Row<'_>]) -> Vec<Month> {
    let mut days: BTreeMap<Date, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        if let Some(date) = row.date.and_then(time::date) {
            days.entry(date).or_default().push(row);
        }
    }
    let dated: usize = days.values().map(Vec::len).sum();
    if dated < 2 {
        return Vec::new();
    }
    let today = time::today(given.entity.now);
    let mut firsts: Vec<Date> = days.keys().map(|day| day.first_of_month()).collect();
    firsts.dedup();
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
    shown
        .into_iter()
        .map(|first| month(given, first, &days, today))
        .collect()
}

fn month(
    given: &Given<'_>,
    first: Date,
    days: &BTreeMap<Date, Vec<&Row<'_>>>,
    today: Date,
) -> Month {
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

fn day(given: &Given<'_>, day: Date, rows: Option<&Vec<&Row<'_>>>, today: Date) -> Day {
    let rows = rows.map_or(&[][..], Vec::as_slice);
    let mut sorted: Vec<&&Row<'_>> = rows.iter().collect();
    sorted.sort_by_key(|row| (row.date, row.iri));
    let events: Vec<Event> = sorted
        .iter()
        .take(EVENTS_OF_A_DAY)
        .filter_map(|row| event(given, row))
        .collect();
    Day {
        number: day.day(),
        class: match (rows.is_empty(), day < today, day == today) {
            (false, true, _) => "has over",
            (false, _, true) => "has today",
            (false, ..) => "has",
            (true, true, _) => "over",
            (true, _, true) => "today",
            (true, ..) => "",
        },
        events,
        left: rows.len().saturating_sub(EVENTS_OF_A_DAY),
    }
}

fn event(given: &Given<'_>, row: &Row<'_>) -> Option<Event> {
    let date = row.date?;
    let lang = given.site.lang;
    let is_cancelled = row
        .status
        .is_some_and(|status| status.as_ref() == schema::EVENT_CANCELLED);
    let mut label = time::moment(date, lang);
    if let Some(place) = row.place.filter(|place| place.as_str() != given.iri()) {
        label = format!("{label}, {}", given.link(place.as_str()).words.text);
    }
    if let Some((_, status)) = row.status.and_then(|status| given.status(status)) {
        label = format!("{label} ({status})");
    }
    Some(Event {
        href: given.site.href(row.iri)?,
        clock: time::bare_clock(date, lang).unwrap_or_else(|| "•".to_owned()),
        label,
        is_cancelled,
    })
}
