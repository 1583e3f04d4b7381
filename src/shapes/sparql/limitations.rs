//! What a query with pre-bound variables must not contain (SHACL appendix A).

use crate::shapes::sparql::walk::{Part, walk};
use oxrdf::Variable;
use spargebra::algebra::{Expression, GraphPattern};
use spargebra::term::{NamedNodePattern, TermPattern};

/// The variables that a sub-query need not return (SHACL §5.3.1).
const OPTIONAL: [&str; 2] = ["shapesGraph", "currentShape"];

/// Everything in the query that pre-binding forbids, a sentence each; empty when there is
/// nothing. `bound` are the potentially pre-bound variables without [`OPTIONAL`].
pub(super) fn broken(query: &mut GraphPattern, bound: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let is_bound = |name: &str| bound.contains(&name) || OPTIONAL.contains(&name);
    let outermost = outermost_projection(query);
    let mut projections = 0;
    walk(query, &mut |part| {
        let Part::Pattern(pattern) = part else {
            return;
        };
        match pattern {
            GraphPattern::Minus { .. } => {
                problems.push("MINUS is not allowed here; write FILTER NOT EXISTS".to_owned());
            }
            GraphPattern::Service { .. } => {
                problems
                    .push("SERVICE is not allowed: validation calls no other server".to_owned());
            }
            GraphPattern::Values { .. } => {
                problems.push("VALUES is not allowed here; write FILTER (… IN (…))".to_owned());
            }
            GraphPattern::Lateral { .. } => {
                problems.push("LATERAL is not part of SPARQL 1.1".to_owned());
            }
            GraphPattern::Extend { variable, .. } if is_bound(variable.as_str()) => {
                problems.push(assigned(variable));
            }
            GraphPattern::Group { aggregates, .. } => problems.extend(
                aggregates
                    .iter()
                    .filter(|(variable, _)| is_bound(variable.as_str()))
                    .map(|(variable, _)| assigned(variable)),
            ),
            GraphPattern::Project { variables, .. } => {
                projections += 1;
                problems.extend(
                    bound
                        .iter()
                        .filter(|name| !variables.iter().any(|v| v.as_str() == **name))
                        .map(|name| (projections, *name))
                        .filter(|(projection, _)| *projection != outermost)
                        .map(|(_, name)| {
                            format!("a sub-query does not return ?{name}; add it to its SELECT")
                        }),
                );
            }
            _ => {}
        }
    });
    problems
}

fn assigned(variable: &Variable) -> String {
    format!("`AS {variable}` gives another value to a variable that has one; use another name")
}

/// The number of the query's own projection in the order of the walk: the last, since it stands
/// around all others.
fn outermost_projection(query: &mut GraphPattern) -> usize {
    let mut projections = 0;
    walk(query, &mut |part| {
        if let Part::Pattern(GraphPattern::Project { .. }) = part {
            projections += 1;
        }
    });
    projections
}

/// Whether the query uses the variable, more than to return it (`SELECT *` returns any).
pub(super) fn mentions(query: &mut GraphPattern, name: &str) -> bool {
    let mut found = false;
    let is_it = |variable: &Variable| variable.as_str() == name;
    let term_is_it = |term: &TermPattern| matches!(term, TermPattern::Variable(v) if is_it(v));
    let name_is_it =
        |term: &NamedNodePattern| matches!(term, NamedNodePattern::Variable(v) if is_it(v));
    walk(query, &mut |part| {
        found |= match part {
            Part::Expression(Expression::Variable(v) | Expression::Bound(v)) => is_it(v),
            Part::Expression(_) => false,
            Part::Pattern(pattern) => match pattern {
                GraphPattern::Bgp { patterns } => patterns.iter().any(|triple| {
                    term_is_it(&triple.subject)
                        || name_is_it(&triple.predicate)
                        || term_is_it(&triple.object)
                }),
                GraphPattern::Path {
                    subject, object, ..
                } => term_is_it(subject) || term_is_it(object),
                GraphPattern::Graph { name, .. } => name_is_it(name),
                GraphPattern::Extend { variable, .. } => is_it(variable),
                GraphPattern::Group { variables, .. } => variables.iter().any(is_it),
                _ => false,
            },
        };
    });
    found
}
