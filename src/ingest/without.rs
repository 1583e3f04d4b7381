//! What would be published if some sources had said nothing: the public data that may be given out
//! as files, when nobody knows under which licence the rest may be reused.

use crate::ingest::Door;
use crate::ingest::fuse::Fusing;
use crate::ingest::submit::sources_by_name;
use crate::ingest::verify::left_out;
use crate::model::{Source, SourceName};
use crate::store::{State, StoreError, View};
use oxrdf::{GraphNameRef, NamedNode, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// One state without what some sources say.
pub struct Without<'a> {
    view: View<'a>,
    door: &'a Door,
    silent: BTreeSet<SourceName>,
    graphs: Vec<NamedNode>,
    sources: BTreeMap<SourceName, Source>,
    has_merges: bool,
}

impl<'a> Without<'a> {
    /// # Errors
    /// When the storage fails.
    pub fn new(
        view: View<'a>,
        door: &'a Door,
        silent: BTreeSet<SourceName>,
    ) -> Result<Self, StoreError> {
        let base = view.base();
        Ok(Self {
            graphs: silent.iter().map(|name| base.source_graph(name)).collect(),
            sources: sources_by_name(&view)?,
            has_merges: view.has_merges()?,
            silent,
            view,
            door,
        })
    }

    /// What is published of an entity or concept without them; `None` when they have no part in
    /// it, so that it is what is published.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn public(&self, whole: &NamedNode) -> Result<Option<Vec<Triple>>, StoreError> {
        if self.silent.is_empty() {
            return Ok(None);
        }
        if self.view.base().is_of_void(whole.as_str()) {
            // These numbers count what they say too.
            return Ok(Some(Vec::new()));
        }
        if !self.speak_of(whole)? {
            return Ok(None);
        }
        if matches!(self.view.state_of(whole)?, State::Withdrawn(_)) {
            return Ok(Some(Vec::new()));
        }
        let fusing = Fusing {
            vocabulary: &self.door.vocabulary,
            sources: &self.sources,
            has_merges: self.has_merges,
        };
        let left_out = left_out(&self.view, whole)?;
        fusing
            .fuse_without(&self.view, whole, &left_out, &self.silent)
            .map(Some)
    }

    /// The entities that are published as this one.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn members(&self, whole: &NamedNode) -> Result<Vec<NamedNode>, StoreError> {
        if self.has_merges {
            self.view.members(whole)
        } else {
            Ok(vec![whole.clone()])
        }
    }

    fn speak_of(&self, whole: &NamedNode) -> Result<bool, StoreError> {
        for member in &self.members(whole)? {
            for graph in &self.graphs {
                let graph = GraphNameRef::NamedNode(graph.as_ref());
                let said = self
                    .view
                    .quads(Some(member.as_ref().into()), None, None, Some(graph))
                    .next();
                if said.transpose()?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}
