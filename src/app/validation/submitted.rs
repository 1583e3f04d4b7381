//! What the door would say: the files are submitted to a folder that is thrown away.

use super::assess::Telling;
use super::{Against, Failure, Request, against};
use crate::app::{App, Purpose};
use crate::config::Config;
use crate::ingest::conformance::{Judge, Standing};
use crate::ingest::{MINIMUM, Outcome, Report, Submission, sources, submit};
use crate::model::assessment::Tally;
use crate::model::{Assessment, Finding, Groups, Source, SourceName};
use crate::rdf::Graph;
use crate::shapes::{Bounds, ValidationError, findings};
use crate::store::{StoreError, View, fill_random};
use jiff::Timestamp;
use oxrdf::NamedNode;
use tempfile::TempDir;

/// The source as which the files are submitted.
const SOURCE: &str = "validation";

/// What the door says, and how what it would publish stands with the profiles.
#[derive(Debug)]
pub struct Submitted {
    /// The door's report, as of a dry run.
    pub report: Report,
    /// Its findings and those of the profiles. It conforms when the door takes the files and
    /// every profile is met; warnings do not count here.
    pub assessment: Assessment,
}

/// Submits the files to an empty folder, and looks at what would be public. When the door refuses
/// them, the profiles are asked about what it would publish of them in part.
///
/// # Errors
/// When a file cannot be read, shapes are ill-formed, or the folder cannot be made.
pub fn submitted(
    config: &Config,
    request: &Request<'_>,
    now: Timestamp,
    bounds: Bounds<'_>,
) -> Result<Submitted, Failure> {
    let folder = TempDir::new().map_err(Failure::Folder)?;
    let mut config = config.clone();
    config.data = folder.path().join("data");
    let app = App::open(config, Purpose::Create, now)?;
    let against = against(&app.door, &app.door.read_options, request)?;
    let name: SourceName = SOURCE.parse().expect("it is the name of a source");
    sources::add(&app.store, &Source::new(name.clone()), now)?;
    let submission = Submission {
        allows_withdrawals: true,
        is_partial: Some(false),
        ..Submission::new(&name, request.data)
    };
    let mut report = submit(&app.store, &app.door, &submission, now, &mut fill_random)?;
    if report.outcome == Outcome::Refused {
        let in_part = Submission {
            is_partial: Some(true),
            ..submission
        };
        submit(&app.store, &app.door, &in_part, now, &mut fill_random)?;
    }
    report.is_dry_run = true;

    let snapshot = app.store.snapshot()?;
    let view = snapshot.view();
    let entities = view.described_by(&name)?;
    let mut groups = Groups::default();
    groups.extend(report.findings.iter().cloned());
    let mut profiles = Vec::new();
    for against in against {
        let (counts, is_asked) = if against.profile().name == MINIMUM {
            (of_minimum(&report), true)
        } else {
            judged(&app, &view, &against, &entities, bounds, &mut groups)?
        };
        profiles.push(against.assessment(counts, is_asked));
    }
    let is_met = profiles
        .iter()
        .all(|profile| profile.counts.violations == 0);
    let telling = Telling {
        door: &app.door,
        options: &app.door.read_options,
        documents: request.data,
        data: &Graph::default(),
    };
    let assessment = Assessment {
        conforms: report.outcome != Outcome::Refused && is_met,
        ..telling
            .assessment(groups, profiles)
            .map_err(ValidationError::from)?
    };
    Ok(Submitted { report, assessment })
}

/// What the profile that gates had to say is in the door's report.
fn of_minimum(report: &Report) -> Tally {
    let mut counts = Tally::default();
    for finding in &report.findings {
        if finding.profile.as_deref() == Some(MINIMUM) {
            counts.add(finding.severity);
        }
    }
    counts
}

/// Judges what would be public by one profile; gives the counts and whether it was asked at all.
fn judged(
    app: &App,
    view: &View<'_>,
    against: &Against<'_>,
    entities: &[NamedNode],
    bounds: Bounds<'_>,
    groups: &mut Groups,
) -> Result<(Tally, bool), Failure> {
    let profile = against.profile();
    let (mut counts, mut is_asked) = (Tally::default(), false);
    let public = view.public();
    let mut judge = Judge::new(&app.door, view, &public, bounds);
    for entity in entities {
        let judgement = judge.by(profile, entity)?;
        is_asked |= judgement.standing != Standing::NotAsked;
        for result in &judgement.results {
            counts.add(result.severity);
        }
        for finding in findings(&judgement.results, &profile.name) {
            let subject = match &finding.entity {
                Some(entity) => senders_name(view, entity)?,
                None => None,
            };
            groups.add(Finding {
                subject: subject.unwrap_or(finding.subject),
                ..finding
            });
        }
    }
    Ok((counts, is_asked))
}

/// What the files call an entity.
fn senders_name(view: &View<'_>, entity: &str) -> Result<Option<String>, StoreError> {
    let Ok(entity) = NamedNode::new(entity) else {
        return Ok(None);
    };
    let aliases = view.aliases(&entity)?.into_iter();
    Ok(aliases.map(|(_, key)| key).next())
}
