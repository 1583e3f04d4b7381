//! The text of a query as a row of tokens: enough to make its IRIs absolute, to list its prefixes
//! and to find where its values stand. What a query means is decided by its algebra alone.

use crate::model::Base;
use oxrdf::NamedNode;
use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Space,
    Comment,
    Iri,
    Text,
    Word,
    /// One character that stands for itself: a bracket, a dot, an operator `<`.
    Sign,
}

#[derive(Clone, Debug)]
struct Token {
    kind: Kind,
    range: Range<usize>,
}

/// A `VALUES` block of one variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub variable: String,
    /// From `VALUES` to the closing bracket.
    pub range: Range<usize>,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let (kind, length) = next(rest);
        // A token has at least one byte, and ends where a character does.
        let end = start + length.max(1);
        tokens.push(Token {
            kind,
            range: start..end,
        });
        start = end;
    }
    tokens
}

fn next(rest: &str) -> (Kind, usize) {
    let first = rest.chars().next().unwrap_or(' ');
    let until = |stop: fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
    match first {
        c if c.is_whitespace() => (Kind::Space, until(|c| !c.is_whitespace())),
        '#' => (Kind::Comment, until(|c| matches!(c, '\n' | '\r'))),
        '<' => match iri(rest) {
            Some(length) => (Kind::Iri, length),
            None => (Kind::Sign, 1),
        },
        '"' | '\'' => (Kind::Text, quoted(rest, first)),
        '{' | '}' | '(' | ')' | '[' | ']' | '.' | ';' | ',' => (Kind::Sign, 1),
        _ => {
            let ends = |c: char| {
                c.is_whitespace()
                    || matches!(
                        c,
                        '#' | '<' | '"' | '\'' | '{' | '}' | '(' | ')' | '[' | ']' | ';' | ','
                    )
            };
            let length = rest.char_indices().find(|(_, c)| ends(*c));
            (Kind::Word, length.map_or(rest.len(), |(place, _)| place))
        }
    }
}

/// The length of the IRI at the beginning; `None` when `<` is an operator here.
fn iri(rest: &str) -> Option<usize> {
    // SPARQL 1.1 §19.8, IRIREF: none of these may stand in an IRI.
    let ends =
        |c: char| c <= ' ' || matches!(c, '<' | '"' | '{' | '}' | '|' | '^' | '`' | '\\' | '>');
    let end = rest.get(1..)?.find(ends)? + 1;
    rest.get(end..)?.starts_with('>').then_some(end + 1)
}

/// The length of the string at the beginning, its quotes included.
fn quoted(rest: &str, quote: char) -> usize {
    let long: String = [quote; 3].iter().collect();
    let closing = if rest.starts_with(&long) {
        long.as_str()
    } else {
        long.get(..1).unwrap_or_default()
    };
    let mut place = closing.len();
    while let Some(left) = rest.get(place..).filter(|left| !left.is_empty()) {
        if left.starts_with(closing) {
            return place + closing.len();
        }
        let escaped = usize::from(left.starts_with('\\'));
        let width = |c: Option<char>| c.map_or(0, char::len_utf8);
        place += escaped + width(left.chars().nth(escaped));
    }
    rest.len()
}

/// The same query with its relative IRIs written in full.
pub fn with_absolute_iris(text: &str, base: &Base) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    for token in tokens(text) {
        let piece = text.get(token.range).unwrap_or_default();
        let inner = piece.trim_start_matches('<').trim_end_matches('>');
        if token.kind == Kind::Iri && NamedNode::new(inner).is_err() {
            out.push('<');
            out.push_str(base.join(inner).as_str());
            out.push('>');
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// The prefixes that a query declares, in its order: the name without its colon, and the
/// namespace as it is written.
pub fn prefixes(text: &str) -> Vec<(String, String)> {
    let words = words(text);
    let mut found = Vec::new();
    for window in words.windows(3) {
        let [keyword, name, iri] = window else {
            continue;
        };
        if keyword.1.eq_ignore_ascii_case("PREFIX")
            && let Some(name) = name.1.strip_suffix(':')
            && iri.0.kind == Kind::Iri
        {
            let namespace = iri.1.trim_start_matches('<').trim_end_matches('>');
            found.push((name.to_owned(), namespace.to_owned()));
        }
    }
    found
}

/// The blocks `VALUES ?variable { … }` and `VALUES (?variable) { … }`, in their order.
pub fn blocks(text: &str) -> Vec<Block> {
    let words = words(text);
    let mut found = Vec::new();
    for (place, (token, word)) in words.iter().enumerate() {
        if token.kind != Kind::Word || !word.eq_ignore_ascii_case("VALUES") {
            continue;
        }
        let mut rest = words.iter().skip(place + 1);
        let mut head: Vec<&str> = Vec::new();
        for (_, word) in rest.by_ref() {
            if *word == "{" {
                break;
            }
            head.push(word);
        }
        let variable = match head.as_slice() {
            [variable] | ["(", variable, ")"] => variable.strip_prefix(['?', '$']),
            _ => None,
        };
        let end = rest.find(|(_, word)| *word == "}");
        if let (Some(variable), Some((end, _))) = (variable, end) {
            found.push(Block {
                variable: variable.to_owned(),
                range: token.range.start..end.range.end,
            });
        }
    }
    found
}

/// What is neither space nor comment.
fn words(text: &str) -> Vec<(Token, &str)> {
    tokens(text)
        .into_iter()
        .filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment))
        .map(|token| {
            let word = text.get(token.range.clone()).unwrap_or_default();
            (token, word)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Base {
        "https://data.example.org/a".parse().expect("a base")
    }

    #[test]
    fn only_relative_iris_outside_strings_and_comments_are_completed() {
        let text = "# <ns#>\nPREFIX sv: <ns#>\nSELECT * { ?s sv:x <http://a.example/> , \"<ns#>\" FILTER(?a <?b && ?c> 1) }";
        let whole = with_absolute_iris(text, &base());
        assert_eq!(
            whole,
            text.replace("sv: <ns#>", "sv: <https://data.example.org/a/ns#>")
        );
    }

    #[test]
    fn prefixes_are_found_in_their_order() {
        let text = "prefix : <http://a.example/>\n# PREFIX b: <http://b.example/>\nPREFIX sv: <ns#> ASK {}";
        assert_eq!(
            prefixes(text),
            [
                (String::new(), "http://a.example/".to_owned()),
                ("sv".to_owned(), "ns#".to_owned())
            ]
        );
    }

    #[test]
    fn blocks_of_values_end_where_their_bracket_closes() {
        let text = "SELECT * { VALUES ?a { \"}\" <x> } values ( ?b ) { (UNDEF) } VALUES (?c ?d) { (1 2) } ?s ?p '''VALUES ?e {}''' }";
        let found: Vec<(String, &str)> = blocks(text)
            .into_iter()
            .map(|block| (block.variable, &text[block.range]))
            .collect();
        assert_eq!(
            found,
            [
                ("a".to_owned(), "VALUES ?a { \"}\" <x> }"),
                ("b".to_owned(), "values ( ?b ) { (UNDEF) }")
            ]
        );
    }
}
