//! Findings of the same kind, counted, with a few of them as examples: a million findings do not
//! make a gigabyte.

use crate::model::finding::{Finding, Severity};
use crate::model::lang::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many findings of a group are kept as examples.
pub const EXAMPLES: usize = 5;
/// How many groups are kept; findings of further ones are only counted.
pub const GROUPS: usize = 1000;

/// Findings of one profile and rule on one property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub severity: Severity,
    /// The profile whose shape says so; `None` when it is a rule of the door.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The rule's stable code; see [`Finding::rule`].
    pub rule: String,
    /// The property concerned, as an IRI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What is wrong and what to do, as the first of them says it.
    pub message: Text,
    /// How many there are.
    pub count: u64,
    /// The first of them, [`EXAMPLES`] at most.
    pub examples: Vec<Finding>,
}

/// With the kind of [`Finding::kind`] last.
type Key = (Severity, Option<String>, String, Option<String>, u64);

/// Findings, grouped as they come.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    groups: BTreeMap<Key, Group>,
    /// Findings that belong to none of the groups, since there are too many.
    not_listed: BTreeMap<Severity, u64>,
}

impl Groups {
    pub fn add(&mut self, finding: Finding) {
        let key = (
            finding.severity,
            finding.profile.clone(),
            finding.rule.clone(),
            finding.path.clone(),
            finding.kind,
        );
        if self.groups.len() >= GROUPS && !self.groups.contains_key(&key) {
            *self.not_listed.entry(finding.severity).or_default() += 1;
            return;
        }
        let group = self.groups.entry(key).or_insert_with(|| Group {
            severity: finding.severity,
            profile: finding.profile.clone(),
            rule: finding.rule.clone(),
            path: finding.path.clone(),
            message: finding.message.clone(),
            count: 0,
            examples: Vec::new(),
        });
        group.count += 1;
        if group.examples.len() < EXAMPLES {
            group.examples.push(finding);
        }
    }

    /// How many findings of this severity there are.
    pub fn count(&self, severity: Severity) -> u64 {
        let groups = self.groups.values();
        let groups = groups.filter(|group| group.severity == severity);
        let listed: u64 = groups.map(|group| group.count).sum();
        listed + self.not_listed.get(&severity).copied().unwrap_or_default()
    }

    /// How many findings are in none of the groups, since there are too many of these.
    pub fn not_listed(&self) -> u64 {
        self.not_listed.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// The worst first, of these the most frequent, then by rule and property.
    pub fn into_sorted(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.groups.into_values().collect();
        groups.sort_by(|a, b| {
            let severity = a.severity.cmp(&b.severity);
            severity.then_with(|| b.count.cmp(&a.count))
        });
        groups
    }
}

impl Extend<Finding> for Groups {
    fn extend<I: IntoIterator<Item = Finding>>(&mut self, findings: I) {
        for finding in findings {
            self.add(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(rule: &str, subject: usize) -> Finding {
        Finding::door(
            Severity::Warning,
            rule,
            subject.to_string(),
            None,
            None,
            Text::new("quoi", "what"),
        )
    }

    #[test]
    fn a_million_findings_of_two_kinds_are_two_groups_with_a_few_examples() {
        let mut groups = Groups::default();
        groups.extend((0..1_000_000).map(|subject| finding("a", subject)));
        groups.extend((0..3).map(|subject| finding("b", subject)));
        let groups = groups.into_sorted();
        let told: Vec<(&str, u64, usize)> = groups
            .iter()
            .map(|group| (&*group.rule, group.count, group.examples.len()))
            .collect();
        assert_eq!(told, [("a", 1_000_000, EXAMPLES), ("b", 3, 3)]);
    }

    #[test]
    fn of_too_many_kinds_the_last_are_counted_and_not_kept() {
        let mut groups = Groups::default();
        groups.extend((0..GROUPS + 7).map(|kind| finding(&kind.to_string(), 0)));
        assert_eq!(groups.count(Severity::Warning), GROUPS as u64 + 7);
        assert_eq!(groups.not_listed(), 7);
        assert_eq!(groups.into_sorted().len(), GROUPS);
    }
}
