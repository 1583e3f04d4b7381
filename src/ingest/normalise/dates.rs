//! Reading dates and times as people write them, and giving them the offset of their zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use oxrdf::Literal;
use rustc_hash::FxHashMap;

use crate::model::vocabulary::xsd;

/// A date, or a date and time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Day(Date),
    /// A time without an offset.
    Local(DateTime),
    /// A time that ends in `Z`, or has the offset +00:00, which the store does not tell apart.
    Universal(DateTime),
    Offset(DateTime, Offset),
}

impl When {
    /// Reads ISO 8601 dates and times, also without seconds, with a space instead of the `T`,
    /// with a fraction, with short offsets, or without separators. `None` for everything else,
    /// `31/12/2026` included: nobody but the sender knows which number is the month.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (day, rest) = read_day(text)?;
        if rest.is_empty() {
            return Some(When::Day(day));
        }
        let rest = match rest.strip_prefix(['T', 't']) {
            Some(rest) => rest,
            None => match rest.strip_prefix(' ') {
                Some(rest) => rest.trim_start(),
                // `2026-11-25+01:00`: a day has no offset here.
                None => {
                    return read_offset(rest).map(|_| When::Day(day));
                }
            },
        };
        let (time, adds_a_day, rest) = read_time(rest)?;
        let day = if adds_a_day {
            day.tomorrow().ok()?
        } else {
            day
        };
        let time = day.to_datetime(time);
        match rest.trim_start() {
            "" => Some(When::Local(time)),
            offset => match read_offset(offset)? {
                Offset::UTC => Some(When::Universal(time)),
                offset => Some(When::Offset(time, offset)),
            },
        }
    }

    /// The day, as it reads where it happens.
    pub fn day(self) -> Date {
        match self {
            When::Day(day) => day,
            When::Local(time) | When::Universal(time) | When::Offset(time, _) => time.date(),
        }
    }

    /// The time of day, if there is one.
    pub fn time(self) -> Option<Time> {
        match self {
            When::Day(_) => None,
            When::Local(time) | When::Universal(time) | When::Offset(time, _) => Some(time.time()),
        }
    }

    /// Seconds on one time line, for comparing. A day starts at its midnight; a time without an
    /// offset counts as universal.
    pub fn seconds(self) -> i64 {
        let universal = |time: DateTime| {
            Offset::UTC
                .to_timestamp(time)
                .map_or(i64::MAX, |instant| instant.as_second())
        };
        match self {
            When::Day(day) => universal(day.to_datetime(Time::midnight())),
            When::Local(time) | When::Universal(time) => universal(time),
            When::Offset(time, offset) => {
                universal(time).saturating_sub(i64::from(offset.seconds()))
            }
        }
    }

    /// The literal, in the form that the store keeps.
    pub fn literal(self) -> Literal {
        match self {
            When::Day(day) => Literal::new_typed_literal(day.to_string(), xsd::DATE),
            When::Local(time) => Literal::new_typed_literal(time.to_string(), xsd::DATE_TIME),
            When::Universal(time) => Literal::new_typed_literal(format!("{time}Z"), xsd::DATE_TIME),
            When::Offset(time, offset) => {
                let minutes = offset.seconds() / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                let minutes = minutes.abs();
                Literal::new_typed_literal(
                    format!("{time}{sign}{:02}:{:02}", minutes / 60, minutes % 60),
                    xsd::DATE_TIME,
                )
            }
        }
    }

    /// The same moment with the offset of a zone. A time without one is that of the zone's
    /// clocks: in the hour that is skipped in spring it moves on by an hour, in the hour that
    /// comes twice in autumn it is the first.
    pub fn in_zone(self, zone: &TimeZone, z_means_local: bool) -> Self {
        let local = match self {
            When::Day(_) | When::Offset(..) => return self,
            When::Universal(time) if !z_means_local => {
                let Ok(instant) = Offset::UTC.to_timestamp(time) else {
                    return self;
                };
                let offset = zone.to_offset(instant);
                return Self::with_offset(offset.to_datetime(instant), offset).unwrap_or(self);
            }
            When::Universal(time) | When::Local(time) => time,
        };
        match local.to_zoned(zone.clone()) {
            Ok(zoned) => Self::with_offset(zoned.datetime(), zoned.offset()).unwrap_or(self),
            Err(_) => self,
        }
    }

    /// `None` for an offset with seconds, as before 1911, which XML Schema cannot write.
    fn with_offset(time: DateTime, offset: Offset) -> Option<Self> {
        if offset == Offset::UTC {
            return Some(When::Universal(time));
        }
        (offset.seconds() % 60 == 0).then_some(When::Offset(time, offset))
    }
}

/// `2026-11-25` or `20261125`, and what follows.
fn read_day(text: &str) -> Option<(Date, &str)> {
    let digits = |from: usize, to: usize| -> Option<i16> {
        let part = text.get(from..to)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())
            .flatten()
    };
    let (year, month, day, end) = if text.get(4..5) == Some("-") {
        if text.get(7..8) != Some("-") {
            return None;
        }
        (digits(0, 4)?, digits(5, 7)?, digits(8, 10)?, 10)
    } else {
        (digits(0, 4)?, digits(4, 6)?, digits(6, 8)?, 8)
    };
    let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let rest = text.get(end..)?;
    // Eight digits may be many things; as a date they are of our time, and stand alone or
    // before a time.
    let plausible = end == 10
        || ((1900..2200).contains(&year) && !rest.starts_with(|c: char| c.is_ascii_digit()));
    (year > 0 && plausible).then_some((day, rest))
}

/// `20:30`, `20:30:00`, `20:30:00.000`, `2030` or `203000`; whether it is 24:00; what follows.
fn read_time(text: &str) -> Option<(Time, bool, &str)> {
    let two = |from: usize| -> Option<i8> {
        let part = text.get(from..from + 2)?;
        part.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| part.parse().ok())
            .flatten()
    };
    let has_colons = text.get(2..3) == Some(":");
    let step = if has_colons { 3 } else { 2 };
    let (hour, minute) = (two(0)?, two(step)?);
    let mut end = step + 2;
    let mut second = 0;
    let mut nanoseconds = 0;
    let more = if has_colons {
        text.get(end..end + 1) == Some(":")
    } else {
        text.get(end..end + 1)
            .is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()))
    };
    if more {
        second = two(end + step - 2)?;
        end += step;
        if let Some(fraction) = text
            .get(end..)
            .and_then(|rest| rest.strip_prefix(['.', ',']))
        {
            let length = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if length == 0 {
                return None;
            }
            let digits: String = fraction
                .chars()
                .take(length.min(9))
                .chain("000000000".chars())
                .take(9)
                .collect();
            nanoseconds = digits.parse().ok()?;
            end += 1 + length;
        }
    }
    let rest = text.get(end..)?;
    if hour == 24 && minute == 0 && second == 0 && nanoseconds == 0 {
        return Some((Time::midnight(), true, rest));
    }
    let time = Time::new(hour, minute, second, nanoseconds).ok()?;
    Some((time, false, rest))
}

/// `Z`, `+01:00`, `+0100` or `+01`, and nothing after it.
fn read_offset(text: &str) -> Option<Offset> {
    if matches!(text, "Z" | "z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = match digits.len() {
        5 if digits.get(2..3) == Some(":") => digits.replacen(':', "", 1),
        2 | 4 => digits.to_owned(),
        _ => return None,
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits.get(..2)?.parse().ok()?;
    let minutes: i32 = match digits.get(2..) {
        Some("") | None => 0,
        Some(minutes) => minutes.parse().ok()?,
    };
    let total = hours * 60 + minutes;
    // XML Schema 1.1 part 2 §3.3.7: at most fourteen hours.
    if minutes > 59 || total > 14 * 60 {
        return None;
    }
    Offset::from_seconds(sign * total * 60).ok()
}

/// The time zones, from the data inside the program: the same everywhere.
#[derive(Debug)]
pub(super) struct Zones {
    database: TimeZoneDatabase,
    known: FxHashMap<String, Option<TimeZone>>,
}

impl Zones {
    pub fn new() -> Self {
        Self {
            database: TimeZoneDatabase::bundled(),
            known: FxHashMap::default(),
        }
    }

    /// The zone with this IANA name, if there is one.
    pub fn get(&mut self, name: &str) -> Option<TimeZone> {
        if let Some(zone) = self.known.get(name) {
            return zone.clone();
        }
        let zone = self.database.get(name).ok();
        self.known.insert(name.to_owned(), zone.clone());
        zone
    }
}

/// What the sender probably meant by a text that is no date: `31/12/2026` in ISO form, when no
/// number can be taken for another.
pub(super) fn suggestion(text: &str) -> Option<String> {
    let text = text.trim();
    let (day_text, time_text) = text
        .split_once([' ', 'T'])
        .map_or((text, None), |(day, time)| (day, Some(time)));
    let mut numbers = day_text.split(['/', '.', '-']);
    let (first, second, third) = (numbers.next()?, numbers.next()?, numbers.next()?);
    if numbers.next().is_some() {
        return None;
    }
    let number = |text: &str| text.parse::<i16>().ok();
    // Day first, as in French and most European writing.
    let (year, month, day) = if third.len() == 4 {
        (number(third)?, number(second)?, number(first)?)
    } else if first.len() == 4 {
        (number(first)?, number(second)?, number(third)?)
    } else {
        return None;
    };
    let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let time = time_text
        .map(|time| time.trim().replace(['h', 'H'], ":"))
        .and_then(|time| read_time(&time).map(|(time, _, _)| time));
    Some(match time {
        Some(time) => day.to_datetime(time).to_string(),
        None => day.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        When::read(text).map(|when| when.literal().to_string())
    }

    #[test]
    fn dates_and_times_are_read_as_people_write_them() {
        let time = "^^<http://www.w3.org/2001/XMLSchema#dateTime>";
        for (text, literal) in [
            ("2026-11-25 20:30", "\"2026-11-25T20:30:00\""),
            ("2026-11-25T20:30", "\"2026-11-25T20:30:00\""),
            ("2026-11-25T20:30:00Z", "\"2026-11-25T20:30:00Z\""),
            ("2026-11-25T20:30:00.000+00:00", "\"2026-11-25T20:30:00Z\""),
            (
                "2026-11-25T20:30:00.000-0500",
                "\"2026-11-25T20:30:00-05:00\"",
            ),
            ("2026-11-25 20:30:00 +01", "\"2026-11-25T20:30:00+01:00\""),
            ("2026-11-25T20:30+01:00", "\"2026-11-25T20:30:00+01:00\""),
            ("20261125T203000Z", "\"2026-11-25T20:30:00Z\""),
            ("2026-12-31T24:00:00", "\"2027-01-01T00:00:00\""),
        ] {
            assert_eq!(read(text), Some(format!("{literal}{time}")), "{text}");
        }
        let day = "\"2026-11-25\"^^<http://www.w3.org/2001/XMLSchema#date>";
        for text in [
            "2026-11-25",
            " 2026-11-25 ",
            "20261125",
            "2026-11-25+01:00",
            "2026-11-25Z",
        ] {
            assert_eq!(read(text).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn what_could_mean_two_things_is_not_read() {
        for text in [
            "",
            "2026",
            "2026-11",
            "31/12/2026",
            "2026-02-30",
            "2026-13-01",
            "2026-11-25T25:00",
            "2026-11-25T20:60",
            "2026-11-25T20:30+15:00",
            "0000-01-01",
            "12345678",
            "2026-1-2",
            "2026-11-25x",
            "2026-11-25T",
            "mercredi",
            "2026-11-25T20:30:00.",
            "é026-11-25",
            "202611251",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn times_get_the_offset_of_their_zone_and_day() {
        let mut zones = Zones::new();
        let mut in_zone = |text: &str, zone: &str, z_means_local: bool| {
            let zone = zones.get(zone).expect("a zone");
            When::read(text)
                .expect("a time")
                .in_zone(&zone, z_means_local)
                .literal()
                .value()
                .to_owned()
        };
        for (text, zone, z_means_local, expected) in [
            (
                "2026-11-25T20:30",
                "Europe/Paris",
                false,
                "2026-11-25T20:30:00+01:00",
            ),
            (
                "2026-07-25T20:30",
                "Europe/Paris",
                false,
                "2026-07-25T20:30:00+02:00",
            ),
            (
                "2026-07-25T20:30",
                "Indian/Reunion",
                false,
                "2026-07-25T20:30:00+04:00",
            ),
            (
                "2026-07-25T18:30:00Z",
                "Europe/Paris",
                false,
                "2026-07-25T20:30:00+02:00",
            ),
            (
                "2026-07-25T20:30:00Z",
                "Europe/Paris",
                true,
                "2026-07-25T20:30:00+02:00",
            ),
            (
                "2026-01-01T03:00:00Z",
                "America/Montreal",
                false,
                "2025-12-31T22:00:00-05:00",
            ),
            (
                "2026-07-25T20:30:00+01:00",
                "Europe/Paris",
                false,
                "2026-07-25T20:30:00+01:00",
            ),
            // The night of 28 to 29 March 2026 has no 02:30, that of 24 to 25 October has two.
            (
                "2026-03-29T02:30",
                "Europe/Paris",
                false,
                "2026-03-29T03:30:00+02:00",
            ),
            (
                "2026-10-25T02:30",
                "Europe/Paris",
                false,
                "2026-10-25T02:30:00+02:00",
            ),
            (
                "2026-07-25T20:30",
                "Africa/Abidjan",
                false,
                "2026-07-25T20:30:00Z",
            ),
            (
                "1880-01-01T20:30",
                "Europe/Paris",
                false,
                "1880-01-01T20:30:00",
            ),
            ("2026-11-25", "Europe/Paris", false, "2026-11-25"),
        ] {
            assert_eq!(
                in_zone(text, zone, z_means_local),
                expected,
                "{text} {zone}"
            );
            let again = in_zone(expected, zone, z_means_local);
            assert_eq!(again, expected, "normalising twice");
        }
    }

    #[test]
    fn a_suggestion_is_made_only_when_there_is_one() {
        assert_eq!(suggestion("31/12/2026").as_deref(), Some("2026-12-31"));
        assert_eq!(
            suggestion("31.12.2026 20h30").as_deref(),
            Some("2026-12-31T20:30:00")
        );
        for text in [
            "12/31/2026",
            "1/2/26",
            "demain",
            "2026-02-30",
            "1/2",
            "é/è/2026",
        ] {
            assert_eq!(suggestion(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reading_never_panics_and_is_stable(text in "\\PC{0,30}|[0-9TZ:+. -]{0,30}|[0-9]{4}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9]([+-][01][0-9]:[0-5][0-9]|Z)?") {
            let _ = suggestion(&text);
            if let Some(when) = When::read(&text) {
                let literal = when.literal();
                proptest::prop_assert_eq!(When::read(literal.value()), Some(when));
            }
        }
    }
}
