//! What VoID says of the data set, written as triples and published when it is due.
//!
//! Each part has a name that follows from what it is of, so that an update changes no more than
//! the numbers that moved. Classes and datatypes of the values of a property stand below the class
//! that has it, in the form that SIB's SPARQL editor reads.

use crate::app::App;
use crate::app::private::hexadecimal;
use crate::app::statistics::{State, Statistics};
use crate::ingest;
use crate::model::vocabulary::{PREFIXES, dct, rdf, void, xsd};
use crate::model::{Base, Generation};
use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use jiff::{SignedDuration, Timestamp};
use oxrdf::{Literal, NamedNode, NamedNodeRef, Term, Triple};
use sha2::{Digest as _, Sha256};

/// How long nothing must have changed before the description is published, so that it comes after
/// the submissions of an evening and not between them.
const QUIET: SignedDuration = SignedDuration::from_secs(60);
/// How many hosts that links lead to are described.
const MOST_HOSTS: usize = 200;

const DATATYPE_PARTITION: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://ldf.fi/void-ext#datatypePartition");
const DATATYPE: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://ldf.fi/void-ext#datatype");

/// Publishes the description when it is due.
#[derive(Default)]
pub struct Publishing {
    /// The last generation that was seen, and since when.
    seen: Option<(Generation, Timestamp)>,
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
        if self.seen.map(|(generation, _)| generation) != Some(state.generation) {
            self.seen = Some((state.generation, now));
            self.since.get_or_insert(now);
        }
        let (Some((_, quiet)), Some(since)) = (self.seen, self.since) else {
            return Ok(None);
        };
        let interval =
            SignedDuration::try_from(app.config.statistics_interval).unwrap_or(SignedDuration::MAX);
        let is_quiet = now.duration_since(quiet) >= QUIET;
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

/// Publishes the description of a state if it differs from the published one.
///
/// # Errors
/// When the storage fails.
pub fn publish(app: &App, state: &State, now: Timestamp) -> Result<Option<Generation>, StoreError> {
    let base = app.store.base();
    let (generation, dataset) = (base.sv("generation"), base.void());
    let is_only_when = |triple: &Triple| {
        triple.predicate == generation && triple.subject == dataset.clone().into()
    };
    let mut description = describe(base, state);
    if let Some(licence) = &app.config.licence {
        description.push(Triple::new(dataset.clone(), dct::LICENSE, licence.clone()));
    }
    ingest::void::publish(&app.store, description, &is_only_when, now)
}

impl Statistics {
    /// The triples that describe what is counted, or `None` while nothing is.
    pub fn description(&self, base: &Base) -> Option<Vec<Triple>> {
        self.current().map(|state| describe(base, &state))
    }
}

/// The description of a state.
fn describe(base: &Base, state: &State) -> Vec<Triple> {
    let mut describing = Describing {
        base,
        triples: Vec::new(),
    };
    describing.dataset(state);
    let mut triples = describing.triples;
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    // Links by several properties may lead to one host.
    triples.dedup();
    triples
}

struct Describing<'a> {
    base: &'a Base,
    triples: Vec<Triple>,
}

impl Describing<'_> {
    fn dataset(&mut self, state: &State) {
        let counts = &state.counts;
        let dataset = self.base.void();
        self.say(&dataset, rdf::TYPE, void::DATASET.into_owned());
        for (text, lang) in [("Les données publiques", "fr"), ("The public data", "en")] {
            let title = Literal::new_language_tagged_literal_unchecked(text, lang);
            self.say(&dataset, dct::TITLE, title);
        }
        let generation = self.base.sv("generation");
        self.count(&dataset, generation.as_ref(), state.generation.0);
        self.say(&dataset, void::SPARQL_ENDPOINT, self.base.join("sparql"));
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
