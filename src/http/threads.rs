//! Threads with a large stack for blocking work, kept for a while after it.
//!
//! To start a thread, map its stack and take all of it back costs three times what a small query
//! does. How many there are at most is decided elsewhere: whoever has work first takes a slot.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The stack of a thread that parses or evaluates nested input: with the largest depth that the
/// configuration allows, a hundred times what was measured to be needed.
const STACK_BYTES: usize = 64 << 20;
/// How long a thread waits for more before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// Work that catches its own panics.
pub type Job = Box<dyn FnOnce() + Send>;

/// Threads that are there, or are started.
#[derive(Default)]
pub struct Threads {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    threads: usize,
}

impl Threads {
    /// Has a job done by a thread that has nothing to do, or by a new one; never after another.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn run(threads: &Arc<Self>, job: Job) -> io::Result<()> {
        let mut waiting = threads.waiting();
        if waiting.threads > waiting.jobs.len() {
            waiting.jobs.push_back(job);
            drop(waiting);
            threads.changed.notify_one();
            return Ok(());
        }
        drop(waiting);
        let shared = Arc::clone(threads);
        std::thread::Builder::new()
            .name("affiche-work".to_owned())
            .stack_size(STACK_BYTES)
            .spawn(move || {
                let mut next = Some(job);
                while let Some(job) = next {
                    job();
                    next = shared.next();
                }
            })?;
        Ok(())
    }

    /// Waits for a job, but not for long.
    fn next(&self) -> Option<Job> {
        let mut waiting = self.waiting();
        waiting.threads += 1;
        let (mut waiting, _) = self
            .changed
            .wait_timeout_while(waiting, IDLE, |waiting| waiting.jobs.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        waiting.threads -= 1;
        waiting.jobs.pop_front()
    }

    /// Nothing panics while it is locked, so that it is sound even when it is called poisoned.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::thread::ThreadId;

    const SOON: Duration = Duration::from_secs(20);

    fn thread_of_a_job(threads: &Arc<Threads>) -> ThreadId {
        let (told, who) = mpsc::channel();
        let job = move || told.send(std::thread::current().id()).expect("it waits");
        Threads::run(threads, Box::new(job)).expect("a thread");
        who.recv_timeout(SOON).expect("it is done")
    }

    #[test]
    fn a_thread_that_has_nothing_to_do_takes_the_next_job() {
        let threads = Arc::new(Threads::default());
        let first = thread_of_a_job(&threads);
        while threads.waiting().threads == 0 {
            std::thread::yield_now();
        }
        assert_eq!(thread_of_a_job(&threads), first);
    }

    #[test]
    fn no_job_waits_for_another_to_end() {
        let threads = Arc::new(Threads::default());
        let (told, all) = mpsc::channel();
        let gates: Vec<_> = (0..4)
            .map(|number| {
                let (gate, closed) = mpsc::channel::<()>();
                let told = told.clone();
                let job = move || {
                    told.send(number).expect("it waits");
                    let _ = closed.recv();
                };
                Threads::run(&threads, Box::new(job)).expect("a thread");
                gate
            })
            .collect();
        let mut begun: Vec<_> = (0..4)
            .map(|_| all.recv_timeout(SOON).expect("it has begun"))
            .collect();
        begun.sort_unstable();
        assert_eq!(begun, [0, 1, 2, 3]);
        drop(gates);
    }
}
