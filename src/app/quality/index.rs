//! What is known of every published entity: which sources speak of it, and how it stands with
//! each profile. About fifty bytes for each entity, and four more for each further profile: its
//! name is a number, and equal sets of sources and equal verdicts are kept once.

use crate::app::following::entities::Entity;
use crate::ingest::conformance::Standing;
use crate::model::{Finding, Generation, Severity, SourceName, Text};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

/// The place of a set of sources, and of a verdict, among those that there are.
pub type SetId = u32;
pub type VerdictId = u32;

/// Every index knows this verdict under this place: not judged yet.
pub const PENDING: VerdictId = 0;

/// How many rules one profile may be seen to break: a shape that takes its paths from the data
/// could make one for each value.
const MOST_RULES: usize = 10_000;
/// How much of a message is kept.
const MESSAGE_CHARS: usize = 600;

/// How an entity stands with a profile, as far as it could be found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Known {
    Pending,
    NotAsked,
    Meets,
    FallsShort,
    /// To judge it would have taken more than a judgement may take.
    Undecided,
}

impl From<Standing> for Known {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::NotAsked => Self::NotAsked,
            Standing::Meets => Self::Meets,
            Standing::FallsShort => Self::FallsShort,
        }
    }
}

/// What a profile says of an entity: its standing, and the rules that it breaks, each once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Verdict {
    pub known: Known,
    pub rules: Vec<u32>,
}

/// One way to fall short of a profile. Warnings are rules too, though nobody falls short by them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// The profile or rehearsal whose rule it is.
    pub profile: String,
    pub severity: Severity,
    /// The stable code of findings.
    pub code: String,
    /// The property concerned, as an IRI.
    pub path: Option<String>,
    /// Tells rules apart that share all of that.
    pub kind: u64,
}

/// What one profile, or one rehearsal, says of all entities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// What its shapes were when it was judged; another hash is another column.
    pub shapes: String,
    pub is_rehearsal: bool,
    /// Why it is no longer judged: the limit that it went over.
    pub stopped: Option<String>,
    /// How long the judging of all took so far.
    pub spent_ms: u64,
    /// In the order of the entities.
    #[serde(skip)]
    verdicts: Vec<VerdictId>,
    /// How many entities with one set of sources have one verdict.
    #[serde(skip)]
    tallies: FxHashMap<(SetId, VerdictId), u32>,
}

impl Column {
    pub fn new(name: &str, shapes: &str, is_rehearsal: bool) -> Self {
        Self {
            name: name.to_owned(),
            shapes: shapes.to_owned(),
            is_rehearsal,
            stopped: None,
            spent_ms: 0,
            verdicts: Vec::new(),
            tallies: FxHashMap::default(),
        }
    }

    fn count(&mut self, set: SetId, verdict: VerdictId) {
        *self.tallies.entry((set, verdict)).or_default() += 1;
    }

    fn discount(&mut self, set: SetId, verdict: VerdictId) {
        if let Some(count) = self.tallies.get_mut(&(set, verdict)) {
            *count -= 1;
            if *count == 0 {
                self.tallies.remove(&(set, verdict));
            }
        }
    }

    pub fn tallies(&self) -> impl Iterator<Item = (SetId, VerdictId, u32)> {
        let all = self.tallies.iter();
        all.map(|((set, verdict), count)| (*set, *verdict, *count))
    }
}

/// The state of all published entities at one generation.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub generation: Generation,
    rows: IndexMap<Entity, SetId, FxBuildHasher>,
    columns: Vec<Column>,
    sources: IndexSet<String, FxBuildHasher>,
    sets: IndexSet<Vec<u32>, FxBuildHasher>,
    rules: IndexMap<Rule, Text, FxBuildHasher>,
    verdicts: IndexSet<Verdict, FxBuildHasher>,
}

impl Index {
    pub fn new(generation: Generation) -> Self {
        let mut index = Self {
            generation,
            ..Self::default()
        };
        index.verdicts.insert(Verdict {
            known: Known::Pending,
            rules: Vec::new(),
        });
        index
    }

    /// Makes room for so many entities.
    pub fn reserve(&mut self, entities: usize) {
        self.rows.reserve_exact(entities);
        for column in &mut self.columns {
            column.verdicts.reserve_exact(entities);
        }
    }

    /// How many entities there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn column_mut(&mut self, column: usize) -> Option<&mut Column> {
        self.columns.get_mut(column)
    }

    /// Adds a column in which nothing is judged yet.
    pub fn add_column(&mut self, mut column: Column) {
        column.verdicts = vec![PENDING; self.rows.len()];
        column.tallies.clear();
        for set in self.rows.values() {
            column.count(*set, PENDING);
        }
        self.columns.push(column);
    }

    pub fn keep_columns(&mut self, keep: impl FnMut(&Column) -> bool) {
        self.columns.retain(keep);
    }

    /// Forgets what a column says, so that it is judged again.
    pub fn reset_column(&mut self, column: usize) {
        if column < self.columns.len() {
            let former = self.columns.remove(column);
            let mut fresh = Column::new(&former.name, &former.shapes, former.is_rehearsal);
            // What it took counts: it must not begin anew with each change.
            fresh.spent_ms = former.spent_ms;
            self.add_column(fresh);
            // It goes back to where it was.
            self.columns[column..].rotate_right(1);
        }
    }

    /// Says which sources speak of an entity, which is published.
    pub fn set_sources(&mut self, entity: Entity, sources: &[SourceName]) {
        let mut numbers: Vec<u32> = sources
            .iter()
            .map(|source| number(self.sources.insert_full(source.to_string()).0))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let set = number(self.sets.insert_full(numbers).0);
        let (row, former) = self.rows.insert_full(entity, set);
        match former {
            None => {
                for column in &mut self.columns {
                    column.verdicts.push(PENDING);
                    column.count(set, PENDING);
                }
            }
            Some(former) if former != set => {
                for column in &mut self.columns {
                    let verdict = column.verdicts[row];
                    column.discount(former, verdict);
                    column.count(set, verdict);
                }
            }
            Some(_) => {}
        }
    }

    /// Forgets an entity that is no longer published.
    pub fn remove(&mut self, entity: Entity) {
        if let Some((row, _, set)) = self.rows.swap_remove_full(&entity) {
            for column in &mut self.columns {
                let verdict = column.verdicts.swap_remove(row);
                column.discount(set, verdict);
            }
        }
    }

    pub fn contains(&self, entity: Entity) -> bool {
        self.rows.contains_key(&entity)
    }

    /// The place of a verdict, with the rules that findings name.
    pub fn verdict(&mut self, known: Known, findings: Vec<Finding>) -> VerdictId {
        let mut rules: Vec<u32> = findings
            .into_iter()
            .filter_map(|finding| {
                let rule = Rule {
                    profile: finding.profile.unwrap_or_default(),
                    severity: finding.severity,
                    code: finding.rule,
                    path: finding.path,
                    kind: finding.kind,
                };
                // A rule is told of many entities: it must not say what one of them says.
                let message = without(&finding.message, finding.value.as_deref());
                if let Some(place) = self.rules.get_index_of(&rule) {
                    return Some(number(place));
                }
                let same = |known: &&Rule| known.profile == rule.profile;
                (self.rules.keys().filter(same).count() < MOST_RULES).then(|| {
                    let (place, _) = self.rules.insert_full(rule, shortened(&message));
                    number(place)
                })
            })
            .collect();
        rules.sort_unstable();
        rules.dedup();
        number(self.verdicts.insert_full(Verdict { known, rules }).0)
    }

    /// Puts a verdict down, if the entity is published.
    pub fn put(&mut self, column: usize, entity: Entity, verdict: VerdictId) {
        let Some((row, _, set)) = self.rows.get_full(&entity) else {
            return;
        };
        let set = *set;
        if let Some(column) = self.columns.get_mut(column) {
            let former = std::mem::replace(&mut column.verdicts[row], verdict);
            if former != verdict {
                column.discount(set, former);
                column.count(set, verdict);
            }
        }
    }

    /// Some of the entities that a column says nothing of yet, and how many there are of them.
    pub fn pending(&self, column: usize, most: usize) -> (Vec<Entity>, usize) {
        let Some(column) = self.columns.get(column) else {
            return (Vec::new(), 0);
        };
        let rows = self.rows.keys().zip(&column.verdicts);
        let pending = rows.filter(|(_, verdict)| **verdict == PENDING);
        let some = pending.map(|(entity, _)| *entity).take(most).collect();
        let tallies = column.tallies();
        let left = tallies.filter(|(_, verdict, _)| *verdict == PENDING);
        (some, left.map(|(_, _, count)| count as usize).sum())
    }

    /// Every entity with its sources.
    pub fn rows(&self) -> impl Iterator<Item = (Entity, SetId)> {
        self.rows.iter().map(|(entity, set)| (*entity, *set))
    }

    /// The verdicts of a column, in the order of [`Index::rows`].
    pub fn verdicts_of(&self, column: usize) -> &[VerdictId] {
        let column = self.columns.get(column);
        column.map_or(&[], |column| &column.verdicts)
    }

    pub fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str)
    }

    /// The sources of a set, by their place among [`Index::sources`].
    pub fn set(&self, set: SetId) -> &[u32] {
        let set = self.sets.get_index(set as usize);
        set.map_or(&[], |set| set.as_slice())
    }

    /// What each column says of an entity.
    pub fn verdicts_on(&self, entity: Entity) -> Vec<(&Column, &Verdict)> {
        let Some(row) = self.rows.get_index_of(&entity) else {
            return Vec::new();
        };
        let verdict = |column: &Column| self.verdict_at(*column.verdicts.get(row)?);
        self.columns
            .iter()
            .filter_map(|column| Some((column, verdict(column)?)))
            .collect()
    }

    pub fn verdict_at(&self, verdict: VerdictId) -> Option<&Verdict> {
        self.verdicts.get_index(verdict as usize)
    }

    /// A rule, and its message as the first who broke it was told.
    pub fn rule_at(&self, rule: u32) -> Option<(&Rule, &Text)> {
        self.rules.get_index(rule as usize)
    }

    /// What to write down of it, beside its rows: columns, sources, sets, rules, verdicts.
    pub fn lists(&self) -> Lists {
        Lists {
            columns: self.columns.clone(),
            sources: self.sources.iter().cloned().collect(),
            sets: self.sets.iter().cloned().collect(),
            rules: self
                .rules
                .iter()
                .map(|(rule, text)| (rule.clone(), text.clone()))
                .collect(),
            verdicts: self.verdicts.iter().cloned().collect(),
        }
    }

    /// An index without rows, from its lists.
    pub fn of_lists(generation: Generation, lists: Lists) -> Self {
        Self {
            generation,
            rows: IndexMap::default(),
            columns: lists.columns,
            sources: lists.sources.into_iter().collect(),
            sets: lists.sets.into_iter().collect(),
            rules: lists.rules.into_iter().collect(),
            verdicts: lists.verdicts.into_iter().collect(),
        }
    }

    /// Adds a row as it was written down; `None` when it names what is not in the lists.
    pub fn add_row(&mut self, entity: Entity, set: SetId, verdicts: &[VerdictId]) -> Option<()> {
        let is_known = |verdict: &VerdictId| (*verdict as usize) < self.verdicts.len();
        if set as usize >= self.sets.len()
            || verdicts.len() != self.columns.len()
            || !verdicts.iter().all(is_known)
            || self.rows.insert(entity, set).is_some()
        {
            return None;
        }
        for (column, verdict) in self.columns.iter_mut().zip(verdicts) {
            column.verdicts.push(*verdict);
            column.count(set, *verdict);
        }
        Some(())
    }
}

/// All of an index but its rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lists {
    columns: Vec<Column>,
    sources: Vec<String>,
    sets: Vec<Vec<u32>>,
    rules: Vec<(Rule, Text)>,
    verdicts: Vec<Verdict>,
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("there are fewer than 2^32 sources, rules and verdicts in memory")
}

/// A message without the value that it was told of.
fn without(message: &Text, value: Option<&str>) -> Text {
    let of = |text: &str| match value {
        Some(value) if !value.is_empty() => text.replace(value, "…"),
        _ => text.to_owned(),
    };
    Text::new(of(&message.fr), of(&message.en))
}

fn shortened(text: &Text) -> Text {
    let cut = |text: &str| text.chars().take(MESSAGE_CHARS).collect::<String>();
    Text::new(cut(&text.fr), cut(&text.en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn sources(bits: u8) -> Vec<SourceName> {
        (0..3)
            .filter(|bit| bits & (1 << bit) != 0)
            .map(|bit| format!("s{bit}").parse().expect("a name"))
            .collect()
    }

    fn finding(rule: u8) -> Finding {
        let text = Text::new("quoi", "what");
        Finding::door(Severity::Warning, &rule.to_string(), "x", None, None, text)
    }

    proptest! {
        #[test]
        fn tallies_are_what_counting_all_rows_gives(
            steps in prop::collection::vec((0_u64..8, 0_u8..8, 0_u8..4, 0_usize..2), 0..80),
        ) {
            let mut index = Index::new(Generation(1));
            index.add_column(Column::new("a", "", false));
            index.add_column(Column::new("b", "", false));
            let mut model: BTreeMap<u64, (u8, [Option<u8>; 2])> = BTreeMap::new();
            for (entity, bits, action, column) in steps {
                match action {
                    0 => {
                        index.set_sources(entity, &sources(bits));
                        model.entry(entity).or_default().0 = bits;
                    }
                    1 => {
                        index.remove(entity);
                        model.remove(&entity);
                    }
                    2 => {
                        let verdict = index.verdict(Known::Meets, vec![finding(bits)]);
                        index.put(column, entity, verdict);
                        if let Some((_, verdicts)) = model.get_mut(&entity) {
                            verdicts[column] = Some(bits);
                        }
                    }
                    _ => {
                        index.reset_column(column);
                        model.values_mut().for_each(|(_, verdicts)| verdicts[column] = None);
                    }
                }
            }
            for column in 0..2 {
                let mut wanted: BTreeMap<(Vec<String>, Option<String>), u32> = BTreeMap::new();
                for (bits, verdicts) in model.values() {
                    let sources = sources(*bits).iter().map(ToString::to_string).collect();
                    let rule = verdicts[column].map(|rule| rule.to_string());
                    *wanted.entry((sources, rule)).or_default() += 1;
                }
                let names: Vec<&str> = index.sources().collect();
                let mut found: BTreeMap<(Vec<String>, Option<String>), u32> = BTreeMap::new();
                for (set, verdict, count) in index.columns()[column].tallies() {
                    let mut sources: Vec<String> = index.set(set).iter()
                        .map(|source| names[*source as usize].to_owned()).collect();
                    sources.sort_unstable();
                    let verdict = index.verdict_at(verdict).expect("it is there");
                    let rule = verdict.rules.first()
                        .and_then(|rule| index.rule_at(*rule))
                        .map(|(rule, _)| rule.code.clone());
                    *found.entry((sources, rule)).or_default() += count;
                }
                prop_assert_eq!(found, wanted);
                prop_assert_eq!(index.verdicts_of(column).len(), model.len());
            }
        }
    }
}
