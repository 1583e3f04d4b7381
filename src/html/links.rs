//! The page of everything that links to an entity.

use crate::html::list::List;
use crate::html::shown::{Words, best, name as cut};
use crate::html::{PageError, Site, render};
use crate::i18n;
use crate::model::Kind;
use crate::publish::Listing;
use crate::publish::select::Labels;
use askama::Template;
use form_urlencoded::Serializer;
use oxrdf::NamedNode;

/// What points to an entity in one way, all in all.
#[derive(Clone, Debug)]
pub struct LinksGroup {
    pub relation: NamedNode,
    /// What stands for the relation in addresses.
    pub key: String,
    pub kind: &'static Kind,
    pub total: usize,
    pub is_chosen: bool,
}

/// A page of the list of links, with what it can be narrowed to.
#[derive(Clone, Debug)]
pub struct LinksPage<'a> {
    /// The document of the entity.
    pub document: NamedNode,
    pub groups: Vec<LinksGroup>,
    pub labels: &'a Labels,
    /// `upcoming`, `past` or `undated`; nothing for all.
    pub when: Option<&'a str>,
    pub listing: &'a Listing,
    /// Whether the store has changed since the links were read.
    pub is_behind: bool,
}

#[derive(Template)]
#[template(path = "links.html")]
struct Page<'a> {
    site: Site<'a>,
    title: String,
    total: String,
    back: String,
    relations: Vec<Choice>,
    times: Vec<Choice>,
    is_behind: bool,
    list: List<'a>,
}

/// Something that the list can be narrowed to.
struct Choice {
    words: Words,
    total: Option<String>,
    href: String,
    is_chosen: bool,
}

/// The page.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn page(links: &LinksPage<'_>, site: Site<'_>) -> Result<String, PageError> {
    let back = site.href(links.document.as_str()).unwrap_or_default();
    let address = |relation: Option<&LinksGroup>, when: Option<&str>| {
        let mut query = Serializer::new(String::new());
        if let Some(group) = relation {
            query.append_pair("relation", &group.key);
            query.append_pair("kind", group.kind.name);
        }
        if let Some(when) = when {
            query.append_pair("when", when);
        }
        let query = query.finish();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{back}/links{separator}{query}")
    };
    let chosen = links.groups.iter().find(|group| group.is_chosen);
    let all = Choice {
        words: Words::plain(site.say("links-all")),
        total: None,
        href: address(None, links.when),
        is_chosen: chosen.is_none(),
    };
    let relations = links.groups.iter().map(|group| Choice {
        words: label(group, links.labels, &site),
        total: Some(site.number(&(group.total as u64))),
        href: address(Some(group), links.when),
        is_chosen: group.is_chosen,
    });
    let times = [None, Some("upcoming"), Some("past"), Some("undated")];
    render(&Page {
        title: links.listing.title.get(site.lang).to_owned(),
        total: site.count("list-total", &links.listing.total),
        relations: std::iter::once(all).chain(relations).collect(),
        times: times
            .into_iter()
            .map(|when| Choice {
                words: Words::plain(site.say(&format!("links-when-{}", when.unwrap_or("any")))),
                total: None,
                href: address(chosen, when),
                is_chosen: links.when == when,
            })
            .collect(),
        is_behind: links.is_behind,
        list: List::of(links.listing, site),
        back,
        site,
    })
}

/// What a relation means seen from what it points to, and what kind of things there are.
fn label(group: &LinksGroup, labels: &Labels, site: &Site<'_>) -> Words {
    let relation = group.relation.as_str();
    let names = labels.get(relation).map_or(&[][..], Vec::as_slice);
    let name = best(names, site.lang);
    let key = format!("incoming-{}", group.key);
    // The function in which somebody contributes goes by its own name.
    let is_function = site
        .base
        .strip(relation)
        .is_some_and(|path| path.starts_with("vocab/"));
    let text = match name {
        Some(name) if is_function => return with_kind(Words::name(name, site), group, site),
        _ if i18n::has(&key) => site.say(&key),
        Some(name) => site.say_with("incoming-other", "property", cut(name.value())),
        None => site.say_with("incoming-other", "property", &group.key),
    };
    with_kind(Words::plain(text), group, site)
}

fn with_kind(mut words: Words, group: &LinksGroup, site: &Site<'_>) -> Words {
    let kind = site.say(&format!("kind-{}", group.kind.name));
    words.text = format!("{} ({kind})", words.text);
    words
}
