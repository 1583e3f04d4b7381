//! Compact JSON-LD, written against one context that is known in full.
//!
//! The terms come from the context document itself, so what is written can never contradict it.
//! A value that no term of the context can express as it stands is written under a full IRI or
//! as a value object; nothing is ever left out.

use crate::model::vocabulary::{rdf, xsd};
use crate::rdf::order::compare_terms;
use indexmap::IndexMap;
use oxrdf::{LiteralRef, NamedOrBlankNodeRef, TermRef, Triple, TripleRef};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{self, Write};

/// Parts deeper than this stand beside their entity instead of inside it.
const MAX_NESTING: usize = 16;

/// Why a text is not a context that the writer understands.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    #[error("the context is not JSON: {0}")]
    NotJson(#[from] serde_json::Error),
    #[error("the context document has no `@context` object")]
    NoContext,
    #[error("the term `{term}` uses `{feature}`, which the JSON-LD writer does not know")]
    Unsupported { term: String, feature: String },
}

/// What a term's definition asks of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Coercion {
    /// Nothing: strings are strings.
    None,
    /// `@type: @id`.
    Id,
    /// `@type: @vocab`.
    Vocabulary,
    /// `@type` is a datatype.
    Datatype(String),
    /// `@language`, in lower case.
    Language(String),
}

#[derive(Clone, Debug)]
struct Definition {
    iri: String,
    coercion: Coercion,
    /// `@container: @language`: an object from language to texts.
    by_language: bool,
    /// `@container: @set`: always an array.
    is_set: bool,
    is_prefix: bool,
}

/// The terms of a JSON-LD context.
#[derive(Clone, Debug)]
pub struct Context {
    iri: String,
    terms: BTreeMap<String, Definition>,
    /// For each property IRI, its terms; the ones with a coercion first.
    terms_of: BTreeMap<String, Vec<String>>,
    vocabulary: Option<String>,
    language: Option<String>,
}

impl Context {
    /// Whether a reader would take one of the triple's IRIs for a prefixed name: the IRI
    /// `schema:name`, where `schema` is a term (JSON-LD 1.1 API §5.2). No `//` follows a prefix.
    pub fn misreads(&self, triple: TripleRef<'_>) -> bool {
        let is_taken = |iri: &str| {
            iri.split_once(':').is_some_and(|(scheme, rest)| {
                !rest.starts_with("//") && self.terms.contains_key(scheme)
            })
        };
        let subject = match triple.subject {
            NamedOrBlankNodeRef::NamedNode(node) => is_taken(node.as_str()),
            NamedOrBlankNodeRef::BlankNode(_) => false,
        };
        let object = match triple.object {
            TermRef::NamedNode(node) => is_taken(node.as_str()),
            TermRef::BlankNode(_) => false,
            TermRef::Literal(literal) => is_taken(literal.datatype().as_str()),
        };
        subject || is_taken(triple.predicate.as_str()) || object
    }

    /// Reads a context document (`{"@context": {…}}`), in which `{base}` stands for `base`.
    /// `iri` is how documents will refer to it.
    ///
    /// # Errors
    /// When it is not JSON, or uses a feature of JSON-LD that this writer does not know.
    pub fn parse(document: &str, base: &str, iri: &str) -> Result<Self, ContextError> {
        let document: Value = serde_json::from_str(&document.replace("{base}", base))?;
        let Some(Value::Object(source)) = document.get("@context") else {
            return Err(ContextError::NoContext);
        };
        let reader = ContextReader { source };
        let text = |key: &str| source.get(key).and_then(Value::as_str).map(str::to_owned);
        let mut terms = BTreeMap::new();
        for (term, definition) in source {
            if term.starts_with('@') {
                let known = ["@vocab", "@language", "@version", "@base", "@protected"];
                if !known.contains(&term.as_str()) {
                    return Err(unsupported(term, term));
                }
            } else if let Some(definition) = reader.definition(term, definition)? {
                terms.insert(term.clone(), definition);
            }
        }
        let mut terms_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (term, definition) in &terms {
            terms_of
                .entry(definition.iri.clone())
                .or_default()
                .push(term.clone());
        }
        for names in terms_of.values_mut() {
            names.sort_by_key(|name| {
                terms
                    .get(name)
                    .is_none_or(|term| term.coercion == Coercion::None)
            });
        }
        Ok(Self {
            iri: iri.to_owned(),
            terms,
            terms_of,
            vocabulary: text("@vocab"),
            language: text("@language").map(|tag| tag.to_lowercase()),
        })
    }

    /// How documents refer to the context.
    pub fn iri(&self) -> &str {
        &self.iri
    }

    /// The name under which a property or class may stand where terms are looked up.
    fn vocabulary_name(&self, iri: &str) -> String {
        let plain = self.terms_of.get(iri).and_then(|terms| terms.first());
        if let Some(term) = plain {
            return term.clone();
        }
        let relative = self
            .vocabulary
            .as_ref()
            .and_then(|vocabulary| iri.strip_prefix(vocabulary.as_str()))
            .filter(|local| {
                !local.is_empty()
                    && local.bytes().all(|byte| byte.is_ascii_alphanumeric())
                    && !self.terms.contains_key(*local)
            });
        match relative {
            Some(local) => local.to_owned(),
            None => self.compact(iri),
        }
    }

    /// `prefix:local`, or the IRI as it is.
    fn compact(&self, iri: &str) -> String {
        self.terms
            .iter()
            .filter(|(_, definition)| definition.is_prefix)
            .filter_map(|(prefix, definition)| {
                let local = iri.strip_prefix(definition.iri.as_str())?;
                let name = format!("{prefix}:{local}");
                (!local.is_empty() && !local.starts_with("//") && !self.terms.contains_key(&name))
                    .then_some(name)
            })
            .min_by_key(String::len)
            .unwrap_or_else(|| iri.to_owned())
    }
}

struct ContextReader<'a> {
    source: &'a Map<String, Value>,
}

impl ContextReader<'_> {
    fn definition(&self, term: &str, value: &Value) -> Result<Option<Definition>, ContextError> {
        let object = match value {
            Value::Null => return Ok(None),
            // A keyword's other name (`"id": "@id"`): understood by readers, not used by us.
            Value::String(name) if name.starts_with('@') => return Ok(None),
            Value::String(name) => {
                let iri = self.expand(name, 0);
                return Ok(Some(Definition {
                    // JSON-LD 1.1 §9.2: a simple term may be a prefix when its IRI ends in a
                    // gen-delim character.
                    is_prefix: iri.ends_with([':', '/', '?', '#', '[', ']', '@']),
                    iri,
                    coercion: Coercion::None,
                    by_language: false,
                    is_set: false,
                }));
            }
            Value::Object(object) => object,
            _ => return Err(unsupported(term, &value.to_string())),
        };
        let known = [
            "@id",
            "@type",
            "@container",
            "@language",
            "@prefix",
            "@protected",
        ];
        if let Some(key) = object.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(unsupported(term, key));
        }
        let iri = match object.get("@id") {
            Some(Value::String(name)) if name.starts_with('@') => return Ok(None),
            Some(Value::String(name)) => self.expand(name, 0),
            Some(_) => return Ok(None),
            None => self.expand_relative(term),
        };
        let coercion = match (object.get("@type"), object.get("@language")) {
            (Some(Value::String(kind)), _) => match kind.as_str() {
                "@id" => Coercion::Id,
                "@vocab" => Coercion::Vocabulary,
                "@none" => Coercion::None,
                keyword if keyword.starts_with('@') => return Err(unsupported(term, keyword)),
                datatype => Coercion::Datatype(self.expand(datatype, 0)),
            },
            (None, Some(Value::String(tag))) => Coercion::Language(tag.to_lowercase()),
            (None, Some(Value::Null)) => Coercion::Language(String::new()),
            _ => Coercion::None,
        };
        let containers: Vec<&str> = match object.get("@container") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::String(container)) => vec![container.as_str()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
            Some(other) => return Err(unsupported(term, &other.to_string())),
        };
        if let Some(container) = containers
            .iter()
            .find(|container| !["@set", "@language"].contains(*container))
        {
            return Err(unsupported(term, container));
        }
        Ok(Some(Definition {
            iri,
            coercion,
            by_language: containers.contains(&"@language"),
            is_set: containers.contains(&"@set"),
            is_prefix: object.get("@prefix") == Some(&Value::Bool(true)),
        }))
    }

    /// A name in the context as an IRI: terms and prefixes of the context may be used in it.
    fn expand(&self, name: &str, depth: usize) -> String {
        if depth > 8 {
            return name.to_owned();
        }
        let target = |value: &Value| match value {
            Value::String(name) => Some(name.clone()),
            Value::Object(object) => object.get("@id").and_then(Value::as_str).map(str::to_owned),
            _ => None,
        };
        if let Some((prefix, local)) = name.split_once(':') {
            if !local.starts_with("//")
                && let Some(namespace) = self.source.get(prefix).and_then(target)
            {
                return format!("{}{local}", self.expand(&namespace, depth + 1));
            }
            return name.to_owned();
        }
        match self.source.get(name).and_then(target) {
            Some(iri) if iri != name => self.expand(&iri, depth + 1),
            _ => self.expand_relative(name),
        }
    }

    fn expand_relative(&self, term: &str) -> String {
        if term.contains(':') {
            return self.expand(term, 1);
        }
        let vocabulary = self.source.get("@vocab").and_then(Value::as_str);
        format!("{}{term}", vocabulary.unwrap_or_default())
    }
}

fn unsupported(term: &str, feature: &str) -> ContextError {
    ContextError::Unsupported {
        term: term.to_owned(),
        feature: feature.to_owned(),
    }
}

type Rows<'a> = IndexMap<NamedOrBlankNodeRef<'a>, Vec<TripleRef<'a>>>;

struct Writer<'a> {
    context: &'a Context,
    position: &'a dyn Fn(&str) -> usize,
    rows: Rows<'a>,
    /// Subjects that stand at the top, so that nothing embeds them.
    is_root: HashSet<NamedOrBlankNodeRef<'a>>,
    done: HashSet<NamedOrBlankNodeRef<'a>>,
}

/// The nodes of a set of triples: each subject that is the first of its document, or that
/// nothing points to, with the nodes that it points to inside it. `may_embed` says which
/// subjects may stand inside another (an entity's parts; never another entity).
pub fn nodes(
    triples: &[Triple],
    context: &Context,
    position: &dyn Fn(&str) -> usize,
    may_embed: &dyn Fn(NamedOrBlankNodeRef<'_>) -> bool,
) -> Vec<Value> {
    let mut rows: Rows<'_> = IndexMap::new();
    for triple in triples {
        let triple = triple.as_ref();
        rows.entry(triple.subject).or_default().push(triple);
    }
    let pointed_to: HashSet<TermRef<'_>> = triples
        .iter()
        .filter(|triple| triple.predicate.as_ref() != rdf::TYPE)
        .filter(|triple| TermRef::from(triple.subject.as_ref()) != triple.object.as_ref())
        .map(|triple| triple.object.as_ref())
        .collect();
    let is_root = rows
        .keys()
        .enumerate()
        .filter(|(index, subject)| {
            *index == 0 || !may_embed(**subject) || !pointed_to.contains(&TermRef::from(**subject))
        })
        .map(|(_, subject)| *subject)
        .collect();
    let subjects: Vec<NamedOrBlankNodeRef<'_>> = rows.keys().copied().collect();
    let mut writer = Writer {
        context,
        position,
        rows,
        is_root,
        done: HashSet::new(),
    };
    let mut nodes: Vec<(usize, Value)> = Vec::new();
    // Roots first, so that a part stands inside its entity even when it was named before it;
    // then what only a circle of parts points to.
    for roots_only in [true, false] {
        for (index, subject) in subjects.iter().enumerate() {
            if (!roots_only || writer.is_root.contains(subject)) && !writer.done.contains(subject) {
                nodes.push((index, writer.node(*subject, 0)));
            }
        }
    }
    nodes.sort_by_key(|(index, _)| *index);
    nodes.into_iter().map(|(_, node)| node).collect()
}

/// A document of these nodes, with the context's IRI: the one node itself, or a `@graph`.
pub fn document(nodes: Vec<Value>, context: &Context) -> Value {
    let mut document = Map::new();
    document.insert("@context".to_owned(), json!(context.iri()));
    match <[Value; 1]>::try_from(nodes) {
        Ok([Value::Object(node)]) => document.extend(node),
        Ok([other]) => {
            document.insert("@graph".to_owned(), json!([other]));
        }
        Err(nodes) => {
            document.insert("@graph".to_owned(), Value::Array(nodes));
        }
    }
    Value::Object(document)
}

/// Writes triples as one document, with a line end.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn Write,
    triples: &[Triple],
    context: &Context,
    position: &dyn Fn(&str) -> usize,
    may_embed: &dyn Fn(NamedOrBlankNodeRef<'_>) -> bool,
) -> io::Result<()> {
    let document = document(nodes(triples, context, position, may_embed), context);
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

impl<'a> Writer<'a> {
    fn node(&mut self, subject: NamedOrBlankNodeRef<'a>, depth: usize) -> Value {
        self.done.insert(subject);
        let mut rows = self.rows.get(&subject).cloned().unwrap_or_default();
        rows.sort_by(|a, b| {
            (self.position)(a.predicate.as_str())
                .cmp(&(self.position)(b.predicate.as_str()))
                .then_with(|| a.predicate.as_str().cmp(b.predicate.as_str()))
                .then_with(|| compare_terms(a.object, b.object))
        });
        rows.dedup();
        let mut node = Map::new();
        node.insert("@id".to_owned(), json!(self.reference(subject.into())));
        let classes: BTreeSet<String> = rows
            .iter()
            .filter(|row| row.predicate == rdf::TYPE)
            .filter_map(|row| match row.object {
                TermRef::NamedNode(class) => Some(self.context.vocabulary_name(class.as_str())),
                TermRef::BlankNode(class) => Some(format!("_:{}", class.as_str())),
                TermRef::Literal(_) => None,
            })
            .collect();
        if !classes.is_empty() {
            node.insert(
                "@type".to_owned(),
                one_or_many(classes.into_iter().map(Value::String)),
            );
        }
        let mut values: IndexMap<String, Vec<Value>> = IndexMap::new();
        let mut texts: IndexMap<String, BTreeMap<String, Vec<Value>>> = IndexMap::new();
        for row in rows {
            if row.predicate == rdf::TYPE && !matches!(row.object, TermRef::Literal(_)) {
                continue;
            }
            match self.place(row, depth) {
                Place::Value(key, value) => values.entry(key).or_default().push(value),
                Place::Text(key, language, text) => {
                    values.entry(key.clone()).or_default();
                    let texts = texts.entry(key).or_default();
                    texts.entry(language).or_default().push(text);
                }
            }
        }
        for (key, list) in values {
            let value = match texts.swap_remove(&key) {
                Some(by_language) => Value::Object(
                    by_language
                        .into_iter()
                        .map(|(language, list)| (language, one_or_many(list)))
                        .collect(),
                ),
                None if self.context.terms.get(&key).is_some_and(|term| term.is_set) => {
                    Value::Array(list)
                }
                None => one_or_many(list),
            };
            node.insert(key, value);
        }
        Value::Object(node)
    }

    /// Under which key a value goes, and in which form.
    fn place(&mut self, row: TripleRef<'a>, depth: usize) -> Place {
        let context = self.context;
        let iri = row.predicate.as_str();
        let terms = context.terms_of.get(iri).map_or(&[][..], Vec::as_slice);
        let terms = terms
            .iter()
            .filter_map(|name| Some((name, context.terms.get(name)?)));
        let mut fallback = None;
        for (name, term) in terms {
            match row.object {
                TermRef::Literal(literal) if term.by_language => {
                    if let Some(language) = literal.language() {
                        let text = Value::String(literal.value().to_owned());
                        return Place::Text(name.clone(), language.to_lowercase(), text);
                    }
                }
                TermRef::Literal(literal) => {
                    if let Some(value) = self.short_literal(literal, &term.coercion) {
                        return Place::Value(name.clone(), value);
                    }
                    fallback.get_or_insert(name);
                }
                _ if term.by_language => {}
                TermRef::NamedNode(_) | TermRef::BlankNode(_) => {
                    if matches!(term.coercion, Coercion::Id | Coercion::Vocabulary) {
                        let value = self.link(row.object, &term.coercion, depth);
                        return Place::Value(name.clone(), value);
                    }
                    fallback.get_or_insert(name);
                }
            }
        }
        let key = fallback
            .cloned()
            .unwrap_or_else(|| self.key_without_term(iri));
        let value = match row.object {
            TermRef::Literal(literal) => {
                let bare = if context.terms.contains_key(&key) {
                    None
                } else {
                    self.short_literal(literal, &Coercion::None)
                };
                bare.unwrap_or_else(|| self.full_literal(literal))
            }
            link => self.link(link, &Coercion::None, depth),
        };
        Place::Value(key, value)
    }

    /// A key whose definition, if it has one, asks nothing of the values.
    fn key_without_term(&self, iri: &str) -> String {
        if self.context.terms_of.contains_key(iri) {
            // Its terms do not fit the value; a prefixed name that is no term has no coercion.
            return self.context.compact(iri);
        }
        self.context.vocabulary_name(iri)
    }

    /// A literal as a bare JSON value, where the coercion makes it read back as it is.
    fn short_literal(&self, literal: LiteralRef<'_>, coercion: &Coercion) -> Option<Value> {
        let text = literal.value();
        let datatype = literal.datatype();
        let native = || {
            if datatype == xsd::BOOLEAN {
                return match text {
                    "true" => Some(Value::Bool(true)),
                    "false" => Some(Value::Bool(false)),
                    _ => None,
                };
            }
            let number: i64 = text.parse().ok()?;
            // Beyond 2^53 other readers' numbers lose digits.
            (datatype == xsd::INTEGER
                && number.to_string() == text
                && number.unsigned_abs() < (1 << 53))
                .then(|| json!(number))
        };
        let default_language = self.context.language.as_deref().unwrap_or_default();
        match coercion {
            Coercion::None => match literal.language() {
                Some(tag) if tag.eq_ignore_ascii_case(default_language) => Some(json!(text)),
                Some(_) => None,
                None if datatype == xsd::STRING && default_language.is_empty() => Some(json!(text)),
                None => native(),
            },
            Coercion::Language(language) => match literal.language() {
                Some(tag) if tag.eq_ignore_ascii_case(language) => Some(json!(text)),
                Some(_) => None,
                None if datatype == xsd::STRING && language.is_empty() => Some(json!(text)),
                None => native(),
            },
            Coercion::Datatype(name)
                if datatype.as_str() == name && literal.language().is_none() =>
            {
                native().or_else(|| Some(json!(text)))
            }
            Coercion::Datatype(_) | Coercion::Id | Coercion::Vocabulary => None,
        }
    }

    /// A literal as a value object, which reads back as it is under any term.
    fn full_literal(&self, literal: LiteralRef<'_>) -> Value {
        if let Some(language) = literal.language() {
            json!({"@value": literal.value(), "@language": language})
        } else if literal.datatype() == xsd::STRING {
            json!({"@value": literal.value()})
        } else {
            let datatype = self.context.vocabulary_name(literal.datatype().as_str());
            json!({"@value": literal.value(), "@type": datatype})
        }
    }

    /// A link: the node itself where it may stand here, else its IRI.
    fn link(&mut self, target: TermRef<'a>, coercion: &Coercion, depth: usize) -> Value {
        let subject = match target {
            TermRef::NamedNode(node) => Some(NamedOrBlankNodeRef::from(node)),
            TermRef::BlankNode(node) => Some(NamedOrBlankNodeRef::from(node)),
            TermRef::Literal(_) => None,
        };
        if let Some(subject) = subject
            && depth < MAX_NESTING
            && self.rows.contains_key(&subject)
            && !self.is_root.contains(&subject)
            && !self.done.contains(&subject)
        {
            return self.node(subject, depth + 1);
        }
        match (coercion, target) {
            (Coercion::Vocabulary, TermRef::NamedNode(node)) => {
                json!(self.context.vocabulary_name(node.as_str()))
            }
            (Coercion::Id | Coercion::Vocabulary, target) => json!(self.reference(target)),
            (_, target) => json!({"@id": self.reference(target)}),
        }
    }

    /// A subject or a link where terms are not looked up. Entities keep their full IRIs, so
    /// that programs which read this as plain JSON need not know the prefixes.
    fn reference(&self, target: TermRef<'_>) -> String {
        match target {
            TermRef::NamedNode(node) => node.as_str().to_owned(),
            TermRef::BlankNode(node) => format!("_:{}", node.as_str()),
            TermRef::Literal(literal) => literal.value().to_owned(),
        }
    }
}

enum Place {
    Value(String, Value),
    /// Key, language, text: for a term whose values are grouped by language.
    Text(String, String, Value),
}

fn one_or_many(values: impl IntoIterator<Item = Value>) -> Value {
    let values: Vec<Value> = values.into_iter().collect();
    match <[Value; 1]>::try_from(values) {
        Ok([value]) => value,
        Err(values) => Value::Array(values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rdf::sophia::are_isomorphic;
    use crate::rdf::write::tests::{literal, triples};
    use oxrdf::{NamedNode, Term};
    use proptest::prelude::*;

    const CONTEXT: &str = r#"{"@context": {
        "@version": 1.1,
        "id": "@id",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "schema": "http://schema.org/",
        "sv": "{base}/ns#",
        "fonctions": "{base}/vocab/fonctions/",
        "a": {"@id": "schema:a", "@type": "@id"},
        "b": {"@id": "schema:b", "@type": "xsd:dateTime"},
        "c": {"@id": "schema:c", "@container": "@language"},
        "d": {"@id": "schema:d", "@container": "@set"},
        "e": {"@id": "schema:e", "@language": "fr"},
        "f": {"@id": "schema:f", "@type": "@vocab"},
        "g": "schema:g",
        "h": {"@id": "schema:h", "@type": "xsd:integer"},
        "i": {"@id": "sv:a", "@type": "@id", "@container": "@set"}
    }}"#;

    fn context() -> Context {
        let base = "https://data.example.org";
        Context::parse(CONTEXT, base, "https://data.example.org/context.jsonld").expect("a context")
    }

    fn read(text: &str) -> Vec<Triple> {
        read_with(CONTEXT, text)
    }

    fn read_with(context: &str, text: &str) -> Vec<Triple> {
        let document = context.replace("{base}", "https://data.example.org");
        oxjsonld::JsonLdParser::new()
            .for_slice(text.as_bytes())
            .with_load_document_callback(move |_, _| {
                Ok(oxjsonld::JsonLdRemoteDocument {
                    document: document.clone().into_bytes(),
                    document_url: "https://data.example.org/context.jsonld".to_owned(),
                })
            })
            .map(|quad| quad.map(Triple::from))
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{error} in\n{text}"))
    }

    fn text(triples: &[Triple], embed: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, triples, &context(), &|_| 0, &|_| embed).expect("memory");
        String::from_utf8(out).expect("text")
    }

    proptest! {
        #[test]
        fn a_document_is_read_back_the_same(triples in triples(true), embed in any::<bool>()) {
            let text = text(&triples, embed);
            prop_assert!(
                are_isomorphic(&read(&text), &triples).expect("comparable"),
                "{}", text
            );
        }
    }

    const OURS: &str = include_str!("../../ontology/context.jsonld");

    fn ours() -> Context {
        let base = "https://data.example.org";
        Context::parse(OURS, base, "https://data.example.org/context.jsonld").expect("our context")
    }

    /// An entity with parts, described with the properties and classes that our context names.
    fn description() -> impl Strategy<Value = Vec<Triple>> {
        let names: Vec<NamedNode> = ours()
            .terms_of
            .keys()
            .map(NamedNode::new_unchecked)
            .collect();
        let subject = "(#part-[a-d])?".prop_map(|part| {
            NamedNode::new_unchecked(format!("https://data.example.org/id/x{part}"))
        });
        let name = proptest::sample::select(names);
        let predicate = prop_oneof![6 => name.clone(), 1 => Just(rdf::TYPE.into_owned())];
        let object = prop_oneof![
            subject.clone().prop_map(Term::from),
            name.prop_map(Term::from),
            literal().prop_map(Term::from),
        ];
        proptest::collection::vec(
            (subject, predicate, object).prop_map(|(s, p, o)| Triple::new(s, p, o)),
            0..40,
        )
    }

    proptest! {
        #[test]
        fn a_description_in_our_own_context_is_read_back_the_same(triples in description()) {
            let mut out = Vec::new();
            write(&mut out, &triples, &ours(), &|_| 0, &|subject| {
                subject.to_string().contains('#')
            })
            .expect("memory");
            let text = String::from_utf8(out).expect("text");
            prop_assert!(
                are_isomorphic(&read_with(OURS, &text), &triples).expect("comparable"),
                "{}", text
            );
        }
    }

    #[test]
    fn a_context_with_an_unknown_feature_is_refused() {
        let document = r#"{"@context": {"x": {"@reverse": "http://e.example/x"}}}"#;
        assert!(matches!(
            Context::parse(document, "", ""),
            Err(ContextError::Unsupported { .. })
        ));
    }
}
