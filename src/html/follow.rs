//! How to follow what happens to some entities: a form for a list, and the address of its feed.

use crate::html::{PageError, Site, render};
use askama::Template;

/// The page at `/follow`.
#[derive(Clone, Debug)]
pub struct Follow<'a> {
    /// The feed that was made of the list that was sent.
    pub made: Option<Made<'a>>,
    /// How many identifiers a list may have.
    pub most: usize,
}

/// A feed that has an address now.
#[derive(Clone, Debug)]
pub struct Made<'a> {
    pub address: &'a str,
    /// How many entities it follows.
    pub followed: usize,
    /// What is in the list and is not followed, as it was given.
    pub left_out: Vec<&'a str>,
}

#[derive(Template)]
#[template(path = "follow.html")]
struct Page<'a> {
    site: Site<'a>,
    lead: String,
    made: Option<(&'a Made<'a>, Option<String>)>,
}

impl Follow<'_> {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let made = self.made.as_ref();
        render(&Page {
            lead: site.say_with("follow-lead", "most", site.number(&(self.most as u64))),
            made: made.map(|made| (made, site.href(made.address))),
            site,
        })
    }
}
