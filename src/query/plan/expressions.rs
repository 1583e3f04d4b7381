//! What an expression costs for each row, and how much longer than the texts of the data its
//! value may be. Only what stands in the lists here runs in this process.

use crate::query::functions;
use crate::query::plan::estimate::{Estimator, Vars};
use crate::query::plan::numbers::{length, plus, times};
use crate::query::plan::reason::Reason;
use sparopt::algebra::{Expression, Function};

/// The costs are in reads of the store, as those of patterns are.
const NODE: f64 = 0.1;
/// To fetch the text of a term that a variable stands for.
const FETCH: f64 = 1.5;
const HASH: f64 = 2.0;

const REGEX_BYTES: usize = 100;
const REGEX_CLASSES: usize = 8;
/// A text may become so many times as long as those of the data are.
pub(super) const MOST_GROWTH: f64 = 32.0;
/// How long the texts of the data are, most of them, in bytes.
const TEXT_BYTES: f64 = 100.0;

/// How many times as long as the texts of the data a constant is.
pub(super) fn growth_of(text: &str) -> f64 {
    (length(text.len()) / TEXT_BYTES).max(1.0)
}

/// What one expression costs and gives.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cost {
    /// Reads for each row.
    pub reads: f64,
    pub most_reads: f64,
    /// Reads between two points where it can be called off.
    pub stuck: f64,
    /// How many times as long as a text of the data or the query its value may be.
    pub growth: f64,
    /// It has a value for each row that has its variables.
    pub is_safe: bool,
}

impl Cost {
    fn with(mut self, other: Self) -> Self {
        self.reads = plus(self.reads, other.reads);
        self.most_reads = plus(self.most_reads, other.most_reads);
        self.stuck = plus(self.stuck, other.stuck);
        self.growth = self.growth.max(other.growth);
        self.is_safe = false;
        self
    }
}

impl<'a> Estimator<'a> {
    pub(super) fn expression(&mut self, expression: &'a Expression, vars: &Vars<'a>) -> Cost {
        let leaf = |reads| Cost {
            reads,
            most_reads: reads,
            stuck: 0.0,
            growth: 1.0,
            is_safe: true,
        };
        let node = Cost {
            is_safe: false,
            ..leaf(NODE)
        };
        match expression {
            Expression::NamedNode(_) => leaf(NODE),
            Expression::Literal(literal) => Cost {
                growth: growth_of(literal.value()),
                ..leaf(NODE)
            },
            Expression::Variable(variable) => Cost {
                growth: vars.growth(variable),
                is_safe: vars.is_bound(variable),
                ..leaf(FETCH)
            },
            Expression::Bound(_) => leaf(NODE),
            Expression::Or(list) | Expression::And(list) | Expression::Coalesce(list) => list
                .iter()
                .map(|item| self.expression(item, vars))
                .fold(node, Cost::with),
            Expression::Equal(a, b)
            | Expression::SameTerm(a, b)
            | Expression::Greater(a, b)
            | Expression::GreaterOrEqual(a, b)
            | Expression::Less(a, b)
            | Expression::LessOrEqual(a, b)
            | Expression::Add(a, b)
            | Expression::Subtract(a, b)
            | Expression::Multiply(a, b)
            | Expression::Divide(a, b) => {
                let a = self.expression(a, vars);
                let b = self.expression(b, vars);
                Cost {
                    growth: 1.0,
                    ..node.with(a).with(b)
                }
            }
            Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => Cost {
                growth: 1.0,
                ..node.with(self.expression(a, vars))
            },
            Expression::If(a, b, c) => {
                let a = self.expression(a, vars);
                let b = self.expression(b, vars);
                let c = self.expression(c, vars);
                // One of the two is evaluated.
                Cost {
                    reads: plus(a.reads, b.reads.max(c.reads)),
                    growth: b.growth.max(c.growth),
                    ..node.with(a).with(b).with(c)
                }
            }
            Expression::Exists(inner) => {
                let found = self.pattern(inner, &mut vars.clone());
                // Only the first row is asked for.
                let reads = found.reads_for(1.0);
                Cost {
                    reads: plus(NODE, reads),
                    most_reads: plus(NODE, found.most_reads),
                    stuck: found.stuck,
                    growth: 1.0,
                    is_safe: true,
                }
            }
            Expression::FunctionCall(function, arguments) => {
                self.call(function, arguments, vars, node)
            }
        }
    }

    fn call(
        &mut self,
        function: &'a Function,
        arguments: &'a [Expression],
        vars: &Vars<'a>,
        node: Cost,
    ) -> Cost {
        let costs: Vec<Cost> = arguments
            .iter()
            .map(|argument| self.expression(argument, vars))
            .collect();
        let all = costs.iter().copied().fold(node, Cost::with);
        let first = costs.first().map_or(1.0, |cost| cost.growth);
        let mut cost = Cost { growth: 1.0, ..all };
        match function {
            // Of constant size, or no longer than the first argument.
            Function::Lang
            | Function::LangMatches
            | Function::Datatype
            | Function::BNode
            | Function::Rand
            | Function::Abs
            | Function::Ceil
            | Function::Floor
            | Function::Round
            | Function::StrLen
            | Function::Contains
            | Function::StrStarts
            | Function::StrEnds
            | Function::Year
            | Function::Month
            | Function::Day
            | Function::Hours
            | Function::Minutes
            | Function::Seconds
            | Function::Timezone
            | Function::Tz
            | Function::Now
            | Function::Uuid
            | Function::StrUuid
            | Function::IsIri
            | Function::IsBlank
            | Function::IsLiteral
            | Function::IsNumeric
            | Function::Adjust => {}
            Function::Str
            | Function::Iri
            | Function::SubStr
            | Function::StrBefore
            | Function::StrAfter => cost.growth = first,
            // `ß` becomes `SS`, `ΐ` three letters; each `%` and two digits.
            Function::UCase | Function::LCase | Function::EncodeForUri => {
                cost.growth = times(first, 3.0);
            }
            Function::StrDt | Function::StrLang => cost.growth = all.growth + 1.0,
            Function::Concat => {
                cost.growth = costs.iter().map(|cost| cost.growth).fold(0.0, plus);
            }
            Function::Md5
            | Function::Sha1
            | Function::Sha256
            | Function::Sha384
            | Function::Sha512 => cost.reads = plus(cost.reads, times(HASH, first)),
            Function::Regex => {
                cost.reads = plus(cost.reads, times(HASH, first));
                self.regex(arguments.get(1), arguments.get(2));
            }
            Function::Replace => {
                cost.reads = plus(cost.reads, times(HASH, first));
                self.regex(arguments.get(1), arguments.get(3));
                cost.growth = match (arguments.get(1), arguments.get(2)) {
                    (Some(Expression::Literal(pattern)), Some(Expression::Literal(by))) => {
                        // A flag may change what the pattern means.
                        let each = match arguments.get(3) {
                            None => shortest_match(pattern.value()),
                            Some(_) => 1.0,
                        };
                        // `$1` stands for what was found.
                        let found = length(by.value().matches('$').count());
                        times(first, 1.0 + found + length(by.value().len()) / each)
                    }
                    _ => MOST_GROWTH * 2.0,
                };
            }
            Function::Custom(name) => {
                if !functions::is_cheap(name, arguments) {
                    self.reasons
                        .push(Reason::Function(format!("<{}>", name.as_str())));
                }
                cost.growth = all.growth + 1.0;
                cost.reads = plus(cost.reads, 1.0);
            }
        }
        // What is made anew for each row takes room and time by its length.
        if cost.growth > 1.0 {
            cost.reads = plus(cost.reads, cost.growth);
            cost.most_reads = plus(cost.most_reads, cost.growth);
        }
        cost.most_reads = cost.most_reads.max(cost.reads);
        if cost.growth > MOST_GROWTH {
            self.reasons.push(Reason::Growth { most: MOST_GROWTH });
            // Told once.
            cost.growth = 1.0;
        }
        cost
    }

    fn regex(&mut self, pattern: Option<&Expression>, flags: Option<&Expression>) {
        let is_fine = match pattern {
            Some(Expression::Literal(pattern)) => {
                let text = pattern.value();
                text.len() <= REGEX_BYTES
                    && !text.contains('{')
                    && text.matches('\\').count() <= REGEX_CLASSES
            }
            _ => false,
        };
        let has_flags = match flags {
            None | Some(Expression::Literal(_)) => true,
            Some(_) => false,
        };
        if !is_fine || !has_flags {
            self.reasons.push(Reason::Regex);
        }
    }
}

/// In bytes; 1 when that cannot be told at a glance.
fn shortest_match(pattern: &str) -> f64 {
    let has_no_sign = !pattern.contains([
        '.', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '\\', '^', '$',
    ]);
    if has_no_sign && !pattern.is_empty() {
        length(pattern.len())
    } else {
        1.0
    }
}
