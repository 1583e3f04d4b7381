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
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::BTreeMap;

/// How many lines of one change a page shows.
const LINES: usize = 40;
/// About how much of all changes together: what is beyond is in the JSON file.
const PAGE_BYTES: usize = 60_000;
/// What a value takes beside its text.
const VALUE_BYTES: usize = 120;
/// How many values of one property.
const VALUES: usize = 12;
/// How much of a text.
const TEXT_CHARS: usize = 600;
/// How many pieces of a text that changed inside.
const PIECES: usize = 60;
/// Longer pieces of texts are not compared word by word.
const COMPARED_WORDS: usize = 500;
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
    /// Where a text was changed inside.
    within: Option<Within>,
    left: usize,
}

struct Within {
    lang: Option<String>,
    pieces: Vec<Piece>,
}

/// A piece of a text that changed inside.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Same(String),
    Gone(String),
    New(String),
}

impl History {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let names = Facts::new(site, &self.labels, []);
        let title = if names.has_name(self.iri.as_str()) {
            names.name(self.iri.as_str()).shortened()
        } else {
            Words::plain(site.say("no-name"))
        };
        let mut room = PAGE_BYTES;
        let versions = self.versions.iter();
        let versions = versions.map(|version| self.version(version, site, &mut room));
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

    /// One change; its lines take from the `room` that there is.
    fn version(&self, version: &Version, site: Site<'_>, room: &mut usize) -> VersionShown {
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
        let lines: Vec<&ChangedLine> = version
            .lines
            .iter()
            .take(LINES)
            .take_while(|line| {
                let has_room = *room > 0;
                *room = room.saturating_sub(bytes_of(line, version));
                has_room
            })
            .collect();
        VersionShown {
            time: Time {
                iso: version.time.clone(),
                words: time::instant(&version.time, site.lang),
            },
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
            lines_left: version.lines.len() - lines.len(),
            lines: lines
                .into_iter()
                .map(|line| line_of(line, &gone, &new))
                .collect(),
            is_folded: version.event != "changed",
            fold: site.count("history-lines", &version.lines.len()),
        }
    }
}

/// About what a line takes on the page.
fn bytes_of(line: &ChangedLine, version: &Version) -> usize {
    let literal = |term: &Term| match term {
        Term::Literal(literal) => literal.value().len().min(TEXT_CHARS),
        Term::NamedNode(_) | Term::BlankNode(_) => 0,
    };
    let size = |terms: &[Term], said: &[Triple]| -> usize {
        let sizes = terms.iter().take(VALUES).map(|term| {
            let of_part = said.iter().filter(|triple| match (term, &triple.subject) {
                (Term::NamedNode(part), NamedOrBlankNode::NamedNode(subject)) => part == subject,
                _ => false,
            });
            let of_part = of_part.map(|triple| VALUE_BYTES + literal(&triple.object));
            VALUE_BYTES + literal(term) + of_part.sum::<usize>()
        });
        sizes.sum()
    };
    size(&line.removed, &version.gone) + size(&line.added, &version.new)
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
    let (old, now) = (words(old), words(now));
    let before = old.iter().zip(&now).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(now.len()) - before;
    let pairs = old.iter().rev().zip(now.iter().rev()).take(rest);
    let after = pairs.take_while(|(a, b)| a == b).count();
    let middle = |words: &[&str]| -> Vec<String> {
        let middle = words.get(before..words.len() - after).unwrap_or_default();
        middle.iter().map(|word| (*word).to_owned()).collect()
    };
    let (old_middle, new_middle) = (middle(&old), middle(&now));
    let changed = changed_words(&old_middle, &new_middle);
    let same = |pieces: &[Piece]| -> usize {
        let same = pieces.iter().filter_map(|piece| match piece {
            Piece::Same(text) => Some(words(text).len()),
            Piece::Gone(_) | Piece::New(_) => None,
        });
        same.sum()
    };
    if (before + after + same(&changed)) * 2 < old.len().max(now.len()) {
        return None;
    }
    let mut pieces = vec![Piece::Same(old.get(..before)?.concat())];
    pieces.extend(changed);
    pieces.push(Piece::Same(old.get(old.len() - after..)?.concat()));
    pieces.retain(|piece| {
        let (Piece::Same(text) | Piece::Gone(text) | Piece::New(text)) = piece;
        !text.is_empty()
    });
    let last = pieces.len().saturating_sub(1);
    for (place, piece) in pieces.iter_mut().enumerate() {
        match piece {
            Piece::Same(text) if place == 0 => *text = ending(text, CONTEXT_CHARS),
            Piece::Same(text) if place == last => *text = beginning(text, CONTEXT_CHARS),
            Piece::Same(text) if text.chars().count() > 3 * CONTEXT_CHARS => {
                *text = format!(
                    "{} {}",
                    beginning(text, CONTEXT_CHARS),
                    ending(text, CONTEXT_CHARS).trim_start_matches('…')
                );
            }
            Piece::Gone(text) | Piece::New(text) => *text = beginning(text, TEXT_CHARS),
            Piece::Same(_) => {}
        }
    }
    pieces.truncate(PIECES);
    Some(Within {
        lang: new.language().map(str::to_owned),
        pieces,
    })
}

/// Words with the white space behind them.
fn words(text: &str) -> Vec<&str> {
    text.split_inclusive(char::is_whitespace).collect()
}

/// Which words went and came: a longest common subsequence, unless there are too many words.
fn changed_words(old: &[String], new: &[String]) -> Vec<Piece> {
    if old.len() > COMPARED_WORDS || new.len() > COMPARED_WORDS {
        return vec![Piece::Gone(old.concat()), Piece::New(new.concat())];
    }
    // How many words the rests from two places on have in common.
    let width = new.len() + 1;
    let mut common = vec![0_u16; (old.len() + 1) * width];
    for (i, word) in old.iter().enumerate().rev() {
        for (j, other) in new.iter().enumerate().rev() {
            common[i * width + j] = if word == other {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut gone, mut come) = (String::new(), String::new());
    loop {
        let pair = (old.get(i), new.get(j));
        if let (Some(word), Some(other)) = pair
            && word == other
        {
            flush(&mut pieces, &mut gone, &mut come);
            match pieces.last_mut() {
                Some(Piece::Same(text)) => text.push_str(word),
                _ => pieces.push(Piece::Same(word.clone())),
            }
            (i, j) = (i + 1, j + 1);
            continue;
        }
        match pair {
            (Some(word), other)
                if other.is_none() || common[(i + 1) * width + j] >= common[i * width + j + 1] =>
            {
                gone.push_str(word);
                i += 1;
            }
            (_, Some(other)) => {
                come.push_str(other);
                j += 1;
            }
            (_, None) => break,
        }
    }
    flush(&mut pieces, &mut gone, &mut come);
    pieces
}

fn flush(pieces: &mut Vec<Piece>, gone: &mut String, come: &mut String) {
    if !gone.is_empty() {
        pieces.push(Piece::Gone(std::mem::take(gone)));
    }
    if !come.is_empty() {
        pieces.push(Piece::New(std::mem::take(come)));
    }
}

fn ending(text: &str, chars: usize) -> String {
    let all = text.chars().count();
    if all <= chars {
        return text.to_owned();
    }
    let end: String = text.chars().skip(all - chars).collect();
    // From a whole word on.
    let end = end
        .split_once(char::is_whitespace)
        .map_or(end.as_str(), |(_, rest)| rest);
    format!("…\u{a0}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french(text: &str) -> Literal {
        Literal::new_language_tagged_literal_unchecked(text, "fr")
    }

    fn changed(old: &str, new: &str) -> Option<Vec<Piece>> {
        let within = within(&french(old), &french(new))?;
        let pieces = within.pieces.into_iter();
        let changed = pieces.filter(|piece| !matches!(piece, Piece::Same(_)));
        Some(changed.collect())
    }

    #[test]
    fn words_changed_in_a_long_text_are_shown_alone() {
        let middle = "le même soir ".repeat(3);
        let old = format!(
            "{}mardi {middle}à huit heures {}",
            "avant ".repeat(30),
            "après ".repeat(30)
        );
        let new = old.replace("mardi", "jeudi <b>").replace("huit", "neuf");
        let gone = |text: &str| Piece::Gone(text.to_owned());
        let come = |text: &str| Piece::New(text.to_owned());
        assert_eq!(
            changed(&old, &new).expect("most of it is the same"),
            [
                gone("mardi "),
                come("jeudi <b> "),
                gone("huit "),
                come("neuf ")
            ]
        );
        let pieces = within(&french(&old), &french(&new))
            .expect("as above")
            .pieces;
        assert!(matches!(&pieces[0], Piece::Same(text) if text.starts_with('…')));
        assert!(matches!(pieces.last(), Some(Piece::Same(text)) if text.ends_with('…')));
    }

    #[test]
    fn texts_that_have_little_in_common_are_shown_whole() {
        let old = "un ".repeat(60);
        assert_eq!(changed(&old, &"deux ".repeat(60)), None);
        assert_eq!(changed("court", "plus court"), None);
        // All of one is the beginning of the other.
        let grown = changed(&old, &format!("{old}et plus"));
        assert_eq!(grown, Some(vec![Piece::New("et plus".to_owned())]));
        // Nor does a very long one take long.
        let long = |word: &str| format!("{}{}", "x ".repeat(20_000), word.repeat(5_000));
        assert!(changed(&long("a "), &long("b ")).is_some());
    }
}
