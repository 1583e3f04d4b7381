//! External identifiers: the schemes by which two sources' resources are recognised as one.

use crate::model::identifiers;

/// Whether an IRI, in its canonical form, identifies across sources. One that was mistyped, as
/// its check character says, does not.
pub fn is_identifier(iri: &str) -> bool {
    identifiers::scheme_of(iri).is_some()
}
