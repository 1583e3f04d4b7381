//! The page of one entity: what it is, who says so, and where to get the data.

use crate::html::facts::Facts;
use crate::html::quality::Standing;
use crate::html::shown::{Link, Prose, Row, Shown, Time, Words, age_range, money};
use crate::html::{PageError, Site, render, schema_org, time};
use crate::i18n;
use crate::model::property::Fusion;
use crate::model::vocabulary::{rdf, schema};
use crate::publish::{Document, FORMATS, Incoming};
use askama::Template;
use oxrdf::{Literal, NamedNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Template)]
#[template(path = "entity.html")]
struct Page<'a> {
    site: Site<'a>,
    kind: String,
    title: Words,
    other_names: Vec<Words>,
    badges: Vec<Badge>,
    is_cancelled: bool,
    when: Option<When>,
    facts: Vec<Row>,
    description: Vec<Words>,
    credits: Vec<Credit>,
    inherited_credits: Vec<(Link, Vec<Credit>)>,
    offers: Vec<OfferLine>,
    accessibility: Vec<Link>,
    place_accessibility: Vec<(Link, Vec<Link>)>,
    more: Vec<Row>,
    same_as: Vec<Link>,
    identifiers: Vec<(Words, String)>,
    incoming: Vec<IncomingGroup>,
    incoming_left: usize,
    has_dispute: bool,
    voices: Vec<Voice>,
    sources: Vec<SourceLine>,
    formats: Vec<FormatLine>,
    iri: &'a str,
    modified: Option<Time>,
    generation: String,
    schema_org: Option<String>,
    standings: Vec<StandingLine>,
}

/// How the entity stands with one profile.
struct StandingLine {
    profile: String,
    href: String,
    meets: bool,
    messages: Vec<Prose>,
}

struct Badge {
    class: &'static str,
    text: String,
}

struct When {
    start: Time,
    previous: Option<Time>,
    doors: Option<Time>,
    duration: Option<String>,
}

struct Credit {
    function: Words,
    people: Vec<Person>,
}

struct Person {
    who: Option<Link>,
    mention: Option<Words>,
    characters: Vec<Link>,
}

struct OfferLine {
    name: Words,
    price: Option<String>,
    availability: Option<Words>,
    link: Option<Link>,
}

struct IncomingGroup {
    label: String,
    rows: Vec<IncomingLine>,
}

struct IncomingLine {
    link: Link,
    date: Option<Time>,
    place: Option<Words>,
}

/// What the sources say on one property.
struct Voice {
    property: Words,
    is_disputed: bool,
    claims: Vec<Claim>,
}

struct Claim {
    value: Words,
    sources: Vec<String>,
    is_published: bool,
    is_left_out: bool,
}

struct SourceLine {
    name: String,
    publisher: Option<String>,
    licence: Option<Link>,
}

struct FormatLine {
    name: String,
    href: String,
    extension: &'static str,
    media_type: &'static str,
}

/// The page of an entity.
///
/// # Errors
/// Never in practice: see [`PageError`].
pub fn page(
    document: &Document,
    standings: &[Standing],
    site: Site<'_>,
) -> Result<String, PageError> {
    let around = document.around.iter().flat_map(|entity| &entity.triples);
    let claims = document.sources.iter().flat_map(|share| &share.triples);
    let facts = Facts::new(
        site,
        &document.labels,
        document.description.triples.iter().chain(around),
    );
    let said = Facts::new(site, &document.labels, claims);
    render(
        &Builder {
            document,
            facts,
            said,
            standings,
            site,
        }
        .page(),
    )
}

fn line_of(standing: &Standing, site: &Site<'_>) -> StandingLine {
    let findings = standing.findings.iter();
    StandingLine {
        profile: standing.profile.clone(),
        href: site.at(&format!("/quality?profile={}", standing.profile)),
        meets: standing.meets,
        messages: findings
            .map(|(_, message)| Prose::new(message.get(site.lang)))
            .collect(),
    }
}

struct Builder<'a> {
    document: &'a Document,
    /// The public view, and that of what stands around.
    facts: Facts<'a>,
    /// The claims of all sources.
    said: Facts<'a>,
    standings: &'a [Standing],
    site: Site<'a>,
}

/// Properties that have a place of their own on the page, so that they are not listed again.
const PLACED: &[&str] = &[
    "name",
    "alternateName",
    "description",
    "startDate",
    "endDate",
    "doorTime",
    "duration",
    "timeRequired",
    "eventStatus",
    "previousStartDate",
    "eventAttendanceMode",
    "location",
    "workPerformed",
    "superEvent",
    "organizer",
    "offers",
    "isAccessibleForFree",
    "typicalAgeRange",
    "genre",
    "address",
    "containedInPlace",
    "telephone",
    "url",
    "sameAs",
    "identifier",
    "image",
];

/// The same for terms of our own ontology.
const PLACED_SV: &[&str] = &["contribution", "accessibilite", "acces", "departement"];

impl<'a> Builder<'a> {
    fn page(&self) -> Page<'a> {
        let (site, document) = (self.site, self.document);
        let iri = document.description.iri.as_str();
        let title = self.title(iri);
        let voices = self.voices();
        let contributions = self.credits(iri);
        Page {
            site,
            kind: i18n::text(site.lang, &format!("kind-{}", document.kind.name), &[]),
            other_names: self.other_names(&title),
            title,
            badges: self.badges(),
            is_cancelled: self
                .schema_links("eventStatus")
                .iter()
                .any(|status| status.as_ref() == schema::EVENT_CANCELLED),
            when: self.when(),
            facts: self.key_facts(),
            description: self.description(),
            inherited_credits: self.inherited_credits(),
            credits: contributions,
            offers: self.offers(),
            accessibility: self.accessibility(iri),
            place_accessibility: self
                .facts
                .links(iri, schema::LOCATION.as_str())
                .map(|place| {
                    (
                        self.facts.link(place.as_str()),
                        self.accessibility(place.as_str()),
                    )
                })
                .filter(|(_, list)| !list.is_empty())
                .collect(),
            more: self.more(),
            same_as: self
                .facts
                .links(iri, schema::SAME_AS.as_str())
                .map(|node| self.facts.link(node.as_str()))
                .collect(),
            identifiers: self.identifiers(),
            incoming: self.incoming(),
            incoming_left: document
                .links
                .groups
                .iter()
                .map(|group| group.total.saturating_sub(group.rows.len()))
                .sum(),
            has_dispute: voices.iter().any(|voice| voice.is_disputed),
            voices,
            sources: self.sources(),
            formats: self.formats(),
            iri,
            modified: (!document.modified.is_empty()).then(|| Time {
                iso: document.modified.clone(),
                words: time::instant(&document.modified, site.lang),
            }),
            generation: site.number(&document.generation.0),
            schema_org: schema_org::script(document, &self.facts),
            standings: self
                .standings
                .iter()
                .map(|one| line_of(one, &site))
                .collect(),
        }
    }

    fn iri(&self) -> &'a str {
        self.document.description.iri.as_str()
    }

    /// The value of one of the entity's properties of schema.org.
    fn schema(&self, local: &str) -> Option<&'a Literal> {
        self.facts.literal(self.iri(), &schema_iri(local))
    }

    fn schema_links(&self, local: &str) -> Vec<&'a NamedNode> {
        self.facts.links(self.iri(), &schema_iri(local)).collect()
    }

    fn sv(&self, local: &str) -> String {
        self.site.base.sv(local).into_string()
    }

    fn title(&self, iri: &str) -> Words {
        match self.facts.literal(iri, schema::NAME.as_str()) {
            Some(name) => Words::of(name, &self.site),
            None if self.facts.has_name(iri) => self.facts.name(iri),
            None => Words::plain(self.site.say("no-name")),
        }
    }

    fn other_names(&self, title: &Words) -> Vec<Words> {
        let mut names: Vec<Words> = Vec::new();
        for predicate in [schema::NAME, schema::ALTERNATE_NAME] {
            for object in self.facts.objects(self.iri(), predicate.as_str()) {
                if let Term::Literal(literal) = object {
                    let words = Words::of(literal, &self.site);
                    if words.text != title.text && !names.contains(&words) {
                        names.push(words);
                    }
                }
            }
        }
        names
    }

    fn badges(&self) -> Vec<Badge> {
        let mut badges = Vec::new();
        let mut badge = |class, key: &str| {
            badges.push(Badge {
                class,
                text: i18n::text(self.site.lang, key, &[]),
            });
        };
        for status in self.schema_links("eventStatus") {
            match status.as_str().strip_prefix(schema::NS) {
                Some("EventCancelled") => badge("bad", "status-cancelled"),
                Some("EventPostponed") => badge("warn", "status-postponed"),
                Some("EventRescheduled") => badge("warn", "status-rescheduled"),
                Some("EventMovedOnline") => badge("note", "status-moved-online"),
                _ => {}
            }
        }
        for mode in self.schema_links("eventAttendanceMode") {
            match mode.as_str().strip_prefix(schema::NS) {
                Some("OnlineEventAttendanceMode") => badge("note", "mode-online"),
                Some("MixedEventAttendanceMode") => badge("note", "mode-mixed"),
                _ => {}
            }
        }
        if self
            .schema("isAccessibleForFree")
            .is_some_and(|value| value.value() == "true")
        {
            badge("good", "free");
        }
        for access in self.facts.links(self.iri(), &self.sv("acces")) {
            badges.push(Badge {
                class: "note",
                text: self.facts.name(access.as_str()).text,
            });
        }
        badges
    }

    fn time(&self, literal: &Literal) -> Time {
        Time {
            iso: literal.value().to_owned(),
            words: time::moment(literal.value(), self.site.lang),
        }
    }

    fn when(&self) -> Option<When> {
        let start = self.schema("startDate")?;
        let end = self.schema("endDate").map(Literal::value);
        Some(When {
            start: Time {
                iso: start.value().to_owned(),
                words: time::period(start.value(), end, self.site.lang),
            },
            previous: self.schema("previousStartDate").map(|date| self.time(date)),
            doors: self.schema("doorTime").map(|doors| Time {
                iso: doors.value().to_owned(),
                words: time::time_of_day(doors.value(), self.site.lang),
            }),
            duration: self
                .schema("duration")
                .map(|value| time::duration(value.value())),
        })
    }

    /// The lines that most readers come for.
    fn key_facts(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut add = |key: &str, values: Vec<Shown>| {
            if !values.is_empty() {
                rows.push(Row {
                    label: Words::plain(i18n::text(self.site.lang, key, &[])),
                    values,
                });
            }
        };
        let links = |local: &str| -> Vec<Shown> {
            self.schema_links(local)
                .into_iter()
                .map(|node| Shown::Link(self.facts.link(node.as_str())))
                .collect()
        };
        let mut places = Vec::new();
        for place in self.schema_links("location") {
            places.push(Shown::Link(self.facts.link(place.as_str())));
            places.extend(self.address(place.as_str()).map(Shown::Words));
        }
        add("fact-where", places);
        add(
            "fact-address",
            self.address(self.iri())
                .map(Shown::Words)
                .into_iter()
                .collect(),
        );
        add("fact-within", links("containedInPlace"));
        add("fact-work", links("workPerformed"));
        add("fact-series", links("superEvent"));
        add("fact-organizer", links("organizer"));
        add("fact-genre", self.inherited("genre", links("genre")));
        let age = |literal: Option<&Literal>| -> Vec<Shown> {
            literal
                .map(|range| age_range(range.value(), &self.site))
                .map(|text| Shown::Words(Words::plain(text)))
                .into_iter()
                .collect()
        };
        let own_age = age(self.schema("typicalAgeRange"));
        add("fact-age", self.inherited("typicalAgeRange", own_age));
        let own_time: Vec<Shown> = self
            .schema("timeRequired")
            .map(|value| Shown::Words(Words::plain(time::duration(value.value()))))
            .into_iter()
            .collect();
        add("fact-duration", own_time);
        add(
            "fact-phone",
            self.facts
                .objects(self.iri(), "http://schema.org/telephone")
                .filter_map(|object| match object {
                    Term::Literal(literal) => Some(Shown::Words(Words::of(literal, &self.site))),
                    _ => None,
                })
                .collect(),
        );
        let department = self.sv("departement");
        let department = self.facts.links(self.iri(), &department);
        add(
            "fact-department",
            department
                .map(|node| Shown::Link(self.facts.link(node.as_str())))
                .collect(),
        );
        add("fact-website", links("url"));
        rows
    }

    /// Own values, else those of the production and of the series: "reading down" in the data
    /// model.
    fn inherited(&self, local: &str, own: Vec<Shown>) -> Vec<Shown> {
        if !own.is_empty() || !self.document.kind.is_event {
            return own;
        }
        for upper in ["workPerformed", "superEvent"] {
            for entity in self.schema_links(upper) {
                let values: Vec<Shown> = self
                    .facts
                    .objects(entity.as_str(), &schema_iri(local))
                    .map(|object| {
                        self.facts
                            .shown(entity.as_str(), &schema_iri(local), object, 0)
                    })
                    .collect();
                if !values.is_empty() {
                    return values;
                }
            }
        }
        own
    }

    /// An address on one line; that of the place around it when it has none of its own.
    fn address(&self, place: &str) -> Option<Words> {
        let mut place = place;
        for _ in 0..3 {
            if let Some(address) = self.facts.links(place, schema::ADDRESS.as_str()).next() {
                let text = |local: &str| self.facts.text(address.as_str(), &schema_iri(local));
                let town: Vec<&str> = ["postalCode", "addressLocality"]
                    .into_iter()
                    .filter_map(text)
                    .collect();
                let town = Some(town.join(" ")).filter(|town| !town.is_empty());
                let country = text("addressCountry").filter(|country| *country != "FR");
                let lines: Vec<String> = text("streetAddress")
                    .map(str::to_owned)
                    .into_iter()
                    .chain(town)
                    .chain(country.map(str::to_owned))
                    .collect();
                return (!lines.is_empty()).then(|| Words::plain(lines.join(", ")));
            }
            place = self
                .facts
                .links(place, schema::CONTAINED_IN_PLACE.as_str())
                .next()?
                .as_str();
        }
        None
    }

    fn description(&self) -> Vec<Words> {
        let Some(literal) = self.schema("description") else {
            return Vec::new();
        };
        let whole = Words::of(literal, &self.site);
        whole
            .text
            .split("\n\n")
            .map(str::trim)
            .filter(|paragraph| !paragraph.is_empty())
            .map(|paragraph| Words {
                text: paragraph.to_owned(),
                lang: whole.lang.clone(),
            })
            .collect()
    }

    /// Contributions grouped by function, in the order of their positions.
    fn credits(&self, iri: &str) -> Vec<Credit> {
        let mut parts: Vec<(i64, &str)> = self
            .facts
            .links(iri, &self.sv("contribution"))
            .map(|part| {
                let position = self.facts.text(part.as_str(), "http://schema.org/position");
                let position = position.and_then(|text| text.parse().ok());
                (position.unwrap_or(i64::MAX), part.as_str())
            })
            .collect();
        parts.sort_unstable();
        let mut credits: Vec<Credit> = Vec::new();
        for (_, part) in parts {
            let (agent, mention) = (self.sv("agent"), self.sv("mention"));
            for function in self.facts.links(part, &self.sv("fonction")) {
                let who = self.facts.links(part, &agent).next();
                let person = Person {
                    who: who.map(|node| self.facts.link(node.as_str())),
                    mention: self
                        .facts
                        .literal(part, &mention)
                        .map(|literal| Words::of(literal, &self.site)),
                    characters: self
                        .facts
                        .objects(part, &self.sv("personnage"))
                        .map(|object| match object {
                            Term::NamedNode(node) => self.facts.link(node.as_str()),
                            other => Link {
                                href: None,
                                is_external: false,
                                words: self.facts.line(part, "", other),
                            },
                        })
                        .collect(),
                };
                let name = self.facts.name(function.as_str());
                match credits.iter_mut().find(|credit| credit.function == name) {
                    Some(credit) => credit.people.push(person),
                    None => credits.push(Credit {
                        function: name,
                        people: vec![person],
                    }),
                }
            }
        }
        credits
    }

    /// The credits of the production, which hold for each of its performances.
    fn inherited_credits(&self) -> Vec<(Link, Vec<Credit>)> {
        if !self.document.kind.is_event {
            return Vec::new();
        }
        self.schema_links("workPerformed")
            .into_iter()
            .map(|work| (self.facts.link(work.as_str()), self.credits(work.as_str())))
            .filter(|(_, credits)| !credits.is_empty())
            .collect()
    }

    fn offers(&self) -> Vec<OfferLine> {
        let mut offers: Vec<OfferLine> = self
            .schema_links("offers")
            .into_iter()
            .map(|offer| {
                let offer = offer.as_str();
                let text = |local: &str| self.facts.text(offer, &schema_iri(local));
                let amount = |value: &str| money(value, text("priceCurrency"), self.site.lang);
                let price = match (text("price"), text("lowPrice"), text("highPrice")) {
                    (Some(price), _, _) => Some(amount(price)),
                    (None, Some(low), Some(high)) => {
                        Some(format!("{}\u{a0}–\u{a0}{}", amount(low), amount(high)))
                    }
                    (None, low, high) => low.or(high).map(amount),
                };
                OfferLine {
                    name: self
                        .facts
                        .literal(offer, schema::NAME.as_str())
                        .map_or_else(
                            || Words::plain(self.site.say("offer-unnamed")),
                            |name| Words::of(name, &self.site),
                        ),
                    price,
                    availability: self
                        .facts
                        .links(offer, "http://schema.org/availability")
                        .next()
                        .map(|node| self.facts.name(node.as_str())),
                    link: self
                        .facts
                        .links(offer, schema::URL.as_str())
                        .next()
                        .map(|node| {
                            let words = Words::plain(self.site.say("offer-book"));
                            Link::to(node.as_str(), words, &self.site)
                        }),
                }
            })
            .collect();
        offers.sort_by(|a, b| a.name.text.cmp(&b.name.text));
        offers
    }

    fn accessibility(&self, iri: &str) -> Vec<Link> {
        self.facts
            .links(iri, &self.sv("accessibilite"))
            .map(|node| self.facts.link(node.as_str()))
            .collect()
    }

    fn more(&self) -> Vec<Row> {
        let mut rows = self.facts.rows(
            self.iri(),
            &|predicate| {
                let is_placed = |local: &str| PLACED.contains(&local);
                predicate == rdf::TYPE.as_str()
                    || self.repeats_contributions(predicate)
                    || predicate.strip_prefix(schema::NS).is_some_and(is_placed)
                    || self
                        .site
                        .base
                        .strip(predicate)
                        .and_then(|path| path.strip_prefix("ns#"))
                        .is_some_and(|local| PLACED_SV.contains(&local))
            },
            0,
        );
        // Images are links, not pictures: a page loads nothing from another host.
        let images: Vec<Shown> = self
            .schema_links("image")
            .into_iter()
            .map(|image| {
                let parts = self.facts.about(image.as_str());
                let address = self
                    .facts
                    .links(image.as_str(), schema::CONTENT_URL.as_str())
                    .next();
                let address = address.unwrap_or(image);
                let credit = self
                    .facts
                    .literal(image.as_str(), "http://schema.org/creditText")
                    .or_else(|| {
                        self.facts
                            .literal(image.as_str(), "http://schema.org/caption")
                    });
                match credit {
                    Some(credit) if !parts.is_empty() => Shown::Link(Link::to(
                        address.as_str(),
                        Words::of(credit, &self.site),
                        &self.site,
                    )),
                    _ => Shown::Link(self.facts.link(address.as_str())),
                }
            })
            .collect();
        if !images.is_empty() {
            rows.push(Row {
                label: Words::plain(self.site.say("fact-images")),
                values: images,
            });
        }
        rows
    }

    /// Whether a property (`schema:director` …) links agents only whom the credits already name.
    fn repeats_contributions(&self, predicate: &str) -> bool {
        let (contribution, agent) = (self.sv("contribution"), self.sv("agent"));
        let agents: BTreeSet<&str> = self
            .facts
            .links(self.iri(), &contribution)
            .flat_map(|part| self.facts.links(part.as_str(), &agent))
            .map(NamedNode::as_str)
            .collect();
        self.facts
            .objects(self.iri(), predicate)
            .all(|object| match object {
                Term::NamedNode(node) => agents.contains(node.as_str()),
                _ => false,
            })
    }

    fn identifiers(&self) -> Vec<(Words, String)> {
        let mut identifiers: Vec<(Words, String)> = self
            .facts
            .objects(self.iri(), schema::IDENTIFIER.as_str())
            .filter_map(|object| match object {
                Term::NamedNode(part) => {
                    let part = part.as_str();
                    let value = self.facts.text(part, schema::VALUE.as_str())?;
                    let scheme = self.facts.text(part, schema::PROPERTY_ID.as_str());
                    let scheme = scheme.unwrap_or_default().to_owned();
                    Some((Words::plain(scheme), value.to_owned()))
                }
                Term::Literal(literal) => Some((Words::default(), literal.value().to_owned())),
                Term::BlankNode(_) => None,
            })
            .collect();
        identifiers.sort_by(|a, b| (&a.0.text, &a.1).cmp(&(&b.0.text, &b.1)));
        identifiers
    }

    fn incoming(&self) -> Vec<IncomingGroup> {
        let groups = self.document.links.groups.iter();
        groups
            .map(|group| IncomingGroup {
                label: self.incoming_label(group.relation.as_str()),
                rows: group
                    .rows
                    .iter()
                    .map(|row| self.incoming_line(row))
                    .collect(),
            })
            .collect()
    }

    fn incoming_line(&self, row: &Incoming) -> IncomingLine {
        let place = row.place.as_ref();
        IncomingLine {
            link: self.facts.link(row.subject.as_str()),
            date: row.date.as_ref().map(|date| Time {
                iso: date.clone(),
                words: time::short(date, self.site.lang),
            }),
            place: place
                .filter(|place| place.as_str() != self.iri())
                .map(|place| self.facts.name(place.as_str())),
        }
    }

    /// What a property means seen from its value: "performances here" rather than "location".
    fn incoming_label(&self, predicate: &str) -> String {
        let base = self.site.base;
        if base
            .strip(predicate)
            .is_some_and(|path| path.starts_with("vocab/"))
        {
            // The function in which somebody contributes.
            return self.facts.name(predicate).text;
        }
        let local = predicate.rsplit(['#', '/']).next().unwrap_or_default();
        let key = format!("incoming-{local}");
        if i18n::has(&key) {
            i18n::text(self.site.lang, &key, &[])
        } else {
            let name = self.facts.name(predicate).text;
            self.site.say_with("incoming-other", "property", &name)
        }
    }

    /// What each source says on each property of the entity itself, the public value marked.
    fn voices(&self) -> Vec<Voice> {
        type Key<'k> = (usize, &'k str, Option<String>);
        let is_own =
            |triple: &&Triple| triple.subject == self.document.description.iri.clone().into();
        let mut by_property: BTreeMap<Key<'_>, Vec<Claim>> = BTreeMap::new();
        let mut sets: BTreeMap<Key<'_>, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
        let properties = self.facts.properties();
        let key = |triple: &'a Triple| -> Key<'a> {
            let predicate = triple.predicate.as_str();
            let language = match &triple.object {
                Term::Literal(literal)
                    if properties.fusion(predicate) == Fusion::OnePerLanguage =>
                {
                    literal.language().map(str::to_owned)
                }
                _ => None,
            };
            (properties.position(predicate), predicate, language)
        };
        let published: BTreeSet<(&str, String)> = self
            .document
            .description
            .triples
            .iter()
            .filter(is_own)
            .map(|triple| {
                (
                    triple.predicate.as_str(),
                    self.voice(&self.facts, triple).text,
                )
            })
            .collect();
        for share in &self.document.sources {
            let name = share.source.name.as_str();
            for triple in share.triples.iter().filter(is_own) {
                let predicate = triple.predicate.as_str();
                let value = self.voice(&self.said, triple);
                let of_source = sets.entry(key(triple)).or_default();
                of_source
                    .entry(name)
                    .or_default()
                    .insert(value.text.clone());
                let is_left_out = share.left_out.iter().any(|iri| iri == predicate);
                let claims = by_property.entry(key(triple)).or_default();
                match claims
                    .iter_mut()
                    .find(|claim| claim.value == value && claim.is_left_out == is_left_out)
                {
                    Some(claim) => {
                        if !claim.sources.iter().any(|known| known == name) {
                            claim.sources.push(name.to_owned());
                        }
                    }
                    None => claims.push(Claim {
                        is_published: published.contains(&(predicate, value.text.clone())),
                        value,
                        sources: vec![name.to_owned()],
                        is_left_out,
                    }),
                }
            }
        }
        by_property
            .into_iter()
            .map(|(key, mut claims)| {
                claims.sort_by_key(|claim| !claim.is_published);
                let adds_up = properties.fusion(key.1) == Fusion::Many;
                let differing: BTreeSet<&BTreeSet<String>> = sets
                    .get(&key)
                    .map(|of_source| of_source.values().collect())
                    .unwrap_or_default();
                let mut property = self.facts.name(key.1);
                if let Some(language) = &key.2 {
                    property.text = format!("{} ({language})", property.text);
                }
                Voice {
                    property,
                    is_disputed: !adds_up && differing.len() > 1,
                    claims,
                }
            })
            .collect()
    }

    fn voice(&self, facts: &Facts<'_>, triple: &Triple) -> Words {
        facts.line(self.iri(), triple.predicate.as_str(), &triple.object)
    }

    fn sources(&self) -> Vec<SourceLine> {
        self.document
            .sources
            .iter()
            .map(|share| SourceLine {
                name: share.source.name.to_string(),
                publisher: share.source.publisher.clone(),
                licence: share.source.licence.as_ref().map(|licence| {
                    let words = licence_name(licence.as_str());
                    Link::to(licence.as_str(), Words::plain(words), &self.site)
                }),
            })
            .collect()
    }

    fn formats(&self) -> Vec<FormatLine> {
        let document = self.document.iri(self.site.base);
        let address = self.site.href(document.as_str()).unwrap_or_default();
        FORMATS
            .iter()
            .map(|format| FormatLine {
                name: i18n::text(self.site.lang, format.about, &[]),
                href: format!("{address}.{}", format.extension),
                extension: format.extension,
                media_type: format.media_type,
            })
            .collect()
    }
}

fn schema_iri(local: &str) -> String {
    format!("{}{local}", schema::NS)
}

/// The usual short name of a licence, or its address without the scheme.
pub(crate) fn licence_name(iri: &str) -> String {
    let address = iri
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_start_matches("www.")
        .trim_end_matches('/');
    if let Some(rest) = address.strip_prefix("creativecommons.org/publicdomain/zero/") {
        return format!("CC0 {rest}");
    }
    if let Some(rest) = address.strip_prefix("creativecommons.org/licenses/") {
        return format!("CC {}", rest.to_uppercase().replace('/', " "));
    }
    if address.contains("etalab.gouv.fr") || address.contains("licence-ouverte") {
        return "Licence Ouverte / Open Licence".to_owned();
    }
    address.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Base, Generation, Lang, Outside};
    use crate::publish::sample;

    fn html(document: &Document, lang: Lang) -> String {
        let base: Base = sample::base();
        let site = Site {
            base: &base,
            root: "",
            lang,
            generation: Generation(9),
            path: "/doc/3f8kz2m9q0cx",
            outside: Outside::NOTHING,
        };
        sample::without_hashes(&page(document, &[], site).expect("a page"))
    }

    #[test]
    fn the_page_has_its_golden_files() {
        sample::assert_golden(
            "performance.fr.html",
            &html(&sample::performance(), Lang::Fr),
        );
        sample::assert_golden(
            "performance.en.html",
            &html(&sample::performance(), Lang::En),
        );
        sample::assert_golden("place.fr.html", &html(&sample::place(), Lang::Fr));
        sample::assert_golden("production.fr.html", &html(&sample::production(), Lang::Fr));
    }

    #[test]
    fn markup_in_the_data_stays_text() {
        let html = html(&sample::performance(), Lang::Fr);
        assert!(!html.contains("<script>alert"));
        assert_eq!(html.matches("<script").count(), 1);
        assert_eq!(html.matches("</script").count(), 1);
    }

    #[test]
    fn sources_that_disagree_are_shown_as_such_and_what_adds_up_is_not() {
        let base = sample::base();
        let document = sample::performance();
        let site = Site {
            base: &base,
            root: "",
            lang: Lang::Fr,
            generation: Generation(9),
            path: "/",
            outside: Outside::NOTHING,
        };
        let claims = document.sources.iter().flat_map(|share| &share.triples);
        let builder = Builder {
            document: &document,
            facts: Facts::new(site, &document.labels, &document.description.triples),
            said: Facts::new(site, &document.labels, claims),
            standings: &[],
            site,
        };
        let voices = builder.voices();
        let disputed: Vec<&str> = voices
            .iter()
            .filter(|voice| voice.is_disputed)
            .map(|voice| voice.property.text.as_str())
            .collect();
        assert_eq!(disputed, ["Nom (fr)", "Début"]);
        let left_out: Vec<&str> = voices
            .iter()
            .filter(|voice| voice.claims.iter().any(|claim| claim.is_left_out))
            .map(|voice| voice.property.text.as_str())
            .collect();
        assert_eq!(left_out, ["Fin"]);
    }

    #[test]
    fn licences_go_by_their_usual_names() {
        let name = licence_name("https://creativecommons.org/licenses/by-sa/4.0/");
        assert_eq!(name, "CC BY-SA 4.0");
        let name = licence_name("https://creativecommons.org/publicdomain/zero/1.0/");
        assert_eq!(name, "CC0 1.0");
    }
}
