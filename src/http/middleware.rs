//! What every request passes through; the order is in `router`.

use crate::app::App;
use crate::http::Shared;
use crate::http::answer::GENERATION;
use crate::http::changes::entities::CURSOR;
use crate::http::files::REPR_DIGEST;
use crate::http::problem::{INTERNAL, Problem};
use crate::http::releases::RELEASE;
use crate::http::router::ROUTES;
use crate::http::sparql::{COMPLETE, ROWS, WITHIN};
use crate::model::Outside;
use crate::store::fill_random;
use axum::extract::{MatchedPath, Request, State as Injected};
use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_RANGE, CONTENT_SECURITY_POLICY, ETAG, HeaderName, LINK, LOCATION, ORIGIN,
    REFERRER_POLICY, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tracing::Instrument;

/// How long a browser may keep the leave that it got; none keeps it longer than a day.
const PREFLIGHT: Duration = Duration::from_secs(24 * 3600);

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// RFC 7089 §2.1.1.
const MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");

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

/// What scripts of other sites may read of an answer, beyond what browsers show them anyway.
fn exposed() -> HeaderValue {
    let names = [
        GENERATION,
        CURSOR,
        ROWS,
        COMPLETE,
        WITHIN,
        REQUEST_ID,
        ACCEPT_RANGES,
        ALLOW,
        CONTENT_DISPOSITION,
        CONTENT_LENGTH,
        CONTENT_LOCATION,
        CONTENT_RANGE,
        ETAG,
        LINK,
        LOCATION,
        RELEASE,
        REPR_DIGEST,
        MEMENTO_DATETIME,
        RETRY_AFTER,
        VARY,
    ];
    let names: Vec<&str> = names.iter().map(HeaderName::as_str).collect();
    HeaderValue::from_str(&names.join(",")).expect("names of headers can stand in one")
}

/// Where the addresses that write begin.
const WRITES: &[&str] = &["/sources/", "/merges", "/rehearsals/"];

/// The data is public: any page may read it, without the visitor's credentials. What writes is not
/// shared: no page elsewhere may send to it from its visitor's browser, or read its answers.
pub async fn share_across_origins(request: Request, next: Next) -> Response {
    let is_write = WRITES
        .iter()
        .any(|start| request.uri().path().starts_with(start));
    if is_write {
        return next.run(request).await;
    }
    let any = HeaderValue::from_static("*");
    // A preflight (Fetch §3.2.3) asks for leave to ask; any other OPTIONS is a request as others.
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ORIGIN)
        && request
            .headers()
            .contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    if is_preflight {
        let mut response = StatusCode::NO_CONTENT.into_response();
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, any);
        headers.insert(
            ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET,HEAD,POST"),
        );
        headers.insert(
            ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from(PREFLIGHT.as_secs()),
        );
        return response;
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed());
    response
}

/// Tells which methods an address knows: to who asks, and to who used another.
pub async fn tell_methods(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>();
    let allowed = match path.map(MatchedPath::as_str) {
        Some(path) => allowed(path),
        // RFC 9110 §9.3.7: `OPTIONS *` asks about the server.
        None if request.uri().path() == "*" => Some("GET, HEAD, POST, PUT, DELETE, OPTIONS".into()),
        None => None,
    };
    let is_asked = request.method() == Method::OPTIONS && allowed.is_some();
    let mut response = if is_asked {
        StatusCode::NO_CONTENT.into_response()
    } else {
        next.run(request).await
    };
    if (is_asked || response.status() == StatusCode::METHOD_NOT_ALLOWED)
        && let Some(value) = allowed.and_then(|list| HeaderValue::from_str(&list).ok())
    {
        response.headers_mut().insert(ALLOW, value);
    }
    response
}

/// The methods of a route, as a header lists them.
fn allowed(path: &str) -> Option<String> {
    let route = ROUTES.iter().find(|route| route.path == path)?;
    let mut names = Vec::new();
    for method in route.methods {
        names.push(method.name.to_ascii_uppercase());
        if method.name == "get" {
            names.push("HEAD".to_owned());
        }
    }
    names.push("OPTIONS".to_owned());
    Some(names.join(", "))
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
