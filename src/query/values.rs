//! The inline data in the algebra of a query: each `VALUES`, wherever it stands.

use oxrdf::Variable;
use spargebra::Query;
use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};
use spargebra::term::GroundTerm;

/// The rows of a `VALUES` of one variable.
pub type Rows = Vec<Option<GroundTerm>>;

/// What the query binds each variable to by a `VALUES` of its own, in the order of the query.
pub fn bindings(query: &mut Query) -> Vec<(String, Rows)> {
    let mut found = Vec::new();
    each(query, &mut |pattern| {
        if let GraphPattern::Values {
            variables,
            bindings,
        } = pattern
            && let [variable] = variables.as_slice()
        {
            let rows = bindings.iter().filter_map(|row| row.first().cloned());
            found.push((variable.as_str().to_owned(), rows.collect()));
        }
    });
    found
}

/// Puts other values where a variable has a `VALUES` of its own. The text is never touched, so
/// no value can be anything but a value.
pub fn bind(query: &mut Query, name: &str, rows: &[Option<GroundTerm>]) {
    each(query, &mut |pattern| {
        if let GraphPattern::Values {
            variables,
            bindings,
        } = pattern
            && let [variable] = variables.as_slice()
            && variable.as_str() == name
        {
            *bindings = rows.iter().map(|row| vec![row.clone()]).collect();
        }
    });
}

/// Leaves out each `VALUES` of which any value will do: it joins with everything, and a plan
/// would take it for a product. Gives the variables that stood there.
pub fn leave_out_undefined(query: &mut Query) -> Vec<Variable> {
    let mut left_out = Vec::new();
    each(query, &mut |pattern| {
        if let GraphPattern::Values {
            variables,
            bindings,
        } = pattern
            && let [row] = bindings.as_slice()
            && row.iter().all(Option::is_none)
        {
            left_out.append(variables);
            *pattern = GraphPattern::default();
        }
    });
    left_out
}

fn each(query: &mut Query, visit: &mut dyn FnMut(&mut GraphPattern)) {
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => in_pattern(pattern, visit),
    }
}

/// Visits each `VALUES` of a pattern, those inside its expressions too.
fn in_pattern(pattern: &mut GraphPattern, visit: &mut dyn FnMut(&mut GraphPattern)) {
    match pattern {
        GraphPattern::Values { .. } => visit(pattern),
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } => {}
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => {
            in_pattern(left, visit);
            in_pattern(right, visit);
        }
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        } => {
            in_pattern(left, visit);
            in_pattern(right, visit);
            if let Some(expression) = expression {
                in_expression(expression, visit);
            }
        }
        GraphPattern::Filter { expr, inner } => {
            in_expression(expr, visit);
            in_pattern(inner, visit);
        }
        GraphPattern::Extend {
            inner, expression, ..
        } => {
            in_expression(expression, visit);
            in_pattern(inner, visit);
        }
        GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => in_pattern(inner, visit),
        GraphPattern::Group {
            inner, aggregates, ..
        } => {
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    in_expression(expr, visit);
                }
            }
            in_pattern(inner, visit);
        }
        GraphPattern::OrderBy { inner, expression } => {
            for order in expression {
                match order {
                    OrderExpression::Asc(key) | OrderExpression::Desc(key) => {
                        in_expression(key, visit);
                    }
                }
            }
            in_pattern(inner, visit);
        }
    }
}

fn in_expression(expression: &mut Expression, visit: &mut dyn FnMut(&mut GraphPattern)) {
    match expression {
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_) => {}
        Expression::Exists(pattern) => in_pattern(pattern, visit),
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => {
            in_expression(a, visit);
            in_expression(b, visit);
        }
        Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => {
            in_expression(a, visit);
        }
        Expression::If(a, b, c) => {
            for part in [a, b, c] {
                in_expression(part, visit);
            }
        }
        Expression::In(a, list) => {
            in_expression(a, visit);
            list.iter_mut().for_each(|item| in_expression(item, visit));
        }
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
            list.iter_mut().for_each(|item| in_expression(item, visit));
        }
    }
}
