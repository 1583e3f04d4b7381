//! Queries that knock servers over, a client that sends them, and what they cost. The attack test
//! and its benchmark share this.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// No answer takes as long.
const PATIENCE: Duration = Duration::from_secs(120);

/// A query, and what it is made to exhaust.
pub struct Bomb {
    pub name: &'static str,
    pub query: String,
}

/// One of each kind.
pub fn bombs() -> Vec<Bomb> {
    let bomb = |name, query: &str| Bomb {
        name,
        query: query.to_owned(),
    };
    let mut bombs = vec![
        bomb(
            "everything with everything",
            "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        ),
        bomb(
            "sorting of everything with everything",
            "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f DESC(?b)",
        ),
        bomb(
            "an open path",
            "SELECT (COUNT(*) AS ?n) { ?s (!<x:y>|^!<x:y>)* ?o }",
        ),
        bomb(
            "an open path into a set",
            "SELECT DISTINCT ?s ?o { ?s (<x:a>|!<x:a>)+ ?o . ?o (<x:b>|!<x:b>)+ ?s }",
        ),
        bomb(
            "a regular expression over everything",
            "SELECT * { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(CONCAT(STR(?c), STR(?f)), '(a+)+(b+)+c', 'i')) }",
        ),
        bomb(
            "a group for each pair",
            "SELECT ?a ?d (COUNT(DISTINCT ?f) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d ?c",
        ),
        bomb(
            "all texts in one",
            "SELECT (GROUP_CONCAT(CONCAT(STR(?c), STR(?f)); separator='') AS ?all) { ?a ?b ?c . ?d ?e ?f }",
        ),
        bomb(
            "what is not there, for everything",
            "SELECT * { ?a ?b ?c FILTER NOT EXISTS { ?d ?e ?f . ?g ?h ?i FILTER(STR(?f) = CONCAT(STR(?i), STR(?c), 'x')) } }",
        ),
        bomb(
            "another server",
            "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        ),
        bomb("a load", "LOAD <http://127.0.0.1:1/> INTO GRAPH <x:g>"),
    ];
    let doubling = (1..60).fold("BIND('0123456789' AS ?v0)".to_owned(), |text, step| {
        format!("{text} BIND(CONCAT(?v{0}, ?v{0}) AS ?v{step})", step - 1)
    });
    bombs.push(bomb(
        "a text that doubles",
        &format!("SELECT (STRLEN(?v59) AS ?n) {{ {doubling} }}"),
    ));
    let replacing = (1..12).fold("BIND('aaaaaaaaaa' AS ?v0)".to_owned(), |text, step| {
        format!(
            "{text} BIND(REPLACE(?v{}, 'a', 'aaaaaaaaaa') AS ?v{step})",
            step - 1
        )
    });
    bombs.push(bomb(
        "a text that grows tenfold",
        &format!("SELECT (STRLEN(?v11) AS ?n) {{ {replacing} }}"),
    ));
    let rows = "0 1 2 3 4 5 6 7 8 9 ".repeat(5);
    let product: String = (0..8)
        .map(|column| format!("VALUES ?v{column} {{ {rows} }} "))
        .collect();
    bombs.push(bomb(
        "a product of values",
        &format!("SELECT (COUNT(*) AS ?n) {{ {product} }}"),
    ));
    bombs.push(bomb(
        "a sorted product of values",
        &format!("SELECT DISTINCT * {{ {product} }} ORDER BY ?v7 ?v0"),
    ));
    // As deep as a query may be long, and deeper.
    for depth in [10_000, 30_000, 100_000] {
        for (name, before, opening, closing, after) in [
            ("braces", "SELECT * ", "{", "}", ""),
            (
                "brackets",
                "SELECT * { ?s ?p ?o FILTER(1 = ",
                "(",
                ")",
                "1 }",
            ),
            ("lists", "SELECT * { ?s ?p ", "(", ")", " }"),
            ("blank nodes", "SELECT * { ?s ?p ", "[ ?p ", "]", " }"),
            ("negations", "SELECT * { FILTER(", "!", "", "true) }"),
            ("minus signs", "SELECT * { FILTER(1 = ", "- ", "", "1) }"),
            ("inverse paths", "SELECT * { ?s ", "^", "", "<x:p> ?o }"),
            (
                "steps of a path",
                "SELECT * { ?s <x:p>",
                "/<x:p>",
                "",
                " ?o }",
            ),
            ("stars", "SELECT * { ?s ", "(", ")*", " ?o }"),
            ("unions", "SELECT * { {}", " UNION {}", "", " }"),
            ("optionals", "SELECT * ", "{ OPTIONAL ", "}", "{}"),
            ("sub-queries", "", "SELECT * { ", "}", ""),
            (
                "conditions",
                "SELECT * { FILTER(",
                "IF(true, ",
                ", 1)",
                "1) }",
            ),
            ("sums", "SELECT * { FILTER(1", " + 1", "", ") }"),
            ("filters", "SELECT * { ", "FILTER EXISTS { ", "}", " }"),
        ] {
            bombs.push(Bomb {
                name,
                query: format!(
                    "{before}{}{after}{}",
                    opening.repeat(depth),
                    closing.repeat(depth)
                ),
            });
        }
    }
    bombs
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub text: String,
    /// Whether it came to its end.
    pub is_whole: bool,
}

impl Reply {
    /// Whether it is a whole answer, not a problem.
    pub fn is_answer(&self) -> bool {
        self.status == 200 && self.is_whole
    }
}

/// Sends a query for a client, which gives it so many seconds if it says so. Nothing is read.
pub fn send(
    address: SocketAddr,
    client: &str,
    query: &str,
    seconds: Option<u64>,
) -> std::io::Result<TcpStream> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("query", query);
    if let Some(seconds) = seconds {
        form.append_pair("timeout", &seconds.to_string());
    }
    let body: String = form.finish();
    request(
        address,
        &format!(
            "POST /sparql HTTP/1.1\r\nHost: x\r\nAccept: text/csv, */*;q=0.1\r\n\
             X-Forwarded-For: {client}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    )
}

/// The answer to a query of a client.
pub fn ask(address: SocketAddr, client: &str, query: &str) -> std::io::Result<Reply> {
    read(send(address, client, query, None)?)
}

/// What is at an address of the server.
pub fn get(address: SocketAddr, client: &str, path: &str, accept: &str) -> std::io::Result<Reply> {
    read(request(
        address,
        &format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\nX-Forwarded-For: {client}\r\n\
             Connection: close\r\n\r\n"
        ),
    )?)
}

fn request(address: SocketAddr, text: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // What is refused for its size is refused before it was read.
    let _ = stream.write_all(text.as_bytes());
    Ok(stream)
}

/// Reads all that there is.
pub fn read(mut stream: TcpStream) -> std::io::Result<Reply> {
    let mut bytes = Vec::new();
    // What was cut off is what it is.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    let head = head.to_ascii_lowercase();
    let is_whole = if head.contains("transfer-encoding: chunked") {
        body.ends_with("0\r\n\r\n")
    } else {
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|length| length.parse().ok());
        length == Some(body.len())
    };
    Ok(Reply {
        status: status.unwrap_or(0),
        text: body.to_owned(),
        is_whole,
    })
}

/// The workers of a server that run.
pub fn workers_of(server: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|process: &u32| {
            // Between its start and its own program it is a copy of the server.
            let is_worker = fs::read(format!("/proc/{process}/cmdline"))
                .is_ok_and(|line| line == b"affiche\0worker\0");
            is_worker && status_of(*process, "PPid:") == Some(u64::from(server))
        })
        .collect()
}

/// A number that the system tells of a process; memory in kB.
pub fn status_of(process: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What a server and its workers have in memory now, in bytes.
pub fn memory_of(server: u32) -> u64 {
    let workers = workers_of(server);
    let all = workers.iter().chain([&server]);
    all.filter_map(|process| status_of(*process, "VmRSS:"))
        .sum::<u64>()
        << 10
}

/// The processor time that a server and its workers have used, those that ended included.
pub fn processor_time_of(server: u32) -> Duration {
    let ticks = |process: u32, fields: &[usize]| -> u64 {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name stands in brackets and may hold anything.
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let numbers: Vec<&str> = rest.split(' ').collect();
        fields
            .iter()
            .filter_map(|field| numbers.get(*field)?.parse::<u64>().ok())
            .sum()
    };
    // proc(5): user and system time, and that of the children that were waited for; the third
    // field is the first here.
    let own = ticks(server, &[11, 12, 13, 14]);
    let running: u64 = workers_of(server)
        .into_iter()
        .map(|worker| ticks(worker, &[11, 12]))
        .sum();
    Duration::from_millis((own + running) * 10)
}
