//! External identifiers: the schemes by which two sources' resources are recognised as one.

use crate::ingest::normalise::identifiers;

/// Canonical beginnings of the IRIs of the listed schemes (data model, "Who is the same as
/// whom"). Geonames and INSEE name towns, url and social links name pages: they only suggest.
const SCHEMES: &[&str] = &[
    "http://www.wikidata.org/entity/Q",
    "https://isni.org/isni/",
    "http://viaf.org/viaf/",
    "http://www.idref.fr/",
    "http://data.bnf.fr/ark:/12148/cb",
    "http://kg.artsdata.ca/resource/K",
    "https://orcid.org/",
    "https://musicbrainz.org/",
    "https://lesarchivesduspectacle.net/",
];

/// Whether an IRI, in its canonical form, identifies across sources. One that was mistyped, as
/// its check character says, does not.
pub fn is_identifier(iri: &str) -> bool {
    SCHEMES
        .iter()
        .any(|scheme| iri.len() > scheme.len() && iri.starts_with(scheme))
        && identifiers::is_well_typed(iri)
}
