//! What an entity's past costs, and a page of what changed, by how much else there is.
//!
//! `cargo bench --profile dev --bench history -- 6000 60000` loads so many performances of a
//! generated programme through the door (about 200,000 and two million quads in the store), each in
//! a process of its own, changes one of them three times, and prints the table of
//! `docs/performance.md`.

use affiche::app::history::Follower;
use affiche::app::{App, Purpose, ldes};
use affiche::changes::state_at;
use affiche::config::Config;
use affiche::ingest::{Document, Door, Outcome, Submission, sources, submit, system};
use affiche::model::{Mode, Source, SourceName};
use affiche::store::{Opening, Store, fill_random};
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use jiff::Timestamp;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

#[expect(dead_code, reason = "other benches build on parts of it")]
mod programme;

use programme::{programme, write_performance};

/// The performances of one house; more are those of several.
const HOUSE: usize = 30_000;
const REPEATS: u32 = 200;
const ROUNDS: u32 = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, folder, performances] = arguments.as_slice()
        && word == "measure"
    {
        measure(Path::new(folder), performances.parse().expect("a number"));
        return;
    }
    println!(
        "| quads in the store | noting all (s) | index (MB) | its changes (µs) | its state (µs) | log read (kB) | memento, Turtle (µs) | history, JSON (µs) | 100 changed entities (µs of CPU) | the last 100 (µs of CPU) | page of the event stream (µs of CPU) |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    );
    let sizes = arguments.iter().filter_map(|word| word.parse().ok());
    let mut sizes: Vec<usize> = sizes.collect();
    if sizes.is_empty() {
        sizes = vec![3_000, 30_000];
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
        default_base: "https://data.example.org".parse().expect("a base"),
        create: true,
    };
    let data = folder.join("data");
    let store = Store::open(&data, &opening).expect("a new folder opens");
    let door = Door::new(store.base()).expect("the built-in files are sound");
    system::bring_up_to_date(&store, &door, Timestamp::now(), &mut fill_random)
        .expect("the built-in files are accepted");
    for house in 0..performances.div_ceil(HOUSE) {
        let text = programme(house, HOUSE.min(performances - house * HOUSE));
        send(&store, &door, Mode::Replace, house, &text);
    }
    for hour in [3, 5, 7] {
        let mut text = String::new();
        write_performance(&mut text, "house0", performances.min(HOUSE) / 3, 0, 0, hour);
        send(&store, &door, Mode::Upsert, 0, &text);
    }
    let app = App::over(store, Config::default(), Purpose::Write, Timestamp::now());
    let app = Arc::new(app.expect("it opens"));
    let begun = Instant::now();
    let mut follower = Follower::new(&app, &|| false);
    follower.step().expect("it is noted");
    follower.save().expect("it is written");
    let noting = begun.elapsed();
    let mut pages = ldes::Follower::new(&app, &|| false);
    pages.step().expect("they are made");
    let index = std::fs::read_dir(data.join("index/history")).expect("it is there");
    let bytes: u64 = index
        .map(|file| {
            file.and_then(|file| file.metadata())
                .map_or(0, |it| it.len())
        })
        .sum();

    let snapshot = app.store.snapshot().expect("a snapshot");
    let view = snapshot.view();
    let key = format!(
        "https://house0.example/performance/{}",
        performances.min(HOUSE) / 3
    );
    let entity = view.identified(&source(0), &key).expect("it can be read");
    let entity = entity.expect("the programme has it");
    let quads = view.count_quads().expect("they can be counted");
    drop(snapshot);
    let now = app.store.generation();
    let touching = median(|| {
        let touches = app.history.touches(&app.store, &entity, now);
        assert_eq!(touches.expect("it is noted").len(), 4);
    });
    let mut read = 0;
    let replaying = median(|| {
        let touches = app.history.reaching(&app.store, now).expect("it is noted");
        let then = state_at(&app.store, &touches, &entity, now).expect("it can be read");
        read = then.expect("it is published").bytes_read;
    });
    let noid = entity.as_str().rsplit('/').next().expect("a name");
    let memento = asked(&app, &format!("/doc/{noid}.ttl?generation={}", now.0 - 1));
    let history = asked(&app, &format!("/doc/{noid}/history?format=json"));
    let identity = app.store.identity().to_owned();
    let first = burnt(&app, "/changes/entities");
    let last = format!("/changes/entities?since={identity}.{}", now.0 - 4);
    let last = burnt(&app, &last);
    let epoch = app.ldes.epoch(&app.store);
    let page = burnt(&app, &format!("/ldes/{identity}/{epoch}/2?format=nq"));
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    println!(
        "| {quads} | {:.1} | {:.1} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} | {:.0} |",
        noting.as_secs_f64(),
        bytes as f64 / 1e6,
        micros(touching),
        micros(replaying),
        read as f64 / 1e3,
        micros(memento),
        micros(history),
        micros(first),
        micros(last),
        micros(page),
    );
}

fn source(house: usize) -> SourceName {
    format!("house-{house}").parse().expect("a name")
}

fn send(store: &Store, door: &Door, mode: Mode, house: usize, text: &str) {
    let name = source(house);
    let is_there = store.snapshot().expect("a snapshot");
    let is_there = is_there.view().source(&name).expect("it can be read");
    if is_there.is_none() {
        sources::add(store, &Source::new(name.clone()), Timestamp::now()).expect("it is added");
    }
    let document = Document {
        name: "-",
        bytes: text.as_bytes(),
        format: Some("ntriples"),
        base: None,
    };
    let submission = Submission {
        mode,
        ..Submission::new(&name, std::slice::from_ref(&document))
    };
    let report = submit(store, door, &submission, Timestamp::now(), &mut fill_random)
        .expect("it can be read");
    assert_eq!(report.outcome, Outcome::Accepted, "{report:#?}");
}

/// The time that an answer takes, over the router.
fn asked(app: &Arc<App>, address: &str) -> Duration {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("threads");
    let router = affiche::http::router(Arc::clone(app));
    median(|| {
        let request = Request::get(address)
            .body(Body::empty())
            .expect("a request");
        runtime.block_on(async {
            let answer = router.clone().oneshot(request).await;
            let answer = answer.unwrap_or_else(|never| match never {});
            assert_eq!(answer.status(), StatusCode::OK);
            to_bytes(answer.into_body(), usize::MAX)
                .await
                .expect("whole");
        });
    })
}

/// The processor time that an answer takes, over the router: that of very many, divided.
fn burnt(app: &Arc<App>, address: &str) -> Duration {
    // Ticks of a hundredth of a second, in user mode and in the system.
    let ticks = || -> u64 {
        let stat = std::fs::read_to_string("/proc/self/stat").expect("it is there");
        let (_, rest) = stat.rsplit_once(") ").expect("the name ends");
        let fields = rest.split(' ').skip(11).take(2);
        fields
            .map(|field| field.parse::<u64>().expect("a number"))
            .sum()
    };
    let before = ticks();
    for _ in 0..ROUNDS {
        asked(app, address);
    }
    Duration::from_millis((ticks() - before) * 10) / (ROUNDS * REPEATS)
}

fn median(mut act: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..REPEATS)
        .map(|_| {
            let begun = Instant::now();
            act();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
