//! What the sections of a page read from.

use crate::html::entity::{Entity, bounds};
use crate::html::facts::Facts;
use crate::html::shown::{Link, Words};
use crate::html::{Site, time};
use crate::i18n;
use crate::model::vocabulary::schema;
use crate::publish::Document;
use oxrdf::{Literal, NamedNode, Term};

pub(super) struct Given<'a> {
    pub document: &'a Document,
    /// The public view, and that of what stands around.
    pub facts: Facts<'a>,
    /// The claims of all sources.
    pub said: Facts<'a>,
    pub entity: Entity<'a>,
    pub site: Site<'a>,
}

impl<'a> Given<'a> {
    pub fn new(entity: Entity<'a>, site: Site<'a>) -> Self {
        let document = entity.document;
        let around = document.around.iter().flat_map(|other| &other.triples);
        let claims = document.sources.iter().flat_map(|share| &share.triples);
        Self {
            document,
            facts: Facts::new(
                site,
                &document.labels,
                document.description.triples.iter().chain(around),
            ),
            said: Facts::new(site, &document.labels, claims),
            entity,
            site,
        }
    }

    pub fn iri(&self) -> &'a str {
        self.document.description.iri.as_str()
    }

    pub fn kind(&self) -> &'static str {
        self.document.kind.name
    }

    /// Whether something is over by the clock of this page.
    pub fn is_over(&self, date: &str) -> bool {
        time::is_over(date, self.entity.now)
    }

    /// The address of the document, as a path of this server.
    pub fn address(&self) -> String {
        let document = self.document.iri(self.site.base);
        self.site.href(document.as_str()).unwrap_or_default()
    }

    /// The value of one of the entity's properties of schema.org that suits the reader best.
    pub fn schema(&self, local: &str) -> Option<&'a Literal> {
        self.facts.literal(self.iri(), &schema_iri(local))
    }

    pub fn schema_links(&self, local: &str) -> Vec<&'a NamedNode> {
        self.facts.links(self.iri(), &schema_iri(local)).collect()
    }

    /// A term of our own ontology.
    pub fn sv(&self, local: &str) -> String {
        self.site.base.sv(local).into_string()
    }

    pub fn sv_links(&self, local: &str) -> Vec<&'a NamedNode> {
        self.facts.links(self.iri(), &self.sv(local)).collect()
    }

    /// The entities whose values hold for this one where it has none of its own: "reading down"
    /// in the data model.
    pub fn above(&self) -> Vec<&'a NamedNode> {
        if !self.document.kind.is_event {
            return Vec::new();
        }
        ["workPerformed", "superEvent"]
            .into_iter()
            .flat_map(|upper| self.schema_links(upper))
            .collect()
    }

    /// Who has a property: the entity, else the first of those above it.
    pub fn bearer(&self, predicate: &str) -> Option<&'a str> {
        let above = self.above();
        std::iter::once(self.iri())
            .chain(above.iter().map(|node| node.as_str()))
            .find(|iri| self.facts.objects(iri, predicate).next().is_some())
    }

    /// The values of a property, or those that hold for the entity.
    pub fn inherited(&self, predicate: &str) -> Vec<&'a Term> {
        self.bearer(predicate)
            .map(|bearer| self.facts.objects(bearer, predicate).collect())
            .unwrap_or_default()
    }

    /// The literal that suits the reader best, or the one that holds for the entity.
    pub fn inherited_literal(&self, predicate: &str) -> Option<&'a Literal> {
        self.facts.literal(self.bearer(predicate)?, predicate)
    }

    pub fn link(&self, iri: &str) -> Link {
        let mut link = self.facts.link(iri);
        link.words.text = bounds::cut(&link.words.text, bounds::TITLE);
        link
    }

    pub fn words(&self, literal: &Literal) -> Words {
        let mut words = Words::of(literal, &self.site);
        words.text = bounds::cut(&words.text, bounds::TITLE);
        words
    }

    /// What an event's status is called, when it is out of the ordinary, and how it looks.
    pub fn status(&self, status: &NamedNode) -> Option<(&'static str, String)> {
        let (class, key) = match status.as_str().strip_prefix(schema::NS)? {
            "EventCancelled" => ("bad", "status-cancelled"),
            "EventPostponed" => ("warn", "status-postponed"),
            "EventRescheduled" => ("warn", "status-rescheduled"),
            "EventMovedOnline" => ("note", "status-moved-online"),
            _ => return None,
        };
        Some((class, i18n::text(self.site.lang, key, &[])))
    }
}

pub(super) fn schema_iri(local: &str) -> String {
    format!("{}{local}", schema::NS)
}
