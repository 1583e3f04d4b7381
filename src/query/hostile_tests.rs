//! Queries that are nested or chained beyond measure, from their text to their plan. A stack that
//! overflows would end the process, so it ends the tests.

use crate::model::Base;
use crate::query::plan::{explain, plan};
use crate::query::{Rules, prepare};
use crate::rdf::write::Prefixes;
use crate::store::RequestedDataset;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// As the lanes of the server have it (`src/http/threads.rs`).
const STACK_BYTES: usize = 64 << 20;
/// A second, and a machine that does eight other things.
const MOST_TIME: Duration = Duration::from_secs(8);

fn rules(bytes: usize) -> Rules {
    Rules {
        bytes,
        depth: 100,
        patterns: 100,
    }
}

/// How long it takes to read, plan, explain and drop a query, or to refuse it.
fn taken(text: String, bytes: usize) -> Option<Duration> {
    let (done, waiting) = mpsc::channel();
    std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let started = Instant::now();
            let base: Base = "https://data.example.org".parse().expect("a base");
            if let Ok(prepared) = prepare(&text, &base, rules(bytes)) {
                let dataset = RequestedDataset::default();
                plan(&prepared, &dataset, None);
                explain(&prepared, &dataset, None, &Prefixes::new(&base));
            }
            let _ = done.send(started.elapsed());
        })
        .expect("a thread");
    waiting.recv_timeout(MOST_TIME * 2).ok()
}

/// `opening` so many times, then `middle`, then `closing` as often.
fn nested(count: usize, opening: &str, middle: &str, closing: &str) -> String {
    format!("{}{middle}{}", opening.repeat(count), closing.repeat(count))
}

/// A query of about this many levels or links, in every form that there is.
fn forms(count: usize) -> Vec<(&'static str, String)> {
    let filter = |expression: String| format!("ASK {{ ?s ?p ?o FILTER({expression}) }}");
    let group = |pattern: String| format!("ASK {{ {pattern} }}");
    let path = |path: String| format!("ASK {{ ?s {path} ?o }}");
    vec![
        (
            "groups",
            format!("SELECT * {}", nested(count, "{", "", "}")),
        ),
        ("brackets", filter(nested(count, "(", "1", ")"))),
        ("not", filter(format!("{}true", "!".repeat(count)))),
        ("not apart", filter(format!("{}true", "! ".repeat(count)))),
        ("minus", filter(format!("{}1", "- ".repeat(count)))),
        ("plus", filter(format!("{}1", "+ ".repeat(count)))),
        ("and", filter(format!("{}1", "1 && ".repeat(count)))),
        ("or", filter(format!("{}1", "1 || ".repeat(count)))),
        (
            "or and and",
            filter(format!("{}1", "1 || 1 && ".repeat(count))),
        ),
        ("sum", filter(format!("{}1", "1 + ".repeat(count)))),
        ("signed numbers", filter(format!("1{}", "+1".repeat(count)))),
        (
            "signed numbers apart",
            filter(format!("1{}", " -1".repeat(count))),
        ),
        ("product", filter(format!("{}1", "1 * ".repeat(count)))),
        ("quotient", filter(format!("{}1", "1/".repeat(count)))),
        ("comparisons", filter(format!("{}1", "1 < ".repeat(count)))),
        ("in", filter(nested(count, "(1 IN (1, 2)) IN (", "1", ")"))),
        (
            "in on the left",
            filter(nested(count, "(", "1", " IN (1, 2))")),
        ),
        ("not in", filter(nested(count, "1 NOT IN (", "1", ")"))),
        (
            "long in",
            filter(format!("1 IN ({}1)", "1, ".repeat(count))),
        ),
        ("if", filter(nested(count, "IF(", "1", ", 1, 2)"))),
        (
            "if at the end",
            filter(nested(count, "IF(1, 2, ", "1", ")")),
        ),
        ("coalesce", filter(nested(count, "COALESCE(", "1", ")"))),
        ("concat", filter(nested(count, "CONCAT('a', ", "'b'", ")"))),
        ("functions", filter(nested(count, "STR(", "1", ")"))),
        (
            "casts",
            filter(nested(
                count,
                "<http://www.w3.org/2001/XMLSchema#string>(",
                "1",
                ")",
            )),
        ),
        ("regex", filter(nested(count, "REGEX(", "'a'", ", 'b')"))),
        ("substr", filter(nested(count, "SUBSTR(", "'a'", ", 1)"))),
        (
            "replace",
            filter(nested(count, "REPLACE(", "'a'", ", 'b', 'c')")),
        ),
        ("iri", filter(nested(count, "IRI(", "'a'", ")"))),
        ("bnode", filter(nested(count, "BNODE(", "'a'", ")"))),
        (
            "exists",
            group(nested(count, "FILTER EXISTS { ", "?s ?p ?o", " }")),
        ),
        (
            "not exists",
            group(nested(count, "FILTER NOT EXISTS { ", "?s ?p ?o", " }")),
        ),
        (
            "not exists in expressions",
            group(nested(count, "FILTER(!EXISTS { ", "?s ?p ?o", " })")),
        ),
        (
            "optional",
            group(nested(count, "OPTIONAL { ", "?s ?p ?o", " }")),
        ),
        ("optionals", group("OPTIONAL { ?s ?p ?o } ".repeat(count))),
        (
            "minus groups",
            group(nested(count, "MINUS { ", "?s ?p ?o", " }")),
        ),
        ("minuses", group("MINUS { ?s ?p ?o } ".repeat(count))),
        ("union", group(format!("{}{{}}", "{} UNION ".repeat(count)))),
        (
            "unions in unions",
            group(nested(count, "{ {} UNION ", "{}", " }")),
        ),
        ("graphs", group(nested(count, "GRAPH ?g { ", "", " }"))),
        (
            "binds",
            group((0..count).map(|n| format!("BIND(1 AS ?v{n}) ")).collect()),
        ),
        ("filters", group("FILTER(1) ".repeat(count))),
        ("values", group("VALUES ?x { 1 } ".repeat(count))),
        (
            "rows",
            group(format!("VALUES ?x {{ {} }}", "1 ".repeat(count))),
        ),
        (
            "rows of none",
            group(format!("VALUES () {{ {} }}", "() ".repeat(count))),
        ),
        ("subqueries", nested(count, "SELECT * { { ", "ASK", " } }")),
        (
            "whole subqueries",
            format!(
                "SELECT * {{ {} }}",
                nested(count, "{ SELECT * { ", "", " } }")
            ),
        ),
        (
            "services",
            group(nested(count, "SERVICE <x:s> { ", "", " }")),
        ),
        ("sequence", path(format!("{}<a>", "<a>/".repeat(count)))),
        ("alternative", path(format!("{}<a>", "<a>|".repeat(count)))),
        ("inverse", path(format!("{}<a>", "^".repeat(count)))),
        ("negated", path(format!("!({}<a>)", "<a>|".repeat(count)))),
        ("stars", path(format!("<a>{}", "*".repeat(count)))),
        ("stars in brackets", path(nested(count, "(", "<a>", ")*"))),
        ("plus in brackets", path(nested(count, "(", "<a>", ")+"))),
        ("inverse in brackets", path(nested(count, "^(", "<a>", ")"))),
        (
            "sequence in brackets",
            path(nested(count, "(<a>/", "<a>", ")")),
        ),
        ("list", group(format!("({}) ?p ?o", "1 ".repeat(count)))),
        (
            "lists in lists",
            group(format!("{} ?p ?o", nested(count, "(", "1", ")"))),
        ),
        (
            "blank nodes in blank nodes",
            group(format!("{} ?p ?o", nested(count, "[ ?p ", "1", " ]"))),
        ),
        ("triples", group("?s ?p ?o . ".repeat(count))),
        ("objects", group(format!("?s ?p {}1", "1, ".repeat(count)))),
        (
            "properties",
            group(format!("?s {}?p 1", "?p 1 ; ".repeat(count))),
        ),
        (
            "semicolons",
            group(format!("?s ?p 1 {}", "; ".repeat(count))),
        ),
        (
            "prefixes",
            format!("{}ASK {{}}", "PREFIX a: <b> ".repeat(count)),
        ),
        ("bases", format!("{}ASK {{}}", "BASE <b/> ".repeat(count))),
        ("comments", format!("{}ASK {{}}", "#(\n".repeat(count))),
        (
            "from",
            format!("SELECT * {} {{}}", "FROM <x:g> ".repeat(count)),
        ),
        (
            "long iri",
            group(format!("?s <x:{}> ?o", "a".repeat(count))),
        ),
        (
            "long relative iri",
            group(format!("?s <{}> ?o", "../a".repeat(count))),
        ),
        (
            "long text",
            group(format!("?s ?p '{}'", "\\n".repeat(count))),
        ),
        ("long number", group(format!("?s ?p {}", "9".repeat(count)))),
        (
            "long decimal",
            group(format!("?s ?p 0.{}", "9".repeat(count))),
        ),
        (
            "long variable",
            group(format!("?s ?p ?{}", "v".repeat(count))),
        ),
        (
            "long name",
            group(format!("?s ?p a:{}", "v.".repeat(count))),
        ),
        (
            "order",
            format!("SELECT * {{ ?s ?p ?o }} ORDER BY {}", "?s ".repeat(count)),
        ),
        (
            "order by expressions",
            format!(
                "SELECT * {{ ?s ?p ?o }} ORDER BY {}",
                "(?s+1) ".repeat(count)
            ),
        ),
        (
            "group",
            format!(
                "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY {}",
                "?s ".repeat(count)
            ),
        ),
        (
            "having",
            format!(
                "SELECT (COUNT(*) AS ?n) {{ ?s ?p ?o }} HAVING {}",
                "(1) ".repeat(count)
            ),
        ),
        (
            "aggregates",
            format!(
                "SELECT {} {{ ?s ?p ?o }}",
                (0..count)
                    .map(|n| format!("(COUNT(?s) AS ?n{n}) "))
                    .collect::<String>()
            ),
        ),
        (
            "selected",
            format!(
                "SELECT {} {{ ?s ?p ?o }}",
                (0..count).map(|n| format!("?n{n} ")).collect::<String>()
            ),
        ),
        (
            "selected expressions",
            format!(
                "SELECT {} {{ ?s ?p ?o }}",
                (0..count)
                    .map(|n| format!("(1 AS ?n{n}) "))
                    .collect::<String>()
            ),
        ),
        (
            "escaped groups",
            format!("SELECT * {}", nested(count, "\\u007B", "", "\\u007D")),
        ),
        (
            "escaped brackets",
            filter(nested(count, "\\u0028", "1", "\\u0029")),
        ),
        (
            "escaped long",
            filter(nested(count, "\\U00000028", "1", "\\U00000029")),
        ),
        (
            "escaped nots",
            filter(format!("{}true", "\\u0021".repeat(count))),
        ),
        (
            "escaped quotes",
            filter(nested(count, "\\u0022(\\u0022+(", "1", ")")),
        ),
        (
            "brackets behind a quote in a name",
            filter(nested(count, "?a\\'<(", "1", ")")),
        ),
        (
            "brackets behind a comparison",
            filter(nested(count, "1<(1>(", "1", "))")),
        ),
        (
            "brackets behind an open IRI",
            filter(nested(count, "1<a(", "1", ")")),
        ),
        (
            "brackets in strings",
            filter(nested(count, "'(", "1", ")'")),
        ),
        ("long strings open", filter("'''(".repeat(count))),
        (
            "hash in a name",
            group(format!("?s <x:a#{}", nested(count, "(", "1", ")"))),
        ),
        (
            "templates",
            format!(
                "CONSTRUCT {{ {} }} {{ ?s ?p ?o }}",
                "?s ?p ?o . ".repeat(count)
            ),
        ),
        ("described", format!("DESCRIBE {}", "<x:a> ".repeat(count))),
        ("operations", "INSERT DATA { <a> <b> <c> } ; ".repeat(count)),
        ("lateral", group(nested(count, "LATERAL { ", "", " }"))),
        (
            "group concat",
            format!(
                "SELECT ({} AS ?x) {{}}",
                nested(count, "GROUP_CONCAT(", "?a", ")")
            ),
        ),
        (
            "count",
            format!("SELECT ({} AS ?x) {{}}", nested(count, "COUNT(", "?a", ")")),
        ),
        ("nothing but openings", nested(count, "([{", "", "")),
        ("nothing but closings", nested(count, "", "", ")]}")),
        ("keywords", "SELECT ".repeat(count)),
    ]
}

#[test]
fn no_nesting_overflows_the_stack_or_takes_long() {
    let mut slow = Vec::new();
    // The last with eight times as long texts as are allowed unless configured.
    for (count, bytes) in [(90, 64 << 10), (5_000, 64 << 10), (100_000, 512 << 10)] {
        for (name, text) in forms(count) {
            let taken = taken(text, bytes);
            if std::env::var_os("SHOW").is_some()
                && taken.is_none_or(|t| t > Duration::from_millis(300))
            {
                eprintln!("{name} {count}: {taken:?}");
            }
            if taken.is_none_or(|taken| taken > MOST_TIME) {
                slow.push((name, count, taken));
            }
        }
    }
    assert!(slow.is_empty(), "{slow:?}");
}
