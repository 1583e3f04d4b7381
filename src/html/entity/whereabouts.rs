//! Where it happens, or where a place is: the address, a map, and how to get there.

use crate::html::entity::Section;
use crate::html::entity::given::{Given, schema_iri};
use crate::html::map::{Map, Point};
use crate::html::shown::{Link, Words};
use crate::html::{PageError, render};
use crate::i18n;
use crate::model::vocabulary::{rdf, schema};
use askama::Template;
use oxrdf::Term;

pub(super) const SECTION: Section = Section {
    name: "where",
    write,
};

/// How many places an event is shown at.
const PLACES: usize = 4;
/// How many times a place may be in another one.
const CONTAINERS: usize = 4;

#[derive(Template)]
#[template(path = "entity/where.html")]
struct Whereabouts {
    spots: Vec<Spot>,
    map: Map,
}

struct Spot {
    /// The place, when it is not the page's own subject.
    place: Option<Link>,
    within: Vec<Link>,
    address: Vec<String>,
    /// Of something that happens online: where.
    online: Option<Link>,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let is_place = given.kind() == "place";
    let places: Vec<&str> = if is_place {
        vec![given.iri()]
    } else {
        let places = given.schema_links("location").into_iter();
        places.map(|place| place.as_str()).take(PLACES).collect()
    };
    let mut points = Vec::new();
    let mut spots: Vec<Spot> = Vec::new();
    for place in places {
        let is_virtual = given
            .facts
            .links(place, rdf::TYPE.as_str())
            .any(|class| class.as_ref() == schema::VIRTUAL_LOCATION);
        let online = given.facts.links(place, schema::URL.as_str()).next();
        let spot = Spot {
            place: (!is_place).then(|| given.link(place)),
            within: given.within(place),
            address: given.postal_address(place),
            online: online
                .filter(|_| is_virtual)
                .map(|url| given.link(url.as_str())),
        };
        // The same room named by two sources is one spot.
        if !spots
            .iter()
            .any(|other| other.address == spot.address && other.place == spot.place)
        {
            spots.push(spot);
        }
        if let Some((latitude, longitude)) = given.point(place) {
            points.push(Point {
                latitude,
                longitude,
                label: given.facts.name(place).text,
                href: given.site.href(place).filter(|_| !is_place),
                count: 1,
            });
        }
    }
    spots.retain(|spot| spot.place.is_some() || !spot.address.is_empty());
    if spots.is_empty() && points.is_empty() {
        return Ok(None);
    }
    let map = Map::of(&given.site.say("where-map"), &points, given.site)?;
    Ok(Some(render(&Whereabouts { spots, map })?))
}

impl<'a> Given<'a> {
    /// The lines of an address: that of the place around it where it has none of its own.
    pub fn postal_address(&self, place: &str) -> Vec<String> {
        let Some(address) = self.up(place, |place| {
            self.facts.links(place, schema::ADDRESS.as_str()).next()
        }) else {
            return Vec::new();
        };
        let text = |local: &str| self.facts.text(address.as_str(), &schema_iri(local));
        let town: Vec<&str> = ["postalCode", "addressLocality"]
            .into_iter()
            .filter_map(text)
            .collect();
        let town = Some(town.join(" ")).filter(|town| !town.is_empty());
        let country = text("addressCountry")
            .filter(|country| *country != "FR")
            .map(|country| self.country(country));
        text("streetAddress")
            .map(str::to_owned)
            .into_iter()
            .chain(town)
            .chain(country)
            .collect()
    }

    /// What a country is called; its code where we have no name for it.
    fn country(&self, code: &str) -> String {
        let key = format!("country-{}", code.to_ascii_lowercase());
        if i18n::has(&key) {
            self.site.say(&key)
        } else {
            code.to_owned()
        }
    }

    /// The town that a place is in.
    pub fn town(&self, place: &str) -> Option<Words> {
        let literal = self.up(place, |place| {
            let address = self.facts.links(place, schema::ADDRESS.as_str()).next()?;
            self.facts
                .literal(address.as_str(), schema::ADDRESS_LOCALITY.as_str())
        })?;
        Some(self.words(literal))
    }

    /// Latitude and longitude of a place.
    pub fn point(&self, place: &str) -> Option<(f64, f64)> {
        self.up(place, |place| {
            let geo = self.facts.links(place, schema::GEO.as_str()).next()?;
            let degrees = |local: &str| {
                let text = self.facts.text(geo.as_str(), &schema_iri(local))?;
                text.trim()
                    .parse::<f64>()
                    .ok()
                    .filter(|number| number.is_finite())
            };
            Some((degrees("latitude")?, degrees("longitude")?))
        })
    }

    /// The places that contain a place, nearest first.
    fn within(&self, place: &str) -> Vec<Link> {
        let mut within = Vec::new();
        let mut place = place;
        while within.len() < CONTAINERS {
            let around = self
                .facts
                .objects(place, schema::CONTAINED_IN_PLACE.as_str());
            let next = around.filter_map(|object| match object {
                Term::NamedNode(node) => Some(node.as_str()),
                _ => None,
            });
            let Some(next) = { next }.next() else { break };
            within.push(self.link(next));
            place = next;
        }
        within
    }

    /// What is found at a place, else at the one around it, and so on.
    fn up<T>(&self, place: &str, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut place = place;
        for _ in 0..CONTAINERS {
            if let Some(found) = find(place) {
                return Some(found);
            }
            place = self
                .facts
                .links(place, schema::CONTAINED_IN_PLACE.as_str())
                .next()?
                .as_str();
        }
        None
    }
}
