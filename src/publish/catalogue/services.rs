//! The services that serve the data.

use super::said::Said;
use crate::model::Text;
use crate::model::vocabulary::{dcat, dct, rdf, rdfs};
use crate::publish::released::{Released, Responsible};
use oxrdf::NamedNode;

/// A service at an address of ours.
pub struct Service {
    /// What its IRI ends in.
    pub name: &'static str,
    /// Where it is asked, below the base.
    pub endpoint: &'static str,
    /// Where programs read how, below the base.
    pub description: &'static str,
    /// Where people read how, below the base.
    pub page: &'static str,
    /// The specification that it follows.
    pub standard: &'static str,
    /// French, English.
    pub title: (&'static str, &'static str),
    pub about: (&'static str, &'static str),
}

const SPARQL: &str = "https://www.w3.org/TR/sparql11-protocol/";
/// The specification of whatever `/openapi.json` describes.
const OPENAPI: &str = "https://spec.openapis.org/oas/v3.1.0";

/// All of them, in the order in which they are shown.
pub static SERVICES: &[Service] = &[
    Service {
        name: "sparql",
        endpoint: "sparql",
        description: "sparql",
        page: "sparql",
        standard: SPARQL,
        title: ("Point d’accès SPARQL", "SPARQL endpoint"),
        about: (
            "SPARQL 1.1 sur toutes les données publiques et les graphes des sources ; une réponse est complète ou dit qu’elle ne l’est pas.",
            "SPARQL 1.1 over all public data and the graphs of the sources; an answer is complete or says that it is not.",
        ),
    },
    Service {
        name: "documents",
        endpoint: "",
        description: "openapi.json",
        page: "api",
        standard: OPENAPI,
        title: ("Documents et listes", "Documents and lists"),
        about: (
            "La description de chaque entité à son adresse, en plusieurs formats, et les listes, l’agenda et la recherche.",
            "The description of each entity at its address, in several formats, and the lists, the agenda and the search.",
        ),
    },
    Service {
        name: "resolve",
        endpoint: "resolve",
        description: "openapi.json",
        page: "resolve",
        standard: OPENAPI,
        title: ("Résolution d’identifiants", "Resolution of identifiers"),
        about: (
            "Dit ce que désignent aujourd’hui des identifiants, les nôtres ou ceux d’autres référentiels, un par un ou par listes.",
            "Says what identifiers stand for now, ours or those of other data sets, one by one or in lists.",
        ),
    },
    Service {
        name: "log",
        endpoint: "changes/head",
        description: "openapi.json",
        page: "changes/",
        standard: "https://afs.github.io/rdf-patch/",
        title: ("Journal des changements", "Log of changes"),
        about: (
            "Chaque changement accepté, en RDF Patch, chaîné et signé : de quoi tenir une copie complète et la prouver.",
            "Each accepted change, as RDF Patch, chained and signed: enough to keep a complete copy and to prove it.",
        ),
    },
];

impl Service {
    /// Describes it as a service of the catalogue.
    pub(super) fn describe(
        &self,
        said: &mut Said<'_>,
        catalogue: &NamedNode,
        responsible: &Responsible,
    ) {
        let service = iri(said, self.name);
        said.say(catalogue, dcat::SERVICE, service.clone());
        said.say(&service, rdf::TYPE, dcat::DATA_SERVICE);
        let (fr, en) = self.title;
        said.texts(&service, dct::TITLE, &Text::new(fr, en));
        let (fr, en) = self.about;
        said.texts(&service, dct::DESCRIPTION, &Text::new(fr, en));
        let (endpoint, description) = (
            said.base.join(self.endpoint),
            said.base.join(self.description),
        );
        // The rules of DCAT-AP on ranges ask for a class even where any resource will do.
        for address in [&endpoint, &description] {
            said.say(address, rdf::TYPE, rdfs::RESOURCE);
        }
        said.say(&service, dcat::ENDPOINT_URL, endpoint);
        said.say(&service, dcat::ENDPOINT_DESCRIPTION, description);
        said.say(&service, dcat::SERVES_DATASET, said.base.void());
        said.standard(&service, self.standard);
        said.responsible(&service, responsible);
        said.open(&service);
        said.keywords(&service);
        said.document(&service, dcat::LANDING_PAGE, &said.base.join(self.page));
    }
}

/// The IRI of the service of a name.
pub(super) fn iri(said: &Said<'_>, name: &str) -> NamedNode {
    said.base.join(&format!("catalogue#service-{name}"))
}

/// The IRI of the endpoint of a release.
pub(super) fn iri_of_release(release: &Released<'_>) -> NamedNode {
    NamedNode::new_unchecked(format!("{}#sparql", release.address().as_str()))
}

/// The endpoint of a release, whose answers do not change.
pub(super) fn of_release(said: &mut Said<'_>, release: &Released<'_>) {
    let service = iri_of_release(release);
    let endpoint = NamedNode::new_unchecked(release.file("sparql"));
    let date = &release.manifest.date;
    said.say(&service, rdf::TYPE, dcat::DATA_SERVICE);
    said.texts(
        &service,
        dct::TITLE,
        &Text::new(
            format!("Point d’accès SPARQL de la parution {date}"),
            format!("SPARQL endpoint of the release {date}"),
        ),
    );
    said.texts(
        &service,
        dct::DESCRIPTION,
        &Text::new(
            "La même requête y donne toujours la même réponse, tant que la parution est gardée.",
            "The same query gives the same answer there for as long as the release is kept.",
        ),
    );
    said.say(&endpoint, rdf::TYPE, rdfs::RESOURCE);
    said.say(&service, dcat::ENDPOINT_URL, endpoint.clone());
    said.say(&service, dcat::ENDPOINT_DESCRIPTION, endpoint);
    said.say(&service, dcat::SERVES_DATASET, release.address());
    said.standard(&service, SPARQL);
    said.responsible(&service, release.responsible);
    said.open(&service);
    said.keywords(&service);
}
