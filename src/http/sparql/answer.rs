//! Runs a query and writes its results.

use crate::html::{self, Answer as Shown};
use crate::http::Server;
use crate::http::answer::GENERATION;
use crate::http::blocking::BodyWriter;
use crate::http::entities::{rdf, varying_by_accept};
use crate::http::negotiate::{HTML, Offer};
use crate::http::pages::page;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::sparql::request::Asked;
use crate::http::sparql::{examples, prepare};
use crate::model::Generation;
use crate::rdf::order::compare_triples;
use crate::rdf::write::ntriples_line;
use crate::store::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter,
};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Triple};
use oxrdfxml::RdfXmlSerializer;
use sparesults::{QueryResultsFormat, QueryResultsSerializer};
use std::fmt;
use std::io::{self, Write as _};

/// A page shows this many rows; the other formats have them all.
const ROWS_SHOWN: usize = 200;
/// Graphs up to this size are sorted before they are written.
const SORTED_TRIPLES: usize = 10_000;

/// Why an answer ended early.
#[derive(Debug)]
pub enum Stop {
    /// The client is told why.
    Refused(Problem),
    Evaluation(QueryEvaluationError),
    Io(io::Error),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Refused(problem) => f.write_str(problem.row.slug),
            Stop::Evaluation(error) => error.fmt(f),
            Stop::Io(error) => error.fmt(f),
        }
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Refused(problem)
    }
}

const fn offer(name: &'static str, media_type: &'static str) -> Offer {
    Offer { name, media_type }
}

/// Formats of solutions and truth values, the page last: only who asks for it gets it.
const SOLUTIONS: &[(Offer, Option<QueryResultsFormat>)] = &[
    (
        offer("json", "application/sparql-results+json"),
        Some(QueryResultsFormat::Json),
    ),
    (
        offer("xml", "application/sparql-results+xml"),
        Some(QueryResultsFormat::Xml),
    ),
    (offer("csv", "text/csv"), Some(QueryResultsFormat::Csv)),
    (
        offer("tsv", "text/tab-separated-values"),
        Some(QueryResultsFormat::Tsv),
    ),
    (
        offer("json", "application/json"),
        Some(QueryResultsFormat::Json),
    ),
    (HTML, None),
];

/// Formats of triples.
const TRIPLES: &[Offer] = &[
    offer("ttl", "text/turtle"),
    offer("nt", "application/n-triples"),
    offer("jsonld", "application/ld+json"),
    offer("rdf", "application/rdf+xml"),
    HTML,
];

/// Runs a query over one snapshot. Nothing is sent before the first chunk is full, so that what
/// fails early is a clean problem.
///
/// # Errors
/// When the query is refused, fails, or the client leaves.
pub fn write(
    server: &Server,
    reader: &Reader,
    asked: &Asked,
    text: &str,
    writer: &mut BodyWriter,
    token: &CancellationToken,
) -> Result<(), Stop> {
    let app = &server.app;
    let query = match prepare::prepare(text, app.store.base(), &app.config.limits) {
        Ok(query) => query,
        Err(problem) if reader.choose(&[HTML]).is_ok() && is_browser(reader) => {
            return write_fault(server, reader, text, &problem, writer);
        }
        Err(problem) => return Err(problem.into()),
    };
    let snapshot = app.store.snapshot().map_err(Problem::from)?;
    let generation = snapshot.view().generation().map_err(Problem::from)?;
    let results = snapshot
        .view()
        .evaluate(query, &asked.dataset, token.clone())
        .map_err(Stop::Evaluation)?;
    let offers: Vec<Offer> = match results {
        QueryResults::Graph(_) => TRIPLES.to_vec(),
        _ => SOLUTIONS.iter().map(|(offer, _)| *offer).collect(),
    };
    let chosen = reader.choose(&offers).map_err(varying_by_accept)?;
    if chosen == HTML {
        let shown = read_for_page(results)?;
        return write_page(server, reader, generation, text, shown, writer);
    }
    set_headers(writer, chosen, generation);
    let format = SOLUTIONS
        .iter()
        .find(|(offer, _)| *offer == chosen)
        .and_then(|(_, format)| *format)
        .unwrap_or(QueryResultsFormat::Json);
    match results {
        QueryResults::Boolean(value) => {
            QueryResultsSerializer::from_format(format)
                .serialize_boolean_to_writer(writer, value)
                .map_err(Stop::Io)?;
        }
        QueryResults::Solutions(solutions) => write_solutions(solutions, format, writer)?,
        QueryResults::Graph(triples) => write_triples(server, triples, chosen, writer)?,
    }
    Ok(())
}

/// Whether a person sits before it: a program that takes anything gets data.
fn is_browser(reader: &Reader) -> bool {
    reader
        .choose(&[offer("json", "application/problem+json"), HTML])
        .is_ok_and(|chosen| chosen == HTML)
}

fn set_headers(writer: &mut BodyWriter, chosen: Offer, generation: Generation) {
    if let Some(head) = writer.head() {
        let headers = &mut head.headers;
        let media_type = if chosen.media_type.starts_with("text/") {
            format!("{}; charset=utf-8", chosen.media_type)
        } else {
            chosen.media_type.to_owned()
        };
        if let Ok(media_type) = HeaderValue::from_str(&media_type) {
            headers.insert(CONTENT_TYPE, media_type);
        }
        headers.insert(GENERATION, HeaderValue::from(generation.0));
    }
}

fn write_solutions(
    solutions: QuerySolutionIter<'_>,
    format: QueryResultsFormat,
    writer: &mut BodyWriter,
) -> Result<(), Stop> {
    let variables = solutions.variables().to_vec();
    let mut serializer = QueryResultsSerializer::from_format(format)
        .serialize_solutions_to_writer(writer, variables)
        .map_err(Stop::Io)?;
    for solution in solutions {
        let solution = solution.map_err(Stop::Evaluation)?;
        serializer.serialize(&solution).map_err(Stop::Io)?;
    }
    serializer.finish().map_err(Stop::Io)?;
    Ok(())
}

fn write_triples(
    server: &Server,
    triples: QueryTripleIter<'_>,
    chosen: Offer,
    writer: &mut BodyWriter,
) -> Result<(), Stop> {
    let mut triples = triples.map(|triple| triple.map_err(Stop::Evaluation));
    // A small graph is sorted and grouped for the reader; a large one is streamed as it comes.
    let first: Vec<Triple> = triples
        .by_ref()
        .take(SORTED_TRIPLES)
        .collect::<Result<_, _>>()?;
    if first.len() < SORTED_TRIPLES && chosen.name != "rdf" {
        let mut all = first;
        all.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        all.dedup();
        let body = rdf(&all, chosen, &server.app.context).map_err(Stop::Io)?;
        return writer.write_all(&body).map_err(Stop::Io);
    }
    let triples = first.into_iter().map(Ok).chain(triples);
    match chosen.name {
        "rdf" => {
            let mut serializer = RdfXmlSerializer::new().for_writer(writer);
            for triple in triples {
                serializer.serialize_triple(&triple?).map_err(Stop::Io)?;
            }
            serializer.finish().map_err(Stop::Io)?;
        }
        "jsonld" => {
            let mut serializer = JsonLdSerializer::new().for_writer(writer);
            for triple in triples {
                let triple = triple?;
                serializer
                    .serialize_quad(triple.as_ref().in_graph(GraphNameRef::DefaultGraph))
                    .map_err(Stop::Io)?;
            }
            serializer.finish().map_err(Stop::Io)?;
        }
        // N-Triples, which are also Turtle.
        _ => {
            for triple in triples {
                ntriples_line(writer, triple?.as_ref()).map_err(Stop::Io)?;
            }
        }
    }
    Ok(())
}

/// The first rows only: a page with a million of them would help nobody.
fn read_for_page(results: QueryResults<'_>) -> Result<Shown, Stop> {
    Ok(match results {
        QueryResults::Boolean(value) => Shown::Boolean(value),
        QueryResults::Solutions(solutions) => {
            let variables: Vec<_> = solutions.variables().to_vec();
            let mut rows = Vec::new();
            let mut is_cut = false;
            for solution in solutions {
                let solution = solution.map_err(Stop::Evaluation)?;
                if rows.len() == ROWS_SHOWN {
                    is_cut = true;
                    break;
                }
                let row = variables
                    .iter()
                    .map(|variable| solution.get(variable).cloned());
                rows.push(row.collect());
            }
            Shown::Table {
                variables: variables
                    .iter()
                    .map(|variable| variable.as_str().to_owned())
                    .collect(),
                rows,
                is_cut,
            }
        }
        QueryResults::Graph(graph) => {
            let mut triples: Vec<Triple> = Vec::new();
            let mut is_cut = false;
            for triple in graph {
                let triple = triple.map_err(Stop::Evaluation)?;
                if triples.len() == ROWS_SHOWN {
                    is_cut = true;
                    break;
                }
                triples.push(triple);
            }
            Shown::Graph { triples, is_cut }
        }
    })
}

fn write_page(
    server: &Server,
    reader: &Reader,
    generation: Generation,
    query: &str,
    shown: Shown,
    writer: &mut BodyWriter,
) -> Result<(), Stop> {
    let names: Vec<&str> = match shown {
        Shown::Graph { .. } => TRIPLES.iter().map(|offer| offer.name).collect(),
        Shown::Fault(_) => Vec::new(),
        _ => SOLUTIONS.iter().map(|(offer, _)| offer.name).collect(),
    };
    let mut downloads: Vec<(String, String)> = Vec::new();
    for name in names {
        if name != HTML.name && downloads.iter().all(|(known, _)| known != name) {
            let address = form_urlencoded::Serializer::new(String::new())
                .append_pair("query", query)
                .append_pair("format", name)
                .finish();
            downloads.push((name.to_owned(), format!("/sparql?{address}")));
        }
    }
    let sparql = html::Sparql {
        query: query.to_owned(),
        examples: examples::all(server.app.store.base()),
        answer: Some(shown),
        downloads,
    };
    let answer = page(server, reader, generation, |site| sparql.page(site))?;
    if let Some(head) = writer.head() {
        head.headers.extend(answer.headers);
    }
    writer.write_all(&answer.body).map_err(Stop::Io)
}

/// A query that cannot run, shown in the form in which it can be mended; with the status of the
/// problem all the same.
fn write_fault(
    server: &Server,
    reader: &Reader,
    query: &str,
    problem: &Problem,
    writer: &mut BodyWriter,
) -> Result<(), Stop> {
    let mut message = problem.row.title(reader.lang).to_owned();
    if let Some(detail) = &problem.more.detail {
        message = format!("{message}. {}", detail.get(reader.lang));
    }
    if let Some(head) = writer.head() {
        head.status = problem.row.status;
    }
    let generation = server.app.store.generation();
    write_page(
        server,
        reader,
        generation,
        query,
        Shown::Fault(message),
        writer,
    )
}
