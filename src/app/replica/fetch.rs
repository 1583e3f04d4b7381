//! Reading what a server publishes of its log: small answers whole, files resumed where they were
//! cut off. What is read is not believed here: only heads are verified, since all else is by them.

use crate::app::head::Signed;
use crate::app::replica::CopyError;
use crate::changes::log::{HEAD_VERSION, Head};
use crate::store::VerifyingKey;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, IF_NONE_MATCH, IF_RANGE, RANGE,
};
use ureq::http::{HeaderMap, HeaderName, Response};
use ureq::{Agent, Body};

/// How long to wait for a connection, and for the first byte of an answer.
const ANSWER: Duration = Duration::from_secs(60);
/// How long an answer may take; a file that takes longer is resumed.
const BODY: Duration = Duration::from_secs(600);
/// The most of an answer that is kept in memory: a head names each file of the log.
const SMALL_BYTES: u64 = 64 << 20;
/// A head and its signature are two answers: a change may come between.
const HEAD_TRIES: usize = 4;
const CHUNK_BYTES: usize = 64 << 10;

/// The server that is copied.
pub struct Source {
    agent: Agent,
    /// Without a final slash.
    url: String,
    key: VerifyingKey,
}

impl Source {
    pub fn new(url: &str, key: VerifyingKey) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("affiche/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(ANSWER))
            .timeout_recv_response(Some(ANSWER))
            .timeout_recv_body(Some(BODY))
            .build();
        Self {
            agent: Agent::new_with_config(config),
            url: url.trim_end_matches('/').to_owned(),
            key,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The key, hexadecimal, as notices have it.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// Where the log stands; `None` when that has the tag `known`.
    ///
    /// # Errors
    /// When nobody answers, or the answer is not signed by the key.
    pub fn head(&self, known: Option<&str>) -> Result<Option<(Signed, String)>, CopyError> {
        let mut last = None;
        for _ in 0..HEAD_TRIES {
            let condition = known.map(|tag| (IF_NONE_MATCH, tag));
            let answer = self.get("/changes/head", condition.as_slice())?;
            if answer.status() == 304 {
                return Ok(None);
            }
            let tag = text_of(answer.headers(), ETAG).unwrap_or_default();
            let text = small("/changes/head", answer)?;
            let signature = small(
                "/changes/head.minisig",
                self.get("/changes/head.minisig", &[])?,
            )?;
            let verified = self
                .key
                .verify_file(text.as_bytes(), &signature)
                .unwrap_or(Err(crate::store::SignatureError::Wrong));
            match verified {
                Ok(_) => {
                    let head = read_head(&text)?;
                    return Ok(Some((
                        Signed {
                            head,
                            text,
                            signature,
                        },
                        tag,
                    )));
                }
                Err(error) => last = Some(error),
            }
        }
        let error = last.map(|error| error.to_string()).unwrap_or_default();
        Err(CopyError::Unverified(format!(
            "the head of the log: {error}"
        )))
    }

    /// A small file, as text.
    ///
    /// # Errors
    /// When nobody answers, or otherwise than with it.
    pub fn text(&self, path: &str) -> Result<String, CopyError> {
        small(path, self.get(path, &[])?)
    }

    /// A file, `bytes` long where that is known. What is there of it from before is not asked for again; it goes on for
    /// as long as something comes.
    ///
    /// # Errors
    /// When nothing comes, or the disk does not take it.
    pub fn download(&self, path: &str, to: &Path, bytes: Option<u64>) -> Result<(), CopyError> {
        if to.exists() {
            return Ok(());
        }
        let (part, tag_file) = (beside(to, "part"), beside(to, "tag"));
        loop {
            let before = length(&part);
            match self.try_download(path, &part, &tag_file, bytes) {
                Ok(()) => {
                    let io = |error| CopyError::io(&part, error);
                    File::open(&part)
                        .and_then(|file| file.sync_all())
                        .map_err(io)?;
                    fs::rename(&part, to).map_err(io)?;
                    let _ = fs::remove_file(&tag_file);
                    return Ok(());
                }
                Err(CopyError::Unreachable(_)) if length(&part) > before => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn try_download(
        &self,
        path: &str,
        part: &Path,
        tag_file: &Path,
        bytes: Option<u64>,
    ) -> Result<(), CopyError> {
        let io = |error| CopyError::io(part, error);
        let tag = fs::read_to_string(tag_file).unwrap_or_default();
        let mut have = if tag.is_empty() { 0 } else { length(part) };
        let range = format!("bytes={have}-");
        let conditions = [(RANGE, range.as_str()), (IF_RANGE, tag.as_str())];
        let conditions = if have > 0 { &conditions[..] } else { &[] };
        let answer = self.get(path, conditions)?;
        let headers = answer.headers();
        let length = text_of(headers, CONTENT_LENGTH).and_then(|text| text.parse::<u64>().ok());
        let whole = match answer.status().as_u16() {
            206 => {
                let range = text_of(headers, CONTENT_RANGE).unwrap_or_default();
                let (from, whole) = parse_range(&range)
                    .ok_or_else(|| unreachable(path, "an answer that is no range"))?;
                if from != have {
                    return Err(unreachable(path, "another range than was asked for"));
                }
                whole
            }
            200 => {
                have = 0;
                // What is there is of another state.
                fs::write(part, b"").map_err(io)?;
                let tag = text_of(headers, ETAG).filter(|tag| !tag.starts_with("W/"));
                fs::write(tag_file, tag.unwrap_or_default()).map_err(io)?;
                length.ok_or_else(|| unreachable(path, "an answer of unknown length"))?
            }
            416 => {
                let _ = fs::remove_file(tag_file);
                return Err(unreachable(path, "the range is not there any more"));
            }
            _ => return Err(refused(path, answer)),
        };
        if bytes.is_some_and(|bytes| bytes != whole) {
            let wanted = bytes.unwrap_or_default();
            return Err(CopyError::Unverified(format!(
                "`{path}` has {whole} bytes, and {wanted} were signed"
            )));
        }
        let mut file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(part)
            .map_err(io)?;
        let mut body = answer.into_body().into_reader();
        let mut chunk = vec![0; CHUNK_BYTES];
        while have < whole {
            let read = match body.read(&mut chunk) {
                Ok(0) => return Err(unreachable(path, "the connection ended early")),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(unreachable(path, &error.to_string())),
            };
            let new = chunk.get(..read).unwrap_or_default();
            have += read as u64;
            if have > whole {
                return Err(unreachable(path, "more than was announced"));
            }
            file.write_all(new).map_err(io)?;
        }
        Ok(())
    }

    fn get(&self, path: &str, headers: &[(HeaderName, &str)]) -> Result<Response<Body>, CopyError> {
        let url = format!("{}{path}", self.url);
        let mut request = self.agent.get(&url).header(ACCEPT_ENCODING, "identity");
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        request
            .call()
            .map_err(|error| unreachable(path, &error.to_string()))
    }
}

fn read_head(text: &str) -> Result<Head, CopyError> {
    let head: Head = serde_json::from_str(text).map_err(|error| {
        CopyError::Unverified(format!("the head of the log cannot be read: {error}"))
    })?;
    if head.version != HEAD_VERSION {
        return Err(CopyError::Unverified(format!(
            "the head of the log has the version {}, and this program knows {HEAD_VERSION}; use a newer one",
            head.version
        )));
    }
    if !head.is_well_formed() {
        let what = "a name in the head of the log is none".to_owned();
        return Err(CopyError::Unverified(what));
    }
    Ok(head)
}

fn small(path: &str, answer: Response<Body>) -> Result<String, CopyError> {
    if answer.status() != 200 {
        return Err(refused(path, answer));
    }
    let wanted = text_of(answer.headers(), CONTENT_LENGTH);
    let text = answer
        .into_body()
        .into_with_config()
        .limit(SMALL_BYTES)
        .read_to_string()
        .map_err(|error| unreachable(path, &error.to_string()))?;
    if wanted.is_some_and(|wanted| wanted != text.len().to_string()) {
        return Err(unreachable(path, "the connection ended early"));
    }
    Ok(text)
}

fn refused(path: &str, answer: Response<Body>) -> CopyError {
    let status = answer.status();
    CopyError::Unreachable(format!("`{path}` is answered with {status}"))
}

fn unreachable(path: &str, what: &str) -> CopyError {
    CopyError::Unreachable(format!("`{path}`: {what}"))
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

/// Where a range begins, and how long the whole is.
fn parse_range(text: &str) -> Option<(u64, u64)> {
    let (range, whole) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, _) = range.split_once('-')?;
    Some((first.parse().ok()?, whole.parse().ok()?))
}

fn length(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    name.into()
}
