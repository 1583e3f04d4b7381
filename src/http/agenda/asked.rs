//! Which days, and what of them, the address of an agenda asks for.

use crate::app::statistics::State;
use crate::app::statistics::facets::agenda::{self, Near};
use crate::app::statistics::facets::{Facet, Filter};
use crate::http::lists;
use crate::http::problem::{BAD_REQUEST, Problem};
use crate::http::reader::Reader;
use form_urlencoded::Serializer;
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Span, Timestamp};
use unicode_normalization::UnicodeNormalization as _;

/// How many values one request may choose.
const MOST_CHOSEN: usize = 64;
/// Letters of the beginning of a place's name, below which too many begin so.
const LEAST_BEGUN: usize = 2;
/// How far from a point somebody may look, in kilometres; and how far where nothing is said.
const MOST_KM: f64 = 500.0;
const USUAL_KM: f64 = 30.0;
/// The years that can be asked for.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=9998;

/// The days of which somebody wants to know what is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Days {
    /// From the day of the place on.
    Next,
    Period(Period),
    /// The first and the last.
    Between(Date, Date),
    Day(Date),
    /// Of the month of this day.
    Month(Date),
}

/// Days that are told from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    Today,
    Weekend,
    Week,
    Month,
}

pub(crate) const PERIODS: [(&str, Period); 4] = [
    ("today", Period::Today),
    ("weekend", Period::Weekend),
    ("week", Period::Week),
    ("month", Period::Month),
];

impl Days {
    /// The first and the last day, where it is `today`.
    pub fn of(self, today: Date) -> (Date, Date) {
        match self {
            Days::Next => (today, Date::MAX),
            Days::Between(from, until) => (from, until),
            Days::Day(day) => (day, day),
            Days::Month(day) => (day.first_of_month(), day.last_of_month()),
            Days::Period(Period::Today) => (today, today),
            Days::Period(Period::Week) => (today, after(today, 6)),
            Days::Period(Period::Month) => (today, today.last_of_month()),
            // What is left of the one that it is, or the one to come.
            Days::Period(Period::Weekend) => match today.weekday() {
                Weekday::Sunday => (today, today),
                weekday => {
                    let to_saturday = Weekday::Saturday.since(weekday);
                    let saturday = after(today, i32::from(to_saturday));
                    (saturday, after(saturday, 1))
                }
            },
        }
    }
}

/// The day so many days later.
pub(crate) fn after(day: Date, days: i32) -> Date {
    day.checked_add(Span::new().days(days)).unwrap_or(day)
}

/// The day that it is where the clock is so many minutes ahead of UTC.
pub(crate) fn today(now: Timestamp, offset: i16) -> Date {
    let offset = Offset::from_seconds(i32::from(offset) * 60).unwrap_or(Offset::UTC);
    offset.to_datetime(now).date()
}

/// The days that it is in the places of what is on, for the tag of a page: it changes whenever
/// midnight passes one of them.
pub(crate) fn todays(now: Timestamp, offsets: &[i16]) -> String {
    let first = today(now, offsets.first().copied().unwrap_or_default());
    let mut text = first.to_string();
    text.push('-');
    for offset in offsets {
        let day = today(now, *offset);
        text.push(match day {
            day if day == first => '0',
            day if day == after(first, 1) => '1',
            _ => '2',
        });
    }
    text
}

/// What somebody wants to see.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub days: Days,
    /// The values that were chosen, by facet.
    pub chosen: Vec<(&'static Facet, Vec<String>)>,
    /// A town, department or region, as somebody wrote it.
    pub place: Option<String>,
    pub near: Option<Near>,
    /// The facet of which all values are wanted.
    pub whole: Option<&'static Facet>,
}

/// Reads what is wanted; a parameter that is not understood could have been meant to leave
/// something out, so there is no answer to it. One that is empty is that of an empty field.
///
/// # Errors
/// 400 with what is not understood.
pub(crate) fn asked(reader: &Reader) -> Result<Asked, Problem> {
    let mut known: Vec<&str> = agenda::facets().map(|facet| facet.name).collect();
    known.extend(lists::PARAMETERS);
    known.extend([
        "status", "from", "until", "day", "month", "period", "where", "near", "within", "facet",
    ]);
    reader.allow_only(&known)?;
    let mut chosen: Vec<(&'static Facet, Vec<String>)> = Vec::new();
    let mut count = 0;
    for (name, value) in &reader.parameters {
        let Some(facet) = agenda::named(name).filter(|_| !value.is_empty()) else {
            continue;
        };
        count += 1;
        let mut known = chosen.iter_mut();
        match known.find(|(known, _)| known.name == facet.name) {
            Some((_, values)) if values.contains(value) => {}
            Some((_, values)) => values.push(value.clone()),
            None => chosen.push((facet, vec![value.clone()])),
        }
    }
    if count > MOST_CHOSEN {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("Une adresse peut choisir {MOST_CHOSEN} valeurs au plus ; celle-ci en choisit {count}."),
            format!("An address may choose {MOST_CHOSEN} values at most; this one chooses {count}."),
        ));
    }
    let whole = match said(reader, "facet") {
        None => None,
        Some(name) => Some(
            agenda::facets()
                .find(|facet| facet.name == name)
                .ok_or_else(|| one_of("facet", agenda::facets().map(|facet| facet.name)))?,
        ),
    };
    Ok(Asked {
        days: days(reader)?,
        chosen,
        place: said(reader, "where").map(str::to_owned),
        near: near(reader)?,
        whole,
    })
}

/// A parameter that is not empty.
fn said<'r>(reader: &'r Reader, name: &str) -> Option<&'r str> {
    let value = reader.parameter(name)?.trim();
    (!value.is_empty()).then_some(value)
}

fn one_of<'n>(name: &str, values: impl Iterator<Item = &'n str>) -> Problem {
    let values: Vec<String> = values.map(|value| format!("`{value}`")).collect();
    let values = values.join(", ");
    Problem::new(&BAD_REQUEST).with_detail(
        format!("`{name}` est l'un de {values}."),
        format!("`{name}` is one of {values}."),
    )
}

fn days(reader: &Reader) -> Result<Days, Problem> {
    let names = ["day", "month", "period"];
    let mut single = names.iter().filter(|name| said(reader, name).is_some());
    let (from, until) = (date(reader, "from")?, date(reader, "until")?);
    let is_range = from.is_some() || until.is_some();
    let first = single.next();
    if single.next().is_some() || (first.is_some() && is_range) {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "Une adresse donne soit `day`, soit `month`, soit `period`, soit `from` et `until`.",
            "An address gives either `day`, or `month`, or `period`, or `from` and `until`.",
        ));
    }
    if let Some(day) = date(reader, "day")? {
        return Ok(Days::Day(day));
    }
    if let Some(month) = said(reader, "month") {
        let day = format!("{month}-01").parse::<Date>().ok();
        let day = day.filter(|day| month.len() == 7 && YEARS.contains(&day.year()));
        return day.map(Days::Month).ok_or_else(|| {
            Problem::new(&BAD_REQUEST).with_detail(
                "`month` est un mois, comme `2026-11`.",
                "`month` is a month, such as `2026-11`.",
            )
        });
    }
    if let Some(name) = said(reader, "period") {
        return match PERIODS.iter().find(|(known, _)| *known == name) {
            Some((_, period)) => Ok(Days::Period(*period)),
            None => Err(one_of("period", PERIODS.iter().map(|(name, _)| *name))),
        };
    }
    match (from, until) {
        (None, None) => Ok(Days::Next),
        (Some(from), Some(until)) if until < from => Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`until` ({until}) vient avant `from` ({from})."),
            format!("`until` ({until}) is before `from` ({from})."),
        )),
        (from, until) => Ok(Days::Between(
            from.unwrap_or(Date::MIN),
            until.unwrap_or(Date::MAX),
        )),
    }
}

fn date(reader: &Reader, name: &str) -> Result<Option<Date>, Problem> {
    let Some(text) = said(reader, name) else {
        return Ok(None);
    };
    let day = text.parse::<Date>().ok();
    let day = day.filter(|day| text.len() == 10 && YEARS.contains(&day.year()));
    day.map(Some).ok_or_else(|| {
        Problem::new(&BAD_REQUEST).with_detail(
            format!("`{name}` est une date, comme `2026-11-22`."),
            format!("`{name}` is a date, such as `2026-11-22`."),
        )
    })
}

fn near(reader: &Reader) -> Result<Option<Near>, Problem> {
    let Some(text) = said(reader, "near") else {
        return Ok(None);
    };
    let number = |text: &str, most: f64| {
        let number = text.trim().parse::<f64>().ok();
        number.filter(|number| number.is_finite() && number.abs() <= most)
    };
    let point = text.split_once(',').and_then(|(latitude, longitude)| {
        Some((number(latitude, 90.0)?, number(longitude, 180.0)?))
    });
    let Some((latitude, longitude)) = point else {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "`near` est une latitude et une longitude, comme `48.117,-1.678`.",
            "`near` is a latitude and a longitude, such as `48.117,-1.678`.",
        ));
    };
    let kilometres = match said(reader, "within") {
        None => USUAL_KM,
        Some(text) => number(text, MOST_KM)
            .filter(|number| *number > 0.0)
            .ok_or_else(|| {
                Problem::new(&BAD_REQUEST).with_detail(
                    format!("`within` est un nombre de kilomètres, {MOST_KM} au plus."),
                    format!("`within` is a number of kilometres, {MOST_KM} at most."),
                )
            })?,
    };
    Ok(Some(Near {
        latitude,
        longitude,
        kilometres,
    }))
}

impl Asked {
    /// What a place that somebody wrote stands for: see [`territory`]; a town that nothing is on in
    /// when it is none.
    pub fn place(&self, state: &State) -> Option<(&'static Facet, Vec<String>)> {
        let text = self.place.as_deref()?;
        let known = territory(state, text).or_else(|| begun(state, text));
        match known {
            Some(known) => Some(known),
            None => Some((Facet::named("town")?, vec![text.to_owned()])),
        }
    }

    /// The filters that were asked for, the place that somebody wrote among them.
    pub fn filters<'a>(
        &'a self,
        place: Option<&'a (&'static Facet, Vec<String>)>,
    ) -> Vec<Filter<'a>> {
        let mut filters: Vec<Filter<'a>> = self
            .chosen
            .iter()
            .map(|(facet, keys)| Filter {
                facet,
                keys: keys.iter().map(String::as_str).collect(),
            })
            .collect();
        if let Some((facet, keys)) = place {
            match filters
                .iter_mut()
                .find(|filter| filter.facet.name == facet.name)
            {
                // Both are meant; nothing is in two departments.
                Some(filter) => filter
                    .keys
                    .retain(|known| keys.iter().any(|key| key == known)),
                None => filters.push(Filter {
                    facet,
                    keys: keys.iter().map(String::as_str).collect(),
                }),
            }
        }
        filters
    }

    pub fn chosen(&self, facet: &Facet) -> &[String] {
        let mut chosen = self.chosen.iter();
        let chosen = chosen.find(|(known, _)| known.name == facet.name);
        chosen.map_or(&[], |(_, keys)| keys)
    }

    /// The address of the same with other values of a facet.
    pub fn choosing(&self, path: &str, facet: &Facet, keys: &[&str]) -> String {
        let mut query = self.query(self.days, &|other| other.name != facet.name);
        for key in keys {
            query.append_pair(facet.name, key);
        }
        self.address(path, query)
    }

    /// The address of the same on other days.
    pub fn on(&self, path: &str, days: Days) -> String {
        self.address(path, self.query(days, &|_| true))
    }

    /// The address of the same wherever it is.
    pub fn anywhere(&self, path: &str) -> String {
        let everywhere = Asked {
            place: None,
            near: None,
            ..self.clone()
        };
        everywhere.on(path, self.days)
    }

    /// What was chosen, for the fields of a form that asks for days and a place.
    pub fn kept(&self) -> Vec<(String, String)> {
        let mut kept = Vec::new();
        for (facet, keys) in &self.chosen {
            for key in keys {
                kept.push((facet.name.to_owned(), key.clone()));
            }
        }
        kept
    }

    fn query(&self, days: Days, is_kept: &dyn Fn(&Facet) -> bool) -> Serializer<'static, String> {
        let mut query = Serializer::new(String::new());
        match days {
            Days::Next => {}
            Days::Period(period) => {
                let name = PERIODS.iter().find(|(_, known)| *known == period);
                query.extend_pairs(name.map(|(name, _)| ("period", *name)));
            }
            Days::Between(from, until) => {
                if from != Date::MIN {
                    query.append_pair("from", &from.to_string());
                }
                if until != Date::MAX {
                    query.append_pair("until", &until.to_string());
                }
            }
            Days::Day(day) => {
                query.append_pair("day", &day.to_string());
            }
            Days::Month(day) => {
                query.append_pair("month", day.to_string().get(..7).unwrap_or_default());
            }
        }
        if let Some(place) = &self.place {
            query.append_pair("where", place);
        }
        if let Some(near) = &self.near {
            query.append_pair("near", &format!("{},{}", near.latitude, near.longitude));
            query.append_pair("within", &near.kilometres.to_string());
        }
        for (facet, keys) in self.chosen.iter().filter(|(facet, _)| is_kept(facet)) {
            for key in keys {
                query.append_pair(facet.name, key);
            }
        }
        query
    }

    fn address(&self, path: &str, mut query: Serializer<'static, String>) -> String {
        let query = query.finish();
        if query.is_empty() {
            path.to_owned()
        } else {
            format!("{path}?{query}")
        }
    }
}

/// The region, department or town that a text names.
pub(crate) fn territory(state: &State, text: &str) -> Option<(&'static Facet, Vec<String>)> {
    let wanted = plain(text);
    if wanted.is_empty() {
        return None;
    }
    places(state, |name| name == wanted, 1)
}

/// Those in whose names a word, or several, begin as the text does: all of one sort.
fn begun(state: &State, text: &str) -> Option<(&'static Facet, Vec<String>)> {
    let wanted = format!(" {}", plain(text));
    if wanted.chars().count() <= LEAST_BEGUN {
        return None;
    }
    places(
        state,
        |name| format!(" {name}").contains(&wanted),
        MOST_CHOSEN,
    )
}

fn places(
    state: &State,
    is_meant: impl Fn(&str) -> bool,
    most: usize,
) -> Option<(&'static Facet, Vec<String>)> {
    ["region", "department", "town"]
        .into_iter()
        .find_map(|name| {
            let facet = Facet::named(name)?;
            let is_called = |key: &str| {
                is_meant(&plain(key))
                    || (name != "town"
                        && state
                            .label(key)
                            .iter()
                            .any(|name| is_meant(&plain(name.value()))))
            };
            let keys = state.performances.keys(facet);
            let keys = keys.filter(|key| is_called(key)).take(most);
            let keys: Vec<String> = keys.map(str::to_owned).collect();
            (!keys.is_empty()).then_some((facet, keys))
        })
}

/// A name without accents, capitals and whatever stands between its words.
pub(crate) fn plain(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .filter(|c| {
            c.is_alphanumeric() || c.is_whitespace() || *c == '-' || *c == '\'' || *c == '’'
        })
        .collect::<String>()
        .to_lowercase();
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn a_period_is_told_from_the_day_that_it_is() {
        for (today, period, from, until) in [
            ("2026-11-20", Period::Weekend, "2026-11-21", "2026-11-22"),
            ("2026-11-21", Period::Weekend, "2026-11-21", "2026-11-22"),
            ("2026-11-22", Period::Weekend, "2026-11-22", "2026-11-22"),
            ("2026-11-23", Period::Weekend, "2026-11-28", "2026-11-29"),
            ("2026-12-30", Period::Week, "2026-12-30", "2027-01-05"),
            ("2028-02-10", Period::Month, "2028-02-10", "2028-02-29"),
        ] {
            let found = Days::Period(period).of(day(today));
            assert_eq!(found, (day(from), day(until)), "{today} {period:?}");
        }
    }

    #[test]
    fn it_is_another_day_on_reunion_before_it_is_in_paris() {
        let offsets = [60, 240];
        let at = |text: &str| todays(text.parse().expect("an instant"), &offsets);
        assert_eq!(at("2026-11-22T19:59:59Z"), "2026-11-22-00");
        assert_eq!(at("2026-11-22T20:00:00Z"), "2026-11-22-01");
        assert_eq!(at("2026-11-22T22:59:59Z"), "2026-11-22-01");
        assert_eq!(at("2026-11-22T23:00:00Z"), "2026-11-23-00");
    }

    #[test]
    fn names_are_compared_as_people_write_them() {
        assert_eq!(plain("  Saint-Étienne "), plain("saint etienne"));
        assert_eq!(plain("L’Haÿ-les-Roses"), plain("l'hay les roses"));
        assert_ne!(plain("Sète"), plain("Setes"));
    }
}
