//! The identifiers of the same thing elsewhere, each with the name of who gives it.

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds};
use crate::html::shown::{Link, Words};
use crate::html::{PageError, Site, render};
use crate::i18n;
use crate::model::vocabulary::schema;
use askama::Template;
use oxrdf::Term;

pub(super) const SECTION: Section = Section {
    name: "elsewhere",
    write,
};

#[derive(Template)]
#[template(path = "entity/elsewhere.html")]
struct Elsewhere<'a> {
    site: Site<'a>,
    lines: Vec<Line>,
    left: usize,
}

struct Line {
    authority: Option<String>,
    link: Option<Link>,
    value: String,
}

/// Who stands behind the hosts of external identifiers, and what stands before the identifier in
/// its address.
const AUTHORITIES: &[(&str, &str)] = &[
    ("wikidata.org/entity/", "Wikidata"),
    ("isni.org/isni/", "ISNI"),
    ("viaf.org/viaf/", "VIAF"),
    ("idref.fr/", "IdRef"),
    ("data.bnf.fr/", "BnF"),
    ("catalogue.bnf.fr/", "BnF"),
    ("kg.artsdata.ca/resource/", "Artsdata"),
    ("orcid.org/", "ORCID"),
    ("musicbrainz.org/", "MusicBrainz"),
    ("sws.geonames.org/", "GeoNames"),
    ("data.datatourisme.fr/", "DATAtourisme"),
    ("lesarchivesduspectacle.net/", "Les Archives du spectacle"),
    ("id.loc.gov/", "Library of Congress"),
    ("d-nb.info/gnd/", "GND"),
];

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut lines: Vec<Line> = given
        .facts
        .links(given.iri(), schema::SAME_AS.as_str())
        .map(|node| same_as(given, node.as_str()))
        .collect();
    let mut identifiers: Vec<Line> = given
        .facts
        .objects(given.iri(), schema::IDENTIFIER.as_str())
        .filter_map(|object| identifier(given, object))
        .collect();
    lines.sort_by(|a, b| (&a.authority, &a.value).cmp(&(&b.authority, &b.value)));
    identifiers.sort_by(|a, b| (&a.authority, &a.value).cmp(&(&b.authority, &b.value)));
    lines.append(&mut identifiers);
    let left = lines.len().saturating_sub(bounds::IDENTIFIERS);
    lines.truncate(bounds::IDENTIFIERS);
    if lines.is_empty() {
        return Ok(None);
    }
    let site = given.site;
    Ok(Some(render(&Elsewhere { site, lines, left })?))
}

fn same_as(given: &Given<'_>, iri: &str) -> Line {
    let address = iri
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.");
    let known = AUTHORITIES
        .iter()
        .find_map(|(start, name)| Some((name, address.strip_prefix(start)?)));
    let (authority, value) = match known {
        Some((name, rest)) => ((*name).to_owned(), rest.trim_end_matches("/id")),
        None => {
            let (host, rest) = address.split_once('/').unwrap_or((address, ""));
            (
                host.to_owned(),
                if rest.is_empty() { address } else { rest },
            )
        }
    };
    let value = bounds::cut(value.trim_end_matches('/'), bounds::CLAIM);
    Line {
        authority: Some(authority),
        link: Some(Link::to(iri, Words::plain(value.as_str()), &given.site)),
        value,
    }
}

fn identifier(given: &Given<'_>, object: &Term) -> Option<Line> {
    let (scheme, value) = match object {
        Term::NamedNode(part) => (
            given
                .facts
                .text(part.as_str(), schema::PROPERTY_ID.as_str()),
            given.facts.text(part.as_str(), schema::VALUE.as_str())?,
        ),
        Term::Literal(literal) => (None, literal.value()),
        Term::BlankNode(_) => return None,
    };
    let authority = scheme.map(|scheme| {
        let key = format!("identifier-{scheme}");
        if i18n::has(&key) {
            given.site.say(&key)
        } else {
            bounds::cut(scheme, bounds::CLAIM)
        }
    });
    Some(Line {
        authority,
        link: None,
        value: bounds::cut(value, bounds::CLAIM),
    })
}
