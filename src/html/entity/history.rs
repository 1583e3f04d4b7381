//! When the entity last changed and through whom, its history, and how to be told of changes.

use crate::html::entity::Section;
use crate::html::entity::given::Given;
use crate::html::shown::{Time, encoded};
use crate::html::{PageError, Site, render, time};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "history",
    write,
};

#[derive(Template)]
#[template(path = "entity/history.html")]
struct History<'a> {
    site: Site<'a>,
    modified: Option<Time>,
    by: Option<String>,
    generation: String,
    history: String,
    feed: String,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let document = given.document;
    Ok(Some(render(&History {
        site: given.site,
        modified: (!document.modified.is_empty()).then(|| Time {
            iso: document.modified.clone(),
            words: time::instant(&document.modified, given.site.lang),
        }),
        by: document.changed_by.as_ref().map(|source| {
            let mut shares = document.sources.iter();
            shares
                .find(|share| share.source.name == *source)
                .and_then(|share| share.source.publisher.clone())
                .unwrap_or_else(|| source.to_string())
        }),
        generation: given.site.number(&document.generation.0),
        history: format!("{}/history", given.address()),
        feed: feed(given),
    })?))
}

/// The feed of what changes of the entity.
pub(super) fn feed(given: &Given<'_>) -> String {
    given
        .site
        .at(&format!("/follow?iri={}", encoded(given.iri())))
}
