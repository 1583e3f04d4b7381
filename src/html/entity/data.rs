//! The same as data, in every format, and where to ask for more.

use crate::html::entity::Section;
use crate::html::entity::given::Given;
use crate::html::shown::encoded;
use crate::html::{PageError, Site, render};
use crate::i18n;
use crate::publish::FORMATS;
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "data",
    write,
};

#[derive(Template)]
#[template(path = "entity/data.html")]
struct Data<'a> {
    site: Site<'a>,
    formats: Vec<Format>,
    sparql: String,
    links: String,
}

pub(super) struct Format {
    pub name: String,
    pub href: String,
    pub extension: &'static str,
    pub media_type: &'static str,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let query = format!("DESCRIBE <{}>", given.iri());
    Ok(Some(render(&Data {
        site: given.site,
        formats: formats(given),
        sparql: given.site.at(&format!("/sparql?query={}", encoded(&query))),
        links: format!("{}/links", given.address()),
    })?))
}

/// The document in each format.
pub(super) fn formats(given: &Given<'_>) -> Vec<Format> {
    let address = given.address();
    FORMATS
        .iter()
        .map(|format| Format {
            name: i18n::text(given.site.lang, format.about, &[]),
            href: format!("{address}.{}", format.extension),
            extension: format.extension,
            media_type: format.media_type,
        })
        .collect()
}
