//! The page of the feeds of changes: what there is for whom, and the files of the log.

use crate::html::dumps::size;
use crate::html::shown::Time;
use crate::html::{PageError, Site, render, time};
use askama::Template;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// The feeds, by address, with the key of the text that says what each is.
    pub feeds: Vec<(&'static str, &'static str)>,
    /// The identity of the log.
    pub log: &'a str,
    pub generation: u64,
    /// When the last change was accepted: xsd:dateTime, UTC.
    pub time: &'a str,
    /// The files that take no more records.
    pub segments: Vec<LogFile<'a>>,
    /// The generations of the redactions.
    pub redactions: Vec<u64>,
    /// From where one can begin without the first records: a generation, and the file's address.
    pub state: Option<(u64, String)>,
}

/// A closed file of the log.
#[derive(Clone, Debug)]
pub struct LogFile<'a> {
    /// Below `/changes/`.
    pub name: &'a str,
    pub first: u64,
    pub last: u64,
    pub bytes: u64,
    /// In hexadecimal.
    pub sha256: &'a str,
}

#[derive(Template)]
#[template(path = "changes.html")]
struct Page<'a> {
    site: Site<'a>,
    shown: &'a Changes<'a>,
    made: Time,
    /// Address, text to click, and what it is.
    feeds: Vec<(String, &'static str, String)>,
    /// Address, name, sum, generations, size.
    segments: Vec<(String, &'a str, &'a str, String, String)>,
    redactions: Vec<(String, u64)>,
}

impl Changes<'_> {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let feeds = self.feeds.iter();
        let segments = self.segments.iter();
        let redactions = self.redactions.iter();
        render(&Page {
            shown: self,
            made: Time {
                iso: self.time.to_owned(),
                words: time::instant(self.time, site.lang),
            },
            feeds: feeds
                .map(|(path, about)| (site.at(path), *path, site.say(about)))
                .collect(),
            segments: segments
                .map(|file| {
                    let href = site.at(&format!("/changes/{}", file.name));
                    let generations = format!("{}–{}", file.first, file.last);
                    let size = size(file.bytes, &site);
                    (href, file.name, file.sha256, generations, size)
                })
                .collect(),
            redactions: redactions
                .map(|number| (site.at(&format!("/changes/{number}.redaction")), *number))
                .collect(),
            site,
        })
    }
}
