//! A mirror: another SPARQL 1.1 store, of any make, that holds the same quads as this one, for those
//! whose queries have outgrown one machine.
//!
//! `follow.rs` keeps it in step, from behind the store, by updates over HTTP (`updates.rs`). How far it
//! is stands in the mirror itself (`state.rs`), so that nothing here has to be believed about it.
//! `held.rs` says what of a quad the engine there can hold. `answer.rs` has queries answered there.
//! It keeps no writer and no page waiting, whatever becomes of the mirror.
//!
//! To add an engine with ways of its own: a row of `MirrorEngine` in the configuration, and its arms
//! in `held.rs`.

mod answer;
mod client;
mod digest;
mod follow;
mod held;
mod state;
mod updates;

pub use answer::answer;
pub use follow::Follower;
pub use held::Holding;
pub use state::State;

use crate::config::{self, Config};
use crate::model::{Base, Generation};
use crate::store::{Store, StoreError};
use client::{Client, User};
use oxrdf::NamedNode;
use sha2::{Digest as _, Sha256};
use state::Place;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Why the mirror is not in step, or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(
        "the password of the mirror cannot be read from `{path}` ({error}); name a file that this program's user can read in `mirror.password_file`"
    )]
    Password { path: PathBuf, error: io::Error },
    #[error("`mirror.{key}` cannot be used: {why}")]
    Setting { key: &'static str, why: String },
    /// It may be otherwise in a while.
    #[error("the mirror cannot be reached: {0}")]
    NotNow(String),
    /// It may have done it all the same, or be at it.
    #[error("the mirror has not answered in time ({0:?})")]
    TooLate(Duration),
    #[error(
        "the mirror answers {0}: it does not let `mirror.user` do this; grant that user the right to update, and check `mirror.password_file`"
    )]
    NotAllowed(u16),
    #[error(
        "the mirror answers {0}: this is not its address; check `mirror.update` and `mirror.query`"
    )]
    NotThere(u16),
    #[error("the mirror refuses what is sent ({status}): {said}")]
    Refused { status: u16, said: String },
    #[error("what the mirror sends cannot be understood: {0}")]
    Unreadable(String),
    #[error("somebody else changed how far the mirror says it is; let only one server write there")]
    Lost,
    #[error("the mirror refuses more than {0} triples one by one; it has to be looked after")]
    TooMuchRefused(u64),
    #[error("it was interrupted")]
    Interrupted,
}

impl MirrorError {
    /// Whether the same may go well a little later.
    fn may_pass(&self) -> bool {
        matches!(self, Self::NotNow(_) | Self::TooLate(_))
    }

    /// In one word, for those who may not know more.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Store(_) | Self::Interrupted => "stopped",
            Self::Password { .. } | Self::Setting { .. } => "misconfigured",
            Self::NotNow(_) => "unreachable",
            Self::TooLate(_) => "slow",
            Self::NotAllowed(_) => "not-allowed",
            Self::NotThere(_) => "not-there",
            Self::Refused { .. } | Self::TooMuchRefused(_) => "refuses",
            Self::Unreadable(_) => "not-understood",
            Self::Lost => "changed-by-others",
        }
    }
}

/// The mirror of a folder, if there is one, and what is known of it.
pub struct Mirror {
    settings: Option<Settings>,
    status: Mutex<Status>,
    client: Mutex<Option<Arc<Client>>>,
}

struct Settings {
    keys: config::Mirror,
    update: NamedNode,
    batch_bytes: usize,
    timeout: Duration,
    place: Place,
    holding: Holding,
    base: Base,
}

/// What is known of a mirror.
#[derive(Clone, Debug, Default)]
pub struct Status {
    /// All of which generation it holds; nothing while it is copied or not known.
    pub generation: Option<Generation>,
    /// How many quads of a copy under way are there.
    pub copied: Option<u64>,
    /// When it was last seen to hold all that there was.
    pub in_step: Option<Instant>,
    /// Why it is not followed now.
    pub error: Option<&'static str>,
    /// How many quads it could not hold, since the program started.
    pub left_out: u64,
}

/// Who answers a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Serving {
    /// This program.
    Here,
    /// The mirror, which is at this generation, or later.
    There(Generation),
    /// Nobody, until the mirror is in step.
    Nobody,
}

impl Serving {
    /// Whether it is the mirror.
    pub fn is_there(self) -> bool {
        matches!(self, Self::There(_))
    }
}

impl Mirror {
    /// The one that the configuration names.
    pub fn new(config: &Config, base: &Base) -> Self {
        let keys = config.mirror.clone();
        let settings = keys.update.clone().map(|update| Settings {
            holding: Holding::new(base, keys.engine, keys.graph.clone()),
            keys,
            update,
            batch_bytes: config.limits.mirror_batch_bytes,
            timeout: config.limits.mirror_timeout,
            place: Place::new(base),
            base: base.clone(),
        });
        Self {
            settings,
            status: Mutex::default(),
            client: Mutex::new(None),
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.settings.is_some()
    }

    /// What is known of it; `None` when there is none.
    pub fn status(&self) -> Option<Status> {
        self.is_there().then(|| self.lock().clone())
    }

    /// Whether it is to answer queries.
    pub fn serves_queries(&self) -> bool {
        self.settings
            .as_ref()
            .is_some_and(|settings| settings.keys.serves_queries)
    }

    /// Who answers a query now.
    pub fn serving(&self) -> Serving {
        let Some(settings) = self.settings.as_ref().filter(|_| self.serves_queries()) else {
            return Serving::Here;
        };
        let status = self.lock();
        let is_in_step = status
            .in_step
            .is_some_and(|seen| seen.elapsed() <= settings.keys.lag);
        match status.generation {
            Some(generation) if is_in_step => Serving::There(generation),
            _ if settings.keys.falls_back => Serving::Here,
            _ => Serving::Nobody,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn client(&self, settings: &Settings) -> Result<Arc<Client>, MirrorError> {
        let mut kept = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = &*kept {
            return Ok(Arc::clone(client));
        }
        let client = Arc::new(settings.client()?);
        *kept = Some(Arc::clone(&client));
        Ok(client)
    }
}

impl Settings {
    fn client(&self) -> Result<Client, MirrorError> {
        let keys = &self.keys;
        let uri = |key, iri: &NamedNode| {
            iri.as_str().parse().map_err(|_| MirrorError::Setting {
                key,
                why: "it is no address".to_owned(),
            })
        };
        let query = keys.query.as_ref().unwrap_or(&self.update);
        if keys.engine == config::MirrorEngine::Virtuoso && keys.graph.is_none() {
            return Err(MirrorError::Setting {
                key: "graph",
                why: format!(
                    "Virtuoso has no default graph to write to; set it, for example to `{}/graph/public`",
                    self.base
                ),
            });
        }
        if let Some(graph) = &keys.graph
            && self.has_taken(graph)
        {
            return Err(MirrorError::Setting {
                key: "graph",
                why: format!(
                    "`{}` is the name of another graph; take `{}/graph/public`",
                    graph.as_str(),
                    self.base
                ),
            });
        }
        let user = match (&keys.user, &keys.password_file) {
            (None, None) => None,
            (Some(name), Some(path)) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| MirrorError::Password {
                        path: path.clone(),
                        error,
                    })?;
                Some(User {
                    name: name.clone(),
                    password: text.trim_end_matches(['\r', '\n']).to_owned(),
                })
            }
            (Some(_), None) => {
                return Err(MirrorError::Setting {
                    key: "user",
                    why: "there is no password for it; name its file in `mirror.password_file`"
                        .to_owned(),
                });
            }
            (None, Some(_)) => {
                return Err(MirrorError::Setting {
                    key: "password_file",
                    why: "it is nobody's; write whose in `mirror.user`".to_owned(),
                });
            }
        };
        Ok(Client::new(
            uri("update", &self.update)?,
            uri("query", query)?,
            user,
        ))
    }

    /// Whether a name is that of one of our graphs, or may become one.
    fn has_taken(&self, graph: &NamedNode) -> bool {
        let Some(rest) = graph.as_str().strip_prefix(self.base.as_str()) else {
            return false;
        };
        rest.starts_with("/shapes/")
            || rest.starts_with("/graph/source/")
            || ["/graph/registry", "/graph/conformance", "/graph/mirror"].contains(&rest)
    }

    /// Whether a graph of the mirror is one of ours, by its name.
    fn is_ours(&self, graph: &NamedNode) -> bool {
        let rest = graph.as_str().strip_prefix(self.base.as_str());
        rest.is_some_and(|rest| rest.starts_with('/')) && *graph != self.place.graph
    }
}

/// The redactions that the records went through, in sixteen digits: after another one, everything is
/// copied anew.
fn redactions(store: &Store) -> String {
    let mut hash = Sha256::new();
    for notice in store.redactions() {
        hash.update(notice);
        hash.update("\n");
    }
    let mut digits = crate::app::private::hexadecimal(&hash.finalize());
    digits.truncate(16);
    digits
}
