//! Who asks, and how: what every handler wants to know of a request.

use crate::config::Config;
use crate::http::Shared;
use crate::http::client::Client;
use crate::http::negotiate::{self, Offer};
use crate::http::problem::{BAD_REQUEST, Problem};
use crate::model::Lang;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Version};
use std::convert::Infallible;

/// A request without its body.
#[derive(Clone, Debug)]
pub struct Reader {
    pub headers: HeaderMap,
    /// The path, percent-encoded as it came.
    pub path: String,
    /// The query's parameters, decoded, in order.
    pub parameters: Vec<(String, String)>,
    pub lang: Lang,
    pub client: Client,
    /// Whether the end of a body of unknown length is told from a broken transfer: not before
    /// HTTP/1.1.
    pub knows_chunks: bool,
}

impl Reader {
    pub fn new(parts: &Parts, config: &Config) -> Self {
        let query = parts.uri.query().unwrap_or_default();
        let parameters: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let asked_for = parameters
            .iter()
            .find(|(name, _)| name == "lang")
            .map(|(_, value)| value.as_str());
        Self {
            lang: negotiate::language(asked_for, &parts.headers, &config.languages),
            client: Client::of(
                parts.extensions.get().copied(),
                &parts.headers,
                &config.proxies,
            ),
            headers: parts.headers.clone(),
            knows_chunks: parts.version >= Version::HTTP_11,
            path: parts.uri.path().to_owned(),
            parameters,
        }
    }

    /// The first value of a parameter of the address.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A parameter that is `true` or `false`; `None` when it is not there.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn truth(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.parameter(name) {
            None => Ok(None),
            // `?partial` alone is meant, as on the command line.
            Some("true" | "") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Problem::new(&BAD_REQUEST).with_detail(
                format!("`{name}` est `true` ou `false`."),
                format!("`{name}` is `true` or `false`."),
            )),
        }
    }

    /// Lets only these parameters pass, where one that is not understood could have been meant
    /// to hold something back.
    ///
    /// # Errors
    /// 400 with those that there are.
    pub fn allow_only(&self, known: &[&str]) -> Result<(), Problem> {
        let is_known = |name: &String| known.contains(&name.as_str());
        match self.parameters.iter().find(|(name, _)| !is_known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let list: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
                let list = list.join(", ");
                Err(Problem::new(&BAD_REQUEST).with_detail(
                    format!("Le paramètre `{name}` n'existe pas ici ; il y a {list}."),
                    format!("There is no parameter `{name}` here; there are {list}."),
                ))
            }
        }
    }

    /// The offer that the reader gets; see [`negotiate::choose`].
    ///
    /// # Errors
    /// 406 with the list of what there is.
    pub fn choose(&self, offers: &[Offer]) -> Result<Offer, Problem> {
        negotiate::choose(offers, self.parameter("format"), &self.headers)
    }

    /// The address from its `/` on, with its parameters but without the language.
    pub fn address(&self) -> String {
        let rest: Vec<_> = self
            .parameters
            .iter()
            .filter(|(name, _)| name != "lang")
            .collect();
        if rest.is_empty() {
            return self.path.clone();
        }
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(rest)
            .finish();
        format!("{}?{query}", self.path)
    }
}

impl FromRequestParts<Shared> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, server: &Shared) -> Result<Self, Infallible> {
        Ok(Self::new(parts, &server.app.config))
    }
}
