//! Publishing what is counted: the description of the data set in numbers (VoID), about
//! `{base}/.well-known/void` and its parts, in the default graph.
//!
//! It is nobody's claim: it follows from the rest of the public data, as who meets which profile
//! does, and is brought up to date by changes of its own kind.

use crate::model::{Activity, Generation, SourceName, time};
use crate::rdf::order::compare_triples;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use oxrdf::{GraphName, Quad, Triple};

/// Publishes a description instead of the one that there is, if they differ in more than the
/// triples that `is_only_when` says only tell when it was made. Gives the generation that did.
///
/// # Errors
/// When the storage fails.
pub fn publish(
    store: &Store,
    description: Vec<Triple>,
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
    let mut write = store.write()?;
    let current = write.before().public_description(&void)?;
    if compared(&current) == compared(&description) {
        return Ok(None);
    }
    let quads = |triples: Vec<Triple>| -> Vec<Quad> {
        let triples = triples.into_iter();
        triples
            .map(|triple| triple.in_graph(GraphName::DefaultGraph))
            .collect()
    };
    write.replace(quads(current), quads(description));
    let system = SourceName::system();
    let generation = write.commit(&time::utc(now), &system, Activity::Statistics)?;
    Ok(Some(generation))
}
