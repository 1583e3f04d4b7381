//! Validation of files that stay outside: nothing of them is stored or published.
//!
//! [`Checked::read`] reads data and shapes; [`Checked::assess`] says what people can act on,
//! [`Checked::write_report`] writes the report of the Recommendation as results are found. What
//! the door would make of the files is in [`submitted`], the text for a terminal in [`text`].

mod assess;
pub mod job;
pub mod submitted;
pub mod text;

use crate::app::OpenError;
use crate::ingest::conformance::JudgeError;
use crate::ingest::importers::ReadOptions;
use crate::ingest::normalise::{Normalised, normalise};
use crate::ingest::sources::SourceError;
use crate::ingest::{Document, Door, Origin, Profile, ProfileError, SubmitError, read, read_each};
use crate::model::property::Properties;
use crate::model::vocabulary::rdfs;
use crate::model::{Finding, Severity, Source, SourceName, Text};
use crate::rdf::compact::Builder;
use crate::rdf::{CompactGraph, Graph, QuadsError};
use crate::shapes::{
    Bounds, Classes, ReportSyntax, ReportWriter, Shapes, ShapesError, Validation, ValidationError,
};
use crate::store::StoreError;
use oxrdf::{Term, Triple};
use std::io::{self, Write};
use std::ops::ControlFlow;

/// What is to be validated against what.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub data: &'a [Document<'a>],
    /// Built-in profiles, by name.
    pub profiles: &'a [String],
    /// Files with shapes of one's own, which make one shapes graph together.
    pub shapes: &'a [Document<'a>],
    /// Whether the data is first rewritten as the door does, value by value; otherwise it is
    /// validated as it stands. What is joined and published is for [`submitted`] to tell.
    pub is_rewritten: bool,
}

/// Why nothing can be said about the data.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file with data or shapes cannot be read, or a throw-away folder cannot be used.
    #[error(transparent)]
    Submit(#[from] SubmitError),
    /// Something in the data could not be read, so that nobody can say that it conforms.
    #[error("not all of the data could be read:{}", .0.iter().take(FAULTS).map(|f| format!("\n- {}: {}", f.subject, f.message.en)).collect::<String>())]
    Incomplete(Vec<Finding>),
    #[error("there is no profile `{name}`; there are {known}")]
    UnknownProfile { name: String, known: String },
    #[error("a profile of the configuration cannot be used: {0}")]
    Profile(ProfileError),
    #[error("`{document}`: {error}")]
    Shapes {
        document: String,
        error: ShapesError,
    },
    #[error(transparent)]
    Validation(#[from] ValidationError),
    #[error("the report could not be written: {0}")]
    Write(io::Error),
    #[error("no folder for the time of the check could be made: {0}")]
    Folder(io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Judge(#[from] JudgeError),
}

impl From<QuadsError> for Failure {
    fn from(error: QuadsError) -> Self {
        Self::Validation(error.into())
    }
}

/// How many faults of a file are told.
const FAULTS: usize = 10;

/// Data and shapes, read.
pub struct Checked<'a> {
    door: &'a Door,
    options: &'a ReadOptions,
    documents: &'a [Document<'a>],
    triples: u64,
    /// The data alone, for shapes of one's own.
    alone: Option<CompactGraph>,
    /// The data and what our ontology and vocabularies say, for our profiles: they ask whether a
    /// value is one of our concepts.
    with_ontology: Option<CompactGraph>,
    notes: Vec<Finding>,
    /// How many values were rewritten, when that was asked for.
    rewritten: Option<usize>,
    /// What the door had to say while it rewrote.
    findings: Vec<Finding>,
    against: Vec<Against<'a>>,
}

/// What the data is held to.
struct Against<'a> {
    profile: Held<'a>,
    classes: Classes,
}

enum Held<'a> {
    Ours(&'a Profile),
    /// Shapes of one's own, under the name of their files.
    Theirs(Box<Profile>),
}

impl Against<'_> {
    fn profile(&self) -> &Profile {
        match &self.profile {
            Held::Ours(profile) => profile,
            Held::Theirs(profile) => profile,
        }
    }
}

impl<'a> Checked<'a> {
    /// Reads data and shapes. `options` bounds what is read; the door's profiles bring our ontology
    /// and vocabularies along, shapes of one's own have the data alone: SHACL (§2.1.3.2) looks for
    /// `rdfs:subClassOf` in the data graph, not in the shapes graph.
    ///
    /// # Errors
    /// When a file cannot be read, or shapes are ill-formed.
    pub fn read(
        door: &'a Door,
        options: &'a ReadOptions,
        request: &Request<'a>,
    ) -> Result<Self, Failure> {
        // The shapes first: they are small, and what is wrong with them is known at once.
        let mut against = against(door, options, request)?;
        let mut alone = (!request.shapes.is_empty()).then(Builder::default);
        let mut with_ontology = (!request.profiles.is_empty()).then(Builder::default);
        let mut triples = 0;
        let mut hierarchy = Graph::default();
        let mut take = |triple: Triple| {
            triples += 1;
            if triple.predicate.as_ref() == rdfs::SUB_CLASS_OF {
                hierarchy.insert(triple.clone());
            }
            for graph in [&mut alone, &mut with_ontology].into_iter().flatten() {
                graph.push(triple.as_ref());
            }
        };
        let mut rewritten = None;
        let noticed = if request.is_rewritten {
            let read = read(options, request.data)?;
            let normalised = as_the_door_does(door, options, &read.graph);
            normalised.graph.iter().cloned().for_each(take);
            rewritten = Some(normalised);
            read.noticed
        } else {
            read_each(options, request.data, &mut take)?
        };
        if noticed.is_incomplete {
            let mut faults = noticed.findings;
            faults.retain(|finding| finding.severity == Severity::Violation);
            return Err(Failure::Incomplete(faults));
        }
        for against in &mut against {
            against.classes = std::mem::take(&mut against.classes).and(&hierarchy)?;
        }
        if let Some(graph) = &mut with_ontology {
            for triple in door.ontology().iter() {
                graph.push(triple.as_ref());
            }
        }
        Ok(Self {
            door,
            options,
            documents: request.data,
            triples,
            alone: alone.map(Builder::finish),
            with_ontology: with_ontology.map(Builder::finish),
            notes: noticed.findings,
            rewritten: rewritten
                .as_ref()
                .map(|normalised| normalised.normalisations.len()),
            findings: rewritten
                .map(|normalised| normalised.findings)
                .unwrap_or_default(),
            against,
        })
    }

    /// Writes the W3C validation report; gives whether the data conforms, which is to no shape
    /// having any result (§3.6.1.1).
    ///
    /// # Errors
    /// When a bound is reached or `out` fails; what was written is no whole report then.
    pub fn write_report(
        &self,
        out: &mut dyn Write,
        syntax: ReportSyntax,
        bounds: Bounds<'_>,
    ) -> Result<bool, Failure> {
        let mut writer = ReportWriter::begin(out, syntax).map_err(Failure::Write)?;
        let mut conforms = true;
        for against in &self.against {
            let mut written = Ok(());
            self.validation(against, bounds).all(&mut |result| {
                if self.is_ours(against, &result.origin) {
                    return ControlFlow::Continue(());
                }
                conforms = false;
                written = writer.add(&result);
                match written {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })?;
            written.map_err(Failure::Write)?;
        }
        writer.end().map_err(Failure::Write)?;
        Ok(conforms)
    }

    fn validation<'v>(&'v self, against: &'v Against<'_>, bounds: Bounds<'v>) -> Validation<'v> {
        let shapes = &against.profile().shapes;
        Validation::new(shapes, self.data_for(against), &against.classes).within(bounds)
    }

    fn data_for(&self, against: &Against<'_>) -> &CompactGraph {
        let graph = match against.profile {
            Held::Ours(_) => self.with_ontology.as_ref(),
            Held::Theirs(_) => self.alone.as_ref(),
        };
        graph.expect("a graph was kept for each kind of shapes that was asked for")
    }

    /// Either graph: in both, the data says the same of what is its own.
    fn any_data(&self) -> &CompactGraph {
        let graph = self.alone.as_ref().or(self.with_ontology.as_ref());
        graph.expect("one of the two was kept")
    }

    /// Whether a node is one of our own terms, which nobody asked about.
    fn is_ours(&self, against: &Against<'_>, node: &Term) -> bool {
        let Term::NamedNode(node) = node else {
            return false;
        };
        matches!(against.profile, Held::Ours(_))
            && self
                .door
                .ontology()
                .about(&node.clone().into())
                .next()
                .is_some()
    }
}

/// Brings data to the form of the model, as for a source of which nothing is set.
fn as_the_door_does(door: &Door, options: &ReadOptions, graph: &Graph) -> Normalised {
    let base = &options.terms;
    let name: SourceName = "validation".parse().expect("it is the name of a source");
    normalise(
        graph,
        &Source::new(name),
        &door.vocabulary,
        base,
        door.kinds(),
        &Properties::new(base),
    )
}

/// What a request asks the data to be held to.
fn against<'a>(
    door: &'a Door,
    options: &ReadOptions,
    request: &Request<'_>,
) -> Result<Vec<Against<'a>>, Failure> {
    let mut against = Vec::new();
    for name in request.profiles {
        let profile = door
            .profile(name)
            .ok_or_else(|| unknown_profile(door, name))?;
        against.push(Against {
            profile: Held::Ours(profile),
            classes: door.classes().clone(),
        });
    }
    if !request.shapes.is_empty() {
        let names: Vec<&str> = request.shapes.iter().map(|file| file.name).collect();
        let name = names.join(", ");
        let options = ReadOptions {
            // Their blank nodes are not those of the data.
            file: request.data.len(),
            ..options.clone()
        };
        let read = read(&options, request.shapes)?;
        let shapes = Shapes::compile(&read.graph).map_err(|error| Failure::Shapes {
            document: name.clone(),
            error,
        })?;
        against.push(Against {
            profile: Held::Theirs(Box::new(Profile::new(
                &name,
                &read.graph,
                shapes,
                Vec::new(),
                Origin::Guest,
            ))),
            classes: Classes::default(),
        });
    }
    Ok(against)
}

fn unknown_profile(door: &Door, name: &str) -> Failure {
    let known: Vec<String> = door
        .profiles()
        .iter()
        .map(|profile| format!("`{}`", profile.name))
        .collect();
    Failure::UnknownProfile {
        name: name.to_owned(),
        known: known.join(", "),
    }
}

/// The profiles that data can be held to: name, title, and what each is for.
pub fn profiles(door: &Door) -> Vec<(String, Text, Text)> {
    let profiles = door.profiles().iter();
    profiles
        .map(|profile| {
            let (title, purpose) = (&profile.title, &profile.purpose);
            (profile.name.clone(), title.clone(), purpose.clone())
        })
        .collect()
}
