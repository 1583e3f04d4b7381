//! A made-up document for tests, and the comparison with golden files.

use crate::model::kind::{Kind, Kinds};
use crate::model::vocabulary::rdf;
use crate::model::{Base, Description, Generation, Source};
use crate::publish::{Context, Dates, Document, Incoming, LinkGroup, LinksHere, SourceShare};
use crate::rdf::write::sort_from_root;
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use std::collections::BTreeMap;
use std::path::Path;

const SAMPLE: &str = include_str!("sample.ttl");
pub(crate) const CONTEXT: &str = include_str!("../../ontology/context.jsonld");
const BASE: &str = "https://data.example.org";

pub(crate) fn base() -> Base {
    BASE.parse().expect("a base")
}

pub(crate) fn context() -> Context {
    Context::new(base(), CONTEXT).expect("our own context")
}

pub(crate) fn read_jsonld(text: &str) -> Vec<Triple> {
    oxjsonld::JsonLdParser::new()
        .for_slice(text.as_bytes())
        .with_load_document_callback(|url, _| {
            assert_eq!(url, "https://data.example.org/context.jsonld");
            Ok(oxjsonld::JsonLdRemoteDocument {
                document: CONTEXT.replace("{base}", BASE).into_bytes(),
                document_url: url.to_owned(),
            })
        })
        .map(|quad| quad.map(Triple::from))
        .collect::<Result<_, _>>()
        .unwrap_or_else(|error| panic!("{error} in\n{text}"))
}

/// The triples of one graph of the sample; an empty name is the default graph.
fn graph(name: &str) -> Vec<Triple> {
    let wanted = match name {
        "" => GraphName::DefaultGraph,
        name => NamedNode::new_unchecked(format!("{BASE}/graph/{name}")).into(),
    };
    oxttl::TriGParser::new()
        .for_slice(SAMPLE.as_bytes())
        .collect::<Result<Vec<Quad>, _>>()
        .expect("the sample is TriG")
        .into_iter()
        .filter(|quad| quad.graph_name == wanted)
        .map(Triple::from)
        .collect()
}

fn id(noid: &str) -> NamedNode {
    NamedNode::new_unchecked(format!("{BASE}/id/{noid}"))
}

fn about(iri: &NamedNode, triples: &[Triple]) -> Description {
    let part = format!("{}#", iri.as_str());
    let mut own: Vec<Triple> = triples
        .iter()
        .filter(|triple| match &triple.subject {
            NamedOrBlankNode::NamedNode(node) => node == iri || node.as_str().starts_with(&part),
            NamedOrBlankNode::BlankNode(_) => false,
        })
        .cloned()
        .collect();
    sort_from_root(&mut own, iri.as_ref());
    Description {
        iri: iri.clone(),
        triples: own,
    }
}

fn labels() -> BTreeMap<String, Vec<Literal>> {
    let mut labels: BTreeMap<String, Vec<Literal>> = BTreeMap::new();
    for triple in graph("labels") {
        if let (NamedOrBlankNode::NamedNode(node), Term::Literal(label)) =
            (triple.subject, triple.object)
        {
            labels.entry(node.into_string()).or_default().push(label);
        }
    }
    labels
}

fn source(name: &str, publisher: &str, rank: u32, licence: Option<&str>) -> Source {
    Source {
        publisher: Some(publisher.to_owned()),
        licence: licence.map(NamedNode::new_unchecked),
        rank,
        ..Source::new(name.parse().expect("a name"))
    }
}

pub(crate) fn sources() -> Vec<Source> {
    vec![
        source(
            "grande-ourse",
            "Théâtre de la Grande Ourse",
            10,
            Some("https://creativecommons.org/publicdomain/zero/1.0/"),
        ),
        source("office", "Office de tourisme de Port-Sillon", 50, None),
    ]
}

/// The clock of the pages of samples: the performance is to come.
pub(crate) fn now() -> jiff::Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// A rescheduled performance on which two sources disagree.
pub(crate) fn performance() -> Document {
    let mut document = document("3f8kz2m9q0cx", &graph(""));
    let around = graph("around");
    document.around = ["bq7n4zr2kt5x", "c4w9vhs6m3pd"]
        .into_iter()
        .map(|noid| about(&id(noid), &around))
        .collect();
    let agents = graph("agents");
    document.agents = ["d0j5xqz8f7rh", "f2k8dzr4wq69"]
        .into_iter()
        .map(|noid| about(&id(noid), &agents))
        .collect();
    let mut sources = sources().into_iter();
    let mut share = |graph_name: &str, left_out: &[&str]| SourceShare {
        source: sources.next().expect("two sources"),
        triples: graph(graph_name),
        left_out: left_out.iter().map(|iri| (*iri).to_owned()).collect(),
    };
    document.sources = vec![
        share("source-theatre", &[]),
        share("source-office", &["http://schema.org/endDate"]),
    ];
    document.links = links(
        "http://schema.org/subEvent",
        (1, 0),
        Incoming {
            date: Some("2026-09-15".to_owned()),
            ..Incoming::new(id("k3t8czm5w2qh"), kind("season"))
        },
    );
    document.links.dates = Dates::default();
    document
}

/// The place of [`performance`], with what happens there.
pub(crate) fn place() -> Document {
    let mut document = document("bq7n4zr2kt5x", &graph("around"));
    document.links = links("http://schema.org/location", (42, 12), there());
    document
}

/// The production of [`performance`].
pub(crate) fn production() -> Document {
    let mut document = document("c4w9vhs6m3pd", &graph("around"));
    document.links = links("http://schema.org/workPerformed", (1, 1), there());
    document
}

fn kind(name: &str) -> &'static Kind {
    Kind::named(name).expect("a kind")
}

/// The performance as what points to something.
fn there() -> Incoming {
    Incoming {
        date: Some("2027-03-02T20:30:00+01:00".to_owned()),
        place: Some(id("bq7n4zr2kt5x")),
        status: Some(NamedNode::new_unchecked(
            "http://schema.org/EventRescheduled",
        )),
        ..Incoming::new(id("3f8kz2m9q0cx"), kind("performance"))
    }
}

/// So many links, and how many of them are to come, of which one is shown.
fn links(relation: &str, (total, upcoming): (usize, usize), row: Incoming) -> LinksHere {
    LinksHere {
        groups: vec![LinkGroup {
            relation: NamedNode::new_unchecked(relation),
            kind: row.kind,
            total,
            upcoming,
            rows: vec![row.clone()],
        }],
        dates: Dates {
            total,
            upcoming,
            listed: total,
            is_cut: false,
            rows: vec![row],
            days: vec![("2027-03-02".to_owned(), 1)],
            past_days: Vec::new(),
        },
        generation: Some(Generation(7)),
        is_cut: false,
    }
}

fn document(noid: &str, triples: &[Triple]) -> Document {
    let description = about(&id(noid), triples);
    let classes: Vec<String> = description
        .triples
        .iter()
        .filter(|triple| {
            triple.predicate.as_ref() == rdf::TYPE && triple.subject == id(noid).into()
        })
        .map(|triple| match &triple.object {
            Term::NamedNode(class) => class.as_str().to_owned(),
            other => panic!("{other} is no class"),
        })
        .collect();
    let kind = Kinds::new(&base())
        .of_classes(classes.iter().map(String::as_str))
        .expect("an entity");
    let mut labels = labels();
    if noid == "bq7n4zr2kt5x" || noid == "c4w9vhs6m3pd" {
        labels.insert(
            id("3f8kz2m9q0cx").into_string(),
            vec![Literal::new_language_tagged_literal_unchecked(
                "Les Marées du grenier",
                "fr",
            )],
        );
    }
    Document {
        generation: Generation(7),
        modified: "2026-11-20T09:12:44Z".to_owned(),
        sources: sources()
            .into_iter()
            .take(1)
            .map(|source| SourceShare {
                source,
                triples: Vec::new(),
                left_out: Vec::new(),
            })
            .collect(),
        changed_by: sources().into_iter().next().map(|source| source.name),
        labels,
        ..Document::new(description, kind)
    }
}

/// A page with the plain names of the assets, so that a change of the style sheet does not show
/// in every golden file; and without scripts and outlines of maps, which are there only where they
/// were bundled.
pub(crate) fn without_hashes(html: &str) -> String {
    let html = crate::html::ASSETS
        .iter()
        .fold(html.to_owned(), |html, asset| {
            html.replace(&asset.path, &asset.name)
        });
    let lines = html.split_inclusive('\n');
    lines
        .filter(|line| {
            let bundled = [
                "<script src=\"/assets/",
                "<path class=\"land\"",
                "<path class=\"borders\"",
            ];
            !bundled.iter().any(|start| line.starts_with(start))
        })
        .collect()
}

/// Compares with `tests/golden/{name}`; `UPDATE_GOLDEN=1` writes the file instead.
pub(crate) fn assert_golden(name: &str, actual: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; run with UPDATE_GOLDEN=1 to make it",
            path.display()
        )
    });
    assert!(
        expected == actual,
        "{} differs; run with UPDATE_GOLDEN=1 and read the diff. Now it is:\n{actual}",
        path.display()
    );
}
