//! What each source says on each property of the entity, which of it is published, and why.

use crate::html::entity::given::Given;
use crate::html::entity::{Section, bounds};
use crate::html::facts::Facts;
use crate::html::shown::Words;
use crate::html::{PageError, Site, render, time};
use crate::i18n;
use crate::model::property::Fusion;
use crate::model::{Choice, Reason};
use askama::Template;
use oxrdf::{Term, Triple};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const SECTION: Section = Section {
    name: "voices",
    write,
};

#[derive(Template)]
#[template(path = "entity/voices.html")]
struct Voices<'a> {
    site: Site<'a>,
    has_dispute: bool,
    /// Those on which sources differ, and the others.
    disputed: Vec<Voice>,
    agreed: Vec<Voice>,
    left: usize,
}

/// What the sources say on one property.
pub(super) struct Voice {
    pub property: Words,
    pub is_disputed: bool,
    pub claims: Vec<Claim>,
    left: usize,
    /// Why what is published is published.
    reason: Option<String>,
}

impl Voice {
    /// How many rows of the table it takes.
    fn rows(&self) -> usize {
        self.claims.len() + usize::from(self.left > 0) + usize::from(self.reason.is_some())
    }
}

pub(super) struct Claim {
    value: Words,
    /// The thing that it names, when it is one with a page of its own.
    names: Option<String>,
    sources: Vec<String>,
    is_published: bool,
    pub is_left_out: bool,
}

fn write(given: &Given<'_>) -> Result<Option<String>, PageError> {
    let mut voices = voices(given);
    if voices.is_empty() {
        return Ok(None);
    }
    let left = voices.len().saturating_sub(bounds::VOICES);
    // Where sources differ is what one reads this for.
    voices.sort_by_key(|voice| !voice.is_disputed);
    voices.truncate(bounds::VOICES);
    for voice in &mut voices {
        voice.left = voice.claims.len().saturating_sub(bounds::CLAIMS);
        voice.claims.truncate(bounds::CLAIMS);
    }
    let (disputed, agreed): (Vec<Voice>, Vec<Voice>) =
        voices.into_iter().partition(|voice| voice.is_disputed);
    Ok(Some(render(&Voices {
        site: given.site,
        has_dispute: !disputed.is_empty(),
        disputed,
        agreed,
        left,
    })?))
}

/// Position in the model, property, and language where there is one value for each.
type Key = (usize, String, Option<String>);

/// What each source says on each property of the entity itself, the public value marked.
pub(super) fn voices(given: &Given<'_>) -> Vec<Voice> {
    let document = given.document;
    let properties = given.facts.properties();
    let is_own = |triple: &&Triple| triple.subject == document.description.iri.clone().into();
    let key = |triple: &Triple| -> Key {
        let predicate = triple.predicate.as_str();
        let language = match &triple.object {
            Term::Literal(literal) if properties.fusion(predicate) == Fusion::OnePerLanguage => {
                literal.language().map(str::to_owned)
            }
            _ => None,
        };
        (
            properties.position(predicate),
            predicate.to_owned(),
            language,
        )
    };
    let published: BTreeSet<(&str, String)> = document
        .description
        .triples
        .iter()
        .filter(is_own)
        .map(|triple| {
            (
                triple.predicate.as_str(),
                line(given, &given.facts, triple).text,
            )
        })
        .collect();
    let mut by_property: BTreeMap<Key, Vec<Claim>> = BTreeMap::new();
    let mut sets: BTreeMap<Key, BTreeMap<&str, BTreeSet<String>>> = BTreeMap::new();
    for share in &document.sources {
        let name = share.source.name.as_str();
        for triple in share.triples.iter().filter(is_own) {
            let predicate = triple.predicate.as_str();
            let value = line(given, &given.said, triple);
            let names = named(triple);
            let identity = names.clone().unwrap_or_else(|| value.text.clone());
            let key = key(triple);
            let of_source = sets.entry(key.clone()).or_default();
            of_source.entry(name).or_default().insert(identity);
            let is_left_out = share.left_out.iter().any(|iri| iri == predicate);
            let claims = by_property.entry(key).or_default();
            match claims.iter_mut().find(|claim| {
                (&claim.value, &claim.names, claim.is_left_out) == (&value, &names, is_left_out)
            }) {
                Some(claim) => {
                    if !claim.sources.iter().any(|known| known == name) {
                        claim.sources.push(name.to_owned());
                    }
                }
                None => claims.push(Claim {
                    is_published: published.contains(&(predicate, value.text.clone())),
                    value,
                    names,
                    sources: vec![name.to_owned()],
                    is_left_out,
                }),
            }
        }
    }
    by_property
        .into_iter()
        .map(|(key, mut claims)| {
            claims.sort_by_key(|claim| !claim.is_published);
            let (_, predicate, language) = &key;
            let adds_up = properties.fusion(predicate) == Fusion::Many;
            let differing: BTreeSet<&BTreeSet<String>> = sets
                .get(&key)
                .map(|of_source| of_source.values().collect())
                .unwrap_or_default();
            let is_disputed = !adds_up && differing.len() > 1;
            tell_apart(&mut claims);
            for claim in &mut claims {
                claim.value.text = bounds::cut(&claim.value.text, bounds::CLAIM);
            }
            let mut property = given.facts.name(predicate);
            if let Some(language) = language {
                property.text = format!("{} ({language})", property.text);
            }
            Voice {
                property,
                is_disputed,
                claims,
                left: 0,
                reason: is_disputed
                    .then(|| choice_of(given, predicate, language.as_deref()))
                    .flatten()
                    .map(|choice| reason(given, choice)),
            }
        })
        .collect()
}

/// What a value names, other than a part of the entity.
fn named(triple: &Triple) -> Option<String> {
    match &triple.object {
        Term::NamedNode(node) if !node.as_str().contains('#') => Some(node.as_str().to_owned()),
        _ => None,
    }
}

/// Two things that are called the same have their identifiers beside their names.
fn tell_apart(claims: &mut [Claim]) {
    let mut things: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for claim in claims.iter() {
        if let Some(iri) = &claim.names {
            let of_name = things.entry(claim.value.text.to_lowercase()).or_default();
            of_name.insert(iri.clone());
        }
    }
    for claim in claims {
        let is_shared = things
            .get(&claim.value.text.to_lowercase())
            .is_some_and(|things| things.len() > 1);
        if let Some(iri) = claim.names.as_deref().filter(|_| is_shared) {
            let last = iri.rsplit('/').next().unwrap_or(iri);
            claim.value.text = format!("{} ({last})", claim.value.text);
        }
    }
}

fn line(given: &Given<'_>, facts: &Facts<'_>, triple: &Triple) -> Words {
    facts.line(given.iri(), triple.predicate.as_str(), &triple.object)
}

/// Whom a property was taken from: a block is taken under the name of its first property.
fn choice_of<'c>(given: &Given<'c>, predicate: &str, language: Option<&str>) -> Option<&'c Choice> {
    let properties = given.facts.properties();
    let fusion = properties.fusion(predicate);
    given.document.choices.iter().find(|choice| {
        let is_same_block =
            matches!(fusion, Fusion::Block(_)) && properties.fusion(&choice.property) == fusion;
        (choice.property == predicate || is_same_block) && choice.language.as_deref() == language
    })
}

/// Why one source was followed and not the other, in words.
fn reason(given: &Given<'_>, choice: &Choice) -> String {
    let name = |source: &crate::model::SourceName| {
        let share = given
            .document
            .sources
            .iter()
            .find(|share| share.source.name == *source);
        share
            .and_then(|share| share.source.publisher.clone())
            .unwrap_or_else(|| source.to_string())
    };
    let (key, first, second) = match &choice.reason {
        Reason::OwnSource => ("reason-own", None, None),
        Reason::Rank(first, second) => ("reason-rank", Some(*first), Some(*second)),
        Reason::MostRecent(Some(_)) => ("reason-recent", None, None),
        Reason::MostRecent(None) => ("reason-recent-unknown", None, None),
        Reason::Name => ("reason-name", None, None),
    };
    let mut arguments: Vec<(&str, i18n::Value<'_>)> = vec![
        ("followed", name(&choice.followed).into()),
        ("other", name(&choice.before).into()),
    ];
    if let (Some(first), Some(second)) = (first, second) {
        arguments.push(("first", given.site.number(&u64::from(first)).into()));
        arguments.push(("second", given.site.number(&u64::from(second)).into()));
    }
    if let Reason::MostRecent(Some(when)) = &choice.reason {
        arguments.push(("when", time::instant(when, given.site.lang).into()));
    }
    i18n::text(given.site.lang, key, &arguments)
}
