//! `affiche export`

use super::{Ending, open};
use crate::app::{Purpose, dumps};
use crate::cli::{Export, ExportFormat};
use crate::publish::DUMPS;
use anyhow::Context as _;
use std::io::{self, BufWriter};

pub fn run(options: &Export) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Read)?;
    let snapshot = app.store.snapshot()?;
    let out = BufWriter::new(io::stdout().lock());
    let name = match options.format {
        ExportFormat::Nquads => {
            dumps::write_everything(snapshot.view(), out)?;
            return Ok(Ending::Done);
        }
        ExportFormat::Turtle => "turtle",
        ExportFormat::Jsonld => "jsonld",
    };
    let format = DUMPS
        .iter()
        .find(|format| format.name == name)
        .context("this program cannot write that format")?;
    dumps::write_public(snapshot.view(), format, &app.context, out)?;
    Ok(Ending::Done)
}
