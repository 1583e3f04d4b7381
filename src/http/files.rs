//! A file as it is on the disk, whole or in part, for who resumes (RFC 9110 §14).
//!
//! Its compression is its own: it is part of the file, stands in its name, and is what its sum is
//! of. It is never told as `Content-Encoding`, and never compressed again on its way
//! ([`AsItIs`]).

use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::client::Client;
use crate::http::problem::{NOT_FOUND, Problem, RANGE_NOT_SATISFIABLE};
use crate::http::reader::Reader;
use crate::http::tags::Tag;
use crate::model::Generation;
use axum::body::{Body, Bytes};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, ETAG,
    HeaderName, IF_RANGE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::path::PathBuf;

/// RFC 9530 §3: the sum of the whole file, also of a part of it.
pub const REPR_DIGEST: HeaderName = HeaderName::from_static("repr-digest");

/// Marks an answer that the middleware must not compress.
#[derive(Clone, Copy, Debug)]
pub struct AsItIs;

/// A file to be sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Under which it is kept by who takes it.
    pub name: String,
    /// From a list of ours, never from a request.
    pub path: PathBuf,
    pub media_type: String,
    pub bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
    pub generation: Generation,
    /// xsd:dateTime.
    pub modified: String,
    /// How long it may be kept.
    pub cache_control: &'static str,
}

/// The media type of a file: that of its compression, if it has one.
pub fn media_type(own: &str, compression: Option<&str>) -> String {
    match compression {
        Some("gzip") => "application/gzip".to_owned(),
        // RFC 8878 §7.1.
        Some("zstd") => "application/zstd".to_owned(),
        Some(_) => "application/octet-stream".to_owned(),
        None => own.to_owned(),
    }
}

/// Sends a file, or the part of it that was asked for.
///
/// # Errors
/// 416 when there is no such part; 404 when the file has gone meanwhile; 503 when too many files
/// are being sent.
pub async fn send(
    server: &Shared,
    method: &Method,
    reader: &Reader,
    file: Sent,
) -> Result<Response, Problem> {
    let etag = format!("\"{}\"", file.sha256);
    let mut about = Answer::new(&file.media_type, Vec::new())
        .at(file.generation)
        .with(
            CONTENT_DISPOSITION,
            &format!("attachment; filename=\"{}\"", file.name),
        )
        .known_as(&etag, &file.modified)
        .with(CACHE_CONTROL, file.cache_control);
    if let Some(digest) = repr_digest(&file.sha256) {
        about.set(REPR_DIGEST, &digest);
    }
    let part = Part {
        path: file.path,
        offset: 0,
        bytes: file.bytes,
    };
    send_part(
        server,
        method,
        (reader.client, &reader.headers),
        part,
        about,
    )
    .await
}

/// Bytes that stand in a file.
pub struct Part {
    pub path: PathBuf,
    pub offset: u64,
    pub bytes: u64,
}

/// Sends the bytes of a part of a file, or the range of them that was asked for. `about` has their
/// headers and their tag.
///
/// # Errors
/// As [`send`].
pub async fn send_part(
    server: &Shared,
    method: &Method,
    (client, headers): (Client, &HeaderMap),
    part: Part,
    about: Answer,
) -> Result<Response, Problem> {
    let as_it_is = |mut response: Response| {
        response.extensions_mut().insert(AsItIs);
        response
    };
    let about = about.with(ACCEPT_RANGES, "bytes").unless_known_to(headers);
    if about.status == StatusCode::NOT_MODIFIED {
        return Ok(as_it_is(about.into_response()));
    }
    // RFC 9110 §14.2: ranges are for GET alone.
    let range = if *method == Method::GET {
        let tag = about.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
        wanted_range(headers, tag.unwrap_or_default(), part.bytes)
    } else {
        Wanted::All
    };
    let (first, length) = match range {
        Wanted::All => (0, part.bytes),
        Wanted::Part(first, last) => (first, last - first + 1),
        Wanted::Nothing => {
            let size = HeaderValue::from_str(&format!("bytes */{}", part.bytes));
            return Err(Problem::new(&RANGE_NOT_SATISFIABLE)
                .with_header(CONTENT_RANGE, size.map_err(Problem::internal)?));
        }
    };
    let body = if *method == Method::HEAD {
        // A body of known length would be told as the file's.
        Body::from_stream(tokio_stream::empty::<io::Result<Bytes>>())
    } else {
        read(server, client, part.path, part.offset + first, length).await?
    };
    let mut response = Response::new(body);
    *response.headers_mut() = about.headers;
    let told = response.headers_mut();
    told.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Wanted::Part(first, last) = range {
        let range = format!("bytes {first}-{last}/{}", part.bytes);
        let range = HeaderValue::from_str(&range).map_err(Problem::internal)?;
        told.insert(CONTENT_RANGE, range);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(as_it_is(response))
}

/// The file is opened where it is read, and from then on sent to its end even if it is removed.
async fn read(
    server: &Shared,
    client: Client,
    path: PathBuf,
    first: u64,
    length: u64,
) -> Result<Body, Problem> {
    let sent = server
        .downloads
        .stream_for(client, u64::MAX, move |writer, _| -> io::Result<()> {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(first))?;
            let copied = io::copy(&mut file.take(length), writer)?;
            if copied == length {
                Ok(())
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        })
        .await?;
    match sent {
        Ok((_, body)) => Ok(body),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            tracing::warn!(%error, "a file that is listed is not there");
            Err(Problem::new(&NOT_FOUND))
        }
        Err(error) => Err(Problem::internal(error)),
    }
}

/// As RFC 9530 §2 writes a sum that is hexadecimal here.
fn repr_digest(sha256: &str) -> Option<String> {
    let digits = (0..sha256.len()).step_by(2);
    let bytes: Option<Vec<u8>> = digits
        .map(|at| u8::from_str_radix(sha256.get(at..at + 2)?, 16).ok())
        .collect();
    let sum = BASE64_STANDARD.encode(bytes?);
    Some(format!("sha-256=:{sum}:"))
}

/// What a request asks for of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    All,
    /// The first and the last byte.
    Part(u64, u64),
    /// What is beyond its end.
    Nothing,
}

/// The one range that is asked for. Several are answered with the whole file, as RFC 9110 §14.2
/// allows; so is a range of another version, which `If-Range` tells by its tag alone: the time of
/// a file is not exact enough for bytes (RFC 9110 §13.1.5).
fn wanted_range(headers: &HeaderMap, etag: &str, bytes: u64) -> Wanted {
    let mut lines = headers.get_all(RANGE).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Wanted::All;
    };
    if let Some(known) = headers.get(IF_RANGE) {
        let known = known.to_str().ok().and_then(Tag::parse);
        let is_same = Tag::parse(etag)
            .zip(known)
            .is_some_and(|(one, other)| one.is_same(other));
        if !is_same {
            return Wanted::All;
        }
    }
    let range = line.to_str().ok().and_then(|line| {
        let (unit, range) = line.split_once('=')?;
        let is_bytes = unit.trim().eq_ignore_ascii_case("bytes");
        is_bytes.then(|| range.trim().split_once('-')).flatten()
    });
    // What is no range, or several, is not there.
    let Some((first, last)) = range else {
        return Wanted::All;
    };
    let Some((from, to)) = (match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Some((first, last)),
        (Some(first), None) if last.is_empty() => Some((first, u64::MAX)),
        (None, Some(0)) if first.is_empty() => return Wanted::Nothing,
        (None, Some(length)) if first.is_empty() => Some((bytes.saturating_sub(length), u64::MAX)),
        _ => None,
    }) else {
        return Wanted::All;
    };
    if from < bytes {
        Wanted::Part(from, to.min(bytes - 1))
    } else {
        Wanted::Nothing
    }
}

/// A number of digits alone; one that is too large for us is as good as the largest.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_the_part_that_was_asked_for() {
        for (range, expected) in [
            ("bytes=0-9", Wanted::Part(0, 9)),
            ("Bytes = 0-9", Wanted::Part(0, 9)),
            ("bytes=90-", Wanted::Part(90, 99)),
            ("bytes=-10", Wanted::Part(90, 99)),
            ("bytes=-1000", Wanted::Part(0, 99)),
            ("bytes=50-1000", Wanted::Part(50, 99)),
            ("bytes=0-99999999999999999999999", Wanted::Part(0, 99)),
            ("bytes=-99999999999999999999999", Wanted::Part(0, 99)),
            ("bytes=99-99", Wanted::Part(99, 99)),
            ("bytes=100-", Wanted::Nothing),
            ("bytes=99999999999999999999999-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=9-0", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=0-1-2", Wanted::All),
            ("lines=1-2", Wanted::All),
            ("nonsense", Wanted::All),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, HeaderValue::from_static(range))]);
            assert_eq!(wanted_range(&headers, "\"x\"", 100), expected, "{range}");
        }
        let headers = HeaderMap::from_iter([(RANGE, HeaderValue::from_static("bytes=0-"))]);
        assert_eq!(wanted_range(&headers, "\"x\"", 0), Wanted::Nothing);
    }

    #[test]
    fn a_range_of_another_version_gives_the_whole_file() {
        for (known, expected) in [
            ("\"new\"", Wanted::Part(0, 9)),
            ("\"old\"", Wanted::All),
            ("W/\"new\"", Wanted::All),
            ("Sun, 22 Nov 2026 12:00:00 GMT", Wanted::All),
        ] {
            let headers = HeaderMap::from_iter([
                (RANGE, HeaderValue::from_static("bytes=0-9")),
                (IF_RANGE, HeaderValue::from_static(known)),
            ]);
            assert_eq!(wanted_range(&headers, "\"new\"", 100), expected, "{known}");
        }
    }

    #[test]
    fn a_sum_is_written_as_headers_do() {
        // Of no bytes at all (RFC 9530, Appendix B.1 has others).
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(
            repr_digest(empty).as_deref(),
            Some("sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        );
        assert_eq!(repr_digest("nonsense"), None);
    }
}
