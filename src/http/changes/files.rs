//! A part of a file as an answer: whole, or the range that was asked for (RFC 9110 §14), read while
//! it is sent.

use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::dumps::wanted_range;
use crate::http::problem::{Problem, RANGE_NOT_SATISFIABLE};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::path::PathBuf;

/// Records of the log, one after the other, byte for byte.
pub const RECORDS: &str = "application/vnd.affiche.log";

/// Bytes that stand in a file.
pub(super) struct Part {
    pub path: PathBuf,
    pub offset: u64,
    pub bytes: u64,
}

/// Sends it, or the range of it that was asked for. `about` has its headers and its tag.
pub(super) async fn send(
    server: &Shared,
    headers: &HeaderMap,
    part: Part,
    about: Answer,
) -> Result<Response, Problem> {
    let about = about.with(ACCEPT_RANGES, "bytes").unless_known_to(headers);
    if about.status == StatusCode::NOT_MODIFIED {
        return Ok(about.into_response());
    }
    let tag = about.headers.get(ETAG).and_then(|tag| tag.to_str().ok());
    let range = wanted_range(headers, tag.unwrap_or_default(), part.bytes).map_err(|()| {
        let size = HeaderValue::from_str(&format!("bytes */{}", part.bytes));
        match size {
            Ok(size) => Problem::new(&RANGE_NOT_SATISFIABLE).with_header(CONTENT_RANGE, size),
            Err(error) => Problem::internal(error),
        }
    })?;
    let (first, last) = range.unwrap_or((0, part.bytes.saturating_sub(1)));
    let length = if part.bytes == 0 { 0 } else { last - first + 1 };
    let start = part.offset + first;
    let path = part.path;
    let (_, body) = server
        .downloads
        .stream(u64::MAX, move |writer, _| -> io::Result<()> {
            let mut file = File::open(&path)?;
            file.seek(SeekFrom::Start(start))?;
            if io::copy(&mut io::Read::take(file, length), writer)? == length {
                Ok(())
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            }
        })
        .await?
        .map_err(Problem::internal)?;
    let mut response = Response::new(body);
    *response.headers_mut() = about.headers;
    response
        .headers_mut()
        .insert(CONTENT_LENGTH, HeaderValue::from(length));
    if range.is_some() {
        let told = format!("bytes {first}-{last}/{}", part.bytes);
        let told = HeaderValue::from_str(&told).map_err(Problem::internal)?;
        response.headers_mut().insert(CONTENT_RANGE, told);
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}
