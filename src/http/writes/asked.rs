//! What a request to write asks for, read and checked before its body is.

use crate::config::Limits;
use crate::http::negotiate::{HTML, JSON, Offer, TEXT};
use crate::http::problem::{BAD_REQUEST, CHANGED_MEANWHILE, Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::http::reader::Reader;
use crate::ingest::importers::{IMPORTERS, importer_for};
use crate::model::{Generation, Mode};
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderName, IF_MATCH,
};
use axum::http::{HeaderMap, HeaderValue};
use std::time::Duration;

pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub const PREFER: HeaderName = HeaderName::from_static("prefer");

/// The longest `Idempotency-Key`.
const KEY_BYTES: usize = 255;
/// How a report can be had.
pub const REPORTS: &[Offer] = &[JSON, TEXT, HTML];
/// What every address that writes understands after `?`.
const PARAMETERS: &[&str] = &["partial", "dry-run", "publish-at", "lang", "format"];

/// How the body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Identity,
    Gzip,
    Zstd,
}

/// What a list of IRIs is called, whether it is the body or stands in the address.
const IRIS: &str = "text/uri-list";

/// What is submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The body, in the format with this media type.
    Body { media_type: String },
    /// The IRIs that the address names, one a line.
    Iris(String),
}

impl Content {
    pub fn media_type(&self) -> &str {
        match self {
            Self::Body { media_type } => media_type,
            Self::Iris(_) => IRIS,
        }
    }
}

/// A request to write.
#[derive(Clone, Debug)]
pub struct Asked {
    pub mode: Mode,
    pub is_partial: Option<bool>,
    pub is_dry_run: bool,
    pub allows_withdrawals: bool,
    /// When it is to be published, as it was written; `None` is at once.
    pub publish_at: Option<String>,
    pub content: Content,
    pub encoding: Encoding,
    pub key: Option<String>,
    /// The tags of which the source must have one.
    pub tags: Option<Vec<String>>,
    /// How long the answer waits for the report.
    pub wait: Duration,
    /// Whether the sender said that it need not wait.
    pub prefers_async: bool,
    pub offer: Offer,
}

impl Asked {
    /// Reads the head of a request.
    ///
    /// # Errors
    /// 400, 406 or 415, with all that would be understood.
    pub fn read(reader: &Reader, mode: Mode, limits: &Limits) -> Result<Self, Problem> {
        let own: &[&str] = match mode {
            Mode::Replace => &["allow-withdrawals"],
            Mode::Upsert => &[],
            Mode::Withdraw => &["iri"],
        };
        reader.allow_only(&[PARAMETERS, own].concat())?;
        let wait = preferred_wait(&reader.headers);
        Ok(Self {
            mode,
            is_partial: reader.truth("partial")?,
            is_dry_run: reader.truth("dry-run")?.unwrap_or(false),
            allows_withdrawals: reader.truth("allow-withdrawals")?.unwrap_or(false),
            publish_at: reader.parameter("publish-at").map(str::to_owned),
            content: content(reader, mode)?,
            encoding: encoding(&reader.headers)?,
            key: key(&reader.headers)?,
            tags: tags(&reader.headers)?,
            wait: wait.unwrap_or(limits.report_wait).min(limits.report_wait),
            prefers_async: wait.is_some(),
            offer: reader.choose(REPORTS)?,
        })
    }

    /// All that makes a submission what it is, but for its body.
    pub fn described(&self) -> String {
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?}",
            self.mode,
            self.is_partial,
            self.is_dry_run,
            self.allows_withdrawals,
            self.publish_at,
            self.content
        )
    }

    /// Whether the source is as the sender believes (RFC 9110 §13.1.1).
    ///
    /// # Errors
    /// 412 with the source's tag when it is not.
    pub fn check_tag(&self, tag: &str) -> Result<(), Problem> {
        match &self.tags {
            Some(tags) if !tags.iter().any(|known| known == "*" || known == tag) => {
                let problem = Problem::new(&CHANGED_MEANWHILE)
                    .with_detail(
                        format!("L'étiquette actuelle de la source est `{tag}`."),
                        format!("The source's current tag is `{tag}`."),
                    )
                    .with_member("etag", tag);
                Err(match HeaderValue::from_str(tag) {
                    Ok(value) => problem.with_header(axum::http::header::ETAG, value),
                    Err(_) => problem,
                })
            }
            _ => Ok(()),
        }
    }
}

/// The tag of a source: it changes with what the source says and with its settings.
pub fn source_tag(identity: &str, generation: Option<Generation>) -> String {
    let identity = identity.get(..8).unwrap_or(identity);
    format!("\"{identity}-{}\"", generation.unwrap_or_default())
}

fn content(reader: &Reader, mode: Mode) -> Result<Content, Problem> {
    let media_type = reader
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let plain = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    if mode == Mode::Withdraw {
        let iris: Vec<String> = reader
            .parameters
            .iter()
            .filter(|(name, _)| name == "iri")
            .map(|(_, value)| value.clone())
            .collect();
        if !iris.is_empty() {
            return Ok(Content::Iris(iris.join("\n")));
        }
    }
    if plain.contains('/') && importer_for(&plain).is_ok() {
        return Ok(Content::Body {
            media_type: media_type.to_owned(),
        });
    }
    let types = accepted();
    let listed: Vec<String> = types.iter().map(|name| format!("`{name}`")).collect();
    let listed = listed.join(", ");
    let problem = Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
        format!("`Content-Type` est `{plain}` ; on peut envoyer {listed}."),
        format!("`Content-Type` is `{plain}`; what can be sent is {listed}."),
    );
    // RFC 9110 §15.5.16: the answer may say what would be read.
    Err(match HeaderValue::from_str(&types.join(", ")) {
        Ok(value) => problem.with_header(ACCEPT, value),
        Err(_) => problem,
    })
}

/// The media types of all formats that can be sent.
pub fn accepted() -> Vec<&'static str> {
    IMPORTERS
        .iter()
        .flat_map(|importer| importer.media_types.iter().copied())
        .collect()
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Problem> {
    let lines: Vec<_> = headers.get_all(CONTENT_ENCODING).iter().collect();
    let coding = match lines[..] {
        [] => return Ok(Encoding::Identity),
        [line] => line
            .to_str()
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase(),
        _ => String::new(),
    };
    match coding.as_str() {
        "identity" => Ok(Encoding::Identity),
        // RFC 9110 §8.4.1.3: both names mean the same.
        "gzip" | "x-gzip" => Ok(Encoding::Gzip),
        "zstd" => Ok(Encoding::Zstd),
        _ => Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE)
            .with_detail(
                format!("`Content-Encoding` est `{coding}` ; on peut envoyer `gzip` ou `zstd`, une seule fois."),
                format!("`Content-Encoding` is `{coding}`; what can be sent is `gzip` or `zstd`, once."),
            )
            .with_header(ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd"))),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    // With quotation marks it is a string of RFC 9651; many senders write none.
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    if text.is_empty() || text.len() > KEY_BYTES {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`Idempotency-Key` a de 1 à {KEY_BYTES} caractères ASCII."),
            format!("`Idempotency-Key` has 1 to {KEY_BYTES} ASCII characters."),
        ));
    }
    Ok(Some(text.to_owned()))
}

fn tags(headers: &HeaderMap) -> Result<Option<Vec<String>>, Problem> {
    let mut tags = Vec::new();
    for value in headers.get_all(IF_MATCH) {
        let line = value.to_str().map_err(|_| {
            Problem::new(&BAD_REQUEST).with_detail(
                "`If-Match` contient autre chose que de l'ASCII.",
                "`If-Match` has something in it that is not ASCII.",
            )
        })?;
        tags.extend(line.split(',').map(|tag| tag.trim().to_owned()));
    }
    Ok((!tags.is_empty()).then_some(tags))
}

/// How long the sender prefers to wait (RFC 7240 §4.1 and §4.3); `None` when it does not say
/// that it need not wait.
fn preferred_wait(headers: &HeaderMap) -> Option<Duration> {
    let preferences: Vec<String> = headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|preference| preference.trim().to_ascii_lowercase())
        .collect();
    if !preferences
        .iter()
        .any(|preference| preference == "respond-async")
    {
        return None;
    }
    let seconds = preferences
        .iter()
        .find_map(|preference| preference.strip_prefix("wait="))
        .and_then(|seconds| seconds.trim_matches('"').parse().ok());
    Some(Duration::from_secs(seconds.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferring(text: &'static str) -> Option<Duration> {
        preferred_wait(&HeaderMap::from_iter([(
            PREFER,
            HeaderValue::from_static(text),
        )]))
    }

    #[test]
    fn preferences_are_read_as_their_standard_writes_them() {
        assert_eq!(preferring("respond-async"), Some(Duration::ZERO));
        assert_eq!(
            preferring("handling=lenient, Respond-Async, wait=10"),
            Some(Duration::from_secs(10))
        );
        assert_eq!(preferring("wait=10"), None);
        assert_eq!(preferring("return=minimal"), None);
    }

    #[test]
    fn keys_are_read_with_and_without_quotation_marks() {
        let read = |text: &'static str| {
            key(&HeaderMap::from_iter([(
                IDEMPOTENCY_KEY,
                HeaderValue::from_static(text),
            )]))
            .ok()
            .flatten()
        };
        assert_eq!(read("\"abc\"").as_deref(), Some("abc"));
        assert_eq!(read("abc").as_deref(), Some("abc"));
        assert_eq!(read(""), None);
    }
}
