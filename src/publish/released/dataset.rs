//! schema.org's `Dataset`, as search engines for data read it: of one release, and of the living
//! data.

use super::{Released, Responsible};
use crate::model::{Base, Generation, Lang};
use crate::publish::catalogue::Coverage;
use crate::publish::release::{ReleasedFile, Selection};
use serde_json::{Value, json};

/// The living data, as far as it is described here.
#[derive(Clone, Debug)]
pub struct Living<'a> {
    pub base: &'a Base,
    pub responsible: &'a Responsible,
    /// The generation that is described, and when it was accepted.
    pub generation: Generation,
    pub modified: &'a str,
    /// How many entities are published.
    pub entities: u64,
    pub coverage: &'a Coverage,
    /// The last release, if there is one.
    pub release: Option<Released<'a>>,
}

/// A release.
pub fn of_release(released: &Released<'_>) -> Value {
    let mut dataset = common(released.base, released.responsible);
    let address = released.address();
    let title = released.title();
    dataset["@id"] = json!(address.as_str());
    dataset["url"] = json!(address.as_str());
    dataset["identifier"] = json!(address.as_str());
    dataset["name"] = json!(title.fr);
    dataset["alternateName"] = json!(title.en);
    dataset["description"] = json!(released.description().fr);
    dataset["version"] = json!(released.manifest.date);
    dataset["datePublished"] = json!(released.day());
    dataset["dateModified"] = json!(released.manifest.modified);
    dataset["isBasedOn"] = json!(released.base.void().as_str());
    let licences = released.licences();
    if !licences.is_empty() {
        dataset["license"] = json!(licences);
    }
    let contributors = released.contributors().into_iter();
    let contributors: Vec<Value> = contributors.map(organisation).collect();
    if !contributors.is_empty() {
        dataset["contributor"] = json!(contributors);
    }
    if let Some(withdrawal) = released.withdrawal {
        dataset["creativeWorkStatus"] = json!("Withdrawn");
        dataset["expires"] = json!(withdrawal.time);
    }
    let files: Vec<Value> = distributions(released);
    if !files.is_empty() {
        dataset["distribution"] = json!(files);
    }
    dataset
}

/// The data as they are now, in the words of a language.
pub fn of_living(living: &Living<'_>, lang: Lang) -> Value {
    let Living {
        base, responsible, ..
    } = living;
    let mut dataset = common(base, responsible);
    let entities = living.entities;
    let title = super::title(responsible);
    dataset["@id"] = json!(base.void().as_str());
    dataset["url"] = json!(base.join("catalogue").as_str());
    dataset["name"] = json!(title.get(lang));
    dataset["description"] = json!(match lang {
        Lang::Fr => format!(
            "Spectacles, représentations, festivals, lieux, personnes et organismes du spectacle vivant en données liées (RDF) : {entities} entités décrites, chacune à une adresse durable, avec leurs sources, leurs licences et leurs changements."
        ),
        Lang::En => format!(
            "Productions, performances, festivals, places, people and organisations of the performing arts as linked data (RDF): {entities} entities, each at a lasting address, with their sources, licences and changes."
        ),
    });
    dataset["version"] = json!(living.generation.to_string());
    dataset["dateModified"] = json!(living.modified);
    if let Some(licence) = &responsible.licence {
        dataset["license"] = json!(licence.as_str());
    }
    if let Some((from, until)) = &living.coverage.days {
        dataset["temporalCoverage"] = json!(format!("{from}/{until}"));
    }
    if let Some(area) = &living.coverage.area {
        dataset["spatialCoverage"] = json!({
            "@type": "Place",
            "geo": {
                "@type": "GeoShape",
                // South, west, north, east.
                "box": format!("{} {} {} {}", area.south, area.west, area.north, area.east),
            },
        });
    }
    let mut files = vec![json!({
        "@type": "DataDownload",
        "name": "SPARQL",
        "contentUrl": base.join("sparql").as_str(),
        "encodingFormat": "application/sparql-results+json",
    })];
    if let Some(release) = &living.release {
        files.extend(distributions(release));
        dataset["hasPart"] = json!({
            "@type": "Dataset",
            "@id": release.address().as_str(),
            "name": release.title().get(lang),
            "description": release.description().get(lang),
            "url": release.address().as_str(),
        });
    }
    dataset["distribution"] = json!(files);
    dataset
}

fn common(base: &Base, responsible: &Responsible) -> Value {
    let mut dataset = json!({
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "isAccessibleForFree": true,
        "keywords": [
            "spectacle vivant", "théâtre", "danse", "musique", "cirque", "performing arts",
            "linked data",
        ],
        "inLanguage": "fr",
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": base.join("catalogue").as_str(),
            "url": base.join("catalogue").as_str(),
        },
    });
    if let Some(name) = &responsible.name {
        let mut publisher = organisation(name);
        match responsible.contact.as_deref() {
            Some(contact) if contact.starts_with("mailto:") => {
                publisher["contactPoint"] = json!({
                    "@type": "ContactPoint",
                    "contactType": "data",
                    "email": contact.trim_start_matches("mailto:"),
                });
            }
            Some(contact) => publisher["url"] = json!(contact),
            None => {}
        }
        dataset["creator"] = publisher.clone();
        dataset["publisher"] = publisher;
    }
    dataset
}

fn organisation(name: &str) -> Value {
    json!({ "@type": "Organization", "name": name })
}

/// The files of the whole data, and the tables.
fn distributions(released: &Released<'_>) -> Vec<Value> {
    let is_for_all =
        |file: &&ReleasedFile| matches!(file.selection, Selection::All | Selection::Table(_));
    let files = released.files().filter(is_for_all);
    files
        .map(|file| {
            json!({
                "@type": "DataDownload",
                "name": file.name,
                "contentUrl": released.file(&file.name),
                "encodingFormat": file.media_type,
                "contentSize": format!("{} B", file.bytes),
                "sha256": file.sha256,
            })
        })
        .collect()
}
