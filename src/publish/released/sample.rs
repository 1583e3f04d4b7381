//! A made-up release for tests.

use super::{Released, Responsible};
use crate::model::{Base, Generation};
use crate::publish::release::{
    MANIFEST_VERSION, Manifest, ReleasedFile, ReleasedSource, Selection,
};
use std::sync::OnceLock;

const CC_BY: &str = "https://creativecommons.org/licenses/by/4.0/";
const CC0: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

fn file(name: &str, selection: Selection, format: &str, media_type: &str) -> ReleasedFile {
    let licences = match &selection {
        Selection::Source(_) => vec![CC0.to_owned()],
        _ => vec![CC_BY.to_owned(), CC0.to_owned()],
    };
    ReleasedFile {
        name: name.to_owned(),
        selection,
        format: format.to_owned(),
        media_type: media_type.to_owned(),
        compression: name.ends_with(".gz").then(|| "gzip".to_owned()),
        bytes: 1234,
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        unpacked_bytes: 5678,
        count: 42,
        licences,
    }
}

pub(crate) fn manifest() -> Manifest {
    let source = |name: &str, publisher: Option<&str>, licence: &str| ReleasedSource {
        name: name.parse().expect("a name"),
        publisher: publisher.map(str::to_owned),
        licence: licence.to_owned(),
    };
    Manifest {
        version: MANIFEST_VERSION,
        base: "https://data.example.org".to_owned(),
        number: 3,
        date: "2026-11-22".to_owned(),
        log: "0123456789abcdef".to_owned(),
        generation: Generation(17),
        modified: "2026-11-22T10:00:00Z".to_owned(),
        header_sha256: "00".repeat(32),
        sources: vec![
            source("grande-ourse", Some("Théâtre de la Grande Ourse"), CC0),
            source("office", Some("Office {de} tourisme & loisirs"), CC_BY),
        ],
        left_out: vec!["sans-licence".parse().expect("a name")],
        entities: vec![
            ("performance".to_owned(), 30),
            ("production".to_owned(), 4),
            ("place".to_owned(), 2),
        ],
        files: vec![
            file(
                "affiche.nq.gz",
                Selection::All,
                "nquads",
                "application/n-quads",
            ),
            file("affiche.ttl.gz", Selection::All, "turtle", "text/turtle"),
            file(
                "national.nq.gz",
                Selection::Profile("national".to_owned()),
                "nquads",
                "application/n-quads",
            ),
            file(
                "source-grande-ourse.nq.gz",
                Selection::Source("grande-ourse".parse().expect("a name")),
                "nquads",
                "application/n-quads",
            ),
            file(
                "claims.nq.gz",
                Selection::Claims,
                "nquads",
                "application/n-quads",
            ),
            file(
                "performances.csv.gz",
                Selection::Table("performances".to_owned()),
                "csv",
                "text/csv",
            ),
        ],
        state: None,
    }
}

pub(crate) fn responsible() -> Responsible {
    Responsible {
        name: Some("Réseau des scènes du territoire".to_owned()),
        contact: Some("mailto:donnees@example.org".to_owned()),
        licence: Some(oxrdf::NamedNode::new_unchecked(CC_BY)),
    }
}

pub(crate) fn released() -> Released<'static> {
    static BASE: OnceLock<Base> = OnceLock::new();
    static MANIFEST: OnceLock<Manifest> = OnceLock::new();
    static RESPONSIBLE: OnceLock<Responsible> = OnceLock::new();
    Released {
        base: BASE.get_or_init(crate::publish::sample::base),
        manifest: MANIFEST.get_or_init(manifest),
        withdrawal: None,
        previous: Some("2026-10-22"),
        is_queryable: true,
        responsible: RESPONSIBLE.get_or_init(responsible),
    }
}
