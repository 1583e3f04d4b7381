//! Rule 6: text as people read it, without markup, stray spaces and invisible characters.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// A text on one line, such as a name. `None` when it is already as it should be.
pub(super) fn line(text: &str) -> Option<String> {
    clean(text, false)
}

/// A text of paragraphs, such as a description. `None` when it is already as it should be.
pub(super) fn paragraphs(text: &str) -> Option<String> {
    clean(text, true)
}

/// How often markup may stand within markup (`&amp;lt;b&amp;gt;`) before it is nobody's text.
const ROUNDS: usize = 8;

fn clean(text: &str, keeps_lines: bool) -> Option<String> {
    if is_clean(text, keeps_lines) {
        return None;
    }
    // Taking markup away can leave new markup, so it is done until nothing changes: what comes
    // out comes out of a second normalisation unchanged.
    let mut cleaned = step(text, keeps_lines, true);
    for _ in 1..ROUNDS {
        let again = step(&cleaned, keeps_lines, true);
        if again == cleaned {
            return (cleaned != text).then_some(cleaned);
        }
        cleaned = again;
    }
    cleaned.retain(|c| !matches!(c, '<' | '&'));
    let cleaned = step(&cleaned, keeps_lines, false);
    (cleaned != text).then_some(cleaned)
}

/// The usual case, seen in one pass without a copy.
fn is_clean(text: &str, keeps_lines: bool) -> bool {
    let mut space_before = true;
    for c in text.chars() {
        match c {
            '<' | '&' => return false,
            ' ' if space_before => return false,
            '\n' if keeps_lines => return false,
            c if c != ' ' && (c.is_whitespace() || is_invisible(c)) => return false,
            _ => {}
        }
        space_before = c == ' ';
    }
    (text.is_empty() || !space_before) && is_nfc_quick(text.chars()) == IsNormalized::Yes
}

fn step(text: &str, keeps_lines: bool, has_markup: bool) -> String {
    let text: String = text.chars().filter(|c| !is_invisible(*c)).nfc().collect();
    let text = if has_markup {
        without_tags(&decoded(&text), keeps_lines)
    } else {
        text
    };
    if keeps_lines {
        spaced_paragraphs(&text)
    } else {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Characters that show nothing, or that change the direction of what follows them.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{FFFE}'
        | '\u{FFFF}' => true,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        c => c.is_control(),
    }
}

/// Lines and paragraphs with single spaces, no empty line more than one at a time.
fn spaced_paragraphs(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty_lines = 0;
    for line in text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            empty_lines += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty_lines > 0 { "\n\n" } else { "\n" });
        }
        out.push_str(&line);
        empty_lines = 0;
    }
    out
}

/// Elements whose content nobody reads.
const UNREAD: &[&str] = &[
    "script", "style", "noscript", "template", "iframe", "object", "svg",
];

/// Elements that begin a paragraph, and end one.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "thead",
    "title",
    "ul",
];

/// Elements that begin a line.
const LINES: &[&str] = &["br", "li", "tr", "option"];

/// Elements within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "button", "canvas", "caption",
    "cite", "code", "col", "colgroup", "data", "del", "dfn", "em", "embed", "font", "i", "img",
    "input", "ins", "kbd", "label", "legend", "link", "map", "mark", "meta", "nobr", "o:p",
    "param", "picture", "q", "s", "samp", "select", "small", "source", "span", "strike", "strong",
    "sub", "summary", "details", "sup", "td", "textarea", "th", "time", "tt", "u", "var", "video",
    "wbr",
];

/// The text without HTML tags and comments. `a < b` and `<3` are no tags.
fn without_tags(text: &str, keeps_lines: bool) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let (mut block, mut line) = ("\n\n", "\n");
    if !keeps_lines {
        (block, line) = (" ", " ");
    }
    let mut out = String::with_capacity(text.len());
    let mut has_blocks = false;
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        pieces.push(Piece::Text(before));
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let Some(name) = tag_name(from) else {
            pieces.push(Piece::Text("<"));
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        rest = from.split_once('>').map_or("", |(_, after)| after);
        let is_end = from.starts_with("</");
        if UNREAD.contains(&name.as_str()) {
            if !is_end {
                rest = after_element(rest, &name);
            }
            pieces.push(Piece::Break(" "));
        } else if BLOCKS.contains(&name.as_str()) {
            has_blocks = true;
            pieces.push(Piece::Break(block));
        } else if name == "li" && !is_end && keeps_lines {
            has_blocks = true;
            pieces.push(Piece::Break("\n- "));
        } else if LINES.contains(&name.as_str()) {
            has_blocks = true;
            if !is_end || name == "br" {
                pieces.push(Piece::Break(line));
            }
        } else if matches!(name.as_str(), "td" | "th" | "img") {
            pieces.push(Piece::Break(" "));
        }
    }
    pieces.push(Piece::Text(rest));
    for piece in pieces {
        match piece {
            // In HTML a line of the file is only a space.
            Piece::Text(text) if has_blocks => out.push_str(&text.replace(['\n', '\r'], " ")),
            Piece::Text(text) | Piece::Break(text) => out.push_str(text),
        }
    }
    out
}

enum Piece<'a> {
    Text(&'a str),
    Break(&'static str),
}

/// The lower-case name of the HTML element whose tag starts here, if one does. Declarations
/// (`<!DOCTYPE …>`, `<?xml …>`) count as inline elements.
fn tag_name(text: &str) -> Option<String> {
    let inner = text.strip_prefix('<')?;
    let declaration = inner.strip_prefix(['!', '?']);
    if declaration.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic())) {
        return Some("!".to_owned());
    }
    let inner = inner.strip_prefix('/').unwrap_or(inner);
    let length = inner
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b':')
        .count();
    // No element has a longer name.
    let name = inner.get(..length.min(12))?.to_ascii_lowercase();
    let ends = inner
        .get(length..)?
        .chars()
        .next()
        .is_none_or(|c| c.is_whitespace() || matches!(c, '>' | '/'));
    let known = [UNREAD, BLOCKS, LINES, INLINE]
        .iter()
        .any(|names| names.contains(&name.as_str()));
    (ends && known).then_some(name)
}

/// What follows the end tag of an element whose content nobody reads.
fn after_element<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some(at) = rest.find("</") {
        let (_, from) = rest.split_at(at);
        let found = from.get(2..2 + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return from.split_once('>').map_or("", |(_, after)| after);
        }
        rest = from.get(2..).unwrap_or_default();
    }
    ""
}

/// The text with character references replaced, each once.
fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        // The longest name in the table has eight letters.
        let end = from.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| Some((end, reference(from.get(1..end)?)?))) {
            Some((end, character)) => {
                out.push(character);
                rest = from.get(end + 1..).unwrap_or_default();
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

/// The character of a reference, such as `eacute`, `#233` or `#xE9`.
fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        // HTML Standard §13.2.5.80: these numbers mean the characters of Windows-1252.
        return match code {
            0 => Some(' '),
            0x80..=0x9F => WINDOWS_1252.chars().nth(usize::try_from(code - 0x80).ok()?),
            code => char::from_u32(code),
        };
    }
    REFERENCES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, character)| *character)
}

const WINDOWS_1252: &str = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/// The named references that are met in feeds: those of HTML 4 for Latin text, and punctuation.
const REFERENCES: &[(&str, char)] = &[
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("ensp", ' '),
    ("emsp", ' '),
    ("thinsp", ' '),
    ("shy", '\u{AD}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("lrm", '\u{200E}'),
    ("rlm", '\u{200F}'),
    ("iexcl", '¡'),
    ("cent", '¢'),
    ("pound", '£'),
    ("curren", '¤'),
    ("yen", '¥'),
    ("brvbar", '¦'),
    ("sect", '§'),
    ("uml", '¨'),
    ("copy", '©'),
    ("ordf", 'ª'),
    ("laquo", '«'),
    ("not", '¬'),
    ("reg", '®'),
    ("macr", '¯'),
    ("deg", '°'),
    ("plusmn", '±'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("acute", '´'),
    ("micro", 'µ'),
    ("para", '¶'),
    ("middot", '·'),
    ("cedil", '¸'),
    ("sup1", '¹'),
    ("ordm", 'º'),
    ("raquo", '»'),
    ("frac14", '¼'),
    ("frac12", '½'),
    ("frac34", '¾'),
    ("iquest", '¿'),
    ("Agrave", 'À'),
    ("Aacute", 'Á'),
    ("Acirc", 'Â'),
    ("Atilde", 'Ã'),
    ("Auml", 'Ä'),
    ("Aring", 'Å'),
    ("AElig", 'Æ'),
    ("Ccedil", 'Ç'),
    ("Egrave", 'È'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Euml", 'Ë'),
    ("Igrave", 'Ì'),
    ("Iacute", 'Í'),
    ("Icirc", 'Î'),
    ("Iuml", 'Ï'),
    ("ETH", 'Ð'),
    ("Ntilde", 'Ñ'),
    ("Ograve", 'Ò'),
    ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'),
    ("Otilde", 'Õ'),
    ("Ouml", 'Ö'),
    ("times", '×'),
    ("Oslash", 'Ø'),
    ("Ugrave", 'Ù'),
    ("Uacute", 'Ú'),
    ("Ucirc", 'Û'),
    ("Uuml", 'Ü'),
    ("Yacute", 'Ý'),
    ("THORN", 'Þ'),
    ("szlig", 'ß'),
    ("agrave", 'à'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("aring", 'å'),
    ("aelig", 'æ'),
    ("ccedil", 'ç'),
    ("egrave", 'è'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("euml", 'ë'),
    ("igrave", 'ì'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iuml", 'ï'),
    ("eth", 'ð'),
    ("ntilde", 'ñ'),
    ("ograve", 'ò'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("divide", '÷'),
    ("oslash", 'ø'),
    ("ugrave", 'ù'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("uuml", 'ü'),
    ("yacute", 'ý'),
    ("thorn", 'þ'),
    ("yuml", 'ÿ'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("Yuml", 'Ÿ'),
    ("fnof", 'ƒ'),
    ("circ", 'ˆ'),
    ("tilde", '˜'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("dagger", '†'),
    ("Dagger", '‡'),
    ("bull", '•'),
    ("hellip", '…'),
    ("permil", '‰'),
    ("prime", '′'),
    ("Prime", '″'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("euro", '€'),
    ("trade", '™'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("minus", '−'),
    ("infin", '∞'),
    ("ne", '≠'),
    ("le", '≤'),
    ("ge", '≥'),
    ("hearts", '♥'),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> String {
        line(text).unwrap_or_else(|| text.to_owned())
    }

    fn description(text: &str) -> String {
        paragraphs(text).unwrap_or_else(|| text.to_owned())
    }

    #[test]
    fn names_lose_spaces_markup_and_invisible_characters() {
        for (before, after) in [
            ("  Le  Cid ", "Le Cid"),
            ("Le\u{a0}Cid\n", "Le Cid"),
            ("<b>Le Cid</b><br/>de Corneille", "Le Cid de Corneille"),
            ("Tom &amp; Jerry", "Tom & Jerry"),
            (
                "L&#39;&Eacute;t&eacute; &#x2013; fin&hellip;",
                "L'Été – fin…",
            ),
            ("Le Cid<script>alert('x')</script>", "Le Cid"),
            ("Le Cid<SCRIPT src=x>alert(1)", "Le Cid"),
            ("e\u{301}te\u{301}", "été"),
            ("a\u{0}b\u{200b}c\u{202e}d", "abcd"),
            ("caf&#233;", "café"),
            ("l&#146;eau", "l’eau"),
        ] {
            assert_eq!(name(before), after);
        }
    }

    #[test]
    fn what_only_looks_like_markup_stays() {
        for text in [
            "I <3 U", "a < b", "AT&T", "<Hamlet>", "R&D; co", "2 <= 3", "&", "<", "&#xZZ;",
        ] {
            assert_eq!(line(text), None, "{text}");
        }
    }

    #[test]
    fn descriptions_keep_their_paragraphs() {
        assert_eq!(
            description(
                "<p>Un  deux\ntrois&#160;!</p><p>Quatre<br>cinq</p><ul><li>a</li><li>b</li></ul>"
            ),
            "Un deux trois !\n\nQuatre\ncinq\n\n- a\n- b"
        );
        assert_eq!(description("Un\n\n\n  deux \nx"), "Un\n\ndeux\nx");
        assert_eq!(description("Un\n\ndeux\nx"), "Un\n\ndeux\nx");
        assert_eq!(description("<b>gras</b>\nligne"), "gras\nligne");
        assert_eq!(description("Cut <a href=\"http://a.exam"), "Cut");
        assert_eq!(description("a<!-- b --> c"), "a c");
    }

    #[test]
    fn markup_within_markup_ends() {
        let nested = format!("&{}lt;b>x", "amp;".repeat(200));
        let once = name(&nested);
        assert_eq!(name(&once), once);
        assert_eq!(name("<<b>b>x"), "x");
        assert_eq!(name("&am<b>p;lt;"), "<");
    }

    #[test]
    fn windows_numbers_have_their_thirty_two_characters() {
        assert_eq!(WINDOWS_1252.chars().count(), 32);
        assert_eq!(reference("#128"), Some('€'));
        assert_eq!(reference("#159"), Some('Ÿ'));
    }

    proptest::proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "[a<>/&;#x0-9bp\u{e9}\u{301} \n\u{a0}-]{0,60}|\\PC{0,40}|(<p>|&amp;|&lt;|<b|</script>|<script>|<!--|-->| |\n|\u{37e}|amp;){0,20}") {
            let once = name(&text);
            proptest::prop_assert_eq!(line(&once), None);
            let once = description(&text);
            proptest::prop_assert_eq!(paragraphs(&once), None);
        }
    }
}
