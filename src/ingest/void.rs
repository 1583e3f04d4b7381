//! Publishing what is counted: the description of the data set in numbers (VoID), about
//! `{base}/.well-known/void` and its parts, in the default graph; and the catalogue, in a graph of
//! its own.
//!
//! They are nobody's claim: they follow from the rest, as who meets which profile does, and are
//! brought up to date by changes of their own kind.

use crate::model::vocabulary::xsd;
use crate::model::{Activity, Generation, SourceName, time};
use crate::rdf::order::compare_triples;
use crate::store::{Store, StoreError, View};
use jiff::Timestamp;
use oxrdf::{GraphName, Literal, Quad, Term, Triple};

/// Publishes a description and a catalogue instead of those that there are, if they differ in more
/// than the triples that `is_only_when` says only tell when they were made. Gives the generation
/// that did.
///
/// # Errors
/// When the storage fails.
pub fn publish(
    store: &Store,
    description: Vec<Triple>,
    catalogue: Vec<Triple>,
    is_only_when: &dyn Fn(&Triple) -> bool,
    now: Timestamp,
) -> Result<Option<Generation>, StoreError> {
    let void = store.base().void();
    let compared = |triples: &[Triple]| {
        let triples = triples.iter().filter(|triple| !is_only_when(triple));
        let mut triples: Vec<Triple> = triples.cloned().collect();
        triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        triples
    };
    let catalogue: Vec<Triple> = catalogue.into_iter().map(as_stored).collect();
    let mut write = store.write()?;
    let described = write.before().public_description(&void)?;
    let catalogued = catalogued(write.before())?;
    if compared(&described) == compared(&description)
        && compared(&catalogued) == compared(&catalogue)
    {
        return Ok(None);
    }
    let graph = GraphName::from(store.base().catalogue_graph());
    let quads = |public: Vec<Triple>, catalogue: Vec<Triple>| -> Vec<Quad> {
        let public = public.into_iter();
        let public = public.map(|triple| triple.in_graph(GraphName::DefaultGraph));
        let catalogue = catalogue.into_iter();
        let catalogue = catalogue.map(|triple| triple.in_graph(graph.clone()));
        public.chain(catalogue).collect()
    };
    write.replace(quads(described, catalogued), quads(description, catalogue));
    let system = SourceName::system();
    let generation = write.commit(&time::utc(now), &system, Activity::Statistics)?;
    Ok(Some(generation))
}

/// The published catalogue.
fn catalogued(view: View<'_>) -> Result<Vec<Triple>, StoreError> {
    let graph = view.base().catalogue_graph();
    let quads = view.quads(None, None, None, Some(graph.as_ref().into()));
    quads.map(|quad| Ok(Triple::from(quad?))).collect()
}

/// As the store gives it back: it knows no kinds of integers.
fn as_stored(mut triple: Triple) -> Triple {
    if let Term::Literal(literal) = &triple.object
        && literal.datatype() == xsd::NON_NEGATIVE_INTEGER
    {
        triple.object = Literal::new_typed_literal(literal.value(), xsd::INTEGER).into();
    }
    triple
}
