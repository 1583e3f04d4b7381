//! The catalogue: what can be had here, for harvesters and portals, in DCAT-AP 3.0.1. It is a pure
//! function of what is there: counts, releases, sources, and what the configuration says.
//!
//! Everything it names has an IRI from the base, no blank node, so that the same state gives the
//! same triples. A class is told of every resource that a rule of DCAT-AP asks the class of, since
//! who validates the catalogue does not fetch the vocabularies of others.
//!
//! *To add a service*: a row in [`SERVICES`]. *A format*: a row in `FILE_TYPES` (`files.rs`).

mod codes;
mod files;
mod said;
mod services;

pub use services::{SERVICES, Service};

use crate::model::vocabulary::{adms, dcat, dct, foaf, rdf, rdfs, vcard, void};
use crate::model::{Base, Generation, SourceName, Text};
use crate::publish::release::Selection;
use crate::publish::released::{self, Released, Responsible};
use crate::rdf::order::compare_triples;
use oxrdf::{Literal, NamedNode, Triple};
use said::Said;

/// The application profile that the catalogue follows.
pub const DCAT_AP: &str = "https://semiceu.github.io/DCAT-AP/releases/3.0.1/";

/// Where the data are set, in time and space, as far as the data say so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The first and the last day of what takes place: `YYYY-MM-DD`.
    pub days: Option<(String, String)>,
    /// What all places with coordinates lie within.
    pub area: Option<Area>,
}

/// A box of degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    pub south: f64,
    pub west: f64,
    pub north: f64,
    pub east: f64,
}

/// What a source contributes to the living data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contribution {
    pub name: SourceName,
    pub publisher: Option<String>,
    pub licence: Option<NamedNode>,
    /// How many quads its graph has.
    pub claims: u64,
    /// How many published entities it speaks of.
    pub entities: u64,
}

/// How often releases are made by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
}

/// What the catalogue is made of.
#[derive(Clone, Debug)]
pub struct Catalogue<'a> {
    pub base: &'a Base,
    pub responsible: &'a Responsible,
    /// The generation whose numbers it tells.
    pub generation: Generation,
    /// When that was accepted, and the first one: xsd:dateTime, UTC.
    pub modified: &'a str,
    pub issued: &'a str,
    pub triples: u64,
    pub entities: u64,
    pub coverage: &'a Coverage,
    /// By name, `system` left out.
    pub sources: &'a [Contribution],
    /// The names of the profiles.
    pub profiles: &'a [String],
    /// All of them, in the order in which they were made.
    pub releases: Vec<Released<'a>>,
    /// How often there is another one, where that is configured.
    pub frequency: Option<Frequency>,
}

/// Where all releases are, below the base.
const SERIES: &str = "releases/";
/// How many releases before the last one are told with their files.
const FORMER_WITH_FILES: usize = 12;

impl<'a> Catalogue<'a> {
    /// The last release that is not withdrawn.
    pub fn latest(&self) -> Option<&Released<'a>> {
        let mut releases = self.releases.iter().rev();
        releases.find(|release| release.withdrawal.is_none())
    }

    /// All that is said, sorted, each triple once.
    pub fn triples(&self) -> Vec<Triple> {
        let mut said = Said::new(self.base);
        let catalogue = iri(self.base);
        self.catalogue(&mut said, &catalogue);
        self.living(&mut said, &catalogue);
        for source in self.sources {
            self.source(&mut said, &catalogue, source);
        }
        for profile in self.profiles {
            self.profile(&mut said, &catalogue, profile);
        }
        for service in SERVICES {
            service.describe(&mut said, &catalogue, self.responsible);
        }
        self.releases(&mut said, &catalogue);
        sorted(said)
    }

    fn catalogue(&self, said: &mut Said<'_>, catalogue: &NamedNode) {
        said.say(catalogue, rdf::TYPE, dcat::CATALOG);
        let Text { fr, en } = released::title(self.responsible);
        said.texts(
            catalogue,
            dct::TITLE,
            &Text::new(format!("Catalogue – {fr}"), format!("Catalogue – {en}")),
        );
        said.texts(
            catalogue,
            dct::DESCRIPTION,
            &Text::new(
                "Ce qui peut être repris ici : les données telles qu’elles sont, leurs parutions datées et signées, et les services qui les servent.",
                "What can be had here: the data as they are, their dated and signed releases, and the services that serve them.",
            ),
        );
        said.time(catalogue, dct::ISSUED, self.issued);
        self.when(said, catalogue);
        said.responsible(catalogue, self.responsible);
        for language in codes::LANGUAGES {
            said.code(catalogue, dct::LANGUAGE, language);
        }
        said.document(catalogue, foaf::HOMEPAGE, &self.base.join(""));
        said.standard(catalogue, DCAT_AP);
        said.taxonomy(catalogue);
        self.coverage(said, catalogue);
        let missing = self.responsible.missing();
        if !missing.is_empty() {
            said.texts(
                catalogue,
                rdfs::COMMENT,
                &Text::new(
                    format!(
                        "La configuration ne dit pas encore : {}.",
                        missing.join(", ")
                    ),
                    format!(
                        "The configuration does not say yet: {}.",
                        missing.join(", ")
                    ),
                ),
            );
        }
    }

    /// Which generation the numbers are of, and when it was accepted.
    fn when(&self, said: &mut Said<'_>, subject: &NamedNode) {
        said.time(subject, dct::MODIFIED, self.modified);
        let generation = self.base.sv("generation");
        said.integer(subject, generation.as_ref(), self.generation.0);
    }

    fn coverage(&self, said: &mut Said<'_>, subject: &NamedNode) {
        if let Some(days) = &self.coverage.days {
            let period = self.base.join("catalogue#period");
            said.say(subject, dct::TEMPORAL, period.clone());
            said.period(&period, days);
        }
        if let Some(area) = &self.coverage.area {
            let location = self.base.join("catalogue#area");
            said.say(subject, dct::SPATIAL, location.clone());
            said.area(&location, area);
        }
    }

    /// The data as they are now.
    fn living(&self, said: &mut Said<'_>, catalogue: &NamedNode) {
        let living = self.base.void();
        said.dataset(catalogue, &living);
        said.say(&living, rdf::TYPE, void::DATASET);
        said.texts(&living, dct::TITLE, &released::title(self.responsible));
        said.texts(
            &living,
            dct::DESCRIPTION,
            &Text::new(
                "Spectacles, représentations, festivals, lieux, personnes et organismes du spectacle vivant, tels que leurs sources les décrivent, fusionnés et mis à jour à chaque envoi.",
                "Productions, performances, festivals, places, people and organisations of the performing arts, as their sources describe them, fused and brought up to date with each submission.",
            ),
        );
        said.text(&living, dct::IDENTIFIER, living.as_str());
        said.time(&living, dct::ISSUED, self.issued);
        self.when(said, &living);
        said.responsible(&living, self.responsible);
        said.open(&living);
        said.keywords(&living);
        said.code(&living, dct::ACCRUAL_PERIODICITY, &codes::CONTINUOUS);
        said.standard(&living, self.base.join("ns").as_str());
        said.document(&living, dcat::LANDING_PAGE, catalogue);
        said.document(&living, foaf::PAGE, &self.base.join("statistics"));
        self.coverage(said, &living);
        said.integer(&living, void::TRIPLES, self.triples);
        said.integer(&living, void::ENTITIES, self.entities);
        files::by_query(said, &living, self.responsible);
    }

    fn source(&self, said: &mut Said<'_>, catalogue: &NamedNode, source: &Contribution) {
        let iri = self.base.join(&format!("catalogue#source-{}", source.name));
        let living = self.base.void();
        let name = source.publisher.as_deref().unwrap_or(source.name.as_str());
        said.dataset(catalogue, &iri);
        said.texts(
            &iri,
            dct::TITLE,
            &Text::new(
                format!("Ce que dit la source « {name} »"),
                format!("What the source “{name}” says"),
            ),
        );
        let graph = self.base.source_graph(&source.name);
        said.texts(
            &iri,
            dct::DESCRIPTION,
            &Text::new(
                format!(
                    "Ce que cette source affirme, avant fusion, dans le graphe <{}>.",
                    graph.as_str()
                ),
                format!(
                    "What this source claims, before fusion, in the graph <{}>.",
                    graph.as_str()
                ),
            ),
        );
        said.text(&iri, dct::IDENTIFIER, iri.as_str());
        said.say(&iri, dct::IS_PART_OF, living.clone());
        said.say(&living, dct::HAS_PART, iri.clone());
        said.integer(&iri, void::TRIPLES, source.claims);
        said.integer(&iri, void::ENTITIES, source.entities);
        said.open(&iri);
        said.keywords(&iri);
        if let Some(publisher) = &source.publisher {
            let agent = self
                .base
                .join(&format!("catalogue#publisher-{}", source.name));
            said.agent(&iri, &agent, publisher);
        }
        said.contact(&iri, self.responsible);
        files::of_graph(said, &iri, source);
    }

    /// What of the data meets a profile.
    fn profile(&self, said: &mut Said<'_>, catalogue: &NamedNode, profile: &str) {
        let iri = self.base.join(&format!("catalogue#profile-{profile}"));
        let living = self.base.void();
        said.dataset(catalogue, &iri);
        said.texts(
            &iri,
            dct::TITLE,
            &Text::new(
                format!("Ce qui respecte le profil « {profile} »"),
                format!("What meets the profile “{profile}”"),
            ),
        );
        said.texts(
            &iri,
            dct::DESCRIPTION,
            &Text::new(
                "Les entités publiées dont la description respecte les contraintes SHACL de ce profil.",
                "The published entities whose description meets the SHACL constraints of this profile.",
            ),
        );
        said.text(&iri, dct::IDENTIFIER, iri.as_str());
        said.say(&iri, dct::IS_PART_OF, living.clone());
        said.say(&living, dct::HAS_PART, iri.clone());
        said.standard(&iri, self.base.shapes_graph(profile).as_str());
        said.open(&iri);
        said.keywords(&iri);
        said.responsible(&iri, self.responsible);
        files::by_query(said, &iri, self.responsible);
    }

    fn releases(&self, said: &mut Said<'_>, catalogue: &NamedNode) {
        let living = self.base.void();
        let latest = self.latest().map(Released::address);
        if latest.is_some() {
            self.series(said);
        }
        let first_with_files = self.releases.len().saturating_sub(FORMER_WITH_FILES + 1);
        for (place, release) in self.releases.iter().enumerate() {
            if release.withdrawal.is_some() {
                continue;
            }
            let iri = release.address();
            let is_latest = latest.as_ref() == Some(&iri);
            said.dataset(catalogue, &iri);
            said.say(&living, dcat::HAS_VERSION, iri.clone());
            said.say(&iri, dcat::IN_SERIES, self.base.join(SERIES));
            if is_latest {
                said.say(&living, dcat::HAS_CURRENT_VERSION, iri.clone());
            }
            let previous = self.releases.get(..place).unwrap_or_default();
            let previous = previous.iter().rev();
            let previous = previous
                .filter(|release| release.withdrawal.is_none())
                .map(Released::address)
                .next();
            if let Some(previous) = previous {
                said.say(&iri, dcat::PREVIOUS, previous);
            }
            if is_latest {
                self.current_parts(said, release);
                if release.is_queryable {
                    let service = services::iri_of_release(release);
                    said.say(catalogue, dcat::SERVICE, service);
                }
            }
            let extent = match (is_latest, place >= first_with_files) {
                (true, _) => Extent::All,
                (false, true) => Extent::Whole,
                (false, false) => Extent::Name,
            };
            describe_release(said, release, extent);
        }
    }

    /// All releases as a series.
    fn series(&self, said: &mut Said<'_>) {
        let series = self.base.join(SERIES);
        said.say(&series, rdf::TYPE, dcat::DATASET_SERIES);
        let Text { fr, en } = released::title(self.responsible);
        said.texts(
            &series,
            dct::TITLE,
            &Text::new(format!("{fr} : parutions"), format!("{en}: releases")),
        );
        said.texts(
            &series,
            dct::DESCRIPTION,
            &Text::new(
                "Des états datés des données, qui ne changent plus et dont les sommes sont signées.",
                "Dated states of the data, which do not change any more and whose checksums are signed.",
            ),
        );
        said.responsible(&series, self.responsible);
        let frequency = match self.frequency {
            Some(Frequency::Daily) => &codes::DAILY,
            Some(Frequency::Weekly) => &codes::WEEKLY,
            Some(Frequency::Monthly) => &codes::MONTHLY,
            None => return,
        };
        said.code(&series, dct::ACCRUAL_PERIODICITY, frequency);
    }

    /// Which parts of the last release are versions of which living data set.
    fn current_parts(&self, said: &mut Said<'_>, release: &Released<'_>) {
        for selection in files::parts(release) {
            let (is_known, living) = match &selection {
                Selection::Source(name) => (
                    self.sources.iter().any(|source| source.name == *name),
                    format!("catalogue#source-{name}"),
                ),
                Selection::Profile(name) => (
                    self.profiles.contains(name),
                    format!("catalogue#profile-{name}"),
                ),
                _ => continue,
            };
            if is_known {
                let living = self.base.join(&living);
                let part = files::part(release, &selection);
                said.say(&living, dcat::HAS_VERSION, part.clone());
                said.say(&living, dcat::HAS_CURRENT_VERSION, part);
            }
        }
    }
}

/// How much of a release is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// That there is one.
    Name,
    /// And the files of the whole data.
    Whole,
    /// And those of its parts.
    All,
}

/// The IRI of the catalogue.
pub fn iri(base: &Base) -> NamedNode {
    base.join("catalogue")
}

/// What a release says of itself.
pub fn of_release(release: &Released<'_>) -> Vec<Triple> {
    let mut said = Said::new(release.base);
    if let Some(previous) = release.previous {
        let previous = released::address(release.base, previous);
        // It is described elsewhere; here only that it is one.
        said.say(&release.address(), dcat::PREVIOUS, previous);
    }
    describe_release(&mut said, release, Extent::All);
    sorted(said)
}

fn describe_release(said: &mut Said<'_>, release: &Released<'_>, extent: Extent) {
    let iri = release.address();
    let responsible = release.responsible;
    said.say(&iri, rdf::TYPE, dcat::DATASET);
    said.texts(&iri, dct::TITLE, &release.title());
    said.texts(&iri, dct::DESCRIPTION, &release.description());
    said.text(&iri, dct::IDENTIFIER, iri.as_str());
    said.text(&iri, dcat::VERSION, &release.manifest.date);
    said.date(&iri, dct::ISSUED, release.day());
    said.time(&iri, dct::MODIFIED, &release.manifest.modified);
    let generation = said.base.sv("generation");
    said.integer(&iri, generation.as_ref(), release.manifest.generation.0);
    said.responsible(&iri, responsible);
    said.open(&iri);
    said.keywords(&iri);
    said.code(&iri, dct::ACCRUAL_PERIODICITY, &codes::NEVER);
    said.standard(&iri, said.base.join("ns").as_str());
    if let Some(withdrawal) = release.withdrawal {
        let notes = Literal::new_simple_literal(&withdrawal.because);
        said.say(&iri, adms::VERSION_NOTES, notes);
    }
    if extent != Extent::Name {
        files::whole(said, release);
    }
    if extent == Extent::All {
        files::of_parts(said, release);
        if release.is_queryable {
            services::of_release(said, release);
        }
    }
}

fn sorted(said: Said<'_>) -> Vec<Triple> {
    let mut triples = said.triples;
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    triples.dedup();
    triples
}

impl Said<'_> {
    /// Adds a data set to the catalogue.
    fn dataset(&mut self, catalogue: &NamedNode, dataset: &NamedNode) {
        self.say(catalogue, dcat::HAS_DATASET, dataset.clone());
        self.say(dataset, rdf::TYPE, dcat::DATASET);
    }

    /// Who publishes it, whom to ask, and under which licence a catalogue is.
    fn responsible(&mut self, subject: &NamedNode, responsible: &Responsible) {
        if let Some(name) = &responsible.name {
            let agent = released::publisher(self.base);
            self.agent(subject, &agent, name);
        }
        self.contact(subject, responsible);
        if let Some(licence) = &responsible.licence {
            // DCAT-AP knows the licence of catalogues, services and distributions alone; of a data
            // set it does no harm, and many who read it look there.
            self.licence(subject, licence.as_str());
        }
    }

    fn agent(&mut self, subject: &NamedNode, agent: &NamedNode, name: &str) {
        self.say(subject, dct::PUBLISHER, agent.clone());
        self.say(agent, rdf::TYPE, foaf::AGENT);
        self.text(agent, foaf::NAME, name);
    }

    fn contact(&mut self, subject: &NamedNode, responsible: &Responsible) {
        let Some(contact) = &responsible.contact else {
            return;
        };
        let card = self.base.join("catalogue#contact");
        self.say(subject, dcat::CONTACT_POINT, card.clone());
        self.say(&card, rdf::TYPE, vcard::KIND);
        let name = responsible.name.as_deref().unwrap_or(contact);
        self.text(&card, vcard::FN, name);
        let property = match contact.starts_with("mailto:") {
            true => vcard::HAS_EMAIL,
            false => vcard::HAS_URL,
        };
        if let Ok(contact) = NamedNode::new(contact) {
            self.say(&card, property, contact);
        }
    }

    fn licence(&mut self, subject: &NamedNode, licence: &str) {
        let licence = NamedNode::new_unchecked(licence);
        self.say(subject, dct::LICENSE, licence.clone());
        self.say(&licence, rdf::TYPE, dct::LICENSE_DOCUMENT);
    }

    /// Anyone may have it.
    fn open(&mut self, subject: &NamedNode) {
        self.code(subject, dct::ACCESS_RIGHTS, &codes::PUBLIC);
        self.theme(subject);
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
