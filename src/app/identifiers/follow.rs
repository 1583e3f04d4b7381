//! Keeps the index in step with the store, from behind. A change costs in proportion to it; where
//! too much became different, all aliases of the registry are read again over one snapshot, while
//! the former index answers.

use super::{IdentifiersError, Index, Use, keep, use_in};
use crate::app::App;
use crate::app::following::{Net, quads_between};
use crate::model::Generation;
use crate::store::View;
use oxrdf::{GraphName, NamedNode};

/// A change with more quads is not followed: to read all aliases takes less.
const MOST_QUADS: u64 = 2_000_000;
/// After so many aliases it is asked whether to go on.
const CHUNK: usize = 4096;

/// Follows the store of an app; there is one for each.
pub struct Follower<'a> {
    app: &'a App,
    is_stopped: &'a dyn Fn() -> bool,
    is_saved: bool,
    identifies: NamedNode,
    registry: GraphName,
}

impl<'a> Follower<'a> {
    /// `is_stopped` is asked now and then, and yes ends what it is doing.
    pub fn new(app: &'a App, is_stopped: &'a dyn Fn() -> bool) -> Self {
        let base = app.store.base();
        Self {
            is_stopped,
            is_saved: true,
            identifies: base.sv("identifies"),
            registry: base.registry_graph().into(),
            app,
        }
    }

    /// Brings the index up to the last change. Gives whether there was one.
    ///
    /// # Errors
    /// When something cannot be read, or it was stopped. The next step goes on.
    pub fn step(&mut self) -> Result<bool, IdentifiersError> {
        let identifiers = &self.app.identifiers;
        if identifiers.generation() == Some(self.app.store.generation()) {
            return Ok(false);
        }
        let snapshot = self.app.store.snapshot()?;
        let generation = snapshot.view().generation()?;
        if identifiers.generation().is_none()
            && let Some(kept) = keep::load(&identifiers.folder, self.app.store.identity())
            && kept.generation <= generation
        {
            identifiers.put(kept);
        }
        match identifiers.generation() {
            Some(known) if known == generation => return Ok(false),
            Some(known) if self.follow(known, generation)? => {}
            _ => {
                let index = self.read_all(snapshot.view(), generation)?;
                identifiers.put(index);
            }
        }
        self.is_saved = false;
        Ok(true)
    }

    /// Writes the index down, if it has changed since it was.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn save(&mut self) -> Result<(), IdentifiersError> {
        let identifiers = &self.app.identifiers;
        if self.is_saved {
            return Ok(());
        }
        let log = self.app.store.identity();
        let saved = identifiers.read(|index| keep::save(&identifiers.folder, index, log));
        saved
            .unwrap_or(Ok(()))
            .map_err(|error| IdentifiersError::Io {
                path: identifiers.folder.clone(),
                error,
            })?;
        self.is_saved = true;
        Ok(())
    }

    fn go_on(&self) -> Result<(), IdentifiersError> {
        if (self.is_stopped)() {
            return Err(IdentifiersError::Interrupted);
        }
        Ok(())
    }

    /// Follows the changes since; `false` when they are too many.
    fn follow(&self, from: Generation, to: Generation) -> Result<bool, IdentifiersError> {
        let mut net: Net<Use> = Net::default();
        let is_all = quads_between(
            &self.app.store,
            (from, to),
            MOST_QUADS,
            &|| self.go_on(),
            &|_| true,
            &mut |side, quad| {
                if quad.predicate == self.identifies
                    && quad.graph_name == self.registry
                    && let Some(found) = use_in(self.app.store.base(), &quad)
                {
                    net.note(side, found);
                }
                Ok::<(), IdentifiersError>(())
            },
        )?;
        if is_all {
            self.app.identifiers.change(|index| {
                for gone in &net.removed {
                    index.uses.remove(gone);
                }
                index.uses.extend(net.added);
                index.generation = to;
            });
        }
        Ok(is_all)
    }

    fn read_all(&self, view: View<'_>, at: Generation) -> Result<Index, IdentifiersError> {
        let mut uses = Vec::new();
        let quads = view.quads(
            None,
            Some(self.identifies.as_ref()),
            None,
            Some(self.registry.as_ref()),
        );
        for (place, quad) in quads.enumerate() {
            if place % CHUNK == 0 {
                self.go_on()?;
            }
            uses.extend(use_in(view.base(), &quad?));
        }
        Ok(Index {
            generation: at,
            uses: uses.into_iter().collect(),
        })
    }
}
