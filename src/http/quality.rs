//! Quality: pages, files and numbers of which profiles the entities meet.
//!
//! All of it is counted from the index that follows the store, and names its generation.

use crate::app::quality::figures::{ColumnFigures, Figures, FindingFigures, Sheet};
use crate::app::quality::history::{Day, Measured};
use crate::html::quality::{
    self as shown, Column, Example, Finding, Line, Row, Scope, Section, Tally,
};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::negotiate::{CSV, HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, NOT_FOUND, NOT_JUDGED_YET, Problem, UNKNOWN_SOURCE};
use crate::http::reader::Reader;
use crate::http::{Server, Shared, table};
use crate::ingest::Profile;
use crate::model::vocabulary::schema;
use crate::model::{Generation, Severity, SourceName, Text, time};
use crate::publish::select;
use crate::store::View;
use axum::extract::{Path, State as Injected};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LANGUAGE};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, NamedNode, Term};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

const OFFERS: &[Offer] = &[HTML, JSON, CSV];
/// How long somebody waits before asking again for what is not there yet.
const AGAIN_SECONDS: u64 = 5;

/// What somebody wants to see.
enum Wanted {
    Everything,
    Source(SourceName),
    Profile(String),
}

/// The tables that can be had as files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Profiles,
    Findings,
    History,
}

/// `GET /quality`, also with `.csv` and `.json`.
pub async fn overview(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let suffix = reader
        .path
        .rsplit_once('.')
        .map(|(_, suffix)| suffix.to_owned());
    let wanted = match reader.parameter("profile") {
        Some(profile) => Wanted::Profile(profile.to_owned()),
        None => Wanted::Everything,
    };
    answer(server, reader, wanted, suffix.as_deref()).await
}

/// `GET /quality/{source}`, also with `.csv` and `.json`.
pub async fn of_source(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (name, suffix) = match name.split_once('.') {
        Some((name, suffix)) => (name.to_owned(), Some(suffix.to_owned())),
        None => (name, None),
    };
    let source: SourceName = name.parse().map_err(|_| Problem::new(&UNKNOWN_SOURCE))?;
    answer(server, reader, Wanted::Source(source), suffix.as_deref()).await
}

async fn answer(
    server: Shared,
    reader: Reader,
    wanted: Wanted,
    suffix: Option<&str>,
) -> Result<Response, Problem> {
    let offer = match suffix {
        Some(suffix) => *OFFERS
            .iter()
            .find(|offer| offer.name == suffix)
            .ok_or_else(|| Problem::new(&NOT_FOUND))?,
        None => reader.choose(OFFERS)?,
    };
    let table = table_of(&reader, &wanted)?;
    let varying = if suffix.is_some() {
        "Accept-Language"
    } else {
        "Accept, Accept-Language"
    };
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let asked = Asked::new(server, &reader, snapshot.view(), wanted)?;
            let answer = match offer {
                offer if offer == HTML => asked.page()?,
                offer if offer == JSON => asked.json()?,
                _ => asked.csv(table)?,
            };
            Ok(answer.varying(varying).into_response())
        })
        .await
}

fn table_of(reader: &Reader, wanted: &Wanted) -> Result<Table, Problem> {
    match reader.parameter("table") {
        Some("profiles") => Ok(Table::Profiles),
        Some("findings") => Ok(Table::Findings),
        Some("history") => Ok(Table::History),
        Some(_) => Err(Problem::new(&BAD_REQUEST).with_detail(
            "`table` est `profiles`, `findings` ou `history`.",
            "`table` is `profiles`, `findings` or `history`.",
        )),
        None if matches!(wanted, Wanted::Everything) => Ok(Table::Profiles),
        None => Ok(Table::Findings),
    }
}

/// One request, with all that answers to it.
struct Asked<'a> {
    server: &'a Server,
    reader: &'a Reader,
    view: View<'a>,
    wanted: Wanted,
    figures: Option<std::sync::Arc<Figures>>,
    current: Generation,
}

impl<'a> Asked<'a> {
    /// # Errors
    /// When what is wanted is not there.
    fn new(
        server: &'a Server,
        reader: &'a Reader,
        view: View<'a>,
        wanted: Wanted,
    ) -> Result<Self, Problem> {
        let app = &server.app;
        let is_there = match &wanted {
            Wanted::Everything => true,
            Wanted::Source(name) => {
                if name.is_system() || view.source(name)?.is_none() {
                    return Err(Problem::new(&UNKNOWN_SOURCE));
                }
                true
            }
            Wanted::Profile(name) => {
                app.door.profile(name).is_some() || app.quality.rehearsals.named(name).is_some()
            }
        };
        if !is_there {
            return Err(Problem::new(&NOT_FOUND));
        }
        Ok(Self {
            figures: app.quality.figures(app.store.base()),
            current: view.generation()?,
            server,
            reader,
            view,
            wanted,
        })
    }

    fn judged(&self) -> Result<&Figures, Problem> {
        let figures = self.figures.as_deref();
        figures.ok_or_else(|| Problem::new(&NOT_JUDGED_YET).retry_after(AGAIN_SECONDS))
    }

    /// What everything that is shown follows from.
    fn tag(&self, variant: &str) -> Option<String> {
        let figures = self.figures.as_deref()?;
        if self.server.app.quality.progress().is_some() {
            return None;
        }
        // The last measurement stands for all before it.
        let last = self.server.app.quality.history.last().unwrap_or_default();
        let today = time::utc(Timestamp::now());
        let (mark, today) = (figures.mark.get(..16)?, today.get(..10)?);
        let (judged, current) = (figures.generation, self.current);
        let variant = format!("{judged}-{mark}-{last}-{today}-{variant}");
        Some(etag(self.view.identity(), current, &variant))
    }

    fn page(&self) -> Result<Answer, Problem> {
        let generation = self
            .figures
            .as_ref()
            .map_or(self.current, |of| of.generation);
        let tag = self.tag(&format!("{}-html", self.reader.lang));
        if let Some(tag) = &tag
            && is_known(tag, &self.reader.headers)
        {
            return Ok(Answer::of(HTML, "")
                .at(generation)
                .known_as(tag, "")
                .unless_known_to(&self.reader.headers));
        }
        let shown = self.shown()?;
        let answer = page(self.server, self.reader, generation, |site| {
            shown.page(site)
        })?;
        Ok(match tag {
            Some(tag) => answer.known_as(&tag, ""),
            None => answer.with(axum::http::header::CACHE_CONTROL, "no-store"),
        })
    }

    fn shown(&self) -> Result<shown::Quality, Problem> {
        let quality = &self.server.app.quality;
        let progress = quality.progress();
        let mut page = shown::Quality {
            scope: self.scope()?,
            judged: self.figures.as_ref().map(|figures| figures.generation.0),
            current: self.current.0,
            progress: progress.map(|progress| (progress.done, progress.total)),
            ..shown::Quality::default()
        };
        let Some(figures) = self.figures.as_deref() else {
            return Ok(page);
        };
        let places = self.places(figures);
        page.columns = places
            .iter()
            .filter_map(|place| figures.columns.get(*place))
            .map(|column| {
                let (title, purpose) = self.title_and_purpose(column);
                Column {
                    name: column.name.clone(),
                    title,
                    purpose,
                    is_rehearsal: column.is_rehearsal,
                    stopped: column.stopped.clone(),
                }
            })
            .collect();
        let tallies = |sheets: &[Sheet]| -> Vec<Tally> {
            let sheets = places.iter().filter_map(|place| sheets.get(*place));
            sheets.map(tally).collect()
        };
        if !matches!(self.wanted, Wanted::Source(_)) {
            for source in &figures.sources {
                let name: Option<SourceName> = source.name.parse().ok();
                let known = name.map(|name| self.view.source(&name)).transpose()?;
                let publisher = known.flatten().and_then(|source| source.publisher);
                page.rows.push(Row {
                    source: Some((source.name.clone(), publisher)),
                    tallies: tallies(&source.sheets),
                });
            }
            if figures.sources.len() > 1 {
                page.rows.push(Row {
                    source: None,
                    tallies: tallies(&figures.all),
                });
            }
        }
        if !matches!(self.wanted, Wanted::Everything) {
            let empty = Vec::new();
            let sheets = self.sheets(figures).unwrap_or(&empty);
            for (column, place) in places.iter().enumerate() {
                let nothing = Sheet::default();
                let sheet = sheets.get(*place).unwrap_or(&nothing);
                page.sections.push(Section {
                    column,
                    tally: tally(sheet),
                    findings: self.findings(&sheet.findings)?,
                });
            }
        }
        page.lines = self.lines(figures);
        Ok(page)
    }

    /// What a profile or a rehearsal is called, and what it is for.
    fn title_and_purpose(&self, column: &ColumnFigures) -> (Text, Text) {
        let app = &self.server.app;
        let of = |profile: &Profile| (profile.title.clone(), profile.purpose.clone());
        let known = if column.is_rehearsal {
            let rehearsal = app.quality.rehearsals.named(&column.name);
            rehearsal.map(|rehearsal| of(&rehearsal.profile))
        } else {
            app.door.profile(&column.name).map(of)
        };
        known.unwrap_or_else(|| (Text::new(&column.name, &column.name), Text::default()))
    }

    fn scope(&self) -> Result<Scope, Problem> {
        Ok(match &self.wanted {
            Wanted::Everything => Scope::Everything,
            Wanted::Profile(name) => Scope::Profile(name.clone()),
            Wanted::Source(name) => Scope::Source {
                publisher: self.view.source(name)?.and_then(|source| source.publisher),
                name: name.to_string(),
            },
        })
    }

    /// The columns that are wanted.
    fn places(&self, figures: &Figures) -> Vec<usize> {
        let columns = figures.columns.iter().enumerate();
        columns
            .filter(|(_, column)| match &self.wanted {
                Wanted::Profile(name) => column.name == *name,
                Wanted::Everything | Wanted::Source(_) => true,
            })
            .map(|(place, _)| place)
            .collect()
    }

    /// The sheets of whom it is about; `None` for a source that speaks of nothing.
    fn sheets<'f>(&self, figures: &'f Figures) -> Option<&'f Vec<Sheet>> {
        match &self.wanted {
            Wanted::Everything | Wanted::Profile(_) => Some(&figures.all),
            Wanted::Source(name) => {
                let mut sources = figures.sources.iter();
                let source = sources.find(|source| source.name == name.as_str())?;
                Some(&source.sheets)
            }
        }
    }

    fn findings(&self, findings: &[FindingFigures]) -> Result<Vec<Finding>, Problem> {
        let iris: BTreeSet<NamedNode> = findings
            .iter()
            .flat_map(|finding| &finding.examples)
            .map(NamedNode::new_unchecked)
            .collect();
        let names = select::labels(&self.view, &iris)?;
        let mut starts = BTreeMap::new();
        for iri in &iris {
            let start = self.view.object(
                iri.as_ref().into(),
                schema::START_DATE,
                GraphNameRef::DefaultGraph,
            )?;
            if let Some(Term::Literal(start)) = start {
                starts.insert(iri.as_str(), start.value().to_owned());
            }
        }
        let named = |iri: &String| Example {
            iri: iri.clone(),
            name: names.get(iri).cloned().unwrap_or_default(),
            start: starts.get(iri.as_str()).cloned(),
        };
        Ok(findings
            .iter()
            .map(|finding| Finding {
                severity: finding.severity,
                rule: finding.rule.clone(),
                path: finding.path.clone(),
                message: finding.message.clone(),
                count: finding.count,
                examples: finding.examples.iter().map(named).collect(),
            })
            .collect())
    }

    /// How the profiles moved, and where they are now.
    fn lines(&self, figures: &Figures) -> Vec<Line> {
        let days = self.server.app.quality.history.days();
        let today = time::utc(Timestamp::now());
        let today = today.get(..10).unwrap_or_default();
        let places = self.places(figures);
        let profiles = places.iter().filter_map(|place| {
            let column = figures.columns.get(*place)?;
            (!column.is_rehearsal).then_some((*place, column))
        });
        profiles
            .map(|(place, column)| {
                let mut points: Vec<(String, u64)> = days
                    .iter()
                    .filter(|day| day.date.as_str() < today)
                    .filter_map(|day| {
                        let row = day.measured.iter();
                        let mut row = row.filter(|row| row.profile == column.name);
                        let row = row.find(|row| self.is_about(row))?;
                        let share = (row.meets * 1000).checked_div(row.asked)?;
                        Some((day.date.clone(), share))
                    })
                    .collect();
                let sheet = self.sheets(figures).and_then(|sheets| sheets.get(place));
                if let Some(share) = sheet.and_then(|sheet| sheet.tally.per_mille()) {
                    points.push((today.to_owned(), share));
                }
                Line {
                    name: column.name.clone(),
                    points,
                }
            })
            .collect()
    }

    fn is_about(&self, row: &Measured) -> bool {
        match &self.wanted {
            Wanted::Everything | Wanted::Profile(_) => row.source.is_none(),
            Wanted::Source(name) => row.source.as_deref() == Some(name.as_str()),
        }
    }

    fn json(&self) -> Result<Answer, Problem> {
        let figures = self.judged()?;
        let places = self.places(figures);
        let sheets = |sheets: &[Sheet]| -> Value {
            places
                .iter()
                .filter_map(|place| Some((figures.columns.get(*place)?, sheets.get(*place)?)))
                .map(|(column, sheet)| {
                    json!({
                        "profile": column.name,
                        "rehearsal": column.is_rehearsal,
                        "stopped": column.stopped,
                        "asked": sheet.tally.asked(),
                        "meets": sheet.tally.meets,
                        "fallsShort": sheet.tally.falls_short,
                        "notAsked": sheet.tally.not_asked,
                        "undecided": sheet.tally.undecided,
                        "pending": sheet.tally.pending,
                        "findings": sheet.findings,
                    })
                })
                .collect()
        };
        let mut body = json!({
            "generation": figures.generation.0,
            "current": self.current.0,
            "log": self.view.identity(),
            "entities": figures.entities,
        });
        match &self.wanted {
            Wanted::Source(name) => {
                body["source"] = json!(name.as_str());
                let own = self.sheets(figures);
                body["profiles"] = sheets(own.map_or(&[], Vec::as_slice));
            }
            Wanted::Everything | Wanted::Profile(_) => {
                body["profiles"] = sheets(&figures.all);
                body["sources"] = figures
                    .sources
                    .iter()
                    .map(|source| {
                        json!({ "source": source.name, "profiles": sheets(&source.sheets) })
                    })
                    .collect();
            }
        }
        Ok(self.file(JSON, format!("{body:#}\n"), figures.generation, "json"))
    }

    fn csv(&self, table: Table) -> Result<Answer, Problem> {
        let figures = self.judged()?;
        let (name, lines) = match table {
            Table::Profiles => ("profiles", self.profiles_table(figures)),
            Table::Findings => ("findings", self.findings_table(figures)),
            Table::History => {
                let days = self.server.app.quality.history.with_rules()?;
                ("history", self.history_table(&days))
            }
        };
        let bytes = table::csv(lines)?;
        let stem = match &self.wanted {
            Wanted::Everything => "quality".to_owned(),
            Wanted::Source(source) => format!("quality-{source}"),
            Wanted::Profile(profile) => format!("quality-{profile}"),
        };
        let answer = self
            .file(CSV, bytes, figures.generation, name)
            .with(CONTENT_LANGUAGE, self.reader.lang.tag());
        let attachment = format!("attachment; filename=\"{stem}-{name}.csv\"");
        Ok(answer.with(CONTENT_DISPOSITION, &attachment))
    }

    fn file(
        &self,
        offer: Offer,
        body: impl Into<Vec<u8>>,
        generation: Generation,
        variant: &str,
    ) -> Answer {
        let answer = Answer::of(offer, body).at(generation);
        let variant = format!("{}-{variant}-{}", self.reader.lang, offer.name);
        match self.tag(&variant) {
            Some(tag) => answer
                .known_as(&tag, "")
                .unless_known_to(&self.reader.headers),
            None => answer.with(axum::http::header::CACHE_CONTROL, "no-store"),
        }
    }

    /// Who is spoken of, by name; all together is an empty one.
    fn groups<'f>(&self, figures: &'f Figures) -> Vec<(&'f str, &'f [Sheet])> {
        let each = figures.sources.iter();
        let each = each.map(|source| (source.name.as_str(), source.sheets.as_slice()));
        match &self.wanted {
            Wanted::Source(name) => each
                .filter(|(source, _)| *source == name.as_str())
                .collect(),
            Wanted::Everything | Wanted::Profile(_) => {
                std::iter::once(("", &*figures.all)).chain(each).collect()
            }
        }
    }

    fn profiles_table(&self, figures: &Figures) -> Vec<Vec<String>> {
        let mut lines = vec![head(&[
            "generation",
            "source",
            "profile",
            "rehearsal",
            "asked",
            "meets",
            "falls_short",
            "share",
            "not_asked",
            "undecided",
            "pending",
            "stopped",
        ])];
        let places = self.places(figures);
        for (source, sheets) in self.groups(figures) {
            for place in &places {
                let (Some(column), Some(sheet)) = (figures.columns.get(*place), sheets.get(*place))
                else {
                    continue;
                };
                let tally = &sheet.tally;
                lines.push(vec![
                    figures.generation.to_string(),
                    source.to_owned(),
                    column.name.clone(),
                    column.is_rehearsal.to_string(),
                    tally.asked().to_string(),
                    tally.meets.to_string(),
                    tally.falls_short.to_string(),
                    tally.per_mille().map_or_else(String::new, decimal),
                    tally.not_asked.to_string(),
                    tally.undecided.to_string(),
                    tally.pending.to_string(),
                    column.stopped.clone().unwrap_or_default(),
                ]);
            }
        }
        lines
    }

    fn findings_table(&self, figures: &Figures) -> Vec<Vec<String>> {
        let mut lines = vec![head(&[
            "generation",
            "source",
            "profile",
            "rehearsal",
            "severity",
            "rule",
            "property",
            "entities",
            "message",
            "examples",
        ])];
        let places = self.places(figures);
        for (source, sheets) in self.groups(figures) {
            for place in &places {
                let (Some(column), Some(sheet)) = (figures.columns.get(*place), sheets.get(*place))
                else {
                    continue;
                };
                for finding in &sheet.findings {
                    lines.push(vec![
                        figures.generation.to_string(),
                        source.to_owned(),
                        column.name.clone(),
                        column.is_rehearsal.to_string(),
                        severity(finding.severity).to_owned(),
                        finding.rule.clone(),
                        finding.path.clone().unwrap_or_default(),
                        finding.count.to_string(),
                        finding.message.get(self.reader.lang).to_owned(),
                        finding.examples.join(" "),
                    ]);
                }
            }
        }
        lines
    }

    fn history_table(&self, days: &[Day]) -> Vec<Vec<String>> {
        let mut lines = vec![head(&[
            "date",
            "generation",
            "source",
            "profile",
            "asked",
            "meets",
            "share",
            "rules",
        ])];
        let is_wanted = |row: &&Measured| match &self.wanted {
            Wanted::Everything => true,
            Wanted::Profile(name) => row.profile == *name,
            Wanted::Source(name) => row.source.as_deref() == Some(name.as_str()),
        };
        for day in days {
            for row in day.measured.iter().filter(is_wanted) {
                let rules = row.rules.iter();
                let rules: Vec<String> = rules
                    .map(|(rule, count)| format!("{rule}:{count}"))
                    .collect();
                let share = (row.meets * 1000).checked_div(row.asked);
                lines.push(vec![
                    day.date.clone(),
                    day.generation.to_string(),
                    row.source.clone().unwrap_or_default(),
                    row.profile.clone(),
                    row.asked.to_string(),
                    row.meets.to_string(),
                    share.map_or_else(String::new, decimal),
                    rules.join(" "),
                ]);
            }
        }
        lines
    }
}

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn tally(sheet: &Sheet) -> Tally {
    Tally {
        asked: sheet.tally.asked(),
        meets: sheet.tally.meets,
        undecided: sheet.tally.undecided,
        pending: sheet.tally.pending,
        per_mille: sheet.tally.per_mille(),
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Violation => "violation",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

/// Tenths of a percent as a share of one: `0.831`.
fn decimal(per_mille: u64) -> String {
    format!("{}.{:03}", per_mille / 1000, per_mille % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_decimal_numbers() {
        assert_eq!(decimal(1000), "1.000");
        assert_eq!(decimal(7), "0.007");
    }
}
