//! The door: every write goes through here, in this order.
//!
//! ```text
//! bytes → read → normalise → identify → [ apply to the source's graph → fuse touched entities
//!       → validate affected focus nodes → refuse, leave out or withdraw, until nothing changes
//!       → append to the change log → commit ]
//! ```

use crate::ingest::Door;
use crate::ingest::apply::{Application, Verdict, conclude};
use crate::ingest::conformance::JudgeError;
use crate::ingest::identify::{Draft, Identifying, Refused, identify};
use crate::ingest::importers::compression::decompress;
use crate::ingest::importers::{Importer, ReadError, ReadOptions, Reading, importer_of};
use crate::ingest::normalise::{Normalised, normalise};
use crate::ingest::report::{Counts, Report};
use crate::ingest::{upsert, withdraw};
use crate::model::{
    Finding, Generation, Mode, Progress, Severity, Source, SourceName, Stage, Text,
};
use crate::rdf::Graph;
use crate::shapes::ValidationError;
use crate::store::{Store, StoreError, View, Write};
use jiff::Timestamp;
use oxrdf::{NamedNode, NamedOrBlankNode, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// A replacement that would withdraw more than this many entities …
const WITHDRAWALS: usize = 10;
/// … and more than this share of the source's, in percent, is refused unless told otherwise.
const WITHDRAWN_PERCENT: usize = 20;

/// One file of a submission.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// What reports call it: a path, `-`, a URL.
    pub name: &'a str,
    pub bytes: &'a [u8],
    /// Name, media type or file ending of its format; `None` goes by `name`, then by content.
    pub format: Option<&'a str>,
    /// What its relative IRIs are resolved against.
    pub base: Option<&'a str>,
}

/// What a source sends, and what is to be done with it.
#[derive(Clone, Debug)]
pub struct Submission<'a> {
    pub source: &'a SourceName,
    pub documents: &'a [Document<'a>],
    pub mode: Mode,
    /// Publish what can be, and leave aside what cannot; `None` takes the source's own setting.
    pub is_partial: Option<bool>,
    /// Withdraw however many entities are no longer there.
    pub allows_withdrawals: bool,
    /// Report what would happen, and change nothing.
    pub is_dry_run: bool,
    /// Where to tell how far it is.
    pub progress: Option<&'a Progress>,
    /// The generation in which the source must have changed last; `None` takes any.
    pub expects: Option<Generation>,
}

impl<'a> Submission<'a> {
    /// A submission in mode `replace`, partial if the source is, really done.
    pub fn new(source: &'a SourceName, documents: &'a [Document<'a>]) -> Self {
        Self {
            source,
            documents,
            mode: Mode::Replace,
            is_partial: None,
            allows_withdrawals: false,
            is_dry_run: false,
            progress: None,
            expects: None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("there is no source `{0}`; add it with `affiche source add {0}`")]
    UnknownSource(SourceName),
    #[error("only the program itself submits as `system`")]
    System,
    #[error(
        "the source `{0}` is closed and takes nothing more; open it with `affiche source open {0}`"
    )]
    Closed(SourceName),
    #[error("what was kept of the submission cannot be understood: {0}")]
    Draft(String),
    #[error("the source `{0}` has changed meanwhile; look at it and send it again")]
    Changed(SourceName),
    #[error("`{document}`: {error}")]
    Read { document: String, error: ReadError },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the shapes could not be evaluated: {0}")]
    Validation(#[from] ValidationError),
    #[error(
        "the source `{name}` is held to the profile `{profile}`, which this server no longer has; give it back its shapes, or choose others with `affiche source set {name} --gate`"
    )]
    UnknownGate { name: SourceName, profile: String },
}

impl From<JudgeError> for SubmitError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Store(error) => Self::Store(error),
            JudgeError::Validation(error) => Self::Validation(error),
        }
    }
}

/// Takes a submission through the door. `now` is the time of the change, `random` fills a buffer
/// with random bytes.
///
/// # Errors
/// When it cannot be read or the store fails. A submission that is refused is no error: the
/// report says why.
pub fn submit(
    store: &Store,
    door: &Door,
    submission: &Submission<'_>,
    now: Timestamp,
    random: &mut dyn FnMut(&mut [u8]),
) -> Result<Report, SubmitError> {
    if submission.source.is_system() {
        return Err(SubmitError::System);
    }
    let source = store
        .snapshot()?
        .view()
        .source(submission.source)?
        .ok_or_else(|| SubmitError::UnknownSource(submission.source.clone()))?;
    if source.is_closed {
        return Err(SubmitError::Closed(source.name));
    }
    for profile in &source.gates {
        if door.profile(profile).is_none() {
            return Err(SubmitError::UnknownGate {
                name: source.name,
                profile: profile.clone(),
            });
        }
    }
    let begin = |stage, triples| match submission.progress {
        Some(progress) if progress.is_stopped() => Err(StoreError::Interrupted),
        Some(progress) => {
            progress.set_triples(triples);
            progress.begin(stage, 0);
            Ok(())
        }
        None => Ok(()),
    };
    begin(Stage::Reading, 0)?;
    let Read { graph, noticed } = read(&door.read_options, submission.documents)?;
    begin(Stage::Normalising, graph.len())?;
    let mut normalised = normalise(
        &graph,
        &source,
        &door.vocabulary,
        store.base(),
        door.kinds(),
        store.properties(),
    );
    // A large submission is in memory once: each stage lets go of what the next one has.
    drop(graph);
    begin(Stage::Identifying, normalised.graph.len())?;
    let mut write = store.write()?;
    if submission.expects.is_some()
        && write.before().last_change_of(&source.name)? != submission.expects
    {
        return Err(SubmitError::Changed(source.name));
    }
    write.report_to(submission.progress);
    let refused: Vec<NamedOrBlankNode> = normalised.refused.iter().cloned().collect();
    let sources = write.before().sources()?;
    let draft = if submission.mode == Mode::Withdraw {
        withdraw::named(&write.before(), &source, &normalised.graph)?
    } else {
        identify(Identifying {
            view: write.before(),
            source: &source,
            sources: &sources,
            graph: &normalised.graph,
            refused: &refused,
            random,
        })?
    };
    drop(std::mem::take(&mut normalised.graph));
    let mut report = Report::new(submission.source.clone(), store.generation());
    report.mode = submission.mode;
    report.is_dry_run = submission.is_dry_run;
    report.findings = noticed.findings;
    report.take_normalised(&normalised);
    let verdict = apply(
        &mut write,
        door,
        &source,
        submission,
        draft,
        &normalised,
        noticed.is_incomplete,
        now,
        &mut report,
    )?;
    let activity = submission.mode.activity();
    conclude(write, verdict, &mut report, activity, now)?;
    Ok(report)
}

/// What all documents of a submission say together.
pub struct Read {
    pub graph: Graph,
    pub noticed: Noticed,
}

/// What was noticed while documents were read.
#[derive(Default)]
pub struct Noticed {
    pub findings: Vec<Finding>,
    /// Something could not be read: what is missing may be there all the same.
    pub is_incomplete: bool,
}

/// Reads documents, and does nothing else with them. `options.file` is the number of the first.
///
/// # Errors
/// [`SubmitError::Read`] for the first one that cannot be read.
pub fn read(options: &ReadOptions, documents: &[Document<'_>]) -> Result<Read, SubmitError> {
    let mut graph = Graph::default();
    let noticed = read_with(options, documents, |importer, bytes, options| {
        let mut reading = (importer.read)(bytes, options)?;
        if graph.is_empty() {
            graph = std::mem::take(&mut reading.graph);
        } else {
            reading.graph.iter().for_each(|triple| {
                graph.insert(triple.clone());
            });
        }
        Ok(reading)
    })?;
    Ok(Read { graph, noticed })
}

/// Reads documents and hands their triples over one by one; see [`read`].
///
/// # Errors
/// [`SubmitError::Read`] for the first one that cannot be read.
pub fn read_each(
    options: &ReadOptions,
    documents: &[Document<'_>],
    take: &mut (dyn FnMut(Triple) + Send),
) -> Result<Noticed, SubmitError> {
    read_with(options, documents, |importer, bytes, options| {
        importer.read_each(bytes, options, take)
    })
}

fn read_with(
    options: &ReadOptions,
    documents: &[Document<'_>],
    mut read: impl FnMut(&Importer, &[u8], &ReadOptions) -> Result<Reading, ReadError>,
) -> Result<Noticed, SubmitError> {
    let mut noticed = Noticed::default();
    // The limit is for all files together.
    let mut room = options.size_bytes;
    for (number, document) in documents.iter().enumerate() {
        let failed = |error| SubmitError::Read {
            document: document.name.to_owned(),
            error,
        };
        let bytes =
            decompress(document.bytes, room).map_err(|error| failed(ReadError::from(error)))?;
        room = room.saturating_sub(bytes.len());
        let importer = importer_of(document.format, document.name, &bytes).map_err(failed)?;
        let options = ReadOptions {
            base: document.base.map(str::to_owned),
            file: options.file + number,
            ..options.clone()
        };
        let reading = read(importer, &bytes, &options).map_err(failed)?;
        let findings = &mut noticed.findings;
        findings.extend(reading.findings.into_iter().map(|finding| Finding {
            subject: format!("{}: {}", document.name, finding.subject),
            ..finding
        }));
        noticed.is_incomplete |= reading.is_incomplete;
        for (key, count) in reading.ignored_keys {
            findings.push(ignored_key(document.name, &key, count));
        }
        for (name, count) in reading.ignored_graphs {
            findings.push(ignored_graph(document.name, &name, count));
        }
    }
    Ok(noticed)
}

/// Applies, fuses and validates until nothing more is refused.
#[expect(
    clippy::too_many_arguments,
    reason = "the steps of the pipeline, each once"
)]
fn apply(
    write: &mut Write<'_>,
    door: &Door,
    source: &Source,
    submission: &Submission<'_>,
    mut draft: Draft,
    normalised: &Normalised,
    is_incomplete: bool,
    now: Timestamp,
    report: &mut Report,
) -> Result<Verdict, SubmitError> {
    report.findings.append(&mut draft.findings);
    let mut refused: Vec<Refused> = std::mem::take(&mut draft.refused);
    for node in &normalised.refused {
        let entity = match node {
            NamedOrBlankNode::NamedNode(iri) => {
                write.before().identified(&source.name, iri.as_str())?
            }
            NamedOrBlankNode::BlankNode(_) => None,
        };
        refused.push(Refused { entity });
    }
    if submission.mode == Mode::Withdraw {
        // Who takes something back need not have it right.
        refused.clear();
    }
    report.counts.refused = refused.len();
    let is_partial = submission.is_partial.unwrap_or(source.is_partial);
    let is_refused = !is_partial && (is_incomplete || !refused.is_empty());
    // Only a replacement withdraws what it leaves out, and only when all of it could be read.
    let current = match submission.mode {
        Mode::Replace if is_incomplete => Vec::new(),
        Mode::Replace => write.before().described_by(&source.name)?,
        Mode::Upsert | Mode::Withdraw => Vec::new(),
    };
    if submission.mode == Mode::Upsert {
        upsert::keep_unsaid(&write.before(), source, &mut draft)?;
    }
    let withdrawn = std::mem::take(&mut draft.withdrawn);
    let mut application = Application::new(write, door, source, draft, now)?;
    application.keep(refused.into_iter().filter_map(|refused| refused.entity));
    if submission.mode == Mode::Withdraw {
        application.withdraw(withdrawn, "withdrawn");
    } else {
        application.plan_withdrawals(&current)?;
    }
    if submission.mode == Mode::Replace
        && let Some(finding) =
            too_many_withdrawals(&application.withdrawn, current.len(), submission)
    {
        report.findings.push(finding);
        return Ok(Verdict::Refused);
    }
    // Even when it is refused already, validation runs once: all findings come back at once.
    let verdict = application.settle(is_partial, &current)?;
    let verdict = if is_refused {
        Verdict::Refused
    } else {
        verdict
    };
    application.tell(report, verdict)?;
    Ok(verdict)
}

fn too_many_withdrawals(
    withdrawn: &BTreeSet<NamedNode>,
    current: usize,
    submission: &Submission<'_>,
) -> Option<Finding> {
    let count = withdrawn.len();
    if submission.allows_withdrawals
        || count <= WITHDRAWALS
        || count * 100 <= current * WITHDRAWN_PERCENT
    {
        return None;
    }
    Some(Finding::door(
        Severity::Violation,
        "too-many-withdrawals",
        submission.source.as_str(),
        None,
        Some(&count.to_string()),
        Text::new(
            format!(
                "cet envoi retirerait {count} des {current} fiches de la source : est-il complet ? S'il l'est, envoyez-le avec --allow-withdrawals"
            ),
            format!(
                "this submission would withdraw {count} of the source's {current} entities: is it complete? If it is, send it with --allow-withdrawals"
            ),
        ),
    ))
}

fn ignored_key(document: &str, key: &str, count: usize) -> Finding {
    Finding::door(
        Severity::Info,
        "unknown-key",
        document,
        None,
        Some(key),
        Text::new(
            format!(
                "la clé `{key}` n'a de sens dans aucun contexte (rencontrée {count} fois) : elle n'est pas reprise ; corrigez-la, ou déclarez-la dans `@context`"
            ),
            format!(
                "no context gives the key `{key}` a meaning (met {count} times): it is left out; mend it, or declare it in `@context`"
            ),
        ),
    )
}

fn ignored_graph(document: &str, graph: &str, count: usize) -> Finding {
    Finding::door(
        Severity::Info,
        "graph-name-ignored",
        document,
        None,
        Some(graph),
        Text::new(
            format!(
                "{count} triplets étaient dans le graphe {graph} ; les noms de graphes sont ignorés, tout va dans le graphe de la source"
            ),
            format!(
                "{count} triples were in the graph {graph}; graph names are ignored, everything goes to the source's own graph"
            ),
        ),
    )
}

/// The settings of all sources, by name.
pub(super) fn sources_by_name(view: &View<'_>) -> Result<BTreeMap<SourceName, Source>, StoreError> {
    let sources = view.sources()?.into_iter();
    Ok(sources
        .map(|source| (source.name.clone(), source))
        .collect())
}

impl Report {
    fn take_normalised(&mut self, normalised: &Normalised) {
        self.normalisations.clone_from(&normalised.normalisations);
        self.findings.extend(normalised.findings.iter().cloned());
        self.counts = Counts::default();
    }
}
