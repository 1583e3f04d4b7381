//! What the graph `{base}/graph/registry` holds: everything that decides what is published.
//!
//! Per source: a `sv:Source` with its settings. Per entity: `sv:kind`, `sv:minted` and
//! `sv:changedAt` (generations), `sv:withdrawn…` for a tombstone, what `merges` reads. Per sender's
//! identifier: `<{base}/source/S/alias/KEY> sv:identifies <entity>`. Per source and entity:
//! `<{base}/source/S/about/NAME>` with the time of the last change of each block.

use crate::model::vocabulary::{dct, prov, rdf, xsd};
use crate::model::{Base, Generation, Kind, Noid, RankRule, Source, SourceName};
use crate::store::{StoreError, View};
use oxrdf::{GraphNameRef, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::collections::{BTreeMap, BTreeSet};

/// What is the matter with an IRI of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Published.
    Current,
    /// The same as another entity, under whose IRI it lives on.
    Merged(NamedNode),
    /// Several entities in truth, which replace it.
    Split(Vec<NamedNode>),
    /// Published once; the tombstone says when, by whom and why.
    Withdrawn(Tombstone),
    /// Never published.
    Unknown,
}

/// What remains of an entity that is no longer published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// xsd:dateTime, UTC.
    pub time: String,
    pub source: Option<SourceName>,
    /// A short code: `left-out` (a replacement no longer had it), `withdrawn` (its source took
    /// it back), `source-removed`, `redacted` or `below-minimum`.
    pub reason: String,
    pub kind: Option<&'static Kind>,
}

/// All that the registry says of one entity.
#[derive(Clone, Debug)]
pub struct Standing {
    pub state: State,
    pub kind: Option<&'static Kind>,
    /// When its public description last changed; concepts have none.
    pub changed_at: Option<Generation>,
}

pub(super) const KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The node that stands for a sender's identifier in the registry. It is reversible
/// ([`key_of_alias`]), so that the sender's own words can be given back.
pub fn alias_node(base: &Base, source: &SourceName, key: &str) -> NamedNode {
    base.join(&format!(
        "source/{source}/alias/{}",
        utf8_percent_encode(key, KEY)
    ))
}

/// The sender's identifier that an alias node stands for.
pub fn key_of_alias(base: &Base, node: &str) -> Option<(SourceName, String)> {
    let (source, key) = base
        .strip(node)?
        .strip_prefix("source/")?
        .split_once("/alias/")?;
    let key = percent_decode_str(key).decode_utf8().ok()?;
    Some((source.parse().ok()?, key.into_owned()))
}

/// The node that holds when a source last changed what it says about an entity.
pub fn about_node(base: &Base, source: &SourceName, entity: &NamedNode) -> NamedNode {
    let name = base
        .strip(entity.as_str())
        .and_then(|rest| rest.strip_prefix("id/"))
        .map_or_else(
            || utf8_percent_encode(entity.as_str(), KEY).to_string(),
            str::to_owned,
        );
    base.join(&format!("source/{source}/about/{name}"))
}

/// So many sources are asked one by one whether they speak of an entity.
const FEW_SOURCES: usize = 8;

/// A quad of the registry.
pub fn quad(
    base: &Base,
    subject: NamedNode,
    predicate: NamedNode,
    object: impl Into<Term>,
) -> Quad {
    Quad::new(subject, predicate, object, base.registry_graph())
}

/// A generation as a literal.
pub fn generation_literal(generation: Generation) -> Literal {
    Literal::new_typed_literal(generation.to_string(), xsd::INTEGER)
}

/// A time as a literal.
pub fn time_literal(time: &str) -> Literal {
    Literal::new_typed_literal(time, xsd::DATE_TIME)
}

/// Whether a quad of the registry belongs to a tombstone.
pub fn is_of_tombstone(base: &Base, quad: &Quad) -> bool {
    quad.predicate
        .as_str()
        .starts_with(base.sv("withdrawn").as_str())
}

/// All registry quads of a source's settings.
pub fn registry_of_source(base: &Base, source: &Source) -> Vec<Quad> {
    let node = base.source(&source.name);
    let mut quads = Vec::new();
    let mut add = |predicate: NamedNode, object: Term| {
        quads.push(quad(base, node.clone(), predicate, object));
    };
    add(rdf::TYPE.into_owned(), base.sv("Source").into());
    add(
        crate::model::vocabulary::schema::IDENTIFIER.into_owned(),
        Literal::new_simple_literal(source.name.as_str()).into(),
    );
    if let Some(licence) = &source.licence {
        add(dct::LICENSE.into_owned(), licence.clone().into());
    }
    if let Some(publisher) = &source.publisher {
        add(
            dct::PUBLISHER.into_owned(),
            Literal::new_simple_literal(publisher).into(),
        );
    }
    let rank = Literal::new_typed_literal(source.rank.to_string(), xsd::INTEGER);
    add(base.sv("rank"), rank.into());
    add(
        base.sv("zone"),
        Literal::new_simple_literal(&source.zone).into(),
    );
    for (is_so, local) in [
        (source.z_means_local, "zMeansLocal"),
        (source.is_partial, "partial"),
        (source.is_closed, "closed"),
    ] {
        if is_so {
            let literal = Literal::new_typed_literal("true", xsd::BOOLEAN);
            add(base.sv(local), literal.into());
        }
    }
    for profile in &source.gates {
        add(base.sv("gatedBy"), base.shapes_graph(profile).into());
    }
    for rule in &source.ranks {
        let rule_node = rank_rule_node(base, &source.name, rule);
        add(base.sv("rankRule"), rule_node.into());
    }
    for entity in &source.speaks_for {
        add(base.sv("speaksFor"), entity.clone().into());
    }
    for namespace in &source.keeps {
        add(
            base.sv("keeps"),
            Literal::new_simple_literal(namespace).into(),
        );
    }
    for rule in &source.ranks {
        let node = rank_rule_node(base, &source.name, rule);
        let rank = Literal::new_typed_literal(rule.rank.to_string(), xsd::INTEGER);
        quads.push(quad(base, node.clone(), base.sv("rank"), rank));
        if let Some(kind) = rule.kind {
            let kind = Literal::new_simple_literal(kind.name);
            quads.push(quad(base, node.clone(), base.sv("kind"), kind));
        }
        if let Some(territory) = &rule.territory {
            quads.push(quad(base, node, base.sv("territory"), territory.clone()));
        }
    }
    quads
}

fn rank_rule_node(base: &Base, source: &SourceName, rule: &RankRule) -> NamedNode {
    let (kind, territory) = rule.key();
    let territory = utf8_percent_encode(base.strip(territory).unwrap_or(territory), KEY);
    base.join(&format!("source/{source}/rank/{kind}/{territory}"))
}

impl View<'_> {
    /// The registry quads about a node.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn registry(&self, node: &NamedNode) -> Result<Vec<Quad>, StoreError> {
        let graph = self.base().registry_graph();
        self.quads(
            Some(node.as_ref().into()),
            None,
            None,
            Some(graph.as_ref().into()),
        )
        .collect()
    }

    pub(super) fn registry_value(
        &self,
        node: &NamedNode,
        predicate: &NamedNode,
    ) -> Result<Option<Term>, StoreError> {
        let graph = self.base().registry_graph();
        self.object(
            node.as_ref().into(),
            predicate.as_ref(),
            graph.as_ref().into(),
        )
    }

    /// The settings of a source.
    ///
    /// # Errors
    /// When the storage fails or holds what this version does not understand.
    pub fn source(&self, name: &SourceName) -> Result<Option<Source>, StoreError> {
        let base = self.base();
        let quads = self.registry(&base.source(name))?;
        if quads.is_empty() {
            return Ok(None);
        }
        let mut source = Source::new(name.clone());
        for quad in quads {
            let predicate = quad.predicate;
            match quad.object {
                Term::NamedNode(iri) if predicate == dct::LICENSE => source.licence = Some(iri),
                Term::NamedNode(iri) if predicate == base.sv("speaksFor") => {
                    source.speaks_for.push(iri)
                }
                Term::NamedNode(profile) if predicate == base.sv("gatedBy") => {
                    let name = base
                        .profile_of_graph(profile.as_str())
                        .ok_or_else(|| StoreError::Unreadable(profile.to_string()))?;
                    source.gates.push(name.to_owned());
                }
                Term::NamedNode(node) if predicate == base.sv("rankRule") => {
                    source.ranks.push(self.rank_rule(&node)?)
                }
                Term::Literal(text) if predicate == dct::PUBLISHER => {
                    source.publisher = Some(text.value().to_owned())
                }
                Term::Literal(text) if predicate == base.sv("zone") => {
                    source.zone = text.value().to_owned()
                }
                Term::Literal(text) if predicate == base.sv("zMeansLocal") => {
                    source.z_means_local = text.value() == "true"
                }
                Term::Literal(text) if predicate == base.sv("partial") => {
                    source.is_partial = text.value() == "true"
                }
                Term::Literal(text) if predicate == base.sv("closed") => {
                    source.is_closed = text.value() == "true"
                }
                Term::Literal(text) if predicate == base.sv("keeps") => {
                    source.keeps.push(text.value().to_owned())
                }
                Term::Literal(text) if predicate == base.sv("rank") => {
                    source.rank = text
                        .value()
                        .parse()
                        .map_err(|_| StoreError::Unreadable(text.to_string()))?;
                }
                _ => {}
            }
        }
        source.speaks_for.sort_unstable();
        source.keeps.sort_unstable();
        source.gates.sort_unstable();
        source.ranks.sort_by(|a, b| a.key().cmp(&b.key()));
        Ok(Some(source))
    }

    fn rank_rule(&self, node: &NamedNode) -> Result<RankRule, StoreError> {
        let base = self.base();
        let rank = match self.registry_value(node, &base.sv("rank"))? {
            Some(Term::Literal(rank)) => rank
                .value()
                .parse()
                .map_err(|_| StoreError::Unreadable(rank.to_string()))?,
            _ => return Err(StoreError::Unreadable(node.to_string())),
        };
        let territory = match self.registry_value(node, &base.sv("territory"))? {
            Some(Term::NamedNode(territory)) => Some(territory),
            _ => None,
        };
        Ok(RankRule {
            kind: kind_in(self.registry_value(node, &base.sv("kind"))?.as_ref()),
            territory,
            rank,
        })
    }

    /// All registry quads of a source's settings, as they are.
    ///
    /// # Errors
    /// When the storage fails or holds what this version does not understand.
    pub fn settings(&self, name: &SourceName) -> Result<Vec<Quad>, StoreError> {
        let mut quads = self.registry(&self.base().source(name))?;
        if let Some(source) = self.source(name)? {
            for rule in &source.ranks {
                quads.extend(self.registry(&rank_rule_node(self.base(), name, rule))?);
            }
        }
        Ok(quads)
    }

    /// The generation in which the settings of a source last changed, where they have since it was
    /// added.
    ///
    /// # Errors
    /// When the storage fails or holds what this version does not understand.
    pub fn settings_changed_at(
        &self,
        source: &SourceName,
    ) -> Result<Option<Generation>, StoreError> {
        let overall = self.overall()?;
        let known = overall.settings.iter().find(|(name, _)| name == source);
        Ok(known.map(|(_, changed)| *changed))
    }

    /// The generation in which a source last changed: what it says, or its settings.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn last_change_of(&self, source: &SourceName) -> Result<Option<Generation>, StoreError> {
        let base = self.base();
        let mut last = None;
        for quad in self.quads(
            None,
            Some(prov::WAS_ASSOCIATED_WITH),
            Some(base.source(source).as_ref().into()),
            Some(base.registry_graph().as_ref().into()),
        ) {
            if let NamedOrBlankNode::NamedNode(change) = quad?.subject {
                let number = base
                    .strip(change.as_str())
                    .and_then(|path| path.strip_prefix("change/"))
                    .and_then(|number| number.parse().ok());
                last = last.max(number.map(Generation));
            }
        }
        Ok(last)
    }

    /// All sources, by name.
    ///
    /// # Errors
    /// When the storage fails or holds what this version does not understand.
    pub fn sources(&self) -> Result<Vec<Source>, StoreError> {
        let base = self.base();
        let graph = base.registry_graph();
        let class = base.sv("Source");
        let mut names: Vec<SourceName> = Vec::new();
        for quad in self.quads(
            None,
            Some(rdf::TYPE),
            Some(class.as_ref().into()),
            Some(graph.as_ref().into()),
        ) {
            if let NamedOrBlankNode::NamedNode(node) = quad?.subject
                && let Some(name) = base
                    .strip(node.as_str())
                    .and_then(|rest| rest.strip_prefix("source/"))
                && let Ok(name) = name.parse()
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        names
            .iter()
            .filter_map(|name| self.source(name).transpose())
            .collect()
    }

    /// Whether, and how, something is published under an IRI of ours.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn state(&self, noid: &Noid) -> Result<State, StoreError> {
        self.state_of(&self.base().id(noid))
    }

    /// As [`View::state`], for an entity's or concept's IRI.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn state_of(&self, entity: &NamedNode) -> Result<State, StoreError> {
        Ok(self.standing(entity)?.state)
    }

    /// All that the registry says of an entity or concept, read at once.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn standing(&self, entity: &NamedNode) -> Result<Standing, StoreError> {
        let base = self.base();
        let quads = self.registry(entity)?;
        let changed_at = base.sv("changedAt");
        let changed_at = quads.iter().find(|quad| quad.predicate == changed_at);
        Ok(Standing {
            kind: kind_among(base, &quads),
            changed_at: changed_at.and_then(|quad| match &quad.object {
                Term::Literal(generation) => generation.value().parse().ok().map(Generation),
                Term::NamedNode(_) | Term::BlankNode(_) => None,
            }),
            state: state_in(base, &quads, &mut |successor| self.survivor(successor))?,
        })
    }

    /// The kind under which an entity is registered.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn kind_of(&self, entity: &NamedNode) -> Result<Option<&'static Kind>, StoreError> {
        let value = self.registry_value(entity, &self.base().sv("kind"))?;
        Ok(kind_in(value.as_ref()))
    }

    /// The generation in which an entity's IRI was given out; concepts have none.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn minted_at(&self, entity: &NamedNode) -> Result<Option<Generation>, StoreError> {
        self.registry_generation(entity, "minted")
    }

    /// The entity that a sender's identifier stands for.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn identified(
        &self,
        source: &SourceName,
        key: &str,
    ) -> Result<Option<NamedNode>, StoreError> {
        let node = alias_node(self.base(), source, key);
        Ok(
            match self.registry_value(&node, &self.base().sv("identifies"))? {
                Some(Term::NamedNode(entity)) => Some(entity),
                _ => None,
            },
        )
    }

    /// The identifiers that stand for an entity, by source.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn aliases(&self, entity: &NamedNode) -> Result<Vec<(SourceName, String)>, StoreError> {
        let base = self.base();
        let graph = base.registry_graph();
        let predicate = base.sv("identifies");
        let mut aliases = Vec::new();
        for quad in self.quads(
            None,
            Some(predicate.as_ref()),
            Some(entity.as_ref().into()),
            Some(GraphNameRef::NamedNode(graph.as_ref())),
        ) {
            if let NamedOrBlankNode::NamedNode(node) = quad?.subject {
                aliases.extend(key_of_alias(base, node.as_str()));
            }
        }
        aliases.sort_unstable();
        Ok(aliases)
    }

    /// The generation in which the public description of an entity last changed.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn changed_at(&self, entity: &NamedNode) -> Result<Option<Generation>, StoreError> {
        self.registry_generation(entity, "changedAt")
    }

    fn registry_generation(
        &self,
        entity: &NamedNode,
        local: &str,
    ) -> Result<Option<Generation>, StoreError> {
        Ok(match self.registry_value(entity, &self.base().sv(local))? {
            Some(Term::Literal(literal)) => literal.value().parse().ok().map(Generation),
            _ => None,
        })
    }

    /// When a change was accepted (xsd:dateTime, UTC), and by which source it was made.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn change(
        &self,
        generation: Generation,
    ) -> Result<Option<(String, SourceName)>, StoreError> {
        if let Some(known) = self.known_change(generation) {
            return Ok(Some(known));
        }
        let base = self.base();
        let node = base.change(generation);
        let time = self.registry_value(&node, &prov::STARTED_AT_TIME.into_owned())?;
        let source = self.registry_value(&node, &prov::WAS_ASSOCIATED_WITH.into_owned())?;
        let change = match (time, source) {
            (Some(Term::Literal(time)), Some(Term::NamedNode(source))) => base
                .strip(source.as_str())
                .and_then(|rest| rest.strip_prefix("source/"))
                .and_then(|name| name.parse().ok())
                .map(|source| (time.value().to_owned(), source)),
            _ => None,
        };
        if let Some(change) = &change {
            self.note_change(generation, change);
        }
        Ok(change)
    }

    /// The reason that a person gave for a change.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn because(&self, generation: Generation) -> Result<Option<String>, StoreError> {
        let base = self.base();
        let because = self.registry_value(&base.change(generation), &base.sv("because"))?;
        Ok(match because {
            Some(Term::Literal(because)) => Some(because.value().to_owned()),
            _ => None,
        })
    }

    /// The properties of what a source says about an entity that are kept out of the public view.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn left_out(
        &self,
        source: &SourceName,
        entity: &NamedNode,
    ) -> Result<Vec<String>, StoreError> {
        let predicate = self.base().sv("leftOut");
        Ok(self
            .registry(&about_node(self.base(), source, entity))?
            .into_iter()
            .filter(|quad| quad.predicate == predicate)
            .filter_map(|quad| match quad.object {
                Term::NamedNode(property) => Some(property.into_string()),
                _ => None,
            })
            .collect())
    }

    /// The sources that speak of an entity, by name.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn sources_of(&self, entity: &NamedNode) -> Result<Vec<SourceName>, StoreError> {
        let mut names: Vec<SourceName> = Vec::new();
        for quad in self.quads(Some(entity.as_ref().into()), None, None, None) {
            if let Some(name) = self.source_of(&quad?.graph_name)
                && names.last() != Some(&name)
            {
                names.push(name);
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// The sources that speak of an entity, with their settings, by name.
    ///
    /// # Errors
    /// When the storage fails or holds what this version does not understand.
    pub fn speakers(&self, entity: &NamedNode) -> Result<Vec<Source>, StoreError> {
        let overall = self.overall()?;
        let sources = &overall.sources;
        // To look into a few graphs takes less than to read all that is said, published and
        // decided about the entity.
        let names = match sources.len() {
            0..=FEW_SOURCES => None,
            _ => Some(self.sources_of(entity)?),
        };
        let is_among = |source: &Source| -> Result<bool, StoreError> {
            if let Some(names) = &names {
                return Ok(names.binary_search(&source.name).is_ok());
            }
            let graph = self.base().source_graph(&source.name);
            let said = Some(GraphNameRef::NamedNode(graph.as_ref()));
            let mut said = self.quads(Some(entity.as_ref().into()), None, None, said);
            Ok(said.next().transpose()?.is_some())
        };
        let mut speakers = Vec::new();
        for source in sources.iter() {
            if is_among(source)? {
                speakers.push(source.clone());
            }
        }
        Ok(speakers)
    }

    /// When a source last changed each property or block of what it says about an entity, by the
    /// property's IRI; under `sv:since`, when it first spoke of it. Times are
    /// xsd:dateTime in UTC.
    ///
    /// # Errors
    /// When the storage fails.
    pub fn recency(
        &self,
        source: &SourceName,
        entity: &NamedNode,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        Ok(self
            .registry(&about_node(self.base(), source, entity))?
            .into_iter()
            .filter_map(|quad| match quad.object {
                Term::Literal(time) => {
                    Some((quad.predicate.into_string(), time.value().to_owned()))
                }
                Term::NamedNode(_) | Term::BlankNode(_) => None,
            })
            .collect())
    }
}

/// The state of an entity of which the registry has these quads; `survivor` gives the entity under
/// whose IRI another is published.
///
/// # Errors
/// When `survivor` fails.
pub fn state_in<E>(
    base: &Base,
    quads: &[Quad],
    survivor: &mut dyn FnMut(&NamedNode) -> Result<NamedNode, E>,
) -> Result<State, E> {
    let value = |local: &str| {
        let predicate = base.sv(local);
        quads
            .iter()
            .find(|quad| quad.predicate == predicate)
            .map(|quad| &quad.object)
    };
    if let Some(Term::NamedNode(survivor)) = value("mergedInto") {
        return Ok(State::Merged(survivor.clone()));
    }
    let mut successors = BTreeSet::new();
    for quad in quads {
        if let Term::NamedNode(successor) = &quad.object
            && quad.predicate == dct::IS_REPLACED_BY
        {
            successors.insert(survivor(successor)?);
        }
    }
    let mut successors: Vec<NamedNode> = successors.into_iter().collect();
    match (successors.len(), successors.pop()) {
        (_, None) => {}
        // They were merged again.
        (1, Some(successor)) => return Ok(State::Merged(successor)),
        (_, Some(last)) => {
            successors.push(last);
            return Ok(State::Split(successors));
        }
    }
    if let Some(Term::Literal(time)) = value("withdrawn") {
        let reason = match value("withdrawnBecause") {
            Some(Term::Literal(reason)) => reason.value().to_owned(),
            _ => String::new(),
        };
        let source = match value("withdrawnBy") {
            Some(Term::NamedNode(node)) => base
                .strip(node.as_str())
                .and_then(|rest| rest.strip_prefix("source/"))
                .and_then(|name| name.parse().ok()),
            _ => None,
        };
        return Ok(State::Withdrawn(Tombstone {
            time: time.value().to_owned(),
            source,
            reason,
            kind: kind_in(value("kind")),
        }));
    }
    Ok(if quads.is_empty() {
        State::Unknown
    } else {
        State::Current
    })
}

/// The kind that the registry's quads of an entity name.
pub fn kind_among(base: &Base, quads: &[Quad]) -> Option<&'static Kind> {
    let predicate = base.sv("kind");
    let kind = quads.iter().find(|quad| quad.predicate == predicate);
    kind_in(kind.map(|quad| &quad.object))
}

fn kind_in(term: Option<&Term>) -> Option<&'static Kind> {
    match term {
        Some(Term::Literal(name)) => Kind::named(name.value()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_gives_the_senders_words_back() {
        let base: Base = "https://data.example.org".parse().expect("a base");
        let source: SourceName = "theatre".parse().expect("a name");
        for key in [
            "https://theatre.example/é?a=b#c",
            "place:salle « x »|97400",
            "a/b%2F",
        ] {
            let node = alias_node(&base, &source, key);
            assert!(NamedNode::new(node.as_str()).is_ok(), "{node}");
            assert_eq!(
                key_of_alias(&base, node.as_str()),
                Some((source.clone(), key.to_owned()))
            );
        }
    }
}
