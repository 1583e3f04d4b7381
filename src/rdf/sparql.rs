//! How deeply a query is nested, found by looking at its text only.
//!
//! The parser and the evaluator go down one stack frame per level, and a stack overflow ends the
//! process, so what is nested too deeply must never reach them.

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

/// How much a query may nest. Operators of paths and expressions that follow one another without
/// brackets cost the parser and the evaluator a stack frame each, as brackets do.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    pub levels: usize,
    pub operators: usize,
}

/// Reads brackets and operators outside strings, IRIs and comments.
///
/// # Errors
/// Where the nesting first gets too deep, or that there are too many operators.
pub fn check(query: &str, most: Most) -> Result<(), TooMuch> {
    let bytes = query.as_bytes();
    let at = |place: usize| bytes.get(place).copied().unwrap_or(0);
    let mut depth = 0_usize;
    let mut is_negated = false;
    // Of the open brackets, whether they are read twice.
    let mut doubled: Vec<bool> = Vec::new();
    let mut operators = 0_usize;
    // A run such as `!!!!` nests like brackets do.
    let mut run = 0_usize;
    let mut place = 0;
    while place < bytes.len() {
        let byte = at(place);
        if !matches!(byte, b'!' | b'^' | b'-' | b'+') && !byte.is_ascii_whitespace() {
            run = 0;
        }
        match byte {
            b'#' => place = skip_comment(bytes, place),
            b'<' => place = skip_iri(bytes, place),
            b'"' | b'\'' => place = skip_string(bytes, place),
            b'\\' => place += 1,
            b'(' | b'{' | b'[' => {
                depth += 1;
                operators += 1;
                doubled.push(is_negated || is_read_twice(query, place));
                is_negated = false;
            }
            b')' | b'}' | b']' => {
                depth = depth.saturating_sub(1);
                doubled.pop();
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
        if depth + run > most.levels {
            let (line, column) = position(query, place);
            return Err(TooMuch::Depth { line, column });
        }
        if doubled.last() == Some(&true) && doubled.iter().filter(|is| **is).count() > MOST_DOUBLED
        {
            let (line, column) = position(query, place);
            return Err(TooMuch::Doubled { line, column });
        }
        if operators > most.operators {
            return Err(TooMuch::Operators);
        }
        place += 1;
    }
    Ok(())
}

/// Line and column, both from 1.
fn position(query: &str, place: usize) -> (usize, usize) {
    let before = query.get(..place).unwrap_or(query);
    (
        before.matches('\n').count() + 1,
        before.chars().rev().take_while(|c| *c != '\n').count() + 1,
    )
}

/// Whether the bracket opens the arguments of one of [`READ_TWICE`].
fn is_read_twice(query: &str, bracket: usize) -> bool {
    let before = query.get(..bracket).unwrap_or_default().trim_end();
    READ_TWICE.iter().any(|name| {
        let start = before.len().checked_sub(name.len());
        let end = start.and_then(|start| before.get(start..));
        end.is_some_and(|end| end.eq_ignore_ascii_case(name))
    })
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
