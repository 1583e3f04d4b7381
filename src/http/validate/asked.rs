//! What a request to validate asks for.

use super::multipart::{self, Part, parts};
use super::{REPORTS, bad_request};
use crate::app::validation::job::File;
use crate::http::negotiate::{Offer, choose};
use crate::http::problem::{Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::http::reader::Reader;
use crate::http::writes::accepted;
use crate::ingest::MINIMUM;
use crate::ingest::importers::importer_for;
use crate::model::Text;
use axum::body::Bytes;
use axum::http::HeaderValue;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};

/// The media type of a form with files.
pub const FORM: &str = "multipart/form-data";
/// What reports call data that came without a file name.
const DATA: &str = "data";

/// Data, shapes, and how the findings are wanted.
#[derive(Debug)]
pub struct Asked {
    pub data: Vec<File>,
    pub profiles: Vec<String>,
    pub shapes: Vec<File>,
    /// Whether the data is first rewritten as the door does.
    pub is_rewritten: bool,
    pub report: Offer,
}

impl Asked {
    /// Reads a request that is here in full.
    ///
    /// # Errors
    /// 400, 406 or 415, with what would be understood.
    pub fn read(reader: &Reader, body: Bytes) -> Result<Self, Problem> {
        check_encoding(reader)?;
        let content_type = reader
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let mut form = Form::default();
        if essence.eq_ignore_ascii_case(FORM) {
            form.take(&parts(content_type, &body).map_err(multipart::problem)?);
        } else if essence.is_empty() || importer_for(essence).is_ok() {
            form.data.push(File {
                name: DATA.to_owned(),
                format: (!essence.is_empty()).then(|| essence.to_owned()),
                bytes: body.into(),
            });
        } else {
            return Err(unsupported(essence));
        }
        let named = reader.parameters.iter();
        let named = named.filter(|(name, _)| name == "shapes");
        form.profiles.extend(named.map(|(_, value)| value.clone()));
        let mut profiles: Vec<String> = form
            .profiles
            .iter()
            .flat_map(|names| names.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        profiles.sort_unstable();
        profiles.dedup();
        if profiles.is_empty() && form.shapes.is_empty() {
            profiles.push(MINIMUM.to_owned());
        }
        if form.data.is_empty() {
            return Err(bad_request(&Text::new(
                "Il n'y a pas de données : envoyez-les comme corps de la demande, ou dans les champs `data` (un fichier) ou `text` d'un formulaire.",
                "There is no data: send it as the body of the request, or in the field `data` (a file) or `text` of a form.",
            )));
        }
        let report = reader
            .parameter("report")
            .or(reader.parameter("format"))
            .or(form.report.as_deref());
        Ok(Self {
            is_rewritten: reader.truth("as-submitted")?.unwrap_or(form.is_rewritten),
            data: form.data,
            profiles,
            shapes: form.shapes,
            report: choose(REPORTS, report, &reader.headers)?,
        })
    }
}

#[derive(Default)]
struct Form {
    data: Vec<File>,
    profiles: Vec<String>,
    shapes: Vec<File>,
    is_rewritten: bool,
    report: Option<String>,
}

impl Form {
    /// Takes the fields; those of other names are left alone. A file field that was left empty
    /// is sent all the same, without content.
    fn take(&mut self, parts: &[Part<'_>]) {
        let text = |part: &Part<'_>| String::from_utf8_lossy(part.content).trim().to_owned();
        let named = parts.iter().find(|part| part.name == "format");
        let format = named.map(text).filter(|format| !format.is_empty());
        for part in parts.iter().filter(|part| !part.content.is_empty()) {
            match (part.name.as_str(), &part.file) {
                ("data" | "text", _) if text(part).is_empty() => {}
                ("data" | "text", _) => self.data.push(file(part, DATA, format.clone())),
                ("shapes", Some(_)) => self.shapes.push(file(part, "shapes", None)),
                ("shapes", None) => self.profiles.push(text(part)),
                ("as-submitted", None) => self.is_rewritten = text(part) == "true",
                ("report", None) => self.report = Some(text(part)),
                _ => {}
            }
        }
        self.report = self.report.take().filter(|report| !report.is_empty());
    }
}

fn file(part: &Part<'_>, otherwise: &str, format: Option<String>) -> File {
    let name = part.file.clone().filter(|name| !name.is_empty());
    let name = name.unwrap_or_else(|| otherwise.to_owned());
    // Browsers say `application/octet-stream` of a Turtle file: only a type that we read counts,
    // and the name of the file goes before one that says no more than JSON or XML.
    let said = part.media_type.clone();
    let said = said.filter(|said| importer_for(said).is_ok() && importer_for(&name).is_err());
    File {
        name,
        format: format.or(said),
        bytes: part.content.to_vec(),
    }
}

/// What is compressed is known by its first bytes; what else `Content-Encoding` may say is not
/// understood.
fn check_encoding(reader: &Reader) -> Result<(), Problem> {
    let said = reader.headers.get_all(CONTENT_ENCODING).iter();
    for value in said {
        let coding = value.to_str().unwrap_or_default().trim();
        let coding = coding.to_ascii_lowercase();
        if !["identity", "gzip", "x-gzip", "zstd"].contains(&coding.as_str()) {
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE)
                .with_detail(
                    format!("`Content-Encoding` est `{coding}` ; on peut envoyer `gzip` ou `zstd`, une seule fois."),
                    format!("`Content-Encoding` is `{coding}`; what can be sent is `gzip` or `zstd`, once."),
                )
                .with_header(ACCEPT_ENCODING, HeaderValue::from_static("gzip, zstd")));
        }
    }
    Ok(())
}

fn unsupported(found: &str) -> Problem {
    let mut types = vec![FORM];
    types.extend(accepted());
    let listed: Vec<String> = types.iter().map(|name| format!("`{name}`")).collect();
    let listed = listed.join(", ");
    let problem = Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
        format!("`Content-Type` est `{found}` ; on peut envoyer {listed}."),
        format!("`Content-Type` is `{found}`; what can be sent is {listed}."),
    );
    match HeaderValue::from_str(&types.join(", ")) {
        Ok(value) => problem.with_header(ACCEPT, value),
        Err(_) => problem,
    }
}
