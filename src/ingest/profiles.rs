//! The profiles: what data must meet for a purpose, each from one file of shapes.
//!
//! Those in `shapes/` come with the program; an operator adds files of their own by the key
//! `profiles` of the configuration. All are read alike, and published alike.

use crate::ingest::importers::{ReadError, ReadOptions, importer_for};
use crate::ingest::{Door, builtin, system};
use crate::model::vocabulary::{dct, owl, rdf, rdfs};
use crate::model::{Base, SourceName, Text};
use crate::rdf::Graph;
use crate::rdf::canonical::CanonicalError;
use crate::shapes::{Shapes, ShapesError};
use oxrdf::{Literal, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The profile that gates every source.
pub const MINIMUM: &str = "minimum";

/// The largest file of an operator's profile.
pub const FILE_BYTES: u64 = 4 << 20;

/// What data must meet for one purpose.
pub struct Profile {
    /// Its local name, as in `{base}/shapes/{name}`.
    pub name: String,
    /// Its name for people; [`Profile::name`] when its file gives it none.
    pub title: Text,
    /// Why it matters: what can be done with data that meet it, and not with others; empty when
    /// its file does not say.
    pub purpose: Text,
    pub origin: Origin,
    pub shapes: Shapes,
    /// Its file's triples, with the labels of blank nodes that the store keeps.
    pub triples: Vec<Triple>,
}

/// Where a profile comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It comes with the program.
    Program,
    /// The operator named this file in the configuration.
    File(PathBuf),
    /// Somebody gave it to try their data on, or to see what would meet it.
    Guest,
}

/// Why shapes are no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    #[error("it cannot be read as Turtle: {0}")]
    Read(ReadError),
    #[error(
        "none of its shapes has a target, so they ask nothing of anything: give one of them sh:targetClass"
    )]
    NoTarget,
    #[error(transparent)]
    Shapes(#[from] ShapesError),
    #[error("its blank nodes cannot be told apart ({0}): give its shapes IRIs")]
    Canonical(#[from] CanonicalError),
}

impl Profile {
    /// Reads shapes in Turtle. Relative IRIs are below the base, as in `<shapes/paris>`.
    ///
    /// # Errors
    /// When they cannot be read or are ill-formed; every fault is told.
    pub fn read(
        name: &str,
        turtle: &[u8],
        base: &Base,
        origin: Origin,
    ) -> Result<Self, ProfileError> {
        let options = ReadOptions {
            base: Some(format!("{base}/")),
            ..ReadOptions::of(base)
        };
        let graph = importer_for("turtle")
            .and_then(|importer| (importer.read)(turtle, &options))
            .map_err(ProfileError::Read)?
            .graph;
        let shapes = Shapes::compile(&graph)?;
        if !shapes.has_targets() {
            return Err(ProfileError::NoTarget);
        }
        let triples = system::labelled(&graph, name)?;
        Ok(Self::new(name, &graph, shapes, triples, origin))
    }

    /// A profile from what its file was read into: title and purpose are what the file says of
    /// itself.
    pub fn new(
        name: &str,
        graph: &Graph,
        shapes: Shapes,
        triples: Vec<Triple>,
        origin: Origin,
    ) -> Self {
        let head = head(graph, name);
        let said = |properties| Text::of(&head.map(|head| texts(graph, head, properties))?);
        Self {
            name: name.to_owned(),
            title: said([dct::TITLE, rdfs::LABEL]).unwrap_or_else(|| Text::new(name, name)),
            purpose: said([dct::DESCRIPTION, rdfs::COMMENT]).unwrap_or_default(),
            origin,
            shapes,
            triples,
        }
    }
}

/// What a file says about itself stands on its `owl:Ontology`: where there are several, on the
/// one at the profile's address.
fn head<'g>(graph: &'g Graph, name: &str) -> Option<&'g NamedOrBlankNode> {
    let ontology = Term::from(owl::ONTOLOGY.into_owned());
    let heads: Vec<&NamedOrBlankNode> = graph
        .pointing_to(&ontology)
        .filter(|triple| triple.predicate.as_ref() == rdf::TYPE)
        .map(|triple| &triple.subject)
        .collect();
    let address = format!("/shapes/{name}");
    let is_own = |head: &NamedOrBlankNode| match head {
        NamedOrBlankNode::NamedNode(iri) => iri.as_str().ends_with(&address),
        NamedOrBlankNode::BlankNode(_) => false,
    };
    match heads.as_slice() {
        [only] => Some(only),
        several => several.iter().copied().find(|head| is_own(head)),
    }
}

/// The values of the first of the properties that is there.
fn texts(
    graph: &Graph,
    head: &NamedOrBlankNode,
    properties: [NamedNodeRef<'static>; 2],
) -> Vec<Literal> {
    let of = |property| {
        let values = graph.objects(head, property);
        let texts = values.filter_map(|value| match value {
            Term::Literal(text) => Some(text.clone()),
            _ => None,
        });
        texts.collect::<Vec<_>>()
    };
    let mut found = properties.into_iter().map(of);
    found.find(|texts| !texts.is_empty()).unwrap_or_default()
}

/// The profiles that come with the program, [`MINIMUM`] first, then the others by name.
///
/// # Errors
/// The path of a file at fault, and its fault.
pub(super) fn builtin(base: &Base) -> Result<Vec<Profile>, (String, ProfileError)> {
    let mut profiles = Vec::new();
    for (path, bytes) in builtin::files() {
        let name = path.strip_prefix("shapes/");
        if let Some(name) = name.and_then(|name| name.strip_suffix(".ttl")) {
            match Profile::read(name, &bytes, base, Origin::Program) {
                Ok(profile) => profiles.push(profile),
                Err(error) => return Err((path, error)),
            }
        }
    }
    sort(&mut profiles);
    Ok(profiles)
}

fn sort(profiles: &mut [Profile]) {
    profiles.sort_by(|a, b| {
        let key = |profile: &Profile| (profile.name != MINIMUM, profile.name.clone());
        key(a).cmp(&key(b))
    });
}

/// Why a file named in the configuration is no profile.
#[derive(Debug)]
pub struct FileFault {
    pub path: PathBuf,
    pub problem: FileProblem,
}

#[derive(Debug, thiserror::Error)]
pub enum FileProblem {
    #[error(
        "the profile is called like the file without `.ttl`: 1 to 64 of the characters a-z, 0-9 and `-`, as in `profiles/paris.ttl`; rename the file"
    )]
    Name,
    #[error("`{0}` comes with the program; rename the file")]
    OfTheProgram(String),
    #[error("`{0}` is also another file; rename one of them")]
    Twice(String),
    #[error("it cannot be read ({0}); mend `profiles` in the configuration")]
    Unreadable(#[from] io::Error),
    #[error("it has more than {FILE_BYTES} bytes, the most that a profile may have")]
    TooLarge,
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// All that is wrong with the files named in the configuration.
#[derive(Debug)]
pub struct FileFaults(pub Vec<FileFault>);

impl std::error::Error for FileFaults {}

impl fmt::Display for FileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("profiles of the configuration cannot be used:")?;
        for FileFault { path, problem } in &self.0 {
            write!(f, "\n`{}`: {problem}", path.display())?;
        }
        Ok(())
    }
}

impl Door {
    /// Adds an operator's profiles to those of the program. They inform like the others.
    ///
    /// # Errors
    /// When any of the files is no profile; all faults are told.
    pub fn add_profiles(&mut self, files: &[PathBuf]) -> Result<(), FileFaults> {
        let mut faults = Vec::new();
        for path in files {
            match self.profile_of_file(path) {
                Ok(profile) => self.profiles.push(profile),
                Err(problem) => faults.push(FileFault {
                    path: path.clone(),
                    problem,
                }),
            }
        }
        sort(&mut self.profiles);
        if faults.is_empty() {
            Ok(())
        } else {
            Err(FileFaults(faults))
        }
    }

    /// Adds one profile that is read already.
    pub fn add_profile(&mut self, profile: Profile) {
        self.profiles.push(profile);
        sort(&mut self.profiles);
    }

    fn profile_of_file(&self, path: &Path) -> Result<Profile, FileProblem> {
        let name = name_of(path).ok_or(FileProblem::Name)?;
        match self.profile(&name).map(|profile| &profile.origin) {
            Some(Origin::Program) => return Err(FileProblem::OfTheProgram(name)),
            Some(Origin::File(_) | Origin::Guest) => return Err(FileProblem::Twice(name)),
            None => {}
        }
        let mut bytes = Vec::new();
        File::open(path)?
            .take(FILE_BYTES + 1)
            .read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES {
            return Err(FileProblem::TooLarge);
        }
        let origin = Origin::File(path.to_owned());
        Ok(Profile::read(&name, &bytes, &self.base, origin)?)
    }
}

/// The name of the profile in a file; it has the form of a source's name.
fn name_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?.strip_suffix(".ttl")?;
    let name: SourceName = name.parse().ok()?;
    Some(name.as_str().to_owned())
}
