//! Who speaks of the entity, and under which licence.

use crate::html::entity::Section;
use crate::html::entity::given::Given;
use crate::html::entity::licence::licence_name;
use crate::html::shown::{Link, Words};
use crate::html::{PageError, Site, render};
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "sources",
    write,
};

#[derive(Template)]
#[template(path = "entity/sources.html")]
struct Sources<'a> {
    site: Site<'a>,
    sources: Vec<Line>,
    has_voices: bool,
}

struct Line {
    name: String,
    publisher: Option<String>,
    licence: Option<Link>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let sources: Vec<Line> = given
        .document
        .sources
        .iter()
        .map(|share| Line {
            name: share.source.name.to_string(),
            publisher: share.source.publisher.clone(),
            licence: share.source.licence.as_ref().map(|licence| {
                let words = Words::plain(licence_name(licence.as_str()));
                Link::to(licence.as_str(), words, &given.site)
            }),
        })
        .collect();
    if sources.is_empty() {
        return Ok(None);
    }
    let said = given.document.sources.iter();
    Ok(Some(render(&Sources {
        site: given.site,
        sources,
        has_voices: said.clone().any(|share| !share.triples.is_empty()),
    })?))
}
