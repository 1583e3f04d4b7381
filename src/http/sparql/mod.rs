//! The SPARQL endpoint: reads only, one snapshot per answer, calls nobody.
//!
//! In order: [`request`] takes the query out of the request, [`prepare`] decides whether it may
//! run, [`answer`] runs it and writes the results in the format that the reader prefers.

mod answer;
mod examples;
mod prepare;
mod request;

use crate::html;
use crate::http::Shared;
use crate::http::blocking::Failure;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, Problem, QUERY_FAILED, UPDATE_REFUSED};
use crate::http::reader::Reader;
use answer::Stop;
use axum::body::Body;
use axum::extract::State as Injected;
use axum::http::header::VARY;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use request::Asked;
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
    let examples = examples::all(server.app.store.base());
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
    query: String,
) -> Result<Response, Problem> {
    let started = Instant::now();
    let shared = server.clone();
    let result = server
        .queries
        .stream(
            server.app.config.limits.result_bytes,
            move |writer, token| {
                let outcome = answer::write(&shared, &reader, &asked, &query, writer, token);
                let name = match &outcome {
                    Ok(()) => "ok",
                    Err(Stop::Refused(_)) => "refused",
                    Err(_) if token.is_cancelled() => "cancelled",
                    Err(_) => "failed",
                };
                shared.app.metrics.query(name, started.elapsed());
                outcome
            },
        )
        .await;
    match result {
        Ok(Ok((head, body))) => {
            let mut response = Response::new(body);
            *response.status_mut() = head.status;
            *response.headers_mut() = head.headers;
            response
                .headers_mut()
                .insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
            Ok(response)
        }
        Ok(Err(Stop::Refused(problem))) => Err(problem),
        Ok(Err(stop)) => {
            tracing::error!(error = %stop, "a query failed");
            Err(Problem::new(&QUERY_FAILED))
        }
        Err(Failure::Panicked) => {
            server.app.metrics.query("failed", started.elapsed());
            Err(Problem::new(&QUERY_FAILED))
        }
        Err(failure) => Err(failure.into()),
    }
}
