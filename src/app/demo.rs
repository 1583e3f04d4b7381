//! The demo: a folder with the example sources in it, filled through the normal door.

use crate::app::App;
use crate::config::FILE_NAME;
use crate::ingest::sources::{self, SourceError};
use crate::ingest::{Document, Outcome, Report, Submission, SubmitError, builtin, submit};
use crate::model::{Source, SourceName};
use crate::store::{StoreError, fill_random};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use oxrdf::NamedNode;
use serde::Deserialize;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

const SOURCES: &str = "examples/data/sources.toml";
/// The base under which the example files were written.
const WRITTEN_FOR: &str = "http://127.0.0.1:7878/";

/// The configuration that a demo folder gets when it has none.
const CONFIGURATION: &str = r#"# The configuration of the demo. `affiche config print` lists all keys.
licence = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"

[publisher]
name = "Démonstration d'Affiche (données inventées)"
contact = "mailto:demo@example.org"
"#;

#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the example data is not in this program: {0}")]
    Examples(String),
    #[error("`{path}` could not be written: {error}")]
    Configuration { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
    #[error("the example source `{source_name}` was refused:\n{report}")]
    Refused {
        source_name: SourceName,
        report: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listing {
    source: Vec<Row>,
}

/// One source in the listing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    publisher: Option<String>,
    licence: Option<String>,
    rank: Option<u32>,
    zone: Option<String>,
    #[serde(default)]
    speaks_for: Vec<String>,
    files: Vec<String>,
}

/// Writes the demo's configuration file into its folder, unless there is one.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn configure(folder: &Path) -> Result<(), DemoError> {
    let path = folder.join(FILE_NAME);
    let at = |error| DemoError::Configuration {
        path: path.clone(),
        error,
    };
    std::fs::create_dir_all(folder).map_err(at)?;
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(CONFIGURATION.as_bytes()).map_err(at),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(at(error)),
    }
}

/// Adds the example sources that are not there yet and submits the files of those that say nothing
/// yet; gives a report for
/// each that was submitted.
///
/// # Errors
/// When an example cannot be read, is refused, or the store fails.
pub fn fill(app: &App, now: Timestamp) -> Result<Vec<Report>, DemoError> {
    let listing = text_of(SOURCES)?;
    let listing: Listing =
        toml::from_str(&listing).map_err(|error| DemoError::Examples(error.to_string()))?;
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = days_to_move(&listing, today)?;
    let mut reports = Vec::new();
    for row in &listing.source {
        let source = source_of(row)?;
        let snapshot = app.store.snapshot()?;
        if !snapshot.view().described_by(&source.name)?.is_empty() {
            continue;
        }
        // It is there when an earlier filling was cut short.
        if snapshot.view().source(&source.name)?.is_none() {
            sources::add(&app.store, &source, now)?;
        }
        drop(snapshot);
        let mut texts = Vec::new();
        for name in &row.files {
            let text = text_of(&format!("examples/data/{name}"))?;
            let text = text.replace(WRITTEN_FOR, &format!("{}/", app.store.base()));
            texts.push((name, move_dates(&text, days)));
        }
        let documents: Vec<Document<'_>> = texts
            .iter()
            .map(|(name, text)| Document {
                name,
                bytes: text.as_bytes(),
                format: None,
                base: None,
            })
            .collect();
        let submission = Submission {
            is_partial: Some(true),
            ..Submission::new(&source.name, &documents)
        };
        let report = submit(&app.store, &app.door, &submission, now, &mut fill_random)?;
        if report.outcome == Outcome::Refused {
            return Err(DemoError::Refused {
                source_name: source.name,
                report: report.text(app.config.default_lang()),
            });
        }
        reports.push(report);
    }
    Ok(reports)
}

fn text_of(path: &str) -> Result<String, DemoError> {
    let bytes = builtin::file(path).ok_or_else(|| DemoError::Examples(path.to_owned()))?;
    String::from_utf8(bytes.into_owned())
        .map_err(|_| DemoError::Examples(format!("{path} is not UTF-8")))
}

fn source_of(row: &Row) -> Result<Source, DemoError> {
    let faulty = |text: &str| DemoError::Examples(format!("{SOURCES}: `{text}`"));
    let iri = |text: &String| NamedNode::new(text).map_err(|_| faulty(text));
    let name: SourceName = row.name.parse().map_err(|_| faulty(&row.name))?;
    Ok(Source {
        licence: row.licence.as_ref().map(iri).transpose()?,
        publisher: row.publisher.clone(),
        rank: row.rank.unwrap_or(Source::DEFAULT_RANK),
        zone: row
            .zone
            .clone()
            .unwrap_or_else(|| Source::DEFAULT_ZONE.to_owned()),
        speaks_for: row.speaks_for.iter().map(iri).collect::<Result<_, _>>()?,
        ..Source::new(name)
    })
}

/// By how many days the programme is moved on so that a good part of it is still to come:
/// whole multiples of 364, which keep the days of the week.
fn days_to_move(listing: &Listing, today: Date) -> Result<i64, DemoError> {
    let mut dates = Vec::new();
    for name in listing.source.iter().flat_map(|row| &row.files) {
        let text = text_of(&format!("examples/data/{name}"))?;
        dates.extend(dates_in(&text).into_iter().map(|(_, date)| date));
    }
    dates.sort_unstable();
    // The last of the dates may be a lone one; what counts is that the programme goes on.
    let Some(three_quarters) = dates.get(dates.len() * 3 / 4) else {
        return Ok(0);
    };
    let behind = i64::from(
        today
            .since(*three_quarters)
            .map_or(0, |span| span.get_days()),
    );
    Ok(if behind <= 0 {
        0
    } else {
        (behind + 363) / 364 * 364
    })
}

/// The dates in a text, each with the place of its first byte.
fn dates_in(text: &str) -> Vec<(usize, Date)> {
    let bytes = text.as_bytes();
    let is_digit_at = |place: usize| bytes.get(place).is_some_and(u8::is_ascii_digit);
    let mut dates = Vec::new();
    let mut place = 0;
    while place + 10 <= bytes.len() {
        let candidate = text
            .get(place..place + 10)
            .filter(|_| !(is_digit_at(place + 10) || place > 0 && is_digit_at(place - 1)))
            .filter(|text| is_date(text))
            .and_then(|text| text.parse::<Date>().ok());
        match candidate {
            Some(date) => {
                dates.push((place, date));
                place += 10;
            }
            None => place += 1,
        }
    }
    dates
}

/// `YYYY-MM-DD` in this century.
fn is_date(text: &str) -> bool {
    text.starts_with("20")
        && text.bytes().enumerate().all(|(place, byte)| {
            if matches!(place, 4 | 7) {
                byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

fn move_dates(text: &str, days: i64) -> String {
    let mut moved = String::with_capacity(text.len());
    let mut end = 0;
    for (place, date) in dates_in(text) {
        moved.push_str(text.get(end..place).unwrap_or_default());
        let later = date.checked_add(days.days()).unwrap_or(date);
        moved.push_str(&later.to_string());
        end = place + 10;
    }
    moved.push_str(text.get(end..).unwrap_or_default());
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_move_by_whole_weeks_and_nothing_else_does() {
        let text =
            "\"2026-11-20T20:00:00+01:00\" <…/2026-11-20> 12026-11-201 1999-01-01 é2027-02-28";
        assert_eq!(
            move_dates(text, 364),
            "\"2027-11-19T20:00:00+01:00\" <…/2027-11-19> 12026-11-201 1999-01-01 é2028-02-27"
        );
        assert_eq!(move_dates(text, 0), text);
    }

    #[test]
    fn the_programme_is_moved_only_when_most_of_it_is_past() -> Result<(), DemoError> {
        let listing: Listing = toml::from_str(&text_of(SOURCES)?).expect("the listing");
        assert_eq!(days_to_move(&listing, Date::constant(2020, 1, 1))?, 0);
        let later = days_to_move(&listing, Date::constant(2040, 1, 1))?;
        assert!(later > 364 && later % 364 == 0);
        Ok(())
    }
}
