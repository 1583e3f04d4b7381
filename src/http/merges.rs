//! What operators decide about entities of several sources, over HTTP: `POST /merges` and
//! `DELETE /merges/{noid}`, with the operator's token.

use crate::http::answer::Answer;
use crate::http::auth;
use crate::http::body;
use crate::http::middleware::RequestId;
use crate::http::negotiate::{JSON, TEXT};
use crate::http::problem::{BAD_REQUEST, Problem, REFUSED};
use crate::http::reader::Reader;
use crate::http::writes::Turn;
use crate::http::{Server, Shared};
use crate::ingest::Outcome;
use crate::ingest::hands::{self, HandError};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State as Injected};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// The body of `POST /merges`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    a: String,
    b: String,
    because: Option<String>,
    #[serde(default)]
    despite_different: bool,
    #[serde(default)]
    dry_run: bool,
}

/// `POST /merges`: two entities are one.
pub async fn merge(
    Injected(server): Injected<Shared>,
    Extension(id): Extension<RequestId>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    let turn = operators_turn(&server, &reader)?;
    reader.allow_only(&["lang", "format"])?;
    let bytes = body::read(body, &server.app.config.limits).await?;
    let asked: Asked = serde_json::from_slice(&bytes).map_err(|error| {
        Problem::new(&BAD_REQUEST).with_detail(
            format!("Envoyez un objet JSON avec `a` et `b`, deux entités ; en anglais : {error}."),
            format!("Send a JSON object with `a` and `b`, two entities: {error}."),
        )
    })?;
    decide(server, reader, id, turn, move |server| {
        let merge = hands::Merge {
            one: &asked.a,
            other: &asked.b,
            because: asked.because.as_deref(),
            is_despite_different: asked.despite_different,
            is_dry_run: asked.dry_run,
        };
        hands::merge(
            &server.app.store,
            &server.app.door,
            &merge,
            Timestamp::now(),
        )
    })
    .await
}

/// `DELETE /merges/{noid}`: an entity is not the same as the one that it was merged with.
pub async fn unmerge(
    Injected(server): Injected<Shared>,
    Path(entity): Path<String>,
    Extension(id): Extension<RequestId>,
    reader: Reader,
) -> Result<Response, Problem> {
    let turn = operators_turn(&server, &reader)?;
    reader.allow_only(&["other", "because", "dry-run", "lang", "format"])?;
    let is_dry_run = reader.truth("dry-run")?.unwrap_or(false);
    let other = reader.parameter("other").map(str::to_owned);
    let because = reader.parameter("because").map(str::to_owned);
    decide(server, reader, id, turn, move |server| {
        let unmerge = hands::Unmerge {
            entity: &entity,
            other: other.as_deref(),
            because: because.as_deref(),
            is_dry_run,
        };
        hands::unmerge(
            &server.app.store,
            &server.app.door,
            &unmerge,
            Timestamp::now(),
        )
    })
    .await
}

fn operators_turn(server: &Shared, reader: &Reader) -> Result<Turn, Problem> {
    let token = auth::token(&server.app, &reader.headers)?;
    auth::operator(&token)?;
    Turn::take(server, &token)
}

/// Takes a decision through the door, when it is its turn, and tells what became of it.
async fn decide(
    server: Shared,
    reader: Reader,
    RequestId(id): RequestId,
    turn: Turn,
    work: impl FnOnce(&Server) -> Result<hands::Report, HandError> + Send + 'static,
) -> Result<Response, Problem> {
    let offer = reader.choose(&[JSON, TEXT])?;
    let in_thread = server.clone();
    let report = server
        .writes
        .decisions
        .run(move |_| {
            // Taken along, so that it lasts as long as the work does, whoever has left.
            let _turn = turn;
            work(&in_thread)
        })
        .await??;
    let mut answer = if offer == TEXT {
        Answer::of(TEXT, report.text(reader.lang))
    } else {
        let mut body = serde_json::to_value(&report).map_err(Problem::internal)?;
        let mut media_type = JSON.media_type;
        if report.outcome == Outcome::Refused
            && let Value::Object(members) = body
        {
            let mut problem = Problem::new(&REFUSED);
            problem.more.members = members;
            body = problem.to_json(server.app.store.base(), reader.lang, Some(&id));
            media_type = "application/problem+json";
        }
        Answer::new(media_type, format!("{body:#}\n"))
    };
    if report.outcome == Outcome::Refused {
        answer.status = REFUSED.status;
    }
    Ok(answer
        .at(report.generation)
        .with(CACHE_CONTROL, "no-store")
        .varying("Accept, Accept-Language, Authorization")
        .into_response())
}
