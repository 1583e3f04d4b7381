//! A query written so that it is the same for every way to write it.

use crate::rdf::sparql::unescaped;
use spargebra::Query;
use std::fmt::Write as _;

/// The names that the parser gives by chance have at least so many digits.
const DIGITS_OF_CHANCE: usize = 28;

/// The query in the syntax of expressions, which unlike the parser's own way to write SPARQL
/// keeps every bracket. `text` is what it was parsed from: names that do not stand there are of
/// chance, other ones each time, and get a number in their place.
pub fn normal(query: &Query, text: &str) -> String {
    let text = unescaped(text);
    let written = query.to_sse();
    let mut names: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(written.len());
    let mut rest = written.as_str();
    while let Some(first) = rest.chars().next() {
        // Names stand outside of texts and IRIs; what is a name within those is the query's own.
        let length = match first {
            '"' => length_of_text(rest),
            // Not the operator, which has a space after it.
            '<' if !rest.starts_with("< ") && !rest.starts_with("<= ") => {
                rest.find('>').map_or(rest.len(), |end| end + 1)
            }
            first if first.is_ascii_alphanumeric() => rest
                .find(|c: char| !c.is_ascii_alphanumeric())
                .unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (word, after) = rest.split_at(length);
        rest = after;
        if is_of_chance(word) && !text.contains(word) {
            let known = names.iter().position(|known| *known == word);
            let number = known.unwrap_or_else(|| {
                names.push(word);
                names.len() - 1
            });
            // No name in a query has this character.
            let _ = write!(out, "~{number}");
        } else {
            out.push_str(word);
        }
    }
    out
}

fn is_of_chance(word: &str) -> bool {
    word.len() >= DIGITS_OF_CHANCE && word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The length of a text in quotes, in which a backslash takes the next character along.
fn length_of_text(written: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in written.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place + 1,
            _ => {}
        }
    }
    written.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use spargebra::SparqlParser;

    fn of(text: &str) -> String {
        normal(&SparqlParser::new().parse_query(text).expect(text), text)
    }

    #[test]
    fn the_same_query_is_written_the_same_however_often_it_is_parsed() {
        let text = "SELECT ?a (COUNT(DISTINCT ?o) AS ?n) { ?s <http://a.example/p>/<http://a.example/q>* ?a . ?a <http://a.example/p> [ <http://a.example/q> ?o ] } GROUP BY ?a";
        assert_eq!(of(text), of(text));
        assert_eq!(of(text), of(&text.replace(' ', "\n")));
    }

    #[test]
    fn queries_that_mean_different_things_are_written_differently() {
        let name = "0123456789abcdef0123456789abcdef";
        for (a, b) in [
            (
                "ASK { FILTER((1 + 2) * 3 = 9) }",
                "ASK { FILTER(1 + 2 * 3 = 9) }",
            ),
            (
                "ASK { FILTER(4 - (2 - 1) = 3) }",
                "ASK { FILTER(4 - 2 - 1 = 3) }",
            ),
            ("SELECT ?a { ?a ?b ?c }", "SELECT ?b { ?a ?b ?c }"),
            (
                &format!("SELECT ?a{name} {{ ?a{name} ?b ?c }}"),
                &format!("SELECT ?b{name} {{ ?b{name} ?b ?c }}"),
            ),
            (
                &format!("ASK {{ ?s ?p \"{name}\" }}"),
                &format!("ASK {{ ?s ?p \"{}\" }}", name.replace('0', "1")),
            ),
            (
                "PREFIX p: <http://x/0123456789abcdef> SELECT (p:0123456789abcdef AS ?x) {}",
                "PREFIX p: <http://x/fedcba9876543210> SELECT (p:fedcba9876543210 AS ?x) {}",
            ),
            (
                &format!("ASK {{ ?s ?p \"\\u0030{name}\" }}"),
                &format!("ASK {{ ?s ?p \"\\u0031{name}\" }}"),
            ),
        ] {
            assert_ne!(of(a), of(b), "{a} {b}");
        }
    }
}
