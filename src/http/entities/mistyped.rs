//! A name that was copied wrongly: it says so, and proposes what may have been meant.

use crate::http::problem::{MISTYPED, NOT_FOUND, Problem};
use crate::model::Noid;
use crate::publish::select;
use crate::store::{State, StoreError, View};
use oxrdf::NamedNode;
use std::collections::BTreeSet;

/// The most that are proposed.
const PROPOSED: usize = 10;

/// The refusal of what is no name, `text`, with the entities whose names are one slip away.
pub(super) fn problem(view: View<'_>, text: &str) -> Problem {
    match near(view, text) {
        // With the right number of the right characters, a name is certain to be mistyped;
        // otherwise it may be anything.
        Ok(near) if near.is_empty() && !is_like_a_name(text) => Problem::new(&NOT_FOUND),
        Ok(near) => Problem::new(&MISTYPED).with_near(near),
        Err(error) => error.into(),
    }
}

fn is_like_a_name(text: &str) -> bool {
    matches!(
        Noid::parse(text),
        Ok(_) | Err(crate::model::noid::NoidError::CheckCharacter)
    )
}

type Named = (NamedNode, Vec<oxrdf::Literal>);

fn near(view: View<'_>, text: &str) -> Result<Vec<Named>, StoreError> {
    let mut known = Vec::new();
    for noid in Noid::near(text) {
        if known.len() < PROPOSED && view.state(&noid)? != State::Unknown {
            known.push(view.base().id(&noid));
        }
    }
    let iris: BTreeSet<NamedNode> = known.iter().cloned().collect();
    let mut names = select::labels(&view, &iris)?;
    let named = |iri: NamedNode| {
        let names = names.remove(iri.as_str()).unwrap_or_default();
        (iri, names)
    };
    Ok(known.into_iter().map(named).collect())
}
