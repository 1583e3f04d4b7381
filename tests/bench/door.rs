//! What the door and a page cost, at several sizes, next to the `oxigraph` wheel on the same data.
//!
//! `cargo bench --profile dev --bench door` (the profile keeps RocksDB from being compiled
//! again), optionally followed by `-- QUADS …`. It prints the tables of `docs/performance.md`.
//! Each size runs in a process of its own, whose peak of memory it tells. More than a million
//! triples come as several sources of a million each. Without Python's `pyoxigraph` the peer's
//! rows are left out, and it says so.

use affiche::app::statistics::Follower;
use affiche::app::{App, Purpose};
use affiche::config::Config;
use affiche::html::{self, Site};
use affiche::ingest::conformance::follow;
use affiche::ingest::{Document, Door, Outcome, Submission, builtin, sources, submit, system};
use affiche::model::{Lang, Mode, Outside, Progress, Source, SourceName, Stage};
use affiche::publish::{Context, FORMATS, select};
use affiche::store::{Opening, Store, fill_random};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

mod programme;

use programme::{QUADS_PER_PERFORMANCE, programme, write_performance, write_place};

/// The largest submission; what is larger comes from several sources.
const SUBMISSION_QUADS: usize = 1_000_000;
const REPEATS: usize = 100;
/// Files that stay the same for so long are put together.
const SETTLED: Duration = Duration::from_secs(4);
/// How often the stage of a load is looked at.
const TICK: Duration = Duration::from_millis(5);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, quads] = arguments.as_slice()
        && word == "measure"
    {
        measure(Path::new(folder), quads.parse().expect("a number"));
        return;
    }
    let mut sizes: Vec<usize> = arguments
        .iter()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = vec![100_000, 1_000_000];
    }
    for quads in sizes {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let program = std::env::current_exe().expect("it runs");
        let status = Command::new(program)
            .arg("measure")
            .arg(folder.path())
            .arg(quads.to_string())
            .status()
            .expect("it starts");
        assert!(status.success(), "{status}");
    }
}

fn measure(folder: &Path, quads: usize) {
    let houses = quads.div_ceil(SUBMISSION_QUADS);
    let performances = quads / houses / QUADS_PER_PERFORMANCE;
    let files: Vec<PathBuf> = (0..houses)
        .map(|house| {
            let file = folder.join(format!("house{house}.nt"));
            std::fs::write(&file, programme(house, performances))
                .expect("the programme is written");
            file
        })
        .collect();
    let triples: usize = files.iter().map(|file| lines(file)).sum();
    let bytes: u64 = files
        .iter()
        .map(|file| file.metadata().map_or(0, |metadata| metadata.len()))
        .sum();
    println!(
        "\n### {triples} source triples ({} MB of N-Triples, {houses} submission{})\n",
        bytes / 1_000_000,
        if houses == 1 { "" } else { "s" }
    );
    println!("| what | Affiche | peer | ratio |\n| --- | --- | --- | --- |");

    let opening = Opening {
        base: None,
        default_base: "https://data.example.org".parse().expect("a base"),
        create: true,
    };
    let store = Store::open(&folder.join("data"), &opening).expect("a new folder opens");
    let door = Door::new(store.base()).expect("the built-in files are sound");
    system::bring_up_to_date(&store, &door, now(), &mut fill_random)
        .expect("the built-in files are accepted");
    let peer = peer(&files);

    let progress = Arc::new(Progress::default());
    let shares = watch(&progress);
    let started = Instant::now();
    for (house, file) in files.iter().enumerate() {
        let bytes = std::fs::read(file).expect("the programme is there");
        send(
            &store,
            &door,
            &format!("house{house}"),
            &bytes,
            Some(&progress),
        );
    }
    let load_s = started.elapsed().as_secs_f64();
    row(
        "load through the door (s)",
        load_s,
        peer.as_ref().map(|peer| peer.load_s),
    );
    row(
        "… source triples in a second",
        triples as f64 / load_s,
        peer.as_ref().map(|peer| triples as f64 / peer.load_s),
    );
    row(
        "… peak of memory (MB)",
        memory_mb("VmHWM:"),
        peer.as_ref().map(|peer| peer.peak_mb),
    );
    progress.begin(Stage::Done, 0);
    let started = Instant::now();
    follow(&store, &door, &now, &Progress::default()).expect("all can be judged");
    row(
        "… then which profiles all of it meets (s)",
        started.elapsed().as_secs_f64(),
        None,
    );
    let shares = shares.join().expect("the watch ends");

    settle(&folder.join("data/store"));
    let fsync = fsync_ms(folder);
    // Each time another performance, at another hour: only what follows of it is sent.
    let mut times = Vec::new();
    let mut on_processor = Vec::new();
    for number in 0..REPEATS {
        let text = changed_performance(number * 7 % performances);
        let before = processor_time();
        times.push(upsert(&store, &door, "house0", text.as_bytes()));
        on_processor.push(processor_time().saturating_sub(before));
    }
    let changed = median_ms(&mut times);
    row(
        "one changed performance, fsync included (ms)",
        changed,
        None,
    );
    row("… without its fsync (ms)", changed - fsync, None);
    row(
        "… on the processor (ms)",
        median_ms(&mut on_processor),
        None,
    );
    row("… one fsync of a file in the same folder (ms)", fsync, None);
    let mut times: Vec<Duration> = (0..REPEATS)
        .map(|number| {
            let text = one_performance(number);
            let started = Instant::now();
            send(&store, &door, "one", text.as_bytes(), None);
            started.elapsed()
        })
        .collect();
    // The first one is new; the others are changes.
    row(
        "a source of one performance, replaced (ms)",
        median_ms(&mut times[1..]),
        None,
    );

    let snapshot = store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    let name: SourceName = "house0".parse().expect("a name");
    let entities: Vec<_> = (0..200)
        .map(|index| {
            let iri = format!(
                "https://house0.example/performance/{}",
                index * 7 % performances
            );
            view.identified(&name, &iri)
                .expect("it can be read")
                .expect("it is published")
        })
        .collect();
    let terms = builtin::file("ontology/context.jsonld").expect("it is built in");
    let context =
        Context::new(store.base().clone(), &String::from_utf8_lossy(&terms)).expect("it is sound");
    let turtle = FORMATS
        .iter()
        .find(|format| format.name == "turtle")
        .expect("there is Turtle");
    let mut times: Vec<Duration> = entities
        .iter()
        .map(|entity| {
            let started = Instant::now();
            let snapshot = store.snapshot().expect("a snapshot");
            let document = select::bare_document(&snapshot.view(), entity)
                .expect("it can be read")
                .expect("it is published");
            let mut bytes = Vec::new();
            (turtle.write)(&document, &context, &mut bytes).expect("memory takes it");
            assert!(!bytes.is_empty());
            started.elapsed()
        })
        .collect();
    row(
        "entity as Turtle (ms)",
        median_ms(&mut times),
        peer.as_ref().map(|peer| peer.describe_ms),
    );
    let mut times: Vec<Duration> = entities
        .iter()
        .map(|entity| {
            let started = Instant::now();
            let snapshot = store.snapshot().expect("a snapshot");
            let view = snapshot.view();
            let links = select::links_in_store(&view, entity, "2026-11-22").expect("they are read");
            let document = select::document(&view, entity, links, &select::Labels::new())
                .expect("it can be read")
                .expect("it is published");
            let site = Site {
                base: store.base(),
                root: "",
                lang: Lang::Fr,
                generation: store.generation(),
                path: "/doc/x",
                outside: Outside::NOTHING,
                usual: Lang::Fr,
            };
            let page = html::Entity {
                document: &document,
                standings: &[],
                now: now(),
            };
            assert!(!html::entity(page, site).expect("it is written").is_empty());
            started.elapsed()
        })
        .collect();
    row(
        "entity page in HTML, labels and inverse links included (ms)",
        median_ms(&mut times),
        None,
    );
    let noid = entities[0]
        .as_str()
        .rsplit('/')
        .next()
        .expect("it has a name")
        .to_owned();
    drop(snapshot);
    measure_http(store, &noid);
    println!("\nShares of the load's time, with the most memory in each: {shares}.");
}

/// Waits until the storage has put the files of the load together.
fn settle(store: &Path) {
    let files = || -> BTreeSet<String> {
        let entries = std::fs::read_dir(store).expect("the store is there");
        entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| name.ends_with(".sst"))
            .collect()
    };
    let mut before = BTreeSet::new();
    while files() != before {
        before = files();
        std::thread::sleep(SETTLED);
    }
}

/// Where the time of the load goes, stage by stage, in percent, and how much memory
/// there then was.
fn watch(progress: &Arc<Progress>) -> JoinHandle<String> {
    let progress = Arc::clone(progress);
    std::thread::spawn(move || {
        let mut ticks: BTreeMap<Stage, (u32, f64)> = BTreeMap::new();
        let mut is_running = false;
        loop {
            let stage = progress.stage();
            is_running |= stage != Stage::Done;
            if is_running && stage == Stage::Done && progress.steps() == (0, 0) {
                // Between two submissions it is done for a moment too.
                std::thread::sleep(TICK * 20);
                if progress.stage() == Stage::Done {
                    break;
                }
            }
            let (count, most_mb) = ticks.entry(stage).or_default();
            *count += 1;
            *most_mb = most_mb.max(memory_mb("VmRSS:"));
            std::thread::sleep(TICK);
        }
        let all: u32 = ticks.values().map(|(count, _)| count).sum();
        let shares: Vec<String> = ticks
            .iter()
            .map(|(stage, (count, most_mb))| {
                let share = count * 100 / all.max(1);
                format!("{} {share} % ({most_mb:.0} MB)", stage.name())
            })
            .collect();
        shares.join(", ")
    })
}

/// How long this thread was on a processor: on a busy machine this says more than the clock.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// The memory that this process has (`VmRSS:`) or ever had at most (`VmHWM:`), in megabytes.
fn memory_mb(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(what))
        .and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(f64::NAN, |kilobytes| kilobytes / 1000.0)
}

fn lines(file: &Path) -> usize {
    let reader = BufReader::new(std::fs::File::open(file).expect("the programme is there"));
    reader.split(b'\n').count()
}

/// The same through the router: negotiation, headers and body included, the network not.
fn measure_http(store: Store, noid: &str) {
    let config = Config::default();
    let app = App::over(store, config, Purpose::Read, now()).expect("it opens");
    Follower::new(&app, &|| false)
        .step()
        .expect("it is counted");
    let router = affiche::http::router(Arc::new(app));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    for (what, path, repeats) in [
        (
            "GET of an entity page (ms)",
            format!("/doc/{noid}.html"),
            200,
        ),
        (
            "GET of an entity as Turtle (ms)",
            format!("/doc/{noid}.ttl"),
            200,
        ),
        (
            "first GET of the home page at a generation (ms)",
            "/".to_owned(),
            1,
        ),
        ("GET of the home page after that (ms)", "/".to_owned(), 200),
    ] {
        let times: Option<Vec<Duration>> = (0..repeats)
            .map(|_| {
                let request = Request::get(&path).body(Body::empty()).expect("a request");
                let started = Instant::now();
                let size = runtime.block_on(async {
                    let response = router.clone().oneshot(request).await.expect("it answers");
                    if !response.status().is_success() {
                        return None;
                    }
                    let body = to_bytes(response.into_body(), usize::MAX).await;
                    Some(body.expect("a body").len())
                })?;
                assert!(size > 0);
                Some(started.elapsed())
            })
            .collect();
        match times {
            Some(mut times) => row(what, median_ms(&mut times), None),
            None => println!("| {what} | no answer within the deadline | – | – |"),
        }
    }
}

fn send(store: &Store, door: &Door, source: &str, bytes: &[u8], progress: Option<&Progress>) {
    let source = Source::new(source.parse().expect("a name"));
    sources::add(store, &source, now()).expect("the source is added or known");
    let document = Document {
        name: "programme.nt",
        bytes,
        format: Some("ntriples"),
        base: None,
    };
    let submission = Submission {
        is_partial: Some(false),
        progress,
        ..Submission::new(&source.name, std::slice::from_ref(&document))
    };
    let report = submit(store, door, &submission, now(), &mut fill_random).expect("it can be read");
    assert_eq!(
        report.outcome,
        Outcome::Accepted,
        "{:#?}",
        report.findings.first()
    );
}

/// How long it takes to describe something anew.
fn upsert(store: &Store, door: &Door, source: &str, bytes: &[u8]) -> Duration {
    let source: SourceName = source.parse().expect("a name");
    let document = Document {
        name: "performance.nt",
        bytes,
        format: Some("ntriples"),
        base: None,
    };
    let submission = Submission {
        mode: Mode::Upsert,
        ..Submission::new(&source, std::slice::from_ref(&document))
    };
    let started = Instant::now();
    let report = submit(store, door, &submission, now(), &mut fill_random).expect("it can be read");
    let elapsed = started.elapsed();
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
    assert_eq!(report.counts.changed, 1);
    elapsed
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

/// One performance of the first house, an hour later than it was.
fn changed_performance(performance: usize) -> String {
    let mut text = String::new();
    let hour = (performance + 1) % 24;
    write_performance(
        &mut text,
        "house0",
        performance,
        performance / 10,
        performance / 100,
        hour,
    );
    text
}

/// One performance of another source, at another hour each time.
fn one_performance(number: usize) -> String {
    let mut text = String::new();
    write_place(&mut text, "one", 0);
    write_performance(&mut text, "one", 0, 0, 0, number % 24);
    text.lines()
        .filter(|line| !line.contains("workPerformed"))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// What one fsync costs here: the lower bound of any write that is safe.
fn fsync_ms(folder: &Path) -> f64 {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("fsync")).expect("a file");
    let mut times: Vec<Duration> = (0..REPEATS)
        .map(|_| {
            let started = Instant::now();
            file.write_all(&[b'x'; 4096])
                .and_then(|()| file.sync_data())
                .expect("it is written");
            started.elapsed()
        })
        .collect();
    median_ms(&mut times)
}

struct Peer {
    load_s: f64,
    describe_ms: f64,
    peak_mb: f64,
}

fn peer(files: &[PathBuf]) -> Option<Peer> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/peer.py");
    let output = Command::new("python3")
        .arg(script)
        .args(files)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut numbers = text.split_whitespace().filter_map(|word| word.parse().ok());
    match (numbers.next(), numbers.next(), numbers.next()) {
        (Some(load_s), Some(describe_ms), Some(peak_mb)) => Some(Peer {
            load_s,
            describe_ms,
            peak_mb,
        }),
        _ => {
            println!("(no peer: `pip install pyoxigraph` brings it)");
            None
        }
    }
}

fn median_ms(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

fn row(what: &str, ours: f64, peer: Option<f64>) {
    match peer {
        Some(peer) => println!("| {what} | {ours:.3} | {peer:.3} | {:.1} |", ours / peer),
        None => println!("| {what} | {ours:.3} | – | – |"),
    }
}
