//! What a validation found, for programs and for people.

use crate::model::iri::without_fragment;
use crate::model::{Finding, Severity, Text};
use crate::rdf::order::compare_terms;
use crate::shapes::path::Path;
use crate::shapes::vocabulary as sh;
use oxrdf::{Literal, NamedNode, Term};
use rustc_hash::FxBuildHasher;
use std::cmp::Ordering;
use std::hash::BuildHasher as _;

/// One result of a validation report (SHACL §3.6.2).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValidationResult {
    pub focus: Term,
    pub path: Option<Path>,
    pub value: Option<Term>,
    pub source_shape: Term,
    /// The constraint component's IRI, such as `sh:MinCountConstraintComponent`.
    pub component: NamedNode,
    /// `sh:sourceConstraint`: the value of `sh:sparql` that found it.
    pub source_constraint: Option<Term>,
    /// A severity that SHACL does not define counts as a warning.
    pub severity: Severity,
    /// `sh:resultSeverity` as the shape has it.
    pub severity_iri: NamedNode,
    /// `sh:message` of the shape, or a sentence of ours in French and English.
    pub messages: Vec<Literal>,
    /// The target node that validation set out from; `focus` lies beyond it when a property
    /// shape stands in another one.
    pub origin: Term,
}

/// Puts results in an order that depends on nothing but the results.
pub(super) fn sort(results: &mut [ValidationResult]) {
    results.sort_by(|a, b| {
        compare_terms(a.origin.as_ref(), b.origin.as_ref())
            .then_with(|| compare_terms(a.focus.as_ref(), b.focus.as_ref()))
            .then_with(|| compare_terms(a.source_shape.as_ref(), b.source_shape.as_ref()))
            .then_with(|| a.component.as_str().cmp(b.component.as_str()))
            .then_with(|| compare_values(a.value.as_ref(), b.value.as_ref()))
            .then_with(|| text_of_path(a).cmp(&text_of_path(b)))
            .then_with(|| {
                let (a, b) = (&a.source_constraint, &b.source_constraint);
                compare_values(a.as_ref(), b.as_ref())
            })
    });
}

fn compare_values(a: Option<&Term>, b: Option<&Term>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare_terms(a.as_ref(), b.as_ref()),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn text_of_path(result: &ValidationResult) -> Option<String> {
    result.path.as_ref().map(Path::to_string)
}

/// The results as findings of a profile, in the same order. Subject and entity are our IRIs: the
/// focus node's, and that of the entity it is a part of. The door puts the sender's names in.
pub fn findings(results: &[ValidationResult], profile: &str) -> Vec<Finding> {
    results
        .iter()
        .map(|result| Finding {
            severity: result.severity,
            profile: Some(profile.to_owned()),
            rule: rule(result),
            subject: plain(&result.focus),
            entity: match &result.focus {
                Term::NamedNode(iri) => Some(without_fragment(iri.as_str()).to_owned()),
                _ => None,
            },
            path: result
                .path
                .as_ref()
                .and_then(Path::first_predicate)
                .map(|predicate| predicate.as_str().to_owned()),
            value: result.value.as_ref().map(plain),
            message: message(result),
            kind: kind(result),
        })
        .collect()
}

/// The stable code of a result: its shape's local name, or that of the component when the shape
/// has no IRI.
fn rule(result: &ValidationResult) -> String {
    match &result.source_shape {
        Term::NamedNode(iri) => local_name(iri.as_str()).to_owned(),
        _ => result
            .component
            .as_str()
            .trim_start_matches(sh::NS)
            .trim_end_matches("ConstraintComponent")
            .to_owned(),
    }
}

/// Which constraint of which shape it was, and as long as its message is the shape's own, which
/// message: a query may have filled values in.
fn kind(result: &ValidationResult) -> u64 {
    let is_core = result.component.as_str().starts_with(sh::NS);
    let message = (is_core && result.source_constraint.is_none()).then_some(&result.messages);
    FxBuildHasher.hash_one((
        &result.source_shape,
        &result.component,
        &result.source_constraint,
        message,
    ))
}

fn local_name(iri: &str) -> &str {
    iri.rsplit(['#', '/']).next().unwrap_or(iri)
}

fn plain(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_owned(),
    }
}

fn message(result: &ValidationResult) -> Text {
    Text::of(&result.messages).unwrap_or_default()
}

impl ValidationResult {
    /// The message in French and English.
    pub fn text(&self) -> Text {
        message(self)
    }
}
