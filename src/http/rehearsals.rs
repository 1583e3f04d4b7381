//! Rehearsals over HTTP: the operator registers and removes them; anyone may see which there are
//! and what they ask, since the sources that they would judge must know.

use crate::app::App;
use crate::app::quality::rehearsals::{FORMATS, Rehearsal};
use crate::http::answer::Answer;
use crate::http::entities::rdf;
use crate::http::negotiate::{JSON, Offer};
use crate::http::problem::{NOT_FOUND, Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::http::reader::Reader;
use crate::http::writes::Turn;
use crate::http::{Shared, auth, body};
use crate::ingest::importers::IMPORTERS;
use crate::model::time;
use axum::body::Body;
use axum::extract::{Path, State as Injected};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The formats in which the shapes are given back.
const SHAPES: &[Offer] = &[
    JSON,
    Offer {
        name: "ttl",
        media_type: "text/turtle",
    },
    Offer {
        name: "nt",
        media_type: "application/n-triples",
    },
    Offer {
        name: "jsonld",
        media_type: "application/ld+json",
    },
];

/// The media types in which shapes can be sent.
pub(super) fn media_types() -> Vec<&'static str> {
    let formats = IMPORTERS.iter();
    let formats = formats.filter(|importer| FORMATS.contains(&importer.name));
    formats
        .flat_map(|importer| importer.media_types)
        .copied()
        .collect()
}

/// `GET /rehearsals`: those that there are.
pub async fn list(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.choose(&[JSON])?;
    let app = &server.app;
    let all: Vec<Value> = app
        .quality
        .rehearsals
        .all()
        .iter()
        .map(|one| told(app, one))
        .collect();
    let body = json!({ "rehearsals": all });
    Ok(Answer::of(JSON, format!("{body:#}\n"))
        .with(CACHE_CONTROL, "no-cache")
        .varying("Accept")
        .into_response())
}

/// `GET /rehearsals/{name}`: one of them, or its shapes.
pub async fn one(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(SHAPES)?;
    let app = &server.app;
    let rehearsal = app.quality.rehearsals.named(&name);
    let rehearsal = rehearsal.ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let answer = if offer == JSON {
        Answer::of(JSON, format!("{:#}\n", told(app, &rehearsal)))
    } else {
        let triples = &rehearsal.profile.triples;
        Answer::of(
            offer,
            rdf(triples, offer, &app.context).map_err(Problem::internal)?,
        )
    };
    Ok(answer
        .with(CACHE_CONTROL, "no-cache")
        .varying("Accept")
        .into_response())
}

fn told(app: &App, rehearsal: &Rehearsal) -> Value {
    let (base, name) = (app.store.base(), &rehearsal.profile.name);
    let notes = rehearsal.profile.shapes.notes().iter();
    let notes = notes.map(|note| json!({ "place": note.place, "text": note.text }));
    json!({
        "name": name,
        "registered": rehearsal.registered,
        "shapes": base.join(&format!("rehearsals/{name}")).as_str(),
        "quality": format!("{base}/quality?profile={name}"),
        "notes": notes.collect::<Vec<_>>(),
    })
}

/// `PUT /rehearsals/{name}`: shapes to be tried under this name from now on.
pub async fn register(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    let turn = operators_turn(&server, &reader)?;
    let media_type = reader
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(unnamed)?
        .to_owned();
    let bytes = body::read(body, &server.app.config.limits).await?;
    server
        .read(move |server, _| {
            let _turn = turn;
            let app = &server.app;
            let (rehearsal, was_there) = app.quality.rehearsals.put(
                &app.door,
                app.config.limits.rehearsals,
                &name,
                &bytes,
                &media_type,
                &time::utc(Timestamp::now()),
            )?;
            tracing::info!(rehearsal = name, "a rehearsal was registered");
            let answer = Answer::of(JSON, format!("{:#}\n", told(app, &rehearsal)))
                .with(CACHE_CONTROL, "no-store");
            Ok(if was_there {
                answer
            } else {
                answer
                    .with_status(StatusCode::CREATED)
                    .with(LOCATION, &format!("/rehearsals/{name}"))
            }
            .into_response())
        })
        .await
}

/// `DELETE /rehearsals/{name}`.
pub async fn remove(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let turn = operators_turn(&server, &reader)?;
    server
        .read(move |server, _| {
            let _turn = turn;
            server.app.quality.rehearsals.remove(&name)?;
            tracing::info!(rehearsal = name, "a rehearsal was removed");
            Ok(StatusCode::NO_CONTENT.into_response())
        })
        .await
}

fn operators_turn(server: &Shared, reader: &Reader) -> Result<Turn, Problem> {
    let token = auth::token(&server.app, &reader.headers)?;
    auth::operator(&token)?;
    reader.allow_only(&["lang"])?;
    Turn::take(server, &token)
}

fn unnamed() -> Problem {
    let list = media_types().join(", ");
    Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
        format!("Nommez le format des règles par l'en-tête `Content-Type` : {list}."),
        format!("Name the format of the shapes with the header `Content-Type`: {list}."),
    )
}
