//! Where the pages end, on the disk, so that a restart need not read the log again.

use crate::app::following::file::{self, Lines};
use crate::app::history::Place;
use crate::app::ldes::{Page, State};
use crate::model::Generation;
use std::io;
use std::path::Path;

const NAME: &str = "pages";
const VERSION: &str = "affiche-ldes 1";

/// Writes the pages down, in one step.
///
/// # Errors
/// When they cannot be written; the ones before are still there then.
pub fn save(folder: &Path, state: &State, of: &str) -> io::Result<()> {
    file::write(folder, NAME, |line| {
        line(VERSION)?;
        line(of)?;
        line(&format!("{} {}", state.generation, state.bytes))?;
        for page in &state.pages {
            let after = page.after.entity;
            let after = after.map_or("-".to_owned(), |entity| entity.to_string());
            line(&format!(
                "{} {after} {} {} {} {} {}",
                page.after.generation,
                page.last.0,
                page.last.1,
                page.members,
                page.times.0,
                page.times.1
            ))?;
        }
        Ok(())
    })
}

/// What was written down; `None` when there is nothing, it is of another log or other redactions,
/// or it is damaged.
pub fn load(folder: &Path, of: &str) -> Option<State> {
    let mut lines = Lines::open(folder, NAME)?;
    if lines.read()? != VERSION || lines.read()? != of {
        return None;
    }
    let (generation, bytes) = lines.read()?.split_once(' ')?;
    let mut state = State {
        generation: Generation(generation.parse().ok()?),
        bytes: bytes.parse().ok()?,
        pages: Vec::new(),
    };
    while let Some(line) = lines.read() {
        let mut words = line.split(' ');
        let after = Generation(words.next()?.parse().ok()?);
        let entity = match words.next()? {
            "-" => None,
            number => Some(number.parse().ok()?),
        };
        let mut number = || words.next()?.parse::<u64>().ok();
        state.pages.push(Page {
            after: Place {
                generation: after,
                entity,
            },
            last: (Generation(number()?), number()?),
            members: u32::try_from(number()?).ok()?,
            times: (number()?, number()?),
        });
    }
    lines.is_whole().then_some(state)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ldes::Bounds;
    use tempfile::TempDir;

    #[test]
    fn the_pages_of_the_same_log_are_known_again() {
        let folder = TempDir::new().expect("a folder");
        let (mut state, bounds) = (State::default(), Bounds::default());
        for entity in 0..600 {
            state.add(
                &bounds,
                (Generation(2 + entity / 7), entity),
                1000,
                5 * entity,
            );
        }
        save(folder.path(), &state, "a log").expect("it can be written");
        assert_eq!(load(folder.path(), "a log"), Some(state));
        assert_eq!(load(folder.path(), "another"), None);
    }
}
