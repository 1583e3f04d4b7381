//! What readers get: the documents of entities in every format, and dumps of the whole data.
//!
//! Everything here is a pure function of plain data: nothing reads the store. A new format of
//! documents is a file in `formats/` and a line in [`FORMATS`], a new format of dumps a line in
//! [`DUMPS`]; a golden file for each is required by a test.

pub mod atom;
pub mod catalogue;
pub mod document;
pub mod dump;
pub mod formats;
pub mod list;
pub mod profiles;
pub mod release;
pub mod released;
pub mod reread;
pub mod resolution;
pub mod select;
pub mod tables;

pub use document::{Dates, Document, Incoming, LinkGroup, LinksHere, SourceShare};
pub use dump::{DUMPS, DumpFormat, DumpWriter};
pub use formats::{FORMATS, Format};
pub use list::{Item, Listing};
pub use profiles::{DocumentProfile, PROFILES};

use crate::model::property::Properties;
use crate::model::{Base, Naan, Noid};
use crate::rdf::jsonld;
use crate::rdf::write::Prefixes;
use oxrdf::NamedNode;

/// What every writer needs to know and no document changes: made once when the program starts.
#[derive(Debug)]
pub struct Context {
    pub base: Base,
    pub prefixes: Prefixes,
    pub properties: Properties,
    /// The terms of `{base}/context.jsonld`.
    pub terms: jsonld::Context,
    /// The Name Assigning Authority Number under which entities are also ARKs.
    pub naan: Option<Naan>,
}

impl Context {
    /// `context_document` is the text of `ontology/context.jsonld`, in which `{base}` stands for
    /// the base IRI.
    ///
    /// # Errors
    /// When the context document cannot be read.
    pub fn new(base: Base, context_document: &str) -> Result<Self, jsonld::ContextError> {
        let iri = base.join("context.jsonld");
        Ok(Self {
            prefixes: Prefixes::new(&base),
            properties: Properties::new(&base),
            terms: jsonld::Context::parse(context_document, base.as_str(), iri.as_str())?,
            naan: None,
            base,
        })
    }

    /// The ARK under which an entity answers here; `None` without a number of ours.
    pub fn ark(&self, noid: &Noid) -> Option<NamedNode> {
        let naan = self.naan.as_ref()?;
        Some(self.base.join(&naan.ark(noid)))
    }

    /// The ARK of an entity of ours, as `ark:/NAAN/NAME`; `None` without a number of ours.
    pub fn ark_of(&self, entity: &NamedNode) -> Option<String> {
        let naan = self.naan.as_ref()?;
        let noid = self.base.entity_of(entity.as_str())?.ok()?;
        Some(naan.ark(&noid))
    }
}

#[cfg(test)]
pub(crate) mod sample;
