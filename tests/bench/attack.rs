//! What honest readers feel of an attack on the query endpoint.
//!
//! `cargo bench --profile dev --bench attack` (the profile keeps RocksDB from being compiled
//! again), optionally followed by `-- SECONDS PERFORMANCES`. Fifty connections send bombs of every
//! kind; two honest readers, of queries and of pages, measure their answers before it and in it. It
//! prints a table of `docs/performance.md`.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

#[path = "../it/bombs.rs"]
mod bombs;
mod programme;

use bombs::{
    Reply, ask, bombs, get, memory_of, processor_time_of, read, send, status_of, workers_of,
};
use programme::programme;

const CONNECTIONS: usize = 50;
/// An honest reader asks again after so long.
const PAUSE: Duration = Duration::from_millis(10);
const PREFIX: &str = "https://house0.example/";

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter_map(|argument| argument.parse().ok());
    let seconds: u64 = arguments.next().unwrap_or(60);
    let performances = arguments.next().map_or(5000, |count: u64| count);
    let performances = usize::try_from(performances).expect("a number");
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let server = Server::start(folder.path(), performances);
    let (address, process) = (server.address, server.child.id());
    let pages = pages(address);
    println!(
        "{performances} performances (about {} source triples), {} quads, {CONNECTIONS} connections of bombs for {seconds} s",
        performances * programme::QUADS_PER_PERFORMANCE,
        count(address, "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }"),
    );
    let time = Duration::from_secs(seconds);
    let idle = measure(address, &pages, time.min(Duration::from_secs(20)));
    let idle_memory = memory_of(process);
    let is_over = AtomicBool::new(false);
    let (peak, sent, refused) = (AtomicU64::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let busy = thread::scope(|scope| {
        for attacker in 0..CONNECTIONS {
            let (is_over, sent, refused) = (&is_over, &sent, &refused);
            scope.spawn(move || attack(address, attacker, is_over, sent, refused));
        }
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                peak.fetch_max(memory_of(process), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        // Until all of them have begun.
        thread::sleep(Duration::from_secs(2));
        let busy = measure(address, &pages, time);
        is_over.store(true, Ordering::Relaxed);
        busy
    });
    while !workers_of(process).is_empty() {
        thread::sleep(Duration::from_millis(10));
    }
    // Until the last one has been waited for: its time counts as the server's from then on.
    thread::sleep(Duration::from_millis(200));
    let before = processor_time_of(process);
    thread::sleep(Duration::from_secs(2));
    let after = processor_time_of(process) - before;
    for (name, idle, busy) in [
        ("cheap queries", &idle.queries, &busy.queries),
        ("entity pages", &idle.pages, &busy.pages),
    ] {
        for (which, share) in [("p50", 0.5), ("p99", 0.99)] {
            let (idle, busy) = (at(idle, share), at(busy, share));
            println!(
                "{name} {which}: idle {:.2} ms, under attack {:.2} ms, {:.1} ×",
                idle * 1e3,
                busy * 1e3,
                busy / idle
            );
        }
        println!(
            "{name}: {} answers idle, {} under attack",
            idle.len(),
            busy.len()
        );
    }
    println!(
        "bombs: {} sent, {} of them told to wait",
        sent.load(Ordering::Relaxed),
        refused.load(Ordering::Relaxed)
    );
    println!(
        "memory: {} MB idle, {} MB at most with the workers, {} MB at most of the server",
        idle_memory >> 20,
        peak.load(Ordering::Relaxed) >> 20,
        status_of(process, "VmHWM:").unwrap_or(0) >> 10
    );
    println!("processor in the 2 s after the last worker ended: {after:?}");
}

/// Sends one bomb after the other, each for its own answer; one in five connections reads nothing
/// for a while, one in five leaves.
fn attack(
    address: SocketAddr,
    attacker: usize,
    is_over: &AtomicBool,
    sent: &AtomicUsize,
    refused: &AtomicUsize,
) {
    let client = format!("198.51.100.{}", attacker / 10);
    let bombs = bombs();
    for bomb in bombs.iter().cycle().skip(attacker * 7) {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let Ok(stream) = send(address, &client, &bomb.query, None) else {
            continue;
        };
        sent.fetch_add(1, Ordering::Relaxed);
        match attacker % 5 {
            0 => thread::sleep(Duration::from_millis(200)),
            1 => {
                let end = Instant::now() + Duration::from_secs(10);
                while Instant::now() < end && !is_over.load(Ordering::Relaxed) {
                    thread::sleep(Duration::from_millis(50));
                }
            }
            _ => {
                stop_with(&stream, is_over);
                match read(stream) {
                    Ok(reply) if matches!(reply.status, 429 | 503) => {
                        refused.fetch_add(1, Ordering::Relaxed);
                        thread::sleep(Duration::from_millis(200));
                    }
                    Ok(reply) if reply.status == 500 => eprintln!("{} answered 500", bomb.name),
                    _ => {}
                }
            }
        }
    }
}

/// Breaks off a connection when all is over, so that nobody waits for its answer.
fn stop_with(stream: &TcpStream, is_over: &AtomicBool) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    if is_over.load(Ordering::Relaxed) {
        let _ = stream.shutdown(std::net::Shutdown::Both);
    }
}

/// How long the answers took, sorted, in seconds.
struct Times {
    queries: Vec<f64>,
    pages: Vec<f64>,
}

/// Asks for cheap queries and for pages at the same time, each by one reader.
fn measure(address: SocketAddr, pages: &[String], time: Duration) -> Times {
    let end = Instant::now() + time;
    let ask_all = |ask: &dyn Fn(usize) -> Reply| {
        let mut times = Vec::new();
        let mut number = 0;
        while Instant::now() < end {
            let started = Instant::now();
            let reply = ask(number);
            times.push(started.elapsed().as_secs_f64());
            assert!(reply.is_answer(), "{reply:?}");
            number += 1;
            thread::sleep(PAUSE);
        }
        times.sort_by(f64::total_cmp);
        times
    };
    thread::scope(|scope| {
        let queries = scope.spawn(|| {
            // Another constant each time: what was answered before is kept.
            ask_all(&|number| {
                let performance = number % 1000;
                let query = format!(
                    "SELECT ?p ?o ({} AS ?n) {{ ?s <http://schema.org/url> <{PREFIX}agenda/{performance}> . ?s ?p ?o }}",
                    end.elapsed().as_nanos() + number as u128
                );
                ask(address, "192.0.2.1", &query).expect("it is answered")
            })
        });
        let pages = scope.spawn(|| {
            ask_all(&|number| {
                let page = pages.get(number % pages.len()).expect("there are pages");
                get(address, "192.0.2.2", page, "text/html").expect("it is answered")
            })
        });
        Times {
            queries: queries.join().expect("every query is answered"),
            pages: pages.join().expect("every page is answered"),
        }
    })
}

fn at(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "there are some thousands"
    )]
    let place = (sorted.len() as f64 * share) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}

/// The documents of some performances.
fn pages(address: SocketAddr) -> Vec<String> {
    let query = "SELECT ?s { ?s a <http://schema.org/PerformingArtsEvent> } LIMIT 500";
    let reply = ask(address, "192.0.2.1", query).expect("it is answered");
    assert!(reply.is_answer(), "{reply:?}");
    let names = reply.text.lines().filter_map(|line| {
        let (_, name) = line.trim().split_once("/id/")?;
        Some(format!("/doc/{name}"))
    });
    names.collect()
}

fn count(address: SocketAddr, pattern: &str) -> String {
    let query = format!("SELECT (COUNT(*) AS ?n) {{ {pattern} }}");
    let reply = ask(address, "192.0.2.1", &query).expect("it is answered");
    let number = reply.text.lines().find_map(|line| line.trim().parse().ok());
    number.map_or_else(|| format!("{reply:?}"), |number: u64| number.to_string())
}

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(folder: &std::path::Path, performances: usize) -> Self {
        let data = folder.join("data");
        let program = env!("CARGO_BIN_EXE_affiche");
        let affiche = |arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).arg("--data").arg(&data);
            command.stdout(Stdio::null());
            command
        };
        let file = folder.join("programme.nt");
        let text = programme(0, performances);
        std::fs::File::create(&file)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .expect("a file is written");
        for command in [
            affiche(&[
                "source",
                "add",
                "house",
                "--base",
                "https://data.example.org",
            ]),
            affiche(&[
                "submit",
                "--source",
                "house",
                file.to_str().expect("a path"),
            ]),
        ] {
            let mut command = command;
            assert!(command.status().expect("it starts").success());
        }
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let child = affiche(&["serve", "--bind", &address.to_string()])
            .env("AFFICHE_PROXIES", "127.0.0.1")
            .env("AFFICHE_LOG_FILTER", "error")
            .stderr(Stdio::inherit())
            .spawn()
            .expect("it starts");
        while TcpStream::connect(address).is_err() {
            thread::sleep(Duration::from_millis(20));
        }
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
