//! Speaks the SPARQL 1.1 Protocol to the mirror, and shows who it is when it is asked.

use crate::app::mirror::MirrorError;
use crate::app::mirror::digest::{Asked, Challenge};
use crate::app::outgoing;
use crate::app::private::hexadecimal;
use crate::store::{RequestedDataset, fill_random};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use ureq::http::{HeaderMap, Response, Uri};
use ureq::{Agent, Body};

/// Of what a mirror says about an error, this much is told.
const SAID: usize = 300;
/// After a 401 it is tried again: once to show who this is, once more when what was asked for has
/// grown old.
const TRIES: usize = 3;
/// Virtuoso 7.2 answers some requests with 406 that take JSON and nothing else.
const JSON: &str = "application/sparql-results+json, */*;q=0.1";
const TRIPLES: &str = "application/n-triples, text/plain;q=0.9, */*;q=0.1";
const FORM: &str = "application/x-www-form-urlencoded";

/// Both addresses of a mirror.
pub struct Client {
    agent: Agent,
    update: Endpoint,
    query: Endpoint,
    user: Option<User>,
}

/// As whom it speaks.
pub struct User {
    pub name: String,
    pub password: String,
}

struct Endpoint {
    uri: Uri,
    /// What it wants to be shown.
    wants: Mutex<Wants>,
}

enum Wants {
    Nothing,
    Basic,
    /// How many times it was answered.
    Digest(Challenge, u32),
}

/// What an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Results {
    /// Solutions or a truth value, as JSON.
    Json,
    /// A graph, as N-Triples.
    Triples,
}

/// An answer that is still to be read.
pub struct Reply {
    pub body: Box<dyn Read + Send>,
    /// Virtuoso ends answers at so many rows, and says so nowhere else.
    pub most_rows: Option<u64>,
    /// Virtuoso ends answers when its time is up, and says so nowhere else.
    pub is_partial: bool,
}

impl Client {
    pub fn new(update: Uri, query: Uri, user: Option<User>) -> Self {
        let endpoint = |uri| Endpoint {
            uri,
            wants: Mutex::new(Wants::Nothing),
        };
        Self {
            agent: outgoing::client_of_operator(),
            update: endpoint(update),
            query: endpoint(query),
            user,
        }
    }

    /// Has an update carried out.
    ///
    /// # Errors
    /// When the mirror cannot be reached, or refuses it. Unless it is refused, it may have been
    /// carried out, or be later.
    pub fn update(&self, text: &str, timeout: Duration) -> Result<(), MirrorError> {
        let media_type = "application/sparql-update";
        let sent = (media_type, "*/*", text.as_bytes());
        let answer = self.send(&self.update, sent, timeout)?;
        // Read to its end, so that the connection can serve again.
        let said = said(answer.into_body());
        drop(said);
        Ok(())
    }

    /// Has a query answered, over the data set that is named, if any.
    ///
    /// # Errors
    /// When the mirror cannot be reached, or refuses it.
    pub fn query(
        &self,
        text: &str,
        dataset: &RequestedDataset,
        results: Results,
        most_bytes: u64,
        timeout: Duration,
    ) -> Result<Reply, MirrorError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("query", text);
        for graph in &dataset.default_graphs {
            form.append_pair("default-graph-uri", graph.as_str());
        }
        for graph in &dataset.named_graphs {
            form.append_pair("named-graph-uri", graph.as_str());
        }
        let form = form.finish();
        let accept = match results {
            Results::Json => JSON,
            Results::Triples => TRIPLES,
        };
        let answer = self.send(&self.query, (FORM, accept, form.as_bytes()), timeout)?;
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let most_rows = header("x-sparql-maxrows").and_then(|value| value.trim().parse().ok());
        let is_partial = header("x-sql-state").is_some();
        let body = answer.into_body().into_with_config().limit(most_bytes);
        Ok(Reply {
            body: Box::new(body.reader()),
            most_rows,
            is_partial,
        })
    }

    /// Sends a body of a type, and gives the answer if it is a good one.
    fn send(
        &self,
        endpoint: &Endpoint,
        (media_type, accept, body): (&str, &str, &[u8]),
        timeout: Duration,
    ) -> Result<Response<Body>, MirrorError> {
        for _ in 0..TRIES {
            let mut request = self
                .agent
                .post(&endpoint.uri)
                .config()
                .timeout_global(Some(timeout))
                .build()
                .header(CONTENT_TYPE, media_type)
                .header(ACCEPT, accept);
            let shown = self.shown(endpoint);
            if let Some(shown) = &shown {
                request = request.header(AUTHORIZATION, shown);
            }
            let answer = request.send(body).map_err(|error| match error {
                ureq::Error::Timeout(_) => MirrorError::TooLate(timeout),
                error => MirrorError::NotNow(error.to_string()),
            })?;
            let status = answer.status().as_u16();
            if status == 401 && self.learn(endpoint, answer.headers()) {
                continue;
            }
            return match status {
                200..=299 => Ok(answer),
                401 | 403 => Err(MirrorError::NotAllowed(status)),
                300..=399 | 404 | 405 => Err(MirrorError::NotThere(status)),
                408 | 425 | 429 | 502..=504 => Err(MirrorError::NotNow(format!(
                    "{status} {}",
                    said(answer.into_body())
                ))),
                _ => Err(MirrorError::Refused {
                    status,
                    said: said(answer.into_body()),
                }),
            };
        }
        Err(MirrorError::NotAllowed(401))
    }

    /// What is shown without being asked again.
    fn shown(&self, endpoint: &Endpoint) -> Option<String> {
        let user = self.user.as_ref()?;
        let mut wants = endpoint
            .wants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &mut *wants {
            Wants::Nothing => None,
            Wants::Basic => {
                let pair = format!("{}:{}", user.name, user.password);
                Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
            }
            Wants::Digest(challenge, count) => {
                *count += 1;
                let mut chance = [0_u8; 16];
                fill_random(&mut chance);
                let target = endpoint.uri.path_and_query();
                let asked = Asked {
                    method: "POST",
                    target: target.map_or("/", |target| target.as_str()),
                    user: &user.name,
                    password: &user.password,
                };
                Some(challenge.answer(asked, *count, &hexadecimal(&chance)))
            }
        }
    }

    /// Learns from a 401 what is to be shown. Gives whether there is something to show.
    fn learn(&self, endpoint: &Endpoint, headers: &HeaderMap) -> bool {
        if self.user.is_none() {
            return false;
        }
        let asked: Vec<&str> = headers
            .get_all(WWW_AUTHENTICATE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        let mut wants = endpoint
            .wants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // The one that does not send the password, where there is a choice.
        if let Some(challenge) = asked.iter().find_map(|asked| Challenge::parse(asked)) {
            *wants = Wants::Digest(challenge, 0);
            return true;
        }
        let is_basic = asked.iter().any(|asked| {
            let scheme = asked.split_whitespace().next().unwrap_or_default();
            scheme.eq_ignore_ascii_case("basic")
        });
        // Who has seen it and asks again does not know it.
        if is_basic && !matches!(*wants, Wants::Basic) {
            *wants = Wants::Basic;
            return true;
        }
        false
    }
}

/// The beginning of a text, on one line.
fn said(mut body: Body) -> String {
    let read = body
        .with_config()
        .limit(outgoing::ANSWER_BYTES)
        .read_to_vec();
    let text = String::from_utf8_lossy(&read.unwrap_or_default()).into_owned();
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SAID)
        .collect()
}
