//! What the follower keeps: the state that it publishes, and which entities it is of.

use crate::app::following::entities::Entity;
use crate::app::statistics::State;
use crate::app::statistics::facets::Row;
use crate::model::kind::Kind;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// What the counts are made of.
#[derive(Debug, Default)]
pub struct Known {
    pub state: State,
    entities: FxHashMap<Entity, Member>,
    /// Equal sets of sources are kept once.
    sources: IndexSet<Vec<String>, FxBuildHasher>,
}

/// A published entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Member {
    kind: &'static Kind,
    sources: u32,
    /// The place of its row, when it is on at a time.
    row: Option<u32>,
}

impl Known {
    /// With a state in which no entity is counted.
    pub fn of(state: State) -> Self {
        Self {
            state,
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.entities.len()
    }

    /// Makes room for so many entities.
    pub fn reserve(&mut self, entities: usize) {
        self.entities.reserve(entities);
    }

    /// Whether an entity is a performance.
    pub fn is_performance(&self, entity: Entity) -> bool {
        let member = self.entities.get(&entity);
        member.is_some_and(|member| member.kind.is_performance())
    }

    /// Says of what kind a published entity is, and who speaks of it; of what is on at a time also
    /// what stands in the table.
    pub fn put(
        &mut self,
        entity: Entity,
        kind: &'static Kind,
        sources: Vec<String>,
        row: Option<Row>,
    ) {
        let (sources, _) = self.sources.insert_full(sources);
        let sources = u32::try_from(sources).expect("there are fewer than 2^32 sets of sources");
        let former = self.entities.get(&entity).copied();
        if let Some(former) = former {
            self.count(former, false);
        }
        let place = match (former.and_then(|former| former.row), row) {
            (Some(place), Some(row)) => {
                self.state.performances.replace(place as usize, &row);
                Some(place)
            }
            (None, Some(row)) => {
                let place = self.state.performances.push(&row);
                Some(u32::try_from(place).expect("there are fewer than 2^32 rows"))
            }
            (Some(place), None) => {
                self.remove_row(place);
                None
            }
            (None, None) => None,
        };
        let member = Member {
            kind,
            sources,
            row: place,
        };
        self.entities.insert(entity, member);
        self.count(member, true);
    }

    /// Forgets an entity that is no longer published.
    pub fn remove(&mut self, entity: Entity) {
        if let Some(former) = self.entities.remove(&entity) {
            self.count(former, false);
            if let Some(place) = former.row {
                self.remove_row(place);
            }
        }
    }

    fn remove_row(&mut self, place: u32) {
        if let Some(moved) = self.state.performances.remove(place as usize)
            && let Some(member) = self.entities.get_mut(&moved)
        {
            member.row = Some(place);
        }
    }

    fn count(&mut self, member: Member, is_more: bool) {
        let step = |count: &mut u64| {
            *count = if is_more {
                *count + 1
            } else {
                count.saturating_sub(1)
            };
        };
        let name = member.kind.name;
        let kinds = &mut self.state.kinds;
        step(kinds.entry(name.to_owned()).or_default());
        kinds.retain(|_, count| *count > 0);
        let sources = self.sources.get_index(member.sources as usize);
        for source in sources.into_iter().flatten() {
            let source = self.state.sources.entry(source.clone()).or_default();
            step(source.kinds.entry(name.to_owned()).or_default());
            source.kinds.retain(|_, count| *count > 0);
        }
    }

    /// Every entity: its kind, the sources that speak of it, and its row.
    pub fn members(&self) -> impl Iterator<Item = (Entity, &'static str, u32, Option<Row>)> {
        self.entities.iter().map(|(entity, member)| {
            let row = member.row;
            let row = row.and_then(|place| self.state.performances.row(place as usize));
            (*entity, member.kind.name, member.sources, row)
        })
    }

    /// The sets of sources, by their numbers.
    pub fn sources(&self) -> Vec<Vec<String>> {
        self.sources.iter().cloned().collect()
    }

    /// Sets the counts of claims from those of the graphs.
    pub fn count_claims(&mut self, claims: impl IntoIterator<Item = (String, u64)>) {
        for source in self.state.sources.values_mut() {
            source.claims = 0;
        }
        for (source, claims) in claims {
            self.state.sources.entry(source).or_default().claims = claims;
        }
        let is_there = |source: &super::SourceCounts| source.claims > 0 || source.entities() > 0;
        self.state.sources.retain(|_, source| is_there(source));
    }
}
