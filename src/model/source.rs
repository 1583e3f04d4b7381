//! A contributor's data set.

use crate::model::Kind;
use oxrdf::NamedNode;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The short name of a source, as it stands in commands and IRIs: `[a-z0-9-]{1,64}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct SourceName(String);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot be the name of a source; use 1 to 64 of the characters a-z, 0-9 and `-`")]
pub struct SourceNameError(String);

impl SourceName {
    /// The built-in source of the ontology, the vocabularies and the shapes.
    pub fn system() -> Self {
        Self("system".to_owned())
    }

    pub fn is_system(&self) -> bool {
        self.0 == "system"
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SourceName {
    type Error = SourceNameError;

    fn try_from(text: String) -> Result<Self, SourceNameError> {
        text.parse()
    }
}

impl FromStr for SourceName {
    type Err = SourceNameError;

    fn from_str(text: &str) -> Result<Self, SourceNameError> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SourceNameError(text.to_owned()))
        }
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A source as the registry describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub name: SourceName,
    /// The licence of its data; `None` means unknown, and keeps it out of every release.
    pub licence: Option<NamedNode>,
    /// Who publishes it, for people; `None` means unknown.
    pub publisher: Option<String>,
    /// Where sources disagree, the one with the lower rank is followed (1 before 2).
    pub rank: u32,
    /// Ranks for some kinds of entities or some territories only; sorted.
    pub ranks: Vec<RankRule>,
    /// IANA name of the zone of its times without an offset.
    pub zone: String,
    /// Whether the times that it ends in `Z` are local times in truth.
    pub z_means_local: bool,
    /// Entities (by our IRI, its own IRI or an external identifier) for whose performances it
    /// is the own source: a theatre's source speaks for the theatre.
    pub speaks_for: Vec<NamedNode>,
    /// Namespaces outside the model whose terms are kept all the same.
    pub keeps: Vec<String>,
    /// Whether its submissions are partial unless they say otherwise.
    pub is_partial: bool,
    /// Whether it sends nothing more; what it said stays.
    pub is_closed: bool,
    /// Names of profiles that its submissions must meet besides the minimum: what they break
    /// anew of one is refused. Sorted.
    pub gates: Vec<String>,
}

impl Source {
    pub const DEFAULT_RANK: u32 = 100;
    pub const DEFAULT_ZONE: &'static str = "Europe/Paris";

    /// A source of which nothing but the name is known.
    pub fn new(name: SourceName) -> Self {
        Self {
            name,
            licence: None,
            publisher: None,
            rank: Self::DEFAULT_RANK,
            ranks: Vec::new(),
            zone: Self::DEFAULT_ZONE.to_owned(),
            z_means_local: false,
            speaks_for: Vec::new(),
            keeps: Vec::new(),
            is_partial: false,
            is_closed: false,
            gates: Vec::new(),
        }
    }
    /// The rank on an entity of this kind in these territories (its department, its region). The
    /// narrowest rule goes: kind and territory, then territory, then kind; of several equally
    /// narrow ones the lowest rank.
    pub fn rank_on(&self, kind: Option<&Kind>, territories: &[NamedNode]) -> u32 {
        self.ranks
            .iter()
            .filter(|rule| {
                let is_of_kind = rule
                    .kind
                    .is_none_or(|wanted| kind.is_some_and(|kind| kind.name == wanted.name));
                let is_there = rule
                    .territory
                    .as_ref()
                    .is_none_or(|territory| territories.contains(territory));
                is_of_kind && is_there
            })
            .min_by_key(|rule| (rule.territory.is_none(), rule.kind.is_none(), rule.rank))
            .map_or(self.rank, |rule| rule.rank)
    }
}

/// The rank of a source on entities of one kind, in one territory, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankRule {
    /// `None` means all kinds.
    pub kind: Option<&'static Kind>,
    /// A concept of the scheme `territoires`; `None` means everywhere.
    pub territory: Option<NamedNode>,
    pub rank: u32,
}

impl RankRule {
    /// What tells rules of one source apart, and the order in which they are kept.
    pub fn key(&self) -> (&str, &str) {
        (
            self.kind.map_or("", |kind| kind.name),
            self.territory
                .as_ref()
                .map_or("", |territory| territory.as_str()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_narrowest_rule_gives_the_rank() {
        let territory = |code: &str| {
            NamedNode::new_unchecked(format!("https://data.example.org/vocab/territoires/{code}"))
        };
        let place = Kind::named("place");
        let rule = |kind, place: Option<&str>, rank| RankRule {
            kind,
            territory: place.map(territory),
            rank,
        };
        let source = Source {
            rank: 50,
            ranks: vec![
                rule(place, None, 40),
                rule(None, Some("departement-974"), 30),
                rule(place, Some("departement-974"), 60),
            ],
            ..Source::new("office".parse().expect("a name"))
        };
        let reunion = [territory("departement-974"), territory("region-04")];
        assert_eq!(source.rank_on(Kind::named("person"), &[]), 50);
        assert_eq!(source.rank_on(place, &[]), 40);
        assert_eq!(source.rank_on(Kind::named("performance"), &reunion), 30);
        assert_eq!(source.rank_on(place, &reunion), 60);
    }
}
