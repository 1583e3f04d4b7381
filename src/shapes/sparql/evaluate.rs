//! A query asked about one focus node.

use crate::rdf::{Graph, Quads};
use crate::shapes::compile::Refusal;
use crate::shapes::sparql::constraint::{QueryConstraint, variable};
use crate::shapes::sparql::dataset::{Dataset, Meter};
use crate::shapes::sparql::message::{fill, readable};
use crate::shapes::sparql::prebind::{self, BLANK_NODE_FUNCTION};
use crate::shapes::sparql::query::{self, Form};
use crate::shapes::validate::{Bounds, ValidationError};
use oxrdf::{BlankNode, Literal, NamedNode, Term, Variable};
use spareval::{QueryEvaluationError, QueryEvaluator, QueryResults, QuerySolution};
use std::ops::ControlFlow;

/// One solution that breaks the constraint (SHACL §5.3.2).
pub(in crate::shapes) struct Solution {
    pub(in crate::shapes) value: Option<Term>,
    /// What the query gave as `?path`.
    pub(in crate::shapes) path: Option<NamedNode>,
    /// Empty when neither the query nor the constraint has any.
    pub(in crate::shapes) messages: Vec<Literal>,
}

/// Takes solutions; to break ends the query.
type Take<'t> = dyn FnMut(Solution) -> ControlFlow<()> + 't;

impl QueryConstraint {
    /// Hands over what the query finds wrong with a focus node.
    ///
    /// # Errors
    /// When the data cannot be read, a bound is reached, or the query reports a failure.
    pub(in crate::shapes) fn evaluate(
        &self,
        data: &dyn Quads,
        focus: &Term,
        values: impl Iterator<Item = Term>,
        meter: &Meter<'_>,
        take: &mut Take<'_>,
    ) -> Result<(), ValidationError> {
        let dataset = Dataset {
            data,
            shapes: self.shapes_graph.as_deref(),
            meter,
        };
        let mut bound = self.values.clone();
        bound.push((variable("this"), focus.clone()));
        match self.form {
            Form::Select => {
                self.with_room(|| meter.watch(|| self.solutions(dataset, &bound, take)))?
            }
            Form::Ask => {
                for value in values {
                    bound.push((variable("value"), value.clone()));
                    let conforms =
                        self.with_room(|| meter.watch(|| self.answer(dataset, &bound)))?;
                    if !conforms {
                        let solution = Solution {
                            value: Some(value),
                            path: None,
                            messages: self.filled(&bound, None),
                        };
                        if take(solution).is_break() {
                            break;
                        }
                    }
                    bound.pop();
                }
            }
        }
        Ok(())
    }

    fn run<'q>(
        &self,
        dataset: Dataset<'q>,
        bound: &[(Variable, Term)],
    ) -> Result<QueryResults<'q>, QueryEvaluationError> {
        let mut query = self.query.clone();
        prebind::put_in(query::pattern_mut(&mut query), bound);
        QueryEvaluator::new()
            .with_custom_function(NamedNode::new_unchecked(BLANK_NODE_FUNCTION), blank_node)
            .prepare(&query)
            .execute(dataset)
    }

    /// The planner and the evaluator go down many large frames for each level of a query; where
    /// the thread's stack may not suffice, they get another one.
    fn with_room<T>(&self, evaluation: impl FnOnce() -> T) -> T {
        stacker::maybe_grow(self.stack_bytes, self.stack_bytes, evaluation)
    }

    /// Of an ASK query.
    fn answer(
        &self,
        dataset: Dataset<'_>,
        bound: &[(Variable, Term)],
    ) -> Result<bool, ValidationError> {
        match self.run(dataset, bound) {
            Ok(QueryResults::Boolean(answer)) => Ok(answer),
            Ok(_) => Ok(true),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn solutions(
        &self,
        dataset: Dataset<'_>,
        bound: &[(Variable, Term)],
        take: &mut Take<'_>,
    ) -> Result<(), ValidationError> {
        let results = self.run(dataset, bound);
        let results = results.map_err(|error| self.failed(&error))?;
        let QueryResults::Solutions(solutions) = results else {
            return Ok(());
        };
        let focus = self
            .path
            .is_none()
            .then(|| value_of(bound, "this"))
            .flatten();
        for solution in solutions {
            let solution = solution.map_err(|error| self.failed(&error))?;
            if solution.get("failure") == Some(&Literal::from(true).into()) {
                return Err(self.failed(&"its query reports a failure"));
            }
            let found = Solution {
                value: solution.get("value").or(focus).cloned(),
                path: match solution.get("path") {
                    Some(Term::NamedNode(path)) => Some(path.clone()),
                    _ => None,
                },
                messages: self.filled(bound, Some(&solution)),
            };
            if take(found).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn filled(&self, bound: &[(Variable, Term)], solution: Option<&QuerySolution>) -> Vec<Literal> {
        let value = |name: &str| {
            if name == query::PATH {
                return self.path.as_ref().map(ToString::to_string);
            }
            solution
                .and_then(|solution| solution.get(name))
                .or_else(|| value_of(bound, name))
                .map(readable)
        };
        match solution.and_then(|solution| solution.get("message")) {
            Some(Term::Literal(message)) => vec![fill(message, value)],
            _ => self
                .messages
                .iter()
                .map(|message| fill(message, value))
                .collect(),
        }
    }

    fn failed(&self, problem: &dyn std::fmt::Display) -> ValidationError {
        ValidationError::Query {
            place: self.place.clone(),
            problem: problem.to_string(),
        }
    }
}

fn value_of<'b>(bound: &'b [(Variable, Term)], name: &str) -> Option<&'b Term> {
    bound
        .iter()
        .find(|(variable, _)| variable.as_str() == name)
        .map(|(_, value)| value)
}

fn blank_node(arguments: &[Term]) -> Option<Term> {
    match arguments {
        [Term::Literal(label)] => Some(BlankNode::new_unchecked(label.value()).into()),
        _ => None,
    }
}

/// Plans the query on no data, so that one which asks for an unknown function is refused when it
/// is compiled and not at its first focus node.
pub(super) fn rehearse(constraint: &QueryConstraint) -> Result<(), Refusal> {
    let nothing = Graph::default();
    let meter = Meter::new(Bounds::NONE);
    let dataset = Dataset {
        data: &nothing,
        shapes: None,
        meter: &meter,
    };
    match constraint.with_room(|| constraint.run(dataset, &constraint.values).map(|_| ())) {
        Err(
            error @ (QueryEvaluationError::UnsupportedCustomFunction(_)
            | QueryEvaluationError::UnsupportedCustomFunctionArity { .. }),
        ) => Err(Refusal::new("unsupported", error.to_string())),
        _ => Ok(()),
    }
}
