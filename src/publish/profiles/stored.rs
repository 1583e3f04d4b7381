//! The stored form: what is in the public data set, as it is.

use super::DocumentProfile;

pub(super) const STORED: DocumentProfile = DocumentProfile {
    name: "stored",
    title: ("Forme complète", "Complete form"),
    about: (
        "La description publique telle qu’elle est conservée et telle que SPARQL l’interroge : toutes les langues, toutes les participations avec leurs fonctions, les vocabulaires contrôlés. Les formats à graphes nommés (TriG, N-Quads) y ajoutent ce que dit chaque source.",
        "The public description as it is kept, and as SPARQL queries it: all languages, all contributions with their functions, the controlled vocabularies. The formats with named graphs (TriG, N-Quads) add what each source says.",
    ),
    leaves_out: (
        "Rien de ce qui est dit de l’entité. Ce qui se lit ailleurs (la distribution d’un spectacle pour l’une de ses représentations, l’adresse du lieu) reste là où il est écrit et n’est pas recopié.",
        "Nothing of what is said of the entity. What is read elsewhere (the cast of a production for one of its performances, the address of the place) stays where it is written and is not copied.",
    ),
    is_profile_of: "http://schema.org/",
    reads_neighbours: false,
    is_in_one_language: false,
    formats: &["turtle", "jsonld", "ntriples", "rdfxml", "trig", "nquads"],
    write: |document, format, context, _, out| (format.write)(document, context, out),
};
