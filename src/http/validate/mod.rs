//! `/validate`: anyone has files checked, with our profiles or with shapes of their own. Nothing
//! is kept. What strangers send is read, compiled and validated in a worker
//! (`src/app/worker.rs`); here it is only received, within its limits.

mod asked;
pub(super) mod multipart;

use crate::app::validation::job::{Fault, Order, OrderError, Room, Wanted, order};
use crate::app::validation::{profiles, text};
use crate::app::worker::{Caps, WorkerError};
use crate::config::Limits;
use crate::html;
use crate::http::answer::Answer;
use crate::http::blocking::{Failure, Lane};
use crate::http::body;
use crate::http::negotiate::{HTML, JSON, Offer, TEXT};
use crate::http::pages::page;
use crate::http::problem::{
    BAD_REQUEST, BODY_TOO_LARGE, BUSY, ILL_FORMED_SHAPES, Problem, UNREADABLE, VALIDATION_STOPPED,
};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::ingest::importers::IMPORTERS;
use crate::model::{Assessment, Text};
use crate::store::CancellationToken;
use asked::Asked;
use axum::body::Body;
use axum::extract::State as Injected;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use oxrdf::NamedNode;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

pub const TURTLE: Offer = Offer {
    name: "turtle",
    media_type: "text/turtle",
};
pub const JSON_LD: Offer = Offer {
    name: "jsonld",
    media_type: "application/ld+json",
};
/// How findings can be had.
pub const REPORTS: &[Offer] = &[JSON, TEXT, TURTLE, JSON_LD, HTML];

/// A worker tells of its own end before its lane gives it up.
const GRACE: Duration = Duration::from_secs(5);
/// Bodies under way for each validation that may run.
const BODIES_EACH: usize = 4;

/// What validations share.
pub struct Validations {
    lane: Lane,
    /// Bodies are received beside the validations that run: a slow sender holds up none that has
    /// been received, only others that are still to be.
    bodies: Arc<Semaphore>,
}

impl Validations {
    pub fn new(limits: &Limits, on_panic: &Arc<dyn Fn() + Send + Sync>) -> Self {
        Self {
            lane: Lane::new(
                limits.validations,
                limits.query_wait,
                limits.validation_timeout + GRACE,
                "limits.validation_timeout",
                Arc::clone(on_panic),
            ),
            bodies: Arc::new(Semaphore::new(limits.validations * BODIES_EACH)),
        }
    }
}

/// `GET /validate`: the form.
pub async fn form(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let form = html::ValidateForm {
        profiles: profiles(&server.app.door)
            .into_iter()
            .map(|(name, title, purpose)| html::ProfileChoice {
                name,
                title,
                purpose,
            })
            .collect(),
        formats: IMPORTERS.iter().map(|importer| importer.name).collect(),
    };
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, |site| form.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}

/// `POST /validate`.
pub async fn validate(
    Injected(server): Injected<Shared>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    reader.allow_only(&["shapes", "as-submitted", "report", "format", "lang"])?;
    let limits = &server.app.config.limits;
    let bodies = Arc::clone(&server.validations.bodies);
    // Kept until the validation ends: what was received is in memory as long.
    let _room = tokio::time::timeout(limits.query_wait, bodies.acquire_owned())
        .await
        .map_err(|_| busy(limits))?
        .map_err(|_| busy(limits))?;
    let bytes = body::read_within(
        body,
        limits.validation_bytes,
        "limits.validation_bytes",
        limits.body_timeout,
    )
    .await?;
    let asked = Asked::read(&reader, bytes)?;
    match asked.report.name {
        name if name == TURTLE.name => streamed(&server, reader, asked, Wanted::Turtle).await,
        name if name == JSON_LD.name => streamed(&server, reader, asked, Wanted::JsonLd).await,
        _ => assessed(&server, reader, asked).await,
    }
}

fn busy(limits: &Limits) -> Problem {
    Problem::limit(&BUSY, "limits.validations", limits.validations)
        .retry_after(limits.query_wait.as_secs())
}

fn no_slot(failure: Failure, limits: &Limits) -> Problem {
    match failure {
        Failure::Busy { .. } => busy(limits),
        failure => failure.into(),
    }
}

/// The report of the Recommendation, sent while it is made.
async fn streamed(
    server: &Shared,
    reader: Reader,
    asked: Asked,
    wanted: Wanted,
) -> Result<Response, Problem> {
    let shared = Arc::clone(server);
    let limits = &server.app.config.limits;
    let media_type = match wanted {
        Wanted::JsonLd => HeaderValue::from_static("application/ld+json"),
        _ => HeaderValue::from_static("text/turtle; charset=utf-8"),
    };
    let result = server
        .validations
        .lane
        .stream(
            limits.validation_report_bytes,
            move |writer, token| -> Result<(), OrderError> {
                if let Some(head) = writer.head() {
                    head.headers.insert(CONTENT_TYPE, media_type);
                }
                done(&shared, &asked, wanted, token, writer).map(|_| ())
            },
        )
        .await
        .map_err(|failure| no_slot(failure, limits))?;
    let (head, body) = result.map_err(|error| problem(error, limits))?;
    let mut response = Response::new(body);
    *response.headers_mut() = head.headers;
    let headers = response.headers_mut();
    headers.insert(VARY, HeaderValue::from_static("Accept"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    drop(reader);
    Ok(response)
}

/// What people can act on, as JSON, text or page.
async fn assessed(server: &Shared, reader: Reader, asked: Asked) -> Result<Response, Problem> {
    let shared = Arc::clone(server);
    let limits = &server.app.config.limits;
    let report = asked.report;
    let assessment = server
        .validations
        .lane
        .run(move |token| done(&shared, &asked, Wanted::Assessment, token, &mut io::sink()))
        .await
        .map_err(|failure| no_slot(failure, limits))?
        .map_err(|error| problem(error, limits))?
        .ok_or_else(|| Problem::internal("a worker ended without an assessment"))?;
    Ok(written(server, &reader, report, assessment)?
        .with(CACHE_CONTROL, "no-store")
        .varying("Accept, Accept-Language")
        .into_response())
}

fn written(
    server: &Shared,
    reader: &Reader,
    report: Offer,
    assessment: Assessment,
) -> Result<Answer, Problem> {
    let generation = server.app.store.generation();
    if report == HTML {
        let shown = html::Validation {
            verdict: text::verdict(&assessment, reader.lang),
            assessment,
        };
        return page(server, reader, generation, |site| shown.page(site));
    }
    Ok(if report == TEXT {
        let text = text::text(&assessment, reader.lang);
        Answer::of(TEXT, text).with(CONTENT_LANGUAGE, reader.lang.tag())
    } else {
        let json = serde_json::to_string_pretty(&assessment).map_err(Problem::internal)?;
        Answer::of(JSON, format!("{json}\n"))
    })
}

/// Has a worker do it, in blocking code.
fn done(
    server: &Server,
    asked: &Asked,
    wanted: Wanted,
    token: &CancellationToken,
    out: &mut dyn io::Write,
) -> Result<Option<Assessment>, OrderError> {
    let app = &server.app;
    let limits = &app.config.limits;
    let room = Room {
        caps: Caps {
            memory_bytes: limits.validation_memory_bytes,
            time: limits.validation_timeout,
            output_bytes: limits.validation_report_bytes,
        },
        size_bytes: limits.validation_bytes as u64,
        depth: limits.submission_depth,
    };
    let cap_data = app.config.cap_data_namespace.as_ref();
    let what = Order {
        door: &app.door,
        base: app.store.base(),
        cap_data: cap_data.map(NamedNode::as_str),
        data: &asked.data,
        profiles: &asked.profiles,
        shapes: &asked.shapes,
        is_rewritten: asked.is_rewritten,
        report: wanted,
    };
    let outcome = order(&app.workers, &what, room, &|| token.is_cancelled(), out);
    app.metrics.validation(match &outcome {
        Ok(_) => "ok",
        Err(OrderError::Fault(Fault::Time | Fault::Memory))
        | Err(OrderError::Worker(
            WorkerError::Time | WorkerError::Memory | WorkerError::Output,
        )) => "stopped",
        Err(OrderError::Fault(_)) => "refused",
        Err(OrderError::Worker(WorkerError::Unwanted | WorkerError::Taking(_))) => "cancelled",
        Err(OrderError::Worker(WorkerError::Failed(_))) => "failed",
    });
    outcome
}

/// What the sender is told, each cap by its name in the configuration.
fn problem(error: OrderError, limits: &Limits) -> Problem {
    let fault = match error {
        OrderError::Fault(fault) => fault,
        OrderError::Worker(error) => match error {
            WorkerError::Time => Fault::Time,
            WorkerError::Memory => Fault::Memory,
            WorkerError::Output => {
                return Problem::limit(
                    &VALIDATION_STOPPED,
                    "limits.validation_report_bytes",
                    limits.validation_report_bytes,
                );
            }
            error => return Problem::internal(error),
        },
    };
    let said =
        |row, text: String| Problem::new(row).with_detail(format!("En anglais : {text}"), text);
    match fault {
        Fault::Time => Problem::limit(
            &VALIDATION_STOPPED,
            "limits.validation_timeout",
            format!("{:?}", limits.validation_timeout),
        ),
        Fault::Memory => Problem::limit(
            &VALIDATION_STOPPED,
            "limits.validation_memory_bytes",
            limits.validation_memory_bytes,
        ),
        Fault::Size { .. } => Problem::limit(
            &BODY_TOO_LARGE,
            "limits.validation_bytes",
            limits.validation_bytes,
        ),
        Fault::Unreadable { text, position } => {
            let problem = said(&UNREADABLE, text);
            match position {
                Some((line, column)) => problem
                    .with_member("line", line)
                    .with_member("column", column),
                None => problem,
            }
        }
        Fault::Shapes { text, faults } => match serde_json::to_value(faults) {
            Ok(faults) => said(&ILL_FORMED_SHAPES, text).with_member("faults", faults),
            Err(error) => Problem::internal(error),
        },
        Fault::Evaluation { text } => said(&ILL_FORMED_SHAPES, text),
        Fault::Profile { text } => said(&BAD_REQUEST, text),
    }
}

/// A part of a request that cannot be understood.
fn bad_request(text: &Text) -> Problem {
    Problem::new(&BAD_REQUEST).with_detail(&*text.fr, &*text.en)
}
