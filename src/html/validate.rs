//! Where files are checked: the form, and what was found.

use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use crate::model::assessment::{AssessedExample, AssessedGroup, ProfileAssessment, Standing};
use crate::model::{Assessment, Severity, Text};
use askama::Template;

/// A profile to choose.
#[derive(Clone, Debug)]
pub struct ProfileChoice {
    pub name: String,
    pub title: Text,
    pub purpose: Text,
}

/// The form at `/validate`.
#[derive(Clone, Debug)]
pub struct ValidateForm {
    pub profiles: Vec<ProfileChoice>,
    /// The names of the formats that can be read.
    pub formats: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "validate.html")]
struct FormPage<'a> {
    site: Site<'a>,
    profiles: Vec<(&'a str, &'a str, &'a str)>,
    formats: &'a [&'static str],
}

impl ValidateForm {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let profiles = self.profiles.iter().map(|profile| {
            (
                profile.name.as_str(),
                profile.title.get(site.lang),
                profile.purpose.get(site.lang),
            )
        });
        render(&FormPage {
            site,
            profiles: profiles.collect(),
            formats: &self.formats,
        })
    }
}

/// What was found in some files.
#[derive(Clone, Debug)]
pub struct Validation {
    /// How it went, in the reader's language.
    pub verdict: String,
    pub assessment: Assessment,
}

#[derive(Template)]
#[template(path = "validation.html")]
struct Page<'a> {
    site: Site<'a>,
    verdict: &'a str,
    assessment: &'a Assessment,
    triples: Option<usize>,
    /// How many values were rewritten, as it is written.
    rewritten: Option<String>,
    profiles: Vec<ProfileLine<'a>>,
    sections: Vec<Section<'a>>,
    notes: Vec<(&'a str, Prose)>,
}

struct ProfileLine<'a> {
    title: &'a str,
    purpose: &'a str,
    class: &'static str,
    standing: String,
    counts: String,
}

/// The groups of one severity.
struct Section<'a> {
    title: String,
    count: u64,
    groups: Vec<GroupShown<'a>>,
}

struct GroupShown<'a> {
    field: &'a str,
    path: &'a str,
    count: u64,
    rule: &'a str,
    /// The profile that these findings keep from being met.
    blocks: Option<&'a str>,
    message: Prose,
    examples: Vec<ExampleShown<'a>>,
    further: u64,
}

struct ExampleShown<'a> {
    example: &'a AssessedExample,
    message: Option<Prose>,
}

impl Validation {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let assessment = &self.assessment;
        let sections = [
            (Severity::Violation, "report-violations"),
            (Severity::Warning, "report-warnings"),
            (Severity::Info, "report-infos"),
        ];
        let sections = sections.map(|(severity, key)| Section {
            title: site.say(key),
            count: assessment.counts.of(severity),
            groups: assessment
                .groups
                .iter()
                .filter(|group| group.severity == severity)
                .map(|group| group_shown(group, &site))
                .collect(),
        });
        let notes = assessment.notes.iter().map(|note| {
            (
                note.subject.as_str(),
                Prose::new(note.message.get(site.lang)),
            )
        });
        render(&Page {
            site,
            verdict: &self.verdict,
            assessment,
            triples: assessment
                .triples
                .and_then(|triples| usize::try_from(triples).ok()),
            rewritten: assessment.rewritten.map(|count| site.number(&count)),
            profiles: assessment
                .profiles
                .iter()
                .map(|profile| profile_line(profile, &site))
                .collect(),
            sections: sections
                .into_iter()
                .filter(|section| !section.groups.is_empty())
                .collect(),
            notes: notes.collect(),
        })
    }
}

fn profile_line<'a>(profile: &'a ProfileAssessment, site: &Site<'_>) -> ProfileLine<'a> {
    let (class, standing) = match profile.standing {
        Standing::Meets => ("good", "validation-met"),
        Standing::FallsShort => ("bad", "validation-not-met"),
        Standing::NotAsked => ("note", "validation-not-asked"),
    };
    let counts = [
        (profile.counts.violations, "report-violations"),
        (profile.counts.warnings, "report-warnings"),
        (profile.counts.infos, "report-infos"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts
        .map(|(count, key)| format!("{}\u{a0}: {}", site.say(key), site.number(count)))
        .collect();
    ProfileLine {
        title: profile.title.get(site.lang),
        purpose: profile.purpose.get(site.lang),
        class,
        standing: site.say(standing),
        counts: counts.join(" · "),
    }
}

fn group_shown<'a>(group: &'a AssessedGroup, site: &Site<'_>) -> GroupShown<'a> {
    let examples = group.examples.iter().map(|example| ExampleShown {
        example,
        message: example
            .message
            .as_ref()
            .map(|message| Prose::new(message.get(site.lang))),
    });
    GroupShown {
        field: group
            .field
            .as_ref()
            .map_or("", |field| field.get(site.lang)),
        path: group.path.as_deref().unwrap_or_default(),
        count: group.count,
        rule: &group.rule,
        blocks: match group.severity {
            Severity::Violation => group.profile.as_deref(),
            Severity::Warning | Severity::Info => None,
        },
        message: Prose::new(group.message.get(site.lang)),
        examples: examples.collect(),
        further: group.count.saturating_sub(group.examples.len() as u64),
    }
}
