//! `affiche config print`

use super::{Ending, configure};
use crate::cli::ConfigPrint;
use crate::config::Flags;

pub fn print(options: &ConfigPrint) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    super::print(&config.to_toml())?;
    Ok(Ending::Done)
}
