//! Rules 1, 10 and 12, and what the server computes: which terms of other vocabularies are
//! taken, and under which IRI.

use super::draft::{Draft, shown};
use super::{Context, values};
use crate::model::property::Fusion;
use crate::model::vocabulary::{PREFIXES, rdf};
use crate::model::{Severity, Text};
use oxrdf::{NamedNode, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Namespaces with several spellings: rule, what is met, what is kept.
const SPELLINGS: &[(u8, &str, &str)] = &[
    (1, "https://schema.org/", "http://schema.org/"),
    (1, "http://www.schema.org/", "http://schema.org/"),
    (1, "https://www.schema.org/", "http://schema.org/"),
    (
        10,
        "https://www.datatourisme.gouv.fr/ontology/core#",
        "https://www.datatourisme.fr/ontology/core#",
    ),
];

/// INSEE's ontologies of territories, besides the one that has a prefix.
const INSEE: &str = "http://rdf.insee.fr/def/";

/// What is done with a property.
#[derive(Clone, Debug)]
enum Fate {
    Keep,
    Respelt(NamedNode, &'static (u8, &'static str, &'static str)),
    Computed,
    Unknown,
}

pub(super) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let mut fates: FxHashMap<NamedNode, Fate> = FxHashMap::default();
    let mut unknown: BTreeMap<String, (usize, NamedOrBlankNode)> = BTreeMap::new();
    let mut told: FxHashSet<(NamedOrBlankNode, &str)> = FxHashSet::default();
    for node in draft.subjects() {
        if let NamedOrBlankNode::NamedNode(iri) = &node
            && values::is_harmful(iri)
        {
            refuse(draft, &node, iri);
        }
        let mut kept = Vec::new();
        let mut respelt: Vec<&'static (u8, &str, &str)> = Vec::new();
        for (property, value) in draft.take(&node) {
            let fate = fates
                .entry(property.clone())
                .or_insert_with(|| fate(&property, context));
            let property = match fate {
                Fate::Keep => property,
                Fate::Respelt(new, spelling) => {
                    respelt.push(spelling);
                    if context.is_computed(new) {
                        left_out(draft, &node, new, &value, Why::Computed);
                        continue;
                    }
                    new.clone()
                }
                Fate::Computed => {
                    left_out(draft, &node, &property, &value, Why::Computed);
                    continue;
                }
                Fate::Unknown => {
                    left_out(draft, &node, &property, &value, Why::Unknown);
                    unknown
                        .entry(property.into_string())
                        .or_insert_with(|| (0, node.clone()))
                        .0 += 1;
                    continue;
                }
            };
            let value = match value {
                Term::NamedNode(iri) if !context.is_link(&property) => match respelling(&iri) {
                    Some((new, spelling)) => {
                        respelt.push(spelling);
                        Term::NamedNode(new)
                    }
                    None => Term::NamedNode(iri),
                },
                value => value,
            };
            if property.as_ref() == rdf::TYPE {
                match &value {
                    Term::NamedNode(class) if is_known(class.as_str(), context) => {}
                    Term::NamedNode(class) => {
                        left_out(draft, &node, &property, &value, Why::Unknown);
                        unknown
                            .entry(class.as_str().to_owned())
                            .or_insert_with(|| (0, node.clone()))
                            .0 += 1;
                        continue;
                    }
                    // A text or a blank node is no class.
                    Term::Literal(_) | Term::BlankNode(_) => {
                        left_out(draft, &node, &property, &value, Why::Unknown);
                        continue;
                    }
                }
            }
            kept.push((property, value));
        }
        draft.put(&node, kept);
        // A note for each term, or for each part, would be most of the report.
        let root = draft.root(&node);
        for (rule, before, after) in respelt {
            if told.insert((root.clone(), *before)) {
                draft.rewrote(*rule, &root, "", *before, *after);
            }
        }
    }
    for (term, (count, node)) in unknown {
        draft.found(
            Severity::Info,
            "unknown-term",
            &node,
            Some(&term),
            None,
            |_| {
                let (fr, en) = match count {
                    1 => ("une fois".to_owned(), "once".to_owned()),
                    count => (format!("{count} fois"), format!("{count} times")),
                };
                Text::new(
                    format!(
                        "le terme `{term}` n’appartient à aucun des vocabulaires du modèle : rencontré {fr}, il n’a pas été repris ; pour le conserver, déclarez son espace de noms dans les réglages de la source"
                    ),
                    format!(
                        "the term `{term}` is of none of the vocabularies of the model: met {en}, it was left out; to keep it, declare its namespace in the settings of the source"
                    ),
                )
            },
        );
    }
}

/// Something whose IRI would run or fetch what readers did not ask for is nobody's.
fn refuse(draft: &mut Draft, node: &NamedOrBlankNode, iri: &NamedNode) {
    draft.report.refused.insert(node.clone());
    draft.found(
        Severity::Violation,
        "subject-scheme",
        node,
        None,
        Some(iri.as_str()),
        |subject| {
            Text::new(
                format!("`{subject}` n’est pas l’identifiant d’une ressource : elle n’est pas reprise ; donnez-lui une IRI en `https://`"),
                format!("`{subject}` is not the identifier of a resource: it is not taken; give it an IRI that starts with `https://`"),
            )
        },
    );
}

enum Why {
    Unknown,
    Computed,
}

fn left_out(
    draft: &mut Draft,
    node: &NamedOrBlankNode,
    property: &NamedNode,
    value: &Term,
    why: Why,
) {
    let rule = match why {
        Why::Unknown => 12,
        Why::Computed => 17,
    };
    draft.rewrote(rule, node, property.as_str(), shown(value), "");
}

fn fate(property: &NamedNode, context: &Context<'_>) -> Fate {
    if let Some((new, spelling)) = respelling(property) {
        return Fate::Respelt(new, spelling);
    }
    if context.is_computed(property) {
        return Fate::Computed;
    }
    if is_known(property.as_str(), context) {
        Fate::Keep
    } else {
        Fate::Unknown
    }
}

fn respelling(iri: &NamedNode) -> Option<(NamedNode, &'static (u8, &'static str, &'static str))> {
    SPELLINGS.iter().find_map(|spelling| {
        let local = iri.as_str().strip_prefix(spelling.1)?;
        let new = NamedNode::new(format!("{}{local}", spelling.2)).ok()?;
        Some((new, spelling))
    })
}

/// Whether a term is of a vocabulary that the model lists, or of one that the source keeps.
fn is_known(iri: &str, context: &Context<'_>) -> bool {
    PREFIXES
        .iter()
        .any(|(_, namespace)| iri.starts_with(namespace))
        || iri.starts_with(INSEE)
        || context.base.owns(iri)
        || context
            .source
            .keeps
            .iter()
            .any(|namespace| !namespace.is_empty() && iri.starts_with(namespace.as_str()))
}

impl Context<'_> {
    /// Whether the server computes the property, so that no claim may say it. `schema:subEvent`
    /// is turned around by the rule about events.
    fn is_computed(&self, property: &NamedNode) -> bool {
        self.properties.fusion(property.as_str()) == Fusion::Computed
            && property.as_str() != "http://schema.org/subEvent"
    }
}
