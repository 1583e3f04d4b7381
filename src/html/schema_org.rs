//! The schema.org description that search engines read out of a page.
//!
//! It holds schema.org's own terms only, with `https://schema.org` as context, and the names and
//! addresses of what the entity points to; the full data is behind the page's links.

use crate::html::facts::Facts;
use crate::html::shown::best;
use crate::model::vocabulary::{rdf, schema, xsd};
use crate::publish::Document;
use oxrdf::{Literal, NamedOrBlankNode, Term, Triple};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const MAX_DEPTH: usize = 3;

/// Text, of which one language is enough for a search engine.
const TEXTS: &[&str] = &[
    "name",
    "description",
    "caption",
    "disambiguatingDescription",
];

/// The content of the script block: JSON in which no character can end the block. `None` when
/// schema.org has no class for the entity.
pub(crate) fn script(document: &Document, facts: &Facts<'_>) -> Option<String> {
    let iri = document.description.iri.as_str();
    let mut node = Map::new();
    node.insert("@context".to_owned(), json!("https://schema.org"));
    node.extend(object(iri, document, facts, 0)?);
    let text = Value::Object(node).to_string();
    Some(escape(&text))
}

/// In a script block nothing is markup but `</script` and `<!--`; escaping `<`, `>` and `&` as
/// JSON allows rules out both. U+2028 and U+2029 are line ends to JavaScript.
fn escape(json: &str) -> String {
    json.chars().fold(String::new(), |mut text, c| {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                text.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => text.push(c),
        }
        text
    })
}

fn object(
    iri: &str,
    document: &Document,
    facts: &Facts<'_>,
    depth: usize,
) -> Option<Map<String, Value>> {
    let own = facts.about(iri);
    let mut classes: Vec<&str> = own
        .iter()
        .filter(|triple| triple.predicate.as_ref() == rdf::TYPE)
        .filter_map(|triple| match &triple.object {
            Term::NamedNode(class) => class.as_str().strip_prefix(schema::NS),
            _ => None,
        })
        .collect();
    classes.sort_unstable();
    if classes.is_empty() {
        return None;
    }
    let mut node = Map::new();
    node.insert(
        "@type".to_owned(),
        one_or_many(classes.into_iter().map(|c| json!(c)).collect()),
    );
    node.insert("@id".to_owned(), json!(iri));
    let is_linked = depth > 0 && !iri.contains('#');
    let mut by_property: BTreeMap<(usize, &str), Vec<&Triple>> = BTreeMap::new();
    for triple in own {
        let Some(local) = triple.predicate.as_str().strip_prefix(schema::NS) else {
            continue;
        };
        let wanted = !is_linked || ["name", "address", "geo", "sameAs", "url"].contains(&local);
        if wanted {
            let position = facts.properties().position(triple.predicate.as_str());
            by_property
                .entry((position, local))
                .or_default()
                .push(triple);
        }
    }
    for ((_, local), triples) in by_property {
        let literals = || {
            triples.iter().filter_map(|triple| match &triple.object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            })
        };
        let values = if TEXTS.contains(&local) {
            best(literals(), facts.site.lang)
                .map(|literal| vec![json!(literal.value())])
                .unwrap_or_default()
        } else {
            triples
                .iter()
                .filter_map(|triple| value(triple, document, facts, depth))
                .collect()
        };
        if !values.is_empty() {
            node.insert(local.to_owned(), one_or_many(values));
        }
    }
    Some(node)
}

fn value(triple: &Triple, document: &Document, facts: &Facts<'_>, depth: usize) -> Option<Value> {
    match &triple.object {
        Term::Literal(literal) => Some(literal_value(literal)),
        Term::BlankNode(_) => None,
        Term::NamedNode(node) => {
            let iri = node.as_str();
            if let Some(local) = iri.strip_prefix(schema::NS) {
                return Some(json!(format!("https://schema.org/{local}")));
            }
            let is_itself = NamedOrBlankNode::from(node.clone()) == triple.subject;
            if depth < MAX_DEPTH
                && !is_itself
                && iri != document.description.iri.as_str()
                && let Some(inner) = object(iri, document, facts, depth + 1)
            {
                return Some(Value::Object(inner));
            }
            if iri.contains('#') && facts.site.base.owns(iri) {
                // A part without a class of schema.org says nothing to those who read this.
                return None;
            }
            let is_entity = facts.site.base.owns(iri) && facts.has_name(iri);
            Some(if is_entity {
                json!({"@id": iri, "name": facts.name(iri).text})
            } else {
                json!(iri)
            })
        }
    }
}

fn literal_value(literal: &Literal) -> Value {
    let text = literal.value();
    if literal.datatype() == xsd::BOOLEAN {
        return json!(text == "true" || text == "1");
    }
    if literal.datatype() == xsd::INTEGER
        && let Ok(number) = text.parse::<i64>()
    {
        return json!(number);
    }
    json!(text)
}

fn one_or_many(mut values: Vec<Value>) -> Value {
    if values.len() == 1 {
        values.swap_remove(0)
    } else {
        Value::Array(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_end_the_script_block() {
        let json = json!({"name": "</script><!-- & \u{2028}"}).to_string();
        let escaped = escape(&json);
        assert!(!escaped.contains(['<', '>', '&', '\u{2028}']));
        let again: Value = serde_json::from_str(&escaped).expect("JSON");
        assert_eq!(again["name"], "</script><!-- & \u{2028}");
    }
}
