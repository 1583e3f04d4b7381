//! Pages of lists: their number and length, the formats that they come in, the links between them.
//!
//! A handler asks [`asked`] for what was asked for, makes a [`Listing`] of that page, and gives it
//! to [`answer`] with the tag that says what it was made of.

use crate::html::{PageError, Site, best_name};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::entities::offers as document_offers;
use crate::http::negotiate::{CSV, HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, table};
use crate::model::Generation;
use crate::publish::{FORMATS, Listing};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_LANGUAGE, LINK, VARY};
use form_urlencoded::Serializer;

/// What all answers of a list depend on.
pub(super) const VARYING: &str = "Accept, Accept-Language";
/// How many there are on a page, unless more or fewer are asked for.
pub(super) const PER_PAGE: usize = 50;
/// How many there are at most.
pub(super) const MOST_PER_PAGE: usize = 200;
/// The parameters that [`asked`] reads; a handler that allows only some allows these too.
pub(super) const PARAMETERS: &[&str] = &["page", "per_page", "format", "lang"];

/// Which page of a list, in which format.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub offer: Offer,
    /// From 1 on.
    pub page: usize,
    pub per_page: usize,
    /// The address of the list, as a [`Listing`] has it.
    pub address: String,
}

impl Asked {
    /// How many stand on the pages before.
    pub fn offset(&self) -> usize {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// The tag of this page in this format: of a state of an index, and whatever else it shows.
    pub fn tag(
        &self,
        server: &Server,
        shown: Generation,
        reader: &Reader,
        variant: &str,
    ) -> String {
        let variant = format!("{variant}-{}-{}-list", reader.lang, self.offer.name);
        etag(server.app.store.identity(), shown, &variant)
    }
}

/// Reads which page of a list is asked for, and how.
///
/// # Errors
/// 406 when it cannot be had so; 400 when a number is none, or too large.
pub(super) fn asked(reader: &Reader) -> Result<Asked, Problem> {
    let offer = reader
        .choose(&offers())
        .map_err(|problem| problem.with_header(VARY, HeaderValue::from_static(VARYING)))?;
    let page = number(reader, "page", 1, usize::MAX / MOST_PER_PAGE)?;
    let per_page = number(reader, "per_page", PER_PAGE, MOST_PER_PAGE)?;
    let mut query = Serializer::new(String::new());
    for (name, value) in &reader.parameters {
        // A field of a form that was left empty asks for nothing.
        if !value.is_empty() && !["page", "format", "lang"].contains(&name.as_str()) {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    let separator = if query.is_empty() { "" } else { "?" };
    Ok(Asked {
        offer,
        page,
        per_page,
        address: format!("{}{separator}{query}", reader.path),
    })
}

/// The formats of a list: the page first, then those of documents, then tables.
pub(super) fn offers() -> Vec<Offer> {
    let mut offers = document_offers();
    offers.extend([JSON, CSV]);
    offers
}

fn number(reader: &Reader, name: &str, usual: usize, most: usize) -> Result<usize, Problem> {
    let Some(text) = reader.parameter(name) else {
        return Ok(usual);
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse::<usize>().ok().filter(|_| is_number);
    match number {
        Some(number) if (1..=most).contains(&number) => Ok(number),
        _ if most == MOST_PER_PAGE => Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`{name}` est un nombre de 1 à {most}."),
            format!("`{name}` is a number from 1 to {most}."),
        )),
        _ => Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`{name}` est un nombre à partir de 1."),
            format!("`{name}` is a number from 1 on."),
        )),
    }
}

/// The answer to a reader who has this page of this tag already.
pub(super) fn unchanged(
    asked: &Asked,
    reader: &Reader,
    shown: Generation,
    tag: &str,
) -> Option<Answer> {
    is_known(tag, &reader.headers).then(|| {
        Answer::of(asked.offer, "")
            .at(shown)
            .known_as(tag, "")
            .varying(VARYING)
            .unless_known_to(&reader.headers)
    })
}

/// A page of a list in the format asked for. `shown` is the generation of what it was read from;
/// `write` makes the page for people.
///
/// # Errors
/// 404 beyond the last page.
pub(super) fn answer(
    server: &Server,
    reader: &Reader,
    asked: &Asked,
    listing: &Listing,
    (shown, tag): (Generation, &str),
    write: impl FnOnce(Site<'_>) -> Result<String, PageError>,
) -> Result<Answer, Problem> {
    if listing.page > listing.pages() {
        let last = listing.pages();
        return Err(Problem::new(&NOT_FOUND)
            .with_detail(
                format!(
                    "Cette liste n'a pas de page {} : {last} est la dernière.",
                    listing.page
                ),
                format!(
                    "This list has no page {}: {last} is the last one.",
                    listing.page
                ),
            )
            .with_header(VARY, HeaderValue::from_static(VARYING)));
    }
    let base = server.app.store.base();
    let answer = if asked.offer == HTML {
        page(server, reader, shown, write)?
    } else if asked.offer == JSON {
        let mut json = listing.json(base);
        json["generation"] = shown.0.into();
        Answer::of(JSON, format!("{json:#}\n"))
    } else if asked.offer == CSV {
        let name = |names: &[oxrdf::Literal]| {
            let name = best_name(names, reader.lang);
            name.unwrap_or_default().to_owned()
        };
        Answer::of(CSV, table::csv(listing.lines(&name))?).with(CONTENT_LANGUAGE, reader.lang.tag())
    } else {
        let format = FORMATS
            .iter()
            .find(|format| format.extension == asked.offer.name)
            .ok_or_else(|| Problem::new(&NOT_FOUND))?;
        let mut body = Vec::new();
        (format.write)(&listing.document(base), &server.app.context, &mut body)
            .map_err(Problem::internal)?;
        Answer::of(asked.offer, body)
    };
    Ok(answer
        .at(shown)
        .with(LINK, &links(reader, asked, listing))
        .known_as(tag, "")
        .varying(VARYING)
        .unless_known_to(&reader.headers))
}

/// The pages beside this one (RFC 8288), in the format and language that were asked for by the
/// address, and this page in other formats.
fn links(reader: &Reader, asked: &Asked, listing: &Listing) -> String {
    let with = |address: &str, name: &str, value: &str| {
        let separator = if address.contains('?') { '&' } else { '?' };
        let pair = Serializer::new(String::new())
            .append_pair(name, value)
            .finish();
        format!("{address}{separator}{pair}")
    };
    let mut links = Vec::new();
    for (rel, number) in listing.neighbours() {
        let mut address = listing.page_address(number);
        for name in ["format", "lang"] {
            if let Some(value) = reader.parameter(name) {
                address = with(&address, name, value);
            }
        }
        links.push(format!("<{}>; rel=\"{rel}\"", relative(&address)));
    }
    let here = listing.page_address(listing.page);
    for offer in offers().iter().filter(|offer| **offer != asked.offer) {
        let address = with(&here, "format", offer.name);
        links.push(format!(
            "<{}>; rel=\"alternate\"; type=\"{}\"",
            relative(&address),
            offer.media_type
        ));
    }
    links.join(", ")
}

/// An address as a reference to another beside it, so that the program can be tried behind any
/// address: from the last `/` of its path on.
fn relative(address: &str) -> &str {
    let path = address.split('?').next().unwrap_or_default();
    let file = path.rfind('/').map_or(0, |slash| slash + 1);
    let reference = &address[file..];
    if reference.is_empty() {
        "./"
    } else {
        reference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_leads_from_a_page_to_another_of_the_same_list() {
        assert_eq!(relative("/agenda?page=2&x=a/b"), "agenda?page=2&x=a/b");
        assert_eq!(relative("/browse/person"), "person");
        assert_eq!(relative("/browse/"), "./");
        assert_eq!(relative("/?near=x"), "?near=x");
    }
}
