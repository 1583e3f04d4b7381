//! What becomes of the example queries over the present data: each is run once in a while, with
//! its default values, so that one that does not work is seen.

use crate::html::{Answer, QueryState};
use crate::http::Shared;
use crate::http::client::Client;
use crate::http::problem::Problem;
use crate::http::queries::{entries, is_empty};
use crate::http::sparql::{self, Asked};
use crate::model::{Generation, Text};
use crate::query::examples::Example;
use axum::http::StatusCode;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// They are not all run again more often, however often the data changes.
const PAUSE: Duration = Duration::from_secs(600);

/// What became of them.
#[derive(Default)]
pub struct Trials(Mutex<State>);

#[derive(Default)]
struct State {
    outcomes: BTreeMap<String, Outcome>,
    /// The generation at which all were tried, and when that began.
    done: Option<Generation>,
    begun: Option<Instant>,
    is_running: bool,
}

enum Outcome {
    Rows,
    Nothing,
    Failed(Text),
}

impl Trials {
    /// Keeps what became of a query with its default values.
    pub fn note(&self, name: &str, result: &Result<(Generation, Answer), Problem>) {
        let outcome = match result {
            Ok((_, answer)) if is_empty(answer) => Outcome::Nothing,
            Ok(_) => Outcome::Rows,
            // That there was no room says nothing of the query.
            Err(problem) if is_about_room(problem) => {
                return;
            }
            Err(problem) => Outcome::Failed(told(problem)),
        };
        if let Ok(mut state) = self.0.lock() {
            state.outcomes.insert(name.to_owned(), outcome);
        }
    }

    /// What is known of a query.
    pub fn state(&self, example: &Example) -> QueryState {
        let Ok(state) = self.0.lock() else {
            return QueryState::Untried;
        };
        match state.outcomes.get(&example.name) {
            None => QueryState::Untried,
            Some(Outcome::Rows) => QueryState::Answers,
            Some(Outcome::Nothing) => QueryState::Empty(example.may_be_empty.clone()),
            Some(Outcome::Failed(why)) => QueryState::Broken(vec![(None, why.clone())]),
        }
    }

    /// The generation at which all were tried.
    pub fn done(&self) -> Option<u64> {
        let state = self.0.lock().ok()?;
        state.done.map(|generation| generation.0)
    }

    /// Whether they are to be tried now; then the caller does it.
    fn is_time(&self, current: Generation) -> bool {
        let Ok(mut state) = self.0.lock() else {
            return false;
        };
        let is_fresh =
            state.done == Some(current) || state.begun.is_some_and(|begun| begun.elapsed() < PAUSE);
        if state.is_running || is_fresh {
            return false;
        }
        state.is_running = true;
        state.begun = Some(Instant::now());
        true
    }

    fn end(&self, generation: Generation) {
        if let Ok(mut state) = self.0.lock() {
            state.is_running = false;
            state.done = Some(generation);
        }
    }
}

/// Tries all queries behind the answer, one after the other, when the data has changed since.
pub fn begin(server: &Shared) {
    let generation = server.app.store.generation();
    if !server.trials.is_time(generation) {
        return;
    }
    let server = server.clone();
    tokio::spawn(async move {
        let base = server.app.store.base();
        let mut queries = Vec::new();
        for entry in entries(&server) {
            if let Ok(example) = &entry.read
                && let Ok(bound) = example.bind(&[], base)
            {
                queries.push((example.name.clone(), bound.text));
            }
        }
        for (name, query) in queries {
            let result = sparql::shown(&server, Client::UNKNOWN, query, Asked::default()).await;
            server.trials.note(&name, &result);
        }
        server.trials.end(generation);
    });
}

/// Whether there was only no room at the moment.
fn is_about_room(problem: &Problem) -> bool {
    let status = problem.row.status;
    [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ]
    .contains(&status)
}

/// A problem in a sentence or two.
fn told(problem: &Problem) -> Text {
    let (fr, en) = (problem.row.title_fr, problem.row.title_en);
    match &problem.more.detail {
        Some(detail) => Text::new(
            format!("{fr}. {}", detail.fr),
            format!("{en}. {}", detail.en),
        ),
        None => Text::new(format!("{fr}."), format!("{en}.")),
    }
}
