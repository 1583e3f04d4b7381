//! A part of a file as an answer: whole, or the range that was asked for (RFC 9110 §14), read while
//! it is sent.

use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::client::Client;
pub(super) use crate::http::files::Part;
use crate::http::files::send_part;
use crate::http::problem::Problem;
use axum::http::{HeaderMap, Method};
use axum::response::Response;

/// Records of the log, one after the other, byte for byte.
pub const RECORDS: &str = "application/vnd.affiche.log";

/// Sends it, or the range of it that was asked for. `about` has its headers and its tag.
pub(super) async fn send(
    server: &Shared,
    headers: &HeaderMap,
    part: Part,
    about: Answer,
) -> Result<Response, Problem> {
    let reader = (Client::UNKNOWN, headers);
    send_part(server, &Method::GET, reader, part, about).await
}
