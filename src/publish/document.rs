//! The document of one entity: its public description and what a reader wants to know beside it.

use crate::model::vocabulary::{dct, foaf, rdf, xsd};
use crate::model::{Base, Choice, Description, Generation, Kind, Source, SourceName};
use crate::publish::Context;
use oxrdf::{Literal, NamedNode, Triple};
use std::collections::{BTreeMap, BTreeSet};

/// All that the formats and the page of one entity are written from, read from one snapshot.
#[derive(Clone, Debug)]
pub struct Document {
    /// The entity's IRI and its public triples, the entity first, then its parts.
    pub description: Description,
    pub kind: &'static Kind,
    /// The change that last touched the entity.
    pub generation: Generation,
    /// When that was: an `xsd:dateTime` in UTC; empty when it is not known.
    pub modified: String,
    /// What each source says, in the order of their ranks. Only the page needs the claims; the
    /// formats need the sources.
    pub sources: Vec<SourceShare>,
    /// What was taken from one of several sources, and why. Only the page needs it, and whoever
    /// knows the rules of fusion fills it in.
    pub choices: Vec<Choice>,
    /// The source through which the entity last changed.
    pub changed_by: Option<SourceName>,
    /// The label literals (`schema:name`, `skos:prefLabel`, `rdfs:label`) of every IRI that the
    /// description, the claims, `around` and `links` mention, properties and classes included.
    pub labels: BTreeMap<String, Vec<Literal>>,
    /// Public descriptions of entities that the page reads along: the places (with the places
    /// that contain them), the production and work, and the series that the entity points to.
    pub around: Vec<Description>,
    /// The classes, addresses and `schema:sameAs` of the persons and organisations that the
    /// description and those around it name. What they are called is in `labels`.
    pub agents: Vec<Description>,
    /// What points here.
    pub links: LinksHere,
}

/// What points to an entity, by what it is to it.
#[derive(Clone, Debug, Default)]
pub struct LinksHere {
    /// One for each relation and kind: first that of which most is to come, then that of which
    /// there is most.
    pub groups: Vec<LinkGroup>,
    /// The performances of it, and of what belongs to it: those of a person's productions, of a
    /// building's rooms, of a festival's series.
    pub dates: Dates,
    /// The generation of the index that told; `None` when the store was asked, which tells no
    /// `dates`.
    pub generation: Option<Generation>,
    /// Whether there may be more than what the totals say.
    pub is_cut: bool,
}

/// What points to an entity in one way.
#[derive(Clone, Debug)]
pub struct LinkGroup {
    /// The property that points; of an agent the function in which it contributes.
    pub relation: NamedNode,
    /// What kind of things point.
    pub kind: &'static Kind,
    /// How many there are in all.
    pub total: usize,
    /// How many of them are still to come.
    pub upcoming: usize,
    /// The first of them: those to come, soonest first, then those that are over, the last one
    /// first, then what has no date.
    pub rows: Vec<Incoming>,
}

/// Performances by date.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    /// Those that take place: without what is cancelled or put off without a new date.
    pub total: usize,
    pub upcoming: usize,
    /// All of them, whether they take place or not.
    pub listed: usize,
    /// Whether there may be more: not all that belongs to the entity was looked at.
    pub is_cut: bool,
    /// The next of them, then the last that are over, latest first.
    pub rows: Vec<Incoming>,
    /// The next days with performances (`2027-03-02`, there where they are), and how many.
    pub days: Vec<(String, usize)>,
    /// The same of the last days that are over.
    pub past_days: Vec<(String, usize)>,
}

impl LinksHere {
    /// How many links there are in all.
    pub fn total(&self) -> usize {
        self.groups.iter().map(|group| group.total).sum()
    }

    /// All rows, some of which may say the same.
    pub fn rows(&self) -> impl Iterator<Item = &Incoming> {
        let groups = self.groups.iter().flat_map(|group| &group.rows);
        groups.chain(&self.dates.rows)
    }
}

/// What one source says about the entity.
#[derive(Clone, Debug)]
pub struct SourceShare {
    pub source: Source,
    /// Its claims on the entity and its parts.
    pub triples: Vec<Triple>,
    /// The properties (as IRIs) of its claims that were left out of the public view because they
    /// break a rule.
    pub left_out: Vec<String>,
}

/// An entity that points to this one.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub subject: NamedNode,
    pub kind: &'static Kind,
    /// Its `schema:startDate`, when it has one.
    pub date: Option<String>,
    /// Its first `schema:location`, when it has one.
    pub place: Option<NamedNode>,
    /// Its `schema:eventStatus`, when it has one.
    pub status: Option<NamedNode>,
}

impl Incoming {
    /// One of which no more is known yet.
    pub fn new(subject: NamedNode, kind: &'static Kind) -> Self {
        Self {
            subject,
            kind,
            date: None,
            place: None,
            status: None,
        }
    }
}

impl Document {
    /// With nothing but a description.
    pub fn new(description: Description, kind: &'static Kind) -> Self {
        Self {
            description,
            kind,
            generation: Generation::default(),
            modified: String::new(),
            sources: Vec::new(),
            choices: Vec::new(),
            changed_by: None,
            labels: BTreeMap::new(),
            around: Vec::new(),
            agents: Vec::new(),
            links: LinksHere::default(),
        }
    }

    /// The document's own IRI, `{base}/doc/{noid}`; for what keeps a foreign IRI or has none of
    /// the `{base}/id/` form, the entity's.
    pub fn iri(&self, base: &Base) -> NamedNode {
        match base.entity_of(self.description.iri.as_str()) {
            Some(Ok(noid)) => base.doc(&noid),
            _ => self.description.iri.clone(),
        }
    }

    /// The licence of all that is said; `None` where sources differ, or one has none.
    pub fn licence(&self) -> Option<&NamedNode> {
        let licences: BTreeSet<Option<&NamedNode>> = self
            .sources
            .iter()
            .map(|share| share.source.licence.as_ref())
            .collect();
        match licences.into_iter().collect::<Vec<_>>()[..] {
            // Else each source's stands at the source.
            [licence] => licence,
            _ => None,
        }
    }

    /// Triples about the document and the sources behind it. They are no part of the public
    /// data set: formats write them apart from the description.
    pub fn metadata(&self, context: &Context) -> Vec<Triple> {
        let base = &context.base;
        let document = self.iri(base);
        if document == self.description.iri {
            return Vec::new();
        }
        let term = |local: &str| NamedNode::new_unchecked(format!("{}{local}", dct::NS));
        let mut triples = vec![
            Triple::new(document.clone(), rdf::TYPE, foaf::DOCUMENT),
            Triple::new(
                document.clone(),
                foaf::PRIMARY_TOPIC,
                self.description.iri.clone(),
            ),
            Triple::new(
                document.clone(),
                base.sv("generation"),
                Literal::from(self.generation.0),
            ),
        ];
        if !self.modified.is_empty() {
            triples.push(Triple::new(
                document.clone(),
                dct::MODIFIED,
                Literal::new_typed_literal(&self.modified, xsd::DATE_TIME),
            ));
        }
        if let Some(ark) = context.ark_of(&self.description.iri) {
            triples.push(Triple::new(
                document.clone(),
                term("identifier"),
                Literal::from(ark),
            ));
        }
        if let Some(licence) = self.licence() {
            triples.push(Triple::new(document.clone(), dct::LICENSE, licence.clone()));
        }
        for share in &self.sources {
            let source = base.source(&share.source.name);
            triples.push(Triple::new(document.clone(), term("source"), source));
        }
        for share in &self.sources {
            let source = base.source(&share.source.name);
            if let Some(licence) = &share.source.licence {
                triples.push(Triple::new(source.clone(), dct::LICENSE, licence.clone()));
            }
            if let Some(publisher) = &share.source.publisher {
                triples.push(Triple::new(
                    source,
                    dct::PUBLISHER,
                    Literal::from(publisher.as_str()),
                ));
            }
        }
        triples
    }
}
