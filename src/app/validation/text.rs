//! An assessment as a text for a terminal.

use crate::model::assessment::{AssessedGroup, ProfileAssessment, Standing, Tally};
use crate::model::{Assessment, Lang, Severity, Text};
use std::fmt::Write as _;

/// The assessment as a text, what must be mended first.
pub fn text(assessment: &Assessment, lang: Lang) -> String {
    harmless(&written(assessment, lang))
}

fn written(assessment: &Assessment, lang: Lang) -> String {
    let mut text = String::new();
    let say = |fr: &'static str, en: &'static str| match lang {
        Lang::Fr => fr,
        Lang::En => en,
    };
    let files = assessment.files.join(", ");
    let _ = match assessment.triples {
        Some(1) => writeln!(text, "{files}{} 1 triple", say(" :", ":")),
        Some(triples) => writeln!(text, "{files}{} {triples} triples", say(" :", ":")),
        None => writeln!(text, "{files}"),
    };
    if let Some(rewritten) = assessment.rewritten {
        let _ = match lang {
            Lang::Fr => writeln!(
                text,
                "Vérifié tel que ce serveur le comprendrait : {rewritten} valeurs réécrites avant."
            ),
            Lang::En => writeln!(
                text,
                "Checked as this server would understand it: {rewritten} values rewritten before."
            ),
        };
    }
    let _ = writeln!(text, "{}", verdict(assessment, lang));
    for profile in &assessment.profiles {
        write_profile(&mut text, profile, lang);
    }
    for (severity, title) in [
        (Severity::Violation, say("À corriger", "To mend")),
        (Severity::Warning, say("À vérifier", "To look at")),
        (Severity::Info, say("À savoir", "To know")),
    ] {
        let mut groups = assessment.groups.iter();
        if !groups.any(|group| group.severity == severity) {
            continue;
        }
        let _ = writeln!(text, "\n{title} ({})", assessment.counts.of(severity));
        let groups = assessment.groups.iter();
        for group in groups.filter(|group| group.severity == severity) {
            write_group(&mut text, group, lang);
        }
    }
    if assessment.not_listed > 0 {
        let _ = writeln!(
            text,
            "\n{} {}",
            assessment.not_listed,
            say(
                "autres constats, de trop de sortes pour être montrés ici.",
                "more findings, of too many kinds to be shown here."
            )
        );
    }
    if !assessment.notes.is_empty() {
        let _ = writeln!(
            text,
            "\n{}",
            say("Remarqué à la lecture", "Noticed while reading")
        );
        for note in &assessment.notes {
            let message = note.message.get(lang);
            let _ = writeln!(text, "- {}: {message} [{}]", note.subject, note.rule);
        }
    }
    text
}

/// How it went, in one line.
pub fn verdict(assessment: &Assessment, lang: Lang) -> String {
    let is_asked = |profile: &ProfileAssessment| profile.standing != Standing::NotAsked;
    let is_asked = assessment.profiles.iter().any(is_asked);
    let verdict = match (assessment.conforms, assessment.counts.all()) {
        (true, 0) if is_asked => Text::new(
            "Conforme : rien à corriger.",
            "It conforms: nothing to mend.",
        ),
        (true, 0) => Text::new(
            "Rien n'a été vérifié : ces données ne contiennent rien dont parlent ces formes.",
            "Nothing was checked: there is nothing in this data that these shapes are about.",
        ),
        (conforms, _) => {
            let (fr, en) = (
                tally(assessment.counts, Lang::Fr),
                tally(assessment.counts, Lang::En),
            );
            if conforms {
                Text::new(format!("Conforme ; {fr}."), format!("It conforms; {en}."))
            } else {
                Text::new(
                    format!("Non conforme : {fr}."),
                    format!("It does not conform: {en}."),
                )
            }
        }
    };
    verdict.get(lang).to_owned()
}

fn tally(counts: Tally, lang: Lang) -> String {
    let parts: Vec<String> = [
        (counts.violations, "à corriger", "to mend"),
        (counts.warnings, "à vérifier", "to look at"),
        (counts.infos, "à savoir", "to know"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, fr, en)| format!("{count} {}", Text::new(fr, en).get(lang)))
    .collect();
    parts.join(", ")
}

fn write_profile(text: &mut String, profile: &ProfileAssessment, lang: Lang) {
    let title = profile.title.get(lang);
    let name = if title == profile.name {
        format!("`{}`", profile.name)
    } else {
        format!("`{}` ({title})", profile.name)
    };
    let standing = match profile.standing {
        Standing::Meets => Text::new("atteint", "met"),
        Standing::FallsShort => Text::new("non atteint", "not met"),
        Standing::NotAsked => Text::new("sans objet ici", "not concerned"),
    };
    let counts = tally(profile.counts, lang);
    let counts = if counts.is_empty() {
        counts
    } else {
        format!(", {counts}")
    };
    let colon = match lang {
        Lang::Fr => " :",
        Lang::En => ":",
    };
    let _ = writeln!(text, "- {name}{colon} {}{counts}", standing.get(lang));
    let purpose = profile.purpose.get(lang);
    if !purpose.is_empty() {
        let _ = writeln!(text, "  {purpose}");
    }
}

fn write_group(text: &mut String, group: &AssessedGroup, lang: Lang) {
    let times = Text::new(
        format!("{} fois", group.count),
        match group.count {
            1 => "once".to_owned(),
            count => format!("{count} times"),
        },
    );
    let mut head = group
        .field
        .as_ref()
        .map_or(String::new(), |field| format!("{}, ", field.get(lang)));
    head.push_str(times.get(lang));
    if let Some(profile) = &group.profile {
        let _ = match (lang, group.severity) {
            (Lang::Fr, Severity::Violation) => write!(head, ", bloque `{profile}`"),
            (Lang::En, Severity::Violation) => write!(head, ", blocks `{profile}`"),
            _ => write!(head, ", `{profile}`"),
        };
    }
    let _ = writeln!(
        text,
        "\n  {head} [{}]\n    {}",
        one_line(&group.rule),
        one_line(group.message.get(lang))
    );
    for example in &group.examples {
        let mut line = String::new();
        if let Some(place) = &example.place {
            let _ = match lang {
                Lang::Fr => write!(line, "{}, ligne {} : ", place.file, place.line),
                Lang::En => write!(line, "{}, line {}: ", place.file, place.line),
            };
        }
        line.push_str(&one_line(&example.subject));
        if let Some(value) = &example.value {
            let _ = write!(line, " = `{}`", one_line(value));
        }
        let _ = writeln!(text, "    - {line}");
        if let Some(message) = &example.message {
            let _ = writeln!(text, "      {}", one_line(message.get(lang)));
        }
    }
    let rest = group.count.saturating_sub(group.examples.len() as u64);
    if rest > 0 {
        let _ = match lang {
            Lang::Fr => writeln!(text, "    … et {rest} de plus"),
            Lang::En => writeln!(text, "    … and {rest} more"),
        };
    }
}

/// A terminal obeys control characters; data must not speak to it.
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .collect()
}

/// The same for what has one line to itself.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
