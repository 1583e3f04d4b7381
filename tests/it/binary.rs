//! The command line as its users meet it: exit codes, messages, and clean output.

use crate::program::{Data, Ended, PREFIXES, Server, affiche, prepared, run, run_with_input, wait};
use crate::support::BASE;
use oxjsonld::{JsonLdParser, JsonLdRemoteDocument};
use oxrdf::GraphName;
use oxttl::{NQuadsParser, NTriplesParser, TurtleParser};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

const PERSON: &str = "t:a a schema:Person ; schema:name \"Anne\" .";

/// Neither the standard output nor an error has what the other should.
fn is_one_message(ended: &Ended) {
    assert_eq!(ended.out, "");
    assert!(ended.err.starts_with("affiche: "), "{}", ended.err);
    assert!(!ended.err.contains("os error 0"), "{}", ended.err);
}

#[test]
fn a_programme_goes_in_is_shown_and_checked() {
    let data = Data::new();
    let sent = data.submit(PERSON).with(0);
    assert!(
        sent.out
            .starts_with("theatre: accepted as generation 4\n  1 created"),
        "{}",
        sent.out
    );
    assert_eq!(sent.err, "");
    let again = data.submit(PERSON).with(0);
    assert!(
        again
            .out
            .starts_with("theatre: nothing new since generation 4"),
        "{}",
        again.out
    );
    let check = data.run(["check"]).with(0);
    assert!(
        check.out.starts_with("all is well: 4 changes"),
        "{}",
        check.out
    );
    assert_eq!(check.err, "");
    let list = data.run(["source", "list"]).with(0);
    assert!(
        list.out.starts_with("theatre\trank ") || list.out.starts_with("festival\trank "),
        "{}",
        list.out
    );
    assert!(!list.out.contains("system"));
    let again = data.run(["source", "add", "theatre"]).with(0);
    assert!(again.out.contains("there already"), "{}", again.out);
}

#[test]
fn a_refusal_is_exit_1_with_its_report_on_the_output() {
    let data = Data::new();
    let before = data.export();
    let refused = data.submit("t:x schema:name \"Quoi ?\" .").with(1);
    assert!(
        refused.out.contains("refused: nothing was published"),
        "{}",
        refused.out
    );
    assert!(
        refused.out.contains("https://theatre.example/x"),
        "{}",
        refused.out
    );
    assert_eq!(refused.err, "");
    assert_eq!(data.export(), before);
    let report = run_with_input(
        &mut data.affiche(["submit", "--source", "theatre", "--report", "json", "-"]),
        &format!("{PREFIXES}t:x schema:name \"Quoi ?\" ."),
    )
    .with(1);
    let report: serde_json::Value = serde_json::from_str(&report.out).unwrap();
    assert_eq!(report["outcome"], "refused");
    assert_eq!(report["findings"][0]["rule"], "unknown-class");
}

#[test]
fn what_cannot_be_read_is_exit_2_and_says_what_to_do() {
    let data = Data::new();
    let before = data.export();
    let relative = data.file("relative.ttl", "<agenda/1> a <http://schema.org/Event> .");
    let broken = data.file(
        "broken.ttl",
        "<https://a.example/1> a <http://schema.org/Ev",
    );
    let binary = data.file("flyer.pdf", "%PDF-1.7");
    let missing = data.temporary.path().join("missing.ttl");
    let folder = data.temporary.path().to_owned();
    let submit = ["submit", "--source", "theatre"];
    for (command, words) in [
        (
            data.affiche(submit).arg(&relative),
            &["relative.ttl", "line 1", "base"][..],
        ),
        (data.affiche(submit).arg(&broken), &["broken.ttl", "line 1"]),
        (data.affiche(submit).arg(&binary), &["flyer.pdf", "turtle"]),
        (
            data.affiche(submit).arg(&missing),
            &["missing.ttl", "could not be read"],
        ),
        (data.affiche(submit).arg(&folder), &["could not be read"]),
        (
            data.affiche(submit)
                .args(["--format", "application/pdf"])
                .arg(&relative),
            &["application/pdf", "text/turtle"],
        ),
        (
            data.affiche(["submit", "--source", "nobody"])
                .arg(&relative),
            &["no source `nobody`", "affiche source add nobody"],
        ),
        (
            data.affiche(["submit", "--source", "system"])
                .arg(&relative),
            &["system"],
        ),
        (
            data.affiche(["source", "add", "theatre", "--rank", "3"])
                .arg("--z-means-local"),
            &["`theatre` is there already"],
        ),
        (
            data.affiche(["source", "add", "cirque", "--zone", "Paris"])
                .arg("--z-means-local"),
            &["Europe/Paris"],
        ),
    ] {
        let ended = run(command).with(2);
        is_one_message(&ended);
        for word in words {
            assert!(ended.err.contains(word), "`{word}` in: {}", ended.err);
        }
    }
    assert_eq!(data.export(), before);
    // What was typed wrong is clap's to say, with the same code.
    for arguments in [
        &["submit", "--source", "Théâtre", "x.ttl"][..],
        &["submit", "x.ttl"],
        &["export", "--format", "pdf"],
        &["unknown"],
        &[],
    ] {
        let ended = run(&mut affiche(arguments)).with(2);
        assert_eq!(ended.out, "");
        assert!(
            ended.err.contains("Usage:") || ended.err.contains("--help"),
            "{}",
            ended.err
        );
    }
}

#[test]
fn a_folder_that_is_not_there_is_not_made_by_looking() {
    let data = Data::new();
    let nowhere = data.temporary.path().join("nowhere");
    for arguments in [
        &["export"][..],
        &["check"],
        &["rebuild"],
        &["source", "list"],
        &["submit", "--source", "theatre", "/dev/null"],
    ] {
        let ended = run(affiche(arguments).arg("--data").arg(&nowhere)).with(2);
        is_one_message(&ended);
        assert!(
            ended.err.contains("no data folder at") && ended.err.contains("affiche source add"),
            "{}",
            ended.err
        );
        assert!(!nowhere.exists());
    }
}

#[test]
fn every_export_and_the_server_say_the_same() {
    let data = Data::new();
    data.submit(
        "t:a a schema:Person ; schema:name \"Anne\" , \"Ann\"@en ; schema:description \"Une ligne\\net une \\\"autre\\\" \\\\ \\u00e9\\U0001F3AD\"@fr .\n\
         t:p a schema:Place ; schema:name \"La Salle\" ; schema:address [ a schema:PostalAddress ; schema:addressLocality \"Ville\" ; schema:postalCode \"97400\" ] .\n\
         t:e a schema:TheaterEvent ; schema:name \"Pièce\"@fr ; schema:startDate \"2027-01-10T20:30:00+01:00\" ; schema:location t:p ; schema:performer t:a , \"Bob\" .",
    )
    .with(0);
    let everything = data.export();
    let public: BTreeSet<String> = NQuadsParser::new()
        .for_slice(&everything)
        .map(Result::unwrap)
        .filter(|quad| quad.graph_name == GraphName::DefaultGraph)
        .map(|quad| format!("{} {} {}", quad.subject, quad.predicate, quad.object))
        .collect();
    assert!(public.len() > 1000);
    let turtle = data.run(["export", "--format", "turtle"]).with(0);
    assert_eq!(turtle.err, "");
    let turtle: BTreeSet<String> = TurtleParser::new()
        .for_slice(&turtle.out)
        .map(|triple| triple.unwrap().to_string())
        .collect();
    assert_eq!(turtle, public);
    let jsonld = data.run(["export", "--format", "jsonld"]).with(0).out;

    let server = Server::start(&mut data.affiche(["serve"]));
    let context = body(&server.get("/context.jsonld")).to_owned();
    let jsonld: BTreeSet<String> = JsonLdParser::new()
        .with_base_iri(BASE)
        .unwrap()
        .for_slice(&jsonld)
        .with_load_document_callback(move |iri, _| {
            assert_eq!(iri, format!("{BASE}/context.jsonld"));
            Ok(JsonLdRemoteDocument {
                document: context.clone().into_bytes(),
                document_url: iri.to_owned(),
            })
        })
        .map(Result::unwrap)
        .map(|quad| format!("{} {} {}", quad.subject, quad.predicate, quad.object))
        .collect();
    assert_eq!(jsonld, public);
    let query = "/sparql?query=CONSTRUCT%7B%3Fs%20%3Fp%20%3Fo%7D%7B%3Fs%20%3Fp%20%3Fo%7D";
    let answer = ureq::get(format!("http://{}{query}", server.address))
        .header("accept", "application/n-triples")
        .call()
        .and_then(|mut answer| answer.body_mut().read_to_string())
        .expect("an answer");
    let sparql: BTreeSet<String> = NTriplesParser::new()
        .for_slice(&answer)
        .map(|triple| triple.unwrap().to_string())
        .collect();
    assert_eq!(sparql, public);
    // Each entity's page as it is on the web.
    let found = everything
        .lines()
        .find(|line| line.contains("\"Anne\""))
        .unwrap();
    let noid = found
        .split_once("/id/")
        .unwrap()
        .1
        .split_once('>')
        .unwrap()
        .0;
    let page = server.get(&format!("/doc/{noid}.nt"));
    assert!(
        body(&page).contains(found.split_once(" .").unwrap().0),
        "{page}"
    );
}

fn body(answer: &str) -> &str {
    assert!(answer.contains(" 200 OK\r\n"), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let data = Data::new();
    let file = data.file("person.ttl", &format!("{PREFIXES}{PERSON}"));
    let refused = data.file("refused.ttl", &format!("{PREFIXES}t:x schema:name \"X\" ."));
    let file = file.to_str().unwrap();
    let refused = refused.to_str().unwrap();
    for (lines, code, arguments) in [
        (1, 0, &["export"][..]),
        (1, 0, &["export", "--format", "turtle"]),
        (1, 0, &["export", "--format", "jsonld"]),
        (0, 0, &["export"]),
        (0, 0, &["check"]),
        (0, 0, &["source", "list"]),
        (0, 0, &["config", "print"]),
        // The outcome is not lost with the reader.
        (0, 1, &["submit", "--source", "theatre", refused]),
        (
            0,
            1,
            &["submit", "--source", "theatre", "--report", "json", refused],
        ),
        (
            0,
            0,
            &["submit", "--source", "theatre", "--report", "json", file],
        ),
        (0, 0, &["submit", "--source", "theatre", file]),
        (0, 0, &["rebuild"]),
    ] {
        let mut child = data
            .affiche(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        for _ in 0..lines {
            out.read_line(&mut String::new()).unwrap();
        }
        drop(out);
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(said, "", "{arguments:?}");
        assert_eq!(ended.status.code(), Some(code), "{arguments:?}");
    }
    assert!(data.export().contains("\"Anne\""));
}

#[test]
fn an_output_that_cannot_be_written_is_an_error_that_tells_what_happened() {
    let Ok(full) = File::options().write(true).open("/dev/full") else {
        eprintln!("skipped: this system has no /dev/full");
        return;
    };
    let data = Data::new();
    let file = data.file("person.ttl", &format!("{PREFIXES}{PERSON}"));
    let file = file.to_str().unwrap();
    for (arguments, words) in [
        (&["export"][..], "could not be written"),
        (&["export", "--format", "turtle"], "could not be written"),
        (&["export", "--format", "jsonld"], "could not be written"),
        (&["check"], "standard output"),
        // Whoever sends the file must know that it was taken.
        (
            &["submit", "--source", "theatre", file],
            "accepted as generation 4",
        ),
    ] {
        let ended = run_to(&mut data.affiche(arguments), full.try_clone().unwrap());
        let ended = ended.with(2);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}

fn run_to(command: &mut Command, out: File) -> Ended {
    let output = command
        .stdout(out)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap();
    Ended {
        status: output.status,
        out: String::new(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_folder_that_is_open_elsewhere_is_said_to_be() {
    let data = Data::new();
    let server = Server::start(&mut data.affiche(["serve"]));
    for arguments in [
        &["check"][..],
        &["rebuild"],
        &["serve", "--bind", "127.0.0.1:0"],
    ] {
        let ended = data.run(arguments).with(2);
        is_one_message(&ended);
        assert!(
            ended.err.contains("open in another process") && ended.err.contains("stop that one"),
            "{}",
            ended.err
        );
    }
    assert!(server.get("/health").contains(" 200 OK"));
    assert_eq!(server.stop("TERM").0.code(), Some(0));
    data.run(["check"]).with(0);
}

#[test]
fn a_port_in_use_is_said_with_what_to_do_and_the_folder_stays_closed() {
    let data = Data::new();
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let fresh = data.temporary.path().join("fresh");
    let ended = run(affiche(["serve", "--bind", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(&fresh))
    .with(2);
    is_one_message(&ended);
    assert!(
        ended.err.contains(&format!("127.0.0.1:{port}")) && ended.err.contains("--bind"),
        "{}",
        ended.err
    );
    assert!(!fresh.exists());
}

#[test]
fn another_base_is_refused_and_the_final_slash_makes_no_difference() {
    let data = Data::new();
    let before = data.export();
    for base in [BASE.to_owned(), format!("{BASE}/")] {
        assert_eq!(data.run(["export", "--base", &base]).with(0).out, before);
        data.run(["source", "add", "theatre", "--base", &base])
            .with(0);
    }
    for arguments in [
        &["export"][..],
        &["check"],
        &["rebuild"],
        &["source", "add", "theatre"],
        &["submit", "--source", "theatre", "/dev/null"],
        &["serve", "--bind", "127.0.0.1:0"],
    ] {
        let ended = run(data
            .affiche(arguments)
            .args(["--base", "https://other.example/"]))
        .with(2);
        is_one_message(&ended);
        assert!(
            ended.err.contains(BASE) && ended.err.contains("other.example"),
            "{}",
            ended.err
        );
    }
    let ended = data.run(["export", "--base", "data.example.org"]).with(2);
    assert!(
        ended.err.contains("`--base`") && ended.err.contains("https://"),
        "{}",
        ended.err
    );
    assert_eq!(data.export(), before);
}

#[test]
fn all_faults_of_a_configuration_are_told_at_once() {
    let data = Data::new();
    let file = data.file(
        "affiche.toml",
        "bund = \"127.0.0.1:0\"\nlicence = \"libre\"\n[limits]\nqueries = 0\nquery_bites = 3\n",
    );
    let mut command = data.affiche(["check"]);
    command
        .arg("--config")
        .arg(&file)
        .env("AFFICHE_LIMITS_READERS", "many");
    let ended = run(&mut command).with(2);
    is_one_message(&ended);
    for word in [
        "bund",
        "licence",
        "queries",
        "query_bites",
        "AFFICHE_LIMITS_READERS",
        "affiche.toml",
    ] {
        assert!(ended.err.contains(word), "`{word}` in: {}", ended.err);
    }
    // In the data folder it is found without being named.
    fs::rename(&file, data.path.join("affiche.toml")).unwrap();
    let ended = data.run(["export"]).with(2);
    assert!(ended.err.contains("bund"), "{}", ended.err);
    fs::write(data.path.join("affiche.toml"), "[limits]\nqueries = 2\n").unwrap();
    let printed = data.run(["config", "print"]).with(0);
    assert!(
        printed.out.contains("queries = 2  # from the file"),
        "{}",
        printed.out
    );
    // What is printed can be used.
    let file = data.file("printed.toml", &printed.out);
    run(data.affiche(["check"]).arg("--config").arg(file)).with(0);
    let ended = run(data
        .affiche(["check", "--config", "/nowhere/x.toml"])
        .arg("--base=x"))
    .with(2);
    assert!(
        ended.err.contains("/nowhere/x.toml") && ended.err.contains("--base"),
        "{}",
        ended.err
    );
}

#[test]
fn a_folder_that_may_not_be_written_is_said_to_be_one() {
    let data = Data::new();
    let binary = env!("CARGO_BIN_EXE_affiche");
    let unprivileged = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let may_run = Command::new("setpriv")
        .args(unprivileged)
        .args([binary, "--version"])
        .output()
        .is_ok_and(|output| output.status.success());
    if !may_run {
        eprintln!("skipped: the tests are not run by root, or nobody else may run the program");
        return;
    }
    let open = |path: &std::path::Path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    };
    open(data.temporary.path());
    open(&data.path);
    let fresh = data.temporary.path().join("fresh");
    for (arguments, folder) in [
        (&["export"][..], &data.path),
        (&["check"], &data.path),
        (&["source", "add", "cirque"], &data.path),
        (&["source", "add", "cirque"], &fresh),
        (&["serve", "--bind", "127.0.0.1:0"], &data.path),
        (&["serve", "--demo", "--bind", "127.0.0.1:0"], &fresh),
    ] {
        let mut command = prepared(Command::new("setpriv"), unprivileged);
        command
            .arg(binary)
            .args(arguments)
            .arg("--data")
            .arg(folder);
        let ended = run(&mut command).with(2);
        is_one_message(&ended);
        assert!(
            ended.err.contains(folder.to_str().unwrap())
                && (ended.err.contains("may not write") || ended.err.contains("Permission denied")),
            "{}",
            ended.err
        );
    }
}

#[test]
fn both_signals_stop_the_server_cleanly() {
    let data = Data::new();
    for signal in ["TERM", "INT"] {
        let server = Server::start(&mut data.affiche(["serve"]));
        // A connection that only stands open does not hold it up.
        let idle = server.connect();
        assert!(server.get("/").contains(" 200 OK"));
        let (status, said) = server.stop(signal);
        assert_eq!(status.code(), Some(0), "{said}");
        assert!(said.contains("stopping"), "{said}");
        drop(idle);
        data.run(["check"]).with(0);
    }
}

#[test]
fn a_server_whose_terminal_has_gone_still_serves_and_stops_cleanly() {
    let data = Data::new();
    let mut child = data
        .affiche(["serve", "--bind", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("serving") {
        line.clear();
        assert_ne!(stderr.read_line(&mut line).unwrap(), 0);
    }
    drop(stderr);
    let address = line
        .split_once("http://")
        .unwrap()
        .1
        .split_once('/')
        .unwrap()
        .0;
    for _ in 0..3 {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /health HTTP/1.0\r\n\r\n").unwrap();
        let answer = crate::program::read_to_end(&mut stream);
        assert!(answer.contains(" 200 OK"), "{answer}");
    }
    crate::program::signal_to(&child, "TERM");
    assert_eq!(wait(&mut child).code(), Some(0));
}

#[test]
fn a_killed_server_starts_again_and_answers() {
    let data = Data::new();
    data.submit(PERSON).with(0);
    let server = Server::start(&mut data.affiche(["serve"]));
    assert!(server.get("/health").contains("\"generation\":4"));
    let (status, _) = server.stop("KILL");
    assert_eq!(status.code(), None);
    let server = Server::start(&mut data.affiche(["serve"]));
    assert!(server.get("/health").contains("\"generation\":4"));
    assert!(server.get("/").contains(" 200 OK"));
}

#[test]
fn a_demo_is_filled_once_and_completed_when_it_was_cut_short() {
    let data = Data::new();
    let folder = data.temporary.path().join("demo");
    let demo = || {
        let mut command = affiche(["serve", "--demo", "--data"]);
        command.arg(&folder);
        Server::start(&mut command)
    };
    let first = demo();
    let health = body(&first.get("/health")).to_owned();
    assert_eq!(first.stop("TERM").0.code(), Some(0));
    let second = demo();
    assert_eq!(body(&second.get("/health")), health);
    assert_eq!(second.stop("TERM").0.code(), Some(0));
    let whole = published(&folder);

    // Killed after its second source was added, and before that one's files were submitted.
    let log = crate::program::segment(&folder);
    let bytes = fs::read(&log).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let second_source = text
        .match_indices("H activity \"source\"")
        .nth(1)
        .unwrap()
        .0;
    let next = second_source + text[second_source..].find("affiche-record 1 ").unwrap();
    fs::write(&log, &text.as_bytes()[..next]).unwrap();
    fs::remove_dir_all(folder.join("store")).unwrap();
    let again = demo();
    assert_eq!(again.stop("TERM").0.code(), Some(0));
    assert_eq!(published(&folder), whole);
}

/// How many there are of each class in public.
fn published(folder: &std::path::Path) -> BTreeMap<String, usize> {
    let export = run(affiche(["export", "--data"]).arg(folder)).with(0).out;
    let mut classes = BTreeMap::new();
    for line in export.lines().filter(|line| !line.contains("/graph/")) {
        if let Some((_, class)) = line.split_once("22-rdf-syntax-ns#type> ") {
            *classes.entry(class.to_owned()).or_default() += 1;
        }
    }
    classes
}
