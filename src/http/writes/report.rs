//! Answers about submissions: as JSON, as text or as a page, whatever the sender prefers.

use crate::html;
use crate::http::Shared;
use crate::http::answer::Answer;
use crate::http::negotiate::{HTML, JSON, Offer, TEXT};
use crate::http::pages::page;
use crate::http::problem::{Problem, REFUSED};
use crate::http::reader::Reader;
use crate::http::writes::asked::source_tag;
use crate::http::writes::submissions::{Done, State, Submission};
use crate::ingest::Report;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, ETAG, HeaderName, LOCATION, RETRY_AFTER,
};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const PROBLEM_JSON: &str = "application/problem+json";
/// When to look again at a submission that is under way, in seconds.
const LOOK_AGAIN: &str = "1";

/// 200 with the report, or 422 with the report in a problem.
pub fn done(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    done: &Done,
    request_id: &str,
) -> Result<Response, Problem> {
    let report = &done.report;
    let mut answer = if offer == HTML {
        shown(server, reader, report)?
    } else if offer == TEXT {
        Answer::of(TEXT, report.text(reader.lang)).with(CONTENT_LANGUAGE, reader.lang.tag())
    } else if done.is_refused() {
        let body = refusal(server, reader, report, Some(request_id))?;
        Answer::new(PROBLEM_JSON, format!("{body:#}\n"))
    } else {
        let body = serde_json::to_value(&**report).map_err(Problem::internal)?;
        Answer::of(JSON, format!("{body:#}\n"))
    };
    if done.is_refused() {
        answer.status = REFUSED.status;
    }
    if done.source_generation.is_some() {
        let identity = server.app.store.identity();
        answer.set(ETAG, &source_tag(identity, done.source_generation));
    }
    Ok(private(answer.at(report.generation)).into_response())
}

/// 202 with the address at which the report will be.
pub fn accepted(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    submission: &Submission,
    prefers_async: bool,
) -> Result<Response, Problem> {
    let mut answer = told(server, reader, offer, submission)?
        .with_status(StatusCode::ACCEPTED)
        .with(LOCATION, &submission.path())
        .with(RETRY_AFTER, LOOK_AGAIN);
    if prefers_async {
        // RFC 7240 §3.
        answer.set(PREFERENCE_APPLIED, "respond-async");
    }
    Ok(answer.into_response())
}

/// 200 with how far a submission is, and with its report once there is one.
pub fn progress(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    submission: &Submission,
) -> Result<Response, Problem> {
    let mut answer = told(server, reader, offer, submission)?;
    if !matches!(submission.state(), State::Done(_)) {
        answer.set(RETRY_AFTER, LOOK_AGAIN);
    }
    Ok(answer.into_response())
}

fn told(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    submission: &Submission,
) -> Result<Answer, Problem> {
    let base = server.app.store.base();
    let answer = if offer == JSON {
        let body = submission.to_json(reader.lang, |problem, lang| {
            problem.to_json(base, lang, None)
        });
        Answer::of(JSON, format!("{body:#}\n"))
    } else {
        match submission.state() {
            State::Done(ended) => match ended.result {
                Ok(done) if offer == HTML => shown(server, reader, &done.report)?,
                Ok(done) => Answer::of(TEXT, done.report.text(reader.lang)),
                // A page or a text about what went wrong is what the problem itself is.
                Err(problem) => return Err(problem),
            },
            state => under_way(server, reader, offer, submission, &state)?,
        }
    };
    Ok(private(answer.at(server.app.store.generation())))
}

fn under_way(
    server: &Shared,
    reader: &Reader,
    offer: Offer,
    submission: &Submission,
    state: &State,
) -> Result<Answer, Problem> {
    let progress = &submission.progress;
    let stage = matches!(state, State::Running).then(|| {
        let percent = (progress.estimate() * 100.0).round();
        format!("{} ({percent} %)", progress.stage().label(reader.lang))
    });
    if offer == TEXT {
        let stage = stage.as_deref().unwrap_or(state.name());
        return Ok(Answer::of(
            TEXT,
            format!("{}: {stage}\n", submission.path()),
        ));
    }
    let shown = html::Progress {
        source: submission.source.to_string(),
        state: state.name().to_owned(),
        stage,
        path: submission.path(),
    };
    page(server, reader, server.app.store.generation(), |site| {
        shown.page(site)
    })
}

/// The report as a page.
fn shown(server: &Shared, reader: &Reader, report: &Report) -> Result<Answer, Problem> {
    let profiles = report.profiles.iter().flatten();
    let profiles = profiles.map(|profile| html::Shortfalls {
        profile: profile.profile.clone(),
        summary: profile.summary().get(reader.lang).to_owned(),
        groups: profile.groups.clone(),
    });
    let shown = html::Report {
        title: report.outcome_text(reader.lang),
        source: report.source.to_string(),
        counts: report.counts.named().to_vec(),
        findings: report.findings.clone(),
        normalisations: report.normalisations.clone(),
        profiles: profiles.collect(),
        profiles_elsewhere: report
            .profiles
            .is_none()
            .then(|| Report::profiles_elsewhere().get(reader.lang).to_owned()),
    };
    page(server, reader, report.generation, |site| shown.page(site))
}

/// The problem of a refused submission, with all that the report says beside it.
fn refusal(
    server: &Shared,
    reader: &Reader,
    report: &Report,
    request_id: Option<&str>,
) -> Result<Value, Problem> {
    let mut problem = Problem::new(&REFUSED);
    let Value::Object(members) = serde_json::to_value(report).map_err(Problem::internal)? else {
        return Ok(json!({}));
    };
    problem.more.members = members;
    Ok(problem.to_json(server.app.store.base(), reader.lang, request_id))
}

/// What is for the sender alone is kept by nobody.
fn private(answer: Answer) -> Answer {
    answer
        .with(CACHE_CONTROL, "no-store")
        .varying("Accept, Accept-Language, Authorization")
}
