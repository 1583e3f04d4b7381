//! Where the files of a release are taken from: a folder of this machine, or a site.
//!
//! A site is named by the person who asks, so it may be anywhere, in a private network too; but it
//! leads to no other host. What it sends is read up to a size that is known before, into a file
//! that goes with this process.

use super::make::SUMS;
use crate::publish::release::MANIFEST;
use oxiri::Iri;
use serde_json::Value;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// How long a connection, or the next bytes on it, may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a site may lead to another of its addresses.
const MOST_REDIRECTS: usize = 5;
/// How often a transfer that was cut off is taken up again without getting any further.
const MOST_CUTS: usize = 5;
/// The most of an answer that says what is wrong.
const PROBLEM_BYTES: u64 = 64 << 10;
/// Below this the releases of a site stand.
const RELEASES: &str = "/releases/";
/// Where a site says by which key it signs (`docs/reference`).
const KEY: &str = "/.well-known/minisign.pub";

#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error(
        "`{0}` is no address of a release; write one such as `https://data.example.org/releases/latest/`"
    )]
    NoAddress(String),
    #[error(
        "`{0}` is not there; give a folder of a release, its `manifest.json`, or one of its files with the manifest beside it"
    )]
    NothingThere(PathBuf),
    #[error("`{path}` could not be read: {error}")]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{address}` could not be fetched: {error}")]
    Unreachable { address: String, error: String },
    #[error(
        "`{address}` leads to `{other}`, which is another host; verify that one if you trust it"
    )]
    Elsewhere { address: String, other: String },
    #[error("`{address}` leads from one address to the next and never ends")]
    Circle { address: String },
    #[error("`{address}` was answered with {status}: {said}")]
    Refused {
        address: String,
        status: u16,
        said: String,
    },
    #[error("`{address}` has more than {most} bytes, which is more than it should")]
    TooLarge { address: String, most: u64 },
    #[error("no room for the download: {0}")]
    NoRoom(io::Error),
    #[error("`{0}` says that the release was withdrawn: {1}")]
    Withdrawn(String, String),
}

/// A place that holds a release.
pub enum Place {
    Folder(PathBuf),
    Site(Site),
}

/// The folder of a release on a site.
pub struct Site {
    agent: Agent,
    /// With its last slash.
    folder: Iri<String>,
}

/// What was named by a person: a release, or one file of it.
pub struct Named {
    pub place: Place,
    /// The one file that is meant.
    pub only: Option<String>,
}

impl Named {
    /// Understands what was typed.
    ///
    /// # Errors
    /// When it is neither a path where something is nor an address.
    pub fn parse(typed: &str) -> Result<Self, PlaceError> {
        if typed.starts_with("http://") || typed.starts_with("https://") {
            return Self::on_a_site(typed);
        }
        if typed.contains("://") {
            return Err(PlaceError::NoAddress(typed.to_owned()));
        }
        let path = Path::new(typed);
        if path.is_dir() {
            let place = Place::Folder(path.to_owned());
            return Ok(Self { place, only: None });
        }
        let (Some(name), true) = (path.file_name(), path.is_file()) else {
            return Err(PlaceError::NothingThere(path.to_owned()));
        };
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let name = name.to_string_lossy().into_owned();
        Ok(Self {
            place: Place::Folder(folder.to_owned()),
            only: only(name),
        })
    }

    fn on_a_site(typed: &str) -> Result<Self, PlaceError> {
        let no_address = || PlaceError::NoAddress(typed.to_owned());
        let iri = Iri::parse(typed.to_owned()).map_err(|_| no_address())?;
        if iri.authority().is_none_or(str::is_empty) {
            return Err(no_address());
        }
        let path = iri.path().to_owned();
        let (folder, only) = match path.rsplit_once('/') {
            // A site by its name alone: its last release.
            None | Some(("", "")) => ("/releases/latest/".to_owned(), None),
            Some((_, "")) => (path.clone(), None),
            Some((_, last)) if is_date(last) => (format!("{path}/"), None),
            Some((before, last)) => (format!("{before}/"), only(last.to_owned())),
        };
        let folder = iri.resolve(&folder).map_err(|_| no_address())?;
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Where it leads is judged here.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("affiche/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_per_read(Some(PATIENCE))
            .build();
        let agent = Agent::new_with_config(config);
        Ok(Self {
            place: Place::Site(Site { agent, folder }),
            only,
        })
    }
}

/// A file, unless all of the release is meant.
fn only(name: String) -> Option<String> {
    (![MANIFEST, SUMS].contains(&name.as_str())).then_some(name)
}

/// Whether the last part of an address names a release.
fn is_date(last: &str) -> bool {
    let (day, number) = last.split_once('.').unwrap_or((last, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = day.split('-').collect();
    last == "latest" || (parts.len() == 3 && parts.into_iter().all(is_number) && is_number(number))
}

impl Place {
    /// What stands there under a name, whole; `None` when nothing does.
    ///
    /// # Errors
    /// When it cannot be read, or is larger than `most` bytes.
    pub fn small(&mut self, name: &str, most: u64) -> Result<Option<Vec<u8>>, PlaceError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                let at = |error| PlaceError::Unreadable {
                    path: path.clone(),
                    error,
                };
                let file = match File::open(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                    file => file.map_err(at)?,
                };
                let mut bytes = Vec::new();
                file.take(most.saturating_add(1))
                    .read_to_end(&mut bytes)
                    .map_err(at)?;
                if bytes.len() as u64 > most {
                    let address = path.display().to_string();
                    return Err(PlaceError::TooLarge { address, most });
                }
                Ok(Some(bytes))
            }
            Self::Site(site) => {
                let address = site.address_of(name)?;
                let (address, answer) = site.get(address, None)?;
                let found = site.read(&address, answer, most)?;
                // The files stand where the first of them was found.
                if let Ok(folder) = address.resolve("./") {
                    site.folder = folder;
                }
                Ok(found)
            }
        }
    }

    /// A file of a size that is known, to be read from its beginning; `None` when it is not there.
    ///
    /// # Errors
    /// When it cannot be read or fetched.
    pub fn file(&mut self, name: &str, bytes: u64) -> Result<Option<File>, PlaceError> {
        match self {
            Self::Folder(folder) => {
                let path = folder.join(name);
                match File::open(&path) {
                    Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(PlaceError::Unreadable { path, error }),
                    Ok(file) => Ok(Some(file)),
                }
            }
            Self::Site(site) => site.download(name, bytes),
        }
    }

    /// By which key the place itself says that it signs; `None` when it does not say.
    ///
    /// # Errors
    /// When that cannot be fetched.
    pub fn key(&mut self, most: u64) -> Result<Option<String>, PlaceError> {
        let Self::Site(site) = self else {
            return Ok(None);
        };
        let folder = site.folder.as_str();
        let Some((root, _)) = folder.rsplit_once(RELEASES) else {
            return Ok(None);
        };
        let address = Iri::parse(format!("{root}{KEY}"))
            .map_err(|_| PlaceError::NoAddress(root.to_owned()))?;
        let (address, answer) = site.get(address, None)?;
        let bytes = site.read(&address, answer, most)?;
        Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
    }
}

impl Site {
    /// A name is no path: what would lead out of the folder is encoded.
    fn address_of(&self, name: &str) -> Result<Iri<String>, PlaceError> {
        let name = percent_encoding::utf8_percent_encode(name, NOT_IN_A_NAME).to_string();
        let relative = format!("./{name}");
        let resolved = self.folder.resolve(&relative);
        resolved.map_err(|_| PlaceError::NoAddress(name))
    }

    /// Asks for an address, and goes where it leads on the same host. Gives where that was.
    fn get(
        &self,
        first: Iri<String>,
        from: Option<(u64, &str)>,
    ) -> Result<(Iri<String>, Response<Body>), PlaceError> {
        let mut address = first.clone();
        for _ in 0..=MOST_REDIRECTS {
            let unreachable = |error: String| PlaceError::Unreachable {
                address: address.to_string(),
                error,
            };
            let mut request = self.agent.get(address.as_str());
            if let Some((from, tag)) = from {
                request = request
                    .header("Range", format!("bytes={from}-"))
                    .header("If-Range", tag);
            }
            let answer = request
                .call()
                .map_err(|error| unreachable(error.to_string()))?;
            if !answer.status().is_redirection() {
                return Ok((address, answer));
            }
            let location = answer.headers().get("location");
            let location = location.and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| unreachable("it leads nowhere".to_owned()))?;
            let next = address
                .resolve(location)
                .map_err(|_| unreachable(format!("it leads to `{location}`")))?;
            let is_same = next.scheme() == address.scheme() || next.scheme() == "https";
            if next.authority() != first.authority() || !is_same {
                return Err(PlaceError::Elsewhere {
                    address: first.to_string(),
                    other: next.into_inner(),
                });
            }
            address = next;
        }
        Err(PlaceError::Circle {
            address: first.into_inner(),
        })
    }

    /// The whole of an answer; `None` when there is nothing.
    fn read(
        &self,
        address: &Iri<String>,
        mut answer: Response<Body>,
        most: u64,
    ) -> Result<Option<Vec<u8>>, PlaceError> {
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            _ => return Err(refused(address, answer)),
        }
        let mut bytes = Vec::new();
        let reader = answer.body_mut().as_reader();
        let read = reader.take(most.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| PlaceError::Unreachable {
            address: address.to_string(),
            error: error.to_string(),
        })?;
        if bytes.len() as u64 > most {
            return Err(PlaceError::TooLarge {
                address: address.to_string(),
                most,
            });
        }
        Ok(Some(bytes))
    }

    /// Fetches a file, and takes up what was cut off.
    fn download(&self, name: &str, bytes: u64) -> Result<Option<File>, PlaceError> {
        let address = self.address_of(name)?;
        let mut download = Download {
            file: tempfile::tempfile().map_err(PlaceError::NoRoom)?,
            have: 0,
            tag: None,
        };
        let mut cuts = 0;
        loop {
            let before = download.have;
            let cut = match self.go_on(&address, bytes, &mut download) {
                Ok(End::Missing) => return Ok(None),
                Ok(End::Whole) => break,
                Ok(End::Cut(error)) => PlaceError::Unreachable {
                    address: address.to_string(),
                    error: error.to_string(),
                },
                Err(error @ PlaceError::Unreachable { .. }) if before > 0 => error,
                Err(error) => return Err(error),
            };
            cuts = if download.have > before { 0 } else { cuts + 1 };
            if cuts >= MOST_CUTS {
                return Err(cut);
            }
        }
        let mut file = download.file;
        file.seek(SeekFrom::Start(0)).map_err(PlaceError::NoRoom)?;
        Ok(Some(file))
    }

    /// Fetches what is not there yet, or all of it when the site gives no part.
    fn go_on(
        &self,
        address: &Iri<String>,
        bytes: u64,
        download: &mut Download,
    ) -> Result<End, PlaceError> {
        let tag = download.tag.clone().filter(|_| download.have > 0);
        let from = tag.as_deref().map(|tag| (download.have, tag));
        let (at, mut answer) = self.get(address.clone(), from)?;
        match answer.status() {
            StatusCode::PARTIAL_CONTENT if from.is_some() => {}
            StatusCode::OK => download.have = 0,
            StatusCode::NOT_FOUND => return Ok(End::Missing),
            _ => return Err(refused(&at, answer)),
        }
        let named = answer.headers().get("etag");
        download.tag = named.and_then(|tag| Some(tag.to_str().ok()?.to_owned()));
        let file = &mut download.file;
        file.set_len(download.have)
            .and_then(|()| file.seek(SeekFrom::Start(download.have)))
            .map_err(PlaceError::NoRoom)?;
        // One more byte than it should have shows that it is another file.
        let most = bytes.saturating_add(1).saturating_sub(download.have);
        let mut rest = answer.body_mut().as_reader().take(most);
        let mut buffer = vec![0; 64 << 10];
        loop {
            // That the network fails is no more than a cut.
            match rest.read(&mut buffer) {
                Ok(0) => return Ok(End::Whole),
                Ok(read) => {
                    let read = buffer.get(..read).unwrap_or_default();
                    file.write_all(read).map_err(PlaceError::NoRoom)?;
                    download.have += read.len() as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Ok(End::Cut(error)),
            }
        }
    }
}

/// A file while it is fetched.
struct Download {
    file: File,
    /// So many bytes of it are there.
    have: u64,
    /// Of the version that they are of.
    tag: Option<String>,
}

/// How a transfer ended.
enum End {
    Whole,
    Missing,
    Cut(io::Error),
}

/// What stands in a name as it is.
const NOT_IN_A_NAME: &percent_encoding::AsciiSet = &percent_encoding::NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// An answer that is none, in the words of who gave it.
fn refused(address: &Iri<String>, mut answer: Response<Body>) -> PlaceError {
    let status = answer.status();
    let mut text = String::new();
    // Words that cannot be read are not told.
    let _ = answer
        .body_mut()
        .as_reader()
        .take(PROBLEM_BYTES)
        .read_to_string(&mut text);
    let json: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
    let member = |name: &str| json.get(name).and_then(Value::as_str).map(harmless);
    let address = address.to_string();
    if status == StatusCode::GONE {
        let because = member("because").or_else(|| member("detail"));
        return PlaceError::Withdrawn(address, because.unwrap_or_default());
    }
    let said = member("detail").or_else(|| member("title"));
    PlaceError::Refused {
        address,
        status: status.as_u16(),
        said: said.unwrap_or_else(|| "it does not say why".to_owned()),
    }
}

/// Somebody else's words on a terminal: without what would control it.
fn harmless(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_release_or_one_of_its_files() {
        for (typed, folder, only) in [
            (
                "https://a.example",
                "https://a.example/releases/latest/",
                None,
            ),
            (
                "https://a.example/",
                "https://a.example/releases/latest/",
                None,
            ),
            (
                "https://a.example/releases/latest",
                "https://a.example/releases/latest/",
                None,
            ),
            (
                "https://a.example/data/releases/2026-11-22.2",
                "https://a.example/data/releases/2026-11-22.2/",
                None,
            ),
            (
                "https://a.example/releases/2026-11-22/manifest.json",
                "https://a.example/releases/2026-11-22/",
                None,
            ),
            (
                "http://127.0.0.1:1/releases/2026-11-22/affiche.nq.gz?x#y",
                "http://127.0.0.1:1/releases/2026-11-22/",
                Some("affiche.nq.gz"),
            ),
        ] {
            let named = Named::parse(typed).unwrap();
            let Place::Site(site) = named.place else {
                panic!("{typed} is a site");
            };
            assert_eq!(site.folder.as_str(), folder, "{typed}");
            assert_eq!(named.only.as_deref(), only, "{typed}");
        }
        for typed in ["ftp://a.example/", "https://", "http://a b/", "nowhere"] {
            assert!(Named::parse(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn a_name_leads_out_of_no_folder() {
        let named = Named::parse("https://a.example/releases/2026-11-22/").unwrap();
        let Place::Site(site) = named.place else {
            panic!("it is a site");
        };
        for name in ["../x", "//b.example/x", "https://b.example/", "?x", "#x"] {
            let address = site.address_of(name).unwrap().into_inner();
            let start = "https://a.example/releases/2026-11-22/";
            let rest = address.strip_prefix(start).unwrap();
            assert!(!rest.contains(['/', '?', '#']), "{address}");
        }
    }
}
