//! A whole log made aside, from files that are verified one by one, and put into place in one step.

use crate::app::head::{KEPT, Signed, keep};
use crate::app::replica::fetch::Source;
use crate::app::replica::{CopyError, INCOMING};
use crate::changes::log::{Head, Start};
use crate::model::{Base, Generation};
use crate::store::{
    Chain, Found, NewLog, Notices, Opening, Origin, Primary, STATE, Staged, Store, find_records,
    sha256_of,
};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Records in a file, verified.
pub(super) type Spooled = (PathBuf, Vec<Found>);

/// Makes an empty folder a copy. What an interruption left is used.
///
/// # Errors
/// When the server cannot be read, or what it publishes does not verify. The next call goes on.
pub fn begin(
    folder: &Path,
    primary: &Primary,
    source: &Source,
    tell: &dyn Fn(String),
) -> Result<(), CopyError> {
    fs::create_dir_all(folder).map_err(|error| CopyError::io(folder, error))?;
    let (signed, _) = source
        .head(None)?
        .ok_or_else(|| CopyError::Unreachable("the head of the log is not there".to_owned()))?;
    tell(format!(
        "the log {} is at generation {}",
        signed.head.log, signed.head.generation
    ));
    primary.write(folder)?;
    assemble(folder, None, source, &signed, tell)
}

/// Makes the log of a head aside and commits it: the next opening finds it in its place. Records
/// that `store` has and that were not touched since are taken from there.
pub(super) fn assemble(
    folder: &Path,
    store: Option<&Store>,
    source: &Source,
    signed: &Signed,
    tell: &dyn Fn(String),
) -> Result<(), CopyError> {
    let head = &signed.head;
    let base: Base = head
        .base
        .parse()
        .map_err(|error| CopyError::Unverified(format!("the base `{}`: {error}", head.base)))?;
    let incoming = Incoming::open(folder, source)?;
    let staged = Staged::begin(folder)?;
    let log = staged.folder().join("log");
    fs::create_dir_all(&log).map_err(|error| CopyError::io(&log, error))?;
    incoming.notices(head, &log)?;
    let known = match store {
        Some(store) => Known::of(store, head, &log)?,
        None => None,
    };
    let origin = match &known {
        Some(known) => known.origin.clone(),
        None => head.release.as_ref().map(|start| origin_of(head, start)),
    };
    if let Some(origin) = &origin {
        let state = match &known {
            Some(known) => known.folder.join(STATE),
            None => incoming.state(origin, tell)?,
        };
        let to = log.join(STATE);
        // A link, so that it takes no room twice; another file system has a copy.
        fs::hard_link(&state, &to)
            .or_else(|_| fs::copy(&state, &to).map(|_| ()))
            .map_err(|error| CopyError::io(&to, error))?;
        origin.write(&log)?;
    }
    let mut new = NewLog::open(&log, &base, &head.log)?;
    let mut begins: BTreeSet<Generation> = head.begins().collect();
    let mut chain = match &origin {
        Some(_) => new.chain(),
        None => Chain::begin(first_identity(head), &head.base),
    };
    if let Some(known) = known {
        begins.extend(
            known
                .segments
                .iter()
                .filter_map(|(_, all)| all.first())
                .map(|it| it.generation),
        );
        for (path, records) in known.segments {
            take_known(
                &mut new, &mut chain, &incoming, head, &path, records, &begins,
            )?;
        }
    }
    loop {
        let spooled = incoming.next(head, &mut chain, new.notices(), tell)?;
        for (path, records) in &spooled {
            new.take(path, records, &begins)?;
        }
        incoming.done(&spooled);
        if chain.generation >= head.generation {
            break;
        }
    }
    drop(new);
    keep(&staged.folder().join(KEPT), signed)
        .map_err(|error| CopyError::io(staged.folder(), error))?;
    tell("the store is made from it".to_owned());
    staged.open(&Opening {
        base: None,
        default_base: base,
        create: true,
    })?;
    staged.commit()?;
    incoming.clear();
    Ok(())
}

/// Takes the records of a file of the present log; those that were blanked since are read anew.
fn take_known(
    new: &mut NewLog,
    chain: &mut Chain,
    incoming: &Incoming<'_>,
    head: &Head,
    path: &Path,
    records: Vec<Found>,
    begins: &BTreeSet<Generation>,
) -> Result<(), CopyError> {
    let notices = new.notices().clone();
    let mut taken: Vec<Found> = Vec::new();
    for record in records {
        if record.is_as_noted(&notices) {
            chain
                .follow(&record, &notices)
                .map_err(CopyError::Unverified)?;
            taken.push(record);
            continue;
        }
        new.take(path, &taken, begins)?;
        taken.clear();
        let (file, found) = incoming.page(head, chain.generation)?;
        let first = found.get(..1).unwrap_or_default();
        for record in first {
            follow(chain, record, &notices, &file)?;
        }
        new.take(&file, first, begins)?;
        incoming.done(&[(file, Vec::new())]);
    }
    new.take(path, &taken, begins)?;
    Ok(())
}

/// The log's identity when its first record was written.
fn first_identity(head: &Head) -> &str {
    head.former.first().map_or(&head.log, |former| &former.log)
}

fn origin_of(head: &Head, start: &Start) -> Origin {
    let former = head.former.iter();
    Origin {
        version: Origin::VERSION,
        log: start.log.clone(),
        base: head.base.clone(),
        generation: start.generation,
        header_sha256: start.header_sha256.clone(),
        former: former
            .take_while(|former| former.log != start.log)
            .cloned()
            .collect(),
        state_bytes: start.bytes,
        state_sha256: start.sha256.clone(),
    }
}

/// What a copy has already of a log that goes on.
struct Known {
    folder: PathBuf,
    origin: Option<Origin>,
    segments: Vec<Spooled>,
}

impl Known {
    /// `None` when nothing of it can be used: it is not a beginning of this head's log, or what was
    /// blanked is in the state that it begins with.
    fn of(store: &Store, head: &Head, new_log: &Path) -> Result<Option<Self>, CopyError> {
        if !is_of(store, head) {
            return Ok(None);
        }
        let notices = Notices::read(new_log)?;
        let old = store.redaction_notices();
        let origin = store.begins_with().cloned();
        let is_in_state = notices.iter().any(|(notice, ..)| {
            let is_new = !old.iter().any(|(known, ..)| known == notice);
            let mut bodies = notice.bodies.iter();
            is_new && bodies.any(|body| body.generation <= store.origin())
        });
        if is_in_state {
            return Ok(None);
        }
        let folder = store.folder().join("log");
        let mut segments = Vec::new();
        for path in store.segment_paths() {
            let records = find_records(&path)?;
            segments.push((path.to_path_buf(), records));
        }
        Ok(Some(Self {
            folder,
            origin,
            segments,
        }))
    }
}

/// Whether the log of a copy is a beginning of a head's log, as far as identities tell.
pub(super) fn is_of(store: &Store, head: &Head) -> bool {
    let at = store.generation();
    let identity = store.identity();
    let is_same = identity == head.log && at <= head.generation;
    let mut former = head.former.iter();
    let is_former = former.any(|former| former.log == identity && at <= former.until);
    head.base == store.base().as_str() && (is_same || is_former)
}

fn follow(
    chain: &mut Chain,
    record: &Found,
    notices: &Notices,
    file: &Path,
) -> Result<(), CopyError> {
    chain.follow(record, notices).map_err(|what| {
        // Not what it should be: it is read again.
        let _ = fs::remove_file(file);
        CopyError::Unverified(what)
    })
}

/// What comes in, in a folder of its own where an interruption leaves it.
pub(super) struct Incoming<'a> {
    folder: PathBuf,
    source: &'a Source,
}

impl<'a> Incoming<'a> {
    pub fn open(data: &Path, source: &'a Source) -> Result<Self, CopyError> {
        let folder = data.join(INCOMING);
        fs::create_dir_all(&folder).map_err(|error| CopyError::io(&folder, error))?;
        Ok(Self { folder, source })
    }

    /// Removes all that came in: it is part of the copy now, or of no use.
    pub fn clear(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    /// Removes files whose records were taken.
    pub fn done(&self, spooled: &[Spooled]) {
        for (path, _) in spooled {
            if path.starts_with(&self.folder) {
                let _ = fs::remove_file(path);
            }
        }
    }

    /// Reads the notices of a head into the folder of a log, and verifies who signed them.
    pub fn notices(&self, head: &Head, log: &Path) -> Result<(), CopyError> {
        for redaction in &head.redactions {
            let name = format!("{}.redaction", redaction.generation);
            let text = self.source.text(&format!("/changes/{name}"))?;
            let to = log.join(format!("{:020}.redaction", redaction.generation.0));
            fs::write(&to, &text).map_err(|error| CopyError::io(&to, error))?;
            if sha256_of(&to)? != redaction.sha256 {
                return Err(CopyError::Unverified(format!(
                    "the notice `{name}` is not the one that the head names"
                )));
            }
        }
        let key = self.source.key().hexadecimal();
        let notices =
            Notices::read(log).map_err(|error| CopyError::Unverified(error.to_string()))?;
        for (notice, ..) in notices.iter() {
            if notice.key != key {
                return Err(CopyError::Unverified(format!(
                    "the notice of generation {} was signed by another key",
                    notice.generation
                )));
            }
        }
        Ok(())
    }

    /// The state that an origin begins with.
    fn state(&self, origin: &Origin, tell: &dyn Fn(String)) -> Result<PathBuf, CopyError> {
        let digits = origin.state_sha256.get(..16).unwrap_or_default();
        let to = self.folder.join(format!("state-{digits}"));
        tell(format!(
            "the state of generation {} comes in, {} bytes",
            origin.generation, origin.state_bytes
        ));
        let path = format!("/changes/state/{}.nq.zst", origin.generation);
        self.source.download(&path, &to, Some(origin.state_bytes))?;
        if sha256_of(&to)? != origin.state_sha256 {
            let _ = fs::remove_file(&to);
            return Err(CopyError::Unverified(format!(
                "`{path}` does not have the SHA-256 that was signed"
            )));
        }
        Ok(to)
    }

    /// The records that follow a generation, as the server gives them.
    fn page(&self, head: &Head, after: Generation) -> Result<Spooled, CopyError> {
        let to = self.folder.join(format!("records-{}-{after}", head.log));
        let path = format!("/changes/records?after={}.{after}", head.log);
        self.source.download(&path, &to, None)?;
        match find_records(&to) {
            Ok(found) if !found.is_empty() => Ok((to, found)),
            Ok(_) => {
                let _ = fs::remove_file(&to);
                Err(CopyError::Unreachable(format!(
                    "nothing follows generation {after} yet"
                )))
            }
            Err(error) => {
                let _ = fs::remove_file(&to);
                Err(CopyError::Unverified(error.to_string()))
            }
        }
    }

    /// The next records after a chain, up to one whose header the head vouches for; the chain is
    /// led on to there.
    pub fn next(
        &self,
        head: &Head,
        chain: &mut Chain,
        notices: &Notices,
        tell: &dyn Fn(String),
    ) -> Result<Vec<Spooled>, CopyError> {
        let mut spooled: Vec<Spooled> = Vec::new();
        let mut at = chain.clone();
        while at.generation < head.generation {
            let mut segments = head.segments.iter();
            let closed = segments.find(|segment| segment.first == at.generation.next());
            let (path, mut found) = match closed {
                Some(segment) => {
                    tell(format!(
                        "the changes {} to {} come in, {} bytes",
                        segment.first, segment.last, segment.bytes
                    ));
                    let to = self.folder.join(&segment.name);
                    let path = format!("/changes/{}", segment.name);
                    self.source.download(&path, &to, Some(segment.bytes))?;
                    if sha256_of(&to)? != segment.sha256 {
                        let _ = fs::remove_file(&to);
                        return Err(CopyError::Unverified(format!(
                            "`{}` does not have the SHA-256 that was signed",
                            segment.name
                        )));
                    }
                    let found = find_records(&to)?;
                    (to, found)
                }
                None => self.page(head, at.generation)?,
            };
            // What was accepted since the head was signed waits for the next one.
            found.retain(|record| record.generation <= head.generation);
            let mut kept = 0;
            let mut is_vouched_for = false;
            for record in &found {
                follow(&mut at, record, notices, &path)?;
                kept += 1;
                if let Some(wanted) = head.header_of(at.generation) {
                    if wanted != at.header_sha256 {
                        let _ = fs::remove_file(&path);
                        return Err(CopyError::Unverified(format!(
                            "the header of generation {} is not the one that was signed",
                            at.generation
                        )));
                    }
                    is_vouched_for = true;
                    break;
                }
            }
            found.truncate(kept);
            if found.is_empty() {
                return Err(CopyError::Unverified(format!(
                    "nothing follows generation {}",
                    at.generation
                )));
            }
            spooled.push((path, found));
            if is_vouched_for {
                break;
            }
        }
        if at.generation == head.generation && at.identity != head.log {
            return Err(CopyError::Unverified(
                "the last record has another identity than the head".to_owned(),
            ));
        }
        *chain = at;
        Ok(spooled)
    }
}
