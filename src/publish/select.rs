//! Reading from one snapshot what a document or page is written from.
//!
//! A page reads in proportion to what it shows: what points to an entity comes from an index
//! ([`LinksHere`] is passed in), and what stands around it is read up to a limit.

use crate::model::vocabulary::{rdf, rdfs, schema, skos, xsd};
use crate::model::{Description, Generation, Kind, SourceName};
use crate::publish::document::{Document, Incoming, LinkGroup, LinksHere, SourceShare};
use crate::publish::list::Item;
use crate::rdf::order::compare_triples;
use crate::store::{Standing, StoreError, View};
use oxrdf::{
    GraphNameRef, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term,
    Triple,
};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How many links are read from the store while no index can be asked.
const FEW_LINKS: usize = 200;
/// How many of them are shown of each relation.
const FEW_ROWS: usize = 12;
/// How many places a place may be in.
const CONTAINERS: usize = 4;
/// How many related entities a page reads along.
const AROUND: usize = 24;
/// How many quads of one of them, and how many of its parts.
const AROUND_QUADS: usize = 400;
const AROUND_PARTS: usize = 100;
/// How many names are looked up for one page.
const NAMES: usize = 400;
/// How many names are read of one thing: one for each language, as a rule.
const NAMES_OF_ONE: usize = 60;
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

/// What things are called, by IRI.
pub type Labels = BTreeMap<String, Vec<Literal>>;

/// The document of an entity or concept; `None` when nothing is published under this IRI. `links`
/// is what points to it; `known` are names that need not be read, those of the vocabulary.
///
/// # Errors
/// When the storage fails.
pub fn document(
    view: &View<'_>,
    iri: &NamedNode,
    links: LinksHere,
    known: &Labels,
) -> Result<Option<Document>, StoreError> {
    let Some(mut document) = bare_document(view, iri)? else {
        return Ok(None);
    };
    document.links = links;
    place(view, &mut document.links)?;
    document.around = around(view, &document)?;
    document.agents = agents(view, &document)?;
    let mut claims: BTreeMap<SourceName, Vec<Triple>> = BTreeMap::new();
    for said in view.said_of(iri, view.has_merges()?)? {
        claims.entry(said.source).or_default().extend(said.triples);
    }
    for share in &mut document.sources {
        share.triples = claims.remove(&share.source.name).unwrap_or_default();
        share.left_out = view.left_out(&share.source.name, iri)?;
    }
    document.labels = names_for(view, &document, known)?;
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
    document.around = around(view, document)?;
    document.agents = agents(view, document)?;
    document.labels = names_for(view, document, &Labels::new())?;
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
    bare_document_of(view, iri, &view.standing(iri)?)
}

/// The same, of an entity whose standing is known already.
///
/// # Errors
/// When the storage fails.
pub fn bare_document_of(
    view: &View<'_>,
    iri: &NamedNode,
    standing: &Standing,
) -> Result<Option<Document>, StoreError> {
    let triples = view.public_description(iri)?;
    if triples.is_empty() {
        return Ok(None);
    }
    let generation = standing.changed_at.unwrap_or_default();
    let kind = match standing.kind {
        Some(kind) => kind,
        None => Kind::named("concept").ok_or_else(|| StoreError::Unreadable(iri.to_string()))?,
    };
    let description = Description {
        iri: iri.clone(),
        triples,
    };
    let (modified, changed_by) = match view.change(generation)? {
        Some((time, source)) => (time, Some(source)),
        None => (String::new(), None),
    };
    Ok(Some(Document {
        generation,
        modified,
        sources: sources(view, iri)?,
        changed_by,
        ..Document::new(description, kind)
    }))
}

/// What tells one state of the data about an entity from another: the description is known by
/// when it changed; what is told of its sources may change without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The change that last touched the description or the settings of one of the sources.
    pub changed: Generation,
    /// Stands for which sources there are and what is told of them.
    pub sources: u64,
}

/// The version of what is said about an entity whose description changed then.
///
/// # Errors
/// When the storage fails.
pub fn version(
    view: &View<'_>,
    changed: Generation,
    sources: &[SourceShare],
) -> Result<Version, StoreError> {
    let mut version = Version {
        changed,
        sources: 0,
    };
    let mut hash = Sha256::new();
    for SourceShare { source, .. } in sources {
        let settings = view.settings_changed_at(&source.name)?;
        version.changed = version.changed.max(settings.unwrap_or_default());
        for told in [
            source.name.as_str(),
            source.licence.as_ref().map_or("", NamedNode::as_str),
            source.publisher.as_deref().unwrap_or_default(),
        ] {
            // No text runs into the next one.
            hash.update((told.len() as u64).to_be_bytes());
            hash.update(told);
        }
    }
    let hash = hash.finalize();
    version.sources = hash
        .iter()
        .take(8)
        .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
    Ok(version)
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
///
/// # Errors
/// When the storage fails.
pub fn sources(view: &View<'_>, iri: &NamedNode) -> Result<Vec<SourceShare>, StoreError> {
    let mut sources = BTreeMap::new();
    for member in view.members_if_merged(iri)? {
        let speakers = view.speakers(&member)?.into_iter();
        sources.extend(speakers.map(|source| (source.name.clone(), source)));
    }
    let mut shares: Vec<SourceShare> = sources
        .into_values()
        .map(|source| SourceShare {
            source,
            triples: Vec::new(),
            left_out: Vec::new(),
        })
        .collect();
    shares.sort_by(|a, b| (a.source.rank, &a.source.name).cmp(&(b.source.rank, &b.source.name)));
    Ok(shares)
}

/// Places, productions, works and series that a description points to, and what those are in;
/// then the places of its performances.
fn around(view: &View<'_>, document: &Document) -> Result<Vec<Description>, StoreError> {
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
    let description = &document.description;
    let mut queue: VecDeque<NamedNode> = linked(&description.triples).into();
    let performances = document.links.dates.rows.iter();
    queue.extend(performances.filter_map(|row| row.place.clone()));
    let mut seen = BTreeSet::from([description.iri.clone()]);
    let mut around = Vec::new();
    while let Some(iri) = queue.pop_front() {
        if around.len() >= AROUND {
            break;
        }
        if !seen.insert(iri.clone()) {
            continue;
        }
        let triples = outline(view, &iri)?;
        if !triples.is_empty() {
            queue.extend(linked(&triples));
            around.push(Description { iri, triples });
        }
    }
    Ok(around)
}

/// The public description of what stands around an entity, as far as a page has use for it.
fn outline(view: &View<'_>, iri: &NamedNode) -> Result<Vec<Triple>, StoreError> {
    let read = |subject: &NamedNode| -> Result<Vec<Triple>, StoreError> {
        view.quads(
            Some(subject.as_ref().into()),
            None,
            None,
            Some(GraphNameRef::DefaultGraph),
        )
        .take(AROUND_QUADS)
        .map(|quad| quad.map(Triple::from))
        .collect()
    };
    let mut triples = read(iri)?;
    let part = format!("{}#", iri.as_str());
    let parts: BTreeSet<NamedNode> = triples
        .iter()
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(object) if object.as_str().starts_with(&part) => Some(object.clone()),
            _ => None,
        })
        .take(AROUND_PARTS)
        .collect();
    for part in parts {
        triples.extend(read(&part)?);
    }
    triples.sort_by(|a, b| compare_triples(a.as_ref(), b.as_ref()));
    Ok(triples)
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

/// What points to an entity as far as a short look into the store tells, while there is no index
/// to ask. `today` (`2027-03-02`) tells what is still to come.
///
/// # Errors
/// When the storage fails.
pub fn links_in_store(
    view: &View<'_>,
    iri: &NamedNode,
    today: &str,
) -> Result<LinksHere, StoreError> {
    let mut links = LinksHere::default();
    let mut relations: BTreeMap<NamedNode, BTreeSet<NamedNode>> = BTreeMap::new();
    let pointing = view.quads(
        None,
        None,
        Some(iri.as_ref().into()),
        Some(GraphNameRef::DefaultGraph),
    );
    for (number, quad) in pointing.enumerate() {
        if number >= FEW_LINKS {
            links.is_cut = true;
            break;
        }
        let quad = quad?;
        if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
            let whole = view.whole_of(subject);
            if whole != *iri {
                relations.entry(quad.predicate).or_default().insert(whole);
            }
        }
    }
    for (relation, subjects) in relations {
        let mut by_kind: BTreeMap<&str, Vec<Incoming>> = BTreeMap::new();
        for subject in subjects {
            let Some(kind) = view.kind_of(&subject)?.or(Kind::named("concept")) else {
                continue;
            };
            let value = |predicate| public_value(view, &subject, predicate);
            let mut row = Incoming::new(subject.clone(), kind);
            if let Some(Term::Literal(date)) = value(schema::START_DATE)? {
                row.date = Some(date.value().to_owned());
            }
            if let Some(Term::NamedNode(status)) = value(schema::EVENT_STATUS)? {
                row.status = Some(status);
            }
            by_kind.entry(kind.name).or_default().push(row);
        }
        for rows in by_kind.into_values() {
            links.groups.extend(group(&relation, rows, today));
        }
    }
    links
        .groups
        .sort_by(|a, b| (b.total, &a.relation).cmp(&(a.total, &b.relation)));
    Ok(links)
}

/// The links of one relation and kind, of which the first are kept.
fn group(relation: &NamedNode, mut rows: Vec<Incoming>, today: &str) -> Option<LinkGroup> {
    let is_to_come = |row: &Incoming| row.date.as_deref().is_some_and(|date| date >= today);
    rows.sort_by(|a, b| {
        let upcoming = is_to_come(b).cmp(&is_to_come(a));
        let order = if is_to_come(a) {
            a.date.cmp(&b.date)
        } else {
            b.date.cmp(&a.date)
        };
        upcoming.then(order).then_with(|| a.subject.cmp(&b.subject))
    });
    let upcoming = rows.iter().filter(|row| is_to_come(row)).count();
    let total = rows.len();
    rows.truncate(FEW_ROWS);
    Some(LinkGroup {
        relation: relation.clone(),
        kind: rows.first()?.kind,
        total,
        upcoming,
        rows,
    })
}

fn public_value(
    view: &View<'_>,
    subject: &NamedNode,
    predicate: NamedNodeRef<'_>,
) -> Result<Option<Term>, StoreError> {
    view.object(
        subject.as_ref().into(),
        predicate,
        GraphNameRef::DefaultGraph,
    )
}

/// Says where each takes place that has a date.
fn place(view: &View<'_>, links: &mut LinksHere) -> Result<(), StoreError> {
    let mut places: BTreeMap<NamedNode, Option<NamedNode>> = BTreeMap::new();
    let groups = links.groups.iter_mut().flat_map(|group| &mut group.rows);
    for row in groups.chain(&mut links.dates.rows) {
        if row.date.is_none() {
            continue;
        }
        if !places.contains_key(&row.subject) {
            let place = match public_value(view, &row.subject, schema::LOCATION)? {
                Some(Term::NamedNode(place)) => Some(place),
                _ => None,
            };
            places.insert(row.subject.clone(), place);
        }
        row.place = places.get(&row.subject).cloned().flatten();
    }
    Ok(())
}

/// What a list says of links.
///
/// # Errors
/// When the storage fails.
pub fn items(view: &View<'_>, rows: &[Incoming]) -> Result<Vec<Item>, StoreError> {
    let mut places: BTreeMap<NamedNode, Place> = BTreeMap::new();
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let date = row.date.as_ref().map(|date| {
            let datatype = match date.contains('T') {
                true => xsd::DATE_TIME,
                false => xsd::DATE,
            };
            Literal::new_typed_literal(date, datatype)
        });
        let place = match public_value(view, &row.subject, schema::LOCATION)? {
            Some(Term::NamedNode(place)) => Some(place),
            _ => None,
        };
        if let Some(place) = &place
            && !places.contains_key(place)
        {
            let known = Place {
                names: names_of(view, place)?,
                house: house_of(view, place)?,
                town: town_of(view, place)?,
            };
            places.insert(place.clone(), known);
        }
        let known = place.as_ref().and_then(|place| places.get(place));
        let Place { names, house, town } = known.cloned().unwrap_or_default();
        items.push(Item {
            start: date,
            status: row.status.clone(),
            place: place.map(|place| (place, names)),
            house,
            town,
            ..Item::new(row.subject.clone(), row.kind, names_of(view, &row.subject)?)
        });
    }
    Ok(items)
}

/// What a list says of a place.
#[derive(Clone, Debug, Default)]
struct Place {
    names: Vec<Literal>,
    house: Option<(NamedNode, Vec<Literal>)>,
    town: Option<String>,
}

/// What a place is a room of, and its names, when it has some.
///
/// # Errors
/// When the storage fails.
pub fn house_of(
    view: &View<'_>,
    place: &NamedNode,
) -> Result<Option<(NamedNode, Vec<Literal>)>, StoreError> {
    let Some(Term::NamedNode(house)) = public_value(view, place, schema::CONTAINED_IN_PLACE)?
    else {
        return Ok(None);
    };
    let names = names_of(view, &house)?;
    Ok((!names.is_empty()).then_some((house, names)))
}

/// The town in the address of a place, or of the building that it is in.
fn town_of(view: &View<'_>, place: &NamedNode) -> Result<Option<String>, StoreError> {
    let mut place = place.clone();
    for _ in 0..CONTAINERS {
        if let Some(Term::NamedNode(address)) = public_value(view, &place, schema::ADDRESS)?
            && let Some(Term::Literal(town)) =
                public_value(view, &address, schema::ADDRESS_LOCALITY)?
        {
            return Ok(Some(town.value().to_owned()));
        }
        match public_value(view, &place, schema::CONTAINED_IN_PLACE)? {
            Some(Term::NamedNode(container)) => place = container,
            _ => break,
        }
    }
    Ok(None)
}

/// Every IRI that a page about this document mentions.
fn mentioned(document: &Document) -> BTreeSet<&NamedNode> {
    let mut iris = BTreeSet::from([&document.description.iri]);
    let all = document
        .description
        .triples
        .iter()
        .chain(document.sources.iter().flat_map(|share| &share.triples))
        .chain(document.around.iter().flat_map(|around| &around.triples));
    for triple in all {
        iris.insert(&triple.predicate);
        if let Term::NamedNode(object) = &triple.object {
            iris.insert(object);
        }
    }
    for group in &document.links.groups {
        iris.insert(&group.relation);
    }
    for row in document.links.rows() {
        iris.insert(&row.subject);
        iris.extend(&row.place);
    }
    iris
}

/// The names of all that a document mentions: those that are known, those that stand in what was
/// read already, and the others from the store.
fn names_for(view: &View<'_>, document: &Document, known: &Labels) -> Result<Labels, StoreError> {
    let mut labels = Labels::new();
    let around = document.around.iter();
    for description in around.chain([&document.description]) {
        let names = description.triples.iter().filter_map(|triple| {
            let is_own = triple.predicate == schema::NAME
                && triple.subject.as_ref() == NamedOrBlankNodeRef::from(description.iri.as_ref());
            match &triple.object {
                Term::Literal(name) if is_own => Some(name.clone()),
                _ => None,
            }
        });
        let names = sorted(names.take(NAMES_OF_ONE).collect());
        if !names.is_empty() {
            labels.insert(description.iri.as_str().to_owned(), names);
        }
    }
    let mut looked_up = 0;
    for iri in mentioned(document) {
        if labels.contains_key(iri.as_str()) {
            continue;
        }
        let names = match known.get(iri.as_str()) {
            Some(names) => names.clone(),
            // A part has no name to be called by from elsewhere.
            None if !view.is_whole(iri) || looked_up >= NAMES => continue,
            None => {
                looked_up += 1;
                names_of(view, iri)?
            }
        };
        if !names.is_empty() {
            labels.insert(iri.as_str().to_owned(), names);
        }
    }
    Ok(labels)
}

/// The public labels of resources, by IRI; those that have none are left out.
///
/// # Errors
/// When the storage fails.
pub fn labels(view: &View<'_>, iris: &BTreeSet<NamedNode>) -> Result<Labels, StoreError> {
    let mut labels = Labels::new();
    for iri in iris {
        let names = names_of(view, iri)?;
        if !names.is_empty() {
            labels.insert(iri.as_str().to_owned(), names);
        }
    }
    Ok(labels)
}

/// What one thing is called: its names, else its labels.
///
/// # Errors
/// When the storage fails.
pub fn names_of(view: &View<'_>, iri: &NamedNode) -> Result<Vec<Literal>, StoreError> {
    let about = |predicate| {
        view.quads(
            Some(iri.as_ref().into()),
            predicate,
            None,
            Some(GraphNameRef::DefaultGraph),
        )
    };
    // Most addresses elsewhere are those of nothing that is described here.
    if view.base().entity_of(iri.as_str()).is_none() && about(None).next().transpose()?.is_none() {
        return Ok(Vec::new());
    }
    for predicate in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
        let mut found = Vec::new();
        for quad in about(Some(predicate)).take(NAMES_OF_ONE) {
            if let Term::Literal(literal) = quad?.object {
                found.push(literal);
            }
        }
        if !found.is_empty() {
            return Ok(sorted(found));
        }
    }
    Ok(Vec::new())
}

fn sorted(mut names: Vec<Literal>) -> Vec<Literal> {
    names.sort_by(|a, b| (a.language(), a.value()).cmp(&(b.language(), b.value())));
    names
}
