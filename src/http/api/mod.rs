//! The description of this interface: `/openapi.json` for programs, `/api` for people, both from
//! the table that the router is built from.

pub mod changes;
pub mod feeds;
pub mod operations;
mod queries;
pub mod releases;

use crate::html;
use crate::http::Shared;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::{HTML, JSON};
use crate::http::pages::page;
use crate::http::problem::{Problem, Row};
use crate::http::reader::Reader;
use crate::http::rehearsals::media_types;
use crate::http::resolve::asked as identifiers_sent;
use crate::http::router::ROUTES;
use crate::http::writes::accepted;
use crate::model::{Base, Lang, Text};
use crate::query::examples::Example;
use axum::extract::State as Injected;
use axum::response::{IntoResponse, Response};
use operations::{Body, Content, Kind, Operation};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// `GET /openapi.json`.
pub async fn openapi(Injected(server): Injected<Shared>, reader: Reader) -> Response {
    let store = &server.app.store;
    let examples = server.app.door.queries().values();
    let examples = examples.filter_map(|entry| entry.read.as_ref().ok());
    let document = format!("{:#}\n", document(store.base(), examples));
    let hash = Sha256::digest(&document);
    let hash: String = hash
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = etag(store.identity(), crate::model::Generation(0), &hash);
    Answer::of(JSON, document)
        .known_as(&tag, "")
        .unless_known_to(&reader.headers)
        .into_response()
}

/// `GET /api`.
pub async fn read(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.choose(&[HTML])?;
    let operations = ROUTES
        .iter()
        .flat_map(|route| {
            let methods = route.methods.iter();
            methods.map(|method| shown(method.name, route.path, method.about, reader.lang))
        })
        .collect();
    let api = html::Api { operations };
    let generation = server.app.store.generation();
    Ok(page(&server, &reader, generation, |site| api.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}

fn in_lang((fr, en): (&str, &str), lang: Lang) -> String {
    Text::new(fr, en).get(lang).to_owned()
}

fn shown(method: &str, path: &str, operation: &Operation, lang: Lang) -> html::Operation {
    let mut answers: Vec<(u16, String)> = operation
        .answers
        .iter()
        .map(|answer| (answer.status, in_lang(answer.about, lang)))
        .collect();
    let problem = |row: &&Row| (row.status.as_u16(), row.title(lang).to_owned());
    answers.extend(operation.problems.iter().map(problem));
    answers.sort_by_key(|(status, _)| *status);
    html::Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: in_lang(operation.summary, lang),
        needs_token: operation.needs_token,
        parameters: operation
            .parameters
            .iter()
            .map(|parameter| (parameter.name.to_owned(), in_lang(parameter.about, lang)))
            .collect(),
        takes: taken(operation.body)
            .into_iter()
            .map(str::to_owned)
            .collect(),
        gives: gives(operation).into_iter().map(str::to_owned).collect(),
        answers,
    }
}

/// The media types that a body may have.
fn taken(body: Body) -> Vec<&'static str> {
    match body {
        Body::Nothing => Vec::new(),
        Body::Data | Body::OptionalData => accepted(),
        Body::Merge => vec!["application/json"],
        Body::Files => {
            let mut types = accepted();
            types.push("multipart/form-data");
            types
        }
        Body::Shapes => media_types(),
        Body::Identifiers => identifiers_sent::TYPES.to_vec(),
        Body::Query => vec![
            "application/sparql-query",
            "application/x-www-form-urlencoded",
        ],
    }
}

/// The media types that answers have.
fn gives(operation: &Operation) -> Vec<&'static str> {
    let mut types: Vec<&str> = Vec::new();
    for content in operation.answers.iter().flat_map(|answer| answer.content) {
        if !types.contains(&content.media_type) {
            types.push(content.media_type);
        }
    }
    types
}

/// The whole description, for a server at this address with these example queries.
pub fn document<'e>(base: &Base, examples: impl Iterator<Item = &'e Example>) -> Value {
    let mut paths = Map::new();
    for route in ROUTES {
        let mut operations = Map::new();
        for method in route.methods {
            let described = describe(route.path, method.about);
            operations.insert(method.name.to_owned(), described);
        }
        paths.insert(route.path.to_owned(), Value::Object(operations));
    }
    paths.extend(examples.map(|example| queries::path(example, base)));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Affiche",
            "summary": "A linked-data publishing server for the performing arts",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later" },
        },
        "servers": [{ "url": base.as_str() }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token that the publisher gave, good for one source.",
                },
            },
            "schemas": schemas(),
        },
    })
}

fn describe(path: &str, operation: &Operation) -> Value {
    let mut parameters: Vec<Value> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .map(|name| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
        })
        .collect();
    parameters.extend(operation.parameters.iter().map(|parameter| {
        let schema = match parameter.kind {
            Kind::Text => json!({ "type": "string" }),
            Kind::Boolean => json!({ "type": "boolean" }),
            Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        };
        json!({
            "name": parameter.name,
            "in": if parameter.is_header { "header" } else { "query" },
            "description": parameter.about.1,
            "schema": schema,
        })
    }));
    let name = path
        .trim_start_matches('/')
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending);
    // Other spellings of an address are other operations to OpenAPI.
    let suffix = match (path.len() > 1 && path.ends_with('/'), name) {
        (true, _) => "_slash".to_owned(),
        (false, "") => String::new(),
        (false, ending) => format!("_{ending}"),
    };
    let mut described = json!({
        "operationId": format!("{}{suffix}", operation.name),
        "summary": operation.summary.1,
        "parameters": parameters,
        "responses": responses(operation),
    });
    if operation.needs_token {
        described["security"] = json!([{ "token": [] }]);
    }
    let types = taken(operation.body);
    if !types.is_empty() {
        let content: Map<String, Value> = types
            .into_iter()
            .map(|name| {
                let schema = match operation.body {
                    Body::Merge => json!({ "$ref": "#/components/schemas/Merge" }),
                    Body::Identifiers if name == "application/json" => {
                        json!({ "type": "array", "items": { "type": "string" } })
                    }
                    _ => json!({ "type": "string" }),
                };
                (name.to_owned(), json!({ "schema": schema }))
            })
            .collect();
        described["requestBody"] = json!({
            "required": operation.body != Body::OptionalData,
            "content": content,
        });
    }
    described
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    for answer in operation.answers {
        let mut response = json!({ "description": answer.about.1 });
        if !answer.content.is_empty() {
            response["content"] = answer.content.iter().map(content).collect();
        }
        if !answer.headers.is_empty() {
            let headers: Map<String, Value> = answer
                .headers
                .iter()
                .map(|name| {
                    (
                        (*name).to_owned(),
                        json!({ "schema": { "type": "string" } }),
                    )
                })
                .collect();
            response["headers"] = Value::Object(headers);
        }
        responses.insert(answer.status.to_string(), response);
    }
    for row in operation.problems {
        let status = row.status.as_str().to_owned();
        let schema = if row.slug == "refused" {
            "Refusal"
        } else {
            "Problem"
        };
        let response = responses.entry(status).or_insert_with(|| {
            json!({
                "description": "",
                "content": {
                    "application/problem+json": {
                        "schema": { "$ref": format!("#/components/schemas/{schema}") },
                    },
                    "text/html": {},
                },
            })
        });
        let told = response["description"].as_str().unwrap_or_default();
        let told = if told.is_empty() {
            format!("`{}`: {}.", row.slug, row.title_en)
        } else {
            format!("{told} `{}`: {}.", row.slug, row.title_en)
        };
        response["description"] = json!(told);
    }
    Value::Object(responses)
}

fn content(content: &Content) -> (String, Value) {
    let schema = match content.schema {
        Some(name) => json!({ "schema": { "$ref": format!("#/components/schemas/{name}") } }),
        None => json!({}),
    };
    (content.media_type.to_owned(), schema)
}

/// The list of the example queries.
fn examples(both: &Value) -> Value {
    let text = json!({ "type": "string" });
    let words = json!({ "type": "array", "items": text });
    let parameter = json!({
        "type": "object",
        "properties": {
            "name": text,
            "label": both,
            "takes": both,
            "several": { "type": "boolean" },
            "optional": { "type": "boolean" },
            "default": words,
            "example": { "type": ["string", "null"] },
        },
        "required": ["name", "label", "takes", "several", "optional", "default"],
    });
    let fault = json!({
        "type": "object",
        "properties": { "line": { "type": ["integer", "null"] }, "message": both },
        "required": ["message"],
    });
    let query = json!({
        "type": "object",
        "properties": {
            "name": text,
            "iri": { "type": "string", "format": "uri" },
            "status": { "type": "string", "enum": ["untried", "answers", "empty", "broken"] },
            "faults": { "type": "array", "items": fault },
            "title": both,
            "about": both,
            "keywords": {
                "type": "object",
                "properties": { "fr": words, "en": words },
                "required": ["fr", "en"],
            },
            "query": text,
            "parameters": { "type": "array", "items": parameter },
        },
        "required": ["name", "iri", "status", "faults"],
    });
    json!({
        "type": "object",
        "properties": { "queries": { "type": "array", "items": query } },
        "required": ["queries"],
    })
}

/// What one identifier stands for, and what those of a list do.
fn resolution() -> (Value, Value) {
    let text = json!({ "type": "string" });
    let iri = json!({ "type": "string", "format": "uri" });
    let number = json!({ "type": "integer", "minimum": 0 });
    let changed = json!({
        "type": "object",
        "properties": { "generation": number, "time": text },
    });
    let entity = json!({
        "iri": iri,
        "kind": text,
        "type": iri,
        "label": text,
        "changed": changed,
    });
    let entities = json!({
        "type": "array",
        "items": { "type": "object", "properties": entity, "required": ["iri"] },
    });
    let statuses = [
        "current",
        "merged",
        "split",
        "withdrawn",
        "ambiguous",
        "unknown",
    ];
    let mut one = json!({
        "type": "object",
        "properties": entity,
        "required": ["given", "status"],
    });
    for (name, schema) in [
        ("given", text.clone()),
        ("status", json!({ "type": "string", "enum": statuses })),
        ("scheme", text.clone()),
        ("mistyped", json!({ "type": "boolean" })),
        ("part", iri),
        (
            "withdrawn",
            json!({
                "type": "object",
                "properties": {
                    "time": text,
                    "source": { "type": ["string", "null"] },
                    "reason": text,
                },
            }),
        ),
        ("replacedBy", entities.clone()),
        ("candidates", entities.clone()),
        ("proposals", entities),
        (
            "row",
            json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        ),
        ("generation", number.clone()),
        ("identifiersAt", number.clone()),
    ] {
        one["properties"][name] = schema;
    }
    let many = json!({
        "type": "object",
        "properties": {
            "generation": number,
            "identifiersAt": number,
            "counts": { "type": "object", "additionalProperties": number },
            "results": {
                "type": "array",
                "items": { "$ref": "#/components/schemas/Resolution" },
            },
        },
        "required": ["generation", "counts", "results"],
    });
    (one, many)
}

/// The JSON that answers carry.
fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer", "minimum": 0 });
    let both = json!({
        "type": "object",
        "properties": { "fr": text, "en": text },
        "required": ["fr", "en"],
    });
    let problem = json!({
        "type": { "type": "string", "format": "uri" },
        "title": text,
        "status": { "type": "integer", "minimum": 400, "maximum": 599 },
        "detail": text,
        "instance": { "type": "string", "format": "uri" },
    });
    let counts = [
        "created",
        "changed",
        "unchanged",
        "withdrawn",
        "kept",
        "refused",
    ];
    let counts: Map<String, Value> = counts
        .iter()
        .map(|name| ((*name).to_owned(), number.clone()))
        .collect();
    let mode = json!({ "type": "string", "enum": ["replace", "upsert", "withdraw"] });
    let (resolution, resolutions) = resolution();
    json!({
        "Resolution": resolution,
        "Resolutions": resolutions,
        "Following": {
            "type": "object",
            "properties": {
                "feed": { "type": "string", "format": "uri" },
                "followed": number,
                "leftOutCount": number,
                "leftOut": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": { "given": text, "status": text },
                        "required": ["given", "status"],
                    },
                },
            },
            "required": ["feed", "followed", "leftOutCount", "leftOut"],
        },
        "Problem": {
            "description": "RFC 9457; further members tell a limit and its value, or a place.",
            "type": "object",
            "properties": problem,
            "required": ["type", "title", "status"],
        },
        "Refusal": {
            "description": "A problem that has all members of the report beside its own.",
            "allOf": [
                { "$ref": "#/components/schemas/Problem" },
                { "$ref": "#/components/schemas/Report" },
            ],
        },
        "Report": {
            "type": "object",
            "properties": {
                "source": text,
                "mode": mode,
                "dry_run": { "type": "boolean" },
                "outcome": {
                    "type": "string",
                    "enum": ["accepted", "unchanged", "refused", "held"],
                },
                "generation": number,
                "held": { "description": "What a submission with `publish-at` is kept as.", "type": "string" },
                "publish_at": { "type": "string", "format": "date-time" },
                "counts": { "type": "object", "properties": counts },
                "findings": { "type": "array", "items": { "$ref": "#/components/schemas/Finding" } },
                "normalisations": {
                    "type": "array",
                    "items": { "$ref": "#/components/schemas/Normalisation" },
                },
                "profiles": {
                    "description": "How it stands with the profiles that inform; `null` when that is too much to be told at once: see `/quality`.",
                    "type": ["array", "null"],
                    "items": { "$ref": "#/components/schemas/ProfileReport" },
                },
            },
            "required": [
                "source", "mode", "dry_run", "outcome", "generation", "counts", "findings",
                "normalisations", "profiles",
            ],
        },
        "ProfileReport": {
            "type": "object",
            "properties": {
                "profile": text,
                "asked": {
                    "description": "How many of the entities the profile has something to say about.",
                    "type": "integer",
                    "minimum": 0,
                },
                "meets": {
                    "description": "How many of these meet it.",
                    "type": "integer",
                    "minimum": 0,
                },
                "groups": { "type": "array", "items": { "$ref": "#/components/schemas/Group" } },
            },
            "required": ["profile", "asked", "meets", "groups"],
        },
        "Group": {
            "description": "Findings of one kind.",
            "type": "object",
            "properties": {
                "severity": { "type": "string", "enum": ["violation", "warning", "info"] },
                "profile": text,
                "rule": text,
                "path": text,
                "message": both,
                "count": number,
                "examples": { "type": "array", "items": { "$ref": "#/components/schemas/Finding" } },
            },
            "required": ["severity", "rule", "message", "count", "examples"],
        },
        "Finding": {
            "type": "object",
            "properties": {
                "severity": { "type": "string", "enum": ["violation", "warning", "info"] },
                "profile": text,
                "rule": text,
                "subject": text,
                "entity": text,
                "path": text,
                "value": text,
                "message": both,
            },
            "required": ["severity", "rule", "subject", "message"],
        },
        "Assessment": assessment(),
        "Examples": examples(&both),
        "Normalisation": {
            "type": "object",
            "properties": {
                "subject": text, "rule": number, "property": text, "before": text, "after": text,
            },
            "required": ["subject", "rule", "property", "before", "after"],
        },
        "Merge": {
            "type": "object",
            "properties": {
                "a": { "description": "An entity: its IRI, or the last part of it.", "type": "string" },
                "b": text,
                "because": text,
                "despite-different": { "type": "boolean" },
                "dry-run": { "type": "boolean" },
            },
            "required": ["a", "b"],
            "additionalProperties": false,
        },
        "Decision": {
            "type": "object",
            "properties": {
                "activity": text,
                "dry_run": { "type": "boolean" },
                "outcome": { "type": "string", "enum": ["accepted", "unchanged", "refused"] },
                "generation": number,
                "entities": { "type": "array", "items": text },
                "findings": { "type": "array", "items": { "$ref": "#/components/schemas/Finding" } },
            },
            "required": ["activity", "dry_run", "outcome", "generation", "entities", "findings"],
        },
        "Submission": {
            "type": "object",
            "properties": {
                "id": text,
                "source": text,
                "mode": mode,
                "dry_run": { "type": "boolean" },
                "state": { "type": "string", "enum": ["waiting", "running", "done"] },
                "stage": text,
                "done": number,
                "total": number,
                "estimate": { "type": "number", "minimum": 0, "maximum": 1 },
                "received": { "type": "string", "format": "date-time" },
                "ended": { "type": "string", "format": "date-time" },
                "report": { "$ref": "#/components/schemas/Report" },
                "problem": { "$ref": "#/components/schemas/Problem" },
            },
            "required": ["id", "source", "mode", "dry_run", "state", "received"],
        },
        "Source": {
            "type": "object",
            "properties": {
                "source": text,
                "etag": text,
                "generation": number,
                "partial": { "type": "boolean" },
                "closed": { "type": "boolean" },
                "gates": {
                    "type": "array",
                    "items": text,
                    "description": "The profiles that refuse what breaks them, besides `minimum`.",
                },
                "submissions": { "type": "array", "items": { "type": "object" } },
            },
            "required": ["source", "etag", "generation", "partial", "closed", "gates", "submissions"],
        },
    })
}

/// What a validation found.
fn assessment() -> Value {
    let text = json!({ "type": "string" });
    let number = json!({ "type": "integer", "minimum": 0 });
    let both = json!({
        "type": "object",
        "properties": { "fr": text, "en": text },
        "required": ["fr", "en"],
    });
    let tally = json!({
        "type": "object",
        "properties": { "violations": number, "warnings": number, "infos": number },
        "required": ["violations", "warnings", "infos"],
    });
    json!({
        "description": "What a validation found: grouped, with a count and a few examples each.",
        "type": "object",
        "properties": {
            "conforms": { "description": "No result of any severity, as SHACL says it.", "type": "boolean" },
            "files": { "type": "array", "items": text },
            "triples": number,
            "rewritten": { "description": "Values rewritten before the check, with `as-submitted`.", "type": "integer", "minimum": 0 },
            "counts": tally,
            "profiles": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "name": text,
                        "title": both,
                        "purpose": both,
                        "standing": {
                            "description": "`not-asked`: nothing in the data is what the profile is about.",
                            "type": "string",
                            "enum": ["not-asked", "meets", "falls-short"],
                        },
                        "counts": tally,
                    },
                    "required": ["name", "title", "purpose", "standing", "counts"],
                },
            },
            "groups": {
                "description": "The worst first, of these the most frequent.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "severity": { "type": "string", "enum": ["violation", "warning", "info"] },
                        "profile": text,
                        "rule": text,
                        "path": { "description": "The property, as an IRI.", "type": "string" },
                        "field": both,
                        "message": both,
                        "count": number,
                        "examples": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "properties": {
                                    "subject": text,
                                    "value": text,
                                    "place": {
                                        "type": "object",
                                        "properties": { "file": text, "line": number },
                                        "required": ["file", "line"],
                                    },
                                    "message": both,
                                },
                                "required": ["subject"],
                            },
                        },
                    },
                    "required": ["severity", "rule", "message", "count", "examples"],
                },
            },
            "not_listed": { "description": "Findings of further groups, counted only.", "type": "integer", "minimum": 0 },
            "notes": {
                "description": "What was noticed while reading; no results of SHACL.",
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": { "rule": text, "subject": text, "message": both },
                    "required": ["rule", "subject", "message"],
                },
            },
        },
        "required": ["conforms", "files", "counts", "profiles", "groups", "not_listed"],
    })
}
