//! When a release is made by itself, and which ones keep their files.

use crate::app::App;
use crate::app::releases::{Release, WithdrawError, withdraw};
use crate::config::{Keep, Schedule};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Whether it is time for another release, when the last one is of this date. Days are those of
/// UTC.
pub fn is_due(schedule: Schedule, last: Option<&str>, now: Timestamp) -> bool {
    let today = now.to_zoned(TimeZone::UTC).date();
    let Some(last) = last.and_then(day) else {
        return schedule != Schedule::Off;
    };
    let is_later = match schedule {
        Schedule::Off => false,
        Schedule::Daily => true,
        Schedule::Weekly => {
            let week = |day: Date| (day.iso_week_date().year(), day.iso_week_date().week());
            week(last) != week(today)
        }
        Schedule::Monthly => (last.year(), last.month()) != (today.year(), today.month()),
    };
    is_later && today > last
}

/// Removes the files of the releases that are kept no longer; their pages say so. Gives their
/// dates.
///
/// # Errors
/// When a folder cannot be written.
pub fn remove_expired(app: &App, now: Timestamp) -> Result<Vec<String>, WithdrawError> {
    let dates = expired(&app.releases.all(), app.config.release_keep, now);
    for date in &dates {
        withdraw(&app.releases, date, EXPIRED, now)?;
    }
    Ok(dates)
}

/// What the page of a release says whose files were kept long enough.
const EXPIRED: &str = "Les fichiers des parutions anciennes ne sont gardés qu'un temps ; prenez la dernière. / The files of older releases are kept for a while only; take the latest.";

/// The dates of the releases whose files are kept no longer. The newest that has files is not
/// among them.
pub fn expired(all: &[Release], keep: Keep, now: Timestamp) -> Vec<String> {
    let today = now.to_zoned(TimeZone::UTC).date();
    let with_files = all
        .iter()
        .rev()
        .filter(|release| release.withdrawal.is_none());
    let mut expired: Vec<String> = with_files
        .enumerate()
        .skip(1)
        .filter(|(newer, release)| match keep {
            Keep::All => false,
            Keep::Last(count) => *newer >= count,
            Keep::Days(days) => day(&release.manifest.date)
                .and_then(|made| made.until(today).ok())
                .is_some_and(|age| i64::from(age.get_days()) >= i64::from(days)),
        })
        .map(|(_, release)| release.manifest.date.clone())
        .collect();
    expired.reverse();
    expired
}

/// The day in the name of a release: `2026-11-22.2` is the second one of its day.
fn day(date: &str) -> Option<Date> {
    date.get(..10)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Generation;
    use crate::publish::release::{MANIFEST_VERSION, Manifest, Withdrawal};
    use std::path::PathBuf;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_release_is_due_once_in_a_day_a_week_or_a_month() {
        let sunday = at("2026-11-22T23:59:00Z");
        let monday = at("2026-11-23T00:00:00Z");
        for (schedule, last, now, expected) in [
            (Schedule::Daily, Some("2026-11-22"), sunday, false),
            (Schedule::Daily, Some("2026-11-22.3"), monday, true),
            (Schedule::Weekly, Some("2026-11-16"), sunday, false),
            (Schedule::Weekly, Some("2026-11-22"), monday, true),
            (
                Schedule::Weekly,
                Some("2025-12-29"),
                at("2026-01-02T00:00:00Z"),
                false,
            ),
            (Schedule::Monthly, Some("2026-11-01"), monday, false),
            (
                Schedule::Monthly,
                Some("2026-11-30"),
                at("2026-12-01T00:00:00Z"),
                true,
            ),
            // The clock went back.
            (Schedule::Daily, Some("2026-11-24"), monday, false),
            (Schedule::Monthly, None, monday, true),
            (Schedule::Off, None, monday, false),
            (Schedule::Off, Some("2020-01-01"), monday, false),
        ] {
            assert_eq!(
                is_due(schedule, last, now),
                expected,
                "{schedule:?} {last:?}"
            );
        }
    }

    #[test]
    fn the_newest_release_keeps_its_files_and_older_ones_as_it_is_said() {
        let release = |number: u64, date: &str, is_withdrawn: bool| Release {
            folder: PathBuf::new(),
            manifest: Manifest {
                version: MANIFEST_VERSION,
                base: String::new(),
                number,
                date: date.to_owned(),
                log: String::new(),
                generation: Generation(number),
                modified: String::new(),
                header_sha256: String::new(),
                sources: Vec::new(),
                left_out: Vec::new(),
                entities: Vec::new(),
                files: Vec::new(),
                state: None,
            },
            withdrawal: is_withdrawn.then(|| Withdrawal {
                time: String::new(),
                because: String::new(),
            }),
        };
        let all = [
            release(1, "2026-01-01", false),
            release(2, "2026-02-01", true),
            release(3, "2026-03-01", false),
            release(4, "2026-03-01.2", false),
        ];
        let now = at("2026-03-10T12:00:00Z");
        assert_eq!(expired(&all, Keep::All, now), [""; 0]);
        assert_eq!(expired(&all, Keep::Last(2), now), ["2026-01-01"]);
        assert_eq!(
            expired(&all, Keep::Last(1), now),
            ["2026-01-01", "2026-03-01"]
        );
        assert_eq!(expired(&all, Keep::Days(30), now), ["2026-01-01"]);
        assert_eq!(
            expired(&all, Keep::Days(1), now),
            ["2026-01-01", "2026-03-01"]
        );
        assert_eq!(expired(&all[..1], Keep::Days(1), now), [""; 0]);
    }
}
