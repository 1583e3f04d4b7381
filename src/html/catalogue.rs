//! The page of the catalogue: what can be had here, and how.

use crate::html::dumps::size;
use crate::html::entity::licence_name;
use crate::html::head::{Head, script};
use crate::html::shown::{Link, Time, Words};
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::Lang;
use crate::publish::catalogue::{self, Contribution, SERVICES, Service};
use crate::publish::released::Released;
use askama::Template;

/// What the page shows.
#[derive(Debug)]
pub struct Catalogue<'a> {
    pub described: catalogue::Catalogue<'a>,
    /// Whether the numbers are known.
    pub is_counted: bool,
    /// The same as schema.org's `Dataset`, as JSON.
    pub dataset: String,
}

/// How many former releases are listed.
const FORMER: usize = 24;

#[derive(Template)]
#[template(path = "catalogue.html")]
struct Page<'a> {
    site: Site<'a>,
    head: Head,
    /// JSON in which no character can end the block.
    dataset: String,
    formats: Vec<(&'static str, String, &'static str)>,
    missing: Vec<&'static str>,
    publisher: Option<&'a str>,
    /// Address and words.
    contact: Option<(String, String)>,
    licence: Option<Link>,
    is_counted: bool,
    entities: String,
    triples: String,
    modified: Option<Time>,
    /// The first and the last day.
    days: Option<(Time, Time)>,
    area: Option<String>,
    latest: Option<Release>,
    former: Vec<(String, Time)>,
    services: Vec<ServiceLine>,
    sources: Vec<SourceLine<'a>>,
    /// Name, address.
    profiles: Vec<(String, String)>,
}

struct Release {
    href: String,
    title: String,
    files: Vec<File>,
}

struct File {
    name: String,
    href: String,
    media_type: String,
    size: String,
    sha256: String,
}

struct ServiceLine {
    title: &'static str,
    about: &'static str,
    endpoint: String,
    href: String,
    description: String,
}

struct SourceLine<'a> {
    name: &'a str,
    licence: Option<Link>,
    entities: String,
    claims: String,
}

impl Catalogue<'_> {
    /// The page.
    ///
    /// # Errors
    /// Never in practice: see [`PageError`].
    pub fn page(&self, site: Site<'_>) -> Result<String, PageError> {
        let described = &self.described;
        let responsible = described.responsible;
        let (title, lead) = (site.say("catalogue-title"), site.say("catalogue-lead"));
        let moment = |text: &str| Time {
            iso: text.to_owned(),
            words: time::moment(text, site.lang),
        };
        let licence = |licence: &str| {
            let name = Words::plain(licence_name(licence));
            Link::to(licence, name, &site)
        };
        let latest = described.latest();
        let former = described.releases.iter().rev();
        let former = former.filter(|release| {
            release.withdrawal.is_none()
                && latest.is_none_or(|latest| latest.address() != release.address())
        });
        let address =
            |release: &Released<'_>| site.at(&format!("/releases/{}/", release.manifest.date));
        let formats = [
            ("Turtle", "ttl", "text/turtle"),
            ("JSON-LD", "jsonld", "application/ld+json"),
            ("RDF/XML", "rdf", "application/rdf+xml"),
            ("N-Triples", "nt", "application/n-triples"),
        ];
        render(&Page {
            head: Head::of("/catalogue", &title, &lead, &site),
            dataset: script(&self.dataset),
            formats: formats
                .into_iter()
                .map(|(name, suffix, media_type)| {
                    (name, site.at(&format!("/catalogue.{suffix}")), media_type)
                })
                .collect(),
            missing: responsible.missing(),
            publisher: responsible.name.as_deref(),
            contact: responsible.contact.as_deref().and_then(|contact| {
                let words = contact.trim_start_matches("mailto:");
                Some((site.href(contact)?, words.to_owned()))
            }),
            licence: responsible
                .licence
                .as_ref()
                .map(|iri| licence(iri.as_str())),
            is_counted: self.is_counted,
            entities: site.number(&described.entities),
            triples: site.number(&described.triples),
            modified: (!described.modified.is_empty()).then(|| Time {
                iso: described.modified.to_owned(),
                words: time::instant(described.modified, site.lang),
            }),
            days: described
                .coverage
                .days
                .as_ref()
                .map(|(from, until)| (moment(from), moment(until))),
            area: described.coverage.area.as_ref().map(|area| {
                let shown = |degrees: f64| {
                    let text = format!("{degrees:.2}");
                    text.replace('.', &site.say("decimal-point"))
                };
                i18n::text(
                    site.lang,
                    "catalogue-area-box",
                    &[
                        ("south", shown(area.south).into()),
                        ("north", shown(area.north).into()),
                        ("west", shown(area.west).into()),
                        ("east", shown(area.east).into()),
                    ],
                )
            }),
            latest: latest.map(|release| Release {
                href: address(release),
                title: release.title().get(site.lang).to_owned(),
                files: files(release, &site),
            }),
            former: former
                .take(FORMER)
                .map(|release| (address(release), moment(release.day())))
                .collect(),
            services: SERVICES
                .iter()
                .map(|service| service_line(service, &site))
                .collect(),
            sources: described
                .sources
                .iter()
                .map(|source: &Contribution| SourceLine {
                    name: source.publisher.as_deref().unwrap_or(source.name.as_str()),
                    licence: source.licence.as_ref().map(|iri| licence(iri.as_str())),
                    entities: site.number(&source.entities),
                    claims: site.number(&source.claims),
                })
                .collect(),
            profiles: described
                .profiles
                .iter()
                .map(|name| (name.clone(), site.at(&format!("/shapes/{name}"))))
                .collect(),
            site,
        })
    }
}

/// The files of the whole data of a release.
fn files(release: &Released<'_>, site: &Site<'_>) -> Vec<File> {
    let files = release.whole();
    files
        .map(|file| File {
            href: site.at(&format!(
                "/releases/{}/{}",
                release.manifest.date, file.name
            )),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: size(file.bytes, site),
            sha256: file.sha256.clone(),
        })
        .collect()
}

fn service_line(service: &'static Service, site: &Site<'_>) -> ServiceLine {
    let of = |(fr, en): (&'static str, &'static str)| match site.lang {
        Lang::Fr => fr,
        Lang::En => en,
    };
    ServiceLine {
        title: of(service.title),
        about: of(service.about),
        endpoint: site.base.join(service.endpoint).into_string(),
        href: site.at(&format!("/{}", service.page)),
        description: site.at(&format!("/{}", service.description)),
    }
}
