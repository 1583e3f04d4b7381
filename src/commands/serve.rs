//! `affiche serve`

use super::{Ending, configure, control, log_to_stderr, open_with, tell, told};
use crate::app::history::{self, HistoryError};
use crate::app::links::{self, LinksError};
use crate::app::quality::{self, QualityError};
use crate::app::statistics::void::Publishing;
use crate::app::statistics::{self, StatisticsError};
use crate::app::{App, Purpose, demo, embargo, profiles};
use crate::cli::{Folder, Serve};
use crate::config::Config;
use crate::http;
use crate::ingest::conformance::FollowError;
use crate::model::Progress;
use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError, TryRecvError};
use std::thread;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// The demo's folder when none is named.
const DEMO_FOLDER: &str = "affiche-demo";

/// How often it is looked whether a held submission is due.
const EMBARGO_PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether there is a change to count.
const STATISTICS_PAUSE: Duration = Duration::from_millis(100);
/// How often it is looked whether there is a change of which to note what it touched.
const HISTORY_PAUSE: Duration = Duration::from_millis(50);
/// How often it is looked whether there is a change that makes other links.
const LINKS_PAUSE: Duration = Duration::from_millis(100);
/// How often it is looked whether there is a change to judge.
const QUALITY_PAUSE: Duration = Duration::from_millis(250);
/// How long a processor rests between two slices of rehearsals, which take twice as long.
const REHEARSAL_PAUSE: Duration = Duration::from_millis(100);
/// How long to wait after a failure, which the next try may meet again.
const FAILURE_PAUSE: Duration = Duration::from_secs(30);

/// How often it is looked whether a checkpoint is still of use, and how long nobody has to have
/// asked for it.
const CHECKPOINTS_PAUSE: Duration = Duration::from_secs(5);
const CHECKPOINTS_IDLE: Duration = Duration::from_secs(60);

/// How often it is looked whether the profiles are behind.
const PROFILES_PAUSE: Duration = Duration::from_millis(500);

pub fn run(options: &Serve) -> anyhow::Result<Ending> {
    let further = options
        .bind
        .iter()
        .map(|bind| ("bind", bind.clone()))
        .collect();
    let folder = if options.demo {
        demo_folder(&options.folder)?
    } else {
        Folder {
            data: options.folder.data.clone(),
            base: options.folder.base.clone(),
            config: options.folder.config.clone(),
        }
    };
    let mut config = configure(&folder, further)?;
    if options.demo && config.base_if_given().is_none() && !config.bind.ip().is_unspecified() {
        // A new demo's IRIs lead to where it is served, so that every link in it works.
        if let Ok(base) = format!("http://{}", config.bind).parse() {
            config.base = base;
        }
    }
    log_to_stderr(&config, &config.log_filter);
    let runtime = Runtime::new().context("no threads could be started")?;
    // The port first: it is quickly known, and filling a demo takes a moment.
    let listener = runtime.block_on(listen(&config))?;
    let app = open_with(config, Purpose::Create)?;
    if options.demo {
        fill(&app)?;
    }
    let app = Arc::new(app);
    let embargo = watch_embargo(Arc::clone(&app));
    let profiles = watch_profiles(Arc::clone(&app));
    let quality = watch_quality(Arc::clone(&app));
    let checkpoints = watch_checkpoints(Arc::clone(&app));
    let statistics = watch_statistics(Arc::clone(&app));
    let links = watch_links(Arc::clone(&app));
    let history = watch_history(Arc::clone(&app));
    let control = control::listen(Arc::clone(&app)).with_context(|| {
        format!(
            "no commands can be taken in `{}`",
            app.store.folder().display()
        )
    });
    // A folder on which sockets cannot be made can be served all the same.
    if let Err(error) = &control {
        tell(&format!("affiche: {}", told(error)));
    }
    let served = runtime.block_on(serve(app, listener, options.demo));
    drop(control);
    profiles.end();
    embargo.end();
    quality.end();
    checkpoints.end();
    statistics.end();
    links.end();
    history.end();
    served?;
    // What does not hear that it should stop does not keep the program from ending.
    runtime.shutdown_background();
    Ok(Ending::Done)
}

fn demo_folder(folder: &Folder) -> anyhow::Result<Folder> {
    let data = folder
        .data
        .clone()
        .or_else(|| std::env::var_os("AFFICHE_DATA").map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from(DEMO_FOLDER));
    demo::configure(&data)?;
    Ok(Folder {
        data: Some(data),
        base: folder.base.clone(),
        config: folder.config.clone(),
    })
}

fn fill(app: &App) -> anyhow::Result<()> {
    let lang = super::system_lang().unwrap_or_else(|| app.config.default_lang());
    for report in demo::fill(app, Timestamp::now())? {
        // The first line says how it went; the rest is in the reports of `affiche submit`.
        let text = report.text(lang);
        for line in text.lines().take(2) {
            tell(line);
        }
    }
    Ok(())
}

/// Publishes what was held until now, for as long as the server runs.
fn watch_embargo(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        loop {
            match embargo::publish_due(&app, Timestamp::now()) {
                Ok(reports) => {
                    for report in reports {
                        tracing::info!(
                            source = %report.source,
                            outcome = ?report.outcome,
                            generation = %report.generation,
                            "a held submission was due"
                        );
                    }
                }
                Err(error) => tracing::error!(%error, "held submissions could not be published"),
            }
            // Whoever drops the other end, or sends, wants it to end.
            if ended.recv_timeout(EMBARGO_PAUSE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "held submissions",
    }
}

/// Lets checkpoints go that nobody asks for, and all of them at the end.
fn watch_checkpoints(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        while ended.recv_timeout(CHECKPOINTS_PAUSE) == Err(RecvTimeoutError::Timeout) {
            app.checkpoints.forget_after(CHECKPOINTS_IDLE);
        }
        if let Err(error) = app.checkpoints.close() {
            tracing::warn!(%error, "checkpoints stay behind");
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "checkpoints",
    }
}

/// Judges what is published by the profiles, for as long as the server runs.
fn watch_quality(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let is_stopped = || ended.try_recv() == Err(TryRecvError::Disconnected);
        let mut follower = quality::Follower::new(&app, &is_stopped);
        loop {
            let pause = match follower.step(Timestamp::now()) {
                Ok(true) => REHEARSAL_PAUSE,
                Ok(false) => QUALITY_PAUSE,
                Err(QualityError::Interrupted) => break,
                Err(error) => {
                    tracing::error!(%error, "quality could not be brought up to date");
                    FAILURE_PAUSE
                }
            };
            if ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        if let Err(error) = follower.save() {
            tracing::warn!(%error, "what is known of quality is made again at the next start");
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "quality",
    }
}

/// Counts what is in the store, for as long as the server runs.
fn watch_statistics(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let is_stopped = || ended.try_recv() == Err(TryRecvError::Disconnected);
        let mut follower = statistics::Follower::new(&app, &is_stopped);
        let mut publishing = Publishing::default();
        loop {
            let stepped = follower.step().and_then(|_| {
                let published = publishing.step(&app, Timestamp::now())?;
                Ok(published)
            });
            let pause = match stepped {
                Ok(published) => {
                    if let Some(generation) = published {
                        tracing::info!(%generation, "the description of the data set is up to date");
                    }
                    STATISTICS_PAUSE
                }
                Err(StatisticsError::Interrupted) => break,
                Err(error) => {
                    tracing::error!(%error, "the statistics could not be brought up to date");
                    FAILURE_PAUSE
                }
            };
            if ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        if let Err(error) = follower.save() {
            tracing::warn!(%error, "the statistics are counted again at the next start");
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "statistics",
    }
}

/// Notes which changes touched which entity, for as long as the server runs.
fn watch_history(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let is_stopped = || ended.try_recv() == Err(TryRecvError::Disconnected);
        let mut follower = history::Follower::new(&app, &is_stopped);
        loop {
            let pause = match follower.step() {
                Ok(_) => HISTORY_PAUSE,
                Err(HistoryError::Interrupted) => break,
                Err(error) => {
                    tracing::error!(%error, "the history could not be brought up to date");
                    FAILURE_PAUSE
                }
            };
            if ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        if let Err(error) = follower.save() {
            tracing::warn!(%error, "a part of the history is read again at the next start");
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "the history",
    }
}

/// Reads what points to what, for as long as the server runs.
fn watch_links(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        let is_stopped = || ended.try_recv() == Err(TryRecvError::Disconnected);
        let mut follower = links::Follower::new(&app, &is_stopped);
        loop {
            let pause = match follower.step() {
                Ok(_) => LINKS_PAUSE,
                Err(LinksError::Interrupted) => break,
                Err(error) => {
                    tracing::error!(%error, "the links could not be brought up to date");
                    FAILURE_PAUSE
                }
            };
            if ended.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
        }
        if let Err(error) = follower.save() {
            tracing::warn!(%error, "the links are read again at the next start");
        }
    });
    Watch {
        end,
        thread,
        progress: Arc::default(),
        what: "links",
    }
}

/// Brings the profiles up to date soon after each change of too many entities, for as long as the
/// server runs.
fn watch_profiles(app: Arc<App>) -> Watch {
    let (end, ended) = mpsc::channel::<()>();
    let progress = Arc::new(Progress::default());
    let watched = Arc::clone(&progress);
    let thread = thread::spawn(move || {
        let mut seen = None;
        loop {
            let latest = app.store.generation();
            if seen != Some(latest) {
                seen = Some(latest);
                match profiles::bring_up_to_date(&app, &watched) {
                    Ok(None) | Err(FollowError::Stopped) => {}
                    Ok(Some(generation)) => {
                        seen = Some(generation);
                        tracing::info!(%generation, "the profiles are up to date");
                    }
                    // It is tried again after the next change, and at the next start.
                    Err(error) => tracing::error!(%error, "the profiles stay behind"),
                }
            }
            if ended.recv_timeout(PROFILES_PAUSE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    });
    Watch {
        end,
        thread,
        progress,
        what: "the profiles",
    }
}

/// A thread that ends when it is told to.
struct Watch {
    end: mpsc::Sender<()>,
    thread: thread::JoinHandle<()>,
    /// Stops what can be stopped of what it is doing; the rest is done first.
    progress: Arc<Progress>,
    /// What it is for.
    what: &'static str,
}

impl Watch {
    fn end(self) {
        drop(self.end);
        self.progress.stop();
        if self.thread.join().is_err() {
            tracing::error!("the thread for {} panicked", self.what);
        }
    }
}

async fn listen(config: &Config) -> anyhow::Result<TcpListener> {
    TcpListener::bind(config.bind)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => anyhow!(
                "the port of `{}` is in use by another program (or another affiche); stop that one, or choose another port with `--bind {}:{}`",
                config.bind,
                config.bind.ip(),
                config.bind.port().wrapping_add(1).max(1024),
            ),
            io::ErrorKind::PermissionDenied => anyhow!(
                "this user may not listen on `{}`; ports below 1024 need more rights: choose another one with `--bind`",
                config.bind
            ),
            io::ErrorKind::AddrNotAvailable => anyhow!(
                "`{}` is no address of this machine; choose another one with `--bind`",
                config.bind
            ),
            _ => anyhow!("`{}` cannot be listened on: {error}", config.bind),
        })
}

async fn serve(app: Arc<App>, listener: TcpListener, is_demo: bool) -> anyhow::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let address = listener.local_addr()?;
    announce(&app, &format!("http://{address}/"), is_demo);
    let stop = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tell("affiche: stopping; running requests are finished first");
    };
    http::serve(app, listener, stop).await?;
    Ok(())
}

/// The last lines before it waits for requests: where to look.
fn announce(app: &App, address: &str, is_demo: bool) {
    tell(&format!(
        "affiche: serving `{}` at {address} (generation {}, base {}/)",
        app.store.folder().display(),
        app.store.generation(),
        app.store.base()
    ));
    if is_demo {
        tell(&format!(
            "\nThe demo is ready; all names and dates in it are invented. Try:\n  \
             {address}                  the programme, in a browser\n  \
             {address}sparql            queries, with examples\n  \
             {address}dumps/            all the data in files\n  \
             curl {address}ns.ttl       the ontology\n\
             Ctrl-C stops it."
        ));
    }
}
