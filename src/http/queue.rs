//! Slots that clients take in turn: whoever asks for many keeps nobody else waiting for long.
//!
//! Each client has a line of its own, and a slot that becomes free goes to the client that had the
//! fewest turns since it came (start-time fair queueing: one that comes anew begins where the
//! others are, not where they began). Of each client so many may wait, and so many in all.

use crate::http::client::Client;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Slots, and who waits for one.
pub struct Queue {
    /// How many of one client may wait.
    each: usize,
    /// How many may wait.
    all: usize,
    state: Mutex<State>,
}

struct State {
    free: usize,
    waiting: usize,
    clients: HashMap<Client, Line>,
    /// The turn that was taken last.
    turn: u64,
    /// Numbers those who wait, in the order in which they came.
    arrivals: u64,
}

/// One client's.
#[derive(Default)]
struct Line {
    waiting: VecDeque<Waiter>,
    running: usize,
    /// Which turn its next one is.
    next: u64,
}

struct Waiter {
    arrival: u64,
    wake: oneshot::Sender<Slot>,
}

/// Why somebody got no slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSlot {
    /// As many of this client wait as may.
    ClientWaits { most: usize },
    /// As many wait as may.
    AllWait,
    /// None became free in time.
    NotInTime,
}

/// A slot, until it is dropped.
pub struct Slot {
    queue: Arc<Queue>,
    client: Client,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.queue.give_back(self.client);
    }
}

impl Queue {
    pub fn new(slots: usize, each: usize, all: usize) -> Arc<Self> {
        Arc::new(Self {
            each,
            all,
            state: Mutex::new(State {
                free: slots,
                waiting: 0,
                clients: HashMap::new(),
                turn: 0,
                arrivals: 0,
            }),
        })
    }

    /// Slots for which as many wait as come.
    pub fn unbounded(slots: usize) -> Arc<Self> {
        Self::new(slots, usize::MAX, usize::MAX)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.state().waiting
    }

    /// Waits for a slot, and no longer than so.
    ///
    /// # Errors
    /// When too many wait already, or none becomes free in time.
    pub async fn take(self: &Arc<Self>, client: Client, wait: Duration) -> Result<Slot, NoSlot> {
        let (wake, woken) = oneshot::channel();
        let arrival = {
            let mut state = self.state();
            if state.free > 0 {
                state.free -= 1;
                state.serve(client);
                return Ok(Slot {
                    queue: Arc::clone(self),
                    client,
                });
            }
            if state.waiting >= self.all {
                return Err(NoSlot::AllWait);
            }
            let turn = state.turn;
            let arrival = state.arrivals;
            let line = state.clients.entry(client).or_default();
            if line.waiting.len() >= self.each {
                return Err(NoSlot::ClientWaits { most: self.each });
            }
            line.next = line.next.max(turn);
            line.waiting.push_back(Waiter { arrival, wake });
            state.arrivals += 1;
            state.waiting += 1;
            arrival
        };
        let _place = Place {
            queue: self,
            client,
            arrival,
        };
        match tokio::time::timeout(wait, woken).await {
            Ok(Ok(slot)) => Ok(slot),
            // A slot that comes at the last moment goes on to the next one when it is dropped.
            _ => Err(NoSlot::NotInTime),
        }
    }

    fn give_back(self: &Arc<Self>, client: Client) {
        let mut state = self.state();
        if let Some(line) = state.clients.get_mut(&client) {
            line.running = line.running.saturating_sub(1);
        }
        state.forget(client);
        let Some((client, waiter)) = state.next() else {
            state.free += 1;
            return;
        };
        drop(state);
        let slot = Slot {
            queue: Arc::clone(self),
            client,
        };
        // Whoever has just gone gives it to the next one.
        drop(waiter.wake.send(slot));
    }
}

impl State {
    /// Takes out whose turn it is.
    fn next(&mut self) -> Option<(Client, Waiter)> {
        let lines = self.clients.iter();
        let (client, _) = lines
            .filter_map(|(client, line)| {
                let first = line.waiting.front()?;
                Some((*client, (line.next, first.arrival)))
            })
            .min_by_key(|(_, turn)| *turn)?;
        let waiter = self.clients.get_mut(&client)?.waiting.pop_front()?;
        self.waiting -= 1;
        self.serve(client);
        Some((client, waiter))
    }

    fn serve(&mut self, client: Client) {
        let turn = self.turn;
        let line = self.clients.entry(client).or_default();
        line.running += 1;
        let served = line.next.max(turn);
        line.next = served + 1;
        self.turn = served;
    }

    /// A client that neither runs nor waits is not remembered.
    fn forget(&mut self, client: Client) {
        let is_gone = self
            .clients
            .get(&client)
            .is_some_and(|line| line.running == 0 && line.waiting.is_empty());
        if is_gone {
            self.clients.remove(&client);
        }
    }
}

/// A place in a line, given up when this goes.
struct Place<'a> {
    queue: &'a Queue,
    client: Client,
    arrival: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        let Some(line) = state.clients.get_mut(&self.client) else {
            return;
        };
        let before = line.waiting.len();
        line.waiting.retain(|waiter| waiter.arrival != self.arrival);
        let left = before - line.waiting.len();
        state.waiting -= left;
        state.forget(self.client);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::client::Peer;
    use axum::http::HeaderMap;
    use std::net::SocketAddr;
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;

    const LONG: Duration = Duration::from_secs(60);

    fn client(number: u8) -> Client {
        let peer = Peer(SocketAddr::from(([192, 0, 2, number], 1)));
        Client::of(Some(peer), &HeaderMap::new(), &[])
    }

    /// Lets those who were started come to where they wait.
    async fn settle(queue: &Arc<Queue>, waiting: usize) {
        while queue.waiting() != waiting {
            tokio::task::yield_now().await;
        }
    }

    fn ask(
        queue: &Arc<Queue>,
        number: u8,
        told: &mpsc::UnboundedSender<u8>,
    ) -> JoinHandle<Result<(), NoSlot>> {
        let (queue, told) = (Arc::clone(queue), told.clone());
        tokio::spawn(async move {
            let slot = queue.take(client(number), LONG).await?;
            told.send(number).expect("somebody listens");
            drop(slot);
            Ok(())
        })
    }

    #[tokio::test]
    async fn one_who_asks_for_much_keeps_nobody_from_the_next_turn() {
        let queue = Queue::new(1, 100, 100);
        let (told, mut order) = mpsc::unbounded_channel();
        let running = queue.take(client(1), LONG).await.expect("it is free");
        let mut asked = Vec::new();
        for count in 1..=4 {
            asked.push(ask(&queue, 1, &told));
            settle(&queue, count).await;
        }
        for (count, number) in [(5, 2), (6, 3), (7, 2)] {
            asked.push(ask(&queue, number, &told));
            settle(&queue, count).await;
        }
        drop(running);
        for one in asked {
            one.await.expect("no panic").expect("a slot");
        }
        let mut turns = Vec::new();
        while let Ok(number) = order.try_recv() {
            turns.push(number);
        }
        assert_eq!(turns, [2, 3, 1, 2, 1, 1, 1]);
        assert!(queue.state().clients.is_empty(), "nobody is remembered");
        assert_eq!(queue.state().free, 1);
    }

    #[tokio::test]
    async fn so_many_of_one_client_wait_and_so_many_in_all() {
        let queue = Queue::new(1, 2, 3);
        let (told, _order) = mpsc::unbounded_channel();
        let running = queue.take(client(1), LONG).await.expect("it is free");
        let mut asked = vec![ask(&queue, 1, &told), ask(&queue, 1, &told)];
        settle(&queue, 2).await;
        let refused = queue.take(client(1), LONG).await.err();
        assert_eq!(refused, Some(NoSlot::ClientWaits { most: 2 }));
        asked.push(ask(&queue, 2, &told));
        settle(&queue, 3).await;
        let refused = queue.take(client(3), LONG).await.err();
        assert_eq!(refused, Some(NoSlot::AllWait));
        drop(running);
        for one in asked {
            one.await.expect("no panic").expect("a slot");
        }
    }

    #[tokio::test]
    async fn those_who_leave_give_up_their_places_and_lose_no_slot() {
        let queue = Queue::new(1, 100, 100);
        let (told, mut order) = mpsc::unbounded_channel();
        let running = queue.take(client(1), LONG).await.expect("it is free");
        let leaving = ask(&queue, 2, &told);
        settle(&queue, 1).await;
        let staying = ask(&queue, 3, &told);
        settle(&queue, 2).await;
        leaving.abort();
        assert!(leaving.await.is_err());
        settle(&queue, 1).await;
        let hurried = queue.take(client(4), Duration::ZERO).await.err();
        assert_eq!(hurried, Some(NoSlot::NotInTime));
        assert_eq!(queue.waiting(), 1);
        drop(running);
        staying.await.expect("no panic").expect("a slot");
        assert_eq!(order.recv().await, Some(3));
        assert_eq!(queue.state().free, 1);
    }
}
