//! The constraint components of SHACL Core: how each is written, and what it compiles to.

use crate::shapes::compile::{Compiler, Declared, Refusal};
use crate::shapes::literal;
use crate::shapes::path::Nodes;
use crate::shapes::shape::ShapeId;
use crate::shapes::vocabulary as sh;
use oxrdf::{NamedNode, NamedNodeRef, Term, TermRef};
use regex::{Regex, RegexBuilder};
use rustc_hash::FxHashSet;
use std::cmp::Ordering;

/// One constraint component.
pub(super) struct Component {
    /// Its local name in the SHACL namespace.
    pub(super) name: &'static str,
    /// The parameter that declares it, by its local name.
    pub(super) parameter: &'static str,
    pub(super) repeats: Repeats,
    pub(super) stands_on: StandsOn,
    /// From one value of the parameter; `None` when that value asks for nothing.
    pub(super) compile: fn(&mut Compiler<'_>, &Declared<'_>, &Term) -> Compiled,
}

pub(super) type Compiled = Result<Option<Check>, Refusal>;

/// How often a shape may have the parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    Once,
    Freely,
}

/// Which shapes may have the parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StandsOn {
    AnyShape,
    PropertyShapes,
    /// On a node shape it is no fault, but means nothing.
    PropertyShapesElseIgnored,
}

impl Component {
    pub(super) fn iri(&self) -> NamedNode {
        NamedNode::new_unchecked(format!("{}{}", sh::NS, self.name))
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// One constraint of a shape, ready to be checked.
#[derive(Debug)]
pub(super) struct Constraint {
    pub(super) component: &'static Component,
    pub(super) check: Check,
}

/// What is asked of value nodes.
#[derive(Debug)]
pub(super) enum Check {
    Class(Term),
    Datatype(NamedNode),
    NodeKind(NodeKind),
    MinCount(u64),
    MaxCount(u64),
    /// The bound stands on the right: `value.cmp(bound)` must be one of these.
    Range {
        bound: Term,
        allowed: Range,
    },
    MinLength(u64),
    MaxLength(u64),
    Pattern(Box<Regex>),
    LanguageIn(Vec<String>),
    UniqueLang,
    Equals(NamedNode),
    Disjoint(NamedNode),
    LessThan(NamedNode),
    LessThanOrEquals(NamedNode),
    Not(ShapeId),
    And(Vec<ShapeId>),
    Or(Vec<ShapeId>),
    Xone(Vec<ShapeId>),
    Node(ShapeId),
    Property(ShapeId),
    QualifiedMinCount(Qualified),
    QualifiedMaxCount(Qualified),
    Closed(FxHashSet<NamedNode>),
    HasValue(Term),
    In(Nodes),
}

impl Check {
    /// The shapes that it refers to.
    pub(super) fn shapes(&self) -> impl Iterator<Item = ShapeId> + '_ {
        let (one, several): (Option<&ShapeId>, &[ShapeId]) = match self {
            Check::Not(shape) | Check::Node(shape) | Check::Property(shape) => (Some(shape), &[]),
            Check::And(shapes) | Check::Or(shapes) | Check::Xone(shapes) => (None, shapes),
            Check::QualifiedMinCount(qualified) | Check::QualifiedMaxCount(qualified) => {
                (Some(&qualified.shape), &qualified.siblings)
            }
            _ => (None, &[]),
        };
        one.into_iter().chain(several).copied()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    MinExclusive,
    MinInclusive,
    MaxExclusive,
    MaxInclusive,
}

impl Range {
    pub(super) fn holds(self, value_to_bound: Option<Ordering>) -> bool {
        value_to_bound.is_some_and(|order| match self {
            Range::MinExclusive => order.is_gt(),
            Range::MinInclusive => order.is_ge(),
            Range::MaxExclusive => order.is_lt(),
            Range::MaxInclusive => order.is_le(),
        })
    }
}

/// How many value nodes must conform to a shape (and to none of its siblings).
#[derive(Debug)]
pub(super) struct Qualified {
    pub(super) shape: ShapeId,
    pub(super) siblings: Vec<ShapeId>,
    pub(super) count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeKind {
    pub(super) name: &'static str,
    pub(super) iri: bool,
    pub(super) blank: bool,
    pub(super) literal: bool,
}

impl NodeKind {
    pub(super) fn admits(self, term: TermRef<'_>) -> bool {
        match term {
            TermRef::NamedNode(_) => self.iri,
            TermRef::BlankNode(_) => self.blank,
            TermRef::Literal(_) => self.literal,
        }
    }
}

const fn kind(name: &'static str, iri: bool, blank: bool, literal: bool) -> NodeKind {
    NodeKind {
        name,
        iri,
        blank,
        literal,
    }
}

const NODE_KINDS: [NodeKind; 6] = [
    kind("IRI", true, false, false),
    kind("BlankNode", false, true, false),
    kind("Literal", false, false, true),
    kind("BlankNodeOrIRI", true, true, false),
    kind("BlankNodeOrLiteral", false, true, true),
    kind("IRIOrLiteral", true, false, true),
];

macro_rules! component {
    ($name:literal, $parameter:literal, $repeats:ident, $stands_on:ident, $compile:expr) => {
        Component {
            name: concat!($name, "ConstraintComponent"),
            parameter: $parameter,
            repeats: Repeats::$repeats,
            stands_on: StandsOn::$stands_on,
            compile: $compile,
        }
    };
}

/// SHACL §4, in its order, which is also the order in which a shape's constraints are checked.
pub(super) static COMPONENTS: &[Component] = &[
    component!("Class", "class", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::Class(iri(value)?.into())))
    }),
    component!("Datatype", "datatype", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::Datatype(iri(value)?)))
    }),
    component!("NodeKind", "nodeKind", Once, AnyShape, |_, _, value| {
        let name = iri(value)?;
        let kind = NODE_KINDS
            .into_iter()
            .find(|kind| name.as_str().strip_prefix(sh::NS) == Some(kind.name));
        match kind {
            Some(kind) => Ok(Some(Check::NodeKind(kind))),
            None => Err(Refusal::new(
                "nodeKind-in",
                format!("{name} is no node kind; write sh:IRI, sh:Literal or another of the six"),
            )),
        }
    }),
    component!(
        "MinCount",
        "minCount",
        Once,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::MinCount(count(value)?))) }
    ),
    component!(
        "MaxCount",
        "maxCount",
        Once,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::MaxCount(count(value)?))) }
    ),
    component!(
        "MinExclusive",
        "minExclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MinExclusive) }
    ),
    component!(
        "MinInclusive",
        "minInclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MinInclusive) }
    ),
    component!(
        "MaxExclusive",
        "maxExclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MaxExclusive) }
    ),
    component!(
        "MaxInclusive",
        "maxInclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MaxInclusive) }
    ),
    component!("MinLength", "minLength", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::MinLength(count(value)?)))
    }),
    component!("MaxLength", "maxLength", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::MaxLength(count(value)?)))
    }),
    component!(
        "Pattern",
        "pattern",
        Once,
        AnyShape,
        |compiler, shape, value| {
            let flags = compiler.at_most_one(shape, sh::FLAGS)?;
            let flags = flags.as_ref().map(text).transpose()?.unwrap_or_default();
            pattern(text(value)?, flags).map(|regex| Some(Check::Pattern(Box::new(regex))))
        }
    ),
    component!(
        "LanguageIn",
        "languageIn",
        Once,
        AnyShape,
        |compiler, _, value| {
            let tags = compiler.list(value)?;
            let tags: Result<Vec<String>, Refusal> = tags
                .iter()
                .map(|tag| text(tag).map(str::to_owned))
                .collect();
            Ok(Some(Check::LanguageIn(tags?)))
        }
    ),
    component!(
        "UniqueLang",
        "uniqueLang",
        Once,
        PropertyShapes,
        |_, _, value| { Ok(boolean(value)?.then_some(Check::UniqueLang)) }
    ),
    component!("Equals", "equals", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::Equals(iri(value)?)))
    }),
    component!("Disjoint", "disjoint", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::Disjoint(iri(value)?)))
    }),
    component!(
        "LessThan",
        "lessThan",
        Freely,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::LessThan(iri(value)?))) }
    ),
    component!(
        "LessThanOrEquals",
        "lessThanOrEquals",
        Freely,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::LessThanOrEquals(iri(value)?))) }
    ),
    component!("Not", "not", Freely, AnyShape, |compiler, shape, value| {
        Ok(compiler.nested(shape, value)?.map(Check::Not))
    }),
    component!("And", "and", Freely, AnyShape, |compiler, shape, value| {
        Ok(compiler.nested_list(shape, value)?.map(Check::And))
    }),
    component!("Or", "or", Freely, AnyShape, |compiler, shape, value| {
        Ok(compiler.nested_list(shape, value)?.map(Check::Or))
    }),
    component!(
        "Xone",
        "xone",
        Freely,
        AnyShape,
        |compiler, shape, value| { Ok(compiler.nested_list(shape, value)?.map(Check::Xone)) }
    ),
    component!(
        "Node",
        "node",
        Freely,
        AnyShape,
        |compiler, shape, value| {
            if compiler.is_property_shape(value) {
                return Err(Refusal::new(
                    "node-value",
                    format!("{value} has a sh:path; refer to a property shape by sh:property"),
                ));
            }
            Ok(compiler.nested(shape, value)?.map(Check::Node))
        }
    ),
    component!(
        "Property",
        "property",
        Freely,
        AnyShape,
        |compiler, shape, value| {
            if !compiler.is_property_shape(value) {
                return Err(Refusal::new(
                    "property-value",
                    format!("{value} has no sh:path, so it is no property shape"),
                ));
            }
            Ok(compiler.nested(shape, value)?.map(Check::Property))
        }
    ),
    component!(
        "QualifiedMinCount",
        "qualifiedMinCount",
        Once,
        PropertyShapesElseIgnored,
        |compiler, shape, value| {
            Ok(qualified(compiler, shape, value)?.map(Check::QualifiedMinCount))
        }
    ),
    component!(
        "QualifiedMaxCount",
        "qualifiedMaxCount",
        Once,
        PropertyShapesElseIgnored,
        |compiler, shape, value| {
            Ok(qualified(compiler, shape, value)?.map(Check::QualifiedMaxCount))
        }
    ),
    component!(
        "Closed",
        "closed",
        Once,
        AnyShape,
        |compiler, shape, value| {
            if !boolean(value)? {
                return Ok(None);
            }
            let mut allowed = FxHashSet::default();
            if let Some(ignored) = compiler.at_most_one(shape, sh::IGNORED_PROPERTIES)? {
                for property in compiler.list(&ignored)? {
                    allowed.insert(iri(&property)?);
                }
            }
            allowed.extend(compiler.direct_properties(shape));
            Ok(Some(Check::Closed(allowed)))
        }
    ),
    component!("HasValue", "hasValue", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::HasValue(value.clone())))
    }),
    component!("In", "in", Once, AnyShape, |compiler, _, value| {
        Ok(Some(Check::In(compiler.list(value)?.into_iter().collect())))
    }),
];

/// Parameters that are part of a component declared by another one.
pub(super) const FURTHER_PARAMETERS: [NamedNodeRef<'static>; 4] = [
    sh::FLAGS,
    sh::IGNORED_PROPERTIES,
    sh::QUALIFIED_VALUE_SHAPE,
    sh::QUALIFIED_VALUE_SHAPES_DISJOINT,
];

fn iri(value: &Term) -> Result<NamedNode, Refusal> {
    match value {
        Term::NamedNode(iri) => Ok(iri.clone()),
        other => Err(Refusal::new("nodeKind", format!("{other} must be an IRI"))),
    }
}

fn text(value: &Term) -> Result<&str, Refusal> {
    match value {
        Term::Literal(literal) if literal.datatype() == oxrdf::vocab::xsd::STRING => {
            Ok(literal.value())
        }
        other => Err(Refusal::new(
            "datatype",
            format!("{other} must be an xsd:string"),
        )),
    }
}

fn count(value: &Term) -> Result<u64, Refusal> {
    let number = match value {
        Term::Literal(number) => literal::count(number.as_ref()),
        _ => None,
    };
    number.ok_or_else(|| Refusal::new("datatype", format!("{value} must be an xsd:integer")))
}

/// SHACL means the term `true` itself: `"1"^^xsd:boolean` asks for nothing.
pub(super) fn boolean(value: &Term) -> Result<bool, Refusal> {
    match value {
        Term::Literal(literal)
            if literal.datatype() == oxrdf::vocab::xsd::BOOLEAN
                && literal::is_well_formed(literal.as_ref()) == Some(true) =>
        {
            Ok(literal.value() == "true")
        }
        other => Err(Refusal::new(
            "datatype",
            format!("{other} must be true or false"),
        )),
    }
}

fn range(value: &Term, allowed: Range) -> Compiled {
    match value {
        Term::Literal(_) => Ok(Some(Check::Range {
            bound: value.clone(),
            allowed,
        })),
        other => Err(Refusal::new(
            "nodeKind",
            format!("{other} must be a literal"),
        )),
    }
}

fn qualified(
    compiler: &mut Compiler<'_>,
    shape: &Declared<'_>,
    value: &Term,
) -> Result<Option<Qualified>, Refusal> {
    let count = count(value)?;
    let Some(of) = compiler.at_most_one(shape, sh::QUALIFIED_VALUE_SHAPE)? else {
        // Without all its mandatory parameters a component is not declared (SHACL §2.1.1).
        return Ok(None);
    };
    let Some(id) = compiler.nested(shape, &of)? else {
        return Ok(None);
    };
    let disjoint = compiler.at_most_one(shape, sh::QUALIFIED_VALUE_SHAPES_DISJOINT)?;
    let mut siblings = Vec::new();
    if disjoint.as_ref().map(boolean).transpose()?.unwrap_or(false) {
        for sibling in compiler.sibling_shapes(shape, &of) {
            siblings.extend(compiler.nested(shape, &sibling)?);
        }
    }
    Ok(Some(Qualified {
        shape: id,
        siblings,
        count,
    }))
}

/// No pattern's automaton may take more than this many bytes, nor nest deeper than that.
const PATTERN_BYTES: usize = 1 << 20;
const PATTERN_NESTING: u32 = 64;

/// XPath and XQuery functions §5.6.1.1: the flags `s`, `m`, `i`, `x` and `q`.
fn pattern(pattern: &str, flags: &str) -> Result<Regex, Refusal> {
    if let Some(flag) = flags.chars().find(|flag| !"smixq".contains(*flag)) {
        return Err(Refusal::new(
            "flags",
            format!("`{flag}` is no flag; use any of `s`, `m`, `i`, `x` and `q`"),
        ));
    }
    let source = if flags.contains('q') {
        regex::escape(pattern)
    } else if flags.contains('x') {
        without_spaces(pattern)
    } else {
        pattern.to_owned()
    };
    RegexBuilder::new(&source)
        .dot_matches_new_line(flags.contains('s'))
        .multi_line(flags.contains('m'))
        .case_insensitive(flags.contains('i'))
        .size_limit(PATTERN_BYTES)
        .dfa_size_limit(PATTERN_BYTES)
        .nest_limit(PATTERN_NESTING)
        .build()
        .map_err(|error| Refusal::new("pattern-regex", format!("`{pattern}`: {error}")))
}

/// Flag `x` of XPath removes white space outside of brackets, and knows no comments.
fn without_spaces(pattern: &str) -> String {
    let mut depth = 0_u32;
    let mut is_escaped = false;
    pattern
        .chars()
        .filter(|character| {
            let keep = depth > 0 || !matches!(character, ' ' | '\t' | '\n' | '\r');
            match character {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '[' => depth += 1,
                ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            keep
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_xpath() {
        let matches =
            |source, flags, text: &str| pattern(source, flags).expect("a pattern").is_match(text);
        assert!(!matches("^joh", "", "Joh"));
        assert!(matches("^joh", "i", "Joh"));
        assert!(!matches("a.b", "", "a\nb"));
        assert!(matches("a.b", "s", "a\nb"));
        assert!(matches("^b$", "m", "a\nb"));
        assert!(matches("^a b [ ] # $", "x", "ab #"));
        assert!(matches("a.b", "q", "a.b"));
        assert!(!matches("a.b", "q", "axb"));
        assert!(pattern("a", "g").is_err());
    }

    #[test]
    fn a_pattern_that_would_eat_the_memory_is_refused() {
        assert!(pattern("((a{1000}){1000}){1000}", "").is_err());
        assert!(pattern(&"(".repeat(1000), "").is_err());
    }

    #[test]
    fn every_component_stands_once() {
        let mut names: Vec<_> = COMPONENTS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMPONENTS.len());
    }
}
