//! Which source is followed on an entity, and why, for those who read its page.

use crate::ingest::Door;
use crate::ingest::fuse::Fusing;
use crate::ingest::verify::left_out;
use crate::model::Choice;
use crate::store::{StoreError, View};
use oxrdf::NamedNode;
use std::collections::BTreeMap;

/// For what one of several sources was followed on: which one, and why.
///
/// # Errors
/// When the storage fails.
pub fn choices(
    view: &View<'_>,
    door: &Door,
    entity: &NamedNode,
) -> Result<Vec<Choice>, StoreError> {
    let mut sources = BTreeMap::new();
    for member in view.members_if_merged(entity)? {
        let speakers = view.speakers(&member)?.into_iter();
        sources.extend(speakers.map(|source| (source.name.clone(), source)));
    }
    if sources.len() < 2 {
        return Ok(Vec::new());
    }
    let fusing = Fusing {
        vocabulary: &door.vocabulary,
        sources: &sources,
        has_merges: view.has_merges()?,
    };
    fusing.choices(view, entity, &left_out(view, entity)?)
}
