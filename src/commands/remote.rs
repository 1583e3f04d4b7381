//! `affiche submit --server`: the same submission, sent to a server over HTTP. What fails on the
//! way is sent again under the same key, so that nothing is done twice.

use super::Console;
use crate::app::private;
use crate::cli::Submit;
use crate::config::TOKEN_VARIABLE;
use crate::ingest::Report;
use crate::ingest::importers::compression::decompress;
use crate::ingest::importers::importer_of;
use crate::model::{Lang, Mode};
use anyhow::{Context as _, anyhow, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use std::io::Write as _;
use std::thread::sleep;
use std::time::Duration;
use ureq::http::{Response, StatusCode, Uri};
use ureq::{Agent, Body};

/// How often it is tried, all in all.
const TRIES: u32 = 6;
/// The longest wait between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How long one answer is waited for before the server says where the report will be.
const WAIT_SECONDS: u64 = 10;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// How long the server may be silent.
const SILENCE: Duration = Duration::from_secs(120);
/// The largest report that is taken.
const REPORT_BYTES: u64 = 256 << 20;

/// Sends a submission and gives its report.
///
/// # Errors
/// When there is no token, or the server does not take it.
pub fn submit(
    options: &Submit,
    server: &str,
    lang: Lang,
    console: &Console,
) -> anyhow::Result<Report> {
    let address = address(options, server)?;
    let [file] = &options.files[..] else {
        bail!(
            "with `--server`, one file is one submission: put the files together, or send them one by one with `--mode upsert`"
        );
    };
    let token = token(options, console)?;
    let bytes = console.read(file, u64::MAX - 1)?;
    let name = file.display().to_string();
    // Compressed as this program does it, whatever the file was.
    let bytes = decompress(&bytes, usize::MAX).with_context(|| format!("`{name}`"))?;
    let importer = importer_of(options.format.as_deref(), &name, &bytes)
        .with_context(|| format!("`{name}`"))?;
    let sending = Sending {
        agent: agent(&address),
        address,
        authorization: format!("Bearer {token}"),
        media_type: importer
            .media_types
            .first()
            .copied()
            // What has no type of its own is told by its content.
            .unwrap_or("application/json"),
        body: compressed(&bytes)?,
        key: private::random_name(),
        mode: options.mode,
        lang,
    };
    sending.run(console)
}

/// The address to send to, with what was asked for on the command line.
fn address(options: &Submit, server: &str) -> anyhow::Result<Uri> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(partial) = options.partial {
        query.append_pair("partial", if partial { "true" } else { "false" });
    }
    if options.dry_run {
        query.append_pair("dry-run", "true");
    }
    if options.allow_withdrawals {
        query.append_pair("allow-withdrawals", "true");
    }
    if let Some(time) = &options.publish_at {
        query.append_pair("publish-at", time);
    }
    let query = query.finish();
    let separator = if query.is_empty() { "" } else { "?" };
    let text = format!(
        "{}/sources/{}/data{separator}{query}",
        server.trim_end_matches('/'),
        options.source
    );
    let address: Uri = text.parse().map_err(|_| not_an_address(server))?;
    let host = address.host().ok_or_else(|| not_an_address(server))?;
    let is_this_machine =
        host == "localhost" || host == "[::1]" || host.starts_with("127.") && is_ipv4(host);
    match address.scheme_str() {
        Some("https") => {}
        Some("http") if is_this_machine || options.plain_http => {}
        Some("http") => bail!(
            "the token would go to `{host}` for everybody on the way to read; use `https://`, or say `--plain-http` if the way is safe"
        ),
        _ => return Err(not_an_address(server)),
    }
    Ok(address)
}

fn is_ipv4(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>().is_ok()
}

fn not_an_address(server: &str) -> anyhow::Error {
    anyhow!("`{server}` is no address of a server; write for example `https://data.example.org`")
}

fn token(options: &Submit, console: &Console) -> anyhow::Result<String> {
    let text = match &options.token_file {
        Some(path) => String::from_utf8(console.read(path, 4096)?)
            .with_context(|| format!("`{}` is not a token", path.display()))?,
        None => std::env::var(TOKEN_VARIABLE).map_err(|_| {
            anyhow!(
                "writing to a server needs a token: name the file that holds it with `--token-file`, or put it into the environment variable `{TOKEN_VARIABLE}`"
            )
        })?,
    };
    let token = text.trim();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        bail!(
            "what was given as a token is none: it is one word, as `affiche token create` writes it"
        );
    }
    Ok(token.to_owned())
}

fn agent(address: &Uri) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        // A token is for the server that was named, not for those that it points to.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("affiche/", env!("CARGO_PKG_VERSION")))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(SILENCE))
        .timeout_recv_body(Some(SILENCE));
    if address.scheme_str() == Some("http") {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

fn compressed(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// A submission on its way.
struct Sending {
    agent: Agent,
    address: Uri,
    authorization: String,
    media_type: &'static str,
    body: Vec<u8>,
    key: String,
    mode: Mode,
    lang: Lang,
}

/// What an answer means for what is to be done next.
enum Next {
    Report(Box<Report>),
    /// The report will be there.
    Look(Uri),
    /// Something passing: try again, after so long if the server said so.
    Again(anyhow::Error, Option<Duration>),
}

impl Sending {
    fn run(&self, console: &Console) -> anyhow::Result<Report> {
        let mut tries = 0;
        let mut look_at: Option<Uri> = None;
        let mut last_told = String::new();
        loop {
            let next = match &look_at {
                None => self.send()?,
                Some(address) => self.look(address, console, &mut last_told)?,
            };
            match next {
                Next::Report(report) => return Ok(*report),
                Next::Look(address) => {
                    if look_at.is_some() {
                        sleep(Duration::from_secs(1));
                    }
                    look_at = Some(address);
                }
                Next::Again(error, after) => {
                    tries += 1;
                    if tries >= TRIES {
                        return Err(error.context(format!(
                            "tried {TRIES} times; nothing is done twice when you send it again"
                        )));
                    }
                    let wait = after.unwrap_or(Duration::from_secs(1 << tries.min(5)));
                    let wait = wait.min(LONGEST_WAIT);
                    console.tell(&format!(
                        "affiche: {}; trying again in {} s",
                        super::told(&error),
                        wait.as_secs()
                    ));
                    sleep(wait);
                    // Where the report would have been is forgotten by a server that restarts;
                    // the key is not.
                    look_at = None;
                }
            }
        }
    }

    fn send(&self) -> anyhow::Result<Next> {
        let request = match self.mode {
            Mode::Replace => self.agent.put(&self.address),
            Mode::Upsert => self.agent.post(&self.address),
            Mode::Withdraw => self.agent.delete(&self.address).force_send_body(),
        };
        let answer = request
            .header("Authorization", &self.authorization)
            .header("Content-Type", self.media_type)
            .header("Content-Encoding", "gzip")
            .header("Idempotency-Key", &self.key)
            .header("Prefer", format!("respond-async, wait={WAIT_SECONDS}"))
            .header("Accept", "application/json")
            .header("Accept-Language", self.lang.tag())
            .send(&self.body[..]);
        self.understand(answer)
    }

    /// Looks how far it is, and tells the person who waits.
    fn look(
        &self,
        address: &Uri,
        console: &Console,
        last_told: &mut String,
    ) -> anyhow::Result<Next> {
        let answer = self
            .agent
            .get(address)
            .header("Authorization", &self.authorization)
            .header("Accept", "application/json")
            .header("Accept-Language", self.lang.tag())
            .call();
        let mut answer = match answer {
            Ok(answer) if answer.status() == StatusCode::OK => answer,
            Ok(answer) if answer.status() == StatusCode::NOT_FOUND => {
                return Ok(Next::Again(anyhow!("the server has restarted"), None));
            }
            other => return self.understand(other),
        };
        let json: Value = read(&mut answer)?;
        match json.get("state").and_then(Value::as_str) {
            Some("done") => match json.get("report") {
                Some(report) => Ok(Next::Report(Box::new(serde_json::from_value(
                    report.clone(),
                )?))),
                None => Err(problem(json.get("problem").unwrap_or(&Value::Null))),
            },
            _ => {
                let told = progress(&json);
                if told != *last_told {
                    console.tell(&told);
                    *last_told = told;
                }
                Ok(Next::Look(address.clone()))
            }
        }
    }

    fn understand(&self, answer: Result<Response<Body>, ureq::Error>) -> anyhow::Result<Next> {
        let mut answer = match answer {
            Ok(answer) => answer,
            Err(
                error @ (ureq::Error::BadUri(_) | ureq::Error::Tls(_) | ureq::Error::Rustls(_)),
            ) => {
                return Err(anyhow!("`{}` cannot be reached: {error}", self.host()));
            }
            Err(error) => {
                let error = anyhow!("`{}` cannot be reached: {error}", self.host());
                return Ok(Next::Again(error, None));
            }
        };
        let status = answer.status();
        let header = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok());
        let after = header("retry-after")
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs);
        let location = header("location").map(str::to_owned);
        match status {
            StatusCode::OK => Ok(Next::Report(Box::new(read(&mut answer)?))),
            StatusCode::ACCEPTED => {
                let location =
                    location.context("the server does not say where its report will be")?;
                Ok(Next::Look(self.at(&location)?))
            }
            _ if status.is_redirection() => bail!(
                "`{}` points to `{}`; give that address with `--server`, if it is the right one",
                self.host(),
                location.unwrap_or_default()
            ),
            _ => {
                let json: Value = read(&mut answer).unwrap_or(Value::Null);
                let kind = json.get("type").and_then(Value::as_str).unwrap_or_default();
                if kind.ends_with("/problems/refused") {
                    return Ok(Next::Report(Box::new(serde_json::from_value(json)?)));
                }
                let error = match &json {
                    Value::Null => anyhow!("`{}` answered {status}", self.host()),
                    json => problem(json),
                };
                let is_passing = matches!(
                    status,
                    StatusCode::TOO_MANY_REQUESTS
                        | StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                );
                // That takes a person: waiting here would tell nobody.
                if is_passing && !kind.ends_with("/problems/writing-stopped") {
                    Ok(Next::Again(error, after))
                } else {
                    Err(error)
                }
            }
        }
    }

    fn host(&self) -> &str {
        self.address.host().unwrap_or_default()
    }

    /// An address that the server names, on that server: the token is for no other.
    fn at(&self, location: &str) -> anyhow::Result<Uri> {
        let path = match location.parse::<Uri>() {
            Ok(address) if address.host().is_none() => location,
            _ => bail!("the server names `{location}` for its report, which is elsewhere"),
        };
        let mut parts = self.address.clone().into_parts();
        parts.path_and_query = Some(path.parse()?);
        Ok(Uri::from_parts(parts)?)
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &mut Response<Body>) -> anyhow::Result<T> {
    let bytes = answer
        .body_mut()
        .with_config()
        .limit(REPORT_BYTES)
        .read_to_vec()
        .context("the server's answer could not be read")?;
    serde_json::from_slice(&bytes).context("the server's answer is not what this program knows")
}

/// A problem as a message for a person.
fn problem(json: &Value) -> anyhow::Error {
    let text = |name: &str| json.get(name).and_then(Value::as_str);
    let title = text("title").unwrap_or("the server refused it");
    match text("detail") {
        Some(detail) => anyhow!("{title}: {detail}"),
        None => anyhow!("{title}"),
    }
}

/// How far it is, in a line.
fn progress(json: &Value) -> String {
    let text = |name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut line = format!("affiche: {}", text("state"));
    if let Some(stage) = json.get("stage").and_then(Value::as_str) {
        line = format!("affiche: {stage}");
    }
    if let Some(share) = json.get("estimate").and_then(Value::as_f64) {
        line.push_str(&format!(" ({:.0} %)", share * 100.0));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    fn options(further: &[&str]) -> Submit {
        let arguments = ["affiche", "submit", "--source", "theatre", "x.ttl"];
        let arguments = arguments.iter().chain(further);
        match Cli::try_parse_from(arguments)
            .expect("it is understood")
            .command
        {
            Command::Submit(options) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_token_goes_over_plain_http_to_this_machine_alone() {
        for server in [
            "https://data.example.org",
            "http://127.0.0.1:7878",
            "http://localhost:7878/",
            "http://[::1]:7878",
        ] {
            assert!(address(&options(&[]), server).is_ok(), "{server}");
        }
        for server in [
            "http://data.example.org",
            "http://127.evil.example",
            "http://127.0.0.1.evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1@evil.example",
            "ftp://127.0.0.1",
            "data.example.org",
            "",
        ] {
            assert!(address(&options(&[]), server).is_err(), "{server}");
        }
        let told = options(&["--plain-http", "--server", "http://data.example.org"]);
        assert!(address(&told, "http://data.example.org").is_ok());
    }

    #[test]
    fn what_was_asked_for_stands_in_the_address() {
        let options = options(&[
            "--partial",
            "--dry-run",
            "--publish-at",
            "2027-01-15T10:00+01:00",
        ]);
        let address = address(&options, "https://data.example.org/x/").expect("an address");
        assert_eq!(
            address.to_string(),
            "https://data.example.org/x/sources/theatre/data?partial=true&dry-run=true&publish-at=2027-01-15T10%3A00%2B01%3A00"
        );
    }
}
