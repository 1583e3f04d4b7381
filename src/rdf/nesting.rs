//! How deep a text nests, found out without recursion, before a parser sees it.
//!
//! Parsers recurse, or copy what they have buffered once per level; a hostile text of ten
//! thousand brackets would end the whole process. One linear scan tells beforehand.

/// Which brackets and quotes count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// `{` and `[` outside strings.
    Json,
    /// `{`, `[` and `(` outside strings, IRIs and comments.
    Turtle,
    /// Elements of XML.
    Xml,
}

/// The byte offset of the first bracket that opens more than `limit` levels; `None` when the
/// text stays within it. A text with unbalanced brackets is left to its parser to complain of.
pub fn too_deep(text: &[u8], nesting: Nesting, limit: usize) -> Option<usize> {
    if nesting == Nesting::Xml {
        return open_elements(text, limit).err();
    }
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, nesting) {
            (b'"', Nesting::Json) => at = after_string(text, at, 1),
            (b'"' | b'\'', Nesting::Turtle) => {
                let long = text
                    .get(at..at + 3)
                    .is_some_and(|three| three == [*byte; 3]);
                at = after_string(text, at, if long { 3 } else { 1 });
            }
            (b'<', Nesting::Turtle) => at = after(text, at + 1, b'>'),
            (b'#', Nesting::Turtle) => at = after(text, at + 1, b'\n'),
            // A backslash escapes one character of a local name, such as `ex:a\(b`.
            (b'\\', Nesting::Turtle) => at += 2,
            (b'{' | b'[', _) | (b'(', Nesting::Turtle) => {
                depth += 1;
                if depth > limit {
                    return Some(at);
                }
                at += 1;
            }
            (b'}' | b']', _) | (b')', Nesting::Turtle) => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            _ => at += 1,
        }
    }
    None
}

/// How many elements of an XML text are open at its end.
///
/// # Errors
/// The byte offset of the first that opens more than `limit` levels.
pub fn open_elements(text: &[u8], limit: usize) -> Result<usize, usize> {
    let mut depth = 0_usize;
    let mut at = after(text, 0, b'<');
    while at < text.len() {
        let tag = text.get(at..).unwrap_or_default();
        match tag {
            [b'!', b'-', b'-', ..] => at = after_text(text, at + 3, b"-->"),
            [b'!', b'[', ..] => at = after_text(text, at + 2, b"]]>"),
            // The declarations in a document type start with `<` as well.
            [b'!' | b'?', ..] => {}
            [b'/', ..] => depth = depth.saturating_sub(1),
            _ => {
                let end = after_tag(text, at);
                let is_empty = text.get(..end).is_some_and(|tag| tag.ends_with(b"/>"));
                if !is_empty {
                    depth += 1;
                    if depth > limit {
                        return Err(at.saturating_sub(1));
                    }
                }
                at = end;
            }
        }
        at = after(text, at, b'<');
    }
    Ok(depth)
}

/// The offset after the `>` of a tag, which may stand in the value of an attribute as well.
fn after_tag(text: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'>' => return at,
            b'"' | b'\'' => at = after(text, at, *byte),
            _ => {}
        }
    }
    at
}

/// The offset after the next `end`, or after everything.
fn after_text(text: &[u8], from: usize, end: &[u8]) -> usize {
    text.get(from..)
        .and_then(|rest| rest.windows(end.len()).position(|window| window == end))
        .map_or(text.len(), |length| from + length + end.len())
}

/// The offset after the next `end`, or after everything.
fn after(text: &[u8], from: usize, end: u8) -> usize {
    text.get(from..)
        .and_then(|rest| rest.iter().position(|byte| *byte == end))
        .map_or(text.len(), |length| from + length + 1)
}

/// The offset after the string that opens at `at` with `quotes` quotation marks.
fn after_string(text: &[u8], at: usize, quotes: usize) -> usize {
    let Some(quote) = text.get(at).copied() else {
        return text.len();
    };
    let mut at = at + quotes;
    let mut run = 0;
    while let Some(byte) = text.get(at) {
        at += 1;
        match *byte {
            b'\\' => {
                run = 0;
                at += 1;
            }
            byte if byte == quote => {
                run += 1;
                if run == quotes {
                    return at;
                }
            }
            // A short string ends with its line: what follows an unclosed one still counts.
            b'\n' if quotes == 1 => return at,
            _ => run = 0,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_levels_are_found_at_the_bracket_that_is_one_too_many() {
        let text = "[".repeat(10_000);
        assert_eq!(too_deep(text.as_bytes(), Nesting::Json, 100), Some(100));
        assert_eq!(too_deep(text.as_bytes(), Nesting::Turtle, 100), Some(100));
        assert_eq!(too_deep(text.as_bytes(), Nesting::Json, 10_000), None);
    }

    #[test]
    fn brackets_in_strings_iris_and_comments_do_not_count() {
        let json = br#"{"a\"[[[[": "[[[[", "b": []}"#;
        assert_eq!(too_deep(json, Nesting::Json, 2), None);
        let turtle = br#"<http://e.org/((((> a "((((", '''[[ ' " [[''', """(( "" ((""" . # ((((
            <a> <b> "\"((((" , ex:a\(\(\( , [ <c> ( 1 2 ) ] ."#;
        assert_eq!(too_deep(turtle, Nesting::Turtle, 2), None);
        assert_eq!(
            too_deep(turtle, Nesting::Turtle, 1),
            turtle.iter().rposition(|byte| *byte == b'(')
        );
    }

    #[test]
    fn the_elements_of_xml_are_counted_and_not_what_looks_like_them() {
        let text = "<a>".repeat(101);
        assert_eq!(too_deep(text.as_bytes(), Nesting::Xml, 100), Some(300));
        let flat =
            br#"<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><!-- <a><a><a> --><a b="/>"
            c='>'><b/><![CDATA[<a><a><a>]]><b></b><b x=">"/><b></b></a><a><b></b></a>"#;
        assert_eq!(too_deep(flat, Nesting::Xml, 2), None);
        assert!(too_deep(flat, Nesting::Xml, 1).is_some());
        assert_eq!(open_elements(flat, 2), Ok(0));
        assert_eq!(open_elements(b"<a><b><c/></b>", 2), Ok(1));
        for end in 0..flat.len() {
            too_deep(flat.get(..end).expect("within"), Nesting::Xml, 1);
        }
    }

    #[test]
    fn an_escape_at_the_very_end_is_no_trap() {
        for text in ["\"\\", "<", "\\", "\"\"\"", "#", "'''\\"] {
            assert_eq!(too_deep(text.as_bytes(), Nesting::Turtle, 1), None);
            assert_eq!(too_deep(text.as_bytes(), Nesting::Json, 1), None);
        }
    }
}
