//! What became of an entity in a change, in one word: enough for a list of what changed, without
//! reading the log again.

use crate::model::Base;
use crate::model::vocabulary::dct;
use crate::store::Side;
use oxrdf::Quad;

/// What became of an entity in a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// Something else is published of it.
    #[default]
    Changed,
    /// It was published for the first time.
    Published,
    Withdrawn,
    /// It is published again.
    Returned,
    /// It is published under another entity's IRI from now on.
    Merged,
    /// It was merged, and is no longer.
    Separated,
    Split,
    /// It was split, and is one again.
    Joined,
}

const TURNS: [Turn; 8] = [
    Turn::Changed,
    Turn::Published,
    Turn::Withdrawn,
    Turn::Returned,
    Turn::Merged,
    Turn::Separated,
    Turn::Split,
    Turn::Joined,
];

impl Turn {
    /// Its name in data.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Returned => "returned",
            Self::Merged => "merged",
            Self::Separated => "separated",
            Self::Split => "split",
            Self::Joined => "joined",
        }
    }

    /// Whether nothing is published under the entity's IRI from then on.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Merged | Self::Split)
    }

    /// Whether something is published under the entity's IRI from then on, and was not before.
    pub fn is_begin(self) -> bool {
        matches!(
            self,
            Self::Published | Self::Returned | Self::Separated | Self::Joined
        )
    }

    /// As a number below 8.
    pub fn to_bits(self) -> u8 {
        let place = TURNS.iter().position(|turn| *turn == self);
        place.unwrap_or_default() as u8
    }

    pub fn of_bits(bits: u8) -> Self {
        let turn = TURNS.get(usize::from(bits & 7));
        turn.copied().unwrap_or_default()
    }
}

/// What the registry's rows of a change say of one entity, taken in one by one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs(u8);

impl Signs {
    const MINTED: u8 = 1;
    const MERGED: u8 = 2;
    const SEPARATED: u8 = 4;
    const SPLIT: u8 = 8;
    const JOINED: u8 = 16;
    const WITHDRAWN: u8 = 32;
    const RETURNED: u8 = 64;

    /// Takes in a row of the registry.
    pub fn note(&mut self, base: &Base, side: Side, quad: &Quad) {
        let local = base
            .strip(quad.predicate.as_str())
            .and_then(|rest| rest.strip_prefix("ns#"));
        let (new, gone) = match local {
            Some("minted") => (Self::MINTED, 0),
            Some("mergedInto") => (Self::MERGED, Self::SEPARATED),
            Some("withdrawn") => (Self::WITHDRAWN, Self::RETURNED),
            None if quad.predicate == dct::IS_REPLACED_BY => (Self::SPLIT, Self::JOINED),
            _ => return,
        };
        self.0 |= match side {
            Side::Additions => new,
            Side::Deletions => gone,
        };
    }

    /// What they come to: what ends a publication goes before what begins one.
    pub fn turn(self) -> Turn {
        let turns = [
            (Self::MERGED, Turn::Merged),
            (Self::SPLIT, Turn::Split),
            (Self::WITHDRAWN, Turn::Withdrawn),
            (Self::SEPARATED, Turn::Separated),
            (Self::JOINED, Turn::Joined),
            (Self::RETURNED, Turn::Returned),
            (Self::MINTED, Turn::Published),
        ];
        let found = turns.iter().find(|(sign, _)| self.0 & sign != 0);
        found.map_or(Turn::Changed, |(_, turn)| *turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::Event;
    use crate::model::{Activity, Generation, SourceName};
    use crate::store::{Excerpt, Header};
    use oxrdf::NamedNode;

    fn excerpt(deletions: Vec<Quad>, additions: Vec<Quad>) -> Excerpt {
        Excerpt {
            header: Header {
                log: String::new(),
                base: String::new(),
                generation: Generation(1),
                time: String::new(),
                source: SourceName::system(),
                activity: Activity::Merge,
                deletions: 0,
                additions: 0,
                body_sha256: String::new(),
                previous: String::new(),
            },
            deletions,
            additions,
            bytes_read: 0,
        }
    }

    #[test]
    fn signs_come_to_what_the_event_of_the_same_rows_is() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let entity = base.join("id/x");
        let predicates: Vec<NamedNode> = ["minted", "mergedInto", "withdrawn", "kind"]
            .map(|local| base.sv(local))
            .into_iter()
            .chain([dct::IS_REPLACED_BY.into_owned()])
            .collect();
        let quad = |predicate: &NamedNode| {
            Quad::new(
                entity.clone(),
                predicate.clone(),
                base.join("id/y"),
                base.registry_graph(),
            )
        };
        let rows = |bits: usize| -> Vec<Quad> {
            let chosen = predicates.iter().enumerate();
            let chosen = chosen.filter(|(place, _)| bits & (1 << place) != 0);
            chosen.map(|(_, predicate)| quad(predicate)).collect()
        };
        for gone in 0..32 {
            for new in 0..32 {
                let (gone, new) = (rows(gone), rows(new));
                let mut signs = Signs::default();
                for row in &gone {
                    signs.note(&base, Side::Deletions, row);
                }
                for row in &new {
                    signs.note(&base, Side::Additions, row);
                }
                let event = Event::of(&base, &excerpt(gone, new));
                assert_eq!(signs.turn().name(), event.name(), "{signs:?}");
                assert_eq!(Turn::of_bits(signs.turn().to_bits()), signs.turn());
            }
        }
    }
}
