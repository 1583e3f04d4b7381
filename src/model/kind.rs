//! The kinds of entities, and which RDF classes make something one of them.

use crate::model::iri::Base;
use crate::model::vocabulary::expand;
use oxrdf::NamedNode;
use rustc_hash::FxHashMap;

/// A kind of thing with a public description of its own. Matching between sources happens
/// within one kind only.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// The stable name in the registry, in reports and in interface text keys (`kind-{name}`).
    pub name: &'static str,
    /// Classes, as prefixed names (`sv:` is our own ontology), that make a resource of this kind.
    pub classes: &'static [&'static str],
    /// The classes that the stored form always carries.
    pub stored_as: &'static [&'static str],
    /// Whether its members get an IRI of ours; concepts, schemes, classes and properties keep theirs.
    pub has_own_iri: bool,
    /// Whether one without an IRI is an entity keyed by its name within its source.
    pub keyed_by_name: bool,
    /// Whether it happens at a time, so that it can be over.
    pub is_event: bool,
}

const ENTITY: Kind = Kind {
    name: "",
    classes: &[],
    stored_as: &[],
    has_own_iri: true,
    keyed_by_name: false,
    is_event: false,
};

/// In order of decision: a resource with classes of several kinds is of the first one.
pub static KINDS: &[Kind] = &[
    Kind {
        name: "recurring-festival",
        classes: &["sv:FestivalRecurrent"],
        stored_as: &["sv:FestivalRecurrent", "schema:EventSeries"],
        ..ENTITY
    },
    Kind {
        name: "season",
        classes: &["sv:Saison"],
        stored_as: &["sv:Saison", "schema:EventSeries"],
        ..ENTITY
    },
    Kind {
        name: "festival",
        classes: &["schema:Festival", "dt:Festival"],
        stored_as: &["schema:Festival"],
        is_event: true,
        ..ENTITY
    },
    Kind {
        name: "series",
        classes: &["schema:EventSeries", "sv:Exploitation", "sv:Tournee"],
        stored_as: &["schema:EventSeries"],
        is_event: true,
        ..ENTITY
    },
    Kind {
        name: "performance",
        classes: &[
            "schema:PerformingArtsEvent",
            "schema:TheaterEvent",
            "schema:MusicEvent",
            "schema:DanceEvent",
            "schema:ComedyEvent",
            "lrmoo:F31_Performance",
            "dt:ShowEvent",
            "dt:TheaterEvent",
            "dt:Concert",
            "dt:DanceEvent",
            "dt:CircusEvent",
            "dt:Opera",
            "dt:Recital",
            "dt:ComedyEvent",
            "dt:StreetArtShow",
            "dt:PuppetShow",
        ],
        stored_as: &["schema:PerformingArtsEvent", "schema:Event"],
        is_event: true,
        ..ENTITY
    },
    Kind {
        name: "meeting",
        classes: &[
            "schema:Event",
            "schema:BusinessEvent",
            "schema:ChildrensEvent",
            "schema:EducationEvent",
            "schema:ExhibitionEvent",
            "schema:FoodEvent",
            "schema:Hackathon",
            "schema:LiteraryEvent",
            "schema:SaleEvent",
            "schema:ScreeningEvent",
            "schema:SocialEvent",
            "schema:SportsEvent",
            "schema:VisualArtsEvent",
            "ado:Event",
            "dt:EntertainmentAndEvent",
            "dt:CulturalEvent",
        ],
        stored_as: &["schema:Event"],
        is_event: true,
        ..ENTITY
    },
    Kind {
        name: "production",
        classes: &["ado:LivePerformanceWork"],
        stored_as: &["ado:LivePerformanceWork", "schema:CreativeWork"],
        ..ENTITY
    },
    Kind {
        name: "work",
        classes: &[
            "schema:CreativeWork",
            "schema:Play",
            "schema:MusicComposition",
            "schema:Book",
            "lrmoo:F1_Work",
        ],
        stored_as: &["schema:CreativeWork"],
        ..ENTITY
    },
    Kind {
        name: "character",
        classes: &["sv:Personnage"],
        stored_as: &["sv:Personnage"],
        ..ENTITY
    },
    Kind {
        name: "person",
        classes: &["schema:Person", "foaf:Person"],
        stored_as: &["schema:Person"],
        keyed_by_name: true,
        ..ENTITY
    },
    Kind {
        name: "organisation",
        classes: &[
            "schema:Organization",
            "schema:PerformingGroup",
            "schema:TheaterGroup",
            "schema:DanceGroup",
            "schema:MusicGroup",
            "schema:NGO",
            "schema:Corporation",
            "schema:EducationalOrganization",
            "schema:GovernmentOrganization",
            "foaf:Organization",
        ],
        stored_as: &["schema:Organization"],
        keyed_by_name: true,
        ..ENTITY
    },
    Kind {
        name: "place",
        classes: &[
            "schema:Place",
            "schema:PerformingArtsTheater",
            "schema:MusicVenue",
            "schema:EventVenue",
            "schema:CivicStructure",
            "schema:Library",
            "schema:Museum",
            "schema:Park",
            "schema:LandmarksOrHistoricalBuildings",
            "schema:LocalBusiness",
            "schema:City",
        ],
        stored_as: &["schema:Place"],
        keyed_by_name: true,
        ..ENTITY
    },
    Kind {
        name: "concept",
        classes: &[
            "skos:Concept",
            "skos:ConceptScheme",
            "skos:Collection",
            "owl:Class",
            "owl:Ontology",
            "owl:ObjectProperty",
            "owl:DatatypeProperty",
            "owl:AnnotationProperty",
            "rdfs:Class",
            "rdf:Property",
            "sh:SPARQLExecutable",
            "sh:PrefixDeclaration",
            "sv:Parameter",
        ],
        has_own_iri: false,
        ..ENTITY
    },
];

impl Kind {
    /// The kind with this name, if there is one.
    pub fn named(name: &str) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Whether it is about something on at a time and place, whose constraints are those of a
    /// performance.
    pub fn is_performance(&self) -> bool {
        self.name == "performance"
    }
}

/// [`KINDS`] with the prefixed names expanded for one base IRI.
#[derive(Debug)]
pub struct Kinds {
    by_class: FxHashMap<String, usize>,
    stored_as: Vec<Vec<NamedNode>>,
}

impl Kinds {
    pub fn new(base: &Base) -> Self {
        let by_class = KINDS
            .iter()
            .enumerate()
            .flat_map(|(row, kind)| kind.classes.iter().map(move |class| (row, *class)))
            .map(|(row, class)| (iri_of(base, class).into_string(), row))
            .collect();
        let stored_as = KINDS
            .iter()
            .map(|kind| {
                kind.stored_as
                    .iter()
                    .map(|class| iri_of(base, class))
                    .collect()
            })
            .collect();
        Self {
            by_class,
            stored_as,
        }
    }

    /// The kind of a resource with these classes; `None` when no class makes it an entity.
    pub fn of_classes<'a>(
        &self,
        classes: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'static Kind> {
        classes
            .into_iter()
            .filter_map(|class| self.by_class.get(class))
            .min()
            .and_then(|row| KINDS.get(*row))
    }

    /// The classes that the stored form of this kind always carries.
    pub fn stored_as(&self, kind: &'static Kind) -> &[NamedNode] {
        KINDS
            .iter()
            .position(|row| row == kind)
            .and_then(|row| self.stored_as.get(row))
            .map_or(&[], Vec::as_slice)
    }
}

/// A prefixed name of the tables as an IRI.
pub(crate) fn iri_of(base: &Base, prefixed: &str) -> NamedNode {
    match prefixed.strip_prefix("sv:") {
        Some(local) => base.sv(local),
        None => NamedNode::new_unchecked(
            expand(prefixed).expect("a test checks that every prefixed name of the tables expands"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_of_the_table_expands_and_belongs_to_one_kind() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let mut seen = std::collections::BTreeSet::new();
        for kind in KINDS {
            for class in kind.classes {
                assert!(seen.insert(iri_of(&base, class)), "{class} stands twice");
            }
            for class in kind.stored_as {
                iri_of(&base, class);
            }
        }
    }

    #[test]
    fn the_most_particular_kind_wins() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let kinds = Kinds::new(&base);
        let kind = |classes: &[&str]| {
            kinds
                .of_classes(classes.iter().copied())
                .map(|kind| kind.name)
        };
        assert_eq!(
            kind(&["http://schema.org/Event", "http://schema.org/Festival"]),
            Some("festival")
        );
        assert_eq!(
            kind(&["http://schema.org/Event", "http://schema.org/TheaterEvent"]),
            Some("performance")
        );
        assert_eq!(
            kind(&[
                "http://schema.org/CreativeWork",
                "http://kg.artsdata.ca/ontology/LivePerformanceWork"
            ]),
            Some("production")
        );
        assert_eq!(kind(&["http://schema.org/Offer"]), None);
    }
}
