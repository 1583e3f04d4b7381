//! Entities at their addresses: the thing (`/id/{noid}`, and its ARK), and the document about it
//! (`/doc/{noid}`) in many formats and profiles.
//!
//! What an address of ours answers is a contract (`/about/persistence`): a name is never given to
//! something else and never just disappears. One file for each thing that can have become of a
//! name: [`identify`] and [`document`] lead to those that are published, `moved` to the survivor
//! of a merge, `replaced` to what it was split into, `gone` to its tombstone, and `mistyped`
//! proposes what may have been meant.

mod alternates;
mod ark;
mod asked;
mod document;
mod gone;
mod identify;
mod links;
mod linkset;
mod mistyped;
mod moved;
mod names;
mod offers;
mod page;
mod persistence;
mod profiles;
mod replaced;

pub use ark::{ark, ark_without_slash};
pub use document::document;
pub use identify::identify;
pub use linkset::linkset;
pub use persistence::persistence;
pub use profiles::{profile, profiles};

pub(super) use gone::{gone, reason};
pub(super) use moved::{kept, merged, redirect};
pub(super) use names::parse;
pub(super) use offers::{BY_ACCEPT, offers, rdf, split_suffix, varying_by_accept};
pub(super) use replaced::replaced;
