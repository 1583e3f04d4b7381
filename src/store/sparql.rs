//! SPARQL on one state of the store. Limits of time are the caller's, through the token.

use crate::store::view::Stored;
use crate::store::{StoreError, View};
use oxigraph::sparql::SparqlEvaluator;
use oxrdf::{GraphName, NamedNode, NamedOrBlankNode};
use spargebra::Query;

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
        let mut prepared = SparqlEvaluator::new()
            .with_cancellation_token(token)
            .for_query(query);
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
