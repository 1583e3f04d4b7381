//! What a request makes its answer depend on (RFC 9110 §13), for every address.
//!
//! A handler that knows its tag before its answer compares it early, with
//! [`is_known`](crate::http::answer::is_known), and spares itself the making. Here all conditions
//! are judged, in the order of RFC 9110 §13.2.2, over the tag and the time of whatever comes back.

use crate::http::Shared;
use crate::http::problem::{PRECONDITION_FAILED, Problem};
use crate::http::tags::{self, Asked, EDITION, Tag};
use axum::body::Body;
use axum::extract::{Request, State as Injected};
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, ETAG,
    HeaderName, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::SystemTime;

const CONDITIONS: [HeaderName; 4] = [
    IF_MATCH,
    IF_UNMODIFIED_SINCE,
    IF_NONE_MATCH,
    IF_MODIFIED_SINCE,
];

/// Judges the conditions of a request that reads, and states for every answer how long it may be
/// kept.
pub async fn judge(Injected(server): Injected<Shared>, request: Request, next: Next) -> Response {
    let is_reading = [Method::GET, Method::HEAD].contains(request.method());
    let mut asked = HeaderMap::new();
    if is_reading {
        for name in CONDITIONS {
            for value in request.headers().get_all(&name) {
                asked.append(name.clone(), value.clone());
            }
        }
    }
    let mut response = next.run(request).await;
    let has_problem = response.extensions().get::<Problem>().is_some();
    if !has_problem && !response.headers().contains_key(CACHE_CONTROL) {
        // It may be kept, but must be checked each time: a correction is seen at once.
        let kept = if is_reading { "no-cache" } else { "no-store" };
        let kept = HeaderValue::from_static(kept);
        response.headers_mut().insert(CACHE_CONTROL, kept);
    }
    if !is_reading {
        return response;
    }
    bring_up_to(&mut response, server.app.edition.since.into());
    if asked.is_empty()
        || ![
            StatusCode::OK,
            StatusCode::PARTIAL_CONTENT,
            StatusCode::NOT_MODIFIED,
        ]
        .contains(&response.status())
    {
        return response;
    }
    match verdict(&asked, response.headers()) {
        Verdict::Answer => response,
        Verdict::Failed => Problem::new(&PRECONDITION_FAILED).into_response(),
        Verdict::Known => {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            for name in [
                CONTENT_LENGTH,
                CONTENT_RANGE,
                CONTENT_DISPOSITION,
                ACCEPT_RANGES,
            ] {
                response.headers_mut().remove(name);
            }
            response
        }
    }
}

/// What is made by the program has changed with it, too.
fn bring_up_to(response: &mut Response, since: SystemTime) {
    let headers = response.headers_mut();
    let is_made = headers.get(ETAG).is_some_and(|tag| {
        let tag = tag.to_str().ok().and_then(Tag::parse);
        tag.is_some_and(|tag| tag.opaque.ends_with(EDITION))
    });
    if is_made
        && let Some(modified) = time(headers, LAST_MODIFIED)
        && modified < since
        && let Ok(value) = HeaderValue::from_str(&httpdate::fmt_http_date(since))
    {
        headers.insert(LAST_MODIFIED, value);
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Answer,
    Known,
    Failed,
}

/// RFC 9110 §13.2.2, steps 1 to 4.
fn verdict(asked: &HeaderMap, answer: &HeaderMap) -> Verdict {
    let tag = answer.get(ETAG).and_then(|value| value.to_str().ok());
    let tag = tag.and_then(Tag::parse);
    let modified = time(answer, LAST_MODIFIED);
    let has_changed_since = |name| {
        let (since, modified) = (time(asked, name)?, modified?);
        Some(modified > since)
    };
    match tags::asked(asked, IF_MATCH) {
        Some(Asked::Any) => {}
        Some(Asked::Tags(known)) => {
            if !tag.is_some_and(|tag| known.iter().any(|known| known.is_same(tag))) {
                return Verdict::Failed;
            }
        }
        None => {
            if has_changed_since(IF_UNMODIFIED_SINCE) == Some(true) {
                return Verdict::Failed;
            }
        }
    }
    let is_known = match tags::asked(asked, IF_NONE_MATCH) {
        Some(Asked::Any) => tag.is_some(),
        Some(Asked::Tags(known)) => {
            tag.is_some_and(|tag| known.iter().any(|known| known.is_like(tag)))
        }
        None => has_changed_since(IF_MODIFIED_SINCE) == Some(false),
    };
    if is_known {
        Verdict::Known
    } else {
        Verdict::Answer
    }
}

/// A time in a header, in any of the three forms of HTTP; one that is there twice, or is none,
/// is not there (RFC 9110 §13.1.3).
fn time(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    let mut values = headers.get_all(name).iter();
    let (first, None) = (values.next()?, values.next()) else {
        return None;
    };
    httpdate::parse_http_date(first.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "Sat, 21 Nov 2026 12:00:00 GMT";
    const THEN: &str = "Sun, 22 Nov 2026 12:00:00 GMT";
    const AFTER: &str = "Mon, 23 Nov 2026 12:00:00 GMT";

    #[test]
    fn conditions_are_judged_in_their_order() {
        let answer = HeaderMap::from_iter([
            (ETAG, HeaderValue::from_static("\"a\"")),
            (LAST_MODIFIED, HeaderValue::from_static(THEN)),
        ]);
        for (conditions, expected) in [
            (&[][..], Verdict::Answer),
            (&[(IF_NONE_MATCH, "W/\"a\"")], Verdict::Known),
            (&[(IF_NONE_MATCH, "\"b\"")], Verdict::Answer),
            (&[(IF_NONE_MATCH, "*")], Verdict::Known),
            (&[(IF_MODIFIED_SINCE, THEN)], Verdict::Known),
            (&[(IF_MODIFIED_SINCE, AFTER)], Verdict::Known),
            (&[(IF_MODIFIED_SINCE, BEFORE)], Verdict::Answer),
            (&[(IF_MODIFIED_SINCE, "yesterday")], Verdict::Answer),
            (
                &[(IF_MODIFIED_SINCE, "Sunday, 22-Nov-26 12:00:00 GMT")],
                Verdict::Known,
            ),
            (
                &[(IF_MODIFIED_SINCE, AFTER), (IF_MODIFIED_SINCE, AFTER)],
                Verdict::Answer,
            ),
            // The tag is asked first, and alone.
            (
                &[(IF_NONE_MATCH, "\"b\""), (IF_MODIFIED_SINCE, AFTER)],
                Verdict::Answer,
            ),
            (&[(IF_MATCH, "\"a\"")], Verdict::Answer),
            (&[(IF_MATCH, "*")], Verdict::Answer),
            (&[(IF_MATCH, "W/\"a\"")], Verdict::Failed),
            (&[(IF_MATCH, "\"b\"")], Verdict::Failed),
            (&[(IF_UNMODIFIED_SINCE, BEFORE)], Verdict::Failed),
            (&[(IF_UNMODIFIED_SINCE, THEN)], Verdict::Answer),
            (
                &[(IF_MATCH, "\"a\""), (IF_UNMODIFIED_SINCE, BEFORE)],
                Verdict::Answer,
            ),
            (
                &[(IF_MATCH, "\"b\""), (IF_NONE_MATCH, "\"a\"")],
                Verdict::Failed,
            ),
        ] {
            let mut asked = HeaderMap::new();
            for (name, value) in conditions {
                asked.append(name, HeaderValue::from_static(value));
            }
            assert_eq!(verdict(&asked, &answer), expected, "{conditions:?}");
        }
    }

    #[test]
    fn what_has_no_tag_and_no_time_is_sent() {
        let nothing = HeaderMap::new();
        for (name, value) in [(IF_NONE_MATCH, "*"), (IF_MODIFIED_SINCE, AFTER)] {
            let asked = HeaderMap::from_iter([(name, HeaderValue::from_static(value))]);
            assert_eq!(verdict(&asked, &nothing), Verdict::Answer);
        }
    }
}
