//! `/follow`: what happened to some entities, as a feed. Who links here learns what has changed,
//! been merged or withdrawn without asking for each of his links.
//!
//! A few entities are named in the address; thousands are sent once as a list, which then has an
//! address of its own.

use crate::app::followed::topics::Contents;
use crate::app::followed::{Key, List};
use crate::app::following::entities::{Entity, iri_of, number_of};
use crate::changes::Event;
use crate::changes::feed::{Change, Cursor, Told, changes, told};
use crate::html;
use crate::http::answer::{Answer, etag};
use crate::http::negotiate::{HTML, JSON, Offer, choose};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, BUSY, NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::resolve::{received, resolve};
use crate::http::{Server, Shared};
use crate::i18n;
use crate::model::{Base, Generation, Lang};
use crate::publish::atom::{self, Entry, Feed, Link};
use crate::publish::resolution::{Resolved, Status};
use crate::publish::select;
use crate::store::{CancellationToken, View};
use axum::body::Body;
use axum::extract::{Path, State as Injected};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, LINK, LOCATION, VARY};
use axum::response::{IntoResponse, Response};
use oxrdf::{NamedNode, Term};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

pub(super) const ATOM: Offer = Offer {
    name: "atom",
    media_type: atom::MEDIA_TYPE,
};
const BY_ACCEPT: &str = "Accept, Accept-Language";
/// How many entries a page of a feed has.
const ENTRIES: usize = 50;
/// How many entities an address may name.
const FEW: usize = 50;
/// How many of a list that are not followed are named.
const LEFT_OUT: usize = 1000;
/// How many properties of a change are told, how many values of each, and how much of each value.
const LINES: usize = 20;
const VALUES: usize = 5;
pub(super) const VALUE_CHARS: usize = 160;

/// `GET /follow?iri=…`: the feed of a few entities; without any, a form for many.
pub async fn few(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.allow_only(&["iri", "before", "format", "lang"])?;
    let asked: Vec<String> = reader
        .parameters
        .iter()
        .filter(|(name, value)| name == "iri" && !value.trim().is_empty())
        .map(|(_, value)| value.clone())
        .collect();
    if asked.is_empty() {
        reader.choose(&[HTML])?;
        let generation = server.app.store.generation();
        let shown = html::Follow {
            made: None,
            most: server.app.config.limits.identifiers,
        };
        return Ok(page(&server, &reader, generation, |site| shown.page(site))?
            .varying(BY_ACCEPT)
            .into_response());
    }
    if asked.len() > FEW {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            format!(
                "Une adresse peut suivre {FEW} entités ; envoyez une liste plus longue par `POST`."
            ),
            format!("An address can follow {FEW} entities; send a longer list with `POST`."),
        ));
    }
    server
        .read(move |server, token| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let (resolved, _) = resolve(server, view, &asked, token)?;
            let mut entities = Vec::new();
            for one in &resolved {
                match followed(view.base(), one) {
                    Some(entity) => entities.push(entity),
                    None => return Err(not_followed(one)),
                }
            }
            entities.sort_unstable();
            entities.dedup();
            let contents = Contents::Few(entities.clone());
            feed(server, view, &reader, entities.into(), contents, token)
        })
        .await
}

/// `GET /follow/{list}`: the feed of a list that was sent.
pub async fn list(
    Injected(server): Injected<Shared>,
    Path(key): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.allow_only(&["before", "format", "lang"])?;
    let key = Key::parse(&key).ok_or_else(|| Problem::new(&NOT_FOUND))?;
    let shared = Arc::clone(&server);
    let client = reader.client;
    // A long list takes as long as one that is resolved.
    server
        .resolutions
        .lane()
        .run_for(client, move |token| {
            let server = &shared;
            let list = server.app.followed.read(&key, SystemTime::now());
            let list = list.ok_or_else(|| {
                Problem::new(&NOT_FOUND).with_detail(
                    "Cette liste n'est pas gardée, ou ne l'est plus ; envoyez-la de nouveau par `POST /follow` : elle aura la même adresse.",
                    "This list is not kept, or no longer; send it again with `POST /follow`: it will have the same address.",
                )
            })?;
            let snapshot = server.app.store.snapshot()?;
            feed(
                server,
                snapshot.view(),
                &reader,
                list,
                Contents::List(key),
                token,
            )
        })
        .await?
}

/// `POST /follow`: gives a list an address of its own.
pub async fn keep(
    Injected(server): Injected<Shared>,
    reader: Reader,
    body: Body,
) -> Result<Response, Problem> {
    reader.allow_only(&["format", "lang"])?;
    let _room = server.resolutions.room(&server.app.config.limits).await?;
    let asked = received(&reader, body, &server.app.config.limits).await?;
    let format = reader.parameter("format").or(asked.format.as_deref());
    let offer = choose(&[JSON, HTML], format, &reader.headers)?;
    let shared = Arc::clone(&server);
    let client = reader.client;
    server
        .resolutions
        .lane()
        .run_for(client, move |token| {
            let server = &shared;
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let (resolved, _) = resolve(server, view, &asked.identifiers, token)?;
            let mut entities: Vec<Entity> = Vec::new();
            let mut left_out: Vec<&Resolved> = Vec::new();
            for one in &resolved {
                match followed(view.base(), one) {
                    Some(entity) => entities.push(entity),
                    None => left_out.push(one),
                }
            }
            if entities.is_empty() {
                return Err(Problem::new(&BAD_REQUEST).with_detail(
                    "Rien de ce qui est publié ici ne répond à ces identifiants ; `POST /resolve` dit ce qu'il en est de chacun.",
                    "Nothing that is published here answers to these identifiers; `POST /resolve` tells of each one.",
                ));
            }
            entities.sort_unstable();
            entities.dedup();
            let count = entities.len();
            let key = server.app.followed.keep(entities, SystemTime::now())?;
            let path = format!("follow/{}", key.as_str());
            let address = view.base().join(&path);
            let mut answer = if offer == HTML {
                let made = html::Made {
                    address: address.as_str(),
                    followed: count,
                    left_out: left_out.iter().map(|one| one.given.as_str()).take(LEFT_OUT).collect(),
                };
                let shown = html::Follow {
                    made: Some(made),
                    most: server.app.config.limits.identifiers,
                };
                page(server, &reader, view.generation()?, |site| shown.page(site))?
            } else {
                let named = left_out.iter().take(LEFT_OUT).map(|one| {
                    json!({ "given": one.given, "status": one.status.name() })
                });
                let json = json!({
                    "feed": address.as_str(),
                    "followed": count,
                    "leftOutCount": left_out.len(),
                    "leftOut": named.collect::<Vec<Value>>(),
                });
                Answer::of(JSON, format!("{json:#}\n")).at(view.generation()?)
            };
            answer.set(LOCATION, &format!("./{path}"));
            answer.set(VARY, BY_ACCEPT);
            answer.set(CACHE_CONTROL, "no-store");
            Ok(answer.with_status(StatusCode::CREATED).into_response())
        })
        .await?
}

/// The entity that is followed when this identifier is. Of a merged one that is the one that was
/// named: when the merge is undone, its own changes are meant again.
fn followed(base: &Base, one: &Resolved) -> Option<Entity> {
    let iri = match (one.status, &one.own, &one.entity) {
        (Status::Unknown | Status::Ambiguous, _, _) => return None,
        (_, Some(own), _) => own,
        (_, None, entity) => &entity.as_ref()?.iri,
    };
    number_of(base, iri.as_str())
}

fn not_followed(one: &Resolved) -> Problem {
    let given: String = one.given.chars().take(VALUE_CHARS).collect();
    let (fr, en) = match one.status {
        Status::Ambiguous => (
            format!("`{given}` désigne plusieurs choses ; `/resolve` dit lesquelles."),
            format!("`{given}` stands for several things; `/resolve` says which."),
        ),
        Status::Unknown => (
            format!("Rien de ce qui est publié ici ne répond à `{given}`."),
            format!("Nothing that is published here answers to `{given}`."),
        ),
        _ => (
            format!("`{given}` n'est pas une entité, dont on pourrait suivre l'histoire."),
            format!("`{given}` is no entity, whose history one could follow."),
        ),
    };
    Problem::new(&NOT_FOUND).with_detail(fr, en)
}

/// A page of the feed of some entities.
fn feed(
    server: &Server,
    view: View<'_>,
    reader: &Reader,
    list: List,
    contents: Contents,
    token: &CancellationToken,
) -> Result<Response, Problem> {
    // Whoever asks for a page gets the feed all the same: there is nothing else.
    if let Some(format) = reader.parameter("format")
        && format != ATOM.name
        && format != ATOM.media_type
    {
        choose(&[ATOM], Some(format), &reader.headers)?;
    }
    let before = match reader.parameter("before") {
        None => None,
        Some(text) => Some(Cursor::parse(text).ok_or_else(|| {
            Problem::new(&BAD_REQUEST).with_detail(
                "`before` se prend dans le lien `next` d'une page du flux.",
                "`before` is taken from the link `next` of a page of the feed.",
            )
        })?),
    };
    let app = &server.app;
    let base = view.base();
    let address = address(reader);
    let hub = app.config.websub_hub.as_ref().map(NamedNode::as_str);
    if hub.is_some() && before.is_none() {
        app.followed
            .topics
            .note(&address, contents, SystemTime::now());
    }
    let generation = view.generation()?;
    let touches = app.history.reaching(&app.store, generation)?;
    let mut last = changes(
        &app.store,
        &touches,
        &mut list.iter().map(|entity| iri_of(base, *entity)),
        generation,
        before.as_ref(),
        ENTRIES + 1,
        &|| !token.is_cancelled(),
    )?;
    if token.is_cancelled() {
        return Err(Problem::new(&BUSY));
    }
    let next = (last.len() > ENTRIES).then(|| {
        last.truncate(ENTRIES);
        last.last()
            .and_then(|change| Cursor::after(base, change))
            .map(|cursor| cursor.to_string())
    });
    let newest = last
        .first()
        .map_or(Generation(0), |change| change.generation);
    let modified = select::time_of(&view, newest)?;
    let mut links = format!("<{}>; rel=\"self\"", base.join(&address).as_str());
    if let Some(hub) = hub {
        links.push_str(&format!(", <{hub}>; rel=\"hub\""));
    }
    let mut entries = Vec::with_capacity(last.len());
    for change in &last {
        entries.push(entry(server, &view, reader.lang, change)?);
    }
    let publisher = app.config.publisher_name.clone();
    let site = base.as_str().to_owned();
    let mut feed = Feed {
        id: base.join(&identity(reader)).into_string(),
        title: title(reader.lang, list.len(), &entries, &last),
        subtitle: i18n::text(reader.lang, "follow-subtitle", &[]),
        updated: if modified.is_empty() {
            select::time_of(&view, Generation(1))?
        } else {
            modified.clone()
        },
        author: publisher.unwrap_or(site),
        lang: reader.lang.tag(),
        links: vec![Link::new("self", base.join(&address).as_str()).of_type(atom::MEDIA_TYPE)],
        is_archive: before.is_some(),
        entries: entries.into_iter().map(|(entry, _)| entry).collect(),
    };
    feed.links.extend(hub.map(|hub| Link::new("hub", hub)));
    let head = base.join(&with_cursor(reader, None)).into_string();
    if before.is_some() {
        feed.links.push(Link::new("current", head.clone()));
    }
    feed.links.push(Link::new("first", head));
    if let Some(Some(cursor)) = &next {
        let older = base.join(&with_cursor(reader, Some(cursor))).into_string();
        // RFC 5005 §3 and §4: the next page, which is an older document as well.
        feed.links.push(Link::new("next", older.clone()));
        feed.links.push(Link::new("prev-archive", older));
    }
    let mut body = Vec::new();
    atom::write(&feed, &mut body).map_err(Problem::internal)?;
    // An entry may change after its change was made: names are those of now, and a redaction
    // strikes what was said. So the feed is known by what is in it.
    let tag = etag(view.identity(), newest, &short_hash(&body));
    Ok(Answer::of(ATOM, body)
        .at(generation)
        .known_as(&tag, &modified)
        .with(LINK, &links)
        .with(CONTENT_LANGUAGE, reader.lang.tag())
        .varying("Accept-Language")
        .unless_known_to(&reader.headers)
        .into_response())
}

/// What stands for some bytes in a tag.
fn short_hash(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    let hash = hash.iter().take(12);
    hash.map(|byte| format!("{byte:02x}")).collect()
}

/// The address of what was asked for, below the base.
fn address(reader: &Reader) -> String {
    let mut address = reader.address().trim_start_matches('/').to_owned();
    if reader.parameter("lang").is_some() {
        let separator = if address.contains('?') { '&' } else { '?' };
        address.push_str(&format!("{separator}lang={}", reader.lang));
    }
    address
}

/// The feed itself, whatever page, format and language.
fn identity(reader: &Reader) -> String {
    with_parameters(reader, &["iri"], None)
}

fn with_cursor(reader: &Reader, cursor: Option<&str>) -> String {
    with_parameters(reader, &["iri", "lang"], cursor)
}

fn with_parameters(reader: &Reader, names: &[&str], cursor: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &reader.parameters {
        if names.contains(&name.as_str()) {
            query.append_pair(name, value);
        }
    }
    if let Some(cursor) = cursor {
        query.append_pair("before", cursor);
    }
    let query = query.finish();
    let path = reader.path.trim_start_matches('/');
    match query.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{query}"),
    }
}

fn title(lang: Lang, count: usize, entries: &[(Entry, String)], last: &[Change]) -> String {
    let mut of: BTreeSet<&NamedNode> = BTreeSet::new();
    of.extend(last.iter().map(|change| &change.entity));
    if let ([(_, name), ..], 1, 1) = (entries, count, of.len()) {
        return i18n::text(lang, "follow-one", &[("name", name.as_str().into())]);
    }
    let shown = i18n::number(lang, count as u64);
    i18n::text(
        lang,
        "follow-several",
        &[("n", count.into()), ("shown", shown.into())],
    )
}

/// An entry, and what its entity is called.
fn entry(
    server: &Server,
    view: &View<'_>,
    lang: Lang,
    change: &Change,
) -> Result<(Entry, String), Problem> {
    let base = view.base();
    let told = told(&server.app.store, view, change)?;
    let noid = match base.entity_of(change.entity.as_str()) {
        Some(Ok(noid)) => noid,
        _ => return Err(Problem::internal("a feed has something that is no entity")),
    };
    let name = html::best_name(&told.names, lang)
        .map_or_else(|| noid.as_str().to_owned(), |name| short(name, VALUE_CHARS));
    let what = i18n::text(lang, &format!("follow-{}", told.event.name()), &[]);
    let generation = change.generation;
    let document = base.doc(&noid);
    let mut lines = vec![sentence(lang, &told)];
    lines.extend(differences(view, lang, &told)?);
    let log = view.identity();
    let entry = Entry {
        id: format!(
            "tag:{},2026:{}/{generation}/{noid}",
            authority(base),
            log.get(..8).unwrap_or(log)
        ),
        title: format!("{name} — {what}"),
        updated: told.time.clone(),
        author: told.source.as_str().to_owned(),
        links: vec![
            Link::new("alternate", format!("{}/history", document.as_str())).of_type("text/html"),
            Link::new(
                "related",
                format!("{}?generation={generation}", document.as_str()),
            ),
            Link::new("related", change.entity.as_str()),
        ],
        category: (told.event.name(), what),
        lines,
    };
    Ok((entry, name))
}

/// The host of the base, which is ours.
pub(super) fn authority(base: &Base) -> &str {
    let rest = base.as_str().split("://").nth(1).unwrap_or_default();
    let host = rest.split(['/', ':']).next();
    host.unwrap_or_default()
}

fn sentence(lang: Lang, told: &Told) -> String {
    let iris = |iris: &[NamedNode]| {
        let iris: Vec<&str> = iris.iter().map(NamedNode::as_str).collect();
        iris.join(", ")
    };
    let about = match &told.event {
        Event::MergedInto(other) | Event::Separated(other) => iris(std::slice::from_ref(other)),
        Event::SplitInto(others) => iris(others),
        Event::Withdrawn(reason) => crate::http::entities::reason(reason).get(lang).to_owned(),
        _ => String::new(),
    };
    let what = i18n::text(
        lang,
        &format!("follow-{}-about", told.event.name()),
        &[("about", about.into())],
    );
    let source = told.source.as_str();
    let by = i18n::text(lang, "follow-by", &[("source", source.into())]);
    format!("{what} {by}")
}

/// What changed, in words.
fn differences(view: &View<'_>, lang: Lang, told: &Told) -> Result<Vec<String>, Problem> {
    if told.event != Event::Changed {
        return Ok(Vec::new());
    }
    let lines = &told.lines;
    let properties: BTreeSet<NamedNode> = lines
        .iter()
        .take(LINES)
        .map(|line| line.property.clone())
        .collect();
    let labels = select::labels(view, &properties)?;
    let values = |values: &[crate::changes::Value]| {
        let mut shown: Vec<String> = values
            .iter()
            .take(VALUES)
            .map(|value| match &value.term {
                Term::Literal(literal) => format!("« {} »", short(literal.value(), VALUE_CHARS)),
                Term::NamedNode(node) => short(node.as_str(), VALUE_CHARS),
                Term::BlankNode(_) => String::new(),
            })
            .collect();
        if values.len() > VALUES {
            shown.push("…".to_owned());
        }
        shown.join(", ")
    };
    let mut told: Vec<String> = lines
        .iter()
        .take(LINES)
        .map(|line| {
            let names = labels.get(line.property.as_str());
            let property = names
                .and_then(|names| html::best_name(names, lang))
                .unwrap_or(line.property.as_str());
            let (key, removed, added) = match (line.removed.is_empty(), line.added.is_empty()) {
                (false, false) => (
                    "follow-replaced",
                    values(&line.removed),
                    values(&line.added),
                ),
                (true, _) => ("follow-added", String::new(), values(&line.added)),
                (false, true) => ("follow-removed", values(&line.removed), String::new()),
            };
            i18n::text(
                lang,
                key,
                &[
                    ("property", property.into()),
                    ("removed", removed.into()),
                    ("added", added.into()),
                ],
            )
        })
        .collect();
    if lines.len() > LINES {
        told.push("…".to_owned());
    }
    Ok(told)
}

pub(super) fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
