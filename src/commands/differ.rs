//! `affiche differ`

use super::{Console, Ending, tell_decision};
use crate::app::Purpose;
use crate::cli::Differ;
use crate::ingest::hands;
use jiff::Timestamp;

pub fn run(options: &Differ, console: &Console) -> anyhow::Result<Ending> {
    let decision = &options.decision;
    let app = console.open(&decision.folder, Purpose::Write)?;
    let differ = hands::Differ {
        one: &options.one,
        other: &options.other,
        because: decision.because.as_deref(),
        is_dry_run: decision.dry_run,
    };
    let report = hands::differ(&app.store, &app.door, &differ, Timestamp::now())?;
    tell_decision(&app, console, decision, &report)
}
