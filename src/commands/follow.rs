//! `affiche follow`

use super::serve::{Ended, serve_folder};
use super::{Ending, configure, log_to_stderr, open_with, tell};
use crate::app::Purpose;
use crate::app::replica::{CopyError, Source, begin};
use crate::cli::Follow;
use crate::config::Config;
use crate::store::{Primary, VerifyingKey};
use anyhow::{Context as _, anyhow, bail};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

/// The first pause after a failure of the first copy; it doubles with each.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// So many answers in a row that do not verify are no accident.
const MOST_FAULTS: u32 = 5;

pub fn run(options: &Follow) -> anyhow::Result<Ending> {
    let further = options
        .bind
        .iter()
        .map(|bind| ("bind", bind.clone()))
        .collect();
    let config = configure(&options.folder, further)?;
    log_to_stderr(&config, &config.log_filter);
    let key = key(&options.key)?;
    let primary = Primary {
        url: options.url.trim_end_matches('/').to_owned(),
        key: key.line(),
    };
    let source = Source::new(&primary.url, key);
    make_copy(&config, &primary, &source)?;
    let ended = serve_folder(config, false, |config| {
        let mut app = open_with(config, Purpose::Write)?;
        app.copying.interval = Some(Duration::from_secs(options.interval.max(1)));
        Ok(app)
    })?;
    match ended {
        Ended::Stopped => Ok(Ending::Done),
        Ended::Reopen => Err(restart().into()),
    }
}

/// The folder's own key goes before one that is typed differently: it vouches for what is there.
fn make_copy(config: &Config, primary: &Primary, source: &Source) -> anyhow::Result<()> {
    let folder = &config.data;
    match Primary::read(folder)? {
        Some(known) if known.key != primary.key => bail!(
            "`{}` is a copy that another key vouches for ({}); use another folder, or give that key",
            folder.display(),
            known.key
        ),
        None if has_log(folder) => bail!(
            "`{}` holds data of its own; a copy needs a folder for itself",
            folder.display()
        ),
        known => {
            if known.as_ref() != Some(primary) && has_log(folder) {
                // The same server at another address.
                primary.write(folder)?;
            }
        }
    }
    if has_log(folder) {
        return Ok(());
    }
    let (mut pause, mut faults) = (FIRST_PAUSE, 0);
    loop {
        let say = |text: String| tell(&format!("affiche: {text}"));
        match begin(folder, primary, source, &say) {
            Ok(()) => return Ok(()),
            Err(error) => {
                faults += u32::from(matches!(error, CopyError::Unverified(_)));
                if !matches!(error, CopyError::Unreachable(_) | CopyError::Unverified(_))
                    || faults >= MOST_FAULTS
                {
                    return Err(error)
                        .with_context(|| format!("`{}` cannot be copied", source.url()));
                }
                tell(&format!("affiche: {error}; it is tried again"));
                thread::sleep(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

fn has_log(folder: &Path) -> bool {
    folder.join("log").is_dir() || folder.join("staged").is_dir()
}

/// A public key: minisign's line, or a file that ends with it.
fn key(text: &str) -> anyhow::Result<VerifyingKey> {
    if let Ok(key) = VerifyingKey::parse(text) {
        return Ok(key);
    }
    let file = fs::read_to_string(text).map_err(|error| {
        anyhow!("`{text}` is no public key of minisign, and no file with one ({error})")
    })?;
    VerifyingKey::parse(&file).with_context(|| format!("`{text}`"))
}

/// Starts this program anew in its own place, so that nothing of the former state stays in memory.
fn restart() -> std::io::Error {
    let mut arguments = std::env::args_os();
    let own = arguments.next().unwrap_or_default();
    let program = std::env::current_exe().unwrap_or_else(|_| own.into());
    Command::new(program).args(arguments).exec()
}
