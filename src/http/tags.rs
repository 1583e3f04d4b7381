//! Lists of entity tags, as requests carry them (RFC 9110 §8.8.3, §13.1).

use axum::http::{HeaderMap, HeaderName};

/// Stands in a tag for the edition of the program, which [`crate::http::representation`] puts
/// there: handlers name what they know, which is the state that an answer is made from.
pub const EDITION: char = '@';

/// An entity tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag<'a> {
    pub is_weak: bool,
    /// What stands between the quotes.
    pub opaque: &'a str,
}

impl<'a> Tag<'a> {
    /// A tag that stands alone.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (tag, rest) = Self::first(text.trim())?;
        rest.is_empty().then_some(tag)
    }

    /// The tag at the beginning of a text, and what follows it.
    fn first(text: &'a str) -> Option<(Self, &'a str)> {
        let (is_weak, quoted) = match text.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, text),
        };
        let (opaque, rest) = quoted.strip_prefix('"')?.split_once('"')?;
        Some((Self { is_weak, opaque }, rest))
    }

    /// As a header has it.
    pub fn written(self) -> String {
        let weak = if self.is_weak { "W/" } else { "" };
        format!("{weak}\"{}\"", self.opaque)
    }

    /// RFC 9110 §8.8.3.2: whether they stand for the same content, byte for byte or not.
    pub fn is_like(self, other: Tag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// RFC 9110 §8.8.3.2: whether they stand for the same bytes.
    pub fn is_same(self, other: Tag<'_>) -> bool {
        !self.is_weak && !other.is_weak && self.is_like(other)
    }
}

/// What a header that asks for tags says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked<'a> {
    /// `*`: whatever there is.
    Any,
    Tags(Vec<Tag<'a>>),
}

/// The tags in all lines of a header; `None` when the request does not have it. What is no tag is
/// passed over up to the next comma.
pub fn asked(headers: &HeaderMap, name: HeaderName) -> Option<Asked<'_>> {
    let mut tags = Vec::new();
    let mut is_there = false;
    for value in headers.get_all(name) {
        is_there = true;
        let mut rest = value.to_str().unwrap_or_default();
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            if rest.is_empty() {
                break;
            }
            match Tag::first(rest) {
                Some((tag, after)) => {
                    tags.push(tag);
                    rest = after;
                }
                None => {
                    let (item, after) = rest.split_once(',').unwrap_or((rest, ""));
                    if item.trim_end() == "*" {
                        return Some(Asked::Any);
                    }
                    rest = after;
                }
            }
        }
    }
    is_there.then_some(Asked::Tags(tags))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use axum::http::header::IF_NONE_MATCH;

    fn read(lines: &[&'static str]) -> Option<Vec<String>> {
        let lines = lines.iter().copied().map(HeaderValue::from_static);
        let headers = HeaderMap::from_iter(lines.map(|line| (IF_NONE_MATCH, line)));
        Some(match asked(&headers, IF_NONE_MATCH)? {
            Asked::Any => vec!["*".to_owned()],
            Asked::Tags(tags) => tags.into_iter().map(Tag::written).collect(),
        })
    }

    #[test]
    fn lists_are_read_with_commas_in_tags_and_with_faults() {
        for (lines, expected) in [
            (&["\"a\""][..], &["\"a\""][..]),
            (&["\"a\", W/\"b\"", "\"c\""], &["\"a\"", "W/\"b\"", "\"c\""]),
            (&["\"a,b\",\"c\""], &["\"a,b\"", "\"c\""]),
            (&["a, \"b\""], &["\"b\""]),
            (&["w/\"a\", \"b\""], &["\"b\""]),
            (&["\"a"], &[]),
            (&[" * "], &["*"]),
            (&["\"*\""], &["\"*\""]),
            (&[",,,", ""], &[]),
        ] {
            let expected: Vec<String> = expected.iter().map(|&tag| tag.to_owned()).collect();
            assert_eq!(read(lines), Some(expected), "{lines:?}");
        }
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_weak_tag_is_never_the_same() {
        let (strong, weak) = (Tag::parse("\"a\""), Tag::parse("W/\"a\""));
        let (strong, weak) = (strong.expect("a tag"), weak.expect("a tag"));
        assert!(strong.is_like(weak) && strong.is_same(strong));
        assert!(!strong.is_same(weak) && !weak.is_same(weak));
    }
}
