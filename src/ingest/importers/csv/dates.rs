//! Days and times as people write them in a spreadsheet: the day first.

use crate::ingest::vocabulary::label_key;
use jiff::civil::{Date, Time, Weekday};

/// A day, what weekday it is said to be, and the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub day: Date,
    pub time: Option<Time>,
    /// A weekday that stands with the day, and is not the day's.
    pub is_another_weekday: bool,
}

const MONTHS: &[&[&str]] = &[
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "february", "feb"],
    &["mars", "march", "mar"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "august", "aug"],
    &["septembre", "sept", "september", "sep"],
    &["octobre", "oct", "october"],
    &["novembre", "nov", "november"],
    &["decembre", "dec", "december"],
];

const WEEKDAYS: &[(Weekday, &[&str])] = &[
    (Weekday::Monday, &["lundi", "lun", "monday", "mon"]),
    (Weekday::Tuesday, &["mardi", "mar", "tuesday", "tue"]),
    (Weekday::Wednesday, &["mercredi", "mer", "wednesday", "wed"]),
    (Weekday::Thursday, &["jeudi", "jeu", "thursday", "thu"]),
    (Weekday::Friday, &["vendredi", "ven", "friday", "fri"]),
    (Weekday::Saturday, &["samedi", "sam", "saturday", "sat"]),
    (Weekday::Sunday, &["dimanche", "dim", "sunday", "sun"]),
];

/// Nobody writes a longer date.
const LENGTH: usize = 80;

/// `31/12/2026`, `31.12.26`, `2026-12-31`, `samedi 3 janvier 2026`, each with a time after it or
/// without. `None` when it is anything else, a month first or a year missing included.
pub(super) fn moment(text: &str) -> Option<Moment> {
    if text.len() > LENGTH {
        return None;
    }
    // Letters without accents, and the signs that matter.
    let plain: String = text
        .split([' ', '\u{a0}', '\u{202f}', ',', '\t'])
        .filter(|word| !word.is_empty())
        .map(|word| {
            if word.chars().any(char::is_alphabetic) && !word.contains([':', '/', '-']) {
                label_key(word)
            } else {
                word.to_lowercase()
            }
        })
        .collect::<Vec<_>>()
        .join(" ");
    let mut words = plain.split(' ').peekable();
    let mut said = None;
    if let Some(first) = words.peek()
        && let Some((weekday, _)) = WEEKDAYS.iter().find(|(_, names)| names.contains(first))
    {
        said = Some(*weekday);
        words.next();
    }
    if words.peek() == Some(&"le") {
        words.next();
    }
    let first = words.next()?;
    let (day, rest) = match numeric(first) {
        Some(found) => found,
        None => {
            let number = first.strip_suffix("er").unwrap_or(first);
            let month = words.next()?;
            let month = MONTHS.iter().position(|names| names.contains(&month))? + 1;
            (date(words.next()?, &month.to_string(), number)?, "")
        }
    };
    let mut rest = std::iter::once(rest)
        .chain(words)
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>();
    if matches!(rest.first(), Some(&("a" | "à" | "at" | "-" | "–"))) {
        rest.remove(0);
    }
    let time = if rest.is_empty() {
        None
    } else {
        Some(time(&rest.join(" "))?)
    };
    Some(Moment {
        day,
        time,
        is_another_weekday: said.is_some_and(|said| said != day.weekday()),
    })
}

/// A day in figures, and what follows a `T`.
fn numeric(word: &str) -> Option<(Date, &str)> {
    let (word, rest) = word.split_once('t').unwrap_or((word, ""));
    let separator = ['/', '.', '-'].into_iter().find(|c| word.contains(*c))?;
    let mut parts = word.split(separator);
    let (a, b, c) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let day = if a.len() == 4 {
        date(a, b, c)?
    } else {
        date(c, b, a)?
    };
    Some((day, rest))
}

/// A date of figures; a year of two is of this century.
fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let number = |text: &str, lengths: &[usize]| -> Option<i16> {
        (lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    let year = match number(year, &[2, 4])? {
        short if year.len() == 2 => 2000 + short,
        year => year,
    };
    let month = i8::try_from(number(month, &[1, 2])?).ok()?;
    let day = i8::try_from(number(day, &[1, 2])?).ok()?;
    Date::new(year, month, day)
        .ok()
        .filter(|date| date.year() > 0)
}

/// `20h30`, `20 h 30`, `20h`, `20:30`, `20:30:00`, `8:30 pm`, `midi`.
pub(super) fn time(text: &str) -> Option<Time> {
    if text.len() > LENGTH {
        return None;
    }
    let mut compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    if matches!(compact.as_str(), "midi" | "noon") {
        return Time::new(12, 0, 0, 0).ok();
    }
    let mut after_noon = None;
    for (ending, is_after) in [("pm", true), ("p.m.", true), ("am", false), ("a.m.", false)] {
        if let Some(time) = compact.strip_suffix(ending) {
            after_noon = Some(is_after);
            compact = time.to_owned();
            break;
        }
    }
    let compact = compact
        .strip_suffix("min")
        .or_else(|| compact.strip_suffix("mn"))
        .unwrap_or(&compact);
    let (hour, rest) = compact
        .split_once(['h', ':'])
        .or(after_noon.map(|_| (compact, "")))?;
    let rest = rest
        .strip_prefix("eures")
        .or_else(|| rest.strip_prefix("eure"))
        .unwrap_or(rest);
    let (minute, second) = rest.split_once(':').unwrap_or((rest, ""));
    let number = |text: &str| -> Option<i8> {
        if text.is_empty() {
            return Some(0);
        }
        (text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().ok())
            .flatten()
    };
    if hour.is_empty() || minute.len() == 1 {
        return None;
    }
    let hour = match (number(hour)?, after_noon) {
        (hour, None) => hour,
        (12, Some(false)) => 0,
        (12, Some(true)) => 12,
        (hour @ 1..12, Some(is_after)) => hour + if is_after { 12 } else { 0 },
        _ => return None,
    };
    Time::new(hour, number(minute)?, number(second)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        moment(text).map(|moment| match moment.time {
            Some(time) => moment.day.to_datetime(time).to_string(),
            None => moment.day.to_string(),
        })
    }

    #[test]
    fn dates_are_read_as_they_stand_in_programmes() {
        for (text, expected) in [
            ("31/12/2026", "2026-12-31"),
            ("31/12/26", "2026-12-31"),
            ("1/2/2027", "2027-02-01"),
            ("31.12.2026", "2026-12-31"),
            ("31-12-2026", "2026-12-31"),
            ("2026-12-31", "2026-12-31"),
            ("2026/12/31", "2026-12-31"),
            ("samedi 3 janvier 2026", "2026-01-03"),
            ("Sam. 3 janv. 2026", "2026-01-03"),
            ("Dimanche 1er février 2026", "2026-02-01"),
            ("le 15 août 2026", "2026-08-15"),
            ("3 janvier 2026 à 20h30", "2026-01-03T20:30:00"),
            ("samedi 3 janvier 2026, 20 h 30", "2026-01-03T20:30:00"),
            ("31/12/2026 20:30", "2026-12-31T20:30:00"),
            ("31/12/2026 20:30:00", "2026-12-31T20:30:00"),
            ("31/12/2026 - 20h", "2026-12-31T20:00:00"),
            ("2026-12-31T20:30", "2026-12-31T20:30:00"),
            ("Saturday 3 January 2026 at 8:30 pm", "2026-01-03T20:30:00"),
            ("3\u{a0}janvier\u{202f}2026", "2026-01-03"),
        ] {
            assert_eq!(read(text).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "demain",
            "12/31/2026",
            "31/12",
            "3 janvier",
            "31/02/2026",
            "31/12/026",
            "du 3 au 5 janvier 2026",
            "3 et 4 janvier 2026",
            "2026",
            "31/12/2026 vers 20h",
            "31/12/2026 25h",
            "1/2/3/4",
            "//",
            "0/0/0000",
            "t",
            "44927",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(moment("vendredi 3 janvier 2026").is_some_and(|moment| moment.is_another_weekday));
        assert!(moment("samedi 3 janvier 2026").is_some_and(|moment| !moment.is_another_weekday));
    }

    #[test]
    fn times_are_read_as_they_stand_in_programmes() {
        for (text, expected) in [
            ("20h30", "20:30:00"),
            ("20 h 30", "20:30:00"),
            ("20H", "20:00:00"),
            ("20 heures", "20:00:00"),
            ("20:30", "20:30:00"),
            ("9:05:00", "09:05:00"),
            ("8:30 PM", "20:30:00"),
            ("12:15 am", "00:15:00"),
            ("8pm", "20:00:00"),
            ("20h30mn", "20:30:00"),
            ("midi", "12:00:00"),
        ] {
            assert_eq!(
                time(text).map(|time| time.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
        }
        for text in [
            "",
            "h",
            "20",
            "25h",
            "20h60",
            "20h3",
            "vers 20h",
            "13 pm",
            "20h30 et 22h",
            "minuit",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }
}
