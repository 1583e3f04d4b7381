//! One entity tag for each representation.
//!
//! A handler names the state that its answer is made from, or the bytes. What is sent also depends
//! on the edition of the program and on the content coding, so both become part of a strong tag
//! here, outside of the compression; and the tags that clients send are taken apart again, so that
//! handlers compare states and nothing else
//! ([0030](../../docs/decisions/0030-a-tag-names-the-state-the-edition-and-the-coding.md)).

use crate::app::edition::Edition;
use crate::http::Shared;
use crate::http::changes::RECORDS;
use crate::http::files::AsItIs;
use crate::http::tags::{self, Asked, EDITION, Tag};
use crate::model::Lang;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Injected};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH, IF_NONE_MATCH, IF_RANGE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use std::io;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// What fits into one packet is not sent sooner for being smaller.
const SMALL_BYTES: u64 = 1024;

/// What is compressed already.
const COMPRESSED: [&str; 2] = ["application/gzip", "application/zstd"];

/// Compresses what is worth it and is not compressed already.
pub fn compress() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        SizeAbove::new(SMALL_BYTES)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::const_new(COMPRESSED[0]))
            .and(NotForContentType::const_new(COMPRESSED[1]))
            .and(NotForContentType::const_new(RECORDS))
            .and(NotAsItIs),
    )
}

/// A file goes out as it is: its compression, if any, is its own.
#[derive(Clone, Copy)]
struct NotAsItIs;

impl Predicate for NotAsItIs {
    fn should_compress<B: http_body::Body>(&self, response: &axum::http::Response<B>) -> bool {
        response.extensions().get::<AsItIs>().is_none()
    }
}

/// The content codings that we write, the one that costs us least first.
const CODINGS: [&str; 3] = ["zstd", "br", "gzip"];

/// What goes out as it is.
const IDENTITY: &str = "identity";

/// Makes tags and `Vary` those of what is sent. Stands around [`compress`].
pub async fn name(
    Injected(server): Injected<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let edition = &server.app.edition;
    let is_reading = [Method::GET, Method::HEAD].contains(request.method());
    let accepted = Accepted::of(request.headers());
    choose_coding(request.headers_mut(), &accepted);
    let mut known = Vec::new();
    if request.headers().contains_key(IF_NONE_MATCH) {
        known = translate(request.headers_mut(), IF_NONE_MATCH, edition, &accepted);
    }
    // What writes compares the tags of sources, which name no representation.
    if is_reading {
        for name in [IF_MATCH, IF_RANGE] {
            if request.headers().contains_key(&name) {
                translate(request.headers_mut(), name, edition, &accepted);
            }
        }
    }
    let address = request.uri().clone();
    let mut response = next.run(request).await;
    set_vary(&mut response, &address, &server.app.config.languages);
    set_tag(&mut response, edition, &known);
    if response.status() == StatusCode::NOT_MODIFIED {
        // RFC 9110 §15.4.5: without what only describes content that is not there.
        for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_LANGUAGE] {
            response.headers_mut().remove(name);
        }
        // An empty body has a length that would be sent, and taken for that of the content.
        *response.body_mut() = Body::from_stream(tokio_stream::empty::<io::Result<Bytes>>());
    }
    response
}

/// The codings that a client takes (RFC 9110 §12.5.3).
struct Accepted {
    /// What the request says, without what cannot be read, each with its weight in thousandths.
    listed: Vec<(String, u16)>,
    is_asked: bool,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let mut listed = Vec::new();
        for line in headers.get_all(ACCEPT_ENCODING) {
            for item in line.to_str().unwrap_or_default().split(',') {
                let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
                let name = name.trim().to_ascii_lowercase();
                if let (false, Some(weight)) = (name.is_empty(), weight_of(weight)) {
                    let name = name.strip_prefix("x-").unwrap_or(&name).to_owned();
                    listed.push((name, weight));
                }
            }
        }
        Self {
            listed,
            is_asked: headers.contains_key(ACCEPT_ENCODING),
        }
    }

    /// The weight of a coding, in thousandths.
    fn weight(&self, coding: &str) -> u16 {
        let named = |name: &str| self.listed.iter().find(|(listed, _)| listed == name);
        match named(coding).or_else(|| named("*")) {
            Some((_, weight)) => *weight,
            // What goes out as it is can be read by all who do not say otherwise; without the
            // header, anything can.
            None if coding == IDENTITY || !self.is_asked => 1,
            None => 0,
        }
    }

    fn has(&self, coding: &str) -> bool {
        self.weight(coding) > 0
    }

    /// What is sent when it is worth compressing.
    fn preferred(&self) -> &'static str {
        if !self.is_asked {
            return IDENTITY;
        }
        let mut best = (IDENTITY, self.weight(IDENTITY));
        for coding in CODINGS {
            let weight = self.weight(coding);
            let is_better = weight > best.1 || (best.0 == IDENTITY && weight == best.1);
            if weight > 0 && is_better {
                best = (coding, weight);
            }
        }
        best.0
    }
}

/// `q=` and at most three decimals (RFC 9110 §12.4.2), in thousandths.
fn weight_of(text: &str) -> Option<u16> {
    let (name, value) = text.trim().split_once('=')?;
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !is_number {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match (whole, decimals) {
        ("0", decimals) => Some(decimals),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// Leaves the one coding in the request that it is to be answered in.
fn choose_coding(headers: &mut HeaderMap, accepted: &Accepted) {
    if accepted.is_asked {
        let coding = HeaderValue::from_static(accepted.preferred());
        headers.insert(ACCEPT_ENCODING, coding);
    }
}

/// Puts into a header what handlers call the tags that it lists, and tells the coding of each. A
/// representation that the client does not accept any more is not selected again: its tag is left
/// out.
fn translate(
    headers: &mut HeaderMap,
    name: HeaderName,
    edition: &Edition,
    accepted: &Accepted,
) -> Vec<(String, &'static str)> {
    let Some(Asked::Tags(tags)) = tags::asked(headers, name.clone()) else {
        return Vec::new();
    };
    let known: Vec<(String, &'static str)> = tags
        .into_iter()
        .map(|tag| (tag, coding_of(tag.opaque)))
        .filter(|(_, coding)| accepted.has(coding))
        .map(|(tag, coding)| {
            let named = tag.opaque.strip_suffix(coding).map_or(tag.opaque, |start| {
                start.strip_suffix('-').unwrap_or(tag.opaque)
            });
            let opaque = match named.strip_suffix(&edition.name) {
                Some(state) if state.ends_with('-') => format!("{state}{EDITION}"),
                _ => named.to_owned(),
            };
            let tag = Tag {
                opaque: &opaque,
                ..tag
            };
            (tag.written(), coding)
        })
        .collect();
    let list: Vec<&str> = known.iter().map(|(tag, _)| tag.as_str()).collect();
    if let Ok(list) = HeaderValue::from_str(&list.join(", ")) {
        headers.insert(name, list);
    }
    known
}

/// The coding that a tag of ours ends with.
fn coding_of(opaque: &str) -> &'static str {
    let ends_with = |coding: &&str| {
        let start = opaque.strip_suffix(coding);
        start.is_some_and(|start| start.ends_with('-'))
    };
    CODINGS.into_iter().find(ends_with).unwrap_or(IDENTITY)
}

/// Names the edition and the coding of what is sent. Where the client has it already, the coding
/// is the one in which it has it.
fn set_tag(response: &mut Response, edition: &Edition, known: &[(String, &'static str)]) {
    let headers = response.headers();
    let Some(inner) = headers.get(ETAG).and_then(|value| value.to_str().ok()) else {
        return;
    };
    let Some(tag) = Tag::parse(inner) else {
        return;
    };
    let is_known =
        |(known, _): &&(String, &str)| Tag::parse(known).is_some_and(|it| it.is_like(tag));
    let coding = if response.status() == StatusCode::NOT_MODIFIED {
        known.iter().find(is_known).map(|(_, coding)| *coding)
    } else {
        let coding = headers.get(CONTENT_ENCODING);
        coding.and_then(|coding| CODINGS.into_iter().find(|known| coding == known))
    };
    let mut opaque = match tag.opaque.strip_suffix(EDITION) {
        Some(state) => format!("{state}{}", edition.name),
        None => tag.opaque.to_owned(),
    };
    // A weak tag stands for the same in every coding; that of a thing which must not be kept is
    // for who changes it.
    let is_kept = headers
        .get(CACHE_CONTROL)
        .is_none_or(|value| value != "no-store");
    if let Some(coding) = coding.filter(|coding| *coding != IDENTITY)
        && !tag.is_weak
        && is_kept
    {
        opaque = format!("{opaque}-{coding}");
    }
    let outer = Tag {
        opaque: &opaque,
        ..tag
    };
    if let Ok(value) = HeaderValue::from_str(&outer.written()) {
        response.headers_mut().insert(ETAG, value);
    }
}

/// Has `Vary` name what mattered, in one line: what the suffix or a parameter of the address decided
/// was not decided by a header, and data is the same in every language.
fn set_vary(response: &mut Response, address: &Uri, languages: &[Lang]) {
    let headers = response.headers();
    let media_type = headers.get(CONTENT_TYPE);
    let is_page = media_type.is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let is_in_a_language = is_page || headers.contains_key(CONTENT_LANGUAGE);
    let is_success = !response.status().is_client_error() && !response.status().is_server_error();
    let name = address.path().rsplit('/').next();
    let has_suffix = name.is_some_and(|name| name.contains('.'));
    let parameter = |name: &str| {
        let query = address.query().unwrap_or_default();
        let mut parameters = form_urlencoded::parse(query.as_bytes());
        parameters
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let is_named = |header: &str| match header {
        "accept-encoding" => false,
        "accept" => !is_success || !(has_suffix || parameter("format").is_some()),
        "accept-language" => {
            let asked = parameter("lang").and_then(|lang| Lang::from_tag(&lang));
            is_in_a_language && !asked.is_some_and(|lang| languages.contains(&lang))
        }
        _ => true,
    };
    let mut names: Vec<String> = Vec::new();
    for line in headers.get_all(VARY) {
        for name in line.to_str().unwrap_or_default().split(',').map(str::trim) {
            let is_there = names.iter().any(|known| known.eq_ignore_ascii_case(name));
            if !name.is_empty() && !is_there && is_named(&name.to_ascii_lowercase()) {
                names.push(name.to_owned());
            }
        }
    }
    if is_compressible(response) {
        names.push("Accept-Encoding".to_owned());
    }
    if names.is_empty() {
        response.headers_mut().remove(VARY);
    } else if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        response.headers_mut().insert(VARY, value);
    }
}

/// Whether an answer of this kind is compressed when it is large.
fn is_compressible(response: &Response) -> bool {
    let headers = response.headers();
    let Some(media_type) = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()) else {
        return false;
    };
    let is_image = media_type.starts_with("image/") && !media_type.starts_with("image/svg+xml");
    let is_file = [COMPRESSED[0], COMPRESSED[1], RECORDS].contains(&media_type)
        || response.extensions().get::<AsItIs>().is_some();
    !is_image && !is_file && !headers.contains_key(CONTENT_RANGE)
}
