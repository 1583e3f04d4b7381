//! The example queries as the form offers them.

use crate::html::Example;
use crate::ingest::Door;

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
