//! Dates and times in words, on the clock of the place where it happens.

use crate::model::Lang;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::{Offset, TimeZone};
use std::sync::LazyLock;

/// The zone whose offset goes without saying.
static PARIS: LazyLock<Option<TimeZone>> = LazyLock::new(|| TimeZone::get("Europe/Paris").ok());

struct Moment {
    date: Date,
    time: Option<Time>,
    offset: Option<Offset>,
}

fn parse(text: &str) -> Option<Moment> {
    let pieces = Pieces::parse(text).ok()?;
    Some(Moment {
        date: pieces.date(),
        time: pieces.time(),
        offset: pieces.to_numeric_offset(),
    })
}

/// An `xsd:date` or `xsd:dateTime` in words; the text itself when it is neither.
pub(crate) fn moment(text: &str, lang: Lang) -> String {
    let Some(moment) = parse(text) else {
        return text.to_owned();
    };
    match moment.time {
        Some(time) => format!(
            "{}, {}{}",
            day(moment.date, lang),
            clock(time, lang),
            zone_note(&moment, lang)
        ),
        None => day(moment.date, lang),
    }
}

/// A start and an end in words: one day, an evening, or from one day to another.
pub(crate) fn period(start: &str, end: Option<&str>, lang: Lang) -> String {
    let (Some(from), Some(to)) = (parse(start), end.and_then(parse)) else {
        return moment(start, lang);
    };
    match (from.time, to.time) {
        (Some(opening), Some(closing)) if from.date == to.date && opening < closing => format!(
            "{}, {}\u{a0}–\u{a0}{}{}",
            day(from.date, lang),
            clock(opening, lang),
            clock(closing, lang),
            zone_note(&from, lang)
        ),
        _ if from.date == to.date => moment(start, lang),
        // An evening that ends after midnight is still one evening.
        (Some(opening), Some(closing))
            if from.date.tomorrow().ok() == Some(to.date) && closing.hour() < 9 =>
        {
            format!(
                "{}, {}\u{a0}–\u{a0}{}{}",
                day(from.date, lang),
                clock(opening, lang),
                clock(closing, lang),
                zone_note(&from, lang)
            )
        }
        _ if lang == Lang::Fr => {
            format!("du {} au {}", day(from.date, lang), day(to.date, lang))
        }
        _ => format!("{} to {}", day(from.date, lang), day(to.date, lang)),
    }
}

/// The time of day alone, when the text has one.
pub(crate) fn time_of_day(text: &str, lang: Lang) -> String {
    parse(text)
        .and_then(|moment| moment.time)
        .map_or_else(|| moment(text, lang), |time| clock(time, lang))
}

/// As [`time_of_day`], with the offset where it could not be guessed; nothing when the text has no
/// time.
pub(crate) fn clock_of(text: &str, lang: Lang) -> Option<String> {
    let moment = parse(text)?;
    let time = clock(moment.time?, lang);
    Some(format!("{time}{}", zone_note(&moment, lang)))
}

/// The time of day alone, as short as it can be; nothing when the text has no time.
pub(crate) fn short_clock(text: &str, lang: Lang) -> Option<String> {
    let clock = clock(parse(text)?.time?, lang);
    Some(match lang {
        Lang::Fr => clock.replace('\u{a0}', "\u{202f}"),
        Lang::En => clock.replace('\u{a0}', ""),
    })
}

/// The local offset, where a reader in metropolitan France could not guess it: `UTC−10`.
pub(crate) fn zone(text: &str) -> Option<String> {
    offset_note(&parse(text)?)
}

/// A short date for lists: `mar. 2 mars 2027, 20 h 30`.
pub(crate) fn short(text: &str, lang: Lang) -> String {
    let Some(moment) = parse(text) else {
        return text.to_owned();
    };
    let weekday = WEEKDAYS[row(lang)][weekday_index(moment.date)];
    let short: String = weekday.chars().take(3).collect();
    let dot = if lang == Lang::Fr { "." } else { "" };
    let date = format!("{short}{dot} {}", day_and_month(moment.date, lang));
    match moment.time {
        Some(time) => format!("{date}, {}", clock(time, lang)),
        None => date,
    }
}

/// The day on the clock of the place where something happens.
pub(crate) fn date(text: &str) -> Option<Date> {
    Some(parse(text)?.date)
}

/// Whether a moment, or the whole of a day, is before `now`. What is no date is not over.
pub(crate) fn is_over(text: &str, now: Timestamp) -> bool {
    let Some(moment) = parse(text) else {
        return false;
    };
    match (moment.time, moment.offset) {
        (Some(time), Some(offset)) => offset
            .to_timestamp(moment.date.to_datetime(time))
            .is_ok_and(|instant| instant < now),
        _ => moment.date < today(now),
    }
}

/// The day in metropolitan France.
pub(crate) fn today(now: Timestamp) -> Date {
    let zone = PARIS.clone().unwrap_or(TimeZone::UTC);
    now.to_zoned(zone).date()
}

/// The days of the week from Monday on: in short, and whole.
pub(crate) fn weekdays(lang: Lang) -> Vec<(String, String)> {
    WEEKDAYS[row(lang)]
        .iter()
        .map(|day| (day.chars().take(2).collect(), (*day).to_owned()))
        .collect()
}

/// A month such as `2027-03`: `mars 2027`; the text itself when it is none.
pub(crate) fn month(text: &str, lang: Lang) -> String {
    match parse(&format!("{text}-01")) {
        Some(moment) => {
            let month = MONTHS[row(lang)][usize::from(moment.date.month().unsigned_abs()) - 1];
            format!("{month} {}", moment.date.year())
        }
        None => text.to_owned(),
    }
}

/// An `xsd:duration` in hours and minutes; the text itself when it is longer or none.
pub(crate) fn duration(text: &str) -> String {
    let parsed = || -> Option<(u32, u32)> {
        let rest = text.strip_prefix("PT")?;
        let (hours, rest) = rest.split_once('H').unwrap_or(("0", rest));
        let (minutes, rest) = rest.split_once('M').unwrap_or(("0", rest));
        (rest.is_empty() && text.len() > 2).then_some(())?;
        let (hours, minutes) = (hours.parse::<u32>().ok()?, minutes.parse::<u32>().ok()?);
        Some((hours.checked_add(minutes / 60)?, minutes % 60))
    };
    match parsed() {
        Some((0, minutes)) => format!("{minutes}\u{a0}min"),
        Some((hours, 0)) => format!("{hours}\u{a0}h"),
        Some((hours, minutes)) => format!("{hours}\u{a0}h\u{a0}{minutes:02}"),
        None => text.to_owned(),
    }
}

/// The local offset, where a reader in metropolitan France could not guess it.
fn offset_note(moment: &Moment) -> Option<String> {
    let (offset, time, paris) = (moment.offset?, moment.time?, PARIS.as_ref()?);
    let instant = offset.to_timestamp(moment.date.to_datetime(time)).ok()?;
    if paris.to_offset(instant) == offset {
        return None;
    }
    let sign = if offset.is_negative() { '−' } else { '+' };
    let minutes = offset.seconds().unsigned_abs() / 60;
    let (hours, rest) = (minutes / 60, minutes % 60);
    Some(if rest == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{rest:02}")
    })
}

/// The same as a remark after a time.
fn zone_note(moment: &Moment, lang: Lang) -> String {
    let Some(shown) = offset_note(moment) else {
        return String::new();
    };
    match lang {
        Lang::Fr => format!(" (heure locale, {shown})"),
        Lang::En => format!(" (local time, {shown})"),
    }
}

/// An instant (in UTC) as a day and time in UTC, for what the server itself did.
pub(crate) fn instant(text: &str, lang: Lang) -> String {
    match text.parse::<Timestamp>() {
        Ok(instant) => {
            let zoned = instant.to_zoned(TimeZone::UTC);
            format!(
                "{}, {} UTC",
                day_and_month(zoned.date(), lang),
                clock(zoned.time(), lang)
            )
        }
        Err(_) => text.to_owned(),
    }
}

/// A day with its name: `mardi 2 mars 2027`.
pub(crate) fn day(date: Date, lang: Lang) -> String {
    format!(
        "{} {}",
        WEEKDAYS[row(lang)][weekday_index(date)],
        day_and_month(date, lang)
    )
}

/// The name of the day of a date.
pub(crate) fn weekday(date: Date, lang: Lang) -> &'static str {
    WEEKDAYS[row(lang)][weekday_index(date)]
}

fn day_and_month(date: Date, lang: Lang) -> String {
    let month = MONTHS[row(lang)][usize::from(date.month().unsigned_abs()) - 1];
    let first = if lang == Lang::Fr && date.day() == 1 {
        "er"
    } else {
        ""
    };
    format!("{}{first} {month} {}", date.day(), date.year())
}

fn clock(time: Time, lang: Lang) -> String {
    let (hour, minute) = (time.hour(), time.minute());
    match (lang, minute) {
        (Lang::Fr, 0) => format!("{hour}\u{a0}h"),
        (Lang::Fr, _) => format!("{hour}\u{a0}h\u{a0}{minute:02}"),
        (Lang::En, _) => {
            let half = if hour < 12 { "am" } else { "pm" };
            let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
            if minute == 0 {
                format!("{hour}\u{a0}{half}")
            } else {
                format!("{hour}:{minute:02}\u{a0}{half}")
            }
        }
    }
}

fn row(lang: Lang) -> usize {
    match lang {
        Lang::Fr => 0,
        Lang::En => 1,
    }
}

fn weekday_index(date: Date) -> usize {
    usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())
}

const WEEKDAYS: [[&str; 7]; 2] = [
    [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ],
    [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ],
];

const MONTHS: [[&str; 12]; 2] = [
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: String) -> String {
        text.replace('\u{a0}', " ")
    }

    #[test]
    fn a_start_is_told_on_the_clock_of_its_place() {
        let start = "2027-03-02T20:30:00+01:00";
        assert_eq!(plain(moment(start, Lang::Fr)), "mardi 2 mars 2027, 20 h 30");
        assert_eq!(
            plain(moment(start, Lang::En)),
            "Tuesday 2 March 2027, 8:30 pm"
        );
        assert_eq!(
            plain(moment("2027-07-01T19:00:00+04:00", Lang::Fr)),
            "jeudi 1er juillet 2027, 19 h (heure locale, UTC+4)"
        );
        assert_eq!(
            plain(moment("2027-07-01T00:00:00-10:00", Lang::En)),
            "Thursday 1 July 2027, 12 am (local time, UTC−10)"
        );
        assert_eq!(plain(moment("2027-03-02", Lang::Fr)), "mardi 2 mars 2027");
        assert_eq!(plain(moment("bientôt", Lang::Fr)), "bientôt");
    }

    #[test]
    fn an_evening_is_one_day_even_past_midnight() {
        let period = |end| plain(period("2027-03-02T20:30:00+01:00", Some(end), Lang::Fr));
        assert_eq!(
            period("2027-03-02T22:00:00+01:00"),
            "mardi 2 mars 2027, 20 h 30 – 22 h"
        );
        assert_eq!(
            period("2027-03-03T01:00:00+01:00"),
            "mardi 2 mars 2027, 20 h 30 – 1 h"
        );
        assert_eq!(
            period("2027-03-07T22:00:00+01:00"),
            "du mardi 2 mars 2027 au dimanche 7 mars 2027"
        );
    }

    #[test]
    fn durations_are_hours_and_minutes() {
        assert_eq!(plain(duration("PT1H30M")), "1 h 30");
        assert_eq!(plain(duration("PT90M")), "1 h 30");
        assert_eq!(plain(duration("PT45M")), "45 min");
        assert_eq!(plain(duration("P1D")), "P1D");
        assert_eq!(plain(duration("PT")), "PT");
    }
}
