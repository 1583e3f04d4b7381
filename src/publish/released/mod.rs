//! What a release says of itself so that it can be cited, found and followed: in the forms of
//! DataCite, schema.org, DCAT, reference managers and typed links. Pure functions of the manifest
//! and of who answers for it.
//!
//! *To add a form*: a file here, or a function in one, and a row in [`DESCRIPTIONS`]; its golden
//! file is required by a test.

pub mod citation;
pub mod datacite;
pub mod dataset;
pub mod links;

pub use citation::{STYLES, Style};
pub use links::{Link, link_set};

use crate::model::{Base, Lang, Text};
use crate::publish::release::{Manifest, ReleasedFile, Selection, Withdrawal};
use crate::publish::{Context, catalogue};
use crate::rdf::xml::WriteError;
use oxrdf::NamedNode;

/// Who answers for what is published, as far as the configuration says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Responsible {
    pub name: Option<String>,
    /// An IRI: `mailto:` or `http(s):`.
    pub contact: Option<String>,
    /// The licence of what is published.
    pub licence: Option<NamedNode>,
}

impl Responsible {
    /// The keys of the configuration that are not set and that whoever takes the data would ask
    /// for.
    pub fn missing(&self) -> Vec<&'static str> {
        let said = [
            ("publisher.name", self.name.is_some()),
            ("publisher.contact", self.contact.is_some()),
            ("licence", self.licence.is_some()),
        ];
        let missing = said.into_iter().filter(|(_, is_said)| !is_said);
        missing.map(|(key, _)| key).collect()
    }
}

/// A release, with what its descriptions are made of besides its manifest.
#[derive(Clone, Copy, Debug)]
pub struct Released<'a> {
    pub base: &'a Base,
    pub manifest: &'a Manifest,
    pub withdrawal: Option<&'a Withdrawal>,
    /// The date of the one before it, as it stands in its address.
    pub previous: Option<&'a str>,
    /// Whether its store was kept, so that it answers queries.
    pub is_queryable: bool,
    pub responsible: &'a Responsible,
}

/// A month in words.
const MONTHS: [(&str, &str); 12] = [
    ("janvier", "January"),
    ("février", "February"),
    ("mars", "March"),
    ("avril", "April"),
    ("mai", "May"),
    ("juin", "June"),
    ("juillet", "July"),
    ("août", "August"),
    ("septembre", "September"),
    ("octobre", "October"),
    ("novembre", "November"),
    ("décembre", "December"),
];

/// What stands for somebody whom nobody names (DataCite 4.6, appendix 3).
const UNKNOWN: &str = ":unkn";

impl<'a> Released<'a> {
    /// Its address, by which it is cited.
    pub fn address(&self) -> NamedNode {
        address(self.base, &self.manifest.date)
    }

    /// The address of one of its files.
    pub fn file(&self, name: &str) -> String {
        format!("{}{name}", self.address().as_str())
    }

    /// The day on which it was made: `2026-11-22`.
    pub fn day(&self) -> &'a str {
        let date = self.manifest.date.as_str();
        date.get(..10).unwrap_or(date)
    }

    /// The year in which it was made.
    pub fn year(&self) -> &'a str {
        self.day().get(..4).unwrap_or_default()
    }

    /// The day in words.
    pub fn day_in_words(&self, lang: Lang) -> String {
        let mut parts = self.day().splitn(3, '-');
        let mut part = || parts.next().and_then(|part| part.parse::<usize>().ok());
        let (Some(year), Some(month), Some(day)) = (part(), part(), part()) else {
            return self.day().to_owned();
        };
        let Some((fr, en)) = month.checked_sub(1).and_then(|month| MONTHS.get(month)) else {
            return self.day().to_owned();
        };
        match lang {
            Lang::Fr if day == 1 => format!("1er {fr} {year}"),
            Lang::Fr => format!("{day} {fr} {year}"),
            Lang::En => format!("{en} {day}, {year}"),
        }
    }

    /// What it is called.
    pub fn title(&self) -> Text {
        let Text { fr, en } = title(self.responsible);
        Text::new(
            format!("{fr}, parution du {}", self.day_in_words(Lang::Fr)),
            format!("{en}, release of {}", self.day_in_words(Lang::En)),
        )
    }

    /// What is in it, in a few sentences.
    pub fn description(&self) -> Text {
        let Manifest {
            number, generation, ..
        } = self.manifest;
        let count = |name: &str| {
            let mut kinds = self.manifest.entities.iter();
            let known = kinds.find(|(kind, _)| kind == name);
            known.map_or(0, |(_, count)| *count)
        };
        let (performances, productions) = (count("performance"), count("production"));
        let all: u64 = self.manifest.entities.iter().map(|(_, count)| count).sum();
        let sources = self.manifest.sources.len();
        let mut fr = format!(
            "Parution n° {number}, état des données après le changement {generation}. {all} entités, dont {performances} représentations et {productions} spectacles ; sources : {sources}. Les fichiers ne changent plus, leurs sommes sont signées."
        );
        let mut en = format!(
            "Release no. {number}, the data as they were after change {generation}. {all} entities, among them {performances} performances and {productions} productions; sources: {sources}. The files do not change any more, their checksums are signed."
        );
        if let Some(withdrawal) = self.withdrawal {
            fr = format!("Parution retirée : {}. {fr}", withdrawal.because);
            en = format!("Withdrawn: {}. {en}", withdrawal.because);
        }
        Text::new(fr, en)
    }

    /// The licences of what is in it, IRIs, sorted.
    pub fn licences(&self) -> Vec<&'a str> {
        let sources = self.manifest.sources.iter();
        let mut licences: Vec<&str> = sources.map(|source| source.licence.as_str()).collect();
        licences.sort_unstable();
        licences.dedup();
        licences
    }

    /// Who publishes it; what stands for nobody where that is not configured.
    pub fn publisher(&self) -> &'a str {
        self.responsible.name.as_deref().unwrap_or(UNKNOWN)
    }

    /// Those whose data are in it, each once, as far as they are named.
    pub fn contributors(&self) -> Vec<&'a str> {
        let sources = self.manifest.sources.iter();
        let mut names: Vec<&str> = sources
            .filter_map(|source| source.publisher.as_deref())
            .filter(|name| Some(*name) != self.responsible.name.as_deref())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The files of the whole public data; none when it was withdrawn.
    pub fn whole(&self) -> impl Iterator<Item = &'a ReleasedFile> {
        self.files().filter(|file| file.selection == Selection::All)
    }

    /// The files that are given out; none when it was withdrawn.
    pub fn files(&self) -> impl Iterator<Item = &'a ReleasedFile> {
        let files = match self.withdrawal {
            Some(_) => &[],
            None => self.manifest.files.as_slice(),
        };
        files.iter()
    }
}

/// The IRI of whoever publishes the data; it stands in the description of the data set.
pub fn publisher(base: &Base) -> NamedNode {
    NamedNode::new_unchecked(format!("{}#publisher", base.void().as_str()))
}

/// The address of a release.
pub fn address(base: &Base, date: &str) -> NamedNode {
    base.join(&format!("releases/{date}/"))
}

/// What the data as a whole are called.
pub fn title(responsible: &Responsible) -> Text {
    match &responsible.name {
        Some(name) => Text::new(
            format!("Programmes du spectacle vivant – {name}"),
            format!("Performing arts programmes – {name}"),
        ),
        None => Text::new(
            "Programmes du spectacle vivant",
            "Performing arts programmes",
        ),
    }
}

/// A description of a release that stands beside its files, below its address.
pub struct Description {
    pub name: &'static str,
    pub media_type: &'static str,
    /// The IRI of the profile that it follows, if it has one.
    pub profile: Option<&'static str>,
    /// What it is, as a key of the interface texts.
    pub about: &'static str,
    pub write: fn(&Released<'_>, &Context) -> Result<Vec<u8>, WriteError>,
}

impl Description {
    /// The one of a name.
    pub fn named(name: &str) -> Option<&'static Description> {
        DESCRIPTIONS.iter().find(|known| known.name == name)
    }
}

/// All of them, in the order in which they are shown.
pub static DESCRIPTIONS: &[Description] = &[
    Description {
        name: "citation.bib",
        media_type: "application/x-bibtex",
        profile: None,
        about: "released-bibtex",
        write: |released, _| Ok(citation::bibtex(released).into_bytes()),
    },
    Description {
        name: "citation.ris",
        media_type: "application/x-research-info-systems",
        profile: None,
        about: "released-ris",
        write: |released, _| Ok(citation::ris(released).into_bytes()),
    },
    Description {
        name: "citation.json",
        media_type: "application/vnd.citationstyles.csl+json",
        profile: None,
        about: "released-csl",
        write: |released, _| Ok(pretty(&citation::csl(released))),
    },
    Description {
        name: "datacite.json",
        media_type: "application/vnd.datacite.datacite+json",
        profile: None,
        about: "released-datacite-json",
        write: |released, _| Ok(pretty(&datacite::json(released))),
    },
    Description {
        name: "datacite.xml",
        media_type: "application/vnd.datacite.datacite+xml",
        profile: None,
        about: "released-datacite-xml",
        write: |released, _| datacite::xml(released),
    },
    Description {
        name: "schema.jsonld",
        media_type: "application/ld+json",
        profile: Some("https://schema.org/Dataset"),
        about: "released-schema",
        write: |released, _| Ok(pretty(&dataset::of_release(released))),
    },
    Description {
        name: "dcat.ttl",
        media_type: "text/turtle",
        profile: Some(catalogue::DCAT_AP),
        about: "released-dcat-ttl",
        write: |released, context| dcat(released, context, "ttl"),
    },
    Description {
        name: "dcat.jsonld",
        media_type: "application/ld+json",
        profile: Some(catalogue::DCAT_AP),
        about: "released-dcat-jsonld",
        write: |released, context| dcat(released, context, "jsonld"),
    },
    Description {
        name: "dcat.rdf",
        media_type: "application/rdf+xml",
        profile: Some(catalogue::DCAT_AP),
        about: "released-dcat-rdf",
        write: |released, context| dcat(released, context, "rdf"),
    },
    Description {
        name: "linkset.json",
        media_type: "application/linkset+json",
        profile: None,
        about: "released-linkset",
        write: |released, _| Ok(pretty(&link_set(released))),
    },
];

fn pretty(json: &serde_json::Value) -> Vec<u8> {
    format!("{json:#}\n").into_bytes()
}

fn dcat(
    released: &Released<'_>,
    context: &Context,
    extension: &str,
) -> Result<Vec<u8>, WriteError> {
    let triples = catalogue::of_release(released);
    let mut formats = crate::publish::FORMATS.iter();
    let mut out = Vec::new();
    if let Some(format) = formats.find(|format| format.extension == extension) {
        (format.write_triples)(&triples, context, &mut out)?;
    }
    Ok(out)
}

#[cfg(test)]
pub(crate) mod sample;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::sample::{assert_golden, context};
    use crate::rdf::sophia::are_isomorphic;

    #[test]
    fn every_description_has_its_golden_file() {
        let released = sample::released();
        for description in DESCRIPTIONS {
            let text = (description.write)(&released, &context()).expect("memory");
            let text = String::from_utf8(text).expect("text");
            assert_golden(&format!("release.{}", description.name), &text);
        }
    }

    #[test]
    fn every_form_of_dcat_says_the_same() {
        let released = sample::released();
        let expected = catalogue::of_release(&released);
        for extension in ["ttl", "rdf"] {
            let text = dcat(&released, &context(), extension).expect("memory");
            let triples: Vec<oxrdf::Triple> = if extension == "ttl" {
                let parser = oxttl::TurtleParser::new().for_slice(&text);
                parser.collect::<Result<_, _>>().expect("Turtle")
            } else {
                let parser = oxrdfxml::RdfXmlParser::new().for_slice(&text);
                parser.collect::<Result<_, _>>().expect("RDF/XML")
            };
            assert!(are_isomorphic(&triples, &expected).expect("comparable"));
        }
    }

    #[test]
    fn the_second_release_of_a_day_has_its_day_in_words() {
        let mut manifest = sample::manifest();
        manifest.date = "2026-08-01.2".to_owned();
        let released = Released {
            manifest: &manifest,
            ..sample::released()
        };
        assert_eq!(released.day_in_words(Lang::Fr), "1er août 2026");
        assert_eq!(released.day_in_words(Lang::En), "August 1, 2026");
        assert!(released.address().as_str().ends_with("/2026-08-01.2/"));
    }

    #[test]
    fn a_withdrawn_release_offers_no_file_and_says_why() {
        let withdrawal = Withdrawal {
            time: "2026-12-01T08:00:00Z".to_owned(),
            because: "numéro de téléphone publié".to_owned(),
        };
        let released = Released {
            withdrawal: Some(&withdrawal),
            ..sample::released()
        };
        for description in DESCRIPTIONS {
            let text = (description.write)(&released, &context()).expect("memory");
            let text = String::from_utf8(text).expect("text");
            assert!(!text.contains(".nq.gz"), "{}", description.name);
        }
        let json = datacite::json(&released);
        assert!(json.to_string().contains("numéro de téléphone publié"));
    }
}
