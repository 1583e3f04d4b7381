//! The link set of a document: all typed links at once (RFC 9264; FAIR Signposting level 2).

use super::links::{self, Link, written};
use super::moved::{kept, merged, renamed};
use super::names::{self, Name};
use super::{gone, mistyped};
use crate::http::Shared;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::Offer;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::publish::select::{self, Version};
use crate::store::State;
use axum::extract::{Path, RawQuery, State as Injected};
use axum::response::{IntoResponse, Response};
use indexmap::IndexMap;
use serde_json::{Map, Value, json};

const JSON: Offer = Offer {
    name: "json",
    media_type: "application/linkset+json",
};
const TEXT: Offer = Offer {
    name: "text",
    media_type: "application/linkset",
};

/// `GET /doc/{noid}/linkset`.
pub async fn linkset(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    reader: Reader,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let rest = format!("/linkset{}", kept(query.as_deref()));
            let noid = match names::read(&name) {
                Name::Exact(noid) => noid,
                Name::Respelled(noid) => return renamed(view, &noid, "../", &rest),
                Name::Mistyped(text) => return Err(mistyped::problem(view, &text)),
                Name::Nothing => return Err(Problem::new(&NOT_FOUND)),
            };
            match view.state(&noid)? {
                State::Merged(other) => return merged(view, &other, "../", &rest),
                State::Withdrawn(tombstone) => {
                    return gone::gone_as_asked(server, view, &noid, &tombstone, &reader);
                }
                State::Unknown => return Err(Problem::new(&NOT_FOUND)),
                State::Current | State::Split(_) => {}
            }
            let offer = reader.choose(&[JSON, TEXT])?;
            let iri = view.base().id(&noid);
            let mut version = Version {
                changed: view.changed_at(&iri)?.unwrap_or_default(),
                sources: 0,
            };
            let links = match view.state(&noid)? {
                State::Split(successors) => {
                    let page = view.base().doc(&noid);
                    links::of_replaced(view.base(), &noid, &successors)
                        .into_iter()
                        .map(|link| Link {
                            anchor: Some(page.as_str().to_owned()),
                            ..link
                        })
                        .collect()
                }
                _ => {
                    let document = select::bare_document(&view, &iri)?
                        .ok_or_else(|| Problem::new(&NOT_FOUND))?;
                    version = select::version(&view, version.changed, &document.sources)?;
                    links::of_linkset(&document, &server.app.context, &noid)
                }
            };
            let variant = format!("linkset-{}-{:x}", offer.name, version.sources);
            let tag = etag(view.identity(), version.changed, &variant);
            let body = if offer == JSON {
                format!("{:#}\n", as_json(&links))
            } else {
                as_text(&links)
            };
            Ok(Answer::of(offer, body)
                .at(view.generation()?)
                .known_as(&tag, &select::time_of(&view, version.changed)?)
                .varying("Accept")
                .unless_known_to(&reader.headers)
                .into_response())
        })
        .await
}

/// RFC 9264 §4.2: by anchor, then by relation.
fn as_json(links: &[Link]) -> Value {
    let mut contexts: IndexMap<&str, IndexMap<&str, Vec<Value>>> = IndexMap::new();
    for link in links {
        let context = contexts
            .entry(link.anchor.as_deref().unwrap_or_default())
            .or_default();
        let mut target = Map::new();
        target.insert("href".to_owned(), json!(link.target));
        for (name, value) in &link.attributes {
            // Attributes that are not RFC 8288's own may have several values.
            let value = if *name == "type" {
                json!(value)
            } else {
                json!([value])
            };
            target.insert((*name).to_owned(), value);
        }
        for rel in link.rel.split(' ') {
            context
                .entry(rel)
                .or_default()
                .push(Value::Object(target.clone()));
        }
    }
    let contexts: Vec<Value> = contexts
        .into_iter()
        .map(|(anchor, relations)| {
            let mut context = Map::new();
            context.insert("anchor".to_owned(), json!(anchor));
            for (rel, targets) in relations {
                context.insert(rel.to_owned(), Value::Array(targets));
            }
            Value::Object(context)
        })
        .collect();
    json!({ "linkset": contexts })
}

/// RFC 9264 §4.1: as in a header, with line breaks.
fn as_text(links: &[Link]) -> String {
    let lines: Vec<String> = links
        .iter()
        .map(|link| written(&link.target, link))
        .collect();
    format!("{}\n", lines.join(",\n"))
}
