//! The addresses of releases in the description.

use super::operations::{
    ANSWERED, Answer, Body, DEFAULT_GRAPH, FORMAT, KNOWN, LANG, NAMED_GRAPH, Operation, QUERY,
    READING, TIME, TRAILERS, UNCHANGED, of, ok,
};
use crate::http::problem::{
    BAD_REQUEST, BODY_TIMEOUT, BODY_TOO_LARGE, BUSY, INTERNAL, NOT_ACCEPTABLE, NOT_FOUND, OLD_HTTP,
    QUERY_FAILED, QUERY_MEMORY, QUERY_REFUSED, QUERY_SYNTAX, RANGE_NOT_SATISFIABLE,
    RELEASE_NOT_KEPT, RELEASE_WITHDRAWN, Row, TIMEOUT, TOO_MANY_ROWS, TOO_MANY_WAITING,
    UNKNOWN_RELEASE, UNSUPPORTED_MEDIA_TYPE, UPDATE_REFUSED,
};

const TO_LATEST: Answer = Answer {
    status: 307,
    about: (
        "Avec `latest` au lieu d'une date : l'adresse de la dernière parution.",
        "With `latest` instead of a date: the address of the last release.",
    ),
    content: &[],
    headers: &["Location", "Affiche-Release"],
};
const TO_PAGE: Answer = Answer {
    status: 301,
    about: ("L'adresse de la page.", "The address of the page."),
    content: &[],
    headers: &["Location"],
};
const PART: Answer = Answer {
    status: 206,
    about: ("La partie demandée.", "The part that was asked for."),
    content: FILES,
    headers: &["Content-Range", "ETag", "Repr-Digest"],
};
const FILES: &[super::operations::Content] = &[
    of("application/gzip"),
    of("application/zstd"),
    of("application/json"),
    of("text/plain"),
    of("text/csv"),
];
const READ: &[&Row] = &[
    &UNKNOWN_RELEASE,
    &RELEASE_WITHDRAWN,
    &BUSY,
    &TIMEOUT,
    &INTERNAL,
];

pub static LIST: Operation = Operation {
    name: "releases",
    summary: (
        "Les parutions : des états datés et signés des données",
        "The releases: dated and signed states of the data",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[
        ok(&[
            of("text/html"),
            of("application/json"),
            of("application/atom+xml"),
        ]),
        UNCHANGED,
    ],
    problems: &[&NOT_ACCEPTABLE, &BUSY, &TIMEOUT, &INTERNAL],
    needs_token: false,
};
pub static WITHOUT_SLASH: Operation = Operation {
    name: "releaseWithoutSlash",
    summary: ("Vers la page d'une parution", "To the page of a release"),
    parameters: &[],
    body: Body::Nothing,
    answers: &[TO_PAGE, TO_LATEST],
    problems: READ,
    needs_token: false,
};
pub static LANDING: Operation = Operation {
    name: "release",
    summary: (
        "La page d'une parution, ou son manifeste",
        "The page of a release, or its manifest",
    ),
    parameters: READING,
    body: Body::Nothing,
    answers: &[
        ok(&[
            of("text/html"),
            of("application/json"),
            of("text/turtle"),
            of("application/ld+json"),
            of("application/n-triples"),
            of("application/rdf+xml"),
        ]),
        TO_LATEST,
        UNCHANGED,
    ],
    problems: &[
        &NOT_ACCEPTABLE,
        &UNKNOWN_RELEASE,
        &RELEASE_WITHDRAWN,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
pub static FILE: Operation = Operation {
    name: "releasedFile",
    summary: (
        "Un fichier d'une parution, en entier ou en partie ; `manifest.json`, `manifest.json.minisig` ou `SHA256SUMS` ; une description pour la citer ou la recenser",
        "A file of a release, whole or in part; `manifest.json`, `manifest.json.minisig` or `SHA256SUMS`; a description to cite or to list it",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(FILES), PART, TO_LATEST, UNCHANGED],
    problems: &[
        &NOT_FOUND,
        &UNKNOWN_RELEASE,
        &RELEASE_WITHDRAWN,
        &RANGE_NOT_SATISFIABLE,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
pub static KEY: Operation = Operation {
    name: "key",
    summary: (
        "La clé publique qui vérifie ce qui est signé ici, telle que minisign la lit",
        "The public key that verifies what is signed here, as minisign reads it",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("text/plain")]), UNCHANGED],
    problems: &[&BUSY, &TIMEOUT, &INTERNAL],
    needs_token: false,
};
const QUERIED: &[Answer] = &[ANSWERED, TO_LATEST, UNCHANGED];
const REFUSED: &[&Row] = &[
    &BAD_REQUEST,
    &UNKNOWN_RELEASE,
    &RELEASE_NOT_KEPT,
    &RELEASE_WITHDRAWN,
    &QUERY_SYNTAX,
    &QUERY_REFUSED,
    &UPDATE_REFUSED,
    &NOT_ACCEPTABLE,
    &BODY_TIMEOUT,
    &BODY_TOO_LARGE,
    &UNSUPPORTED_MEDIA_TYPE,
    &QUERY_FAILED,
    &OLD_HTTP,
    &TOO_MANY_ROWS,
    &QUERY_MEMORY,
    &TOO_MANY_WAITING,
    &BUSY,
    &TIMEOUT,
    &INTERNAL,
];
pub static QUERY_GET: Operation = Operation {
    name: "queryRelease",
    summary: (
        "Une requête SPARQL sur une parution",
        "A SPARQL query over a release",
    ),
    parameters: &[
        QUERY,
        DEFAULT_GRAPH,
        NAMED_GRAPH,
        FORMAT,
        TIME,
        LANG,
        KNOWN,
        TRAILERS,
    ],
    body: Body::Nothing,
    answers: QUERIED,
    problems: REFUSED,
    needs_token: false,
};
pub static QUERY_POST: Operation = Operation {
    name: "queryReleaseByPost",
    summary: (
        "Une requête SPARQL sur une parution, la requête dans le corps",
        "A SPARQL query over a release, the query in the body",
    ),
    parameters: &[
        DEFAULT_GRAPH,
        NAMED_GRAPH,
        FORMAT,
        TIME,
        LANG,
        KNOWN,
        TRAILERS,
    ],
    body: Body::Query,
    answers: QUERIED,
    problems: REFUSED,
    needs_token: false,
};
