//! DataCite 4.6, as JSON (the form of its REST API) and as XML. A release is known by its
//! address: no DOI is made up for it.

use super::{Released, address};
use crate::model::Lang;
use crate::rdf::xml::{self, WriteError};
use serde_json::{Value, json};
use std::io::Write as _;

const NAMESPACE: &str = "http://datacite.org/schema/kernel-4";
const SCHEMA: &str = "http://schema.datacite.org/meta/kernel-4.6/metadata.xsd";
/// The most files that are told apart; the manifest has all.
const SIZES: usize = 100;

/// What both forms say.
struct Record<'a> {
    address: String,
    /// Language, title.
    titles: Vec<(Lang, String)>,
    descriptions: Vec<(Lang, String)>,
    creator: &'a str,
    contributors: Vec<&'a str>,
    /// Type, day or instant.
    dates: Vec<(&'static str, &'a str)>,
    /// Relation, address.
    related: Vec<(&'static str, String)>,
    sizes: Vec<String>,
    formats: Vec<&'a str>,
    rights: Vec<&'a str>,
}

impl<'a> Record<'a> {
    fn of(released: &Released<'a>) -> Self {
        let (title, description) = (released.title(), released.description());
        let in_both = |text: &crate::model::Text| {
            let languages = Lang::ALL.into_iter();
            languages
                .map(|lang| (lang, text.get(lang).to_owned()))
                .collect()
        };
        let base = released.base;
        let mut related = vec![
            ("IsVersionOf", base.void().into_string()),
            ("IsDocumentedBy", base.join("ns").into_string()),
            ("HasMetadata", released.file("dcat.ttl")),
        ];
        if let Some(previous) = released.previous {
            let previous = address(base, previous).into_string();
            related.push(("IsNewVersionOf", previous));
        }
        let mut dates = vec![
            ("Issued", released.day()),
            ("Created", released.manifest.modified.as_str()),
        ];
        dates.extend(
            released
                .withdrawal
                .map(|withdrawal| ("Withdrawn", withdrawal.time.as_str())),
        );
        let mut formats: Vec<&str> = released.files().map(|file| &*file.media_type).collect();
        formats.sort_unstable();
        formats.dedup();
        Self {
            address: released.address().into_string(),
            titles: in_both(&title),
            descriptions: in_both(&description),
            creator: released.publisher(),
            contributors: released.contributors(),
            dates,
            related,
            sizes: released
                .whole()
                .take(SIZES)
                .map(|file| format!("{}: {} bytes", file.name, file.bytes))
                .collect(),
            formats,
            rights: released.licences(),
        }
    }
}

/// The record as JSON.
pub fn json(released: &Released<'_>) -> Value {
    let record = Record::of(released);
    let titles = record.titles.iter();
    let descriptions = record.descriptions.iter();
    json!({
        "schemaVersion": NAMESPACE,
        "identifiers": [{ "identifier": record.address, "identifierType": "URL" }],
        "url": record.address,
        "types": { "resourceTypeGeneral": "Dataset", "resourceType": "RDF data set" },
        "creators": [{ "name": record.creator, "nameType": "Organizational" }],
        "titles": titles
            .map(|(lang, title)| json!({ "title": title, "lang": lang.tag() }))
            .collect::<Vec<_>>(),
        "publisher": { "name": record.creator },
        "publicationYear": released.year(),
        "version": released.manifest.date,
        "contributors": record
            .contributors
            .iter()
            .map(|name| json!({
                "name": name,
                "nameType": "Organizational",
                "contributorType": "DataCollector",
            }))
            .collect::<Vec<_>>(),
        "dates": record
            .dates
            .iter()
            .map(|(kind, date)| json!({ "date": date, "dateType": kind }))
            .collect::<Vec<_>>(),
        "relatedIdentifiers": record
            .related
            .iter()
            .map(|(relation, address)| json!({
                "relatedIdentifier": address,
                "relatedIdentifierType": "URL",
                "relationType": relation,
            }))
            .collect::<Vec<_>>(),
        "sizes": record.sizes,
        "formats": record.formats,
        "rightsList": record
            .rights
            .iter()
            .map(|licence| json!({ "rights": licence, "rightsUri": licence }))
            .collect::<Vec<_>>(),
        "descriptions": descriptions
            .map(|(lang, text)| json!({
                "description": text,
                "descriptionType": "Abstract",
                "lang": lang.tag(),
            }))
            .collect::<Vec<_>>(),
    })
}

/// The record as XML.
///
/// # Errors
/// When a name has a character that no XML document can hold.
pub fn xml(released: &Released<'_>) -> Result<Vec<u8>, WriteError> {
    let record = Record::of(released);
    let mut xml = Xml { out: Vec::new() };
    xml.raw("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    xml.raw(&format!(
        "<resource xmlns=\"{NAMESPACE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"{NAMESPACE} {SCHEMA}\">\n"
    ))?;
    let identifier = [("identifierType", "URL")];
    xml.element(1, "identifier", &identifier, &record.address)?;
    let organisation = [("nameType", "Organizational")];
    xml.raw("  <creators>\n    <creator>\n")?;
    xml.element(3, "creatorName", &organisation, record.creator)?;
    xml.raw("    </creator>\n  </creators>\n  <titles>\n")?;
    for (lang, title) in &record.titles {
        xml.element(2, "title", &[("xml:lang", lang.tag())], title)?;
    }
    xml.raw("  </titles>\n")?;
    xml.element(1, "publisher", &[], record.creator)?;
    xml.element(1, "publicationYear", &[], released.year())?;
    let dataset = [("resourceTypeGeneral", "Dataset")];
    xml.element(1, "resourceType", &dataset, "RDF data set")?;
    if !record.contributors.is_empty() {
        xml.raw("  <contributors>\n")?;
        for name in &record.contributors {
            xml.raw("    <contributor contributorType=\"DataCollector\">\n")?;
            xml.element(3, "contributorName", &organisation, name)?;
            xml.raw("    </contributor>\n")?;
        }
        xml.raw("  </contributors>\n")?;
    }
    xml.raw("  <dates>\n")?;
    for (kind, date) in &record.dates {
        xml.element(2, "date", &[("dateType", kind)], date)?;
    }
    xml.raw("  </dates>\n  <relatedIdentifiers>\n")?;
    for (relation, address) in &record.related {
        let attributes = [
            ("relatedIdentifierType", "URL"),
            ("relationType", *relation),
        ];
        xml.element(2, "relatedIdentifier", &attributes, address)?;
    }
    xml.raw("  </relatedIdentifiers>\n")?;
    xml.list("sizes", "size", record.sizes.iter().map(String::as_str))?;
    xml.list("formats", "format", record.formats.iter().copied())?;
    xml.element(1, "version", &[], &released.manifest.date)?;
    if !record.rights.is_empty() {
        xml.raw("  <rightsList>\n")?;
        for licence in &record.rights {
            xml.element(2, "rights", &[("rightsURI", licence)], licence)?;
        }
        xml.raw("  </rightsList>\n")?;
    }
    xml.raw("  <descriptions>\n")?;
    for (lang, text) in &record.descriptions {
        let attributes = [("descriptionType", "Abstract"), ("xml:lang", lang.tag())];
        xml.element(2, "description", &attributes, text)?;
    }
    xml.raw("  </descriptions>\n</resource>\n")?;
    Ok(xml.out)
}

struct Xml {
    out: Vec<u8>,
}

impl Xml {
    fn raw(&mut self, text: &str) -> Result<(), WriteError> {
        Ok(self.out.write_all(text.as_bytes())?)
    }

    fn element(
        &mut self,
        depth: usize,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Result<(), WriteError> {
        self.raw(&format!("{}<{name}", "  ".repeat(depth)))?;
        for (name, value) in attributes {
            self.raw(&format!(" {name}=\""))?;
            xml::text(&mut self.out, value)?;
            self.raw("\"")?;
        }
        self.raw(">")?;
        xml::text(&mut self.out, text)?;
        self.raw(&format!("</{name}>\n"))
    }

    fn list<'t>(
        &mut self,
        list: &str,
        name: &str,
        items: impl Iterator<Item = &'t str>,
    ) -> Result<(), WriteError> {
        let mut items = items.peekable();
        if items.peek().is_none() {
            return Ok(());
        }
        self.raw(&format!("  <{list}>\n"))?;
        for item in items {
            self.element(2, name, &[], item)?;
        }
        self.raw(&format!("  </{list}>\n"))
    }
}
