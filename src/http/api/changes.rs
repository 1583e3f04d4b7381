//! The log of changes in the description.

use super::operations::{
    Answer, Body, Content, FORMAT, Kind, LANG, Operation, Parameter, UNCHANGED, of, ok,
};
use crate::http::problem::{
    BAD_REQUEST, BUSY, INTERNAL, NOT_ACCEPTABLE, NOT_FOUND, NOT_IN_COPY, RANGE_NOT_SATISFIABLE,
    REWRITTEN, START_AGAIN, TIMEOUT,
};

const LOG: &[Content] = &[of("application/vnd.affiche.log")];

const PART: Answer = Answer {
    status: 206,
    about: ("La partie demandée.", "The part that was asked for."),
    content: LOG,
    headers: &["Content-Range"],
};

/// Where somebody goes on who read the changes up to there.
const AFTER: Parameter = Parameter {
    name: "after",
    is_header: false,
    kind: Kind::Text,
    about: (
        "Un curseur : l'identité du journal, un point, la dernière génération lue. Le lien `next` de la réponse donne le suivant.",
        "A cursor: the identity of the log, a full stop, the last generation that was read. The link `next` of the answer gives the next one.",
    ),
};

pub static CHANGES: Operation = Operation {
    name: "changes",
    summary: (
        "Les flux de changements, et les fichiers du journal",
        "The feeds of changes, and the files of the log",
    ),
    parameters: &[FORMAT, LANG],
    body: Body::Nothing,
    answers: &[ok(&[of("text/html"), of("application/json")]), UNCHANGED],
    problems: &[&NOT_ACCEPTABLE, &BUSY, &TIMEOUT, &INTERNAL],
    needs_token: false,
};
pub static HEAD: Operation = Operation {
    name: "changesHead",
    summary: (
        "Où en est le journal, avec les sommes de ses fichiers : les octets signés",
        "Where the log stands, with the sums of its files: the bytes that are signed",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("application/json")]), UNCHANGED],
    problems: &[&NOT_FOUND, &BUSY, &TIMEOUT, &INTERNAL],
    needs_token: false,
};
pub static HEAD_SIGNATURE: Operation = Operation {
    name: "changesHeadSignature",
    summary: (
        "La signature de `/changes/head`, que minisign vérifie",
        "The signature of `/changes/head`, which minisign verifies",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[ok(&[of("text/plain")]), UNCHANGED],
    problems: &[&NOT_FOUND, &BUSY, &TIMEOUT, &INTERNAL],
    needs_token: false,
};
pub static RECORDS: Operation = Operation {
    name: "changesRecords",
    summary: (
        "Les enregistrements du journal après un curseur, octet pour octet",
        "The records of the log after a cursor, byte for byte",
    ),
    parameters: &[AFTER],
    body: Body::Nothing,
    answers: &[ok(LOG), PART, UNCHANGED],
    problems: &[
        &BAD_REQUEST,
        &NOT_IN_COPY,
        &START_AGAIN,
        &RANGE_NOT_SATISFIABLE,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
pub static STATE: Operation = Operation {
    name: "changesState",
    summary: (
        "L'état complet d'une publication, d'où l'on peut commencer",
        "The complete state of a release, from which one can begin",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/zstd")]),
        Answer {
            content: &[of("application/zstd")],
            ..PART
        },
        UNCHANGED,
    ],
    problems: &[
        &NOT_FOUND,
        &RANGE_NOT_SATISFIABLE,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
pub static LOG_FILE: Operation = Operation {
    name: "changesFile",
    summary: (
        "Un fichier clos du journal, ou l'avis d'une suppression définitive",
        "A closed file of the log, or the notice of a redaction",
    ),
    parameters: &[],
    body: Body::Nothing,
    answers: &[
        ok(&[of("application/vnd.affiche.log"), of("text/plain")]),
        PART,
        UNCHANGED,
    ],
    problems: &[
        &NOT_FOUND,
        &REWRITTEN,
        &RANGE_NOT_SATISFIABLE,
        &BUSY,
        &TIMEOUT,
        &INTERNAL,
    ],
    needs_token: false,
};
