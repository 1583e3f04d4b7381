//! The informing profiles, constraint by constraint, on small pieces of Turtle.

use super::minimum_tests::{BASE, classes, lines, read, without};
use super::*;
use crate::model::Finding;
use crate::rdf::Graph;
use oxrdf::{NamedNode, NamedNodeRef, Term};
use std::collections::BTreeSet;

const PREFIXES: &str = "
    @prefix schema: <http://schema.org/> . @prefix sv: <ns#> .
    @prefix ado: <http://kg.artsdata.ca/ontology/> .
    @prefix igeo: <http://rdf.insee.fr/def/geo#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

/// Something of every kind, as the door leaves it, against which no profile says anything. What
/// `performance` needs stands on itself; the others read it down from their show, or from the
/// festival or tour that they are part of.
const GOOD: &str = r#"
    <performance> a schema:PerformingArtsEvent, schema:Event, schema:TheaterEvent ;
        schema:name "Le Malade"@fr, "The Invalid"@en ;
        schema:startDate "2026-12-31T20:30:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-31T22:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventScheduled ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:location <room> ; schema:organizer <house> ; schema:workPerformed <bare> ;
        schema:offers <performance#offer> ; schema:isAccessibleForFree false ;
        schema:description "Une comédie." ; schema:image <performance#image> ;
        schema:genre <vocab/disciplines/theatre> ;
        schema:audience <vocab/publics/tout-public>, <performance#audience> ;
        sv:typeEvenement <vocab/types-evenement/representation> ;
        sv:acces <vocab/acces/adherents> ; sv:accessibilite <vocab/accessibilite/lsf> ;
        schema:performer <person> ; sv:contribution <performance#role> ;
        schema:sameAs <https://elsewhere.example/1> .
    <performance#offer> a schema:Offer ; schema:price 12.5 ; schema:priceCurrency "EUR" ;
        schema:url <https://house.example/book> ; schema:availability schema:InStock ;
        schema:validFrom "2026-09-01"^^xsd:date .
    <performance#image> a schema:ImageObject .
    <performance#audience> a schema:PeopleAudience .
    <performance#role> a schema:Role ; sv:agent <person> ; sv:fonction <vocab/fonctions/jeu> .
    <bare> a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "Sans rien"@fr ;
        schema:isBasedOn <work> .

    <down> a schema:PerformingArtsEvent, schema:Event ; schema:name "Spectacle" ;
        schema:startDate "2026-12-30T20:30:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-30T22:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventScheduled ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:location <place> ; schema:workPerformed <production> ;
        schema:superEvent <festival> .
    <touring> a schema:PerformingArtsEvent, schema:Event ; schema:name "Spectacle" ;
        schema:startDate "2026-12-29T20:30:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-29T22:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventRescheduled ;
        schema:previousStartDate "2026-11-29T20:30:00+01:00"^^xsd:dateTime ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:location <abroad> ; schema:superEvent <tour> ; schema:isAccessibleForFree true ;
        schema:offers <touring#offer> .
    <touring#offer> a schema:Offer ; schema:price 0 ; schema:priceCurrency "EUR" ;
        schema:url <https://house.example/book> ; schema:availability schema:InStock ;
        schema:validFrom "2026-09-01"^^xsd:date .
    <cancelled> a schema:PerformingArtsEvent, schema:Event ; schema:name "Spectacle" ;
        schema:startDate "2026-12-28T20:30:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-28T22:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventCancelled ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:location <place> ; schema:workPerformed <production> ; schema:organizer <house> .
    <meeting> a schema:Event ; schema:name "Atelier" ; schema:location <place> ;
        schema:startDate "2026-12-31T10:00:00+01:00"^^xsd:dateTime ;
        schema:endDate "2026-12-31T12:00:00+01:00"^^xsd:dateTime ;
        schema:eventStatus schema:EventScheduled ;
        schema:eventAttendanceMode schema:OfflineEventAttendanceMode ;
        schema:organizer <house> ; schema:isAccessibleForFree true ;
        schema:description "On coud." ; schema:image <meeting#image> .

    <festival> a schema:Festival ; schema:name "Festival" ; schema:organizer <house> ;
        schema:startDate "2026-12-01"^^xsd:date ; schema:endDate "2026-12-31"^^xsd:date ;
        schema:offers <festival#pass> .
    <festival#pass> a schema:Offer ; schema:price 50 ; schema:priceCurrency "EUR" ;
        schema:url <https://house.example/pass> ; schema:availability schema:InStock ;
        schema:validFrom "2026-09-01"^^xsd:date .
    <tour> a schema:EventSeries, sv:Tournee, schema:PerformingArtsEvent ; schema:name "Tournée" ;
        schema:organizer <house> ; schema:workPerformed <production> .
    <season> a schema:EventSeries, sv:Saison ; schema:name "Saison" .

    <production> a ado:LivePerformanceWork, schema:CreativeWork ; schema:name "Spectacle"@fr ;
        schema:isBasedOn <work> ; schema:timeRequired "PT1H30M"^^xsd:duration ;
        schema:description "Un spectacle."@fr ; schema:image <production#image> ;
        schema:genre <vocab/disciplines/theatre> ;
        sv:avertissement <vocab/avertissements/fumee> ;
        sv:typeProduction <vocab/types-production/creation> ;
        schema:performer <person> ; sv:contribution <production#role> .
    <production#role> a schema:Role ; sv:agent <company> ; sv:fonction <vocab/fonctions/jeu> .
    <work> a schema:CreativeWork, schema:Play ; schema:name "Pièce" .

    <person> a schema:Person ; schema:name "Zoé" ; schema:sameAs <http://www.wikidata.org/entity/Q1> .
    <company> a schema:PerformingGroup, schema:Organization ; schema:name "Compagnie" .
    <house> a schema:Organization ; schema:name "Maison" ; schema:identifier <house#siret> .
    <house#siret> a schema:PropertyValue ; schema:propertyID "siret" ; schema:value "99990013700012" .
    <character> a sv:Personnage ; schema:name "Argan" .
    <place> a schema:Place ; schema:name "Théâtre" ; schema:address <place#address> ;
        schema:geo <place#geo> .
    <place#address> a schema:PostalAddress ; schema:postalCode "53000" ;
        schema:addressLocality "Laval" ; schema:addressCountry "FR" ; igeo:codeINSEE "53130" .
    <room> a schema:Place ; schema:name "Petite salle" ; schema:containedInPlace <place> .
    <abroad> a schema:Place ; schema:name "Théâtre" ; schema:address <abroad#address> ;
        schema:geo <abroad#geo> .
    <abroad#address> a schema:PostalAddress ; schema:postalCode "1000" ;
        schema:addressLocality "Bruxelles" ; schema:addressCountry <https://www.geonames.org/2802361> .

    <vocab/types-evenement/representation> skos:inScheme <vocab/types-evenement> .
    <vocab/acces/adherents> skos:inScheme <vocab/acces> .
    <vocab/accessibilite/lsf> skos:inScheme <vocab/accessibilite> .
    <vocab/fonctions/jeu> skos:inScheme <vocab/fonctions> .
    <vocab/disciplines/theatre> skos:inScheme <vocab/disciplines> .
    <vocab/publics/tout-public> skos:inScheme <vocab/publics> .
    <vocab/avertissements/fumee> skos:inScheme <vocab/avertissements> .
    <vocab/types-production/creation> skos:inScheme <vocab/types-production> .
"#;

/// A profile: its name, its file, and what breaks it.
struct Profile {
    name: &'static str,
    turtle: &'static str,
    cases: &'static [Case],
}

/// What is taken out of [`GOOD`], what is added, and every finding that must follow: severity,
/// rule, local names of subject and property.
type Case = (&'static str, &'static str, &'static [&'static str]);

const PROFILES: &[Profile] = &[
    Profile {
        name: "national",
        turtle: include_str!("../../shapes/national.ttl"),
        cases: NATIONAL,
    },
    Profile {
        name: "google",
        turtle: include_str!("../../shapes/google.ttl"),
        cases: GOOGLE,
    },
    Profile {
        name: "capdata",
        turtle: include_str!("../../shapes/capdata.ttl"),
        cases: CAPDATA,
    },
];

const NATIONAL: &[Case] = &[
    (
        "<performance> schema:name \"Le Malade\"@fr, \"The Invalid\"@en .",
        "",
        &["Violation event-name performance name"],
    ),
    (
        "<season> schema:name \"Saison\" .",
        "",
        &["Violation event-name season name"],
    ),
    (
        "<festival> schema:name \"Festival\" .",
        "",
        &["Violation event-name festival name"],
    ),
    (
        "<performance> schema:name \"Le Malade\"@fr .",
        "",
        &["Violation event-name-french performance name"],
    ),
    (
        "<performance> schema:name \"Le Malade\"@fr .",
        "<performance> schema:name \"Le Malade\"@fr-CA .",
        &[],
    ),
    (
        "<production> schema:name \"Spectacle\"@fr .",
        "<production> schema:name \"Show\"@en .",
        &["Violation work-name-french production name"],
    ),
    (
        "<work> schema:name \"Pièce\" .",
        "",
        &["Violation work-name work name"],
    ),
    (
        "<production> schema:name \"Spectacle\"@fr .",
        "",
        &["Violation work-name production name"],
    ),
    (
        "<person> schema:name \"Zoé\" .",
        "",
        &["Violation person-name person name"],
    ),
    (
        "<house> schema:name \"Maison\" .",
        "",
        &["Violation organisation-name house name"],
    ),
    (
        "<character> schema:name \"Argan\" .",
        "",
        &["Violation character-name character name"],
    ),
    (
        "<place> schema:name \"Théâtre\" .",
        "",
        &["Violation place-name place name"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start performance startDate"],
    ),
    (
        "<meeting> schema:startDate \"2026-12-31T10:00:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start meeting startDate"],
    ),
    (
        "",
        "<performance> schema:startDate \"2026-12-30T20:30:00+01:00\"^^xsd:dateTime .",
        &["Violation event-start-one performance startDate"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:startDate \"31/12/2026\" .",
        &[
            "Violation event-end-after-start performance startDate",
            "Violation event-start-type performance startDate",
        ],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime . <performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:startDate \"2026-12-31\"^^xsd:date ; schema:duration \"PT2H\"^^xsd:duration .",
        &["Warning performance-start-time performance startDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:endDate \"2026-12-31T20:00:00+01:00\"^^xsd:dateTime .",
        &["Violation event-end-after-start performance startDate"],
    ),
    (
        "<festival> schema:endDate \"2026-12-31\"^^xsd:date .",
        "<festival> schema:endDate \"2026-11-30\"^^xsd:date .",
        &["Violation event-end-after-start festival startDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &["Warning performance-end performance endDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:duration \"PT2H\"^^xsd:duration .",
        &[],
    ),
    (
        "<down> schema:endDate \"2026-12-30T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &[],
    ),
    (
        "<touring> schema:endDate \"2026-12-29T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &[],
    ),
    (
        "<touring> schema:endDate \"2026-12-29T22:00:00+01:00\"^^xsd:dateTime . <production> schema:timeRequired \"PT1H30M\"^^xsd:duration .",
        "",
        &["Warning performance-end touring endDate"],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "",
        &["Warning event-status performance eventStatus"],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "<performance> schema:eventStatus <x> .",
        &["Warning event-status performance eventStatus"],
    ),
    (
        "<meeting> schema:eventStatus schema:EventScheduled .",
        "",
        &["Warning event-status meeting eventStatus"],
    ),
    (
        "<performance> schema:eventAttendanceMode schema:OfflineEventAttendanceMode .",
        "",
        &["Warning event-attendance-mode performance eventAttendanceMode"],
    ),
    (
        "<touring> schema:previousStartDate \"2026-11-29T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation event-previous-start touring previousStartDate"],
    ),
    (
        "<performance> schema:location <room> .",
        "",
        &["Violation performance-location performance location"],
    ),
    (
        "<meeting> schema:location <place> .",
        "",
        &["Violation performance-location meeting location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <nowhere> .",
        &["Violation performance-location performance location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <online> . <online> a schema:VirtualLocation .",
        &[],
    ),
    (
        "<place> schema:address <place#address> .",
        "",
        &[
            "Violation place-address place address",
            "Violation place-address room address",
        ],
    ),
    (
        "<room> schema:containedInPlace <place> .",
        "",
        &[
            "Violation place-address room address",
            "Warning place-geo room geo",
        ],
    ),
    (
        "<place> schema:address <place#address> .",
        "<place> schema:address \"1 rue\" .",
        &[
            "Violation place-address place address",
            "Violation place-address room address",
        ],
    ),
    (
        "<place#address> schema:postalCode \"53000\" .",
        "",
        &["Violation address-postal-code place#address postalCode"],
    ),
    (
        "<place#address> schema:addressLocality \"Laval\" .",
        "",
        &["Violation address-locality place#address addressLocality"],
    ),
    (
        "<place#address> schema:addressCountry \"FR\" .",
        "",
        &["Violation address-country place#address addressCountry"],
    ),
    (
        "<place#address> igeo:codeINSEE \"53130\" .",
        "",
        &["Warning address-insee place#address codeINSEE"],
    ),
    (
        "<abroad#address> schema:addressCountry <https://www.geonames.org/2802361> .",
        "<abroad#address> schema:addressCountry \"re\" .",
        &["Warning address-insee abroad#address codeINSEE"],
    ),
    (
        "<place> schema:geo <place#geo> .",
        "",
        &["Warning place-geo place geo", "Warning place-geo room geo"],
    ),
    (
        "<performance> schema:workPerformed <bare> .",
        "",
        &["Warning performance-work performance workPerformed"],
    ),
    ("", "<touring> schema:workPerformed <production> .", &[]),
    (
        "<tour> schema:workPerformed <production> .",
        "<touring> sv:contribution <touring#role> ; schema:genre <vocab/disciplines/theatre> ; schema:description \"D\" ; schema:image <touring#image> .",
        &["Violation tour-performance-work touring workPerformed"],
    ),
    (
        "<performance> sv:contribution <performance#role> .",
        "",
        &["Warning performance-contribution performance contribution"],
    ),
    (
        "<production> sv:contribution <production#role> .",
        "",
        &[
            "Warning performance-contribution cancelled contribution",
            "Warning performance-contribution down contribution",
            "Warning performance-contribution touring contribution",
        ],
    ),
    (
        "<performance> schema:organizer <house> .",
        "",
        &["Violation event-organizer performance organizer"],
    ),
    (
        "<meeting> schema:organizer <house> .",
        "",
        &["Violation event-organizer meeting organizer"],
    ),
    (
        "<festival> schema:organizer <house> .",
        "",
        &["Violation event-organizer down organizer"],
    ),
    (
        "<house> schema:identifier <house#siret> .",
        "",
        &["Warning organizer-identified house sameAs"],
    ),
    (
        "<house> schema:identifier <house#siret> .",
        "<house> schema:sameAs <https://isni.org/isni/0000000999010036> .",
        &[],
    ),
    (
        "<house#siret> schema:propertyID \"siret\" .",
        "<house#siret> schema:propertyID \"openagenda-uid\" .",
        &["Warning organizer-identified house sameAs"],
    ),
    (
        "<performance> schema:offers <performance#offer> .",
        "",
        &["Warning event-offer performance offers"],
    ),
    (
        "<meeting> schema:isAccessibleForFree true .",
        "",
        &["Warning event-offer meeting offers"],
    ),
    (
        "<festival> schema:offers <festival#pass> .",
        "",
        &["Warning event-offer down offers"],
    ),
    (
        "<performance> schema:isAccessibleForFree false .",
        "<performance> schema:isAccessibleForFree true .",
        &["Violation event-free-price performance offers"],
    ),
    (
        "<touring#offer> schema:price 0 .",
        "<touring#offer> schema:lowPrice 5 .",
        &["Violation event-free-price touring offers"],
    ),
    (
        "<performance> schema:description \"Une comédie.\" .",
        "",
        &["Warning event-description performance description"],
    ),
    (
        "<meeting> schema:description \"On coud.\" .",
        "",
        &["Warning event-description meeting description"],
    ),
    (
        "<production> schema:description \"Un spectacle.\"@fr .",
        "",
        &[
            "Warning event-description cancelled description",
            "Warning event-description down description",
            "Warning event-description touring description",
        ],
    ),
    (
        "<performance> schema:image <performance#image> .",
        "",
        &["Warning event-image performance image"],
    ),
    (
        "<production> schema:image <production#image> .",
        "",
        &[
            "Warning event-image cancelled image",
            "Warning event-image down image",
            "Warning event-image touring image",
        ],
    ),
    (
        "<performance> schema:genre <vocab/disciplines/theatre> .",
        "",
        &["Violation performance-genre performance genre"],
    ),
    (
        "<production> schema:genre <vocab/disciplines/theatre> .",
        "",
        &[
            "Violation performance-genre cancelled genre",
            "Violation performance-genre down genre",
            "Violation performance-genre touring genre",
        ],
    ),
    (
        "",
        "<production> schema:genre \"drôle\" .",
        &["Violation genre-known production genre"],
    ),
    (
        "",
        "<work> schema:genre <https://elsewhere.example/g> .",
        &["Violation genre-known work genre"],
    ),
    (
        "",
        "<meeting> sv:typeEvenement <vocab/types-evenement/x> .",
        &["Violation event-type-known meeting typeEvenement"],
    ),
    (
        "",
        "<meeting> sv:acces \"tous\" .",
        &["Violation admission-known meeting acces"],
    ),
    (
        "",
        "<place> sv:accessibilite <vocab/accessibilite/x> .",
        &["Violation accessibility-known place accessibilite"],
    ),
    (
        "",
        "<production> sv:avertissement \"bruit\" .",
        &["Violation warning-known production avertissement"],
    ),
    (
        "",
        "<production> sv:typeProduction <vocab/acces/adherents> .",
        &["Violation production-type-known production typeProduction"],
    ),
    (
        "",
        "<meeting> schema:audience \"tous\" .",
        &["Violation audience-known meeting audience"],
    ),
    (
        "",
        "<work> schema:sameAs \"https://example.org/\" .",
        &["Violation same-as-iri work sameAs"],
    ),
    (
        "",
        "<work> schema:sameAs <javascript:alert(1)> .",
        &["Violation same-as-http work sameAs"],
    ),
    (
        "",
        "<work> schema:sameAs <work> .",
        &["Violation same-as-other work sameAs"],
    ),
];

const GOOGLE: &[Case] = &[
    (
        "<performance> schema:name \"Le Malade\"@fr, \"The Invalid\"@en .",
        "",
        &["Violation event-name performance name"],
    ),
    (
        "<season> schema:name \"Saison\" .",
        "",
        &["Violation event-name season name"],
    ),
    (
        "<festival> schema:name \"Festival\" .",
        "",
        &["Violation event-name festival name"],
    ),
    (
        "<place> schema:name \"Théâtre\" .",
        "",
        &["Violation place-name place name"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start performance startDate"],
    ),
    (
        "<meeting> schema:startDate \"2026-12-31T10:00:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start meeting startDate"],
    ),
    (
        "",
        "<performance> schema:startDate \"2026-12-30T20:30:00+01:00\"^^xsd:dateTime .",
        &["Violation event-start-one performance startDate"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:startDate \"31/12/2026\" .",
        &["Violation event-start-type performance startDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:duration \"PT2H\"^^xsd:duration .",
        &["Warning performance-end performance endDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:endDate \"2026-12-31T20:00:00+01:00\"^^xsd:dateTime .",
        &[],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "",
        &["Warning event-status performance eventStatus"],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "<performance> schema:eventStatus <x> .",
        &["Warning event-status performance eventStatus"],
    ),
    (
        "<meeting> schema:eventStatus schema:EventScheduled .",
        "",
        &["Warning event-status meeting eventStatus"],
    ),
    (
        "<touring> schema:previousStartDate \"2026-11-29T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        &["Warning event-previous-start touring previousStartDate"],
    ),
    (
        "<performance> schema:location <room> .",
        "",
        &["Violation performance-location performance location"],
    ),
    (
        "<meeting> schema:location <place> .",
        "",
        &["Violation performance-location meeting location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <nowhere> .",
        &["Violation performance-location performance location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <online> . <online> a schema:VirtualLocation .",
        &[],
    ),
    (
        "<place> schema:address <place#address> .",
        "",
        &[
            "Violation performance-place-address cancelled location",
            "Violation performance-place-address down location",
            "Violation performance-place-address meeting location",
            "Violation performance-place-address performance location",
            "Violation place-address place address",
            "Violation place-address room address",
        ],
    ),
    (
        "<room> schema:containedInPlace <place> .",
        "",
        &[
            "Violation performance-place-address performance location",
            "Violation place-address room address",
        ],
    ),
    (
        "<place> schema:address <place#address> .",
        "<place> schema:address \"1 rue\" .",
        &[],
    ),
    (
        "<performance> schema:performer <person> .",
        "",
        &["Warning performance-performer performance performer"],
    ),
    (
        "<production> schema:performer <person> .",
        "",
        &[
            "Warning performance-performer cancelled performer",
            "Warning performance-performer down performer",
            "Warning performance-performer touring performer",
        ],
    ),
    (
        "<performance> schema:organizer <house> .",
        "",
        &["Warning event-organizer performance organizer"],
    ),
    (
        "<meeting> schema:organizer <house> .",
        "",
        &["Warning event-organizer meeting organizer"],
    ),
    (
        "<festival> schema:organizer <house> .",
        "",
        &["Warning event-organizer down organizer"],
    ),
    (
        "<performance> schema:offers <performance#offer> .",
        "",
        &["Warning event-offer performance offers"],
    ),
    (
        "<performance> schema:offers <performance#offer> ; schema:isAccessibleForFree false .",
        "<performance> schema:isAccessibleForFree true .",
        &[],
    ),
    (
        "<festival> schema:offers <festival#pass> .",
        "",
        &["Warning event-offer down offers"],
    ),
    (
        "<performance#offer> schema:url <https://house.example/book> .",
        "",
        &["Warning offer-url performance#offer url"],
    ),
    (
        "<performance#offer> schema:price 12.5 .",
        "",
        &["Warning offer-price performance#offer price"],
    ),
    (
        "<performance#offer> schema:price 12.5 .",
        "<performance#offer> schema:highPrice 12.5 .",
        &[],
    ),
    (
        "<performance#offer> schema:priceCurrency \"EUR\" .",
        "",
        &["Warning offer-currency performance#offer priceCurrency"],
    ),
    (
        "<performance#offer> schema:availability schema:InStock .",
        "",
        &["Warning offer-availability performance#offer availability"],
    ),
    (
        "<performance#offer> schema:validFrom \"2026-09-01\"^^xsd:date .",
        "",
        &["Warning offer-valid-from performance#offer validFrom"],
    ),
    (
        "<festival#pass> schema:priceCurrency \"EUR\" .",
        "",
        &["Warning offer-currency festival#pass priceCurrency"],
    ),
    (
        "<performance> schema:isAccessibleForFree false .",
        "<performance> schema:isAccessibleForFree true .",
        &["Violation event-free-price performance offers"],
    ),
    (
        "<touring#offer> schema:price 0 .",
        "<touring#offer> schema:lowPrice 5 .",
        &["Violation event-free-price touring offers"],
    ),
    (
        "<performance> schema:description \"Une comédie.\" .",
        "",
        &["Warning event-description performance description"],
    ),
    (
        "<meeting> schema:description \"On coud.\" .",
        "",
        &["Warning event-description meeting description"],
    ),
    (
        "<production> schema:description \"Un spectacle.\"@fr .",
        "",
        &[
            "Warning event-description cancelled description",
            "Warning event-description down description",
            "Warning event-description touring description",
        ],
    ),
    (
        "<performance> schema:image <performance#image> .",
        "",
        &["Warning event-image performance image"],
    ),
    (
        "<production> schema:image <production#image> .",
        "",
        &[
            "Warning event-image cancelled image",
            "Warning event-image down image",
            "Warning event-image touring image",
        ],
    ),
    (
        "",
        "<performance> schema:sameAs \"https://example.org/\" .",
        &["Violation same-as-iri performance sameAs"],
    ),
    (
        "",
        "<performance> schema:sameAs <javascript:alert(1)> .",
        &["Violation same-as-http performance sameAs"],
    ),
    (
        "",
        "<performance> schema:sameAs <performance> .",
        &["Violation same-as-other performance sameAs"],
    ),
    (
        "",
        "<place> schema:sameAs \"https://example.org/\" .",
        &["Violation same-as-iri place sameAs"],
    ),
    (
        "",
        "<place> schema:sameAs <javascript:alert(1)> .",
        &["Violation same-as-http place sameAs"],
    ),
    (
        "",
        "<place> schema:sameAs <place> .",
        &["Violation same-as-other place sameAs"],
    ),
];

const CAPDATA: &[Case] = &[
    (
        "<performance> schema:name \"Le Malade\"@fr, \"The Invalid\"@en .",
        "",
        &["Violation event-name performance name"],
    ),
    (
        "<season> schema:name \"Saison\" .",
        "",
        &["Violation event-name season name"],
    ),
    (
        "<festival> schema:name \"Festival\" .",
        "",
        &["Violation event-name festival name"],
    ),
    (
        "<work> schema:name \"Pièce\" .",
        "",
        &["Violation work-name work name"],
    ),
    (
        "<production> schema:name \"Spectacle\"@fr .",
        "",
        &["Violation work-name production name"],
    ),
    (
        "<person> schema:name \"Zoé\" .",
        "",
        &["Violation person-name person name"],
    ),
    (
        "<house> schema:name \"Maison\" .",
        "",
        &["Violation organisation-name house name"],
    ),
    (
        "<character> schema:name \"Argan\" .",
        "",
        &["Violation character-name character name"],
    ),
    (
        "<place> schema:name \"Théâtre\" .",
        "",
        &["Violation place-name place name"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start performance startDate"],
    ),
    (
        "<meeting> schema:startDate \"2026-12-31T10:00:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-start meeting startDate"],
    ),
    (
        "",
        "<performance> schema:startDate \"2026-12-30T20:30:00+01:00\"^^xsd:dateTime .",
        &["Violation event-start-one performance startDate"],
    ),
    (
        "<performance> schema:startDate \"2026-12-31T20:30:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:startDate \"31/12/2026\" .",
        &[
            "Violation event-end-after-start performance startDate",
            "Violation event-start-type performance startDate",
        ],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:endDate \"2026-12-31T20:00:00+01:00\"^^xsd:dateTime .",
        &["Violation event-end-after-start performance startDate"],
    ),
    (
        "<festival> schema:endDate \"2026-12-31\"^^xsd:date .",
        "<festival> schema:endDate \"2026-11-30\"^^xsd:date .",
        &["Violation event-end-after-start festival startDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &["Violation performance-end performance endDate"],
    ),
    (
        "<performance> schema:endDate \"2026-12-31T22:00:00+01:00\"^^xsd:dateTime .",
        "<performance> schema:duration \"PT2H\"^^xsd:duration .",
        &[],
    ),
    (
        "<down> schema:endDate \"2026-12-30T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &[],
    ),
    (
        "<touring> schema:endDate \"2026-12-29T22:00:00+01:00\"^^xsd:dateTime .",
        "",
        &[],
    ),
    (
        "<touring> schema:endDate \"2026-12-29T22:00:00+01:00\"^^xsd:dateTime . <production> schema:timeRequired \"PT1H30M\"^^xsd:duration .",
        "",
        &["Violation performance-end touring endDate"],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "",
        &[],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "<performance> schema:eventStatus <x> .",
        &["Violation event-status performance eventStatus"],
    ),
    (
        "",
        "<performance> schema:eventStatus schema:EventCancelled .",
        &["Violation event-status-one performance eventStatus"],
    ),
    (
        "<performance> schema:eventStatus schema:EventScheduled .",
        "<performance> schema:eventStatus schema:EventPostponed .",
        &["Warning event-postponed performance eventStatus"],
    ),
    (
        "<performance> schema:location <room> .",
        "",
        &["Violation performance-location performance location"],
    ),
    (
        "<meeting> schema:location <place> .",
        "",
        &["Violation performance-location meeting location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <nowhere> .",
        &["Violation performance-location performance location"],
    ),
    (
        "<performance> schema:location <room> .",
        "<performance> schema:location <online> . <online> a schema:VirtualLocation .",
        &["Violation performance-location performance location"],
    ),
    (
        "<place> schema:address <place#address> .",
        "",
        &[
            "Violation place-address place address",
            "Violation place-address room address",
        ],
    ),
    (
        "<room> schema:containedInPlace <place> .",
        "",
        &["Violation place-address room address"],
    ),
    (
        "<place> schema:address <place#address> .",
        "<place> schema:address \"1 rue\" .",
        &[
            "Violation place-address place address",
            "Violation place-address room address",
        ],
    ),
    (
        "<place#address> schema:postalCode \"53000\" .",
        "",
        &["Violation address-postal-code place#address postalCode"],
    ),
    (
        "<place#address> schema:addressLocality \"Laval\" .",
        "",
        &["Violation address-locality place#address addressLocality"],
    ),
    (
        "<performance> schema:workPerformed <bare> .",
        "",
        &["Violation performance-production performance workPerformed"],
    ),
    (
        "<performance> schema:workPerformed <bare> .",
        "<performance> schema:workPerformed <work> .",
        &["Violation performance-production performance workPerformed"],
    ),
    (
        "<production> schema:isBasedOn <work> .",
        "",
        &["Violation production-work production isBasedOn"],
    ),
    (
        "<production> schema:isBasedOn <work> .",
        "<production> ado:usesExpressionOf <work> .",
        &[],
    ),
    (
        "<production> schema:isBasedOn <work> .",
        "<production> schema:isBasedOn <unknown> .",
        &["Violation production-work production isBasedOn"],
    ),
    (
        "<performance> schema:organizer <house> .",
        "",
        &["Violation event-organizer performance organizer"],
    ),
    (
        "<meeting> schema:organizer <house> .",
        "",
        &["Violation event-organizer meeting organizer"],
    ),
    (
        "<festival> schema:organizer <house> .",
        "",
        &["Violation event-organizer down organizer"],
    ),
    (
        "<performance> sv:contribution <performance#role> .",
        "",
        &["Violation performance-contribution performance contribution"],
    ),
    (
        "<production> sv:contribution <production#role> .",
        "",
        &[
            "Violation performance-contribution cancelled contribution",
            "Violation performance-contribution down contribution",
            "Violation performance-contribution touring contribution",
        ],
    ),
    (
        "<performance#role> sv:agent <person> .",
        "<performance#role> sv:mention \"Zoé\" .",
        &["Violation contribution-agent performance#role agent"],
    ),
    (
        "<performance#role> sv:agent <person> .",
        "<performance#role> sv:agent <place> .",
        &["Violation contribution-agent performance#role agent"],
    ),
    (
        "",
        "<performance#role> sv:agent <company> .",
        &["Violation contribution-one-agent performance#role agent"],
    ),
    (
        "<production#role> sv:fonction <vocab/fonctions/jeu> .",
        "",
        &["Violation contribution-function production#role fonction"],
    ),
    (
        "",
        "<production#role> sv:fonction <vocab/disciplines/theatre> .",
        &["Violation contribution-function-known production#role fonction"],
    ),
    (
        "<performance> schema:description \"Une comédie.\" .",
        "",
        &["Warning event-description performance description"],
    ),
    (
        "<meeting> schema:description \"On coud.\" .",
        "",
        &["Warning event-description meeting description"],
    ),
    (
        "<production> schema:description \"Un spectacle.\"@fr .",
        "",
        &[
            "Warning event-description cancelled description",
            "Warning event-description down description",
            "Warning event-description touring description",
        ],
    ),
    (
        "<performance> schema:image <performance#image> .",
        "",
        &["Warning event-image performance image"],
    ),
    (
        "<production> schema:image <production#image> .",
        "",
        &[
            "Warning event-image cancelled image",
            "Warning event-image down image",
            "Warning event-image touring image",
        ],
    ),
    (
        "<performance> schema:genre <vocab/disciplines/theatre> .",
        "",
        &["Warning performance-genre performance genre"],
    ),
    (
        "<production> schema:genre <vocab/disciplines/theatre> .",
        "",
        &[
            "Warning performance-genre cancelled genre",
            "Warning performance-genre down genre",
            "Warning performance-genre touring genre",
        ],
    ),
    (
        "",
        "<production> schema:genre \"drôle\" .",
        &["Warning genre-known production genre"],
    ),
    (
        "",
        "<work> schema:genre <https://elsewhere.example/g> .",
        &["Warning genre-known work genre"],
    ),
    (
        "",
        "<meeting> sv:typeEvenement <vocab/types-evenement/x> .",
        &["Warning event-type-known meeting typeEvenement"],
    ),
    (
        "",
        "<meeting> sv:acces \"tous\" .",
        &["Warning admission-known meeting acces"],
    ),
    (
        "",
        "<place> sv:accessibilite <vocab/accessibilite/x> .",
        &["Warning accessibility-known place accessibilite"],
    ),
    (
        "",
        "<production> sv:avertissement \"bruit\" .",
        &["Warning warning-known production avertissement"],
    ),
    (
        "",
        "<production> sv:typeProduction <vocab/acces/adherents> .",
        &["Warning production-type-known production typeProduction"],
    ),
    (
        "",
        "<meeting> schema:audience \"tous\" .",
        &["Warning audience-known meeting audience"],
    ),
    (
        "",
        "<work> schema:sameAs \"https://example.org/\" .",
        &["Violation same-as-iri work sameAs"],
    ),
    (
        "",
        "<work> schema:sameAs <javascript:alert(1)> .",
        &["Violation same-as-http work sameAs"],
    ),
    (
        "",
        "<work> schema:sameAs <work> .",
        &["Violation same-as-other work sameAs"],
    ),
];

impl Profile {
    fn shapes(&self) -> Graph {
        read(self.turtle)
    }

    fn check(&self, shapes: &Graph, case: &Case) -> Vec<Finding> {
        let (removed, added, _) = case;
        let good = read(&format!("{PREFIXES}{GOOD}"));
        let removed = read(&format!("{PREFIXES}{removed}"));
        let added = read(&format!("{PREFIXES}{added}"));
        let data = without(&good, &removed, &added);
        let shapes = Shapes::compile(shapes).unwrap_or_else(|error| panic!("{error}"));
        let results = validate(&shapes, &data, &classes()).expect("memory");
        findings(&results, self.name)
    }
}

/// One line for each finding, as the cases have them.
fn told(findings: &[Finding]) -> BTreeSet<String> {
    lines(findings)
        .into_iter()
        .map(|line| line.replace("Some(\"", "").replace("\")", ""))
        .collect()
}

#[test]
fn good_data_has_no_findings_in_any_profile() {
    for profile in PROFILES {
        let found = told(&profile.check(&profile.shapes(), &("", "", &[])));
        assert!(found.is_empty(), "{}: {found:#?}", profile.name);
    }
}

#[test]
fn each_fault_is_found_once_under_its_name_and_nothing_else_is() {
    for profile in PROFILES {
        let shapes = profile.shapes();
        for case in profile.cases {
            let (removed, added, expected) = case;
            let findings = profile.check(&shapes, case);
            let found = told(&findings);
            let expected: BTreeSet<String> = expected.iter().map(|&line| line.into()).collect();
            let place = format!("{}: without {removed} with {added}", profile.name);
            assert_eq!(found, expected, "{place}");
            assert_eq!(found.len(), findings.len(), "{place}");
        }
    }
}

#[test]
fn without_a_shape_its_fault_is_not_found() {
    for profile in PROFILES {
        for case in profile.cases {
            for line in case.2 {
                let rule = line.split(' ').nth(1).expect("a rule");
                let shape = format!("{BASE}shapes/{}#{rule}", profile.name);
                let shape = Term::from(NamedNode::new_unchecked(shape));
                let is_of_it = |triple: &&oxrdf::Triple| {
                    Term::from(triple.subject.clone()) == shape || triple.object == shape
                };
                let rest: Graph = profile
                    .shapes()
                    .iter()
                    .filter(|triple| !is_of_it(triple))
                    .cloned()
                    .collect();
                let found = told(&profile.check(&rest, case));
                assert!(!found.contains(*line), "{}: {line}", profile.name);
            }
        }
    }
}

#[test]
fn every_shape_that_says_something_has_a_case_and_both_languages() {
    let message = NamedNodeRef::new_unchecked("http://www.w3.org/ns/shacl#message");
    for profile in PROFILES {
        let mut named = BTreeSet::new();
        for triple in profile.shapes().iter() {
            if triple.predicate.as_ref() != message {
                continue;
            }
            let (shape, Term::Literal(text)) = (triple.subject.to_string(), &triple.object) else {
                panic!("a message is a text");
            };
            let rule = shape.trim_end_matches('>').rsplit('#').next();
            let rule = rule.unwrap_or_default().to_owned();
            named.insert((rule, text.language().unwrap_or_default().to_owned()));
        }
        let tested: BTreeSet<(String, String)> = profile
            .cases
            .iter()
            .flat_map(|(_, _, lines)| lines.iter())
            .filter_map(|line| line.split(' ').nth(1))
            .flat_map(|rule| ["fr", "en"].map(|language| (rule.to_owned(), language.to_owned())))
            .collect();
        assert_eq!(named, tested, "{}", profile.name);
    }
}

#[test]
fn messages_name_the_property_to_mend() {
    for profile in PROFILES {
        let shapes = profile.shapes();
        for case in profile.cases {
            for finding in profile.check(&shapes, case) {
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
}
