//! How deeply a query is nested, found by looking at its text only.
//!
//! The parser and the evaluator go down one stack frame per level, and a stack overflow ends the
//! process, so what is nested too deeply must never reach them.

use std::borrow::Cow;

/// What is too much about a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMuch {
    Depth {
        line: usize,
        column: usize,
    },
    Operators,
    /// Too many of those brackets in one another that the parser reads twice.
    Doubled {
        line: usize,
        column: usize,
    },
}

/// The parser reads what stands in brackets twice after `!`, and as the argument of a function
/// whose last argument may be missing. Each of them in another doubles its time.
const MOST_DOUBLED: usize = 14;
const READ_TWICE: [&str; 4] = ["regex", "substr", "replace", "group_concat"];

/// What brackets of VALUES are called here: those of its variables, of all rows, and of one.
const VARIABLES: u8 = b'v';
const ROWS: u8 = b'r';
const ROW: u8 = b'1';

/// How much a query may nest. Operators of paths and expressions that follow one another without
/// brackets cost the parser and the evaluator a stack frame each, as brackets do.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub levels: usize,
    pub operators: usize,
}

/// Reads brackets and operators outside strings, IRIs and comments. Where it cannot be told from
/// the text alone what an IRI is, all of the text is taken for operators.
///
/// # Errors
/// Where the nesting first gets too deep, or that there are too many operators.
pub fn check(query: &str, most: Most) -> Result<(), TooMuch> {
    let bytes = query.as_bytes();
    let at = |place: usize| bytes.get(place).copied().unwrap_or(0);
    let mut depth = 0_usize;
    let mut is_negated = false;
    // Of the open brackets, which they are, and whether they are read twice.
    let mut open: Vec<(u8, bool)> = Vec::new();
    // The bracket that was closed last.
    let mut closed = None;
    let mut operators = 0_usize;
    // A run such as `!!!!` nests like brackets do.
    let mut run = 0_usize;
    let mut is_ambiguous = has_escapes(query);
    // Where the last byte is that is no white space and in no comment.
    let mut last_place = 0;
    let mut place = 0;
    while place < bytes.len() {
        let byte = at(place);
        if !matches!(byte, b'!' | b'^' | b'-' | b'+') && !byte.is_ascii_whitespace() {
            run = 0;
        }
        let last = at(last_place);
        match byte {
            b'#' => place = skip_comment(bytes, place),
            b'<' => {
                let end = skip_iri(bytes, place);
                let inside = query.get(place..end).unwrap_or_default();
                // In round brackets it may be a comparison all the same; but after a name of a
                // scheme, two slashes are no part of one.
                let may_compare =
                    matches!(open.last(), Some((b'(' | VARIABLES, _))) && !has_scheme(inside);
                is_ambiguous |= may_compare && inside.contains(['(', '[', '!', '#', '\'']);
                place = end;
            }
            b'"' | b'\'' => place = skip_string(bytes, place),
            b'\\' => place += 1,
            b'(' | b'{' | b'[' => {
                depth += 1;
                operators += 1;
                // The variables of VALUES, its rows, and one of them hold no operators.
                let kind = match (byte, open.last()) {
                    (b'(', _) if is_values(query, last_place) => VARIABLES,
                    (b'{', _) if closed == Some(VARIABLES) && last == b')' => ROWS,
                    (b'(', Some((ROWS, _))) => ROW,
                    _ => byte,
                };
                open.push((kind, is_negated || is_read_twice(query, last_place)));
                is_negated = false;
            }
            b')' | b'}' | b']' => {
                depth = depth.saturating_sub(1);
                closed = open.pop().map(|(kind, _)| kind);
                is_negated = false;
            }
            b'!' | b'^' | b'-' | b'+' => {
                is_negated |= byte == b'!' && at(place + 1) != b'=';
                run += 1;
                operators += 1;
            }
            b',' | b';' => is_negated = false,
            b'/' | b'|' | b'*' | b'&' | b'=' => operators += 1,
            _ => {}
        }
        if byte != b'#' && !byte.is_ascii_whitespace() {
            last_place = place;
        }
        if depth + run > most.levels {
            let (line, column) = position(query, place);
            return Err(TooMuch::Depth { line, column });
        }
        let is_twice = |(_, is_twice): &(u8, bool)| *is_twice;
        if open.last().is_some_and(is_twice)
            && open.iter().filter(|bracket| is_twice(bracket)).count() > MOST_DOUBLED
        {
            let (line, column) = position(query, place);
            return Err(TooMuch::Doubled { line, column });
        }
        if operators > most.operators {
            return Err(TooMuch::Operators);
        }
        place += 1;
    }
    if is_ambiguous {
        check_all(&unescaped(query), most)?;
    }
    Ok(())
}

/// Takes all of a text for operators, and no bracket for one that closes another.
fn check_all(query: &str, most: Most) -> Result<(), TooMuch> {
    let bytes = query.as_bytes();
    let (mut depth, mut doubled, mut run) = (0_usize, 0_usize, 0_usize);
    for (place, byte) in bytes.iter().enumerate() {
        match byte {
            b'(' | b'{' | b'[' => {
                depth += 1;
                run = 0;
            }
            b'!' if bytes.get(place + 1) != Some(&b'=') => {
                doubled += 1;
                run += 1;
            }
            b'^' | b'-' | b'+' => run += 1,
            byte if byte.is_ascii_whitespace() => {}
            _ => {
                doubled += usize::from(is_read_twice(query, place));
                run = 0;
            }
        }
        if depth + run > most.levels {
            let (line, column) = position(query, place);
            return Err(TooMuch::Depth { line, column });
        }
        if doubled > MOST_DOUBLED {
            let (line, column) = position(query, place);
            return Err(TooMuch::Doubled { line, column });
        }
    }
    Ok(())
}

/// Whether there are escapes that are resolved before anything else (SPARQL 1.1 §19.2), so that
/// they may stand for brackets.
fn has_escapes(query: &str) -> bool {
    query.contains("\\u") || query.contains("\\U")
}

/// The text with the escapes resolved that may stand anywhere (SPARQL 1.1 §19.2); what is none
/// stays.
pub fn unescaped(query: &str) -> Cow<'_, str> {
    if !has_escapes(query) {
        return query.into();
    }
    let mut out = String::with_capacity(query.len());
    let mut rest = query;
    while let Some(place) = rest.find("\\u").into_iter().chain(rest.find("\\U")).min() {
        let (before, escape) = rest.split_at(place);
        out.push_str(before);
        let digits = if escape.starts_with("\\u") { 4 } else { 8 };
        let escaped = escape
            .get(2..2 + digits)
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match escaped {
            Some(character) => {
                out.push(character);
                rest = escape.get(2 + digits..).unwrap_or_default();
            }
            None => {
                out.push('\\');
                rest = escape.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out.into()
}

/// Line and column, both from 1.
fn position(query: &str, place: usize) -> (usize, usize) {
    let before = query.get(..place).unwrap_or(query);
    (
        before.matches('\n').count() + 1,
        before.chars().rev().take_while(|c| *c != '\n').count() + 1,
    )
}

/// Whether one of [`READ_TWICE`] ends at this byte.
fn is_read_twice(query: &str, last: usize) -> bool {
    READ_TWICE.iter().any(|name| ends_with(query, last, name))
}

/// Whether the word VALUES ends at this byte, and is no part of a name.
fn is_values(query: &str, last: usize) -> bool {
    let before = last.checked_sub("values".len());
    let before = before.and_then(|place| query.as_bytes().get(place));
    ends_with(query, last, "values")
        && before.is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'{' | b'}'))
}

/// Whether a word ends at this byte.
fn ends_with(query: &str, last: usize, word: &str) -> bool {
    let before = query.as_bytes().get(..=last).unwrap_or_default();
    let start = before.len().checked_sub(word.len());
    let end = start.and_then(|start| before.get(start..));
    end.is_some_and(|end| end.eq_ignore_ascii_case(word.as_bytes()))
}

/// The last byte of the comment that begins here.
fn skip_comment(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start
        + rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len())
}

/// The last byte of the IRI that begins here; `start` itself when this `<` is an operator.
fn skip_iri(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start + 1..).unwrap_or_default();
    // SPARQL 1.1 §19.8, IRIREF: none of these may stand in an IRI.
    let end = rest.iter().position(|byte| {
        matches!(
            byte,
            0..=0x20 | b'<' | b'"' | b'{' | b'}' | b'|' | b'^' | b'`' | b'\\' | b'>'
        )
    });
    match end {
        Some(end) if rest.get(end) == Some(&b'>') => start + 1 + end,
        _ => start,
    }
}

/// Whether what stands after `<` begins like `http://`.
fn has_scheme(iri: &str) -> bool {
    let iri = iri.get(1..).unwrap_or_default();
    iri.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
    })
}

/// The last byte of the string that begins here.
fn skip_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied().unwrap_or(0);
    let is_long = bytes.get(start..start + 3) == Some(&[quote; 3]);
    let mut place = start + if is_long { 3 } else { 1 };
    while let Some(byte) = bytes.get(place) {
        if *byte == b'\\' {
            place += 2;
        } else if is_long && bytes.get(place..place + 3) == Some(&[quote; 3]) {
            return place + 2;
        } else if !is_long && (*byte == quote || *byte == b'\n') {
            return place;
        } else {
            place += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn most(levels: usize) -> Most {
        Most {
            levels,
            operators: 10_000,
        }
    }

    #[test]
    fn brackets_and_runs_of_operators_nest() {
        for opening in ["{", "(", "[", "!", "^", "{(", "! ", "-"] {
            let deep = opening.repeat(101);
            assert!(
                matches!(check(&deep, most(100)), Err(TooMuch::Depth { .. })),
                "{opening}"
            );
        }
        let query = format!("SELECT * {}{}", "{".repeat(100), "}".repeat(100));
        assert_eq!(check(&query, most(100)), Ok(()));
    }

    #[test]
    fn what_stands_in_strings_comments_and_iris_does_not_nest() {
        let brackets = "(".repeat(200);
        for text in [
            format!("SELECT * {{ ?s ?p \"{brackets}\" }}"),
            format!("SELECT * {{ ?s ?p '''{brackets}\n'{brackets}''' }}"),
            format!("# {brackets}\nSELECT * {{ ?s ?p ?o }}"),
            format!("SELECT * {{ ?s <http://a.example/{brackets}> ?o }}"),
        ] {
            assert_eq!(check(&text, most(100)), Ok(()), "{text}");
        }
        let hidden = format!("SELECT * {{ FILTER(?a <?b && '\\'' = ?c {brackets}");
        assert!(check(&hidden, most(100)).is_err());
    }

    #[test]
    fn brackets_that_are_read_twice_nest_less() {
        for opening in [
            "!(",
            "! (",
            "!exists {filter(",
            "regex(",
            "SUBSTR (",
            "Group_Concat(",
            "regex#\n(",
            "REGEX # (\n (",
        ] {
            let nested = opening.repeat(40);
            assert!(
                matches!(check(&nested, most(200)), Err(TooMuch::Doubled { .. })),
                "{opening}"
            );
        }
        let flat = "FILTER (!bound(?a) && ?a != 1 && regex(?a, 'b')) ".repeat(100);
        assert_eq!(check(&format!("SELECT * {{ {flat} }}"), most(100)), Ok(()));
        assert_eq!(check(&"?a != (".repeat(40), most(100)), Ok(()));
    }

    #[test]
    fn what_may_be_an_iri_or_a_comparison_hides_nothing() {
        let nested = "!(".repeat(50);
        let closed = ")".repeat(50);
        for text in [
            format!("SELECT * {{ ?s ?p ?a FILTER(?a<{nested}?b{closed}>?c) }}"),
            format!("SELECT * {{ FILTER(1 <{nested}?b{closed}>?c) }}"),
            format!("SELECT * {{ FILTER(p:a-<{nested}?b{closed}&&?c>?d) }}"),
            format!("SELECT * {{ FILTER(p:a\\/<{nested}?b{closed}&&?c>?d) }}"),
            format!("SELECT * {{ FILTER(?a<?b#>'''\n&&{nested}?b{closed}) }}"),
            format!("SELECT * {{ ?s <http://a/\\u0041#x> ?a FILTER({nested}?b{closed}) }}"),
            format!("SELECT * {{ FILTER(?a<(#> ''' \n {nested}?b{closed}) ''' }}"),
            format!("SELECT (?a<{nested}?b{closed}>?c AS ?d) {{}}"),
            format!("SELECT * {{{{ SELECT (1 AS ?a) (?b<{nested}?b{closed}>?c AS ?d) {{}} }}}}"),
            format!("SELECT * {{ VALUES ?a {{ 1 }} FILTER(?a<{nested}?b{closed}>?c) }}"),
            format!("SELECT * {{ ?s ?values (?a<{nested}?b{closed}>?c) }}"),
            format!("SELECT * {{ FILTER({}?b) }}", "!\\u0028".repeat(50)),
            format!("SELECT * {{ FILTER({}?b) }}", "\\U00000021(".repeat(50)),
            format!(
                "SELECT * {{ ?s <http://a.example/\\u0041'''> ?o FILTER({nested}?b{closed}) ''' }}"
            ),
        ] {
            assert!(check(&text, most(100)).is_err(), "{text}");
        }
        let parentheses = "?a<(".repeat(101);
        assert!(check(&format!("ASK {{ FILTER({parentheses}?b>1) }}"), most(100)).is_err());
        let rows = "(<http://a.example/x#(1)> <http://a.example/y#(2)>)\n".repeat(500);
        for text in [
            format!("SELECT * {{ VALUES (?a ?b) {{ {rows} }} }}"),
            "SELECT * { ?s ?p \"caf\\u00e9\" FILTER(?a < 3 && ?b > 4) }".to_owned(),
            "SELECT * { ?s ?p ?o FILTER(?o IN (<http://x/#a>, <http://x/#b>)) }".to_owned(),
        ] {
            assert_eq!(check(&text, most(100)), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_long_flat_query_is_fine_and_a_long_chain_is_not() {
        let flat = "?s ?p ?o . ".repeat(5000);
        assert_eq!(check(&format!("SELECT * {{ {flat} }}"), most(100)), Ok(()));
        let chain = "a/".repeat(20_000);
        assert_eq!(
            check(&format!("SELECT * {{ ?s {chain}a ?o }}"), most(100)),
            Err(TooMuch::Operators)
        );
    }

    #[test]
    fn the_place_is_counted_from_one() {
        assert_eq!(
            check("é\n é((", most(1)),
            Err(TooMuch::Depth { line: 2, column: 4 })
        );
    }
}
