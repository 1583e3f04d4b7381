//! What a release says of itself: its manifest, which is signed, and from which catalogue, landing
//! page, verification and replicas read.

use crate::model::vocabulary::{dct, rdf};
use crate::model::{Base, Generation, SourceName};
use crate::rdf::order::compare_triples;
use oxrdf::{Literal, NamedNode, Triple};
use serde::{Deserialize, Serialize};

/// The version of the form of manifests.
pub const MANIFEST_VERSION: u32 = 1;
/// Its file in the folder of a release; its signature is beside it.
pub const MANIFEST: &str = "manifest.json";

/// A dated, immutable generation with its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the form, [`MANIFEST_VERSION`].
    pub version: u32,
    /// The base IRI of everything in it.
    pub base: String,
    /// 1, 2, 3 … in the order in which they were made.
    pub number: u64,
    /// The name in its address: the day on which it was made (UTC), such as `2026-11-22`; a second
    /// one of a day is `2026-11-22.2`.
    pub date: String,
    /// The identity of the log.
    pub log: String,
    /// The change after which the data were as the files say.
    pub generation: Generation,
    /// When that change was accepted: xsd:dateTime, UTC.
    pub modified: String,
    /// The SHA-256 of the header of that change's record, from which the chain of the log goes on.
    pub header_sha256: String,
    /// Whose data are in it, by name.
    pub sources: Vec<ReleasedSource>,
    /// The sources that are left out since nobody knows under which licence they may be reused.
    pub left_out: Vec<SourceName>,
    /// What is in the whole public data, by kind of entity (`model::Kind::name`), by name.
    pub entities: Vec<(String, u64)>,
    /// In a fixed order.
    pub files: Vec<ReleasedFile>,
    /// The whole state of the log at that generation, registry included, from which replicas
    /// begin instead of reading the log from its first record. It is a part of the log, not of
    /// the data set that is released: served as `/changes/state/{generation}.nq.zst`.
    pub state: Option<ReleasedFile>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedSource {
    pub name: SourceName,
    pub publisher: Option<String>,
    /// An IRI.
    pub licence: String,
}

/// What of the data a file holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "holds", content = "which")]
pub enum Selection {
    /// The whole public data.
    All,
    /// What entities say that meet a profile of shapes.
    Profile(String),
    /// What a source says.
    Source(SourceName),
    /// All, and what each source says in a graph of its own.
    Claims,
    /// A table for spreadsheets, by its name.
    Table(String),
    /// The whole state of the log.
    State,
}

/// One file of a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedFile {
    /// Such as `affiche.nq.gz`; below the address of the release.
    pub name: String,
    #[serde(flatten)]
    pub selection: Selection,
    /// The format's short name, as in `DUMPS`; `csv` of tables.
    pub format: String,
    /// Of the format.
    pub media_type: String,
    /// `gzip` or `zstd`.
    pub compression: Option<String>,
    pub bytes: u64,
    /// Of the file as it is, hexadecimal.
    pub sha256: String,
    /// Of what is in it once unpacked.
    pub unpacked_bytes: u64,
    /// Triples or quads; rows of a table without the first line.
    pub count: u64,
    /// The licences of the sources that are in it, IRIs, sorted.
    pub licences: Vec<String>,
}

impl ReleasedSource {
    /// What each file that holds data of this source says of it.
    pub fn statements(&self, base: &Base) -> Vec<Triple> {
        let source = base.source(&self.name);
        let mut triples = vec![
            Triple::new(
                source.clone(),
                dct::LICENSE,
                NamedNode::new_unchecked(self.licence.as_str()),
            ),
            Triple::new(source.clone(), rdf::TYPE, base.sv("Source")),
        ];
        if let Some(publisher) = &self.publisher {
            let publisher = Literal::new_simple_literal(publisher);
            triples.push(Triple::new(source, dct::PUBLISHER, publisher));
        }
        triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        triples
    }
}

impl Manifest {
    /// The bytes of its file.
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }

    /// The sums of all files, in the form that `sha256sum --check` reads.
    pub fn sums(&self) -> String {
        let files = self.files.iter();
        files
            .map(|file| format!("{}  {}\n", file.sha256, file.name))
            .collect()
    }
}

/// That a release is not given out any more, though its page stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// xsd:dateTime, UTC.
    pub time: String,
    pub because: String,
}
