//! `affiche serve`

use super::{Ending, configure, control, log_to_stderr, open_with, tell, told};
use crate::app::followers::Following;
use crate::app::{App, Purpose, demo};
use crate::cli::{Folder, Serve};
use crate::config::Config;
use crate::http;
use anyhow::{Context as _, anyhow};
use jiff::Timestamp;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

/// How often it is looked whether another state of the folder waits.
const REOPENING: Duration = Duration::from_millis(200);
/// The demo's folder when none is named.
const DEMO_FOLDER: &str = "affiche-demo";

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
    serve_folder(config, options.demo, |config| {
        let app = open_with(config, Purpose::Create)?;
        if options.demo {
            fill(&app)?;
        }
        Ok(app)
    })?;
    Ok(Ending::Done)
}

/// Why serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It was told to.
    Stopped,
    /// Another state of the folder waits to be opened.
    Reopen,
}

/// Serves the folder that `open` opens, with all that works beside the server, until it is told to
/// stop.
pub(super) fn serve_folder(
    config: Config,
    is_demo: bool,
    open: impl FnOnce(Config) -> anyhow::Result<App>,
) -> anyhow::Result<Ended> {
    let runtime = Runtime::new().context("no threads could be started")?;
    // The port first: it is quickly known, and filling a demo takes a moment.
    let listener = runtime.block_on(listen(&config))?;
    let app = Arc::new(open(config)?);
    let following = Following::begin(&app);
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
    let served = runtime.block_on(serve(Arc::clone(&app), listener, is_demo));
    drop(control);
    following.end();
    served?;
    // What does not hear that it should stop does not keep the program from ending.
    runtime.shutdown_background();
    Ok(if app.copying.wants_reopening() {
        Ended::Reopen
    } else {
        Ended::Stopped
    })
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
    let copy = Arc::clone(&app);
    let stop = async move {
        let reopening = async {
            while !copy.copying.wants_reopening() {
                tokio::time::sleep(REOPENING).await;
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            () = reopening => {
                tell("affiche: another state of the folder is opened; running requests are finished first");
                return;
            }
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
