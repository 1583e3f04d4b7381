//! All that there is, from A to Z: the kinds, and the list of each.

use crate::html::head::Head;
use crate::html::list::{Formats, Pager};
use crate::html::search::{Division, Divisions, Found, Lines, kinds};
use crate::html::{PageError, Site, render};
use crate::model::Kind;
use crate::publish::Listing;
use askama::Template;

/// What the page of all kinds shows.
#[derive(Clone, Debug, Default)]
pub struct Kinds {
    /// Whether the index is there.
    pub is_made: bool,
    /// How many there are of each kind, in the order in which they are shown.
    pub kinds: Vec<(&'static Kind, u64)>,
}

/// What the list of a kind shows.
#[derive(Clone, Debug)]
pub struct Browse {
    pub kind: &'static Kind,
    pub is_made: bool,
    /// How many there are of the kind in all.
    pub all: u64,
    /// What names are to contain.
    pub text: String,
    /// What is asked for beside the text and the letter, to be kept by the form.
    pub kept: Vec<(&'static str, String)>,
    pub letters: Vec<Letter>,
    /// The address of all letters.
    pub every_letter: String,
    pub listing: Listing,
    /// In the order of the listing.
    pub found: Vec<Found>,
    pub divisions: Vec<Division>,
    /// Whether nothing is called so, and all that is shown is called nearly so.
    pub is_near: bool,
}

/// A letter that names begin with.
#[derive(Clone, Debug)]
pub struct Letter {
    /// As it is written; the keys of the two groups of other signs are said in words.
    pub key: String,
    pub count: u64,
    pub href: String,
    pub is_chosen: bool,
}

#[derive(Template)]
#[template(path = "browse.html")]
struct KindsPage<'a> {
    site: Site<'a>,
    head: Head,
    is_made: bool,
    kinds: Vec<(String, String, String)>,
}

impl Kinds {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let shown = self.kinds.iter().filter(|(_, count)| *count > 0);
        render(&KindsPage {
            head: Head::of(
                "/browse/",
                &site.say("browse-title"),
                &site.say("browse-lead"),
                &site,
            ),
            is_made: self.is_made,
            kinds: shown
                .map(|(kind, count)| {
                    let href = if kind.has_own_iri {
                        format!("/browse/{}", kind.name)
                    } else {
                        "/vocab".to_owned()
                    };
                    (
                        site.at(&href),
                        site.number(count),
                        kinds(kind, *count, &site),
                    )
                })
                .collect(),
            site,
        })
    }
}

#[derive(Template)]
#[template(path = "browse-kind.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    browse: &'a Browse,
    title: String,
    total: String,
    letters: Vec<ShownLetter>,
    lines: Lines,
    divisions: Divisions<'a>,
    pager: Pager<'a>,
    formats: Formats<'a>,
}

struct ShownLetter {
    text: String,
    /// What a screen reader says.
    label: String,
    /// Nothing where no name begins with it.
    href: Option<String>,
    is_chosen: bool,
}

impl Browse {
    fn is_every_letter(&self) -> bool {
        !self.letters.iter().any(|letter| letter.is_chosen)
    }

    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let letters = self.letters.iter().map(|letter| {
            let text = match letter.key.as_str() {
                "other" => "…".to_owned(),
                "0-9" => "0–9".to_owned(),
                key => key.to_owned(),
            };
            let name = match letter.key.as_str() {
                "other" => site.say("browse-letter-other"),
                _ => text.clone(),
            };
            let count = usize::try_from(letter.count).unwrap_or(usize::MAX);
            ShownLetter {
                label: format!("{name}, {}", site.count("list-total", &count)),
                text,
                href: (letter.count > 0).then(|| site.at(&letter.href)),
                is_chosen: letter.is_chosen,
            }
        });
        let total = site.count("list-total", &self.listing.total);
        render(&Page {
            title: self.listing.title.get(site.lang).to_owned(),
            head: Head::of(
                &self.listing.page_address(self.listing.page),
                self.listing.title.get(site.lang),
                &format!(
                    "{}. {total}. {}",
                    self.listing.title.get(site.lang),
                    site.say("browse-about")
                ),
                &site,
            ),
            total,
            letters: letters.collect(),
            lines: Lines::of(&self.found, false, &site),
            divisions: Divisions::of(&self.divisions, site),
            pager: Pager::of(&self.listing, site),
            formats: Formats::of(&self.listing, site),
            browse: self,
            site,
        })
    }
}
