//! The plan in words: what is read, by which index, and how it is put together.

use crate::model::Text;
use crate::query::order;
use crate::query::plan::estimate::Step;
use crate::rdf::write::Prefixes;
use oxrdf::{NamedNode, Variable};
use spargebra::algebra::PropertyPathExpression;
use sparopt::algebra::{
    AggregateExpression, Expression, GraphPattern, GroundTermPattern, JoinAlgorithm,
    LeftJoinAlgorithm, MinusAlgorithm, NamedNodePattern, OrderExpression,
};

/// The longest text of an expression or constant that is shown.
const SHOWN_CHARACTERS: usize = 120;
/// So deep the plan is shown.
const SHOWN_LEVELS: usize = 40;

/// One step of a plan, told to a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub what: Text,
    /// Rows that it is expected to give, and reads, or what takes as long, that it takes with all
    /// that is below it, each time.
    pub rows: f64,
    pub reads: f64,
    pub steps: Vec<Told>,
}

/// Names as people write them.
pub(super) struct Names<'a>(pub &'a Prefixes);

impl Names<'_> {
    pub(super) fn iri(&self, iri: &str) -> String {
        match self.0.shorten(iri) {
            Some((prefix, local)) => format!("{prefix}:{local}"),
            None => format!("<{iri}>"),
        }
    }

    fn node(&self, node: &NamedNode) -> String {
        self.iri(node.as_str())
    }

    fn term(&self, term: &GroundTermPattern) -> String {
        match term {
            GroundTermPattern::NamedNode(node) => self.node(node),
            GroundTermPattern::Literal(literal) => cut(&literal.to_string()),
            GroundTermPattern::Variable(variable) => shown(variable),
        }
    }

    fn name(&self, name: &NamedNodePattern) -> String {
        match name {
            NamedNodePattern::NamedNode(node) => self.node(node),
            NamedNodePattern::Variable(variable) => shown(variable),
        }
    }

    fn path(&self, path: &PropertyPathExpression) -> String {
        match path {
            PropertyPathExpression::NamedNode(node) => self.node(node),
            PropertyPathExpression::Reverse(inner) => format!("^{}", self.path(inner)),
            PropertyPathExpression::Sequence(a, b) => {
                format!("{}/{}", self.path(a), self.path(b))
            }
            PropertyPathExpression::Alternative(a, b) => {
                format!("({}|{})", self.path(a), self.path(b))
            }
            PropertyPathExpression::ZeroOrMore(inner) => format!("({})*", self.path(inner)),
            PropertyPathExpression::OneOrMore(inner) => format!("({})+", self.path(inner)),
            PropertyPathExpression::ZeroOrOne(inner) => format!("({})?", self.path(inner)),
            PropertyPathExpression::NegatedPropertySet(nodes) => {
                let names: Vec<_> = nodes.iter().map(|node| self.node(node)).collect();
                format!("!({})", names.join("|"))
            }
        }
    }
}

/// The optimiser names blank nodes and sort keys by random numbers.
pub(super) fn is_made(variable: &Variable) -> bool {
    let name = variable.as_str();
    name.contains(' ') || (name.len() >= 28 && name.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn shown(variable: &Variable) -> String {
    if is_made(variable) {
        "[]".to_owned()
    } else {
        format!("?{}", variable.as_str())
    }
}

pub(super) fn cut(text: &str) -> String {
    if text.chars().count() <= SHOWN_CHARACTERS {
        return text.to_owned();
    }
    let kept: String = text.chars().take(SHOWN_CHARACTERS).collect();
    format!("{kept}…")
}

fn list(variables: &[Variable]) -> String {
    let names: Vec<_> = variables
        .iter()
        .filter(|variable| !is_made(variable))
        .map(shown)
        .collect();
    names.join(", ")
}

/// An expression as it was written: a plan has names of chance for the aggregates in it.
fn expression(expression: &Expression, aggregates: &[(&Variable, String)]) -> String {
    let mut text = spargebra::algebra::Expression::from(expression).to_string();
    for (variable, written) in aggregates {
        text = text.replace(&variable.to_string(), written);
    }
    cut(&text)
}

/// The aggregates that a step's expressions can name, each with the variable that stands for it.
fn aggregates(pattern: &GraphPattern) -> Vec<(&Variable, String)> {
    let mut below = pattern;
    loop {
        below = match below {
            GraphPattern::Extend { inner, .. }
            | GraphPattern::Filter { inner, .. }
            | GraphPattern::OrderBy { inner, .. } => inner,
            GraphPattern::Group { aggregates, .. } => {
                return aggregates
                    .iter()
                    .filter(|(variable, _)| is_made(variable))
                    .map(|(variable, aggregate)| (variable, written(aggregate)))
                    .collect();
            }
            _ => return Vec::new(),
        }
    }
}

fn written(aggregate: &AggregateExpression) -> String {
    spargebra::algebra::AggregateExpression::from(aggregate).to_string()
}

/// Tells a step with those below it.
pub(super) fn tell(step: &Step<'_>, names: &Names<'_>, level: usize) -> Told {
    let below = |from: &[Step<'_>]| -> Vec<Told> {
        if level >= SHOWN_LEVELS {
            return Vec::new();
        }
        from.iter()
            .map(|child| tell(child, names, level + 1))
            .collect()
    };
    let children = || below(&step.children);
    let (what, steps) = match step.pattern {
        GraphPattern::QuadPattern {
            subject,
            predicate,
            object,
            graph_name,
        } => {
            let pattern = format!(
                "{} {} {}",
                names.term(subject),
                names.name(predicate),
                names.term(object)
            );
            let known = [
                (
                    is_known(subject, step),
                    Text::new("le sujet", "the subject"),
                ),
                (
                    is_known_name(predicate, step),
                    Text::new("la propriété", "the property"),
                ),
                (is_known(object, step), Text::new("l'objet", "the object")),
            ];
            let known: Vec<&Text> = known
                .iter()
                .filter(|(is_known, _)| *is_known)
                .map(|(_, name)| name)
                .collect();
            (
                read(&pattern, &known, graph_name.as_ref(), names),
                Vec::new(),
            )
        }
        GraphPattern::Path {
            subject,
            path,
            object,
            graph_name,
        } => {
            let pattern = format!(
                "{} {} {}",
                names.term(subject),
                cut(&names.path(path)),
                names.term(object)
            );
            let from = match (is_known(subject, step), is_known(object, step)) {
                (true, true) => Text::new("d'un bout à l'autre", "from one end to the other"),
                (true, false) => Text::new("depuis le sujet", "from the subject"),
                (false, true) => Text::new("depuis l'objet", "from the object"),
                (false, false) => Text::new("depuis partout", "from everywhere"),
            };
            let graph = in_graph(graph_name.as_ref(), names);
            (
                Text::new(
                    format!("suit le chemin {pattern} {}{}", from.fr, graph.fr),
                    format!("follows the path {pattern} {}{}", from.en, graph.en),
                ),
                Vec::new(),
            )
        }
        GraphPattern::Graph { graph_name } => {
            let name = names.name(graph_name);
            (
                Text::new(
                    format!("les graphes nommés : {name}"),
                    format!("the named graphs: {name}"),
                ),
                Vec::new(),
            )
        }
        GraphPattern::Values {
            variables,
            bindings,
        } => {
            let rows = bindings.len();
            let names = list(variables);
            let text = match (rows, names.is_empty()) {
                (0, _) => Text::new("rien : jamais de résultat", "nothing: never a result"),
                (_, true) => Text::new("une ligne sans valeur", "one row without values"),
                _ => Text::new(
                    format!("{rows} lignes de valeurs pour {names}"),
                    format!("{rows} rows of values for {names}"),
                ),
            };
            (text, Vec::new())
        }
        GraphPattern::Lateral { right, .. } => {
            let is_optional = matches!(right.as_ref(), GraphPattern::LeftJoin { left, .. }
                if left.is_empty_singleton());
            let text = if is_optional {
                Text::new(
                    "pour chaque ligne de la première étape, la seconde, si elle trouve quelque chose (OPTIONAL)",
                    "for each row of the first step, the second one, if it finds something (OPTIONAL)",
                )
            } else {
                Text::new(
                    "pour chaque ligne d'une étape, la suivante (boucle par l'index)",
                    "for each row of one step, the next one (loop by index)",
                )
            };
            let mut steps = Vec::new();
            flatten(step, is_optional, &mut steps);
            let flat: Vec<Told> = if level >= SHOWN_LEVELS {
                Vec::new()
            } else {
                steps
                    .into_iter()
                    .map(|child| tell(child, names, level + 1))
                    .collect()
            };
            (text, flat)
        }
        GraphPattern::Join { algorithm, .. } => {
            let JoinAlgorithm::HashBuildLeftProbeRight { keys } = algorithm;
            let keys = list(keys);
            let text = if keys.is_empty() {
                Text::new(
                    "produit : chaque ligne de l'une avec chaque ligne de l'autre",
                    "product: each row of one with each row of the other",
                )
            } else {
                Text::new(
                    format!(
                        "table de hachage de la première étape sur {keys}, dans laquelle la seconde est cherchée"
                    ),
                    format!(
                        "hash table of the first step on {keys}, in which the second is looked up"
                    ),
                )
            };
            (text, children())
        }
        GraphPattern::LeftJoin { algorithm, .. } => {
            let LeftJoinAlgorithm::HashBuildRightProbeLeft { keys } = algorithm;
            let keys = list(keys);
            let text = if keys.is_empty() {
                Text::new(
                    "OPTIONAL sans variable commune : chaque ligne avec chaque ligne",
                    "OPTIONAL without a common variable: each row with each row",
                )
            } else {
                Text::new(
                    format!("OPTIONAL par une table de hachage de la seconde étape sur {keys}"),
                    format!("OPTIONAL by a hash table of the second step on {keys}"),
                )
            };
            (text, children())
        }
        GraphPattern::Minus { algorithm, .. } => {
            let MinusAlgorithm::HashBuildRightProbeLeft { keys } = algorithm;
            let keys = list(keys);
            (
                Text::new(
                    format!("MINUS : sans ce que donne la première étape ({keys})"),
                    format!("MINUS: without what the first step gives ({keys})"),
                ),
                children(),
            )
        }
        GraphPattern::Filter {
            expression: condition,
            ..
        } => {
            let condition = expression(condition, &aggregates(step.pattern));
            (
                Text::new(
                    format!("garde les lignes où {condition}"),
                    format!("keeps the rows where {condition}"),
                ),
                children(),
            )
        }
        GraphPattern::Extend {
            variable,
            expression: value,
            ..
        } => {
            // The keys that a sort gets are of no interest.
            if is_made(variable)
                && let Some(inner) = step.children.first()
            {
                return tell(inner, names, level);
            }
            let value = expression(value, &aggregates(step.pattern));
            let variable = shown(variable);
            (
                Text::new(
                    format!("calcule {variable} = {value}"),
                    format!("computes {variable} = {value}"),
                ),
                children(),
            )
        }
        GraphPattern::Union { .. } => (
            Text::new("UNION : l'une puis l'autre", "UNION: one after the other"),
            children(),
        ),
        GraphPattern::OrderBy {
            expression: keys,
            inner,
        } => {
            let keys = sorted_by(keys, inner).join(", ");
            (
                Text::new(
                    format!("trie toutes les lignes par {keys}"),
                    format!("sorts all rows by {keys}"),
                ),
                children(),
            )
        }
        GraphPattern::Project { variables, .. } => {
            let names = list(variables);
            (
                Text::new(format!("rend {names}"), format!("gives {names}")),
                children(),
            )
        }
        GraphPattern::Distinct { .. } | GraphPattern::Reduced { .. } => (
            Text::new("chaque ligne une seule fois", "each row only once"),
            children(),
        ),
        GraphPattern::Slice { start, length, .. } => {
            let (start, length) = (
                start,
                length.map_or("∞".to_owned(), |rows| rows.to_string()),
            );
            (
                Text::new(
                    format!("{length} lignes au plus, après {start}"),
                    format!("at most {length} rows, after {start}"),
                ),
                children(),
            )
        }
        GraphPattern::Group {
            variables,
            aggregates,
            ..
        } => {
            let names = list(variables);
            let mut text = if names.is_empty() {
                Text::new("agrège toutes les lignes", "aggregates all rows")
            } else {
                Text::new(format!("groupe par {names}"), format!("groups by {names}"))
            };
            if !aggregates.is_empty() {
                let values: Vec<String> = aggregates
                    .iter()
                    .map(|(_, aggregate)| written(aggregate))
                    .collect();
                let values = cut(&values.join(", "));
                text.fr.push_str(&format!(", calcule {values}"));
                text.en.push_str(&format!(", computes {values}"));
            }
            (text, children())
        }
        GraphPattern::Service { .. } => (Text::new("SERVICE", "SERVICE"), children()),
    };
    Told {
        what,
        rows: step.estimate.rows,
        reads: step.estimate.reads,
        steps,
    }
}

/// The keys of ORDER BY as they were written, found behind those that stand for them.
fn sorted_by(keys: &[OrderExpression], inner: &GraphPattern) -> Vec<String> {
    let mut bound: Vec<(&Variable, &Expression)> = Vec::new();
    let mut below = inner;
    while let GraphPattern::Extend {
        inner,
        variable,
        expression,
    } = below
    {
        bound.push((variable, expression));
        below = inner;
    }
    let value = |variable: &Variable| {
        bound
            .iter()
            .find(|(name, _)| *name == variable)
            .map(|(_, value)| *value)
    };
    let aggregates = aggregates(inner);
    let mut names = Vec::new();
    for key in keys {
        let (key, is_ascending) = match key {
            OrderExpression::Asc(key) => (key, true),
            OrderExpression::Desc(key) => (key, false),
        };
        if let Expression::Variable(key) = key
            && order::is_kind(key)
            && let Some(kind) = value(key)
            && let Some(term) = kind.used_variables().into_iter().next()
        {
            let name = match value(term) {
                Some(written) if is_made(term) => expression(written, &aggregates),
                None if is_made(term) => expression(&term.clone().into(), &aggregates),
                _ => shown(term),
            };
            names.push(if is_ascending {
                name
            } else {
                format!("DESC({name})")
            });
        }
    }
    names
}

/// A chain of loops of one kind is told as one list.
fn flatten<'s, 'a>(step: &'s Step<'a>, is_optional: bool, steps: &mut Vec<&'s Step<'a>>) {
    for (place, child) in step.children.iter().enumerate() {
        let is_chain = place == 0
            && !is_optional
            && matches!(child.pattern, GraphPattern::Lateral { right, .. }
                if !matches!(right.as_ref(), GraphPattern::LeftJoin { .. }));
        if is_chain {
            flatten(child, is_optional, steps);
        } else {
            steps.push(child);
        }
    }
}

fn is_known(term: &GroundTermPattern, step: &Step<'_>) -> bool {
    match term {
        GroundTermPattern::Variable(variable) => step.before.contains(&variable),
        _ => true,
    }
}

fn is_known_name(name: &NamedNodePattern, step: &Step<'_>) -> bool {
    match name {
        NamedNodePattern::Variable(variable) => step.before.contains(&variable),
        NamedNodePattern::NamedNode(_) => true,
    }
}

fn read(
    pattern: &str,
    known: &[&Text],
    graph: Option<&NamedNodePattern>,
    names: &Names<'_>,
) -> Text {
    let graph = in_graph(graph, names);
    if known.is_empty() {
        return Text::new(
            format!("lit tout : {pattern}{}", graph.fr),
            format!("reads everything: {pattern}{}", graph.en),
        );
    }
    let fr: Vec<&str> = known.iter().map(|text| text.fr.as_str()).collect();
    let en: Vec<&str> = known.iter().map(|text| text.en.as_str()).collect();
    Text::new(
        format!("lit {pattern} par {}{}", fr.join(" et "), graph.fr),
        format!("reads {pattern} by {}{}", en.join(" and "), graph.en),
    )
}

fn in_graph(graph: Option<&NamedNodePattern>, names: &Names<'_>) -> Text {
    match graph {
        None => Text::default(),
        Some(graph) => {
            let name = names.name(graph);
            Text::new(
                format!(", dans le graphe {name}"),
                format!(", in the graph {name}"),
            )
        }
    }
}
