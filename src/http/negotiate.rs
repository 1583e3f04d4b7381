//! Which format and which language a reader gets.
//!
//! Format: the suffix of the address, else `?format=`, else `Accept` with its weights. Language:
//! `?lang=`, else `Accept-Language`, else the first language of the configuration.

use crate::http::problem::{NOT_ACCEPTABLE, Problem};
use crate::model::Lang;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, ACCEPT_LANGUAGE};
use headers_accept::Accept;
use mediatype::MediaType;
use serde_json::{Value, json};
use std::str::FromStr;

/// One of the formats in which something can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The name after `?format=` and as suffix.
    pub name: &'static str,
    /// The media type, without parameters.
    pub media_type: &'static str,
}

pub const HTML: Offer = Offer {
    name: "html",
    media_type: "text/html",
};

pub const JSON: Offer = Offer {
    name: "json",
    media_type: "application/json",
};

pub const CSV: Offer = Offer {
    name: "csv",
    media_type: "text/csv",
};

pub const TEXT: Offer = Offer {
    name: "text",
    media_type: "text/plain",
};

/// The offer that the reader gets; the first one when the reader does not mind.
///
/// # Errors
/// 406 with the list of what there is.
pub fn choose(
    offers: &[Offer],
    asked_for: Option<&str>,
    headers: &HeaderMap,
) -> Result<Offer, Problem> {
    let chosen = match asked_for {
        Some(name) => offers
            .iter()
            .find(|offer| offer.name == name || offer.media_type == name)
            .copied(),
        None => by_accept(offers, headers),
    };
    chosen.ok_or_else(|| not_acceptable(offers))
}

/// The member of a 406 that lists what there is. On its way out it gets the address of each
/// (RFC 9110 §15.5.7), since only the request knows its own.
pub const FORMATS: &str = "formats";

/// 406 with the list of what there is.
pub fn not_acceptable(offers: &[Offer]) -> Problem {
    let names = offers
        .iter()
        .map(|it| format!("`{}` ({})", it.name, it.media_type));
    let names = names.collect::<Vec<_>>().join(", ");
    let formats = offers.iter();
    let formats: Vec<Value> = formats
        .map(|it| json!({ "name": it.name, "type": it.media_type }))
        .collect();
    Problem::new(&NOT_ACCEPTABLE)
        .with_detail(
            format!("On peut avoir ceci : {names}."),
            format!("This can be had as: {names}."),
        )
        .with_member(FORMATS, formats)
}

/// A longer `Accept` is not read: it would take longer than what it asks for.
const ACCEPT_BYTES: usize = 4096;

fn by_accept(offers: &[Offer], headers: &HeaderMap) -> Option<Offer> {
    let lines: Vec<&str> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    // Most programs name one type.
    if let [only] = lines.as_slice()
        && let Some(offer) = offers.iter().find(|offer| offer.media_type == only.trim())
    {
        return Some(*offer);
    }
    let text = bare_ranges(&lines.join(", "));
    // RFC 9110 §12.5.1: no `Accept` means that any type will do. One that cannot be read is
    // treated alike, since the reader would rather have something.
    let Some(accept) = read_accept(&text) else {
        return offers.first().copied();
    };
    let available: Vec<MediaType<'_>> = offers
        .iter()
        .filter_map(|offer| MediaType::parse(offer.media_type).ok())
        .collect();
    let best = accept.negotiate(&available)?;
    let place = available.iter().position(|offer| offer == best)?;
    offers.get(place).copied()
}

/// The ranges with their weights alone. No offer has parameters: one that is named says how what we
/// send is to be read (`charset`, `profile`), and asks for nothing else.
fn bare_ranges(text: &str) -> String {
    if text.len() > ACCEPT_BYTES {
        return String::new();
    }
    let ranges = unquoted(text, ',').into_iter().map(|range| {
        let mut parts = unquoted(range, ';').into_iter().map(str::trim);
        let range = parts.next().unwrap_or_default();
        let weight = parts.find(|part| part.get(..2).is_some_and(|q| q.eq_ignore_ascii_case("q=")));
        match weight {
            Some(weight) => format!("{range};{}", weight.to_ascii_lowercase()),
            None => range.to_owned(),
        }
    });
    ranges.collect::<Vec<_>>().join(", ")
}

/// The parts of a header between separators that are in no quotes.
fn unquoted(text: &str, separator: char) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(move |character| {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => return character == separator && !is_quoted,
        }
        false
    })
    .collect()
}

/// The ranges that can be read, when there are any.
fn read_accept(text: &str) -> Option<Accept> {
    if text.trim().is_empty() {
        return None;
    }
    if let Ok(accept) = Accept::from_str(text) {
        return Some(accept);
    }
    let readable: Vec<&str> = text
        .split(',')
        .filter(|range| !range.trim().is_empty() && Accept::from_str(range).is_ok())
        .collect();
    if readable.is_empty() {
        return None;
    }
    Accept::from_str(&readable.join(",")).ok()
}

/// The language of the page, and whether it depends on `Accept-Language`.
pub fn language(asked_for: Option<&str>, headers: &HeaderMap, languages: &[Lang]) -> Lang {
    let spoken = |tag: &str| Lang::from_tag(tag).filter(|lang| languages.contains(lang));
    if let Some(lang) = asked_for.and_then(spoken) {
        return lang;
    }
    // RFC 9110 §12.5.4: weights as in `Accept`; among equal ones the first.
    let mut ranges: Vec<(f32, usize, &str)> = headers
        .get_all(ACCEPT_LANGUAGE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .enumerate()
        .map(|(place, range)| {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let weight = parameters
                .trim()
                .strip_prefix("q=")
                .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            (weight, place, tag.trim())
        })
        .filter(|(weight, _, _)| *weight > 0.0)
        .collect();
    ranges.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranges
        .into_iter()
        .find_map(|(_, _, tag)| spoken(tag))
        .or_else(|| languages.first().copied())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    const TURTLE: Offer = Offer {
        name: "ttl",
        media_type: "text/turtle",
    };
    const JSON_LD: Offer = Offer {
        name: "jsonld",
        media_type: "application/ld+json",
    };
    const OFFERS: &[Offer] = &[HTML, TURTLE, JSON_LD];

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn weights_and_specific_ranges_decide() {
        for (accept, expected) in [
            ("text/turtle", Some("ttl")),
            ("*/*", Some("html")),
            ("text/*", Some("html")),
            ("text/html;q=0.5, text/turtle", Some("ttl")),
            ("text/turtle;q=0, text/*", Some("html")),
            ("text/html;q=0, */*", Some("ttl")),
            (
                "application/ld+json;q=0.9, text/*;q=0.3, */*;q=0.1",
                Some("jsonld"),
            ),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Some("html"),
            ),
            ("image/png", None),
            ("text/turtle;charset=utf-8", Some("ttl")),
            (
                "text/turtle; charset=\"utf-8\"; Q=0.3, text/html;q=0.2",
                Some("ttl"),
            ),
            (
                "application/ld+json;profile=\"http://www.w3.org/ns/json-ld#compacted, a;b\"",
                Some("jsonld"),
            ),
            ("text/html;level=1;q=0, text/turtle;q=0.1", Some("ttl")),
            ("text/html, text/turtle;charset=utf-8", Some("html")),
            ("image/png;q=0.2", None),
            ("this is no header;;", Some("html")),
        ] {
            let chosen = choose(OFFERS, None, &with(ACCEPT, accept)).ok();
            assert_eq!(chosen.map(|offer| offer.name), expected, "{accept}");
        }
    }

    #[test]
    fn without_a_header_the_first_offer_is_taken() {
        assert_eq!(
            choose(OFFERS, None, &HeaderMap::new()).ok().map(|o| o.name),
            Some("html")
        );
    }

    #[test]
    fn what_the_address_asks_for_beats_the_header() {
        let headers = with(ACCEPT, "text/html");
        for name in ["ttl", "text/turtle"] {
            assert_eq!(
                choose(OFFERS, Some(name), &headers).ok().map(|o| o.name),
                Some("ttl")
            );
        }
        assert!(choose(OFFERS, Some("docx"), &headers).is_err());
    }

    #[test]
    fn the_language_follows_the_weights_and_only_those_we_speak() {
        let both = [Lang::Fr, Lang::En];
        for (header, expected) in [
            ("en", Lang::En),
            ("en;q=0.3, fr-CA;q=0.9", Lang::Fr),
            ("de, en;q=0.5", Lang::En),
            ("de", Lang::Fr),
            ("fr;q=0, en;q=0.1", Lang::En),
        ] {
            let headers = with(ACCEPT_LANGUAGE, header);
            assert_eq!(language(None, &headers, &both), expected, "{header}");
        }
        let headers = with(ACCEPT_LANGUAGE, "fr");
        assert_eq!(language(Some("en"), &headers, &both), Lang::En);
        assert_eq!(language(None, &headers, &[Lang::En]), Lang::En);
    }
}
