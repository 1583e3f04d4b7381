//! What the index of names keeps of an entity, read from one state of the store.
//!
//! A name is kept whoever says it: the public description has one name in each language, but
//! readers know the others too, and what was merged answers to all names that it had.

use crate::app::statistics::Reading as Places;
use crate::model::iri::without_fragment;
use crate::model::vocabulary::{rdf, schema, skos};
use crate::model::{Base, Kind};
use crate::rdf::{Quads as _, QuadsError};
use crate::search::{Entry, Name, fold};
use crate::store::{GraphView, View};
use oxrdf::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// How many names of one entity are kept, and how much of each.
const MOST_NAMES: usize = 64;
const NAME_CHARS: usize = 300;
/// How many disciplines and functions.
const MOST_VALUES: usize = 16;
/// How many links to one entity, performances of it and credits are looked at.
const MOST_LINKS: usize = 1_000;
const MOST_PERFORMANCES: usize = 2_000;
const MOST_CREDITS: usize = 500;
/// How many days of performances are kept: the last ones.
const MOST_DAYS: usize = 366;

const FAMILY_NAME: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://schema.org/familyName");

/// Reads entries of one state.
pub struct Reading<'a> {
    view: View<'a>,
    public: GraphView<'a>,
    places: Places<'a>,
    has_merges: bool,
    agent: NamedNode,
    function: NamedNode,
}

/// The path of something that has names here: an entity, or a concept of one of our schemes.
pub fn path_of<'i>(base: &Base, iri: &'i str) -> Option<&'i str> {
    let path = base.strip(iri)?;
    let is_concept = path.starts_with("vocab/") && path.matches('/').count() == 2;
    let is_entity = path.starts_with("id/") && base.entity_of(iri)?.is_ok();
    ((is_entity && !path.contains('#')) || is_concept).then_some(path)
}

impl<'a> Reading<'a> {
    /// # Errors
    /// When the storage fails.
    pub fn new(view: View<'a>) -> Result<Self, QuadsError> {
        Ok(Self {
            view,
            public: view.public(),
            places: Places::new(view),
            has_merges: view.has_merges().map_err(told)?,
            agent: view.base().sv("agent"),
            function: view.base().sv("fonction"),
        })
    }

    /// What is kept of something; `None` when it is not published, or has no kind of its own.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn entry(&self, iri: &NamedNode) -> Result<Option<Entry>, QuadsError> {
        let base = self.view.base();
        let Some(path) = path_of(base, iri.as_str()) else {
            return Ok(None);
        };
        let quads: Vec<Quad> = self
            .view
            .quads(Some(iri.as_ref().into()), None, None, None)
            .collect::<Result<_, _>>()
            .map_err(told)?;
        let (public, said): (Vec<Quad>, Vec<Quad>) = quads
            .into_iter()
            .partition(|quad| quad.graph_name == GraphName::DefaultGraph);
        let classes = nodes(&public, rdf::TYPE).map(NamedNode::as_str);
        let Some(kind) = self.view.kinds().of_classes(classes) else {
            return Ok(None);
        };
        if !kind.has_own_iri && nodes(&public, skos::IN_SCHEME).next().is_none() {
            return Ok(None);
        }
        let mut entry = Entry {
            path: path.to_owned(),
            kind: kind.name.to_owned(),
            ..Entry::default()
        };
        self.name(iri, &public, &said, &mut entry)?;
        if kind.has_own_iri {
            self.describe(iri, kind, &public, &mut entry)?;
        }
        Ok(Some(entry))
    }

    fn name(
        &self,
        iri: &NamedNode,
        public: &[Quad],
        said: &[Quad],
        entry: &mut Entry,
    ) -> Result<(), QuadsError> {
        let mut names: BTreeSet<Name> = BTreeSet::new();
        let mut others: BTreeSet<Name> = BTreeSet::new();
        for quad in public {
            if is_main(quad.predicate.as_ref()) {
                names.extend(name_of(&quad.object));
            } else if is_other(quad.predicate.as_ref()) {
                others.extend(name_of(&quad.object));
            }
        }
        let claimed = |quad: &&Quad| self.view.claimant(quad).is_some() && is_name(quad);
        let add = |others: &mut BTreeSet<Name>, quads: &[Quad]| {
            let quads = quads.iter().filter(claimed);
            others.extend(quads.filter_map(|quad| name_of(&quad.object)));
        };
        add(&mut others, said);
        if self.has_merges {
            for member in self.view.members(iri).map_err(told)?.iter().skip(1) {
                let quads = self
                    .view
                    .quads(Some(member.as_ref().into()), None, None, None);
                add(
                    &mut others,
                    &quads.collect::<Result<Vec<_>, _>>().map_err(told)?,
                );
            }
        }
        entry.names = names.into_iter().take(MOST_NAMES).collect();
        let others = others
            .into_iter()
            .filter(|name| !entry.names.contains(name));
        entry.others = others.take(MOST_NAMES - entry.names.len()).collect();
        Ok(())
    }

    fn describe(
        &self,
        iri: &NamedNode,
        kind: &Kind,
        public: &[Quad],
        entry: &mut Entry,
    ) -> Result<(), QuadsError> {
        let base = self.view.base();
        entry.start = text(public, schema::START_DATE);
        entry.end = text(public, schema::END_DATE);
        let genres = nodes(public, schema::GENRE).map(|genre| shortest(base, genre));
        let genres: BTreeSet<String> = genres.collect();
        entry.disciplines = genres.into_iter().take(MOST_VALUES).collect();
        match kind.name {
            // Nothing points to most of them, and there are so many.
            "performance" | "meeting" => return Ok(()),
            "person" => {
                entry.family = text(public, FAMILY_NAME);
                self.credit(iri, entry)?;
            }
            "organisation" => {
                self.locate(iri, entry)?;
                self.credit(iri, entry)?;
            }
            "place" => self.locate(iri, entry)?,
            _ => entry.days = self.days(iri)?,
        }
        entry.links = self.links(iri)?;
        Ok(())
    }

    fn locate(&self, iri: &NamedNode, entry: &mut Entry) -> Result<(), QuadsError> {
        let (department, town) = self.places.whereabouts(iri)?;
        entry.department = department;
        entry.town = town;
        Ok(())
    }

    /// How many entities say something with it.
    fn links(&self, iri: &NamedNode) -> Result<u64, QuadsError> {
        let mut links = 0;
        let pointing = self.public.matching(None, None, Some(iri.as_ref().into()));
        for triple in pointing.take(MOST_LINKS) {
            if let NamedOrBlankNode::NamedNode(subject) = triple?.subject
                && without_fragment(subject.as_str()) != iri.as_str()
            {
                links += 1;
            }
        }
        Ok(links)
    }

    /// The days on which something of it is performed.
    fn days(&self, iri: &NamedNode) -> Result<Vec<i32>, QuadsError> {
        let mut days: BTreeSet<i32> = BTreeSet::new();
        for property in [schema::WORK_PERFORMED, schema::SUPER_EVENT] {
            let below = self
                .public
                .matching(None, Some(property), Some(iri.as_ref().into()));
            for triple in below.take(MOST_PERFORMANCES) {
                let subject = triple?.subject;
                let of = |property| {
                    self.public
                        .matching(Some(subject.as_ref()), Some(property), None)
                };
                let mut is_cancelled = false;
                for triple in of(schema::EVENT_STATUS) {
                    is_cancelled |= triple?.object == Term::from(schema::EVENT_CANCELLED);
                }
                if is_cancelled {
                    continue;
                }
                for triple in of(schema::START_DATE) {
                    if let Term::Literal(start) = triple?.object {
                        days.extend(crate::search::day_of(start.value()));
                    }
                }
            }
        }
        let skipped = days.len().saturating_sub(MOST_DAYS);
        Ok(days.into_iter().skip(skipped).collect())
    }

    /// In how many productions it is credited, and as what; what it does most comes first.
    fn credit(&self, iri: &NamedNode, entry: &mut Entry) -> Result<(), QuadsError> {
        let mut credited: BTreeSet<String> = BTreeSet::new();
        let mut functions: FxHashMap<String, usize> = FxHashMap::default();
        let agent = Some(self.agent.as_ref());
        let contributions = self.public.matching(None, agent, Some(iri.as_ref().into()));
        for triple in contributions.take(MOST_CREDITS) {
            let NamedOrBlankNode::NamedNode(contribution) = triple?.subject else {
                continue;
            };
            credited.insert(without_fragment(contribution.as_str()).to_owned());
            let subject = Some(contribution.as_ref().into());
            for triple in self
                .public
                .matching(subject, Some(self.function.as_ref()), None)
            {
                if let Term::NamedNode(function) = triple?.object {
                    let function = shortest(self.view.base(), &function);
                    *functions.entry(function).or_default() += 1;
                }
            }
        }
        let mut functions: Vec<(String, usize)> = functions.into_iter().collect();
        functions.sort_unstable_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        entry.credits = credited.len() as u64;
        let functions = functions.into_iter().map(|(function, _)| function);
        entry.functions = functions.take(MOST_VALUES).collect();
        Ok(())
    }
}

fn told(error: crate::store::StoreError) -> QuadsError {
    QuadsError(error.to_string())
}

fn is_main(property: NamedNodeRef<'_>) -> bool {
    property == schema::NAME || property == skos::PREF_LABEL
}

fn is_other(property: NamedNodeRef<'_>) -> bool {
    property == schema::ALTERNATE_NAME || property == ALT_LABEL
}

const ALT_LABEL: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://www.w3.org/2004/02/skos/core#altLabel");

/// Whether a quad says what something is called.
pub fn is_name(quad: &Quad) -> bool {
    is_main(quad.predicate.as_ref()) || is_other(quad.predicate.as_ref())
}

fn name_of(term: &Term) -> Option<Name> {
    let Term::Literal(literal) = term else {
        return None;
    };
    let text = fold::shortened(literal.value(), NAME_CHARS);
    let lang = literal.language().map(str::to_owned);
    (!text.trim().is_empty()).then(|| Name {
        text: text.to_owned(),
        lang,
    })
}

fn nodes<'q>(quads: &'q [Quad], property: NamedNodeRef<'q>) -> impl Iterator<Item = &'q NamedNode> {
    let found = quads.iter().filter(move |quad| quad.predicate == property);
    found.filter_map(|quad| match &quad.object {
        Term::NamedNode(node) => Some(node),
        _ => None,
    })
}

/// The least of the texts of a property.
fn text(quads: &[Quad], property: NamedNodeRef<'_>) -> Option<String> {
    let found = quads.iter().filter(|quad| quad.predicate == property);
    let texts = found.filter_map(|quad| match &quad.object {
        Term::Literal(literal) => Some(fold::shortened(literal.value(), NAME_CHARS)),
        _ => None,
    });
    texts.min().map(str::to_owned)
}

/// An IRI of ours as a path, another one as it is.
fn shortest(base: &Base, iri: &NamedNode) -> String {
    let ours = base.strip(iri.as_str());
    fold::shortened(ours.unwrap_or(iri.as_str()), NAME_CHARS).to_owned()
}
