//! The domain, pure: what an entity is, how it is named, what a finding says.
//!
//! Nothing here reads a file, a clock or a store; the time and random bytes are passed in.
//! A new kind of entity is one row in [`kind::KINDS`], a new property one row in
//! [`property::PROPERTIES`].

pub mod ark;
pub mod assessment;
pub mod change;
pub mod choice;
pub mod counts;
pub mod description;
pub mod finding;
pub mod groups;
pub mod identifiers;
pub mod iri;
pub mod kind;
pub mod lang;
pub mod noid;
pub mod outside;
pub mod progress;
pub mod property;
pub mod source;
pub mod spelling;
pub mod time;
pub mod vocabulary;

pub use ark::Naan;
pub use assessment::Assessment;
pub use change::{Activity, Generation, Mode};
pub use choice::{Choice, Reason};
pub use counts::Counts;
pub use description::Description;
pub use finding::{Finding, Normalisation, Severity};
pub use groups::{Group, Groups};
pub use iri::{Base, BaseError};
pub use kind::Kind;
pub use lang::{Lang, Text};
pub use noid::Noid;
pub use outside::Outside;
pub use progress::{Progress, Stage};
pub use source::{RankRule, Source, SourceName};
