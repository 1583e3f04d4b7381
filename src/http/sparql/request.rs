//! Takes the query out of a request (SPARQL 1.1 Protocol §2.1).

use crate::config::Limits;
use crate::http::body;
use crate::http::problem::{BAD_REQUEST, Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::http::reader::Reader;
use crate::store::RequestedDataset;
use axum::body::Body;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use oxrdf::NamedNode;
use std::time::Duration;

/// Other names under which clients ask for a format. What they hold is no more than a wish.
const OTHER_FORMATS: &[&str] = &["output", "results"];

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub query: Option<String>,
    pub is_update: bool,
    pub dataset: RequestedDataset,
    /// By `format=`: one that does not exist is refused.
    pub format: Option<String>,
    /// By another parameter: one that does not exist is passed over.
    pub wished_format: Option<String>,
    pub timeout: Option<Duration>,
    /// The date of what was released, or `latest`; else the present data is asked.
    pub release: Option<String>,
}

impl Asked {
    /// From the parameters of an address or a form. Those that nobody knows are for others.
    ///
    /// # Errors
    /// When there are two queries, a graph is no IRI, or a time is none.
    pub fn from_parameters(parameters: &[(String, String)]) -> Result<Self, Problem> {
        let mut asked = Self::default();
        for (name, value) in parameters {
            match name.as_str() {
                "query" if asked.query.is_some() => {
                    return Err(Problem::new(&BAD_REQUEST).with_detail(
                        "Il y a plus d'un paramètre `query`.",
                        "There is more than one parameter `query`.",
                    ));
                }
                "query" => asked.query = Some(value.clone()),
                "update" => asked.is_update = true,
                // Forms send a field that was left empty.
                "default-graph-uri" | "named-graph-uri" | "format" | "timeout" | "release"
                    if value.trim().is_empty() => {}
                "release" if asked.release.as_ref().is_some_and(|known| known != value) => {
                    return Err(Problem::new(&BAD_REQUEST).with_detail(
                        "Il y a plus d'un paramètre `release`.",
                        "There is more than one parameter `release`.",
                    ));
                }
                "release" => asked.release = Some(value.clone()),
                "default-graph-uri" => asked.dataset.default_graphs.push(graph(name, value)?),
                "named-graph-uri" => asked.dataset.named_graphs.push(graph(name, value)?),
                "timeout" => asked.timeout = Some(seconds(value)?),
                "format" => {
                    asked.format.get_or_insert_with(|| value.clone());
                }
                name if OTHER_FORMATS.contains(&name) => {
                    asked.wished_format.get_or_insert_with(|| value.clone());
                }
                _ => {}
            }
        }
        Ok(asked)
    }
}

fn graph(name: &str, value: &str) -> Result<NamedNode, Problem> {
    NamedNode::new(value).map_err(|_| {
        Problem::new(&BAD_REQUEST).with_detail(
            format!("`{name}` doit être un IRI absolu."),
            format!("`{name}` must be an absolute IRI."),
        )
    })
}

fn seconds(value: &str) -> Result<Duration, Problem> {
    let seconds = value.trim().parse::<f64>().ok();
    seconds
        .filter(|seconds| *seconds > 0.0)
        // What is longer than any limit is as good as the limit.
        .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
        .ok_or_else(|| {
            Problem::new(&BAD_REQUEST).with_detail(
                "`timeout` est un nombre de secondes plus grand que zéro, par exemple `2.5`.",
                "`timeout` is a number of seconds greater than zero, for example `2.5`.",
            )
        })
}

/// From the address of a request, or the body of a POST.
///
/// # Errors
/// When it cannot be read, or is an update.
pub async fn read(
    method: &Method,
    reader: &Reader,
    body: Body,
    limits: &Limits,
) -> Result<Asked, Problem> {
    let asked = if method == Method::POST {
        from_body(reader, body, limits).await?
    } else {
        Asked::from_parameters(&reader.parameters)?
    };
    if asked.is_update {
        return Err(Problem::update_refused());
    }
    Ok(asked)
}

/// From the body of a POST.
///
/// # Errors
/// When the body is too large, too slow, of another type, or not UTF-8.
async fn from_body(reader: &Reader, body: Body, limits: &Limits) -> Result<Asked, Problem> {
    let media_type = reader
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let is_form = match media_type.as_str() {
        "application/x-www-form-urlencoded" => true,
        "application/sparql-query" => false,
        "application/sparql-update" => {
            return Ok(Asked {
                is_update: true,
                ..Asked::default()
            });
        }
        _ => {
            return Err(Problem::new(&UNSUPPORTED_MEDIA_TYPE).with_detail(
                "Envoyez `application/sparql-query`, ou un formulaire `application/x-www-form-urlencoded` avec le champ `query`.",
                "Send `application/sparql-query`, or a form `application/x-www-form-urlencoded` with the field `query`.",
            ));
        }
    };
    let bytes = body::read(body, limits).await?;
    if is_form {
        // What stands in the address too counts as well; a query in both is one too many.
        let parameters: Vec<(String, String)> = form_urlencoded::parse(&bytes)
            .into_owned()
            .chain(reader.parameters.iter().cloned())
            .collect();
        Asked::from_parameters(&parameters)
    } else {
        let mut asked = Asked::from_parameters(&reader.parameters)?;
        if asked.query.is_some() {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "Il y a une requête dans l'adresse et une autre dans le corps.",
                "There is a query in the address and another one in the body.",
            ));
        }
        let query = String::from_utf8(bytes.to_vec()).map_err(|_| {
            Problem::new(&BAD_REQUEST).with_detail(
                "La requête n'est pas du texte UTF-8.",
                "The query is not UTF-8 text.",
            )
        })?;
        asked.query = Some(query);
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(parameters: &[(&str, &str)]) -> Result<Asked, Problem> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Asked::from_parameters(&parameters.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn what_clients_send_besides_the_query_is_understood_or_passed_over() {
        let asked = asked(&[
            ("default-graph-uri", ""),
            ("default-graph-uri", "http://a.example/"),
            ("query", "ASK {}"),
            ("format", "json"),
            ("output", "xml"),
            ("results", "csv"),
            ("timeout", "2.5"),
            ("debug", "on"),
        ])
        .expect("it is understood");
        assert_eq!(asked.dataset.default_graphs.len(), 1);
        assert_eq!(asked.format.as_deref(), Some("json"));
        assert_eq!(asked.wished_format.as_deref(), Some("xml"));
        assert_eq!(asked.timeout, Some(Duration::from_millis(2500)));
    }

    #[test]
    fn a_time_is_a_positive_number() {
        for wrong in ["0", "-1", "soon", "NaN", "30s"] {
            assert!(asked(&[("timeout", wrong)]).is_err(), "{wrong}");
        }
        for long in ["1e300", "inf"] {
            let timeout = asked(&[("timeout", long)]).expect(long).timeout;
            assert_eq!(timeout, Some(Duration::MAX));
        }
    }
}
