//! `affiche merge`

use super::{Console, Ending, tell_decision};
use crate::app::Purpose;
use crate::cli::Merge;
use crate::ingest::hands;
use jiff::Timestamp;

pub fn run(options: &Merge, console: &Console) -> anyhow::Result<Ending> {
    let decision = &options.decision;
    let app = console.open(&decision.folder, Purpose::Write)?;
    let merge = hands::Merge {
        one: &options.one,
        other: &options.other,
        because: decision.because.as_deref(),
        is_despite_different: options.despite_different,
        is_dry_run: decision.dry_run,
    };
    let report = hands::merge(&app.store, &app.door, &merge, Timestamp::now())?;
    tell_decision(&app, console, decision, &report)
}
