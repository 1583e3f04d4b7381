//! `affiche release`

use super::{Console, Ending};
use crate::app::Purpose;
use crate::app::releases;
use crate::app::releases::make::{Outcome, make};
use crate::app::releases::schedule::remove_expired;
use crate::cli::{Release, ReleaseWithdraw};
use crate::publish::release::{Manifest, Selection, Withdrawal};
use jiff::Timestamp;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

pub fn run(options: &Release, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let begun = Instant::now();
    let mut text = match make(&app, Timestamp::now(), &|| false)? {
        Outcome::Made(manifest) => {
            let folder = app.releases.folder().join(&manifest.date);
            told(&manifest, &folder, begun.elapsed())
        }
        Outcome::Unchanged(manifest) => format!(
            "nothing has changed since release {} of {} (generation {}), so no other was made\n",
            manifest.number, manifest.date, manifest.generation
        ),
    };
    for date in remove_expired(&app, Timestamp::now())? {
        let _ = writeln!(
            text,
            "the files of release {date} are gone, as `releases.keep` says"
        );
    }
    console.print(&text)?;
    Ok(Ending::Done)
}

/// `affiche release withdraw`
pub fn withdraw(options: &ReleaseWithdraw, console: &Console) -> anyhow::Result<Ending> {
    let app = console.open(&options.folder, Purpose::Write)?;
    let now = Timestamp::now();
    let release = releases::withdraw(&app.releases, &options.date, &options.because, now)?;
    let date = &release.manifest.date;
    let notice = release.withdrawal.unwrap_or_else(|| Withdrawal {
        time: now.to_string(),
        because: options.because.clone(),
    });
    let mut text = format!(
        "release {date} was withdrawn on {}: {}\nits files are gone; its page and its manifest stay\n",
        notice.time, notice.because
    );
    match app.releases.latest() {
        Some(latest) => {
            let _ = writeln!(text, "the latest release is {}", latest.manifest.date);
        }
        None => text.push_str("no other release stands; make one with `affiche release`\n"),
    }
    text.push_str("what others downloaded before is theirs; tell them\n");
    console.print(&text)?;
    Ok(Ending::Done)
}

fn told(manifest: &Manifest, folder: &Path, took: Duration) -> String {
    let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
    let mut text = format!(
        "release {} of {}: generation {}, {} files, {} MB, in {:.1} s\n",
        manifest.number,
        manifest.date,
        manifest.generation,
        manifest.files.len(),
        bytes.div_ceil(1_000_000),
        took.as_secs_f64()
    );
    for (kind, count) in &manifest.entities {
        let _ = writeln!(text, "  {count} × {kind}");
    }
    let whole = |format: &str| {
        let mut files = manifest.files.iter();
        files
            .find(|file| file.selection == Selection::All && file.format == format)
            .map_or(0, |file| file.count)
    };
    let unwritable = whole("nquads").saturating_sub(whole("rdfxml"));
    if unwritable > 0 {
        let _ = writeln!(
            text,
            "{unwritable} statements have characters or properties that XML cannot hold, and are not in the RDF/XML files"
        );
    }
    for source in &manifest.left_out {
        let _ = writeln!(
            text,
            "`{source}` is left out, since it has no licence; give it one with `affiche source set {source} --licence IRI`"
        );
    }
    let _ = writeln!(text, "in `{}`", folder.display());
    text
}
