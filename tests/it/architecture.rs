//! `docs/architecture.md` draws which module may use which, and says where things are. These
//! tests hold the code to the drawing, and the documents to the code.

use affiche::http::problem::PROBLEMS;
use affiche::ingest::importers::IMPORTERS;
use affiche::publish::{DUMPS, FORMATS};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text_of(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder of the project, by their path in the project, sorted.
fn files_below(folder: &str, ending: &str) -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                files.push(in_project(&path));
            }
        }
    }
    files.sort_unstable();
    files
}

fn in_project(path: &Path) -> String {
    let path = path.strip_prefix(root()).expect("a file of the project");
    path.to_string_lossy().replace('\\', "/")
}

/// The edges drawn in the document: for each module, in the order of the drawing, what it uses.
fn drawn() -> Vec<(String, BTreeSet<String>)> {
    let document = text_of("docs/architecture.md");
    let (_, drawing) = document
        .split_once("```uses\n")
        .expect("the drawing is a block marked `uses`");
    let (drawing, _) = drawing.split_once("```").expect("the block ends");
    drawing
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (module, uses) = line.split_once('→').unwrap_or((line, ""));
            let uses = uses.split_whitespace().map(str::to_owned).collect();
            (module.trim().to_owned(), uses)
        })
        .collect()
}

/// The modules that there are.
fn modules() -> BTreeSet<String> {
    let declaration = Regex::new(r"(?m)^(?:pub )?mod (\w+);").expect("a pattern");
    declaration
        .captures_iter(&text_of("src/lib.rs"))
        .map(|found| found[1].to_owned())
        .collect()
}

fn module_of(path: &str) -> &str {
    let path = path.strip_prefix("src/").expect("a file of the program");
    path.split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs")
}

/// The program's own code by file: without comments, texts and tests.
fn code() -> BTreeMap<String, String> {
    let mut code = BTreeMap::new();
    let mut tests: Vec<String> = Vec::new();
    for path in files_below("src", ".rs") {
        let text = without_comments_and_texts(&text_of(&path));
        let (text, test_files) = without_tests(&text);
        let folder: PathBuf = match Path::new(&path).file_stem() {
            Some(stem) if stem == "mod" || stem == "lib" => {
                Path::new(&path).parent().expect("in src").to_owned()
            }
            _ => Path::new(&path).with_extension(""),
        };
        for name in test_files {
            tests.push(format!("{}/{name}.rs", folder.display()));
            tests.push(format!("{}/{name}/", folder.display()));
        }
        code.insert(path, text);
    }
    code.retain(|path, _| !tests.iter().any(|test| path.starts_with(test)));
    code
}

/// Blanks out comments, string and character literals.
fn without_comments_and_texts(source: &str) -> String {
    // A lifetime (`'a`) is no character literal: that closes after one character or an escape.
    let skipped = Regex::new(
        r##"(?s)//[^\n]*|/\*.*?\*/|\bb?r"[^"]*"|\bb?r#".*?"#|"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'"##,
    )
    .expect("a pattern");
    skipped.replace_all(source, " ").into_owned()
}

/// Takes out what is compiled for tests alone; gives the names of modules in files of their own
/// as well.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let mut kept = String::new();
    let mut files = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find("#[cfg(test)]") {
        let (before, item) = rest.split_at(start);
        kept.push_str(before);
        let brace = item.find('{').unwrap_or(item.len());
        let semicolon = item.find(';').unwrap_or(item.len());
        if semicolon < brace {
            let name = item[..semicolon].rsplit(' ').next().unwrap_or_default();
            files.push(name.to_owned());
            rest = &item[semicolon + 1..];
        } else {
            let mut depth = 0;
            let end = item.char_indices().find_map(|(place, c)| {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                (c == '}' && depth == 0).then_some(place + 1)
            });
            rest = &item[end.unwrap_or(item.len())..];
        }
    }
    kept.push_str(rest);
    (kept, files)
}

#[test]
fn the_scanner_sees_code_and_nothing_else() {
    let source = "
        use crate::a; // crate::b
        /// crate::c
        let x = \"crate::d // \\\" crate::e\"; let y: &'static str = r#\"crate::f\"#; let z = '\"';
        #[cfg(test)]
        mod tests { fn f() { crate::g() } }
        #[cfg(test)]
        mod samples;
        crate::h();";
    let (code, files) = without_tests(&without_comments_and_texts(source));
    let path = Regex::new(r"crate::(\w+)").expect("a pattern");
    let seen: Vec<&str> = path
        .captures_iter(&code)
        .map(|found| found.get(1).expect("a group").as_str())
        .collect();
    assert_eq!(seen, ["a", "h"]);
    assert_eq!(files, ["samples"]);
}

#[test]
fn every_module_is_drawn_and_every_drawn_module_exists() {
    let drawn: BTreeSet<String> = drawn().into_iter().map(|(module, _)| module).collect();
    assert_eq!(
        drawn,
        modules(),
        "left: docs/architecture.md, right: src/lib.rs"
    );
    let document = text_of("docs/architecture.md");
    for module in modules() {
        assert!(
            document.contains(&format!("\n### `{module}`")),
            "docs/architecture.md says nothing about `{module}`"
        );
    }
}

#[test]
fn what_is_drawn_has_no_circle() {
    let mut above: BTreeSet<String> = BTreeSet::new();
    for (module, uses) in drawn() {
        for used in uses {
            assert!(
                above.contains(&used),
                "`{module}` is drawn above `{used}`, which it uses"
            );
        }
        above.insert(module);
    }
}

#[test]
fn modules_use_only_what_is_drawn() {
    let drawn: BTreeMap<String, BTreeSet<String>> = drawn().into_iter().collect();
    let modules = modules();
    let used = Regex::new(r"\bcrate::\s*(\w+)").expect("a pattern");
    let together = Regex::new(r"\bcrate::\s*\{").expect("a pattern");
    let mut faults = Vec::new();
    let mut edges = 0;
    for (path, code) in code() {
        let module = module_of(&path);
        if matches!(module, "lib" | "main") {
            continue;
        }
        if together.is_match(&code) {
            faults.push(format!(
                "{path}: write `use crate::a; use crate::b;` for `use crate::{{a, b}}`"
            ));
        }
        for found in used.captures_iter(&code) {
            let other = &found[1];
            if other == module || !modules.contains(other) {
                continue;
            }
            edges += 1;
            if !drawn.get(module).is_some_and(|uses| uses.contains(other)) {
                faults.push(format!("{path}: `{module}` may not use `{other}`"));
            }
        }
    }
    assert!(edges > 100, "the scan finds what there is: {edges} uses");
    faults.dedup();
    assert!(
        faults.is_empty(),
        "not in the drawing of docs/architecture.md:\n{}",
        faults.join("\n")
    );
}

/// Files in which a pattern stands, but for those whose path starts with one of `allowed`.
fn found_outside(pattern: &str, allowed: &[&str]) -> Vec<String> {
    let pattern = Regex::new(pattern).expect("a pattern");
    let code = code();
    assert!(
        allowed.is_empty() || code.values().any(|text| pattern.is_match(text)),
        "the pattern finds what there is"
    );
    code.into_iter()
        .filter(|(path, _)| !allowed.iter().any(|start| path.starts_with(start)))
        .filter(|(_, text)| pattern.is_match(text))
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn only_the_store_names_the_store() {
    assert_eq!(found_outside(r"\boxigraph\b", &["src/store/"]), [""; 0]);
}

#[test]
fn async_stops_at_http() {
    let allowed = [
        "src/http/",
        "src/commands/serve.rs",
        "src/commands/interrupt.rs",
    ];
    assert_eq!(
        found_outside(r"\basync\b|\.await\b|\btokio::", &allowed),
        [""; 0]
    );
}

#[test]
fn nothing_gives_up_without_a_reason() {
    let pattern = r"\.unwrap\(\)|\btodo!|\bunimplemented!|\bunsafe\s*\{|#!?\[allow\(";
    assert_eq!(found_outside(pattern, &[]), [""; 0]);
}

#[test]
fn sparql_is_not_built_from_texts() {
    // It looks at code with its texts, since that is where a query would be; tests, which may,
    // stand at the end of a file or in a file named for them.
    let built = Regex::new(r#"(?s)format!\(\s*"[^"]*\b(SELECT|CONSTRUCT|ASK|DESCRIBE)\b[^"]*\?"#)
        .expect("a pattern");
    let found: Vec<String> = files_below("src", ".rs")
        .into_iter()
        .filter(|path| !path.ends_with("tests.rs"))
        .filter(|path| {
            let text = text_of(path);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            built.is_match(code)
        })
        .collect();
    assert_eq!(found, [""; 0]);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<String> = files_below("src", ".rs")
        .into_iter()
        .filter(|path| !path.ends_with("main.rs"))
        .filter(|path| !text_of(path).starts_with("//! "))
        .collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn every_format_has_a_golden_file() {
    let wanted = FORMATS
        .iter()
        .map(|format| format!("tests/golden/performance.{}", format.extension))
        .chain(
            DUMPS
                .iter()
                .map(|format| format!("tests/golden/dump.{}", format.extension)),
        );
    let missing: Vec<String> = wanted.filter(|path| !root().join(path).is_file()).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_row_of_a_table_has_a_place_of_its_own() {
    for importer in IMPORTERS {
        let path = format!("src/ingest/importers/{}.rs", importer.name);
        // One with a table of its own is a folder.
        let folder = format!("src/ingest/importers/{}/mod.rs", importer.name);
        assert!(
            root().join(&path).is_file() || root().join(&folder).is_file(),
            "{path}"
        );
        let document = text_of("docs/reference/importers.md");
        assert!(document.contains(&format!("`{}`", importer.name)));
    }
    let mut slugs = BTreeSet::new();
    for problem in PROBLEMS {
        assert!(slugs.insert(problem.slug), "{} stands twice", problem.slug);
    }
}

/// All documents that people read.
fn documents() -> Vec<String> {
    let mut documents = files_below("docs", ".md");
    documents.extend(
        [
            "README.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md",
            "SECURITY.md",
        ]
        .map(str::to_owned),
    );
    documents.extend(files_below("ontology", ".md"));
    documents
}

#[test]
fn paths_in_documents_exist() {
    let folders = "src|docs|tests|ontology|shapes|examples|\\.ci";
    let named = Regex::new(&format!("`((?:{folders})/[^`\\s]*)`")).expect("a pattern");
    let link = Regex::new(r"\]\(([^)\s#]+)(?:#[^)]*)?\)").expect("a pattern");
    let mut missing = Vec::new();
    let mut count = 0;
    for document in documents() {
        let text = text_of(&document);
        for found in named.captures_iter(&text) {
            // `…`, `*`, `{`, `<` and NNNN stand for something else each time.
            let path = &found[1];
            if path.contains(['…', '*', '{', '<']) || path.contains("NNNN") {
                continue;
            }
            count += 1;
            if !root().join(path).exists() {
                missing.push(format!("{document}: `{path}`"));
            }
        }
        let folder = root().join(&document);
        let folder = folder.parent().expect("in the project");
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.contains(':') || target.starts_with('/') {
                continue;
            }
            count += 1;
            if !folder.join(target).exists() {
                missing.push(format!("{document}: ({target})"));
            }
        }
    }
    assert!(count > 20, "the scan finds what there is: {count} paths");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn decisions_are_numbered_without_gaps_and_say_what_follows() {
    let decisions = files_below("docs/decisions", ".md");
    for (index, path) in decisions.iter().enumerate() {
        let number = format!("docs/decisions/{:04}-", index + 1);
        assert!(
            path.starts_with(&number),
            "{path} should start with {number}"
        );
        let text = text_of(path);
        for heading in ["## Context", "## Decision", "## Consequences"] {
            assert!(text.contains(heading), "{path}: {heading}");
        }
    }
}
