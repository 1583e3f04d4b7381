//! An attack on the query endpoint, with the real program: bombs of every kind, clients that read
//! nothing, clients that leave, and honest ones among them. The full form is a benchmark
//! (`tests/bench/attack.rs`).

use crate::bombs::{
    ask, bombs, get, memory_of, processor_time_of, read, send, status_of, workers_of,
};
use crate::program::{Data, Server, until};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const QUERY_MEMORY: u64 = 200 << 20;
const QUERY_TIME: Duration = Duration::from_secs(6);
const WORKERS: u64 = 2;
/// What the server itself may have, beside its workers: the ceiling of the whole is the sum.
const SERVER_MEMORY: u64 = 300 << 20;
/// A worker is more than what its query may take: the program itself.
const WORKER_MEMORY: u64 = QUERY_MEMORY + (100 << 20);

const PEOPLE: usize = 2000;
const EVERYTHING: &str = "SELECT * { ?a ?b ?c . ?d ?e ?f }";

fn people() -> String {
    let mut turtle = String::new();
    for person in 0..PEOPLE {
        let _ = writeln!(
            turtle,
            "t:p{person} a schema:Person ; schema:name \"Personne {person}\" ; schema:description \"Née à {person}, vit à {}.\" .",
            PEOPLE - person
        );
    }
    turtle
}

fn serve(data: &Data) -> Server {
    let mut command = data.affiche(["serve"]);
    command
        .env("AFFICHE_PROXIES", "127.0.0.1")
        .env("AFFICHE_LIMITS_QUERIES", WORKERS.to_string())
        .env(
            "AFFICHE_LIMITS_QUERY_MEMORY_BYTES",
            QUERY_MEMORY.to_string(),
        )
        .env(
            "AFFICHE_LIMITS_QUERY_TIMEOUT",
            format!("{}s", QUERY_TIME.as_secs()),
        )
        .env("AFFICHE_LOG_FILTER", "error");
    Server::start(&mut command)
}

/// A query whose answer is known, another one each time: what was answered before is kept.
#[track_caller]
fn assert_honest(address: SocketAddr, client: &str, after: &str) {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    let query = format!(
        "SELECT (COUNT(*) AS ?n) ({number} AS ?number) {{ ?s a <http://schema.org/Person> }}"
    );
    let reply = ask(address, client, &query).expect("it is answered");
    let expected = format!("{PEOPLE},{number}");
    assert!(
        reply.is_answer() && reply.text.contains(&expected),
        "after {after}: {reply:?}"
    );
}

fn checkpoints(data: &Path) -> usize {
    let folder = data.join("index/checkpoints");
    std::fs::read_dir(folder).map_or(0, |entries| entries.count())
}

#[test]
fn an_attack_harms_nobody_and_leaves_nothing_behind() {
    let data = Data::new();
    data.submit(&people()).with(0);
    let server = serve(&data);
    let (address, process) = (server.address, server.child.id());
    let page = {
        let query = "SELECT ?s { ?s a <http://schema.org/Person> } LIMIT 1";
        let reply = ask(address, "192.0.2.1", query).expect("it is answered");
        let (_, rest) = reply.text.split_once("/id/").expect("an IRI");
        format!("/doc/{}", rest.split_whitespace().next().expect("a name"))
    };

    // Each bomb by itself: it ends at a limit, or is refused, and harms nobody after it.
    for bomb in bombs() {
        let sent = send(address, "192.0.2.1", &bomb.query, Some(1));
        let reply = sent.and_then(read).expect("it is answered");
        assert!(
            !reply.is_answer() && (400..600).contains(&reply.status) && reply.status != 500
                || reply.status == 200,
            "{}: {reply:?}",
            bomb.name
        );
        if reply.status != 200 {
            assert!(
                reply.text.contains("/problems/"),
                "{}: {reply:?}",
                bomb.name
            );
        }
        let client = "192.0.2.2";
        assert_honest(address, client, bomb.name);
    }

    // All together.
    let is_over = AtomicBool::new(false);
    let (peak, answered) = (AtomicU64::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for attacker in 0..12_usize {
            let is_over = &is_over;
            scope.spawn(move || {
                let client = format!("198.51.100.{}", attacker % 2);
                let bombs = bombs();
                for bomb in bombs.iter().cycle().skip(attacker * 5) {
                    if is_over.load(Ordering::Relaxed) {
                        return;
                    }
                    // One in three leaves at once.
                    let stream = send(address, &client, &bomb.query, None);
                    if attacker % 3 != 0
                        && let Ok(stream) = stream
                    {
                        let _ = read(stream);
                    }
                }
            });
        }
        // These read nothing for as long as it lasts.
        let idle: Vec<_> = (0..6)
            .map(|_| send(address, "203.0.113.1", EVERYTHING, None).expect("it accepts"))
            .collect();
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                peak.fetch_max(memory_of(process), Ordering::Relaxed);
                thread::park_timeout(Duration::from_millis(20));
            }
        });
        let end = Instant::now() + Duration::from_secs(10);
        let honest: Vec<_> = (0..2)
            .map(|number| {
                let (answered, page) = (&answered, &page);
                scope.spawn(move || {
                    let client = format!("192.0.2.{}", 10 + number);
                    while Instant::now() < end {
                        assert_honest(address, &client, "the attack");
                        let shown = get(address, &client, page, "text/html").expect("a page");
                        assert!(shown.is_answer(), "{shown:?}");
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        let outcomes: Vec<_> = honest.into_iter().map(|one| one.join()).collect();
        is_over.store(true, Ordering::Relaxed);
        drop(idle);
        for outcome in outcomes {
            outcome.expect("every honest request is answered");
        }
    });
    assert!(answered.load(Ordering::Relaxed) > 0);
    let ceiling = SERVER_MEMORY + WORKERS * WORKER_MEMORY;
    let peak = peak.load(Ordering::Relaxed);
    assert!(peak < ceiling, "{peak} bytes of {ceiling}");
    let server_peak = status_of(process, "VmHWM:").expect("it runs") << 10;
    assert!(
        server_peak < SERVER_MEMORY,
        "{server_peak} bytes of {SERVER_MEMORY}"
    );

    // Nothing is left of it.
    until("the last worker ends", || workers_of(process).is_empty());
    assert_honest(address, "192.0.2.2", "the attack");
    assert!(checkpoints(&data.path) <= 1);
    let path = data.path.clone();
    let (status, said) = server.stop("TERM");
    assert!(status.success(), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert_eq!(checkpoints(&path), 0);
}

#[test]
fn when_the_client_leaves_the_work_stops() {
    let data = Data::new();
    data.submit(&people()).with(0);
    let server = serve(&data);
    let process = server.child.id();
    for query in [
        EVERYTHING,
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    ] {
        let stream = send(server.address, "192.0.2.1", query, None).expect("it accepts");
        until("a worker runs", || !workers_of(process).is_empty());
        until("it works", || {
            workers_of(process)
                .iter()
                .any(|worker| status_of(*worker, "VmRSS:").is_some_and(|kb| kb > 20_000))
        });
        let before = processor_time_of(process);
        drop(stream);
        until("the worker ends", || workers_of(process).is_empty());
        let used = processor_time_of(process) - before;
        assert!(used < Duration::from_millis(300), "{used:?} after it left");
    }
}
