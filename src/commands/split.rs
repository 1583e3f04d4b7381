//! `affiche split`

use super::{Console, Ending, tell_decision};
use crate::app::{App, Purpose};
use crate::cli::Split;
use crate::ingest::hands;
use crate::store::fill_random;
use anyhow::Context as _;
use jiff::Timestamp;

pub fn run(options: &Split, console: &Console) -> anyhow::Result<Ending> {
    let decision = &options.decision;
    if options.show {
        let app = console.open(&decision.folder, Purpose::Read)?;
        return show(&app, console, &options.entity);
    }
    let app = console.open(&decision.folder, Purpose::Write)?;
    let into = options
        .into
        .iter()
        .map(|share| share.parse().map_err(anyhow::Error::msg))
        .collect::<anyhow::Result<Vec<hands::Share>>>()
        .context("`--into`")?;
    let split = hands::Split {
        entity: &options.entity,
        into: &into,
        because: decision.because.as_deref(),
        is_dry_run: decision.dry_run,
    };
    let report = hands::split(
        &app.store,
        &app.door,
        &split,
        Timestamp::now(),
        &mut fill_random,
    )?;
    tell_decision(&app, console, decision, &report)
}

fn show(app: &App, console: &Console, entity: &str) -> anyhow::Result<Ending> {
    let snapshot = app.store.snapshot()?;
    let mut text = String::new();
    for (source, (statements, identifiers)) in hands::shares(&snapshot.view(), entity)? {
        text.push_str(&format!("{source}\t{statements} statements\n"));
        for identifier in identifiers {
            text.push_str(&format!("{source}:{identifier}\n"));
        }
    }
    console.print(&text)?;
    Ok(Ending::Done)
}
