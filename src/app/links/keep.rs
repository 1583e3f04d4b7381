//! The links on disk, so that a restart need not read everything again. They can be thrown away at
//! any time: `DIR/index/links/index.txt` is made again from the store.
//!
//! The first line is JSON: of which log and generation they are, and the names. Then each link has
//! a line, the words of its row in hexadecimal; what is as in the line before is left out.

use crate::app::following::file::{self, Lines};
use crate::app::links::State;
use crate::app::links::reading::Naming;
use crate::app::links::table::{Row, Table};
use crate::model::Generation;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The version of the file.
const VERSION: u32 = 1;
const FILE: &str = "index.txt";

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    /// Another program may read links otherwise.
    program: String,
    log: String,
    generation: u64,
    names: Vec<String>,
    relations: Vec<String>,
    links: usize,
}

/// Writes the links down, in one step.
///
/// # Errors
/// When they cannot be written; the ones before are still there then.
pub fn save(folder: &Path, state: &State, log: &str) -> io::Result<()> {
    let head = Head {
        version: VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        log: log.to_owned(),
        generation: state.generation.0,
        names: state.naming.names.iter().cloned().collect(),
        relations: state.naming.relations.iter().cloned().collect(),
        links: state.table.len(),
    };
    let head = serde_json::to_string(&head)?;
    file::write(folder, FILE, |put| {
        put(&head)?;
        let mut line = String::new();
        let mut former = [0; 3];
        for row in state.table.rows() {
            line.clear();
            let words = row.words();
            for (word, former) in words.iter().zip(former) {
                if *word != former {
                    write!(line, "{word:x}").map_err(io::Error::other)?;
                }
                line.push(' ');
            }
            former = words;
            put(line.trim_end())?;
        }
        Ok(())
    })
}

/// What was written down, if it is whole and of the same log; without the labels.
pub fn load(folder: &Path, log: &str) -> Option<State> {
    let mut lines = Lines::open(folder, FILE)?;
    let head: Head = serde_json::from_str(lines.read()?).ok()?;
    let is_of =
        head.version == VERSION && head.program == env!("CARGO_PKG_VERSION") && head.log == log;
    if !is_of {
        return None;
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut words = [0; 3];
    while let Some(line) = lines.read() {
        let written = line.split(' ').chain(["", ""]);
        for (word, written) in words.iter_mut().zip(written) {
            if !written.is_empty() {
                *word = u64::from_str_radix(written, 16).ok()?;
            }
        }
        rows.push(Row::of_words(words));
    }
    let is_sound = lines.is_whole() && rows.len() == head.links && rows.is_sorted_by(|a, b| a < b);
    is_sound.then(|| State {
        generation: Generation(head.generation),
        naming: Naming {
            names: Arc::new(head.names.into_iter().collect()),
            relations: Arc::new(head.relations.into_iter().collect()),
        },
        table: Table::of_sorted(&rows),
        ..State::default()
    })
}
