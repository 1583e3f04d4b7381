//! Takes the query out of a request (SPARQL 1.1 Protocol §2.1).

use crate::config::Limits;
use crate::http::body;
use crate::http::problem::{BAD_REQUEST, Problem, UNSUPPORTED_MEDIA_TYPE};
use crate::http::reader::Reader;
use crate::store::RequestedDataset;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use oxrdf::NamedNode;

/// What a request asks for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub query: Option<String>,
    pub is_update: bool,
    pub dataset: RequestedDataset,
}

impl Asked {
    /// From the parameters of an address or a form.
    ///
    /// # Errors
    /// When there are two queries, or a graph is no IRI.
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
                "default-graph-uri" => asked.dataset.default_graphs.push(graph(name, value)?),
                "named-graph-uri" => asked.dataset.named_graphs.push(graph(name, value)?),
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

/// From the body of a POST.
///
/// # Errors
/// When the body is too large, too slow, of another type, or not UTF-8.
pub async fn from_body(reader: &Reader, body: Body, limits: &Limits) -> Result<Asked, Problem> {
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
        let mut parameters: Vec<(String, String)> =
            form_urlencoded::parse(&bytes).into_owned().collect();
        // A form may also name graphs in its address.
        parameters.extend(
            reader
                .parameters
                .iter()
                .filter(|(name, _)| name.ends_with("-graph-uri"))
                .cloned(),
        );
        Asked::from_parameters(&parameters)
    } else {
        let mut asked = Asked::from_parameters(&reader.parameters)?;
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
