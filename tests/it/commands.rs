//! The real program, from outside.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const PROGRAMME: &str = r#"@prefix schema: <http://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://t.example/salle> a schema:Place ; schema:name "Salle du Bac" .
<https://t.example/1> a schema:PerformingArtsEvent ; schema:name "Le Bac"@fr ;
    schema:startDate "2099-01-10T20:30:00+01:00"^^xsd:dateTime ; schema:location <https://t.example/salle> .
"#;

struct Workplace {
    folder: TempDir,
}

impl Workplace {
    fn new() -> Self {
        Self {
            folder: TempDir::new().expect("a temporary folder"),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_affiche"));
        command.args(arguments).current_dir(self.path()).env_clear();
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// Runs it, expects an exit code, and gives what it wrote.
    fn expect(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let text = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{text}");
        text
    }

    fn with_theatre() -> Self {
        let workplace = Self::new();
        workplace.expect(
            0,
            &[
                "source",
                "add",
                "theatre",
                "--data",
                "d",
                "--base",
                "https://data.example.org/",
            ],
        );
        std::fs::write(workplace.path().join("p.ttl"), PROGRAMME).expect("a file");
        workplace
    }
}

#[test]
fn a_programme_goes_in_and_comes_out_the_same_after_a_rebuild() {
    let workplace = Workplace::with_theatre();
    let report = workplace.expect(
        0,
        &[
            "submit", "--data", "d", "--source", "theatre", "--lang", "en", "p.ttl",
        ],
    );
    assert!(report.contains("accepted as generation 3"), "{report}");
    let again = workplace.expect(
        0,
        &[
            "submit", "--data", "d", "--source", "theatre", "--lang", "en", "p.ttl",
        ],
    );
    assert!(again.contains("nothing new"), "{again}");
    let before = workplace.expect(0, &["export", "--data", "d"]);
    assert!(before.contains("Le Bac") && before.contains("https://data.example.org/id/"));
    workplace.expect(0, &["check", "--data", "d"]);
    workplace.expect(0, &["rebuild", "--data", "d"]);
    assert_eq!(workplace.expect(0, &["export", "--data", "d"]), before);
    let turtle = workplace.expect(0, &["export", "--data", "d", "--format", "turtle"]);
    assert!(turtle.contains("schema:PerformingArtsEvent"), "{turtle}");
    let list = workplace.expect(0, &["source", "list", "--data", "d"]);
    assert!(list.starts_with("theatre\trank 100"), "{list}");
}

#[test]
fn exit_codes_tell_a_refusal_from_a_failure() {
    let workplace = Workplace::with_theatre();
    let bad = PROGRAMME.replace("schema:name \"Le Bac\"@fr ;", "");
    std::fs::write(workplace.path().join("bad.ttl"), bad).expect("a file");
    std::fs::write(workplace.path().join("broken.ttl"), "<a> <b>").expect("a file");
    let before = workplace.expect(0, &["export", "--data", "d"]);
    let submit = ["submit", "--data", "d", "--source", "theatre"];
    workplace.expect(1, &[&submit[..], &["bad.ttl"]].concat());
    let json = workplace.run(&[&submit[..], &["--report", "json", "bad.ttl"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["outcome"], "refused");
    for (file, expected) in [("broken.ttl", "broken.ttl"), ("missing.ttl", "missing.ttl")] {
        let text = workplace.expect(2, &[&submit[..], &[file]].concat());
        assert!(text.contains(expected), "{text}");
    }
    let text = workplace.expect(2, &["submit", "--data", "d", "--source", "nobody", "p.ttl"]);
    assert!(text.contains("affiche source add nobody"), "{text}");
    let text = workplace.expect(
        2,
        &[
            "submit", "--data", "nowhere", "--source", "theatre", "p.ttl",
        ],
    );
    assert!(text.contains("nowhere"), "{text}");
    let text = workplace.expect(
        2,
        &["export", "--data", "d", "--base", "https://other.example/"],
    );
    assert!(text.contains("https://data.example.org"), "{text}");
    assert_eq!(workplace.expect(0, &["export", "--data", "d"]), before);
}

#[test]
fn the_standard_input_is_a_file_too() {
    let workplace = Workplace::with_theatre();
    let mut child = workplace
        .command(&[
            "submit", "--data", "d", "--source", "theatre", "--format", "turtle", "-",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(PROGRAMME.as_bytes()).expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_port_in_use_is_told_before_anything_is_written() {
    let workplace = Workplace::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let text = workplace.expect(2, &["serve", "--data", "d", "--bind", &address]);
    assert!(text.contains("in use") && text.contains("--bind"), "{text}");
    assert!(!workplace.path().join("d").exists());
}

#[test]
fn a_configuration_with_faults_is_told_whole() {
    let workplace = Workplace::new();
    std::fs::write(
        workplace.path().join("affiche.toml"),
        "bnid = 1\n[limits]\nqueries = 'many'\n",
    )
    .expect("a file");
    let text = workplace.expect(2, &["config", "print"]);
    assert!(
        text.contains("affiche.toml, line 1") && text.contains("line 3"),
        "{text}"
    );
    std::fs::write(
        workplace.path().join("affiche.toml"),
        "[limits]\nqueries = 7\n",
    )
    .expect("a file");
    let text = workplace.expect(0, &["config", "print"]);
    assert!(text.contains("queries = 7  # from the file"), "{text}");
}

#[test]
fn a_running_server_keeps_others_out_and_stops_when_told() {
    let workplace = Workplace::with_theatre();
    let mut server = workplace
        .command(&["serve", "--data", "d", "--bind", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut lines = BufReader::new(server.stderr.take().expect("a pipe")).lines();
    let ready = lines
        .by_ref()
        .map_while(Result::ok)
        .any(|line| line.contains("serving `d` at http://127.0.0.1:"));
    assert!(ready);
    let text = workplace.expect(2, &["rebuild", "--data", "d"]);
    assert!(text.contains("open in another process"), "{text}");
    let told = Command::new("kill")
        .args(["-TERM", &server.id().to_string()])
        .status();
    assert!(told.expect("there is a `kill`").success());
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    assert_eq!(server.wait().expect("it ends").code(), Some(0), "{rest:?}");
    workplace.expect(0, &["check", "--data", "d"]);
}
