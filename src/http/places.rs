//! Places: on a map, and by region, department and town, with how much is on in each.

use crate::app::statistics::State;
use crate::app::statistics::facets::agenda::Wanted;
use crate::app::statistics::facets::{Column, Facet, Filter, Value};
use crate::html::places::{self as shown, Place, Territory};
use crate::http::Shared;
use crate::http::agenda::AGAIN_SECONDS;
use crate::http::agenda::asked::{today, todays};
use crate::http::lists;
use crate::http::negotiate::HTML;
use crate::http::pages::page;
use crate::http::problem::{NOT_COUNTED_YET, Problem};
use crate::http::reader::Reader;
use crate::model::{Kind, Text};
use crate::publish::{Item, Listing};
use axum::extract::State as Injected;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use jiff::civil::Date;
use oxrdf::{Literal, NamedNode};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

const PATH: &str = "/places";
/// Stands for the region or department of places of which it is not known.
const NONE: &str = "none";

/// Which places somebody wants to see.
#[derive(Clone, Debug, Default)]
struct Asked {
    region: Option<String>,
    department: Option<String>,
    town: Option<String>,
}

/// A place, and how much is on there.
struct Known<'a> {
    iri: &'a str,
    value: &'a Value,
    upcoming: u64,
}

impl Known<'_> {
    fn region(&self) -> &str {
        self.value.region.as_deref().unwrap_or(NONE)
    }

    fn department(&self) -> &str {
        self.value.department.as_deref().unwrap_or(NONE)
    }

    fn town(&self) -> &str {
        self.value.town.as_deref().unwrap_or_default()
    }

    fn name(&self) -> &str {
        self.value.names.first().map_or("", Literal::value)
    }

    /// By region, department, town and name; what is in no known one comes last.
    fn compare(&self, other: &Self) -> Ordering {
        let key = |place: &Self| {
            (
                place.value.region.is_none(),
                place.value.department.is_none(),
            )
        };
        key(self)
            .cmp(&key(other))
            .then_with(|| self.department().cmp(other.department()))
            .then_with(|| self.town().cmp(other.town()))
            .then_with(|| self.name().cmp(other.name()))
            .then_with(|| self.iri.cmp(other.iri))
    }
}

/// `GET /places`.
pub async fn places(
    Injected(server): Injected<Shared>,
    reader: Reader,
) -> Result<Response, Problem> {
    let listed = lists::asked(&reader)?;
    let mut known = vec!["region", "department", "town"];
    known.extend(lists::PARAMETERS);
    reader.allow_only(&known)?;
    let said = |name: &str| {
        let value = reader.parameter(name)?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let asked = Asked {
        region: said("region"),
        department: said("department"),
        town: said("town"),
    };
    server
        .read(move |server, _| {
            let is_page = listed.offer == HTML;
            let Some(state) = server.app.statistics.current() else {
                if !is_page {
                    return Err(Problem::new(&NOT_COUNTED_YET).retry_after(AGAIN_SECONDS));
                }
                let generation = server.app.store.generation();
                let answer = page(server, &reader, generation, shown::uncounted)?;
                return Ok(answer
                    .with(CACHE_CONTROL, "no-store")
                    .varying(lists::VARYING)
                    .into_response());
            };
            let now = (server.app.clock)();
            let variant = format!("{}-places", todays(now, state.offsets()));
            let tag = listed.tag(server, state.generation, &reader, &variant);
            if let Some(answer) = lists::unchanged(&listed, &reader, state.generation, &tag) {
                return Ok(answer.into_response());
            }
            let found = upcoming(&state, &asked, &|offset| (today(now, offset), Date::MAX));
            let mut places = selected(server.app.store.base().as_str(), &state, &asked, &found);
            let territories = if is_page {
                territories(&state, &asked, &places, &found)
            } else {
                Vec::new()
            };
            let points = if is_page {
                points(&asked, &places, &found)
            } else {
                Vec::new()
            };
            let total = places.len();
            let (from, until) = (listed.offset(), listed.offset() + listed.per_page);
            if until < places.len() {
                places.select_nth_unstable_by(until, Known::compare);
                places.truncate(until);
            }
            places.sort_unstable_by(Known::compare);
            let on_page = places.get(from..).unwrap_or_default();
            let kind = Kind::named("place").expect("it is a row of the table");
            let listing = Listing {
                address: listed.address.clone(),
                title: title(&state, &asked),
                total,
                page: listed.page,
                per_page: listed.per_page,
                items: on_page
                    .iter()
                    .map(|place| Item {
                        town: place.value.town.clone(),
                        ..Item::new(
                            NamedNode::new_unchecked(place.iri),
                            kind,
                            place.value.names.clone(),
                        )
                    })
                    .collect(),
            };
            let page = shown::Places {
                trail: trail(&state, &asked),
                here: here(&state, &asked),
                upcoming: found.total,
                agenda: agenda_of(&asked),
                territories,
                points,
                places: on_page
                    .iter()
                    .map(|place| Place {
                        iri: NamedNode::new_unchecked(place.iri),
                        names: place.value.names.clone(),
                        town: place.value.town.clone(),
                        department: state.label(place.department()).to_vec(),
                        upcoming: place.upcoming,
                        agenda: format!("/agenda?place={}", encoded(&place.value.key)),
                    })
                    .collect(),
            };
            let answer = lists::answer(
                server,
                &reader,
                &listed,
                &listing,
                (state.generation, &tag),
                |site| page.page(&listing, site),
            )?;
            Ok(answer.into_response())
        })
        .await
}

/// How much is on where.
struct Upcoming {
    /// In all of what was asked for. What is on in a room is on in its house as well, so this is
    /// not the sum over its places.
    total: u64,
    /// By the name of the facet and the key of its value.
    by: HashMap<(&'static str, String), u64>,
}

impl Upcoming {
    fn of(&self, facet: &'static str, key: &str) -> u64 {
        self.by.get(&(facet, key.to_owned())).copied().unwrap_or(0)
    }
}

fn upcoming(state: &State, asked: &Asked, days: &dyn Fn(i16) -> (Date, Date)) -> Upcoming {
    let facets: Vec<&'static Facet> = ["place", "region", "department", "town"]
        .into_iter()
        .filter_map(Facet::named)
        .collect();
    let chosen = [
        ("region", &asked.region),
        ("department", &asked.department),
        ("town", &asked.town),
    ];
    let filters: Vec<Filter<'_>> = chosen
        .into_iter()
        .filter_map(|(name, key)| {
            let key = key.as_deref().filter(|key| *key != NONE)?;
            Some(Filter {
                facet: Facet::named(name)?,
                keys: vec![key],
            })
        })
        .collect();
    let found = state.performances.agenda(&Wanted {
        filters: &filters,
        near: None,
        days,
        offset: 0,
        limit: 0,
        apart: 0,
        facets: &facets,
    });
    let by = found.facets.iter().flat_map(|counts| {
        counts.values.iter().filter_map(|count| {
            let value = state.performances.value_of(counts.facet, count)?;
            let key = counts.facet.key_of(value)?;
            Some(((counts.facet.name, key.to_owned()), count.count))
        })
    });
    Upcoming {
        total: found.total,
        by: by.collect(),
    }
}

/// The places that were asked for, in no order.
fn selected<'s>(
    base: &str,
    state: &'s State,
    asked: &Asked,
    upcoming: &Upcoming,
) -> Vec<Known<'s>> {
    let is_asked = |asked: &Option<String>, known: &Option<String>| match asked {
        None => true,
        Some(asked) if asked == NONE => known.is_none(),
        Some(asked) => known.as_ref() == Some(asked),
    };
    let values = state.performances.dictionary(Column::Place).values();
    values
        .filter_map(|(_, value)| {
            let iri = value.iri.as_deref()?;
            // One without a name is not published.
            let is_ours = iri.starts_with(base) && !value.names.is_empty();
            let is_here = is_asked(&asked.region, &value.region)
                && is_asked(&asked.department, &value.department)
                && asked
                    .town
                    .as_ref()
                    .is_none_or(|town| value.town.as_ref() == Some(town));
            (is_ours && is_here).then(|| Known {
                iri,
                value,
                upcoming: upcoming.of("place", &value.key),
            })
        })
        .collect()
}

/// What the places are divided by next: regions, then departments, then towns.
fn territories(
    state: &State,
    asked: &Asked,
    places: &[Known<'_>],
    found: &Upcoming,
) -> Vec<Territory> {
    let is_by_town = asked.department.is_some();
    let is_by_department = asked.region.is_some();
    if asked.town.is_some() || asked.region.as_deref() == Some(NONE) {
        return Vec::new();
    }
    let facet = match (is_by_town, is_by_department) {
        (true, _) => "town",
        (false, true) => "department",
        (false, false) => "region",
    };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for place in places {
        let key = match facet {
            "town" => place.town(),
            "department" => place.department(),
            _ => place.region(),
        };
        *counts.entry(key).or_default() += 1;
    }
    let mut territories: Vec<Territory> = counts
        .into_iter()
        .filter(|(key, _)| !key.is_empty())
        .map(|(key, places)| Territory {
            names: match key {
                NONE => Vec::new(),
                town if is_by_town => vec![Literal::new_simple_literal(town)],
                code => state.label(code).to_vec(),
            },
            code: (!is_by_town && is_by_department && key != NONE).then(|| key.to_owned()),
            places,
            upcoming: (key != NONE).then(|| found.of(facet, key)),
            href: if is_by_town {
                address(&[
                    ("department", asked.department.as_deref()),
                    ("town", Some(key)),
                ])
            } else if is_by_department {
                address(&[
                    ("region", asked.region.as_deref()),
                    ("department", Some(key)),
                ])
            } else if key == NONE {
                address(&[("region", Some(NONE))])
            } else {
                address(&[("region", Some(key))])
            },
        })
        .collect();
    // By name, what is in no known one last.
    territories.sort_by(|a, b| {
        let name = |territory: &Territory| {
            let name = territory.names.first();
            name.map(|name| crate::http::agenda::asked::plain(name.value()))
        };
        (a.names.is_empty(), name(a)).cmp(&(b.names.is_empty(), name(b)))
    });
    territories
}

/// The marks on the map: places where one department is looked at, towns where many are.
fn points(asked: &Asked, places: &[Known<'_>], found: &Upcoming) -> Vec<shown::Point> {
    let degrees = |millionths: i32| f64::from(millionths) / 1e6;
    if asked.department.is_some() || asked.town.is_some() {
        return places
            .iter()
            .filter_map(|place| {
                let (latitude, longitude) = place.value.point?;
                Some(shown::Point {
                    latitude: degrees(latitude),
                    longitude: degrees(longitude),
                    names: place.value.names.clone(),
                    href: shown::Target::Place(NamedNode::new_unchecked(place.iri)),
                    places: 1,
                    upcoming: place.upcoming,
                })
            })
            .collect();
    }
    let mut towns: BTreeMap<(&str, &str), (i64, i64, usize)> = BTreeMap::new();
    for place in places {
        if let Some((latitude, longitude)) = place.value.point {
            let town = towns.entry((place.department(), place.town())).or_default();
            town.0 += i64::from(latitude);
            town.1 += i64::from(longitude);
            town.2 += 1;
        }
    }
    let mut points: Vec<shown::Point> = towns
        .into_iter()
        .map(|((department, town), (latitude, longitude, places))| {
            let n = i64::try_from(places).unwrap_or(i64::MAX);
            let mean = |sum: i64| degrees(i32::try_from(sum / n).unwrap_or_default());
            shown::Point {
                latitude: mean(latitude),
                longitude: mean(longitude),
                names: vec![Literal::new_simple_literal(town)],
                href: shown::Target::Page(address(&[
                    ("department", Some(department)),
                    ("town", Some(town).filter(|town| !town.is_empty())),
                ])),
                places,
                upcoming: found.of("town", town),
            }
        })
        .collect();
    // Of very many the map draws the first ones.
    points.sort_by(|a, b| b.upcoming.cmp(&a.upcoming).then(b.places.cmp(&a.places)));
    points
}

/// What is on there; nothing where that cannot be asked for.
fn agenda_of(asked: &Asked) -> Option<String> {
    let pairs = [
        ("region", &asked.region),
        ("department", &asked.department),
        ("town", &asked.town),
    ];
    let mut query = Serializer::new(String::new());
    for (name, value) in pairs {
        match value.as_deref() {
            Some(NONE) => return None,
            Some(value) => {
                query.append_pair(name, value);
            }
            None => {}
        }
    }
    let query = query.finish();
    Some(if query.is_empty() {
        "/agenda".to_owned()
    } else {
        format!("/agenda?{query}")
    })
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn address(pairs: &[(&str, Option<&str>)]) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in pairs {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    if query.is_empty() {
        PATH.to_owned()
    } else {
        format!("{PATH}?{query}")
    }
}

/// What a territory is called; nothing for places of which it is not known.
fn label(state: &State, code: &str) -> Vec<Literal> {
    match code {
        NONE => Vec::new(),
        code => match state.label(code) {
            [] => vec![Literal::new_simple_literal(code)],
            names => names.to_vec(),
        },
    }
}

/// What is being looked at; nothing for all places.
fn here(state: &State, asked: &Asked) -> Option<Vec<Literal>> {
    match (&asked.region, &asked.department, &asked.town) {
        (_, _, Some(town)) => Some(vec![Literal::new_simple_literal(town)]),
        (_, Some(code), None) | (Some(code), None, None) => Some(label(state, code)),
        (None, None, None) => None,
    }
}

/// The territories around what is being looked at, the widest first, with their addresses.
fn trail(state: &State, asked: &Asked) -> Vec<(Vec<Literal>, String)> {
    let mut trail = Vec::new();
    let values = state.performances.dictionary(Column::Place).values();
    let department = asked.department.as_deref().filter(|code| *code != NONE);
    let region = asked.region.clone().or_else(|| {
        let mut values = values.map(|(_, value)| value);
        let found =
            values.find(|value| department.is_some() && value.department.as_deref() == department);
        found.and_then(|value| value.region.clone())
    });
    if let Some(region) = region.filter(|_| asked.department.is_some()) {
        trail.push((label(state, &region), address(&[("region", Some(&region))])));
    }
    if let (Some(department), true) = (department, asked.town.is_some()) {
        trail.push((
            label(state, department),
            address(&[("department", Some(department))]),
        ));
    }
    trail
}

fn title(state: &State, asked: &Asked) -> Text {
    match here(state, asked).as_deref().map(Text::of) {
        None => Text::new("Lieux", "Places"),
        Some(None) => Text::new(
            "Lieux sans département connu",
            "Places in no known department",
        ),
        Some(Some(name)) => Text::new(
            format!("Lieux : {}", name.fr),
            format!("Places: {}", name.en),
        ),
    }
}
