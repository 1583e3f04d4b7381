//! What VoID says of the data set, written as triples and published when it is due, and with it
//! the catalogue in a graph of its own.
//!
//! Each part has a name that follows from what it is of, so that an update changes no more than
//! the numbers that moved. Classes and datatypes of the values of a property stand below the class
//! that has it, in the form that SIB's SPARQL editor reads.
//!
//! *To name another data set that links lead to*: a row in [`HOSTS`].

use crate::app::App;
use crate::app::catalogue::{Described, mark};
use crate::app::private::hexadecimal;
use crate::app::statistics::State;
use crate::ingest;
use crate::model::vocabulary::{PREFIXES, dct, foaf, rdf, rdfs, void, xsd};
use crate::model::{Base, Generation, Kind, Lang};
use crate::publish::{catalogue, released};
use crate::rdf::order::compare_triples;
use crate::store::{self, StoreError, View};
use jiff::{SignedDuration, Timestamp};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, TermRef, Triple};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// How long nothing must have changed before the description is published, so that it comes after
/// the submissions of an evening and not between them.
const QUIET: SignedDuration = SignedDuration::from_secs(60);
/// How many hosts that links lead to are described.
const MOST_HOSTS: usize = 200;
/// How many entities of a kind are looked at for one that is published.
const LOOKED_AT: usize = 100;

const DATATYPE_PARTITION: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://ldf.fi/void-ext#datatypePartition");
const DATATYPE: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://ldf.fi/void-ext#datatype");

/// The formats of documents, as the W3C names them (<https://www.w3.org/ns/formats/>).
const FEATURES: &[&str] = &[
    "JSON-LD",
    "N-Quads",
    "N-Triples",
    "RDF_XML",
    "TriG",
    "Turtle",
];

/// Data sets that links often lead to: host, name, home page.
const HOSTS: &[(&str, &str, &str)] = &[
    ("data.bnf.fr", "data.bnf.fr", "https://data.bnf.fr/"),
    ("www.idref.fr", "IdRef", "https://www.idref.fr/"),
    ("isni.org", "ISNI", "https://isni.org/"),
    ("kg.artsdata.ca", "Artsdata", "https://www.artsdata.ca/"),
    (
        "lesarchivesduspectacle.net",
        "Les Archives du spectacle",
        "https://lesarchivesduspectacle.net/",
    ),
    ("musicbrainz.org", "MusicBrainz", "https://musicbrainz.org/"),
    ("orcid.org", "ORCID", "https://orcid.org/"),
    ("rdf.insee.fr", "Insee", "https://rdf.insee.fr/"),
    ("id.insee.fr", "Insee", "https://rdf.insee.fr/"),
    ("sws.geonames.org", "GeoNames", "https://www.geonames.org/"),
    ("viaf.org", "VIAF", "https://viaf.org/"),
    ("www.wikidata.org", "Wikidata", "https://www.wikidata.org/"),
];

/// Publishes the description when it is due.
#[derive(Default)]
pub struct Publishing {
    /// The last generation and the releases that were seen, and since when.
    seen: Option<((Generation, String), Timestamp)>,
    /// Since when something may be there that is not described.
    since: Option<Timestamp>,
}

impl Publishing {
    /// Publishes the description of what is counted if it differs from the published one, nothing
    /// changed for a minute, and the last one is older than `statistics.interval`. Where it is
    /// never quiet, the interval is what counts. Gives the generation that did.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn step(&mut self, app: &App, now: Timestamp) -> Result<Option<Generation>, StoreError> {
        let Some(state) = app.statistics.current() else {
            return Ok(None);
        };
        let described = (state.generation, mark(&app.releases.all()));
        if self.seen.as_ref().map(|(seen, _)| seen) != Some(&described) {
            self.seen = Some((described, now));
            self.since.get_or_insert(now);
        }
        let (Some((_, quiet)), Some(since)) = (&self.seen, self.since) else {
            return Ok(None);
        };
        let interval =
            SignedDuration::try_from(app.config.statistics_interval).unwrap_or(SignedDuration::MAX);
        let is_quiet = now.duration_since(*quiet) >= QUIET;
        if !is_quiet && now.duration_since(since) < interval.max(QUIET) {
            return Ok(None);
        }
        let snapshot = app.store.snapshot()?;
        if let Some(last) = published_at(snapshot.view())?
            && now.duration_since(last) < interval
        {
            return Ok(None);
        }
        drop(snapshot);
        self.since = None;
        publish(app, &state, now)
    }
}

/// When the description was published last.
fn published_at(view: View<'_>) -> Result<Option<Timestamp>, StoreError> {
    let Some(generation) = view.changed_at(&view.base().void())? else {
        return Ok(None);
    };
    let change = view.change(generation)?;
    Ok(change.and_then(|(time, _)| time.parse().ok()))
}

/// Publishes the description of a state, and the catalogue, if they differ from the published ones.
///
/// # Errors
/// When the storage fails.
pub fn publish(app: &App, state: &State, now: Timestamp) -> Result<Option<Generation>, StoreError> {
    let base = app.store.base();
    let snapshot = app.store.snapshot()?;
    let described = Described::of(app, state, snapshot.view())?;
    let description = describe(&described, state, snapshot.view())?;
    let catalogue = described.catalogue().triples();
    drop(snapshot);
    let generation = base.sv("generation");
    let whole = [base.void(), catalogue::iri(base)];
    let is_only_when = |triple: &Triple| {
        (triple.predicate == generation || triple.predicate == dct::MODIFIED)
            && whole
                .iter()
                .any(|whole| triple.subject == whole.clone().into())
    };
    ingest::void::publish(&app.store, description, catalogue, &is_only_when, now)
}

/// The triples that describe what is counted, or `None` while nothing is.
///
/// # Errors
/// When the storage fails.
pub fn description(app: &App) -> Result<Option<Vec<Triple>>, StoreError> {
    let Some(state) = app.statistics.current() else {
        return Ok(None);
    };
    let snapshot = app.store.snapshot()?;
    let described = Described::of(app, &state, snapshot.view())?;
    describe(&described, &state, snapshot.view()).map(Some)
}

/// The description of a state.
fn describe(
    described: &Described<'_>,
    state: &State,
    view: View<'_>,
) -> Result<Vec<Triple>, StoreError> {
    let mut describing = Describing {
        base: view.base(),
        triples: Vec::new(),
    };
    describing.about(described);
    describing.dataset(state);
    describing.vocabularies(state);
    describing.examples(state, view)?;
    let mut triples = describing.triples;
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    // Links by several properties may lead to one host.
    triples.dedup();
    Ok(triples)
}

struct Describing<'a> {
    base: &'a Base,
    triples: Vec<Triple>,
}

impl Describing<'_> {
    /// What it is, whose, and the ways in which it can be had.
    fn about(&mut self, described: &Described<'_>) {
        let dataset = self.base.void();
        let responsible = &described.responsible;
        self.say(&dataset, rdf::TYPE, void::DATASET.into_owned());
        let title = released::title(responsible);
        for lang in Lang::ALL {
            let title = Literal::new_language_tagged_literal_unchecked(title.get(lang), lang.tag());
            self.say(&dataset, dct::TITLE, title);
        }
        if !described.modified.is_empty() {
            let modified = Literal::new_typed_literal(&described.modified, xsd::DATE_TIME);
            self.say(&dataset, dct::MODIFIED, modified);
        }
        if let Some(name) = &responsible.name {
            let publisher = released::publisher(self.base);
            self.say(&dataset, dct::PUBLISHER, publisher.clone());
            self.say(&publisher, rdf::TYPE, foaf::AGENT.into_owned());
            let name = Literal::new_simple_literal(name);
            self.say(&publisher, foaf::NAME, name);
        }
        if let Some(licence) = &responsible.licence {
            self.say(&dataset, dct::LICENSE, licence.clone());
        }
        self.say(&dataset, foaf::HOMEPAGE, self.base.join(""));
        self.say(&dataset, rdfs::SEE_ALSO, catalogue::iri(self.base));
        let space = Literal::new_simple_literal(self.base.join("id/").as_str());
        self.say(&dataset, void::URI_SPACE, space);
        self.say(&dataset, void::SPARQL_ENDPOINT, self.base.join("sparql"));
        let search = self.base.join("opensearch.xml");
        self.say(&dataset, void::OPEN_SEARCH_DESCRIPTION, search);
        for name in FEATURES {
            let feature = iri(&format!("http://www.w3.org/ns/formats/{name}"));
            self.say(&dataset, void::FEATURE, feature);
        }
        if let Some(release) = described.catalogue().latest() {
            for file in release.whole() {
                let dump = iri(&release.file(&file.name));
                self.say(&dataset, void::DATA_DUMP, dump);
            }
        }
    }

    /// The vocabularies of which classes and properties are used.
    fn vocabularies(&mut self, state: &State) {
        let dataset = self.base.void();
        let sv = self.base.sv("");
        let counts = &state.counts;
        let terms = counts.properties.keys().chain(counts.classes.keys());
        let used: BTreeSet<&str> = terms
            .filter_map(|term| {
                let namespaces = PREFIXES.iter().map(|(_, namespace)| *namespace);
                let mut namespaces = namespaces.chain([sv.as_str()]);
                namespaces.find(|namespace| term.starts_with(namespace))
            })
            .collect();
        for namespace in used {
            self.say(&dataset, void::VOCABULARY, iri(namespace));
        }
    }

    /// An entity of each kind.
    fn examples(&mut self, state: &State, view: View<'_>) -> Result<(), StoreError> {
        let dataset = self.base.void();
        let (kind_of, registry) = (self.base.sv("kind"), self.base.registry_graph());
        for name in state.kinds.keys() {
            let Some(kind) = Kind::named(name) else {
                continue;
            };
            let kind = Literal::new_simple_literal(kind.name);
            let known = view.quads(
                None,
                Some(kind_of.as_ref()),
                Some(TermRef::Literal(kind.as_ref())),
                Some(registry.as_ref().into()),
            );
            for quad in known.take(LOOKED_AT) {
                if let NamedOrBlankNode::NamedNode(entity) = quad?.subject
                    && self.base.entity_of(entity.as_str()).is_some()
                    && view.state_of(&entity)? == store::State::Current
                {
                    self.say(&dataset, void::EXAMPLE_RESOURCE, entity);
                    break;
                }
            }
        }
        Ok(())
    }

    fn dataset(&mut self, state: &State) {
        let counts = &state.counts;
        let dataset = self.base.void();
        let generation = self.base.sv("generation");
        self.count(&dataset, generation.as_ref(), state.generation.0);
        self.count(&dataset, void::TRIPLES, counts.triples);
        self.count(&dataset, void::ENTITIES, state.kinds.values().sum());
        self.count(&dataset, void::DISTINCT_SUBJECTS, counts.subjects);
        self.count(&dataset, void::CLASSES, counts.classes.len() as u64);
        self.count(&dataset, void::PROPERTIES, counts.properties.len() as u64);
        for (property, known) in &counts.properties {
            let part = self.part(&dataset, void::PROPERTY_PARTITION, "property", property);
            self.say(&part, void::PROPERTY, iri(property));
            self.count(&part, void::TRIPLES, known.triples);
            self.count(&part, void::DISTINCT_SUBJECTS, known.subjects);
            self.count(&part, void::DISTINCT_OBJECTS, known.objects);
        }
        for (class, known) in &counts.classes {
            let part = self.part(&dataset, void::CLASS_PARTITION, "class", class);
            self.say(&part, void::CLASS, iri(class));
            self.count(&part, void::ENTITIES, known.entities);
            for (property, partition) in &known.properties {
                let part = self.part(&part, void::PROPERTY_PARTITION, "property", property);
                self.say(&part, void::PROPERTY, iri(property));
                self.count(&part, void::TRIPLES, partition.triples);
                self.count(&part, void::DISTINCT_SUBJECTS, partition.subjects);
                for (class, triples) in &partition.classes {
                    let part = self.part(&part, void::CLASS_PARTITION, "class", class);
                    self.say(&part, void::CLASS, iri(class));
                    self.count(&part, void::TRIPLES, *triples);
                }
                for (datatype, triples) in &partition.datatypes {
                    let part = self.part(&part, DATATYPE_PARTITION, "datatype", datatype);
                    self.say(&part, DATATYPE, iri(datatype));
                    self.count(&part, void::TRIPLES, *triples);
                }
            }
        }
        self.links(&dataset, state);
    }

    /// Where links lead to; the commonest hosts, since anybody can name one.
    fn links(&mut self, dataset: &NamedNode, state: &State) {
        let mut links: Vec<_> = state.links.iter().collect();
        links.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        for ((property, host), triples) in links.into_iter().take(MOST_HOSTS) {
            let links = format!("{property} {host}");
            let linkset = self.part(dataset, void::SUBSET, "links", &links);
            let target = iri(&format!("{}#host-{}", dataset.as_str(), short(host)));
            self.say(&linkset, rdf::TYPE, void::LINKSET.into_owned());
            self.say(&linkset, void::LINK_PREDICATE, iri(property));
            self.say(&linkset, void::SUBJECTS_TARGET, dataset.clone());
            self.say(&linkset, void::OBJECTS_TARGET, target.clone());
            self.count(&linkset, void::TRIPLES, *triples);
            self.say(&target, rdf::TYPE, void::DATASET.into_owned());
            if let Some((_, name, home)) = HOSTS.iter().find(|(known, ..)| known == host) {
                self.say(&target, dct::TITLE, Literal::new_simple_literal(*name));
                self.say(&target, foaf::HOMEPAGE, iri(home));
            }
            let pattern = format!("^https?://{}/", regex::escape(host));
            let pattern = Literal::new_simple_literal(pattern);
            self.say(&target, void::URI_REGEX_PATTERN, pattern);
        }
    }

    /// A part of the description, which is named by what it is of.
    fn part(
        &mut self,
        whole: &NamedNode,
        property: NamedNodeRef<'_>,
        what: &str,
        of: &str,
    ) -> NamedNode {
        let separator = if whole.as_str().contains('#') {
            '-'
        } else {
            '#'
        };
        let name = format!("{}{separator}{what}-{}", whole.as_str(), self.short(of));
        let part = iri(&name);
        self.say(whole, property, part.clone());
        part
    }

    /// A term of a known vocabulary by its prefix and name, anything else by a hash.
    fn short(&self, of: &str) -> String {
        let sv = self.base.sv("");
        let known = PREFIXES.iter().copied().chain([("sv", sv.as_str())]);
        let named = known.into_iter().find_map(|(prefix, namespace)| {
            let name = of.strip_prefix(namespace)?;
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let is_name = !name.is_empty() && name.chars().all(is_plain);
            is_name.then(|| format!("{prefix}.{name}"))
        });
        named.unwrap_or_else(|| short(of))
    }

    fn say(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, value: impl Into<Term>) {
        self.triples
            .push(Triple::new(subject.clone(), property, value));
    }

    fn count(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, count: u64) {
        let count = Literal::new_typed_literal(count.to_string(), xsd::INTEGER);
        self.say(subject, property, count);
    }
}

fn iri(text: &str) -> NamedNode {
    NamedNode::new_unchecked(text)
}

/// A name for anything.
fn short(of: &str) -> String {
    let hash = hexadecimal(&Sha256::digest(of));
    hash.get(..16).unwrap_or(&hash).to_owned()
}
