//! `affiche backup`

use super::{Console, Ending, configure, log_to_stderr};
use crate::app::{Purpose, opening};
use crate::cli::Backup;
use crate::config::Flags;
use crate::model::time;
use crate::store::{Store, StoreError, backup};
use jiff::Timestamp;

pub fn run(options: &Backup, console: &Console) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    log_to_stderr(&config, "warn");
    let store = match Store::open(&config.data, &opening(&config, Purpose::Read)) {
        Ok(store) => Some(store),
        Err(StoreError::AlreadyOpen(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let made = backup(
        &config.data,
        store.as_ref(),
        &config.base,
        &options.target,
        &time::utc(Timestamp::now()),
    )?;
    let mut text = format!(
        "saved up to generation {} in `{}`: {} files, {} of them as in the backup before\n",
        made.manifest.generation,
        made.folder.display(),
        made.manifest.files.len(),
        made.linked
    );
    if !made.manifest.store {
        text.push_str(
            "another process has the folder open, so the store is not in it; restoring makes it from the log\n",
        );
    }
    console.print(&text)?;
    Ok(Ending::Done)
}
