//! The SPARQL endpoint: reads only, one snapshot per answer, calls nobody.
//!
//! In order: [`request`] takes the query out of the request, `app::queries` decides whether it
//! may run and where, and runs it; [`answer`] makes of that what the reader prefers.

mod answer;
mod examples;
mod explain;
mod request;
mod vocabulary;

pub use explain::explain;
pub use vocabulary::vocabulary;

use crate::app::queries::Question;
use crate::html;
use crate::http::Shared;
use crate::http::blocking::BodyWriter;
use crate::http::blocking::Failure;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, Problem, QUERY_FAILED, UPDATE_REFUSED};
use crate::http::reader::Reader;
use crate::query::Bounds;
use crate::store::CancellationToken;
use answer::First;
use axum::body::Body;
use axum::extract::State as Injected;
use axum::http::header::VARY;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use request::Asked;
use std::sync::Arc;
use std::time::Instant;

/// `GET /sparql` and `POST /sparql`.
pub async fn endpoint(
    Injected(server): Injected<Shared>,
    method: Method,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    let asked = if method == Method::POST {
        request::from_body(&reader, body, &server.app.config.limits).await?
    } else {
        Asked::from_parameters(&reader.parameters)?
    };
    if asked.is_update {
        return Err(Problem::new(&UPDATE_REFUSED));
    }
    let Some(query) = asked.query.clone().filter(|query| !query.trim().is_empty()) else {
        return form(&server, &reader);
    };
    run(&server, reader, asked, query).await
}

/// What stands at the bare address: a form for people.
fn form(server: &Shared, reader: &Reader) -> Result<Response, Problem> {
    if reader.choose(&[HTML]).is_err() {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "Le paramètre `query` manque : mettez-y une requête SPARQL.",
            "The parameter `query` is missing: put a SPARQL query there.",
        ));
    }
    let examples = examples::all(&server.app.door);
    let sparql = html::Sparql {
        query: examples
            .first()
            .map(|example| example.query.clone())
            .unwrap_or_default(),
        examples,
        ..html::Sparql::default()
    };
    let generation = server.app.store.generation();
    Ok(page(server, reader, generation, |site| sparql.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}

async fn run(
    server: &Shared,
    reader: Reader,
    asked: Asked,
    text: String,
) -> Result<Response, Problem> {
    let started = Instant::now();
    let shared = server.clone();
    let client = reader.client;
    let reader = Arc::new(reader);
    let limits = &server.app.config.limits;
    let question = Question {
        text,
        dataset: asked.dataset,
        bounds: Bounds::Most(limits.result_rows),
        timeout: limits.query_timeout,
    };
    let asks = Arc::clone(&reader);
    let first = server
        .cheap
        .run(move |token| answer::try_here(&shared, &asks, question, token))
        .await;
    let result = match first {
        Ok(Ok(First::Whole(response))) => Ok(response),
        Ok(Ok(First::Page(task))) => {
            let shared = server.clone();
            let work = move |token: &CancellationToken| {
                answer::page_by_worker(&shared, &reader, &task, token)
            };
            match server.queries.run_for(client, work).await {
                Ok(result) => result,
                Err(failure) => Err(failed(failure)),
            }
        }
        Ok(Ok(First::Data(task))) => {
            let shared = server.clone();
            let work = move |writer: &mut BodyWriter, token: &CancellationToken| {
                answer::data_by_worker(&shared, &task, writer, token)
            };
            let lane = &server.queries;
            match lane.stream_for(client, limits.result_bytes, work).await {
                Ok(Ok((head, body))) => {
                    let mut response = Response::new(body);
                    *response.status_mut() = head.status;
                    *response.headers_mut() = head.headers;
                    Ok(response)
                }
                Ok(Err(stop)) => Err(stop.into_problem(limits)),
                Err(failure) => Err(failed(failure)),
            }
        }
        Ok(Err(problem)) => Err(problem),
        Err(failure) => Err(failed(failure)),
    };
    let outcome = match &result {
        Ok(_) => "ok",
        Err(problem) if problem.row.status.is_client_error() => "refused",
        Err(_) => "failed",
    };
    server.app.metrics.query(outcome, started.elapsed());
    let mut response = result?;
    response
        .headers_mut()
        .insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
    Ok(response)
}

fn failed(failure: Failure) -> Problem {
    match failure {
        Failure::Panicked => Problem::new(&QUERY_FAILED),
        failure => failure.into(),
    }
}
