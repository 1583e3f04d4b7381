//! From the text of a query to what may run: limits, parsing, refusals, one rewriting.

use crate::model::{Base, Text};
use crate::query::functions::{self, Named};
use crate::query::normal::normal;
use crate::query::{Prepared, Refusal, Rules, Why, order, syntax, values};
use crate::rdf::sparql::{self, Most, TooMuch};
use oxrdf::NamedNode;
use spargebra::algebra::{
    AggregateExpression, Expression, Function, GraphPattern, OrderExpression,
    PropertyPathExpression,
};
use spargebra::{Query, SparqlParser};

/// The stack of the worker has room for several times as many.
const MOST_OPERATORS: usize = 10_000;
/// Each costs the optimiser as much, and nothing calls it off.
const MOST_EXPRESSIONS: usize = 100_000;

/// Parses a query and makes it fit to run. To be called on a thread with a large stack.
///
/// # Errors
/// When the query is too long, nested too deeply, not SPARQL, an update, or calls another server.
pub fn prepare(text: &str, base: &Base, rules: Rules) -> Result<Prepared, Box<Refusal>> {
    if text.len() > rules.bytes {
        return Err(Refusal::limit(
            Why::TooLong,
            "limits.query_bytes",
            rules.bytes,
        ));
    }
    let most = Most {
        levels: rules.depth,
        operators: MOST_OPERATORS,
    };
    sparql::check(text, most).map_err(|too_much| nested(too_much, rules))?;
    let parser = SparqlParser::new()
        .with_base_iri(format!("{base}/"))
        .map_err(|error| {
            Refusal::new(Why::Refused).with_detail(Text::new(error.to_string(), error.to_string()))
        })?;
    let mut query = parser.clone().parse_query(text).map_err(|_| {
        let update = parser.clone().parse_update(text);
        if update.is_ok_and(|update| !update.operations.is_empty()) {
            Refusal::new(Why::Update)
        } else {
            not_understood(text, &parser)
        }
    })?;
    let left_open = values::leave_out_undefined(&mut query);
    let mut walk = Walk::default();
    match &mut query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => walk.pattern(pattern),
    }
    if walk.patterns > rules.patterns {
        return Err(Refusal::limit(
            Why::Refused,
            "limits.query_patterns",
            rules.patterns,
        ));
    }
    if walk.calls_a_service {
        return Err(Refusal::new(Why::Refused).with_detail(Text::new(
            "La requête contient SERVICE : ce serveur n'appelle jamais un autre serveur pour répondre.",
            "The query contains SERVICE: this server never calls another server to answer.",
        )));
    }
    if walk.expressions > MOST_EXPRESSIONS {
        return Err(Refusal::new(Why::Refused).with_detail(Text::new(
            "Les expressions de la requête, une fois ses IN développés, sont trop grandes.",
            "The query's expressions are too large, once its INs are written out.",
        )));
    }
    if let Some(name) = walk.unknown {
        let name = name.as_str();
        return Err(Refusal::new(Why::Refused).with_detail(Text::new(
            format!("La fonction <{name}> n'existe pas ici ; le point d'accès nomme celles qu'il connaît."),
            format!("There is no function <{name}> here; the endpoint names those that it knows."),
        )));
    }
    Ok(Prepared {
        is_volatile: walk.is_volatile,
        // Last, since writing what is too large takes long.
        normal: normal(&query, text),
        query,
        patterns: walk.patterns,
        expressions: walk.expressions,
        functions: walk.functions,
        left_open,
    })
}

fn nested(too_much: TooMuch, rules: Rules) -> Box<Refusal> {
    match too_much {
        TooMuch::Depth { line, column } => {
            let depth = rules.depth;
            Refusal::limit(Why::Refused, "limits.query_depth", depth)
                .with_detail(Text::new(
                    format!(
                        "À la ligne {line}, colonne {column}, la requête est imbriquée sur plus de {depth} niveaux (limite `limits.query_depth`)."
                    ),
                    format!(
                        "At line {line}, column {column}, the query is nested more than {depth} levels deep (limit `limits.query_depth`)."
                    ),
                ))
                .at(line, column)
        }
        TooMuch::Doubled { line, column } => Refusal::new(Why::Refused)
            .with_detail(Text::new(
                format!("À la ligne {line}, colonne {column}, trop de `!`, REGEX, SUBSTR ou REPLACE sont imbriqués."),
                format!("At line {line}, column {column}, too many `!`, REGEX, SUBSTR or REPLACE are nested."),
            ))
            .at(line, column),
        TooMuch::Operators => Refusal::new(Why::Refused).with_detail(Text::new(
            "La requête a trop d'opérateurs.",
            "The query has too many operators.",
        )),
    }
}

fn not_understood(text: &str, parser: &SparqlParser) -> Box<Refusal> {
    let fault = syntax::fault(text, &|text| {
        let refused = parser.clone().parse_query(text).err();
        refused.map(|error| error.to_string())
    });
    let refusal = Refusal::new(Why::Syntax).with_detail(fault.text);
    match fault.position {
        Some((line, column)) => refusal.at(line, column),
        None => refusal,
    }
}

/// Looks at every pattern of a query, those inside expressions included.
#[derive(Default)]
struct Walk {
    calls_a_service: bool,
    /// Calls a function whose value is another each time it is asked.
    is_volatile: bool,
    sort_keys: usize,
    /// Triple patterns, steps of paths, and what joins them. The optimizer's time grows with
    /// the cube of how many there are, and nothing calls it off.
    patterns: usize,
    expressions: usize,
    functions: Vec<NamedNode>,
    /// A function that there is not.
    unknown: Option<NamedNode>,
}

impl Walk {
    fn pattern(&mut self, pattern: &mut GraphPattern) {
        self.patterns += match pattern {
            GraphPattern::Bgp { patterns } => patterns.len(),
            GraphPattern::Path { path, .. } => steps(path),
            _ => 1,
        };
        match pattern {
            GraphPattern::Bgp { .. } | GraphPattern::Path { .. } | GraphPattern::Values { .. } => {}
            GraphPattern::Join { left, right }
            | GraphPattern::Lateral { left, right }
            | GraphPattern::Union { left, right }
            | GraphPattern::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            GraphPattern::LeftJoin {
                left,
                right,
                expression,
            } => {
                self.pattern(left);
                self.pattern(right);
                if let Some(expression) = expression {
                    self.count(expression);
                }
            }
            GraphPattern::Filter { expr, inner } => {
                self.count(expr);
                self.pattern(inner);
            }
            GraphPattern::Extend {
                inner, expression, ..
            } => {
                self.count(expression);
                self.pattern(inner);
            }
            GraphPattern::Project { inner, variables } => {
                self.expressions = self.expressions.saturating_add(variables.len());
                self.pattern(inner);
            }
            GraphPattern::Graph { inner, .. }
            | GraphPattern::Distinct { inner }
            | GraphPattern::Reduced { inner }
            | GraphPattern::Slice { inner, .. } => self.pattern(inner),
            GraphPattern::Group {
                inner,
                aggregates,
                variables,
            } => {
                self.expressions = self.expressions.saturating_add(variables.len());
                for (_, aggregate) in aggregates {
                    if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                        self.count(expr);
                    }
                }
                self.pattern(inner);
            }
            GraphPattern::Service { inner, .. } => {
                self.calls_a_service = true;
                self.pattern(inner);
            }
            GraphPattern::OrderBy { inner, expression } => {
                self.pattern(inner);
                for order in expression.iter_mut() {
                    match order {
                        OrderExpression::Asc(key) | OrderExpression::Desc(key) => {
                            self.count(key);
                        }
                    }
                }
                self.sort_by_kind_first(inner, expression);
            }
        }
    }

    /// Oxigraph 0.5 compares terms (a string with a number, a time with a zone with one without,
    /// a month with thirty days) in a way that is no total order, and sorting panics or mixes them
    /// up. Keys put in the place of each key leave only comparisons that are one: see `order.rs`.
    fn sort_by_kind_first(
        &mut self,
        inner: &mut Box<GraphPattern>,
        order: &mut Vec<OrderExpression>,
    ) {
        self.expressions = self
            .expressions
            .saturating_add(order.len().saturating_mul(order::SIZE));
        if self.expressions > MOST_EXPRESSIONS {
            return;
        }
        let mut keys = Vec::with_capacity(order.len() * 3);
        for key in order.drain(..) {
            let (expression, is_ascending) = match key {
                OrderExpression::Asc(expression) => (expression, true),
                OrderExpression::Desc(expression) => (expression, false),
            };
            let number = self.sort_keys;
            self.sort_keys += 1;
            for key in order::keys(expression, number, inner.as_mut()) {
                let key = Expression::Variable(key);
                keys.push(if is_ascending {
                    OrderExpression::Asc(key)
                } else {
                    OrderExpression::Desc(key)
                });
            }
        }
        *order = keys;
    }

    /// Looks at an expression, and says how large it will be once the optimiser has written
    /// `a IN (b, c)` as `a = b || a = c`: nested on the left, it doubles.
    fn expression(&mut self, expression: &mut Expression) -> usize {
        let size = match expression {
            Expression::NamedNode(_)
            | Expression::Literal(_)
            | Expression::Variable(_)
            | Expression::Bound(_) => 1,
            Expression::Exists(pattern) => {
                let before = (self.patterns, self.expressions);
                self.pattern(pattern);
                let size = (self.patterns - before.0).saturating_add(self.expressions - before.1);
                self.expressions = before.1;
                size
            }
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
            | Expression::Divide(a, b) => self.expression(a).saturating_add(self.expression(b)),
            Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => {
                self.expression(a)
            }
            Expression::If(a, b, c) => self
                .expression(a)
                .saturating_add(self.expression(b))
                .saturating_add(self.expression(c)),
            Expression::In(a, list) => {
                let each = self.expression(a).saturating_add(1);
                let items = self.expressions_of(list);
                each.saturating_mul(list.len().max(1)).saturating_add(items)
            }
            Expression::FunctionCall(function, list) => {
                self.is_volatile |= matches!(
                    function,
                    Function::Now
                        | Function::Rand
                        | Function::Uuid
                        | Function::StrUuid
                        | Function::BNode
                );
                if let Function::Custom(name) = function {
                    match functions::named(name) {
                        Named::Cast => {}
                        Named::Extension if self.functions.contains(name) => {}
                        Named::Extension => self.functions.push(name.clone()),
                        Named::Unknown => self.unknown = Some(name.clone()),
                    }
                }
                self.expressions_of(list)
            }
            Expression::Coalesce(list) => self.expressions_of(list),
        };
        size.saturating_add(1)
    }

    fn expressions_of(&mut self, list: &mut [Expression]) -> usize {
        list.iter_mut()
            .map(|item| self.expression(item))
            .fold(0, usize::saturating_add)
    }

    fn count(&mut self, expression: &mut Expression) {
        let size = self.expression(expression);
        self.expressions = self.expressions.saturating_add(size);
    }
}

/// How many properties a path names.
fn steps(path: &PropertyPathExpression) -> usize {
    match path {
        PropertyPathExpression::NamedNode(_) => 1,
        PropertyPathExpression::NegatedPropertySet(properties) => properties.len(),
        PropertyPathExpression::Reverse(inner)
        | PropertyPathExpression::ZeroOrMore(inner)
        | PropertyPathExpression::OneOrMore(inner)
        | PropertyPathExpression::ZeroOrOne(inner) => steps(inner),
        PropertyPathExpression::Sequence(a, b) | PropertyPathExpression::Alternative(a, b) => {
            steps(a) + steps(b)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        bytes: 64 << 10,
        depth: 100,
        patterns: 100,
    };

    fn prepared(text: &str) -> Result<Prepared, Box<Refusal>> {
        let base: Base = "https://data.example.org".parse().expect("a base");
        prepare(text, &base, RULES)
    }

    fn refusal(text: &str) -> Why {
        prepared(text).expect_err(text).why
    }

    #[test]
    fn service_is_refused_wherever_it_hides() {
        for query in [
            "SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } }",
            "SELECT * { OPTIONAL { SERVICE SILENT ?x { ?s ?p ?o } } }",
            "SELECT * { ?s ?p ?o FILTER EXISTS { SERVICE <http://a.example/> { ?s ?p ?o } } }",
            "SELECT * { { SELECT * { SERVICE <http://a.example/> { ?s ?p ?o } } } }",
            "ASK { ?s ?p ?o BIND(IF(EXISTS { SERVICE <http://a.example/> {} }, 1, 2) AS ?x) }",
            "SELECT (COUNT(EXISTS { SERVICE <http://a.example/> {} }) AS ?n) { ?s ?p ?o }",
            "SELECT * { ?s ?p ?o } ORDER BY EXISTS { SERVICE <http://a.example/> {} }",
        ] {
            assert_eq!(refusal(query), Why::Refused, "{query}");
        }
    }

    #[test]
    fn updates_are_refused_with_their_own_problem() {
        for update in [
            "INSERT DATA { <a> <b> <c> }",
            "DROP ALL",
            "LOAD <http://a.example/>",
        ] {
            assert_eq!(refusal(update), Why::Update, "{update}");
        }
    }

    #[test]
    fn a_syntax_error_says_where_what_is_there_and_what_was_expected() {
        for (query, position, said, expected) in [
            (
                "SELECT *\nWHERE { ?s ?p }",
                (2, 15),
                "`}` does not fit",
                "`(`",
            ),
            (
                "SELEC * { ?s ?p ?o }",
                (1, 1),
                "`SELEC` does not fit",
                "SELECT",
            ),
            ("SELECT * { ?s ?p ?o", (1, 20), "ends too early", "`}`"),
            (
                "SELECT * { ?s ?p ?o } LIMIT x",
                (1, 29),
                "`x` does not fit",
                "a number",
            ),
            (
                "SELECT * { ?s ?p ?o FILTER(?o > ) }",
                (1, 33),
                "`)` does not fit",
                "`?`",
            ),
            (
                "SELECT ?a ?b, ?c WHERE { ?a ?b ?c }",
                (1, 13),
                "`,` does not fit",
                "`?`",
            ),
            (
                "SELECT * WHERE ?s ?p ?o",
                (1, 16),
                "`?s` does not fit",
                "`{`",
            ),
            (
                "SELECT * { ?s ?p ?o OPTIONAL ?s }",
                (1, 30),
                "`?s` does not fit",
                "`{`",
            ),
            (
                "SELECT * { ?s ?p ?o } GROUP BY",
                (1, 31),
                "ends too early",
                "`?`",
            ),
            (
                "SELECT * { ?s ?p ?o } ORDER BU ?s",
                (1, 23),
                "`ORDER` does not fit",
                "ORDER",
            ),
            ("", (1, 1), "ends too early", "SELECT"),
            ("é", (1, 1), "`é` does not fit", "ASK"),
        ] {
            let refusal = prepared(query).expect_err("a syntax error");
            let detail = refusal.detail.expect("a detail");
            assert_eq!(refusal.position, Some(position), "{query}: {}", detail.en);
            for wanted in [said, "Expected here: ", expected] {
                assert!(detail.en.contains(wanted), "{query}: {}", detail.en);
            }
            assert!(detail.fr.contains("Attendu ici : "), "{}", detail.fr);
        }
    }

    #[test]
    fn what_no_grammar_can_say_is_told_in_a_sentence() {
        for (query, position, said) in [
            (
                "SELECT * { ?s nowhere:x ?o }",
                (1, 15),
                "prefix is not declared",
            ),
            ("SELECT * { ?s ?p <http://a b> }", (1, 18), "has no end"),
            ("SELECT * {\n?s ?p 'abc }", (2, 7), "has no end"),
            (
                "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o }",
                (1, 39),
                "GROUP BY",
            ),
        ] {
            let refusal = prepared(query).expect_err("a syntax error");
            let detail = refusal.detail.expect("a detail");
            assert!(detail.en.contains(said), "{query}: {}", detail.en);
            assert_eq!(refusal.position, Some(position), "{query}: {}", detail.en);
        }
    }

    #[test]
    fn what_is_too_long_or_too_deep_is_refused_before_parsing() {
        let long = format!("SELECT * {{ ?s ?p \"{}\" }}", "x".repeat(1 << 17));
        assert_eq!(refusal(&long), Why::TooLong);
        assert_eq!(refusal(&"{".repeat(10_000)), Why::Refused);
    }

    #[test]
    fn what_the_optimizer_would_choke_on_is_refused() {
        for query in [
            format!("ASK {{ {} }}", "?s ?p ?o . ".repeat(101)),
            format!("ASK {{ {} }}", "{} UNION ".repeat(101) + "{}"),
            format!("ASK {{ ?s {}a ?o }}", "a/".repeat(101)),
            format!("ASK {{ {} }}", "{ VALUES ?x { 1 } } ".repeat(101)),
        ] {
            assert_eq!(refusal(&query), Why::Refused, "{query}");
        }
        let values = format!("ASK {{ VALUES (?a ?b) {{ {} }} }}", "(1 2)".repeat(2000));
        assert!(prepared(&values).is_ok());
    }

    #[test]
    fn sorting_gets_a_key_for_the_kind_of_term_first() {
        let query = prepared("SELECT ?o { ?s ?p ?o } ORDER BY DESC(?o) ?s").expect("a query");
        let text = query.query.to_string();
        let keys =
            "ORDER BY DESC(?sort kind 0) DESC(?sort value 0) DESC(?sort exact 0) ASC(?sort kind 1)";
        assert!(text.contains(keys), "{text}");
    }

    #[test]
    fn the_deepest_allowed_query_is_parsed_in_good_time() {
        let deep = |open: &str, close: &str| {
            format!(
                "SELECT * {{ FILTER({}1{}) }}",
                open.repeat(90),
                close.repeat(90)
            )
        };
        let groups = format!("SELECT * {}{}", "{".repeat(99), "}".repeat(99));
        let (done, waiting) = std::sync::mpsc::channel();
        std::thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(move || {
                let kinds: Vec<_> = [deep("(", ")"), deep("", ""), groups]
                    .iter()
                    .map(|query| prepared(query).is_ok())
                    .collect();
                done.send(kinds)
            })
            .expect("a thread");
        let all = waiting.recv_timeout(std::time::Duration::from_secs(20));
        assert_eq!(all, Ok(vec![true; 3]));
    }
}
