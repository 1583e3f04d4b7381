//! Images with their captions and credits. An image is shown when it has an open licence of its
//! own and the operator lets pages load from where it is; any other is linked, and one without a
//! licence is marked as reserved (docs/decisions/0035-what-is-not-licensed-is-only-linked.md).

use crate::html::entity::given::{Given, schema_iri};
use crate::html::entity::{Section, about, bounds, licence};
use crate::html::shown::{Link, Words};
use crate::html::{PageError, Site, render};
use crate::model::vocabulary::schema;
use askama::Template;
use oxrdf::Term;

pub(super) const SECTION: Section = Section {
    name: "images",
    write,
};

#[derive(Template)]
#[template(path = "entity/images.html")]
struct Images<'a> {
    site: Site<'a>,
    images: Vec<Picture>,
    left: usize,
}

pub(super) struct Picture {
    /// Where it is; `None` for what may be no link.
    pub link: Option<Link>,
    pub caption: Option<Words>,
    pub credit: Option<Words>,
    pub licence: Option<Link>,
    /// Whether it may be shown here, and not only linked.
    pub is_shown: bool,
    /// What it shows, for those who do not see it.
    pub alt: String,
    pub alt_lang: Option<String>,
}

impl Picture {
    pub fn address(&self) -> &str {
        self.link
            .as_ref()
            .and_then(|link| link.href.as_deref())
            .unwrap_or_default()
    }
}

/// The first image that may be shown, for the head of the page.
pub(super) fn lead(given: &Given<'_>) -> Option<Picture> {
    let mut images = of(given, given.iri());
    for above in given.above() {
        images.extend(of(given, above.as_str()));
    }
    images.into_iter().find(|image| image.is_shown)
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut images = of(given, given.iri());
    if images.is_empty() {
        return Ok(None);
    }
    let left = images.len().saturating_sub(bounds::IMAGES);
    images.truncate(bounds::IMAGES);
    // The head of the page shows that one.
    if let Some(first) = images.iter().position(|image| image.is_shown) {
        images.remove(first);
    }
    if images.is_empty() {
        return Ok(None);
    }
    let site = given.site;
    Ok(Some(render(&Images { site, images, left })?))
}

fn of(given: &Given<'_>, iri: &str) -> Vec<Picture> {
    given
        .facts
        .objects(iri, schema::IMAGE.as_str())
        .filter_map(|image| match image {
            Term::NamedNode(node) => picture(given, iri, node.as_str()),
            Term::Literal(address) => picture(given, iri, address.value()),
            Term::BlankNode(_) => None,
        })
        .collect()
}

/// An image; nothing where the data does not say where it is.
fn picture(given: &Given<'_>, bearer: &str, image: &str) -> Option<Picture> {
    let text = |local: &str| {
        let literal = given.facts.literal(image, &schema_iri(local))?;
        Some(given.words(literal))
    };
    let iri = |predicate: &str| {
        given
            .facts
            .objects(image, predicate)
            .find_map(|object| match object {
                Term::NamedNode(node) => Some(node.as_str()),
                Term::Literal(literal) => Some(literal.value()),
                Term::BlankNode(_) => None,
            })
    };
    // The name of a part of ours is no address of an image.
    let own = Some(image).filter(|image| !given.site.base.owns(image));
    let address = iri(schema::CONTENT_URL.as_str()).or(own)?;
    let licence = iri(about::LICENCE);
    let caption = text("caption").or_else(|| text("name"));
    let alt = caption.clone().unwrap_or_else(|| given.facts.name(bearer));
    let link = Link::to(
        address,
        Words::plain(given.site.say("image-see")),
        &given.site,
    );
    Some(Picture {
        is_shown: licence.is_some_and(licence::is_open)
            && given.site.outside.shows(address)
            && link.href.is_some(),
        link: Some(link).filter(|link| link.href.is_some()),
        credit: text("creditText"),
        licence: licence.map(|licence| {
            let words = Words::plain(licence::licence_name(licence));
            Link::to(licence, words, &given.site)
        }),
        caption,
        alt: bounds::cut(&alt.text, bounds::VALUE),
        alt_lang: alt.lang,
    })
}
