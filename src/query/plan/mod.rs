//! Where a query is run, found without running it.
//!
//! What runs here must be cheap for certain, because a query in this process can only be called
//! off where it reads the store: an allow-list. The optimiser's plan is walked; every operator
//! and function in it must be in the lists of `estimate.rs` and `expressions.rs`, and what is
//! read must be little by the numbers that are kept of the data. All else goes to a worker.
//!
//! *To allow a function*: its arm in `expressions.rs`, with how long its value may be.

mod estimate;
mod expressions;
mod numbers;
mod reason;
mod statistics;
mod warnings;
mod words;

pub use numbers::shown;
pub use statistics::Statistics;
pub use warnings::{Kind, Warning};
pub use words::Told;

use crate::model::Text;
use crate::query::{Form, Prepared};
use crate::rdf::write::Prefixes;
use crate::store::RequestedDataset;
use estimate::{Estimate, Estimator, Vars};
use numbers::{length, plus, times};
use reason::Reason;
use serde::{Deserialize, Serialize};
use spargebra::Query;
use sparopt::Optimizer;
use sparopt::algebra::GraphPattern;
use words::Names;

/// Reads that are expected of what runs here: some 20 ms.
const MOST_READS: f64 = 20_000.0;
/// Reads that may pass, in the worst case, before it can be called off.
const MOST_STUCK: f64 = 100_000.0;
/// The time of the optimiser grows with the cube of the patterns: 40 ms for so many that all have
/// a variable in common.
const MOST_PATTERNS: usize = 40;
/// Operators, functions, constants and variables of expressions.
const MOST_EXPRESSIONS: usize = 500;
const MOST_GRAPHS: usize = 16;
/// To find the text of a term of the answer and write it.
const WRITTEN: f64 = 4.0;
/// To describe a resource.
const DESCRIBED: f64 = 200.0;

/// Where a query runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// In this process, within a small slice of time.
    Here,
    /// In a process of its own, which can be killed and whose memory is capped.
    Worker,
}

/// What is known of a query before it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub place: Place,
    /// Why it cannot run here; empty when it can.
    pub reasons: Vec<Text>,
    /// Rows that are expected, and reads of the store, or what takes as long; none where it was
    /// not estimated.
    pub rows: f64,
    pub reads: f64,
    /// Reads that may pass, at the most, while nothing calls it off.
    pub stuck: f64,
}

/// Finds out where a query runs, over what `dataset` names. What is not known to be cheap runs in
/// a worker; without `statistics` little is known.
pub fn plan(
    prepared: &Prepared,
    dataset: &RequestedDataset,
    statistics: Option<Statistics<'_>>,
) -> Plan {
    if is_too_large(prepared) {
        return placed(&[Reason::Size], Estimate::default());
    }
    let pattern = optimised(&prepared.query);
    let mut estimator = estimator(&prepared.query, dataset, statistics);
    let estimate = whole(&mut estimator, prepared, &pattern);
    judge(&mut estimator, estimate);
    placed(&estimator.reasons, estimate)
}

/// What is known of a query before it runs, for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub plan: Plan,
    /// The plan in words; `None` where it takes too long to find.
    pub steps: Option<Told>,
    pub warnings: Vec<Warning>,
}

/// Finds out where a query runs, as [`plan`] does, and tells how and what is strange about it.
pub fn explain(
    prepared: &Prepared,
    dataset: &RequestedDataset,
    statistics: Option<Statistics<'_>>,
    prefixes: &Prefixes,
) -> Explanation {
    let names = Names(prefixes);
    if is_too_large(prepared) {
        let reasons = [Reason::Size];
        return Explanation {
            plan: placed(&reasons, Estimate::default()),
            steps: None,
            warnings: warnings::of(prepared, dataset, statistics, &names, None, &reasons),
        };
    }
    let pattern = optimised(&prepared.query);
    let mut estimator = estimator(&prepared.query, dataset, statistics);
    estimator.steps = Some(Vec::new());
    let estimate = whole(&mut estimator, prepared, &pattern);
    judge(&mut estimator, estimate);
    let root = estimator.steps.take().and_then(|mut steps| steps.pop());
    let reasons = estimator.reasons;
    Explanation {
        plan: placed(&reasons, estimate),
        steps: root.as_ref().map(|root| words::tell(root, &names, 0)),
        warnings: warnings::of(
            prepared,
            dataset,
            statistics,
            &names,
            root.as_ref(),
            &reasons,
        ),
    }
}

fn placed(reasons: &[Reason], estimate: Estimate) -> Plan {
    Plan {
        place: if reasons.is_empty() {
            Place::Here
        } else {
            Place::Worker
        },
        reasons: reasons.iter().map(Reason::text).collect(),
        rows: estimate.rows,
        reads: estimate.reads,
        stuck: estimate.stuck,
    }
}

fn is_too_large(prepared: &Prepared) -> bool {
    prepared.patterns > MOST_PATTERNS || prepared.expressions > MOST_EXPRESSIONS
}

/// The plan by which the query will be evaluated (as spareval 0.2 makes it).
fn optimised(query: &Query) -> GraphPattern {
    let (Query::Select { pattern, .. }
    | Query::Construct { pattern, .. }
    | Query::Describe { pattern, .. }
    | Query::Ask { pattern, .. }) = query;
    Optimizer::optimize_graph_pattern(GraphPattern::from(pattern))
}

fn estimator<'a>(
    query: &'a Query,
    requested: &'a RequestedDataset,
    statistics: Option<Statistics<'a>>,
) -> Estimator<'a> {
    let mut estimator = Estimator {
        statistics,
        default_graphs: None,
        named_graphs: None,
        reasons: Vec::new(),
        steps: None,
    };
    // SPARQL 1.1 Protocol §2.1.4: the request's data set wins over the query's.
    if !requested.default_graphs.is_empty() || !requested.named_graphs.is_empty() {
        estimator.default_graphs = Some(requested.default_graphs.iter().collect());
        estimator.named_graphs = Some(requested.named_graphs.iter().collect());
    } else if let Some(dataset) = query.dataset() {
        estimator.default_graphs = Some(dataset.default.iter().collect());
        estimator.named_graphs = Some(dataset.named.iter().flatten().collect());
    }
    let lists = [&estimator.default_graphs, &estimator.named_graphs];
    let named: usize = lists.into_iter().flatten().map(Vec::len).sum();
    if named > MOST_GRAPHS {
        estimator.reasons.push(Reason::Graphs {
            named,
            most: MOST_GRAPHS,
        });
    }
    estimator
}

/// The pattern, and what is made of its rows.
fn whole<'a>(
    estimator: &mut Estimator<'a>,
    prepared: &Prepared,
    pattern: &'a GraphPattern,
) -> Estimate {
    let mut vars = Vars::default();
    let found = estimator.pattern(pattern, &mut vars);
    let columns = match pattern {
        GraphPattern::Project { variables, .. } => length(variables.len()),
        _ => 3.0,
    };
    let mut whole = found;
    match prepared.form() {
        Form::Select => whole.reads = plus(found.reads, times(found.rows, columns * WRITTEN)),
        Form::Ask => {
            whole.reads = found.reads_for(1.0);
            // A read that is called off counts as no row, and the next one is tried.
            if !found.is_dense {
                whole.stuck = found.most_reads;
            }
        }
        Form::Construct => {
            let template = match &prepared.query {
                Query::Construct { template, .. } => length(template.len()),
                _ => 1.0,
            };
            whole.reads = plus(found.reads, times(found.rows, template * (3.0 * WRITTEN)));
        }
        Form::Describe => {
            whole.reads = plus(found.reads, times(found.rows, columns * DESCRIBED));
        }
    }
    whole
}

fn judge(estimator: &mut Estimator<'_>, estimate: Estimate) {
    if estimate.reads > MOST_READS {
        estimator.reasons.push(Reason::Work {
            reads: estimate.reads,
            most: MOST_READS,
        });
    }
    if estimate.stuck > MOST_STUCK {
        estimator.reasons.push(Reason::Held {
            reads: estimate.stuck,
            most: MOST_STUCK,
        });
    }
}

#[cfg(test)]
mod tests;
