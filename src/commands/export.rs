//! `affiche export`

use super::{Console, Ending};
use crate::app::{Purpose, dumps};
use crate::cli::{Export, ExportFormat};
use crate::publish::DUMPS;
use anyhow::Context as _;
use std::io::BufWriter;

pub fn run(options: &Export, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let snapshot = app.store.snapshot()?;
    let out = BufWriter::new(console.out());
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
