//! From the text of a query to algebra that may run.

use crate::model::vocabulary::rdf;
use crate::rdf::sparql::{self, Most, TooMuch};
use crate::shapes::compile::Refusal;
use crate::shapes::path::Path;
use crate::shapes::sparql::limitations;
use crate::shapes::sparql::prefixes::Prefixes;
use crate::shapes::sparql::walk::{Part, walk};
use oxrdf::Variable;
use spargebra::algebra::{GraphPattern, PropertyPathExpression};
use spargebra::term::{NamedNodePattern, TriplePattern};
use spargebra::{Query, SparqlParser};

/// How large a query may be, so that a stranger's takes neither the stack nor the afternoon.
const QUERY_BYTES: usize = 64 << 10;
const QUERY_NESTING: Most = Most {
    levels: 40,
    operators: 500,
};
/// Triple patterns, steps of paths, sub-queries. The planner's time grows with the cube of how many there are, and
/// it plans for every focus node.
const QUERY_PATTERNS: usize = 60;
/// Room for the parser, which takes several frames for each of the levels.
const STACK_BYTES: usize = 32 << 20;

/// The variable that stands for the path of a property shape.
pub(super) const PATH: &str = "PATH";

/// Which kind of query is asked for, and the rules that it can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Select,
    Ask,
}

impl Form {
    fn keyword(self) -> &'static str {
        match self {
            Form::Select => "SELECT",
            Form::Ask => "ASK",
        }
    }

    fn validity_rule(self) -> &'static str {
        match self {
            Form::Select => "select-query-valid",
            Form::Ask => "ask-sparql",
        }
    }
}

/// The algebra of a query that follows all rules. `parameters` are the variables that get values
/// besides `this`, `value` and those about the shapes graph.
pub(super) fn read(
    text: &str,
    prefixes: &Prefixes,
    form: Form,
    parameters: &[&str],
) -> Result<Query, Refusal> {
    let invalid = |problem: String| Refusal::new(form.validity_rule(), problem);
    check_size(text)?;
    let mut query = parse(text, prefixes).map_err(&invalid)?;
    let (dataset, pattern) = match (&mut query, form) {
        (
            Query::Select {
                dataset, pattern, ..
            },
            Form::Select,
        )
        | (
            Query::Ask {
                dataset, pattern, ..
            },
            Form::Ask,
        ) => (dataset, pattern),
        _ => {
            return Err(invalid(format!(
                "the query must be of the form {}",
                form.keyword()
            )));
        }
    };
    if dataset.is_some() {
        return Err(invalid(
            "FROM names a graph that validation does not have; leave it out".to_owned(),
        ));
    }
    check_patterns(pattern)?;
    let mut bound = vec!["this"];
    if form == Form::Ask {
        bound.push("value");
    }
    bound.extend(parameters);
    let broken = limitations::broken(pattern, &bound);
    if !broken.is_empty() {
        return Err(Refusal::new("pre-binding-limitations", broken.join("; ")));
    }
    let mut without_path = pattern.clone();
    put_path_in(&mut without_path, &Path::Predicate(rdf::TYPE.into_owned()));
    if limitations::mentions(&mut without_path, PATH) {
        return Err(Refusal::new(
            "PATH-position",
            "$PATH may only be the predicate of a triple pattern".to_owned(),
        ));
    }
    if form == Form::Select && !projected(pattern).iter().any(|v| v.as_str() == "this") {
        return Err(Refusal::new(
            "select-query-this",
            "the SELECT must name $this".to_owned(),
        ));
    }
    Ok(query)
}

/// The pattern of a SELECT or ASK query; [`read`] lets no other through.
pub(super) fn pattern_mut(query: &mut Query) -> &mut GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Ask { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. } => pattern,
    }
}

pub(super) fn pattern(query: &Query) -> &GraphPattern {
    match query {
        Query::Select { pattern, .. }
        | Query::Ask { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. } => pattern,
    }
}

fn check_size(text: &str) -> Result<(), Refusal> {
    if text.len() > QUERY_BYTES {
        let problem = format!("the query has more than {QUERY_BYTES} bytes");
        return Err(Refusal::new("nesting", problem));
    }
    sparql::check(text, QUERY_NESTING).map_err(|too_much| {
        let problem = match too_much {
            TooMuch::Depth { line, column } => format!(
                "at line {line}, column {column}, the query nests more than {} deep",
                QUERY_NESTING.levels
            ),
            TooMuch::Doubled { line, column } => format!(
                "at line {line}, column {column}, `!`, REGEX, SUBSTR or REPLACE nest too deep"
            ),
            TooMuch::Operators => format!(
                "the query has more than {} brackets and operators",
                QUERY_NESTING.operators
            ),
        };
        Refusal::new("nesting", problem)
    })
}

fn parse(text: &str, prefixes: &Prefixes) -> Result<Query, String> {
    let mut parser = SparqlParser::new();
    for (prefix, namespace) in prefixes {
        parser = parser
            .with_prefix(prefix, namespace)
            .map_err(|error| format!("the namespace of the prefix `{prefix}`: {error}"))?;
    }
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("shapes".to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || parser.parse_query(text))
            .map_or(None, |reader| reader.join().ok())
    })
    .ok_or_else(|| "the query could not be read".to_owned())?
    .map_err(|error| error.to_string())
}

fn check_patterns(pattern: &mut GraphPattern) -> Result<(), Refusal> {
    let mut patterns = 0;
    walk(pattern, &mut |part| {
        if let Part::Pattern(pattern) = part {
            patterns += match pattern {
                GraphPattern::Bgp { patterns } => patterns.len(),
                GraphPattern::Path { path, .. } => path_parts(path),
                GraphPattern::Project { .. } | GraphPattern::Union { .. } => 1,
                _ => 0,
            };
        }
    });
    if patterns > QUERY_PATTERNS {
        let problem = format!("the query has more than {QUERY_PATTERNS} patterns");
        return Err(Refusal::new("nesting", problem));
    }
    Ok(())
}

fn projected(pattern: &GraphPattern) -> &[Variable] {
    match pattern {
        GraphPattern::Project { variables, .. } => variables,
        GraphPattern::Distinct { inner }
        | GraphPattern::Reduced { inner }
        | GraphPattern::Slice { inner, .. } => projected(inner),
        _ => &[],
    }
}

/// Puts the shape's path in for `$PATH` where it is the predicate of a triple pattern.
pub(super) fn put_path_in(pattern: &mut GraphPattern, path: &Path) {
    walk(pattern, &mut |part| {
        if let Part::Pattern(pattern) = part
            && let GraphPattern::Bgp { patterns } = pattern
            && patterns.iter().any(|triple| is_path(&triple.predicate))
        {
            *pattern = with_path(std::mem::take(patterns), path);
        }
    });
}

fn with_path(triples: Vec<TriplePattern>, path: &Path) -> GraphPattern {
    let mut along_path = Vec::new();
    let mut plain = Vec::new();
    for mut triple in triples {
        match path {
            _ if !is_path(&triple.predicate) => plain.push(triple),
            Path::Predicate(predicate) => {
                triple.predicate = predicate.clone().into();
                plain.push(triple);
            }
            path => along_path.push(GraphPattern::Path {
                subject: triple.subject,
                path: expression(path),
                object: triple.object,
            }),
        }
    }
    along_path
        .into_iter()
        .fold(GraphPattern::Bgp { patterns: plain }, |left, right| {
            GraphPattern::Join {
                left: Box::new(left),
                right: Box::new(right),
            }
        })
}

fn is_path(predicate: &NamedNodePattern) -> bool {
    matches!(predicate, NamedNodePattern::Variable(variable) if variable.as_str() == PATH)
}

/// The path in the algebra of SPARQL. A sequence or alternative of a shape has two members or more.
fn expression(path: &Path) -> PropertyPathExpression {
    let joined = |paths: &[Path], join: fn(Box<_>, Box<_>) -> PropertyPathExpression| {
        paths
            .iter()
            .map(expression)
            .reduce(|left, right| join(Box::new(left), Box::new(right)))
            .unwrap_or_else(|| PropertyPathExpression::NegatedPropertySet(Vec::new()))
    };
    match path {
        Path::Predicate(predicate) => predicate.clone().into(),
        Path::Inverse(path) => PropertyPathExpression::Reverse(Box::new(expression(path))),
        Path::Sequence(paths) => joined(paths, PropertyPathExpression::Sequence),
        Path::Alternative(paths) => joined(paths, PropertyPathExpression::Alternative),
        Path::ZeroOrMore(path) => PropertyPathExpression::ZeroOrMore(Box::new(expression(path))),
        Path::OneOrMore(path) => PropertyPathExpression::OneOrMore(Box::new(expression(path))),
        Path::ZeroOrOne(path) => PropertyPathExpression::ZeroOrOne(Box::new(expression(path))),
    }
}

/// How many steps a path has; one with very many is refused before it becomes algebra.
pub(super) fn check_path(path: &Path) -> Result<(), Refusal> {
    fn steps(path: &Path) -> usize {
        match path {
            Path::Predicate(_) => 1,
            Path::Inverse(path)
            | Path::ZeroOrMore(path)
            | Path::OneOrMore(path)
            | Path::ZeroOrOne(path) => 1 + steps(path),
            Path::Sequence(paths) | Path::Alternative(paths) => paths.iter().map(steps).sum(),
        }
    }
    if steps(path) > QUERY_PATTERNS {
        let problem = format!("a path of more than {QUERY_PATTERNS} steps cannot stand in a query");
        return Err(Refusal::new("nesting", problem));
    }
    Ok(())
}

/// Whether the query looks into a graph besides the data.
pub(super) fn reads_named_graphs(pattern: &mut GraphPattern) -> bool {
    let mut found = false;
    walk(pattern, &mut |part| {
        found |= matches!(part, Part::Pattern(GraphPattern::Graph { .. }));
    });
    found
}

/// How many parts the query has: no fewer than the levels that it nests.
pub(super) fn parts(pattern: &mut GraphPattern) -> usize {
    let mut parts = 0;
    walk(pattern, &mut |part| {
        parts += match part {
            Part::Pattern(GraphPattern::Bgp { patterns }) => patterns.len() + 1,
            Part::Pattern(GraphPattern::Path { path, .. }) => 1 + path_parts(path),
            Part::Pattern(_) | Part::Expression(_) => 1,
        };
    });
    parts
}

fn path_parts(path: &PropertyPathExpression) -> usize {
    match path {
        PropertyPathExpression::NamedNode(_) | PropertyPathExpression::NegatedPropertySet(_) => 1,
        PropertyPathExpression::Reverse(path)
        | PropertyPathExpression::ZeroOrMore(path)
        | PropertyPathExpression::OneOrMore(path)
        | PropertyPathExpression::ZeroOrOne(path) => 1 + path_parts(path),
        PropertyPathExpression::Sequence(one, other)
        | PropertyPathExpression::Alternative(one, other) => {
            1 + path_parts(one) + path_parts(other)
        }
    }
}
