//! Mode `withdraw`: a submission that names resources which its source takes back.

use crate::ingest::identify::{Draft, classes, display, key_of};
use crate::model::{Finding, Severity, Source, Text};
use crate::rdf::Graph;
use crate::store::{State, StoreError, View};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::FxHashSet;

/// A draft that withdraws the resources of the submission that nothing else in it points to: who
/// sends a performance with its place takes the performance back, not the theatre.
///
/// # Errors
/// When the storage fails.
pub fn named(view: &View<'_>, source: &Source, graph: &Graph) -> Result<Draft, StoreError> {
    let mut draft = Draft::default();
    let pointed_to: FxHashSet<NamedOrBlankNode> = graph
        .iter()
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(object) => Some((&triple.subject, object.clone().into())),
            Term::BlankNode(object) => Some((&triple.subject, object.clone().into())),
            Term::Literal(_) => None,
        })
        .filter(|(subject, object)| *subject != object)
        .map(|(_, object)| object)
        .collect();
    let mut is_empty = true;
    for subject in graph.subjects() {
        if pointed_to.contains(subject) {
            continue;
        }
        is_empty = false;
        match known_as(view, source, graph, subject)? {
            Some(entity) if !view.claims_of(&source.name, &entity)?.is_empty() => {
                draft.withdrawn.insert(entity);
            }
            _ => draft
                .findings
                .push(unknown(&display(graph, subject), source)),
        }
    }
    if is_empty {
        draft.findings.push(nothing_named(source));
    }
    Ok(draft)
}

/// The entity that the source calls so.
fn known_as(
    view: &View<'_>,
    source: &Source,
    graph: &Graph,
    subject: &NamedOrBlankNode,
) -> Result<Option<NamedNode>, StoreError> {
    if let NamedOrBlankNode::NamedNode(iri) = subject {
        return Ok(match view.base().entity_of(iri.as_str()) {
            Some(Ok(noid)) if !iri.as_str().contains('#') => match view.state(&noid)? {
                State::Unknown => None,
                _ => view.meant_by(&source.name, &view.base().id(&noid))?,
            },
            Some(_) => None,
            None => Some(
                view.identified(&source.name, iri.as_str())?
                    // Concepts keep their IRIs.
                    .unwrap_or_else(|| iri.clone()),
            ),
        });
    }
    let key = view
        .kinds()
        .of_classes(classes(graph, subject))
        .and_then(|kind| key_of(graph, subject, kind));
    match key {
        Some(key) => view.identified(&source.name, &key),
        None => Ok(None),
    }
}

fn unknown(subject: &str, source: &Source) -> Finding {
    Finding::door(
        Severity::Warning,
        "nothing-to-withdraw",
        subject,
        None,
        None,
        Text::new(
            format!(
                "la source « {} » ne dit rien de cette ressource ; rien n'est à retirer : vérifiez son IRI ou son identifiant",
                source.name
            ),
            format!(
                "the source `{}` says nothing of this resource, so nothing is withdrawn: check its IRI or its identifier",
                source.name
            ),
        ),
    )
}

fn nothing_named(source: &Source) -> Finding {
    Finding::door(
        Severity::Warning,
        "nothing-to-withdraw",
        source.name.as_str(),
        None,
        None,
        Text::new(
            "cet envoi ne nomme aucune ressource à retirer : chacune est l'objet d'une autre, ou il est vide ; envoyez plutôt une liste d'IRI (text/uri-list)",
            "this submission names no resource to withdraw: each is pointed to by another one, or it is empty; send a list of IRIs instead (text/uri-list)",
        ),
    )
}
