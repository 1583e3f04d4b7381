//! What validation costs: a whole file next to `pyrudof` and `pyshacl`, and the gate alone.
//!
//! `cargo bench --profile dev --bench shacl -- full 100000 1000000` validates a generated
//! programme with the ten shapes of `shapes.ttl`. The peers run when `AFFICHE_BENCH_PYTHON`
//! names a Python that has them; `AFFICHE_BENCH_PEERS` chooses among them
//! (`pyrudof,pyshacl`). Every run is a process of its own, whose peak of memory it tells.
//!
//! `… -- gate 100000 1000000` measures, inside an open write of a store of that size, what one
//! changed performance can affect and its validation by the profile `minimum`.
//!
//! Both print the tables of `docs/performance.md`.

use affiche::ingest::{Document, Door, MINIMUM, Outcome, Submission, sources, submit, system};
use affiche::model::{Source, SourceName};
use affiche::rdf::parse::{ParseOptions, Syntax, parse, parse_compact};
use affiche::shapes::{Affected, Change, Classes, Shapes, Validation, affected, validate_focus};
use affiche::store::{Opening, Store, View, fill_random};
use jiff::Timestamp;
use oxrdf::{GraphName, GraphNameRef, Literal, NamedNode, Quad, Term, Triple};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

mod programme;

use programme::{QUADS_PER_PERFORMANCE, programme};

/// The largest part of a programme; what is larger has several houses.
const HOUSE_QUADS: usize = 1_000_000;
/// How many performances are changed, each in its turn.
const CHANGES: usize = 400;
/// Files that stay the same for so long are put together.
const SETTLED: Duration = Duration::from_secs(4);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["full-alone", data, shapes] => full_alone(Path::new(data), Path::new(shapes)),
        ["gate-alone", folder, quads] => {
            gate_alone(Path::new(folder), quads.parse().expect("a number"))
        }
        ["full", sizes @ ..] => sizes_of(sizes, &[100_000]).into_iter().for_each(full),
        ["gate", sizes @ ..] => gate(&sizes_of(sizes, &[100_000])),
        _ => {
            full(100_000);
            gate(&[100_000]);
        }
    }
}

fn sizes_of(words: &[&str], default: &[usize]) -> Vec<usize> {
    let sizes: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    if sizes.is_empty() {
        default.to_vec()
    } else {
        sizes
    }
}

/// What one run says of itself: seconds to read, seconds to validate, results, megabytes.
struct Run {
    name: &'static str,
    numbers: [f64; 4],
}

fn full(quads: usize) {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let data = folder.path().join("data.nt");
    let triples = write_season(&data, quads);
    let bytes = data.metadata().map_or(0, |metadata| metadata.len());
    println!(
        "\n### Full validation of {triples} triples ({} MB of N-Triples)\n",
        bytes / 1_000_000
    );

    let bench = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench");
    let shapes = bench.join("shapes.ttl");
    let mut ours = Command::new(std::env::current_exe().expect("it runs"));
    ours.arg("full-alone").arg(&data).arg(&shapes);
    let mut runs = vec![Run {
        name: "Affiche",
        numbers: numbers(ours).expect("ours runs"),
    }];
    if let Some(python) = std::env::var_os("AFFICHE_BENCH_PYTHON") {
        let chosen = std::env::var("AFFICHE_BENCH_PEERS").unwrap_or("pyrudof,pyshacl".to_owned());
        for peer in ["pyrudof", "pyshacl"] {
            if !chosen.contains(peer) {
                continue;
            }
            let mut command = Command::new(&python);
            command
                .arg(bench.join("shacl_peer.py"))
                .arg(peer)
                .arg(&data)
                .arg(&shapes);
            match numbers(command) {
                Some(numbers) => runs.push(Run {
                    name: peer,
                    numbers,
                }),
                None => println!("(no {peer}: `pip install {peer}` brings it)"),
            }
        }
    } else {
        println!("(no peers: AFFICHE_BENCH_PYTHON names no Python that has them)");
    }
    let names: String = runs.iter().map(|run| format!(" {} |", run.name)).collect();
    println!("| what |{names}\n| --- |{}", " --- |".repeat(runs.len()));
    for (row, what) in [
        "reading (s)",
        "validation, shapes read (s)",
        "results",
        "peak of memory (MB)",
    ]
    .into_iter()
    .enumerate()
    {
        print!("| {what} |");
        for run in &runs {
            match (row, run.numbers[row] / runs[0].numbers[row]) {
                (2, _) => print!(" {} |", run.numbers[row]),
                (_, ratio) if run.name == runs[0].name || ratio.is_nan() => {
                    print!(" {:.2} |", run.numbers[row])
                }
                (_, ratio) => print!(" {:.2} ({ratio:.1} ×) |", run.numbers[row]),
            }
        }
        println!();
    }
}

/// The numbers that a process prints; `None` when it fails.
fn numbers(mut command: Command) -> Option<[f64; 4]> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    if !output.status.success() {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    numbers.try_into().ok()
}

fn full_alone(data: &Path, shapes: &Path) {
    let options = ParseOptions {
        size_bytes: usize::MAX,
        ..ParseOptions::default()
    };
    let started = Instant::now();
    let bytes = std::fs::read(data).expect("the data is there");
    let (graph, _) = parse_compact(&bytes, Syntax::NTriples, &options).expect("it reads");
    drop(bytes);
    let read_s = started.elapsed().as_secs_f64();
    let started = Instant::now();
    let bytes = std::fs::read(shapes).expect("the shapes are there");
    let shapes = parse(&bytes, Syntax::Turtle, &options)
        .expect("they read")
        .graph;
    let shapes = Shapes::compile(&shapes).expect("they are well formed");
    let classes = Classes::read(&graph).expect("memory");
    let mut results = 0;
    Validation::new(&shapes, &graph, &classes)
        .all(&mut |_| {
            results += 1;
            ControlFlow::Continue(())
        })
        .expect("there are no bounds");
    let validate_s = started.elapsed().as_secs_f64();
    println!("{read_s} {validate_s} {results} {}", memory_mb("VmHWM:"));
}

/// The programme of some houses with its series, seasons and organisers, and with faults;
/// gives the number of triples.
fn write_season(file: &Path, quads: usize) -> usize {
    let houses = quads.div_ceil(HOUSE_QUADS);
    // Each performance is in a series too.
    let performances = quads / houses / (QUADS_PER_PERFORMANCE + 1);
    let mut out = File::create(file).expect("a file");
    let mut triples = 0;
    for house in 0..houses {
        let text = programme(house, performances) + &season(house, performances);
        triples += text.lines().count();
        out.write_all(text.as_bytes()).expect("there is room");
    }
    triples
}

fn season(house: usize, performances: usize) -> String {
    let host = format!("https://house{house}.example");
    let schema = "http://schema.org";
    let rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>";
    let mut text = String::new();
    let mut say = |subject: &str, predicate: &str, object: &str| {
        let _ = writeln!(text, "<{subject}> {predicate} {object} .");
    };
    let below = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>";
    for class in ["PerformingArtsEvent", "EventSeries", "Festival"] {
        say(
            &format!("{schema}/{class}"),
            below,
            &format!("<{schema}/Event>"),
        );
    }
    let organiser = format!("{host}/organisation");
    say(&organiser, rdf_type, &format!("<{schema}/Organization>"));
    for festival in 0..=performances / 1000 {
        let iri = format!("{host}/festival/{festival}");
        say(&iri, rdf_type, &format!("<{schema}/Festival>"));
        say(
            &iri,
            &format!("<{schema}/name>"),
            &format!("\"Festival {festival}\"@fr"),
        );
        say(
            &iri,
            &format!("<{schema}/organizer>"),
            &format!("<{organiser}>"),
        );
    }
    for series in 0..=performances / 50 {
        let iri = format!("{host}/series/{series}");
        say(&iri, rdf_type, &format!("<{schema}/EventSeries>"));
        say(
            &iri,
            &format!("<{schema}/name>"),
            &format!("\"Série {series}\"@fr"),
        );
        // One series in a hundred is nobody's.
        if series % 100 != 99 {
            let festival = format!("<{host}/festival/{}>", series / 20);
            say(&iri, &format!("<{schema}/superEvent>"), &festival);
        }
    }
    for performance in 0..performances {
        let iri = format!("{host}/performance/{performance}");
        let series = format!("<{host}/series/{}>", performance / 50);
        say(&iri, &format!("<{schema}/superEvent>"), &series);
        match performance % 1000 {
            100 => say(
                &iri,
                &format!("<{schema}/startDate>"),
                "\"2031-01-01T20:00:00+01:00\"^^<http://www.w3.org/2001/XMLSchema#dateTime>",
            ),
            200 => say(&iri, &format!("<{schema}/name>"), "\"Un autre nom\"@fr"),
            300 => say(&iri, &format!("<{schema}/name>"), "\"Ein Name\"@de"),
            400 => say(
                &iri,
                &format!("<{schema}/eventStatus>"),
                &format!("<{schema}/EventCancelled>"),
            ),
            500 => say(
                &iri,
                &format!("<{schema}/offers>"),
                &format!("<{host}/offer/{performance}>"),
            ),
            600 => say(
                &iri,
                &format!("<{schema}/location>"),
                &format!("<{host}/nowhere>"),
            ),
            _ => {}
        }
    }
    text
}

fn gate(sizes: &[usize]) {
    println!("\n### The gate alone, for one changed performance\n");
    println!(
        "| quads in the store | affected, median (ms) | validation, median (ms) | both, median (ms) | to the first | both, p99 (ms) | … on the processor (ms) |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    let mut first = None;
    for quads in sizes {
        let folder = tempfile::TempDir::new().expect("a temporary folder");
        let mut alone = Command::new(std::env::current_exe().expect("it runs"));
        alone
            .arg("gate-alone")
            .arg(folder.path())
            .arg(quads.to_string());
        let output = alone.output().expect("it starts");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let numbers: Vec<f64> = text
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        let [stored, affected, validation, both, p99, processor] = numbers.as_slice() else {
            panic!("six numbers: {text}");
        };
        let first = *first.get_or_insert(*both);
        println!(
            "| {stored} | {affected:.3} | {validation:.3} | {both:.3} | {:.2} × | {p99:.3} | {processor:.3} |",
            both / first
        );
    }
}

fn gate_alone(folder: &Path, quads: usize) {
    let opening = Opening {
        base: None,
        default_base: "https://data.example.org".parse().expect("a base"),
        create: true,
    };
    // A folder that is there already is measured again.
    let is_new = !folder.join("data").exists();
    let store = Store::open(&folder.join("data"), &opening).expect("the folder opens");
    let door = Door::new(store.base()).expect("the built-in files are sound");
    system::bring_up_to_date(&store, &door, now(), &mut fill_random)
        .expect("the built-in files are accepted");
    let houses = quads.div_ceil(HOUSE_QUADS);
    let performances = quads / houses / QUADS_PER_PERFORMANCE;
    for house in (0..houses).filter(|_| is_new) {
        send(
            &store,
            &door,
            &format!("house{house}"),
            programme(house, performances).as_bytes(),
        );
    }
    settle(&folder.join("data/store"));

    let name: SourceName = "house0".parse().expect("a name");
    let mut times: [Vec<Duration>; 4] = Default::default();
    for number in 0..CHANGES {
        let iri = format!(
            "https://house0.example/performance/{}",
            number * 7 % performances
        );
        let snapshot = store.snapshot().expect("a snapshot");
        let entity = snapshot
            .view()
            .identified(&name, &iri)
            .expect("it can be read")
            .expect("it is published");
        drop(snapshot);
        let [affected, validation, processor] = change(&store, &door, &entity, number % 24);
        times[0].push(affected);
        times[1].push(validation);
        times[2].push(affected + validation);
        times[3].push(processor);
    }
    let stored = store
        .snapshot()
        .expect("a snapshot")
        .view()
        .quads(None, None, None, None)
        .count();
    let [affected, validation, both, _] = times.each_mut().map(|times| quantile_ms(times, 50));
    let [_, _, p99, processor] = times.each_mut().map(|times| quantile_ms(times, 99));
    println!("{stored} {affected} {validation} {both} {p99} {processor}");
}

/// Moves a performance to another hour inside a write that is then given up; how long it took to
/// find what that can affect, to validate it, and both on the processor. The steps are those of
/// `ingest/apply.rs`.
fn change(store: &Store, door: &Door, entity: &NamedNode, hour: usize) -> [Duration; 3] {
    let mut write = store.write().expect("nobody else writes");
    let mut added: Vec<Triple> = Vec::new();
    let mut removed: Vec<Triple> = Vec::new();
    for (property, minute) in [("startDate", 10), ("endDate", 40)] {
        let property = NamedNode::new_unchecked(format!("http://schema.org/{property}"));
        let date_time = NamedNode::new_unchecked("http://www.w3.org/2001/XMLSchema#dateTime");
        let value = Literal::new_typed_literal(
            format!("2028-01-02T{hour:02}:{minute}:00+01:00"),
            date_time,
        );
        let before: Vec<Quad> = write
            .before()
            .quads(
                Some(entity.as_ref().into()),
                Some(property.as_ref()),
                None,
                Some(GraphNameRef::DefaultGraph),
            )
            .collect::<Result<_, _>>()
            .expect("it can be read");
        assert_eq!(before.len(), 1);
        for quad in before {
            removed.push(quad.clone().into());
            assert!(write.remove(quad).expect("it can be changed"));
        }
        let after = Quad::new(entity.clone(), property, value, GraphName::DefaultGraph);
        added.push(after.clone().into());
        assert!(write.insert(after).expect("it can be changed"));
    }
    let shapes = &door.profile(MINIMUM).expect("it is built in").shapes;
    let view = write.after();
    let before = processor_time();
    let started = Instant::now();
    let change = Change {
        before: &write.before().public(),
        after: &view.public(),
        classes_before: door.classes(),
        classes_after: door.classes(),
        added: &added,
        removed: &removed,
    };
    let Affected::Nodes(nodes) = affected(shapes, &change, usize::MAX).expect("it can be read")
    else {
        panic!("there is no limit");
    };
    let found = started.elapsed();
    let started = Instant::now();
    let focus = with_parts(&view, nodes);
    let results =
        validate_focus(shapes, &view.public(), door.classes(), &focus).expect("it can be read");
    let validated = started.elapsed();
    let processor = processor_time().saturating_sub(before);
    assert!(focus.contains(&Term::from(entity.clone())), "{focus:?}");
    assert!(results.len() < focus.len(), "{results:?}");
    [found, validated, processor]
}

fn with_parts(view: &View<'_>, nodes: impl IntoIterator<Item = Term>) -> indexmap::IndexSet<Term> {
    let entities: BTreeSet<NamedNode> = nodes
        .into_iter()
        .filter_map(|node| match node {
            Term::NamedNode(iri) => Some(view.whole_of(&iri)),
            _ => None,
        })
        .collect();
    let mut focus = indexmap::IndexSet::new();
    for entity in entities {
        focus.insert(entity.clone().into());
        for triple in view.public_description(&entity).expect("it can be read") {
            focus.insert(triple.subject.into());
        }
    }
    focus
}

fn send(store: &Store, door: &Door, source: &str, bytes: &[u8]) {
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

/// Waits until the storage has put the files of the load together.
fn settle(store: &Path) {
    let files = || -> BTreeSet<PathBuf> {
        let entries = std::fs::read_dir(store).expect("the store is there");
        entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "sst"))
            .collect()
    };
    let mut before = BTreeSet::new();
    while files() != before {
        before = files();
        std::thread::sleep(SETTLED);
    }
}

/// How long this thread was on a processor: on a busy machine this says more than the clock.
fn processor_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().expect("an instant")
}

fn quantile_ms(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    times
        .get(times.len() * percent / 100)
        .map_or(f64::NAN, |time| time.as_secs_f64() * 1000.0)
}

/// The memory that this process ever had at most (`VmHWM:`), in megabytes.
fn memory_mb(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix(what))
        .and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok())
        .map_or(f64::NAN, |kilobytes| kilobytes / 1000.0)
}
