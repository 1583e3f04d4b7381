//! `affiche restore`

use super::{Console, Ending, configure, log_to_stderr};
use crate::cli::Restore;
use crate::config::Flags;
use crate::model::{Generation, time};
use crate::store::{Since, restore};
use jiff::Timestamp;

pub fn run(options: &Restore, console: &Console) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    log_to_stderr(&config, "warn");
    let since = Since {
        published: options.published.map(Generation),
        is_nothing: options.same_identity,
    };
    let now = time::utc(Timestamp::now());
    let restored = restore(&options.backup, &config.data, &config.base, since, &now)?;
    let mut text = format!(
        "restored generation {} of {} from `{}`\n",
        restored.manifest.generation,
        restored.manifest.time,
        restored.from.display()
    );
    match restored.new_identity {
        Some(identity) => text.push_str(&format!(
            "the log goes on as generation {} under the new identity {identity}: harvesters and caches start again. What was published after the backup is lost; have the sources send it again\n",
            restored.generation
        )),
        None => text.push_str("the log keeps its identity: what readers have still counts\n"),
    }
    console.print(&text)?;
    Ok(Ending::Done)
}
