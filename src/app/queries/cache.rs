//! Answers that are kept for those who ask the same again, within a number of bytes.
//!
//! Texts of queries are known by their hash, so that a repeated one is neither parsed nor planned;
//! answers by the generation, the query as it was meant, the data set and the format. Those of an
//! older generation go at once, the least recently used first. Nothing here grows with what
//! strangers send: a text of any size is an entry of a few bytes. The log's identity is no part of
//! a key: it is one and the same as long as the program runs.

use crate::model::Generation;
use crate::query::Form;
use crate::store::RequestedDataset;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Of the whole, what texts may take, and what a single answer may.
const SHARE: usize = 16;
/// What the maps take for an entry besides what is in it.
const ENTRY_BYTES: usize = 200;

/// A hash that nobody can find a second text for.
pub type Digest = [u8; 32];

/// What is known of a text without parsing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Of the query as it was meant, and its data set.
    pub query: Digest,
    pub form: Form,
    pub is_volatile: bool,
}

/// Under what an answer is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    pub query: Digest,
    /// The name of a format, or of something made of results.
    pub format: &'static str,
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Kept {
    pub body: Arc<[u8]>,
    pub rows: u64,
}

/// The answers that are kept.
pub struct Cache {
    texts: Mutex<Bounded<Digest, Known>>,
    answers: Mutex<Answers>,
    largest: usize,
}

struct Answers {
    generation: Generation,
    kept: Bounded<Key, Kept>,
}

/// The hash of a query, raw or normal, with the data set that is asked for it.
pub fn digest(query: &str, dataset: &RequestedDataset) -> Digest {
    let mut hash = Sha256::new();
    let mut add = |kind: u8, text: &str| {
        hash.update([kind]);
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    add(0, query);
    for graph in &dataset.default_graphs {
        add(1, graph.as_str());
    }
    for graph in &dataset.named_graphs {
        add(2, graph.as_str());
    }
    hash.finalize().into()
}

impl Cache {
    /// One that takes at most so many bytes; with 0 it keeps nothing.
    pub fn new(bytes: usize) -> Self {
        let texts = bytes / SHARE;
        Self {
            texts: Mutex::new(Bounded::new(texts)),
            answers: Mutex::new(Answers {
                generation: Generation(0),
                kept: Bounded::new(bytes - texts),
            }),
            largest: bytes / SHARE,
        }
    }

    /// The largest answer that is kept.
    pub fn largest(&self) -> usize {
        self.largest
    }

    /// What is known of a text.
    pub fn known(&self, text: &Digest) -> Option<Known> {
        lock(&self.texts).get(text)
    }

    /// Remembers what a text means.
    pub fn learn(&self, text: Digest, known: Known) {
        lock(&self.texts).put(text, known, 0);
    }

    /// The answer at a generation, which is the current one.
    pub fn get(&self, generation: Generation, key: &Key) -> Option<Kept> {
        let mut answers = lock(&self.answers);
        answers.go_on_to(generation);
        if answers.generation != generation {
            return None;
        }
        answers.kept.get(key)
    }

    /// Keeps an answer of a generation, unless it is too large, or of an older one.
    pub fn put(&self, generation: Generation, key: Key, kept: Kept) {
        let bytes = kept.body.len();
        if bytes > self.largest {
            return;
        }
        let mut answers = lock(&self.answers);
        answers.go_on_to(generation);
        if answers.generation == generation {
            answers.kept.put(key, kept, bytes);
        }
    }

    /// What it takes now.
    pub fn bytes(&self) -> usize {
        lock(&self.texts).bytes + lock(&self.answers).kept.bytes
    }
}

impl Answers {
    fn go_on_to(&mut self, generation: Generation) {
        if generation > self.generation {
            self.generation = generation;
            self.kept.clear();
        }
    }
}

/// A map that forgets what was not used for the longest time.
struct Bounded<K, V> {
    /// With the moment of the last use. The map's hashing has a key of its own for each process.
    entries: HashMap<K, (V, u64, usize)>,
    by_use: BTreeMap<u64, K>,
    moment: u64,
    bytes: usize,
    most: usize,
}

impl<K: Copy + Eq + Hash, V: Clone> Bounded<K, V> {
    fn new(most: usize) -> Self {
        Self {
            entries: HashMap::new(),
            by_use: BTreeMap::new(),
            moment: 0,
            bytes: 0,
            most,
        }
    }

    fn get(&mut self, key: &K) -> Option<V> {
        let (value, used, _) = self.entries.get_mut(key)?;
        self.by_use.remove(used);
        self.moment += 1;
        *used = self.moment;
        self.by_use.insert(self.moment, *key);
        Some(value.clone())
    }

    fn put(&mut self, key: K, value: V, own_bytes: usize) {
        let bytes = own_bytes + ENTRY_BYTES;
        if bytes > self.most {
            return;
        }
        self.remove(&key);
        while self.bytes + bytes > self.most {
            let Some((_, oldest)) = self.by_use.pop_first() else {
                break;
            };
            self.remove(&oldest);
        }
        self.moment += 1;
        self.by_use.insert(self.moment, key);
        self.entries.insert(key, (value, self.moment, bytes));
        self.bytes += bytes;
    }

    fn remove(&mut self, key: &K) {
        if let Some((_, used, bytes)) = self.entries.remove(key) {
            self.by_use.remove(&used);
            self.bytes -= bytes;
        }
    }

    fn clear(&mut self) {
        self.entries = HashMap::new();
        self.by_use = BTreeMap::new();
        self.bytes = 0;
    }
}

/// What is kept is only a copy: after a panic it is as good as before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxrdf::NamedNode;

    fn key(number: usize) -> Key {
        Key {
            query: digest(&number.to_string(), &RequestedDataset::default()),
            format: "json",
        }
    }

    fn kept(bytes: usize) -> Kept {
        Kept {
            body: vec![b'x'; bytes].into(),
            rows: 1,
        }
    }

    #[test]
    fn many_answers_and_texts_stay_within_the_bound() {
        let bytes = 1 << 20;
        let cache = Cache::new(bytes);
        for number in 0..20_000 {
            let key = key(number);
            let known = Known {
                query: key.query,
                form: Form::Select,
                is_volatile: false,
            };
            cache.learn(key.query, known);
            cache.put(Generation(1), key, kept(number % 70_000));
            assert!(cache.bytes() <= bytes, "{number}: {}", cache.bytes());
        }
        assert!(cache.bytes() > bytes / 2);
    }

    #[test]
    fn what_was_used_last_stays_longest() {
        let cache = Cache::new(SHARE * 4096);
        let fits = (SHARE - 1) * 4096 / (1000 + ENTRY_BYTES);
        for number in 0..fits {
            cache.put(Generation(1), key(number), kept(1000));
        }
        assert!(cache.get(Generation(1), &key(0)).is_some());
        cache.put(Generation(1), key(fits), kept(1000));
        assert!(cache.get(Generation(1), &key(0)).is_some());
        assert!(cache.get(Generation(1), &key(1)).is_none());
    }

    #[test]
    fn an_older_generation_goes_at_once_and_does_not_come_back() {
        let cache = Cache::new(1 << 20);
        cache.put(Generation(1), key(1), kept(10));
        assert!(cache.get(Generation(2), &key(1)).is_none());
        assert_eq!(cache.bytes(), 0);
        cache.put(Generation(1), key(1), kept(10));
        assert_eq!(cache.bytes(), 0);
        assert!(cache.get(Generation(1), &key(1)).is_none());
    }

    #[test]
    fn an_answer_too_large_for_its_share_is_not_kept_and_zero_keeps_nothing() {
        let cache = Cache::new(1 << 20);
        cache.put(Generation(1), key(1), kept((1 << 16) + 1));
        assert_eq!(cache.bytes(), 0);
        let off = Cache::new(0);
        off.put(Generation(1), key(1), kept(0));
        assert!(off.get(Generation(1), &key(1)).is_none());
    }

    #[test]
    fn another_data_set_is_another_question() {
        let graph = |name: &str| NamedNode::new_unchecked(format!("http://a.example/{name}"));
        let mut all = vec![
            digest("q", &RequestedDataset::default()),
            digest("q2", &RequestedDataset::default()),
        ];
        for (default_graphs, named_graphs) in [
            (vec![graph("a")], vec![]),
            (vec![], vec![graph("a")]),
            (vec![graph("a"), graph("b")], vec![]),
            (vec![graph("a")], vec![graph("b")]),
        ] {
            let dataset = RequestedDataset {
                default_graphs,
                named_graphs,
            };
            all.push(digest("q", &dataset));
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
