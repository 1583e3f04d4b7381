//! `affiche embargo …`: submissions that wait for their time

use super::{Console, Ending, follow_profiles};
use crate::app::{Purpose, embargo};
use crate::cli::{EmbargoCancel, EmbargoList, EmbargoPublish};
use crate::ingest::Outcome;
use crate::model::Progress;
use jiff::Timestamp;

pub fn list(options: &EmbargoList, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let mut text = String::new();
    for held in embargo::list(&app)? {
        text.push_str(&format!(
            "{}\t{}\t{}\t{}\t{}\n",
            held.id,
            held.publish_at,
            held.source,
            held.mode,
            held.state.name()
        ));
        if let Some(error) = held.error {
            text.push_str(&format!("  {error}\n"));
        }
    }
    if text.is_empty() {
        text.push_str("nothing is held; `affiche submit --publish-at TIME` holds a submission\n");
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

pub fn cancel(options: &EmbargoCancel, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    embargo::cancel(&app, &options.id)?;
    console.print(&format!("`{}` will not be published\n", options.id))?;
    Ok(Ending::Done)
}

pub fn publish(options: &EmbargoPublish, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let lang = console.lang().unwrap_or_else(|| app.config.default_lang());
    let reports = embargo::publish_due(&app, Timestamp::now())?;
    follow_profiles(&app, console, &Progress::default());
    if reports.is_empty() {
        console.print("nothing is due\n")?;
    }
    let mut ending = Ending::Done;
    for report in reports {
        console.print(&report.text(lang))?;
        if report.outcome == Outcome::Refused {
            ending = Ending::Refused;
        }
    }
    Ok(ending)
}
