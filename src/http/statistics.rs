//! Statistics: pages, files and numbers of how much there is of what. Nothing of it reads the
//! store: all comes from the numbers that follow it, and names their generation.

use crate::app::statistics::State;
use crate::app::statistics::facets::{
    FACETS, Facet, FacetCounts, Filter, Selection, Value, ValueCount,
};
use crate::html::statistics::{self as shown, Choice, Division, Row};
use crate::http::answer::{Answer, etag, is_known};
use crate::http::entities::{offers, rdf, varying_by_accept};
use crate::http::home::in_order;
use crate::http::negotiate::{CSV, HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, NOT_COUNTED_YET, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared, table};
use crate::model::{Kind, Lang};
use axum::extract::State as Injected;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, LOCATION, VARY};
use axum::response::{IntoResponse, Response};
use oxrdf::Literal;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

const OFFERS: &[Offer] = &[HTML, JSON, CSV];
/// How long somebody waits before asking again for what is not counted yet.
const AGAIN_SECONDS: u64 = 5;
/// The same for what is published after a quiet minute.
const UNPUBLISHED_SECONDS: u64 = 60;
/// How many values of a facet are shown when it is one of many.
const SHOWN: usize = 12;
/// The same in JSON.
const LISTED: usize = 100;
/// How many values one request may choose.
const MOST_CHOSEN: usize = 64;

/// What somebody wants to see.
struct Wanted {
    /// The values that were chosen, by facet.
    chosen: Vec<(&'static Facet, Vec<String>)>,
    /// The facet of which all values are wanted.
    whole: Option<&'static Facet>,
    table: Table,
}

/// The tables that can be had as files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Table {
    Performances,
    Entities,
}

/// `GET /statistics`.
pub async fn overview(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let offer = reader.choose(OFFERS)?;
    let wanted = wanted(&reader)?;
    server
        .read(move |server, _| {
            let statistics = server.app.statistics.current();
            let answer = match statistics {
                Some(state) => answer(server, &reader, offer, &wanted, &state)?,
                None if offer == HTML => uncounted(server, &reader)?,
                None => {
                    return Err(Problem::new(&NOT_COUNTED_YET).retry_after(AGAIN_SECONDS));
                }
            };
            Ok(answer.varying("Accept, Accept-Language").into_response())
        })
        .await
}

/// Reads what is wanted; a parameter that is not understood could have been meant to leave
/// something out, so there is no answer to it.
fn wanted(reader: &Reader) -> Result<Wanted, Problem> {
    let mut known: Vec<&str> = FACETS.iter().map(|facet| facet.name).collect();
    known.extend(["facet", "table", "format", "lang"]);
    reader.allow_only(&known)?;
    let mut chosen: Vec<(&'static Facet, Vec<String>)> = Vec::new();
    let mut count = 0;
    for (name, value) in &reader.parameters {
        let Some(facet) = Facet::named(name).filter(|_| !value.is_empty()) else {
            continue;
        };
        count += 1;
        if let Some(form) = facet.form
            && !is_of_form(value, form)
        {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                format!("`{name}` s'écrit `{form}` (des chiffres aux places des lettres)."),
                format!("`{name}` is written `{form}` (digits in the places of the letters)."),
            ));
        }
        match chosen
            .iter_mut()
            .find(|(known, _)| std::ptr::eq(*known, facet))
        {
            Some((_, values)) if values.contains(value) => {}
            Some((_, values)) => values.push(value.clone()),
            None => chosen.push((facet, vec![value.clone()])),
        }
    }
    if count > MOST_CHOSEN {
        return Err(Problem::new(&BAD_REQUEST).with_detail(
            format!("Une adresse peut choisir {MOST_CHOSEN} valeurs au plus ; celle-ci en choisit {count}."),
            format!("An address may choose {MOST_CHOSEN} values at most; this one chooses {count}."),
        ));
    }
    let whole = match reader.parameter("facet") {
        None => None,
        Some(name) => Some(Facet::named(name).ok_or_else(|| {
            let names: Vec<String> = FACETS
                .iter()
                .map(|facet| format!("`{}`", facet.name))
                .collect();
            let names = names.join(", ");
            Problem::new(&BAD_REQUEST).with_detail(
                format!("`facet` est l'un de {names}."),
                format!("`facet` is one of {names}."),
            )
        })?),
    };
    let table = match reader.parameter("table") {
        None | Some("performances") => Table::Performances,
        Some("entities") => Table::Entities,
        Some(_) => {
            return Err(Problem::new(&BAD_REQUEST).with_detail(
                "`table` est `performances` ou `entities`.",
                "`table` is `performances` or `entities`.",
            ));
        }
    };
    Ok(Wanted {
        chosen,
        whole,
        table,
    })
}

/// Whether a date is written in a form such as `YYYY-MM`.
fn is_of_form(value: &str, form: &str) -> bool {
    let fits = |(byte, place): (u8, u8)| match place {
        b'-' => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    value.len() == form.len() && value.bytes().zip(form.bytes()).all(fits)
}

/// `GET /.well-known/void`: the description of the data set in numbers, as it is published; for
/// people, the page.
pub async fn void(Injected(server): Injected<Shared>, reader: Reader) -> Result<Response, Problem> {
    let offer = reader.choose(&offers()).map_err(varying_by_accept)?;
    if offer == HTML {
        let headers = [(LOCATION, "../statistics"), (VARY, "Accept")];
        return Ok((StatusCode::SEE_OTHER, headers).into_response());
    }
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let view = snapshot.view();
            let void = view.base().void();
            let triples = view.public_description(&void)?;
            let changed = view.changed_at(&void)?;
            let Some(changed) = changed.filter(|_| !triples.is_empty()) else {
                return Err(Problem::new(&NOT_COUNTED_YET)
                    .with_detail(
                        "Cette description est publiée après une minute sans envoi ; `/statistics` a les nombres dès qu'ils sont comptés.",
                        "This description is published after a minute without submissions; `/statistics` has the numbers as soon as they are counted.",
                    )
                    .retry_after(UNPUBLISHED_SECONDS));
            };
            let tag = etag(view.identity(), changed, offer.name);
            let body = rdf(&triples, offer, &server.app.context)?;
            Ok(Answer::of(offer, body)
                .at(view.generation()?)
                .known_as(&tag, "")
                .varying("Accept")
                .unless_known_to(&reader.headers)
                .into_response())
        })
        .await
}

fn uncounted(server: &Server, reader: &Reader) -> Result<Answer, Problem> {
    let generation = server.app.store.generation();
    let nothing = shown::Statistics::default();
    let answer = page(server, reader, generation, |site| nothing.page(site))?;
    Ok(answer.with(CACHE_CONTROL, "no-store"))
}

fn answer(
    server: &Server,
    reader: &Reader,
    offer: Offer,
    wanted: &Wanted,
    state: &Arc<State>,
) -> Result<Answer, Problem> {
    // The page says how far the data itself is.
    let current = server.app.store.generation();
    let variant = format!("{current}-{}-{}-statistics", reader.lang, offer.name);
    let tag = etag(server.app.store.identity(), state.generation, &variant);
    // The table has one name of each thing, JSON all of them.
    let in_language = |answer: Answer| match offer == JSON {
        true => answer,
        false => answer.with(CONTENT_LANGUAGE, reader.lang.tag()),
    };
    if is_known(&tag, &reader.headers) {
        return Ok(in_language(Answer::of(offer, ""))
            .at(state.generation)
            .known_as(&tag, "")
            .unless_known_to(&reader.headers));
    }
    let filters: Vec<Filter<'_>> = wanted
        .chosen
        .iter()
        .map(|(facet, keys)| Filter {
            facet,
            keys: keys.iter().map(String::as_str).collect(),
        })
        .collect();
    let selection = state.select(&filters);
    let asked = Asked {
        server,
        reader,
        wanted,
        state,
        selection,
    };
    let answer = if offer == HTML {
        let statistics = asked.shown();
        page(server, reader, state.generation, |site| {
            statistics.page(site)
        })?
    } else if offer == JSON {
        Answer::of(JSON, format!("{:#}\n", asked.json()))
    } else {
        asked.csv()?
    };
    Ok(in_language(answer).at(state.generation).known_as(&tag, ""))
}

/// One request, with all that answers to it.
struct Asked<'a> {
    server: &'a Server,
    reader: &'a Reader,
    wanted: &'a Wanted,
    state: &'a State,
    selection: Selection,
}

impl Asked<'_> {
    /// The facets that are wanted.
    fn facets(&self) -> impl Iterator<Item = &FacetCounts> {
        let whole = self.wanted.whole;
        self.selection
            .facets
            .iter()
            .filter(move |counts| whole.is_none_or(|whole| std::ptr::eq(whole, counts.facet)))
    }

    fn chosen(&self, facet: &Facet) -> &[String] {
        let mut chosen = self.wanted.chosen.iter();
        let chosen = chosen.find(|(known, _)| std::ptr::eq(*known, facet));
        chosen.map_or(&[], |(_, keys)| keys)
    }

    /// What a value is called, as far as the data says it.
    fn names<'s>(&'s self, facet: &Facet, key: &str, value: Option<&'s Value>) -> &'s [Literal] {
        match facet.name {
            "department" | "region" => self.state.label(key),
            "price" | "town" | "year" | "month" | "day" => &[],
            _ => value.map_or(&[], |value| &value.names),
        }
    }

    /// The IRI of a value, when it stands for itself.
    fn iri<'s>(&self, facet: &Facet, value: Option<&'s Value>) -> Option<&'s str> {
        let is_of_place = ["region", "department", "town"].contains(&facet.name);
        value.filter(|_| !is_of_place)?.iri.as_deref()
    }

    /// The address that chooses other values of one facet.
    fn address(&self, facet: &Facet, keys: &[&str]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let others = self.wanted.chosen.iter();
        for (other, chosen) in others.filter(|(other, _)| !std::ptr::eq(*other, facet)) {
            for key in chosen {
                query.append_pair(other.name, key);
            }
        }
        for key in keys {
            query.append_pair(facet.name, key);
        }
        let query = query.finish();
        if query.is_empty() {
            "/statistics".to_owned()
        } else {
            format!("/statistics?{query}")
        }
    }

    fn shown(&self) -> shown::Statistics {
        let state = self.state;
        let columns: Vec<&'static Kind> = kinds(state);
        let row = |source: &String, publisher: &Option<String>| {
            let counts = state.sources.get(source);
            Row {
                source: source.clone(),
                publisher: publisher.clone(),
                entities: counts.map_or(0, |counts| counts.entities()),
                counts: columns
                    .iter()
                    .map(|kind| counts.and_then(|counts| counts.kinds.get(kind.name).copied()))
                    .map(Option::unwrap_or_default)
                    .collect(),
            }
        };
        shown::Statistics {
            counted: Some(state.generation.0),
            current: self.server.app.store.generation().0,
            triples: state.counts.triples,
            totals: columns
                .iter()
                .map(|kind| {
                    (
                        *kind,
                        state.kinds.get(kind.name).copied().unwrap_or_default(),
                    )
                })
                .collect(),
            rows: state
                .publishers
                .iter()
                .map(|(source, publisher)| row(source, publisher))
                .collect(),
            selected: self.selection.total,
            chosen: self.choices(),
            divisions: self
                .facets()
                .filter(|counts| self.is_shown(counts.facet))
                .map(|counts| self.division(counts))
                .collect(),
            whole: self.wanted.whole.map(|facet| facet.name),
            back: self.address(NO_FACET, &[]),
            query: self.address(NO_FACET, &[]).replacen("/statistics", "", 1),
        }
    }

    /// What was chosen, each with the address without it.
    fn choices(&self) -> Vec<(&'static str, Choice)> {
        let mut choices = Vec::new();
        for (facet, keys) in &self.wanted.chosen {
            for key in keys {
                let others: Vec<&str> = keys
                    .iter()
                    .filter(|other| *other != key)
                    .map(String::as_str)
                    .collect();
                let value = self.state.performances.value_with(facet, key);
                choices.push((
                    facet.name,
                    Choice {
                        key: key.clone(),
                        names: self.names(facet, key, value).to_vec(),
                        publisher: self.publisher(facet, key),
                        count: None,
                        href: self.address(facet, &others),
                        is_chosen: true,
                    },
                ));
            }
        }
        choices
    }

    fn publisher(&self, facet: &Facet, key: &str) -> Option<String> {
        let known = (facet.name == "source").then(|| self.state.publishers.get(key))??;
        known.clone()
    }

    /// The values that are shown of a facet when there is room for so many: the most frequent, or
    /// the last; all when it alone is wanted.
    fn listed<'f>(&self, counts: &'f FacetCounts, most: usize) -> &'f [ValueCount] {
        let values = counts.values.as_slice();
        let left = values.len().saturating_sub(most);
        if self.wanted.whole.is_some() {
            values
        } else if counts.facet.is_in_order {
            values.get(left..).unwrap_or_default()
        } else {
            values.get(..values.len() - left).unwrap_or_default()
        }
    }

    /// Whether a facet is shown: days only within months, since there are so many.
    fn is_shown(&self, facet: &Facet) -> bool {
        let is_chosen = |name: &str| {
            self.wanted
                .chosen
                .iter()
                .any(|(facet, _)| facet.name == name)
        };
        facet.name != "day" || self.wanted.whole.is_some() || is_chosen("month") || is_chosen("day")
    }

    fn division(&self, counts: &FacetCounts) -> Division {
        let facet = counts.facet;
        let chosen = self.chosen(facet);
        let is_chosen = |key: &str| chosen.iter().any(|one| one == key);
        let listed = self.listed(counts, SHOWN);
        let mut choices = Vec::new();
        for count in listed {
            let value = self.state.performances.value_of(facet, count);
            let Some(key) = value.and_then(|value| facet.key_of(value)) else {
                continue;
            };
            let keys: Vec<&str> = if is_chosen(key) {
                let others = chosen.iter().map(String::as_str);
                others.filter(|other| *other != key).collect()
            } else {
                let others = chosen.iter().map(String::as_str);
                others.chain([key]).collect()
            };
            choices.push(Choice {
                key: key.to_owned(),
                names: self.names(facet, key, value).to_vec(),
                publisher: self.publisher(facet, key),
                count: Some(count.count),
                href: self.address(facet, &keys),
                is_chosen: is_chosen(key),
            });
        }
        let here = self.address(NO_FACET, &[]);
        let separator = if here.contains('?') { '&' } else { '?' };
        Division {
            facet: facet.name,
            left: counts.values.len() - listed.len(),
            all: format!("{here}{separator}facet={}", facet.name),
            choices,
        }
    }

    fn json(&self) -> Json {
        let state = self.state;
        let mut facets = Map::new();
        for counts in self.facets() {
            let facet = counts.facet;
            let listed = self.listed(counts, LISTED).iter();
            let values: Vec<Json> = listed
                .filter_map(|count| {
                    let value = state.performances.value_of(facet, count);
                    let key = facet.key_of(value?)?;
                    let names = self.names(facet, key, value);
                    Some(json!({
                        "key": key,
                        "iri": self.iri(facet, value),
                        "name": by_language(names),
                        "performances": count.count,
                    }))
                })
                .collect();
            let counts = json!({
                "distinct": counts.values.len(),
                "left": counts.values.len() - values.len(),
                "values": values,
            });
            facets.insert(facet.name.to_owned(), counts);
        }
        let sources: Vec<Json> = state
            .publishers
            .iter()
            .map(|(source, publisher)| {
                let counts = state.sources.get(source).cloned().unwrap_or_default();
                json!({
                    "source": source,
                    "publisher": publisher,
                    "claims": counts.claims,
                    "entities": counts.entities(),
                    "kinds": counts.kinds,
                })
            })
            .collect();
        let chosen: Map<String, Json> = self
            .wanted
            .chosen
            .iter()
            .map(|(facet, keys)| (facet.name.to_owned(), json!(keys)))
            .collect();
        json!({
            "generation": state.generation.0,
            "log": self.server.app.store.identity(),
            "triples": state.counts.triples,
            "entities": state.kinds,
            "sources": sources,
            "performances": {
                "chosen": chosen,
                "total": self.selection.total,
                "facets": facets,
            },
        })
    }

    fn csv(&self) -> Result<Answer, Problem> {
        let (name, lines) = match self.wanted.table {
            Table::Performances => ("performances", self.performances_table()),
            Table::Entities => ("entities", self.entities_table()),
        };
        let attachment = format!("attachment; filename=\"statistics-{name}.csv\"");
        Ok(Answer::of(CSV, table::csv(lines)?).with(CONTENT_DISPOSITION, &attachment))
    }

    fn performances_table(&self) -> Vec<Vec<String>> {
        let head = ["generation", "facet", "key", "iri", "name", "performances"];
        let mut lines = vec![head.map(str::to_owned).to_vec()];
        let generation = self.state.generation.to_string();
        for counts in self.facets() {
            let facet = counts.facet;
            for count in &counts.values {
                let value = self.state.performances.value_of(facet, count);
                let Some(key) = value.and_then(|value| facet.key_of(value)) else {
                    continue;
                };
                let name = crate::html::best_name(self.names(facet, key, value), self.reader.lang);
                lines.push(vec![
                    generation.clone(),
                    facet.name.to_owned(),
                    key.to_owned(),
                    self.iri(facet, value).unwrap_or_default().to_owned(),
                    name.unwrap_or_default().to_owned(),
                    count.count.to_string(),
                ]);
            }
        }
        lines
    }

    fn entities_table(&self) -> Vec<Vec<String>> {
        let head = ["generation", "source", "kind", "entities"];
        let mut lines = vec![head.map(str::to_owned).to_vec()];
        let generation = self.state.generation.to_string();
        let mut put = |source: &str, kind: &str, count: u64| {
            lines.push(vec![
                generation.clone(),
                source.to_owned(),
                kind.to_owned(),
                count.to_string(),
            ]);
        };
        for (kind, count) in &self.state.kinds {
            put("", kind, *count);
        }
        let sources = self.state.sources.iter();
        for (source, counts) in
            sources.filter(|(name, _)| self.state.publishers.contains_key(*name))
        {
            for (kind, count) in &counts.kinds {
                put(source, kind, *count);
            }
        }
        lines
    }
}

/// Stands for no facet, where all that was chosen is kept.
static NO_FACET: &Facet = &Facet::NONE;

/// The kinds of which there is something.
fn kinds(state: &State) -> Vec<&'static Kind> {
    let mut kinds = in_order();
    kinds.retain(|kind| state.kinds.contains_key(kind.name));
    kinds
}

/// Names by language: those of the interface first.
fn by_language(names: &[Literal]) -> Json {
    let mut by_language = Map::new();
    for lang in Lang::ALL {
        let mut spoken = names
            .iter()
            .filter(|name| name.language().and_then(Lang::from_tag) == Some(lang));
        if let Some(name) = spoken.next() {
            by_language.insert(lang.tag().to_owned(), json!(name.value()));
        }
    }
    for name in names {
        let tag = name.language().unwrap_or("und");
        if !by_language.contains_key(tag) {
            by_language.insert(tag.to_owned(), json!(name.value()));
        }
    }
    Json::Object(by_language)
}
