//! `affiche check`

use super::{Ending, open};
use crate::app::Purpose;
use crate::cli::Check;
use crate::ingest::verify;
use std::io::{self, Write as _};

pub fn run(options: &Check) -> anyhow::Result<Ending> {
    let app = open(&options.folder, Purpose::Read)?;
    let mut report = app.store.check()?;
    let snapshot = app.store.snapshot()?;
    report
        .problems
        .extend(verify::verify(&snapshot.view(), &app.door)?);
    let mut out = io::stdout().lock();
    for problem in &report.problems {
        writeln!(out, "{problem}")?;
    }
    if report.problems.is_empty() {
        writeln!(
            out,
            "all is well: {} changes in the log, {} quads in the store",
            report.records, report.quads
        )?;
        Ok(Ending::Done)
    } else {
        writeln!(
            out,
            "{} problems; `affiche rebuild` makes the store again from the log",
            report.problems.len()
        )?;
        Ok(Ending::Refused)
    }
}
