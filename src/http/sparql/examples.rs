//! The example queries as the form offers them.

use crate::html::Example;
use crate::ingest::Door;
use crate::query::examples::Entry;

/// All that can be read, by name.
pub fn all(door: &Door) -> Vec<Example> {
    door.queries()
        .values()
        .filter_map(|entry| entry.read.as_ref().ok())
        .map(|example| Example {
            name: example.title.clone(),
            about: example.about.clone(),
            // A search finds what is meant in either language.
            keywords: [&example.keywords.0[..], &example.keywords.1].concat(),
            query: example.text.clone(),
        })
        .collect()
}

/// The one that stands in the form when nothing was asked: short, and of interest to anyone.
const FIRST: &str = "prochaines-representations";

/// The query to begin with.
pub fn first(door: &Door) -> String {
    let readable = |entry: &Entry| Some(entry.read.as_ref().ok()?.text.clone());
    let queries = door.queries();
    let chosen = queries.get(FIRST).and_then(readable);
    chosen
        .or_else(|| queries.values().find_map(readable))
        .unwrap_or_default()
}
