//! The small body of a request: all of it, within the limits.

use crate::config::Limits;
use crate::http::problem::{BAD_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, Problem};
use axum::body::{Body, Bytes, HttpBody as _};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use std::time::Duration;

/// Reads a body that is no submission.
///
/// # Errors
/// When it is too large, too slow or broken off.
pub(super) async fn read(body: Body, limits: &Limits) -> Result<Bytes, Problem> {
    read_within(
        body,
        limits.body_bytes,
        "limits.body_bytes",
        limits.body_timeout,
    )
    .await
}

/// Reads a body of at most so many bytes, a limit of this name.
///
/// # Errors
/// When it is too large, too slow or broken off.
pub(super) async fn read_within(
    body: Body,
    bytes: usize,
    key: &str,
    time: Duration,
) -> Result<Bytes, Problem> {
    let too_large = || Problem::limit(&BODY_TOO_LARGE, key, bytes);
    // Told before the client has sent it all, when it says how much there is.
    if body.size_hint().lower() > bytes as u64 {
        return Err(too_large());
    }
    let limited = Limited::new(body, bytes).collect();
    let collected = tokio::time::timeout(time, limited)
        .await
        .map_err(|_| Problem::limit(&BODY_TIMEOUT, "limits.body_timeout", format!("{time:?}")))?
        .map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                too_large()
            } else {
                // The client has broken off; nobody reads this.
                Problem::new(&BAD_REQUEST)
            }
        })?;
    Ok(collected.to_bytes())
}
