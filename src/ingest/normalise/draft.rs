//! The submission while it is rewritten: subjects with their statements, in the order in which
//! they came, and what is to be told about them.

use crate::model::finding::without_iri;
use crate::model::kind::{Kind, Kinds};
use crate::model::vocabulary::{PREFIXES, rdf};
use crate::model::{Finding, Normalisation, Severity, Text};
use crate::rdf::Graph;
use indexmap::{IndexMap, IndexSet};
use oxrdf::{BlankNode, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::fmt::Write;

/// A property and its value.
pub(super) type Statement = (NamedNode, Term);

/// A submission on its way through the rules.
#[derive(Debug)]
pub(super) struct Draft {
    nodes: IndexMap<NamedOrBlankNode, Vec<Statement>, FxBuildHasher>,
    /// Which subject and property point to a blank node first.
    parents: FxHashMap<BlankNode, (NamedOrBlankNode, NamedNode)>,
    /// How the sender would call a blank node that nothing points to.
    roots: FxHashMap<BlankNode, String>,
    labels: FxHashSet<String>,
    fresh: usize,
    pub report: Report,
}

/// What the sender is told.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub normalisations: Vec<Normalisation>,
    pub findings: Vec<Finding>,
    pub refused: IndexSet<NamedOrBlankNode, FxBuildHasher>,
}

impl Draft {
    pub fn of(graph: &Graph) -> Self {
        let mut draft = Self {
            nodes: IndexMap::default(),
            parents: FxHashMap::default(),
            roots: FxHashMap::default(),
            labels: FxHashSet::default(),
            fresh: 0,
            report: Report::default(),
        };
        for triple in graph.iter() {
            if let NamedOrBlankNode::BlankNode(node) = &triple.subject {
                draft.labels.insert(node.as_str().to_owned());
            }
            if let Term::BlankNode(node) = &triple.object {
                draft.labels.insert(node.as_str().to_owned());
                draft
                    .parents
                    .entry(node.clone())
                    .or_insert_with(|| (triple.subject.clone(), triple.predicate.clone()));
            }
            draft
                .nodes
                .entry(triple.subject.clone())
                .or_default()
                .push((triple.predicate.clone(), triple.object.clone()));
        }
        let roots = draft.nodes.keys().filter_map(|node| match node {
            NamedOrBlankNode::BlankNode(root) if draft.parent(node).is_none() => {
                Some((root.clone(), draft.described(node)))
            }
            _ => None,
        });
        draft.roots = roots.collect();
        draft
    }

    /// What something without an IRI is, by its class and name.
    fn described(&self, node: &NamedOrBlankNode) -> String {
        let class = self.classes(node).next().map_or("resource", local_name);
        // As the sender wrote it: before schema.org's two spellings are made one.
        let name = self
            .statements(node)
            .iter()
            .find_map(|(property, value)| match value {
                Term::Literal(name)
                    if matches!(local_name(property.as_str()), "name" | "prefLabel") =>
                {
                    Some(name.value())
                }
                _ => None,
            });
        let name = name.map(|name| shortened(name.trim()));
        without_iri(class, name.as_deref())
    }

    /// The rewritten submission and what is to be told about it.
    pub fn into_parts(self) -> (Graph, Report) {
        let graph = self
            .nodes
            .into_iter()
            .flat_map(|(subject, statements)| {
                statements
                    .into_iter()
                    .map(move |(predicate, object)| Triple::new(subject.clone(), predicate, object))
            })
            .collect();
        (graph, self.report)
    }

    /// The subjects as they stand now, in order.
    pub fn subjects(&self) -> Vec<NamedOrBlankNode> {
        self.nodes.keys().cloned().collect()
    }

    /// How many statements there are.
    pub fn len(&self) -> usize {
        self.nodes.values().map(Vec::len).sum()
    }

    /// Whether the submission says anything about the node.
    pub fn describes(&self, node: &NamedOrBlankNode) -> bool {
        self.nodes.get(node).is_some_and(|all| !all.is_empty())
    }

    pub fn statements(&self, node: &NamedOrBlankNode) -> &[Statement] {
        self.nodes.get(node).map_or(&[], Vec::as_slice)
    }

    pub fn values<'a>(
        &'a self,
        node: &NamedOrBlankNode,
        property: NamedNodeRef<'a>,
    ) -> impl Iterator<Item = &'a Term> {
        self.statements(node)
            .iter()
            .filter(move |(predicate, _)| predicate.as_ref() == property)
            .map(|(_, value)| value)
    }

    /// The first literal value of a property, as text.
    pub fn text<'a>(
        &'a self,
        node: &NamedOrBlankNode,
        property: NamedNodeRef<'a>,
    ) -> Option<&'a str> {
        self.values(node, property).find_map(|value| match value {
            Term::Literal(literal) => Some(literal.value()),
            _ => None,
        })
    }

    pub fn classes<'a>(&'a self, node: &NamedOrBlankNode) -> impl Iterator<Item = &'a str> {
        self.values(node, rdf::TYPE)
            .filter_map(|value| match value {
                Term::NamedNode(class) => Some(class.as_str()),
                _ => None,
            })
    }

    pub fn has_class(&self, node: &NamedOrBlankNode, class: NamedNodeRef<'_>) -> bool {
        self.classes(node).any(|known| known == class.as_str())
    }

    pub fn kind(&self, node: &NamedOrBlankNode, kinds: &Kinds) -> Option<&'static Kind> {
        kinds.of_classes(self.classes(node))
    }

    /// Takes a node's statements out, to be given back rewritten by [`Draft::put`].
    pub fn take(&mut self, node: &NamedOrBlankNode) -> Vec<Statement> {
        self.nodes
            .get_mut(node)
            .map(std::mem::take)
            .unwrap_or_default()
    }

    pub fn put(&mut self, node: &NamedOrBlankNode, statements: Vec<Statement>) {
        for (property, value) in &statements {
            self.remember_parent(node, property, value);
        }
        *self.nodes.entry(node.clone()).or_default() = statements;
    }

    /// Adds a statement. One that stands there already makes no difference in the end.
    pub fn add(
        &mut self,
        node: &NamedOrBlankNode,
        property: impl Into<NamedNode>,
        value: impl Into<Term>,
    ) {
        let statement = (property.into(), value.into());
        self.remember_parent(node, &statement.0, &statement.1);
        self.nodes.entry(node.clone()).or_default().push(statement);
    }

    fn remember_parent(&mut self, node: &NamedOrBlankNode, property: &NamedNode, value: &Term) {
        if let Term::BlankNode(child) = value
            && !self.parents.contains_key(child)
        {
            self.parents
                .insert(child.clone(), (node.clone(), property.clone()));
        }
    }

    /// A blank node with a label that the submission does not use.
    pub fn new_node(&mut self) -> BlankNode {
        loop {
            let label = format!("new{}", self.fresh);
            self.fresh += 1;
            if self.labels.insert(label.clone()) {
                return BlankNode::new_unchecked(label);
            }
        }
    }

    /// The first subject and property that point to a blank node.
    pub fn parent(&self, node: &NamedOrBlankNode) -> Option<&(NamedOrBlankNode, NamedNode)> {
        match node {
            NamedOrBlankNode::BlankNode(node) => self.parents.get(node),
            NamedOrBlankNode::NamedNode(_) => None,
        }
    }

    /// What a part is part of, in the end; itself when nothing points to it.
    pub fn root(&self, node: &NamedOrBlankNode) -> NamedOrBlankNode {
        let mut at = node;
        let mut steps = 0;
        while let Some((parent, _)) = self.parent(at)
            && steps < 8
        {
            at = parent;
            steps += 1;
        }
        at.clone()
    }

    /// The resource as the sender calls it: its IRI, or how one comes to it from something that
    /// has one, such as `https://theatre.example/1 › location › address`.
    pub fn called(&self, node: &NamedOrBlankNode) -> String {
        let mut path = Vec::new();
        let mut at = node;
        // Deeper than this, or in a circle, the way would tell nobody anything.
        while let Some((parent, property)) = self.parent(at)
            && path.len() < 8
        {
            path.push(local_name(property.as_str()));
            at = parent;
        }
        let mut called = match at {
            NamedOrBlankNode::NamedNode(iri) => iri.as_str().to_owned(),
            NamedOrBlankNode::BlankNode(root) => self
                .roots
                .get(root)
                .map_or_else(|| without_iri("resource", None), Clone::clone),
        };
        for step in path.iter().rev() {
            let _ = write!(called, " › {step}");
        }
        called
    }

    /// Tells that a rule rewrote a value.
    pub fn rewrote(
        &mut self,
        rule: u8,
        node: &NamedOrBlankNode,
        property: &str,
        before: impl Into<String>,
        after: impl Into<String>,
    ) {
        let subject = self.called(node);
        self.report.normalisations.push(Normalisation {
            subject,
            rule,
            property: property.to_owned(),
            before: before.into(),
            after: after.into(),
        });
    }

    /// Tells that a rule rewrote a literal. Where only the datatype changed, it is shown.
    pub fn retyped(
        &mut self,
        rule: u8,
        node: &NamedOrBlankNode,
        property: &str,
        before: &Literal,
        after: &Literal,
    ) {
        if before.value() == after.value() {
            self.rewrote(rule, node, property, typed(before), typed(after));
        } else {
            self.rewrote(
                rule,
                node,
                property,
                shortened(before.value()),
                shortened(after.value()),
            );
        }
    }

    /// Tells that something is wrong, or worth knowing. `fr` and `en` say it after the name of
    /// the resource.
    pub fn found(
        &mut self,
        severity: Severity,
        rule: &str,
        node: &NamedOrBlankNode,
        property: Option<&str>,
        value: Option<&str>,
        message: impl FnOnce(&str) -> Text,
    ) {
        let subject = self.called(node);
        let message = message(&subject);
        self.report.findings.push(Finding::door(
            severity, rule, subject, property, value, message,
        ));
    }
}

/// A literal with its datatype or language, as in Turtle.
fn typed(literal: &Literal) -> String {
    let text = format!("\"{}\"", shortened(literal.value()));
    match literal.language() {
        Some(language) => format!("{text}@{language}"),
        None => {
            let datatype = literal.datatype().as_str();
            let datatype = PREFIXES
                .iter()
                .find_map(|(prefix, namespace)| {
                    Some(format!("{prefix}:{}", datatype.strip_prefix(namespace)?))
                })
                .unwrap_or_else(|| format!("<{datatype}>"));
            format!("{text}^^{datatype}")
        }
    }
}

/// What follows the last `/` or `#` of an IRI.
pub(super) fn local_name(iri: &str) -> &str {
    iri.rsplit(['/', '#'])
        .find(|part| !part.is_empty())
        .unwrap_or(iri)
}

/// A value as reports show it: literals by their text, IRIs as they are.
pub(super) fn shown(value: &Term) -> String {
    match value {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::BlankNode(_) => "[ ]".to_owned(),
        Term::Literal(literal) => shortened(literal.value()),
    }
}

/// At most two hundred characters of a text.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
