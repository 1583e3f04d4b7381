//! `affiche rebuild`

use super::{Console, Ending, configure, log_to_stderr};
use crate::app::{Purpose, opening};
use crate::cli::Rebuild;
use crate::config::Flags;
use crate::store::Store;

pub fn run(options: &Rebuild, console: &Console) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    log_to_stderr(&config, "warn");
    let store = Store::rebuild(&config.data, &opening(&config, Purpose::Read))?;
    console.print(&format!(
        "rebuilt from the log up to generation {}\n",
        store.generation()
    ))?;
    Ok(Ending::Done)
}
