//! At which lines of a file the things stand that its sender is told about.

use super::compression::decompress;
use super::{ReadOptions, encoding, importer_of, parse_options};
use crate::ingest::Document;
use crate::rdf::lines::{Fit, Found, Sought, find, find_named};
use crate::rdf::parse::Syntax;

/// The best line for each of those sought, as [`find`] gives it; where the format does not tell
/// the lines of its statements, where a resource is named. Blank nodes are found only by the
/// number, in `options.file`, with which the document was read.
pub fn lines_of(
    document: &Document<'_>,
    options: &ReadOptions,
    sought: &[Sought],
) -> Vec<Option<Found>> {
    let nothing = || vec![None; sought.len()];
    let Ok(bytes) = decompress(document.bytes, options.size_bytes) else {
        return nothing();
    };
    let Ok(importer) = importer_of(document.format, document.name, &bytes) else {
        return nothing();
    };
    let syntax = match (importer.syntax(), importer.name) {
        (Some(Syntax::JsonLd), _) | (None, "rdfxml" | "html") => {
            let decoded = encoding::decode(&bytes, None);
            let found = |sought: &Sought| {
                find_named(&decoded.text, &sought.subject).map(|line| Found {
                    fit: Fit::Subject,
                    line,
                })
            };
            return sought.iter().map(found).collect();
        }
        (Some(syntax), _) => syntax,
        (None, _) => return nothing(),
    };
    let options = ReadOptions {
        base: document.base.map(str::to_owned),
        ..options.clone()
    };
    let options = parse_options(&options, super::blank_prefix(&options));
    find(&bytes, syntax, &options, sought)
}
