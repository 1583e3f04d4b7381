//! What operators and robots ask: health, metrics, robots.txt; and the files that pages load.

use crate::html::Asset;
use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::metrics::State;
use axum::extract::{Path, State as Injected};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// `GET /health`: 200 while all is well, 503 when a failed write stopped all writing.
pub async fn health(Injected(server): Injected<Shared>) -> Response {
    let store = &server.app.store;
    let is_stopped = store.is_stopped();
    let mirror = server.app.mirror.status().map(|mirror| {
        json!({
            "generation": mirror.generation,
            "behind": mirror.generation.map(|at| store.generation().0.saturating_sub(at.0)),
            "copied": mirror.copied,
            "error": mirror.error,
            "left_out": mirror.left_out,
            "serves_queries": server.app.mirror.serving().is_there(),
        })
    });
    let mut body = json!({
        "status": if is_stopped { "writing-stopped" } else { "ok" },
        "generation": store.generation().0,
        "profiles": server.app.profiles.generation(store.generation()),
        "statistics": server.app.statistics.generation(),
        "log": store.identity(),
        "base": store.base().as_str(),
        "version": env!("CARGO_PKG_VERSION"),
    });
    if let Some(mirror) = mirror {
        body["mirror"] = mirror;
    }
    Answer::new("application/json", format!("{body}\n"))
        .at(store.generation())
        .with_status(if is_stopped {
            StatusCode::SERVICE_UNAVAILABLE
        } else {
            StatusCode::OK
        })
        .with(CACHE_CONTROL, "no-store")
        .into_response()
}

/// `GET /metrics`, in Prometheus' text format.
pub async fn metrics(Injected(server): Injected<Shared>) -> Response {
    let store = &server.app.store;
    let state = State {
        generation: store.generation(),
        profiles: server.app.profiles.generation(store.generation()),
        quality: server.app.quality.generation().unwrap_or_default(),
        statistics: server.app.statistics.generation().unwrap_or_default(),
        mirror: server
            .app
            .mirror
            .status()
            .map(|mirror| (mirror.generation.unwrap_or_default(), mirror.left_out)),
        is_stopped: store.is_stopped(),
        queries_waiting: server.queries.waiting(),
    };
    let text = server.app.metrics.render(&state);
    Answer::new("text/plain; version=0.0.4; charset=utf-8", text)
        .with(CACHE_CONTROL, "no-store")
        .into_response()
}

/// `GET /robots.txt`: everything may be read, but queries and selections without end are not for
/// crawlers.
pub async fn robots() -> Response {
    Answer::new(
        "text/plain",
        "User-agent: *\nDisallow: /sparql\nDisallow: /statistics?\n",
    )
    .into_response()
}

/// `GET /assets/{path}`: named by their content, so they may be kept for ever.
pub async fn asset(Path(path): Path<String>) -> Result<Response, Problem> {
    let asset = Asset::at(&path).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    Ok(Answer::new(asset.media_type, asset.bytes.as_ref())
        .with(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .with(ETAG, &format!("\"{path}\""))
        .into_response())
}
