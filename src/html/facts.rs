//! Looking things up in what a page was given: values of properties, and names of IRIs.

use crate::html::Site;
use crate::html::shown::{Link, Row, Shown, Time, Words, age_range, best, language_name, money};
use crate::html::time;
use crate::model::Base;
use crate::model::property::Properties;
use crate::model::vocabulary::{expand, rdf, schema, xsd};
use oxrdf::{Literal, NamedNode, NamedOrBlankNode, Term, Triple};
use std::collections::{BTreeMap, HashMap};

/// Parts inside parts deeper than this are shown as links.
const MAX_DEPTH: usize = 4;

/// The IRI of a prefixed name of the model; `sv:` is our own ontology.
pub(crate) fn expanded(name: &str, base: &Base) -> String {
    match name.strip_prefix("sv:") {
        Some(local) => base.sv(local).into_string(),
        None => expand(name).unwrap_or_else(|| name.to_owned()),
    }
}

/// Triples by subject, with labels, for one page.
pub(crate) struct Facts<'a> {
    pub site: Site<'a>,
    properties: Properties,
    labels: &'a BTreeMap<String, Vec<Literal>>,
    by_subject: HashMap<&'a str, Vec<&'a Triple>>,
}

impl<'a> Facts<'a> {
    pub fn new(
        site: Site<'a>,
        labels: &'a BTreeMap<String, Vec<Literal>>,
        triples: impl IntoIterator<Item = &'a Triple>,
    ) -> Self {
        let mut by_subject: HashMap<&str, Vec<&Triple>> = HashMap::new();
        for triple in triples {
            let subject = match &triple.subject {
                NamedOrBlankNode::NamedNode(node) => node.as_str(),
                NamedOrBlankNode::BlankNode(node) => node.as_str(),
            };
            by_subject.entry(subject).or_default().push(triple);
        }
        Self {
            properties: Properties::new(site.base),
            site,
            labels,
            by_subject,
        }
    }

    pub fn properties(&self) -> &Properties {
        &self.properties
    }

    pub fn about(&self, subject: &str) -> &[&'a Triple] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// The values of a property.
    pub fn objects<'s>(
        &'s self,
        subject: &str,
        predicate: &'s str,
    ) -> impl Iterator<Item = &'a Term> + use<'a, 's> {
        self.about(subject)
            .iter()
            .filter(move |triple| triple.predicate.as_str() == predicate)
            .map(|triple| &triple.object)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The values of a property that are IRIs.
    pub fn links<'s>(
        &'s self,
        subject: &str,
        predicate: &'s str,
    ) -> impl Iterator<Item = &'a NamedNode> + use<'a, 's> {
        self.objects(subject, predicate)
            .filter_map(|object| match object {
                Term::NamedNode(node) => Some(node),
                _ => None,
            })
    }

    /// The literal of a property that suits the reader best.
    pub fn literal<'s>(&'s self, subject: &str, predicate: &'s str) -> Option<&'a Literal> {
        let literals = self
            .objects(subject, predicate)
            .filter_map(|object| match object {
                Term::Literal(literal) => Some(literal),
                _ => None,
            });
        best(literals, self.site.lang)
    }

    /// The text of [`Facts::literal`].
    pub fn text<'s>(&'s self, subject: &str, predicate: &'s str) -> Option<&'a str> {
        Some(self.literal(subject, predicate)?.value())
    }

    /// What an IRI is called; its last part when nobody has named it.
    pub fn name(&self, iri: &str) -> Words {
        let labels = self.labels.get(iri).map_or(&[][..], Vec::as_slice);
        best(labels, self.site.lang)
            .or_else(|| self.literal(iri, schema::NAME.as_str()))
            .map_or_else(
                || {
                    if iri == rdf::TYPE.as_str() {
                        return Words::plain(self.site.say("property-type"));
                    }
                    let last = iri.trim_end_matches('/').rsplit(['/', '#']).next();
                    Words::plain(last.filter(|last| !last.is_empty()).unwrap_or(iri))
                },
                |label| Words::of(label, &self.site),
            )
    }

    /// Whether somebody has named an IRI.
    pub fn has_name(&self, iri: &str) -> bool {
        self.labels
            .get(iri)
            .is_some_and(|labels| !labels.is_empty())
            || self.literal(iri, schema::NAME.as_str()).is_some()
    }

    /// A link to an IRI by its name. Addresses on the web that nobody has named are shown whole.
    pub fn link(&self, iri: &str) -> Link {
        let words = if self.has_name(iri) || self.site.base.owns(iri) {
            self.name(iri)
        } else {
            Words::plain(
                iri.trim_start_matches("https://")
                    .trim_start_matches("http://"),
            )
        };
        Link::to(iri, words, &self.site)
    }

    /// Properties of a subject with their values, in the order of the model, without the ones
    /// that `skip` names.
    pub fn rows(&self, subject: &str, skip: &dyn Fn(&str) -> bool, depth: usize) -> Vec<Row> {
        let mut by_property: BTreeMap<(usize, &str), Vec<Shown>> = BTreeMap::new();
        for triple in self.about(subject) {
            let predicate = triple.predicate.as_str();
            if !skip(predicate) {
                by_property
                    .entry((self.properties.position(predicate), predicate))
                    .or_default()
                    .push(self.shown(subject, predicate, &triple.object, depth));
            }
        }
        by_property
            .into_iter()
            .map(|((_, predicate), values)| Row {
                label: self.name(predicate),
                values,
            })
            .collect()
    }

    /// A value in the form that suits its property and type.
    pub fn shown(&self, subject: &str, predicate: &str, object: &Term, depth: usize) -> Shown {
        match object {
            Term::NamedNode(node) => {
                let is_part = !self.about(node.as_str()).is_empty()
                    && node.as_str().contains('#')
                    && depth < MAX_DEPTH;
                if is_part {
                    let is_type = |predicate: &str| predicate == rdf::TYPE.as_str();
                    Shown::Part(self.rows(node.as_str(), &is_type, depth + 1))
                } else {
                    Shown::Link(self.link(node.as_str()))
                }
            }
            Term::BlankNode(node) => Shown::Words(Words::plain(format!("_:{}", node.as_str()))),
            Term::Literal(literal) => self.shown_literal(subject, predicate, literal),
        }
    }

    fn shown_literal(&self, subject: &str, predicate: &str, literal: &Literal) -> Shown {
        let site = &self.site;
        let text = literal.value();
        let datatype = literal.datatype();
        let local = predicate.strip_prefix(schema::NS).unwrap_or_default();
        let plain = |text: String| Shown::Words(Words::plain(text));
        if datatype == xsd::DATE_TIME || datatype == xsd::DATE {
            Shown::Time(Time {
                iso: text.to_owned(),
                words: if predicate.starts_with("http://purl.org/dc/terms/") {
                    time::instant(text, site.lang)
                } else {
                    time::moment(text, site.lang)
                },
            })
        } else if datatype == xsd::BOOLEAN {
            plain(site.say(if text == "true" || text == "1" {
                "yes"
            } else {
                "no"
            }))
        } else if datatype == xsd::DURATION {
            plain(time::duration(text))
        } else if datatype == xsd::ANY_URI {
            Shown::Link(self.link(text))
        } else if local == "inLanguage" {
            plain(language_name(text, site))
        } else if local == "typicalAgeRange" {
            plain(age_range(text, site))
        } else if ["price", "lowPrice", "highPrice"].contains(&local) {
            let currency = self.text(subject, schema::PRICE_CURRENCY.as_str());
            plain(money(text, currency, site.lang))
        } else if local == "email" && text.contains('@') && !text.contains(':') {
            Shown::Link(Link::to(
                &format!("mailto:{text}"),
                Words::plain(text),
                site,
            ))
        } else {
            Shown::Words(Words::of(literal, site))
        }
    }

    /// A value as one line of text: for comparing what sources say. A part is what it holds.
    pub fn line(&self, subject: &str, predicate: &str, object: &Term) -> Words {
        self.line_at(subject, predicate, object, 0)
    }

    fn line_at(&self, subject: &str, predicate: &str, object: &Term, depth: usize) -> Words {
        match self.shown(subject, predicate, object, MAX_DEPTH) {
            Shown::Words(words) => words,
            Shown::Time(time) => Words::plain(time.words),
            Shown::Part(_) => Words::default(),
            Shown::Link(link) => {
                let Term::NamedNode(node) = object else {
                    return link.words;
                };
                let own: Vec<&Triple> = self
                    .about(node.as_str())
                    .iter()
                    .filter(|triple| triple.predicate.as_ref() != rdf::TYPE)
                    .copied()
                    .collect();
                if own.is_empty() || depth >= MAX_DEPTH || !node.as_str().contains('#') {
                    return link.words;
                }
                let mut lines: Vec<(usize, &str, String)> = own
                    .iter()
                    .map(|triple| {
                        let predicate = triple.predicate.as_str();
                        let line =
                            self.line_at(node.as_str(), predicate, &triple.object, depth + 1);
                        (self.properties.position(predicate), predicate, line.text)
                    })
                    .filter(|(_, predicate, _)| *predicate != schema::PRICE_CURRENCY.as_str())
                    .collect();
                lines.sort();
                let lines: Vec<String> = lines.into_iter().map(|(_, _, line)| line).collect();
                Words::plain(lines.join(" · "))
            }
        }
    }
}
