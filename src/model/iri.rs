//! Where everything that we publish lives, seen from the base IRI.

use crate::model::change::Generation;
use crate::model::noid::{Noid, NoidError};
use crate::model::source::SourceName;
use oxrdf::NamedNode;
use std::fmt;
use std::str::FromStr;

/// Where the description of the data set is, below the base (VoID §7.2).
const VOID: &str = ".well-known/void";

/// The base IRI of a data folder, kept without its final slash. Every public IRI is built from
/// it, never from a request's Host header.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Base(String);

/// Why a text cannot be a base IRI.
#[derive(Debug, thiserror::Error)]
pub enum BaseError {
    #[error("`{0}` is not an absolute IRI; write for example `https://data.example.org/`")]
    NotAnIri(String),
    #[error("`{0}` does not start with http:// or https://, so nobody could look its IRIs up")]
    NotHttp(String),
    #[error("`{0}` has a query or a fragment; a base IRI ends in a path")]
    NotAPath(String),
}

impl FromStr for Base {
    type Err = BaseError;

    fn from_str(text: &str) -> Result<Self, BaseError> {
        let text = text.trim();
        let iri = NamedNode::new(text).map_err(|_| BaseError::NotAnIri(text.to_owned()))?;
        let rest = iri
            .as_str()
            .strip_prefix("http://")
            .or_else(|| iri.as_str().strip_prefix("https://"))
            .ok_or_else(|| BaseError::NotHttp(text.to_owned()))?;
        if rest.trim_matches('/').is_empty() {
            return Err(BaseError::NotAnIri(text.to_owned()));
        }
        if rest.contains(['?', '#']) {
            return Err(BaseError::NotAPath(text.to_owned()));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Base {
    /// The base without its final slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `{base}/` followed by `path`, which must be made of IRI characters.
    pub fn join(&self, path: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}/{path}", self.0))
    }

    /// A term of our own ontology: `{base}/ns#local`.
    pub fn sv(&self, local: &str) -> NamedNode {
        self.join(&format!("ns#{local}"))
    }

    /// The IRI of an entity.
    pub fn id(&self, noid: &Noid) -> NamedNode {
        self.join(&format!("id/{noid}"))
    }

    /// The IRI of an entity's document.
    pub fn doc(&self, noid: &Noid) -> NamedNode {
        self.join(&format!("doc/{noid}"))
    }

    /// The IRI of a source's description in the registry.
    pub fn source(&self, name: &SourceName) -> NamedNode {
        self.join(&format!("source/{name}"))
    }

    /// The IRI of an accepted change in the registry.
    pub fn change(&self, generation: Generation) -> NamedNode {
        self.join(&format!("change/{generation}"))
    }

    /// The named graph that holds what a source says.
    pub fn source_graph(&self, name: &SourceName) -> NamedNode {
        self.join(&format!("graph/source/{name}"))
    }

    /// The source whose graph this is.
    pub fn source_of_graph(&self, graph: &str) -> Option<SourceName> {
        let name = self.strip(graph)?.strip_prefix("graph/source/")?;
        name.parse().ok()
    }

    /// The named graph of everything that decides what is published.
    pub fn registry_graph(&self) -> NamedNode {
        self.join("graph/registry")
    }

    /// The named graph that says which profiles each entity meets.
    pub fn conformance_graph(&self) -> NamedNode {
        self.join("graph/conformance")
    }

    /// The named graph of the catalogue.
    pub fn catalogue_graph(&self) -> NamedNode {
        self.join("graph/catalogue")
    }

    /// The description of the data set, in numbers; its parts are `{base}/.well-known/void#…`.
    pub fn void(&self) -> NamedNode {
        self.join(VOID)
    }

    /// Whether an IRI is that of the description of the data set, or of a part of it.
    pub fn is_of_void(&self, iri: &str) -> bool {
        let rest = self.strip(iri).and_then(|rest| rest.strip_prefix(VOID));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
    }

    /// The named graph of a profile's SHACL shapes.
    pub fn shapes_graph(&self, profile: &str) -> NamedNode {
        self.join(&format!("shapes/{profile}"))
    }

    /// The profile whose shapes this graph holds.
    pub fn profile_of_graph<'a>(&self, graph: &'a str) -> Option<&'a str> {
        self.strip(graph)?.strip_prefix("shapes/")
    }

    /// What follows `{base}/` in `iri`, if it is one of ours.
    pub fn strip<'a>(&self, iri: &'a str) -> Option<&'a str> {
        iri.strip_prefix(self.0.as_str())?.strip_prefix('/')
    }

    /// Whether `iri` starts with the base, so that nobody but we may say what it means.
    pub fn owns(&self, iri: &str) -> bool {
        iri == self.0 || self.strip(iri).is_some()
    }

    /// The entity that `iri` names, or whose part it names (the fragment is left out).
    /// `None` when it is not a `{base}/id/…` IRI at all.
    pub fn entity_of(&self, iri: &str) -> Option<Result<Noid, NoidError>> {
        let rest = self.strip(iri)?.strip_prefix("id/")?;
        let name = rest.split_once('#').map_or(rest, |(name, _)| name);
        Some(Noid::parse(name))
    }
}

/// The entity part of the IRI of an entity or of one of its parts: all before the `#`.
pub fn without_fragment(iri: &str) -> &str {
    iri.split_once('#').map_or(iri, |(entity, _)| entity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_slash_makes_no_difference() -> Result<(), BaseError> {
        let with: Base = "https://data.example.org/x/".parse()?;
        let without: Base = "https://data.example.org/x".parse()?;
        assert_eq!(with, without);
        assert_eq!(
            with.sv("agent").as_str(),
            "https://data.example.org/x/ns#agent"
        );
        Ok(())
    }

    #[test]
    fn a_base_nobody_could_look_up_is_refused() {
        for text in [
            "",
            "data.example.org",
            "ftp://a.example/",
            "http://",
            "https://a.example/?q",
            "https://a.example/#x",
            "http://a b/",
        ] {
            assert!(text.parse::<Base>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_longer_host_is_not_ours() -> Result<(), BaseError> {
        let base: Base = "https://data.example.org".parse()?;
        assert!(!base.owns("https://data.example.org.evil.example/id/x"));
        assert!(base.owns("https://data.example.org/id/x"));
        Ok(())
    }
}
