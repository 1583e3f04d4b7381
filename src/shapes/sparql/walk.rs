//! Going through the algebra of a query.

use spargebra::algebra::{AggregateExpression, Expression, GraphPattern, OrderExpression};

/// A part of a query.
pub(super) enum Part<'p> {
    Pattern(&'p mut GraphPattern),
    Expression(&'p mut Expression),
}

/// Shows every pattern and expression, those inside expressions included; what stands inside
/// another part comes before it, so that a part may be exchanged when it is shown.
pub(super) fn walk(pattern: &mut GraphPattern, show: &mut dyn FnMut(Part<'_>)) {
    match pattern {
        GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
        GraphPattern::Join { left, right }
        | GraphPattern::Lateral { left, right }
        | GraphPattern::Union { left, right }
        | GraphPattern::Minus { left, right } => {
            walk(left, show);
            walk(right, show);
        }
        GraphPattern::LeftJoin {
            left,
            right,
            expression,
        } => {
            walk(left, show);
            walk(right, show);
            if let Some(expression) = expression {
                walk_expression(expression, show);
            }
        }
        GraphPattern::Filter { expr, inner } => {
            walk_expression(expr, show);
            walk(inner, show);
        }
        GraphPattern::Extend {
            inner, expression, ..
        } => {
            walk_expression(expression, show);
            walk(inner, show);
        }
        GraphPattern::Graph { inner, .. }
        | GraphPattern::Service { inner, .. }
        | GraphPattern::Project { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => walk(inner, show),
        GraphPattern::OrderBy { inner, expression } => {
            for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                walk_expression(key, show);
            }
            walk(inner, show);
        }
        GraphPattern::Group {
            inner, aggregates, ..
        } => {
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    walk_expression(expr, show);
                }
            }
            walk(inner, show);
        }
    }
    show(Part::Pattern(pattern));
}

fn walk_expression(expression: &mut Expression, show: &mut dyn FnMut(Part<'_>)) {
    match expression {
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_) => {}
        Expression::Or(left, right)
        | Expression::And(left, right)
        | Expression::Equal(left, right)
        | Expression::SameTerm(left, right)
        | Expression::Greater(left, right)
        | Expression::GreaterOrEqual(left, right)
        | Expression::Less(left, right)
        | Expression::LessOrEqual(left, right)
        | Expression::Add(left, right)
        | Expression::Subtract(left, right)
        | Expression::Multiply(left, right)
        | Expression::Divide(left, right) => {
            walk_expression(left, show);
            walk_expression(right, show);
        }
        Expression::UnaryPlus(inner) | Expression::UnaryMinus(inner) | Expression::Not(inner) => {
            walk_expression(inner, show);
        }
        Expression::If(condition, yes, no) => {
            walk_expression(condition, show);
            walk_expression(yes, show);
            walk_expression(no, show);
        }
        Expression::In(value, list) => {
            walk_expression(value, show);
            for member in list {
                walk_expression(member, show);
            }
        }
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
            for member in list {
                walk_expression(member, show);
            }
        }
        Expression::Exists(pattern) => walk(pattern, show),
    }
    show(Part::Expression(expression));
}
