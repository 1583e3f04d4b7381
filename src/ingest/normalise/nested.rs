//! Rule 9, as far as it is done before identification: bare names and nested descriptions
//! without a class get what the property says they are. And rule 13 for nested identifiers.

use super::Context;
use super::draft::{Draft, shown};
use super::values;
use crate::model::identifiers::{self, External, Siret};
use crate::model::vocabulary::{rdf, schema};
use crate::model::{Severity, Text};
use indexmap::IndexMap;
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::FxHashSet;

type Expected = (&'static str, NamedNodeRef<'static>, bool);

/// What a property points to, where only one thing can be meant: its local name in schema.org,
/// the class, and whether a bare string is its name.
const EXPECTED: &[Expected] = &[
    ("location", schema::PLACE, true),
    ("containedInPlace", schema::PLACE, true),
    ("organizer", schema::ORGANIZATION, true),
    ("address", schema::POSTAL_ADDRESS, false),
    ("geo", schema::GEO_COORDINATES, false),
    ("offers", schema::OFFER, false),
    ("audience", schema::AUDIENCE, false),
    ("identifier", schema::PROPERTY_VALUE, false),
    ("workPerformed", schema::CREATIVE_WORK, true),
    ("superEvent", schema::EVENT_SERIES, false),
    ("image", schema::IMAGE_OBJECT, false),
];

pub(super) fn apply(draft: &mut Draft, _context: &Context<'_>) {
    for node in draft.subjects() {
        let statements = draft.take(&node);
        let mut kept = Vec::with_capacity(statements.len());
        for (property, value) in statements {
            let Some((_, class, takes_names)) = expectation(&property) else {
                kept.push((property, value));
                continue;
            };
            match value {
                Term::Literal(name) if *takes_names => {
                    let nested = draft.new_node();
                    let nested_node = NamedOrBlankNode::from(nested.clone());
                    draft.rewrote(
                        9,
                        &node,
                        property.as_str(),
                        name.value(),
                        format!("[ a {}; schema:name ]", prefixed(*class)),
                    );
                    draft.put(
                        &nested_node,
                        vec![
                            (rdf::TYPE.into_owned(), class.into_owned().into()),
                            (schema::NAME.into_owned(), name.into()),
                        ],
                    );
                    kept.push((property, nested.into()));
                }
                value => kept.push((property, value)),
            }
        }
        draft.put(&node, kept);
    }
    let mut expected: IndexMap<BlankNode, NamedNodeRef<'static>> = IndexMap::new();
    for node in draft.subjects() {
        for (property, value) in draft.statements(&node) {
            if let (Term::BlankNode(nested), Some((_, class, _))) = (value, expectation(property)) {
                expected.entry(nested.clone()).or_insert(*class);
            }
        }
    }
    for (nested, class) in expected {
        let node = NamedOrBlankNode::from(nested);
        if draft.describes(&node) && draft.classes(&node).next().is_none() {
            draft.rewrote(9, &node, rdf::TYPE.as_str(), "", class.as_str());
            draft.add(&node, rdf::TYPE, class);
        }
    }
    for node in draft.subjects() {
        identifiers_of(draft, &node);
    }
}

/// What the table says of a property.
fn expectation(property: &NamedNode) -> Option<&'static Expected> {
    let local = property.as_str().strip_prefix(schema::NS)?;
    EXPECTED.iter().find(|(known, _, _)| *known == local)
}

fn prefixed(class: NamedNodeRef<'_>) -> String {
    class.as_str().replacen(schema::NS, "schema:", 1)
}

/// Gives what stands in `schema:identifier` as a scheme and a value also as `schema:sameAs`,
/// and checks SIRET and SIREN.
fn identifiers_of(draft: &mut Draft, node: &NamedOrBlankNode) {
    let nested: Vec<NamedOrBlankNode> = draft
        .values(node, schema::IDENTIFIER)
        .filter_map(|value| match value {
            Term::BlankNode(nested) => Some(nested.clone().into()),
            Term::NamedNode(nested) => Some(nested.clone().into()),
            Term::Literal(_) => None,
        })
        .collect();
    let mut known: FxHashSet<Term> = draft.values(node, schema::SAME_AS).cloned().collect();
    for identifier in nested {
        let scheme = draft
            .values(&identifier, schema::PROPERTY_ID)
            .next()
            .map(shown);
        let value = draft.text(&identifier, schema::VALUE).map(str::to_owned);
        let (Some(scheme), Some(value)) = (scheme, value) else {
            continue;
        };
        match scheme.to_lowercase().as_str() {
            "siret" => business_number(draft, &identifier, &value, 14),
            "siren" => business_number(draft, &identifier, &value, 9),
            _ => match identifiers::of_value(&scheme, &value) {
                Some(External::Is(iri)) => {
                    let Ok(iri) = NamedNode::new(iri) else {
                        continue;
                    };
                    if known.insert(iri.clone().into()) {
                        draft.rewrote(
                            13,
                            node,
                            schema::SAME_AS.as_str(),
                            format!("{scheme}: {value}"),
                            iri.as_str(),
                        );
                        draft.add(node, schema::SAME_AS, iri);
                    }
                }
                Some(External::Mistyped) => {
                    values::mistyped(draft, &identifier, &schema::VALUE.into_owned(), &value);
                }
                None => {}
            },
        }
    }
}

fn business_number(draft: &mut Draft, identifier: &NamedOrBlankNode, value: &str, length: usize) {
    let compact: String = value
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-'))
        .collect();
    if compact != value {
        let statements = draft
            .take(identifier)
            .into_iter()
            .map(|(property, term)| match &term {
                Term::Literal(literal)
                    if property.as_ref() == schema::VALUE && literal.value() == value =>
                {
                    (
                        property,
                        Literal::new_simple_literal(compact.clone()).into(),
                    )
                }
                _ => (property, term),
            })
            .collect();
        draft.put(identifier, statements);
        draft.rewrote(
            13,
            identifier,
            schema::VALUE.as_str(),
            value,
            compact.clone(),
        );
    }
    let (fr, en) = match identifiers::check_siret(&compact, length) {
        Siret::Right => return,
        Siret::Length => (
            format!("n’a pas {length} chiffres"),
            format!("does not have {length} digits"),
        ),
        Siret::Check => (
            "a une clé de contrôle fausse".to_owned(),
            "has a wrong check digit".to_owned(),
        ),
    };
    draft.found(
        Severity::Warning,
        "siret",
        identifier,
        Some(schema::VALUE.as_str()),
        Some(&compact),
        |subject| {
            Text::new(
                format!("le numéro `{compact}` de `{subject}` {fr} ; recopiez-le"),
                format!("the number `{compact}` of `{subject}` {en}; copy it again"),
            )
        },
    );
}
