//! Which source was followed where several say something different, and why.

use crate::model::SourceName;

/// What was taken from one source of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The IRI of the property; the first one of a block.
    pub property: String,
    /// The language, of a property that has one value for each.
    pub language: Option<String>,
    /// Whose value is published.
    pub followed: SourceName,
    /// Whose value would be without the source that is followed.
    pub before: SourceName,
    pub reason: Reason,
}

/// What decided between the two: the first of these in which they differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is the declared own source of whoever organises the event, or of its venue.
    OwnSource,
    /// Its rank on this entity, and the other's: the lower one is followed.
    Rank(u32, u32),
    /// It changed this last: when (xsd:dateTime, UTC), as far as that is known.
    MostRecent(Option<String>),
    /// Nothing else tells them apart than the order of their names.
    Name,
}
