//! The properties of the model: how many values each has, and what is taken whole from one
//! source when several speak (the "blocks" of the data model).

use crate::model::iri::Base;
use crate::model::kind::iri_of;
use rustc_hash::FxHashMap;

/// How the values of a property from several sources come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fusion {
    /// The values of all sources add up.
    Many,
    /// All values are taken from one source.
    One,
    /// For each language, all values are taken from one source.
    OnePerLanguage,
    /// All properties of the block are taken from one source together.
    Block(&'static str),
    /// The server computes it: never taken from a claim.
    Computed,
}

/// A property of the model.
#[derive(Debug)]
pub struct Property {
    /// A prefixed name; `sv:` is our own ontology.
    pub name: &'static str,
    pub fusion: Fusion,
}

const fn many(name: &'static str) -> Property {
    Property {
        name,
        fusion: Fusion::Many,
    }
}
const fn one(name: &'static str) -> Property {
    Property {
        name,
        fusion: Fusion::One,
    }
}
const fn per_language(name: &'static str) -> Property {
    Property {
        name,
        fusion: Fusion::OnePerLanguage,
    }
}
const fn block(name: &'static str, block: &'static str) -> Property {
    Property {
        name,
        fusion: Fusion::Block(block),
    }
}
const fn computed(name: &'static str) -> Property {
    Property {
        name,
        fusion: Fusion::Computed,
    }
}

/// In the order in which pages and Turtle show them. A property that is not here adds up, and
/// comes after these.
pub static PROPERTIES: &[Property] = &[
    many("rdf:type"),
    per_language("schema:name"),
    per_language("skos:prefLabel"),
    per_language("rdfs:label"),
    many("schema:alternateName"),
    many("skos:altLabel"),
    many("schema:additionalType"),
    many("sv:typeEvenement"),
    // When: one block, so that nobody reads the start of one source with the end of another.
    block("schema:startDate", "schedule"),
    block("schema:endDate", "schedule"),
    block("schema:doorTime", "schedule"),
    block("schema:duration", "schedule"),
    block("schema:eventStatus", "schedule"),
    block("schema:previousStartDate", "schedule"),
    one("schema:eventAttendanceMode"),
    many("schema:location"),
    many("schema:workPerformed"),
    many("schema:superEvent"),
    computed("schema:subEvent"),
    many("schema:organizer"),
    block("schema:offers", "offers"),
    one("schema:isAccessibleForFree"),
    many("schema:audience"),
    one("schema:typicalAgeRange"),
    one("sv:acces"),
    many("sv:accessibilite"),
    many("sv:surtitrage"),
    one("sv:entracte"),
    // Production and work.
    many("schema:genre"),
    many("sv:contribution"),
    one("schema:dateCreated"),
    one("schema:timeRequired"),
    many("schema:isBasedOn"),
    many("ado:usesExpressionOf"),
    one("sv:premiere"),
    many("sv:avertissement"),
    one("sv:sansParoles"),
    many("sv:typeProduction"),
    many("schema:sponsor"),
    many("schema:producer"),
    // Place. An address is a part, so taking the property from one source takes it whole.
    one("schema:address"),
    one("schema:geo"),
    one("schema:containedInPlace"),
    many("schema:telephone"),
    many("schema:amenityFeature"),
    many("ado:managedBy"),
    many("ado:hasResident"),
    many("schema:maximumAttendeeCapacity"),
    computed("sv:departement"),
    // Parts: contribution, offer, address.
    one("sv:agent"),
    many("sv:fonction"),
    many("sv:personnage"),
    one("schema:position"),
    one("sv:mention"),
    one("sv:remplace"),
    one("schema:price"),
    one("schema:lowPrice"),
    one("schema:highPrice"),
    one("schema:priceCurrency"),
    one("schema:availability"),
    one("schema:validFrom"),
    one("schema:streetAddress"),
    one("schema:postalCode"),
    one("schema:addressLocality"),
    one("schema:addressRegion"),
    one("schema:addressCountry"),
    one("igeo:codeINSEE"),
    one("schema:latitude"),
    one("schema:longitude"),
    // All.
    per_language("schema:description"),
    many("schema:inLanguage"),
    many("schema:keywords"),
    many("schema:image"),
    many("schema:url"),
    many("schema:sameAs"),
    many("schema:identifier"),
    computed("owl:sameAs"),
    one("dct:created"),
    one("dct:modified"),
];

/// [`PROPERTIES`] by IRI, for one base IRI.
#[derive(Debug)]
pub struct Properties {
    by_iri: FxHashMap<String, usize>,
}

impl Properties {
    pub fn new(base: &Base) -> Self {
        let by_iri = PROPERTIES
            .iter()
            .enumerate()
            .map(|(row, property)| (iri_of(base, property.name).into_string(), row))
            .collect();
        Self { by_iri }
    }

    /// How the values of a property come together; one that the model does not list adds up.
    pub fn fusion(&self, iri: &str) -> Fusion {
        self.by_iri
            .get(iri)
            .and_then(|row| PROPERTIES.get(*row))
            .map_or(Fusion::Many, |property| property.fusion)
    }

    /// Where a property stands among the others on a page: its row, or after all of them.
    pub fn position(&self, iri: &str) -> usize {
        self.by_iri.get(iri).copied().unwrap_or(PROPERTIES.len())
    }

    /// Whether the model lists the property.
    pub fn is_known(&self, iri: &str) -> bool {
        self.by_iri.contains_key(iri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_of_the_table_expands_and_stands_once() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        assert_eq!(Properties::new(&base).by_iri.len(), PROPERTIES.len());
    }
}
