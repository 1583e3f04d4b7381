//! The columns that a spreadsheet may have, by names that need no mapping.

use crate::ingest::vocabulary::label_key;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// A column that has a meaning.
#[derive(Debug)]
pub struct Column {
    /// Its French names, the usual one first. Case, accents, spaces, underscores and what stands
    /// in parentheses make no difference.
    pub fr: &'static [&'static str],
    /// Its English names, the usual one first.
    pub en: &'static [&'static str],
    /// What it says: French, English.
    pub about: (&'static str, &'static str),
    /// What it becomes, as a property or a path of them.
    pub becomes: &'static str,
    pub example: &'static str,
    /// Whether a cell may hold several values.
    pub is_many: bool,
    pub(super) field: Field,
}

/// What a column says, for the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    ProductionId,
    Title,
    Date,
    Time,
    End,
    Doors,
    Place,
    Street,
    PostalCode,
    Town,
    Insee,
    Country,
    Room,
    Company,
    /// A function of the vocabulary `fonctions`, by the last segment of its IRI.
    Function(&'static str),
    Genre,
    Description,
    Url,
    TicketUrl,
    Image,
    ImageCredit,
    /// A price, with a name of its own unless the cell gives one.
    Price(Option<&'static str>),
    Currency,
    Free,
    Status,
    Audience,
    Age,
    Duration,
    Accessibility,
    Warning,
    Admission,
    EventType,
    Organiser,
    Festival,
    Season,
}

const COLUMN: Column = Column {
    fr: &[],
    en: &[],
    about: ("", ""),
    becomes: "",
    example: "",
    is_many: false,
    field: Field::Id,
};

/// A column with the names of those who do something.
const fn function(
    concept: &'static str,
    fr: &'static [&'static str],
    en: &'static [&'static str],
    example: &'static str,
) -> Column {
    Column {
        fr,
        en,
        about: ("qui le fait", "who does it"),
        becomes: "sv:contribution",
        example,
        is_many: true,
        field: Field::Function(concept),
    }
}

/// In the order of the reference page.
pub static COLUMNS: &[Column] = &[
    Column {
        fr: &[
            "titre",
            "spectacle",
            "nom",
            "intitulé",
            "nom du spectacle",
            "titre du spectacle",
        ],
        en: &["title", "name", "show"],
        about: (
            "le titre du spectacle ; obligatoire. Les lignes de même titre sont les représentations d'un même spectacle",
            "the title of the show; required. Rows with the same title are performances of one production",
        ),
        becomes: "schema:name",
        example: "Les Heures claires",
        field: Field::Title,
        ..COLUMN
    },
    Column {
        fr: &[
            "date",
            "jour",
            "date de début",
            "début",
            "date de la représentation",
            "date et heure",
        ],
        en: &["start date", "day", "start", "date and time"],
        about: (
            "le jour, le mois d'abord jamais ; l'heure peut suivre ; obligatoire",
            "the day, never the month first; the time may follow; required",
        ),
        becomes: "schema:startDate",
        example: "31/12/2026",
        field: Field::Date,
        ..COLUMN
    },
    Column {
        fr: &["heure", "horaire", "heure de début", "h"],
        en: &["time", "start time"],
        about: (
            "l'heure, si elle n'est pas avec la date",
            "the time, unless it stands with the date",
        ),
        becomes: "schema:startDate",
        example: "20h30",
        field: Field::Time,
        ..COLUMN
    },
    Column {
        fr: &["fin", "heure de fin", "date de fin"],
        en: &["end", "end time", "end date"],
        about: (
            "la fin : une heure (du lendemain si elle précède le début), un jour, ou les deux",
            "the end: a time (of the next day when it is before the start), a day, or both",
        ),
        becomes: "schema:endDate",
        example: "22h00",
        field: Field::End,
        ..COLUMN
    },
    Column {
        fr: &["ouverture des portes", "portes"],
        en: &["doors", "doors open", "door time"],
        about: ("l'heure d'ouverture des portes", "when the doors open"),
        becomes: "schema:doorTime",
        example: "19h45",
        field: Field::Doors,
        ..COLUMN
    },
    Column {
        fr: &["id", "identifiant", "référence", "id représentation"],
        en: &["identifier", "reference", "uid", "performance id"],
        about: (
            "ce par quoi la représentation est reconnue d'un envoi à l'autre, même si sa date change. Sans cette colonne : titre, date, heure, lieu et salle",
            "what the performance is known by from one submission to the next, even when its date changes. Without this column: title, date, time, place and room",
        ),
        becomes: "—",
        example: "R-2026-411",
        field: Field::Id,
        ..COLUMN
    },
    Column {
        fr: &[
            "id spectacle",
            "identifiant spectacle",
            "id production",
            "code spectacle",
        ],
        en: &["production id", "show id"],
        about: (
            "ce par quoi le spectacle est reconnu ; sans cette colonne, son titre",
            "what the production is known by; without this column, its title",
        ),
        becomes: "—",
        example: "S-42",
        field: Field::ProductionId,
        ..COLUMN
    },
    Column {
        fr: &["lieu", "nom du lieu", "salle de spectacle", "théâtre"],
        en: &["venue", "place", "location", "theatre", "theater"],
        about: ("le nom du lieu", "the name of the place"),
        becomes: "schema:location / schema:name",
        example: "Théâtre des Tilleuls",
        field: Field::Place,
        ..COLUMN
    },
    Column {
        fr: &["salle", "espace", "nom de la salle"],
        en: &["room", "hall", "stage"],
        about: ("la salle dans le lieu", "the room in the place"),
        becomes: "schema:location, with schema:containedInPlace",
        example: "Grande salle",
        field: Field::Room,
        ..COLUMN
    },
    Column {
        fr: &["adresse", "rue", "adresse du lieu"],
        en: &["address", "street", "street address"],
        about: ("le numéro et la rue", "number and street"),
        becomes: "schema:address / schema:streetAddress",
        example: "4 place des Tilleuls",
        field: Field::Street,
        ..COLUMN
    },
    Column {
        fr: &["code postal", "cp"],
        en: &["postal code", "postcode", "zip", "zip code"],
        about: (
            "le code postal ; un zéro perdu au début est remis",
            "the postal code; a lost zero at its start is put back",
        ),
        becomes: "schema:address / schema:postalCode",
        example: "01000",
        field: Field::PostalCode,
        ..COLUMN
    },
    Column {
        fr: &["commune", "ville", "localité"],
        en: &["town", "city", "locality"],
        about: ("la commune", "the town"),
        becomes: "schema:address / schema:addressLocality",
        example: "Bourg-l'Exemple",
        field: Field::Town,
        ..COLUMN
    },
    Column {
        fr: &["code insee", "insee", "code commune"],
        en: &["insee code"],
        about: ("le code INSEE de la commune", "the INSEE code of the town"),
        becomes: "schema:address / igeo:codeINSEE",
        example: "01053",
        field: Field::Insee,
        ..COLUMN
    },
    Column {
        fr: &["pays"],
        en: &["country"],
        about: ("le pays", "the country"),
        becomes: "schema:address / schema:addressCountry",
        example: "FR",
        field: Field::Country,
        ..COLUMN
    },
    Column {
        fr: &[
            "compagnie",
            "ensemble",
            "groupe",
            "artiste",
            "nom de la compagnie",
        ],
        en: &["company", "group", "artist"],
        about: (
            "la compagnie ou l'ensemble, qui a sa propre page",
            "the company or ensemble, which gets a page of its own",
        ),
        becomes: "schema:performer",
        example: "Compagnie du Grand Large",
        is_many: true,
        field: Field::Company,
    },
    function(
        "texte",
        &[
            "texte",
            "auteur",
            "autrice",
            "auteurs",
            "auteur autrice",
            "écriture",
        ],
        &["author", "authors", "playwright", "text", "written by"],
        "Anne Martin",
    ),
    function(
        "adaptation",
        &["adaptation"],
        &["adapted by"],
        "Paul Durand",
    ),
    function(
        "traduction",
        &["traduction", "traducteur", "traductrice"],
        &["translation", "translator"],
        "Jeanne Petit",
    ),
    function(
        "livret",
        &["livret", "librettiste"],
        &["libretto", "librettist"],
        "Jeanne Petit",
    ),
    function(
        "conception",
        &["conception"],
        &["concept", "creator", "created by"],
        "Paul Durand",
    ),
    function(
        "mise-en-scene",
        &[
            "mise en scène",
            "metteur en scène",
            "metteuse en scène",
            "metteurs en scène",
            "mes",
        ],
        &[
            "director",
            "directors",
            "stage direction",
            "stage director",
            "directed by",
        ],
        "Paul Durand",
    ),
    function(
        "choregraphie",
        &["chorégraphie", "chorégraphe", "chorégraphes"],
        &["choreography", "choreographer", "choreographed by"],
        "Inès Leroy",
    ),
    function(
        "musique",
        &["musique", "compositeur", "compositrice", "composition"],
        &["music", "composer", "composers"],
        "Karim Blanc",
    ),
    function(
        "direction-musicale",
        &[
            "direction musicale",
            "chef d'orchestre",
            "cheffe d'orchestre",
            "direction",
        ],
        &["conductor", "musical direction", "music direction"],
        "Karim Blanc",
    ),
    function(
        "dramaturgie",
        &["dramaturgie", "dramaturge"],
        &["dramaturgy", "dramaturg"],
        "Jeanne Petit",
    ),
    function(
        "scenographie",
        &["scénographie", "scénographe", "décor", "décors"],
        &["set design", "set designer", "scenography"],
        "Inès Leroy",
    ),
    function(
        "lumiere",
        &["lumière", "lumières", "création lumière"],
        &["lighting", "lighting design", "light design"],
        "Marc Noir",
    ),
    function(
        "son",
        &["son", "création sonore"],
        &["sound", "sound design"],
        "Marc Noir",
    ),
    function(
        "video",
        &["vidéo", "création vidéo"],
        &["video", "video design"],
        "Marc Noir",
    ),
    function(
        "costumes",
        &["costumes", "costume"],
        &["costume design"],
        "Lise Vert",
    ),
    function(
        "interpretation",
        &[
            "interprétation",
            "interprètes",
            "interprète",
            "distribution",
            "avec",
            "artistes",
        ],
        &["performer", "performers", "cast", "with"],
        "Anne Martin | Paul Durand",
    ),
    function(
        "jeu",
        &["jeu", "comédiens", "comédiennes", "comédien", "comédienne"],
        &["actors", "actor", "acting"],
        "Anne Martin",
    ),
    function(
        "danse",
        &["danseurs", "danseuses", "danseur", "danseuse"],
        &["dancers", "dancer"],
        "Inès Leroy",
    ),
    function(
        "chant",
        &["chant", "chanteurs", "chanteuses", "chanteur", "chanteuse"],
        &["singers", "singer", "vocals"],
        "Lise Vert",
    ),
    function(
        "instrument",
        &["musiciens", "musiciennes", "musicien", "musicienne"],
        &["musicians", "musician"],
        "Karim Blanc",
    ),
    function(
        "production",
        &["production", "producteur", "productrice"],
        &["producer", "produced by"],
        "Le Grand Large",
    ),
    function(
        "coproduction",
        &["coproduction", "coproductions", "coproducteur"],
        &["co-production", "co-producer"],
        "Théâtre du Rivage",
    ),
    function(
        "soutien",
        &["soutien", "soutiens", "avec le soutien de"],
        &["support", "supported by"],
        "Ville de Bourg-l'Exemple",
    ),
    Column {
        fr: &["genre", "discipline", "catégorie", "genres", "disciplines"],
        en: &["category", "discipline or genre"],
        about: (
            "le genre : un libellé du vocabulaire des disciplines",
            "the genre: a label of the vocabulary of disciplines",
        ),
        becomes: "schema:genre",
        example: "Théâtre | Danse",
        is_many: true,
        field: Field::Genre,
    },
    Column {
        fr: &[
            "description",
            "présentation",
            "résumé",
            "texte de présentation",
        ],
        en: &["summary", "about"],
        about: ("la présentation du spectacle", "what the show is about"),
        becomes: "schema:description",
        example: "Une traversée, de nuit.",
        field: Field::Description,
        ..COLUMN
    },
    Column {
        fr: &["url", "lien", "page", "site", "site web"],
        en: &["link", "web page", "website"],
        about: ("l'adresse de la page", "the address of the page"),
        becomes: "schema:url",
        example: "https://theatre-des-tilleuls.example/agenda/411",
        is_many: true,
        field: Field::Url,
    },
    Column {
        fr: &[
            "billetterie",
            "réservation",
            "lien billetterie",
            "url billetterie",
            "lien de réservation",
        ],
        en: &[
            "tickets",
            "ticket url",
            "booking",
            "booking url",
            "ticketing",
        ],
        about: ("l'adresse où réserver", "the address at which to book"),
        becomes: "schema:offers / schema:url",
        example: "https://billets.example/411",
        field: Field::TicketUrl,
        ..COLUMN
    },
    Column {
        fr: &["image", "photo", "visuel", "url image"],
        en: &["picture", "image url"],
        about: ("l'adresse d'une image", "the address of a picture"),
        becomes: "schema:image / schema:contentUrl",
        example: "https://theatre-des-tilleuls.example/411.jpg",
        is_many: true,
        field: Field::Image,
    },
    Column {
        fr: &["crédit", "crédit photo", "crédit image", "photographe"],
        en: &["credit", "image credit", "photo credit", "photographer"],
        about: ("de qui est l'image", "whose picture it is"),
        becomes: "schema:image / schema:creditText",
        example: "© Lise Vert",
        field: Field::ImageCredit,
        ..COLUMN
    },
    Column {
        fr: &["prix", "tarif", "tarifs"],
        en: &["price", "prices", "ticket price"],
        about: (
            "les prix, chacun avec son nom s'il en a un ; `gratuit` s'il n'y a rien à payer",
            "the prices, each with its name if it has one; `free` when there is nothing to pay",
        ),
        becomes: "schema:offers / schema:price",
        example: "Plein : 12,50 € | Réduit : 8 €",
        is_many: true,
        field: Field::Price(None),
    },
    Column {
        fr: &["tarif plein", "plein tarif", "prix plein"],
        en: &["full price", "standard price"],
        about: ("le plein tarif", "the full price"),
        becomes: "schema:offers / schema:price",
        example: "12,50 €",
        field: Field::Price(Some("Plein tarif")),
        ..COLUMN
    },
    Column {
        fr: &["tarif réduit", "prix réduit"],
        en: &["reduced price", "concessions"],
        about: ("le tarif réduit", "the reduced price"),
        becomes: "schema:offers / schema:price",
        example: "8 €",
        field: Field::Price(Some("Tarif réduit")),
        ..COLUMN
    },
    Column {
        fr: &["devise", "monnaie"],
        en: &["currency"],
        about: (
            "la monnaie des prix qui n'en disent pas ; EUR sans cette colonne",
            "the currency of prices that name none; EUR without this column",
        ),
        becomes: "schema:offers / schema:priceCurrency",
        example: "CHF",
        field: Field::Currency,
        ..COLUMN
    },
    Column {
        fr: &["gratuit", "entrée libre"],
        en: &["free", "free entry"],
        about: ("si l'entrée est gratuite", "whether admission is free"),
        becomes: "schema:isAccessibleForFree",
        example: "oui",
        field: Field::Free,
        ..COLUMN
    },
    Column {
        fr: &["statut", "état"],
        en: &["status"],
        about: (
            "`annulé`, `reporté` (sans nouvelle date), `reprogrammé` (à cette date), `maintenu` ; `complet` et `dernières places` sont dits de la billetterie",
            "`cancelled`, `postponed` (without a new date), `rescheduled` (to this date), `scheduled`; `sold out` and `last seats` are said of the tickets",
        ),
        becomes: "schema:eventStatus, schema:offers / schema:availability",
        example: "annulé",
        field: Field::Status,
        ..COLUMN
    },
    Column {
        fr: &["type", "type d'événement"],
        en: &["event type", "kind"],
        about: (
            "autre chose qu'une représentation : un libellé du vocabulaire des types d'événements",
            "something other than a performance: a label of the vocabulary of event types",
        ),
        becomes: "sv:typeEvenement",
        example: "Rencontre",
        field: Field::EventType,
        ..COLUMN
    },
    Column {
        fr: &["public", "publics"],
        en: &["audience"],
        about: ("à qui il s'adresse", "whom it is for"),
        becomes: "schema:audience / schema:audienceType",
        example: "familles",
        is_many: true,
        field: Field::Audience,
    },
    Column {
        fr: &["âge", "âge minimum", "à partir de", "tranche d'âge"],
        en: &["age", "minimum age", "age range"],
        about: ("l'âge", "the age"),
        becomes: "schema:typicalAgeRange",
        example: "dès 8 ans",
        field: Field::Age,
        ..COLUMN
    },
    Column {
        fr: &["durée"],
        en: &["duration", "running time", "length"],
        about: (
            "la durée du spectacle ; un nombre seul est en minutes",
            "how long the show is; a bare number is in minutes",
        ),
        becomes: "schema:timeRequired",
        example: "1h30",
        field: Field::Duration,
        ..COLUMN
    },
    Column {
        fr: &["accessibilité", "accessibilités"],
        en: &["accessibility"],
        about: (
            "ce qui est proposé : des libellés du vocabulaire de l'accessibilité",
            "what is provided: labels of the vocabulary of accessibility",
        ),
        becomes: "sv:accessibilite",
        example: "Audiodescription | Gilets vibrants",
        is_many: true,
        field: Field::Accessibility,
    },
    Column {
        fr: &["avertissement", "avertissements"],
        en: &["warning", "warnings", "content warning"],
        about: (
            "ce dont prévenir : des libellés du vocabulaire des avertissements",
            "what to warn of: labels of the vocabulary of warnings",
        ),
        becomes: "sv:avertissement",
        example: "Lumière stroboscopique",
        is_many: true,
        field: Field::Warning,
    },
    Column {
        fr: &["accès"],
        en: &["access", "admission"],
        about: (
            "qui peut venir : un libellé du vocabulaire des accès",
            "who may come: a label of the vocabulary of admission",
        ),
        becomes: "sv:acces",
        example: "Réservé aux scolaires",
        field: Field::Admission,
        ..COLUMN
    },
    Column {
        fr: &[
            "organisateur",
            "organisatrice",
            "programmateur",
            "organisé par",
        ],
        en: &[
            "organiser",
            "organizer",
            "presenter",
            "organised by",
            "organized by",
        ],
        about: (
            "qui organise la représentation",
            "who organises the performance",
        ),
        becomes: "schema:organizer",
        example: "Théâtre des Tilleuls",
        is_many: true,
        field: Field::Organiser,
    },
    Column {
        fr: &["festival"],
        en: &["festival edition"],
        about: ("l'édition du festival", "the edition of the festival"),
        becomes: "schema:superEvent",
        example: "Les Nuits d'été 2027",
        field: Field::Festival,
        ..COLUMN
    },
    Column {
        fr: &["saison"],
        en: &["season"],
        about: ("la saison de la maison", "the season of the house"),
        becomes: "schema:superEvent",
        example: "Saison 2026-2027",
        field: Field::Season,
        ..COLUMN
    },
];

impl Column {
    /// All its names, the usual French one first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fr.iter().chain(self.en).copied()
    }

    /// What it is called in a message.
    pub fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }
}

/// A name as it is compared.
fn key(name: &str) -> String {
    label_key(name).replace(' ', "")
}

/// [`COLUMNS`] by their names as they are compared.
static BY_KEY: LazyLock<FxHashMap<String, &'static Column>> = LazyLock::new(|| {
    COLUMNS
        .iter()
        .flat_map(|column| column.names().map(move |name| (key(name), column)))
        .collect()
});

/// No name of a column is longer.
const NAME_BYTES: usize = 200;

/// The column with this name; with what stands in parentheses, as in `Date (jj/mm/aaaa)`, or
/// without.
pub(super) fn column(name: &str) -> Option<&'static Column> {
    if name.len() > NAME_BYTES {
        return None;
    }
    let outside = name.split(['(', '[']).next().unwrap_or_default();
    BY_KEY
        .get(&key(name))
        .or_else(|| BY_KEY.get(&key(outside)))
        .copied()
}

/// The name of a column that a misspelt one is nearest to.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > NAME_BYTES {
        return None;
    }
    let wanted: Vec<char> = key(name).chars().collect();
    let sorted = |letters: &[char]| {
        let mut letters = letters.to_vec();
        letters.sort_unstable();
        letters
    };
    let (slips, found) = COLUMNS
        .iter()
        .flat_map(Column::names)
        .map(|known| {
            let letters: Vec<char> = key(known).chars().collect();
            // Letters that changed places are one slip.
            let slips = match distance(&wanted, &letters) {
                2 if sorted(&wanted) == sorted(&letters) => 1,
                slips => slips,
            };
            (slips, known)
        })
        .min_by_key(|(slips, _)| *slips)?;
    let allowed = match wanted.len() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    (slips <= allowed).then_some(found)
}

/// How many letters must be added, left out or exchanged.
fn distance(from: &[char], to: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (line, wanted) in to.iter().enumerate() {
        let mut diagonal = line;
        let mut left = line + 1;
        for (at, found) in from.iter().enumerate() {
            let above = row.get(at + 1).copied().unwrap_or_default();
            let best = (diagonal + usize::from(found != wanted))
                .min(left + 1)
                .min(above + 1);
            diagonal = above;
            if let Some(cell) = row.get_mut(at) {
                *cell = left;
            }
            left = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::builtin;
    use std::collections::BTreeMap;

    #[test]
    fn every_name_is_that_of_one_column() {
        let mut seen = BTreeMap::new();
        for column in COLUMNS {
            assert!(
                !column.fr.is_empty() && !column.about.0.is_empty() && !column.about.1.is_empty()
            );
            assert!(
                !column.example.is_empty() && !column.becomes.is_empty(),
                "{}",
                column.name()
            );
            for name in column.names() {
                // A word may be the same in both languages.
                let other = seen.insert(key(name), column.name());
                assert!(other.is_none_or(|other| other == column.name()), "{name}");
                assert_eq!(super::column(name).map(Column::name), Some(column.name()));
            }
        }
    }

    #[test]
    fn every_function_is_one_of_the_vocabulary() {
        let file = builtin::file("ontology/vocabularies/fonctions.ttl").expect("it is built in");
        let text = String::from_utf8_lossy(&file);
        for column in COLUMNS {
            if let Field::Function(concept) = column.field {
                assert!(
                    text.contains(&format!("\nfonctions:{concept} a skos:Concept")),
                    "{concept}"
                );
            }
        }
    }

    #[test]
    fn names_are_compared_without_what_makes_no_difference() {
        for (written, name) in [
            ("MISE_EN_SCENE", "mise en scène"),
            (" Date (jj/mm/aaaa) ", "date"),
            ("Code-Postal", "code postal"),
            ("Ville", "commune"),
            ("Ticket URL", "billetterie"),
        ] {
            assert_eq!(column(written).map(Column::name), Some(name), "{written}");
        }
        assert!(column("jauge").is_none() && column("").is_none());
        assert_eq!(nearest("titer"), Some("titre"));
        assert_eq!(nearest("mise en scnèe"), Some("mise en scène"));
        assert_eq!(nearest("jauge technique"), None);
        assert_eq!(nearest("jauge"), None);
        assert_eq!(nearest("x"), None);
    }
}
