//! Names of parts: a fragment that follows from what the part says, never from a position or a
//! blank-node label, so that adding one does not rename the others.

use crate::model::noid::ALPHABET;
use crate::model::vocabulary::{rdf, schema};
use crate::model::{Base, SourceName};
use oxrdf::{NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Characters of a hash in a fragment: 29^12 possibilities within one entity.
const HASH_CHARS: usize = 12;

/// What a part is called in its fragment, by its class.
const LABELS: &[(NamedNodeRef<'static>, &str)] = &[
    (schema::POSTAL_ADDRESS, "address"),
    (schema::GEO_COORDINATES, "geo"),
    (schema::OFFER, "offer"),
    (
        NamedNodeRef::new_unchecked("http://schema.org/AggregateOffer"),
        "offer",
    ),
    (schema::IMAGE_OBJECT, "image"),
    (schema::AUDIENCE, "audience"),
    (
        NamedNodeRef::new_unchecked("http://schema.org/PeopleAudience"),
        "audience",
    ),
    (schema::PROPERTY_VALUE, "identifier"),
    (schema::VIRTUAL_LOCATION, "virtual-location"),
    (schema::ROLE, "contribution"),
    (
        NamedNodeRef::new_unchecked("http://schema.org/PerformanceRole"),
        "contribution",
    ),
];

/// Names a part of `entity` by its key and moves its triples, written with the entity as their
/// subject, to that name. Triples of parts nested in it already have their own subjects.
pub fn name(
    entity: &NamedNode,
    source: &SourceName,
    base: &Base,
    triples: Vec<Triple>,
) -> (NamedNode, Vec<Triple>) {
    let own =
        |triple: &Triple| matches!(&triple.subject, NamedOrBlankNode::NamedNode(s) if s == entity);
    let label = LABELS
        .iter()
        .find(|(class, _)| {
            triples.iter().any(|triple| {
                own(triple)
                    && triple.predicate == rdf::TYPE
                    && matches!(&triple.object, Term::NamedNode(c) if c.as_ref() == *class)
            })
        })
        .map_or("part", |(_, label)| *label);
    let values = |predicate: &NamedNode| -> Vec<String> {
        let mut values: Vec<String> = triples
            .iter()
            .filter(|triple| own(triple) && triple.predicate == *predicate)
            .map(|triple| triple.object.to_string())
            .collect();
        values.sort_unstable();
        values.dedup();
        values
    };
    let key: Vec<Vec<String>> = match label {
        // Data model, "Parts": agent + function + character (an entity or only a name). No source in it: two sources that
        // name the same contribution speak of the same part.
        "contribution" => {
            let agents = match values(&base.sv("agent")) {
                agents if agents.is_empty() => values(&base.sv("mention")),
                agents => agents,
            };
            let character_name = NamedNode::new_unchecked(format!("{}characterName", schema::NS));
            vec![
                agents,
                values(&base.sv("fonction")),
                values(&base.sv("personnage")),
                values(&character_name),
            ]
        }
        "offer" => {
            let of =
                |local: &str| values(&NamedNode::new_unchecked(format!("{}{local}", schema::NS)));
            vec![
                vec![source.to_string()],
                of("name"),
                of("price"),
                of("lowPrice"),
                of("highPrice"),
                of("priceCurrency"),
                of("url"),
            ]
        }
        _ => {
            let mut all: Vec<String> = triples
                .iter()
                .filter(|triple| own(triple))
                .map(|triple| format!("{} {}", triple.predicate, triple.object))
                .collect();
            all.sort_unstable();
            all.dedup();
            vec![vec![source.to_string()], all]
        }
    };
    let part = NamedNode::new_unchecked(format!("{}#{label}-{}", entity.as_str(), hash(&key)));
    let triples = triples
        .into_iter()
        .map(|triple| {
            if own(&triple) {
                Triple::new(part.clone(), triple.predicate, triple.object)
            } else {
                triple
            }
        })
        .collect();
    (part, triples)
}

/// The claims on an entity with its parts named anew, after something that they point to got
/// another name.
pub fn rename(
    entity: &NamedNode,
    source: &SourceName,
    base: &Base,
    claims: Vec<Triple>,
) -> Vec<Triple> {
    let mut by_subject: BTreeMap<String, Vec<Triple>> = BTreeMap::new();
    for triple in claims {
        let subject = triple.subject.to_string();
        by_subject.entry(subject).or_default().push(triple);
    }
    let own = by_subject.remove(&entity.to_string()).unwrap_or_default();
    let mut renaming = Renaming {
        entity,
        source,
        base,
        parts: by_subject,
        names: BTreeMap::new(),
        renamed: Vec::new(),
    };
    let own = renaming.follow(own);
    let mut claims = renaming.renamed;
    claims.extend(own);
    claims
}

struct Renaming<'a> {
    entity: &'a NamedNode,
    source: &'a SourceName,
    base: &'a Base,
    /// Parts not named yet, by their former names.
    parts: BTreeMap<String, Vec<Triple>>,
    names: BTreeMap<String, NamedNode>,
    renamed: Vec<Triple>,
}

impl Renaming<'_> {
    /// Names the parts that these triples point to, those nested deepest first.
    fn follow(&mut self, triples: Vec<Triple>) -> Vec<Triple> {
        triples
            .into_iter()
            .map(|mut triple| {
                let former = triple.object.to_string();
                if let Some(said) = self.parts.remove(&former) {
                    let said = self
                        .follow(said)
                        .into_iter()
                        .map(|t| Triple::new(self.entity.clone(), t.predicate, t.object))
                        .collect();
                    let (part, said) = name(self.entity, self.source, self.base, said);
                    self.renamed.extend(said);
                    self.names.insert(former.clone(), part);
                }
                if let Some(part) = self.names.get(&former) {
                    triple.object = part.clone().into();
                }
                triple
            })
            .collect()
    }
}

fn hash(key: &[Vec<String>]) -> String {
    let mut hasher = Sha256::new();
    for values in key {
        // Lengths keep `["ab"]` and `["a", "b"]` apart.
        hasher.update((values.len() as u64).to_be_bytes());
        for value in values {
            hasher.update((value.len() as u64).to_be_bytes());
            hasher.update(value);
        }
    }
    hasher
        .finalize()
        .iter()
        .take(HASH_CHARS)
        .map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()]))
        .collect()
}
