//! `affiche duplicates`

use super::{Console, Ending};
use crate::app::Purpose;
use crate::cli::{Duplicates, ReportFormat};
use crate::ingest::hands;
use crate::model::Lang;

pub fn run(options: &Duplicates, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Read)?;
    let snapshot = app.store.snapshot()?;
    let proposals = hands::duplicates(&snapshot.view())?;
    let lang = options
        .lang
        .or_else(|| console.lang())
        .unwrap_or_else(|| app.config.default_lang());
    let text = match options.report {
        ReportFormat::Json => format!("{}\n", serde_json::to_string_pretty(&proposals)?),
        ReportFormat::Text => text(&proposals, lang, &app.store.folder().display().to_string()),
    };
    console.print(&text)?;
    Ok(Ending::Done)
}

fn text(proposals: &[hands::Proposal], lang: Lang, folder: &str) -> String {
    let (none, same, different) = match lang {
        Lang::Fr => (
            "rien ne semble être là deux fois\n",
            "la même chose",
            "deux choses",
        ),
        Lang::En => (
            "nothing seems to be there twice\n",
            "the same thing",
            "two things",
        ),
    };
    if proposals.is_empty() {
        return none.to_owned();
    }
    let mut text = String::new();
    for proposal in proposals {
        let (one, other) = (&proposal.one, &proposal.other);
        text.push_str(&format!(
            "{}: {} / {}\n  {same}: affiche merge {one} {other} --data {folder}\n  {different}: affiche differ {one} {other} --data {folder}\n",
            proposal.kind, proposal.one_name, proposal.other_name
        ));
    }
    text
}
