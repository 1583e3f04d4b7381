//! Statistics: how much there is of what in the store, kept in step with it, so that whoever asks
//! for a number is not kept waiting by a scan.
//!
//! The [`Follower`] reads the log behind the store and counts what each change moved; its cost is
//! in proportion to the change. What is known is one immutable [`State`], which readers share and
//! which names its generation. It is kept in `DIR/index/statistics` and can be made again from the
//! store at any time. [`void`] publishes what VoID says of it.

pub mod facets;
mod follow;
mod keep;
mod known;
mod performances;
mod tally;
pub mod void;

pub use crate::app::following::Progress;
pub use follow::Follower;
pub use tally::{LINKS, Links};

pub use performances::{Reading, within};

use crate::app::following::{Current, Pass};
use crate::model::{Counts, Generation};
use crate::rdf::QuadsError;
use crate::store::{QueryEvaluationError, StoreError};
use facets::{Filter, Selection, Table};
use oxrdf::Literal;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

#[derive(Debug, thiserror::Error)]
pub enum StatisticsError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the data could not be counted: {0}")]
    Quads(#[from] QuadsError),
    #[error("the data could not be counted: {0}")]
    Query(#[from] QueryEvaluationError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// The program ends.
    #[error("the counting was interrupted")]
    Interrupted,
}

/// The numbers of one generation.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub generation: Generation,
    /// The public data, without what VoID says of it.
    pub counts: Counts,
    /// By property and host, how many links lead to other data sets.
    pub links: Arc<Links>,
    /// The quads of each named graph.
    pub graphs: BTreeMap<String, u64>,
    /// By name, how many published entities are of a kind.
    pub kinds: BTreeMap<String, u64>,
    pub sources: BTreeMap<String, SourceCounts>,
    /// Who publishes, by source; nothing where nobody said so.
    pub publishers: Arc<BTreeMap<String, Option<String>>>,
    /// What classes and properties are called, by IRI, and regions and departments, by code.
    pub labels: Arc<BTreeMap<String, Vec<Literal>>>,
    pub performances: Table,
    all: Arc<OnceLock<Selection>>,
    offsets: Arc<OnceLock<Vec<i16>>>,
}

/// What one source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceCounts {
    /// The quads of its graph.
    pub claims: u64,
    /// By kind, how many published entities it speaks of.
    pub kinds: BTreeMap<String, u64>,
}

impl SourceCounts {
    /// How many published entities it speaks of.
    pub fn entities(&self) -> u64 {
        self.kinds.values().sum()
    }
}

impl State {
    /// Counts the performances that all filters let pass.
    pub fn select(&self, filters: &[Filter<'_>]) -> Selection {
        if filters.is_empty() {
            return self
                .all
                .get_or_init(|| self.performances.select(&[]))
                .clone();
        }
        self.performances.select(filters)
    }

    /// How far ahead of UTC the clocks are of what is on, in minutes, sorted.
    pub fn offsets(&self) -> &[i16] {
        self.offsets.get_or_init(|| self.performances.offsets())
    }

    /// What a class, a property, a region or a department is called.
    pub fn label(&self, name: &str) -> &[Literal] {
        self.labels.get(name).map_or(&[], Vec::as_slice)
    }
}

/// What is known, for all who want to read it.
pub struct Statistics {
    current: Current<State>,
    pass: Pass,
    folder: PathBuf,
}

impl Statistics {
    /// Those of a data folder; nothing is known before a [`Follower`] has made a step.
    pub fn new(data: &Path) -> Self {
        Self {
            current: Current::default(),
            pass: Pass::default(),
            folder: data.join("index").join("statistics"),
        }
    }

    /// The numbers, or `None` while they are not counted yet. They stay as they are for whoever
    /// holds them, and may be a moment behind the store: they say at which generation they are.
    pub fn current(&self) -> Option<Arc<State>> {
        self.current.get()
    }

    /// The generation that is counted, if any.
    pub fn generation(&self) -> Option<Generation> {
        self.current().map(|state| state.generation)
    }

    /// How far the counting of everything is, while it is under way.
    pub fn progress(&self) -> Option<Progress> {
        self.pass.progress()
    }

    fn publish(&self, state: State) {
        self.current.set(State {
            all: Arc::default(),
            offsets: Arc::default(),
            ..state
        });
    }
}
