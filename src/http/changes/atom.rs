//! `/changes.atom`: all changes for people, one entry for each, the last one first.
//!
//! The feed holds the last changes; what is older stands in archives (RFC 5005 §4), each of so many
//! generations, whose bounds never move.

use crate::app::followed::topics::Contents;
use crate::app::history::{Place, Touched};
use crate::changes::entities::is_seen;
use crate::changes::feed::{Change, told};
use crate::html;
use crate::http::answer::Answer;
use crate::http::changes::not_in_copy;
use crate::http::follow::{ATOM, VALUE_CHARS, authority, short};
use crate::http::negotiate::choose;
use crate::http::problem::{BAD_REQUEST, HISTORY_BEHIND, NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::i18n;
use crate::model::{Generation, Lang};
use crate::publish::atom::{self, Entry, Feed, Link};
use crate::store::View;
use axum::extract::State as Injected;
use axum::http::header::{CONTENT_LANGUAGE, LINK};
use axum::response::{IntoResponse, Response};
use oxrdf::NamedNode;
use std::time::SystemTime;

const PATH: &str = "changes.atom";
/// How many generations an archive is of. The feed itself has those that are in none yet, and the
/// archive before, so that it is never empty for being new.
const GENERATIONS: u64 = 50;
/// How many entities of a change are named.
const NAMED: usize = 5;
/// How many are counted; of more it is said that there are more.
const COUNTED: usize = 1000;
/// When to ask again while the history is still being read.
const AGAIN_SECONDS: u64 = 5;

/// `GET /changes.atom`, and with `?archive=` what is older.
pub async fn atom(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    reader.allow_only(&["archive", "format", "lang"])?;
    // Whoever asks for a page gets the feed all the same: there is nothing else.
    if let Some(format) = reader.parameter("format") {
        choose(&[ATOM], Some(format), &reader.headers)?;
    }
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            feed(server, snapshot.view(), &reader)
        })
        .await
}

/// The archives: 1 is of the first generations.
fn archive(reader: &Reader, complete: u64) -> Result<Option<u64>, Problem> {
    let Some(text) = reader.parameter("archive") else {
        return Ok(None);
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u64>().ok().filter(|_| is_number) {
        Some(number) if (1..=complete).contains(&number) => Ok(Some(number)),
        Some(_) => Err(Problem::new(&NOT_FOUND).with_detail(
            format!("Il y a {complete} archives."),
            format!("There are {complete} archives."),
        )),
        None => Err(Problem::new(&BAD_REQUEST).with_detail(
            "`archive` est un nombre à partir de 1.",
            "`archive` is a number from 1 on.",
        )),
    }
}

fn feed(server: &Server, view: View<'_>, reader: &Reader) -> Result<Response, Problem> {
    let app = &server.app;
    let (base, lang) = (view.base(), reader.lang);
    let known = app.history.generation().min(view.generation()?);
    if known == Generation(0) {
        return Err(Problem::new(&HISTORY_BEHIND).retry_after(AGAIN_SECONDS));
    }
    let complete = known.0 / GENERATIONS;
    let archive = archive(reader, complete)?;
    let (first, last) = match archive {
        Some(number) => ((number - 1) * GENERATIONS + 1, number * GENERATIONS),
        None => (complete.saturating_sub(1) * GENERATIONS + 1, known.0),
    };
    let origin = app.store.origin();
    if last < origin.0 {
        return Err(not_in_copy(server));
    }
    let mut entries = Vec::new();
    for generation in (first.max(origin.0 + 1)..=last).rev() {
        entries.extend(entry(server, &view, lang, Generation(generation))?);
    }
    let time = |generation: Generation| -> Result<String, Problem> {
        Ok(view
            .change(generation)?
            .map(|(time, _)| time)
            .unwrap_or_default())
    };
    let address = |archive: Option<u64>| {
        let mut path = PATH.to_owned();
        let separator = |path: &str| if path.contains('?') { '&' } else { '?' };
        if let Some(archive) = archive {
            path.push_str(&format!("?archive={archive}"));
        }
        if reader.parameter("lang").is_some() {
            path.push_str(&format!("{}lang={lang}", separator(&path)));
        }
        path
    };
    let iri = |path: &str| base.join(path).into_string();
    let own = address(archive);
    let hub = app.config.websub_hub.as_ref().map(NamedNode::as_str);
    if hub.is_some() && archive.is_none() {
        let topics = &app.followed.topics;
        topics.note(&own, Contents::All, SystemTime::now());
    }
    let publisher = app.config.publisher_name.clone();
    let newest = entries.first().map(|entry: &Entry| entry.updated.clone());
    let mut feed = Feed {
        id: iri(PATH),
        title: i18n::text(lang, "changes-feed-title", &[]),
        subtitle: i18n::text(lang, "changes-subtitle", &[]),
        updated: match newest {
            Some(newest) => newest,
            None => time(Generation(last))?,
        },
        author: publisher.unwrap_or_else(|| base.as_str().to_owned()),
        lang: lang.tag(),
        links: vec![Link::new("self", iri(&own)).of_type(atom::MEDIA_TYPE)],
        is_archive: archive.is_some(),
        entries,
    };
    feed.links.extend(hub.map(|hub| Link::new("hub", hub)));
    if archive.is_some() {
        feed.links.push(Link::new("current", iri(&address(None))));
    }
    // RFC 5005 §4: each document leads to the archive before it, an archive to the next one, too.
    let before = match archive {
        Some(number) => number - 1,
        None => complete.saturating_sub(1),
    };
    if before > 0 {
        let before = iri(&address(Some(before)));
        feed.links.push(Link::new("prev-archive", before));
    }
    if let Some(next) = archive
        .map(|number| number + 1)
        .filter(|it| *it <= complete)
    {
        feed.links
            .push(Link::new("next-archive", iri(&address(Some(next)))));
    }
    let mut body = Vec::new();
    atom::write(&feed, &mut body).map_err(Problem::internal)?;
    let mut links = format!("<{}>; rel=\"self\"", iri(&own));
    if let Some(hub) = hub {
        links.push_str(&format!(", <{hub}>; rel=\"hub\""));
    }
    // Names are those of now, so that archives change too: the tag is that of what is in it.
    Ok(Answer::of(ATOM, body)
        .at(known)
        .with(LINK, &links)
        .with(CONTENT_LANGUAGE, lang.tag())
        .varying("Accept-Language")
        .into_response())
}

/// What a change touched that readers see, as far as it is counted.
fn touched(server: &Server, generation: Generation) -> Result<Vec<Touched>, Problem> {
    let app = &server.app;
    let after = Place::after(Generation(generation.0 - 1));
    let (mut touched, _) = app.history.since_place(&app.store, after, COUNTED + 1)?;
    touched.retain(|one| one.generation == generation && is_seen(one));
    Ok(touched)
}

/// The entry of a change; none when nothing changed that readers see.
fn entry(
    server: &Server,
    view: &View<'_>,
    lang: Lang,
    generation: Generation,
) -> Result<Option<Entry>, Problem> {
    let touched = touched(server, generation)?;
    let Some((time, source)) = view.change(generation)?.filter(|_| !touched.is_empty()) else {
        return Ok(None);
    };
    let base = view.base();
    let (mut names, mut lines, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let mut category = None;
    for one in touched.iter().take(NAMED) {
        let change = Change {
            generation,
            entity: one.entity.clone(),
        };
        let told = told(&server.app.store, view, &change)?;
        let what = i18n::text(lang, &format!("follow-{}", told.event.name()), &[]);
        let name = match html::best_name(&told.names, lang) {
            Some(name) => short(name, VALUE_CHARS),
            None => local(&one.entity).to_owned(),
        };
        lines.push(format!("{name} — {what}"));
        names.push(name);
        if let Some(Ok(noid)) = base.entity_of(one.entity.as_str()) {
            let history = format!("{}/history", base.doc(&noid).as_str());
            links.push(Link {
                title: names.last().cloned(),
                ..Link::new("related", history).of_type("text/html")
            });
        }
        category.get_or_insert((told.event.name(), what));
    }
    let count = touched.len();
    let title = match (&names[..], count) {
        ([name], 1) => lines.first().cloned().unwrap_or_else(|| name.clone()),
        _ => i18n::text(
            lang,
            "changes-several",
            &[
                ("n", count.min(COUNTED).into()),
                (
                    "shown",
                    i18n::number(lang, count.min(COUNTED) as u64).into(),
                ),
                ("more", if count > COUNTED { "yes" } else { "no" }.into()),
                ("name", names.first().cloned().unwrap_or_default().into()),
            ],
        ),
    };
    if count > NAMED {
        lines.push("…".to_owned());
    }
    let mut told = vec![i18n::text(
        lang,
        "follow-by",
        &[("source", source.as_str().into())],
    )];
    if let Some(because) = view.because(generation)? {
        told.push(short(&because, VALUE_CHARS));
    }
    told.append(&mut lines);
    let log = view.identity();
    let before = generation.0 - 1;
    let difference = base.join(&format!("changes/diff?from={before}&to={generation}"));
    links.push(Link::new("alternate", difference.as_str()).of_type("application/rdf-patch"));
    Ok(Some(Entry {
        id: format!(
            "tag:{},2026:{}/{generation}",
            authority(base),
            log.get(..8).unwrap_or(log)
        ),
        title,
        updated: time,
        author: source.to_string(),
        links,
        category: match (count, category) {
            (1, Some(category)) => category,
            _ => ("several", i18n::text(lang, "changes-several-kind", &[])),
        },
        lines: told,
    }))
}

/// The name in an entity's IRI.
fn local(entity: &NamedNode) -> &str {
    entity.as_str().rsplit('/').next().unwrap_or_default()
}
