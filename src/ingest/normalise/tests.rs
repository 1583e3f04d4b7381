//! Whole submissions through all rules.

use super::*;
use crate::ingest::vocabulary::tests::{base, small};
use crate::model::Severity;
use crate::rdf::order::compare_triples;
use crate::rdf::parse::{ParseOptions, Syntax, parse};

const PREFIXES: &str = "
    @prefix schema: <http://schema.org/> .
    @prefix https: <https://schema.org/> .
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
    @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    @prefix owl: <http://www.w3.org/2002/07/owl#> .
    @prefix wd: <http://www.wikidata.org/entity/> .
    @prefix ado: <http://kg.artsdata.ca/ontology/> .
    @prefix sv: <https://data.example.org/ns#> .
    @prefix fonctions: <https://data.example.org/vocab/fonctions/> .
    @prefix ex: <https://theatre.example/> .
";

fn graph(turtle: &str) -> Graph {
    let text = format!("{PREFIXES}{turtle}");
    parse(text.as_bytes(), Syntax::Turtle, &ParseOptions::default())
        .expect("it reads")
        .graph
}

fn source() -> Source {
    Source::new("theatre".parse().expect("a name"))
}

fn run(graph: &Graph, source: &Source) -> Normalised {
    let base = base();
    normalise(
        graph,
        source,
        &small(),
        &base,
        &Kinds::new(&base),
        &Properties::new(&base),
    )
}

fn normalised(turtle: &str) -> Normalised {
    run(&graph(turtle), &source())
}

/// The triples with blank nodes without their labels, sorted.
fn lines(graph: &Graph) -> Vec<String> {
    let mut triples: Vec<_> = graph.iter().collect();
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    let mut lines: Vec<String> = triples
        .iter()
        .map(|triple| {
            let subject = match &triple.subject {
                NamedOrBlankNode::BlankNode(_) => "[]".to_owned(),
                subject => subject.to_string(),
            };
            let object = match &triple.object {
                Term::BlankNode(_) => "[]".to_owned(),
                object => object.to_string(),
            };
            format!("{subject} {} {object}", triple.predicate)
        })
        .collect();
    lines.sort();
    lines
}

#[track_caller]
fn becomes(before: &str, after: &str) -> Normalised {
    let normalised = normalised(before);
    assert_eq!(lines(&normalised.graph), lines(&graph(after)));
    let again = run(&normalised.graph, &source());
    assert_eq!(
        lines(&again.graph),
        lines(&normalised.graph),
        "twice is once"
    );
    normalised
}

fn rules(normalised: &Normalised) -> Vec<u8> {
    let mut rules: Vec<u8> = normalised.normalisations.iter().map(|n| n.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

fn finding_rules(normalised: &Normalised) -> Vec<&str> {
    normalised
        .findings
        .iter()
        .map(|f| f.rule.as_str())
        .collect()
}

#[test]
fn the_table_numbers_its_rules() {
    for (at, rule) in RULES.iter().enumerate() {
        assert_eq!(usize::from(rule.number), at + 1);
        assert!(!rule.about.0.is_empty() && !rule.about.1.is_empty());
    }
}

#[test]
fn rule_1_schema_org_has_one_spelling() {
    let normalised = becomes(
        "ex:1 a https:Person ; https:name \"A\" ; https:url <https://schema.org/Person> .",
        "ex:1 a schema:Person ; schema:name \"A\" ; schema:url <https://schema.org/Person> .",
    );
    assert_eq!(rules(&normalised), [1]);
    assert_eq!(normalised.normalisations.len(), 1);
}

#[test]
fn rules_2_and_3_dates_are_typed_and_have_the_offset_of_their_place() {
    let normalised = becomes(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:startDate \"2026-07-25 20:30\"@fr ;
            schema:endDate \"2026-07-25\"^^schema:Date ; schema:location ex:p .
         ex:p a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode \"97400\" ] .
         ex:2 a schema:PerformingArtsEvent, schema:Event ; schema:startDate \"2026-07-25T18:30:00Z\"^^schema:DateTime .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:startDate \"2026-07-25T20:30:00+04:00\"^^xsd:dateTime ;
            schema:endDate \"2026-07-25T23:59:59+04:00\"^^xsd:dateTime ; schema:location ex:p .
         ex:p a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode \"97400\" ] .
         ex:2 a schema:PerformingArtsEvent, schema:Event ; schema:startDate \"2026-07-25T20:30:00+02:00\"^^xsd:dateTime .",
    );
    assert_eq!(rules(&normalised), [2, 3]);
    assert!(normalised.findings.is_empty());
}

#[test]
fn a_date_that_cannot_be_read_stays_with_a_finding_that_shows_how_to_write_it() {
    let normalised = normalised(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:startDate \"31/12/2026\" .",
    );
    assert_eq!(
        normalised
            .findings
            .iter()
            .map(|f| f.message.en.as_str())
            .collect::<Vec<_>>(),
        ["`startDate` of `https://theatre.example/1` is `31/12/2026`; write `2026-12-31`"]
    );
    assert_eq!(normalised.graph.len(), 3);
}

#[test]
fn z_may_mean_local_and_midnight_alone_is_pointed_out() {
    let mut source = source();
    source.z_means_local = true;
    let graph = graph(
        "ex:1 a schema:PerformingArtsEvent ; schema:startDate \"2026-11-25T00:00:00Z\"^^xsd:dateTime .",
    );
    let normalised = run(&graph, &source);
    assert!(
        lines(&normalised.graph)
            .iter()
            .any(|line| line.contains("2026-11-25T00:00:00+01:00"))
    );
    assert_eq!(finding_rules(&normalised), ["time-unknown"]);
    let again = run(&normalised.graph, &source);
    assert_eq!(lines(&again.graph), lines(&normalised.graph));
}

#[test]
fn rule_4_texts_become_terms() {
    becomes(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:eventStatus \"https://schema.org/EventCancelled\" ;
            schema:eventAttendanceMode https:OnlineEventAttendanceMode ; sv:acces \"scolaires\" ;
            schema:offers [ a schema:Offer ; schema:availability \"In stock\" ] .
         ex:2 a ado:LivePerformanceWork, schema:CreativeWork ; schema:genre \"théâtre\"@fr, \"yodel\" .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:eventStatus schema:EventCancelled ;
            schema:eventAttendanceMode schema:OnlineEventAttendanceMode ; sv:acces <https://data.example.org/vocab/acces/scolaires> ;
            schema:offers [ a schema:Offer ; schema:availability schema:InStock ] .
         ex:2 a ado:LivePerformanceWork, schema:CreativeWork ; schema:genre <https://data.example.org/vocab/disciplines/theatre>, \"yodel\" .",
    );
}

#[test]
fn rules_5_7_and_8_values_get_their_datatype() {
    becomes(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:isAccessibleForFree \"False\" ; sv:entracte \"oui\" ;
            schema:offers [ a schema:Offer ; schema:price \"12,50 €\" ], [ a schema:Offer ; schema:price 8 ; schema:priceCurrency \"€\" ] .
         ex:p a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode 1000 ], [ a schema:PostalAddress ; schema:postalCode 1000 ; schema:addressCountry \"BE\" ] .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:isAccessibleForFree false ; sv:entracte true ;
            schema:offers [ a schema:Offer ; schema:price 12.5 ; schema:priceCurrency \"EUR\" ], [ a schema:Offer ; schema:price \"8\"^^xsd:decimal ; schema:priceCurrency \"EUR\" ] .
         ex:p a schema:Place ; schema:address [ a schema:PostalAddress ; schema:postalCode \"01000\" ], [ a schema:PostalAddress ; schema:postalCode \"1000\" ; schema:addressCountry \"BE\" ] .",
    );
}

#[test]
fn rule_6_markup_goes_and_empty_texts_with_it() {
    becomes(
        "ex:1 a schema:Person ; schema:name \" Zo\u{e9} <b>Martin</b> \"@fr ; schema:description \"<p>Un</p><script>x()</script><p>deux</p>\" ; schema:jobTitle \" \" .",
        "ex:1 a schema:Person ; schema:name \"Zo\u{e9} Martin\"@fr ; schema:description \"Un\\n\\ndeux\" .",
    );
}

#[test]
fn rule_9_names_become_descriptions() {
    let normalised = becomes(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:location \"Le Hangar\"@fr ; schema:organizer \"La Troupe\" ;
            schema:offers [ schema:price 1.0 ] .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:location [ a schema:Place ; schema:name \"Le Hangar\"@fr ] ;
            schema:organizer [ a schema:Organization ; schema:name \"La Troupe\" ] ; schema:offers [ a schema:Offer ; schema:price \"1\"^^xsd:decimal ] .",
    );
    assert_eq!(rules(&normalised), [9, 11]);
    assert!(
        normalised
            .normalisations
            .iter()
            .any(|n| n.subject == "https://theatre.example/1 › offers")
    );
}

#[test]
fn rule_10_datatourisme_has_one_namespace() {
    becomes(
        "ex:1 a <https://www.datatourisme.gouv.fr/ontology/core#ShowEvent> .",
        "ex:1 a <https://www.datatourisme.fr/ontology/core#ShowEvent>, schema:PerformingArtsEvent, schema:Event .",
    );
}

#[test]
fn rule_12_unknown_terms_are_left_out_unless_the_source_keeps_them() {
    let turtle =
        "ex:1 a schema:Person, ex:Star ; schema:name \"A\" ; ex:code \"7\" ; owl:sameAs ex:2 .";
    let normalised = becomes(turtle, "ex:1 a schema:Person ; schema:name \"A\" .");
    assert_eq!(rules(&normalised), [12, 17]);
    assert_eq!(finding_rules(&normalised), ["unknown-term", "unknown-term"]);
    let mut source = source();
    source.keeps = vec!["https://theatre.example/".to_owned()];
    assert_eq!(run(&graph(turtle), &source).graph.len(), 4);
}

#[test]
fn links_are_iris_of_the_web_and_identifiers_canonical() {
    let normalised = becomes(
        "ex:1 a schema:Person ; schema:name \"A\" ; schema:url \"https://a.example/x y\", <javascript:alert(1)>, \"www.a.example\" ;
            schema:image \"data:image/png;base64,AAAA\" ;
            schema:sameAs \"https://www.wikidata.org/wiki/Q535\", <http://isni.org/isni/0000000121032684> ;
            schema:identifier [ a schema:PropertyValue ; schema:propertyID \"isni\" ; schema:value \"0000 0001 2103 2683\" ],
                [ a schema:PropertyValue ; schema:propertyID \"siret\" ; schema:value \"732 829 320 00075\" ] .",
        "ex:1 a schema:Person ; schema:name \"A\" ; schema:url <https://a.example/x%20y>, <http://www.a.example> ;
            schema:sameAs wd:Q535, <http://isni.org/isni/0000000121032684>, <https://isni.org/isni/0000000121032683> ;
            schema:identifier [ a schema:PropertyValue ; schema:propertyID \"isni\" ; schema:value \"0000 0001 2103 2683\" ],
                [ a schema:PropertyValue ; schema:propertyID \"siret\" ; schema:value \"73282932000075\" ] .",
    );
    assert_eq!(
        finding_rules(&normalised),
        ["link-scheme", "link-scheme", "check-character", "siret"]
    );
    assert!(
        normalised
            .findings
            .iter()
            .all(|f| f.severity == Severity::Warning)
    );
}

#[test]
fn a_long_event_and_one_that_holds_others_are_series() {
    let normalised = becomes(
        "ex:1 a schema:TheaterEvent ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-27\"^^xsd:date .
         ex:2 a schema:Event ; schema:subEvent [ schema:startDate \"2026-11-25\"^^xsd:date ], ex:4 .
         ex:3 a schema:Festival ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-27\"^^xsd:date .
         ex:5 a schema:Event ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-25\"^^xsd:date .",
        "ex:1 a schema:EventSeries ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-27\"^^xsd:date .
         ex:2 a schema:EventSeries . [] a schema:Event ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:superEvent ex:2 .
         ex:3 a schema:Festival ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-27\"^^xsd:date .
         ex:5 a schema:Event ; schema:startDate \"2026-11-25\"^^xsd:date ; schema:endDate \"2026-11-25\"^^xsd:date .",
    );
    assert_eq!(
        finding_rules(&normalised),
        [
            "sub-event-not-described",
            "stored-as-series",
            "stored-as-series"
        ]
    );
}

#[test]
fn several_starts_pair_with_their_ends_into_performances() {
    let normalised = becomes(
        "ex:1 a schema:TheaterEvent ; schema:name \"Le Cid\" ; schema:location ex:p ;
            schema:startDate \"2026-11-26T20:30:00+01:00\"^^xsd:dateTime, \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime ;
            schema:endDate \"2026-11-25T22:30:00+01:00\"^^xsd:dateTime, \"2026-11-26T22:30:00+01:00\"^^xsd:dateTime ;
            schema:performer ex:a ; schema:offers [ a schema:Offer ; schema:price 12.5 ] .",
        "ex:1 a schema:EventSeries ; schema:name \"Le Cid\" ; schema:location ex:p ;
            schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime ; schema:endDate \"2026-11-26T22:30:00+01:00\"^^xsd:dateTime ;
            sv:contribution [ a schema:Role ; sv:fonction fonctions:interpretation ; sv:agent ex:a ] .
         <https://theatre.example/1#start-20261125T203000> a schema:TheaterEvent, schema:PerformingArtsEvent, schema:Event ; schema:name \"Le Cid\" ; schema:location ex:p ;
            schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime ; schema:endDate \"2026-11-25T22:30:00+01:00\"^^xsd:dateTime ;
            schema:superEvent ex:1 ; schema:offers [ a schema:Offer ; schema:price 12.5 ] .
         <https://theatre.example/1#start-20261126T203000> a schema:TheaterEvent, schema:PerformingArtsEvent, schema:Event ; schema:name \"Le Cid\" ; schema:location ex:p ;
            schema:startDate \"2026-11-26T20:30:00+01:00\"^^xsd:dateTime ; schema:endDate \"2026-11-26T22:30:00+01:00\"^^xsd:dateTime ;
            schema:superEvent ex:1 ; schema:offers [ a schema:Offer ; schema:price 12.5 ] .
         [] a schema:Offer ; schema:price 12.5 .",
    );
    assert!(normalised.refused.is_empty());
}

#[test]
fn starts_that_do_not_go_with_their_ends_are_refused() {
    for dates in [
        "schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime, \"2026-11-26T20:30:00+01:00\"^^xsd:dateTime ; schema:endDate \"2026-11-26T22:00:00+01:00\"^^xsd:dateTime",
        "schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime, \"2026-11-26\"^^xsd:date",
        "schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime, \"demain\"",
        "schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime, \"2026-11-26T20:30:00+01:00\"^^xsd:dateTime ;
         schema:endDate \"2026-11-26T22:00:00+01:00\"^^xsd:dateTime, \"2026-11-27T22:00:00+01:00\"^^xsd:dateTime",
    ] {
        let normalised = normalised(&format!("ex:1 a schema:Event ; {dates} ."));
        assert_eq!(normalised.refused.len(), 1, "{dates}");
        let finding = normalised.findings.last().expect("a finding");
        assert_eq!((finding.rule.as_str(), finding.severity), ("several-starts", Severity::Violation));
    }
}

#[test]
fn one_start_written_twice_is_one() {
    becomes(
        "ex:1 a schema:Event ; schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime, \"2026-11-25T19:30:00+00:00\"^^xsd:dateTime .",
        "ex:1 a schema:Event ; schema:startDate \"2026-11-25T20:30:00+01:00\"^^xsd:dateTime .",
    );
}

#[test]
fn direct_properties_and_roles_become_contributions() {
    becomes(
        "ex:1 a ado:LivePerformanceWork, schema:CreativeWork ;
            schema:director ex:d ; schema:author \"Corneille\" ;
            schema:performer [ schema:name \"Ana\" ], [ a schema:Person ; schema:name \"Bo\" ],
                [ a schema:PerformanceRole ; schema:performer ex:c ; schema:characterName \"Chim\u{e8}ne\" ],
                [ a schema:Role ; schema:performer ex:e, ex:f ; schema:roleName \"Dramaturgie\" ] ;
            schema:contributor ex:g ;
            sv:contribution [ a schema:Role ; sv:agent ex:g ; sv:fonction fonctions:dramaturgie ] .",
        "ex:1 a ado:LivePerformanceWork, schema:CreativeWork ;
            sv:contribution [ a schema:Role ; sv:agent ex:d ; sv:fonction fonctions:mise-en-scene ],
                [ a schema:Role ; sv:mention \"Corneille\" ; sv:fonction fonctions:texte ],
                [ a schema:Role ; sv:mention \"Ana\" ; sv:fonction fonctions:interpretation ],
                [ a schema:Role ; sv:agent [ a schema:Person ; schema:name \"Bo\" ] ; sv:fonction fonctions:interpretation ],
                [ a schema:PerformanceRole, schema:Role ; sv:agent ex:c ; schema:characterName \"Chim\u{e8}ne\" ; sv:fonction fonctions:interpretation ],
                [ a schema:Role ; sv:agent ex:e ; schema:roleName \"Dramaturgie\" ; sv:fonction fonctions:dramaturgie ],
                [ a schema:Role ; sv:agent ex:f ; schema:roleName \"Dramaturgie\" ; sv:fonction fonctions:dramaturgie ],
                [ a schema:Role ; sv:agent ex:g ; sv:fonction fonctions:dramaturgie ] .",
    );
}

#[test]
fn a_list_of_performers_keeps_its_order() {
    becomes(
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:performer ( ex:b \"Ana\" ) .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ;
            sv:contribution [ a schema:Role ; sv:agent ex:b ; sv:fonction fonctions:interpretation ; schema:position 1 ],
                [ a schema:Role ; sv:mention \"Ana\" ; sv:fonction fonctions:interpretation ; schema:position 2 ] .",
    );
}

#[test]
fn classes_of_the_kind_are_added_and_a_social_dance_is_none() {
    let normalised = becomes(
        "ex:1 a schema:DanceEvent ; schema:name \"Nuit\" . ex:c a skos:Concept ; schema:name \"Sport\"@fr . ex:g a ado:Genre ; skos:prefLabel \"x\" ; skos:inScheme ex:s .",
        "ex:1 a schema:PerformingArtsEvent, schema:Event ; schema:name \"Nuit\" . ex:c a skos:Concept ; schema:name \"Sport\"@fr ; skos:prefLabel \"Sport\"@fr .
         ex:g a ado:Genre, skos:Concept ; skos:prefLabel \"x\" ; skos:inScheme ex:s .",
    );
    assert_eq!(rules(&normalised), [16]);
}

/// A file of real data beside the project; `None`, with a word, where there is none.
fn real(path: &str, base_iri: Option<&str>) -> Option<Graph> {
    let path = format!("{}/../shared/data/{path}", env!("CARGO_MANIFEST_DIR"));
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("skipped: there is no {path}");
        return None;
    };
    let options = ParseOptions {
        base: base_iri.map(str::to_owned),
        ..ParseOptions::default()
    };
    let parsed = parse(&bytes, Syntax::Turtle, &options).expect("it reads");
    Some(parsed.graph)
}

fn with_the_built_in_ontology(graph: &Graph, source: &Source) -> Normalised {
    let base = base();
    normalise(
        graph,
        source,
        &Vocabulary::builtin(&base).expect("it reads"),
        &base,
        &Kinds::new(&base),
        &Properties::new(&base),
    )
}

/// How many resources there are of each kind.
fn kinds_of(graph: &Graph) -> std::collections::BTreeMap<&'static str, usize> {
    let kinds = Kinds::new(&base());
    let mut count = std::collections::BTreeMap::new();
    for subject in graph.subjects() {
        let classes = graph
            .objects(subject, crate::model::vocabulary::rdf::TYPE)
            .filter_map(|term| match term {
                Term::NamedNode(class) => Some(class.as_str()),
                _ => None,
            });
        let kind = kinds.of_classes(classes).map_or("part", |kind| kind.name);
        *count.entry(kind).or_default() += 1;
    }
    count
}

#[test]
fn a_real_programme_loses_no_resource() {
    let Some(graph) = real("laval/entities.ttl", Some("https://www.laval.ca/")) else {
        return;
    };
    let mut source = source();
    source.zone = "America/Montreal".to_owned();
    let normalised = with_the_built_in_ontology(&graph, &source);
    let before = kinds_of(&graph);
    let after = kinds_of(&normalised.graph);
    assert_eq!(before["meeting"], 594);
    assert_eq!(before["place"], after["place"]);
    assert_eq!(before["concept"], after["concept"]);
    let told = |rule: &str| {
        normalised
            .findings
            .iter()
            .filter(|f| f.rule == rule)
            .count()
    };
    assert_eq!(after["series"], told("stored-as-series"));
    assert_eq!(normalised.refused.len(), told("several-starts"));
    // Those with several dates became a series and its dates, those that last a series alone.
    let dates = after["meeting"] + after["series"] - before["meeting"];
    assert_eq!((dates, normalised.refused.len()), (28, 3));
    assert!(normalised.graph.iter().all(|triple| {
        !matches!(&triple.object, Term::Literal(l) if l.value().contains("<p>") || l.value().ends_with("00Z"))
    }));
    let again = with_the_built_in_ontology(&normalised.graph, &source);
    assert_eq!(lines(&again.graph), lines(&normalised.graph));
}

#[test]
fn a_real_vocabulary_keeps_all_its_concepts() {
    for (file, concepts) in [
        ("artsdata-ontology", 13),
        ("skos-event-types", 60),
        ("skos-genres", 40),
        ("skos-organization-types", 24),
        ("skos-place-types", 42),
    ] {
        let Some(graph) = real(&format!("artsdata-skos/{file}.ttl"), None) else {
            return;
        };
        let normalised = with_the_built_in_ontology(&graph, &source());
        assert_eq!(
            kinds_of(&normalised.graph),
            [("concept", concepts)].into(),
            "{file}"
        );
        assert!(normalised.findings.is_empty(), "{file}");
        let told = |is: fn(&Normalisation) -> bool| {
            normalised.normalisations.iter().filter(|n| is(n)).count()
        };
        let (left_out, added) = (told(|n| n.after.is_empty()), told(|n| n.rule == 16));
        assert_eq!(
            normalised.graph.len() + left_out,
            graph.len() + added,
            "{file}"
        );
    }
}

#[test]
fn hostile_submissions_cost_in_proportion() {
    use std::fmt::Write;
    // Each of these would take minutes, or gigabytes, if a rule looked at all for each one.
    let many = |part: fn(usize) -> String| {
        (0..20_000).fold(String::new(), |mut text, at| {
            let _ = writeln!(text, "{} .", part(at));
            text
        })
    };
    let start = std::time::Instant::now();
    let of_performers = many(|at| {
        format!("ex:1 schema:performer \"p{at}\" ; schema:sameAs ex:{at} ; schema:price \"{at} €\"")
    });
    normalised(&format!("ex:1 a schema:TheaterEvent . {of_performers}"));
    let of_starts = many(|at| {
        format!(
            "ex:1 schema:startDate \"{:04}-{:02}-{:02}\" ; schema:keywords \"k{at}\"",
            1000 + at / 336,
            at / 28 % 12 + 1,
            at % 28 + 1
        )
    });
    let split = normalised(&format!("ex:1 a schema:TheaterEvent . {of_starts}"));
    assert_eq!(split.refused.len(), 1);
    let of_subs = many(|at| format!("ex:{at} schema:subEvent _:s . _:s schema:keywords \"k{at}\""));
    normalised(&of_subs);
    let of_roles = many(|at| format!("_:r schema:performer ex:{at} ; schema:roleName \"r{at}\""));
    normalised(&format!(
        "ex:1 a schema:TheaterEvent ; schema:performer _:r . _:r a schema:Role . {of_roles}"
    ));
    let of_scripts = "<script></script>".repeat(20_000) + &"&amp;<".repeat(20_000);
    normalised(&format!("ex:1 schema:name \"{of_scripts}\" ."));
    let taken = start.elapsed();
    assert!(taken < std::time::Duration::from_secs(30), "{taken:?}");
}

#[test]
fn a_resource_whose_iri_would_run_something_is_refused() {
    let normalised = normalised("<javascript:alert(1)> a schema:Person ; schema:name \"A\" .");
    assert_eq!(normalised.refused.len(), 1);
    assert_eq!(finding_rules(&normalised), ["subject-scheme"]);
}

#[test]
fn a_change_of_datatype_alone_shows_the_datatypes() {
    let normalised = normalised("ex:1 a schema:Event ; schema:startDate \"2026-11-25\" .");
    let told = &normalised.normalisations[0];
    assert_eq!(
        (told.before.as_str(), told.after.as_str()),
        ("\"2026-11-25\"^^xsd:string", "\"2026-11-25\"^^xsd:date")
    );
}

#[test]
fn what_has_no_iri_is_called_by_its_class_and_name() {
    let normalised = normalised("[] a https:Person ; https:name \" Ana \" .");
    assert!(
        normalised
            .normalisations
            .iter()
            .all(|n| n.subject == "“Ana” (Person)")
    );
}

/// Small graphs of everything that the rules look at, in wrong places too.
fn any_graph() -> impl proptest::strategy::Strategy<Value = Graph> {
    use proptest::prelude::*;
    let node = prop::sample::select(vec![
        "ex:1", "ex:2", "ex:3#x", "_:a", "_:b", "_:c", "_:new0",
    ]);
    let property = prop_oneof![
        3 => Just("a"),
        6 => prop::sample::select(vec![
            "schema:startDate", "schema:endDate", "schema:subEvent", "schema:superEvent", "schema:location",
            "schema:performer", "schema:director", "https:name", "schema:offers", "sv:contribution",
        ]),
        2 => prop::sample::select(vec![
            "schema:name", "schema:description", "schema:url", "schema:sameAs", "schema:identifier",
            "schema:propertyID", "schema:value", "schema:price", "schema:priceCurrency", "schema:postalCode",
            "schema:address", "schema:containedInPlace", "schema:duration", "schema:doorTime", "schema:eventStatus",
            "schema:isAccessibleForFree", "schema:genre", "sv:agent", "sv:fonction", "schema:roleName",
            "owl:sameAs", "ex:odd", "skos:prefLabel", "schema:addressCountry", "schema:previousStartDate",
            "rdf:first", "rdf:rest", "schema:dateCreated", "schema:image",
        ]),
    ];
    let value = prop_oneof![
        4 => prop::sample::select(vec!["ex:1", "ex:2", "ex:3#x", "_:a", "_:b", "_:c", "_:new0", "rdf:nil"]),
        3 => prop::sample::select(vec![
            "schema:Event", "https:TheaterEvent", "schema:DanceEvent", "schema:Person", "schema:Place",
            "schema:Festival", "schema:CreativeWork", "schema:EventSeries", "schema:Role", "schema:PerformanceRole",
            "skos:Concept", "ex:Odd", "schema:PropertyValue", "fonctions:texte", "schema:PostalAddress",
        ]),
        4 => prop::sample::select(vec![
            "\"2026-11-25\"", "\"2026-11-25 20:30\"@fr", "\"2026-11-25T20:30:00Z\"^^xsd:dateTime",
            "\"2026-11-26T01:00:00.0+01:00\"^^xsd:dateTime", "\"2026-11-27\"^^xsd:date", "\"2026-11-25T00:00\"",
            "\"31/12/2026\"", "\"1664\"", "\"2026-03-29T02:30:00\"^^xsd:dateTime", "\"2026-13-45\"^^xsd:date",
        ]),
        3 => prop::sample::select(vec![
            "\" A  <b>b</b> &amp;lt; \"", "\"\"", "\"12,50 €\"", "12.50", "1.5e1", "1000", "true", "\"Oui\"",
            "\"https://a.example/x y\"", "<javascript:x>", "\"javascript:x\"", "\"isni\"", "\"0000 0001 2103 2683\"",
            "\"siret\"", "<https://www.wikidata.org/wiki/Q1>", "\"EventCancelled\"", "https:EventCancelled",
            "\"97400\"", "\"théâtre\"", "\"1h30\"", "\"20h30\"", "\"BE\"",
            "\"x\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#HTML>",
        ]),
    ];
    prop::collection::vec((node, property, value), 0..14).prop_map(|triples| {
        let text: String = triples
            .iter()
            .map(|(subject, property, value)| format!("{subject} {property} {value} .\n"))
            .collect();
        let text = text.replace("ex:3#x", "<https://theatre.example/3#x>");
        graph(&format!(
            "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n{text}"
        ))
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 1000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn normalising_twice_is_normalising_once(graph in any_graph(), z_means_local: bool) {
        let mut source = source();
        source.z_means_local = z_means_local;
        let once = run(&graph, &source);
        let twice = run(&once.graph, &source);
        proptest::prop_assert_eq!(
            lines(&twice.graph),
            lines(&once.graph),
            "{}",
            graph.iter().map(|triple| format!("{triple} .\n")).collect::<String>()
        );
        let again = run(&graph, &source);
        proptest::prop_assert!(again.graph.iter().eq(once.graph.iter()));
        proptest::prop_assert_eq!(again.normalisations, once.normalisations);
    }
}
