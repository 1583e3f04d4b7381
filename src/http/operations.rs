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

/// `GET /health`: 200 while all is well, 503 when a failed write stopped all writing, or when a copy
/// cannot prove what it has.
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
    let refusal = server.app.copying.refusal();
    let status = match (&refusal, is_stopped) {
        (Some(_), _) => "unverified",
        (None, true) => "writing-stopped",
        (None, false) => "ok",
    };
    let mut body = json!({
        "status": status,
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
    if let (Some(primary), Some(body)) = (store.primary(), body.as_object_mut()) {
        let trouble = refusal.clone().or_else(|| server.app.copying.trouble());
        body.insert("copyOf".to_owned(), json!(primary.url));
        body.insert("trouble".to_owned(), json!(trouble));
    }
    Answer::new("application/json", format!("{body}\n"))
        .at(store.generation())
        .with_status(if status != "ok" {
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

/// What is not for crawlers: queries, and what is worked out for who asks.
const NOT_FOR_CRAWLERS: &[&str] = &[
    "/sparql",
    "/statistics?",
    "/resolve?",
    "/validate",
    "/changes/diff",
    "/releases/*/sparql",
];

/// `GET /robots.txt`: everything may be read, but queries and selections without end are not for
/// crawlers; and where all documents are listed.
pub async fn robots(Injected(server): Injected<Shared>) -> Response {
    let disallowed = NOT_FOR_CRAWLERS.iter();
    let disallowed: String = disallowed
        .map(|path| format!("Disallow: {path}\n"))
        .collect();
    let sitemap = server.app.store.base().join("sitemap.xml");
    let text = format!(
        "User-agent: *\n{disallowed}\nSitemap: {}\n",
        sitemap.as_str()
    );
    Answer::new("text/plain", text).into_response()
}

/// `GET /assets/{path}`: named by their content, so they may be kept for ever.
pub async fn asset(Path(path): Path<String>) -> Result<Response, Problem> {
    let asset = Asset::at(&path).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    Ok(Answer::new(asset.media_type, asset.bytes.as_ref())
        .with(CACHE_CONTROL, "public, max-age=31536000, immutable")
        .with(ETAG, &format!("\"{path}\""))
        .into_response())
}
