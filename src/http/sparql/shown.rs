//! The answer to a query of ours as rows to be shown, by the same way as those to strangers.

use crate::app::queries::cache::{Kept, Key, digest};
use crate::app::queries::{self, Task, Tried, format_to_read};
use crate::html::Answer as Shown;
use crate::http::client::Client;
use crate::http::negotiate::HTML;
use crate::http::problem::{Problem, QUERY_FAILED};
use crate::http::sparql::answer::{ROWS_SHOWN, Stop, read_for_page, refused};
use crate::http::sparql::request::Asked;
use crate::http::sparql::{Ask, failed};
use crate::http::{Server, Shared};
use crate::model::Generation;
use crate::query::Bounds;
use crate::store::CancellationToken;
use std::sync::Arc;

enum First {
    Done(Generation, Shown),
    Worker(Box<Task>, Option<Key>),
}

/// The first rows of the answer, and the generation of which it is.
///
/// # Errors
/// What `/sparql` would tell of the same query.
pub async fn shown(
    server: &Shared,
    client: Client,
    text: String,
    asked: Asked,
) -> Result<(Generation, Shown), Problem> {
    let limits = &server.app.config.limits;
    let ask = Arc::new(Ask {
        text,
        asked,
        is_head: false,
        release: None,
    });
    let timeout = ask.timeout(limits);
    let first = {
        let (server, ask) = (server.clone(), Arc::clone(&ask));
        move |token: &CancellationToken| here(&server, &ask, token)
    };
    let failed = |failure| failed(failure, &ask.asked, limits);
    let cheap = server.cheap.within(timeout);
    match cheap.run_for(client, first).await.map_err(failed)?? {
        First::Done(generation, shown) => Ok((generation, shown)),
        First::Worker(task, key) => {
            let (shared, ask) = (server.clone(), Arc::clone(&ask));
            let work = move |token: &CancellationToken| by_worker(&shared, &ask, &task, key, token);
            let queries = server.queries.within(timeout);
            queries.run_for(client, work).await.map_err(failed)?
        }
    }
}

fn here(server: &Server, ask: &Ask, token: &CancellationToken) -> Result<First, Problem> {
    let app = &server.app;
    let limits = &app.config.limits;
    let (prepared, plan) = queries::prepare(app, &ask.text, &ask.asked.dataset)
        .map_err(|refusal| refused(&refusal))?;
    let form = prepared.form();
    let dataset = &ask.asked.dataset;
    // What `/sparql` shows of the same query on its page.
    let key = (!prepared.is_volatile).then(|| Key {
        query: digest(&prepared.normal, dataset),
        format: HTML.name,
    });
    let generation = app.store.generation();
    if let Some(kept) = key.and_then(|key| server.results.get(generation, &key)) {
        return Ok(First::Done(generation, read_for_page(form, &kept.body)?));
    }
    let bounds = Bounds::First(ROWS_SHOWN as u64 + 1);
    let task = ask.task(limits, (prepared, plan), format_to_read(form), bounds)?;
    match queries::try_here(app, &task, token) {
        Ok(Tried::Answered {
            head,
            body,
            outcome,
        }) => {
            let shown = read_for_page(form, &body)?;
            keep(server, head.generation, key, body, outcome.rows);
            Ok(First::Done(head.generation, shown))
        }
        Ok(Tried::Elsewhere) => Ok(First::Worker(Box::new(task), key)),
        Err(error) => Err(Stop(error).into_problem(&ask.asked, limits)),
    }
}

fn by_worker(
    server: &Server,
    ask: &Ask,
    task: &Task,
    key: Option<Key>,
    token: &CancellationToken,
) -> Result<(Generation, Shown), Problem> {
    let mut body = Vec::new();
    let mut head = None;
    let begin = &mut |begun, _: &mut Vec<u8>| head = Some(begun);
    let outcome = queries::by_worker(&server.app, task, begin, &mut body, token)
        .map_err(|error| Stop(error).into_problem(&ask.asked, &server.app.config.limits))?;
    let Some(head) = head else {
        return Err(Problem::new(&QUERY_FAILED));
    };
    let shown = read_for_page(task.prepared.form(), &body)?;
    keep(server, head.generation, key, body, outcome.rows);
    Ok((head.generation, shown))
}

fn keep(server: &Server, generation: Generation, key: Option<Key>, body: Vec<u8>, rows: u64) {
    if let Some(key) = key {
        let body = body.into();
        server.results.put(generation, key, Kept { body, rows });
    }
}
