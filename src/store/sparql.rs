//! SPARQL on one state of the store. Limits of time are the caller's, through the token.

use crate::store::view::Stored;
use crate::store::{StoreError, View};
use oxigraph::sparql::SparqlEvaluator;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode, Term};
use spargebra::Query;
use std::sync::Arc;

pub use oxigraph::sparql::{
    CancellationToken, QueryEvaluationError, QueryResults, QuerySolutionIter, QueryTripleIter,
};

/// The data set that a request names; the protocol's wins over the query's `FROM` clauses
/// (SPARQL 1.1 Protocol §2.1.4).
#[derive(Clone, Debug, Default)]
pub struct RequestedDataset {
    pub default_graphs: Vec<NamedNode>,
    pub named_graphs: Vec<NamedNode>,
}

type Function = Arc<dyn Fn(&[Term]) -> Option<Term> + Send + Sync>;

/// A function that queries may call by its IRI.
#[derive(Clone)]
pub struct Extension {
    pub name: NamedNode,
    pub function: Function,
}

impl<'a> View<'a> {
    /// Starts a query. Results are computed while they are read; `token` stops that at the next
    /// read of the store. There is no SERVICE handler: such a query fails.
    ///
    /// # Errors
    /// When the query cannot be evaluated.
    pub fn evaluate(
        &self,
        query: Query,
        dataset: &RequestedDataset,
        token: CancellationToken,
    ) -> Result<QueryResults<'a>, QueryEvaluationError> {
        self.evaluate_with(query, dataset, Vec::new(), token)
    }

    /// Starts a query that may also call these functions.
    ///
    /// # Errors
    /// When the query cannot be evaluated.
    pub fn evaluate_with(
        &self,
        query: Query,
        dataset: &RequestedDataset,
        extensions: Vec<Extension>,
        token: CancellationToken,
    ) -> Result<QueryResults<'a>, QueryEvaluationError> {
        let mut evaluator = SparqlEvaluator::new().with_cancellation_token(token);
        for Extension { name, function } in extensions {
            evaluator = evaluator.with_custom_function(name, move |arguments| function(arguments));
        }
        let mut prepared = evaluator.for_query(query);
        if !dataset.default_graphs.is_empty() || !dataset.named_graphs.is_empty() {
            let specification = prepared.dataset_mut();
            specification.set_default_graph(
                dataset
                    .default_graphs
                    .iter()
                    .cloned()
                    .map(GraphName::from)
                    .collect(),
            );
            specification.set_available_named_graphs(
                dataset
                    .named_graphs
                    .iter()
                    .cloned()
                    .map(NamedOrBlankNode::from)
                    .collect(),
            );
        }
        match self.stored {
            Stored::Transaction(stored) => prepared.on_transaction(stored).execute(),
            Stored::Checkpoint(stored) => prepared.on_store(stored).execute(),
        }
    }

    /// How many quads there are in all graphs. It reads them all.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn count_quads(&self) -> Result<usize, StoreError> {
        Ok(match self.stored {
            Stored::Transaction(stored) => stored.len()?,
            Stored::Checkpoint(stored) => stored.len()?,
        })
    }
}
