//! What the sender gets back: the outcome, the counts, all findings, and what was rewritten.

use crate::model::{
    Finding, Generation, Group, Lang, Mode, Normalisation, Severity, SourceName, Text,
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Published, as the generation that the report names.
    Accepted,
    /// It says what the source said already; there is no new generation.
    Unchanged,
    /// Nothing of it is published.
    Refused,
    /// It is sound, and waits for the time at which it is to be published.
    Held,
}

/// How many entities, as this source describes them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub created: usize,
    pub changed: usize,
    pub unchanged: usize,
    pub withdrawn: usize,
    /// No longer in the submission, but over, or pointed to by what is over or was refused.
    pub kept: usize,
    pub refused: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub source: SourceName,
    pub mode: Mode,
    /// Whether this only tells what would happen: nothing was changed.
    #[serde(rename = "dry_run")]
    pub is_dry_run: bool,
    pub outcome: Outcome,
    /// What the private folder calls it, when it waits for its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<String>,
    /// When it is to be published: xsd:dateTime, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_at: Option<String>,
    /// The generation that holds the outcome.
    pub generation: Generation,
    pub counts: Counts,
    /// What decided: the minimum, the profiles that gate the source, and the door's own rules.
    pub findings: Vec<Finding>,
    pub normalisations: Vec<Normalisation>,
    /// How what was submitted stands with the profiles that inform, by name; `None` when that is
    /// too much to be told here.
    #[serde(default)]
    pub profiles: Option<Vec<ProfileReport>>,
}

/// How what was submitted stands with a profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileReport {
    pub profile: String,
    /// How many of the entities it has something to say about.
    pub asked: u64,
    /// How many of these meet it.
    pub meets: u64,
    /// What they lack, the worst and most frequent first.
    pub groups: Vec<Group>,
}

/// How many groups of a profile's findings the text shows.
const GROUPS_PER_PROFILE: usize = 5;
/// How many of a group's examples the text names.
const EXAMPLES_PER_GROUP: usize = 3;

/// How many lines of one rule the text shows before it only counts them.
const LINES_PER_RULE: usize = 5;

impl ProfileReport {
    /// A report on nothing yet.
    pub fn new(profile: &str) -> Self {
        Self {
            profile: profile.to_owned(),
            asked: 0,
            meets: 0,
            groups: Vec::new(),
        }
    }

    /// How it stands, in a few words for a person.
    pub fn summary(&self) -> Text {
        let (asked, short) = (self.asked, self.asked - self.meets);
        if short == 0 {
            return Text::new(
                format!("rempli par les {asked} fiches concernées"),
                format!("met by all {asked} entities that it concerns"),
            );
        }
        Text::new(
            format!("{short} fiches sur {asked} ne le remplissent pas"),
            format!("{short} of {asked} entities fall short"),
        )
    }
}

impl Counts {
    /// Each with its name, in the order in which reports tell them.
    pub fn named(&self) -> [(&'static str, usize); 6] {
        [
            ("created", self.created),
            ("changed", self.changed),
            ("unchanged", self.unchanged),
            ("withdrawn", self.withdrawn),
            ("kept", self.kept),
            ("refused", self.refused),
        ]
    }
}

impl Report {
    pub fn new(source: SourceName, generation: Generation) -> Self {
        Self {
            source,
            mode: Mode::Replace,
            is_dry_run: false,
            outcome: Outcome::Refused,
            held: None,
            publish_at: None,
            generation,
            counts: Counts::default(),
            findings: Vec::new(),
            normalisations: Vec::new(),
            profiles: Some(Vec::new()),
        }
    }

    /// The same submission gives the same report: violations first, then by resource.
    pub fn sort(&mut self) {
        let rank = |severity: Severity| match severity {
            Severity::Violation => 0,
            Severity::Warning => 1,
            Severity::Info => 2,
        };
        self.findings.sort_by(|a, b| {
            rank(a.severity)
                .cmp(&rank(b.severity))
                .then_with(|| a.subject.cmp(&b.subject))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.path.cmp(&b.path))
                .then_with(|| a.value.cmp(&b.value))
        });
        self.findings.dedup();
        self.normalisations.sort_unstable();
        self.normalisations.dedup();
    }

    /// How it went, in a few words for a person.
    pub fn outcome_text(&self, lang: Lang) -> String {
        let fr = lang == Lang::Fr;
        match (self.outcome, fr) {
            (Outcome::Accepted, true) if self.is_dry_run => {
                "serait accepté ; c'était un essai, rien n'a changé".to_owned()
            }
            (Outcome::Accepted, false) if self.is_dry_run => {
                "would be accepted; this was a dry run, nothing was changed".to_owned()
            }
            (Outcome::Accepted, true) => format!("accepté : génération {}", self.generation),
            (Outcome::Accepted, false) => format!("accepted as generation {}", self.generation),
            (Outcome::Unchanged, true) => {
                format!("rien de nouveau depuis la génération {}", self.generation)
            }
            (Outcome::Unchanged, false) => {
                format!("nothing new since generation {}", self.generation)
            }
            (Outcome::Refused, true) => "refusé : rien n'a été publié".to_owned(),
            (Outcome::Refused, false) => "refused: nothing was published".to_owned(),
            (Outcome::Held, true) => format!(
                "vérifié ; sera publié le {} (réservé sous {})",
                self.publish_at.as_deref().unwrap_or_default(),
                self.held.as_deref().unwrap_or_default()
            ),
            (Outcome::Held, false) => format!(
                "checked; will be published at {} (held as {})",
                self.publish_at.as_deref().unwrap_or_default(),
                self.held.as_deref().unwrap_or_default()
            ),
        }
    }

    /// The report as a text for a person.
    pub fn text(&self, lang: Lang) -> String {
        let mut text = String::new();
        let fr = lang == Lang::Fr;
        let outcome = self.outcome_text(lang);
        let c = &self.counts;
        let would = match (self.outcome, fr) {
            (Outcome::Refused, true) => "sinon : ",
            (Outcome::Refused, false) => "otherwise: ",
            (Outcome::Held, true) => "à ce jour : ",
            (Outcome::Held, false) => "as things are: ",
            _ => "",
        };
        let counts = if fr {
            format!(
                "{} créées, {} modifiées, {} inchangées, {} retirées, {} conservées, {} refusées",
                c.created, c.changed, c.unchanged, c.withdrawn, c.kept, c.refused
            )
        } else {
            format!(
                "{} created, {} changed, {} unchanged, {} withdrawn, {} kept, {} refused",
                c.created, c.changed, c.unchanged, c.withdrawn, c.kept, c.refused
            )
        };
        let _ = writeln!(text, "{}: {outcome}\n  {would}{counts}", self.source);
        write_findings(&mut text, &self.findings, lang);
        self.write_profiles(&mut text, lang);
        self.write_normalisations(&mut text, fr);
        text
    }

    fn write_profiles(&self, text: &mut String, lang: Lang) {
        let fr = lang == Lang::Fr;
        let Some(profiles) = &self.profiles else {
            let _ = writeln!(text, "\n{}", Self::profiles_elsewhere().get(lang));
            return;
        };
        if profiles.is_empty() {
            return;
        }
        let title = if fr {
            "Profils (pour information)"
        } else {
            "Profiles (for information)"
        };
        let _ = writeln!(text, "\n{title}");
        for profile in profiles {
            let _ = writeln!(
                text,
                "- {}: {}",
                profile.profile,
                profile.summary().get(lang)
            );
            for group in profile.groups.iter().take(GROUPS_PER_PROFILE) {
                let examples = group.examples.iter().take(EXAMPLES_PER_GROUP);
                let examples: Vec<&str> = examples.map(|finding| &*finding.subject).collect();
                let such_as = if fr { "par exemple" } else { "such as" };
                let _ = writeln!(
                    text,
                    "    {} × {} [{}]\n      {such_as} {}",
                    group.count,
                    group.message.get(lang),
                    group.rule,
                    examples.join(", ")
                );
            }
            let rest = profile.groups.len().saturating_sub(GROUPS_PER_PROFILE);
            if rest > 0 {
                let _ = if fr {
                    writeln!(text, "    … et {rest} autres sortes (--report json)")
                } else {
                    writeln!(text, "    … and {rest} more kinds (--report json)")
                };
            }
        }
    }

    /// What is said in place of the profiles when they are not told here.
    pub fn profiles_elsewhere() -> Text {
        Text::new(
            "Les profils que ces fiches remplissent sont établis à part, vu leur nombre : voir /quality.",
            "Which profiles these entities meet is found out apart, as they are many: see /quality.",
        )
    }

    fn write_normalisations(&self, text: &mut String, fr: bool) {
        if self.normalisations.is_empty() {
            return;
        }
        let title = if fr {
            "Réécrit à l'entrée"
        } else {
            "Rewritten on the way in"
        };
        let _ = writeln!(text, "\n{title} ({})", self.normalisations.len());
        for rule in 1..=u8::MAX {
            let of_rule: Vec<&Normalisation> = self
                .normalisations
                .iter()
                .filter(|n| n.rule == rule)
                .collect();
            for note in of_rule.iter().take(LINES_PER_RULE) {
                let property = note.property.rsplit(['/', '#']).next().unwrap_or_default();
                let _ = writeln!(
                    text,
                    "- {rule}. {} {property}: {} → {}",
                    note.subject,
                    short(&note.before),
                    short(&note.after)
                );
            }
            write_rest(text, of_rule.len(), LINES_PER_RULE, fr);
        }
    }
}

/// Writes findings for a person, what must be mended first.
pub fn write_findings(text: &mut String, findings: &[Finding], lang: Lang) {
    let fr = lang == Lang::Fr;
    for (severity, title) in [
        (
            Severity::Violation,
            if fr { "À corriger" } else { "To mend" },
        ),
        (
            Severity::Warning,
            if fr { "À vérifier" } else { "To look at" },
        ),
        (Severity::Info, if fr { "À savoir" } else { "To know" }),
    ] {
        let findings: Vec<&Finding> = findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .collect();
        if findings.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{title} ({})", findings.len());
        // Violations are all shown: each is a resource that the sender is missing online.
        let shown = if severity == Severity::Violation {
            usize::MAX
        } else {
            LINES_PER_RULE
        };
        let mut rules: Vec<&str> = findings
            .iter()
            .map(|finding| finding.rule.as_str())
            .collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            let of_rule: Vec<&&Finding> = findings
                .iter()
                .filter(|finding| finding.rule == rule)
                .collect();
            for finding in of_rule.iter().take(shown) {
                let _ = writeln!(
                    text,
                    "- {}\n    {} [{}]",
                    finding.subject,
                    finding.message.get(lang),
                    finding.rule
                );
            }
            write_rest(text, of_rule.len(), shown, fr);
        }
    }
}

fn write_rest(text: &mut String, count: usize, shown: usize, fr: bool) {
    if count > shown {
        let rest = count - shown;
        let _ = if fr {
            writeln!(
                text,
                "  … et {rest} autres de la même sorte (tout est dans --report json)"
            )
        } else {
            writeln!(
                text,
                "  … and {rest} more of the same kind (--report json has them all)"
            )
        };
    }
}

fn short(value: &str) -> String {
    const CHARS: usize = 60;
    let line = value.replace(['\n', '\r'], " ");
    if line.chars().count() <= CHARS {
        format!("`{line}`")
    } else {
        format!("`{}…`", line.chars().take(CHARS).collect::<String>())
    }
}
