//! Queries that are being computed, so that the same one is not computed for many at once.
//!
//! A query is under way from when it has its slot until its first bytes are sent: nobody waits
//! for another client's turn, nor for how slowly that one reads.

use crate::app::queries::cache::Key;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

type UnderWay = Arc<Mutex<HashMap<Key, watch::Receiver<()>>>>;

/// Which queries are under way.
#[derive(Default)]
pub struct Flights(UnderWay);

/// A query that is under way as long as this is kept.
pub struct Flight {
    under_way: UnderWay,
    key: Key,
    /// Those who wait see it go.
    _ends: watch::Sender<()>,
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        under_way.remove(&self.key);
    }
}

impl Flights {
    /// Sets out; nothing when the same is under way already.
    pub fn set_out(&self, key: Key) -> Option<Flight> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match under_way.entry(key) {
            Entry::Occupied(_) => None,
            Entry::Vacant(entry) => {
                let (ends, waiting) = watch::channel(());
                entry.insert(waiting);
                Some(Flight {
                    under_way: Arc::clone(&self.0),
                    key,
                    _ends: ends,
                })
            }
        }
    }

    /// Waits for the end of one that is under way, at most so long; whether there was one.
    pub async fn wait(&self, key: Key, most: Duration) -> bool {
        let waiting = {
            let under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            under_way.get(&key).cloned()
        };
        let Some(mut waiting) = waiting else {
            return false;
        };
        // Nothing is ever sent: the channel closes.
        let _ = tokio::time::timeout(most, waiting.changed()).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::queries::cache::digest;
    use crate::store::RequestedDataset;

    fn key(query: &str) -> Key {
        Key {
            query: digest(query, &RequestedDataset::default()),
            format: "json",
        }
    }

    #[tokio::test]
    async fn those_who_ask_the_same_wait_until_it_has_come_to_an_end() {
        let flights = Arc::new(Flights::default());
        let long = Duration::from_secs(60);
        let flight = flights.set_out(key("a")).expect("nobody else has");
        assert!(flights.set_out(key("a")).is_none());
        assert!(!flights.wait(key("b"), long).await);
        assert!(flights.wait(key("a"), Duration::from_millis(5)).await);
        let waits = {
            let flights = Arc::clone(&flights);
            tokio::spawn(async move { flights.wait(key("a"), long).await })
        };
        drop(flight);
        assert!(waits.await.is_ok());
        assert!(!flights.wait(key("a"), long).await);
        assert!(flights.set_out(key("a")).is_some());
    }
}
