//! What works beside the server for as long as it runs, each in a thread of its own: what reads
//! the log from behind, and what is due now and then.
//!
//! To add one: a function here that makes its steps, and a row in [`FOLLOWERS`].

use crate::app::followed::hub::Publisher;
use crate::app::history::{self, HistoryError};
use crate::app::identifiers::{self, IdentifiersError};
use crate::app::ldes::{self, LdesError};
use crate::app::links::{self, LinksError};
use crate::app::mirror;
use crate::app::quality::{self, QualityError};
use crate::app::releases::make::{self, MakeError, Outcome};
use crate::app::releases::schedule::{is_due, remove_expired};
use crate::app::search;
use crate::app::sitemap::{self, SitemapError};
use crate::app::statistics::void::Publishing;
use crate::app::statistics::{self, StatisticsError};
use crate::app::{App, embargo, profiles, replica};
use crate::config::Schedule;
use crate::ingest::conformance::FollowError;
use crate::model::Progress;
use crate::store::VerifyingKey;
use jiff::Timestamp;
use std::fmt::Display;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// Something that works beside the server.
pub struct Follower {
    /// What it sees to, for messages.
    pub what: &'static str,
    /// Works until it is told to end.
    run: fn(&App, &Until),
}

/// All of them.
pub static FOLLOWERS: &[Follower] = &[
    Follower {
        what: "held submissions",
        run: publish_what_is_due,
    },
    Follower {
        what: "the profiles",
        run: follow_profiles,
    },
    Follower {
        what: "quality",
        run: follow_quality,
    },
    Follower {
        what: "the checkpoints",
        run: forget_checkpoints,
    },
    Follower {
        what: "the statistics",
        run: follow_statistics,
    },
    Follower {
        what: "the history",
        run: follow_history,
    },
    Follower {
        what: "the event stream",
        run: follow_ldes,
    },
    Follower {
        what: "the identifiers",
        run: follow_identifiers,
    },
    Follower {
        what: "the hub",
        run: tell_hub,
    },
    Follower {
        what: "the index of names",
        run: follow_names,
    },
    Follower {
        what: "the links",
        run: follow_links,
    },
    Follower {
        what: "the mirror",
        run: follow_into_mirror,
    },
    Follower {
        what: "the sitemaps",
        run: follow_sitemaps,
    },
    Follower {
        what: "the releases",
        run: make_releases,
    },
    Follower {
        what: "the copy",
        run: follow_primary,
    },
];

/// How long to wait after a failure, which the next try may meet again.
const FAILURE_PAUSE: Duration = Duration::from_secs(30);

/// Tells one follower when it is to end.
pub struct Until {
    ended: Receiver<()>,
    /// Stops what can be stopped of what it is doing; the rest is done first.
    progress: Arc<Progress>,
}

/// What a step came to.
enum Step {
    /// It is looked again after a while.
    Done(Duration),
    /// It was interrupted because the program ends.
    Interrupted,
    Failed(String),
}

impl Step {
    fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Until {
    /// Whether it is to end now.
    fn is_over(&self) -> bool {
        self.ended.try_recv() == Err(TryRecvError::Disconnected)
    }

    /// Makes one step after the other.
    fn repeat(&self, what: &str, mut step: impl FnMut() -> Step) {
        loop {
            let pause = match step() {
                Step::Done(pause) => pause,
                Step::Interrupted => return,
                Step::Failed(error) => {
                    tracing::error!(error, "{what} could not be brought up to date");
                    FAILURE_PAUSE
                }
            };
            if self.ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }
}

/// The threads of all followers.
pub struct Following(Vec<Running>);

struct Running {
    what: &'static str,
    end: mpsc::Sender<()>,
    progress: Arc<Progress>,
    thread: thread::JoinHandle<()>,
}

impl Following {
    /// Sets them to work.
    pub fn begin(app: &Arc<App>) -> Self {
        let followers = FOLLOWERS.iter();
        let running = followers.map(|follower| {
            let (end, ended) = mpsc::channel::<()>();
            let progress = Arc::new(Progress::default());
            let until = Until {
                ended,
                progress: Arc::clone(&progress),
            };
            let app = Arc::clone(app);
            Running {
                what: follower.what,
                end,
                progress,
                thread: thread::spawn(move || (follower.run)(&app, &until)),
            }
        });
        Self(running.collect())
    }

    /// Tells all of them to end, and waits until they have.
    pub fn end(self) {
        let ending = self.0.into_iter().map(|running| {
            drop(running.end);
            running.progress.stop();
            (running.what, running.thread)
        });
        for (what, thread) in ending.collect::<Vec<_>>() {
            if thread.join().is_err() {
                tracing::error!("the thread for {what} panicked");
            }
        }
    }
}

/// Takes what is new of the server that this is a copy of, if it is one.
fn follow_primary(app: &App, until: &Until) {
    let (Some(primary), Some(interval)) = (app.store.primary(), app.copying.interval) else {
        return;
    };
    let key = match VerifyingKey::parse(&primary.key) {
        Ok(key) => key,
        Err(error) => {
            tracing::error!(%error, "the copy is not followed");
            return;
        }
    };
    let source = replica::Source::new(&primary.url, key);
    let mut follower = replica::Follower::new(app, source);
    until.repeat("the copy", || match follower.step(interval) {
        (_, replica::Step::Reopen) => Step::Interrupted,
        (pause, replica::Step::InStep) => Step::Done(pause),
    });
}

/// Publishes what was held until now.
fn publish_what_is_due(app: &App, until: &Until) {
    if app.store.primary().is_some() {
        return;
    }
    until.repeat("held submissions", || {
        let reports = match embargo::publish_due(app, Timestamp::now()) {
            Ok(reports) => reports,
            Err(error) => {
                tracing::error!(%error, "held submissions could not be published");
                Vec::new()
            }
        };
        for report in reports {
            tracing::info!(
                source = %report.source,
                outcome = ?report.outcome,
                generation = %report.generation,
                "a held submission was due"
            );
        }
        Step::Done(Duration::from_secs(1))
    });
}

/// Brings the profiles up to date soon after each change of too many entities.
fn follow_profiles(app: &App, until: &Until) {
    if app.store.primary().is_some() {
        return;
    }
    let mut seen = None;
    until.repeat("the profiles", || {
        let latest = app.store.generation();
        if seen != Some(latest) {
            seen = Some(latest);
            match profiles::bring_up_to_date(app, &until.progress) {
                Ok(None) | Err(FollowError::Stopped) => {}
                Ok(Some(generation)) => {
                    seen = Some(generation);
                    tracing::info!(%generation, "the profiles are up to date");
                }
                // It is tried again after the next change, and at the next start.
                Err(error) => tracing::error!(%error, "the profiles stay behind"),
            }
        }
        Step::Done(Duration::from_millis(500))
    });
}

/// Judges what is published by the profiles.
fn follow_quality(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = quality::Follower::new(app, &is_stopped);
    until.repeat("quality", || match follower.step(Timestamp::now()) {
        // Between two slices of rehearsals, which take twice as long, a processor rests.
        Ok(true) => Step::Done(Duration::from_millis(100)),
        Ok(false) => Step::Done(Duration::from_millis(250)),
        Err(QualityError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "what is known of quality is made again at the next start");
    }
}

/// Lets checkpoints go for which nobody has asked for a while, and all of them at the end.
fn forget_checkpoints(app: &App, until: &Until) {
    until.repeat("the checkpoints", || {
        app.checkpoints.forget_after(Duration::from_secs(60));
        Step::Done(Duration::from_secs(5))
    });
    if let Err(error) = app.checkpoints.close() {
        tracing::warn!(%error, "checkpoints stay behind");
    }
}

/// Counts what is in the store.
fn follow_statistics(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = statistics::Follower::new(app, &is_stopped);
    let mut publishing = Publishing::default();
    let is_copy = app.store.primary().is_some();
    until.repeat("the statistics", || {
        let stepped = follower.step().and_then(|_| {
            if is_copy {
                return Ok(None);
            }
            Ok(publishing.step(app, Timestamp::now())?)
        });
        match stepped {
            Ok(published) => {
                if let Some(generation) = published {
                    tracing::info!(%generation, "the description of the data set is up to date");
                }
                Step::Done(Duration::from_millis(100))
            }
            Err(StatisticsError::Interrupted) => Step::Interrupted,
            Err(error) => Step::failed(error),
        }
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "the statistics are counted again at the next start");
    }
}

/// Notes which changes touched which entity.
fn follow_history(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = history::Follower::new(app, &is_stopped);
    until.repeat("the history", || match follower.step() {
        Ok(_) => Step::Done(Duration::from_millis(50)),
        Err(HistoryError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "a part of the history is read again at the next start");
    }
}

/// Puts versions on pages: who follows the stream asks for the last one now and then.
fn follow_ldes(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = ldes::Follower::new(app, &is_stopped);
    until.repeat("the event stream", || match follower.step() {
        Ok(_) => Step::Done(Duration::from_millis(100)),
        Err(LdesError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "a part of the event stream is read again at the next start");
    }
}

/// Keeps the identifiers of senders in step: who has just sent some asks for them.
fn follow_identifiers(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = identifiers::Follower::new(app, &is_stopped);
    until.repeat("the identifiers", || match follower.step() {
        Ok(_) => Step::Done(Duration::from_millis(20)),
        Err(IdentifiersError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "the identifiers are read again at the next start");
    }
}

/// Tells the hub of changes, if there is one.
fn tell_hub(app: &App, until: &Until) {
    let Some(mut publisher) = Publisher::new(app) else {
        return;
    };
    until.repeat("the hub", || {
        match publisher.step(Instant::now(), SystemTime::now(), &|| !until.is_over()) {
            Ok(_) => Step::Done(Duration::from_millis(500)),
            Err(error) => Step::failed(error),
        }
    });
}

/// Keeps the index of names in step.
fn follow_names(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = search::Follower::new(app, &is_stopped);
    until.repeat("the index of names", || match follower.step() {
        // To write them down takes some hundredths of a second each time.
        Ok(true) => Step::Done(Duration::from_secs(1)),
        Ok(false) => Step::Done(Duration::from_millis(100)),
        Err(search::FollowError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
}

/// Reads what points to what.
fn follow_links(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = links::Follower::new(app, &is_stopped);
    until.repeat("the links", || match follower.step() {
        Ok(_) => Step::Done(Duration::from_millis(100)),
        Err(LinksError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
    if let Err(error) = follower.save() {
        tracing::warn!(%error, "the links are read again at the next start");
    }
}

/// Keeps another store in step, if there is one.
fn follow_into_mirror(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let Some(mut follower) = mirror::Follower::new(&app.store, &app.mirror, &is_stopped) else {
        return;
    };
    until.repeat("the mirror", || match follower.work() {
        Some(pause) => Step::Done(pause),
        None => Step::Interrupted,
    });
}

/// Notes which documents are published.
fn follow_sitemaps(app: &App, until: &Until) {
    let is_stopped = || until.is_over();
    let mut follower = sitemap::Follower::new(app, &is_stopped);
    until.repeat("the sitemaps", || match follower.step() {
        // A change copies the files that it touches; crawlers do not come every second.
        Ok(_) => Step::Done(Duration::from_secs(1)),
        Err(SitemapError::Interrupted) => Step::Interrupted,
        Err(error) => Step::failed(error),
    });
}

/// Makes a release whenever one is due.
fn make_releases(app: &App, until: &Until) {
    let schedule = app.config.release_schedule;
    if schedule == Schedule::Off || app.store.primary().is_some() {
        return;
    }
    let missing = make::missing(app);
    if !missing.is_empty() {
        let missing = missing.join(", ");
        tracing::warn!("no release is made by itself until the configuration has {missing}");
        return;
    }
    let progress = Arc::clone(&until.progress);
    let is_called_off = || progress.is_stopped();
    until.repeat("the releases", || {
        let now = Timestamp::now();
        let all = app.releases.all();
        let last = all.last().map(|last| last.manifest.date.as_str());
        if is_due(schedule, last, now) {
            match make::make(app, now, &is_called_off) {
                Ok(Outcome::Made(manifest)) => tracing::info!(
                    date = manifest.date,
                    generation = %manifest.generation,
                    "a release was due and is made"
                ),
                Ok(Outcome::Unchanged(_)) | Err(MakeError::Busy) => {}
                Err(MakeError::CalledOff) => return Step::Interrupted,
                Err(error) => return Step::failed(error),
            }
        }
        match remove_expired(app, now) {
            Ok(dates) => {
                for date in dates {
                    tracing::info!(date, "the files of a release were kept long enough");
                }
            }
            Err(error) => return Step::failed(error),
        }
        Step::Done(Duration::from_secs(60))
    });
}
