//! `/resolve`: what identifiers stand for now, one or thousands. Who links here checks his links
//! with it; a browser is led to what an identifier stands for, never to another server.

pub mod asked;
mod written;

use crate::app::identifiers::Identifiers;
use crate::config::Limits;
use crate::html;
use crate::http::answer::{Answer, etag};
use crate::http::blocking::Lane;
use crate::http::body;
use crate::http::negotiate::{HTML, JSON, choose};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, BUSY, NOT_INDEXED_YET, Problem};
use crate::http::queue::Queue;
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::Generation;
use crate::publish::resolution::{Resolved, Resolver, Status};
use crate::publish::select;
use crate::store::{CancellationToken, View};
use asked::Asked;
use axum::body::Body;
use axum::extract::State as Injected;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, LOCATION, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use written::{Resolution, Writing, offers};

const BY_ACCEPT: &str = "Accept, Accept-Language";
/// How long an answer waits for the identifiers of the last change.
const CATCH_UP: Duration = Duration::from_secs(1);
/// How long somebody waits before asking again while no identifiers are known yet.
const AGAIN_SECONDS: u64 = 5;
/// How many lines of a list a page shows; a file has them all.
const SHOWN: usize = 1000;
/// After so many identifiers it is looked whether the client is still there.
const CHUNK: usize = 64;
/// Lists under way for each one that is resolved at a time.
const BODIES_EACH: usize = 4;

/// What those who resolve lists share.
pub struct Resolutions {
    lane: Lane,
    /// Lists are received beside those that are resolved: a slow sender holds up nobody else.
    bodies: Arc<Semaphore>,
}

impl Resolutions {
    pub fn new(limits: &Limits, on_panic: &Arc<dyn Fn() + Send + Sync>) -> Self {
        let slots = limits.workers();
        Self {
            lane: Lane::new(
                slots,
                limits.query_wait,
                limits.page_timeout,
                "limits.page_timeout",
                Arc::clone(on_panic),
            )
            .in_turns(
                Queue::new(slots, limits.queries_waiting_each, limits.queries_waiting),
                limits.query_wait,
                "limits.queries_waiting_each",
            ),
            bodies: Arc::new(Semaphore::new(slots * BODIES_EACH)),
        }
    }

    /// Where lists are gone through, each client in its turn.
    pub fn lane(&self) -> &Lane {
        &self.lane
    }

    /// Room for one list, kept until its answer is written: it is in memory as long.
    ///
    /// # Errors
    /// When too many lists are under way.
    pub async fn room(&self, limits: &Limits) -> Result<OwnedSemaphorePermit, Problem> {
        let bodies = Arc::clone(&self.bodies);
        let room = tokio::time::timeout(limits.query_wait, bodies.acquire_owned()).await;
        room.ok()
            .and_then(Result::ok)
            .ok_or_else(|| Problem::new(&BUSY).retry_after(limits.query_wait.as_secs()))
    }
}

/// `GET /resolve`: the form, or what one identifier stands for.
pub async fn one(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.allow_only(&["id", "format", "lang"])?;
    let asked: Vec<String> = reader
        .parameters
        .iter()
        .filter(|(name, value)| name == "id" && !value.trim().is_empty())
        .map(|(_, value)| value.clone())
        .collect();
    let given = match asked.as_slice() {
        [] => return form(&server, &reader),
        [one] => one.clone(),
        _ => {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "`GET /resolve` répond pour un seul `id` ; envoyez une liste par `POST`.",
                "`GET /resolve` answers for one `id`; send a list with `POST`.",
            ));
        }
    };
    let offer = reader.choose(&offers())?;
    server
        .read(move |server, token| {
            let asked = Asked {
                identifiers: vec![given],
                ..Asked::default()
            };
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let found = resolved(server, view, asked, token)?;
            if offer == HTML {
                return shown_or_redirected(server, &reader, view, &found);
            }
            let body = match offer {
                JSON => writing(server, view, &reader).write_one(&found)?,
                offer => writing(server, view, &reader).write(&found, offer)?,
            };
            let mut variant = format!("{}-{}", reader.lang, offer.name);
            if let Some(at) = found.identifiers_at {
                variant.push_str(&format!("-{at}"));
            }
            let modified = select::time_of(&view, found.generation)?;
            Ok(Answer::of(offer, body)
                .at(found.generation)
                .known_as(
                    &etag(view.identity(), found.generation, &variant),
                    &modified,
                )
                .with(CONTENT_LANGUAGE, reader.lang.tag())
                .varying(BY_ACCEPT)
                .unless_known_to(&reader.headers)
                .into_response())
        })
        .await
}

/// `POST /resolve`: what each identifier of a list stands for.
pub async fn many(
    Injected(server): Injected<Shared>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    reader.allow_only(&["format", "lang"])?;
    let limits = &server.app.config.limits;
    let _room = server.resolutions.room(limits).await?;
    let asked = received(&reader, body, limits).await?;
    let format = reader.parameter("format").or(asked.format.as_deref());
    let offer = choose(&offers(), format, &reader.headers)?;
    let shared = Arc::clone(&server);
    let client = reader.client;
    server
        .resolutions
        .lane
        .run_for(client, move |token| {
            let server = &shared;
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let found = resolved(server, view, asked, token)?;
            let mut answer = if offer == HTML {
                shown(server, &reader, &found, html::Resolving::List)?
            } else {
                let body = writing(server, view, &reader).write(&found, offer)?;
                Answer::of(offer, body)
                    .at(found.generation)
                    .with(CONTENT_LANGUAGE, reader.lang.tag())
            };
            if offer.name == "csv" {
                let name = "attachment; filename=\"resolved.csv\"";
                answer.set(CONTENT_DISPOSITION, name);
            }
            answer.set(VARY, BY_ACCEPT);
            answer.set(CACHE_CONTROL, "no-store");
            Ok(answer.into_response())
        })
        .await?
}

/// Receives a list, within the limits.
///
/// # Errors
/// When it is none, too large or too slow.
pub(in crate::http) async fn received(
    reader: &Reader,
    body: Body,
    limits: &Limits,
) -> Result<Asked, Problem> {
    let bytes = body::read_within(
        body,
        limits.identifiers_bytes,
        "limits.identifiers_bytes",
        limits.body_timeout,
    )
    .await?;
    Asked::read(&reader.headers, &bytes, limits)
}

/// What each identifier of a list stands for in a state of the store.
///
/// # Errors
/// When the storage fails, the client has left, or no identifiers of senders are known yet.
fn resolved(
    server: &Server,
    view: View<'_>,
    asked: Asked,
    token: &CancellationToken,
) -> Result<Resolution, Problem> {
    let generation = view.generation()?;
    let (resolved, identifiers_at) = resolve(server, view, &asked.identifiers, token)?;
    Ok(Resolution {
        resolved,
        table: asked.table,
        generation,
        identifiers_at,
    })
}

/// The same for identifiers alone; then, of which generation all identifiers of senders are known,
/// where that is an earlier one.
///
/// # Errors
/// As [`resolved`].
pub(in crate::http) fn resolve(
    server: &Server,
    view: View<'_>,
    asked: &[String],
    token: &CancellationToken,
) -> Result<(Vec<Resolved>, Option<Generation>), Problem> {
    let app = &server.app;
    let known: &Identifiers = &app.identifiers;
    let generation = view.generation()?;
    // Who is not asked about senders' identifiers need not wait for them.
    let known_at: Cell<Option<Option<Generation>>> = Cell::new(None);
    let by_sender = |identifier: &str| {
        if known_at.get().is_none() {
            known_at.set(Some(known.wait_for(generation, CATCH_UP)));
        }
        known.meant_by(app.store.base(), identifier)
    };
    let mut resolver = Resolver::new(view, app.config.naan.as_ref(), &by_sender);
    let mut all = Vec::with_capacity(asked.len());
    for chunk in asked.chunks(CHUNK) {
        if token.is_cancelled() {
            return Err(Problem::new(&BUSY));
        }
        for identifier in chunk {
            all.push(resolver.resolve(identifier)?);
        }
    }
    match known_at.get() {
        Some(None) => Err(Problem::new(&NOT_INDEXED_YET).retry_after(AGAIN_SECONDS)),
        Some(Some(at)) if at < generation => Ok((all, Some(at))),
        _ => Ok((all, None)),
    }
}

fn writing<'a>(server: &'a Server, view: View<'a>, reader: &Reader) -> Writing<'a> {
    Writing {
        base: view.base(),
        kinds: view.kinds(),
        context: &server.app.context,
        lang: reader.lang,
    }
}

/// The page with the form.
fn form(server: &Shared, reader: &Reader) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let generation = server.app.store.generation();
    let shown = html::Resolve {
        resolving: html::Resolving::Nothing,
        resolved: &[],
        counts: &[],
        most: server.app.config.limits.identifiers,
    };
    let mut answer = page(server, reader, generation, |site| shown.page(site))?;
    answer.set(VARY, BY_ACCEPT);
    Ok(answer.into_response())
}

/// Where a browser goes: to what an identifier stands for, below our own base and nowhere else.
fn shown_or_redirected(
    server: &Server,
    reader: &Reader,
    view: View<'_>,
    found: &Resolution,
) -> Result<Response, Problem> {
    let one = found.resolved.first();
    let place = one.and_then(|one| {
        let entity = one.entity.as_ref()?;
        let iri = match (one.status, &one.own) {
            // Its own address says what became of it.
            (Status::Withdrawn | Status::Split, Some(own)) => own,
            _ => one.part.as_ref().unwrap_or(&entity.iri),
        };
        let path = view.base().strip(iri.as_str())?;
        // What begins with a slash would lead to another server.
        (!path.starts_with('/')).then(|| format!("./{path}"))
    });
    if let Some(place) = place {
        let mut answer = Answer {
            status: StatusCode::SEE_OTHER,
            headers: HeaderMap::new(),
            body: Vec::new(),
        };
        answer.set(LOCATION, &place);
        return Ok(answer
            .at(found.generation)
            .varying(BY_ACCEPT)
            .into_response());
    }
    let (resolving, status) = match one.map(|one| one.status) {
        Some(Status::Ambiguous) => (html::Resolving::Ambiguous, StatusCode::MULTIPLE_CHOICES),
        Some(Status::Unknown) => (html::Resolving::Unknown, StatusCode::NOT_FOUND),
        _ => (html::Resolving::List, StatusCode::OK),
    };
    Ok(shown(server, reader, found, resolving)?
        .with_status(status)
        .varying(BY_ACCEPT)
        .into_response())
}

fn shown(
    server: &Server,
    reader: &Reader,
    found: &Resolution,
    resolving: html::Resolving,
) -> Result<Answer, Problem> {
    let counts = found.counts();
    let shown = html::Resolve {
        resolving,
        resolved: &found.resolved,
        counts: &counts,
        most: server.app.config.limits.identifiers,
    };
    page(server, reader, found.generation, |site| {
        shown.page_of(site, SHOWN)
    })
}
