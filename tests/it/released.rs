//! Releases to try things on, written by hand: what is tested is what becomes of them.

use affiche::app::App;
use affiche::app::releases::{CHECKPOINT, PART};
use affiche::publish::release::{
    MANIFEST, MANIFEST_VERSION, Manifest, ReleasedFile, ReleasedSource, Selection, Withdrawal,
};
use affiche::store::{SIGNATURE_EXTENSION, SigningKey};
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write as _;

const LICENCE: &str = "https://creativecommons.org/licenses/by/4.0/";

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(bytes, 3).expect("memory")
}

/// The public data as it is now, as N-Triples and as Turtle.
fn texts(app: &App) -> (String, u64) {
    let snapshot = app.store.snapshot().expect("a snapshot");
    let graph = Some(oxrdf::GraphNameRef::DefaultGraph);
    let mut lines: Vec<String> = snapshot
        .view()
        .quads(None, None, None, graph)
        .map(|quad| {
            let quad = quad.expect("it can be read");
            format!("{} {} {} .\n", quad.subject, quad.predicate, quad.object)
        })
        .collect();
    lines.sort_unstable();
    (lines.concat(), lines.len() as u64)
}

/// Releases the present data.
pub fn release(app: &App, date: &str) -> Manifest {
    let folder = app.releases.folder().join(date);
    let part = app.releases.folder().join(format!("{date}.{PART}"));
    fs::create_dir_all(&part).expect("a folder");
    let (text, count) = texts(app);
    let table = "name,start\r\nLe Bac,2099-01-10\r\n".repeat(60);
    let all = Selection::All;
    let performances = Selection::Table("performances".to_owned());
    let files = [
        (
            "affiche.nq.gz",
            all.clone(),
            "nquads",
            "application/n-quads",
            Some("gzip"),
        ),
        (
            "affiche.nq.zst",
            all.clone(),
            "nquads",
            "application/n-quads",
            Some("zstd"),
        ),
        ("affiche.ttl.gz", all, "turtle", "text/turtle", Some("gzip")),
        ("performances.csv", performances, "csv", "text/csv", None),
    ];
    let files = files.map(|(name, selection, format, media_type, compression)| {
        let is_table = format == "csv";
        let unpacked = if is_table { &table } else { &text };
        let bytes = match compression {
            Some("gzip") => gzip(unpacked.as_bytes()),
            Some(_) => zstd(unpacked.as_bytes()),
            None => unpacked.clone().into_bytes(),
        };
        fs::write(part.join(name), &bytes).expect("a file");
        ReleasedFile {
            name: name.to_owned(),
            selection,
            format: format.to_owned(),
            media_type: media_type.to_owned(),
            compression: compression.map(str::to_owned),
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(&bytes)),
            unpacked_bytes: unpacked.len() as u64,
            count: if is_table { 119 } else { count },
            licences: vec![LICENCE.to_owned()],
        }
    });
    let generation = app.store.generation();
    let manifest = Manifest {
        version: MANIFEST_VERSION,
        base: app.store.base().to_string(),
        number: app.releases.all().len() as u64 + 1,
        date: date.to_owned(),
        log: app.store.identity().to_owned(),
        generation,
        modified: crate::support::NOW.to_owned(),
        header_sha256: "00".repeat(32),
        sources: vec![ReleasedSource {
            name: crate::support::name("theatre"),
            publisher: Some("Le <b>Théâtre</b>".to_owned()),
            licence: LICENCE.to_owned(),
        }],
        left_out: vec![crate::support::name("office")],
        entities: vec![("performance".to_owned(), 2), ("place".to_owned(), 1)],
        files: files.to_vec(),
        state: None,
    };
    fs::write(part.join(MANIFEST), manifest.text()).expect("a file");
    fs::write(part.join("SHA256SUMS"), manifest.sums()).expect("a file");
    let key = SigningKey::of(app.store.folder()).expect("a key");
    let signature = key
        .sign_file(manifest.text().as_bytes(), &format!("release {date}"))
        .expect("memory");
    fs::write(
        part.join(format!("{MANIFEST}.{SIGNATURE_EXTENSION}")),
        signature,
    )
    .expect("a file");
    app.store
        .checkpoint(&part.join(CHECKPOINT))
        .expect("a checkpoint");
    fs::rename(&part, &folder).expect("it is moved");
    app.releases.refresh().expect("it can be read");
    manifest
}

/// Has one withdrawn.
pub fn withdraw(app: &App, date: &str) {
    affiche::app::releases::withdraw(
        &app.releases,
        date,
        "a <court> order",
        crate::support::at(crate::support::NOW),
    )
    .expect("it can be withdrawn");
    let release = app.releases.get(date).expect("it stays");
    let expected = Withdrawal {
        time: crate::support::NOW.to_owned(),
        because: "a <court> order".to_owned(),
    };
    assert_eq!(release.withdrawal, Some(expected));
}
