//! The past of an entity: what stands above a page that shows it as it was, and the page of all
//! its changes.

use crate::html::facts::Facts;
use crate::html::list::Pager;
use crate::html::shown::{Link, Shown, Time, Words};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::{Generation, Text};
use crate::publish::Listing;
use askama::Template;
use oxrdf::{Literal, NamedNode, Term, Triple};
use std::collections::BTreeMap;

/// How many lines of one change a page shows.
const LINES: usize = 40;
/// How many values of one property.
const VALUES: usize = 12;
/// How much of a text.
const TEXT_CHARS: usize = 600;
/// How much of what two texts have in common stands before and after their difference.
const CONTEXT_CHARS: usize = 60;
/// Shorter texts are shown whole, before and after.
const SHORT_CHARS: usize = 80;

/// That a page shows what was, and where what is now is.
#[derive(Clone, Debug)]
pub struct Memento {
    pub version: Generation,
    /// xsd:dateTime, UTC.
    pub time: String,
    /// Whose change made it so.
    pub by: String,
    /// Whether nothing has changed since.
    pub is_last: bool,
    /// Addresses from their `/` on.
    pub current: String,
    pub history: String,
    pub previous: Option<String>,
    pub next: Option<String>,
    /// The formats of this version: their suffix and address.
    pub files: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "memento.html")]
struct Banner<'a> {
    site: Site<'a>,
    memento: &'a Memento,
    time: Time,
    generation: String,
}

impl Memento {
    /// A page of any kind with this above what it says: pages do not know that they show what was.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn above(&self, page: &str, site: Site<'_>) -> Result<String, PageError> {
        let banner = render(&Banner {
            site,
            memento: self,
            time: Time {
                iso: self.time.clone(),
                words: time::instant(&self.time, site.lang),
            },
            generation: site.number(&self.version.0),
        })?;
        let main = page.find("<main").and_then(|start| {
            let rest = page.get(start..)?;
            Some(start + rest.find('>')? + 1)
        });
        let (before, after) = page.split_at(main.unwrap_or_default());
        Ok(format!("{before}\n{banner}{after}"))
    }
}

/// The changes of an entity, the newest first.
#[derive(Clone, Debug)]
pub struct History {
    pub iri: NamedNode,
    /// The address of its document, from the `/` on.
    pub document: String,
    pub is_published: bool,
    pub versions: Vec<Version>,
    /// The names that things have now.
    pub labels: BTreeMap<String, Vec<Literal>>,
    /// Which page this is of how many.
    pub listing: Listing,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Version {
    pub generation: Generation,
    /// xsd:dateTime, UTC.
    pub time: String,
    pub by: String,
    /// What happened to the entity, and what kind of act that was, by their names in data.
    pub event: &'static str,
    pub activity: &'static str,
    /// The entities that it was merged into, split into or separated from.
    pub others: Vec<NamedNode>,
    /// Why it was withdrawn.
    pub reason: Option<Text>,
    /// The entity as it was then.
    pub href: String,
    pub lines: Vec<ChangedLine>,
    /// All that is gone and all that is new, parts included.
    pub gone: Vec<Triple>,
    pub new: Vec<Triple>,
}

/// A property that has other values since.
#[derive(Clone, Debug)]
pub struct ChangedLine {
    pub subject: NamedNode,
    pub property: NamedNode,
    pub removed: Vec<Term>,
    pub added: Vec<Term>,
}

#[derive(Template)]
#[template(path = "history.html")]
struct Page<'a> {
    site: Site<'a>,
    title: Words,
    document: String,
    is_published: bool,
    total: String,
    versions: Vec<VersionShown>,
    pager: Pager<'a>,
    json: String,
    time_map: String,
}

struct VersionShown {
    time: Time,
    day: Option<String>,
    generation: String,
    class: &'static str,
    event: String,
    others: Vec<Link>,
    by: String,
    reason: Option<String>,
    href: String,
    lines: Vec<LineShown>,
    lines_left: usize,
    /// Whether the lines only say that everything came or went.
    is_folded: bool,
    fold: String,
}

struct LineShown {
    label: Words,
    removed: Vec<Shown>,
    added: Vec<Shown>,
    /// Where a text was changed inside: what precedes, is gone, is new, follows.
    within: Option<Within>,
    left: usize,
}

struct Within {
    lang: Option<String>,
    before: String,
    gone: String,
    new: String,
    after: String,
}

impl History {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let names = Facts::new(site, &self.labels, []);
        let title = if names.has_name(self.iri.as_str()) {
            names.name(self.iri.as_str())
        } else {
            Words::plain(site.say("no-name"))
        };
        let mut last_day = String::new();
        let versions = self.versions.iter().map(|version| {
            let mut shown = self.version(version, site);
            // A day stands above its first change only.
            if let Some(day) = shown.day.take_if(|day| *day != last_day) {
                last_day.clone_from(&day);
                shown.day = Some(day);
            } else {
                shown.day = None;
            }
            shown
        });
        render(&Page {
            title,
            document: site.at(&self.document),
            is_published: self.is_published,
            total: site.count("history-total", &self.listing.total),
            versions: versions.collect(),
            pager: Pager::of(&self.listing, site),
            json: format!("{}/history?format=json", site.at(&self.document)),
            time_map: format!("{}/timemap", site.at(&self.document)),
            site,
        })
    }

    fn version(&self, version: &Version, site: Site<'_>) -> VersionShown {
        let gone = Facts::new(site, &self.labels, &version.gone);
        let new = Facts::new(site, &self.labels, &version.new);
        let (class, key) = match version.event {
            "published" => ("good", "history-published".to_owned()),
            "returned" => ("good", "history-returned".to_owned()),
            "withdrawn" => ("bad", "history-withdrawn".to_owned()),
            "merged" | "split" | "separated" | "joined" => {
                ("warn", format!("history-{}", version.event))
            }
            _ => ("note", format!("history-by-{}", version.activity)),
        };
        let key = if i18n::has(&key) {
            key
        } else {
            "history-changed".to_owned()
        };
        let lines = version.lines.iter().take(LINES);
        VersionShown {
            time: Time {
                iso: version.time.clone(),
                words: time::instant(&version.time, site.lang),
            },
            day: Some(version.time.chars().take(10).collect()),
            generation: site.number(&version.generation.0),
            class,
            event: site.say(&key),
            others: version
                .others
                .iter()
                .map(|other| new.link(other.as_str()))
                .collect(),
            by: version.by.clone(),
            reason: version
                .reason
                .as_ref()
                .map(|reason| reason.get(site.lang).to_owned()),
            href: site.at(&version.href),
            lines: lines.map(|line| line_of(line, &gone, &new)).collect(),
            lines_left: version.lines.len().saturating_sub(LINES),
            is_folded: version.event != "changed",
            fold: site.count("history-lines", &version.lines.len()),
        }
    }
}

fn line_of(line: &ChangedLine, gone: &Facts<'_>, new: &Facts<'_>) -> LineShown {
    let within = match (&line.removed[..], &line.added[..]) {
        ([Term::Literal(gone)], [Term::Literal(new)]) if gone.language() == new.language() => {
            within(gone, new)
        }
        _ => None,
    };
    let shown = |facts: &Facts<'_>, terms: &[Term]| -> Vec<Shown> {
        let terms = terms.iter().take(VALUES);
        let subject = line.subject.as_str();
        let values = terms.map(|term| facts.shown(subject, line.property.as_str(), term, 0));
        values.map(cut).collect()
    };
    let (removed, added) = if within.is_some() {
        (Vec::new(), Vec::new())
    } else {
        (shown(gone, &line.removed), shown(new, &line.added))
    };
    LineShown {
        label: gone.name(line.property.as_str()),
        removed,
        added,
        within,
        left: line.removed.len().saturating_sub(VALUES) + line.added.len().saturating_sub(VALUES),
    }
}

/// A text as far as there is room for it.
fn cut(shown: Shown) -> Shown {
    match shown {
        Shown::Words(words) => Shown::Words(Words {
            text: beginning(&words.text, TEXT_CHARS),
            lang: words.lang,
        }),
        Shown::Part(mut rows) => {
            for row in &mut rows {
                row.values = std::mem::take(&mut row.values)
                    .into_iter()
                    .map(cut)
                    .collect();
            }
            Shown::Part(rows)
        }
        other => other,
    }
}

fn beginning(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(text).trim_end()),
        None => text.to_owned(),
    }
}

/// What changed inside a text, in whole words, when most of it is the same.
fn within(gone: &Literal, new: &Literal) -> Option<Within> {
    let (old, now) = (gone.value(), new.value());
    if old.chars().count() < SHORT_CHARS || now.chars().count() < SHORT_CHARS {
        return None;
    }
    let words = |text: &str| -> Vec<String> {
        text.split_inclusive(char::is_whitespace)
            .map(str::to_owned)
            .collect()
    };
    let (old, now) = (words(old), words(now));
    let before = old.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(now.len()) - before;
    let pairs = old.iter().rev().zip(now.iter().rev()).take(rest);
    let after = pairs.take_while(|(a, b)| a == b).count();
    if (before + after) * 2 < old.len().max(now.len()) {
        return None;
    }
    let middle = |words: &[String]| {
        let text = words.get(before..words.len() - after).unwrap_or_default();
        beginning(&text.concat(), TEXT_CHARS)
    };
    let common_before: String = old.get(..before).unwrap_or_default().concat();
    let common_after: String = old.get(old.len() - after..).unwrap_or_default().concat();
    Some(Within {
        lang: new.language().map(str::to_owned),
        before: ending(&common_before, CONTEXT_CHARS),
        gone: middle(&old),
        new: middle(&now),
        after: beginning(&common_after, CONTEXT_CHARS),
    })
}

fn ending(text: &str, chars: usize) -> String {
    let all = text.chars().count();
    if all <= chars {
        return text.to_owned();
    }
    let end: String = text.chars().skip(all - chars).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french(text: &str) -> Literal {
        Literal::new_language_tagged_literal_unchecked(text, "fr")
    }

    #[test]
    fn a_word_changed_in_a_long_text_is_shown_alone() {
        let old = format!("{} mardi soir {}", "avant ".repeat(30), "après ".repeat(30));
        let new = old.replace("mardi", "jeudi <b>");
        let found = within(&french(&old), &french(&new)).expect("most of it is the same");
        assert_eq!(
            (found.gone.trim(), found.new.trim()),
            ("mardi", "jeudi <b>")
        );
        assert!(found.before.starts_with('…') && found.before.ends_with("avant  "));
        assert!(found.after.starts_with("soir après") && found.after.ends_with('…'));
    }

    #[test]
    fn texts_that_have_little_in_common_are_shown_whole() {
        let old = "un ".repeat(60);
        assert!(within(&french(&old), &french(&"deux ".repeat(60))).is_none());
        assert!(within(&french("court"), &french("plus court")).is_none());
        // All of one is the beginning of the other.
        let found = within(&french(&old), &french(&format!("{old}et plus"))).expect("it grew");
        assert_eq!((found.gone.as_str(), found.new.as_str()), ("", "et plus"));
    }
}
