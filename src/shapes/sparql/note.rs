//! What the person who loads the shapes should know about their queries.

use crate::model::Text;
use crate::shapes::component::Check;
use crate::shapes::path::Path;
use crate::shapes::shape::Shape;
use crate::shapes::sparql::constraint::QueryConstraint;
use crate::shapes::sparql::reads::{Pattern, Reading, reads};

/// Something about shapes that is no fault, but costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The shape: its IRI, or where it stands when it has none.
    pub place: String,
    pub text: Text,
}

/// A note for each query whose readings do not lead back to single focus nodes.
pub(in crate::shapes) fn notes(shapes: &[Shape]) -> Vec<Note> {
    let mut notes = Vec::new();
    for shape in shapes.iter().filter(|shape| !shape.is_deactivated) {
        for constraint in &shape.constraints {
            if let Check::Query(query) = &constraint.check
                && let Some(note) = note(query)
                && !notes.contains(&note)
            {
                notes.push(note);
            }
        }
    }
    notes
}

fn note(query: &QueryConstraint) -> Option<Note> {
    let mut apart: Vec<String> = reads(query, &Path::here(), &Path::here())
        .into_iter()
        .filter_map(|reading| match reading {
            Reading::Anywhere(pattern) => Some(pattern.to_string()),
            _ => None,
        })
        .collect();
    apart.sort_unstable();
    apart.dedup();
    if apart.is_empty() {
        return None;
    }
    let apart = apart.join(", ");
    Some(Note {
        place: query.place.clone(),
        text: Text::new(
            format!(
                "chaque changement de {apart} fait vérifier de nouveau toute la cible : la requête ne relie pas ces triplets à la ressource vérifiée ($this)"
            ),
            format!(
                "each change of {apart} has the whole target checked again: the query does not link these triples to the focus node ($this)"
            ),
        ),
    })
}

impl std::fmt::Display for Pattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |term: Option<String>| term.unwrap_or_else(|| "…".to_owned());
        let subject = part(self.subject.as_ref().map(ToString::to_string));
        let predicate = part(self.predicate.as_ref().map(ToString::to_string));
        let object = part(self.object.as_ref().map(ToString::to_string));
        write!(f, "`{subject} {predicate} {object}`")
    }
}
