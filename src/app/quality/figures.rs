//! The numbers that people and programs are shown, counted from the index.

use crate::app::following::entities::{Entity, iri_of};
use crate::app::private::hexadecimal;
use crate::app::quality::index::{Index, Known};
use crate::model::{Base, Generation, Severity, Text};
use rustc_hash::FxHashMap;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// How many entities are named of those that break a rule.
pub const EXAMPLES: usize = 5;

/// All numbers of one generation.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    pub generation: Generation,
    pub entities: u64,
    /// The hash of all the others: the same numbers have the same.
    #[serde(skip)]
    pub mark: String,
    pub columns: Vec<ColumnFigures>,
    /// Of all entities, each once, whoever speaks of it; a sheet for each column.
    pub all: Vec<Sheet>,
    /// By name.
    pub sources: Vec<SourceFigures>,
}

/// A profile, or a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ColumnFigures {
    pub name: String,
    pub is_rehearsal: bool,
    /// The limit that its judging went over, which ended it.
    pub stopped: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceFigures {
    pub name: String,
    /// A sheet for each column.
    pub sheets: Vec<Sheet>,
}

/// What one profile says of the entities of one source, or of all.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Sheet {
    #[serde(flatten)]
    pub tally: Tally,
    /// The worst first, of these the commonest.
    pub findings: Vec<FindingFigures>,
}

/// How many entities stand how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    pub meets: u64,
    pub falls_short: u64,
    /// The profile asks nothing of them.
    pub not_asked: u64,
    /// To judge them would have taken too much.
    pub undecided: u64,
    /// They are still to be judged.
    pub pending: u64,
}

impl Tally {
    /// How many the profile has something to say about.
    pub fn asked(&self) -> u64 {
        self.meets + self.falls_short
    }

    /// The share that meets the profile, in tenths of a percent, rounded down: only all is 100 %.
    pub fn per_mille(&self) -> Option<u64> {
        (self.meets * 1000).checked_div(self.asked())
    }

    fn add(&mut self, known: Known, count: u64) {
        *match known {
            Known::Pending => &mut self.pending,
            Known::NotAsked => &mut self.not_asked,
            Known::Meets => &mut self.meets,
            Known::FallsShort => &mut self.falls_short,
            Known::Undecided => &mut self.undecided,
        } += count;
    }
}

/// One rule, and how many entities break it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingFigures {
    pub severity: Severity,
    pub rule: String,
    pub path: Option<String>,
    /// What is wrong and what to do, as one of the entities was told.
    pub message: Text,
    pub count: u64,
    /// The IRIs of the first by name.
    pub examples: Vec<String>,
}

/// Which sheet: that of all, or of a source by its place.
type Whose = Option<u32>;

/// Counts the numbers of an index.
pub fn of(index: &Index, base: &Base) -> Figures {
    let names: Vec<&str> = index.sources().collect();
    let mut speaking: BTreeSet<(&str, u32)> = BTreeSet::new();
    let mut tallies: FxHashMap<(usize, Whose), Tally> = FxHashMap::default();
    let mut counts: FxHashMap<(usize, Whose, u32), u64> = FxHashMap::default();
    for (place, column) in index.columns().iter().enumerate() {
        for (set, verdict, count) in column.tallies() {
            let (sources, Some(verdict)) = (index.set(set), index.verdict_at(verdict)) else {
                continue;
            };
            let count = u64::from(count);
            for whose in everybody(sources) {
                tallies
                    .entry((place, whose))
                    .or_default()
                    .add(verdict.known, count);
                for rule in &verdict.rules {
                    *counts.entry((place, whose, *rule)).or_default() += count;
                }
                let source = whose.and_then(|source| Some((*names.get(source as usize)?, source)));
                speaking.extend(source);
            }
        }
    }
    let mut examples = examples(index);
    let mut sheet = |place: usize, whose: Whose| Sheet {
        tally: tallies.get(&(place, whose)).copied().unwrap_or_default(),
        findings: sorted(
            counts
                .iter()
                .filter(|((column, of, _), _)| (*column, *of) == (place, whose))
                .filter_map(|((_, _, rule), count)| {
                    let (about, message) = index.rule_at(*rule)?;
                    let entities = examples.remove(&(place, whose, *rule)).unwrap_or_default();
                    Some(FindingFigures {
                        severity: about.severity,
                        rule: about.code.clone(),
                        path: about.path.clone(),
                        message: message.clone(),
                        count: *count,
                        examples: entities
                            .into_iter()
                            .map(|entity| iri_of(base, entity).into_string())
                            .collect(),
                    })
                })
                .collect(),
        ),
    };
    let places = 0..index.columns().len();
    let mut figures = Figures {
        generation: index.generation,
        entities: index.len() as u64,
        mark: String::new(),
        columns: index
            .columns()
            .iter()
            .map(|column| ColumnFigures {
                name: column.name.clone(),
                is_rehearsal: column.is_rehearsal,
                stopped: column.stopped.clone(),
            })
            .collect(),
        all: places.clone().map(|place| sheet(place, None)).collect(),
        sources: speaking
            .into_iter()
            .map(|(name, source)| SourceFigures {
                name: name.to_owned(),
                sheets: places
                    .clone()
                    .map(|place| sheet(place, Some(source)))
                    .collect(),
            })
            .collect(),
    };
    let text = serde_json::to_vec(&figures).expect("numbers and texts can be written as JSON");
    figures.mark = hexadecimal(&Sha256::digest(text));
    figures
}

fn everybody(sources: &[u32]) -> impl Iterator<Item = Whose> {
    std::iter::once(None).chain(sources.iter().copied().map(Some))
}

fn sorted(mut findings: Vec<FindingFigures>) -> Vec<FindingFigures> {
    findings.sort_by(|a, b| {
        let worst = a.severity.cmp(&b.severity);
        let commonest = worst.then_with(|| b.count.cmp(&a.count));
        commonest.then_with(|| (&a.rule, &a.path).cmp(&(&b.rule, &b.path)))
    });
    findings
}

/// The first entities by name that break a rule, for everybody's sheet.
fn examples(index: &Index) -> FxHashMap<(usize, Whose, u32), BTreeSet<Entity>> {
    let mut examples: FxHashMap<(usize, Whose, u32), BTreeSet<Entity>> = FxHashMap::default();
    for place in 0..index.columns().len() {
        for ((entity, set), verdict) in index.rows().zip(index.verdicts_of(place)) {
            let Some(verdict) = index.verdict_at(*verdict) else {
                continue;
            };
            for rule in &verdict.rules {
                for whose in everybody(index.set(set)) {
                    let first = examples.entry((place, whose, *rule)).or_default();
                    if first.len() < EXAMPLES {
                        first.insert(entity);
                    } else if first.last().is_some_and(|last| entity < *last) {
                        first.insert(entity);
                        first.pop_last();
                    }
                }
            }
        }
    }
    examples
}
