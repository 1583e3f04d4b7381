//! The submissions under way and those of the last day, so that who did not wait for a report
//! finds it at an address of its own. They are in memory: a restart forgets them, and what was
//! accepted is in the log all the same.

use crate::app::private;
use crate::http::problem::Problem;
use crate::ingest::{Outcome, Report};
use crate::model::{Generation, Lang, Mode, Progress, SourceName};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How long an ended submission is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How many are kept at most; the oldest that have ended go first.
const MOST: usize = 256;

/// One submission.
#[derive(Debug)]
pub struct Submission {
    pub id: String,
    pub source: SourceName,
    pub mode: Mode,
    pub is_dry_run: bool,
    pub received: Timestamp,
    /// Written by the door.
    pub progress: Progress,
    state: watch::Sender<State>,
}

/// How far it is.
#[derive(Clone, Debug)]
pub enum State {
    /// Others are before it.
    Waiting,
    Running,
    Done(Ended),
}

/// How it ended.
#[derive(Clone, Debug)]
pub struct Ended {
    pub time: Timestamp,
    pub result: Result<Done, Problem>,
}

/// What the door said.
#[derive(Clone, Debug)]
pub struct Done {
    pub report: Arc<Report>,
    /// The generation in which the source last changed.
    pub source_generation: Option<Generation>,
}

impl State {
    /// The word for programs.
    pub fn name(&self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done(_) => "done",
        }
    }
}

impl Submission {
    pub fn state(&self) -> State {
        self.state.borrow().clone()
    }

    pub fn run(&self) {
        self.state.send_replace(State::Running);
    }

    pub fn end(&self, result: Result<Done, Problem>, time: Timestamp) {
        self.state.send_replace(State::Done(Ended { time, result }));
    }

    /// Waits for the end.
    pub async fn ended(&self) -> Option<Ended> {
        let mut state = self.state.subscribe();
        let state = state.wait_for(|state| matches!(state, State::Done(_)));
        match &*state.await.ok()? {
            State::Done(ended) => Some(ended.clone()),
            State::Waiting | State::Running => None,
        }
    }

    /// Where it can be asked for.
    pub fn path(&self) -> String {
        format!("/sources/{}/submissions/{}", self.source, self.id)
    }

    /// What is known of it, for programs; `problem` writes a problem as JSON.
    pub fn to_json(&self, lang: Lang, problem: impl Fn(&Problem, Lang) -> Value) -> Value {
        let state = self.state();
        let mut object = json!({
            "id": self.id,
            "source": self.source,
            "mode": self.mode,
            "dry_run": self.is_dry_run,
            "state": state.name(),
            "received": self.received.to_string(),
        });
        if let State::Running = state {
            let (done, total) = self.progress.steps();
            object["stage"] = json!(self.progress.stage().name());
            object["done"] = json!(done);
            object["total"] = json!(total);
            object["estimate"] = json!(self.progress.estimate());
        }
        if let State::Done(ended) = state {
            object["ended"] = json!(ended.time.to_string());
            match &ended.result {
                Ok(done) => object["report"] = json!(*done.report),
                Err(error) => object["problem"] = problem(error, lang),
            }
        }
        object
    }

    /// The same in one line.
    pub fn summary(&self) -> Value {
        let mut object = json!({
            "href": self.path(),
            "state": self.state().name(),
            "received": self.received.to_string(),
        });
        if let State::Done(ended) = self.state()
            && let Ok(done) = ended.result
        {
            object["outcome"] = json!(done.report.outcome);
            object["counts"] = json!(done.report.counts);
        }
        object
    }
}

impl Done {
    pub fn is_refused(&self) -> bool {
        self.report.outcome == Outcome::Refused
    }
}

/// Those that are known.
#[derive(Debug, Default)]
pub struct Submissions(Mutex<VecDeque<Arc<Submission>>>);

impl Submissions {
    /// Takes one in, and forgets those that ended long ago.
    pub fn begin(
        &self,
        source: &SourceName,
        mode: Mode,
        is_dry_run: bool,
        now: Timestamp,
    ) -> Arc<Submission> {
        let submission = Arc::new(Submission {
            id: private::random_name(),
            source: source.clone(),
            mode,
            is_dry_run,
            received: now,
            progress: Progress::default(),
            state: watch::Sender::new(State::Waiting),
        });
        let mut all = self.all();
        let mut surplus = (all.len() + 1).saturating_sub(MOST);
        all.retain(|other| {
            let State::Done(ended) = other.state() else {
                return true;
            };
            let goes = surplus > 0 || now.duration_since(ended.time) >= KEPT;
            surplus = surplus.saturating_sub(usize::from(goes));
            !goes
        });
        all.push_back(Arc::clone(&submission));
        submission
    }

    /// One of a source's.
    pub fn find(&self, source: &SourceName, id: &str) -> Option<Arc<Submission>> {
        self.all()
            .iter()
            .find(|submission| submission.id == id && submission.source == *source)
            .cloned()
    }

    /// A source's, the last one first.
    pub fn of(&self, source: &SourceName) -> Vec<Arc<Submission>> {
        let all = self.all();
        let own = all.iter().rev().filter(|other| other.source == *source);
        own.cloned().collect()
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Submission>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_kept_and_what_ended_goes_after_a_day_or_when_there_are_too_many() {
        let submissions = Submissions::default();
        let source: SourceName = "theatre".parse().expect("a name");
        let now = Timestamp::UNIX_EPOCH;
        let begin = |now| submissions.begin(&source, Mode::Replace, false, now);
        let done = || {
            Ok(Done {
                report: Arc::new(Report::new(source.clone(), Generation(1))),
                source_generation: None,
            })
        };
        let running = begin(now);
        running.run();
        let ended = begin(now);
        ended.end(done(), now);
        begin(now + SignedDuration::from_hours(25));
        assert!(submissions.find(&source, &running.id).is_some());
        assert!(submissions.find(&source, &ended.id).is_none());
        for _ in 0..2 * MOST {
            begin(now).end(done(), now);
        }
        assert!(submissions.of(&source).len() <= MOST);
        assert!(submissions.find(&source, &running.id).is_some());
    }
}
