//! Bytes that nobody meant, given to every reader, and graphs that nobody would write, given to
//! normalisation: no panic, no hang, and no more comes out than went in allows for.
//!
//! `AFFICHE_CASES=100000 cargo test --test it hostile_bytes` tries more than the few of each run.

use crate::support::{BASE, Folder, base, name};
use affiche::ingest::importers::compression::decompress;
use affiche::ingest::importers::{IMPORTERS, ReadError, ReadOptions, importer_of, sniff};
use affiche::ingest::normalise::normalise;
use affiche::ingest::vocabulary::Vocabulary;
use affiche::ingest::{Document, Submission, submit};
use affiche::model::Source;
use affiche::model::kind::Kinds;
use affiche::model::property::{PROPERTIES, Properties};
use affiche::rdf::Graph;
use affiche::rdf::parse::ParseError;
use oxrdf::{BlankNode, Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::io::Write as _;
use std::time::{Duration, Instant};

/// Nothing of a few kilobytes takes longer, on a machine busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many cases to try: `usual`, unless the environment says.
fn runner(usual: u32) -> TestRunner {
    let cases = std::env::var("AFFICHE_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(usual);
    TestRunner::new(Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    })
}

/// A sound file of each format, with the parts that readers trip over.
const SAMPLES: &[(&str, &str)] = &[
    (
        "turtle",
        "@prefix s: <http://schema.org/> .\n<http://a.example/1> a s:TheaterEvent ; s:name \"\"\"Été \"noir\" \"\"\"@fr ; s:startDate \"2027-03-12T20:30:00\" ; s:offers [ s:price 12.50 ; s:name 'x\\u00e9' ] , ( 1 true ) ; s:location _:b .\n_:b a s:Place ; s:name \"A\" .",
    ),
    (
        "trig",
        "<http://a.example/g> { <http://a.example/1> <http://schema.org/name> 'é'^^<http://a.example/d> } { _:a <http://schema.org/knows> _:b }",
    ),
    (
        "ntriples",
        "<http://a.example/1> <http://schema.org/name> \"\\u00E9 \\\"x\\\"\"@fr-CA .\n_:a <http://schema.org/knows> _:b .\n",
    ),
    (
        "nquads",
        "_:a <http://schema.org/name> \"x\" <http://a.example/g> .\n<http://a.example/1> <http://schema.org/price> \"12\"^^<http://www.w3.org/2001/XMLSchema#decimal> .\n",
    ),
    (
        "jsonld",
        r#"{"@context":["https://schema.org/",{"x":"http://a.example/x#","y":{"@id":"x:y","@type":"@id","@container":"@list"}}],"@graph":[{"@id":"http://a.example/1","@type":["TheaterEvent","x:Z"],"name":{"@value":"Été","@language":"fr"},"startDate":"2027-03-12","offers":[{"price":"12,50 €"},{"price":8.5}],"location":{"@type":"Place","name":"A","address":{"postalCode":1000}},"y":["a","b"],"performer":{"@type":"Role","performer":"Anne","characterName":null}}]}"#,
    ),
    (
        "rdfxml",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE r [<!ENTITY s \"http://schema.org/\"><!ENTITY t \"&s;name\">]>\n<r:RDF xmlns:r=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:s=\"http://schema.org/\" xml:base=\"http://a.example/\"><s:Event r:about=\"1\" s:name=\"&s;\"><s:name xml:lang=\"fr\">Été &amp; x</s:name><s:location r:parseType=\"Resource\"><s:name>x</s:name></s:location><s:y r:parseType=\"Collection\"><s:Place r:ID=\"p\"/><r:Description r:nodeID=\"b\"/></s:y><s:x r:parseType=\"Literal\"><b a='>'/></s:x></s:Event><!-- c --></r:RDF>",
    ),
    (
        "html",
        "<!doctype html><html><head><meta charset=utf-8><base href='/x/'><link rel=canonical href=\"https://a.example/y\"><script>var a='<b>'</script><script type=\"application/ld+json\">//<![CDATA[\n{\"@context\":\"https://schema.org\",\"@graph\":[{\"@type\":\"WebPage\",\"@id\":\"#p\",\"breadcrumb\":{\"@type\":\"BreadcrumbList\"}},{\"@type\":\"Event\",\"@id\":\"#1\",\"name\":\"Été\",\"url\":\"https://a.example/a b\",\"mainEntityOfPage\":{\"@id\":\"#p\"}}]}\n//]]></script><!-- x --><SCRIPT type='application/ld+json;x'>[{\"@type\":\"Place\",\"name\":\"&eacute;\"}]</SCRIPT></head><body><p title=\"a>b\">x</body></html>",
    ),
    (
        "csv",
        "id;Titre;Date;Heure;Fin;Lieu;Salle;CP;Ville;Compagnie;Avec;Genre;Durée;Âge;Tarif;Gratuit;Statut;Image;Billetterie;Festival;Type\n1;\"Les \"\"Heures\"\";\nclaires\";samedi 13 mars 2027;20h30;1h;Tilleuls;Grande;1000;Bourg;Cie A | Cie B;Anne\n2;Nocturne;14/03/27 à 23 h;;;;Petite;;;;;Musique;90;dès 8 ans;Plein : 12,50 € | 8;oui;complet;https://a.example/i.jpg;https://a.example/t;Été;Rencontre\n;Trois;2027-03-12T20:30:00+01:00;;22:00;Tilleuls\n",
    ),
    ("iris", "# à retirer\nhttp://a.example/1\r\nurn:x:2\n"),
    (
        "nyphil",
        r#"{"programs":[{"id":"a","programID":"9297","orchestra":"O","season":"2004-05","concerts":[{"eventType":"Tour","Location":"X, NY","Venue":"V","Date":"2004-09-21T04:00:00Z","Time":"8:00PM"}],"works":[{"ID":"1*2","composerName":"Dupont,  Anna","workTitle":{"em":"a","_":"b"},"conductorName":"M, P","soloists":[{"soloistName":"B, K","soloistInstrument":"Bass","soloistRoles":"S"}]}]}]}"#,
    ),
];

/// Pieces that mean something to one reader or another.
const PIECES: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "<",
    ">",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "\\",
    "\\u",
    "\\uD800",
    "\\u0000",
    "@",
    ":",
    ";",
    ",",
    ".",
    "|",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "_:",
    "<!--",
    "-->",
    "<!",
    "]]>",
    "<![CDATA[",
    "<?",
    "?>",
    "&",
    "&#0;",
    "&lt;",
    "&s;",
    "<!ENTITY a \"&a;&a;\">",
    "//",
    "</script>",
    "<script type=application/ld+json>",
    "é",
    "\u{1F3AD}",
    "\u{202e}",
    "0",
    "-1",
    "99999999999999999999",
    "1e400",
    "NaN",
    "31/12/2026",
    "25h99",
    "2026-02-30",
    "9999-12-31",
    "-0001-01-01",
    "http://",
    "https://a.example/",
    "javascript:x",
    "#",
    "%zz",
    "@context",
    "@id",
    "@type",
    "@graph",
    "@list",
    "@set",
    "@reverse",
    "@nest",
    "@included",
    "null",
    "true",
    "[]",
    "{}",
    "12,50 €",
    "1.250",
    "1h30",
    "PT",
    "P99999999999999Y",
    "sep=;",
    "titre",
    "date",
    "=A1",
    "xml:lang=\"x\"",
    "rdf:about",
    "r:parseType=\"Literal\"",
];

#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Flip(Index, u8),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        (any::<Index>(), select(PIECES)).prop_map(|(at, piece)| Edit::Insert(at, piece.into())),
        (any::<Index>(), prop::collection::vec(any::<u8>(), 1..5))
            .prop_map(|(at, bytes)| Edit::Insert(at, bytes)),
        (any::<Index>(), 1..40_usize).prop_map(|(at, length)| Edit::Remove(at, length)),
        (any::<Index>(), 1..40_usize, 1..60_usize)
            .prop_map(|(at, length, times)| Edit::Repeat(at, length, times)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Edit::Flip(at, byte)),
    ]
}

/// Bytes that a failing test shows so that they can be written down.
#[derive(Clone)]
struct Bytes(Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "b\"{}\"", self.0.escape_ascii())
    }
}

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for edit in edits {
        let at = |index: &Index, bytes: &[u8]| index.index(bytes.len() + 1);
        match edit {
            Edit::Insert(index, piece) => {
                let at = at(index, &bytes);
                bytes.splice(at..at, piece.iter().copied());
            }
            Edit::Remove(index, length) => {
                let at = at(index, &bytes);
                let end = (at + length).min(bytes.len());
                bytes.drain(at..end);
            }
            Edit::Repeat(index, length, times) => {
                let at = at(index, &bytes);
                let end = (at + length).min(bytes.len());
                let piece = bytes[at..end].repeat(*times);
                bytes.splice(at..at, piece);
            }
            Edit::Flip(index, byte) => {
                let at = at(index, &bytes);
                if let Some(old) = bytes.get_mut(at) {
                    *old ^= byte;
                }
            }
        }
    }
    bytes
}

fn file() -> impl Strategy<Value = (&'static str, Bytes)> {
    let file = prop_oneof![
        8 => (select(SAMPLES), prop::collection::vec(edit(), 0..8))
            .prop_map(|((format, text), edits)| (format, edited(text.as_bytes(), &edits))),
        1 => (select(SAMPLES), select(PIECES), select(PIECES), 0..2000_usize)
            .prop_map(|((format, _), a, b, times)| (format, format!("{a}{b}").repeat(times).into_bytes())),
        1 => (select(SAMPLES), prop::collection::vec(any::<u8>(), 0..300))
            .prop_map(|((format, _), bytes)| (format, bytes)),
    ];
    file.prop_map(|(format, bytes)| (format, Bytes(bytes)))
}

/// What normalisation looks things up in.
struct Tools {
    options: ReadOptions,
    vocabulary: Vocabulary,
    kinds: Kinds,
    properties: Properties,
    source: Source,
}

impl Tools {
    fn new() -> Self {
        let base = base();
        Self {
            options: ReadOptions {
                size_bytes: 1 << 20,
                base: Some("https://a.example/x/".to_owned()),
                ..ReadOptions::of(&base)
            },
            vocabulary: Vocabulary::builtin(&base).unwrap(),
            kinds: Kinds::new(&base),
            properties: Properties::new(&base),
            source: Source::new(name("theatre")),
        }
    }

    /// Normalises, and says how large the result is.
    fn normalised(&self, graph: &Graph) -> usize {
        let normalised = normalise(
            graph,
            &self.source,
            &self.vocabulary,
            &base(),
            &self.kinds,
            &self.properties,
        );
        normalised.graph.len() + normalised.findings.len() + normalised.normalisations.len()
    }
}

fn in_time(started: Instant, what: &str) -> Result<(), TestCaseError> {
    let took = started.elapsed();
    prop_assert!(took < PATIENCE, "{what} took {took:?}");
    Ok(())
}

#[test]
fn every_format_that_comes_in_has_a_sample_that_reads() {
    let tools = Tools::new();
    for importer in IMPORTERS {
        let (_, text) = SAMPLES
            .iter()
            .find(|(format, _)| *format == importer.name)
            .unwrap_or_else(|| panic!("no sample of {}", importer.name));
        let reading = (importer.read)(text.as_bytes(), &tools.options).unwrap();
        assert!(reading.graph.len() > 1, "{}", importer.name);
        assert!(tools.normalised(&reading.graph) > 0);
    }
}

#[test]
fn no_bytes_make_a_reader_panic_hang_or_swell() {
    let tools = Tools::new();
    let result = runner(400).run(&file(), |(format, Bytes(bytes))| {
        let started = Instant::now();
        let importer = importer_of(Some(format), "", &bytes).unwrap();
        let _ = sniff(&bytes);
        let _ = importer_of(None, "a.json", &bytes);
        let reading = match (importer.read)(&bytes, &tools.options) {
            Ok(reading) => reading,
            Err(error) => {
                // A panic of a parser ends its own thread only, and is one all the same.
                prop_assert_ne!(&error, &ReadError::Parse(ParseError::Reader));
                prop_assert!(error.to_string().len() < 4000 + 2 * bytes.len());
                return in_time(started, format);
            }
        };
        let allowed = 60 * bytes.len() + 1000;
        prop_assert!(reading.graph.len() <= allowed && reading.findings.len() <= allowed);
        let size = tools.normalised(&reading.graph);
        prop_assert!(
            size <= 100 * (reading.graph.len() + 1000),
            "{size} of {}",
            reading.graph.len()
        );
        in_time(started, format)
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn no_bytes_make_unpacking_panic_or_pass_its_limit() {
    const LIMIT: usize = 10_000;
    let packed: Vec<Vec<u8>> = SAMPLES
        .iter()
        .flat_map(|(_, text)| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(text.repeat(9).as_bytes()).unwrap();
            let zstd = zstd::stream::encode_all(text.repeat(9).as_bytes(), 1).unwrap();
            [gzip.finish().unwrap(), zstd]
        })
        .collect();
    let cases = (select(packed), prop::collection::vec(edit(), 0..6));
    let result = runner(400).run(&cases, |(bytes, edits)| {
        let started = Instant::now();
        let bytes = edited(&bytes, &edits);
        if let Ok(unpacked) = decompress(&bytes, LIMIT) {
            prop_assert!(unpacked.len() <= LIMIT.max(bytes.len()));
        }
        in_time(started, "unpacking")
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

fn iri() -> impl Strategy<Value = String> {
    let model = PROPERTIES
        .iter()
        .map(|property| property.name)
        .chain([
            "schema:subEvent",
            "schema:performer",
            "schema:director",
            "schema:price",
            "schema:priceCurrency",
            "schema:postalCode",
            "schema:addressCountry",
            "schema:addressLocality",
            "schema:propertyID",
            "schema:value",
            "schema:eventSchedule",
            "schema:byDay",
            "schema:repeatFrequency",
            "schema:repeatCount",
            "schema:startTime",
            "schema:endTime",
            "schema:exceptDate",
            "schema:scheduleTimezone",
            "schema:Event",
            "schema:EventSeries",
            "schema:TheaterEvent",
            "schema:Place",
            "schema:PostalAddress",
            "schema:Role",
            "schema:Schedule",
            "schema:CreativeWork",
            "schema:Person",
            "sv:agent",
            "sv:fonction",
            "rdf:first",
            "rdf:rest",
            "rdf:nil",
        ])
        .filter_map(|name| match name.split_once(':') {
            Some(("sv", local)) => Some(format!("{BASE}/ns#{local}")),
            _ => affiche::model::vocabulary::expand(name),
        })
        .collect::<Vec<_>>();
    prop_oneof![
        12 => select(model),
        1 => select(vec!["javascript:x", "https://schema.org/name", "http://a.example/x", "https://data.example.org/id/0123456789bc", "https://www.wikidata.org/wiki/Q1", "https://isni.org/isni/0000000121032683"])
            .prop_map(str::to_owned),
    ]
}

fn node() -> impl Strategy<Value = NamedOrBlankNode> {
    prop_oneof![
        (0..5_u8).prop_map(
            |number| NamedNode::new_unchecked(format!("http://a.example/{number}")).into()
        ),
        (0..6_u8).prop_map(|number| BlankNode::new_unchecked(format!("b{number}")).into()),
    ]
}

fn term() -> impl Strategy<Value = Term> {
    let text = prop_oneof![
        select(PIECES).prop_map(str::to_owned),
        "\\PC{0,12}",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](Z|[+-][01][0-9]:00)?)?",
        "[0-9]{1,5}([.,][0-9]{1,3})?( ?(€|EUR|\\$))?",
        "P(T?[0-9]{1,12}[YMDHS]){0,3}",
        select(vec![
            "MO",
            "Europe/Paris",
            "Nowhere/Town",
            "P1D",
            "P1W",
            "PT1S",
            "1000000000",
            "siret",
            "isni"
        ])
        .prop_map(str::to_owned),
    ];
    prop_oneof![
        4 => (text, 0..6_u8).prop_map(|(text, kind)| {
            let xsd = |local: &str| {
                NamedNode::new_unchecked(format!("http://www.w3.org/2001/XMLSchema#{local}"))
            };
            match kind {
                0 => Literal::new_typed_literal(text, xsd("dateTime")),
                1 => Literal::new_typed_literal(text, xsd("decimal")),
                2 => Literal::new_language_tagged_literal_unchecked(text, "fr"),
                3 => Literal::new_typed_literal(text, xsd("duration")),
                _ => Literal::new_simple_literal(text),
            }
            .into()
        }),
        3 => node().prop_map(Term::from),
        3 => iri().prop_map(|iri| NamedNode::new_unchecked(iri).into()),
    ]
}

#[test]
fn no_graph_makes_normalisation_panic_hang_or_swell() {
    let tools = Tools::new();
    let rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
    let triple = prop_oneof![
        3 => (node(), iri(), term()),
        1 => (node(), Just(rdf_type.to_owned()), iri().prop_map(|iri| NamedNode::new_unchecked(iri).into())),
    ];
    let graphs = prop::collection::vec(triple, 0..60);
    let result = runner(400).run(&graphs, |triples| {
        let started = Instant::now();
        let graph: Graph = triples
            .into_iter()
            .map(|(subject, property, value)| {
                Triple::new(subject, NamedNode::new_unchecked(property), value)
            })
            .collect();
        let size = tools.normalised(&graph);
        prop_assert!(
            size <= 100 * graph.len() + 100_000,
            "{size} of {}",
            graph.len()
        );
        in_time(started, "normalisation")
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn no_file_leaves_the_folder_other_than_it_should_be() {
    let folder = std::cell::RefCell::new(Folder::with_sources(&["theatre"]));
    let cases = std::env::var("AFFICHE_CASES")
        .ok()
        .and_then(|cases| cases.parse::<u32>().ok());
    let mut runner = TestRunner::new(Config {
        cases: cases.map_or(24, |cases| cases / 50),
        failure_persistence: None,
        max_shrink_iters: 50,
        ..Config::default()
    });
    let result = runner.run(&file(), |(format, Bytes(bytes))| {
        let folder = folder.borrow_mut();
        let source = name("theatre");
        let document = Document {
            name: "-",
            bytes: &bytes,
            format: Some(format),
            base: Some("https://a.example/x/"),
        };
        let submission = Submission {
            is_partial: Some(true),
            allows_withdrawals: true,
            ..Submission::new(&source, std::slice::from_ref(&document))
        };
        // Any outcome will do that leaves log, store and public view as they must be.
        let _ = submit(
            &folder.store,
            folder.door,
            &submission,
            folder.now,
            &mut affiche::store::fill_random,
        );
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    folder.borrow().check();
}
