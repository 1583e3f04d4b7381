//! Clients that send garbage, too much, or too slowly: refused within the limits, while others
//! are served.

use crate::program::{Data, PATIENCE, Server, read_to_end, until};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// A server with short limits.
fn server(data: &Data) -> Server {
    Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_LIMITS_IDLE_TIMEOUT", "1s")
            .env("AFFICHE_LIMITS_BODY_TIMEOUT", "1s")
            .env("AFFICHE_LIMITS_STOP_TIMEOUT", "2s"),
    )
}

fn still_serves(server: Server) {
    let metrics = server.get("/metrics");
    assert!(
        metrics.contains("affiche_panics_total 0") || !metrics.contains("panics"),
        "{metrics}"
    );
    assert!(server.get("/health").contains(" 200 OK"));
    let (status, said) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

/// Writes as much of `count` copies of `chunk` as is taken; how many bytes that was.
fn pour(stream: &mut TcpStream, chunk: &[u8], count: usize) -> usize {
    let mut poured = 0;
    for _ in 0..count {
        if stream.write_all(chunk).is_err() {
            break;
        }
        poured += chunk.len();
    }
    poured
}

#[test]
fn garbage_is_refused_and_nothing_is_smuggled() {
    let data = Data::new();
    let server = server(&data);
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/1.1\r\nHo st: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n folded\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        // Two lengths, of which a proxy in front may believe the other.
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 40\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let answer = server.send(garbage);
        let shown = String::from_utf8_lossy(garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.0 4"), "{shown}: {answer}");
        assert!(!answer.contains("\"generation\""), "{shown}: {answer}");
    }
    // Broken chunks end the request; what follows is not taken for another one.
    let answer = server.send(
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n",
    );
    assert!(!answer.contains(" 200 OK"), "{answer}");
    // An address that nobody could mean.
    for path in [
        "/%00",
        "/doc/..%2f..%2flock",
        "/assets/..%2f..%2fCargo.toml",
        "/dumps/..%2f..%2flock",
        "/id/%ff%fe",
        "//evil.example/",
        "/vocab/%2e%2e/%2e%2e",
    ] {
        let answer = server.get(path);
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
    }
    still_serves(server);
}

#[test]
fn a_header_without_end_is_cut_off() {
    let data = Data::new();
    let server = server(&data);
    for head in ["GET / HTTP/1.1\r\nHost: x\r\nX: ", "GET /"] {
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).unwrap();
        let poured = pour(&mut stream, &[b'a'; 65_536], 1000);
        let answer = read_to_end(&mut stream);
        // What the sockets hold on both sides is more than what the server reads.
        assert!(poured < 60_000_000, "{poured} bytes were taken");
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4"),
            "{answer}"
        );
    }
    let mut many = String::from("GET / HTTP/1.1\r\nHost: x\r\n");
    for number in 0..5000 {
        many.push_str(&format!("X-{number}: a\r\n"));
    }
    many.push_str("\r\n");
    let answer = server.send(many.as_bytes());
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
        "{answer}"
    );
    still_serves(server);
}

#[test]
fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let data = Data::new();
    let server = server(&data);
    const BYTES: usize = 100_000_000;
    for head in [
        format!("Content-Length: {BYTES}\r\n"),
        "Transfer-Encoding: chunked\r\n".to_owned(),
    ] {
        let is_chunked = head.starts_with("Transfer");
        let mut stream = server.connect();
        stream
            .write_all(
                format!("POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n{head}\r\n")
                    .as_bytes(),
            )
            .unwrap();
        let poured = if is_chunked {
            let mut chunk = b"10000\r\n".to_vec();
            chunk.extend_from_slice(&[b' '; 65_536]);
            chunk.extend_from_slice(b"\r\n");
            // One more than fits, so that the answer is not lost with the connection.
            pour(&mut stream, &chunk, 17)
        } else {
            0
        };
        let mut first = [0; 4096];
        let count = stream.read(&mut first).unwrap();
        let answer = String::from_utf8_lossy(&first[..count]).into_owned();
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        let rest = answer
            + &{
                let poured = poured + pour(&mut stream, &[b' '; 65_536], BYTES / 65_536);
                assert!(poured < BYTES / 2, "{poured} bytes were taken");
                read_to_end(&mut stream)
            };
        assert!(
            rest.contains("limits.body_bytes") && rest.contains("1048576"),
            "{rest}"
        );
    }
    still_serves(server);
}

#[test]
fn slow_clients_are_let_go() {
    let data = Data::new();
    let server = server(&data);
    let started = Instant::now();
    // Half a head, half a body, and nothing at all; each on its connection, at the same time.
    let mut half_head = server.connect();
    half_head.write_all(b"GET / HTTP/1.1\r\nHos").unwrap();
    let mut half_body = server.connect();
    half_body
        .write_all(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK")
        .unwrap();
    let mut nothing = server.connect();
    let mut kept = server.connect();
    kept.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let answer = read_to_end(&mut half_head);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
    let answer = read_to_end(&mut half_body);
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("limits.body_timeout"),
        "{answer}"
    );
    assert_eq!(read_to_end(&mut nothing), "");
    assert!(read_to_end(&mut kept).contains(" 200 OK"));
    assert!(
        started.elapsed() < PATIENCE / 2,
        "they were held for {:?}",
        started.elapsed()
    );
    still_serves(server);
}

/// Far more rows than the sockets hold.
const ENDLESS: &[u8] = b"GET /sparql?query=SELECT%20*%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff.%3Fg%20%3Fh%20%3Fi%7D HTTP/1.1\r\nHost: x\r\n\r\n";

#[test]
fn a_client_that_never_reads_or_leaves_early_holds_nothing_up() {
    let data = Data::new();
    let server = Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_LIMITS_QUERIES", "1")
            .env("AFFICHE_LIMITS_QUERY_TIMEOUT", "1s")
            .env("AFFICHE_LIMITS_QUERY_WAIT", "15s"),
    );
    let mut unread = server.connect();
    unread.write_all(ENDLESS).unwrap();
    let mut gone = server.connect();
    gone.write_all(ENDLESS).unwrap();
    gone.shutdown(Shutdown::Both).unwrap();
    drop(gone);
    // The only slot is free again as soon as the time is over.
    let answer = server.get("/sparql?query=ASK%7B%7D");
    assert!(answer.contains(" 200 OK"), "{answer}");
    assert!(server.get("/health").contains(" 200 OK"));
    // What it got has no proper end: it cannot take a part for the whole.
    let mut answer = Vec::new();
    let _ = unread.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200"));
    assert!(
        !answer.ends_with(b"0\r\n\r\n"),
        "an answer that was cut short looks complete"
    );
    assert_eq!(server.stop("TERM").0.code(), Some(0));
}

#[test]
fn a_client_that_takes_no_bytes_loses_its_connection() {
    let data = Data::new();
    let server = server(&data);
    let mut unread = server.connect();
    unread.write_all(ENDLESS).unwrap();
    // A server that still has the connection takes these bytes.
    until("the connection is closed", || {
        unread.write_all(b"x").is_err()
    });
    still_serves(server);
}

#[test]
fn a_running_request_does_not_keep_the_server_from_stopping() {
    let data = Data::new();
    let server = server(&data);
    let mut running = server.connect();
    running
        .write_all(b"GET /sparql?query=SELECT%20(COUNT(*)%20AS%20%3Fn)%7B%3Fa%20%3Fb%20%3Fc.%3Fd%20%3Fe%20%3Ff.%3Fg%20%3Fh%20%3Fi%7D HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    assert!(server.get("/health").contains(" 200 OK"));
    let started = Instant::now();
    let (status, said) = server.stop("TERM");
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    data.run(["check"]).with(0);
}

#[test]
fn a_long_answer_is_not_sent_where_its_end_could_not_be_told() {
    let data = Data::new();
    let server = server(&data);
    let ask = |query: &str, version: &str| {
        let query = query.replace(' ', "%20").replace('?', "%3F");
        let request =
            format!("GET /sparql?timeout=3&query={query} HTTP/{version}\r\nHost: x\r\n\r\n");
        server.send(request.as_bytes())
    };
    let long = ask("SELECT * { ?a ?b ?c . ?d ?e ?f }", "1.0");
    let status = long.lines().next().unwrap_or_default();
    assert!(status.contains(" 505 "), "{status}");
    assert!(long.contains("http-version"), "{long}");
    let short = ask("SELECT * { ?a ?b ?c } LIMIT 3", "1.0");
    assert!(
        short.contains(" 200 OK") && short.contains("ontent-length"),
        "{short}"
    );
}
