//! Distributions: the ways in which a data set can be had, file by file.

use super::Contribution;
use super::codes::{self, Code, file_type};
use super::said::Said;
use super::services;
use crate::model::Text;
use crate::model::vocabulary::{dcat, dct, rdf, rdfs, spdx, xsd};
use crate::publish::release::{ReleasedFile, Selection};
use crate::publish::released::{self, Released, Responsible};
use oxrdf::{NamedNode, NamedNodeRef};

/// The European file types by media type.
const FILE_TYPES: &[(&str, Code)] = &[
    (
        "application/n-quads",
        file_type("RDF_N_QUADS", "RDF N-Quads"),
    ),
    (
        "application/n-triples",
        file_type("RDF_N_TRIPLES", "RDF N-Triples"),
    ),
    ("text/turtle", file_type("RDF_TURTLE", "RDF Turtle")),
    ("application/trig", file_type("RDF_TRIG", "RDF TriG")),
    ("application/ld+json", file_type("JSON_LD", "JSON-LD")),
    ("application/x-ndjson", file_type("JSON_LD", "JSON-LD")),
    ("application/rdf+xml", file_type("RDF_XML", "RDF/XML")),
    ("text/csv", file_type("CSV", "CSV")),
    (
        "application/sparql-results+json",
        file_type("SPARQLQRES", "SPARQL"),
    ),
];

const AVAILABILITY: NamedNodeRef<'static> =
    NamedNodeRef::new_unchecked("http://data.europa.eu/r5r/availability");

/// The distribution of a data set by queries.
pub fn by_query(said: &mut Said<'_>, dataset: &NamedNode, responsible: &Responsible) {
    let distribution = sparql(said, dataset);
    if let Some(licence) = &responsible.licence {
        said.licence(&distribution, licence.as_str());
    }
}

/// What a source says, by queries of its graph.
pub fn of_graph(said: &mut Said<'_>, dataset: &NamedNode, source: &Contribution) {
    let distribution = sparql(said, dataset);
    match &source.licence {
        Some(licence) => said.licence(&distribution, licence.as_str()),
        None => unknown_licence(said, &distribution),
    }
}

fn sparql(said: &mut Said<'_>, dataset: &NamedNode) -> NamedNode {
    let fragment = dataset.as_str().rsplit_once('#').map(|(_, part)| part);
    let name = fragment.map_or("catalogue#sparql".to_owned(), |part| {
        format!("catalogue#sparql-{part}")
    });
    let distribution = said.base.join(&name);
    let endpoint = said.base.join("sparql");
    said.say(dataset, dcat::HAS_DISTRIBUTION, distribution.clone());
    said.say(&distribution, rdf::TYPE, dcat::DISTRIBUTION);
    said.texts(
        &distribution,
        dct::TITLE,
        &Text::new("Par requêtes SPARQL", "By SPARQL queries"),
    );
    said.texts(
        &distribution,
        dct::DESCRIPTION,
        &Text::new(
            "Les données telles qu’elles sont au moment de la requête.",
            "The data as they are when the query is asked.",
        ),
    );
    said.say(&distribution, dcat::ACCESS_URL, endpoint);
    let service = services::iri(said, "sparql");
    said.say(&distribution, dcat::ACCESS_SERVICE, service);
    media(said, &distribution, "application/sparql-results+json");
    said.code(&distribution, AVAILABILITY, &codes::AVAILABLE);
    distribution
}

fn unknown_licence(said: &mut Said<'_>, distribution: &NamedNode) {
    let unknown = said.base.join("catalogue#unknown-licence");
    said.say(distribution, dct::RIGHTS, unknown.clone());
    said.say(&unknown, rdf::TYPE, dct::RIGHTS_STATEMENT);
    said.texts(
        &unknown,
        rdfs::LABEL,
        &Text::new(
            "La licence de cette source n’est pas connue ; elle n’est dans aucune parution.",
            "The licence of this source is not known; it is in no release.",
        ),
    );
}

/// The files of the whole data of a release.
pub fn whole(said: &mut Said<'_>, release: &Released<'_>) {
    let dataset = release.address();
    for file in release.whole() {
        distribution(said, release, &dataset, file);
    }
}

/// The parts of the data that a release has files of, in the order of the files.
pub fn parts(release: &Released<'_>) -> Vec<Selection> {
    let mut parts: Vec<Selection> = Vec::new();
    for file in release.files() {
        let is_part = !matches!(file.selection, Selection::All | Selection::State);
        if is_part && !parts.contains(&file.selection) {
            parts.push(file.selection.clone());
        }
    }
    parts
}

/// The IRI of a part.
pub fn part(release: &Released<'_>, selection: &Selection) -> NamedNode {
    let name = match selection {
        Selection::All => "all".to_owned(),
        Selection::Profile(name) => format!("profile-{name}"),
        Selection::Source(name) => format!("source-{name}"),
        Selection::Claims => "claims".to_owned(),
        Selection::Table(name) => format!("table-{name}"),
        Selection::State => "state".to_owned(),
    };
    NamedNode::new_unchecked(format!("{}#{name}", release.address().as_str()))
}

/// The parts of a release, each a data set with its files.
pub fn of_parts(said: &mut Said<'_>, release: &Released<'_>) {
    let whole = release.address();
    let date = &release.manifest.date;
    for selection in parts(release) {
        let dataset = part(release, &selection);
        said.say(&dataset, rdf::TYPE, dcat::DATASET);
        let (title, description) = texts(release, &selection, date);
        said.texts(&dataset, dct::TITLE, &title);
        said.texts(&dataset, dct::DESCRIPTION, &description);
        said.text(&dataset, dct::IDENTIFIER, dataset.as_str());
        said.text(&dataset, dcat::VERSION, date);
        said.date(&dataset, dct::ISSUED, release.day());
        said.say(&dataset, dct::IS_PART_OF, whole.clone());
        said.say(&whole, dct::HAS_PART, dataset.clone());
        said.code(&dataset, dct::ACCRUAL_PERIODICITY, &codes::NEVER);
        said.open(&dataset);
        said.keywords(&dataset);
        let source = match &selection {
            Selection::Source(name) => {
                let mut sources = release.manifest.sources.iter();
                sources.find(|source| source.name == *name)
            }
            Selection::Profile(name) => {
                let shapes = said.base.shapes_graph(name);
                said.standard(&dataset, shapes.as_str());
                None
            }
            _ => None,
        };
        match source.and_then(|source| Some((&source.name, source.publisher.as_ref()?))) {
            Some((name, publisher)) => {
                let agent = said.base.join(&format!("catalogue#publisher-{name}"));
                said.agent(&dataset, &agent, publisher);
            }
            None => {
                if let Some(name) = &release.responsible.name {
                    let agent = released::publisher(said.base);
                    said.agent(&dataset, &agent, name);
                }
            }
        }
        said.contact(&dataset, release.responsible);
        for file in release.files().filter(|file| file.selection == selection) {
            distribution(said, release, &dataset, file);
        }
    }
}

/// Title and description of a part.
fn texts(release: &Released<'_>, selection: &Selection, date: &str) -> (Text, Text) {
    match selection {
        Selection::Profile(name) => (
            Text::new(
                format!("Ce qui respecte le profil « {name} », parution {date}"),
                format!("What meets the profile “{name}”, release {date}"),
            ),
            Text::new(
                "Les entités de cette parution qui respectent les contraintes SHACL du profil.",
                "The entities of this release that meet the SHACL constraints of the profile.",
            ),
        ),
        Selection::Source(name) => {
            let mut sources = release.manifest.sources.iter();
            let source = sources.find(|source| source.name == *name);
            let name = source
                .and_then(|source| source.publisher.as_deref())
                .unwrap_or(name.as_str());
            (
                Text::new(
                    format!("Ce que dit la source « {name} », parution {date}"),
                    format!("What the source “{name}” says, release {date}"),
                ),
                Text::new(
                    "Ce que cette source affirme, avant fusion.",
                    "What this source claims, before fusion.",
                ),
            )
        }
        Selection::Table(name) => (
            Text::new(
                format!("Tableau « {name} », parution {date}"),
                format!("Table “{name}”, release {date}"),
            ),
            Text::new(
                "Un tableau plat pour tableur : une ligne par entité, avec ses sources et leurs licences.",
                "A flat table for spreadsheets: one row for each entity, with its sources and their licences.",
            ),
        ),
        Selection::All | Selection::Claims | Selection::State => (
            Text::new(
                format!("Données publiques et affirmations des sources, parution {date}"),
                format!("Public data and claims of the sources, release {date}"),
            ),
            Text::new(
                "La vue publique, et dans un graphe par source ce que chacune affirme.",
                "The public view, and in a graph for each source what it claims.",
            ),
        ),
    }
}

/// One file of a release.
fn distribution(
    said: &mut Said<'_>,
    release: &Released<'_>,
    dataset: &NamedNode,
    file: &ReleasedFile,
) {
    let address = NamedNode::new_unchecked(release.file(&file.name));
    let page = release.address();
    // The address of the file with an empty fragment would be the file itself: a distribution is
    // something else.
    let this = NamedNode::new_unchecked(format!("{}#file-{}", page.as_str(), file.name));
    said.say(dataset, dcat::HAS_DISTRIBUTION, this.clone());
    said.say(&this, rdf::TYPE, dcat::DISTRIBUTION);
    said.text(&this, dct::TITLE, &file.name);
    said.texts(
        &this,
        dct::DESCRIPTION,
        &Text::new(
            format!(
                "{} lignes, triplets ou quadruplets ; {} octets une fois décompressé.",
                file.count, file.unpacked_bytes
            ),
            format!(
                "{} rows, triples or quads; {} bytes once unpacked.",
                file.count, file.unpacked_bytes
            ),
        ),
    );
    said.say(&this, dcat::ACCESS_URL, page);
    said.say(&this, dcat::DOWNLOAD_URL, address);
    said.date(&this, dct::ISSUED, release.day());
    let size = file.bytes.to_string();
    said.typed(&this, dcat::BYTE_SIZE, &size, xsd::NON_NEGATIVE_INTEGER);
    media(said, &this, &file.media_type);
    let compression = match file.compression.as_deref() {
        Some("gzip") => Some("application/gzip"),
        Some("zstd") => Some("application/zstd"),
        _ => None,
    };
    if let Some(compression) = compression {
        let compression = iana(said, compression);
        said.say(&this, dcat::COMPRESS_FORMAT, compression);
    }
    said.code(&this, AVAILABILITY, &codes::AVAILABLE);
    checksum(said, &this, &file.sha256);
    licences(said, release, &this, &file.licences);
}

fn checksum(said: &mut Said<'_>, file: &NamedNode, sha256: &str) {
    let checksum = NamedNode::new_unchecked(format!("{}-sha256", file.as_str()));
    said.say(file, spdx::CHECKSUM, checksum.clone());
    said.say(&checksum, rdf::TYPE, spdx::CHECKSUM_CLASS);
    said.say(&checksum, spdx::ALGORITHM, spdx::SHA256);
    said.say(
        &spdx::SHA256.into_owned(),
        rdf::TYPE,
        spdx::CHECKSUM_ALGORITHM,
    );
    // XML Schema, part 2, §3.2.15.2: the canonical form has capital letters.
    let value = sha256.to_uppercase();
    said.typed(&checksum, spdx::CHECKSUM_VALUE, &value, xsd::HEX_BINARY);
}

/// DCAT-AP lets a distribution have one licence: that of its sources where they have the same, else
/// that of the whole; the others are told as rights.
fn licences(said: &mut Said<'_>, release: &Released<'_>, file: &NamedNode, licences: &[String]) {
    let whole = release.responsible.licence.as_ref();
    let one = match licences {
        [one] => Some(one.as_str()),
        _ => whole.map(NamedNode::as_str),
    };
    if let Some(one) = one {
        said.licence(file, one);
    }
    if licences.len() < 2 {
        return;
    }
    let rights = NamedNode::new_unchecked(format!("{}-rights", file.as_str()));
    said.say(file, dct::RIGHTS, rights.clone());
    said.say(&rights, rdf::TYPE, dct::RIGHTS_STATEMENT);
    said.texts(
        &rights,
        rdfs::LABEL,
        &Text::new(
            "Chaque source garde sa licence ; le fichier dit laquelle.",
            "Each source keeps its licence; the file says which.",
        ),
    );
    for licence in licences {
        said.licence(&rights, licence);
    }
}

/// Media type and file type.
fn media(said: &mut Said<'_>, distribution: &NamedNode, media_type: &str) {
    // Those that begin like this are not registered.
    if !media_type.starts_with("application/x-") {
        let media = iana(said, media_type);
        said.say(distribution, dcat::MEDIA_TYPE, media);
    }
    let mut types = FILE_TYPES.iter();
    if let Some((_, code)) = types.find(|(known, _)| *known == media_type) {
        said.code(distribution, dct::FORMAT, code);
    }
}

/// The IRI of a media type.
fn iana(said: &mut Said<'_>, media_type: &str) -> NamedNode {
    let media_type = media_type.split(';').next().unwrap_or(media_type);
    let iri = format!("https://www.iana.org/assignments/media-types/{media_type}");
    let iri = NamedNode::new_unchecked(iri);
    said.say(&iri, rdf::TYPE, dct::MEDIA_TYPE);
    iri
}
