//! Validation by the profiles that decide, within bounds: no resource keeps the others waiting.

use crate::ingest::Door;
use crate::model::Severity;
use crate::shapes::{Bounds, Session, Shapes, ValidationError, ValidationResult};
use crate::store::View;
use indexmap::IndexSet;
use oxrdf::{Literal, NamedNode, Term};
use std::ops::ControlFlow;

/// What checking one node may take. What somebody really plays takes far less.
const STEPS: u64 = 2_000_000;
/// As [`STEPS`], for the results.
const RESULTS: u64 = 1_000;

/// What the shapes find wrong in these nodes of the public view. A node that takes more than the
/// bounds is a violation by itself, besides what was found until then.
///
/// # Errors
/// When the storage fails, or a query of the shapes does.
pub fn examine(
    door: &Door,
    shapes: &Shapes,
    view: &View<'_>,
    nodes: &IndexSet<Term>,
) -> Result<Vec<ValidationResult>, ValidationError> {
    let public = view.public();
    let bounds = Bounds {
        steps: STEPS,
        results: RESULTS,
        ..Bounds::NONE
    };
    let mut session = Session::new(&public, door.classes(), bounds);
    let mut results = Vec::new();
    for node in nodes {
        let examined = session.focus(shapes, [node], &mut |result| {
            results.push(result);
            ControlFlow::Continue(())
        });
        match examined {
            Ok(_) => {}
            Err(ValidationError::Limit { name, most }) => {
                results.push(too_much(view, node, name, most));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

/// The violation of a node that takes too much.
pub fn too_much(view: &View<'_>, node: &Term, name: &str, most: u64) -> ValidationResult {
    let unit = match name {
        "results" => ("fautes", "faults"),
        _ => ("pas de vérification", "steps of checking"),
    };
    unfinished(
        view,
        node,
        "tooMuch",
        [
            format!(
                "cette ressource demande plus de {most} {} : répartissez ses valeurs entre plusieurs ressources (une date par représentation)",
                unit.0
            ),
            format!(
                "this resource takes more than {most} {}: divide its values among several resources (one date per performance)",
                unit.1
            ),
        ],
    )
}

/// The violation of a node that could not be checked to the end.
pub fn unfinished(
    view: &View<'_>,
    node: &Term,
    rule: &str,
    [fr, en]: [String; 2],
) -> ValidationResult {
    let text = |text: String, language: &str| {
        Literal::new_language_tagged_literal_unchecked(text, language)
    };
    let rule = view.base().sv(rule);
    ValidationResult {
        focus: node.clone(),
        path: None,
        value: None,
        source_shape: rule.clone().into(),
        component: rule,
        source_constraint: None,
        severity: Severity::Violation,
        severity_iri: NamedNode::new_unchecked("http://www.w3.org/ns/shacl#Violation"),
        messages: vec![text(fr, "fr"), text(en, "en")],
        origin: node.clone(),
    }
}
