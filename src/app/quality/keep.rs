//! The index on disk, so that a restart need not judge everything again. It can be thrown away
//! at any time: `DIR/index/quality/index.txt` is made again from the data.
//!
//! The first line is JSON: what it was made of, and the lists. Then each entity has a line of
//! numbers: itself, its set of sources, its verdicts. The last line is the SHA-256 of all before.

use crate::app::private;
use crate::app::quality::index::{Index, Lists};
use crate::model::Generation;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write};
use std::path::Path;

/// The version of the file.
const VERSION: u32 = 1;
const FILE: &str = "index.txt";
/// The end of a file; no line of numbers begins like it.
const END: &str = "sha256 ";

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    log: String,
    generation: u64,
    /// The hash of all that the verdicts follow from, beside the data.
    rules: String,
    entities: usize,
    lists: Lists,
}

/// Writes an index down, in one step.
///
/// # Errors
/// When it cannot be written; the one before is still there then.
pub fn save(folder: &Path, index: &Index, log: &str, rules: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let part = folder.join(format!("{FILE}.part"));
    let written = write(&part, index, log, rules).and_then(|()| {
        fs::rename(&part, folder.join(FILE))?;
        File::open(folder)?.sync_all()
    });
    if written.is_err() {
        // What there is of it takes room, perhaps the last there was.
        let _ = fs::remove_file(&part);
    }
    written
}

fn write(path: &Path, index: &Index, log: &str, rules: &str) -> io::Result<()> {
    let head = Head {
        version: VERSION,
        log: log.to_owned(),
        generation: index.generation.0,
        rules: rules.to_owned(),
        entities: index.len(),
        lists: index.lists(),
    };
    let mut out = BufWriter::new(File::create(path)?);
    let mut hash = Sha256::new();
    let mut line = serde_json::to_string(&head)?;
    line.push('\n');
    let verdicts: Vec<&[u32]> = (0..index.columns().len())
        .map(|column| index.verdicts_of(column))
        .collect();
    let mut put = |line: &str| {
        hash.update(line.as_bytes());
        out.write_all(line.as_bytes())
    };
    put(&line)?;
    for (row, (entity, set)) in index.rows().enumerate() {
        line.clear();
        line.push_str(&format!("{entity} {set}"));
        for column in &verdicts {
            let verdict = column.get(row).copied().unwrap_or_default();
            line.push_str(&format!(" {verdict}"));
        }
        line.push('\n');
        put(&line)?;
    }
    let hash = private::hexadecimal(&hash.finalize());
    writeln!(out, "{END}{hash}")?;
    out.into_inner()?.sync_all()
}

/// The index that was written down, if it is whole and was made of the same log and rules.
pub fn load(folder: &Path, log: &str, rules: &str) -> Option<Index> {
    let mut reader = BufReader::new(File::open(folder.join(FILE)).ok()?);
    let mut hash = Sha256::new();
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    hash.update(line.as_bytes());
    let head: Head = serde_json::from_str(&line).ok()?;
    if head.version != VERSION || head.log != log || head.rules != rules {
        return None;
    }
    let mut index = Index::of_lists(Generation(head.generation), head.lists);
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        if let Some(written) = line.strip_prefix(END) {
            let hash = private::hexadecimal(&hash.finalize());
            let is_whole = written.trim_end() == hash && index.len() == head.entities;
            return is_whole.then_some(index);
        }
        hash.update(line.as_bytes());
        let mut numbers = line.split_ascii_whitespace();
        let entity = numbers.next()?.parse().ok()?;
        let set = numbers.next()?.parse().ok()?;
        let verdicts: Vec<u32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
        index.add_row(entity, set, &verdicts)?;
    }
}
