//! What became of a submission, as a page for whoever sent it.

use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use crate::model::{Finding, Group, Normalisation, Severity};
use askama::Template;

/// What the door said about a submission.
#[derive(Clone, Debug)]
pub struct Report {
    /// How it went, in the reader's language.
    pub title: String,
    pub source: String,
    /// How many entities, by what became of them.
    pub counts: Vec<(&'static str, usize)>,
    pub findings: Vec<Finding>,
    pub normalisations: Vec<Normalisation>,
    /// How it stands with the profiles that inform.
    pub profiles: Vec<Shortfalls>,
    /// What is said when that is told elsewhere, in the reader's language.
    pub profiles_elsewhere: Option<String>,
}

/// How a submission stands with a profile.
#[derive(Clone, Debug)]
pub struct Shortfalls {
    pub profile: String,
    /// How many fall short, in the reader's language.
    pub summary: String,
    pub groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "report.html")]
struct ReportPage<'a> {
    site: Site<'a>,
    report: &'a Report,
    counts: Vec<(String, String)>,
    sections: Vec<Section<'a>>,
    /// Each profile with what falls short of it.
    profiles: Vec<(&'a Shortfalls, Vec<Shortfall<'a>>)>,
}

/// Findings of one kind.
struct Shortfall<'a> {
    count: String,
    message: Prose,
    rule: &'a str,
    examples: Vec<&'a str>,
}

/// The findings of one severity.
struct Section<'a> {
    title: String,
    findings: Vec<(&'a Finding, Prose)>,
}

impl Report {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let sections = [
            (Severity::Violation, "report-violations"),
            (Severity::Warning, "report-warnings"),
            (Severity::Info, "report-infos"),
        ];
        let sections = sections.map(|(severity, key)| Section {
            title: site.say(key),
            findings: self
                .findings
                .iter()
                .filter(|finding| finding.severity == severity)
                .map(|finding| (finding, Prose::new(finding.message.get(site.lang))))
                .collect(),
        });
        let profiles = self.profiles.iter().map(|profile| {
            let groups = profile.groups.iter().map(|group| Shortfall {
                count: site.number(&group.count),
                message: Prose::new(group.message.get(site.lang)),
                rule: &group.rule,
                examples: group.examples.iter().map(|one| &*one.subject).collect(),
            });
            (profile, groups.collect())
        });
        render(&ReportPage {
            profiles: profiles.collect(),
            site,
            report: self,
            counts: self
                .counts
                .iter()
                .map(|(name, count)| {
                    let name = site.say(&format!("report-{name}"));
                    (site.number(&(*count as u64)), name)
                })
                .collect(),
            sections: sections
                .into_iter()
                .filter(|section| !section.findings.is_empty())
                .collect(),
        })
    }
}

/// A submission that is under way.
#[derive(Clone, Debug)]
pub struct Progress {
    pub source: String,
    /// `waiting` or `running`.
    pub state: String,
    /// What is being done and how much of all is done, in the reader's language.
    pub stage: Option<String>,
    /// Its own address.
    pub path: String,
}

#[derive(Template)]
#[template(path = "progress.html")]
struct ProgressPage<'a> {
    site: Site<'a>,
    progress: &'a Progress,
    state: String,
}

impl Progress {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        render(&ProgressPage {
            site,
            progress: self,
            state: site.say(&format!("report-{}", self.state)),
        })
    }
}
