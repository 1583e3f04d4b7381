//! Random shapes and data, validated by this engine and by others, whose reports are compared.
//!
//! The others are Python packages: `AFFICHE_PYTHON` names an interpreter that has them, and
//! without it the tests say so and pass. `AFFICHE_CASES` says how many cases to run, and
//! `AFFICHE_FROM` from which number on.
//!
//! They must agree on all that a [`Ground`] asks. What it leaves out is what the other engine gets
//! wrong: `docs/decisions/0017-what-the-shacl-engine-takes-and-refuses.md` says how, and by which
//! section of the recommendation.

use crate::random_shapes::{self as random, Tape, Words};
use affiche::rdf::{Graph, Quads};
use affiche::shapes::{Classes, Path, ValidationResult, validate};
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::NTriplesParser;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const SH: &str = "http://www.w3.org/ns/shacl#";

/// One result in the form in which results are compared: blank nodes have no name, and a path is
/// told only when it is a property.
type Row = [String; 5];
type Rows = BTreeMap<Row, usize>;

struct Case {
    number: usize,
    shapes: String,
    data: Vec<Triple>,
}

impl Case {
    /// A case follows from its number alone.
    fn new(number: usize, words: Words) -> Self {
        let mut state = (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut bytes = Vec::new();
        for _ in 0..600 {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes.push((state >> 32) as u8);
        }
        let mut tape = Tape::new(&bytes, words);
        let data: Graph = random::triples(&mut tape, 18).into_iter().collect();
        Self {
            number,
            data: data.iter().cloned().collect(),
            shapes: random::shapes(&mut tape),
        }
    }

    fn n_triples(&self) -> String {
        self.data
            .iter()
            .map(|triple| format!("{triple} .\n"))
            .collect()
    }

    fn ours(&self) -> Rows {
        let shapes = random::compile(&self.shapes).expect("others are not asked about recursion");
        let data: Graph = self.data.iter().cloned().collect();
        let classes = Classes::read(&data).expect("memory");
        let results = validate(&shapes, &data, &classes).expect("memory");
        counted(results.iter().map(row))
    }
}

fn row(result: &ValidationResult) -> Row {
    [
        plain(&result.focus),
        result
            .path
            .as_ref()
            .map(|path| path.predicate().map_or_else(complex, ToString::to_string))
            .unwrap_or_default(),
        result.value.as_ref().map(plain).unwrap_or_default(),
        short(result.component.as_str()),
        short(result.severity_iri.as_str()),
    ]
}

fn complex() -> String {
    "a path".to_owned()
}

fn plain(term: &Term) -> String {
    match term {
        Term::BlankNode(_) => "_:".to_owned(),
        other => other.to_string(),
    }
}

fn short(iri: &str) -> String {
    iri.strip_prefix(SH).unwrap_or(iri).to_owned()
}

fn counted(rows: impl Iterator<Item = Row>) -> Rows {
    let mut counted = Rows::new();
    for row in rows {
        *counted.entry(row).or_default() += 1;
    }
    counted
}

/// The results of a report.
fn read(report: &str) -> Result<Rows, String> {
    let graph: Graph = NTriplesParser::new()
        .for_slice(report)
        .collect::<Result<_, _>>()
        .map_err(|error| format!("its report is no N-Triples: {error}"))?;
    let of = |node: &NamedOrBlankNode, local: &str| -> Option<Term> {
        let property = format!("{SH}{local}");
        let property = NamedNodeRef::new_unchecked(&property);
        graph.objects(node, property).next().cloned()
    };
    // A result nested in another one explains it.
    let property = format!("{SH}result");
    let results = graph.matching(None, Some(NamedNodeRef::new_unchecked(&property)), None);
    let mut rows = Vec::new();
    for result in results {
        let node = match result.map_err(|error| error.to_string())?.object {
            Term::NamedNode(node) => NamedOrBlankNode::from(node),
            Term::BlankNode(node) => node.into(),
            Term::Literal(literal) => return Err(format!("{literal} is a result")),
        };
        let iri = |local| match of(&node, local) {
            Some(Term::NamedNode(iri)) => short(iri.as_str()),
            other => format!("{other:?}"),
        };
        rows.push([
            of(&node, "focusNode")
                .as_ref()
                .map(plain)
                .unwrap_or_default(),
            match of(&node, "resultPath") {
                None => String::new(),
                Some(Term::NamedNode(path)) => Path::Predicate(path).to_string(),
                Some(_) => complex(),
            },
            of(&node, "value").as_ref().map(plain).unwrap_or_default(),
            iri("sourceConstraintComponent"),
            iri("resultSeverity"),
        ]);
    }
    Ok(counted(rows.into_iter()))
}

/// What one engine has and the other has not.
struct Disagreement<'c> {
    case: &'c Case,
    only_ours: Vec<(Row, usize)>,
    only_theirs: Vec<(Row, usize)>,
    error: Option<String>,
}

impl Disagreement<'_> {
    fn show(&self) -> String {
        let mut text = format!("── case {}\n{}\n", self.case.number, self.case.shapes);
        text.push_str(&self.case.n_triples());
        for (whose, rows) in [
            ("only ours", &self.only_ours),
            ("only theirs", &self.only_theirs),
        ] {
            for (row, count) in rows {
                text.push_str(&format!("{whose}, {count} ×: {}\n", row.join(" | ")));
            }
        }
        if let Some(error) = &self.error {
            text.push_str(&format!("theirs failed: {error}\n"));
        }
        text
    }
}

fn compare<'c>(case: &'c Case, theirs: Result<Rows, String>) -> Option<Disagreement<'c>> {
    let ours = case.ours();
    let (theirs, error) = match theirs {
        Ok(rows) => (rows, None),
        Err(error) => (ours.clone(), Some(error)),
    };
    let more = |one: &Rows, other: &Rows| -> Vec<(Row, usize)> {
        one.iter()
            .filter_map(|(row, count)| {
                let more = count.saturating_sub(*other.get(row).unwrap_or(&0));
                (more > 0).then(|| (row.clone(), more))
            })
            .collect()
    };
    let disagreement = Disagreement {
        case,
        only_ours: more(&ours, &theirs),
        only_theirs: more(&theirs, &ours),
        error,
    };
    (ours != theirs || disagreement.error.is_some()).then_some(disagreement)
}

/// The answers of another engine, in the order of the cases. When its process dies in one of
/// them, that one failed, and the rest goes to another process.
fn ask(python: &str, engine: &str, cases: &[Case]) -> Vec<Result<Rows, String>> {
    let mut answers = Vec::new();
    while let Some(rest) = cases.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        let mut process = Command::new(python)
            .arg("tests/differential/engine.py")
            .arg(engine)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("AFFICHE_PYTHON is an interpreter");
        let mut input = process.stdin.take().expect("it is piped");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let before = answers.len();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for case in rest {
                    let line =
                        serde_json::json!({ "shapes": case.shapes, "data": case.n_triples() });
                    if writeln!(input, "{line}").is_err() {
                        break;
                    }
                }
            });
            for line in output.lines().map_while(Result::ok) {
                let answer: serde_json::Value = serde_json::from_str(&line).expect("JSON");
                answers.push(match answer["report"].as_str() {
                    Some(report) => read(report),
                    None => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
                });
            }
        });
        let _ = process.wait();
        assert!(
            answers.len() > before || before > 0,
            "{engine} answers nothing: is it installed for {python}?"
        );
        if answers.len() < cases.len() {
            answers.push(Err("its process died".to_owned()));
        }
    }
    answers
}

/// What an engine is asked, and the errors of its own with which it may answer.
struct Ground {
    engine: &'static str,
    name: &'static str,
    words: Words,
    /// Part of the text, and what it comes from.
    errors: &'static [(&'static str, &'static str)],
}

const PYSHACL: &[Ground] = &[
    Ground {
        engine: "pyshacl",
        name: "all but comparisons",
        words: Words {
            allows: |constraint, _| {
                let compares = [
                    "sh:lessThan",
                    "sh:minInc",
                    "sh:minExc",
                    "sh:maxInc",
                    "sh:maxExc",
                ];
                !compares.iter().any(|start| constraint.starts_with(start))
                    && pyshacl_can(constraint)
            },
            ..Words::ALL
        },
        errors: &[],
    },
    Ground {
        engine: "pyshacl",
        name: "comparisons of numbers",
        words: Words {
            allows: |constraint, _| pyshacl_can(constraint),
            ..Words::NUMBERS
        },
        errors: &[],
    },
];

fn pyshacl_can(constraint: &str) -> bool {
    let turns_back_a_sequence = constraint.starts_with("sh:path")
        && constraint.contains("sh:inversePath")
        && constraint.contains("( ");
    constraint != "sh:minLength 0" && !turns_back_a_sequence
}

const PYRUDOF: &[Ground] = &[
    Ground {
        engine: "pyrudof",
        name: "shapes of nodes",
        words: Words {
            literal_targets: false,
            literal_values: false,
            node_values: true,
            paths: true,
            allows: pyrudof_can,
            ..Words::NUMBERS
        },
        errors: PYRUDOF_ERRORS,
    },
    Ground {
        engine: "pyrudof",
        name: "comparisons of numbers",
        words: Words {
            literal_targets: false,
            // No literal gets to a shape with a path, or one that reads properties of it.
            allows: |constraint, has_path| {
                let refers = [
                    "sh:property",
                    "sh:node ",
                    "sh:not",
                    "sh:or",
                    "sh:and",
                    "sh:xone",
                    "sh:qual",
                ];
                pyrudof_can(constraint, has_path)
                    && !constraint.starts_with("sh:targetObjectsOf")
                    && !(has_path && refers.iter().any(|start| constraint.starts_with(start)))
            },
            ..Words::NUMBERS
        },
        errors: PYRUDOF_ERRORS,
    },
];

const PYRUDOF_ERRORS: &[(&str, &str)] = &[("input is empty", "data without triples")];

fn pyrudof_can(constraint: &str, _: bool) -> bool {
    let is = |start| constraint.starts_with(start);
    let turns_back_a_path = is("sh:path")
        && (constraint.contains("sh:inversePath [") || constraint.contains("sh:inversePath ("));
    !(is("sh:closed")
        || is("sh:lessThan")
        || is("sh:deactivated")
        || is("sh:languageIn ( \"*\"")
        || turns_back_a_path)
}

fn number(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().expect("a number"),
        Err(_) => default,
    }
}

fn agrees(grounds: &[Ground]) {
    let Ok(python) = std::env::var("AFFICHE_PYTHON") else {
        eprintln!("SKIPPED: AFFICHE_PYTHON names no interpreter with other SHACL engines");
        return;
    };
    let from = number("AFFICHE_FROM", 0);
    let count = number("AFFICHE_CASES", 1_000);
    let mut disagreements = Vec::new();
    for ground in grounds {
        let cases: Vec<Case> = (from..from + count)
            .map(|number| Case::new(number, ground.words))
            .filter(|case| random::compile(&case.shapes).is_some())
            .collect();
        let mut results = 0;
        let mut errors: BTreeMap<&str, usize> = BTreeMap::new();
        for (case, answer) in cases.iter().zip(ask(&python, ground.engine, &cases)) {
            results += answer
                .as_ref()
                .map_or(0, |rows| rows.values().sum::<usize>());
            let error = answer
                .as_ref()
                .err()
                .and_then(|error| ground.errors.iter().find(|(text, _)| error.contains(text)));
            if let Some((_, comes_from)) = error {
                *errors.entry(comes_from).or_default() += 1;
            } else if let Some(disagreement) = compare(case, answer) {
                disagreements.push(format!(
                    "{}, {}:\n{}",
                    ground.engine,
                    ground.name,
                    disagreement.show()
                ));
            }
        }
        eprintln!(
            "{}, {}: {count} cases, {results} results",
            ground.engine, ground.name
        );
        for (comes_from, count) in errors {
            eprintln!("    {count} not answered: {comes_from}");
        }
    }
    let first: Vec<&str> = disagreements.iter().take(40).map(String::as_str).collect();
    assert!(
        disagreements.is_empty(),
        "{} disagreements; the first:\n{}",
        disagreements.len(),
        first.join("\n")
    );
}

#[test]
fn pyshacl_finds_the_same() {
    agrees(PYSHACL);
}

#[test]
fn pyrudof_finds_the_same() {
    agrees(PYRUDOF);
}
