//! Queries that are under way, so that the same one is not computed for many at once.

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
    /// Sets out, if nobody else has: then waits until they have come to an end, at most so long,
    /// and gives nothing.
    pub async fn set_out(&self, key: Key, wait: Duration) -> Option<Flight> {
        let mut other = {
            let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            match under_way.entry(key) {
                Entry::Occupied(entry) => entry.get().clone(),
                Entry::Vacant(entry) => {
                    let (ends, waiting) = watch::channel(());
                    entry.insert(waiting);
                    return Some(Flight {
                        under_way: Arc::clone(&self.0),
                        key,
                        _ends: ends,
                    });
                }
            }
        };
        // Nothing is ever sent: the channel closes.
        let _ = tokio::time::timeout(wait, other.changed()).await;
        None
    }
}
