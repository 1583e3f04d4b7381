//! How far the mirror is, as it says itself: one quad there, written by the same update as what it
//! speaks of.

use crate::model::{Base, Generation};
use oxrdf::{Literal, NamedNode, Quad};
use std::fmt;

/// What the mirror holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The identity of the log.
    pub log: String,
    pub generation: Generation,
    /// Which redactions the records went through, in few digits.
    pub redactions: String,
    pub under_way: Option<UnderWay>,
}

/// What several updates together do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    pub what: Work,
    /// Of chance, another one for each attempt: an update of an earlier one that comes late
    /// matches nothing.
    pub attempt: String,
    /// How many of the updates are done.
    pub parts: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Everything is copied; until the end it is of no generation.
    Copy,
    /// The change after the generation.
    Change,
}

impl Work {
    fn name(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Change => "change",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.log, self.generation, self.redactions)?;
        match &self.under_way {
            None => Ok(()),
            Some(work) => write!(f, "+{}.{}.{}", work.what.name(), work.attempt, work.parts),
        }
    }
}

impl State {
    /// Reads what [`State`] is written as.
    pub fn parse(text: &str) -> Option<Self> {
        let (at, under_way) = match text.split_once('+') {
            None => (text, None),
            Some((at, under_way)) => (at, Some(under_way)),
        };
        let mut words = at.split('.');
        let state = Self {
            log: words.next()?.to_owned(),
            generation: Generation(words.next()?.parse().ok()?),
            redactions: words.next()?.to_owned(),
            under_way: match under_way {
                None => None,
                Some(text) => {
                    let mut words = text.split('.');
                    let what = words.next()?;
                    let works = [Work::Copy, Work::Change];
                    Some(UnderWay {
                        what: works.into_iter().find(|work| work.name() == what)?,
                        attempt: words.next()?.to_owned(),
                        parts: words.next()?.parse().ok()?,
                    })
                }
            },
        };
        words.next().is_none().then_some(state)
    }

    /// The same with one part more.
    pub fn next_part(&self) -> Self {
        let mut next = self.clone();
        if let Some(work) = &mut next.under_way {
            work.parts += 1;
        }
        next
    }

    /// Whether it is all of a generation.
    pub fn is_whole(&self) -> bool {
        self.under_way.is_none()
    }
}

/// Where the mirror says it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The graph, and what it is said of.
    pub graph: NamedNode,
    pub predicate: NamedNode,
}

impl Place {
    pub fn new(base: &Base) -> Self {
        Self {
            graph: NamedNode::new_unchecked(format!("{base}/graph/mirror")),
            predicate: base.sv("mirrors"),
        }
    }

    /// The quad that says a state.
    pub fn quad(&self, state: &State) -> Quad {
        Quad::new(
            self.graph.clone(),
            self.predicate.clone(),
            Literal::new_simple_literal(state.to_string()),
            self.graph.clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back_as_the_same() {
        let whole = State {
            log: "f895bf75".to_owned(),
            generation: Generation(7),
            redactions: "0".to_owned(),
            under_way: None,
        };
        let half = State {
            under_way: Some(UnderWay {
                what: Work::Change,
                attempt: "1f".to_owned(),
                parts: 0,
            }),
            ..whole.clone()
        };
        for state in [whole, half.next_part(), half] {
            assert_eq!(State::parse(&state.to_string()), Some(state));
        }
        for odd in [
            "",
            "a",
            "a.1",
            "a.x.0",
            "a.1.0.0",
            "a.1.0+",
            "a.1.0+sleep.1.1",
        ] {
            assert_eq!(State::parse(odd), None, "{odd}");
        }
    }
}
