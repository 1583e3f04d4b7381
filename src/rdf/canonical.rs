//! Canonical blank-node labels (RDFC-1.0), for graphs whose blank nodes are kept: shapes.
//!
//! The labels are positions in the whole graph, so they never name a part of an entity.

use crate::rdf::order::compare_triples;
use crate::rdf::sophia::quad;
use oxrdf::{BlankNode, NamedOrBlankNode, Term, Triple};
use std::collections::HashSet;

/// Why a graph has no canonical labels.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    #[error(
        "too many blank nodes look alike, so telling them apart could take forever; \
         give some of them IRIs ({0})"
    )]
    TooAlike(String),
    #[error("`{0}` cannot start a blank node's label; use letters and digits")]
    Prefix(String),
}

/// The same graph with the blank nodes named `{prefix}c14n0`, `{prefix}c14n1` …, sorted, each
/// triple once. Isomorphic graphs give equal results.
///
/// # Errors
/// When the graph is made so that labelling it takes exponential time, or the prefix is not a
/// blank-node label.
pub fn with_canonical_labels(
    triples: Vec<Triple>,
    prefix: &str,
) -> Result<Vec<Triple>, CanonicalError> {
    if BlankNode::new(format!("{prefix}c14n0")).is_err() {
        return Err(CanonicalError::Prefix(prefix.to_owned()));
    }
    let labels = {
        let quads: HashSet<_> = triples.iter().map(quad).collect();
        let (_, labels) = sophia::c14n::rdfc10::relabel(&quads)
            .map_err(|error| CanonicalError::TooAlike(error.to_string()))?;
        labels
    };
    let rename = |node: BlankNode| match labels.get(node.as_str()) {
        Some(label) => BlankNode::new_unchecked(format!("{prefix}{}", label.as_str())),
        None => node,
    };
    let mut renamed: Vec<Triple> = triples
        .into_iter()
        .map(|triple| Triple {
            subject: match triple.subject {
                NamedOrBlankNode::BlankNode(node) => rename(node).into(),
                named @ NamedOrBlankNode::NamedNode(_) => named,
            },
            predicate: triple.predicate,
            object: match triple.object {
                Term::BlankNode(node) => rename(node).into(),
                other => other,
            },
        })
        .collect();
    renamed.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    renamed.dedup();
    Ok(renamed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdf::sophia::are_isomorphic;
    use oxrdf::NamedNode;

    fn blank(label: &str) -> BlankNode {
        BlankNode::new_unchecked(label)
    }

    fn edge(from: &str, to: &str) -> Triple {
        Triple::new(
            blank(from),
            NamedNode::new_unchecked("http://e.example/p"),
            blank(to),
        )
    }

    #[test]
    fn the_labels_do_not_depend_on_the_labels_before() {
        let chain = |a: &str, b: &str, c: &str| vec![edge(a, b), edge(b, c)];
        let one = with_canonical_labels(chain("x", "y", "z"), "s").expect("labels");
        let other = with_canonical_labels(chain("b", "c", "a"), "s").expect("labels");
        assert_eq!(one, other);
        assert!(
            one.iter()
                .all(|t| t.subject.to_string().starts_with("_:sc14n"))
        );
        assert!(are_isomorphic(&one, &chain("x", "y", "z")).expect("comparable"));
        assert!(!are_isomorphic(&one, &[edge("x", "y"), edge("y", "x")]).expect("comparable"));
    }

    #[test]
    fn a_graph_made_to_take_forever_is_refused() {
        let names: Vec<String> = (0..10).map(|n| format!("b{n}")).collect();
        let clique: Vec<Triple> = names
            .iter()
            .flat_map(|a| {
                names
                    .iter()
                    .filter(move |b| *b != a)
                    .map(move |b| edge(a, b))
            })
            .collect();
        assert!(matches!(
            with_canonical_labels(clique, ""),
            Err(CanonicalError::TooAlike(_))
        ));
    }

    #[test]
    fn a_prefix_that_is_no_label_is_refused() {
        assert!(with_canonical_labels(vec![], "a b").is_err());
    }
}
