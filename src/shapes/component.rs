//! The constraint components of SHACL Core: how each is written, and what it compiles to.

use crate::shapes::compile::{Compiler, Declared, Refusal, Way};
use crate::shapes::literal;
use crate::shapes::path::Nodes;
use crate::shapes::pattern::{self, Pattern};
use crate::shapes::shape::ShapeId;
use crate::shapes::sparql::{self, QueryConstraint};
use crate::shapes::vocabulary as sh;
use oxrdf::{NamedNode, Term, TermRef};
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
    pub(super) rules: Rules,
    /// From one value of the parameter; `None` when that value asks for nothing.
    pub(super) compile: fn(&mut Compiler<'_>, &Declared<'_>, &Term) -> Compiled,
}

/// The syntax rules for a parameter, named as in the SHACL recommendation.
pub(super) struct Rules {
    pub(super) max_count: &'static str,
    pub(super) scope: &'static str,
}

pub(super) type Compiled = Result<Option<Check>, Refusal>;

/// How often a shape may have the parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeats {
    Once,
    /// Because its component has several parameters (SHACL §2.1.1, rule `multiple-parameters`).
    OnceOfSeveral,
    Freely,
}

/// Which shapes may have the parameter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum StandsOn {
    AnyShape,
    PropertyShapes,
}

impl StandsOn {
    pub(super) fn is_wrong_for(self, is_property_shape: bool) -> bool {
        self == StandsOn::PropertyShapes && !is_property_shape
    }
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

impl Constraint {
    /// The IRI of its component, which may be one that the shapes graph declares.
    pub(super) fn component_iri(&self) -> NamedNode {
        match &self.check {
            Check::Query(query) => query.component.clone(),
            _ => self.component.iri(),
        }
    }

    /// `sh:sourceConstraint` of its results.
    pub(super) fn source(&self) -> Option<Term> {
        match &self.check {
            Check::Query(query) => query.source.clone(),
            _ => None,
        }
    }
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
    Pattern(Box<Pattern>),
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
    Query(Box<QueryConstraint>),
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
            rules: Rules {
                max_count: concat!($parameter, "-maxCount"),
                scope: concat!($parameter, "-scope"),
            },
            compile: $compile,
        }
    };
}

/// SHACL §4, in its order, which is also the order in which a shape's constraints are checked.
pub(super) static COMPONENTS: &[Component] = &[
    component!("Class", "class", Freely, AnyShape, |_, _, value| {
        let class = iri(value, "class-nodeKind")?;
        Ok(Some(Check::Class(class.into())))
    }),
    component!("Datatype", "datatype", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::Datatype(iri(value, "datatype-nodeKind")?)))
    }),
    component!("NodeKind", "nodeKind", Once, AnyShape, |_, _, value| {
        let name = iri(value, "nodeKind-in")?;
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
        |_, _, value| { Ok(Some(Check::MinCount(least(value, "minCount-datatype")?))) }
    ),
    component!(
        "MaxCount",
        "maxCount",
        Once,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::MaxCount(most(value, "maxCount-datatype")?))) }
    ),
    component!(
        "MinExclusive",
        "minExclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MinExclusive, "minExclusive-nodeKind") }
    ),
    component!(
        "MinInclusive",
        "minInclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MinInclusive, "minInclusive-nodeKind") }
    ),
    component!(
        "MaxExclusive",
        "maxExclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MaxExclusive, "maxExclusive-nodeKind") }
    ),
    component!(
        "MaxInclusive",
        "maxInclusive",
        Once,
        AnyShape,
        |_, _, value| { range(value, Range::MaxInclusive, "maxInclusive-nodeKind") }
    ),
    component!("MinLength", "minLength", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::MinLength(least(value, "minLength-datatype")?)))
    }),
    component!("MaxLength", "maxLength", Once, AnyShape, |_, _, value| {
        Ok(Some(Check::MaxLength(most(value, "maxLength-datatype")?)))
    }),
    component!(
        "Pattern",
        "pattern",
        OnceOfSeveral,
        AnyShape,
        |compiler, shape, value| {
            let pattern = text(value, "pattern-datatype")?;
            // One that is ill formed has its own fault.
            let flags = compiler.further(shape, sh::FLAGS).unwrap_or_default();
            let flags = flags
                .as_ref()
                .and_then(|flags| text(flags, "flags-datatype").ok());
            let regex = pattern::compile(pattern, flags.unwrap_or_default())?;
            Ok(Some(Check::Pattern(Box::new(regex))))
        }
    ),
    component!(
        "LanguageIn",
        "languageIn",
        Once,
        AnyShape,
        |compiler, _, value| {
            let tags = compiler.list(value, "languageIn-node")?;
            let tags: Result<Vec<String>, Refusal> = tags
                .iter()
                .map(|tag| text(tag, "languageIn-members-datatype").map(str::to_owned))
                .collect();
            Ok(Some(Check::LanguageIn(tags?)))
        }
    ),
    component!(
        "UniqueLang",
        "uniqueLang",
        Once,
        PropertyShapes,
        |_, _, value| { Ok(is_true(value, "uniqueLang-datatype")?.then_some(Check::UniqueLang)) }
    ),
    component!("Equals", "equals", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::Equals(iri(value, "equals-nodeKind")?)))
    }),
    component!("Disjoint", "disjoint", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::Disjoint(iri(value, "disjoint-nodeKind")?)))
    }),
    component!(
        "LessThan",
        "lessThan",
        Freely,
        PropertyShapes,
        |_, _, value| { Ok(Some(Check::LessThan(iri(value, "lessThan-nodeKind")?))) }
    ),
    component!(
        "LessThanOrEquals",
        "lessThanOrEquals",
        Freely,
        PropertyShapes,
        |_, _, value| {
            let property = iri(value, "lessThanOrEquals-nodeKind")?;
            Ok(Some(Check::LessThanOrEquals(property)))
        }
    ),
    component!("Not", "not", Freely, AnyShape, |compiler, shape, value| {
        let way = Way::new("not", "not-node");
        Ok(compiler.nested(shape, way, value)?.map(Check::Not))
    }),
    component!("And", "and", Freely, AnyShape, |compiler, shape, value| {
        let way = Way::new("and", "and-members-node");
        let members = compiler.list(value, "and-node")?;
        Ok(compiler.nested_all(shape, way, &members)?.map(Check::And))
    }),
    component!("Or", "or", Freely, AnyShape, |compiler, shape, value| {
        let way = Way::new("or", "or-members-node");
        let members = compiler.list(value, "or-node")?;
        Ok(compiler.nested_all(shape, way, &members)?.map(Check::Or))
    }),
    component!(
        "Xone",
        "xone",
        Freely,
        AnyShape,
        |compiler, shape, value| {
            let way = Way::new("xone", "xone-members-node");
            let members = compiler.list(value, "xone-node")?;
            Ok(compiler.nested_all(shape, way, &members)?.map(Check::Xone))
        }
    ),
    component!(
        "Node",
        "node",
        Freely,
        AnyShape,
        |compiler, shape, value| {
            if compiler.is_property_shape(value) {
                return Err(Refusal::new(
                    "node-node",
                    format!("{value} has a sh:path; refer to a property shape by sh:property"),
                ));
            }
            let way = Way::new("node", "node-node");
            Ok(compiler.nested(shape, way, value)?.map(Check::Node))
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
                    "property-node",
                    format!("{value} has no sh:path, so it is no property shape"),
                ));
            }
            let way = Way::new("property", "property-node");
            Ok(compiler.nested(shape, way, value)?.map(Check::Property))
        }
    ),
    component!(
        "QualifiedMinCount",
        "qualifiedMinCount",
        OnceOfSeveral,
        AnyShape,
        |compiler, shape, value| {
            let count = least(value, "qualifiedMinCount-datatype")?;
            Ok(qualified(compiler, shape, count)?.map(Check::QualifiedMinCount))
        }
    ),
    component!(
        "QualifiedMaxCount",
        "qualifiedMaxCount",
        OnceOfSeveral,
        AnyShape,
        |compiler, shape, value| {
            let count = most(value, "qualifiedMaxCount-datatype")?;
            Ok(qualified(compiler, shape, count)?.map(Check::QualifiedMaxCount))
        }
    ),
    component!(
        "Closed",
        "closed",
        OnceOfSeveral,
        AnyShape,
        |compiler, shape, value| {
            if !is_true(value, "closed-datatype")? {
                return Ok(None);
            }
            let mut allowed: FxHashSet<NamedNode> = compiler.direct_properties(shape).collect();
            // What is ill formed here has its own fault.
            if let Ok(Some(list)) = compiler.further(shape, sh::IGNORED_PROPERTIES) {
                allowed.extend(ignored(compiler, &list).unwrap_or_default());
            }
            Ok(Some(Check::Closed(allowed)))
        }
    ),
    component!("HasValue", "hasValue", Freely, AnyShape, |_, _, value| {
        Ok(Some(Check::HasValue(value.clone())))
    }),
    component!("In", "in", Once, AnyShape, |compiler, _, value| {
        let members = compiler.list(value, "in-node")?;
        Ok(Some(Check::In(members.into_iter().collect())))
    }),
    SPARQL,
];

/// SHACL §5. The constraints of components that a shapes graph declares (SHACL §6) are queries
/// too, and bring the name of their component with them.
pub(super) const SPARQL: Component = component!(
    "SPARQL",
    "sparql",
    Freely,
    AnyShape,
    |compiler, shape, value| { sparql::constraint(compiler, shape, value) }
);

/// A parameter that is part of a component declared by another one. It is looked at even where
/// that one is missing.
pub(super) struct Further {
    pub(super) parameter: &'static str,
    pub(super) stands_on: StandsOn,
    /// The rule that a shape breaks on which it may not stand.
    pub(super) scope: &'static str,
    pub(super) check: fn(&mut Compiler<'_>, &Declared<'_>, &Term) -> Result<(), Refusal>,
}

pub(super) static FURTHER_PARAMETERS: &[Further] = &[
    Further {
        parameter: "flags",
        stands_on: StandsOn::AnyShape,
        scope: "",
        check: |_, _, value| pattern::check_flags(text(value, "flags-datatype")?),
    },
    Further {
        parameter: "ignoredProperties",
        stands_on: StandsOn::AnyShape,
        scope: "",
        check: |compiler, _, value| ignored(compiler, value).map(drop),
    },
    Further {
        parameter: "qualifiedValueShape",
        stands_on: StandsOn::PropertyShapes,
        scope: "qualifiedValueShape-scope",
        check: |compiler, shape, value| {
            let way = Way::new("qualifiedValueShape", "qualifiedValueShape-node");
            compiler.nested(shape, way, value).map(drop)
        },
    },
    Further {
        parameter: "qualifiedValueShapesDisjoint",
        stands_on: StandsOn::AnyShape,
        scope: "",
        check: |_, _, value| is_true(value, "qualifiedValueShapesDisjoint-datatype").map(drop),
    },
];

fn iri(value: &Term, rule: &'static str) -> Result<NamedNode, Refusal> {
    match value {
        Term::NamedNode(iri) => Ok(iri.clone()),
        other => Err(Refusal::new(rule, format!("{other} must be an IRI"))),
    }
}

fn text<'t>(value: &'t Term, rule: &'static str) -> Result<&'t str, Refusal> {
    match value {
        Term::Literal(literal) if literal.datatype() == oxrdf::vocab::xsd::STRING => {
            Ok(literal.value())
        }
        other => Err(Refusal::new(rule, format!("{other} must be an xsd:string"))),
    }
}

/// A lower bound; what lies below zero asks for nothing, as zero does.
fn least(value: &Term, rule: &'static str) -> Result<u64, Refusal> {
    let number = match value {
        Term::Literal(number) => literal::count(number.as_ref()),
        _ => None,
    };
    number.ok_or_else(|| Refusal::new(rule, format!("{value} must be an xsd:integer")))
}

/// An upper bound. One below zero is well formed by the recommendation, but nothing could ever
/// keep to it.
fn most(value: &Term, rule: &'static str) -> Result<u64, Refusal> {
    let number = least(value, rule)?;
    if number == 0
        && let Term::Literal(literal) = value
        && literal.value().starts_with('-')
        && literal.value().contains(|digit| matches!(digit, '1'..='9'))
    {
        let problem = format!("nothing can be as little as {value}; write 0 or more");
        return Err(Refusal::new("negative", problem));
    }
    Ok(number)
}

/// Whether the value is the term `true` itself: `"1"^^xsd:boolean` asks for nothing.
pub(super) fn is_true(value: &Term, rule: &'static str) -> Result<bool, Refusal> {
    match value {
        Term::Literal(literal)
            if literal.datatype() == oxrdf::vocab::xsd::BOOLEAN
                && literal::is_well_formed(literal.as_ref()) == Some(true) =>
        {
            Ok(literal.value() == "true")
        }
        other => Err(Refusal::new(rule, format!("{other} must be true or false"))),
    }
}

fn range(value: &Term, allowed: Range, rule: &'static str) -> Compiled {
    match value {
        Term::Literal(_) => Ok(Some(Check::Range {
            bound: value.clone(),
            allowed,
        })),
        other => Err(Refusal::new(rule, format!("{other} must be a literal"))),
    }
}

fn ignored(compiler: &Compiler<'_>, list: &Term) -> Result<Vec<NamedNode>, Refusal> {
    let members = compiler.list(list, "ignoredProperties-node")?;
    members
        .iter()
        .map(|member| iri(member, "ignoredProperties-members-nodeKind"))
        .collect()
}

fn qualified(
    compiler: &mut Compiler<'_>,
    shape: &Declared<'_>,
    count: u64,
) -> Result<Option<Qualified>, Refusal> {
    // Without all its mandatory parameters a component is not declared (SHACL §2.1.1).
    // What is ill formed here has its own fault.
    let Ok(Some(of)) = compiler.further(shape, sh::QUALIFIED_VALUE_SHAPE) else {
        return Ok(None);
    };
    let way = Way::new("qualifiedValueShape", "qualifiedValueShape-node");
    let Ok(Some(id)) = compiler.nested(shape, way, &of) else {
        return Ok(None);
    };
    let disjoint = compiler.further(shape, sh::QUALIFIED_VALUE_SHAPES_DISJOINT);
    let is_disjoint = disjoint.is_ok_and(|disjoint| {
        let rule = "qualifiedValueShapesDisjoint-datatype";
        disjoint.is_some_and(|value| is_true(&value, rule).unwrap_or(false))
    });
    let mut siblings = Vec::new();
    if is_disjoint {
        for sibling in compiler.sibling_shapes(shape, &of)? {
            siblings.extend(compiler.nested(shape, way, &sibling)?);
        }
    }
    Ok(Some(Qualified {
        shape: id,
        siblings,
        count,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_stands_once() {
        let mut names: Vec<_> = COMPONENTS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMPONENTS.len());
    }
}
