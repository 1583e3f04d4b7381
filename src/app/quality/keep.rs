//! The index on disk, so that a restart need not judge everything again. It can be thrown away
//! at any time: `DIR/index/quality/index.txt` is made again from the data.
//!
//! The first line is JSON: what it was made of, and the lists. Then each entity has a line of
//! numbers: itself, its set of sources, its verdicts.

use crate::app::following::file::{self, Lines};
use crate::app::quality::index::{Index, Lists};
use crate::model::Generation;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// The version of the file.
const VERSION: u32 = 1;
const FILE: &str = "index.txt";

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
    let head = Head {
        version: VERSION,
        log: log.to_owned(),
        generation: index.generation.0,
        rules: rules.to_owned(),
        entities: index.len(),
        lists: index.lists(),
    };
    let head = serde_json::to_string(&head)?;
    let verdicts: Vec<&[u32]> = (0..index.columns().len())
        .map(|column| index.verdicts_of(column))
        .collect();
    file::write(folder, FILE, |put| {
        put(&head)?;
        let mut line = String::new();
        for (row, (entity, set)) in index.rows().enumerate() {
            line.clear();
            line.push_str(&format!("{entity} {set}"));
            for column in &verdicts {
                let verdict = column.get(row).copied().unwrap_or_default();
                line.push_str(&format!(" {verdict}"));
            }
            put(&line)?;
        }
        Ok(())
    })
}

/// The index that was written down, if it is whole and was made of the same log and rules.
pub fn load(folder: &Path, log: &str, rules: &str) -> Option<Index> {
    let mut lines = Lines::open(folder, FILE)?;
    let head: Head = serde_json::from_str(lines.read()?).ok()?;
    if head.version != VERSION || head.log != log || head.rules != rules {
        return None;
    }
    let mut index = Index::of_lists(Generation(head.generation), head.lists);
    while let Some(line) = lines.read() {
        let mut numbers = line.split_ascii_whitespace();
        let entity = numbers.next()?.parse().ok()?;
        let set = numbers.next()?.parse().ok()?;
        let verdicts: Vec<u32> = numbers.map(str::parse).collect::<Result<_, _>>().ok()?;
        index.add_row(entity, set, &verdicts)?;
    }
    (lines.is_whole() && index.len() == head.entities).then_some(index)
}
