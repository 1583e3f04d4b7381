//! Writing over HTTP: `PUT` (replace), `POST` (upsert) and `DELETE` (withdraw) on
//! `/sources/{source}/data`, through the same door as everything else.
//!
//! In order: the token ([`auth`]), the head ([`asked`]), the limits of the token ([`turns`]), the
//! body ([`body`]), then the door, one submission at a time. From there on the submission goes its
//! way whether the client stays or not; its report is the answer, or is found at the address of
//! the submission ([`submissions`]).

mod asked;
mod body;
mod report;
mod submissions;
mod turns;

use crate::app::{embargo, private};
use crate::config::Limits;
use crate::http::answer::Answer;
use crate::http::auth;
use crate::http::blocking::{Failure, Lane};
use crate::http::middleware::RequestId;
use crate::http::negotiate::JSON;
use crate::http::problem::{
    BODY_TIMEOUT, BUSY, KEY_REUSED, NOT_FOUND, Problem, SOURCE_CLOSED, UNKNOWN_SOURCE,
};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::ingest::{Document, Outcome, Report, submit};
use crate::model::{Generation, Mode, SourceName};
use crate::store::{View, fill_random};
pub(super) use asked::accepted;
use asked::{Asked, Content, source_tag};
use axum::Extension;
use axum::body::{Body, HttpBody as _};
use axum::extract::{Path, State as Injected};
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::response::{IntoResponse, Response};
use body::Received;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::Duration;
use submissions::{Done, Submission, Submissions};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
pub(super) use turns::Turn;
use turns::Turns;

/// What all writes share.
pub(super) struct Writes {
    /// The receiving of bodies.
    uploads: Lane,
    /// The door: one at a time, in the order in which they came.
    door: Lane,
    /// The same door, for who does not wait long.
    pub decisions: Lane,
    /// Places of those that are under way.
    places: Arc<Semaphore>,
    places_in_all: usize,
    turns: Turns,
    submissions: Submissions,
}

impl Writes {
    pub fn new(limits: &Limits, on_panic: &Arc<dyn Fn() + Send + Sync>) -> Self {
        // How many wait is limited, how long is not: what was received is not thrown away, and
        // what has begun cannot be called off half-way.
        let door = Lane::new(
            1,
            Duration::MAX,
            Duration::MAX,
            "limits.report_wait",
            Arc::clone(on_panic),
        );
        Self {
            uploads: Lane::new(
                limits.uploads,
                limits.query_wait,
                limits.upload_timeout,
                "limits.upload_timeout",
                Arc::clone(on_panic),
            ),
            decisions: door.beside(limits.report_wait),
            door,
            places: Arc::new(Semaphore::new(limits.submissions_waiting)),
            places_in_all: limits.submissions_waiting,
            turns: Turns::new(limits.writes_per_minute),
            submissions: Submissions::default(),
        }
    }
}

impl Writes {
    /// Waits until nothing is under way.
    pub async fn ended(&self) {
        // Whoever has all places knows that nobody else has one.
        let places = u32::try_from(self.places_in_all).unwrap_or(u32::MAX);
        let _all = self.places.acquire_many(places).await;
    }
}

/// `PUT /sources/{source}/data`: all that the source says from now on.
pub async fn replace(
    Injected(server): Injected<Shared>,
    Path(source): Path<String>,
    Extension(id): Extension<RequestId>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    write(server, Mode::Replace, &source, reader, &id, body).await
}

/// `POST /sources/{source}/data`: some resources described anew.
pub async fn upsert(
    Injected(server): Injected<Shared>,
    Path(source): Path<String>,
    Extension(id): Extension<RequestId>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    write(server, Mode::Upsert, &source, reader, &id, body).await
}

/// `DELETE /sources/{source}/data`: resources that the source takes back.
pub async fn withdraw(
    Injected(server): Injected<Shared>,
    Path(source): Path<String>,
    Extension(id): Extension<RequestId>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    write(server, Mode::Withdraw, &source, reader, &id, body).await
}

/// `GET /sources/{source}/data`: the tag of the source, and how its last submissions went.
pub async fn status(
    Injected(server): Injected<Shared>,
    Path(source): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let token = auth::token(&server.app, &reader.headers)?;
    let name = auth::source(&token, &source)?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let source = view
                .source(&name)?
                .ok_or_else(|| Problem::new(&UNKNOWN_SOURCE))?;
            let last = view.last_change_of(&name)?;
            let tag = source_tag(view.identity(), last);
            let submissions = server.writes.submissions.of(&name);
            let submissions: Vec<_> = submissions.iter().map(|one| one.summary()).collect();
            let body = json!({
                "source": name,
                "etag": tag,
                "generation": last,
                "partial": source.is_partial,
                "closed": source.is_closed,
                "gates": source.gates,
                "submissions": submissions,
            });
            Ok(Answer::of(JSON, format!("{body:#}\n"))
                .at(view.generation()?)
                .with(ETAG, &tag)
                .with(CACHE_CONTROL, "no-store")
                .into_response())
        })
        .await
}

/// `GET /sources/{source}/submissions/{id}`: how far a submission is, then its report.
pub async fn progress(
    Injected(server): Injected<Shared>,
    Path((source, id)): Path<(String, String)>,
    reader: Reader,
) -> Result<Response, Problem> {
    let token = auth::token(&server.app, &reader.headers)?;
    let name = auth::source(&token, &source)?;
    let submission = server
        .writes
        .submissions
        .find(&name, &id)
        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let offer = reader.choose(asked::REPORTS)?;
    report::progress(&server, &reader, offer, &submission)
}

async fn write(
    server: Shared,
    mode: Mode,
    source: &str,
    reader: Reader,
    id: &RequestId,
    body: Body,
) -> Result<Response, Problem> {
    let token = auth::token(&server.app, &reader.headers)?;
    let source = auth::source(&token, source)?;
    let limits = &server.app.config.limits;
    let asked = Asked::read(&reader, mode, limits)?;
    if server.app.store.is_stopped() {
        return Err(Problem::writing_stopped());
    }
    // Told before the client has sent it all, when it says how much there is.
    if body.size_hint().lower() > limits.submission_bytes {
        return Err(body::too_large(limits.submission_bytes));
    }
    let turn = Turn::take(&server, &token)?;
    let place = Arc::clone(&server.writes.places)
        .try_acquire_owned()
        .map_err(|_| {
            Problem::limit(
                &BUSY,
                "limits.submissions_waiting",
                limits.submissions_waiting,
            )
            .retry_after(limits.report_wait.as_secs())
        })?;
    let prepared = prepare(&server, &source, &asked, &token.id, body).await?;
    let (received, fingerprint) = match prepared {
        Prepared::Known(report) => {
            let done = Done {
                report: Arc::new(*report),
                source_generation: None,
            };
            return report::done(&server, &reader, asked.offer, &done, &id.0);
        }
        Prepared::New {
            received,
            fingerprint,
        } => (received, fingerprint),
    };
    let submission =
        server
            .writes
            .submissions
            .begin(&source, mode, asked.is_dry_run, Timestamp::now());
    let (offer, wait, prefers_async) = (asked.offer, asked.wait, asked.prefers_async);
    let job = Job {
        asked,
        token: token.id,
        received,
        fingerprint,
        submission: Arc::clone(&submission),
        _turn: turn,
        _place: place,
    };
    // On its own from here: a client that leaves does not call off what it has sent.
    tokio::spawn(job.run(Arc::clone(&server)));
    match tokio::time::timeout(wait, submission.ended()).await {
        Ok(Some(ended)) => report::done(&server, &reader, offer, &ended.result?, &id.0),
        Ok(None) => Err(Problem::from(Failure::Ended)),
        Err(_) => report::accepted(&server, &reader, offer, &submission, prefers_async),
    }
}

/// What came of a body.
enum Prepared {
    /// The same was sent before, with the same key.
    Known(Box<Report>),
    New {
        received: Received,
        fingerprint: String,
    },
}

/// Looks whether it may be received at all, receives it, and looks whether it is known.
async fn prepare(
    server: &Shared,
    source: &SourceName,
    asked: &Asked,
    token: &str,
    body: Body,
) -> Result<Prepared, Problem> {
    let limits = &server.app.config.limits;
    let (pieces, receiver) = body::channel();
    let work = {
        let (server, source, asked) = (Arc::clone(server), source.clone(), asked.clone());
        let token = token.to_owned();
        move |_: &_| -> Result<Prepared, Problem> {
            let app = &server.app;
            check(&server, &source, &asked)?;
            let mut sum = Sha256::new();
            sum.update(format!("{source} {}\n", asked.described()));
            let received = match &asked.content {
                Content::Iris(iris) => Received::Memory(iris.clone().into_bytes()),
                Content::Body { .. } => body::receive(
                    receiver,
                    asked.encoding,
                    app.config.limits.submission_bytes,
                    app.config.limits.idle_timeout,
                    &private::folder(app.store.folder()).join("incoming"),
                    &mut sum,
                )?,
            };
            let fingerprint = private::hexadecimal(&sum.finalize());
            if let Some(key) = &asked.key {
                let known = app.replies.find(&token, key, Timestamp::now());
                match known? {
                    Some(reply) if reply.fingerprint == fingerprint => {
                        return Ok(Prepared::Known(Box::new(reply.report)));
                    }
                    Some(_) => return Err(Problem::new(&KEY_REUSED)),
                    None => {}
                }
            }
            Ok(Prepared::New {
                received,
                fingerprint,
            })
        }
    };
    tokio::select! {
        prepared = server.writes.uploads.run(work) => match prepared {
            Err(Failure::TooLate { limit, value }) => {
                Err(Problem::limit(&BODY_TIMEOUT, limit, value))
            }
            prepared => prepared?,
        },
        never = body::pump(body, limits.idle_timeout, pieces) => match never {},
    }
}

/// When to publish, and the generation in which the source must not have changed since.
type Checked = (Option<Timestamp>, Option<Generation>);

/// Whether the source is there, open, and as the sender believes.
fn check(server: &Server, source: &SourceName, asked: &Asked) -> Result<Checked, Problem> {
    let snapshot = server.app.store.snapshot()?;
    let view = snapshot.view();
    let known = view
        .source(source)?
        .ok_or_else(|| Problem::new(&UNKNOWN_SOURCE))?;
    if known.is_closed {
        return Err(Problem::new(&SOURCE_CLOSED));
    }
    let (tag, last) = tag_of(&view, source)?;
    asked.check_tag(&tag)?;
    let publish_at = asked
        .publish_at
        .as_ref()
        .map(|text| embargo::instant(&server.app, source, text))
        .transpose()?;
    Ok((publish_at, last.filter(|_| asked.tags.is_some())))
}

fn tag_of(view: &View<'_>, source: &SourceName) -> Result<(String, Option<Generation>), Problem> {
    let last = view.last_change_of(source)?;
    Ok((source_tag(view.identity(), last), last))
}

/// A submission that is here, on its way through the door.
struct Job {
    asked: Asked,
    /// The id of the token.
    token: String,
    received: Received,
    fingerprint: String,
    submission: Arc<Submission>,
    _turn: Turn,
    _place: OwnedSemaphorePermit,
}

impl Job {
    async fn run(self, server: Shared) {
        let submission = Arc::clone(&self.submission);
        let in_thread = Arc::clone(&server);
        let result = server
            .writes
            .door
            .run(move |_| self.submit(&in_thread))
            .await;
        let result = result.unwrap_or_else(|failure| Err(failure.into()));
        submission.end(result, Timestamp::now());
    }

    /// In blocking code, while no other submission is.
    fn submit(self, server: &Server) -> Result<Done, Problem> {
        let app = &server.app;
        self.submission.run();
        let source = &self.submission.source;
        // Again: others may have written while this one waited.
        let (publish_at, expects) = check(server, source, &self.asked)?;
        let bytes = self.received.into_bytes()?;
        let document = Document {
            name: "body",
            bytes: &bytes,
            format: Some(self.asked.content.media_type()),
            base: None,
        };
        let submission = crate::ingest::Submission {
            mode: self.asked.mode,
            is_partial: self.asked.is_partial,
            allows_withdrawals: self.asked.allows_withdrawals,
            is_dry_run: self.asked.is_dry_run,
            progress: Some(&self.submission.progress),
            // Once more inside the write: others than submissions over HTTP write too.
            expects,
            ..crate::ingest::Submission::new(source, std::slice::from_ref(&document))
        };
        let now = Timestamp::now();
        let report = match publish_at {
            Some(time) => embargo::hold(app, &submission, time, now)?,
            None => submit(&app.store, &app.door, &submission, now, &mut fill_random)?,
        };
        let outcome = match report.outcome {
            Outcome::Accepted => "accepted",
            Outcome::Unchanged => "unchanged",
            Outcome::Refused => "refused",
            Outcome::Held => "held",
        };
        tracing::info!(
            %source, token = %self.token, mode = self.asked.mode.name(), outcome,
            generation = report.generation.0, "a submission went through the door"
        );
        if let Some(key) = &self.asked.key
            && !report.is_dry_run
        {
            let kept = app
                .replies
                .keep(&self.token, key, &self.fingerprint, &report, now);
            // It was done, and the sender is told so; only sending it again would do it again.
            if let Err(error) = kept {
                tracing::warn!(%error, "a report could not be kept for who sends the same again");
            }
        }
        let snapshot = app.store.snapshot()?;
        let (_, source_generation) = tag_of(&snapshot.view(), source)?;
        Ok(Done {
            report: Arc::new(report),
            source_generation,
        })
    }
}
