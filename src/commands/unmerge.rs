//! `affiche unmerge`

use super::{Console, Ending, tell_decision};
use crate::app::Purpose;
use crate::cli::Unmerge;
use crate::ingest::hands;
use jiff::Timestamp;

pub fn run(options: &Unmerge, console: &Console) -> anyhow::Result<Ending> {
    let decision = &options.decision;
    let app = console.open(&decision.folder, Purpose::Write)?;
    let unmerge = hands::Unmerge {
        entity: &options.entity,
        other: options.other.as_deref(),
        because: decision.because.as_deref(),
        is_dry_run: decision.dry_run,
    };
    let report = hands::unmerge(&app.store, &app.door, &unmerge, Timestamp::now())?;
    tell_decision(&app, console, decision, &report)
}
