//! The answer to a query of ours as rows to be shown, by the same way as those to strangers.

use crate::app::queries::{self, QueryError, Question, Task, Tried, format_to_read};
use crate::html::Answer as Shown;
use crate::http::blocking::Failure;
use crate::http::client::Client;
use crate::http::problem::{Problem, QUERY_FAILED};
use crate::http::sparql::answer::{Stop, read_for_page, refused};
use crate::http::{Server, Shared};
use crate::model::Generation;
use crate::query::{Bounds, format_named};
use crate::store::{CancellationToken, RequestedDataset};

enum First {
    Done(Generation, Shown),
    Worker(Task),
}

/// The first rows of the answer, and the generation of which it is.
///
/// # Errors
/// What `/sparql` would tell of the same query.
pub async fn shown(
    server: &Shared,
    client: Client,
    text: String,
    rows: u64,
) -> Result<(Generation, Shown), Problem> {
    let question = Question {
        text,
        dataset: RequestedDataset::default(),
        bounds: Bounds::First(rows),
        timeout: server.app.config.limits.query_timeout,
    };
    let shared = server.clone();
    let first = server
        .cheap
        .run(move |token| here(&shared, question, token))
        .await;
    match first.map_err(failed)?? {
        First::Done(generation, shown) => Ok((generation, shown)),
        First::Worker(task) => {
            let shared = server.clone();
            let work = move |token: &CancellationToken| by_worker(&shared, &task, token);
            server.queries.run_for(client, work).await.map_err(failed)?
        }
    }
}

fn here(server: &Server, question: Question, token: &CancellationToken) -> Result<First, Problem> {
    let app = &server.app;
    let (prepared, plan) =
        queries::prepare(app, &question.text).map_err(|refusal| refused(&refusal))?;
    let form = prepared.form();
    let Some(format) = format_named(format_to_read(form)) else {
        return Err(Problem::internal("there is no format to read results in"));
    };
    let task = Task {
        question,
        prepared,
        plan,
        format,
        media_type: format.media_type,
    };
    match queries::try_here(app, &task, token) {
        Ok(Tried::Answered { head, body, .. }) => {
            Ok(First::Done(head.generation, read_for_page(form, &body)?))
        }
        Ok(Tried::Elsewhere) => Ok(First::Worker(task)),
        Err(error) => Err(told(server, error)),
    }
}

fn by_worker(
    server: &Server,
    task: &Task,
    token: &CancellationToken,
) -> Result<(Generation, Shown), Problem> {
    let mut body = Vec::new();
    let mut head = None;
    let begin = &mut |begun, _: &mut Vec<u8>| head = Some(begun);
    queries::by_worker(&server.app, task, begin, &mut body, token)
        .map_err(|error| told(server, error))?;
    let Some(head) = head else {
        return Err(Problem::new(&QUERY_FAILED));
    };
    let shown = read_for_page(task.prepared.form(), &body)?;
    Ok((head.generation, shown))
}

fn told(server: &Server, error: QueryError) -> Problem {
    Stop(error).into_problem(&server.app.config.limits)
}

fn failed(failure: Failure) -> Problem {
    match failure {
        Failure::Panicked => Problem::new(&QUERY_FAILED),
        failure => failure.into(),
    }
}
