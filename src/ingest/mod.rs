//! The door: everything that comes in passes here, whatever it is and whoever sends it.
//!
//! [`submit`] is the pipeline: `importers` read bytes, `normalise` brings what was read to the
//! form of the model and tells the sender every value that it rewrote, `identify` finds out
//! which entities the resources are, `apply` writes claims and public view inside one write,
//! validates, and decides what is refused. A new format is one file in `importers` and one line
//! in its table; a new rule is one row in `normalise::RULES` and the function that does it.
//! Only this module (and replaying the log) writes to the store.

mod apply;
pub mod builtin;
pub mod external;
mod fuse;
mod identify;
pub mod importers;
pub mod normalise;
mod parts;
pub mod report;
pub mod sources;
mod submit;
pub mod system;
mod upsert;
pub mod verify;
pub mod vocabulary;
mod withdraw;

pub use report::{Outcome, Report};
pub use submit::{Document, Submission, SubmitError, importer_of, submit};

use crate::model::Base;
use crate::model::kind::Kinds;
use crate::rdf::canonical::CanonicalError;
use crate::rdf::{Graph, QuadsError};
use crate::shapes::{Classes, Shapes, ShapesError};
use importers::{ReadError, ReadOptions, importer_for};
use oxrdf::Triple;
use vocabulary::Vocabulary;

/// What the door knows before anything comes in: the built-in ontology, vocabularies and shapes.
pub struct Door {
    pub vocabulary: Vocabulary,
    /// Limits and contexts for reading; the file's own base and number are filled in.
    pub read_options: ReadOptions,
    /// The profile that gates.
    minimum: Shapes,
    /// The class hierarchy: from the built-in ontology alone.
    classes: Classes,
    kinds: Kinds,
    /// What the source `system` says.
    ontology: Graph,
    /// Profile and triples of each shapes file.
    shapes: Vec<(String, Vec<Triple>)>,
}

/// A fault in a built-in file: a test reads them all, so nobody meets it in a release.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error("the built-in `{path}` cannot be read: {error}")]
    Read { path: String, error: ReadError },
    #[error("the built-in shapes `{profile}` have blank nodes that cannot be told apart: {error}")]
    Canonical {
        profile: String,
        error: CanonicalError,
    },
    #[error("the built-in shapes `{profile}` are ill-formed: {error}")]
    Shapes { profile: String, error: ShapesError },
    #[error("there are no built-in shapes `minimum`")]
    NoMinimum,
    #[error(transparent)]
    Quads(#[from] QuadsError),
}

impl Door {
    /// Reads the built-in files for one base IRI.
    ///
    /// # Errors
    /// When one of them is faulty.
    pub fn new(base: &Base) -> Result<Self, DoorError> {
        let mut ontology = Graph::default();
        let mut shapes = Vec::new();
        let mut minimum = None;
        let options = ReadOptions {
            base: Some(format!("{base}/")),
            ..ReadOptions::of(base)
        };
        for (number, (path, bytes)) in builtin::files()
            .filter(|(path, _)| path.ends_with(".ttl"))
            .enumerate()
        {
            let read = |bytes: &[u8]| {
                importer_for("turtle")
                    .and_then(|importer| {
                        (importer.read)(
                            bytes,
                            &ReadOptions {
                                file: number,
                                ..options.clone()
                            },
                        )
                    })
                    .map_err(|error| DoorError::Read {
                        path: path.clone(),
                        error,
                    })
            };
            if path.starts_with("ontology/") {
                read(&bytes)?.graph.iter().for_each(|triple| {
                    ontology.insert(triple.clone());
                });
            } else if let Some(profile) = path
                .strip_prefix("shapes/")
                .and_then(|name| name.strip_suffix(".ttl"))
            {
                let graph = read(&bytes)?.graph;
                if profile == "minimum" {
                    let compiled = Shapes::compile(&graph).map_err(|error| DoorError::Shapes {
                        profile: profile.to_owned(),
                        error,
                    })?;
                    minimum = Some(compiled);
                }
                let labelled =
                    system::labelled(&graph, profile).map_err(|error| DoorError::Canonical {
                        profile: profile.to_owned(),
                        error,
                    })?;
                shapes.push((profile.to_owned(), labelled));
            }
        }
        Ok(Self {
            vocabulary: Vocabulary::of(&ontology, base),
            read_options: ReadOptions::of(base),
            minimum: minimum.ok_or(DoorError::NoMinimum)?,
            classes: Classes::read(&ontology)?,
            kinds: Kinds::new(base),
            ontology,
            shapes,
        })
    }

    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// The names of the built-in profiles.
    pub fn profiles(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().map(|(profile, _)| profile.as_str())
    }
}
