//! Reads what the document of one entity is written from, out of one state of the store.

use crate::model::kind::Kind;
use crate::model::vocabulary::{rdf, rdfs, schema, skos};
use crate::model::{Description, Generation, Source};
use crate::publish::{Document, Incoming, SourceShare};
use crate::store::{StoreError, View, about_node};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many of the entities that point to one its page names.
const NAMED_INCOMING: usize = 60;
/// How many of them are looked at to find those that come first.
const READ_INCOMING: usize = 5_000;
/// How many descriptions a page reads along, and how far away they may be.
const AROUND: usize = 16;
const AROUND_STEPS: usize = 3;

/// Who reads the document: a page shows labels, claims and what is around, data formats do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Page,
    Data,
}

/// The document of an entity, or of anything else that is described in the public data; `None`
/// when nothing is. `today` is an ISO date.
///
/// # Errors
/// When the storage fails.
pub fn read(
    view: View<'_>,
    iri: &NamedNode,
    reader: Reader,
    today: &str,
) -> Result<Option<Document>, StoreError> {
    let triples = view.public_description(iri)?;
    if triples.is_empty() {
        return Ok(None);
    }
    let generation = changed_at(view, iri)?;
    let modified = view
        .change(generation)?
        .map_or_else(String::new, |(time, _)| time);
    let mut document = Document {
        kind: kind_of(view, iri, &triples)?,
        description: Description {
            iri: iri.clone(),
            triples,
        },
        generation,
        modified,
        sources: shares(view, iri, reader)?,
        labels: BTreeMap::new(),
        around: Vec::new(),
        incoming: Vec::new(),
        incoming_total: 0,
    };
    if reader == Reader::Page {
        document.around = around(view, &document.description)?;
        (document.incoming, document.incoming_total) = incoming(view, iri, today)?;
        document.labels = labels(view, mentioned(&document))?;
    }
    Ok(Some(document))
}

/// The change that last touched an entity; for what the registry does not follow, the last one.
///
/// # Errors
/// When the storage fails.
pub fn changed_at(view: View<'_>, iri: &NamedNode) -> Result<Generation, StoreError> {
    match view.changed_at(iri)? {
        Some(generation) => Ok(generation),
        None => view.generation(),
    }
}

fn kind_of(
    view: View<'_>,
    iri: &NamedNode,
    triples: &[Triple],
) -> Result<&'static Kind, StoreError> {
    if let Some(kind) = view.kind_of(iri)? {
        return Ok(kind);
    }
    let classes = triples
        .iter()
        .filter(|triple| {
            triple.predicate.as_ref() == rdf::TYPE
                && matches!(&triple.subject, NamedOrBlankNode::NamedNode(s) if s == iri)
        })
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(class) => Some(class.as_str()),
            _ => None,
        });
    Ok(view
        .kinds()
        .of_classes(classes)
        .or_else(|| Kind::named("concept"))
        .expect("the table of kinds has concepts"))
}

fn shares(view: View<'_>, iri: &NamedNode, reader: Reader) -> Result<Vec<SourceShare>, StoreError> {
    let left_out = view.base().sv("leftOut");
    let mut shares = Vec::new();
    for (name, triples) in view.claims(iri)? {
        let source = view
            .source(&name)?
            .unwrap_or_else(|| Source::new(name.clone()));
        let mut share = SourceShare {
            source,
            triples: Vec::new(),
            left_out: Vec::new(),
        };
        if reader == Reader::Page {
            share.triples = triples;
            share.left_out = view
                .registry(&about_node(view.base(), &name, iri))?
                .into_iter()
                .filter(|quad| quad.predicate == left_out)
                .filter_map(|quad| match quad.object {
                    Term::NamedNode(property) => Some(property.into_string()),
                    _ => None,
                })
                .collect();
            share.left_out.sort_unstable();
        }
        shares.push(share);
    }
    shares.sort_by(|a, b| (a.source.rank, &a.source.name).cmp(&(b.source.rank, &b.source.name)));
    Ok(shares)
}

/// What a page reads along: where, what is played, and as part of what.
fn around(view: View<'_>, description: &Description) -> Result<Vec<Description>, StoreError> {
    let expression = NamedNode::new_unchecked("http://kg.artsdata.ca/ontology/usesExpressionOf");
    let followed: [NamedNodeRef<'_>; 5] = [
        schema::LOCATION,
        schema::CONTAINED_IN_PLACE,
        schema::WORK_PERFORMED,
        schema::SUPER_EVENT,
        expression.as_ref(),
    ];
    let targets = |triples: &[Triple]| -> Vec<NamedNode> {
        triples
            .iter()
            .filter(|triple| followed.contains(&triple.predicate.as_ref()))
            .filter_map(|triple| match &triple.object {
                Term::NamedNode(target) if view.base().entity_of(target.as_str()).is_some() => {
                    Some(view.whole_of(target))
                }
                _ => None,
            })
            .collect()
    };
    let mut seen = BTreeSet::from([description.iri.clone()]);
    let mut queue: VecDeque<(NamedNode, usize)> = targets(&description.triples)
        .into_iter()
        .map(|target| (target, 1))
        .collect();
    let mut found = Vec::new();
    while let Some((iri, steps)) = queue.pop_front() {
        if found.len() == AROUND {
            break;
        }
        if !seen.insert(iri.clone()) {
            continue;
        }
        let triples = view.public_description(&iri)?;
        if triples.is_empty() {
            continue;
        }
        if steps < AROUND_STEPS {
            queue.extend(targets(&triples).into_iter().map(|next| (next, steps + 1)));
        }
        found.push(Description { iri, triples });
    }
    Ok(found)
}

/// The entities that point to one: those to come first, by date; then those that are over, the
/// latest first; then those without a date.
fn incoming(
    view: View<'_>,
    iri: &NamedNode,
    today: &str,
) -> Result<(Vec<Incoming>, usize), StoreError> {
    let mut pointing = BTreeSet::new();
    for quad in view.quads(
        None,
        None,
        Some(iri.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    ) {
        let quad = quad?;
        if let NamedOrBlankNode::NamedNode(subject) = quad.subject {
            let subject = view.whole_of(&subject);
            if subject != *iri {
                pointing.insert((subject, quad.predicate));
            }
        }
    }
    let total = pointing.len();
    let mut found = Vec::new();
    for (subject, predicate) in pointing.into_iter().take(READ_INCOMING) {
        let value = |property: NamedNodeRef<'_>| {
            view.object(
                subject.as_ref().into(),
                property,
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
        found.push(Incoming {
            subject,
            predicate,
            date,
            place,
        });
    }
    found.sort_by(|a, b| {
        let order = |incoming: &Incoming| match &incoming.date {
            Some(date) if date.as_str() >= today => (0, Some(date.clone()), None),
            Some(date) => (1, None, Some(Reverse(date.clone()))),
            None => (2, None, None),
        };
        order(a)
            .cmp(&order(b))
            .then_with(|| a.subject.cmp(&b.subject))
            .then_with(|| a.predicate.cmp(&b.predicate))
    });
    found.truncate(NAMED_INCOMING);
    Ok((found, total))
}

/// All IRIs that a document mentions.
fn mentioned(document: &Document) -> BTreeSet<NamedNode> {
    let mut iris = BTreeSet::from([document.description.iri.clone()]);
    let claims = document.sources.iter().map(|share| &share.triples);
    let descriptions = document.around.iter().map(|around| &around.triples);
    for triple in claims
        .chain(descriptions)
        .chain([&document.description.triples])
        .flatten()
    {
        if let NamedOrBlankNode::NamedNode(subject) = &triple.subject {
            iris.insert(subject.clone());
        }
        iris.insert(triple.predicate.clone());
        if let Term::NamedNode(object) = &triple.object {
            iris.insert(object.clone());
        }
    }
    for incoming in &document.incoming {
        iris.insert(incoming.subject.clone());
        iris.insert(incoming.predicate.clone());
        iris.extend(incoming.place.clone());
    }
    iris
}

/// The label literals of IRIs, those that have any.
///
/// # Errors
/// When the storage fails.
pub fn labels(
    view: View<'_>,
    iris: impl IntoIterator<Item = NamedNode>,
) -> Result<BTreeMap<String, Vec<Literal>>, StoreError> {
    let mut labels = BTreeMap::new();
    for iri in iris {
        let mut literals = Vec::new();
        for property in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
            for quad in view.quads(
                Some(iri.as_ref().into()),
                Some(property),
                None,
                Some(GraphNameRef::DefaultGraph),
            ) {
                if let Term::Literal(literal) = quad?.object {
                    literals.push(literal);
                }
            }
        }
        if !literals.is_empty() {
            literals.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
            labels.insert(iri.into_string(), literals);
        }
    }
    Ok(labels)
}
