//! Reading from one snapshot what a document or page is written from.

use crate::model::vocabulary::{rdf, rdfs, schema, skos};
use crate::model::{Description, Generation, Kind, SourceName};
use crate::publish::document::{Document, Incoming, SourceShare};
use crate::rdf::order::compare_triples;
use crate::store::{StoreError, View};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many of the entities that point to one are read with their dates; the rest is counted.
const INCOMING: usize = 200;
/// How many related entities a page reads along.
const AROUND: usize = 24;
/// How many persons and organisations are looked up.
const AGENTS_READ: usize = 100;
/// The properties of schema.org that lead to them.
const AGENTS: &[&str] = &[
    "performer",
    "actor",
    "director",
    "author",
    "composer",
    "translator",
    "contributor",
    "producer",
    "organizer",
    "sponsor",
    "funder",
];

/// The document of an entity or concept; `None` when nothing is published under this IRI. `now`
/// (xsd:dateTime, UTC) decides which of the incoming dates are still to come.
///
/// # Errors
/// When the storage fails.
pub fn document(
    view: &View<'_>,
    iri: &NamedNode,
    now: &str,
) -> Result<Option<Document>, StoreError> {
    let Some(mut document) = bare_document(view, iri)? else {
        return Ok(None);
    };
    document.around = around(view, &document.description)?;
    document.agents = agents(view, &document)?;
    (document.incoming, document.incoming_total) = incoming(view, iri, now)?;
    let mut claims: BTreeMap<SourceName, Vec<Triple>> = BTreeMap::new();
    for said in view.said_of(iri, view.has_merges()?)? {
        claims.entry(said.source).or_default().extend(said.triples);
    }
    for share in &mut document.sources {
        share.triples = claims.remove(&share.source.name).unwrap_or_default();
        share.left_out = view.left_out(&share.source.name, iri)?;
    }
    document.labels = labels(view, &mentioned(&document))?;
    Ok(Some(document))
}

/// As [`document`], with what a view of the public description reads along: neighbours and names,
/// but neither claims nor what points here.
///
/// # Errors
/// When the storage fails.
pub fn document_with_neighbours(
    view: &View<'_>,
    iri: &NamedNode,
) -> Result<Option<Document>, StoreError> {
    let Some(mut document) = bare_document(view, iri)? else {
        return Ok(None);
    };
    surround(view, &mut document)?;
    Ok(Some(document))
}

/// As [`document`], with what each source says, as it is in the source's graph, and no more.
///
/// # Errors
/// When the storage fails.
pub fn document_with_claims(
    view: &View<'_>,
    iri: &NamedNode,
) -> Result<Option<Document>, StoreError> {
    let Some(mut document) = bare_document(view, iri)? else {
        return Ok(None);
    };
    for member in view.members(iri)? {
        for (source, triples) in view.claims(&member)? {
            let mut shares = document.sources.iter_mut();
            if let Some(share) = shares.find(|share| share.source.name == source) {
                share.triples.extend(triples);
            }
        }
    }
    Ok(Some(document))
}

/// Fills in what a page reads along with a description that is given: the neighbours and the names
/// of all that it mentions, as they are in this state.
///
/// # Errors
/// When the storage fails.
pub fn surround(view: &View<'_>, document: &mut Document) -> Result<(), StoreError> {
    document.around = around(view, &document.description)?;
    document.agents = agents(view, document)?;
    document.labels = labels(view, &mentioned(document))?;
    Ok(())
}

/// The names that triples give to a subject.
pub fn names_in<'a>(
    triples: impl Iterator<Item = &'a Triple>,
    subject: &NamedNode,
) -> Vec<Literal> {
    let of_subject = triples.filter(|triple| {
        triple.subject == NamedOrBlankNode::from(subject.clone())
            && [schema::NAME, skos::PREF_LABEL].contains(&triple.predicate.as_ref())
    });
    let names = of_subject.filter_map(|triple| match &triple.object {
        Term::Literal(name) => Some(name.clone()),
        Term::NamedNode(_) | Term::BlankNode(_) => None,
    });
    names.collect()
}

/// As [`document`], with only what the RDF formats need: no claims, labels or neighbours.
///
/// # Errors
/// When the storage fails.
pub fn bare_document(view: &View<'_>, iri: &NamedNode) -> Result<Option<Document>, StoreError> {
    let triples = view.public_description(iri)?;
    if triples.is_empty() {
        return Ok(None);
    }
    let generation = view.changed_at(iri)?.unwrap_or_default();
    let kind = match view.kind_of(iri)? {
        Some(kind) => kind,
        None => Kind::named("concept").ok_or_else(|| StoreError::Unreadable(iri.to_string()))?,
    };
    let (modified, changed_by) = match view.change(generation)? {
        Some((time, source)) => (time, Some(source)),
        None => (String::new(), None),
    };
    Ok(Some(Document {
        description: Description {
            iri: iri.clone(),
            triples,
        },
        kind,
        generation,
        modified,
        sources: shares(view, iri)?,
        choices: Vec::new(),
        changed_by,
        labels: BTreeMap::new(),
        around: Vec::new(),
        agents: Vec::new(),
        incoming: Vec::new(),
        incoming_total: 0,
    }))
}

/// When a generation was accepted (xsd:dateTime, UTC); empty when it is not known.
///
/// # Errors
/// When the storage fails.
pub fn time_of(view: &View<'_>, generation: Generation) -> Result<String, StoreError> {
    Ok(view
        .change(generation)?
        .map(|(time, _)| time)
        .unwrap_or_default())
}

/// The sources that speak of an entity, those that are followed first, without their claims.
fn shares(view: &View<'_>, iri: &NamedNode) -> Result<Vec<SourceShare>, StoreError> {
    let mut shares = Vec::new();
    let mut names = BTreeSet::new();
    for member in view.members(iri)? {
        names.extend(view.sources_of(&member)?);
    }
    for name in names {
        if let Some(source) = view.source(&name)? {
            shares.push(SourceShare {
                source,
                triples: Vec::new(),
                left_out: Vec::new(),
            });
        }
    }
    shares.sort_by(|a, b| (a.source.rank, &a.source.name).cmp(&(b.source.rank, &b.source.name)));
    Ok(shares)
}

/// Places, productions, works and series that a description points to, and what those are in.
fn around(view: &View<'_>, description: &Description) -> Result<Vec<Description>, StoreError> {
    const FOLLOWED: [NamedNodeRef<'static>; 5] = [
        schema::LOCATION,
        schema::CONTAINED_IN_PLACE,
        schema::WORK_PERFORMED,
        schema::SUPER_EVENT,
        NamedNodeRef::new_unchecked("http://schema.org/isBasedOn"),
    ];
    let linked = |triples: &[Triple]| -> Vec<NamedNode> {
        triples
            .iter()
            .filter(|triple| FOLLOWED.contains(&triple.predicate.as_ref()))
            .filter_map(|triple| match &triple.object {
                Term::NamedNode(object) if view.is_whole(object) => Some(object.clone()),
                _ => None,
            })
            .collect()
    };
    let mut queue: VecDeque<NamedNode> = linked(&description.triples).into();
    let mut seen = BTreeSet::from([description.iri.clone()]);
    let mut around = Vec::new();
    while let Some(iri) = queue.pop_front() {
        if around.len() >= AROUND || !seen.insert(iri.clone()) {
            continue;
        }
        let triples = view.public_description(&iri)?;
        if !triples.is_empty() {
            queue.extend(linked(&triples));
            around.push(Description { iri, triples });
        }
    }
    Ok(around)
}

/// The persons and organisations that a description and those around it name.
fn agents(view: &View<'_>, document: &Document) -> Result<Vec<Description>, StoreError> {
    let descriptions = std::iter::once(&document.description).chain(&document.around);
    let named: BTreeSet<&NamedNode> = descriptions
        .flat_map(|description| &description.triples)
        .filter(|triple| {
            let local = triple.predicate.as_str().strip_prefix(schema::NS);
            local.is_some_and(|local| AGENTS.contains(&local))
        })
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(agent) if view.is_whole(agent) => Some(agent),
            _ => None,
        })
        .collect();
    let mut agents = Vec::new();
    for iri in named.into_iter().take(AGENTS_READ) {
        let mut triples = Vec::new();
        for predicate in [rdf::TYPE, schema::SAME_AS] {
            for quad in view.quads(
                Some(iri.as_ref().into()),
                Some(predicate),
                None,
                Some(GraphNameRef::DefaultGraph),
            ) {
                triples.push(Triple::from(quad?));
            }
        }
        triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
        agents.push(Description {
            iri: iri.clone(),
            triples,
        });
    }
    Ok(agents)
}

/// What points to an entity: the first by date, those to come before those that are over, and
/// how many there are in all.
fn incoming(
    view: &View<'_>,
    iri: &NamedNode,
    now: &str,
) -> Result<(Vec<Incoming>, usize), StoreError> {
    let agent = view.base().sv("agent");
    let mut direct: BTreeSet<(NamedNode, NamedNode)> = BTreeSet::new();
    let mut through_parts: BTreeSet<(NamedNode, NamedNode)> = BTreeSet::new();
    for quad in view.quads(
        None,
        None,
        Some(iri.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    ) {
        let quad = quad?;
        let NamedOrBlankNode::NamedNode(subject) = quad.subject else {
            continue;
        };
        let whole = view.whole_of(&subject);
        if whole == *iri {
            continue;
        }
        if quad.predicate == agent {
            through_parts.insert((whole, view.base().sv("contribution")));
        } else {
            direct.insert((whole, quad.predicate));
        }
    }
    // A contribution whose function names a direct property is there already under that.
    let known: BTreeSet<NamedNode> = direct.iter().map(|(subject, _)| subject.clone()).collect();
    direct.extend(
        through_parts
            .into_iter()
            .filter(|(subject, _)| !known.contains(subject)),
    );
    let total = direct.len();
    let mut incoming = Vec::with_capacity(total.min(INCOMING));
    for (subject, predicate) in direct {
        let value = |predicate: NamedNodeRef<'_>| {
            view.object(
                subject.as_ref().into(),
                predicate,
                GraphNameRef::DefaultGraph,
            )
        };
        let date = match value(schema::START_DATE)? {
            Some(Term::Literal(date)) => Some(date.value().to_owned()),
            _ => None,
        };
        let place = match value(schema::LOCATION)? {
            Some(Term::NamedNode(place)) => Some(place),
            _ => None,
        };
        incoming.push(Incoming {
            subject,
            predicate,
            date,
            place,
        });
    }
    let is_over = |date: &Option<String>| date.as_ref().is_some_and(|date| date.as_str() < now);
    incoming.sort_by(|a, b| {
        is_over(&a.date)
            .cmp(&is_over(&b.date))
            .then_with(|| {
                let order = a.date.cmp(&b.date);
                if is_over(&a.date) && is_over(&b.date) {
                    order.reverse()
                } else {
                    order
                }
            })
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.predicate.cmp(&b.predicate))
    });
    incoming.truncate(INCOMING);
    Ok((incoming, total))
}

/// Every IRI that a page about this document mentions.
fn mentioned(document: &Document) -> BTreeSet<NamedNode> {
    let mut iris = BTreeSet::from([document.description.iri.clone()]);
    let all = document
        .description
        .triples
        .iter()
        .chain(document.sources.iter().flat_map(|share| &share.triples))
        .chain(document.around.iter().flat_map(|around| &around.triples));
    for triple in all {
        iris.insert(triple.predicate.clone());
        if let Term::NamedNode(object) = &triple.object {
            iris.insert(object.clone());
        }
        if let Term::Literal(literal) = &triple.object {
            iris.insert(literal.datatype().into_owned());
        }
    }
    for incoming in &document.incoming {
        iris.insert(incoming.subject.clone());
        iris.insert(incoming.predicate.clone());
        iris.extend(incoming.place.clone());
    }
    iris
}

/// The public labels of resources, by IRI; those that have none are left out.
///
/// # Errors
/// When the storage fails.
pub fn labels(
    view: &View<'_>,
    iris: &BTreeSet<NamedNode>,
) -> Result<BTreeMap<String, Vec<Literal>>, StoreError> {
    let mut labels = BTreeMap::new();
    for iri in iris {
        let mut found = Vec::new();
        for predicate in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
            for quad in view.quads(
                Some(iri.as_ref().into()),
                Some(predicate),
                None,
                Some(GraphNameRef::DefaultGraph),
            ) {
                if let Term::Literal(literal) = quad?.object {
                    found.push(literal);
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        if !found.is_empty() {
            found.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
            labels.insert(iri.as_str().to_owned(), found);
        }
    }
    Ok(labels)
}
