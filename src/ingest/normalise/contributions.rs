//! Rule 15: who did what, as contributions.
//!
//! `director`, `performer` and the like, and schema.org's nested roles, become
//! `sv:contribution` parts. The public view gives the direct property again.

use super::Context;
use super::draft::{Draft, Statement, shown};
use super::events::as_node;
use crate::model::Kind;
use crate::model::vocabulary::{rdf, schema};
use oxrdf::{Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term};
use rustc_hash::{FxHashMap, FxHashSet};

/// What it takes to be a nested role of schema.org.
const ROLES: &[&str] = &[
    "http://schema.org/Role",
    "http://schema.org/PerformanceRole",
    "http://schema.org/OrganizationRole",
];

const ROLE_NAME: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://schema.org/roleName");
const POSITION: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://schema.org/position");

/// Details by which an agent without a class and an IRI is more than a name.
const OF_A_PERSON: &[&str] = &["givenName", "familyName", "birthDate", "jobTitle", "gender"];

/// The most statements that the details of one nested role are copied to for those who share it.
const COPIES: usize = 100_000;

pub(super) fn apply(draft: &mut Draft, context: &Context<'_>) {
    let terms = Terms::of(context);
    // A role that two resources share is turned into contributions once.
    let mut turned: FxHashMap<NamedOrBlankNode, Vec<NamedOrBlankNode>> = FxHashMap::default();
    for node in draft.subjects() {
        let takes = draft
            .kind(&node, context.kinds)
            .is_some_and(has_contributions);
        let has_direct = takes
            && draft.statements(&node).iter().any(|(property, _)| {
                context
                    .vocabulary
                    .function_of_property(property.as_str())
                    .is_some()
            });
        if !has_direct {
            continue;
        }
        let known = known_contributions(draft, context, &terms, &node);
        let statements = draft.take(&node);
        let mut kept = Vec::with_capacity(statements.len());
        let mut direct = Vec::new();
        for (property, value) in statements {
            match context.vocabulary.function_of_property(property.as_str()) {
                Some(function) => direct.push((property, function.clone(), value)),
                None => kept.push((property, value)),
            }
        }
        draft.put(&node, kept);
        for (property, function, value) in direct {
            if known.contains(&(property.clone(), value.clone())) {
                draft.rewrote(
                    15,
                    &node,
                    property.as_str(),
                    shown(&value),
                    "sv:contribution",
                );
                continue;
            }
            let mut work = Work {
                draft: &mut *draft,
                context,
                terms: &terms,
                node: &node,
                property: &property,
                function,
            };
            for (position, value) in work.members(value) {
                work.contribute(value, position, &mut turned);
            }
        }
    }
}

/// Our terms, for one base IRI.
struct Terms {
    contribution: NamedNode,
    agent: NamedNode,
    function: NamedNode,
    mention: NamedNode,
    functions: NamedNode,
}

impl Terms {
    fn of(context: &Context<'_>) -> Self {
        Self {
            contribution: context.base.sv("contribution"),
            agent: context.base.sv("agent"),
            function: context.base.sv("fonction"),
            mention: context.base.sv("mention"),
            functions: context.base.join("vocab/fonctions"),
        }
    }
}

fn has_contributions(kind: &'static Kind) -> bool {
    kind.is_event || matches!(kind.name, "work" | "production")
}

/// The direct properties and agents that contributions of the same resource say already, as a
/// description of ours that comes back does.
fn known_contributions(
    draft: &Draft,
    context: &Context<'_>,
    terms: &Terms,
    node: &NamedOrBlankNode,
) -> FxHashSet<(NamedNode, Term)> {
    let mut known = FxHashSet::default();
    for role in draft
        .values(node, terms.contribution.as_ref())
        .filter_map(as_node)
    {
        for function in draft.values(&role, terms.function.as_ref()) {
            let Term::NamedNode(function) = function else {
                continue;
            };
            if let Some(property) = context.vocabulary.property_of_function(function.as_str()) {
                known.extend(
                    draft
                        .values(&role, terms.agent.as_ref())
                        .map(|agent| (property.clone(), agent.clone())),
                );
            }
        }
    }
    known
}

/// One direct property of one resource.
struct Work<'a, 'b> {
    draft: &'a mut Draft,
    context: &'a Context<'b>,
    terms: &'a Terms,
    node: &'a NamedOrBlankNode,
    property: &'a NamedNode,
    function: NamedNode,
}

impl Work<'_, '_> {
    /// The members of a list with their positions; any other value alone, without one.
    fn members(&mut self, value: Term) -> Vec<(Option<usize>, Term)> {
        let mut members = Vec::new();
        let mut cell = match as_node(&value) {
            Some(cell) if self.draft.values(&cell, rdf::FIRST).next().is_some() => cell,
            _ => return vec![(None, value)],
        };
        // Each cell is taken out, so that a list in a circle ends.
        loop {
            let statements = self.draft.take(&cell);
            let mut rest = None;
            for (property, value) in statements {
                if property.as_ref() == rdf::FIRST {
                    members.push((Some(members.len() + 1), value));
                } else if property.as_ref() == rdf::REST {
                    rest = as_node(&value);
                }
            }
            match rest {
                Some(next) if self.draft.describes(&next) => cell = next,
                _ => return members,
            }
        }
    }

    fn contribute(
        &mut self,
        value: Term,
        position: Option<usize>,
        turned: &mut FxHashMap<NamedOrBlankNode, Vec<NamedOrBlankNode>>,
    ) {
        if let Some(role) = as_node(&value)
            && self
                .draft
                .classes(&role)
                .any(|class| ROLES.contains(&class))
        {
            let roles = match turned.get(&role) {
                Some(roles) => roles.clone(),
                None => {
                    let roles = self.turn(&role);
                    turned.insert(role, roles.clone());
                    roles
                }
            };
            for role in roles {
                self.draft.add(
                    self.node,
                    self.terms.contribution.clone(),
                    super::events::term(&role),
                );
            }
            self.told(&value);
            return;
        }
        let mut role: Vec<Statement> = self.role();
        self.push_agent(&mut role, value.clone());
        if let Some(position) = position {
            let position = i64::try_from(position).unwrap_or(i64::MAX);
            role.push((POSITION.into_owned(), Literal::from(position).into()));
        }
        let node = self.draft.new_node();
        self.draft.put(&node.clone().into(), role);
        self.draft
            .add(self.node, self.terms.contribution.clone(), node);
        self.told(&value);
    }

    fn told(&mut self, value: &Term) {
        let before = match as_node(value) {
            Some(node) => self
                .draft
                .text(&node, schema::NAME)
                .map_or_else(|| shown(value), str::to_owned),
            None => shown(value),
        };
        let after = format!(
            "sv:contribution [ sv:fonction {} ]",
            super::draft::local_name(self.function.as_str())
        );
        self.draft
            .rewrote(15, self.node, self.property.as_str(), before, after);
    }

    fn role(&self) -> Vec<Statement> {
        vec![
            (rdf::TYPE.into_owned(), schema::ROLE.into_owned().into()),
            (self.terms.function.clone(), self.function.clone().into()),
        ]
    }

    /// Says who it is: an agent, or the credit line when there is only a name.
    fn push_agent(&mut self, role: &mut Vec<Statement>, value: Term) {
        match as_node(&value) {
            None => role.push((self.terms.mention.clone(), value)),
            Some(agent) => match self.only_names(&agent) {
                Some(names) => {
                    // A bare name mints nobody, with braces around it or without.
                    self.draft.take(&agent);
                    role.extend(
                        names
                            .into_iter()
                            .map(|name| (self.terms.mention.clone(), name)),
                    );
                }
                None => {
                    self.give_class(&agent);
                    role.push((self.terms.agent.clone(), value));
                }
            },
        }
    }

    /// The names of a nested agent of which nothing else is said, not even a class.
    fn only_names(&self, agent: &NamedOrBlankNode) -> Option<Vec<Term>> {
        let NamedOrBlankNode::BlankNode(_) = agent else {
            return None;
        };
        let statements = self.draft.statements(agent);
        let only = !statements.is_empty()
            && statements
                .iter()
                .all(|(property, _)| property.as_ref() == schema::NAME);
        only.then(|| statements.iter().map(|(_, name)| name.clone()).collect())
    }

    fn give_class(&mut self, agent: &NamedOrBlankNode) {
        if !matches!(agent, NamedOrBlankNode::BlankNode(_))
            || self.draft.classes(agent).next().is_some()
            || !self.draft.describes(agent)
        {
            return;
        }
        let is_person = self.draft.statements(agent).iter().any(|(property, _)| {
            property
                .as_str()
                .strip_prefix(schema::NS)
                .is_some_and(|local| OF_A_PERSON.contains(&local))
        });
        let class = if is_person {
            schema::PERSON
        } else {
            schema::ORGANIZATION
        };
        self.draft
            .rewrote(9, agent, rdf::TYPE.as_str(), "", class.as_str());
        self.draft.add(agent, rdf::TYPE, class);
    }

    /// The function that the name of a role stands for: one of its labels, or the IRI of its
    /// exact match in another vocabulary.
    fn function_named(&self, name: &Term) -> Option<&NamedNode> {
        let vocabulary = self.context.vocabulary;
        let functions = self.terms.functions.as_str();
        match name {
            Term::Literal(name) => vocabulary
                .concept(functions, name.value())
                .or_else(|| vocabulary.aligned(functions, name.value())),
            Term::NamedNode(iri) => vocabulary.aligned(functions, iri.as_str()),
            Term::BlankNode(_) => None,
        }
    }

    /// Turns a nested role of schema.org into contributions, one for each agent in it.
    fn turn(&mut self, role: &NamedOrBlankNode) -> Vec<NamedOrBlankNode> {
        let statements = self.draft.take(role);
        let mut shared: Vec<Statement> = Vec::new();
        let mut agents = Vec::new();
        let mut functions: Vec<NamedNode> = Vec::new();
        let mut names = Vec::new();
        for (property, value) in statements {
            let is_direct = self
                .context
                .vocabulary
                .function_of_property(property.as_str())
                .is_some();
            if is_direct || property == self.terms.agent {
                agents.push(value);
            } else if property == self.terms.function {
                if let Term::NamedNode(function) = value {
                    functions.push(function);
                }
            } else {
                if property.as_ref() == ROLE_NAME
                    && let Some(function) = self.function_named(&value)
                {
                    functions.push(function.clone());
                }
                if property.as_ref() == schema::NAME {
                    names.push(value.clone());
                }
                shared.push((property, value));
            }
        }
        if functions.is_empty() {
            functions.push(self.function.clone());
        }
        let class = (rdf::TYPE.into_owned(), schema::ROLE.into_owned().into());
        if !shared.contains(&class) {
            shared.push(class);
        }
        for function in functions {
            let statement = (self.terms.function.clone(), function.into());
            if !shared.contains(&statement) {
                shared.push(statement);
            }
        }
        if agents.is_empty() {
            // The name of a role without anybody in it is its credit line.
            let has_mention = shared
                .iter()
                .any(|(property, _)| *property == self.terms.mention);
            if !has_mention {
                shared.retain(|(property, _)| property.as_ref() != schema::NAME);
                shared.extend(
                    names
                        .into_iter()
                        .map(|name| (self.terms.mention.clone(), name)),
                );
            }
            self.draft.put(role, shared);
            return vec![role.clone()];
        }
        let mut roles = Vec::new();
        for (at, agent) in agents.into_iter().enumerate() {
            let node = if at == 0 {
                role.clone()
            } else {
                self.draft.new_node().into()
            };
            // Details of one role for more people than any ensemble has would only be bulk.
            let mut own = if at.saturating_mul(shared.len()) < COPIES {
                shared.clone()
            } else {
                self.role()
            };
            self.push_agent(&mut own, agent);
            self.draft.put(&node, own);
            roles.push(node);
        }
        roles
    }
}
