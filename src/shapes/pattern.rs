//! Regular expressions as SPARQL means them: those of XPath, which are those of XML Schema and a
//! little more. What Rust writes otherwise is translated; what it has not is refused.
//!
//! `\w` is left as Rust, Java and Python have it. For XML Schema the underscore would be none of
//! these characters and the plus sign one, which no author of shapes expects.

use crate::shapes::compile::Refusal;
use regex::{Regex, RegexBuilder};
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

/// A regular expression, which prints as its author wrote it.
#[derive(Debug)]
pub(super) struct Pattern {
    source: String,
    regex: Regex,
}

impl Pattern {
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

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
///
/// # Errors
/// When the pattern is none, or is too large.
pub(super) fn compile(pattern: &str, flags: &str) -> Result<Pattern, Refusal> {
    check_flags(flags)?;
    let source = if flags.contains('q') {
        regex::escape(pattern)
    } else if flags.contains('x') {
        translate(&without_spaces(pattern))?
    } else {
        translate(pattern)?
    };
    let regex = RegexBuilder::new(&source)
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .case_insensitive(flags.contains('i'))
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_NESTING)
        .build()
        .map_err(|error| Refusal::new("pattern-regex", format!("`{pattern}`: {error}")))?;
    Ok(Pattern {
        source: pattern.to_owned(),
        regex,
    })
}

/// XML Schema part 2, appendix F, into the syntax of the `regex` crate.
fn translate(pattern: &str) -> Result<String, Refusal> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.peek() {
                Some('1'..='9') => {
                    return Err(Refusal::new(
                        "unsupported",
                        format!("`{pattern}`: references back to a group are not supported"),
                    ));
                }
                _ => match escape(&mut rest)? {
                    Escape::One(character) => push_literal(&mut out, character),
                    Escape::Class(class) => out.push_str(&class),
                },
            },
            '[' => class(&mut rest, &mut out, PATTERN_NESTING)?,
            other => out.push(other),
        }
    }
    Ok(out)
}

enum Escape {
    One(char),
    /// A class in brackets, or whatever Rust makes of it.
    Class(String),
}

/// What stands after a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>) -> Result<Escape, Refusal> {
    let class = |class: &str| Ok(Escape::Class(class.to_owned()));
    let Some(character) = rest.next() else {
        return class("\\");
    };
    match character {
        'n' => Ok(Escape::One('\n')),
        'r' => Ok(Escape::One('\r')),
        't' => Ok(Escape::One('\t')),
        's' => class("[ \\t\\n\\r]"),
        'S' => class("[^ \\t\\n\\r]"),
        'i' => Ok(Escape::Class(format!("[{NAME_START}]"))),
        'I' => Ok(Escape::Class(format!("[^{NAME_START}]"))),
        'c' => Ok(Escape::Class(format!("[{NAME_START}{NAME_MORE}]"))),
        'C' => Ok(Escape::Class(format!("[^{NAME_START}{NAME_MORE}]"))),
        'p' | 'P' if rest.peek() == Some(&'{') => {
            rest.next();
            let name: String = rest.take_while(|c| *c != '}').collect();
            match name.strip_prefix("Is") {
                Some(block) => match BLOCKS.iter().find(|(name, ..)| *name == block) {
                    Some((_, first, last)) => {
                        let not = if character == 'P' { "^" } else { "" };
                        Ok(Escape::Class(format!(
                            "[{not}\\u{{{first:X}}}-\\u{{{last:X}}}]"
                        )))
                    }
                    None => Err(Refusal::new(
                        "pattern-regex",
                        format!("`{block}` is no block of characters"),
                    )),
                },
                None => Ok(Escape::Class(format!("\\{character}{{{name}}}"))),
            }
        }
        letter if letter.is_ascii_alphanumeric() => Ok(Escape::Class(format!("\\{letter}"))),
        other => Ok(Escape::One(other)),
    }
}

/// What stands after an opening bracket, up to the closing one.
fn class(
    rest: &mut Peekable<Chars<'_>>,
    out: &mut String,
    nesting_left: u32,
) -> Result<(), Refusal> {
    let ill_formed = |problem: &str| Err(Refusal::new("pattern-regex", problem.to_owned()));
    let Some(nesting_left) = nesting_left.checked_sub(1) else {
        return ill_formed("the brackets of the pattern nest too deep");
    };
    // In brackets of its own: what is subtracted goes off the complement too, not off what the
    // complement is of.
    out.push_str("[[");
    if rest.next_if_eq(&'^').is_some() {
        out.push('^');
    }
    let mut is_first = true;
    loop {
        let Some(character) = rest.next() else {
            return ill_formed("a bracket of the pattern is not closed");
        };
        match character {
            ']' if is_first => return ill_formed("brackets without a character in them"),
            ']' => {
                out.push_str("]]");
                return Ok(());
            }
            '-' if rest.next_if_eq(&'[').is_some() => {
                if is_first {
                    return ill_formed("nothing from which to subtract characters");
                }
                out.push_str("]--");
                class(rest, out, nesting_left)?;
                out.push(']');
                return match rest.next() {
                    Some(']') => Ok(()),
                    _ => ill_formed("what is subtracted is the last in its brackets"),
                };
            }
            _ => match in_class(character, rest)? {
                Escape::Class(class) => out.push_str(&class),
                Escape::One(first) => {
                    push_literal(out, first);
                    let mut ahead = rest.clone();
                    let is_range = ahead.next() == Some('-')
                        && !matches!(ahead.next(), None | Some(']' | '['));
                    if is_range
                        && rest.next().is_some()
                        && let Some(last) = rest.next()
                    {
                        let Escape::One(last) = in_class(last, rest)? else {
                            return ill_formed("a range of characters ends with one of them");
                        };
                        out.push('-');
                        push_literal(out, last);
                    }
                }
            },
        }
        is_first = false;
    }
}

fn in_class(character: char, rest: &mut Peekable<Chars<'_>>) -> Result<Escape, Refusal> {
    match character {
        '\\' => escape(rest),
        other => Ok(Escape::One(other)),
    }
}

/// The character itself, inside of brackets or outside.
fn push_literal(out: &mut String, character: char) {
    match character {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '<' | '>' => out.push(character),
        punctuation if punctuation.is_ascii_punctuation() => {
            out.push('\\');
            out.push(punctuation);
        }
        other => out.push(other),
    }
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

/// XML 1.0 §2.3: with what a name starts, and what else may be in it.
const NAME_START: &str = ":A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\
    \\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\
    \\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const NAME_MORE: &str = "\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}";

/// XML Schema part 2, appendix F.1.1: the blocks of Unicode and their first and last characters.
const BLOCKS: &[(&str, u32, u32)] = &[
    ("BasicLatin", 0x0000, 0x007F),
    ("Latin-1Supplement", 0x0080, 0x00FF),
    ("LatinExtended-A", 0x0100, 0x017F),
    ("LatinExtended-B", 0x0180, 0x024F),
    ("IPAExtensions", 0x0250, 0x02AF),
    ("SpacingModifierLetters", 0x02B0, 0x02FF),
    ("CombiningDiacriticalMarks", 0x0300, 0x036F),
    ("Greek", 0x0370, 0x03FF),
    ("GreekandCoptic", 0x0370, 0x03FF),
    ("Cyrillic", 0x0400, 0x04FF),
    ("Armenian", 0x0530, 0x058F),
    ("Hebrew", 0x0590, 0x05FF),
    ("Arabic", 0x0600, 0x06FF),
    ("Syriac", 0x0700, 0x074F),
    ("Thaana", 0x0780, 0x07BF),
    ("Devanagari", 0x0900, 0x097F),
    ("Bengali", 0x0980, 0x09FF),
    ("Gurmukhi", 0x0A00, 0x0A7F),
    ("Gujarati", 0x0A80, 0x0AFF),
    ("Oriya", 0x0B00, 0x0B7F),
    ("Tamil", 0x0B80, 0x0BFF),
    ("Telugu", 0x0C00, 0x0C7F),
    ("Kannada", 0x0C80, 0x0CFF),
    ("Malayalam", 0x0D00, 0x0D7F),
    ("Sinhala", 0x0D80, 0x0DFF),
    ("Thai", 0x0E00, 0x0E7F),
    ("Lao", 0x0E80, 0x0EFF),
    ("Tibetan", 0x0F00, 0x0FFF),
    ("Myanmar", 0x1000, 0x109F),
    ("Georgian", 0x10A0, 0x10FF),
    ("HangulJamo", 0x1100, 0x11FF),
    ("Ethiopic", 0x1200, 0x137F),
    ("Cherokee", 0x13A0, 0x13FF),
    ("UnifiedCanadianAboriginalSyllabics", 0x1400, 0x167F),
    ("Ogham", 0x1680, 0x169F),
    ("Runic", 0x16A0, 0x16FF),
    ("Khmer", 0x1780, 0x17FF),
    ("Mongolian", 0x1800, 0x18AF),
    ("LatinExtendedAdditional", 0x1E00, 0x1EFF),
    ("GreekExtended", 0x1F00, 0x1FFF),
    ("GeneralPunctuation", 0x2000, 0x206F),
    ("SuperscriptsandSubscripts", 0x2070, 0x209F),
    ("CurrencySymbols", 0x20A0, 0x20CF),
    ("CombiningMarksforSymbols", 0x20D0, 0x20FF),
    ("LetterlikeSymbols", 0x2100, 0x214F),
    ("NumberForms", 0x2150, 0x218F),
    ("Arrows", 0x2190, 0x21FF),
    ("MathematicalOperators", 0x2200, 0x22FF),
    ("MiscellaneousTechnical", 0x2300, 0x23FF),
    ("ControlPictures", 0x2400, 0x243F),
    ("OpticalCharacterRecognition", 0x2440, 0x245F),
    ("EnclosedAlphanumerics", 0x2460, 0x24FF),
    ("BoxDrawing", 0x2500, 0x257F),
    ("BlockElements", 0x2580, 0x259F),
    ("GeometricShapes", 0x25A0, 0x25FF),
    ("MiscellaneousSymbols", 0x2600, 0x26FF),
    ("Dingbats", 0x2700, 0x27BF),
    ("BraillePatterns", 0x2800, 0x28FF),
    ("CJKRadicalsSupplement", 0x2E80, 0x2EFF),
    ("KangxiRadicals", 0x2F00, 0x2FDF),
    ("IdeographicDescriptionCharacters", 0x2FF0, 0x2FFF),
    ("CJKSymbolsandPunctuation", 0x3000, 0x303F),
    ("Hiragana", 0x3040, 0x309F),
    ("Katakana", 0x30A0, 0x30FF),
    ("Bopomofo", 0x3100, 0x312F),
    ("HangulCompatibilityJamo", 0x3130, 0x318F),
    ("Kanbun", 0x3190, 0x319F),
    ("BopomofoExtended", 0x31A0, 0x31BF),
    ("EnclosedCJKLettersandMonths", 0x3200, 0x32FF),
    ("CJKCompatibility", 0x3300, 0x33FF),
    ("CJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF),
    ("CJKUnifiedIdeographs", 0x4E00, 0x9FFF),
    ("YiSyllables", 0xA000, 0xA48F),
    ("YiRadicals", 0xA490, 0xA4CF),
    ("HangulSyllables", 0xAC00, 0xD7A3),
    ("PrivateUse", 0xE000, 0xF8FF),
    ("CJKCompatibilityIdeographs", 0xF900, 0xFAFF),
    ("AlphabeticPresentationForms", 0xFB00, 0xFB4F),
    ("ArabicPresentationForms-A", 0xFB50, 0xFDFF),
    ("CombiningHalfMarks", 0xFE20, 0xFE2F),
    ("CJKCompatibilityForms", 0xFE30, 0xFE4F),
    ("SmallFormVariants", 0xFE50, 0xFE6F),
    ("ArabicPresentationForms-B", 0xFE70, 0xFEFE),
    ("HalfwidthandFullwidthForms", 0xFF00, 0xFFEF),
    ("Specials", 0xFFF0, 0xFFFD),
];

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

    #[test]
    fn what_xml_schema_writes_otherwise_is_translated() {
        let matches = |source: &str, text: &str| compile(source, "").expect(source).is_match(text);
        // Names of XML.
        assert!(matches(r"^\i\c*$", "é:a-1.b"));
        assert!(!matches(r"^\i\c*$", "1a"));
        assert!(matches(r"^[\i-[:]][\c-[:]]*$", "a-1"));
        assert!(!matches(r"^[\i-[:]][\c-[:]]*$", "a:1"));
        assert!(matches(r"^\I\C$", "1 "));
        // Blocks.
        assert!(matches(r"^\p{IsBasicLatin}+$", "abc"));
        assert!(!matches(r"^\p{IsBasicLatin}+$", "abç"));
        assert!(matches(r"^\P{IsBasicLatin}$", "ç"));
        assert!(matches(r"^[\p{IsGreek}\p{Lu}]+$", "αB"));
        assert!(matches(r"^\p{L}\p{Nd}$", "é٣"));
        // Subtraction, of a complement too, and twice.
        assert!(matches(r"^[a-z-[aeiou]]+$", "xyz"));
        assert!(!matches(r"^[a-z-[aeiou]]+$", "xaz"));
        assert!(matches(r"^[^a-c-[x]]$", "d"));
        assert!(!matches(r"^[^a-c-[x]]$", "x"));
        assert!(!matches(r"^[^a-c-[x]]$", "a"));
        assert!(matches(r"^[a-z-[b-y-[m]]]+$", "amz"));
        assert!(!matches(r"^[a-z-[b-y-[m]]]+$", "n"));
        // White space is what XML knows.
        assert!(matches(r"^a\sb$", "a\tb"));
        assert!(!matches(r"^a\sb$", "a\u{A0}b"));
        assert!(matches(r"^[\S]$", "\u{A0}"));
    }

    #[test]
    fn what_only_rust_reads_otherwise_keeps_its_plain_meaning() {
        let matches = |source: &str, text: &str| compile(source, "").expect(source).is_match(text);
        assert!(matches(r"^[a&&b]+$", "a&b"));
        assert!(matches(r"^[a~~b]+$", "a~b"));
        assert!(matches(r"^[a[b]+$", "a[b"));
        assert!(matches(r"^[+--]+$", "+,-"));
        assert!(matches(r"^[-a]+$", "a-"));
        assert!(matches(r"^[a-]+$", "a-"));
        assert!(matches(r"^[\-\]\[\\^]+$", r"-][\^"));
        assert!(matches(r"^[[:alpha:]+$", ":[a"));
        assert!(matches(r"^\<a\>\/\-\#$", "<a>/-#"));
        assert!(matches(r"^[\n\t]$", "\n"));
        assert!(matches(r"^(?:ab){2,3}?$", "abab"));
        assert!(matches(r"^[\d.]+$", "1.2"));
        // The end is the end, a line break before it does not count.
        assert!(!matches("^a$", "a\n"));
        assert!(matches(r"\.$", "a."));
    }

    #[test]
    fn what_is_no_pattern_is_refused_with_the_rule() {
        let rule = |source: &str| compile(source, "").expect_err(source).rule();
        for source in [
            "[a",
            "[]",
            "[^]",
            "[a-[b]",
            "[-[b]]",
            "[a-[b]c]",
            "[a-\\d]",
            "\\p{IsNowhere}",
            "(?=a)",
            "(",
            "\\",
            "\\p{",
            "[b-a]",
        ] {
            assert_eq!(rule(source), "pattern-regex", "{source}");
        }
        assert_eq!(rule(r"(a)\1"), "unsupported");
        assert_eq!(rule(&"[a-".repeat(1000)), "pattern-regex");
    }

    #[test]
    fn a_pattern_is_shown_as_it_was_written() {
        let pattern = compile(r"^\i[a-z-[q]]$", "").expect("a pattern");
        assert_eq!(pattern.to_string(), r"^\i[a-z-[q]]$");
    }
}
