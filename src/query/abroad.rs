//! A query for another engine, and what that one answers.
//!
//! What is sent is written anew from the algebra that was judged here, so that the other engine sees
//! nothing that was not. What it answers is read and written again, row by row, by the same writers
//! and within the same bounds as an answer of our own.

use crate::model::Base;
use crate::query::normal::are_same;
use crate::query::run::{Count, Order, Outcome, RunError};
use crate::query::write::{self, Solutions};
use crate::query::{Bounds, Form};
use crate::store::{CancellationToken, QueryEvaluationError};
use oxttl::NTriplesParser;
use sparesults::{QueryResultsFormat, QueryResultsParser, ReaderQueryResultsParserOutput};
use spargebra::algebra::QueryDataset;
use spargebra::{Query, SparqlParser};
use std::io::{self, Read};

/// A query as another engine gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Without the data set that it names.
    pub text: String,
    /// The data set that it names.
    pub dataset: Option<QueryDataset>,
    /// Whether it looks into named graphs.
    pub reads_graphs: bool,
}

/// Writes a query that was prepared before; `None` when it cannot be written so that it reads as the
/// same: so it is with every ASK, which would become one over a SELECT, and Virtuoso does not take
/// that. To be called on a thread with a large stack.
pub fn written(text: &str, base: &Base) -> Option<Written> {
    let parser = SparqlParser::new().with_base_iri(format!("{base}/")).ok()?;
    let mut query = parser.clone().parse_query(text).ok()?;
    let dataset = match &mut query {
        Query::Select { dataset, .. }
        | Query::Construct { dataset, .. }
        | Query::Describe { dataset, .. }
        | Query::Ask { dataset, .. } => dataset.take(),
    };
    let written = query.to_string();
    let again = parser.parse_query(&written).ok()?;
    #[cfg(test)]
    eprintln!(
        "DEBUGSSE {}\n{}\n{}",
        written,
        query.to_sse(),
        again.to_sse()
    );
    are_same(&query, &again).then(|| Written {
        text: written,
        dataset,
        // A text may have it too, which does no harm.
        reads_graphs: query.to_sse().contains("(graph "),
    })
}

/// What the other engine answers: JSON for solutions and truth values, N-Triples for graphs.
pub struct Foreign<R> {
    pub body: R,
    /// At this number of rows it ends, whether there are more or not.
    pub most_rows: Option<u64>,
}

/// Writes an answer of another engine. An answer that may not be whole fails.
///
/// # Errors
/// When it cannot be read, has too many rows, or `out` fails.
pub fn relay<R: Read>(
    form: Form,
    foreign: Foreign<R>,
    order: Order<'_>,
    out: &mut dyn io::Write,
    token: &CancellationToken,
) -> Result<Outcome, RunError> {
    let writes = order.format.writes;
    let mut count = Count::new(order.bounds);
    let go_on = || {
        if token.is_cancelled() {
            Err(RunError::from(QueryEvaluationError::Cancelled))
        } else {
            Ok(())
        }
    };
    if form.is_graph() {
        let triples = NTriplesParser::new()
            .for_reader(foreign.body)
            .map(|triple| {
                go_on()?;
                triple.map_err(|error| RunError::Foreign(error.to_string()))
            });
        write::graph(out, writes, order.context, triples, &mut count)?;
    } else {
        let unreadable = |error: &dyn std::fmt::Display| RunError::Foreign(error.to_string());
        let parser = QueryResultsParser::from_format(QueryResultsFormat::Json);
        match parser
            .for_reader(foreign.body)
            .map_err(|error| unreadable(&error))?
        {
            ReaderQueryResultsParserOutput::Boolean(value) if form == Form::Ask => {
                count.goes_on()?;
                write::truth(out, writes, value)?;
            }
            ReaderQueryResultsParserOutput::Solutions(solutions) if form == Form::Select => {
                let mut written = Solutions::begin(out, writes, solutions.variables())?;
                for solution in solutions {
                    go_on()?;
                    let solution = solution.map_err(|error| unreadable(&error))?;
                    if !count.goes_on()? {
                        break;
                    }
                    written.write(solution.values())?;
                }
                written.end()?;
            }
            _ => return Err(unreadable(&"it is an answer to something else")),
        }
    }
    let rows = count.rows();
    let is_cut = foreign.most_rows.is_some_and(|most| rows >= most);
    let wants_all = match order.bounds {
        Bounds::Most(_) => true,
        Bounds::First(first) => rows < first,
    };
    if is_cut && wants_all {
        return Err(RunError::Foreign(format!("it ends at {rows} rows")));
    }
    Ok(Outcome { rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Written> {
        let base = "https://data.example.org".parse().expect("a base");
        written(text, &base)
    }

    #[test]
    fn a_query_is_written_without_its_data_set() {
        let written = of("PREFIX p: <http://p/> SELECT ?a FROM <http://g/> { ?a p:b <c> }")
            .expect("it can be written");
        assert!(!written.text.contains("FROM"), "{}", written.text);
        assert!(
            written.text.contains("<https://data.example.org/c>"),
            "{}",
            written.text
        );
        let dataset = written.dataset.expect("it names one");
        assert_eq!(dataset.default.len(), 1);
        assert!(!written.reads_graphs);
        assert!(
            of("SELECT ?s { GRAPH ?g { ?s ?p ?o } }")
                .expect("one")
                .reads_graphs
        );
    }

    #[test]
    fn what_cannot_be_written_as_the_same_is_not_written() {
        for text in [
            "SELECT (4 - (2 - 1) AS ?x) {}",
            "ASK { FILTER((1 + 2) * 3 = 9) }",
            "SELECT (\"a\\r\\n\\\"\\\\\" AS ?x) {}",
            "SELECT ?s { ?s ?p ?o OPTIONAL { ?s ?q ?r FILTER(?r > ?o) } MINUS { ?s a ?c } } ORDER BY DESC(?o) LIMIT 3",
        ] {
            let Some(written) = of(text) else { continue };
            let parse = |text: &str| {
                let parser = SparqlParser::new().with_base_iri("https://data.example.org/");
                parser.expect("a base").parse_query(text).expect(text)
            };
            assert!(
                are_same(&parse(text), &parse(&written.text)),
                "{text}: {}",
                written.text
            );
        }
    }
}
