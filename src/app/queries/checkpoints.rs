//! The states of the store that workers read, made when they are asked for, and kept no longer
//! than they are of use.

use crate::model::Generation;
use crate::store::{Store, StoreError};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// No more than one is made in this time, however many changes come.
const PAUSE: Duration = Duration::from_secs(1);
/// How often whoever waits looks whether it is still wanted.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The checkpoints of one running program, below `DIR/index/checkpoints`.
pub struct Checkpoints {
    folder: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    newest: Option<Arc<Kept>>,
    made_at: Option<Instant>,
    /// When somebody last asked.
    asked_at: Option<Instant>,
    is_making: bool,
    /// No more are made.
    is_closed: bool,
    /// How many were made.
    count: u64,
}

/// A checkpoint, for as long as somebody has it.
pub struct Kept {
    folder: PathBuf,
    /// It holds this change, and all before it.
    generation: Generation,
}

impl Kept {
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            // The next start removes it.
            tracing::warn!(%error, folder = %self.folder.display(), "a checkpoint stays behind");
        }
    }
}

impl Checkpoints {
    /// Below the folder for what can be made again. Those that an earlier program left there are
    /// removed with the first one that is made, or by [`Checkpoints::clear`].
    pub fn new(index: &Path) -> Self {
        let folder = index.join("checkpoints");
        Self {
            // A worker works elsewhere. There is no current folder only when it was removed, and
            // then nothing can be opened in it either.
            folder: std::path::absolute(&folder).unwrap_or(folder),
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Removes all that there are.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A checkpoint that holds all that is published when this is called; `None` when it is no
    /// longer wanted. It may wait for a moment, since changes may come faster than checkpoints.
    ///
    /// # Errors
    /// When none can be made.
    pub fn newest(
        &self,
        store: &Store,
        is_unwanted: &dyn Fn() -> bool,
    ) -> Result<Option<Arc<Kept>>, StoreError> {
        let wanted = store.generation();
        let mut state = self.state();
        state.asked_at = Some(Instant::now());
        loop {
            if let Some(newest) = &state.newest
                && newest.generation >= wanted
            {
                return Ok(Some(Arc::clone(newest)));
            }
            if state.is_closed || is_unwanted() {
                return Ok(None);
            }
            let rest = state
                .made_at
                .map(|made| PAUSE.saturating_sub(made.elapsed()))
                .unwrap_or_default();
            if state.is_making || !rest.is_zero() {
                let wait = if state.is_making {
                    LOOK_AGAIN
                } else {
                    rest.min(LOOK_AGAIN)
                };
                state = self
                    .changed
                    .wait_timeout(state, wait)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
                continue;
            }
            state.is_making = true;
            state.count += 1;
            let folder = self.folder.join(state.count.to_string());
            drop(state);
            let made = self.make(store, folder);
            state = self.state();
            state.is_making = false;
            state.made_at = Some(Instant::now());
            self.changed.notify_all();
            let kept = Arc::new(made?);
            let former = state.newest.replace(kept);
            // Its files are removed outside, where nobody waits for that.
            drop(state);
            drop(former);
            state = self.state();
        }
    }

    fn make(&self, store: &Store, folder: PathBuf) -> Result<Kept, StoreError> {
        let generation = store.generation();
        // Nothing of a checkpoint is ever written again: a crash makes another one.
        let prepared = fs::create_dir_all(&self.folder).and_then(|()| {
            if folder.exists() {
                fs::remove_dir_all(&folder)
            } else {
                Ok(())
            }
        });
        prepared.map_err(|error| StoreError::Io {
            path: folder.clone(),
            error,
        })?;
        store.checkpoint(&folder)?;
        Ok(Kept { folder, generation })
    }

    /// Makes no more, and removes those that there are, also under who still reads one.
    ///
    /// # Errors
    /// When they cannot be removed.
    pub fn close(&self) -> io::Result<()> {
        let mut state = self.state();
        state.is_closed = true;
        while state.is_making {
            state = self
                .changed
                .wait_timeout(state, LOOK_AGAIN)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        let newest = state.newest.take();
        drop(state);
        drop(newest);
        self.clear()
    }

    /// Lets the newest one go when nobody asked for so long: it keeps files that the store has
    /// long replaced.
    pub fn forget_after(&self, idle: Duration) {
        let mut state = self.state();
        let is_idle = state.asked_at.is_none_or(|asked| asked.elapsed() >= idle);
        if is_idle {
            let former = state.newest.take();
            drop(state);
            drop(former);
        }
    }
}
