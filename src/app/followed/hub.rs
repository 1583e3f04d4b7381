//! Tells a WebSub hub which of the feeds that people read have changed, off the way of all
//! requests: the hub then fetches them and passes them on. We publish to a hub and are none.
//!
//! WebSub (§6) leaves it to publisher and hub how they speak; what hubs understand is a POST with
//! `hub.mode=publish` and `hub.url`. What fails is tried again, later each time.

use crate::app::App;
use crate::app::followed::List;
use crate::app::following::entities::{Entity, number_of};
use crate::app::history::HistoryError;
use crate::app::{outgoing, private};
use crate::model::Generation;
use crate::store::StoreError;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};
use ureq::Agent;

/// After a change of more entities than so, the hub is told of all feeds.
const MOST_TOUCHED: usize = 50_000;
/// How many feeds wait to be told of; of further ones nothing is said.
const MOST_WAITING: usize = 10_000;
/// How many are told of before it is looked again what has changed.
const AT_ONCE: usize = 20;
/// How often one is tried, and the longest wait between two tries.
const TRIES: u32 = 12;
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
const FIRST_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug, thiserror::Error)]
pub enum HubError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error("`{path}` could not be used: {error}")]
    Io { path: PathBuf, error: io::Error },
}

/// What came of telling a hub.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Yes,
    /// It may be otherwise in a while.
    NotNow(String),
    /// It does not take this one.
    Never(String),
}

struct Waiting {
    tries: u32,
    due: Instant,
}

/// Tells a hub; there is one for each app that has one.
pub struct Publisher<'a> {
    app: &'a App,
    hub: String,
    agent: Agent,
    /// What the hub has been told of already.
    after: Option<Generation>,
    waiting: BTreeMap<String, Waiting>,
}

impl<'a> Publisher<'a> {
    /// The one of the configured hub, if there is any. It goes on where it was before a restart.
    pub fn new(app: &'a App) -> Option<Self> {
        let hub = app.config.websub_hub.as_ref()?;
        let mut publisher = Self {
            hub: hub.as_str().to_owned(),
            agent: outgoing::client(&app.config.outgoing_networks),
            after: None,
            waiting: BTreeMap::new(),
            app,
        };
        publisher.after = publisher.kept();
        Some(publisher)
    }

    /// Looks what has changed, and tells the hub what is due, as long as it is to go on. Gives how
    /// many feeds wait.
    ///
    /// # Errors
    /// When the history or the store cannot be read, or it cannot be noted how far this is.
    pub fn step(
        &mut self,
        now: Instant,
        clock: SystemTime,
        go_on: &dyn Fn() -> bool,
    ) -> Result<usize, HubError> {
        let known = self.app.history.generation();
        match self.after {
            // What was before there was a hub is nobody's news.
            None => self.go_to(known)?,
            Some(after) if after < known => {
                let at = self.look(after, now, clock)?;
                self.go_to(at)?;
            }
            Some(_) => {}
        }
        self.tell_due(now, go_on);
        let topics = &self.app.followed.topics;
        topics.save().map_err(|error| HubError::Io {
            path: self.path(),
            error,
        })?;
        Ok(self.waiting.len())
    }

    /// Notes which feeds changed after a generation; gives up to which one that is known.
    fn look(
        &mut self,
        after: Generation,
        now: Instant,
        clock: SystemTime,
    ) -> Result<Generation, HubError> {
        let app = self.app;
        let (touched, at) = app.history.since(&app.store, after, MOST_TOUCHED)?;
        let are_all = touched.len() >= MOST_TOUCHED;
        let touched: Vec<_> = touched
            .into_iter()
            .filter(|touch| touch.aspects.are_public())
            .map(|touch| touch.entity)
            .collect();
        let mut entities: Vec<Entity> = touched
            .iter()
            .filter_map(|entity| number_of(app.store.base(), entity.as_str()))
            .collect();
        let snapshot = app.store.snapshot()?;
        let view = snapshot.view();
        if view.has_merges()? {
            // Who follows one that was merged goes on with the one that it is now.
            for entity in touched.iter().filter(|_| !are_all) {
                let members = view.members(entity)?;
                let members = members.iter();
                entities.extend(members.filter_map(|one| number_of(view.base(), one.as_str())));
            }
        }
        entities.sort_unstable();
        entities.dedup();
        let topics = app
            .followed
            .topics
            .all(clock, &|key| app.followed.look(key));
        for (address, list) in topics {
            let is_changed = match &list {
                Some(list) => are_all || have_one_in_common(list, &entities),
                None => are_all || !entities.is_empty(),
            };
            if !is_changed {
                continue;
            }
            if self.waiting.len() >= MOST_WAITING && !self.waiting.contains_key(&address) {
                tracing::warn!(hub = self.hub, "too many feeds wait to be told of");
                break;
            }
            // Another change makes a new start.
            self.waiting.insert(address, Waiting { tries: 0, due: now });
        }
        Ok(at)
    }

    fn tell_due(&mut self, now: Instant, go_on: &dyn Fn() -> bool) {
        let due: Vec<String> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| waiting.due <= now)
            .map(|(address, _)| address.clone())
            .take(AT_ONCE)
            .collect();
        for address in due {
            if !go_on() {
                return;
            }
            let topic = self.app.store.base().join(&address);
            let told = self.tell(topic.as_str());
            let Some(waiting) = self.waiting.get_mut(&address) else {
                continue;
            };
            waiting.tries += 1;
            let (hub, tries) = (&self.hub, waiting.tries);
            match told {
                Told::NotNow(reason) if tries < TRIES => {
                    let wait = FIRST_WAIT.saturating_mul(1 << tries.min(16));
                    waiting.due = now + wait.min(LONGEST_WAIT);
                    tracing::debug!(hub, topic = %topic, reason, "the hub is told again later");
                }
                Told::NotNow(reason) | Told::Never(reason) => {
                    tracing::warn!(hub, topic = %topic, reason, tries, "the hub could not be told");
                    self.waiting.remove(&address);
                }
                Told::Yes => {
                    self.waiting.remove(&address);
                }
            }
        }
    }

    fn tell(&self, topic: &str) -> Told {
        let form = [("hub.mode", "publish"), ("hub.url", topic)];
        let body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let answer = self
            .agent
            .post(&self.hub)
            .header("content-type", "application/x-www-form-urlencoded")
            .send(&body);
        match answer {
            Err(error) => Told::NotNow(error.to_string()),
            Ok(mut answer) => {
                let status = answer.status().as_u16();
                // Read, so that the connection can serve again.
                let said = answer.body_mut().with_config();
                let said = said.limit(outgoing::ANSWER_BYTES).read_to_string();
                let said: String = said.unwrap_or_default().chars().take(200).collect();
                match status {
                    200..=299 => Told::Yes,
                    408 | 425 | 429 | 500..=599 => Told::NotNow(format!("{status} {said}")),
                    _ => Told::Never(format!("{status} {said}")),
                }
            }
        }
    }

    fn path(&self) -> PathBuf {
        private::folder(self.app.store.folder())
            .join("followed")
            .join("hub.txt")
    }

    /// How far it was, in this log.
    fn kept(&self) -> Option<Generation> {
        let text = std::fs::read_to_string(self.path()).ok()?;
        let (log, generation) = text.trim().split_once(' ')?;
        let generation = generation.parse().ok().map(Generation)?;
        (log == self.app.store.identity()).then_some(generation)
    }

    fn go_to(&mut self, generation: Generation) -> Result<(), HubError> {
        if self.after == Some(generation) {
            return Ok(());
        }
        let text = format!("{} {generation}\n", self.app.store.identity());
        private::replace(&self.path(), text.as_bytes()).map_err(|error| HubError::Io {
            path: self.path(),
            error,
        })?;
        self.after = Some(generation);
        Ok(())
    }
}

/// Whether two sorted lists have something in common.
fn have_one_in_common(list: &List, others: &[Entity]) -> bool {
    let (few, many) = if list.len() < others.len() {
        (&list[..], others)
    } else {
        (others, &list[..])
    };
    few.iter().any(|one| many.binary_search(one).is_ok())
}
