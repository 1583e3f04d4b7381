//! The SPARQL endpoint: reads only, one snapshot per answer, calls nobody.
//!
//! In order: [`request`] takes the query out of the request, `app::queries` decides whether it
//! may run and where, and runs it; [`answer`] makes of that what the reader prefers.

mod answer;
mod choice;
mod description;
mod examples;
mod explain;
mod flights;
mod request;
mod shown;
mod vocabulary;

pub use answer::{COMPLETE, ROWS, WITHIN};
pub(super) use choice::{Choice, choose};
pub use explain::explain;
pub use flights::Flights;
pub use request::Asked;
pub use vocabulary::vocabulary;

use crate::app::queries::cache::{Digest, digest};
use crate::app::queries::{Question, Task};
use crate::app::releases::Release;
use crate::config::Limits;
use crate::html;
use crate::http::Shared;
use crate::http::blocking::BodyWriter;
use crate::http::blocking::Failure;
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, OLD_HTTP, Problem, QUERY_FAILED, TIMEOUT};
use crate::http::reader::Reader;
use crate::http::releases::{self, LATEST};
use crate::query::plan::Plan;
use crate::query::{Bounds, Form, Prepared, format_named};
use crate::store::CancellationToken;
use answer::{First, Subject};
use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
pub(super) use shown::shown;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The parameter by which a request asks for less time than the limit.
const OWN_TIMEOUT: &str = "timeout";

/// `GET /sparql` and `POST /sparql`.
pub async fn endpoint(
    Injected(server): Injected<Shared>,
    method: Method,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    let asked = request::read(&method, &reader, body, &server.app.config.limits).await?;
    answer_asked(&server, &method, reader, asked).await
}

/// `GET /releases/{date}/sparql` and `POST /releases/{date}/sparql`: the same over what was
/// released.
pub async fn of_release(
    Injected(server): Injected<Shared>,
    Path(date): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    if date == LATEST {
        return releases::to_latest(&server, "../", "/sparql", query.as_deref());
    }
    let mut asked = request::read(&method, &reader, body, &server.app.config.limits).await?;
    if asked.release.as_ref().is_some_and(|other| *other != date) {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "L'adresse est celle d'une parution, et le paramètre `release` en nomme une autre.",
            "The address is that of one release, and the parameter `release` names another.",
        ));
    }
    asked.release = Some(date);
    answer_asked(&server, &method, reader, asked).await
}

async fn answer_asked(
    server: &Shared,
    method: &Method,
    reader: Reader,
    asked: Asked,
) -> Result<Response, Problem> {
    let release = match &asked.release {
        Some(date) => Some(Arc::new(releases::to_query(server, date)?)),
        None => None,
    };
    let Some(text) = asked.query.clone().filter(|text| !text.trim().is_empty()) else {
        return bare(
            server,
            &reader,
            &asked,
            release.as_deref(),
            *method == Method::POST,
        );
    };
    let ask = Ask {
        text,
        asked,
        is_head: *method == Method::HEAD,
        release,
    };
    answer(server, reader, ask).await
}

/// A query that is to be answered.
#[derive(Clone, Debug)]
pub struct Ask {
    pub text: String,
    /// What the request says besides the query.
    pub asked: Asked,
    /// Only the head of the answer is wanted: nothing is run for it.
    pub is_head: bool,
    /// What was released, if not the present data is asked.
    pub release: Option<Arc<Release>>,
}

impl Ask {
    /// Under what the answer to a text is kept: that of a release is another.
    fn digest(&self, text: &str) -> Digest {
        let digest = digest(text, &self.asked.dataset);
        match &self.release {
            None => digest,
            Some(release) => {
                let mut hash = Sha256::new();
                hash.update(digest);
                hash.update(release.manifest.date.as_bytes());
                hash.finalize().into()
            }
        }
    }

    /// How long it may take: what was asked for, but no more than the limit.
    pub fn timeout(&self, limits: &Limits) -> Duration {
        let asked = self.asked.timeout.unwrap_or(Duration::MAX);
        asked.min(limits.query_timeout)
    }

    /// The query as it is run, in the format of this name.
    fn task(
        &self,
        limits: &Limits,
        (prepared, plan): (Prepared, Plan),
        format: &str,
        bounds: Bounds,
    ) -> Result<Task, Problem> {
        let Some(format) = format_named(format) else {
            return Err(Problem::internal(format!("there is no format {format}")));
        };
        Ok(Task {
            question: Question {
                text: self.text.clone(),
                dataset: self.asked.dataset.clone(),
                bounds,
                timeout: self.timeout(limits),
                release: self.release.clone(),
            },
            prepared,
            plan,
            format,
            media_type: format.media_type,
        })
    }
}

/// What stands at the bare address: a form for people, the service description for programs
/// (SPARQL 1.1 Service Description §2). Who sends an empty query wants something else.
fn bare(
    server: &Shared,
    reader: &Reader,
    asked: &Asked,
    release: Option<&Release>,
    is_post: bool,
) -> Result<Response, Problem> {
    match choice::choose(Form::Construct, asked, &reader.headers) {
        Ok(Choice::Page) => form(server, reader, release),
        Ok(choice) if asked.query.is_none() && !is_post => {
            Ok(description::describe(server, reader, choice, release)?.into_response())
        }
        // Who could read no answer is told so first.
        Err(problem) if choice::choose(Form::Select, asked, &reader.headers).is_err() => {
            Err(problem)
        }
        _ => Err(Problem::new(&BAD_REQUEST).with_detail(
            "Le paramètre `query` manque : mettez-y une requête SPARQL. Sans lui, cette adresse donne une description du service, en RDF.",
            "The parameter `query` is missing: put a SPARQL query there. Without it, this address gives a description of the service, in RDF.",
        )),
    }
}

fn form(server: &Shared, reader: &Reader, release: Option<&Release>) -> Result<Response, Problem> {
    let examples = examples::all(&server.app.door);
    let sparql = html::Sparql {
        query: examples::first(&server.app.door),
        examples,
        release: release.map(|release| release.manifest.date.clone()),
        ..html::Sparql::default()
    };
    let generation = match release {
        Some(release) => release.manifest.generation,
        None => server.app.store.generation(),
    };
    Ok(page(server, reader, generation, |site| sparql.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}

/// Answers a query in the format that its reader prefers: from what is kept, else in this
/// process, else by a worker. Every address that answers queries answers them here.
///
/// # Errors
/// When the query is refused, cannot be had in the format asked for, fails, or takes too much.
pub async fn answer(server: &Shared, reader: Reader, ask: Ask) -> Result<Response, Problem> {
    let started = Instant::now();
    let (reader, ask) = (Arc::new(reader), Arc::new(ask));
    let result = find(server, &reader, &ask).await;
    let outcome = match &result {
        Ok(_) => "ok",
        Err(problem) if problem.row.status.is_client_error() => "refused",
        Err(_) => "failed",
    };
    server.app.metrics.query(outcome, started.elapsed());
    match result {
        Err(problem) if answer::is_browser(&reader) => {
            answer::fault_page(server, &reader, &ask, &problem)
        }
        result => result,
    }
}

async fn find(server: &Shared, reader: &Arc<Reader>, ask: &Arc<Ask>) -> Result<Response, Problem> {
    let text = ask.digest(&ask.text);
    if let Some(known) = server.results.known(&text) {
        let subject = Subject::new(server, reader, ask, known)?;
        if let Some(response) = subject.at_once(server, reader, ask) {
            return Ok(response);
        }
    }
    let limits = &server.app.config.limits;
    let timeout = ask.timeout(limits);
    let client = reader.client;
    let knows_chunks = reader.knows_chunks;
    let first = {
        let (server, reader, ask) = (server.clone(), Arc::clone(reader), Arc::clone(ask));
        move |token: &CancellationToken| answer::try_here(&server, &reader, &ask, token)
    };
    let asked = ask.asked.clone();
    let failed = |failure| failed(failure, &asked, limits);
    let cheap = server.cheap.within(timeout);
    let (task, subject) = match cheap.run_for(client, first).await.map_err(failed)?? {
        First::Whole(response) => return Ok(response),
        First::Page(task, subject) => {
            let (shared, reader, ask) = (server.clone(), Arc::clone(reader), Arc::clone(ask));
            let work = move |token: &CancellationToken| {
                answer::page_by_worker(&shared, &reader, &ask, &task, &subject, token)
            };
            let queries = server.queries.within(timeout);
            return queries.run_for(client, work).await.map_err(failed)?;
        }
        First::Data(task, subject) => (task, subject),
    };
    // When it is computed just now, it is kept in a moment if it is small.
    if let Some(key) = subject.key()
        && server.flights.wait(key, timeout).await
        && let Some(response) = subject.at_once(server, reader, ask)
    {
        return Ok(response);
    }
    let shared = server.clone();
    let work = move |writer: &mut BodyWriter, token: &CancellationToken| {
        answer::data_by_worker(&shared, &task, &subject, writer, token)
    };
    let queries = server.queries.within(timeout);
    match queries.stream_for(client, limits.result_bytes, work).await {
        Ok(Ok((_, body))) if !knows_chunks && body.size_hint().exact().is_none() => {
            Err(Problem::new(&OLD_HTTP))
        }
        Ok(Ok((head, body))) => {
            let mut response = Response::new(body);
            *response.status_mut() = head.status;
            *response.headers_mut() = head.headers;
            Ok(response)
        }
        Ok(Err(stop)) => Err(stop.into_problem(&ask.asked, limits)),
        Err(failure) => Err(failed(failure)),
    }
}

fn failed(failure: Failure, asked: &Asked, limits: &Limits) -> Problem {
    match failure {
        Failure::Panicked => Problem::new(&QUERY_FAILED),
        Failure::TooLate { .. } => too_late(asked, limits),
        failure => failure.into(),
    }
}

/// The time is up: that of the request, or ours.
pub(super) fn too_late(asked: &Asked, limits: &Limits) -> Problem {
    match asked.timeout.filter(|asked| *asked < limits.query_timeout) {
        Some(asked) => Problem::limit(&TIMEOUT, OWN_TIMEOUT, format!("{asked:?}")).with_detail(
            format!("La requête n'a pas pu être calculée dans les {asked:?} que demande son paramètre `timeout`. Laissez plus de temps, ou demandez moins : moins de motifs, des motifs plus précis, ou LIMIT sans ORDER BY."),
            format!("The query could not be computed within the {asked:?} that its parameter `timeout` asks for. Allow more time, or ask for less: fewer patterns, more precise ones, or LIMIT without ORDER BY."),
        ),
        None => {
            let most = limits.query_timeout;
            Problem::limit(&TIMEOUT, "limits.query_timeout", format!("{most:?}")).with_detail(
                format!("La limite `limits.query_timeout` de ce serveur est {most:?}, et la requête demande plus. Demandez moins : moins de motifs, des motifs plus précis, ou LIMIT sans ORDER BY ; tout est sous `/dumps/`."),
                format!("The limit `limits.query_timeout` of this server is {most:?}, and the query takes longer. Ask for less: fewer patterns, more precise ones, or LIMIT without ORDER BY; all of it is under `/dumps/`."),
            )
        }
    }
}
