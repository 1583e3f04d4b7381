//! What in a query is likely not what its author meant, or will be slow.
//!
//! *To add one*: a row in [`Kind`] and where it is found, in the plan or in the query.

use crate::model::Text;
use crate::query::Prepared;
use crate::query::plan::estimate::Step;
use crate::query::plan::numbers::shown;
use crate::query::plan::reason::Reason;
use crate::query::plan::statistics::Statistics;
use crate::query::plan::words::{Names, cut, is_made};
use crate::store::RequestedDataset;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{Literal, NamedNode, Variable};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use spargebra::Query;
use spargebra::algebra::{
    AggregateExpression, Expression, GraphPattern, OrderExpression, PropertyPathExpression,
};
use spargebra::term::{NamedNodePattern, TermPattern, TriplePattern};
use sparopt::algebra::{GraphPattern as Planned, JoinAlgorithm, LeftJoinAlgorithm};

/// A sort of so many rows is worth a word.
const MANY_SORTED: f64 = 100_000.0;
/// An answer of so many rows without LIMIT.
const MANY_ROWS: f64 = 10_000.0;
/// Names that differ in so many letters may be meant for one another.
const MOST_TYPOS: usize = 2;
/// Shorter names of variables differ in a letter as a matter of course.
const SHORTEST_NAME: usize = 3;
const MOST_WARNINGS: usize = 50;
/// Each of so many variables is compared with all others.
const MOST_COMPARED: usize = 200;

/// What a warning is about, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    Product,
    OpenPath,
    LargeSort,
    NoLimit,
    UnknownProperty,
    UnknownClass,
    UnknownGraph,
    NeverBound,
    UsedOnce,
    NeverTrue,
    NoResult,
    Volatile,
    OptionalFirst,
    MinusNothing,
}

/// One warning.
#[derive(Clone, Debug, PartialEq)]
pub struct Warning {
    pub kind: Kind,
    pub text: Text,
    /// What was perhaps meant.
    pub instead: Option<String>,
}

/// All warnings about a query, those about its plan first.
pub(super) fn of(
    prepared: &Prepared,
    dataset: &RequestedDataset,
    statistics: Option<Statistics<'_>>,
    names: &Names<'_>,
    plan: Option<&Step<'_>>,
    reasons: &[Reason],
) -> Vec<Warning> {
    let mut look = Look {
        statistics,
        names,
        has_own_graphs: !dataset.default_graphs.is_empty()
            || !dataset.named_graphs.is_empty()
            || prepared.query.dataset().is_some(),
        warnings: Vec::new(),
        mentions: FxHashMap::default(),
        order: Vec::new(),
        datatypes: FxHashMap::default(),
    };
    if let Some(plan) = plan {
        look.plan(plan);
        look.answer(prepared, plan);
    }
    if reasons.contains(&Reason::OpenPath) {
        look.warn(
            Kind::OpenPath,
            Text::new(
                "Un chemin avec `*`, `+` ou `?` n'a aucun bout connu : il part de chaque nœud des données. Donnez-lui un début ou une fin.",
                "A path with `*`, `+` or `?` has no known end: it starts from every node of the data. Give it a start or an end.",
            ),
        );
    }
    look.graphs_named(prepared, dataset);
    for variable in &prepared.left_open {
        look.bound(variable);
    }
    look.query(&prepared.query);
    if prepared.is_volatile {
        look.warn(
            Kind::Volatile,
            Text::new(
                "NOW, RAND, UUID, STRUUID ou BNODE donnent chaque fois une autre réponse : elle n'est pas gardée en mémoire.",
                "NOW, RAND, UUID, STRUUID or BNODE give another answer each time: it is not cached.",
            ),
        );
    }
    look.warnings.truncate(MOST_WARNINGS);
    look.warnings
}

/// How often a variable stands in the query.
#[derive(Clone, Copy, Debug, Default)]
struct Mentions {
    bound: usize,
    used: usize,
}

struct Look<'a> {
    statistics: Option<Statistics<'a>>,
    names: &'a Names<'a>,
    /// The default graph is another one than that of the statistics.
    has_own_graphs: bool,
    warnings: Vec<Warning>,
    mentions: FxHashMap<Variable, Mentions>,
    /// The variables in the order in which they are met.
    order: Vec<Variable>,
    /// Of the variables that are objects, of which property.
    datatypes: FxHashMap<Variable, NamedNode>,
}

impl Look<'_> {
    fn warn(&mut self, kind: Kind, text: Text) {
        self.warn_with(kind, text, None);
    }

    fn warn_with(&mut self, kind: Kind, text: Text, instead: Option<String>) {
        let warning = Warning {
            kind,
            text,
            instead,
        };
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn plan(&mut self, step: &Step<'_>) {
        match step.pattern {
            Planned::Join {
                algorithm: JoinAlgorithm::HashBuildLeftProbeRight { keys },
                ..
            } if keys.is_empty() => {
                let rows: Vec<f64> = step.children.iter().map(|side| side.estimate.rows).collect();
                if let [left, right] = rows.as_slice()
                    // A single row of values beside patterns multiplies nothing.
                    && left.min(*right) > 1.0
                {
                    let (left, right) = (shown(*left), shown(*right));
                    self.warn(
                        Kind::Product,
                        Text::new(
                            format!("C'est un produit de deux motifs sans variable commune : environ {left} × {right} lignes."),
                            format!("This is a product of two unrelated patterns: about {left} × {right} rows."),
                        ),
                    );
                }
            }
            Planned::LeftJoin {
                algorithm: LeftJoinAlgorithm::HashBuildRightProbeLeft { keys },
                ..
            } if keys.is_empty() => self.warn(
                Kind::Product,
                Text::new(
                    "Un OPTIONAL n'a aucune variable commune avec ce qui le précède : chaque ligne est combinée avec chaque ligne.",
                    "An OPTIONAL shares no variable with what stands before it: each row is combined with each row.",
                ),
            ),
            Planned::OrderBy { .. } if step.estimate.rows > MANY_SORTED => {
                let rows = shown(step.estimate.rows);
                self.warn(
                    Kind::LargeSort,
                    Text::new(
                        format!("ORDER BY trie environ {rows} lignes avant de rendre la première."),
                        format!("ORDER BY sorts about {rows} rows before it gives the first."),
                    ),
                );
            }
            Planned::Values { bindings, .. } if bindings.is_empty() => self.warn(
                Kind::NoResult,
                Text::new(
                    "Une partie de la requête ne peut jamais avoir de résultat : une de ses conditions est toujours fausse.",
                    "A part of the query can never have a result: one of its conditions is always false.",
                ),
            ),
            _ => {}
        }
        for child in &step.children {
            self.plan(child);
        }
    }

    /// About the answer as a whole.
    fn answer(&mut self, prepared: &Prepared, plan: &Step<'_>) {
        let is_bounded = matches!(
            plan.pattern,
            Planned::Slice {
                length: Some(_),
                ..
            }
        );
        let is_ask = matches!(prepared.query, Query::Ask { .. });
        if !is_bounded && !is_ask && plan.estimate.rows > MANY_ROWS {
            let rows = shown(plan.estimate.rows);
            self.warn(
                Kind::NoLimit,
                Text::new(
                    format!(
                        "La réponse peut avoir environ {rows} lignes, et il n'y a pas de LIMIT."
                    ),
                    format!("The answer may have about {rows} rows, and there is no LIMIT."),
                ),
            );
        }
    }

    fn graphs_named(&mut self, prepared: &Prepared, dataset: &RequestedDataset) {
        let mut graphs: Vec<NamedNode> = dataset.default_graphs.clone();
        graphs.extend(dataset.named_graphs.iter().cloned());
        if graphs.is_empty()
            && let Some(own) = prepared.query.dataset()
        {
            graphs.extend(own.default.iter().cloned());
            graphs.extend(own.named.iter().flatten().cloned());
        }
        for graph in graphs {
            self.graph(&graph);
        }
    }

    fn graph(&mut self, graph: &NamedNode) {
        let Some(statistics) = self.statistics else {
            return;
        };
        if statistics.graphs.contains_key(graph.as_str()) {
            return;
        }
        let name = self.names.iri(graph.as_str());
        let instead = nearest(graph.as_str(), statistics.graphs.keys().map(String::as_str))
            .map(|iri| format!("<{iri}>"));
        self.warn_with(
            Kind::UnknownGraph,
            Text::new(
                format!("Il n'y a pas de graphe {name}."),
                format!("There is no graph {name}."),
            ),
            instead,
        );
    }

    fn query(&mut self, query: &Query) {
        let (Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. }) = query;
        self.pattern(pattern, true);
        if let Query::Construct { template, .. } = query {
            for triple in template {
                for variable in variables_of(triple) {
                    self.used(variable);
                }
            }
        }
        let order = std::mem::take(&mut self.order);
        for variable in order.iter().take(MOST_COMPARED) {
            self.variable(variable, &order);
        }
    }

    fn variable(&mut self, variable: &Variable, all: &[Variable]) {
        if is_made(variable) {
            return;
        }
        let Mentions { bound, used } = self.mentions.get(variable).copied().unwrap_or_default();
        let is_bound = |other: &&Variable| {
            self.mentions
                .get(*other)
                .is_some_and(|mentions| mentions.bound > 0)
        };
        let similar = all
            .iter()
            .take(MOST_COMPARED)
            .filter(|other| *other != variable && !is_made(other))
            .filter(is_bound)
            .map(|other| other.as_str())
            .filter(|other| other.len().min(variable.as_str().len()) >= SHORTEST_NAME)
            .filter(|other| distance(other, variable.as_str()) <= 1)
            .min()
            .map(|other| format!("?{other}"));
        if bound == 0 {
            self.warn_with(
                Kind::NeverBound,
                Text::new(
                    format!("{variable} n'a jamais de valeur : aucun motif ne la donne."),
                    format!("{variable} never has a value: no pattern gives it one."),
                ),
                similar,
            );
        } else if bound == 1 && used == 0 && similar.is_some() {
            self.warn_with(
                Kind::UsedOnce,
                Text::new(
                    format!("{variable} n'apparaît qu'une fois."),
                    format!("{variable} stands in the query only once."),
                ),
                similar,
            );
        }
    }

    fn mention(&mut self, variable: &Variable) -> &mut Mentions {
        if !self.mentions.contains_key(variable) {
            self.order.push(variable.clone());
        }
        self.mentions.entry(variable.clone()).or_default()
    }

    fn bound(&mut self, variable: &Variable) {
        self.mention(variable).bound += 1;
    }

    fn used(&mut self, variable: &Variable) {
        self.mention(variable).used += 1;
    }

    fn pattern(&mut self, pattern: &GraphPattern, is_default_graph: bool) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    for variable in variables_of(triple) {
                        self.bound(variable);
                    }
                    self.triple(triple, is_default_graph);
                }
            }
            GraphPattern::Path {
                subject,
                path,
                object,
            } => {
                for term in [subject, object] {
                    if let TermPattern::Variable(variable) = term {
                        self.bound(variable);
                    }
                }
                if is_default_graph {
                    self.path(path);
                }
            }
            GraphPattern::Join { left, right } => {
                self.optional_first(left, right);
                self.pattern(left, is_default_graph);
                self.pattern(right, is_default_graph);
            }
            GraphPattern::Lateral { left, right } | GraphPattern::Union { left, right } => {
                self.pattern(left, is_default_graph);
                self.pattern(right, is_default_graph);
            }
            GraphPattern::Minus { left, right } => {
                let (mut of_left, mut of_right) = (Bound::default(), Bound::default());
                of_left.look(left);
                of_right.look(right);
                if of_left.all().is_disjoint(&of_right.all()) {
                    self.warn(
                        Kind::MinusNothing,
                        Text::new(
                            "Un MINUS n'a aucune variable commune avec ce qui le précède : il n'enlève rien. FILTER NOT EXISTS était peut-être voulu.",
                            "A MINUS shares no variable with what stands before it: it removes nothing. Perhaps FILTER NOT EXISTS was meant.",
                        ),
                    );
                }
                self.pattern(left, is_default_graph);
                self.pattern(right, is_default_graph);
            }
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left, is_default_graph);
                self.pattern(right, is_default_graph);
                if let Some(expression) = expression {
                    self.expression(expression, is_default_graph);
                }
            }
            GraphPattern::Filter { expr, inner } => {
                self.pattern(inner, is_default_graph);
                self.expression(expr, is_default_graph);
            }
            GraphPattern::Graph { name, inner } => {
                match name {
                    NamedNodePattern::NamedNode(graph) => self.graph(graph),
                    NamedNodePattern::Variable(variable) => self.bound(variable),
                }
                self.pattern(inner, false);
            }
            GraphPattern::Extend {
                inner,
                variable,
                expression,
            } => {
                self.pattern(inner, is_default_graph);
                self.expression(expression, is_default_graph);
                self.bound(variable);
            }
            GraphPattern::Values { variables, .. } => {
                for variable in variables {
                    self.bound(variable);
                }
            }
            GraphPattern::OrderBy { inner, expression } => {
                self.pattern(inner, is_default_graph);
                for key in expression {
                    let (OrderExpression::Asc(key) | OrderExpression::Desc(key)) = key;
                    self.expression(key, is_default_graph);
                }
            }
            GraphPattern::Project { inner, variables } => {
                self.pattern(inner, is_default_graph);
                for variable in variables {
                    self.used(variable);
                }
            }
            GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.pattern(inner, is_default_graph),
            GraphPattern::Group {
                inner,
                variables,
                aggregates,
            } => {
                self.pattern(inner, is_default_graph);
                for variable in variables {
                    self.used(variable);
                }
                for (variable, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.expression(expr, is_default_graph);
                    }
                    self.bound(variable);
                }
            }
            GraphPattern::Service { inner, .. } => self.pattern(inner, false),
        }
    }

    /// `OPTIONAL { … ?x … } … ?x …`: what follows is joined with rows that have no `?x`, and
    /// gives them any.
    fn optional_first(&mut self, left: &GraphPattern, right: &GraphPattern) {
        let (mut before, mut after) = (Bound::default(), Bound::default());
        before.look(left);
        after.look(right);
        let mut shared: Vec<&Variable> = before
            .perhaps
            .iter()
            .filter(|variable| !before.certain.contains(*variable))
            .filter(|variable| after.certain.contains(*variable) && !is_made(variable))
            .collect();
        shared.sort();
        for variable in shared {
            self.warn(
                Kind::OptionalFirst,
                Text::new(
                    format!("{variable} vient d'un OPTIONAL, et un motif qui le suit en a besoin : les lignes où elle manque y sont combinées avec tout. Mettez l'OPTIONAL à la fin."),
                    format!("{variable} comes from an OPTIONAL, and a pattern after it needs it: rows without it are combined with everything there. Put the OPTIONAL at the end."),
                ),
            );
        }
    }

    fn triple(&mut self, triple: &TriplePattern, is_default_graph: bool) {
        let NamedNodePattern::NamedNode(property) = &triple.predicate else {
            return;
        };
        if !is_default_graph || self.has_own_graphs {
            return;
        }
        self.property(property);
        match &triple.object {
            TermPattern::NamedNode(class) if *property == rdf::TYPE => self.class(class),
            TermPattern::Variable(variable) => {
                self.datatypes.insert(variable.clone(), property.clone());
            }
            TermPattern::Literal(literal) => self.compared(property, literal),
            _ => {}
        }
    }

    fn path(&mut self, path: &PropertyPathExpression) {
        match path {
            PropertyPathExpression::NamedNode(property) if !self.has_own_graphs => {
                self.property(property);
            }
            PropertyPathExpression::NamedNode(_)
            | PropertyPathExpression::NegatedPropertySet(_) => {}
            PropertyPathExpression::Reverse(inner)
            | PropertyPathExpression::ZeroOrMore(inner)
            | PropertyPathExpression::OneOrMore(inner)
            | PropertyPathExpression::ZeroOrOne(inner) => self.path(inner),
            PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
                self.path(a);
                self.path(b);
            }
        }
    }

    fn property(&mut self, property: &NamedNode) {
        let Some(statistics) = self.statistics else {
            return;
        };
        let known = &statistics.counts.properties;
        if known.contains_key(property.as_str()) {
            return;
        }
        let name = self.names.iri(property.as_str());
        let instead = nearest(property.as_str(), known.keys().map(String::as_str))
            .map(|iri| self.names.iri(iri));
        self.warn_with(
            Kind::UnknownProperty,
            Text::new(
                format!("Rien dans les données n'a la propriété {name}."),
                format!("Nothing in the data has the property {name}."),
            ),
            instead,
        );
    }

    fn class(&mut self, class: &NamedNode) {
        let Some(statistics) = self.statistics else {
            return;
        };
        let known = &statistics.counts.classes;
        if known.contains_key(class.as_str()) {
            return;
        }
        let name = self.names.iri(class.as_str());
        let instead = nearest(class.as_str(), known.keys().map(String::as_str))
            .map(|iri| self.names.iri(iri));
        self.warn_with(
            Kind::UnknownClass,
            Text::new(
                format!("Rien dans les données n'est de la classe {name}."),
                format!("Nothing in the data is of the class {name}."),
            ),
            instead,
        );
    }

    /// A text without language is never equal to one with a language.
    fn compared(&mut self, property: &NamedNode, literal: &Literal) {
        let Some(statistics) = self.statistics else {
            return;
        };
        if literal.datatype() != xsd::STRING {
            return;
        }
        let datatypes: FxHashSet<&str> = statistics
            .counts
            .classes
            .values()
            .filter_map(|class| class.properties.get(property.as_str()))
            .flat_map(|partition| partition.datatypes.keys())
            .map(String::as_str)
            .collect();
        if datatypes.len() == 1 && datatypes.contains(rdf::LANG_STRING.as_str()) {
            let name = self.names.iri(property.as_str());
            let text = cut(&literal.to_string());
            self.warn_with(
                Kind::NeverTrue,
                Text::new(
                    format!("Les valeurs de {name} ont toutes une langue : {text} n'est égal à aucune. Comparez STR(…), ou écrivez la langue."),
                    format!("All values of {name} have a language: {text} equals none of them. Compare STR(…), or write the language."),
                ),
                Some(format!("{text}@fr")),
            );
        }
    }

    fn expression(&mut self, expression: &Expression, is_default_graph: bool) {
        match expression {
            Expression::NamedNode(_) | Expression::Literal(_) => {}
            Expression::Variable(variable) | Expression::Bound(variable) => self.used(variable),
            Expression::Exists(pattern) => self.pattern(pattern, is_default_graph),
            Expression::Equal(a, b) | Expression::SameTerm(a, b) => {
                if let (Expression::Variable(variable), Expression::Literal(literal))
                | (Expression::Literal(literal), Expression::Variable(variable)) =
                    (a.as_ref(), b.as_ref())
                    && let Some(property) = self.datatypes.get(variable).cloned()
                {
                    self.compared(&property, literal);
                }
                self.expression(a, is_default_graph);
                self.expression(b, is_default_graph);
            }
            Expression::Or(a, b)
            | Expression::And(a, b)
            | Expression::Greater(a, b)
            | Expression::GreaterOrEqual(a, b)
            | Expression::Less(a, b)
            | Expression::LessOrEqual(a, b)
            | Expression::Add(a, b)
            | Expression::Subtract(a, b)
            | Expression::Multiply(a, b)
            | Expression::Divide(a, b) => {
                self.expression(a, is_default_graph);
                self.expression(b, is_default_graph);
            }
            Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => {
                self.expression(a, is_default_graph);
            }
            Expression::If(a, b, c) => {
                for part in [a, b, c] {
                    self.expression(part, is_default_graph);
                }
            }
            Expression::In(a, list) => {
                self.expression(a, is_default_graph);
                for item in list {
                    self.expression(item, is_default_graph);
                }
            }
            Expression::FunctionCall(_, list) | Expression::Coalesce(list) => {
                for item in list {
                    self.expression(item, is_default_graph);
                }
            }
        }
    }
}

/// The variables that a pattern gives values to.
#[derive(Default)]
struct Bound {
    /// In every row.
    certain: FxHashSet<Variable>,
    /// In some rows.
    perhaps: FxHashSet<Variable>,
}

impl Bound {
    fn all(&self) -> FxHashSet<Variable> {
        self.certain.union(&self.perhaps).cloned().collect()
    }

    fn look(&mut self, pattern: &GraphPattern) {
        match pattern {
            GraphPattern::Bgp { patterns } => {
                for triple in patterns {
                    self.certain.extend(variables_of(triple).cloned());
                }
            }
            GraphPattern::Path {
                subject, object, ..
            } => {
                for term in [subject, object] {
                    if let TermPattern::Variable(variable) = term {
                        self.certain.insert(variable.clone());
                    }
                }
            }
            GraphPattern::Join { left, right } | GraphPattern::Lateral { left, right } => {
                self.look(left);
                self.look(right);
            }
            GraphPattern::LeftJoin { left, right, .. } => {
                self.look(left);
                let mut inner = Self::default();
                inner.look(right);
                self.perhaps.extend(inner.all());
            }
            GraphPattern::Union { left, right } => {
                let (mut a, mut b) = (Self::default(), Self::default());
                a.look(left);
                b.look(right);
                self.certain
                    .extend(a.certain.intersection(&b.certain).cloned());
                // What one of two alternatives gives is no OPTIONAL: it is left alone.
            }
            GraphPattern::Filter { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. }
            | GraphPattern::OrderBy { inner, .. }
            | GraphPattern::Service { inner, .. } => self.look(inner),
            GraphPattern::Minus { left, .. } => self.look(left),
            GraphPattern::Graph { name, inner } => {
                if let NamedNodePattern::Variable(variable) = name {
                    self.certain.insert(variable.clone());
                }
                self.look(inner);
            }
            GraphPattern::Extend {
                inner, variable, ..
            } => {
                self.look(inner);
                self.certain.insert(variable.clone());
            }
            GraphPattern::Values { variables, .. } => {
                self.certain.extend(variables.iter().cloned());
            }
            GraphPattern::Project { inner, variables } => {
                let mut own = Self::default();
                own.look(inner);
                own.certain.retain(|variable| variables.contains(variable));
                own.perhaps.retain(|variable| variables.contains(variable));
                self.certain.extend(own.certain);
                self.perhaps.extend(own.perhaps);
            }
            GraphPattern::Group {
                variables,
                aggregates,
                ..
            } => {
                self.certain.extend(variables.iter().cloned());
                self.certain
                    .extend(aggregates.iter().map(|(variable, _)| variable.clone()));
            }
        }
    }
}

fn variables_of(triple: &TriplePattern) -> impl Iterator<Item = &Variable> {
    [
        match &triple.subject {
            TermPattern::Variable(variable) => Some(variable),
            _ => None,
        },
        match &triple.predicate {
            NamedNodePattern::Variable(variable) => Some(variable),
            NamedNodePattern::NamedNode(_) => None,
        },
        match &triple.object {
            TermPattern::Variable(variable) => Some(variable),
            _ => None,
        },
    ]
    .into_iter()
    .flatten()
}

/// The IRI that was perhaps meant: with the other of `http` and `https`, with the same last part
/// in another namespace, or with few letters of difference.
fn nearest<'i>(iri: &str, known: impl Iterator<Item = &'i str> + Clone) -> Option<&'i str> {
    let without_scheme = |iri: &str| iri.split_once("://").map(|(_, rest)| rest.to_lowercase());
    let wanted = without_scheme(iri);
    if let Some(same) = known.clone().find(|other| without_scheme(other) == wanted) {
        return Some(same);
    }
    let local = last_part(iri);
    if let Some(same) = known.clone().find(|other| last_part(other) == local) {
        return Some(same);
    }
    known
        .filter(|other| other.len().abs_diff(iri.len()) <= MOST_TYPOS + 1)
        .map(|other| {
            (
                distance(
                    &other.replace("https://", "http://"),
                    &iri.replace("https://", "http://"),
                ),
                other,
            )
        })
        .filter(|(letters, _)| *letters <= MOST_TYPOS)
        .min()
        .map(|(_, other)| other)
}

fn last_part(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or(iri)
}

/// Damerau's: letters to put in, take out or replace, and neighbours to swap. Long names are not
/// compared.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > 200 || a.len().abs_diff(b.len()) > MOST_TYPOS {
        return usize::MAX;
    }
    // The last line, and the one before it.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut above: Vec<usize> = Vec::new();
    for (line, letter) in a.iter().enumerate() {
        let mut next = vec![line + 1];
        for (column, other) in b.iter().enumerate() {
            let replaced = row[column] + usize::from(letter != other);
            let mut least = replaced.min(row[column + 1] + 1).min(next[column] + 1);
            if line > 0 && column > 0 && a[line - 1] == *other && b[column - 1] == *letter {
                least = least.min(above[column - 1] + 1);
            }
            next.push(least);
        }
        above = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(usize::MAX)
}
