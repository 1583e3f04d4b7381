//! Ends the slices of time that queries have in this process.

use crate::store::CancellationToken;
use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// How long a query runs in this process before it goes to a worker.
pub const SLICE: Duration = Duration::from_millis(250);
/// How often the thread looks whether anybody may still need it.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The slices of one running program. One thread watches all of them: a thread for each would cost
/// as much as most queries.
#[derive(Default)]
pub struct Slices(Arc<Running>);

#[derive(Default)]
struct Running {
    /// In the order in which they end, since all are equally long.
    queue: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ends: VecDeque<(Instant, CancellationToken)>,
    has_thread: bool,
}

impl Slices {
    /// Cancels the token once a slice has passed from now on. What has ended by then does not mind.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn begin(&self, token: CancellationToken) -> io::Result<()> {
        let mut state = self.0.state();
        if !state.has_thread {
            let running = Arc::downgrade(&self.0);
            std::thread::Builder::new()
                .name("affiche-slices".to_owned())
                .spawn(move || watch(&running))?;
            state.has_thread = true;
        }
        state.ends.push_back((Instant::now() + SLICE, token));
        if state.ends.len() == 1 {
            self.0.changed.notify_one();
        }
        Ok(())
    }
}

impl Running {
    fn state(&self) -> MutexGuard<'_, State> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what has to end, and waits for the next end, or for a while.
    fn step(&self) {
        let mut state = self.state();
        let now = Instant::now();
        while let Some((end, token)) = state.ends.front()
            && *end <= now
        {
            token.cancel();
            state.ends.pop_front();
        }
        let next = state.ends.front().map(|(end, _)| *end - now);
        let wait = next.unwrap_or(LOOK_AGAIN);
        drop(self.changed.wait_timeout(state, wait));
    }
}

/// Goes on for as long as somebody may begin a slice.
fn watch(running: &Weak<Running>) {
    while let Some(running) = running.upgrade() {
        running.step();
    }
}
