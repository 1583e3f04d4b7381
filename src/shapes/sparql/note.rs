//! What the person who loads the shapes should know about their queries.

use crate::model::Text;
use crate::shapes::component::Check;
use crate::shapes::path::{Direction, Path};
use crate::shapes::shape::Shape;
use crate::shapes::sparql::constraint::QueryConstraint;
use crate::shapes::sparql::reads::{Pattern, Places, reads};
use oxrdf::NamedNode;
use std::collections::BTreeSet;

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
    let mut apart = Apart::default();
    reads(query, ((), ()), &mut apart);
    let Apart(apart) = apart;
    if apart.is_empty() {
        return None;
    }
    let apart = apart.into_iter().collect::<Vec<_>>().join(", ");
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

/// Takes only what a query looks at from anywhere.
#[derive(Default)]
struct Apart(BTreeSet<String>);

impl Places for Apart {
    type Place = ();

    fn step(&mut self, (): (), _: &NamedNode, _: Direction) {}

    fn along(&mut self, (): (), _: &Path, _: Direction) {}

    fn all(&mut self, (): (), _: Direction) {}

    fn either(&mut self, (): (), (): ()) {}

    fn anywhere(&mut self, pattern: Pattern) {
        self.0.insert(pattern.to_string());
    }
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
