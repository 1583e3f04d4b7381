//! Which triples a query looks at, and how the focus node leads to them.
//!
//! Each triple pattern is looked at where one of its ends is reached from the focus node by the
//! other patterns that must hold with it: those of its own group and of the groups around it.
//! If a solution comes or goes with a changed triple, then in the state that has this triple
//! those patterns hold for the solution, so that they lead from the triple back to the focus node.
//! What is only optional leads nowhere, since it may be missing. A pattern that nothing links to
//! the focus node is read from anywhere: then a triple that it matches concerns the whole target.

use crate::shapes::path::{Direction, Path};
use crate::shapes::sparql::constraint::QueryConstraint;
use crate::shapes::sparql::query::{self, Form};
use oxrdf::{NamedNode, Term, Triple};
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use std::collections::{BTreeMap, BTreeSet};

/// Takes what a query looks at. A place is where the reading stands when it has got from the
/// focus node to some other node.
pub(in crate::shapes) trait Places {
    type Place: Copy;

    /// The triples with this predicate at the nodes here; gives their other ends.
    fn step(&mut self, from: Self::Place, predicate: &NamedNode, way: Direction) -> Self::Place;

    /// What walking the path from here meets; gives the nodes at its end.
    fn along(&mut self, from: Self::Place, path: &Path, way: Direction) -> Self::Place;

    /// All triples of the nodes here, which stand at the end that the direction begins with.
    fn all(&mut self, at: Self::Place, way: Direction);

    /// The nodes of either place.
    fn either(&mut self, one: Self::Place, other: Self::Place) -> Self::Place;

    /// All triples like these.
    fn anywhere(&mut self, pattern: Pattern);
}

/// Triples that have something in common; `None` is anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::shapes) struct Pattern {
    pub(super) subject: Option<Term>,
    pub(super) predicate: Option<NamedNode>,
    pub(super) object: Option<Term>,
}

impl Pattern {
    pub(in crate::shapes) fn matches(&self, triple: &Triple) -> bool {
        let is_subject = |term: &Term| *term == Term::from(triple.subject.clone());
        self.subject.as_ref().is_none_or(is_subject)
            && self
                .predicate
                .as_ref()
                .is_none_or(|p| *p == triple.predicate)
            && self.object.as_ref().is_none_or(|o| *o == triple.object)
    }
}

/// How the variables of a group are reached from the focus node, by name.
type Reached<P> = BTreeMap<String, P>;

/// Lists the readings of a query about the focus nodes at one place, with their value nodes at
/// another.
pub(in crate::shapes) fn reads<L: Places>(
    query: &QueryConstraint,
    (this, value): (L::Place, L::Place),
    places: &mut L,
) {
    let mut anchors = Reached::from([("this".to_owned(), this)]);
    if query.form == Form::Ask {
        anchors.insert("value".to_owned(), value);
    }
    let mut reader = Reader {
        query,
        anchors: anchors.clone(),
        places,
    };
    reader.group(body(query::pattern(&query.query)), &anchors);
}

/// The query without the clauses that only arrange what it returns.
fn body(pattern: &GraphPattern) -> &GraphPattern {
    match pattern {
        GraphPattern::Project { inner, .. } => inner,
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => body(inner),
        other => other,
    }
}

struct Reader<'q, L: Places> {
    query: &'q QueryConstraint,
    /// What is reached at every level.
    anchors: Reached<L::Place>,
    places: &'q mut L,
}

/// What must hold together in a group, and the groups in it that stand by themselves.
#[derive(Default)]
struct Group<'p> {
    edges: Vec<Edge<'p>>,
    /// Either side gives solutions.
    unions: Vec<(&'p GraphPattern, &'p GraphPattern)>,
    sub_queries: Vec<(&'p GraphPattern, BTreeSet<String>)>,
    /// Optional groups and those in EXISTS, with the variables that surely have a value there.
    conditional: Vec<(&'p GraphPattern, BTreeSet<String>)>,
}

enum Edge<'p> {
    Triple(&'p TriplePattern),
    Path(&'p TermPattern, &'p PropertyPathExpression, &'p TermPattern),
    /// `BIND(?a AS ?b)`.
    Same(String, String),
    /// A pattern that says nothing about where it looks.
    Unclear,
}

impl<L: Places> Reader<'_, L> {
    /// Lists what a group reads; gives how its variables are reached.
    fn group(&mut self, pattern: &GraphPattern, outer: &Reached<L::Place>) -> Reached<L::Place> {
        let mut group = Group::default();
        group.collect(pattern);
        let mut reached = outer.clone();
        let mut edges = group.edges;
        self.follow(&mut edges, &mut reached);
        for (inner, returned) in group.sub_queries {
            let anchors = self.anchors.clone();
            let inside = self.group(inner, &anchors);
            let certain = certain(inner);
            for (name, place) in inside {
                if returned.contains(&name) && certain.contains(&name) {
                    reached.entry(name).or_insert(place);
                }
            }
            self.follow(&mut edges, &mut reached);
        }
        for (left, right) in group.unions {
            let (left_certain, right_certain) = (certain(left), certain(right));
            let left = self.group(left, &reached);
            let right = self.group(right, &reached);
            for (name, place) in left {
                if let Some(other) = right.get(&name)
                    && left_certain.contains(&name)
                    && right_certain.contains(&name)
                    && !reached.contains_key(&name)
                {
                    let either = self.places.either(place, *other);
                    reached.insert(name, either);
                }
            }
            self.follow(&mut edges, &mut reached);
        }
        for (inner, certain) in group.conditional {
            let mut inside = reached.clone();
            inside.retain(|name, _| certain.contains(name) || self.anchors.contains_key(name));
            self.group(inner, &inside);
        }
        for edge in edges {
            self.apart(&edge);
        }
        reached
    }

    /// Takes every edge that has a reached end, until none is left that has one.
    fn follow<'p>(&mut self, edges: &mut Vec<Edge<'p>>, reached: &mut Reached<L::Place>) {
        loop {
            let before = edges.len();
            let mut left: Vec<Edge<'p>> = Vec::new();
            for edge in edges.drain(..) {
                if !self.take(&edge, reached) {
                    left.push(edge);
                }
            }
            *edges = left;
            if edges.len() == before {
                break;
            }
        }
    }

    /// `false` when neither end is reached.
    fn take(&mut self, edge: &Edge<'_>, reached: &mut Reached<L::Place>) -> bool {
        let (from, step, to) = match edge {
            Edge::Unclear => return false,
            Edge::Same(from, to) => {
                let Some(place) = reached.get(from).copied() else {
                    return false;
                };
                reached.entry(to.clone()).or_insert(place);
                return true;
            }
            Edge::Triple(triple) => {
                let step = match self.predicate(&triple.predicate) {
                    Predicate::Is(predicate) => Step::Path(Path::Predicate(predicate)),
                    Predicate::Any => Step::Any(Direction::Forward),
                    Predicate::Impossible => return true,
                };
                (&triple.subject, step, &triple.object)
            }
            Edge::Path(from, path, to) => (*from, step(path), *to),
        };
        let end = |term: &TermPattern| name(term).and_then(|name| reached.get(&name).copied());
        let (place, way, other) = match (end(from), end(to)) {
            (Some(place), _) => (place, Direction::Forward, to),
            (None, Some(place)) => (place, Direction::Backward, from),
            (None, None) => return false,
        };
        let end = match step {
            Step::Path(Path::Predicate(predicate)) => self.places.step(place, &predicate, way),
            Step::Path(path) => self.places.along(place, &path, way),
            Step::Any(Direction::Forward) => {
                self.places.all(place, way);
                return true;
            }
            Step::Any(Direction::Backward) => {
                self.places.all(place, way.reversed());
                return true;
            }
            Step::Unclear => {
                self.places.anywhere(Pattern::default());
                return true;
            }
        };
        if let Some(name) = name(other) {
            reached.entry(name).or_insert(end);
        }
        true
    }

    /// What nothing links to the focus node.
    fn apart(&mut self, edge: &Edge<'_>) {
        match edge {
            Edge::Same(..) => {}
            Edge::Unclear => self.places.anywhere(Pattern::default()),
            Edge::Triple(triple) => {
                let predicate = match self.predicate(&triple.predicate) {
                    Predicate::Is(predicate) => Some(predicate),
                    Predicate::Any => None,
                    Predicate::Impossible => return,
                };
                let (subject, object) = (&triple.subject, &triple.object);
                let pattern = Pattern {
                    subject: self.constant(subject),
                    predicate,
                    object: self.constant(object),
                };
                self.places.anywhere(pattern);
            }
            Edge::Path(from, path, to) => match step(path) {
                // Of no steps at all, it holds for every node there is.
                Step::Path(path)
                    if path.may_stay()
                        && self.constant(from).is_none()
                        && self.constant(to).is_none() =>
                {
                    self.places.anywhere(Pattern::default());
                }
                Step::Path(path) => {
                    for predicate in path.predicates() {
                        self.places.anywhere(Pattern {
                            predicate: Some(predicate.clone()),
                            ..Pattern::default()
                        });
                    }
                }
                Step::Any(_) | Step::Unclear => {
                    self.places.anywhere(Pattern::default());
                }
            },
        }
    }

    /// The term that stands here, or the value that a parameter has.
    fn constant(&self, term: &TermPattern) -> Option<Term> {
        match term {
            TermPattern::NamedNode(node) => Some(node.clone().into()),
            TermPattern::Literal(literal) => Some(literal.clone().into()),
            TermPattern::BlankNode(_) => None,
            TermPattern::Variable(variable) => self.query.value(variable).cloned(),
        }
    }

    fn predicate(&self, predicate: &NamedNodePattern) -> Predicate {
        match predicate {
            NamedNodePattern::NamedNode(node) => Predicate::Is(node.clone()),
            NamedNodePattern::Variable(variable) => match self.query.value(variable) {
                Some(Term::NamedNode(node)) => Predicate::Is(node.clone()),
                Some(_) => Predicate::Impossible,
                None => Predicate::Any,
            },
        }
    }
}

enum Predicate {
    Is(NamedNode),
    Any,
    Impossible,
}

enum Step {
    Path(Path),
    Any(Direction),
    Unclear,
}

fn step(path: &PropertyPathExpression) -> Step {
    match path {
        PropertyPathExpression::NegatedPropertySet(_) => Step::Any(Direction::Forward),
        PropertyPathExpression::Reverse(inner)
            if matches!(**inner, PropertyPathExpression::NegatedPropertySet(_)) =>
        {
            Step::Any(Direction::Backward)
        }
        path => shacl_path(path).map_or(Step::Unclear, Step::Path),
    }
}

/// `None` when the path excludes properties, which no path of SHACL does.
fn shacl_path(path: &PropertyPathExpression) -> Option<Path> {
    let inner = |path: &PropertyPathExpression| shacl_path(path).map(Box::new);
    Some(match path {
        PropertyPathExpression::NamedNode(predicate) => Path::Predicate(predicate.clone()),
        PropertyPathExpression::Reverse(path) => Path::Inverse(inner(path)?),
        PropertyPathExpression::Sequence(first, second) => {
            Path::Sequence(vec![shacl_path(first)?, shacl_path(second)?])
        }
        PropertyPathExpression::Alternative(one, other) => {
            Path::Alternative(vec![shacl_path(one)?, shacl_path(other)?])
        }
        PropertyPathExpression::ZeroOrMore(path) => Path::ZeroOrMore(inner(path)?),
        PropertyPathExpression::OneOrMore(path) => Path::OneOrMore(inner(path)?),
        PropertyPathExpression::ZeroOrOne(path) => Path::ZeroOrOne(inner(path)?),
        PropertyPathExpression::NegatedPropertySet(_) => return None,
    })
}

/// The name of a variable, or of a blank node, which is a variable without a name.
fn name(term: &TermPattern) -> Option<String> {
    match term {
        TermPattern::Variable(variable) => Some(variable.as_str().to_owned()),
        TermPattern::BlankNode(node) => Some(node.to_string()),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => None,
    }
}

impl<'p> Group<'p> {
    /// Takes what must hold for each solution of the pattern.
    fn collect(&mut self, pattern: &'p GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                self.edges.extend(patterns.iter().map(Edge::Triple));
            }
            GraphPattern::Path {
                subject,
                path,
                object,
            } => self.edges.push(Edge::Path(subject, path, object)),
            GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
                self.collect(left);
                self.collect(right);
            }
            GraphPattern::Filter { expr, inner } => {
                self.collect(inner);
                self.expression(expr, &certain(inner));
            }
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => {
                self.collect(inner);
                let certain = certain(inner);
                if let Expression::Variable(from) = expression
                    && certain.contains(from.as_str())
                {
                    let (from, to) = (from.as_str().to_owned(), variable.as_str().to_owned());
                    self.edges.push(Edge::Same(from, to));
                }
                self.expression(expression, &certain);
            }
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.collect(left);
                let mut certain_here = certain(left);
                self.conditional.push((right, certain_here.clone()));
                if let Some(expression) = expression {
                    certain_here.extend(certain(right));
                    self.expression(expression, &certain_here);
                }
            }
            GraphPattern::Union { left, right } => self.unions.push((left, right)),
            // The shapes do not change.
            GraphPattern::Graph { .. } => {}
            GraphPattern::Project { inner, variables } => {
                let returned = variables.iter().map(|v| v.as_str().to_owned()).collect();
                self.sub_queries.push((inner, returned));
            }
            GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.collect(inner),
            GraphPattern::OrderBy { inner, expression } => {
                self.collect(inner);
                let certain = certain(inner);
                for OrderExpression::Asc(key) | OrderExpression::Desc(key) in expression {
                    self.expression(key, &certain);
                }
            }
            GraphPattern::Group {
                inner, aggregates, ..
            } => {
                self.collect(inner);
                let certain = certain(inner);
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr, &certain);
                    }
                }
            }
            // Refused when the query is read.
            GraphPattern::Minus { .. }
            | GraphPattern::Values { .. }
            | GraphPattern::Service { .. } => self.edges.push(Edge::Unclear),
        }
    }

    /// Takes the patterns in EXISTS.
    fn expression(&mut self, expression: &'p Expression, certain: &BTreeSet<String>) {
        match expression {
            Expression::Exists(pattern) => self.conditional.push((pattern, certain.clone())),
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
                self.expression(left, certain);
                self.expression(right, certain);
            }
            Expression::UnaryPlus(inner)
            | Expression::UnaryMinus(inner)
            | Expression::Not(inner) => self.expression(inner, certain),
            Expression::If(condition, yes, no) => {
                self.expression(condition, certain);
                self.expression(yes, certain);
                self.expression(no, certain);
            }
            Expression::In(value, list) => {
                self.expression(value, certain);
                for member in list {
                    self.expression(member, certain);
                }
            }
            Expression::Coalesce(list) | Expression::FunctionCall(_, list) => {
                for member in list {
                    self.expression(member, certain);
                }
            }
        }
    }
}

/// The variables that have a value in each solution of the pattern.
fn certain(pattern: &GraphPattern) -> BTreeSet<String> {
    match pattern {
        GraphPattern::Bgp { patterns } => patterns
            .iter()
            .flat_map(|triple| [name(&triple.subject), name(&triple.object)])
            .flatten()
            .collect(),
        GraphPattern::Path {
            subject, object, ..
        } => [name(subject), name(object)]
            .into_iter()
            .flatten()
            .collect(),
        GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
            let mut both = certain(left);
            both.extend(certain(right));
            both
        }
        GraphPattern::LeftJoin { left, .. } => certain(left),
        GraphPattern::Union { left, right } => certain(left)
            .intersection(&certain(right))
            .cloned()
            .collect(),
        GraphPattern::Extend {
            inner,
            variable,
            expression,
        } => {
            let mut certain = certain(inner);
            if let Expression::Variable(from) = expression
                && certain.contains(from.as_str())
            {
                certain.insert(variable.as_str().to_owned());
            }
            certain
        }
        GraphPattern::Filter { inner, .. }
        | GraphPattern::Graph { inner, .. }
        | GraphPattern::OrderBy { inner, .. }
        | GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => certain(inner),
        GraphPattern::Project {
            inner, variables, ..
        }
        | GraphPattern::Group {
            inner, variables, ..
        } => {
            let certain = certain(inner);
            variables
                .iter()
                .map(|variable| variable.as_str().to_owned())
                .filter(|name| certain.contains(name))
                .collect()
        }
        GraphPattern::Minus { .. } | GraphPattern::Values { .. } | GraphPattern::Service { .. } => {
            BTreeSet::new()
        }
    }
}
