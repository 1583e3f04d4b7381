//! `docs/reference/` follows from the tables in the code: each page is compared with what they
//! say now. `UPDATE_DOCS=1 cargo test --test it docs` writes the pages again.

use crate::support::{Folder, NOW, at, base, name, opening};
use crate::vocabulary::{self, SKOS};
use affiche::cli::Cli;
use affiche::config::KEYS;
use affiche::http::problem::PROBLEMS;
use affiche::ingest::importers::csv::COLUMNS;
use affiche::ingest::importers::{IMPORTERS, compression};
use affiche::ingest::normalise::{Normalised, RULES, normalise};
use affiche::ingest::vocabulary::{Vocabulary, label_key};
use affiche::ingest::{Door, MINIMUM, Outcome, builtin, sources};
use affiche::model::kind::{KINDS, Kinds};
use affiche::model::property::{Fusion, PROPERTIES, Properties};
use affiche::model::{Base, Source};
use affiche::publish::{DUMPS, FORMATS};
use affiche::rdf::Graph;
use affiche::rdf::parse::{ParseOptions, Syntax, parse};
use affiche::store::Store;
use clap::{Command, CommandFactory};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use oxttl::TurtleParser;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

type Writer = fn() -> String;

/// The generated pages.
const PAGES: &[(&str, Writer)] = &[
    ("capdata.md", || profile("capdata")),
    ("command-line.md", command_line),
    ("configuration.md", configuration),
    ("csv.md", csv),
    ("formats.md", formats),
    ("google.md", || profile("google")),
    ("importers.md", importers),
    ("minimum.md", || profile("minimum")),
    ("model.md", model),
    ("national.md", || profile("national")),
    ("normalisation.md", normalisation),
    ("problems.md", problems),
    ("queries.md", queries),
    ("vocabularies.md", vocabularies),
];

#[test]
fn the_reference_says_what_the_tables_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference");
    let mut stale = Vec::new();
    for (name, write) in PAGES {
        let path = folder.join(name);
        let text = write();
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, text).expect("the page can be written");
        } else if std::fs::read_to_string(&path).ok().as_deref() != Some(text.as_str()) {
            stale.push(*name);
        }
    }
    assert!(
        stale.is_empty(),
        "docs/reference: {} are not what the code says; `UPDATE_DOCS=1 cargo test --test it docs` writes them again",
        stale.join(", ")
    );
}

const HOW_TOS: &[&str] = &["venue-webmaster.md", "webmestre-de-lieu.md"];

fn how_to(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/how-to");
    std::fs::read_to_string(folder.join(name)).expect("the page is there")
}

/// The fenced blocks of a page with this word.
fn blocks<'a>(page: &'a str, word: &str) -> Vec<&'a str> {
    page.split("```")
        .skip(1)
        .step_by(2)
        .filter_map(|block| block.strip_prefix(word)?.strip_prefix('\n'))
        .collect()
}

#[test]
fn the_examples_for_webmasters_are_accepted_without_a_finding() {
    for name in HOW_TOS {
        let page = how_to(name);
        for (word, format) in [
            ("json", "jsonld"),
            ("turtle", "turtle"),
            ("csv", "csv"),
            ("html", "html"),
        ] {
            let [example] = blocks(&page, word)[..] else {
                panic!("{name} has one example in {word}");
            };
            let mut folder = Folder::with_sources(&["tilleuls"]);
            let report = folder
                .submit_bytes("tilleuls", example.as_bytes(), format, false)
                .expect("it can be read");
            assert_eq!(report.outcome, Outcome::Accepted, "{name}, {word}");
            // A performance and its place; of a spreadsheet also the production and the company.
            let created = if format == "csv" { 4 } else { 2 };
            assert_eq!(report.counts.created, created, "{name}, {word}");
            assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
        }
    }
}

#[test]
fn the_codes_that_webmasters_are_told_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shapes = std::fs::read_to_string(root.join("shapes/minimum.ttl")).expect("the shapes");
    let mut code = String::new();
    let mut folders = vec![root.join("src/ingest")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                code.push_str(&std::fs::read_to_string(path).expect("code"));
            }
        }
    }
    let mut count = 0;
    for name in HOW_TOS {
        let page = how_to(name);
        for line in page.lines().filter(|line| line.starts_with("| `")) {
            let cell = line.split('|').nth(1).unwrap_or_default();
            for told in cell.split('`').skip(1).step_by(2) {
                count += 1;
                assert!(
                    shapes.contains(&format!("\n:{told} "))
                        || code.contains(&format!("\"{told}\"")),
                    "{name}: nothing has the code `{told}`"
                );
            }
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn the_record_in_the_reference_of_the_log_is_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/log.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let record = blocks(&page, "text")[0];
    let temporary = tempfile::TempDir::new().expect("a temporary folder");
    // The second record of a log, so the page's bytes are judged by their own hashes alone.
    let (frame, content) = record.split_once('\n').expect("a frame line");
    let words: Vec<&str> = frame.split(' ').collect();
    let header_bytes: usize = words[2].parse().expect("a number");
    let body_bytes: usize = words[3].parse().expect("a number");
    assert_eq!(content.len(), header_bytes + body_bytes);
    let hash = |text: &str| -> String {
        Sha256::digest(text)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    };
    assert_eq!(hash(content), words[4]);
    let (header, body) = content.split_at(header_bytes);
    assert!(header.contains(&format!("H body-sha256 \"{}\" .", hash(body))));
    // And its framing is the one that is written today.
    let folder = temporary.path().join("data");
    let store = Store::open(&folder, &opening(true)).expect("a new folder");
    let source = Source::new(name("tilleuls"));
    sources::add(&store, &source, at(NOW)).expect("a source is added");
    let written = std::fs::read_to_string(folder.join("log/00000000000000000001.rdfp"))
        .expect("the first segment");
    let words_of = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| line.starts_with("H ") || line.starts_with("affiche-record 1 "))
            .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect()
    };
    assert_eq!(words_of(record), words_of(&written));
}

/// The beginning of a page.
fn page(title: &str, from: &str, about: &str) -> String {
    format!(
        "# {title}\n\n<!-- Written from {from} by `UPDATE_DOCS=1 cargo test --test it docs`. -->\n\n{about}\n"
    )
}

/// A row of a table.
fn row(out: &mut String, cells: &[&str]) {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| cell.replace('|', "\\|").replace('\n', " "))
        .collect();
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn head(out: &mut String, names: &[&str]) {
    out.push('\n');
    row(out, names);
    row(out, &vec!["---"; names.len()]);
}

/// Each as code.
fn codes(names: &[&str]) -> String {
    let codes: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    codes.join(", ")
}

fn command_line() -> String {
    let mut out = page(
        "The command line",
        "`src/cli.rs`",
        "What `affiche --help` and the help of each command say. From a clone, write `./run` for `affiche`.",
    );
    let mut command = Cli::command().term_width(98);
    command.build();
    help_of(&command, "affiche", &mut out);
    out
}

fn help_of(command: &Command, name: &str, out: &mut String) {
    let help = command.clone().render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let _ = write!(
        out,
        "\n## {name}\n\n```text\n{}\n```\n",
        help.join("\n").trim_end()
    );
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() != "help" {
            help_of(
                subcommand,
                &format!("{name} {}", subcommand.get_name()),
                out,
            );
        }
    }
}

fn configuration() -> String {
    let mut out = page(
        "Configuration",
        "`KEYS` in `src/config.rs`",
        "One TOML file (`affiche.toml` in the data folder, else in the current one), over it the environment, over both the flags. No key is needed. `affiche config print` shows what is in force and where each value comes from.",
    );
    head(&mut out, &["key", "variable", "what it is", "for example"]);
    for key in KEYS {
        row(
            &mut out,
            &[
                &codes(&[key.name]),
                &codes(&[&key.variable()]),
                key.help,
                &codes(&[key.example]),
            ],
        );
    }
    out
}

fn formats() -> String {
    let mut out = page(
        "Formats that go out",
        "`FORMATS` and `DUMPS` in `src/publish/`",
        "The document of an entity, at `{base}/doc/{noid}` by the `Accept` header or with the suffix. The HTML page is there besides.",
    );
    head(&mut out, &["name", "media type", "suffix"]);
    for format in FORMATS {
        row(
            &mut out,
            &[
                format.name,
                &codes(&[format.media_type]),
                &codes(&[&format!(".{}", format.extension)]),
            ],
        );
    }
    out.push_str("\nThe public data, in releases and, where it says so, as it is now at `{base}/dumps/` (compressed, with checksums):\n");
    head(&mut out, &["name", "media type", "suffix", "at `/dumps/`"]);
    for format in DUMPS {
        row(
            &mut out,
            &[
                format.name,
                &codes(&[format.media_type]),
                &codes(&[&format!(".{}", format.extension)]),
                if format.is_on_demand { "yes" } else { "no" },
            ],
        );
    }
    out
}

fn importers() -> String {
    let mut out = page(
        "Formats that come in",
        "`IMPORTERS` in `src/ingest/importers/`",
        "What `affiche submit` reads. Without `--format`, the file name's ending decides, then the content; of what only says that it is JSON or XML, the content first.",
    );
    head(
        &mut out,
        &[
            "name",
            "media types",
            "endings",
            "what it is",
            "ce que c’est",
        ],
    );
    for importer in IMPORTERS {
        row(
            &mut out,
            &[
                &codes(&[importer.name]),
                &codes(importer.media_types),
                &codes(importer.extensions),
                importer.about.1,
                importer.about.0,
            ],
        );
    }
    let endings: Vec<&str> = compression::endings().collect();
    let _ = write!(
        out,
        "\nEach may be compressed with gzip or zstd, once: it is unpacked by its first bytes, and an ending ({}) after the other is passed over (`programme.csv.gz`). Unpacked, a submission is no larger than `limits.submission_bytes`.\n\nTo add a format: [how-to](../how-to/add-an-importer.md).\n",
        codes(&endings)
    );
    out
}

fn csv() -> String {
    let mut out = page(
        "The columns of a spreadsheet",
        "`COLUMNS` in `src/ingest/importers/csv/columns.rs`",
        "A spreadsheet saved as CSV: the first row names the columns, each further row is one performance. Case, accents, spaces, underscores and what stands in parentheses make no difference in the names, and the columns may come in any order; `titre` (title) and `date` are required. Rows with the same title (or `id spectacle`) are performances of one production. A column that is not here is left out and told.\n\n*Un tableur enregistré en CSV : la première ligne nomme les colonnes, chaque autre ligne est une représentation. La casse, les accents, les espaces, les traits bas et ce qui est entre parenthèses ne comptent pas dans les noms, et l’ordre des colonnes est libre ; `titre` et `date` sont obligatoires. Les lignes de même titre (ou de même `id spectacle`) sont les représentations d’un même spectacle. Une colonne qui n’est pas ici n’est pas reprise, et c’est dit.*\n\n- Separated by `;`, `,` or tabs; UTF-8, UTF-16 or Windows-1252: found out. *Séparateur `;`, `,` ou tabulation ; UTF-8, UTF-16 ou Windows-1252 : reconnus.*\n- Several values in a cell stand apart by `|` or on lines of their own, where the table says so. *Plusieurs valeurs dans une cellule se séparent par `|` ou par des retours à la ligne, là où le tableau le dit.*\n- Dates: `31/12/2026`, `31/12/26`, `2026-12-31`, `samedi 3 janvier 2026`, with a time after them or in a column of its own; the day comes before the month. Times: `20h30`, `20 h 30`, `20:30`, `8:30 pm`. *Dates et heures : de même ; le jour avant le mois.*\n- Everything else is read by the rules of [normalisation](normalisation.md). *Le reste est lu par les règles de normalisation.*",
    );
    head(
        &mut out,
        &[
            "colonne",
            "column",
            "ce que c’est",
            "what it is",
            "for example",
            "several",
            "becomes",
        ],
    );
    for column in COLUMNS {
        row(
            &mut out,
            &[
                &codes(column.fr),
                &codes(column.en),
                column.about.0,
                column.about.1,
                &codes(&[column.example]),
                if column.is_many { "yes" } else { "" },
                &match column.becomes {
                    "—" => "—".to_owned(),
                    becomes => codes(&[becomes]),
                },
            ],
        );
    }
    out
}

fn model() -> String {
    let mut out = page(
        "The model",
        "`KINDS` and `PROPERTIES` in `src/model/`",
        "Prefixes: `sv:` is the ontology of the server itself, `{base}/ns#`; `schema:` is `http://schema.org/`; `ado:` is `http://kg.artsdata.ca/ontology/`; the others are the usual ones.\n\n## Kinds of entities\n\nA resource is of the first kind that lists one of its classes. Sources are joined within one kind only. Concepts keep their IRIs; all others get one at `{base}/id/…`. What is *by name* is known by its name within its source when it has no IRI.",
    );
    head(
        &mut out,
        &[
            "kind",
            "by one of the classes",
            "always stored as",
            "by name",
        ],
    );
    for kind in KINDS {
        row(
            &mut out,
            &[
                kind.name,
                &codes(kind.classes),
                &codes(kind.stored_as),
                if kind.keyed_by_name { "yes" } else { "" },
            ],
        );
    }
    out.push_str(
        "\n## Properties\n\nIn the order in which documents show them. When several sources speak of one entity, the values of all add up, or are taken from the one source that is followed. A property that is not listed adds up.\n",
    );
    head(&mut out, &["property", "values of several sources"]);
    for property in PROPERTIES {
        let how = match property.fusion {
            Fusion::Many => "add up".to_owned(),
            Fusion::One => "from one source".to_owned(),
            Fusion::OnePerLanguage => "per language from one source".to_owned(),
            Fusion::Block(block) => format!("the block *{block}*, whole from one source"),
            Fusion::Computed => "computed by the server, never taken from a source".to_owned(),
        };
        row(&mut out, &[&codes(&[property.name]), &how]);
    }
    out
}

fn normalisation() -> String {
    let mut out = page(
        "Normalisation",
        "`RULES` in `src/ingest/normalise/mod.rs`",
        "What the door rewrites before it checks, always told in the report with the value before and after. The examples are what the normaliser makes of them, all rules together, for a source in France; their prefixes are the usual ones, and relative IRIs are the sender's.",
    );
    let normaliser = Normaliser::new();
    for rule in RULES {
        let _ = write!(
            out,
            "\n## {}. {}\n\n{}\n\n*{}*\n\n",
            rule.number, rule.name, rule.about.1, rule.about.0
        );
        let normalised = normaliser.run(rule.example);
        let _ = write!(
            out,
            "```turtle\n{}\n```\n\nbecomes\n\n```turtle\n{}```\n\nand the report says\n\n",
            rule.example,
            normaliser.turtle(&normalised.graph)
        );
        let told: Vec<_> = normalised
            .normalisations
            .iter()
            .filter(|told| told.rule == rule.number)
            .collect();
        assert!(
            !told.is_empty(),
            "rule {} does nothing to its example",
            rule.number
        );
        for told in told {
            let property = match short(&told.property) {
                property if property.is_empty() => property,
                property => format!("{property}: "),
            };
            let after = match &*told.after {
                "" => "left out".to_owned(),
                after => format!("`{after}`"),
            };
            let _ = writeln!(out, "- {property}`{}` → {after}", told.before);
        }
    }
    out
}

/// The normaliser, to show what it makes of examples.
struct Normaliser {
    base: Base,
    vocabulary: Vocabulary,
    kinds: Kinds,
    properties: Properties,
    source: Source,
}

const SENDER: &str = "https://theatre.example/";

impl Normaliser {
    fn new() -> Self {
        let base = base();
        Self {
            vocabulary: Vocabulary::builtin(&base).expect("the built-in files are sound"),
            kinds: Kinds::new(&base),
            properties: Properties::new(&base),
            source: Source::new(name("theatre")),
            base,
        }
    }

    fn run(&self, example: &str) -> Normalised {
        let mut text = String::new();
        for (prefix, namespace) in PREFIXES.iter().filter(|(prefix, _)| !prefix.is_empty()) {
            let _ = writeln!(text, "PREFIX {prefix} <{namespace}>");
        }
        let options = ParseOptions {
            base: Some(SENDER.to_owned()),
            ..ParseOptions::default()
        };
        let text = format!("{text}{example}");
        let graph = parse(text.as_bytes(), Syntax::Turtle, &options)
            .expect("an example is Turtle")
            .graph;
        normalise(
            &graph,
            &self.source,
            &self.vocabulary,
            &self.base,
            &self.kinds,
            &self.properties,
        )
    }

    /// Each resource with its parts inside it, in the order of the model.
    fn turtle(&self, graph: &Graph) -> String {
        let mut out = String::new();
        let mut subjects = graph.subjects();
        subjects.sort_by_key(|subject| subject.to_string());
        for subject in subjects {
            if let NamedOrBlankNode::NamedNode(node) = subject {
                let statements = self.statements(graph, subject, 1);
                let _ = writeln!(out, "{} {statements} .", term(node));
            }
        }
        out
    }

    fn statements(&self, graph: &Graph, subject: &NamedOrBlankNode, depth: usize) -> String {
        let mut values: BTreeMap<(usize, String), BTreeSet<String>> = BTreeMap::new();
        for triple in graph.about(subject) {
            let is_type = triple.predicate.as_str().ends_with("#type");
            let property = if is_type {
                (0, "a".to_owned())
            } else {
                let position = self.properties.position(triple.predicate.as_str());
                (position + 1, term(&triple.predicate))
            };
            let object = match &triple.object {
                Term::NamedNode(node) => term(node),
                Term::BlankNode(node) => {
                    let inner = self.statements(graph, &node.clone().into(), depth + 1);
                    format!("[ {inner} ]")
                }
                Term::Literal(literal) => written(literal),
            };
            values.entry(property).or_default().insert(object);
        }
        let lines: Vec<String> = values
            .into_iter()
            .map(|((_, property), objects)| {
                format!("{property} {}", Vec::from_iter(objects).join(", "))
            })
            .collect();
        lines.join(&format!(" ;\n{}", "    ".repeat(depth)))
    }
}

/// A literal as Turtle writes it, with prefixes.
fn written(literal: &Literal) -> String {
    let value = literal.value();
    match &*short(literal.datatype().as_str()) {
        "xsd:boolean" | "xsd:integer" => value.to_owned(),
        "xsd:decimal" if value.contains('.') => value.to_owned(),
        "xsd:string" | "rdf:langString" => literal.to_string(),
        datatype => format!("\"{value}\"^^{datatype}"),
    }
}

/// An IRI as Turtle writes it.
fn term(node: &NamedNode) -> String {
    let iri = node.as_str();
    let prefixed = short(iri);
    if prefixed != iri {
        return prefixed;
    }
    format!("<{}>", iri.strip_prefix(SENDER).unwrap_or(iri))
}

fn vocabularies() -> String {
    let mut out = page(
        "Vocabularies",
        "`ontology/vocabularies/`",
        "The lists from which values come. In a file that is sent in, write a concept by its IRI, `{base}/vocab/{scheme}/{concept}`, or by any of its names below, in either language; case, accents and punctuation make no difference, and of “Auteur, autrice” either word will do. The IRI of a concept of another vocabulary that ours is an exact match of, as its page says, is understood too.",
    );
    let files = vocabulary::files("vocabularies/");
    let ontology = &vocabulary::files("")["ontology"];
    let known = Vocabulary::builtin(&base()).expect("the built-in files are sound");
    for (name, graph) in &files {
        let scheme = format!("{}/vocab/{name}", base());
        let concepts = vocabulary::concepts(graph);
        let _ = write!(
            out,
            "\n## {name}\n\n{} (*{}*), {} concepts. {}\n\n*{}*\n",
            label(graph, &scheme, "prefLabel", "en"),
            label(graph, &scheme, "prefLabel", "fr"),
            concepts.len(),
            label(graph, &scheme, "definition", "en"),
            label(graph, &scheme, "definition", "fr"),
        );
        let properties: BTreeSet<String> = ontology
            .iter()
            .map(vocabulary::subject)
            .filter(|term| {
                let values = known.scheme_of_property(term);
                values.is_some_and(|values| values.as_str() == scheme)
            })
            .map(|property| format!("`{}`", short(property)))
            .collect();
        if !properties.is_empty() {
            let _ = write!(
                out,
                "\nValues of {}.\n",
                Vec::from_iter(properties).join(", ")
            );
        }
        let is_functions = name == "fonctions";
        let mut names = vec!["concept", "français", "English", "other names", "code"];
        if is_functions {
            names.extend(["direct property", "Cap Data"]);
        }
        head(&mut out, &names);
        let tops = concepts
            .iter()
            .filter(|concept| broader(graph, concept).is_none())
            .copied()
            .collect();
        rows_of(&mut out, graph, &concepts, tops, 0, is_functions);
    }
    out
}

fn broader<'g>(graph: &'g Graph, concept: &str) -> Option<&'g str> {
    let broader = format!("{SKOS}broader");
    let broader = vocabulary::objects(graph, concept, &broader);
    broader.first().map(|concept| vocabulary::iri(concept))
}

fn label(graph: &Graph, subject: &str, property: &str, language: &str) -> String {
    vocabulary::literals(graph, subject, &format!("{SKOS}{property}"))
        .into_iter()
        .find(|label| label.language() == Some(language))
        .map(|label| label.value().to_owned())
        .unwrap_or_default()
}

/// One row for each concept, those below it after it.
fn rows_of(
    out: &mut String,
    graph: &Graph,
    all: &BTreeSet<&str>,
    mut concepts: Vec<&str>,
    depth: usize,
    is_functions: bool,
) {
    concepts.sort_by_cached_key(|concept| label_key(&label(graph, concept, "prefLabel", "fr")));
    for concept in concepts {
        let texts = |property: &str| -> Vec<&str> {
            let texts = vocabulary::literals(graph, concept, property);
            texts.into_iter().map(|text| text.value()).collect()
        };
        let mut others = texts(&format!("{SKOS}altLabel"));
        others.sort_unstable();
        others.dedup();
        let mut cells = vec![
            format!(
                "{}`{}`",
                "› ".repeat(depth),
                concept.rsplit('/').next().unwrap_or_default()
            ),
            label(graph, concept, "prefLabel", "fr"),
            label(graph, concept, "prefLabel", "en"),
            others.join("; "),
            texts(&format!("{SKOS}notation")).join(", "),
        ];
        if is_functions {
            let direct =
                vocabulary::objects(graph, concept, base().sv("proprieteDirecte").as_str());
            cells.push(codes(&[&short(vocabulary::iri(direct[0]))]));
            cells.push(texts(base().sv("participationCapData").as_str()).join(", "));
        }
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        row(out, &cells);
        let below = all
            .iter()
            .filter(|other| broader(graph, other) == Some(concept))
            .copied()
            .collect();
        rows_of(out, graph, all, below, depth + 1, is_functions);
    }
}

/// The example queries: what each answers, and the values that it takes.
fn queries() -> String {
    let mut out = page(
        "The example queries",
        "`examples/queries/`",
        "Each is at `{base}/queries/{name}`: a page in a browser, its answer with `format=` or a value for a parameter, its description in RDF. [How to add one](../how-to/add-an-example-query.md).",
    );
    let door = Door::new(&base()).expect("the built-in files are sound");
    for entry in door.queries().values() {
        let example = entry.read.as_ref().expect("the built-in queries are sound");
        let (name, title, about) = (&example.name, &example.title, &example.about);
        let _ = write!(
            out,
            "\n## {name}\n\n{}. *{}*\n\n{}\n\n*{}*\n",
            title.en, title.fr, about.en, about.fr
        );
        if let Some(when) = &example.may_be_empty {
            let _ = write!(out, "\nIt finds nothing {}.\n", when.en);
        }
        if example.parameters.is_empty() {
            continue;
        }
        head(
            &mut out,
            &["parameter", "what it is", "takes", "default", "for example"],
        );
        for parameter in &example.parameters {
            let defaults = parameter.default.iter().flatten();
            let defaults: Vec<String> = defaults
                .map(|term| format!("`{}`", parameter.spell(term, &base())))
                .collect();
            let default = if parameter.is_optional() {
                "any".to_owned()
            } else {
                defaults.join(", ")
            };
            let mut takes = parameter.told().en.replace(base().as_str(), "{base}");
            if parameter.is_several {
                takes.push_str("; several");
            }
            let example = parameter.example.as_deref();
            row(
                &mut out,
                &[
                    &codes(&[&parameter.name]),
                    &parameter.label.en,
                    &takes,
                    &default,
                    &example.map_or(String::new(), |example| codes(&[example])),
                ],
            );
        }
    }
    out
}

fn problems() -> String {
    let mut out = page(
        "Problems",
        "`PROBLEMS` in `src/http/problem.rs`",
        "An error is answered as a problem (RFC 9457, `application/problem+json`), or as a page in a browser. Its `type` is `{base}/problems/{slug}`.",
    );
    head(
        &mut out,
        &[
            "slug",
            "status",
            "title",
            "what it means and what to do",
            "titre",
        ],
    );
    for problem in PROBLEMS {
        row(
            &mut out,
            &[
                &codes(&[problem.slug]),
                &problem.status.as_u16().to_string(),
                problem.title_en,
                problem.about_en,
                problem.title_fr,
            ],
        );
    }
    out
}

const SH: &str = "http://www.w3.org/ns/shacl#";
/// Prefixes in the order in which they are tried.
const PREFIXES: &[(&str, &str)] = &[
    ("sv:", "http://base.invalid/ns#"),
    ("sv:", "https://data.example.org/ns#"),
    ("schema:", "http://schema.org/"),
    ("ado:", "http://kg.artsdata.ca/ontology/"),
    ("dct:", "http://purl.org/dc/terms/"),
    ("skos:", "http://www.w3.org/2004/02/skos/core#"),
    ("rdf:", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("xsd:", "http://www.w3.org/2001/XMLSchema#"),
    ("owl:", "http://www.w3.org/2002/07/owl#"),
    ("wd:", "http://www.wikidata.org/entity/"),
    ("igeo:", "http://rdf.insee.fr/def/geo#"),
    ("dt:", "https://www.datatourisme.fr/ontology/core#"),
    (
        "disciplines:",
        "https://data.example.org/vocab/disciplines/",
    ),
    ("fonctions:", "https://data.example.org/vocab/fonctions/"),
];

fn short(iri: &str) -> String {
    PREFIXES
        .iter()
        .find_map(|(prefix, namespace)| Some(format!("{prefix}{}", iri.strip_prefix(namespace)?)))
        .unwrap_or_else(|| iri.to_owned())
}

struct ShapesFile(Graph);

impl ShapesFile {
    fn objects(&self, subject: &NamedOrBlankNode, iri: &str) -> Vec<Term> {
        let predicate = NamedNode::new(iri).expect("an IRI");
        self.0
            .objects(subject, NamedNodeRef::from(&predicate))
            .cloned()
            .collect()
    }

    fn sh(&self, subject: &NamedOrBlankNode, local: &str) -> Vec<Term> {
        self.objects(subject, &format!("{SH}{local}"))
    }

    /// A property path in SPARQL's words.
    fn path(&self, path: &Term) -> String {
        let Some(node) = subject(path) else {
            return path.to_string();
        };
        if let NamedOrBlankNode::NamedNode(iri) = &node {
            return short(iri.as_str());
        }
        for (local, before, after) in [
            ("inversePath", "^", ""),
            ("zeroOrOnePath", "", "?"),
            ("zeroOrMorePath", "", "*"),
            ("oneOrMorePath", "", "+"),
        ] {
            if let [inner] = self.sh(&node, local).as_slice() {
                return format!("{before}{}{after}", self.path(inner));
            }
        }
        if let [alternatives] = self.sh(&node, "alternativePath").as_slice() {
            return format!("({})", self.list(alternatives).join("|"));
        }
        self.list(path).join("/")
    }

    /// The properties of which a shape wants values, from the entity that it is about.
    fn properties(&self, shape: &NamedOrBlankNode) -> Vec<String> {
        let Some(path) = self.sh(shape, "path").first().and_then(subject) else {
            return Vec::new();
        };
        // The step of none is there to reach the entity itself.
        let optional = self.sh(&path, "zeroOrOnePath").first().and_then(subject);
        let path = optional.unwrap_or(path);
        let own = match self.sh(&path, "alternativePath").first() {
            Some(alternatives) => self.list(alternatives),
            None => vec![self.path(&path.into())],
        };
        let outer: Vec<String> = self
            .0
            .subjects()
            .into_iter()
            .filter(|outer| self.sh(outer, "property").contains(&shape.clone().into()))
            .filter_map(|outer| self.sh(outer, "path").first().map(|path| self.path(path)))
            .collect();
        own.iter()
            .map(|own| match outer.first() {
                Some(outer) => format!("`{outer}/{own}`"),
                None => format!("`{own}`"),
            })
            .collect()
    }

    fn list(&self, list: &Term) -> Vec<String> {
        const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
        let mut items = Vec::new();
        let mut rest = subject(list);
        while let Some(node) = rest {
            items.extend(
                self.objects(&node, &format!("{RDF}first"))
                    .iter()
                    .map(|item| self.path(item)),
            );
            rest = self
                .objects(&node, &format!("{RDF}rest"))
                .first()
                .and_then(subject);
        }
        items
    }

    /// What a shape is about: its targets, or those of the shapes that it belongs to.
    fn targets(&self, shape: &NamedOrBlankNode) -> Vec<String> {
        let mut targets = Vec::new();
        for (local, word) in [
            ("targetClass", ""),
            ("targetNode", "the node "),
            ("targetSubjectsOf", "what has "),
            ("targetObjectsOf", "the values of "),
        ] {
            targets.extend(
                self.sh(shape, local)
                    .iter()
                    .map(|target| format!("{word}`{}`", self.path(target))),
            );
        }
        for outer in self.0.subjects() {
            let is_part = ["property", "node", "or", "and", "xone"]
                .iter()
                .any(|local| {
                    self.sh(outer, local)
                        .iter()
                        .any(|inner| subject(inner).as_ref() == Some(shape))
                });
            if is_part {
                targets.extend(self.targets(outer));
            }
        }
        targets.sort_unstable();
        targets.dedup();
        targets
    }
}

fn subject(term: &Term) -> Option<NamedOrBlankNode> {
    match term {
        Term::NamedNode(iri) => Some(iri.clone().into()),
        Term::BlankNode(node) => Some(node.clone().into()),
        Term::Literal(_) => None,
    }
}

/// What a profile asks, from the file of its shapes.
fn profile(name: &str) -> String {
    let path = format!("shapes/{name}.ttl");
    let text = builtin::file(&path).expect("the profile is built in");
    let graph = TurtleParser::new()
        .with_base_iri("http://base.invalid/")
        .expect("a base")
        .for_slice(&text)
        .collect::<Result<Graph, _>>()
        .expect("the shapes are Turtle");
    let file = ShapesFile(graph);
    let itself = NamedNode::new_unchecked(format!("http://base.invalid/shapes/{name}")).into();
    let said = |local: &str, lang: &str| {
        let iri = format!("http://purl.org/dc/terms/{local}");
        in_language(&file.objects(&itself, &iri), lang)
    };
    let effect = if name == MINIMUM {
        "A *violation* that a submission brings keeps the resource out; a *warning* is told and published."
    } else {
        "It informs: nothing is kept out for it, unless the source is held to it. What has a *violation* does not meet it; a *warning* is told and counts for nothing."
    };
    let mut out = page(
        &format!("{} (`{name}`)", said("title", "en")),
        &format!("`{path}`"),
        &format!(
            "{} {effect} The code is the one in reports. Where several properties are given, a value of any of them will do. Series, seasons and festivals are asked only for what every event has.\n\n*{} : {}*",
            said("description", "en"),
            said("title", "fr"),
            said("description", "fr"),
        ),
    );
    let mut by_severity: BTreeMap<&str, Vec<NamedOrBlankNode>> = BTreeMap::new();
    for shape in file.0.subjects() {
        if file.sh(shape, "message").is_empty() {
            continue;
        }
        let severity = match file.sh(shape, "severity").first() {
            Some(Term::NamedNode(iri)) if iri.as_str().ends_with("Warning") => "Warnings",
            Some(Term::NamedNode(iri)) if iri.as_str().ends_with("Info") => "For information",
            _ => "Violations",
        };
        by_severity.entry(severity).or_default().push(shape.clone());
    }
    for severity in ["Violations", "Warnings", "For information"] {
        let Some(shapes) = by_severity.get(severity) else {
            continue;
        };
        let _ = write!(out, "\n## {severity}\n");
        head(
            &mut out,
            &[
                "code",
                "about",
                "property",
                "message",
                "message en français",
            ],
        );
        for shape in shapes {
            let code = match shape {
                NamedOrBlankNode::NamedNode(iri) => {
                    iri.as_str().rsplit('#').next().unwrap_or_default()
                }
                NamedOrBlankNode::BlankNode(_) => "",
            };
            let messages = file.sh(shape, "message");
            row(
                &mut out,
                &[
                    &codes(&[code]),
                    &file.targets(shape).join(", "),
                    &file.properties(shape).join(", "),
                    &in_language(&messages, "en"),
                    &in_language(&messages, "fr"),
                ],
            );
        }
    }
    out
}

/// The text in a language, or nothing.
fn in_language(texts: &[Term], lang: &str) -> String {
    texts
        .iter()
        .find_map(|text| match text {
            Term::Literal(literal) if literal.language() == Some(lang) => {
                Some(literal.value().to_owned())
            }
            _ => None,
        })
        .unwrap_or_default()
}
