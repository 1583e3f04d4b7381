//! Typed links: where everything about an entity is, for programs that read headers (RFC 8288; FAIR
//! Signposting levels 1 and 2).
//!
//! All links are made with public IRIs; in a header those of ours are relative, so that the program
//! can be tried behind any address. What is for citing stays as it is cited.

use super::offers::offer;
use crate::http::negotiate::HTML;
use crate::model::vocabulary::{dct, prof, rdf, schema};
use crate::model::{Base, Noid};
use crate::publish::{Context, Document, DocumentProfile, Format, PROFILES};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// Headers longer than this are cut by some servers in between.
const HEADER_BYTES: usize = 3_900;
/// The most classes, authors and successors that are named.
const NAMED: usize = 8;

/// What cannot stand between `<` and `>` in a header.
const UNSAFE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// What has a meaning of its own in the value of a parameter.
const PARAMETER: &AsciiSet = &UNSAFE.add(b'#').add(b'%').add(b'&').add(b'+').add(b'?');

/// A link from a document, or from `anchor`, to `target`.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub anchor: Option<String>,
    pub target: String,
    /// One relation or several, with spaces between them.
    pub rel: &'static str,
    pub attributes: Vec<(&'static str, String)>,
}

impl Link {
    fn new(target: impl Into<String>, rel: &'static str) -> Self {
        let target: String = target.into();
        Self {
            anchor: None,
            target: utf8_percent_encode(&target, UNSAFE).to_string(),
            rel,
            attributes: Vec::new(),
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    fn of_type(self, media_type: &str) -> Self {
        self.with("type", media_type)
    }

    fn from(mut self, anchor: &str) -> Self {
        self.anchor = Some(anchor.to_owned());
        self
    }
}

/// A way in which a document can be had.
pub(super) struct Representation {
    /// Its own address.
    pub address: String,
    pub media_type: &'static str,
    /// None for the page.
    pub profile: Option<&'static DocumentProfile>,
}

/// All ways in which a document can be had, the page first.
pub(super) fn representations(base: &Base, noid: &Noid) -> Vec<Representation> {
    let document = base.doc(noid);
    let document = document.as_str();
    let mut all = vec![Representation {
        address: format!("{document}.{}", HTML.name),
        media_type: HTML.media_type,
        profile: None,
    }];
    for profile in PROFILES {
        let query = if profile.is_usual() {
            String::new()
        } else {
            format!("?_profile={}", profile.name)
        };
        for format in profile.formats() {
            all.push(Representation {
                address: format!("{document}.{}{query}", format.extension),
                media_type: format.media_type,
                profile: Some(profile),
            });
        }
    }
    all
}

fn to_representation(one: &Representation, rel: &'static str, base: &Base) -> Link {
    let link = Link::new(&one.address, rel).of_type(one.media_type);
    match one.profile {
        // `profile` is Signposting's word, `formats` that of Content Negotiation by Profile; the
        // stored form is what one gets anyway.
        Some(profile) if !profile.is_usual() => {
            let iri = profile.iri(base).into_string();
            link.with("profile", iri.clone()).with("formats", iri)
        }
        _ => link,
    }
}

/// The names of a thing: what to cite, and its ARK.
fn names(base: &Base, noid: &Noid, ark: Option<&NamedNode>) -> Vec<Link> {
    let id = base.id(noid);
    let mut links = vec![
        Link::new(id.as_str(), "cite-as"),
        Link::new(id.as_str(), "describes"),
    ];
    links.extend(ark.map(|ark| Link::new(ark.as_str(), "describes")));
    links
}

/// Where the same links, and those of all formats, are as a document (Signposting level 2).
fn to_linkset(base: &Base, noid: &Noid) -> [Link; 2] {
    let linkset = format!("{}/linkset", base.doc(noid).as_str());
    [
        Link::new(&linkset, "linkset").of_type("application/linkset+json"),
        Link::new(format!("{linkset}?format=text"), "linkset").of_type("application/linkset"),
    ]
}

/// How a document came to be, and how to hear of its changes.
fn over_time(base: &Base, noid: &Noid) -> Vec<Link> {
    let document = base.doc(noid);
    let document = document.as_str();
    let id = base.id(noid);
    let followed = utf8_percent_encode(id.as_str(), PARAMETER);
    vec![
        Link::new(document, "latest-version"),
        Link::new(
            base.join(&format!("follow?iri={followed}")).as_str(),
            "alternate",
        )
        .of_type("application/atom+xml"),
    ]
}

/// What is said of a document whatever its format: licence, collection, authors.
fn about(document: &Document, base: &Base) -> Vec<Link> {
    let mut links = Vec::new();
    if let Some(licence) = document.licence() {
        links.push(Link::new(licence.as_str(), "license"));
    }
    links.push(Link::new(base.void().as_str(), "collection"));
    let authors = ["author", "creator", "composer"];
    let authors = objects(document, |predicate| {
        let local = predicate.strip_prefix(schema::NS);
        local.is_some_and(|local| authors.contains(&local))
    });
    links.extend(
        authors
            .into_iter()
            .map(|author| Link::new(author, "author")),
    );
    links
}

/// The entity's own values of some properties, as far as they are IRIs.
fn objects(document: &Document, wanted: impl Fn(&str) -> bool) -> Vec<&str> {
    let own = NamedOrBlankNode::from(document.description.iri.clone());
    let mut objects: Vec<&str> = document
        .description
        .triples
        .iter()
        .filter(|triple| triple.subject == own && wanted(triple.predicate.as_str()))
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(node) => Some(node.as_str()),
            _ => None,
        })
        .collect();
    objects.sort_unstable();
    objects.dedup();
    objects.truncate(NAMED);
    objects
}

/// What the page is, and what it is about.
fn types(document: &Document) -> Vec<Link> {
    let classes = objects(document, |predicate| predicate == rdf::TYPE.as_str());
    let classes = classes
        .into_iter()
        .filter_map(|class| class.strip_prefix(schema::NS))
        .map(|local| Link::new(format!("https://schema.org/{local}"), "type"));
    std::iter::once(Link::new("https://schema.org/AboutPage", "type"))
        .chain(classes)
        .collect()
}

/// Which token stands for which profile (Content Negotiation by Profile, §7.1.2).
fn tokens(base: &Base) -> Vec<Link> {
    PROFILES
        .iter()
        .map(|profile| {
            Link::new(prof::PROFILE.as_str(), "type")
                .from(profile.iri(base).as_str())
                .with("token", profile.name)
        })
        .collect()
}

/// The links of the page about an entity.
pub(super) fn of_page(document: &Document, context: &Context, noid: &Noid) -> Vec<Link> {
    let base = &context.base;
    let mut links = names(base, noid, context.ark(noid).as_ref());
    links.extend(types(document));
    for one in representations(base, noid).iter().skip(1) {
        links.push(to_representation(one, "describedby alternate", base));
    }
    links.extend(to_linkset(base, noid));
    links.extend(about(document, base));
    links.extend(over_time(base, noid));
    links.extend(tokens(base));
    links
}

/// The links of the document in a format.
pub(super) fn of_data(
    document: &Document,
    context: &Context,
    noid: &Noid,
    profile: &DocumentProfile,
    format: &Format,
) -> Vec<Link> {
    let base = &context.base;
    let mut links = names(base, noid, context.ark(noid).as_ref());
    // FAIR Signposting: what describes leads to the page of what it describes.
    links.push(Link::new(base.doc(noid).as_str(), "describes").of_type(HTML.media_type));
    links.push(Link::new(profile.iri(base).as_str(), "profile"));
    let is_this = |one: &Representation| {
        one.media_type == offer(format).media_type
            && one.profile.is_some_and(|other| other.name == profile.name)
    };
    for one in representations(base, noid) {
        if !is_this(&one) {
            links.push(to_representation(&one, "alternate", base));
        }
    }
    links.extend(to_linkset(base, noid));
    links.extend(about(document, base));
    links.extend(over_time(base, noid));
    links.extend(tokens(base));
    links
}

/// The links of an address that leads to a document.
pub(super) fn of_thing(base: &Base, noid: &Noid, ark: Option<&NamedNode>) -> Vec<Link> {
    let document = base.doc(noid);
    let mut links = vec![
        Link::new(base.id(noid).as_str(), "cite-as"),
        Link::new(document.as_str(), "describedby"),
    ];
    links.extend(ark.map(|ark| Link::new(ark.as_str(), "alternate")));
    links.extend(to_linkset(base, noid));
    links
}

/// The links of what was split.
pub(super) fn of_replaced(base: &Base, noid: &Noid, successors: &[NamedNode]) -> Vec<Link> {
    let mut links = of_former(base, noid);
    for successor in successors.iter().take(NAMED) {
        links.push(Link::new(successor.as_str(), dct::IS_REPLACED_BY.as_str()));
    }
    links
}

/// The links of what is withdrawn.
pub(super) fn of_gone(base: &Base, noid: &Noid) -> Vec<Link> {
    of_former(base, noid)
}

fn of_former(base: &Base, noid: &Noid) -> Vec<Link> {
    let mut links = names(base, noid, None);
    for one in representations(base, noid) {
        if one.profile.is_none_or(DocumentProfile::is_usual)
            && !["application/trig", "application/n-quads"].contains(&one.media_type)
        {
            links.push(to_representation(&one, "alternate", base));
        }
    }
    links.extend(over_time(base, noid));
    links
}

/// All links of a document and of its formats, each from where it starts.
pub(super) fn of_linkset(document: &Document, context: &Context, noid: &Noid) -> Vec<Link> {
    let base = &context.base;
    let page = base.doc(noid);
    let id = base.id(noid);
    let from = |link: Link, anchor: &str| match link.anchor {
        Some(_) => link,
        None => link.from(anchor),
    };
    let mut links: Vec<Link> = of_page(document, context, noid)
        .into_iter()
        .filter(|link| link.rel != "linkset")
        .map(|link| from(link, page.as_str()))
        .collect();
    let time_map = format!("{}/timemap", page.as_str());
    links.push(
        Link::new(time_map, "timemap")
            .of_type("application/link-format")
            .from(page.as_str()),
    );
    for one in representations(base, noid).into_iter().skip(1) {
        let anchor = one.address.as_str();
        links.push(
            Link::new(page.as_str(), "describes")
                .of_type(HTML.media_type)
                .from(anchor),
        );
        links.push(Link::new(id.as_str(), "describes").from(anchor));
        if let Some(profile) = one.profile {
            links.push(Link::new(profile.iri(base).as_str(), "profile").from(anchor));
        }
        if let Some(licence) = document.licence() {
            links.push(Link::new(licence.as_str(), "license").from(anchor));
        }
    }
    links
}

/// Links as a header, as many as there is room for. `folder` is where the answering address is,
/// below the base; links beside it are relative. Without it they are whole.
pub(super) fn header(links: &[Link], base: &Base, folder: Option<&str>) -> String {
    let mut header = String::new();
    for link in links {
        let target = relative(link, base, folder);
        let text = written(&target, link);
        if header.len() + text.len() + 2 > HEADER_BYTES {
            continue;
        }
        if !header.is_empty() {
            header.push_str(", ");
        }
        header.push_str(&text);
    }
    header
}

fn relative(link: &Link, base: &Base, folder: Option<&str>) -> String {
    let path = base.strip(&link.target);
    match (folder, path) {
        (Some(folder), Some(path)) if !["cite-as", "profile"].contains(&link.rel) => {
            let beside = path
                .strip_prefix(folder)
                .and_then(|rest| rest.strip_prefix('/'));
            beside.map_or_else(|| format!("../{path}"), str::to_owned)
        }
        _ => link.target.clone(),
    }
}

/// A link as RFC 8288 §3 writes it.
pub(super) fn written(target: &str, link: &Link) -> String {
    let mut text = format!("<{target}>; rel=\"{}\"", link.rel);
    for (name, value) in &link.attributes {
        text.push_str(&format!("; {name}=\"{value}\""));
    }
    if let Some(anchor) = &link.anchor {
        text.push_str(&format!("; anchor=\"{anchor}\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_data_cannot_leave_its_link() {
        let link = Link::new("http://e.example/a>; rel=\"evil\", <é\r\nX: y", "license");
        let text = written(&link.target, &link);
        assert_eq!(text.matches('<').count(), 1);
        assert_eq!(text.matches("rel=").count(), 2);
        assert!(text.ends_with(">; rel=\"license\""), "{text}");
        assert!(text.bytes().all(|byte| (32..127).contains(&byte)), "{text}");
    }

    #[test]
    fn a_header_stays_short_and_links_beside_it_are_relative() {
        let base: Base = "https://data.example.org/x".parse().expect("a base");
        let mut links = vec![
            Link::new("https://data.example.org/x/doc/a.ttl", "alternate"),
            Link::new("https://data.example.org/x/id/a", "cite-as"),
            Link::new("https://data.example.org/x/id/a", "describes"),
        ];
        assert_eq!(
            header(&links, &base, Some("doc")),
            "<a.ttl>; rel=\"alternate\", <https://data.example.org/x/id/a>; rel=\"cite-as\", <../id/a>; rel=\"describes\""
        );
        links.push(Link::new("x".repeat(5_000), "license"));
        links.push(Link::new("https://e.example/", "license"));
        let header = header(&links, &base, Some("doc"));
        assert!(header.len() < 4_000 && header.contains("e.example"));
    }
}
