//! Walks the plan that the optimiser made and estimates what it reads.
//!
//! Two numbers go side by side: what is expected, and the most that there can be. What is
//! evaluated row by row can be called off at the next read, so that the first decides; what sorts,
//! groups or fills a hash table goes on until it has all its rows, so that the second does.

use crate::model::counts::PropertyCounts;
use crate::query::order;
use crate::query::plan::expressions::growth_of;
use crate::query::plan::numbers::{HUGE, count, length, plus, times};
use crate::query::plan::reason::Reason;
use crate::query::plan::statistics::Statistics;
use oxrdf::vocab::rdf;
use oxrdf::{NamedNode, Variable};
use spargebra::algebra::{AggregateFunction, PropertyPathExpression};
use spargebra::term::GroundTerm;
use sparopt::algebra::{
    AggregateExpression, Expression, GraphPattern, GroundTermPattern, JoinAlgorithm,
    LeftJoinAlgorithm, MinusAlgorithm, NamedNodePattern,
};

// Costs are in reads of one row, of which one takes about a microsecond.

/// To find the place in an index.
const SEEK: f64 = 7.0;
/// To go through a row of VALUES, for each variable.
const VALUE: f64 = 0.3;
/// To compare two rows while sorting, for each key.
const COMPARISON: f64 = 0.3;
/// To compute one of the values by which rows are compared.
const SORTED: f64 = 2.0;
/// To find the group of a row, for each variable.
const GROUPED: f64 = 0.6;
/// What a filter leaves.
const KEPT: f64 = 0.5;
const KEPT_BY_EQUALITY: f64 = 0.1;
/// Of a subject with nothing known of the property.
const FEW: f64 = 5.0;
const FEW_AT_MOST: f64 = 1_000.0;
/// Steps that a path with `*` or `+` is expected to go.
const STEPS: f64 = 10.0;
/// In how many graphs a statement stands, besides the default graph.
const COPIES: f64 = 3.0;

const MOST_VALUES: usize = 1_000;
/// The triples that a path with `*` or `+` may chain.
const MOST_CHAINED: f64 = 5_000.0;

/// What a pattern reads and gives.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Estimate {
    pub rows: f64,
    pub most_rows: f64,
    /// Reads of the store, and what takes as long.
    pub reads: f64,
    pub most_reads: f64,
    /// Of these reads, those before the first row.
    pub first: f64,
    /// The most reads, or steps that take as long, between two points where it can be called off.
    pub stuck: f64,
    /// Every row comes from a read of its own, where it can be called off.
    pub is_checked: bool,
    /// Every read gives a row.
    pub is_dense: bool,
}

impl Estimate {
    /// Reads until this many rows are there.
    pub fn reads_for(&self, rows: f64) -> f64 {
        if self.rows <= rows {
            self.reads
        } else {
            self.first + (self.reads - self.first).max(0.0) * rows / self.rows
        }
    }

    /// Work that is done for each row.
    fn each(mut self, reads: f64, most_reads: f64, stuck: f64) -> Self {
        self.reads = plus(self.reads, times(self.rows, reads));
        let most = times(self.most_rows, most_reads);
        self.most_reads = plus(self.most_reads, most);
        self.stuck = plus(self.stuck, if self.is_checked { stuck } else { most });
        self
    }

    /// All rows are there before the first is given.
    fn held(mut self) -> Self {
        self.first = self.reads;
        self.stuck = plus(self.most_reads, self.most_rows);
        self.is_checked = false;
        self.is_dense = false;
        self
    }
}

/// What is known of a variable where it is used.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// It has a value in every row.
    is_bound: bool,
    /// How many times as long as a text of the data its value may be.
    growth: f64,
}

/// The variables that have values.
#[derive(Clone, Debug, Default)]
pub(super) struct Vars<'a>(Vec<(&'a Variable, Known)>);

impl<'a> Vars<'a> {
    fn get(&self, variable: &Variable) -> Option<Known> {
        self.0
            .iter()
            .find(|(name, _)| *name == variable)
            .map(|(_, known)| *known)
    }

    pub fn is_bound(&self, variable: &Variable) -> bool {
        self.get(variable).is_some_and(|known| known.is_bound)
    }

    pub fn growth(&self, variable: &Variable) -> f64 {
        self.get(variable).map_or(1.0, |known| known.growth)
    }

    fn set(&mut self, variable: &'a Variable, is_bound: bool, growth: f64) {
        match self.0.iter_mut().find(|(name, _)| *name == variable) {
            Some((_, known)) => {
                known.is_bound |= is_bound;
                known.growth = known.growth.max(growth);
            }
            None => self.0.push((variable, Known { is_bound, growth })),
        }
    }

    fn bind(&mut self, variable: &'a Variable) {
        self.set(variable, true, 1.0);
    }

    /// Takes over what another pattern binds, perhaps not in every row.
    fn take(&mut self, other: &Self, in_every_row: bool) {
        for (name, known) in &other.0 {
            self.set(name, known.is_bound && in_every_row, known.growth);
        }
    }
}

/// Where a pattern looks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Graphs {
    Default,
    /// So many graphs that the query names, with so many quads together.
    Named {
        graphs: f64,
        quads: f64,
    },
    /// Every graph.
    All {
        quads: f64,
    },
}

/// What stands in one place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place<'a> {
    Free,
    /// A value that comes with each row.
    Bound,
    Node(&'a NamedNode),
    Literal,
}

impl Place<'_> {
    fn is_known(self) -> bool {
        self != Self::Free
    }
}

/// Estimates one query.
pub(super) struct Estimator<'a> {
    pub statistics: Option<Statistics<'a>>,
    /// The graphs that stand for the default graph, where it is not itself.
    pub default_graphs: Option<Vec<&'a NamedNode>>,
    pub named_graphs: Option<Vec<&'a NamedNode>>,
    pub reasons: Vec<Reason>,
    /// Every pattern with what it was estimated at and what it consists of, when somebody wants
    /// to see them.
    pub steps: Option<Vec<Step<'a>>>,
}

/// One pattern of the plan.
#[derive(Clone, Debug)]
pub(super) struct Step<'a> {
    pub pattern: &'a GraphPattern,
    pub estimate: Estimate,
    /// The variables that had values before.
    pub before: Vec<&'a Variable>,
    pub children: Vec<Step<'a>>,
}

impl<'a> Estimator<'a> {
    /// What a pattern reads when `vars` have values; afterwards they also have what it binds.
    pub fn pattern(&mut self, pattern: &'a GraphPattern, vars: &mut Vars<'a>) -> Estimate {
        let Some(begun) = self.steps.as_ref().map(Vec::len) else {
            return self.estimate(pattern, vars);
        };
        let before = vars
            .0
            .iter()
            .filter(|(_, known)| known.is_bound)
            .map(|(name, _)| *name)
            .collect();
        let estimate = self.estimate(pattern, vars);
        if let Some(steps) = &mut self.steps {
            let children = steps.drain(begun..).collect();
            steps.push(Step {
                pattern,
                estimate,
                before,
                children,
            });
        }
        estimate
    }

    fn estimate(&mut self, pattern: &'a GraphPattern, vars: &mut Vars<'a>) -> Estimate {
        match pattern {
            GraphPattern::Values {
                variables,
                bindings,
            } => self.values(variables, bindings.as_slice(), vars),
            GraphPattern::QuadPattern {
                subject,
                predicate,
                object,
                graph_name,
            } => {
                let graphs = self.graphs(graph_name.as_ref());
                let places = (
                    term(subject, vars),
                    node(predicate, vars),
                    term(object, vars),
                );
                let (rows, most_rows) = self.scan(places.0, places.1, places.2, graphs);
                bind_term(subject, vars);
                bind_node(predicate, vars);
                bind_term(object, vars);
                if let Some(graph_name) = graph_name {
                    bind_node(graph_name, vars);
                }
                Estimate {
                    rows,
                    most_rows,
                    reads: plus(SEEK, rows),
                    most_reads: plus(SEEK, most_rows),
                    first: SEEK + 1.0,
                    stuck: 0.0,
                    is_checked: true,
                    // `?x ?p ?x` reads what it does not give.
                    is_dense: subject != object,
                }
            }
            GraphPattern::Path {
                subject,
                path,
                object,
                graph_name,
            } => {
                let graphs = self.graphs(graph_name.as_ref());
                let (start, end) = (term(subject, vars), term(object, vars));
                let estimate = self.path(path, start, end, graphs);
                bind_term(subject, vars);
                bind_term(object, vars);
                if let Some(graph_name) = graph_name {
                    bind_node(graph_name, vars);
                }
                estimate
            }
            GraphPattern::Graph { graph_name } => {
                let rows = match (graph_name, node(graph_name, vars)) {
                    (NamedNodePattern::Variable(_), Place::Free) => {
                        match (&self.named_graphs, self.statistics) {
                            (Some(named), _) => length(named.len()),
                            (None, Some(statistics)) => length(statistics.graphs.len()) + 10.0,
                            (None, None) => 100.0,
                        }
                    }
                    _ => 1.0,
                };
                bind_node(graph_name, vars);
                Estimate {
                    rows,
                    most_rows: rows,
                    reads: plus(SEEK, rows),
                    most_reads: plus(SEEK, rows),
                    first: SEEK,
                    stuck: rows,
                    is_checked: false,
                    is_dense: true,
                }
            }
            GraphPattern::Join {
                left,
                right,
                algorithm,
            } => {
                let JoinAlgorithm::HashBuildLeftProbeRight { keys } = algorithm;
                let mut of_right = vars.clone();
                let left = self.pattern(left, vars);
                let right = self.pattern(right, &mut of_right);
                vars.take(&of_right, true);
                hash_join(left, right, !keys.is_empty())
            }
            GraphPattern::Lateral { left, right } => {
                let left = self.pattern(left, vars);
                if let GraphPattern::LeftJoin {
                    left: nothing,
                    right,
                    expression,
                    ..
                } = right.as_ref()
                    && nothing.is_empty_singleton()
                {
                    let mut inner = vars.clone();
                    let right = self.pattern(right, &mut inner);
                    let right = self.filtered(right, expression, &inner);
                    vars.take(&inner, false);
                    return for_each(left, right, true);
                }
                let right = self.pattern(right, vars);
                for_each(left, right, false)
            }
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
                algorithm,
            } => {
                let LeftJoinAlgorithm::HashBuildRightProbeLeft { keys } = algorithm;
                let mut of_right = vars.clone();
                let left = self.pattern(left, vars);
                let right = self.pattern(right, &mut of_right);
                vars.take(&of_right, false);
                let joined = hash_join(right, left, !keys.is_empty());
                let joined = Estimate {
                    rows: joined.rows.max(left.rows),
                    most_rows: joined.most_rows.max(left.most_rows),
                    ..joined
                };
                let cost = self.expression(expression, vars);
                joined.each(cost.reads, cost.most_reads, cost.stuck)
            }
            GraphPattern::Filter { inner, expression } => {
                let inner = self.pattern(inner, vars);
                self.filtered(inner, expression, vars)
            }
            GraphPattern::Union { inner } => {
                let before = vars.clone();
                let mut all: Option<(Estimate, Vars<'a>)> = None;
                for alternative in inner {
                    let mut own = before.clone();
                    let one = self.pattern(alternative, &mut own);
                    all = Some(match all {
                        None => (one, own),
                        Some((sum, mut bound)) => {
                            for (name, known) in &mut bound.0 {
                                known.is_bound &= own.is_bound(name);
                            }
                            for (name, known) in &own.0 {
                                bound.set(name, false, known.growth);
                            }
                            (either(sum, one), bound)
                        }
                    });
                }
                let (sum, bound) = all.unwrap_or_default();
                *vars = bound;
                sum
            }
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => {
                let inner = self.pattern(inner, vars);
                if order::is_key(variable) {
                    // Ours: of its many branches one is evaluated.
                    return inner.each(SORTED, SORTED, 0.0);
                }
                let cost = self.expression(expression, vars);
                vars.set(variable, cost.is_safe, cost.growth);
                inner.each(cost.reads, cost.most_reads, cost.stuck)
            }
            GraphPattern::Minus {
                left,
                right,
                algorithm,
            } => {
                let MinusAlgorithm::HashBuildRightProbeLeft { keys } = algorithm;
                let right = self.pattern(right, &mut vars.clone());
                let left = self.pattern(left, vars);
                let joined = hash_join(right, left, !keys.is_empty());
                Estimate {
                    rows: left.rows,
                    most_rows: left.most_rows,
                    ..joined
                }
            }
            GraphPattern::OrderBy { inner, expression } => {
                let inner = self.pattern(inner, vars);
                let keys = length(expression.len());
                let depth = inner.rows.max(2.0).log2();
                let most_depth = inner.most_rows.max(2.0).log2();
                Estimate {
                    is_checked: true,
                    ..inner
                }
                .each(
                    depth * keys * COMPARISON,
                    most_depth * keys * COMPARISON,
                    0.0,
                )
                .held()
            }
            GraphPattern::Project { inner, variables } => {
                let mut own = Vars(
                    vars.0
                        .iter()
                        .filter(|(name, _)| variables.contains(name))
                        .copied()
                        .collect(),
                );
                let estimate = self.pattern(inner, &mut own);
                own.0.retain(|(name, _)| variables.contains(name));
                vars.take(&own, true);
                estimate
            }
            GraphPattern::Distinct { inner } => {
                let inner = self.pattern(inner, vars);
                Estimate {
                    is_dense: false,
                    ..inner
                }
            }
            GraphPattern::Reduced { inner } => self.pattern(inner, vars),
            GraphPattern::Slice {
                inner,
                start,
                length: most,
            } => {
                let inner = self.pattern(inner, vars);
                slice(inner, length(*start), most.map(length))
            }
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => self.group(inner, variables, aggregates, vars),
            GraphPattern::Service { inner, .. } => {
                self.reasons.push(Reason::Function("SERVICE".to_owned()));
                self.pattern(inner, vars)
            }
        }
    }

    fn values(
        &mut self,
        variables: &'a [Variable],
        bindings: &[Vec<Option<GroundTerm>>],
        vars: &mut Vars<'a>,
    ) -> Estimate {
        if bindings.len() > MOST_VALUES {
            self.reasons.push(Reason::Values {
                rows: bindings.len(),
                most: MOST_VALUES,
            });
        }
        let rows = length(bindings.len());
        let mut is_lookup = false;
        for (place, variable) in variables.iter().enumerate() {
            let is_whole = bindings
                .iter()
                .all(|row| row.get(place).is_some_and(Option::is_some));
            is_lookup |= is_whole && vars.is_bound(variable);
            let growth = bindings
                .iter()
                .map(|row| match row.get(place) {
                    Some(Some(GroundTerm::Literal(literal))) => growth_of(literal.value()),
                    _ => 1.0,
                })
                .fold(1.0, f64::max);
            vars.set(variable, is_whole, growth);
        }
        let steps = rows * VALUE * length(variables.len()).max(1.0);
        Estimate {
            rows: if is_lookup { rows.min(1.0) } else { rows },
            most_rows: rows,
            reads: steps,
            most_reads: steps,
            first: steps,
            stuck: steps,
            is_checked: false,
            is_dense: true,
        }
    }

    fn filtered(
        &mut self,
        inner: Estimate,
        expression: &'a Expression,
        vars: &Vars<'a>,
    ) -> Estimate {
        if matches!(expression, Expression::Literal(_)) {
            return inner;
        }
        let cost = self.expression(expression, vars);
        let mut filtered = inner.each(cost.reads, cost.most_reads, cost.stuck);
        filtered.rows *= kept(expression);
        filtered.is_dense = false;
        filtered
    }

    fn group(
        &mut self,
        inner: &'a GraphPattern,
        variables: &'a [Variable],
        aggregates: &'a [(Variable, AggregateExpression)],
        vars: &mut Vars<'a>,
    ) -> Estimate {
        let mut own = vars.clone();
        let mut grouped = self.pattern(inner, &mut own);
        let mut made = Vec::with_capacity(aggregates.len());
        let per_row = length(variables.len()) * GROUPED;
        grouped = grouped.each(per_row, per_row, 0.0);
        for (variable, aggregate) in aggregates {
            match aggregate {
                AggregateExpression::CountSolutions { .. } => made.push((variable, 1.0)),
                AggregateExpression::FunctionCall { name, expr, .. } => {
                    let cost = self.expression(expr, &own);
                    grouped = grouped.each(cost.reads, cost.most_reads, cost.stuck);
                    let growth = match name {
                        AggregateFunction::GroupConcat { .. } => {
                            // A list of names is fine; a list of lists of lists doubles.
                            if cost.growth > 1.0 {
                                self.reasons.push(Reason::Growth {
                                    most: super::expressions::MOST_GROWTH,
                                });
                            }
                            super::expressions::MOST_GROWTH
                        }
                        AggregateFunction::Custom(name) => {
                            self.reasons
                                .push(Reason::Function(format!("<{}>", name.as_str())));
                            1.0
                        }
                        _ => cost.growth,
                    };
                    made.push((variable, growth));
                }
            }
        }
        for variable in variables {
            vars.set(variable, own.is_bound(variable), own.growth(variable));
        }
        for (variable, growth) in made {
            vars.set(variable, false, growth);
        }
        let groups = |rows: f64| if variables.is_empty() { 1.0 } else { rows };
        let held = grouped.held();
        Estimate {
            rows: groups(held.rows),
            most_rows: groups(held.most_rows),
            ..held
        }
    }

    fn graphs(&self, name: Option<&NamedNodePattern>) -> Graphs {
        match name {
            None => match &self.default_graphs {
                None => Graphs::Default,
                Some(graphs) => self.named(graphs),
            },
            Some(NamedNodePattern::NamedNode(graph)) => self.named(&[graph]),
            Some(NamedNodePattern::Variable(_)) => match &self.named_graphs {
                Some(graphs) => self.named(graphs),
                None => Graphs::All {
                    quads: self
                        .statistics
                        .map_or(HUGE, |statistics| count(statistics.quads())),
                },
            },
        }
    }

    fn named(&self, graphs: &[&NamedNode]) -> Graphs {
        Graphs::Named {
            graphs: length(graphs.len()),
            quads: match self.statistics {
                None => HUGE,
                Some(statistics) => graphs
                    .iter()
                    .filter_map(|graph| statistics.graphs.get(graph.as_str()))
                    .copied()
                    .map(count)
                    .sum(),
            },
        }
    }

    /// Rows that are expected, and the most that there can be.
    fn scan(
        &self,
        subject: Place<'a>,
        predicate: Place<'a>,
        object: Place<'a>,
        graphs: Graphs,
    ) -> (f64, f64) {
        let (expected, most) = self.in_default_graph(subject, predicate, object);
        let nothing_known = match predicate {
            Place::Node(property) => self
                .statistics
                .is_none_or(|statistics| statistics.property(property.as_str()).is_none()),
            _ => true,
        };
        let (copies, quads) = match graphs {
            Graphs::Default => return (expected, most),
            Graphs::Named { graphs, quads } => (graphs, quads),
            Graphs::All { quads } => (COPIES + 1.0, quads),
        };
        let (expected, most) = if !nothing_known {
            (expected, most)
        } else if subject.is_known() {
            (FEW, FEW_AT_MOST)
        } else if object.is_known() {
            (FEW, quads)
        } else {
            (quads, quads)
        };
        // What a graph says of a property need not be as in the public view.
        (
            times(expected, copies).min(quads),
            times(times(most, copies), 2.0).min(quads),
        )
    }

    fn in_default_graph(
        &self,
        subject: Place<'a>,
        predicate: Place<'a>,
        object: Place<'a>,
    ) -> (f64, f64) {
        if subject.is_known() && object.is_known() && predicate.is_known() {
            return (1.0, 1.0);
        }
        let Some(statistics) = self.statistics else {
            return match (subject.is_known(), object.is_known()) {
                (true, true) => (1.0, FEW),
                (true, false) => (FEW, FEW_AT_MOST),
                (false, _) => (HUGE, HUGE),
            };
        };
        if let Place::Node(property) = predicate {
            // A property that came a moment ago is not counted yet.
            let numbers =
                statistics
                    .property(property.as_str())
                    .copied()
                    .unwrap_or(PropertyCounts {
                        triples: 1,
                        subjects: 1,
                        objects: 1,
                        most_objects: 1,
                        most_subjects: 1,
                    });
            let each = |of: u64| count(numbers.triples) / count(of.max(1));
            return if subject.is_known() {
                (each(numbers.subjects), count(numbers.most_objects))
            } else if let Place::Node(class) = object
                && *property == rdf::TYPE
            {
                let resources = statistics.members(class.as_str()).map_or(1.0, count);
                (resources, resources)
            } else if object.is_known() {
                let most = count(numbers.most_subjects);
                let mean = each(numbers.objects);
                // Who names a value rather names one of the frequent ones.
                let expected = if object == Place::Bound {
                    mean
                } else {
                    (mean * most).sqrt()
                };
                (expected, most)
            } else {
                (count(numbers.triples), count(numbers.triples))
            };
        }
        let counts = statistics.counts;
        let most = |of: fn(&PropertyCounts) -> u64| {
            let of_each = counts.properties.values().map(of);
            count(of_each.fold(0, u64::saturating_add))
        };
        match (subject.is_known(), object.is_known()) {
            (true, true) => (1.0, length(counts.properties.len()).max(1.0)),
            (true, false) => (
                count(counts.triples) / count(counts.subjects.max(1)),
                most(|property| property.most_objects),
            ),
            (false, true) => {
                let most = most(|property| property.most_subjects);
                let expected = match object {
                    Place::Node(node) => statistics.members(node.as_str()).map_or(100.0, count),
                    _ => 100.0,
                };
                (expected.min(most), most)
            }
            (false, false) => (count(counts.triples), count(counts.triples)),
        }
    }

    fn path(
        &mut self,
        path: &'a PropertyPathExpression,
        start: Place<'a>,
        end: Place<'a>,
        graphs: Graphs,
    ) -> Estimate {
        match path {
            PropertyPathExpression::NamedNode(property) => {
                self.step(start, Place::Node(property), end, graphs)
            }
            PropertyPathExpression::Reverse(inner) => self.path(inner, end, start, graphs),
            PropertyPathExpression::Sequence(a, b) => {
                // From the end when only that is known (as the evaluation does).
                let (first, then) = if !start.is_known() && end.is_known() {
                    (
                        self.path(b, Place::Free, end, graphs),
                        self.path(a, Place::Free, Place::Bound, graphs),
                    )
                } else {
                    (
                        self.path(a, start, Place::Free, graphs),
                        self.path(b, Place::Bound, end, graphs),
                    )
                };
                for_each(first, then, false)
            }
            PropertyPathExpression::Alternative(a, b) => {
                let a = self.path(a, start, end, graphs);
                let b = self.path(b, start, end, graphs);
                either(a, b)
            }
            PropertyPathExpression::NegatedPropertySet(_) => {
                self.step(start, Place::Free, end, graphs)
            }
            PropertyPathExpression::ZeroOrOne(inner) => {
                if !start.is_known() && !end.is_known() {
                    return self.open();
                }
                let one = self.path(inner, start, end, graphs);
                Estimate {
                    rows: plus(one.rows, 1.0),
                    most_rows: plus(one.most_rows, 1.0),
                    reads: plus(one.reads, 2.0 * SEEK),
                    most_reads: plus(one.most_reads, 2.0 * SEEK),
                    is_dense: false,
                    ..one
                }
            }
            PropertyPathExpression::ZeroOrMore(inner)
            | PropertyPathExpression::OneOrMore(inner) => {
                if !start.is_known() && !end.is_known() {
                    return self.open();
                }
                // Both ends known: it goes from the start until it meets the end.
                let (from, to) = if start.is_known() {
                    (start, Place::Free)
                } else {
                    (Place::Free, end)
                };
                let one = self.path(inner, from, to, graphs);
                // All that can be chained is read at most once.
                let chained = self
                    .path(inner, Place::Free, Place::Free, graphs)
                    .most_reads;
                if chained > MOST_CHAINED {
                    self.reasons.push(Reason::LongPath { triples: chained });
                }
                let rows = if start.is_known() && end.is_known() {
                    1.0
                } else {
                    times(one.rows.max(1.0), STEPS).min(chained)
                };
                let most_reads = times(plus(chained, 1.0), SEEK + 1.0);
                Estimate {
                    rows,
                    most_rows: plus(chained, 1.0),
                    reads: times(one.reads, STEPS).min(most_reads),
                    most_reads,
                    first: times(one.reads, STEPS).min(most_reads),
                    stuck: most_reads,
                    is_checked: false,
                    is_dense: false,
                }
            }
        }
    }

    fn step(
        &self,
        start: Place<'a>,
        property: Place<'a>,
        end: Place<'a>,
        graphs: Graphs,
    ) -> Estimate {
        let (rows, most_rows) = self.scan(start, property, end, graphs);
        Estimate {
            rows,
            most_rows,
            reads: plus(SEEK, rows),
            most_reads: plus(SEEK, most_rows),
            first: SEEK + 1.0,
            stuck: 0.0,
            is_checked: true,
            is_dense: false,
        }
    }

    fn open(&mut self) -> Estimate {
        self.reasons.push(Reason::OpenPath);
        let all = self
            .statistics
            .map_or(HUGE, |statistics| count(statistics.counts.triples));
        Estimate {
            rows: all,
            most_rows: HUGE,
            reads: all,
            most_reads: HUGE,
            first: all,
            stuck: HUGE,
            is_checked: false,
            is_dense: false,
        }
    }
}

/// For each row of the left one the right one is evaluated with its values.
fn for_each(left: Estimate, right: Estimate, keeps_left: bool) -> Estimate {
    let least = if keeps_left { 1.0 } else { 0.0 };
    let per_row = if left.is_checked {
        right.stuck
    } else {
        times(left.most_rows, plus(right.stuck, SEEK))
    };
    Estimate {
        rows: times(left.rows, right.rows.max(least)),
        most_rows: times(left.most_rows, right.most_rows.max(least)),
        reads: plus(left.reads, times(left.rows, right.reads)),
        most_reads: plus(left.most_reads, times(left.most_rows, right.most_reads)),
        first: plus(left.first, right.first),
        stuck: plus(left.stuck, per_row),
        is_checked: right.is_checked || (left.is_checked && right.most_rows <= 1.0),
        is_dense: false,
    }
}

/// The left one fills a table, then the right one is looked up in it.
fn hash_join(build: Estimate, probe: Estimate, has_keys: bool) -> Estimate {
    let pairs = times(build.rows, probe.rows);
    let most_pairs = times(build.most_rows, probe.most_rows);
    let rows = if has_keys {
        build.rows.max(probe.rows).min(pairs)
    } else {
        pairs
    };
    let reads = plus(plus(build.reads, probe.reads), rows);
    let per_probe = if probe.is_checked {
        build.most_rows
    } else {
        most_pairs
    };
    Estimate {
        rows,
        most_rows: most_pairs,
        reads,
        most_reads: plus(plus(build.most_reads, probe.most_reads), most_pairs),
        first: plus(build.reads, probe.first),
        stuck: plus(plus(build.most_reads, probe.stuck), per_probe),
        is_checked: false,
        is_dense: false,
    }
}

fn either(a: Estimate, b: Estimate) -> Estimate {
    Estimate {
        rows: plus(a.rows, b.rows),
        most_rows: plus(a.most_rows, b.most_rows),
        reads: plus(a.reads, b.reads),
        most_reads: plus(a.most_reads, b.most_reads),
        first: a.first.max(b.first),
        stuck: plus(a.stuck, b.stuck),
        is_checked: a.is_checked && b.is_checked,
        is_dense: a.is_dense && b.is_dense,
    }
}

/// OFFSET and LIMIT.
fn slice(inner: Estimate, start: f64, most: Option<f64>) -> Estimate {
    let end = plus(start, most.unwrap_or(HUGE));
    // What is skipped is read without being given, so nothing calls it off meanwhile.
    let skipped = if start == 0.0 {
        0.0
    } else if inner.is_dense {
        start.min(inner.most_reads)
    } else {
        inner.most_reads
    };
    Estimate {
        rows: (inner.rows - start).max(0.0).min(most.unwrap_or(HUGE)),
        most_rows: inner.most_rows.min(most.unwrap_or(HUGE)),
        reads: inner.reads_for(end),
        most_reads: if inner.is_dense {
            inner.most_reads.min(plus(end, SEEK))
        } else {
            inner.most_reads
        },
        stuck: plus(inner.stuck, skipped),
        ..inner
    }
}

/// The part of the rows that a filter is expected to leave.
fn kept(expression: &Expression) -> f64 {
    match expression {
        Expression::And(list) => list.iter().map(kept).product::<f64>().max(0.01),
        Expression::Equal(..) | Expression::SameTerm(..) => KEPT_BY_EQUALITY,
        _ => KEPT,
    }
}

fn term<'a>(pattern: &'a GroundTermPattern, vars: &Vars<'a>) -> Place<'a> {
    match pattern {
        GroundTermPattern::NamedNode(node) => Place::Node(node),
        GroundTermPattern::Literal(_) => Place::Literal,
        GroundTermPattern::Variable(variable) => place(variable, vars),
    }
}

fn node<'a>(pattern: &'a NamedNodePattern, vars: &Vars<'a>) -> Place<'a> {
    match pattern {
        NamedNodePattern::NamedNode(node) => Place::Node(node),
        NamedNodePattern::Variable(variable) => place(variable, vars),
    }
}

fn place<'a>(variable: &Variable, vars: &Vars<'a>) -> Place<'a> {
    if vars.is_bound(variable) {
        Place::Bound
    } else {
        Place::Free
    }
}

fn bind_term<'a>(pattern: &'a GroundTermPattern, vars: &mut Vars<'a>) {
    if let GroundTermPattern::Variable(variable) = pattern {
        vars.bind(variable);
    }
}

fn bind_node<'a>(pattern: &'a NamedNodePattern, vars: &mut Vars<'a>) {
    if let NamedNodePattern::Variable(variable) = pattern {
        vars.bind(variable);
    }
}
