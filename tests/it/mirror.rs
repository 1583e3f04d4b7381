//! The mirror: another SPARQL store holds the same, whatever happens to it, to the program, or
//! between the two.

use crate::mirrors::{Endpoint, Fault, Virtuoso};
use crate::program::Random;
use crate::site::Site;
use crate::support::{BASE, Folder, name};
use affiche::app::mirror::{Follower, Holding, Mirror, MirrorError, Serving};
use affiche::config::{Config, MirrorEngine};
use affiche::ingest::{Outcome, hands, sources};
use affiche::model::Mode;
use affiche::store::{Request, Store};
use axum::http::StatusCode;
use oxrdf::{GraphName, NamedNode, Quad};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

const GRAPH: &str = "https://data.example.org/graph/public";
const STATE: &str = "https://data.example.org/graph/mirror";

fn config(endpoint: &Endpoint) -> Config {
    let mut config = Config::default();
    config.mirror.update = Some(NamedNode::new(endpoint.url("update")).unwrap());
    config.mirror.query = Some(NamedNode::new(endpoint.url("query")).unwrap());
    config.limits.mirror_timeout = Duration::from_secs(5);
    config
}

/// What a mirror of a store is to hold.
fn wanted(store: &Store, config: &Config) -> BTreeSet<String> {
    let keys = &config.mirror;
    let holding = Holding::new(store.base(), keys.engine, keys.graph.clone());
    let snapshot = store.snapshot().unwrap();
    let quads = snapshot.view().quads(None, None, None, None);
    quads
        .filter_map(|quad| holding.held(quad.unwrap()))
        .map(|quad| quad.to_string())
        .collect()
}

fn without_state(quads: impl IntoIterator<Item = Quad>) -> BTreeSet<String> {
    let state = GraphName::from(NamedNode::new_unchecked(STATE));
    let ours = quads.into_iter().filter(|quad| quad.graph_name != state);
    ours.map(|quad| quad.to_string()).collect()
}

#[track_caller]
fn assert_same(found: &BTreeSet<String>, wanted: &BTreeSet<String>) {
    let missing: Vec<_> = wanted.difference(found).take(5).collect();
    let odd: Vec<_> = found.difference(wanted).take(5).collect();
    assert!(
        missing.is_empty() && odd.is_empty(),
        "missing: {missing:#?}\ntoo many: {odd:#?}"
    );
}

/// Follows as the program does, through whatever fails, until the mirror is in step.
fn keep_on(store: &Store, mirror: &Mirror) {
    let is_stopped = || false;
    let mut follower = Follower::new(store, mirror, &is_stopped).unwrap();
    follower.first_wait = Duration::from_millis(1);
    let mut last = None;
    for _ in 0..200 {
        match follower.step() {
            Ok(_) => return,
            Err(error) => last = Some(error),
        }
    }
    panic!("it never came to its end: {last:?}");
}

/// What people write, and what would end a text, a bracket or a statement of SPARQL.
const TEXTS: &[&str] = &[
    "Le Bac",
    r##"}} ; DROP ALL ; INSERT DATA { <x:x> <x:x> \" \\ "##,
    r"a\r\nb\tc",
    r"\\u0041 \\ \\\\",
    r#"'''\"\"\" ' \""#,
    r"\u2028\u0085\uFFFD\U0001F3AD\U0010FFFF",
    r"'; drop table DB.DBA.RDF_QUAD; --",
    "# no comment",
    "œuvre, « été »",
];

/// The programme of a theatre, another one each time.
fn programme(random: &mut Random) -> String {
    let mut text = String::from(
        "t:salle a schema:Place ; schema:name \"Salle du Bac\"@fr ; schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .\n",
    );
    for number in 0..12 {
        if random.below(3) == 0 {
            continue;
        }
        let mut pick = || TEXTS[usize::try_from(random.below(TEXTS.len() as u64)).unwrap()];
        let (title, more) = (pick(), pick());
        let long = "à".repeat(usize::try_from(random.below(30_000)).unwrap());
        let (day, minutes, price) = (10 + random.below(18), random.below(60), random.below(100));
        let offer = if price % 2 == 0 {
            "schema:isAccessibleForFree true".to_owned()
        } else {
            format!(
                "schema:offers [ a schema:Offer ; schema:price {price}.50 ; schema:priceCurrency \"EUR\" ]"
            )
        };
        text.push_str(&format!(
            "t:p{number} a schema:Person ; schema:name \"{title} {number}\" .\n\
             t:e{number} a schema:PerformingArtsEvent, schema:Event ; schema:name \"{title} {number}\"@fr ; \
             schema:description \"{more} {long}\"@fr ; \
             schema:startDate \"2099-01-{day}T20:30:00+01:00\"^^xsd:dateTime ; schema:location t:salle ; \
             schema:duration \"PT1H{minutes}M\"^^xsd:duration ; {offer} .\n",
        ));
    }
    text
}

/// A change of a kind that there is.
fn change(folder: &mut Folder, random: &mut Random) {
    let source = ["theatre", "office"][usize::try_from(random.below(2)).unwrap()];
    match random.below(6) {
        0 => {
            let number = random.below(12);
            folder.send_bytes(
                Mode::Withdraw,
                source,
                format!("https://theatre.example/e{number}").as_bytes(),
                "iris",
            );
        }
        1 => {
            let person = |number: u64| {
                let snapshot = folder.store.snapshot().unwrap();
                let iri = format!("https://theatre.example/p{number}");
                snapshot.view().identified(&name(source), &iri).unwrap()
            };
            if let (Some(one), Some(other)) = (person(random.below(6)), person(6 + random.below(6)))
            {
                let merge = hands::Merge {
                    one: one.as_str(),
                    other: other.as_str(),
                    ..hands::Merge::default()
                };
                // Those that are merged already, or withdrawn, are not.
                let _ = hands::merge(&folder.store, folder.door, &merge, folder.now);
                if random.below(2) == 0 {
                    let unmerge = hands::Unmerge {
                        entity: one.as_str(),
                        ..hands::Unmerge::default()
                    };
                    let _ = hands::unmerge(&folder.store, folder.door, &unmerge, folder.now);
                }
            }
        }
        _ => {
            let programme = programme(random);
            folder.send(Mode::Upsert, source, &programme);
        }
    }
}

fn folder() -> Folder {
    let mut folder = Folder::with_sources(&["theatre", "office"]);
    let report = folder.submit("theatre", &programme(&mut Random(7)));
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    folder
}

#[test]
fn a_mirror_holds_the_same_after_a_copy_and_after_every_change() {
    let endpoint = Endpoint::start();
    let mut random = Random(1);
    let mut folder = folder();
    let config = config(&endpoint);
    let mirror = Mirror::new(&config, folder.store.base());
    let is_stopped = || false;
    let mut follower = Follower::new(&folder.store, &mirror, &is_stopped).unwrap();
    assert!(follower.step().unwrap(), "it copies");
    assert_same(
        &without_state(endpoint.quads()),
        &wanted(&folder.store, &config),
    );
    assert!(!follower.step().unwrap(), "there is nothing to send");
    drop(follower);
    let clears = endpoint.clears.load(Ordering::Relaxed);
    for _ in 0..25 {
        change(&mut folder, &mut random);
        let mut follower = Follower::new(&folder.store, &mirror, &is_stopped).unwrap();
        follower.step().unwrap();
        assert_same(
            &without_state(endpoint.quads()),
            &wanted(&folder.store, &config),
        );
    }
    assert_eq!(
        endpoint.clears.load(Ordering::Relaxed),
        clears,
        "it is copied once"
    );
    let status = mirror.status().unwrap();
    assert_eq!(status.generation, Some(folder.store.generation()));
    assert_eq!(status.left_out, 0);
}

#[test]
fn whatever_breaks_on_the_way_both_hold_the_same_in_the_end() {
    for seed in 0..3 {
        let endpoint = Endpoint::start();
        let mut random = Random(100 + seed);
        let mut folder = folder();
        let mut config = config(&endpoint);
        config.limits.mirror_batch_bytes = 20_000;
        let mirror = Mirror::new(&config, folder.store.base());
        endpoint.break_by(Some((
            Random(seed),
            10,
            &[
                Fault::Busy,
                Fault::CutBefore,
                Fault::CutAfter,
                Fault::Half,
                Fault::Late,
                Fault::Refuse,
            ],
        )));
        for _ in 0..6 {
            change(&mut folder, &mut random);
            change(&mut folder, &mut random);
            keep_on(&folder.store, &mirror);
        }
        endpoint.break_by(None);
        keep_on(&folder.store, &mirror);
        assert_same(
            &without_state(endpoint.quads()),
            &wanted(&folder.store, &config),
        );
        endpoint.carry_out_what_is_late();
        assert_same(
            &without_state(endpoint.quads()),
            &wanted(&folder.store, &config),
        );
    }
}

#[test]
fn a_follower_that_ends_anywhere_goes_on_where_it_was() {
    let endpoint = Endpoint::start();
    let mut folder = folder();
    let mut config = config(&endpoint);
    config.limits.mirror_batch_bytes = 5_000;
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    let clears = endpoint.clears.load(Ordering::Relaxed);
    let mut random = Random(3);
    for round in 0..20 {
        change(&mut folder, &mut random);
        // Another program each time, which ends after some steps.
        let left = std::cell::Cell::new(round % 7);
        let is_stopped = || match left.get() {
            0 => true,
            some => {
                left.set(some - 1);
                false
            }
        };
        let mirror = Mirror::new(&config, folder.store.base());
        let mut follower = Follower::new(&folder.store, &mirror, &is_stopped).unwrap();
        let stepped = follower.step();
        assert!(
            matches!(stepped, Ok(_) | Err(MirrorError::Interrupted)),
            "{stepped:?}"
        );
    }
    keep_on(&folder.store, &mirror);
    assert_same(
        &without_state(endpoint.quads()),
        &wanted(&folder.store, &config),
    );
    assert_eq!(
        endpoint.clears.load(Ordering::Relaxed),
        clears,
        "it is copied once"
    );
}

#[test]
fn what_is_of_others_in_the_same_store_stays() {
    let endpoint = Endpoint::start();
    let folder = folder();
    let mut config = config(&endpoint);
    config.mirror.graph = Some(NamedNode::new_unchecked(GRAPH));
    let node = |iri: &str| NamedNode::new_unchecked(iri);
    let quad = |graph: GraphName| Quad::new(node("x:s"), node("x:p"), node("x:o"), graph);
    let theirs = [
        quad(GraphName::DefaultGraph),
        quad(node("http://others.example/g").into()),
    ];
    let remains = quad(node("https://data.example.org/graph/source/gone").into());
    for quad in theirs.iter().chain([&remains]) {
        endpoint.insert(quad);
    }
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    let mut all = wanted(&folder.store, &config);
    all.extend(theirs.iter().map(ToString::to_string));
    assert_same(&without_state(endpoint.quads()), &all);
}

#[test]
fn another_log_a_lost_state_and_a_redaction_lead_to_a_new_copy() {
    let endpoint = Endpoint::start();
    let mut folder = folder();
    let config = config(&endpoint);
    folder.submit(
        "office",
        "t:x a schema:Person ; schema:name \"Secret Nom\" .",
    );
    let copy = |folder: &Folder, copies: bool| {
        let before = endpoint.clears.load(Ordering::Relaxed);
        let mirror = Mirror::new(&config, folder.store.base());
        keep_on(&folder.store, &mirror);
        assert_same(
            &without_state(endpoint.quads()),
            &wanted(&folder.store, &config),
        );
        let after = endpoint.clears.load(Ordering::Relaxed);
        assert_eq!(after > before, copies);
    };
    copy(&folder, true);
    copy(&folder, false);
    assert!(
        endpoint
            .quads()
            .iter()
            .any(|quad| quad.to_string().contains("Secret Nom"))
    );
    let folder = folder.redact(&Request {
        literals: vec!["Secret Nom".to_owned()],
        ..Request::default()
    });
    copy(&folder, true);
    assert!(
        !endpoint
            .quads()
            .iter()
            .any(|quad| quad.to_string().contains("Secret Nom"))
    );
    copy(&folder, false);
    endpoint.forget_graph(STATE);
    copy(&folder, true);
    let other = Folder::with_sources(&["theatre"]);
    // The same built-in file gave both logs their beginning, and the identity with it: what this
    // one does not have is that the other is further.
    copy(&other, true);
}

#[test]
fn what_the_engine_refuses_is_left_out_alone_and_told() {
    let endpoint = Endpoint::start();
    let mut folder = folder();
    let config = config(&endpoint);
    folder.submit(
        "office",
        "t:x a schema:Person ; schema:name \"Mot interdit\" .",
    );
    endpoint.refuse_text("Mot interdit");
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    let status = mirror.status().unwrap();
    assert!(status.left_out >= 2, "the claim and the public name");
    let all = wanted(&folder.store, &config);
    let (refused, taken): (BTreeSet<String>, BTreeSet<String>) = all
        .into_iter()
        .partition(|quad| quad.contains("Mot interdit"));
    assert_eq!(status.left_out, refused.len() as u64);
    assert_same(&without_state(endpoint.quads()), &taken);
}

#[test]
fn updates_are_as_small_as_the_engine_wants_them() {
    let endpoint = Endpoint::start();
    let folder = folder();
    let config = config(&endpoint);
    endpoint.most_quads.store(50, Ordering::Relaxed);
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    assert_same(
        &without_state(endpoint.quads()),
        &wanted(&folder.store, &config),
    );
    assert_eq!(mirror.status().unwrap().left_out, 0);
}

#[test]
fn the_user_is_shown_when_the_engine_asks_and_the_password_is_printed_nowhere() {
    let endpoint = Endpoint::start();
    endpoint.want_user("affiche", "s3cret: é");
    let folder = folder();
    let mut config = config(&endpoint);
    let attempt = |config: &Config| {
        let mirror = Mirror::new(config, folder.store.base());
        let is_stopped = || false;
        let mut follower = Follower::new(&folder.store, &mirror, &is_stopped).unwrap();
        follower.step()
    };
    let refused = attempt(&config).expect_err("nobody is shown");
    assert!(matches!(refused, MirrorError::NotAllowed(401)), "{refused}");
    let file = folder.path.join("mirror.password");
    std::fs::write(&file, "s3cret: é\n").unwrap();
    config.mirror.user = Some("affiche".to_owned());
    config.mirror.password_file = Some(file.clone());
    attempt(&config).unwrap();
    let printed = format!("{}{config:?}", config.to_toml());
    assert!(!printed.contains("s3cret"), "{printed}");
    std::fs::write(&file, "another\n").unwrap();
    let refused = attempt(&config).expect_err("it is another one");
    assert!(matches!(refused, MirrorError::NotAllowed(401)), "{refused}");
    std::fs::remove_file(&file).unwrap();
    let refused = attempt(&config).expect_err("there is none").to_string();
    assert!(refused.contains("mirror.password_file"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_answered_by_the_mirror_at_its_generation_and_pages_here() {
    let endpoint = Endpoint::start();
    let site = Site::configured(folder(), |config| {
        let limits = config.limits.clone();
        *config = self::config(&endpoint);
        config.limits = limits;
        config.mirror.graph = Some(NamedNode::new_unchecked(GRAPH));
        config.mirror.serves_queries = true;
    });
    let select = "SELECT ?name { ?s a <http://schema.org/Place> ; <http://schema.org/name> ?name }";
    let here = site.query(select, &[]).await;
    assert_eq!(
        here.status,
        StatusCode::OK,
        "not in step yet, it is answered here"
    );
    let asked = || endpoint.queries.load(Ordering::Relaxed);
    assert_eq!(asked(), 0);
    keep_on(&site.app.store, &site.app.mirror);
    let before = asked();
    let there = site
        .query(select, &[("accept", "application/sparql-results+json")])
        .await;
    assert_eq!(there.status, StatusCode::OK, "{}", there.text());
    assert!(asked() > before);
    assert_eq!(there.json(), here.json());
    let generation = site.app.store.generation();
    assert_eq!(there.header("affiche-generation"), generation.to_string());
    assert_eq!(there.header("cache-control"), "no-store");
    assert_eq!(there.header("affiche-complete"), "true");
    // Our formats, our data sets, our refusals.
    let csv = site.query(select, &[("accept", "text/csv")]).await;
    assert!(csv.text().contains("Salle du Bac"), "{}", csv.text());
    let graphs = site
        .query(
            "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
            &[("accept", "text/csv")],
        )
        .await
        .text();
    assert!(graphs.contains("/graph/source/theatre"), "{graphs}");
    assert!(
        !graphs.contains("/graph/public") && !graphs.contains("/graph/mirror"),
        "{graphs}"
    );
    let theirs = format!("ASK FROM <{STATE}> {{ ?s ?p ?o }}");
    let theirs = site.query(&theirs, &[("accept", "text/csv")]).await;
    assert_eq!(theirs.text(), "false");
    let construct =
        "CONSTRUCT { ?s <x:is> \"a\\r\\n\\\"b\" } WHERE { ?s a <http://schema.org/Place> }";
    let graph = site
        .query(construct, &[("accept", "application/n-triples")])
        .await;
    assert!(graph.text().contains(r#""a\r\n\"b""#), "{}", graph.text());
    let before = asked();
    for refused in [
        "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
        "SELECT * {",
        "DROP ALL",
    ] {
        let refused = site.query(refused, &[]).await;
        assert!(refused.status.is_client_error(), "{}", refused.status);
    }
    assert_eq!(asked(), before, "nothing of it is sent");
    let page = site.get("/", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(asked(), before, "pages are made here");
    let health = site.get("/health", &[]).await.json();
    assert_eq!(health["mirror"]["generation"], generation.0);
    assert_eq!(health["mirror"]["serves_queries"], true);
    // What fails there is a problem, and nobody answers in its place.
    endpoint.break_by(Some((Random(1), 1, &[Fault::Busy])));
    let failed = site.query(select, &[]).await;
    assert_eq!(failed.status, StatusCode::BAD_GATEWAY);
    assert_eq!(failed.problem(), "mirror-failed");
    endpoint.break_by(Some((Random(1), 1, &[Fault::Short])));
    let cut = site.query(select, &[]).await;
    assert_eq!(
        cut.problem(),
        "mirror-failed",
        "an answer that is not whole is none"
    );
}

#[test]
fn a_mirror_that_was_not_seen_for_a_while_answers_nothing() {
    let endpoint = Endpoint::start();
    let folder = folder();
    let mut config = config(&endpoint);
    config.mirror.serves_queries = true;
    config.mirror.lag = Duration::from_millis(300);
    let mirror = Mirror::new(&config, folder.store.base());
    assert_eq!(mirror.serving(), Serving::Here);
    keep_on(&folder.store, &mirror);
    assert_eq!(mirror.serving(), Serving::There(folder.store.generation()));
    std::thread::sleep(Duration::from_millis(350));
    assert_eq!(mirror.serving(), Serving::Here);
    config.mirror.falls_back = false;
    let mirror = Mirror::new(&config, folder.store.base());
    assert_eq!(mirror.serving(), Serving::Nobody);
}

const SKIPPED: &str = "skipped: `virtuoso-t` is not installed (Debian: virtuoso-opensource-7-bin)";

fn into_virtuoso(config: &mut Config, virtuoso: &Virtuoso, password: &Path) {
    config.mirror.update = Some(NamedNode::new(virtuoso.url("sparql-auth")).unwrap());
    config.mirror.graph = Some(NamedNode::new_unchecked(GRAPH));
    config.mirror.engine = MirrorEngine::Virtuoso;
    config.mirror.user = Some("dba".to_owned());
    std::fs::write(password, "dba\n").unwrap();
    config.mirror.password_file = Some(password.to_owned());
}

#[tokio::test(flavor = "multi_thread")]
async fn virtuoso_answers_as_this_server_does() {
    let Some(virtuoso) = Virtuoso::start() else {
        eprintln!("{SKIPPED}");
        return;
    };
    let folder = folder();
    let password = folder.path.join("mirror.password");
    let site = Site::configured(folder, |config| {
        into_virtuoso(config, &virtuoso, &password);
        config.mirror.serves_queries = true;
        config.mirror.lag = Duration::from_secs(600);
    });
    let queries = [
        ("ASK { ?s a <http://schema.org/Place> }", "json"),
        (
            "SELECT ?name { ?s a <http://schema.org/Person> ; <http://schema.org/name> ?name } ORDER BY ?name",
            "csv",
        ),
        (
            "SELECT ?s (COUNT(DISTINCT ?o) AS ?n) { ?s <http://schema.org/location> ?o OPTIONAL { ?s <http://schema.org/doorTime> ?d } FILTER(!BOUND(?d)) } GROUP BY ?s ORDER BY ?s",
            "csv",
        ),
        (
            "SELECT DISTINCT ?g { GRAPH ?g { ?s a <http://schema.org/Person> } } ORDER BY ?g",
            "csv",
        ),
        (
            "CONSTRUCT WHERE { ?s <http://schema.org/name> ?name }",
            "nt",
        ),
    ];
    let mut here = Vec::new();
    for (query, format) in queries {
        let asked = format!("/sparql?format={format}&query={}", urlencoded(query));
        here.push(site.get(&asked, &[]).await.text());
    }
    keep_on(&site.app.store, &site.app.mirror);
    assert!(site.app.mirror.serving().is_there());
    for ((query, format), here) in queries.into_iter().zip(here) {
        let asked = format!("/sparql?format={format}&query={}", urlencoded(query));
        let there = site.get(&asked, &[]).await;
        assert_eq!(there.header("cache-control"), "no-store");
        assert_eq!(there.text(), here, "{query}");
    }
}

fn urlencoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[test]
fn virtuoso_holds_the_same_through_changes_kills_and_a_redaction() {
    let Some(mut virtuoso) = Virtuoso::start() else {
        eprintln!("{SKIPPED}");
        return;
    };
    let mut folder = folder();
    let mut config = Config::default();
    let password = folder.path.join("mirror.password");
    into_virtuoso(&mut config, &virtuoso, &password);
    config.limits.mirror_batch_bytes = 60_000;
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    let compare = |virtuoso: &Virtuoso, folder: &Folder| {
        let wanted = wanted(&folder.store, &config);
        let wanted: BTreeSet<String> = wanted.iter().map(|quad| Virtuoso::normal(quad)).collect();
        assert_same(&virtuoso.quads(BASE), &wanted);
    };
    compare(&virtuoso, &folder);
    let mut random = Random(5);
    for round in 0..12 {
        change(&mut folder, &mut random);
        if round % 4 == 3 {
            // Killed while it is followed, at some moment.
            let killer = virtuoso.kill_in(Duration::from_millis(random.below(60)));
            let is_stopped = || false;
            let mut follower = Follower::new(&folder.store, &mirror, &is_stopped).unwrap();
            follower.first_wait = Duration::from_millis(1);
            let _ = follower.step();
            killer.join().unwrap();
            virtuoso.restart();
        }
        keep_on(&folder.store, &mirror);
        compare(&virtuoso, &folder);
    }
    assert_eq!(mirror.status().unwrap().left_out, 0);
    sources::remove(
        &folder.store,
        folder.door,
        &name("office"),
        false,
        folder.now,
    )
    .unwrap();
    keep_on(&folder.store, &mirror);
    compare(&virtuoso, &folder);
    folder.submit(
        "theatre",
        "t:x a schema:Person ; schema:name \"Secret Nom\" .",
    );
    let folder = folder.redact(&Request {
        literals: vec!["Secret Nom".to_owned()],
        ..Request::default()
    });
    std::fs::write(&password, "dba\n").unwrap();
    let mirror = Mirror::new(&config, folder.store.base());
    keep_on(&folder.store, &mirror);
    compare(&virtuoso, &folder);
}
