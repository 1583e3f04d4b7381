//! Problems on their way out, as JSON or as a page; and the pages that explain each kind.

use crate::html;
use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::middleware::RequestId;
use crate::http::negotiate::{FORMATS, HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{
    BAD_REQUEST, BODY_TOO_LARGE, INTERNAL, METHOD_NOT_ALLOWED, NOT_FOUND, PROBLEMS, Problem, Row,
    UNSUPPORTED_MEDIA_TYPE,
};
use crate::http::reader::Reader;
use axum::extract::{Path, Request, State as Injected};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, LINK, VARY};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const PROBLEM_JSON: Offer = Offer {
    name: "json",
    media_type: "application/problem+json",
};

/// Writes a problem in the format and language that the request asks for.
pub async fn render(Injected(server): Injected<Shared>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let asked = parts.clone();
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone());
    let response = next.run(Request::from_parts(parts, body)).await;
    let mut problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        // The framework's own refusals: a path that is no UTF-8, a body that breaks off.
        None if !response.headers().contains_key(CONTENT_TYPE) || is_plain(&response) => {
            match of_status(response.status()) {
                Some(row) => Problem::new(row),
                None => return response,
            }
        }
        None => return response,
    };
    let reader = Reader::new(&asked, &server.app.config);
    let links = link_formats(&mut problem, &reader);
    let mut answer = match write(&server, &reader, &problem, request_id.as_deref()) {
        Ok(answer) => answer,
        Err(problem) => as_json(&server, &reader, &problem, request_id.as_deref()),
    };
    answer.status = problem.row.status;
    answer.set(CACHE_CONTROL, "no-store");
    answer.set(CONTENT_LANGUAGE, reader.lang.tag());
    for (name, value) in response.headers() {
        if *name != CONTENT_TYPE && *name != axum::http::header::CONTENT_LENGTH {
            answer.headers.insert(name.clone(), value.clone());
        }
    }
    if let Some(links) = links {
        answer.set(LINK, &links);
    }
    if !answer.headers.contains_key(VARY) {
        answer.set(VARY, "Accept, Accept-Language");
    }
    answer.into_response()
}

/// A longer address is not repeated for each format.
const LINKED_BYTES: usize = 512;

/// Gives the formats that a 406 lists their addresses, and says the same as a header does.
fn link_formats(problem: &mut Problem, reader: &Reader) -> Option<String> {
    let formats = problem.more.members.get_mut(FORMATS)?.as_array_mut()?;
    let others = reader
        .parameters
        .iter()
        .filter(|(name, _)| name != "format");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .finish();
    if query.len() > LINKED_BYTES {
        return None;
    }
    let mut links = Vec::new();
    for format in formats {
        let name = format["name"].as_str().unwrap_or_default();
        let and = if query.is_empty() { "" } else { "&" };
        let address = format!("?{query}{and}format={name}");
        let media_type = format["type"].as_str().unwrap_or_default();
        links.push(format!(
            "<{address}>; rel=\"alternate\"; type=\"{media_type}\""
        ));
        format["url"] = json!(address);
    }
    Some(links.join(", "))
}

fn is_plain(response: &Response) -> bool {
    response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/plain"))
}

fn of_status(status: StatusCode) -> Option<&'static Row> {
    match status {
        StatusCode::BAD_REQUEST => Some(&BAD_REQUEST),
        StatusCode::NOT_FOUND => Some(&NOT_FOUND),
        StatusCode::METHOD_NOT_ALLOWED => Some(&METHOD_NOT_ALLOWED),
        StatusCode::PAYLOAD_TOO_LARGE => Some(&BODY_TOO_LARGE),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(&UNSUPPORTED_MEDIA_TYPE),
        StatusCode::INTERNAL_SERVER_ERROR => Some(&INTERNAL),
        _ => None,
    }
}

/// A page for who asks for pages, JSON for everybody else, whatever they accept: a refusal that
/// cannot be read would help nobody.
fn write(
    server: &Shared,
    reader: &Reader,
    problem: &Problem,
    request_id: Option<&str>,
) -> Result<Answer, Problem> {
    let by_header = Reader {
        parameters: Vec::new(),
        ..reader.clone()
    };
    let wants_page = by_header
        .choose(&[PROBLEM_JSON, JSON, HTML])
        .is_ok_and(|offer| offer == HTML);
    if !wants_page {
        return Ok(as_json(server, reader, problem, request_id));
    }
    let shown = html::Problem {
        status: problem.row.status.as_u16(),
        title: problem.row.title(reader.lang).to_owned(),
        detail: problem
            .more
            .detail
            .as_ref()
            .map(|detail| detail.get(reader.lang).to_owned()),
        advice: vec![problem.row.about(reader.lang).to_owned()],
        request_id: request_id.map(str::to_owned),
        near: problem.more.near.clone(),
    };
    let generation = server.app.store.generation();
    page(server, reader, generation, |site| shown.page(site))
}

fn as_json(
    server: &Shared,
    reader: &Reader,
    problem: &Problem,
    request_id: Option<&str>,
) -> Answer {
    let json = problem.to_json(server.app.store.base(), reader.lang, request_id);
    Answer::of(PROBLEM_JSON, format!("{json:#}\n")).at(server.app.store.generation())
}

/// `GET /problems/{slug}`: what a kind of problem means and what to do about it.
pub async fn about(
    Injected(server): Injected<Shared>,
    Path(slug): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let row = Row::named(&slug).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let answer = if reader.choose(&[HTML, JSON])? == HTML {
        let shown = html::Problem {
            status: row.status.as_u16(),
            title: row.title(reader.lang).to_owned(),
            detail: None,
            advice: vec![row.about(reader.lang).to_owned()],
            request_id: None,
            near: Vec::new(),
        };
        let generation = server.app.store.generation();
        page(&server, &reader, generation, |site| shown.page(site))?
    } else {
        Answer::of(JSON, format!("{:#}\n", explained(&server, row)))
    };
    Ok(answer.varying("Accept, Accept-Language").into_response())
}

/// `GET /problems/`: all kinds.
pub async fn index(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&[JSON])?;
    let all: Vec<Value> = PROBLEMS.iter().map(|row| explained(&server, row)).collect();
    Ok(Answer::of(offer, format!("{:#}\n", Value::Array(all)))
        .varying("Accept")
        .into_response())
}

fn explained(server: &Shared, row: &Row) -> Value {
    let address = server
        .app
        .store
        .base()
        .join(&format!("problems/{}", row.slug));
    json!({
        "type": address.as_str(),
        "status": row.status.as_u16(),
        "title": { "fr": row.title_fr, "en": row.title_en },
        "about": { "fr": row.about_fr, "en": row.about_en },
    })
}
