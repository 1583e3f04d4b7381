//! The head of the log: where it stands, which files it has, and where to begin. It is signed, so
//! that whoever holds the records can prove that they are all of them.

use crate::changes::Cursor;
use crate::model::Generation;
use crate::publish::release::Manifest;
use crate::store::{ClosedSegment, FormerLog, Store, StoreError};
use serde::{Deserialize, Serialize};

/// The version of the form of heads.
pub const HEAD_VERSION: u32 = 1;
/// The ending of a segment's name.
const SEGMENT: &str = "rdfp";
/// So many digits of a segment's SHA-256 are in its name.
const NAME_DIGITS: usize = 16;

/// What a log says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The version of the form, [`HEAD_VERSION`].
    pub version: u32,
    pub base: String,
    /// The identity of the log.
    pub log: String,
    /// The last change that readers see.
    pub generation: Generation,
    /// The SHA-256 of the header of its record.
    pub header_sha256: String,
    /// When that change was accepted: xsd:dateTime, UTC.
    pub time: String,
    /// The identities before, the first one first: up to `until` each is the same log.
    pub former: Vec<FormerLog>,
    /// The files that take no more records, the first one first.
    pub segments: Vec<Segment>,
    /// The first generation of the file that is still written.
    pub open: Generation,
    /// The notices of redactions, by generation.
    pub redactions: Vec<Redaction>,
    /// From which state the latest release lets one begin.
    pub release: Option<Start>,
}

/// A file of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Below `/changes/`.
    pub name: String,
    pub first: Generation,
    pub last: Generation,
    pub bytes: u64,
    pub sha256: String,
    /// The SHA-256 of the header of its last record.
    pub header_sha256: String,
}

/// A notice, as `/changes/{generation}.redaction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redaction {
    pub generation: Generation,
    pub sha256: String,
}

/// The state of a release, from which the log goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// The release's name in its address.
    pub date: String,
    /// The identity of the log when it was made.
    pub log: String,
    pub generation: Generation,
    /// The SHA-256 of the header of that change's record.
    pub header_sha256: String,
    /// The file, below `/changes/`.
    pub state: String,
    pub bytes: u64,
    pub sha256: String,
}

impl Head {
    /// Writes the bytes that are signed.
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether all names in it are of the form that they should have.
    pub fn is_well_formed(&self) -> bool {
        let is_log = |text: &str| Cursor::parse(&format!("{text}.0")).is_some();
        let is_sum = |text: &str| {
            let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            text.len() == 64 && text.bytes().all(is_digit)
        };
        let mut segments = self.segments.iter();
        let mut logs = self.former.iter().map(|former| &former.log);
        is_log(&self.log)
            && logs.all(|log| is_log(log))
            && segments
                .all(|it| is_sum(&it.sha256) && it.name == segment_name(it.first, &it.sha256))
            && self
                .release
                .as_ref()
                .is_none_or(|start| is_sum(&start.sha256))
    }

    /// The SHA-256 of the header of a generation's record, where the head tells it.
    pub fn header_of(&self, generation: Generation) -> Option<&str> {
        if generation == self.generation {
            return Some(&self.header_sha256);
        }
        let segment = self.segments.iter().find(|it| it.last == generation);
        segment
            .map(|segment| &segment.header_sha256)
            .or_else(|| {
                let start = self.release.as_ref();
                let start = start.filter(|start| start.generation == generation);
                start.map(|start| &start.header_sha256)
            })
            .map(String::as_str)
    }

    /// The generations with which a file of the log begins.
    pub fn begins(&self) -> impl Iterator<Item = Generation> {
        let closed = self.segments.iter().map(|segment| segment.first);
        closed.chain([self.open])
    }
}

/// How a segment is called, by its contents.
pub fn segment_name(first: Generation, sha256: &str) -> String {
    let digits = sha256.get(..NAME_DIGITS).unwrap_or(sha256);
    format!("{first}-{digits}.{SEGMENT}")
}

/// The first generation of a segment of this name, and the digits of its sum.
pub fn parse_segment_name(name: &str) -> Option<(Generation, &str)> {
    let (number, digits) = name.strip_suffix(".rdfp")?.split_once('-')?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let is_sum = digits.len() == NAME_DIGITS
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let generation = number.parse().ok().filter(|_| is_number && is_sum)?;
    Some((Generation(generation), digits))
}

/// How the state of a generation is called, below `/changes/`.
pub fn state_name(generation: Generation) -> String {
    format!("state/{generation}.nq.zst")
}

/// The head of a store's log, of which readers see the changes up to `at`. `sum` gives the SHA-256
/// of a segment.
///
/// # Errors
/// When the log cannot be read.
pub fn head(
    store: &Store,
    at: Generation,
    latest: Option<&Manifest>,
    sum: &mut dyn FnMut(&ClosedSegment) -> Result<String, StoreError>,
) -> Result<Head, StoreError> {
    let mut segments = Vec::new();
    let mut open = store.origin().next();
    for closed in store.closed_segments(at) {
        let sha256 = sum(&closed)?;
        segments.push(Segment {
            name: segment_name(closed.first, &sha256),
            first: closed.first,
            last: closed.last,
            bytes: closed.bytes,
            sha256,
            header_sha256: store.header_of(closed.last)?.1,
        });
        open = closed.last.next();
    }
    let (time, header_sha256) = if at > store.origin() {
        let (header, sha256) = store.header_of(at)?;
        (header.time, sha256)
    } else {
        (String::new(), store.chain().header_sha256)
    };
    let redactions = store.redaction_notices().iter();
    Ok(Head {
        version: HEAD_VERSION,
        base: store.base().to_string(),
        log: store.identity().to_owned(),
        generation: at,
        header_sha256,
        time,
        former: store.former_identities().to_vec(),
        segments,
        open,
        redactions: redactions
            .map(|(notice, _, sha256)| Redaction {
                generation: notice.generation,
                sha256: sha256.clone(),
            })
            .filter(|redaction| redaction.generation <= at)
            .collect(),
        release: latest.and_then(|manifest| start(store, at, manifest)),
    })
}

/// The state of a release, if it is one of this log.
pub fn start(store: &Store, at: Generation, manifest: &Manifest) -> Option<Start> {
    let state = manifest.state.as_ref()?;
    let is_ours = manifest.log == store.identity()
        || store
            .former_identities()
            .iter()
            .any(|former| former.log == manifest.log && manifest.generation <= former.until);
    let is_of_now = is_ours && manifest.generation <= at;
    is_of_now.then(|| Start {
        date: manifest.date.clone(),
        log: manifest.log.clone(),
        generation: manifest.generation,
        header_sha256: manifest.header_sha256.clone(),
        state: state_name(manifest.generation),
        bytes: state.bytes,
        sha256: state.sha256.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_called_by_what_is_in_it() {
        let name = segment_name(Generation(12), &"0123456789abcdef".repeat(4));
        assert_eq!(name, "12-0123456789abcdef.rdfp");
        assert_eq!(
            parse_segment_name(&name),
            Some((Generation(12), "0123456789abcdef"))
        );
        for name in [
            "12.rdfp",
            "12-0123.rdfp",
            "+12-0123456789abcdef.rdfp",
            "-.rdfp",
        ] {
            assert_eq!(parse_segment_name(name), None, "{name}");
        }
    }
}
