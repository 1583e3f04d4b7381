//! The programs of `docs/how-to/harvest.md`, as they stand there, against the real server.

use crate::changing::Random;
use crate::program::{Data, PREFIXES, Server, run_with_input};
use crate::support::BASE;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// The first block of code in a language.
fn block(language: &str) -> String {
    let page = include_str!("../../docs/how-to/harvest.md");
    let (_, rest) = page
        .split_once(&format!("```{language}\n"))
        .expect("the page has such a block");
    let (code, _) = rest.split_once("\n```").expect("it ends");
    format!("{code}\n")
}

fn is_there(program: &str) -> bool {
    let there = Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: `{program}` is not on this machine");
    }
    there
}

/// Places of the theatre, some of which come and go.
fn places(random: &mut Random, count: u64) -> String {
    let mut text = String::new();
    for number in 0..count {
        if number == 0 || random.below(5) > 0 {
            let _ = writeln!(
                text,
                "t:s{number} a schema:Place ; schema:name \"Salle {}\"@fr ; \
                 schema:address [ a schema:PostalAddress ; schema:postalCode \"37000\" ; schema:addressLocality \"Tours\" ] .",
                random.below(9)
            );
        }
    }
    text
}

fn submit(data: &Data, text: &str) {
    let mut command = data.affiche(["submit", "--source", "theatre", "--allow-withdrawals", "-"]);
    run_with_input(&mut command, &format!("{PREFIXES}{text}")).with(0);
}

/// What is published of entities.
fn published(data: &Data) -> BTreeSet<String> {
    let export = data.run(["export", "--format", "nquads"]).with(0).out;
    let own = format!("<{BASE}/id/");
    let lines = export.lines().filter(|line| line.starts_with(&own));
    lines
        .filter(|line| {
            let quad = oxttl::NQuadsParser::new().for_slice(line.as_bytes()).next();
            let quad = quad.expect("a quad").expect("N-Quads");
            quad.graph_name.is_default_graph()
        })
        .map(str::to_owned)
        .collect()
}

fn copied(folder: &Path) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("it is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_some_and(|extension| extension == "nt") {
            let text = fs::read_to_string(path).expect("it can be read");
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    lines
}

#[test]
fn the_harvester_of_the_how_to_keeps_a_copy_however_often_it_is_killed() {
    if !is_there("python3") {
        return;
    }
    let mut random = Random::new();
    let data = Data::new();
    submit(&data, &places(&mut random, 60));
    let server = Server::start(&mut data.affiche(["serve"]));
    let program = data.file("harvest.py", &block("python"));
    let copy = data.temporary.path().join("copy");
    let harvester = || {
        let mut command = Command::new("python3");
        command
            .arg(&program)
            .arg(format!("http://{}", server.address))
            .arg(&copy)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("no_proxy", "127.0.0.1");
        command
    };
    for _ in 0..4 {
        let mut child = harvester()
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        thread::sleep(Duration::from_millis(100 + random.below(300)));
        let _ = child.kill();
        let _ = child.wait();
        submit(&data, &places(&mut random, 60));
    }
    // The index is a moment behind the store.
    let expected = published(&data);
    crate::program::until("the copy is complete", || {
        let ended = harvester().output().expect("it starts");
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(ended.status.success() || said.contains("503"), "{said}");
        copy.exists() && copied(&copy) == expected
    });
    // A copy of another log is told to start again.
    fs::write(copy.join("cursor"), format!("{}.3", "0".repeat(32))).expect("it can be written");
    let ended = harvester().output().expect("it starts");
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(!ended.status.success());
    assert!(
        said.starts_with("start again") && said.contains("start-again"),
        "{said}"
    );
}

#[test]
fn the_lines_of_the_how_to_list_what_changed() {
    if !is_there("curl") || !is_there("jq") {
        return;
    }
    let data = Data::new();
    submit(&data, &places(&mut Random::new(), 1));
    let server = Server::start(&mut data.affiche(["serve"]));
    let script = data.file("harvest.sh", &block("sh"));
    let mut listed = String::new();
    crate::program::until("something is listed", || {
        let output = Command::new("sh")
            .arg(&script)
            .arg(format!("http://{}", server.address))
            .current_dir(data.temporary.path())
            .env("no_proxy", "127.0.0.1")
            .output()
            .expect("it starts");
        listed.push_str(&String::from_utf8_lossy(&output.stdout));
        !listed.is_empty()
    });
    assert!(listed.starts_with("Create\tpublished\t"), "{listed}");
    assert_eq!(listed.lines().count(), 1);
    let cursor = fs::read_to_string(data.temporary.path().join("cursor")).expect("it is kept");
    assert_eq!(cursor.split('.').count(), 2, "{cursor}");
}
