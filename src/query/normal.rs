//! A query written so that it is the same for every way to write it.

use spargebra::Query;
use std::fmt::Write as _;

/// The names that the parser gives by chance have at least so many digits.
const DIGITS_OF_CHANCE: usize = 28;

/// The query in the syntax of expressions, which unlike the parser's own way to write SPARQL
/// keeps every bracket. `text` is what it was parsed from: names that do not stand there are of
/// chance, other ones each time, and get a number in their place.
pub fn normal(query: &Query, text: &str) -> String {
    let written = query.to_sse();
    let mut names: Vec<&str> = Vec::new();
    let mut out = String::with_capacity(written.len());
    for word in written.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let name = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let is_of_chance = name.len() >= DIGITS_OF_CHANCE
            && name.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !text.contains(name);
        if is_of_chance {
            let known = names.iter().position(|known| *known == name);
            let number = known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            // No name in a query has this character.
            let _ = write!(out, "~{number}");
            out.push_str(word.get(name.len()..).unwrap_or_default());
        } else {
            out.push_str(word);
        }
    }
    out
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
        ] {
            assert_ne!(of(a), of(b), "{a} {b}");
        }
    }
}
