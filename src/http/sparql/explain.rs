//! How a query would be run, without running it.

use crate::app::queries;
use crate::config::KEYS;
use crate::html;
use crate::http::answer::Answer;
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, Problem};
use crate::http::reader::Reader;
use crate::http::sparql::answer::refused;
use crate::http::sparql::request::{self, Asked};
use crate::http::{Server, Shared};
use crate::model::Lang;
use crate::query::plan::{Explanation, Place, Told, shown};
use crate::query::{Form, Prepared};
use axum::body::Body;
use axum::extract::State as Injected;
use axum::http::Method;
use axum::http::header::CONTENT_LANGUAGE;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

const OFFERS: &[Offer] = &[JSON, HTML];

/// The keys of the limits that a query is held to.
const LIMITS: [&str; 7] = [
    "limits.query_timeout",
    "limits.query_memory_bytes",
    "limits.result_rows",
    "limits.result_bytes",
    "limits.query_bytes",
    "limits.query_depth",
    "limits.query_patterns",
];

/// `GET /sparql/explain` and `POST /sparql/explain`.
pub async fn explain(
    Injected(server): Injected<Shared>,
    method: Method,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    let asked = request::read(&method, &reader, body, &server.app.config.limits).await?;
    let offer = reader.choose(OFFERS)?;
    if asked.query.as_deref().unwrap_or_default().trim().is_empty() && offer != HTML {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            "Le paramètre `query` manque : mettez-y une requête SPARQL.",
            "The parameter `query` is missing: put a SPARQL query there.",
        ));
    }
    let shared = server.clone();
    // Reading a query goes deep: it needs that lane's stack.
    server
        .cheap
        .run(move |_| answer(&shared, &reader, &asked, offer))
        .await?
}

fn answer(
    server: &Server,
    reader: &Reader,
    asked: &Asked,
    offer: Offer,
) -> Result<Response, Problem> {
    let app = &server.app;
    let generation = app.store.generation();
    let text = asked.query.as_deref().unwrap_or_default();
    let explained = if text.trim().is_empty() {
        None
    } else {
        let (prepared, explanation) =
            queries::explain(app, text, &asked.dataset).map_err(|refusal| refused(&refusal))?;
        Some((prepared, explanation))
    };
    let limits = || {
        LIMITS.iter().filter_map(|name| {
            let key = KEYS.iter().find(|key| key.name == *name)?;
            Some(((*name).to_owned(), json!(key.typed(&app.config)?)))
        })
    };
    let answer = match explained {
        Some((prepared, explanation)) if offer != HTML => {
            let body = in_json(&prepared, &explanation, limits().collect(), reader.lang);
            Answer::of(JSON, body.to_string())
                .at(generation)
                .with(CONTENT_LANGUAGE, reader.lang.tag())
        }
        explained => {
            let shown = html::Explained {
                query: text.to_owned(),
                explanation: explained.map(|(prepared, explanation)| {
                    let limits = limits().map(|(name, value)| match value {
                        Value::String(text) => (name, text),
                        value => (name, value.to_string()),
                    });
                    for_page(&prepared, explanation, limits.collect())
                }),
            };
            page(server, reader, generation, |site| shown.page(site))?
        }
    };
    Ok(answer.varying("Accept, Accept-Language").into_response())
}

fn in_json(
    prepared: &Prepared,
    explanation: &Explanation,
    limits: serde_json::Map<String, Value>,
    lang: Lang,
) -> Value {
    let plan = &explanation.plan;
    let warnings: Vec<Value> = explanation
        .warnings
        .iter()
        .map(|warning| {
            json!({
                "kind": warning.kind,
                "text": warning.text.get(lang),
                "instead": warning.instead,
            })
        })
        .collect();
    let reasons: Vec<&str> = plan.reasons.iter().map(|reason| reason.get(lang)).collect();
    json!({
        "form": form(prepared.form()),
        "runs": match plan.place {
            Place::Here => "in-process",
            Place::Worker => "in-worker",
        },
        "because": reasons,
        "estimate": explanation.steps.as_ref().map(|_| json!({
            "rows": number(plan.rows),
            "reads": number(plan.reads),
        })),
        "cacheable": !prepared.is_volatile,
        "limits": limits,
        "warnings": warnings,
        "plan": explanation.steps.as_ref().map(|step| step_in_json(step, lang)),
    })
}

fn step_in_json(step: &Told, lang: Lang) -> Value {
    let below: Vec<Value> = step
        .steps
        .iter()
        .map(|child| step_in_json(child, lang))
        .collect();
    json!({
        "step": step.what.get(lang),
        "rows": number(step.rows),
        "reads": number(step.reads),
        "steps": below,
    })
}

/// An estimate as a number, or nothing when there is no telling.
fn number(estimate: f64) -> Value {
    if estimate >= 1e15 {
        Value::Null
    } else {
        json!(estimate.round())
    }
}

fn form(form: Form) -> &'static str {
    match form {
        Form::Select => "SELECT",
        Form::Ask => "ASK",
        Form::Construct => "CONSTRUCT",
        Form::Describe => "DESCRIBE",
    }
}

fn for_page(
    prepared: &Prepared,
    explanation: Explanation,
    limits: Vec<(String, String)>,
) -> html::Explanation {
    let plan = explanation.plan;
    html::Explanation {
        is_here: plan.place == Place::Here,
        is_cacheable: !prepared.is_volatile,
        reasons: plan.reasons,
        estimate: explanation
            .steps
            .as_ref()
            .map(|_| (shown(plan.rows), shown(plan.reads))),
        warnings: explanation
            .warnings
            .into_iter()
            .map(|warning| (warning.text, warning.instead))
            .collect(),
        steps: explanation.steps.map(step_for_page),
        limits,
    }
}

fn step_for_page(step: Told) -> html::PlanStep {
    html::PlanStep {
        what: step.what,
        rows: shown(step.rows),
        reads: shown(step.reads),
        steps: step.steps.into_iter().map(step_for_page).collect(),
    }
}
