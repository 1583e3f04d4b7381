//! The feeds that somebody reads: those of which a hub is told when they change.

use crate::app::followed::{Key, List};
use crate::app::following::entities::Entity;
use crate::app::following::file::{self, Lines};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A feed that nobody has read for so long is not told of any more.
const FORGOTTEN: Duration = Duration::from_secs(30 * 86_400);
/// How many are remembered; those that nobody has read for the longest time go first.
const MOST: usize = 10_000;
/// A longer address is not remembered: an address that names as many as it may is shorter.
const ADDRESS_BYTES: usize = 8192;
const FILE: &str = "topics.txt";

/// What is in a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// A list that is kept.
    List(Key),
    /// A few entities, as they stand in the address.
    Few(Vec<Entity>),
    /// All entities.
    All,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Topic {
    contents: Contents,
    /// In seconds since 1970.
    read: u64,
}

/// The feeds that are read, by their address below the base.
pub struct Topics {
    folder: PathBuf,
    topics: Mutex<(BTreeMap<String, Topic>, bool)>,
}

impl Topics {
    /// Those that were written down. What cannot be read is forgotten: who reads a feed again is
    /// noted again.
    pub(super) fn open(folder: &Path) -> Self {
        Self {
            topics: Mutex::new((load(folder).unwrap_or_default(), false)),
            folder: folder.to_owned(),
        }
    }

    /// Notes that a feed is read.
    pub fn note(&self, address: &str, contents: Contents, now: SystemTime) {
        if address.len() > ADDRESS_BYTES {
            return;
        }
        let mut topics = self.topics();
        let (topics, is_changed) = &mut *topics;
        *is_changed = true;
        let read = seconds(now);
        topics.insert(address.to_owned(), Topic { contents, read });
        if topics.len() > MOST
            && let Some(oldest) = topics
                .iter()
                .min_by_key(|(_, topic)| topic.read)
                .map(|(address, _)| address.clone())
        {
            topics.remove(&oldest);
        }
    }

    /// All feeds that somebody has read lately, with what is in them; `None` is everything.
    pub fn all(
        &self,
        now: SystemTime,
        list: &dyn Fn(&Key) -> Option<List>,
    ) -> Vec<(String, Option<List>)> {
        let since = seconds(now).saturating_sub(FORGOTTEN.as_secs());
        let mut topics = self.topics();
        topics.0.retain(|_, topic| topic.read >= since);
        let topics = topics.0.iter();
        topics
            .filter_map(|(address, topic)| {
                let list = match &topic.contents {
                    Contents::List(key) => Some(list(key)?),
                    Contents::Few(entities) => Some(entities.as_slice().into()),
                    Contents::All => None,
                };
                Some((address.clone(), list))
            })
            .collect()
    }

    /// How many are remembered.
    pub fn count(&self) -> usize {
        self.topics().0.len()
    }

    /// Writes them down, if there is something new.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&self) -> io::Result<()> {
        let topics = {
            let mut topics = self.topics();
            if !std::mem::take(&mut topics.1) {
                return Ok(());
            }
            topics.0.clone()
        };
        crate::app::private::make_folder(&self.folder)?;
        file::write(&self.folder, FILE, |put| {
            for (address, topic) in &topics {
                let contents = match &topic.contents {
                    Contents::List(key) => key.as_str().to_owned(),
                    Contents::Few(entities) => {
                        let few: Vec<String> = entities.iter().map(u64::to_string).collect();
                        format!("={}", few.join(","))
                    }
                    Contents::All => "*".to_owned(),
                };
                put(&format!("{} {contents} {address}", topic.read))?;
            }
            Ok(())
        })
    }

    fn topics(&self) -> MutexGuard<'_, (BTreeMap<String, Topic>, bool)> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn load(folder: &Path) -> Option<BTreeMap<String, Topic>> {
    let mut lines = Lines::open(folder, FILE)?;
    let mut topics = BTreeMap::new();
    while let Some(line) = lines.read() {
        let mut words = line.splitn(3, ' ');
        let read = words.next()?.parse().ok()?;
        let contents = words.next()?;
        let contents = match contents.strip_prefix('=') {
            Some(few) => Contents::Few(
                few.split(',')
                    .map(|entity| entity.parse().ok())
                    .collect::<Option<_>>()?,
            ),
            None if contents == "*" => Contents::All,
            None => Contents::List(Key::parse(contents)?),
        };
        topics.insert(words.next()?.to_owned(), Topic { contents, read });
    }
    lines.is_whole().then_some(topics)
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    #[test]
    fn feeds_that_are_read_are_remembered_for_a_month_and_over_a_restart() {
        let folder = TempDir::new().expect("a folder");
        let at = |days: u64| UNIX_EPOCH + Duration::from_secs((20_000 + days) * 86_400);
        let topics = Topics::open(folder.path());
        let key = Key::parse(&"0".repeat(32)).expect("a key");
        topics.note("follow/x", Contents::List(key.clone()), at(0));
        topics.note("follow?iri=a%20b", Contents::Few(vec![1, 2]), at(20));
        topics.note("changes.atom", Contents::All, at(20));
        topics.save().expect("it is written");
        let topics = Topics::open(folder.path());
        let list: List = vec![7].into();
        let all = |days| topics.all(at(days), &|_| Some(List::clone(&list)));
        let expected: Vec<(String, Option<List>)> = vec![
            ("changes.atom".to_owned(), None),
            ("follow/x".to_owned(), Some(vec![7].into())),
            ("follow?iri=a%20b".to_owned(), Some(vec![1, 2].into())),
        ];
        assert_eq!(all(21), expected);
        assert_eq!(all(40), [expected[0].clone(), expected[2].clone()]);
        assert_eq!(topics.count(), 2);
        assert_eq!(all(60), []);
    }
}
