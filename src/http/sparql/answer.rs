//! From what a query came to, to what the reader gets: data in a format, or a page.

use crate::app::queries::{self, Head, QueryError, Question, Task, Tried, format_to_read};
use crate::config::Limits;
use crate::html::{self, Answer as Shown};
use crate::http::Server;
use crate::http::answer::Answer;
use crate::http::blocking::BodyWriter;
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::{
    BODY_TOO_LARGE, Problem, QUERY_FAILED, QUERY_MEMORY, QUERY_REFUSED, QUERY_SYNTAX, TIMEOUT,
    TOO_MANY_ROWS, UPDATE_REFUSED,
};
use crate::http::reader::Reader;
use crate::http::sparql::examples;
use crate::model::Generation;
use crate::query::{Bounds, Form, Refusal, RunError, Why, format_named, formats_of};
use crate::store::CancellationToken;
use axum::response::{IntoResponse, Response};
use sparesults::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput};
use std::fmt;

/// A page shows this many rows; the other formats have them all.
const ROWS_SHOWN: usize = 200;

/// Why an answer ended early.
#[derive(Debug)]
pub struct Stop(QueryError);

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Stop {
    pub fn into_problem(self, limits: &Limits) -> Problem {
        match self.0 {
            QueryError::Refused(refusal) => refused(&refusal),
            QueryError::Run(RunError::Rows(most)) => {
                Problem::limit(&TOO_MANY_ROWS, "limits.result_rows", most)
            }
            QueryError::Run(RunError::Io(error))
                if error.kind() == std::io::ErrorKind::FileTooLarge =>
            {
                Problem::limit(&TOO_MANY_ROWS, "limits.result_bytes", limits.result_bytes)
            }
            QueryError::Run(error) => {
                tracing::error!(%error, "a query failed");
                Problem::new(&QUERY_FAILED)
            }
            QueryError::Store(error) => error.into(),
            QueryError::Time(allowed) if allowed < limits.query_timeout => {
                Problem::limit(&TIMEOUT, "timeout", format!("{allowed:?}"))
            }
            QueryError::Time(allowed) => {
                Problem::limit(&TIMEOUT, "limits.query_timeout", format!("{allowed:?}"))
            }
            QueryError::Memory(most) => {
                Problem::limit(&QUERY_MEMORY, "limits.query_memory_bytes", most)
            }
            QueryError::Bytes(most) => Problem::limit(&TOO_MANY_ROWS, "limits.result_bytes", most),
            // Nobody reads it.
            QueryError::Unwanted => Problem::new(&QUERY_FAILED),
            QueryError::Failed(error) => {
                tracing::error!(%error, "a query failed");
                Problem::new(&QUERY_FAILED)
            }
        }
    }
}

pub(super) fn refused(refusal: &Refusal) -> Problem {
    let row = match refusal.why {
        Why::Syntax => &QUERY_SYNTAX,
        Why::Update => &UPDATE_REFUSED,
        Why::TooLong => &BODY_TOO_LARGE,
        Why::Refused => &QUERY_REFUSED,
    };
    let mut problem = match &refusal.limit {
        Some((key, value)) => Problem::limit(row, key, value),
        None => Problem::new(row),
    };
    if let Some(detail) = &refusal.detail {
        problem = problem.with_detail(detail.fr.clone(), detail.en.clone());
    }
    if let Some((line, column)) = refusal.position {
        problem = problem
            .with_member("line", line)
            .with_member("column", column);
    }
    problem
}

/// What came of a query in this process.
pub enum First {
    Whole(Response),
    /// A worker is to answer, and the answer to be shown on a page.
    Page(Task),
    /// A worker is to answer in the task's format.
    Data(Task),
}

/// Prepares a query, and answers it if it is cheap.
///
/// # Errors
/// When the query is refused, cannot be had in the format asked for, or fails.
pub fn try_here(
    server: &Server,
    reader: &Reader,
    mut question: Question,
    token: &CancellationToken,
) -> Result<First, Problem> {
    let app = &server.app;
    let (prepared, plan) = match queries::prepare(app, &question.text, &question.dataset) {
        Ok(prepared) => prepared,
        Err(refusal) if is_browser(reader) => {
            return fault_page(server, reader, &question.text, &refused(&refusal))
                .map(First::Whole);
        }
        Err(refusal) => return Err(refused(&refusal)),
    };
    let form = prepared.form();
    let chosen = reader.choose(&offers(form)).map_err(varying_by_accept)?;
    let is_page = chosen == HTML;
    let name = if is_page {
        format_to_read(form)
    } else {
        chosen.name
    };
    let Some(format) = format_named(name) else {
        return Err(Problem::internal(format!("there is no format {name}")));
    };
    if is_page {
        question.bounds = Bounds::First(ROWS_SHOWN as u64 + 1);
    }
    let task = Task {
        question,
        prepared,
        plan,
        format,
        media_type: chosen.media_type,
    };
    match queries::try_here(app, &task, token) {
        Ok(Tried::Answered { head, body, .. }) if is_page => {
            answer_page(server, reader, &task, head, &body).map(First::Whole)
        }
        Ok(Tried::Answered { head, body, .. }) => {
            let answer = Answer::new(chosen.media_type, body).at(head.generation);
            Ok(First::Whole(answer.into_response()))
        }
        Ok(Tried::Elsewhere) if is_page => Ok(First::Page(task)),
        Ok(Tried::Elsewhere) => Ok(First::Data(task)),
        Err(error) => Err(Stop(error).into_problem(&app.config.limits)),
    }
}

/// The answer of a worker as a page.
///
/// # Errors
/// When there is none.
pub fn page_by_worker(
    server: &Server,
    reader: &Reader,
    task: &Task,
    token: &CancellationToken,
) -> Result<Response, Problem> {
    let mut body = Vec::new();
    let mut head = None;
    queries::by_worker(
        &server.app,
        task,
        &mut |begun, _| head = Some(begun),
        &mut body,
        token,
    )
    .map_err(|error| Stop(error).into_problem(&server.app.config.limits))?;
    let Some(head) = head else {
        return Err(Problem::new(&QUERY_FAILED));
    };
    answer_page(server, reader, task, head, &body)
}

/// The answer of a worker as it comes. Nothing is sent before the first chunk is full, so that
/// what fails early is a clean problem.
///
/// # Errors
/// When there is none, or no whole one.
pub fn data_by_worker(
    server: &Server,
    task: &Task,
    writer: &mut BodyWriter,
    token: &CancellationToken,
) -> Result<(), Stop> {
    let begin =
        &mut |head: Head, writer: &mut BodyWriter| set_headers(writer, task.media_type, head);
    queries::by_worker(&server.app, task, begin, writer, token).map_err(Stop)?;
    Ok(())
}

/// What can be had of a query: data, and a page for those who ask for one.
fn offers(form: Form) -> Vec<Offer> {
    let mut offers = Vec::new();
    for format in formats_of(form) {
        offers.push(Offer {
            name: format.name,
            media_type: format.media_type,
        });
    }
    for format in formats_of(form) {
        if let Some(media_type) = format.also {
            offers.push(Offer {
                name: format.name,
                media_type,
            });
        }
    }
    offers.push(HTML);
    offers
}

/// Whether a person sits before it: a program that takes anything gets data.
fn is_browser(reader: &Reader) -> bool {
    let problem = Offer {
        name: "json",
        media_type: "application/problem+json",
    };
    reader
        .choose(&[problem, HTML])
        .is_ok_and(|chosen| chosen == HTML)
}

fn set_headers(writer: &mut BodyWriter, media_type: &str, begun: Head) {
    if let Some(head) = writer.head() {
        let answer = Answer::new(media_type, Vec::new()).at(begun.generation);
        head.headers.extend(answer.headers);
    }
}

/// The first rows only: a page with a million of them would help nobody.
fn read_for_page(form: Form, body: &[u8]) -> Result<Shown, Problem> {
    if form.is_graph() {
        let mut triples = Vec::new();
        for triple in oxttl::NTriplesParser::new().for_slice(body) {
            triples.push(triple.map_err(Problem::internal)?);
        }
        let is_cut = triples.len() > ROWS_SHOWN;
        triples.truncate(ROWS_SHOWN);
        return Ok(Shown::Graph { triples, is_cut });
    }
    let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
    match parser.for_slice(body).map_err(Problem::internal)? {
        SliceQueryResultsParserOutput::Boolean(value) => Ok(Shown::Boolean(value)),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let variables = solutions.variables().to_vec();
            let mut rows = Vec::new();
            for solution in solutions {
                let solution = solution.map_err(Problem::internal)?;
                let row = variables
                    .iter()
                    .map(|variable| solution.get(variable).cloned());
                rows.push(row.collect());
            }
            let is_cut = rows.len() > ROWS_SHOWN;
            rows.truncate(ROWS_SHOWN);
            Ok(Shown::Table {
                variables: variables
                    .iter()
                    .map(|variable| variable.as_str().to_owned())
                    .collect(),
                rows,
                is_cut,
            })
        }
    }
}

fn answer_page(
    server: &Server,
    reader: &Reader,
    task: &Task,
    head: Head,
    body: &[u8],
) -> Result<Response, Problem> {
    let form = task.prepared.form();
    let shown = read_for_page(form, body)?;
    let mut downloads: Vec<(String, String)> = Vec::new();
    for format in formats_of(form) {
        let address = form_urlencoded::Serializer::new(String::new())
            .append_pair("query", &task.question.text)
            .append_pair("format", format.name)
            .finish();
        downloads.push((format.name.to_owned(), format!("/sparql?{address}")));
    }
    let page = sparql_page(
        server,
        reader,
        head.generation,
        &task.question.text,
        shown,
        downloads,
    )?;
    Ok(page.into_response())
}

fn sparql_page(
    server: &Server,
    reader: &Reader,
    generation: Generation,
    query: &str,
    shown: Shown,
    downloads: Vec<(String, String)>,
) -> Result<Answer, Problem> {
    let sparql = html::Sparql {
        query: query.to_owned(),
        examples: examples::all(&server.app.door),
        answer: Some(shown),
        downloads,
    };
    page(server, reader, generation, |site| sparql.page(site))
}

/// A query that cannot run, shown in the form in which it can be mended; with the status of the
/// problem all the same.
fn fault_page(
    server: &Server,
    reader: &Reader,
    query: &str,
    problem: &Problem,
) -> Result<Response, Problem> {
    let mut message = problem.row.title(reader.lang).to_owned();
    if let Some(detail) = &problem.more.detail {
        message = format!("{message}. {}", detail.get(reader.lang));
    }
    let generation = server.app.store.generation();
    let shown = Shown::Fault(message);
    let page = sparql_page(server, reader, generation, query, shown, Vec::new())?;
    Ok(page.with_status(problem.row.status).into_response())
}
