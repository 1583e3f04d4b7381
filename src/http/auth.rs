//! Who may write: bearer tokens (RFC 6750), in the header alone. A token in an address would be
//! in every log on its way.

use crate::app::App;
use crate::app::tokens::{Scope, Token};
use crate::http::problem::{NOT_ALLOWED, Problem, UNAUTHORIZED};
use crate::model::SourceName;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue};
use jiff::Timestamp;

/// The token that a request shows.
///
/// # Errors
/// 401 when there is none, or it is not known; both look alike but for the challenge, and
/// neither says anything about what was asked for.
pub(super) fn token(app: &App, headers: &HeaderMap) -> Result<Token, Problem> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return Err(challenge("Bearer realm=\"affiche\""));
    };
    let shown = line
        .to_str()
        .ok()
        .and_then(|line| line.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, shown)| shown.trim());
    let Some(shown) = shown else {
        return Err(challenge("Bearer realm=\"affiche\""));
    };
    app.tokens
        .recognise(shown, Timestamp::now())
        .ok_or_else(|| challenge("Bearer realm=\"affiche\", error=\"invalid_token\""))
}

/// The source that an address names, if the token is good for it.
///
/// # Errors
/// 403 when it is not, whether there is such a source or not.
pub(super) fn source(token: &Token, name: &str) -> Result<SourceName, Problem> {
    name.parse()
        .ok()
        .filter(|source: &SourceName| !source.is_system() && token.scope.allows(source))
        .ok_or_else(not_allowed)
}

/// Lets the operator pass.
///
/// # Errors
/// 403 for every other token.
pub(super) fn operator(token: &Token) -> Result<(), Problem> {
    match token.scope {
        Scope::Operator => Ok(()),
        Scope::Source(_) => Err(not_allowed()),
    }
}

fn challenge(text: &'static str) -> Problem {
    Problem::new(&UNAUTHORIZED).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(text))
}

fn not_allowed() -> Problem {
    // RFC 6750 §3.1: the token is known, but not good for this.
    const TEXT: &str = "Bearer realm=\"affiche\", error=\"insufficient_scope\"";
    Problem::new(&NOT_ALLOWED).with_header(WWW_AUTHENTICATE, HeaderValue::from_static(TEXT))
}
