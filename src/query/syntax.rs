//! What is wrong with the text of a query, in words for people.
//!
//! The parser tells the furthest place that it looked at, and what it looked for there. It reads
//! a word for each keyword that it tries, so that place is past the fault, and what it tells is
//! whichever keyword is longest. Asked about beginnings of the query, it tells more: the longest
//! beginning that it takes to its end is the one before the fault.

use crate::model::Text;
use std::time::{Duration, Instant};

/// More than these would not be read.
const MOST_EXPECTED: usize = 12;
/// Longer texts are not parsed again and again.
const MOST_BYTES: usize = 16 << 10;
/// How long one more parsing may seem to take.
const MOST_TIME: Duration = Duration::from_millis(5);
/// No keyword is longer that may stand where others may.
const LONGEST_KEYWORD: usize = 11;
/// Keywords that are taken by the parser and refused by us, or that are no SPARQL 1.1.
const NOT_OFFERED: &[&str] = &["LATERAL", "SERVICE", "`~`", "`{|`", "`<<`", "`<<(`"];
/// Keywords after which a certain other one must follow: they are read as one.
const PAIRS: &[(&str, &str)] = &[
    ("GROUP", "BY"),
    ("ORDER", "BY"),
    ("NOT", "EXISTS"),
    ("NOT", "IN"),
];

/// Where a query is wrong, and how.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Line and column, counted from 1.
    pub position: Option<(usize, usize)>,
    pub text: Text,
}

/// What the parser says of a text; nothing when it takes it.
type Parse<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Finds the fault of a query that the parser refuses.
pub(super) fn fault(query: &str, parse: Parse<'_>) -> Fault {
    let started = Instant::now();
    let message = parse(query).unwrap_or_default();
    let Some(said) = Said::read(&message) else {
        return Fault {
            position: None,
            text: Text::new(format!("En anglais : {message}"), message),
        };
    };
    if query.len() > MOST_BYTES || started.elapsed() > MOST_TIME {
        return told(said.position, None, &said.sentences(), &said.expected());
    }
    let tokens = tokens(query);
    let taken = longest_taken(query, &tokens, parse);
    // The parser reads on in what has no end.
    let open = tokens.iter().take(taken + 1).find(|token| token.is_open);
    let bad = open.or_else(|| tokens.get(taken)).copied();
    let place = bad.map_or(query.len(), |token| token.start);
    let expected = match bad {
        Some(token) if token.is_open => Vec::new(),
        _ => expected_after(tokens_text(query, &tokens, taken), parse),
    };
    told(
        position(query, place),
        Some(bad.map(|token| token.of(query))),
        &match bad {
            Some(token) if token.is_open => vec![Text::new(
                "ce texte, ou cet IRI, n'a pas de fin",
                "this string, or IRI, has no end",
            )],
            _ => said.sentences(),
        },
        &expected,
    )
}

/// `found` is what stands there, or that nothing does, or that nobody has looked.
fn told(
    (line, column): (usize, usize),
    found: Option<Option<&str>>,
    sentences: &[Text],
    expected: &[Text],
) -> Fault {
    let list = |pick: fn(&Text) -> &str, all: &[Text]| {
        let more = if all.len() > MOST_EXPECTED {
            ", …"
        } else {
            ""
        };
        let all: Vec<&str> = all.iter().take(MOST_EXPECTED).map(pick).collect();
        format!("{}{more}", all.join(", "))
    };
    let (mut fr, mut en) = (
        format!("Ligne {line}, colonne {column}"),
        format!("Line {line}, column {column}"),
    );
    if sentences.is_empty() {
        match found {
            Some(Some(found)) => {
                let mut shown: String = found.chars().take(30).collect();
                if shown.len() < found.len() {
                    shown.push('…');
                }
                fr.push_str(&format!(" : `{shown}` ne convient pas"));
                en.push_str(&format!(": `{shown}` does not fit"));
            }
            Some(None) => {
                fr.push_str(" : la requête s'arrête trop tôt");
                en.push_str(": the query ends too early");
            }
            None => {
                fr.push_str(" : la lecture s'est arrêtée");
                en.push_str(": reading stopped");
            }
        }
        if !expected.is_empty() {
            let (french, english) = (list(|t| &t.fr, expected), list(|t| &t.en, expected));
            fr.push_str(&format!(". Attendu ici : {french}"));
            en.push_str(&format!(". Expected here: {english}"));
        }
    } else {
        fr.push_str(&format!(" : {}", list(|t| &t.fr, sentences)));
        en.push_str(&format!(": {}", list(|t| &t.en, sentences)));
    }
    Fault {
        position: Some((line, column)),
        text: Text::new(format!("{fr}."), format!("{en}.")),
    }
}

// ── What the parser says ─────────────────────────────────────────────────────────────────────

/// `error at LINE:COLUMN: expected one of A, B`.
struct Said<'a> {
    position: (usize, usize),
    items: Vec<&'a str>,
}

impl<'a> Said<'a> {
    fn read(message: &'a str) -> Option<Self> {
        let (position, said) = message.strip_prefix("error at ")?.split_once(": ")?;
        let (line, column) = position.split_once(':')?;
        let list = said.strip_prefix("expected ").unwrap_or(said);
        Some(Self {
            position: (line.parse().ok()?, column.parse().ok()?),
            items: items(list.strip_prefix("one of ").unwrap_or(list)),
        })
    }

    /// Rules that no grammar can say, which the parser tells among what it expected.
    fn sentences(&self) -> Vec<Text> {
        let is_sentence = |item: &&&str| {
            item.contains(' ') && !item.starts_with(['"', '[', '\'']) && !item.starts_with('<')
        };
        let items = self.items.iter().filter(is_sentence);
        items.map(|item| sentence(item)).collect()
    }

    fn expected(&self) -> Vec<Text> {
        let mut names = Vec::new();
        for item in &self.items {
            let name = match item.strip_prefix('"').and_then(|i| i.strip_suffix('"')) {
                Some(word) => {
                    let word = word.replace("\\\"", "\"").replace("\\\\", "\\");
                    Text::new(format!("`{word}`"), format!("`{word}`"))
                }
                None if item.starts_with("['0'") && !item.contains("'A'") => {
                    Text::new("un nombre", "a number")
                }
                None if item.contains("'A'") => Text::new("un nom", "a name"),
                None if item.chars().all(|c| c.is_ascii_alphanumeric()) => Text::new(*item, *item),
                None => continue,
            };
            if !names.contains(&name) && !NOT_OFFERED.contains(&name.en.as_str()) {
                names.push(name);
            }
        }
        names
    }
}

/// The parser's own sentences.
fn sentence(said: &str) -> Text {
    let fr = match said {
        "Prefix not found" => "ce préfixe n'est pas déclaré par PREFIX",
        "IRI parsing failed" => "ce n'est pas un IRI",
        "The SELECT overrides an existing variable using an expression" => {
            "SELECT donne à une expression le nom d'une variable qui existe déjà"
        }
        "The SELECT contains a variable that is unbound" => {
            "SELECT nomme une variable que le groupement ne laisse pas : mettez-la dans GROUP BY, ou dans une fonction comme SAMPLE"
        }
        _ => return Text::new(format!("en anglais : {said}"), said),
    };
    let en = match said {
        "Prefix not found" => "this prefix is not declared by PREFIX",
        "IRI parsing failed" => "this is no IRI",
        "The SELECT contains a variable that is unbound" => {
            "SELECT names a variable that the grouping does not leave: put it into GROUP BY, or into a function such as SAMPLE"
        }
        said => said,
    };
    Text::new(fr, en)
}

/// Parts a list at its commas, those inside quotes and brackets excepted.
fn items(list: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut from, mut quote, mut depth, mut is_escaped) = (0, None, 0_usize, false);
    for (index, c) in list.char_indices() {
        if std::mem::take(&mut is_escaped) {
            continue;
        }
        match (quote, c) {
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                items.push(list[from..index].trim());
                from = index + 1;
            }
            _ => {}
        }
    }
    items.push(list[from..].trim());
    items
}

// ── Beginnings of the query ──────────────────────────────────────────────────────────────────

/// How many tokens the parser takes before it finds a fault.
fn longest_taken(query: &str, tokens: &[Token], parse: Parse<'_>) -> usize {
    // A beginning of what it takes is taken, too.
    let (mut taken, mut not_taken) = (0, tokens.len() + 1);
    while taken + 1 < not_taken {
        let middle = taken.midpoint(not_taken);
        if is_taken(tokens_text(query, tokens, middle), parse) {
            taken = middle;
        } else {
            not_taken = middle;
        }
    }
    taken
}

/// The text of the first tokens.
fn tokens_text<'q>(query: &'q str, tokens: &[Token], count: usize) -> &'q str {
    let end = count.checked_sub(1).and_then(|last| tokens.get(last));
    end.map_or("", |token| &query[..token.end])
}

/// Whether the parser comes to the end of a text, and goes on looking there for what is no
/// keyword. It looks for keywords as far as the end from before it.
fn is_taken(beginning: &str, parse: Parse<'_>) -> bool {
    let text = format!("{beginning} ");
    let Some(message) = parse(&text) else {
        return true;
    };
    Said::read(&message).is_some_and(|said| {
        let is_looking =
            |item: &&str| item.starts_with('"') || (item.starts_with('[') && *item != "[_]");
        said.position == position(&text, text.len()) && said.items.iter().any(is_looking)
    })
}

/// What may follow: signs as the parser tells them at the end of the text, and the keywords of
/// each length, which it tells when it finds another word of that length.
fn expected_after(beginning: &str, parse: Parse<'_>) -> Vec<Text> {
    let text = format!("{beginning} ");
    let mut all = match parse(&text) {
        Some(message) => Said::read(&message).map_or_else(Vec::new, |said| said.expected()),
        None => Vec::new(),
    };
    for length in 2..=LONGEST_KEYWORD {
        let text = format!("{text}{}", "\u{1}".repeat(length));
        let Some(message) = parse(&text) else {
            continue;
        };
        let Some(said) =
            Said::read(&message).filter(|said| said.position == position(&text, text.len()))
        else {
            continue;
        };
        for name in said.expected() {
            let is_keyword = name.en.len() == length && name.en.chars().all(char::is_alphanumeric);
            if is_keyword && !all.contains(&name) {
                all.push(name);
            }
        }
    }
    all
}

/// A word, a string, an IRI or a sign.
#[derive(Clone, Copy)]
struct Token {
    start: usize,
    end: usize,
    /// It begins and does not end.
    is_open: bool,
}

impl Token {
    fn of(self, query: &str) -> &str {
        query.get(self.start..self.end).unwrap_or_default()
    }
}

fn tokens(query: &str) -> Vec<Token> {
    let is_word = |c: char| c.is_alphanumeric() || "_?$:-.@%\\".contains(c);
    let mut tokens: Vec<Token> = Vec::new();
    let mut start = 0;
    while let Some(first) = query[start..].chars().next() {
        let rest = &query[start..];
        let (length, is_open) = match first {
            c if c.is_whitespace() => {
                start += c.len_utf8();
                continue;
            }
            '#' => {
                start += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            '"' | '\'' => string_length(rest, first),
            '<' => iri_length(rest),
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                // A full stop at the end of a name ends the statement.
                let word = rest[..length].trim_end_matches('.');
                (word.len().max(c.len_utf8()), false)
            }
            c => (c.len_utf8(), false),
        };
        let end = start + length;
        let token = Token {
            start,
            end,
            is_open,
        };
        let pair = tokens.last().map(|last| (last.of(query), token.of(query)));
        let is_pair = pair.is_some_and(|(first, second)| {
            PAIRS
                .iter()
                .any(|(a, b)| first.eq_ignore_ascii_case(a) && second.eq_ignore_ascii_case(b))
        });
        match tokens.last_mut() {
            Some(last) if is_pair => last.end = end,
            _ => tokens.push(token),
        }
        start = end;
    }
    tokens
}

fn string_length(text: &str, quote: char) -> (usize, bool) {
    let long: String = [quote; 3].iter().collect();
    let (mark, is_long) = match text.starts_with(&long) {
        true => (long.as_str(), true),
        false => (&text[..1], false),
    };
    let mut place = mark.len();
    while let Some(c) = text[place..].chars().next() {
        if text[place..].starts_with(mark) {
            return (place + mark.len(), false);
        }
        if c == '\n' && !is_long {
            break;
        }
        place += c.len_utf8();
        if c == '\\' {
            place += text[place..].chars().next().map_or(0, char::len_utf8);
        }
    }
    (place, true)
}

/// An IRI, or the sign `<` where none begins.
fn iri_length(text: &str) -> (usize, bool) {
    match text.find(|c: char| c == '>' || c.is_whitespace()) {
        Some(end) if text[end..].starts_with('>') => (end + 1, false),
        Some(end) if text[..end].contains("://") => (end, true),
        _ => (1, false),
    }
}

/// Line and column, both from 1.
fn position(text: &str, place: usize) -> (usize, usize) {
    let before = text.get(..place).unwrap_or(text);
    (
        before.matches('\n').count() + 1,
        before.chars().rev().take_while(|c| *c != '\n').count() + 1,
    )
}
