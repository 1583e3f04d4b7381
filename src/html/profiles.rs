//! What the profiles of documents are, and in which profiles and formats a document can be had.

use crate::html::shown::Prose;
use crate::html::{PageError, Site, render};
use crate::model::Lang;
use crate::publish::DocumentProfile;
use askama::Template;
use oxrdf::NamedNode;

struct Shown {
    name: &'static str,
    title: &'static str,
    about: Prose,
    leaves_out: Prose,
    iri: String,
    href: Option<String>,
    formats: Vec<&'static str>,
    is_default: bool,
}

#[derive(Template)]
#[template(path = "document-profiles.html")]
struct Page<'a> {
    site: Site<'a>,
    title: String,
    is_list: bool,
    profiles: Vec<Shown>,
}

fn pick(text: (&'static str, &'static str), lang: Lang) -> &'static str {
    match lang {
        Lang::Fr => text.0,
        Lang::En => text.1,
    }
}

/// The page of one profile, or of all.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn page(profiles: &[&'static DocumentProfile], site: Site<'_>) -> Result<String, PageError> {
    let shown = |profile: &&'static DocumentProfile| {
        let iri = profile.iri(site.base);
        Shown {
            name: profile.name,
            title: pick(profile.title, site.lang),
            about: Prose::new(pick(profile.about, site.lang)),
            leaves_out: Prose::new(pick(profile.leaves_out, site.lang)),
            href: site.href(iri.as_str()),
            iri: iri.into_string(),
            formats: profile.formats().map(|format| format.media_type).collect(),
            is_default: profile.is_usual(),
        }
    };
    let title = match profiles {
        [profile] => pick(profile.title, site.lang).to_owned(),
        _ => site.say("contract-profiles"),
    };
    render(&Page {
        site,
        title,
        is_list: profiles.len() != 1,
        profiles: profiles.iter().map(shown).collect(),
    })
}

/// All ways in which one document can be had.
#[derive(Clone)]
pub struct Alternates {
    pub document: NamedNode,
    pub entity: NamedNode,
    /// The first one is what readers get who ask for nothing.
    pub representations: Vec<Representation>,
}

/// One of them.
#[derive(Clone)]
pub struct Representation {
    pub address: NamedNode,
    pub media_type: &'static str,
    /// None for the page.
    pub profile: Option<&'static DocumentProfile>,
}

struct Line {
    href: Option<String>,
    media_type: &'static str,
    profile: Option<(Option<String>, &'static str)>,
    is_default: bool,
}

#[derive(Template)]
#[template(path = "alternates.html")]
struct AlternatesPage<'a> {
    site: Site<'a>,
    document: Option<String>,
    iri: &'a str,
    lines: Vec<Line>,
}

impl Alternates {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let lines = self
            .representations
            .iter()
            .enumerate()
            .map(|(index, one)| Line {
                href: site.href(one.address.as_str()),
                media_type: one.media_type,
                profile: one.profile.map(|profile| {
                    let iri = profile.iri(site.base);
                    (site.href(iri.as_str()), pick(profile.title, site.lang))
                }),
                is_default: index == 0,
            })
            .collect();
        render(&AlternatesPage {
            site,
            document: site.href(self.document.as_str()),
            iri: self.entity.as_str(),
            lines,
        })
    }
}
