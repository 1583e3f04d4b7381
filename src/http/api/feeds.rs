//! What the feeds of changes take and answer.

use super::operations::{
    Answer, Body, Content, FORMAT, Kind, LANG, Operation, Parameter, UNCHANGED, of,
};
use crate::http::problem::{
    BAD_REQUEST, BUSY, DIFFERENCE_TOO_LARGE, DISK_FULL, HISTORY_BEHIND, INTERNAL, NOT_ACCEPTABLE,
    NOT_FOUND, NOT_IN_COPY, Row, START_AGAIN, TIMEOUT,
};

const fn parameter(name: &'static str, about: (&'static str, &'static str)) -> Parameter {
    Parameter {
        name,
        is_header: false,
        kind: Kind::Text,
        about,
    }
}

pub static CHANGED_ENTITIES: Operation = Operation {
    name: "changedEntities",
    summary: (
        "Les entités qui ont changé depuis un curseur ou une date : publiées, modifiées, fusionnées, séparées, scindées, retirées",
        "The entities that changed after a cursor or a date: published, changed, merged, separated, split, withdrawn",
    ),
    parameters: &[
        parameter(
            "since",
            (
                "Le curseur de la dernière page lue, un jour ou un instant ; sans lui, depuis le début.",
                "The cursor of the last page that was read, a day or an instant; without it, from the beginning.",
            ),
        ),
        parameter(
            "limit",
            (
                "Combien d'entités par page, de 1 à 1000.",
                "How many entities on a page, from 1 to 1000.",
            ),
        ),
        FORMAT,
    ],
    body: Body::Nothing,
    answers: &[
        Answer {
            status: 200,
            about: (
                "Une page. `cursor` se garde et se renvoie ; `next` est là tant qu'il y a une suite.",
                "A page. `cursor` is to be kept and sent again; `next` is there as long as there is more.",
            ),
            content: &[
                of("application/json"),
                of("application/jsonl"),
                of("text/turtle"),
                of("application/ld+json"),
                of("application/n-triples"),
                of("application/rdf+xml"),
                of("application/trig"),
                of("application/n-quads"),
            ],
            headers: &["Affiche-Generation", "Affiche-Cursor", "Link"],
        },
        UNCHANGED,
    ],
    problems: &[
        &BAD_REQUEST,
        &NOT_ACCEPTABLE,
        &START_AGAIN,
        &NOT_IN_COPY,
        &HISTORY_BEHIND,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};

pub static CHANGES_FEED: Operation = Operation {
    name: "changesFeed",
    summary: (
        "Tous les changements, pour un lecteur de flux",
        "All changes, for a feed reader",
    ),
    parameters: &[
        parameter(
            "archive",
            (
                "Le numéro d'une archive, à partir de 1 ; sans lui, les derniers changements.",
                "The number of an archive, from 1 on; without it, the last changes.",
            ),
        ),
        LANG,
    ],
    body: Body::Nothing,
    answers: &[
        Answer {
            status: 200,
            about: (
                "Un flux Atom, en pages (RFC 5005).",
                "An Atom feed, in pages (RFC 5005).",
            ),
            content: &[of("application/atom+xml")],
            headers: &["Affiche-Generation", "Link"],
        },
        UNCHANGED,
    ],
    problems: &[
        &BAD_REQUEST,
        &NOT_FOUND,
        &NOT_ACCEPTABLE,
        &HISTORY_BEHIND,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};

pub static DIFFERENCE: Operation = Operation {
    name: "difference",
    summary: (
        "Ce qui distingue deux générations ou deux versions publiées",
        "In what two generations or releases differ",
    ),
    parameters: &[
        parameter(
            "from",
            (
                "Le numéro d'une génération, un curseur, ou la date d'une version publiée.",
                "The number of a generation, a cursor, or the date of a release.",
            ),
        ),
        parameter(
            "to",
            (
                "De même ; sans lui, l'état présent.",
                "The same; without it, the present state.",
            ),
        ),
        parameter(
            "graphs",
            (
                "`public` (le graphe par défaut) ou `all`.",
                "`public` (the default graph) or `all`.",
            ),
        ),
        parameter(
            "part",
            (
                "En N-Quads : `added` ou `removed`.",
                "In N-Quads: `added` or `removed`.",
            ),
        ),
        parameter(
            "epoch",
            (
                "Se prend dans `Content-Location` : l'adresse d'une différence qui ne change plus.",
                "Taken from `Content-Location`: the address of a difference that never changes.",
            ),
        ),
        FORMAT,
    ],
    body: Body::Nothing,
    answers: &[
        Answer {
            status: 200,
            about: (
                "Les lignes qui ont disparu, puis celles qui sont venues, triées.",
                "The rows that are gone, then those that are new, sorted.",
            ),
            content: &[of("application/rdf-patch"), of("application/n-quads")],
            headers: &["Affiche-Generation", "Content-Location"],
        },
        UNCHANGED,
    ],
    problems: &[
        &BAD_REQUEST,
        &NOT_FOUND,
        &NOT_ACCEPTABLE,
        &START_AGAIN,
        &NOT_IN_COPY,
        &DIFFERENCE_TOO_LARGE,
        &DISK_FULL,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};

const TREE: &[Content] = &[
    of("application/trig"),
    of("application/n-quads"),
    of("application/ld+json"),
];
const TREE_ANSWERS: &[Answer] = &[
    Answer {
        status: 200,
        about: ("Voici.", "Here it is."),
        content: TREE,
        headers: &["Affiche-Generation"],
    },
    UNCHANGED,
];

pub static EVENT_STREAM: Operation = Operation {
    name: "eventStream",
    summary: (
        "Toutes les versions de toutes les entités : un Linked Data Event Stream",
        "All versions of all entities: a Linked Data Event Stream",
    ),
    parameters: &[FORMAT],
    body: Body::Nothing,
    answers: TREE_ANSWERS,
    problems: &[
        &NOT_ACCEPTABLE,
        &NOT_IN_COPY,
        &HISTORY_BEHIND,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};

pub static EVENT_STREAM_ROOT: Operation = Operation {
    name: "eventStreamRoot",
    summary: (
        "La racine de l'arbre des pages (TREE) du flux d'un journal",
        "The root of the tree of pages (TREE) of a log's stream",
    ),
    parameters: &[FORMAT],
    body: Body::Nothing,
    answers: TREE_ANSWERS,
    problems: TREE_PROBLEMS,
    needs_token: false,
};

pub static EVENT_STREAM_NODE: Operation = Operation {
    name: "eventStreamNode",
    summary: (
        "Une page du flux, ou ce qui mène à des pages ; ce qui est complet ne change plus",
        "A page of the stream, or what leads to pages; what is complete never changes",
    ),
    parameters: &[FORMAT],
    body: Body::Nothing,
    answers: TREE_ANSWERS,
    problems: TREE_PROBLEMS,
    needs_token: false,
};

const TREE_PROBLEMS: &[&Row] = &[
    &NOT_FOUND,
    &NOT_ACCEPTABLE,
    &START_AGAIN,
    &NOT_IN_COPY,
    &HISTORY_BEHIND,
    &BUSY,
    &TIMEOUT,
    &INTERNAL,
];
