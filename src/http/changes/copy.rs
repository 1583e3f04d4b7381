//! What a copy of another server does not answer.

use crate::http::problem::{NOT_IN_COPY, Problem, READ_ONLY, UNVERIFIED};
use crate::http::{Server, Shared};
use axum::extract::{Request, State as Injected};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What is answered though nothing of the data is: whoever asks there wants to know why.
const STATUS: &[&str] = &["/health", "/metrics", "/robots.txt"];
const STATUS_BELOW: &[&str] = &["/assets/", "/problems/"];
/// What is written below these is the data.
const WRITES: &[&str] = &["/sources/", "/merges"];

/// What tells of releases, which a copy does not have.
const RELEASES: &[&str] = &["/releases", "/catalogue"];

/// Keeps a copy from taking what is for the server that it copies, and from giving out what does
/// not verify.
pub async fn guard_copy(
    Injected(server): Injected<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let Some(primary) = server.app.store.primary() else {
        return next.run(request).await;
    };
    let path = request.uri().path();
    let is_below = |all: &[&str]| all.iter().any(|start| path.starts_with(start));
    let is_status = STATUS.contains(&path) || is_below(STATUS_BELOW);
    if let Some(why) = server.app.copying.refusal()
        && !is_status
    {
        return Problem::new(&UNVERIFIED)
            .with_detail(format!("En anglais : {why}"), why)
            .retry_after(60)
            .into_response();
    }
    let is_reading = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if !is_reading && is_below(WRITES) {
        return Problem::new(&READ_ONLY)
            .with_member("primary", primary.url.as_str())
            .into_response();
    }
    if is_below(RELEASES) {
        return Problem::new(&NOT_IN_COPY)
            .with_detail(
                "Les publications, et le catalogue qui en parle, sont chez le serveur copié.",
                "Releases, and the catalogue that tells of them, are with the server that is copied.",
            )
            .with_member("primary", primary.url.as_str())
            .into_response();
    }
    next.run(request).await
}

/// The log does not go back that far here.
pub fn not_in_copy(server: &Server) -> Problem {
    let store = &server.app.store;
    let origin = store.origin();
    let problem = Problem::new(&NOT_IN_COPY).with_detail(
        format!("Le journal commence ici après la génération {origin}."),
        format!("The log begins here after generation {origin}."),
    );
    match store.primary() {
        Some(primary) => problem.with_member("primary", primary.url.as_str()),
        None => problem,
    }
}
