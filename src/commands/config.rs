//! `affiche config print`

use super::{Console, Ending, configure};
use crate::cli::ConfigPrint;
use crate::config::Flags;

pub fn print(options: &ConfigPrint, console: &Console) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    console.print(&config.to_toml())?;
    Ok(Ending::Done)
}
