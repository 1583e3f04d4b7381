//! `affiche validate`

use super::{Console, Ending, configure, log_to_stderr};
use crate::app::validation::submitted::{Submitted, submitted};
use crate::app::validation::text::text;
use crate::app::validation::{Checked, Request};
use crate::cli::{Folder, Validate, ValidationFormat};
use crate::config::{Config, Flags};
use crate::ingest::{Document, Door};
use crate::model::{Assessment, Lang};
use crate::shapes::{Bounds, ReportSyntax};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use oxrdf::NamedNode;
use serde_json::json;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

pub fn run(options: &Validate, console: &Console) -> anyhow::Result<Ending> {
    let folder = Folder {
        data: None,
        base: options.base.clone(),
        config: options.config.clone(),
    };
    let config = configure(&folder, Flags::new())?;
    log_to_stderr(&config, "warn");
    let lang = options
        .lang
        .or_else(|| console.lang())
        .unwrap_or_else(|| config.default_lang());
    let door = door(&config)?;
    let mut room = config.limits.submission_bytes;
    let data = read(&options.data, &mut room, console)?;
    let (profiles, files) = sort_shapes(&options.shapes, &door);
    let shapes = read(&files, &mut room, console).with_context(|| {
        let known: Vec<&str> = door.profiles().iter().map(|p| p.name.as_str()).collect();
        format!(
            "shapes are a file, or one of the built-in profiles {}",
            known.join(", ")
        )
    })?;
    let data: Vec<Document<'_>> = data
        .iter()
        .map(|file| file.document(options.format.as_deref()))
        .collect();
    let shapes: Vec<Document<'_>> = shapes.iter().map(|file| file.document(None)).collect();
    let request = Request {
        data: &data,
        profiles: &profiles,
        shapes: &shapes,
        is_rewritten: false,
    };
    let syntax = match options.report {
        ValidationFormat::Turtle => Some(ReportSyntax::Turtle),
        ValidationFormat::Jsonld => Some(ReportSyntax::JsonLd),
        ValidationFormat::Text | ValidationFormat::Json => None,
    };
    if options.as_submitted {
        if syntax.is_some() {
            bail!(
                "what the door would say is no SHACL report; with `--as-submitted`, write `--report text` or `--report json`"
            );
        }
        let submitted = submitted(&config, &request, Timestamp::now(), Bounds::NONE)?;
        tell_submitted(&submitted, options.report, lang, console)?;
        return Ok(ending(submitted.assessment.conforms));
    }
    let checked = Checked::read(&door, &door.read_options, &request)?;
    let conforms = match syntax {
        Some(syntax) => {
            let mut out = BufWriter::new(console.out());
            checked.write_report(&mut out, syntax, Bounds::NONE)?
        }
        None => {
            let assessment = checked.assess(Bounds::NONE)?;
            console.print(&match options.report {
                ValidationFormat::Json => {
                    format!("{}\n", serde_json::to_string_pretty(&assessment)?)
                }
                _ => text(&assessment, lang),
            })?;
            assessment.conforms
        }
    };
    Ok(ending(conforms))
}

fn ending(conforms: bool) -> Ending {
    if conforms {
        Ending::Done
    } else {
        Ending::Refused
    }
}

fn door(config: &Config) -> anyhow::Result<Door> {
    let cap_data = config.cap_data_namespace.as_ref();
    let mut door = Door::aligned(&config.base, cap_data.map(NamedNode::as_str))?;
    door.add_profiles(&config.profiles)?;
    door.read_options.depth = config.limits.submission_depth;
    door.read_options.size_bytes =
        usize::try_from(config.limits.submission_bytes).unwrap_or(usize::MAX);
    Ok(door)
}

/// A file that was read.
struct File {
    name: String,
    bytes: Vec<u8>,
    /// What its relative IRIs are resolved against.
    base: Option<String>,
}

impl File {
    fn document<'a>(&'a self, format: Option<&'a str>) -> Document<'a> {
        Document {
            name: &self.name,
            bytes: &self.bytes,
            format,
            base: self.base.as_deref(),
        }
    }
}

fn read(paths: &[PathBuf], room: &mut u64, console: &Console) -> anyhow::Result<Vec<File>> {
    let mut files = Vec::new();
    for path in paths {
        let bytes = console.read(path, *room)?;
        *room = room.saturating_sub(bytes.len() as u64);
        files.push(File {
            name: path.display().to_string(),
            bytes,
            base: address(path),
        });
    }
    Ok(files)
}

/// The IRI of a file (RFC 8089), which relative IRIs in it are resolved against.
fn address(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    let mut address = "file://".to_owned();
    for byte in path.to_str()?.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(address)
}

/// Which of the shapes are built in; the others are files. A file that has the name of a profile
/// is named with its folder: `./minimum`.
fn sort_shapes(shapes: &[PathBuf], door: &Door) -> (Vec<String>, Vec<PathBuf>) {
    let mut profiles = Vec::new();
    let mut files = Vec::new();
    for named in shapes {
        match named.to_str().and_then(|name| door.profile(name)) {
            Some(profile) if !profiles.contains(&profile.name) => {
                profiles.push(profile.name.clone());
            }
            Some(_) => {}
            None => files.push(named.clone()),
        }
    }
    (profiles, files)
}

fn tell_submitted(
    submitted: &Submitted,
    format: ValidationFormat,
    lang: Lang,
    console: &Console,
) -> anyhow::Result<()> {
    let Submitted { report, assessment } = submitted;
    let text = match format {
        ValidationFormat::Json => {
            let both = json!({ "submission": report, "assessment": assessment });
            format!("{both:#}\n")
        }
        _ => submitted_text(submitted, assessment, lang),
    };
    console
        .print(&text)
        .with_context(|| report.outcome_text(lang))
}

/// The door's outcome, counts and rewritings around the findings, which are grouped.
fn submitted_text(submitted: &Submitted, assessment: &Assessment, lang: Lang) -> String {
    let mut report = submitted.report.clone();
    report.findings.clear();
    format!("{}\n{}", text(assessment, lang), report.text(lang))
}
