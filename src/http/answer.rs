//! An answer that is whole before it is sent, and what makes it cacheable.

use crate::http::negotiate::Offer;
use crate::http::tags::{self, Asked, EDITION, Tag};
use crate::model::Generation;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderName, IF_NONE_MATCH, LAST_MODIFIED, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use sha2::{Digest as _, Sha256};

/// Names the generation of the data that a response shows.
pub const GENERATION: HeaderName = HeaderName::from_static("affiche-generation");

/// Status, headers and body of a response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn new(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut answer = Self {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body: body.into(),
        };
        answer.set(CONTENT_TYPE, &with_charset(media_type));
        answer
    }

    pub fn of(offer: Offer, body: impl Into<Vec<u8>>) -> Self {
        Self::new(offer.media_type, body)
    }

    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        self.set(name, value);
        self
    }

    #[must_use]
    pub fn at(self, generation: Generation) -> Self {
        self.with(GENERATION, &generation.to_string())
    }

    /// Says which of the request's headers it depends on.
    #[must_use]
    pub fn varying(self, names: &str) -> Self {
        self.with(VARY, names)
    }

    /// Adds what lets the reader ask again cheaply; `modified` is an xsd:dateTime.
    #[must_use]
    pub fn known_as(mut self, etag: &str, modified: &str) -> Self {
        self.set(ETAG, etag);
        // It may be kept, but must be checked each time: a correction is seen at once.
        self.set(CACHE_CONTROL, "no-cache");
        if let Some(date) = http_date(modified) {
            self.set(LAST_MODIFIED, &date);
        }
        self
    }

    /// Turns it into 304 when the reader has it already. It is judged again, with all other
    /// conditions, on its way out; a handler asks only to spare itself something.
    #[must_use]
    pub fn unless_known_to(mut self, headers: &HeaderMap) -> Self {
        let etag = self.headers.get(ETAG).and_then(|etag| etag.to_str().ok());
        if etag.is_some_and(|etag| is_known(etag, headers)) {
            self.status = StatusCode::NOT_MODIFIED;
            self.body = Vec::new();
        }
        self
    }

    /// Sets a header. A value that cannot stand in one is left out: it would come from data.
    pub fn set(&mut self, name: HeaderName, value: &str) {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
    }
}

/// An answer that may be kept has a tag: that of its state, where its handler knows one, else that
/// of its bytes.
impl IntoResponse for Answer {
    fn into_response(mut self) -> Response {
        let is_kept = self
            .headers
            .get(CACHE_CONTROL)
            .is_none_or(|value| value != "no-store");
        if self.status == StatusCode::OK && is_kept && !self.headers.contains_key(ETAG) {
            let tag = etag_of_bytes(&self.body);
            self.set(ETAG, &tag);
        }
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The entity tag of something that is made from the data at a generation of a log. What else it
/// depends on is the variant; the edition of the program and the content coding are added on the
/// way out ([`crate::http::representation`]).
pub fn etag(identity: &str, generation: Generation, variant: &str) -> String {
    let identity = identity.get(..8).unwrap_or(identity);
    format!("\"{identity}-{generation}-{variant}-{EDITION}\"")
}

/// The same for an answer whose bytes may differ though they say the same.
pub fn weak_etag(identity: &str, generation: Generation, variant: &str) -> String {
    format!("W/{}", etag(identity, generation, variant))
}

/// The entity tag of these bytes, whatever they were made from.
pub fn etag_of_bytes(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hash: String = hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("\"{hash}\"")
}

/// Whether `If-None-Match` names this tag (RFC 9110 §13.1.2: compared weakly).
pub fn is_known(etag: &str, headers: &HeaderMap) -> bool {
    match tags::asked(headers, IF_NONE_MATCH) {
        None => false,
        Some(Asked::Any) => true,
        Some(Asked::Tags(known)) => {
            Tag::parse(etag).is_some_and(|etag| known.iter().any(|known| known.is_like(etag)))
        }
    }
}

/// An xsd:dateTime as HTTP writes dates.
pub fn http_date(time: &str) -> Option<String> {
    let timestamp: Timestamp = time.parse().ok()?;
    DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&timestamp)
        .ok()
}

fn with_charset(media_type: &str) -> String {
    if media_type.starts_with("text/") && !media_type.contains("charset") {
        format!("{media_type}; charset=utf-8")
    } else {
        media_type.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_any_spelling() {
        let tag = etag("0123456789abcdef", Generation(7), "ttl");
        assert_eq!(tag, "\"01234567-7-ttl-@\"");
        for (header, expected) in [
            ("W/\"01234567-7-ttl-@\"", true),
            ("\"01234567-7-ttl-@\"", true),
            ("\"x\", W/\"01234567-7-ttl-@\"", true),
            ("*", true),
            ("W/\"01234567-8-ttl-@\"", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static(header))]);
            assert_eq!(is_known(&tag, &headers), expected, "{header}");
        }
    }

    #[test]
    fn dates_are_written_as_http_does() {
        assert_eq!(
            http_date("2026-11-22T00:10:24.5Z").as_deref(),
            Some("Sun, 22 Nov 2026 00:10:24 GMT")
        );
        assert_eq!(http_date(""), None);
    }
}
