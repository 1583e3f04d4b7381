//! What it costs to say of ten thousand identifiers what they stand for, and to follow as many
//! entities; beside it, in the same run, the reads of the store that no answer can do without.
//!
//! `cargo bench --profile dev --bench resolve -- 2400 24000` loads so many performances of a
//! generated programme through the door (about 100,000 and 1 M quads in the store), each in a
//! process of its own, and prints the tables of `docs/performance.md`.

use affiche::app::{App, Purpose, history, identifiers};
use affiche::config::Config;
use affiche::ingest::{Document, Door, Outcome, Submission, sources, submit, system};
use affiche::model::vocabulary::schema;
use affiche::model::{Mode, Source, SourceName};
use affiche::publish::resolution::{Resolver, Status};
use affiche::store::{Opening, Store, fill_random};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, NamedNode};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

#[expect(dead_code, reason = "other benches build on parts of it")]
mod programme;

use programme::{programme, write_performance};

/// How many identifiers a list has.
const LIST: usize = 10_000;
/// Sources beside the one that sends.
const SOURCES: usize = 200;
/// Of how many identifiers each source is asked, which is what the index spares.
const ASKED_OF_EACH: usize = 100;
const REPEATS: usize = 5;
const NEVER: &dyn Fn() -> bool = &|| false;
const BASE: &str = "https://data.example.org";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, performances] = arguments.as_slice()
        && word == "measure"
    {
        measure(Path::new(folder), performances.parse().expect("a number"));
        return;
    }
    let sizes = arguments.iter().filter_map(|word| word.parse().ok());
    let mut sizes: Vec<usize> = sizes.collect();
    if sizes.is_empty() {
        sizes = vec![2400];
    }
    for performances in sizes {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let status = Command::new(std::env::current_exe().expect("it runs"))
            .arg("measure")
            .arg(folder.path())
            .arg(performances.to_string())
            .status()
            .expect("it starts");
        assert!(status.success(), "{status}");
    }
}

fn measure(folder: &Path, performances: usize) {
    let opening = Opening {
        base: None,
        default_base: BASE.parse().expect("a base"),
        create: true,
    };
    let data = folder.join("data");
    let store = Store::open(&data, &opening).expect("a new folder opens");
    let door = Door::new(store.base()).expect("the built-in files are sound");
    system::bring_up_to_date(&store, &door, now(), &mut fill_random)
        .expect("the built-in files are accepted");
    for number in 0..=SOURCES {
        let name: SourceName = format!("house{number}").parse().expect("a name");
        sources::add(&store, &Source::new(name), now()).expect("it is added");
    }
    let mut text = programme(0, performances);
    for production in 0..=performances / 10 {
        let _ = writeln!(
            text,
            "<https://house0.example/production/{production}> <http://schema.org/sameAs> <{}> .",
            wikidata(production)
        );
    }
    send(&store, &door, Mode::Replace, &text);
    let app = App::over(store, Config::default(), Purpose::Write, now()).expect("it opens");
    let app = Arc::new(app);
    let snapshot = app.store.snapshot().expect("a snapshot");
    let quads = snapshot.view().count_quads().expect("they can be counted");
    drop(snapshot);
    println!(
        "\n### {quads} quads in the store, {} sources, lists of {LIST}\n",
        SOURCES + 1
    );
    println!("| what | time | for a thousand |\n| --- | --- | --- |");

    let begun = Instant::now();
    let mut follower = identifiers::Follower::new(&app, NEVER);
    follower.step().expect("they can be read");
    println!(
        "| making the index of {} identifiers of senders (ms) | {:.1} | – |",
        app.identifiers.count(),
        begun.elapsed().as_secs_f64() * 1000.0
    );
    let mut history = history::Follower::new(&app, NEVER);
    while history.step().expect("the log can be read") {}

    let list = list(&app, performances);
    let floor = reads(&app, &list);
    resolving(&app, &list, floor);
    asking_each(&app, &list);
    following(&app, &list);

    let mut one = String::new();
    write_performance(&mut one, "house0", performances + 1, 0, 0, 3);
    send(&app.store, &app.door, Mode::Upsert, &one);
    let begun = Instant::now();
    follower.step().expect("it can be followed");
    println!(
        "| keeping the index in step after one new performance (ms) | {:.3} | – |",
        begun.elapsed().as_secs_f64() * 1000.0
    );
}

fn wikidata(production: usize) -> String {
    format!("http://www.wikidata.org/entity/Q{}", 9_000_000 + production)
}

/// Identifiers of all sorts, those of ours and of senders most of all, in no order.
fn list(app: &App, performances: usize) -> Vec<String> {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let source: SourceName = "house0".parse().expect("a name");
    let sent = |number: usize| {
        format!(
            "https://house0.example/performance/{}",
            number * 7919 % performances
        )
    };
    let own = |number: usize| {
        let key = sent(number);
        let found = snapshot.view().identified(&source, &key);
        let found = found.expect("it can be read");
        found.unwrap_or_else(|| panic!("`{key}` is there"))
    };
    (0..LIST)
        .map(|number| match number % 20 {
            0..8 => own(number).into_string(),
            8..10 => own(number).as_str().replace("/id/", "/doc/") + ".ttl",
            10..15 => sent(number),
            15 => wikidata(number % (performances / 10)).replace("entity", "wiki"),
            16 => format!("Q{}", 9_000_000 + number % (performances / 10)),
            17 => format!("https://nobody.example/{number}"),
            18 => format!("siret:{:014}", number * 10),
            _ => format!("{}#address", own(number).as_str()),
        })
        .collect()
}

/// What no answer can do without: what the registry says of each entity, and its names. The
/// entities are known beforehand.
fn reads(app: &App, list: &[String]) -> Duration {
    let entities: Vec<NamedNode> = {
        let snapshot = app.store.snapshot().expect("a snapshot");
        let base = app.store.base();
        let by_sender = |identifier: &str| app.identifiers.meant_by(base, identifier);
        let mut resolver = Resolver::new(snapshot.view(), None, &by_sender);
        list.iter()
            .filter_map(|one| resolver.resolve(one).expect("it can be read").entity)
            .map(|entity| entity.iri)
            .collect()
    };
    let elapsed = median(|| {
        let snapshot = app.store.snapshot().expect("a snapshot");
        let view = snapshot.view();
        let mut read = 0;
        for entity in &entities {
            read += view.registry(entity).expect("it can be read").len();
            let names = view.quads(
                Some(entity.as_ref().into()),
                Some(schema::NAME),
                None,
                Some(GraphNameRef::DefaultGraph),
            );
            read += names.count();
        }
        assert!(read > entities.len());
    });
    let what = format!(
        "bare reads: registry and name of {} entities",
        entities.len()
    );
    row(&what, elapsed, None);
    elapsed
}

fn resolving(app: &Arc<App>, list: &[String], floor: Duration) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let elapsed = median(|| {
        let snapshot = app.store.snapshot().expect("a snapshot");
        let base = app.store.base();
        let by_sender = |identifier: &str| app.identifiers.meant_by(base, identifier);
        let mut resolver = Resolver::new(snapshot.view(), None, &by_sender);
        counts.clear();
        for one in list {
            let status = resolver.resolve(one).expect("it can be read").status;
            *counts.entry(status.name()).or_default() += 1;
        }
    });
    assert!(counts[Status::Current.name()] > LIST * 3 / 4, "{counts:?}");
    row("resolving the list", elapsed, Some(floor));
    let lines = list.join("\n");
    for format in ["json", "csv"] {
        let elapsed = median(|| {
            let body = post(app, &format!("/resolve?format={format}"), &lines);
            assert!(body.len() > LIST * 100);
        });
        let what = format!("`POST /resolve?format={format}`");
        row(&what, elapsed, Some(floor));
    }
}

/// The same look-up without the index: each source is asked.
fn asking_each(app: &App, list: &[String]) {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let names: Vec<SourceName> = snapshot
        .view()
        .sources()
        .expect("they can be read")
        .into_iter()
        .map(|source| source.name)
        .collect();
    let sent: Vec<&String> = list
        .iter()
        .filter(|one| one.contains("house0.example"))
        .take(ASKED_OF_EACH)
        .collect();
    let begun = Instant::now();
    for one in &sent {
        for name in &names {
            let found = snapshot.view().identified(name, one);
            found.expect("it can be read");
        }
    }
    let each = begun.elapsed() / u32::try_from(sent.len()).expect("a hundred");
    println!(
        "| not done: asking each source about a sender's IRI, without the index (ms) | – | {:.1} |",
        each.as_secs_f64() * 1_000_000.0
    );
}

fn following(app: &Arc<App>, list: &[String]) {
    let lines = list.join("\n");
    let made = post(app, "/follow", &lines);
    let made: serde_json::Value = serde_json::from_slice(&made).expect("JSON");
    let feed = made["feed"].as_str().expect("an address");
    let path = feed.strip_prefix(BASE).expect("below the base").to_owned();
    let elapsed = median(|| {
        let body = send_request(app, Request::get(&path).body(Body::empty()));
        assert!(body.len() > 1000);
    });
    let what = format!(
        "the newest page of a feed of {} entities (ms)",
        made["followed"]
    );
    println!("| {what} | {:.1} | – |", elapsed.as_secs_f64() * 1000.0);
}

fn post(app: &Arc<App>, path: &str, body: &str) -> Vec<u8> {
    let request = Request::post(path).header("content-type", "text/plain");
    send_request(app, request.body(Body::from(body.to_owned())))
}

fn send_request(app: &Arc<App>, request: Result<Request<Body>, axum::http::Error>) -> Vec<u8> {
    let router = affiche::http::router(Arc::clone(app));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let response = router.oneshot(request.expect("a request")).await;
        let response = response.expect("it answers");
        let status = response.status();
        let body = to_bytes(response.into_body(), usize::MAX).await;
        let body = body.expect("a body").to_vec();
        assert!(
            matches!(status, StatusCode::OK | StatusCode::CREATED),
            "{status}: {}",
            String::from_utf8_lossy(&body)
        );
        body
    })
}

fn send(store: &Store, door: &Door, mode: Mode, text: &str) {
    let name: SourceName = "house0".parse().expect("a name");
    let document = Document {
        name: "programme.nt",
        bytes: text.as_bytes(),
        format: Some("ntriples"),
        base: None,
    };
    let submission = Submission {
        mode,
        is_partial: Some(false),
        ..Submission::new(&name, std::slice::from_ref(&document))
    };
    let report = submit(store, door, &submission, now(), &mut fill_random).expect("it can be read");
    assert_eq!(report.outcome, Outcome::Accepted, "{:#?}", report.findings);
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..REPEATS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[REPEATS / 2]
}

fn row(what: &str, elapsed: Duration, floor: Option<Duration>) {
    let milliseconds = elapsed.as_secs_f64() * 1000.0;
    let ratio = floor.map(|floor| {
        let ratio = elapsed.as_secs_f64() / floor.as_secs_f64();
        format!(" ({ratio:.2} × the bare reads)")
    });
    println!(
        "| {what} (ms){} | {milliseconds:.0} | {:.1} |",
        ratio.unwrap_or_default(),
        milliseconds / (LIST as f64 / 1000.0)
    );
}
