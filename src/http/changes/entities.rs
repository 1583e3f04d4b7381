//! `/changes/entities`: which entities changed after a cursor or a time, page by page, with what
//! became of each. It is read from the index of history, and from the log only where something was
//! merged or split.

use crate::app::following::entities::number_of;
use crate::app::history::{Place, Touched};
use crate::changes::entities::{Entry, Page, is_seen, net};
use crate::changes::{Cursor, Event, Turn};
use crate::http::answer::Answer;
use crate::http::changes::{after, not_in_copy};
use crate::http::entities::varying_by_accept;
use crate::http::negotiate::{JSON, Offer};
use crate::http::problem::{BAD_REQUEST, HISTORY_BEHIND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::{Generation, Noid, time};
use crate::publish::FORMATS;
use axum::extract::State as Injected;
use axum::http::header::{HeaderName, LINK};
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oxrdf::NamedNode;
use rustc_hash::FxHashSet;

/// With what to come back for what comes next.
pub const CURSOR: HeaderName = HeaderName::from_static("affiche-cursor");

/// A line for each entry.
const LINES: Offer = Offer {
    name: "jsonl",
    media_type: "application/jsonl",
};
const PATH: &str = "changes/entities";
/// How many entities are on a page, unless more or fewer are asked for, and how many at most.
const PER_PAGE: usize = 100;
const MOST_PER_PAGE: usize = 1000;
/// How many changes of what nobody sees are passed over for one page.
const PASSED_OVER: usize = 4096;
/// How many changes are read at once.
const AT_ONCE: usize = 256;
/// When to ask again while the history is still being read.
const AGAIN_SECONDS: u64 = 5;

/// `GET /changes/entities?since=…`.
pub async fn entities(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    reader.allow_only(&["since", "limit", "format", "lang"])?;
    let limit = limit(&reader)?;
    server
        .read(move |server, _| {
            // That a cursor is of no use any more matters more than how that is told.
            let (page, at) = page(server, reader.parameter("since"), limit)?;
            let offer = reader.choose(&offers()).map_err(varying_by_accept)?;
            answer(server, &reader, offer, &page, at)
        })
        .await
}

fn offers() -> Vec<Offer> {
    let mut offers = vec![JSON, LINES];
    offers.extend(FORMATS.iter().map(|format| Offer {
        name: format.extension,
        media_type: format.media_type,
    }));
    offers
}

fn limit(reader: &Reader) -> Result<usize, Problem> {
    let Some(text) = reader.parameter("limit") else {
        return Ok(PER_PAGE);
    };
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<usize>().ok().filter(|_| is_number) {
        Some(limit) if (1..=MOST_PER_PAGE).contains(&limit) => Ok(limit),
        _ => Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`limit` est un nombre de 1 à {MOST_PER_PAGE}."),
            format!("`limit` is a number from 1 to {MOST_PER_PAGE}."),
        )),
    }
}

/// Where somebody goes on: after a cursor, perhaps within a change, or from a day or an instant on.
fn place(server: &Server, since: &str, at: Generation) -> Result<Place, Problem> {
    let history = &server.app.history;
    if let Ok(day) = since.parse::<Date>()
        && since.len() == "2026-11-22".len()
    {
        let start = day.to_zoned(TimeZone::UTC).map_err(|_| no_since(since))?;
        return Ok(Place::after(history.before(start.timestamp())?));
    }
    // What was a `+` in an address is a space when it is read.
    if let Ok(instant) = since.replace(' ', "+").parse::<Timestamp>() {
        return Ok(Place::after(history.before(instant)?));
    }
    let mut parts = since.splitn(3, '.');
    let (log, number) = (parts.next(), parts.next());
    let (Some(log), Some(number), Some(noid)) = (log, number, parts.next()) else {
        if !since.contains('.') {
            return Err(no_since(since));
        }
        return Ok(Place::after(after(server, since, at)?));
    };
    let noid = Noid::parse(noid).map_err(|_| no_since(since))?;
    Ok(Place {
        generation: after(server, &format!("{log}.{number}"), at)?,
        entity: Some(noid.to_number()),
    })
}

fn no_since(since: &str) -> Problem {
    let since: String = since.chars().take(100).collect();
    Problem::new(&BAD_REQUEST).with_detail(
        format!("`since` est un curseur de ce flux, un jour comme `2026-11-22` ou un instant comme `2026-11-22T12:00:00Z` ; `{since}` n'en est pas un."),
        format!("`since` is a cursor of this feed, a day such as `2026-11-22` or an instant such as `2026-11-22T12:00:00Z`; `{since}` is none."),
    )
}

/// The page, and how far the index of history is that it was read from.
fn page(server: &Server, since: Option<&str>, limit: usize) -> Result<(Page, Generation), Problem> {
    let app = &server.app;
    let (store, history, base) = (&app.store, &app.history, app.store.base());
    let from = match since {
        None => Place::default(),
        Some(since) => place(server, since, store.generation())?,
    };
    if from.generation < store.origin() {
        return Err(not_in_copy(server));
    }
    let known = history.generation();
    if from.generation > known || known == Generation(0) {
        return Err(Problem::new(&HISTORY_BEHIND).retry_after(AGAIN_SECONDS));
    }
    let (seen, end) = window(server, from, known, limit)?;
    let mut entries = net(&seen);
    for entry in &mut entries {
        let when = history.time(entry.generation)?;
        entry.time = when.map(time::utc).unwrap_or_default();
        if matches!(entry.turn, Turn::Merged | Turn::Split) {
            entry.into = into(server, &seen, entry)?;
        }
    }
    let cursor = match end {
        None => Cursor::after(store, known).to_string(),
        Some(Place { generation, entity }) => {
            let cursor = Cursor::after(store, generation);
            match entity.map(Noid::of_number) {
                Some(noid) => format!("{cursor}.{noid}"),
                None => cursor.to_string(),
            }
        }
    };
    let start = match since {
        Some(_) => None,
        None => app.releases.latest().map(|release| {
            let manifest = release.manifest;
            let address = base.join(&format!("releases/{}/", manifest.date));
            (address, format!("{}.{}", manifest.log, manifest.generation))
        }),
    };
    let page = Page {
        address: address(server, since, limit),
        log: store.identity().to_owned(),
        generation: known,
        entries,
        next: end.map(|_| address(server, Some(&cursor), limit)),
        cursor,
        start,
    };
    Ok((page, known))
}

/// What was touched after a place and is seen by readers: so much that it is about `limit`
/// entities; and where that ends, when there is more.
fn window(
    server: &Server,
    from: Place,
    to: Generation,
    limit: usize,
) -> Result<(Vec<Touched>, Option<Place>), Problem> {
    let app = &server.app;
    let mut seen: Vec<Touched> = Vec::new();
    let mut entities: FxHashSet<NamedNode> = FxHashSet::default();
    let mut end = from;
    let mut passed_over = 0;
    loop {
        // One more than there is room for, so that it is known whether there is more.
        let at_once = (limit + 1 - entities.len()).clamp(16, AT_ONCE);
        let (touched, _) = app.history.since_place(&app.store, end, at_once)?;
        let is_last = touched.len() < at_once;
        for one in touched {
            // The index may have gone on meanwhile.
            if one.generation > to {
                return Ok((seen, None));
            }
            let place = Place {
                generation: one.generation,
                entity: number_of(app.store.base(), one.entity.as_str()),
            };
            if !is_seen(&one) {
                passed_over += 1;
            } else if entities.len() < limit || entities.contains(&one.entity) {
                entities.insert(one.entity.clone());
                seen.push(one);
            } else {
                return Ok((seen, Some(end)));
            }
            end = place;
        }
        if is_last {
            return Ok((seen, None));
        }
        if passed_over >= PASSED_OVER || seen.len() >= MOST_PER_PAGE + PASSED_OVER {
            return Ok((seen, Some(end)));
        }
    }
}

/// What an entity was merged or split into.
fn into(server: &Server, seen: &[Touched], entry: &Entry) -> Result<Vec<NamedNode>, Problem> {
    let store = &server.app.store;
    // It may have been touched once more after that.
    let made_so = seen
        .iter()
        .rev()
        .find(|one| one.entity == entry.entity && one.turn == entry.turn);
    let generation = made_so.map_or(entry.generation, |one| one.generation);
    let excerpt = store.excerpt(generation, &entry.entity)?;
    Ok(match Event::of(store.base(), &excerpt) {
        Event::MergedInto(survivor) => vec![survivor],
        Event::SplitInto(successors) => successors,
        _ => Vec::new(),
    })
}

fn query(since: Option<&str>, limit: usize) -> String {
    let mut query = Serializer::new(String::new());
    if let Some(since) = since {
        query.append_pair("since", since);
    }
    if limit != PER_PAGE {
        query.append_pair("limit", &limit.to_string());
    }
    query.finish()
}

fn address(server: &Server, since: Option<&str>, limit: usize) -> NamedNode {
    let query = query(since, limit);
    let base = server.app.store.base();
    match query.is_empty() {
        true => base.join(PATH),
        false => base.join(&format!("{PATH}?{query}")),
    }
}

fn answer(
    server: &Server,
    reader: &Reader,
    offer: Offer,
    page: &Page,
    at: Generation,
) -> Result<Response, Problem> {
    let context = &server.app.context;
    let base = server.app.store.base();
    let body = if offer == JSON || offer.name == "jsonld" {
        let mut body = serde_json::to_vec(&page.json(base)).map_err(Problem::internal)?;
        body.push(b'\n');
        body
    } else if offer == LINES {
        page.lines(base).into_bytes()
    } else {
        let format = FORMATS
            .iter()
            .find(|format| format.extension == offer.name)
            .ok_or_else(|| Problem::internal("a format is offered that there is not"))?;
        let mut body = Vec::new();
        (format.write_triples)(&page.triples(base), context, &mut body)
            .map_err(Problem::internal)?;
        body
    };
    let mut answer = Answer::of(offer, body)
        .at(at)
        .with(CURSOR, &page.cursor)
        .varying("Accept");
    if page.next.is_some() {
        let mut next = format!("entities?{}", query(Some(&page.cursor), limit_of(reader)));
        if let Some(format) = reader.parameter("format") {
            let pair = Serializer::new(String::new())
                .append_pair("format", format)
                .finish();
            next.push_str(&format!("&{pair}"));
        }
        answer.set(LINK, &format!("<{next}>; rel=\"next\""));
    }
    Ok(answer.into_response())
}

fn limit_of(reader: &Reader) -> usize {
    limit(reader).unwrap_or(PER_PAGE)
}
