//! Values put into the algebra of a query (SHACL appendix A).
//!
//! The Recommendation joins every basic graph pattern with a table of the pre-bound values. Since
//! nothing in the query may give such a variable another value, each is a constant everywhere, and
//! is put in as one: the evaluator then looks up what it needs instead of joining.

use crate::shapes::sparql::walk::{Part, walk};
use oxrdf::{Literal, NamedNode, Term, Variable};
use spargebra::algebra::{Expression, Function, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};

/// Begins the name under which a blank node stands in a pattern, where SPARQL has no way to write
/// one. No IRI begins like this.
const BLANK_NODE: &str = "_:";

/// The function by which a blank node stands in an expression.
pub(super) const BLANK_NODE_FUNCTION: &str = "_:blank-node";

/// Puts the values in for their variables, at every level of the query.
pub(super) fn put_in(query: &mut GraphPattern, values: &[(Variable, Term)]) {
    let value = |variable: &Variable| {
        values
            .iter()
            .find(|(name, _)| name == variable)
            .map(|(_, value)| value)
    };
    let node = |term: &mut TermPattern| {
        if let TermPattern::Variable(variable) = term
            && let Some(value) = value(variable)
        {
            *term = match value {
                Term::Literal(literal) => TermPattern::Literal(literal.clone()),
                other => TermPattern::NamedNode(name(other)),
            };
        }
    };
    let name = |term: &mut NamedNodePattern| {
        if let NamedNodePattern::Variable(variable) = term
            && let Some(value) = value(variable)
        {
            *term = NamedNodePattern::NamedNode(name(value));
        }
    };
    walk(query, &mut |part| match part {
        Part::Pattern(GraphPattern::Bgp { patterns }) => {
            for triple in patterns {
                node(&mut triple.subject);
                name(&mut triple.predicate);
                node(&mut triple.object);
            }
        }
        Part::Pattern(GraphPattern::Path {
            subject, object, ..
        }) => {
            node(subject);
            node(object);
        }
        Part::Pattern(GraphPattern::Graph { name: graph, .. }) => name(graph),
        Part::Pattern(_) => {}
        Part::Expression(expression) => {
            let constant = match expression {
                Expression::Variable(variable) => value(variable).map(constant),
                Expression::Bound(variable) => {
                    value(variable).map(|_| Expression::Literal(Literal::from(true)))
                }
                _ => None,
            };
            if let Some(constant) = constant {
                *expression = constant;
            }
        }
    });
}

/// The name of a term in a pattern; that of a literal, where a literal cannot stand, is nobody's.
fn name(term: &Term) -> NamedNode {
    match term {
        Term::NamedNode(node) => node.clone(),
        Term::BlankNode(node) => NamedNode::new_unchecked(format!("{BLANK_NODE}{}", node.as_str())),
        Term::Literal(_) => NamedNode::new_unchecked(BLANK_NODE),
    }
}

fn constant(value: &Term) -> Expression {
    match value {
        Term::NamedNode(node) => node.clone().into(),
        Term::Literal(literal) => literal.clone().into(),
        Term::BlankNode(node) => Expression::FunctionCall(
            Function::Custom(NamedNode::new_unchecked(BLANK_NODE_FUNCTION)),
            vec![Literal::from(node.as_str()).into()],
        ),
    }
}

/// The label of the blank node that stands under this name in a pattern.
pub(super) fn blank_node_label(name: &NamedNode) -> Option<&str> {
    name.as_str().strip_prefix(BLANK_NODE)
}
