//! Striking quads out of the records: out of the bodies of the log, and so out of the store that
//! is made from it.
//!
//! A redaction is prepared in a staged folder: the log without the struck quads, a signed notice
//! ([`crate::store::notice`]), and a store replayed from that log. What remains is published there
//! by the door (`ingest::redact`), as a change like all others, and only then does the staged
//! folder take the place of log and store.

use crate::model::vocabulary::dct;
use crate::model::{Base, Generation};
use crate::store::log::{Hash, LogError, Record, Side, frame_line, sha256_hex};
use crate::store::notice::{Blanked, Notice};
use crate::store::registry::key_of_alias;
use crate::store::signing::SigningKey;
use crate::store::{Opening, State, Store, StoreError, format, quad, staged};
use flate2::read::MultiGzDecoder;
use oxrdf::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, Triple};
use oxttl::NQuadsParser;
use percent_encoding::percent_decode_str;
use regex::bytes::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufWriter, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use unicode_normalization::UnicodeNormalization as _;

/// A shorter text would strike far more than what is meant.
const TEXT_CHARS: usize = 4;
/// How many struck quads a plan names.
const NAMED_QUADS: usize = 20;

#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    #[error("say what is to be struck: --literal, --containing or --subject")]
    Nothing,
    #[error(
        "`{0}` is too short: it would strike much that is not meant; write at least {TEXT_CHARS} characters"
    )]
    TooShort(String),
    #[error(
        "the reason repeats what is to be struck, and it stays in the log; give another with --because"
    )]
    ReasonRepeats,
    #[error("the reason has a line break or another control character; write it in one line")]
    ReasonIsNoLine,
    #[error(
        "`{0}` is the IRI of no entity here, and no source calls one so; write an IRI as it stands on the entity's page"
    )]
    Unknown(String),
    #[error(
        "`{entity}` was merged into `{survivor}`; redact that one, or take the merge back first"
    )]
    Merged { entity: String, survivor: String },
    #[error("`{text}` is too long to be searched for ({error}); write less of it")]
    TooLong { text: String, error: regex::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Log(#[from] LogError),
}

/// What an operator wants struck; a quad that any of these meets goes.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Literals that are exactly this, in any language or datatype.
    pub literals: Vec<String>,
    /// Literals and foreign IRIs that contain this; a telephone number however it is written.
    pub texts: Vec<String>,
    /// All that is said about these: an entity's IRI, or what a source calls it.
    pub subjects: Vec<String>,
}

/// Which quads are to be struck.
#[derive(Clone, Debug)]
pub struct Strikes {
    base: Base,
    literals: Vec<String>,
    texts: Vec<Regex>,
    entities: BTreeSet<NamedNode>,
    /// What is public of entities as which these were published once: of the time when they were
    /// one, nothing but this stays.
    formerly: BTreeMap<NamedNode, BTreeSet<String>>,
    /// Entities that something is struck of: what the registry derived from their names goes too.
    touched: BTreeSet<NamedNode>,
    /// What no file may hold any more.
    in_files: Vec<Regex>,
}

impl Strikes {
    /// # Errors
    /// When a request names nothing, too little or somebody unknown.
    pub fn new(store: &Store, request: &Request) -> Result<Self, RedactError> {
        let mut strikes = Self {
            base: store.base().clone(),
            literals: request.literals.clone(),
            texts: Vec::new(),
            entities: BTreeSet::new(),
            formerly: BTreeMap::new(),
            touched: BTreeSet::new(),
            in_files: Vec::new(),
        };
        for text in &request.texts {
            let text: String = text.trim().nfc().collect();
            if text.chars().count() < TEXT_CHARS {
                return Err(RedactError::TooShort(text));
            }
            let pattern = number(&text).unwrap_or_else(|| regex::escape(&text));
            strikes.texts.push(regex(&text, &pattern)?);
            strikes.in_files.push(regex(&text, &pattern)?);
            strikes.in_files.push(regex(&text, &written(&text))?);
        }
        for text in &request.literals {
            if text.is_empty() {
                return Err(RedactError::TooShort(text.clone()));
            }
            if text.chars().count() >= TEXT_CHARS {
                strikes.in_files.push(regex(text, &written(text))?);
            }
        }
        for subject in &request.subjects {
            strikes.entities.extend(entities_called(store, subject)?);
        }
        if strikes.literals.is_empty() && strikes.texts.is_empty() && strikes.entities.is_empty() {
            return Err(RedactError::Nothing);
        }
        if !strikes.entities.is_empty() {
            strikes.formerly = formerly_in(store, &strikes.entities)?;
        }
        strikes.touched = strikes.touched_in(store)?;
        Ok(strikes)
    }

    /// The entities that something was ever said of which is struck.
    fn touched_in(&self, store: &Store) -> Result<BTreeSet<NamedNode>, RedactError> {
        let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
        let mut touched = BTreeSet::new();
        for generation in log.generations() {
            for row in rows(&log.record(generation)?)? {
                let (_, quad) = row?;
                if let NamedOrBlankNode::NamedNode(subject) = &quad.subject
                    && self.strikes(&quad)
                {
                    touched.extend(self.entity_of(subject));
                }
            }
        }
        Ok(touched)
    }

    /// Whether a quad is struck. What the program itself says, and what the registry cannot do
    /// without, is not.
    pub fn strikes(&self, quad: &Quad) -> bool {
        let NamedOrBlankNode::NamedNode(subject) = &quad.subject else {
            return false;
        };
        let is_claim_or_public = match &quad.graph_name {
            GraphName::DefaultGraph => true,
            GraphName::NamedNode(graph) => self
                .base
                .source_of_graph(graph.as_str())
                .is_some_and(|source| !source.is_system()),
            GraphName::BlankNode(_) => false,
        };
        if is_claim_or_public {
            let Some(entity) = self.entity_of(subject) else {
                return false;
            };
            return self.entities.contains(&entity)
                || self.is_of_a_former_merge(&entity, quad)
                || self.is_meant(quad);
        }
        if quad.graph_name != GraphName::from(self.base.registry_graph()) {
            return false;
        }
        if let Some((_, key)) = key_of_alias(&self.base, subject.as_str()) {
            return self.has_text(&key);
        }
        if quad.predicate == self.base.sv("nameKey") {
            return self.touched.contains(subject);
        }
        let is_words = ["speaksFor", "keeps", "because"]
            .iter()
            .any(|local| quad.predicate == self.base.sv(local))
            || quad.predicate == dct::PUBLISHER;
        is_words && self.term_is_meant(&quad.object)
    }

    /// Whether a quad was public of an entity when one that is struck was published as it.
    fn is_of_a_former_merge(&self, entity: &NamedNode, quad: &Quad) -> bool {
        quad.graph_name.is_default_graph()
            && self
                .formerly
                .get(entity)
                .is_some_and(|public| !public.contains(&Triple::from(quad.clone()).to_string()))
    }

    /// Whether a quad has what is meant anywhere, be it struck or not.
    fn is_meant(&self, quad: &Quad) -> bool {
        let subject = Term::from(quad.subject.clone());
        let predicate = Term::from(quad.predicate.clone());
        [&subject, &predicate, &quad.object]
            .into_iter()
            .any(|term| self.term_is_meant(term))
    }

    fn term_is_meant(&self, term: &Term) -> bool {
        match term {
            Term::Literal(literal) => {
                self.literals.iter().any(|text| text == literal.value())
                    || self.has_text(literal.value())
            }
            Term::NamedNode(iri) if self.base.owns(iri.as_str()) => {
                key_of_alias(&self.base, iri.as_str()).is_some_and(|(_, key)| self.has_text(&key))
            }
            Term::NamedNode(iri) => {
                self.has_text(iri.as_str())
                    || self.has_text(&percent_decode_str(iri.as_str()).decode_utf8_lossy())
            }
            Term::BlankNode(_) => false,
        }
    }

    /// Whether a text contains one of those that are meant.
    pub fn has_text(&self, text: &str) -> bool {
        self.texts
            .iter()
            .any(|wanted| wanted.is_match(text.as_bytes()))
    }

    fn entity_of(&self, subject: &NamedNode) -> Option<NamedNode> {
        let noid = self.base.entity_of(subject.as_str())?.ok()?;
        Some(self.base.id(&noid))
    }
}

/// A number of this many digits or more is taken for a telephone number.
const NUMBER_DIGITS: usize = 8;
/// What may stand between the digits of one.
const BETWEEN_DIGITS: &str = r"(?:[ ./()\-]|\x{a0}|\x{202f}|%20)*";

/// A pattern for a telephone number in any way of writing it, if the text is one: digits, with
/// what may stand between them, and without the prefix that differs inside and outside France.
fn number(text: &str) -> Option<String> {
    let mark = |character: char| " +./()-\u{a0}\u{202f}".contains(character);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_number = digits.len() >= NUMBER_DIGITS
        && text
            .chars()
            .all(|character| character.is_ascii_digit() || mark(character));
    let digits = digits
        .strip_prefix("0033")
        .or_else(|| digits.strip_prefix("33").filter(|_| text.starts_with('+')))
        .unwrap_or(&digits)
        .trim_start_matches('0');
    let digits: Vec<String> = digits.chars().map(String::from).collect();
    is_number.then(|| digits.join(BETWEEN_DIGITS))
}

/// A text as it may stand in a file: as it is, in JSON, or in the address of an identifier.
fn written(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap_or_default();
    let encoded = percent_encoding::utf8_percent_encode(text, crate::store::registry::KEY);
    [text, json.trim_matches('"'), &encoded.to_string()]
        .map(regex::escape)
        .join("|")
}

fn regex(text: &str, pattern: &str) -> Result<Regex, RedactError> {
    Regex::new(pattern).map_err(|error| RedactError::TooLong {
        text: text.to_owned(),
        error,
    })
}

/// The entities that an IRI names: itself, all that were merged into it, and those that it was
/// split from, since what was said of it was said of them.
fn entities_called(store: &Store, iri: &str) -> Result<BTreeSet<NamedNode>, RedactError> {
    let snapshot = store.snapshot()?;
    let view = snapshot.view();
    let base = store.base();
    let mut named = BTreeSet::new();
    if let Some(Ok(noid)) = base.entity_of(iri)
        && view.state(&noid)? != State::Unknown
    {
        named.insert(base.id(&noid));
    }
    for source in view.sources()? {
        named.extend(view.identified(&source.name, iri)?);
    }
    if named.is_empty() {
        return Err(RedactError::Unknown(iri.to_owned()));
    }
    for entity in &named {
        let survivor = view.survivor(entity)?;
        if !named.contains(&survivor) {
            return Err(RedactError::Merged {
                entity: entity.as_str().to_owned(),
                survivor: survivor.into_string(),
            });
        }
    }
    let mut queue: Vec<NamedNode> = named.iter().cloned().collect();
    while let Some(entity) = queue.pop() {
        let mut others = view.members(&entity)?;
        others.extend(view.split_into(&entity)?);
        for other in others {
            if named.insert(other.clone()) {
                queue.push(other);
            }
        }
    }
    Ok(named)
}

/// The other entities under whose IRI one of these was published once, each with what is public
/// of it now.
fn formerly_in(
    store: &Store,
    entities: &BTreeSet<NamedNode>,
) -> Result<BTreeMap<NamedNode, BTreeSet<String>>, RedactError> {
    let merged_into = store.base().sv("mergedInto");
    let snapshot = store.snapshot()?;
    let view = snapshot.view();
    let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
    let mut formerly: BTreeMap<NamedNode, BTreeSet<String>> = BTreeMap::new();
    for generation in log.generations() {
        for row in rows(&log.record(generation)?)? {
            let (_, quad) = row?;
            if let (NamedOrBlankNode::NamedNode(merged), Term::NamedNode(survivor)) =
                (&quad.subject, &quad.object)
                && quad.predicate == merged_into
                && entities.contains(merged)
                && !entities.contains(survivor)
                && !formerly.contains_key(survivor)
            {
                let public = view.public_description(survivor)?;
                let public = public.iter().map(Triple::to_string).collect();
                formerly.insert(survivor.clone(), public);
            }
        }
    }
    Ok(formerly)
}

/// What a redaction would strike.
#[derive(Debug, Default)]
pub struct Plan {
    /// The changes whose records would be blanked: how many deletions and additions of each.
    pub generations: BTreeMap<Generation, (u64, u64)>,
    /// Rows that would be struck: a quad that came and went counts twice.
    pub rows: u64,
    /// Quads that are in the store now.
    pub current: u64,
    /// The first of the quads, as N-Quads.
    pub named: BTreeSet<String>,
    /// The entities that say something now which would be struck.
    pub entities: BTreeSet<NamedNode>,
    /// Rows that contain what is meant and stay: the program's own words, or what the registry
    /// cannot do without.
    pub kept: BTreeSet<String>,
}

impl Plan {
    /// Looks through the whole log.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn new(store: &Store, strikes: &Strikes) -> Result<Self, RedactError> {
        let mut plan = Self::default();
        let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = store.snapshot()?;
        let view = snapshot.view();
        let mut struck: BTreeSet<String> = BTreeSet::new();
        for generation in log.generations() {
            for row in rows(&log.record(generation)?)? {
                let (is_addition, quad) = row?;
                if !strikes.strikes(&quad) {
                    if plan.kept.len() < NAMED_QUADS && strikes.is_meant(&quad) {
                        plan.kept.insert(quad.to_string());
                    }
                    continue;
                }
                plan.rows += 1;
                let (deletions, additions) = plan.generations.entry(generation).or_default();
                *if is_addition { additions } else { deletions } += 1;
                if !struck.insert(quad.to_string()) {
                    continue;
                }
                if plan.named.len() < NAMED_QUADS {
                    plan.named.insert(quad.to_string());
                }
                let is_current = view
                    .quads(
                        Some(quad.subject.as_ref()),
                        Some(quad.predicate.as_ref()),
                        Some(quad.object.as_ref()),
                        Some(quad.graph_name.as_ref()),
                    )
                    .next()
                    .transpose()?
                    .is_some();
                if is_current {
                    plan.current += 1;
                    if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                        plan.entities.extend(strikes.entity_of(subject));
                    }
                }
            }
        }
        Ok(plan)
    }

    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }
}

/// The quads of a body, each with whether it is added.
fn rows(
    record: &Record,
) -> Result<impl Iterator<Item = Result<(bool, Quad), LogError>> + use<>, LogError> {
    let deletions = record.quads(Side::Deletions)?;
    let additions = record.quads(Side::Additions)?;
    let deletions = deletions.map(|quad| quad.map(|quad| (false, quad)));
    Ok(deletions.chain(additions.map(|quad| quad.map(|quad| (true, quad)))))
}

/// A redaction that is prepared and not yet done.
pub struct Redaction {
    /// Log and store without what was struck; the door publishes what remains in it.
    pub staged: Store,
    /// What names the notice in the change that publishes what remains.
    pub quads: Vec<Quad>,
}

impl Redaction {
    /// Writes the log without what is struck, with a signed notice, and replays a store from it.
    ///
    /// # Errors
    /// When the reason cannot stand in a notice, or the disk does not take it. Nothing is changed.
    pub fn prepare(
        store: &Store,
        strikes: &Strikes,
        plan: &Plan,
        because: &str,
        time: &str,
    ) -> Result<Self, RedactError> {
        if because.chars().any(char::is_control) {
            return Err(RedactError::ReasonIsNoLine);
        }
        if strikes.has_text(because) || strikes.literals.iter().any(|text| because.contains(text)) {
            return Err(RedactError::ReasonRepeats);
        }
        let key = SigningKey::of(store.folder())?;
        let folder = staged::begin(store.folder())?;
        let target = folder.join("log");
        let io = |error| StoreError::io(&target, error);
        fs::create_dir(&target).map_err(io)?;
        format::write(&folder)?;
        let base = store.base().clone();
        let generation = {
            let log = store.log.lock().unwrap_or_else(PoisonError::into_inner);
            let generation = log.generation().next();
            let bodies = write_log(&log, &target, strikes, plan, generation)?;
            for (_, path, _) in log.notices().iter() {
                if let Some(name) = path.file_name() {
                    fs::copy(path, target.join(name)).map_err(io)?;
                }
            }
            let notice = Notice {
                log: log.identity().to_owned(),
                base: base.to_string(),
                generation,
                time: time.to_owned(),
                because: because.to_owned(),
                key: key.public(),
                entities: plan
                    .entities
                    .iter()
                    .map(|entity| entity.as_str().to_owned())
                    .collect(),
                bodies,
            };
            let text = notice.signed(&key);
            fs::write(target.join(notice.file_name()), &text).map_err(io)?;
            (generation, sha256_hex(text.as_bytes()))
        };
        let (generation, sha256) = generation;
        let staged = Store::open(
            &folder,
            &Opening {
                base: None,
                default_base: base.clone(),
                create: false,
            },
        )?;
        let public = Literal::new_simple_literal(key.public());
        let quads = vec![
            quad(
                &base,
                base.change(generation),
                base.sv("notice"),
                Literal::new_simple_literal(sha256),
            ),
            quad(
                &base,
                base.registry_graph(),
                base.sv("redactionKey"),
                public,
            ),
        ];
        Ok(Self { staged, quads })
    }

    /// Puts log and store in the place of those of `store`, and removes what was made of them.
    ///
    /// # Errors
    /// When the disk does not take it; the next opening goes on.
    pub fn complete(self, store: Store) -> Result<(), RedactError> {
        self.staged.quads.flush().map_err(StoreError::from)?;
        drop(self.staged);
        let folder = store.folder().to_owned();
        staged::commit(&folder)?;
        // The lock is held until all is in place, the storage must be closed before.
        let Store { quads, _lock, .. } = store;
        drop(quads);
        staged::finish(&folder)?;
        Ok(())
    }
}

/// Writes the segments without what is struck, and tells what became of each body.
fn write_log(
    log: &crate::store::log::Log,
    target: &Path,
    strikes: &Strikes,
    plan: &Plan,
    by: Generation,
) -> Result<Vec<Blanked>, RedactError> {
    let mut blanked = Vec::new();
    let mut out: Option<(PathBuf, BufWriter<File>)> = None;
    for generation in log.generations() {
        let record = log.record(generation)?;
        let path = target.join(record.path().file_name().unwrap_or_default());
        let io = |error| StoreError::io(&path, error);
        if out.as_ref().is_none_or(|(open, _)| *open != path) {
            close(out.take())?;
            out = Some((
                path.clone(),
                BufWriter::new(File::create(&path).map_err(io)?),
            ));
        }
        let Some((_, out)) = &mut out else { continue };
        match plan.generations.get(&generation) {
            Some(rows) => blanked.push(blank(&record, strikes, by, *rows, out)?),
            None => {
                io::copy(&mut record.bytes()?, out).map_err(io)?;
            }
        }
    }
    close(out)?;
    Ok(blanked)
}

fn close(out: Option<(PathBuf, BufWriter<File>)>) -> Result<(), StoreError> {
    let Some((path, out)) = out else {
        return Ok(());
    };
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)
        .and_then(|file| file.sync_all())
        .map_err(|error| StoreError::io(&path, error))
}

/// Writes a record whose body lacks what is struck, and says so.
fn blank(
    record: &Record,
    strikes: &Strikes,
    by: Generation,
    (deletions, additions): (u64, u64),
    out: &mut dyn io::Write,
) -> Result<Blanked, LogError> {
    let said =
        format!("# redacted by generation {by}: {deletions} deletions and {additions} additions\n");
    let mut body = Hash::default();
    copy_body(record, strikes, &said, &mut body)?;
    let (new, body_bytes) = body.finish();
    let mut whole = Hash::default();
    let io = |error| LogError::io(record.path(), error);
    whole.write_all(&record.head).map_err(io)?;
    copy_body(record, strikes, &said, &mut whole)?;
    let frame = frame_line(record.head.len(), body_bytes, &whole.finish().0);
    out.write_all(frame.as_bytes()).map_err(io)?;
    out.write_all(&record.head).map_err(io)?;
    copy_body(record, strikes, &said, out)?;
    Ok(Blanked {
        generation: record.header.generation,
        old: record.body_sha256.clone(),
        new,
        deletions,
        additions,
    })
}

/// Copies the lines of a body that are not struck, `said` after the first one.
fn copy_body(
    record: &Record,
    strikes: &Strikes,
    said: &str,
    out: &mut dyn io::Write,
) -> Result<(), LogError> {
    let io = |error| LogError::io(record.path(), error);
    let mut body = record.body()?;
    let mut line = String::new();
    while body.read_line(&mut line).map_err(io)? > 0 {
        let quad = line.strip_prefix("D ").or_else(|| line.strip_prefix("A "));
        let is_struck = match quad.and_then(|quad| NQuadsParser::new().for_slice(quad).next()) {
            Some(Ok(quad)) => strikes.strikes(&quad),
            Some(Err(error)) => return Err(io(io::Error::other(error.to_string()))),
            None => false,
        };
        if !is_struck {
            out.write_all(line.as_bytes()).map_err(io)?;
        }
        if line == "TX .\n" {
            out.write_all(said.as_bytes()).map_err(io)?;
        }
        line.clear();
    }
    Ok(())
}

/// The files below a folder that still hold what was struck, those of log and store included;
/// what is compressed with gzip or zstd is looked into.
///
/// # Errors
/// When a file cannot be read.
pub fn files_with(folder: &Path, strikes: &Strikes) -> Result<Vec<PathBuf>, StoreError> {
    let mut found = Vec::new();
    if !strikes.in_files.is_empty() {
        search(folder, &strikes.in_files, &mut found)?;
    }
    found.sort_unstable();
    Ok(found)
}

fn search(folder: &Path, wanted: &[Regex], found: &mut Vec<PathBuf>) -> Result<(), StoreError> {
    let io = |error| StoreError::io(folder, error);
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(io)?;
        if kind.is_dir() {
            search(&path, wanted, found)?;
        } else if kind.is_file() {
            match is_in_file(&path, wanted) {
                Ok(true) => found.push(path),
                Ok(false) => {}
                // The storage engine removes files of its own while it is open.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(StoreError::io(&path, error)),
            }
        }
    }
    Ok(())
}

/// Whether a file holds what is searched for, as it is or decompressed.
fn is_in_file(path: &Path, wanted: &[Regex]) -> io::Result<bool> {
    let mut magic = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut magic)?;
    let is_there = holds(File::open(path)?, wanted)?;
    let file = File::open(path)?;
    let is_within = match magic.as_slice() {
        [0x1f, 0x8b, ..] => holds(MultiGzDecoder::new(file), wanted),
        [0x28, 0xb5, 0x2f, 0xfd] => {
            zstd::Decoder::new(file).and_then(|decoder| holds(decoder, wanted))
        }
        _ => Ok(false),
    };
    // What cannot be decompressed has nothing to be found in.
    Ok(is_there || is_within.unwrap_or(false))
}

/// Read so much at a time; what is searched for is far shorter.
const WINDOW_BYTES: usize = 1 << 20;

fn holds(mut reader: impl Read, wanted: &[Regex]) -> io::Result<bool> {
    let mut window: Vec<u8> = Vec::new();
    loop {
        let count = reader
            .by_ref()
            .take(WINDOW_BYTES as u64)
            .read_to_end(&mut window)?;
        if wanted.iter().any(|wanted| wanted.is_match(&window)) {
            return Ok(true);
        }
        if count == 0 {
            return Ok(false);
        }
        // What stands across the end of this window.
        window.drain(..window.len().saturating_sub(WINDOW_BYTES / 16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_found_however_it_is_written() {
        for meant in ["+33 1 99 00 12 34", "0033199001234", "01.99.00.12.34"] {
            let pattern = Regex::new(&number(meant).unwrap()).unwrap();
            for said in [
                "+33199001234",
                "01 99 00 12 34",
                "tel:+33-1-99-00-12-34",
                "+33 (0)1 99 00 12 34",
                "01\u{a0}99\u{a0}00\u{a0}12\u{a0}34",
            ] {
                assert!(pattern.is_match(said.as_bytes()), "{meant}: {said}");
            }
            assert!(!pattern.is_match("01 99 00 12 35".as_bytes()));
        }
        assert_eq!(number("Anna 2026-11-22"), None);
        assert_eq!(number("1234"), None);
    }

    #[test]
    fn a_text_across_two_windows_is_found() {
        let mut bytes = vec![b'x'; WINDOW_BYTES - 3];
        bytes.extend_from_slice(b"Tilleul and more");
        bytes.resize(3 * WINDOW_BYTES, b'y');
        let wanted = [Regex::new("Tilleul").unwrap()];
        assert!(holds(bytes.as_slice(), &wanted).unwrap());
        assert!(!holds(&bytes[..WINDOW_BYTES], &wanted).unwrap());
    }
}
