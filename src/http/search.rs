//! Search by name: the page and its data, what the search box proposes, and the description by
//! which browsers add it to theirs.

use crate::html::search::Search;
use crate::http::answer::{Answer, etag, is_known};
use crate::http::found::{self, Shower};
use crate::http::lists;
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::noid::NoidError;
use crate::model::{Kind, Lang, Noid, Text};
use crate::publish::Listing;
use crate::search::{Entry, Facet, Order, Question, Wanted};
use axum::extract::State as Injected;
use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// The facets by which what is found can be narrowed down.
const NARROWING: [&str; 3] = ["kind", "department", "discipline"];
/// How many names are proposed where nothing was found.
const NEAR: usize = 5;
/// How many are proposed while somebody types, unless more or fewer are asked for.
const PROPOSED: usize = 8;
const MOST_PROPOSED: usize = 20;
/// The most of a question that is repeated on the page.
const SHOWN_CHARS: usize = 200;

/// OpenSearch Suggestions 1.1.
const SUGGESTIONS: Offer = Offer {
    name: "suggestions",
    media_type: "application/x-suggestions+json",
};

/// `GET /search`.
pub async fn search(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let known: Vec<&str> = ["q"]
        .iter()
        .chain(&NARROWING)
        .chain(lists::PARAMETERS)
        .copied()
        .collect();
    reader.allow_only(&known)?;
    let asked = lists::asked(&reader)?;
    server
        .read(move |server, _| {
            // What is found first depends on the language, in every format.
            Ok(searched(server, &reader, &asked)?
                .with(CONTENT_LANGUAGE, reader.lang.tag())
                .into_response())
        })
        .await
}

fn searched(server: &Server, reader: &Reader, asked: &lists::Asked) -> Result<Answer, Problem> {
    let text = shortened(reader.parameter("q").unwrap_or_default());
    let wanted = Wanted::of(&text);
    let filters = filters(reader, &NARROWING)?;
    let chosen = |facet: &Facet| -> Option<String> {
        let mut filters = filters.iter();
        let filter = filters.find(|(known, _)| *known == facet);
        filter.map(|(_, value)| value.clone())
    };
    let of = |name: &'static str| reader.parameter(name);
    let href = |facet: &Facet, key: Option<&str>| {
        let mut parameters = vec![("q", Some(text.as_str()))];
        for name in NARROWING {
            let value = if name == facet.name { key } else { of(name) };
            parameters.push((name, value));
        }
        found::address("/search", &parameters)
    };
    let mut parameters = vec![("q", Some(text.as_str()))];
    parameters.extend(NARROWING.map(|name| (name, of(name))));
    parameters.push(("per_page", of("per_page")));
    let mut shown = Search {
        is_asked: !wanted.is_empty(),
        left_out: wanted.left_out,
        is_made: true,
        listing: Listing {
            address: found::address("/search", &parameters),
            title: Text::new(format!("Recherche : {text}"), format!("Search: {text}")),
            total: 0,
            page: asked.page,
            per_page: asked.per_page,
            items: Vec::new(),
        },
        found: Vec::new(),
        divisions: Vec::new(),
        is_near: false,
        near: Vec::new(),
        territory: territory(server, &text),
        is_identifier: is_identifier(server, &text),
        text: text.clone(),
    };
    let state = match server.app.search.current() {
        Some(state) => state,
        None if asked.offer == HTML => {
            shown.is_made = false;
            let answer = page(server, reader, server.app.store.generation(), |site| {
                shown.page(site)
            })?;
            return Ok(answer
                .with(CACHE_CONTROL, "no-store")
                .varying(lists::VARYING));
        }
        None => return Err(found::index(server).err().unwrap_or_else(not_reached)),
    };
    let snapshot = server.app.store.snapshot()?;
    let view = snapshot.view();
    let today = found::today();
    // Names of places and concepts come from the store itself.
    let figures = server.app.statistics.current();
    let figures = figures.map_or(0, |figures| figures.generation.0);
    let variant = format!("{}-{figures}-{today}-search", view.generation()?);
    let tag = asked.tag(server, state.generation, reader, &variant);
    if let Some(unchanged) = lists::unchanged(asked, reader, state.generation, &tag) {
        return Ok(unchanged);
    }
    if shown.is_asked {
        let answer = state
            .names
            .ask(&Question {
                wanted: &wanted,
                lang: reader.lang,
                today,
                filters: filters.clone(),
                order: Order::Best,
                from: asked.offset(),
                most: asked.per_page,
                facets: NARROWING.into_iter().filter_map(Facet::named).collect(),
            })
            .map_err(Problem::internal)?;
        let shower = Shower::new(server, view, today);
        shown.listing.total = answer.total;
        shown.is_near = answer.is_near;
        for entry in &answer.hits {
            shown.listing.items.push(shower.item(entry)?);
        }
        if asked.offer == HTML {
            let found = |entries: &[Entry]| -> Result<Vec<_>, Problem> {
                let entries = entries.iter();
                entries.map(|entry| Ok(shower.found(entry)?)).collect()
            };
            shown.found = found(&answer.hits)?;
            shown.divisions = shower.divisions(&answer.facets, &chosen, &href)?;
            if answer.total == 0 {
                let near = state.names.near(&wanted, reader.lang, today, NEAR);
                shown.near = found(&near.map_err(Problem::internal)?)?;
            }
        }
    }
    let listing = shown.listing.clone();
    lists::answer(
        server,
        reader,
        asked,
        &listing,
        (state.generation, &tag),
        |site| shown.page(site),
    )
}

fn not_reached() -> Problem {
    Problem::new(&crate::http::problem::NOT_COUNTED_YET)
}

/// The values of facets that are asked for, one of each.
///
/// # Errors
/// 400 for a kind that does not exist.
pub(super) fn filters(
    reader: &Reader,
    names: &[&'static str],
) -> Result<Vec<(&'static Facet, String)>, Problem> {
    let mut filters = Vec::new();
    for facet in names.iter().filter_map(|name| Facet::named(name)) {
        let Some(key) = reader.parameter(facet.name).filter(|key| !key.is_empty()) else {
            continue;
        };
        if facet.name == "kind" && Kind::named(key).is_none() {
            let kinds = crate::model::kind::KINDS.iter();
            let kinds: Vec<String> = kinds.map(|kind| format!("`{}`", kind.name)).collect();
            let kinds = kinds.join(", ");
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                format!("`kind` est l'un de {kinds}."),
                format!("`kind` is one of {kinds}."),
            ));
        }
        filters.push((facet, found::value_of(facet, key)));
    }
    Ok(filters)
}

/// Where what is on, and the places, of a town, department or region of this name are listed.
fn territory(server: &Server, text: &str) -> Option<(String, String)> {
    let figures = server.app.statistics.current()?;
    let (facet, keys) = crate::http::agenda::asked::territory(&figures, text)?;
    let key = keys.first().map(String::as_str);
    Some((
        found::address("/agenda", &[(facet.name, key)]),
        found::address("/places", &[(facet.name, key)]),
    ))
}

/// The beginning of a text, as much as is repeated.
pub(super) fn shortened(text: &str) -> String {
    let text: String = text.chars().take(SHOWN_CHARS).collect();
    text.replace(char::is_control, " ")
}

/// Whether a text looks like an identifier rather than a name.
fn is_identifier(server: &Server, text: &str) -> bool {
    let text = text.trim();
    let is_ours = match Noid::parse(text) {
        Ok(_) => true,
        // Who mistypes one is told so; a word of twelve letters is none.
        Err(NoidError::CheckCharacter) => text.bytes().any(|byte| byte.is_ascii_digit()),
        Err(_) => false,
    };
    let is_web = ["http://", "https://", "ark:/"].iter().any(|start| {
        let beginning = text.get(..start.len());
        beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(start))
    });
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !['-', '.'].contains(c))
        .collect();
    let digits = compact.trim_end_matches(['X', 'x']);
    let is_number = matches!(compact.len(), 9 | 14 | 16)
        && digits.len() + 1 >= compact.len()
        && is_all_digits(digits);
    let is_item = compact
        .strip_prefix(['Q', 'q'])
        .is_some_and(|rest| rest.len() >= 2 && is_all_digits(rest));
    is_ours
        || is_number
        || is_item
        || (is_web && text.len() > 10)
        || server.app.store.base().owns(text)
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `GET /search/complete`: what the search box proposes.
pub async fn complete(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(&[JSON, SUGGESTIONS])?;
    let limit = limit(&reader)?;
    server
        .read(move |server, _| {
            Ok(completed(server, &reader, offer, limit)?
                .varying(lists::VARYING)
                .into_response())
        })
        .await
}

fn limit(reader: &Reader) -> Result<usize, Problem> {
    match reader.parameter("limit").map(str::parse::<usize>) {
        None => Ok(PROPOSED),
        Some(Ok(limit)) if (1..=MOST_PROPOSED).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("`limit` est un nombre de 1 à {MOST_PROPOSED}."),
            format!("`limit` is a number from 1 to {MOST_PROPOSED}."),
        )),
    }
}

fn completed(
    server: &Server,
    reader: &Reader,
    offer: Offer,
    limit: usize,
) -> Result<Answer, Problem> {
    let state = found::index(server)?;
    let today = found::today();
    let variant = format!("{today}-{}-{}-complete", reader.lang, offer.name);
    let tag = etag(server.app.store.identity(), state.generation, &variant);
    let answer = |body: String| {
        Answer::of(offer, body)
            .at(state.generation)
            .with(CONTENT_LANGUAGE, reader.lang.tag())
            .known_as(&tag, "")
            .unless_known_to(&reader.headers)
    };
    if is_known(&tag, &reader.headers) {
        return Ok(answer(String::new()));
    }
    let text = shortened(reader.parameter("q").unwrap_or_default());
    let wanted = Wanted::of(&text);
    let lang = reader.lang;
    let proposed = state.names.complete(&wanted, lang, today, limit);
    let proposed = proposed.map_err(Problem::internal)?;
    let base = server.app.store.base();
    let names: Vec<&str> = proposed
        .iter()
        .map(|entry| entry.best(lang).map_or("", |name| name.text.as_str()))
        .collect();
    if offer == SUGGESTIONS {
        let about: Vec<String> = proposed.iter().map(|entry| about(entry, lang)).collect();
        let addresses: Vec<String> = proposed
            .iter()
            .map(|entry| base.join(&entry.path).into_string())
            .collect();
        return Ok(answer(json!([text, names, about, addresses]).to_string()));
    }
    let items: Vec<_> = proposed
        .iter()
        .zip(&names)
        .map(|(entry, name)| {
            json!({
                "iri": base.join(&entry.path).as_str(),
                "path": entry.path,
                "name": name,
                "lang": entry.best(lang).and_then(|name| name.lang.as_deref()),
                "foundBy": wanted.found_by(entry, entry.best(lang)).map(|name| &name.text),
                "kind": entry.kind,
                "about": about(entry, lang),
            })
        })
        .collect();
    let json = json!({"q": text, "generation": state.generation.0, "items": items});
    Ok(answer(json.to_string()))
}

/// What a proposal is, in a few words: its kind, and its town or time.
fn about(entry: &Entry, lang: Lang) -> String {
    let kind = crate::i18n::text(lang, &format!("kind-{}", entry.kind), &[]);
    let year = entry.start.as_deref().and_then(|start| start.get(..4));
    match entry.town.as_deref().or(year) {
        Some(more) => format!("{kind} · {more}"),
        None => kind,
    }
}

/// `GET /opensearch.xml`: how browsers search here (OpenSearch 1.1).
pub async fn description(Injected(server): Injected<Shared>, reader: Reader) -> Response {
    let base = server.app.store.base();
    let say = |key: &str| escaped(&crate::i18n::text(reader.lang, key, &[]));
    let at = |path: &str| escaped(&format!("{base}{path}"));
    // OpenSearch 1.1 §4.3: a short name has 16 characters at most.
    let host = base.as_str().split('/').nth(2).unwrap_or_default();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\">\n\
         <ShortName>Affiche</ShortName>\n\
         <LongName>{}</LongName>\n\
         <Description>{}</Description>\n\
         <InputEncoding>UTF-8</InputEncoding>\n\
         <Language>{}</Language>\n\
         <Url type=\"text/html\" method=\"get\" template=\"{}?q={{searchTerms}}\"/>\n\
         <Url type=\"application/x-suggestions+json\" method=\"get\" template=\"{}?q={{searchTerms}}&amp;format=suggestions\"/>\n\
         <Url type=\"application/opensearchdescription+xml\" rel=\"self\" template=\"{}\"/>\n\
         </OpenSearchDescription>\n",
        escaped(&format!("Affiche, {host}")),
        say("search-opensearch"),
        reader.lang,
        at("/search"),
        at("/search/complete"),
        at("/opensearch.xml"),
    );
    Answer::new("application/opensearchdescription+xml", text)
        .with(CONTENT_LANGUAGE, reader.lang.tag())
        .varying("Accept-Language")
        .with(CACHE_CONTROL, "max-age=3600")
        .into_response()
}

fn escaped(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
