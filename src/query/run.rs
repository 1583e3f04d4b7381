//! Runs a query over one state of the store and writes its results.

use crate::publish::Context;
use crate::query::{Format, Prepared, Writes, functions};
use crate::rdf::jsonld;
use crate::rdf::order::compare_triples;
use crate::rdf::write::{self, ntriples_line};
use crate::store::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter,
    RequestedDataset, View,
};
use oxjsonld::JsonLdSerializer;
use oxrdf::{GraphNameRef, Triple};
use oxrdfxml::RdfXmlSerializer;
use serde::{Deserialize, Serialize};
use sparesults::{QueryResultsFormat, QueryResultsSerializer};
use std::io;

/// Graphs up to this size are sorted before they are written.
const SORTED_TRIPLES: usize = 10_000;

/// How many rows, or triples, an answer may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bounds {
    /// No more than these: one that has more fails.
    Most(u64),
    /// The first of them, and then it ends.
    First(u64),
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Rows or triples; one for a truth value.
    pub rows: u64,
}

/// Why there is no answer, or no whole one.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Evaluation(#[from] QueryEvaluationError),
    #[error("the answer has more than {0} rows")]
    Rows(u64),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What is run, and how its results are written.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub prepared: &'a Prepared,
    pub dataset: &'a RequestedDataset,
    /// One for the query's form.
    pub format: &'a Format,
    pub bounds: Bounds,
    pub context: &'a Context,
}

/// Runs a query and writes all of its results, or fails. `token` stops what reads the store; see
/// [`View::evaluate`] for what it does not stop.
///
/// # Errors
/// When the evaluation fails, there are too many rows, or `out` does.
pub fn run(
    view: View<'_>,
    order: Order<'_>,
    out: &mut dyn io::Write,
    token: &CancellationToken,
) -> Result<Outcome, RunError> {
    let query = order.prepared.query.clone();
    let extensions = functions::extensions(&order.prepared.functions);
    let rows = match view.evaluate_with(query, order.dataset, extensions, token.clone())? {
        QueryResults::Boolean(value) => {
            QueryResultsSerializer::from_format(solutions_format(order.format))
                .serialize_boolean_to_writer(out, value)?;
            1
        }
        QueryResults::Solutions(solutions) => write_solutions(solutions, order, out)?,
        QueryResults::Graph(triples) => write_triples(triples, order, out)?,
    };
    // EXISTS, MINUS and OFFSET take a read that was called off for an ordinary one: the rows may
    // be wrong though none of them says so.
    if token.is_cancelled() {
        return Err(QueryEvaluationError::Cancelled.into());
    }
    Ok(Outcome { rows })
}

fn solutions_format(format: &Format) -> QueryResultsFormat {
    match format.writes {
        Writes::Xml => QueryResultsFormat::Xml,
        Writes::Csv => QueryResultsFormat::Csv,
        Writes::Tsv => QueryResultsFormat::Tsv,
        _ => QueryResultsFormat::Json,
    }
}

/// Counts what is written, and says when it is enough or too much.
struct Count {
    rows: u64,
    bounds: Bounds,
}

impl Count {
    fn new(bounds: Bounds) -> Self {
        Self { rows: 0, bounds }
    }

    /// Whether one more is to be written.
    fn goes_on(&mut self) -> Result<bool, RunError> {
        match self.bounds {
            Bounds::Most(most) if self.rows >= most => Err(RunError::Rows(most)),
            Bounds::First(first) if self.rows >= first => Ok(false),
            _ => {
                self.rows += 1;
                Ok(true)
            }
        }
    }
}

fn write_solutions(
    solutions: QuerySolutionIter<'_>,
    order: Order<'_>,
    out: &mut dyn io::Write,
) -> Result<u64, RunError> {
    let variables = solutions.variables().to_vec();
    let mut serializer = QueryResultsSerializer::from_format(solutions_format(order.format))
        .serialize_solutions_to_writer(out, variables)?;
    let mut count = Count::new(order.bounds);
    for solution in solutions {
        let solution = solution?;
        if !count.goes_on()? {
            break;
        }
        serializer.serialize(&solution)?;
    }
    serializer.finish()?;
    Ok(count.rows)
}

fn write_triples(
    mut triples: QueryTripleIter<'_>,
    order: Order<'_>,
    out: &mut dyn io::Write,
) -> Result<u64, RunError> {
    // A small graph is sorted and grouped for the reader; a large one is streamed as it comes.
    let first: Vec<Triple> = triples
        .by_ref()
        .take(SORTED_TRIPLES)
        .collect::<Result<_, _>>()?;
    let mut count = Count::new(order.bounds);
    if first.len() < SORTED_TRIPLES {
        let mut all = first;
        all.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        all.dedup();
        let mut kept = Vec::with_capacity(all.len());
        for triple in all {
            if !count.goes_on()? {
                break;
            }
            kept.push(triple);
        }
        write_sorted(&kept, order, out)?;
        return Ok(count.rows);
    }
    let triples = first.into_iter().map(Ok).chain(triples);
    match order.format.writes {
        Writes::RdfXml => {
            let mut serializer = RdfXmlSerializer::new().for_writer(out);
            for triple in triples {
                if !count.goes_on()? {
                    break;
                }
                serializer.serialize_triple(&triple?)?;
            }
            serializer.finish()?;
        }
        Writes::JsonLd => {
            let mut serializer = JsonLdSerializer::new().for_writer(out);
            for triple in triples {
                if !count.goes_on()? {
                    break;
                }
                serializer.serialize_quad(triple?.as_ref().in_graph(GraphNameRef::DefaultGraph))?;
            }
            serializer.finish()?;
        }
        // N-Triples, which are also Turtle, TriG and N-Quads.
        _ => {
            for triple in triples {
                if !count.goes_on()? {
                    break;
                }
                ntriples_line(out, triple?.as_ref())?;
            }
        }
    }
    Ok(count.rows)
}

fn write_sorted(triples: &[Triple], order: Order<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let context = order.context;
    let position = |iri: &str| context.properties.position(iri);
    match order.format.writes {
        Writes::JsonLd => jsonld::write(out, triples, &context.terms, &position, &|subject| {
            subject.is_blank_node()
        }),
        Writes::NTriples | Writes::NQuads => write::ntriples(out, triples),
        Writes::RdfXml => {
            let mut serializer = RdfXmlSerializer::new().for_writer(out);
            for triple in triples {
                serializer.serialize_triple(triple)?;
            }
            serializer.finish()?;
            Ok(())
        }
        _ => write::turtle(out, triples, &context.prefixes, &position),
    }
}
