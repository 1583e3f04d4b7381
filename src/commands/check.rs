//! `affiche check`

use super::{Console, Ending};
use crate::app::Purpose;
use crate::cli::Check;
use crate::ingest::verify;

pub fn run(options: &Check, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let mut report = app.store.check()?;
    let snapshot = app.store.snapshot()?;
    report
        .problems
        .extend(verify::verify(&snapshot.view(), &app.door)?);
    let mut text = String::new();
    for problem in &report.problems {
        text.push_str(&format!("{problem}\n"));
    }
    if !verify::is_judged(&snapshot.view(), &app.door)? {
        text.push_str(
            "which profiles entities meet is behind and was not compared; the next command that writes, or the server, brings it up to date\n",
        );
    }
    let ending = if report.problems.is_empty() {
        text.push_str(&format!(
            "all is well: {} changes in the log, {} quads in the store\n",
            report.records, report.quads
        ));
        Ending::Done
    } else {
        text.push_str(&format!(
            "{} problems; `affiche rebuild` makes the store again from the log\n",
            report.problems.len()
        ));
        Ending::Refused
    };
    console.print(&text)?;
    Ok(ending)
}
