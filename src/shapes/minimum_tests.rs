//! The profile `minimum`, constraint by constraint, on small pieces of Turtle.

use super::tests::affected_nodes;
use super::*;
use crate::model::{Finding, Severity};
use crate::rdf::{Graph, Quads, QuadsError};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef, Triple};
use oxttl::TurtleParser;
use std::cell::Cell;
use std::collections::BTreeSet;

pub(super) const BASE: &str = "https://data.example.org/";

const PREFIXES: &str = "
    @prefix schema: <http://schema.org/> . @prefix sv: <ns#> .
    @prefix ado: <http://kg.artsdata.ca/ontology/> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

/// Something of every kind, as the door leaves it, against which nothing can be said.
const GOOD: &str = r#"
    <performance> a schema:PerformingArtsEvent, schema:Event, schema:TheaterEvent ;
        schema:name "Le Malade"@fr, "The Invalid"@en ;
        schema:startDate "2026-12-31T20:30:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-31T22:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventScheduled ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:location <place> ; schema:offers <performance#offer> ;
        schema:isAccessibleForFree false ;
        sv:typeEvenement <vocab/types-evenement/representation> ;
        sv:acces <vocab/acces/adherents> ; sv:accessibilite <vocab/accessibilite/lsf> ;
        sv:contribution <performance#role> .
    <performance#offer> a schema:Offer ; schema:price 12.5 .
    <performance#role> a schema:Role ; sv:agent <person> ; sv:fonction <vocab/fonctions/mise-en-scene> .
    <meeting> a schema:Event ; schema:name "Atelier" ; schema:location <online> ;
        schema:startDate "2026-12-31"^^xsd:date ; schema:endDate "2026-12-31"^^xsd:date .
    <online> a schema:VirtualLocation ; schema:url <https://video.example/1> .
    <free> a schema:PerformingArtsEvent, schema:Event ; schema:name "Gratuit" ;
        schema:startDate "2026-12-30"^^xsd:date ; schema:location <place>, <online> ;
        schema:isAccessibleForFree true ; schema:offers <free#offer> .
    <free#offer> a schema:Offer ; schema:price 0 .
    <rescheduled> a schema:PerformingArtsEvent, schema:Event ; schema:name "Plus tard" ;
        schema:startDate "2026-12-30"^^xsd:date ; schema:location <place> ;
        schema:eventStatus schema:EventRescheduled ;
        schema:previousStartDate "2026-11-30"^^xsd:date .
    <series> a schema:EventSeries, sv:Tournee, schema:PerformingArtsEvent ; schema:name "Tournée" .
    <festival> a schema:Festival ; schema:name "Festival" ;
        schema:startDate "2026-07-01"^^xsd:date ; schema:endDate "2026-07-05"^^xsd:date .
    <season> a schema:EventSeries, sv:Saison ; schema:name "Saison" .
    <recurring> a sv:FestivalRecurrent, schema:EventSeries ; schema:name "Tous les ans" .
    <work> a schema:CreativeWork, schema:Play ; schema:name "Pièce" .
    <production> a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "Spectacle" ;
        schema:genre <vocab/disciplines/theatre>, <https://elsewhere.example/g>, "théâtre" ;
        schema:audience <vocab/publics/tout-public>, <production#audience> ;
        sv:avertissement <vocab/avertissements/fumee> ;
        sv:typeProduction <vocab/types-production/creation> ;
        sv:contribution <production#role> .
    <production#audience> a schema:Audience .
    <production#role> a schema:Role ; sv:mention "Avec Zoé" ; sv:fonction <vocab/fonctions/mise-en-scene> .
    <person> a schema:Person ; schema:name "Zoé" ; schema:sameAs <http://www.wikidata.org/entity/Q1> .
    <company> a schema:PerformingGroup, schema:Organization ; schema:name "Compagnie" .
    <place> a schema:Place ; schema:name "Théâtre" ; schema:address <place#address> .
    <place#address> a schema:PostalAddress ; schema:postalCode "53000" .
    <room> a schema:Place ; schema:name "Petite salle" ; schema:containedInPlace <place> .
    <character> a sv:Personnage ; schema:name "Argan" .

    <vocab/types-evenement/representation> skos:inScheme <vocab/types-evenement> .
    <vocab/acces/adherents> skos:inScheme <vocab/acces> .
    <vocab/accessibilite/lsf> skos:inScheme <vocab/accessibilite> .
    <vocab/fonctions/mise-en-scene> skos:inScheme <vocab/fonctions> .
    <vocab/disciplines/theatre> skos:inScheme <vocab/disciplines> .
    <vocab/publics/tout-public> skos:inScheme <vocab/publics> .
    <vocab/avertissements/fumee> skos:inScheme <vocab/avertissements> .
    <vocab/types-production/creation> skos:inScheme <vocab/types-production> .
"#;

/// What is taken out of [`GOOD`], what is added, and the one finding that must follow: rule,
/// local name of its subject, local name of its property.
struct Case {
    removed: &'static str,
    added: &'static str,
    severity: Severity,
    rule: &'static str,
    subject: &'static str,
    property: &'static str,
}

const fn case(
    removed: &'static str,
    added: &'static str,
    severity: Severity,
    rule: &'static str,
    subject: &'static str,
    property: &'static str,
) -> Case {
    Case {
        removed,
        added,
        severity,
        rule,
        subject,
        property,
    }
}

const V: Severity = Severity::Violation;
const W: Severity = Severity::Warning;
const START: &str = "startDate";
const END: &str = "endDate";
const NAME: &str = "name";

const CASES: &[Case] = &[
    // Names, of every kind.
    case(
        "<performance> schema:name \"Le Malade\"@fr, \"The Invalid\"@en .",
        "",
        V,
        "event-name",
        "performance",
        NAME,
    ),
    case(
        "<meeting> schema:name \"Atelier\" .",
        "",
        V,
        "event-name",
        "meeting",
        NAME,
    ),
    case(
        "<series> schema:name \"Tournée\" .",
        "",
        V,
        "event-name",
        "series",
        NAME,
    ),
    case(
        "<festival> schema:name \"Festival\" .",
        "",
        V,
        "event-name",
        "festival",
        NAME,
    ),
    case(
        "<season> schema:name \"Saison\" .",
        "",
        V,
        "event-name",
        "season",
        NAME,
    ),
    case(
        "<recurring> schema:name \"Tous les ans\" .",
        "",
        V,
        "event-name",
        "recurring",
        NAME,
    ),
    case(
        "<work> schema:name \"Pièce\" .",
        "",
        V,
        "work-name",
        "work",
        NAME,
    ),
    case(
        "<production> schema:name \"Spectacle\" .",
        "",
        V,
        "work-name",
        "production",
        NAME,
    ),
    case(
        "<person> schema:name \"Zoé\" .",
        "",
        V,
        "person-name",
        "person",
        NAME,
    ),
    case(
        "<company> schema:name \"Compagnie\" .",
        "",
        V,
        "organisation-name",
        "company",
        NAME,
    ),
    case(
        "<place> schema:name \"Théâtre\" .",
        "",
        V,
        "place-name",
        "place",
        NAME,
    ),
    case(
        "<character> schema:name \"Argan\" .",
        "",
        V,
        "character-name",
        "character",
        NAME,
    ),
    case(
        "",
        "<performance> schema:name \"Le Bourgeois\"@fr .",
        W,
        "name-language",
        "performance",
        NAME,
    ),
    // When.
    case(
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        V,
        "performance-start",
        "performance",
        START,
    ),
    case(
        "<meeting> schema:startDate \"2026-12-31\"^^xsd:date .",
        "",
        V,
        "performance-start",
        "meeting",
        START,
    ),
    case(
        "",
        "<performance> schema:startDate \"2026-12-30T20:30:00+01:00\"^^xsd:dateTime .",
        V,
        "event-start-one",
        "performance",
        START,
    ),
    case(
        "<free> schema:startDate \"2026-12-30\"^^xsd:date .",
        "<free> schema:startDate \"31/12/2026\" .",
        V,
        "event-start-type",
        "free",
        START,
    ),
    case(
        "<free> schema:startDate \"2026-12-30\"^^xsd:date .",
        "<free> schema:startDate \"2026-02-30\"^^xsd:date .",
        V,
        "event-start-type",
        "free",
        START,
    ),
    case(
        "",
        "<festival> schema:endDate \"2026-07-06\"^^xsd:date .",
        W,
        "event-end-one",
        "festival",
        END,
    ),
    case(
        "",
        "<season> schema:endDate \"juillet\" .",
        V,
        "event-end-type",
        "season",
        END,
    ),
    case(
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:endDate \"2026-12-31T20:00:00+01:00\"^^xsd:dateTime .",
        V,
        "event-end-after-start",
        "performance",
        START,
    ),
    case(
        "<festival> schema:endDate \"2026-07-05\"^^xsd:date .",
        "<festival> schema:endDate \"2026-06-30\"^^xsd:date .",
        V,
        "event-end-after-start",
        "festival",
        START,
    ),
    case(
        "<performance> schema:eventStatus schema:EventScheduled .",
        "<performance> schema:eventStatus <x> .",
        V,
        "event-status",
        "performance",
        "eventStatus",
    ),
    case(
        "",
        "<performance> schema:eventStatus schema:EventCancelled .",
        W,
        "event-status-one",
        "performance",
        "eventStatus",
    ),
    case(
        "<rescheduled> schema:previousStartDate \"2026-11-30\"^^xsd:date .",
        "",
        W,
        "event-previous-start",
        "rescheduled",
        "previousStartDate",
    ),
    // Where.
    case(
        "<performance> schema:location <place> .",
        "",
        V,
        "performance-location",
        "performance",
        "location",
    ),
    case(
        "<meeting> schema:location <online> .",
        "",
        V,
        "performance-location",
        "meeting",
        "location",
    ),
    case(
        "<performance> schema:location <place> .",
        "<performance> schema:location <nowhere> .",
        V,
        "event-location-known",
        "performance",
        "location",
    ),
    case(
        "",
        "<series> schema:location <nowhere> .",
        V,
        "event-location-known",
        "series",
        "location",
    ),
    case(
        "",
        "<performance> schema:location <room> .",
        W,
        "performance-one-place",
        "performance",
        "location",
    ),
    case(
        "",
        "<meeting> schema:eventAttendanceMode \"en ligne\" .",
        V,
        "event-attendance-mode",
        "meeting",
        "eventAttendanceMode",
    ),
    case(
        "<place> schema:address <place#address> .",
        "",
        W,
        "place-located",
        "place",
        "address",
    ),
    // Prices.
    case(
        "<performance> schema:isAccessibleForFree false .",
        "<performance> schema:isAccessibleForFree true .",
        V,
        "event-free-price",
        "performance",
        "offers",
    ),
    case(
        "",
        "<free#offer> schema:highPrice 5 .",
        V,
        "event-free-price",
        "free",
        "offers",
    ),
    // Contributions.
    case(
        "",
        "<performance#role> sv:agent <company> .",
        V,
        "contribution-one-agent",
        "performance#role",
        "agent",
    ),
    case(
        "<performance#role> sv:agent <person> .",
        "<performance#role> sv:agent <place> .",
        W,
        "contribution-agent-known",
        "performance#role",
        "agent",
    ),
    case(
        "<performance#role> sv:agent <person> .",
        "",
        V,
        "contribution-who",
        "performance#role",
        "agent",
    ),
    case(
        "<production#role> sv:mention \"Avec Zoé\" .",
        "",
        V,
        "contribution-who",
        "production#role",
        "agent",
    ),
    case(
        "<production#role> sv:fonction <vocab/fonctions/mise-en-scene> .",
        "",
        V,
        "contribution-function",
        "production#role",
        "fonction",
    ),
    case(
        "",
        "<production#role> sv:fonction <vocab/disciplines/theatre> .",
        V,
        "contribution-function-known",
        "production#role",
        "fonction",
    ),
    case(
        "<production#role> sv:fonction <vocab/fonctions/mise-en-scene> .",
        "<production#role> sv:fonction \"metteur\" .",
        V,
        "contribution-function-known",
        "production#role",
        "fonction",
    ),
    // Values from the schemes.
    case(
        "",
        "<production> schema:genre <vocab/disciplines/x> .",
        V,
        "genre-known",
        "production",
        "genre",
    ),
    case(
        "",
        "<work> schema:genre <vocab/acces/adherents> .",
        V,
        "genre-known",
        "work",
        "genre",
    ),
    case(
        "",
        "<meeting> sv:typeEvenement <vocab/types-evenement/x> .",
        V,
        "event-type-known",
        "meeting",
        "typeEvenement",
    ),
    case(
        "",
        "<meeting> sv:acces <vocab/acces/x> .",
        V,
        "admission-known",
        "meeting",
        "acces",
    ),
    case(
        "",
        "<place> sv:accessibilite <vocab/accessibilite/x> .",
        V,
        "accessibility-known",
        "place",
        "accessibilite",
    ),
    case(
        "",
        "<work> sv:avertissement <vocab/avertissements/x> .",
        V,
        "warning-known",
        "work",
        "avertissement",
    ),
    case(
        "",
        "<work> sv:typeProduction <vocab/types-production/x> .",
        V,
        "production-type-known",
        "work",
        "typeProduction",
    ),
    case(
        "",
        "<meeting> schema:audience <vocab/publics/x> .",
        V,
        "audience-known",
        "meeting",
        "audience",
    ),
    // The same thing elsewhere.
    case(
        "",
        "<work> schema:sameAs \"https://example.org/\" .",
        V,
        "same-as-iri",
        "work",
        "sameAs",
    ),
    case(
        "",
        "<work> schema:sameAs <javascript:alert(1)> .",
        V,
        "same-as-http",
        "work",
        "sameAs",
    ),
    case(
        "",
        "<work> schema:sameAs <ftp://a.example/http://b> .",
        V,
        "same-as-http",
        "work",
        "sameAs",
    ),
    case(
        "",
        "<work> schema:sameAs <work> .",
        V,
        "same-as-other",
        "work",
        "sameAs",
    ),
];

pub(super) fn read(turtle: &str) -> Graph {
    TurtleParser::new()
        .with_base_iri(BASE)
        .expect("a base")
        .for_slice(turtle)
        .collect::<Result<Graph, _>>()
        .unwrap_or_else(|error| panic!("{error}"))
}

fn data(removed: &str, added: &str) -> Graph {
    without(
        &read(&format!("{PREFIXES}{GOOD}")),
        &read(&format!("{PREFIXES}{removed}")),
        &read(&format!("{PREFIXES}{added}")),
    )
}

/// Good data without what is removed, and with what is added.
pub(super) fn without(good: &Graph, removed: &Graph, added: &Graph) -> Graph {
    for triple in removed.iter() {
        assert!(good.contains(triple), "{triple} is not there to be removed");
    }
    good.iter()
        .filter(|triple| !removed.contains(triple))
        .chain(added.iter())
        .cloned()
        .collect()
}

fn shapes_graph() -> Graph {
    read(include_str!("../../shapes/minimum.ttl"))
}

pub(super) fn classes() -> Classes {
    Classes::read(&read(include_str!("../../ontology/ontology.ttl"))).expect("memory")
}

fn check(shapes: &Graph, data: &Graph) -> Vec<Finding> {
    let shapes = Shapes::compile(shapes).unwrap_or_else(|error| panic!("{error}"));
    findings(
        &validate(&shapes, data, &classes()).expect("memory"),
        "minimum",
    )
}

fn line(severity: Severity, rule: &str, subject: &str, property: Option<&str>) -> String {
    let subject = subject.strip_prefix(BASE).unwrap_or(subject);
    let property = property.and_then(|iri| iri.rsplit(['#', '/']).next());
    format!("{severity:?} {rule} {subject} {property:?}")
}

pub(super) fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |f: &Finding| line(f.severity, &f.rule, &f.subject, f.path.as_deref());
    findings.iter().map(line).collect()
}

#[test]
fn good_data_has_no_findings() {
    let findings = check(&shapes_graph(), &data("", ""));
    assert!(findings.is_empty(), "{:#?}", lines(&findings));
}

#[test]
fn each_fault_is_found_once_under_its_name() {
    let shapes = shapes_graph();
    for case in CASES {
        let found = lines(&check(&shapes, &data(case.removed, case.added)));
        let expected = line(case.severity, case.rule, case.subject, Some(case.property));
        let place = format!("without {} with {}", case.removed, case.added);
        // What is no date, or is there twice, is not in order either.
        let also: Vec<&String> = found
            .iter()
            .filter(|found| **found != expected)
            .filter(|found| {
                !(case.rule.ends_with("-one") || case.rule.ends_with("-type"))
                    || !found.contains("event-end-after-start")
            })
            .collect();
        assert!(found.contains(&expected), "{place}: {found:#?}");
        assert!(also.is_empty(), "{place}: {also:#?}");
    }
}

#[test]
fn without_a_shape_its_fault_is_not_found() {
    for case in CASES {
        let shape = NamedNode::new_unchecked(format!("{BASE}shapes/minimum#{}", case.rule));
        let without: Graph = shapes_graph()
            .iter()
            .filter(|triple| {
                triple.subject != shape.clone().into() && triple.object != shape.clone().into()
            })
            .cloned()
            .collect();
        let found = lines(&check(&without, &data(case.removed, case.added)));
        let expected = line(case.severity, case.rule, case.subject, Some(case.property));
        assert!(!found.contains(&expected), "{expected}");
    }
}

#[test]
fn every_shape_that_says_something_has_a_case_and_both_languages() {
    let graph = shapes_graph();
    let message = NamedNodeRef::new_unchecked("http://www.w3.org/ns/shacl#message");
    let mut named = BTreeSet::new();
    for triple in graph.matching(None, Some(message), None) {
        let triple = triple.expect("memory");
        let (Term::NamedNode(shape), Term::Literal(text)) =
            (Term::from(triple.subject), triple.object)
        else {
            panic!("a message stands on a named shape, in a language");
        };
        let rule = shape
            .as_str()
            .rsplit('#')
            .next()
            .unwrap_or_default()
            .to_owned();
        named.insert((rule, text.language().unwrap_or_default().to_owned()));
    }
    let tested: BTreeSet<(String, String)> = CASES
        .iter()
        .flat_map(|case| ["fr", "en"].map(|language| (case.rule.to_owned(), language.to_owned())))
        .collect();
    assert_eq!(named, tested);
}

#[test]
fn every_shape_with_a_path_that_reports_has_a_name() {
    let shapes = Shapes::compile(&shapes_graph()).unwrap_or_else(|error| panic!("{error}"));
    for case in CASES {
        let data = data(case.removed, case.added);
        for result in validate(&shapes, &data, &classes()).expect("memory") {
            assert!(
                matches!(result.source_shape, Term::NamedNode(_)),
                "{result:?}"
            );
        }
    }
}

#[test]
fn messages_name_the_property_to_mend() {
    let shapes = shapes_graph();
    for case in CASES {
        for finding in check(&shapes, &data(case.removed, case.added)) {
            let path = finding
                .path
                .as_deref()
                .expect("every shape here has a path");
            let property = path.rsplit(['#', '/']).next().expect("a part");
            for text in [&finding.message.fr, &finding.message.en] {
                assert!(text.contains(&format!("`{property}`")), "{text}");
            }
        }
    }
}

/// Counts how often the graph is asked.
struct Counted<'g> {
    graph: &'g Graph,
    look_ups: Cell<u32>,
}

impl Quads for Counted<'_> {
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a> {
        self.look_ups.set(self.look_ups.get() + 1);
        self.graph.matching(subject, predicate, object)
    }
}

#[test]
fn a_changed_performance_takes_a_few_dozen_look_ups() {
    let mut more = String::new();
    for n in 0..500 {
        more.push_str(&format!(
            "<e{n}> a schema:PerformingArtsEvent, schema:Event ; schema:name \"{n}\" ;
                schema:startDate \"2026-12-30\"^^xsd:date ; schema:location <place> .\n"
        ));
    }
    let after = data("", &more);
    // The whole performance with its parts comes anew.
    let is_of_it = |triple: &&Triple| triple.subject.to_string().contains("org/performance");
    let added: Vec<Triple> = after.iter().filter(is_of_it).cloned().collect();
    let before: Graph = after.iter().filter(|t| !is_of_it(t)).cloned().collect();
    let counted = |graph| Counted {
        graph,
        look_ups: Cell::new(0),
    };
    let (before, after) = (counted(&before), counted(&after));
    let shapes = Shapes::compile(&shapes_graph()).unwrap_or_else(|error| panic!("{error}"));
    let classes = classes();
    let focus = affected_nodes(&shapes, (&before, &after), &classes, &added, &[]);
    let focus: BTreeSet<String> = focus.iter().map(Term::to_string).collect();
    let found = |local: &str| focus.contains(&format!("<{BASE}{local}>"));
    assert!(
        found("performance") && found("performance#role"),
        "{focus:?}"
    );
    assert!(focus.len() <= 8, "{focus:?}");
    let terms: Vec<Term> = focus
        .iter()
        .map(|text| NamedNode::new_unchecked(text.trim_matches(['<', '>'])).into())
        .collect();
    let results = validate_focus(&shapes, &after, &classes, &terms).expect("memory");
    assert!(results.is_empty(), "{results:?}");
    let look_ups = before.look_ups.get() + after.look_ups.get();
    assert!(
        look_ups <= 48,
        "{look_ups} look-ups for {} triples",
        added.len()
    );
}
