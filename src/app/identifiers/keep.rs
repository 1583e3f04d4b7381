//! The index on disk, so that a restart need not read all aliases again. It can be thrown away at
//! any time: `DIR/index/identifiers/index.txt` is made again from the store.
//!
//! The first line is JSON: of which log and generation it is. Then each use of an identifier has a
//! line: the two halves of its key, the entity and the source, as numbers.

use super::Index;
use crate::app::following::file::{self, Lines};
use crate::model::Generation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
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
    uses: usize,
}

/// Writes the index down, in one step.
///
/// # Errors
/// When it cannot be written; the one before is still there then.
pub fn save(folder: &Path, index: &Index, log: &str) -> io::Result<()> {
    let head = serde_json::to_string(&Head {
        version: VERSION,
        log: log.to_owned(),
        generation: index.generation.0,
        uses: index.uses.len(),
    })?;
    file::write(folder, FILE, |put| {
        put(&head)?;
        for ([first, second], entity, source) in &index.uses {
            put(&format!("{first} {second} {entity} {source}"))?;
        }
        Ok(())
    })
}

/// What was written down, if it is whole and of the same log.
pub fn load(folder: &Path, log: &str) -> Option<Index> {
    let mut lines = Lines::open(folder, FILE)?;
    let head: Head = serde_json::from_str(lines.read()?).ok()?;
    if head.version != VERSION || head.log != log {
        return None;
    }
    let mut uses = Vec::new();
    while let Some(line) = lines.read() {
        let mut words = line.split(' ');
        let mut number = || words.next()?.parse::<u64>().ok();
        let key = [number()?, number()?];
        let entity = number()?;
        let source = u32::try_from(number()?).ok()?;
        uses.push((key, entity, source));
    }
    let uses: BTreeSet<_> = uses.into_iter().collect();
    (lines.is_whole() && uses.len() == head.uses).then_some(Index {
        generation: Generation(head.generation),
        uses,
    })
}
