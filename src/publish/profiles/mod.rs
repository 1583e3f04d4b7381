//! The profiles of documents: the ways in which one and the same document is written, for readers
//! who ask for one (W3C, Content Negotiation by Profile). Each says what it leaves out.
//!
//! A new one is a file here and a line in [`PROFILES`]; a golden file is required by a test. These
//! are not the profiles of SHACL shapes (`{base}/shapes/…`), which data is held to.

pub mod schema_org;
mod stored;

use crate::model::vocabulary::{dct, prof, rdf, rdfs, skos};
use crate::model::{Base, Lang};
use crate::publish::{Context, Document, FORMATS, Format};
use crate::rdf::xml::WriteError;
use oxrdf::{Literal, NamedNode, Triple};
use std::io::Write;

/// A way in which a document is written.
pub struct DocumentProfile {
    /// The token after `?_profile=`, and the last part of its address.
    pub name: &'static str,
    /// French, English: a few words.
    pub title: (&'static str, &'static str),
    /// French, English: what it is for.
    pub about: (&'static str, &'static str),
    /// French, English: what a reader of it does not get.
    pub leaves_out: (&'static str, &'static str),
    /// The specification that it is a profile of.
    pub is_profile_of: &'static str,
    /// Whether it also shows neighbours and names, so that more than the entity's own change
    /// changes it.
    pub reads_neighbours: bool,
    /// Whether its text is in one language, the reader's.
    pub is_in_one_language: bool,
    /// The names of its formats, those of [`FORMATS`]; the first for readers who do not mind.
    pub formats: &'static [&'static str],
    /// Writes the document in one of them.
    pub write: Writer,
}

/// Writes a document in a format, in the reader's language where a profile has but one.
pub type Writer = fn(&Document, &Format, &Context, Lang, &mut dyn Write) -> Result<(), WriteError>;

/// The first one is what readers get who ask for none.
pub static PROFILES: &[DocumentProfile] = &[stored::STORED, schema_org::SCHEMA_ORG];

impl DocumentProfile {
    /// The one with this token.
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// The one that readers get who ask for none.
    pub fn usual() -> &'static Self {
        &stored::STORED
    }

    pub fn is_usual(&self) -> bool {
        self.name == stored::STORED.name
    }

    /// Its IRI, where it is described.
    pub fn iri(&self, base: &Base) -> NamedNode {
        base.join(&format!("profiles/{}", self.name))
    }

    /// Its formats.
    pub fn formats(&self) -> impl Iterator<Item = &'static Format> {
        let names = self.formats;
        names
            .iter()
            .filter_map(|name| FORMATS.iter().find(|format| format.name == *name))
    }

    /// What is published about it (W3C, The Profiles Vocabulary).
    pub fn triples(&self, base: &Base) -> Vec<Triple> {
        let iri = self.iri(base);
        let mut triples = vec![
            Triple::new(iri.clone(), rdf::TYPE, prof::PROFILE),
            Triple::new(
                iri.clone(),
                prof::IS_PROFILE_OF,
                NamedNode::new_unchecked(self.is_profile_of),
            ),
            Triple::new(
                iri.clone(),
                prof::HAS_TOKEN,
                Literal::new_simple_literal(self.name),
            ),
        ];
        let texts = [
            (rdfs::LABEL, self.title),
            (dct::TITLE, self.title),
            (dct::DESCRIPTION, self.about),
            (skos::SCOPE_NOTE, self.leaves_out),
        ];
        for (predicate, (fr, en)) in texts {
            for (text, language) in [(fr, "fr"), (en, "en")] {
                let literal = Literal::new_language_tagged_literal_unchecked(text, language);
                triples.push(Triple::new(iri.clone(), predicate, literal));
            }
        }
        for format in self.formats() {
            triples.push(Triple::new(
                iri.clone(),
                dct::FORMAT,
                Literal::new_simple_literal(format.media_type),
            ));
        }
        triples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample;

    #[test]
    fn every_profile_has_its_golden_files() {
        for profile in PROFILES.iter().filter(|profile| !profile.is_usual()) {
            for document in [sample::performance(), sample::place()] {
                for format in profile.formats() {
                    let mut out = Vec::new();
                    (profile.write)(&document, format, &sample::context(), Lang::Fr, &mut out)
                        .expect("memory");
                    let name = format!(
                        "{}.{}.{}",
                        document.kind.name, profile.name, format.extension
                    );
                    sample::assert_golden(&name, &String::from_utf8(out).expect("text"));
                }
            }
        }
    }

    #[test]
    fn every_profile_names_formats_that_there_are_and_says_what_it_leaves_out() {
        for profile in PROFILES {
            assert_eq!(profile.formats().count(), profile.formats.len());
            assert!(DocumentProfile::named(profile.name).is_some());
            for (fr, en) in [profile.title, profile.about, profile.leaves_out] {
                assert!(!fr.is_empty() && !en.is_empty(), "{}", profile.name);
            }
        }
    }
}
