//! All that is published, from A to Z: the kinds, and the list of each, by letter and facet.

use crate::html::browse::{Browse, Kinds, Letter};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::found::{self, Shower};
use crate::http::home::in_order;
use crate::http::lists;
use crate::http::negotiate::{CSV, HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::search::{filters, shortened};
use crate::http::{Server, Shared, table};
use crate::model::{Kind, Lang, Text};
use crate::publish::Listing;
use crate::search::{Counts, Facet, Order, Question, Wanted, fold};
use axum::extract::{Path, State as Injected};
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;

const OFFERS: &[Offer] = &[HTML, JSON, CSV];

/// The facets by which the list of a kind can be narrowed down.
fn narrowing(kind: &Kind) -> &'static [&'static str] {
    match kind.name {
        "person" => &["function"],
        "organisation" => &["department", "function", "discipline"],
        "place" => &["department"],
        "character" => &[],
        _ => &["discipline"],
    }
}

fn facet(name: &str) -> Result<&'static Facet, Problem> {
    Facet::named(name).ok_or_else(|| Problem::new(&NOT_FOUND))
}

/// `GET /browse/`.
pub async fn kinds(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(OFFERS)?;
    server
        .read(move |server, _| Ok(all_kinds(server, &reader, offer)?.into_response()))
        .await
}

fn all_kinds(server: &Server, reader: &Reader, offer: Offer) -> Result<Answer, Problem> {
    let state = match server.app.search.current() {
        Some(state) => state,
        None if offer == HTML => {
            let nothing = Kinds::default();
            let current = server.app.store.generation();
            let answer = page(server, reader, current, |site| nothing.page(site))?;
            return Ok(answer
                .with(CACHE_CONTROL, "no-store")
                .varying(lists::VARYING));
        }
        None => {
            return Err(found::index(server)
                .err()
                .unwrap_or_else(|| Problem::new(&NOT_FOUND)));
        }
    };
    let variant = format!("{}-{}-browse", reader.lang, offer.name);
    let tag = etag(server.app.store.identity(), state.generation, &variant);
    let mut answer = Answer::of(offer, "");
    if !is_known(&tag, &reader.headers) {
        let counts = state.names.count(facet("kind")?, reader.lang);
        let counts = counts.map_err(Problem::internal)?;
        let concepts = Kind::named("concept");
        let kinds: Vec<(&'static Kind, u64)> = in_order()
            .into_iter()
            .chain(concepts)
            .map(|kind| (kind, counts.get(kind.name).copied().unwrap_or_default()))
            .collect();
        answer = if offer == HTML {
            let shown = Kinds {
                is_made: true,
                kinds,
            };
            page(server, reader, state.generation, |site| shown.page(site))?
        } else {
            as_data(server, offer, &kinds, state.generation.0)?
        };
    }
    Ok(answer
        .at(state.generation)
        .known_as(&tag, "")
        .varying(lists::VARYING)
        .unless_known_to(&reader.headers))
}

fn as_data(
    server: &Server,
    offer: Offer,
    kinds: &[(&'static Kind, u64)],
    generation: u64,
) -> Result<Answer, Problem> {
    let base = server.app.store.base();
    let address = |kind: &Kind| match kind.has_own_iri {
        true => base.join(&format!("browse/{}", kind.name)).into_string(),
        false => base.join("vocab/").into_string(),
    };
    if offer == JSON {
        let kinds: Vec<_> = kinds
            .iter()
            .map(|(kind, count)| json!({"kind": kind.name, "url": address(kind), "total": count}))
            .collect();
        let json = json!({"generation": generation, "kinds": kinds});
        return Ok(Answer::of(JSON, format!("{json:#}\n")));
    }
    let head = ["kind", "url", "total"].map(str::to_owned).to_vec();
    let lines = kinds
        .iter()
        .map(|(kind, count)| vec![kind.name.to_owned(), address(kind), count.to_string()]);
    Ok(Answer::of(
        CSV,
        table::csv([head].into_iter().chain(lines))?,
    ))
}

/// `GET /browse/{kind}`.
pub async fn kind(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let asked = lists::asked(&reader)?;
    let kind = Kind::named(&name).filter(|kind| kind.has_own_iri);
    let kind = kind.ok_or_else(|| {
        let names: Vec<String> = in_order()
            .into_iter()
            .map(|kind| format!("`{}`", kind.name))
            .collect();
        let names = names.join(", ");
        Problem::new(&NOT_FOUND).with_detail(
            format!("Il n'y a pas de liste de ce nom ; il y a {names}. Les concepts sont sous `/vocab/`."),
            format!("There is no list of this name; there are {names}. Concepts are at `/vocab/`."),
        )
    })?;
    server
        .read(move |server, _| Ok(listed(server, &reader, kind, &asked)?.into_response()))
        .await
}

fn listed(
    server: &Server,
    reader: &Reader,
    kind: &'static Kind,
    asked: &lists::Asked,
) -> Result<Answer, Problem> {
    let known: Vec<&str> = ["q", "letter"]
        .iter()
        .chain(narrowing(kind))
        .chain(lists::PARAMETERS)
        .copied()
        .collect();
    reader.allow_only(&known)?;
    let path = format!("/browse/{}", kind.name);
    let text = shortened(reader.parameter("q").unwrap_or_default());
    let wanted = Wanted::of(&text);
    let names = narrowing(kind);
    let mut all = vec!["letter"];
    all.extend(names);
    let mut filters = filters(reader, &all)?;
    let of = |name: &'static str| reader.parameter(name);
    // An address with everything that was asked for, but for one parameter.
    let with = |name: &str, value: Option<&str>| {
        let mut parameters = vec![("q", Some(text.as_str()))];
        for known in &all {
            parameters.push((known, if *known == name { value } else { of(known) }));
        }
        parameters.push(("per_page", of("per_page")));
        found::address(&path, &parameters)
    };
    let title = |lang| found::plural(kind, lang);
    let mut shown = Browse {
        kind,
        is_made: true,
        all: 0,
        kept: names
            .iter()
            .filter_map(|name| Some((*name, of(name)?.to_owned())))
            .filter(|(_, value)| !value.is_empty())
            .collect(),
        letters: Vec::new(),
        every_letter: with("letter", None),
        listing: Listing {
            address: with("", None),
            title: Text::new(title(Lang::Fr), title(Lang::En)),
            total: 0,
            page: asked.page,
            per_page: asked.per_page,
            items: Vec::new(),
        },
        found: Vec::new(),
        divisions: Vec::new(),
        is_near: false,
        text: text.clone(),
    };
    let state = match server.app.search.current() {
        Some(state) => state,
        None if asked.offer == HTML => {
            shown.is_made = false;
            let current = server.app.store.generation();
            let answer = page(server, reader, current, |site| shown.page(site))?;
            return Ok(answer
                .with(CACHE_CONTROL, "no-store")
                .varying(lists::VARYING));
        }
        None => {
            return Err(found::index(server)
                .err()
                .unwrap_or_else(|| Problem::new(&NOT_FOUND)));
        }
    };
    let snapshot = server.app.store.snapshot()?;
    let view = snapshot.view();
    let today = found::today();
    // Names of places and concepts come from the store itself.
    let variant = format!("{}-{today}-browse", view.generation()?);
    let tag = asked.tag(server, state.generation, reader, &variant);
    if let Some(unchanged) = lists::unchanged(asked, reader, state.generation, &tag) {
        return Ok(unchanged);
    }
    filters.push((facet("kind")?, kind.name.to_owned()));
    let chosen = |facet: &Facet| -> Option<String> {
        let mut filters = filters.iter();
        let filter = filters.find(|(known, _)| *known == facet);
        filter.map(|(_, value)| value.clone())
    };
    let is_page = asked.offer == HTML;
    let facets = all.iter().filter(|_| is_page);
    let answer = state
        .names
        .ask(&Question {
            wanted: &wanted,
            lang: reader.lang,
            today,
            filters: filters.clone(),
            order: Order::Name,
            from: asked.offset(),
            most: asked.per_page,
            facets: facets.filter_map(|name| Facet::named(name)).collect(),
        })
        .map_err(Problem::internal)?;
    let shower = Shower::new(server, view, today);
    shown.listing.total = answer.total;
    shown.is_near = answer.is_near;
    for entry in &answer.hits {
        shown.listing.items.push(shower.item(entry)?);
        if is_page {
            shown.found.push(shower.found(entry)?);
        }
    }
    shown.divisions =
        shower.divisions(&answer.facets, &chosen, &|facet, key| with(facet.name, key))?;
    let letters = answer
        .facets
        .iter()
        .find(|(facet, _)| facet.name == "letter");
    if let Some((facet, counts)) = letters {
        shown.letters = alphabet(counts, chosen(facet).as_deref(), &|key| {
            with("letter", Some(key))
        });
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

/// The letters from A to Z, then those of other alphabets that names begin with, then what is in
/// none.
fn alphabet(counts: &Counts, chosen: Option<&str>, href: &dyn Fn(&str) -> String) -> Vec<Letter> {
    let latin: Vec<String> = ('A'..='Z').map(String::from).collect();
    let others = counts
        .keys()
        .filter(|key| !latin.contains(key) && ![fold::DIGITS, fold::OTHER].contains(&key.as_str()));
    let groups = [fold::DIGITS, fold::OTHER];
    let groups = groups.into_iter().filter(|key| counts.contains_key(*key));
    let keys = latin.iter().chain(others).map(String::as_str).chain(groups);
    keys.map(|key| Letter {
        key: key.to_owned(),
        count: counts.get(key).copied().unwrap_or_default(),
        href: href(key),
        is_chosen: chosen == Some(key),
    })
    .collect()
}
