//! HTTP's Digest authentication (RFC 7616), as far as servers ask for it: `qop=auth` or none, with
//! MD5, which Virtuoso wants, or SHA-256. The password itself is never sent.

use crate::app::private::hexadecimal;
use md5::Md5;
use sha2::{Digest as _, Sha256};

/// What a server asks to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    has_qop: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Algorithm {
    /// As the server wrote it; none was written, it is MD5.
    name: Option<String>,
    is_sha256: bool,
    is_session: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub method: &'a str,
    /// The path and the query, as they stand in the request.
    pub target: &'a str,
    pub user: &'a str,
    pub password: &'a str,
}

impl Challenge {
    /// Reads the value of a `WWW-Authenticate`; `None` when it asks for something else.
    pub fn parse(value: &str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let mut challenge = Self {
            realm: String::new(),
            nonce: String::new(),
            opaque: None,
            algorithm: Algorithm {
                name: None,
                is_sha256: false,
                is_session: false,
            },
            has_qop: false,
        };
        for (name, value) in parameters(rest) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => challenge.realm = value,
                "nonce" => challenge.nonce = value,
                "opaque" => challenge.opaque = Some(value),
                "algorithm" => {
                    let (is_sha256, is_session) = match value.to_ascii_lowercase().as_str() {
                        "md5" => (false, false),
                        "md5-sess" => (false, true),
                        "sha-256" => (true, false),
                        "sha-256-sess" => (true, true),
                        _ => return None,
                    };
                    challenge.algorithm = Algorithm {
                        name: Some(value),
                        is_sha256,
                        is_session,
                    };
                }
                "qop" => {
                    challenge.has_qop = value
                        .split(',')
                        .any(|one| one.trim().eq_ignore_ascii_case("auth"));
                    // Only `auth-int` is left, which would hash every body.
                    if !challenge.has_qop {
                        return None;
                    }
                }
                _ => {}
            }
        }
        (!challenge.nonce.is_empty()).then_some(challenge)
    }

    /// The value of `Authorization` for the `count`th request under this challenge. `chance` is a
    /// text that nobody can foresee.
    pub fn answer(&self, asked: Asked<'_>, count: u32, chance: &str) -> String {
        let count = format!("{count:08x}");
        let mut secret = self.hash(&[asked.user, &self.realm, asked.password]);
        if self.algorithm.is_session {
            secret = self.hash(&[&secret, &self.nonce, chance]);
        }
        let what = self.hash(&[asked.method, asked.target]);
        let response = if self.has_qop {
            self.hash(&[&secret, &self.nonce, &count, chance, "auth", &what])
        } else {
            self.hash(&[&secret, &self.nonce, &what])
        };
        let mut parts = vec![
            format!("username={}", quoted(asked.user)),
            format!("realm={}", quoted(&self.realm)),
            format!("nonce={}", quoted(&self.nonce)),
            format!("uri={}", quoted(asked.target)),
            format!("response=\"{response}\""),
        ];
        if let Some(name) = &self.algorithm.name {
            parts.push(format!("algorithm={name}"));
        }
        if let Some(opaque) = &self.opaque {
            parts.push(format!("opaque={}", quoted(opaque)));
        }
        if self.has_qop {
            parts.push("qop=auth".to_owned());
            parts.push(format!("nc={count}"));
        }
        if self.has_qop || self.algorithm.is_session {
            parts.push(format!("cnonce={}", quoted(chance)));
        }
        format!("Digest {}", parts.join(", "))
    }

    fn hash(&self, parts: &[&str]) -> String {
        let text = parts.join(":");
        if self.algorithm.is_sha256 {
            hexadecimal(&Sha256::digest(text))
        } else {
            hexadecimal(&Md5::digest(text))
        }
    }
}

/// The parameters of a challenge: `name=value` or `name="value"`, with commas between them.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = if after.starts_with('"') {
            let mut is_escaped = false;
            let mut end = after.len();
            for (place, c) in chars.by_ref().skip(1) {
                match c {
                    _ if is_escaped => {
                        value.push(c);
                        is_escaped = false;
                    }
                    '\\' => is_escaped = true,
                    '"' => {
                        end = place + 1;
                        break;
                    }
                    c => value.push(c),
                }
            }
            end
        } else {
            let end = after.find(',').unwrap_or(after.len());
            value.push_str(after.get(..end).unwrap_or_default().trim());
            end
        };
        found.push((name.trim().to_owned(), value));
        rest = after.get(end..).unwrap_or_default();
        rest = rest.trim_start().trim_start_matches(',').trim_start();
    }
    found
}

/// RFC 9110 §5.6.4.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked<'_> = Asked {
        method: "GET",
        target: "/dir/index.html",
        user: "Mufasa",
        password: "Circle of Life",
    };
    const CHANCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    /// RFC 7616 §3.9.1.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            (
                "SHA-256",
                "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
            ),
        ] {
            let challenge = Challenge::parse(&format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            ))
            .expect("a challenge");
            let answer = challenge.answer(ASKED, 1, CHANCE);
            assert!(
                answer.contains(&format!("response=\"{response}\"")),
                "{answer}"
            );
            assert!(answer.contains("nc=00000001"), "{answer}");
            assert!(!answer.contains("Circle"), "{answer}");
        }
    }

    #[test]
    fn what_is_asked_otherwise_is_no_challenge() {
        for value in [
            "Basic realm=\"x\"",
            "Digest",
            "Digest realm=\"x\"",
            "Digest nonce=\"a\", algorithm=SHA-512-256",
            "Digest nonce=\"a\", qop=\"auth-int\"",
        ] {
            assert_eq!(Challenge::parse(value), None, "{value}");
        }
    }

    #[test]
    fn quotation_marks_and_commas_within_values_are_theirs() {
        let challenge =
            Challenge::parse(r#"digest nonce="a,b=\"c", realm=plain , opaque="\\""#).expect("one");
        assert_eq!(challenge.nonce, "a,b=\"c");
        assert_eq!(challenge.realm, "plain");
        assert_eq!(challenge.opaque.as_deref(), Some("\\"));
        let answer = challenge.answer(ASKED, 1, "c");
        assert!(answer.contains(r#"nonce="a,b=\"c""#), "{answer}");
        assert!(!answer.contains("qop"), "{answer}");
    }
}
