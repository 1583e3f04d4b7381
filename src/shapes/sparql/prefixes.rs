//! The prefixes that a query may use (SHACL §5.2.1).

use crate::model::vocabulary::{owl, xsd};
use crate::rdf::Graph;
use crate::shapes::compile::Refusal;
use crate::shapes::reader::as_subject;
use crate::shapes::vocabulary as sh;
use indexmap::IndexSet;
use oxrdf::{NamedNodeRef, NamedOrBlankNode, Term};
use std::collections::BTreeMap;

/// Namespace by prefix.
pub(super) type Prefixes = BTreeMap<String, String>;

/// The values of `sh:prefixes/owl:imports*/sh:declare`.
pub(super) fn collect(graph: &Graph, query: &NamedOrBlankNode) -> Result<Prefixes, Refusal> {
    let mut declaring: IndexSet<NamedOrBlankNode> = IndexSet::new();
    for value in graph.objects(query, sh::PREFIXES) {
        declaring.insert(node(value, "prefixes-nodeKind")?);
    }
    let mut next = 0;
    while let Some(from) = declaring.get_index(next).cloned() {
        declaring.extend(graph.objects(&from, owl::IMPORTS).filter_map(as_subject));
        next += 1;
    }
    let mut prefixes = Prefixes::new();
    for value in declaring
        .iter()
        .flat_map(|node| graph.objects(node, sh::DECLARE))
    {
        let declaration = node(value, "declare-nodeKind")?;
        let prefix = text(graph, &declaration, sh::PREFIX, PREFIX)?;
        let namespace = text(graph, &declaration, sh::NAMESPACE, NAMESPACE)?;
        if !is_prefix(&prefix) {
            let problem = format!("`{prefix}` cannot be a prefix in SPARQL");
            return Err(Refusal::new("prefix-datatype", problem));
        }
        match prefixes.get(&prefix) {
            Some(other) if *other != namespace => {
                return Err(Refusal::new(
                    "prefixes-duplicates",
                    format!("the prefix `{prefix}` stands for <{other}> and for <{namespace}>"),
                ));
            }
            _ => prefixes.insert(prefix, namespace),
        };
    }
    Ok(prefixes)
}

fn node(value: &Term, rule: &'static str) -> Result<NamedOrBlankNode, Refusal> {
    as_subject(value)
        .ok_or_else(|| Refusal::new(rule, format!("{value} must be an IRI or a blank node")))
}

/// What one property of a declaration must be: datatype, and the rules that it can break.
struct Part {
    datatype: NamedNodeRef<'static>,
    count_rule: &'static str,
    datatype_rule: &'static str,
}

const PREFIX: Part = Part {
    datatype: xsd::STRING,
    count_rule: "prefix-count",
    datatype_rule: "prefix-datatype",
};

const NAMESPACE: Part = Part {
    datatype: xsd::ANY_URI,
    count_rule: "namespace-count",
    datatype_rule: "namespace-datatype",
};

fn text(
    graph: &Graph,
    declaration: &NamedOrBlankNode,
    property: NamedNodeRef<'_>,
    part: Part,
) -> Result<String, Refusal> {
    let values: Vec<&Term> = graph
        .about(declaration)
        .filter(|triple| triple.predicate.as_ref() == property)
        .map(|triple| &triple.object)
        .collect();
    match values.as_slice() {
        [Term::Literal(literal)] if literal.datatype() == part.datatype => {
            Ok(literal.value().to_owned())
        }
        [other] => Err(Refusal::new(
            part.datatype_rule,
            format!("{other} must have the datatype {}", part.datatype),
        )),
        values => Err(Refusal::new(
            part.count_rule,
            format!(
                "a prefix declaration has {} values of {property}; it needs one",
                values.len()
            ),
        )),
    }
}

/// SPARQL 1.1 §19.8, `PN_PREFIX`, or nothing.
fn is_prefix(prefix: &str) -> bool {
    let is_inner = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '·');
    prefix.is_empty()
        || prefix.starts_with(char::is_alphabetic)
            && prefix.chars().all(is_inner)
            && !prefix.ends_with('.')
}
