//! What every request passes through; the order is in `router`.

use crate::app::App;
use crate::http::Shared;
use crate::http::answer::GENERATION;
use crate::http::problem::{INTERNAL, Problem};
use crate::http::sparql::{COMPLETE, ROWS, WITHIN};
use crate::model::Outside;
use crate::store::fill_random;
use axum::extract::{MatchedPath, Request, State as Injected};
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_SECURITY_POLICY, ETAG, HeaderName, LINK, REFERRER_POLICY, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{
    DefaultPredicate, NotForContentType, Predicate, SizeAbove,
};
use tower_http::cors::{Any as AnyHeader, Any as AnyOrigin, CorsLayer};
use tracing::Instrument;

/// How long a browser may keep the leave that it got; none keeps it longer than a day.
const PREFLIGHT: Duration = Duration::from_secs(24 * 3600);

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Pages load our own scripts and style, which ask this server and no other. No inline script or
/// style, no `eval`, nothing made into HTML or code from a text
/// (docs/decisions/0025-the-editor-is-codemirror-in-a-page-that-works-without-it.md). Images come
/// from here, and from where the operator named.
pub(super) fn content_security_policy(outside: &Outside) -> HeaderValue {
    let origins: Vec<&str> = outside.origins().collect();
    let images = ["'self'"].into_iter().chain(origins).collect::<Vec<_>>();
    let policy = format!(
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src {}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        images.join(" ")
    );
    HeaderValue::from_str(&policy).expect("an origin has only characters that a header can hold")
}

/// The number by which a request is found in the log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// Numbers, logs and counts the request. Outermost, so that nothing escapes it.
pub async fn observe(
    Injected(server): Injected<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let mut bytes = [0_u8; 8];
    fill_random(&mut bytes);
    let id = bytes.map(|byte| format!("{byte:02x}")).concat();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    // The pattern, never the address: a counter per address would grow without end.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", id = %id, %method, %path);
    let mut response = next.run(request).instrument(span.clone()).await;
    let time = started.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| {
        tracing::info!(status, milliseconds = time.as_millis(), "answered");
    });
    // What clients make up as methods must not become names of counters.
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
    ];
    let counted = if known.contains(&method) {
        method.as_str()
    } else {
        "other"
    };
    server.app.metrics.request(&route, counted, status, time);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Headers that keep browsers from doing more than showing the page.
pub async fn secure(Injected(server): Injected<Shared>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, server.policy.clone());
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(
        REFERRER_POLICY,
        HeaderValue::from_static("strict-origin-when-cross-origin"),
    );
    response
}

/// The data is public: any page may read it, without the visitor's credentials.
pub fn share_across_origins() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AnyOrigin)
        .allow_methods([Method::GET, Method::HEAD, Method::POST])
        .allow_headers(AnyHeader)
        .max_age(PREFLIGHT)
        .expose_headers([
            GENERATION,
            ROWS,
            COMPLETE,
            WITHIN,
            REQUEST_ID,
            ACCEPT_RANGES,
            CONTENT_LENGTH,
            CONTENT_RANGE,
            ETAG,
            LINK,
            RETRY_AFTER,
        ])
        // The answer is the same for every origin.
        .vary([])
}

/// Where the addresses that write begin.
const WRITES: &[&str] = &["/sources/", "/merges", "/rehearsals/"];

/// What writes is not shared: no page elsewhere may send to it from its visitor's browser, or
/// read its answers. Stands outside of [`share_across_origins`].
pub async fn keep_writes_apart(request: Request, next: Next) -> Response {
    let is_write = WRITES
        .iter()
        .any(|start| request.uri().path().starts_with(start));
    let mut response = next.run(request).await;
    if is_write {
        for name in [
            ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            response.headers_mut().remove(name);
        }
    }
    response
}

/// What fits into one packet is not sent sooner for being smaller.
const SMALL_BYTES: u64 = 1024;

/// Compresses what is worth it and is not compressed already.
pub fn compress() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new().compress_when(
        DefaultPredicate::new()
            .and(SizeAbove::new(SMALL_BYTES))
            .and(NotForContentType::const_new("application/gzip")),
    )
}

/// Turns a panic of a handler into a problem and counts it.
pub fn catch_panics(app: Arc<App>) -> CatchPanicLayer<CountPanic> {
    CatchPanicLayer::custom(CountPanic(app))
}

/// Counts the panics of handlers; those of blocking work are caught where they happen.
#[derive(Clone)]
pub struct CountPanic(Arc<App>);

impl ResponseForPanic for CountPanic {
    type ResponseBody = axum::body::Body;

    fn response_for_panic(&mut self, _: Box<dyn Any + Send>) -> Response {
        self.0.metrics.panic();
        tracing::error!("a handler panicked");
        Problem::new(&INTERNAL).into_response()
    }
}
