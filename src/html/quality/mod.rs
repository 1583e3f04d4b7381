//! The pages of quality: which profiles the entities meet, by source, what most of them lack, and
//! how that moved.

mod plot;

use crate::html::shown::{Link, Prose, Time, Words, best};
use crate::html::{PageError, Site, render, time};
use crate::model::{Lang, Severity, Text};
use askama::Template;
use askama::filters::HtmlSafe;
use oxrdf::Literal;
use plot::Plot;

/// How many kinds of findings a page shows of one profile; the files have all.
const FINDINGS: usize = 20;
/// How many days the table beside a plot shows, the last ones.
const DAYS: usize = 60;

/// What a page of quality shows.
#[derive(Clone, Debug, Default)]
pub struct Quality {
    pub scope: Scope,
    /// The generation that was judged; `None` when nothing was yet.
    pub judged: Option<u64>,
    /// The generation of the data.
    pub current: u64,
    /// How many of how many entities are judged, while all are.
    pub progress: Option<(u64, u64)>,
    /// What is looked at: profiles, then rehearsals.
    pub columns: Vec<Column>,
    /// One for each source, then all together.
    pub rows: Vec<Row>,
    /// What each column finds wrong.
    pub sections: Vec<Section>,
    /// How each profile moved.
    pub lines: Vec<Line>,
}

/// What a page is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    #[default]
    Everything,
    Source {
        name: String,
        publisher: Option<String>,
    },
    Profile(String),
}

/// A profile or a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// What it is called, for people.
    pub title: Text,
    /// What it is for; may be empty.
    pub purpose: Text,
    pub is_rehearsal: bool,
    /// The limit that ended its judging.
    pub stopped: Option<String>,
}

/// A source, or all of them.
#[derive(Clone, Debug)]
pub struct Row {
    /// Name and publisher; `None` for all together.
    pub source: Option<(String, Option<String>)>,
    /// One for each column.
    pub tallies: Vec<Tally>,
}

/// How many entities stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub asked: u64,
    pub meets: u64,
    pub undecided: u64,
    pub pending: u64,
    /// The share that meets, in tenths of a percent.
    pub per_mille: Option<u64>,
}

/// What one column finds wrong, the worst first.
#[derive(Clone, Debug)]
pub struct Section {
    /// The place of the column.
    pub column: usize,
    pub tally: Tally,
    pub findings: Vec<Finding>,
}

/// One kind of finding.
#[derive(Clone, Debug)]
pub struct Finding {
    pub severity: Severity,
    pub rule: String,
    /// The property concerned, as an IRI.
    pub path: Option<String>,
    pub message: Text,
    pub count: u64,
    /// Some of the entities.
    pub examples: Vec<Example>,
}

/// An entity, as a finding names it.
#[derive(Clone, Debug, Default)]
pub struct Example {
    pub iri: String,
    pub name: Vec<Literal>,
    /// Its `schema:startDate`, which tells the performances of one show apart.
    pub start: Option<String>,
}

/// How one profile moved.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    /// The date, as `2026-11-22`, and the share that met, in tenths of a percent.
    pub points: Vec<(String, u64)>,
}

/// How one entity stands with one profile, for its own page.
#[derive(Clone, Debug)]
pub struct Standing {
    pub profile: String,
    pub meets: bool,
    pub findings: Vec<(Severity, Text)>,
}

#[derive(Template)]
#[template(path = "quality.html")]
struct Page<'a> {
    site: Site<'a>,
    title: String,
    kicker: String,
    lead: String,
    state: String,
    is_behind: bool,
    heads: Vec<Head>,
    rows: Vec<RowShown>,
    has_rehearsals: bool,
    sections: Vec<SectionShown>,
    plot: Option<Plot>,
    series: Vec<String>,
    days: Vec<(String, Vec<String>)>,
    downloads: Vec<(String, String)>,
    /// The shapes of the profile that the page is about.
    shapes: Option<String>,
}

struct Head {
    name: String,
    purpose: String,
    href: String,
    is_rehearsal: bool,
    is_stopped: bool,
}

struct RowShown {
    name: String,
    code: Option<String>,
    href: Option<String>,
    cells: Vec<Cell>,
}

/// A share as a number and a bar.
struct Cell {
    /// The column's name, which stands beside it on narrow screens.
    label: String,
    is_rehearsal: bool,
    share: Option<Share>,
    note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<span class="share"><strong>{{ percent }}</strong><svg class="bar" viewBox="0 0 1000 60" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" width="1000" height="60"/><rect class="fill" width="{{ per_mille }}" height="60"/></svg><span class="of">{{ of }}</span></span>"#
)]
struct Share {
    percent: String,
    per_mille: u64,
    of: String,
}

impl HtmlSafe for Share {}

struct SectionShown {
    /// Its anchor.
    number: usize,
    head: Head,
    share: Option<Share>,
    summary: String,
    stopped: Option<String>,
    findings: Vec<FindingShown>,
    left: usize,
    /// Whether all of it was judged, so that nothing found means something.
    is_finished: bool,
}

struct FindingShown {
    class: &'static str,
    severity: String,
    count: String,
    message: Prose,
    rule: String,
    path: Option<String>,
    examples: Vec<(Link, Option<Time>)>,
}

impl Quality {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let (title, kicker, lead) = match &self.scope {
            Scope::Everything => (
                site.say("quality-title"),
                String::new(),
                site.say("quality-lead"),
            ),
            Scope::Source { name, publisher } => (
                publisher.clone().unwrap_or_else(|| name.clone()),
                site.say("quality-title"),
                site.say_with("quality-source-lead", "source", name),
            ),
            Scope::Profile(name) => (
                if self.is_rehearsal(name) {
                    site.say_with("quality-rehearsal-title", "profile", name)
                } else {
                    site.say_with("quality-profile-title", "profile", name)
                },
                site.say("quality-title"),
                if self.is_rehearsal(name) {
                    site.say("quality-rehearsal-lead")
                } else {
                    site.say("quality-profile-lead")
                },
            ),
        };
        let lines: Vec<&Line> = self
            .lines
            .iter()
            .filter(|line| !line.points.is_empty())
            .collect();
        render(&Page {
            title,
            kicker,
            lead,
            state: self.state(&site),
            is_behind: self.judged != Some(self.current),
            heads: self
                .columns
                .iter()
                .map(|column| head(column, &site))
                .collect(),
            rows: self.rows.iter().map(|row| self.row(row, &site)).collect(),
            has_rehearsals: self.columns.iter().any(|column| column.is_rehearsal),
            sections: self
                .sections
                .iter()
                .enumerate()
                .filter_map(|(number, section)| self.section(number, section, &site))
                .collect(),
            plot: Plot::of(&lines, &site),
            series: lines.iter().map(|line| line.name.clone()).collect(),
            days: days(&lines, &site),
            downloads: self.downloads(&site),
            shapes: match &self.scope {
                Scope::Profile(name) if self.is_rehearsal(name) => {
                    Some(site.at(&format!("/rehearsals/{name}")))
                }
                Scope::Profile(name) => Some(site.at(&format!("/shapes/{name}"))),
                Scope::Everything | Scope::Source { .. } => None,
            },
            site,
        })
    }

    fn is_rehearsal(&self, name: &str) -> bool {
        let mut columns = self.columns.iter();
        columns.any(|column| column.name == name && column.is_rehearsal)
    }

    /// Which state of the data it is about.
    fn state(&self, site: &Site<'_>) -> String {
        let mut text = match self.judged {
            None => site.say("quality-not-yet"),
            Some(judged) if judged == self.current => {
                site.say_with("quality-current", "generation", site.number(&judged))
            }
            Some(judged) => crate::i18n::text(
                site.lang,
                "quality-behind",
                &[
                    ("judged", site.number(&judged).into()),
                    ("current", site.number(&self.current).into()),
                ],
            ),
        };
        if let Some((done, total)) = self.progress {
            text.push(' ');
            text.push_str(&crate::i18n::text(
                site.lang,
                "quality-progress",
                &[
                    ("done", site.number(&done).into()),
                    ("total", site.number(&total).into()),
                ],
            ));
        }
        text
    }

    fn row(&self, row: &Row, site: &Site<'_>) -> RowShown {
        let (name, code, href) = match &row.source {
            None => (site.say("quality-all"), None, None),
            Some((name, publisher)) => (
                publisher.clone().unwrap_or_else(|| name.clone()),
                publisher.is_some().then(|| name.clone()),
                Some(site.at(&format!("/quality/{name}"))),
            ),
        };
        RowShown {
            name,
            code,
            href,
            cells: self
                .columns
                .iter()
                .zip(&row.tallies)
                .map(|(column, tally)| Cell {
                    label: if column.is_rehearsal {
                        let title = column.title.get(site.lang);
                        format!("{title} ({})", site.say("quality-rehearsal"))
                    } else {
                        column.title.get(site.lang).to_owned()
                    },
                    is_rehearsal: column.is_rehearsal,
                    share: share(tally, site),
                    note: note(tally, site),
                })
                .collect(),
        }
    }

    fn section(&self, number: usize, section: &Section, site: &Site<'_>) -> Option<SectionShown> {
        let column = self.columns.get(section.column)?;
        let tally = &section.tally;
        let is_unfinished = tally.pending + tally.undecided > 0;
        let mut summary = if tally.asked == 0 && is_unfinished {
            String::new()
        } else if tally.asked == 0 {
            site.say("quality-asks-nothing")
        } else if tally.asked == tally.meets {
            let asked = usize::try_from(tally.asked).unwrap_or(usize::MAX);
            site.count("quality-all-conform", &asked)
        } else {
            crate::i18n::text(
                site.lang,
                "quality-summary",
                &[
                    ("n", tally.asked.into()),
                    ("asked", site.number(&tally.asked).into()),
                    ("meets", site.number(&tally.meets).into()),
                    ("short", site.number(&(tally.asked - tally.meets)).into()),
                ],
            )
        };
        if let Some(note) = note(tally, site) {
            if !summary.is_empty() {
                summary.push(' ');
            }
            summary.push_str(&note);
        }
        Some(SectionShown {
            number,
            head: head(column, site),
            share: share(tally, site),
            summary,
            stopped: column
                .stopped
                .as_ref()
                .map(|limit| site.say_with("quality-stopped-text", "limit", limit)),
            findings: section
                .findings
                .iter()
                .take(FINDINGS)
                .map(|finding| shown(finding, site))
                .collect(),
            is_finished: !is_unfinished && tally.asked > 0,
            left: section.findings.len().saturating_sub(FINDINGS),
        })
    }

    fn downloads(&self, site: &Site<'_>) -> Vec<(String, String)> {
        let (stem, query) = match &self.scope {
            Scope::Everything => ("/quality".to_owned(), String::new()),
            Scope::Source { name, .. } => (format!("/quality/{name}"), String::new()),
            Scope::Profile(name) => ("/quality".to_owned(), format!("&profile={name}")),
        };
        let csv = |table: &str| site.at(&format!("{stem}.csv?table={table}{query}"));
        vec![
            (site.say("quality-csv-profiles"), csv("profiles")),
            (site.say("quality-csv-findings"), csv("findings")),
            (site.say("quality-csv-history"), csv("history")),
            ("JSON".to_owned(), site.at(&format!("{stem}.json"))),
        ]
    }
}

fn head(column: &Column, site: &Site<'_>) -> Head {
    Head {
        name: column.title.get(site.lang).to_owned(),
        purpose: column.purpose.get(site.lang).to_owned(),
        href: site.at(&format!("/quality?profile={}", column.name)),
        is_rehearsal: column.is_rehearsal,
        is_stopped: column.stopped.is_some(),
    }
}

fn share(tally: &Tally, site: &Site<'_>) -> Option<Share> {
    let per_mille = tally.per_mille?;
    Some(Share {
        percent: percent(per_mille, site.lang),
        per_mille,
        of: format!(
            "{}\u{a0}/\u{a0}{}",
            site.number(&tally.meets),
            site.number(&tally.asked)
        ),
    })
}

/// What is not known of some of the entities.
fn note(tally: &Tally, site: &Site<'_>) -> Option<String> {
    let of = |key: &str, number: u64| {
        let shown = site.number(&number);
        let n = usize::try_from(number).unwrap_or(usize::MAX);
        (number > 0)
            .then(|| crate::i18n::text(site.lang, key, &[("n", n.into()), ("shown", shown.into())]))
    };
    let notes: Vec<String> = [
        of("quality-pending", tally.pending),
        of("quality-undecided", tally.undecided),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}

fn shown(finding: &Finding, site: &Site<'_>) -> FindingShown {
    let (class, key) = severity(finding.severity);
    FindingShown {
        class,
        severity: site.say(key),
        count: site.number(&finding.count),
        message: Prose::new(finding.message.get(site.lang)),
        rule: finding.rule.clone(),
        path: finding.path.as_deref().map(|path| {
            let local = path.rsplit(['#', '/']).next().unwrap_or(path);
            local.to_owned()
        }),
        examples: finding
            .examples
            .iter()
            .map(|example| {
                let words = best(&example.name, site.lang).map_or_else(
                    || Words::plain(site.say("no-name")),
                    |name| Words::name(name, site),
                );
                let start = example.start.as_ref().map(|start| Time {
                    iso: start.clone(),
                    words: time::short(start, site.lang),
                });
                (Link::to(&example.iri, words, site), start)
            })
            .collect(),
    }
}

/// How findings of a severity look and what they are called.
pub(crate) fn severity(severity: Severity) -> (&'static str, &'static str) {
    match severity {
        Severity::Violation => ("bad", "quality-violation"),
        Severity::Warning => ("warn", "quality-warning"),
        Severity::Info => ("note", "quality-info"),
    }
}

/// Tenths of a percent as people write them: `83,1 %` or `83.1%`.
fn percent(per_mille: u64, lang: Lang) -> String {
    let (whole, tenth) = (per_mille / 10, per_mille % 10);
    let number = match (tenth, lang) {
        (0, _) => whole.to_string(),
        (_, Lang::Fr) => format!("{whole},{tenth}"),
        (_, Lang::En) => format!("{whole}.{tenth}"),
    };
    match lang {
        Lang::Fr => format!("{number}\u{a0}%"),
        Lang::En => format!("{number}%"),
    }
}

/// The last days in numbers, newest first: the date, and what each line has for it.
fn days(lines: &[&Line], site: &Site<'_>) -> Vec<(String, Vec<String>)> {
    let mut dates: Vec<&String> = lines
        .iter()
        .flat_map(|line| line.points.iter().map(|(date, _)| date))
        .collect();
    dates.sort_unstable();
    dates.dedup();
    let of = |line: &Line, date: &String| {
        let point = line.points.iter().find(|(of, _)| of == date);
        point.map_or_else(
            || "—".to_owned(),
            |(_, per_mille)| percent(*per_mille, site.lang),
        )
    };
    dates
        .into_iter()
        .rev()
        .take(DAYS)
        .map(|date| {
            let shares = lines.iter().map(|line| of(line, date)).collect();
            (time::moment(date, site.lang), shares)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_as_the_language_does() {
        assert_eq!(percent(831, Lang::Fr), "83,1\u{a0}%");
        assert_eq!(percent(831, Lang::En), "83.1%");
        assert_eq!(percent(1000, Lang::En), "100%");
    }
}
