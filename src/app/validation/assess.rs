//! Results as people can act on them: grouped, with the field's name, a few examples, and the
//! line of the file on which each stands.

use super::{Against, Checked, Failure};
use crate::ingest::importers::ReadOptions;
use crate::ingest::importers::lines::lines_of;
use crate::ingest::{Document, Door};
use crate::model::assessment::{
    AssessedExample, AssessedGroup, Note, Place, ProfileAssessment, Standing, Tally,
};
use crate::model::finding::without_iri;
use crate::model::vocabulary::{rdf, rdfs, schema, skos};
use crate::model::{Assessment, Finding, Group, Groups, Severity, Text};
use crate::rdf::lines::{Found, Sought};
use crate::rdf::{Quads, QuadsError};
use crate::shapes::{Bounds, findings};
use oxrdf::{BlankNode, NamedNodeRef, NamedOrBlankNode, NamedOrBlankNodeRef, Term, TermRef};
use std::ops::ControlFlow;

/// Values and messages are cut here, in characters: an example, not a copy.
const SHOWN_CHARS: usize = 300;
/// How far up a resource without an IRI is followed to one that has one.
const STEPS_UP: usize = 5;
/// How many notes about the reading are kept.
const NOTES: usize = 100;

impl Checked<'_> {
    /// What people can act on.
    ///
    /// # Errors
    /// When a bound is reached.
    pub fn assess(&self, bounds: Bounds<'_>) -> Result<Assessment, Failure> {
        let mut groups = Groups::default();
        groups.extend(self.findings.iter().cloned());
        let mut profiles = Vec::new();
        for against in &self.against {
            let mut counts = Tally::default();
            self.validation(against, bounds).all(&mut |result| {
                if self.is_ours(against, &result.origin) {
                    return ControlFlow::Continue(());
                }
                counts.add(result.severity);
                let found = findings(std::slice::from_ref(&result), &against.profile().name);
                groups.extend(found);
                ControlFlow::Continue(())
            })?;
            let is_asked = counts.all() > 0 || self.is_asked(against, bounds)?;
            profiles.push(against.assessment(counts, is_asked));
        }
        let telling = Telling {
            door: self.door,
            options: self.options,
            documents: self.documents,
            data: self.any_data(),
        };
        let assessment = telling.assessment(groups, profiles)?;
        Ok(Assessment {
            triples: Some(self.triples),
            rewritten: self.rewritten.map(|count| count as u64),
            notes: self.notes.iter().take(NOTES).map(note).collect(),
            ..assessment
        })
    }

    /// Whether anything in the data is what the shapes are about.
    fn is_asked(&self, against: &Against<'_>, bounds: Bounds<'_>) -> Result<bool, Failure> {
        let validation = self.validation(against, bounds);
        Ok(validation.has_target(|node| !self.is_ours(against, node))?)
    }
}

impl Against<'_> {
    pub(super) fn assessment(&self, counts: Tally, is_asked: bool) -> ProfileAssessment {
        ProfileAssessment {
            name: self.profile().name.clone(),
            title: self.profile().title.clone(),
            purpose: self.profile().purpose.clone(),
            standing: match (counts.violations, is_asked) {
                (0, false) => Standing::NotAsked,
                (0, true) => Standing::Meets,
                _ => Standing::FallsShort,
            },
            counts,
        }
    }
}

/// What is known about the files, to tell of them.
pub(super) struct Telling<'a> {
    pub door: &'a Door,
    pub options: &'a ReadOptions,
    pub documents: &'a [Document<'a>],
    /// What resources without an IRI are described from.
    pub data: &'a dyn Quads,
}

impl Telling<'_> {
    pub fn assessment(
        &self,
        groups: Groups,
        profiles: Vec<ProfileAssessment>,
    ) -> Result<Assessment, QuadsError> {
        let counts = Tally {
            violations: groups.count(Severity::Violation),
            warnings: groups.count(Severity::Warning),
            infos: groups.count(Severity::Info),
        };
        Ok(Assessment {
            conforms: counts.all() == 0,
            files: self.documents.iter().map(|d| d.name.to_owned()).collect(),
            counts,
            profiles,
            not_listed: groups.not_listed(),
            groups: self.told(groups.into_sorted())?,
            ..Assessment::default()
        })
    }

    fn told(&self, groups: Vec<Group>) -> Result<Vec<AssessedGroup>, QuadsError> {
        let examples = groups.iter().flat_map(|group| &group.examples);
        let mut places = self.places(&examples.collect::<Vec<_>>()).into_iter();
        let mut told = Vec::new();
        for group in groups {
            let mut examples = Vec::new();
            for finding in group.examples {
                examples.push(AssessedExample {
                    subject: shown(&self.called(&finding.subject)?),
                    value: match &finding.value {
                        Some(value) => Some(shown(&self.called(value)?)),
                        None => None,
                    },
                    place: places.next().flatten(),
                    message: (finding.message != group.message)
                        .then(|| shown_text(&finding.message)),
                });
            }
            told.push(AssessedGroup {
                severity: group.severity,
                profile: group.profile,
                rule: shown(&group.rule),
                field: group
                    .path
                    .as_deref()
                    .map(|path| shown_text(&self.field(path))),
                path: group.path.as_deref().map(shown),
                message: shown_text(&group.message),
                count: group.count,
                examples,
            });
        }
        Ok(told)
    }

    /// Where each of these findings stands.
    fn places(&self, examples: &[&Finding]) -> Vec<Option<Place>> {
        let sought: Vec<Sought> = examples
            .iter()
            .map(|finding| Sought {
                subject: finding.subject.clone(),
                predicate: finding.path.clone(),
                value: finding.value.clone(),
            })
            .collect();
        let mut best: Vec<Option<(Found, &str)>> = vec![None; sought.len()];
        if sought.is_empty() {
            return Vec::new();
        }
        for (number, document) in self.documents.iter().enumerate() {
            let options = ReadOptions {
                file: self.options.file + number,
                ..self.options.clone()
            };
            let found = lines_of(document, &options, &sought);
            for (best, found) in best.iter_mut().zip(found) {
                if let Some(found) = found
                    && best.is_none_or(|(best, _)| best.fit < found.fit)
                {
                    *best = Some((found, document.name));
                }
            }
        }
        best.into_iter()
            .map(|best| {
                best.map(|(found, file)| Place {
                    file: file.to_owned(),
                    line: found.line,
                })
            })
            .collect()
    }

    /// What people call a property: by our ontology, by the data itself, else its local name.
    fn field(&self, iri: &str) -> Text {
        self.door.label(iri).unwrap_or_else(|| {
            let local = local_name(iri);
            Text::new(local, local)
        })
    }

    /// A resource without an IRI is described: by its name and class, or from where it hangs.
    fn called(&self, plain: &str) -> Result<String, QuadsError> {
        let Some(node) = plain
            .strip_prefix("_:")
            .and_then(|label| BlankNode::new(label).ok())
        else {
            return Ok(plain.to_owned());
        };
        let class = self.first(node.as_ref().into(), rdf::TYPE)?;
        let class = class.as_ref().map_or("?", |class| match class {
            Term::NamedNode(class) => local_name(class.as_str()),
            _ => "?",
        });
        let mut name = None;
        for property in [schema::NAME, skos::PREF_LABEL, rdfs::LABEL] {
            if let Some(Term::Literal(literal)) = self.first(node.as_ref().into(), property)? {
                name = Some(shown(literal.value()));
                break;
            }
        }
        let description = without_iri(class, name.as_deref());
        Ok(match self.hangs_from(node)? {
            Some(from) => format!("{from} {description}"),
            None => description,
        })
    }

    /// The nearest resource with an IRI that leads to a node, and the properties that do.
    fn hangs_from(&self, node: BlankNode) -> Result<Option<String>, QuadsError> {
        let mut node = node;
        let mut way = String::new();
        for _ in 0..STEPS_UP {
            let object = TermRef::from(node.as_ref());
            let Some(triple) = self.data.matching(None, None, Some(object)).next() else {
                return Ok(None);
            };
            let triple = triple?;
            way = format!(" › {}{way}", local_name(triple.predicate.as_str()));
            match triple.subject {
                NamedOrBlankNode::NamedNode(iri) => {
                    return Ok(Some(format!("{}{way}", iri.as_str())));
                }
                NamedOrBlankNode::BlankNode(above) => node = above,
            }
        }
        Ok(None)
    }

    fn first(
        &self,
        subject: NamedOrBlankNodeRef<'_>,
        property: NamedNodeRef<'_>,
    ) -> Result<Option<Term>, QuadsError> {
        let triple = self
            .data
            .matching(Some(subject), Some(property), None)
            .next();
        triple
            .transpose()
            .map(|triple| triple.map(|triple| triple.object))
    }
}

fn note(finding: &Finding) -> Note {
    Note {
        rule: finding.rule.clone(),
        subject: shown(&finding.subject),
        message: shown_text(&finding.message),
    }
}

fn local_name(iri: &str) -> &str {
    let name = iri.trim_end_matches(['/', '#']).rsplit(['#', '/']).next();
    name.filter(|name| !name.is_empty()).unwrap_or(iri)
}

fn shown_text(text: &Text) -> Text {
    Text::new(shown(&text.fr), shown(&text.en))
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
