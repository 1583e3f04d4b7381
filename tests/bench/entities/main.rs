//! What the documents of entities cost, next to Oxigraph's server, asked for the same triples, and
//! to Trifid over that server, asked for the page of the same entity.
//!
//! `cargo bench --profile dev --bench entities -- PERFORMANCES …` (the profile keeps RocksDB from
//! being compiled again). It prints the tables of `docs/performance.md`. The cost is the processor
//! time of a server and its processes, for requests of one client that keeps its connection, over
//! different entities as far as there are any. The servers take turns in rounds, so that whatever
//! else the machine does meets all alike. Nobody keeps answers.
//!
//! A peer that is not installed is left out, and the bench says how to get it.

#[path = "../programme.rs"]
#[expect(dead_code, reason = "other benches build on parts of it")]
mod programme;
#[path = "../sparql/servers.rs"]
#[expect(dead_code, reason = "the bench of queries asks more of servers")]
mod servers;

mod trifid;

use oxrdf::{GraphName, NamedOrBlankNode, Quad, Term, Triple};
use oxttl::{NQuadsParser, NTriplesParser, NTriplesSerializer};
use programme::programme;
use servers::{Reply, Server};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const BASE: &str = "https://data.example.org";
/// The performances of one house; more are those of several.
const HOUSE: usize = 50_000;
/// How often each server gets its turn.
const ROUNDS: usize = 5;
/// Requests in one turn: in five of them, ten thousand entities.
const IN_A_TURN: usize = 2_000;
/// Pages in one turn of a server that takes long for each.
const SLOW_IN_A_TURN: usize = 40;
/// How many documents are compared.
const COMPARED: usize = 50;
/// How long a server may be busy with what it does by itself.
const SETTLED: Duration = Duration::from_secs(3600);

const HTML: (&str, &str) = ("accept", "text/html");
const TURTLE: (&str, &str) = ("accept", "text/turtle");

/// The entities that are asked for, as paths.
#[derive(Default)]
struct Entities {
    performances: Vec<String>,
    productions: Vec<String>,
    places: Vec<String>,
}

fn main() {
    let mut sizes: Vec<usize> = std::env::args()
        .filter_map(|argument| argument.parse().ok())
        .collect();
    if sizes.is_empty() {
        sizes = vec![3_000, 30_000];
    }
    for size in sizes {
        measure(size);
    }
}

fn measure(performances: usize) {
    let folder = tempfile::TempDir::new().expect("a temporary folder");
    let folder = folder.path();
    let program = PathBuf::from(env!("CARGO_BIN_EXE_affiche"));
    let data = folder.join("data");
    load(&program, &data, folder, performances);
    let affiche = servers::affiche("Affiche", &program, &data);
    affiche.wait_for("ASK { ?set <http://rdfs.org/ns/void#triples> ?count }");
    settle(&affiche);
    drop(affiche);
    let triples = folder.join("public.nt");
    let (count, entities) = publish(&program, &data, &triples);
    println!("\n### {performances} performances, {count} public triples\n");

    let affiche = servers::affiche("Affiche", &program, &data);
    let oxigraph = servers::oxigraph(folder, &triples);
    let trifid = oxigraph.as_ref().and_then(trifid::start);
    for server in [Some(&affiche), oxigraph.as_ref(), trifid.as_ref()] {
        server.into_iter().for_each(settle);
    }
    compare(&affiche, oxigraph.as_ref(), &entities);
    println!("| processor time of a request (ms) | Affiche | peer | Affiche ÷ peer |");
    println!("| --- | --- | --- | --- |");
    turtle(&affiche, oxigraph.as_ref(), &entities);
    pages(&affiche, oxigraph.as_ref(), trifid.as_ref(), &entities);
    unchanged(&affiche, &entities);
}

/// Loads the programme, house by house, through the door.
fn load(program: &Path, data: &Path, folder: &Path, performances: usize) {
    for house in 0..performances.div_ceil(HOUSE) {
        let source = format!("house{house}");
        let file = folder.join("programme.nt");
        let share = HOUSE.min(performances - house * HOUSE);
        std::fs::write(&file, programme(house, share)).expect("it is written");
        run(servers::command(program)
            .args(["source", "add", &source, "--base", BASE, "--data"])
            .arg(data));
        run(servers::command(program)
            .args(["submit", "--source", &source, "--data"])
            .arg(data)
            .arg(&file));
        std::fs::remove_file(&file).expect("it is there");
    }
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).status().expect("it starts");
    assert!(status.success(), "{command:?}: {status}");
}

/// Waits until a server has done what it does by itself.
fn settle(server: &Server) {
    let started = Instant::now();
    loop {
        let before = server.processor_time();
        std::thread::sleep(Duration::from_secs(5));
        if server.processor_time() - before < Duration::from_millis(40) {
            return;
        }
        assert!(
            started.elapsed() < SETTLED,
            "{} is never quiet",
            server.name
        );
    }
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
        let quad: Quad = quad.expect("N-Quads");
        if quad.graph_name != GraphName::DefaultGraph {
            continue;
        }
        count += 1;
        let triple = Triple::from(quad);
        serializer.serialize_triple(&triple).expect("it is written");
        let (NamedOrBlankNode::NamedNode(subject), Term::NamedNode(class)) =
            (triple.subject, triple.object)
        else {
            continue;
        };
        let path = subject.as_str().strip_prefix(BASE);
        let path = path.filter(|path| path.starts_with("/id/"));
        if let Some(path) = path.filter(|_| triple.predicate == oxrdf::vocab::rdf::TYPE) {
            let kind = match class.as_str() {
                "http://schema.org/PerformingArtsEvent" => &mut entities.performances,
                "http://kg.artsdata.ca/ontology/LivePerformanceWork" => &mut entities.productions,
                "http://schema.org/Place" => &mut entities.places,
                _ => continue,
            };
            kind.push(path.to_owned());
        }
    }
    serializer.finish().into_inner().expect("it is written");
    assert!(export.wait().expect("it ends").success());
    (count, entities)
}

/// A different one each time, far from the one before, as long as there are any.
fn pick(paths: &[String], number: usize) -> &str {
    &paths[number * 7919 % paths.len()]
}

/// The address of the document of an entity.
fn document(path: &str) -> String {
    path.replacen("/id/", "/doc/", 1)
}

/// Asks for the triples of an entity and its parts, of which only the entity is known.
fn construct(path: &str) -> String {
    let iri = format!("{BASE}{path}");
    format!(
        "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ VALUES ?s {{ <{iri}> }} ?s ?p ?o }} UNION \
         {{ <{iri}> ?link ?s FILTER(STRSTARTS(STR(?s), \"{iri}#\")) ?s ?p ?o }} }}"
    )
}

/// The same, where the names of the parts are known beforehand.
fn construct_known(subjects: &[String]) -> String {
    let subjects = subjects.join(" ");
    format!("CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {subjects} }} ?s ?p ?o }}")
}

fn read(server: &Server, path: &str, headers: &[(&str, &str)]) -> Reply {
    let reply = server.get(path, headers);
    assert_eq!(reply.status, 200, "{}: {path}", server.name);
    reply
}

/// The triples of a document about an entity and its parts.
fn described(affiche: &Server, path: &str) -> BTreeSet<String> {
    let reply = read(affiche, &format!("{}.nt", document(path)), &[]);
    let iri = format!("<{BASE}{path}");
    triples_of(&reply.body)
        .into_iter()
        .filter(|triple| {
            let rest = triple.strip_prefix(&iri);
            rest.is_some_and(|rest| rest.starts_with(['>', '#']))
        })
        .collect()
}

fn triples_of(body: &[u8]) -> BTreeSet<String> {
    NTriplesParser::new()
        .for_slice(body)
        .map(|triple| triple.expect("N-Triples").to_string())
        .collect()
}

/// The subjects of a document: the entity and its parts.
fn subjects(affiche: &Server, path: &str) -> Vec<String> {
    let subjects: BTreeSet<String> = described(affiche, path)
        .iter()
        .filter_map(|triple| Some(triple.split_once(' ')?.0.to_owned()))
        .collect();
    subjects.into_iter().collect()
}

/// Both queries give the very triples of the document.
fn compare(affiche: &Server, oxigraph: Option<&Server>, entities: &Entities) {
    let Some(oxigraph) = oxigraph else { return };
    for number in 0..COMPARED {
        let path = pick(&entities.performances, number);
        let ours = described(affiche, path);
        assert!(ours.len() > 8, "{path}");
        for query in [construct(path), construct_known(&subjects(affiche, path))] {
            assert_eq!(triples_of(&oxigraph.ask(&query).body), ours, "{query}");
        }
    }
}

/// The processor time of servers for one of so many requests in each turn.
fn cost(
    watched: &[&Server],
    round: usize,
    in_a_turn: usize,
    request: &mut dyn FnMut(usize),
) -> Vec<Duration> {
    let before: Vec<Duration> = watched.iter().map(|one| one.processor_time()).collect();
    for number in 0..in_a_turn {
        request(round * in_a_turn + number);
    }
    let servers = watched.iter().zip(before);
    servers
        .map(|(server, before)| (server.processor_time() - before) / in_a_turn as u32)
        .collect()
}

fn milliseconds(times: &[Duration]) -> f64 {
    times.iter().sum::<Duration>().as_secs_f64() * 1000.0 / times.len().max(1) as f64
}

fn row(what: &str, ours: f64, theirs: Option<f64>) {
    match theirs {
        Some(theirs) => println!(
            "| {what} | {ours:.3} | {theirs:.3} | {:.2} |",
            ours / theirs
        ),
        None => println!("| {what} | {ours:.3} | – | – |"),
    }
}

fn turtle(affiche: &Server, oxigraph: Option<&Server>, entities: &Entities) {
    let (mut ours, mut theirs, mut known) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        ours.extend(cost(&[affiche], round, IN_A_TURN, &mut |number| {
            let path = document(pick(&entities.performances, number));
            read(affiche, &path, &[TURTLE]);
        }));
        let Some(oxigraph) = oxigraph else { continue };
        theirs.extend(cost(&[oxigraph], round, IN_A_TURN, &mut |number| {
            let query = construct(pick(&entities.performances, number));
            let asked = form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
            read(oxigraph, &format!("/query?query={asked}"), &[TURTLE]);
        }));
        let names: Vec<Vec<String>> = (0..IN_A_TURN / 4)
            .map(|number| {
                let number = round * IN_A_TURN / 4 + number;
                subjects(affiche, pick(&entities.performances, number))
            })
            .collect();
        known.extend(cost(&[oxigraph], 0, IN_A_TURN / 4, &mut |number| {
            let query = construct_known(&names[number]);
            let asked = form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
            read(oxigraph, &format!("/query?query={asked}"), &[TURTLE]);
        }));
    }
    let is_there = oxigraph.is_some();
    let ours = milliseconds(&ours);
    row(
        "a performance in Turtle; Oxigraph: `CONSTRUCT` of the same triples",
        ours,
        is_there.then(|| milliseconds(&theirs)),
    );
    row(
        "… Oxigraph: told the names of the parts",
        ours,
        is_there.then(|| milliseconds(&known)),
    );
}

fn pages(
    affiche: &Server,
    oxigraph: Option<&Server>,
    trifid: Option<&Server>,
    entities: &Entities,
) {
    for (what, paths) in [
        ("a performance", &entities.performances),
        ("a production", &entities.productions),
        ("a place with a hundred performances", &entities.places),
    ] {
        let (mut ours, mut theirs, mut with_store) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes = 0;
        for round in 0..ROUNDS {
            ours.extend(cost(&[affiche], round, IN_A_TURN, &mut |number| {
                let path = document(pick(paths, number));
                bytes = read(affiche, &path, &[HTML]).body.len();
            }));
            let (Some(oxigraph), Some(trifid)) = (oxigraph, trifid) else {
                continue;
            };
            let both = [trifid, oxigraph];
            let times = cost(&both, round, SLOW_IN_A_TURN, &mut |number| {
                read(trifid, pick(paths, number), &[HTML]);
            });
            theirs.push(times[0]);
            with_store.push(times.iter().sum());
        }
        let is_there = trifid.is_some();
        let ours = milliseconds(&ours);
        row(
            &format!(
                "the page of {what} ({} kB); Trifid, without its store",
                bytes / 1000
            ),
            ours,
            is_there.then(|| milliseconds(&theirs)),
        );
        row(
            "… Trifid with its store",
            ours,
            is_there.then(|| milliseconds(&with_store)),
        );
    }
}

/// A document that the reader has already, next to an answer of the same program that is always
/// the same.
fn unchanged(affiche: &Server, entities: &Entities) {
    let known: Vec<(String, String)> = (0..IN_A_TURN)
        .map(|number| {
            let path = document(pick(&entities.performances, number));
            let etag = read(affiche, &path, &[TURTLE]).etag.expect("a tag");
            (path, etag)
        })
        .collect();
    let (mut ours, mut constant) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.extend(cost(&[affiche], 0, IN_A_TURN, &mut |number| {
            let (path, etag) = &known[number];
            let reply = affiche.get(path, &[TURTLE, ("if-none-match", etag)]);
            assert_eq!(reply.status, 304, "{path}");
        }));
        constant.extend(cost(&[affiche], 0, IN_A_TURN, &mut |_| {
            read(affiche, "/robots.txt", &[]);
        }));
    }
    row(
        "304 to who has the Turtle; beside it, `/robots.txt` of the same program",
        milliseconds(&ours),
        Some(milliseconds(&constant)),
    );
}
