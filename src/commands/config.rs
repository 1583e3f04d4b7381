//! `affiche config print`

use super::{Ending, configure};
use crate::cli::ConfigPrint;
use crate::config::Flags;
use std::io::{self, Write as _};

pub fn print(options: &ConfigPrint) -> anyhow::Result<Ending> {
    let config = configure(&options.folder, Flags::new())?;
    io::stdout().lock().write_all(config.to_toml().as_bytes())?;
    Ok(Ending::Done)
}
