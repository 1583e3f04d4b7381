//! `affiche verify`

use super::{Console, Ending, log_to_stderr};
use crate::app::releases::place::Named;
use crate::app::releases::verify::{Checked, Verification, verify};
use crate::cli::{ReportFormat, Verify};
use crate::config::Config;
use crate::store::VerifyingKey;
use anyhow::{Context as _, bail};
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

/// A public key and its comment are no longer.
const KEY_BYTES: u64 = 16 << 10;

pub fn run(options: &Verify, console: &Console) -> anyhow::Result<Ending> {
    log_to_stderr(&Config::default(), "warn");
    let key = options.key.as_deref().map(key).transpose()?;
    let mut named = Named::parse(&options.target)?;
    let is_text = options.format == ReportFormat::Text;
    let mut tell = |file: &Checked| {
        // A large release takes a while: each file is told when it is done.
        if is_text && let Err(error) = console.print(&line(file)) {
            console.tell(&format!("affiche: {error}"));
        }
    };
    let found = verify(&mut named.place, named.only.as_deref(), key, &mut tell)?;
    console.print(&match options.format {
        ReportFormat::Text => conclusion(&found),
        ReportFormat::Json => format!("{}\n", serde_json::to_string_pretty(&found)?),
    })?;
    Ok(if found.is_sound {
        Ending::Done
    } else {
        Ending::Refused
    })
}

/// A key as it is typed: its line, or a file that holds it.
fn key(typed: &str) -> anyhow::Result<VerifyingKey> {
    if let Ok(key) = VerifyingKey::parse(typed) {
        return Ok(key);
    }
    let path = Path::new(typed);
    if !path.is_file() {
        bail!(
            "`--key {typed}` is neither a public key of minisign, a line of 56 characters, nor a file that holds one"
        );
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(KEY_BYTES).read_to_string(&mut text))
        .with_context(|| format!("`{typed}` could not be read"))?;
    VerifyingKey::parse(&text).with_context(|| format!("`{typed}`"))
}

fn line(file: &Checked) -> String {
    match &file.fault {
        Some(fault) => format!("{}: {fault}\n", file.name),
        None if file.is_read => format!("{}: sound, {} read\n", file.name, file.count),
        None => format!(
            "{}: its sum is right; this program cannot read its format\n",
            file.name
        ),
    }
}

fn conclusion(found: &Verification) -> String {
    let mut text = String::new();
    for fault in &found.faults {
        let _ = writeln!(text, "{fault}");
    }
    let signature = &found.signature;
    if let Some(release) = &found.release {
        let _ = writeln!(
            text,
            "release {} of {} of {}, generation {}, signed by {}",
            release.number, release.date, release.base, release.generation, signature.key
        );
    }
    if found.is_sound {
        let bytes: u64 = found.files.iter().map(|file| file.bytes).sum();
        let files = found.files.len();
        let _ = writeln!(text, "sound: {files} files, {bytes} bytes");
    } else {
        let wrong = found.files.iter().filter(|file| file.fault.is_some());
        let _ = writeln!(
            text,
            "not sound: {} of {} files",
            wrong.count(),
            found.files.len()
        );
    }
    if !signature.is_key_given {
        text.push_str(
            "the key came from the same place as the files: this shows that they are whole, not whose they are; compare it with the key that the publisher tells elsewhere, or give that one with --key\n",
        );
    }
    text
}
