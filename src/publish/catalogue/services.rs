//! The services that serve the data.

use super::said::Said;
use crate::model::Text;
use crate::model::vocabulary::{dcat, dct, rdf, rdfs};
use crate::publish::released::Responsible;
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

/// The specification of whatever `/openapi.json` describes.
const OPENAPI: &str = "https://spec.openapis.org/oas/v3.1.0";

/// All of them, in the order in which they are shown.
pub static SERVICES: &[Service] = &[
    Service {
        name: "sparql",
        endpoint: "sparql",
        description: "sparql",
        page: "sparql",
        standard: "https://www.w3.org/TR/sparql11-protocol/",
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
