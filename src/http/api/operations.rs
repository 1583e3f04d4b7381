//! What each operation is for, takes and answers. The router is built from a table that names a
//! row of these for every address and method, so none goes without.

use crate::http::problem::{
    BAD_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, BUSY, CHANGED_MEANWHILE, DISK_FULL, HISTORY_BEHIND,
    ILL_FORMED_SHAPES, INTERNAL, KEY_REUSED, MIRROR_BEHIND, MIRROR_FAILED, MISTYPED,
    NOT_ACCEPTABLE, NOT_ALLOWED, NOT_COUNTED_YET, NOT_FOUND, NOT_INDEXED_YET, NOT_JUDGED_YET,
    NOT_TO_BE_DECIDED, OLD_HTTP, QUERY_BROKEN, QUERY_FAILED, QUERY_MEMORY, QUERY_REFUSED,
    QUERY_SYNTAX, RANGE_NOT_SATISFIABLE, REFUSED, REHEARSAL_TAKEN, RELEASE_NOT_KEPT,
    RELEASE_WITHDRAWN, Row, SOURCE_CLOSED, TIMEOUT, TOO_MANY_ROWS, TOO_MANY_WAITING,
    TOO_MANY_WRITES, UNAUTHORIZED, UNKNOWN_RELEASE, UNKNOWN_SOURCE, UNREADABLE,
    UNSUPPORTED_MEDIA_TYPE, UPDATE_REFUSED, VALIDATION_STOPPED, WITHDRAWN, WRITING_STOPPED,
};

/// What an operation is.
pub struct Operation {
    /// Its name for programs that generate code from the description; unique but for addresses
    /// that are spellings of one another.
    pub name: &'static str,
    /// One line: French, English.
    pub summary: (&'static str, &'static str),
    /// Parameters of the address after `?`, and headers.
    pub parameters: &'static [Parameter],
    pub body: Body,
    /// The statuses of success, and what they carry.
    pub answers: &'static [Answer],
    /// What may go wrong.
    pub problems: &'static [&'static Row],
    /// Whether it needs a token.
    pub needs_token: bool,
}

/// Something that a request may say beside its address and body.
pub struct Parameter {
    pub name: &'static str,
    pub is_header: bool,
    pub kind: Kind,
    pub about: (&'static str, &'static str),
}

/// The values of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Boolean,
    /// It may be given several times.
    Texts,
}

/// What a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Nothing,
    /// Data in the format of an importer.
    Data,
    /// As [`Body::Data`], but it may be left out.
    OptionalData,
    /// A SPARQL query.
    Query,
    /// Two entities, as JSON.
    Merge,
    /// Data in the format of an importer, or a form with files.
    Files,
    /// SHACL shapes.
    Shapes,
    /// A list of identifiers.
    Identifiers,
}

/// A success.
pub struct Answer {
    pub status: u16,
    pub about: (&'static str, &'static str),
    pub content: &'static [Content],
    pub headers: &'static [&'static str],
}

/// What an answer's body is.
pub struct Content {
    pub media_type: &'static str,
    /// The name of a schema in the description's components.
    pub schema: Option<&'static str>,
}

pub(super) const fn of(media_type: &'static str) -> Content {
    Content {
        media_type,
        schema: None,
    }
}

const fn with(media_type: &'static str, schema: &'static str) -> Content {
    Content {
        media_type,
        schema: Some(schema),
    }
}

pub(super) const fn ok(content: &'static [Content]) -> Answer {
    Answer {
        status: 200,
        about: ("Voici.", "Here it is."),
        content,
        headers: &[],
    }
}

pub(super) const UNCHANGED: Answer = Answer {
    status: 304,
    about: (
        "Rien n'a changé depuis l'étiquette que vous avez envoyée.",
        "Nothing has changed since the tag that you sent.",
    ),
    content: &[],
    headers: &[],
};

pub(super) const FORMAT: Parameter = Parameter {
    name: "format",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Le format, par son nom ou son type ; passe avant `Accept`.",
        "The format, by its name or media type; goes before `Accept`.",
    ),
};
pub(super) const LANG: Parameter = Parameter {
    name: "lang",
    is_header: false,
    kind: Kind::Text,
    about: (
        "La langue, `fr` ou `en` ; passe avant `Accept-Language`.",
        "The language, `fr` or `en`; goes before `Accept-Language`.",
    ),
};
pub(super) const READING: &[Parameter] = &[FORMAT, LANG];
/// The pages of a list.
const PAGE_NUMBER: Parameter = Parameter {
    name: "page",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Le numéro de la page, à partir de 1 ; les liens `first`, `prev`, `next` et `last` de l'en-tête `Link` y mènent.",
        "The number of the page, from 1 on; the links `first`, `prev`, `next` and `last` of the header `Link` lead there.",
    ),
};
const PER_PAGE: Parameter = Parameter {
    name: "per_page",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Combien il y en a sur une page : 50, et 200 au plus.",
        "How many there are on a page: 50, and 200 at most.",
    ),
};
const DOCUMENT_READING: &[Parameter] = &[
    FORMAT,
    LANG,
    DOCUMENT_PROFILE_ASKED,
    MEDIA_TYPE,
    ACCEPT_PROFILE,
    Parameter {
        name: "generation",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Le document tel qu'il était après ce changement.",
            "The document as it was after this change.",
        ),
    },
    Parameter {
        name: "Accept-Datetime",
        is_header: true,
        kind: Kind::Text,
        about: (
            "Mène au document tel qu'il était à cet instant (RFC 7089).",
            "Leads to the document as it was at this instant (RFC 7089).",
        ),
    },
];

const DOCUMENT_PROFILE_ASKED: Parameter = Parameter {
    name: "_profile",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Le profil, par son nom ou son IRI (`stored`, `schema`), ou `alt` pour la liste de tout ce qu'on peut avoir ; passe avant `Accept-Profile`.",
        "The profile, by its name or IRI (`stored`, `schema`), or `alt` for the list of all that can be had; goes before `Accept-Profile`.",
    ),
};
const MEDIA_TYPE: Parameter = Parameter {
    name: "_mediatype",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Un autre nom de `format`, celui de la négociation par profil.",
        "Another name of `format`, that of negotiation by profile.",
    ),
};
const ACCEPT_PROFILE: Parameter = Parameter {
    name: "Accept-Profile",
    is_header: true,
    kind: Kind::Text,
    about: (
        "Des IRI de profils entre `<` et `>`, avec leurs poids.",
        "IRIs of profiles between `<` and `>`, with their weights.",
    ),
};
const READING_DOCUMENTS: &[Parameter] = &[
    FORMAT,
    LANG,
    DOCUMENT_PROFILE_ASKED,
    MEDIA_TYPE,
    ACCEPT_PROFILE,
];

const PAGE: &[Content] = &[of("text/html")];
const DOCUMENT: &[Content] = &[
    of("text/html"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
    of("application/rdf+xml"),
];
const ENTITY: &[Content] = &[
    of("text/html"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
    of("application/rdf+xml"),
    of("application/trig"),
    of("application/n-quads"),
];
const MERGED: Answer = Answer {
    status: 301,
    about: (
        "L'entité a été réunie à celle de `Location`, ou son nom s'écrit comme dans `Location`.",
        "The entity was merged into the one in `Location`, or its name is written as in `Location`.",
    ),
    content: &[],
    headers: &["Location"],
};
const SEE_DOCUMENT: Answer = Answer {
    status: 303,
    about: (
        "Le document est à l'adresse de `Location`.",
        "The document is at the address in `Location`.",
    ),
    content: &[],
    headers: &["Location"],
};

/// What may go wrong with any reading of the store.
macro_rules! reading {
    ($($row:ident),*) => { &[$(&$row,)* &BUSY, &TIMEOUT, &INTERNAL] };
}

const PAGE_ANSWERS: &[Answer] = &[ok(PAGE), UNCHANGED];
const PAGE_PROBLEMS: &[&Row] = reading!();
const MODEL_ANSWERS: &[Answer] = &[ok(DOCUMENT), UNCHANGED];
const MODEL_PROBLEMS: &[&Row] = reading!(NOT_FOUND, NOT_ACCEPTABLE);

const fn page(name: &'static str, summary: (&'static str, &'static str)) -> Operation {
    Operation {
        name,
        summary,
        parameters: &[LANG],
        body: Body::Nothing,
        answers: PAGE_ANSWERS,
        problems: PAGE_PROBLEMS,
        needs_token: false,
    }
}

const fn model(name: &'static str, summary: (&'static str, &'static str)) -> Operation {
    Operation {
        name,
        summary,
        parameters: READING,
        body: Body::Nothing,
        answers: MODEL_ANSWERS,
        problems: MODEL_PROBLEMS,
        needs_token: false,
    }
}

pub static HOME: Operation = page("home", ("La page d'accueil", "The home page"));
pub static ABOUT: Operation = page(
    "about",
    (
        "Ce qu'est ce serveur et ce sur quoi on peut compter",
        "What this server is and what can be counted on",
    ),
);
pub static PERSISTENCE: Operation = page(
    "persistence",
    (
        "Ce sur quoi peut compter qui fait un lien vers une entité",
        "What whoever links to an entity can rely on",
    ),
);
pub static API: Operation = page(
    "api",
    ("Cette description, à lire", "This description, to read"),
);
pub static OPENAPI: Operation = Operation {
    name: "openapi",
    summary: (
        "Cette description, pour les programmes (OpenAPI 3.1)",
        "This description, for programs (OpenAPI 3.1)",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/json")]), UNCHANGED],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static IDENTIFY: Operation = Operation {
    name: "identify",
    summary: (
        "Une entité : mène à son document",
        "An entity: leads to its document",
    ),
    parameters: READING_DOCUMENTS,
    body: Body::Nothing,
    answers: &[SEE_DOCUMENT, MERGED],
    problems: reading!(NOT_FOUND, MISTYPED, WITHDRAWN),
    needs_token: false,
};
const ARK_ANSWERS: &[Answer] = &[ok(&[of("text/plain")]), SEE_DOCUMENT, MERGED];
const ARK_PROBLEMS: &[&Row] = reading!(NOT_FOUND, MISTYPED, WITHDRAWN);
pub static ARK: Operation = Operation {
    name: "ark",
    summary: (
        "La même chose par son ARK, si la configuration a un NAAN ; avec `?info` à la fin, une courte notice",
        "The same by its ARK, where the configuration has a NAAN; with `?info` at its end, a short record",
    ),
    parameters: READING_DOCUMENTS,
    body: Body::Nothing,
    answers: ARK_ANSWERS,
    problems: ARK_PROBLEMS,
    needs_token: false,
};
pub static ARK_WITHOUT_SLASH: Operation = Operation {
    name: "arkWithoutSlash",
    summary: (
        "La même chose, comme s'écrivent les ARK récents",
        "The same, as newer ARKs are written",
    ),
    parameters: READING_DOCUMENTS,
    body: Body::Nothing,
    answers: ARK_ANSWERS,
    problems: ARK_PROBLEMS,
    needs_token: false,
};
pub static DOCUMENT_OF: Operation = Operation {
    name: "document",
    summary: (
        "Le document d'une entité ; avec `.html`, `.ttl`, `.jsonld`, `.nt`, `.rdf`, `.trig` ou `.nq` à la fin, dans ce format",
        "The document about an entity; with `.html`, `.ttl`, `.jsonld`, `.nt`, `.rdf`, `.trig` or `.nq` at its end, in that format",
    ),
    parameters: DOCUMENT_READING,
    body: Body::Nothing,
    answers: &[
        ok(ENTITY),
        UNCHANGED,
        MERGED,
        Answer {
            status: 302,
            about: (
                "La version de l'instant demandé est à l'adresse de `Location`.",
                "The version of the instant asked for is at the address in `Location`.",
            ),
            content: &[],
            headers: &["Location"],
        },
    ],
    problems: reading!(
        BAD_REQUEST,
        HISTORY_BEHIND,
        NOT_FOUND,
        MISTYPED,
        NOT_ACCEPTABLE,
        WITHDRAWN
    ),
    needs_token: false,
};
pub static LINKSET: Operation = Operation {
    name: "linkset",
    summary: (
        "Les liens typés d'un document et de ses formats (RFC 9264)",
        "The typed links of a document and of its formats (RFC 9264)",
    ),
    parameters: &[FORMAT],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/linkset+json"), of("application/linkset")]),
        UNCHANGED,
        MERGED,
    ],
    problems: reading!(NOT_FOUND, MISTYPED, NOT_ACCEPTABLE, WITHDRAWN),
    needs_token: false,
};
pub static HISTORY: Operation = Operation {
    name: "history",
    summary: (
        "L'histoire d'une entité : quelle source a changé quoi, et quand",
        "The history of an entity: which source changed what, and when",
    ),
    parameters: &[PAGE_NUMBER, FORMAT, LANG],
    body: Body::Nothing,
    answers: &[ok(&[of("text/html"), of("application/json")]), UNCHANGED],
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        MISTYPED,
        NOT_ACCEPTABLE,
        HISTORY_BEHIND
    ),
    needs_token: false,
};
pub static TIME_MAP: Operation = Operation {
    name: "timemap",
    summary: (
        "La liste des versions d'un document (TimeMap, RFC 7089)",
        "The list of the versions of a document (TimeMap, RFC 7089)",
    ),
    parameters: &[PAGE_NUMBER, FORMAT],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/link-format"), of("application/json")]),
        UNCHANGED,
    ],
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        MISTYPED,
        NOT_ACCEPTABLE,
        HISTORY_BEHIND
    ),
    needs_token: false,
};
/// A page of a list.
const LIST_OF_LINKS: &[Content] = &[
    of("text/html"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
    of("application/json"),
    of("text/csv"),
];
pub static LINKS_OF: Operation = Operation {
    name: "links",
    summary: (
        "Tout ce qui renvoie à une entité, par pages",
        "Everything that links to an entity, in pages",
    ),
    parameters: &[
        Parameter {
            name: "relation",
            is_header: false,
            kind: Kind::Text,
            about: (
                "La propriété qui y renvoie, ou la fonction dans laquelle un agent contribue : son IRI, ou la fin de celle-ci (`workPerformed`, `mise-en-scene`).",
                "The property that links, or the function in which an agent contributes: its IRI, or the end of it (`workPerformed`, `mise-en-scene`).",
            ),
        },
        Parameter {
            name: "kind",
            is_header: false,
            kind: Kind::Text,
            about: (
                "La sorte de ce qui y renvoie (`performance`).",
                "The kind of what links (`performance`).",
            ),
        },
        Parameter {
            name: "when",
            is_header: false,
            kind: Kind::Text,
            about: (
                "`upcoming`, `past` ou `undated`.",
                "`upcoming`, `past` or `undated`.",
            ),
        },
        Parameter {
            name: "page",
            is_header: false,
            kind: Kind::Text,
            about: ("Le numéro de la page.", "The number of the page."),
        },
        PER_PAGE,
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: &[
        ok(LIST_OF_LINKS),
        UNCHANGED,
        Answer {
            status: 301,
            about: (
                "L'entité a été réunie à celle de `Location`.",
                "The entity was merged into the one in `Location`.",
            ),
            content: &[],
            headers: &["Location"],
        },
    ],
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        MISTYPED,
        NOT_ACCEPTABLE,
        WITHDRAWN,
        NOT_COUNTED_YET
    ),
    needs_token: false,
};
pub static DOCUMENT_PROFILES: Operation = model(
    "documentProfiles",
    ("Les profils des documents", "The profiles of documents"),
);
pub static DOCUMENT_PROFILE: Operation = model(
    "documentProfile",
    ("Un profil des documents", "A profile of documents"),
);
pub static ONTOLOGY: Operation = model("ontology", ("L'ontologie", "The ontology"));
pub static SCHEMES: Operation = model("schemes", ("Les vocabulaires", "The vocabularies"));
pub static SCHEME: Operation = model("scheme", ("Un vocabulaire", "A vocabulary"));
pub static CONCEPT: Operation = model("concept", ("Un concept", "A concept"));
pub static ALIGNMENT: Operation = model(
    "alignment",
    (
        "Les correspondances avec un autre vocabulaire",
        "The alignment with another vocabulary",
    ),
);
pub static SHAPES: Operation = model(
    "shapes",
    (
        "Ce qu'un profil demande aux données (SHACL)",
        "What a profile asks of data (SHACL)",
    ),
);
pub static CONTEXT: Operation = Operation {
    name: "context",
    summary: ("Le contexte JSON-LD", "The JSON-LD context"),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/ld+json")]), UNCHANGED],
    problems: &[&INTERNAL],
    needs_token: false,
};

const fn text(name: &'static str, about: (&'static str, &'static str)) -> Parameter {
    Parameter {
        name,
        is_header: false,
        kind: Kind::Text,
        about,
    }
}

const NAMES: Parameter = text(
    "q",
    (
        "Les mots cherchés ; tous doivent être dans un nom, le dernier peut être inachevé. Accents et casse ne comptent pas.",
        "The words that are looked for; all must be in a name, the last one may be unfinished. Accents and case do not count.",
    ),
);
const OF_DEPARTMENT: Parameter = text(
    "department",
    ("Le code d'un département", "The code of a department"),
);
const OF_DISCIPLINE: Parameter = text(
    "discipline",
    (
        "Une discipline, par le nom court de son concept (`danse`)",
        "A discipline, by the short name of its concept (`danse`)",
    ),
);
const FOUND_ANSWERS: &[Answer] = &[
    ok(&[
        of("text/html"),
        of("text/turtle"),
        of("application/ld+json"),
        of("application/n-triples"),
        of("application/json"),
        of("text/csv"),
    ]),
    UNCHANGED,
];
pub static SEARCH: Operation = Operation {
    name: "search",
    summary: (
        "Ce qui porte un nom, ou à peu près, le plus proche d'abord",
        "What is called so, or nearly so, the nearest first",
    ),
    parameters: &[
        NAMES,
        text("kind", ("Une nature (`person`)", "A kind (`person`)")),
        OF_DEPARTMENT,
        OF_DISCIPLINE,
        PAGE_NUMBER,
        PER_PAGE,
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: FOUND_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static COMPLETE: Operation = Operation {
    name: "complete",
    summary: (
        "Ce que propose la boîte de recherche ; avec `format=suggestions`, comme le demandent les navigateurs (OpenSearch)",
        "What the search box proposes; with `format=suggestions`, as browsers ask for it (OpenSearch)",
    ),
    parameters: &[
        NAMES,
        text(
            "limit",
            (
                "Combien au plus, de 1 à 20",
                "How many at most, from 1 to 20",
            ),
        ),
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/json"), of("application/x-suggestions+json")]),
        UNCHANGED,
    ],
    problems: reading!(BAD_REQUEST, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static OPENSEARCH: Operation = Operation {
    name: "opensearch",
    summary: (
        "Comment un navigateur cherche ici (OpenSearch 1.1)",
        "How a browser searches here (OpenSearch 1.1)",
    ),
    parameters: &[LANG],
    body: Body::Nothing,
    answers: &[ok(&[of("application/opensearchdescription+xml")])],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static BROWSE: Operation = Operation {
    name: "browse",
    summary: (
        "Combien il y a de chaque nature, et la liste de chacune",
        "How many there are of each kind, and the list of each",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[
        ok(&[of("text/html"), of("application/json"), of("text/csv")]),
        UNCHANGED,
    ],
    problems: reading!(NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static BROWSE_KIND: Operation = Operation {
    name: "browseKind",
    summary: (
        "Tout ce qui est d'une nature, de A à Z",
        "All that is of a kind, from A to Z",
    ),
    parameters: &[
        NAMES,
        text(
            "letter",
            (
                "La lettre par laquelle commence le nom, comme `T`, `0-9` ou `other`",
                "The letter that the name begins with, such as `T`, `0-9` or `other`",
            ),
        ),
        OF_DEPARTMENT,
        OF_DISCIPLINE,
        text(
            "function",
            (
                "Une fonction, par le nom court de son concept",
                "A function, by the short name of its concept",
            ),
        ),
        PAGE_NUMBER,
        PER_PAGE,
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: FOUND_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};

pub(super) const QUERY: Parameter = Parameter {
    name: "query",
    is_header: false,
    kind: Kind::Text,
    about: ("La requête SPARQL", "The SPARQL query"),
};
pub(super) const DEFAULT_GRAPH: Parameter = Parameter {
    name: "default-graph-uri",
    is_header: false,
    kind: Kind::Texts,
    about: (
        "Un graphe dont la réunion tient lieu de graphe par défaut ; passe avant FROM",
        "A graph of those that make up the default graph; goes before FROM",
    ),
};
pub(super) const NAMED_GRAPH: Parameter = Parameter {
    name: "named-graph-uri",
    is_header: false,
    kind: Kind::Texts,
    about: (
        "Un graphe nommé que GRAPH peut lire ; passe avant FROM NAMED",
        "A named graph that GRAPH may read; goes before FROM NAMED",
    ),
};
pub(super) const TIME: Parameter = Parameter {
    name: "timeout",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Le temps de calcul que la requête peut prendre, en secondes, par exemple `2.5` ; au plus celui que permet le serveur. `Affiche-Timeout` dit ce qu'elle obtient.",
        "How long the query may be computed, in seconds, for example `2.5`; at most what the server allows. `Affiche-Timeout` tells what it gets.",
    ),
};
const RELEASED: Parameter = Parameter {
    name: "release",
    is_header: false,
    kind: Kind::Text,
    about: (
        "La date d'une parution, ou `latest` : la requête porte sur ce qui a paru, et non sur les données actuelles",
        "The date of a release, or `latest`: the query is over what was released, and not over the present data",
    ),
};
pub(super) const TRAILERS: Parameter = Parameter {
    name: "TE",
    is_header: true,
    kind: Kind::Text,
    about: (
        "`trailers` : une réponse trop longue pour être préparée d'avance dit à sa fin combien de lignes elle a et qu'elle est complète.",
        "`trailers`: an answer too long to be made before it is sent says at its end how many rows it has and that it is whole.",
    ),
};
pub(super) const KNOWN: Parameter = Parameter {
    name: "If-None-Match",
    is_header: true,
    kind: Kind::Text,
    about: (
        "L'étiquette (`ETag`) d'une réponse déjà reçue ; si rien n'a changé, la réponse est 304.",
        "The tag (`ETag`) of an answer received before; when nothing has changed, the answer is 304.",
    ),
};
const RESULTS: &[Content] = &[
    of("application/sparql-results+json"),
    of("application/sparql-results+xml"),
    of("text/csv"),
    of("text/tab-separated-values"),
    of("text/turtle"),
    of("application/n-triples"),
    of("application/ld+json"),
    of("application/rdf+xml"),
    of("application/trig"),
    of("application/n-quads"),
    of("text/html"),
];
pub(super) const ANSWERED: Answer = Answer {
    status: 200,
    about: (
        "Les résultats, tous ; sans requête, la description du service, en RDF. Une réponse interrompue l'est pour le client aussi : son corps n'a pas de fin.",
        "The results, all of them; without a query, the description of the service, in RDF. An answer that is cut off is so for the client, too: its body has no end.",
    ),
    content: RESULTS,
    headers: &[
        "Affiche-Generation",
        "Affiche-Rows",
        "Affiche-Complete",
        "Affiche-Timeout",
        "ETag",
        "Cache-Control",
    ],
};
const EXPLANATION: &[Content] = &[of("application/json"), of("text/html")];
const EXAMPLE_LIST: &[Content] = &[
    of("text/html"),
    with("application/json", "Examples"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
];
pub static EXAMPLES: Operation = Operation {
    name: "examples",
    summary: ("Les requêtes exemples", "The example queries"),
    parameters: READING,
    body: Body::Nothing,
    answers: &[ok(EXAMPLE_LIST), UNCHANGED],
    problems: reading!(NOT_ACCEPTABLE),
    needs_token: false,
};
pub static EXAMPLE: Operation = Operation {
    name: "example",
    summary: (
        "La réponse d’une requête exemple, sa page, ou sa description",
        "The answer of an example query, its page, or its description",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[ANSWERED, UNCHANGED],
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        NOT_ACCEPTABLE,
        QUERY_REFUSED,
        QUERY_FAILED,
        OLD_HTTP,
        QUERY_BROKEN,
        TOO_MANY_ROWS
    ),
    needs_token: false,
};
pub static QUERY_GET: Operation = Operation {
    name: "query",
    summary: ("Une requête SPARQL", "A SPARQL query"),
    parameters: &[
        QUERY,
        DEFAULT_GRAPH,
        NAMED_GRAPH,
        FORMAT,
        TIME,
        RELEASED,
        LANG,
        KNOWN,
        TRAILERS,
    ],
    body: Body::Nothing,
    answers: &[ANSWERED, UNCHANGED],
    problems: reading!(
        BAD_REQUEST,
        UNKNOWN_RELEASE,
        RELEASE_NOT_KEPT,
        RELEASE_WITHDRAWN,
        QUERY_SYNTAX,
        QUERY_REFUSED,
        UPDATE_REFUSED,
        NOT_ACCEPTABLE,
        BODY_TOO_LARGE,
        QUERY_FAILED,
        OLD_HTTP,
        TOO_MANY_ROWS,
        QUERY_MEMORY,
        MIRROR_BEHIND,
        MIRROR_FAILED,
        TOO_MANY_WAITING
    ),
    needs_token: false,
};
pub static EXPLAIN_GET: Operation = Operation {
    name: "explainQuery",
    summary: (
        "Comment une requête SPARQL serait évaluée, sans l'évaluer : plan, coût estimé, limites, avertissements",
        "How a SPARQL query would be run, without running it: plan, estimated cost, limits, warnings",
    ),
    parameters: &[QUERY, DEFAULT_GRAPH, NAMED_GRAPH, FORMAT, LANG],
    body: Body::Nothing,
    answers: &[ok(EXPLANATION)],
    problems: reading!(
        BAD_REQUEST,
        QUERY_SYNTAX,
        QUERY_REFUSED,
        UPDATE_REFUSED,
        NOT_ACCEPTABLE,
        BODY_TOO_LARGE
    ),
    needs_token: false,
};
pub static EXPLAIN_POST: Operation = Operation {
    name: "explainQueryByPost",
    summary: (
        "Comment une requête SPARQL serait évaluée, la requête dans le corps",
        "How a SPARQL query would be run, the query in the body",
    ),
    parameters: &[DEFAULT_GRAPH, NAMED_GRAPH, FORMAT, LANG],
    body: Body::Query,
    answers: &[ok(EXPLANATION)],
    problems: reading!(
        BAD_REQUEST,
        QUERY_SYNTAX,
        QUERY_REFUSED,
        UPDATE_REFUSED,
        NOT_ACCEPTABLE,
        BODY_TIMEOUT,
        BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE
    ),
    needs_token: false,
};
pub static QUERY_POST: Operation = Operation {
    name: "queryByPost",
    summary: (
        "Une requête SPARQL, dans le corps",
        "A SPARQL query, in the body",
    ),
    parameters: &[
        DEFAULT_GRAPH,
        NAMED_GRAPH,
        FORMAT,
        TIME,
        RELEASED,
        LANG,
        KNOWN,
        TRAILERS,
    ],
    body: Body::Query,
    answers: &[ANSWERED, UNCHANGED],
    problems: reading!(
        BAD_REQUEST,
        UNKNOWN_RELEASE,
        RELEASE_NOT_KEPT,
        RELEASE_WITHDRAWN,
        QUERY_SYNTAX,
        QUERY_REFUSED,
        UPDATE_REFUSED,
        NOT_ACCEPTABLE,
        BODY_TIMEOUT,
        BODY_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        QUERY_FAILED,
        OLD_HTTP,
        TOO_MANY_ROWS,
        QUERY_MEMORY,
        MIRROR_BEHIND,
        MIRROR_FAILED,
        TOO_MANY_WAITING
    ),
    needs_token: false,
};
pub static QUERY_VOCABULARY: Operation = Operation {
    name: "queryVocabulary",
    summary: (
        "Ce qu'un éditeur de requêtes propose : préfixes, formats, classes et propriétés",
        "What an editor of queries proposes: prefixes, formats, classes and properties",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/json")]), UNCHANGED],
    problems: reading!(),
    needs_token: false,
};
pub static CATALOGUE: Operation = Operation {
    name: "catalogue",
    summary: (
        "Ce qui peut être repris ici, et comment : un catalogue DCAT-AP 3.0.1",
        "What can be had here, and how: a DCAT-AP 3.0.1 catalogue",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: MODEL_ANSWERS,
    problems: reading!(NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static SITEMAP_INDEX: Operation = Operation {
    name: "sitemap_index",
    summary: (
        "La liste des sitemaps, avec la date du dernier changement de chacun",
        "The list of sitemaps, with the date of the last change of each",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/xml")]), UNCHANGED],
    problems: reading!(NOT_INDEXED_YET),
    needs_token: false,
};
pub static SITEMAP: Operation = Operation {
    name: "sitemap",
    summary: (
        "Un sitemap : 50 000 documents au plus, avec la date de leur dernier changement",
        "A sitemap: 50,000 documents at most, with the date of their last change",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/gzip")]), UNCHANGED],
    problems: reading!(NOT_FOUND, NOT_INDEXED_YET),
    needs_token: false,
};
pub static DUMPS: Operation = Operation {
    name: "dumps",
    summary: (
        "Les fichiers de toutes les données",
        "The files of all the data",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[ok(&[of("text/html"), of("application/json")]), UNCHANGED],
    problems: reading!(NOT_ACCEPTABLE, DISK_FULL),
    needs_token: false,
};
pub static DUMP: Operation = Operation {
    name: "dump",
    summary: (
        "Un de ces fichiers, ou `SHA256SUMS`",
        "One of these files, or `SHA256SUMS`",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/gzip"), of("text/plain")]),
        Answer {
            status: 206,
            about: ("La partie demandée.", "The part that was asked for."),
            content: &[of("application/gzip")],
            headers: &["Content-Range"],
        },
        UNCHANGED,
    ],
    problems: reading!(NOT_FOUND, RANGE_NOT_SATISFIABLE, DISK_FULL),
    needs_token: false,
};

const PARTIAL: Parameter = Parameter {
    name: "partial",
    is_header: false,
    kind: Kind::Boolean,
    about: (
        "Publier ce qui peut l'être et laisser de côté ce qui a des fautes ; sinon, comme la source est réglée.",
        "Publish what can be and leave aside what has faults; else as the source is set.",
    ),
};
const DRY_RUN: Parameter = Parameter {
    name: "dry-run",
    is_header: false,
    kind: Kind::Boolean,
    about: (
        "Dire ce qui arriverait, et ne rien changer.",
        "Report what would happen, and change nothing.",
    ),
};
const ALLOW_WITHDRAWALS: Parameter = Parameter {
    name: "allow-withdrawals",
    is_header: false,
    kind: Kind::Boolean,
    about: (
        "Retirer ce qui n'y est plus, même si c'est beaucoup.",
        "Withdraw what is no longer there, however much it is.",
    ),
};
const PUBLISH_AT: Parameter = Parameter {
    name: "publish-at",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Vérifier maintenant, publier à cette heure, par exemple `2027-01-15T10:00` (dans le fuseau de la source).",
        "Check it now, publish it at this time, such as `2027-01-15T10:00` (in the source's zone).",
    ),
};
const IRI: Parameter = Parameter {
    name: "iri",
    is_header: false,
    kind: Kind::Texts,
    about: (
        "Ce qui est à retirer, au lieu du corps.",
        "What is to be withdrawn, instead of the body.",
    ),
};
const CONTENT_ENCODING: Parameter = Parameter {
    name: "Content-Encoding",
    is_header: true,
    kind: Kind::Text,
    about: (
        "`gzip` ou `zstd`, si le corps est compressé.",
        "`gzip` or `zstd`, if the body is compressed.",
    ),
};
const IF_MATCH: Parameter = Parameter {
    name: "If-Match",
    is_header: true,
    kind: Kind::Text,
    about: (
        "N'agir que si la source a encore cette étiquette (`ETag`).",
        "Act only if the source still has this tag (`ETag`).",
    ),
};
const IDEMPOTENCY_KEY: Parameter = Parameter {
    name: "Idempotency-Key",
    is_header: true,
    kind: Kind::Text,
    about: (
        "Un mot de votre choix, nouveau pour chaque envoi : le même envoi répété dans les 24 heures reçoit le même rapport et n'est fait qu'une fois.",
        "A word of your choice, new for each submission: the same submission repeated within 24 hours gets the same report and is done once.",
    ),
};
const PREFER: Parameter = Parameter {
    name: "Prefer",
    is_header: true,
    kind: Kind::Text,
    about: (
        "`respond-async`, avec `wait=` et des secondes si vous voulez : ne pas attendre le rapport.",
        "`respond-async`, with `wait=` and seconds if you like: do not wait for the report.",
    ),
};

const REPORTS: &[Content] = &[
    with("application/json", "Report"),
    of("text/plain"),
    of("text/html"),
];
const PROGRESS: &[Content] = &[
    with("application/json", "Submission"),
    of("text/plain"),
    of("text/html"),
];
const WRITTEN: &[Answer] = &[
    Answer {
        status: 200,
        about: (
            "C'est fait, ou il n'y avait rien de nouveau, ou c'était un essai : le rapport.",
            "It is done, or there was nothing new, or it was a dry run: the report.",
        ),
        content: REPORTS,
        headers: &["ETag", "Affiche-Generation"],
    },
    Answer {
        status: 202,
        about: (
            "C'est arrivé ; le rapport sera à l'adresse de `Location`.",
            "It has arrived; the report will be at the address in `Location`.",
        ),
        content: PROGRESS,
        headers: &["Location", "Retry-After"],
    },
];
const NOT_WRITTEN: &[&Row] = &[
    &BAD_REQUEST,
    &UNREADABLE,
    &UNAUTHORIZED,
    &NOT_ALLOWED,
    &UNKNOWN_SOURCE,
    &NOT_ACCEPTABLE,
    &BODY_TIMEOUT,
    &SOURCE_CLOSED,
    &CHANGED_MEANWHILE,
    &BODY_TOO_LARGE,
    &UNSUPPORTED_MEDIA_TYPE,
    &REFUSED,
    &KEY_REUSED,
    &TOO_MANY_WRITES,
    &BUSY,
    &WRITING_STOPPED,
    &TIMEOUT,
    &DISK_FULL,
    &INTERNAL,
];

pub static REPLACE: Operation = Operation {
    name: "replace",
    summary: (
        "Tout ce que la source dit désormais",
        "All that the source says from now on",
    ),
    parameters: &[
        PARTIAL,
        DRY_RUN,
        ALLOW_WITHDRAWALS,
        PUBLISH_AT,
        FORMAT,
        LANG,
        CONTENT_ENCODING,
        IF_MATCH,
        IDEMPOTENCY_KEY,
        PREFER,
    ],
    body: Body::Data,
    answers: WRITTEN,
    problems: NOT_WRITTEN,
    needs_token: true,
};
pub static UPSERT: Operation = Operation {
    name: "upsert",
    summary: (
        "Des ressources décrites à neuf ; les autres restent",
        "Some resources described anew; the others stay",
    ),
    parameters: &[
        PARTIAL,
        DRY_RUN,
        PUBLISH_AT,
        FORMAT,
        LANG,
        CONTENT_ENCODING,
        IF_MATCH,
        IDEMPOTENCY_KEY,
        PREFER,
    ],
    body: Body::Data,
    answers: WRITTEN,
    problems: NOT_WRITTEN,
    needs_token: true,
};
pub static WITHDRAW: Operation = Operation {
    name: "withdraw",
    summary: (
        "Des ressources que la source retire",
        "Some resources that the source takes back",
    ),
    parameters: &[
        IRI,
        PARTIAL,
        DRY_RUN,
        PUBLISH_AT,
        FORMAT,
        LANG,
        CONTENT_ENCODING,
        IF_MATCH,
        IDEMPOTENCY_KEY,
        PREFER,
    ],
    body: Body::OptionalData,
    answers: WRITTEN,
    problems: NOT_WRITTEN,
    needs_token: true,
};
pub static SOURCE: Operation = Operation {
    name: "source",
    summary: (
        "L'étiquette d'une source et ses derniers envois",
        "A source's tag and its last submissions",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[Answer {
        status: 200,
        about: ("Voici.", "Here it is."),
        content: &[with("application/json", "Source")],
        headers: &["ETag", "Affiche-Generation"],
    }],
    problems: reading!(UNAUTHORIZED, NOT_ALLOWED, UNKNOWN_SOURCE),
    needs_token: true,
};
pub static SUBMISSION: Operation = Operation {
    name: "submission",
    summary: (
        "Où en est un envoi, puis son rapport",
        "How far a submission is, then its report",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[Answer {
        status: 200,
        about: ("Voici.", "Here it is."),
        content: PROGRESS,
        headers: &["Retry-After", "Affiche-Generation"],
    }],
    // As text or as a page, a submission that ended in a problem is that problem.
    problems: NOT_WRITTEN_BUT_FOUND,
    needs_token: true,
};
const NOT_WRITTEN_BUT_FOUND: &[&Row] = &[
    &BAD_REQUEST,
    &UNREADABLE,
    &UNAUTHORIZED,
    &NOT_ALLOWED,
    &NOT_FOUND,
    &UNKNOWN_SOURCE,
    &NOT_ACCEPTABLE,
    &SOURCE_CLOSED,
    &CHANGED_MEANWHILE,
    &WRITING_STOPPED,
    &DISK_FULL,
    &INTERNAL,
];

const BECAUSE: Parameter = Parameter {
    name: "because",
    is_header: false,
    kind: Kind::Text,
    about: ("Pourquoi, lisible par tous.", "Why, for everybody to read."),
};
const OTHER: Parameter = Parameter {
    name: "other",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Celle dont elle est à séparer, s'il y en a plusieurs.",
        "The one that it is to be parted from, if there are several.",
    ),
};
const DECIDED: &[Answer] = &[ok(&[
    with("application/json", "Decision"),
    of("text/plain"),
])];
const NOT_DECIDED: &[&Row] = &[
    &BAD_REQUEST,
    &UNAUTHORIZED,
    &NOT_ALLOWED,
    &NOT_FOUND,
    &MISTYPED,
    &NOT_ACCEPTABLE,
    &BODY_TIMEOUT,
    &NOT_TO_BE_DECIDED,
    &BODY_TOO_LARGE,
    &REFUSED,
    &TOO_MANY_WRITES,
    &BUSY,
    &WRITING_STOPPED,
    &DISK_FULL,
    &INTERNAL,
];
pub static MERGE: Operation = Operation {
    name: "merge",
    summary: (
        "Deux entités n'en font qu'une (jeton de l'éditeur)",
        "Two entities are one (the operator's token)",
    ),
    parameters: READING,
    body: Body::Merge,
    answers: DECIDED,
    problems: NOT_DECIDED,
    needs_token: true,
};
pub static UNMERGE: Operation = Operation {
    name: "unmerge",
    summary: (
        "Une entité n'est pas celle à laquelle elle a été réunie (jeton de l'éditeur)",
        "An entity is not the one that it was merged with (the operator's token)",
    ),
    parameters: &[OTHER, BECAUSE, DRY_RUN, FORMAT, LANG],
    body: Body::Nothing,
    answers: DECIDED,
    problems: NOT_DECIDED,
    needs_token: true,
};

pub static VALIDATE_FORM: Operation = page(
    "validateForm",
    (
        "Un formulaire pour faire vérifier des fichiers",
        "A form to have files checked",
    ),
);
pub static VALIDATE: Operation = Operation {
    name: "validate",
    summary: (
        "Vérifie des données avec SHACL, sans rien garder : les profils du serveur, ou ses propres formes (champ `shapes` d'un formulaire)",
        "Checks data with SHACL and keeps nothing: the server's profiles, or one's own shapes (the field `shapes` of a form)",
    ),
    parameters: &[
        Parameter {
            name: "shapes",
            is_header: false,
            kind: Kind::Texts,
            about: (
                "Un profil, par son nom ; peut être répété. Sans lui ni formes, `minimum`.",
                "A profile, by its name; may be given several times. Without it or shapes, `minimum`.",
            ),
        },
        Parameter {
            name: "as-submitted",
            is_header: false,
            kind: Kind::Boolean,
            about: (
                "Vérifie les données telles que ce serveur les réécrirait à l'entrée, et non telles quelles.",
                "Checks the data as this server would rewrite it on the way in, and not as it stands.",
            ),
        },
        Parameter {
            name: "report",
            is_header: false,
            kind: Kind::Text,
            about: (
                "Le rapport : `json`, `text`, `html`, ou celui de la recommandation SHACL en `turtle` ou `jsonld` ; passe avant `Accept`.",
                "The report: `json`, `text`, `html`, or that of the SHACL Recommendation as `turtle` or `jsonld`; goes before `Accept`.",
            ),
        },
        FORMAT,
        LANG,
    ],
    body: Body::Files,
    answers: &[Answer {
        status: 200,
        about: (
            "Ce qui a été trouvé, que les données soient conformes ou non.",
            "What was found, whether the data conforms or not.",
        ),
        content: &[
            with("application/json", "Assessment"),
            of("text/plain"),
            of("text/turtle"),
            of("application/ld+json"),
            of("text/html"),
        ],
        headers: &[],
    }],
    problems: &[
        &BAD_REQUEST,
        &UNREADABLE,
        &NOT_ACCEPTABLE,
        &BODY_TIMEOUT,
        &BODY_TOO_LARGE,
        &UNSUPPORTED_MEDIA_TYPE,
        &ILL_FORMED_SHAPES,
        &VALIDATION_STOPPED,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
const TABLE: Parameter = Parameter {
    name: "table",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Le tableau du fichier CSV : `profiles`, `findings` ou `history`",
        "The table of the CSV file: `profiles`, `findings` or `history`",
    ),
};
const PROFILE: Parameter = Parameter {
    name: "profile",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Un seul profil, ou une seule répétition, par son nom",
        "One profile, or one rehearsal, by its name",
    ),
};
const QUALITY_ANSWERS: &[Answer] = &[
    ok(&[of("text/html"), of("application/json"), of("text/csv")]),
    UNCHANGED,
];
pub static QUALITY: Operation = Operation {
    name: "quality",
    summary: (
        "Quelle part des ressources remplit chaque profil, par source ; avec `.csv` ou `.json` à la fin, dans ce format",
        "Which share of the resources meets each profile, by source; with `.csv` or `.json` at its end, in that format",
    ),
    parameters: &[PROFILE, TABLE, FORMAT, LANG],
    body: Body::Nothing,
    answers: QUALITY_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_JUDGED_YET),
    needs_token: false,
};
pub static QUALITY_OF: Operation = Operation {
    name: "qualityOfSource",
    summary: (
        "La même chose pour une source, avec ce qui y manque le plus souvent ; avec `.csv` ou `.json` à la fin, dans ce format",
        "The same for one source, with what is missing most often; with `.csv` or `.json` at its end, in that format",
    ),
    parameters: &[TABLE, FORMAT, LANG],
    body: Body::Nothing,
    answers: QUALITY_ANSWERS,
    problems: reading!(BAD_REQUEST, UNKNOWN_SOURCE, NOT_ACCEPTABLE, NOT_JUDGED_YET),
    needs_token: false,
};
/// The answers of a list.
const LIST_ANSWERS: &[Answer] = &[ok(LIST), UNCHANGED];
const LIST: &[Content] = &[
    of("text/html"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
    of("application/json"),
    of("text/csv"),
];
/// The days and the places, then the facets, of what is on.
const AGENDA_PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "from",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Le premier jour, comme `2026-11-22` ; sans aucune date, le jour même, à l'heure de chaque lieu.",
            "The first day, such as `2026-11-22`; without any date today, by the clock of each place.",
        ),
    },
    Parameter {
        name: "until",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Le dernier jour, comme `2026-11-29`.",
            "The last day, such as `2026-11-29`.",
        ),
    },
    Parameter {
        name: "day",
        is_header: false,
        kind: Kind::Text,
        about: ("Un seul jour.", "A single day."),
    },
    Parameter {
        name: "month",
        is_header: false,
        kind: Kind::Text,
        about: ("Un mois, comme `2026-11`.", "A month, such as `2026-11`."),
    },
    Parameter {
        name: "period",
        is_header: false,
        kind: Kind::Text,
        about: (
            "`today`, `weekend`, `week` (sept jours) ou `month` (ce qui reste du mois), d'après le jour qu'il est dans chaque lieu.",
            "`today`, `weekend`, `week` (seven days) or `month` (what is left of it), by the day that it is in each place.",
        ),
    },
    Parameter {
        name: "where",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Une ville, un département ou une région, comme on l'écrit : les accents et les majuscules ne comptent pas.",
            "A town, a department or a region, as people write it: accents and capitals do not matter.",
        ),
    },
    Parameter {
        name: "near",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Un point : latitude et longitude en degrés, comme `48.117,-1.678`.",
            "A point: latitude and longitude in degrees, such as `48.117,-1.678`.",
        ),
    },
    Parameter {
        name: "within",
        is_header: false,
        kind: Kind::Text,
        about: (
            "À quelle distance de ce point, en kilomètres : 30, et 500 au plus.",
            "How far from that point, in kilometres: 30, and 500 at most.",
        ),
    },
    Parameter {
        name: "discipline",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La discipline, par le nom court de son concept (`danse`).",
            "The discipline, by the short name of its concept (`danse`).",
        ),
    },
    Parameter {
        name: "region",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La région, par son code (`R53`).",
            "The region, by its code (`R53`).",
        ),
    },
    Parameter {
        name: "department",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le département, par son code (`35`, `2A`, `974`).",
            "The department, by its code (`35`, `2A`, `974`).",
        ),
    },
    Parameter {
        name: "town",
        is_header: false,
        kind: Kind::Texts,
        about: ("La commune.", "The town."),
    },
    Parameter {
        name: "place",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le lieu, par le nom opaque de son IRI.",
            "The place, by the opaque name of its IRI.",
        ),
    },
    Parameter {
        name: "organiser",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Qui organise, par le nom opaque de son IRI.",
            "Who organises it, by the opaque name of its IRI.",
        ),
    },
    Parameter {
        name: "accessibility",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "L'accessibilité, par le nom court de son concept.",
            "The accessibility, by the short name of its concept.",
        ),
    },
    Parameter {
        name: "audience",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le public, par le nom court de son concept ou par son texte.",
            "The audience, by the short name of its concept or by its text.",
        ),
    },
    Parameter {
        name: "language",
        is_header: false,
        kind: Kind::Texts,
        about: ("La langue, comme `fr`.", "The language, such as `fr`."),
    },
    Parameter {
        name: "access",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "L'accès, par le nom court de son concept (`scolaires`, `professionnels`) ; `all` pour tous. Sans lui, ce qui est ouvert à tous et ce qui n'en dit rien.",
            "The admission, by the short name of its concept (`scolaires`, `professionnels`); `all` for any. Without it, what is open to everyone and what says nothing.",
        ),
    },
    Parameter {
        name: "price",
        is_header: false,
        kind: Kind::Texts,
        about: ("`free` ou `paid`.", "`free` or `paid`."),
    },
    Parameter {
        name: "kind",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Ce que c'est : `performance`, `meeting`, `festival`, `series`. Sans lui, les représentations et les rencontres.",
            "What it is: `performance`, `meeting`, `festival`, `series`. Without it, performances and meetings.",
        ),
    },
    Parameter {
        name: "status",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le statut, comme `EventCancelled`. Sans lui, ce qui est annulé est dans la liste et n'est pas compté.",
            "The status, such as `EventCancelled`. Without it, what was cancelled is in the list and is not counted.",
        ),
    },
    Parameter {
        name: "facet",
        is_header: false,
        kind: Kind::Text,
        about: (
            "La facette dont la page montre toutes les valeurs.",
            "The facet of which the page shows all values.",
        ),
    },
    PAGE_NUMBER,
    PER_PAGE,
    FORMAT,
    LANG,
];
pub static AGENDA: Operation = Operation {
    name: "agenda",
    summary: (
        "Ce qui est à l'affiche, par jour, à l'heure de chaque lieu",
        "What is on, by day, by the clock of each place",
    ),
    parameters: AGENDA_PARAMETERS,
    body: Body::Nothing,
    answers: LIST_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static PLACES: Operation = Operation {
    name: "places",
    summary: (
        "Les lieux, sur une carte et par région, département et commune",
        "The places, on a map and by region, department and town",
    ),
    parameters: &[
        REGION,
        DEPARTMENT,
        TOWN,
        PAGE_NUMBER,
        PER_PAGE,
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: LIST_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
const REGION: Parameter = Parameter {
    name: "region",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Une région, par son code (`R53`) ; `none` pour les lieux dont elle n'est pas connue.",
        "A region, by its code (`R53`); `none` for places of which it is not known.",
    ),
};
const DEPARTMENT: Parameter = Parameter {
    name: "department",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Un département, par son code (`35`).",
        "A department, by its code (`35`).",
    ),
};
const TOWN: Parameter = Parameter {
    name: "town",
    is_header: false,
    kind: Kind::Text,
    about: ("Une commune.", "A town."),
};
/// The facets, each of which chooses some performances; several values of one are alternatives.
const STATISTICS_PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "discipline",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La discipline, par le nom court de son concept (`danse`) ; celles qui sont plus larges comptent aussi.",
            "The discipline, by the short name of its concept (`danse`); broader ones count too.",
        ),
    },
    Parameter {
        name: "year",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "L'année du début, en heure locale.",
            "The year of the start, in local time.",
        ),
    },
    Parameter {
        name: "month",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le mois du début, comme `2027-03`.",
            "The month of the start, such as `2027-03`.",
        ),
    },
    Parameter {
        name: "day",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le jour du début, comme `2027-03-02`.",
            "The day of the start, such as `2027-03-02`.",
        ),
    },
    Parameter {
        name: "region",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La région du lieu, par son code (`R53`).",
            "The region of the place, by its code (`R53`).",
        ),
    },
    Parameter {
        name: "department",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le département du lieu, par son code (`53`).",
            "The department of the place, by its code (`53`).",
        ),
    },
    Parameter {
        name: "town",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La commune du lieu, comme son adresse l'écrit.",
            "The town of the place, as its address writes it.",
        ),
    },
    Parameter {
        name: "place",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le lieu, par le nom de son IRI.",
            "The place, by the name in its IRI.",
        ),
    },
    Parameter {
        name: "organiser",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Qui organise, par le nom de son IRI.",
            "Who organises, by the name in its IRI.",
        ),
    },
    Parameter {
        name: "accessibility",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Une mesure d'accessibilité, par le nom court de son concept.",
            "An accessibility feature, by the short name of its concept.",
        ),
    },
    Parameter {
        name: "audience",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le public, par le nom court de son concept ou son texte.",
            "The audience, by the short name of its concept or its text.",
        ),
    },
    Parameter {
        name: "language",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "La langue, en étiquette BCP 47.",
            "The language, as a BCP 47 tag.",
        ),
    },
    Parameter {
        name: "access",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "À qui c'est ouvert, par le nom court de son concept (`scolaires`).",
            "Who may attend, by the short name of its concept (`scolaires`).",
        ),
    },
    Parameter {
        name: "price",
        is_header: false,
        kind: Kind::Texts,
        about: ("`free` ou `paid`.", "`free` or `paid`."),
    },
    Parameter {
        name: "status",
        is_header: false,
        kind: Kind::Texts,
        about: (
            "Le statut de schema.org (`EventCancelled`) ; sans lui, les représentations annulées ne comptent pas.",
            "The status of schema.org (`EventCancelled`); without it, cancelled performances do not count.",
        ),
    },
    Parameter {
        name: "source",
        is_header: false,
        kind: Kind::Texts,
        about: ("Une source qui en parle.", "A source that speaks of it."),
    },
    Parameter {
        name: "facet",
        is_header: false,
        kind: Kind::Text,
        about: (
            "La facette dont toutes les valeurs sont voulues, et elle seule.",
            "The facet of which all values are wanted, and it alone.",
        ),
    },
    Parameter {
        name: "table",
        is_header: false,
        kind: Kind::Text,
        about: (
            "Le tableau du CSV : `performances` (les facettes) ou `entities` (les ressources par source et nature).",
            "The table in CSV: `performances` (the facets) or `entities` (the resources by source and kind).",
        ),
    },
    FORMAT,
    LANG,
];
pub static STATISTICS: Operation = Operation {
    name: "statistics",
    summary: (
        "Combien il y a de quoi : les ressources par nature et par source, et les représentations choisies, par facette",
        "How much there is of what: the resources by kind and by source, and the performances that are chosen, by facet",
    ),
    parameters: STATISTICS_PARAMETERS,
    body: Body::Nothing,
    answers: QUALITY_ANSWERS,
    problems: reading!(BAD_REQUEST, NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static VOID: Operation = Operation {
    name: "void",
    summary: (
        "La description du jeu de données en chiffres (VoID), telle qu'elle est publiée",
        "The description of the data set in numbers (VoID), as it is published",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[
        ok(&[
            of("text/turtle"),
            of("application/ld+json"),
            of("application/n-triples"),
        ]),
        Answer {
            status: 303,
            about: (
                "Pour les personnes, la page des chiffres.",
                "For people, the page of the figures.",
            ),
            content: &[],
            headers: &["Location"],
        },
        UNCHANGED,
    ],
    problems: reading!(NOT_ACCEPTABLE, NOT_COUNTED_YET),
    needs_token: false,
};
pub static REHEARSALS: Operation = Operation {
    name: "rehearsals",
    summary: (
        "Les répétitions : des règles qui sont essayées sur les données",
        "The rehearsals: shapes that are tried on the data",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/json")])],
    problems: reading!(),
    needs_token: false,
};
pub static REHEARSAL: Operation = Operation {
    name: "rehearsal",
    summary: (
        "Une répétition, et les règles qu'elle essaie",
        "A rehearsal, and the shapes that it tries",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[ok(&[
        of("application/json"),
        of("text/turtle"),
        of("application/n-triples"),
        of("application/ld+json"),
    ])],
    problems: reading!(NOT_FOUND, NOT_ACCEPTABLE),
    needs_token: false,
};
pub static REHEARSE: Operation = Operation {
    name: "rehearse",
    summary: (
        "Enregistre des règles à essayer, à la place de celles de ce nom (jeton de l'éditeur)",
        "Registers shapes to be tried, instead of those of that name (the operator's token)",
    ),
    parameters: &[LANG],
    body: Body::Shapes,
    answers: &[
        ok(&[of("application/json")]),
        Answer {
            status: 201,
            about: ("Elle n'existait pas encore.", "It did not exist yet."),
            content: &[of("application/json")],
            headers: &["Location"],
        },
    ],
    problems: reading!(
        BAD_REQUEST,
        UNREADABLE,
        UNAUTHORIZED,
        NOT_ALLOWED,
        REHEARSAL_TAKEN,
        BODY_TOO_LARGE,
        BODY_TIMEOUT,
        UNSUPPORTED_MEDIA_TYPE,
        ILL_FORMED_SHAPES,
        TOO_MANY_WRITES,
        DISK_FULL
    ),
    needs_token: true,
};
pub static END_REHEARSAL: Operation = Operation {
    name: "endRehearsal",
    summary: (
        "Oublie une répétition (jeton de l'éditeur)",
        "Forgets a rehearsal (the operator's token)",
    ),
    parameters: &[LANG],
    body: Body::Nothing,
    answers: &[Answer {
        status: 204,
        about: ("Elle est oubliée.", "It is forgotten."),
        content: &[],
        headers: &[],
    }],
    problems: reading!(UNAUTHORIZED, NOT_ALLOWED, NOT_FOUND, TOO_MANY_WRITES),
    needs_token: true,
};

pub static PROBLEMS: Operation = Operation {
    name: "problems",
    summary: ("Toutes les sortes de problèmes", "All kinds of problems"),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/json")])],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static PROBLEM: Operation = Operation {
    name: "problem",
    summary: (
        "Ce qu'un problème veut dire et ce qu'on peut y faire",
        "What a problem means and what to do about it",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[ok(&[of("text/html"), of("application/json")])],
    problems: &[&NOT_FOUND, &NOT_ACCEPTABLE, &INTERNAL],
    needs_token: false,
};
pub static HEALTH: Operation = Operation {
    name: "health",
    summary: ("Si tout va bien", "Whether all is well"),
    parameters: &[],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/json")]),
        Answer {
            status: 503,
            about: (
                "Le serveur n'écrit plus jusqu'à son redémarrage.",
                "The server does not write until it is restarted.",
            ),
            content: &[of("application/json")],
            headers: &[],
        },
    ],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static METRICS: Operation = Operation {
    name: "metrics",
    summary: (
        "Les compteurs, pour Prometheus",
        "The counters, for Prometheus",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("text/plain")])],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static ROBOTS: Operation = Operation {
    name: "robots",
    summary: ("Ce que les robots peuvent lire", "What robots may read"),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("text/plain")])],
    problems: &[&INTERNAL],
    needs_token: false,
};
pub static ASSET: Operation = Operation {
    name: "asset",
    summary: (
        "Un fichier dont les pages ont besoin",
        "A file that pages need",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[
        of("text/css"),
        of("image/svg+xml"),
        of("text/javascript"),
        of("application/json"),
        of("text/plain"),
    ])],
    problems: &[&NOT_FOUND, &INTERNAL],
    needs_token: false,
};
const RESOLUTIONS: &[Content] = &[
    with("application/json", "Resolutions"),
    with("application/x-ndjson", "Resolution"),
    of("text/csv"),
    of("text/html"),
    of("text/turtle"),
    of("application/ld+json"),
    of("application/n-triples"),
];

pub static RESOLVE_ONE: Operation = Operation {
    name: "resolveOne",
    summary: (
        "Ce que désigne un identifiant ; mène un navigateur à sa page. Sans `id`, un formulaire.",
        "What an identifier stands for; leads a browser to its page. Without `id`, a form.",
    ),
    parameters: &[
        Parameter {
            name: "id",
            is_header: false,
            kind: Kind::Text,
            about: (
                "Une adresse d'ici sous toute forme, une adresse d'une source, ou un identifiant externe : `isni:…`, `Q535`, `siret:…`.",
                "An address of ours in any spelling, one of a source's, or an identifier from elsewhere: `isni:…`, `Q535`, `siret:…`.",
            ),
        },
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: &[
        Answer {
            status: 200,
            about: (
                "Ce que désigne l'identifiant, ou qu'il est inconnu.",
                "What the identifier stands for, or that it is unknown.",
            ),
            content: &[
                with("application/json", "Resolution"),
                with("application/x-ndjson", "Resolution"),
                of("text/csv"),
                of("text/html"),
                of("text/turtle"),
                of("application/ld+json"),
                of("application/n-triples"),
            ],
            headers: &["ETag"],
        },
        Answer {
            status: 300,
            about: (
                "L'identifiant désigne plusieurs choses ; une page qui les énumère.",
                "The identifier stands for several things; a page that lists them.",
            ),
            content: PAGE,
            headers: &[],
        },
        Answer {
            status: 303,
            about: (
                "Pour un navigateur : ce que désigne l'identifiant, toujours sur ce serveur.",
                "For a browser: what the identifier stands for, always on this server.",
            ),
            content: &[],
            headers: &["Location"],
        },
        UNCHANGED,
    ],
    problems: reading!(BAD_REQUEST, NOT_FOUND, NOT_ACCEPTABLE, NOT_INDEXED_YET),
    needs_token: false,
};

pub static RESOLVE: Operation = Operation {
    name: "resolve",
    summary: (
        "Ce que désigne chaque identifiant d'une liste : publié, réuni, séparé, retiré, ambigu ou inconnu, avec son adresse actuelle",
        "What each identifier of a list stands for: current, merged, split, withdrawn, ambiguous or unknown, with its present address",
    ),
    parameters: READING,
    body: Body::Identifiers,
    answers: &[Answer {
        status: 200,
        about: (
            "Une réponse pour chaque identifiant, dans l'ordre de la liste, sur un même état des données.",
            "An answer for each identifier, in the order of the list, over one state of the data.",
        ),
        content: RESOLUTIONS,
        headers: &[],
    }],
    problems: reading!(
        BAD_REQUEST,
        UNREADABLE,
        NOT_ACCEPTABLE,
        UNSUPPORTED_MEDIA_TYPE,
        BODY_TOO_LARGE,
        BODY_TIMEOUT,
        TOO_MANY_WAITING,
        NOT_INDEXED_YET
    ),
    needs_token: false,
};

const BEFORE: Parameter = Parameter {
    name: "before",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Où commence une page plus ancienne ; se prend dans le lien `next`.",
        "Where an older page begins; taken from the link `next`.",
    ),
};
const FEEDS: &[Answer] = &[
    Answer {
        status: 200,
        about: (
            "Le flux, le dernier changement en premier ; le lien `next` mène aux plus anciens.",
            "The feed, the last change first; the link `next` leads to older ones.",
        ),
        content: &[of("application/atom+xml")],
        headers: &["ETag", "Last-Modified", "Link"],
    },
    UNCHANGED,
];

pub static FOLLOW_FEW: Operation = Operation {
    name: "followFew",
    summary: (
        "Ce qui arrive à quelques entités, comme flux Atom ; sans `iri`, un formulaire pour une liste",
        "What happens to a few entities, as an Atom feed; without `iri`, a form for a list",
    ),
    parameters: &[
        Parameter {
            name: "iri",
            is_header: false,
            kind: Kind::Texts,
            about: (
                "Une entité, par un identifiant que `/resolve` reconnaît ; jusqu'à 50.",
                "An entity, by an identifier that `/resolve` knows; up to 50.",
            ),
        },
        BEFORE,
        FORMAT,
        LANG,
    ],
    body: Body::Nothing,
    answers: &[
        Answer {
            status: 200,
            about: (
                "Le flux, le dernier changement en premier ; le lien `next` mène aux plus anciens.",
                "The feed, the last change first; the link `next` leads to older ones.",
            ),
            content: &[of("application/atom+xml"), of("text/html")],
            headers: &["ETag", "Last-Modified", "Link"],
        },
        UNCHANGED,
    ],
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        NOT_ACCEPTABLE,
        NOT_INDEXED_YET,
        HISTORY_BEHIND
    ),
    needs_token: false,
};

pub static FOLLOW_LIST: Operation = Operation {
    name: "followList",
    summary: (
        "Ce qui arrive aux entités d'une liste gardée, comme flux Atom",
        "What happens to the entities of a list that is kept, as an Atom feed",
    ),
    parameters: &[BEFORE, FORMAT, LANG],
    body: Body::Nothing,
    answers: FEEDS,
    problems: reading!(
        BAD_REQUEST,
        NOT_FOUND,
        NOT_ACCEPTABLE,
        TOO_MANY_WAITING,
        HISTORY_BEHIND
    ),
    needs_token: false,
};

pub static FOLLOW: Operation = Operation {
    name: "follow",
    summary: (
        "Donne à une liste d'entités l'adresse d'un flux ; la même liste a toujours la même adresse",
        "Gives a list of entities the address of a feed; the same list always has the same address",
    ),
    parameters: READING,
    body: Body::Identifiers,
    answers: &[Answer {
        status: 201,
        about: (
            "Le flux est à l'adresse de `Location`.",
            "The feed is at the address in `Location`.",
        ),
        content: &[with("application/json", "Following"), of("text/html")],
        headers: &["Location"],
    }],
    problems: reading!(
        BAD_REQUEST,
        UNREADABLE,
        NOT_ACCEPTABLE,
        UNSUPPORTED_MEDIA_TYPE,
        BODY_TOO_LARGE,
        BODY_TIMEOUT,
        TOO_MANY_WAITING,
        NOT_INDEXED_YET,
        DISK_FULL
    ),
    needs_token: false,
};
