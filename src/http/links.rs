//! `/doc/{noid}/links`: everything that points to an entity, in pages, by what it is to it.

use crate::app::links::{Filter, When, today};
use crate::html::{LinksGroup, LinksPage, best_name, links as page_of_links, shortened};
use crate::http::Shared;
use crate::http::entities::{merged, parse};
use crate::http::lists::{self, VARYING};
use crate::http::problem::{BAD_REQUEST, NOT_COUNTED_YET, NOT_FOUND, Problem, WITHDRAWN};
use crate::http::reader::Reader;
use crate::model::{Kind, Lang, Text, time};
use crate::publish::{Incoming, Listing, select};
use crate::store::State;
use axum::extract::{Path, State as Injected};
use axum::http::HeaderValue;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// How long somebody waits before asking again for what is not there yet.
const AGAIN: HeaderValue = HeaderValue::from_static("5");

/// By the value of the parameter `when`.
const TIMES: &[(&str, When)] = &[
    ("upcoming", When::Upcoming),
    ("past", When::Past),
    ("undated", When::Undated),
];

/// `GET /doc/{noid}/links`
pub async fn links(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let noid = parse(&name)?;
    let asked = lists::asked(&reader)?;
    let when = when(&reader)?;
    let kind = kind(&reader)?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let base = view.base();
            match view.state(&noid)? {
                State::Current => {}
                State::Merged(other) => return merged(view, &other, "../", "/links"),
                State::Withdrawn(_) => return Err(Problem::new(&WITHDRAWN)),
                State::Split(_) | State::Unknown => return Err(Problem::new(&NOT_FOUND)),
            }
            let Some(index) = server.app.links.current() else {
                return Err(Problem::new(&NOT_COUNTED_YET).with_header(RETRY_AFTER, AGAIN));
            };
            let now = Timestamp::now();
            let day = time::utc(now);
            let day = day.get(..10).unwrap_or_default();
            // Names come from the store, which may be ahead of the index.
            let variant = format!("{day}-{}-links", view.generation()?);
            let tag = asked.tag(server, index.generation, &reader, &variant);
            if let Some(answer) = lists::unchanged(&asked, &reader, index.generation, &tag) {
                return Ok(answer.into_response());
            }
            let iri = base.id(&noid);
            let totals = index.totals(base, &iri, today(now));
            let relation = match reader.parameter("relation") {
                Some(asked) => Some(
                    totals
                        .iter()
                        .map(|total| total.relation.as_str())
                        .find(|known| *known == asked || short(known) == asked)
                        .ok_or_else(|| no_relation(asked))?
                        .to_owned(),
                ),
                None => None,
            };
            let filter = Filter {
                relation: relation.as_deref(),
                kind,
                when,
            };
            let (links, total) = index.incoming(
                base,
                &iri,
                &filter,
                today(now),
                asked.offset(),
                asked.per_page,
            );
            let rows: Vec<Incoming> = links.into_iter().map(Into::into).collect();
            let names = select::names_of(&view, &iri)?;
            let called = |lang: Lang| {
                let name = best_name(&names, lang).unwrap_or(noid.as_str());
                shortened(name)
            };
            let listing = Listing {
                address: asked.address.clone(),
                title: Text::new(
                    format!("Ce qui renvoie à «\u{a0}{}\u{a0}»", called(Lang::Fr)),
                    format!("What links to “{}”", called(Lang::En)),
                ),
                total,
                page: asked.page,
                per_page: asked.per_page,
                items: select::items(&view, &rows)?,
            };
            let relations: BTreeSet<_> = totals.iter().map(|total| &total.relation).collect();
            let mut labels = select::Labels::new();
            for relation in relations {
                let names = match index.labels.get(relation.as_str()) {
                    Some(names) => names.clone(),
                    None => select::names_of(&view, relation)?,
                };
                labels.insert(relation.as_str().to_owned(), names);
            }
            let groups = totals.iter().map(|total| LinksGroup {
                relation: total.relation.clone(),
                key: short(total.relation.as_str()).to_owned(),
                kind: total.kind,
                total: total.total,
                is_chosen: relation.as_deref() == Some(total.relation.as_str())
                    && kind.is_none_or(|kind| kind == total.kind),
            });
            let shown = LinksPage {
                document: base.doc(&noid),
                groups: groups.collect(),
                labels: &labels,
                when: reader.parameter("when"),
                listing: &listing,
                is_behind: index.generation < view.generation()?,
            };
            let answer = lists::answer(
                server,
                &reader,
                &asked,
                &listing,
                (index.generation, &tag),
                |site| page_of_links(&shown, site),
            )?;
            Ok(answer.varying(VARYING).into_response())
        })
        .await
}

/// The last part of an IRI: `workPerformed`, `mise-en-scene`.
fn short(iri: &str) -> &str {
    iri.rsplit(['/', '#']).next().unwrap_or(iri)
}

fn when(reader: &Reader) -> Result<When, Problem> {
    let Some(asked) = reader.parameter("when") else {
        return Ok(When::All);
    };
    let row = TIMES.iter().find(|(name, _)| *name == asked);
    row.map(|(_, when)| *when).ok_or_else(|| {
        Problem::new(&BAD_REQUEST).with_detail(
            "`when` est `upcoming`, `past` ou `undated`.",
            "`when` is `upcoming`, `past` or `undated`.",
        )
    })
}

fn kind(reader: &Reader) -> Result<Option<&'static Kind>, Problem> {
    let Some(asked) = reader.parameter("kind") else {
        return Ok(None);
    };
    Kind::named(asked).map(Some).ok_or_else(|| {
        Problem::new(&BAD_REQUEST).with_detail(
            format!("`kind` est le nom d'une sorte d'entités, comme `performance` ; il n'y a pas de `{asked}`."),
            format!("`kind` is the name of a kind of entities, such as `performance`; there is no `{asked}`."),
        )
    })
}

fn no_relation(asked: &str) -> Problem {
    Problem::new(&NOT_FOUND).with_detail(
        format!("Rien n'y renvoie par `{asked}`. Sans `relation`, la liste les montre tous."),
        format!("Nothing links here by `{asked}`. Without `relation` the list has all of them."),
    )
}
