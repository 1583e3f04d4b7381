//! Regular expressions as SPARQL means them: those of XPath.

use crate::shapes::compile::Refusal;
use regex::{Regex, RegexBuilder};

/// No pattern's automaton may take more than this many bytes, nor nest deeper than that.
const PATTERN_BYTES: usize = 1 << 20;
const PATTERN_NESTING: u32 = 64;

/// # Errors
/// When a flag is none of `s`, `m`, `i`, `x` and `q`.
pub(super) fn check_flags(flags: &str) -> Result<(), Refusal> {
    match flags.chars().find(|flag| !"smixq".contains(*flag)) {
        None => Ok(()),
        Some(flag) => Err(Refusal::new(
            "flags",
            format!("`{flag}` is no flag; use any of `s`, `m`, `i`, `x` and `q`"),
        )),
    }
}

/// XPath and XQuery functions §5.6.1.1: the flags `s`, `m`, `i`, `x` and `q`.
pub(super) fn compile(pattern: &str, flags: &str) -> Result<Regex, Refusal> {
    check_flags(flags)?;
    let source = if flags.contains('q') {
        regex::escape(pattern)
    } else if flags.contains('x') {
        without_spaces(pattern)
    } else {
        pattern.to_owned()
    };
    RegexBuilder::new(&source)
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .case_insensitive(flags.contains('i'))
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_NESTING)
        .build()
        .map_err(|error| Refusal::new("pattern-regex", format!("`{pattern}`: {error}")))
}

/// Flag `x` of XPath removes white space outside of brackets, and knows no comments.
fn without_spaces(pattern: &str) -> String {
    let mut depth = 0_u32;
    let mut is_escaped = false;
    pattern
        .chars()
        .filter(|character| {
            let keep = depth > 0 || !matches!(character, ' ' | '\t' | '\n' | '\r');
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_xpath() {
        let matches =
            |source, flags, text: &str| compile(source, flags).expect("a pattern").is_match(text);
        assert!(!matches("^joh", "", "Joh"));
        assert!(matches("^joh", "i", "Joh"));
        assert!(!matches("a.b", "", "a\nb"));
        assert!(matches("a.b", "s", "a\nb"));
        assert!(matches("^b$", "m", "a\nb"));
        assert!(matches("^a b [ ] # $", "x", "ab #"));
        assert!(matches("a.b", "q", "a.b"));
        assert!(!matches("a.b", "q", "axb"));
        assert!(compile("a", "g").is_err());
    }

    #[test]
    fn a_pattern_that_would_eat_the_memory_is_refused() {
        assert!(compile("((a{1000}){1000}){1000}", "").is_err());
        assert!(compile(&"(".repeat(1000), "").is_err());
    }
}
