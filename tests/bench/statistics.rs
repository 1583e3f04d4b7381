//! What the figures of the data cost: asked without and with filters, kept in step, counted anew,
//! and published as VoID; beside them the same asked by SPARQL in the same run.
//!
//! `cargo bench --profile dev --bench statistics -- 30000 300000` loads so many performances of a
//! generated programme through the door (about 1 M and 10 M quads in the store), each in a process
//! of its own, and prints the tables of `docs/performance.md`.

use affiche::app::statistics::facets::agenda::{self, Wanted};
use affiche::app::statistics::facets::{Facet, Filter};
use affiche::app::statistics::{Follower, State, void};
use affiche::app::{App, Purpose};
use affiche::config::Config;
use affiche::ingest::{Document, Door, Outcome, Submission, sources, submit, system};
use affiche::model::{Mode, Source, SourceName};
use affiche::store::{
    CancellationToken, Opening, QueryResults, RequestedDataset, Store, fill_random,
};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::Timestamp;
use spargebra::SparqlParser;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

mod programme;

use programme::{QUADS_PER_PERFORMANCE, programme, write_performance};

/// The performances of one house; more are those of several.
const HOUSE: usize = 50_000;
const REPEATS: usize = 100;
/// How long something short is repeated at least.
const ENOUGH: Duration = Duration::from_secs(1);
/// Files that stay the same for so long are put together.
const SETTLED: Duration = Duration::from_secs(4);
const NEVER: &dyn Fn() -> bool = &|| false;
const BASE: &str = "https://data.example.org";

/// What somebody narrows by, from little to much.
const SELECTIONS: &[&[(&str, &str)]] = &[
    &[("year", "2027")],
    &[("department", "53")],
    &[("discipline", "danse"), ("department", "53")],
    &[
        ("discipline", "theatre"),
        ("access", "scolaires"),
        ("month", "2027-03"),
    ],
];

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
        sizes = vec![30_000];
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
    let begun = Instant::now();
    for house in 0..performances.div_ceil(HOUSE) {
        let text = varied(
            &programme(house, HOUSE.min(performances - house * HOUSE)),
            house,
        );
        send(&store, &door, Mode::Replace, house, &text);
    }
    let loaded = begun.elapsed().as_secs_f64();
    settle(&data.join("store"));
    let app = App::over(store, Config::default(), Purpose::Write, now()).expect("it opens");
    let app = Arc::new(app);
    let snapshot = app.store.snapshot().expect("a snapshot");
    let quads = snapshot.view().count_quads().expect("they can be counted");
    drop(snapshot);
    println!(
        "\n### {performances} performances, {quads} quads in the store (about {} source triples, loaded in {loaded:.0} s)\n",
        performances * QUADS_PER_PERFORMANCE
    );
    println!("| what | time | on the processor |\n| --- | --- | --- |");

    let mut follower = Follower::new(&app, NEVER);
    let memory = memory_mb();
    row(
        "counting everything (s)",
        1.0,
        once(|| {
            follower.step().expect("it is counted");
        }),
    );
    let memory = memory_mb() - memory;
    let kept = data.join("index/statistics/index.txt");
    let bytes = kept.metadata().expect("it was written").len();
    row(
        "taking up what was written down (s)",
        1.0,
        once(|| {
            Follower::new(&app, NEVER).step().expect("it is there");
        }),
    );
    // Once more, so that the first of them is not measured with what it brings along.
    let state = app.statistics.current().expect("it is counted");
    assert_eq!(
        state.select(&[]).total + cancelled(&state),
        performances as u64
    );
    row(
        "all facets, without filters (ms)",
        1000.0,
        median(|| {
            // A state that nobody has asked yet.
            let _ = state.performances.select(&[]);
        }),
    );
    for selection in SELECTIONS {
        let mut total = 0;
        let times = median(|| total = state.select(&filters(selection)).total);
        let what = format!(
            "all facets of {} ({total} performances, ms)",
            words(selection)
        );
        row(&what, 1000.0, times);
    }
    agendas(&state);
    pages(&app);
    by_sparql(&app);
    changes(&app, &mut follower, performances);
    description(&app, &mut follower);
    println!(
        "\n{:.0} bytes of memory for each performance, its share of the rest included ({memory:.1} MB together); {:.0} bytes on the disk.",
        memory * 1e6 / performances as f64,
        bytes as f64 / performances as f64,
    );
}

/// The programme with more to divide it by: towns all over the country, disciplines, languages,
/// organisers, accessibility, school performances, cancellations.
fn varied(text: &str, house: usize) -> String {
    const DISCIPLINES: [&str; 5] = ["danse", "theatre", "musique", "cirque", "marionnette"];
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let org = format!("<https://house{house}.example/org/");
    let number = |line: &str| -> usize {
        let name = line
            .split('>')
            .next()
            .and_then(|iri| iri.rsplit('/').next());
        name.and_then(|name| name.parse().ok()).unwrap_or_default()
    };
    let mut organisers: BTreeSet<usize> = BTreeSet::new();
    for line in text.lines() {
        if let Some((place, _)) = line.split_once(" <http://schema.org/postalCode>") {
            let place_number: usize = place[3..].parse().unwrap_or_default();
            let department = 1 + place_number * 7 % 95;
            let _ = writeln!(
                out,
                "{place} <http://schema.org/postalCode> \"{department:02}000\" ."
            );
            continue;
        }
        if line.contains("/vocab/disciplines/theatre>") {
            let discipline = DISCIPLINES[number(line) % DISCIPLINES.len()];
            out.push_str(
                &line.replace("disciplines/theatre", &format!("disciplines/{discipline}")),
            );
            out.push('\n');
            let subject = line.split(' ').next().unwrap_or_default();
            let lang = if number(line).is_multiple_of(9) {
                "en"
            } else {
                "fr"
            };
            let _ = writeln!(out, "{subject} <http://schema.org/inLanguage> \"{lang}\" .");
            continue;
        }
        if line.contains("schema.org/eventStatus>") {
            let subject = line.split(' ').next().unwrap_or_default();
            let show = number(line);
            let organiser = show / 200;
            organisers.insert(organiser);
            let _ = writeln!(
                out,
                "{subject} <http://schema.org/organizer> {org}{organiser}> ."
            );
            if show.is_multiple_of(8) {
                let _ = writeln!(
                    out,
                    "{subject} <{BASE}/ns#accessibilite> <{BASE}/vocab/accessibilite/pmr> ."
                );
            }
            if show.is_multiple_of(10) {
                let _ = writeln!(
                    out,
                    "{subject} <{BASE}/ns#acces> <{BASE}/vocab/acces/scolaires> ."
                );
            }
            if show.is_multiple_of(50) {
                out.push_str(&line.replace("EventScheduled", "EventCancelled"));
                out.push('\n');
                continue;
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    for organiser in organisers {
        let iri = format!("{org}{organiser}>");
        let _ = writeln!(
            out,
            "{iri} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <http://schema.org/Organization> .\n\
             {iri} <http://schema.org/name> \"Compagnie {organiser}\"@fr ."
        );
    }
    out
}

fn cancelled(state: &affiche::app::statistics::State) -> u64 {
    state
        .select(&filters(&[("status", "EventCancelled")]))
        .total
}

fn filters<'a>(selection: &[(&str, &'a str)]) -> Vec<Filter<'a>> {
    let filters = selection.iter().map(|(facet, key)| Filter {
        facet: Facet::named(facet).expect("it is a facet"),
        keys: vec![*key],
    });
    filters.collect()
}

fn words(selection: &[(&str, &str)]) -> String {
    let words: Vec<String> = selection
        .iter()
        .map(|(facet, key)| format!("{facet}={key}"))
        .collect();
    words.join("&")
}

/// What is on: a page of it, with all facets and without, by how much of it there is.
fn agendas(state: &State) {
    let facets: Vec<&'static Facet> = agenda::facets().collect();
    let day = |text: &str| text.parse().expect("a date");
    for (what, from, until, facets) in [
        (
            "from today on, all facets",
            "2026-11-22",
            "9999-12-31",
            facets.as_slice(),
        ),
        ("from today on, no facets", "2026-11-22", "9999-12-31", &[]),
        (
            "a month, all facets",
            "2027-03-01",
            "2027-03-31",
            facets.as_slice(),
        ),
        (
            "a day, all facets",
            "2027-03-14",
            "2027-03-14",
            facets.as_slice(),
        ),
    ] {
        let mut total = 0;
        let times = median(|| {
            let found = state.performances.agenda(&Wanted {
                filters: &[],
                near: None,
                days: &|_| (day(from), day(until)),
                offset: 0,
                limit: 50,
                apart: 12,
                facets,
            });
            total = found.total;
        });
        let what = format!("what is on {what} ({total} performances, ms)");
        row(&what, 1000.0, times);
    }
}

/// The pages, through the router: negotiation, headers and body included, the network not.
fn pages(app: &Arc<App>) {
    let router = affiche::http::router(Arc::clone(app));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let selected = |selection: &[(&str, &str)]| format!("/statistics?{}", words(selection));
    for path in [
        "/statistics".to_owned(),
        "/statistics?format=json".to_owned(),
        selected(SELECTIONS[0]),
        selected(SELECTIONS[2]),
        "/".to_owned(),
        "/agenda".to_owned(),
        "/agenda?page=100".to_owned(),
        "/agenda?day=2027-03-14".to_owned(),
        "/agenda?discipline=danse&department=53".to_owned(),
        "/agenda?format=ttl".to_owned(),
        "/places".to_owned(),
    ] {
        let times = median(|| {
            let request = Request::get(&path).body(Body::empty()).expect("a request");
            runtime.block_on(async {
                let response = router.clone().oneshot(request).await.expect("it answers");
                assert!(response.status().is_success());
                let body = to_bytes(response.into_body(), usize::MAX).await;
                assert!(!body.expect("a body").is_empty());
            });
        });
        row(&format!("GET {path} (ms)"), 1000.0, times);
    }
}

/// What the same numbers cost when they are asked of the store.
fn by_sparql(app: &App) {
    let prefixes = "PREFIX schema: <http://schema.org/> ";
    for (what, query) in [
        (
            "SPARQL: performances by place (ms)",
            "SELECT ?place (COUNT(*) AS ?n) { ?show a schema:PerformingArtsEvent ; schema:location ?place } GROUP BY ?place",
        ),
        (
            "SPARQL: performances by discipline of what is performed (ms)",
            "SELECT ?genre (COUNT(*) AS ?n) { ?show schema:workPerformed ?work . ?work schema:genre ?genre } GROUP BY ?genre",
        ),
        (
            "SPARQL: triples and distinct subjects by property (ms)",
            "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?m) { ?s ?p ?o } GROUP BY ?p",
        ),
    ] {
        let times = once(|| {
            let snapshot = app.store.snapshot().expect("a snapshot");
            let query = SparqlParser::new().parse_query(&format!("{prefixes}{query}"));
            let answer = snapshot.view().evaluate(
                query.expect("a query"),
                &RequestedDataset::default(),
                CancellationToken::new(),
            );
            let QueryResults::Solutions(solutions) = answer.expect("it can be answered") else {
                panic!("it has rows");
            };
            let rows: Vec<_> = solutions.collect();
            assert!(rows.len() > 1 && rows.iter().all(Result::is_ok));
        });
        row(what, 1000.0, times);
    }
}

/// What one changed performance costs the follower.
fn changes(app: &App, follower: &mut Follower<'_>, performances: usize) {
    let (mut whole, mut following) = (Vec::new(), Vec::new());
    for number in 0..REPEATS {
        let show = number * 7 % performances.min(HOUSE);
        let mut text = String::new();
        let hour = (show + 1) % 24;
        write_performance(&mut text, "house0", show, show / 10, show / 100, hour);
        whole.push(once(|| send(&app.store, &app.door, Mode::Upsert, 0, &text)));
        following.push(once(|| {
            assert!(follower.step().expect("it is followed"));
        }));
    }
    row(
        "one changed performance: the write (ms)",
        1000.0,
        middle(&whole),
    );
    row(
        "… what the follower does then (ms)",
        1000.0,
        middle(&following),
    );
}

/// What publishing adds to the log.
fn description(app: &App, follower: &mut Follower<'_>) {
    let publish = || {
        let state = app.statistics.current().expect("it is counted");
        let log = log_bytes(app);
        let times = once(|| {
            let published = void::publish(app, &state, now());
            assert!(published.expect("it can be written").is_some());
        });
        (times, log_bytes(app) - log)
    };
    let described = void::description(app).expect("it can be read");
    let triples = described.expect("it is counted").len();
    let (times, bytes) = publish();
    row(
        "publishing the description for the first time (ms)",
        1000.0,
        times,
    );
    let mut text = String::new();
    write_performance(&mut text, "house0", 999_999, 0, 0, 20);
    send(&app.store, &app.door, Mode::Upsert, 0, &text);
    follower.step().expect("it is followed");
    let (times, again) = publish();
    row("… after one new performance (ms)", 1000.0, times);
    println!(
        "\nThe description has {triples} triples. It adds {bytes} bytes to the log when it is first published, and {again} after one new performance."
    );
}

fn log_bytes(app: &App) -> u64 {
    let folder = std::fs::read_dir(app.store.folder().join("log")).expect("it is there");
    let files = folder.flatten().filter_map(|entry| entry.metadata().ok());
    files.map(|metadata| metadata.len()).sum()
}

fn send(store: &Store, door: &Door, mode: Mode, house: usize, text: &str) {
    let name: SourceName = format!("house{house}").parse().expect("a name");
    sources::add(store, &Source::new(name.clone()), now()).ok();
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
    assert_eq!(
        report.outcome,
        Outcome::Accepted,
        "{:#?}",
        report.findings.first()
    );
}

/// Waits until the storage has put the files of the load together.
fn settle(store: &Path) {
    let files = || -> BTreeSet<String> {
        let entries = std::fs::read_dir(store).expect("the store is there");
        let names = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".sst")).collect()
    };
    let mut before = BTreeSet::new();
    while files() != before {
        before = files();
        std::thread::sleep(SETTLED);
    }
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// Wall time, and time on all processors.
type Times = (Duration, Duration);

fn once(work: impl FnOnce()) -> Times {
    let (processor, started) = (processor_time(), Instant::now());
    work();
    let elapsed = started.elapsed();
    (elapsed, processor_time().saturating_sub(processor))
}

/// The median time; on the processors the mean of all, since the system tells that in steps of
/// some milliseconds.
fn median(mut work: impl FnMut()) -> Times {
    let (processor, begun) = (processor_time(), Instant::now());
    let mut times: Vec<Duration> = Vec::new();
    while times.len() < REPEATS || begun.elapsed() < ENOUGH {
        let started = Instant::now();
        work();
        times.push(started.elapsed());
    }
    let processor = processor_time().saturating_sub(processor);
    let mean = processor / u32::try_from(times.len()).unwrap_or(u32::MAX);
    times.sort_unstable();
    (times[times.len() / 2], mean)
}

/// The median of times; on the processors their mean.
fn middle(times: &[Times]) -> Times {
    let mut elapsed: Vec<Duration> = times.iter().map(|times| times.0).collect();
    elapsed.sort_unstable();
    let processor: Duration = times.iter().map(|times| times.1).sum();
    let count = u32::try_from(times.len()).unwrap_or(u32::MAX);
    (elapsed[elapsed.len() / 2], processor / count)
}

/// The time that all threads of this process had on a processor.
fn processor_time() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").expect("there is a process");
    let nanoseconds = threads.flatten().filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// The memory that this process has, in megabytes.
fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(f64::NAN, |kilobytes| kilobytes / 1000.0)
}

fn row(what: &str, scale: f64, (elapsed, processor): Times) {
    let (elapsed, processor) = (
        elapsed.as_secs_f64() * scale,
        processor.as_secs_f64() * scale,
    );
    println!("| {what} | {elapsed:.3} | {processor:.3} |");
}
