//! The past of entities: mementos, the way to them by date (RFC 7089), and the history page.
//!
//! A document is its own TimeGate: asked with `Accept-Datetime`, it leads to the version of that
//! time. Versions are known by their generation, since two may fall into one second. A memento is
//! read from the log each time, so what a redaction struck is in none; it may be kept by caches,
//! but must be checked, for the same reason
//! (docs/decisions/0031-a-past-is-replayed-from-the-entitys-own-rows.md).

use crate::app::history::HistoryError;
use crate::changes::difference::{name_sources, public};
use crate::changes::{self, Event, Then, difference, state_at};
use crate::html;
use crate::http::answer::{Answer, http_date};
use crate::http::changes::not_in_copy;
use crate::http::entities::{
    BY_ACCEPT, gone, offers, parse, reason, redirect, replaced, split_suffix, varying_by_accept,
};
use crate::http::negotiate::{HTML, JSON, Offer};
use crate::http::pages::page;
use crate::http::problem::{BAD_REQUEST, HISTORY_BEHIND, NOT_FOUND, Problem};
use crate::http::reader::Reader;
use crate::http::{Server, Shared};
use crate::model::{Base, Description, Generation, Kind, Noid, Source, SourceName, Text};
use crate::publish::{Document, FORMATS, Listing, SourceShare, select};
use crate::store::{Excerpt, State, StoreError, View};
use axum::extract::{Path, State as Injected};
use axum::http::header::{CACHE_CONTROL, CONTENT_LOCATION, HeaderName, LINK, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use oxrdf::{NamedNode, Term, Triple};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

const ACCEPT_DATETIME: HeaderName = HeaderName::from_static("accept-datetime");
const MEMENTO_DATETIME: HeaderName = HeaderName::from_static("memento-datetime");
const ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");

const LINK_FORMAT: Offer = Offer {
    name: "link",
    media_type: "application/link-format",
};
const TIME_MAPS: &[Offer] = &[LINK_FORMAT, JSON];
const HISTORIES: &[Offer] = &[HTML, JSON];

/// How many versions a page of a history has.
const VERSIONS: usize = 20;
/// How many mementos a TimeMap lists before it goes on in another.
const MEMENTOS: usize = 1000;
/// How long somebody waits before asking again for a history that is still being read.
const AGAIN_SECONDS: u64 = 5;

/// A time in the past that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// As it was after a change: the address of a memento.
    At(Generation),
    /// As it was at an instant: the address must be found (RFC 7089 §2.1.1).
    By(Timestamp),
}

impl When {
    /// What a request for a document asks for; `None` for the present.
    ///
    /// # Errors
    /// 400 when it cannot be read.
    pub fn asked(reader: &Reader) -> Result<Option<Self>, Problem> {
        // A memento has one time, whatever else is asked for (RFC 7089 §4.5.5).
        if let Some(text) = reader.parameter("generation") {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let number = text.parse().ok().filter(|_| is_number);
            return match number {
                Some(number) => Ok(Some(Self::At(Generation(number)))),
                None => Err(Problem::new(&BAD_REQUEST).with_detail(
                    "`generation` est le numéro d'un changement, par exemple `12`.",
                    "`generation` is the number of a change, such as `12`.",
                )),
            };
        }
        let Some(value) = reader.headers.get(ACCEPT_DATETIME) else {
            return Ok(None);
        };
        let text = value.to_str().unwrap_or_default().trim();
        match DateTimeParser::new().parse_timestamp(text) {
            Ok(instant) => Ok(Some(Self::By(instant))),
            // RFC 7089 §4.5.2.
            Err(_) => Err(Problem::new(&BAD_REQUEST).with_detail(
                "`Accept-Datetime` s'écrit ainsi : `Thu, 31 May 2007 20:35:00 GMT`.",
                "`Accept-Datetime` is written like this: `Thu, 31 May 2007 20:35:00 GMT`.",
            )),
        }
    }
}

/// The document that is published now, of which there are mementos: with a suffix, or without.
#[derive(Clone, Debug)]
pub(super) struct Original {
    noid: Noid,
    suffix: Option<Offer>,
}

impl Original {
    pub fn new(noid: &Noid, suffix: Option<Offer>) -> Self {
        Self {
            noid: noid.clone(),
            suffix,
        }
    }

    /// Below `/doc/`.
    fn name(&self) -> String {
        let suffix = self.suffix.map(|offer| format!(".{}", offer.name));
        format!("{}{}", self.noid, suffix.unwrap_or_default())
    }

    fn address(&self, base: &Base) -> String {
        base.join(&format!("doc/{}", self.name())).into_string()
    }

    fn memento(&self, base: &Base, generation: Generation) -> String {
        format!("{}?generation={generation}", self.address(base))
    }

    fn time_map(&self, base: &Base, page: usize) -> String {
        let page = if page > 1 {
            format!("?page={page}")
        } else {
            String::new()
        };
        format!("{}/timemap{page}", self.address(base))
    }
}

/// Says of an answer about the present where the past is.
pub(super) fn point_to_past(headers: &mut HeaderMap, base: &Base, original: &Original) {
    let address = original.address(base);
    let links = format!(
        "<{address}>; rel=\"original timegate\", <{}>; rel=\"timemap\"; type=\"{}\"",
        original.time_map(base, 1),
        LINK_FORMAT.media_type
    );
    if let Ok(links) = HeaderValue::from_str(&links) {
        headers.append(LINK, links);
    }
    // RFC 7089 §2.1.2.
    headers.append(VARY, HeaderValue::from_static("Accept-Datetime"));
}

/// The document as it was, or the way to it.
pub(super) async fn past(
    server: &Shared,
    original: Original,
    offer: Offer,
    reader: Reader,
    when: When,
) -> Result<Response, Problem> {
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let past = Past::of(server, snapshot.view(), original)?;
            match when {
                When::By(instant) => past.time_gate(instant, &reader),
                When::At(generation) => past.memento(generation, offer, &reader),
            }
        })
        .await
}

/// `GET /doc/{noid}/timemap` and `GET /doc/{noid}.{suffix}/timemap`.
pub async fn time_map(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let (stem, suffix) = split_suffix(&name);
    let original = Original::new(&parse(stem)?, suffix);
    let offer = reader.choose(TIME_MAPS).map_err(varying_by_accept)?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let past = Past::of(server, snapshot.view(), original)?;
            Ok(past.time_map(offer, &reader)?.into_response())
        })
        .await
}

/// `GET /doc/{noid}/history`: which source changed what, and when.
pub async fn history(
    Injected(server): Injected<Shared>,
    Path(name): Path<String>,
    reader: Reader,
) -> Result<Response, Problem> {
    let original = Original::new(&parse(&name)?, None);
    let offer = reader.choose(HISTORIES).map_err(varying_by_accept)?;
    server
        .read(move |server, _| {
            let snapshot = server.app.store.snapshot()?;
            let past = Past::of(server, snapshot.view(), original)?;
            Ok(past.history(offer, &reader)?.into_response())
        })
        .await
}

/// The versions of one entity.
struct Past<'a> {
    server: &'a Server,
    view: View<'a>,
    original: Original,
    iri: NamedNode,
    /// The generation of the present.
    now: Generation,
    /// The first one first; there is one at least.
    versions: Vec<Generation>,
    first: Generation,
    last: Generation,
}

impl<'a> Past<'a> {
    fn of(server: &'a Server, view: View<'a>, original: Original) -> Result<Self, Problem> {
        let iri = view.base().id(&original.noid);
        let now = view.generation()?;
        if view
            .minted_at(&iri)?
            .is_some_and(|minted| minted <= server.app.store.origin())
        {
            // Its past is only told whole.
            return Err(not_in_copy(server));
        }
        let touches = server.app.history.touches(&server.app.store, &iri, now)?;
        let versions = changes::versions(&touches);
        let (Some(first), Some(last)) = (versions.first().copied(), versions.last().copied())
        else {
            return Err(Problem::new(&NOT_FOUND));
        };
        Ok(Self {
            server,
            view,
            original,
            iri,
            now,
            versions,
            first,
            last,
        })
    }

    fn base(&self) -> &'a Base {
        self.view.base()
    }

    /// When a change was accepted (xsd:dateTime, UTC).
    fn time(&self, generation: Generation) -> Result<String, StoreError> {
        select::time_of(&self.view, generation)
    }

    fn http_time(&self, generation: Generation) -> Result<String, StoreError> {
        Ok(http_date(&self.time(generation)?).unwrap_or_default())
    }

    /// Leads to the version of an instant: the last one that there was, or the first of all
    /// (RFC 7089 §4.5.3).
    fn time_gate(&self, instant: Timestamp, reader: &Reader) -> Result<Response, Problem> {
        // What headers say of a version has no fractions of a second.
        let second = |generation: Generation| -> Result<i64, StoreError> {
            let time: Option<Timestamp> = self.time(generation)?.parse().ok();
            Ok(time.map_or(i64::MIN, Timestamp::as_second))
        };
        let (mut start, mut end) = (0, self.versions.len());
        while start < end {
            let middle = start + (end - start) / 2;
            let version = self.versions.get(middle).copied().unwrap_or_default();
            if second(version)? <= instant.as_second() {
                start = middle + 1;
            } else {
                end = middle;
            }
        }
        let version = self.versions.get(start.saturating_sub(1));
        let version = version.copied().unwrap_or(self.first);
        let location = format!("{}?{}", self.original.name(), at(version, reader));
        let mut answer = redirect(StatusCode::FOUND, &location)
            .at(self.now)
            .with(LINK, &self.links(version)?)
            .varying(&format!("{BY_ACCEPT}, Accept-Datetime"));
        answer.set(CACHE_CONTROL, "no-cache");
        Ok(answer.into_response())
    }

    /// The original, the way by date, the TimeMap and the mementos beside a version.
    fn links(&self, version: Generation) -> Result<String, StoreError> {
        let base = self.base();
        let mut links = vec![
            format!(
                "<{}>; rel=\"original timegate latest-version\"",
                self.original.address(base)
            ),
            format!(
                "<{}>; rel=\"timemap\"; type=\"{}\"",
                self.original.time_map(base, 1),
                LINK_FORMAT.media_type
            ),
        ];
        let place = self.versions.partition_point(|other| *other < version);
        let before = place
            .checked_sub(1)
            .and_then(|place| self.versions.get(place));
        let after = self.versions.get(place + 1);
        let mut rels: BTreeMap<Generation, Vec<&str>> = BTreeMap::new();
        for (rel, generation) in [
            ("first", Some(&self.first)),
            ("prev", before),
            ("", Some(&version)),
            ("next", after),
            ("last", Some(&self.last)),
        ] {
            if let Some(generation) = generation {
                rels.entry(*generation).or_default().push(rel);
            }
        }
        for (generation, mut rels) in rels {
            rels.retain(|rel| !rel.is_empty());
            rels.push("memento");
            links.push(format!(
                "<{}>; rel=\"{}\"; datetime=\"{}\"",
                self.original.memento(base, generation),
                rels.join(" "),
                self.http_time(generation)?
            ));
        }
        Ok(links.join(", "))
    }

    fn memento(&self, at: Generation, offer: Offer, reader: &Reader) -> Result<Response, Problem> {
        if at > self.now {
            return Err(self.no_version(
                format!(
                    "La génération {at} n'existe pas encore : la dernière est {}.",
                    self.now
                ),
                format!(
                    "Generation {at} is not there yet: the last one is {}.",
                    self.now
                ),
            ));
        }
        let app = &self.server.app;
        let touches = app.history.reaching(&app.store, self.now)?;
        let Some(then) = state_at(&app.store, &touches, &self.iri, at)? else {
            return Err(self.no_version(
                format!(
                    "Rien n'était publié sous cet IRI à la génération {at} ; la première version est celle de la génération {}.",
                    self.first
                ),
                format!(
                    "Nothing was published under this IRI at generation {at}; the first version is that of generation {}.",
                    self.first
                ),
            ));
        };
        let suffix = self.original.suffix;
        let mut response = match &then.state {
            State::Merged(other) => {
                let Some(Ok(noid)) = self.base().entity_of(other.as_str()) else {
                    return Err(StoreError::Unreadable(other.to_string()).into());
                };
                let other = Original::new(&noid, suffix).name();
                let location = format!("{other}?{}", self::at(at, reader));
                let moved = redirect(StatusCode::MOVED_PERMANENTLY, &location);
                moved.at(self.now).into_response()
            }
            State::Withdrawn(tombstone) => {
                let noid = &self.original.noid;
                gone(self.server, self.view, noid, tombstone, offer, reader)?
            }
            State::Split(successors) => {
                let noid = &self.original.noid;
                replaced(self.server, self.view, noid, successors, offer, reader)?.into_response()
            }
            State::Current if !then.triples.is_empty() => {
                self.document(&then, offer, reader)?.into_response()
            }
            State::Current | State::Unknown => self.struck(offer, reader)?,
        };
        let headers = response.headers_mut();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        let mut links = self.links(then.version)?;
        for format in offers().iter().filter(|other| **other != offer) {
            links.push_str(&format!(
                ", <{}.{}?generation={}>; rel=\"alternate\"; type=\"{}\"",
                self.original.noid, format.name, then.version, format.media_type
            ));
        }
        set(LINK, &links);
        set(MEMENTO_DATETIME, &http_date(&then.time).unwrap_or_default());
        // The version's own address, also when it was asked for by a later change.
        set(
            CONTENT_LOCATION,
            &format!(
                "{}.{}?generation={}",
                self.original.noid, offer.name, then.version
            ),
        );
        set(CACHE_CONTROL, "no-cache");
        set(ROBOTS_TAG, "noindex");
        if suffix.is_none() {
            set(VARY, BY_ACCEPT);
        } else if offer == HTML {
            set(VARY, "Accept-Language");
        }
        Ok(response)
    }

    /// What is left where all that was said then has been struck from the records.
    fn struck(&self, offer: Offer, reader: &Reader) -> Result<Response, Problem> {
        match self.view.state_of(&self.iri)? {
            State::Withdrawn(tombstone) if tombstone.reason == "redacted" => gone(
                self.server,
                self.view,
                &self.original.noid,
                &tombstone,
                offer,
                reader,
            ),
            _ => Err(self.no_version(
                "Rien de ce qui en était publié alors n'est encore dans les registres.",
                "Nothing of what was published of it then is still in the records.",
            )),
        }
    }

    fn no_version(&self, fr: impl Into<String>, en: impl Into<String>) -> Problem {
        let problem = Problem::new(&NOT_FOUND).with_detail(fr, en);
        match HeaderValue::from_str(&self.links(self.last).unwrap_or_default()) {
            Ok(links) => problem.with_header(LINK, links),
            Err(_) => problem,
        }
    }

    /// The document as it was, in the form of documents of now.
    fn document(&self, then: &Then, offer: Offer, reader: &Reader) -> Result<Answer, Problem> {
        let description = Description {
            iri: self.iri.clone(),
            triples: then.triples.clone(),
        };
        let kind = then
            .kind
            .or_else(|| Kind::named("concept"))
            .ok_or_else(|| Problem::new(&NOT_FOUND))?;
        let mut document = Document {
            generation: then.version,
            modified: then.time.clone(),
            sources: self.shares(&then.claims)?,
            ..Document::new(description, kind)
        };
        if offer != HTML {
            let format = FORMATS.iter().find(|format| format.extension == offer.name);
            let format = format.ok_or_else(|| Problem::new(&NOT_FOUND))?;
            let mut body = Vec::new();
            (format.write)(&document, &self.server.app.context, &mut body)
                .map_err(Problem::internal)?;
            return Ok(Answer::of(offer, body).at(then.version));
        }
        select::surround(&self.view, &mut document)?;
        let banner = self.banner(then)?;
        let answer = page(self.server, reader, self.now, |site| {
            let entity = html::Entity {
                document: &document,
                standings: &[],
                now: Timestamp::now(),
            };
            banner.above(&html::entity(entity, site)?, site)
        })?;
        Ok(answer.at(then.version))
    }

    fn banner(&self, then: &Then) -> Result<html::Memento, Problem> {
        let place = self.versions.partition_point(|other| *other < then.version);
        let noid = &self.original.noid;
        let href = |version: &Generation| format!("/doc/{noid}?generation={version}");
        let before = place
            .checked_sub(1)
            .and_then(|place| self.versions.get(place));
        Ok(html::Memento {
            version: then.version,
            time: then.time.clone(),
            by: self.publisher(&then.source)?,
            is_last: then.version == self.last,
            current: format!("/doc/{noid}"),
            history: format!("/doc/{noid}/history"),
            previous: before.map(href),
            next: self.versions.get(place + 1).map(href),
            files: FORMATS
                .iter()
                .filter(|format| !format.has_graphs)
                .map(|format| {
                    let name = format.extension;
                    let version = then.version;
                    (name, format!("/doc/{noid}.{name}?generation={version}"))
                })
                .collect(),
        })
    }

    /// Whoever is behind a source, as far as it is known now.
    fn publisher(&self, source: &SourceName) -> Result<String, StoreError> {
        let known = self.view.source(source)?;
        let publisher = known.and_then(|source| source.publisher);
        Ok(publisher.unwrap_or_else(|| source.to_string()))
    }

    /// What sources said then, with the licences of now.
    fn shares(
        &self,
        claims: &BTreeMap<SourceName, Vec<Triple>>,
    ) -> Result<Vec<SourceShare>, StoreError> {
        let mut shares = Vec::new();
        for (name, triples) in claims {
            let source = self.view.source(name)?;
            shares.push(SourceShare {
                source: source.unwrap_or_else(|| Source::new(name.clone())),
                triples: triples.clone(),
                left_out: Vec::new(),
            });
        }
        shares
            .sort_by(|a, b| (a.source.rank, &a.source.name).cmp(&(b.source.rank, &b.source.name)));
        Ok(shares)
    }

    /// The number of a page of so many versions each.
    fn page_asked(&self, reader: &Reader, per_page: usize) -> Result<usize, Problem> {
        let pages = self.versions.len().div_ceil(per_page);
        let Some(text) = reader.parameter("page") else {
            return Ok(1);
        };
        match text.parse::<usize>() {
            Ok(page) if (1..=pages).contains(&page) => Ok(page),
            Ok(page) if page > pages => Err(Problem::new(&NOT_FOUND).with_detail(
                format!("Il n'y a pas de page {page} : {pages} est la dernière."),
                format!("There is no page {page}: {pages} is the last one."),
            )),
            _ => Err(Problem::new(&BAD_REQUEST).with_detail(
                "`page` est un nombre à partir de 1.",
                "`page` is a number from 1 on.",
            )),
        }
    }

    fn time_map(&self, offer: Offer, reader: &Reader) -> Result<Answer, Problem> {
        let number = self.page_asked(reader, MEMENTOS)?;
        let base = self.base();
        let mut chunks = self.versions.chunks(MEMENTOS);
        let pages = chunks.len();
        let shown = chunks.nth(number - 1).unwrap_or_default();
        let mut mementos = Vec::with_capacity(shown.len());
        for version in shown {
            mementos.push((self.original.memento(base, *version), self.time(*version)?));
        }
        let map = TimeMap {
            original: self.original.address(base),
            page: |page| self.original.time_map(base, page),
            number,
            pages,
            mementos,
        };
        let body = if offer == JSON {
            format!("{:#}\n", map.json())
        } else {
            map.links()
        };
        let mut answer = Answer::of(offer, body)
            .at(self.now)
            .with(
                LINK,
                &format!(
                    "<{}>; rel=\"original timegate\"",
                    self.original.address(base)
                ),
            )
            .varying("Accept");
        answer.set(CACHE_CONTROL, "no-cache");
        Ok(answer)
    }

    fn history(&self, offer: Offer, reader: &Reader) -> Result<Answer, Problem> {
        let page_number = self.page_asked(reader, VERSIONS)?;
        let listing = Listing {
            address: format!("/doc/{}/history", self.original.noid),
            title: Text::new("", ""),
            total: self.versions.len(),
            page: page_number,
            per_page: VERSIONS,
            items: Vec::new(),
        };
        let newest_first = self.versions.iter().rev();
        let shown = newest_first
            .skip((page_number - 1) * VERSIONS)
            .take(VERSIONS);
        let mut changes = Vec::new();
        for version in shown {
            let excerpt = self.server.app.store.excerpt(*version, &self.iri)?;
            changes.push(self.change(excerpt)?);
        }
        let mut answer = if offer == JSON {
            let changes: Vec<Json> = changes.iter().map(|change| self.json(change)).collect();
            let json = json!({
                "entity": self.iri.as_str(),
                "document": self.original.address(self.base()),
                "generation": self.now.0,
                "total": listing.total,
                "page": listing.page,
                "pages": listing.pages(),
                "versions": changes,
            });
            Answer::of(JSON, format!("{json:#}\n")).at(self.now)
        } else {
            let history = self.shown(changes, listing)?;
            page(self.server, reader, self.now, |site| history.page(site))?
        };
        answer.set(
            LINK,
            &format!(
                "<../{}>; rel=\"original timegate latest-version\", <timemap>; rel=\"timemap\"; type=\"{}\"",
                self.original.noid, LINK_FORMAT.media_type
            ),
        );
        answer.set(CACHE_CONTROL, "no-cache");
        answer.set(ROBOTS_TAG, "noindex");
        Ok(answer.varying(BY_ACCEPT))
    }

    /// What one change did.
    fn change(&self, excerpt: Excerpt) -> Result<Change, Problem> {
        let gone = public(&excerpt.deletions);
        let new = public(&excerpt.additions);
        let properties = self.view.properties();
        let mut lines = difference(&self.iri, properties, &gone, &new);
        name_sources(self.base(), &excerpt, &mut lines);
        Ok(Change {
            event: Event::of(self.base(), &excerpt),
            by: self.publisher(&excerpt.header.source)?,
            because: self.view.because(excerpt.header.generation)?,
            excerpt,
            gone,
            new,
            lines,
        })
    }

    fn json(&self, change: &Change) -> Json {
        let header = &change.excerpt.header;
        let value = |value: &changes::Value| {
            let mut json = term_json(&value.term);
            let sources = value.sources.iter().map(SourceName::as_str);
            json["sources"] = sources.collect::<Vec<_>>().into();
            json
        };
        let lines: Vec<Json> = change
            .lines
            .iter()
            .map(|line| {
                json!({
                    "subject": line.subject.as_str(),
                    "property": line.property.as_str(),
                    "removed": line.removed.iter().map(value).collect::<Vec<_>>(),
                    "added": line.added.iter().map(value).collect::<Vec<_>>(),
                })
            })
            .collect();
        let triples = |triples: &[Triple]| -> Vec<String> {
            triples.iter().map(|triple| format!("{triple} .")).collect()
        };
        let mut json = json!({
            "generation": header.generation.0,
            "time": header.time,
            "source": header.source.as_str(),
            "publisher": change.by,
            "activity": header.activity.name(),
            "event": change.event.name(),
            "memento": self.original.memento(self.base(), header.generation),
            "changes": lines,
            "removed": triples(&change.gone),
            "added": triples(&change.new),
        });
        if let Some(because) = &change.because {
            json["because"] = because.as_str().into();
        }
        match &change.event {
            Event::Withdrawn(reason) => json["reason"] = reason.as_str().into(),
            Event::MergedInto(other) | Event::Separated(other) => {
                json["others"] = json!([other.as_str()]);
            }
            Event::SplitInto(others) => {
                let others: Vec<&str> = others.iter().map(NamedNode::as_str).collect();
                json["others"] = others.into();
            }
            Event::Published | Event::Changed | Event::Returned | Event::Joined => {}
        }
        json
    }

    /// The page, with the names that things have now.
    fn shown(&self, changes: Vec<Change>, listing: Listing) -> Result<html::History, Problem> {
        let mut mentioned = BTreeSet::from([self.iri.clone()]);
        for change in &changes {
            for triple in change.gone.iter().chain(&change.new) {
                mentioned.insert(triple.predicate.clone());
                if let Term::NamedNode(object) = &triple.object {
                    mentioned.insert(object.clone());
                }
            }
            mentioned.extend(change.others().iter().cloned());
        }
        let mut labels = select::labels(&self.view, &mentioned)?;
        if !labels.contains_key(self.iri.as_str()) {
            // What it was last called.
            let names = changes.iter().flat_map(|change| {
                let said = change.gone.iter().chain(&change.new);
                select::names_in(said, &self.iri)
            });
            let names: Vec<_> = names.collect();
            if !names.is_empty() {
                labels.insert(self.iri.as_str().to_owned(), names);
            }
        }
        let noid = &self.original.noid;
        Ok(html::History {
            iri: self.iri.clone(),
            document: format!("/doc/{noid}"),
            is_published: self.view.state_of(&self.iri)? == State::Current,
            labels,
            versions: changes
                .into_iter()
                .map(|change| {
                    let header = &change.excerpt.header;
                    html::Version {
                        generation: header.generation,
                        time: header.time.clone(),
                        by: change.by.clone(),
                        event: change.event.name(),
                        activity: header.activity.name(),
                        others: change.others().to_vec(),
                        reason: match &change.event {
                            Event::Withdrawn(code) => Some(reason(code)),
                            _ => change.because.as_ref().map(|because| {
                                Text::new(
                                    format!("«\u{a0}{because}\u{a0}»"),
                                    format!("“{because}”"),
                                )
                            }),
                        },
                        href: format!("/doc/{noid}?generation={}", header.generation),
                        lines: change.lines.into_iter().map(shown_line).collect(),
                        gone: change.gone,
                        new: change.new,
                    }
                })
                .collect(),
            listing,
        })
    }
}

/// The query that asks for a version, and for all else that is asked for.
fn at(version: Generation, reader: &Reader) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &reader.parameters {
        if name != "generation" {
            query.append_pair(name, value);
        }
    }
    query.append_pair("generation", &version.to_string());
    query.finish()
}

/// What one change did to the entity.
struct Change {
    excerpt: Excerpt,
    event: Event,
    by: String,
    /// Why a person decided it.
    because: Option<String>,
    gone: Vec<Triple>,
    new: Vec<Triple>,
    lines: Vec<changes::Line>,
}

impl Change {
    fn others(&self) -> &[NamedNode] {
        match &self.event {
            Event::MergedInto(other) | Event::Separated(other) => std::slice::from_ref(other),
            Event::SplitInto(others) => others,
            Event::Published
            | Event::Changed
            | Event::Withdrawn(_)
            | Event::Returned
            | Event::Joined => &[],
        }
    }
}

fn shown_line(line: changes::Line) -> html::ChangedLine {
    let terms = |values: Vec<changes::Value>| values.into_iter().map(|value| value.term).collect();
    html::ChangedLine {
        subject: line.subject,
        property: line.property,
        removed: terms(line.removed),
        added: terms(line.added),
    }
}

/// A term as the JSON results of SPARQL write it.
fn term_json(term: &Term) -> Json {
    match term {
        Term::NamedNode(node) => json!({ "type": "uri", "value": node.as_str() }),
        Term::BlankNode(node) => json!({ "type": "bnode", "value": node.as_str() }),
        Term::Literal(literal) => {
            let mut json = json!({ "type": "literal", "value": literal.value() });
            if let Some(lang) = literal.language() {
                json["xml:lang"] = lang.into();
            } else {
                json["datatype"] = literal.datatype().as_str().into();
            }
            json
        }
    }
}

/// A page of a TimeMap (RFC 7089 §5).
struct TimeMap<F> {
    original: String,
    /// The address of each page.
    page: F,
    number: usize,
    pages: usize,
    /// Addresses and times (xsd:dateTime), the first one first.
    mementos: Vec<(String, String)>,
}

impl<F: Fn(usize) -> String> TimeMap<F> {
    fn links(&self) -> String {
        let date = |time: &str| http_date(time).unwrap_or_default();
        let mut lines = vec![format!("<{}>; rel=\"original timegate\"", self.original)];
        let ends = [self.mementos.first(), self.mementos.last()].map(|end| {
            let time = end.map(|(_, time)| date(time));
            time.unwrap_or_default()
        });
        lines.push(format!(
            "<{}>; rel=\"self\"; type=\"{}\"; from=\"{}\"; until=\"{}\"",
            (self.page)(self.number),
            LINK_FORMAT.media_type,
            ends[0],
            ends[1]
        ));
        for page in (1..=self.pages).filter(|page| *page != self.number) {
            lines.push(format!(
                "<{}>; rel=\"timemap\"; type=\"{}\"",
                (self.page)(page),
                LINK_FORMAT.media_type
            ));
        }
        for (place, (address, time)) in self.mementos.iter().enumerate() {
            let mut rel = String::new();
            if place == 0 && self.number == 1 {
                rel.push_str("first ");
            }
            if place + 1 == self.mementos.len() && self.number == self.pages {
                rel.push_str("last ");
            }
            lines.push(format!(
                "<{address}>; rel=\"{rel}memento\"; datetime=\"{}\"",
                date(time)
            ));
        }
        format!("{}\n", lines.join(",\n"))
    }

    /// In the form that Memento's own tools use.
    fn json(&self) -> Json {
        let memento =
            |(address, time): &(String, String)| json!({ "uri": address, "datetime": time });
        let page = |wanted: Option<usize>| {
            wanted
                .filter(|page| (1..=self.pages).contains(page))
                .map(|page| (self.page)(page))
        };
        json!({
            "original_uri": self.original,
            "timegate_uri": self.original,
            "timemap_uri": {
                "link_format": (self.page)(self.number),
                "json_format": format!(
                    "{}{}format=json",
                    (self.page)(self.number),
                    if self.number > 1 { '&' } else { '?' }
                ),
            },
            "previous": page(self.number.checked_sub(1)),
            "next": page(self.number.checked_add(1)),
            "mementos": {
                "first": self.mementos.first().map(memento),
                "last": self.mementos.last().map(memento),
                "list": self.mementos.iter().map(memento).collect::<Vec<_>>(),
            },
        })
    }
}

impl From<HistoryError> for Problem {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Store(error) => error.into(),
            HistoryError::Behind { .. } => Problem::new(&HISTORY_BEHIND).retry_after(AGAIN_SECONDS),
            error => Problem::internal(error),
        }
    }
}
