//! A checkpoint: one state of the store in a folder of its own, made of hard links, which another
//! process may read while the store is written.

use crate::model::Base;
use crate::store::view::{About, Moment, Stored};
use crate::store::{Store, StoreError, View};
use oxigraph::store::Store as Quads;
use std::path::Path;
use std::sync::atomic::Ordering;

impl Store {
    /// Makes a checkpoint in `folder`, which must not exist yet and must be on the file system of
    /// the store. It holds every change that was published before this was called.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn checkpoint(&self, folder: &Path) -> Result<(), StoreError> {
        // A large change that goes in is waited for: half of it is no state.
        let _inside = self.gate.pass()?;
        Ok(self.quads.backup(folder)?)
    }
}

/// An open checkpoint.
pub struct Checkpoint {
    quads: Quads,
    about: About,
    moment: Moment,
}

impl Checkpoint {
    /// Opens a checkpoint of a store that has this base IRI and log identity. Nothing is written.
    ///
    /// # Errors
    /// When the folder holds none.
    pub fn open(folder: &Path, base: Base, identity: String) -> Result<Self, StoreError> {
        let quads =
            Quads::open_read_only(folder).map_err(|error| StoreError::unopened(folder, error))?;
        let checkpoint = Self {
            quads,
            about: About::new(base, identity),
            moment: Moment::default(),
        };
        let generation = checkpoint.view().stored_generation()?;
        checkpoint
            .about
            .generation
            .store(generation.0, Ordering::Release);
        Ok(checkpoint)
    }

    pub fn view(&self) -> View<'_> {
        View::new(
            &self.about,
            Stored::Checkpoint(&self.quads),
            None,
            Some(&self.moment),
        )
    }
}
