//! The W3C test suite of SHACL Core: whole reports are compared.

use affiche::rdf::parse::{ParseOptions, Syntax, parse};
use affiche::rdf::{Graph, Quads};
use affiche::shapes::{
    Classes, Path as PropertyPath, ReportSyntax, ReportWriter, Shapes, ShapesError,
    ValidationResult, validate,
};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use oxttl::TurtleParser;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const SUITE: &str = "../shared/conformance/shacl-core/data-shapes-test-suite/tests/core";

/// Tests that are not run, by the local name of their IRI, with the reason.
const SKIPPED: &[(&str, &str)] = &[];

/// How many tests the suite's manifests lead to, so that a manifest that is no longer followed
/// does not pass for a success.
const TESTS: usize = 98;

const MF: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#";
const SHT: &str = "http://www.w3.org/ns/shacl-test#";
const SH: &str = "http://www.w3.org/ns/shacl#";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

#[test]
fn the_reports_are_those_of_the_w3c_suite() {
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join(SUITE);
    let Ok(suite) = suite.canonicalize() else {
        eprintln!(
            "SKIPPED: the SHACL Core suite is not at {}",
            suite.display()
        );
        return;
    };
    let mut tests = Vec::new();
    follow(&suite.join("manifest.ttl"), &mut tests);
    assert_eq!(tests.len(), TESTS, "tests found through the manifests");
    let mut failures = Vec::new();
    let mut skipped = 0;
    for test in &tests {
        if let Some((name, reason)) = SKIPPED.iter().find(|(name, _)| *name == test.name) {
            eprintln!("SKIPPED: {name}: {reason}");
            skipped += 1;
        } else if let Err(difference) = test.run() {
            failures.push(format!("{}\n{difference}", test.name));
        }
    }
    assert_eq!(skipped, SKIPPED.len(), "each skipped test still exists");
    assert!(
        failures.is_empty(),
        "{} of {} failed:\n\n{}",
        failures.len(),
        tests.len(),
        failures.join("\n\n")
    );
}

/// The folders of shapes that others publish and use, and how many Turtle files are in them.
const PUBLISHED: [(&str, usize); 2] = [("artsdata/shacl", 2), ("dcat-ap", 9)];

/// Those files of [`PUBLISHED`] that are not compiled: the place, the property and the rule of
/// their first fault, and a part of what is said about it. The others are of the same rule.
const REFUSED: &[(&str, [&str; 4])] = &[
    (
        "artsdata/shacl/event/shacl_events_shape.ttl",
        [
            "<http://kg.artsdata.ca/shacl/SubEventSh>, sh:or, member 1",
            "node",
            "recursion",
            "<http://kg.artsdata.ca/shacl/EventShape> → <http://kg.artsdata.ca/shacl/SubEventSh>",
        ],
    ),
    (
        "dcat-ap/releases/3.0.1/shacl/ranges.ttl",
        [
            "<https://semiceu.github.io/DCAT-AP/releases/3.0.1#adms:IdentifierShape>",
            "property",
            "property-node",
            "053d0ae3c4b213ae2f708e5e492b97e2cce08686> has no sh:path",
        ],
    ),
    (
        "dcat-ap/releases/3.0.1/shacl/dcat-ap-SHACL.ttl",
        [
            "<https://semiceu.github.io/DCAT-AP/releases/3.0.1#dcat:DataServiceShape>",
            "property",
            "property-node",
            "dc08f4dca4377fade57f89454e3fa06a8389d314> has no sh:path",
        ],
    ),
];

#[test]
fn shapes_that_others_publish_compile_or_are_refused_with_place_and_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance");
    let Ok(folder) = folder.canonicalize() else {
        eprintln!("SKIPPED: no published shapes at {}", folder.display());
        return;
    };
    let mut refused = 0;
    for (published, count) in PUBLISHED {
        let mut files = Vec::new();
        turtle_files(&folder.join(published), &mut files);
        assert_eq!(files.len(), count, "Turtle files in {published}");
        for file in files {
            let expected = REFUSED.iter().find(|(name, _)| file.ends_with(name));
            match (Shapes::compile(&load(&file)), expected) {
                (Ok(_), None) => {}
                (Ok(_), Some(_)) => panic!("{} is not refused", file.display()),
                // What we do not support is no fault of theirs.
                (Err(ShapesError::IllFormed(faults)), None)
                    if faults.iter().all(|fault| fault.rule == "unsupported") => {}
                (Err(ShapesError::IllFormed(faults)), Some((_, told))) => {
                    let [place, parameter, rule, problem] = *told;
                    let fault = faults.first().expect("a reason");
                    assert!(faults.iter().all(|other| other.rule == rule), "{faults:#?}");
                    assert_eq!(
                        (&*fault.place, fault.parameter, fault.rule),
                        (place, Some(parameter), rule)
                    );
                    assert!(fault.problem.contains(problem), "{fault}");
                    refused += 1;
                }
                (Err(error), _) => panic!("{}: {error}", file.display()),
            }
        }
    }
    assert_eq!(refused, REFUSED.len());
}

fn turtle_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder that can be listed").path();
        if path.is_dir() {
            // Data, and one of the files is no Turtle.
            if !path.ends_with("html/examples") {
                turtle_files(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "ttl") {
            files.push(path);
        }
    }
}

struct Test {
    name: String,
    file: Graph,
    node: NamedOrBlankNode,
}

/// The tests of a manifest and of all that it includes.
fn follow(manifest: &Path, tests: &mut Vec<Test>) {
    let graph = load(manifest);
    let here: NamedOrBlankNode = iri_of(manifest).into();
    for included in values(&graph, &here, MF, "include") {
        follow(&file_of(&included), tests);
    }
    for list in values(&graph, &here, MF, "entries") {
        for entry in members(&graph, &list) {
            let node = subject(&entry);
            tests.push(Test {
                name: local_name(&entry),
                file: graph.clone(),
                node,
            });
        }
    }
}

impl Test {
    fn run(&self) -> Result<(), String> {
        let action = subject(&one(&self.file, &self.node, MF, "action"));
        let data = load(&file_of(&one(&self.file, &action, SHT, "dataGraph")));
        let shapes = load(&file_of(&one(&self.file, &action, SHT, "shapesGraph")));
        let expected = one(&self.file, &self.node, MF, "result");

        let shapes = Shapes::compile(&shapes).map_err(|error| error.to_string())?;
        let classes = Classes::read(&data).map_err(|error| error.to_string())?;
        let found = validate(&shapes, &data, &classes).map_err(|error| error.to_string())?;

        let report = subject(&expected);
        let results = values(&self.file, &report, SH, "result");
        let mut expected: Vec<String> = results
            .iter()
            .map(|result| line_of_result(&self.file, &subject(result)))
            .collect();
        let mut actual: Vec<String> = found.iter().map(line_of_found).collect();
        expected.sort();
        actual.sort();
        let conforms = one(&self.file, &report, SH, "conforms");
        let says_so = matches!(&conforms, Term::Literal(literal) if literal.value() == "true");
        if expected != actual || says_so != found.is_empty() {
            return Err(format!(
                "expected:\n  {}\nfound:\n  {}",
                expected.join("\n  "),
                actual.join("\n  ")
            ));
        }
        for syntax in [ReportSyntax::Turtle, ReportSyntax::JsonLd] {
            let (lines, conforms) = reread(&found, syntax);
            if lines != expected || conforms != says_so {
                return Err(format!(
                    "expected:\n  {}\nwritten as {syntax:?}:\n  {}",
                    expected.join("\n  "),
                    lines.join("\n  ")
                ));
            }
        }
        self.messages(&results, &found)
    }

    /// Every message that the suite names must be there.
    fn messages(&self, results: &[Term], found: &[ValidationResult]) -> Result<(), String> {
        for message in results
            .iter()
            .flat_map(|result| values(&self.file, &subject(result), SH, "resultMessage"))
        {
            let is_there = found
                .iter()
                .flat_map(|result| &result.messages)
                .any(|text| Term::from(text.clone()) == message);
            if !is_there {
                return Err(format!("the message {message} is missing"));
            }
        }
        Ok(())
    }
}

/// The report as we write it, read again: its results, and whether it says that the data conforms.
fn reread(found: &[ValidationResult], syntax: ReportSyntax) -> (Vec<String>, bool) {
    let mut writer = ReportWriter::begin(Vec::new(), syntax).expect("memory");
    for result in found {
        writer.add(result).expect("memory");
    }
    let text = writer.end().expect("memory");
    let syntax = match syntax {
        ReportSyntax::Turtle => Syntax::Turtle,
        ReportSyntax::JsonLd => Syntax::JsonLd,
    };
    let graph = parse(&text, syntax, &ParseOptions::default())
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&text)))
        .graph;
    let report = Term::from(NamedNode::new(format!("{SH}ValidationReport")).expect("an IRI"));
    let mut reports = graph.pointing_to(&report).map(|triple| &triple.subject);
    let report = reports.next().expect("a report").clone();
    assert_eq!(reports.next(), None);
    let results = values(&graph, &report, SH, "result");
    assert_eq!(results.len(), found.len(), "each result is there once");
    let mut lines: Vec<String> = results
        .iter()
        .map(|result| line_of_result(&graph, &subject(result)))
        .collect();
    lines.sort();
    let mut messages: Vec<Term> = results
        .iter()
        .flat_map(|result| values(&graph, &subject(result), SH, "resultMessage"))
        .collect();
    let mut written: Vec<Term> = found
        .iter()
        .flat_map(|result| result.messages.iter().cloned().map(Term::from))
        .collect();
    messages.sort_by_key(Term::to_string);
    written.sort_by_key(Term::to_string);
    assert_eq!(messages, written);
    let conforms = one(&graph, &report, SH, "conforms");
    (
        lines,
        matches!(&conforms, Term::Literal(literal) if literal.value() == "true"),
    )
}

fn line_of_result(graph: &Graph, result: &NamedOrBlankNode) -> String {
    let optional = |local: &str| values(graph, result, SH, local).first().cloned();
    let path = optional("resultPath").map(|path| path_text(graph, &path));
    line(
        &one(graph, result, SH, "focusNode"),
        path,
        optional("value").as_ref(),
        optional("sourceShape").as_ref(),
        &one(graph, result, SH, "sourceConstraintComponent"),
        &one(graph, result, SH, "resultSeverity"),
    )
}

fn line_of_found(result: &ValidationResult) -> String {
    line(
        &result.focus,
        result.path.as_ref().map(PropertyPath::to_string),
        result.value.as_ref(),
        Some(&result.source_shape),
        &result.component.clone().into(),
        &result.severity_iri.clone().into(),
    )
}

/// Blank nodes of two readings have no common names, so each stands for any.
fn line(
    focus: &Term,
    path: Option<String>,
    value: Option<&Term>,
    shape: Option<&Term>,
    component: &Term,
    severity: &Term,
) -> String {
    let text = |term: Option<&Term>| match term {
        Some(Term::BlankNode(_)) => "_:".to_owned(),
        Some(term) => term.to_string(),
        None => "-".to_owned(),
    };
    format!(
        "{} | {} | {} | {} | {} | {}",
        text(Some(focus)),
        path.unwrap_or_else(|| "-".to_owned()),
        text(value),
        text(shape),
        local_name(component),
        local_name(severity)
    )
}

type Wrap = fn(String) -> String;

/// The path in SPARQL, written from the graph by other code than the engine's.
fn path_text(graph: &Graph, path: &Term) -> String {
    let Term::BlankNode(_) = path else {
        return path.to_string();
    };
    let node = subject(path);
    let joined = |list: &Term, by: &str| {
        let texts: Vec<String> = members(graph, list)
            .iter()
            .map(|member| path_text(graph, member))
            .collect();
        format!("({})", texts.join(by))
    };
    if !values(graph, &node, RDF, "first").is_empty() {
        return joined(path, "/");
    }
    let kinds: [(&str, Wrap); 4] = [
        ("inversePath", |inner| format!("^{inner}")),
        ("zeroOrMorePath", |inner| format!("({inner})*")),
        ("oneOrMorePath", |inner| format!("({inner})+")),
        ("zeroOrOnePath", |inner| format!("({inner})?")),
    ];
    for (local, wrap) in kinds {
        if let Some(inner) = values(graph, &node, SH, local).first() {
            return wrap(path_text(graph, inner));
        }
    }
    joined(&one(graph, &node, SH, "alternativePath"), "|")
}

fn load(file: &Path) -> Graph {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let parser = TurtleParser::new()
        .with_base_iri(iri_of(file).into_string())
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    // Blank node labels of one file must not meet those of another.
    let prefix = file.to_string_lossy().bytes().fold(7_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    let mut names = BTreeMap::new();
    let mut rename = |name: &str| {
        let next = names.len();
        let index = *names.entry(name.to_owned()).or_insert(next);
        oxrdf::BlankNode::new_unchecked(format!("f{prefix:x}n{index}"))
    };
    parser
        .for_slice(&text)
        .map(|triple| {
            let triple = triple.unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let subject: NamedOrBlankNode = match triple.subject {
                NamedOrBlankNode::BlankNode(node) => rename(node.as_str()).into(),
                named => named,
            };
            let object: Term = match triple.object {
                Term::BlankNode(node) => rename(node.as_str()).into(),
                other => other,
            };
            Triple::new(subject, triple.predicate, object)
        })
        .collect()
}

fn iri_of(file: &Path) -> NamedNode {
    NamedNode::new(format!("file://{}", file.display())).expect("the suite's paths are plain")
}

fn file_of(iri: &Term) -> PathBuf {
    match iri {
        Term::NamedNode(iri) => PathBuf::from(iri.as_str().trim_start_matches("file://")),
        other => panic!("{other} is no file"),
    }
}

fn values(graph: &Graph, node: &NamedOrBlankNode, namespace: &str, local: &str) -> Vec<Term> {
    let predicate = format!("{namespace}{local}");
    graph
        .matching(
            Some(node.as_ref()),
            Some(NamedNodeRef::new_unchecked(&predicate)),
            None,
        )
        .map(|triple| triple.expect("memory can be read").object)
        .collect()
}

fn one(graph: &Graph, node: &NamedOrBlankNode, namespace: &str, local: &str) -> Term {
    values(graph, node, namespace, local)
        .first()
        .cloned()
        .unwrap_or_else(|| panic!("{node} has no {local}"))
}

fn members(graph: &Graph, list: &Term) -> Vec<Term> {
    let mut cell = list.clone();
    let mut members = Vec::new();
    while cell.to_string() != format!("<{RDF}nil>") {
        let node = subject(&cell);
        members.push(one(graph, &node, RDF, "first"));
        cell = one(graph, &node, RDF, "rest");
    }
    members
}

fn subject(term: &Term) -> NamedOrBlankNode {
    match term {
        Term::NamedNode(node) => node.clone().into(),
        Term::BlankNode(node) => node.clone().into(),
        Term::Literal(literal) => panic!("{literal} is no subject"),
    }
}

fn local_name(term: &Term) -> String {
    let text = term.to_string();
    text.trim_end_matches('>')
        .rsplit(['#', '/'])
        .next()
        .unwrap_or_default()
        .to_owned()
}
