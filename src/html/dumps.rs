//! The page of the dumps: all public data in a few files.

use crate::html::entity::licence_name;
use crate::html::shown::{Link, Time, Words};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Source;
use askama::Template;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Dumps {
    pub files: Vec<DumpFile>,
    /// When the files were made: an `xsd:dateTime` in UTC.
    pub made: Option<String>,
    /// How many triples each of them holds.
    pub triples: usize,
    /// The sources whose data is in them.
    pub sources: Vec<Source>,
}

/// One file to download.
#[derive(Clone, Debug)]
pub struct DumpFile {
    /// The file's name below `/dumps/`.
    pub name: String,
    /// What its format is, as a key of the interface texts ([`crate::publish::DumpFormat::about`]).
    pub about: &'static str,
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: String,
}

#[derive(Template)]
#[template(path = "dumps.html")]
struct Page<'a> {
    site: Site<'a>,
    made: Option<Time>,
    triples: usize,
    files: Vec<FileLine<'a>>,
    sources: Vec<(String, Option<String>, Option<Link>)>,
}

struct FileLine<'a> {
    name: &'a str,
    href: String,
    about: String,
    size: String,
    sha256: &'a str,
}

impl Dumps {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        render(&Page {
            site,
            made: self.made.as_ref().map(|made| Time {
                iso: made.clone(),
                words: time::instant(made, site.lang),
            }),
            triples: self.triples,
            files: self
                .files
                .iter()
                .map(|file| FileLine {
                    name: &file.name,
                    href: site.at(&format!("/dumps/{}", file.name)),
                    about: i18n::text(site.lang, file.about, &[]),
                    size: size(file.bytes, &site),
                    sha256: &file.sha256,
                })
                .collect(),
            sources: self
                .sources
                .iter()
                .map(|source| {
                    let licence = source.licence.as_ref().map(|licence| {
                        let name = Words::plain(licence_name(licence.as_str()));
                        Link::to(licence.as_str(), name, &site)
                    });
                    (source.name.to_string(), source.publisher.clone(), licence)
                })
                .collect(),
        })
    }
}

/// A size in the unit that suits it, with three digits at most.
pub(super) fn size(bytes: u64, site: &Site<'_>) -> String {
    let units = [
        "size-bytes",
        "size-kilobytes",
        "size-megabytes",
        "size-gigabytes",
    ];
    let mut unit = 0;
    let mut tenths = bytes.saturating_mul(10);
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1000;
        unit += 1;
    }
    let point = site.say("decimal-point");
    let amount = if unit == 0 || tenths >= 100 {
        (tenths / 10).to_string()
    } else {
        format!("{}{point}{}", tenths / 10, tenths % 10)
    };
    site.say_with(units[unit], "amount", &amount)
}
