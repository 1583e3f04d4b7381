//! What people follow: lists of entities under an address of their own, and the feeds that are
//! read, so that a hub can be told of changes in them ([`hub`]).
//!
//! A list is known by its content, so the same list has the same address for whoever sends it, and
//! nobody can guess what others follow. Lists are kept in `DIR/private/followed`, within limits on
//! their number and their size; those that nobody has read for the longest time go first. They are
//! not in the log and cannot be made again from it: who has lost one sends it again.

pub mod hub;
pub mod topics;

use crate::app::following::entities::Entity;
use crate::app::private;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use topics::Topics;

/// Reading a list is noted on the disk no more often than so.
const NOTED: Duration = Duration::from_secs(3600);
/// What an entity takes in a list, in memory.
const ENTITY_BYTES: u64 = 8;

/// The name of a list: 32 hexadecimal digits that follow from its content.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// Reads a name as it stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        let is_key = text.len() == 32
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_key.then(|| Self(text.to_owned()))
    }

    /// That of a sorted list.
    pub fn of(entities: &[Entity]) -> Self {
        let mut hash = Sha256::new();
        for entity in entities {
            hash.update(entity.to_be_bytes());
        }
        let name = private::hexadecimal(&hash.finalize());
        Self(name.chars().take(32).collect())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Entities that are followed together: sorted, each once.
pub type List = Arc<[Entity]>;

/// All lists that are kept, and the feeds that are read.
pub struct Followed {
    folder: PathBuf,
    most: usize,
    most_bytes: u64,
    lists: Mutex<BTreeMap<Key, Kept>>,
    pub topics: Topics,
}

struct Kept {
    list: List,
    read: SystemTime,
    /// One that was sent and never read goes before all others.
    is_read: bool,
    /// As it stands on the disk.
    noted: SystemTime,
}

impl Followed {
    /// Those of a data folder, with the most that may be kept.
    ///
    /// # Errors
    /// When there are some and they cannot be read.
    pub fn open(data: &Path, most: usize, most_bytes: u64) -> io::Result<Self> {
        let folder = private::folder(data).join("followed");
        let mut lists = BTreeMap::new();
        match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
            Ok(entries) => {
                for entry in entries {
                    let entry = entry?;
                    let name = entry.file_name();
                    let Some(key) = name.to_str().and_then(Key::parse) else {
                        continue;
                    };
                    let read = entry.metadata()?.modified()?;
                    let Some(list) = read_list(&entry.path())?.filter(|list| Key::of(list) == key)
                    else {
                        tracing::warn!(list = key.as_str(), "a followed list is damaged");
                        continue;
                    };
                    lists.insert(
                        key,
                        Kept {
                            list,
                            read,
                            is_read: true,
                            noted: read,
                        },
                    );
                }
            }
        }
        Ok(Self {
            topics: Topics::open(&folder),
            folder,
            most,
            most_bytes,
            lists: Mutex::new(lists),
        })
    }

    /// Keeps a list, and lets go of those that nobody has read for the longest time if there are
    /// too many. Gives the list's name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep(&self, mut entities: Vec<Entity>, now: SystemTime) -> io::Result<Key> {
        entities.sort_unstable();
        entities.dedup();
        let key = Key::of(&entities);
        if let Some(kept) = self.lists().get_mut(&key) {
            kept.read = now;
            return Ok(key);
        }
        let text: String = entities
            .iter()
            .map(|entity| format!("{entity}\n"))
            .collect();
        private::replace(&self.path(&key), text.as_bytes())?;
        let mut lists = self.lists();
        lists.insert(
            key.clone(),
            Kept {
                list: entities.into(),
                read: now,
                is_read: false,
                noted: now,
            },
        );
        let mut bytes: u64 = lists.values().map(Kept::bytes).sum();
        while lists.len() > self.most || bytes > self.most_bytes {
            let others = lists.iter().filter(|(other, _)| **other != key);
            let Some(oldest) = others
                .min_by_key(|(other, kept)| (kept.is_read, kept.read, (*other).clone()))
                .map(|(other, _)| other.clone())
            else {
                break;
            };
            if let Some(gone) = lists.remove(&oldest) {
                bytes -= gone.bytes();
            }
            // One that stays on the disk is read at the next start, and goes again.
            let _ = fs::remove_file(self.path(&oldest));
        }
        Ok(key)
    }

    /// A list, which is read now; `None` when it is not kept, or not any more.
    pub fn read(&self, key: &Key, now: SystemTime) -> Option<List> {
        let mut lists = self.lists();
        let kept = lists.get_mut(key)?;
        kept.read = now;
        kept.is_read = true;
        let is_due = now
            .duration_since(kept.noted)
            .is_ok_and(|since| since > NOTED);
        if is_due && note(&self.path(key), now).is_ok() {
            kept.noted = now;
        }
        Some(Arc::clone(&kept.list))
    }

    /// The same, without anybody's reading it.
    pub fn look(&self, key: &Key) -> Option<List> {
        self.lists().get(key).map(|kept| Arc::clone(&kept.list))
    }

    /// How many are kept.
    pub fn count(&self) -> usize {
        self.lists().len()
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(key.as_str())
    }

    fn lists(&self) -> MutexGuard<'_, BTreeMap<Key, Kept>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn bytes(&self) -> u64 {
        self.list.len() as u64 * ENTITY_BYTES
    }
}

fn read_list(path: &Path) -> io::Result<Option<List>> {
    let text = fs::read_to_string(path)?;
    let entities: Option<Vec<Entity>> = text.lines().map(|line| line.parse().ok()).collect();
    Ok(entities.map(Into::into))
}

/// When it was read last is when its file was last changed.
fn note(path: &Path, now: SystemTime) -> io::Result<()> {
    File::options().write(true).open(path)?.set_modified(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
    }

    #[test]
    fn the_same_list_has_the_same_name_and_outlives_a_restart() {
        let data = TempDir::new().expect("a folder");
        let followed = Followed::open(data.path(), 10, 1000).expect("it opens");
        let key = followed.keep(vec![3, 1, 2, 2], at(0)).expect("it is kept");
        assert_eq!(followed.keep(vec![1, 2, 3], at(1)).expect("kept"), key);
        assert_eq!(followed.count(), 1);
        assert_ne!(followed.keep(vec![1, 2], at(2)).expect("kept"), key);
        drop(followed);
        let followed = Followed::open(data.path(), 10, 1000).expect("it opens");
        assert_eq!(followed.count(), 2);
        assert_eq!(followed.read(&key, at(3)).as_deref(), Some(&[1, 2, 3][..]));
        assert_eq!(Key::parse(key.as_str()), Some(key));
        assert_eq!(Key::parse("../../../etc/passwd"), None);
    }

    #[test]
    fn those_that_nobody_reads_go_first() {
        let data = TempDir::new().expect("a folder");
        let followed = Followed::open(data.path(), 2, 1000).expect("it opens");
        let first = followed.keep(vec![1], at(0)).expect("kept");
        let second = followed.keep(vec![2], at(1)).expect("kept");
        assert!(followed.read(&first, at(2)).is_some());
        let third = followed.keep(vec![3], at(3)).expect("kept");
        assert!(followed.read(&first, at(4)).is_some());
        assert!(followed.read(&second, at(4)).is_none());
        assert!(followed.read(&third, at(4)).is_some());
        // By size as well, but never the one that has just come.
        let large = followed.keep((0..1000).collect(), at(5)).expect("kept");
        assert_eq!(followed.count(), 1);
        assert!(followed.read(&large, at(6)).is_some());
        let reopened = Followed::open(data.path(), 2, 1000).expect("it opens");
        assert_eq!(reopened.count(), 1);
    }
}
