//! `/ldes`: who reads the event stream and nothing else has what is published.

use crate::changing::{self, Random, public_entities};
use crate::site::{Answer, Site};
use crate::support::{BASE, Folder};
use affiche::app::ldes::{self, Bounds};
use affiche::app::{App, history};
use axum::http::StatusCode;
use oxrdf::{GraphName, Quad, Term};
use std::collections::{BTreeMap, BTreeSet};

const TREE: &str = "https://w3id.org/tree#";
const LDES: &str = "https://w3id.org/ldes#";
const DELETE: &str = "https://www.w3.org/ns/activitystreams#Delete";
const DCT: &str = "http://purl.org/dc/terms/";
/// So that there is a tree of some depth.
const SMALL: Bounds = Bounds {
    members: 4,
    bytes: 6000,
    pages: 3,
};

/// Knows of TREE and LDES what their specifications say, and of this server an address.
#[derive(Default)]
struct Client {
    members: BTreeSet<String>,
    /// Of each entity the last version: when, and what.
    entities: BTreeMap<String, ((String, u64), BTreeSet<String>)>,
    /// Nodes that never change, with what they were.
    complete: BTreeMap<String, Vec<u8>>,
    fetched: usize,
}

async fn read(site: &Site, iri: &str) -> (Answer, Vec<Quad>) {
    let path = iri.strip_prefix(BASE).expect("it is below the base");
    let answer = site.get(path, &[("accept", "application/n-quads")]).await;
    assert_eq!(answer.status, StatusCode::OK, "{iri}: {}", answer.text());
    let quads = oxttl::NQuadsParser::new()
        .for_slice(&answer.bytes)
        .collect::<Result<_, _>>()
        .expect("N-Quads");
    (answer, quads)
}

fn objects(quads: &[Quad], subject: &str, predicate: &str) -> Vec<String> {
    quads
        .iter()
        .filter(|quad| quad.subject.to_string() == format!("<{subject}>"))
        .filter(|quad| quad.predicate.as_str() == predicate)
        .map(|quad| match &quad.object {
            Term::NamedNode(node) => node.as_str().to_owned(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(node) => node.as_str().to_owned(),
        })
        .collect()
}

fn object(quads: &[Quad], subject: &str, predicate: &str) -> String {
    let objects = objects(quads, subject, predicate);
    assert_eq!(objects.len(), 1, "{subject} {predicate}: {objects:?}");
    objects.into_iter().next().expect("one")
}

impl Client {
    async fn replicate(&mut self, site: &Site) {
        let (_, entry) = read(site, &format!("{BASE}/ldes")).await;
        let view = entry
            .iter()
            .find(|quad| quad.predicate.as_str() == format!("{TREE}view"))
            .expect("a view");
        let stream = view.subject.to_string();
        let stream = stream.trim_matches(['<', '>']).to_owned();
        let Term::NamedNode(root) = &view.object else {
            panic!("the view is no IRI");
        };
        let mut nodes = vec![(root.as_str().to_owned(), Vec::new())];
        while let Some((node, bounds)) = nodes.pop() {
            if self.complete.contains_key(&node) {
                continue;
            }
            let (answer, quads) = read(site, &node).await;
            self.fetched += 1;
            let is_complete = answer.header("cache-control").contains("immutable");
            let says_so = !objects(&quads, &node, &format!("{LDES}immutable")).is_empty();
            assert_eq!(is_complete, says_so, "{node}");
            if is_complete {
                self.complete.insert(node.clone(), answer.bytes.to_vec());
            }
            self.take(&quads, &stream, &bounds);
            let mut leads: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
            for relation in objects(&quads, &node, &format!("{TREE}relation")) {
                let class = object(
                    &quads,
                    &relation,
                    "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
                );
                let path = object(&quads, &relation, &format!("{TREE}path"));
                assert_eq!(path, format!("{DCT}created"));
                let value = object(&quads, &relation, &format!("{TREE}value"));
                let to = object(&quads, &relation, &format!("{TREE}node"));
                leads.entry(to).or_default().push((class, value));
            }
            nodes.extend(leads);
        }
    }

    /// Takes the members of a page, which must be of the time that its relations say.
    fn take(&mut self, quads: &[Quad], stream: &str, bounds: &[(String, String)]) {
        for member in objects(quads, stream, &format!("{TREE}member")) {
            let created = object(quads, &member, &format!("{DCT}created"));
            for (class, value) in bounds {
                let instant = |text: &str| text.parse::<jiff::Timestamp>().expect("an instant");
                let (created, value) = (instant(&created), instant(value));
                match class.strip_prefix(TREE) {
                    Some("GreaterThanOrEqualToRelation") => assert!(created >= value, "{member}"),
                    Some("LessThanOrEqualToRelation") => assert!(created <= value, "{member}"),
                    other => panic!("{other:?}"),
                }
            }
            if !self.members.insert(member.clone()) {
                continue;
            }
            let entity = object(quads, &member, &format!("{DCT}isVersionOf"));
            let generation = object(quads, &member, &format!("{BASE}/ns#generation"));
            let class = object(
                quads,
                &member,
                "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
            );
            let version = (created, generation.parse().expect("a number"));
            let graph = GraphName::NamedNode(oxrdf::NamedNode::new_unchecked(&member));
            let said: BTreeSet<String> = quads
                .iter()
                .filter(|quad| quad.graph_name == graph)
                .map(|quad| oxrdf::Triple::from(quad.clone()).to_string())
                .collect();
            assert_eq!(class == DELETE, said.is_empty(), "{member}");
            let known = self.entities.entry(entity).or_default();
            if known.0 < version {
                *known = (version, said);
            }
        }
    }

    fn all(&self) -> BTreeSet<String> {
        let versions = self.entities.values();
        versions.flat_map(|(_, said)| said).cloned().collect()
    }
}

fn site_with(folder: Folder, bounds: Bounds) -> Site {
    let site = Site::with_app(folder, |_| (), |app| app.ldes.bounds = bounds);
    follow(&site.app);
    site
}

fn follow(app: &App) {
    history::Follower::new(app, &|| false)
        .step()
        .expect("it can be read");
    let mut follower = ldes::Follower::new(app, &|| false);
    follower.step().expect("it can be read");
    follower.save().expect("it can be written");
}

#[tokio::test]
async fn who_reads_the_stream_alone_has_what_is_published() {
    let mut random = Random::new();
    let mut client = Client::default();
    let mut folder = changing::begin(&mut random);
    for round in 0..6 {
        changing::change(&mut folder, &mut random, 12);
        match round {
            1 => changing::merge(&folder, &mut random),
            2 => changing::unmerge(&folder, &mut random),
            3 => changing::remove_source(&folder, "gamma"),
            _ => {}
        }
        let site = site_with(folder, SMALL);
        client.replicate(&site).await;
        assert_eq!(
            client.all(),
            public_entities(&site.app.store),
            "round {round}"
        );
        let closed = site.close();
        folder = if round == 4 {
            changing::redact(closed)
        } else {
            Folder::reopened(closed)
        };
    }
    let site = site_with(folder, SMALL);
    client.replicate(&site).await;
    let published = public_entities(&site.app.store);
    assert_eq!(client.all(), published);
    let mut late = Client::default();
    late.replicate(&site).await;
    assert_eq!(late.all(), published, "who comes late has the same");
    assert!(client.members.is_superset(&late.members));
    assert!(late.complete.len() > 12, "there is a tree");
    // Another one keeps no page of the former epoch, and none has changed under its address.
    for (node, bytes) in &late.complete {
        let (answer, _) = read(&site, node).await;
        assert_eq!(answer.bytes, bytes, "{node}");
    }
    let epoch = site.app.ldes.epoch(&site.app.store);
    let former = client.complete.keys().find(|node| !node.contains(&epoch));
    let former = former.expect("there was a redaction");
    let gone = site
        .get(former.strip_prefix(BASE).expect("ours"), &[])
        .await;
    assert_eq!(gone.status, StatusCode::GONE);
    assert_eq!(gone.problem(), "start-again");
}

#[tokio::test]
async fn pages_made_again_are_the_same() {
    let mut random = Random::new();
    let mut folder = changing::begin(&mut random);
    changing::change(&mut folder, &mut random, 20);
    let site = site_with(folder, SMALL);
    let mut client = Client::default();
    client.replicate(&site).await;
    let mut folder = Folder::reopened(site.close());
    std::fs::remove_dir_all(folder.path.join("index")).expect("it was there");
    changing::change(&mut folder, &mut random, 5);
    let site = site_with(folder, SMALL);
    for (node, bytes) in &client.complete {
        let (answer, _) = read(&site, node).await;
        assert_eq!(answer.bytes, bytes, "{node}");
    }
}

#[tokio::test]
async fn a_first_load_is_many_pages_within_their_bounds() {
    let mut folder = Folder::with_sources(&["theatre"]);
    let places: String = (0..700)
        .map(|number| {
            format!(
                "t:s{number} a schema:Place ; schema:name \"Salle {number}\"@fr ; schema:description \"{}\"@fr ; \
                 schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n",
                "Un lieu. ".repeat(if number < 10 { 4000 } else { 1 })
            )
        })
        .collect();
    folder.submit("theatre", &places);
    let site = site_with(folder, Bounds::default());
    let mut client = Client::default();
    client.replicate(&site).await;
    assert_eq!(client.all(), public_entities(&site.app.store));
    assert_eq!(client.members.len(), 700);
    assert!(client.complete.len() >= 3);
    for bytes in client.complete.values() {
        assert!(bytes.len() < 700 << 10, "{}", bytes.len());
    }
    // Who comes back fetches what grows, and nothing else.
    let fetched = client.fetched;
    client.replicate(&site).await;
    assert_eq!(client.fetched, fetched + 2);
}

#[tokio::test]
async fn every_format_says_the_same() {
    let mut random = Random::new();
    let mut folder = changing::begin(&mut random);
    changing::change(&mut folder, &mut random, 6);
    let site = site_with(folder, SMALL);
    let log = site.app.store.identity().to_owned();
    let epoch = site.app.ldes.epoch(&site.app.store);
    for path in [
        "/ldes".to_owned(),
        format!("/ldes/{log}"),
        format!("/ldes/{log}/{epoch}/1"),
        format!("/ldes/{log}/{epoch}/pages-1"),
    ] {
        let mut all = Vec::new();
        for format in ["nq", "trig", "jsonld"] {
            let answer = site.get(&format!("{path}?format={format}"), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            let quads: BTreeSet<String> = match format {
                // The context is inline: nothing else is fetched.
                "jsonld" => oxjsonld::JsonLdParser::new()
                    .for_slice(&answer.bytes)
                    .map(|quad| quad.expect("JSON-LD").to_string())
                    .collect(),
                "trig" => oxttl::TriGParser::new()
                    .for_slice(&answer.bytes)
                    .map(|quad| quad.expect("TriG").to_string())
                    .collect(),
                _ => oxttl::NQuadsParser::new()
                    .for_slice(&answer.bytes)
                    .map(|quad| quad.expect("N-Quads").to_string())
                    .collect(),
            };
            all.push(quads);
        }
        assert!(all[0].len() > 10);
        assert_eq!(all[0], all[1], "{path}");
        assert_eq!(all[0], all[2], "{path}");
    }
}
