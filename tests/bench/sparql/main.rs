//! What SPARQL costs, next to Oxigraph's server and Virtuoso 7 with the same data.
//!
//! `cargo bench --profile dev --bench sparql` (the profile keeps RocksDB from being compiled
//! again), optionally followed by `-- TRIPLES …`. It prints the tables of `docs/performance.md`.
//! The cost is the processor time of a server and its processes, for requests of one client that
//! keeps its connection. The servers take turns in rounds, so that whatever else the machine
//! does meets all alike. Before anything is measured, all servers must give the same answers.
//!
//! A peer that is not installed is left out, and the bench says how to get it. With
//! `AFFICHE_BENCH_FORMER` another build of the program runs as one more server.

#[path = "../programme.rs"]
mod programme;

mod answers;
mod queries;
#[expect(dead_code, reason = "the bench of entities asks for more than queries")]
mod servers;

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term};
use oxttl::{NQuadsParser, NTriplesSerializer};
use programme::{QUADS_PER_PERFORMANCE, programme};
use queries::{AGGREGATES, Asked, Entities, LOOKUPS, REPEATED};
use servers::Server;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often each server gets its turn.
const ROUNDS: usize = 5;
/// Requests of each kind in one turn. Times come in hundredths of a second, and a lookup takes a
/// fraction of a thousandth.
const LOOKUPS_IN_A_TURN: usize = 400;
/// How often the whole mix is asked in one turn.
const MIXES_IN_A_TURN: usize = 20;
const AGGREGATES_IN_A_TURN: usize = 3;
/// Clients and time for what is only told, the throughput.
const CLIENTS: usize = 4;
const CROWDED: Duration = Duration::from_secs(5);
/// How many entities of each kind answers are compared for.
const COMPARED: usize = 50;

fn main() {
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = vec![100_000, 1_000_000];
    }
    for size in sizes {
        measure(size);
    }
}

fn measure(size: usize) {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let folder = folder.path();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_affiche"));
    let data = folder.join("data");
    let source = folder.join("programme.nt");
    std::fs::write(&source, programme(0, size / QUADS_PER_PERFORMANCE)).expect("it is written");
    run(servers::command(&program)
        .args([
            "source",
            "add",
            "house0",
            "--base",
            "https://data.example.org/",
            "--data",
        ])
        .arg(&data));
    run(servers::command(&program)
        .args(["submit", "--source", "house0", "--data"])
        .arg(&data)
        .arg(&source));
    // What the program adds by itself, a while after a change, is public data as well.
    let server = servers::affiche("Affiche", &program, &data);
    server.wait_for("ASK { ?set <http://rdfs.org/ns/void#triples> ?count }");
    server.settle();
    drop(server);
    let triples = folder.join("public.nt");
    let (count, entities) = publish(&program, &data, &triples);
    println!("\n### {count} public triples\n");

    let mut all = Vec::new();
    let former = std::env::var_os("AFFICHE_BENCH_FORMER").map(PathBuf::from);
    if let Some(former) = former {
        let copy = folder.join("former");
        run(Command::new("cp").arg("-r").arg(&data).arg(&copy));
        all.push(servers::affiche("former Affiche", &former, &copy));
    }
    all.insert(0, servers::affiche("Affiche", &program, &data));
    all.extend(servers::oxigraph(folder, &triples));
    all.extend(servers::virtuoso(folder, &triples));
    for server in &all {
        server.settle();
    }
    compare(&all, &entities);

    heading(&all, "processor time of a request (ms)");
    lookups(&all, &entities);
    repeated(&all, &entities);
    aggregates(&all, &entities);
    heading(
        &all,
        &format!("lookups by {CLIENTS} clients at the same time"),
    );
    throughput(&all, &entities);
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().expect("it starts");
    assert!(status.success(), "{command:?}: {status}");
}

/// Writes what the folder publishes, its default graph, and finds the entities in it.
fn publish(program: &Path, data: &Path, triples: &Path) -> (usize, Entities) {
    let mut export = servers::command(program)
        .args(["export", "--format", "nquads", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let quads = BufReader::new(export.stdout.take().expect("it writes"));
    let file = BufWriter::new(File::create(triples).expect("a file"));
    let mut serializer = NTriplesSerializer::new().for_writer(file);
    let mut entities = Entities::default();
    let mut count = 0;
    for quad in NQuadsParser::new().for_reader(quads) {
        let Quad {
            subject,
            predicate,
            object,
            graph_name,
        } = quad.expect("N-Quads");
        if graph_name != GraphName::DefaultGraph {
            continue;
        }
        count += 1;
        let triple = oxrdf::Triple::new(subject, predicate, object);
        serializer.serialize_triple(&triple).expect("it is written");
        let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(class)) =
            (triple.subject, triple.object)
        else {
            continue;
        };
        if triple.predicate == oxrdf::vocab::rdf::TYPE && subject.as_str().contains("/id/") {
            let kind = match class.as_str() {
                "http://schema.org/PerformingArtsEvent" => &mut entities.events,
                "http://kg.artsdata.ca/ontology/LivePerformanceWork" => &mut entities.productions,
                "http://schema.org/Place" => &mut entities.places,
                _ => continue,
            };
            kind.push(subject.into_string());
        }
    }
    serializer.finish().into_inner().expect("it is written");
    assert!(export.wait().expect("it ends").success());
    (count, entities)
}

/// All servers must give the same answers to everything that is measured.
fn compare(all: &[Server], entities: &Entities) {
    let mut queries: Vec<String> = Vec::new();
    for asked in LOOKUPS {
        queries.extend((0..COMPARED).map(|number| entities.fill(asked.query, number)));
    }
    queries.extend(REPEATED.iter().map(|query| entities.fill(query, 0)));
    queries.extend(AGGREGATES.iter().map(|asked| entities.fill(asked.query, 0)));
    for query in queries {
        let mut answers = all.iter().map(|server| {
            let reply = server.ask(&query);
            let text = String::from_utf8_lossy(&reply.body);
            assert_eq!(reply.status, 200, "{}: {query}\n{text}", server.name);
            (
                server.name,
                answers::normal(&reply.body, query.contains("CONSTRUCT")),
            )
        });
        let Some((_, ours)) = answers.next() else {
            return;
        };
        assert!(!ours.is_empty(), "{query}");
        for (name, theirs) in answers {
            assert_eq!(theirs, ours, "{name} answers something else: {query}");
        }
    }
}

fn heading(all: &[Server], what: &str) {
    let names: Vec<&str> = all.iter().map(|server| server.name).collect();
    println!("\n| {what} | {} |", names.join(" | "));
    println!("| --- |{}", " --- |".repeat(names.len()));
}

/// A row of figures, each with how many times as much as it ours is.
fn row(what: &str, figures: &[f64]) {
    let ours = figures.first().copied().unwrap_or(f64::NAN);
    let cells: Vec<String> = figures
        .iter()
        .enumerate()
        .map(|(index, figure)| match index {
            0 => format!("{figure:.3}"),
            _ => format!("{figure:.3} ({:.2} ×)", ours / figure),
        })
        .collect();
    println!("| {what} | {} |", cells.join(" | "));
}

/// The processor time of each server for one of the requests that `turn` makes; it is given a
/// server and the number of the round, and tells how many requests it made.
fn cost(all: &[Server], turn: impl Fn(&Server, usize) -> usize) -> Vec<f64> {
    let mut totals = vec![(Duration::ZERO, 0); all.len()];
    for round in 0..ROUNDS {
        for (server, (time, requests)) in all.iter().zip(&mut totals) {
            let before = server.processor_time();
            *requests += turn(server, round);
            *time += server.processor_time() - before;
        }
    }
    totals
        .iter()
        .map(|(time, requests)| time.as_secs_f64() * 1000.0 / *requests as f64)
        .collect()
}

fn ask_for_good(server: &Server, query: &str) {
    let reply = server.ask(query);
    assert_eq!(reply.status, 200, "{}: {query}", server.name);
}

fn lookups(all: &[Server], entities: &Entities) {
    let mut sums = vec![0.0; all.len()];
    for asked in LOOKUPS {
        let figures = cost(all, |server, round| {
            for number in 0..LOOKUPS_IN_A_TURN {
                // Those that were compared before are not asked again.
                let number = COMPARED + round * LOOKUPS_IN_A_TURN + number;
                ask_for_good(server, &entities.fill(asked.query, number));
            }
            LOOKUPS_IN_A_TURN
        });
        row(asked.what, &figures);
        for (sum, figure) in sums.iter_mut().zip(&figures) {
            *sum += figure / LOOKUPS.len() as f64;
        }
    }
    row("**all lookups**, new each time", &sums);
}

fn repeated(all: &[Server], entities: &Entities) {
    let queries: Vec<String> = REPEATED
        .iter()
        .map(|query| entities.fill(query, 0))
        .collect();
    // Again: whatever a server keeps of its answers, the lookups may have pushed these out.
    for server in all {
        for query in &queries {
            ask_for_good(server, query);
        }
    }
    let figures = cost(all, |server, _| {
        for _ in 0..MIXES_IN_A_TURN {
            for query in &queries {
                ask_for_good(server, query);
            }
        }
        MIXES_IN_A_TURN * queries.len()
    });
    row("**a mix of twenty**, again and again", &figures);
}

fn aggregates(all: &[Server], entities: &Entities) {
    for Asked { what, query } in AGGREGATES {
        let figures = cost(all, |server, round| {
            for number in 0..AGGREGATES_IN_A_TURN {
                let number = COMPARED + round * AGGREGATES_IN_A_TURN + number;
                ask_for_good(server, &entities.fill(query, number));
            }
            AGGREGATES_IN_A_TURN
        });
        row(&format!("{what}, new each time"), &figures);
    }
}

/// How many lookups a second several clients get, and how long they wait.
fn throughput(all: &[Server], entities: &Entities) {
    let mut rates = Vec::new();
    let mut medians = Vec::new();
    let mut worst = Vec::new();
    for server in all {
        let started = Instant::now();
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|client| {
                    scope.spawn(move || {
                        let connection = server.client();
                        let mut times = Vec::new();
                        let first = COMPARED + ROUNDS * LOOKUPS_IN_A_TURN;
                        for number in (first + client..).step_by(CLIENTS) {
                            if started.elapsed() > CROWDED {
                                break;
                            }
                            let asked = &LOOKUPS[number / CLIENTS % LOOKUPS.len()];
                            let query = entities.fill(asked.query, number);
                            let asked_at = Instant::now();
                            assert_eq!(connection.ask(&query).status, 200, "{query}");
                            times.push(asked_at.elapsed());
                        }
                        times
                    })
                })
                .collect();
            clients
                .into_iter()
                .flat_map(|client| client.join().expect("it asks to the end"))
                .collect()
        });
        rates.push(times.len() as f64 / started.elapsed().as_secs_f64());
        times.sort_unstable();
        let at = |share: usize| times[times.len() * share / 100].as_secs_f64() * 1000.0;
        medians.push(at(50));
        worst.push(at(99));
    }
    row("requests a second", &rates);
    row("median wait (ms)", &medians);
    row("wait, p99 (ms)", &worst);
}
