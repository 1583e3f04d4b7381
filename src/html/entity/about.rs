//! The description: its beginning at once, more behind a fold, and the rest in the data.
//!
//! A text stands under the licence of the source that gives it, unless the entity has one of its
//! own. Where there is none, the text is not shown: its page elsewhere is linked
//! (docs/decisions/0035-what-is-not-licensed-is-only-linked.md).

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds, licence};
use crate::html::shown::{Link, Words};
use crate::html::{PageError, Site, render};
use crate::model::vocabulary::schema;
use askama::Template;
use oxrdf::{Literal, Term};

pub(super) const SECTION: Section = Section {
    name: "about",
    write,
};

#[derive(Template)]
#[template(path = "entity/about.html")]
struct About<'a> {
    site: Site<'a>,
    paragraphs: Vec<Words>,
    folded: Vec<Words>,
    is_cut: bool,
    data: String,
    /// Where the text can be read that is not shown here.
    reserved: Option<Option<Link>>,
    /// Of what it is the description, when not of the entity itself.
    of: Option<Link>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let predicate = schema::DESCRIPTION.as_str();
    let Some((bearer, literal)) = given.bearer(predicate).and_then(|bearer| {
        let literal = given.facts.literal(bearer, predicate)?;
        Some((bearer, literal))
    }) else {
        return Ok(None);
    };
    let is_own = bearer == given.iri();
    let mut about = About {
        site: given.site,
        paragraphs: Vec::new(),
        folded: Vec::new(),
        is_cut: false,
        data: format!("{}.ttl", given.address()),
        reserved: None,
        of: (!is_own).then(|| given.link(bearer)),
    };
    if is_own && !may_be_shown(given, literal) {
        let elsewhere = given.schema_links("url").into_iter().next();
        about.reserved = Some(elsewhere.map(|url| given.link(url.as_str())));
        return Ok(Some(render(&about)?));
    }
    let text = literal.value();
    let shown = bounds::beginning(text, bounds::TEXT);
    let first = bounds::beginning(shown, bounds::TEXT_FIRST);
    about.is_cut = shown.len() < text.len();
    about.paragraphs = paragraphs(given, literal, first);
    about.folded = paragraphs(given, literal, &shown[first.len()..]);
    Ok(Some(render(&about)?))
}

/// Whether a description may be shown: the entity has an open licence of its own, or a source
/// gives this text under one.
pub(super) fn may_be_shown(given: &Given<'_>, text: &Literal) -> bool {
    let own = given.facts.objects(given.iri(), LICENCE);
    let own: Vec<&str> = own
        .filter_map(|object| match object {
            Term::NamedNode(licence) => Some(licence.as_str()),
            Term::Literal(licence) => Some(licence.value()),
            Term::BlankNode(_) => None,
        })
        .collect();
    if !own.is_empty() {
        return own.into_iter().any(licence::is_open);
    }
    // Of a state in the past, who said what is not told.
    let mut sources = given.document.sources.iter();
    if sources.all(|share| share.triples.is_empty()) {
        let mut sources = given.document.sources.iter();
        return sources.all(|share| {
            let licence = share.source.licence.as_ref();
            licence.is_some_and(|licence| licence::is_open(licence.as_str()))
        });
    }
    let says = |object: &Term| matches!(object, Term::Literal(said) if said == text);
    given.document.sources.iter().any(|share| {
        let is_open = share
            .source
            .licence
            .as_ref()
            .is_some_and(|licence| licence::is_open(licence.as_str()));
        let mut triples = share.triples.iter();
        is_open
            && triples.any(|triple| triple.predicate == schema::DESCRIPTION && says(&triple.object))
    })
}

pub(super) const LICENCE: &str = "http://schema.org/license";

fn paragraphs(given: &Given<'_>, literal: &Literal, text: &str) -> Vec<Words> {
    let lang = Words::of(literal, &given.site).lang;
    text.split("\n\n")
        .map(str::trim)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| Words {
            text: paragraph.to_owned(),
            lang: lang.clone(),
        })
        .collect()
}
