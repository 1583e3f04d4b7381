//! The page that says what this server is and what its readers can count on.

use crate::html::{PageError, Site, render};
use askama::Template;

#[derive(Template)]
#[template(path = "about.html")]
struct Page<'a> {
    site: Site<'a>,
    example: String,
}

/// The page.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn page(site: Site<'_>) -> Result<String, PageError> {
    let example = format!("{}/id/…", site.base);
    render(&Page { site, example })
}
