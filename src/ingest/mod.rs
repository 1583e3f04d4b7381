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
mod choices;
pub mod conformance;
pub mod external;
mod fuse;
mod gate;
pub mod hands;
mod identify;
pub mod importers;
pub mod normalise;
mod parts;
mod profiles;
pub mod queries;
pub mod redact;
pub mod report;
pub mod sources;
mod submit;
pub mod system;
mod under;
mod upsert;
pub mod verify;
pub mod vocabulary;
pub mod void;
mod withdraw;
mod without;

pub use choices::choices;
pub use profiles::{FileFault, FileFaults, FileProblem, MINIMUM, Origin, Profile, ProfileError};
pub use report::{Outcome, ProfileReport, Report};
pub use submit::{Document, Noticed, Read, Submission, SubmitError, read, read_each, submit};
pub use without::Without;

use crate::model::kind::Kinds;
use crate::model::vocabulary::{rdfs, skos};
use crate::model::{Base, Text};
use crate::query::examples::Entry;
use crate::rdf::{Graph, QuadsError};
use crate::shapes::{Classes, Shapes};
use importers::{ReadError, ReadOptions, importer_for};
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term};
use std::collections::BTreeMap;
use vocabulary::Vocabulary;

/// What the door knows before anything comes in: the built-in ontology, vocabularies and shapes.
pub struct Door {
    base: Base,
    pub vocabulary: Vocabulary,
    /// Limits and contexts for reading; the file's own base and number are filled in.
    pub read_options: ReadOptions,
    /// The class hierarchy: from the built-in ontology alone.
    classes: Classes,
    kinds: Kinds,
    /// What the source `system` says.
    ontology: Graph,
    /// The part of it that links our terms to those of others, by target.
    alignments: Vec<(String, Graph)>,
    /// The configured namespace of Cap Data Opéra.
    cap_data: Option<String>,
    /// [`MINIMUM`] first, then the others by name, those of the operator among them.
    profiles: Vec<Profile>,
    /// The example queries, by name.
    queries: BTreeMap<String, Entry>,
    /// What a change must not exceed for the profiles to be kept in step within it: more nodes
    /// that it may affect are left to [`conformance::follow`].
    pub judged_at_once: usize,
}

/// How many nodes a change may affect for the profiles to be kept in step within it.
const JUDGED_AT_ONCE: usize = 10_000;

/// A fault in a built-in file: a test reads them all, so nobody meets it in a release.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    #[error("the built-in `{path}` cannot be read: {error}")]
    Read { path: String, error: ReadError },
    #[error("the built-in `{path}` is no profile: {error}")]
    Profile { path: String, error: ProfileError },
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
        Self::aligned(base, None)
    }

    /// The same, with the alignments with Cap Data Opéra when its namespace is given.
    ///
    /// # Errors
    /// When a built-in file is faulty.
    pub fn aligned(base: &Base, cap_data: Option<&str>) -> Result<Self, DoorError> {
        let mut ontology = Graph::default();
        let mut alignments = Vec::new();
        let mut classes = Classes::default();
        let options = ReadOptions {
            base: Some(format!("{base}/")),
            ..ReadOptions::of(base)
        };
        for (number, (path, bytes)) in builtin::ontology(cap_data).enumerate() {
            let options = ReadOptions {
                file: number,
                ..options.clone()
            };
            let graph = importer_for("turtle")
                .and_then(|importer| (importer.read)(&bytes, &options))
                .map_err(|error| DoorError::Read {
                    path: path.clone(),
                    error,
                })?
                .graph;
            graph.iter().for_each(|triple| {
                ontology.insert(triple.clone());
            });
            // What others call our classes must not change what the gate checks.
            if path == "ontology/ontology.ttl" {
                classes = Classes::read(&graph)?;
            }
            if let Some(target) = path
                .strip_prefix("ontology/alignments/")
                .and_then(|name| name.strip_suffix(".ttl"))
            {
                alignments.push((target.to_owned(), graph));
            }
        }
        let queries = queries::builtin(base);
        for triple in queries::described(&queries, base) {
            ontology.insert(triple);
        }
        let profiles =
            profiles::builtin(base).map_err(|(path, error)| DoorError::Profile { path, error })?;
        if profiles.first().is_none_or(|first| first.name != MINIMUM) {
            return Err(DoorError::NoMinimum);
        }
        Ok(Self {
            base: base.clone(),
            vocabulary: Vocabulary::of(&ontology, base),
            read_options: ReadOptions::of(base),
            classes,
            kinds: Kinds::new(base),
            ontology,
            alignments,
            cap_data: cap_data.map(str::to_owned),
            profiles,
            queries,
            judged_at_once: JUDGED_AT_ONCE,
        })
    }

    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// What links our terms to those of a target; `None` when we have no such alignment.
    pub fn alignment(&self, target: &str) -> Option<&Graph> {
        let (_, graph) = self.alignments.iter().find(|(name, _)| name == target)?;
        Some(graph)
    }

    /// The targets of our alignments, sorted.
    pub fn alignments(&self) -> impl Iterator<Item = &str> {
        self.alignments.iter().map(|(target, _)| target.as_str())
    }

    /// What the source `system` says: the ontology, the vocabularies and the alignments, which
    /// public data speaks of.
    pub fn ontology(&self) -> &Graph {
        &self.ontology
    }

    /// What people call a class or property, by the built-in ontology.
    pub fn label(&self, iri: &str) -> Option<Text> {
        let term = NamedOrBlankNode::from(NamedNode::new(iri).ok()?);
        let labels: Vec<Literal> = self
            .ontology
            .objects(&term, rdfs::LABEL)
            .chain(self.ontology.objects(&term, skos::PREF_LABEL))
            .filter_map(|label| match label {
                Term::Literal(label) => Some(label.clone()),
                _ => None,
            })
            .collect();
        Text::of(&labels)
    }

    /// The class hierarchy that validation goes by.
    pub fn classes(&self) -> &Classes {
        &self.classes
    }

    /// All profiles, those of the operator too: [`MINIMUM`] first, then the others by name.
    pub fn profiles(&self) -> &[Profile] {
        &self.profiles
    }

    /// The profiles that only inform, unless a source asks to be held to one of them.
    pub fn informing(&self) -> &[Profile] {
        self.profiles.get(1..).unwrap_or_default()
    }

    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The shapes of the profile that gates.
    fn minimum(&self) -> &Shapes {
        let first = self.profiles.first();
        &first.expect("a door has the minimum profile, first").shapes
    }
}
