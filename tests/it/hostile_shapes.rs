//! Shapes and data that somebody made to hurt: refused or stopped at a named limit, in a process
//! that can be killed, while others are served.

use crate::program::{Data, Server, read_to_end, until};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SHAPES: &str =
    "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix e: <http://e.example/> .\n";

/// How long one may wait for others while a job runs at its limits, on a busy machine.
const NORMAL: Duration = Duration::from_secs(3);

fn server(data: &Data, memory_bytes: u64, time: &str) -> Server {
    Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_LIMITS_VALIDATION_TIMEOUT", time)
            .env(
                "AFFICHE_LIMITS_VALIDATION_MEMORY_BYTES",
                memory_bytes.to_string(),
            )
            .env("AFFICHE_LIMITS_VALIDATIONS", "1")
            .env("AFFICHE_LIMITS_QUERY_WAIT", "1s"),
    )
}

/// The request, with data in a format and shapes of one's own.
fn request(format: &str, data: &[u8], shapes: &str) -> Vec<u8> {
    let mut body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\n{format}\r\n--edge\r\nContent-Disposition: form-data; name=\"shapes\"; filename=\"s.ttl\"\r\n\r\n{shapes}\r\n--edge\r\nContent-Disposition: form-data; name=\"data\"; filename=\"d\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(data);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let mut request = format!(
        "POST /validate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=edge\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    request.extend_from_slice(&body);
    request
}

/// How a job ended, and the longest that others had to wait meanwhile.
fn hurt(server: &Server, request: &[u8], page: &str) -> (String, Duration) {
    let (is_over, address) = (AtomicBool::new(false), server.address);
    let is_over = &is_over;
    std::thread::scope(|scope| {
        let others = scope.spawn(move || {
            let mut longest = Duration::ZERO;
            loop {
                for path in ["/health", page] {
                    let started = Instant::now();
                    let answer = get(address, path);
                    assert!(answer.contains(" 200 OK"), "{path}: {answer}");
                    longest = longest.max(started.elapsed());
                }
                if is_over.load(Ordering::Acquire) {
                    return longest;
                }
            }
        });
        let answer = server.send(request);
        is_over.store(true, Ordering::Release);
        (answer, others.join().expect("others are served"))
    })
}

fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    read_to_end(&mut stream)
}

/// A folder with one entity, and the path of its page.
fn with_entity() -> (Data, String) {
    let data = Data::new();
    data.submit("t:p a schema:Place ; schema:name \"Salle\" ; schema:address [ a schema:PostalAddress ; schema:addressLocality \"Tours\" ; schema:postalCode \"37000\" ] .")
        .with(0);
    let export = data.export();
    let start = export.find("/id/").expect("an entity") + 4;
    let noid = export[start..]
        .chars()
        .take_while(char::is_ascii_alphanumeric);
    let path = format!("/doc/{}", noid.collect::<String>());
    (data, path)
}

/// A long chain: whoever walks it from everywhere never ends.
fn chain(length: usize) -> String {
    (0..length).fold(String::new(), |mut text, n| {
        let _ = writeln!(
            text,
            "<http://e.example/{n}> <http://e.example/p> <http://e.example/{}> .",
            n + 1
        );
        text
    })
}

/// A name, the format and bytes of the data, the shapes, and what the answer must say.
type Case<'a> = (&'a str, &'a str, &'a [u8], String, &'a [&'a str]);

#[test]
fn hostile_shapes_and_data_end_at_a_named_limit_and_others_are_served_meanwhile() {
    // What is refused is refused although workers give way to all others; what would go on for
    // ever need not be waited for.
    let ((data, page), (other, other_page)) = (with_entity(), with_entity());
    let patient = server(&data, 256 << 20, "60s");
    let impatient = server(&other, 256 << 20, "4s");
    let nested: String = (0..10_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(text, "e:s{n} a sh:NodeShape ; sh:node e:s{} .", n + 1);
        text
    });
    let nested = format!("{SHAPES}e:s0 sh:targetNode e:x .\n{nested}e:s10000 a sh:NodeShape .\n");
    let cyclic = "e:s a sh:NodeShape ; sh:targetNode e:x ; sh:in e:l .\n\
        e:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first> 1 ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> e:l .";
    let large_regex = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:pattern \"((a{1,1000}){1,1000}){1,1000}\" ] .";
    let all = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path [ sh:zeroOrMorePath e:p ] ; sh:nodeKind sh:Literal ] .";
    let back = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path ( [ sh:zeroOrMorePath e:p ] [ sh:zeroOrMorePath [ sh:inversePath e:p ] ] ) ; sh:maxCount 1 ] .";
    let product = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:sparql [ sh:message \"no\" ; sh:select \"SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . FILTER(?a = ?l && ?d = ?i && ?g = $this && ?b = ?c) }\" ] .";
    let deep = "[".repeat(100_000);
    let small = "<http://e.example/x> <http://e.example/p> \"x\" .";
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for _ in 0..1000 {
        bomb.write_all(&[b' '; 1 << 20]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let chain = chain(50_000);
    // Which of the two comes first is the machine's business.
    let stopped = &["validation-stopped", "\"limit\": \"limits.validation_"][..];
    let cases: &[Case<'_>] = &[
        (
            "nested",
            "ntriples",
            small.as_bytes(),
            nested,
            &["ill-formed-shapes", "nesting"],
        ),
        (
            "cyclic",
            "ntriples",
            small.as_bytes(),
            format!("{SHAPES}{cyclic}"),
            &["ill-formed-shapes", "SHACL-list"],
        ),
        (
            "regex",
            "ntriples",
            small.as_bytes(),
            format!("{SHAPES}{large_regex}"),
            &["ill-formed-shapes", "sh:pattern"],
        ),
        (
            "everything",
            "ntriples",
            chain.as_bytes(),
            format!("{SHAPES}{all}"),
            stopped,
        ),
        (
            "there and back",
            "ntriples",
            chain.as_bytes(),
            format!("{SHAPES}{back}"),
            stopped,
        ),
        (
            "product",
            "ntriples",
            chain.as_bytes(),
            format!("{SHAPES}{product}"),
            stopped,
        ),
        (
            "deep",
            "jsonld",
            deep.as_bytes(),
            format!("{SHAPES}{all}"),
            &["unreadable", "levels deep"],
        ),
        (
            "bomb",
            "turtle",
            &bomb,
            format!("{SHAPES}{all}"),
            &["body-too-large", "limits.validation_bytes"],
        ),
    ];
    for (name, format, data, shapes, expected) in cases {
        let started = Instant::now();
        let (server, page) = if *expected == stopped {
            (&impatient, &other_page)
        } else {
            (&patient, &page)
        };
        let (answer, longest) = hurt(server, &request(format, data, shapes), page);
        assert!(answer.starts_with("HTTP/1.1 4"), "{name}: {answer}");
        for text in *expected {
            assert!(answer.contains(text), "{name}: {text}: {answer}");
        }
        assert!(longest < NORMAL, "{name}: others waited for {longest:?}");
        assert!(started.elapsed() < Duration::from_secs(60), "{name}");
    }
    // What a backtracking engine would never end is simply answered.
    let harmless = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path e:p ; sh:pattern \"(a+)+$\" ] .";
    let text = format!(
        "<http://e.example/x> <http://e.example/p> \"{}b\" .",
        "a".repeat(100_000)
    );
    let request = request("ntriples", text.as_bytes(), &format!("{SHAPES}{harmless}"));
    let (answer, _) = hurt(&patient, &request, &page);
    assert!(answer.contains(" 200 OK"), "{answer}");
    let (status, said) = patient.stop("TERM");
    assert_eq!(status.code(), Some(0), "{said}");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn who_wants_more_memory_than_there_is_for_them_is_ended_and_nobody_else() {
    let (data, page) = with_entity();
    let server = server(&data, 96 << 20, "2m");
    // Some 17 MB that take more than 96 MB as a graph.
    let text = (0..200_000).fold(String::new(), |mut text, n| {
        let _ = writeln!(
            text,
            "<http://e.example/{n}> <http://e.example/p{n}> \"a text of its own, {n}\" ."
        );
        text
    });
    let shapes = format!("{SHAPES}e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:maxCount 1 .");
    let shapes = shapes.replace("sh:maxCount 1", "sh:nodeKind sh:IRI");
    let (answer, longest) = hurt(
        &server,
        &request("ntriples", text.as_bytes(), &shapes),
        &page,
    );
    assert!(answer.starts_with("HTTP/1.1 422"), "{answer}");
    assert!(
        answer.contains("limits.validation_memory_bytes"),
        "{answer}"
    );
    assert!(longest < NORMAL, "others waited for {longest:?}");
    assert!(
        server
            .get("/metrics")
            .contains("affiche_validations_total{outcome=\"stopped\"} 1")
    );
}

/// The processes that a process has started.
fn children(parent: u32) -> Vec<u32> {
    let processes = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let number: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).ok()?;
        // The name, in brackets, may have spaces.
        let after: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let is_child = after.get(1)?.parse::<u32>().ok()? == parent && *after.first()? != "Z";
        is_child.then_some(number)
    });
    processes.collect()
}

#[test]
fn a_worker_has_nothing_of_ours_and_is_killed_when_its_client_leaves() {
    let data = Data::new();
    let server = Server::start(
        data.affiche(["serve"])
            .env("AFFICHE_LIMITS_VALIDATION_TIMEOUT", "1h")
            .env("AFFICHE_LIMITS_VALIDATIONS", "1")
            .env("AFFICHE_LIMITS_QUERY_WAIT", "1s")
            .env("SECRET", "a secret"),
    );
    let shapes = "e:s a sh:NodeShape ; sh:targetSubjectsOf e:p ; sh:property [ sh:path [ sh:zeroOrMorePath e:p ] ; sh:nodeKind sh:Literal ] .";
    let request = request(
        "ntriples",
        chain(50_000).as_bytes(),
        &format!("{SHAPES}{shapes}"),
    );
    let mut stream = server.connect();
    stream.write_all(&request).unwrap();
    let parent = server.child.id();
    until("a worker starts and is confined", || {
        children(parent).first().is_some_and(|worker| {
            fs::read_to_string(format!("/proc/{worker}/limits")).is_ok_and(|limits| {
                limits
                    .lines()
                    .any(|line| line.starts_with("Max data size") && line.contains("536870912"))
            })
        })
    });
    let worker = children(parent)[0];
    assert_eq!(fs::read(format!("/proc/{worker}/environ")).unwrap(), b"");
    assert_eq!(
        fs::read_link(format!("/proc/{worker}/cwd"))
            .unwrap()
            .to_str(),
        Some("/")
    );
    for entry in fs::read_dir(format!("/proc/{worker}/fd")).unwrap() {
        let target = fs::read_link(entry.unwrap().path()).unwrap();
        let target = target.to_string_lossy().into_owned();
        // Pipes, and what whoever started the server has left open to everything below.
        let is_ours = target.contains(data.path.to_str().unwrap()) || target.starts_with("socket:");
        assert!(!is_ours, "{target}");
    }
    // Nobody else finds room meanwhile, and is told which limit that is.
    let busy = server.send(&request);
    assert!(busy.starts_with("HTTP/1.1 503"), "{busy}");
    assert!(
        busy.contains("limits.validations") && busy.contains("retry-after: 1"),
        "{busy}"
    );
    drop(stream);
    until("the worker is gone", || children(parent).is_empty());
    assert!(server.get("/health").contains(" 200 OK"));
}
