//! The real program, doing one thing after another and killed in the middle of most of them.
//!
//! Thirty kills by default; `AFFICHE_KILLS=1000 cargo test --test it kills` for the long run.

use crate::program::{Data, PREFIXES};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

const KILLS: u32 = 30;
/// The people that the theatre speaks of.
const PEOPLE: u64 = 12;

/// SplitMix64: the same operations in every run; the moments are as the machine allows.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }
}

/// One call of the program.
struct Operation {
    arguments: Vec<String>,
    /// What the theatre's people are called once it is done; `None` is withdrawn.
    names: BTreeMap<u64, Option<String>>,
    /// Whether it may find nothing to do, which is an error to who typed it.
    may_be_idle: bool,
    /// Whether the names are only what may be, even when it ends well.
    is_uncertain: bool,
}

fn operation(random: &mut Random, number: u64, data: &Data, halls: &[String; 2]) -> Operation {
    let describe = |people: &mut dyn Iterator<Item = u64>| {
        let names: BTreeMap<u64, Option<String>> = people
            .map(|person| (person, Some(format!("K{person} v{number}"))))
            .collect();
        let text: String = names
            .iter()
            .map(|(person, name)| {
                let name = name.as_deref().unwrap_or_default();
                format!("t:p{person} a schema:Person ; schema:name \"{name}\" .\n")
            })
            .collect();
        (names, format!("{PREFIXES}{text}"))
    };
    let submit = |mode: &str, file: String| {
        let mut arguments = ["submit", "--source", "theatre", "--mode", mode]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(["--allow-withdrawals".to_owned(), file]);
        arguments
    };
    let decide = |arguments: &[&str], may_be_idle| Operation {
        arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
        names: BTreeMap::new(),
        may_be_idle,
        is_uncertain: false,
    };
    match random.below(13) {
        0..=1 => {
            let end = random.below(PEOPLE);
            let (mut names, text) = describe(&mut (0..=end));
            names.extend((end + 1..PEOPLE).map(|person| (person, None)));
            let file = data.file("all.ttl", &text).display().to_string();
            Operation {
                arguments: submit("replace", file),
                names,
                may_be_idle: false,
                is_uncertain: false,
            }
        }
        2..=5 => {
            let first = random.below(PEOPLE - 1);
            let (names, text) = describe(&mut (first..first + 2));
            let file = data.file("some.ttl", &text).display().to_string();
            Operation {
                arguments: submit("upsert", file),
                names,
                may_be_idle: false,
                is_uncertain: false,
            }
        }
        6..=7 => {
            let person = random.below(PEOPLE);
            let list = format!("https://theatre.example/p{person}\n");
            let file = data.file("gone.uris", &list).display().to_string();
            Operation {
                arguments: submit("withdraw", file),
                names: BTreeMap::from([(person, None)]),
                may_be_idle: false,
                is_uncertain: false,
            }
        }
        8 => decide(&["source", "rank", "festival", &number.to_string()], false),
        9 => decide(
            &["merge", &halls[0], &halls[1], "--despite-different"],
            false,
        ),
        10 => decide(&["unmerge", &halls[0], &halls[1]], true),
        11 => {
            // A name of a while ago, and sometimes the one of today: then nothing is left of them.
            let person = random.below(PEOPLE);
            let name = format!("K{person} v{}", number.saturating_sub(random.below(9)));
            let arguments = [
                "redact",
                "--literal",
                &name,
                "--yes",
                "--because",
                "a trial",
            ];
            Operation {
                names: BTreeMap::from([(person, None)]),
                is_uncertain: true,
                ..decide(&arguments, false)
            }
        }
        _ => {
            let act = if number.is_multiple_of(2) {
                "close"
            } else {
                "open"
            };
            decide(&["source", act, "festival"], false)
        }
    }
}

/// What two halls of the festival are called here.
fn halls(data: &Data) -> [String; 2] {
    let text = format!(
        "{PREFIXES}t:a a schema:Place ; schema:name \"Hall A\" .\nt:b a schema:Place ; schema:name \"Hall B\" .\n"
    );
    let file = data.file("halls.ttl", &text).display().to_string();
    data.run(["submit", "--source", "festival", &file]).with(0);
    let export = data.export();
    ["a", "b"].map(|local| {
        let alias = format!("/source/festival/alias/https%3A%2F%2Ftheatre.example%2F{local}>");
        let line = export.lines().find(|line| line.contains(&alias));
        let object = line
            .and_then(|line| line.split(' ').nth(2))
            .expect("it has a name");
        object.trim_matches(['<', '>']).to_owned()
    })
}

/// What the theatre's people are called in public.
fn published(export: &str) -> BTreeMap<u64, String> {
    export
        .lines()
        .filter(|line| !line.contains("/graph/"))
        .filter_map(|line| {
            let name = line.split_once("> \"K")?.1.split_once('"')?.0;
            let person = name.split_once(' ')?.0.parse().ok()?;
            Some((person, format!("K{name}")))
        })
        .collect()
}

#[test]
fn kills_at_random_moments_of_random_operations_lose_nothing_that_was_acknowledged() {
    let wanted = std::env::var("AFFICHE_KILLS").map_or(KILLS, |text| {
        text.parse().expect("AFFICHE_KILLS is a number")
    });
    let data = Data::new();
    let halls = halls(&data);
    let mut random = Random(20_261_123);
    let mut typical = Duration::from_millis(150);
    let mut known: BTreeMap<u64, Option<String>> =
        (0..PEOPLE).map(|person| (person, None)).collect();
    // What a killed call may or may not have done since that was known.
    let mut possible: BTreeMap<u64, BTreeSet<Option<String>>> = BTreeMap::new();
    let (mut killed, mut acknowledged, mut number) = (0, 0, 0);
    while killed < wanted {
        number += 1;
        let operation = operation(&mut random, number, &data, &halls);
        let after = (random.below(6) > 0).then(|| typical * random.below(120) as u32 / 100);
        let started = Instant::now();
        let mut child = data
            .affiche(&operation.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        while child.try_wait().expect("it can be waited for").is_none() {
            if after.is_some_and(|after| started.elapsed() >= after) {
                child.kill().expect("it can be killed");
                break;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let status = child.wait().expect("it ends");
        let mut said = String::new();
        for stream in [
            child
                .stdout
                .take()
                .map(|stream| Box::new(stream) as Box<dyn Read>),
            child
                .stderr
                .take()
                .map(|stream| Box::new(stream) as Box<dyn Read>),
        ] {
            let mut stream = stream.expect("it is piped");
            stream.read_to_string(&mut said).expect("it is text");
        }
        match status.code() {
            Some(0) if operation.is_uncertain => {
                acknowledged += 1;
                for (person, name) in operation.names {
                    possible.entry(person).or_default().insert(name);
                }
            }
            Some(0) => {
                acknowledged += 1;
                typical = (typical + started.elapsed()) / 2;
                for (person, name) in operation.names {
                    possible.remove(&person);
                    known.insert(person, name);
                }
            }
            None if status.signal() == Some(9) => {
                killed += 1;
                for (person, name) in operation.names {
                    possible.entry(person).or_default().insert(name);
                }
            }
            Some(2) if operation.may_be_idle && !said.contains("panicked") => {}
            _ => panic!("{:?}: {status}\n{said}", operation.arguments),
        }
        if number.is_multiple_of(5) || killed == wanted {
            data.run(["check"]).with(0);
            let public = published(&data.export());
            for (person, name) in &mut known {
                let now = public.get(person).cloned();
                let is_possible = now == *name
                    || possible
                        .get(person)
                        .is_some_and(|names| names.contains(&now));
                assert!(
                    is_possible,
                    "p{person} is {now:?}, not {name:?} nor {possible:?}"
                );
                *name = now;
            }
            possible.clear();
        }
    }
    eprintln!("{number} operations, {killed} killed, {acknowledged} acknowledged");
    assert!(acknowledged > 0, "nothing came to its end");
    let export = data.export();
    data.run(["rebuild"]).with(0);
    assert_eq!(data.export(), export);
    data.run(["check"]).with(0);
}
