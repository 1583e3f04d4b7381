//! Releases: their list, the page of each, and their files. They are looked up in what the data
//! folder holds; nothing of a request becomes a path.
//!
//! A release is never changed, but it may be made again without what a court had struck out, or
//! withdrawn. So its files may be kept for a day without asking, and what says what it is (page,
//! manifest, signature, sums) is asked for each time.

mod list;
mod page;

pub use list::list;
pub use page::{landing, without_slash};

use crate::app::releases::{Release, SUMS};
use crate::http::answer::{Answer, etag_of_bytes};
use crate::http::entities::{kept, redirect};
use crate::http::files::{self, Sent, media_type};
use crate::http::problem::{
    NOT_FOUND, Problem, RELEASE_NOT_KEPT, RELEASE_WITHDRAWN, UNKNOWN_RELEASE,
};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::publish::release::MANIFEST;
use crate::publish::released::Description;
use crate::store::{SIGNATURE_EXTENSION, SigningKey, VerifyingKey};
use axum::extract::{Path, RawQuery, State as Injected};
use axum::http::header::{HeaderName, LINK};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::fs;
use std::io;

/// Names the release that an answer is of.
pub const RELEASE: HeaderName = HeaderName::from_static("affiche-release");
/// Stands for the date of the last release.
pub const LATEST: &str = "latest";

/// How long a file may be kept without asking. Within that time a redaction or a withdrawal has
/// reached every cache.
const FOR_A_DAY: &str = "public, max-age=86400, immutable";

/// The release of a date, withdrawn or not.
fn known(server: &Server, date: &str) -> Result<Release, Problem> {
    let releases = &server.app.releases;
    let found = if date == LATEST {
        releases.latest()
    } else {
        releases.get(date)
    };
    found.ok_or_else(|| {
        let problem = Problem::new(&UNKNOWN_RELEASE);
        match releases.latest() {
            Some(latest) => {
                let latest = latest.manifest.date;
                problem
                    .with_detail(
                        format!("La dernière parution est `{latest}`."),
                        format!("The last release is `{latest}`."),
                    )
                    .with_member("latest", latest)
            }
            None => problem.with_detail(
                "Rien n'est encore paru. Les données actuelles sont sous `/dumps/`.",
                "Nothing was released yet. The present data is at `/dumps/`.",
            ),
        }
    })
}

/// The same, unless it was withdrawn.
fn given_out(server: &Server, date: &str) -> Result<Release, Problem> {
    let release = known(server, date)?;
    match &release.withdrawal {
        None => Ok(release),
        Some(withdrawal) => Err(Problem::new(&RELEASE_WITHDRAWN)
            .with_detail(withdrawal.because.clone(), withdrawal.because.clone())
            .with_member("withdrawn", withdrawal.time.clone())
            .with_member("because", withdrawal.because.clone())),
    }
}

/// A release that can be asked by SPARQL.
///
/// # Errors
/// When there is none of this date, it was withdrawn, or its store was not kept.
pub fn to_query(server: &Server, date: &str) -> Result<Release, Problem> {
    let release = given_out(server, date)?;
    if release.is_queryable() {
        Ok(release)
    } else {
        Err(Problem::new(&RELEASE_NOT_KEPT))
    }
}

/// Leads from `latest` to the date of the last release: `up` leads from the address asked for to
/// the folder of all.
///
/// # Errors
/// When nothing was released.
pub fn to_latest(
    server: &Server,
    up: &str,
    rest: &str,
    query: Option<&str>,
) -> Result<Response, Problem> {
    let date = known(server, LATEST)?.manifest.date;
    let query = kept(query);
    // The next one leads elsewhere, and a query by POST stays one.
    Ok(redirect(
        StatusCode::TEMPORARY_REDIRECT,
        &format!("{up}{date}{rest}{query}"),
    )
    .with(RELEASE, &date)
    .into_response())
}

/// `GET /releases/{date}/{file}`: a file, the manifest, its signature or the sums.
pub async fn file(
    Injected(server): Injected<Shared>,
    Path((date, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    method: Method,
    reader: Reader,
) -> Result<Response, Problem> {
    if date == LATEST {
        let release = given_out(&server, LATEST)?;
        if !has(&release, &name) {
            return Err(Problem::new(&NOT_FOUND));
        }
        return to_latest(&server, "../", &format!("/{name}"), query.as_deref());
    }
    match (beside(&name), Description::named(&name)) {
        (Some(media_type), _) => {
            let release = known(&server, &date)?;
            say(&server, release, name, media_type).await
        }
        (None, Some(description)) => {
            let release = given_out(&server, &date)?;
            describe(&server, release, description).await
        }
        (None, None) => {
            let release = given_out(&server, &date)?;
            let listed = release.file(&name);
            let Some((file, path)) = listed.and_then(|file| Some((file, release.path_of(file)?)))
            else {
                return Err(Problem::new(&NOT_FOUND));
            };
            let sent = Sent {
                name: file.name.clone(),
                media_type: media_type(&file.media_type, file.compression.as_deref()),
                bytes: file.bytes,
                sha256: file.sha256.clone(),
                generation: release.manifest.generation,
                modified: made(&release),
                cache_control: FOR_A_DAY,
                path,
            };
            let mut response = files::send(&server, &method, &reader, sent).await?;
            let described = format!("<./>; rel=\"collection\", <{MANIFEST}>; rel=\"describedby\"");
            for (name, value) in [(LINK, described), (RELEASE, date)] {
                if let Ok(value) = value.parse() {
                    response.headers_mut().insert(name, value);
                }
            }
            Ok(response)
        }
    }
}

/// Whether a release has a file of this name.
fn has(release: &Release, name: &str) -> bool {
    let is_small = beside(name).is_some() || Description::named(name).is_some();
    is_small || release.file(name).is_some()
}

/// The media type of what stands beside the files, by its name.
fn beside(name: &str) -> Option<&'static str> {
    let is_signature = name
        .strip_prefix(MANIFEST)
        .is_some_and(|ending| ending.strip_prefix('.') == Some(SIGNATURE_EXTENSION));
    match name {
        MANIFEST => Some("application/json"),
        SUMS => Some("text/plain"),
        _ if is_signature => Some("text/plain"),
        _ => None,
    }
}

/// When a release was made, as far as its folder tells: the files of one that was made again are
/// newer than the state of which they are.
fn made(release: &Release) -> String {
    let modified = fs::metadata(release.manifest_path()).and_then(|about| about.modified());
    match modified.map(Timestamp::try_from) {
        Ok(Ok(time)) => time.to_string(),
        _ => release.manifest.modified.clone(),
    }
}

/// What stands beside the files, byte for byte as it was written: it is small.
async fn say(
    server: &Shared,
    release: Release,
    name: String,
    media_type: &'static str,
) -> Result<Response, Problem> {
    server
        .read(move |_, _| {
            let path = release.folder.join(&name);
            let bytes = fs::read(&path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => Problem::new(&NOT_FOUND),
                _ => Problem::internal(format!("`{}`: {error}", path.display())),
            })?;
            let tag = etag_of_bytes(&bytes);
            Ok(Answer::new(media_type, bytes)
                .at(release.manifest.generation)
                .with(RELEASE, &release.manifest.date)
                .known_as(&tag, &made(&release))
                .into_response())
        })
        .await
}

/// A description of the release: to cite it, or for who collects data sets. It follows the
/// configuration too, which says who answers for the data.
async fn describe(
    server: &Shared,
    release: Release,
    description: &'static Description,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let body = page::with_described(server, &release, |described| {
                (description.write)(described, &server.app.context)
            });
            let body = body.map_err(Problem::internal)?;
            Ok(Answer::new(description.media_type, body)
                .at(release.manifest.generation)
                .with(RELEASE, &release.manifest.date)
                .into_response())
        })
        .await
}

/// `GET /.well-known/minisign.pub`: the key that verifies what is signed here.
pub async fn key(Injected(server): Injected<Shared>) -> Result<Response, Problem> {
    server
        .read(|server, _| {
            // A copy signs nothing: what it has was signed where it is from.
            let key = match server.app.store.primary() {
                Some(primary) => VerifyingKey::parse(&primary.key).map_err(Problem::internal)?,
                None => signing_key(server)?.verifying(),
            };
            Ok(Answer::new("text/plain", key.file()).into_response())
        })
        .await
}

/// The key of the data folder, made when nothing was signed yet.
fn signing_key(server: &Server) -> Result<SigningKey, Problem> {
    SigningKey::of(server.app.store.folder()).map_err(Problem::internal)
}
