//! What a seat costs, and where to book it.

use crate::html::entity::given::{Given, schema_iri};
use crate::html::entity::{Section, bounds};
use crate::html::shown::{Link, Words, money};
use crate::html::{PageError, Site, render};
use crate::model::vocabulary::schema;
use askama::Template;

pub(super) const SECTION: Section = Section {
    name: "offers",
    write,
};

#[derive(Template)]
#[template(path = "entity/offers.html")]
struct Offers<'a> {
    site: Site<'a>,
    offers: Vec<Offer>,
    left: usize,
}

struct Offer {
    name: Words,
    price: Option<String>,
    availability: Option<Words>,
    /// Whether there is nothing left of it.
    is_gone: bool,
    link: Option<Link>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let all = given.schema_links("offers");
    let left = all.len().saturating_sub(bounds::OFFERS);
    let mut offers: Vec<Offer> = all
        .into_iter()
        .take(bounds::OFFERS)
        .map(|offer| self::offer(given, offer.as_str()))
        .collect();
    if offers.is_empty() {
        return Ok(None);
    }
    offers.sort_by(|a, b| a.name.text.cmp(&b.name.text));
    let site = given.site;
    Ok(Some(render(&Offers { site, offers, left })?))
}

fn offer(given: &Given<'_>, offer: &str) -> Offer {
    let text = |local: &str| given.facts.text(offer, &schema_iri(local));
    let amount = |value: &str| money(value, text("priceCurrency"), given.site.lang);
    let price = match (text("price"), text("lowPrice"), text("highPrice")) {
        (Some(price), _, _) => Some(amount(price)),
        (None, Some(low), Some(high)) => {
            Some(format!("{}\u{a0}–\u{a0}{}", amount(low), amount(high)))
        }
        (None, low, high) => low.or(high).map(amount),
    };
    let name = given.facts.literal(offer, schema::NAME.as_str());
    let availability = schema_iri("availability");
    let availability = given.facts.links(offer, &availability).next();
    let url = given.facts.links(offer, schema::URL.as_str()).next();
    Offer {
        name: match name {
            Some(name) => given.words(name),
            None => Words::plain(given.site.say("offer-unnamed")),
        },
        price,
        is_gone: availability.is_some_and(|node| node.as_str().ends_with("/SoldOut")),
        availability: availability.map(|node| given.facts.name(node.as_str())),
        link: url.map(|node| {
            let words = Words::plain(given.site.say("offer-book"));
            Link::to(node.as_str(), words, &given.site)
        }),
    }
}
