//! What the catalogue, VoID and the sitemaps say is so: every number is compared with one that is
//! counted by a query, every address is asked for.

use crate::site::{EVIL, PROGRAMME, Site};
use crate::support::{BASE, Folder, NOW, at, name};
use affiche::app::releases::make::{self, Outcome};
use affiche::app::statistics::void;
use affiche::app::{App, sitemap};
use affiche::ingest::hands;
use affiche::model::{Generation, Source};
use affiche::publish::release::Selection;
use affiche::rdf::Graph;
use axum::http::{Method, StatusCode};
use flate2::read::GzDecoder;
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const DCAT: &str = "http://www.w3.org/ns/dcat#";
const DCT: &str = "http://purl.org/dc/terms/";
const VOID: &str = "http://rdfs.org/ns/void#";
const CC_BY: &str = "https://creativecommons.org/licenses/by/4.0/";
const WITH_GEO: &str = r#"
t:dehors a schema:Place ; schema:name "Le Pré"@fr ;
    schema:geo [ a schema:GeoCoordinates ; schema:latitude 47.25 ; schema:longitude -1.55 ] ;
    schema:sameAs <http://www.wikidata.org/entity/Q42> , <https://viaf.org/viaf/75121530> ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "44000" ; schema:addressLocality "Nantes" ] .
t:trois a schema:PerformingArtsEvent, schema:Event ; schema:name "Plein air"@fr ;
    schema:startDate "2098-06-21T21:00:00+02:00"^^xsd:dateTime ; schema:location t:dehors .
t:dedans a schema:Place ; schema:name "La Cave"@fr ;
    schema:geo [ a schema:GeoCoordinates ; schema:latitude 48.5 ; schema:longitude -4.125 ] ;
    schema:address [ a schema:PostalAddress ; schema:postalCode "29200" ; schema:addressLocality "Brest" ] .
t:quatre a schema:PerformingArtsEvent, schema:Event ; schema:name "Sous terre"@fr ;
    schema:startDate "2098-07-01T21:00:00+02:00"^^xsd:dateTime ; schema:location t:dedans .
"#;

/// A site whose operator has said everything, of a theatre with a licence and an office without.
fn site() -> Site {
    let mut folder = Folder::new();
    folder.add(&Source {
        licence: Some(NamedNode::new_unchecked(CC_BY)),
        publisher: Some("Théâtre <du> Bac".to_owned()),
        rank: 10,
        ..Source::new(name("theatre"))
    });
    folder.add(&Source {
        rank: 20,
        ..Source::new(name("office"))
    });
    folder.submit("theatre", &format!("{PROGRAMME}{EVIL}{WITH_GEO}"));
    folder.submit(
        "office",
        "t:ailleurs a schema:Place ; schema:name \"Ailleurs\"@fr ; \
         schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .",
    );
    let site = Site::configured(folder, |config| {
        config.publisher_name = Some("Réseau des scènes".to_owned());
        config.publisher_contact = Some("mailto:donnees@example.org".to_owned());
        config.licence = Some(NamedNode::new_unchecked(CC_BY));
    });
    follow(&site);
    site
}

fn follow(site: &Site) {
    site.count();
    let mut follower = sitemap::Follower::new(&site.app, &|| false);
    follower.step().expect("it can be read");
}

fn publish(app: &App) -> Option<Generation> {
    let state = app.statistics.current().expect("it is counted");
    void::publish(app, &state, at(NOW)).expect("it can be written")
}

/// Releases the data, on a day on which they are no longer what they were on the one before.
fn release(site: &Site, date: &str) {
    let programme = format!("{PROGRAMME}{EVIL}{WITH_GEO}");
    let programme = programme.replace("Le Pré", &format!("Le Pré {date}"));
    site.submit("theatre", &programme);
    let now = at(&format!("{date}T12:00:00Z"));
    let made = make::make(&site.app, now, &|| false).expect("it can be made");
    assert!(matches!(made, Outcome::Made(_)), "{made:?}");
    follow(site);
}

async fn graph(site: &Site, path: &str) -> Graph {
    let answer = site.get(path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    let parser = oxttl::TurtleParser::new().for_slice(&answer.bytes);
    parser
        .map(|triple| triple.expect("Turtle"))
        .collect::<Graph>()
}

fn node(iri: &str) -> NamedOrBlankNode {
    NamedNode::new_unchecked(iri).into()
}

/// What is said of something by a property, without datatype and language.
fn values(graph: &Graph, subject: &str, property: &str) -> Vec<String> {
    let subject = node(subject);
    let objects = graph.objects(&subject, NamedNodeRef::new_unchecked(property));
    objects.map(text).collect()
}

fn text(term: &Term) -> String {
    match term {
        Term::NamedNode(node) => node.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        Term::BlankNode(node) => node.as_str().to_owned(),
    }
}

fn value(graph: &Graph, subject: &str, property: &str) -> String {
    let found = values(graph, subject, property);
    assert_eq!(found.len(), 1, "{subject} {property}: {found:?}");
    found.into_iter().next().unwrap_or_default()
}

/// The one row of a query.
async fn row(site: &Site, query: &str) -> BTreeMap<String, String> {
    let query = format!("PREFIX schema: <http://schema.org/> {query}");
    let answer = site
        .query(&query, &[("accept", "application/sparql-results+json")])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let json = answer.json();
    let rows = json["results"]["bindings"]
        .as_array()
        .expect("rows")
        .clone();
    assert_eq!(rows.len(), 1, "{query}");
    let row = rows[0].as_object().expect("a row").iter();
    row.map(|(name, value)| {
        let value = value["value"].as_str().expect("a value");
        (name.clone(), value.to_owned())
    })
    .collect()
}

async fn count(site: &Site, pattern: &str) -> String {
    let counted = row(site, &format!("SELECT (COUNT(*) AS ?n) {{ {pattern} }}")).await;
    counted["n"].clone()
}

const ENTITIES: &str = "{ SELECT DISTINCT ?s { ?s ?p ?o \
    FILTER(STRSTARTS(STR(?s), \"https://data.example.org/id/\") && !CONTAINS(STR(?s), \"#\")) } }";

#[tokio::test]
async fn every_number_of_the_catalogue_is_what_a_query_counts() {
    let site = site();
    let catalogue = graph(&site, "/catalogue.ttl").await;
    let living = format!("{BASE}/.well-known/void");
    assert_eq!(
        value(&catalogue, &living, &format!("{VOID}triples")),
        count(&site, "?s ?p ?o").await
    );
    assert_eq!(
        value(&catalogue, &living, &format!("{VOID}entities")),
        count(&site, ENTITIES).await
    );
    assert_eq!(
        value(&catalogue, &living, &format!("{BASE}/ns#generation")),
        site.app.store.generation().to_string()
    );
    for source in ["theatre", "office"] {
        let iri = format!("{BASE}/catalogue#source-{source}");
        let claims = format!("GRAPH <{BASE}/graph/source/{source}> {{ ?s ?p ?o }}");
        assert_eq!(
            value(&catalogue, &iri, &format!("{VOID}triples")),
            count(&site, &claims).await
        );
    }
    let period = format!("{BASE}/catalogue#period");
    let days = row(
        &site,
        "SELECT (MIN(?day) AS ?first) (MAX(?day) AS ?last) \
         { ?s a schema:PerformingArtsEvent ; schema:startDate ?start BIND(SUBSTR(STR(?start), 1, 10) AS ?day) }",
    )
    .await;
    assert_eq!(
        value(&catalogue, &period, &format!("{DCAT}startDate")),
        days["first"]
    );
    assert_eq!(
        value(&catalogue, &period, &format!("{DCAT}endDate")),
        days["last"]
    );
    let area = row(
        &site,
        "SELECT (MIN(?y) AS ?south) (MAX(?y) AS ?north) (MIN(?x) AS ?west) (MAX(?x) AS ?east) \
         { ?s a schema:PerformingArtsEvent ; schema:location/schema:geo ?g . ?g schema:latitude ?y ; schema:longitude ?x }",
    )
    .await;
    let bbox = value(
        &catalogue,
        &format!("{BASE}/catalogue#area"),
        &format!("{DCAT}bbox"),
    );
    let [south, north, west, east] = ["south", "north", "west", "east"].map(|edge| &area[edge]);
    assert_eq!(
        bbox,
        format!(
            "POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"
        )
    );
}

#[tokio::test]
async fn every_file_of_a_release_is_told_as_it_is_on_the_disk() {
    let site = site();
    release(&site, "2026-10-01");
    release(&site, "2026-11-22");
    let catalogue = graph(&site, "/catalogue.ttl").await;
    let living = format!("{BASE}/.well-known/void");
    let current = format!("{BASE}/releases/2026-11-22/");
    let former = format!("{BASE}/releases/2026-10-01/");
    let dcat = |local: &str| format!("{DCAT}{local}");
    assert_eq!(
        value(&catalogue, &living, &dcat("hasCurrentVersion")),
        current
    );
    assert_eq!(values(&catalogue, &living, &dcat("hasVersion")).len(), 2);
    assert_eq!(value(&catalogue, &current, &dcat("prev")), former);
    let source = format!("{BASE}/catalogue#source-theatre");
    assert_eq!(
        value(&catalogue, &source, &dcat("hasVersion")),
        format!("{current}#source-theatre")
    );
    let mut told = BTreeSet::new();
    for (dataset, date) in [(&current, "2026-11-22"), (&former, "2026-10-01")] {
        for file in values(&catalogue, dataset, &dcat("distribution")) {
            let address = value(&catalogue, &file, &dcat("downloadURL"));
            let name = address.rsplit('/').next().expect("a name");
            assert_eq!(address, format!("{BASE}/releases/{date}/{name}"));
            let path = site.app.releases.folder().join(date).join(name);
            let bytes = std::fs::read(path).expect("it is there");
            assert_eq!(
                value(&catalogue, &file, &dcat("byteSize")),
                bytes.len().to_string()
            );
            let sum = value(&catalogue, &file, "http://spdx.org/rdf/terms#checksum");
            let hash: String = Sha256::digest(&bytes)
                .iter()
                .map(|byte| format!("{byte:02X}"))
                .collect();
            let told_hash = value(&catalogue, &sum, "http://spdx.org/rdf/terms#checksumValue");
            assert_eq!(told_hash, hash);
            let answer = site
                .get(address.strip_prefix(BASE).expect("it is ours"), &[])
                .await;
            assert_eq!(*answer.bytes, *bytes, "{address}");
            told.insert(address);
        }
    }
    // All that each holds of the whole data.
    let all = site.app.releases.all();
    let files = all.iter().flat_map(|release| {
        let files = release.manifest.files.iter();
        let whole = files.filter(|file| file.selection == Selection::All);
        whole.map(|file| format!("{BASE}/releases/{}/{}", release.manifest.date, file.name))
    });
    assert_eq!(told, files.collect::<BTreeSet<_>>());
    // A release changes the catalogue, though no change of the data does.
    let tag = async || {
        let answer = site.get("/catalogue.ttl", &[]).await;
        answer.header("etag").to_owned()
    };
    let before = tag().await;
    release(&site, "2026-11-23");
    assert_ne!(tag().await, before);
}

/// What of the base a graph names, as paths, each once.
fn addresses(graph: &Graph) -> BTreeSet<String> {
    let mut paths = BTreeSet::new();
    let mut note = |term: &Term| {
        if let Term::NamedNode(node) = term
            && let Some(path) = node.as_str().strip_prefix(BASE)
        {
            let path = path.split('#').next().unwrap_or_default();
            paths.insert(if path.is_empty() { "/" } else { path }.to_owned());
        }
    };
    for triple in graph.iter() {
        note(&triple.subject.clone().into());
        note(&triple.object);
    }
    paths
}

#[tokio::test]
async fn every_address_in_catalogue_and_void_answers() {
    let site = site();
    release(&site, "2026-10-01");
    release(&site, "2026-11-22");
    publish(&site.app).expect("it is new");
    follow(&site);
    let mut all = addresses(&graph(&site, "/catalogue.ttl").await);
    all.extend(addresses(
        &graph(&site, "/.well-known/void?format=ttl").await,
    ));
    all.extend(addresses(
        &graph(&site, "/releases/2026-11-22/dcat.ttl").await,
    ));
    assert!(all.len() > 40, "{all:?}");
    for path in all {
        let mut answer = site.get(&path, &[("accept", "*/*")]).await;
        if answer.status == StatusCode::SEE_OTHER {
            let there = answer
                .header("location")
                .trim_start_matches("..")
                .to_owned();
            answer = site.get(&there, &[("accept", "*/*")]).await;
        }
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
    for path in ["/sitemap.xml", "/sitemaps/1.xml.gz", "/robots.txt"] {
        let answer = site.get(path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn no_host_of_a_request_comes_into_what_is_said_of_the_data() {
    let site = site();
    publish(&site.app).expect("it is new");
    follow(&site);
    let strange = [
        ("host", "evil.example:99"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=http"),
        ("accept", "*/*"),
    ];
    for path in [
        "/",
        "/catalogue",
        "/catalogue.ttl",
        "/catalogue.jsonld",
        "/catalogue.rdf",
        "/catalogue.nt",
        "/.well-known/void?format=ttl",
        "/robots.txt",
        "/sitemap.xml",
        "/sitemaps/1.xml.gz",
    ] {
        let answer = site
            .ask(Method::GET, path, &strange, axum::body::Body::empty())
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        let text = match path.ends_with(".gz") {
            true => unpacked(&answer.bytes),
            false => answer.text(),
        };
        assert!(!text.contains("evil.example"), "{path}");
        assert!(text.contains(BASE) || path == "/", "{path}: {text}");
        for (name, value) in &answer.headers {
            let value = value.to_str().unwrap_or_default();
            assert!(!value.contains("evil.example"), "{path}: {name}");
        }
    }
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut decoder = GzDecoder::new(bytes);
    decoder.read_to_string(&mut text).expect("gzip");
    text
}

/// The addresses of a sitemap, or of the index, each with when it last changed.
fn listed(xml: &str) -> BTreeMap<String, String> {
    let lines = xml.lines().filter(|line| line.contains("<loc>"));
    let between = |line: &str, tag: &str| {
        let (_, rest) = line.split_once(&format!("<{tag}>")).expect("it is there");
        let (value, _) = rest.split_once(&format!("</{tag}>")).expect("it ends");
        value.to_owned()
    };
    lines
        .map(|line| (between(line, "loc"), between(line, "lastmod")))
        .collect()
}

async fn sitemaps(site: &Site) -> BTreeMap<String, String> {
    let index = site.get("/sitemap.xml", &[]).await;
    let mut all = BTreeMap::new();
    for (file, changed) in listed(&index.text()) {
        let path = file.strip_prefix(BASE).expect("it is ours");
        let answer = site.get(path, &[]).await;
        assert_eq!(answer.header("content-type"), "application/gzip");
        assert_eq!(answer.header("content-encoding"), "");
        let documents = listed(&unpacked(&answer.bytes));
        assert!(documents.len() <= sitemap::ENTITIES);
        let last = documents.values().max().expect("it is not empty");
        assert!(*last <= changed, "{last} after {changed}");
        all.extend(documents);
    }
    all
}

#[tokio::test]
async fn sitemaps_list_what_is_published_and_when_it_last_changed() {
    let site = site();
    let check = async |site: &Site| {
        let listed = sitemaps(site).await;
        let expected = count(site, ENTITIES).await;
        assert_eq!(listed.len().to_string(), expected);
        for (document, changed) in &listed {
            let path = document.strip_prefix(BASE).expect("it is ours");
            let answer = site.get(&format!("{path}?format=ttl"), &[]).await;
            assert_eq!(answer.status, StatusCode::OK, "{document}");
            let told = jiff::fmt::rfc2822::parse(answer.header("last-modified"));
            let told = told.expect("a date").timestamp();
            assert_eq!(told.as_second(), at(changed).as_second(), "{document}");
        }
        listed
    };
    let before = check(&site).await;
    // One is withdrawn, two are merged, and one is new.
    let gone = format!("{BASE}/doc/{}", site.noid("deux"));
    let [one, other] = ["dehors", "dedans"].map(|local| format!("{BASE}/id/{}", site.noid(local)));
    assert!(before.contains_key(&gone));
    site.submit("theatre", &format!("{PROGRAMME}{WITH_GEO}"));
    let merge = hands::Merge {
        one: &one,
        other: &other,
        ..hands::Merge::default()
    };
    hands::merge(&site.app.store, &site.app.door, &merge, at(NOW)).expect("they can be merged");
    follow(&site);
    let after = check(&site).await;
    assert!(!after.contains_key(&gone));
    assert_eq!(after.len(), before.len() - 2);
    // Whoever reads the registry anew finds the same files.
    let bytes = site.get("/sitemaps/1.xml.gz", &[]).await.bytes;
    let temporary = site.close();
    let again = Site::of(Folder::reopened(temporary));
    follow(&again);
    assert_eq!(again.get("/sitemaps/1.xml.gz", &[]).await.bytes, bytes);
}

#[tokio::test]
async fn nothing_is_listed_before_it_is_read() {
    let site = Site::new();
    for path in ["/sitemap.xml", "/sitemaps/1.xml.gz"] {
        let answer = site.get(path, &[]).await;
        assert_eq!(answer.problem(), "not-indexed-yet", "{path}");
    }
    assert_eq!(
        site.get("/catalogue.ttl", &[]).await.problem(),
        "not-counted-yet"
    );
    let page = site.get("/catalogue", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.header("cache-control"), "no-store");
    follow(&site);
    for path in ["0", "01", "+1", "2", "x", ""] {
        let answer = site.get(&format!("/sitemaps/{path}.xml.gz"), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn robots_find_the_sitemap_and_keep_off_queries() {
    let site = site();
    let robots = site.get("/robots.txt", &[]).await.text();
    assert!(robots.contains(&format!("\nSitemap: {BASE}/sitemap.xml\n")));
    assert!(robots.contains("\nDisallow: /sparql\n"));
}

#[tokio::test]
async fn void_says_how_the_data_can_be_had_and_where_links_lead() {
    let site = site();
    release(&site, "2026-11-22");
    publish(&site.app).expect("it is new");
    let void = graph(&site, "/.well-known/void?format=ttl").await;
    let dataset = format!("{BASE}/.well-known/void");
    let of = |local: &str| values(&void, &dataset, &format!("{VOID}{local}"));
    let dump = format!("{BASE}/releases/2026-11-22/affiche.nq.gz");
    assert!(of("dataDump").contains(&dump), "{:?}", of("dataDump"));
    assert_eq!(of("uriSpace"), [format!("{BASE}/id/")]);
    assert_eq!(of("sparqlEndpoint"), [format!("{BASE}/sparql")]);
    assert_eq!(
        of("openSearchDescription"),
        [format!("{BASE}/opensearch.xml")]
    );
    assert!(of("vocabulary").contains(&"http://schema.org/".to_owned()));
    // One of each kind, and each is published.
    let examples = of("exampleResource");
    assert_eq!(examples.len(), 3, "{examples:?}");
    for example in examples {
        let path = example.strip_prefix(BASE).expect("it is ours").to_owned();
        let answer = site.get(&path, &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{example}");
    }
    let mut hosts = BTreeSet::new();
    for subset in of("subset") {
        let of = |local: &str| value(&void, &subset, &format!("{VOID}{local}"));
        let target = of("objectsTarget");
        let title = values(&void, &target, &format!("{DCT}title"));
        let pattern = value(&void, &target, &format!("{VOID}uriRegexPattern"));
        let pattern = pattern.replace('\\', "\\\\");
        let property = of("linkPredicate");
        let links = format!("?s <{property}> ?o FILTER(REGEX(STR(?o), \"{pattern}\"))");
        assert_eq!(of("triples"), count(&site, &links).await, "{subset}");
        hosts.extend(title);
    }
    assert!(
        hosts.contains("Wikidata") && hosts.contains("VIAF"),
        "{hosts:?}"
    );
}

#[tokio::test]
async fn the_catalogue_stands_in_a_graph_of_its_own_and_is_not_published_twice() {
    let site = site();
    release(&site, "2026-11-22");
    publish(&site.app).expect("it is new");
    follow(&site);
    assert_eq!(publish(&site.app), None, "nothing else has changed");
    let graph = format!("{BASE}/graph/catalogue");
    let found = count(
        &site,
        &format!(
            "GRAPH <{graph}> {{ ?c a <{DCAT}Catalog> ; <{DCAT}dataset> ?d . ?d a <{DCAT}Dataset> }}"
        ),
    )
    .await;
    let living = super::catalogue::graph(&site, "/catalogue.ttl").await;
    let catalogue = format!("{BASE}/catalogue");
    let wanted = values(&living, &catalogue, &format!("{DCAT}dataset"));
    assert_eq!(found, wanted.len().to_string());
    // That a release was described is no reason for another one.
    let again = make::make(&site.app, at("2026-11-23T12:00:00Z"), &|| false);
    let again = again.expect("it can be asked for");
    assert!(matches!(again, Outcome::Unchanged(_)), "{again:?}");
    release(&site, "2026-11-23");
    assert!(publish(&site.app).is_some());
    let found = count(
        &site,
        &format!("GRAPH <{graph}> {{ ?d <{DCAT}hasVersion> <{BASE}/releases/2026-11-23/> }}"),
    )
    .await;
    assert_eq!(found, "1");
    crate::support::check(&site.app.store, &site.app.door);
}

#[tokio::test]
async fn what_is_not_configured_is_asked_for_and_everything_else_works() {
    let site = Site::new();
    follow(&site);
    let page = site
        .get("/catalogue", &[("accept", "text/html")])
        .await
        .text();
    for key in ["publisher.name", "publisher.contact", "licence"] {
        assert!(page.contains(&format!("<code>{key}</code>")), "{key}");
    }
    let catalogue = graph(&site, "/catalogue.ttl").await;
    let iri = format!("{BASE}/catalogue");
    assert!(values(&catalogue, &iri, &format!("{DCT}publisher")).is_empty());
    assert!(values(&catalogue, &iri, &format!("{DCT}license")).is_empty());
    // Whoever has said it all is asked for nothing.
    let page = self::site();
    let page = page
        .get("/catalogue", &[("accept", "text/html")])
        .await
        .text();
    assert!(!page.contains("<code>publisher"), "{page}");
    assert!(page.contains("Réseau des scènes") && page.contains("donnees@example.org"));
    assert!(page.contains("Théâtre &lt;du&gt; Bac") || page.contains("Théâtre &#60;du&#62; Bac"));
}

#[tokio::test]
async fn search_engines_for_data_find_it_on_the_home_page() {
    let site = site();
    release(&site, "2026-11-22");
    let page = site.get("/", &[("accept", "text/html")]).await.text();
    let (_, json) = page
        .split_once("<script type=\"application/ld+json\">")
        .expect("it is there");
    let (json, _) = json.split_once("</script>").expect("it ends");
    let dataset: serde_json::Value = serde_json::from_str(json).expect("JSON");
    for (member, expected) in [
        ("@type", "Dataset"),
        ("license", CC_BY),
        ("temporalCoverage", "2098-06-21/2099-01-11"),
        ("url", "https://data.example.org/catalogue"),
    ] {
        assert_eq!(dataset[member], expected, "{member}");
    }
    // As search engines ask: 50 to 5,000 characters.
    let description = dataset["description"].as_str().expect("text");
    assert!((50..5000).contains(&description.chars().count()));
    assert_eq!(dataset["isAccessibleForFree"], true);
    assert_eq!(dataset["creator"]["name"], "Réseau des scènes");
    assert_eq!(
        dataset["spatialCoverage"]["geo"]["box"],
        "47.25 -4.125 48.5 -1.55"
    );
    let files = dataset["distribution"].as_array().expect("files");
    let found = files.iter().any(|file| {
        file["contentUrl"] == format!("{BASE}/releases/2026-11-22/affiche.nq.gz")
            && file["contentSize"]
                .as_str()
                .is_some_and(|size| size.ends_with(" B"))
    });
    assert!(found, "{files:?}");
}

/// The folder of the shapes of DCAT-AP, if it is there.
fn shapes() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance/dcat-ap");
    let found = folder.canonicalize().ok();
    if found.is_none() {
        eprintln!("SKIPPED: no shapes of DCAT-AP at {}", folder.display());
    }
    found
}

/// A catalogue: what it is of, as Turtle, and how many violations there are in it.
type Case = (&'static str, String, usize);

/// The catalogue with releases, and without any; the description of one release alone; and one
/// without the publisher that each catalogue must have.
async fn catalogues() -> Vec<Case> {
    let site = site();
    let turtle = async |site: &Site| site.get("/catalogue.ttl", &[]).await.text();
    let bare = turtle(&site).await;
    release(&site, "2026-10-01");
    release(&site, "2026-11-22");
    let golden = |file: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        std::fs::read_to_string(path.join(file)).expect("it is there")
    };
    let unsaid = Site::new();
    follow(&unsaid);
    vec![
        ("without releases", bare, 0),
        ("with releases", turtle(&site).await, 0),
        ("golden", golden("catalogue.ttl"), 0),
        ("of a release", golden("release.dcat.ttl"), 0),
        ("without a publisher", turtle(&unsaid).await, 1),
    ]
}

#[tokio::test]
async fn another_engine_finds_no_violation_of_dcat_ap() {
    let Some(folder) = shapes() else {
        return;
    };
    let Some(python) = std::env::var_os("AFFICHE_PYTHON") else {
        eprintln!("SKIPPED: AFFICHE_PYTHON names no interpreter with rdflib and pyshacl");
        return;
    };
    for (what, turtle, faults) in catalogues().await {
        let mut process = Command::new(&python)
            .arg("tests/differential/dcat.py")
            .arg(&folder)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("AFFICHE_PYTHON is an interpreter");
        let mut input = process.stdin.take().expect("it is piped");
        input.write_all(turtle.as_bytes()).expect("it is read");
        drop(input);
        let output = process.wait_with_output().expect("it ends");
        assert!(output.status.success(), "{what}");
        let found = String::from_utf8_lossy(&output.stdout).into_owned();
        // The list of codes wants the algorithms of SPDX under https; SPDX names them under http.
        let found = found.lines().filter(|line| {
            !line.starts_with("mdr-vocabularies.shape.ttl")
                || !line.contains("http://spdx.org/rdf/terms#algorithm")
        });
        // Two of the files have the same rules.
        let found: BTreeSet<&str> = found
            .filter_map(|line| line.split_once(' '))
            .map(|(_, result)| result)
            .collect();
        assert_eq!(found.len(), faults, "{what}: {found:#?}");
    }
}

#[tokio::test]
async fn our_own_engine_finds_no_violation_of_dcat_ap() {
    let Some(folder) = shapes() else {
        return;
    };
    let folder = folder.join("releases/3.0.1/html/shacl");
    for (what, turtle, faults) in catalogues().await {
        let triples = oxttl::TurtleParser::new().for_slice(turtle.as_bytes());
        let data: Graph = triples.map(|triple| triple.expect("Turtle")).collect();
        let classes = affiche::shapes::Classes::read(&data).expect("memory");
        let mut found = Vec::new();
        for file in ["shapes.ttl", "range.ttl", "deprecateduris.ttl"] {
            let text = std::fs::read(folder.join(file)).expect("it is there");
            let triples = oxttl::TurtleParser::new().for_slice(&text);
            let triples: Vec<Triple> = triples.map(|triple| triple.expect("Turtle")).collect();
            let graph: Graph = triples.into_iter().collect();
            let shapes = affiche::shapes::Shapes::compile(&graph).expect("they are sound");
            let results = affiche::shapes::validate(&shapes, &data, &classes).expect("memory");
            let results = results
                .into_iter()
                .filter(|result| result.severity == affiche::model::Severity::Violation);
            found.extend(results.map(|result| format!("{file}: {result:?}")));
        }
        assert_eq!(found.len(), faults, "{what}: {found:#?}");
    }
}
