//! The settings of sources: logged changes like all others.
//!
//! What decides between sources (ranks, for whom a source speaks) is part of them, so a change of
//! settings fuses anew what it touches, and is refused when that would break the `minimum`.

use crate::ingest::apply::{Application, conclude};
use crate::ingest::identify::Draft;
use crate::ingest::report::Report;
use crate::ingest::submit::SubmitError;
use crate::ingest::{Door, MINIMUM};
use crate::model::vocabulary::skos;
use crate::model::{Activity, Generation, Mode, Source, SourceName, time};
use crate::store::{Store, StoreError, View, Write, generation_literal, quad, registry_of_source};
use jiff::Timestamp;
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Term};
use std::collections::BTreeSet;

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(
        "the source `{0}` is there already, with other settings; change them with `affiche source set {0}`"
    )]
    Exists(String),
    #[error("there is no source `{0}`; add it with `affiche source add {0}`")]
    Unknown(SourceName),
    #[error("`system` is the program's own source; choose another name")]
    System,
    #[error(
        "`{0}` is no time zone of the IANA list; write for example `Europe/Paris` or `Indian/Reunion`"
    )]
    UnknownZone(String),
    #[error(
        "`{0}` is no territory that this server knows; write the notation of a concept of `/vocab/territoires`, such as `974` or `R04`"
    )]
    UnknownTerritory(String),
    #[error("`{name}` is no profile that a source can be held to besides `minimum`; {}", others(.known))]
    UnknownProfile { name: String, known: Vec<String> },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

fn others(known: &[String]) -> String {
    if known.is_empty() {
        "there is no other one".to_owned()
    } else {
        format!("there are: {}", known.join(", "))
    }
}

/// Adds a source. Adding the same one again changes nothing and gives `None`.
///
/// # Errors
/// When its name is taken by a source with other settings, or a setting makes no sense.
pub fn add(
    store: &Store,
    source: &Source,
    now: Timestamp,
) -> Result<Option<Generation>, SourceError> {
    check(source)?;
    let mut write = store.write()?;
    check_gates(&write.before(), source, &[])?;
    match write.before().source(&source.name)? {
        Some(known) if known == *source => return Ok(None),
        Some(_) => return Err(SourceError::Exists(source.name.to_string())),
        None => {}
    }
    for quad in registry_of_source(store.base(), source) {
        write.insert(quad)?;
    }
    Ok(Some(write.commit(
        &time::utc(now),
        &source.name,
        Activity::Source,
    )?))
}

/// Changes the settings of a source: `edit` gets them as they are. The report says whether that
/// was accepted, and what became of entities that several sources describe.
///
/// # Errors
/// When there is no such source, a setting makes no sense, or the store fails.
pub fn change(
    store: &Store,
    door: &Door,
    name: &SourceName,
    edit: impl FnOnce(&mut Source),
    now: Timestamp,
) -> Result<Report, SourceError> {
    let mut write = store.write()?;
    let former = known(&write, name)?;
    let mut source = former.clone();
    edit(&mut source);
    check(&source)?;
    check_gates(&write.before(), &source, &former.gates)?;
    let decides_otherwise = source.rank != former.rank
        || source.ranks != former.ranks
        || source.speaks_for != former.speaks_for;
    settle(&mut write, &former, &source)?;
    let mut report = Report::new(name.clone(), store.generation());
    let mut again = Vec::new();
    if decides_otherwise {
        for entity in write.before().described_by(name)? {
            if write.before().is_said_by_several(&entity)? {
                again.push(entity);
            }
        }
    }
    let mut application = Application::new(&mut write, door, &source, Draft::default(), now)?;
    application.fuse_again(again);
    let verdict = application.settle(false, &[])?;
    application.tell(&mut report, verdict)?;
    conclude(write, verdict, &mut report, Activity::Source, now)?;
    Ok(report)
}

/// Writes down the settings of a source, and when they changed: documents tell some of them.
fn settle(write: &mut Write<'_>, former: &Source, source: &Source) -> Result<(), StoreError> {
    if former == source {
        return Ok(());
    }
    let settings = write.after().settings(&source.name)?;
    let base = write.after().base().clone();
    let mut wanted = registry_of_source(&base, source);
    let changed = generation_literal(write.generation());
    wanted.push(quad(
        &base,
        base.source(&source.name),
        base.sv("changedAt"),
        changed,
    ));
    write.replace(settings, wanted);
    Ok(())
}

/// Withdraws all that a source says, and closes it. Its name and its identifiers stay its own:
/// opened again, it gets its IRIs back.
///
/// # Errors
/// When there is no such source or the store fails.
pub fn remove(
    store: &Store,
    door: &Door,
    name: &SourceName,
    is_dry_run: bool,
    now: Timestamp,
) -> Result<Report, SourceError> {
    let mut write = store.write()?;
    let former = known(&write, name)?;
    let source = Source {
        is_closed: true,
        ..former.clone()
    };
    settle(&mut write, &former, &source)?;
    let described: BTreeSet<_> = write.before().described_by(name)?.into_iter().collect();
    let mut report = Report::new(name.clone(), store.generation());
    report.mode = Mode::Withdraw;
    report.is_dry_run = is_dry_run;
    let mut application = Application::new(&mut write, door, &source, Draft::default(), now)?;
    application.withdraw(described, "source-removed");
    let verdict = application.settle(false, &[])?;
    application.tell(&mut report, verdict)?;
    conclude(write, verdict, &mut report, Activity::Withdraw, now)?;
    Ok(report)
}

/// The territory with this code: INSEE's for a department or collectivity, with `R` before it for
/// a region.
///
/// # Errors
/// When there is none or the store fails.
pub fn territory(view: &View<'_>, code: &str) -> Result<NamedNode, SourceError> {
    let scheme = view.base().join("vocab/territoires/");
    let code_term = Literal::new_simple_literal(code);
    for quad in view.quads(
        None,
        Some(skos::NOTATION),
        Some(code_term.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    ) {
        if let NamedOrBlankNode::NamedNode(concept) = quad?.subject
            && concept.as_str().starts_with(scheme.as_str())
        {
            return Ok(concept);
        }
    }
    Err(SourceError::UnknownTerritory(code.to_owned()))
}

fn known(write: &Write<'_>, name: &SourceName) -> Result<Source, SourceError> {
    if name.is_system() {
        return Err(SourceError::System);
    }
    write
        .before()
        .source(name)?
        .ok_or_else(|| SourceError::Unknown(name.clone()))
}

fn check(source: &Source) -> Result<(), SourceError> {
    if source.name.is_system() {
        return Err(SourceError::System);
    }
    if jiff::tz::TimeZone::get(&source.zone).is_err() {
        return Err(SourceError::UnknownZone(source.zone.clone()));
    }
    Ok(())
}

/// Whether there are the profiles that a source is to be held to. Those that it is held to already
/// may be gone: everything else can be set all the same.
fn check_gates(view: &View<'_>, source: &Source, former: &[String]) -> Result<(), SourceError> {
    let mut new = source.gates.iter().filter(|name| !former.contains(name));
    let Some(first) = new.next() else {
        return Ok(());
    };
    let base = view.base();
    let listed = base.sv("profile");
    let mut known = BTreeSet::new();
    for quad in view.registry(&base.source(&SourceName::system()))? {
        if quad.predicate == listed
            && let Term::NamedNode(graph) = quad.object
            && let Some(profile) = base.profile_of_graph(graph.as_str())
            && profile != MINIMUM
        {
            known.insert(profile.to_owned());
        }
    }
    match std::iter::once(first)
        .chain(new)
        .find(|name| !known.contains(*name))
    {
        None => Ok(()),
        Some(name) => Err(SourceError::UnknownProfile {
            name: name.clone(),
            known: known.into_iter().collect(),
        }),
    }
}
