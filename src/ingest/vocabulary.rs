//! What the normaliser asks the built-in ontology: functions, concepts, zones, known terms.

use crate::ingest::builtin;
use crate::model::Base;
use crate::model::vocabulary::skos;
use crate::rdf::Graph;
use crate::rdf::parse::{ParseError, ParseOptions, Syntax, parse};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The built-in ontology and vocabularies, looked up from every side that the door needs.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    default_functions: FxHashMap<String, NamedNode>,
    direct_properties: FxHashMap<String, NamedNode>,
    schemes: FxHashMap<String, NamedNode>,
    concepts: FxHashMap<String, FxHashMap<String, NamedNode>>,
    /// By scheme: concepts of others that mean the same as one of ours.
    aligned: FxHashMap<String, FxHashMap<String, NamedNode>>,
    booleans: FxHashSet<String>,
    departments: FxHashMap<String, NamedNode>,
    zones_by_code: FxHashMap<String, String>,
    zones_by_territory: FxHashMap<String, String>,
    territories: String,
    terms: FxHashSet<String>,
}

/// Properties of schema.org that say the same of a show as another one.
const SYNONYMS: &[(&str, &str)] = &[
    ("http://schema.org/actor", "http://schema.org/performer"),
    ("http://schema.org/actors", "http://schema.org/performer"),
    (
        "http://schema.org/performers",
        "http://schema.org/performer",
    ),
    ("http://schema.org/byArtist", "http://schema.org/performer"),
    ("http://schema.org/directors", "http://schema.org/director"),
    ("http://schema.org/musicBy", "http://schema.org/composer"),
];

/// A built-in file that cannot be read: a fault of the program.
#[derive(Debug, thiserror::Error)]
#[error("the built-in file `{path}` cannot be read: {error}")]
pub struct VocabularyError {
    pub path: String,
    #[source]
    pub error: ParseError,
}

impl Vocabulary {
    /// The vocabulary of the ontology that is built in.
    ///
    /// # Errors
    /// When a built-in file is no Turtle.
    pub fn builtin(base: &Base) -> Result<Self, VocabularyError> {
        let mut graph = Graph::default();
        for (path, bytes) in builtin::ontology(None) {
            let options = ParseOptions {
                base: Some(format!("{base}/")),
                ..ParseOptions::default()
            };
            let parsed = parse(&bytes, Syntax::Turtle, &options)
                .map_err(|error| VocabularyError { path, error })?;
            for triple in parsed.graph.iter() {
                graph.insert(triple.clone());
            }
        }
        Ok(Self::of(&graph, base))
    }

    /// The vocabulary that a graph describes.
    pub fn of(graph: &Graph, base: &Base) -> Self {
        let mut vocabulary = Self {
            territories: base.join("vocab/territoires").into_string(),
            ..Self::default()
        };
        let direct = base.sv("proprieteDirecte");
        let is_default = base.sv("fonctionParDefaut");
        let zone = base.sv("fuseau");
        let see_also = "http://www.w3.org/2000/01/rdf-schema#seeAlso";
        let range = "http://schema.org/rangeIncludes";
        let boolean = "http://www.w3.org/2001/XMLSchema#boolean";
        // Equal labels go to the concept that comes first in this order.
        let mut subjects = graph.subjects();
        subjects.sort_unstable_by_key(|subject| subject.to_string());
        for subject in &subjects {
            let NamedOrBlankNode::NamedNode(iri) = subject else {
                continue;
            };
            vocabulary.terms.insert(iri.as_str().to_owned());
            let value = |property: &str| {
                graph
                    .about(subject)
                    .find(|triple| triple.predicate.as_str() == property)
                    .map(|triple| &triple.object)
            };
            if let Some(Term::NamedNode(property)) = value(direct.as_str()) {
                vocabulary
                    .direct_properties
                    .insert(iri.as_str().to_owned(), property.clone());
                if matches!(value(is_default.as_str()), Some(Term::Literal(l)) if matches!(l.value(), "true" | "1"))
                {
                    vocabulary
                        .default_functions
                        .entry(property.as_str().to_owned())
                        .or_insert_with(|| iri.clone());
                }
            }
            if let Some(Term::NamedNode(scheme)) = value(see_also)
                && base
                    .strip(scheme.as_str())
                    .is_some_and(|path| path.starts_with("vocab/"))
            {
                vocabulary
                    .schemes
                    .insert(iri.as_str().to_owned(), scheme.clone());
            }
            if graph.about(subject).any(|triple| {
                triple.predicate.as_str() == range
                    && matches!(&triple.object, Term::NamedNode(range) if range.as_str() == boolean)
            }) {
                vocabulary.booleans.insert(iri.as_str().to_owned());
            }
            if let Some(Term::Literal(zone)) = value(zone.as_str()) {
                let zone = zone.value().to_owned();
                if let Some(Term::Literal(code)) = value(skos::NOTATION.as_str()) {
                    vocabulary
                        .zones_by_code
                        .insert(code.value().to_owned(), zone.clone());
                    vocabulary
                        .departments
                        .insert(code.value().to_owned(), iri.clone());
                }
                // A region has the zone of its first department: none spans two.
                if let Some(Term::NamedNode(region)) =
                    value("http://www.w3.org/2004/02/skos/core#broader")
                {
                    vocabulary
                        .zones_by_territory
                        .entry(region.as_str().to_owned())
                        .or_insert_with(|| zone.clone());
                }
                vocabulary
                    .zones_by_territory
                    .insert(iri.as_str().to_owned(), zone);
            }
        }
        vocabulary.schemes.insert(
            "http://schema.org/genre".to_owned(),
            base.join("vocab/disciplines"),
        );
        for (label, splits) in [
            (skos::PREF_LABEL.as_str(), false),
            ("http://www.w3.org/2004/02/skos/core#altLabel", true),
        ] {
            for subject in &subjects {
                vocabulary.add_labels(graph, subject, label, splits);
            }
        }
        for subject in &subjects {
            vocabulary.add_matches(graph, subject);
        }
        vocabulary
    }

    fn add_matches(&mut self, graph: &Graph, subject: &NamedOrBlankNode) {
        let NamedOrBlankNode::NamedNode(iri) = subject else {
            return;
        };
        for scheme in graph.objects(subject, skos::IN_SCHEME) {
            let Term::NamedNode(scheme) = scheme else {
                continue;
            };
            for target in graph.objects(subject, EXACT_MATCH) {
                if let Term::NamedNode(target) = target {
                    self.aligned
                        .entry(scheme.as_str().to_owned())
                        .or_default()
                        .entry(address_key(target.as_str()))
                        .or_insert_with(|| iri.clone());
                }
            }
        }
    }

    fn add_labels(&mut self, graph: &Graph, subject: &NamedOrBlankNode, label: &str, splits: bool) {
        let NamedOrBlankNode::NamedNode(iri) = subject else {
            return;
        };
        for scheme in graph.objects(subject, skos::IN_SCHEME) {
            let Term::NamedNode(scheme) = scheme else {
                continue;
            };
            let concepts = self.concepts.entry(scheme.as_str().to_owned()).or_default();
            for triple in graph.about(subject) {
                let Term::Literal(text) = &triple.object else {
                    continue;
                };
                if triple.predicate.as_str() != label {
                    continue;
                }
                concepts
                    .entry(label_key(text.value()))
                    .or_insert_with(|| iri.clone());
                // "Auteur, autrice" is found by either word.
                for part in text.value().split(", ").filter(|_| splits) {
                    concepts
                        .entry(label_key(part))
                        .or_insert_with(|| iri.clone());
                }
            }
        }
    }

    /// The function that a direct property such as `schema:director` turns into.
    pub fn function_of_property(&self, property: &str) -> Option<&NamedNode> {
        let usual = SYNONYMS
            .iter()
            .find(|(other, _)| *other == property)
            .map_or(property, |(_, usual)| *usual);
        self.default_functions.get(usual)
    }

    /// The direct property that a function names.
    pub fn property_of_function(&self, function: &str) -> Option<&NamedNode> {
        self.direct_properties.get(function)
    }

    /// The scheme that the values of a property come from.
    pub fn scheme_of_property(&self, property: &str) -> Option<&NamedNode> {
        self.schemes.get(property)
    }

    /// Whether the values of a property of ours are true or false.
    pub fn is_boolean(&self, property: &str) -> bool {
        self.booleans.contains(property)
    }

    /// The concept of a scheme with this label in any language; case, accents and punctuation
    /// make no difference.
    pub fn concept(&self, scheme: &str, label: &str) -> Option<&NamedNode> {
        self.concepts.get(scheme)?.get(&label_key(label))
    }

    /// The concept of a scheme that means exactly the same as this IRI of another vocabulary,
    /// in any form in which that vocabulary's concepts are met: `https`, a page of Wikidata.
    pub fn aligned(&self, scheme: &str, iri: &str) -> Option<&NamedNode> {
        self.aligned.get(scheme)?.get(&address_key(iri))
    }

    /// The IANA zone of a department or collectivity, by its INSEE code.
    pub fn zone_of_department(&self, code: &str) -> Option<&str> {
        self.zones_by_code.get(code).map(String::as_str)
    }

    /// The department or collectivity of a commune, by its INSEE code (`97411`, `2A004`).
    pub fn department(&self, commune: &str) -> Option<&NamedNode> {
        let code = match commune.get(..2)? {
            "97" | "98" => commune.get(..3)?,
            two => two,
        };
        self.departments.get(code)
    }

    /// The IANA zone of a French postal code, or of an INSEE code of a commune.
    pub fn zone_of_postal_code(&self, code: &str) -> Option<&str> {
        let department = match code.get(..2)? {
            "97" | "98" => code.get(..3)?,
            // Corsica: 200–201 are 2A, 202–206 2B; both keep the time of Paris.
            "20" => "2A",
            two => two,
        };
        self.zone_of_department(department)
    }

    /// The IANA zone of a region, department or collectivity, by its name.
    pub fn zone_of_territory(&self, name: &str) -> Option<&str> {
        let territory = self.concept(&self.territories, name)?;
        self.zones_by_territory
            .get(territory.as_str())
            .map(String::as_str)
    }

    /// Whether the ontology or a vocabulary of ours describes the term.
    pub fn knows(&self, iri: &str) -> bool {
        self.terms.contains(iri)
    }

    /// Whether there is an ontology at all: without one, no term can be told from a typing error.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }
}

const EXACT_MATCH: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#exactMatch");

/// An IRI of another vocabulary as it is compared.
fn address_key(iri: &str) -> String {
    let address = iri
        .strip_prefix("https://")
        .or_else(|| iri.strip_prefix("http://"))
        .unwrap_or(iri);
    match address.split_once("wikidata.org/wiki/") {
        Some((host, item)) => format!("{host}wikidata.org/entity/{item}"),
        None => address.to_owned(),
    }
}

/// A label as it is compared: without case, accents and punctuation.
pub fn label_key(label: &str) -> String {
    let mut key = String::with_capacity(label.len());
    let letters = label
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase);
    for letter in letters {
        match letter {
            'œ' => key.push_str("oe"),
            'æ' => key.push_str("ae"),
            letter if letter.is_alphanumeric() => key.push(letter),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small ontology in the form of the real one.
    pub(crate) const ONTOLOGY: &str = r#"
        @prefix sv: <ns#> .
        @prefix schema: <http://schema.org/> .
        @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        sv:acces rdfs:seeAlso <vocab/acces> .
        sv:entracte schema:rangeIncludes xsd:boolean .
        <vocab/fonctions/mise-en-scene> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Mise en scène"@fr, "Stage direction"@en ;
            skos:altLabel "Metteur en scène, metteuse en scène"@fr ;
            sv:proprieteDirecte schema:director ; sv:fonctionParDefaut true .
        <vocab/fonctions/choregraphie> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Chorégraphie"@fr ; sv:proprieteDirecte schema:director .
        <vocab/fonctions/dramaturgie> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Dramaturgie"@fr ; sv:proprieteDirecte schema:contributor .
        <vocab/fonctions/contribution> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Contribution"@fr ; sv:proprieteDirecte schema:contributor ; sv:fonctionParDefaut true .
        <vocab/fonctions/interpretation> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Interprétation"@fr ; sv:proprieteDirecte schema:performer ; sv:fonctionParDefaut true .
        <vocab/fonctions/texte> skos:inScheme <vocab/fonctions> ;
            skos:prefLabel "Texte"@fr ; sv:proprieteDirecte schema:author ; sv:fonctionParDefaut true .
        <vocab/disciplines/theatre> skos:inScheme <vocab/disciplines> ; skos:prefLabel "Théâtre"@fr, "Theatre"@en .
        <vocab/acces/scolaires> skos:inScheme <vocab/acces> ; skos:prefLabel "Scolaires"@fr .
        <vocab/territoires/region-04> skos:inScheme <vocab/territoires> ; skos:prefLabel "La Réunion"@fr ; skos:notation "R04" .
        <vocab/territoires/departement-974> skos:inScheme <vocab/territoires> ; skos:prefLabel "La Réunion"@fr ;
            skos:notation "974" ; skos:broader <vocab/territoires/region-04> ; sv:fuseau "Indian/Reunion" .
        <vocab/territoires/departement-2A> skos:inScheme <vocab/territoires> ; skos:prefLabel "Corse-du-Sud"@fr ;
            skos:notation "2A" ; sv:fuseau "Europe/Paris" .
        <vocab/territoires/departement-75> skos:inScheme <vocab/territoires> ; skos:prefLabel "Paris"@fr ;
            skos:notation "75" ; sv:fuseau "Europe/Paris" .
    "#;

    pub(crate) fn base() -> Base {
        "https://data.example.org".parse().expect("a base")
    }

    pub(crate) fn small() -> Vocabulary {
        let options = ParseOptions {
            base: Some("https://data.example.org/".to_owned()),
            ..ParseOptions::default()
        };
        let parsed = parse(ONTOLOGY.as_bytes(), Syntax::Turtle, &options).expect("it reads");
        Vocabulary::of(&parsed.graph, &base())
    }

    #[test]
    fn a_property_turns_into_its_default_function_only() {
        let vocabulary = small();
        let function = |property| {
            vocabulary
                .function_of_property(property)
                .map(|function| function.as_str())
        };
        assert_eq!(
            function("http://schema.org/director"),
            Some("https://data.example.org/vocab/fonctions/mise-en-scene")
        );
        assert_eq!(function("http://schema.org/organizer"), None);
        assert_eq!(
            vocabulary
                .property_of_function("https://data.example.org/vocab/fonctions/choregraphie")
                .map(NamedNode::as_str),
            Some("http://schema.org/director")
        );
    }

    #[test]
    fn a_concept_is_found_whatever_its_case_accents_and_apostrophes() {
        let vocabulary = small();
        let scheme = "https://data.example.org/vocab/fonctions";
        for label in [
            "mise en scène",
            "MISE EN SCENE",
            " Mise-en-scène ",
            "metteuse en scène",
            "stage direction",
        ] {
            assert!(vocabulary.concept(scheme, label).is_some(), "{label}");
        }
        assert!(vocabulary.concept(scheme, "théâtre").is_none());
        assert_eq!(label_key("L’Œuvre d’art — été"), "l oeuvre d art ete");
    }

    #[test]
    fn zones_follow_departments_overseas_included() {
        let vocabulary = small();
        for (code, zone) in [
            ("97400", Some("Indian/Reunion")),
            ("97460", Some("Indian/Reunion")),
            ("20137", Some("Europe/Paris")),
            ("75011", Some("Europe/Paris")),
            ("2A004", Some("Europe/Paris")),
            ("9", None),
            ("é", None),
            ("H7V 1A1", None),
        ] {
            assert_eq!(vocabulary.zone_of_postal_code(code), zone, "{code}");
        }
        assert_eq!(
            vocabulary.zone_of_territory("la reunion"),
            Some("Indian/Reunion")
        );
    }

    #[test]
    fn the_built_in_ontology_is_read() {
        let vocabulary = Vocabulary::builtin(&base()).expect("it reads");
        if vocabulary.is_empty() {
            return;
        }
        assert_eq!(
            vocabulary.zone_of_postal_code("97400"),
            Some("Indian/Reunion")
        );
        assert_eq!(
            vocabulary.zone_of_postal_code("20000"),
            Some("Europe/Paris")
        );
        assert!(
            vocabulary
                .function_of_property("http://schema.org/performer")
                .is_some()
        );
        assert!(
            vocabulary
                .concept("https://data.example.org/vocab/disciplines", "théâtre")
                .is_some()
        );
    }
}
