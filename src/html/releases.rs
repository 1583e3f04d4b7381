//! The pages of releases: the list of all, and that of each, where it is cited, downloaded and
//! verified.

use crate::html::dumps::size;
use crate::html::entity::licence_name;
use crate::html::head::{Head, script};
use crate::html::shown::{Link, Prose, Time, Words};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Lang;
use crate::publish::DUMPS;
use crate::publish::release::{Manifest, ReleasedFile, Selection, Withdrawal};
use askama::Template;

/// What a release is called: by its date, and its number on that day when it is not the first.
pub fn title(date: &str, site: &Site<'_>) -> String {
    name(date, site.lang)
}

/// The same in a language.
pub fn name(date: &str, lang: Lang) -> String {
    let (day, number) = date.split_once('.').unwrap_or((date, ""));
    let key = if number.is_empty() {
        "releases-of"
    } else {
        "releases-of-again"
    };
    i18n::text(
        lang,
        key,
        &[
            ("date", time::moment(day, lang).into()),
            ("number", number.into()),
        ],
    )
}

/// All releases.
#[derive(Clone, Debug, Default)]
pub struct Releases {
    /// In the order in which they were made.
    pub releases: Vec<Released>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Released {
    pub manifest: Manifest,
    pub withdrawal: Option<Withdrawal>,
}

#[derive(Template)]
#[template(path = "releases.html")]
struct List<'a> {
    site: Site<'a>,
    head: Head,
    feed: String,
    lines: Vec<Line>,
}

struct Line {
    title: String,
    href: String,
    generation: String,
    about: Time,
    entities: String,
    size: String,
    is_withdrawn: bool,
    is_latest: bool,
}

impl Releases {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let latest = self.releases.iter().rfind(|it| it.withdrawal.is_none());
        let latest = latest.map(|it| it.manifest.number);
        let lines = self.releases.iter().rev().map(|released| {
            let manifest = &released.manifest;
            let entities: u64 = manifest.entities.iter().map(|(_, count)| count).sum();
            let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
            Line {
                title: title(&manifest.date, &site),
                href: site.at(&format!("/releases/{}/", manifest.date)),
                generation: site.number(&manifest.generation.0),
                about: instant(&manifest.modified, &site),
                entities: site.number(&entities),
                size: size(bytes, &site),
                is_withdrawn: released.withdrawal.is_some(),
                is_latest: latest == Some(manifest.number),
            }
        });
        let lines = lines.collect();
        render(&List {
            head: Head::of(
                "/releases/",
                &site.say("releases-title"),
                &site.say("releases-lead"),
                &site,
            ),
            feed: site.at("/releases/?format=atom"),
            site,
            lines,
        })
    }
}

/// One release.
#[derive(Clone, Debug)]
pub struct Release {
    pub manifest: Manifest,
    pub withdrawal: Option<Withdrawal>,
    /// The public key in one line, as minisign takes it.
    pub key: String,
    /// The dates of those before and after it that are not withdrawn.
    pub previous: Option<String>,
    pub next: Option<String>,
    /// Whether it can be asked by SPARQL.
    pub is_queryable: bool,
    /// Ways to cite it, each with the name of its style.
    pub citations: Vec<(&'static str, String)>,
    /// The files that describe it: name, and what it is as a key of the interface texts.
    pub descriptions: Vec<(&'static str, &'static str)>,
    /// The same as schema.org's `Dataset`, as JSON.
    pub dataset: String,
}

#[derive(Template)]
#[template(path = "release.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    /// JSON in which no character can end the block.
    dataset: String,
    title: String,
    kicker: String,
    /// From its `/` on, with the last one.
    here: String,
    about: String,
    withdrawn: Option<(Time, &'a str)>,
    modified: Time,
    generation: String,
    address: String,
    counts: Vec<(String, String)>,
    sources: Vec<(String, &'a str, Link)>,
    left_out: Vec<String>,
    groups: Vec<Group<'a>>,
    citations: &'a [(&'static str, String)],
    descriptions: Vec<(String, String)>,
    key: &'a str,
    verify: String,
    neighbours: Vec<(String, String, String)>,
    is_latest: bool,
    endpoint: Option<String>,
}

/// Files that hold the same.
struct Group<'a> {
    title: String,
    about: Option<Prose>,
    lines: Vec<Packed<'a>>,
    count: usize,
    licences: Vec<Link>,
    is_folded: bool,
}

/// The same in each compression.
struct Packed<'a> {
    format: String,
    count: String,
    files: Vec<FileLine<'a>>,
}

struct FileLine<'a> {
    name: &'a str,
    href: String,
    size: String,
    sha256: &'a str,
}

fn instant(text: &str, site: &Site<'_>) -> Time {
    Time {
        iso: text.to_owned(),
        words: time::instant(text, site.lang),
    }
}

impl Release {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let manifest = &self.manifest;
        let here = format!("/releases/{}/", manifest.date);
        let title = title(&manifest.date, &site);
        let about = i18n::text(
            site.lang,
            "releases-about",
            &[("generation", site.number(&manifest.generation.0).into())],
        );
        let sources = manifest.sources.iter().map(|source| {
            let licence = Words::plain(licence_name(&source.licence));
            let publisher = source.publisher.as_deref().unwrap_or(source.name.as_str());
            let licence = Link::to(&source.licence, licence, &site);
            (source.name.to_string(), publisher, licence)
        });
        let groups = if self.withdrawal.is_some() {
            Vec::new()
        } else {
            groups(manifest, &here, &site)
        };
        let endpoint = (self.is_queryable && self.withdrawal.is_none())
            .then(|| site.at(&format!("{here}sparql")));
        render(&Page {
            head: Head::of(&here, &title, &about, &site),
            kicker: site.say("releases-title"),
            withdrawn: self
                .withdrawal
                .as_ref()
                .map(|it| (instant(&it.time, &site), it.because.as_str())),
            modified: instant(&manifest.modified, &site),
            generation: site.number(&manifest.generation.0),
            address: format!("{}{here}", site.base),
            counts: manifest
                .entities
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|(kind, count)| {
                    let n = usize::try_from(*count).unwrap_or(usize::MAX);
                    let words = i18n::text(
                        site.lang,
                        &format!("kinds-{kind}"),
                        &[("n", n.into()), ("shown", "".into())],
                    );
                    (site.number(count), words.trim().to_owned())
                })
                .collect(),
            sources: sources.collect(),
            left_out: manifest.left_out.iter().map(ToString::to_string).collect(),
            groups,
            citations: &self.citations,
            descriptions: self
                .descriptions
                .iter()
                .map(|(name, about)| (site.at(&format!("{here}{name}")), site.say(about)))
                .collect(),
            dataset: script(&self.dataset),
            key: &self.key,
            verify: format!("affiche verify {}{here} --key {}", site.base, self.key),
            neighbours: self.neighbours(&site),
            is_latest: self.next.is_none(),
            endpoint,
            title,
            about,
            here: site.at(&here),
            site,
        })
    }

    /// The releases before and after this one, each with the way to what differs.
    fn neighbours(&self, site: &Site<'_>) -> Vec<(String, String, String)> {
        let here = self.manifest.date.as_str();
        let line = |date: &str, from: &str, to: &str| {
            let page = site.at(&format!("/releases/{date}/"));
            let difference = site.at(&format!("/changes/diff?from={from}&to={to}"));
            (title(date, site), page, difference)
        };
        let previous = self.previous.as_deref().map(|date| line(date, date, here));
        let next = self.next.as_deref().map(|date| line(date, here, date));
        previous.into_iter().chain(next).collect()
    }
}

/// The files, by what they hold: first what is of the whole, then profiles and sources, folded.
fn groups<'a>(manifest: &'a Manifest, here: &str, site: &Site<'_>) -> Vec<Group<'a>> {
    let mut groups: Vec<(Rank, Group<'a>)> = Vec::new();
    for file in &manifest.files {
        let rank = Rank::of(&file.selection);
        let place = groups.iter().position(|(known, _)| *known == rank);
        let place = place.unwrap_or_else(|| {
            let licences = file.licences.iter();
            let licence = |iri: &String| Link::to(iri, Words::plain(licence_name(iri)), site);
            let group = Group {
                title: rank.title(site),
                about: rank.about().map(|key| Prose::new(&site.say(key))),
                lines: Vec::new(),
                count: 0,
                licences: licences.map(licence).collect(),
                is_folded: matches!(rank, Rank::Profile(_) | Rank::Source(_)),
            };
            groups.push((rank, group));
            groups.len() - 1
        });
        if let Some((_, group)) = groups.get_mut(place) {
            group.count += 1;
            add(group, file, here, site);
        }
    }
    groups.sort_by(|(one, _), (other, _)| one.cmp(other));
    groups.into_iter().map(|(_, group)| group).collect()
}

/// Adds a file beside the one that holds the same in another compression.
fn add<'a>(group: &mut Group<'a>, file: &'a ReleasedFile, here: &str, site: &Site<'_>) {
    let line = FileLine {
        name: &file.name,
        href: site.at(&format!("{here}{}", file.name)),
        size: size(file.bytes, site),
        sha256: &file.sha256,
    };
    let stem = |name: &'a str| name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let is_same = |packed: &&mut Packed<'a>| {
        let mut files = packed.files.iter();
        files.any(|known| stem(known.name) == stem(&file.name))
    };
    match group.lines.iter_mut().find(is_same) {
        Some(packed) => packed.files.push(line),
        None => {
            let format = DUMPS.iter().find(|format| format.name == file.format);
            let format = match format {
                Some(format) => site.say(format.about),
                None => file.format.to_uppercase(),
            };
            group.lines.push(Packed {
                format,
                count: site.number(&file.count),
                files: vec![line],
            });
        }
    }
}

/// What the files of a group hold, in the order of the groups.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    All,
    Tables,
    Claims,
    Profile(String),
    Source(String),
}

impl Rank {
    fn of(selection: &Selection) -> Self {
        match selection {
            Selection::All => Self::All,
            Selection::Table(_) => Self::Tables,
            // The state is no file of a release; were it one, it would hold claims.
            Selection::Claims | Selection::State => Self::Claims,
            Selection::Profile(name) => Self::Profile(name.clone()),
            Selection::Source(name) => Self::Source(name.to_string()),
        }
    }

    fn title(&self, site: &Site<'_>) -> String {
        match self {
            Self::All => site.say("releases-all"),
            Self::Tables => site.say("releases-tables"),
            Self::Claims => site.say("releases-claims"),
            Self::Profile(name) => site.say_with("releases-profile", "name", name),
            Self::Source(name) => site.say_with("releases-source", "name", name),
        }
    }

    fn about(&self) -> Option<&'static str> {
        match self {
            Self::All => Some("releases-all-about"),
            Self::Tables => Some("releases-tables-about"),
            Self::Claims => Some("releases-claims-about"),
            Self::Profile(_) | Self::Source(_) => None,
        }
    }
}
