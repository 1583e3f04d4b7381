//! RDF syntax and graphs, pure: reading, writing, canonical form, pattern look-up.
//!
//! Nothing here knows the store or the domain's rules. A new syntax to read is a function in
//! `parse`, registered as an importer in `ingest`; a new one to write is a file here,
//! registered as a format in `publish`.

pub mod canonical;
pub mod compact;
pub mod graph;
pub mod jsonld;
pub mod lines;
pub mod nesting;
pub mod order;
pub mod parse;
pub mod rdfxml;
pub mod sophia;
pub mod sparql;
pub mod terms;
pub mod write;
pub mod xml;

pub use compact::CompactGraph;
pub use graph::Graph;
pub use terms::{MoreTerms, TermId, Terms};

use oxrdf::{NamedNodeRef, NamedOrBlankNodeRef, TermRef, Triple};

/// What went wrong below a [`Quads`]; the message is for the log, not for readers.
#[derive(Debug, thiserror::Error)]
#[error("the data could not be read: {0}")]
pub struct QuadsError(pub String);

/// The one abstraction over where triples are: the SHACL engine reads data, class hierarchy and
/// shapes through it, so that it works alike on a file, inside the write under way and in a test.
pub trait Quads {
    /// The triples of the graph that match; `None` matches everything. The order is any.
    ///
    /// # Errors
    /// Each item may be an error of the storage below.
    fn matching<'a>(
        &'a self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
    ) -> Box<dyn Iterator<Item = Result<Triple, QuadsError>> + 'a>;

    /// The graph itself when it is one whose terms are numbered: who asks often then asks it by
    /// number.
    fn compact(&self) -> Option<&CompactGraph> {
        None
    }
}
