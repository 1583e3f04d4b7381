//! The example queries, each at an address of its own.
//!
//! `{base}/queries/{name}` is the query itself. Who asks for it in RDF gets its description; in a
//! format of results, or with `format=` or a value for a parameter, its answer; in a browser a
//! page with a form and the answer
//! ([0024](../../../docs/decisions/0024-an-example-query-is-a-file-and-an-address.md)).

mod described;
mod trials;

pub use trials::Trials;

use crate::html::{self, Field, Input, QueryLine, QueryState};
use crate::http::answer::{Answer, etag};
use crate::http::entities::{split_suffix, varying_by_accept};
use crate::http::negotiate::{HTML, JSON, Offer, choose};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, NOT_FOUND, Problem, QUERY_BROKEN};
use crate::http::reader::Reader;
use crate::http::sparql::{self, Ask, Asked, Choice};
use crate::http::{Server, Shared};
use crate::model::{Generation, Text};
use crate::publish::select;
use crate::query::examples::{BadValue, Bound, Entry, Example, Parameter, Type};
use crate::query::formats_of;
use axum::extract::{Path, State as Injected};
use axum::http::header::LINK;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use described::DESCRIPTIONS;
use oxrdf::{Literal, NamedNode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What an address of a query may say beside the values of its parameters.
const OWN_PARAMETERS: &[&str] = &["format", "lang", "timeout"];

/// `GET /queries/` and `/queries`.
pub async fn list(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    let mut offers = vec![HTML, JSON];
    offers.extend_from_slice(DESCRIPTIONS);
    let offer = reader.choose(&offers).map_err(varying_by_accept)?;
    if DESCRIPTIONS.contains(&offer) {
        return described::all(&server, &reader, offer).await;
    }
    trials::begin(&server);
    let generation = server.app.store.generation();
    if offer == JSON {
        let queries: Vec<Value> = entries(&server)
            .map(|entry| listed(&server, entry))
            .collect();
        let body = json!({ "queries": queries });
        return Ok(Answer::of(JSON, format!("{body:#}\n"))
            .at(generation)
            .varying("Accept, Accept-Language")
            .into_response());
    }
    let list = html::Queries {
        queries: entries(&server)
            .map(|entry| {
                let (title, about) = titles(entry);
                QueryLine {
                    name: entry.name.clone(),
                    title,
                    about,
                    state: state(&server, entry),
                }
            })
            .collect(),
        tried: server.trials.done(),
    };
    Ok(page(&server, &reader, generation, |site| list.page(site))?
        .varying("Accept, Accept-Language")
        .into_response())
}

/// `GET /queries/{name}` and `/queries/{name}.{suffix}`.
pub async fn one(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    method: Method,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let queries = server.app.door.queries();
    let entry = queries.get(stem).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    if let Some(offer) = suffix.filter(|offer| *offer != HTML) {
        return described::one(&server, &reader, entry, offer).await;
    }
    let (own, given): (Vec<_>, Vec<_>) = reader
        .parameters
        .iter()
        .cloned()
        .partition(|(name, _)| OWN_PARAMETERS.contains(&name.as_str()));
    let example = match &entry.read {
        Ok(example) => example,
        Err(_) => return broken(&server, &reader, entry),
    };
    let asked = Asked::from_parameters(&own)?;
    let wanted = match suffix {
        Some(_) => Wanted::Page,
        None => wanted(&reader, example, &asked, !given.is_empty())?,
    };
    let bound = match wanted {
        Wanted::Description(offer) => {
            return described::one(&server, &reader, entry, offer).await;
        }
        Wanted::Page => {
            let bound = bind(&server, example, &given).await;
            return shown(&server, &reader, example, bound, asked).await;
        }
        Wanted::Answer => bind(&server, example, &given).await?,
    };
    let link = format!("</queries/{}.ttl>; rel=\"describedby\"", example.name);
    let ask = Ask {
        text: bound.text,
        asked,
        is_head: method == Method::HEAD,
        release: None,
    };
    let mut response = sparql::answer(&server, reader, ask).await?;
    if let Ok(link) = HeaderValue::from_str(&link) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

fn entries(server: &Server) -> impl Iterator<Item = &Entry> {
    server.app.door.queries().values()
}

/// What somebody asks for at the address of a query.
enum Wanted {
    Answer,
    Page,
    Description(Offer),
}

/// Who takes anything gets the answer; of a query that builds a graph the description, unless an
/// answer is asked for, since both are RDF.
fn wanted(
    reader: &Reader,
    example: &Example,
    asked: &Asked,
    has_values: bool,
) -> Result<Wanted, Problem> {
    let is_answer = has_values || asked.format.is_some();
    // What is no format of answers is one of the description.
    if !has_values
        && !example.form.is_graph()
        && let Some(name) = &asked.format
        && let Some(offer) = DESCRIPTIONS
            .iter()
            .find(|offer| [offer.name, offer.media_type].contains(&name.as_str()))
    {
        return Ok(Wanted::Description(*offer));
    }
    if !is_answer {
        let mut offers = Vec::new();
        if !example.form.is_graph() {
            let own = formats_of(example.form).map(|row| (row.name, row.media_type));
            let others = formats_of(example.form)
                .flat_map(|row| row.also.iter().map(|also| (row.name, *also)));
            let offer = |(name, media_type)| Offer { name, media_type };
            offers.extend(own.chain(others).map(offer));
        }
        offers.extend_from_slice(DESCRIPTIONS);
        offers.push(HTML);
        let offer = choose(&offers, None, &reader.headers).map_err(varying_by_accept)?;
        if DESCRIPTIONS.contains(&offer) {
            return Ok(Wanted::Description(offer));
        }
    }
    let choice = sparql::choose(example.form, asked, &reader.headers);
    Ok(match choice.map_err(varying_by_accept)? {
        Choice::Page => Wanted::Page,
        Choice::Data(..) => Wanted::Answer,
    })
}

/// The query with the values that were given, all of them known here. A merged entity is asked for
/// as the one that it is published as, so that links of before the merge find what they found.
async fn bind(
    server: &Shared,
    example: &Example,
    given: &[(String, String)],
) -> Result<Bound, Problem> {
    let base = server.app.store.base();
    let bound = example.bind(given, base).map_err(bad_values)?;
    let named = bound.given.clone();
    let (unknown, merged) = server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let mut unknown = Vec::new();
            let mut merged = false;
            let mut values = Vec::new();
            for (parameter, value) in &named {
                if !parameter.is_known(value, &view)? {
                    unknown.push(parameter.unknown(&parameter.spell(value, view.base())));
                }
                let published = parameter.published(value, &view)?;
                merged |= published != *value;
                let spelled = parameter.spell(&published, view.base());
                values.push((parameter.name.clone(), spelled));
            }
            Ok((unknown, merged.then_some(values)))
        })
        .await?;
    if !unknown.is_empty() {
        return Err(bad_values(unknown));
    }
    match merged {
        Some(values) => example.bind(&values, base).map_err(bad_values),
        None => Ok(bound),
    }
}

fn bad_values(bad: Vec<BadValue>) -> Problem {
    let detail = |lang: fn(&Text) -> &str| {
        let sentences: Vec<&str> = bad.iter().map(|bad| lang(&bad.detail)).collect();
        sentences.join(" ")
    };
    let members: Vec<Value> = bad
        .iter()
        .map(|bad| json!({ "parameter": bad.parameter, "value": bad.value }))
        .collect();
    Problem::new(&BAD_REQUEST)
        .with_detail(detail(|text| &text.fr), detail(|text| &text.en))
        .with_member("parameters", members)
}

/// Title and explanation; of a file at fault what there is.
fn titles(entry: &Entry) -> (Text, Text) {
    match &entry.read {
        Ok(example) => (example.title.clone(), example.about.clone()),
        Err(_) => (
            Text::new(entry.name.clone(), entry.name.clone()),
            Text::default(),
        ),
    }
}

fn state(server: &Server, entry: &Entry) -> QueryState {
    match &entry.read {
        Err(faults) => QueryState::Broken(
            faults
                .iter()
                .map(|fault| (Some(fault.line), fault.message.clone()))
                .collect(),
        ),
        Ok(example) => server.trials.state(example),
    }
}

/// A query as it stands in the list for programs.
fn listed(server: &Server, entry: &Entry) -> Value {
    let base = server.app.store.base();
    let iri = base.join(&format!("queries/{}", entry.name));
    let (status, faults) = match state(server, entry) {
        QueryState::Untried => ("untried", Vec::new()),
        QueryState::Answers => ("answers", Vec::new()),
        QueryState::Empty(_) => ("empty", Vec::new()),
        QueryState::Broken(faults) => ("broken", faults),
    };
    let faults: Vec<Value> = faults
        .iter()
        .map(|(line, message)| json!({ "line": line, "message": message }))
        .collect();
    let mut listed = json!({
        "name": entry.name,
        "iri": iri.as_str(),
        "status": status,
        "faults": faults,
    });
    if let Ok(example) = &entry.read {
        let (fr, en) = &example.keywords;
        listed["title"] = json!(example.title);
        listed["about"] = json!(example.about);
        listed["keywords"] = json!({ "fr": fr, "en": en });
        listed["query"] = json!(example.text);
        listed["parameters"] = example
            .parameters
            .iter()
            .map(|parameter| {
                let defaults = parameter.default.iter().flatten();
                let defaults: Vec<String> =
                    defaults.map(|term| parameter.spell(term, base)).collect();
                json!({
                    "name": parameter.name,
                    "label": parameter.label,
                    "takes": parameter.told(),
                    "several": parameter.is_several,
                    "optional": parameter.is_optional(),
                    "default": defaults,
                    "example": parameter.example,
                })
            })
            .collect();
    }
    listed
}

/// The page of a query that cannot be read.
fn broken(server: &Server, reader: &Reader, entry: &Entry) -> Result<Response, Problem> {
    let problem = Problem::new(&QUERY_BROKEN);
    let state = state(server, entry);
    let is_page = reader
        .choose(&[JSON, HTML])
        .is_ok_and(|offer| offer == HTML);
    if !is_page {
        let QueryState::Broken(faults) = &state else {
            return Err(problem);
        };
        let told = |lang: fn(&Text) -> &str| {
            let faults: Vec<&str> = faults.iter().map(|(_, fault)| lang(fault)).collect();
            faults.join(" ")
        };
        return Err(problem.with_detail(told(|text| &text.fr), told(|text| &text.en)));
    }
    let (title, about) = titles(entry);
    let query = html::Query {
        name: entry.name.clone(),
        title,
        about,
        keywords: Text::default(),
        fields: Vec::new(),
        text: entry.file.clone(),
        state,
        answer: None,
        downloads: Vec::new(),
        address: None,
        described: Vec::new(),
    };
    let generation = server.app.store.generation();
    let status = problem.row.status;
    Ok(page(server, reader, generation, |site| query.page(site))?
        .with_status(status)
        .varying("Accept, Accept-Language")
        .into_response())
}

/// The page of a query: its form, its answer with the values of the form, its text.
async fn shown(
    server: &Shared,
    reader: &Reader,
    example: &Example,
    bound: Result<Bound, Problem>,
    asked: Asked,
) -> Result<Response, Problem> {
    let base = server.app.store.base();
    let mut status = None;
    let mut generation = server.app.store.generation();
    let mut downloads = Vec::new();
    let mut state = server.trials.state(example);
    let told = |problem: &Problem| {
        let title = problem.row.title(reader.lang);
        match &problem.more.detail {
            Some(detail) => format!("{title}. {}", detail.get(reader.lang)),
            None => title.to_owned(),
        }
    };
    let (text, values, answer) = match bound {
        Err(problem) => {
            status = Some(problem.row.status);
            let defaults = example.bind(&[], base).map_err(bad_values)?;
            let answer = html::Answer::Fault {
                message: told(&problem),
                excerpt: None,
            };
            (defaults.text, defaults.values, answer)
        }
        Ok(bound) => {
            let is_default = bound.given.is_empty();
            let text = bound.text.clone();
            let result = sparql::shown(server, reader.client, text, asked).await;
            if is_default {
                server.trials.note(&example.name, &result);
                state = server.trials.state(example);
            }
            let answer = match result {
                Ok((at, answer)) => {
                    generation = at;
                    downloads = addresses(example, &bound.values);
                    if !is_default && is_empty(&answer) {
                        state = QueryState::Empty(example.may_be_empty.clone());
                    }
                    answer
                }
                Err(problem) => {
                    status = Some(problem.row.status);
                    html::Answer::Fault {
                        message: told(&problem),
                        excerpt: None,
                    }
                }
            };
            (bound.text, bound.values, answer)
        }
    };
    let (fr, en) = &example.keywords;
    let name = &example.name;
    let query = html::Query {
        name: name.clone(),
        title: example.title.clone(),
        about: example.about.clone(),
        keywords: Text::new(fr.join(", "), en.join(", ")),
        fields: fields(server, example, values).await?,
        text,
        // An answer that is not there says why itself.
        state: match state {
            QueryState::Broken(_) => QueryState::Answers,
            state => state,
        },
        address: downloads.first().map(|(_, address)| address.clone()),
        answer: Some(answer),
        downloads,
        described: DESCRIPTIONS
            .iter()
            .map(|offer| {
                (
                    offer.name.to_owned(),
                    format!("/queries/{name}.{}", offer.name),
                )
            })
            .collect(),
    };
    let mut answer = page(server, reader, generation, |site| query.page(site))?
        .varying("Accept, Accept-Language");
    if let Some(status) = status {
        answer = answer.with_status(status);
    }
    Ok(answer.into_response())
}

fn is_empty(answer: &html::Answer) -> bool {
    match answer {
        html::Answer::Table { rows, .. } => rows.is_empty(),
        html::Answer::Graph { triples, .. } => triples.is_empty(),
        html::Answer::Boolean(_) | html::Answer::Fault { .. } => false,
    }
}

/// Where the answer with these values is in each format.
fn addresses(example: &Example, values: &BTreeMap<String, Vec<String>>) -> Vec<(String, String)> {
    let address = |format: &str| {
        let mut address = form_urlencoded::Serializer::new(String::new());
        for (name, values) in values {
            for value in values {
                address.append_pair(name, value);
            }
        }
        address.append_pair("format", format).finish()
    };
    formats_of(example.form)
        .map(|format| {
            let address = format!("/queries/{}?{}", example.name, address(format.name));
            (format.name.to_owned(), address)
        })
        .collect()
}

async fn fields(
    server: &Shared,
    example: &Example,
    mut values: BTreeMap<String, Vec<String>>,
) -> Result<Vec<Field>, Problem> {
    let parameters = example.parameters.clone();
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let mut fields = Vec::new();
            for parameter in parameters {
                let mut choices = parameter.choices(&view)?;
                if parameter.takes == Type::Profile {
                    let profiles = server.app.door.profiles().iter();
                    choices.extend(profiles.map(|row| view.base().shapes_graph(&row.name)));
                }
                let names = select::labels(&view, &choices.iter().cloned().collect())?;
                fields.push(Field {
                    input: input(&parameter, &choices, &names, server),
                    values: values.remove(&parameter.name).unwrap_or_default(),
                    is_several: parameter.is_several,
                    is_optional: parameter.is_optional(),
                    told: parameter.told(),
                    label: parameter.label,
                    name: parameter.name,
                });
            }
            Ok(fields)
        })
        .await
}

fn input(
    parameter: &Parameter,
    choices: &[NamedNode],
    names: &BTreeMap<String, Vec<Literal>>,
    server: &Server,
) -> Input {
    let min = parameter.min.clone();
    let max = parameter.max.clone();
    if !parameter.among.is_empty() {
        let among = parameter.among.iter();
        return Input::Choice(among.map(|value| (value.clone(), Vec::new())).collect());
    }
    if !choices.is_empty() {
        let base = server.app.store.base();
        let choice = |iri: &NamedNode| {
            let names = names.get(iri.as_str()).cloned().unwrap_or_default();
            (parameter.spell(&iri.clone().into(), base), names)
        };
        return Input::Choice(choices.iter().map(choice).collect());
    }
    match parameter.takes {
        Type::Date => Input::Date { min, max },
        Type::Integer => Input::Number {
            min,
            max,
            is_decimal: false,
        },
        Type::Year => Input::Number {
            min: min.or_else(|| Some("1000".to_owned())),
            max: max.or_else(|| Some("9999".to_owned())),
            is_decimal: false,
        },
        Type::Decimal => Input::Number {
            min,
            max,
            is_decimal: true,
        },
        Type::Boolean => Input::Choice(
            ["true", "false"]
                .map(|value| (value.to_owned(), Vec::new()))
                .to_vec(),
        ),
        _ => Input::Text,
    }
}

/// The tag of a description at a generation.
fn tag(server: &Server, generation: Generation, variant: &str) -> String {
    etag(server.app.store.identity(), generation, variant)
}
